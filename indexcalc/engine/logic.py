"""Whether what was reported can be true together: rates within their bounds, parts no more than their whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..findings import Finding, Place, finding
from ..methods.arrays import Mask, np
from ..panel import Panel
from ..tree.logic import Bounds, bounds_of
from ..tree.model import Index
from .leaves import columns_of_leaf, value_of

MOST = 20  # cells of one rule that are named; of more it is said how many there are
_SAME = 1e-9  # sums of decimals differ by so little of themselves

Cell = tuple[int, int, int]
"""A reported cell: the places of its period, unit and column."""


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold of a unit in a period: what is said of it, and the reported cells that it takes."""

    finding: Finding
    period: int
    unit: int
    cells: tuple[Cell, ...]


def broken(index: Index, panel: Panel) -> Iterator[Broken]:
    """Find what cannot be true of the values as they were reported, of the units of all levels, each at the first of its cells.

    What is missing or does not apply is not judged. Of a rule that many units break the first are named.
    """
    for own in bounds_of(index):
        yield from _out_of_bounds(index, panel, own)


def broken_rules(index: Index, panel: Panel) -> list[Finding]:
    """Return what `broken` finds, in words."""
    return [one.finding for one in broken(index, panel)]


def _out_of_bounds(index: Index, panel: Panel, own: Bounds) -> Iterator[Broken]:
    leaf, x = own.leaf, value_of(index, panel, own.leaf)
    with np.errstate(invalid="ignore"):
        out = (x < own.low - _SAME * abs(own.low)) | (x > own.high + _SAME * abs(own.high))
    columns = columns_of_leaf(index, panel, leaf)
    for period, unit, more in _cells(out):
        cells = [(period, unit, at) for at in columns]
        names = {"zh": leaf.title("zh"), "en": leaf.title("en")}
        values = {
            "id": leaf.id,
            "name": names["en"],
            "name_zh": names["zh"],
            "unit": panel.units.title(unit, "en"),
            "unit_zh": panel.units.title(unit, "zh"),
            "period": panel.periods[period],
            "found": f"{x[period, unit]:.10g} {leaf.measure}".rstrip(),
            "low": f"{own.low:.10g}",
            "high": f"{own.high:.10g}",
            "cells": in_words(index, panel, cells),
            "more": more,
        }
        yield Broken(
            finding("IC951" if own.share else "IC950", _place(index, panel, cells), **values), period, unit, tuple(cells)
        )


def _cells(wrong: Mask) -> Iterator[tuple[int, int, str]]:
    """Yield the first places (period, unit) where something is wrong, the last one with how many more there are."""
    places: list[list[int]] = np.argwhere(wrong).tolist()
    beyond = len(places) - MOST
    for at, (period, unit) in enumerate(places[:MOST]):
        yield period, unit, f"(+{beyond})" if beyond > 0 and at == MOST - 1 else ""


def in_words(index: Index, panel: Panel, cells: Sequence[Cell]) -> str:
    """Return reported cells by what they are called, each with its number and where it stands."""
    titles = {column.id: column.title for column in index.columns}
    said = []
    for period, unit, at in cells:
        places = ", ".join(map(str, panel.places(period, unit, at)))
        text = f"{titles[panel.columns[at]]} = {panel.values[period, unit, at]:.10g}"
        said.append(f"{text} ({places})" if places else text)
    return "; ".join(dict.fromkeys(said))


def _place(index: Index, panel: Panel, cells: Sequence[Cell]) -> Place:
    """Return where the first of some cells stands; where its indicator does, for a panel that comes from no file."""
    place = next((place for cell in cells for place in panel.places(*cell)), None)
    owner = next(column.owner for column in index.columns if column.id == panel.columns[cells[0][2]])
    return place or index.place_of(owner)
