"""The pieces of one table, in each of the layouts that tables have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ...findings import Finding, Place, finding, nearest
from ...tree.columns import Column
from ..readers.periods import in_parts
from ..readers.table import Cell, Table, name_of
from .across import Across
from .cells import Records, dated, piece_of, records_of
from .dated import periods_meant
from .headings import ambiguous, by_heading, headed, headings_of, plain, unused
from .layout import Layout, beside_indicators, units_across
from .matched import Matched, Piece, Source
from .spelled import once

Chosen = tuple[tuple[int, Column], int, Records]
"""A column of the panel with its position, the column of the table that has its values, and the rows of these."""


def pieces_of(source: Source, table: Table, layout: Layout, *, alone: bool = True) -> Matched:
    """Match the cells of one table to the columns of its source, which may have no other (`alone`)."""
    if table.stays:
        from .stored import pieces_later

        return pieces_later(source, table, layout)
    if layout.unit is None:
        return _crossed(source, table, layout)
    if layout.across:
        return _by_period(source, table, layout, alone=alone)
    if layout.indicator is None:
        return _wide(source, table, layout)
    return _long(source, table, layout)


def indicators_in(table: Table, layout: Layout) -> list[str]:
    """Return the names that the indicators of a table go by: its headings, or those that stand in its rows."""
    if layout.across and layout.indicator is None and table.indicator:
        return [plain(table.indicator), *headings_of(table)]
    if layout.indicator is None or table.stays:
        headed = ["/".join(one.names) for one in layout.across if one.names]
        return list(dict.fromkeys(headed)) or headings_of(table)
    return [name_of(cell) for cell in dict.fromkeys(table.named(layout.indicator))]


def _wide(source: Source, table: Table, layout: Layout) -> Matched:
    """Match units in rows, indicators in columns."""
    records, found = records_of(source, table, layout)
    headings = by_heading(table)
    used = {layout.unit, layout.period, layout.status}
    chosen: list[Chosen] = []
    for at, column in source.columns:
        places = headed(headings, column)
        if column.words:  # the text of a unit is that of the units table, whatever the table calls the unit by
            places = [place for place in places if place != layout.unit]
        if not places and not column.words and at in layout.above and layout.value is not None:
            places = [layout.value]
        if places:
            found += ambiguous(table, column, places)
            used.update(places)
            chosen.append(((at, column), places[0], records))
    return _read(source, table, layout, chosen, [*found, *unused(source.index, table, used)])


def _by_period(source: Source, table: Table, layout: Layout, *, alone: bool) -> Matched:
    """Match units in rows and periods in columns, for the one indicator that the table has or for that of each row."""
    records, found = records_of(source, table, layout)
    if layout.indicator is None:
        ats = [at for at, column in source.columns if not column.is_attribute]
        if table.indicator and not (alone and len(ats) == 1):
            ats = [at for at in ats if at in layout.above]
            found += [] if ats else [finding("IC351", Place(table.file, table.sheet), names=[table.indicator], count=1)]
        by_name = {at: list(range(len(records.rows))) for at in ats}
    else:
        by_name, unknown = _by_indicator(source, table, layout.indicator, records.rows, source.columns)
        found += unknown
    of_heading, problems = _periods_of_rows(source, table, layout, records)
    found += problems
    chosen: list[Chosen] = []
    otherwise = _called_otherwise(source, table, layout) if alone and layout.indicator is None else []
    headed = layout.indicator is None and any(one.names for one in layout.across) and not otherwise
    found += otherwise
    for at, column in source.columns:
        places = _headed(layout, column) if headed else layout.across
        if by_name.get(at) and places:
            if several := _ambiguous_across(table, column, places):
                found += several
                places = list({one.said: one for one in reversed(places)}.values())
            chosen += [((at, column), one.at, _of_periods(records, by_name[at], of_heading[one.said])) for one in places]
    taken = {one.at for one in layout.across} if not headed else {position for _, position, _ in chosen}
    used = {layout.unit, layout.period, layout.indicator, layout.status, *taken}
    return _read(source, table, layout, chosen, [*found, *unused(source.index, table, used)])


def _called_otherwise(source: Source, table: Table, layout: Layout) -> list[Finding]:
    """Say that the one table of a source is called otherwise than its one indicator, over its periods or in a line above."""
    columns = [(at, column) for at, column in source.columns if not column.is_attribute]
    names = {one.names for one in layout.across}
    if len(columns) > 1 or len(names) > 1 or not columns:
        return []
    (at, column), headings = columns[0], next(iter(names))
    called = "/".join(headings) or table.indicator
    if not called or at in layout.above or _headed(layout, column):
        return []
    alike = any(one in called or plain(called) in one for one in column.headers)
    place = table.header_place(layout.across[0].at)
    return [] if alike and not headings else [finding("IC950", place, found=called, name=column.title, node=column.owner)]


def _periods_of_rows(
    source: Source, table: Table, layout: Layout, records: Records
) -> tuple[dict[str, list[str | None]], list[Finding]]:
    """Return each row's period below each heading, which is one or makes one of what the row says; None where it does not."""
    if layout.period is None:
        return {one.said: [one.said] * len(records.rows) for one in layout.across}, []
    kind, found = source.index.periods.kind, []
    of_heading: dict[str, list[str | None]] = {}
    for one in layout.across:
        texts = {year: in_parts((year, one.said), kind) for year in dict.fromkeys(records.periods) if year}
        place = table.header_place(one.at)
        meant, problems = periods_meant(source, {text: (place, records.periods.count(year)) for year, text in texts.items()})
        found += problems
        of_heading[one.said] = [meant.get(texts[str(year)]) for year in records.periods]
    return of_heading, found


