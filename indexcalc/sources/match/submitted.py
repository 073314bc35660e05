"""What departments submitted, taken from ledgers: a source like any other, whose files are submissions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...findings import Place, Refused, finding
from ...journal.ledger import Entry, Reported, newest, read_cells, shown
from ...tree.columns import department_of
from ...tree.model import Data
from ..readers.table import Table
from ..unit_table import asked_at
from .bind import of_units
from .matched import Matched, Piece, doubts


def match_ledger(matched: Matched, name: str, source: Data, base: Path, wanted: Sequence[int], as_of: str | None) -> None:
    """Match what departments submitted to some columns of an index."""
    index, where = matched.index, source.ledger or source.path
    try:
        entries, moment = newest(where, base, index.index.id, as_of=as_of)
    except Refused as refused:
        matched.findings += asked_at(refused.findings, index.place(("data", name)))
        return
    if not entries:
        matched.findings.append(finding("IC663", index.place(("data", name)), moment=as_of or moment or "–"))
        return
    known: set[str] = set()
    for entry in entries:
        pieces = _submitted(matched, entry, shown(where), wanted)
        known |= {matched.index.columns[piece.column].id for piece in pieces}
        matched.pieces += pieces
        if pieces:
            matched.submissions[f"{shown(where)}{entry.title()}"] = entry.hash
    matched.as_of = max(matched.as_of, moment)
    silent: dict[str, int] = defaultdict(int)
    for at in wanted:
        column = index.columns[at]
        if column.id in known:
            continue
        if column.key == "applies" and (piece := of_units(matched, source, at, column)):
            matched.pieces.append(piece)
        else:
            silent[department_of(index, column)] += 1
    for department, count in silent.items():
        place = index.place(("data", name))
        matched.findings.append(finding("IC660", place, department=department or "–", count=count))


def _submitted(matched: Matched, entry: Entry, where: str, wanted: Sequence[int]) -> list[Piece]:
    """The pieces of one submission, with findings on units that are not known any more."""
    assert matched.units is not None
    by_column: dict[str, list[Reported]] = defaultdict(list)
    unknown: dict[str, int] = defaultdict(int)
    for cell in read_cells(entry.cells):
        if cell.unit in matched.units.known:
            by_column[cell.column].append(cell)
        else:
            unknown[cell.unit] += 1
    file = f"{where}#{entry.number}/{entry.file}"
    pieces = []
    for at in wanted:
        column = matched.index.columns[at]
        cells = by_column.get(column.id)
        if not cells:
            continue
        lines, positions = [cell.line for cell in cells], tuple(cell.position for cell in cells)
        table = _Cells(file, entry.sheet, None, 0, (column.id,), (column.id,), positions, (), lines)
        rows = range(len(cells))
        values = [math.nan if cell.value is None else cell.value for cell in cells]
        gaps = [row for row in rows if not cells[row].applies]
        units = [matched.units.known[cell.unit] for cell in cells]
        piece = Piece(at, table, 0, rows, [entry.period] * len(cells), units, values, gaps)
        matched.findings += doubts(column, piece)
        pieces.append(piece)
    for unit, count in unknown.items() if pieces else ():
        matched.findings.append(finding("IC659", Place(file), number=entry.number, unit=unit, count=count))
    return pieces


@dataclass(frozen=True)
class _Cells(Table):
    """Cells of a submission, each with a position of its own."""

    def place(self, row: int, column: int) -> Place:  # noqa: ARG002
        return Place(self.file, self.sheet, self.lines[row], self.positions[row])
