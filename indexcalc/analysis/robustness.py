"""How much weights must change before two units change places, or one leaves the top: the smallest change, and the weights.

Weights are those in the index of the nodes at one level of the tree (`cuts`); they add up to 1 and move within bounds. How the
smallest change is found and proved stands in `turns`. Source: the idea of weight stability intervals, Triantaphyllou, Sánchez
1997, made simultaneous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..engine import with_floors
from ..findings import Finding, Language, Place, finding, with_label
from ..methods.arrays import np
from ..scores import Scores
from ..tree.layout import Branch
from .cuts import NORMS, Question, cut_at
from .result import Result
from .turns import Search, Turn

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Robustness(Result):
    """The ranking of a period (the places of units, the best first) and what turns it: neighbours, and the top if asked for.

    `units` are those whose neighbours were asked about, None for all. `idle` are the levels at which no weights play a part, so
    that nothing turns.
    """

    scores: Scores
    period: int
    units: tuple[int, ...] | None
    order: tuple[int, ...]
    top: int | None
    pairs: tuple[Turn, ...]
    leaves_top: tuple[Turn, ...]
    searched: bool
    idle: tuple[int, ...] = ()

    @property
    def findings(self) -> list[Finding]:
        """What nothing was asked of: levels at which no weights play a part, a top that none can leave, too few scores."""
        found, tree, period = [], self.scores.tree, self.scores.periods[self.period]
        if self.idle:
            nodes = [branch for branch in tree.branches if not branch.is_weighed]
            names = [tree.nodes[branch.position].id for branch in nodes if is_above(self.scores, branch)]
            found.append(
                finding("IC793", self.scores.index.place_of(tree.nodes[tree.root].id), levels=list(self.idle), nodes=names)
            )
        if self.top is not None and len(self.order) <= self.top:
            found.append(finding("IC794", Place(), top=self.top, count=len(self.order), period=period))
        elif self.top is not None and self.units is not None and self.searched and not self.leaves_top and not self.idle:
            found.append(finding("IC795", Place(), top=self.top, period=period))
        if len(self.order) < 2:
            found.append(finding("IC796", Place(), count=len(self.order), period=period))
        return with_label(found, self.scores.index.units.label)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a turn: who passes whom, at which level, by which norm, and how far weights must move for it."""
        import pandas as pd

        units = self.scores.panel.units
        rows = [
            {
                "above": units.ids[turn.above],
                "above_name": units.title(turn.above, language),
                "below": None if turn.below is None else units.ids[turn.below],
                "below_name": None if turn.below is None else units.title(turn.below, language),
                **{name: getattr(turn, name) for name in ("level", "norm", "distance", "bound", "exact", "verified")},
            }
            for turn in (*self.pairs, *self.leaves_top)
        ]
        return pd.DataFrame(rows)


def robustness(
    scores: Scores,
    period: int,
    *,
    top: int | None = None,
    within: float | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    units: Sequence[int] | None = None,
    levels: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Robustness:
    """Find the smallest changes of weights that turn a ranking.

    `within` bounds every weight in the index to so great a share of itself (0.5: from half to one and a half times as much),
    `bounds` that of single nodes; without either a weight is between 0 and 1. `units` are those whose neighbours are asked
    about, `levels` the depths of the cuts; all without. Nothing is searched in a tree in which nodes compare units or have
    floors that do, as there every unit's score depends on all weights at once: see `searched`. `progress` is told how many of
    how many questions are answered.
    """
    places = scores.rank()[period]
    order = [int(unit) for unit in np.lexsort((np.arange(len(places)), places)) if not np.isnan(places[unit])]
    cuts = [cut_at(scores, period, level, within, bounds or {}) for level in levels or range(1, depth_of(scores) + 1)]
    cuts = [cut for i, cut in enumerate(cuts) if not i or cut.nodes != cuts[i - 1].nodes]
    filled = with_floors(scores)
    wanted = set(order if units is None else units)
    asked = [Question(above, below) for above, below in pairwise(order) if wanted & {above, below}]
    first = [unit for unit in order if places[unit] <= top and unit in wanted] if top is not None else []
    out = [Question(above, None, top or 0) for above in first if len(order) > (top or 0)]
    pairs: list[Turn] = []
    leaves_top: list[Turn] = []
    moving = [cut for cut in cuts if not cut.idle]
    can = filled is not None and not any(branch.compares for branch in scores.tree.branches if is_above(scores, branch))
    if can and filled is not None and moving:
        search = Search(filled, period, moving, (len(asked) + len(out)) * len(moving) * len(NORMS))
        for done, question in enumerate([*asked, *out], 1):
            (pairs if done <= len(asked) else leaves_top).extend(search.turns(question))
            if progress is not None:
                progress(done, len(asked) + len(out))
    of = None if units is None else tuple(units)
    idle = tuple(cut.level for cut in cuts if cut.idle)
    return Robustness(scores, period, of, tuple(order), top, tuple(pairs), tuple(leaves_top), can, idle)


def depth_of(scores: Scores) -> int:
    """Return how many levels of weights a tree has."""
    return max(scores.tree.depth(leaf) for leaf in range(scores.tree.leaves))


def is_above(scores: Scores, branch: Branch) -> bool:
    """Say whether a node counts in the index: what is on a board of its own does not."""
    tree = scores.tree
    return all(node in tree.branch_at(above).children for node, above in pairwise(tree.upwards(branch.position)))
