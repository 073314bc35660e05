"""A DataFrame instead of files: one table of all that an index asks for, matched as files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, errors, finding, nearest
from ..periods import EXAMPLES, SINGLE, read_period
from ..tree.model import EVERY, UNITS_SOURCE, Data, Index
from .match.bind import checked, match_tables, rows_meant, sources_of, words_twice
from .match.dated import no_period, period_headings
from .match.headings import few, headings_of, position_of
from .match.keyed import own_heading
from .match.layout import unit_column
from .match.matched import Matched, Source, together
from .readers.frame import read_frame
from .readers.records import header_findings
from .readers.table import Table, name_of
from .unit_table import UnitNames, read_units, units_in

if TYPE_CHECKING:
    from ..panel import Panel


def panel_of_frame(index: Index, frame: Any, *, period: str | int | None = None, base: Path | None = None) -> Panel:
    """Read a DataFrame of pandas, polars, Arrow or their kin into a panel, wide or long, keys in columns or in its index.

    Headings, names of units, periods and numbers are read as those of files; dates are the periods that they fall in, and
    `period` is that of rows that do not say theirs. Names and groups of units come from the units table where it is declared
    and lies below `base`; else the units are those of the frame, in its order.

    :raises Refused: with every finding, when there is an error among them.
    """
    table, found = read_frame(frame, index.periods.kind)
    table = _with_keys(index, table)
    found += header_findings(table)
    data, problems = _settings(index, table, period)
    units, of_units = _units(index, table, data, base)
    found += [*problems, *of_units]
    if units is None:
        raise Refused(_in_words_of_frames(index, data, table, found))
    matched = checked(together([Matched(index, units, findings=found), *_parts(index, units, table, data)]))
    findings = _in_words_of_frames(index, data, table, matched.findings)
    if errors(findings):
        raise Refused(findings)
    from .match.arrays import panel

    return panel(replace(matched, findings=findings))


def _with_keys(index: Index, table: Table) -> Table:
    """Name the levels of the frame's index that have no name: periods by what they are, units where no column has them."""
    kind, names = index.periods.kind, list(table.names)
    levels = [at for at, position in enumerate(table.positions) if not position]
    for at in levels:
        cells = table.named(at)
        numbers = not any(isinstance(cell, str) for cell in cells)
        if names[at] or (numbers and len(levels) == 1):
            continue
        named = replace(table, names=tuple(names))
        are_periods = kind != SINGLE and all(read_period(name_of(cell), kind) for cell in cells)
        if are_periods and position_of(named, None, period_headings(kind)) is None:
            names[at] = "period"
        elif not numbers and unit_column(index, Data(path=""), named) is None:
            names[at] = name_of(index.units.id)
    kept = [at for at, name in enumerate(names) if name or table.positions[at]]
    return replace(
        table,
        names=tuple(names[at] for at in kept),
        qualified=tuple(table.qualified[at] or names[at] for at in kept),
        positions=tuple(table.positions[at] for at in kept),
        columns=tuple(table.columns[at] for at in kept),
    )


def _settings(index: Index, table: Table, period: str | int | None) -> tuple[Data, list[Finding]]:
    """Return what the sources of the tree say of headings and words, as far as it fits the frame, and its one period."""
    kind, blocks = index.periods.kind, list(_blocks(index).values())
    declared = [data.period for data in blocks if data.period != EVERY]
    apart = next(
        (one for one in declared if isinstance(one, tuple) and all(position_of(table, part, ()) is not None for part in one)),
        None,
    )
    heading = _declared(table, [one for one in declared if not isinstance(one, tuple)])
    column = position_of(table, heading, period_headings(kind))
    found = []
    if period is not None and read_period(str(period), kind) is None:
        found.append(no_period(index, Place(table.file), str(period)))
    elif period is not None and column is not None:
        found.append(finding("IC381", Place(table.file), found=period, name=table.names[column]))
    if period is None and column is None:
        fixed = {str(data.period) for data in blocks if data.period is not None and read_period(str(data.period), kind)}
        period = fixed.pop() if len(fixed) == 1 else None
    ignore = tuple(word for data in blocks for word in data.ignore)
    data = Data(
        path=table.file,
        unit=_declared_units(index, table, blocks),
        period=apart or heading or period,
        indicator=_declared(table, [data.indicator for data in blocks]) or _melted(table),
        value=_declared(table, [data.value for data in blocks]),
        status=_declared(table, [data.status for data in blocks]),
        ignore=ignore,
        only=blocks[0].only if len(blocks) == 1 else {},
        fill_down=blocks[0].fill_down if len(blocks) == 1 else (),
    )
    return data, found


def _blocks(index: Index) -> dict[str, Data]:
    """Return the sources of the tree that are tables."""
    return {name: data for name, data in index.data.items() if data.events is None and not data.is_ledger}


