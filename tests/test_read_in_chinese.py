"""What people read of the repository's own index in Chinese: periods in words, rows of the whole, changes in official style."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.jobs import questions
from indexcalc.jobs.project import Project
from indexcalc.report.files import report_files
from indexcalc.report.formats.xlsx import workbook
from indexcalc.report.numbers import measured
from indexcalc.report.sheets.sheet import Heading, Sheet
from indexcalc.report.sheets.submissions import Submitted, reporting_sheet
from indexcalc.report.sheets.tables import monitored_sheet
from indexcalc.report.sheets.trend import trend_sheet
from indexcalc.scores import Scores
from indexcalc.tree.terms import method_title

from .conftest import REPOSITORY
from .projects import answer, laid_out, run

AS_IN_IDS = re.compile(r"\b20[12]\d(Q[1-4]|H[12]|-\d\d)\b|\b20[12]\d\b(?!年)")


@pytest.fixture(scope="module")
def scores() -> Scores:
    return Project(REPOSITORY / "indicators.yaml", REPOSITORY, REPOSITORY / "reports").scores()


@pytest.fixture(scope="module")
def report(scores: Scores) -> dict[str, bytes]:
    return report_files(scores, "2022Q4", "zh")


def cells_of(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


@pytest.mark.parametrize(
    "words",
    [
        ("rank", "--period", "2022Q4"),
        ("rank", "--node", "safety", "--period", "2022"),
        ("explain", "越秀", "--depth", "2"),
        ("explain", "荔湾", "--depth", "2", "--vs", "group", "--period", "2022Q3"),
        ("trend", "越秀"),
        ("trend", "--node", "criminal-cases", "--period", "2022Q4"),
        ("change", "黄埔", "--from", "2021", "--to", "2022"),
        ("change", "--from", "2022Q3", "--to", "2022Q4"),
        ("compare", "2021", "2022"),
        ("warn", "--period", "2022Q4"),
    ],
    ids=" ".join,
)
def test_periods_are_written_in_words(words: tuple[str, ...]) -> None:
    shown = [line for line in run(REPOSITORY, *words).splitlines() if "←" not in line]  # addresses stay as they are
    assert [line for line in shown if AS_IN_IDS.search(line)] == []
    assert any("年" in line for line in shown)


def test_periods_of_a_report_are_in_words_and_those_for_programs_in_ids(report: dict[str, bytes]) -> None:
    assert "2022年第四季度" in report["summary.md"].decode()
    assert not AS_IN_IDS.search(report["summary.md"].decode())
    texts = [cell for rows in cells_of(report["ranking.xlsx"]).values() for row in rows for cell in row if isinstance(cell, str)]
    assert [text for text in texts if AS_IN_IDS.search(text)] == []
    assert "2022Q4" in report["scores.csv"].decode() and "2022年" not in report["scores.csv"].decode()
    assert "2022Q4" in report["warnings.csv"].decode() and "2022年" not in report["warnings.csv"].decode()


def test_periods_of_tables_for_programs_are_those_of_ids(tmp_path: Path) -> None:
    run(REPOSITORY, "change", "--from", "2021", "--to", "2022", "--out", str(tmp_path))
    heading = next(tmp_path.glob("*.csv")).read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert {"2021", "2022", "位次₀", "位次₁"} <= set(heading)


def test_the_whole_city_stands_below_the_districts(scores: Scores, report: dict[str, bytes]) -> None:
    at, root = scores.periods.index("2022Q4"), scores.tree.root
    values = scores.scores[at, :, root]
    groups = dict.fromkeys(scores.panel.units.groups)
    rows = {row[1]: row for row in cells_of(report["ranking.xlsx"])["总榜"][3:] if row[1]}
    assert rows["全市平均"][0] is None and rows["极差"][0] is None
    assert rows["全市平均"][2] == pytest.approx(np.mean(values))
    assert rows["极差"][2] == pytest.approx(np.ptp(values))
    for group in groups:
        own = [unit for unit, label in enumerate(scores.panel.units.groups) if label == group]
        assert rows[f"同组平均（{group}）"][2] == pytest.approx(np.mean(values[own]))
    assert "全市合计" not in rows, "scores have no sum"
    assert "| 全市平均 |" in report["summary.md"].decode()
    csv = report["ranking.csv"].decode()
    assert "平均" not in csv and "极差" not in csv and len(csv.splitlines()) == 1 + len(scores.panel.units)
    told = answer(REPOSITORY, "rank", "--node", "safety", "--period", "2022Q4")
    assert len(told["ranking"]) == len(scores.panel.units)
    assert told["whole"]["mean"] == pytest.approx(np.mean(scores.scores[at, :, scores.node("safety")]))
    assert set(told["whole"]["groups"]) == set(groups)


WHOLE = """
index: {id: demo, name: 示例指数}
units: {label: 县, table: units.csv, whole: 全省}
periods: {kind: year}
data: {yearly: {path: values.csv}}
defaults: {over_time: sum, weights: equal}
dimensions:
  - id: d
    name: 维度甲
    indicators:
      - {id: one, name: 得分项, measure: 宗}
      - {id: cases, name: 案件数, measure: 宗, role: monitored}
      - {id: rate, name: 办结率, measure: '%', role: monitored}
      - {id: survey, name: 测评, measure: 分, over_time: mean, role: monitored}
