"""Scores that come from the units below, against a few lines of pandas that know nothing of the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from indexcalc import read
from indexcalc.analysis.change import change
from indexcalc.analysis.contribution import contributions, effective, of_parts
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.methods.derive import gathered, parted
from indexcalc.scores import Scores

from .conftest import index_of

pytestmark = pytest.mark.slow

HEAD = """
index: {id: i}
units: {table: u.csv, level: level}
periods: {kind: year}
data: {v: {path: v.csv}}
"""
TREE = """
denominators: [{id: people}]
defaults: {normalise: {method: min-max, low: 60, high: 100}}
dimensions:
  - id: safety
    weight: 0.5
    score_over_units: people
    indicators:
      - {id: crime, weight: 0.7, per: people, direction: lower}
      - {id: fire, weight: 0.3, per: people, direction: lower}
  - id: service
    weight: 0.5
    indicators:
      - {id: speed, weight: 0.4, over_units: mean, score_over_units: min}
      - {id: done, weight: 0.6}
"""
LEVELS = ("district", "street", "grid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three districts of two or three streets of two grids, two years."""
    random = np.random.default_rng(5)
    units, values = [], []
    for d in range(3):
        units.append((f"D{d}", "district", ""))
        for s in range(2 + d % 2):
            units.append((f"D{d}S{s}", "street", f"D{d}"))
            for g in range(2):
                units.append((f"D{d}S{s}G{g}", "grid", f"D{d}S{s}"))
                for year in (2023, 2024):
                    numbers = [random.integers(5, 90), *random.integers(1, 60, 2), random.random() * 9, random.integers(1, 30)]
                    values.append((f"D{d}S{s}G{g}", year, *numbers))
    pd.DataFrame(units, columns=["id", "level", "parent"]).to_csv(tmp_path / "u.csv", index=False)
    names = ["unit", "period", "people", "crime", "fire", "speed", "done"]
    pd.DataFrame(values, columns=names).to_csv(tmp_path / "v.csv", index=False)
    return tmp_path


def scored(folder: Path, tree: str = TREE, level: str | None = None) -> Scores:
    index = index_of(HEAD + tree)
    return score(index, read(index, folder), level=level)


def frame(scores: Scores, node: str) -> Any:
    whole = pd.DataFrame(scores.score(node), index=scores.periods, columns=scores.panel.units.ids)
    return whole.stack()  # noqa: PD013 - in the order of periods


def scaled(x: Any, *, lower: bool = False) -> Any:
    """Min-max from 60 to 100 within each period."""
    by = x.groupby("period")
    low, high = by.transform("min"), by.transform("max")
    return 60 + 40 * ((high - x) if lower else (x - low)) / (high - low)


def test_scores_come_up_level_by_level_as_in_pandas(folder: Path) -> None:
    grids = pd.read_csv(folder / "v.csv").set_index(["period", "unit"])
    safety = 0.7 * scaled(grids.crime / grids.people, lower=True) + 0.3 * scaled(grids.fire / grids.people, lower=True)
    scores = pd.DataFrame({"safety": safety, "speed": scaled(grids.speed), "people": grids.people, "done": grids.done})
    for cut in (4, 2):  # the street is the first four letters of a grid's id, the district the first two of a street's
        above = [scores.index.get_level_values("period"), scores.index.get_level_values("unit").str[:cut]]
        mean = (scores.safety * scores.people).groupby(above).sum() / scores.people.groupby(above).sum()
        sums = scores[["people", "done"]].groupby(above).sum()
        scores = sums.assign(safety=mean, speed=scores.speed.groupby(above).min())
        scores.index.names = ["period", "unit"]
        service = 0.4 * scores.speed + 0.6 * scaled(scores.done)
        found = scored(folder, level={4: "street", 2: "district"}[cut])
        for node, wanted in (("safety", scores.safety), ("service", service), ("i", 0.5 * scores.safety + 0.5 * service)):
            np.testing.assert_allclose(frame(found, node), wanted.sort_index(), rtol=1e-12)
    assert [found.index.by_id[node].id for node in ("safety.units", "speed")] == ["safety.units", "speed"]
    assert "crime" not in found.index.by_id
    assert "crime" in found.declared.by_id


