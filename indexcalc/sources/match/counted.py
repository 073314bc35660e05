"""What is made of logs of events: series that become columns like those of any other source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from ...findings import errors, finding
from ...tree.columns import Column
from ...tree.model import Data
from ..events.series import look, read
from ..readers.table import Table
from .bind import of_units
from .matched import Matched, Piece, Same, doubts


def match_events(matched: Matched, name: str, columns: list[tuple[int, Column]], base: Path, root: Path, *, count: bool) -> None:
    """Take the series of a log of events; each cell's address is the log and what was taken of it."""
    assert matched.units is not None
    columns = [(at, column) for at, column in columns if column.take or not _of_attribute(matched, at, column)]
    log = look(matched.index, name, columns, base, root)
    matched.files += [Path(file.path) for file in log.files]
    series = read(matched.index, log, matched.units, base) if count and not errors(log.findings) else None
    matched.findings += log.findings
    matched.uncounted |= not count
    if series is None:
        return
    matched.quarantine.append(series.quarantine)
    matched.behind[name] = series.behind
    every, units = range(len(series.periods)), range(len(matched.units.units))
    periods, at_unit = [series.periods[at] for at in every for _ in units], [unit for _ in every for unit in units]
    for at, column in columns:
        said = (column.title,)
        table = Table(log.shown, said[0], None, 0, said, said, (0,), ((),), (0,))
        values = series.values[at].ravel()
        piece = Piece(at, table, 0, Same(len(values)), periods, at_unit, cast("Sequence[float]", values), ())
        matched.pieces.append(piece)
        matched.findings += doubts(column, piece)


def _of_attribute(matched: Matched, at: int, column: Column) -> bool:
    """Take a column that a rule of `applies` names of the units table; say so if it is nowhere."""
    piece = of_units(matched, Data(path=matched.index.units.table), at, column)
    if piece is not None:
        matched.pieces.append(piece)
    else:
        place, file = matched.index.place_of(column.owner, "applies"), matched.index.units.table
        matched.findings.append(finding("IC365", place, names=column.headers, column=column.owner, file=file, near=""))
    return True
