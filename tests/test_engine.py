"""The engine on random trees against what must always hold and a slow reference; each rule on numbers worked by hand."""

from __future__ import annotations

import dataclasses
import doctest
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given

from indexcalc import engine, panel, scores
from indexcalc.analysis import contribution
from indexcalc.analysis.contribution import contributions, effective
from indexcalc.engine import score
from indexcalc.methods import CATALOGUE
from indexcalc.panel import IMPUTED, MISSING, NOT_APPLICABLE, VALUE, Panel
from indexcalc.scores import Scores
from indexcalc.tree import Index
from indexcalc.tree.model import Indicator
from indexcalc.units import Units

from . import trees
from .conftest import count, flat_index, index_of, panel_of
from .trees import PLAIN, SCORED, SEEDS

NAN = math.nan


def test_examples_in_docstrings_hold() -> None:
    for module in (engine, scores, panel, contribution):
        assert doctest.testmod(module).failed == 0


# Random trees


def random_scores(seed: int) -> Scores:
    return trees.scores(seed, SCORED)


@given(seed=SEEDS)
def test_contributions_of_children_add_up_to_their_parent(seed: int) -> None:
    found = random_scores(seed)
    own = contributions(found)
    np.testing.assert_array_equal(own[..., found.tree.root], found.score())
    for branch in found.tree.branches:
        parts, whole = own[..., list(branch.children)], found.scores[..., branch.position]
        assert not np.isnan(parts[~np.isnan(whole)]).any(), "a child without a score adds 0"
        assert np.isnan(parts[np.isnan(whole)]).all(), "nothing adds to a score that is not there"
        room = 1e-9 * np.abs(parts).sum(axis=-1) + 1e-12
        gap = np.abs(parts.sum(axis=-1) - whole)
        assert (gap <= room)[~np.isnan(whole)].all(), found.tree.nodes[branch.position].id


@given(seed=SEEDS)
def test_effective_contributions_of_leaves_add_up_to_the_index(seed: int) -> None:
    found = random_scores(seed)
    parts = effective(found)[..., : found.tree.leaves]
    whole = found.score()
    assert not np.isnan(parts[~np.isnan(whole)]).any()
    assert np.isnan(parts[np.isnan(whole)]).all()
    room = 1e-9 * np.abs(parts).sum(axis=-1) + 1e-12
    assert (np.abs(parts.sum(axis=-1) - whole) <= room)[~np.isnan(whole)].all()


@given(seed=SEEDS)
def test_a_child_that_was_not_used_adds_nothing(seed: int) -> None:
    found = random_scores(seed)
    own = contributions(found)
    for branch in found.tree.branches:
        if branch.missing.policy == "floor":
            continue
        x, parts = found.scores[..., list(branch.children)], own[..., list(branch.children)]
        assert (parts[np.isnan(x) & ~np.isnan(found.scores[..., branch.position, None])] == 0).all()


@given(seed=SEEDS)
def test_coverage_is_a_share_and_whole_where_nothing_is_missing(seed: int) -> None:
    found = random_scores(seed)
    tree = found.tree
    for branch in tree.branches:
        covered = found.covered(branch.position)
        below = [at for at in range(len(tree.nodes)) if at != branch.position and is_below(found, at, branch.position)]
        absent = np.stack([found.node_status(at) == NOT_APPLICABLE for at in below], axis=-1)
        there = np.stack([~np.isnan(found.scores[..., at]) for at in below], axis=-1)
        np.testing.assert_array_equal(np.isnan(covered), absent.all(axis=-1))
        some = ~np.isnan(covered)
        assert ((covered[some] >= 0) & (covered[some] <= 1 + 1e-12)).all()
        np.testing.assert_allclose(covered[(there | absent).all(axis=-1) & some], 1.0, rtol=1e-12)
        assert (covered[(~there).all(axis=-1) & some] == 0).all()


def is_below(found: Scores, node: int, above: int) -> bool:
    while node >= 0 and node != above:
        node = found.tree.parents[node]
    return node == above


@given(seed=SEEDS)
def test_what_does_not_apply_never_counts_against_coverage(seed: int) -> None:
    """Cells that are missing lower coverage; the same cells, said not to apply, leave what remains wholly covered."""
    index = trees.index(seed, PLAIN)
    made = trees.panel(index, seed, units=5)
    gaps = dataclasses.replace(made, status=np.where(np.isnan(made.values), MISSING, VALUE).astype(np.uint8))
    excused = dataclasses.replace(made, status=np.where(np.isnan(made.values), NOT_APPLICABLE, VALUE).astype(np.uint8))
    missing, absent = score(index, gaps), score(index, excused)
    for node in range(index.tree.leaves, len(index.tree.nodes)):
        one, other = missing.covered(node), absent.covered(node)
        both = ~np.isnan(one) & ~np.isnan(other)
        assert (other[both] >= one[both] - 1e-12).all()


