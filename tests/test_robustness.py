"""The smallest changes of weights that turn a ranking: against grids of all weights, and scored again by the engine."""

from __future__ import annotations

import itertools
import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from indexcalc.analysis.alternatives import with_weights
from indexcalc.analysis.cuts import NORMS, Cut, Question, Reweighed, cut_at
from indexcalc.analysis.hunt import Hunt
from indexcalc.analysis.patterns import Pattern
from indexcalc.analysis.relaxed import Relaxed
from indexcalc.analysis.robustness import Robustness, robustness
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.panel import Panel
from indexcalc.scores import Scores

from .conftest import count, index_of, panel_of
from .trees import SEEDS

pytestmark = pytest.mark.slow

HEAD = "index: {{id: t{}}}\nunits: {{table: u}}\ndata: {{v: {{path: v}}}}\ndefaults: {{normalise: points}}\n"
FLAT = "dimensions: [{id: a, weight: 0.5}, {id: b, weight: 0.3}, {id: c, weight: 0.2}]\n"
DEEP = (
    "dimensions:\n  - {id: d, weight: 0.6, indicators: [{id: a, weight: 0.5}, {id: b, weight: 0.5}]}\n"
    "  - {id: e, weight: 0.4, indicators: [{id: c, weight: 0.25}, {id: f, weight: 0.75}]}\n"
)
GRID = 60


def scored(tree: str, values: object, aggregate: str = "") -> Scores:
    index = index_of(HEAD.format(f", aggregate: {aggregate}" if aggregate else "") + tree)
    return score(index, panel_of(index, values))  # type: ignore[arg-type]


@cache
def simplex(nodes: int, grid: int = GRID) -> np.ndarray:
    """All weights on a grid that add up to 1."""
    cuts = itertools.combinations(range(grid + nodes - 1), nodes - 1)
    return np.array([np.diff([-1, *cut, grid + nodes - 1]) - 1 for cut in cuts]) / grid


def nearest_of(weights: np.ndarray, now: np.ndarray, turns: np.ndarray, norm: str) -> float:
    far = np.abs(weights - now)
    far = far.sum(axis=1) if norm == "L1" else far.max(axis=1)
    return float(far[turns].min()) if turns.any() else math.inf


def turned(found: Scores, panel: Panel, siblings: dict[str, dict[str, float]]) -> Scores:
    index = found.index
    for node, shares in siblings.items():
        children = [index.tree.nodes[child].id for child in index.tree.branch_of(node).children]
        index = with_weights(index, node, [shares[child] for child in children])
    return score(index, panel)


def verified(found: Scores, answer: Robustness) -> None:
    """Every answer, given to the engine as a tree of its own, turns the order."""
    for turn in (*answer.pairs, *answer.leaves_top):
        if math.isnan(turn.distance):
            assert not turn.verified
            continue
        assert turn.verified
        assert sum(turn.weights.values()) == pytest.approx(1)
        again = turned(found, found.panel, {k: dict(v) for k, v in turn.siblings.items()}).score()[0]
        others = again[turn.below] if turn.below is not None else np.sort(np.delete(again, turn.above))[::-1][answer.top - 1]
        assert others > again[turn.above]


def by_geometric(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.log(x) @ w.T


def by_sum(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return x @ w.T


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("", by_sum),
        ("geometric", by_geometric),
        ("harmonic", lambda x, w: -(1 / x) @ w.T),
        ("{method: power, p: 2}", lambda x, w: x**2 @ w.T),
        ("sum", by_sum),
    ],
)
@given(seed=SEEDS)
def test_the_smallest_change_of_a_flat_tree_is_that_of_a_grid(aggregate: str, value: object, seed: int) -> None:
    x = np.random.default_rng(seed).uniform(1, 100, (4, 3))
    found = scored(FLAT, x, aggregate)
    answer = robustness(found, 0)
    verified(found, answer)
    weights, now = simplex(3), np.array([0.5, 0.3, 0.2])
    values = value(x, weights)  # type: ignore[operator]
    for turn in answer.pairs:
        assert turn.exact
        far = nearest_of(weights, now, values[turn.below] > values[turn.above], turn.norm)
        if math.isnan(turn.distance):
            assert far > 1.9 or math.isinf(far)
            continue
        assert turn.distance <= far + 1e-4, "no weights on the grid are nearer"
        room = 2 * 3 / GRID if turn.norm == "L1" else 2 / GRID
        assert far <= turn.distance + room, "and some on the grid are as near as its steps are wide"


