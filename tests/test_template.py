"""Templates: what a department is asked for, and that what comes back is read whatever people did to the workbook."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.journal.entries import read_cells
from indexcalc.journal.ledger import newest
from indexcalc.tree.reported import reported_measure

from .conftest import index_of

POLICE = "市公安局"


def run(folder: Path, *arguments: str, expect: int = 0) -> str:
    result = CliRunner().invoke(app, [*arguments, "--index", str(folder)])
    assert result.exit_code == expect, result.output + result.stderr
    return result.stdout if expect == 0 else result.stderr


@pytest.fixture
def project(tmp_path: Path, repository: Path) -> Path:
    """The Red Cotton project, with everything up to 2022Q2 as files and nothing of 2022Q3."""
    folder = tmp_path / "p"
    shutil.copytree(repository / "data", folder / "data")
    shutil.copy(repository / "indicators.yaml", folder)
    for file in (folder / "data/official").glob("*.csv"):
        lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        kept = [line for line in lines if not re.search(",2022Q[34],", line)]
        file.write_text("".join(kept), encoding="utf-8")
    return folder


def reported(repository: Path, period: str) -> dict[tuple[str, str], str]:
    """What the sample data has for the police in a period, by unit and heading."""
    text = (repository / f"data/official/{POLICE}.csv").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["期次"] == period]
    return {(row["区"], name): cell for row in rows for name, cell in row.items() if name not in ("区", "期次", "数据性质")}


def heading_row(sheet: Worksheet) -> int:
    return next(row for row in range(1, 20) if sheet.cell(row, 1).value == "区")


def names(sheet: Worksheet) -> dict[str, int]:
    row = heading_row(sheet)
    shown = {column: str(sheet.cell(row, column).value or "") for column in range(1, sheet.max_column + 1)}
    return {indicator(name): column for column, name in shown.items() if name}


def indicator(heading: str) -> str:
    """The indicator that is asked for under a heading: what is reported for a rate that has no name of its own is its numerator."""
    return heading.partition("\n")[0].removesuffix("的分子")


def filled(project: Path, repository: Path, change: Callable[[openpyxl.Workbook, Worksheet], None] | None = None) -> Path:
    """A template as the police would fill it in, with a change to it."""
    path = project / "报送.xlsx"
    run(project, "template", "--department", POLICE, "--period", "2022Q3", "--out", str(path))
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    columns, top = names(sheet), heading_row(sheet)
    rows = {sheet.cell(row, 1).value: row for row in range(top + 1, top + 12)}
    for (unit, name), text in reported(repository, "2022Q3").items():
        if text:
            number = float(text) if text != "不适用" else text
            sheet.cell(rows[unit], columns[name]).value = number
    if change:
        change(book, sheet)
    book.save(path)
    return path


def in_ledger(project: Path, repository: Path, period: str = "2022Q3") -> dict[tuple[str, str], str]:
    """The newest values of the police, written as the sample data writes them."""
    from indexcalc.tree import load

    index = load(project / "indicators.yaml")
    units = {
        row.split(",")[0]: row.split(",")[1] for row in (repository / "data/districts.csv").read_text("utf-8-sig").splitlines()
    }
    [entry] = [one for one in newest("ledger.sqlite", project, "red-cotton")[0] if one.period == period]
    found = {}
    for cell in read_cells(entry.cells):
        text = "不适用" if not cell.applies else "" if cell.value is None else f"{cell.value:.10g}"
        of_formula = cell.column.partition(".")[2]
        found[units[cell.unit], of_formula or index.reported[cell.column].column or index.reported[cell.column].name] = text
    return found


def same(one: dict[tuple[str, str], str], other: dict[tuple[str, str], str]) -> bool:
    def number(text: str) -> float | str:
        return float(text) if text not in ("", "不适用") else text

    return {key: number(text) for key, text in one.items()} == {key: number(text) for key, text in other.items()}


def test_a_template_asks_for_what_a_department_reports(project: Path, repository: Path) -> None:
    path = project / "t.xlsx"
    said = run(project, "template", "--department", POLICE, "--period", "2022年第三季度", "--out", str(path))
    assert "11 个区，29 列" in said
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["填报", "上期和上年同期", "指标说明"]
    sheet = book["填报"]
    columns, top = names(sheet), heading_row(sheet)
    assert list(columns) == ["区", "期次", "部门", *dict.fromkeys(name for _, name in reported(repository, "2022Q2")), "备注"]
    assert sheet.cell(top, columns["刑事立案数"]).value == "刑事立案数\n（宗）", "reported in cases, scored in cases per 10,000"
    assert "常住人口" in sheet.cell(top - 1, columns["刑事立案数"]).value
    assert [sheet.cell(top + 1, at).value for at in (1, 2, 3)] == ["荔湾区", "2022年第三季度", POLICE]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    locked = {name: sheet.cell(top + 1, at).protection.locked for name, at in columns.items()}
    assert {name for name, shut in locked.items() if shut} == {"区", "期次", "部门"}
    assert all(sheet.cell(top, at).protection.locked for at in columns.values())
    assert sheet.freeze_panes == f"B{top + 1}"
    last = book["上期和上年同期"]
    assert last.cell(1, 1).value == "上期和上年同期 · 2022年第二季度 · 2021年第三季度"
    for first, period, title in ((2, "2022Q2", "2022年第二季度"), (3, "2021Q3", "2021年第三季度")):
        assert {last.cell(3, column).value for column in range(first, last.max_column + 1, 2)} == {title}
        before = {
            (last.cell(row, 1).value, indicator(str(last.cell(2, column - first + 2).value))): last.cell(row, column).value
            for row in range(4, 15)
            for column in range(first, last.max_column + 1, 2)
        }
        assert same({key: "" if value is None else str(value) for key, value in before.items()}, reported(repository, period))
    meanings = {row[0]: row for row in book["指标说明"].iter_rows(min_row=3, values_only=True)}
    assert meanings["公共安全视频在线率"][6] == "0 – 100"
    rules = {next(iter(rule.sqref.ranges)).min_col: rule for rule in sheet.data_validations.dataValidation}
    cell = f"{sheet.cell(top + 1, columns['公共安全视频在线率']).coordinate}"
    wanted = f'OR({cell}="不适用",AND(ISNUMBER({cell}),{cell}>=0.0,{cell}<=100.0))'
    assert rules[columns["公共安全视频在线率"]].formula1 == wanted
    assert "0 至 100" in rules[columns["公共安全视频在线率"]].error


def test_the_same_bytes_again(project: Path) -> None:
    one, other = project / "a.xlsx", project / "b.xlsx"
    for path in (one, other):
        run(project, "template", "--department", POLICE, "--period", "2022Q3", "--out", str(path))
    assert one.read_bytes() == other.read_bytes()


def test_in_english(project: Path, repository: Path) -> None:
    path = project / "t.xlsx"
    said = run(project, "template", "--department", POLICE, "--period", "2022Q3", "--out", str(path), "--lang", "en")
    assert "11 units, 29 columns" in said
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Report", "Earlier periods", "Definitions"]
    sheet = book["Report"]
    assert [sheet.cell(6, at).value for at in (1, 2, 3)] == ["district", "Period", "Department"]
    assert sheet.cell(6, 4).value == "Criminal cases filed\n（宗）"
    assert sheet.cell(7, 1).value == "Liwan"
    cells = list(reported(repository, "2022Q3").values())  # in the order of the form
    for at, text in enumerate(cells):
        sheet.cell(7 + at // 29, 4 + at % 29).value = float(text) if text else 0.0
    book.save(path)
    said = run(project, "submit", str(path), "--by", "clerk", "--lang", "en")
    assert said.startswith("#1 市公安局 2022Q3 v1: 319 values recorded")


def test_what_was_filled_in_is_in_the_ledger(project: Path, repository: Path) -> None:
    path = filled(project, repository)
    said = json.loads(run(project, "submit", str(path), "--by", "张三", "--json"))
    assert [(one["department"], one["period"], one["version"]) for one in said] == [(POLICE, "2022Q3", 1)]
    assert same(in_ledger(project, repository), reported(repository, "2022Q3"))


def add_notes(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet["A1"] = "市公安局报送（二稿）"
    sheet.cell(heading_row(sheet) + 1, names(sheet)["备注"]).value = "含机场分局"
    sheet.cell(heading_row(sheet) + 14, 1).value = "填表人：张三　电话：83110000"
    sheet.cell(heading_row(sheet) + 15, 1).value = "审核人：李四"


def move_columns(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    top, columns = heading_row(sheet), names(sheet)
    ends = columns["刑事立案数"], columns["备注"] - 1
    for row in range(top, top + 12):
        one, other = (sheet.cell(row, at).value for at in ends)
        sheet.cell(row, ends[0]).value, sheet.cell(row, ends[1]).value = other, one


def add_own_columns(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    last, top = sheet.max_column + 1, heading_row(sheet)
    sheet.cell(top, last).value = "内部编号"
    for row in range(1, 12):
        sheet.cell(top + row, last).value = f"N-{row}"
    sheet.insert_rows(1)
    sheet["A1"] = "附件3"


def sort_rows(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    top = heading_row(sheet)
    rows = [[sheet.cell(row, at).value for at in range(1, sheet.max_column + 1)] for row in range(top + 1, top + 12)]
    for row, values in enumerate(sorted(rows, key=lambda row: str(row[0])), top + 1):
        for at, value in enumerate(values, 1):
            sheet.cell(row, at).value = value


def move_sheets(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    book.move_sheet(sheet, 2)


def rename_sheet(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    sheet.title = "市公安局第三季度"


def numbers_as_text(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    top, column = heading_row(sheet), names(sheet)["刑事立案数"]
    for row in range(top + 1, top + 12):
        value = sheet.cell(row, column).value
        sheet.cell(row, column).value = None if value is None else f" {value:,.0f} "


def percent_format(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    """As Excel does where 92.5% is typed: the value is 0.925."""
    top, column = heading_row(sheet), names(sheet)["公共安全视频在线率"]
    for row in range(top + 1, top + 12):
        cell = sheet.cell(row, column)
        if isinstance(cell.value, float):
            cell.value, cell.number_format = cell.value / 100, "0.00%"


def add_a_total(book: openpyxl.Workbook, sheet: Worksheet) -> None:
    top, column = heading_row(sheet), names(sheet)["刑事立案数"]
    values = [sheet.cell(row, column).value for row in range(top + 1, top + 12)]
    sheet.cell(top + 12, 1).value, sheet.cell(top + 12, column).value = "合计", sum(value for value in values if value)


CHANGES = [
    add_notes, move_columns, add_own_columns, sort_rows, move_sheets, rename_sheet, numbers_as_text, percent_format, add_a_total
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_people_do_to_a_template(project: Path, repository: Path, change: Callable[..., None]) -> None:
    path = filled(project, repository, change)
    run(project, "submit", str(path), "--by", "张三", "--strict")
    found = in_ledger(project, repository)
    if change is percent_format:
        found = {key: text and f"{float(text):.6g}" if key[1] == "公共安全视频在线率" else text for key, text in found.items()}
    assert same(found, reported(repository, "2022Q3"))


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls", "csv"])
def test_saved_by_another_program(project: Path, repository: Path, suffix: str) -> None:
    """LibreOffice writes a workbook of its own, as WPS does: other styles, other order of parts, other sheet XML."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here")
    path = filled(project, repository, add_notes)
    out = project / "saved"
    kind = "csv:Text - txt - csv (StarCalc):44,34,76,1" if suffix == "csv" else suffix
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{project}/office",
        "--convert-to",
        kind,
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    run(project, "submit", str(out / f"报送.{suffix}"), "--by", "张三")
    assert same(in_ledger(project, repository), reported(repository, "2022Q3"))