# The slow reference: one unit and one node at a time


def reference(index: Index, made: Panel) -> np.ndarray:
    """Scores (period, unit, node) of a plain tree, worked out cell by cell."""
    tree = index.tree
    out = np.full((len(made.periods), len(made.units), len(tree.nodes)), NAN)
    for period in range(len(made.periods)):
        for unit in range(len(made.units)):
            visit(index, made, period, unit, tree.root, out)
    return out


def visit(index: Index, made: Panel, period: int, unit: int, node: int, out: np.ndarray) -> tuple[float, float, bool]:
    """Return a node's score, its coverage, and whether it applies."""
    tree = index.tree
    found = tree.nodes[node]
    if isinstance(found, Indicator):
        seen = [v for v in made.values[period, :, node].tolist() if not math.isnan(v)]
        x = made.values[period, unit, node]
        applies = made.status[period, unit, node] != NOT_APPLICABLE
        if math.isnan(x) or min(seen) == max(seen):
            return NAN, 0.0, applies
        share = (x - min(seen)) / (max(seen) - min(seen))
        out[period, unit, node] = 20 + 80 * (share if found.direction == "higher" else 1 - share)
        return out[period, unit, node], 1.0, applies
    branch = tree.branches[node - tree.leaves]
    parts = [
        (*visit(index, made, period, unit, child, out), w) for child, w in zip(branch.children, branch.declared, strict=True)
    ]
    whole = sum(w for _, _, applies, w in parts if applies)
    there = [(y, w) for y, _, _, w in parts if not math.isnan(y)]
    if not whole:
        return NAN, 0.0, False
    coverage = sum(w * covered for y, covered, _, w in parts if not math.isnan(y)) / whole
    if there and coverage >= branch.missing.coverage - 1e-9:
        total = sum(w for _, w in there)
        out[period, unit, node] = {
            "arithmetic": lambda: sum(w * y for y, w in there) / total,
            "geometric": lambda: math.prod(y ** (w / total) for y, w in there),
            "minimum": lambda: min(y for y, _ in there),
            "maximum": lambda: max(y for y, _ in there),
        }[branch.aggregate]()
    return out[period, unit, node], coverage, True


@given(seed=SEEDS)
def test_scores_are_those_of_the_slow_reference(seed: int) -> None:
    index = trees.index(seed, PLAIN)
    made = trees.panel(index, seed)
    np.testing.assert_allclose(score(index, made).scores, reference(index, made), rtol=1e-11, atol=1e-11)


@given(seed=SEEDS)
def test_units_may_come_in_any_order(seed: int) -> None:
    index = trees.index(seed, SCORED)
    made = trees.panel(index, seed)
    order = np.random.default_rng(seed).permutation(len(made.units))
    groups = tuple(made.units.groups[at] for at in order)
    units = Units(tuple(made.units.ids[at] for at in order), groups=groups)
    shuffled = dataclasses.replace(made, values=made.values[:, order], status=made.status[:, order], units=units)
    one, other = score(index, made), score(index, shuffled)
    np.testing.assert_allclose(other.scores, one.scores[:, order], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(other.coverage, one.coverage[:, order], rtol=1e-12)
    np.testing.assert_array_equal(other.status, one.status[:, order])
    np.testing.assert_allclose(contributions(other), contributions(one)[:, order], rtol=1e-8, atol=1e-8)


@given(seed=SEEDS)
def test_a_panel_is_never_changed(seed: int) -> None:
    index = trees.index(seed, SCORED)
    made = trees.panel(index, seed)
    values, status = made.values.copy(), made.status.copy()
    made.values.flags.writeable = made.status.flags.writeable = False
    found = score(index, made)
    effective(found)
    np.testing.assert_array_equal(made.values, values)
    np.testing.assert_array_equal(made.status, status)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_scoring_in_blocks_is_scoring_in_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = trees.index(seed, SCORED)
    made = trees.panel(index, seed, units=count(300, 700), periods=2)
    whole = score(index, made)
    for name in ("_BLOCK", "_UNITS", "_COLUMN"):
        monkeypatch.setattr(engine.nodes if name == "_UNITS" else engine.frames, name, 1)
    parts = score(index, made)
    for name in ("scores", "coverage", "ranks", "status", "treated"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name), err_msg=name)
    assert [(one.code, one.values) for one in parts.findings] == [(one.code, one.values) for one in whole.findings]


@given(seed=SEEDS)
@example(seed=0)
def test_one_period_alone_scores_as_among_others(seed: int) -> None:
    """Where every frame is the period itself, other periods play no part."""
    index = trees.index(seed, PLAIN)
    made = trees.panel(index, seed, periods=3)
    alone = dataclasses.replace(made, values=made.values[1:2], status=made.status[1:2], periods=made.periods[1:2])
    np.testing.assert_allclose(score(index, alone).scores[0], score(index, made).scores[1], rtol=1e-12)


