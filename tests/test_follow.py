"""What follows from a place: outcomes with ties at the border, goals on their way, remarks where they belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexcalc
from indexcalc.analysis.follow import _within, goals, outcomes
from indexcalc.findings import Refused
from indexcalc.tree.blocks.follow import Outcome

from .projects import answer, laid_out, run

UNITS = "id,name\n01,东区\n02,西区\n03,南区\n04,北区\n05,中区\n"
VALUES = "id,year,a,b\n" + "".join(
    f"{unit},{year},{a},{b}\n"
    for year, row in {
        2021: [(90, 5), (80, 6), (80, 7), (70, 8), (60, 9)],
        2022: [(90, 4), (80, 6), (80, 7), (60, 8), (60, 9)],
        2023: [(95, 3), (96, 6), (80, 7), (61, 8), (60, 9)],
    }.items()
    for unit, (a, b) in zip(("01", "02", "03", "04", "05"), row, strict=True)
)
TREE = """
index: {id: t, name: 测试}
units: {label: 区, table: u.csv}
periods: {kind: year}
data: {d: {path: v.csv}}
defaults: {normalise: points}
dimensions:
  - {id: a, name: 甲, weight: 1}
  - {id: b, name: 乙, weight: 0, direction: lower}
"""
FOLLOW = """
outcomes:
  - {name: 奖励, name_en: Award, first: 2}
  - {name: 约谈, last: 1}
  - {name: 问责, last: 2, in_a_row: 2}
goals:
  - {unit: 东区, node: b, period: 2023, value: 3.5, department: 公安局}
  - {unit: "02", period: 2023, value: 99}
  - {unit: 北区, period: 2025, rank: 2}
  - {unit: 西区, period: 2025, value: 100}
remarks:
  - {unit: 东区, period: 2023, kind: 亮点, text: 一网统管, author: 办公室}
  - {unit: 北区, node: a, kind: 整改, text: 补齐短项}
