"""Periods as files have them: two rows of headings, two columns, dates, marks, months that lost a zero."""

from __future__ import annotations

import datetime as dt
import doctest
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import indexcalc
from indexcalc import read
from indexcalc.findings import Refused
from indexcalc.panel import Panel
from indexcalc.sources.readers import periods as texts
from indexcalc.sources.readers.periods import Said, in_parts, months_meant, part_of_year, said_in
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = ("东区", "西区", "南区")
ONE = "  - {id: visits, name: 门诊人次, weight: 1}\n"
TWO = "  - {id: beds, name: 床位数, name_en: Beds, weight: 0.5}\n  - {id: visits, name: 门诊人次, name_en: Visits, weight: 0.5}\n"


def project(
    folder: Path, rows: Sequence[Sequence[Any]], kind: str, nodes: str = ONE, *, name: str = "d.csv", more: str = ""
) -> Index:
    """Lay units and a table, as CSV or a workbook, into a folder; return an index of it."""
    (folder / "u.csv").write_text("id,name\n" + "".join(f"{at},{unit}\n" for at, unit in enumerate(UNITS)), encoding="utf-8")
    if name.endswith("csv"):
        pd.DataFrame(rows).to_csv(folder / name, index=False, header=False)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(list(row))
        book.save(folder / name)
    return index_of(
        f"index: {{id: t}}\nunits: {{label: 区, table: u.csv}}\nperiods: {{kind: {kind}}}\n"
        f"data: {{d: {{path: {name}{more}}}}}\ndefaults: {{normalise: points}}\ndimensions:\n{nodes}"
    )


def values(panel: Panel, column: int = 0) -> dict[str, float]:
    """The values of the first unit by period."""
    return dict(zip(panel.periods, panel.values[:, 0, column].tolist(), strict=True))


def codes(panel: Panel) -> list[str]:
    return [one.code for one in panel.findings]


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(texts).failed == 0


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("2019r", "year", Said("2019", "marked", "r")),
        ("2020年（快报数）", "year", Said("2020", "marked", "快报数")),
        ("2020 *", "year", Said("2020", "marked", "*")),
        ("2021 (revised)", "year", Said("2021", "marked", "revised")),
        ("2021年三季度初步核算", "quarter", Said("2021Q3", "marked", "初步核算")),
        ("2014/15p", "split-year", Said("2014-2015", "marked", "p")),
        ("2021年1—9月（初步）", "month", Said("2021-09", "since", "初步")),
        ("2021年9月累计", "month", Said("2021-09", "since")),
        ("2021-05-31", "month", Said("2021-05", "date")),
        ("2021/5/31 0:00", "quarter", Said("2021Q2", "date")),
        ("2021年5月31日", "half-year", Said("2021H1", "date")),
        ("44347", "month", Said("2021-05", "serial")),
        ("1905-07-13", "year", Said("2021", "year as a date")),
        ("2021-02-30", "month", None),
        ("31-May-2021", "month", Said("2021-05", "date")),
        ("May 31, 2021", "quarter", Said("2021Q2", "date")),
        ("31 Feb 2021", "month", None),
        ("2021-05-31", "split-year", None),
        ("2021 rank", "year", None),
        ("2021年预测", "year", None),
        ("增长2021", "year", None),
        ("12345", "month", None),
        ("3", "round", Said("R3")),
        ("3p", "round", None),
    ],
)
def test_what_a_text_says(text: str, kind: Any, said: Said | None) -> None:
    assert said_in(text, kind) == said


def test_parts_of_a_year() -> None:
    assert [part_of_year(text, "month") for text in ("1月", "Sep", "12月份", "1-2月")] == [True] * 4
    assert [part_of_year(text, "quarter") for text in ("Q4", "四季度", "第1季度", "Ⅱ季度")] == [True] * 4
    assert not any(part_of_year(text, "month") for text in ("门诊人次", "13月", "5", "2021", "2021年5月", "Marche", ""))
    assert not any(part_of_year(text, "year") for text in ("1月", "Q1"))
    for third in ("下旬", 3):
        assert said_in(in_parts(("2021", "7月", third), "ten-day"), "ten-day") == Said("2021-07-T3")
    assert said_in(in_parts((5, 2021), "week"), "week") == Said("2021-W05")


