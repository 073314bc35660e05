"""`role: monitored`: what is shown, ranked by its value and warned on, and moves no score."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.engine import score
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty
from indexcalc.report.sheets.tables import dimension_sheet, monitored_sheet, sheets
from indexcalc.tree import Index, parse_index

from . import trees
from .conftest import index_of, panel_of
from .projects import answer, laid_out, run, said
from .trees import SEEDS

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: year}}
data: {{yearly: {{path: values.csv}}}}
defaults: {{{defaults}}}
ranking: {{within: group, decimals: 1}}
dimensions:
  - id: courts
    name: 审判
    weight: 0.6
    indicators:
      - {{id: closed, name: 结案率, weight: 0.7}}
      - {{id: appeals, name: 上诉案件数, direction: lower, weight: 0.3}}
{first}
  - id: food
    name: 食品
    weight: 0.4
    indicators:
      - {{id: safe, name: 合格率, weight: 1}}
{second}
"""
MONITORED = "      - {id: pleas, name: 认罪认罚适用率, measure: '%', role: monitored}"
AIMED = "      - {id: stays, name: 平均羁押天数, role: monitored, direction: range, target: [10, 20]}"
GROUPS = ("a", "a", "b", "b", "b")
VALUES = np.array(
    [
        [90.0, 5.0, 80.01, 97.0, 9.0],
        [91.0, 6.0, 80.02, 98.0, 15.0],
        [89.0, 2.0, 70.0, 99.0, 22.0],
        [95.0, 9.0, np.nan, 92.0, 40.0],
        [93.0, 3.0, 80.02, 95.0, 20.0],
    ]
)


def tree(first: str = MONITORED, second: str = AIMED, defaults: str = "") -> str:
    return TREE.format(first=first, second=second, defaults=defaults)


def columns(index: Index, values: np.ndarray = VALUES) -> list[list[float]]:
    """The values of the leaves that a tree has, of the five."""
    order = ("closed", "appeals", "pleas", "safe", "stays")
    return values[:, [order.index(name) for name in index.tree.leaf_ids]].tolist()


@pytest.mark.parametrize(
    "defaults", ["", "weights: equal", "missing: {policy: floor}", "missing: {coverage: 1}", "aggregate: median"]
)
def test_scores_are_those_of_the_tree_without_it(defaults: str) -> None:
    with_it, without = index_of(tree(defaults=defaults)), index_of(tree("", "", defaults))
    one, other = (score(index, panel_of(index, columns(index), groups=GROUPS)) for index in (with_it, without))
    for node in ("demo", "courts", "food", "closed", "safe"):
        np.testing.assert_array_equal(one.score(node), other.score(node))
        np.testing.assert_array_equal(one.rank(node), other.rank(node))
        assert one.covered(one.node(node)).tolist() == other.covered(other.node(node)).tolist()
    assert np.isnan(one.score("pleas")).all()
    assert [found.code for found in one.findings] == [found.code for found in other.findings]


@given(SEEDS, st.integers(0, 99))
def test_any_tree_scores_as_without_it(seed: int, place: int) -> None:
    plain = trees.tree(seed)
    more = copy.deepcopy(plain)
    lists = list(child_lists(more["dimensions"]))
    children = lists[place % len(lists)]
    children.insert(place % (len(children) + 1), {"id": "watched", "role": "monitored", "direction": "lower"})
    without, with_it = trees.read(plain), trees.read(more)
    assert without is not None
    assert with_it is not None
    panel = trees.panel(with_it, seed)
    own = [panel.column[column.id] for column in without.columns]
    values, status = empty(*panel.values[..., own].shape), empty(*panel.values[..., own].shape, np.uint8)
    values[...], status[...] = panel.values[..., own], panel.status[..., own]
    less = replace(panel, values=values, status=status, columns=tuple(column.id for column in without.columns))
    one, other = score(with_it, panel), score(without, less)
    for node in other.tree.nodes:
        np.testing.assert_array_equal(one.score(node.id), other.score(node.id))
        np.testing.assert_array_equal(one.rank(node.id), other.rank(node.id))
        np.testing.assert_array_equal(one.covered(one.node(node.id)), other.covered(other.node(node.id)))
    known = panel.values[..., panel.column["watched"]]
    np.testing.assert_array_equal(np.isnan(one.rank("watched")), np.isnan(known))
    assert np.isnan(one.score("watched")).all()


