"""What was matched, put into the arrays of a panel."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ...findings import Finding, Place, errors
from ...panel import MISSING, NOT_APPLICABLE, VALUE, Make, Panel, empty
from .absence import never_there, without_values_late
from .matched import Keys, Later, Matched, Piece, Seen
from .measures import once_a_file
from .plausible import late
from .stored import given_before

_READERS = 4  # columns of files that are read at the same time, each as large as all units


def panel(matched: Matched, make: Make = empty) -> Panel:
    """Put what was matched into arrays that `make` provides, column by column.

    What was left in its file is read now; what is found in its cells is among the findings of the panel.
    """
    assert matched.units is not None
    index, units, periods = matched.index, matched.units.units, matched.periods
    filling = _Filling(matched)
    shape = len(periods), len(units), len(index.columns)
    values, status = make(*shape), make(*shape, np.uint8)

    def fill(column: int) -> list[Finding]:
        values[..., column], status[..., column], found = filling.column(column)
        return found

    if matched.later:
        with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as pool:
            found = list(pool.map(fill, range(shape[2])))
    else:
        found = [fill(column) for column in range(shape[2])]
    gone: list[Finding] = []
    if matched.later and not errors([*matched.findings, *(one for of_column in found for one in of_column)]):
        gone = [*never_there(matched, filling.units), *without_values_late(matched, filling.seen)]
    return Panel(
        values,
        status,
        periods,
        units,
        tuple(column.id for column in index.columns),
        None if matched.later else _addresses(matched, filling.pieces),
        quarantine=tuple(matched.quarantine),
        origin=matched,
        findings=(*matched.findings, *gone, *once_a_file(one for of_column in found for one in of_column)),
    )


class _Filling:
    """The pieces of each column, and where their rows go in an array of its values (period, unit)."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched
        self.pieces: dict[int, list[Piece]] = defaultdict(list)
        self.later: dict[int, list[Later]] = defaultdict(list)
        for piece in matched.pieces:
            self.pieces[piece.column].append(piece)
        for later in matched.later:
            self.later[later.column].append(later)
        self.positions = {period: at for at, period in enumerate(matched.periods)}
        self.rows: dict[tuple[int, int], tuple[Any, Any]] = {}  # the columns of a wide table share these
        self.seen: list[Seen] = []
        self.units: dict[int, set[int]] = {}  # those with a value in columns that were read late
        self.every: dict[bytes, set[int]] = {}

    def column(self, column: int) -> tuple[Any, Any, list[Finding]]:
        """Return the values and statuses of a column, with what was found in cells that were read for it."""
        assert self.matched.units is not None
        shape = len(self.positions), len(self.matched.units.units)
        values, status = np.full(shape, np.nan), np.full(shape, MISSING, dtype=np.uint8)
        pieces, later = self.pieces[column], self.later[column]
        found: list[Finding] = []
        for piece in pieces:
            periods, units = self._rows_of(piece)
            _put(values, status, piece, None if piece.everywhere else periods, units, piece.not_applicable)
        parts = [(*part.read(), part.keys) for part in later]
        for piece, in_cells, keys in parts:
            found += in_cells
            self._note(piece, keys)
            periods = self._periods_of(keys)
            if len(pieces) + len(later) > 1:
                found += given_before(self.matched, piece, status, periods, keys)
            _put(values, status, piece, periods, keys.unit, [*piece.not_applicable, *keys.not_applicable.tolist()])
        found += late(self.matched, [(piece, keys) for piece, _, keys in parts], pieces)
        return values, status, found

    def _note(self, piece: Piece, keys: Keys) -> None:
        """Note which units and periods have a value in a column that was read late."""
        there = ~np.isnan(np.array(piece.values, dtype=float))
        there[list(piece.not_applicable)] = there[keys.not_applicable] = True
        mask = np.zeros(len(self.matched.units.units) if self.matched.units else 0, dtype=bool)
        mask[keys.unit[there]] = True
        key = np.packbits(mask).tobytes()  # most columns have the same units
        if key not in self.every:
            self.every[key] = set(np.flatnonzero(mask).tolist())
        before = self.units.get(piece.column)
        self.units[piece.column] = self.every[key] if before is None else before | self.every[key]
        known = {keys.periods[at] for at in np.unique(keys.period[there]).tolist()}
        lacking = [at for at, period in enumerate(keys.periods) if period is not None and period not in known]
        first = {keys.periods[at]: int(np.argmax(keys.period == at)) for at in lacking if (keys.period == at).any()}
        empty = {str(period): piece.place(row) for period, row in first.items()}
        self.seen.append(Seen(piece.column, frozenset(known), empty))

    def _rows_of(self, piece: Piece) -> tuple[Any, Any]:
        key = id(piece.periods), id(piece.units)
        if key not in self.rows:
            periods = [self.positions[period] if period else 0 for period in piece.periods]
            self.rows[key] = np.array(periods, dtype=np.intp), np.array(piece.units, dtype=np.intp)
        return self.rows[key]

    def _periods_of(self, keys: Keys) -> Any:
        if keys.periods == (None,):
            return None
        return np.array([self.positions[period] for period in keys.periods if period], dtype=np.int32)[keys.period]


def _put(values: Any, status: Any, piece: Piece, periods: Any, units: Any, not_applicable: Sequence[int]) -> None:
    """Put a piece's values into those of a column (period, unit), into every period where none are given."""
    given = np.array(piece.values, dtype=float)
    given[list(not_applicable)] = np.nan  # a status column may call a cell not applicable that has a value
    flags = np.where(np.isnan(given), MISSING, VALUE).astype(np.uint8)
    flags[list(not_applicable)] = NOT_APPLICABLE
    if periods is None:
        values[:, units], status[:, units] = given, flags
    else:
        values[periods, units], status[periods, units] = given, flags


def _addresses(matched: Matched, pieces: dict[int, list[Piece]]) -> Callable[[int, int, int], Sequence[Place]]:
    periods = matched.periods
    rows: dict[int, dict[int, list[tuple[Piece, int, str | None]]]] = {}  # by column and unit: made when a column is asked for

    def address(period: int, unit: int, column: int) -> Sequence[Place]:
        if column not in rows:
            found: dict[int, list[tuple[Piece, int, str | None]]] = defaultdict(list)
            for piece in pieces[column]:
                for row, (of, whose) in enumerate(zip(piece.periods, piece.units, strict=True)):
                    found[int(whose)].append((piece, row, of))
            rows[column] = found  # whole: pages are asked for side by side
        return [piece.place(row) for piece, row, of in rows[column].get(unit, ()) if of in (None, periods[period])]

    return address
