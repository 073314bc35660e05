"""Weights, full marks and normalisers that differ by groups of units: as if each group had a tree of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import indexcalc
from indexcalc.analysis.change import change
from indexcalc.analysis.contribution import contributions
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty
from indexcalc.tree.load import parse_index
from indexcalc.tree.schema import schema_text

from .conftest import in_the_way_of, index_of, panel_of
from .projects import answer, laid_out, run
from .test_change import adds_up

GROUPS = ("county", "district", "harbour")
HEAD = "index: {id: x}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"


def by_group(of: dict[str, Any], other: Any = None) -> dict[str, Any]:
    return {"by": "group", **of, **({} if other is None else {"else": other})}


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """A tree with settings by group, and the tree of each group alone; none in which other groups' scores make a unit's own."""
    weights = {group: draw(st.sampled_from([0.2, 0.5, 0.75])) for group in GROUPS}
    full = {group: draw(st.sampled_from([20, 100, 150])) for group in GROUPS}
    ends = {group: draw(st.sampled_from([8, 10, 25])) for group in GROUPS}
    method, over = draw(st.sampled_from(["min-max", "goalposts", "efficacy"])), draw(st.sampled_from(["period", "all", "group"]))
    policy = draw(st.sampled_from(["reweight", "floor"]))
    node = {
        "turned": policy == "reweight" and draw(st.booleans()),
        "aggregate": draw(st.sampled_from(["arithmetic", "sum", "median"])),
    }

    def tree(of: Any) -> dict[str, Any]:
        best = {} if method == "min-max" else {"best" if method == "goalposts" else "satisfactory": of(ends)}
        best |= {"worst": 0} if method == "goalposts" else {}
        a = {"id": "a", "weight": of(weights), "full": of(full)}
        b = {"id": "b", "weight": of({group: 1 - weight for group, weight in weights.items()})}
        c = {"id": "c", "normalise": {"method": "goalposts", "worst": 0, "best": of(ends)}}
        pair = {"id": "p", "weight": 0.5, "aggregate": node["aggregate"], "indicators": [a, b]}
        pair |= {"direction": "lower"} if node["turned"] else {}
        high = {} if method == "efficacy" else {"low": 0, "high": of(full)}
        return {
            **yaml.safe_load(HEAD),
            "defaults": {"normalise": {"method": method, "over": over, **best, **high}, "missing": {"policy": policy}},
            "dimensions": [
                pair | {"indicators": [a | {"normalise": {"method": method, "over": over, **best}}, b]},
                c | {"weight": 0.5},
            ],
        }

    return tree(by_group), {group: tree(lambda values, group=group: values[group]) for group in GROUPS}


@settings(max_examples=15)
@given(trees(), st.data())
def test_each_group_is_scored_as_by_a_tree_of_its_own(both: tuple[Any, Any], data: st.DataObject) -> None:
    whole, alone = both
    count = data.draw(st.integers(2, 8))
    cell = st.one_of(st.none(), st.integers(0, 12).map(float), st.integers(0, 12).map(float))
    rows = st.lists(st.lists(cell, min_size=3, max_size=3), min_size=count, max_size=count)
    values = np.array([data.draw(rows), data.draw(rows)], dtype=float)
    groups = tuple(data.draw(st.sampled_from(GROUPS)) for _ in range(count))
    index = index_of(yaml.safe_dump(whole, sort_keys=False))
    panel = panel_of(index, values, groups=groups)
    scores = score(index, panel)
    for group in set(groups):
        own = score(index_of(yaml.safe_dump(alone[group], sort_keys=False)), panel)
        members = [at for at, label in enumerate(groups) if label == group]
        np.testing.assert_allclose(scores.scores[:, members], own.scores[:, members], rtol=1e-12)
        np.testing.assert_array_equal(scores.coverage[:, members], own.coverage[:, members])
        np.testing.assert_allclose(contributions(scores)[:, members], contributions(own)[:, members], atol=1e-9)
    part = score_in_blocks(index, panel, empty, cells=30)
    np.testing.assert_array_equal(part.scores, scores.scores)
    adds_up(change(scores, scores, *scores.periods[:2], by_indicator=True))
    assert in_the_way_of(index)


TREE = """
index: {id: x, name: 指数, weights: given}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions:
  - {id: a, name: 甲, weight: {by: group, county: 0.3, else: 0.2}, full: {by: group, county: 150, else: 100}}
  - {id: b, name: 乙, weight: {by: group, county: 0.7, else: 0.8}}
