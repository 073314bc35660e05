"""Tables of one unit each, whose name stands in a line above, or is that of the sheet or of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from ...findings import Finding, Place, finding
from ..readers.table import Table, name_of
from .headings import few
from .layout import unit_column, units_across
from .matched import Source

_SAID = r"[^:：]{1,12}[:：]\s*(.+)"  # district: Northam


def of_one_unit(source: Source, tables: Sequence[Table]) -> tuple[list[Table], list[Finding]]:
    """Return tables of which those that name no unit in a row or heading have a column with the one that they are of."""
    made: list[Table] = []
    named: dict[str, Table] = {}
    for table in tables:
        unit = None if _names_units(source, table) else _unit_of(source, table)
        made.append(table if unit is None else _with_column(source, table, unit))
        if unit is not None:
            named.setdefault(source.units.units.title(unit), table)
    if not named:
        return made, []
    first = next(iter(named.values()))
    place = Place(first.file, first.sheet) if len(named) == 1 else source.place("path")
    return made, [finding("IC951", place, units=few(named), count=len(named), label=source.index.units.label)]


def _names_units(source: Source, table: Table) -> bool:
    """Say whether a table has a column of units, by its heading or by what stands in it, or units in its headings."""
    if table.stays or source.data.unit is not None or unit_column(source.index, source.data, table) is not None:
        return True
    if units_across(source, table):
        return True
    known = source.units.known.keys() | source.units.shared.keys()
    return any(isinstance(cell, str) and name_of(cell) in known for cells in table.columns for cell in cells)


def _unit_of(source: Source, table: Table) -> int | None:
    """Return the unit that the lines above a table, its sheet and its file name, where they name one alone."""
    names = (*table.above, table.sheet, PurePath(table.file).name.partition(".")[0])
    found = {unit for name in names for text in _said(name) if (unit := source.units.find(text)) is not None}
    return found.pop() if len(found) == 1 else None


def _said(name: str) -> Iterator[str]:
    """Yield what a text says, and what it says behind a colon."""
    yield name
    if said := re.fullmatch(_SAID, name):
        yield said[1]


def _with_column(source: Source, table: Table, unit: int) -> Table:
    """Return a table with the column that every other has: the unit of each row."""
    heading, cells = source.index.units.id, [source.units.units.ids[unit]] * len(table.lines)
    return replace(
        table,
        names=(*table.names, name_of(heading)),
        qualified=(*table.qualified, name_of(heading)),
        positions=(*table.positions, 0),
        columns=(*table.columns, cells),
        measures=(*table.measures, "") if table.measures else (),
        levels=(*table.levels, (name_of(heading),)) if table.levels else (),
    )
