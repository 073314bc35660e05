"""Large Parquet tables that stay in their files: their keys are read at once, each column when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ...findings import Finding, finding
from ...panel import MISSING
from ...tree.model import EVERY
from ...words.recognised_data import HAS_VALUE
from ..readers.numbers import word_of
from ..readers.parquet import StoredTable
from ..readers.table import Table, name_of
from .cells import Records, piece_of, unknown_units
from .dated import periods_meant, unclear_alone
from .headings import ambiguous, by_heading, headed, unused
from .layout import Layout
from .matched import Keys, Later, Matched, Piece, Source
from .measures import said_of

_SHOWN = 20  # repeated rows of a table that stays in its file


def pieces_later(source: Source, table: Table, layout: Layout) -> Matched:
    """Match units in rows, indicators in columns that stay in their file until they are asked for."""
    assert isinstance(table, StoredTable)
    if not layout.is_wide:
        return source.matched(findings=[finding("IC832", table.header_place(0), rows=len(table.lines))])
    keys, found = _keys_of(source, table, layout)
    headings = by_heading(table)
    used = {layout.unit, layout.period, layout.status}
    records, cells_alone = Records(keys.rows, (), keys.unit), layout._replace(status=None)
    later = []
    for at, column in source.columns:
        places = headed(headings, column)
        if column.words:
            places = [place for place in places if place != layout.unit]
        if places:
            found += ambiguous(table, column, places)
            used.update(places)
            read = partial(piece_of, source, table, cells_alone, (at, column), places[0], records)
            said = said_of(table, places[0])
            later.append(Later(at, keys, read, (said,) if said else (), table.file))
    return source.matched(findings=[*found, *unused(source.index, table, used)], later=later)


def _keys_of(source: Source, table: StoredTable, layout: Layout) -> tuple[Keys, list[Finding]]:
    """Find the rows that belong to a known unit and a period, as arrays; the others are findings."""
    assert layout.unit is not None
    codes, cells = table.columns.words(layout.unit)
    meaning = np.array([-1 if (unit := source.units.find(cell)) is None else unit for cell in cells], dtype=np.int32)
    units = meaning[codes]
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in np.flatnonzero(units < 0).tolist():
        if (name := name_of(cells[codes[row]])) not in source.ignored:
            unknown[name].append(row)
    found = unknown_units(source, table, layout.unit, unknown)
    rows = np.flatnonzero(units >= 0)
    periods: tuple[str | None, ...] = (None if layout.fixed == EVERY else layout.fixed,)
    period = np.zeros(len(rows), dtype=np.int32)
    if layout.period is not None:
        periods, period, undated = _periods_in(source, table, layout.period, rows)
        rows, period = rows[period >= 0], period[period >= 0]
        found += undated
    silent = np.empty(0, dtype=np.int64)
    if layout.status is not None:
        silent, unclear = _silent_in(source, table, layout.status, rows)
        found += unclear
    keys = Keys(rows, periods, period, units[rows], silent)
    return keys, [*found, *_repeats(source, table, keys)]


def _periods_in(source: Source, table: StoredTable, at: int, rows: Any) -> tuple[tuple[str | None, ...], Any, list[Finding]]:
    """Find the periods of some rows, and which of them each row has: -1, with a finding, for none."""
    codes, cells = table.columns.words(at)
    codes = codes[rows]
    first = dict(zip(*(part.tolist() for part in np.unique(codes, return_index=True)), strict=True))
    texts = {code: name_of(cells[code]) for code in first}
    places = {
        text: (table.place(int(rows[first[code]]), at), int(np.count_nonzero(codes == code))) for code, text in texts.items()
    }
    meant, found = periods_meant(source, places)
    found += unclear_alone(source, {text: places[text] for code, text in texts.items() if not isinstance(cells[code], str)})
    periods = tuple(dict.fromkeys(meant.values()))
    of_code = np.full(len(cells), -1, dtype=np.int32)
    for code, text in texts.items():
        if text in meant:
            of_code[code] = periods.index(meant[text])
    return periods, of_code[codes], found


def _silent_in(source: Source, table: StoredTable, at: int, rows: Any) -> tuple[Any, list[Finding]]:
    """Find which of some rows a column of statuses calls not applicable; a word that is no status is a finding."""
    codes, cells = table.columns.words(at)
    words = set(map(word_of, source.data.not_applicable))
    found = []
    for code, cell in enumerate(cells):
        if (word := word_of(cell)) and word not in words | HAS_VALUE and (codes == code).any():
            place = table.place(int(np.argmax(codes == code)), at)
            found.append(finding("IC366", place, found=cell, known=source.data.not_applicable))
    return np.flatnonzero(np.array([word_of(cell) in words for cell in cells])[codes[rows]]), found


def _repeats(source: Source, table: Table, keys: Keys) -> Iterator[Finding]:
    """Find rows that stand twice in one table."""
    units = source.units.units
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


def given_before(matched: Matched, piece: Piece, flags: Any, periods: Any, keys: Keys) -> list[Finding]:
    """Find a cell of a piece that was read late to which another table has given a value."""
    assert matched.units is not None
    before = flags[:, keys.unit].min(axis=0) if periods is None else flags[periods, keys.unit]
    again = (before != MISSING).nonzero()[0][:1].tolist()
    return [
        finding(
            "IC348",
            piece.place(at),
            unit=matched.units.units.title(int(keys.unit[at])),
            period=keys.periods[int(keys.period[at])] or "",
            first="–",
            values=matched.index.columns[piece.column].title,
        )
        for at in again
    ]
