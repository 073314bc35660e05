"""Plans of least effort: against grids of all plans, and scored again by the engine from reported values."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

import indexcalc
from indexcalc.analysis.levers import Goal
from indexcalc.analysis.plans import Plans
from indexcalc.analysis.target import Plan, target
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.scores import Scores

from .conftest import count, index_of, panel_of
from .trees import SEEDS

HEAD = "index: {{id: t{}}}\nunits: {{table: u}}\nperiods: {{kind: year}}\ndata: {{v: {{path: v}}}}\n"
TREE = (
    "dimensions:\n  - {{id: a, weight: 0.5, direction: higher, normalise: {0}}}\n"
    "  - {{id: b, weight: 0.3, direction: lower, normalise: {1}}}\n  - {{id: c, weight: 0.2, normalise: {0}}}\n"
)


POSTS = "{method: goalposts, worst: 0, best: 100}"


def tree(normalise: str) -> str:
    return TREE.format(normalise, normalise.replace("worst: 0, best: 100", "worst: 100, best: 0"))


def scored(values: object, *, normalise: str = "min-max", aggregate: str = "", more: str = "") -> Scores:
    index = index_of(HEAD.format(f", aggregate: {aggregate}" if aggregate else "") + tree(normalise) + more)
    return score(index, panel_of(index, values))  # type: ignore[arg-type]


def again(found: Scores, plan: Plan) -> Scores:
    """Score with the plan's values in the place of those that were reported."""
    values = found.panel.values.copy(order="K")
    for step in plan.steps:
        values[plan.period, plan.unit, step.leaf] = step.new
    return score(found.index, dataclasses.replace(found.panel, values=values))


def holds(found: Scores, plan: Plan) -> None:
    """The engine, given the plan's values, says what the plan says of all units."""
    after = again(found, plan)
    assert after.score()[plan.period, plan.unit] == pytest.approx(plan.scores[1], abs=1e-9)
    np.testing.assert_array_equal(after.rank()[plan.period], plan.others)
    if plan.rank is not None and plan.reached:
        assert plan.others[plan.unit] <= plan.rank
    for step in plan.steps:
        values = found.derived[plan.period, :, step.leaf]
        assert np.nanmin(values) - 1e-9 <= step.new <= np.nanmax(values) + 1e-9, "no further than others have been"


def least_of_a_grid(found: Scores, plan: Plan, reaches: object, steps: int, costs: dict[str, float] | None = None) -> float:
    """The least effort of all plans on a grid between a unit's values and the best of others; what has no cost stays."""
    x = found.panel.values[0]
    ends = [x[:, 0].max(), x[:, 1].min(), x[:, 2].max()]
    ways = [np.linspace(x[plan.unit, leaf], end, steps) for leaf, end in enumerate(ends)]
    plans = np.array(list(itertools.product(*ways)))
    values = np.repeat(x[None], len(plans), axis=0)
    values[:, plan.unit] = plans
    many = panel_of(found.index, values, periods=[str(1000 + at) for at in range(len(plans))])
    after = score(found.index, many)
    each = np.array([costs.get(leaf.id, np.inf) for leaf in found.index.leaves]) if costs else 1 / x.std(axis=0, ddof=1)
    moved = np.abs(plans - x[plan.unit])
    effort = np.where(moved > 0, np.where(moved > 0, moved, 1.0) * each, 0.0).sum(axis=1)
    good = reaches(after.score()[:, plan.unit], after.rank()[:, plan.unit])  # type: ignore[operator]
    return float(effort[good].min()) if good.any() else math.inf


