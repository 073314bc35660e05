"""Changes of scores between two states: worlds that are what was scored, and parts worked out by hand.

That the parts add up, whatever a tree is made of, is held in `test_additivity.py`.
"""

from __future__ import annotations

import dataclasses
import doctest
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from indexcalc import load, read
from indexcalc.analysis import change as change_module
from indexcalc.analysis.change import ScoreChange, change
from indexcalc.analysis.worlds import Between, Side, of_scores
from indexcalc.engine import score
from indexcalc.scores import Scores
from indexcalc.units import Units

from . import trees
from .conftest import count, index_of, panel_of
from .trees import MIXED, SEEDS

NAN = math.nan


def random_scores(seed: int, *, units: int = 6, periods: int = 3) -> Scores:
    return trees.scores(seed, MIXED, units=units, periods=periods)


def adds_up(found: ScoreChange) -> None:
    for parts, ends in ((found.parts, found.scores), (found.rank_parts, found.ranks)):
        total = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(found.at))
        moved = ends[1] - ends[0]
        there = ~np.isnan(moved)
        room = 1e-9 * (1 + np.abs(ends).max(axis=0))
        assert (np.abs(total - moved) <= room)[there].all(), (total, moved)
    if found.indicators is not None:
        own = found.parts["own"]
        total = np.sum(list(found.indicators.values()), axis=0) if found.indicators else np.zeros(len(found.at))
        np.testing.assert_allclose(
            total[there], own[there], rtol=1e-9, atol=1e-9 * (1 + np.nanmax(np.abs(found.scores), initial=0))
        )


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(change_module).failed == 0


