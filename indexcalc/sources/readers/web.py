"""Tables of a web page, as systems export them under the ending of a workbook: rows as a spreadsheet shows them."""

from __future__ import annotations

import re
from codecs import lookup
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .pages import Merge
from .table import Cell

_MOST_SPANNED = 10_000  # rows or columns of one cell; a page may say anything
_CHARSET = rb"charset\s*=\s*[\"']?\s*([\w-]+)"
_AS_BROWSERS_DO = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "iso8859-1": "cp1252", "ascii": "cp1252"}


def charset_of(content: bytes) -> str:
    """Return the encoding that a page says it is in, as browsers take it; nothing where it says none, or is not in it."""
    said = re.search(_CHARSET, content[:4096], re.IGNORECASE)
    try:
        name = lookup(said[1].decode()).name if said else ""
        encoding = _AS_BROWSERS_DO.get(name, name)
        content.decode(encoding or "ascii")
    except (LookupError, UnicodeDecodeError):
        return ""
    return encoding


def rows_of_page(text: str) -> tuple[list[list[Cell]], list[Merge]]:
    """Return the rows of all tables of a page one below the other, all of one width, and their merged cells."""
    page = _Page()
    page.feed(text)
    page.close()
    page.end_row()
    width = max((column + 1 for _, column in page.cells), default=0)
    height = max((row + 1 for row, _ in page.cells), default=0)
    rows: list[list[Cell]] = [[""] * width for _ in range(height)]
    for (row, column), cell in page.cells.items():
        rows[row][column] = cell
    return rows, page.merges


@dataclass
class _Place:
    """The next cell of a page: its row and column, and how far it reaches."""

    row: int = -1
    column: int = 0
    down: int = 1
    across: int = 1
    text: list[str] = field(default_factory=list)
    inside: bool = False


class _Page(HTMLParser):
    """The cells of a page's tables; end tags may be left out, as HTML allows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: dict[tuple[int, int], str] = {}
        self.merges: list[Merge] = []
        self._taken: set[tuple[int, int]] = set()
        self._at = _Place()
        self._silent = 0  # scripts and styles that are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.end_row()
            self._at.row, self._at.column = self._at.row + 1, 0
        elif tag in ("td", "th"):
            self._end_cell()
            said = dict(attrs)
            self._at.down, self._at.across = _span(said.get("rowspan")), _span(said.get("colspan"))
            self._at.row = max(self._at.row, 0)
            self._at.text, self._at.inside = [], True
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag in ("br", "p", "div") and self._at.inside:
            self._at.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()
        elif tag in ("script", "style"):
            self._silent = max(self._silent - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._at.inside and not self._silent:
            self._at.text.append(data)

    def end_row(self) -> None:
        """End what is open of a row."""
        self._end_cell()

    def _end_cell(self) -> None:
        at = self._at
        if not at.inside:
            return
        while (at.row, at.column) in self._taken:  # a cell above reaches down here
            at.column += 1
        self.cells[at.row, at.column] = " ".join("".join(at.text).split())
        if at.down > 1 or at.across > 1:
            self.merges.append((at.row, at.column, at.row + at.down - 1, at.column + at.across - 1))
            below = range(at.row + 1, at.row + at.down)
            self._taken.update((row, at.column + beside) for row in below for beside in range(at.across))
        at.column += at.across
        at.inside = False


def _span(said: str | None) -> int:
    return min(int(said), _MOST_SPANNED) if said and said.isascii() and said.isdigit() and int(said) else 1
