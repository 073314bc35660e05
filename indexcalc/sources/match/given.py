"""What is given twice, and what is not given though it was before and is by others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

from ...findings import Finding, Place, finding
from ...periods import order
from ...tree.model import Index
from ...words.agreement import several
from ..readers.table import Table
from .headings import few
from .matched import Matched, Piece, Same


def repeats(matched: Matched) -> list[Finding]:
    """Find values given twice for one unit, column and period: one finding for a row that is there twice, with all its values."""
    twice: dict[tuple[Place, Place], list[tuple[int, Piece, int, Piece, int]]] = defaultdict(list)
    by_column: dict[int, list[Piece]] = defaultdict(list)
    checked: dict[tuple[int, int], bool] = {}
    for piece in matched.pieces:
        by_column[piece.column].append(piece)
    for column, pieces in by_column.items():
        if len(pieces) == 1 and isinstance(pieces[0].rows, Same):
            continue  # a query's groups are there once
        if len(pieces) == 1:  # the columns of a wide table share their keys: looked at once
            keys = id(pieces[0].periods), id(pieces[0].units)
            if keys not in checked:
                cells = list(zip(pieces[0].periods, pieces[0].units, strict=True))
                checked[keys] = len(set(cells)) == len(cells)
            if checked[keys]:
                continue
        first: dict[tuple[str | None, int], tuple[Piece, int]] = {}
        for piece in pieces:
            for i, key in enumerate(zip(piece.periods, piece.units, strict=True)):
                other, j = first.setdefault(key, (piece, i))
                if other is not piece or j != i:
                    rows = replace(piece.place(i), column=0), replace(other.place(j), column=0)
                    twice[rows].append((column, piece, i, other, j))
    return [_repeat(matched, cells) for cells in twice.values()]


def _repeat(matched: Matched, cells: list[tuple[int, Piece, int, Piece, int]]) -> Finding:
    assert matched.units is not None
    _, piece, i, other, j = cells[0]
    names = [matched.index.columns[cell[0]].called for cell in cells]
    pairs = [f"{_or_gap(two.values[m])} / {_or_gap(one.values[k])}" for _, one, k, two, m in cells]
    values = [f"{name} {pair}" for name, pair in zip(names, pairs, strict=True)]
    return finding(
        "IC348",
        piece.place(i),
        unit=matched.units.units.title(piece.units[i]),
        period=piece.periods[i] or "",
        first=str(other.place(j)),
        values=several(values[:3], len(values), " · "),
    )


def merged_values(index: Index, table: Table, pieces: Sequence[Piece]) -> list[Finding]:
    """Find numbers in cells merged over several units or columns of values: a sum of them all, and no one's own."""
    read = [piece for piece in pieces if index.columns[piece.column].key != "applies"]
    positions = {table.positions[piece.at] for piece in read}
    merged = [one for one in table.merged if positions.intersection(range(one[1], one[3] + 1))]
    if not merged:
        return []
    of_cell: dict[tuple[int, int], set[tuple[int, int]]] = defaultdict(set)
    filled: set[tuple[int, int]] = set()
    for piece in read:
        position = table.positions[piece.at]
        for row, unit, value in zip(piece.rows, piece.units, piece.values, strict=True):
            cell = table.lines[row], position
            of_cell[cell].add((piece.column, unit))
            if value == value:  # noqa: PLR0124 - a number stands there
                filled.add(cell)
    cells = []
    for top, left, bottom, right in merged:
        within = [(line, at) for line in range(top, bottom + 1) for at in range(left, right + 1) if (line, at) in of_cell]
        several = len({frozenset(of_cell[cell]) for cell in within}) > 1 or len({at for _, at in within}) > 1
        if (top, left) in filled and several:
            cells.append((top, left))
    if not cells:
        return []
    shown = [str(Place(table.file, table.sheet, *cell)).rpartition("!")[2] for cell in cells]
    place, label = Place(table.file, table.sheet, *cells[0]), index.units.label
    return [finding("IC930", place, count=len(cells), cells=few(shown), label=label)]


def absent(matched: Matched) -> Iterator[Finding]:
    """Find units whose row is gone from a period, of the files that each column comes from, or is there without a value.

    Events have rows for some units alone.
    """
    assert matched.units is not None
    kind, named = matched.index.periods.kind, matched.units.units
    by_files = _by_files(matched)
    for names, pieces in by_files.items():
        units = _in_periods(pieces)
        asked = {period: set(named.asked_in(period, kind)) for period in units} if named.spans else {}
        if gone := _gone(units, asked):
            source = matched.index.columns[pieces[0].column].source
            place = Place(names[0]) if len(names) == 1 else matched.index.place(("data", source, "path"))
            yield finding("IC377", place, gone=few(f"{named.title(unit)} {period}" for period, unit in gone))
    yield from _emptied(matched, list(by_files.values()))


