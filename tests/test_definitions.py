"""The sheet of definitions: a row for each indicator that the tree says something of, as the tree has it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from indexcalc.jobs.project import Project
from indexcalc.report.files import report_files
from indexcalc.report.sheets.definitions import definitions_sheet
from indexcalc.scores import Scores

from .conftest import REPOSITORY
from .projects import laid_out

FILES = {
    "indicators.yaml": """
index: {id: demo, name: 示例指数, name_en: Demo index}
units: {label: 区, table: units.csv}
periods: {kind: year}
data: {given: {path: values.csv}}
dimensions:
  - id: safety
    name: 安全
    name_en: Safety
    weight: 0.6
    indicators:
      - id: food
        name: 食品安全
        weight: 0.5
        indicators:
          - {id: pass, name: 合格率, name_en: Pass rate, measure: '%', weight: 1, department: 市场监管局, definition: 合格批次占比, source_note: 月报, method_note: 不含餐具}
      - {id: cases, name: 案件数, measure: 宗, direction: lower, weight: 0.5, department: 公安局}
      - {id: calls, name: 警情数, measure: 起, direction: lower, role: monitored, definition: 接报的警情}
  - {id: plain, name: 其他, weight: 0.4}
""",
    "units.csv": "id,name\na,东区\nb,西区\n",
    "values.csv": "区,年份,合格率,案件数,警情数,其他\n东区,2022,97,5,7,1\n西区,2022,98,6,8,2\n",
}


def scored(folder: Path) -> Scores:
    return Project(folder / "indicators.yaml", folder, folder / "reports").scores()


def test_there_is_a_row_for_each_indicator_that_something_is_said_of(tmp_path: Path) -> None:
    sheet = definitions_sheet(scored(laid_out(tmp_path, FILES)), "2022", "zh")
    assert sheet is not None
    titles = [heading.title for heading in sheet.headings]
    assert titles == ["指标", "所属维度", "计量单位", "指标性质", "总权重（%）", "部门", "指标解释", "数据出处", "统计口径"]
    assert sheet.rows == (
        ("合格率", "安全 · 食品安全", "%", "正向指标", pytest.approx(30), "市场监管局", "合格批次占比", "月报", "不含餐具"),
        ("案件数", "安全", "宗", "逆向指标", pytest.approx(30), "公安局", "", "", ""),
        ("警情数", "安全", "起", "逆向指标", None, "", "接报的警情", "", ""),
    ), "what nothing is said of has no row, and what is monitored no weight"


def test_english_pages_have_english_names_and_the_tree_s_own_sentences(tmp_path: Path) -> None:
    sheet = definitions_sheet(scored(laid_out(tmp_path, FILES)), "2022", "en")
    assert sheet is not None
    assert sheet.title == "Definitions"
    assert sheet.rows[0][:4] == ("Pass rate", "Safety · 食品安全", "%", "higher")
    assert sheet.rows[0][6] == "合格批次占比", "what was written in one language alone is shown as it was written"


def test_a_tree_that_says_nothing_has_no_such_sheet(tmp_path: Path) -> None:
    bare = FILES["indicators.yaml"]
    for key in (", definition: 合格批次占比", ", source_note: 月报", ", method_note: 不含餐具", ", definition: 接报的警情"):
        assert key in bare
        bare = bare.replace(key, "")
    scores = scored(laid_out(tmp_path, FILES | {"indicators.yaml": bare}))
    assert definitions_sheet(scores, "2022", "zh") is None
    book = openpyxl.load_workbook(io.BytesIO(report_files(scores, "2022", "zh")["ranking.xlsx"]))
    assert "指标解释" not in book.sheetnames


def test_every_official_indicator_of_the_repository_is_defined() -> None:
    scores = scored(REPOSITORY)
    sheet = definitions_sheet(scores, "2022", "zh")
    assert sheet is not None
    own = {leaf.title("zh"): leaf for leaf in scores.index.leaves if leaf.department}
    rows = {str(row[0]): row for row in sheet.rows}
    assert rows.keys() == own.keys()
    assert [name for name, row in rows.items() if not row[6]] == [], "each says what it is"
    weights = [row[4] for row in sheet.rows if row[4] is not None]
    assert sum(float(weight) for weight in weights if isinstance(weight, float)) == pytest.approx(100)
    assert len(weights) == len([leaf for leaf in own.values() if leaf.is_scored])
