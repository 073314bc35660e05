"""What follows from places: who is in for an outcome, which goals are reached, what was remarked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..engine.frames import kinds_of
from ..methods.arrays import Array, np
from ..periods import Kind, number_of, read_period
from ..scores import Scores
from ..tree.blocks.follow import FromTable, Goal, Outcome, Remark
from ..tree.model import Indicator
from .trend import earlier

State = Literal["reached", "missed", "on course", "behind", "no value"]
_SAME = 1e-9


@dataclass(frozen=True)
class Met:
    """An outcome that a unit is in for: by which rank, whether only as it ties at the border, and for how many periods."""

    outcome: Outcome
    node: int
    unit: int
    rank: float
    tied: bool
    in_a_row: int


@dataclass(frozen=True)
class GoalState:
    """How a goal stands in a period: what there is of what it asks for, where it began, and whether that is on course.

    `course` is what would be needed by now, on a straight line from the first value there is to the goal.
    """

    goal: Goal
    node: int
    unit: int
    period: str
    now: float
    first: float
    course: float
    state: State


@dataclass(frozen=True)
class Remarked:
    """A remark with the places of its node and unit."""

    remark: Remark
    node: int
    unit: int


def outcomes(scores: Scores, row: int) -> tuple[Met, ...]:
    """Return who is in for which outcome in a period, in the order of the outcomes and of the ranks."""
    found: list[Met] = []
    before = earlier(scores)[0]
    for outcome in scores.index.outcomes:
        node = scores.tree.root if outcome.node is None else scores.node(outcome.node)
        rounds: list[tuple[Array, Array]] = []
        place = row
        while place >= 0 and len(rounds) < outcome.in_a_row:
            rounds.append(_within(outcome, np.array(scores.ranks[place, :, node], dtype=float)))
            place = before[place]
        if len(rounds) < outcome.in_a_row:
            continue
        ranks = np.array(scores.ranks[row, :, node], dtype=float)
        units = np.flatnonzero(np.logical_and.reduce([within for within, _ in rounds]))
        tied = rounds[0][1]
        ordered = units[np.argsort(ranks[units], kind="stable")].tolist()
        found += [Met(outcome, node, unit, float(ranks[unit]), bool(tied[unit]), outcome.in_a_row) for unit in ordered]
    return tuple(found)


def _within(outcome: Outcome, ranks: Array) -> tuple[Array, Array]:
    """Return who is among the first or last in some ranks (unit,), ties at the border taken in, and who ties there."""
    there = np.sort(ranks[~np.isnan(ranks)])
    count = outcome.first or outcome.last or 0
    if not len(there):
        return np.zeros(len(ranks), bool), np.zeros(len(ranks), bool)
    at = min(count, len(there))
    border = there[at - 1] if outcome.first else there[len(there) - at]
    within = ranks <= border if outcome.first else ranks >= border
    more = np.count_nonzero(within) > at
    return within, (ranks == border) & more


def goals(scores: Scores, row: int, unit: int | None = None, node: int | None = None) -> tuple[GoalState, ...]:
    """Return how each goal stands in a period, those that are set for it or for later ones; of a unit and node, if asked."""
    kind, members = _kind_at(scores, row)
    found = []
    for goal in _goals_of(scores):
        place, own = scores.unit(goal.unit), _node(scores, goal.node)
        period = read_period(str(goal.period), kind)
        if place is None or period is None or (unit is not None and place != unit) or (node is not None and own != node):
            continue
        if number_of(period, kind) < number_of(scores.periods[row], kind):
            continue
        found.append(_state(scores, goal, own, place, period, row, members))
    return tuple(found)


def _kind_at(scores: Scores, row: int) -> tuple[Kind, range]:
    """Return the kind of a period and the places of all periods of that kind."""
    for kind, members in kinds_of(scores.index, scores.panel):
        if members.start <= row < members.stop:
            return kind, range(members.start, members.stop)
    raise AssertionError(row)


def _state(scores: Scores, goal: Goal, node: int, unit: int, period: str, row: int, members: range) -> GoalState:
    """Say how one goal stands."""
    kind = _kind_at(scores, row)[0]
    x = np.array(scores.ranks[:, unit, node], dtype=float) if goal.rank is not None else _values(scores, node)[:, unit]
    wanted = float(goal.rank if goal.rank is not None else goal.value or 0.0)
    lower = goal.rank is not None or _less_is_better(scores, node)
    now = float(x[row])
    known = [place for place in members if place <= row and not np.isnan(x[place])]
    start = known[0] if known else row
    first = float(x[start])
    due, at, began = (number_of(one, kind) for one in (period, scores.periods[row], scores.periods[start]))
    share = 1.0 if due <= began else (at - began) / (due - began)
    course = first + share * (wanted - first)

    def enough(needed: float) -> bool:
        gap = (needed - now) if not lower else (now - needed)
        return gap <= _SAME * max(1.0, abs(needed))

    if np.isnan(now):
        state: State = "no value"
    elif enough(wanted):
        state = "reached"
    elif at >= due:
        state = "missed"
    else:
        state = "on course" if enough(course) else "behind"
    return GoalState(goal, node, unit, period, now, first, course, state)


def _values(scores: Scores, node: int) -> Array:
    """Return an indicator's values (period, unit), or another node's scores."""
    return np.array(scores.derived[..., node] if node < scores.tree.leaves else scores.scores[..., node], dtype=float)


def _less_is_better(scores: Scores, node: int) -> bool:
    own = scores.tree.nodes[node]
    return isinstance(own, Indicator) and own.direction == "lower"


def remarks(scores: Scores, row: int | None, unit: int | None = None, node: int | None = None) -> tuple[Remarked, ...]:
    """Return the remarks on a period, or on all; of a unit and node, if asked."""
    found = []
    for remark in _remarks_of(scores):
        place, own = scores.unit(remark.unit), _node(scores, remark.node)
        if place is None or (unit is not None and place != unit) or (node is not None and own != node):
            continue
        if row is None or remark.period is None or _same_period(scores, str(remark.period), row):
            found.append(Remarked(remark, own, place))
    return tuple(found)


def _same_period(scores: Scores, text: str, row: int) -> bool:
    return read_period(text, _kind_at(scores, row)[0]) == scores.periods[row]


def _goals_of(scores: Scores) -> tuple[Goal, ...]:
    given = scores.goals if scores.goals is not None else scores.index.goals
    return () if isinstance(given, FromTable) else given


def _remarks_of(scores: Scores) -> tuple[Remark, ...]:
    given = scores.remarks if scores.remarks is not None else scores.index.remarks
    return () if isinstance(given, FromTable) else given


def _node(scores: Scores, node: str | None) -> int:
    return scores.tree.root if node is None else scores.node(node)


def unknown_units(scores: Scores) -> Iterator[tuple[str, int, str]]:
    """Yield the goals and remarks of units that there are not, on any level: the block, the place in it, and the name."""
    names = scores.origin.units if scores.origin else None
    blocks: dict[str, tuple[Goal | Remark, ...]] = {"goals": _goals_of(scores), "remarks": _remarks_of(scores)}
    for block, items in blocks.items():
        for at, item in enumerate(items):
            if scores.unit(item.unit) is None and (names is None or names.find(item.unit) is None):
                yield block, at, item.unit
