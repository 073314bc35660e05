"""Scores beside those that were printed: whether they agree up to the decimals in print, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..findings import Language
from ..methods.arrays import np
from ..scores import Scores
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

SLACK = 1e-9  # of the last place in print


class Read(NamedTuple):
    """A number in print and how many decimals it has; NaN where none is."""

    number: float
    decimals: int


@dataclass(frozen=True)
class Column:
    """A column in print: of which node it has what, by the units' places."""

    title: str
    node: int
    what: Literal["score", "rank"]
    cells: dict[int, Read]


@dataclass(frozen=True)
class Cell:
    """One number beside the one in print."""

    unit: int
    own: float
    printed: float
    agrees: bool


@dataclass(frozen=True)
class Printed(Result):
    """Scores and ranks of a period beside those that were printed, by column; `strangers` are rows and columns of nothing known.

    A score agrees where it is no farther from the one in print than half of the last place there, so that it does whichever way
    halves were rounded; a rank where it is the same. What is missing in both agrees.
    """

    scores: Scores
    period: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    strangers: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether everything that was printed agrees."""
        return all(cell.agrees for cells in self.cells for cell in cells)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit and column: the number, the one in print, how far apart they are, and whether they agree."""
        import pandas as pd

        units = self.scores.panel.units
        rows = [
            (
                units.ids[cell.unit],
                units.title(cell.unit, language),
                column.title,
                self.scores.tree.nodes[column.node].id,
                column.what,
                cell.own,
                cell.printed,
                cell.own - cell.printed,
                cell.agrees,
            )
            for column, cells in zip(self.columns, self.cells, strict=True)
            for cell in cells
        ]
        names = ["unit", "unit_name", "column", "node", "what", "own", "printed", "difference", "agrees"]
        return pd.DataFrame(rows, columns=names)


def beside_print(scores: Scores, period: str, columns: Sequence[Column], strangers: Sequence[str] = ()) -> Printed:
    """Set the scores and ranks of a period beside those of some columns in print."""
    row = scores.periods.index(period)
    cells = []
    for column in columns:
        source = scores.scores if column.what == "score" else scores.ranks
        own = np.asarray(source[row, :, column.node], dtype=float)
        cells.append(tuple(_cell(unit, float(own[unit]), read) for unit, read in column.cells.items()))
    return Printed(scores, period, tuple(columns), tuple(cells), tuple(strangers))


def _cell(unit: int, own: float, read: Read) -> Cell:
    if np.isnan(own) or np.isnan(read.number):
        return Cell(unit, own, read.number, bool(np.isnan(own) and np.isnan(read.number)))
    last = 10.0**-read.decimals
    return Cell(unit, own, read.number, abs(own - read.number) <= (0.5 + SLACK) * last + SLACK * abs(own) * 1e-3)