"""
FILES = {
    "u.csv": "id,name,group\n1,东县,county\n2,西区,district\n3,南县,county\n",
    "v.csv": "id,year,a,b\n1,2021,40,90\n2,2021,50,90\n3,2021,10,20\n1,2022,50,100\n2,2022,50,100\n3,2022,20,30\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return laid_out(tmp_path, {"indicators.yaml": TREE, **FILES})


def test_explain_says_what_holds_for_the_group(folder: Path) -> None:
    shown = run(folder, "explain", "东县")
    assert "weight：0.3（group：county）" in shown
    assert "full：150.0（group：county）" in shown
    entry = answer(folder, "explain", "西区")["tree"]["children"][0]
    assert entry["of_group"] == [
        {"key": "weight", "value": 0.2, "by": "group", "group": "district"},
        {"key": "full", "value": 100.0, "by": "group", "group": "district"},
    ]
    assert (entry["score"], entry["weight"], entry["contribution"]) == (50, 0.2, 10)


def test_every_question_takes_what_differs_by_group(folder: Path) -> None:
    scores = indexcalc.score(folder / "indicators.yaml")
    np.testing.assert_allclose(scores.score()[-1], [0.3 * 75 + 0.7 * 100, 0.2 * 50 + 0.8 * 100, 0.3 * 30 + 0.7 * 30])
    moved = indexcalc.change(scores, "东县", from_="2021", to="2022")
    assert {factor: round(float(part[0]), 9) for factor, part in moved.parts.items()} == {"own": 11.5, "peers": 0.0}
    sure = indexcalc.uncertainty(scores, noise=0.001, draws=32, seed=1).frame()
    assert sure.sort_values("rank")["median_rank"].tolist() == [1, 2, 3]
    plan = indexcalc.target(scores, "南县", score=60)
    assert plan.frame() is not None


def test_weights_that_differ_from_period_to_period_differ_by_group_too(folder: Path) -> None:
    text = TREE.replace(
        "weight: {by: group, county: 0.3, else: 0.2}", "weight: {2021: 0.5, 2022: {by: group, county: 0.3, else: 0.2}}"
    )
    text = text.replace(
        "weight: {by: group, county: 0.7, else: 0.8}", "weight: {2021: 0.5, 2022: {by: group, county: 0.7, else: 0.8}}"
    )
    laid_out(folder, {"indicators.yaml": text})
    scores = indexcalc.score(folder / "indicators.yaml")
    np.testing.assert_allclose(scores.score()[:, 0], [0.5 * 60 + 0.5 * 90, 0.3 * 75 + 0.7 * 100])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("county: 0.7", "county: 0.6", "IC143"),
        ("{by: group, county: 0.7, else: 0.8}", "{by: name, county: 0.7, else: 0.8}", "IC144"),
        ("weights: given", "weights: entropy", "IC145"),
        ("full: {by: group, county: 150, else: 100}", "normalise: points, full: 20", "IC146"),
        ("full: {by: group, county: 150, else: 100}", "full: -1", "IC122"),
        ("worst: 0, best: 100", "worst: 0, best: {by: group}", "IC147"),
        ("worst: 0, best: 100", "worst: 0, best: {by: group, county: -3, else: 2}", "IC406"),
        ("county: 0.3, else: 0.2", "county: [1], else: 0.2", "IC113"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, code: str) -> None:
    assert old in TREE
    _, found = parse_index(TREE.replace(old, new).encode(), "indicators.yaml")
    assert code in [one.code for one in found]


def test_every_group_of_the_units_table_has_a_value(folder: Path) -> None:
    laid_out(folder, {"indicators.yaml": TREE.replace("county: 150, else: 100", "county: 150, distrikt: 100")})
    shown = run(folder, "check", expect=1)
    assert "IC148" in shown
    assert "IC149" in shown


def test_the_schema_takes_what_differs_by_group() -> None:
    schema = json.loads(schema_text())
    jsonschema.validate(yaml.safe_load(TREE), schema)
    more = TREE.replace("best: 100", "best: {by: group, county: 90, else: 100}")
    jsonschema.validate(yaml.safe_load(more), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(TREE.replace("by: group, county: 0.3", "county: 0.3")), schema)


def test_a_framework_sheet_holds_what_differs_by_group(folder: Path, tmp_path: Path) -> None:
    run(folder, "tree", "export", str(tmp_path / "frame.csv"))
    CliRunner().invoke(app, ["tree", "import", str(tmp_path / "frame.csv"), "--out", str(tmp_path / "again")])
    again = yaml.safe_load((tmp_path / "again/indicators.yaml").read_text(encoding="utf-8"))
    assert again["dimensions"] == yaml.safe_load(TREE)["dimensions"]
    assert "{by: group, county: 0.3, else: 0.2}" in run(folder, "weights", "show")


UNIT_VALUES = np.array([[10.0, 30.0, 5.0, np.nan], [30.0, 60.0, 12.0, 20.0]])
CEILING = "{method: distance-to-target, value: {unit: u1}, clip: false"


@pytest.mark.parametrize(
    ("normalise", "expected"),
    [
        (CEILING + "}", lambda x: 100 * (x - np.nanmin(x, axis=1, keepdims=True)) / (x[:, [1]] - np.nanmin(x, axis=1, keepdims=True))),
        (CEILING + ", over: base, base: 2000}", lambda x: 100 * (x - 5) / (30 - 5)),
        (CEILING + ", over: all}", lambda x: 100 * (x - 5) / (45 - 5)),
        ("{method: reference, value: {unit: u0}}", lambda x: 100 * x / x[:, [0]]),
        ("{method: reference, value: {unit: u0}, form: difference}", lambda x: 100 * (x - x[:, [0]]) / x[:, [0]]),
        ("{method: goalposts, worst: 0, best: {unit: u0}}", lambda x: np.clip(100 * x / x[:, [0]], 0, 100)),
        (
            "{method: goalposts, worst: 1, best: {unit: u0}, log: true, clip: false}",
            lambda x: 100 * np.log(x) / np.log(x[:, [0]]),
        ),
        ("{method: efficacy, unacceptable: 0, satisfactory: {unit: u0}}", lambda x: 60 + 40 * x / x[:, [0]]),
        ("{method: reference, value: {unit: u3}}", lambda x: 100 * x / x[:, [3]]),  # who has no value leaves all without a score
        (
            "{method: distance-to-target, worst: 0, value: {by: id, u0: 10, u2: 24, else: {unit: u1}}}",
            lambda x: np.clip(100 * x / np.stack([0 * x[:, 0] + 10, x[:, 1], 0 * x[:, 0] + 24, x[:, 1]], axis=1), None, 100),
        ),
    ],
)  # fmt: skip
def test_a_unit_s_value_stands_for_a_number(normalise: str, expected: Any) -> None:
    index = index_of(f"{HEAD}defaults: {{normalise: {normalise}}}\ndimensions: [{{id: a, weight: 1}}]\n")
    panel = panel_of(index, UNIT_VALUES[..., None])
    panel = replace(panel, units=replace(panel.units, attributes={"id": panel.units.ids}))
    scores = score(index, panel)
    np.testing.assert_allclose(scores.scores[..., 0], expected(UNIT_VALUES), rtol=1e-12)
    np.testing.assert_array_equal(score_in_blocks(index, panel, empty, cells=3).scores, scores.scores)
    assert in_the_way_of(index)


def test_a_unit_is_called_by_its_name_and_split_changes_take_it(folder: Path) -> None:
    own = "{method: distance-to-target, worst: 0, value: {by: name, 东县: {unit: 西区}, else: 60}}"
    laid_out(
        folder,
        {
            "indicators.yaml": TREE.replace("{method: goalposts, worst: 0, best: 100}", own).replace(
                ", full: {by: group, county: 150, else: 100}", ""
            )
        },
    )
    scores = indexcalc.score(folder / "indicators.yaml")
    np.testing.assert_allclose(scores.scores[1, :, :2], [[100, 100], [50 / 0.6, 100], [20 / 0.6, 50]])
    adds_up(change(scores, scores, "2021", "2022", by_indicator=True))
