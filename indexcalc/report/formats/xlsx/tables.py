"""Sheets as tables of a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....tree.model import LEVELS
from ....words.periods import period_title
from ....words.reports import word, word_of
from ...draw.palette import LEVELS as LEVEL_COLOURS
from ...numbers import decimals_of_values
from ...sheets.sheet import Heading, Sheet, Value
from .book import HATCHED, HEAD, LACKING, LINE, PAGE, ROW, TITLE_ROW, Book, beside, bytes_of, longest_word, printed, text_on, wide
from .recipes import Formula

MARKS = {"blue": "●", "yellow": "◆", "orange": "▲", "red": "■"}
"""Of each warning level the shape beside its word."""
_FORMATS = {
    "rank": "0",
    "count": "0.##;-0.##;0",
    "percent": "0.0%",
}
_WIDTHS = {
    "text": 14,
    "prose": 14,
    "rank": 9,
    "score": 10,
    "move": 11,
    "percent": 10,
    "count": 10,
    "code": 12,
    "signed": 10,
    "period": 14,
    "amount": 14,
    "value": 10,
    "growth": 12,
    "revision": 10,
}
_TEXT = ("text", "prose", "period", "code")
_WIDEST = 48  # columns of text that one column takes at the most
_PROSE = 44  # that one of prose takes, in several lines
_LONG = 30  # rows of a sheet that is to be filtered
_TOGETHER = "#F3ECE4"

Cell = tuple[int, int]


@dataclass(frozen=True)
class Extra:
    """What a table of a workbook has beside its sheet: formulas by cell, cells that are fixed, fills of headings by column."""

    made: Mapping[Cell, Formula] = field(default_factory=dict)
    fixed: frozenset[int] = frozenset()
    """Columns whose numbers stay whatever the weights."""
    fills: Mapping[int, str] = field(default_factory=dict)
    bars: frozenset[int] = frozenset()
    """Columns with a bar behind each number."""


@dataclass(frozen=True)
class Written:
    """Where a table came to stand: its first and last row of units, its columns, and the first row below all of it.

    `across` are the columns that are printed, with those that what is said about a narrow table takes;
    `sheets` are those of paper that it is wide; `height` is all that stands above `below`, and `repeated` what of it stands on
    each sheet of paper, in points.
    """

    first: int
    last: int
    columns: int
    across: int
    below: int
    widths: tuple[float, ...]
    sheets: int
    height: float
    repeated: float


def workbook(sheets: Sequence[Sheet], language: str, title: str = "") -> bytes:
    """Write sheets into a workbook, the same bytes for the same sheets.

    `title` stands above every table, on every printed page and in the properties of the file.
    """

    def write(book: Book) -> None:
        for sheet in sheets:
            write_table(book, book.add(sheet.title), sheet)

    return bytes_of(write, language, title)


def first_row(sheet: Sheet) -> int:
    """Return the row of a page in which the first unit of a table stands."""
    return (2 if sheet.notes else 1) + (2 if _is_stacked(sheet) else 1)


def write_table(book: Book, page: Any, sheet: Sheet, extra: Extra | None = None) -> Written:
    """Write a sheet as the table of a page."""
    extra, language = extra or Extra(), book.language
    above = book.head(page, sheet.title, next(iter(sheet.notes), ""))
    stacked, first = _is_stacked(sheet), 2 if sheet.notes else 1
    top = first + 1 if stacked else first
    _write_headings(book, page, sheet.headings, first, extra.fills, stacked=stacked)
    rows = [
        [
            period_title(value, language) if heading.kind == "period" and isinstance(value, str) else value
            for value, heading in zip(values, sheet.headings, strict=True)
        ]
        for values in (*sheet.rows, *sheet.whole)
    ]
    widths = _widths(sheet, rows)
    looks = _Looks(book, sheet, extra, _wrapped(sheet, rows, widths))
    for row, values in enumerate(rows):
        for column, (value, heading) in enumerate(zip(values, sheet.headings, strict=True)):
            look = looks.of(row, column, value, heading)
            write_cell(page, top + 1 + row, column, value, look, extra.made.get((row, column)))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    heights = _heights_of_headings(sheet, widths, first, stacked=stacked)
    repeated = sum(heights.values())
    heights |= _heights_of_rows(rows, looks.wrapped, widths, top + 1)
    for row, height in heights.items():
        page.set_row(row, height)
    _mark(book, page, sheet, extra, top + 1)
    below = top + 2 + len(rows)
    for at, note in enumerate(sheet.notes[1:]):
        page.write_string(below + at, 0, note, book.look())
    if len(sheet.rows) > _LONG and not stacked:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.headings) - 1)
    named = next((at for at, heading in enumerate(sheet.headings) if heading.kind in ("text", "period")), 0)  # the rows by this
    held = min(named, 1) + 1
    page.freeze_panes(top + 1, held)
    end = below + max(len(sheet.notes) - 1, 0)
    across = len(sheet.headings) + beside(max([above, *map(wide, sheet.notes[1:])]), sum(widths))
    sheets = printed(page, end - 1, across - 1, (first, top), round(sum(widths)), held)
    height = TITLE_ROW + ROW * (end - 1 - len(heights)) + sum(heights.values())
    return Written(top + 1, top + len(sheet.rows), len(sheet.headings), across, end, widths, sheets, height, repeated)


def _is_stacked(sheet: Sheet) -> bool:
    return any(heading.over for heading in sheet.headings)


def _widths(sheet: Sheet, rows: Sequence[Sequence[Value]]) -> tuple[float, ...]:
    """Return how wide columns are, as what they hold needs: text within bounds, in the last within what paper leaves."""
    found: list[float] = []
    for column, heading in enumerate(sheet.headings):
        longest = max([_title_width(heading), *(_needed(row[column], heading, sheet) for row in rows)])
        widest: float = _PROSE if heading.kind == "prose" else _WIDEST
        if column == len(sheet.headings) - 1:
            widest = max(widest, PAGE - sum(found))
        found.append(min(max(_WIDTHS[heading.kind], longest + 2), widest))
    return tuple(found)


def _title_width(heading: Heading) -> int:
    """Return how wide the heading of a column has to be: over numbers a long one takes two lines."""
    width = wide(heading.title)
    if heading.kind in ("text", "prose") or width <= _WIDTHS[heading.kind]:
        return width
    return max(-(-width // 2), longest_word(heading.title)) + 2


def _wrapped(sheet: Sheet, rows: Sequence[Sequence[Value]], widths: Sequence[float]) -> frozenset[int]:
    """Return the columns of text in which something is longer than the column is wide: it takes several lines."""
    return frozenset(
        at
        for at, (heading, width) in enumerate(zip(sheet.headings, widths, strict=True))
        if heading.kind == "prose" or (heading.kind in _TEXT and any(wide(str(row[at] or "")) > width - 2 for row in rows))
    )


def _heights_of_rows(
    rows: Sequence[Sequence[Value]], wrapped: frozenset[int], widths: Sequence[float], first: int
) -> dict[int, float]:
    """Return how high the rows are whose text takes several lines."""
    found: dict[int, float] = {}
    for row, values in enumerate(rows if wrapped else (), first):
        lines = max(-(-wide(str(values[at] or "")) // int(widths[at] - 4)) for at in wrapped)
        if lines > 1:
            found[row] = 15.0 * lines + 3
    return found


def _heights_of_headings(sheet: Sheet, widths: Sequence[float], first: int, *, stacked: bool) -> dict[int, float]:
    """Return how high the rows of headings are, as their titles need."""
    lines = max(
        (-(-wide(heading.title) // max(int(width) - 1, 1)) for heading, width in zip(sheet.headings, widths, strict=True))
    )
    own = 15.0 * min(max(lines, 1), 5) + 4
    return {first: 19.0 * (2 if _is_long_over(sheet, widths) else 1), first + 1: own} if stacked else {first: own}


def _is_long_over(sheet: Sheet, widths: Sequence[float]) -> bool:
    """Say whether the title over some columns is wider than they are."""
    spans: dict[str, float] = {}
    for heading, width in zip(sheet.headings, widths, strict=True):
        spans[heading.over] = spans.get(heading.over, 0.0) + width
    return any(over and wide(over) > span - 1 for over, span in spans.items())


def _write_headings(
    book: Book, page: Any, headings: Sequence[Heading], row: int, fills: Mapping[int, str], *, stacked: bool
) -> None:
    def look(column: int) -> Any:
        fill = fills.get(column, HEAD)
        return book.heading(fill, text_on(fill))

    if not stacked:
        for column, heading in enumerate(headings):
            page.write_string(row, column, heading.title, look(column))
        return
    column = 0
    while column < len(headings):
        over, last = headings[column].over, column
        if not over:
            page.merge_range(row, column, row + 1, column, headings[column].title, look(column))
            column += 1
            continue
        while last + 1 < len(headings) and headings[last + 1].over == over:
            last += 1
        if last > column:
            page.merge_range(row, column, row, last, over, look(column))
        else:
            page.write_string(row, column, over, look(column))
        for at in range(column, last + 1):
            page.write_string(row + 1, at, headings[at].title, look(at))
        column = last + 1


class _Looks:
    """How the cells of a table look, made once for all of a kind."""

    def __init__(self, book: Book, sheet: Sheet, extra: Extra, wrapped: frozenset[int]) -> None:
        self.book, self.sheet, self.extra, self.units, self.wrapped = book, sheet, extra, len(sheet.rows), wrapped
        self.levels = {word_of(level, book.language): level for level in LEVELS}
        self.known: dict[tuple[object, ...], Any] = {}

    def of(self, row: int, column: int, value: Value, heading: Heading) -> Any:
        """Return how a cell looks."""
        own = self.sheet.decimals if heading.decimals is None else heading.decimals
        decimals = decimals_of_values([value]) if heading.kind == "value" else own
        tied = heading.kind == "rank" and row in self.sheet.ties
        level = self.levels.get(str(value), "") if heading.shows and heading.shows[0] == "level" else ""
        key = (column, decimals, row >= self.units, tied, level)
        if key not in self.known:
            self.known[key] = self.book.look(**self._style(column, heading, decimals, row >= self.units, tied, level))
        return self.known[key]

    def _style(self, column: int, heading: Heading, decimals: int, together: bool, tied: bool, level: str) -> dict[str, Any]:
        language, number = self.book.language, "0." + "0" * decimals if decimals else "0"
        style: dict[str, Any] = {**LINE, "bold": heading.strong or together}
        if together:
            style |= {"bg_color": _TOGETHER}
        elif column in self.extra.fixed:
            style |= HATCHED
        if level:
            fill, text, border = LEVEL_COLOURS[level]
            style |= {"bg_color": fill, "font_color": text, "border": 1, "border_color": border, "bold": True}
            return style | {"num_format": f'"{MARKS[level]} "@', "align": "center"}
        if heading.kind in _TEXT:
            style |= {"num_format": "@", "indent": 1}
            return style | ({"text_wrap": True} if column in self.wrapped else {})
        shown = _in_words(heading.kind, number, language) or _FORMATS.get(heading.kind, number)
        return style | {
            "num_format": f'0"({word.tie(language)})"' if tied else shown,
            "align": "center" if heading.kind in ("rank", "move", "count") else "right",
        }


def _in_words(kind: str, number: str, language: str) -> str:
    """Return the format of a difference that is read in words, its size after a word for more or less; None for other kinds."""
    up, down = {
        "move": ("↑{size}", "↓{size}"),
        "amount": (word.more(language), word.less(language)),
        "growth": (word.risen(language), word.fallen(language)),
        "revision": ("+{size}", "-{size}"),
    }.get(kind, ("", ""))
    size = {"move": "0.##", "growth": "0.0"}.get(kind, number)
    parts = [f'"{before}"{size}"{after}"' for before, _, after in (text.partition("{size}") for text in (up, down)) if before]
    none = word.not_revised if kind == "revision" else word.unmoved_rank
    return ";".join([*parts, f'"{none(language)}"']).replace('""', "") if parts else ""


def _mark(book: Book, page: Any, sheet: Sheet, extra: Extra, first: int) -> None:
    """Colour what is not all there, also once weights were changed, and draw bars behind numbers."""
    last = first + len(sheet.rows) - 1
    if last < first:
        return
    lacking = book.look(bg_color=LACKING, bold=True)
    ties = book.look(num_format=f'0"({word.tie(book.language)})"')
    for column, heading in enumerate(sheet.headings):
        area = (first, column, last, column)
        if heading.shows and heading.shows[0] == "coverage":
            page.conditional_format(
                *area, {"type": "cell", "criteria": "between", "minimum": 0, "maximum": 0.99949, "format": lacking}
            )
        if heading.kind == "rank" and any(at == column for _, at in extra.made):
            page.conditional_format(*area, {"type": "duplicate", "format": ties})
        if column in extra.bars:
            low = min((value for row in sheet.rows if isinstance(value := row[column], int | float)), default=0.0)
            ends = {"min_type": "num", "min_value": 0.0, "max_type": "max"}
            style = {"type": "data_bar", "bar_color": "#A9CBE8"}
            if low >= 0:  # of deductions the least would have the longest bar, in red
                page.conditional_format(*area, {**style, **ends})


def write_cell(page: Any, row: int, column: int, value: Value, look: Any, made: Formula | None = None) -> None:
    """Write a value, or the formula that makes it with the value as what it has come to."""
    if made is not None:
        cached = "" if value is None else value
        if made.ranges:
            page.write_array_formula(row, column, row, column, f"{{={made.text}}}", look, cached)
        else:
            page.write_formula(row, column, f"={made.text}", look, cached)
    elif value is None:
        page.write_blank(row, column, None, look)
    elif isinstance(value, str):
        page.write_string(row, column, value, look)
    else:
        page.write_number(row, column, float(f"{value:.15g}"), look)  # what a spreadsheet holds: 6.425, not 6.424999999999997


def _needed(value: Value, heading: Heading, sheet: Sheet) -> int:
    """Return how many columns a cell needs to be read: a number that is too wide would show as ###."""
    if value is None or isinstance(value, str):
        return wide(value or "")
    decimals = sheet.decimals if heading.decimals is None else heading.decimals
    if heading.kind == "value":
        decimals = decimals_of_values([value])
    return (
        len(f"{value:.{decimals}f}")
        if heading.kind in ("score", "signed", "amount", "revision", "value")
        else len(f"{value:.0f}")
    )
