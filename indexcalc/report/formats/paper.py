"""Tables on paper: cells as people read them, the size of their letters, how wide each column is, and what fits a page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...words.paper import paper as word
from ...words.shown import broken, wide
from ..numbers import BARS
from ..sheets.paper import PAGE, Attachment, Beside, Block, Figure, Text
from ..sheets.sheet import Sheet
from ..sheets.tables import shortened
from .text import cells, full_title

PORTRAIT, LANDSCAPE = 442.0, 637.0
"""The width of the text of a page in points: 156 mm upright, 225 mm across (GB/T 9704)."""
CELL, SMALL, LEAST = 10.5, 9.0, 7.5
"""The letters of cells in points, those of tables that would not fit, and of short tables that would not fit one page either."""
TOGETHER = 15
"""Rows of a table that stays on one page."""
FIGURE, PETALS = 250.0, 112.0
"""How high a figure is at most in points, and how wide a small one beside which text stands."""
_HEAD, _LABEL = 75.0, 70.0  # that the titles of an attachment take of its first page in points, with the name of a page or not
_LINE = 1.35  # from line to line of small letters, of their size
_TITLE_SIZE = 17.0  # of letters in titles, rather too wide
_TITLE = 25.0  # that the title of a table takes
_LEAST_ROWS = 2  # that a shortened table still has
_TEXT = ("text", "prose", "code", "period")
_EASY, _WIDE = (18, 13, 9), 36  # half letters that columns of text have at least, the first that fit, and that they have use of
_FEW_LINES = 3  # of a cell of text that needs no more
_RARE = 20  # of so many cells one may be broken into more lines, so that others have room
_HEAD_LINES = (2, 3)
_BETWEEN = 2  # half letters that the edges of a cell take
_EDGES = 0.85  # that these are on paper, of the size of its letters


@dataclass(frozen=True)
class Grid:
    """A table, or some columns of one: `widths` are shares of the page's width, `right` says which columns are numbers.

    The last `whole` rows are of all units together; what is `together` has a page that it fits on, and is not broken.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    size: float
    notes: tuple[str, ...]
    whole: int = 0
    together: bool = False


Laid = Text | Grid | Figure | Beside


def pages_of(attachment: Attachment, language: str, widths: tuple[float, float] = (PORTRAIT, LANDSCAPE)) -> list[list[Laid]]:
    """Return what stands on each page of an attachment; of single pages what fits them, and a line that says what does not.

    `widths` are those of the text of a page upright and across. The tables of a single page have letters of one size.
    """
    width = widths[attachment.wide]
    if not attachment.single:
        return [laid_out(leaf, language, width) for leaf in attachment.pages]
    pages = []
    for at, leaf in enumerate(attachment.pages):
        size = min((grid.size for grid in laid_out(leaf, language, width) if isinstance(grid, Grid)), default=CELL)
        fits = fitting(leaf, language, LANDSCAPE - (0 if at else _HEAD), size)
        pages.append(laid_out(fits, language, width, size))
    return pages


def first_part(body: Sequence[Laid]) -> int:
    """Return how many blocks of a body stand before its second part: its tables and figures may move among its text."""
    parts = [at for at, one in enumerate(body) if isinstance(one, Text) and one.level == 1]
    return parts[1] if len(parts) > 1 else len(body)


def laid_out(blocks: Sequence[Block], language: str, width: float, size: float = CELL) -> list[Laid]:
    """Return blocks as a page of some width has them, with letters of a size at most; tables of like columns have one shape."""
    sheets = [block for block in blocks if isinstance(block, Sheet)]
    made: list[Laid] = []
    for block in blocks:
        if isinstance(block, Sheet):
            alike = [other for other in sheets if _kinds(other) == _kinds(block)]
            made += grids(block, language, width, size, alike)
        else:
            made.append(block)
    return made