"""


def project(folder: Path, follow: str = FOLLOW, **files: str) -> Path:
    return laid_out(folder, {"indicators.yaml": TREE + follow, "u.csv": UNITS, "v.csv": VALUES, **files})


@given(
    st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")]), min_size=1, max_size=9),
    st.integers(1, 5),
    st.booleans(),
)
def test_whoever_ties_at_the_border_is_in_and_nobody_beyond(scores: list[float], count: int, top: bool) -> None:
    known = sorted((one for one in scores if one == one), reverse=True)
    ranks = np.array([1.0 + sum(other > one for other in known) if one == one else np.nan for one in scores])
    within, tied = _within(Outcome(name="x", first=count if top else None, last=None if top else count), ranks)
    border = (known[:count] if top else known[-count:])[-1 if top else 0] if known else None
    for score, own, at_border in zip(scores, within, tied, strict=True):
        want = border is not None and score == score and (score >= border if top else score <= border)
        assert own == want
        assert at_border == (want and score == border and sum(within) > min(count, len(known)))


def test_outcomes_are_of_a_round_or_of_several_in_a_row(tmp_path: Path) -> None:
    scores = indexcalc.score(project(tmp_path) / "indicators.yaml")

    def said(row: int) -> set[tuple[str, str, bool]]:
        return {(one.outcome.name, scores.panel.units.title(one.unit, "zh"), one.tied) for one in outcomes(scores, row)}

    first = {("奖励", "东区", False), ("奖励", "西区", True), ("奖励", "南区", True), ("约谈", "中区", False)}
    assert said(0) == first
    assert said(1) == {
        ("奖励", "东区", False),
        ("奖励", "西区", True),
        ("奖励", "南区", True),
        ("约谈", "北区", True),
        ("约谈", "中区", True),
        ("问责", "北区", False),
        ("问责", "中区", False),
    }
    assert said(2) == {
        ("奖励", "东区", False),
        ("奖励", "西区", False),
        ("约谈", "中区", False),
        ("问责", "北区", False),
        ("问责", "中区", False),
    }


def test_goals_are_reached_missed_on_course_or_behind_by_the_rule_that_is_said(tmp_path: Path) -> None:
    scores = indexcalc.score(project(tmp_path) / "indicators.yaml")
    states = {(one.goal.unit, row): (one.state, one.course) for row in range(3) for one in goals(scores, row)}
    assert states["东区", 0] == ("on course", 5.0)
    assert states["东区", 1] == ("on course", 4.25)  # 4 reported, half way from 5 to 3.5 is 4.25
    assert states["东区", 2] == ("reached", 3.5)
    assert states["02", 1] == ("behind", 89.5)
    assert states["02", 2][0] == "missed"
    assert states["北区", 2][0] == "behind"
    assert states["西区", 2] == ("on course", 90.0)


def test_all_of_it_is_shown_on_screen_in_files_and_in_time(tmp_path: Path) -> None:
    folder = project(tmp_path)
    said = run(folder, "rank", "--lang", "zh")
    for text in ("结果运用", "奖励", "并列", "目标完成情况", "已达到", "按进度", "一网统管", "直线进度"):
        assert (text in said) == (text != "并列"), text  # nobody ties in 2023
    assert "并列入围" in run(folder, "rank", "--period", "2022", "--lang", "zh")
    data = answer(folder, "rank")
    assert [one["unit"] for one in data["outcomes"] if one["outcome"] == "奖励"] == ["02", "01"]
    assert {one["state"] for one in data["goals"]} == {"reached", "missed", "behind", "on course"}
    assert data["remarks"][0]["text"] == "一网统管"
    run(folder, "score", "--period", "2023")
    report = folder / "reports" / "2023"
    assert {"outcomes.csv", "goals.csv", "remarks.csv"} <= {file.name for file in report.iterdir()}
    assert "问责" in (report / "outcomes.csv").read_text(encoding="utf-8-sig")
    assert {"结果运用", "目标完成情况", "亮点、点评与整改"} <= set(openpyxl.load_workbook(report / "ranking.xlsx").sheetnames)
    run(folder, "verify", str(report))
    trend = answer(folder, "trend", "东区", "--node", "b")
    assert [one["goals"][0]["state"] for one in trend["trend"]] == ["on course", "on course", "reached"]
    assert run(folder, "trend", "中区", "--lang", "zh").count("问责") == 2
    assert "补齐短项" in run(folder, "trend", "北区", "--node", "a", "--lang", "zh")


def test_tables_of_goals_and_remarks_say_the_same_as_lists(tmp_path: Path) -> None:
    tables = {
        "goals.csv": "区,指标,期次,目标值,目标位次,责任部门\n东区,乙,2023,3.5,,公安局\n02,,2023,99,,\n北区,,2025,,2,\n西区,,2025,100,,\n",
        "remarks.csv": "区,指标,期次,类型,内容,作者\n东区,,2023,亮点,一网统管,办公室\n北区,a,,整改,补齐短项,\n",
    }
    listed = answer(project(tmp_path / "listed"), "rank")
    outcomes_alone = FOLLOW[: FOLLOW.index("goals:")]
    tabled = project(tmp_path / "tabled", outcomes_alone + "goals: {table: goals.csv}\nremarks: {table: remarks.csv}\n", **tables)
    found = answer(tabled, "rank")
    for key in ("outcomes", "goals"):
        assert found[key] == listed[key]
    assert [{**one, "period": str(one["period"])} for one in found["remarks"]] == [
        {**one, "period": str(one["period"])} for one in listed["remarks"]
    ]
    assert len(indexcalc.score(tabled / "indicators.yaml").goals or ()) == 4


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    wrong = "outcomes: [{name: x}, {name: y, first: 1, last: 1}, {name: z, first: 1, node: q}]\n"
    with pytest.raises(Refused) as refused:
        indexcalc.load(project(tmp_path, wrong) / "indicators.yaml")
    assert [one.code for one in refused.value.findings] == ["IC747", "IC747", "IC748"]
    with pytest.raises(Refused, match="IC748"):
        indexcalc.score(project(tmp_path, "goals: [{unit: 海区, period: 2023, value: 1}]\n") / "indicators.yaml")
    with pytest.raises(Refused, match="IC748"):
        indexcalc.load(project(tmp_path, "remarks: [{unit: 东区, period: 2023Q1, text: x}]\n") / "indicators.yaml")
    table = project(tmp_path, "goals: {table: g.csv}\n", **{"g.csv": "区,位次\n东区,1\n"})
    with pytest.raises(Refused, match="IC749"):
        indexcalc.score(table / "indicators.yaml")