# Rules, by hand


def tree(leaves: str, *, head: str = "", defaults: str = "normalise: points", kind: str = "year", top: str = "") -> Index:
    """An index of leaves right below it, whose scores are their values unless said otherwise."""
    lines = "".join(f"  - {{{leaf}}}\n" for leaf in leaves.split("; "))
    return index_of(
        f"index: {{id: index{top}}}\nunits: {{table: u.csv}}\nperiods: {{kind: {kind}}}\ndata: {{v: {{path: v.csv}}}}\n"
        f"defaults: {{weights: equal, {defaults}}}\n{head}\ndimensions:\n{lines}"
    )


def codes(found: Scores) -> list[str]:
    return [one.code for one in found.findings]


QUARTERS = [f"2021Q{part}" for part in (1, 2, 3, 4)]
ROLLED = "quarter, roll_up: year"


def test_quarters_roll_up_to_their_year_each_column_in_its_way() -> None:
    index = tree(
        "id: a, over_time: sum; id: b, over_time: mean; id: c, over_time: last; id: d, over_time: max; id: e, over_time: min",
        kind=ROLLED,
    )
    values = [[[1, 1, 1, 1, 1]], [[2, 2, 2, 9, 2]], [[3, 3, 3, 3, 0]], [[4, 6, 7, 4, 4]]]
    found = score(index, panel_of(index, values, periods=QUARTERS))
    assert found.periods == (*QUARTERS, "2021")
    assert found.treated[4, 0].tolist() == [10, 3, 7, 9, 0]
    np.testing.assert_array_equal(found.treated[:4], np.array(values, dtype=float))
    assert found.score()[4, 0] == (10 + 3 + 7 + 9 + 0) / 5


def test_gaps_in_a_year_that_is_rolled_up() -> None:
    index = tree(
        "id: a; id: b, over_time: mean; id: c, over_time: last; id: d, over_time: max; id: e, over_time: min", kind=ROLLED
    )
    values = [[[1, 1, 1, 1, 1]], [[NAN, NAN, 2, 9, 2]], [[3, 3, 3, NAN, NAN]], [[4, 5, NAN, 4, 4]]]
    found = score(index, panel_of(index, values, periods=QUARTERS))
    np.testing.assert_array_equal(found.treated[4, 0], [NAN, 3, 3, 9, 1])
    assert found.status[4, 0].tolist() == [MISSING, VALUE, VALUE, VALUE, VALUE]


def test_what_never_applied_in_a_year_does_not_apply_to_it() -> None:
    index = tree("id: a; id: b; id: c", kind=ROLLED)
    made = panel_of(index, [[[NAN, 1, NAN]]] * 4, periods=QUARTERS)
    made.status[:, 0, 0] = made.status[0, 0, 2] = NOT_APPLICABLE
    found = score(index, made)
    assert found.status[4, 0].tolist() == [NOT_APPLICABLE, VALUE, MISSING]
    assert found.covered(found.tree.root)[4, 0] == 0.5


def test_rates_are_made_anew_from_their_parts() -> None:
    index = tree(
        "id: rate, per: population, scale: 100; id: share, formula: closed / total * 100",
        head="denominators: [{id: population, over_time: last}]",
        kind=ROLLED,
    )
    assert [column.id for column in index.columns] == ["rate", "share.closed", "share.total", "population"]
    values = [[[10, 1, 2, 100]], [[20, 0, 8, 200]], [[30, 5, 10, 400]], [[40, 4, 20, 500]]]
    found = score(index, panel_of(index, values, periods=QUARTERS))
    assert found.derived[4, 0].tolist() == [100 / 500 * 100, 10 / 40 * 100]
    assert found.derived[0, 0].tolist() == [10, 50]


def test_a_year_that_is_not_whole_is_left_out_with_a_finding() -> None:
    index = tree("id: a", kind=ROLLED)
    periods = [*QUARTERS, "2022Q1", "2022Q2", "2022Q4"]
    found = score(index, panel_of(index, np.arange(7.0).reshape(7, 1, 1), periods=periods))
    assert found.periods == (*periods, "2021")
    left_out = [one for one in found.findings if one.code == "IC426"]
    assert [(one.values["period"], one.values["periods"]) for one in left_out] == [("2022", ["2022Q1", "2022Q2", "2022Q4"])]


def test_a_rolled_up_cell_was_written_in_all_of_its_parts() -> None:
    index = tree("id: a", kind=ROLLED)
    made = panel_of(index, np.ones((4, 1, 1)), periods=QUARTERS)
    made = dataclasses.replace(made, address=lambda period, unit, column: [(period, unit, column)])  # type: ignore[list-item]
    rolled, _ = engine.roll_up(index, made)
    assert rolled.places(4, 0, 0) == [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)]
    assert rolled.places(2, 0, 0) == [(2, 0, 0)]


