"""The rows that head a table: which they are, the groups of columns that upper ones name, and what each column is called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...words.recognised_data import PERIOD_HEADINGS
from .measures import corner
from .numbers import is_number
from .pages import Header, Merge, indicator_above
from .table import Cell, Origin, blank, filled, is_key, name_of, unmarked

SEARCHED = 30  # rows in which a header is looked for
DEEPEST = 4  # header rows that one merged cell may span

SENTENCE = r"[:：。；;，、！？!?]"
_YEAR = r"(?:19|20)\d{2}"


def header_of(rows: list[list[Cell]], lines: Sequence[int], merges: Sequence[Merge], origin: Origin) -> Header | None:
    """Return the header, None where there is none."""
    at = _key_row(rows, lines, origin)
    if at is None:
        return None
    full = _spread(rows, at, merges)
    key = _key(full, origin.keys)
    if key is None:
        key = next((index for index, cell in enumerate(full) if not blank(cell)), None)
    if key is None:
        return None
    return Header(*stacked(rows, at, key, merges), key)


def _key_row(rows: list[list[Cell]], lines: Sequence[int], origin: Origin) -> int | None:
    """Return the row of headings that is named, or the first that has a known one, or the first with anything in it."""
    if origin.header is not None:
        return next((index for index, line in enumerate(lines) if line == origin.header), None)
    first = next((index for index, row in enumerate(rows) if not all(map(blank, row))), None)
    if first is None or not origin.keys:
        return first
    searched = range(first, min(len(rows), first + SEARCHED))
    keyed = (index for index in searched if _key(rows[index], origin.keys) is not None)
    at = next(keyed, None)
    if at is None:  # a unit of measurement may stand in the corner, where units have their name
        others = (next((index for index in searched if test(rows[index])), None) for test in (_in_corner, _has_periods))
        return next((index for index in others if index is not None), _below_titles(rows, searched))
    # a line in two cells that names an indicator, of which the first could be a heading
    if len(rows[at]) - rows[at].count("") == 2 and indicator_above([rows[at]]):
        return next((index for index in keyed if len(filled(rows[index])) > 2), at)
    return at


def groups_unmerged(rows: list[list[Cell]], lines: Sequence[int], origin: Origin) -> list[Merge]:
    """Return the groups of columns that a row names without merged cells, as in CSV: each reaches to the next name.

    One of both rows has the known heading; above it, groups are told from titles by headings that repeat below them.
    """
    at = _key_row(rows, lines, origin)
    if at is None or _key(rows[at], origin.keys) is None:
        return []
    key = _key(rows[at], origin.keys) or 0
    for upper, lower in ((at, at + 1), (at - 1, at)):
        if upper < 0 or lower >= len(rows) or not _name_groups(rows[upper], rows[lower], key, above=lower == at):
            continue
        named = [index for index in filled(rows[upper]) if index > key]
        of_group: dict[int | None, str] = {index: name_of(rows[upper][index]) for index in named}
        starts = [index for index, before in zip(named, [None, *named], strict=False) if of_group[index] != of_group.get(before)]
        ends = [*(start - 1 for start in starts[1:]), max(filled(rows[lower]))]
        return [(upper, start, upper, end) for start, end in zip(starts, ends, strict=True) if end > start]
    return []


def _name_groups(upper: list[Cell], lower: list[Cell], key: int, *, above: bool) -> bool:
    """Say whether one row names groups of the columns that the next one names."""
    first = upper[: key + 1] if above else lower[: key + 1]
    if not all(map(blank, first)) or not all(map(_could_name, (*upper, *lower))):
        return False
    named = [index for index in filled(upper) if index > key]
    names = [name_of(lower[index]) for index in filled(lower) if index > key]
    groups = [name_of(upper[index]) for index in named]
    gaps = any(index >= len(upper) or blank(upper[index]) for index in filled(lower) if named and index > named[0])
    repeats = len(set(names)) < len(names)
    return bool(groups) and (gaps or (len(set(groups)) < len(groups) and repeats)) and (repeats or not above)


def _could_name(cell: Cell) -> bool:
    """Say whether a cell could be a heading or is empty: words, or a year."""
    if isinstance(cell, str):
        name = name_of(cell)
        return not re.search(SENTENCE, name) and (not is_number(name) or re.fullmatch(_YEAR, name) is not None)
    return cell is None or re.fullmatch(_YEAR, name_of(cell)) is not None


def _key(row: Sequence[Cell], keys: frozenset[str]) -> int | None:
    for index, cell in enumerate(row):
        if isinstance(cell, str) and (is_key(cell, keys) or ((named := corner(cell)) and named[0] and is_key(named[0], keys))):
            return index
    return None


def _has_periods(row: Sequence[Cell]) -> bool:
    """Say whether a row could be the header of a table of one unit, which has a column of periods."""
    names = [name_of(row[at]).casefold() for at in filled(row)]
    return len(names) > 1 and not set(PERIOD_HEADINGS).isdisjoint(names)


def _below_titles(rows: list[list[Cell]], searched: Sequence[int]) -> int:
    """Return the first row of several cells below lines of one cell, or the first of all where there is none."""
    first, second = ([index for index in searched if len(filled(rows[index])) > many][:1] for many in (0, 1))
    return (second or first)[0]


def _in_corner(row: Sequence[Cell]) -> bool:
    """Say whether a row could be the header of a table by the unit of measurement in its first cell."""
    cells = [row[at] for at in filled(row)]
    return len(cells) > 1 and isinstance(cells[0], str) and corner(cells[0]) is not None


def stacked(rows: list[list[Cell]], at: int, key: int, merges: Sequence[Merge]) -> tuple[int, int]:
    """Return the first and last of the header rows around the one that holds the key."""
    for top, left, bottom, right in merges:
        if top <= at <= bottom and left <= key <= right and 0 < bottom - top < DEEPEST:
            return top, min(bottom, len(rows) - 1)
    low = at
    if _groups(rows, at, at, merges) and at + 1 < len(rows) and _only_text_beside(rows[at + 1], key):
        low = at + 1
    top = at
    while top and at - top < DEEPEST - 1 and _groups(rows, top - 1, at, merges):
        if not _only_text_beside(rows[top - 1], key):
            break
        top -= 1
    return top, low


def _groups(rows: list[list[Cell]], row: int, at: int, merges: Sequence[Merge]) -> bool:
    """Say whether a row names groups of columns: cells merged sideways, but over less than the table's width."""
    named = filled(_spread(rows, at, merges))
    return any(
        top == bottom == row and left < right and not (left <= named[0] and named[-1] <= right)
        for top, left, bottom, right in merges
    )


