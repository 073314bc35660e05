"""What a unit reported for an indicator, cell by cell, each with its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..periods import kind_among, previous, starts_year
from ..scores import Scores
from ..tree.model import Indicator


@dataclass(frozen=True)
class Cell:
    """One reported column of a unit: its value, NaN without one, and where it was written, with the flags that stand there."""

    column: str
    value: float
    places: tuple[str, ...]


def cells_of(scores: Scores, period: int, unit: int, leaf: Indicator) -> tuple[Cell, ...]:
    """Return what a unit reported for a leaf, column by column; nothing for one that is made of scores from below."""
    if scores.made_of(scores.node(leaf.id)):
        return ()
    columns = [column.id for column in scores.index.columns if column.owner == leaf.id]
    columns += [leaf.per] if leaf.per else []
    cells = [cell_of(scores, period, unit, column) for column in columns]
    return (*cells, *_totals_before(scores, period, unit, columns))


def _totals_before(scores: Scores, period: int, unit: int, columns: Sequence[str]) -> Iterator[Cell]:
    """Yield the totals of the period before in the same year, which a reported period's own value is less by."""
    kind, name = scores.index.periods.kind, scores.periods[period]
    since = {column.id: column.title for column in scores.index.columns if column.cumulative}
    if not since or kind_among(name, scores.index.periods.kinds) != kind or starts_year(name, kind):
        return
    if (earlier := previous(name, kind)) in scores.periods:
        for column in columns:
            if column in since:
                cell = cell_of(scores, scores.periods.index(str(earlier)), unit, column)
                yield replace(cell, column=f"{column} {earlier}")


def cell_of(scores: Scores, period: int, unit: int, column: str) -> Cell:
    """Return what a unit reported in one column."""
    at = scores.panel.column[column]
    places = tuple(f"{place} ({place.note})" if place.note else str(place) for place in scores.panel.places(period, unit, at))
    return Cell(column, float(scores.panel.values[period, unit, at]), places)
