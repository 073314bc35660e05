"""The guide to adding things is followed in a copy of the program, and what was added is known everywhere; facts are required."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexcalc.methods import RECORDS
from indexcalc.methods.records import MethodRecord

GUIDES = {language: Path(__file__).parent.parent / "docs" / language / "adding.md" for language in ("en", "zh")}
TREE = """
index: {id: toy, name: 样例}
units: {table: units.csv}
periods: {kind: year}
data: {values: {path: values.csv}}
defaults: {normalise: {method: logistic, width: 8}}
dimensions:
  - id: d1
    weight: 0.5
    aggregate: lehmer
    weights: reach
    indicators:
      - {id: a, department: 交警}
      - {id: b, department: 交警, normalise: {method: logistic, width: 8, middle: 20}}
  - id: d2
    weight: 0.5
    indicators:
      - {id: c, weight: 1, department: 民政, normalise: {method: points}}
uncertainty: {weights: perturb, normalise: [min-max, {method: logistic, width: 5}], aggregate: [arithmetic, lehmer]}
"""
slow = pytest.mark.slow  # processes that start anew
ONLY = "".join(line for line in TREE.splitlines(keepends=True) if "交警" in line)
KINDS = {type(record): record for known in RECORDS.values() for record in known.values()}


def blocks(language: str) -> list[str]:
    return re.findall(r"```(?:python|json)\n(.*?)```", GUIDES[language].read_text(encoding="utf-8"), re.DOTALL)


def put(block: str, program: Path) -> None:
    """Do what the first line of a block says with the rest of it."""
    said, _, code = block.partition("\n")
    file, _, where = said.removeprefix("# ").partition(", ")
    target = program / file
    if where == "new":
        assert not target.exists()
        target.write_text(code, encoding="utf-8")
        return
    lines = target.read_text(encoding="utf-8").splitlines(keepends=True)
    beginning = re.sub("^(before|after|in place of) ", "", where)
    at = max(i for i, line in enumerate(lines) if line.strip().startswith(beginning))
    if where.startswith("before"):
        gap = "\n\n" if line_begins_a_statement(lines[at]) and not code.startswith("from ") else ""
        lines.insert(at, code + gap)
    elif where.startswith("after"):
        lines.insert(at + 1, code)
    else:
        (old,) = (node for node in ast.parse("".join(lines)).body if node.lineno == at + 1)
        lines[at : old.end_lineno] = [code]
    target.write_text("".join(lines), encoding="utf-8")


def line_begins_a_statement(line: str) -> bool:
    return line[0].isalpha()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with all that the guide adds."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(
        Path(__file__).parent.parent / "indexcalc", folder / "indexcalc", ignore=shutil.ignore_patterns("__pycache__")
    )
    for block in blocks("en"):
        put(block, folder)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (folder / "units.csv").write_text("id,name\n" + "".join(f"u{at},U{at}\n" for at in range(6)), encoding="utf-8")
    rows = [f"u{at},{year},{10 + 3 * at + year % 5},{30 - 2 * at},{at + 1}" for year in (2021, 2022) for at in range(6)]
    (folder / "values.csv").write_text("unit,period,a,b,c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def run(program: Path, folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    told = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(program), "PYTHONSAFEPATH": "1", "LANG": "en_US.UTF-8", "LC_ALL": ""},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert told.returncode == code, told.stderr
    return told.stdout, told.stderr


def indexcalc(program: Path, folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    return run(program, folder, "-m", "indexcalc", *arguments, code=code)


def changed(program: Path, project: Path, tmp_path: Path, old: str, new: str, code: int = 1) -> str:
    """What `check` says of the tree with one text in place of another."""
    shutil.copytree(project, tmp_path / "changed")
    tree = (tmp_path / "changed" / "indicators.yaml").read_text(encoding="utf-8")
    assert old in tree
    (tmp_path / "changed" / "indicators.yaml").write_text(tree.replace(old, new, 1), encoding="utf-8")
    return indexcalc(program, tmp_path / "changed", "check", "--lang", "en", code=code)[1]


def test_both_guides_have_the_same_code() -> None:
    assert blocks("en") == blocks("zh")
    assert len(blocks("en")) == 14


@slow
def test_what_was_added_is_in_the_schema_and_listed(program: Path, project: Path) -> None:
    schema = indexcalc(program, project, "schema")[0]
    listed = indexcalc(program, project, "methods")[0]
    for name in ("logistic", "reach", "lehmer"):
        assert f'"{name}"' in schema
        assert re.search(rf"^\w+ +{name} ", listed, re.MULTILINE)
    assert "Score along an S" in indexcalc(program, project, "methods", "logistic")[0]


@slow
def test_what_was_added_is_checked(program: Path, project: Path, tmp_path: Path) -> None:
    said = indexcalc(program, project, "check", "--lang", "en")[1]
    assert "IC239 d2 has one child, c" in said
    wrong = changed(program, project, tmp_path, "width: 8}}", "width: -8}}")
    assert "IC405 'logistic': width must be above 0" in wrong


@slow
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("logistic, width: 8, middle", "logistic, widht: 8, middle", "did you mean 'width'"),
        ("method: logistic, width: 8}}", "method: 逻辑斯蒂, width: 8}}", "did you mean 'logistic'"),
        ("weights: reach", "weights: 极差赋权", "did you mean 'reach'"),
        ("aggregate: lehmer\n", "aggregate: 莱默平均\n", "did you mean 'lehmer'"),
        (
            ONLY,
            ONLY.replace("{id: a,", "{id: a, weight: 1,").replace("{id: b,", "{id: b, weight: 2,"),
            "no part in weights: reach",
        ),
        ("aggregate: lehmer\n", "aggregate: lehmer\n    primary: {}\n", "IC256"),
    ],
)
def test_what_was_added_is_known_to_the_checks(
    old: str, new: str, told: str, program: Path, project: Path, tmp_path: Path
) -> None:
    assert told in changed(program, project, tmp_path, old, new, code=0 if "no part" in told else 1)


@slow
def test_what_was_added_scores_and_is_explained_in_memory_and_in_a_query(program: Path, project: Path) -> None:
    assert indexcalc(program, project, "score", "--lang", "en")[0]
    assert "IC427" in "".join(
        indexcalc(program, project, "trend", "u4", "--lang", "en")
    )  # a logistic without a middle compares the units of a period
    explained = json.loads(indexcalc(program, project, "explain", "u4", "--json", "--lang", "en")[0])
    by_id = {node["node"]: node for node in nodes_of(explained)}
    assert by_id["d1"]["score"] == pytest.approx(by_id["a"]["contribution"] + by_id["b"]["contribution"])
    assert by_id["b"]["score"] == pytest.approx(100 / (1 + 2.718281828459045 ** ((20 - by_id["b"]["value"]) / 8)))
    uncertain = json.loads(indexcalc(program, project, "uncertainty", "--draws", "40", "--json", "--lang", "en")[0])
    assert len(json.dumps(uncertain)) > 200
    code = (
        "import numpy as np, ibis\n"
        "from indexcalc.methods import AGGREGATORS, NORMALISERS\n"
        "from indexcalc.methods.frame import Frame\n"
        "from indexcalc.tree.model import Normalise\n"
        "from indexcalc.large.expressions import aggregated, normalised, statistics_for\n"
        "from indexcalc.methods.sql import Seen\n"
        "seen = Normalise(method='logistic', width=8.0)\n"
        "assert statistics_for(seen) == {'mean'}\n"
        "x = np.array([1.0, 20.0, 1e6, -1e6])\n"
        "table = ibis.memtable({'x': x, 'm': np.full(4, x.mean())})\n"
        "for sign in (1.0, -1.0):\n"
        "    found = table.mutate(y=normalised(seen, table.x, Seen(sign, {'mean': table.m}))).y.to_pandas()\n"
        "    mine = NORMALISERS['logistic'].function(x[:, None], Frame(x[:, None], np.array([sign])), width=8.0)[:, 0]\n"
        "    np.testing.assert_allclose(found, mine, rtol=1e-12)\n"
        "y = table.mutate(y=aggregated('lehmer', {}, [table.x, table.m], [1.0, 2.0])).y.to_pandas()\n"
        "stack = np.stack([x, np.full(4, x.mean())], axis=-1)\n"
        "np.testing.assert_allclose(y, AGGREGATORS['lehmer'].function(stack, np.array([1.0, 2.0])), rtol=1e-12)\n"
    )
    run(program, project, "-W", "ignore", "-c", code)


def nodes_of(entry: Any) -> list[dict[str, Any]]:
    """Every entry of an explanation that is of a node."""
    if isinstance(entry, list):
        return [node for each in entry for node in nodes_of(each)]
    if not isinstance(entry, dict):
        return []
    return [*([entry] if "node" in entry and "score" in entry else []), *nodes_of(list(entry.values()))]


@slow
def test_periods_compare_where_values_are_fixed(program: Path, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "fixed")
    tree = TREE.replace("width: 8}}\ndim", "width: 8, middle: 15}}\ndim").replace("weights: reach", "weights: equal")
    (tmp_path / "fixed" / "indicators.yaml").write_text(tree, encoding="utf-8")
    assert "IC427" not in "".join(indexcalc(program, tmp_path / "fixed", "trend", "u4", "--lang", "en"))


@slow
def test_the_command_and_the_format_that_were_added_work(program: Path, project: Path, tmp_path: Path) -> None:
    assert json.loads(indexcalc(program, project, "departments", "--json")[0]) == {"交警": 2, "民政": 1}
    assert "统计各部门填报的指标数" in indexcalc(program, project, "departments", "--help", "--lang", "zh")[0]
    indexcalc(program, project, "score", "--out", str(tmp_path / "reports"))
    written = json.loads((tmp_path / "reports" / "2022" / "ranking.json").read_text(encoding="utf-8"))
    assert len(written["rows"]) == 6


@pytest.mark.parametrize(
    ("kind", "fact"),
    [pytest.param(kind, fact, id=f"{kind.__name__} {fact}") for kind in KINDS for fact in kind.facts()],
)
def test_a_method_that_leaves_a_fact_out_is_refused(kind: type[MethodRecord], fact: str) -> None:
    record = KINDS[kind]
    given = {each: getattr(record, each) for each in kind.facts()}
    name = record.function.__name__ if fact == "name" else record.name
    with pytest.raises(TypeError, match=rf"^{kind.step} method '{re.escape(name)}' does not say: {fact}$"):
        kind(**{known: value for known, value in given.items() if known != fact})
    assert kind(**given).name == record.name


def test_a_fact_that_there_is_not_is_refused() -> None:
    record = next(iter(KINDS.values()))
    given = {each: getattr(record, each) for each in record.facts()}
    with pytest.raises(TypeError, match="says what nobody asks for: colour"):
        type(record)(**given, colour="red")


@slow
@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        (
            "normalise/seen.py",
            '    values=("middle",),\n    compares="unless fixed",',
            "normalise method 'logistic' does not say: values, compares",
        ),
        (
            "distinction.py",
            '    scores="all units",\n    declared=None,\n    per_child=(),\n    most_units=None,\n',
            "weights method 'reach' does not say: scores, declared, per_child, most_units",
        ),
        (
            "aggregate/joined.py",
            '    undefined="missing",\n    reasons=(NO_MEAN,),\n    split="shapley",',
            "aggregate method 'lehmer' does not say: undefined, reasons, split",
        ),
        (
            "normalise/seen.py",
            '"width": ABOVE_ZERO, ',
            "normalise method 'logistic' does not say the bounds of: width",
        ),
    ],
)
def test_a_method_without_a_fact_does_not_load(file: str, line: str, told: str, program: Path, tmp_path: Path) -> None:
    shutil.copytree(program, tmp_path / "program")
    target = tmp_path / "program" / "indexcalc" / "methods" / file
    text = target.read_text(encoding="utf-8")
    assert line in text
    at = text.rindex(line)
    target.write_text(text[:at] + text[at + len(line) :], encoding="utf-8")
    assert told in run(tmp_path / "program", tmp_path, "-c", "import indexcalc.methods", code=1)[1]


def test_no_fact_of_a_record_has_a_default() -> None:
    for kind in KINDS:
        assert len(kind.facts()) > 3
        assert [fact for fact in kind.facts() if hasattr(kind, fact)] == []
