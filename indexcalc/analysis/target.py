"""What a unit must improve, at least effort, to reach a score or a rank.

Others' data stay as they are; frames are taken anew with the unit's new values in them, and so are all scores. An indicator
may move from its value to the best that a unit it is compared with has reached, no further; effort is how far it moves, in
units of the spread between units (or of what changes from one period to the next, or of declared costs):

    min Σ effort_j |x_j - x0_j|   subject to   score(x) >= goal,

for a rank the goal being the score of whoever holds it. An indicator's score is taken from the engine all along its way. Where
it grows evenly it may stop anywhere, elsewhere at one of some steps, where others have been, or where its scale has a corner or
a band begins; with the index linear in the indicators' scores this is a
linear or mixed integer program (HiGHS), and its answer the least there is. Where the index is not, or where a frame or a
rival's score moves with the plan, the program is solved again at each plan reached; the answer is then checked, but not
proved to be the least. Every plan is scored by the engine before it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..findings import Language
from ..methods import NORMALISERS
from ..methods.arrays import Array, np
from ..methods.ties import near
from ..panel import MISSING, NOT_APPLICABLE, VALUE
from ..scores import Scores
from ..tree.layout import normalise_of
from .result import Result
from .versus import group_of
from .worlds import Between, Side, World, of_scores

if TYPE_CHECKING:
    import pandas as pd


Effort = Literal["peers", "history"]
_STEPS = 24  # places at which an indicator's score is looked at on its way, besides those of other units
_MOST = 64
_TRIES = 20
_SLACK = 1e-9
_CELLS = 4_000_000  # values that are scored together


@dataclass(frozen=True)
class Improvement:
    """One improvement: an indicator's place, its derived value before and after, the effort, the points in the index."""

    leaf: int
    old: float
    new: float
    effort: float
    points: float


@dataclass(frozen=True)
class Plan(Result):
    """A plan for a unit, the largest improvement first; what it had and what it has with the plan carried out.

    `reached` says whether the plan does it; where nothing does, the steps are those of improving all there is. `exact`: proved
    to be the least effort; of plans `stepped`, whose indicators cannot all stop anywhere, among those that stop at a step, where
    others have been or where a scale has a corner. `others` are the ranks (unit,) of all with the plan. It sets out from `start`.
    """

    start: Scores
    period: int
    unit: int
    goal: float
    rank: int | None
    reached: bool
    exact: bool
    stepped: bool
    effort: float
    steps: tuple[Improvement, ...]
    scores: tuple[float, float]
    ranks: tuple[float, float]
    others: Array

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row an improvement, the largest first."""
        import pandas as pd

        leaves = [self.start.index.leaves[step.leaf] for step in self.steps]
        columns = {
            "indicator": [leaf.id for leaf in leaves],
            "name": [leaf.title(language) for leaf in leaves],
            "measure": [leaf.measure for leaf in leaves],
        }
        values = {name: [getattr(step, name) for step in self.steps] for name in ("old", "new", "effort", "points")}
        return pd.DataFrame(columns | values)


def target(
    scores: Scores,
    period: int,
    unit: int,
    *,
    score: float | None = None,
    rank: int | None = None,
    effort: Effort = "peers",
    costs: Mapping[str, float] | None = None,
) -> Plan:
    """Plan the least effort that brings a unit to a score, or to a rank among all units.

    `costs` are by indicator for one unit of its measure, and only what has one may move; without, `effort` says what is
    counted as one: the standard deviation over units (`peers`), or the mean change from one period to the next (`history`).
    """
    task = _task(scores, period, unit, effort, costs)
    start = at = _Point(task, task.own)
    if start.reaches(score, rank):
        return _plan(task, start, start, rank, reached=True, exact=True, score=score)
    best, exact, short = None, not (task.stepped and task.left_out), 0.0
    for _ in range(_TRIES):
        goal = at.goal(score, rank)
        worth, linear = at.worth()
        x = _solve(task, at, worth, goal + short + _SLACK * (1 + abs(goal)))
        there = _Point(task, task.places[_STEPS] if x is None else x)
        still = score is not None or np.allclose(there.rivals, start.rivals, rtol=0, atol=1e-9, equal_nan=True)
        exact &= linear and bool(still)
        if there.reaches(score, rank):
            if best is not None and there.effort >= best.effort * (1 - 1e-9):
                break
            best = there
            if exact:
                break
        elif x is None:
            break
        else:  # what was missed is asked for on top
            short += max(there.goal(score, rank) - there.index, _SLACK) * 1.01
            exact = False
        at = there
    found = best or _Point(task, task.places[_STEPS])
    return _plan(task, start, found, rank, reached=best is not None, exact=exact and best is not None, score=score)


@dataclass(frozen=True)
class _Task:
    """A unit's world, where its values may go: for each leaf its places (step, leaf), their scores and efforts."""

    scores: Scores
    world: World
    above: World
    period: int
    unit: int
    sign: float
    own: Array
    places: Array
    found: Array
    efforts: Array
    even: Any
    cost: Array
    left_out: bool

    @property
    def stepped(self) -> bool:
        """Whether a score that can move grows in steps or bends on its way."""
        return bool((~self.even & np.isfinite(self.cost) & (self.places[_STEPS] != self.own)).any())


