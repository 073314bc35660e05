"""A workbook in the making: how its cells look, and what every page of it has, on the screen and on paper."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from ....words.workbook import book as words

FONT = "Microsoft YaHei"
HEAD = "#8A1F11"
INPUT = "#FFF3B8"
FIXED = "#D9D9D9"
HATCHED = {"pattern": 14, "fg_color": FIXED, "bg_color": "#FFFFFF"}
"""What stays whatever the weights."""
LACKING = "#F8CFA0"
LINE = {"bottom": 1, "bottom_color": "#DDDDDD"}
PAGE = 250
"""Columns of text that a printed page holds."""
ROW = 16.5
"""Points that a row is high: said of every row, for programs set them by their own fonts else."""
TITLE_ROW = 24.0
_HEADER = 200  # characters of a printed page's head
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_SAID = 120  # that what is said about a table takes on paper
_EMPTY = 8.43  # that a column takes which is left as it is
_TITLE = 14  # the size of the title, where that of cells is about 10
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Book:
    """A workbook: each look is made once, each page has a name that no other has."""

    def __init__(self, book: Any, language: str, title: str = "") -> None:
        """Begin a workbook whose title stands above every table, on every printed page and in the properties of the file."""
        self.book, self.language, self.title = book, language, title
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._names: set[str] = set()
        created = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed date: no clock in what is compared
        book.set_properties({"created": created, **({"title": title} if title else {})})

    def look(self, **style: Any) -> Any:
        """Return how a cell looks, in the font of all cells."""
        key = tuple(sorted(style.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format({"font_name": FONT, "valign": "vcenter", **style})
        return self._looks[key]

    def add(self, title: str) -> Any:
        """Add a page under a name that is as near to its title as Excel allows."""
        page = self.book.add_worksheet(self._name(title), worksheet_class=_page_class())
        page.set_default_row(ROW)
        page.set_row(0, TITLE_ROW)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        page.hide_gridlines(2)
        if self.title:
            page.set_header(f"&L{_as_header(self.title)}&R&A")
        page.set_footer(f"&C{words.page_of(self.language)}")
        return page

    def _name(self, title: str) -> str:
        r"""Return a name that Excel takes: no more than 31 characters, none of []:*?/\\, none used already."""
        base = _FORBIDDEN.sub(" ", title)[:31].strip().strip("'") or "sheet"
        name, number = base, 2
        while name.casefold() in self._names | {"history"}:  # Excel keeps that one for itself
            name = f"{base[:27]} {number}"
            number += 1
        self._names.add(name.casefold())
        return name

    def head(self, page: Any, title: str, note: str = "") -> int:
        """Write what stands above a table: the title of the workbook with that of the page, and the first remark.

        Returns how many columns of text this takes.
        """
        title = f"{self.title} · {title}" if self.title else title
        page.write_string(0, 0, title, self.look(bold=True, font_size=_TITLE))
        if note:
            page.write_string(1, 0, note, self.look(italic=True, font_color=HEAD))
        return max(math.ceil(wide(title) * _TITLE / 10), wide(note))

    def heading(self, fill: str = HEAD, text: str = "#FFFFFF") -> Any:
        """Return how the heading of a column looks."""
        return self.look(
            bold=True, text_wrap=True, align="center", bg_color=fill, font_color=text, border=1, border_color="#FFFFFF"
        )


@cache
def _page_class() -> type[Any]:
    """Return a page that takes formulas as they stand.

    The library looks through each for functions newer than ours, thirty times, which takes a third of the time of a large
    workbook; and it would take a word in quotes for one of them.
    """
    from xlsxwriter.worksheet import Worksheet

    class Page(Worksheet):  # type: ignore[misc, unused-ignore]
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
            return formula.removeprefix("{").removesuffix("}").removeprefix("=")

    return Page


def bytes_of(write: Callable[[Book], None], language: str, title: str = "") -> bytes:
    """Return a workbook as it is written, the same bytes for the same cells.

    Text from data is written as text, so that a name such as =1+1 stays one.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        write(Book(book, language, title))
    return buffer.getvalue()


def printed(page: Any, last_row: int, last_column: int, repeated: tuple[int, int], widths: int, held: int = 2) -> int:
    """Say what of a page is printed and how: as wide as it is, the rows of its heading on each sheet of paper.

    A page with many columns is printed on several, not too small to be read, with its first columns, those that are `held`.
    Returns on how many, side by side.
    """
    pages = -(-widths // PAGE)
    page.print_area(0, 0, max(last_row, repeated[1]), max(last_column, 0))
    page.fit_to_pages(pages, 0)
    if pages > 1:
        page.repeat_columns(0, held - 1)
    page.repeat_rows(*repeated)
    return pages


def beside(said: int, widths: float) -> int:
    """Return how many columns are to be printed beside a narrow table, so that what is said about it is not cut off."""
    return max(0, math.ceil((min(said, _SAID) - widths) / _EMPTY))


def wide(text: str) -> int:
    """Return how many columns a text takes: two for each ideograph."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def longest_word(text: str) -> int:
    """Return how many columns the longest word takes that is not broken: lines end anywhere between ideographs.

    >>> longest_word("Public participation"), longest_word("GDP")
    (13, 3)
    """
    return max(map(len, re.findall(r"[!-˿]+", text)), default=1)


def text_on(fill: str) -> str:
    """Return which of black and white is easier to read on a colour, by its relative luminance (WCAG 2.2).

    >>> text_on("#902E27"), text_on("#BE892B")
    ('#FFFFFF', '#1A1A1A')
    """
    parts = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#FFFFFF" if 1.05 / (luminance + 0.05) >= 4.5 else "#1A1A1A"


def _as_header(text: str) -> str:
    return text[:_HEADER].replace("&", "&&")
