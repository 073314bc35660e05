"""Sheets as tables of a page: cells with their text, how they sort, and what is drawn in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from ....words.shown import visible
from ...sheets.sheet import Heading, Sheet, Value
from ..text import shown

_LEFT = ("text", "code", "period")
LONG = 40  # characters, above which a column is given room on a narrow screen


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the class of its column, the number that it sorts by where its text is none, and a drawing beside it."""

    text: str
    kind: str = "t"
    value: str = ""
    drawn: Markup | str = ""
    classes: str = ""


@dataclass(frozen=True)
class Row:
    """A row, with the unit, group and level that it is found and filtered by."""

    cells: tuple[Cell, ...]
    unit: str = ""
    group: str = ""
    level: str = ""


@dataclass(frozen=True)
class Head:
    """A heading of a column, and how many columns it spans in the upper of two rows."""

    title: str
    kind: str
    span: int = 1
    over: bool = False


@dataclass(frozen=True)
class Table:
    """A table of a page: one or two rows of headings, rows in order, those of all units together below."""

    caption: str
    upper: tuple[Head, ...]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    whole: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    sortable: bool = False
    classes: str = ""
    pages: tuple[tuple[Row, ...], ...] = field(default=())

    @property
    def columns_of_text(self) -> str:
        """The columns that are set to the left, as classes of the table: said once, not for every cell."""
        return "".join(f" t{at}" for at, head in enumerate(self.heads, 1) if head.kind.split()[0] == "t")


def table(
    sheet: Sheet, language: str, *, sortable: bool = False, keys: Sequence[Row] = (), classes: str = "", a_page: int = 100
) -> Table:
    """Return a sheet as a table; `keys` are the rows' units, groups and levels, `a_page` how many rows are shown at once."""
    rows = tuple(
        replace(
            keys[at] if keys else Row(()),
            cells=tuple(_cell(value, heading, sheet, at, language) for value, heading in zip(row, sheet.headings, strict=True)),
        )
        for at, row in enumerate(sheet.rows)
    )
    whole = tuple(
        Row(
            tuple(
                Cell("", heading.kind) if value is None else _cell(value, heading, sheet, -1, language)
                for value, heading in zip(row, sheet.headings, strict=True)
            )
        )
        for row in sheet.whole
    )
    stacked = any(heading.over for heading in sheet.headings)
    long = [any(len(row.cells[at].text) > LONG for row in rows) for at in range(len(sheet.headings))]
    heads = tuple(
        Head(heading.title, _kind(heading) + (" long" if is_long else ""))
        for heading, is_long in zip(sheet.headings, long, strict=True)
    )
    upper = tuple(_upper(sheet.headings)) if stacked else ()
    return Table(sheet.title, upper, heads, rows, whole, sheet.notes, sortable, classes, in_pages(rows, a_page))


def in_pages(rows: Sequence[Row], a_page: int) -> tuple[tuple[Row, ...], ...]:
    """Return rows in runs of `a_page`, or all in one run where there are no more than three times as many."""
    size = len(rows) if len(rows) <= 3 * a_page else a_page
    return tuple(tuple(rows[start : start + size]) for start in range(0, len(rows), max(size, 1)))


def with_rows(made: Table, rows: tuple[Row, ...]) -> Table:
    """Return a table with other rows, as many of them shown at once as before."""
    return replace(made, rows=rows, pages=in_pages(rows, len(made.pages[0]) if made.pages else 1))


def with_drawings(made: Table, column: int, drawings: Mapping[int, Markup]) -> Table:
    """Return a table with drawings in a column, by row."""
    rows = tuple(
        replace(
            row,
            cells=tuple(
                replace(cell, drawn=drawings[at]) if place == column and at in drawings else cell
                for place, cell in enumerate(row.cells)
            ),
        )
        for at, row in enumerate(made.rows)
    )
    return with_rows(made, rows)


def with_column(made: Table, at: int, head: Head, cells: Sequence[Cell]) -> Table:
    """Return a table with one column more."""
    rows = tuple(replace(row, cells=(*row.cells[:at], cell, *row.cells[at:])) for row, cell in zip(made.rows, cells, strict=True))
    whole = tuple(replace(row, cells=(*row.cells[:at], Cell("", head.kind), *row.cells[at:])) for row in made.whole)
    heads = (*made.heads[:at], head, *made.heads[at:])
    upper = _with_place(made.upper, at) if made.upper else ()
    return with_rows(replace(made, heads=heads, upper=upper, whole=whole), rows)


def _with_place(upper: Sequence[Head], at: int) -> tuple[Head, ...]:
    """Return the upper headings with an empty one over a column that was put in between two of them."""
    found, column = [], 0
    placed = False
    for head in upper:
        if column >= at and not placed:
            found.append(Head("", "t"))
            placed = True
        found.append(head)
        column += head.span
    return tuple(found if placed else [*found, Head("", "t")])


def _upper(headings: Sequence[Heading]) -> list[Head]:
    found: list[Head] = []
    for heading in headings:
        if heading.over and found and found[-1].title == heading.over:
            found[-1] = replace(found[-1], span=found[-1].span + 1)
        else:
            found.append(Head(heading.over, "t", over=bool(heading.over)))
    return found


def _cell(value: Value, heading: Heading, sheet: Sheet, at: int, language: str) -> Cell:
    text = visible(shown(value, heading, sheet, tie=heading.kind == "rank" and at in sheet.ties, language=language))
    number = f"{value:.6g}" if isinstance(value, int | float) and heading.kind != "value" else ""  # values sort as they are shown
    return Cell(text, _kind(heading), number if number and number != text else "", classes="s" if heading.strong else "")


def _kind(heading: Heading) -> str:
    return "t" if heading.kind in _LEFT else "n"
