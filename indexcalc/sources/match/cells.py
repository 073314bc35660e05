"""Cells to values: those of columns of numbers, with what is wrong in them, and those of columns of units and periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...findings import Finding, Place, finding, nearest
from ...panel import LARGEST
from ...periods import read_period
from ...tree.columns import Column
from ...tree.model import EVERY
from ...words.recognised_data import HAS_VALUE
from ..readers.numbers import NOT_A_NUMBER, word_of
from ..readers.table import Table, name_of, taken
from .layout import Layout, few, no_period
from .matched import Matched, Piece, Source
from .measures import in_measure, said_of_rows
from .spelled import read_column, told, unread

_SHOWN = 8  # values of one column that are too large


@dataclass(frozen=True)
class Records:
    """Rows of a table that belong to a known unit and a period, with these; None is every period."""

    rows: Sequence[int]
    periods: Sequence[str | None]
    units: Sequence[int]

    def some(self, chosen: Sequence[int], *, period: str | None = None, unit: int | None = None) -> Records:
        """Return some of the rows, all of one period or unit where one is given."""
        periods = [self.periods[i] for i in chosen] if period is None else [period] * len(chosen)
        units = [self.units[i] for i in chosen] if unit is None else [unit] * len(chosen)
        return Records([self.rows[i] for i in chosen], periods, units)


def records_of(source: Source, table: Table, layout: Layout) -> tuple[Records, list[Finding]]:
    """Find the rows of a table that belong to a known unit and a period; the others are findings."""
    assert layout.unit is not None
    cells = table.named(layout.unit)
    ignored = {name_of(word) for word in source.data.ignore}
    meaning = {cell: source.units.find(cell) for cell in dict.fromkeys(cells)}
    known: list[int] = []
    unknown: dict[str, list[int]] = defaultdict(list)
    for row, cell in enumerate(cells):
        if meaning[cell] is not None:
            known.append(row)
        elif (name := name_of(cell)) not in ignored:
            unknown[name].append(row)
    found = [unknown_unit(source, name, table.place(rows[0], layout.unit), len(rows)) for name, rows in unknown.items()]
    rows, periods, undated = dated(source, table, layout, known)
    units = [unit for row in rows if (unit := meaning[cells[row]]) is not None]
    return Records(rows, periods, units), [*found, *undated]


def dated(
    source: Source, table: Table, layout: Layout, rows: Sequence[int]
) -> tuple[Sequence[int], Sequence[str | None], list[Finding]]:
    """Find those of some rows that have a period, and these: None where their values hold in every one."""
    if layout.period is None:
        return rows, [None if layout.fixed == EVERY else layout.fixed] * len(rows), []
    cells, kind = table.named(layout.period), source.index.periods.kind
    meaning = {cell: read_period(name_of(cell), kind) for cell in dict.fromkeys(cells[row] for row in rows)}
    undated: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if meaning[cells[row]] is None:
            undated[name_of(cells[row])].append(row)
    places = {name: table.place(its_rows[0], layout.period) for name, its_rows in undated.items()}
    found = [no_period(source.index, places[name], name, len(its_rows)) for name, its_rows in undated.items()]
    kept = [row for row in rows if meaning[cells[row]]] if undated else rows
    return kept, [meaning[cells[row]] for row in kept], found


def unknown_unit(source: Source, name: str, place: Place, rows: int) -> Finding:
    """Say that a name is no unit's, or that of several."""
    if name in source.units.shared:
        return finding("IC374", place, name=name, units=source.units.sharing(name))
    if len(like := source.units.like(name)) > 1:
        return finding("IC392", place, name=name, units=source.units.some(like), label=source.index.units.label, rows=rows)
    if whole := source.units.whole(name):
        unit = source.units.units.ids[like[0]]
        return finding("IC391", place, name=name, whole=whole, unit=unit, label=source.index.units.label, rows=rows)
    near = nearest(name, source.units.known)
    code = "IC356" if not name else "IC341" if near else "IC342"
    return finding(code, place, name=name, near=near, label=source.index.units.label, rows=rows)


