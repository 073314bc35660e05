"""Small projects on disk for tests of commands: files by name, and what a command says and gives back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from indexcalc.cli.app import app


def laid_out(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files of a project into a folder, and return it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str, expect: int = 0) -> str:
    """Run a command on a project; what it printed, and what it said of findings where it was refused."""
    result = CliRunner().invoke(app, [*arguments, "--index", str(folder)])
    assert result.exit_code == expect, result.output + result.stderr
    return result.stdout if expect == 0 else result.stderr


def said(folder: Path, *arguments: str) -> str:
    """Return what a command that was not refused told of findings."""
    result = CliRunner().invoke(app, [*arguments, "--index", str(folder)])
    assert result.exit_code == 0, result.output + result.stderr
    return result.stderr


def answer(folder: Path, *arguments: str) -> Any:
    """Return a command's answer as data."""
    return json.loads(run(folder, *arguments, "--json"))
