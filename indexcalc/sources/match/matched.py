"""What matching comes to: pieces of columns, what is left in its file, and everything that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...findings import Finding, Place, finding
from ...periods import order
from ...tree.model import Index
from ..readers.table import Table
from ..unit_table import UnitNames

if TYPE_CHECKING:
    from ...panel import Quarantine
    from ...tree.columns import Column
    from ..events.series import Behind
    from .stored import Keys, Later


@dataclass(frozen=True)
class Piece:
    """Some cells of one table's column that belong to one column of the panel: their rows, periods, units and values.

    `periods` has None in every place where the values hold in every period.
    """

    column: int
    table: Table
    at: int
    rows: Sequence[int]
    periods: Sequence[str | None]
    units: Sequence[int]
    values: Sequence[float]
    not_applicable: Sequence[int]

    def place(self, row: int) -> Place:
        return self.table.place(self.rows[row], self.at)


@dataclass
class Matched:
    """What the data has for the tree, and everything that was found on the way."""

    index: Index
    units: UnitNames | None = None
    pieces: list[Piece] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    submissions: dict[str, str] = field(default_factory=dict)  # those of ledgers that were used, with their hashes
    as_of: str = ""  # the last moment of the ledgers that were used
    quarantine: list[Quarantine] = field(default_factory=list)
    behind: dict[str, Behind] = field(default_factory=dict)  # the events of each log
    uncounted: bool = False  # there are logs of events of which only the columns were looked at

    @property
    def periods(self) -> tuple[str, ...]:
        """All periods that have data, in time."""
        each = {id(piece.periods): piece.periods for piece in self.pieces}  # the columns of a wide table share theirs
        at_once = {p for periods in each.values() for p in set(periods) if p}
        return tuple(sorted(at_once.union(p for keys in self.stored for p in keys.periods if p), key=order))

    @property
    def stored(self) -> list[Keys]:
        """The keys of the tables that stay in their files."""
        return list({id(later.keys): later.keys for later in self.later}.values())


class Same(Sequence[int]):
    """The row of each value of a series: the one address that all of them have."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, at: Any) -> Any:
        return 0


def doubts(column: Column, piece: Piece) -> Iterator[Finding]:
    """Values outside the declared range, and shares of 1 where percentages are meant."""
    values = piece.values
    if column.valid:
        low, high = column.valid
        for i in _where(values, lambda v: (v < low) | (v > high)):
            yield finding("IC349", piece.place(i), found=float(values[i]), low=low, high=high, name=column.title)
    if column.measure in ("%", "％"):
        small, other = _where(values, lambda v: (v > 0) & (v <= 1)), _where(values, lambda v: (v < 0) | (v > 1))
        if len(small) and not len(other):
            yield finding("IC350", piece.table.header_place(piece.at), name=column.title)


def _where(values: Sequence[float], test: Callable[[Any], Any]) -> Sequence[int]:
    """The places of the values that pass a test: at once for an array, one by one for a list."""
    if isinstance(values, list):
        return [i for i, value in enumerate(values) if test(value)]
    return [int(i) for i in test(values).nonzero()[0]]