class _Point:
    """A plan carried out: the unit's values, and what the engine makes of them; more of `index` is better."""

    def __init__(self, task: _Task, x: Array) -> None:
        self.task, self.x = task, x
        self.leaves = _all_leaf_scores(task, x[None])[0]
        gaps = np.isnan(self.leaves) & (task.world.status != NOT_APPLICABLE)
        found, ranks = task.above.slots(self.leaves[None], np.where(gaps, MISSING, task.world.status)[None])
        self.score, self.places = found[0], ranks[0]
        self.index = float(self.score[task.unit]) * task.sign
        self.rivals = np.delete(self.score, task.unit)
        moved = np.abs(x - task.own)
        self.effort = float(np.nansum(np.where(moved > 0, moved * task.cost, 0.0)))

    def goal(self, score: float | None, rank: int | None) -> float:
        """Return what the index must be: the score asked for, or that of the unit at the rank."""
        if score is not None:
            return score * self.task.sign
        others = np.sort(self.rivals[~np.isnan(self.rivals)] * self.task.sign)[::-1]
        return float(others[min(rank or 1, len(others)) - 1]) if len(others) else -np.inf

    def reaches(self, score: float | None, rank: int | None) -> bool:
        """Say whether the score or the rank asked for is there."""
        if score is not None:
            goal = score * self.task.sign
            return bool(goal - self.index <= near(self.index, goal))
        return bool(self.places[self.task.unit] <= (rank or 1))

    def worth(self) -> tuple[Array, bool]:
        """Return what a point of each leaf's score is worth in the index (leaf,), and whether that holds all the way."""
        task, own = self.task, self.leaves[self.task.unit]
        leaves, there = len(own), ~np.isnan(self.leaves)
        world = replace(task.above, values=self.leaves, status=np.where(there, VALUE, task.above.status).astype(np.uint8))
        step = 1e-4 * (1 + np.abs(np.nan_to_num(own)))
        end = task.found[min(_STEPS, len(task.found) - 1)]
        rows = np.concatenate([own + np.diag(step), own - np.diag(step), own[None], end[None]])
        status = np.where(np.isnan(rows), world.status[task.unit], VALUE).astype(np.uint8)
        if world.alone:
            index = world.taken([task.unit]).with_own(np.zeros(len(rows), int), rows, status)[0] * task.sign
        else:
            index = world.with_own(np.full(len(rows), task.unit), rows, status)[0] * task.sign
        worth = np.nan_to_num((index[:leaves] - index[leaves : 2 * leaves]) / (2 * step))
        worth[np.abs(worth) < 1e-9 * np.abs(worth).max(initial=0.0)] = 0.0
        guess = index[-2] + float(np.nansum(worth * (rows[-1] - own)))
        return worth, bool(abs(guess - index[-1]) <= 1e-7 * (1 + abs(index[-1])))


