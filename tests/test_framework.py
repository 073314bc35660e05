"""Framework sheets as offices and COINr make them become trees that score, and come back as the same trees."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import range_boundaries

import indexcalc
from indexcalc.findings import Refused

from .conftest import REPOSITORY, count, ran

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # what is told of a sheet


def workbook(path: Path, sheets: dict[str, list[list[Any]]], merges: dict[str, list[str]] | None = None) -> Path:
    """Write sheets by openpyxl, with cells merged as people do: all but the first lose what stood in them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append([None if cell == "" else cell for cell in row])
        for area in (merges or {}).get(name, ()):
            page.merge_cells(area)
    book.save(path)
    return path


VALUES = [
    ["地区", "年份", "刑事立案数", "群众安全感", "矛盾化解率", "人均GDP", "失业率"],
    ["东区", 2023, 120, 95.1, 88, 12.5, 4.1],
    ["西区", 2023, 90, 96.3, 92, 10.1, 3.9],
    ["南区", 2023, 150, 91.0, 85, 15.2, 5.0],
]

# three merged levels, weights among siblings, a department over several rows, a title and notes
MERGED = [
    ["某市社会治理指数指标体系（2024年）"],
    ["单位：见各项"],
    ["一级指标", "权重", "二级指标", "权重", "三级指标", "权重", "指标方向", "计量单位", "责任部门", "指标说明", "数据来源"],
    ["一、平安建设", 0.6, "（一）社会治安", 0.5, "1.刑事立案数", 0.6, "逆向", "件", "市公安局", "全年立案数", "公安年报"],
    ["", "", "", "", "2.群众安全感", 0.4, "正向", "%", "", "抽样调查\n结果", "民意调查"],
    ["", "", "（二）矛盾化解", 0.5, "矛盾化解率", 1, "正向", "%", "市司法局", "", ""],
    ["二、经济发展", 0.4, "经济水平", 1, "人均GDP", 0.5, "正向", "万元", "市统计局", "", ""],
    ["", "", "", "", "失业率", 0.5, "负向", "%", "", "", ""],
    ["注：数据截至2023年12月31日。"],
]
MERGED_CELLS = ["A1:K1", "A4:A6", "B4:B6", "C4:C5", "D4:D5", "I4:I5", "A7:A8", "B7:B8", "C7:C8", "D7:D8", "I7:I8", "A9:K9"]

