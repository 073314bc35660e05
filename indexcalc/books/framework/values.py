"""The values that a workbook has beside its framework: which sheet holds them, and the units and periods that are in it."""

from __future__ import annotations

import csv
import fnmatch
import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...periods import Kind, read_period
from ...sources.match.headings import by_heading
from ...sources.readers.table import Table, closed, name_of
from ...sources.readers.tables import read_tables
from ...tree.blocks.data import Data
from ...words.recognised_data import (
    DAY_HEADINGS,
    INDICATOR_HEADINGS,
    PERIOD_HEADINGS,
    TIME_HEADINGS,
    UNIT_HEADINGS,
    VALUE_HEADINGS,
)
from ...words.recognised_frames import DATA_FILE, FRAME_FILE, NOT_UNITS, UNIT_CODES, UNIT_NAMES
from .made import Made
from .said import Said

_KINDS: tuple[Kind, ...] = ("year", "half-year", "quarter", "month", "ten-day", "week", "day", "round")


@dataclass(frozen=True)
class Values:
    """A table of values: the file and sheet it is in, the block of `data` for it, and the table of its units."""

    file: Path
    sheet: str
    source: dict[str, Any]
    kind: Kind | None
    units: bytes
    groups: dict[str, str]
    without: tuple[str, ...]
    """Ids of indicators that have no column in it."""


def find_values(file: Path, sheets: Sequence[str], made: Made, others: Sequence[Said], given: Path | None) -> Values | None:
    """Return the table that has most of the indicators: of a file that is named, of the other sheets, or of a file beside."""
    names = _names_of(made, others)
    there: list[tuple[int, Values]] = []
    keys = [*names, *UNIT_HEADINGS, *INDICATOR_HEADINGS]
    for path, sheet in _candidates(file, sheets, given):
        found = _read_values(path, sheet, keys, names, others)
        if found and (unit := found[1].source["unit"]) not in keys:  # a row with no more than a name is one by that heading alone
            found = _read_values(path, sheet, [*keys, unit], names, others)
        there += [found] if found else []
    if not there:
        return None
    best = max(there, key=lambda one: one[0])[1]
    return best if best.kind else _of_all_periods(best, [one for _, one in there], sheets)


def _read_values(
    path: Path, sheet: str, keys: Sequence[str], names: dict[str, str], others: Sequence[Said]
) -> tuple[int, Values] | None:
    """Return what the first table of a file or sheet is as a source of values; nothing where it is none."""
    tables, _, _ = read_tables(Data.model_construct(path=path.name, sheet=sheet or None), path.parent, keys=keys)
    return _values_in(path, sheet, tables[0], names, others) if tables else None


def _of_all_periods(best: Values, there: Sequence[Values], sheets: Sequence[str]) -> Values:
    """Return the values of all sheets that are called after periods, where the best is one of these."""
    for kind in _KINDS:
        alike = [one for one in there if one.file == best.file and read_period(one.sheet, kind)]
        names = [one.sheet for one in alike]
        if best not in alike or not (pattern := _pattern(names, sheets)):
            continue
        units = dict.fromkeys(line for one in alike for line in one.units.splitlines(keepends=True))
        without = tuple(id_ for id_ in best.without if all(id_ in one.without for one in alike))
        source = {**best.source, "sheet": pattern}
        return replace(best, sheet=pattern, source=source, kind=kind, units=b"".join(units), without=without)
    return best


def _pattern(names: Sequence[str], sheets: Sequence[str]) -> str:
    """Return a pattern that some names have and no other sheet, the name itself of one; nothing where there is none."""
    if len(names) == 1:
        return names[0]
    start, end = _alike(names), _alike([name[::-1] for name in names])[::-1]
    patterns = (f"{start.rstrip('0123456789')}*{end}", f"{start}*{end}")
    return next((one for one in patterns if one != "*" and set(fnmatch.filter(sheets, one)) == set(names)), "")


def _alike(names: Sequence[str]) -> str:
    """Return the letters that some names begin with."""
    return "".join(
        letters[0] for letters in itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    )


