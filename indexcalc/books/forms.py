"""What all forms have in common: how a workbook to be filled in is made, and how what was filled in is read."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from ..findings import letters
from ..sources.readers.table import name_of

_BASE = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LINE = {"bottom": 1, "bottom_color": "#DDDDDD"}
PROTECTED = {"format_columns": True, "format_rows": True, "autofilter": True}
YELLOW = "#FFF8DC"  # what is to be filled in
WRONG = {"bg_color": "#F8CBAD", "font_color": "#9C0006"}


@contextmanager
def new_book(buffer: io.BytesIO) -> Iterator[Any]:
    """Open a workbook that is written into a buffer when it is closed, the same bytes for the same content."""
    import xlsxwriter

    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - a fixed date: no clock in what is compared
        yield book


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        heading = {
            "bold": True,
            "text_wrap": True,
            "align": "center",
            "bg_color": "#8A1F11",
            "border": 1,
            "border_color": "#FFFFFF",
        }
        self.heading = self(font_color="#FFFFFF", **heading)
        self.small_heading = self(font_color="#F2DCDB", font_size=8, **{**heading, "bold": False})

    def __call__(self, **keys: Any) -> Any:
        """Return the format with some properties."""
        wanted = {**_BASE, **keys}
        known = str(sorted(wanted.items()))
        if known not in self._made:
            self._made[known] = self._book.add_format(wanted)
        return self._made[known]


def letter(column: int) -> str:
    """Return the letter of a column that is counted from 0."""
    return letters(column + 1)


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell that is counted from 0."""
    return f"{letter(column)}{row + 1}"


def wide(text: str) -> int:
    """Return how many columns of a fixed font a text takes."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of a width, in which a wide character never stands at the end."""
    return sum(max(1, -(-wide(part) // max(1, int(width) - 1))) for part in text.split("\n"))


def fraction(text: str) -> Fraction | None:
    """Return a number of at least 0, such as 0.35 or 1/3, from its text; nothing where it is none."""
    try:
        value = Fraction("".join(text.split()))
    except (ValueError, ZeroDivisionError):
        return None
    return value if value >= 0 else None


def number_in(cell: Any) -> Fraction | None:
    """Return what a cell holds as a number of at least 0; nothing where it is none."""
    if isinstance(cell, str):
        return fraction(name_of(cell))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not 0 <= cell < float("inf"):
        return None
    return Fraction(repr(cell))
