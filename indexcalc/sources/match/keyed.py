"""What names the unit of a row where one cell alone does not: the cells above it, or the cells beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...findings import Finding, finding, nearest
from ...tree.model import Data, Index
from ..readers.table import Cell, Table, name_of
from ..unit_table import UnitNames
from .headings import headings_of, position_of
from .matched import Source


def own_heading(index: Index, data: Data) -> str | None:
    """Return the heading of the names of units: the one declared, or of several the one that the units table has as well."""
    if data.unit is None or isinstance(data.unit, str):
        return data.unit
    block = index.units
    usual = {name_of(name) for name in (block.id, block.name, block.name_en, block.label, block.label_en)}
    named = [heading for heading in data.unit if name_of(heading) in usual]
    return named[0] if len(named) == 1 else data.unit[-1] if data.unit else None


def filled_down(source: Source, tables: Sequence[Table]) -> tuple[list[Table], list[Finding]]:
    """Give the empty cells under `fill_down:` what stands above them; it is a finding where a table has no such heading."""
    if not source.data.fill_down:  # nor is a table read that could stay in its file
        return list(tables), []
    found: list[Finding] = []
    made = []
    for table in tables:
        columns = list(table.columns)
        for heading in source.data.fill_down:
            at = position_of(table, heading, ())
            if at is None:
                known = headings_of(table)
                near = nearest(heading, known)
                found.append(finding("IC357", source.place("fill_down"), name=heading, file=table.file, known=known, near=near))
            else:
                columns[at] = list(_repeated(table.named(at)))
        made.append(replace(table, columns=tuple(columns)))
    return made, found


def _repeated(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield cells, an empty one as the one above it."""
    above: Cell = None
    for cell in cells:
        above = cell if name_of(cell) else above
        yield above


def keyed(source: Source, tables: Sequence[Table]) -> tuple[Source, list[Table], list[Finding]]:
    """Return a source whose units go by the names of several columns together, its tables with one column instead of these."""
    headings, own = source.data.unit, own_heading(source.index, source.data)
    if own is None or headings is None or isinstance(headings, str):
        return source, list(tables), []
    others = [heading for heading in headings if heading != own]
    units, found = _named_together(source, others)
    if found:
        return source, [], found
    made = []
    for table in tables:
        places = [position_of(table, heading, ()) for heading in (*others, own)]
        known = [at for at in places if at is not None]
        if len(known) < len(places):
            lacking = [heading for heading, at in zip((*others, own), places, strict=True) if at is None]
            names = headings_of(table)
            near = nearest(lacking[0], names) or source.index.units.label
            found.append(finding("IC340", table.header_place(0), headers=lacking, known=names, near=near))
            continue
        columns, at = list(table.columns), known[-1]
        columns[at] = [_together(cells, source.ignored) for cells in zip(*(table.named(one) for one in known), strict=True)]
        kept = [place for place in range(len(table.names)) if place not in known[:-1]]
        made.append(replace(table, columns=tuple(columns)).of_columns(kept))
    alone = source.data.model_copy(update={"unit": own})
    return replace(source, data=alone, units=units), made, found


def _together(cells: Sequence[Cell], ignored: frozenset[str]) -> str:
    names = [name_of(cell) for cell in cells]
    return names[-1] if names[-1] in ignored else " ".join(filter(None, names))


def _named_together(source: Source, others: Sequence[str]) -> tuple[UnitNames, list[Finding]]:
    """Return the units by their names with what they have in other columns of the units table, or above them, before these."""
    units = source.units.units
    found: list[Finding] = []
    before: list[list[set[str]]] = [[] for _ in units.ids]
    names = source.units.every_name
    for heading in others:
        if name_of(heading) in units.attributes:
            for unit, cell in enumerate(units.attributes[name_of(heading)]):
                before[unit].append({name_of(cell)})
        elif units.parents:
            for unit, above in enumerate(units.parents):
                before[unit].append(set(_above(units.parents, above, names)))
        elif units.groups and len(others) == 1:
            for unit, group in enumerate(units.groups):
                before[unit].append({group})
        else:
            file, known = source.index.units.table, list(units.attributes)
            found.append(finding("IC359", source.place("unit"), name=heading, file=file, known=known))
    together: dict[str, dict[int, None]] = {}
    for unit, own in enumerate(names):
        for name in _joined([*before[unit], own]):
            together.setdefault(name, {})[unit] = None
    by_name = source.units.known | {name: next(iter(of)) for name, of in together.items() if len(of) == 1}
    shared = source.units.shared | {name: list(of) for name, of in together.items() if len(of) > 1}
    return source.units._replace(known=by_name, shared=shared), found


def _above(parents: Sequence[int], unit: int, names: Sequence[set[str]]) -> Iterator[str]:
    """Yield the names of a unit and of all that it is part of."""
    seen: set[int] = set()
    while unit >= 0 and unit not in seen:
        seen.add(unit)
        yield from names[unit]
        unit = parents[unit]


def _joined(parts: Sequence[set[str]]) -> list[str]:
    made = [""]
    for part in parts:
        made = [f"{first} {name}".strip() for first in made for name in sorted(part)]
    return made
