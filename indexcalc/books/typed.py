"""A form whose cells were typed: the table of it, as a department's file would be, and which cell a finding is about."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from ..findings import Place
from ..words.reports import word
from .template import Asked, Sheet

_KEYS = 3  # the columns of unit, period and department
LONGEST = 200  # letters of a cell

Cells = Mapping[tuple[int, int], str]
"""What was typed, by row and column, both from 0."""


def write_typed(of: Sheet, names: Sequence[str], columns: Sequence[Asked], cells: Cells, language: str) -> bytes:
    """Write what was typed as a table that is read as every submission is: the same bytes for the same cells."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    headings = [f"{one.heading} ({one.measure})" if one.measure else one.heading for one in columns]
    lines.writerow([of.label, word.period(language), word.department(language), *headings])
    for row, name in enumerate(names):
        typed = [" ".join(cells.get((row, at), "").split())[:LONGEST] for at in range(len(columns))]
        lines.writerow([name, of.period, of.department, *typed])
    return buffer.getvalue().encode("utf-8", "replace")


def cell_at(place: Place) -> tuple[int, int] | None:
    """Return the row and column, both from 0, of the cell that a place in such a table is; nothing where it is none.

    A place of a heading has the row -1, one of a unit's name the column -1.
    """
    if not place.line:
        return None
    return place.line - 2, max(place.column - _KEYS - 1, -1)