def test_the_lowest_level_is_scored_as_ever(folder: Path) -> None:
    plain = TREE.replace("    score_over_units: people\n", "").replace(", score_over_units: min", "")
    one, other = (scored(folder, tree, level="grid") for tree in (TREE, plain))
    np.testing.assert_array_equal(one.scores, other.scores)
    assert one.below is None


def test_scores_may_come_from_a_level_in_the_middle(folder: Path) -> None:
    tree = TREE.replace("score_over_units: people", "score_over_units: {how: mean, from: street}")
    streets = scored(folder, tree.replace("score_over_units: min", "score_over_units: {how: min, from: street}"), level="street")
    assert streets.below is None
    whole = frame(streets, "safety").rename_axis(["period", "unit"]).reset_index(name="x")
    wanted = whole.groupby(["period", whole.unit.str[:2]]).x.mean()
    np.testing.assert_allclose(frame(scored(folder, tree), "safety"), wanted, rtol=1e-12)


@pytest.mark.parametrize("how", ["mean", "sum", "min", "max", "people"])
def test_what_units_below_add_is_the_score(folder: Path, how: str) -> None:
    found = scored(folder, TREE.replace("score_over_units: people", f"score_over_units: {how}"))
    own, all_points = contributions(found), effective(found)
    for branch in found.tree.branches:
        np.testing.assert_allclose(own[..., list(branch.children)].sum(axis=-1), found.scores[..., branch.position], rtol=1e-12)
    np.testing.assert_allclose(all_points[..., : found.tree.leaves].sum(axis=-1), found.score(), rtol=1e-12)
    assert found.below is not None
    for leaf in found.below.leaves:
        for period in range(2):
            added, share = of_parts(found, leaf, period)
            total = np.bincount(found.below.units, weights=added)
            np.testing.assert_allclose(total, found.score(leaf)[period], rtol=1e-12)
            if found.below.leaves[leaf].how in ("mean", "people"):
                np.testing.assert_allclose(np.bincount(found.below.units, weights=share), 1.0, rtol=1e-12)


def test_gaps_below_are_passed_over_as_far_as_coverage_allows(folder: Path) -> None:
    table = pd.read_csv(folder / "v.csv").astype(object)
    gone = table.unit.isin(["D0S0G0", "D1S0G0", "D1S1G0", "D1S0G1"])
    table.loc[gone, ["crime", "fire"]] = ""
    table.loc[table.unit.str.startswith("D2"), ["crime", "fire"]] = "n/a"
    table.to_csv(folder / "v.csv", index=False)
    tree = TREE.replace("people\n    ind", "mean\n    missing: {coverage: 0.5}\n    ind")
    found = scored(folder, tree)
    streets = scored(folder, tree, level="street")
    # of D0S0 half is there, of D0S1 all; of D1S0 nothing, of D1S1 and D1S2 (made of two grids each) a half and all
    np.testing.assert_allclose(found.covered(found.node("safety"))[0], [0.75, 0.5, np.nan])
    np.testing.assert_allclose(found.covered(found.node("safety.units"))[0], [0.75, 0.5, np.nan])
    own = dict(zip(streets.panel.units.ids, streets.score("safety")[0], strict=True))
    wanted = [np.mean([own["D0S0"], own["D0S1"]]), np.mean([own["D1S1"], own["D1S2"]]), np.nan]
    np.testing.assert_allclose(found.score("safety")[0], wanted, rtol=1e-12)
    assert found.status[0, 2, found.node("safety.units")] == 2  # does not apply, and does not count against coverage
    np.testing.assert_allclose(found.score()[0, 2], found.score("service")[0, 2])
    for other in ("coverage: 0.6", "policy: fail"):  # half a street is not enough, so that half of a district is not either
        strict = tree.replace("coverage: 0.5", other)
        assert np.isnan(scored(folder, strict).score("safety")[0]).all()
        left = scored(folder, strict, level="street")
        there = ~np.isnan(left.score("safety")[0])
        assert [unit for unit, known in zip(left.panel.units.ids, there, strict=True) if known] == ["D0S1", "D1S2"]


