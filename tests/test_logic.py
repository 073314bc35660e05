"""Logic rules 逻辑关系审核: what holds of values together, said of each unit for which it does not, with all cells."""

from __future__ import annotations

import operator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.engine import score
from indexcalc.engine.logic import broken, broken_rules
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty
from indexcalc.tree import Index, parse_index

from .conftest import index_of, panel_of
from .projects import answer, laid_out, run, said

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: {kind}}}
data: {{yearly: {{path: values.csv}}}}
denominators:
  - {{id: people, name: 常住人口, measure: 万人}}
  - {{id: sites, name: 在建工地}}
dimensions:
  - {{id: cases, name: 刑事立案数, weight: 0.2, direction: lower, measure: 件, department: 市公安局}}
  - {{id: robbery, name: 两抢一盗立案数, weight: 0.2, direction: lower, measure: 件, department: 市公安局}}
  - {{id: fraud, name: 电信诈骗立案数, weight: 0.2, direction: lower, measure: 件, department: 市公安局}}
  - {{id: helpers, name: 注册志愿者数, weight: 0.2, per: people, measure: 人/万人, department: 团市委}}
  - {{id: solved, name: 破案率, weight: 0.2, formula: '[破案数] / [立案数] * 100', measure: '%', department: 市公安局}}