def _kinds(sheet: Sheet) -> list[str]:
    return [heading.kind for heading in sheet.headings]


def fitting(blocks: Sequence[Block], language: str, room: float, size: float = CELL) -> list[Block]:
    """Return the blocks that fit a page upright, a table with as many rows as there is room for.

    What comes later keeps its room, up to half of what is left.
    """
    heights = [high(block, language, size=size) for block in blocks]
    if sum(heights) <= room:
        return list(blocks)
    kept: list[Block] = []
    left, out = room - _LINE * CELL - 6, False  # a line is kept free for what is left out
    for at, block in enumerate(blocks):
        own: Block | None = block
        later = min(sum(heights[at + 1 :]), left / 2)
        if isinstance(block, Sheet) and heights[at] > left - later:
            own = _cut(block, language, left - later, size) or (block if heights[at] <= left else None)
        elif heights[at] > left:
            own = None
        out = out or own is None
        if own is not None:
            kept.append(own)
            left -= high(own, language, size=size)
    return [*kept, Text(word.rest(language).format(file=PAGE), 3)] if out else kept


def _cut(sheet: Sheet, language: str, room: float, size: float) -> Sheet | None:
    """Return as many rows of a table as there is room for, and those of all units; nothing where these are too few."""
    for rows in range(min(len(sheet.rows) - 1, int(room / (SMALL * _LINE))), _LEAST_ROWS - 1, -1):
        if high(made := shortened(sheet, rows, language, PAGE), language, size=size) <= room:
            return made
    return None


def high(block: Block, language: str, width: float = PORTRAIT, size: float = CELL) -> float:
    """Return a block's height on paper in points, estimated rather too high than too low."""
    if isinstance(block, Sheet):
        return sum(_grid_high(grid, width) for grid in grids(block, language, width, size))
    if isinstance(block, Beside):
        room = width - PETALS - 12
        return max(PETALS, sum(high(line, language, room) for line in block.lines)) + 8
    if isinstance(block, Figure):
        return FIGURE
    if block.level == 3:
        return _lines(block.text, CELL, width) * CELL * _LINE + 6
    return _lines(block.text, _TITLE_SIZE, width) * 28.95


def _grid_high(grid: Grid, width: float) -> float:
    rows = [_row_high(row, grid, width) for row in (grid.heads, *grid.rows)]
    notes = sum(_lines(note, grid.size, width) * grid.size * _LINE + 6 for note in grid.notes)
    return sum(rows) * grid.size * _LINE + len(rows) * 3 + notes + (_TITLE if grid.title else 10)


def _row_high(row: Sequence[str], grid: Grid, width: float) -> int:
    """Return how many lines a row takes."""
    return max(_lines(text, grid.size, share * width - _EDGES * grid.size) for text, share in zip(row, grid.widths, strict=True))


def _lines(text: str, size: float, width: float) -> int:
    room = max(width, size) / (size / 2)
    if _wide(text) <= room:
        return 1
    return sum(max(1, math.ceil(_wide(line) / room)) for line in broken(text, int(room)))


def _wide(text: str) -> int:
    """Return how many half letters a text takes on paper, where Chinese faces have bars as wide as characters."""
    return wide(text) + sum(text.count(bar) for bar in BARS)


def grids(sheet: Sheet, language: str, width: float, most: float = CELL, alike: Sequence[Sheet] = ()) -> list[Grid]:
    """Return a table as it fits a page of some width: whole, in smaller letters, or in parts that each name the units.

    Its letters are of a size at `most`; columns are as wide as it and what is `alike` need them.
    """
    made = _grids(sheet, language, width, most, min(most, SMALL), alike)
    smaller = (one for one in (SMALL, LEAST) if one < most and len(sheet.rows) + len(sheet.whole) <= TOGETHER)
    tries = (_grids(sheet, language, width, one, one, alike) for one in smaller)
    return next((one for one in (made, *tries) if all(_fits(grid, width) for grid in one)), made)


