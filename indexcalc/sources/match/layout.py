"""The layout of a table: which of its columns say what, by its headings and what the tree says of its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...findings import Finding, Place, errors, finding, nearest
from ...periods import SINGLE, WITHOUT_DAYS, Kind, read_period
from ...tree.model import EVERY, Data, Index
from ...words.layouts import INDICATORS_IN_A_COLUMN, INDICATORS_NOWHERE
from ...words.recognised_data import (
    DAY_HEADINGS,
    INDICATOR_HEADINGS,
    STATUS_HEADINGS,
    UNIT_HEADINGS,
    VALUE_HEADINGS,
)
from ...words.recognised_measures import MEASURE_HEADINGS
from ..readers.periods import ends_a_period
from ..readers.table import Table, name_of
from .across import Across, left_out, parts_across, periods_across, with_periods
from .dated import joined_heading, joined_usual, period_headings, periods_meant
from .headings import by_heading, few, headings_of, plain, position_of
from .keyed import own_heading
from .matched import Source


class Layout(NamedTuple):
    """Which columns of a table say what; `period` may be a fixed one instead, or each of several headings (`across`).

    With both, a row says the year and a heading its part, or the other way round.
    """

    unit: int | None
    period: int | None
    fixed: str | None
    indicator: int | None
    value: int | None
    status: int | None
    across: tuple[Across, ...] = ()
    above: tuple[int, ...] = ()
    """The columns of the panel that the line above the table names, where it names an indicator of the source."""
    measure: int | None = None

    @property
    def is_wide(self) -> bool:
        """Whether units stand in rows and indicators in columns."""
        return self.unit is not None and self.indicator is None and not self.across


def layout_of(source: Source, table: Table) -> tuple[Layout | None, list[Finding]]:
    """Find out which columns of a table say what; None, with findings, where its headings do not tell."""
    data = source.data
    unit = _column_of_units(source, table)
    indicator = position_of(table, data.indicator, INDICATOR_HEADINGS)
    value = position_of(table, data.value, VALUE_HEADINGS)
    if indicator is not None and value is None and unit is not None and _is_asked_for(source, table, indicator):
        indicator = None
    period, fixed, across, problems = _periods_of(source, table, {unit, indicator, value}, rows=unit is not None)
    status = position_of(table, data.status, STATUS_HEADINGS)
    measure = _measures_of(table, {unit, period, indicator, value})
    layout = Layout(unit, period, fixed, indicator, value, status, across, indicators_above(source, table), measure)
    if across and period is None:
        meant, said = with_periods(source, table, across)
        layout, problems = layout._replace(across=meant), [*problems, *said]
    elif across:
        problems += left_out(table, {one.at for one in across})
    problems += _lacking(source, table, layout)
    if not errors(problems):
        problems += _undecided(source, table, layout)
    return (None if errors(problems) else layout), problems


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
    return position_of(table, own_heading(index, data), _unit_headings(index))


def _unit_headings(index: Index) -> tuple[str, ...]:
    return (*index.units.headings, *UNIT_HEADINGS)


def _column_of_units(source: Source, table: Table) -> int | None:
    """Return the column of units: of several that could be by their headings, the first in which any stands."""
    first = unit_column(source.index, source.data, table)
    if first is None or source.data.unit is not None or table.stays or not table.columns:
        return first
    usual = {heading.casefold() for heading in _unit_headings(source.index)}
    others = (at for at, name in enumerate(table.names) if at != first and name.casefold() in usual)
    return next((at for at in (first, *others) if _has_units(source, table, at)), first)


def _has_units(source: Source, table: Table, at: int) -> bool:
    return any(source.units.find(cell) is not None for cell in table.named(at))


def _periods_of(
    source: Source, table: Table, others: set[int | None], *, rows: bool
) -> tuple[int | None, str | None, tuple[Across, ...], list[Finding]]:
    """Find the column of periods, or the one period of the table, or the headings that are periods.

    Units stand in `rows`, or else over periods in the headings.
    """
    index, declared = source.index, source.data.period
    kind = index.periods.kind
    if table.period:
        of_file, problems = periods_meant(source, {table.period: (Place(table.file, table.sheet), 1)})
        if not of_file:
            return None, None, (), problems
    else:
        of_file, problems = {}, []
    named = None if declared is None else joined_heading(declared) if isinstance(declared, tuple) else str(declared)
    fixed = EVERY if named == EVERY else None if named is None else read_period(named, kind)
    if fixed and (fixed == EVERY or isinstance(declared, int) or position_of(table, named, ()) is None):
        return None, fixed, (), []
    if of_file:
        return None, of_file[str(table.period)], (), problems
    usual = period_headings(kind)
    period = position_of(table, named, (*joined_usual(table), *usual))
    if period is not None:
        return period, None, parts_across(source, table, period, others) if rows else (), []
    if named is None and (across := periods_across(index, table, others)):
        return None, None, across, []
    if named is None and kind == SINGLE:
        return None, SINGLE, (), []
    if named is None and table.sheet and (of_sheet := read_period(table.sheet, kind)):
        return None, of_sheet, (), []
    if named is None and (dates := _dates(table, kind)) is not None:
        return dates, None, (), []
    headers = _not_there(table, declared) if declared is not None else [*usual[:4], *(DAY_HEADINGS if kind == "day" else ())]
    return None, None, (), [finding("IC347", table.header_place(0), headers=headers, known=headings_of(table))]


def _dates(table: Table, kind: Kind) -> int | None:
    """Return the column headed as dates whose cells are periods, or the first or last days of some."""
    at = position_of(table, None, DAY_HEADINGS)
    if at is None or kind in WITHOUT_DAYS or not table.columns or table.stays:
        return None
    names = {name for cell in dict.fromkeys(table.named(at)) if (name := name_of(cell))}
    return at if names and all(ends_a_period(name, kind) for name in names) else None


def _not_there(table: Table, declared: str | int | tuple[str, ...]) -> list[str]:
    """Return the headings of periods that the tree names and a table has not."""
    wanted = [str(one) for one in declared] if isinstance(declared, tuple) else [str(declared)]
    return [one for one in wanted if position_of(table, one, ()) is None] or wanted


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
        alone = [one for one in layout.across if not one.names]
        if alone:
            place, (how, how_zh) = table.header_place(alone[0].at), _told_apart(source, table, layout)
            periods = few(one.said for one in layout.across)
            return [finding("IC376", place, periods=periods, columns=few(wanted), how=how, how_zh=how_zh)]
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
    known = {layout.unit, layout.period, layout.status, *(one.at for one in layout.across)}
    for at, heading in enumerate(table.names):
        if heading and at not in known and said & set(map(name_of, table.named(at))):
            return tuple(text.format(heading) for text in INDICATORS_IN_A_COLUMN)  # type: ignore[return-value]
    return INDICATORS_NOWHERE


def _units_not_across(source: Source, table: Table) -> list[Finding]:
    """Find what is wrong where the headings should be units: those that could be several, or that none is one."""
    names = [(at, name) for at, parts in enumerate(_headings(table)) for name in parts if name in source.units.shared]
    if names or units_across(source, table):
        return [finding("IC374", table.header_place(at), name=name, units=source.units.sharing(name)) for at, name in names]
    block = source.index.units
    headers, known = [block.id, block.label], headings_of(table)
    return [finding("IC340", table.header_place(0), headers=headers, known=known, near=block.label)]


def units_across(source: Source, table: Table) -> dict[int, int]:
    """Return which columns of a table are units, by their headings, of which one may be a period."""
    found = ((at, source.units.find(name)) for at, parts in enumerate(_headings(table)) for name in parts)
    return {at: unit for at, unit in found if unit is not None}


def _headings(table: Table) -> Sequence[tuple[str, ...]]:
    """Return all headings of each column."""
    return table.levels or [(name,) for name in table.names]


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
