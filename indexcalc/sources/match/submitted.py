"""What departments submitted, taken from ledgers: a source like any other, whose files are submissions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...findings import Finding, Place, Refused, finding
from ...journal.entries import Entry, Reported, read_cells
from ...journal.ledger import newest
from ...tree.columns import department_of
from ...words.shown import without_passwords
from ..readers.table import Table, name_of
from ..unit_table import asked_at
from .cells import doubts, of_units
from .matched import Matched, Piece, Source, together


def match_ledger(source: Source, base: Path, as_of: str | None) -> Matched:
    """Match what departments submitted to the columns of a source."""
    where = source.data.ledger or source.data.path
    try:
        entries, moment = newest(where, base, source.index.index.id, as_of=as_of)
    except Refused as refused:
        return source.matched(findings=asked_at(refused.findings, source.place()))
    if not entries:
        return source.matched(findings=[finding("IC663", source.place(), moment=as_of or moment or "–")])
    parts = [source.matched(as_of=moment), *(_submitted(source, entry, without_passwords(where)) for entry in entries)]
    known = {source.index.columns[piece.column].id for part in parts for piece in part.pieces}
    for at, column in source.columns:
        if column.id not in known and column.is_attribute and (attribute := of_units(source, at, column)):
            parts.append(attribute)
            known.add(column.id)
    return together([*parts, source.matched(findings=list(_silent(source, known)))])


def _silent(source: Source, known: set[str]) -> Iterator[Finding]:
    """Find the departments that submitted nothing for some columns."""
    silent: dict[str, int] = defaultdict(int)
    for _, column in source.columns:
        if column.id not in known:
            silent[department_of(source.index, column)] += 1
    for department, count in silent.items():
        yield finding("IC660", source.place(), department=department or "–", count=count)


def _submitted(source: Source, entry: Entry, where: str) -> Matched:
    """Return what one submission has, with findings on units that are not known any more."""
    by_column: dict[str, list[Reported]] = defaultdict(list)
    unknown: dict[str, int] = defaultdict(int)
    for cell in read_cells(entry.cells):
        if source.units.find(cell.unit) is not None:
            by_column[cell.column].append(cell)
        else:
            unknown[cell.unit] += 1
    file = f"{where}#{entry.number}/{entry.file}"
    pieces = []
    found: list[Finding] = []
    for at, column in source.columns:
        if cells := by_column.get(column.id):
            piece = _piece(source, file, entry, at, column.id, cells)
            pieces.append(piece)
            found += doubts(column, piece)
    if not pieces:
        return source.matched()
    found += [finding("IC659", Place(file), number=entry.number, unit=unit, count=count) for unit, count in unknown.items()]
    return source.matched(pieces, found, submissions={f"{where}{entry.title()}": entry.hash})


def _piece(source: Source, file: str, entry: Entry, at: int, column: str, cells: list[Reported]) -> Piece:
    """Return what one submission has for a column."""
    lines, positions = [cell.line for cell in cells], tuple(cell.position for cell in cells)
    table = _Cells(file, entry.sheet, None, 0, (column,), (column,), positions, (), lines)
    values = [math.nan if cell.value is None else cell.value for cell in cells]
    not_applicable = [row for row, cell in enumerate(cells) if not cell.applies]
    units = [source.units.known[name_of(cell.unit)] for cell in cells]
    notes = {row: cell.note for row, cell in enumerate(cells) if cell.note}
    return Piece(at, table, 0, range(len(cells)), [entry.period] * len(cells), units, values, not_applicable, notes)


@dataclass(frozen=True)
class _Cells(Table):
    """Cells of a submission, each with a position of its own."""

    def place(self, row: int, column: int) -> Place:  # noqa: ARG002
        return Place(self.file, self.sheet, self.lines[row], self.positions[row])