def test_a_part_whose_weight_is_not_known_counts_among_the_children(folder: Path) -> None:
    table = pd.read_csv(folder / "v.csv").astype(object)
    table.loc[table.unit == "D1S2G0", "people"] = ""  # of the three streets of D1 one has no number of people
    table.to_csv(folder / "v.csv", index=False)
    streets = scored(folder, level="street")
    own = dict(zip(streets.panel.units.ids, streets.score("safety")[0], strict=True))
    people = {
        street: table[table.period.eq(2023) & table.unit.str.startswith(street)].people.sum() for street in ("D1S0", "D1S1")
    }
    wanted = sum(own[street] * weight for street, weight in people.items()) / sum(people.values())
    assert scored(folder).score("safety")[0, 1] == pytest.approx(wanted, rel=1e-12)
    for rule in ("children: 0.7", "policy: fail"):
        strict = TREE.replace("people\n    ind", f"people\n    missing: {{{rule}}}\n    ind")
        assert np.isnan(scored(folder, strict).score("safety")[0]).tolist() == [False, True, False]


def test_a_unit_without_units_below_has_no_score_from_them(folder: Path) -> None:
    with (folder / "u.csv").open("a") as file:
        file.write("D9,district,\n")
    with (folder / "v.csv").open("a") as file:
        file.write("D9,2023,50,10,10,3,20\nD9,2024,50,10,10,3,20\n")
    found = scored(folder)
    assert np.isnan(found.score("safety")[:, 3]).all()
    np.testing.assert_array_equal(found.covered(found.node("safety"))[:, 3], 0.0)
    np.testing.assert_array_equal(found.status[:, 3, found.node("safety.units")], 1)
    assert not np.isnan(found.score("done")[:, 3]).any()  # made of values, its own


def test_the_index_itself_may_come_from_below(folder: Path) -> None:
    tree = "adjustments: [{id: done, source: v, each: -0.1}]\ngrades: [{name: A, from: 80}, {name: B}]\n" + TREE.replace(
        "      - {id: done, weight: 0.6}\n", "      - {id: fires, column: fire, weight: 0.6}\n"
    )
    whole = index_of(HEAD.replace("{id: i}", "{id: i, score_over_units: mean, round: 1}") + tree)
    panel = read(whole, folder)
    found, streets = score(whole, panel), score(whole, panel, level="street")
    means = pd.DataFrame(streets.score(), columns=[unit[:2] for unit in streets.panel.units.ids]).T.groupby(level=0).mean().T
    np.testing.assert_allclose(found.score(), means.round(1), atol=0.0501)
    assert [node.id for node in found.tree.nodes] == ["i.units", "i"]
    assert found.points.shape[-1] == 0  # deductions were made below, and are not made once more
    assert [one.values["names"] for one in found.findings if one.code == "IC846"] == [
        ["done"]
    ] * 2  # from grids, and from streets
    assert {one.code for one in found.findings} >= {"IC845", "IC846"}
    assert found.grades[found.tree.root].shape == (2, 3)


def test_a_score_from_below_is_neither_treated_nor_estimated(folder: Path) -> None:
    more = "{treat: {method: clip, low: 0.4, high: 0.6}, impute: {method: value, value: 1}, "
    table = pd.read_csv(folder / "v.csv").astype(object)
    table.loc[table.unit.str.startswith("D1"), ["speed"]] = ""
    table.to_csv(folder / "v.csv", index=False)
    tree = TREE.replace("score_over_units: min", "impute: {method: last}, score_over_units: min").replace(
        "{normalise", more + "normalise"
    )
    found = scored(folder, tree.replace("last", "mean").replace("score_over_units: people", "score_over_units: max"))
    at = found.node("safety.units")
    np.testing.assert_array_equal(found.treated[..., at], found.panel.values[..., found.panel.column["safety.units"]])
    np.testing.assert_array_equal(found.scores[..., at], found.treated[..., at])
    assert not np.isnan(found.scores[..., at]).any()


