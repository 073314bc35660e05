"""Units that had a name one after the other: the period of a value says which of them it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...periods import Kind
from ...spans import ends_of
from ...units import Units
from .matched import Keys, Matched


def in_time(matched: Matched) -> Matched:
    """Give each value to the unit of its name that was there in its period."""
    if matched.units is None or not matched.units.units.namesakes:
        return matched
    meant, moved = _Meant(matched.units.units, matched.index.periods.kind), dict[tuple[int, int], list[int]]()
    pieces = []
    for piece in matched.pieces:
        key = id(piece.periods), id(piece.units)  # the columns of a wide table share theirs
        if key not in moved:
            moved[key] = [meant.of(unit, period) for unit, period in zip(piece.units, piece.periods, strict=True)]
        pieces.append(piece._replace(units=moved[key]))
    keys: dict[int, Keys] = {}
    for later in matched.later:
        if id(later.keys) not in keys:
            keys[id(later.keys)] = _moved(later.keys, meant)
    return replace(matched, pieces=pieces, later=[later._replace(keys=keys[id(later.keys)]) for later in matched.later])


class _Meant:
    """Which of the units of one name is meant in a period."""

    def __init__(self, units: Units, kind: Kind) -> None:
        self.units, self.kind = units, kind
        self.known: dict[tuple[int, str], int] = {}

    def of(self, unit: int, period: str | None) -> int:
        """Return the unit of the same name that was there in a period, the unit itself where there was none."""
        if period is None or unit not in self.units.namesakes:
            return unit
        if (unit, period) not in self.known:
            ends, spans = ends_of(period, self.kind), self.units.spans
            there = (one for one in (unit, *self.units.namesakes[unit]) if spans[one].lasts(ends))
            self.known[unit, period] = next(there, unit)
        return self.known[unit, period]


def _moved(keys: Keys, meant: _Meant) -> Keys:
    """Return the keys of a table that stays in its file with the units that are meant."""
    import numpy as np

    out = np.array(keys.unit)
    of_unit: Mapping[int, Sequence[int]] = meant.units.namesakes
    for at, period in enumerate(keys.periods):
        here: Any = keys.period == at
        for unit in of_unit:
            out[here & (keys.unit == unit)] = meant.of(unit, period)
    return keys._replace(unit=out)
