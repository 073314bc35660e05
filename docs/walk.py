"""Walk through the tutorial as a reader does: make its workbook, change its files, type its commands.

A test holds what the page shows to what comes out, and docs/pictures.py takes its pictures of what was written.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from indexcalc.findings import Language

HERE = Path(__file__).parent
STEP = re.compile(r"^(\|[^\n]*\|\n\| *-[^\n]*\n(?:\|[^\n]*\n)+)|^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Typed:
    """A command of the page, what the page shows below it, and what was printed."""

    command: str
    shown: tuple[str, ...]
    printed: str


def walk(language: Language, folder: Path) -> Iterator[Typed]:
    """Do in a folder what the tutorial says, in its order, and yield each command that is typed."""
    text = (HERE / language / "tutorial.md").read_text(encoding="utf-8")
    tables: list[list[list[str]]] = []
    here = folder
    for table, kind, block in STEP.findall(text):
        if table:
            tables.append(rows_of(table))
        elif kind == "diff":
            change(here / "indicators.yaml", block)
        else:
            if tables:
                write_workbook(folder, text, tables)
                tables = []
            for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = one.rstrip().splitlines()
                if command.startswith("cd "):
                    here = here / command.removeprefix("cd ").strip()
                    continue
                yield Typed(command, tuple(shown), run(command, here, language))


def rows_of(table: str) -> list[list[str]]:
    """Return the cells of a table of Markdown, without the line below its headings."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return [rows[0], *rows[2:]]


def write_workbook(folder: Path, text: str, tables: list[list[list[str]]]) -> None:
    """Write the workbook that the page calls by its name, a sheet for each table, called as the page says above it."""
    names = re.search(r"`([^`]+\.xlsx)`", text)
    assert names is not None
    sheets = re.findall(r"^### [^`\n]*`([^`\n]+)`", text, re.MULTILINE)
    with xlsxwriter.Workbook(folder / names[1]) as book:
        for title, rows in zip(sheets, tables, strict=True):
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
                        sheet.write_number(at, column, float(cell))
                    elif cell:
                        sheet.write_string(at, column, cell)


def change(file: Path, block: str) -> None:
    """Replace each line that begins with - by those with + that follow it."""
    text = file.read_text(encoding="utf-8")
    for old, new in re.findall(r"^-(.*)\n((?:^\+.*\n?)*)", block, re.MULTILINE):
        assert text.count(f"{old}\n") == 1, (old, text)
        text = text.replace(f"{old}\n", "".join(f"{line[1:]}\n" for line in new.splitlines()))
    file.write_text(text, encoding="utf-8", newline="\n")


def run(command: str, folder: Path, language: Language) -> str:
    """Return what a command prints, its findings after it."""
    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    program, *words = shlex.split(command)
    assert program == "indexcalc", command
    with contextlib.chdir(folder):
        said = CliRunner().invoke(app, words, env={"LANG": {"zh": "zh_CN.UTF-8", "en": "en_GB.UTF-8"}[language], **quiet()})
    return said.stdout + said.stderr


def quiet() -> dict[str, str]:
    """Return the environment without what would change words or colours."""
    return {name: "" for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE") if name in os.environ} | {"COLUMNS": "100"}