def piece_of(
    source: Source, table: Table, layout: Layout, wanted: tuple[int, Column], at: int, records: Records
) -> tuple[Piece, list[Finding]]:
    """Return the values of some rows of a table's column, with what is wrong in its cells."""
    (position, column), rows = wanted, records.rows
    if column.words:
        return _text_piece(source, table, wanted, at, records)
    cells, data = table.columns[at], source.words_of(column)
    if len(rows) != len(cells):
        cells = taken(cells, rows)
    numbers, spelling, spelled = read_column(data, table, column, cells)
    not_applicable = numbers.skipped

    def place_of(i: int) -> Place:
        return table.place(rows[i], at)

    found, unknown = unread(numbers.bad, cells, spelling, spelled, column, place_of) if numbers.bad else ([], [])
    found += [_unreadable(place_of(i), column, data.numbers, str(cells[i]), why) for i, why in unknown]
    found += told(numbers, cells, spelling, spelled, column, place_of)
    if layout.status is not None:
        said = [word_of(table.columns[layout.status][row]) for row in rows]
        words = set(map(word_of, data.not_applicable))
        not_applicable = sorted({*not_applicable, *(i for i, word in enumerate(said) if word in words)})
        for word, i in {word: i for i, word in reversed(list(enumerate(said)))}.items():
            if word and word not in words | HAS_VALUE:
                place, status = table.place(rows[i], layout.status), table.columns[layout.status][rows[i]]
                found.append(finding("IC366", place, found=status, known=data.not_applicable))
    measures = said_of_rows(table, at, (layout.measure, layout.indicator), rows, alone=len(source.columns) == 1)
    values, measured = in_measure(column, measures, numbers.values, cells)
    every = tuple(dict.fromkeys(filter(None, measures)))
    keys, failed = (records.periods, records.units), frozenset(i for i, _ in numbers.bad)
    piece = Piece(position, table, at, rows, *keys, values, not_applicable, numbers.notes, failed, spelling, every)
    return piece, [*found, *measured, *doubts(column, piece)]


def _text_piece(
    source: Source, table: Table, wanted: tuple[int, Column], at: int, records: Records
) -> tuple[Piece, list[Finding]]:
    """Return where cells are one of the words that a formula compares them with; a word that none of them has is found."""
    (position, column), cells = wanted, table.named(at)
    text = [name_of(cells[row]) for row in records.rows]
    words = {name_of(word) for word in column.words}
    values = [1.0 if word in words else 0.0 for word in text]
    known = list(dict.fromkeys(word for word in text if word))
    place = source.index.place_of(column.owner, column.key)
    absent = {word: nearest(word, known) for word in column.words if name_of(word) not in known}
    found = [
        finding("IC390", place, name=column.headers[0], found=word, known=few(known), near=near)
        for word, near in absent.items()
        if near or len(absent) == len(column.words)  # of several words some may be for other years
    ]
    return Piece(position, table, at, records.rows, records.periods, records.units, values, ()), found


def _unreadable(place: Place, column: Column, numbers: dict[str, float], text: str, why: str) -> Finding:
    """Say why a cell is no number."""
    if why == NOT_A_NUMBER and numbers:
        near = nearest(text, numbers)
        return finding("IC853", place, found=text, near=near, number=f"{numbers[near]:.10g}" if near else "")
    code = "IC362" if why == NOT_A_NUMBER and any(map(str.isdigit, text)) else why
    return finding(code, place, found=text, name=column.title, measure=column.measure)


def of_units(source: Source, at: int, column: Column) -> Matched | None:
    """Match a column of the units table that a rule of `applies` names, the same in every period; nothing if it has none."""
    table, rows, block = source.units.table, source.units.rows, source.index.units
    heading = column.headers[0]
    if column.words and heading not in table.names and heading in ("id", "name", "name_en", "group", "level", "parent"):
        heading = name_of(str(getattr(block, heading)))  # as the tree calls it, whatever the table does
    if heading not in table.names:
        return None
    everywhere = Layout(None, None, EVERY, None, None, None)
    records = Records(rows, [None] * len(rows), range(len(rows)))
    piece, found = piece_of(source, table, everywhere, (at, column), table.names.index(heading), records)
    return source.matched([piece], found)


def doubts(column: Column, piece: Piece) -> Iterator[Finding]:
    """Find values outside the declared range, and shares of 1 where percentages are meant."""
    values = piece.values
    # most columns are looked at once and quickly; only one with such a value cell by cell
    if not isinstance(values, list) or any(map(LARGEST.__lt__, map(abs, values))):
        for i in _where(values, lambda v: abs(v) > LARGEST)[:_SHOWN]:
            yield finding("IC394", piece.place(i), found=f"{values[i]:g}", name=column.title, most=LARGEST)
    if column.valid:
        low, high = column.valid
        for i in _where(values, lambda v: (v < low) | (v > high)):
            yield finding("IC349", piece.place(i), found=float(values[i]), low=low, high=high, name=column.title)
    if column.reported in ("%", "％"):
        small, other = _where(values, lambda v: (v > 0) & (v <= 1)), _where(values, lambda v: (v < 0) | (v > 1))
        if len(small) and not len(other):
            yield finding("IC350", piece.table.header_place(piece.at), name=column.title)


def _where(values: Sequence[float], test: Callable[[Any], Any]) -> Sequence[int]:
    """Return the places of the values that pass a test: at once for an array, one by one for a list."""
    if isinstance(values, list):
        return [i for i, value in enumerate(values) if test(value)]
    return [int(i) for i in test(values).nonzero()[0]]