def _capital(title: str, language: str) -> str:
    """Return a heading with a capital, where it is what units are called in English, such as district."""
    return title.capitalize() if language == "en" and title.isalpha() and title.islower() else title


def _fits(grid: Grid, width: float) -> bool:
    """Say whether a table has room on a page, below the title of an attachment."""
    return _grid_high(grid, width) <= (LANDSCAPE if width < LANDSCAPE else PORTRAIT) - _LABEL


def _grids(sheet: Sheet, language: str, width: float, most: float, small: float, alike: Sequence[Sheet]) -> list[Grid]:
    rows, heads = cells(sheet, language), [_capital(full_title(heading, language), language) for heading in sheet.headings]
    every = [row for one in alike for row in cells(one, language)] or rows
    text = [heading.kind in _TEXT for heading in sheet.headings]
    usual = [min(_WIDE, _usual([_wide(row[at]) for row in every]) + _BETWEEN) if text[at] else 0 for at in range(len(heads))]
    need = next((low for low in _needs_at_best(heads, every, text, usual) if sum(low) <= _room(width, small)), None)
    need = need or _needs(heads, every, text, _EASY[-1])
    like = list(map(max, need, usual))
    size = CELL if most == CELL and sum(like) <= _room(width, CELL) else small
    parts = _parts(need, text, _room(width, size))
    made = []
    for number, columns in enumerate(parts):
        grid = Grid(
            title=sheet.title,
            heads=tuple(heads[at] for at in columns),
            rows=tuple(tuple(row[at] for at in columns) for row in rows),
            right=tuple(not text[at] for at in columns),
            widths=_shares([need[at] for at in columns], [like[at] for at in columns], _room(width, size)),
            size=size,
            notes=sheet.notes if number == len(parts) - 1 else (),
            whole=len(sheet.whole),
        )
        lines = sum(_row_high(row, grid, width) for row in grid.rows)  # a list of sentences may be broken between them
        made.append(replace(grid, together=len(rows) <= TOGETHER and lines <= 2 * len(rows) and _fits(grid, width)))
    return made


def _needs_at_best(
    heads: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[bool], usual: Sequence[int]
) -> Iterator[list[int]]:
    """Return how wide columns would best be, the widest first: all of `usual` width, or text in few lines, and headings too."""
    least = map(max, _needs(heads, rows, text, _EASY[-1]), usual)
    yield [max(own, _wide(head) + _BETWEEN) for own, head in zip(least, heads, strict=True)]
    for easy in _EASY:
        need = _needs(heads, rows, text, easy)
        for lines in _HEAD_LINES:
            yield [max(least, math.ceil(_wide(head) / lines) + _BETWEEN) for least, head in zip(need, heads, strict=True)]


def _needs(heads: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[bool], easy: int) -> list[int]:
    """Return how many half letters each column needs at least: no number or word is broken, no text takes many lines."""
    need = []
    for at, (head, is_text) in enumerate(zip(heads, text, strict=True)):
        own = [row[at] for row in rows]
        if is_text:
            least = max((max(_longest_word(cell), math.ceil(_wide(cell) / _FEW_LINES)) for cell in own), default=0)
            whole = max(map(_wide, own), default=0)  # a column of short words, such as grades, is as narrow as they are
            need.append(max(min(_EASY[-1], whole), _longest_word(head), min(easy, least)) + _BETWEEN)
        else:
            need.append(max([_longest_word(head), *map(_wide, own)]) + _BETWEEN)
    return need


def _usual(widths: Sequence[int]) -> int:
    """Return the width that nearly all of some cells keep within; rare wider ones of many do not count."""
    return sorted(widths)[-1 - len(widths) // _RARE] if widths else 0


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
    return max((_wide(part) for part in re.findall(r"[^\s\u2e80-\uffef]+", title)), default=0) or min(wide(title), 4)