def _declared(table: Table, headings: Sequence[str | int | None]) -> str | None:
    """Return the first heading that a source declares and the frame has."""
    return next((str(one) for one in headings if one is not None and position_of(table, str(one), ()) is not None), None)


def _declared_units(index: Index, table: Table, blocks: Sequence[Data]) -> str | tuple[str, ...] | None:
    """Return the headings of several columns that name a unit together, if the frame has them, else the one that does."""
    for data in blocks:
        if isinstance(data.unit, tuple) and all(position_of(table, one, ()) is not None for one in data.unit):
            return data.unit
    return _declared(table, [own_heading(index, data) for data in blocks])


def _melted(table: Table) -> str | None:
    """Return the heading of the indicators in a long frame as pandas melts it."""
    has_both = all(position_of(table, heading, ()) is not None for heading in ("variable", "value"))
    return "variable" if has_both else None


def _units(index: Index, table: Table, data: Data, base: Path | None) -> tuple[UnitNames | None, list[Finding]]:
    """Read the units table where it is declared and there; else take the units of the frame."""
    block = index.units
    found: list[Finding] = []
    if block.table and base is not None and (base / block.table).exists():
        units, found, _ = read_units(index, base)
        return units, found
    if block.table:
        found.append(finding("IC379", index.place(("units", "table")), path=block.table, file=table.file))
    at = unit_column(index, data, table)
    if at is None:
        headers, known = [block.id, block.label], headings_of(table)
        return None, [*found, finding("IC340", Place(table.file), headers=headers, known=known, near=block.label)]
    names = tuple(name_of(block.id) if position == at else name for position, name in enumerate(table.names))
    left_out = {"", *map(name_of, data.ignore)}
    named = [row for row, cell in enumerate(table.named(at)) if name_of(cell) not in left_out]
    units, problems = units_in(index, replace(table, names=names).some(named))
    return units, [*found, *problems]


def _parts(index: Index, units: UnitNames, table: Table, data: Data) -> list[Matched]:
    """Match the frame to the columns of the index; those of the units table are taken from there, where it was read."""
    columns = list(enumerate(index.columns))
    of_table = UNITS_SOURCE if units.table.file != table.file else None
    wanted = [at for at, column in columns if column.source != of_table and not column.take]
    blocks = _blocks(index)
    source = replace(Source.of(index, units, next(iter(blocks)) if len(blocks) == 1 else "", data, wanted), words=blocks)
    source, tables, unmet = rows_meant(source, [table])
    unmet += [one for name in blocks for one in words_twice(replace(source, name=name, data=blocks[name]))]
    parts = [source.matched(findings=unmet), *([match_tables(source, tables)] if tables else [])]
    parts += [match_tables(one, [units.table]) for one in sources_of(index, units) if one.name == of_table]
    if counted := list(dict.fromkeys(column.owner for _, column in columns if column.take)):
        place = index.place_of(counted[0], "events")
        parts.append(source.matched(findings=[finding("IC378", place, nodes=counted, file=table.file)]))
    return parts


def _in_words_of_frames(index: Index, data: Data, table: Table, found: Sequence[Finding]) -> list[Finding]:
    """Return findings with the advice that fits a frame; where it has none of the indicators, one says so of all."""
    known, unit = headings_of(table), unit_column(index, data, table)
    names = "" if unit is None else table.names[unit]  # no indicator is meant by a heading that only looks like its id
    absent = [one for one in found if one.code == "IC365" or (one.code == "IC344" and one.values["near"] == names)]
    owners = {column.owner for column in index.columns if not column.is_attribute}
    if len(owners) > 1 and owners <= {str(one.values["column"]) for one in absent}:
        none = finding("IC383", Place(table.file), names=few(sorted(owners)), known=known)
        found = [none, *(one for one in found if one not in absent)]
    return [_as_of_a_frame(index, table, one) for one in found]


def _as_of_a_frame(index: Index, table: Table, one: Finding) -> Finding:
    """Return a finding of what a frame lacks as one can mend it in Python."""
    if one.code == "IC347":
        return finding("IC380", one.place, known=one.values["known"], example=EXAMPLES[index.periods.kind])
    if one.code == "IC340":
        wanted, known = one.values["headers"], one.values["known"]
        return finding("IC382", one.place, headers=wanted, known=known, wanted=wanted[0], near=_like_names(table, wanted[0]))
    return one


def _like_names(table: Table, wanted: str) -> str:
    """Return the heading that may be that of the units: one spelt alike, else the first column of texts."""
    texts = [name for at, name in enumerate(table.names) if name and any(isinstance(cell, str) for cell in table.named(at))]
    return nearest(wanted, headings_of(table)) or next(iter(texts), "")
