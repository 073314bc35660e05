"""What an indicator says of itself in words reaches whoever reads its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from .projects import answer, laid_out, run

FILES = {
    "indicators.yaml": """
index: {id: demo, name: 示例指数}
units: {label: 区, table: units.csv}
periods: {kind: year}
data: {yearly: {path: values.csv}}
dimensions:
  - id: food
    name: 食品
    weight: 1
    definition: 市民吃得是否放心
    indicators:
      - id: safe
        name: 食品抽检合格率
        weight: 1
        definition: 抽检合格批次占抽检批次的比重
        source_note: 食品安全抽检月报 表3
        method_note: 不含餐饮具；复检的按复检结果
""",
    "units.csv": "id,name\na,东区\nb,西区\n",
    "values.csv": "区,年份,食品抽检合格率\n东区,2022,97.5\n西区,2022,98.5\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return laid_out(tmp_path, FILES)


def test_explain_says_what_the_node_that_is_asked_about_is(project: Path) -> None:
    lines = [line.strip() for line in run(project, "explain", "东区", "--node", "safe").splitlines()]
    assert "指标解释：抽检合格批次占抽检批次的比重" in lines
    assert "数据出处：食品安全抽检月报 表3" in lines
    assert "统计口径：不含餐饮具；复检的按复检结果" in lines
    whole = run(project, "explain", "东区")
    assert "指标解释" not in whole, "a walk down the whole tree would be twice as long"
    assert "Definition: 市民吃得是否放心" in run(project, "explain", "东区", "--node", "food", "--lang", "en")


def test_data_has_the_words_of_every_node_and_no_empty_ones(project: Path) -> None:
    tree = answer(project, "explain", "东区")["tree"]
    [food] = tree["children"]
    [safe] = food["children"]
    assert "definition" not in tree
    assert food["definition"] == "市民吃得是否放心"
    assert [safe[key] for key in ("definition", "source_note", "method_note")] == [
        "抽检合格批次占抽检批次的比重",
        "食品安全抽检月报 表3",
        "不含餐饮具；复检的按复检结果",
    ]
    listed = {node["node"]: node for node in answer(project, "weights", "show")["nodes"]}
    assert listed["safe"]["method_note"] == "不含餐饮具；复检的按复检结果"
    assert "definition" not in listed["demo"]
