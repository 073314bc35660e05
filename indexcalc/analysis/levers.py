"""What a unit may move, how far and at what effort, and what the data are when it has moved: the ground of `target`.

Nothing is judged here. An indicator moves within what the units that it is compared with have in the period; where its data come
from is changed so that it has the value that is wanted, and all is scored anew from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from ..engine import score_again, with_floors
from ..engine.frames import groups_of
from ..engine.leaves import own_columns, value_of
from ..engine.ranking import overall
from ..methods.arrays import Array, Mask, np
from ..methods.ties import near
from ..panel import VALUE
from ..scores import Scores
from ..tree.layout import normalise_of
from ..tree.model import Indicator
from .versus import counting
from .worlds import Side

Effort = Literal["peers", "history"]
Counted = Literal["peers", "history", "costs"]
_DOUBLINGS = 60  # of the step by which a reported value is looked for on both sides of what it is


@dataclass(frozen=True)
class Outcome:
    """A plan carried out: the values moved to (leaf,), what they are in the end, and all units' scores and ranks in the period.

    `scores` are (unit, node), `index` and `ranks` (unit,) those of the index.
    """

    values: Array
    scores: Array
    index: Array
    ranks: Array


@dataclass(frozen=True)
class Goal:
    """The score or the rank that a unit is to reach, and which end of the ranking is the first."""

    score: float | None
    rank: int | None
    sign: float

    def reached(self, index: Array, rank: Array) -> Mask:
        """Say where a unit's score or rank does it."""
        if self.rank is not None:
            return np.asarray(rank <= self.rank)
        goal = float(self.score or 0.0)
        return np.asarray((goal - index) * self.sign <= near(index, goal))


@dataclass(frozen=True)
class Levers:
    """The indicators of a unit in a period: its values, between which each may move, what a move by 1 takes (leaf,)."""

    scores: Scores
    period: int
    unit: int
    own: Array
    low: Array
    high: Array
    cost: Array
    counted: Counted

    @cached_property
    def filled(self) -> Scores:
        """The scores with the floors of gaps in their place, where these are scores like any others."""
        return with_floors(self.scores) or self.scores

    @cached_property
    def moving(self) -> list[int]:
        """The places of the indicators that the index is made of and that can move."""
        counted = counting(self.scores)[: self.scores.tree.leaves]
        with np.errstate(invalid="ignore"):
            there = np.isfinite(self.cost) & (self.high > self.low) & may_move(self.scores)
        return [leaf for leaf in np.flatnonzero(there & counted).tolist() if self._can_be_reported(leaf)]

    def effort(self, values: Array) -> Array:
        """Return what it takes to move to values (…, leaf)."""
        moved = np.abs(values - self.own)
        return np.asarray(np.nansum(np.where(moved > 0, moved * self.cost, 0.0), axis=-1))

    def carried_out(self, values: Array) -> Outcome:
        """Put values (leaf,) where they come from and score all anew from there."""
        moved = [leaf for leaf in self.moving if values[leaf] != self.own[leaf]]
        panel = self.scores.panel
        changed, status = panel.values.copy(order="K"), panel.status.copy(order="K")
        for leaf in moved:
            column, value = self.reported(leaf, float(values[leaf])) or (None, 0.0)
            if column is not None:
                changed[self.period, self.unit, column], status[self.period, self.unit, column] = value, VALUE
        derived, made, ranks = score_again(self.scores, replace(panel, values=changed, status=status))
        there = self.own.copy()
        there[moved] = derived[self.period, self.unit, moved]
        root = self.scores.tree.root
        return Outcome(there, made[self.period], made[self.period, :, root], np.asarray(ranks[self.period, :, root], dtype=float))

    def reported(self, leaf: int, value: float) -> tuple[int, float] | None:
        """Return the column, and what has to be reported in it, that give an indicator a value; nothing where none is found."""
        index, panel, own = self.scores.index, self.scores.panel, self.scores.index.leaves[leaf]
        sought, wanted = own, value
        if own.share:  # of what is shared, the unit's own part is s / (1 - s) of that of the others
            sought = own.model_copy(update={"share": None, "scale": 1.0})
            others = _others(value_of(index, panel, sought)[self.period], self.group_of_share(own), self.unit)
            share = value / own.scale
            wanted = others * share / (1.0 - share) if share != 1 else np.nan
        for column in own_columns(index, panel, own):
            found = self._solved(sought, column, wanted)
            if found is not None:
                return column, found
        return None

    def with_value(self, leaf: Indicator, column: int, value: float) -> Array:
        """Return the derived values of an indicator (period, unit) with another value reported in a column."""
        panel = self.scores.panel
        values, status = panel.values.copy(order="K"), panel.status.copy(order="K")
        values[self.period, self.unit, column], status[self.period, self.unit, column] = value, VALUE
        return value_of(self.scores.index, replace(panel, values=values, status=status), leaf)

    def group_of_share(self, leaf: Indicator) -> Mask:
        """Return the units that an indicator's values are shares among (unit,)."""
        masks = groups_of(self.scores.panel, "group" if leaf.share == "group" else None)
        return next(mask for mask in masks if mask[self.unit])

    def _can_be_reported(self, leaf: int) -> bool:
        own = self.scores.index.leaves[leaf]
        if own_columns(self.scores.index, self.scores.panel, own) == [leaf] and self.scores.tree.as_reported:
            return True
        return all(self.reported(leaf, float(end)) is not None for end in (self.low[leaf], self.high[leaf]))

    def _solved(self, leaf: Indicator, column: int, wanted: float) -> float | None:
        """Return what has to be reported in a column for an indicator to be what is wanted."""
        start = float(np.nan_to_num(self.scores.panel.values[self.period, self.unit, column]))

        def missed(value: float) -> float:
            return float(self.with_value(leaf, column, value)[self.period, self.unit]) - wanted

        step = max(1.0, abs(start))
        here, there = missed(start), missed(start + step)
        if there != here and np.isfinite(there - here):
            found = start - here * step / (there - here)
            for _ in range(3):  # what is left is rounding, where it grows evenly
                found -= missed(found) * step / (there - here)
            beside = [found, np.nextafter(found, np.inf), np.nextafter(found, -np.inf), wanted]
            nearest = float(min(beside, key=lambda value: abs(missed(value))))
            if abs(missed(nearest)) <= 1e-11 * max(1.0, abs(wanted)):
                return nearest
        return _between(missed, start, step)


