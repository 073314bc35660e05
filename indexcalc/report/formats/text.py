"""Sheets as text: aligned columns for a terminal, and Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar

from ...words.periods import period_title
from ...words.reports import word
from ...words.shown import visible, wide
from ..numbers import listed, measured, number, percent, signed
from ..sheets.sheet import Heading, Kind, Sheet, Value

SCREEN_WIDTH: ContextVar[int | None] = ContextVar("screen width", default=None)
"""How many columns the terminal has that text is made for; nothing where it goes into a file or a pipe."""

_NEED: tuple[Kind, ...] = (
    "rank",
    "move",
    "signed",
    "amount",
    "growth",
    "revision",
    "value",
    "score",
    "text",
    "count",
    "percent",
    "code",
    "period",
    "prose",
)
"""Kinds of columns, those that a narrow screen shows first in front."""
_BETWEEN = 2  # spaces between two columns
_MOST_LINES = 2  # of a heading
_SHORT = 4  # columns that a heading always has
_CJK = r"[\u2e80-\u9fff]"
_OPENING, _CLOSING = "（“(", "）”、，：·)"  # marks that no line ends with, and that none begins with


def shown(value: Value, heading: Heading, sheet: Sheet, *, tie: bool, language: str) -> str:
    """Return a cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return period_title(value, language) if heading.kind == "period" else value
    if heading.kind == "rank":
        mark = f"({word.tie(language)})" if tie else ""
        return f"{value:g}{mark}"
    if heading.kind == "move":
        return f"↑{value:g}" if value > 0 else f"↓{-value:g}" if value < 0 else word.unmoved_rank(language)
    if heading.kind in ("amount", "growth"):
        return _more_or_less(value, heading, sheet, language)
    if heading.kind == "value":
        return measured(value)
    if heading.kind == "percent":
        return percent(value)
    own = sheet.decimals if heading.decimals is None else heading.decimals
    if heading.kind in ("signed", "revision"):
        return word.not_revised(language) if heading.kind == "revision" and value == 0 else signed(value, own)
    return f"{value:g}" if heading.kind == "count" else number(value, own)


def _more_or_less(value: float, heading: Heading, sheet: Sheet, language: str) -> str:
    """Return a difference in words: how much more or less, or by how many per cent it rose or fell."""
    growth = heading.kind == "growth"
    decimals = 1 if growth else sheet.decimals if heading.decimals is None else heading.decimals
    size = number(abs(value), decimals)
    if not float(size):
        return word.unmoved_rank(language)
    said = (word.risen if growth else word.more) if value > 0 else (word.fallen if growth else word.less)
    return said(language).format(size=size)


def cells(sheet: Sheet, language: str) -> list[list[str]]:
    """Return all rows of a sheet as people read them, those of all units together last."""
    return [
        [
            shown(value, heading, sheet, tie=heading.kind == "rank" and at in sheet.ties, language=language)
            if at < len(sheet.rows) or value is not None
            else ""
            for value, heading in zip(row, sheet.headings, strict=True)
        ]
        for at, row in enumerate((*sheet.rows, *sheet.whole))
    ]


def as_text(sheet: Sheet, language: str) -> str:
    """Lay a sheet out in columns, Chinese characters counted as two wide.

    On a screen too narrow for all of them headings are broken into lines; where that is not enough the least needed columns
    are left out, which is said.
    """
    rows, titles = cells(sheet, language), [[heading.title] for heading in sheet.headings]
    least = [max((wide(row[at]) for row in rows), default=0) for at in range(len(titles))]
    widths, screen = [max(wide(title[0]), room) for title, room in zip(titles, least, strict=True)], SCREEN_WIDTH.get()
    if screen is not None and sum(widths) + _BETWEEN * (len(widths) - 1) > screen:
        titles = [_broken(title[0], room) for title, room in zip(titles, least, strict=True)]
        widths = [max(room, *map(wide, title)) for title, room in zip(titles, least, strict=True)]
    kept = _fitting(sheet.headings, widths, screen)
    left = [sheet.headings[at].kind in ("text", "prose", "code", "period") for at in kept]
    without = [heading.title for at, heading in enumerate(sheet.headings) if at not in kept]
    said = [word.columns_left_out(language).format(columns=listed(without, language))] if without else []
    high = max(len(titles[at]) for at in kept)
    above = [[("", *titles[at])[max(line - high + len(titles[at]) + 1, 0)] for at in kept] for line in range(high)]
    return "\n".join([aligned([*above, *([row[at] for at in kept] for row in rows)], left), *said, *sheet.notes])


def _broken(title: str, room: int) -> list[str]:
    """Return a heading in as few lines as its column's cells have room for, but no more than `_MOST_LINES`.

    Chinese is broken between any two characters but before a mark that closes, other text between words.
    """
    parts = re.findall(rf"[{_OPENING}]*(?:{_CJK}[{_CLOSING}]*|[^ {_OPENING}\u2e80-\u9fff]+ ?)|[{_OPENING}]+", title)
    for width in range(max(room, _SHORT, -(-wide(title) // _MOST_LINES)), wide(title) + 1):
        lines = [""]
        for part in parts:
            if lines[-1] and wide(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
        if len(lines) <= _MOST_LINES and all(wide(line.rstrip()) <= width for line in lines):
            return [line.rstrip() for line in lines]
    return [title]


def _fitting(headings: Sequence[Heading], widths: Sequence[int], screen: int | None) -> list[int]:
    """Return the columns that fit a screen: as many as there is room for, the most needed first."""
    every = range(len(headings))
    if screen is None or sum(widths) + _BETWEEN * (len(widths) - 1) <= screen:
        return list(every)
    first = next((at for at in every if headings[at].kind == "text"), 0)
    needed = sorted(every, key=lambda at: (at != first and not headings[at].strong, _NEED.index(headings[at].kind), at))
    kept: list[int] = []
    room = screen
    for at in needed:
        if room < widths[at] and kept:
            break
        kept.append(at)
        room -= widths[at] + _BETWEEN
    return sorted(kept)


def aligned(rows: Sequence[Sequence[str]], left: Sequence[bool]) -> str:
    """Align rows of text in columns, to the left or to the right."""
    rows = [[visible(cell) for cell in row] for row in rows]
    widths = [max(wide(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        padded = [
            cell + " " * (width - wide(cell)) if to_left else " " * (width - wide(cell)) + cell
            for cell, width, to_left in zip(row, widths, left, strict=True)
        ]
        lines.append((" " * _BETWEEN).join(padded).rstrip())
    return "\n".join(lines)


def full_title(heading: Heading, language: str) -> str:
    """Return the title of a column with what spans it and its neighbours, for tables whose heads are one row."""
    return heading.title + (word.beside(language).format(text=heading.over) if heading.over else "")


def as_markdown(sheet: Sheet, language: str) -> str:
    """Write a sheet as a Markdown table."""
    titles = [full_title(heading, language) for heading in sheet.headings]
    rules = [":--" if heading.kind in ("text", "prose", "code", "period") else "--:" for heading in sheet.headings]
    lines = [titles, rules, *cells(sheet, language)]
    return "\n".join("| " + " | ".join(escaped(cell) for cell in line) + " |" for line in lines)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, in a table too."""
    for character in "\\`*_{}[]<>|#":
        text = text.replace(character, "\\" + character)
    return visible(text.replace("\n", " "))