TWO_YEARS = [*QUARTERS, *(f"2022Q{part}" for part in (1, 2, 3, 4))]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("difference: previous", [NAN, 1, 2, 4, 8, 16, 32, 64, NAN, 240 - 15]),
        ("growth: previous", [NAN, 1, 1, 1, 1, 1, 1, 1, NAN, 15]),
        ("difference: year-before", [NAN] * 4 + [15, 30, 60, 120] + [NAN, 225]),
        ("growth: year-before", [NAN] * 4 + [15] * 4 + [NAN, 15]),
    ],
)
def test_change_against_the_period_before_and_a_year_before(change: str, expected: list[float]) -> None:
    index = tree(f"id: a, {change}; id: b", kind=ROLLED)
    values = [[[2.0**at, 1]] for at in range(8)]
    found = score(index, panel_of(index, values, periods=TWO_YEARS))
    assert found.periods == (*TWO_YEARS, "2021", "2022")
    np.testing.assert_array_equal(found.derived[:, 0, 0], expected)


def test_change_needs_the_period_itself_not_the_one_that_stands_before() -> None:
    index = tree("id: a, difference: previous; id: b, growth: previous", kind="quarter")
    found = score(index, panel_of(index, [[[1, 0]], [[4, 5]], [[9, 6]]], periods=["2021Q1", "2021Q3", "2021Q4"]))
    np.testing.assert_array_equal(found.derived[:, 0], [[NAN, NAN], [NAN, NAN], [5, 0.2]])
    fallen = score(index, panel_of(index, [[[1, -2]], [[4, -1]], [[9, 0]], [[1, 1]]], periods=QUARTERS))
    np.testing.assert_array_equal(fallen.derived[:, 0, 1], [NAN, 0.5, 1, NAN])  # of |before|; nothing grows from 0


def test_shares_of_all_and_of_the_group() -> None:
    index = tree("id: a, share: total; id: b, share: group, scale: 100")
    values = [[1, 1], [2, 3], [NAN, 6], [5, NAN]]
    found = score(index, panel_of(index, values, groups=["x", "x", "y", "y"]))
    np.testing.assert_allclose(found.derived[0], [[0.125, 25], [0.25, 75], [NAN, 100], [0.625, NAN]])


def test_there_are_no_shares_of_nothing() -> None:
    index = tree("id: a, share: group; id: b, share: group; id: c")
    found = score(index, panel_of(index, [[2, NAN, 1], [-2, NAN, 1], [3, 4, 1]], groups=["x", "x", "y"]))
    np.testing.assert_array_equal(found.derived[0, :, :2], [[NAN, NAN], [NAN, NAN], [1, 1]])


def test_a_rule_says_where_an_indicator_applies() -> None:
    index = tree("id: a, applies: coast = 1; id: b")
    made = panel_of(index, [[5, 1, 8], [NAN, 1, 8], [5, 0, 8], [NAN, 0, 8], [5, NAN, 8]])
    assert [column.id for column in index.columns] == ["a", "a.coast", "b"]
    found = score(index, made)
    assert found.status[0, :, 0].tolist() == [VALUE, MISSING, NOT_APPLICABLE, NOT_APPLICABLE, VALUE]
    assert np.isnan(found.derived[0, 2, 0]), "a value that does not apply is not used"
    assert found.covered(found.tree.root)[0].tolist() == [1, 0.5, 1, 1, 1]
    assert found.score()[0].tolist() == [6.5, 8, 8, 8, 6.5]


def test_a_formula_does_not_apply_where_a_part_of_it_does_not() -> None:
    index = tree("id: a, formula: x / y; id: b")
    made = panel_of(index, [[1, 2, 8], [1, 0, 8], [1, NAN, 8], [1, NAN, 8]])
    made.status[0, 3, 1] = NOT_APPLICABLE
    found = score(index, made)
    assert found.status[0, :, 0].tolist() == [VALUE, MISSING, MISSING, NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("direction", "column", "expected"),
    [
        ("higher", [0, 2, 5, 8, 10], [0, 20, 50, 80, 100]),
        ("lower", [0, 2, 5, 8, 10], [100, 80, 50, 20, 0]),
        ("target, target: 4", [2, 4, 6, 9, NAN], [60, 100, 60, 0, NAN]),
        ("range, target: [2, 5]", [1, 2, 4, 9, NAN], [75, 100, 100, 0, NAN]),
    ],
)
def test_directions(direction: str, column: list[float], expected: list[float]) -> None:
    index = tree(f"id: a, direction: {direction}, normalise: min-max; id: b")
    found = score(index, panel_of(index, [[value, 1] for value in column]))
    np.testing.assert_allclose(found.score("a")[0], expected)
    np.testing.assert_array_equal(found.treated[0, :, 0], column)


