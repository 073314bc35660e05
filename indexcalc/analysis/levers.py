"""What a unit may move, how far and at what effort, and what the data are when it has moved: the ground of `target`.

Nothing is judged here. An indicator moves within what the units that it is compared with have in the period; where its data come
from is changed so that it has the value that is wanted, and all is scored anew from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, Literal

from ..engine import score_again, with_floors
from ..engine.frames import group_mask, groups_of
from ..engine.leaves import value_of
from ..engine.ranking import overall
from ..methods.arrays import Array, Mask, np
from ..methods.ties import near
from ..panel import VALUE, Panel
from ..scores import Scores
from ..tree.layout import normalise_of
from ..tree.model import Indicator
from .shared import Moved, moved_by, same_data
from .versus import counting
from .worlds import Side

Effort = Literal["peers", "history"]
Counted = Literal["peers", "history", "costs"]
_EVEN = 1e-12  # of what is reported, up to which it grows evenly with a value
_PLACES = 17  # of a lead, at which it is looked where it leaves what follows
_DOUBLINGS = 60  # of the step by which a reported value is looked for on both sides of what it is


@dataclass(frozen=True)
class Outcome:
    """A plan carried out: the values moved to (leaf,), what all are in the end, and all units' scores and ranks in the period.

    `scores` are (unit, node), `index` and `ranks` (unit,) those of the index.
    """

    values: Array
    ends: Array
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
    def moved(self) -> Moved:
        """By which reported data the indicators are moved that the index is made of and that can move; what follows them."""
        counted = counting(self.scores)[: self.scores.tree.leaves]
        with np.errstate(invalid="ignore"):
            there = np.isfinite(self.cost) & (self.high > self.low) & may_move(self.scores)
        known = counted & ~np.isnan(self.own)
        return moved_by(
            self.scores.index,
            self.scores.panel,
            np.flatnonzero(there & counted).tolist(),
            self._can_be_reported,
            lambda leaf: bool(known[leaf]),
        )

    @property
    def moving(self) -> list[int]:
        """The places of the indicators that a plan moves."""
        return list(self.moved.columns)

    @property
    def stirred(self) -> list[int]:
        """The places of the indicators that a plan moves, and of those that follow these."""
        return sorted({*self.moved.columns, *self.moved.follows})

    @cached_property
    def same(self) -> dict[int, frozenset[int]]:
        """The columns that hold the same reported data, by each."""
        return same_data(self.scores.index, self.scores.panel)

    @cached_property
    def events(self) -> dict[int, int]:
        """The adjustments that count their events in data that an indicator is moved by, each with that indicator."""
        leaves = {same: leaf for leaf, at in self.moved.columns.items() for same in self.same[at]}
        columns = [self.scores.panel.column.get(item.id, -1) for item in self.scores.index.adjustments]
        return {place: leaves[at] for place, at in enumerate(columns) if at in leaves}

    def effort(self, values: Array) -> Array:
        """Return what it takes to move to values (…, leaf)."""
        moved = np.abs(values - self.own)
        return np.asarray(np.nansum(np.where(moved > 0, moved * self.cost, 0.0), axis=-1))

    def carried_out(self, values: Array) -> Outcome:
        """Put values (leaf,) where they come from and score all anew from there."""
        moved, follows = [leaf for leaf in self.moving if values[leaf] != self.own[leaf]], self.moved.follows
        ends, panel = np.clip(self.ended(values[None])[0], self.low, self.high), self.scores.panel
        for leaf in sorted(moved, key=lambda leaf: leaf in follows):
            column = self.moved.columns[leaf]
            value = self.reported(leaf, column, float(ends[leaf]), panel)
            panel = panel if value is None else self.with_reported(column, value, panel)
        derived, made, ranks = score_again(self.scores, panel)
        there, end = self.own.copy(), self.own.copy()
        free = [leaf for leaf in moved if leaf not in follows]
        there[free] = derived[self.period, self.unit, free]
        changed = [leaf for leaf in [*moved, *follows] if not np.isnan(derived[self.period, self.unit, leaf])]
        end[changed] = derived[self.period, self.unit, changed]
        by_itself = [leaf for leaf in moved if leaf in follows]
        there[by_itself] += (end - self.ended(there[None])[0])[by_itself]
        root = self.scores.tree.root
        places = np.asarray(ranks[self.period, :, root], dtype=float)
        return Outcome(there, end, made[self.period], made[self.period, :, root], places)

    def ended(self, values: Array) -> Array:
        """Return the values (plan, leaf) in the end, where some follow others: what moves these adds to where they are left."""
        if not self.moved.follows:
            return values
        ends = values.copy()
        for leaf, leads in self.moved.follows.items():
            kinds, which = np.unique(values[:, leads], axis=0, return_inverse=True)
            shift = self._following(leaf, leads, kinds) - self.own[leaf]
            if self.estimated(leaf):  # until what it is made of is reported, or where that is not enough
                shift = np.where((kinds == self.own[list(leads)]).all(axis=-1) | np.isnan(shift), 0.0, shift)
            ends[:, leaf] += shift[which.ravel()]
        return ends

    def estimated(self, leaf: int) -> bool:
        """Say whether an indicator of the unit has an estimate in place of a value."""
        return bool(np.isnan(self.scores.derived[self.period, self.unit, leaf]))

    @property
    def lowest(self) -> Array:
        """The least that each indicator may be moved to (leaf,), before others that it follows move."""
        return self._reach[0]

    @property
    def highest(self) -> Array:
        """The most that each indicator may be moved to (leaf,), before others that it follows move."""
        return self._reach[1]

    @cached_property
    def _reach(self) -> tuple[Array, Array]:
        low, high = self.low.copy(), self.high.copy()
        for leaf, leads in self.moved.follows.items():
            ways = [np.linspace(self.low[lead], self.high[lead], _PLACES if len(leads) == 1 else 3) for lead in leads]
            shift = self._following(leaf, leads, np.array(list(product(*ways)))) - self.own[leaf]
            low[leaf] -= max(0.0, float(np.nanmax(shift, initial=0.0)))
            high[leaf] -= min(0.0, float(np.nanmin(shift, initial=0.0)))
        return low, high

    def _following(self, leaf: int, leads: Sequence[int], kinds: Array) -> Array:
        """Return what an indicator is (kind,) with values (kind, lead) of those that it follows."""
        columns = [self.moved.columns[lead] for lead in leads]
        each = [self._reported_for(lead, kinds[:, at]) for at, lead in enumerate(leads)]
        own = self.scores.index.leaves[leaf]
        if own.share or own.shrink or own.residual:  # others' values count too
            made = []
            for reports in zip(*each, strict=True):
                panel = self.scores.panel
                for column, value in zip(columns, reports, strict=True):
                    panel = self.with_reported(column, float(value), panel)
                made.append(float(value_of(self.scores.index, panel, own)[self.period, self.unit]))
            return np.array(made)
        panel, unit = self.scores.panel, slice(self.unit, self.unit + 1)
        values = np.repeat(panel.values[:, unit], len(kinds), axis=1)
        status = np.repeat(panel.status[:, unit], len(kinds), axis=1)
        for column, reported in zip(columns, each, strict=True):
            for same in self.same[column]:
                values[self.period, :, same], status[self.period, :, same] = reported, VALUE
        many = replace(panel, values=values, status=status, units=panel.units.taken([self.unit] * len(kinds)))
        return np.asarray(value_of(self.scores.index, many, own)[self.period])

    def _reported_for(self, leaf: int, values: Array) -> Array:
        """Return what has to be reported for each of many values of an indicator."""
        even = self.evenly_reported[leaf]
        if even is not None:
            low, high = float(self.low[leaf]), float(self.high[leaf])
            return np.asarray(even[0] + (values - low) * ((even[1] - even[0]) / (high - low)))
        column = self.moved.columns[leaf]
        kinds, which = np.unique(values, return_inverse=True)
        each = [self.reported(leaf, column, float(value)) for value in kinds]
        return np.array([np.nan if value is None else value for value in each])[which.ravel()]

    @cached_property
    def evenly_reported(self) -> dict[int, tuple[float, float] | None]:
        """What has to be reported for both ends of the indicators that move, where it grows evenly between them, else nothing."""
        return {leaf: self._evenly_reported(leaf) for leaf in self.moving}

    def _evenly_reported(self, leaf: int) -> tuple[float, float] | None:
        low, high = float(self.low[leaf]), float(self.high[leaf])
        made = [self.reported(leaf, self.moved.columns[leaf], value) for value in (low, (low + high) / 2, high)]
        if None in made:
            return None
        first, middle, last = (float(value or 0.0) for value in made)
        even = abs(middle - (first + last) / 2) <= _EVEN * (1 + abs(first) + abs(last))
        return (first, last) if even else None

    def reported_in(self, leaf: int, values: Array) -> Array:
        """Return what has to be reported for an indicator by plans (plan,), with what they move besides: values (plan, leaf)."""
        leads = self.moved.follows.get(leaf, ())
        asked = values[:, [*leads, leaf]]
        if leads:
            kinds, which = np.unique(asked, axis=0, return_inverse=True)
            made = np.array([self._reported_after(leaf, leads, kind) for kind in kinds])[which.ravel()]
        else:
            made = self._reported_for(leaf, values[:, leaf])
        still = np.isnan(made) | (asked == self.own[[*leads, leaf]]).all(axis=-1)
        return np.where(still, self.scores.panel.values[self.period, self.unit, self.moved.columns[leaf]], made)

    def _reported_after(self, leaf: int, leads: Sequence[int], values: Array) -> float:
        """Return what has to be reported for an indicator once what it follows is reported as its value asks."""
        panel = self.scores.panel
        for lead, value in zip(leads, values[:-1].tolist(), strict=True):
            column = self.moved.columns[lead]
            reported = self.reported(lead, column, value)
            panel = panel if reported is None else self.with_reported(column, reported, panel)
        found = self.reported(leaf, self.moved.columns[leaf], float(values[-1]), panel)
        return np.nan if found is None else found

    def reported(self, leaf: int, column: int, value: float, panel: Panel | None = None) -> float | None:
        """Return what has to be reported in a column to give an indicator a value; nothing where nothing is found."""
        index, own = self.scores.index, self.scores.index.leaves[leaf]
        panel = self.scores.panel if panel is None else panel
        sought, wanted = own, value
        if own.share:  # of what is shared, the unit's own part is s / (1 - s) of that of the others
            sought = own.model_copy(update={"share": None, "scale": 1.0})
            others = _others(value_of(index, panel, sought)[self.period], self.group_of_share(own), self.unit)
            share = value / own.scale
            wanted = others * share / (1.0 - share) if share != 1 else np.nan
        return self._solved(sought, column, wanted, panel)

    def with_reported(self, column: int, value: float, panel: Panel) -> Panel:
        """Return a panel with another value reported in a column, and in those that hold the same data."""
        values, status = panel.values.copy(order="K"), panel.status.copy(order="K")
        for same in self.same[column]:
            values[self.period, self.unit, same], status[self.period, self.unit, same] = value, VALUE
        return replace(panel, values=values, status=status)

    def group_of_share(self, leaf: Indicator) -> Mask:
        """Return the units that an indicator's values are shares among (unit,)."""
        masks = groups_of(self.scores.panel, "group" if leaf.share == "group" else None)
        return next(mask for mask in masks if mask[self.unit])

    def _can_be_reported(self, leaf: int, column: int) -> bool:
        if column == leaf and self.scores.tree.as_reported:
            return True
        return all(self.reported(leaf, column, float(end)) is not None for end in (self.low[leaf], self.high[leaf]))

    def _solved(self, leaf: Indicator, column: int, wanted: float, panel: Panel) -> float | None:
        """Return what has to be reported in a column for an indicator to be what is wanted."""
        index, start = self.scores.index, float(np.nan_to_num(panel.values[self.period, self.unit, column]))

        def missed(value: float) -> float:
            changed = self.with_reported(column, value, panel)
            return float(value_of(index, changed, leaf)[self.period, self.unit]) - wanted

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
        group = group_mask(scores.panel, by, unit)
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
    """Say which indicators a plan may move at all (leaf,): levers, as the tree has them, that are no scores from below."""
    return np.array(scores.tree.levers, dtype=bool) & ~of_scores_below(scores)


def of_scores_below(scores: Scores) -> Mask:
    """Say which indicators are made of the scores of the units below (leaf,): no data of the unit itself moves these."""
    made = () if scores.below is None else scores.below.leaves
    return np.array([leaf.id in made for leaf in scores.index.leaves], dtype=bool)


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