def _candidates(file: Path, sheets: Sequence[str], given: Path | None) -> list[tuple[Path, str]]:
    """List where values may stand."""
    if given is not None:
        return [(given, "")]
    found = [(file, sheet) for sheet in sheets]
    beside = file.with_name(re.sub(f"(?i){FRAME_FILE}", DATA_FILE, file.name))
    if beside != file and beside.is_file():
        found.append((beside, ""))
    return found


def _names_of(made: Made, others: Sequence[Said]) -> dict[str, str]:
    """Return the id of each indicator and denominator by every name that a heading may have for it."""
    names: dict[str, str] = {}
    for leaf in [*leaves_of(made.data["dimensions"]), *made.data.get("denominators", ())]:
        for key in ("id", "name", "name_en", "column"):
            if leaf.get(key):
                names.setdefault(closed(name_of(str(leaf[key]))), str(leaf["id"]))
    del others
    return names


def leaves_of(nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the indicators below some nodes of a tree's data."""
    found = []
    for node in nodes:
        found += leaves_of(node["indicators"]) if "indicators" in node else [node]
    return found


def _values_in(path: Path, sheet: str, table: Table, names: dict[str, str], others: Sequence[Said]) -> tuple[int, Values] | None:
    """Return what a table is as a source of values, with the number of its indicators; nothing where it is none."""
    headings = [closed(name) for name in table.names]
    unit = _unit_column(headings, names)
    if unit is None:
        return None
    own = _column(headings, INDICATOR_HEADINGS)
    value = _column(headings, VALUE_HEADINGS)
    source: dict[str, Any] = {"path": f"data/{path.name}", **({"sheet": sheet} if sheet else {}), "unit": table.names[unit]}
    if own is not None and value is not None:
        there = {names[name] for cell in table.named(own) if (name := closed(name_of(cell))) in names}
        source |= {"indicator": table.names[own], "value": table.names[value]}
    else:
        there = {names[name] for name in by_heading(table) if name in names}
    if len(there) < max(1, len(set(names.values())) // 3):
        return None
    period, kind = _period_column(table, headings)
    if period is not None:
        source["period"] = table.names[period]
    if totals := [name for cell in dict.fromkeys(table.named(unit)) if re.fullmatch(NOT_UNITS, name := name_of(cell))]:
        source["ignore"] = totals
    groups = [one for one in others if one.kind == "group" and one.code in headings]
    units = _units_table(table, headings, unit, [headings.index(one.code) for one in groups])
    without = tuple(dict.fromkeys(id_ for id_ in names.values() if id_ not in there))
    return len(there), Values(path, sheet, source, kind, units, {one.code: one.name for one in groups}, without)


def _column(headings: Sequence[str], wanted: Sequence[str]) -> int | None:
    folded = [heading.casefold() for heading in headings]
    return next((folded.index(one) for one in wanted if one in folded), None)


def _unit_column(headings: Sequence[str], names: dict[str, str]) -> int | None:
    """Return the column of units: one with a usual heading, else the first where that names no indicator."""
    at = _column(headings, (*UNIT_CODES, *UNIT_NAMES, *UNIT_HEADINGS))
    return at if at is not None else 0 if headings and headings[0] and headings[0] not in names else None


def _period_column(table: Table, headings: Sequence[str]) -> tuple[int | None, Kind | None]:
    """Return the column of periods and their kind, where all of its cells are of one."""
    at = _column(headings, (*PERIOD_HEADINGS, *TIME_HEADINGS, *DAY_HEADINGS))
    if at is None:
        return None, None
    cells = {name_of(cell) for cell in table.named(at)} - {""}
    kind = next((one for one in _KINDS if cells and all(read_period(cell, one) for cell in cells)), None)
    return (at, kind) if kind else (None, None)


def _units_table(table: Table, headings: Sequence[str], unit: int, groups: Sequence[int]) -> bytes:
    """Write the table of units: an id and a name each, and the groups that they are in."""
    name = _column(headings, UNIT_NAMES)
    columns = [unit, unit if name is None else name, *groups]
    titles = ["id", "name", *(["group"] if groups else []), *(headings[at] for at in groups[1:])]
    rows = {
        name_of(cells[0]): [name_of(cell) for cell in cells] for cells in zip(*(table.named(at) for at in columns), strict=True)
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([titles, *(row for id_, row in rows.items() if id_ and not re.fullmatch(NOT_UNITS, id_))])
    return text.getvalue().encode()
