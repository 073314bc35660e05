"""Logs in a text that a spreadsheet opens: lines of cells between tabs, each with the hash of itself and of the line before it.

Lines are only ever added, so that one that was changed or taken out of the middle is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..findings import Finding, Place, finding, system_said

HASH = "hash"


@dataclass(frozen=True)
class Line:
    """One line of a log: its number, its cells, and whether it follows the line before it as it was written."""

    number: int
    cells: tuple[str, ...]
    follows: bool


def read_lines(file: Path, columns: Sequence[str]) -> tuple[list[Line], list[int], list[Finding]]:
    """Return the lines of a log without its headings, the numbers of those that are none, and why it cannot be read.

    Lines without a hash, from before there was one, are chained by what theirs would be.
    """
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return [], [], []
    except OSError as error:
        return [], [], [finding("IC303", Place(file.as_posix()), problem=system_said(error))]
    lines, none, before = [], [], ""
    for number, text in enumerate(_texts(raw), start=1):
        cells = tuple(text.split("\t"))
        if number == 1 and cells[: len(columns)] == tuple(columns):
            continue
        if len(cells) - len(columns) not in (0, 1):
            none += [number] if text.strip() else []
            continue
        own = _chained(before, cells[: len(columns)])
        lines.append(Line(number, cells[: len(columns)], cells[len(columns) :] in ((), (own,))))
        before = cells[-1] if len(cells) > len(columns) else own
    return lines, none, []


def read_chained(file: Path, columns: Sequence[str]) -> tuple[list[Line], list[Finding]]:
    """Return the lines of a log, with findings on what is no line of it, and on lines that do not follow the one before."""
    lines, none, found = read_lines(file, columns)
    found += [finding("IC638", Place(file.as_posix(), "", number), columns=len(columns)) for number in none]
    found += [finding("IC692", Place(file.as_posix(), "", line.number)) for line in lines if not line.follows]
    return lines, found


def with_lines(log: bytes, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a log with rows added at its end, each cell on one line; one that is empty gets its headings first."""
    head = log or ("\t".join((*columns, HASH)) + "\n").encode()
    head += b"" if head.endswith(b"\n") else b"\n"
    before, added = "", []
    for text in _texts(head)[1:]:
        cells = text.split("\t")
        before = cells[-1] if len(cells) > len(columns) else _chained(before, cells) if len(cells) == len(columns) else before
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        before = _chained(before, cells)
        added.append("\t".join((*cells, before)) + "\n")
    return head + "".join(added).encode()


def _texts(raw: bytes) -> list[str]:
    return raw.decode("utf-8-sig", errors="replace").splitlines()


def _chained(before: str, cells: Sequence[str]) -> str:
    """Return the hash of a line, of its cells and the hash of the line before it."""
    return hashlib.sha256("\t".join((before, *cells)).encode()).hexdigest()
