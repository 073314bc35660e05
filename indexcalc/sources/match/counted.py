"""What is made of logs of events: series that become columns like those of any other source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from ...findings import Finding, errors, finding
from ...tree.columns import Column
from ...tree.model import Data
from ..events.log import look
from ..events.series import Series, read
from ..readers.table import Table
from .cells import doubts, of_units
from .matched import Matched, Piece, Same, Source, together


def match_events(source: Source, base: Path, *, count: bool) -> Matched:
    """Take the series of a log of events; each cell's address is the log and what was taken of it."""
    index, units = source.index, source.units
    attributes = [_of_attribute(source, at, column) for at, column in source.columns if not column.take]
    taken = [(at, column) for at, column in source.columns if column.take]
    log, found = look(index, source.name, taken, base)
    files = [Path(file.path) for file in log.files]
    series = None
    if count and not errors(found):
        series, problems = read(index, log, units, base)
        found += problems
    matched = source.matched(findings=found, files=files, uncounted=not count)
    return together([*attributes, matched, *([_of_series(source, log.shown, taken, series)] if series else [])])


def _of_series(source: Source, shown: str, columns: Sequence[tuple[int, Column]], series: Series) -> Matched:
    """Match the series of some columns."""
    every, units = range(len(series.periods)), range(len(source.units.units))
    periods, unit_of = [series.periods[at] for at in every for _ in units], [unit for _ in every for unit in units]
    pieces: list[Piece] = []
    found: list[Finding] = []
    silent = _without_events(source, series)
    for at, column in columns:
        said = column.headers
        table = Table(shown, said[0], None, 0, said, said, (0,), ((),), (0,))
        values = series.values[at].copy()
        values[:, silent] = float("nan")
        values = values.ravel()
        piece = Piece(at, table, 0, Same(len(values)), periods, unit_of, cast("Sequence[float]", values), ())
        pieces.append(piece)
        found += doubts(column, piece)
    return source.matched(pieces, found, quarantine=[series.quarantine], behind={source.name: series.behind})


def _without_events(source: Source, series: Series) -> list[int]:
    """Return the units that are made of others and of which a log has nothing itself: what it has of their parts is theirs."""
    from ...methods.arrays import np

    made = sorted({parent for parent in source.units.units.parents if parent >= 0})
    return [unit for unit in made if not any(np.nan_to_num(values[:, unit]).any() for values in series.values.values())]


def _of_attribute(source: Source, at: int, column: Column) -> Matched:
    """Take a column that a rule of `applies` names of the units table; it is a finding that it is nowhere."""
    file = source.index.units.table
    if attribute := of_units(replace(source, data=Data(path=file)), at, column):
        return attribute
    place = source.index.place_of(column.owner, "applies")
    return source.matched(findings=[finding("IC365", place, names=column.headers, column=column.owner, file=file, near="")])