"""


def test_only_what_is_counted_has_a_sum(tmp_path: Path) -> None:
    values = "id,period,one,cases,rate,survey\na,2022,1,10,50,7\nb,2022,2,20,70,8\nc,2022,3,,90,\n"
    laid_out(tmp_path, {"indicators.yaml": WHOLE, "units.csv": "id,name\na,甲县\nb,乙县\nc,丙县\n", "values.csv": values})
    index = scored_in(tmp_path)
    sheet = monitored_sheet(index, "2022", "zh")
    assert [row[0] for row in sheet.rows] == ["甲县", "乙县", "丙县"]
    whole = {row[0]: row[1::2] for row in sheet.whole}
    assert whole == {"全省合计": (30, None, None), "全省平均": (15, 70, 7.5), "极差": (10, 40, 1)}
    assert "全省合计" in run(tmp_path, "rank", "--node", "cases")


def scored_in(folder: Path) -> Scores:
    return Project(folder / "indicators.yaml", folder, folder / "reports").scores()


def columns_of(sheet: Sheet) -> dict[str, list[object]]:
    return {heading.title: [row[at] for row in sheet.rows] for at, heading in enumerate(sheet.headings)}


def test_differences_of_scores_are_in_points_and_years_have_none_on_the_period_before(scores: Scores) -> None:
    sheet = trend_sheet(questions.trend(scores, unit="越秀"), "zh")
    columns, periods, own = columns_of(sheet), list(scores.periods), scores.score()[:, scores.panel.units.names.index("越秀区")]
    score = dict(zip(periods, own, strict=True))
    assert not any(title in ("环比", "同比") for title in columns)
    for period, last, year, on_year in zip(
        columns["期次"], columns["环比增减（分）"], columns["同比增减（分）"], columns["比上年增减（分）"], strict=True
    ):
        if len(str(period)) == 4:
            assert last is None and year is None
            assert on_year == (None if period == "2021" else pytest.approx(score["2022"] - score["2021"]))
        else:
            assert on_year is None
            before = f"2021{str(period)[4:]}"
            assert year == (pytest.approx(score[str(period)] - score[before]) if str(period) > "2022" else None)
    shown = run(REPOSITORY, "trend", "越秀").splitlines()
    second = next(line for line in shown if line.startswith("2022年第二季度"))
    first = next(line for line in shown if line.startswith("2021年第一季度"))
    assert "持平" in second and "持平" not in first and "–" in first


def test_values_are_compared_in_their_own_measure(scores: Scores) -> None:
    result = questions.trend(scores, node="criminal-cases", period="2022")
    sheet, at = trend_sheet(result, "zh"), scores.panel.column["criminal-cases"]
    counted = {period: scores.panel.values[scores.periods.index(period), :, at] for period in ("2021", "2022")}
    columns, whole = columns_of(sheet), {row[0]: row for row in sheet.whole}
    titles = [heading.title for heading in sheet.headings]
    assert sorted(columns["填报数（宗）"]) == sorted(counted["2022"])  # type: ignore[type-var]
    assert whole["全市合计"][titles.index("填报数（宗）")] == np.nansum(counted["2022"])
    assert whole["全市合计"][titles.index("比上年增减（宗）")] == np.nansum(counted["2022"] - counted["2021"]), (
        "of the units that have both"
    )
    assert whole["全市合计"][titles.index("数值（宗/万人）")] is None, "a sum of rates is none of the city"
    grown = titles.index("填报数比上年增长")
    both = np.isfinite(counted["2022"]) & np.isfinite(counted["2021"])
    now, then = (float(counted[period][both].sum()) for period in ("2022", "2021"))
    assert whole["全市合计"][grown] == pytest.approx(100 * (now - then) / then), (
        "of the units that have both, as its difference is"
    )
    assert whole["全市合计"][titles.index("数值比上年增长")] is None
    assert [whole[name][grown] for name in ("全市平均", "极差")] == [None, None], "a mean of growths is no growth"
    text = run(REPOSITORY, "trend", "--node", "criminal-cases", "--period", "2022")
    unit = scores.panel.units.names.index("越秀区")
    now, then = (float(counted[period][unit]) for period in ("2022", "2021"))
    moved = "增加" if now > then else "减少"
    grown = f"{'上升' if now > then else '下降'}{abs(now - then) / then:.1%}"
    assert re.search(rf"越秀区 +{now:.0f} +{moved}{abs(now - then):.0f} +{re.escape(grown)} ", text)
    shares = columns_of(trend_sheet(questions.trend(scores, node="food-pass", period="2022Q4"), "zh"))
    assert "环比增减（百分点）" in shares and not any("增长" in title for title in shares)


def test_a_difference_is_read_in_words_in_a_workbook_too(scores: Scores) -> None:
    sheet = trend_sheet(questions.trend(scores, node="criminal-cases", period="2022"), "zh")
    page = openpyxl.load_workbook(io.BytesIO(workbook([sheet], "zh"))).worksheets[0]
    formats = {cell.number_format for row in page.iter_rows() for cell in row if isinstance(cell.value, int | float)}
    assert {'"增加"0;"减少"0;"持平"', '"上升"0.0"%";"下降"0.0"%";"持平"', '"↑"0.##;"↓"0.##;"持平"'} <= formats


def test_every_dimension_has_its_places_and_moves(scores: Scores, report: dict[str, bytes]) -> None:
    def places(period: str, node: int) -> list[int]:
        values = scores.scores[scores.periods.index(period), :, node]
        return [1 + int(sum(other > own + 1e-9 for other in values)) for own in values]

    rows = cells_of(report["ranking.xlsx"])["各维度位次"]
    shown = {str(row[0]): row[1:] for row in rows if row[0] in scores.panel.units.names}
    for node, first in ((scores.tree.root, 0), *((node, 2 * at) for at, node in enumerate(scores.tree.dimensions, 1))):
        now, before = places("2022Q4", node), places("2022Q3", node)
        for unit, name in enumerate(scores.panel.units.names):
            assert list(shown[name][first : first + 2]) == [now[unit], before[unit] - now[unit]]
    safety = cells_of(report["ranking.xlsx"])["社会安全度"]
    assert list(safety[2][:6]) == ["位次", "区", "得分", "较上期", "较上年同期", "人身安全"]
    assert list(safety[3][5:8]) == ["得分", "位次", "较上期"]
    assert "## 各维度位次" in report["summary.md"].decode()


SENT = """
index: {id: demo, name: 示例指数}
units: {label: 区, table: units.csv}
periods: {kind: quarter, roll_up: year, due: 20}
data: {sent: {ledger: ledger.sqlite}}
defaults: {weights: equal, normalise: points, over_time: sum, missing: {policy: reweight, coverage: 0}}
dimensions:
  - {id: a, name: 甲项, department: 甲局}
  - {id: b, name: 乙项, department: 乙局}
