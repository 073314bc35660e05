"""What a terminal shows and completes: words of a project for shells, and colour beside what says the same."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexcalc.cli import colour, offers
from indexcalc.cli.app import app
from indexcalc.jobs.init import init

from .test_help import EVERY

SHELLS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "-n"]}
EVIL = "$(touch evil) x"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal") / "东 project"
    init(folder, "starter")
    with (folder / "data" / "districts.csv").open("a", encoding="utf-8") as file:
        file.write(f"05,{EVIL},E,城区,\n06,a'b:c,F,城区,\n")
    return folder


@pytest.fixture
def words(project: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(project)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return lambda *typed: [word for word, _ in offers.offers(typed)]


def test_commands_and_options(words) -> None:
    assert words("we") == ["weights"]
    assert set(words("")) == {name for name in EVERY if " " not in name and name != "indexcalc"}
    assert {"set", "show", "suggest"} <= set(words("weights", "s"))
    assert words("rank", "--per") == ["--period"]
    assert words("warn", "--least", "") == ["blue", "yellow", "orange", "red"]
    assert words("methods", "quan") == ["quantile"]
    assert words("rank", "--lang=e") == ["--lang=en"]


def test_what_the_project_has(words) -> None:
    assert words("explain", "东") == ["东城区"]
    assert words("explain", "0")[:2] == ["01", "02"]
    assert words("rank", "--period", "") == ["2024", "2023"]
    assert words("rank", "--period", "=", "2023") == ["2023"]  # as bash parts it
    assert words("score", "--period=a") == ["--period=all"]
    assert "safety" in words("weights", "set", "safe")
    assert words("weights", "set", "按期") == ["按期办结率"]
    assert words("--lang", "en", "explain", "") == ["01", "02", "03", "04", "05", "06"]
    assert words("explain", "a'") == ["a'b:c"]
    assert words("verify", "") == []  # the shell has files


def test_what_is_offered_is_taken(words) -> None:
    for typed in (["explain", "东"], ["rank", "--node", "按期"], ["rank", "--period", "2023"], ["weights", "log", "safe"]):
        word = words(*typed)[0]
        assert CliRunner().invoke(app, [*typed[:-1], word]).exit_code == 0, word


def test_what_is_offered_leaves_help_as_it_is(words) -> None:
    """Commands keep their option of help from whoever asks for it first."""
    assert "--help" in words("rank", "--h")
    assert "-h, --help" in CliRunner().invoke(app, ["rank", "--help", "--lang", "en"]).stdout


def test_nothing_is_said_of_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "indicators.yaml").write_text("index: [", encoding="utf-8")
    for typed in (["explain", ""], ["rank", "--period", ""], ["rank", "--index", "none", "--node", ""], ["x", "y", "z"], []):
        assert offers.answer(["--", *typed]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "Traceback" not in out


def test_a_script_for_every_shell() -> None:
    for shell in ("bash", "zsh", "fish", "powershell"):
        done = CliRunner().invoke(app, ["completion", shell])
        assert (done.exit_code, "indexcalc completion words" in done.stdout) == (0, True)
        if shell in SHELLS and shutil.which(shell):
            subprocess.run(SHELLS[shell], input=done.stdout, text=True, check=True)


@pytest.mark.skipif(not shutil.which("bash") or os.name == "nt", reason="no bash")
def test_bash_completes_and_runs_nothing_of_a_name(project: Path, tmp_path: Path) -> None:
    program = tmp_path / "indexcalc"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m indexcalc "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = (Path(offers.__file__).parent / "shells" / "completion.bash").read_text(encoding="utf-8")
    ask = 'COMP_WORDS=(indexcalc explain ""); COMP_CWORD=2; _indexcalc; printf "%s\\n" "${COMPREPLY[@]}"'
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    env["PYTHONPATH"] = str(Path(offers.__file__).parents[2])
    done = subprocess.run(["bash", "--norc", "-c", f"{script}\n{ask}"], cwd=project, env=env, capture_output=True, check=True)
    found = done.stdout.decode().splitlines()
    assert found[0] == "东城区"
    assert [shlex.split(word) for word in found[-2:]] == [[EVIL], ["a'b:c"]]
    assert not (project / "evil").exists()


def test_colour_stands_beside_what_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "红色 5  橙色 1\n红色文化街  ↑2\n东区   ↓1  持平"
    painted = colour.answer_in_colour(text, "zh")
    assert painted != text
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == text
    assert "\x1b[31m红色\x1b[0m 5" in painted
    assert "\n红色文化街" in painted, "a name"
    assert "\x1b[32m↑2\x1b[0m" in painted
    assert "\x1b[31m↓1\x1b[0m" in painted


@pytest.mark.parametrize(
    ("env", "terminal", "shown"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_when_there_is_colour(env: dict[str, str], terminal: bool, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    assert colour.wanted(stream) is shown


def test_findings_have_their_code_in_colour_and_json_never(words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert CliRunner().invoke(app, ["rank", "--node", "none"], color=True).stderr.count("\x1b[1;31mIC510\x1b[0m ") == 1
    assert json.loads(CliRunner().invoke(app, ["rank", "--json"], color=True).stdout)
