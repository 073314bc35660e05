"""Levels of units: districts made of streets, streets of communities; reported values are brought up, never scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..methods.arrays import np
from ..methods.derive import OVER_UNITS, gathered
from ..panel import MISSING, NOT_APPLICABLE, VALUE, Panel
from ..spec.model import Index


def at_level(index: Index, panel: Panel, level: str | None = None) -> Panel:
    """Return the panel of the units of one level, what they did not report themselves made of their parts' reports.

    From the lowest level upwards each column is brought together as its `over_units` says; a rate is thereby made anew
    from its summed parts. What a unit reported itself stands. Without a level asked for, it is the one that `units.score`
    names, or that of the first unit which is part of none.
    """
    units = panel.units
    if not units.levels:
        return panel
    parents = np.array(units.parents)
    values, status = np.array(panel.values, order="K"), np.array(panel.status, order="K")
    for members in _from_below(parents):
        above, place = np.unique(parents[members], return_inverse=True)
        for at, column in enumerate(index.columns):
            weight = None if column.over_units in OVER_UNITS else values[..., panel.column[column.over_units]][:, members]
            how = column.over_units if weight is None else "mean"
            parts = status[:, members, at]
            made = gathered(
                np.where(parts == NOT_APPLICABLE, 0.0 if how == "sum" else np.nan, values[:, members, at]),
                place,
                len(above),
                how,
                weight,
            )
            never = gathered((parts == NOT_APPLICABLE).astype(float), place, len(above), "min") == 1
            own = status[:, above, at] != MISSING
            values[:, above, at] = np.where(own, values[:, above, at], np.where(never, np.nan, made))
            flags = np.where(never, NOT_APPLICABLE, np.where(np.isnan(made), MISSING, VALUE))
            status[:, above, at] = np.where(own, status[:, above, at], flags)
    wanted = level or index.units.score or units.levels[int(np.flatnonzero(parents < 0)[0])]
    kept = [at for at, own in enumerate(units.levels) if own == wanted]

    def address(period: int, unit: int, column: int) -> Sequence[Any]:
        return _places(panel, children, period, kept[unit], column)

    children: dict[int, list[int]] = {}
    for at, parent in enumerate(units.parents):
        children.setdefault(parent, []).append(at)
    return Panel(
        values[:, kept],
        status[:, kept],
        panel.periods,
        units.taken(kept),
        panel.columns,
        address if panel.address else None,
        quarantine=panel.quarantine,
    )


def _from_below(parents: Any) -> list[Any]:
    """The units that are part of another, the deepest first, as one batch a depth."""
    depth = np.zeros(len(parents), dtype=int)
    above = parents.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parents[above], -1)
    return [np.flatnonzero(depth == at) for at in range(int(depth.max(initial=0)), 0, -1)]


def _places(panel: Panel, children: dict[int, list[int]], period: int, unit: int, column: int) -> Sequence[Any]:
    """Where a unit's value was written: its own cell, or those of its parts."""
    own = list(panel.places(period, unit, column))
    if own or panel.status[period, unit, column] != MISSING:
        return own
    return [place for part in children.get(unit, ()) for place in _places(panel, children, period, part, column)]
