"""The layout of a table: which of its columns say what, by its headings and what the tree says of its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...findings import Finding, Place, finding, nearest
from ...periods import EXAMPLES, SINGLE, Kind, read_period
from ...tree.model import EVERY, Data, Index
from ...words.layouts import INDICATORS_IN_A_COLUMN, INDICATORS_NOWHERE
from ...words.recognised_data import (
    DAY_HEADINGS,
    INDICATOR_HEADINGS,
    PERIOD_HEADINGS,
    STATUS_HEADINGS,
    UNIT_HEADINGS,
    VALUE_HEADINGS,
)
from ...words.recognised_measures import MEASURE_HEADINGS
from ..readers.table import Table, name_of
from .headings import by_heading, headings_of, plain, position_of
from .keyed import own_heading
from .matched import Source


@dataclass(frozen=True)
class Layout:
    """Which columns of a table say what; `period` may be a fixed one instead, or each of several headings (`across`)."""

    unit: int | None
    period: int | None
    fixed: str | None
    indicator: int | None
    value: int | None
    status: int | None
    across: tuple[tuple[int, str], ...] = ()
    above: tuple[int, ...] = ()
    """The columns of the panel that the line above the table names, where it names an indicator of the source."""
    measure: int | None = None

    @property
    def is_wide(self) -> bool:
        """Whether units stand in rows and indicators in columns."""
        return self.unit is not None and self.indicator is None and not self.across


def layout_of(source: Source, table: Table) -> tuple[Layout | None, list[Finding]]:
    """Find out which columns of a table say what; nothing, with findings, where its headings do not say it."""
    data = source.data
    unit = unit_column(source.index, data, table)
    indicator = position_of(table, data.indicator, INDICATOR_HEADINGS)
    value = position_of(table, data.value, VALUE_HEADINGS)
    if indicator is not None and value is None and unit is not None and _is_asked_for(source, table, indicator):
        indicator = None
    period, fixed, across, problems = _periods_of(source, table, {unit, indicator, value}, several=unit is not None)
    status = position_of(table, data.status, STATUS_HEADINGS)
    measure = _measures_of(table, {unit, period, indicator, value})
    layout = Layout(unit, period, fixed, indicator, value, status, across, indicators_above(source, table), measure)
    problems += _lacking(source, table, layout)
    if not problems:
        problems += _undecided(source, table, layout)
    return (None if problems else layout), problems


def _is_asked_for(source: Source, table: Table, at: int) -> bool:
    """Say whether a column that could be that of the indicators' names is an indicator itself, which is called so."""
    headings = {table.names[at], plain(table.names[at])}
    return source.data.indicator is None and any(headings.intersection(column.headers) for _, column in source.columns)


def indicators_above(source: Source, table: Table) -> tuple[int, ...]:
    """Return the columns of a source that the line above a table names, with or without its unit of measurement."""
    names = {table.indicator, plain(table.indicator)} - {""}
    return tuple(at for at, column in source.columns if names.intersection(column.headers)) if names else ()


def _measures_of(table: Table, others: set[int | None]) -> int | None:
    """Return the column that says what each row is measured in."""
    names = [name.casefold() for name in table.names]
    places = (names.index(heading) for heading in MEASURE_HEADINGS if heading in names)
    return next((place for place in places if place not in others), None)


def unit_column(index: Index, data: Data, table: Table) -> int | None:
    """Return the column that says which unit a row belongs to."""
    block = index.units
    return position_of(table, own_heading(index, data), (block.id, block.label, block.name, block.label_en, *UNIT_HEADINGS))


def period_headings(kind: Kind) -> tuple[str, ...]:
    """Return the usual headings of a column of periods."""
    return PERIOD_HEADINGS + DAY_HEADINGS * (kind == "day")


def _periods_of(
    source: Source, table: Table, others: set[int | None], *, several: bool
) -> tuple[int | None, str | None, tuple[tuple[int, str], ...], list[Finding]]:
    """Find the column of periods, or the one period of the table, or the headings that are periods."""
    index, declared = source.index, source.data.period
    kind = index.periods.kind
    of_file = read_period(table.period, kind) if table.period else None
    if table.period and of_file is None:
        return None, None, (), [no_period(index, Place(table.file, table.sheet), table.period)]
    named = None if declared is None else str(declared)
    fixed = EVERY if named == EVERY else None if named is None else read_period(named, kind)
    if fixed and (fixed == EVERY or isinstance(declared, int) or position_of(table, named, ()) is None):
        return None, fixed, (), []
    if of_file:
        return None, of_file, (), []
    usual = period_headings(kind)
    period = position_of(table, named, usual)
    if period is not None:
        return period, None, (), []
    if named is None and several and (across := _periods_across(index, table, others)):
        return None, None, across, []
    if named is None and kind == SINGLE:
        return None, SINGLE, (), []
    headers = [named] if named else [*usual[:4], *usual[len(PERIOD_HEADINGS) :]]
    return None, None, (), [finding("IC347", table.header_place(0), headers=headers, known=headings_of(table))]


