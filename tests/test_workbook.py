"""The workbook of a ranking: which pages it has, how they print, what they say, and what its formulas are made of."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import range_boundaries

import indexcalc.jobs.report
from indexcalc.engine import score
from indexcalc.report.files import Reports, report_files
from indexcalc.report.formats.xlsx.book import wide
from indexcalc.report.formats.xlsx.tables import workbook
from indexcalc.report.sheets.analysed import MOST_UNITS
from indexcalc.report.sheets.live import live_of
from indexcalc.report.sheets.sheet import Heading, Sheet
from indexcalc.scores import Scores
from tests.conftest import index_of, panel_of

OF_2007 = {
    *("ABS", "AND", "AVERAGE", "CHOOSE", "COUNT", "COUNTIF", "EXP", "IF", "INDEX", "INT", "ISNUMBER", "LARGE", "LN", "MATCH"),
    *("MAX", "MEDIAN", "MIN", "OR", "PRODUCT", "RANK", "SIGN", "SQRT", "SUM", "SUMPRODUCT"),
}
"""The functions that cells may use: Excel has had all of them since 2003."""

TREE = """
index: {id: i, name: '=cmd()', nature: 模拟数据, nature_en: simulated data, decimals: 1}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}, missing: {policy: reweight, coverage: 0.5}}
grades: [{name: '=1+1', from: 60}, {name: 合格}]
warnings: {rules: [{id: w, name: 预警, node: x, orange: 20, red: 10, direction: lower}]}
dimensions:
  - {id: a, name: '甲[1]: 项/目?', weight: 0.5, indicators: [{id: x, weight: 0.4}, {id: y, weight: 0.6}]}
  - {id: b, name: 权重, weight: 0.3, aggregate: AGGREGATE, indicators: [{id: z}, {id: u}, {id: v}]}
  - {id: c, name: 丙, weight: 0.2}
