"""Fuzzy comprehensive evaluation: golden sets, exact fractions, and what holds whatever the operator."""

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
from indexcalc.findings import Refused
from indexcalc.methods.membership import OPERATORS, together, triangles

GRADES = {"excellent": 95, "good": 80, "fair": 65, "poor": 50}


def of_answers(rows: pd.DataFrame, grades: dict[str, float], **fuzzy: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    """A tree of items, each with the shares of answers in each grade, and the one unit that was judged."""
    items = [f"i{at}" for at in range(len(rows))]
    cells = {f"{item}.{name}": [row[name]] for item, (_, row) in zip(items, rows.iterrows(), strict=True) for name in grades}
    tree = {
        "index": {"id": "service"},
        "units": {"id": "unit"},
        "defaults": {"normalise": "points", "weights": "equal"},
        "fuzzy": {"grades": grades, "shares": ["service"], **fuzzy},
        "dimensions": [
            {"id": item, "weight": float(weight), "indicators": [{"id": f"{item}.{name}"} for name in grades]}
            for item, weight in zip(items, rows["weight"], strict=True)
        ],
    }
    tree["index"] = {"id": "service", "weights": "relative"}
    return tree, pd.DataFrame({"unit": ["A"], **cells})


@pytest.mark.parametrize("operator", list(OPERATORS))
def test_operators_of_the_golden_set(shared: Path, operator: Any) -> None:
    folder = shared / "evaluation" / "fuzzy-evaluation"
    rows, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("operator").loc[operator]
    tree, frame = of_answers(rows, GRADES, operator=operator)
    found = indexcalc.fuzzy(indexcalc.score(tree, frame)).frame().set_index("node").loc["service"]
    np.testing.assert_allclose(found[list(GRADES)].astype(float), told[list(GRADES)].astype(float), rtol=0, atol=1e-9)
    assert found["score"] == pytest.approx(told["score"], abs=1e-9)
    assert found["grade"] == told["grade"]


def test_an_example_as_published(shared: Path) -> None:
    folder = shared / "evaluation" / "fuzzy-evaluation-published"
    rows, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").iloc[0]
    grades = dict.fromkeys(told.index, 0.0) | {"very": 1.0}
    found = indexcalc.fuzzy(indexcalc.score(*of_answers(rows, grades))).frame().set_index("node").loc["service"]
    np.testing.assert_allclose(found[list(told.index)].astype(float), told, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("shape", "stem"), [("triangle", "tri"), ("gaussian", "gauss")])
def test_memberships_of_the_golden_set(shared: Path, shape: str, stem: str) -> None:
    folder = shared / "evaluation" / "membership"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("unit")
    grades = {f"{stem}{at}": float(at) for at in range(1, 5)}
    own = {"grades": grades, "knots": [0.2, 0.4, 0.6, 0.8], "shape": shape, "sigma": 0.08}
    tree = {"index": {"id": "i"}, "units": {"id": "unit"}, "defaults": {"normalise": "points"}, "fuzzy": own}
    found = indexcalc.fuzzy(indexcalc.score(tree | {"dimensions": [{"id": "d1", "weight": 1}]}, frame)).frame()
    table = found[found["node"] == "d1"].set_index("unit").loc[told.index]
    np.testing.assert_allclose(table[list(grades)], told[list(grades)], rtol=0, atol=1e-9)


def test_votes_are_those_of_fractions() -> None:
    votes = [[12, 5, 3], [4, 4, 2], [0, 7, 1]]
    weights = [Fraction(2, 10), Fraction(5, 10), Fraction(3, 10)]
    r = [[Fraction(one, sum(row)) for one in row] for row in votes]
    b = [sum(w * row[at] for w, row in zip(weights, r, strict=True)) for at in range(3)]
    least = [max(min(w, row[at]) for w, row in zip(weights, r, strict=True)) for at in range(3)]
    rows = pd.DataFrame(votes, columns=["x", "y", "z"]).assign(weight=[0.2, 0.5, 0.3])
    for operator, told in (("product-sum", b), ("min-max", [one / sum(least) for one in least])):
        tree, frame = of_answers(rows, {"x": 3, "y": 2, "z": 1}, operator=operator)
        found = indexcalc.fuzzy(indexcalc.score(tree, frame)).frame().set_index("node").loc["service"]
        np.testing.assert_allclose(found[["x", "y", "z"]].astype(float), [float(one) for one in told], rtol=0, atol=1e-15)


def test_another_library_has_the_same_triangles() -> None:
    membership = pytest.importorskip("skfuzzy").membership
    x, knots = np.linspace(0, 100, 41), np.array([40.0, 60.0, 75.0, 90.0])
    found = triangles(x, knots)
    told = [membership.trapmf(x, [-1, -1, 40, 60]), membership.trimf(x, [40, 60, 75]), membership.trimf(x, [60, 75, 90])]
    told.append(membership.trapmf(x, [75, 90, 101, 101]))
    np.testing.assert_allclose(found.T, told, rtol=0, atol=1e-12)


TREE = """
index: {id: i}
units: {id: unit}
fuzzy: {grades: {优: 95, 良: 80, 中: 65, 差: 50}, knots: [90, 75, 60, 40]%s}
defaults: {normalise: points}
dimensions:
  - id: p
    weight: 0.6
    indicators: [{id: a, weight: 0.25}, {id: b, weight: 0.75}]
  - id: q
    weight: 0.4
    indicators: [{id: c, weight: 0.5}, {id: d, weight: 0.5}]
"""
FRAME = pd.DataFrame(np.random.default_rng(4).uniform(20, 100, (12, 4)), columns=list("abcd")).assign(
    unit=[f"u{at}" for at in range(12)]
)


def test_points_under_sums_are_means_of_points() -> None:
    """By M(·,+) the points come to the arithmetic mean of those of the indicators, level by level."""
    found = indexcalc.fuzzy(indexcalc.score(TREE % "", FRAME)).frame().pivot_table(index="unit", columns="node", values="score")
    own = {name: np.interp(FRAME[name], [40, 60, 75, 90], [50, 65, 80, 95]) for name in "abcd"}
    told = 0.6 * (0.25 * own["a"] + 0.75 * own["b"]) + 0.4 * (0.5 * own["c"] + 0.5 * own["d"])
    np.testing.assert_allclose(found["i"][FRAME["unit"]], told, rtol=0, atol=1e-12)


@pytest.mark.parametrize("operator", list(OPERATORS))
def test_memberships_add_up_and_units_may_stand_in_any_order(operator: Any) -> None:
    frame = FRAME.copy()
    frame.loc[2, "a"] = np.nan
    scores = indexcalc.score(TREE % f", operator: {operator}", frame)
    found = indexcalc.fuzzy(scores)
    inner = [scores.node(name) for name in "ipq"]
    np.testing.assert_allclose(found.memberships[:, inner].sum(axis=-1), 1.0, rtol=0, atol=1e-12)
    order = np.random.default_rng(1).permutation(12)
    moved = indexcalc.fuzzy(indexcalc.score(TREE % f", operator: {operator}", frame.iloc[order]))
    np.testing.assert_array_equal(moved.memberships, found.memberships[order])
    b = found.memberships[2, scores.node("b")]  # what is missing leaves its weight to the other
    np.testing.assert_allclose(found.memberships[2, scores.node("p")], together(b[None], np.ones(1), operator), atol=1e-15)


def test_a_better_score_is_never_worth_fewer_points() -> None:
    base = indexcalc.fuzzy(indexcalc.score(TREE % "", FRAME)).score()
    better = FRAME.assign(c=FRAME["c"] + 5)
    assert (indexcalc.fuzzy(indexcalc.score(TREE % "", better)).score()[:, -1] >= base[:, -1] - 1e-12).all()


def test_values_have_knots_of_their_own_and_ties_are_broken_as_said() -> None:
    tree = TREE.replace("normalise: points", "normalise: min-max") % ", values: {a: [80, 60, 40, 20]}"
    own = indexcalc.fuzzy(indexcalc.score(tree, FRAME))
    np.testing.assert_allclose(
        own.memberships[:, own.scores.node("a")], triangles(FRAME["a"].to_numpy(), np.array([80.0, 60, 40, 20])), atol=1e-12
    )
    even = pd.DataFrame({"unit": ["A"], "a": [67.5], "b": [67.5], "c": [67.5], "d": [67.5]})
    for tied, told in (("better", "良"), ("worse", "中")):
        found = indexcalc.fuzzy(indexcalc.score(TREE % f", tied: {tied}", even)).frame().set_index("node")
        assert found["grade"]["i"] == told


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TREE % ", values: {a: [1, 2]}", "IC284"),
        (TREE % ", values: {a: [1, 3, 2, 4]}", "IC284"),
        (TREE % ", shares: [p]", "IC285"),
        (TREE.replace(", knots: [90, 75, 60, 40]", "") % ", values: {a: [80, 60, 40, 20]}", "IC286"),
        (TREE % ", shares: [nobody]", "IC750"),
        (TREE % ", shape: gaussian", "IC110"),
    ],
)
def test_what_does_not_fit_is_found(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        indexcalc.load(text)


def test_the_command_tells_what_python_does(tmp_path: Path) -> None:
    tree = tmp_path / "indicators.yaml"
    tree.write_text(
        (TREE % "").replace("units: {id: unit}", "units: {table: values.csv}\ndata: {all: {path: values.csv}}"), encoding="utf-8"
    )
    FRAME.rename(columns={"unit": "id"}).to_csv(tmp_path / "values.csv", index=False)
    words = ["fuzzy", "--index", str(tree), "--operator", "min-max"]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0, told.output
    frame = indexcalc.fuzzy(indexcalc.score(tree), operator="min-max").frame().set_index(["unit", "node"])
    for unit in json.loads(told.stdout)["units"]:
        for node, own in unit["nodes"].items():
            assert own["score"] == pytest.approx(frame["score"][unit["unit"], node])
    shown = CliRunner().invoke(app, [*words, "--lang", "zh", "--node", "p"]).stdout
    assert "隶属度" in shown
