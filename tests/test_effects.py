"""Inputs that do nothing and scores that are lost in draws, each held to the engine's scores of the same draws one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from indexcalc.analysis.alternatives import Draws, Inputs
from indexcalc.analysis.effects import idle_inputs, without_errors
from indexcalc.analysis.rescore import Rescorer
from indexcalc.analysis.sensitivity import sensitivity
from indexcalc.analysis.uncertainty import uncertainty
from indexcalc.engine import score
from indexcalc.tree.model import FACTORS, Alternatives

from . import trees
from .conftest import count
from .test_change import NAN, scored
from .test_uncertainty import MANY, random_panel

PLAIN = "dimensions: [{{id: d, weight: 0.5, indicators: [{}]}}, {{id: c, weight: 0.5}}]\n"
TWO = PLAIN.format("{id: a, weight: 0.5}, {id: b, weight: 0.5}")


def alternatives(said: dict[str, Any]) -> Alternatives:
    return Alternatives.model_validate(said)


def found_idle(scores: Any, said: dict[str, Any], node: str | None = None) -> tuple[str, ...]:
    rescorer = Rescorer(scores, Inputs(scores.index, alternatives(said)), scores.periods[-1], node)
    return idle_inputs(rescorer, 3)


def changes(inputs: Inputs, panel: Any, period: str, name: str) -> bool:
    """Score a few draws by the engine, each with and without one input exchanged for that of another draw."""
    one, other = inputs.sample(11, 0, 6), inputs.sample(11, 1, 6)
    weights, options = np.array(one.weights), np.array(one.options)
    if name.startswith("weights:"):
        rows = next(drawn.rows for drawn in inputs.drawn if f"weights:{drawn.node}" == name)
        weights[rows] = other.weights[rows]
    else:
        row = FACTORS.index(name)
        options[row] = (options[row] + 1 + np.arange(6) % max(1, len(inputs.options[row]) - 1)) % len(inputs.options[row])
    exchanged = Draws(weights, options, None)
    for draw in range(6):
        before, after = (score(inputs.index_of(draws, draw), panel) for draws in (one, exchanged))
        at = before.periods.index(period)
        if not np.allclose(before.score()[at], after.score()[at], rtol=1e-11, atol=1e-11, equal_nan=True):
            return True
    return False


@pytest.mark.parametrize("seed", range(count(12, 200)))
def test_what_is_idle_changes_no_score_of_the_engine_and_all_else_does(seed: int) -> None:
    index = trees.index(4000 + seed, MANY)
    panel = random_panel(index, seed, units=8)
    said = {
        "weights": "dirichlet",
        "aggregate": ["arithmetic", "geometric", "median"],
        "treat": ["none", {"method": "winsorise", "skew": 1, "kurtosis": 2}],
        "impute": ["none", "mean"],
    }
    idle = found_idle(score(index, panel), said)
    inputs = Inputs(index, alternatives(said))
    for name in inputs.names:
        assert changes(inputs, panel, panel.periods[-1], name) == (name not in idle), name


def test_an_estimate_of_what_is_not_missing_is_idle() -> None:
    values = [[1, 5, 9], [2, 7, 7], [4, 6, 3.0]]
    full, gap = (scored(TWO, some) for some in (values, [*values, [NAN, 6, 5]]))
    assert found_idle(full, {"weights": "dirichlet", "impute": ["none", "mean"]}) == ("impute",)
    assert found_idle(gap, {"weights": "dirichlet", "impute": ["none", "mean"]}) == ()
    for found in (
        uncertainty(full, alternatives({"weights": "dirichlet", "impute": ["none", "mean"]}), draws=20),
        sensitivity(full, alternatives({"weights": "dirichlet", "impute": ["none", "mean"]}), rows=8),
    ):
        (one,) = [each for each in found.findings if each.code == "IC758"]
        assert one.values["inputs"] == "impute"
    assert [each.code for each in uncertainty(gap, alternatives({"weights": "dirichlet"}), draws=20).findings] == []


def test_weights_that_say_nothing_are_idle_and_boards_of_their_own_are_not_looked_at() -> None:
    alike = scored(TWO, [[1, 1, 9], [4, 4, 7], [3, 3, 3.0]])
    assert found_idle(alike, {"weights": "dirichlet"}) == ("weights:d",)
    board = "dimensions: [{id: d, weight: 1, indicators: [{id: a, weight: 1}]}, {id: w, weight: 0, indicators: [{id: b, weight: 0.5}, {id: c, weight: 0.5}]}]\n"
    apart = scored(board, [[1, 5, 9], [2, 7, 7], [4, 6, 3.0]])
    drawn = Inputs(apart.index, alternatives({"weights": "dirichlet"})).names
    if "weights:w" in drawn:
        assert found_idle(apart, {"weights": {"method": "dirichlet", "nodes": ["w"]}}) == ("weights:w",)
    assert found_idle(apart, {"weights": "dirichlet"}, "w") == ()


@pytest.mark.parametrize(("of", "values"), [("spread", [5, 5, 5, 5.0]), ("value", [0, 0, 0, 0.0])])
def test_errors_without_anything_to_draw_from_are_said(of: str, values: list[float]) -> None:
    tree = "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n"
    noise = {"noise": {"sd": 0.1, "of": of}}
    some = scored(tree, [[value, at + 1.0] for at, value in enumerate(values)])
    rescorer = Rescorer(some, Inputs(some.index, alternatives(noise)), "2000")
    assert without_errors(rescorer) == ("a",)
    assert {one.code for one in uncertainty(some, alternatives(noise), draws=9).findings} == {"IC760"}
    none = scored(tree, [[value, value] for value in values])
    found = uncertainty(none, alternatives(noise), draws=9)
    assert (found.idle, found.still) == (("noise",), ("a", "b"))
    assert not found.deviations.any()
    assert {one.code for one in found.findings} == {"IC758", "IC760"}


def test_one_unit_has_no_spread_to_draw_errors_from() -> None:
    one = scored("defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n", [[3, 4.0]])
    assert uncertainty(one, alternatives({"noise": 0.1}), draws=9).idle == ("noise",)
    assert uncertainty(one, alternatives({"noise": {"sd": 0.1, "of": "value"}}), draws=9).idle == ()


def test_a_score_that_draws_take_away_is_said_with_whose_and_how_often() -> None:
    tree = "defaults: {normalise: points, missing: {coverage: 0.5}}\ndimensions: [{id: a, weight: 0.5}, {id: b, weight: 0.5}]\n"
    scores = scored(tree, [[1, 2], [3, NAN], [NAN, 4], [NAN, NAN]])
    found = uncertainty(scores, alternatives({"weights": "dirichlet"}), draws=200, seed=1)
    inputs = Inputs(scores.index, alternatives({"weights": "dirichlet"}))
    rows = Rescorer(scores, inputs, "2000")
    drawn = np.concatenate([inputs.sample(1, at, rows.size).weights for at in range(-(-200 // rows.size))], axis=1)[:, :200]
    lost = [0, int((drawn[0] < 0.5).sum()), int((drawn[1] < 0.5).sum())]
    assert found.counts[:3, -1].tolist() == lost
    (one,) = [each for each in found.findings if each.code == "IC761"]
    assert one.values["draws"] == max(lost)
    assert one.values["all"] == 200
    assert set(str(one.values["units"]).split(", ")) == {"u1", "u2"}, "u3 has none as declared"
    full = scored(tree, [[1, 2], [3, 4.0]])
    assert not uncertainty(full, alternatives({"weights": "dirichlet"}), draws=20).findings
    assert math.isnan(scores.score()[0, 3])
