"""The workbook that a department fills in: units by its indicators, with what each means and what was reported last."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..tree.columns import reported_range
from ..tree.measures import reported_measure
from ..tree.model import Denominator, Index, Indicator
from ..words.reports import word, word_of
from .forms import new_book, wide

FONT = "Microsoft YaHei"
RED, PALE, GREY = "#8A1F11", "#FFF9E6", "#F2F2F2"
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255  # what Excel takes in the note beside a cell
WIDEST = 16
_TOP = 5  # the row of the headings, from 0: above it the title, two lines of help, definitions and measures
_KEYS = 3  # the columns of unit, period and department


@dataclass(frozen=True)
class Asked:
    """One column of a template: its heading, what it serves, and in which unit of measurement it is reported."""

    heading: str
    measure: str
    note: str
    valid: tuple[float, ...] | None
    before: Sequence[float | str | None]


def describe(
    index: Index, owners: Sequence[Indicator | Denominator], heading: str, before: Sequence[float | str | None], language: str
) -> Asked:
    """Describe one column that is reported, which may serve several indicators."""
    first = owners[0]
    own = not (isinstance(first, Indicator) and first.formula)
    measure = reported_measure(index, first) if own else ""
    notes = list(dict.fromkeys(_meaning(index, owner, measure, language) for owner in owners))
    return Asked(heading, measure, "；".join(filter(None, notes)), reported_range(first) if own else None, before)


def _meaning(index: Index, item: Indicator | Denominator, measure: str, language: str) -> str:
    """Say what a reported value is used for."""
    if isinstance(item, Denominator):
        return word.denominator(language)
    parts = [item.note]
    if item.formula:
        parts.append(f"{item.title(language)} = {item.formula}")
    if item.per:
        base = next(one for one in index.denominators if one.id == item.per)
        name = (base.name_en if language == "en" else base.name) or base.id
        parts.append(word.divided_by(language).format(base=name, measure=item.measure or "–"))
    elif item.measure != measure:
        parts.append(item.measure)
    parts.append(word_of(f"{item.direction} is better", language))
    return ("; " if language == "en" else "；").join(filter(None, parts))


def write_template(
    index: Index,
    names: Sequence[str],
    department: str,
    period: str,
    columns: Sequence[Asked],
    previous: str,
    language: str,
) -> bytes:
    """Write the workbook, the same bytes for the same columns: a sheet to fill in, last period's values, what all means.

    `names` are what the rows are called, a name or an id each. Only the cells of values and of notes can be typed in; there
    is no password, so that a department can still move columns or add its own.
    """
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        styles = _styles(book)
        fill = book.add_worksheet(word.fill_in(language))
        _fill_in(fill, index, names, department, period, columns, styles, language)
        last = book.add_worksheet(word.last_period(language))
        _last_period(last, index, names, columns, previous, styles, language)
        meaning = book.add_worksheet(word.definitions(language))
        _definitions(meaning, columns, styles, language)
        for page in (fill, last, meaning):
            page.set_landscape()
            page.set_paper(8)  # A3
            page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    return buffer.getvalue()


def _styles(book: Any) -> Mapping[str, Any]:
    line = {"border": 1, "border_color": "#CCCCCC", "font_name": FONT, "font_size": 10}
    small = {"font_name": FONT, "font_size": 9, "text_wrap": True, "font_color": "#666666"}
    made = {
        "title": {"bold": True, "font_size": 14, "font_name": FONT},
        "help": {"font_name": FONT, "font_size": 10, "font_color": RED},
        "small": {**small, "valign": "bottom", "align": "center"},
        "heading": {
            **line,
            "bold": True,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "bg_color": RED,
            "font_color": "#FFFFFF",
        },
        "key": {**line, "bg_color": GREY, "num_format": "@"},
        "cell": {**line, "bg_color": PALE, "locked": False, "align": "right"},
        "note": {**line, "locked": False, "text_wrap": True},
        "value": {**line, "align": "right"},
        "text": {**line, "text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(style) for name, style in made.items()}


def _fill_in(
    page: Any,
    index: Index,
    names: Sequence[str],
    department: str,
    period: str,
    columns: Sequence[Asked],
    styles: Mapping[str, Any],
    language: str,
) -> None:
    page.write_string(0, 0, f"{index.index.title(language)} · {department} · {period}", styles["title"])
    page.write_string(1, 0, word.how_to_fill_in(language), styles["help"])
    page.write_string(2, 0, word.how_to_return(language), styles["help"])
    label = index.units.label_en if language == "en" else index.units.label
    for at, heading in enumerate((label, word.period(language), word.department(language))):
        page.write_string(_TOP, at, heading, styles["heading"])
    for row, name in enumerate(names, _TOP + 1):
        for at, text in enumerate((name, period, department)):
            page.write_string(row, at, text, styles["key"])
    for at, column in enumerate(columns, _KEYS):
        page.write_string(_TOP - 1, at, column.note, styles["small"])
        page.write_string(_TOP, at, _heading(column), styles["heading"])
        for row in range(len(names)):
            page.write_blank(_TOP + 1 + row, at, None, styles["cell"])
        page.data_validation(_TOP + 1, at, _TOP + len(names), at, _rule(column, _TOP + 1, at, language))
    last = _KEYS + len(columns)
    page.write_string(_TOP, last, word.remarks(language), styles["heading"])
    for row in range(len(names)):
        page.write_blank(_TOP + 1 + row, last, None, styles["note"])
    page.set_row(_TOP - 1, 60)
    page.set_row(_TOP, 60)
    page.set_column(0, 0, max(10, *(wide(name) + 2 for name in (*names, label))))
    page.set_column(1, 1, 10)
    page.set_column(2, 2, wide(department) + 2)
    page.set_column(_KEYS, last - 1, WIDEST)
    page.set_column(last, last, 24)
    page.freeze_panes(_TOP + 1, 1)
    page.repeat_rows(_TOP)
    page.repeat_columns(0)
    page.set_selection(_TOP + 1, _KEYS, _TOP + 1, _KEYS)


def _rule(column: Asked, row: int, at: int, language: str) -> dict[str, Any]:
    """Return the rule of a column's cells: a number within the valid range, or the word for not applicable."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cell = xl_rowcol_to_cell(row, at)
    bounds = f",{cell}>={column.valid[0]!r},{cell}<={column.valid[1]!r}" if column.valid else ""
    wanted = (
        word.a_number_between(language).format(low=column.valid[0], high=column.valid[1])
        if column.valid
        else word.a_number(language)
    )
    lines = [f"{word.measure(language)}{column.measure}" if column.measure else "", column.note, wanted]
    return {
        "validate": "custom",
        "value": f'=OR({cell}="{word.does_not_apply(language)}",AND(ISNUMBER({cell}){bounds}))',
        "input_title": column.heading[:LONGEST_TITLE],
        "input_message": "\n".join(filter(None, lines))[:LONGEST_MESSAGE],
        "error_title": column.heading[:LONGEST_TITLE],
        "error_message": wanted[:LONGEST_MESSAGE],
    }


