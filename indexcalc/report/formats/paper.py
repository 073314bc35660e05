"""Tables on paper: cells as people read them, the size of their letters, how wide each column is, and what fits a page."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...words.paper import paper as word
from ...words.shown import wide
from ..sheets.paper import PAGE, Attachment, Beside, Block, Figure, Text
from ..sheets.sheet import Sheet
from ..sheets.tables import shortened
from .text import cells, full_title

PORTRAIT, LANDSCAPE = 442.0, 637.0
"""The width of the text of a page in points: 156 mm upright, 225 mm across (GB/T 9704)."""
CELL, SMALL = 10.5, 9.0
"""The letters of cells in points, and of tables that would not fit."""
TOGETHER = 15
"""Rows of a table that stays on one page."""
FIGURE, PETALS = 250.0, 112.0
"""How high a figure is at most in points, and how wide a small one beside which text stands."""
_HIGH, _HEAD = 636.0, 95.0  # the text of a page upright in points, and what the title of an attachment takes of its first
_LINE = 1.35  # from line to line of small letters, of their size
_TITLE = 25.0  # that the title of a table takes
_LEAST_ROWS = 2  # that a shortened table still has
_TEXT = ("text", "prose", "code", "period")
_LEAST, _WIDE = 9, 36  # half letters that a column of text has at least, and needs at most to be read with ease
_HEAD_LINES = (2, 3)
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


Laid = Text | Grid | Figure | Beside


def pages_of(attachment: Attachment, language: str, widths: tuple[float, float] = (PORTRAIT, LANDSCAPE)) -> list[list[Laid]]:
    """Return what stands on each page of an attachment; of single pages what fits them, and a line that says what does not.

    `widths` are those of the text of a page upright and across.
    """
    width = widths[attachment.wide]
    if not attachment.single:
        return [laid_out(leaf, language, width) for leaf in attachment.pages]
    return [
        laid_out(fitting(leaf, language, _HIGH - (0 if at else _HEAD)), language, width)
        for at, leaf in enumerate(attachment.pages)
    ]


def laid_out(blocks: Sequence[Block], language: str, width: float) -> list[Laid]:
    """Return blocks as a page of some width has them."""
    made: list[Laid] = []
    for block in blocks:
        made += grids(block, language, width) if isinstance(block, Sheet) else [block]
    return made


def fitting(blocks: Sequence[Block], language: str, room: float) -> list[Block]:
    """Return the blocks that fit a page upright, a table with as many rows as there is room for."""
    kept: list[Block] = []
    left, out = room - _LINE * CELL - 6, False  # a line is kept free for what is left out
    for block in blocks:
        own: Block | None = block
        if isinstance(block, Sheet) and high(block, language) > left:
            own = _cut(block, language, left)
            out = out or own is None
        elif high(block, language) > left:
            own, out = None, True
        if own is not None:
            kept.append(own)
            left -= high(own, language)
    return [*kept, Text(word.rest(language).format(file=PAGE), 3)] if out else kept


def _cut(sheet: Sheet, language: str, room: float) -> Sheet | None:
    """Return as many rows of a table as there is room for, and those of all units; nothing where these are too few."""
    for rows in range(min(len(sheet.rows) - 1, int(room / (SMALL * _LINE))), _LEAST_ROWS - 1, -1):
        if high(made := replace(shortened(sheet, rows, language, PAGE)), language) <= room:
            return made
    return None


def high(block: Block, language: str, width: float = PORTRAIT) -> float:
    """Return about how high a block is on paper in points, rather too high than too low."""
    if isinstance(block, Sheet):
        return sum(_grid_high(grid, width) for grid in grids(block, language, width))
    if isinstance(block, Beside):
        room = width - PETALS - 12
        return max(PETALS, sum(high(line, language, room) for line in block.lines)) + 8
    if isinstance(block, Figure):
        return FIGURE
    if block.level == 3:
        return _lines(block.text, CELL, width) * CELL * _LINE + 6
    return _lines(block.text, 16, width) * 28.95


def _grid_high(grid: Grid, width: float) -> float:
    rows = [
        max(_lines(text, grid.size, share * width - 8) for text, share in zip(row, grid.widths, strict=True)) for row in grid.rows
    ]
    head = max(_lines(text, grid.size, share * width - 8) for text, share in zip(grid.heads, grid.widths, strict=True))
    notes = sum(_lines(note, grid.size, width) * grid.size * _LINE + 6 for note in grid.notes)
    return sum((head, *rows)) * grid.size * _LINE + (len(rows) + 1) * 3 + notes + (_TITLE if grid.title else 10)


def _lines(text: str, size: float, width: float) -> int:
    return max(1, math.ceil(wide(text) * size / 2 / max(width, size)))


def grids(sheet: Sheet, language: str, width: float) -> list[Grid]:
    """Return a table as it fits a page of some width: whole, in smaller letters, or in parts that each name the units."""
    rows, heads = cells(sheet, language), [full_title(heading) for heading in sheet.headings]
    text = [heading.kind in _TEXT for heading in sheet.headings]
    need = _needs(heads, rows, text)
    for lines in _HEAD_LINES:  # headings of few lines, where there is room for them
        low = [max(least, math.ceil(wide(head) / lines) + _BETWEEN) for least, head in zip(need, heads, strict=True)]
        if sum(low) <= _room(width, SMALL):
            need = low
            break
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


def _needs(heads: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[bool]) -> list[int]:
    """Return how many half letters each column needs at least: numbers are not broken, text is."""
    return [
        max([_longest_word(head), *(wide(row[at]) for row in rows)] if not is_text else [_LEAST, _longest_word(head)]) + _BETWEEN
        for at, (head, is_text) in enumerate(zip(heads, text, strict=True))
    ]


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
