"""Large Parquet tables that stay in their files: their keys are read at once, each column when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...findings import Finding, finding
from ...panel import MISSING
from ...periods import read_period
from ...tree.columns import Column
from ...tree.model import EVERY, Data
from ...words.recognised_data import HAS_VALUE
from ..readers.numbers import word_of
from ..readers.parquet import StoredTable
from ..readers.table import Table, name_of
from .bind import Layout, by_heading, headings_of, no_period, note_many, note_unknown, note_unused, piece_of
from .matched import Matched, Piece

_SHOWN = 20  # repeated rows of a table that stays in its file


@dataclass(frozen=True)
class Keys:
    """The rows of a table that stays in its file which belong to a known unit and a period, as arrays.

    `period` says which of `periods` each has; that is None alone where the values hold in every period.
    """

    rows: Any
    periods: tuple[str | None, ...]
    period: Any
    unit: Any
    not_applicable: Any


@dataclass(frozen=True)
class Later:
    """A piece of a table that stays in its file: `read` reads it, with findings on its cells."""

    column: int
    keys: Keys
    read: Callable[[], Piece]


def pieces_later(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """Units in rows, indicators in columns that stay in their file until they are asked for."""
    assert isinstance(table, StoredTable)
    if layout.across or layout.indicator is not None or layout.unit is None:
        matched.findings.append(finding("IC832", table.header_place(0), rows=len(table.lines)))
        return [], headings_of(table)
    keys = _keys_of(matched, source, table, layout)
    headings = by_heading(table)
    used = {layout.unit, layout.period, layout.status}
    for at, column in columns:
        places = next((headings[header] for header in column.headers if header in headings), [])
        if places:
            note_many(matched, table, column, places)
            used.update(places)
            own = (at, column), places[0], keys.rows, (), keys.unit
            matched.later.append(Later(at, keys, partial(piece_of, matched, source, table, replace(layout, status=None), *own)))
    note_unused(matched, table, used)
    return [], headings_of(table)


def _keys_of(matched: Matched, source: Data, table: StoredTable, layout: Layout) -> Keys:
    """The same for a table that stays in its file, with arrays in place of lists."""
    assert matched.units is not None
    assert layout.unit is not None
    codes, cells = table.columns.words(layout.unit)
    ignored = {name_of(word) for word in source.ignore}
    meaning = np.array([-1 if (unit := matched.units.find(cell)) is None else unit for cell in cells], dtype=np.int32)
    unit = meaning[codes]
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(unit < 0).tolist():
        if (name := name_of(cells[codes[row]])) not in ignored:
            unknown[name].append(row)
    note_unknown(matched, table, layout.unit, unknown)
    rows = np.flatnonzero(unit >= 0)
    every: tuple[str | None, ...] = (None if layout.fixed == EVERY else layout.fixed,)
    period = np.zeros(len(rows), dtype=np.int32)
    if layout.period is not None:
        codes, cells = table.columns.words(layout.period)
        codes = codes[rows]
        first = {
            code: int(rows[at]) for code, at in zip(*(part.tolist() for part in np.unique(codes, return_index=True)), strict=True)
        }
        read = {code: read_period(name_of(cells[code]), matched.index.periods.kind) for code in first}
        for code in (code for code, known in read.items() if known is None):
            place, count = table.place(first[code], layout.period), int(np.count_nonzero(codes == code))
            matched.findings.append(no_period(matched.index, place, name_of(cells[code]), count))
        every = tuple(dict.fromkeys(known for known in read.values() if known))
        of_code = np.full(len(cells), -1, dtype=np.int32)
        for code, known in read.items():
            of_code[code] = every.index(known) if known else -1
        period = of_code[codes]
        rows, period = rows[period >= 0], period[period >= 0]
    unit = unit[rows]
    silent = np.empty(0, dtype=np.int64)
    if layout.status is not None:
        codes, cells = table.columns.words(layout.status)
        words = set(map(word_of, source.not_applicable))
        for code, cell in enumerate(cells):
            if (word := word_of(cell)) and word not in words | HAS_VALUE and (codes == code).any():
                place = table.place(int(np.argmax(codes == code)), layout.status)
                matched.findings.append(finding("IC366", place, found=cell, known=source.not_applicable))
        silent = np.flatnonzero(np.array([word_of(cell) in words for cell in cells])[codes[rows]])
    keys = Keys(rows, every, period, unit, silent)
    matched.findings += _repeats(matched, table, keys)
    return keys


def _repeats(matched: Matched, table: Table, keys: Keys) -> Iterator[Finding]:
    """Rows that stand twice in one table."""
    assert matched.units is not None
    units = matched.units.units
    key = keys.period.astype(np.int64) * len(units) + keys.unit
    if not (again := np.bincount(key, minlength=1) > 1).any():
        return
    twice = np.flatnonzero(again[key])
    for one in np.flatnonzero(again)[:_SHOWN].tolist():
        first, second = twice[key[twice] == one][:2].tolist()
        yield finding(
            "IC348",
            table.place(int(keys.rows[second]), 0),
            unit=units.title(int(keys.unit[second])),
            period=keys.periods[int(keys.period[second])] or "",
            first=str(table.place(int(keys.rows[first]), 0)),
            values="–",
        )


def given_before(matched: Matched, piece: Piece, flags: Any, periods: Any, keys: Keys) -> Iterator[Finding]:
    """Cells of a piece that was read late to which another table has given a value."""
    assert matched.units is not None
    before = flags[:, keys.unit].min(axis=0) if periods is None else flags[periods, keys.unit]
    for at in (before != MISSING).nonzero()[0][:1].tolist():
        yield finding(
            "IC348",
            piece.place(at),
            unit=matched.units.units.title(int(keys.unit[at])),
            period=keys.periods[int(keys.period[at])] or "",
            first="–",
            values=matched.index.columns[piece.column].title,
        )
