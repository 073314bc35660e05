"""When units are there: the columns of the units table that say since when, until when, in which periods, and after which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..findings import Finding, Place, finding, nearest
from ..spans import ALWAYS, Ends, Span, label_before, read_ends
from ..tree.model import Index
from ..words.periods import KINDS
from ..words.recognised_data import SPAN_MARKS
from .readers.table import Table, name_of

KEYS = ("since", "until", "replaces", "periods")
_LISTED = str.maketrans("；、，,|", ";;;;;")


class Times(NamedTuple):
    """The time of each unit and the ids of those that it came out of; nothing where no unit says anything of the kind."""

    spans: tuple[Span, ...] = ()
    replaces: tuple[tuple[str, ...], ...] = ()


def read_times(
    index: Index, table: Table, rows: Sequence[int], ids: Sequence[str], at: Mapping[str, int]
) -> tuple[Times, list[Finding]]:
    """Read the times of the units of a table, in these rows, with the columns `at` its headings.

    A unit that others replace is there until they begin, where it does not say so itself.
    """
    block = index.units
    columns = {key: at[name_of(name)] for key in KEYS if (name := getattr(block, key)) and name_of(name) in at}
    cells = {key: [name_of(table.columns[column][row]) for row in rows] for key, column in columns.items()}
    if not any(cell for column in cells.values() for cell in column):
        return Times(), []

    def place(unit: int, key: str) -> Place:
        return table.place(rows[unit], columns[key])

    none = [""] * len(rows)
    replaces = [tuple(part for each in _listed(cell) if (part := name_of(each))) for cell in cells.get("replaces", none)]
    found: list[Finding] = []
    days: dict[str, list[Ends | None]] = {}
    for key in ("since", "until"):
        days[key] = [read_ends(cell, index.periods.kind) if cell else None for cell in cells.get(key, none)]
        for unit, cell in enumerate(cells.get(key, none)):
            if cell and days[key][unit] is None:
                found.append(_no_period(index, place(unit, key), ids[unit], cell, key))
    chosen: list[tuple[Ends, ...]] = []
    for unit, cell in enumerate(cells.get("periods", none)):
        read = [_span_of(part, index) for part in _listed(cell)]
        chosen.append(tuple(one for one in read if one is not None))
        if None in read:
            found.append(_no_period(index, place(unit, "periods"), ids[unit], cell, "periods"))
    if found:
        return Times(), found
    found += _unknown(ids, replaces, place)
    first = [ends and ends[0] for ends in days["since"]]
    last = [ends and ends[1] for ends in days["until"]]
    until, since = list(cells.get("until", none)), cells.get("since", none)
    before = [label_before(cell, index.periods.kind) if cell else "" for cell in since]
    _end_before_heirs(ids, replaces, first, last, until, before)
    found += _wrong(ids, replaces, first, last, since, until, place)
    spans = tuple(Span(*each) for each in zip(first, last, chosen, since, until, strict=True))
    spans = tuple(ALWAYS if span.is_open else span for span in spans)
    return Times(spans, tuple(replaces)), found


def _listed(cell: str) -> list[str]:
    return [part for each in cell.translate(_LISTED).split(";") if (part := each.strip())]


def _span_of(text: str, index: Index) -> Ends | None:
    """Return the days of a period, or of all from one to another: 2013..2015."""
    kind = index.periods.kind
    if ends := read_ends(text, kind):
        return ends
    for mark in SPAN_MARKS:
        parts = [read_ends(part, kind) for part in re.split(mark, text)]
        if len(parts) == 2 and parts[0] and parts[1] and parts[0][0] <= parts[1][1]:
            return parts[0][0], parts[1][1]
    return None


def _no_period(index: Index, place: Place, unit: str, cell: str, key: str) -> Finding:
    kind = index.periods.kind
    return finding("IC458", place, unit=unit, found=cell, key=key, kind=kind, kind_zh=KINDS[kind])


def _unknown(ids: Sequence[str], replaces: Sequence[Sequence[str]], place: Callable[[int, str], Place]) -> Iterator[Finding]:
    known = set(ids)
    for unit, old in enumerate(replaces):
        for name in old:
            if name not in known:
                yield finding("IC460", place(unit, "replaces"), unit=ids[unit], found=name, near=nearest(name, ids))


def _end_before_heirs(
    ids: Sequence[str],
    replaces: Sequence[Sequence[str]],
    first: Sequence[int | None],
    last: list[int | None],
    until: list[str],
    before: Sequence[str],
) -> None:
    """Let units that are replaced, and do not say until when they are there, end on the day before that begins."""
    at = {unit: place for place, unit in enumerate(ids)}
    said = [day is not None for day in last]
    for unit, old in enumerate(replaces):
        begins = first[unit]
        for place in (at[name] for name in old if name in at and begins is not None):
            if not said[place] and (last[place] is None or int(last[place] or 0) < int(begins or 0) - 1):
                last[place], until[place] = int(begins or 0) - 1, before[unit]


def _wrong(
    ids: Sequence[str],
    replaces: Sequence[Sequence[str]],
    first: Sequence[int | None],
    last: Sequence[int | None],
    since: Sequence[str],
    until: Sequence[str],
    place: Callable[[int, str], Place],
) -> Iterator[Finding]:
    """Find times that end before they begin, and units that are still there when others replace them."""
    at = {unit: one for one, unit in enumerate(ids)}
    for unit, (begin, end) in enumerate(zip(first, last, strict=True)):
        if begin is not None and end is not None and end < begin:
            yield finding("IC459", place(unit, "since"), unit=ids[unit], since=since[unit], until=until[unit])
    for unit, old in enumerate(replaces):
        begin = first[unit]
        if old and begin is None:
            yield finding("IC461", place(unit, "replaces"), unit=ids[unit])
            continue
        for name in old:
            end = last[at[name]] if name in at else None
            if begin is not None and end is not None and end >= begin:
                values = {"unit": ids[unit], "since": since[unit], "old": name, "until": until[at[name]]}
                yield finding("IC462", place(unit, "replaces"), **values)