def _of_periods(records: Records, chosen: Sequence[int], periods: Sequence[str | None]) -> Records:
    """Return those of some rows that have a period, with it."""
    kept = [i for i in chosen if periods[i]]
    return records.some(kept)._replace(periods=[periods[i] for i in kept])


def _headed(layout: Layout, column: Column) -> Sequence[Across]:
    """Return the columns of a table whose other headings are what a column of the panel is called, of each period the closest."""
    answers = [(one, ("/".join(one.names), *one.names[-1:], *map(plain, reversed(one.names)))) for one in layout.across]
    for header in column.headers:
        places = [(one, known.index(header)) for one, known in answers if header in known]
        closest: dict[str, int] = {}
        for one, place in places:
            closest[one.said] = min(place, closest.get(one.said, place))
        if places:
            return [one for one, place in places if place == closest[one.said]]
    return ()


def _ambiguous_across(table: Table, column: Column, places: Sequence[Across]) -> list[Finding]:
    """Find a name that stands in several columns of one period, under different headings."""
    of_period: dict[str, list[int]] = defaultdict(list)
    for one in places:
        of_period[one.said].append(one.at)
    return next((found for own in of_period.values() if (found := ambiguous(table, column, own))), [])


def _long(source: Source, table: Table, layout: Layout) -> Matched:
    """Match a row for each unit and indicator, with its value or with the several that a formula names by their headings."""
    assert layout.indicator is not None
    records, found = records_of(source, table, layout)
    beside = beside_indicators(source, table, layout)
    wanted = [(at, column._replace(headers=column.rows) if at in beside else column) for at, column in source.columns]
    by_name, unknown = _by_indicator(source, table, layout.indicator, records.rows, wanted)
    found += [*unknown, *_either(source, table, layout, beside)]
    chosen: list[Chosen] = []
    for at, column in source.columns:
        places = beside.get(at, [] if layout.value is None else [layout.value])
        if by_name.get(at) and places:
            found += ambiguous(table, column, places) if at in beside else []
            chosen.append(((at, column), places[0], records.some(by_name[at])))
    return _read(source, table, layout, chosen, found)


def _either(source: Source, table: Table, layout: Layout, beside: dict[int, list[int]]) -> Iterable[Finding]:
    """Find the names of formulas that are both headings and indicators in rows."""
    known = indicators_in(table, layout)
    first = {column.headers[0]: (at, column) for at, column in reversed(source.columns) if at in beside}
    for name, (at, column) in first.items():
        if name in known and name not in source.ignored:
            yield finding("IC369", table.header_place(beside[at][0]), name=name, column=column.owner, key=column.key)


def _crossed(source: Source, table: Table, layout: Layout) -> Matched:
    """Match indicators in rows, units in columns, as tables are often printed, or units and periods in the headings of these."""
    assert layout.indicator is not None
    units, of_heading = units_across(source, table), {one.at: one.said for one in layout.across}
    if of_heading:
        units = {at: unit for at, unit in units.items() if at in of_heading}
    named = [row for row, cell in enumerate(table.columns[layout.indicator]) if name_of(cell)]
    rows, periods, found = dated(source, table, layout, named)
    records = Records(rows, periods, [0] * len(rows))
    by_name, unknown = _by_indicator(source, table, layout.indicator, rows, source.columns)
    chosen = [
        ((at, column), position, records.some(by_name[at], period=of_heading.get(position), unit=unit))
        for at, column in source.columns
        if by_name.get(at)
        for position, unit in units.items()
    ]
    found += [*unknown, *unused(source.index, table, {layout.indicator, layout.period, layout.status, *units})]
    return _read(source, table, layout, chosen, found)


def _by_indicator(
    source: Source, table: Table, at: int, rows: Sequence[int], columns: Sequence[tuple[int, Column]]
) -> tuple[dict[int, list[int]], list[Finding]]:
    """Find which of some rows belong to which column of the panel; an unknown indicator is a finding."""
    names: dict[str, list[int]] = defaultdict(list)
    for position, column in columns:
        for name in column.headers:
            names[name].append(position)
    cells = table.named(at)
    meaning: dict[Cell, list[int]] = {}
    unknown: dict[str, list[int]] = defaultdict(list)
    of_column: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        cell = cells[row]
        if cell not in meaning:
            name = name_of(cell)
            meaning[cell] = names.get(name, names.get(plain(name), []))
        for position in meaning[cell]:
            of_column[position].append(i)
        if not meaning[cell] and (name := name_of(cell)) not in source.ignored:
            unknown[name].append(row)
    found = []
    for name, its_rows in unknown.items():
        near = nearest(name, names)
        code = "IC345" if near else "IC363"
        found.append(finding(code, table.place(its_rows[0], at), name=name, near=near, rows=len(its_rows)))
    return of_column, found


def _read(source: Source, table: Table, layout: Layout, chosen: Iterable[Chosen], found: Iterable[Finding]) -> Matched:
    """Read the values of what was chosen of a table."""
    pieces: list[Piece] = []
    findings = list(found)
    for wanted, position, records in chosen:
        piece, doubts = piece_of(source, table, layout, wanted, position, records)
        pieces.append(piece)
        findings += doubts
    return source.matched(pieces, once(findings))
