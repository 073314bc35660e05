"""A table that is shown: headings, rows of cells, and what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "text",
    "prose",
    "rank",
    "score",
    "move",
    "percent",
    "count",
    "code",
    "signed",
    "value",
    "amount",
    "growth",
    "revision",
    "period",
]
Value = str | float | int | None
Shown = Literal["score", "rank", "group rank", "move", "grade", "coverage", "part", "rest", "level"]


@dataclass(frozen=True)
class Heading:
    """One column of a sheet; `over` spans it and its neighbours, `decimals` are its own where not the sheet's.

    `plain` is what it is called in CSV, which programs read, where that is not the title: a period as ids have it. `shows` is
    what of which node stands in it, by its place, where that is made of scores: a workbook can make it anew.
    """

    title: str
    kind: Kind
    over: str = ""
    strong: bool = False
    decimals: int | None = None
    plain: str = ""
    shows: tuple[Shown, int] | None = None


@dataclass(frozen=True)
class Sheet:
    """One table: headings and rows; `ties` are the rows whose rank is shared, `units` the places of the units that have a row.

    `whole` are the rows of all units together, such as their mean, which people see below the rows; CSV has units alone.
    """

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    ties: frozenset[int] = frozenset()
    decimals: int = 2
    notes: tuple[str, ...] = ()
    whole: tuple[tuple[Value, ...], ...] = ()
    units: tuple[int, ...] = ()


@dataclass
class Columns:
    """The columns of a sheet in the making, each with its heading; `sums` are those whose values add up.

    `growths` has of a column of growth the column of the differences that it is made of, and the values before these.
    """

    headings: list[Heading] = field(default_factory=list)
    cells: list[Sequence[Value]] = field(default_factory=list)
    sums: set[int] = field(default_factory=set)
    growths: dict[int, tuple[int, Sequence[Value]]] = field(default_factory=dict)

    def add(self, heading: Heading, cells: Sequence[Value], *, adds_up: bool = False) -> None:
        """Add a column."""
        if adds_up:
            self.sums.add(len(self.headings))
        self.headings.append(heading)
        self.cells.append(cells)

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The same row by row."""
        return tuple(zip(*self.cells, strict=True))
