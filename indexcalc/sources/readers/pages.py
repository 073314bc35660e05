"""The rows of a sheet that are no records and yet say something: headings that begin again, captions, measures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from ...words.recognised_data import (
    CAPTION,
    CONTINUED,
    INDICATOR_ABOVE,
    INDICATOR_HEADINGS,
    MEASURE,
    MEASURE_HEADINGS,
    NO_WORD,
)
from .numbers import is_number
from .table import Cell, Table, blank, filled, name_of, of_width

Merge = tuple[int, int, int, int]  # top, left, bottom, right; from 0, all included
LONG_NAME = 20
_YEAR = r"(?:19|20)[0-9]{2}"
_SMALL = 100_000  # cells; in larger tables headings are looked for in the column of the first ones alone


class Header(NamedTuple):
    """The first and last of the rows that head a table, the column that holds its key, and the rows above that speak of it."""

    top: int
    low: int
    key: int
    above: tuple[int, ...] = ()


def indicator_above(rows: Sequence[Sequence[Cell]]) -> str:
    """Return the indicator that a line above the headings names."""
    for row in rows:
        names = [name_of(row[at]) for at in filled(row)]
        if names and (said := re.fullmatch(INDICATOR_ABOVE, names[0])):
            return said[1] or (names[1] if len(names) > 1 else "")
        if len(names) == 2 and names[0].casefold() in INDICATOR_HEADINGS:
            return names[1]
    return ""


def measures_in_header(rows: list[list[Cell]], header: Header, merges: Sequence[Merge]) -> bool:
    """Say whether the last row of a header has measures alone, each under a name of its own."""
    top, low = header.top, header.low
    if any(m[1] < m[3] and m[0] <= low and m[2] >= top for m in merges):
        return False
    words = [name_of(rows[low][at]) for at in filled(rows[low])]
    alone = bool(words) and all(re.fullmatch(MEASURE, word) for word in words)
    return alone and bool(measures_in(rows[low], header.key, len(rows[low])))


def measures_in(row: Sequence[Cell], key: int, width: int) -> tuple[str, ...]:
    """Return what a row below the headings says of each column's unit of measurement; nothing where it is a record.

    It names no unit, and has words alone where the numbers stand.
    """
    cells = of_width(row, width)
    at_key = name_of(cells[key]) if key < width else ""
    if not (re.fullmatch(NO_WORD, at_key) or at_key.strip("()[]").casefold() in MEASURE_HEADINGS):
        return ()
    others = [cell for at, cell in enumerate(cells) if at != key and not blank(cell)]
    words = [name_of(cell) for cell in others if isinstance(cell, str) and not re.fullmatch(NO_WORD, cell)]
    if not all(isinstance(cell, str) for cell in others) or any(word[:1].isdigit() for word in words):
        return ()
    if not words or 2 * sum(re.fullmatch(MEASURE, word) is not None for word in words) < len(words):
        return ()
    return tuple(name_of(cell) if at != key else "" for at, cell in enumerate(cells))


def headings_again(
    rows: list[list[Cell]],
    first: Header,
    merges: Sequence[Merge],
    keys: frozenset[str],
    stacked: Callable[[list[list[Cell]], int, int, Sequence[Merge]], tuple[int, int]],
) -> list[Header]:
    """Return the headers below the first one: where a table goes on after a break of the page, or another stands below it.

    `stacked` returns the first and last of the rows of a header by the row and column of its key.
    """
    heads = rows[first.top : first.low + 1]
    words = {cell for row in heads if isinstance(cell := _cell(row, first.key), str) and not blank(cell)}
    if not words or not (candidates := _candidates(rows, first, words | keys)):
        return []
    names = {name_of(cell) for row in heads for cell in row} - {""}
    found: list[Header] = []
    end = first.low
    for at, key in candidates:
        row = rows[at]
        captioned = len(filled(row)) == 2 < len(names) and bool(indicator_above([row]))  # the word and the name, in two cells
        if at <= end or captioned or not _heads(row, key, names, moved=key != first.key):
            continue
        top, low = stacked(rows, at, key, merges)
        top = max(top, end + 1)
        found.append(Header(top, low, key, _captions(rows, end, top, merges)))
        end = low
    return found


def _candidates(rows: list[list[Cell]], first: Header, words: set[str] | frozenset[str]) -> list[tuple[int, int]]:
    """List the rows below a header that have a word of a key, with its column: that of the header, in small tables any."""
    width = max(len(rows[first.low]), len(rows[first.top]))
    body = rows[first.low + 1 :]
    key = first.key
    at_key = [row[key] if key < len(row) else None for row in body]
    hits: set[Cell] = set(words.intersection(at_key))
    small = len(body) * width <= _SMALL
    if small:  # it may be written with other spaces, or after the mark of a file that was joined
        hits |= {cell for cell in dict.fromkeys(at_key) if isinstance(cell, str) and name_of(cell) in words}
    found = {at: first.key for at, cell in enumerate(at_key) if cell in hits} if hits else {}
    if small and not words.isdisjoint(chain.from_iterable(body)):
        for at, row in enumerate(body):
            column = next((column for column, cell in enumerate(row) if cell in words), None)
            if column is not None:
                found.setdefault(at, column)
    return sorted((first.low + 1 + at, column) for at, column in found.items())


def _cell(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


def _heads(row: Sequence[Cell], key: int, names: set[str], *, moved: bool) -> bool:
    """Say whether a row with a word of a key is one of headings: others stand beside it, and no values.

    Where the word stands in another column than before, one of the headings before must be there as well.
    """
    others = [name_of(row[at]) for at in filled(row) if at != key]
    years = any(re.fullmatch(_YEAR, name) for name in names)
    unknown = [name for name in others if name not in names and not (years and re.fullmatch(_YEAR, name))]
    if any(is_number(name.rstrip("%")) or re.fullmatch(NO_WORD, name) for name in unknown):
        return False
    return len(unknown) < len(others) if moved else bool(others)


def _captions(rows: list[list[Cell]], end: int, top: int, merges: Sequence[Merge]) -> tuple[int, ...]:
    """Return the rows right above a header that speak of what is below it, up to the row `end`."""
    found: list[int] = []
    for at in range(top - 1, end, -1):
        columns = filled(rows[at])
        if not columns:
            continue
        texts = [cell for cell in (rows[at][column] for column in columns) if isinstance(cell, str)]
        spread = any(m[0] == at and m[1] < m[3] for m in merges)
        long = any(len(text) > LONG_NAME for text in texts)
        apart = len(columns) == 1 and (spread or long or at == end + 1 or not filled(rows[at - 1]))
        if len(texts) < len(columns) or not (apart or all(map(_captioned, texts)) or indicator_above([rows[at]])):
            break
        found.append(at)
    return tuple(reversed(found))


def texts_of(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Return the texts that stand in some rows."""
    return tuple(name_of(cell) for row in rows for cell in row if isinstance(cell, str) and not blank(cell))


def goes_on(text: str) -> bool:
    """Say whether a text above headings says that the table goes on, is numbered or measured in something, and no more."""
    return re.match(CONTINUED, text) is not None or re.match(CAPTION, text) is not None


def _captioned(text: str) -> bool:
    return ":" in text or "：" in text or goes_on(text)


def beside_each_other(table: Table) -> list[Table]:
    """Return a table in parts where it was printed in several columns, the same headings beside each other, or as it is."""
    names = table.qualified
    if len(set(names)) * 2 > len(names):
        return [table]
    width = len(set(names))
    if width < 2 or len(names) % width or names != names[:width] * (len(names) // width):
        return [table]
    parts = []
    for first in range(0, len(names), width):
        columns = range(first, first + width)
        rows = [row for row in range(len(table.lines)) if not all(blank(table.columns[at][row]) for at in columns)]
        parts.append(table.of_columns(columns).some(rows))
    return parts