def test_a_year_is_made_of_the_scores_of_the_year(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,level,parent\nA,area,\nB,area,\na,spot,A\nb,spot,A\nc,spot,B\n")
    rows = [f"{unit},2024Q{q},{q * number}" for unit, number in (("a", 1), ("b", 4), ("c", 2)) for q in (1, 2, 3, 4)]
    (tmp_path / "v.csv").write_text("\n".join(["unit,period,x", *rows]) + "\n")
    tree = HEAD.replace("kind: year", "kind: quarter, roll_up: year") + "dimensions: [{id: x, score_over_units: mean, weight: 1}]"
    index = index_of(tree)
    found = score(index, read(index, tmp_path))
    assert found.periods[-1] == "2024"
    np.testing.assert_allclose(found.score("x"), [[50.0, 100 / 3]] * 5)


def test_a_change_adds_up_and_belongs_to_the_units_own(folder: Path) -> None:
    found = scored(folder)
    moved = change(found, found, "2023", "2024")
    total = sum(moved.parts.values())
    np.testing.assert_allclose(total, moved.scores[1] - moved.scores[0], atol=1e-9)


def test_parts_of_an_extreme_share_it_and_gaps_add_nothing() -> None:
    x, groups = np.array([[3.0, 5.0, 5.0, np.nan, 2.0]]), np.array([0, 0, 0, 1, 1])
    np.testing.assert_allclose(parted(x, groups, 2, "max"), [[0, 2.5, 2.5, 0, 2]])
    np.testing.assert_allclose(parted(x, groups, 2, "sum"), [[3, 5, 5, np.nan, np.nan]])
    weight = np.array([[1.0, 2.0, np.nan, 4.0, 0.5]])
    np.testing.assert_allclose(parted(x, groups, 2, "mean", weight), [[1.0, 10 / 3, 0, 0, 2]])
    np.testing.assert_allclose(gathered(x, groups, 2, "mean", weight), [[13 / 3, 2]])


COMMANDS = [
    ["score", "--period", "2024"],
    ["rank", "--node", "safety"],
    ["rank", "--node", "safety", "--level", "street"],
    ["explain", "D1", "--vs", "D0"],
    ["compare", "2023", "2024"],
    ["compare", "min-max", "percentile"],
    ["uncertainty", "--draws", "40"],
    ["sensitivity", "--rows", "16"],
    ["robustness"],
    ["target", "D1", "--rank", "1"],
    ["audit"],
    ["warn", "--period", "2024"],
    ["trend"],
    ["weights", "show"],
]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "--lang", "en"])


def test_every_command_takes_scores_from_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    more = """
uncertainty: {weights: dirichlet, treat: [none, winsorise], normalise: [min-max, percentile], noise: 0.05}
warnings:
  rules:
    - {id: low, node: [safety, crime], method: thresholds, yellow: 80, by: score}
    - {id: gone, node: crime, yellow: 1}
    - {id: every, node: i, watch: indicators, by: score, yellow: 70}
"""
    (folder / "indicators.yaml").write_text(HEAD + TREE + more)
    for arguments in COMMANDS:
        done = run(*arguments)
        assert done.exit_code == 0, (arguments, done.stderr, done.exception)
    assert run("verify", "reports/2024").exit_code == 0
    tree = json.loads(run("explain", "D1", "--node", "safety", "--json").stdout)["tree"]
    leaf = tree["children"][0]
    assert [part["unit"] for part in leaf["parts"]] == ["D1S0", "D1S1", "D1S2"]
    assert [part["unit"] for part in leaf["parts"][0]["parts"]] == ["D1S0G0", "D1S0G1"]
    assert sum(part["contribution"] for part in leaf["parts"]) == pytest.approx(tree["score"])


def test_the_example_of_the_page_has_the_score_that_it_says(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,level,parent\nD,district,\nA,street,D\nB,street,D\n")
    (tmp_path / "v.csv").write_text("unit,period,people,x,y\nA,2024,100,100,80\nB,2024,300,50,90\n")
    tree = """
denominators: [{id: people}]
defaults: {normalise: points}
dimensions:
  - {id: s, weight: 1, score_over_units: people, indicators: [{id: x, weight: 0.5}, {id: y, weight: 0.5}]}
"""
    assert scored(tmp_path, tree).score("s")[0, 0] == 75.0