def _only_text_beside(row: list[Cell], key: int) -> bool:
    """Say whether a row could be a part of a header: nothing at the key, and nothing but words elsewhere."""
    named = filled(row)
    return bool(named) and key not in named and all(_could_name(row[at]) for at in named)


def _spread(rows: list[list[Cell]], row: int, merges: Sequence[Merge]) -> list[Cell]:
    """Return a row as it looks: every cell under a merged one shows that one's value."""
    shown = list(rows[row])
    for top, left, bottom, right in merges:
        if top <= row <= bottom and top < len(rows) and left < len(rows[top]):
            stop = min(right + 1, len(shown))
            shown[left:stop] = [rows[top][left]] * (stop - left)
    return shown


def names_of(
    rows: list[list[Cell]], top: int, low: int, width: int, merges: Sequence[Merge]
) -> tuple[list[str], list[str], list[tuple[str, ...]]]:
    """Return the columns' lowest names, those with the names of their groups before them, and the names of all rows."""
    if top == low:
        names = [name_of(unmarked(cell)) for cell in rows[low]]
        names += [""] * (width - len(names))
        return names, names, [(name,) for name in names]
    levels = [[name_of(unmarked(cell)) for cell in _spread(rows, row, merges)] for row in range(top, low + 1)]
    names, qualified, of_column = [], [], []
    for column in range(width):
        parts = tuple(dict.fromkeys(level[column] for level in levels if column < len(level) and level[column]))
        of_column.append(parts)
        names.append(parts[-1] if parts else "")
        qualified.append("/".join(parts))
    return names, qualified, of_column