def _task(scores: Scores, period: int, unit: int, effort: Effort, costs: Mapping[str, float] | None) -> _Task:
    side = Side(scores, scores.periods[period])
    world = Between(side, side).world(peers=0, structure=0, weights=0, method=0, adjustments=0)
    own = world.values[unit].copy()
    sign = -1.0 if scores.index.ranking.first == "lowest" else 1.0
    cost = _cost(scores, side, world, effort, costs)
    compared = world.values[list(group_of(scores, unit))] if _by_group(scores) else world.values
    places, left_out = _places(own, compared), len(compared) > _MOST
    none = np.empty((0, len(own)))
    task = _Task(scores, world, of_scores(scores, period), period, unit, sign, own, places, none, none, None, cost, left_out)
    leaves = _leaf_scores(task, np.concatenate([own[None], places]))
    start = _Point(replace(task, found=leaves[:1]), own)
    gain = (leaves[1:] - leaves[0]) * start.worth()[0]
    gain = np.where(np.isnan(gain) | np.isnan(cost), -np.inf, gain)
    last = np.argmax(gain, axis=0)[None]
    ahead = np.take_along_axis(gain, last, axis=0)[0] > 0
    end = np.where(ahead, np.take_along_axis(places, last, axis=0)[0], own)
    share = np.linspace(0.0, 1.0, _STEPS + 1)[:, None]
    way = own + share * (end - own)
    way[-1] = end  # not what rounding makes of it
    places = np.concatenate([places, _corners(scores, own)])
    between = (places - own) / np.where(end == own, 1.0, end - own)
    others = np.where((between > 0) & (between < 1), places, own)
    places = np.concatenate([way, others])
    found = _leaf_scores(task, places)
    line = found[0] + share * (found[_STEPS] - found[0])
    even = (np.abs(found[: _STEPS + 1] - line) <= 1e-9 * (1 + np.abs(line))).all(axis=0)
    return replace(task, places=places, found=found, efforts=np.abs(places - own) * cost, even=even)


def _corners(scores: Scores, own: Array) -> Array:
    """Return where the scale of each leaf bends, ends or begins a band (place, leaf); the unit's own value for want of more."""
    found: list[list[float]] = []
    for leaf in scores.index.leaves:
        choice = normalise_of(scores.index, leaf)
        given = [choice.parameters.get(key) for key in NORMALISERS[choice.method].values]
        at = [pair[0] for pairs in given if isinstance(pairs, (list, tuple)) for pair in pairs] + given
        at += leaf.target if isinstance(leaf.target, tuple) else (leaf.target,)
        treated = leaf.treat or scores.index.defaults.treat
        found.append([] if treated else [float(x) for x in at if isinstance(x, (int, float))])
    out = np.repeat(own[None], max(map(len, found), default=0), axis=0)
    for column, corners in enumerate(found):
        out[: len(corners), column] = np.where(np.isnan(own[column]), np.nan, corners)
    return out


def _by_group(scores: Scores) -> bool:
    return any(normalise_of(scores.index, leaf).over == "group" for leaf in scores.index.leaves)


def _places(own: Array, compared: Array) -> Array:
    """Return the values that units have reached (place, leaf), no more of them than can be looked at; the unit's own in gaps."""
    ordered = np.sort(compared, axis=0)
    count = np.count_nonzero(~np.isnan(ordered), axis=0)
    at = np.rint(np.linspace(0, 1, min(_MOST, len(compared)))[:, None] * np.maximum(count - 1, 0)).astype(int)
    found = np.take_along_axis(ordered, at, axis=0)
    return np.where(np.isnan(found) | np.isnan(own), own, found)


def _cost(scores: Scores, side: Side, world: World, effort: Effort, costs: Mapping[str, float] | None) -> Array:
    """Return the effort of moving each leaf by 1 of its measure, NaN for what cannot be moved."""
    leaves = scores.index.leaves
    if costs is not None:
        return np.array([costs.get(leaf.id, np.nan) for leaf in leaves], dtype=float)
    values = world.values
    if effort == "history":
        at = [scores.periods.index(period) for period in side.kin]
        steps = np.abs(np.diff(side.values[0][at], axis=0)).reshape(-1, len(leaves))
        there = np.count_nonzero(~np.isnan(steps), axis=0)
        spread = np.nansum(steps, axis=0) / np.where(there == 0, np.nan, there)
    else:
        count = np.count_nonzero(~np.isnan(values), axis=0)
        mean = np.nansum(values, axis=0) / np.where(count == 0, np.nan, count)
        spread = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / np.where(count > 1, count - 1, np.nan))
    return np.asarray(1.0 / np.where(spread > 0, spread, np.nan))