logic:
{rules}
"""
NAMES = ("cases", "robbery", "fraud", "helpers", "solved.破案数", "solved.立案数", "people", "sites")
ROW = (1000.0, 400.0, 500.0, 30_000.0, 50.0, 100.0, 100.0, 7.0)


def tree(*rules: str, kind: str = "year", severity: str = "error") -> str:
    lines = [f"  - {{id: r{at}, rule: {rule!r}, severity: {severity}}}" for at, rule in enumerate(rules)]
    return TREE.format(rules="\n".join(lines), kind=kind)


def found_of(rule: str, *rows: tuple[float, ...], kind: str = "year") -> list[tuple[int, int]]:
    """The periods and units for which a rule does not hold, of one row a period."""
    index = index_of(tree(rule, kind=kind))
    assert tuple(column.id for column in index.columns) == NAMES
    periods = ["2021", "2022"] if kind == "year" else ["2021Q4", "2022Q3", "2022Q4"]
    panel = panel_of(index, [[row] for row in rows], periods=periods[: len(rows)])
    return [(one.period, one.unit) for one in broken(index, panel)]


def changed(**values: float) -> tuple[float, ...]:
    return tuple(values.get(name.partition(".")[2] or name, value) for name, value in zip(NAMES, ROW, strict=True))


@pytest.mark.parametrize(
    ("rule", "row", "holds"),
    [
        ("robbery + fraud <= cases", ROW, True),
        ("robbery + fraud <= cases", changed(fraud=600), True),
        ("robbery + fraud <= cases", changed(fraud=601), False),
        ("robbery + fraud < cases", changed(fraud=600), False),
        ("robbery + fraud <= cases", changed(cases=np.nan), True),
        ("两抢一盗立案数 + 电信诈骗立案数 <= 刑事立案数", changed(fraud=601), False),
        ("[两抢一盗立案数] + [电信诈骗立案数] <= [刑事立案数]", changed(fraud=599), True),
        ("破案数 <= 立案数", changed(破案数=101), False),
        ("solved <= 100", changed(破案数=101), False),
        ("value(solved) <= 100", changed(破案数=101), False),
        ("value(破案率) <= 100", changed(破案数=100), True),
        ("value(helpers) <= 250", ROW, False),
        ("helpers <= people", ROW, True),  # 3 of 100 万
        ("helpers <= people", changed(helpers=1_000_001), False),
        ("people >= helpers", changed(helpers=1_000_001), False),
        ("helpers <= people * 0.02", ROW, False),
        ("sites >= 1", changed(sites=0), False),
        ("sum(robbery, fraud) = cases", changed(robbery=0.1, fraud=0.2, cases=0.3), True),
        ("robbery != fraud", changed(robbery=500), False),
        ("max(robbery, fraud) <= cases", changed(robbery=1001), False),
        ("cases / people < 9", ROW, False),
    ],
)
def test_a_rule_holds_or_does_not(rule: str, row: tuple[float, ...], holds: bool) -> None:
    assert (found_of(rule, row) == []) == holds


@pytest.mark.parametrize(
    ("rule", "kind", "rows", "found"),
    [
        ("helpers >= year_before(helpers)", "year", (ROW, changed(helpers=29_999)), [(1, 0)]),
        ("helpers >= previous(helpers)", "year", (ROW, changed(helpers=30_001)), []),
        ("helpers >= year_before(helpers)", "quarter", (ROW, changed(helpers=1), changed(helpers=29_000)), [(2, 0)]),
        ("helpers >= previous(helpers)", "quarter", (ROW, changed(helpers=1), changed(helpers=29_000)), []),
        ("helpers <= 2 * previous(helpers)", "quarter", (ROW, changed(helpers=1), changed(helpers=3)), [(2, 0)]),
        ("value(solved) >= previous(value(solved)) - 20", "year", (ROW, changed(破案数=20)), [(1, 0)]),
        ("value(solved) >= value(previous(solved)) - 20", "year", (ROW, changed(破案数=20)), [(1, 0)]),
    ],
)
def test_earlier_periods_are_those_of_the_calendar(
    rule: str, kind: str, rows: tuple[tuple[float, ...], ...], found: list[tuple[int, int]]
) -> None:
    assert found_of(rule, *rows, kind=kind) == found


WHOLE = st.integers(0, 40)


@given(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.lists(st.tuples(WHOLE, WHOLE, WHOLE), min_size=1, max_size=8))
def test_comparisons_are_those_of_whole_numbers(sign: str, rows: list[tuple[int, int, int]]) -> None:
    """Tenths of whole numbers add up as these do, though their sums differ in the last bit."""
    index = index_of(tree(f"robbery + fraud {sign} cases"))
    values = [[total / 10, one / 10, other / 10, *ROW[3:]] for total, one, other in rows]
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}[
        sign
    ]
    wanted = [at for at, (total, one, other) in enumerate(rows) if not compare(one + other, total)]
    assert [each.unit for each in broken(index, panel_of(index, values))] == wanted


def test_totals_since_the_year_began_are_compared_by_what_each_period_adds() -> None:
    text = tree("robbery + fraud <= cases", kind="quarter").replace("id: cases, name", "cumulative: year, id: cases, name")
    index = index_of(text)
    rows = [[list(ROW)], [list(changed(cases=1850))]]  # 850 in the second quarter, of which 900 are parts
    panel = panel_of(index, rows, periods=["2022Q1", "2022Q2"])
    assert [(one.period, one.unit) for one in broken(index, panel)] == [(1, 0)]


@pytest.mark.parametrize("kind", ["memory", "blocks"])
def test_scoring_says_it_once_and_of_what_was_reported(kind: str) -> None:
    index = index_of(tree("robbery + fraud <= cases", kind="quarter, roll_up: year"))
    rows = [[list(ROW), list(changed(fraud=601))]] + [[list(ROW), list(ROW)]] * 3
    panel = panel_of(index, rows, periods=[f"2022Q{at}" for at in range(1, 5)])
    scores = score(index, panel) if kind == "memory" else score_in_blocks(index, panel, empty)
    told = [one.values for one in scores.findings if one.code == "IC962"]
    assert [(one["id"], one["unit"], one["period"]) for one in told] == [("r0", "u1", "2022Q1")]


def codes(text: str) -> list[str]:
    return [one.code for one in parse_index(text.encode(), "indicators.yaml")[1] if one.severity == "error"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("robbery + frauds <= cases", "IC272"),
        ("robbery + fraud", "IC274"),
        ("1 < 2", "IC274"),
        ("robbery = 'a'", "IC274"),
        ("previous(robbery + fraud) <= cases", "IC273"),
        ("previous(previous(cases)) <= cases", "IC273"),
        ("previous(cases, 2) <= cases", "IC246"),
        ("before(cases) <= cases", "IC244"),
        ("robbery +", "IC242"),
        ("(robbery < 3) < 4", "IC249"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_told_at_its_place(rule: str, code: str) -> None:
    text = tree(rule) if "'" not in rule else tree("x < 1").replace("'x < 1'", f'"{rule}"')
    _, found = parse_index(text.encode(), "indicators.yaml")
    [error] = [one for one in found if one.severity == "error"]
    assert error.code == code
    assert error.place.line == len(text.strip().splitlines()) + 1


def test_a_heading_of_two_sources_is_not_guessed() -> None:
    text = tree("总数 > 0").replace("data: {yearly: {path: values.csv}}", "data: {yearly: {path: a.csv}, other: {path: b.csv}}")
    text = text.replace("dimensions:", "defaults: {source: yearly}\ndimensions:")
    text = text.replace("id: cases, name", "id: cases, column: 总数, name").replace(
        "id: fraud, name", "source: other, id: fraud, column: 总数, name"
    )
    assert codes(text) == ["IC275"]


def test_a_denominator_may_be_read_for_a_rule_alone() -> None:
    assert "IC222" in [one.code for one in parse_index(tree("cases > 0").encode(), "x")[1]]
    assert [one.code for one in parse_index(tree("sites > 0").encode(), "x")[1]] == []


def test_rules_have_ids_of_their_own_and_known_keys() -> None:
    assert codes(tree("cases > 0").replace("id: r0", "id: fraud")) == ["IC202"]
    assert codes(tree("cases > 0").replace("severity: error", "severity: fatal")) == ["IC112"]
    assert codes(tree("cases > 0").replace("severity: error", "mesage: x")) == ["IC111"]


def test_a_part_of_the_tree_is_judged_by_the_rules_that_it_has_all_of() -> None:
    index = index_of(tree("robbery + fraud <= cases", "cases < 900"))
    panel = panel_of(index, [list(changed(fraud=601))])
    less: Index = index.changed(dimensions=tuple(node for node in index.dimensions if node.id != "fraud"))
    assert [one.values["id"] for one in broken_rules(less, panel)] == ["r1"]


RULES = (
    '  - {id: parts, rule: "两抢一盗立案数 + 电信诈骗立案数 <= 刑事立案数", message: 分项之和不大于总数, message_en: parts are no more than the total}\n'
    '  - {id: stock, rule: "helpers >= year_before(helpers)", severity: warning}'
)
HEADER = "区,年份,刑事立案数,两抢一盗立案数,电信诈骗立案数,注册志愿者数,破案数,立案数,常住人口\n"
FILES = {
    "indicators.yaml": TREE.format(rules=RULES, kind="year").replace("  - {id: sites, name: 在建工地}\n", ""),
    "units.csv": "id,name\na,荔湾\nb,越秀\n",
    "values.csv": HEADER
    + "荔湾,2021,1000,400,500,30000,50,100,100\n越秀,2021,1000,400,500,30000,50,100,100\n"
    + "荔湾,2022,1002,500,656,30001,50,100,100\n越秀,2022,1000,400,500,29999,50,100,100\n",
}


@pytest.mark.parametrize("command", [("check",), ("score",)])
def test_what_breaks_a_rule_is_refused_with_all_cells(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = run(laid_out(tmp_path, FILES), *command, expect=1)
    cells = "两抢一盗立案数 = 500（values.csv:4:4）；电信诈骗立案数 = 656（values.csv:4:5）；刑事立案数 = 1002（values.csv:4:3）"
    assert f"values.csv:4:4: IC962 荔湾 2022年度不符合逻辑关系 parts：分项之和不大于总数——{cells}" in told
    stock = "注册志愿者数 = 29999（values.csv:5:6）；2021年度注册志愿者数 = 30000（values.csv:3:6）"
    assert f"values.csv:5:6: IC963 越秀 2022年度不符合逻辑关系 stock：helpers >= year_before(helpers)——{stock}（提醒）" in told


def test_what_is_only_told_goes_on_and_an_audit_lists_both(tmp_path: Path) -> None:
    project = laid_out(tmp_path, FILES)
    asked = {one["code"]: one for one in answer(project, "audit", "--lang", "en")["ask"]}
    assert asked["IC962"]["department"] == "市公安局"
    assert "parts are no more than the total" in asked["IC962"]["question"]
    assert (asked["IC963"]["name"], asked["IC963"]["period"]) == ("越秀", "2022")
    laid_out(project, {"values.csv": FILES["values.csv"].replace("656", "500")})
    assert "IC963" in said(project, "score")
    assert "IC963" in run(project, "check", "--strict", expect=1)


def test_a_submission_is_judged_beside_what_there_is(tmp_path: Path) -> None:
    text = FILES["indicators.yaml"].replace("yearly: {path: values.csv}", "yearly: {path: values.csv}, sent: {ledger: l.sqlite}")
    text = text.replace("dimensions:", "defaults: {source: yearly}\ndimensions:").replace(
        "id: helpers,", "source: sent, id: helpers,"
    )
    values = "\n".join(
        ",".join(cell for at, cell in enumerate(line.split(",")) if at != 5) for line in FILES["values.csv"].splitlines()
    )
    project = laid_out(tmp_path, {**FILES, "indicators.yaml": text, "values.csv": values.replace("656", "500") + "\n"})

    def submit(period: str, numbers: tuple[int, int], reason: str = "") -> str:
        rows = f"荔湾,{period},{numbers[0]}\n越秀,{period},{numbers[1]}\n"
        laid_out(project, {"sent.csv": "区,年份,注册志愿者数\n" + rows})
        more = ("--reason", reason) if reason else ()
        return said(
            project, "submit", str(project / "sent.csv"), "--by", "甲", "--department", "团市委", "--period", period, *more
        )

    assert "IC963" not in submit("2021", (30000, 30000))
    told = submit("2022", (30001, 29999))
    assert "sent.csv:3:3: IC963 越秀 2022" in told
    assert "2021年度注册志愿者数 = 30000（l.sqlite" in told
    later = submit("2021", (30002, 29000), "更正")  # what was right of 2022 no longer is
    assert "IC963 荔湾 2022" in later
    assert "sent.csv:2:3" in later