def _emptied(matched: Matched, of_files: Sequence[Sequence[Piece]]) -> Iterator[Finding]:
    """Find units that had a value before and have only empty cells in a period: of several columns, or of all that is scored.

    One cell of a file may be empty; where what is in it applies to some units alone, all of them may.
    """
    assert matched.units is not None
    index, told = matched.index, set[tuple[str, int]]()
    columns, named = index.columns, matched.units.units
    several = [pieces for pieces in of_files if len({piece.column for piece in pieces}) > 1]
    leaves = {leaf.id for leaf in index.leaves}
    scored = [piece for pieces in of_files for piece in pieces if columns[piece.column].owner in leaves]
    for pieces in (*several, scored):
        empty = _empty_rows(pieces)
        if not any(empty.values()) or all(getattr(index.reported[columns[one.column].owner], "applies", None) for one in pieces):
            continue
        units, filled = _in_periods(pieces), _in_periods(pieces, empty)
        asked = {period: set(named.asked_in(period, index.periods.kind)) for period in units} if named.spans else {}
        gone = _gone({period: own for period, own in filled.items() if own}, asked)
        emptied = [one for one in gone if one[1] in units[one[0]] and one not in told]
        if emptied:
            told |= set(emptied)
            shown = few(f"{named.title(unit)} {period}" for period, unit in emptied)
            yield finding("IC384", _row_of(pieces, *emptied[0]), emptied=shown)


def _by_files(matched: Matched) -> dict[tuple[str, ...], list[Piece]]:
    """Return the pieces whose rows have periods by the files that their columns come from."""
    columns, events = matched.index.columns, {item.id for item in matched.index.adjustments}
    of_column: dict[int, list[Piece]] = defaultdict(list)
    for piece in matched.pieces:
        dated = piece.periods and not piece.everywhere
        if dated and not isinstance(piece.rows, Same) and columns[piece.column].owner not in events:
            of_column[piece.column].append(piece)
    files: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for own in of_column.values():
        files[tuple(dict.fromkeys(piece.table.file for piece in own))] += own
    return files


def _in_periods(pieces: Sequence[Piece], empty: Mapping[tuple[int, int], set[int]] | None = None) -> dict[str, set[int]]:
    """Return the units that have a row in each period, or one that is not among the empty ones."""
    units: dict[str, set[int]] = defaultdict(set)
    for keys, piece in {_keys(piece): piece for piece in pieces}.items():
        out = empty[keys] if empty else ()
        for i, (period, unit) in enumerate(zip(piece.periods, piece.units, strict=True)):
            if i not in out:
                units[period or ""].add(unit)
    return units


def _keys(piece: Piece) -> tuple[int, int]:
    """Return what the columns of a wide table have in common."""
    return id(piece.periods), id(piece.units)


def _empty_rows(pieces: Sequence[Piece]) -> dict[tuple[int, int], set[int]]:
    """Return by their keys the rows in which no piece has a value or is said not to apply."""
    empty: dict[tuple[int, int], set[int]] = {}
    for piece in pieces:
        values: Any = piece.values
        among = empty.get(_keys(piece), range(len(values)))
        full = not among or not isnan(values.sum() if hasattr(values, "dtype") else sum(values))
        empty[_keys(piece)] = set() if full else {i for i in among if isnan(values[i])}.difference(piece.not_applicable)
    return empty


def _row_of(pieces: Iterable[Piece], period: str, unit: int) -> Place:
    """Return where the row of a unit in a period stands."""
    key = period, unit
    places = (one.place(i) for one in pieces for i, own in enumerate(zip(one.periods, one.units, strict=True)) if own == key)
    return replace(next(places), column=0)


def _gone(units: dict[str, set[int]], asked: Mapping[str, set[int]]) -> list[tuple[str, int]]:
    """Return the periods that a unit has no row in after its first: a unit that comes later lacks nothing.

    Where most units have gaps these are usual, and no more is said than in which periods many more are gone than in others.
    `asked` has the units of each period that are to have a row, where that is not all.
    """
    periods = sorted(units, key=order)
    first: dict[int, int] = {}
    for at, period in enumerate(periods):
        for unit in units[period]:
            first.setdefault(unit, at)
    newest = len(periods) - 1
    rows = Counter(unit for of in units.values() for unit in of)
    gaps = [unit for unit, many in rows.items() if many <= newest - first[unit]]
    lacking = ((at, unit) for unit in gaps for at in range(first[unit], newest + 1) if unit not in units[periods[at]])
    gone = [(at, unit) for at, unit in lacking if not asked or unit in asked[periods[at]]]
    if 2 * len({unit for _, unit in gone}) > len(rows):
        count = Counter(at for at, _ in gone)
        usual = sorted(count[at] for at in range(len(periods)))[(len(periods) - 1) // 2]
        gone = [(at, unit) for at, unit in gone if count[at] > 2 * usual and 2 * count[at] > len(rows)]
    return [(periods[at], unit) for at, unit in sorted(gone)]


def _or_gap(value: float) -> str:
    return "–" if value != value else f"{value:.10g}"  # noqa: PLR0124 - not a number
