"""Weights below 0, as loadings of principal components may be: means that are none, and contributions that add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.analysis.contribution import contributions
from indexcalc.methods import AGGREGATORS

SIGNED = np.array([1.5, 0.5, -1.0])


@pytest.mark.parametrize(
    ("method", "chosen"),
    [
        ("harmonic", {}),
        ("power", {"p": -1.0}),
        ("power", {"p": -2.0}),
        ("power", {"p": 2.0}),
        ("topsis", {"weights": "once"}),
        ("mpi", {}),
    ],
)
def test_weights_below_0_that_leave_no_mean_give_none_and_are_told(method: str, chosen: dict[str, Any]) -> None:
    """As loadings of `pca` may be: the third child goes against the others, and outweighs them where it is strong or weak."""
    x = np.array([[40.0, 50.0, 45.0], [50.0, 60.0, 20.0], [20.0, 30.0, 95.0]])
    made = AGGREGATORS[method].function(x, SIGNED, **chosen)
    powers = {"harmonic": -1.0, "power": chosen.get("p")}.get(method)
    if powers is not None:
        whole = (x**powers) @ SIGNED
        np.testing.assert_allclose(made, np.where(whole < 0, np.nan, np.abs(whole) ** (1 / powers)), rtol=1e-12)
    assert np.isnan(made).any()
    record = AGGREGATORS[method]
    reason = next(one for one in record.reasons if one.where(x, SIGNED, record.given(chosen))[np.isnan(made)].any())
    assert "weights below 0" in reason.words[0]
    assert reason.where(x, SIGNED, record.given(chosen)).tolist() == [[False, False, True]] * 3


@pytest.mark.parametrize(
    "aggregate", [{"method": "harmonic", "floor": 30}, {"method": "power", "p": -1, "floor": 30}, {"method": "power", "p": 2}]
)
def test_contributions_add_up_under_weights_below_0_and_a_floor(aggregate: dict[str, Any]) -> None:
    """A mean can be below its floor then, which is that of its children alone."""
    rng = np.random.default_rng(1)
    level = rng.uniform(30, 90, 12)
    frame = pd.DataFrame(
        {
            "unit": [f"u{at}" for at in range(12)],
            "a": level,
            "b": level + rng.normal(0, 8, 12),
            "c": 130 - level + rng.normal(0, 20, 12),
        }
    )
    index = {"id": "i", "weights": {"method": "pca", "take": "loadings"}, "aggregate": aggregate, "undefined": "missing"}
    tree = {"index": index, "units": {"id": "unit", "label": "unit"}, "defaults": {"normalise": "points"}}
    with pytest.warns(UserWarning, match="IC450"):
        scores = indexcalc.score(tree | {"dimensions": [{"id": one} for one in "abc"]}, frame)
    assert scores.weights[0].min() < 0
    own, whole = contributions(scores)[0], scores.score()[0]
    there = ~np.isnan(whole)
    assert there.sum() > 3
    if "floor" in aggregate:
        assert (whole[there] < 30).any()
    np.testing.assert_allclose(own[:, :3].sum(axis=1)[there], whole[there], rtol=1e-9)
