"""Obstacles: the golden set, exact fractions, and what adds up whatever the tree."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import indexcalc
from indexcalc.cli.app import app
from indexcalc.report.answers.answer import files_of
from indexcalc.report.answers.obstacles import obstacles_answer
from indexcalc.report.draw.obstacles import obstacles_pictures

from .conftest import REPOSITORY

FRAME = pd.DataFrame({"unit": list("ABCD"), "a": [0, 2, 5, 10], "b": [4, 0, 10, 7], "c": [10, 8, 0, 9], "d": [3, 0, 9, 10]})
TREE = """
index: {id: i, aggregate: %s}
units: {id: unit}
defaults: {normalise: {method: goalposts, worst: 0, best: 10, low: %s, high: 100}}
dimensions:
  - id: p
    weight: 0.6
    indicators: [{id: a, weight: 0.25}, {id: b, weight: 0.75}]
  - id: q
    weight: 0.4
    aggregate: %s
    indicators: [{id: c, weight: 0.5}, {id: d, weight: 0.5}]
"""


def test_the_golden_set(shared: Path) -> None:
    folder = shared / "evaluation" / "obstacle"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("unit")
    weights = pd.read_csv(folder / "weights.csv").set_index("indicator")["weight"]
    parts = [list(frame.columns[1 + 3 * at : 4 + 3 * at]) for at in range(3)]
    tree: dict[str, Any] = {
        "index": {"id": "index"},
        "units": {"id": "unit"},
        "defaults": {"normalise": {"method": "goalposts", "worst": 0, "best": 1}},
        "dimensions": [
            {
                "id": f"criterion{at + 1}",
                "weight": float(weights[part].sum()),
                "indicators": [{"id": name, "weight": float(weights[name] / weights[part].sum())} for name in part],
            }
            for at, part in enumerate(parts)
        ],
    }
    found = indexcalc.obstacles(indexcalc.score(tree, frame), top=3)
    table = found.frame().pivot_table(index="unit", columns="node", values=["share", "exact_share"])
    for column in (*frame.columns[1:], "criterion1", "criterion2", "criterion3"):
        for way in ("share", "exact_share"):
            np.testing.assert_allclose(table[way][column], told.loc[table.index, column], rtol=0, atol=1e-9)
    for at, unit in enumerate(frame["unit"]):
        first = [found.scores.tree.nodes[leaf].id for leaf in found.first(at)]
        assert first == list(told.loc[unit, ["first1", "first2", "first3"]])


def test_sums_are_those_of_fractions() -> None:
    found = (
        indexcalc.obstacles(indexcalc.score(TREE % ("arithmetic", 60, "arithmetic"), FRAME)).frame().set_index(["unit", "node"])
    )
    weight = {"a": Fraction(3, 20), "b": Fraction(9, 20), "c": Fraction(1, 5), "d": Fraction(1, 5)}
    for _, row in FRAME.iterrows():
        lost = {node: own * (1 - Fraction(int(row[node]), 10)) for node, own in weight.items()}
        for node, part in lost.items():
            share = part / sum(lost.values())
            assert found["share"][row["unit"], node] == pytest.approx(float(share), abs=1e-14)
            assert found["exact_share"][row["unit"], node] == pytest.approx(float(share), abs=1e-14)


def test_a_geometric_mean_loses_by_logarithms() -> None:
    scores = indexcalc.score(TREE % ("arithmetic", 1, "geometric"), FRAME)
    found = indexcalc.obstacles(scores, node="q").frame().set_index(["unit", "node"])["exact_share"]
    c, d = scores.score("c")[0], scores.score("d")[0]
    expected = np.log(100 / c) / (np.log(100 / c) + np.log(100 / d))
    np.testing.assert_allclose(found.xs("c", level="node"), expected, rtol=0, atol=1e-12)
    assert not np.isclose(indexcalc.obstacles(scores, node="q").frame()["share"].iloc[0::2], expected).all()


@pytest.mark.parametrize("way", ["arithmetic", "geometric", "harmonic", "median", "minimum", "maximum"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # of what is missing
def test_shares_add_up_and_what_is_at_its_best_has_none(way: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(0, 11, size=(200, 4)).astype(float)
    x[rng.random(x.shape) < 0.15] = np.nan
    frame = pd.DataFrame(x, columns=list("abcd")).assign(unit=[f"u{at}" for at in range(len(x))])
    scores = indexcalc.score(TREE % (way, 1, way), frame)
    found = indexcalc.obstacles(scores)
    assert found.exact is not None
    for share in (found.usual[0], found.exact[0]):
        there = ~np.isnan(share[:, found.start])
        leaves = share[there][:, found.leaves]
        np.testing.assert_allclose(leaves.sum(axis=1), 1.0, rtol=0, atol=1e-9)
        assert (leaves >= -1e-12).all()
        assert np.abs(leaves[x[there] == 10]).sum() <= 1e-9
        assert np.abs(leaves[np.isnan(x[there])]).sum() == 0
        for branch in scores.tree.branches:
            np.testing.assert_allclose(
                share[there][:, list(branch.children)].sum(axis=1), share[there][:, branch.position], rtol=0, atol=1e-9
            )


def test_units_may_stand_in_any_order() -> None:
    one = indexcalc.obstacles(indexcalc.score(TREE % ("arithmetic", 1, "geometric"), FRAME)).frame().set_index(["unit", "node"])
    other = indexcalc.obstacles(indexcalc.score(TREE % ("arithmetic", 1, "geometric"), FRAME[::-1])).frame()
    other = other.set_index(["unit", "node"]).loc[one.index]
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=0, atol=1e-12)


def test_the_best_of_all_has_no_obstacles_and_a_bounded_scale_is_asked_for() -> None:
    frame = FRAME.assign(a=[10, 1, 1, 1], b=[10, 1, 1, 1], c=[10, 1, 1, 1], d=[10, 1, 1, 1])
    found = indexcalc.obstacles(indexcalc.score(TREE % ("arithmetic", 0, "arithmetic"), frame))
    assert found.first(0) == []
    assert found.frame().query("unit == 'A'")["share"].isna().all()
    endless = (TREE % ("arithmetic", 0, "arithmetic")).replace("{id: a,", "{id: a, normalise: z-score,")
    with pytest.raises(indexcalc.Refused, match="IC809"):
        indexcalc.obstacles(indexcalc.score(endless, FRAME))
    with pytest.raises(indexcalc.Refused, match="IC815"):
        indexcalc.obstacles(indexcalc.score(TREE % ("arithmetic", 0, "arithmetic"), FRAME), node="a")


def test_a_tree_that_compares_units_has_the_usual_model_alone() -> None:
    found = indexcalc.obstacles(indexcalc.score(TREE % ("topsis", 0, "arithmetic"), FRAME))
    assert found.exact is None
    assert found.frame()["exact_share"].isna().all()


def test_the_command_tells_what_python_does(tmp_path: Path) -> None:
    words = ["obstacles", "--index", str(REPOSITORY / "indicators.yaml"), "--period", "2022Q3", "--top", "3"]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    scores = indexcalc.score(REPOSITORY / "indicators.yaml")
    frame = indexcalc.obstacles(scores, period="2022Q3", top=3).frame().set_index(["unit", "node"])
    for unit in data["units"]:
        assert len(unit["first"]) <= 3
        for node, share in unit["shares"].items():
            assert np.isclose(np.nan if share is None else share, frame["share"][unit["unit"], node], equal_nan=True)
    shown = {lang: CliRunner().invoke(app, [*words, "--lang", lang, "--out", str(tmp_path)]).stdout for lang in ("zh", "en")}
    assert "障碍" in shown["zh"]
    assert "Obstacle 1" in shown["en"]
    assert sorted(path.suffix for path in tmp_path.iterdir()).count(".csv") >= 3


@pytest.mark.parametrize(
    ("normalise", "values", "far"),
    [
        ("{method: points, floor: 0, cap: 20}", [20, 5, 12], [0, 0.75, 0.4]),
        ("{method: deduct, each: 5}", [0, 2, 25], [0, 0.1, 1]),
        ("{method: deduct, each: 5, start: 90, cap: 40}", [0, 2, 25], [0, 0.25, 1]),
        ("{method: bonus, each: 2, cap: 10}", [5, 1, 0], [0, 0.8, 1]),
        ("{method: bonus, each: 2, cap: 10, start: 60}", [5, 1, 0], [0, 0.8, 1]),
    ],
)
def test_points_have_the_ends_that_they_are_cut_at(normalise: str, values: list[float], far: list[float]) -> None:
    tree = f"""
