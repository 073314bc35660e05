"""Cuts of a tree, and its index scored anew at other weights of a cut.

At each level the tree is cut: the nodes of that depth, and the leaves above it, have weights in the index that add up to 1, and
any such weights are shares of siblings of the levels down to there. Children of a `sum` keep what their weights add up to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ..engine.nodes import aggregate
from ..engine.ranking import compared, overall
from ..engine.rules import asks_for_children, asks_for_coverage, combiner, finish
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import Array, Mask, np
from ..methods.rank import TIE_RULES
from ..methods.ties import TOLERANCE
from ..panel import NOT_APPLICABLE, Panel
from ..scores import Scores
from ..tree.layout import Branch
from .worlds import of_scores

Norm = Literal["L1", "max"]
NORMS: tuple[Norm, ...] = ("L1", "max")
_CELLS = 2_000_000  # scores of all nodes that are made together


@dataclass(frozen=True)
class Cut:
    """The nodes of a level with their weights in the index, within what they may move, and the branches above them."""

    level: int
    nodes: tuple[int, ...]
    upper: tuple[Branch, ...]
    """The branches above the nodes, children before their parents."""
    weights: Array
    low: Array
    high: Array

    @cached_property
    def column(self) -> dict[int, int]:
        """The place of each node of the cut."""
        return {node: at for at, node in enumerate(self.nodes)}

    @cached_property
    def idle(self) -> bool:
        """Whether no weights above the cut play a part, not even in what is there."""
        return all(
            not branch.is_weighed and not asks_for_coverage(branch.missing) and not asks_for_children(branch.missing)
            for branch in self.upper
        )

    @cached_property
    def within(self) -> bool:
        """Whether the weights as they are lie within the bounds."""
        return bool((self.weights >= self.low).all() and (self.weights <= self.high).all())

    def length(self, weights: Array, norm: Norm) -> Array:
        """Return how far weights (…, node) are from those of now."""
        moved = np.abs(weights - self.weights)
        return np.asarray(np.add.reduce(moved, axis=-1) if norm == "L1" else np.maximum.reduce(moved, axis=-1))

    def projected(self, weights: Array) -> Array:
        """Return weights (stack, node) moved up or down alike until they lie within the bounds and add up to what they did."""
        whole = float(np.add.reduce(self.weights))
        fits = ((weights >= self.low) & (weights <= self.high)).all(axis=-1)
        fits &= np.abs(np.add.reduce(weights, axis=-1) - whole) < 1e-12
        if fits.all():
            return weights
        below, above = np.full(len(weights), -2.0), np.full(len(weights), 2.0)
        for _ in range(60):
            middle = (below + above) / 2
            less = np.add.reduce(np.clip(weights + middle[:, None], self.low, self.high), axis=-1) < whole
            below, above = np.where(less, middle, below), np.where(less, above, middle)
        moved = np.clip(weights + above[:, None], self.low, self.high)
        return np.asarray(moved[np.abs(np.add.reduce(moved, axis=-1) - whole) < 1e-9])


def cut_at(scores: Scores, period: int, level: int, within: float | None, bounds: Mapping[str, tuple[float, float]]) -> Cut:
    """Cut a tree at a level; `within` and `bounds` say how far weights may move, as for `robustness`."""
    tree = scores.tree
    nodes: list[int] = []
    upper: list[Branch] = []

    def walk(position: int, depth: int) -> None:
        if depth == level or position < tree.leaves:
            nodes.append(position)
            return
        branch = tree.branch_at(position)
        upper.append(branch)
        for child in branch.children:
            walk(child, depth + 1)

    walk(tree.root, 0)
    weights = scores.effective_weights[period, nodes]
    low, high = np.zeros_like(weights), np.ones_like(weights)
    if within is not None:
        low, high = np.maximum(weights * (1.0 - within), 0.0), np.minimum(weights * (1.0 + within), 1.0)
    for i, node in enumerate(nodes):
        if tree.nodes[node].id in bounds:
            low[i], high[i] = bounds[tree.nodes[node].id]
    return Cut(level, tuple(nodes), tuple(sorted(upper, key=lambda branch: branch.position)), weights, low, high)


@dataclass(frozen=True)
class Question:
    """Who is to be passed by whom, or who is to leave the top."""

    above: int
    below: int | None
    top: int = 0

    @property
    def count(self) -> int:
        """How many others have to be ahead."""
        return self.top if self.below is None else 1


class Reweighed:
    """A period's units at other weights of a cut, scored by the engine, many weights at once."""

    def __init__(self, scores: Scores, period: int) -> None:
        self.scores, self.period, self.tree = scores, period, scores.tree
        world = of_scores(scores, period)
        self.index = world.index
        self.base, self.coverage = scores.scores[period], scores.coverage[period]
        values = np.concatenate([world.values, world.points[-1]], axis=-1)
        columns = (*(leaf.id for leaf in self.index.leaves), *(item.id for item in self.index.adjustments))
        self.panel = Panel(values[None], world.status[None], ("now",), world.units, columns)
        self.sign = -1.0 if scores.index.ranking.first == "lowest" else 1.0
        self.ranking = scores.index.ranking
        self.largest = float(np.nanmax(np.abs(scores.score()[period]), initial=0.0))
        self.parts: dict[tuple[int, ...], Panel] = {}
        self.totals = {branch.position: self._total(branch) for branch in self.tree.branches}
        self.affine = {branch.position: self._affine(branch) for branch in self.tree.branches if not branch.compares}

    def _total(self, branch: Branch) -> float:
        """Return what the weights of a node's children add up to, which stays: 1, or in a sum what was declared."""
        if branch.aggregate not in FREE_SUM or branch.formula is not None:
            return 1.0
        return float(np.add.reduce(self.scores.child_weights(branch.position, self.period)))

    def _affine(self, branch: Branch) -> tuple[Array, Array] | None:
        """Return a and b (unit,) where a node's score is a y + b of what its children come to; nothing where it is not."""
        items = [self.index.adjustments[at] for at in branch.adjustments]
        if branch.round or any(item.veto is not None and item.veto.ceiling is not None for item in items):
            return None
        units = range(len(self.base))
        zero, one = self.finished(branch, np.stack([np.zeros(len(units)), np.ones(len(units))]), units)
        return one - zero, zero

    def finished(self, branch: Branch, y: Array, units: Sequence[int]) -> Array:
        """Return what a node makes of what its children come to (row, unit)."""
        return y if branch.plain else np.asarray(finish(self.index, self._of(tuple(units)), branch, y[None])[0][0])

    def factor(self, branch: Branch) -> float:
        """Return how many times its mean a node comes to: in a sum, what weights add up to and the scale."""
        whole = np.array([self.totals[branch.position]])
        return float(combiner(self.tree, branch)(np.ones((1, 1)), whole)[0]) if branch.aggregate in FREE_SUM else 1.0

    def shares(self, cut: Cut, stack: Array) -> dict[int, Array]:
        """Return weights in the index (stack, node) as weights of siblings (stack, child), by the place of their parent.

        What weighs nothing in all keeps the weights that its children have.
        """
        own = dict(zip(cut.nodes, np.moveaxis(stack, -1, 0), strict=True))
        old, found = self.scores.sibling_weights[self.period], {}
        for branch in cut.upper:
            if all(child in cut.column for child in branch.children):
                below = stack.take([cut.column[child] for child in branch.children], axis=-1)
            else:
                below = np.stack([own[child] for child in branch.children], axis=-1)
            whole = np.add.reduce(below, axis=-1)
            own[branch.position] = whole
            share = below / np.where(whole > 0, whole, 1.0)[..., None]
            found[branch.position] = np.where((whole > 0)[..., None], share, old[list(branch.children)])
            found[branch.position] *= self.totals[branch.position]
        return found

    def named(self, cut: Cut, weights: Array) -> dict[str, dict[str, float]]:
        """Return weights in the index (node,) as weights of siblings, by the ids of parent and child."""
        shares, nodes = self.shares(cut, weights[None]), self.tree.nodes
        return {
            nodes[branch.position].id: {
                nodes[child].id: float(w) for child, w in zip(branch.children, shares[branch.position][0], strict=True)
            }
            for branch in cut.upper
        }

    def at(self, cut: Cut, stack: Array, units: Sequence[int] | None = None) -> Array:
        """Return the index (stack, unit) at weights in it (stack, node)."""
        asked = tuple(range(len(self.base)) if units is None else units)
        step = max(1, _CELLS // (len(asked) * len(self.tree.nodes)))
        parts = [self._at(cut, stack[start : start + step], asked) for start in range(0, len(stack), step)]
        return np.concatenate(parts) if parts else np.empty((0, len(asked)))

    def there(self, cut: Cut, stack: Array, units: Sequence[int]) -> Mask:
        """Say which nodes above a cut have a score (stack, unit, node) at weights in the index (stack, node)."""
        return ~np.isnan(self._all(cut, stack, tuple(units))[..., [branch.position for branch in cut.upper]])

    def _at(self, cut: Cut, stack: Array, units: tuple[int, ...]) -> Array:
        return np.asarray(self._all(cut, stack, units)[..., self.tree.root])

    def _all(self, cut: Cut, stack: Array, units: tuple[int, ...]) -> Array:
        panel, rows = self._of(units), list(units)
        scores, coverage = (_repeated(known[rows], len(stack)) for known in (self.base, self.coverage))
        weights = {position: w[None, :, None] for position, w in self.shares(cut, stack).items()}
        only = {branch.position for branch in cut.upper}
        aggregate(self.index, panel, panel.status, scores, weights=weights, coverage=coverage, only=only)
        return np.asarray(scores[0])

    def _of(self, units: tuple[int, ...]) -> Panel:
        if units not in self.parts:
            rows, panel = list(units), self.panel
            self.parts[units] = replace(
                panel, values=panel.values[:, rows], status=panel.status[:, rows], units=panel.units.taken(rows)
            )
        return self.parts[units]

    @cached_property
    def applying(self) -> Mask:
        """Which nodes apply to a unit (unit, node): of an inner one, anything that counts in it."""
        out = np.ones(self.base.shape, dtype=bool)
        out[:, : self.tree.leaves] = self.panel.status[0] != NOT_APPLICABLE
        for branch in self.tree.branches:
            out[:, branch.position] = out[:, list(branch.children)].any(axis=-1)
        return out

    def turns(self, cut: Cut, stack: Array, question: Question) -> Mask:
        """Say which weights (stack, node) turn the ranks as they are published, by more than what arithmetic leaves.

        Scores of which that is not clear count neither as apart nor as one.
        """
        units = None if question.below is None else (question.above, question.below)
        shown = self.sign * compared(self.ranking, self.at(cut, stack, units))
        with np.errstate(invalid="ignore"):
            scale = TOLERANCE * np.maximum(self.largest, np.abs(shown).max(axis=-1, initial=0.0, where=~np.isnan(shown)))
            if question.below is not None:
                return np.asarray(shown[:, 1] - shown[:, 0] > 10 * scale)
            lead = np.delete(shown, question.above, axis=-1) - shown[:, [question.above]]
            better = np.count_nonzero(lead > 10 * scale[:, None], axis=-1)
            tied = np.count_nonzero(np.abs(lead) <= 0.1 * scale[:, None], axis=-1)
            if self.ranking.ties == "dense":
                ahead = np.sort(np.where(lead > 10 * scale[:, None], lead, np.nan), axis=-1)
                better = better - np.count_nonzero(np.diff(ahead, axis=-1) <= 10 * scale[:, None], axis=-1)
        place = TIE_RULES[self.ranking.ties].function(1 + better, 1 + better + tied, 1 + better)
        return np.asarray(place > question.top) & ~np.isnan(shown[:, question.above])

    def published(self, cut: Cut, stack: Array, question: Question) -> Mask:
        """Say the same by the ranks of all units."""
        places = overall(self.ranking, self.at(cut, stack)[..., None])[..., 0]
        if question.below is not None:
            return np.asarray(places[:, question.below] < places[:, question.above])
        return np.asarray(places[:, question.above] > question.top)


def _repeated(known: Array, times: int) -> Array:
    """Return what is known of units (unit, node) so many times over (1, time, unit, node), a node's side by side."""
    out = np.empty((1, known.shape[-1], times, known.shape[0]))
    out[...] = known.T[None, :, None]
    return np.moveaxis(out, 1, -1)
