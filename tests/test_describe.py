"""Profiles of indicators: scipy's, pandas' and COINr's figures of the same values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from typer.testing import CliRunner

import indexcalc
from indexcalc.analysis.describe import describe, most_frequent, outliers, quartiles
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.report.formats.html.page import report_page
from indexcalc.report.sheets.analysed import analysed
from indexcalc.report.sheets.described import beside_sheet, values_sheet
from indexcalc.scores import Scores

from .conftest import REPOSITORY, index_of, panel_of

NAN = float("nan")
TREE = """
index: {id: i}
defaults: {normalise: {method: min-max}}
dimensions:
  - id: d
    indicators: [{id: a}, {id: b}, {id: c, direction: lower}]
  - {id: e, indicators: [{id: f}, {id: g, role: monitored}]}
"""
PLAIN = "index: {id: i}\ndefaults: {normalise: {method: min-max}}\ndimensions: [{id: d, indicators: [{id: %s}]}]\n"


def scored(values: np.ndarray) -> Scores:
    return score(index_of(TREE), panel_of(index_of(TREE), values[None].tolist()))


@pytest.fixture(scope="module")
def some() -> Scores:
    x = np.random.default_rng(7).lognormal(sigma=1.5, size=(40, 5))
    x[:, 1] = 2 * x[:, 0] + 0.01 * x[:, 1]
    x[:, 2] = np.round(x[:, 0])
    x[[3, 9], 3] = NAN
    x[:20, 4] = 1.0
    return scored(x)


def test_figures_are_those_of_pandas_and_scipy(some: Scores) -> None:
    found = describe(some, some.periods[0])
    frame = pd.DataFrame(some.derived[0], columns=[leaf.id for leaf in some.index.leaves])
    assert [one.indicator for one in found.profiles] == list(frame)
    for one in found.profiles:
        column = frame[one.indicator]
        theirs = column.describe()
        ours = (one.count, one.mean, one.deviation, one.minimum, one.first_quartile, one.median, one.third_quartile, one.maximum)
        np.testing.assert_allclose(ours, theirs.to_numpy(), rtol=1e-12)
        assert (one.missing, one.inapplicable) == (column.isna().sum(), 0)
        known = column.dropna()
        assert one.skewness == pytest.approx(stats.skew(known, bias=False))
        assert one.kurtosis == pytest.approx(stats.kurtosis(known, bias=False))
        assert one.same == known.value_counts(normalize=True).iloc[0]
        reach = 1.5 * stats.iqr(known)
        first, third = known.quantile([0.25, 0.75])
        apart = {some.panel.units.ids[at] for at in known.index[(known < first - reach) | (known > third + reach)]}
        assert {*one.low, *one.high} == apart
    assert found.profiles[0].calls_for_treatment
    assert sum(len(one.high) for one in found.profiles) > 5


def test_correlations_are_those_of_pandas(some: Scores) -> None:
    found = describe(some, some.periods[0])
    frame = pd.DataFrame(some.scores[0], columns=[node.id for node in some.tree.nodes])
    theirs = frame.corr()
    for one in found.profiles[:3]:
        assert one.parent == pytest.approx(theirs.loc[one.indicator, "d"])
        assert {name for name, _ in one.siblings} == {"a", "b", "c"} - {one.indicator}
        for name, value in one.siblings:
            assert value == pytest.approx(theirs.loc[one.indicator, name])
        assert [value for _, value in one.siblings] == sorted((value for _, value in one.siblings), reverse=True)
    assert found.profiles[0].closest is not None
    assert found.profiles[0].closest[0] == "b"
    assert found.profiles[0].farthest is not None
    assert found.profiles[0].farthest[0] == "c"
    assert {(pair.kind, pair.one, pair.other) for pair in found.pairs} == {
        ("redundant", "a", "b"),
        ("opposed", "a", "c"),
        ("opposed", "b", "c"),
    }
    assert found.profiles[4].siblings == ()
    assert np.isnan(found.profiles[4].parent), "what is monitored has no score"


def test_figures_are_those_of_coinr(shared: Path) -> None:
    """COINr 1.1.14, `get_stats` of its raw ASEM data; type 2 skewness and kurtosis, shares of equal values, its flag."""
    theirs = pd.read_csv(shared / "coinr/e_full_pipeline/stats_raw.csv", index_col="iCode")
    raw = pd.read_csv(shared / "coinr/inputs/ASEM_iData.csv")
    for name, row in theirs.iterrows():
        x = raw[str(name)].to_numpy(dtype=float)
        index = index_of(PLAIN % name)
        scores = score(index, panel_of(index, [[[value] for value in x.tolist()]]))
        (one,) = describe(scores, scores.periods[0]).profiles
        ours = (one.minimum, one.maximum, one.mean, one.median, one.deviation, one.skewness, one.kurtosis, one.same)
        names = ["Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt", "Frc.Same"]
        np.testing.assert_allclose(ours, row[names].to_numpy(dtype=float), rtol=1e-9, err_msg=str(name))
        assert one.count == row["N.Avail"]
        assert one.calls_for_treatment == (row["Flag.SkewKurt"] == "OUT")


@given(st.lists(st.integers(-5, 5).map(float), max_size=30))
def test_any_values_have_a_profile(values: list[float]) -> None:
    x = np.array(values)
    ends = quartiles(x)
    assert not values or (list(ends) == sorted(ends) and ends[0] == min(values) and ends[4] == max(values))
    assert not values or 1 / len(values) <= most_frequent(x) <= 1
    low, high = outliers(x)
    assert not {*low} & {*high}
    assert [x[row] for row in low] == sorted(x[low])
    assert all(x[row] < ends[1] for row in low)
    assert all(x[row] > ends[3] for row in high)


def test_nothing_and_one_value_are_described() -> None:
    x = np.full((3, 5), NAN)
    x[0, 0] = 4.0
    found = describe(scores := scored(x), scores.periods[0])
    assert [one.count for one in found.profiles] == [1, 0, 0, 0, 0]
    assert (found.profiles[0].minimum, found.profiles[0].maximum, found.profiles[0].same) == (4.0, 4.0, 1.0)
    assert all(np.isnan((one.deviation, one.skewness, one.kurtosis)).all() for one in found.profiles)
    assert found.profiles[0].closest is None
    assert len(found.frame()) == len(values_sheet(found, "zh").rows) == 5
    assert len(beside_sheet(found, "en").rows) == 4


def test_the_command_the_function_and_the_page_say_the_same() -> None:
    scores = indexcalc.score(REPOSITORY / "indicators.yaml")
    shown = analysed(scores, "2022Q3", every=False)
    frame = indexcalc.describe(scores, period="2022Q3", node="traffic-safety").frame("en")
    words = ["describe", "--index", str(REPOSITORY / "indicators.yaml"), "--period", "2022Q3", "--node", "traffic-safety"]
    data = json.loads(
        CliRunner().invoke(app, [*words, "--json", "--quiet"]).stdout or CliRunner().invoke(app, [*words, "--json"]).stdout
    )
    assert frame["node"].tolist() == [one["node"] for one in data["indicators"]]
    for name in ("count", "median", "skewness", "parent_correlation"):
        assert [None if np.isnan(value) else value for value in frame[name]] == [one[name] for one in data["indicators"]]
    text = CliRunner().invoke(app, [*words, "--lang", "en"]).stdout
    assert "Indicator profiles" in text
    assert "OECD/JRC Handbook" in text
    assert "Traffic accidents" in text
    page = report_page(shown, ["en"]).decode()
    part = page.split('id="profiles"')[1].split("</section>")[0]
    assert part.count("<tr>") == 2 + len(values_sheet(indexcalc.describe(scores, period="2022Q3"), "en").rows) + len(
        beside_sheet(indexcalc.describe(scores, period="2022Q3"), "en").rows
    )
    assert 'id="profiles"' not in report_page(shown, ["en"], public=True).decode()


def test_a_period_and_a_node_that_are_not_there_are_refused() -> None:
    for words in (["--period", "1999"], ["--node", "nowhere"]):
        said = CliRunner().invoke(app, ["describe", "--index", str(REPOSITORY / "indicators.yaml"), *words])
        assert said.exit_code == 1
        assert "IC" in said.stderr