MONTHS = [f"2021.{month}" for month in range(1, 13)]


@pytest.mark.parametrize("first", range(12))
@pytest.mark.parametrize("last", range(12))
def test_months_that_lost_their_zero_are_told_by_their_neighbours(first: int, last: int) -> None:
    """Of every run of months, forwards and backwards, the ambiguous ones are told wherever another month stands beside them."""
    run = list(range(first, last + 1))
    texts_of = [MONTHS[at].replace(".10", ".1") for at in run]
    for order in (1, -1):
        told = months_meant(texts_of[::order], ["unit"] * len(run))
        wanted = {at: month + 1 for at, month in enumerate(run[::order]) if month in (0, 9)}
        assert told == (wanted if len(run) > 1 else {})


def test_months_out_of_order_are_not_guessed() -> None:
    by_number = sorted(MONTHS[:9], key=float)
    assert months_meant(["2021.1", "2021.11", "2021.12", "2021.2", "2021.3"], ["unit"] * 5) == {}
    assert months_meant([by_number[3], "2021.1", by_number[5]], ["unit"] * 3) == {}
    assert months_meant(["2021.1", "2021.1"], ["unit"] * 2) == {}


def test_a_column_of_months_as_numbers(tmp_path: Path) -> None:
    rows = [
        ["区", "月份", "门诊人次"],
        *([unit, month / 100 + 2021 if month > 9 else 2021 + month / 10, month] for unit in UNITS for month in range(8, 13)),
    ]
    panel = read(project(tmp_path, rows, "month", name="d.xlsx"), tmp_path)
    assert values(panel) == {f"2021-{month:02}": month for month in range(8, 13)}
    assert not codes(panel)


def test_headings_of_months_as_numbers(tmp_path: Path) -> None:
    head = [2021 + month / (10 if month < 10 else 100) for month in range(1, 13)]
    rows = [["区", *head], *([unit, *range(1, 13)] for unit in UNITS)]
    assert values(read(project(tmp_path, rows, "month", name="d.xlsx"), tmp_path)) == {f"2021-{m:02}": m for m in range(1, 13)}


@pytest.mark.parametrize(
    ("written", "name", "code"), [(2021.1, "d.xlsx", "IC921"), ("2021.1", "d.csv", "IC922"), ("2021.1", "d.xlsx", "")]
)
def test_a_month_alone(tmp_path: Path, written: object, name: str, code: str) -> None:
    index = project(tmp_path, [["区", "月份", "门诊人次"], *([unit, written, 1] for unit in UNITS)], "month", name=name)
    if code == "IC921":
        with pytest.raises(Refused) as refused:
            read(index, tmp_path)
        assert [(one.code, str(one.place)) for one in refused.value.findings] == [(code, "d.xlsx!Sheet!B2")]
        return
    panel = read(index, tmp_path)
    assert (panel.periods, codes(panel)) == (("2021-01",), [code] if code else [])