"""


def scored(aggregate: str = "geometric", units: int = 5, periods: int = 2) -> Scores:
    index = index_of(TREE.replace("AGGREGATE", aggregate).replace(", direction: lower", ""))
    values = np.random.default_rng(1).uniform(20, 90, (periods, units, len(index.columns))).round(1)
    values[-1, 1, 0] = np.nan
    panel = panel_of(index, values, periods=[f"201{at}" for at in range(periods)])
    names = ("=cmd()", "+1", "{{7*7}}", "<img onerror=1>", "u\u202eabc", *(f"unit {at}" for at in range(5, units)))
    return score(index, replace(panel, units=replace(panel.units, names=names, names_en=names)))


def book_of(content: bytes, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def formulas(book: Any) -> Iterator[tuple[str, str, str]]:
    for page in book:
        for cell in (cell for row in page.iter_rows() for cell in row):
            text = getattr(cell.value, "text", cell.value)
            if cell.data_type == "f":
                yield page.title, cell.coordinate, str(text)


@pytest.fixture(scope="module", params=["zh", "en"])
def content(request: pytest.FixtureRequest) -> bytes:
    scores = scored()
    return report_files(scores, "2011", request.param)["ranking.xlsx"]


def test_every_page_has_its_title_and_prints_with_it(content: bytes) -> None:
    book = book_of(content)
    assert len(book.sheetnames) >= 14
    for page in book:
        assert str(page["A1"].value).startswith("=cmd()"), page.title
        assert page["A1"].data_type == "s"
        assert {"模拟数据", "simulated data"} & {found for found in ("模拟数据", "simulated data") if found in page["A1"].value}
        assert "201" in page["A1"].value
        head, foot = str(page.oddHeader.left.text), str(page.oddFooter.center.text)
        assert "=cmd()" in head and "&P" in foot.replace("&[Page]", "&P"), page.title
        assert page.print_area, page.title
        assert page.print_title_rows, page.title
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0, "as wide as it is"
        assert page.page_setup.orientation == "landscape" and page.page_setup.paperSize == 9
        assert page.freeze_panes, page.title
        printed = range_boundaries(page.print_area.split(",")[0].rpartition("!")[2].replace("$", ""))[2]
        widths = {at: one.width for one in page.column_dimensions.values() for at in range(one.min, one.max + 1)}
        across = sum(widths.get(column, 8.43) for column in range(1, printed + 1))
        said = max(1.2 * wide(page["A1"].value), wide(page["A2"].value if isinstance(page["A2"].value, str) else ""))
        assert across >= min(said, 120), f"{page.title}: what stands above the table is cut off on paper"


def test_a_chart_beside_a_long_table_is_not_printed_in_part() -> None:
    book = book_of(report_files(scored(units=70), "2011", "zh")["ranking.xlsx"])
    charts = [(page, chart.anchor._from.col + 1) for page in book for chart in page._charts]
    assert len(charts) >= 6
    for page, column in charts:
        assert column > range_boundaries(page.print_area.rpartition("!")[2].replace("$", ""))[2], page.title


def test_numbers_have_the_fifteen_digits_that_a_spreadsheet_shows() -> None:
    sheet = Sheet("t", (Heading("x", "score"),), ((6.424999999999997,), (0.1 + 0.2,), (12,)), decimals=2)
    page = book_of(workbook([sheet], "en"))["t"]
    assert [row[0].value for row in page.iter_rows(min_row=3)] == [6.425, 0.3, 12]


def test_formulas_use_what_excel_has_had_for_long(content: bytes) -> None:
    used: set[str] = set()
    book = book_of(content, values=False)
    for title, cell, text in formulas(book):
        assert "_xl" not in text, (title, cell)
        assert len(text) < 8192
        used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"|\'[^\']*\'', "", text)))
    assert used <= OF_2007, used - OF_2007
    assert {"SUMPRODUCT", "RANK", "LARGE", "EXP", "LN"} <= used
    assert "dynamic" not in str(book.worksheets)


@pytest.mark.parametrize("aggregate", ["harmonic", "mpi", "median", "{method: power, p: 2}", "product", "sum"])
def test_so_do_those_of_every_aggregator(aggregate: str) -> None:
    used: set[str] = set()
    for _, _, text in formulas(book_of(report_files(scored(aggregate), "2011", "en")["ranking.xlsx"], values=False)):
        used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"|\'[^\']*\'', "", text)))
    assert used <= OF_2007, used - OF_2007


def test_names_are_text_wherever_they_stand(content: bytes) -> None:
    book = book_of(content, values=False)
    for _, _, text in formulas(book):
        outside = re.sub(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'', "", text)
        assert "cmd" not in outside and "7*7" not in outside and "onerror" not in outside
    found = {str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.data_type == "s"}
    assert {"=cmd()", "+1", "{{7*7}}", "<img onerror=1>"} <= found
    shown = {cell.value for row in book_of(content).worksheets[0].iter_rows() for cell in row}
    assert "=1+1" in shown, "a grade"


def test_pages_with_the_same_name_are_told_apart() -> None:
    book = book_of(report_files(scored(), "2011", "zh")["ranking.xlsx"], values=False)
    assert len(set(book.sheetnames)) == len(book.sheetnames)
    assert "权重" in book.sheetnames and any(name != "权重" and name.startswith("权重") for name in book.sheetnames)
    names = {name for _, _, text in formulas(book) for name in re.findall(r"'([^']+)'!", text)}
    assert names <= set(book.sheetnames)


def test_columns_are_as_wide_as_their_numbers(content: bytes) -> None:
    for page in book_of(content):
        widths = {letter: size.width for letter, size in page.column_dimensions.items()}
        groups = {}
        for letter, size in page.column_dimensions.items():
            for column in range(size.min or 0, (size.max or 0) + 1):
                groups[column] = widths[letter]
        for cell in (cell for row in page.iter_rows() for cell in row if isinstance(cell.value, int | float)):
            number = float(cell.value)
            decimals = len(cell.number_format.split(";")[0].partition(".")[2].rstrip('%"'))
            shown = f"{100 * number:.{decimals}f}%" if "%" in cell.number_format else f"{number:.{decimals}f}"
            if "E" in cell.number_format or cell.number_format == "General":
                shown = "0.0E+00" if "E" in cell.number_format else f"{number:g}"
            assert groups.get(cell.column, 8.43) >= wide(shown) + 0.5, (page.title, cell.coordinate, shown)


def test_only_weights_that_move_something_may_be_changed() -> None:
    scores = scored("median")
    page = book_of(report_files(scores, "2011", "zh")["ranking.xlsx"])["权重"]
    rows = {row[2].value: row for row in page.iter_rows(min_row=5)}
    free = {name for name, row in rows.items() if not row[5].protection.locked}
    assert page.protection.sheet
    assert free == {"a", "b", "c", "x", "y"}, "not the children of a median"
    assert rows["z"][11].value == "合成不用权重"
    assert [rows[name][4].value for name in ("a", "x")] == [0.5, 0.4]
    assert rows["x"][7].value == pytest.approx(0.2)
    assert {rows[name][9].value for name in ("a", "x")} == {"✓ 与公布一致"}


def test_what_cells_cannot_say_is_fixed_and_listed() -> None:
    content = report_files(scored("{method: owa, orness: 0.7}"), "2011", "zh")["ranking.xlsx"]
    book = book_of(content, values=False)
    said = " ".join(str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row)
    assert "不随权重重算的指标：权重" in said
    rows = {row[2].value: row for row in book["权重"].iter_rows(min_row=5)}
    assert rows["b"][11].value == "固定：合成方法" and rows["i"][11].value == "部分固定"
    assert all(rows[name][5].protection.locked for name in ("z", "u", "v"))
    head = {cell.value: cell.column for cell in book["各级得分"][4]}
    assert [book["各级得分"].cell(row, head["权重"]).data_type for row in range(8, 13)] == ["n"] * 5
    assert book["各级得分"].cell(8, head["权重"]).fill.patternType is not None


def test_many_units_leave_the_data_to_the_file_of_scores() -> None:
    scores = scored(units=MOST_UNITS + 1)
    book = book_of(report_files(scores, "2011", "zh")["ranking.xlsx"])
    said = " ".join(str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row)
    assert "指标数据" not in book.sheetnames and "scores.csv" in said and str(MOST_UNITS) in said
    assert "指标数据" in book_of(report_files(scored(), "2011", "zh")["ranking.xlsx"]).sheetnames
    assert live_of(scores, "2011") is not None


def test_an_index_that_cannot_be_made_anew_has_values_and_says_so() -> None:
    index = index_of(TREE.replace("AGGREGATE", "geometric").replace(", direction: lower", "") + "ranking: {then: [a]}\n")
    values = np.random.default_rng(1).uniform(20, 90, (1, 4, len(index.columns)))
    scores = score(index, panel_of(index, values, periods=["2011"]))
    book = book_of(report_files(scores, "2011", "zh")["ranking.xlsx"], values=False)
    assert not list(formulas(book))
    assert "不含公式" in " ".join(str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row)


def test_warnings_have_a_colour_a_shape_and_a_word() -> None:
    scores = scored()
    low = replace(scores.panel, values=np.where(np.arange(scores.panel.values.shape[2]) == 0, 5.0, scores.panel.values))
    book = book_of(report_files(score(scores.index, low), "2011", "zh")["ranking.xlsx"])
    cells = [row[0] for row in book["风险预警"].iter_rows() if row[0].value in ("红色", "橙色")]
    assert cells
    for cell in cells:
        assert cell.fill.fgColor.rgb == {"红色": "FFC62828", "橙色": "FFEF8A17"}[cell.value]
        assert cell.number_format[1] in "■▲"


def test_charts_stand_on_the_pages_of_rankings_and_say_what_they_show(content: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        kinds = [re.findall(rb"<c:(barChart|lineChart)>", archive.read(name))[0] for name in names]
        titles = [re.search(r"<c:title>.*?</c:title>", archive.read(name).decode()) for name in names]
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
    assert set(kinds) == {b"barChart", b"lineChart"} and len(names) >= 6
    assert all(title and "<c:f>" not in title[0] for title in titles), "no formula, whatever the index is called"
    assert all(re.search(r'descr="[^"]{3,}"', drawing) for drawing in drawings)


@pytest.mark.parametrize("units", [5, 17, 40])
def test_a_chart_is_printed_on_one_sheet_of_paper(units: int) -> None:
    book = book_of(report_files(scored(units=units), "2011", "zh")["ranking.xlsx"])
    charts = [(page, chart.anchor._from.row + 1, chart.anchor.to.row + 1) for page in book for chart in page._charts]
    assert len(charts) >= 6
    for page, top, bottom in charts:
        ranges = [range_boundaries(part.rpartition("!")[2].replace("$", "")) for part in page.print_area.split(",")]
        ((_, first, column, last),) = [one for one in ranges if one[1] <= top and bottom <= one[3]]
        assert max(letters.anchor.to.col for letters in page._charts) < column, "the chart is not wider than what is printed"
        if first == top:
            continue  # it begins a sheet of paper
        wide_in_points = sum(5.25 * one.width * (one.max - one.min + 1) for one in page.column_dimensions.values())
        scale = min(1.0, (page.page_setup.fitToWidth or 1) * 770 / wide_in_points)
        high = sum(page.row_dimensions[row].height or page.sheet_format.defaultRowHeight for row in range(first, last + 1))
        assert high * scale <= 6.77 * 72, (page.title, high, scale)


def test_the_same_scores_give_the_same_bytes_and_both_languages_a_workbook_each() -> None:
    scores = scored()
    edition = indexcalc.jobs.report.edition_of("xlsx", lang="both", usual="")
    one, other = (Reports(scores, "zh", edition=edition).of("2011") for _ in range(2))
    assert one == other
    assert {name for name in one if name.endswith(".xlsx")} == {"ranking.xlsx", "ranking.en.xlsx"}
    assert "总榜" in book_of(one["ranking.xlsx"]).sheetnames
    assert "Ranking" in book_of(one["ranking.en.xlsx"]).sheetnames


def test_the_public_edition_has_scores_and_ranks_alone() -> None:
    scores = scored()
    edition = indexcalc.jobs.report.edition_of("xlsx", audience="public", usual="")
    book = book_of(Reports(scores, "zh", edition=edition).of("2011")["ranking.xlsx"], values=False)
    assert not {"指标数据", "风险预警", "末级指标得分", "各级得分", "试算排名"} & set(book.sheetnames)
    assert not list(formulas(book))
    values = {round(float(value), 6) for value in scores.derived[-1].ravel() if not np.isnan(value)}
    dimension = {round(float(value), 6) for value in scores.scores[-1, :, scores.node("c")]}  # a leaf that is a dimension
    found = {
        round(cell, 6) for page in book for row in page.iter_rows(values_only=True) for cell in row if isinstance(cell, float)
    }
    scored_leaves = {
        round(float(value), 6) for value in scores.scores[-1, :, : scores.tree.leaves].ravel() if not np.isnan(value)
    }
    assert not (values - dimension - scored_leaves) & found
