"""Charts of a workbook, over its own cells, so that they follow when weights are changed.

Their titles begin with words of ours: one that begins with = is taken for a formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from ....words.workbook import book as words
from ...draw.palette import fill_of
from .book import FONT, ROW, Book
from .tables import Written

_MOST_BARS = 34  # that one sheet of paper holds: as many as there are provinces
_MOST_ROWS = 60  # of a table below which a chart is found
_MOST_LINES = 6
_GREY = "#BFBFBF"
_COLUMN, _DEFAULT = 7, 64  # pixels: a column's width a character, that of a column left as it is
_PIXEL = 0.75  # points
_ROW = ROW / _PIXEL
_BAR = 17
_WIDTH = 820
_NARROW = 640  # that stays on one sheet of paper though a program's letters are a third wider
_PAPER = (1020, 645)  # of a sheet of A4 between its margins
_LEAST = 0.9  # of its height that a chart is left with to stand beside its table
_NAMES = {"reverse": True, "label_position": "low", "interval_unit": 1}
"""Of each bar its own, beside those below 0 and not in them."""
_CLOSE = 20  # bars, above which their names are written smaller: a program leaves out every second one that would touch
_PATTERNS = ("wide_upward_diagonal", "wide_downward_diagonal", "large_grid")


def bars(
    book: Book,
    page: Any,
    written: Written,
    names: int,
    scores: int,
    title: str,
    *,
    lowest: float = 0.0,
    fill: str = "#27639F",
    rows: int | None = None,
) -> None:
    """Draw a bar a row below a table: at most so many as can be told apart, the first on top; from 0 where no score is less.

    `rows` is how many rows have a score, the first ones, where not all have.
    """
    end = written.last if rows is None else min(written.last, written.first + rows - 1)
    last = min(end, written.first + _MOST_BARS - 1)
    if last <= written.first:
        return
    title = _of_first(title, last < end, book.language)
    sheet = page.get_name()
    chart = book.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": [sheet, written.first, names, last, names],
            "values": [sheet, written.first, scores, last, scores],
            "fill": {"color": fill},
            "gap": 40,
            "data_labels": {"value": True, "font": {"name": FONT, "size": 7 if last - written.first >= _CLOSE else 9}},
        }
    )
    chart.set_legend({"none": True})
    _finish(chart, title, (last - written.first + 1) * _BAR + 80)
    chart.set_y_axis({**_NAMES, **_size_of_names(last - written.first + 1), "major_gridlines": {"visible": False}})
    from_zero = {"min": 0} if lowest >= 0 else {}
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, **from_zero})
    place(page, chart, written, title)


def stacked(book: Book, page: Any, written: Written, names: int, parts: Sequence[int], title: str) -> None:
    """Draw a bar a row of what its columns add up to, in the colours of dimensions; those after the fifth are hatched."""
    last = min(written.last, written.first + _MOST_BARS - 1)
    if last <= written.first or not parts:
        return
    title = _of_first(title, last < written.last, book.language)
    sheet = page.get_name()
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    for at, column in enumerate(parts):
        colour, again = fill_of(at), at // 5
        fill = {"pattern": {"pattern": _PATTERNS[(again - 1) % 3], "fg_color": colour, "bg_color": "#FFFFFF"}}
        chart.add_series(
            {
                "name": [sheet, written.first - 1, column],
                "categories": [sheet, written.first, names, last, names],
                "values": [sheet, written.first, column, last, column],
                "border": {"color": "#FFFFFF", "width": 0.75},
                "gap": 40,
                **(fill if again else {"fill": {"color": colour}}),
            }
        )
    chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}})
    _finish(chart, title, (last - written.first + 1) * _BAR + 150)
    chart.set_y_axis({**_NAMES, **_size_of_names(last - written.first + 1)})
    chart.set_x_axis({"num_font": {"name": FONT, "size": 9}, "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}}})
    place(page, chart, written, title)


def lines(book: Book, page: Any, written: Written, title: str) -> None:
    """Draw a line a row over its columns: the first few in colours and named, the others grey."""
    sheet = page.get_name()
    chart = book.book.add_chart({"type": "line"})
    rows = range(written.first, min(written.last, written.first + _MOST_ROWS - 1) + 1)
    shown = [row for row in rows if row - written.first < _MOST_LINES]
    for row in [*(row for row in rows if row not in shown), *shown]:
        rank = row - written.first
        strong = rank < _MOST_LINES
        colour = fill_of(rank) if strong else _GREY
        dashed = {"dash_type": "dash"} if strong and rank >= 5 else {}
        chart.add_series(
            {
                "name": [sheet, row, 0],
                "categories": [sheet, written.first - 1, 1, written.first - 1, written.columns - 1],
                "values": [sheet, row, 1, row, written.columns - 1],
                "line": {"color": colour, "width": 2.25 if strong else 1, **dashed},
                "marker": {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
                if strong
                else {"type": "none"},
            }
        )
    grey = len(rows) - len(shown)
    chart.set_legend({"position": "right", "font": {"name": FONT, "size": 9}, "delete_series": list(range(grey))})
    _finish(chart, title, 380)
    chart.show_blanks_as("gap")
    chart.set_y_axis({"num_font": {"name": FONT, "size": 9}, "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3"}}})
    chart.set_x_axis({"num_font": {"name": FONT, "size": 9}})
    place(page, chart, written, title)


def _size_of_names(bars: int) -> dict[str, Any]:
    return {"num_font": {"name": FONT, "size": 6 if bars > _CLOSE else 8}}


def _of_first(title: str, cut: bool, language: str) -> str:
    """Return the title of a chart, which says so where it shows no more than the first rows."""
    return title + words.first_rows(language).format(count=_MOST_BARS) if cut else title


def _finish(chart: Any, title: str, height: int) -> None:
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12, "bold": True}, "overlay": False})
    chart.set_size({"width": _WIDTH, "height": height})
    chart.set_chartarea({"border": {"color": "#DDDDDD"}})


def place(page: Any, chart: Any, written: Written, title: str) -> None:
    """Put a chart below a table and print it with that, or beside a long one; with what it shows, for those who cannot see it.

    It is printed on the same sheet of paper where it can be made to fit, else on one of its own: how many rows there are on a
    sheet is known at the least alone, for columns are as wide as the program's own letters.
    """
    options = {"description": title, "x_offset": 5, "object_position": 2}
    if written.last - written.first >= _MOST_ROWS:
        page.insert_chart(written.first - 1, written.across + 1, chart, options)
        return
    ends = list(accumulate(width * _COLUMN + 5 for width in written.widths))
    on_paper = _PAPER[1] / min(1.0, written.sheets * _PAPER[0] / max(ends[-1], _WIDTH + 10)) - 4 * _ROW  # those between and below
    left = on_paper - written.height / _PIXEL
    alone = left < _LEAST * chart.height
    room = on_paper - written.repeated / _PIXEL if alone else left
    width = _WIDTH if written.sheets == 1 or not alone else _NARROW
    chart.set_size({"width": width, "height": math.floor(min(chart.height, room))})
    column = 0 if alone or written.sheets == 1 else 2  # the first columns stand on every sheet of paper
    page.insert_chart(written.below + 1, column, chart, options)
    last = written.below + 2 + math.ceil(chart.height / _ROW)
    within = sum(end < width + 10 for end in ends) + max(0, math.ceil((width + 10 - ends[-1]) / _DEFAULT))
    if not alone:
        page.print_area(0, 0, last, max(written.columns - 1, within))
        return
    page.print_area(0, 0, written.below - 1, max(written.columns - 1, within))
    table = page.print_area_range
    page.print_area(written.below + 1, 0, last, within)
    page.print_area_range = f"{table},{page.print_area_range}"
    if left >= 0:  # the headings stand once
        page.repeat_row_range = ""