@given(seed=SEEDS)
def test_a_plan_for_a_score_is_the_least_of_a_grid(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = scored(random.uniform(1, 100, (6, 3)))
    unit = int(random.integers(6))
    goal = float(random.uniform(found.score()[0, unit], 100))
    plan = target(found, 0, unit, score=goal)
    holds(found, plan)
    grid = least_of_a_grid(found, plan, lambda index, _: index >= goal, 13)
    assert plan.reached or math.isinf(grid)
    if plan.reached:
        assert plan.scores[1] >= goal
        assert plan.effort <= grid + (1e-6 if plan.exact and _even(found, unit) else 0.25)


def _even(found: Scores, unit: int) -> bool:
    """Whether the unit is the worst in nothing: its frames stand still whatever it does."""
    x = found.panel.values[0]
    return not (x[unit, 0] == x[:, 0].min() or x[unit, 1] == x[:, 1].max() or x[unit, 2] == x[:, 2].min())


@given(seed=SEEDS)
def test_a_plan_for_a_rank_is_the_least_of_a_grid(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = scored(random.uniform(1, 100, (6, 3)))
    unit = int(np.argmax(found.rank()[0] == random.integers(2, 7)))
    rank = int(random.integers(1, found.rank()[0, unit] + 1))
    plan = target(found, 0, unit, rank=rank)
    holds(found, plan)
    grid = least_of_a_grid(found, plan, lambda _, ranks: ranks <= rank, 13)
    assert plan.reached or math.isinf(grid)
    if plan.reached:
        assert plan.effort <= grid + (1e-6 if plan.exact and _even(found, unit) else 0.25)


@pytest.mark.parametrize("normalise", ["z-score", "percentile", "{method: bands, bands: [[0, 10], [30, 50], [60, 90]]}"])
@pytest.mark.parametrize("aggregate", ["", "{method: geometric, floor: 1}"])
@given(seed=SEEDS)
def test_whatever_the_methods_a_plan_holds(normalise: str, aggregate: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    found = scored(random.uniform(1, 100, (6, 3)), normalise=normalise, aggregate=aggregate)
    unit = int(np.nanargmax(found.rank()[0]))
    holds(found, target(found, 0, unit, rank=int(random.integers(1, 5))))


def test_by_hand() -> None:
    # spreads are equal, so that what weighs most is moved: 20 points of a are 10 of the index
    found = scored([[20, 50, 50], [80, 50, 50], [50, 80, 20], [50, 20, 80]], normalise=POSTS)
    plan = target(found, 0, 0, score=float(found.score()[0, 0]) + 10)
    (step,) = plan.steps
    assert (step.leaf, step.old) == (0, 20)
    assert step.new == pytest.approx(40, abs=1e-4)
    assert step.points == pytest.approx(10, abs=1e-4)
    assert plan.exact
    holds(found, plan)


@given(seed=SEEDS)
def test_a_plan_at_declared_costs_is_the_least_of_a_grid(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = scored(random.uniform(1, 99, (6, 3)), normalise=POSTS)
    unit = int(random.integers(6))
    costs = {name: float(random.uniform(0.1, 9)) for name in random.permutation(list("abc"))[: random.integers(1, 4)]}
    best = target(found, 0, unit, score=1000, costs=costs).scores[1]
    goals: list[dict] = [{"score": float(random.uniform(found.score()[0, unit], best))}, {"rank": int(random.integers(1, 5))}]
    for goal in goals:
        plan = target(found, 0, unit, costs=costs, **goal)
        holds(found, plan)
        assert {found.index.leaves[step.leaf].id for step in plan.steps} <= set(costs), "what has no cost stays as it is"
        for step in plan.steps:
            cost = costs[found.index.leaves[step.leaf].id]
            assert step.effort == pytest.approx(abs(step.new - step.old) * cost)

        def reaches(index: np.ndarray, ranks: np.ndarray, goal: dict = goal) -> np.ndarray:
            return index >= goal["score"] if "score" in goal else ranks <= goal["rank"]

        grid = least_of_a_grid(found, plan, reaches, 13, costs)
        assert plan.reached or math.isinf(grid)
        if plan.reached:
            assert plan.exact, "posts stand still: the program's answer is the least"
            assert plan.effort <= grid * (1 + 1e-6) + 1e-6


BANDS = "{method: bands, bands: [[0, 10], [31.7, 40], [55.3, 70], [88.8, 95]]}"
BENT = "{method: piecewise, points: [[0, 0], [41.3, 20], [62.9, 80], [100, 100]]}"


@pytest.mark.parametrize("normalise", [BANDS, BENT])
@given(seed=SEEDS)
def test_bands_and_corners_are_where_plans_stop(normalise: str, seed: int) -> None:
    """What is enough for the next band is enough: nothing on a finer grid, with the ends of bands on it, does it for less."""
    random = np.random.default_rng(seed)
    values = random.uniform(1, 99, (5, 3))
    index = index_of(HEAD.format("") + TREE.format(normalise, normalise).replace("lower", "higher"))
    found = score(index, panel_of(index, values))
    unit, goal = int(random.integers(5)), float(random.uniform(30, 80))
    plan = target(found, 0, unit, score=goal)
    holds(found, plan)
    if not plan.reached or plan.effort == 0:
        return
    ends = [31.7, 55.3, 88.8] if normalise == BANDS else [41.3, 62.9]
    x = values
    ways = [np.array([x[unit, leaf], *(end for end in ends if x[unit, leaf] < end <= x[:, leaf].max())]) for leaf in range(3)]
    plans = np.array(list(itertools.product(*ways)))
    many = np.repeat(x[None], len(plans), axis=0)
    many[:, unit] = plans
    after = score(index, panel_of(index, many, periods=[str(1000 + at) for at in range(len(plans))])).score()[:, unit]
    effort = (np.abs(plans - x[unit]) / x.std(axis=0, ddof=1)).sum(axis=1)
    if (after >= goal).any():
        assert plan.effort <= effort[after >= goal].min() + 1e-6
    assert plan.exact
    assert plan.gap == 0


def test_with_many_units_steps_are_proved() -> None:
    values = np.random.default_rng(0).uniform(1, 100, (70, 3))
    for normalise in (BANDS.replace("31.7", "20"), "percentile"):
        found = scored(values, normalise=normalise)
        unit = int(np.nanargmax(found.rank()[0]))
        plan = target(found, 0, unit, score=float(found.score()[0, unit]) + 5)
        holds(found, plan)
        assert plan.exact


def test_costs_say_what_is_moved() -> None:
    found = scored([[20, 50, 20], [80, 50, 90], [50, 80, 20], [50, 20, 80]], normalise=POSTS)
    plan = target(found, 0, 0, score=float(found.score()[0, 0]) + 2, costs={"c": 3.0})
    assert [step.leaf for step in plan.steps] == [2]
    assert plan.effort == pytest.approx(10 * 3, abs=1e-3)
    assert not target(found, 0, 0, score=99, costs={"c": 3.0}).reached


def test_effort_in_what_changes_from_period_to_period() -> None:
    values = [[[20, 50, 50], [80, 50, 50], [50, 80, 20]], [[21, 60, 50.1], [81, 40, 50.1], [51, 70, 20.1]]]
    found = scored(values, normalise=POSTS)
    plan = target(found, 1, 0, score=float(found.score()[1, 0]) + 1, effort="history")
    assert [step.leaf for step in plan.steps] == [1], "b moves by 10 in a period, a by 1 and c by 0.1"


def test_a_veto_caps_what_can_be_reached() -> None:
    more = "adjustments: [{id: accident, veto: {ceiling: 40}, source: v}]\n"
    index = index_of(HEAD.format("") + tree(POSTS) + more)
    values = [[60, 40, 60, 1], [80, 20, 80, 0], [50, 50, 50, 0]]
    found = score(index, panel_of(index, values))
    assert found.score()[0, 0] == 40
    plan = target(found, 0, 0, score=50)
    assert not plan.reached
    assert plan.scores[1] == 40


def test_a_goal_that_is_there_already_needs_nothing() -> None:
    found = scored([[20, 50, 50], [80, 40, 60], [50, 80, 20]])
    plan = target(found, 0, 1, rank=1)
    assert (plan.reached, plan.effort, plan.steps) == (True, 0, ())


def test_lowest_first() -> None:
    found = scored([[20, 50, 50], [80, 40, 60], [50, 80, 20]], normalise="points", more="ranking: {first: lowest}\n")
    plan = target(found, 0, 1, rank=2)
    assert plan.reached
    assert plan.scores[1] < plan.scores[0]
    holds(found, plan)


# ------------------------------------------------------------------------------------- what was once answered wrongly


def written(folder: Path, tree: str, rows: str, groups: str = "") -> Scores:
    """Score a tree and rows of data.csv, as files."""
    folder.mkdir(exist_ok=True)
    lines = rows.split("; ")
    (folder / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ids = dict.fromkeys(line.split(",")[0] for line in lines[1:])
    units = [f"{unit},{group}" for unit, group in zip(ids, groups or "P" * len(ids), strict=True)]
    (folder / "units.csv").write_text("id,group\n" + "\n".join(units) + "\n", encoding="utf-8")
    path = folder / "indicators.yaml"
    path.write_text("units: {table: units.csv}\ndata: {v: {path: data.csv}}\n" + tree, encoding="utf-8")
    return indexcalc.score(path)


def posts(leaf: str, weight: float | None = None, more: str = "") -> str:
    """A line of an indicator between 0 and 100."""
    weighs = "" if weight is None else f", weight: {weight}"
    return f"  - {{id: {leaf}{weighs}, normalise: {POSTS}{more}}}\n"


def moved(plan: Plan) -> dict[str, float]:
    return {plan.start.index.leaves[step.leaf].id: step.new for step in plan.steps}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("tree", "rows", "asked", "values", "effort"),
    [
        pytest.param(
            "index: {id: t, aggregate: minimum}\ndimensions:\n" + posts("a", 0.5) + posts("b", 0.5),
            "unit,a,b; A,10,20; B,60,50; C,80,92",
            {"unit": "A", "score": 40},
            {"a": 40, "b": 40},
            None,
            id="a child that does not set the minimum",
        ),
        pytest.param(
            "index: {id: t, aggregate: median}\ndimensions:\n" + posts("a") + posts("b") + posts("c"),
            "unit,a,b,c; A,10,20,5; B,60,50,50; C,80,92,70",
            {"unit": "A", "score": 40, "costs": {"a": 1.0, "b": 1.0, "c": 9.0}},
            {"a": 40, "b": 40},
            50,
            id="a median",
        ),
        pytest.param(
            "index: {id: t}\ndimensions:\n  - id: n\n    weight: 0.5\n    aggregate: minimum\n    indicators:\n"
            + posts("a").replace("  -", "      -")
            + posts("b").replace("  -", "      -")
            + posts("c", 0.5),
            "unit,a,b,c; A,10,20,50; B,60,50,50; C,80,92,50",
            {"unit": "A", "score": 45},
            {"a": 40, "b": 40},
            None,
            id="an inner minimum",
        ),
        pytest.param(
            "index: {id: t, round: 0}\ndimensions:\n" + posts("a", 1),
            "unit,a; A,50; B,60; C,80",
            {"unit": "A", "score": 61},
            {"a": 60.5},
            None,
            id="a rounded index",
        ),
        pytest.param(
            "index: {id: t}\nranking: {ties: max, decimals: 0}\ndimensions:\n" + posts("a", 1),
            "unit,a; U,50; V,90; W,80; X,95",
            {"unit": "U", "rank": 2},
            {"a": 90.5},
            None,
            id="ties that share the last place, of rounded scores",
        ),
        pytest.param(
            "index: {id: t}\nranking: {ties: dense}\ndimensions:\n" + posts("a", 1),
            "unit,a; U,50; V,90; W,90; X,80",
            {"unit": "U", "rank": 2},
            {"a": 80},
            None,
            id="dense ranks",
        ),
        pytest.param(
            "index: {id: t}\ndimensions:\n  - {id: x, weight: 0.5, normalise: {method: min-max, over: all}}\n" + posts("y", 0.5),
            "unit,x,y; A,0,50; B,60,50; C,80,52; D,100,60",
            {"unit": "A", "score": 66},
            {"x": 92.8},
            None,
            id="a frame over all periods that moves with the plan",
        ),
        pytest.param(
            "index: {id: t, aggregate: maximum}\ndimensions:\n" + posts("a") + posts("b"),
            "unit,a,b; U,50,45; V,99,90; W,10,20; X,40,85",
            {"unit": "U", "score": 80, "costs": {"a": 10.0, "b": 1.0}},
            {"b": 80},
            35,
            id="the cheaper of two that would do",
        ),
        pytest.param(
            "index: {id: t, round: 0}\nranking: {ties: max}\ndimensions:\n" + posts("a", 0.5) + posts("b", 0.5),
            "unit,a,b; A,57,60; B,92,91; C,92,93; D,99,40",
            {"unit": "A", "rank": 2, "costs": {"a": 1.0, "b": 9.0}},
            None,
            None,
            id="whole numbers that a solver called impossible",
        ),
        pytest.param(
            "index: {id: t}\ndimensions:\n" + posts("a", 1),
            "unit,a; A,50; B,60; C,101",
            {"unit": "A", "score": 50.2},
            {"a": 50.2},
            None,
            id="a peer beyond the end is no step",
        ),
        pytest.param(
            "index: {id: t}\ndimensions:\n"
            + posts("a", 0.5)
            + "  - {id: b, weight: 0.5, share: total, scale: 100, normalise: points}\n",
            "unit,a,b; A,50,10; B,60,50; C,55,40",
            {"unit": "A", "rank": 1, "costs": {"b": 1.0}},
            {"b": 100 * 295 / 700},  # 25 + 50 s is 30 + 50 (5 / 9) (1 - s) there
            None,
            id="shares, of which others lose what one gains",
        ),
    ],
)
def test_what_was_answered_wrongly(
    tree: str, rows: str, asked: dict, values: dict[str, float] | None, effort: float | None, tmp_path: Path
) -> None:
    """Examples that were called impossible, planned wrongly, or called the least though something else takes less."""
    found = written(tmp_path, tree, rows)
    plan = indexcalc.target(found, asked.pop("unit"), **asked)
    assert plan.exact
    assert plan.bound == pytest.approx(plan.effort)
    if values:
        assert moved(plan) == pytest.approx(values, abs=1e-6)
    if effort is not None:
        assert plan.effort == pytest.approx(effort)


def test_a_leaf_compared_within_groups_limits_itself_alone(tmp_path: Path) -> None:
    """Others of the unit's group have no more than 60 of a; of b any unit's value may be reached."""
    tree = "index: {id: t}\ndimensions:\n" + posts("a", 0.5).replace("best: 100", "best: 100, over: group") + posts("b", 0.5)
    found = written(tmp_path, tree, "unit,a,b; A,10,20; B,60,50; C,80,92; D,90,30", "PPQQ")
    plan = indexcalc.target(found, "A", score=70)
    assert moved(plan) == pytest.approx({"a": 60, "b": 80}, abs=1e-6)
    with pytest.raises(indexcalc.Refused, match="IC788"):
        indexcalc.target(found, "A", score=77)  # (60 + 92) / 2 is 76


@pytest.mark.filterwarnings("ignore")
def test_others_estimates_are_made_anew(tmp_path: Path) -> None:
    """A's a goes into the mean that stands for what D did not report: as A rises D does."""
    tree = "defaults: {impute: mean}\nindex: {id: t}\ndimensions:\n" + posts("a", 1)
    found = written(tmp_path, tree, "unit,a; A,10; B,20; C,60; D,")
    plan = indexcalc.target(found, "A", rank=2)
    after = written(tmp_path, tree, f"unit,a; A,{moved(plan)['a']!r}; B,20; C,60; D,")
    assert after.rank()[0, 0] == 2
    assert moved(plan)["a"] == pytest.approx(40), "D has (a + 80) / 3, which a passes at 40"
    assert plan.exact


def test_what_is_no_lever_is_not_moved(tmp_path: Path) -> None:
    tree = "index: {id: t}\ndimensions:\n" + posts("a", 0.5).replace("{id: a", "{id: a, lever: false") + posts("b", 0.5)
    found = written(tmp_path, tree, "unit,a,b; A,10,20; B,60,50; C,80,92")
    plan = indexcalc.target(found, "A", score=30)
    assert moved(plan) == pytest.approx({"b": 50})
    assert plan.exact
    with pytest.raises(indexcalc.Refused, match="IC788"):
        indexcalc.target(found, "A", score=60)


def test_a_unit_that_has_the_rank_gets_no_plan(tmp_path: Path) -> None:
    found = written(
        tmp_path, "index: {id: t}\nranking: {ties: average}\ndimensions:\n" + posts("a", 1), "unit,a; U,50; V,90; W,50"
    )
    plan = indexcalc.target(found, "U", rank=3)
    assert (plan.reached, plan.effort, plan.bound, plan.gap, plan.steps) == (True, 0, 0, 0, ())


def test_what_makes_a_goal_senseless_is_said(tmp_path: Path) -> None:
    found = written(tmp_path, "index: {id: t}\ndimensions:\n" + posts("a", 1), "unit,a; U,50; V,90; W,80")
    for goal in (math.nan, math.inf, -math.inf):
        with pytest.raises(indexcalc.Refused, match="IC791"):
            indexcalc.target(found, "U", score=goal)
    with pytest.raises(indexcalc.Refused, match="IC790"):
        indexcalc.target(found, "U", score=60, effort="history")


def test_what_is_not_proved_has_a_bound_below_it() -> None:
    random = np.random.default_rng(3)
    found = scored(random.uniform(1, 99, (6, 3)), normalise=POSTS, aggregate="{method: geometric, floor: 1}")
    plan = target(found, 0, 0, score=float(found.score()[0, 0]) + 5)
    assert plan.reached
    assert 0 <= plan.bound <= plan.effort
    assert plan.exact == (plan.gap == 0)


def test_the_command(repository: Path, tmp_path: Path) -> None:
    options = ["--index", str(repository / "indicators.yaml")]
    said = CliRunner().invoke(app, ["target", "天河", "--rank", "3", *options, "--json", "--quiet"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert found["ranks"]["440106"] <= 3
    assert found["effort"] == pytest.approx(math.fsum(step["effort"] for step in found["steps"]))
    (tmp_path / "costs.csv").write_text("indicator,cost\ngrid-hours,2\n社会安全度,1\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["target", "天河", "--score", "82.6", *options, "--costs", str(tmp_path / "costs.csv")])
    assert said.exit_code == 1
    assert "IC789" in said.stderr
    (tmp_path / "costs.csv").write_text("indicator,cost\ngrid-hours,2\n网格事件按期办结率,1\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["target", "天河", "--score", "82.6", *options, "--costs", str(tmp_path / "costs.csv")])
    assert said.exit_code == 0, said.output
    assert CliRunner().invoke(app, ["target", "天河", *options]).exit_code == 2


@pytest.mark.parametrize("goal", [{"rank": 1}, {"score": 75.0}])
def test_a_gap_that_counts_as_the_lowest_score_is_planned_around_as_that_score_is(goal: dict[str, float]) -> None:
    posts = "{method: goalposts, worst: 0, best: 100, low: 20}"
    floors = "defaults: {missing: {policy: floor}}\n"
    values = np.array([[40.0, 30.0, 55.0], [90.0, 20.0, 60.0], [70.0, 60.0, 95.0]])
    for unit, leaf in ((0, 2), (1, 0)):
        gap, low = values.copy(), values.copy()
        gap[unit, leaf], low[unit, leaf] = np.nan, 0.0
        found, same = (scored([rows.tolist()], normalise=posts, more=floors) for rows in (gap, low))
        one, other = (target(of, 0, 0, costs={"a": 1, "b": 1} | ({} if leaf == 2 else {"c": 1}), **goal) for of in (found, same))
        holds(found, one)
        assert one.reached == other.reached
        assert (one.exact, one.effort) == (other.exact, pytest.approx(other.effort, abs=1e-7))
        assert one.exact or not one.reached


def test_what_is_made_of_the_same_data_moves_along(tmp_path: Path) -> None:
    """Less money lost is a larger share stopped: the plan is the least of a grid of both reports, each put into the files."""
    tree = (
        "index: {id: t}\ndenominators: [{id: people, source: v}]\ndimensions:\n"
        "  - {id: loss, per: people, direction: lower, weight: 0.5, normalise: {method: goalposts, worst: 100, best: 0}}\n"
        "  - {id: stopped, formula: stop / (stop + loss) * 100, weight: 0.3, normalise: {method: goalposts, worst: 0, best: 100}}\n"
        + posts("c", 0.2)
    )
    rows = "unit,loss,stop,c,people; A,{!r},{!r},20,10; B,600,500,50,12; C,300,600,92,14"
    found = written(tmp_path / "before", tree, rows.format(800.0, 400.0))
    costs = {"loss": 1.0, "stopped": 2.0}
    plan = indexcalc.target(found, "A", score=50, costs=costs)
    assert plan.exact
    loss = moved(plan)["loss"] * 10
    (along,) = plan.along
    assert (found.index.leaves[along.leaf].id, along.effort) == ("stopped", 0)
    assert along.new == pytest.approx(400 / (400 + loss) * 100)
    after = written(tmp_path / "after", tree, rows.format(loss, 400.0))
    assert after.score()[0, 0] == pytest.approx(50)
    best = math.inf
    for lost, stop in itertools.product(np.linspace(3000 / 14, 800, 400), np.linspace(100, 2000, 400)):
        share, left = stop / (stop + lost) * 100, 400 / (400 + lost) * 100
        if 0.5 * (100 - lost / 10) + 0.3 * share + 4 >= 50 and 100 / 3 <= share <= 200 / 3:
            best = min(best, (80 - lost / 10) + 2 * abs(share - left))
    assert plan.effort <= best + 1e-6


def test_two_indicators_of_one_column_are_one_lever(tmp_path: Path) -> None:
    tree = "index: {id: t}\ndimensions:\n" + posts("a", 0.5, ", column: x") + posts("b", 0.3, ", column: x") + posts("c", 0.2)
    found = written(tmp_path, tree, "unit,x,c; A,40,20; B,60,50; C,80,92")
    plan = indexcalc.target(found, "A", score=50, costs={"a": 1.0, "b": 1.0})
    assert moved(plan) == pytest.approx({"a": 57.5})
    assert [one.new for one in plan.along] == pytest.approx([57.5])
    assert plan.exact


@pytest.mark.filterwarnings("ignore")
def test_what_had_an_estimate_moves_along_once_its_column_is_reported(tmp_path: Path) -> None:
    """Both have the mean of 40 and 80 for A; 20 for a, of which less is better, is 20 for b too, of which more is."""
    of_x = [posts(name, weight, ", column: x, impute: mean") for name, weight in (("a", 0.6), ("b", 0.2))]
    tree = (
        "index: {id: t}\ndimensions:\n"
        + of_x[0].replace("worst: 0, best: 100", "worst: 100, best: 0")
        + of_x[1]
        + posts("y", 0.2)
    )
    tree = tree.replace("{id: a", "{id: a, direction: lower")
    found = written(tmp_path, tree, "unit,x,y; A,,50; B,40,50; C,80,50")
    assert found.score()[0, 0] == pytest.approx(0.6 * 40 + 0.2 * 60 + 10)
    plan = indexcalc.target(found, "A", score=50, costs={"a": 1})
    assert moved(plan) == pytest.approx({"a": 50}, abs=1e-3)
    assert [one.new for one in plan.along] == pytest.approx([50], abs=1e-3)
    assert plan.scores[1] == pytest.approx(50, abs=1e-3)
    assert plan.bound <= plan.effort


@pytest.mark.parametrize("aggregate", ["{method: product, scale: 0.01}", "mpi"])
@settings(max_examples=count(8, 200))
@given(seed=SEEDS)
def test_products_and_balanced_means_have_a_bound_that_no_plan_of_a_grid_beats(aggregate: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    found = scored(random.uniform(5, 95, (5, 3)), normalise=POSTS, aggregate=aggregate)
    unit = int(random.integers(5))
    own = float(found.score()[0, unit])
    plan = target(found, 0, unit, score=own + float(random.uniform(0.05, 0.6)) * abs(own))
    holds(found, plan)
    grid = least_of_a_grid(found, plan, lambda index, _: index >= plan.goal, 13)
    assert plan.reached or math.isinf(grid)
    if plan.reached:
        assert 0 < plan.bound <= min(plan.effort, grid * (1 + 1e-6))
        assert plan.gap < 1e-2


ACCIDENTS = (
    "index: {{id: t}}\ndimensions:\n"
    "  - {{id: accidents, direction: lower, weight: 0.5, normalise: {{method: goalposts, worst: 10, best: 0}}}}\n"
    + posts("b", 0.5).replace("{", "{{").replace("}", "}}")
    + "adjustments: [{{id: event, column: accidents, source: v, {}}}]\n"
)


@pytest.mark.parametrize(
    ("adjustment", "goal", "values"),
    [
        ("veto: {ceiling: 40}", {"score": 45}, {"accidents": 0}),
        ("veto: {ceiling: 40}", {"score": 95}, {"accidents": 0, "b": 90}),
        ("veto: {deduct: 30}", {"score": 60}, {"accidents": 0}),
        ("each: -2, cap: -5", {"score": 60}, {"accidents": 15 / 7}),
        ("each: -2", {"score": 60, "costs": {"accidents": 100.0, "b": 1.0}}, {"b": 76}),
    ],
)
def test_events_of_an_adjustment_move_with_the_indicator_of_the_same_column(
    adjustment: str, goal: dict, values: dict[str, float], tmp_path: Path
) -> None:
    """An accident less is one less of a veto too: 50 of 100 for b and 4 of 10 accidents are 55 without it."""
    tree = ACCIDENTS.format(adjustment)
    found = written(tmp_path, tree, "unit,accidents,b; A,4,50; B,0,80; C,8,90; D,2,10")
    plan = indexcalc.target(found, "A", **goal)
    assert moved(plan) == pytest.approx(values, abs=1e-7)
    assert plan.exact


def test_events_that_do_not_add_up_evenly_are_searched_for(tmp_path: Path) -> None:
    found = written(tmp_path, ACCIDENTS.format("each: -2, repeat: 2"), "unit,accidents,b; A,4,50; B,0,80; C,8,90; D,2,10")
    plan = indexcalc.target(found, "A", score=60)
    assert plan.scores[1] == pytest.approx(60, abs=1e-3)
    assert moved(plan)["accidents"] == pytest.approx(1.9035, abs=1e-3)
    assert (plan.bound, plan.exact) == (0, False)


@pytest.mark.parametrize("other", ["sum", "mean"])
def test_what_is_rolled_up_of_the_same_data_moves_together_or_stays(tmp_path: Path, other: str) -> None:
    streets = {"e1": 10.0, "e2": 20.0, "w1": 5.0, "w2": 7.0, "s1": 30.0, "s2": 40.0}
    (tmp_path / "u.csv").write_text(
        "id,level,parent\ne,district,\nw,district,\ns,district,\n" + "".join(f"{name},street,{name[0]}\n" for name in streets)
    )
    (tmp_path / "indicators.yaml").write_text(
        "index: {id: t}\nunits: {table: u.csv, level: level, parent: parent, score: district}\nperiods: {kind: year}\n"
        f"data: {{d: {{path: d.csv}}}}\ndefaults: {{source: d, normalise: {POSTS}}}\ndimensions:\n"
        f"  - {{id: x, weight: 0.6, column: cases, over_units: sum}}\n  - {{id: y, weight: 0.4, column: cases, over_units: {other}, "
        "direction: lower, normalise: {method: goalposts, worst: 100, best: 0}}\n"
    )

    def made(own: dict[str, float]) -> Scores:
        rows = "".join(f"{name},2022,{value}\n" for name, value in own.items())
        (tmp_path / "d.csv").write_text(f"id,period,cases\n{rows}")
        index = indexcalc.load(tmp_path / "indicators.yaml")
        return indexcalc.score(index, indexcalc.read(index))

    found = made(streets)
    plan = target(found, 0, 0, score=float(found.score()[0, 0]) + 2.0)
    if other == "mean":  # by how much the one moves the other depends on the street
        assert (plan.reached, plan.steps, [one.code for one in plan.findings]) == (False, (), ["IC798"])
        return
    (step,) = plan.steps
    after = made(streets | {"e1": step.new / 2, "e2": step.new / 2})
    assert (after.score()[0, 0], plan.findings) == (pytest.approx(plan.scores[1], abs=1e-9), [])


def test_a_plan_by_which_nobody_has_a_score_falls_short_however_many_may_be_ahead() -> None:
    """As where all become the same in a frame that the plan itself moves; nothing is said by a library."""
    index = np.array([[np.nan] * 3, [100.0, 40.0, np.nan], [np.nan, 40.0, np.nan]])
    asked = SimpleNamespace(levers=SimpleNamespace(unit=1), goal=Goal(score=None, rank=1, sign=1.0))
    assert Plans.short(asked, index).tolist() == [np.inf, 60.0, -np.inf]  # type: ignore[arg-type]
