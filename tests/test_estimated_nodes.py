"""A node's score that is missing, estimated from other units' scores of it: right, told, and shared out in full."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indexcalc
from indexcalc.analysis.change import change
from indexcalc.analysis.contribution import adjusted, contributions, effective
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import IMPUTED, empty
from indexcalc.tree import Index, load
from indexcalc.tree.model import Dimension, Impute

from . import trees
from .conftest import count, index_of, panel_of
from .projects import answer, laid_out, run, said
from .test_change import adds_up
from .trees import MIXED, SEEDS

TREE = """
index: {id: x, name: 指数}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {normalise: points, weights: equal, missing: {coverage: COVERAGE}}
dimensions:
  - {id: p, name: 安全, impute: IMPUTE, indicators: [a, b, c]}
  - {id: q, name: 服务, indicators: [d, e]}
"""


def tree(impute: str, coverage: float = 0.6) -> str:
    return TREE.replace("IMPUTE", impute).replace("COVERAGE", str(coverage))


@given(st.data())
def test_a_node_is_estimated_from_the_scores_of_the_others(data: st.DataObject) -> None:
    """Plain code says the same; what applies to nobody is not estimated; blocks give the same; parts add up."""
    units = data.draw(st.integers(1, 7))
    cells = st.one_of(st.none(), st.integers(0, 20).map(float))
    values = np.array(data.draw(st.lists(st.lists(cells, min_size=5, max_size=5), min_size=units, max_size=units)), dtype=float)
    groups = tuple(data.draw(st.sampled_from("gh")) for _ in range(units))
    how, over = data.draw(st.sampled_from(["mean", "median"])), data.draw(st.sampled_from(["period", "group"]))
    index = index_of(tree(f"{{method: {how}, over: {over}}}"))
    panel = panel_of(index, values[None], groups=groups)
    scores = score(index, panel)
    mean = {"mean": np.mean, "median": np.median}[how]
    own = [row[~np.isnan(row)].mean() if np.count_nonzero(~np.isnan(row)) >= 2 else np.nan for row in values[:, :3]]
    for unit in range(units):
        alike = [own[at] for at in range(units) if not np.isnan(own[at]) and (over == "period" or groups[at] == groups[unit])]
        want = own[unit] if not np.isnan(own[unit]) else mean(alike) if alike else np.nan
        np.testing.assert_allclose(scores.score("p")[0, unit], want)
        guessed = bool(np.isnan(own[unit]) and alike)
        assert scores.estimated[scores.node("p")][0, unit] == guessed
        assert (scores.node_status(scores.node("p"))[0, unit] == IMPUTED) == guessed
        if guessed:
            assert scores.covered(scores.node("p"))[0, unit] == 1.0
    part = score_in_blocks(index, panel, empty, cells=20)
    np.testing.assert_array_equal(part.scores, scores.scores)
    np.testing.assert_array_equal(part.coverage, scores.coverage)
    added = contributions(scores)
    for branch in scores.tree.branches:
        total = added[..., list(branch.children)].sum(axis=-1) + adjusted(scores, branch.position)
        np.testing.assert_allclose(total, scores.scores[..., branch.position], atol=1e-9)
    leaves = effective(scores)[..., : scores.tree.leaves]
    known = ~np.isnan(scores.score())
    np.testing.assert_allclose(np.nansum(leaves, axis=-1)[known], scores.score()[known], atol=1e-9)


def with_estimates(index: Index, seed: int) -> Index:
    """Let some nodes of a random tree estimate what is missing."""
    choices = random.Random(seed)

    def changed(node: Any) -> Any:
        if not isinstance(node, Dimension):
            return node
        below = tuple(map(changed, node.indicators))
        way = choices.choice(
            [None, Impute(method="mean"), Impute(method="median", over="group"), Impute(method="value", value=4)]
        )
        return node.model_copy(update={"indicators": below, "impute": way})

    return index.changed(dimensions=tuple(map(changed, index.dimensions)))


@settings(max_examples=count(4, 250))
@given(seed=SEEDS)
def test_contributions_and_changes_add_up_over_estimates(seed: int) -> None:
    index = with_estimates(trees.index(seed, MIXED), seed)
    scores = score(index, trees.panel(index, seed, units=6, periods=3))
    added = contributions(scores)
    for branch in scores.tree.branches:
        y = scores.scores[..., branch.position]
        total = added[..., list(branch.children)].sum(axis=-1) + adjusted(scores, branch.position)
        assert (np.abs(total - y) <= 1e-9 * (1 + np.abs(y)))[~np.isnan(y)].all()
    moved = change(scores, scores, *scores.periods[:2], by_indicator=True)
    adds_up(moved)


UNITS = "id,name,group\n1,东区,g\n2,西区,g\n3,南区,h\n4,北区,h\n"
VALUES = "id,year,a,b,c,d,e\n1,2022,10,20,30,50,50\n2,2022,,,9,40,40\n3,2022,70,80,90,30,30\n4,2022,60,60,60,22,22\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"indicators.yaml": tree("{method: mean, over: group}"), "u.csv": UNITS, "v.csv": VALUES}
    return laid_out(tmp_path, files)


def test_what_was_estimated_is_told_everywhere(folder: Path) -> None:
    assert "（插补：mean，依据 1）" in run(folder, "explain", "西区")
    entry = answer(folder, "explain", "西区")["tree"]["children"][0]
    assert entry["imputed"] == {"method": "mean", "from": ["1"]}
    assert (entry["score"], entry["coverage"]) == (20, 1)
    assert "IC425" in said(folder, "score", "--format", "none")
    rows = indexcalc.score(folder / "indicators.yaml").frame(["p"])
    assert rows["status"].tolist() == ["value", "imputed", "value", "value"]


def test_an_estimate_takes_the_unit_s_own_deductions_and_is_rounded(folder: Path) -> None:
    text = tree("mean").replace("impute:", "round: 0, impute:") + "adjustments: [{id: fire, node: p, each: -5}]\n"
    values = VALUES.replace(",e\n", ",e,fire\n").replace("0,50\n", "0,50,\n").replace("40,40\n", "40,40,2\n")
    values = values.replace("30,30\n", "30,30,\n").replace("22,22\n", "22,22,\n")
    laid_out(folder, {"indicators.yaml": text, "v.csv": values})
    scores = indexcalc.score(folder / "indicators.yaml")
    np.testing.assert_array_equal(scores.score("p")[0], [20, 43, 80, 60])  # (20 + 80 + 60) / 3 - 10 = 43.3


def test_years_compare_and_weights_are_drawn_with_estimates_made_anew(folder: Path) -> None:
    """An estimate rises with those that it is made of: that is what the others' data did, and none of the unit's own."""
    more = VALUES.partition("\n")[2].replace("2022", "2023").replace("10,20,30", "40,20,30")
    laid_out(folder, {"v.csv": VALUES.replace("40,40", "40,45") + more.replace("40,40", "40,45")})
    scores = indexcalc.score(folder / "indicators.yaml")
    moved = indexcalc.change(scores, "西区", from_="2022", to="2023")
    np.testing.assert_allclose(moved.scores[:, 0], [(20 + 42.5) / 2, (30 + 42.5) / 2])
    assert {factor: round(float(part[0]), 9) for factor, part in moved.parts.items()} == {"own": 0.0, "peers": 5.0}
    drawn = indexcalc.uncertainty(scores, weights="perturb:0.000001", draws=64, seed=1)
    assert drawn.frame()["median_rank"].tolist() == drawn.frame()["rank"].tolist()


def test_a_node_is_estimated_from_other_units_alone() -> None:
    for method in ("last", "linear", "nearest", "regression", "em"):
        with pytest.raises(Refused, match="IC142"):
            load(tree(method))
    assert load(tree("{method: value, value: 0}"))


SIBLINGS = """
index: {id: x, name: 指数}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {weights: equal, normalise: NORMALISE}
dimensions:
  - id: p
    indicators: [{id: a, impute: {method: siblings, take: TAKE, over: OVER}}, {id: b, direction: lower, normalise: TURNED}, {id: c}]
  - {id: q, impute: {method: siblings, take: TAKE, over: OVER}}
