"""How units are graded by a node's scores: from which score each grade begins, and what the rank-sum ratio tells beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.ranking import compared, deviates, graded_by, ranking_of
from ..findings import Language
from ..methods.arrays import Array, np
from ..methods.breaks import natural_breaks
from ..methods.probit import Line, Spread, line, spread
from ..methods.ties import levelled
from ..scores import Scores
from ..tree.blocks.grades import Grade
from .result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Graded(Result):
    """The grades of units in a period by a node's scores; arrays are (unit,).

    `found` are the places of grades, -1 without a score. `starts` are the scores that part grades, where scores do: from which a
    grade begins, or above which, as natural breaks and quantiles have it; NaN where places do. `fit` is the goodness of variance
    fit of natural breaks. `spread` and `line` are the places of the rank-sum ratio's distribution, their probits, and the
    regression of scores on these; nothing where fewer than three scores differ.
    """

    scores: Scores
    node: int
    period: str
    grades: tuple[Grade, ...]
    found: Array
    starts: tuple[float, ...]
    fit: float | None
    spread: Spread
    line: Line | None

    @property
    def row(self) -> int:
        return self.scores.periods.index(self.period)

    @property
    def values(self) -> Array:
        """The node's scores (unit,)."""
        return np.asarray(self.scores.scores[self.row, :, self.node], dtype=float)

    @property
    def counts(self) -> list[int]:
        """How many units have each grade."""
        return [int(np.count_nonzero(self.found == at)) for at in range(len(self.grades))]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit: its score, rank and grade, and its place, share, probit and fitted score of the rank-sum ratio."""
        import pandas as pd

        units = self.scores.listed(self.row)
        fitted = self.line.fitted if self.line else np.full(len(self.found), np.nan)
        return pd.DataFrame(
            {
                "unit": [self.scores.panel.units.ids[unit] for unit in units],
                "name": self.scores.panel.units.titles(units, language),
                "score": self.values[units],
                "rank": np.asarray(self.scores.ranks[self.row, units, self.node], dtype=float),
                "grade": [self.grades[at].title(language) if at >= 0 else "" for at in self.found[units].tolist()],
                "place": self.spread.place[units],
                "share": self.spread.share[units],
                "probit": self.spread.probit[units],
                "fitted": fitted[units],
            }
        )


def graded(scores: Scores, node: int, period: str, grades: Sequence[Grade]) -> Graded:
    """Grade the units of a period by a node's scores."""
    row, grades = scores.periods.index(period), tuple(grades)
    within = None if scores.group_ranks is None else np.asarray(scores.group_ranks, dtype=float)
    one = np.asarray(compared(ranking_of(scores.index, node), scores.scores[row, :, node]), dtype=float)
    found = graded_by(scores.index, scores.panel, np.asarray(scores.scores), np.asarray(scores.ranks), within, node, grades)[row]
    places = spread(one)
    breaks = natural_breaks(levelled(one), len(grades)) if any(each.break_ for each in grades) else None
    uppers = iter([] if breaks is None else breaks.uppers[::-1].tolist())
    return Graded(
        scores=scores,
        node=node,
        period=period,
        grades=grades,
        found=found,
        starts=tuple(_start(each, one, next(uppers, np.nan) if each.break_ else np.nan) for each in grades),
        fit=None if breaks is None else breaks.fit,
        spread=places,
        line=line(one, places.probit),
    )


def _start(grade: Grade, one: Array, upper: float) -> float:
    """Return the score from which, or above which, a grade begins."""
    if grade.from_ is not None:
        return float(grade.from_)
    if grade.sd is not None:
        return float(deviates(one, grade.sd)[0])
    if grade.quantile is not None:
        return float(np.nanquantile(one, grade.quantile)) if np.isfinite(one).any() else float("nan")
    return upper
