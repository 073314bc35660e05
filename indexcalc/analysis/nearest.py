"""The nearest weights under which linear conditions hold: in closed form for one, by a program (HiGHS) for several.

A condition is Σ W lead > 0 over weights W of the nodes of a cut, which add up to what they did and stay within bounds; how far
they move is counted in the L1 norm Σ |W - w| or in the maximum norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..methods.arrays import Array, np
from .cuts import Cut, Norm

_FAR = 2.0  # no weights that add up to 1 are farther apart


@dataclass(frozen=True)
class Nearest:
    """What a program found: weights or none, and the distance below which there are none, infinite where there are none at all."""

    weights: Array | None
    bound: float


def alone(cut: Cut, lead: Array, norm: Norm) -> tuple[Array, Array, Array]:
    """Return for each row of lead (row, node) by itself how far weights must move for Σ W lead = 0, infinite where none do.

    With the distances (row,) come the weights that do it and those that lead most (row, node). The most that a row gains within
    a distance is had by taking weight where it leads least and giving it where it leads most: half the distance in all (L1), or
    as much at each node (maximum norm). The weights as they are must lie within the bounds.
    """
    down, up = cut.weights - cut.low, cut.high - cut.weights
    worst = np.argsort(lead, axis=-1, kind="stable")
    rising = np.take_along_axis(lead, worst, axis=-1)
    needed = -np.add.reduce(lead * cut.weights, axis=-1)

    def moved(far: Array) -> Array:
        """Return how much weight each node gains (row, node, worst first) when a row goes so far for the most that it brings."""
        if norm == "max":
            less, more = np.minimum(far[:, None], down[worst]), np.minimum(far[:, None], up[worst])
            return _laid((less + more)[:, ::-1], np.add.reduce(less, axis=-1))[:, ::-1] - less
        part = np.minimum(far / 2, useful)
        return _laid(up[worst][:, ::-1], part)[:, ::-1] - _laid(down[worst], part)

    def gain(far: Array) -> Array:
        return np.asarray(np.add.reduce(moved(far) * rising, axis=-1))

    none, most = np.zeros(len(lead)), np.full(len(lead), _FAR)
    whole = np.full(len(lead), min(float(down.sum()), float(up.sum())))
    useful = _split(none, whole, lambda part: _is_useless(rising, down[worst], up[worst], part))
    distance = _split(none, most, lambda far: gain(far) >= needed)
    best = gain(most)
    tiny = 1e-13 * np.abs(lead).max(axis=-1, initial=0.0)
    distance = np.where(needed <= 0, 0.0, np.where(best - needed > tiny, distance, np.inf))
    back = np.argsort(worst, axis=-1, kind="stable")
    ends = [np.take_along_axis(moved(far), back, axis=-1) for far in (np.where(np.isinf(distance), _FAR, distance), most)]
    return distance, cut.weights + ends[0], cut.weights + ends[1]


def _laid(room: Array, amount: Array) -> Array:
    """Lay an amount (row,) into rooms (row, node) one after the other."""
    return np.clip(amount[:, None] - (np.add.accumulate(room, axis=-1) - room), 0.0, room)


def _is_useless(rising: Array, down: Array, up: Array, part: Array) -> Any:
    """Say whether the last of so much weight goes to where a row leads no more than where it comes from."""
    last = np.count_nonzero(np.add.accumulate(down, axis=-1) < part[:, None], axis=-1)
    first = np.count_nonzero(np.add.accumulate(up[:, ::-1], axis=-1) < part[:, None], axis=-1)
    row, nodes = np.arange(len(rising)), rising.shape[-1] - 1
    return rising[row, np.minimum(last, nodes)] >= rising[:, ::-1][row, np.minimum(first, nodes)]


def _split(low: Array, high: Array, enough: Any) -> Array:
    """Return where something begins to hold (row,) between two ends, by halves."""
    for _ in range(60):
        middle = (low + high) / 2
        does = enough(middle)
        low, high = np.where(does, low, middle), np.where(does, middle, high)
    return np.asarray(high)


@dataclass(frozen=True)
class Rows:
    """Linear conditions on columns: low <= matrix @ columns <= high."""

    matrix: Any
    low: Array
    high: Array


def program(
    cut: Cut,
    norm: Norm,
    conditions: Rows,
    more: tuple[Array, Array] = (np.empty(0), np.empty(0)),
    *,
    whole: Array | None = None,
    most: float = np.inf,
    nodes: int | None = None,
    within: tuple[Array, Array] | None = None,
) -> tuple[Nearest, Array]:
    """Solve for the nearest weights under conditions on them and on `more` columns, given by their ends.

    `whole` says which of the others are whole numbers; nothing farther than `most` is looked for, and no more than so many
    `nodes` of a tree of such choices. `within` are narrower bounds on the weights. Returns what was found, and the others.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    size, others = len(cut.weights), len(more[0])
    low, high = (cut.low, cut.high) if within is None else within
    far = 1 if norm == "max" else 0  # columns: what each weight gains, what it loses, the others, the greatest of all moves
    matrix, shift = conditions.matrix[:, :size], conditions.matrix[:, :size] @ cut.weights
    table = np.hstack([matrix, -matrix, conditions.matrix[:, size:], np.zeros((len(shift), far))])
    even = np.concatenate([np.ones(size), -np.ones(size), np.zeros(others + far)])[None]
    table, limits = _with_moves(
        np.vstack([table, even]), 2 * size * far, np.append(conditions.low - shift, 0.0), np.append(conditions.high - shift, 0.0)
    )
    move = cut.weights
    bounds = Bounds(
        np.concatenate([np.maximum(low - move, 0.0), np.maximum(move - high, 0.0), more[0], np.zeros(far)]),
        np.concatenate([np.maximum(high - move, 0.0), np.maximum(move - low, 0.0), more[1], np.full(far, min(most, 1.0))]),
    )
    costs = np.zeros(2 * size + others + far)
    costs[-1 if far else slice(0, 2 * size)] = 1.0
    options: dict[str, Any] = {"mip_rel_gap": 1e-9}
    kinds = np.zeros(len(costs))
    if whole is not None:
        kinds[2 * size : 2 * size + others] = whole
        options |= {} if nodes is None else {"node_limit": nodes}
    solved = milp(costs, constraints=LinearConstraint(table, *limits), bounds=bounds, integrality=kinds, options=options)
    if solved.x is None:
        bound = np.inf if solved.status == 2 else 0.0
        return Nearest(None, bound), np.empty(0)
    found = np.clip(move + solved.x[:size] - solved.x[size : 2 * size], low, high)
    bound = float(solved.fun if whole is None or solved.mip_dual_bound is None else solved.mip_dual_bound)
    return Nearest(found, max(bound, 0.0)), np.asarray(solved.x[2 * size : 2 * size + others])


