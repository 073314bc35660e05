"""What the ledger keeps: a row a submission, with its cells as one text and its hash over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from ..words.shown import visible


@dataclass(frozen=True)
class Draft:
    """What a department reports for one period, before it is recorded; `cells` is the text that `written` makes."""

    index: str
    department: str
    period: str
    by: str
    reason: str
    file: str
    sheet: str
    digest: str
    warnings: str
    cells: str


@dataclass(frozen=True)
class Entry:
    """One row of the ledger: a draft with its number, version and moment (UTC), the hash before it and its own."""

    number: int
    version: int
    at: str
    index: str
    department: str
    period: str
    by: str
    reason: str
    file: str
    sheet: str
    digest: str
    warnings: str
    cells: str
    previous: str
    hash: str

    @property
    def receipt(self) -> str:
        """Return what a submitter keeps, to prove later what was acknowledged."""
        return f"{self.number}:{self.hash[:16]}"

    def title(self) -> str:
        """Return what the row is called in `run.json`, whatever the language."""
        return visible(f"#{self.number} {self.department} {self.period} v{self.version}")


@dataclass(frozen=True)
class Reported:
    """One reported cell: NaN never stands for a value, None does; `applies` is False where it was said not to apply.

    `note` is what stood beside the value, such as a flag.
    """

    unit: str
    column: str
    value: float | None
    applies: bool
    line: int
    position: int
    note: str = ""


def written(cells: Sequence[Reported]) -> str:
    """Write cells as the one text that the ledger keeps and hashes: a line of JSON each, in the order of units and columns."""
    return "\n".join(
        json.dumps(
            [cell.unit, cell.column, cell.value if cell.applies else "n/a", cell.line, cell.position, *_noted(cell)],
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
        )
        for cell in sorted(cells, key=lambda cell: (cell.unit, cell.column))
    )


def _noted(cell: Reported) -> list[str]:
    """Return a cell's note, where it has one: cells without are written as they were before there were notes."""
    return [cell.note] if cell.note else []


def read_cells(text: str) -> list[Reported]:
    """Read the cells of a submission back.

    :raises ValueError: when the text is none that `written` makes.
    """
    cells = []
    for line_of_text in text.split("\n") if text else ():  # other ends of lines may be in a name
        unit, column, value, line, position, *note = json.loads(line_of_text)
        applies = value != "n/a"
        (said,) = note or [""]
        cells.append(Reported(unit, column, value if applies else None, applies, line, position, said))
    return cells


def hash_of(entry: Entry) -> str:
    """Return the SHA-256 of a row over its canonical form: all other fields, in their order, as one line of JSON in UTF-8."""
    values = astuple(entry)[:-1]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
