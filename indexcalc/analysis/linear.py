"""A node that is linear in scores that no draw changes, with all that is linear below it, in one product.

What is missing is 0 in the product. A row with a gap then has on top, for each node that it lacks something of, what is there
of that node as often as what is not there weighs as much: s / (1 - s) times for a share s of weight that is not there. All of
this is done for all nodes at once, in few and long steps, since threads that take many short ones wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..methods.arrays import np
from .alternatives import Inputs, declared_weights
from .room import Room, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tree.layout import Branch
    from .rescore import Case

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """Some inner nodes, as places among all, with the nodes above, the weights of theirs there, and what they multiply by."""

    nodes: list[int]
    above: list[int]
    weights: list[int]
    factors: Array


@dataclass(frozen=True)
class Linear:
    """What is the same in all draws of a linear node.

    `base` (row, leaf) are the scores that no draw changes, 0 where missing; `weights` (leaf,) and `nodes` (leaf,) say which of
    all weights is a leaf's and which inner node it is right below. Drawn weights come first, then the `fixed` (weight, 1).
    Of the rows with gaps, one for each node that a row lacks something of: `there` (gap, leaf) what is there, `kind` (gap,)
    what is not, `gone` (kind, weight) the share of weight of each kind; `sums` (row, gap) adds up what a row has on top.
    """

    base: Array
    factor: float
    levels: tuple[Level, ...]
    weights: Whole
    nodes: Whole
    fixed: Array
    gone: Any
    there: Any
    kind: Whole
    sums: Any

    def scores(self, drawn: Array, room: Room) -> Array:
        """Return the scores (row, draw) under drawn weights (weight, draw)."""
        draws = drawn.shape[1]
        every = np.concatenate([drawn, np.broadcast_to(self.fixed, (len(self.fixed), draws))]) if len(self.fixed) else drawn
        y = room(len(self.base), draws)
        mark = room.used
        scale = room(1 + sum(len(level.nodes) for level in self.levels), draws)
        scale[0] = self.factor
        for level in self.levels:
            scale[level.nodes] = scale[level.above] * every[level.weights] * level.factors
        shape = len(self.weights), draws
        weights = every.take(self.weights, axis=0, out=room(*shape), mode="clip")
        weights *= scale.take(self.nodes, axis=0, out=room(*shape), mode="clip")
        product(self.base, weights, y)
        if len(self.kind):
            gone = self.gone @ every
            gone /= 1.0 - gone
            change = self.there @ weights
            change *= gone.take(self.kind, axis=0, out=room(*change.shape), mode="clip")
            y += self.sums @ change
        room.used = mark
        return y


def as_linear(case: Case, inputs: Inputs, top: Branch) -> Linear | None:
    """Return how a linear node is worked out in one product, where no draw can leave any node of it without a score.

    That is where nothing asks how much is there, each row has something of each node, and what has gaps has no children that
    change.
    """
    rows = {one.branch: one.rows for one in inputs.drawn}
    tree, flat, still = case.index.tree, case.flat, case.still
    found: list[Branch] = []
    place: dict[int, int] = {}
    fixed: list[float] = []
    depth: dict[int, int] = {}
    own: dict[int, range] = {}
    ends: dict[int, tuple[int, int]] = {}

    def walk(branch: Branch, below: int) -> bool:
        plan, missing = flat[branch.position], branch.missing
        declared = declared_weights(branch)
        if branch.position in case.tracked or missing.policy != "reweight" or missing.children > 0:
            return False
        if len(plan.odd) and (plan.kids or not plan.there.any(axis=1).all()):
            return False
        place[branch.position], depth[branch.position] = len(found), below
        found.append(branch)
        drawn = rows.get(branch.position - tree.leaves)
        if drawn is None:
            fixed.extend(declared)
            own[branch.position] = range(inputs.edges + len(fixed) - len(declared), inputs.edges + len(fixed))
        else:
            own[branch.position] = range(drawn.start, drawn.stop)
        for child, _, _ in plan.kids:
            ends[branch.children[child]] = place[branch.position], own[branch.position][child]
        return all(walk(tree.branches[branch.children[child] - tree.leaves], below + 1) for child, _, _ in plan.kids)

    if not walk(top, 0):
        return None
    from scipy.sparse import csr_array

    plans = [flat[branch.position] for branch in found]
    leaves = [[own[branch.position][i] for i in still[branch.position].at] for branch in found]
    levels = []
    for below in range(1, max(depth.values()) + 1):
        here = [branch.position for branch in found if depth[branch.position] == below]
        factors = np.array([[flat[position].factor] for position in here])
        levels.append(
            Level([place[at] for at in here], [ends[at][0] for at in here], [ends[at][1] for at in here], factors),
        )
    starts = np.add.accumulate([0, *map(len, leaves)])
    gaps, kinds = (np.add.accumulate([0, *each]) for each in ([len(plan.odd) for plan in plans], [len(p.there) for p in plans]))
    odd = np.concatenate([plan.odd for plan in plans])
    return Linear(
        base=plans[0].base,
        factor=plans[0].factor,
        levels=tuple(levels),
        weights=np.array([edge for edges in leaves for edge in edges], dtype=np.int64),
        nodes=np.repeat(np.arange(len(found)), [len(edges) for edges in leaves]),
        fixed=np.array(fixed)[:, None],
        gone=_sparse(
            [((1.0 - plan.there) / plan.total, at, edges) for plan, at, edges in zip(plans, kinds, leaves, strict=False)],
            (kinds[-1], inputs.edges + len(fixed)),
        ),
        there=_sparse(
            [(plan.parts, at, range(s, s + len(e))) for plan, at, s, e in zip(plans, gaps, starts, leaves, strict=False)],
            (gaps[-1], starts[-1]),
        ),
        kind=np.concatenate([plan.kind + at for plan, at in zip(plans, kinds, strict=False)]),
        sums=csr_array((np.ones(len(odd)), (odd, np.arange(len(odd)))), shape=(case.rows, len(odd))),
    )


def _sparse(blocks: Sequence[tuple[Array, int, Sequence[int]]], shape: tuple[int, int]) -> Any:
    """A sparse matrix of blocks, each with its first row and its columns."""
    from scipy.sparse import csr_array

    values, rows, columns = [np.zeros(0)], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for block, start, across in blocks:
        row, column = np.nonzero(block)
        values.append(block[row, column])
        rows.append(row + start)
        columns.append(np.asarray(across, dtype=np.int64)[column])
    return csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
