"""One unit beside another, its group, the best: differences that add up, and what a short board costs, asked of the engine."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from typer.testing import CliRunner

from indexcalc.analysis.contribution import Rows, contributions, effective
from indexcalc.analysis.versus import all_boards, best_of, boards, group_of, versus
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.jobs.questions import explain
from indexcalc.report.answers.explain import explain_answer

from .conftest import count, index_of, panel_of
from .test_change import random_scores, scored
from .trees import SEEDS

NAN = math.nan


@given(seed=SEEDS)
def test_the_rows_that_are_asked_about_are_those_of_all(seed: int) -> None:
    found = random_scores(seed)
    rows = Rows(1, (4, 0))
    every = contributions(found)
    np.testing.assert_allclose(contributions(found, rows), every[1:2, [4, 0]], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(effective(found, rows=rows), effective(found, every)[1:2, [4, 0]], rtol=1e-6, atol=1e-6)


@given(seed=SEEDS)
def test_differences_add_up_at_every_level(seed: int) -> None:
    found = random_scores(seed)
    for others in ([3], group_of(found, 0), [best_of(found, 0, 0)]):
        beside = versus(found, 0, 0, others)
        gap = beside.score[0] - beside.score[1]
        for branch in found.tree.branches:
            if math.isnan(gap[branch.position]):
                continue
            parts = beside.contribution[0] - beside.contribution[1]
            total = (
                math.fsum(parts[list(branch.children)])
                + beside.adjusted[0, branch.position]
                - beside.adjusted[1, branch.position]
            )
            room = 1e-9 * (1 + np.abs(beside.contribution[:, list(branch.children)]).sum())
            assert abs(total - gap[branch.position]) <= room, found.tree.nodes[branch.position].id


@pytest.mark.parametrize("seed", range(count(100, 1000)))
def test_what_gaps_shift_is_apart_from_differences_of_scores_times_weights(seed: int) -> None:
    """Of a weighted mean the two are known: the difference of scores times the weight among what either has, and the rest."""
    random = np.random.default_rng(seed)
    weights, x = random.integers(1, 9, 4), np.round(random.uniform(0, 100, (4, 4)), 1)
    x[random.random(x.shape) < 0.3] = NAN
    children = ", ".join(f"{{id: x{at}, weight: {weight}}}" for at, weight in enumerate(weights))
    found = scored(f"defaults: {{normalise: points, weights: relative}}\ndimensions: [{children}]\n", x)
    for others in ([1], [1, 2, 3]):
        beside, expected = versus(found, 0, 0, others), []
        for other in others:
            here, there = ~np.isnan(x[0]), ~np.isnan(x[other])
            if here.any() and there.any():
                weight = weights / weights[here | there].sum()
                expected.append(np.where(here & there, weight * (x[0] - x[other]), 0.0))
        if expected:
            np.testing.assert_allclose(beside.by_scores[:4], np.mean(expected, axis=0), atol=1e-9)
            difference = beside.contribution[0, :4] - beside.contribution[1, :4]
            np.testing.assert_allclose(beside.by_scores[:4] + beside.gaps[:4], difference, atol=1e-9)
        else:
            assert np.isnan(beside.gaps[:4]).all()
    if not np.isnan(found.score()[0, :2]).any():
        there, back = versus(found, 0, 0, [1]), versus(found, 0, 1, [0])
        np.testing.assert_allclose(there.gaps, -back.gaps, atol=1e-9)
        if (np.isnan(x[0]) == np.isnan(x[1])).all():
            assert not there.gaps.any()


@given(seed=SEEDS)
def test_gaps_and_scores_add_up_whatever_a_tree_is_made_of(seed: int) -> None:
    found = random_scores(seed)
    beside = versus(found, 0, 0, group_of(found, 0))
    both = beside.by_scores + beside.gaps
    np.testing.assert_allclose(both, beside.contribution[0] - beside.contribution[1], rtol=1e-9, atol=1e-9)
    one = versus(found, 0, 0, [3])
    for branch in found.tree.branches:
        lacks = np.isnan(found.scores[0][:, list(branch.children)])
        if (lacks[0] == lacks[3]).all():
            assert not np.nan_to_num(one.gaps[list(branch.children)]).any()


def test_what_a_peer_lacks_is_said_to_be_a_gap() -> None:
    found = scored("defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n", [[80, 100], [60, NAN]])
    beside = versus(found, 0, 0, [1])
    np.testing.assert_allclose(beside.by_scores[:2], [10, 0])
    np.testing.assert_allclose(beside.gaps[:2], [-30, 50])
    answer = explain_answer(beside, "en")
    assert "Contribution -20.00 (by scores +10.00, by gaps -30.00)" in answer.text
    assert "Contribution +50.00 (by scores 0.00, by gaps +50.00)" in answer.text
    assert "得分差 0.00、缺失影响 +50.00" in explain_answer(beside, "zh").text
    assert answer.data["tree"]["children"][0]["contribution_by_gaps"] == pytest.approx(-30)


def test_what_a_gap_adds_in_the_index_is_said_below_the_first_level_too() -> None:
    tree = "dimensions: [{id: n, weight: 0.6, indicators: [{id: a}, {id: b}], weights: equal}, {id: c, weight: 0.4}]\n"
    found = scored("defaults: {normalise: points}\n" + tree, [[80, 100, 50], [60, NAN, 40]])
    beside = versus(found, 0, 0, [1])
    np.testing.assert_allclose(beside.points_by_scores[:3], [6, 0, 4])
    np.testing.assert_allclose(beside.point_gaps[:3], [-18, 30, 0])
    assert "in the index -12.00 (by scores +6.00, by gaps -18.00)" in explain_answer(beside, "en").text


def test_a_gap_above_counts_in_the_index_for_all_below_it() -> None:
    """c lacks for the second, so that n weighs all: of a, equal in both, 30 points less are due to the gap alone."""
    tree = "dimensions: [{id: n, weight: 0.5, indicators: [{id: a}, {id: b}], weights: equal}, {id: c, weight: 0.5}]\n"
    found = scored("defaults: {normalise: points}\n" + tree, [[60, 100, 50], [60, 80, NAN]])
    beside = versus(found, 0, 0, [1])
    np.testing.assert_allclose(beside.points_by_scores[0], 0, atol=1e-9)
    np.testing.assert_allclose(beside.point_gaps[0], 0.5 * (60 * 0.5 - 60))
    np.testing.assert_allclose((beside.points_by_scores + beside.point_gaps)[:4], (beside.points[0] - beside.points[1])[:4])


def test_a_unit_that_is_alone_is_itself_beside_itself() -> None:
    found = scored("defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n", [[80, 100]])
    beside = explain(found, found.panel.units.ids[0], vs="group")
    np.testing.assert_array_equal(beside.contribution, [[40, 50, 90], [40, 50, 90]])
    assert "Contribution 0.00" in explain_answer(beside, "en").text


@given(seed=SEEDS)
def test_a_board_is_what_scoring_again_says(seed: int) -> None:
    """In a tree of points the engine itself can be asked: the unit's value is exchanged for the group's mean."""
    made = random_scores(seed)
    tree = made.tree
    names = [f"x{at}" for at in range(4)]
    lines = ", ".join(f"{{id: {name}, weight: {weight}}}" for name, weight in zip(names, (0.4, 0.3, 0.2, 0.1), strict=True))
    method = ("arithmetic", "{method: geometric, floor: 1}", "topsis", "median")[seed % 4]
    head = (
        f"index: {{id: t, aggregate: {method}}}\nunits: {{table: u}}\ndata: {{v: {{path: v}}}}\ndefaults: {{normalise: points}}\n"
    )
    index = index_of(head + f"dimensions: [{lines}]\n")
    random = np.random.default_rng(seed)
    values = random.uniform(1, 100, (6, 4))
    values[random.random(values.shape) < 0.1] = NAN
    panel = panel_of(index, values)
    found = score(index, panel)
    group = group_of(found, 2)
    board = boards(found, 0, 2, group)
    for leaf in range(4):
        if math.isnan(board.points[leaf]):
            continue
        changed = panel.values.copy(order="K")
        changed[0, 2, leaf] = board.mean[leaf]
        again = score(index, dataclasses.replace(panel, values=changed))
        assert board.points[leaf] == pytest.approx(found.score()[0, 2] - again.score()[0, 2], abs=1e-9)
        assert board.places[leaf] == again.rank()[0, 2] - found.rank()[0, 2]
    del tree


@pytest.mark.parametrize("seed", range(count(60, 600)))
def test_a_board_weighs_compares_and_moves_anew_in_all_periods(seed: int) -> None:
    """Computed weights, frames of nodes and moves in rank hang on other periods too, and on the score that is exchanged."""
    random = np.random.default_rng(seed)
    over = random.choice(["over: all", "over: base, base: 2001", "over: period"])
    weights = random.choice(["given", *(f"{{method: {one}, {over}}}" for one in ("std", "entropy", "critic", "pca"))])
    again = random.choice(["", "normalise: {method: min-max, over: all}, ", "normalise: {method: z-score}, "])
    moves = random.choice(["", "adjustments: [{id: up, rank_move: 3, cap: 5}]\n"])
    inner = f"{{id: d, weight: 0.6, {again}weights: {weights}, indicators: [{{id: x0, weight: 0.5}}, {{id: x1, weight: 0.5}}]}}"
    values = random.uniform(1, 100, (3, 5, 4 if moves else 3))
    values[..., :3][random.random((3, 5, 3)) < 0.15] = NAN
    found = scored(f"defaults: {{normalise: points}}\n{moves}dimensions: [{inner}, {{id: x2, weight: 0.4}}]\n", values)
    period, unit = int(random.integers(3)), int(random.integers(5))
    board = boards(found, period, unit, range(5))
    for leaf in range(3):
        if not math.isnan(board.points[leaf]):
            changed = found.panel.values.copy(order="K")
            changed[period, unit, leaf] = board.mean[leaf]
            anew = score(found.index, dataclasses.replace(found.panel, values=changed))
            assert board.points[leaf] == pytest.approx(found.score()[period, unit] - anew.score()[period, unit], abs=1e-9)
            assert board.places[leaf] == anew.rank()[period, unit] - found.rank()[period, unit]


def test_boards_by_hand() -> None:
    tree = "defaults: {normalise: points}\ndimensions: [{id: a, weight: 0.75}, {id: b, weight: 0.25}]\n"
    found = scored(tree, [[4, 80], [40, 60], [52, 10]])
    board = boards(found, 0, 0, (0, 1, 2))
    # at the mean of 32 in a it would have 44, before 41.5 and after 45: from 23 in the third place to the first but one
    np.testing.assert_allclose(found.score()[0], [23, 45, 41.5])
    np.testing.assert_allclose(board.points[:2], [0.75 * (4 - 32), 0.25 * (80 - 50)])
    assert board.places[:2].tolist() == [-1, 0]
    assert math.isnan(board.points[found.tree.root])


def test_a_board_counts_places_in_a_group_that_is_ranked_alone() -> None:
    tree = (
        "ranking: {within: group, overall: false}\ndefaults: {normalise: points}\n"
        "dimensions: [{id: a, weight: 0.75}, {id: b, weight: 0.25}]\n"
    )
    index = index_of(f"index: {{id: t}}\nunits: {{table: u}}\ndata: {{v: {{path: v}}}}\n{tree}")
    panel = panel_of(index, [[4, 80], [40, 60], [52, 10], [90, 90], [10, 10]])
    labels = ("north", "north", "north", "south", "south")
    found = score(index, dataclasses.replace(panel, units=dataclasses.replace(panel.units, groups=labels)))
    assert found.rank()[0].tolist() == [3, 1, 2, 1, 2]
    every = all_boards(found, 0)
    # 44 in place of 23 is before 41.5 and after 45, 39 in place of 45 is after 41.5, and 26.5 in place of 41.5 before 23
    assert [board.places[0] for board in every] == [-1, 1, 0, 0, 0]
    assert [board.points[0] for board in every[3:]] == [0.75 * 40, -0.75 * 40]
    for unit, board in enumerate(every):
        alone = boards(found, 0, unit, group_of(found, unit))
        for name in ("mean", "points", "places"):
            np.testing.assert_array_equal(getattr(board, name), getattr(alone, name))


def test_a_board_of_a_dimension_is_of_all_its_indicators() -> None:
    tree = (
        "defaults: {normalise: points, weights: equal}\n"
        "dimensions: [{id: d, indicators: [{id: a}, {id: b}]}, {id: e, indicators: [{id: c}]}]\n"
    )
    found = scored(tree, [[0, 10, 5], [10, 30, 5]])
    board = boards(found, 0, 0, (0, 1))
    assert board.points[found.node("d")] == pytest.approx((5 - 12.5) / 2)
    assert board.points[found.node("e")] == 0


def test_a_weak_point_costs_enough_and_has_a_low_score() -> None:
    tree = "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}, {id: c}, {id: d}, {id: e}]\n"
    values = [[50, 86, 95, 99, 70], [90, 90, 80, 98, 70], [70, 90, 83, 97, 73]]
    told = scored(f"boards: {{points: 0.5, below: 85, above: 94}}\n{tree}", values)
    # beside means of 70, 88.67, 86, 98, 71 it costs 4, 0.53, brings 1.8, 0.2, costs 0.2 of the index
    assert boards(told, 0, 0, (0, 1, 2)).kinds[:5] == ("weak", "", "strength", "", "")
    by_default = boards(scored(tree, values), 0, 0, (0, 1, 2))
    x = np.array(values, dtype=float)
    far = (x[0] - x.mean(axis=0)) / x.std(axis=0)
    worth = (x[0] - x.mean(axis=0)) / 5
    for leaf, kind in enumerate(by_default.kinds[:5]):
        enough = abs(worth[leaf]) >= max(abs(worth)) / 4
        assert kind == ("weak" if enough and far[leaf] <= -1 else "strength" if enough and far[leaf] >= 1 else "")
    assert "strength" in by_default.kinds and "weak" in by_default.kinds


def test_nothing_is_weak_where_all_are_alike() -> None:
    tree = "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n"
    assert set(boards(scored(tree, [[50, 60], [50, 60]]), 0, 0, (0, 1)).kinds) == {""}
    assert set(boards(scored(f"boards: {{points: 0, below: 99}}\n{tree}", [[50, 60], [50, 60]]), 0, 0, (0, 1)).kinds) == {""}


@pytest.mark.parametrize("vs", ["group", "best", "440106", "天河区"])
def test_explain_beside_others(repository: Path, vs: str) -> None:
    said = CliRunner().invoke(
        app, ["explain", "越秀", "--vs", vs, "--index", str(repository / "indicators.yaml"), "--json", "--quiet"]
    )
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    tree = found["tree"]
    counted = [child for child in tree["children"] if child["contribution_difference"] is not None]
    assert math.fsum(child["contribution_difference"] for child in counted) == pytest.approx(tree["score_difference"], abs=1e-9)
    assert ("boards" in found) == (vs == "group")
    leaf = tree["children"][0]["children"][0]["children"][0]
    assert leaf["raw"][0][0]["places"][0].endswith(":3")


def test_scores_times_weights_in_effect_are_contributions(repository: Path) -> None:
    said = CliRunner().invoke(
        app,
        ["explain", "越秀", "--node", "交通安全", "--period", "2022Q4", "--index", str(repository / "indicators.yaml"), "--json"],
    )
    tree = json.loads(said.stdout)["tree"]
    there = [child for child in tree["children"] if child["score"] is not None]
    assert tree["node"] == "traffic-safety", "a node goes by its name too"
    assert len(there) < len(tree["children"]), "one of them does not apply"
    for child in there:
        assert child["score"] * child["weight_in_effect"] == pytest.approx(child["contribution"], abs=1e-9)
        assert child["weight_in_effect"] > child["weight"]
    assert math.fsum(child["weight_in_effect"] for child in there) == pytest.approx(1.0)


def test_explain_says_weak_points_in_both_languages(repository: Path) -> None:
    for language, word in (("zh", "弱项"), ("en", "Weak points")):
        options = ["--index", str(repository / "indicators.yaml"), "--depth", "1", "--lang", language, "--quiet"]
        said = CliRunner().invoke(app, ["explain", "越秀", *[one for one in options if one != "--quiet"]])
        assert word in said.stdout


def by_subsets(x: np.ndarray, middle: object) -> np.ndarray:
    """Shapley's value by going through all subsets of those that have a score; nothing at all is worth 0."""
    there, out = np.flatnonzero(~np.isnan(x)).tolist(), np.zeros(len(x))
    for i in there:
        others = [one for one in there if one != i]
        for size in range(len(there)):
            often = math.factorial(size) * math.factorial(len(there) - 1 - size) / math.factorial(len(there))
            for some in itertools.combinations(others, size):
                before = middle(x[list(some)]) if some else 0.0  # type: ignore[operator]
                out[i] += often * (middle(x[[*some, i]]) - before)  # type: ignore[operator]
    return out


