"""Months, quarters and years: every number against a few lines of pandas, and what the commands say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from indexcalc.analysis.trend import earlier
from indexcalc.analysis.warning import listed, periods_shown, warnings
from indexcalc.engine import score
from indexcalc.engine.frames import kinds_of
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from indexcalc.report.sheets.tables import kind_of
from indexcalc.tree import Index, parse_index

from .conftest import index_of, panel_of, ran

MONTHS = [f"{year}-{month:02}" for year in (2021, 2022) for month in range(1, 13)]
QUARTERS = [f"{year}Q{part}" for year in (2021, 2022) for part in (1, 2, 3, 4)]
TREE = """
index: {{id: test}}
units: {{table: units.csv}}
periods: {{kind: {kind}, roll_up: {roll_up}}}
data: {{values: {{path: values.csv}}}}
denominators: [{{id: people, over_time: mean}}]
defaults: {{weights: equal, normalise: {normalise}, missing: {{policy: reweight, coverage: 0}}}}
{more}
dimensions:
  - {{id: cases}}
  - {{id: rate, column: crimes, per: people, scale: 1000}}
  - {{id: share, formula: closed / opened}}
  - {{id: staff, over_time: last}}
  - {{id: heat, over_time: mean}}
  - {{id: peak, over_time: max}}