STACKED = {
    "years above": [["区", "2020年", "", "2021年", ""], ["", "床位数", "门诊人次", "床位数", "门诊人次"]],
    "years above, each time": [["区", "2020", "2020", "2021", "2021"], ["", "Beds", "Visits", "Beds", "Visits"]],
    "years above the heading of units": [
        ["", "2020年", "", "2021年p", ""],
        ["区", "床位数（张）", "门诊人次", "床位数（张）", "门诊人次"],
    ],
}
BELOW = {
    "one indicator above": [["区", "床位数", "", "门诊人次", ""], ["", "2020", "2021", "2020年", "2021年"]],
    "indicators above": [["区", "床位数", "", "门诊人次", ""], ["", "2020", "2021", "2020", "2021"]],
    "indicators above, in English": [["name", "Beds", "", "Visits", ""], ["", "2020 [YR2020]", "2021 [YR2021]", "2020 [YR2020]", "2021 [YR2021]"]],
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("shape", [*STACKED, *BELOW])
def test_headings_in_two_rows(tmp_path: Path, shape: str, suffix: str) -> None:
    cells = [1, 2, 3, 4] if shape in STACKED else [1, 3, 2, 4]
    head = [
        [int(cell) if suffix == "xlsx" and cell.isdigit() else cell or None for cell in row] for row in (STACKED | BELOW)[shape]
    ]
    panel = read(project(tmp_path, [*head, *([unit, *cells] for unit in UNITS)], "year", TWO, name=f"d.{suffix}"), tmp_path)
    assert (values(panel, 0), values(panel, 1)) == ({"2020": 1, "2021": 3}, {"2020": 2, "2021": 4})
    place = panel.places(1, 2, 1)[0]
    assert (place.line, place.column) == (5, 5)


def test_merged_headings_that_are_dates(tmp_path: Path) -> None:
    days = [dt.date(2021, month, 1) for month in (3, 6)]
    rows = [["区", "床位数", None, "门诊人次", None], [None, *days, *days], *([unit, 1, 2, 3, 4] for unit in UNITS)]
    index = project(tmp_path, rows, "quarter", TWO, name="d.xlsx")
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    for cells in ("B1:C1", "D1:E1", "A1:A2"):
        book.worksheets[0].merge_cells(cells)
    book.save(tmp_path / "d.xlsx")
    panel = read(index, tmp_path)
    assert (values(panel, 0), values(panel, 1)) == ({"2021Q1": 1, "2021Q2": 2}, {"2021Q1": 3, "2021Q2": 4})


def test_years_over_quarters(tmp_path: Path) -> None:
    rows = [
        ["区", "2020年", "", "2021年", ""],
        ["", "一季度", "二季度", "一季度", "二季度"],
        *([unit, 1, 2, 3, 4] for unit in UNITS),
    ]
    panel = read(project(tmp_path, rows, "quarter"), tmp_path)
    assert values(panel) == {"2020Q1": 1, "2020Q2": 2, "2021Q1": 3, "2021Q2": 4}


def test_an_indicator_that_has_no_column_is_found_by_its_upper_heading(tmp_path: Path) -> None:
    rows = [["区", "床位", "", "门诊人次", ""], ["", "2020", "2021", "2020", "2021"], *([unit, 1, 2, 3, 4] for unit in UNITS)]
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, rows, "year", TWO), tmp_path)
    unmet = next(one for one in refused.value.findings if one.code == "IC344")
    assert unmet.values["near"] == "床位"


def test_the_same_year_twice_is_refused_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, [["区", "2020", "2021", "2021r"], *([unit, 1, 2, 3] for unit in UNITS)], "year"), tmp_path)
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["IC358"]


@pytest.mark.parametrize(
    ("kind", "head", "first", "periods"),
    [
        ("month", ["年份", "1月", "2月"], "2021", ["2021-01", "2021-02"]),
        ("month", ["year", "Jan", "Feb"], "2021", ["2021-01", "2021-02"]),
        ("month", ["年度", "1", "2"], "2021年", ["2021-01", "2021-02"]),
        ("month", ["月份", "2020", "2021"], "5", ["2020-05", "2021-05"]),
        ("quarter", ["year", "Q3", "Q4"], "2021", ["2021Q3", "2021Q4"]),
        ("quarter", ["季度", "2020年", "2021年"], "三季度", ["2020Q3", "2021Q3"]),
        ("half-year", ["年份", "上半年", "下半年"], "2021", ["2021H1", "2021H2"]),
    ],
)
def test_years_down_and_their_parts_across(tmp_path: Path, kind: str, head: list[str], first: str, periods: list[str]) -> None:
    panel = read(project(tmp_path, [["区", *head, "全年"], *([unit, first, 1, 2, 3] for unit in UNITS)], kind), tmp_path)
    assert values(panel) == dict(zip(periods, (1, 2), strict=True))
    assert codes(panel) == ["IC351"], "the whole year is left out, and that is said"
    assert str(panel.places(1, 0, 0)[0]) == "d.csv:2:4"