index: {{id: i}}
units: {{id: unit}}
dimensions: [{{id: a, weight: 0.5, normalise: {normalise}}}, {{id: b, weight: 0.5, normalise: {{method: points, floor: 0, cap: 1}}}}]
"""
    scores = indexcalc.score(tree, pd.DataFrame({"unit": list("ABC"), "a": values, "b": [0.5, 0.5, 0.5]}))
    found = indexcalc.obstacles(scores).frame().set_index(["unit", "node"])["share"]
    np.testing.assert_allclose(found.xs("a", level="node"), [one / (one + 0.5) for one in far], rtol=0, atol=1e-12)


def test_what_keeps_units_back_is_drawn() -> None:
    scores = indexcalc.score(TREE % ("arithmetic", 0, "arithmetic"), FRAME)
    every, one = indexcalc.obstacles(scores), indexcalc.obstacles(scores, "B")
    drawn, own = obstacles_pictures(every, "zh"), obstacles_pictures(one, "en")
    assert set(drawn) == {"bars", "units"}
    assert set(own) == {"bars"}
    mean = every.mean(every.units)
    for leaf in every.leaves:  # each share is told: of all units together, and of each
        assert f">{100 * mean[leaf]:.1f}%<" in drawn["bars"]
        for unit in every.units:
            assert np.isnan(share := every.usual[0, unit, leaf]) or f">{100 * share:.1f}%<" in drawn["units"]
    assert "nan" not in drawn["units"] + own["bars"]
    files = files_of(obstacles_answer(every, "zh"), "obstacles", {}, "zh")
    assert {"obstacles.bars.svg", "obstacles.units.svg"} <= set(files)


def test_full_marks_that_differ_by_groups_are_each_units_own_best() -> None:
    tree = """
index: {id: i}
units: {id: unit, group: kind}
dimensions:
  - {id: a, weight: 0.5, normalise: {method: goalposts, worst: 0, best: 10, high: {by: group, x: 100, y: 50}}}
  - {id: b, weight: 0.5, normalise: {method: goalposts, worst: 0, best: 10}}
"""
    frame = pd.DataFrame({"unit": list("ABC"), "kind": ["x", "x", "y"], "a": [10, 4, 4], "b": [5, 4, 4]})
    found = indexcalc.obstacles(indexcalc.score(tree, frame))
    table = found.frame().set_index(["unit", "node"])
    np.testing.assert_allclose(table["share"].xs("a", level="node"), [0, 0.5, 0.5], rtol=0, atol=1e-12)
    np.testing.assert_allclose(table["exact_share"].xs("a", level="node"), [0, 0.5, 30 / 90], rtol=0, atol=1e-12)
