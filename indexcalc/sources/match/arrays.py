"""What was matched, put into the arrays of a panel."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...findings import Place, Refused, errors
from ...panel import MISSING, NOT_APPLICABLE, VALUE, Make, Panel, empty
from ...tree.model import Index
from .bind import match
from .matched import Matched, Piece
from .stored import given_before

if TYPE_CHECKING:
    from .stored import Later

_READERS = 4  # columns of files that are read at the same time, each as large as all units


def read_panel(index: Index, base: Path, *, root: Path | None = None, as_of: str | None = None) -> Panel:
    """Read all data of an index into a panel, ledgers as they were at a moment.

    :raises Refused: with every finding, when there is an error among them.
    """
    matched = match(index, base, root=root, as_of=as_of)
    if errors(matched.findings):
        raise Refused(matched.findings)
    return panel(matched)


def panel(matched: Matched, make: Make = empty) -> Panel:
    """Put what was matched into arrays that `make` provides, column by column.

    What was left in its file is read now; what is found in its cells is added to the findings.
    """
    assert matched.units is not None
    index, units, periods = matched.index, matched.units.units, matched.periods
    at = {period: position for position, period in enumerate(periods)}
    shape = len(periods), len(units), len(index.columns)
    values, status = make(*shape), make(*shape, np.uint8)
    pieces: dict[int, list[Piece]] = defaultdict(list)
    later: dict[int, list[Later]] = defaultdict(list)
    for one in matched.pieces:
        pieces[one.column].append(one)
    for two in matched.later:
        later[two.column].append(two)
    rows: dict[tuple[int, int], tuple[Any, Any]] = {}  # the columns of a wide table share these

    def rows_of(piece: Piece) -> tuple[Any, Any]:
        key = id(piece.periods), id(piece.units)
        if key not in rows:
            rows[key] = np.array([at[p] if p else 0 for p in piece.periods], dtype=np.intp), np.array(piece.units, dtype=np.intp)
        return rows[key]

    def fill(column: int) -> None:
        x, flags = np.full(shape[:2], np.nan), np.full(shape[:2], MISSING, dtype=np.uint8)
        for piece in pieces[column]:
            every = bool(piece.periods) and piece.periods[0] is None
            _put(x, flags, piece, None if every else rows_of(piece)[0], rows_of(piece)[1], piece.not_applicable)
        for part in later[column]:
            own = part.read()
            every = part.keys.periods == (None,)
            place = None if every else np.array([at[p] for p in part.keys.periods if p], dtype=np.int32)[part.keys.period]
            if len(pieces[column]) + len(later[column]) > 1:
                matched.findings += given_before(matched, own, flags, place, part.keys)
            silent = [*own.not_applicable, *part.keys.not_applicable.tolist()]
            _put(x, flags, own, place, part.keys.unit, silent)
        values[..., column], status[..., column] = x, flags

    if matched.later:
        with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as pool:
            list(pool.map(fill, range(shape[2])))
    else:
        for column in range(shape[2]):
            fill(column)
    address = None if matched.later else _addresses(matched)
    ids = tuple(column.id for column in index.columns)
    return Panel(values, status, periods, units, ids, address, quarantine=tuple(matched.quarantine), origin=matched)


def _put(x: Any, flags: Any, piece: Piece, periods: Any, units: Any, not_applicable: Sequence[int]) -> None:
    """Put a piece's values into those of a column (period, unit), into every period where none are given."""
    given = np.array(piece.values, dtype=float)
    given[list(not_applicable)] = np.nan  # a status column may call a cell not applicable that has a value
    own = np.where(np.isnan(given), MISSING, VALUE).astype(np.uint8)
    own[list(not_applicable)] = NOT_APPLICABLE
    if periods is None:
        x[:, units], flags[:, units] = given, own
    else:
        x[periods, units], flags[periods, units] = given, own


def _addresses(matched: Matched) -> Callable[[int, int, int], Sequence[Place]]:
    by_column: dict[int, list[Piece]] = defaultdict(list)
    for piece in matched.pieces:
        by_column[piece.column].append(piece)
    periods = matched.periods

    def address(period: int, unit: int, column: int) -> Sequence[Place]:
        return [
            piece.place(i)
            for piece in by_column[column]
            for i, (p, u) in enumerate(zip(piece.periods, piece.units, strict=True))
            if u == unit and p in (None, periods[period])
        ]

    return address