def test_frames_of_period_all_base_and_group() -> None:
    frames = ["", ", over: all", ", over: base, base: 2000", ", over: group"]
    index = tree("; ".join(f"id: a{at}, normalise: {{method: min-max{over}}}" for at, over in enumerate(frames)))
    column = np.array([[0, 10, 20, 40], [10, 20, 30, 60.0]])
    found = score(index, panel_of(index, np.repeat(column[..., None], 4, axis=2), groups=["x", "x", "y", "y"]))
    np.testing.assert_allclose(found.score("a0"), [[0, 25, 50, 100], [0, 20, 40, 100]])
    np.testing.assert_allclose(found.score("a1"), column / 60 * 100)
    np.testing.assert_allclose(found.score("a2"), column / 40 * 100)
    np.testing.assert_allclose(found.score("a3"), [[0, 100, 0, 100], [0, 100, 0, 100]])


def test_a_base_period_may_be_written_as_people_do() -> None:
    index = tree("id: a, normalise: {method: min-max, over: base, base: 2021年第一季度}; id: b", kind="quarter")
    found = score(index, panel_of(index, [[[0, 1], [10, 1]], [[5, 1], [20, 1]]], periods=QUARTERS[:2]))
    assert found.score("a").tolist() == [[0, 100], [50, 200]]


@pytest.mark.parametrize("method", CATALOGUE["impute"])
def test_estimates_are_flagged_and_only_gaps_are_filled(method: str) -> None:
    chosen = "{method: value, value: 3}" if method == "value" else method
    index = index_of(
        "index: {id: index}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
        f"defaults: {{weights: equal, impute: {chosen}, normalise: points}}\n"
        "dimensions: [{id: d, indicators: [{id: a}, {id: b}, {id: c}]}]\n"
    )
    values = np.random.default_rng(3).uniform(1, 9, (3, 9, 3))
    values[1, 2, 1] = values[1, 4, 0] = NAN
    made = panel_of(index, values)
    made.status[1, 4, 0] = NOT_APPLICABLE
    found = score(index, made)
    assert found.status[1, 2, 1] == IMPUTED
    assert np.isfinite(found.treated[1, 2, 1])
    assert found.status[1, 4, 0] == NOT_APPLICABLE
    assert np.isnan(found.treated[1, 4, 0]), "what does not apply is never estimated"
    assert np.isnan(found.derived[1, 2, 1])
    assert (found.status == IMPUTED).sum() == 1
    there = ~np.isnan(values)
    np.testing.assert_array_equal(found.treated[there], values[there])
    np.testing.assert_array_equal(found.covered(found.node("b")), np.ones((3, 9)))


def test_estimates_within_the_group_and_by_a_column_of_the_units_table() -> None:
    index = tree("id: a, impute: {method: mean, over: group}; id: b, impute: {method: mean, by: region}; id: c, impute: mean")
    made = panel_of(index, [[NAN] * 3, [2, 2, 2], [4, 4, 4], [9, 9, 9]], groups=["x", "x", "y", "y"])
    units = dataclasses.replace(made.units, attributes={"region": ["n", "s", "n", "s"]})
    found = score(index, dataclasses.replace(made, units=units))
    assert found.treated[0, 0].tolist() == [2, 4, 5]


def test_years_made_of_quarters_are_not_neighbours_of_quarters() -> None:
    index = tree("id: a, impute: last; id: b", kind=ROLLED)
    values = [[[1, 1]], [[2, 1]], [[3, 1]], [[4, 1]], [[5, 1]], [[NAN, 1]], [[7, 1]], [[8, 1]]]
    found = score(index, panel_of(index, values, periods=TWO_YEARS))
    assert found.treated[5, 0, 0] == 5
    assert found.treated[8:, 0, 0].tolist() == [10, 10], "2022 is carried forward from 2021, not from 2022Q4"
    assert found.status[9, 0, 0] == IMPUTED


# Missing children

MISSING_TREE = """
index: {{id: index, missing: {top}}}
units: {{table: u.csv}}
data: {{v: {{path: v.csv}}}}
defaults: {{weights: relative, normalise: {{method: goalposts, worst: 0, best: 100, low: 10}}}}
dimensions:
  - {{id: a, weight: 3, missing: {inner}, indicators: [{{id: x, weight: 1}}, {{id: y, weight: 3}}]}}
  - {{id: b, weight: 1, normalise: points}}
"""


def missing(top: str, inner: str) -> Scores:
    index = index_of(MISSING_TREE.format(top=f"{{policy: {top}}}", inner=f"{{policy: {inner}}}"))
    made = panel_of(index, [[0, 100, 40], [NAN, 100, 40], [0, NAN, 40], [NAN, NAN, 40], [NAN, NAN, NAN], [NAN, 100, 60]])
    made.status[0, 5, 0] = NOT_APPLICABLE
    return score(index, made)


