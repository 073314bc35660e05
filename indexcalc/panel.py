"""The panel: what was reported, by period, unit and column, each cell with its status and its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .findings import Finding, Place
from .units import Units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VALUE, MISSING, NOT_APPLICABLE, IMPUTED = range(4)


@dataclass(frozen=True)
class Quarantine:
    """What of one log of events could not be used: the dirty rows, each with its reasons, and how many there are.

    A reason is a kind of mistake and the column that it was made in; `counts` has the number of rows with each, and a row may
    have several. Of all the `read`, `dirty` rows were set aside and `left` more left out on purpose. `header` names the columns
    of `rows`, whose cells are text; after these each row has the places of its reasons.
    """

    source: str
    file: str
    read: int
    left: int
    dirty: int
    reasons: tuple[tuple[str, str], ...]
    counts: tuple[int, ...]
    header: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    findings: tuple[Finding, ...] = ()


class Names(Protocol):
    """What units are called: every id, name and alias, and those that several units share."""

    @property
    def units(self) -> Units:
        """All units, those of every level."""

    @property
    def known(self) -> Mapping[str, int]:
        """The place of the unit that each name means."""

    @property
    def shared(self) -> Mapping[str, Sequence[int]]:
        """The places of the units that share a name."""

    def find(self, cell: Any) -> int | None:
        """Return the place of the unit that has a name for itself."""

    def sharing(self, name: str) -> str:
        """Return the ids of the units that share a name."""


class Provenance(Protocol):
    """Where the values of a panel came from: all that a report on them has to name."""

    @property
    def units(self) -> Names | None:
        """What the units are called."""

    @property
    def files(self) -> Sequence[Path]:
        """The files of data."""

    @property
    def digests(self) -> Mapping[Path, str]:
        """The digest of each file of data."""

    @property
    def submissions(self) -> Mapping[str, str]:
        """The submissions of ledgers, with their hashes."""

    @property
    def as_of(self) -> str:
        """The last moment of the ledgers."""

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods that were reported."""

    @property
    def behind(self) -> Mapping[str, Any]:
        """The events of each log."""


@dataclass(frozen=True)
class Panel:
    """Values and statuses (period, unit, column), with the labels of each axis.

    NaN is missing or not applicable, `status` says which. In memory the units of one column lie side by side: make arrays
    with `empty`. `address` finds where a cell was written; it is left out for panels that do not come from files.
    With `pooled`, what is compared with all periods is compared with so many of the first alone: the periods after them are
    suppositions, made to be scored beside what was. `findings` are the warnings and notes of reading.
    """

    values: NDArray[np.float64]
    status: NDArray[np.uint8]
    periods: tuple[str, ...]
    units: Units
    columns: tuple[str, ...]
    address: Callable[[int, int, int], Sequence[Place]] | None = None
    pooled: int | None = None
    quarantine: tuple[Quarantine, ...] = ()
    findings: tuple[Finding, ...] = ()
    origin: Provenance | None = None

    @cached_property
    def column(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.columns)}

    def places(self, period: int, unit: int, column: int) -> Sequence[Place]:
        """Return where a cell was written: one place, several for a rolled-up period, or none."""
        return self.address(period, unit, column) if self.address else ()


class Make(Protocol):
    """What makes an array (period, unit, column) to be filled: `empty` in memory, or one that keeps it in a file."""

    def __call__(self, periods: int, units: int, columns: int, dtype: Any = float) -> NDArray[Any]:
        """Make an array whose content is not yet known."""


def empty(periods: int, units: int, columns: int, dtype: Any = float) -> NDArray[Any]:
    """Make an array (period, unit, column) in which the units of one column lie side by side."""
    import numpy as np

    return np.empty((periods, columns, units), dtype=dtype).swapaxes(1, 2)
