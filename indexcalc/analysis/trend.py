"""Values in time: against the period before, against the same period a year before, and against what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.frames import kinds_of
from ..findings import Language
from ..journal.published import Published, last_release
from ..methods.arrays import np
from ..periods import previous, year_before
from ..scores import Scores
from .past import known, lineage, name_then, newest_name, throughout
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array


@dataclass(frozen=True)
class Trend(Result):
    """A node in time, arrays (period, unit): its values, and what they were the period before and a year before.

    `values` are an indicator's values in its unit of measurement, or any other node's scores; `node_scores` and `ranks` are the
    node's. NaN where nothing was known, or the earlier period is not in the data. `rows` are the places of the periods and
    units that were asked about: those of one `unit` in every period, or without one all units of a period; `published` are the
    lines that these were last published in.
    """

    scores: Scores
    node: int
    unit: int | None
    rows: tuple[tuple[int, int], ...]
    published: tuple[Published | None, ...]
    values: Array
    node_scores: Array
    ranks: Array
    before: Array
    year_before: Array
    rank_before: Array
    rank_year_before: Array

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a period of the unit that was asked about, or a row a unit of the period."""
        import pandas as pd

        periods, units = self.scores.periods, self.scores.panel.units
        columns: dict[str, Any] = {
            "period": [periods[period] for period, _ in self.rows],
            "unit": [units.ids[unit] for _, unit in self.rows],
            "name": [units.title(unit, language) for _, unit in self.rows],
            "value": self.of_rows(self.values),
            "score": self.of_rows(self.node_scores),
            "rank": self.of_rows(self.ranks),
        }
        for name in ("before", "year_before", "rank_before", "rank_year_before"):
            columns[name] = self.of_rows(getattr(self, name))
        columns["published"] = [float(line.score) if line and line.score else None for line in self.published]
        return pd.DataFrame(columns).astype({"published": float})

    def of_rows(self, array: Array) -> list[float]:
        """Return what an array (period, unit) has for the rows that were asked about."""
        return [float(array[row]) for row in self.rows]


def trend(
    scores: Scores, node: int, *, unit: int | None = None, period: int = -1, published: Iterable[Published] = (), level: str = ""
) -> Trend:
    """Set a node's values and ranks of each period beside those of the period before and of the same period a year before.

    Asked about is one `unit` in every period, or without one all units in a `period`; `published` are the lines of the log of
    releases, of which those of a `level` are looked for.
    """
    times = lineage(scores, node)

    def of_node(of: Callable[[Scores, int], Array]) -> Array:
        out = np.full(scores.scores.shape[:2], np.nan)
        for place, rows in times:
            out[rows] = throughout(scores, lambda own, at=place: of(own, at))[rows]  # type: ignore[misc]
        return out

    node_scores = of_node(lambda own, at: own.scores[..., at])
    values = of_node(lambda own, at: own.derived[..., at]) if node < scores.tree.leaves else node_scores
    ranks = of_node(lambda own, at: np.asarray(own.ranks[..., at], dtype=float))
    there = np.logical_or.reduce([rows for _, rows in times])
    last, year = earlier(scores)
    if unit is None:
        at = range(len(scores.periods))[period]
        rows = [(at, one) for one in scores.listed(at)]
    else:
        unit = newest_name(scores, unit)
        rows = [(one, unit) for one in np.flatnonzero(known(scores)[:, unit] & there).tolist()]
    return Trend(
        scores=scores,
        node=node,
        unit=unit,
        rows=tuple(rows),
        published=_as_published(scores, node, rows, list(published), level),
        values=values,
        node_scores=node_scores,
        ranks=ranks,
        before=taken(values, last),
        year_before=taken(values, year),
        rank_before=taken(ranks, last),
        rank_year_before=taken(ranks, year),
    )


def _as_published(
    scores: Scores, node: int, rows: Sequence[tuple[int, int]], published: Sequence[Published], level: str
) -> tuple[Published | None, ...]:
    """Return what was last published of a node for some periods and units, by their places."""
    releases = {at: last_release(published, scores.periods[at], level) for at in {at for at, _ in rows}}
    names = {(at, unit): scores.panel.units.ids[name_then(scores, at, unit)] for at, unit in rows}
    return tuple(releases[at].get((scores.tree.nodes[node].id, names[at, unit])) for at, unit in rows)


def earlier(scores: Scores) -> tuple[list[int], list[int]]:
    """Return for each period the places of the one before and of that a year before, -1 where these are not in the data."""
    at = {period: place for place, period in enumerate(scores.periods)}
    last, year = [-1] * len(at), [-1] * len(at)
    for kind, members in kinds_of(scores.index, scores.panel):
        for place in range(members.start, members.stop):
            last[place] = at.get(str(previous(scores.periods[place], kind)), -1)
            year[place] = at.get(str(year_before(scores.periods[place], kind)), -1)
    return last, year


def taken(x: Array, places: list[int]) -> Array:
    """Return the rows of x (period, unit) at some places, NaN for -1."""
    return np.asarray(np.where(np.array(places)[:, None] < 0, np.nan, x[places]))
