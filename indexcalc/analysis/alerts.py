"""Why warnings stand: each with its course, and what it goes back to, down to the cells and events behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Language
from ..methods.arrays import np
from ..periods import kind_among, larger_of
from ..scores import Scores
from ..tree.model import LEVELS, Index, Indicator, Level
from .cells import Cell, cells_of
from .contribution import Rows, contributions
from .result import Result
from .warning import Judged, Warned, course, leading, listed

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array

MOST_LEADING = 3  # indicators that are named behind the warning of a node


@dataclass(frozen=True)
class Evidence:
    """What a warning of an indicator goes back to: its cells, and of one that is made of a log the events that weigh most."""

    cells: tuple[Cell, ...]
    events: tuple[Mapping[str, str], ...] | None = None


@dataclass(frozen=True)
class HeldDown:
    """An indicator that holds a node's score down: by how many points against the mean of all units, and what it goes back to."""

    leaf: int
    points: float
    value: float
    reported: Evidence


@dataclass(frozen=True)
class Alert:
    """A warning with what it stands on: its value and limit, its course, and the cells and events that it goes back to.

    `course` are the places of the last periods, its own the last, with their `values` and `levels` (0 for none). Of an
    indicator `reported` is what it goes back to, of another node `behind` are the indicators that hold it down.
    """

    warned: Warned
    judged: Judged
    level: Level
    value: float
    limit: float
    course: tuple[int, ...]
    values: tuple[float, ...]
    levels: tuple[int, ...]
    in_a_row: int
    reported: Evidence | None
    behind: tuple[HeldDown, ...] | None


@dataclass(frozen=True)
class Alerts(Result):
    """The warnings of a period from a level upwards, the worst first, and all that was judged."""

    scores: Scores
    judged: tuple[Judged, ...]
    period: str
    least: Level
    alerts: tuple[Alert, ...]

    def beside(self, one: Alert) -> list[tuple[Judged, Warned]]:
        """Return the milder warnings of the same event, each with what its rule found."""
        return [(self.judged[each.rule], each) for each in one.warned.beside]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a warning."""
        import pandas as pd

        nodes, units = self.scores.tree.nodes, self.scores.panel.units
        return pd.DataFrame(
            [
                {
                    "level": one.level,
                    "unit": units.ids[one.warned.unit],
                    "name": units.title(one.warned.unit, language),
                    "node": nodes[one.warned.node].id,
                    "node_name": nodes[one.warned.node].title(language),
                    "period": self.scores.periods[one.warned.period],
                    "rule": one.judged.rule.id,
                    "value": one.value,
                    "limit": one.limit,
                    "in_a_row": one.in_a_row,
                }
                for one in self.alerts
            ],
            columns=["level", "unit", "name", "node", "node_name", "period", "rule", "value", "limit", "in_a_row"],
        )


def alerts(
    scores: Scores,
    judged: Sequence[Judged],
    period: str,
    *,
    least: Level = "red",
    node: int | None = None,
    unit: int | None = None,
    events: int = 3,
) -> Alerts:
    """List the warnings of a period with what each stands on; behind a value made of a log so many `events` are shown."""
    found = listed(scores, judged, period, least=least, node=node, unit=unit)
    split: dict[int, Array] = {}
    points: dict[tuple[int, int], Array] = {}
    for one in found:
        if one.node >= scores.tree.leaves and (one.period, one.node) not in points:
            if one.period not in split:
                split[one.period] = contributions(scores, Rows(one.period, tuple(range(len(scores.panel.units)))))[0]
            points[one.period, one.node] = leading(scores, one.period, one.node, split[one.period])
    made = (_alert(scores, judged[one.rule], one, points.get((one.period, one.node)), events) for one in found)
    return Alerts(scores, tuple(judged), period, least, tuple(made))


def _alert(scores: Scores, judged: Judged, one: Warned, points: Array | None, events: int) -> Alert:
    """Return a warning with what it stands on; `points` (unit, leaf) are what indicators do to the score of a node."""
    node, places = scores.tree.nodes[one.node], course(scores, judged, one)
    cells = [(place, one.unit, one.column) for place in places]
    return Alert(
        warned=one,
        judged=judged,
        level=LEVELS[judged.level(one.at) - 1],
        value=judged.value(one.at),
        limit=judged.limit(one.at),
        course=tuple(places),
        values=tuple(map(judged.value, cells)),
        levels=tuple(map(judged.level, cells)),
        in_a_row=int(judged.runs[one.at]),
        reported=_reported(scores, one, node, events) if isinstance(node, Indicator) else None,
        behind=None if points is None else tuple(_held_down(scores, one, points[one.unit], events)),
    )


def _held_down(scores: Scores, one: Warned, points: Array, events: int) -> Iterator[HeldDown]:
    """Yield the indicators that do most to hold a node's score down, by their points (leaf,)."""
    known = ~np.isnan(scores.scores[one.period, one.unit, : scores.tree.leaves])
    worst = [leaf for leaf in np.argsort(points, kind="stable").tolist() if points[leaf] < 0 and known[leaf]]
    for leaf in worst[:MOST_LEADING]:
        node = scores.tree.nodes[leaf]
        assert isinstance(node, Indicator)
        value = float(scores.derived[one.period, one.unit, leaf])
        yield HeldDown(leaf, float(points[leaf]), value, _reported(scores, one, node, events))


def _reported(scores: Scores, one: Warned, leaf: Indicator, most: int) -> Evidence:
    """Return the cells of an indicator, and where it is made of logs the events that weigh most in it, log by log."""
    cells = cells_of(scores, one.period, one.unit, leaf)
    origin = scores.origin
    if origin is None or origin.units is None or not most:
        return Evidence(cells)
    logs = [(origin.behind[source], column) for source, column in _logged(scores.index, leaf, cells) if source in origin.behind]
    units = origin.units.units.parts(scores.panel.units.ids[one.unit])
    period, kinds = scores.periods[one.period], scores.index.periods.kinds
    kind = kind_among(period, kinds)
    parts = [part for part in origin.periods if larger_of(part, kinds[0], kind) == period]
    asked = [period] if period in set(origin.periods) else parts
    rows = [dict(zip(log.header, row, strict=True)) for log, column in logs for row in log.events(column, units, asked, most)]
    return Evidence(cells, tuple(rows) if logs else None)


def _logged(index: Index, leaf: Indicator, cells: Sequence[Cell]) -> list[tuple[str, str]]:
    """Return the logs, each with a column, that an indicator is taken of; or else those that what it is made of is taken of."""
    taken = [(index.source_of(leaf), column.id) for column in index.columns if column.owner == leaf.id and column.take]
    if taken:
        return taken[:1]
    named = {cell.column for cell in cells}
    made = {item.id: index.source_of(item) for item in index.denominators if item.id in named}
    return [(made[column.owner], column.id) for column in index.columns if column.take and column.owner in made]
