"""One word for one thing: no Chinese text of the program has a word that `indexcalc/words/forbidden.json` lists."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import indexcalc
from indexcalc.findings import Place, finding, render, with_label
from indexcalc.words.agreement import filled, several
from indexcalc.words.findings import MESSAGES
from indexcalc.words.terms import TERMS

PACKAGE = Path(indexcalc.__file__).parent
LIST: dict[str, Any] = json.loads((PACKAGE / "words" / "forbidden.json").read_text(encoding="utf-8"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts(room: str) -> Iterator[tuple[str, str]]:
    """Yield the Chinese texts of a room of words, each with where it stands."""
    if room == "findings":
        for code, message in MESSAGES.items():
            yield from ((code, part["zh"]) for part in (message.text, message.hint, message.about))
        yield from ((str(line), text) for line, text in constants(PACKAGE / "words" / "findings" / "__init__.py"))
    elif room == "methods":
        yield from strings(json.loads((PACKAGE / "words" / "methods.json").read_text(encoding="utf-8")), "")
        for file in sorted((PACKAGE / "methods").rglob("*.py")):
            yield from ((f"{file.name}:{line}", text) for line, text in constants(file))
    elif room == "terms":  # of the terms that people write, the first is the one to be used
        yield from ((key, terms[0]) for key, terms in TERMS.items())
    else:
        yield from ((str(line), text) for line, text in constants(PACKAGE / "words" / f"{room}.py"))


def strings(said: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield the strings within what was read from JSON, each with its path."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield from strings(value, f"{where}/{key}")
    elif isinstance(said, str):
        yield where, said


def constants(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module with their lines: no docstrings, and of the terms of a method the first alone."""
    passed: set[int] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg == "terms" and isinstance(node.value, ast.Tuple):
            passed |= {id(term) for term in node.value.elts[1:]}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.lineno, node.value


def hits(room: str, where: str, text: str) -> list[str]:
    """Return the forbidden words of a text, with what to write for each."""
    found = []
    for entry in LIST["words"]:
        if room not in entry.get("in", LIST["rooms"]) or entry["word"] in LIST["texts"].get(where, ()):
            continue
        left = text
        for longer in entry.get("within", ()):
            left = left.replace(longer, "")
        if entry["word"] in left:
            found.append(f"{room} {where}: {entry['word']} → {entry['use']}: {text}")
    return found


@pytest.mark.parametrize("room", LIST["rooms"])
def test_no_text_has_a_forbidden_word(room: str) -> None:
    assert [hit for where, text in texts(room) if CHINESE.search(text) for hit in hits(room, where, text)] == []


def test_words_that_hold_a_forbidden_one_are_no_hit_and_others_are() -> None:
    assert hits("findings", "", "单元格的计量单位，无量纲化，缺失值") == []
    assert [hit.split()[2] for hit in hits("findings", "", "单元的单位，缺失")] == ["单元", "单位", "缺失"]
    assert hits("findings", "IC366", "缺失") == []


def test_an_exception_is_needed() -> None:
    """What is listed as an exception stands somewhere, and every room that is named has texts."""
    everything = [(room, where, text) for room in LIST["rooms"] for where, text in texts(room)]
    assert {room for room, _, _ in everything} == set(LIST["rooms"])
    for code, words in LIST["texts"].items():
        assert all(any(where == code and word in text for _, where, text in everything) for word in words)


@pytest.mark.parametrize("code", sorted(code for code, message in MESSAGES.items() if message.hint["zh"]))
def test_a_hint_asks(code: str) -> None:
    """A hint begins with 请 or asks 是否应为; after a condition, it asks all the same."""
    hint = MESSAGES[code].hint["zh"]
    assert re.match(r"请|是否应为|(如|若)[^；。]*请|\{(how|ways)_zh\}", hint), hint


def test_units_are_called_by_their_label() -> None:
    one = finding("IC502", Place(), found="越透", near="越秀")
    assert render(one, "zh") == "IC502 没有名为“越透”的评价对象\n    建议：是否应为“越秀”？"
    (named,) = with_label([one], "街镇")
    assert named.message("zh") == "没有名为“越透”的街镇"
    assert named.message("en") == one.message("en")
    assert with_label([named], "区") == [named], "what a finding says itself stays"


def test_no_space_parts_chinese_from_chinese() -> None:
    text = "{unit} 的{name}为 {found} {more}"
    assert filled(text, {"unit": "南沙区", "name": "人口", "found": "309", "more": "件"}) == "南沙区的人口为 309 件"
    assert filled(text, {"unit": "Wells", "name": "人口", "found": "三成", "more": "上下"}) == "Wells 的人口为三成上下"
    assert filled("“{unit}” 的 {name}", {"unit": "甲 乙", "name": "丙"}) == "“甲 乙” 的丙", "what is filled in stays as it is"


def test_a_long_list_says_its_length_in_each_language() -> None:
    one = finding("IC208", Place(), nodes=several(["a", "b"], 24), known=["x"])
    assert "a, b … (24)" in one.message("en")
    assert "a、b 等 24 项" in one.message("zh")
    assert several(["a", "b"], 2) == "a, b"
    assert "等" not in finding("IC208", Place(), nodes=several(["a", "b"], 2), known=["x"]).message("zh")


def test_severities_are_not_taken_for_warnings_of_risk() -> None:
    shown = {
        code: render(finding(code, Place("f"), count=1, names="a", found="x", known="y"), "zh")
        for code in ("IC351", "IC309", "IC308")
    }
    assert "（说明）" in shown["IC351"]
    assert "（提醒）" in shown["IC309"]
    assert "（" not in shown["IC308"]
