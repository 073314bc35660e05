"""Which units have a score at which nodes, where that goes by weights, and what their index is as long as it stays so.

Coverage is kept or lost, and what is there of a node weighs something or nothing: either jumps. Within one such pattern the index
is smooth, and what keeps a pattern is linear in the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..engine.rules import REACHED, asks_for_coverage, combiner
from ..methods.arrays import Array, Mask, np
from ..tree.layout import Branch
from .cuts import Cut, Norm, Reweighed
from .nearest import Rows, alone

_LITTLE = 1e-7  # of a node's weight: what is there of it is to weigh so much, for its score to be that of what is there
_HAIR = 1e-10  # by how much coverage is to be kept or lost
_NONE = 1e-9  # what weighs no more weighs nothing


@dataclass(frozen=True)
class Pattern:
    """Which of some units have a score at which nodes above a cut (unit,), by the place of the node, near to some weights."""

    made: Reweighed
    cut: Cut
    units: tuple[int, ...]
    near: Array
    has: Mapping[int, Mask]

    @classmethod
    def at(
        cls, made: Reweighed, cut: Cut, weights: Array, units: Sequence[int], known: Mapping[tuple[int, int], bool]
    ) -> Pattern:
        """Return the pattern at weights; `known` says by unit and node what it is to be other than there."""
        there = made.there(cut, weights[None], units)[0]
        has = {branch.position: there[:, at].copy() for at, branch in enumerate(cut.upper)}
        place = {unit: at for at, unit in enumerate(units)}
        for (unit, position), value in known.items():
            has[position][place[unit]] = value
        return cls(made, cut, tuple(units), weights, has)

    def values(self, stack: Array) -> Array:
        """Return the index (stack, unit) at weights (stack, node), those that have a score having it still."""
        made, rows = self.made, list(self.units)
        y = {node: made.base[rows, node][None] for node in self.cut.nodes}
        for position, share in made.shares(self.cut, stack).items():
            branch = made.tree.branch_at(position)
            x = np.stack(np.broadcast_arrays(*(y[child] for child in branch.children)), axis=-1)
            combined = np.broadcast_to(combiner(made.tree, branch)(x, share[:, None]), (len(stack), len(rows)))
            y[position] = made.finished(branch, np.where(self.has[position], combined, np.nan), self.units)
        return np.asarray(y[made.tree.root])

    def kept(self, members: Sequence[int]) -> Rows:
        """Return what keeps the pattern of some of its units: rows of weights between ends."""
        found = [self._rows(member) for member in members]
        matrix = np.concatenate([rows.matrix for rows in found])
        low, high = (np.concatenate([getattr(rows, end) for rows in found]) for end in ("low", "high"))
        return Rows(matrix, low, high)

    def lasts(self, norm: Norm) -> Array:
        """Return how far weights have to move before a unit's pattern can be another (unit,), in closed form.

        Whether a node has a score goes by those below it and by a row of weights: where none of these rows gives way, bottom up,
        nothing does. Where what does not apply makes them more than rows, nothing is known.
        """
        out, whole = np.full(len(self.units), np.inf), float(np.add.reduce(self.cut.weights))
        for unit in range(len(self.units)):
            rows = self._rows(unit)
            low, high = rows.low[:, None] / whole, rows.high[:, None] / whole
            falling = np.concatenate([low - rows.matrix, rows.matrix - high])
            falling = falling[np.isfinite(falling).all(axis=-1)]
            if len(falling):
                out[unit] = alone(self.cut, falling, norm, level=True)[0].min()
        return np.where(self._loose, 0.0, out)

    @cached_property
    def _loose(self) -> Mask:
        """Which units have a node above which coverage is asked for and below which not all applies."""
        applies = self.made.applying[list(self.units)]
        partly = np.zeros(len(self.units), dtype=bool)
        for branch in self.cut.upper[:-1]:
            partly |= ~applies[:, list(branch.children)].all(axis=-1) & applies[:, branch.position]
        return partly & any(asks_for_coverage(branch.missing) for branch in self.cut.upper)

    def _rows(self, unit: int) -> Rows:
        """Return what keeps the pattern of one of the units."""
        rows: list[tuple[Array, float, float]] = []
        for branch, own, there, asked, covered in self._nodes:
            if (there[unit].any() and not there[unit].all()) or self._lacks(branch, covered[unit], asked[unit]):
                parts = there[unit] @ own, np.add.reduce(own), covered[unit], asked[unit]
                rows += self._of_node(branch, bool(self.has[branch.position][unit]), *parts)
        matrix = np.array([row for row, _, _ in rows]).reshape(-1, len(self.cut.nodes))
        low, high = (np.array([row[end] for row in rows]) for end in (1, 2))
        return Rows(matrix, low, high)

    @cached_property
    def _nodes(self) -> list[tuple[Branch, Array, Mask, Array, Array]]:
        """The nodes above the cut, what their children weigh (child, node of the cut), and what is there of them (unit, child).

        Then by unit the weight of what applies below them and of what has values (unit, node of the cut).
        """
        made, units, found = self.made, list(self.units), []
        below = dict(zip(self.cut.nodes, np.eye(len(self.cut.nodes)), strict=True))
        has: dict[int, Mask] = {}
        covered: dict[int, Array] = {}
        for node in self.cut.nodes:
            has[node] = ~np.isnan(made.base[units, node])
            share = np.ones(len(units)) if node < made.tree.leaves else made.coverage[units, node - made.tree.leaves]
            covered[node] = np.where(has[node], np.nan_to_num(share), 0.0)[:, None] * below[node]
        for branch in self.cut.upper:
            at, children = branch.position, list(branch.children)
            has[at] = self.has[at]
            own, there = np.stack([below[child] for child in children]), np.stack([has[child] for child in children], axis=-1)
            below[at], asked = np.add.reduce(own), made.applying[np.ix_(units, children)] @ own
            covered[at] = np.add.reduce([np.where(has[child][:, None], covered[child], 0.0) for child in children])
            found.append((branch, own, there, asked, covered[at]))
            with np.errstate(invalid="ignore", divide="ignore"):  # what does not apply counts in neither part
                whole = (asked @ self.near)[:, None]
                covered[at] = np.where(whole > 0, covered[at] * (below[at] @ self.near) / whole, covered[at])
        return found

    @staticmethod
    def _lacks(branch: Branch, covered: Array, asked: Array) -> bool:
        """Say whether a unit may have too little coverage at some weights."""
        if not asks_for_coverage(branch.missing) or not branch.missing.coverage:
            return False
        return bool((covered < (branch.missing.coverage - REACHED) * asked).any())

    def _of_node(
        self, branch: Branch, has: bool, there: Array, whole: Array, covered: Array, asked: Array
    ) -> list[tuple[Array, float, float]]:
        """Return the rows of one node of a unit: the weight of what is there of it, and its coverage."""
        share = branch.missing.coverage if asks_for_coverage(branch.missing) and branch.missing.coverage else None
        coverage = None if share is None else covered - (share - REACHED) * asked
        if has:
            rows = [] if coverage is None or coverage.min() >= 0 else [(coverage, _HAIR, np.inf)]
            gone = there - _LITTLE * (whole - there)
            return rows if gone.min() >= 0 else [*rows, (gone, 0.0, np.inf)]
        if coverage is not None and coverage @ self.near <= _NONE:
            return [] if coverage.max() < 0 else [(coverage, -np.inf, -_HAIR)]
        return [(there, -np.inf, 0.0)] if there @ self.near <= _NONE else []
