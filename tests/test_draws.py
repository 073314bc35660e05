"""One rule in one place: means in many draws by products are those of the engine, and few calls lie between a score and a mean."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexcalc.analysis.alternatives import Inputs
from indexcalc.analysis.rescore import Rescorer
from indexcalc.engine import draws, means, score
from indexcalc.engine.room import Room
from indexcalc.methods.aggregate.means import arithmetic
from indexcalc.tree.model import Alternatives

from . import trees
from .conftest import count
from .test_uncertainty import LINEAR, random_panel

PACKAGE = str(Path(draws.__file__).parent.parent)
MEANS = LINEAR.changed(
    only={
        "aggregate": [
            "arithmetic",
            "sum",
            "geometric",
            "harmonic",
            {"method": "power", "p": 0.5},
            {"method": "geometric", "floor": 30},
        ]
    }
)


@pytest.mark.parametrize("seed", range(count(24, 240)))
def test_products_are_what_the_engine_makes_of_the_same_draws(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = trees.index(seed, MEANS if seed % 2 else LINEAR)
    base = score(index, random_panel(index, seed, units=40, periods=1))
    inputs = Inputs(index, Alternatives.model_validate({"weights": ["dirichlet", "perturb"][seed % 3 == 0]}))
    drawn = inputs.sample(seed, 0, 64)
    for branch in index.tree.branches:
        node = index.tree.nodes[branch.position].id
        quick = np.array(Rescorer(base, inputs, "2019", node).scores(drawn).scores)
        with monkeypatch.context() as patched:
            patched.setattr(means, "_is_mean", lambda branch: False)
            plain = Rescorer(base, inputs, "2019", node).scores(drawn).scores
        np.testing.assert_allclose(quick, plain, rtol=1e-12, atol=1e-12, err_msg=node)


def test_means_of_means_are_made_by_products() -> None:
    """Of a tree of arithmetic means nothing is left to be made one by one."""
    index = trees.index(5, LINEAR)
    inputs = Inputs(index, Alternatives.model_validate({"weights": "dirichlet"}))
    rescorer = Rescorer(score(index, random_panel(index, 5)), inputs, "2021")
    rescorer.scores(inputs.sample(1, 0, 4))
    assert [case.rest for case in rescorer.cases.values()] == [frozenset()]


@pytest.mark.parametrize("cells", [1, 1 << 8, 1 << 30])
def test_the_size_of_blocks_changes_nothing(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = trees.index(7, LINEAR)
    base = score(index, random_panel(index, 7, units=30))
    inputs = Inputs(index, Alternatives.model_validate({"weights": "dirichlet"}))
    drawn = inputs.sample(1, 0, 50)
    whole = np.array(Rescorer(base, inputs, "2021").scores(drawn, Room(1 << 20)).scores)
    monkeypatch.setattr(draws, "_CELLS", cells)
    np.testing.assert_allclose(Rescorer(base, inputs, "2021").scores(drawn, Room(100)).scores, whole, rtol=1e-13)


@pytest.mark.parametrize("units", [9, 3000])
def test_four_frames_from_score_to_the_mean(units: int) -> None:
    """They are `score`, `aggregate`, one function that makes nodes, and the mean; in a thread of many units the last two."""
    seen: list[list[str]] = []
    plain = arithmetic.__code__

    def watch(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is plain:
            names, at = [], frame
            while at is not None:
                if at.f_code.co_filename.startswith(PACKAGE):
                    names.append(at.f_code.co_name)
                at = at.f_back
            seen.append(names[::-1])

    index = trees.index(5, LINEAR)
    panel = random_panel(index, 5, units=units)
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        score(index, panel)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    calls = {tuple(name for name in names if name != "sum_") for names in seen}
    assert calls
    assert calls <= {("score", "aggregate", "_make", "arithmetic"), *([("_make", "arithmetic")] if units > 256 else [])}
