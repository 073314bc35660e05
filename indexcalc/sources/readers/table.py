"""What every reader hands on: a table of cells that knows the address of each, and names and texts as all tables have them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from io import BytesIO
from typing import Any, NamedTuple

from ...findings import Finding, Place, finding
from ...words.recognised_data import SPREAD
from .spelling import RAISED, Commas, commas_of

Cell = str | float | int | bool | None


@dataclass(frozen=True, eq=False)
class Table:
    """One table of one file: its named columns, and where each of its cells stands."""

    file: str
    sheet: str
    period: str | None
    header_line: int  # the lowest header row, from 1; 0 where the format has none
    names: tuple[str, ...]
    qualified: tuple[str, ...]
    positions: tuple[int, ...]
    columns: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    separator: str = ""
    """What separates the cells of a text."""
    above: tuple[str, ...] = ()
    """What stands in the lines above the headings."""
    indicator: str = ""
    """The indicator that a line above the headings names, as where each of many files holds one."""
    measure: str = ""
    """The unit of measurement that a line above the table, or its corner, says of all of it."""
    measures: tuple[str, ...] = ()
    """What a row below the headings says of each column's unit of measurement, where there is such a row."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells among the records, each by its first line and position and its last, as addresses have them."""

    @cached_property
    def commas(self) -> tuple[Commas, ...]:
        """What the texts of each column say of commas and points; asked for where a column does not say it itself."""
        return tuple(commas_of(cells) if not hasattr(cells, "dtype") else Commas() for cells in self.columns)

    levels: tuple[tuple[str, ...], ...] = ()
    """The headings of each column from the top down, where they stand in several rows."""

    @property
    def stays(self) -> bool:
        """Whether its cells stay in their file until they are asked for."""
        return False

    def place(self, row: int, column: int) -> Place:
        """Return the address of a cell by its row and column index in the table."""
        return Place(self.file, self.sheet, self.lines[row], self.positions[column])

    def named(self, column: int) -> Sequence[Cell]:
        """Return the cells of a column of names: a gap of an array is no cell, and does not even equal itself."""
        cells = self.columns[column]
        return [None if cell != cell else cell for cell in cells] if hasattr(cells, "dtype") else cells  # noqa: PLR0124

    def some(self, rows: Sequence[int]) -> Table:
        """Return some rows of the table, which keep their addresses."""
        columns = tuple(taken(cells, rows) for cells in self.columns)
        return replace(self, columns=columns, lines=[self.lines[row] for row in rows])

    def of_columns(self, kept: Sequence[int]) -> Table:
        """Return some columns of the table, which keep their addresses."""
        return replace(
            self,
            names=tuple(self.names[at] for at in kept),
            qualified=tuple(self.qualified[at] for at in kept),
            positions=tuple(self.positions[at] for at in kept),
            columns=tuple(self.columns[at] for at in kept),
            measures=tuple(self.measures[at] for at in kept) if self.measures else (),
        )

    def header_place(self, column: int) -> Place:
        """Return the address of a column's name."""
        if not self.header_line:
            return Place(self.file, self.sheet)
        return Place(self.file, self.sheet, self.header_line, self.positions[column])


class Origin(NamedTuple):
    """What a format needs to know to read one file: where it is, what people call it, what is asked of it."""

    path: str
    file: str
    period: str | None
    sheet: str | None
    header: int | None
    keys: frozenset[str]
    keep: int | None = None  # a Parquet table of more cells than this stays in its file
    content: bytes | None = None  # what is read instead of the file at `path`: a workbook that was encrypted

    def opened(self) -> str | BytesIO:
        """Return what is to be read: the path, or its content."""
        return self.path if self.content is None else BytesIO(self.content)

    def place(self, sheet: str = "", line: int = 0, column: int = 0) -> Place:
        """Return an address in this file."""
        return Place(self.file, sheet, line, column)

    def damaged(self, error: BaseException) -> Finding:
        """Say that the file cannot be read, in the first line of what a library says of it."""
        return finding("IC305", self.place(), problem=(str(error).splitlines() or [type(error).__name__])[0])