def _with_moves(table: Array, moves: int, low: Array, high: Array) -> tuple[Any, tuple[Array, Array]]:
    """Return a sparse table of rows, and below them that none of the first columns is more than the last, with their limits."""
    from scipy.sparse import csc_array

    rows, columns = np.nonzero(table)
    values, at = table[rows, columns], np.arange(moves)
    rows, columns = np.concatenate([rows, at + len(table), at + len(table)]), np.concatenate([columns, at, at * 0 + table.shape[1] - 1])
    values = np.concatenate([values, np.ones(moves), -np.ones(moves)])
    limits = np.append(low, np.full(moves, -np.inf)), np.append(high, np.zeros(moves))
    return csc_array((values, (rows, columns)), shape=(len(table) + moves, table.shape[1])), limits


def most_ahead(cut: Cut, lead: Array) -> Array | None:
    """Return the weights at which the row of lead (row, node) that leads least leads most; none where no weights are allowed."""
    from scipy.optimize import linprog

    rows, size = lead.shape
    scale = np.maximum(np.abs(lead).max(axis=-1, keepdims=True, initial=0.0), 1e-300)
    solved = linprog(
        np.append(np.zeros(size), -1.0),
        A_ub=np.hstack([-lead / scale, np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[float(np.add.reduce(cut.weights))],
        bounds=[*zip(cut.low, cut.high, strict=True), (None, 1.0)],
    )
    return None if solved.x is None else np.clip(solved.x[:size], cut.low, cut.high)


def together(cut: Cut, lead: Array, norm: Norm, count: int, nodes: int) -> Nearest:
    """Solve for the nearest weights at which so many of the rows of lead (row, node) hold.

    None of them can hold nearer than it does by itself: the nearest so many by themselves are tried together first, and what is
    farther by itself than that need not be asked about. A tree of choices has so many `nodes` at the most.
    """
    distance = alone(cut, lead, norm)[0]
    order = np.argsort(distance, kind="stable")
    if len(order) < count or np.isinf(distance[order[count - 1]]):
        return Nearest(None, np.inf)
    least, none = float(distance[order[count - 1]]), np.zeros(len(lead))
    first, _ = program(cut, norm, _of(lead[order[:count]], none[:count]))
    most = np.inf if first.weights is None else float(cut.length(first.weights, norm))
    if most <= least + 1e-9:
        return Nearest(first.weights, least)
    near = np.flatnonzero(distance <= most + 1e-9)
    if len(near) <= count:
        return Nearest(first.weights, first.bound)
    lead, size = lead[near], lead.shape[1]
    # what a row is let off that does not hold: no more than it can lose on the way
    spread = (lead.max(axis=-1) - lead.min(axis=-1)) * (most / 2 if norm == "L1" else most * size / 2)
    waived = np.clip(np.minimum(-lead.min(axis=-1), spread - lead @ cut.weights), 0.0, None)
    rows = Rows(
        np.vstack([np.hstack([lead, -np.diag(waived)]), np.append(np.zeros(size), np.ones(len(lead)))]),
        np.append(-waived, float(count)),
        np.full(len(lead) + 1, np.inf),
    )
    scale = np.append(np.maximum(np.abs(rows.matrix[:-1]).max(axis=-1), 1e-300), 1.0)
    rows = Rows(rows.matrix / scale[:, None], rows.low / scale, rows.high)
    ends = np.zeros(len(lead)), np.ones(len(lead))
    best, _ = program(cut, norm, rows, ends, whole=np.ones(len(lead)), most=most, nodes=nodes)
    bound = max(least, min(best.bound, most))
    if best.weights is None or float(cut.length(best.weights, norm)) > most:
        return Nearest(first.weights, bound)
    return Nearest(best.weights, bound)


def _of(lead: Array, low: Array) -> Rows:
    scale = np.maximum(np.abs(lead).max(axis=-1, initial=0.0), 1e-300)
    return Rows(lead / scale[:, None], low / scale, np.full(len(lead), np.inf))


