"""What matching takes and what it comes to: a source with its columns; pieces of columns, and everything that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from math import isnan, nan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ...findings import Finding, Place
from ...periods import order
from ...tree.columns import Column
from ...tree.model import Data, Index
from ..readers.spelling import PLAIN, Spelling
from ..readers.table import Table, name_of
from ..unit_table import UnitNames

if TYPE_CHECKING:
    from ...panel import Quarantine
    from ..events.series import Behind
    from .measures import Said


@dataclass(frozen=True, eq=False)
class Source:
    """One source of an index: what the tree says of it, and the columns of the panel that its tables have, by position."""

    index: Index
    units: UnitNames
    name: str
    data: Data
    columns: Sequence[tuple[int, Column]]
    words: Mapping[str, Data] = field(default_factory=dict)
    """What says which words mean something in a column's cells, by the column's own source; `data` for all others."""

    @classmethod
    def of(cls, index: Index, units: UnitNames, name: str, data: Data, wanted: Iterable[int]) -> Source:
        """Return a source that some columns of an index are taken from, their names written as those of tables are read."""
        return cls(index, units, name, data, [(at, _as_read(index.columns[at])) for at in wanted])

    def place(self, *path: str) -> Place:
        """Return where the source, or a key of it, stands in the tree."""
        return self.index.place(("data", self.name, *path))

    @cached_property
    def ignored(self) -> frozenset[str]:
        """The names, such as those of totals, that are passed over in silence."""
        return frozenset(map(name_of, self.data.ignore))

    def words_of(self, column: Column) -> Data:
        """Return what says which words mean something in a column's cells."""
        data = self.words.get(column.source, self.data)
        return data.model_copy(update={"numbers": data.numbers | dict(column.numbers)}) if column.numbers else data

    def matched(self, pieces: Sequence[Piece] = (), findings: Sequence[Finding] = (), **more: Any) -> Matched:
        """Return what was matched of this source."""
        return Matched(self.index, self.units, pieces, findings=findings, **more)


def _as_read(column: Column) -> Column:
    headers, rows = tuple(map(name_of, column.headers)), tuple(map(name_of, column.rows))
    same = (headers, rows) == (column.headers, column.rows)
    return column if same else column._replace(headers=headers, rows=rows)


class Piece(NamedTuple):
    """Some cells of one table's column that belong to one column of the panel: their rows, periods, units and values.

    `periods` has None in every place where the values hold in every period; `notes` has what stands beside some values, such
    as flags; `unread` are the values that could not be read; `spelling` is how the numbers are written.
    """

    column: int
    table: Table
    at: int
    rows: Sequence[int]
    periods: Sequence[str | None]
    units: Sequence[int]
    values: Sequence[float]
    not_applicable: Sequence[int]
    notes: Mapping[int, str] = MappingProxyType({})
    unread: AbstractSet[int] = frozenset()
    spelling: Spelling = PLAIN
    said: Sequence[Said] = ()
    """The units of measurement that the table says of the values."""

    def place(self, row: int) -> Place:
        """Return the address of a value, with what stands beside it."""
        place = self.table.place(self.rows[row], self.at)
        return replace(place, note=self.notes[row]) if row in self.notes else place

    @property
    def everywhere(self) -> bool:
        """Whether the values hold in every period."""
        return bool(self.periods) and self.periods[0] is None


class Keys(NamedTuple):
    """The rows of a table that stays in its file which belong to a known unit and a period, as arrays.

    `period` says which of `periods` each has; that is None alone where the values hold in every period.
    """

    rows: Any
    periods: tuple[str | None, ...]
    period: Any
    unit: Any
    not_applicable: Any


class Later(NamedTuple):
    """A piece of a table that stays in its file: `read` reads it, with findings on its cells."""

    column: int
    keys: Keys
    read: Callable[[], tuple[Piece, list[Finding]]]
    said: Sequence[Said] = ()
    file: str = ""


@dataclass(frozen=True)
class Seen:
    """What was seen in a column that was read late: the periods with a value, and the first cell of each without any."""

    column: int
    known: frozenset[str | None]
    empty: Mapping[str, Place]


@dataclass(frozen=True, eq=False)
class Matched:
    """What the data, or a part of it, has for the tree, and everything that was found on the way."""

    index: Index
    units: UnitNames | None = None
    pieces: Sequence[Piece] = ()
    later: Sequence[Later] = ()
    findings: Sequence[Finding] = ()
    files: Sequence[Path] = ()
    submissions: dict[str, str] = field(default_factory=dict)  # those of ledgers that were used, with their hashes
    as_of: str = ""  # the last moment of the ledgers that were used
    quarantine: Sequence[Quarantine] = ()
    behind: Mapping[str, Behind] = field(default_factory=dict)  # the events of each log
    uncounted: bool = False  # there are logs of events of which only the columns were looked at

    @cached_property
    def digests(self) -> dict[Path, str]:
        """The digest of each file, worked out once however many reports name it."""
        from ...journal.run import digest_of

        return {file: digest_of(file) for file in self.files}

    @cached_property
    def repeated(self) -> frozenset[int]:
        """The columns that are read from the cells of an earlier one: a formula may share another's.

        In a long table all indicators stand in one column, each in rows of its own.
        """
        first: dict[tuple[int, int, int], int] = {}
        cells = [(piece.column, (id(piece.table), piece.at, piece.rows[0])) for piece in self.pieces if len(piece.rows)]
        for column, key in cells:
            first[key] = min(first.get(key, column), column)
        return frozenset(column for column, key in cells if first[key] < column)

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """All periods that have data, in time."""
        each = {id(piece.periods): piece.periods for piece in self.pieces}  # the columns of a wide table share theirs
        at_once = {p for periods in each.values() for p in set(periods) if p}
        keys = {id(later.keys): later.keys for later in self.later}
        return tuple(sorted(at_once.union(p for one in keys.values() for p in one.periods if p), key=order))


def together(parts: Sequence[Matched]) -> Matched:
    """Return what several sources, or tables of one, have for the tree as one."""
    return Matched(
        parts[0].index,
        parts[0].units,
        list(chain.from_iterable(part.pieces for part in parts)),
        list(chain.from_iterable(part.later for part in parts)),
        list(chain.from_iterable(part.findings for part in parts)),
        sorted(set(chain.from_iterable(part.files for part in parts))),
        {entry: receipt for part in parts for entry, receipt in part.submissions.items()},
        max(part.as_of for part in parts),
        list(chain.from_iterable(part.quarantine for part in parts)),
        {log: behind for part in parts for log, behind in part.behind.items()},
        any(part.uncounted for part in parts),
    )


def ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the largest of a list of values less its gaps; NaN where there is none."""
    low, high = min(values, default=nan), max(values, default=nan)
    if low <= high:
        return low, high  # a gap that comes first hides all else, and no other hides anything
    known = [value for value in values if not isnan(value)]
    return min(known, default=nan), max(known, default=nan)


class Same(Sequence[int]):
    """The row of each value of a series: the one address that all of them have."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, at: Any) -> Any:
        return 0