def child_lists(children: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Every list of children of a tree as it is written."""
    yield children
    for child in children:
        if "indicators" in child:
            yield from child_lists(child["indicators"])


def test_it_is_ranked_by_its_value_as_its_direction_says() -> None:
    index = index_of(tree())
    scores = score(index, panel_of(index, columns(index), groups=GROUPS))
    assert scores.group_ranks is not None
    pleas, stays = scores.node("pleas"), scores.node("stays")
    # 80.02 twice, then 80.01: `decimals: 1` is of scores, not of values
    np.testing.assert_array_equal(scores.ranks[0, :, pleas], [3, 1, 4, np.nan, 1])
    np.testing.assert_array_equal(scores.group_ranks[0, :, pleas], [2, 1, 2, np.nan, 1])
    np.testing.assert_array_equal(scores.ranks[0, :, stays], [3, 1, 4, 5, 1])


def test_it_is_neither_estimated_nor_treated() -> None:
    index = index_of(tree(defaults="impute: mean, treat: {method: winsorise, skew: 0.1, kurtosis: 0.1}"))
    scores = score(index, panel_of(index, columns(index), groups=GROUPS))
    np.testing.assert_array_equal(scores.treated[0, :, scores.node("pleas")], VALUES[:, 2])
    assert not any(found.code == "IC425" for found in scores.findings)


def test_blocks_and_memory_agree() -> None:
    index = index_of(tree())
    panel = panel_of(index, columns(index), groups=GROUPS)
    one, other = score(index, panel), score_in_blocks(index, panel, empty, cells=1)
    np.testing.assert_array_equal(one.ranks, other.ranks)
    np.testing.assert_array_equal(one.scores, other.scores)


def test_one_that_is_the_same_everywhere_is_shown_and_one_that_is_empty_is_told() -> None:
    index, values = index_of(tree()), VALUES.copy()
    values[:, 2], values[:, 4] = 80.0, np.nan
    scores = score(index, panel_of(index, columns(index, values), groups=GROUPS))
    assert [(found.code, found.values["node"]) for found in scores.findings] == [("IC422", "stays")]
    assert scores.rank("pleas").tolist() == [[1.0] * 5]


def test_sheets_have_its_values_and_ranks() -> None:
    index = index_of(tree())
    scores = score(index, panel_of(index, columns(index), groups=GROUPS))
    sheet = dimension_sheet(scores, "2000", scores.node("courts"), "zh")
    at = [heading.over for heading in sheet.headings].index("认罪认罚适用率")
    assert [heading.title for heading in sheet.headings[at : at + 2]] == ["%", "位次"]
    by_unit = {row[1]: row[at : at + 2] for row in sheet.rows}
    assert by_unit["u0"] == (80.01, 3)
    assert by_unit["u3"] == (None, None)
    listed = monitored_sheet(scores, "2000", "zh")
    assert listed.rows[0] == ("u0", 80.01, 3, 9.0, 3)
    assert "不计分" in listed.notes[0]
    assert [one.title for one in sheets(scores, "2000", "zh")] == [
        "总榜",
        "各维度位次",
        "审判",
        "食品",
        "监测指标",
        "数据完整性",
    ]


FILES = {
    "indicators.yaml": tree().replace("yearly: {path: values.csv}", "yearly: {path: values.csv}", 1)
    + "warnings:\n  rules:\n    - {id: low, name: 适用率, node: pleas, red: 75}\nuncertainty: {weights: perturb, noise: 0.1}\n",
    "units.csv": "id,name,group\n"
    + "".join(f"{name},{name}区,{group}\n" for name, group in zip("甲乙丙丁戊", GROUPS, strict=True)),
    "values.csv": "区,年份,结案率,上诉案件数,认罪认罚适用率,合格率,平均羁押天数\n"
    + "".join(
        f"{name}区,2022," + ",".join("" if value != value else f"{value:g}" for value in row) + "\n"
        for name, row in zip("甲乙丙丁戊", VALUES.tolist(), strict=True)
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return laid_out(tmp_path, FILES)


def test_commands_show_it_and_say_what_it_is(project: Path) -> None:
    assert "5 个二级指标（其中监测指标 2 个）" in run(project, "check"), "it is counted among the indicators"
    shown = run(project, "explain", "甲区", "--node", "pleas")
    assert "认罪认罚适用率 (pleas) 监测指标，不计分 · 位次 3/4" in shown
    assert "80.01%" in shown
    [courts, _] = answer(project, "explain", "甲区")["tree"]["children"]
    leaf = {child["node"]: child for child in courts["children"]}["pleas"]
    assert (leaf["role"], leaf["value"], leaf["score"], leaf["rank"]) == ("monitored", 80.01, None, 3)
    assert "80.01" in run(project, "rank", "--node", "pleas")


def test_beside_others_it_says_that_it_is_not_scored(project: Path) -> None:
    lines = run(project, "explain", "丙区", "--vs", "甲区").splitlines()
    at = next(at for at, line in enumerate(lines) if "(pleas)" in line)
    assert lines[at].strip() == "认罪认罚适用率 (pleas) 监测指标，不计分 · 位次 4 ↔ 3"
    assert lines[at + 1].strip() == "= 70 ↔ 80.01 %"


def test_it_is_warned_on(project: Path) -> None:
    warned = answer(project, "warn")["warnings"]
    assert [(one["unit"], one["node"], one["level"]) for one in warned] == [("丙", "pleas", "red")]


def test_files_have_it_without_a_score_or_a_weight(project: Path) -> None:
    run(project, "score")
    rows = list(csv.DictReader(io.StringIO((project / "reports/2022/scores.csv").read_text("utf-8-sig"))))
    [row] = [row for row in rows if (row["unit"], row["node"]) == ("甲", "pleas")]
    assert (row["derived"], row["rank"], row["score"], row["weight"]) == ("80.01", "3", "", "0")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (MONITORED.replace("role: monitored", "role: monitored, weight: 0.2"), "IC270"),
        (MONITORED.replace("role: monitored", "role: monitored, round: 1, impute: mean"), "IC270"),
        (MONITORED.replace("role: monitored", "role: monitored, score_over_units: mean"), "IC270"),
    ],
)
def test_what_makes_a_score_is_of_no_use_to_it(line: str, code: str) -> None:
    _, found = parse_index(tree(line).encode(), "indicators.yaml")
    assert [one.code for one in found if one.severity == "error"][:1] == [code]
    assert found[0].place.line == 1 + tree(line).splitlines().index(line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    weight: 0.6\n", "    weight: 0.6\n    formula: closed + pleas\n"),
        ("index: {id: demo, name: 示例指数}\n", "index: {id: demo, name: 示例指数, formula: courts - stays}\n"),
    ],
)
def test_no_formula_takes_its_score(before: str, after: str) -> None:
    text = tree()
    assert before in text
    _, found = parse_index(text.replace(before, after, 1).encode(), "indicators.yaml")
    assert "IC271" in [one.code for one in found]


def test_no_warning_judges_its_score() -> None:
    rules = "warnings:\n  rules:\n    - {id: low, node: courts, watch: indicators, by: score, red: 30}\n"
    _, found = parse_index((tree() + rules).encode(), "indicators.yaml")
    assert [one.code for one in found] == ["IC271"]
    _, found = parse_index((tree() + rules.replace("by: score, ", "")).encode(), "indicators.yaml")
    assert found == []


def test_a_node_needs_something_that_is_scored() -> None:
    alone = tree().replace("      - {id: safe, name: 合格率, weight: 1}\n", "")
    _, found = parse_index(alone.encode(), "indicators.yaml")
    assert [(one.code, one.values["node"]) for one in found] == [("IC223", "food")]


def test_weights_leave_it_alone(project: Path) -> None:
    listed = {node["node"]: node for node in answer(project, "weights", "show")["nodes"]}
    assert listed["pleas"]["share"] is None
    assert "IC270" in run(project, "weights", "set", "pleas", "0.2", "--by", "甲", "--note", "乙", expect=1)


@pytest.mark.parametrize(
    "command",
    [
        ("uncertainty", "--draws", "20"),
        ("sensitivity",),
        ("robustness",),
        ("target", "丙区", "--rank", "1"),
        ("explain", "丙区", "--vs", "group"),
        ("trend", "丙区"),
        ("audit",),
    ],
)
def test_every_analysis_goes_on(project: Path, command: tuple[str, ...]) -> None:
    assert run(project, *command)
    said(project, *command)
