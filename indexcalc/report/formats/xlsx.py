"""Sheets as a formatted Excel workbook."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...words.periods import period_title
from ...words.reports import word
from ..numbers import decimals_of_values
from ..sheets.sheet import Heading, Sheet, Value

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
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FONT = "Microsoft YaHei"
_HEADER = 200  # characters of a printed page's head
_WIDEST = 48  # columns of text that one column takes at the most
_PROSE = 44  # that one of prose takes, in several lines
_PAGE = 250  # columns of text that a printed page holds
_LONG = 30  # rows of a sheet that is to be filtered
_TOGETHER = {"bg_color": "#F3ECE4"}
_LINE = {"bottom": 1, "bottom_color": "#DDDDDD"}


def workbook(sheets: Sequence[Sheet], language: str, title: str = "") -> bytes:
    """Write sheets into a workbook, the same bytes for the same sheets.

    Text from data is written as text, so that a name such as =1+1 stays one. `title` stands
    above every table, on every printed page and in the properties of the file.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        created = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed date: no clock in what is compared
        book.set_properties({"created": created, **({"title": title} if title else {})})
        used: set[str] = set()
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.title, used))
            _write(book, page, replace(sheet, title=f"{title} · {sheet.title}") if title else sheet, language)
            if title:
                page.set_header(f"&L{title.replace('&', '&&')[:_HEADER]}&R&A")
    return buffer.getvalue()


