"""Cells to values: those of columns of numbers, with what is wrong in them, and those of columns of units and periods."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

from ...findings import Finding, Place, finding, nearest
from ...methods.arrays import LARGEST, np
from ...periods import read_period
from ...tree.columns import Column
from ...tree.model import EVERY
from ...words.recognised_data import HAS_VALUE
from ..readers.numbers import NOT_A_NUMBER, word_of
from ..readers.periods import in_parts, is_unclear, said_in
from ..readers.table import Cell, Table, name_of, taken, unmarked
from .dated import no_period, periods_meant, unclear_months
from .headings import few
from .layout import Layout
from .matched import Matched, Piece, Source, ends
from .measures import Said, differ, in_measure, said_of_rows
from .spelled import read_column, told, unread

_DIGITS = r"[0-9０-９]+(?:[.,][0-9０-９]+)*"
_PERCENT = ("%", "％")
_LIKENED = 200  # unknown names of a table that are held against all known ones; where there are more, something else is wrong
_SHOWN = 8  # values of one column that are too large


class Records(NamedTuple):
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
    meaning = {cell: source.units.find(cell) for cell in dict.fromkeys(cells)}
    known: list[int] = []
    unknown: dict[str, list[int]] = defaultdict(list)
    for row, cell in enumerate(cells):
        if meaning[cell] is not None:
            known.append(row)
        elif (name := name_of(cell)) not in source.ignored:
            unknown[name].append(row)
    found = unknown_units(source, table, layout.unit, unknown)
    rows, periods, undated = dated(source, table, layout, known)
    units = [unit for row in rows if (unit := meaning[cells[row]]) is not None]
    return Records(rows, periods, units), [*found, *_contradicted(source, table, layout.unit, meaning), *undated]


def _contradicted(source: Source, table: Table, column: int, meaning: Mapping[Cell, int | None]) -> Iterator[Finding]:
    """Find rows whose id and name are those of two units, where the tree does not say which column names the units."""
    if source.data.unit is not None:
        return
    block, units = source.index.units, source.units.units
    usual = {name_of(heading).casefold() for heading in (block.id, block.name, block.name_en, block.label, block.label_en)}
    for at in (at for at, heading in enumerate(table.names) if at != column and heading.casefold() in usual):
        cells, others = table.named(column), table.named(at)
        wrong = {}
        for cell, other in dict.fromkeys(zip(cells, others, strict=True)):
            one, two = meaning[cell], source.units.find(other)
            if one is None or two is None or one == two:
                continue
            if not units.levels or units.levels[one] == units.levels[two]:  # a street may stand beside its district
                wrong[cell, other] = units.title(one), units.title(two)
        rows = [row for row, pair in enumerate(zip(cells, others, strict=True)) if pair in wrong] if wrong else []
        if rows:
            named, found = wrong[cells[rows[0]], others[rows[0]]]
            said = {"found": name_of(others[rows[0]]), "cell": name_of(cells[rows[0]]), "heading": table.names[column]}
            yield finding("IC280", table.place(rows[0], at), **said, unit=named, other=found, rows=len(rows))


def dated(
    source: Source, table: Table, layout: Layout, rows: Sequence[int]
) -> tuple[Sequence[int], Sequence[str | None], list[Finding]]:
    """Find those of some rows that have a period, and these: None where their values hold in every one."""
    if layout.period is None:
        return rows, [None if layout.fixed == EVERY else layout.fixed] * len(rows), []
    cells = table.named(layout.period)
    names = {cell: name_of(unmarked(cell)) for cell in dict.fromkeys(cells[row] for row in rows)}
    if layout.across:  # the years alone: what a heading adds makes them periods
        return _of_years(source, table, layout, rows, names)
    kind = source.index.periods.kind
    unclear = {cell for cell, name in names.items() if is_unclear(name)} if kind == "month" else set()
    meaning = {cell: None if cell in unclear else read_period(name, kind) for cell, name in names.items()}
    if all(meaning.values()):
        return rows, [meaning[cells[row]] for row in rows], []
    months, found = _unclear(table, layout, rows) if unclear else ({}, [])
    counts = Counter(cells[row] for row in rows)
    first = {cells[row]: row for row in reversed(rows)}
    texts: dict[str, tuple[Place, int]] = {}
    for cell, name in names.items():
        if meaning[cell] is None and cell not in unclear:
            place, count = texts.get(name, (table.place(first[cell], layout.period), 0))
            texts[name] = place, count + counts[cell]
    meant, problems = periods_meant(source, texts)
    meaning |= {cell: meant.get(name) for cell, name in names.items() if name in texts}
    periods = [months.get(row) if cells[row] in unclear else meaning[cells[row]] for row in rows]
    kept = [i for i, period in enumerate(periods) if period]
    return [rows[i] for i in kept], [periods[i] for i in kept], [*found, *problems]


def _unclear(table: Table, layout: Layout, rows: Sequence[int]) -> tuple[dict[int, str], list[Finding]]:
    """Return the months of rows that say 2022.1, which may be January or October."""
    assert layout.period is not None
    keys = [table.named(at) for at in (layout.unit, layout.indicator) if at is not None]
    return unclear_months(table, layout.period, rows, [tuple(cells[row] for cells in keys) for row in rows])


def _of_years(
    source: Source, table: Table, layout: Layout, rows: Sequence[int], names: dict[Any, str]
) -> tuple[Sequence[int], Sequence[str | None], list[Finding]]:
    """Find the rows whose cell makes a period with the first heading, and these cells' texts; the others are findings."""
    assert layout.period is not None
    kind, cells, heading = source.index.periods.kind, table.named(layout.period), layout.across[0].said
    good = {cell for cell, name in names.items() if said_in(in_parts((name, heading), kind), kind)}
    bad: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if cells[row] not in good:
            bad[names[cells[row]]].append(row)
    found = [no_period(source.index, table.place(own[0], layout.period), name, len(own)) for name, own in bad.items()]
    kept = [row for row in rows if cells[row] in good]
    return kept, [names[cells[row]] for row in kept], found


