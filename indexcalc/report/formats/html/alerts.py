"""The warnings of a page: the board of a period, and the marks of a unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import SimpleNamespace

from markupsafe import Markup

from ....analysis.warning import Warned, course, listed
from ....tree.model import LEVELS
from ....words.page import page
from ....words.reports import word, word_of
from ...draw.strips import course as drawn_course
from ...numbers import listed as in_a_row
from ...sheets.analysed import Analysed
from ...sheets.sheet import Sheet
from ...sheets.warnings import counts, warnings_sheet
from .drawings import mark
from .markup import Cell, Row, Table, table, with_drawings, with_rows


def warning_board(shown: Analysed, language: str, *, values: bool = True) -> SimpleNamespace | None:
    """Return the warnings of a period with their marks, and what was observed; nothing for a tree without rules."""
    if not shown.judged:
        return None
    scores = shown.whole
    found = listed(scores, shown.judged, shown.period, unit=shown.unit)
    sheet = warnings_sheet(scores, shown.judged, shown.period, language, unit=shown.unit, values=values)
    units = scores.panel.units
    levels = [LEVELS[shown.judged[one.rule].level(one.at) - 1] for one in found]
    rows = [
        Row((), units.ids[one.unit], units.groups[one.unit] if units.groups else "", level)
        for one, level in zip(found, levels, strict=True)
    ]
    made = table(replace(sheet, notes=sheet.notes[2:]), language, sortable=True, keys=rows, classes="board")
    made = with_drawings(made, 0, {at: mark(level, language) for at, level in enumerate(levels)})
    if values:
        made = _with_courses(made, shown, found, sheet, language)
    said_counts = counts(scores, shown.judged, shown.period, language) if shown.unit is None else []
    marks = [
        SimpleNamespace(mark=mark(level, language), text=f"{word_of(level, language)} {levels.count(level)}")
        for level in reversed(LEVELS)
    ]
    extra = [SimpleNamespace(mark="", text=text) for text in said_counts[len(LEVELS) :]]
    return SimpleNamespace(
        counts=[*marks, *extra],
        table=made if rows else None,
        levels=[(level, word_of(level, language)) for level in reversed(LEVELS)],
    )


def _with_courses(made: Table, shown: Analysed, found: Sequence[Warned], sheet: Sheet, language: str) -> Table:
    """Draw the course of each warning in place of its text."""
    courses = {}
    for at, one in enumerate(found):
        judged = shown.judged[one.rule]
        values = [judged.value((place, one.unit, one.column)) for place in course(shown.whole, judged, one)]
        said = page.course_of(language).format(values=in_words(values, language))
        courses[at] = Markup(drawn_course(values, said))  # noqa: S704 - drawn by us
    column = next(place for place, heading in enumerate(sheet.headings) if heading.title == word.course(language))
    return with_drawings(_without_text(made, column), column, courses)


def in_words(values: Iterable[float], language: str, form: str = ".4g") -> str:
    """Return the values of a course as text, for readers who cannot see the drawing."""
    return in_a_row(("–" if math.isnan(value) else f"{value:{form}}" for value in values), language)


def _without_text(made: Table, column: int) -> Table:
    rows = tuple(
        replace(row, cells=tuple(replace(cell, text="") if place == column else cell for place, cell in enumerate(row.cells)))
        for row in made.rows
    )
    return with_rows(made, rows)


def marks_of(shown: Analysed, unit: int, language: str) -> Cell:
    """Return a unit's warnings: the mark of each level with how many there are, and the worst to sort by."""
    found = [shown.judged[one.rule].level(one.at) for one in listed(shown.whole, shown.judged, shown.period, unit=unit)]
    parts = [(level, found.count(level)) for level in range(len(LEVELS), 0, -1) if level in found]
    drawn = Markup("").join(Markup("{}{} ").format(mark(LEVELS[level - 1], language), count) for level, count in parts)
    weight = sum(count * 1000 ** (level - 1) for level, count in parts)
    return Cell("" if parts else "–", "t", str(weight), drawn)
