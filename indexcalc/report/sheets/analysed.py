"""The analyses that a report shows beside its scores, run once for a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ...analysis.alternatives import Inputs
from ...analysis.audit import Question, questions_of
from ...analysis.change import ScoreChange, change
from ...analysis.contribution import Rows, contributions, effective
from ...analysis.past import come_and_gone, in_one_place
from ...analysis.robustness import robustness
from ...analysis.target import Plan, target
from ...analysis.turns import Turn
from ...analysis.uncertainty import Uncertainty, uncertainty
from ...analysis.versus import Boards, all_boards
from ...analysis.warning import Judged, warnings
from ...methods.arrays import Array, np
from ...scores import Scores
from ...sources.outlines import Drawn
from ...tree.model import Alternatives, WeightDraw
from .tables import period_before

if TYPE_CHECKING:
    from ...analysis.evolution import Evolution

MOST_UNITS = 300  # up to which analyses are run unless they are asked for
BY_DEFAULT = 0.25  # of a weight, up or down, where the tree does not say what is uncertain
DRAWS = 1000


@dataclass(frozen=True)
class Analysed:
    """A period's scores with what was asked of them; what was not run is None, or has nothing in it.

    `boards` are those of every unit in the order of the units table, `plans` those to the next rank by unit, `turns` the smallest
    changes of the dimensions' weights that turn neighbours, `odd` what is suspicious in what was reported. `unit` is the one that
    a report is about, if it is about one; `formats` are those that it is written in, whose pages link to each other.
    """

    scores: Scores
    period: str
    seed: int = 0
    uncertainty: Uncertainty | None = None
    change: ScoreChange | None = None
    boards: Sequence[Boards] = ()
    judged: Sequence[Judged] = ()
    plans: Mapping[int, Plan] = field(default_factory=dict)
    turns: Sequence[Turn] = ()
    odd: Sequence[Question] = ()
    all_periods: Scores | None = None
    outlines: Drawn | None = None
    evolution: Evolution | None = None
    unit: int | None = None
    formats: tuple[str, ...] = ()

    @property
    def whole(self) -> Scores:
        """The scores by the tree of all periods, which warnings go by."""
        return self.all_periods or self.scores

    @cached_property
    def pinned(self) -> tuple[int, ...]:
        """The units that are highlighted from the start."""
        if self.unit is not None:
            return (self.unit,)
        named = [self.scores.unit(name) for name in self.scores.index.report.pinned]
        return tuple(unit for unit in named if unit is not None)

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


def _uncertain(scores: Scores) -> Alternatives:
    """Return what the tree says is uncertain, or else every weight up to a quarter up or down."""
    return scores.index.uncertainty or Alternatives(weights=(WeightDraw(method="perturb", by=BY_DEFAULT),))


def is_uncertain(scores: Scores) -> bool:
    """Say whether there is anything to draw: not where all weights are made of data, or formulas take the place of weights."""
    return bool(Inputs(scores.index, _uncertain(scores)).names)


def drawn_anew(scores: Scores, period: str, seed: int = 0, draws: int = DRAWS) -> Uncertainty:
    """Draw again what is uncertain."""
    return uncertainty(scores, _uncertain(scores), period=period, draws=draws, seed=seed)


def analysed(
    scores: Scores,
    period: str,
    *,
    seed: int = 0,
    judged: Sequence[Judged] | None = None,
    every: bool = True,
    outlines: Drawn | None = None,
    unit: int | None = None,
) -> Analysed:
    """Run the analyses of a period that the tree asks for, or no more than the warnings; these may be `judged` already.

    What is uncertain is what the tree says, or every weight up to a quarter up or down.
    """
    whole, scores = scores, scores.of_period(period)
    judged = warnings(whole) if judged is None else judged
    bare = Analysed(scores, period, seed, judged=judged, all_periods=whole, outlines=outlines, unit=unit)
    if not every:
        return bare
    at, wanted = bare.at, scores.index.report.analyses
    worth = all_boards(scores, at)
    ranked = int(np.isfinite(scores.rank()[at]).sum())
    drawn = moves = None
    if "uncertainty" in wanted and ranked > 1 and is_uncertain(scores):
        drawn = drawn_anew(scores, period, seed)
    if "change" in wanted and (last := period_before(scores, period)) is not None:
        moves = _moves(whole, last, period)
    plans = _plans(scores, at, unit) if "target" in wanted else {}
    turns = _turns(scores, at, unit) if "robustness" in wanted and ranked > 1 else ()
    odd = questions_of(whole, period)
    return replace(bare, uncertainty=drawn, change=moves, boards=worth, plans=plans, turns=turns, odd=odd)


def _plans(scores: Scores, at: int, only: int | None) -> dict[int, Plan]:
    """Plan for every unit, or for one alone, the least effort to the next better rank."""
    ranks = scores.rank()[at]
    found = {}
    for unit in range(len(ranks)) if only is None else [only]:
        better = ranks[ranks < ranks[unit]]
        if better.size:
            found[unit] = target(scores, at, unit, rank=int(better.max()))
    return found


def _turns(scores: Scores, at: int, only: int | None) -> tuple[Turn, ...]:
    """Find the smallest changes of the dimensions' weights, added up, that turn neighbours: all, or those of one unit."""
    found = robustness(scores, at, levels=[1], units=None if only is None else [only])
    return tuple(turn for turn in found.pairs if turn.norm == "L1")