# weights of the total in per cent, a table that goes on, sums, two lines of headings
TOTAL = [
    ["附件1", "", "", "", "", "", ""],
    ["平安指数评价指标体系", "", "", "", "", "", ""],
    ["一级指标", "二级指标", "三级指标", "占总权重（%）", "目标值及属性", "", "牵头部门"],
    ["", "", "", "", "属性", "目标值", ""],
    ["平安建设", "社会治安", "刑事立案数", 20, "逆", "", "市公安局"],
    ["", "", "群众安全感", 15, "正", "", ""],
    ["", "矛盾化解", "矛盾化解率", 25, "正", "100%", "市司法局"],
    ["续表", "", "", "", "", "", ""],
    ["一级指标", "二级指标", "三级指标", "占总权重（%）", "目标值及属性", "", "牵头部门"],
    ["", "", "", "", "属性", "目标值", ""],
    ["经济发展（续）", "经济水平", "人均GDP", 30, "正", "", "市统计局"],
    ["", "", "失业率", 10, "适度", "4%", ""],
    ["合计", "", "", 100, "", "", ""],
]
TOTAL_CELLS = ["A2:G2", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4", "A5:A7", "B5:B6", "G5:G6"]
TOTAL_CELLS += ["A8:G8", "A9:A10", "B9:B10", "C9:C10", "D9:D10", "E9:F9", "G9:G10", "A11:A12", "B11:B12"]

# codes in the names, points in brackets behind them, bounds, no merged cells at all
POINTS = [
    ["领域", "具体指标", "指标属性", "下限", "上限", "责任单位"],
    ["A1 平安建设（60分）", "B1 刑事立案数（20分）", "越小越好", 50, 200, "市公安局"],
    ["", "B2 群众安全感（15分）", "越大越好", 80, 100, ""],
    ["", "B3 矛盾化解率（25分）", "越大越好", "60%", "100%", "市司法局"],
    ["A2 经济发展（40分）", "B4 人均GDP（30分）", "越大越好", "", "", "市统计局"],
    ["", "B5 失业率（10分）", "越小越好", "", "", ""],
    ["说明：分值合计100分。"],
]
LAYOUTS = {
    "merged": (MERGED, MERGED_CELLS),
    "total": (TOTAL, TOTAL_CELLS),
    "points": (POINTS, []),
}


def imported(folder: Path, name: str, kind: str = ".xlsx") -> indexcalc.Index:
    rows, cells = LAYOUTS[name]
    book = workbook(folder / f"{name}{kind}", {"指标体系": rows, "数据": VALUES}, {"指标体系": cells})
    indexcalc.import_tree(book, folder / name)
    return indexcalc.load(folder / name / "indicators.yaml")


def leaves(index: indexcalc.Index) -> dict[str, Any]:
    return {leaf.name or leaf.name_en: leaf for leaf in index.leaves}


def effective(index: indexcalc.Index) -> dict[str, float]:
    """What each indicator weighs in the index, by multiplying shares on the way down, in plain code."""
    found: dict[str, float] = {}

    def walk(nodes: Any, share: float) -> None:
        total = sum(node.weight for node in nodes)
        for node in nodes:
            own = share * node.weight / total
            if hasattr(node, "indicators"):
                walk(node.indicators, own)
            else:
                found[node.name] = own

    walk(index.dimensions, 1.0)
    return found


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_sheet_of_an_office_scores_and_comes_back_as_the_same_tree(name: str, tmp_path: Path) -> None:
    index = imported(tmp_path, name)
    scores = indexcalc.score(index)
    assert len(scores.ranking()) == 3
    assert np.isfinite(scores.ranking()["score"]).all()
    for suffix in (".xlsx", ".csv"):
        for language in ("zh", "en"):
            sheet = tmp_path / f"{name}.{language}{suffix}"
            project = indexcalc.jobs.project.project_of(index, lang=language)
            indexcalc.export_tree(project, sheet)
            again = indexcalc.import_tree(sheet, tmp_path / f"{name}-{language}-{suffix[1:]}").index
            assert again.model_dump() == index.model_dump()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_session_of_the_page_is_what_comes_out(language: str, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / language / "framework.md").read_text(encoding="utf-8")
    ((typed, shown),) = re.findall(r"```console\n\$ indexcalc ([^\n]*)\n(.*?)```", page, re.DOTALL)
    workbook(tmp_path / "指标体系.xlsx", {"指标体系": MERGED, "数据": VALUES}, {"指标体系": MERGED_CELLS})
    said = ran(tmp_path, *typed.split(), *(["--lang", "zh"] if language == "zh" else []))
    assert said.stderr + said.stdout == shown


def test_merged_levels_departments_notes_and_titles_are_read_as_people_mean_them(tmp_path: Path) -> None:
    index = imported(tmp_path, "merged")
    assert index.index.name == "某市社会治理指数指标体系（2024年）"
    assert [node.name for node in index.dimensions] == ["平安建设", "经济发展"]
    assert {name: leaf.department for name, leaf in leaves(index).items()} == {
        "刑事立案数": "市公安局",
        "群众安全感": "市公安局",
        "矛盾化解率": "市司法局",
        "人均GDP": "市统计局",
        "失业率": "市统计局",
    }
    own = leaves(index)["群众安全感"]
    assert (own.definition, own.source_note, own.measure, own.direction) == ("抽样调查结果", "民意调查", "%", "higher")
    assert leaves(index)["失业率"].direction == "lower"
    want = {"刑事立案数": 0.18, "群众安全感": 0.12, "矛盾化解率": 0.3, "人均GDP": 0.2, "失业率": 0.2}
    assert effective(index) == pytest.approx(want, abs=1e-12)
    assert index.periods.kind == "year"


def test_weights_of_the_total_and_points_in_names_weigh_what_they_say(tmp_path: Path) -> None:
    want = {"刑事立案数": 0.2, "群众安全感": 0.15, "矛盾化解率": 0.25, "人均GDP": 0.3, "失业率": 0.1}
    for name in ("total", "points"):
        index = imported(tmp_path, name)
        assert effective(index) == pytest.approx(want, abs=1e-12)
        assert [node.name for node in index.dimensions] == ["平安建设", "经济发展"]
    total, points = (indexcalc.load(tmp_path / name / "indicators.yaml") for name in ("total", "points"))
    assert (leaves(total)["失业率"].direction, leaves(total)["失业率"].target) == ("target", 0.04)
    assert leaves(total)["群众安全感"].department == "市公安局"
    assert [leaf.id for leaf in points.leaves] == ["B1", "B2", "B3", "B4", "B5"]
    way = leaves(points)["刑事立案数"].normalise
    assert (way.method, way.parameters) == ("goalposts", {"worst": 200, "best": 50})


def test_ids_made_of_names_stay_when_rows_move(tmp_path: Path) -> None:
    index = imported(tmp_path, "merged")
    moved = [*MERGED[:3], *MERGED[6:8], *MERGED[3:6]]
    workbook(tmp_path / "moved.xlsx", {"指标体系": moved})
    again = indexcalc.import_tree(tmp_path / "moved.xlsx", tmp_path / "moved").index
    assert {leaf.name: leaf.id for leaf in again.leaves} == {leaf.name: leaf.id for leaf in index.leaves}


def test_a_text_of_an_office_reads_alike(tmp_path: Path) -> None:
    file = tmp_path / "frame.csv"
    with file.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([*row, *[""] * (11 - len(row))] for row in MERGED)
    index = indexcalc.import_tree(file, tmp_path / "out").index
    assert [leaf.name for leaf in index.leaves] == ["刑事立案数", "群众安全感", "矛盾化解率", "人均GDP", "失业率"]
    assert effective(index)["刑事立案数"] == pytest.approx(0.18)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ods", "xls"][: count(1, 2)])
def test_workbooks_of_other_programs_read_alike(kind: str, tmp_path: Path) -> None:
    if not (office := shutil.which("soffice")):
        pytest.skip("no LibreOffice here")
    index = imported(tmp_path, "merged")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", kind, "--outdir", tmp_path, tmp_path / "merged.xlsx"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    again = indexcalc.import_tree(tmp_path / f"merged.{kind}", tmp_path / kind).index
    assert again.dimensions == index.dimensions


def test_english_headings_and_a_sheet_without_values(tmp_path: Path) -> None:
    rows = [
        ["Dimension", "Weight", "Indicator", "Weight", "Direction", "Unit", "Responsible department", "Definition"],
        ["Safety", "50%", "Crimes filed", "60%", "lower", "cases", "Police", "Cases filed in a year"],
        ["", "", "Feeling of safety", "40%", "higher", "%", "Statistics", ""],
        ["Services", "50%", "Clinics", "100%", "higher", "", "Health", ""],
    ]
    with xlsxwriter.Workbook(tmp_path / "frame.xlsx") as book:
        page = book.add_worksheet("Framework")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        page.merge_range("A2:A3", "Safety")
        page.merge_range("B2:B3", "50%")
    index = indexcalc.import_tree(tmp_path / "frame.xlsx", tmp_path).index
    assert [leaf.id for leaf in index.leaves] == ["crimes-filed", "feeling-of-safety", "clinics"]
    assert [node.weight for node in index.dimensions] == [0.5, 0.5]
    with pytest.raises(Refused) as refused:
        indexcalc.score(tmp_path / "indicators.yaml")
    assert {one.code for one in refused.value.findings} == {"IC131", "IC160"}


def test_the_asem_framework_scores_as_coinr_scores_it(shared: Path, tmp_path: Path) -> None:
    coinr = shared / "coinr"
    made = indexcalc.import_tree(coinr / "inputs" / "ASEM_iMeta.csv", tmp_path)
    assert (made.nodes, made.indicators) == (10, 49)
    text = (tmp_path / "indicators.yaml").read_text(encoding="utf-8")
    derived = indexcalc.score(tmp_path / "indicators.yaml").frame()
    for name, column, factor in (("Goods", "Goods", 1.0), ("Flights", "Flights", 1.0)):
        want = column_of(coinr / "e_full_pipeline" / "data_denominated.csv", column)
        own = derived[derived["node"] == name].set_index("unit")["derived"]
        assert np.allclose([own[unit] * factor for unit in want], list(want.values()), rtol=1e-12, equal_nan=True)
    # as COINr's own first example, which leaves denominators aside
    plain = "\n".join(
        line.replace(", per: Population", "").replace(", per: Area", "").replace(", per: Energy", "").replace(", per: GDP", "")
        for line in text.splitlines()
        if not line.strip().startswith(("denominators:", "- {id: Area", "- {id: Energy", "- {id: GDP,", "- {id: Population"))
    )
    (tmp_path / "plain.yaml").write_text(plain, encoding="utf-8")
    frame = indexcalc.score(tmp_path / "plain.yaml").frame(wide=True).set_index("unit")
    golden = coinr / "a_minmax_amean" / "scores.csv"
    for node in ("Index", "Conn", "Sust", "Physical", "SusEcFin", "LPI", "CO2"):
        want = column_of(golden, node)
        assert np.allclose([frame[node][unit] for unit in want], list(want.values()), rtol=1e-12, equal_nan=True), node
    indexcalc.export_tree(tmp_path, tmp_path / "asem.xlsx")
    assert indexcalc.import_tree(tmp_path / "asem.xlsx", tmp_path / "again").index.model_dump() == made.index.model_dump()


def column_of(file: Path, name: str) -> dict[str, float]:
    with file.open(encoding="utf-8") as stream:
        return {row["uCode"]: float(row[name] or "nan") for row in csv.DictReader(stream)}


def test_all_mistakes_are_said_at_once_with_their_cells(tmp_path: Path) -> None:
    rows = [
        ["一级指标", "权重", "二级指标", "权重", "方向", "目标值"],
        ["平安", 0.6, "立案数", 0.5, "逆向", ""],
        ["", "", "安全感", 0.4, "正反", ""],
        ["", "", "安全感", 0.05, "正向", ""],
        ["经济", "四成", "失业率", "", "适度", ""],
        ["", "", "人均GDP", 1, "正向", "很高"],
        ["", "", "", 0.3, "", ""],
    ]
    book = workbook(tmp_path / "frame.xlsx", {"体系": rows})
    with pytest.raises(Refused) as refused:
        indexcalc.import_tree(book, tmp_path / "out")
    found = {(one.code, str(one.place).rpartition("!")[2]) for one in refused.value.findings if one.severity == "error"}
    assert found == {
        ("IC643", "D2"),  # 0.95 under 平安
        ("IC642", "E3"),
        ("IC647", "C4"),
        ("IC645", "B5"),
        ("IC644", "C5"),
        ("IC648", "E5"),
        ("IC645", "F6"),
        ("IC641", "D7"),
    }
    assert not (tmp_path / "out").exists()


def test_parents_that_are_not_there_and_loops_are_said_with_their_cells(tmp_path: Path) -> None:
    rows = [
        ["编号", "上级编号", "指标名称", "权重", "方向"],
        ["A", "", "平安", 1, ""],
        ["A1", "A", "立案数", 0.5, "逆向"],
        ["A2", "AA", "安全感", 0.5, "正向"],
        ["B", "C", "甲", 1, ""],
        ["C", "B", "乙", 1, ""],
        ["A1", "A", "立案数二", 0.5, "逆向"],
    ]
    book = workbook(tmp_path / "frame.xlsx", {"体系": rows})
    with pytest.raises(Refused) as refused:
        indexcalc.import_tree(book, tmp_path / "out")
    found = {(one.code, str(one.place).rpartition("!")[2]) for one in refused.value.findings if one.severity == "error"}
    assert found == {("IC646", "B4"), ("IC769", "B5"), ("IC769", "B6"), ("IC647", "A7")}


def test_values_that_check_refuses_are_told_once_the_tree_is_written(tmp_path: Path) -> None:
    values = [*VALUES, ["北区", 2023, "很多", 90, 80, 9, 4]]
    book = workbook(tmp_path / "frame.xlsx", {"体系": POINTS, "数据": values})
    with pytest.warns(UserWarning, match="IC778"):
        indexcalc.import_tree(book, tmp_path / "out")
    assert (tmp_path / "out" / "indicators.yaml").exists()


def test_a_row_of_totals_below_the_running_numbers_is_no_indicator(tmp_path: Path) -> None:
    rows = [["序号", "一级指标", "二级指标", "分值"], [1, "平安（60分）", "警情", 60], [2, "服务（40分）", "办结率", 40]]
    book = workbook(tmp_path / "a.xlsx", {"指标": [*rows, ["合计", "", "", 100]]})
    assert [leaf.name for leaf in indexcalc.import_tree(book, tmp_path / "a").index.leaves] == ["警情", "办结率"]


def test_a_tree_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    imported(tmp_path, "points")
    before = (tmp_path / "points" / "indicators.yaml").read_bytes()
    with pytest.raises(Refused, match="IC771"):
        indexcalc.import_tree(tmp_path / "points.xlsx", tmp_path / "points")
    assert (tmp_path / "points" / "indicators.yaml").read_bytes() == before


def test_weights_of_the_total_beside_others_must_agree(tmp_path: Path) -> None:
    rows = [
        ["一级指标", "权重", "二级指标", "权重", "总权重(%)", "方向"],
        ["平安", 60, "立案数", 50, 30, "逆向"],
        ["", "", "安全感", 50, 35, "正向"],
        ["经济", 40, "人均GDP", 100, 40, "正向"],
    ]
    book = workbook(tmp_path / "frame.xlsx", {"体系": rows})
    with pytest.raises(Refused) as refused:
        indexcalc.import_tree(book, tmp_path / "out")
    assert [(one.code, str(one.place).rpartition("!")[2]) for one in refused.value.findings if one.severity == "error"] == [
        ("IC649", "E3")
    ]


def test_the_projects_own_tree_comes_back_the_same(tmp_path: Path) -> None:
    own = Path(__file__).parent.parent / "indicators.yaml"
    index = indexcalc.load(own)
    indexcalc.export_tree(index, tmp_path / "own.xlsx")
    assert indexcalc.import_tree(tmp_path / "own.xlsx", tmp_path / "out").index.model_dump() == index.model_dump()


def test_cells_of_a_written_sheet_are_merged_over_what_stands_below(tmp_path: Path) -> None:
    index = imported(tmp_path, "merged")
    indexcalc.export_tree(index, tmp_path / "sheet.xlsx")
    page = openpyxl.load_workbook(tmp_path / "sheet.xlsx").worksheets[0]
    areas = {range_boundaries(str(area)) for area in page.merged_cells.ranges}
    assert {(1, 3, 1, 5), (3, 3, 3, 4), (1, 6, 1, 7)} <= areas


# ------------------------------------------------------------------------------------- years in names, and a sheet a year


DATED = [
    ["一级指标", "二级指标（分值）", "属性", "数据来源部门", "备注"],
    ["就业（60分）", "登记失业率（2023年，40分）", "负", "市人社局", "年报"],
    ["", "新增就业（20分）", "正", "市人社局", ""],
    ["教育（40分）", "入学率（2022年）", "正", "市教育局", ""],
    ["", "入学率（2023年，25分）", "正", "市教育局", ""],
]


def test_a_year_behind_a_name_becomes_a_note_and_points_beside_it_the_weight(tmp_path: Path) -> None:
    rows = [*DATED[:3], ["教育（40分）", "升学率（截至2022年底、15分）", *DATED[3][2:]], ["", "入学率(25分)", *DATED[4][2:]]]
    made = indexcalc.import_tree(workbook(tmp_path / "a.xlsx", {"指标": rows}), tmp_path / "out").index
    assert [leaf.name for leaf in made.leaves] == ["登记失业率", "新增就业", "升学率", "入学率"]
    assert [float(leaf.weight) for leaf in made.leaves] == [40, 20, 15, 25]
    assert [leaf.note for leaf in made.leaves] == ["年报；2023年，40分", "", "截至2022年底、15分", ""]
    assert {leaf.department for leaf in made.leaves} == {"市人社局", "市教育局"}


def test_names_that_differ_in_the_year_alone_keep_it(tmp_path: Path) -> None:
    rows = [*DATED[:3], ["教育（40分）", "入学率（2022年，15分）", *DATED[3][2:]], DATED[4]]
    made = indexcalc.import_tree(workbook(tmp_path / "a.xlsx", {"指标": rows}), tmp_path / "out").index
    assert [leaf.name for leaf in made.leaves] == ["登记失业率", "新增就业", "入学率（2022年，15分）", "入学率（2023年，25分）"]
    assert [float(leaf.weight) for leaf in made.leaves] == [40, 20, 15, 25]


def test_sheets_that_are_called_after_years_are_read_as_one_source_without_their_totals(tmp_path: Path) -> None:
    heads = [["地区", "就业", ""], ["", "登记失业率（%）", "新增就业（人）"]]
    merges = ["A1:A2", "B1:C1"]
    sheets = {"指标": [DATED[0], ["就业", "登记失业率（2023年，40分）", "负"], ["", "新增就业（60分）", "正"]]}
    sheets |= {"2022年": [*heads, ["东区", 3.1, 400], ["西区", 2.9, 300], ["全市平均", 3, 350]]}
    sheets |= {"2023年": [*heads, ["东区", 3.0, 420], ["南区", 2.5, 900], ["全市平均", 2.75, 660]]}
    book = workbook(tmp_path / "a.xlsx", sheets, {"2022年": merges, "2023年": merges})
    indexcalc.import_tree(book, tmp_path / "out")
    scores = indexcalc.score(tmp_path / "out" / "indicators.yaml")
    assert scores.periods == ("2022", "2023")
    assert scores.panel.units.ids == ("东区", "西区", "南区")
    with_scores = [scores.ranking(period).dropna(subset="score")["unit"] for period in scores.periods]
    assert [set(units) for units in with_scores] == [{"东区", "西区"}, {"东区", "南区"}]


def test_a_row_of_the_whole_without_values_is_left_out_below_an_unusual_heading(tmp_path: Path) -> None:
    values = [["县（市、区）", *VALUES[0][2:]], *([row[0], *row[2:]] for row in VALUES[1:]), ["全市平均", *[""] * 5]]
    book = workbook(tmp_path / "a.xlsx", {"指标": MERGED, "2023年": values}, {"指标": MERGED_CELLS})
    indexcalc.import_tree(book, tmp_path / "a")
    assert indexcalc.score(tmp_path / "a" / "indicators.yaml").panel.units.ids == ("东区", "西区", "南区")
