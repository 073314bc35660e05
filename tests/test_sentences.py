"""Every sentence of a report, with inputs that make it appear and inputs that make it go: none is said without its rule."""

from __future__ import annotations

from typing import Any
from warnings import catch_warnings

import pandas as pd
import pytest

import indexcalc
from indexcalc.analysis.warning import warnings as judge
from indexcalc.report.sheets.analysed import analysed
from indexcalc.report.sheets.sentences import dimension_sentence, headlines, unit_sentences

TREE = """
index: {id: living, name: 生活, name_en: Living}
units: {id: country, label: 区}
periods: {kind: year}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
GRADES
REPORT
WARNINGS
dimensions:
  - {id: health, name: 健康, name_en: Health, weight: 0.6, indicators: [
      {id: doctors, name: 医生, name_en: Doctors, weight: 0.5}, {id: beds, name: 床位, name_en: Beds, weight: 0.5}]}
  - {id: income, name: 收入, name_en: Income, weight: 0.4}
"""
GRADES = "grades: [{name: 优, name_en: Excellent, from: 80}, {name: 中, name_en: Fair}]"
WARNINGS = "warnings: {rules: [{id: low, name: 偏低, node: income, orange: 30, red: 10}]}"
LASTING = WARNINGS.replace("rules", "escalation: [{after: 1, name: 提醒}, {after: 2, name: 约谈}], rules")
UNITS = [*"甲乙丙丁戊"]
STEADY = {"doctors": [90.0, 80, 70, 60, 50], "beds": [90.0, 80, 70, 60, 50], "income": [90.0, 80, 70, 60, 50]}
ONE = {name: values[:1] for name, values in STEADY.items()}
FLAT = {name: [50.0] * 5 for name in STEADY}
TURNED = {**STEADY, "income": [10.0, 80, 70, 60, 50]}
GONE = {**STEADY, "income": [90.0, 80, 70, 60, None]}
NONE = {**STEADY, **{name: [*STEADY[name][:4], None] for name in STEADY}}
THIN = {**STEADY, "doctors": [90.0, 80, 70, 60, None], "beds": [90.0, 80, 70, 60, None]}
FLOORED = "{method: goalposts, worst: 0, best: 100}, missing: {policy: floor}"
TIED = {name: [90.0, 80, 70, 70, 50] for name in STEADY}
CLOSE = {name: [90.0, 80, 70.1, 70, 50] for name in STEADY}
MIXED = {**STEADY, "doctors": [90.0, 80, 85, 45, 50], "beds": [90.0, 80, 70, 60, 50], "income": [90.0, 80, 40, 77, 50]}
LOW = {**STEADY, "income": [90.0, 80, 70, 60, 5]}
NEAR = {name: [70.004, 70.003, 70.002, 70.001, 70.0] for name in STEADY}
TOP = {name: [90.0, 90, 90, 60, 50] for name in STEADY}
RISEN = {name: [value + 2 for value in STEADY[name]] for name in STEADY}
MANY = {name: [float(at) for at in range(20)] for name in STEADY}
ROTATED = {name: [*values[7:], *values[:7]] for name, values in MANY.items()}
VETO = "adjustments: [{id: major, name: 大案, name_en: Major case, veto: {grade: 中}}]"
INCIDENT = "adjustments: [{id: incident, name: 事故, name_en: Incident, node: health, each: -5}]"
APPEAL = "adjustments: [{id: appeal, name: 申诉, name_en: Appeal, each: 1, unit: 丙, period: 2021, reason: upheld, by: 某厅}]"
ROBUST = "report: {analyses: [robustness]}"
SOME = {**STEADY, "income": [90.0, 80, 70, 60, 20]}


