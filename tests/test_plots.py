"""Charts for notebooks: what they draw is what the engine says, by the names that people write."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc import Refused
from indexcalc.words.periods import period_title

TREE = """
index: {id: living, name: 生活质量, name_en: Living}
units: {id: country, label: 国家}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions:
  - {id: health, name: 健康, weight: 0.6, indicators: [{id: doctors, name: 医生, weight: 0.5}, {id: beds, name: 床位, weight: 0.5}]}
  - {id: income, name: 收入, weight: 0.4}
"""
FRAME = pd.DataFrame(
    {
        "country": ["<b>A</b>", "=cmd()", "{{7*7}}", "D"] * 2,
        "period": ["2021"] * 4 + ["2022"] * 4,
        "doctors": [10.0, 40, np.nan, 90, 20, 40, 60, 80],
        "beds": [30.0, 20, 50, 70, 10, 90, 60, 20],
        "income": [55.0, 25, 45, 65, 75, 15, 5, 35],
    }
)


@pytest.fixture(scope="module")
def scores() -> Any:
    pytest.importorskip("altair", reason="the extra `plot` is not installed")
    return indexcalc.score(TREE + "periods: {kind: year}\n", FRAME)


def drawn(chart: Any) -> pd.DataFrame:
    """What a chart has in it when it is written: Altair's own specification, read back."""
    made = json.loads(chart.to_json())
    return pd.DataFrame(next(iter(made["datasets"].values())))


def test_a_ranking_has_the_scores_in_their_order(scores: Any) -> None:
    for period in ("2021", "2022"):
        shown, told = drawn(scores.plot.ranking(period=period)), scores.ranking(period)
        assert list(shown["id"]) == list(told["unit"])
        np.testing.assert_array_equal(shown["score"], told["score"])


def test_nodes_are_those_of_the_tree_of_the_period(scores: Any) -> None:
    """A tree that has changed has its nodes at other places in each period."""
    del scores  # which skips this where Altair is not installed
    changed = TREE.replace(
        "weight: 0.6, indicators: [", "weight: 0.6, indicators: [{id: old, name: 旧, weight: 0.5, until: 2021}, "
    )
    changed = changed.replace("{id: doctors, name: 医生, weight: 0.5}", "{id: doctors, name: 医生, weight: 0.5, since: 2022}")
    frame = FRAME.assign(old=[20.0, 30, 40, 50] + [np.nan] * 4, doctors=[np.nan] * 4 + [20.0, 40, 60, 80])
    own = indexcalc.score(changed + "periods: {kind: year}\n", frame)
    for period in ("2021", "2022"):
        shown, told = drawn(own.plot.ranking(period=period)), own.ranking(period)
        assert list(shown["id"]) == list(told["unit"])
        np.testing.assert_array_equal(shown["score"], told["score"])
        shown = drawn(own.plot.bump(period=period))
        now = shown[shown["period"] == period_title(period, "zh")].set_index("id")["rank"]
        np.testing.assert_array_equal(now[told["unit"]], told["rank"])
    values = frame[frame["period"] == "2022"]
    for leaf in ("doctors", "beds", "income"):
        shown = drawn(own.plot.distribution(leaf, period="2022"))
        np.testing.assert_array_equal(shown.set_index("id")["value"][values["country"]], values[leaf])
    assert drawn(own.plot.scatter("doctors", "income", period="2022"))["a"].tolist() == values["doctors"].tolist()
    assert list(drawn(own.plot.ranking("health", period="2022"))["score"]) == sorted([15, 65, 60, 50], reverse=True)
    with pytest.raises(Refused):
        own.plot.distribution("old", period="2022")


def test_lines_have_colours_of_their_own_and_places_are_whole(scores: Any) -> None:
    """Ten colours would be given twice; and there is no place 1.5."""
    del scores
    units = [f"u{at}" for at in range(11)]
    frame = pd.DataFrame({"country": units, "period": "2021", **{name: range(11) for name in ("doctors", "beds", "income")}})
    made = json.loads(indexcalc.score(TREE + "periods: {kind: year}\n", frame).plot.bump().to_json())["encoding"]
    assert made["color"]["scale"]["scheme"] == "tableau20"
    assert made["color"]["sort"] == units[::-1]
    assert made["y"]["axis"]["values"] == list(range(1, 12))


def test_contributions_add_up(scores: Any) -> None:
    shown = drawn(scores.plot.contributions())
    told = scores.ranking().set_index("unit")["score"]
    np.testing.assert_allclose(shown.groupby("id")["points"].sum()[told.index], told, rtol=1e-12)
    own = drawn(scores.plot.contributions("D", language="en"))
    assert list(own["dimension"]) == ["健康", "收入"]  # there is no English name
    np.testing.assert_allclose(own["points"].sum(), told["D"], rtol=1e-12)


def test_petals_are_as_wide_as_weights_and_as_long_as_scores(scores: Any) -> None:
    shown = drawn(scores.plot.petals("D"))
    np.testing.assert_allclose((shown["to"] - shown["from"]) / (2 * np.pi), [0.6, 0.4])
    np.testing.assert_allclose(shown["score"], [50, 35])


def test_heat_is_a_square_for_each_unit_and_node(scores: Any) -> None:
    shown = drawn(scores.plot.heat(period="2021"))
    assert len(shown) == 4 * 3  # doctors and beds; income is a dimension and an indicator at once
    assert shown["score"].isna().sum() == 1


def test_ranks_over_time(scores: Any) -> None:
    shown = drawn(scores.plot.bump())
    for period, label in (("2021", "2021年度"), ("2022", "2022年度")):
        own = shown[shown["period"] == label].set_index("id")["rank"]
        told = scores.ranking(period).set_index("unit")["rank"]
        assert dict(own) == dict(told)


