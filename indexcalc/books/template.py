"""The workbook that a department fills in: units by its indicators, with what each means and what was reported before."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..tree.columns import reported_range
from ..tree.model import NOTES, Denominator, Index, Indicator, notes_of
from ..tree.reported import names_a_rate, reported_measure
from ..words.periods import period_title
from ..words.reports import word, word_of
from .forms import lines_of, new_book, wide

FONT = "Microsoft YaHei"
RED, PALE, GREY = "#8A1F11", "#FFF9E6", "#F2F2F2"
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255  # what Excel takes in the note beside a cell
WIDEST = 16
_LINE = 14  # points that a line of text is high
_PAGE = 300  # columns of text that a printed page holds, small as on all forms with many columns
_TOP = 5  # the row of the headings, from 0: above it the title, two lines of help, definitions and measures
_KEYS = 3  # the columns of unit, period and department
_CORNER = 9  # the column, from 0, of what stands at the right, at the least: the lines of help are not cut short by it
_AT_THE_RIGHT = ("code", "authority", "approval", "expires", "deadline")
_SIGNED = ("filler", "checker", "head", "phone")


@dataclass(frozen=True)
class Asked:
    """One column of a template: its heading, what it serves, and in which unit of measurement it is reported.

    `about` says what it is, how it is counted and where it comes from; `before` has what was reported in earlier periods.
    """

    heading: str
    measure: str
    note: str
    about: tuple[str, ...]
    valid: tuple[float, ...] | None
    before: Sequence[Sequence[float | str | None]]


@dataclass(frozen=True)
class Sheet:
    """What a form is of: whose, of which period, what stands on its lines, and the earlier periods that are shown."""

    title: str
    label: str
    department: str
    period: str
    form: Mapping[str, str]
    earlier: Sequence[str]


def describe(
    index: Index,
    owners: Sequence[Indicator | Denominator],
    heading: str,
    before: Sequence[Sequence[float | str | None]],
    language: str,
) -> Asked:
    """Describe one column that is reported, which may serve several indicators."""
    first = owners[0]
    own = not (isinstance(first, Indicator) and first.formula)
    measure = reported_measure(index, first) if own else ""
    notes = list(dict.fromkeys(_meaning(index, owner, heading, language) for owner in owners))
    said = [notes_of(owner) for owner in owners]
    about = tuple("；".join(dict.fromkeys(one[key] for one in said if key in one)) for key in NOTES)
    return Asked(heading, measure, "；".join(filter(None, notes)), about, reported_range(first) if own else None, before)


def _meaning(index: Index, item: Indicator | Denominator, heading: str, language: str) -> str:
    """Say what a reported value is used for; not which way is better, which is no matter of who counts it."""
    if isinstance(item, Denominator):
        return word.denominator(language)
    parts = []
    if item.formula:
        parts.append(f"{item.title(language)} = {item.formula}")
    if item.per:
        base = next(one for one in index.denominators if one.id == item.per)
        name = (base.name_en if language == "en" else base.name) or base.id
        said = word.counted_for_a_rate if names_a_rate(item) else word.divided_by
        rate = {"name": item.title(language), "heading": heading, "times": _times(item)}
        parts.append(said(language).format(base=name, measure=item.measure or "–", **rate))
    elif item.measure != reported_measure(index, item):
        parts.append(item.measure)
    return ("; " if language == "en" else "；").join(filter(None, parts))


def _times(item: Indicator) -> str:
    """Return how a rate goes on behind its denominator: × 100 %, or a scale."""
    measure = item.measure.strip()
    if measure in ("%", "％") and item.scale == 100:
        return " × 100%"
    return (f" × {item.scale:.10g}" if item.scale != 1 else "") + (f" ({measure})" if measure else "")


def write_template(of: Sheet, names: Sequence[str], columns: Sequence[Asked], language: str) -> bytes:
    """Write the workbook, the same bytes for the same columns: a sheet to fill in, earlier values, what all means.

    `names` are what the rows are called, a name or an id each. Only the cells of values and notes, and the lines of who fills
    it in, can be typed in; there is no password, so that a department can still move columns or add its own.
    """
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        styles = _styles(book)
        fill = book.add_worksheet(word.fill_in(language))
        _fill_in(fill, of, names, columns, styles, language)
        last = book.add_worksheet(word.earlier_periods(language))
        _earlier(last, of, names, columns, styles, language)
        meaning = book.add_worksheet(word.definitions(language))
        _definitions(meaning, columns, styles, language)
        for page in (fill, last, meaning):
            page.set_landscape()
            page.set_paper(8)  # A3
            page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
            page.set_footer("&C&P / &N")
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
        "line": {"font_name": FONT, "font_size": 10},
        "signed": {"font_name": FONT, "font_size": 10, "locked": False, "bottom": 1, "num_format": "@"},
        "value": {**line, "align": "right"},
        "text": {**line, "text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(style) for name, style in made.items()}


def _fill_in(
    page: Any, of: Sheet, names: Sequence[str], columns: Sequence[Asked], styles: Mapping[str, Any], language: str
) -> None:
    page.write_string(0, 0, f"{of.title} · {of.department} · {period_title(of.period, language)}", styles["title"])
    page.write_string(1, 0, word.how_to_fill_in(language), styles["help"])
    page.write_string(2, 0, word.how_to_return(language), styles["help"])
    _lines(page, of.form, max(_KEYS + len(columns), _CORNER), styles, language)
    for at, heading in enumerate((of.label, word.period(language), word.department(language))):
        page.write_string(_TOP, at, heading, styles["heading"])
    for row, name in enumerate(names, _TOP + 1):
        for at, text in enumerate((name, period_title(of.period, language), of.department)):
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
    page.set_row(_TOP - 1, _LINE * max(lines_of(column.note, WIDEST) for column in columns) + 4)
    page.set_row(_TOP, _LINE * max(lines_of(_heading(column), WIDEST - 2) for column in columns) + 18)
    page.set_column(0, 0, max(10, *(wide(name) + 2 for name in (*names, of.label))))
    page.set_column(1, 1, max(10, wide(period_title(of.period, language)) + 2))
    page.set_column(2, 2, max(12, wide(of.department) + 2))
    page.set_column(_KEYS, last - 1, WIDEST)
    page.set_column(last, last, 24)
    page.freeze_panes(_TOP + 1, 1)
    page.repeat_rows(_TOP)
    _print(page, 60 + WIDEST * len(columns))
    page.set_selection(_TOP + 1, _KEYS, _TOP + 1, _KEYS)


def _lines(page: Any, form: Mapping[str, str], corner: int, styles: Mapping[str, Any], language: str) -> None:
    """Write what stands on the form: at the right what it is, above the table who fills it in, to be typed where not given."""
    for row, key in enumerate(_AT_THE_RIGHT):
        page.write_string(row, corner, word_of(f"form {key}", language) + form[key], styles["line"])
    for at, key in enumerate(_SIGNED):
        page.write_string(_TOP - 2, 2 * at, word_of(f"form {key}", language), styles["line"])
        page.write(_TOP - 2, 2 * at + 1, form[key] or None, styles["signed"])


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


def _earlier(
    page: Any, of: Sheet, names: Sequence[str], columns: Sequence[Asked], styles: Mapping[str, Any], language: str
) -> None:
    """Write what was reported in the last period and in the same period of last year, beside each other for every column."""
    each, titles = len(of.earlier), [period_title(one, language) for one in of.earlier]
    shown = " · ".join([word.earlier_periods(language), *titles])
    page.write_string(0, 0, shown if each else word.nothing_before(language), styles["title"])
    page.write_blank(1, 0, None, styles["heading"])
    page.write_string(2, 0, of.label, styles["heading"])
    for place, column in enumerate(columns if each else ()):
        first = 1 + place * each
        if each > 1:
            page.merge_range(1, first, 1, first + each - 1, _heading(column), styles["heading"])
        else:
            page.write_string(1, first, _heading(column), styles["heading"])
        for at, (period, values) in enumerate(zip(of.earlier, column.before, strict=True), first):
            page.write_string(2, at, period_title(period, language), styles["heading"])
            for row, value in enumerate(values, 3):
                _write_value(page, row, at, value, styles["value"])
    for row, name in enumerate(names, 3):
        page.write_string(row, 0, name, styles["key"])
    width = WIDEST if each == 1 else max([WIDEST - 4, *(wide(title) + 1 for title in titles)])
    page.set_row(1, _LINE * max((lines_of(_heading(column), each * width - 2) for column in columns), default=1) + 18)
    page.set_column(0, 0, max(10, *(wide(name) + 2 for name in names)))
    page.set_column(1, max(1, len(columns) * each), width)
    page.freeze_panes(3, 1)
    _print(page, width * len(columns) * each)


def _print(page: Any, width: int) -> None:
    """Print a page of so many columns of text on one sheet of paper if it can be read there, else on several with its units."""
    pages = -(-width // _PAGE)
    page.fit_to_pages(pages, 0)
    if pages > 1:
        page.repeat_columns(0)


def _write_value(page: Any, row: int, column: int, value: float | str | None, style: Any) -> None:
    if isinstance(value, str):
        page.write_string(row, column, value, style)
    elif value is None:
        page.write_blank(row, column, None, style)
    else:
        page.write_number(row, column, value, style)


def _definitions(page: Any, columns: Sequence[Asked], styles: Mapping[str, Any], language: str) -> None:
    page.write_string(0, 0, word.definitions(language), styles["title"])
    keys = ("indicator", "reported in", *NOTES, "used for", "valid range")
    rows = [(one.heading, one.measure, *one.about, one.note, _range(one)) for one in columns]
    widths = (30, 12, 44, 30, 30, 56, 16)
    kept = [at for at in range(len(keys)) if at == 0 or any(row[at] for row in rows)]
    for place, at in enumerate(kept):
        page.write_string(1, place, word_of(keys[at], language), styles["heading"])
        page.set_column(place, place, widths[at])
    for line, row in enumerate(rows, 2):
        for place, at in enumerate(kept):
            page.write_string(line, place, row[at], styles["text"])
        page.set_row(line, _LINE * max(lines_of(row[at], widths[at]) for at in kept) + 4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    page.freeze_panes(2, 1)


def _range(column: Asked) -> str:
    return f"{column.valid[0]:g} – {column.valid[1]:g}" if column.valid else ""


def _heading(column: Asked) -> str:
    return f"{column.heading}\n（{column.measure}）" if column.measure else column.heading