def unknown_units(source: Source, table: Table, column: int, rows_of: Mapping[str, Sequence[int]]) -> list[Finding]:
    """Say of each name that is no unit's in how many rows of a table it stands, and where first."""
    return [
        unknown_unit(source, name, table.place(rows[0], column), len(rows), likened=at < _LIKENED)
        for at, (name, rows) in enumerate(rows_of.items())
    ]


def unknown_unit(source: Source, name: str, place: Place, rows: int, *, likened: bool = True) -> Finding:
    """Say that a name is no unit's, or that of several; which it is like takes a look at all names."""
    if name in source.units.shared:
        return finding("IC374", place, name=name, units=source.units.sharing(name))
    if len(like := source.units.like(name)) > 1:
        return finding("IC392", place, name=name, units=source.units.some(like), label=source.index.units.label, rows=rows)
    if whole := source.units.whole(name):
        unit = source.units.units.ids[like[0]]
        return finding("IC391", place, name=name, whole=whole, unit=unit, label=source.index.units.label, rows=rows)
    near = nearest(name, source.units.known) if likened else ""
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
    """Say why a cell is no number; cells that are alike but for their digits are said together."""
    if why == NOT_A_NUMBER and numbers:
        near = nearest(text, numbers)
        number = f"{numbers[near]:.10g}" if near else ""
        return finding("IC853", place, found=text, near=near, number=number, alike=text, more="")
    code = "IC362" if why == NOT_A_NUMBER and any(map(str.isdigit, text)) else why
    alike = text if code == NOT_A_NUMBER else f"{column.title} {re.sub(_DIGITS, '0', text)}"
    return finding(code, place, found=text, name=column.called, measure=column.measure, alike=alike, more="")


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
    lowest, highest = ends(values) if isinstance(values, list) else (-inf, inf)
    if lowest < -LARGEST or highest > LARGEST:
        for i in _where(values, lambda v: abs(v) > LARGEST)[:_SHOWN]:
            yield finding("IC394", piece.place(i), found=f"{values[i]:g}", name=column.called, most=LARGEST)
    if column.valid:
        low, high = column.valid
        for i in _where(values, lambda v: (v < low) | (v > high)) if lowest < low or highest > high else ():
            yield finding("IC349", piece.place(i), found=float(values[i]), low=low, high=high, name=column.called)
    if not isinstance(values, list) and column.reported in _PERCENT and len(values):
        lowest, highest = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    if are_fractions(column, lowest, highest, piece.said):
        yield finding("IC350", piece.table.header_place(piece.at), name=column.called)


def are_fractions(column: Column, lowest: float | None, highest: float | None, said: Sequence[Said] = ()) -> bool:
    """Say whether percentages, of which the ends are given, were most likely written as shares of 1.

    Not where they were `said` to be in another measure, such as ‰: they are small then.
    """
    if lowest is None or highest is None or column.reported not in _PERCENT:
        return False
    return lowest >= 0 and 0 < highest <= 1 and not any(differ(one.measure, column.reported) for one in said)


def _where(values: Sequence[float], test: Callable[[Any], Any]) -> Sequence[int]:
    """Return the places of the values that pass a test: at once for an array, one by one for a list."""
    if isinstance(values, list):
        return [i for i, value in enumerate(values) if test(value)]
    return [int(i) for i in test(values).nonzero()[0]]