def test_reweight_scales_the_weights_of_those_present() -> None:
    found = missing("reweight", "reweight")
    np.testing.assert_allclose(found.score("a")[0], [77.5, 100, 10, NAN, NAN, 100])
    np.testing.assert_allclose(found.score()[0], [68.125, 85, 17.5, 40, NAN, 90])
    np.testing.assert_allclose(found.covered(found.node("a"))[0], [1, 0.75, 0.25, 0, 0, 1])
    np.testing.assert_allclose(found.covered(found.tree.root)[0], [1, 13 / 16, 7 / 16, 1 / 4, 0, 1])


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [(0.75, [77.5, 100, NAN, NAN, NAN, 100]), (0.76, [77.5, NAN, NAN, NAN, NAN, 100]), (0.25, [77.5, 100, 10, NAN, NAN, 100])],
)
def test_a_node_needs_its_coverage(coverage: float, expected: list[float]) -> None:
    found = missing("reweight", f"reweight, coverage: {coverage}")
    np.testing.assert_allclose(found.score("a")[0], expected)
    without = np.isnan(np.array(expected))
    np.testing.assert_allclose(found.covered(found.tree.root)[0][without & ~np.isnan(found.score("b")[0])], 0.25)


def test_coverage_up_to_rounding_is_enough() -> None:
    # 0.1 + 0.2 of 1 is there, which in binary is a little more or less than 0.3
    leaves = "; ".join(f"id: l{at}, weight: {weight}" for at, weight in enumerate((0.1, 0.2, 0.7)))
    index = tree(leaves, top=", weights: relative, missing: {coverage: 0.3}")
    assert np.isfinite(score(index, panel_of(index, [[1, 2, NAN]])).score()).all()


def test_fail_wants_every_child_that_applies() -> None:
    found = missing("fail", "fail")
    np.testing.assert_allclose(found.score("a")[0], [77.5, NAN, NAN, NAN, NAN, 100])
    np.testing.assert_allclose(found.score()[0], [68.125, NAN, NAN, NAN, NAN, 90])
    assert "IC424" not in codes(found), "what was left out on purpose is not undefined"


def test_floor_puts_the_worst_score_in() -> None:
    # x and y at worst have 10, so has a; b, scored by its points, at worst has the least seen: 40
    found = missing("floor", "floor")
    np.testing.assert_allclose(found.score("a")[0], [77.5, 77.5, 10, 10, 10, 100])
    np.testing.assert_allclose(found.score()[0], [68.125, 68.125, 17.5, 17.5, 17.5, 90])
    np.testing.assert_allclose(found.covered(found.node("a"))[0], [1, 0.75, 0.25, 0, 0, 1])
    own = contributions(found)
    np.testing.assert_allclose(own[0, 1, [found.node("x"), found.node("y")]], [2.5, 75])
    above = missing("floor", "reweight")
    np.testing.assert_allclose(above.score()[0, 3], 17.5)
    np.testing.assert_allclose(effective(above)[0, 3, :3].sum(), 17.5)


def test_a_floor_goes_in_with_the_weights_that_the_node_uses() -> None:
    # a sum with relative weights takes 1/2 of each child; the worst sum is 1/2 * 10 + 1/2 * 10
    index = index_of(
        "index: {id: index, missing: {policy: floor}}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\n"
        "defaults: {weights: equal, normalise: {method: goalposts, worst: 0, best: 100, low: 10}}\n"
        "dimensions:\n  - {id: a, aggregate: sum, weights: relative, indicators: [{id: x}, {id: y}]}\n  - {id: b}\n"
    )
    found = score(index, panel_of(index, [[100, 100, 100], [NAN, NAN, 100]]))
    assert found.score("a")[0, 0] == 100
    assert found.score()[0, 1] == 55


def test_a_branch_that_does_not_apply_leaves_its_weight_to_the_others() -> None:
    index = index_of(MISSING_TREE.format(top="{coverage: 0.9}", inner="{}"))
    made = panel_of(index, [[0, 100, 40], [NAN, NAN, 40], [NAN, NAN, NAN]])
    made.status[0, 1, :2] = made.status[0, 2] = NOT_APPLICABLE
    found = score(index, made)
    np.testing.assert_allclose(found.score()[0], [68.125, 40, NAN])
    np.testing.assert_allclose(found.covered(found.tree.root)[0], [1, 1, NAN])
    assert found.node_status(found.node("a"))[0].tolist() == [VALUE, NOT_APPLICABLE, NOT_APPLICABLE]
    assert found.node_status(found.tree.root)[0].tolist() == [VALUE, VALUE, NOT_APPLICABLE]