def said(
    *years: dict[str, list[Any]], grades: str = "", warnings: str = "", report: str = "", normalise: str = ""
) -> dict[str, str]:
    """What a report of the last of some years says, by its rules: all sentences of all units together, in English."""
    tree = TREE.replace("GRADES", grades).replace("WARNINGS", warnings).replace("REPORT", report)
    tree = tree.replace("{method: goalposts, worst: 0, best: 100}", normalise) if normalise else tree
    frames = [
        pd.DataFrame(
            {"country": [*UNITS, *"己庚辛壬癸子丑寅卯辰巳午未申酉"][: len(own["doctors"])], "period": str(2021 + at), **own}
        )
        for at, own in enumerate(years)
    ]
    with catch_warnings(action="ignore"):  # of units and columns that are meant to be empty
        scores = indexcalc.score(tree, pd.concat(frames, ignore_index=True))
    shown = analysed(scores, str(2020 + len(years)), judged=judge(scores), every=True)
    units = range(len(scores.panel.units))
    every = [*headlines(shown, "en"), *(one for unit in units for one in unit_sentences(shown, unit, "en"))]
    found: dict[str, str] = {}
    for one in every:
        found[one.rule] = f"{found[one.rule]} {one.text}" if one.rule in found else one.text
    if text := " ".join(dimension_sentence(shown, node, "en") for node in shown.dimensions):
        found["S5"] = text
    return found


CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("S1", "5 units average 70.00; 甲 scored highest (90.00)", {"years": [STEADY]}, {"years": [ONE]}),
    ("S1", "all 5 units scored 50.00", {"years": [FLAT]}, {"years": [STEADY]}),
    ("S1b", "乙 (80.00), 丙 (70.00) follow.", {"years": [STEADY]}, {"years": [ONE]}),
    ("S1b", "乙 (80.00), 丙 and 丁 (70.00 each) follow.", {"years": [TIED]}, {"years": [STEADY]}),
    ("S1b", "2 units scored 80 or more (Excellent)", {"years": [STEADY], "grades": GRADES}, {"years": [FLAT], "grades": GRADES}),
    ("S1b", "甲 (70.00) is first, followed by 乙 (70.00), 丙 (70.00).", {"years": [NEAR]}, {"years": [STEADY]}),
    ("S1b", "甲, 乙 and 丙 (90.00) are first.", {"years": [TOP]}, {"years": [STEADY]}),
    ("S1b", "first", {"years": [NEAR]}, {"years": [FLAT]}),
    ("S1b", "5 units scored 80 or more", {"years": [{name: [90.0] * 5 for name in STEADY}], "grades": GRADES}, {"years": [FLAT]}),
    ("S1c", "Ranked with fewer than half of their data: 戊 (40.0%).", {"years": [THIN]}, {"years": [GONE]}),
    (
        "S1c",
        "Ranked with fewer than half of their data: 戊 (40.0%); what is missing scores lowest.",
        {"years": [THIN], "normalise": FLOORED},
        {"years": [THIN]},
    ),
    ("S2", "the mean rose by 2.00; 5 units rose", {"years": [STEADY, RISEN]}, {"years": [STEADY, TURNED]}),
    ("S2", "the mean is unchanged; 5 units unchanged.", {"years": [STEADY, STEADY]}, {"years": [STEADY, RISEN]}),
    ("S2", "1 unit fell, 4 unchanged", {"years": [STEADY, TURNED]}, {"years": [STEADY]}),
    ("S2", "5 units rose.", {"years": [STEADY, RISEN]}, {"years": [STEADY, STEADY]}),
    ("S3", "No unit moved 2 places or more.", {"years": [STEADY, RISEN]}, {"years": [STEADY, TURNED]}),
    ("S3", "No unit moved 2 places or more.", {"years": [STEADY, RISEN]}, {"years": [STEADY]}),
    ("S3", "moved down from place 1 to", {"years": [STEADY, TURNED]}, {"years": [STEADY, STEADY]}),
    ("S3", "moved down", {"years": [STEADY, TURNED]}, {"years": [STEADY, TURNED], "report": "report: {moved_at_least: 5}"}),
    ("S3", "甲 moved up from place 4 to 1.", {"years": [TURNED, STEADY]}, {"years": [STEADY, TURNED]}),
    ("S3", "Moved up: 寅 (place 8 to 1), ", {"years": [MANY, ROTATED]}, {"years": [STEADY, TURNED]}),
    ("S3", "Moved down: ", {"years": [MANY, ROTATED]}, {"years": [STEADY, TURNED]}),
    ("S3", "8 more moved 2 places or more.", {"years": [MANY, ROTATED]}, {"years": [STEADY, TURNED]}),
    ("S4", "丙 and 丁 cannot be told apart", {"years": [MIXED]}, {"years": [STEADY]}),
    ("S4", "All neighbours can be told apart", {"years": [STEADY]}, {"years": [MIXED]}),
    (
        "S5",
        "Income averages 70.00, led by 甲 (90.00), 戊 last (50.00).",
        {"years": [STEADY]},
        {"years": [{**STEADY, "income": [None] * 5}]},
    ),
    ("S5", "Income averages 50.00, led by 甲, 乙, 丙 and others (5 units) (50.00).", {"years": [FLAT]}, {"years": [STEADY]}),
    (
        "S5",
        "below it Doctors spreads most (range 60.00)",
        {"years": [{**STEADY, "doctors": [90, 80, 70, 60, 30]}]},
        {"years": [STEADY]},
    ),
    ("S6", "Weak point: Income (5, group mean 61)", {"years": [LOW]}, {"years": [FLAT]}),
    ("S6", "the score gains 7.50, place 3.", {"years": [MIXED]}, {"years": [LOW]}),
    ("S6", "the score gains 22.40, the rank stays.", {"years": [LOW]}, {"years": [MIXED]}),
    ("S7", "the score is unchanged.", {"years": [STEADY, STEADY]}, {"years": [STEADY]}),
    (
        "S7",
        "the score rose by 1.11: Own data +4.72, Peers' data -3.61.",
        {"years": [STEADY, {**STEADY, "income": [95.0, 85, 70, 62, 50]}], "normalise": "{method: min-max}"},
        {"years": [STEADY, RISEN]},
    ),
    ("S7", "the score fell by 32.00, all of it own data", {"years": [STEADY, TURNED]}, {"years": [STEADY]}),
    ("S8", "1 red warning, in 戊.", {"years": [LOW], "warnings": WARNINGS}, {"years": [LOW]}),
    ("S8", "no red or orange", {"years": [STEADY], "warnings": WARNINGS}, {"years": [LOW], "warnings": WARNINGS}),
    ("S8", "no red warning; 1 is orange", {"years": [SOME], "warnings": WARNINGS}, {"years": [LOW], "warnings": WARNINGS}),
    ("S8", "lasted 2 periods", {"years": [LOW, LOW], "warnings": LASTING}, {"years": [STEADY, LOW], "warnings": LASTING}),
    ("S9", "Of 15 values 1 is missing", {"years": [GONE]}, {"years": [STEADY]}),
    ("S9", "戊 lack", {"years": [NONE]}, {"years": [STEADY]}),
    (
        "S11",
        "In the first quarter for Health (place 1),",
        {"years": [STEADY]},
        {"years": [{name: values[:3] for name, values in STEADY.items()}]},
    ),
    (
        "S11",
        "In the last quarter for Health (place 5), Income (place 5), Doctors (place 5), Beds (place 5).",
        {"years": [STEADY]},
        {"years": [{**STEADY, "beds": [90.0, 80, 70, 60, 65]}]},
    ),
    (
        "S12",
        "Weights of dimensions moved by 0.6 percentage points in all let 丙 and 丁 change places.",
        {"years": [MIXED], "report": ROBUST},
        {"years": [MIXED]},
    ),
    (
        "S13",
        "Major case (events: 2): the grade is at best Fair.",
        {"years": [{**STEADY, "major": [0, 2, 0, 0, 0]}], "grades": GRADES, "warnings": VETO},
        {"years": [{**STEADY, "major": [0] * 5}], "grades": GRADES, "warnings": VETO},
    ),
    (
        "S13",
        "Incident (events: 1): Health -5.00.",
        {"years": [{**STEADY, "incident": [0, 0, 1, 0, 0]}], "warnings": INCIDENT},
        {"years": [STEADY]},
    ),
    (
        "S13",
        "Appeal (upheld): the score +1.00.",
        {"years": [STEADY], "warnings": APPEAL},
        {"years": [STEADY, STEADY], "warnings": APPEAL},
    ),
    ("S12", "Weights of dimensions", {"years": [MIXED], "report": ROBUST}, {"years": [STEADY], "report": ROBUST}),
]