"""
HOW = {
    "cases": "sum",
    "rate": "sum",
    "share.closed": "sum",
    "share.opened": "sum",
    "staff": "last",
    "heat": "mean",
    "peak": "max",
    "people": "mean",
}


def tree(roll_up: str = "[quarter, year]", *, kind: str = "month", normalise: str = "min-max", more: str = "") -> Index:
    return index_of(TREE.format(kind=kind, roll_up=roll_up, normalise=normalise, more=more))


def random_months(index: Index, months: list[str] = MONTHS, units: int = 7) -> Panel:
    rng = np.random.default_rng(20)
    values = np.round(rng.lognormal(3, 0.6, (len(months), units, len(HOW))), 2)
    values[rng.random(values.shape) < 0.08] = np.nan
    made = panel_of(index, values, periods=months)
    assert list(made.columns) == list(HOW)
    empty_cells = np.isnan(values)
    made.status[...] = np.where(empty_cells, MISSING, VALUE)
    made.status[empty_cells & (rng.random(values.shape) < 0.3)] = NOT_APPLICABLE
    made.values[:, 0, 3] = np.nan
    made.status[:, 0, 3] = NOT_APPLICABLE  # a unit that a column never applies to
    return made


def by_pandas(made: Panel, frequency: str) -> pd.DataFrame:
    """Every column over the larger periods, (period, unit) by column: missing parts as `over_time` says."""
    times = pd.PeriodIndex(made.periods, freq="M").asfreq(frequency)
    rows = pd.MultiIndex.from_product([times, range(len(made.units))], names=["period", "unit"])
    cells = pd.DataFrame(made.values.reshape(len(rows), -1), index=rows, columns=list(made.columns))
    grouped = cells.groupby(["period", "unit"])
    months = 12 if frequency == "Y" else 3
    made_of = {name: grouped[name].sum(min_count=months) if how == "sum" else grouped[name].agg(how) for name, how in HOW.items()}
    return pd.DataFrame(made_of)


@pytest.mark.parametrize(("frequency", "kind", "count"), [("Q", "quarter", 8), ("Y", "year", 2)])
def test_every_value_is_what_pandas_makes_of_the_months(frequency: str, kind: str, count: int) -> None:
    index = tree()
    made = random_months(index)
    found = score(index, made)
    assert found.periods == (*MONTHS, *QUARTERS, "2021", "2022")
    members = dict(kinds_of(index, found.panel))[kind]
    assert members.stop - members.start == count
    assert {kind_of(found, period) for period in found.periods[members]} == {kind}
    wanted = by_pandas(made, frequency)
    shape = (count, len(made.units), len(HOW))
    np.testing.assert_allclose(found.panel.values[members], wanted.to_numpy().reshape(shape), rtol=1e-12)
    rate = wanted["rate"] / wanted["people"] * 1000
    share = wanted["share.closed"] / wanted["share.opened"]
    np.testing.assert_allclose(found.derived[members, :, 1], rate.to_numpy().reshape(shape[:2]), rtol=1e-12)
    np.testing.assert_allclose(found.derived[members, :, 2], share.to_numpy().reshape(shape[:2]), rtol=1e-12)
    never = pd.DataFrame((made.status == NOT_APPLICABLE).reshape(-1, len(HOW)), index=_rows(made, frequency))
    never = never.groupby(level=[0, 1]).all()
    flags = np.where(np.isnan(wanted.to_numpy()), np.where(never.to_numpy(), NOT_APPLICABLE, MISSING), VALUE)
    np.testing.assert_array_equal(found.panel.status[members], flags.reshape(shape))


def _rows(made: Panel, frequency: str) -> pd.MultiIndex:
    times = pd.PeriodIndex(made.periods, freq="M").asfreq(frequency)
    return pd.MultiIndex.from_product([times, range(len(made.units))])


@pytest.mark.parametrize("normalise", ["min-max", "{method: min-max, over: all}", "{method: z-score, over: base, base: 2021Q2}"])
def test_a_kind_alone_scores_as_beside_the_others(normalise: str) -> None:
    index, alone = tree(normalise=normalise), tree("quarter", normalise=normalise)
    made = random_months(index)
    both, quarters = score(index, made), score(alone, made)
    assert quarters.periods == (*MONTHS, *QUARTERS)
    np.testing.assert_array_equal(both.scores[: len(quarters.periods)], quarters.scores)
    if "base" not in normalise:
        years = score(tree("year", normalise=normalise), made)
        np.testing.assert_array_equal(both.scores[-2:], years.scores[-2:])
    cases = both.derived[..., 0]
    members = dict(kinds_of(index, both.panel))["quarter"]
    peers = {"min-max": cases[members], "{method: min-max, over: all}": cases[members].ravel()[None]}
    if normalise in peers:
        low, high = (way(peers[normalise], axis=1, keepdims=True) for way in (np.nanmin, np.nanmax))
        np.testing.assert_allclose(both.scores[members, :, 0], 100 * (cases[members] - low) / (high - low), rtol=1e-9)
    else:
        base = cases[both.periods.index("2021Q2")]
        mean, spread = np.nanmean(base), np.nanstd(base, ddof=0)
        x, y = (cases[members] - mean) / spread, both.scores[members, :, 0]
        known = ~np.isnan(x)
        assert np.corrcoef(x[known], y[known])[0, 1] > 1 - 1e-12


def test_the_order_that_kinds_are_written_in_does_not_matter() -> None:
    made = random_months(tree())
    one, other = score(tree(), made), score(tree("[year, quarter]"), made)
    assert one.periods == other.periods
    np.testing.assert_array_equal(one.scores, other.scores)


def test_one_kind_in_a_list_is_that_kind() -> None:
    made = random_months(tree())
    one, other = score(tree("year"), made), score(tree("[year]"), made)
    assert one.periods == other.periods == (*MONTHS, "2021", "2022")
    np.testing.assert_array_equal(one.scores, other.scores)


def test_each_kind_of_periods_may_have_a_base_of_its_own() -> None:
    index = tree(normalise="{method: min-max, over: base, base: [2021年第二季度, 2021, 2021-03]}")
    made = random_months(index)
    found = score(index, made)
    for kind, base in {"month": "2021-03", "quarter": "2021Q2", "year": "2021"}.items():
        members = dict(kinds_of(index, found.panel))[kind]
        seen = found.derived[found.periods.index(base), :, 0]
        expected = 100 * (found.derived[members, :, 0] - np.nanmin(seen)) / (np.nanmax(seen) - np.nanmin(seen))
        np.testing.assert_allclose(found.scores[members, :, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("together", [1, 3])
def test_a_few_columns_at_a_time_give_the_same(together: int) -> None:
    index = tree(normalise="{method: min-max, over: base, base: 2021Q4}")
    made = random_months(index)
    whole, parts = score(index, made), score_in_blocks(index, made, empty, cells=together * made.status[..., 0].size)
    assert parts.panel.periods == whole.periods
    for stage in ("derived", "status", "scores", "coverage", "ranks"):
        np.testing.assert_array_equal(getattr(parts, stage), getattr(whole, stage), err_msg=stage)


def test_a_month_that_is_absent_leaves_its_quarter_and_its_year_out() -> None:
    index = tree()
    found = score(index, random_months(index, [month for month in MONTHS if month != "2022-05"]))
    assert found.periods[23:] == (*(quarter for quarter in QUARTERS if quarter != "2022Q2"), "2021")
    left_out = [one.values for one in found.findings if one.code == "IC426"]
    assert [one["period"] for one in left_out] == ["2022Q2", "2022"]
    assert left_out[0]["periods"] == ["2022-04", "2022-06"]
    assert len(left_out[1]["periods"]) == 11


def test_ten_day_spans_make_months_quarters_and_years() -> None:
    spans = [f"2022-{month:02}-T{part}" for month in range(1, 13) for part in (1, 2, 3)]
    index = tree("[year, month, quarter]", kind="ten-day")
    made = panel_of(index, np.arange(36.0 * 2 * len(HOW)).reshape(36, 2, -1), periods=spans)
    found = score(index, made)
    assert found.periods[36:] == (*MONTHS[12:], *QUARTERS[4:], "2022")
    for size, start in ((3, 36), (9, 48), (36, 52)):
        parts = made.values.reshape(36 // size, size, 2, -1)
        end = start + 36 // size
        np.testing.assert_array_equal(found.panel.values[start:end, :, 0], parts.sum(axis=1)[..., 0])
        np.testing.assert_array_equal(found.panel.values[start:end, :, 4], parts[:, -1, :, 4])
        np.testing.assert_allclose(found.panel.values[start:end, :, 5], parts.mean(axis=1)[..., 5])


def test_growth_and_rolling_are_within_a_kind() -> None:
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: month, roll_up: [quarter, year]}\ndata: {v: {path: v.csv}}\n"
        "defaults: {normalise: rank, weights: equal}\n"
        "dimensions: [{id: a, column: x, difference: previous}, {id: b, column: x, growth: year-before}, {id: c, column: x, rolling: 2}]"
    )
    x = np.random.default_rng(3).random((24, 2, 1)) + 1
    found = score(index, panel_of(index, np.repeat(x, 3, axis=2), periods=MONTHS))
    quarters, years = x[..., 0].reshape(8, 3, 2).sum(axis=1), x[..., 0].reshape(2, 12, 2).sum(axis=1)
    nan = np.full((1, 2), np.nan)
    np.testing.assert_allclose(found.derived[24:32, :, 0], np.r_[nan, np.diff(quarters, axis=0)])
    np.testing.assert_allclose(found.derived[32:, :, 0], np.r_[nan, np.diff(years, axis=0)])
    np.testing.assert_allclose(found.derived[28:32, :, 1], quarters[4:] / quarters[:4] - 1)
    np.testing.assert_allclose(found.derived[33, :, 1], years[1] / years[0] - 1)
    np.testing.assert_allclose(found.derived[25:32, :, 2], quarters[1:] + quarters[:-1])
    last, year = earlier(found)
    assert last[24:] == [-1, *range(24, 31), -1, 32]
    assert year[24:] == [-1] * 4 + [24, 25, 26, 27, -1, 32]


def test_a_rule_judges_one_kind_and_is_shown_for_larger_ones() -> None:
    rule = "warnings: {{rules: [{{id: r, node: cases, by: value, {extra}red: 0}}]}}"
    made = random_months(tree())
    for extra, kind, parts in (
        ("", "month", {"2022Q3": MONTHS[18:21], "2022": MONTHS[12:], "2022-07": ["2022-07"]}),
        ("periods: quarter, ", "quarter", {"2022Q3": ["2022Q3"], "2022": QUARTERS[4:], "2022-07": []}),
        ("periods: year, ", "year", {"2022Q3": [], "2022": ["2022"]}),
    ):
        index = tree(more=rule.format(extra=extra))
        found = score(index, made)
        judged = warnings(found)[0]
        members = dict(kinds_of(index, found.panel))[kind]
        assert {found.periods[at] for at in np.flatnonzero((judged.levels >= 0).any(axis=(1, 2)))} <= set(found.periods[members])
        for period, shown in parts.items():
            assert [found.periods[at] for at in periods_shown(found, judged, period)] == shown
            assert {found.periods[one.period] for one in listed(found, [judged], period)} <= set(shown)


@pytest.mark.parametrize(
    ("kind", "roll_up", "wrong"),
    [
        ("month", "[quarter, year]", []),
        ("quarter", "[quarter, year]", ["quarter"]),
        ("month", "month", ["month"]),
        ("year", "quarter", ["quarter"]),
        ("week", "[quarter, year]", ["quarter", "year"]),
        ("month", "[year, quarter, year]", ["year"]),
    ],
)
def test_kinds_that_cannot_be_made_or_come_twice(kind: str, roll_up: str, wrong: list[str]) -> None:
    text = TREE.format(kind=kind, roll_up=roll_up, normalise="min-max", more="")
    found = [one for one in parse_index(text.encode(), "indicators.yaml")[1] if one.severity == "error"]
    assert [(one.code, one.values["larger"]) for one in found] == [("IC215", larger) for larger in wrong]


@pytest.mark.parametrize(("roll_up", "code"), [("yaer", "IC112"), ("[quarter, yaer]", "IC112"), ("[]", "IC123"), ("3", "IC112")])
def test_what_is_no_kind_is_said_once(roll_up: str, code: str) -> None:
    text = TREE.format(kind="month", roll_up=roll_up, normalise="min-max", more="")
    assert [one.code for one in parse_index(text.encode(), "indicators.yaml")[1]] == [code]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("months")
    (folder / "indicators.yaml").write_text(
        "index: {id: demo}\nunits: {table: units.csv}\nperiods: {kind: month, roll_up: [quarter, year]}\n"
        "data: {v: {path: values.csv}}\ndefaults: {normalise: {method: min-max, over: all}}\n"
        "dimensions: [{id: a, weight: 0.5}, {id: b, weight: 0.5, over_time: last}]\n"
        "warnings: {rules: [{id: few, node: a, by: value, periods: quarter, red: 9}]}\n"
    )
    (folder / "units.csv").write_text("id,name\n1,East\n2,West\n3,North\n")
    rows = [f"{unit},{month},{at * unit % 7 + unit},{at % (unit + 2)}" for at, month in enumerate(MONTHS) for unit in (1, 2, 3)]
    (folder / "values.csv").write_text("id,period,a,b\n" + "\n".join(rows) + "\n")
    return folder


def said(folder: Path, *arguments: str) -> Any:
    run = ran(folder, *arguments, "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout)


def test_commands_take_a_month_a_quarter_or_a_year(project: Path) -> None:
    assert said(project, "rank")["period"] == "2022"
    for written, meant in (("2022Q3", "2022Q3"), ("2022年第三季度", "2022Q3"), ("2022-07", "2022-07"), ("2021", "2021")):
        assert said(project, "rank", "--period", written)["period"] == meant
    assert {"2022Q1", "2022Q3"} <= set(_texts(said(project, "change", "--from", "2022Q1", "--to", "2022Q3")))
    assert "2022Q2" in _texts(said(project, "change", "--to", "2022Q3"))
    assert {row["period"] for row in said(project, "warn", "--period", "2022")["warnings"]} <= set(QUARTERS[4:])
    refused = ran(project, "change", "--from", "2022Q1", "--to", "2022")
    assert refused.returncode != 0
    assert "IC780" in refused.stdout + refused.stderr


def _texts(data: Any) -> list[str]:
    if isinstance(data, (list, dict)):
        return [text for each in (data.values() if isinstance(data, dict) else data) for text in _texts(each)]
    return [data] if isinstance(data, str) else []


def test_blocks_write_the_same_report(project: Path) -> None:
    for name, how in (("whole", "--no-blocks"), ("parts", "--blocks")):
        run = ran(project, "score", "--period", "2022Q3", "--out", name, how)
        assert run.returncode == 0, run.stderr
    whole, parts = (project / name / "2022Q3" for name in ("whole", "parts"))
    assert (whole / "ranking.csv").read_bytes() == (parts / "ranking.csv").read_bytes()
    keys = ["period", "unit", "node"]
    one, other = (
        pd.read_parquet(folder.parent / "scores.parquet").sort_values(keys, ignore_index=True) for folder in (whole, parts)
    )
    shared = [name for name in one.columns if name in other.columns]
    pd.testing.assert_frame_equal(one[shared], other[shared], check_dtype=False, check_categorical=False, check_exact=True)
