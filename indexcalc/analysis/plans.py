"""Many plans scored at once: each indicator's column for all of them, then the tree with the plans as one more axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from ..engine.nodes import aggregate
from ..methods.arrays import Array, np
from ..panel import Panel
from .courses import Columns
from .levers import Goal, Levers, ranks_of
from .rescore import spans_periods

_SLACK = 1e-9  # of what a value may move: how far beyond is no more than rounding
_CELLS = 4_000_000  # scores that are made together


@dataclass(frozen=True)
class Plans:
    """The plans that a unit could make to reach a goal; what they bring is worked out for many together."""

    levers: Levers
    goal: Goal

    @cached_property
    def columns(self) -> dict[int, Columns]:
        """The columns of the indicators that can move, and of what follows them."""
        return {leaf: Columns(self.levers, leaf) for leaf in self.levers.stirred}

    @cached_property
    def shown(self) -> slice:
        """The periods that a period's scores are made of."""
        index, period = self.levers.scores.index, self.levers.period
        return slice(None) if spans_periods(index, index.tree.branches, noisy=False) else slice(period, period + 1)

    def scored(self, values: Array) -> Array:
        """Return the index's scores (plan, unit) of the period with each plan's values (plan, leaf)."""
        scores = self.levers.scores
        each = max(1, _CELLS // (scores.scores[self.shown, :, 0].size * scores.scores.shape[-1]))
        return np.concatenate([self._scored(values[at : at + each]) for at in range(0, len(values), each)])

    def _scored(self, values: Array) -> Array:
        scores, shown = self.levers.scores, self.shown
        index, own = scores.index, self.levers.own
        values = self.levers.ended(values)
        periods, units, nodes = scores.scores[shown].shape
        made = np.moveaxis(np.empty((periods, nodes, len(values), units)), 1, -1)
        coverage = np.moveaxis(np.ones((periods, len(index.tree.branches), len(values), units)), 1, -1)
        leaves = index.tree.leaves
        made[..., :leaves] = scores.scores[shown, None, :, :leaves]
        for leaf, columns in self.columns.items():
            if (moved := values[:, leaf] != own[leaf]).any():
                x, place = np.unique(values[moved, leaf], return_inverse=True)
                made[..., leaf][:, moved] = np.moveaxis(columns.scored(x, shown)[..., place.ravel()], -1, 1)
        aggregate(index, self._panel(values), scores.status[shown], made, coverage=coverage)
        found = np.asarray(made[self.levers.period - (shown.start or 0), :, :, index.tree.root])
        found[self._beyond(values), self.levers.unit] = np.nan
        return found

    def _panel(self, ends: Array) -> Panel:
        """Return the panel of the periods that count, with the events of adjustments that plans (plan, leaf) change."""
        panel, shown, levers = self.levers.scores.panel, self.shown, self.levers
        part = replace(panel, values=panel.values[shown], status=panel.status[shown], periods=panel.periods[shown])
        if not levers.events:
            return part
        names = [item.id for item in levers.scores.index.adjustments if item.id in panel.column]
        values = part.values[:, None, :, [panel.column[name] for name in names]].repeat(len(ends), axis=1)
        for place, leaf in levers.events.items():
            column = names.index(levers.scores.index.adjustments[place].id)
            values[levers.period - (shown.start or 0), :, levers.unit, column] = levers.reported_in(leaf, ends)
        return replace(part, values=values, columns=tuple(names))

    def _beyond(self, ends: Array) -> Array:
        """Say which plans (plan,) leave what follows beyond what others have reached."""
        levers, leaves = self.levers, list(self.levers.moved.follows)
        slack = _SLACK * (levers.high - levers.low)[leaves]
        out = (ends[:, leaves] < levers.low[leaves] - slack) | (ends[:, leaves] > levers.high[leaves] + slack)
        return np.asarray(out.any(axis=-1))

    def reached(self, index: Array) -> Array:
        """Say for the scores of plans (plan, unit) which reach the goal."""
        unit = self.levers.unit
        ranks = ranks_of(self.levers.scores, index)[..., unit] if self.goal.rank is not None else index[..., unit]
        return np.asarray(self.goal.reached(index[..., unit], ranks))

    def short(self, index: Array) -> Array:
        """Return how far plans are from the goal in points of the index (plan,): below 0 beyond it."""
        unit, sign, goal = self.levers.unit, self.goal.sign, self.goal
        own = np.nan_to_num(index[..., unit] * sign, nan=-np.inf)
        if goal.rank is None:
            return np.asarray(float(goal.score or 0.0) * sign - own)
        others = np.sort(np.nan_to_num(np.delete(index, unit, axis=-1) * sign, nan=-np.inf), axis=-1)[..., ::-1]
        if not others.shape[-1]:
            return -own
        place = others[..., min(goal.rank, others.shape[-1]) - 1]
        short: Array = np.subtract(place, own, out=np.full(own.shape, np.inf), where=own > -np.inf)  # nobody may have a score
        return short
