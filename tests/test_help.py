"""Help, and what is said of what was typed wrongly, in the language of the screen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.cli.help import shown, value_of
from indexcalc.tree.schema import descriptions, json_schema
from indexcalc.words.commands import COMMANDS, OPTIONS, SECTIONS, VALUES
from indexcalc.words.shown import broken, wide

from .conftest import REPOSITORY

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HELP = {"zh": "显示本说明。", "en": "Show this message and exit."}


def every_command(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    command = command or get_command(app)
    yield " ".join(path) or "indexcalc", command
    for name, below in getattr(command, "commands", {}).items():
        yield from every_command(below, (*path, name))


EVERY = dict(every_command())


def said(*typed: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, typed, env={"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", **(env or {})})
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("path", EVERY)
def test_help_is_in_one_language(path: str) -> None:
    words = [] if path == "indexcalc" else path.split()
    code, chinese, _ = said(*words, "--help")
    assert code == 0
    assert HELP["zh"] in chinese
    for line in chinese.splitlines():  # a line of Chinese help has Chinese, unless it only goes on with names or addresses
        assert CHINESE.search(line) or not re.search(r"[a-z]+ [a-z]+ [a-z]+", line), line
    english = said(*words, "--help", env={"LANG": "en_GB.UTF-8"})[1]
    assert HELP["en"] in english
    assert not CHINESE.search(english)
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", chinese)) >= set(re.findall(r"(?m)^  (--?[a-z][a-z-]*)", english))


@pytest.mark.parametrize("path", EVERY)
def test_everything_that_may_be_typed_has_chinese_words(path: str) -> None:
    assert CHINESE.search(COMMANDS[path])
    for one in EVERY[path].params:
        text = OPTIONS.get(path, {}).get(one.name) or OPTIONS[""].get(one.name, "")
        assert CHINESE.search(text), one.name
        assert one.help.endswith("."), one.name
        assert text.endswith("。"), one.name
        is_number = bool(re.search(r"\b(?:int|float)\b", str(one.type_descriptor.annotation)))
        if shown(one) and not getattr(one, "is_flag", False):
            assert is_number == (value_of(one, path, "en") == "N"), f"{one.name} has no word for its value"


def test_no_words_are_left_over() -> None:
    names = {path: {one.name for one in command.params} for path, command in EVERY.items()}
    every = {name for own in names.values() for name in own} | {"help"}
    assert set(COMMANDS) == set(EVERY)
    assert sorted(name for _, names in SECTIONS for name in names) == sorted(EVERY["indexcalc"].commands)
    assert set(OPTIONS) - {""} <= set(EVERY)
    assert set(OPTIONS[""]) <= every
    for path, own in OPTIONS.items():
        assert not path or set(own) <= names[path], path
    for known in set(VALUES) - {"number"}:
        path, _, name = known.rpartition(" ")
        assert name in (names[path] if path else every), known


def test_help_says_what_holds_where_nothing_is_typed() -> None:
    for typed, default in {
        "explain": "0; at least 0",
        "evolution": "--degrees",
        "check": "indicators.yaml",
        "users add": "users.tsv",
    }.items():
        assert f"[default: {default}]" in " ".join(said(*typed.split(), "--help", "--lang", "en")[1].split())
    assert "default: " not in said("completion", "--help", "--lang", "en")[1]


def test_the_language_is_asked_for_before_or_after_the_command() -> None:
    for typed in (["--lang", "en", "rank", "--help"], ["rank", "--lang=en", "-h"], ["rank", "--help", "--lang", "en"]):
        assert HELP["en"] in said(*typed)[1]
    assert HELP["zh"] in said("rank", "--lang", "zh", "--help", env={"LANG": "en_US.UTF-8"})[1]
    assert HELP["zh"] in said("rank", "--lang", "none", "--help")[1]


WRONG = {
    ("scor",): ("IC590", "'score'"),
    ("weights", "sett"): ("IC590", "'set'"),
    ("rank", "--perod", "2022"): ("IC591", "'--period'"),
    ("weights", "set"): ("IC592", "weights set [OPTIONS] NODE WEIGHT"),
    ("template", "--department", "a"): ("IC592", "--period is missing"),
    ("rank", "--lang", "fr"): ("IC593", "give zh, en"),
    ("uncertainty", "--draws", "0"): ("IC593", "a whole number, at least 1"),
    ("uncertainty", "--interval=x"): ("IC593", "'x' is not allowed for --interval"),
    ("rank", "--period"): ("IC594", "--period PERIOD"),
    ("explain", "a", "b", "c"): ("IC595", "'b c'"),
    ("target", "a"): ("IC596", "either --rank or --score"),
    ("init",): ("IC596", "--list alone"),
    ("weights", "ahp", "template", "a"): ("IC596", "ahp template NODE FILE"),
    ("rank", "--json=1"): ("IC597", "--json"),
}


@pytest.mark.parametrize("typed", WRONG, ids=" ".join)
def test_what_is_typed_wrongly_is_a_finding(typed: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, words = WRONG[typed]
    ended, out, err = said(*typed, env={"LANG": "en"})
    assert (ended, out) == (2, "")
    assert err.startswith(code)
    assert words in err
    assert not CHINESE.search(err)
    ended, _, chinese = said(*typed)
    assert ended == 2
    assert chinese.startswith(code)
    assert CHINESE.search(chinese)
    told = json.loads(said(*typed, "--json", env={"LANG": "en"})[2]) if code not in ("IC595", "IC594") else {"code": code}
    assert told["code"] == code


def test_a_group_without_a_command_shows_its_help() -> None:
    ended, out, err = said("ledger")
    assert (ended, out) == (2, "")
    assert "verify" in err


def test_lines_are_broken_for_the_screen() -> None:
    text = "审核可疑数据（突变、雷同、取整），用 indexcalc audit --period 2022 显示。the quick brown fox, and more"
    for width in range(24, 100, 7):
        lines = broken(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(wide(line) <= width + 1 for line in lines)  # a mark that closes may stand out by itself
        assert not any(line[0] in "，。、）" or line[-1] == "（" for line in lines)


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'pandas', 'pydantic', 'scipy', 'yaml', 'sqlalchemy', 'rich'}"
    for typed in (["--help"], ["score", "--help"], ["weights", "ahp", "--help"]):
        code = f"import sys; sys.argv[1:] = {typed!r}\ntry:\n import indexcalc.cli as c; c.run()\nfinally:\n print(sorted({heavy} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_the_schema_has_its_descriptions_in_chinese() -> None:
    english, chinese = json_schema("en"), json_schema("zh")
    for name, said_of in descriptions().items():
        block, other = (one if name == "Index" else one["$defs"].get(name, {}) for one in (chinese, english))
        for key in set(said_of) & set(block.get("properties", {})):
            assert CHINESE.search(block["properties"][key].get("description", "")), (name, key)
            assert other["properties"][key]["description"] == said_of[key]
    assert without_descriptions(english) == without_descriptions(chinese)


def without_descriptions(schema: Any) -> Any:
    if isinstance(schema, list):
        return [without_descriptions(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    texts = ("description", "$id")
    return {key: without_descriptions(one) for key, one in schema.items() if key not in texts or isinstance(one, dict)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_of_commands_is_the_same_where_only_it_is_asked_for(language: str) -> None:
    """Alone, `--help` makes no command ready; with more typed, all of them are."""
    typed = (["--help"], ["--lang", language, "--help"])
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": f"{language}_XX.UTF-8"}
    one, other = (
        subprocess.run([sys.executable, "-m", "indexcalc", *words], env=environment, capture_output=True, check=True).stdout
        for words in typed
    )
    assert one == other
