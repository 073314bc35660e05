"""What is not there at all: units without a row in any period, and columns without a value in a whole one."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import isnan
from typing import Any

from ...findings import Finding, Place, finding, nearest
from ...periods import order
from ...tree.formula import Expression, parse
from ...tree.model import Index
from ..readers.table import Table
from .cells import records_of
from .headings import few
from .layout import Layout
from .matched import Matched, Piece, Same, Seen, Source

_OPPOSITE = {
    "<": operator.ge,
    "<=": operator.gt,
    ">": operator.le,
    ">=": operator.lt,
    "=": operator.ne,
    "!=": operator.eq,
}


def never_there(matched: Matched, late: Mapping[int, AbstractSet[int]] | None = None) -> Iterator[Finding]:
    """Find units of which no file has a row with a value, and those that one file has not though others have.

    Files of indicators that apply to some units alone have no more than these, and of a file that lists the units itself some
    rows may be chosen. `late` are the units that have values in columns that were read late.
    """
    assert matched.units is not None
    units, index = matched.units.units, matched.index
    there = units_by_files(matched, late)
    if not there:
        return
    some = set.union(*there.values())
    if not some:
        return  # it is said of the files
    levels = {units.levels[unit] for unit in some} if units.levels else set()
    expected = {unit for period in matched.periods for unit in units.asked_in(period, index.periods.kind)}
    wanted = [unit for unit in range(len(units)) if not levels or units.levels[unit] in levels]
    wanted = [unit for unit in wanted if unit in expected or not units.spans]
    if nowhere := [unit for unit in wanted if unit not in some]:
        every = sorted({name for names in there for name in names})
        place = Place(every[0]) if len(every) == 1 else index.place(("data",), key=True)
        yield finding("IC395", place, units=few(map(units.title, nowhere)), count=len(nowhere), files=few(every))
    for names, known in there.items():
        own = {units.levels[unit] for unit in known} if units.levels else set()
        lacks = [unit for unit in wanted if unit in some and unit not in known and (not own or units.levels[unit] in own)]
        if lacks:
            shown = few(map(units.title, lacks))
            yield finding("IC396", Place(names[0]), units=shown, count=len(lacks), files=few(names))


def units_by_files(matched: Matched, late: Mapping[int, AbstractSet[int]] | None = None) -> dict[tuple[str, ...], set[int]]:
    """Return the units that have values in each set of files that columns come from and that ought to have all units."""
    assert matched.units is not None
    index, late = matched.index, late or {}
    there: dict[tuple[str, ...], set[int]] = {}
    for files, (pieces, columns) in _by_files(matched).items():
        asked = {index.columns[at].owner for at in columns}
        chosen = {index.columns[at].source for at in columns}
        if set(files) == {matched.units.table.file} and any(name in index.data and index.data[name].only for name in chosen):
            continue  # rows were chosen of a file that lists units of other rows too
        if not all(getattr(index.reported[owner], "applies", None) for owner in asked):
            there[files] = _with_values(pieces).union(*(late[at] for at in columns if at in late))
    return there


def _by_files(matched: Matched) -> dict[tuple[str, ...], tuple[list[Piece], list[int]]]:
    """Return for each set of files that columns come from their pieces that were read at once, and these columns.

    Events have rows for some units alone.
    """
    assert matched.units is not None
    events, columns = {item.id for item in matched.index.adjustments}, matched.index.columns
    of_column: dict[int, list[Piece]] = defaultdict(list)
    files: dict[int, dict[str, None]] = defaultdict(dict)
    for piece in matched.pieces:
        owner = columns[piece.column].owner
        if not isinstance(piece.rows, Same) and owner not in events and piece.table is not matched.units.table:
            of_column[piece.column].append(piece)
            files[piece.column][piece.table.file] = None
    for one in matched.later:
        if columns[one.column].owner not in events:
            files[one.column][one.file] = None
    found: dict[tuple[str, ...], tuple[list[Piece], list[int]]] = defaultdict(lambda: ([], []))
    for at, names in files.items():
        found[tuple(names)][0].extend(of_column[at])
        found[tuple(names)][1].append(at)
    return found


def _with_values(pieces: Sequence[Piece]) -> set[int]:
    """Return the units that have a value, or are said not to apply, in any of some pieces."""
    rows = set().union(*({id(piece.units): piece.units for piece in pieces}.values()))
    found: set[int] = set()
    for piece in pieces:
        found |= {unit for unit, value in zip(piece.units, piece.values, strict=True) if value == value}  # noqa: PLR0124
        found |= {piece.units[i] for i in piece.not_applicable}
        if len(found) == len(rows):
            break
    return found


def without_values(matched: Matched) -> Iterator[Finding]:
    """Find columns that have values in some periods and none in another: not there, emptied, or called otherwise."""
    periods, rows = matched.periods, _Rows()
    for column, pieces in _dated(matched).items():
        known = {period for piece in pieces for period in rows.known(piece)}
        whole = known or matched.index.columns[column].key != "formula"  # a part that is never there may be left out on purpose
        asked = in_the_tree(matched.index, column, periods)
        if whole and (lacking := [period for period in asked if period not in known]):
            yield from _lacking(matched, column, pieces, lacking, rows)


def without_values_late(matched: Matched, seen: Sequence[Seen]) -> Iterator[Finding]:
    """Find the same of columns that were read late."""
    index = matched.index
    events = {item.id for item in index.adjustments}
    of_column: dict[int, list[Seen]] = defaultdict(list)
    for one in seen:
        of_column[one.column].append(one)
    for at, some in sorted(of_column.items()):
        column = index.columns[at]
        pieces = [piece for piece in matched.pieces if piece.column == at]
        known = {period for one in some for period in one.known} | {period for piece in pieces for period in piece.periods}
        if None in known or column.owner in events or column.is_attribute or (not known and column.key == "formula"):
            continue
        empty = {period: place for one in some for period, place in one.empty.items() if period not in known}
        asked = in_the_tree(index, at, matched.periods)
        yield from absent_in(matched, at, [period for period in asked if period not in known], empty)


def in_the_tree(index: Index, at: int, periods: Sequence[str]) -> Sequence[str]:
    """Return the periods in which the indicator of a column is part of the tree."""
    owner = index.columns[at].owner
    return periods if owner not in index.times else [period for period in periods if index.is_asked_in(owner, period)]


def absent_in(matched: Matched, at: int, lacking: Sequence[str], empty: Mapping[str, Place]) -> Iterator[Finding]:
    """Say that a column has no value in some periods: in empty cells of which the first are known, or nowhere."""
    column = matched.index.columns[at]
    said = {"node": column.owner, "name": "" if column.title == column.owner else column.title}
    if cells := [period for period in lacking if period in empty]:
        yield finding("IC397", empty[cells[0]], periods=few(cells), of=tuple(cells), **said)
    if rest := [period for period in lacking if period not in empty]:
        yield finding("IC399", matched.index.place_of(column.owner), periods=few(rest), of=tuple(rest), **said)


class _Rows:
    """The rows of each period, which the columns of a wide table share."""

    def __init__(self) -> None:
        self.found: dict[int, tuple[Sequence[str | None], dict[str, list[int]]]] = {}

    def of(self, piece: Piece) -> dict[str, list[int]]:
        """Return the rows of a piece by their periods."""
        if id(piece.periods) not in self.found:
            own: dict[str, list[int]] = defaultdict(list)
            for row, period in enumerate(piece.periods):
                own[period or ""].append(row)
            self.found[id(piece.periods)] = piece.periods, own
        return self.found[id(piece.periods)][1]

    def known(self, piece: Piece) -> Iterable[str]:
        """Return the periods in which a piece has a value, or is said not to apply."""
        values: Any = piece.values
        own = self.of(piece)
        if not isnan(values.sum() if hasattr(values, "dtype") else sum(values)):
            return own  # nearly all have no gap at all
        silent = set(piece.not_applicable)
        return [
            period for period, rows in own.items() if not all(isnan(values[row]) for row in rows) or not silent.isdisjoint(rows)
        ]


def _dated(matched: Matched) -> dict[int, list[Piece]]:
    """Return the pieces of each column that is expected in every period; none of one whose file stays where it is."""
    index = matched.index
    events, later = {item.id for item in index.adjustments}, {one.column for one in matched.later}
    found: dict[int, list[Piece]] = defaultdict(list)
    for piece in matched.pieces:
        column = index.columns[piece.column]
        if column.owner not in events and not column.is_attribute and not column.take and piece.column not in later:
            found[piece.column].append(piece)
    return {at: pieces for at, pieces in found.items() if not any(piece.everywhere for piece in pieces)}


def _lacking(matched: Matched, at: int, pieces: Sequence[Piece], lacking: list[str], rows: _Rows) -> Iterator[Finding]:
    """Say where the values of periods without one ought to be: in empty cells, in a file without the column, or nowhere."""
    index = matched.index
    column = index.columns[at]
    said = {"node": column.owner, "name": "" if column.title == column.owner else column.title}
    left = dict.fromkeys(lacking)
    tables = {id(piece.table): piece.table for piece in pieces}
    for piece in pieces:
        if empty := [period for period in left if period in rows.of(piece)]:
            place = piece.place(rows.of(piece)[empty[0]][0])
            yield finding("IC397", place, periods=few(empty), of=tuple(empty), **said)
            left = {period: None for period in left if period not in empty}
    for piece in matched.pieces:
        if not left or id(piece.table) in tables or index.columns[piece.column].source != column.source or piece.everywhere:
            continue
        if other := [period for period in left if period in rows.of(piece)]:
            place = Place(piece.table.file, piece.table.sheet)
            told = (one.values["names"] for one in matched.findings if one.code == "IC351" and one.place == place)
            unused: list[str] = next(told, [])
            near = nearest(column.headers[0], unused) or (unused[0] if len(unused) == 1 else "")
            known = few(unused) or "–"
            yield finding("IC398", place, periods=few(other), of=tuple(other), unused=known, near=near, **said)
            left = {period: None for period in left if period not in other}
    if left:
        yield from absent_in(matched, at, sorted(left, key=order), {})


def unused_tables(matched: Matched, source: Source, tables: Sequence[tuple[Table, Layout]]) -> Iterator[Finding]:
    """Find the tables of which nothing is taken, though no other of their source has their periods: all may be renamed there."""
    known = {period for piece in matched.pieces for period in piece.periods}
    if not known or None in known or matched.later:
        return
    for table, layout in tables:
        if layout.unit is None or layout.across or table.stays:
            continue
        periods = records_of(source, table, layout)[0].periods
        if lost := sorted({period for period in periods if period and period not in known}, key=order):
            names = few(name for at, name in enumerate(table.names) if at not in (layout.unit, layout.period))
            yield finding("IC281", Place(table.file, table.sheet), periods=few(lost), names=names or "–")


def may_be_set_aside(matched: Matched) -> Iterator[bool]:
    """Say of each indicator with `applies` whether it may set a reported value aside; yes where the rule is not simple.

    A rule is simple that is one column, or one compared with a number or with text.
    """
    index, at = matched.index, {column.id: place for place, column in enumerate(matched.index.columns)}
    pieces: dict[int, list[Piece]] = defaultdict(list)
    for piece in matched.pieces:
        pieces[piece.column].append(piece)
    for leaf in index.leaves:
        if leaf.applies is None or leaf.events is not None:
            continue
        rule = _simple(parse(leaf.applies))
        if rule is None or matched.later:
            yield True
            continue
        name, fits = rule
        of_rule = pieces[at.get(f"{leaf.id}.{name}", at.get(name, -1))]
        out = {
            (period, unit)
            for one in of_rule
            for period, unit, x in zip(one.periods, one.units, one.values, strict=True)
            if fits(x)
        }
        units = {unit for _, unit in out}
        own = [place for place, column in enumerate(index.columns) if column.owner == leaf.id and not column.is_attribute]
        yield bool(out) and any(
            x == x and ((period, unit) in out or (None, unit) in out or (period is None and unit in units))  # noqa: PLR0124
            for place in own
            for one in pieces[place]
            for period, unit, x in zip(one.periods, one.units, one.values, strict=True)
        )


def _simple(rule: Expression) -> tuple[str, Callable[[float], bool]] | None:
    """Return the one column of a simple rule, and what says where it does not apply; nothing for any other rule."""
    operation, *parts = rule
    if operation == "name":
        return str(parts[0]), lambda x: x == 0
    if operation in _OPPOSITE and [part[0] for part in parts] == ["name", "number"]:
        fails, limit = _OPPOSITE[operation], float(parts[1][1])
        return str(parts[0][1]), lambda x: bool(fails(x, limit)) and x == x  # noqa: PLR0124 - what is missing does not rule it out
    return None