def test_coverage_of_a_node_with_both_leaves_and_branches() -> None:
    index = index_of(
        "index: {id: index}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\ndefaults: {weights: equal, normalise: points}\n"
        "dimensions:\n  - {id: a, indicators: [{id: x}, {id: y}]}\n  - {id: z}\n"
        "  - {id: b, indicators: [{id: c, indicators: [{id: u}, {id: v}]}, {id: w}]}\n"
    )
    found = score(index, panel_of(index, [[1, NAN, 1, 1, 1, 1], [1, 1, 1, NAN, 1, 1], [1, 1, NAN, 1, 1, NAN]]))
    np.testing.assert_allclose(found.covered(found.tree.root)[0], [(0.5 + 1 + 1) / 3, (1 + 1 + 0.75) / 3, (1 + 0 + 0.5) / 3])


def test_an_undefined_mean_is_named_and_only_where_it_is_undefined() -> None:
    index = index_of(
        "index: {id: index}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\ndefaults: {weights: equal, normalise: points}\n"
        "dimensions:\n  - {id: a, aggregate: geometric, missing: {coverage: 0.9}, indicators: [{id: x}, {id: y}]}\n"
    )
    found = score(index, panel_of(index, [[4, 9], [0, 9], [NAN, 9]]))
    np.testing.assert_allclose(found.score("a")[0], [6, NAN, NAN])
    named = [one for one in found.findings if one.code == "IC424"]
    assert [(one.values["node"], one.values["units"], one.values["children"]) for one in named] == [("a", "u1", "x")]


def test_columns_that_say_nothing_are_pointed_out() -> None:
    index = tree("id: a; id: b; id: c; id: d", defaults="normalise: min-max")
    made = panel_of(index, [[1, 5, NAN, NAN], [2, 5, NAN, NAN], [3, NAN, NAN, NAN]])
    made.status[0, :, 3] = NOT_APPLICABLE
    found = score(index, made)
    assert {(one.code, one.values["node"]) for one in found.findings} == {("IC420", "b"), ("IC422", "c")}
    np.testing.assert_allclose(found.score()[0], [0, 50, 100])


# Ranks


