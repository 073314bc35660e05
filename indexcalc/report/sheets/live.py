"""What a workbook needs to score a period anew when weights in it are changed: the nodes side by side, each with its rule.

The rules are the engine's; the page of the report is told the same in its own form (`what_if`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...engine.adjust import by_events, events, grade_ceilings
from ...engine.floors import fill_floor, leaf_floors
from ...engine.ranking import compared, ranking_of
from ...engine.rules import declared_weights, mirror, power_of
from ...methods.arrays import Array, np
from ...panel import NOT_APPLICABLE
from ...scores import Scores
from ...tree.layout import Branch
from ...tree.model import Grade, NodeRanking
from .analysed import MOST_UNITS
from .what_if import can_be_made_anew, fixed_by, is_at_the_bottom, moves_scores, second_level

IN_CELLS = frozenset({"arithmetic", "geometric", "harmonic", "power", "sum", "mpi", "minimum", "maximum", "median", "product"})
"""The aggregators that formulas of a workbook can say; others keep the scores that they have."""
STEEPEST = 20.0  # power of a mean that cells can hold, whose numbers end at 1e308
MOST_FORMULAS = 60_000  # beyond which the nodes of the second level are taken as they are
MOST_ROWS = 3_000  # units, beyond which nothing is made anew


@dataclass(frozen=True)
class Live:
    """A period's nodes as a workbook makes them anew: which are taken as they are, and why."""

    scores: Scores
    period: str
    bottom: frozenset[int]
    """The inner nodes whose scores are taken as they are, as there are many units."""

    @cached_property
    def at(self) -> int:
        return self.scores.periods.index(self.period)

    @cached_property
    def units(self) -> tuple[int, ...]:
        """The places of the units that have a row, in the order of the units table."""
        return tuple(self.scores.listed(self.at))

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The inner nodes that stand in the workbook with their children, children first."""
        tree = self.scores.tree
        return tuple(branch for branch in tree.branches if not is_at_the_bottom(tree, branch.position, self.bottom))

    @cached_property
    def branch_of(self) -> dict[int, Branch]:
        return {branch.position: branch for branch in self.branches}

    @cached_property
    def blocks(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Each inner node with its children in the workbook, in the order of the tree; last, under -1, the nodes at the top."""
        tree = self.scores.tree
        found = [(at, self._children(self.branch_of[at])) for at in tree.reading_order if at in self.branch_of]
        placed = {child for _, children in found for child in children}
        alone = tuple(at for at in tree.reading_order[1:] if at in self.branch_of and at not in placed)
        return (*((at, children) for at, children in found if children), (-1, (*alone, tree.root)))

    @cached_property
    def children(self) -> dict[int, tuple[int, ...]]:
        """The children in the workbook of each inner node, by its place."""
        return dict(self.blocks)

    @property
    def is_large(self) -> bool:
        """Whether there are so many units that only the ranking is made anew: other tables and ranks keep their values."""
        return len(self.units) > MOST_UNITS

    def _children(self, branch: Branch) -> tuple[int, ...]:
        tree = self.scores.tree
        if branch.formula is None:
            return branch.children
        return tuple(child for child in tree.below(branch.position) if child not in tree.monitored)

    def fixed(self, position: int) -> str:
        """Return why an inner node keeps its score whatever the weights; nothing for one that is made anew."""
        branch = self.branch_of[position]
        if why := fixed_by(self.scores, branch):
            return why
        steep = abs(power_of(branch) or 0.0) > STEEPEST
        return "method" if branch.aggregate not in IN_CELLS or steep else ""

    def is_live(self, position: int) -> bool:
        """Say whether a node's score is made by a formula."""
        return position in self.branch_of and not self.fixed(position)

    def is_partly_fixed(self, position: int) -> bool:
        """Say whether a node is made anew of nodes some of which are not."""
        below = [child for child in self.scores.tree.below(position) if child in self.branch_of]
        return self.is_live(position) and any(self.fixed(child) or self.is_partly_fixed(child) for child in below)

    def is_free(self, position: int) -> bool:
        """Say whether the weights below a node move its score and those of all nodes above it."""
        return moves_scores(self.scores.tree, position, self.fixed)

    def weights(self, position: int) -> tuple[float, ...]:
        """Return the weights of a node's children, as they were for the first unit where each has its own."""
        branch = self.branch_of[position]
        if branch.fixed_weights is not None:
            return declared_weights(branch)
        return tuple(self.scores.child_weights(position, self.at).tolist())

    @cached_property
    def floors(self) -> Array:
        """The worst score of each node (node,), which stands in for gaps where a node asks for that; NaN where there is none."""
        made = leaf_floors(self.scores.index, self.scores.scores, self.scores.panel.units)
        for branch, w in zip(self.scores.tree.branches, self.scores.weights, strict=True):
            fill_floor(self.scores.index, branch, w, made, self.scores.scores)
        return np.asarray(made[self.at if len(made) > 1 else 0, 0])

    @cached_property
    def has_floors(self) -> bool:
        """Whether any node takes the worst score in place of gaps."""
        return any(branch.missing.policy == "floor" for branch in self.branches)

    def mirror(self, position: int) -> float | None:
        """Return the number that a turned node's score is subtracted from, None for others."""
        return float(mirror(self.scores.index, self.scores.panel.units)) if self.branch_of[position].turned else None

    def points(self, position: int) -> Array | None:
        """Return the points that each unit has at a node from adjustments (unit,), where it has such."""
        index, items = self.scores.index, self.branch_of[position].adjustments
        if not items:
            return None
        nothing = np.zeros_like(self.scores.score())
        each = [index.adjustments[i] for i in items]
        made = [by_events(item, events(index, self.scores.panel, item), nothing)[self.at] for item in each]
        return np.asarray(np.sum(made, axis=0))

    def ranking(self, position: int) -> NodeRanking:
        """Return how a node is ranked."""
        return ranking_of(self.scores.index, position)

    def is_ranked_anew(self, position: int) -> bool:
        """Say whether a node's ranks are made anew: where its scores are."""
        return self.is_live(position) and not self.ranking(position).then

    def compared(self, position: int) -> Array:
        """Return what the units of a node are ranked by, more being better (unit,)."""
        ranking, own = self.ranking(position), self.scores.scores[self.at, list(self.units), position]
        shown = compared(ranking, np.asarray(own, dtype=float))
        return -shown if ranking.first == "lowest" else shown

    def sorted_places(self, position: int) -> tuple[Array, Array]:
        """Return the first score of each unit's place, and the ranks (unit,), sorted from the best; units without a rank last."""
        x, ranks = self.compared(position), np.asarray(self.scores.ranks[self.at, list(self.units), position], dtype=float)
        order = np.argsort(-x, kind="stable")
        sorted_ranks = ranks[order]
        new = np.append(True, sorted_ranks[1:] != sorted_ranks[:-1])
        return x[order][np.maximum.accumulate(np.where(new, np.arange(len(x)), 0))], sorted_ranks

    def order(self) -> Array:
        """Return where each unit stands when all are sorted by their ranks in the index, from 1 (unit,)."""
        ranks = np.asarray(self.scores.rank()[self.at, list(self.units)], dtype=float)
        made = np.empty(len(ranks))
        made[np.argsort(ranks, kind="stable")] = np.arange(1, len(ranks) + 1)
        return made

    def applies(self, position: int) -> Array:
        """Say to which units a node applies (unit,)."""
        return np.asarray(self.scores.node_status(position)[self.at] != NOT_APPLICABLE)

    def grades(self, position: int) -> tuple[Grade, ...]:
        """Return a node's grades where they go by its score alone; else none."""
        grades = self.scores.index.grades_of(self.scores.tree.nodes[position])
        return grades if all(one.by_score for one in grades) else ()

    @cached_property
    def ceilings(self) -> Array:
        """The place of the best grade of the index that vetoes leave each unit (unit,), 0 without one."""
        return np.asarray(grade_ceilings(self.scores.index, self.scores.panel)[self.at])

    def fixed_nodes(self) -> Iterator[int]:
        """Yield the nodes that keep their scores though they stand in the workbook with their children."""
        yield from (branch.position for branch in self.branches if self.fixed(branch.position))


def live_of(scores: Scores, period: str) -> Live | None:
    """Return what a workbook needs to score a period anew; None where the page cannot either, or there are too many units."""
    at = scores.periods.index(period)
    units = len(scores.listed(at))
    if not can_be_made_anew(scores, at) or units > MOST_ROWS:
        return None
    inner = len(scores.tree.branches)
    large = units > MOST_UNITS and 2 * inner * units > MOST_FORMULAS
    live = Live(scores, period, second_level(scores.tree) if large else frozenset())
    return live if live.blocks[:-1] else None