@given(seed=SEEDS)
def test_worlds_of_one_side_are_what_was_scored(seed: int) -> None:
    found = random_scores(seed)
    between = Between(Side(found, found.periods[0]), Side(found, found.periods[2]))
    for side, at in ((0, 0), (1, 2)):
        world = between.world(peers=side, structure=side, weights=side, method=side, adjustments=side)
        whole = world.whole()[0]
        np.testing.assert_allclose(whole, found.score()[at], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(of_scores(found, at).whole()[0], found.score()[at], rtol=1e-9, atol=1e-9)
        again, _ = world.with_own(np.arange(len(whole)), world.values, world.status)
        np.testing.assert_array_equal(again, whole)


@pytest.mark.slow
@settings(max_examples=count(20, 250))
@given(seed=SEEDS)
def test_going_back_turns_every_part(seed: int) -> None:
    found = random_scores(seed)
    there, back = (change(found, found, *found.periods[:2][::step]) for step in (1, -1))
    for factor, part in there.parts.items():
        ends = 1 + np.abs(there.scores).max(axis=0)
        gap = np.abs(part + back.parts[factor])
        assert (gap <= 1e-9 * ends)[~np.isnan(ends) & ~np.isnan(gap)].all()


# By hand

HEAD = "index: {id: t}\nunits: {table: u}\nperiods: {kind: year}\ndata: {v: {path: v}}\n"


def scored(tree: str, values: object, **kinds: object) -> Scores:
    index = index_of(HEAD + tree)
    return score(index, panel_of(index, values, **kinds))  # type: ignore[arg-type]


def parts_of(found: ScoreChange, unit: int) -> dict[str, float]:
    return {factor: round(float(part[unit]), 9) for factor, part in found.parts.items()}


POINTS = "defaults: {{normalise: points, weights: given}}\ndimensions: [{}]\n"
TWO = POINTS.format("{id: a, weight: 0.5}, {id: b, weight: 0.5}")


def test_what_is_not_compared_moves_by_its_own_data_alone() -> None:
    found = scored(TWO, [[[10, 20], [14, 14]], [[12, 20], [14, 8]]])
    moved = change(found, found, "2000", "2001", by_indicator=True)
    assert parts_of(moved, 0) == {"own": 1.0, "peers": 0.0}
    assert parts_of(moved, 1) == {"own": -3.0, "peers": 0.0}
    assert {leaf: part.tolist() for leaf, part in (moved.indicators or {}).items()} == {"a": [1.0, 0.0], "b": [0.0, -3.0]}
    assert moved.ranks.tolist() == [[1, 2], [1, 2]]


def test_a_frame_that_moves_is_the_peers_part() -> None:
    # 50 in 0 … 10; own data alone 6 in 0 … 10: 60; peers' alone 5 in 0 … 20: 25; both 6 in 0 … 20: 30
    found = scored("dimensions: [{id: a, weight: 1}]\n", [[[0], [5], [10]], [[0], [6], [20]]])
    assert parts_of(change(found, found, "2000", "2001"), 1) == {"own": 7.5, "peers": -27.5}


@pytest.mark.parametrize("over", ["over: all", "over: base, base: 2000"])
def test_a_frame_that_stands_still_has_no_part(over: str) -> None:
    tree = f"dimensions: [{{id: a, weight: 1, normalise: {{method: min-max, {over}}}}}]\n"
    found = scored(tree, [[[0], [5], [10]], [[8], [6], [2]]])
    moved = change(found, found, "2000", "2001")
    np.testing.assert_allclose(moved.parts["own"], [80, 10, -80])
    np.testing.assert_allclose(moved.parts["peers"], 0, atol=1e-12)
    assert moved.rank_parts["own"].sum() + moved.rank_parts["peers"].sum() == 0


def test_weights_that_were_changed() -> None:
    one = scored(TWO, [[10, 20], [14, 14]])
    other = scored(POINTS.format("{id: a, weight: 0.8}, {id: b, weight: 0.2}"), [[10, 20], [14, 14]])
    assert parts_of(moved := change(one, other, "2000", "2000"), 0) == {"weights": -3.0}
    assert moved.ranks.tolist() == [[1, 2], [2, 1]]
    assert moved.rank_parts["weights"].tolist() == [1, -1]


def test_weights_that_were_computed_are_weights() -> None:
    tree = "defaults: {normalise: points, weights: std}\ndimensions: [{id: a}, {id: b}]\n"
    found = scored(tree, [[[1, 2], [2, 4], [3, 6]], [[1, 2], [2, 4], [3, 6.5]]])
    moved = change(found, found, "2000", "2001")
    assert set(moved.parts) == {"own", "peers", "weights"}
    assert parts_of(moved, 0)["own"] == 0
    assert parts_of(moved, 0)["weights"] > 0
    adds_up(moved)


def test_a_new_indicator_takes_its_weight_and_the_others_share_the_rest() -> None:
    one = scored(TWO, [[10, 20], [14, 14]])
    more = POINTS.format("{id: a, weight: 0.25}, {id: b, weight: 0.25}, {id: c, weight: 0.5}")
    other = scored(more, [[10, 20, 31], [14, 14, 14]])
    assert parts_of(change(one, other, "2000", "2000"), 0) == {"structure": 8.0}
    assert parts_of(change(other, one, "2000", "2000"), 0) == {"structure": -8.0}


def test_a_new_indicator_counts_as_structure_from_when_there_is_data() -> None:
    more = POINTS.format("{id: a, weight: 0.25}, {id: b, weight: 0.25}, {id: c, weight: 0.5}")
    one = scored(TWO, [[[10, 20], [14, 14]], [[12, 20], [14, 14]]])
    without = scored(more, [[[10, 20, NAN], [14, 14, NAN]], [[12, 20, 30], [14, 14, 14]]])
    # (12 + 20) / 4 + 15 is 7 more than 16; own data is 1 where two count and 0.5 where they weigh half: 0.75
    assert parts_of(change(one, without, "2000", "2001"), 0) == {"own": 0.75, "peers": 0.0, "structure": 7.25}
    before = scored(more, [[[10, 20, 20], [14, 14, 14]], [[12, 20, 30], [14, 14, 14]]])
    assert parts_of(change(one, before, "2000", "2001"), 0) == {"own": 3.25, "peers": 0.0, "structure": 4.75}


def test_an_aggregator_that_was_changed_is_a_method() -> None:
    other = scored(TWO.replace("weights: given", "weights: given, aggregate: minimum"), [[10, 20], [14, 14]])
    assert parts_of(change(scored(TWO, [[10, 20], [14, 14]]), other, "2000", "2000"), 0) == {"method": -5.0}


def test_another_formula_is_a_method() -> None:
    one, other = (scored(POINTS.format(f"{{id: a, weight: 1, scale: {scale}}}"), [[10], [14]]) for scale in (1, 3))
    assert parts_of(change(one, other, "2000", "2000"), 0) == {"method": 20.0}


def test_points_that_were_added() -> None:
    tree = POINTS.format("{id: a, weight: 1}") + "adjustments: [{id: bonus, each: 2, source: v}]\n"
    found = scored(tree, [[[10, 0], [14, 1]], [[11, 3], [14, 1]]])
    assert parts_of(change(found, found, "2000", "2001"), 0) == {"own": 1.0, "peers": 0.0, "adjustments": 6.0}


def test_units_that_come_and_go_have_no_parts_and_are_no_peers() -> None:
    found = scored("dimensions: [{id: a, weight: 1}]\n", [[0], [5], [10]])
    units = Units(("u0", "u1", "u9"), ("u0", "u1", "u9"))
    other = score(found.index, dataclasses.replace(found.panel, units=units))
    moved = change(found, other, "2000", "2000")
    assert moved.units.ids == ("u0", "u1", "u9", "u2")
    assert np.isnan(moved.scores[0]).tolist() == [False, False, True, False]
    assert np.isnan(moved.scores[1]).tolist() == [False, False, False, True]
    adds_up(moved)


def test_the_example_of_the_repository(repository: Path) -> None:
    index = load(repository / "indicators.yaml")
    found = score(index, read(index, repository))
    moved = change(found, found, "2021", "2022")
    adds_up(moved)
    np.testing.assert_array_equal(moved.scores[1], found.score()[found.periods.index("2022")])
    adds_up(change(found, found, "2021Q4", "2022Q4", units=["440104"], by_indicator=True))


def test_a_score_that_was_not_there_has_no_parts() -> None:
    tree = TWO.replace("weights: given", "weights: given, missing: {policy: fail}")
    found = scored(tree, [[[10, NAN], [14, 14]], [[12, 20], [14, 8]]])
    moved = change(found, found, "2000", "2001", by_indicator=True)
    assert all(np.isnan(part[0]) for part in (*moved.parts.values(), *(moved.indicators or {}).values()))
    assert parts_of(moved, 1) == {"own": -3.0, "peers": 0.0}


@settings(max_examples=count(20, 250))
@given(seed=SEEDS)
def test_one_unit_alone_has_the_score_that_it_has_among_all(seed: int) -> None:
    found = random_scores(seed)
    between = Between(Side(found, found.periods[0]), Side(found, found.periods[2]))
    world = between.world(peers=1, structure=0, weights=0, method=0, adjustments=0)
    leaves = [leaf.id for leaf in world.index.leaves]
    units = np.array([0, 3, 3, 5])
    rows = tuple(part[units] for part in between.rows(leaves, 0, 0))
    alone = world.index_with_own(units, *rows)
    np.testing.assert_allclose(alone, world.with_own(units, *rows)[0], rtol=1e-9, atol=1e-9)


def test_weights_that_were_only_scaled_to_make_room_have_no_part() -> None:
    """In thirds and sevenths too, where the last bits differ."""
    one = scored(POINTS.format("{id: a, weight: 1/3}, {id: b, weight: 2/3}"), [[10, 20], [14, 14]])
    more = POINTS.format("{id: a, weight: 2/7}, {id: b, weight: 4/7}, {id: c, weight: 1/7}")
    other = scored(more, [[10, 20, 31], [14, 14, 14]])
    for found in (change(one, other, "2000", "2000"), change(other, one, "2000", "2000")):
        assert set(found.parts) == {"structure"}
        adds_up(found)