def _periods_across(index: Index, table: Table, others: set[int | None]) -> tuple[tuple[int, str], ...]:
    """Return the columns whose headings are periods, as where the years stand side by side."""
    if index.periods.kind == SINGLE:
        return ()
    kind = index.periods.kind
    named = ((at, name) for at, name in enumerate(table.names) if at not in others)
    read = ((at, read_period(name, kind) or read_period(plain(name), kind)) for at, name in named)  # 2021 (t)
    return tuple((at, period) for at, period in read if period)


def _lacking(source: Source, table: Table, layout: Layout) -> list[Finding]:
    """Find the columns that the table must have and has not: units, and what the tree names."""
    data, units, headings = source.data, source.index.units, headings_of(table)
    found = []
    if layout.unit is None and (data.unit or layout.indicator is None):
        own = own_heading(source.index, data)
        wanted = [own] if own else [units.id, units.label]
        near = nearest(wanted[0], headings) or units.label
        found.append(finding("IC340", table.header_place(0), headers=wanted, known=headings, near=near))
    for key, position in (("indicator", layout.indicator), ("value", layout.value)):
        if (name := getattr(data, key)) and position is None:
            near = nearest(str(name), headings)
            found.append(finding("IC357", source.place(key), name=name, file=table.file, known=headings, near=near))
    return found


def _undecided(source: Source, table: Table, layout: Layout) -> list[Finding]:
    """Find what a table that has all its columns leaves open: whose its values are, and where they stand."""
    wanted = [column.owner for _, column in source.columns if not column.is_attribute]
    if layout.across and layout.indicator is None and len(wanted) > 1 and not table.indicator:
        periods = [period for _, period in layout.across]
        place, (how, how_zh) = table.header_place(layout.across[0][0]), _told_apart(source, table, layout)
        return [finding("IC376", place, periods=few(periods), columns=few(wanted), how=how, how_zh=how_zh)]
    if layout.indicator is None:
        return []
    if layout.unit is None:
        return _units_not_across(source, table)
    if layout.value is None and not layout.across:  # no fault where formulas name all that they need by its heading
        beside = beside_indicators(source, table, layout)
        bare = list(dict.fromkeys(column.owner for _, column in source.columns if not column.rows))
        known = headings_of(table)
        if beside and bare:  # a formula was forgotten, or a column of values was
            node, place = few(bare), source.index.place_of(bare[0])
            return [finding("IC260", place, node=node, value=VALUE_HEADINGS[0], file=table.file, known=known)]
        if not beside or bare:
            place = table.header_place(layout.indicator)
            return [finding("IC357", place, name=VALUE_HEADINGS[0], file=table.file, known=known, near="")]
    return []


def _told_apart(source: Source, table: Table, layout: Layout) -> tuple[str, str]:
    """Return, in both languages, how a table of several indicators can say which row is whose: by a column, if it has one."""
    said = {header for _, column in source.columns for header in column.headers}
    known = {layout.unit, layout.period, layout.status, *(at for at, _ in layout.across)}
    for at, heading in enumerate(table.names):
        if heading and at not in known and said & set(map(name_of, table.named(at))):
            return tuple(text.format(heading) for text in INDICATORS_IN_A_COLUMN)  # type: ignore[return-value]
    return INDICATORS_NOWHERE


def _units_not_across(source: Source, table: Table) -> list[Finding]:
    """Find what is wrong where the headings should be units: those that could be several, or that none is one."""
    names = [(at, name, source.units.sharing(name)) for at, name in enumerate(table.names) if name in source.units.shared]
    if names or units_across(source, table):
        return [finding("IC374", table.header_place(at), name=name, units=units) for at, name, units in names]
    block = source.index.units
    headers, known = [block.id, block.label], headings_of(table)
    return [finding("IC340", table.header_place(0), headers=headers, known=known, near=block.label)]


def units_across(source: Source, table: Table) -> dict[int, int]:
    """Return which columns of a table are units, by their headings."""
    return {at: unit for at, name in enumerate(table.names) if (unit := source.units.find(name)) is not None}


def beside_indicators(source: Source, table: Table, layout: Layout) -> dict[int, list[int]]:
    """Return which names of formulas are headings of a table with its indicators in rows, with the places of these."""
    if layout.indicator is None or layout.unit is None or layout.across:
        return {}
    keys, headings = {layout.unit, layout.period, layout.indicator, layout.status}, by_heading(table)
    places = {
        at: [place for place in headings.get(column.headers[0], []) if place not in keys]
        for at, column in source.columns
        if column.rows
    }
    return {at: beside for at, beside in places.items() if beside}


def no_period(index: Index, place: Place, text: str, rows: int = 1) -> Finding:
    """Say that a text is no period of the index's kind."""
    kind = index.periods.kind
    return finding("IC346" if text else "IC364", place, found=text, kind=kind, example=EXAMPLES[kind], rows=rows)


def few(names: Iterable[str]) -> str:
    """Return the first of many names."""
    shown = [name for name in names if name]
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")
