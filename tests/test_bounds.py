"""What cannot be: a rate outside its range, a part that is more than its whole; found wherever values are read, with all cells."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from indexcalc.engine import score
from indexcalc.engine.logic import broken, broken_rules
from indexcalc.tree import parse_index
from indexcalc.tree.logic import bounds_of

from .conftest import index_of, panel_of
from .projects import answer, laid_out, run, said

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: year}}
data: {{yearly: {{path: values.csv}}}}
denominators:
  - {{id: sampled, name: 食品抽检批次, measure: 批次, department: 市市场监管局}}
  - {{id: people, name: 常住人口, measure: 万人, department: 市统计局}}
dimensions:
  - {{id: safe, name: 食品抽检合格率, column: 食品抽检合格批次, weight: 0.5, department: 市市场监管局, {safe}}}
  - {{id: old, name: 老年人口占比, column: 老年人口, weight: 0.5, department: 市统计局, {old}}}
"""
SAFE, OLD = "per: sampled, scale: 100, measure: '%'", "per: people, scale: 0.01, measure: '%'"


def tree(safe: str = SAFE, old: str = OLD) -> str:
    return TREE.format(safe=safe, old=old)


def codes(text: str, values: list[list[float]]) -> list[str]:
    index = index_of(text)
    return [one.code for one in broken_rules(index, panel_of(index, values))]


ROW = [1800.0, 90_000.0, 1846.0, 100.0]  # passed, old people, sampled, 万人


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (ROW, []),
        ([1846.0, 90_000.0, 1846.0, 100.0], []),
        ([2500.0, 90_000.0, 1846.0, 100.0], ["IC961"]),
        ([1800.0, 999_999.0, 1846.0, 100.0], []),
        ([1800.0, 1_000_001.0, 1846.0, 100.0], ["IC961"]),
        ([np.nan, 90_000.0, 1846.0, 100.0], []),
        ([1.0, 90_000.0, 0.0, 100.0], []),
        ([2500.0, 1_000_001.0, 1846.0, 100.0], ["IC961", "IC961"]),
    ],
)
def test_a_part_is_no_more_than_its_whole_whatever_both_are_measured_in(row: list[float], found: list[str]) -> None:
    assert codes(tree(), [ROW, row]) == found


@pytest.mark.parametrize(
    ("leaf", "more"),
    [
        ("per: sampled, scale: 100, measure: '%', part: false", False),
        ("per: sampled, scale: 1000, measure: '‰'", True),
        ("per: sampled, scale: 100, measure: 百分点", False),
        ("per: sampled, scale: 100, measure: '%', name_en: Completion of plans", False),
        ("per: sampled, scale: 100, measure: 批次/百批次", False),
        ("per: sampled, scale: 100, measure: 批次/百批次, part: true", True),
        ("per: sampled, part: true", True),
        ("per: sampled, scale: 100, measure: '%', growth: previous", False),
        ("per: sampled, scale: 100, measure: '%', valid: {value: [0, 200]}", False),
        ("scale: 100, measure: '%'", False),
        ("formula: '[a] / sampled * 100', measure: '%'", False),
        ("formula: '[a] + [b]', per: sampled, scale: 100, measure: '%'", True),
    ],
)
def test_what_is_a_part_is_told_by_what_the_tree_says(leaf: str, more: bool) -> None:
    index = index_of(tree(safe=leaf))
    assert [own.leaf.id for own in bounds_of(index) if own.share] == ["safe", "old"][not more :]
    values = {"a": 2000.0, "b": 500.0, "sampled": 1846.0, "people": 100.0, "old": 5.0, "safe": 2500.0}
    row = [values[column.id.removeprefix("safe.")] for column in index.columns]
    assert ("IC961" in [one.code for one in broken_rules(index, panel_of(index, [row, row]))]) == more


@pytest.mark.parametrize("name", ["计划完成率", "毛入学率", "产能利用率", "同比增速"])
def test_names_of_what_may_be_more_than_all_are_left_alone(name: str) -> None:
    assert codes(tree().replace("食品抽检合格率", name), [[2500.0, 5.0, 1846.0, 100.0]]) == []


@pytest.mark.parametrize(
    ("valid", "row", "found"),
    [
        ("{value: [80, 100]}", [97.4, 5, 1846.0, 100.0], ["IC960"]),  # a rate typed where the count belongs
        ("{value: [80, 100]}", ROW, []),
        ("{value: [80, 100]}", [1846 * 0.8, 5, 1846.0, 100.0], []),
        ("{value: [80, 100], reported: [0, 9000]}", [2500.0, 5, 1846.0, 100.0], ["IC960"]),
        ("[0, 9000]", [97.4, 5, 1846.0, 100.0], []),
    ],
)
def test_a_rate_has_a_range_of_its_own(valid: str, row: list[float], found: list[str]) -> None:
    assert codes(tree(safe=f"{SAFE}, valid: {valid}"), [row]) == found


def test_a_range_at_a_formula_is_that_of_what_comes_of_it() -> None:
    text = tree(safe="formula: '[closed] / [total] * 100', valid: [0, 100]")
    assert codes(text, [[11.0, 10.0, 5.0, 1.0, 100.0], [9.0, 10.0, 5.0, 1.0, 100.0]]) == ["IC960"]