@pytest.mark.parametrize(("rule", "text", "there", "gone"), CASES)
def test_a_sentence_is_there_where_its_rule_has_a_value_and_nowhere_else(
    rule: str, text: str, there: dict[str, Any], gone: dict[str, Any]
) -> None:
    assert text in _of(there).get(rule, "")
    assert text not in _of(gone).get(rule, "")


def test_every_rule_has_a_case() -> None:
    """S10 has its own below, with trees that change, and S9b is in test_paper.py, with data that are odd."""
    assert {rule for rule, *_ in CASES} == {
        "S1",
        "S1b",
        "S1c",
        *(f"S{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13)),
    }


CHANGES = [
    ("new: 护士", "weight: {2021: 1, 2022: 0.4}", "{id: nurses, name: 护士, weight: 0.6, since: 2022}"),
    ("gone: 护士", "weight: {2021: 0.4, 2022: 1}", "{id: nurses, name: 护士, weight: 0.6, until: 2021}"),
    ("weights of 2 nodes", "weight: {2021: 0.5, 2022: 0.4}", "{id: nurses, name: 护士, weight: {2021: 0.5, 2022: 0.6}}"),
]


@pytest.mark.parametrize(("text", "weight", "nurses"), CHANGES)
def test_what_changed_in_the_tree_is_said_and_nothing_else(text: str, weight: str, nurses: str) -> None:
    tree = TREE.replace("{id: doctors, name: 医生, name_en: Doctors, weight: 0.5}", f"{{id: doctors, name: 医生, {weight}}}")
    tree = tree.replace("{id: beds, name: 床位, name_en: Beds, weight: 0.5}", nurses)
    for name in ("GRADES", "REPORT", "WARNINGS"):
        tree = tree.replace(name, "")
    frame = pd.DataFrame(
        {
            "country": UNITS * 2,
            "period": ["2021"] * 5 + ["2022"] * 5,
            **dict.fromkeys(("doctors", "nurses", "income"), STEADY["income"] * 2),
        }
    )
    with catch_warnings(action="ignore"):  # of columns that have values where their nodes are not there
        scores = indexcalc.score(tree, frame)
    (told,) = [one.text for one in headlines(analysed(scores, "2022", every=False), "en") if one.rule == "S10"]
    assert text in told
    assert [other for other, *_ in CHANGES[:2] if other != text and other in told] == []
    assert [one for one in headlines(analysed(scores, "2021", every=False), "en") if one.rule == "S10"] == []
    assert "S10" not in said(STEADY, RISEN)


def test_many_quarters_are_counted() -> None:
    """Of more nodes than are named it is said how many there are: a list that ends in silence would be read as all."""
    inner = ", ".join(f"{{id: part{at}, name: 部分{at}, name_en: Part {at}}}" for at in range(5))
    tree = TREE[: TREE.index("dimensions:")] + f"dimensions: [{{id: health, name: 健康, name_en: Health, indicators: [{inner}]}}]"
    for name in ("GRADES", "REPORT", "WARNINGS"):
        tree = tree.replace(name, "")
    frame = pd.DataFrame({"country": UNITS, "period": "2021", **{f"part{at}": STEADY["income"] for at in range(5)}})
    shown = analysed(indexcalc.score(tree, frame), "2021", every=False)
    (told,) = [one.text for one in unit_sentences(shown, 0, "zh") if one.rule == "S11"]
    assert told == "健康（第1位）、部分0（第1位）、部分1（第1位）、部分2（第1位）等6项居前四分之一。"


def _of(case: dict[str, Any]) -> dict[str, str]:
    return said(*case["years"], **{name: value for name, value in case.items() if name != "years"})
