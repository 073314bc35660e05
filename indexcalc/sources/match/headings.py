"""The headings of a table: which of them a column answers to, and which of them nothing asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping

from ...findings import Finding, Place, finding
from ...tree.columns import Column
from ...tree.model import Index
from ...words.recognised_data import SILENT_HEADINGS
from ..readers.measures import split_measure
from ..readers.records import has_repeated, repeated
from ..readers.table import Table, closed, name_of
from .matched import Source

_BRACKETS = (")", "]", "）", "】")
_OPEN, _REST, _CLOSE = r"[(\[（【]", r"[^()\[\]（）【】]*", r"[)\]）】]"
_IN_BRACKETS = rf"\s*{_OPEN}{_REST}(?:{_OPEN}{_REST}{_CLOSE}{_REST})*{_CLOSE}$"  # a measure may have brackets of its own


def headings_of(table: Table) -> list[str]:
    """Return the headings of a table, for what a finding offers."""
    return [name for name in table.names if name]


def position_of(table: Table, declared: str | None, usual: Iterable[str]) -> int | None:
    """Return the column that has a declared heading, or else the first that has one of the usual ones, in any case."""
    names = [name.casefold() for name in table.names]
    for heading in [declared] if declared else usual:
        wanted = name_of(heading).casefold()
        if wanted in names:
            return names.index(wanted)
    names = [closed(name) for name in names] if not declared and any(map(str.__contains__, names, " " * len(names))) else []
    return next((names.index(heading) for heading in usual if heading in names), None) if names else None


def by_heading(table: Table) -> dict[str, list[int]]:
    """Return the columns that answer to each heading: as it stands, with its upper headings, without a bracket at its end."""
    headings: dict[str, list[int]] = defaultdict(list)
    for position, (name, qualified) in enumerate(zip(table.names, table.qualified, strict=True)):
        for heading in dict.fromkeys((name, qualified, _without_bracket(name))):
            if heading:
                headings[heading].append(position)
    bare: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(table.names):
        for heading in dict.fromkeys((split_measure(name)[0], closed(name), plain(name))):  # some stand behind a slash or a space
            bare[heading].append(position)
    return defaultdict(list, {**bare, **headings})


def headed(headings: Mapping[str, list[int]], column: Column) -> list[int]:
    """Return the columns of a table that answer to the first heading of a column of the panel that any does."""
    return next((headings[header] for header in column.headers if header in headings), [])


def few(names: Iterable[str]) -> str:
    """Return the first of many names."""
    shown = [name for name in names if name]
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")


def plain(name: str) -> str:
    """Return a heading without the bracket or unit of measurement at its end, and without breaks between Chinese characters."""
    return closed(_without_bracket(name) if name.endswith(_BRACKETS) else split_measure(name)[0])


def _without_bracket(name: str) -> str:
    return re.sub(_IN_BRACKETS, "", name) if name.endswith(_BRACKETS) else name


def ambiguous(table: Table, column: Column, places: list[int]) -> list[Finding]:
    """Find a name that stands under several upper headings; the same heading twice is found where the table is read."""
    shown = list(dict.fromkeys(table.qualified[place] for place in places))
    if len(shown) < 2:
        return []
    return [finding("IC358", table.header_place(places[0]), name=column.headers[0], candidates=shown)]


def asked_twice(source: Source, table: Table, used: Iterable[int | None]) -> list[Finding]:
    """Find the headings that stand twice: an error where one of them is asked for, else a note."""
    if not has_repeated(table):
        return []
    asked = {table.names[at] for at in used if at is not None} | {table.qualified[at] for at in used if at is not None}
    asked.update(header for _, column in source.columns for header in column.headers)
    asked.update(name for name in table.names if plain(name) in asked)
    return repeated(table, asked)


def unused(index: Index, table: Table, used: Container[int | None]) -> list[Finding]:
    """Find the columns that nothing asks for."""
    block = index.units
    keys = ("id", "name", "name_en", "group", "aliases", "label", "level", "parent")
    expected = {name_of(getattr(block, key) or "") for key in keys}
    names = [
        table.qualified[position] if table.names.count(name) > 1 else name
        for position, name in enumerate(table.names)
        if name and position not in used and name not in expected and name.casefold() not in SILENT_HEADINGS
    ]
    if not names or table.file == block.table:
        return []
    return [finding("IC351", Place(table.file, table.sheet), names=names[:8], count=len(names))]