def _leaf_scores(task: _Task, rows: Array) -> Array:
    """Return the leaves' scores (row, leaf) that the unit has with each row of values, with frames made of these."""
    out = np.empty(rows.shape)
    step = max(1, _CELLS // task.world.values.size)
    for start in range(0, len(rows), step):
        block = slice(start, min(start + step, len(rows)))
        out[block] = _all_leaf_scores(task, rows[block])[:, task.unit]
    return out


def _all_leaf_scores(task: _Task, rows: Array) -> Array:
    x = np.repeat(task.world.values[None], len(rows), axis=0)
    x[:, task.unit] = rows
    status = np.broadcast_to(task.world.status, x.shape)
    return task.world.leaf_scores(x, status)[0][len(task.world.labels) :]


def _solve(task: _Task, at: _Point, worth: Array, goal: float) -> Array | None:
    """Return the values of least effort by which the index, linear at a point, reaches a goal; None where nothing does."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    gain = (task.found - task.found[0]) * worth
    base = at.index - float(np.nansum((at.leaves[task.unit] - task.found[0]) * worth))
    usable = np.isfinite(task.efforts).all(axis=0) & np.isfinite(gain).all(axis=0) & (task.places[_STEPS] != task.own)
    even = np.flatnonzero(usable & task.even & (gain[_STEPS] > 0))
    uneven = np.flatnonzero(usable & ~task.even).tolist()
    choices = [(leaf, step) for leaf in uneven for step in _frontier(task.efforts[:, leaf], gain[:, leaf])]
    effort = np.concatenate([task.efforts[_STEPS, even], [task.efforts[step, leaf] for leaf, step in choices]])
    worths = np.concatenate([gain[_STEPS, even], [gain[step, leaf] for leaf, step in choices]])
    if goal - base <= 0:
        return task.own.copy()
    if not len(worths):
        return None
    constraints = [LinearConstraint(worths[None], goal - base, np.inf)]
    if choices:
        owners = np.array([leaf for leaf, _ in choices])
        one = np.array([np.concatenate([np.zeros(len(even)), owners == leaf]) for leaf in uneven])
        constraints.append(LinearConstraint(one, 0, 1))
    solved = milp(
        effort / effort.max(),
        constraints=constraints,
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.zeros(len(even)), np.ones(len(choices))]),
        options={"mip_rel_gap": 1e-9, "time_limit": 20.0},
    )
    if solved.x is None:
        return None
    x = task.own.copy()
    x[even] = task.own[even] + solved.x[: len(even)] * (task.places[_STEPS, even] - task.own[even])
    for (leaf, step), taken in zip(choices, solved.x[len(even) :], strict=True):
        if taken > 0.5:
            x[leaf] = task.places[step, leaf]
    return x


def _frontier(effort: Array, gain: Array) -> list[int]:
    """Return the steps that bring more than every cheaper one."""
    found, best = [], 0.0
    for step in np.lexsort((-gain, effort)).tolist():
        if gain[step] > best + 1e-12:
            found.append(step)
            best = float(gain[step])
    return found


def _plan(task: _Task, before: _Point, at: _Point, rank: int | None, *, reached: bool, exact: bool, score: float | None) -> Plan:
    gained = (at.leaves[task.unit] - before.leaves[task.unit]) * before.worth()[0] * task.sign
    moved = np.flatnonzero(~np.isnan(at.x) & (at.x != task.own))
    cost = np.abs(at.x - task.own) * task.cost
    steps = [Improvement(int(j), float(task.own[j]), float(at.x[j]), float(cost[j]), float(gained[j])) for j in moved]
    return Plan(
        start=task.scores,
        period=task.period,
        unit=task.unit,
        goal=at.goal(score, rank) * task.sign,
        rank=rank,
        reached=reached,
        exact=exact,
        stepped=task.stepped,
        effort=at.effort,
        steps=tuple(sorted(steps, key=lambda step: (-abs(step.points), step.leaf))),
        scores=(before.index * task.sign, at.index * task.sign),
        ranks=(float(before.places[task.unit]), float(at.places[task.unit])),
        others=at.places,
    )
