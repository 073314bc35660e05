"""The analyses that a report shows beside its scores, run once for a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...analysis.change import ScoreChange, change
from ...analysis.contribution import Rows, contributions, effective
from ...analysis.past import come_and_gone, in_one_place
from ...analysis.uncertainty import Uncertainty, uncertainty
from ...analysis.versus import Boards, boards, group_of
from ...analysis.warning import Judged, warnings
from ...methods.arrays import Array, np
from ...scores import Scores
from ...tree.model import Alternatives, WeightDraw
from .tables import period_before

MOST_UNITS = 300  # up to which analyses are run unless they are asked for
BY_DEFAULT = 0.25  # of a weight, up or down, where the tree does not say what is uncertain
DRAWS = 1000


@dataclass(frozen=True)
class Analysed:
    """A period's scores with what was asked of them; what was not run is None, or has nothing in it.

    `boards` are those of every unit in the order of the units table.
    """

    scores: Scores
    period: str
    seed: int = 0
    uncertainty: Uncertainty | None = None
    change: ScoreChange | None = None
    boards: Sequence[Boards] = ()
    judged: Sequence[Judged] = ()

    @cached_property
    def at(self) -> int:
        """The place of the period."""
        return self.scores.periods.index(self.period)

    @cached_property
    def contribution(self) -> Array:
        """What each node adds to its parent's score (unit, node)."""
        return np.asarray(contributions(self.scores, self._rows)[0])

    @cached_property
    def points(self) -> Array:
        """What each node adds to the index in the end (unit, node)."""
        return np.asarray(effective(self.scores, self.contribution[None], self._rows)[0])

    @property
    def _rows(self) -> Rows:
        return Rows(self.at, tuple(range(len(self.scores.panel.units))))

    @cached_property
    def dimensions(self) -> tuple[int, ...]:
        """The places of the dimensions that count in the index."""
        tree = self.scores.tree
        return tuple(node for node in tree.dimensions if node in tree.branches[-1].children and node not in tree.monitored)


def _moves(scores: Scores, before: str, after: str) -> ScoreChange:
    """Split the moves between two periods, each by the tree of then, of the units as they are in the later one."""
    earlier, later = in_one_place(scores, before, after)
    come = set(come_and_gone(earlier, later, before, after)[0])
    units = [scores.panel.units.ids[unit] for unit in scores.listed(scores.periods.index(after)) if unit not in come]
    every = scores.there is None
    return change(earlier.of_period(before), later.of_period(after), before, after, units=None if every else units)


def drawn_anew(scores: Scores, period: str, seed: int = 0, draws: int = DRAWS) -> Uncertainty:
    """Draw again what the tree says is uncertain, or else every weight up to a quarter up or down."""
    declared = scores.index.uncertainty or Alternatives(weights=(WeightDraw(method="perturb", by=BY_DEFAULT),))
    return uncertainty(scores, declared, period=period, draws=draws, seed=seed)


def analysed(
    scores: Scores, period: str, *, seed: int = 0, judged: Sequence[Judged] | None = None, every: bool = True
) -> Analysed:
    """Run the analyses of a period: all of them, or no more than the warnings; these may be `judged` already.

    What is uncertain is what the tree says, or every weight up to a quarter up or down.
    """
    whole, scores = scores, scores.of_period(period)
    judged = warnings(scores) if judged is None else judged
    if not every:
        return Analysed(scores, period, seed, judged=judged)
    at, units = scores.periods.index(period), range(len(scores.panel.units))
    drawn = drawn_anew(scores, period, seed) if np.isfinite(scores.rank()[at]).sum() > 1 else None
    last = period_before(scores, period)
    moves = None if last is None else _moves(whole, last, period)
    worth = tuple(boards(scores, at, unit, group_of(scores, unit)) for unit in units)
    return Analysed(scores, period, seed, drawn, moves, worth, judged=judged)