def _write(book: Any, page: Any, sheet: Sheet, language: str) -> None:
    stacked = any(heading.over for heading in sheet.headings)
    title = book.add_format({"bold": True, "font_size": 14, "font_name": _FONT})
    page.write_string(0, 0, sheet.title, title)
    first = 1
    for at, note in enumerate(sheet.notes[:1]):
        page.write_string(1 + at, 0, note, book.add_format({"italic": True, "font_color": "#8A1F11", "font_name": _FONT}))
        first = 2
    top = first + 1 if stacked else first
    _write_headings(book, page, sheet.headings, first, stacked=stacked)
    styles: dict[tuple[Heading, int, bool], Any] = {}

    def style_of(heading: Heading, value: Value, *, together: bool) -> Any:
        own = sheet.decimals if heading.decimals is None else heading.decimals
        decimals = decimals_of_values([value]) if heading.kind == "value" else own
        key = (heading, decimals, together)
        if key not in styles:
            styles[key] = _format(book, heading, decimals, language, together=together)
        return styles[key]

    ties = book.add_format({"num_format": f'0"({word.tie(language)})"', "align": "center", **_LINE, "font_name": _FONT})
    rows = [
        [
            period_title(value, language) if heading.kind == "period" and isinstance(value, str) else value
            for value, heading in zip(values, sheet.headings, strict=True)
        ]
        for values in (*sheet.rows, *sheet.whole)
    ]
    for row, values in enumerate(rows):
        for column, (value, heading) in enumerate(zip(values, sheet.headings, strict=True)):
            own = style_of(heading, value, together=row >= len(sheet.rows))
            style = ties if heading.kind == "rank" and row in sheet.ties else own
            _write_cell(page, top + 1 + row, column, value, style)
    total = 0
    for column, heading in enumerate(sheet.headings):
        longest = max([_wide(heading.title), *(_needed(row[column], heading, sheet) for row in rows)])
        width = min(max(_WIDTHS[heading.kind], longest + 2), _PROSE if heading.kind == "prose" else _WIDEST)
        page.set_column(column, column, width)
        total += width
    _set_heights(page, sheet, top + 1)
    below = top + 2 + len(rows)
    for at, note in enumerate(sheet.notes[1:]):
        page.write_string(below + at, 0, note, book.add_format({"font_name": _FONT}))
    if len(sheet.rows) > _LONG and not stacked:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.headings) - 1)
    named = next((at for at, heading in enumerate(sheet.headings) if heading.kind in ("text", "period")), 0)  # the rows by this
    page.freeze_panes(top + 1, min(named, 1) + 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    pages = -(-total // _PAGE)
    page.fit_to_pages(pages, 0)  # a page with many columns is printed on several, not too small to be read
    if pages > 1:
        page.repeat_columns(0, min(named, 1))
    page.repeat_rows(first, top)
    page.set_footer("&C&P / &N")


def _set_heights(page: Any, sheet: Sheet, first: int) -> None:
    """Make rows as high as their prose needs."""
    prose = [at for at, heading in enumerate(sheet.headings) if heading.kind == "prose"]
    for row, values in enumerate(sheet.rows if prose else (), first):
        lines = max(-(-_wide(str(values[at] or "")) // (_PROSE - 4)) for at in prose)
        if lines > 1:
            page.set_row(row, 15 * lines + 3)


def _write_headings(book: Any, page: Any, headings: Sequence[Heading], row: int, *, stacked: bool) -> None:
    style = book.add_format(
        {
            "bold": True,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "bg_color": "#8A1F11",
            "font_color": "#FFFFFF",
            "border": 1,
            "border_color": "#FFFFFF",
            "font_name": _FONT,
        }
    )
    if not stacked:
        for column, heading in enumerate(headings):
            page.write_string(row, column, heading.title, style)
        return
    column = 0
    while column < len(headings):
        over, last = headings[column].over, column
        if not over:
            page.merge_range(row, column, row + 1, column, headings[column].title, style)
            column += 1
            continue
        while last + 1 < len(headings) and headings[last + 1].over == over:
            last += 1
        if last > column:
            page.merge_range(row, column, row, last, over, style)
        else:
            page.write_string(row, column, over, style)
        for at in range(column, last + 1):
            page.write_string(row + 1, at, headings[at].title, style)
        column = last + 1


def _format(book: Any, heading: Heading, decimals: int, language: str, *, together: bool = False) -> Any:
    number = "0." + "0" * decimals if decimals else "0"
    style: dict[str, Any] = {
        **_LINE,
        "font_name": _FONT,
        "valign": "vcenter",
        "bold": heading.strong or together,
        **(_TOGETHER if together else {}),
    }
    if heading.kind in ("text", "prose", "period"):
        style |= {"num_format": "@", "indent": 1}
        style |= {"text_wrap": True} if heading.kind == "prose" else {}
    else:
        style |= {
            "num_format": _in_words(heading.kind, number, language) or _FORMATS.get(heading.kind, number),
            "align": "center" if heading.kind in ("rank", "move", "count") else "right",
        }
    return book.add_format(style)


def _in_words(kind: str, number: str, language: str) -> str:
    """Return the format of a difference that is read in words, its size after a word for more or less; nothing of other kinds."""
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


def _write_cell(page: Any, row: int, column: int, value: Value, style: Any) -> None:
    if value is None:
        page.write_blank(row, column, None, style)
    elif isinstance(value, str):
        page.write_string(row, column, value, style)
    else:
        page.write_number(row, column, value, style)


def _sheet_name(title: str, used: set[str]) -> str:
    r"""Return a name that Excel takes: no more than 31 characters, none of []:*?/\\, none used already."""
    base = _FORBIDDEN.sub(" ", title)[:31].strip().strip("'") or "sheet"
    name, number = base, 2
    while name.casefold() in used | {"history"}:  # Excel keeps that one for itself
        name = f"{base[:27]} {number}"
        number += 1
    used.add(name.casefold())
    return name


def _needed(value: Value, heading: Heading, sheet: Sheet) -> int:
    """Return how many columns a cell needs to be read: a number that is too wide would show as ###."""
    if value is None or isinstance(value, str):
        return _wide(value or "")
    decimals = sheet.decimals if heading.decimals is None else heading.decimals
    return (
        len(f"{value:.{decimals}f}")
        if heading.kind in ("score", "signed", "amount", "revision", "value")
        else len(f"{value:.0f}")
    )


def _wide(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