def test_intervals_are_those_of_uncertainty(scores: Any) -> None:
    shown = drawn(scores.plot.intervals(draws=200, seed=3)).set_index("id")
    told = indexcalc.uncertainty(scores, weights="perturb:0.25", draws=200, seed=3).frame().set_index("unit")
    for name in ("rank_low", "rank_high"):
        assert dict(shown[name]) == dict(told[name])


def test_correlations_are_those_of_pandas(scores: Any) -> None:
    shown = drawn(scores.plot.correlations(["doctors", "beds", "income"]))
    told = FRAME[FRAME["period"] == "2022"][["doctors", "beds", "income"]].corr().to_numpy()
    np.testing.assert_allclose(shown["correlation"], told.ravel())


def test_values_are_spread_and_set_against_each_other(scores: Any) -> None:
    assert list(drawn(scores.plot.distribution("医生"))["value"]) == [20, 40, 60, 80]
    shown = drawn(scores.plot.scatter("doctors", "health", language="en"))
    assert list(shown["a"]) == [20, 40, 60, 80]
    assert list(shown["b"]) == [15, 65, 60, 50]


def test_a_map_takes_the_users_outlines(scores: Any) -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
    outlines = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"code": code}, "geometry": square} for code in ("D", "nowhere")],
    }
    made = json.loads(scores.plot.map(outlines, key="code").to_json())
    told = scores.ranking().set_index("unit")["score"]
    assert [one["properties"]["score"] for one in made["data"]["values"]] == [told["D"], None]
    with pytest.raises(Refused, match="IC543"):
        scores.plot.map(outlines, key="adcode")


ODD = {
    "ties": FRAME.assign(doctors=50.0, beds=50.0, income=50.0),
    "a unit without a value": FRAME.assign(
        **{name: FRAME[name].where(FRAME["country"] != "D") for name in ("doctors", "beds", "income")}
    ),
    "two units": FRAME[FRAME["country"].isin(["D", "=cmd()"])],
    "one period": FRAME[FRAME["period"] == "2022"],
    "many units": pd.concat([FRAME.assign(country=FRAME["country"] + str(at)) for at in range(75)]),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # a unit is meant to be empty
@pytest.mark.parametrize("case", ODD)
def test_charts_of_odd_data_have_what_the_scores_have(case: str) -> None:
    pytest.importorskip("altair", reason="the extra `plot` is not installed")
    own = indexcalc.score(TREE + "periods: {kind: year}\n", ODD[case])
    told, units = own.ranking().set_index("unit"), list(own.panel.units.ids)
    ranking = drawn(own.plot.ranking()).set_index("id")
    for name in ("score", "rank"):
        np.testing.assert_array_equal(ranking[name].astype(float)[told.index], told[name])
    contributions = drawn(own.plot.contributions()).groupby("id")["points"].sum(min_count=1)
    np.testing.assert_allclose(contributions[told.index].astype(float), told["score"], rtol=1e-12)
    bump = drawn(own.plot.bump())
    assert len(bump) == int(np.isfinite(own.rank()).sum())
    assert bump.groupby("period").size().to_dict() == {
        f"{at}年度": int(np.isfinite(own.rank()[row]).sum()) for row, at in enumerate(own.periods)
    }
    assert len(drawn(own.plot.heat())) == 3 * len(units)
    intervals = drawn(own.plot.intervals(draws=20)).set_index("id")
    assert sorted(intervals.index) == sorted(units)
    np.testing.assert_array_equal(intervals["rank"].astype(float)[told.index], told["rank"])
    assert len(drawn(own.plot.distribution("doctors"))) == len(drawn(own.plot.scatter("doctors", "beds"))) == len(units)
    assert len(drawn(own.plot.correlations())) == 2**2
    assert len(drawn(own.plot.petals(units[0]))) == 2


def test_units_of_the_same_name_are_two_on_an_axis(tmp_path: Path) -> None:
    """Streets of two districts are often called the same."""
    pytest.importorskip("altair", reason="the extra `plot` is not installed")
    (tmp_path / "units.csv").write_text("id,name\nA,新华街道\nB,新华街道\nC,石牌街道\n", encoding="utf-8")
    frame = FRAME[FRAME["period"] == "2022"].head(3).assign(country=["A", "B", "C"]).rename(columns={"country": "id"})
    frame.to_csv(tmp_path / "data.csv", index=False)
    tree = (
        TREE.replace("label: 国家}", "label: 街道, table: units.csv}").replace("id: country", "id: id")
        + "periods: {kind: year}\ndata: {own: {path: data.csv}}\n"
    )
    (tmp_path / "indicators.yaml").write_text(tree.replace("defaults: {", "defaults: {source: own, "), encoding="utf-8")
    own = indexcalc.score(tmp_path / "indicators.yaml")
    for chart in (own.plot.ranking(), own.plot.intervals(draws=20), own.plot.bump()):
        shown = drawn(chart).set_index("id")["unit"].to_dict()
        assert shown == {"A": "新华街道（A）", "B": "新华街道（B）", "C": "石牌街道"}


def test_names_stay_what_they_are(scores: Any) -> None:
    made = json.loads(scores.plot.ranking().to_json())
    assert made["encoding"]["y"]["field"] == "unit"
    assert {"<b>A</b>", "=cmd()", "{{7*7}}", "D"} == set(drawn(scores.plot.ranking())["unit"])


def test_the_same_chart_twice(scores: Any) -> None:
    assert scores.plot.intervals(draws=100).to_json() == scores.plot.intervals(draws=100).to_json()


def test_without_altair_it_is_said_what_to_install(scores: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(Refused, match="indexcalc\\[plot\\]"):
        scores.plot.heat()
