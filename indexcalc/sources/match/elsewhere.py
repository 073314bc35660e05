"""A value from one source, else from another: cell by cell, each with the address that it was taken from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...findings import Finding, finding
from ...tree.model import Index
from ..unit_table import UnitNames
from .headings import few
from .matched import Matched, Piece, Source

Cell = tuple[int, str | None, int]
"""A column with a period and a unit."""


def second_sources(index: Index, units: UnitNames) -> Iterator[Source]:
    """Yield the sources that indicators take values from where their own has none, with the columns of these."""
    second = {leaf.id: leaf.else_from for leaf in index.leaves if leaf.else_from}
    for name in dict.fromkeys(second.values()):
        wanted = [at for at, column in enumerate(index.columns) if second.get(column.owner) == name and not column.is_attribute]
        if (data := index.data.get(name)) is not None:
            yield Source.of(index, units, name, data, wanted)


def read_at_once(index: Index) -> set[str]:
    """Return the sources whose tables are read as a whole, as their gaps are filled from others or they fill them."""
    own = {index.source_of(leaf) for leaf in index.leaves if leaf.else_from}
    return own | {leaf.else_from for leaf in index.leaves if leaf.else_from}


def filled(first: Matched, second: Matched) -> Matched:
    """Return what was matched with values of a second source where the first has none, and how many these are."""
    has: set[Cell] = set()
    for piece in first.pieces:
        has |= {_cell(piece, row) for row in _given(piece)}
    added = [_some(piece, [row for row in _given(piece) if _cell(piece, row) not in has]) for piece in second.pieces]
    taken = {_cell(piece, row) for piece in added for row in range(len(piece.rows))}
    own = [_some(piece, [row for row in range(len(piece.rows)) if _cell(piece, row) not in taken]) for piece in first.pieces]
    found = [*first.findings, *second.findings, *_told(first.index, added)]
    files = sorted({*first.files, *second.files})
    return replace(first, pieces=[*own, *added], findings=found, files=files, submissions=first.submissions | second.submissions)


def _given(piece: Piece) -> list[int]:
    """Return the rows of a piece that say something: a value, or that it does not apply."""
    silent = set(piece.not_applicable)
    return [row for row, value in enumerate(piece.values) if value == value or row in silent]  # noqa: PLR0124 - NaN


def _cell(piece: Piece, row: int) -> Cell:
    return piece.column, piece.periods[row], piece.units[row]


def _some(piece: Piece, rows: Sequence[int]) -> Piece:
    """Return a piece with some of its rows alone."""
    if len(rows) == len(piece.rows):
        return piece
    at = {row: new for new, row in enumerate(rows)}
    return piece._replace(
        rows=[piece.rows[row] for row in rows],
        periods=[piece.periods[row] for row in rows],
        units=[piece.units[row] for row in rows],
        values=[piece.values[row] for row in rows],
        not_applicable=[at[row] for row in piece.not_applicable if row in at],
        notes={at[row]: note for row, note in piece.notes.items() if row in at},
        unread={at[row] for row in piece.unread if row in at},
    )


def _told(index: Index, added: Sequence[Piece]) -> Iterator[Finding]:
    """Say of how many values of which indicators a second source was taken."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for piece in added:
        owner = index.columns[piece.column].owner
        source = str(vars(index.by_id[owner])["else_from"])
        counts[source][owner] = counts[source].get(owner, 0) + len(piece.rows)
    for source, own in counts.items():
        nodes = few(f"{node} {count}" for node, count in own.items() if count)
        if total := sum(own.values()):
            yield finding("IC269", index.place(("data", source), key=True), source=source, count=total, nodes=nodes)
