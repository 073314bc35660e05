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
TIED = {name: [90.0, 80, 70, 70, 50] for name in STEADY}
CLOSE = {name: [90.0, 80, 70.1, 70, 50] for name in STEADY}
MIXED = {**STEADY, "doctors": [90.0, 80, 85, 45, 50], "beds": [90.0, 80, 70, 60, 50], "income": [90.0, 80, 40, 77, 50]}
LOW = {**STEADY, "income": [90.0, 80, 70, 60, 5]}
SOME = {**STEADY, "income": [90.0, 80, 70, 60, 20]}


def said(*years: dict[str, list[Any]], grades: str = "", warnings: str = "", report: str = "") -> dict[str, str]:
    """What a report of the last of some years says, by its rules: all sentences of all units together, in English."""
    tree = TREE.replace("GRADES", grades).replace("WARNINGS", warnings).replace("REPORT", report)
    frames = [
        pd.DataFrame({"country": UNITS[: len(own["doctors"])], "period": str(2021 + at), **own}) for at, own in enumerate(years)
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
    ("S2", "0 units rose, 1 fell, 4 unchanged", {"years": [STEADY, TURNED]}, {"years": [STEADY]}),
    ("S3", "moved down from place 1 to", {"years": [STEADY, TURNED]}, {"years": [STEADY, STEADY]}),
    ("S3", "moved down", {"years": [STEADY, TURNED]}, {"years": [STEADY, TURNED], "report": "report: {moved_at_least: 5}"}),
    ("S4", "丙 and 丁 cannot be told apart", {"years": [MIXED]}, {"years": [STEADY]}),
    ("S4", "All neighbours can be told apart", {"years": [STEADY]}, {"years": [MIXED]}),
    ("S5", "Income averages 70.00, led by 甲.", {"years": [STEADY]}, {"years": [{**STEADY, "income": [None] * 5}]}),
    (
        "S5",
        "below it Doctors spreads most (range 60.00)",
        {"years": [{**STEADY, "doctors": [90, 80, 70, 60, 30]}]},
        {"years": [STEADY]},
    ),
    ("S6", "Weak point: Income (5, group mean 61)", {"years": [LOW]}, {"years": [FLAT]}),
    ("S7", "the score fell by 32.00, all of it own data", {"years": [STEADY, TURNED]}, {"years": [STEADY]}),
    ("S8", "1 red warning, in 戊.", {"years": [LOW], "warnings": WARNINGS}, {"years": [LOW]}),
    ("S8", "no red or orange", {"years": [STEADY], "warnings": WARNINGS}, {"years": [LOW], "warnings": WARNINGS}),
    ("S8", "no red warning; 1 is orange", {"years": [SOME], "warnings": WARNINGS}, {"years": [LOW], "warnings": WARNINGS}),
    ("S8", "lasted 2 periods", {"years": [LOW, LOW], "warnings": LASTING}, {"years": [STEADY, LOW], "warnings": LASTING}),
    ("S9", "Of 15 values 1 is missing", {"years": [GONE]}, {"years": [STEADY]}),
    ("S9", "戊 lack", {"years": [NONE]}, {"years": [STEADY]}),
    (
        "S11",
        "甲: in the first quarter for",
        {"years": [STEADY]},
        {"years": [{name: values[:3] for name, values in STEADY.items()}]},
    ),
]


@pytest.mark.parametrize(("rule", "text", "there", "gone"), CASES)
def test_a_sentence_is_there_where_its_rule_has_a_value_and_nowhere_else(
    rule: str, text: str, there: dict[str, Any], gone: dict[str, Any]
) -> None:
    assert text in _of(there).get(rule, "")
    assert text not in _of(gone).get(rule, "")


def test_every_rule_has_a_case() -> None:
    """S10 and S12 have theirs with trees that change and weights that turn, in tests of their own."""
    assert {rule for rule, *_ in CASES} == {"S1", "S1b", *(f"S{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 11))}


def _of(case: dict[str, Any]) -> dict[str, str]:
    return said(*case["years"], **{name: value for name, value in case.items() if name != "years"})