@pytest.mark.parametrize(("aggregate", "middle"), [("median", np.median), ("minimum", np.min), ("maximum", np.max)])
@given(seed=SEEDS)
def test_places_among_sorted_scores_are_split_without_going_through_subsets(aggregate: str, middle: object, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = np.round(random.uniform(-5, 9, (3, int(random.integers(2, 8)))), int(random.integers(0, 3)))
    x[random.random(x.shape) < 0.2] = NAN
    children = ", ".join(f"{{id: x{at}, weight: 1}}" for at in range(x.shape[1]))
    tree = f"defaults: {{normalise: points, aggregate: {aggregate}, weights: relative}}\ndimensions: [{children}]\n"
    own = contributions(scored(tree, x))[0, :, : x.shape[1]]
    for unit in range(3):
        if not np.isnan(x[unit]).all():
            np.testing.assert_allclose(own[unit], by_subsets(x[unit], middle), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("children", "aggregate", "said"), [(40, "median", False), (61, "median", True), (15, "mpi", True), (9, "topsis", True)]
)
def test_what_is_only_shared_by_weight_is_said(children: int, aggregate: str, said: bool) -> None:
    random = np.random.default_rng(children)
    listed = ", ".join(f"{{id: x{at}, weight: {1 + at % 3}}}" for at in range(children))
    tree = f"defaults: {{normalise: min-max, aggregate: {aggregate}, weights: relative}}\ndimensions: [{listed}]\n"
    found = scored(tree, random.uniform(1, 9, (6, children)))
    own = contributions(found)[0]
    np.testing.assert_allclose(own[:, :children].sum(axis=1), found.score()[0], rtol=1e-9)
    answer = explain_answer(explain(found, found.panel.units.ids[0]), "en")
    assert ("shared by weight alone: t" in answer.text) == said
    assert any("shared by weight alone: t" in note for note in answer.sheets[""].notes) == said