"""
FIXED = {
    "min-max": ("min-max", "min-max"),
    "clipped": ("{method: goalposts, worst: 2, best: 10}", "{method: goalposts, worst: 10, best: 2}"),
}


@settings(max_examples=15)
@given(st.data())
def test_a_value_is_estimated_from_the_scores_of_its_siblings(data: st.DataObject) -> None:
    """The score of an estimate is the mean or median of the siblings' scores, told with its donors; blocks give the same."""
    units, take = data.draw(st.integers(2, 7)), data.draw(st.sampled_from(["mean", "median"]))
    ends, over = data.draw(st.sampled_from(sorted(FIXED))), data.draw(st.sampled_from(["period", "group"]))
    cells = st.one_of(st.none(), st.integers(0, 12).map(float))
    values = np.array(data.draw(st.lists(st.lists(cells, min_size=4, max_size=4), min_size=units, max_size=units)), dtype=float)
    groups = tuple(data.draw(st.sampled_from("gh")) for _ in range(units))
    plain, turned = FIXED[ends]
    text = SIBLINGS.replace("NORMALISE", plain).replace("TURNED", turned).replace("TAKE", take).replace("OVER", over)
    index = index_of(text.replace("min-max", f"{{method: min-max, over: {over}}}"))
    panel = panel_of(index, values[None], groups=groups)
    scores = score(index, panel)
    for unit in range(units):
        own = scores.scores[0, unit, :3]
        known = [
            float(own[at])
            for at in (1, 2)
            if not np.isnan(own[at]) and (ends == "clipped" or len(set(_seen(values[:, at], groups, unit, over))) > 1)
        ]
        column = _seen(values[:, 0], groups, unit, over)
        if np.isnan(values[unit, 0]) and known and len(set(column)) > 1:
            assert own[0] == pytest.approx(getattr(np, take)(known))
            assert scores.status[0, unit, 0] == IMPUTED
        elif np.isnan(values[unit, 0]) and not known:
            assert np.isnan(own[0])
    assert not (scores.status[..., 3] == IMPUTED).any(), "an only child has no siblings"
    np.testing.assert_array_equal(score_in_blocks(index, panel, empty, cells=units).scores, scores.scores)
    adds_up(change(scores, scores, "2000", "2000", by_indicator=True))


def _seen(column: Any, groups: tuple[str, ...], unit: int, over: str) -> list[float]:
    alike = [at for at in range(len(groups)) if over == "period" or groups[at] == groups[unit]]
    return [float(column[at]) for at in alike if not np.isnan(column[at])]


def test_an_estimate_from_siblings_is_told_with_its_donors(tmp_path: Path) -> None:
    """By hand: b has come all the way and c half of it, so a gets three quarters of the way from 2 to 10."""
    text = SIBLINGS.replace("NORMALISE", "min-max").replace("TURNED", "min-max").replace(", over: OVER", "")
    files = {
        "indicators.yaml": text.replace("TAKE", "mean"),
        "u.csv": "id,name\n1,甲\n2,乙\n3,丙\n",
        "v.csv": "id,year,a,b,c,q\n1,2021,,0,5,1\n2,2021,2,4,0,2\n3,2021,10,1,10,3\n",
    }
    folder = laid_out(tmp_path, files)
    assert "8 （插补：siblings，依据 b, c）" in run(folder, "explain", "甲")
    own = answer(folder, "explain", "甲")["tree"]["children"][0]["children"][0]
    assert (own["score"], own["imputed"]) == (75, {"method": "siblings", "from": ["b", "c"]})