def _between(missed: Any, start: float, step: float) -> float | None:
    """Return where a function crosses 0, looked for ever farther away on both sides; nothing where it does not."""
    from scipy.optimize import brentq

    here = missed(start)
    for side in (step, -step):
        at, before = start, here
        for doubling in range(_DOUBLINGS):
            beyond = start + side * 2.0 ** (doubling - 20)
            value = missed(beyond)
            if np.isnan(value):
                break
            if not np.isnan(before) and before * value <= 0:
                return float(brentq(missed, at, beyond, xtol=1e-14, rtol=8.9e-16))
            at, before = beyond, value
    return None


def _others(values: Array, group: Mask, unit: int) -> float:
    others = group.copy()
    others[unit] = False
    return float(np.nansum(values[others]))


def levers(scores: Scores, period: int, unit: int, effort: Effort, costs: Mapping[str, float] | None) -> Levers:
    """Return what a unit may move in a period; `effort` or `costs` say what a move takes."""
    known = scores.derived if scores.imputed is None else scores.imputed
    own = known[period, unit].copy()
    low, high = own.copy(), own.copy()
    for by in (None, "group"):
        group = next(mask for mask in groups_of(scores.panel, by) if mask[unit])
        leaves = [
            at for at, leaf in enumerate(scores.index.leaves) if (normalise_of(scores.index, leaf).over == "group") == bool(by)
        ]
        values = scores.derived[period, group][:, leaves]
        low[leaves] = np.fmin(own[leaves], np.fmin.reduce(values, axis=0))
        high[leaves] = np.fmax(own[leaves], np.fmax.reduce(values, axis=0))
    low, high = np.where(np.isnan(own), np.nan, low), np.where(np.isnan(own), np.nan, high)
    cost = _cost(scores, period, known, effort, costs)
    return Levers(scores, period, unit, own, low, high, cost, effort if costs is None else "costs")


def can_be_counted(scores: Scores, period: int, effort: Effort) -> bool:
    """Say whether there is an indicator of which a move can be counted so."""
    known = scores.derived if scores.imputed is None else scores.imputed
    return bool(np.isfinite(_cost(scores, period, known, effort, None)).any())


def may_move(scores: Scores) -> Mask:
    """Say which indicators a plan may move at all (leaf,): those that the tree calls levers."""
    return np.array(scores.tree.levers, dtype=bool)


def _cost(scores: Scores, period: int, known: Array, effort: Effort, costs: Mapping[str, float] | None) -> Array:
    """Return the effort of moving each leaf by 1 of its measure, NaN for what cannot be moved."""
    leaves = scores.index.leaves
    if costs is not None:
        return np.array([costs.get(leaf.id, np.nan) for leaf in leaves], dtype=float)
    values = known[period]
    if effort == "history":
        kin = [scores.periods.index(label) for label in Side(scores, scores.periods[period]).kin]
        steps = np.abs(np.diff(known[kin], axis=0)).reshape(-1, len(leaves))
        there = np.count_nonzero(~np.isnan(steps), axis=0)
        spread = np.nansum(steps, axis=0) / np.where(there == 0, np.nan, there)
    else:
        count = np.count_nonzero(~np.isnan(values), axis=0)
        mean = np.nansum(values, axis=0) / np.where(count == 0, np.nan, count)
        spread = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / np.where(count > 1, count - 1, np.nan))
    return np.asarray(1.0 / np.where(spread > 0, spread, np.nan))


def ranks_of(scores: Scores, index: Array) -> Array:
    """Return the ranks (…, unit) that scores of the index have, as it is ranked."""
    return np.asarray(overall(scores.index.ranking, index[..., None])[..., 0], dtype=float)