@pytest.mark.parametrize(
    ("safe", "code"),
    [
        ("valid: {value: [80, 100]}", "IC276"),
        ("formula: '[a] / [b]', valid: {reported: [80, 100]}", "IC276"),
        (f"{SAFE}, valid: {{value: [100, 80]}}", "IC212"),
        (f"{SAFE}, valid: {{values: [80, 100]}}", "IC111"),
        (f"{SAFE}, valid: 80", "IC113"),
        ("part: true", "IC277"),
        (f"{SAFE}, part: true, valid: {{value: [80, 100]}}", "IC213"),
    ],
)
def test_ranges_that_say_nothing_are_told(safe: str, code: str) -> None:
    _, found = parse_index(tree(safe=safe).replace("  - {{id: old", "  - {id: old").encode(), "indicators.yaml")
    assert code in [one.code for one in found]


def test_years_that_are_made_of_quarters_are_not_judged_by_ranges_of_a_quarter() -> None:
    text = tree(safe="formula: '[a] + [b]', valid: [0, 10]").replace("kind: year", "kind: quarter, roll_up: year")
    index = index_of(text)
    row = [3.0, 4.0, 5.0, 10.0, 100.0]
    panel = panel_of(index, [[row]] * 4, periods=[f"2022Q{at}" for at in range(1, 5)])
    scores = score(index, panel)
    assert scores.derived[4, 0, 0] == 28
    assert [one.code for one in scores.findings if one.code.startswith("IC96")] == []


def test_many_are_named_up_to_a_number_and_then_counted() -> None:
    index = index_of(tree())
    found = broken_rules(index, panel_of(index, [[2500.0, 5.0, 1846.0, 100.0]] * 50))
    assert len(found) == 20
    assert found[-1].message("zh").endswith("(+30)")


def test_both_cells_are_known() -> None:
    index = index_of(tree())
    [one] = broken(index, panel_of(index, [ROW, [2500.0, 5.0, 1846.0, 100.0]]))
    assert one.cells == ((0, 1, 0), (0, 1, 2))


FILES = {
    "indicators.yaml": tree(safe=f"{SAFE}, valid: {{value: [80, 100]}}"),
    "units.csv": "id,name\na,黄埔\nb,天河\n",
    "values.csv": "区,年份,食品抽检合格批次,老年人口,食品抽检批次,常住人口\n黄埔,2022,1790,90000,1846,100\n天河,2022,1790,90000,1846,100\n",
}
WRONG = FILES["values.csv"].replace("天河,2022,1790", "天河,2022,2500")
CELLS = "食品抽检合格批次 = 2500（values.csv:3:3）；食品抽检批次 = 1846（values.csv:3:5）"


@pytest.mark.parametrize("command", [("check",), ("score",), ("rank",)])
def test_a_rate_of_135_per_cent_is_refused_with_both_cells(tmp_path: Path, command: tuple[str, ...]) -> None:
    project = laid_out(tmp_path, FILES | {"values.csv": WRONG})
    told = run(project, *command, expect=1)
    assert re.search(r"values\.csv:3:3: IC960 天河 2022年度的食品抽检合格率算得 135\.4 %，超出 80 至 100：", told)
    assert CELLS in told
    assert not (project / "reports").exists()


def test_what_is_right_is_not_told(tmp_path: Path) -> None:
    project = laid_out(tmp_path, FILES)
    assert "IC96" not in said(project, "check")
    assert "IC96" not in said(project, "score")


def test_an_audit_puts_it_to_who_reports_it(tmp_path: Path) -> None:
    project = laid_out(tmp_path, FILES | {"values.csv": WRONG.replace("黄埔,2022,1790,90000", "黄埔,2022,1790,1000001")})
    asked = {one["code"]: one for one in answer(project, "audit")["ask"]}
    assert (asked["IC960"]["department"], asked["IC960"]["name"], asked["IC960"]["place"]) == (
        "市市场监管局",
        "天河",
        "values.csv:3:3",
    )
    assert asked["IC961"]["department"] == "市统计局"
    only = answer(project, "audit", "--department", "市统计局")["ask"]
    assert "IC961" in {one["code"] for one in only}
    assert "IC960" not in {one["code"] for one in only}


def test_a_submission_is_held_against_what_others_have_reported(tmp_path: Path) -> None:
    text = FILES["indicators.yaml"].replace(
        "yearly: {path: values.csv}", "yearly: {path: values.csv}, sent: {ledger: ledger.sqlite}"
    )
    text = text.replace("column: 食品抽检合格批次,", "column: 食品抽检合格批次, source: sent,").replace(
        "measure: 批次, department: 市市场监管局", "measure: 批次, department: 市统计局, source: yearly"
    )
    text = text.replace("id: people,", "id: people, source: yearly,").replace("id: old,", "id: old, source: yearly,")
    values = "区,年份,老年人口,食品抽检批次,常住人口\n黄埔,2022,90000,1846,100\n天河,2022,90000,1846,100\n"
    sent = "区,年份,食品抽检合格批次\n黄埔,2022,1790\n天河,2022,{}\n"
    files = {**FILES, "indicators.yaml": text, "values.csv": values, "sent.csv": sent.format(97.4)}
    project = laid_out(tmp_path, files)
    arguments = ("submit", str(project / "sent.csv"), "--by", "甲", "--department", "市市场监管局", "--period", "2022")
    told = run(project, *arguments, expect=1)
    assert "sent.csv:3:3: IC960 天河 2022年度的食品抽检合格率算得 5.276 %" in told
    assert "食品抽检批次 = 1846（values.csv:3:4）" in told
    assert not (project / "ledger.sqlite").exists()
    laid_out(project, {"sent.csv": sent.format(1800)})
    assert "已登记 2 个值" in run(project, *arguments)
