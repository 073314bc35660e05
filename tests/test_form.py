"""The form that departments fill in: what it asks for by which name, what stands on it, and that it comes back whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from indexcalc.tree.columns import asked_by
from indexcalc.tree.reported import names_a_rate

from .conftest import index_of
from .projects import laid_out, run

TREE = """
index: {id: demo, name: 示例指数}
units: {label: 区, table: units.csv}
periods: {kind: quarter, due: 20}
data: {official: {path: official.csv}, sent: {ledger: ledger.sqlite}}
defaults: {source: sent}
denominators:
  - {id: sampled, name: 食品抽检批次, measure: 批次, source: official}
  - {id: people, name: 常住人口, measure: 万人, source: official, department: 市统计局, definition: 本地居住半年以上}
form:
  code: {市市场监管局: 红棉01表, 市统计局: 红棉02表}
  authority: 市委政法委
  approval: 穗统字〔2022〕1号
  expires: 2023年6月
  head: {市市场监管局: 王五}
dimensions:
  - {id: safe, name: 食品抽检合格率, name_en: Pass rate, column: 食品抽检合格批次, per: sampled, scale: 100, measure: "%", weight: 0.2,
     department: 市市场监管局, definition: 合格批次占抽检批次的比重, source_note: 抽检月报, method_note: 不含餐饮具}
  - {id: quick, name: 平均办结用时, name_en: Mean time, per: sampled, measure: 天, direction: lower, weight: 0.2, department: 市市场监管局}
  - {id: done, name: 投诉办结率, per: sampled, scale: 100, measure: "%", weight: 0.2, department: 市市场监管局}
  - {id: calls, name: 投诉数, per: people, measure: 件/万人, direction: lower, weight: 0.2, department: 市市场监管局}
  - {id: deaths, name: 万人死亡率, per: people, measure: 人/万人, direction: lower, weight: 0.2, department: 市统计局}
