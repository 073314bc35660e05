"""Grades found in scores: golden sets, other libraries, and what holds whatever the scores."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import indexcalc
from indexcalc.cli.app import app
from indexcalc.findings import Refused
from indexcalc.methods.breaks import natural_breaks
from indexcalc.methods.probit import line, spread


def graded(frame: pd.DataFrame, grades: Any, **index: Any) -> list[int]:
    """The places of the grades that units have by one column of scores."""
    tree = {
        "index": {"id": "i", **index},
        "units": {"id": "unit"},
        "grades": grades,
        "defaults": {"normalise": "points"},
        "dimensions": [{"id": "score", "weight": 1}],
    }
    scores = indexcalc.score(tree, frame)
    return [int(at) for at in scores.grades[scores.tree.root][0]]


def frame_of(scores: Any) -> pd.DataFrame:
    return pd.DataFrame({"unit": [f"u{at}" for at in range(len(scores))], "score": scores})


def test_natural_breaks_of_the_golden_set(shared: Path) -> None:
    folder = shared / "evaluation" / "jenks"
    frame, told = pd.read_csv(folder / "inputs.csv").drop(columns="period"), pd.read_csv(folder / "expected.csv")
    assert graded(frame, {"natural-breaks": 4}) == list(told["grade"] - 1)
    breaks = pd.read_csv(folder / "breaks.csv")
    found = natural_breaks(frame["score"].to_numpy(), 4)
    np.testing.assert_allclose(found.uppers, breaks["upper"][:-1], rtol=0, atol=1e-9)
    assert found.fit == pytest.approx(breaks["goodness_of_variance_fit"][0], abs=1e-9)


@pytest.mark.parametrize("name", ["equal-int", "equal-non-int", "weighted-int", "weighted-non-int"])
def test_rank_sum_ratio_with_its_regression(shared: Path, name: str) -> None:
    folder = shared / "evaluation" / f"rsr-{name}"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("unit")
    rows = pd.read_csv(folder / "indicators.csv")
    ranks = "even" if "non-int" in name else "whole"
    weights = [1.0] * len(rows) if name.startswith("equal") else list(rows["weight"])
    tree = {
        "index": {
            "id": "i",
            "weights": "relative",
            "aggregate": {"method": "rank-sum-ratio", "ranks": ranks, "scale": 1},
        },
        "units": {"id": "unit"},
        "defaults": {"normalise": "min-max"},
        "dimensions": [
            {"id": row, "direction": way, "weight": weight}
            for row, way, weight in zip(rows["indicator"], rows["direction"], weights, strict=True)
        ],
    }
    scores = indexcalc.score(tree, frame)
    for count in (3, 4, 5):
        found = indexcalc.grades(scores, by={"rsr": count})
        table = found.frame().set_index("unit").loc[told.index]
        assert list(found.found + 1) == list(told[f"grade{count}"])
        for own, column in (("score", "rsr"), ("place", "mean_rank"), ("share", "cumulative"), ("probit", "probit")):
            np.testing.assert_allclose(table[own], told[column], rtol=0, atol=1e-9)
        np.testing.assert_allclose(table["fitted"], told["fitted"], rtol=0, atol=1e-9)
    regression = pd.read_csv(folder / "regression.csv").iloc[0]
    assert found.line is not None
    for key, own in (("intercept", "intercept"), ("slope", "slope"), ("r2", "r2"), ("f", "f"), ("rows", "rows")):
        assert getattr(found.line, own) == pytest.approx(regression[key], abs=1e-9)


def test_the_line_is_scipys_over_scores_that_differ() -> None:
    from scipy.stats import linregress, norm, rankdata

    scores = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, np.nan, 5.0])
    known = scores[~np.isnan(scores)]
    share = rankdata(known) / len(known)
    share[share == 1] = 1 - 1 / (4 * len(known))
    places = spread(scores)
    np.testing.assert_allclose(places.probit[~np.isnan(scores)], 5 + norm.ppf(share), rtol=0, atol=1e-12)
    found, (_, first) = line(scores, places.probit), np.unique(known, return_index=True)
    told = linregress(5 + norm.ppf(share[first]), known[first])
    assert found is not None
    assert (found.intercept, found.slope, found.rows) == (pytest.approx(told.intercept), pytest.approx(told.slope), 7)
    assert found.r2 == pytest.approx(told.rvalue**2)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=9), st.integers(2, 5))
def test_no_other_parting_has_less_squares_within(values: list[int], classes: int) -> None:
    x = np.array(values, dtype=float)
    different = np.unique(x)
    found = natural_breaks(x, classes)
    if len(different) < 2:
        assert not len(found.uppers)
        return
    classes = min(classes, len(different))

    def squares(cuts: Any) -> float:
        parts = np.split(np.sort(x), np.searchsorted(np.sort(x), cuts, side="left"))
        return float(sum(((part - part.mean()) ** 2).sum() for part in parts))

    starts = different[np.searchsorted(different, found.uppers) + 1]
    assert len(starts) == classes - 1
    least = min(squares(cuts) for cuts in itertools.combinations(different[1:], classes - 1))
    assert squares(starts) == pytest.approx(least, abs=1e-9)
    assert found.fit == pytest.approx(1 - least / squares([]), abs=1e-9)


def test_another_library_breaks_alike() -> None:
    mapclassify = pytest.importorskip("mapclassify")
    x = np.random.default_rng(3).normal(60, 12, 200)
    for classes in (3, 5):
        told = mapclassify.FisherJenks(x, k=classes)
        np.testing.assert_allclose(natural_breaks(x, classes).uppers, told.bins[:-1], rtol=0, atol=1e-12)


def test_deviations_are_those_of_the_sample() -> None:
    scores = np.array([50.0, 60.0, 70.0, 80.0, 90.0, 71.0])
    mean, sd = scores.mean(), scores.std(ddof=1)
    told = [0 if x >= mean + sd else 1 if x >= mean else 2 if x >= mean - sd else 3 for x in scores]
    assert graded(frame_of(scores), {"mean-sd": 4}) == told
    assert (
        graded(frame_of(scores), [{"name": "a", "sd": 1}, {"name": "b", "sd": 0}, {"name": "c", "sd": -1}, {"name": "d"}]) == told
    )


@pytest.mark.filterwarnings("ignore:.*IC395")
@pytest.mark.parametrize(
    "short", [{"natural-breaks": 3}, {"mean-sd": 3}, {"rsr": 3}, {"natural-breaks": 3, "names": ["x", "y", "z"]}]
)
def test_units_may_stand_in_any_order_and_better_ones_have_no_worse_grade(short: dict[str, Any]) -> None:
    rng = np.random.default_rng(11)
    scores = np.round(rng.normal(60, 15, 30), 0)
    scores[[4, 9]] = np.nan
    found = np.array(graded(frame_of(scores), short, missing={"policy": "reweight"}))
    order = rng.permutation(30)
    moved = np.array(graded(frame_of(scores)[["unit", "score"]].iloc[order], short, missing={"policy": "reweight"}))
    np.testing.assert_array_equal(moved, found[order])
    assert (found[[4, 9]] == -1).all()
    known = np.argsort(-scores)[:28]
    assert (np.diff(found[known]) >= 0).all()
    for value in np.unique(scores[known]):
        assert len(set(found[scores == value])) == 1


def test_levels_of_coupling_begin_where_they_are_printed() -> None:
    assert graded(frame_of([0.95, 0.9, 0.89, 0.5, 0.05]), {"coordination": 1, "full": 1}) == [0, 0, 1, 4, 9]
    assert graded(frame_of([80.0, 79.0, 50.0, 29.0]), "coupling") == [0, 1, 1, 3]


def test_few_scores_have_what_they_can() -> None:
    assert graded(frame_of([1.0, 2.0]), {"natural-breaks": 4}) == [3, 0]
    assert graded(frame_of([1.0, 1.0, 1.0]), {"natural-breaks": 3}) == [2, 2, 2]
    assert graded(frame_of([1.0, 2.0]), {"rsr": 3}) == [2, 2]


@pytest.mark.parametrize(
    "wrong", ["jenks:3", "rsr:9", "natural-breaks:1", {"rsr": 3, "names": ["a", "b"]}, [{"name": "a"}, {"name": "b"}]]
)
def test_what_cannot_grade_is_refused(wrong: Any) -> None:
    scores = indexcalc.score("{index: {id: i}, units: {id: unit}, dimensions: [{id: score}]}", frame_of([1.0, 2.0, 3.0]))
    with pytest.raises(Refused, match="IC821"):
        indexcalc.grades(scores, by=wrong)


def test_the_command_tells_what_python_does(tmp_path: Path) -> None:
    tree = tmp_path / "indicators.yaml"
    tree.write_text(
        "{index: {id: i}, units: {label: 区, table: units.csv}, data: {all: {path: values.csv}}, defaults: {normalise: points},"
        " dimensions: [{id: score, weight: 1}]}",
        encoding="utf-8",
    )
    frame_of([90.0, 71.0, 72.0, 40.0, 41.0, 88.0]).rename(columns={"unit": "区"}).to_csv(tmp_path / "values.csv", index=False)
    (tmp_path / "units.csv").write_text("id\n" + "\n".join(f"u{at}" for at in range(6)) + "\n", encoding="utf-8")
    words = ["grades", "--index", str(tree), "--by", "natural-breaks:3"]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    found = indexcalc.grades(indexcalc.score(tree), by={"natural-breaks": 3})
    assert {one["unit"]: one["grade"] for one in data["units"]} == dict(found.frame()[["unit", "grade"]].to_numpy().tolist())
    assert [one["units"] for one in data["grades"]] == found.counts == [2, 2, 2]
    shown = CliRunner().invoke(app, [*words, "--lang", "zh", "--out", str(tmp_path / "kept")]).stdout
    assert "自然断点" in shown
    assert len(list((tmp_path / "kept").glob("*.csv"))) == 3
