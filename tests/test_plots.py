"""Charts for notebooks: what they draw is what the engine says, by the names that people write."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc import Refused

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
    pytest.importorskip("altair", reason="the extra plot is not installed")
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