def _last_period(
    page: Any,
    index: Index,
    names: Sequence[str],
    columns: Sequence[Asked],
    previous: str,
    styles: Mapping[str, Any],
    language: str,
) -> None:
    title = f"{word.last_period(language)} · {previous}" if previous else word.nothing_before(language)
    page.write_string(0, 0, title, styles["title"])
    page.write_string(1, 0, index.units.label_en if language == "en" else index.units.label, styles["heading"])
    for at, column in enumerate(columns, 1):
        page.write_string(1, at, _heading(column), styles["heading"])
        for row, value in enumerate(column.before, 2):
            if isinstance(value, str):
                page.write_string(row, at, value, styles["value"])
            elif value is None:
                page.write_blank(row, at, None, styles["value"])
            else:
                page.write_number(row, at, value, styles["value"])
    for row, name in enumerate(names, 2):
        page.write_string(row, 0, name, styles["key"])
    page.set_row(1, 60)
    page.set_column(0, 0, max(10, *(wide(name) + 2 for name in names)))
    page.set_column(1, len(columns), WIDEST)
    page.freeze_panes(2, 1)
    page.repeat_columns(0)


def _definitions(page: Any, columns: Sequence[Asked], styles: Mapping[str, Any], language: str) -> None:
    page.write_string(0, 0, word.definitions(language), styles["title"])
    for at, key in enumerate(("indicator", "reported in", "used for", "valid range")):
        page.write_string(1, at, word_of(key, language), styles["heading"])
    for row, column in enumerate(columns, 2):
        valid = f"{column.valid[0]:g} – {column.valid[1]:g}" if column.valid else ""
        for at, text in enumerate((column.heading, column.measure, column.note, valid)):
            page.write_string(row, at, text, styles["text"])
    page.fit_to_pages(1, 0)
    for at, width in enumerate((36, 12, 72, 16)):
        page.set_column(at, at, width)
    page.freeze_panes(2, 1)


def _heading(column: Asked) -> str:
    return f"{column.heading}\n（{column.measure}）" if column.measure else column.heading
