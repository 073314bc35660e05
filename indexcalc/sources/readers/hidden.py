"""Rows and columns of a workbook that are hidden, by a filter or by hand."""

from __future__ import annotations

from collections.abc import Sequence

from ...findings import Finding, Place, finding, letters
from .marks import Marks
from .table import Table


def hidden_cells(sheet: Place, tables: Sequence[Table], marks: Marks) -> list[Finding]:
    """Say which records and named columns are hidden, which a filter does; they are read like the others."""
    if not marks.hidden_rows and not marks.hidden_columns:
        return []
    rows = [line for table in tables for line in table.lines if line - 1 in marks.hidden_rows]
    columns = sorted({at for table in tables for at in table.positions if at - 1 in marks.hidden_columns})
    if not rows and not columns:
        return []
    runs = [*(f"{first}:{last}" for first, last in _runs(rows)), *(f"{letters(a)}:{letters(b)}" for a, b in _runs(columns))]
    where = ", ".join(runs[:8]) + (" …" if len(runs) > 8 else "")
    return [finding("IC933", sheet, rows=len(rows), columns=len(columns), where=where)]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return numbers in order as runs, each by its first and last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
