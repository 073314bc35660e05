"""The nearest weights under which linear conditions hold: in closed form for one, by a program (HiGHS) for several.

A condition is Σ W lead > 0 over weights W of the nodes of a cut, which add up to what they did and stay within bounds; how far
they move is counted in the L1 norm Σ |W - w| or in the maximum norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..methods.arrays import Array, np
from .cuts import Cut, Norm


@dataclass(frozen=True)
class Nearest:
    """What a program found: weights or none, and the distance below which there are none, infinite without any at all."""

    weights: Array | None
    bound: float


def alone(cut: Cut, lead: Array, norm: Norm, *, level: bool = False) -> tuple[Array, Array, Array]:
    """Return for each row of lead (row, node) by itself how far weights must move for Σ W lead = 0, infinite where none do.

    Where it never gets beyond 0 none do, unless to be `level` is enough.

    With the distances (row,) come the weights that do it and those that lead most (row, node). The most that a row gains within
    a distance is had by taking weight where it leads least and giving it where it leads most: half the distance in all (L1), or
    as much at each node (maximum norm). The weights as they are must lie within the bounds.
    """
    order = np.argsort(lead, axis=-1, kind="stable")
    rising = np.take_along_axis(lead, order, axis=-1)
    down, up = (cut.weights - cut.low)[order], (cut.high - cut.weights)[order]
    needed = -np.add.reduce(lead * cut.weights, axis=-1)
    distance, moves, most, best = (_in_all if norm == "L1" else _at_most)(rising, down, up, needed)
    tiny = 1e-13 * np.abs(lead).max(axis=-1, initial=0.0)
    distance = np.where(needed <= 0, 0.0, np.where(best - needed > (-tiny if level else tiny), distance, np.inf))
    back = np.argsort(order, axis=-1, kind="stable")
    near, far = (cut.weights + np.take_along_axis(moved, back, axis=-1) for moved in (moves, most))
    return distance, np.where(needed[:, None] <= 0, cut.weights, near), far


def _in_all(rising: Array, down: Array, up: Array, needed: Array) -> tuple[Array, Array, Array, Array]:
    """Return distances in the L1 norm (row,), the moves of each node then and for the most gain (row, node), and that (row,).

    Weight goes from the lowest lead that has some left to the highest that has room; where either is used up what more weight
    brings becomes less. The gain is a broken line, the corners of which are known.
    """
    nodes, rows = rising.shape[-1], np.arange(len(rising))[:, None]
    corners = np.concatenate([np.add.accumulate(down, axis=-1), np.add.accumulate(up[:, ::-1], axis=-1)], axis=-1)
    order = np.argsort(corners, axis=-1, kind="stable")
    corners, is_down = np.take_along_axis(corners, order, axis=-1), order < nodes
    taken = np.add.accumulate(is_down, axis=-1) - is_down
    given = np.add.accumulate(~is_down, axis=-1) - ~is_down
    used_up = (taken >= nodes) | (given >= nodes)
    slope = rising[:, ::-1][rows, np.minimum(given, nodes - 1)] - rising[rows, np.minimum(taken, nodes - 1)]
    slope = np.where(used_up, 0.0, np.maximum(slope, 0.0))
    gain = np.add.accumulate(slope * np.diff(corners, axis=-1, prepend=0.0), axis=-1)
    at = np.minimum(np.count_nonzero(gain < needed[:, None], axis=-1), 2 * nodes - 1)
    row = rows[:, 0]
    short = gain[row, at] - needed
    with np.errstate(invalid="ignore", divide="ignore"):
        part = corners[row, at] - np.where(slope[row, at] > 0, short / slope[row, at], 0.0)
    useful = np.where(slope > 0, corners, 0.0).max(axis=-1)
    part = np.clip(part, 0.0, useful)

    def moves(amount: Array) -> Array:
        return _laid(up[:, ::-1], amount)[:, ::-1] - _laid(down, amount)

    return 2 * part, moves(part), moves(useful), gain[:, -1]


def _at_most(rising: Array, down: Array, up: Array, needed: Array) -> tuple[Array, Array, Array, Array]:
    """Return the same in the maximum norm, by halves: no corners of the gain are known beforehand."""

    def moves(far: Array) -> Array:
        less, more = np.minimum(far[:, None], down), np.minimum(far[:, None], up)
        return _laid((less + more)[:, ::-1], np.add.reduce(less, axis=-1))[:, ::-1] - less

    low, high = np.zeros(len(rising)), np.full(len(rising), 1.0)
    best = moves(high)
    for _ in range(52):
        middle = (low + high) / 2
        does = np.add.reduce(moves(middle) * rising, axis=-1) >= needed
        low, high = np.where(does, low, middle), np.where(does, middle, high)
    return high, moves(high), best, np.asarray(np.add.reduce(best * rising, axis=-1))


def _laid(room: Array, amount: Array) -> Array:
    """Lay an amount (row,) into rooms (row, node) one after the other."""
    return np.clip(amount[:, None] - (np.add.accumulate(room, axis=-1) - room), 0.0, room)


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
    options: dict[str, Any] = {}
    kinds = np.zeros(len(costs))
    if whole is not None:
        kinds[2 * size : 2 * size + others] = whole
        options = {"mip_rel_gap": 1e-9} | ({} if nodes is None else {"node_limit": nodes})
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

    below = np.zeros((moves, table.shape[1]))
    below[np.arange(moves), np.arange(moves)], below[:, -1:] = 1.0, -1.0
    whole = np.vstack([table, below]).T
    columns, rows = np.nonzero(whole)  # column by column, as they are kept: to put them in order takes longer than to find them
    first = np.searchsorted(columns, np.arange(len(whole) + 1))
    limits = np.append(low, np.full(moves, -np.inf)), np.append(high, np.zeros(moves))
    return csc_array((whole[columns, rows], rows, first), shape=whole.T.shape), limits


def most_ahead(cut: Cut, lead: Array, kept: Rows | None = None) -> Array | None:
    """Return the weights at which the row of lead (row, node) that leads least leads most, others being `kept` within their ends.

    None where no weights are allowed.
    """
    from scipy.optimize import linprog

    rows, size = lead.shape
    scale = np.maximum(np.abs(lead).max(axis=-1, keepdims=True, initial=0.0), 1e-300)
    table, limits = [np.hstack([-lead / scale, np.ones((rows, 1))])], [np.zeros(rows)]
    for sign, end in () if kept is None else ((1.0, kept.high), (-1.0, -kept.low)):
        there = np.isfinite(end)
        table.append(np.hstack([sign * kept.matrix[there], np.zeros((int(there.sum()), 1))]))  # type: ignore[union-attr]
        limits.append(end[there])
    solved = linprog(
        np.append(np.zeros(size), -1.0),
        A_ub=np.vstack(table),
        b_ub=np.concatenate(limits),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[float(np.add.reduce(cut.weights))],
        bounds=[*zip(cut.low, cut.high, strict=True), (None, 1.0)],
    )
    return None if solved.x is None else np.clip(solved.x[:size], cut.low, cut.high)


def together(cut: Cut, lead: Array, norm: Norm, count: int, nodes: int, *, level: bool = False) -> Nearest:
    """Solve for the nearest weights at which so many of the rows of lead (row, node) hold.

    None of them can hold nearer than it does by itself: the nearest so many by themselves are tried together first, and what is
    farther by itself than that need not be asked about. A tree of choices has at most so many `nodes`; `level` as for `alone`.
    """
    distance = alone(cut, lead, norm, level=level)[0]
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