def name_of(cell: object) -> str:
    r"""Return a cell as a name: NFKC, outer space stripped, inner space collapsed, and none where it spreads out a short name.

    >>> name_of(" crimes　solved\n（cases） "), name_of(2021.0)
    ('crimes solved (cases)', '2021')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return _name(cell)


@lru_cache(1 << 14)  # names of units, periods and columns stand in many places
def _name(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if not text.isprintable():
            text = text.translate(_INVISIBLE)
    words = text.split()
    if len(words) > 1 and max(map(len, words)) == 1 and re.fullmatch(SPREAD, text):
        return "".join(words)
    return " ".join(words)


def as_written(cell: object) -> str:
    """Return a cell as `name_of` does, but in the letters that it is written in: full width stays full width.

    >>> as_written(" Ａ０１ "), name_of(" Ａ０１ ")
    ('Ａ０１', 'A01')
    """
    if not isinstance(cell, str):
        return name_of(cell)
    return " ".join((cell if cell.isprintable() else cell.translate(_INVISIBLE)).split())


def unmarked(cell: Cell) -> Cell:
    """Return a name without the mark of a footnote that stands above the line behind it; km², R² and CO² have none.

    >>> unmarked("2022¹⁾"), unmarked("GDP¹"), unmarked("area km²"), unmarked("R²")
    ('2022', 'GDP', 'area km²', 'R²')
    """
    marked = re.fullmatch(_FOOTNOTE, cell) if isinstance(cell, str) and not cell.isascii() else None
    return marked[1] if marked else cell


def closed(name: str) -> str:
    """Return a name without spaces between Chinese characters, as where a heading was broken into lines."""
    return re.sub(_BETWEEN, "", name) if " " in name else name


def is_key(cell: str, keys: frozenset[str]) -> bool:
    """Say whether a cell is one of the names that a header has, in upper or lower case; the keys are there in lower case too."""
    if cell in keys:
        return True
    name = closed(name_of(cell))
    return name in keys or name.casefold() in keys


def blank(cell: Cell) -> bool:
    """Say whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def of_width(row: Sequence[Cell], width: int) -> list[Cell]:
    """Return a row cut to a width, or filled up to it with empty cells."""
    return [*row[:width], *[""] * (width - len(row))]


def filled(row: Sequence[Cell]) -> list[int]:
    """Return the columns of a row in which anything stands."""
    return [index for index, cell in enumerate(row) if not blank(cell)]


def taken(cells: Sequence[Cell], rows: Sequence[int]) -> Sequence[Cell]:
    """Return some cells of a column: of an array, an array again."""
    column: Any = cells
    return column[rows] if hasattr(cells, "dtype") else [cells[row] for row in rows]


def text_of(value: object) -> Cell:
    """Return a value as a cell, with dates and times as ISO text and the time left out at midnight.

    >>> text_of(dt.datetime(2022, 3, 1)), text_of(dt.datetime(2022, 3, 1, 8, 30))
    ('2022-03-01', '2022-03-01 08:30:00')
    """
    if value is None or isinstance(value, (str, float, int)):
        return value
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return _hours_of(value) if isinstance(value, dt.timedelta) else str(value)


def _hours_of(duration: dt.timedelta) -> str:
    """Write a duration as a cell of the format [h]:mm:ss shows it.

    >>> _hours_of(dt.timedelta(days=1, hours=2, minutes=30))
    '26:30:00'
    """
    parts = abs(duration) // dt.timedelta(microseconds=1)
    seconds, rest = divmod(parts, 1_000_000)
    sign = "-" if duration < dt.timedelta() else ""
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


_FOOTNOTE = rf"(?s)(.*(?:[A-Za-z]{{2}}[A-Za-ln-z]|[^A-Za-z\u0370-\u03ff\s{RAISED}]))\s?[{RAISED}]+\s*"  # no power of a symbol
_BETWEEN = r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))  # pasted in from web pages, or left by joined files