@given(seed=SEEDS)
def test_levels_of_a_deep_tree(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(1, 100, (4, 4))
    found = scored(DEEP, x)
    answer = robustness(found, 0)
    verified(found, answer)
    pairs = {(turn.above, turn.below, turn.level, turn.norm): turn.distance for turn in answer.pairs}
    for (above, below, level, norm), distance in pairs.items():
        if level == 1 and not math.isnan(distance):
            assert pairs[above, below, 2, norm] <= distance + 1e-5, "what the dimensions can do the indicators can"
    weights, now = simplex(4)[::7], np.array([0.3, 0.3, 0.1, 0.3])
    values = x @ weights.T
    for turn in answer.pairs:
        if turn.level == 2:
            far = nearest_of(weights, now, values[turn.below] > values[turn.above], turn.norm)
            assert math.isnan(turn.distance) or turn.distance <= far + 1e-4


@given(seed=SEEDS)
def test_the_smallest_change_that_takes_a_unit_out_of_the_top(seed: int) -> None:
    x = np.random.default_rng(seed).uniform(1, 100, (5, 3))
    found = scored(FLAT, x)
    answer = robustness(found, 0, top=2)
    verified(found, answer)
    weights, now = simplex(3), np.array([0.5, 0.3, 0.2])
    values = x @ weights.T
    for turn in answer.leaves_top:
        assert turn.exact
        out = (values > values[turn.above]).sum(axis=0) >= 2
        far = nearest_of(weights, now, out, turn.norm)
        assert math.isinf(far) if math.isnan(turn.distance) else turn.distance <= far + 1e-4


def closely(distance: float, far: float) -> None:
    """No weights of a grid are nearer than the answer, which is checked by itself to do it; where there is none, none do."""
    assert math.isinf(far) if math.isnan(distance) else distance <= far + 1e-4


BOUNDS = [
    {"within": 0.3},
    {"within": 0.8},
    {"bounds": {"a": (0.4, 0.6)}},
    {"bounds": {"a": (0.2, 0.7), "b": (0.25, 0.9)}},
    {"within": 0.5, "bounds": {"c": (0.0, 1.0)}},
]


def allowed(weights: np.ndarray, now: np.ndarray, names: str, within: float = 1e9, bounds: dict | None = None) -> np.ndarray:
    """The weights of a grid that lie within declared bounds."""
    low, high = np.maximum(now * (1 - within), 0.0), np.minimum(now * (1 + within), 1.0)
    for name, (least, most) in (bounds or {}).items():
        low[names.index(name)], high[names.index(name)] = least, most
    return np.asarray(((weights >= low - 1e-9) & (weights <= high + 1e-9)).all(axis=1))


@pytest.mark.parametrize("declared", BOUNDS, ids=str)
@given(seed=SEEDS)
def test_the_smallest_change_inside_declared_bounds_is_that_of_a_grid(declared: dict, seed: int) -> None:
    x = np.random.default_rng(seed).uniform(1, 100, (3, 3))
    found, grid, now = scored(FLAT, x), 120, np.array([0.5, 0.3, 0.2])
    answer = robustness(found, 0, **declared)
    verified(found, answer)
    weights = simplex(3, grid)
    weights = weights[allowed(weights, now, "abc", **declared)]
    values = x @ weights.T
    for turn in answer.pairs:
        assert turn.exact
        far = nearest_of(weights, now, values[turn.below] > values[turn.above], turn.norm)
        closely(turn.distance, far)
        if turn.weights:
            assert allowed(np.array([[turn.weights[name] for name in "abc"]]), now, "abc", **declared).all()


@given(seed=SEEDS)
def test_every_level_of_a_deep_tree_is_that_of_a_grid_inside_bounds_too(seed: int) -> None:
    """Level 1 moves what dimensions weigh, their indicators in proportion; level 2 moves all indicators."""
    random = np.random.default_rng(seed)
    x, now = random.uniform(1, 100, (3, 4)), np.array([0.3, 0.3, 0.1, 0.3])
    found = scored(DEEP, x)
    fine = simplex(2, 2000)
    inside = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])
    for declared in ({}, {"within": float(random.uniform(0.2, 0.9))}):
        answer = robustness(found, 0, **declared)
        verified(found, answer)
        for turn in answer.pairs:
            assert turn.exact
            if turn.level == 1:
                weights, own = fine, np.array([0.6, 0.4])
                values = x @ (weights @ inside).T
            else:
                weights, own = simplex(4, 40), now
                values = x @ weights.T
            weights_in = allowed(weights, own, "", **declared)
            ahead = values[turn.below] > values[turn.above]
            far = nearest_of(weights[weights_in], own, ahead[weights_in], turn.norm)
            closely(turn.distance, far)