def test_all_that_is_wrong_is_said_at_its_cell_and_nothing_recorded(project: Path, repository: Path) -> None:
    def spoil(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        top, columns = heading_row(sheet), names(sheet)
        sheet.cell(top + 1, columns["刑事立案数"]).value = "约900"
        sheet.cell(top + 2, columns["公共安全视频在线率"]).value = 131
        sheet.cell(top + 3, 1).value = "海珠"
        sheet.cell(top + 4, 1).value = "天河区区"
        sheet.cell(top + 5, 2).value = "三季度"
        sheet.cell(top + 6, columns["交通事故数"]).value = "#DIV/0!"

    path = filled(project, repository, spoil)
    said = run(project, "submit", str(path), "--by", "张三", "--lang", "en", expect=1)
    assert "报送.xlsx!填报!D7: IC362 '约900'" in said
    assert "报送.xlsx!填报!AD8: IC349 公共安全视频在线率 131 lies outside 0 to 100" in said
    assert "报送.xlsx!填报!A10: IC341 '天河区区' is not among the units" in said
    assert "报送.xlsx!填报!B11: IC346 '三季度' is not a period" in said
    assert "IC316" in said
    assert "海珠" not in said, "an alias is no mistake"
    assert said.endswith("nothing was written\n")
    assert not (project / "ledger.sqlite").exists()


def test_the_audit_warns_and_strict_refuses(project: Path, repository: Path) -> None:
    def doubt(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        top, columns = heading_row(sheet), names(sheet)
        sheet.cell(top + 2, columns["刑事立案数"]).value = 9051
        before = reported(repository, "2022Q2")
        for row in range(top + 1, top + 12):
            text = before[str(sheet.cell(row, 1).value), "打架斗殴警情数"]
            sheet.cell(row, columns["打架斗殴警情数"]).value = float(text) if text else None
            was = sheet.cell(row, columns["电信网络诈骗损失金额"]).value
            sheet.cell(row, columns["电信网络诈骗损失金额"]).value = was and was * 10_000
        sheet.cell(top + 12, 1).value = "合计"
        sheet.cell(top + 12, columns["交通事故数"]).value = 12

    path = filled(project, repository, doubt)
    said = run(project, "submit", str(path), "--by", "张三", "--lang", "en", "--strict", expect=1)
    assert "报送.xlsx!填报!D8: IC680 刑事立案数 of 越秀区 is 9051; before it was about" in said
    assert "报送.xlsx!填报!G7: IC682 打架斗殴警情数 repeats 2022Q2 in" in said
    assert "报送.xlsx!填报!N7: IC681 电信网络诈骗损失金额 is about 10000 times" in said
    assert "IC688 the total of 交通事故数 is given as 12, but the rows add up to" in said
    assert not (project / "ledger.sqlite").exists()
    run(project, "submit", str(path), "--by", "张三")
    logged = json.loads(run(project, "ledger", "log", "--json"))
    assert {line.split()[0] for line in logged[0]["warnings"]} == {"IC680", "IC681", "IC682", "IC688"}


def test_a_column_that_was_renamed_is_said_at_the_file(project: Path, repository: Path) -> None:
    def rename(book: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.cell(heading_row(sheet), names(sheet)["刑事立案数"]).value = "刑事立案总数"

    said = run(project, "submit", str(filled(project, repository, rename)), "--by", "张三", "--lang", "en", expect=1)
    assert "报送.xlsx!填报" in said
    assert "there is nothing for criminal-cases" in said


def test_history_is_loaded_from_a_file_of_many_periods(project: Path) -> None:
    said = json.loads(run(project, "submit", str(project / f"data/official/{POLICE}.csv"), "--by", "张三", "--json"))
    assert [(one["number"], one["period"]) for one in said] == [
        (at, f"{2021 + (at - 1) // 4}Q{(at - 1) % 4 + 1}") for at in range(1, 7)
    ]


def test_what_is_reported_in_which_unit_of_measurement() -> None:
    index = index_of(
        """
index: {id: test}
units: {table: units.csv}
data: {values: {path: values.csv}}
denominators:
  - {id: people, measure: 万人}
  - {id: closed-cases, measure: 件}
dimensions:
  - id: all
    indicators:
      - {id: a, measure: 件/万人, per: people, weight: 0.25}
      - {id: b, measure: "%", per: closed-cases, scale: 100, weight: 0.25}
      - {id: c, measure: "%", growth: previous, weight: 0.25}
      - {id: d, measure: 分, weight: 0.25}
"""
    )
    assert [reported_measure(index, index.reported[name]) for name in ("a", "b", "c", "d", "people")] == [
        "件",
        "件",
        "",
        "分",
        "万人",
    ]


TREE = """
index: {id: small, name: 小指数}
units: {label: 村, table: units.csv}
periods: {kind: year}
data: {official: {ledger: ledger.sqlite}}
denominators:
  - {id: people, name: 人口, measure: 人, department: 统计局}
dimensions:
  - id: all
    indicators:
      - {id: rate, name: 办结率, measure: "%", formula: closed_on_time / closed * 100, department: 信访局, weight: 0.4}
      - {id: closed, name: 办结数, per: people, department: 信访局, weight: 0.4}
      - {id: visits, name: 走访, per: people, department: 民政局, weight: 0.2}
"""


@pytest.fixture
def villages(tmp_path: Path) -> Path:
    (tmp_path / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (tmp_path / "units.csv").write_text("id,name\na1,东村\na2,西村\nb1,大新村\nb2,南村\n", encoding="utf-8")
    return tmp_path


def test_a_formula_and_an_indicator_share_a_column(villages: Path) -> None:
    path = villages / "t.xlsx"
    run(villages, "template", "--department", "信访局", "--period", "2022", "--out", str(path))
    sheet = openpyxl.load_workbook(path)["填报"]
    assert [cell.value for cell in sheet[6]][3:5] == ["closed_on_time", "closed"]
    book = openpyxl.load_workbook(path)
    for row in range(7, 11):
        book["填报"].cell(row, 4).value, book["填报"].cell(row, 5).value = row, row * 2 + 1
    book.save(path)
    run(villages, "submit", str(path), "--by", "a")
    [entry] = newest("ledger.sqlite", villages, "small")[0]
    columns = {cell.column: cell.value for cell in read_cells(entry.cells) if cell.unit == "a1"}
    assert columns == {"rate.closed_on_time": 7.0, "rate.closed": 15.0, "closed": 15.0}


def test_a_department_may_report_denominators_alone(villages: Path) -> None:
    path = villages / "t.xlsx"
    run(villages, "template", "--department", "统计局", "--period", "2022", "--out", str(path))
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["填报"][6] if cell.value][3:] == ["人口\n（人）", "备注"]
    for row, value in enumerate((1204, 877, 3051, 660), 7):
        book["填报"].cell(row, 4).value = value
    book.save(path)
    run(villages, "submit", str(path), "--by", "a")
    said = run(villages, "check", "--lang", "en")
    assert "4 units, 1 period" in said
    status = json.loads(run(villages, "ledger", "status", "--json"))
    assert {one["department"]: one["version"] for one in status} == {"信访局": 0, "民政局": 0, "统计局": 1}


def test_units_of_one_name_are_asked_for_by_id(villages: Path) -> None:
    units = villages / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("南村", "东村 二"), encoding="utf-8")
    path = villages / "t.xlsx"
    said = run(villages, "template", "--department", "民政局", "--period", "2022", "--out", str(path), "--lang", "en")
    assert said
    sheet = openpyxl.load_workbook(path)["Report"]
    assert [sheet.cell(row, 1).value for row in range(7, 11)] == ["东村", "西村", "大新村", "东村 二"]
    units.write_text(units.read_text(encoding="utf-8").replace("西村", ""), encoding="utf-8")
    run(villages, "template", "--department", "民政局", "--period", "2022", "--out", str(path), "--lang", "en")
    sheet = openpyxl.load_workbook(path)["Report"]
    assert sheet.cell(8, 1).value == "a2"


def test_a_template_that_cannot_be_written(villages: Path) -> None:
    arguments = ["template", "--department", "民政局", "--period", "2022", "--lang", "en", "--out"]
    said = run(villages, *arguments, str(villages / "units.csv" / "t.xlsx"), expect=1)
    assert "IC503" in said
    assert sorted(one.name for one in villages.iterdir()) == ["indicators.yaml", "units.csv"]


def test_rows_count_as_long_as_values_do(villages: Path) -> None:
    """A unit left out and an empty cell are pointed out, and both are missing."""
    (villages / "走访.csv").write_text("村,年份,走访\n东村,2022,12\n西村,2022,\n大新村,2022,不适用\n", encoding="utf-8")
    result = CliRunner().invoke(
        app, ["submit", str(villages / "走访.csv"), "--by", "a", "--index", str(villages), "--lang", "en"]
    )
    assert result.exit_code == 0
    assert "IC672 no row for 1 unit in 2022: 南村" in result.stderr
    assert "走访.csv:3:3: IC673 cells without a value in 2022: 1" in result.stderr
    [entry] = newest("ledger.sqlite", villages, "small")[0]
    cells = {cell.unit: (cell.value, cell.applies) for cell in read_cells(entry.cells)}
    assert cells == {"a1": (12.0, True), "a2": (None, True), "b1": (None, False)}
    assert not any(value is not None and math.isnan(value) for value, _ in cells.values())