def test_headings_that_are_indicators_are_no_months(tmp_path: Path) -> None:
    nodes = '  - {id: "1", weight: 1}\n'
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, [["区", "年份", "1"], *([unit, 2021, 5] for unit in UNITS)], "month", nodes), tmp_path)
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["IC346"]


@pytest.mark.parametrize(
    ("heading", "warned"),
    [
        ("2022年预计", True),
        ("2022f", True),
        ("2022(目标)", True),
        ("2022年增速", False),
        ("2022 rank", False),
        ("增长(%)", False),
    ],
)
def test_headings_that_only_look_like_periods(tmp_path: Path, heading: str, warned: bool) -> None:
    panel = read(project(tmp_path, [["区", "2020", "2021", heading], *([unit, 1, 2, 3] for unit in UNITS)], "year"), tmp_path)
    assert values(panel) == {"2020": 1, "2021": 2}
    assert sorted(codes(panel)) == (["IC351", "IC924"] if warned else ["IC351"])


def test_a_row_that_is_of_no_year(tmp_path: Path) -> None:
    rows = [["区", "年份", "1月", "2月"], *([unit, year, 1, 2] for unit in UNITS for year in (2021, "合计"))]
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, rows, "month"), tmp_path)
    assert [(one.code, str(one.place), one.values["rows"]) for one in refused.value.findings] == [("IC346", "d.csv:3:2", 3)]


@pytest.mark.parametrize(
    ("kind", "head", "cells", "more", "period"),
    [
        ("quarter", ["年份", "季度"], [2021, 3], "", "2021Q3"),
        ("quarter", ["季度", "年份"], ["第三季度", "2021年"], "", "2021Q3"),
        ("quarter", ["Year", "Quarter"], [2021, "Q3"], "", "2021Q3"),
        ("month", ["年", "月"], [2021, "7月"], "", "2021-07"),
        ("month", ["统计年", "统计月"], [2021, 7], ", period: [统计年, 统计月]", "2021-07"),
        ("half-year", ["年度", "期别"], [2021, "下半年"], "", "2021H2"),
        ("day", ["y", "m", "d"], [2021, 7, 9], ", period: [y, m, d]", "2021-07-09"),
    ],
)
def test_a_year_and_its_part_in_two_columns(
    tmp_path: Path, kind: str, head: list[str], cells: list[Any], more: str, period: str
) -> None:
    for name in ("d.csv", "d.xlsx"):
        rows = [["区", *head, "门诊人次"], *([unit, *cells, 1] for unit in UNITS)]
        panel = read(project(tmp_path, rows, kind, more=more, name=name), tmp_path)
        assert (panel.periods, codes(panel)) == ((period,), [])


def test_parts_that_make_no_period_are_refused_with_both(tmp_path: Path) -> None:
    rows = [["区", "年份", "季度", "门诊人次"], *([unit, 2021, part, 1] for unit in UNITS for part in (1, 5))]
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, rows, "quarter", more=", period: [年份, 季度]"), tmp_path)
    assert [(one.code, one.values["found"], one.values["rows"]) for one in refused.value.findings] == [("IC346", "2021 5", 3)]
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, rows, "quarter", more=", period: [年份, 季]"), tmp_path)
    assert [(one.code, one.values["headers"]) for one in refused.value.findings] == [("IC347", ["季"])]