"""


def test_a_report_says_who_reported_late_not_at_all_or_anew(tmp_path: Path) -> None:
    laid_out(tmp_path, {"indicators.yaml": SENT, "units.csv": "id,name\n01,东区\n02,西区\n"})
    for value, why in ((80, []), (70, ["--reason", "复核后更正"])):
        laid_out(tmp_path, {"sent.csv": f"区,期次,甲项\n东区,2022Q1,{value}\n西区,2022Q1,60\n"})
        run(tmp_path, "submit", str(tmp_path / "sent.csv"), "--by", "张三", "--department", "甲局", "--period", "2022Q1", *why)
    run(tmp_path, "score", "--period", "2022Q1", "--out", str(tmp_path / "out"))
    page = cells_of((tmp_path / "out" / "2022Q1" / "ranking.xlsx").read_bytes())["报送情况"]
    rows = {row[0]: row for row in page if row[0] in ("甲局", "乙局")}
    today = dt.datetime.now().astimezone().date()
    assert rows["甲局"][1:3] == ["2022年第一季度", "2022-04-20"]
    assert rows["甲局"][4] in {f"迟报 {(day - dt.date(2022, 4, 20)).days} 天" for day in (today, today - dt.timedelta(days=1))}
    assert rows["甲局"][5:7] == [1, "复核后更正"]
    assert rows["乙局"][3:6] == [None, "未报", 0]
    said = (tmp_path / "out" / "2022Q1" / "summary.md").read_text(encoding="utf-8")
    assert "应报 2 份：按时 0 份，迟报 1 份，未报 1 份；其中更正过 1 份。" in said
    assert "没有" not in run(tmp_path, "verify", str(tmp_path / "out" / "2022Q1"))


def test_a_year_has_what_was_reported_of_its_quarters(scores: Scores) -> None:
    made = [
        Submitted("甲局", "2022Q4", "2023-01-20", "2023-01-19", 0, 0, ""),
        Submitted("甲局", "2021Q4", "2022-01-20", "", 0, 0, ""),
    ]
    sheet = reporting_sheet(scores, made, "2022", "zh")
    assert sheet is not None
    assert [(row[1], row[4]) for row in sheet.rows] == [("2022Q4", "按时")]
    assert reporting_sheet(scores, made, "2022Q3", "zh") is None


def test_methods_and_values_are_called_as_the_field_calls_them() -> None:
    assert [method_title(*one) for one in (("critic", "zh"), ("geometric", "zh", "aggregate"), ("entropy", "zh"))] == [
        "CRITIC法",
        "几何平均",
        "熵权法",
    ]
    by_id, by_name = (CliRunner().invoke(app, ["methods", name, "--lang", "zh"]).stdout for name in ("entropy", "熵权法"))
    assert by_id == by_name and by_id.startswith("weights: entropy")
    assert [measured(*one) for one in ((31.92541587, "件/万人"), (3373.0, "件"), (14.0, "条/日"))] == [
        "31.93 件/万人",
        "3373 件",
        "14 条/日",
    ]


def test_what_was_reported_is_named_with_its_measure_and_whole_in_data(scores: Scores) -> None:
    lines = run(REPOSITORY, "explain", "越秀", "--node", "criminal-cases").splitlines()
    raw = answer(REPOSITORY, "explain", "越秀", "--node", "criminal-cases")["tree"]["raw"]
    at, unit = scores.periods.index("2022"), scores.panel.units.names.index("越秀区")
    reported = {
        name: float(scores.panel.values[at, unit, scores.panel.column[name]]) for name in ("criminal-cases", "population")
    }
    assert {one["column"]: one["value"] for one in raw} == reported
    cases, people = f"刑事立案数 {reported['criminal-cases']:.0f} 宗", f"常住人口 {reported['population']:.2f} 万人"
    assert any(line.strip().startswith(f"{cases} (criminal-cases)  ← data/") for line in lines)
    assert any(line.strip().startswith(f"{people} (population)  ← data/") for line in lines)


def test_what_is_said_about_a_narrow_table_is_printed_whole() -> None:
    title, note = "某市基层治理综合评价指数（模拟数据）", "模拟数据：街道、社区、时限、权重和全部工单均为示意"
    rows = (("甲", 1.0), ("乙", 2.0))
    sheet = Sheet("监测指标", (Heading("街道", "text"), Heading("得分", "score")), rows, notes=("只列数值", note))
    page = openpyxl.load_workbook(io.BytesIO(workbook([sheet], "zh", title))).worksheets[0]
    _, _, last, _ = openpyxl.utils.range_boundaries(str(page.print_area).rpartition("!")[2])
    printed = sum(page.column_dimensions[letter].width for letter in "AB") + 8.43 * (last - 2)
    assert printed >= 2 * len(note)  # an ideograph takes two columns of text
    assert printed >= 2 * len(f"{title} · 监测指标") * 14 / 10 - 8
