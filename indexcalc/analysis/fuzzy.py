"""Fuzzy comprehensive evaluation: how far each unit belongs to each grade at every node of the tree.

An indicator belongs to grades by its score or its value, or is the share of answers in a grade; memberships come together by
weights, level by level, and add up to 1 at every inner node.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Language
from ..methods.arrays import Array, np
from ..methods.membership import gaussian, scaled, together, triangles
from ..scores import Scores
from ..tree.blocks.fuzzy import Fuzzy
from .result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Memberships(Result):
    """How far units belong to grades in a period: `memberships` (unit, node, grade), NaN where nothing is known.

    `start` is the node that is asked about, below which the others stand.
    """

    scores: Scores
    start: int
    period: str
    settings: Fuzzy
    memberships: Array

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades, the best first."""
        return tuple(self.settings.grades)

    @property
    def points(self) -> Array:
        """The points of the grades (grade,)."""
        return np.array(list(self.settings.grades.values()), dtype=float)

    @property
    def row(self) -> int:
        return self.scores.periods.index(self.period)

    @property
    def nodes(self) -> list[int]:
        """The places of the node that is asked about and of those below it that have memberships, in reading order."""
        known = np.asarray(~np.isnan(self.memberships).all(axis=(0, 2)))
        below = [node for node in self.scores.tree.reading_order if known[node] and node != self.start]
        return [self.start, *below] if known[self.start] else below

    def score(self) -> Array:
        """Return the points that memberships come to (unit, node): Σ b v / Σ b."""
        return np.asarray((scaled(self.memberships) * self.points).sum(axis=-1))

    def grade(self) -> Array:
        """Return the place of the grade that each unit belongs to most (unit, node), -1 where nothing is known.

        Of two alike, up to the last bits, it is the better one, or the worse one where the tree says so.
        """
        known = np.asarray(~np.isnan(self.memberships).any(axis=-1))
        b = np.where(known[..., None], self.memberships, 0.0)
        most = b >= b.max(axis=-1, keepdims=True) - 1e-12
        worst = b.shape[-1] - 1 - np.argmax(most[..., ::-1], axis=-1)
        return np.where(known, np.argmax(most, axis=-1) if self.settings.tied == "better" else worst, -1)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit and node: the membership in each grade, the points that these come to, and the grade."""
        import pandas as pd

        score, grade, tree, units = self.score(), self.grade(), self.scores.tree, self.scores.panel.units
        rows = [
            (
                units.ids[unit],
                units.title(unit, language),
                tree.nodes[node].id,
                tree.nodes[node].title(language),
                *self.memberships[unit, node].tolist(),
                float(score[unit, node]),
                self.grades[grade[unit, node]] if grade[unit, node] >= 0 else "",
            )
            for unit in self.scores.listed(self.row)
            for node in self.nodes
        ]
        return pd.DataFrame(rows, columns=["unit", "unit_name", "node", "name", *self.grades, "score", "grade"])


def fuzzy(scores: Scores, start: int, period: str, settings: Fuzzy) -> Memberships:
    """Find the memberships of all units in the index, or in a node, and in every node below it."""
    tree, row = scores.tree, scores.periods.index(period)
    out = np.full((len(scores.panel.units), len(tree.nodes), len(settings.grades)), np.nan)
    shares = {item for name in settings.shares for item in tree.lowest(tree.position[name])}
    _fill(scores, row, start, settings, shares, out)
    return Memberships(scores, start, period, settings, out)


def with_formula(scores: Scores, start: int) -> list[str]:
    """Return the ids of the nodes that have a formula, of a node and those below it."""
    tree = scores.tree
    if start < tree.leaves:
        return []
    own = [tree.nodes[start].id] if tree.branch_at(start).formula is not None else []
    return [*own, *(name for child in tree.below(start) for name in with_formula(scores, child))]


def _fill(scores: Scores, row: int, node: int, settings: Fuzzy, shares: Collection[int], out: Array) -> None:
    """Put the memberships of a node and of those below it into `out` (unit, node, grade)."""
    tree = scores.tree
    if node < tree.leaves:
        out[:, node] = _of_indicator(scores, row, node, settings)
    elif node in shares:
        counted = np.asarray(scores.treated[row][:, list(tree.below(node))], dtype=float)
        out[:, node] = scaled(np.where((counted < 0).any(axis=-1, keepdims=True), np.nan, counted))
    else:
        children = list(tree.branch_at(node).children)
        for child in children:
            _fill(scores, row, child, settings, shares, out)
        weights = [_of_row(scores.weights_of(child), row) for child in children]
        w = np.stack(np.broadcast_arrays(*weights, np.zeros(len(out)))[:-1], axis=-1)
        out[:, node] = together(out[:, children], w, settings.operator)


def _of_row(weights: Array, row: int) -> Array:
    return np.asarray(weights[row if len(weights) > 1 else 0])


def _of_indicator(scores: Scores, row: int, leaf: int, settings: Fuzzy) -> Array:
    own = settings.values.get(scores.tree.nodes[leaf].id)
    x = np.asarray((scores.scores if own is None else scores.treated)[row, :, leaf], dtype=float)
    knots = np.array(settings.knots if own is None else own, dtype=float)
    if settings.shape == "gaussian":
        assert settings.sigma is not None
        return gaussian(x, knots, settings.sigma)
    return triangles(x, knots)