@pytest.mark.parametrize("top", [1, 2, 3])
@given(seed=SEEDS)
def test_leaving_the_top_is_that_of_a_grid_inside_bounds_too(top: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x, now = random.uniform(1, 100, (6, 3)), np.array([0.5, 0.3, 0.2])
    found = scored(FLAT, x)
    for declared in ({}, {"within": float(random.uniform(0.2, 0.9))}):
        answer = robustness(found, 0, top=top, **declared)
        verified(found, answer)
        weights = simplex(3)
        weights = weights[allowed(weights, now, "abc", **declared)]
        values = x @ weights.T
        for turn in answer.leaves_top:
            assert turn.exact
            out = (values > values[turn.above]).sum(axis=0) >= top
            far = nearest_of(weights, now, out, turn.norm)
            closely(turn.distance, far)


@pytest.mark.parametrize("seed", range(count(12, 400)))
def test_what_a_search_finds_where_there_are_gaps_is_near_to_that_of_a_grid(seed: int) -> None:
    """A unit that lacks an indicator shares its weight among the others: the condition is no straight one."""
    random = np.random.default_rng(seed)
    x, now = random.uniform(1, 100, (3, 3)), np.array([0.5, 0.3, 0.2])
    x[0, int(random.integers(3))] = np.nan
    found = scored(FLAT, x)
    answer = robustness(found, 0)
    verified(found, answer)
    weights = simplex(3)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.array([np.nan_to_num(row) @ weights.T / (~np.isnan(row) @ weights.T) for row in x])
    for turn in answer.pairs:
        far = nearest_of(weights, now, values[turn.below] > values[turn.above], turn.norm)
        if math.isinf(far):
            continue
        assert turn.gap <= 1e-3, "proved, or nearly"
        assert turn.distance <= far * (1 + turn.gap) + 1e-6


def test_bounds_are_kept() -> None:
    x = [[91, 11, 11], [40, 62, 62]]
    found = scored(FLAT, x)
    assert not math.isnan(robustness(found, 0).pairs[0].distance)
    for within in (0.01, 0.1, 0.5):
        for turn in robustness(found, 0, within=within).pairs:
            for weight, old in zip(turn.weights.values(), (0.5, 0.3, 0.2), strict=False):
                assert old * (1 - within) - 1e-9 <= weight <= old * (1 + within) + 1e-9
    # at 0.5 the two are level: 51, and no more than that
    assert math.isnan(robustness(found, 0, bounds={"a": (0.5, 0.6)}).pairs[0].distance)
    assert not math.isnan(robustness(found, 0, bounds={"a": (0.4, 0.6)}).pairs[0].distance)


def test_by_hand() -> None:
    # 54 against 46: moving 0.08 from a (20 ahead) to b (80 behind) makes up for 8 points
    found = scored("dimensions: [{id: a, weight: 0.62}, {id: b, weight: 0.38}]\n", [[70, 20], [50, 100]])
    ahead = [turn for turn in robustness(found, 0).pairs if turn.norm == "L1"][0]
    gap = found.score()[0, ahead.above] - found.score()[0, ahead.below]
    assert ahead.distance == pytest.approx(2 * gap / 100, rel=1e-4)


def test_how_much_is_done_is_told() -> None:
    """Of two pairs of neighbours and two that may leave the top, one after the other."""
    told: list[tuple[int, int]] = []
    found = robustness(
        scored(FLAT, [[90.0, 50, 20], [60, 60, 30], [10, 80, 70]]), 0, top=2, progress=lambda *done: told.append(done)
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {turn.above for turn in found.pairs} == set(found.order[:2]) == {turn.above for turn in found.leaves_top}


@settings(max_examples=count(5, 400))  # each is searched from many starts
@given(seed=SEEDS)
def test_gaps_and_means_below_are_searched_and_said_to_be(seed: int) -> None:
    random = np.random.default_rng(seed)
    x = random.uniform(1, 100, (4, 4))
    x[0, 0] = np.nan
    found = scored(DEEP.replace("indicators", "aggregate: geometric, indicators", 1), x)
    answer = robustness(found, 0)
    verified(found, answer)
    for turn in answer.pairs:
        assert turn.bound <= turn.distance or math.isnan(turn.distance)
        if turn.level == 1:
            assert turn.exact, "a mean of what has no gaps there"


def test_what_compares_units_is_not_searched() -> None:
    found = scored(FLAT, [[1, 2, 3], [3, 2, 2]], "topsis")
    assert not robustness(found, 0).searched


@pytest.mark.parametrize("aggregate", ["arithmetic", "{method: power, p: 2}"])
def test_a_gap_that_counts_as_the_lowest_score_turns_as_that_score_does(aggregate: str) -> None:
    head = (
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: single}\ndata: {v: {path: v.csv}}\n"
        f"defaults: {{aggregate: {aggregate}, missing: {{policy: floor}}, normalise: {{method: goalposts, worst: 0, best: 100, low: 20}}}}\n"
    )
    leaves = "".join(f"{{id: {name}, weight: {weight}}}, " for name, weight in (("a", 0.5), ("b", 0.3), ("c", 0.2)))
    tree = head + f"dimensions:\n  - {{id: d, weight: 0.6, indicators: [{leaves}]}}\n  - {{id: e, weight: 0.4}}\n"
    index = index_of(tree)
    values = np.array([[80.0, 40.0, 70.0, 50.0], [60.0, 90.0, 10.0, 60.0], [30.0, 55.0, 80.0, 40.0]])
    for unit, leaf in ((0, 1), (1, 0), (2, 3)):
        gap, low = values.copy(), values.copy()
        gap[unit, leaf], low[unit, leaf] = np.nan, 0.0
        found, same = (score(index, panel_of(index, [rows.tolist()])) for rows in (gap, low))
        answers = [robustness(one, 0) for one in (found, same)]
        verified(found, answers[0])
        assert answers[0].searched and any(not math.isnan(turn.distance) for turn in answers[0].pairs)
        for one, other in zip(answers[0].pairs, answers[1].pairs, strict=True):
            assert (one.exact, one.distance) == (other.exact, pytest.approx(other.distance, abs=1e-9, nan_ok=True))


def test_lowest_first() -> None:
    found = scored(FLAT + "ranking: {first: lowest}\n", [[1, 2, 3], [3, 2, 1.5]])
    (turn, _) = robustness(found, 0).pairs
    again = turned(found, found.panel, {k: dict(v) for k, v in turn.siblings.items()})
    assert again.rank()[0, turn.below] < again.rank()[0, turn.above]


def test_the_command(repository: Path) -> None:
    options = ["--index", str(repository / "indicators.yaml"), "--depth", "1", "--top", "3"]
    said = CliRunner().invoke(app, ["robustness", *options, "--json", "--quiet"])
    assert said.exit_code == 0, said.output
    turns = json.loads(said.stdout)["turns"]
    assert len(turns) == 2 * 10 + 2 * 3
    assert all(turn["exact"] for turn in turns if turn["below"] is not None)
    turned = [turn for turn in turns if turn["distance"] is not None]  # no weights turn two of whom one is ahead in all
    assert len(turned) >= 20
    assert all(0 <= turn["bound"] <= turn["distance"] for turn in turned)
    assert all(turn["bound"] is None for turn in turns if turn not in turned)
    for language, word in (("zh", "在前"), ("en", "Ahead")):
        assert word in CliRunner().invoke(app, ["robustness", "天河", *options, "--lang", language]).stdout


def test_the_index_itself_is_not_changed() -> None:
    found = scored(DEEP, [[1, 2, 3, 4], [4, 3, 2, 2]])
    before = found.index.model_dump()
    robustness(found, 0)
    assert found.index.model_dump() == before


# ------------------------------------------------------------------------------- each example of what was once wrong

NODE = "{{id: {}, weight: {}, normalise: {{method: goalposts, worst: 0, best: 100}}}}"


def leaf(name: str, weight: float) -> str:
    return NODE.format(name, weight)


def test_a_sum_keeps_what_its_weights_add_up_to() -> None:
    """U 150 is ahead of V 149 with 2 of a bonus: a third of a point has to be gained, 20 points for each share that moves."""
    tree = f"dimensions: [{leaf('a', 1)}, {leaf('b', 1)}, {leaf('c', 1)}]\nadjustments: [{{id: bonus, each: 1, cap: 5}}]\n"
    found = scored(tree, [[60, 50, 40, 0], [50, 60, 37, 2]], "sum")
    assert found.score()[0].tolist() == pytest.approx([150, 149])
    answer = robustness(found, 0)
    verified(found, answer)
    for turn in answer.pairs:
        assert turn.exact
        assert turn.distance == pytest.approx(1 / 30 if turn.norm == "L1" else 1 / 60, abs=1e-9)
        assert sum(turn.siblings["t"].values()) == pytest.approx(3)


def test_an_inner_sum_keeps_what_its_weights_add_up_to_too() -> None:
    tree = (
        f"dimensions: [{{id: s, weight: 0.5, aggregate: sum, indicators: [{leaf('a', 2)}, {leaf('b', 1)}]}}, {leaf('c', 0.5)}]\n"
    )
    found = scored(tree, [[60, 50, 40], [50, 60, 37]])
    answer = robustness(found, 0)
    verified(found, answer)
    for turn in answer.pairs:
        assert turn.exact
        if turn.level == 1:  # 170 to 160 below s, 40 to 37: b is behind in both
            assert math.isnan(turn.distance)
            assert math.isinf(turn.bound)
        elif turn.norm == "L1":  # 3 times 10 points for each share that goes from a to b, 6.5 in all
            assert turn.distance == pytest.approx(2 * 6.5 / 60, abs=1e-6)
            assert sum(turn.siblings["s"].values()) == pytest.approx(3)


COVERED = (
    "defaults: {normalise: points, missing: {policy: reweight, coverage: 0.74}}\n"
    f"dimensions: [{{id: n, weight: 0.5, missing: {{coverage: 0.3}}, indicators: [{leaf('a', 0.5)}, {leaf('b', 0.5)}]}}, "
    f"{leaf('c', 0.3)}, {leaf('e', 0.2)}]\n"
)


def test_who_can_lose_coverage_can_be_passed() -> None:
    index = index_of(HEAD.format("").replace("defaults: {normalise: points}\n", "") + COVERED)
    found = score(index, panel_of(index, [[60, 50, 80, 50], [75, np.nan, 30, 55]]))
    answer = robustness(found, 0)
    verified(found, answer)
    first = next(turn for turn in answer.pairs if turn.level == 1 and turn.norm == "L1")
    # V needs 20 W_n + 5 W_e > 50 W_c with its coverage, 1 - W_n / 2, still from 0.74 - 0.0005: W_n up to 0.521
    assert first.exact
    assert first.distance == pytest.approx(2 * (0.3 - (20 * 0.521 + 5 * 0.479) / 55), abs=1e-6)


def covered(x: object) -> Reweighed:
    index = index_of(HEAD.format("").replace("defaults: {normalise: points}\n", "") + COVERED)
    return Reweighed(score(index, panel_of(index, x)), 0)  # type: ignore[arg-type]


def around(cut: Cut, norm: str, far: float, random: np.random.Generator) -> np.ndarray:
    """Weights by chance that are no farther than a distance."""
    chance = np.concatenate([random.dirichlet(np.full(len(cut.weights), a), 150) for a in (0.2, 1.0)])
    length = np.abs(chance - cut.weights)
    length = length.sum(axis=1) if norm == "L1" else length.max(axis=1)
    share = np.minimum(random.uniform(0, 1, len(chance)) ** 0.25 * far / length, 1.0)
    return np.asarray(cut.weights + share[:, None] * (chance - cut.weights))


def test_weights_on_the_last_bit_of_a_limit_of_coverage_are_no_answer() -> None:
    made = covered([[60, 50, 80, 50], [75, np.nan, 30, 55]])
    cut = cut_at(made.scores, 0, 1, None, {})
    hunt = Hunt(made, cut, "max", Question(0, 1))
    edge, c = 0.521, np.linspace(0.0, 0.2, 200)  # where V has 0.7395 of its weight, which is enough by the last bit or is not
    on_it, inside = (np.stack([np.full(200, n), c, 1 - n - c], axis=1) for n in (edge, edge * (1 - 1e-9)))
    assert made.turns(cut, on_it, hunt.question).any()
    assert not hunt.take(on_it)
    assert hunt.take(inside)


def test_how_long_coverage_lasts_by_hand() -> None:
    """V lacks half of n: it has 1 - W_n / 2, still enough from 0.74 - 0.0005 on, so up to W_n = 0.521."""
    made = covered([[60, 50, 80, 50], [75, np.nan, 30, 55]])
    cut = cut_at(made.scores, 0, 1, None, {})
    pattern = Pattern.at(made, cut, cut.weights, (0, 1), {})
    assert pattern.lasts("L1").tolist() == pytest.approx([math.inf, 0.042])
    assert pattern.lasts("max").tolist() == pytest.approx([math.inf, 0.021])


@pytest.mark.parametrize("seed", range(count(10, 200)))
def test_no_nearer_than_that_a_node_gains_or_loses_a_score_and_means_stay_between_their_ends(seed: int) -> None:
    random = np.random.default_rng(seed)
    x = random.uniform(1, 100, (3, 4))
    x[random.random(x.shape) < 0.3] = np.nan
    made = covered(x)
    for level, norm in itertools.product((1, 2), NORMS):
        cut = cut_at(made.scores, 0, level, None, {})
        now = made.there(cut, cut.weights[None], (0, 1, 2))[0]
        lasts = Pattern.at(made, cut, cut.weights, (0, 1, 2), {}).lasts(norm)
        for unit, least in enumerate(lasts.tolist()):
            far = min(least * (1 - 1e-9), 0.5)
            near = around(cut, norm, far, random)
            assert (made.there(cut, near, (unit,))[:, 0] == now[unit]).all()
            relaxed = Relaxed(made, cut, unit, unit)
            known = relaxed.known(relaxed.within(far, norm))[0]
            if known.has[made.tree.root]:
                ends, index = known.score[made.tree.root], made.at(cut, near, (unit,))[:, 0]
                assert (index >= ends.low - 1e-9).all()
                assert (index <= ends.high + 1e-9).all()


def test_what_turns_is_the_order_as_it_is_published() -> None:
    """60 and 50 to 50 and 58: from 54.5 on V is 54 and U 55, and so it goes until 8 W_b is more than 10 W_a by a whole point."""
    tree = f"dimensions: [{leaf('a', 0.5)}, {leaf('b', 0.5)}]\nranking: {{decimals: 0}}\n"
    found = scored(tree, [[60, 50], [50, 58]])
    for turn in robustness(found, 0, top=1).pairs:
        assert turn.exact
        again = turned(found, found.panel, {k: dict(v) for k, v in turn.siblings.items()})
        assert again.rank()[0, turn.below] < again.rank()[0, turn.above]
        # U rounds to 54 at the most when W_a < 0.45, V then has 54.4: V rounds to 55 from W_a = 0.4375 on
        assert turn.distance == pytest.approx(0.125 if turn.norm == "L1" else 0.0625, abs=1e-6)
    for turn in robustness(found, 0, top=1).leaves_top:
        again = turned(found, found.panel, {k: dict(v) for k, v in turn.siblings.items()})
        assert again.rank()[0, turn.above] > 1


def test_where_no_weights_play_a_part_nothing_is_claimed() -> None:
    found = scored(f"dimensions: [{leaf('a', 0.5)}, {leaf('b', 0.5)}]\n", [[60, 50], [50, 58]], "maximum")
    answer = robustness(found, 0)
    assert not answer.pairs
    assert [one.code for one in answer.findings] == ["IC793"]


def test_a_top_that_no_unit_can_leave_is_said() -> None:
    found = scored(FLAT, [[1, 2, 3], [3, 2, 2], [2, 2, 2]])
    assert [one.code for one in robustness(found, 0, top=3).findings] == ["IC794"]
