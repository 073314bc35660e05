"""The panel: what was reported, by period, unit and column, each cell with its status and its address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from .findings import Finding, Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VALUE, MISSING, NOT_APPLICABLE, IMPUTED = range(4)
STATUS_NAMES = {
    "zh": {VALUE: "有值", MISSING: "缺失", NOT_APPLICABLE: "不适用", IMPUTED: "插补"},
    "en": {VALUE: "value", MISSING: "missing", NOT_APPLICABLE: "not applicable", IMPUTED: "imputed"},
}


@dataclass(frozen=True)
class Units:
    """What is scored: ids, names and groups in the order of the units table.

    Where units stand on several levels, `levels` has each unit's and `parents` the place of the unit that it is part of,
    -1 for none.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    names_en: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def taken(self, wanted: Sequence[int]) -> Units:
        """Return some of the units, without their places among others."""

        def some(column: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(column[at] for at in wanted) if column else ()

        attributes = {name: some(column) for name, column in self.attributes.items()}
        return Units(some(self.ids), some(self.names), some(self.names_en), some(self.groups), attributes, some(self.levels))

    def part(self, block: slice) -> Units:
        """Return a run of the units with their names as among all of them; without attributes and parents."""
        own = Units(self.ids[block], self.names[block], self.names_en[block], self.groups[block], {}, self.levels[block])
        vars(own)["_shared"] = self._shared
        return own

    def parts(self, unit: str) -> list[str]:
        """Return the ids of a unit and of all that are part of it, level by level."""
        found = [self.ids.index(unit)]
        for at in found:
            found += [part for part, parent in enumerate(self.parents) if parent == at]
        return [self.ids[at] for at in found]

    def labels(self, by: str) -> tuple[str, ...]:
        """Return each unit's group, or what it has in another column of the units table."""
        return self.groups if by == "group" else tuple(str(label) for label in self.attributes[by])

    def title(self, unit: int, language: str = "zh") -> str:
        """Return a unit's name in a language, or what there is of it; with its id where several units have that name."""
        own, other = (self.names_en, self.names) if language == "en" else (self.names, self.names_en)
        name = (own[unit] if own else "") or (other[unit] if other else "") or self.ids[unit]
        if name not in self._shared or name == self.ids[unit]:
            return name
        return f"{name} ({self.ids[unit]})" if language == "en" else f"{name}（{self.ids[unit]}）"

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The names that several units have."""
        return frozenset(name for names in (self.names, self.names_en) for name, count in Counter(names).items() if count > 1)


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


@dataclass(frozen=True)
class Panel:
    """Values and statuses (period, unit, column), with the labels of each axis.

    NaN is missing or not applicable, `status` says which. In memory the units of one column lie side by side: make arrays
    with `empty`. `address` finds where a cell was written; it is left out for panels that do not come from files.
    With `pooled`, what is compared with all periods is compared with so many of the first alone: the periods after them are
    suppositions, made to be scored beside what was.
    """

    values: NDArray[np.float64]
    status: NDArray[np.uint8]
    periods: tuple[str, ...]
    units: Units
    columns: tuple[str, ...]
    address: Callable[[int, int, int], Sequence[Place]] | None = None
    pooled: int | None = None
    quarantine: tuple[Quarantine, ...] = ()

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