def test_a_frame_has_them_in_two_columns_too(tmp_path: Path) -> None:
    index = project(tmp_path, [["区"]], "quarter", more=", period: [年份, 季度]")
    rows = [(unit, 2021, part, 10 * part) for unit, part in itertools.product(UNITS, (1, 2))]
    alone = index.changed(units=index.units.model_copy(update={"table": ""}))
    scores = indexcalc.score(alone, pd.DataFrame(rows, columns=["区", "年份", "季度", "门诊人次"]))
    assert scores.periods == ("2021Q1", "2021Q2")
    np.testing.assert_array_equal(scores.score()[:, 0], [10, 20])


@pytest.mark.parametrize("heading", ["月份", "日期"])
def test_dates_of_workbooks_are_months(tmp_path: Path, heading: str) -> None:
    rows = [["区", heading, "门诊人次"], *([unit, dt.date(2021, month, 1), month] for unit in UNITS for month in (5, 6))]
    assert values(read(project(tmp_path, rows, "month", name="d.xlsx"), tmp_path)) == {"2021-05": 5, "2021-06": 6}


def test_days_of_reports_are_no_periods(tmp_path: Path) -> None:
    """A column headed 日期 is not that of periods where its days are any: a report of 2021 is filed in 2022."""
    rows = [["区", "日期", "门诊人次"], *([unit, dt.date(2022, 1, 17), 1] for unit in UNITS)]
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, rows, "year", name="d.xlsx"), tmp_path)
    assert [one.code for one in refused.value.findings] == ["IC347"]


def test_a_fixed_period_stays_what_it_is(tmp_path: Path) -> None:
    rows = [["区", "门诊人次", "2020年以来增长"], *([unit, 1, 2] for unit in UNITS)]
    panel = read(project(tmp_path, rows, "split-year", more=", period: 2020/21"), tmp_path)
    assert values(panel) == {"2020-2021": 1}


def test_a_period_in_the_name_of_a_file_may_have_a_mark(tmp_path: Path) -> None:
    index = project(tmp_path, [["区", "门诊人次"], *([unit, 1] for unit in UNITS)], "year", name="d2021p.csv")
    index = index.changed(data={"d": index.data["d"].model_copy(update={"path": "d{period}.csv"})})
    panel = read(index, tmp_path)
    assert (panel.periods, codes(panel)) == (("2021",), ["IC920"])


SUMS = ["一季度", "二季度", "上半年", "三季度", "前三季度", "四季度", "全年"]


@pytest.mark.parametrize("down", [True, False])
def test_sums_beside_the_periods_are_left_out(tmp_path: Path, *, down: bool) -> None:
    head = ["年份", *SUMS] if down else [f"2021年{part}" for part in SUMS]
    cells = [*([2021] if down else []), 1, 2, 3, 3, 6, 4, 10]
    panel = read(project(tmp_path, [["区", *head], *([unit, *cells] for unit in UNITS)], "quarter"), tmp_path)
    assert values(panel) == {"2021Q1": 1, "2021Q2": 2, "2021Q3": 3, "2021Q4": 4}
    assert codes(panel) == ["IC351"]


@pytest.mark.parametrize("down", [True, False])
def test_totals_across(tmp_path: Path, *, down: bool) -> None:
    head, since = ["一季度", "上半年", "1-9月", "全年"], "  - {id: visits, name: 门诊人次, weight: 1, cumulative: year}\n"
    rows = [["区", *(["年份", *head] if down else [f"2021年{part}" for part in head])]]
    rows += [[unit, *([2021] if down else []), 1, 3, 6, 10] for unit in UNITS]
    scores = indexcalc.score(index := project(tmp_path, rows, "quarter", since), read(index, tmp_path))
    np.testing.assert_array_equal(scores.score()[:, 0], [1, 2, 3, 4])


def test_a_footnote_behind_a_year_is_no_day(tmp_path: Path) -> None:
    panel = read(project(tmp_path, [["区", "2020", "20211"], *([unit, 1, 2] for unit in UNITS)], "year"), tmp_path)
    assert (panel.periods, sorted(codes(panel))) == (("2020",), ["IC351", "IC924"])
