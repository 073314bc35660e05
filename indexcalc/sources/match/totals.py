"""Totals since the year began: those that leave a period's own value open, and those that fall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import isnan

from ...findings import Finding, finding
from ...periods import order, previous, starts_year
from .headings import few
from .matched import Matched, Piece

Cells = dict[tuple[int, str], tuple[Piece, int]]
"""Where the total of a unit and period stands: in which piece, and where in it."""


def totals(matched: Matched) -> Iterator[Finding]:
    """Find totals without that of the period before, and totals that are less than that."""
    assert matched.units is not None
    of_column: dict[int, Cells] = defaultdict(dict)
    for piece in matched.pieces:
        if matched.index.columns[piece.column].cumulative and not piece.everywhere:
            cells = zip(piece.periods, piece.units, piece.values, strict=True)
            of_column[piece.column] |= {
                (unit, period): (piece, i) for i, (period, unit, value) in enumerate(cells) if period and not isnan(value)
            }
    for column, there in of_column.items():
        yield from _of_column(matched, matched.index.columns[column].title, there)


def _of_column(matched: Matched, name: str, there: Cells) -> Iterator[Finding]:
    assert matched.units is not None
    kind = matched.index.periods.kind
    open_at: list[tuple[int, str]] = []
    falls: list[tuple[int, str]] = []
    values = {key: float(piece.values[i]) for key, (piece, i) in there.items()}
    before = {period: None if starts_year(period, kind) else previous(period, kind) for _, period in there}
    positive = min(values.values(), default=0.0) >= 0
    for unit, period in there:
        earlier = before[period]
        if earlier is None:
            continue
        if (unit, earlier) not in there:
            open_at.append((unit, period))
        elif positive and values[unit, period] < values[unit, earlier]:
            falls.append((unit, period))
    if open_at:
        piece, i = there[open_at[0]]
        periods = few(sorted({period for _, period in open_at}, key=order))
        yield finding("IC928", piece.place(i), name=name, periods=periods, count=len(open_at))
    if falls:
        (unit, period), (piece, i) = falls[0], there[falls[0]]
        yield finding(
            "IC929",
            piece.place(i),
            name=name,
            count=len(falls),
            unit=matched.units.units.title(unit),
            period=period,
            found=f"{values[unit, period]:.10g}",
            before=f"{values[unit, str(before[period])]:.10g}",
        )