"""
FILES = {
    "indicators.yaml": TREE,
    "units.csv": "id,name\na,东区\nb,西区\n",
    "official.csv": "区,期次,食品抽检批次,常住人口\n"
    + "".join(f"{unit},{period},100,50\n" for period in ("2021Q4", "2022Q3", "2022Q4") for unit in ("东区", "西区")),
}
DIRECTIONS = re.compile("越高越好|越低越好|正向|逆向|适度|目标值|is better")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return laid_out(tmp_path, FILES)


def form(project: Path, department: str, period: str = "2022Q4", *more: str) -> Any:
    run(project, "template", "--department", department, "--period", period, "--out", str(project / "f.xlsx"), *more)
    return openpyxl.load_workbook(project / "f.xlsx")


def texts(book: Any) -> list[str]:
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation]
    return [*cells, *(text for rule in rules for text in (rule.promptTitle, rule.prompt, rule.errorTitle, rule.error) if text)]


def headings(book: Any) -> list[str]:
    return [cell.value for cell in book.worksheets[0][6] if cell.value and cell.value not in ("区", "district", "unit")]


def test_a_count_is_asked_for_by_its_own_name_and_never_by_that_of_a_rate(project: Path) -> None:
    book = form(project, "市市场监管局")
    asked = headings(book)[2:-1]
    assert asked == ["食品抽检合格批次\n（批次）", "平均办结用时的分子\n（天）", "投诉办结率的分子\n（批次）", "投诉数\n（件）"]
    notes = [cell.value for cell in book.worksheets[0][5]][3:7]
    assert notes[0] == "填报分子的数量，不填食品抽检合格率本身；系统按“食品抽检合格批次÷食品抽检批次 × 100%”计算"
    assert notes[1] == "填报分子的数量，不填平均办结用时本身；系统按“平均办结用时的分子÷食品抽检批次 (天)”计算"
    assert notes[3] == "填报数量本身，系统再除以“常住人口”（件/万人）"
    english = headings(form(project, "市市场监管局", "2022Q4", "--lang", "en"))
    assert "Mean time: numerator\n（天）" in english


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("department", ["市市场监管局", "市统计局"])
def test_nothing_says_which_way_is_better(project: Path, department: str, language: str) -> None:
    assert [text for text in texts(form(project, department, "2022Q4", "--lang", language)) if DIRECTIONS.search(text)] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_rate_of_the_red_cotton_index_is_asked_for_by_its_name(repository: Path, language: str) -> None:
    from indexcalc.tree import load

    index = load(repository / "indicators.yaml")
    rates = [leaf for leaf in index.leaves if leaf.per and leaf.measure == "%"]
    assert len(rates) > 20
    assert [leaf.id for leaf in rates if asked_by(leaf, language)[0] in (leaf.name, leaf.name_en, leaf.id)] == []
    counts = [
        leaf for leaf in index.leaves if leaf.per and "/" in leaf.measure and leaf.name.endswith("数") and "均" not in leaf.name
    ]
    assert [leaf.id for leaf in counts if names_a_rate(leaf)] == []


def test_what_stands_on_it_is_that_of_the_department(project: Path) -> None:
    sheet = form(project, "市市场监管局").worksheets[0]
    corner = [cell.value for cell in sheet["J"][:5]]
    assert corner == [
        "表　　号：红棉01表",
        "制定机关：市委政法委",
        "批准文号：穗统字〔2022〕1号",
        "有效期至：2023年6月",
        "截止时间：2023年1月20日",
    ]
    signed = [cell.value for cell in sheet[4]][:8]
    assert signed == ["填表人：", None, "审核人：", None, "负责人：", "王五", "联系电话：", None]
    assert [cell.protection.locked for cell in sheet[4][:8]] == [True, False] * 4
    other = form(project, "市统计局").worksheets[0]
    assert other["J1"].value == "表　　号：红棉02表"
    assert other["F4"].value is None


def test_lines_are_there_where_the_tree_says_nothing(tmp_path: Path) -> None:
    tree = re.sub(r"form:\n(  .*\n)+", "", TREE).replace(", due: 20", "")
    sheet = form(laid_out(tmp_path, FILES | {"indicators.yaml": tree}), "市市场监管局").worksheets[0]
    assert [cell.value for cell in sheet["J"][:5]] == ["表　　号：", "制定机关：", "批准文号：", "有效期至：", "截止时间："]


def test_definitions_have_what_the_tree_says_of_each(project: Path) -> None:
    sheet = form(project, "市市场监管局")["指标说明"]
    rows = {
        row[0]: dict(zip([cell.value for cell in sheet[2]], row, strict=True))
        for row in sheet.iter_rows(min_row=3, values_only=True)
    }
    own = rows["食品抽检合格批次"]
    assert [own[key] for key in ("指标解释", "数据出处", "统计口径")] == ["合格批次占抽检批次的比重", "抽检月报", "不含餐饮具"]
    assert not rows["投诉数"]["指标解释"]


def fill(project: Path, department: str, period: str, values: dict[str, list[float]], **lines: str) -> None:
    book = form(project, department, period)
    sheet = book.worksheets[0]
    at = {str(cell.value).partition("\n")[0]: cell.column for cell in sheet[6] if cell.value}
    for name, numbers in values.items():
        for row, number in enumerate(numbers, 7):
            sheet.cell(row, at[name]).value = number
    for cell, text in lines.items():
        sheet[cell].value = text
    book.save(project / "f.xlsx")


VALUES = {"食品抽检合格批次": [97, 99], "平均办结用时的分子": [300, 250], "投诉办结率的分子": [80, 81], "投诉数": [12, 15]}


def test_it_comes_back_whole_however_its_lines_are_filled_in(project: Path) -> None:
    lines = {"B4": "张三", "D4": "李四", "F4": "王五", "H4": "83110000", "J5": "截止时间：2023年1月25日"}
    fill(project, "市市场监管局", "2022Q4", VALUES, **lines)
    assert "8 个值" in run(project, "submit", str(project / "f.xlsx"), "--by", "甲", "--strict")


def test_the_last_period_and_the_same_of_last_year_stand_beside_each_other(project: Path) -> None:
    for period, more in (("2021Q4", 0), ("2022Q2", 1), ("2022Q3", 2)):
        fill(project, "市市场监管局", period, {name: [number - more for number in numbers] for name, numbers in VALUES.items()})
        run(project, "submit", str(project / "f.xlsx"), "--by", "甲")
    sheet = form(project, "市市场监管局")["上期和上年同期"]
    assert sheet["A1"].value == "上期和上年同期 · 2022年第三季度 · 2021年第四季度"
    assert [cell.value for cell in sheet[2]][:4] == [None, "食品抽检合格批次\n（批次）", None, "平均办结用时的分子\n（天）"]
    assert [cell.value for cell in sheet[3]][:4] == ["区", "2022年第三季度", "2021年第四季度", "2022年第三季度"]
    assert [cell.value for cell in sheet[4]][:4] == ["东区", 95, 97, 298]
    first = form(project, "市市场监管局", "2021Q1")["上期和上年同期"]
    assert first["A1"].value == "没有上期和上年同期数据"


def test_a_year_before_stands_once(tmp_path: Path) -> None:
    tree = TREE.replace("kind: quarter, due: 20", "kind: year")
    official = FILES["official.csv"].replace("2021Q4", "2021").replace("2022Q3", "2022").replace("2022Q4", "2023")
    project = laid_out(tmp_path, FILES | {"indicators.yaml": tree, "official.csv": official})
    sheet = form(project, "市市场监管局", "2022")["上期和上年同期"]
    assert [cell.value for cell in sheet[3]] == ["区", *["2021年度"] * 4]


def test_a_name_of_its_own_may_be_the_name_of_no_rate() -> None:
    index = index_of(TREE)
    assert {leaf.id for leaf in index.leaves if names_a_rate(leaf)} == {"safe", "quick", "done", "deaths"}
    plain = index_of(TREE.replace("measure: 件/万人, ", "").replace("name: 投诉数", "name: 投诉"))
    assert asked_by(plain.leaves[3], "zh")[0] == "投诉", "a count whose unit of measurement is not said"
