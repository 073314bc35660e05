"""Tables on paper: cells as people read them, the size of their letters, and how wide each column is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...words.shown import wide
from ..sheets.sheet import Sheet
from .text import cells, full_title

PORTRAIT, LANDSCAPE = 442.0, 637.0
"""The width of the text of a page in points: 156 mm upright, 225 mm across (GB/T 9704)."""
CELL, SMALL = 10.5, 9.0
"""The letters of cells in points, and of tables that would not fit."""
_TEXT = ("text", "prose", "code", "period")
_LEAST, _WIDE = 9, 36  # half letters that a column of text has at least, and needs at most to be read with ease
_BETWEEN = 2  # half letters that the edges of a cell take


@dataclass(frozen=True)
class Grid:
    """A table, or some columns of one: `widths` are shares of the page's width, `right` says which columns are numbers.

    The last `whole` rows are of all units together.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    size: float
    notes: tuple[str, ...]
    whole: int = 0


def grids(sheet: Sheet, language: str, width: float) -> list[Grid]:
    """Return a table as it fits a page of some width: whole, in smaller letters, or in parts that each name the units."""
    rows, heads = cells(sheet, language), [full_title(heading) for heading in sheet.headings]
    text = [heading.kind in _TEXT for heading in sheet.headings]
    need = [
        max([_longest_word(head), *(wide(row[at]) for row in rows)] if not is_text else [_LEAST, _longest_word(head)]) + _BETWEEN
        for at, (head, is_text) in enumerate(zip(heads, text, strict=True))
    ]
    like = [
        max(need[at], min(_WIDE, max((wide(row[at]) for row in rows), default=0) + _BETWEEN)) if text[at] else need[at]
        for at in range(len(heads))
    ]
    size = CELL if sum(like) <= _room(width, CELL) else SMALL
    parts = _parts(need, text, _room(width, size))
    made = []
    for number, columns in enumerate(parts):
        made.append(
            Grid(
                title=sheet.title,
                heads=tuple(heads[at] for at in columns),
                rows=tuple(tuple(row[at] for at in columns) for row in rows),
                right=tuple(not text[at] for at in columns),
                widths=_shares([need[at] for at in columns], [like[at] for at in columns], _room(width, size)),
                size=size,
                notes=sheet.notes if number == len(parts) - 1 else (),
                whole=len(sheet.whole),
            )
        )
    return made


def _room(width: float, size: float) -> float:
    return width / (size / 2)


def _parts(need: Sequence[float], text: Sequence[bool], room: float) -> list[list[int]]:
    """Return the columns of each part: all, or as many as fit beside those up to the first of text."""
    if sum(need) <= room:
        return [list(range(len(need)))]
    first = next((at for at, is_text in enumerate(text) if is_text), 0)
    front = list(range(first + 1))
    parts, own = [], list(front)
    for at in range(first + 1, len(need)):
        if len(own) > len(front) and sum(need[one] for one in own) + need[at] > room:
            parts.append(own)
            own = list(front)
        own.append(at)
    return [*parts, own]


def _shares(need: Sequence[float], like: Sequence[float], room: float) -> tuple[float, ...]:
    """Return each column's share of the width: what it needs, and of the rest in proportion to what it would like more."""
    left, more = max(room - sum(need), 0.0), [wish - least for wish, least in zip(like, need, strict=True)]
    given = min(left, sum(more))
    full = [least + (given * one / sum(more) if sum(more) else 0.0) for least, one in zip(need, more, strict=True)]
    return tuple(round(one / sum(full), 5) for one in full)


def _longest_word(title: str) -> int:
    """Return how wide the widest part of a heading is that is not broken: Chinese breaks between any two characters."""
    return max((wide(part) for part in re.findall(r"[^\s\u2e80-\uffef]+", title)), default=0) or min(wide(title), 4)