def ranked(column: list[float], ranking: str, groups: Sequence[str] = ()) -> Scores:
    index = tree("id: a", head=f"ranking: {{{ranking}}}")
    return score(index, panel_of(index, [[value] for value in column], groups=groups))


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("competition", [2, 1, 2, 4, NAN]),
        ("dense", [2, 1, 2, 3, NAN]),
        ("average", [2.5, 1, 2.5, 4, NAN]),
        ("min", [2, 1, 2, 4, NAN]),
        ("max", [3, 1, 3, 4, NAN]),
    ],
)
def test_ties_share_places_as_declared(ties: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(ranked([80, 90, 80, 70, NAN], f"ties: {ties}").rank()[0], expected)


def test_ranks_within_groups_and_over_all() -> None:
    found = ranked([80, 90, 70, 60, NAN], "within: group", ["x", "x", "y", "y", "y"])
    np.testing.assert_array_equal(found.rank()[0], [2, 1, 3, 4, NAN])
    assert found.group_ranks is not None
    np.testing.assert_array_equal(found.group_ranks[0, :, found.tree.root], [2, 1, 1, 2, NAN])
    assert ranked([1.0, 2.0], "").group_ranks is None


def test_the_lowest_may_come_first() -> None:
    np.testing.assert_array_equal(ranked([80, 90, 80, NAN], "first: lowest").rank()[0], [1, 3, 1, NAN])


def test_ranks_on_published_decimals_and_scores_kept_unrounded() -> None:
    column = [73.975, 73.98, 73.9749, 73.984999, -0.004]
    found = ranked(column, "decimals: 2")
    assert found.rank()[0].tolist() == [1, 1, 4, 1, 5]
    np.testing.assert_array_equal(found.score()[0], column)
    assert ranked(column, "").rank()[0].tolist() == [3, 2, 4, 1, 5]


def test_every_node_is_ranked_in_every_period() -> None:
    index = index_of(MISSING_TREE.format(top="{}", inner="{}"))
    found = score(index, trees.panel(index, 5, units=6, periods=2))
    for node in range(len(found.tree.nodes)):
        for period in range(2):
            column = found.scores[period, :, node]
            for one in range(6):
                expected = NAN if math.isnan(column[one]) else 1 + (column > column[one]).sum()
                np.testing.assert_array_equal(found.ranks[period, one, node], expected)


# Lookups


def test_effective_weights_are_products_down_the_tree() -> None:
    found = missing("reweight", "reweight")
    wanted = {"x": 3 / 16, "y": 9 / 16, "b": 1 / 4, "a": 3 / 4, "index": 1.0}
    assert {node: found.effective_weights[0, found.node(node)] for node in wanted} == pytest.approx(wanted)


def test_nodes_and_leaves_have_coverage() -> None:
    found = missing("reweight", "reweight")
    second = found.panel.units.ids.index("u1")
    assert (found.score()[0, second], found.covered(found.tree.root)[0, second]) == pytest.approx((85.0, 13 / 16))
    np.testing.assert_array_equal(found.covered(found.node("x"))[0], [1, 0, 1, 0, 0, NAN])


def test_a_warning_dimension_is_scored_but_does_not_count() -> None:
    index = index_of(
        "index: {id: index}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\ndefaults: {weights: equal, normalise: points}\n"
        "dimensions:\n  - {id: a, indicators: [{id: x}]}\n  - {id: w, role: warning, indicators: [{id: y}]}\n"
    )
    found = score(index, panel_of(index, [[1, 50], [2, 60]]))
    assert found.score()[0].tolist() == [1, 2]
    assert found.score("w")[0].tolist() == [50, 60]
    own = effective(found)
    assert np.nansum(own[..., :2], axis=-1)[0].tolist() == [1, 2]
    assert np.isnan(own[0, :, found.node("y")]).all()


# Contributions, by hand


@pytest.mark.parametrize(
    ("aggregate", "values", "expected"),
    [
        ("arithmetic", [60, 80], [30, 40]),
        ("arithmetic", [60, NAN], [60, 0]),
        ("geometric", [4, 9], [3 * (1 + math.log(4 / 6)), 3 * (1 + math.log(9 / 6))]),
        ("{method: sum, scale: 2}", [60, -60], [120, -120]),  # adds up to 0 by two parts, not by none
        ("minimum", [60, 80], [20, 40]),  # Shapley: alone each has its own, together 60: (60 + (60 - 80)) / 2
        ("maximum", [60, 80], [30, 50]),
        ("median", [60, 80], [25, 45]),
        ("minimum", [NAN, 80], [0, 80]),
    ],
)
def test_contributions_by_hand(aggregate: str, values: list[float], expected: list[float]) -> None:
    index = tree("id: x; id: y", top=f", aggregate: {aggregate}")
    found = score(index, panel_of(index, [values]))
    np.testing.assert_allclose(contributions(found)[0, 0, :2], expected, rtol=1e-12)


def test_contributions_to_a_sum_written_as_a_formula_are_its_addends() -> None:
    index = tree("id: x; id: y", top=", formula: x - y")
    found = score(index, panel_of(index, [[10, 10], [30, 10]]))
    np.testing.assert_allclose(contributions(found)[0, :, :2], [[10, -10], [30, -10]])


def test_contributions_to_a_formula_stand_against_the_units_mean() -> None:
    # x y with means 20 and 10: at the mean 200, shared by weight; then each adds what it is beyond its mean
    index = tree("id: x; id: y", top=", formula: x * y")
    found = score(index, panel_of(index, [[10, 10], [30, 10]]))
    np.testing.assert_allclose(contributions(found)[0, :, :2], [[100 - 100, 100], [100 + 100, 100]])


def test_a_formula_of_children_of_which_one_has_no_value_anywhere() -> None:
    index = tree("id: x; id: y", top=', formula: "sum(x, y) / 2"')
    found = score(index, panel_of(index, [[10, NAN], [30, NAN]]))
    np.testing.assert_allclose(contributions(found)[0, :, :2], [[5, 0], [15, 0]])


def test_notes_say_what_was_imputed_and_that_periods_are_not_comparable() -> None:
    index = flat_index(2, extra="periods: {kind: year}")
    values = [[[1, 2], [2, 1], [3, np.nan]], [[1, 2], [2, 1], [3, 4]]]
    codes = [found.code for found in score(index, panel_of(index, values)).findings]
    assert codes == ["IC427"]
    imputing = index_of(
        "{index: {id: t}, units: {table: u}, data: {d: {path: p}}, defaults: {impute: mean, normalise: points},"
        " dimensions: [{id: x0, weight: 0.5}, {id: x1, weight: 0.5}]}"
    )
    scores = score(imputing, panel_of(imputing, values[0]))
    assert [found.code for found in scores.findings] == ["IC425"]
    assert scores.score()[0, 2] == pytest.approx((3 + 1.5) / 2)


def test_a_product_with_a_missing_factor_is_missing_and_no_error() -> None:
    index = flat_index(2, normalise="points", aggregate="product")
    scores = score(index, panel_of(index, [[2, 3], [2, np.nan]]))
    assert scores.score("all")[0].tolist()[0] == 6
    assert np.isnan(scores.score("all")[0, 1])
    assert scores.findings == ()


def test_units_that_are_all_within_the_range_are_pointed_out() -> None:
    index = index_of(
        "{index: {id: t}, units: {table: u}, data: {d: {path: p}},"
        " dimensions: [{id: x0, weight: 1, direction: range, target: [0, 10]}]}"
    )
    assert [found.code for found in score(index, panel_of(index, [[1], [2], [3]])).findings] == ["IC420"]
