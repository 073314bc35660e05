"""What inner nodes do beyond a mean: rounding, turning, comparing once more, adjusting, grading, screening, levels; by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc import load, read
from indexcalc.analysis.contribution import adjusted, contributions, effective
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.methods import CATALOGUE
from indexcalc.panel import MISSING, NOT_APPLICABLE
from indexcalc.scores import Scores

NAN = math.nan


def scored(folder: Path, tree: str, values: str, units: str = "id,name,group\nA,甲,g\nB,乙,g\nC,丙,h\n", **chosen: str) -> Scores:
    """Score a tree of points, so that what is written in the table is what comes together."""
    head = (
        "index: {{id: index{}}}\nunits: {{table: u.csv{}}}\nperiods: {{kind: year}}\ndata: {{v: {{path: v.csv}}}}\n"
        "defaults: {{normalise: {}, weights: equal}}\n"
    ).format(chosen.get("index", ""), chosen.get("table", ""), chosen.get("normalise", "points"))
    (folder / "indicators.yaml").write_text(head + tree, encoding="utf-8")
    (folder / "u.csv").write_text(units, encoding="utf-8")
    (folder / "v.csv").write_text(values, encoding="utf-8")
    index = load(folder / "indicators.yaml")
    return score(index, read(index, folder), level=chosen.get("level"))


TWO = "dimensions: [{id: a}, {id: b}]\n"
FLAT = "id,year,a,b\nA,2020,1,2\nB,2020,3,6\nC,2020,5,5\n"


def adds_up(scores: Scores) -> None:
    """Contributions and adjustments are the score of every node, and of the index down to the leaves."""
    own = contributions(scores)
    for branch in scores.tree.branches:
        total = np.nansum(own[..., list(branch.children)], axis=-1) + np.nan_to_num(adjusted(scores, branch.position))
        there = ~np.isnan(scores.scores[..., branch.position])
        np.testing.assert_allclose(total[there], scores.scores[..., branch.position][there], rtol=1e-9, atol=1e-9)
    assert effective(scores, own).shape == scores.scores.shape


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("1", [1.3, 4.0, 5.0]), ("{decimals: 0, how: up}", [2, 4, 5]), ("{decimals: 0, how: down}", [1, 4, 5])],
)
def test_a_node_is_rounded_before_it_goes_up(tmp_path: Path, rounding: str, expected: list[float]) -> None:
    tree = f'dimensions:\n  - {{id: n, round: {rounding}, formula: "(2 * a + b) / 3", indicators: [{{id: a}}, {{id: b}}]}}\n'
    found = scored(tmp_path, tree, FLAT)
    np.testing.assert_array_equal(found.score()[0], expected)
    adds_up(found)


def test_a_leaf_is_rounded_after_it_is_normalised(tmp_path: Path) -> None:
    tree = "dimensions: [{id: a, normalise: {method: min-max, low: 0, high: 1}, round: 1}, {id: b}]\n"
    found = scored(tmp_path, tree, "id,year,a,b\nA,2020,1,2\nB,2020,2,6\nC,2020,4,5\n")
    np.testing.assert_array_equal(found.score("a")[0], [0, 0.3, 1])


def test_a_copy_of_an_index_is_scored_by_what_it_says_and_not_by_what_it_was_copied_from(tmp_path: Path) -> None:
    first = scored(tmp_path, TWO, FLAT)
    index = first.index
    other = index.defaults.model_validate(
        {"normalise": "min-max", "weights": "equal", "treat": {"method": "clip", "low": 0.2, "high": 0.8}}
    )
    copied = score(index.model_copy(update={"defaults": other}), first.panel)
    anew = score(index.changed(defaults=other), first.panel)
    assert (copied.treated != first.treated).any()
    np.testing.assert_array_equal(copied.scores, anew.scores)
    np.testing.assert_array_equal(copied.treated, anew.treated)


def test_a_turned_node_is_mirrored_within_the_default_range(tmp_path: Path) -> None:
    tree = "dimensions:\n  - {id: n, direction: lower, indicators: [{id: a}, {id: b}]}\n  - {id: b2, column: b}\n"
    found = scored(tmp_path, tree, FLAT)
    np.testing.assert_array_equal(found.score("n")[0], [-1.5, -4.5, -5])  # points have no range: the sign is turned
    np.testing.assert_array_equal(found.rank("n")[0], [1, 2, 3])
    adds_up(found)
    (tmp_path / "indicators.yaml").write_text(
        (tmp_path / "indicators.yaml")
        .read_text()
        .replace("normalise: points", "normalise: {method: goalposts, worst: 0, best: 10}")
    )
    index = load(tmp_path / "indicators.yaml")
    found = score(index, read(index, tmp_path))
    np.testing.assert_allclose(found.score("n")[0], [85, 55, 50])
    adds_up(found)


def test_a_turned_node_is_mirrored_about_the_mean_that_scores_have(tmp_path: Path) -> None:
    tree = "dimensions:\n  - {id: n, DIRECTION, indicators: [{id: a}, {id: b}]}\n  - {id: b2, column: b}\n"
    up, down = (
        scored(
            tmp_path, tree.replace("DIRECTION", f"direction: {direction}"), FLAT, normalise="{method: z-score, mean: 50, sd: 10}"
        )
        for direction in ("higher", "lower")
    )
    np.testing.assert_allclose(up.score("n") + down.score("n"), 100)
    adds_up(down)


def test_units_are_ranked_among_all_and_within_their_groups(tmp_path: Path) -> None:
    found = scored(tmp_path, TWO + "ranking: {within: group}\n", FLAT)
    np.testing.assert_array_equal(found.rank()[0], [3, 2, 1])
    assert found.group_ranks is not None
    np.testing.assert_array_equal(found.group_ranks[0, :, found.tree.root], [2, 1, 1])


def test_a_node_is_normalised_once_more_among_the_units(tmp_path: Path) -> None:
    tree = "dimensions:\n  - {id: n, aggregate: sum, normalise: {method: min-max, low: 0, high: 100}, indicators: [{id: a}, {id: b}]}\n"
    found = scored(tmp_path, tree, FLAT)
    np.testing.assert_allclose(found.score()[0], [0, 600 / 7, 100])
    adds_up(found)
    found = scored(tmp_path, tree.replace("aggregate: sum", "aggregate: sum, direction: lower"), FLAT)
    np.testing.assert_allclose(found.score()[0], [100, 100 / 7, 0])
    adds_up(found)


def test_a_node_is_compared_within_groups_and_against_a_base(tmp_path: Path) -> None:
    tree = "dimensions:\n  - {id: n, normalise: {method: min-max, OVER}, indicators: [{id: a}]}\n"
    two = "id,year,a\nA,2020,1\nB,2020,3\nC,2020,5\nA,2021,2\nB,2021,3\nC,2021,9\n"
    found = scored(tmp_path, tree.replace("OVER", "over: base, base: 2020"), two)
    np.testing.assert_allclose(found.score("n"), [[0, 50, 100], [25, 50, 200]])
    found = scored(tmp_path, tree.replace("OVER", "over: group"), two)
    np.testing.assert_allclose(found.score("n"), [[0, 100, NAN], [0, 100, NAN]])
    found = scored(tmp_path, tree.replace("OVER", "over: all"), two)
    np.testing.assert_allclose(found.score("n"), [[0, 25, 50], [12.5, 25, 100]])


def test_a_formula_names_nodes_further_below(tmp_path: Path) -> None:
    tree = (
        "dimensions:\n  - {id: n, normalise: percentile, indicators: [{id: s, aggregate: sum, indicators: [{id: a}, {id: b}]}]}\n"
    )
    found = scored(tmp_path, tree, FLAT, index=', formula: "s / 3"')
    np.testing.assert_allclose(found.score()[0], [1, 3, 10 / 3])
    np.testing.assert_allclose(found.score("n")[0], [0, 50, 100])
    own = contributions(found)
    np.testing.assert_allclose(own[0, :, found.node("n")], found.score()[0])


def test_enough_children_must_have_a_score(tmp_path: Path) -> None:
    tree = "dimensions:\n  - id: n\n    missing: {policy: reweight, children: 0.6}\n    indicators: [{id: a}, {id: b}, {id: c}]\n"
    found = scored(tmp_path, tree, "id,year,a,b,c\nA,2020,1,,\nB,2020,3,6,\nC,2020,5,5,n/a\n")
    np.testing.assert_allclose(found.score("n")[0], [NAN, 4.5, 5])


def test_units_of_which_too_little_is_known_are_left_out_of_everything(tmp_path: Path) -> None:
    tree = "screen: {coverage: 0.75}\ndimensions: [{id: a, normalise: min-max}, {id: b, normalise: min-max}]\n"
    found = scored(tmp_path, tree, "id,year,a,b\nA,2020,1,\nB,2020,3,6\nC,2020,5,5\n")
    np.testing.assert_allclose(found.score()[0], [NAN, 50, 50])
    np.testing.assert_allclose(found.score("a")[0], [NAN, 0, 100])
    assert (found.status[0, 0] == NOT_APPLICABLE).all()
    assert [one.code for one in found.findings] == ["IC430"]
    zeros = "screen: {nonzero: 0.5}\n" + TWO
    found = scored(tmp_path, zeros, "id,year,a,b\nA,2020,0,0\nB,2020,0,6\nC,2020,5,5\n")
    np.testing.assert_allclose(found.score()[0], [NAN, 3, 5])


EVENTS = "id,year,a,b,n\nA,2020,10,20,1\nB,2020,30,60,3\nC,2020,50,50,\nA,2021,90,90,\nB,2021,30,60,\nC,2021,50,50,\n"


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("each: -5", [-5, -15, 0]),
        ("each: -5, cap: -12", [-5, -12, 0]),
        ("each: 2, repeat: 2", [2, 14, 0]),
        ("each: 2, repeat: 2, cap: 9", [2, 9, 0]),
        ("veto: {deduct: 7}", [-7, -7, 0]),
        ("veto: {ceiling: 40}", [0, -5, 0]),
    ],
)
def test_an_adjustment_by_events(tmp_path: Path, kind: str, points: list[float]) -> None:
    found = scored(tmp_path, TWO + f"adjustments: [{{id: n, {kind}}}]\n", EVENTS)
    np.testing.assert_allclose(found.points[0, :, 0], points)
    np.testing.assert_allclose(found.score()[0], np.array([15, 45, 50]) + points)
    np.testing.assert_allclose(found.score()[1], [90, 45, 50])
    adds_up(found)


def test_places_climbed_earn_points_and_places_lost_cost_none(tmp_path: Path) -> None:
    found = scored(tmp_path, TWO + "adjustments: [{id: up, rank_move: 3, cap: 5}]\n", EVENTS.replace(",n", ",spare"))
    np.testing.assert_allclose(found.points[..., 0], [[0, 0, 0], [5, 0, 0]])
    adds_up(found)


QUARTERS = {  # scores of five units in the quarters of a year, and of the quarter before
    "2020Q4": [50, 40, 30, 20, 10],
    "2021Q1": [50, 40, 30, 20, 10],
    "2021Q2": [10, 50, 40, 30, 20],
    "2021Q3": [15, 50, 40, 30, 15],
    "2021Q4": [60, 50, 40, 30, 20],
}


def by_quarter(adjustment: str) -> Scores:
    text = (
        "index: {id: t}\nunits: {label: 区}\nperiods: {kind: quarter, roll_up: year}\n"
        f"defaults: {{normalise: points, weights: equal, over_time: mean}}\nadjustments: [{adjustment}]\ndimensions: [{{id: a}}]\n"
    )
    rows = [(f"u{at}", period, value) for period, values in QUARTERS.items() for at, value in enumerate(values)]
    return indexcalc.score(indexcalc.load(text), pd.DataFrame(rows, columns=["unit", "period", "a"]))


def test_a_move_in_rank_earns_the_farthest_step_that_it_reaches() -> None:
    found = by_quarter("{id: move, rank_move: [[1, 0.5], [-1, -1], [4, 2], [-3, -2]]}")
    points = dict(zip(found.periods, found.points[..., 0].tolist(), strict=True))
    assert points["2020Q4"] == points["2021Q1"] == [0, 0, 0, 0, 0]
    assert points["2021Q2"] == [-2, 0.5, 0.5, 0.5, 0.5]  # the first falls to the last place, all others climb one
    assert points["2021Q3"] == [0.5, 0, 0, 0, 0]  # two share the fourth place: for one it is a place up
    assert points["2021Q4"] == [0.5, -1, -1, -1, -1]  # from the fourth, three up: not yet 4


def test_a_place_is_worth_points_and_in_a_year_so_often_as_in_its_quarters() -> None:
    found = by_quarter("{id: behind, place: {last: 2, points: -0.5}}")
    points = dict(zip(found.periods, found.points[..., 0].tolist(), strict=True))
    assert points["2021Q1"] == [0, 0, 0, -0.5, -0.5]
    assert points["2021Q2"] == [-0.5, 0, 0, 0, -0.5]
    assert points["2021Q3"] == [-0.5, 0, 0, 0, -0.5]
    assert points["2021"] == [-1.0, 0, 0, -1.0, -2.0]  # two of the quarters; none; none; two; all four
    capped = by_quarter("{id: ahead, place: {first: 1, points: 3}, cap: 5}")
    assert capped.points[capped.periods.index("2021"), :, 0].tolist() == [5, 5, 0, 0, 0]  # twice each, which would be 6
    ties = by_quarter("{id: last, place: {last: 1, points: -1}}")
    assert ties.points[ties.periods.index("2021Q3"), :, 0].tolist() == [-1, 0, 0, 0, -1]  # who ties is in


def test_adjustments_follow_each_other_on_a_node_of_their_own(tmp_path: Path) -> None:
    tree = (
        "dimensions:\n  - {id: d, round: 0, indicators: [{id: a}, {id: b}]}\n"
        "adjustments:\n  - {id: plus, column: n, node: d, each: 10.4}\n  - {id: top, column: n, node: d, veto: {ceiling: 60.2}}\n"
    )
    found = scored(tmp_path, tree, EVENTS)
    np.testing.assert_allclose(found.points[0], [[10.4, 0], [31.2, -16], [0, 0]])
    np.testing.assert_allclose(found.score("d")[0], [25, 60, 50])
    adds_up(found)


def test_a_veto_leaves_a_best_grade(tmp_path: Path) -> None:
    tree = (
        TWO
        + "adjustments: [{id: n, veto: {grade: 合格}}]\ngrades: [{name: 优秀, from: 40}, {name: 合格, from: 10}, {name: 差}]\n"
    )
    found = scored(tmp_path, tree, EVENTS)
    assert [found.grade(0, unit, found.tree.root) for unit in range(3)] == ["合格", "合格", "优秀"]
    np.testing.assert_allclose(found.score()[0], [15, 45, 50])


def test_grades_by_share_and_by_quantile(tmp_path: Path) -> None:
    units = "id,group\n" + "".join(f"u{at},{'gh'[at % 2]}\n" for at in range(10))
    values = "id,year,a\n" + "".join(f"u{at},2020,{at if at < 9 else ''}\n" for at in range(10))
    tree = "dimensions: [{id: a}]\ngrades: [{name: A, BEST}, {name: B}]\n"

    def graded(best: str, more: str = "") -> str:
        found = scored(tmp_path, tree.replace("BEST", best) + more, values, units)
        return "".join(found.grade(0, unit, found.tree.root) or "-" for unit in range(10))

    assert graded("top: 0.34") == "BBBBBBAAA-"  # a third of the nine that have a score
    assert graded("quantile: 0.5") == "BBBBBAAAA-"  # above the median 4
    assert graded("top: 0.5", "ranking: {within: group}\n") == "BBBBBAAAA-"  # 2 of 5 and 2 of 4


def test_grades_by_quantile_judge_what_ranks_compare(tmp_path: Path) -> None:
    values = "id,year,a\n" + "".join(f"u{at},2020,{70 + at / 1000}\n" for at in range(6))
    units = "id\n" + "".join(f"u{at}\n" for at in range(6))
    tree = "dimensions: [{id: a}]\ngrades: [{name: A, quantile: 0.5}, {name: B}]\n"
    for more, expected in (("", "BBBAAA"), ("ranking: {decimals: 2}\n", "BBBBBA"), ("ranking: {decimals: 1}\n", "BBBBBB")):
        found = scored(tmp_path, tree + more, values, units)
        assert "".join(found.grade(0, unit, found.tree.root) for unit in range(6)) == expected


def test_scores_that_are_one_on_paper_have_one_rank_and_one_grade(tmp_path: Path) -> None:
    values = "id,year,a,b,c\nA,2020,61.1,81.2,71.3\nB,2020,81.2,71.3,61.1\nC,2020,71.2,71.2,71.2\nD,2020,10,70,80\n"
    tree = "dimensions: [{id: a}, {id: b}, {id: c}]\n"
    for best in ("top: 0.25", "quantile: 0.2"):
        found = scored(tmp_path, tree + f"grades: [{{name: A, {best}}}, {{name: B}}]\n", values, "id\nA\nB\nC\nD\n")
        assert len(set(found.score()[0, :3].tolist())) > 1  # not the same in memory
        assert found.rank()[0].tolist() == [1, 1, 1, 4]
        assert [found.grade(0, unit, found.tree.root) for unit in range(4)] == ["A", "A", "A", "B"]


def test_a_score_within_the_tolerance_has_reached_a_ceiling_and_what_counts_from_a_score_on(tmp_path: Path) -> None:
    values = "id,year,a,b,n\nA,2020,0.1,0.2,1\nB,2020,0.9,0.9,1\nC,2020,0.3,0.3,0\n"
    tree = "dimensions: [{id: a}, {id: b}]\nadjustments: [{id: n, source: v, veto: {ceiling: 0.3}}]\n"
    found = scored(tmp_path, tree, values, "id\nA\nB\nC\n", index=", aggregate: sum, weights: equal")
    assert found.score()[0, 0] > 0.3  # 0.1 + 0.2 is not in memory
    assert found.points[0, 0].tolist() == [0.0]
    assert found.rank()[0].tolist() == [2, 2, 1]


def test_a_grade_is_judged_by_the_score_as_it_is_shown(tmp_path: Path) -> None:
    tree = "dimensions: [{id: a}]\ngrades: [{name: A, from: 90}, {name: B}]\n"
    found = scored(tmp_path, tree, "id,year,a\nA,2020,89.996\nB,2020,89.99\nC,2020,\n")
    assert [found.grade(0, unit, found.tree.root) for unit in range(3)] == ["A", "B", ""]


def test_children_that_attain_the_highest_score_are_named(tmp_path: Path) -> None:
    tree = "dimensions: [{id: a}, {id: b}]\n"
    found = scored(
        tmp_path,
        tree,
        "id,year,a,b\nA,2020,60,60\nB,2020,70,20\nC,2020,40,50\n",
        index=", aggregate: maximum, primary: {above: 50}",
    )
    named = [found.primary(0, unit, found.tree.root) for unit in range(3)]
    assert named == [(found.node("a"), found.node("b")), (found.node("a"),), ()]


def test_periods_roll_together(tmp_path: Path) -> None:
    values = "id,year,a,b\n" + "".join(f"{unit},{2018 + at},{at + 1},{10 * (at + 1)}\n" for unit in "ABC" for at in range(4))
    tree = "dimensions: [{id: a, rolling: 3}, {id: b, rolling: 2, over_time: mean}]\n"
    found = scored(tmp_path, tree, values)
    np.testing.assert_allclose(found.score("a")[:, 0], [NAN, NAN, 6, 9])
    np.testing.assert_allclose(found.score("b")[:, 0], [NAN, 15, 25, 35])
    assert found.status[0, 0, 0] == MISSING


LEVELS = "id,level,parent\nD,district,\nE,district,\ns1,street,D\ns2,street,D\ns3,street,E\n"
STREETS = "id,year,a,b,population\ns1,2020,10,1,100\ns2,2020,20,4,200\ns3,2020,5,,100\nE,2020,8,,\n"
NESTED = "denominators: [{id: population}]\ndimensions: [{id: a, per: population, scale: 100}, {id: b, over_units: HOW}]\n"


@pytest.mark.parametrize(
    ("how", "b"), [("population", [3, NAN]), ("mean", [2.5, NAN]), ("max", [4, NAN]), ("min", [1, NAN]), ("sum", [5, NAN])]
)
def test_units_of_a_lower_level_make_the_upper_one(tmp_path: Path, how: str, b: list[float]) -> None:
    found = scored(tmp_path, NESTED.replace("HOW", how), STREETS, LEVELS, table=", level: level")
    assert found.panel.units.ids == ("D", "E")
    np.testing.assert_allclose(found.derived[0, :, 0], [10, 8])  # 30 of 300; E reported 8 itself
    np.testing.assert_allclose(found.derived[0, :, 1], b)
    assert [str(place) for place in found.panel.places(0, 0, 0)] == ["v.csv:2:3", "v.csv:3:3"]


def test_any_level_can_be_scored(tmp_path: Path) -> None:
    found = scored(tmp_path, NESTED.replace("HOW", "mean"), STREETS, LEVELS, table=", level: level", level="street")
    assert found.panel.units.ids == ("s1", "s2", "s3")
    np.testing.assert_allclose(found.derived[0, :, 0], [10, 10, 5])
    found = scored(tmp_path, NESTED.replace("HOW", "mean"), STREETS, LEVELS, table=", level: level, score: street")
    assert found.panel.units.ids == ("s1", "s2", "s3")


def test_a_missing_part_leaves_a_sum_missing_and_one_that_does_not_apply_adds_nothing(tmp_path: Path) -> None:
    tree = "dimensions: [{id: a}, {id: b}]\n"
    values = "id,year,a,b\ns1,2020,10,n/a\ns2,2020,,4\ns3,2020,n/a,n/a\n"
    found = scored(tmp_path, tree, values, LEVELS, table=", level: level")
    np.testing.assert_allclose(found.panel.values[0], [[NAN, 4], [NAN, NAN]])
    assert found.panel.status[0].tolist() == [[MISSING, 0], [NOT_APPLICABLE, NOT_APPLICABLE]]


def test_a_unit_cannot_be_part_of_itself(tmp_path: Path) -> None:
    broken = LEVELS.replace("D,district,", "D,district,s1").replace("s3,street,E", "s3,street,Z")
    with pytest.raises(Refused) as refused:
        scored(tmp_path, TWO, FLAT, broken, table=", level: level")
    assert {one.code for one in refused.value.findings} >= {"IC370", "IC371"}


def test_a_unit_is_part_of_one_other_and_of_none_of_its_own_level(tmp_path: Path) -> None:
    def wrong(table: str) -> set[str]:
        with pytest.raises(Refused) as refused:
            scored(tmp_path, TWO, STREETS.replace(",population", ",c"), table, table=", level: level")
        return {f"{one.code} {one.values['unit']}" for one in refused.value.findings if one.severity == "error"}

    assert wrong(LEVELS + "s1,street,E\n") == {"IC355 s1"}
    assert wrong(LEVELS + "s1,community,D\n") == {"IC355 s1"}
    assert wrong(LEVELS.replace("s2,street,D", "s2,street,s1")) == {"IC373 s2"}
    assert wrong(LEVELS + "c1,community,s1\nx,street,c1\n") == {"IC373 x"}
    scored(tmp_path, TWO, STREETS.replace(",population", ",c"), LEVELS + "s1,street,D\nc1,community,D\n", table=", level: level")


def test_what_parts_reported_has_their_addresses_also_beside_an_empty_row_of_the_whole(tmp_path: Path) -> None:
    values = STREETS + "D,2020,,7,\n"
    found = scored(tmp_path, NESTED.replace("HOW", "mean"), values, LEVELS, table=", level: level")
    assert found.panel.values[0, 0].tolist() == [30.0, 7.0, 300.0]
    places = [[str(place) for place in found.panel.places(0, 0, column)] for column in range(3)]
    assert places == [["v.csv:2:3", "v.csv:3:3"], ["v.csv:6:4"], ["v.csv:2:5", "v.csv:3:5"]]


def test_a_node_may_be_ranked_and_shown_in_its_own_way(tmp_path: Path) -> None:
    tree = (
        "dimensions:\n  - id: d\n    decimals: 0\n    ranking: {first: lowest, decimals: 0}\n"
        "    grades: [{name: 高, from: 3}, {name: 低}]\n    indicators: [{id: a}]\n  - {id: b}\n"
    )
    found = scored(tmp_path, tree, "id,year,a,b\nA,2020,2.6,2\nB,2020,3.4,6\nC,2020,1,5\n")
    assert found.rank("d")[0].tolist() == [2, 2, 1]
    assert found.rank("a")[0].tolist() == [2, 1, 3]
    assert [found.grade(0, unit, found.node("d")) for unit in range(3)] == ["高", "高", "低"]


def test_a_sum_of_equal_children_adds_them_up(tmp_path: Path) -> None:
    found = scored(tmp_path, "dimensions:\n  - {id: d, aggregate: sum, indicators: [{id: a}, {id: b}]}\n", FLAT)
    np.testing.assert_array_equal(found.score("d")[0], [3, 9, 10])


def test_weights_from_data_of_a_formula_are_made_of_scores_that_are_there(tmp_path: Path) -> None:
    """Its coverage goes by them; they were once taken before its children were scored, out of whatever memory held."""
    inner = "{id: i, weights: equal, indicators: [{id: a}]}, {id: j, weights: equal, indicators: [{id: b}]}"
    found = scored(tmp_path, f"dimensions:\n  - {{id: n, formula: i + j, weights: std, indicators: [{inner}]}}\n", FLAT)
    at = next(at for at, branch in enumerate(found.tree.branches) if branch.position == found.node("n"))
    below = np.stack([found.score("i"), found.score("j")], axis=-1)
    expected = CATALOGUE["weights"]["std"](below, np.ones(2))
    np.testing.assert_allclose(found.weights[at][:, 0], expected, rtol=1e-11)
