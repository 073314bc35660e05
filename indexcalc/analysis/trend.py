"""Values in time: against the period before (环比) and against the same period a year before (同比)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.frames import kinds_of
from ..methods.arrays import np
from ..periods import previous, year_before
from ..scores import Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trend:
    """A node in time, arrays (period, unit): its values, and what they were the period before and a year before.

    `values` are an indicator's values in its unit of measurement, or any other node's scores; `scores` and `ranks` are the
    node's. NaN where nothing was known, or the earlier period is not in the data.
    """

    node: int
    values: Array
    scores: Array
    ranks: Array
    before: Array
    year_before: Array
    rank_before: Array
    rank_year_before: Array


def trend(scores: Scores, node: int) -> Trend:
    """Set a node's values and ranks of each period beside those of the period before and of the same period a year before."""
    own = np.array(scores.scores[..., node])
    values = np.array(scores.derived[..., node]) if node < scores.tree.leaves else own
    ranks = np.array(scores.ranks[..., node], dtype=float)
    last, year = earlier(scores)
    return Trend(node, values, own, ranks, _taken(values, last), _taken(values, year), _taken(ranks, last), _taken(ranks, year))


def earlier(scores: Scores) -> tuple[list[int], list[int]]:
    """Return for each period the places of the one before and of that a year before, -1 where these are not in the data."""
    at = {period: place for place, period in enumerate(scores.periods)}
    last, year = [-1] * len(at), [-1] * len(at)
    for kind, members in kinds_of(scores.index, scores.panel):
        for place in range(members.start, members.stop):
            last[place] = at.get(str(previous(scores.periods[place], kind)), -1)
            year[place] = at.get(str(year_before(scores.periods[place], kind)), -1)
    return last, year


def _taken(x: Array, places: list[int]) -> Array:
    """The rows of x (period, unit) at some places, NaN for -1."""
    return np.asarray(np.where(np.array(places)[:, None] < 0, np.nan, x[places]))
