"""Benefit of the doubt: each unit under the weights that show it best, against the frontier of all units.

One linear program a unit is the method itself, so units are looped over here and nowhere else.
"""

from collections.abc import Sequence
from typing import Any

from .arrays import Array, Mask, np
from .bounds import Check, Given, Problem

_SLACK = 1e-9  # how far a solver's weights may be from a limit that they lie at
_OVER = 1e-13  # how far over the frontier counts as on it
_FIRST = 3  # units of each child's best, and of the best sums, that the frontier is first drawn through


def frontier(
    x: Array, *, low: float | Sequence[float] = 0.0, high: float | Sequence[float] = 1.0, even: bool = False
) -> tuple[Array, Array]:
    """Return each unit's best weights (…, unit, child) and the score (…, unit) that they give it, 1 on the frontier.

    For unit u: max Σ w_c x_uc with w ≥ 0 and Σ w_c x_jc ≤ 1 for every unit j. `low` and `high` bound each child's share
    w_c x_uc / Σ w x_u, one number for all children or one each. The weights are as the program has them, in 1 / x: their
    weighted sum, not mean, is the score. Scores are unique, weights often not: `even` takes, of the weights that give the
    same score, some whose smallest share is greatest. x (…, unit, child) is 0 or more, more is better.

    A missing child weighs 0 and keeps no share, and its unit limits others by the children that it has (Kuosmanen 2009).
    NaN for a unit without children and one whose shares cannot add up to 1; for all units where any value is negative.
    A child that is 0 or missing in all units weighs 0. A child at 0 that must have a share leaves its unit a score of 0.
    Source: Melyn, Moesen 1991; Cherchye, Moesen, Rogge, Van Puyenbroeck 2007; bounds: Wong, Beasley 1990.
    """
    x = np.asarray(x, dtype=float)
    weights, scores = np.full(x.shape, np.nan), np.full(x.shape[:-1], np.nan)
    bounds = np.broadcast_to(low, x.shape[-1:]).astype(float), np.broadcast_to(high, x.shape[-1:]).astype(float)
    for at in np.ndindex(*x.shape[:-2]):
        if x[at].size and not (x[at] < 0).any():
            weights[at], scores[at] = _one(x[at], *bounds, even=even)
    return weights, scores


def _in_order(given: Given) -> Problem | None:
    sides = [side if isinstance(side, Sequence) else [side] for side in (given.low, given.high)]
    least, most = (side * (1 if len(side) > 1 else max(map(len, sides))) for side in map(list, sides))
    if any(low > high for low, high in zip(least, most, strict=False)):
        return "low", "low must not be above high", "low 不得大于 high"
    return None


def _add_up(given: Given) -> Problem | None:
    if given.children is None:
        return None
    least, most = (sum(side) if isinstance(side, Sequence) else side * given.children for side in (given.low, given.high))
    if least > 1.0 + _SLACK:
        return "low", f"low leaves no room: {least:g} for all children together", f"low 过大：各下级指标合计 {least:g}，超过 1"
    if most < 1.0 - _SLACK:
        return "high", f"high is too low: {most:g} for all children together", f"high 过小：各下级指标合计 {most:g}，不足 1"
    return None


LIMITS = (
    Check(_in_order, ({"low": 0.6, "high": 0.4},)),
    Check(_add_up, ({"low": 0.4, "children": 3}, {"high": 0.2, "children": 3})),
)
"""What bounds of shares must be: in order, and such that shares can add up to 1."""


def _one(x: Array, low: Array, high: Array, *, even: bool) -> tuple[Array, Array]:
    """Return the weights and scores of one table (unit, child).

    Few units limit anybody. So a program starts from some limits, and is solved again with those that its weights break,
    which stay for the units after it: the result is that of all limits at once.
    """
    present = ~np.isnan(x)
    filled = np.where(present, x, 0.0)
    top = np.maximum.reduce(filled, axis=0)
    scaled = filled / np.where(top > 0, top, 1.0)  # what a program sees is between 0 and 1, whatever the measure
    limits = _extremes(scaled)
    weights, scores = np.full(x.shape, np.nan), np.full(len(x), np.nan)
    for unit in np.flatnonzero(present.any(axis=1)):
        usable = present[unit] & (top > 0)
        while True:
            found = _program(scaled[unit], scaled[limits], usable, low, high, even=even)
            if found is None:
                break
            load = scaled @ found
            load[limits] = 0.0
            if load.max() <= 1.0 + _OVER:
                weights[unit], scores[unit] = found / np.where(top > 0, top, 1.0), scaled[unit] @ found
                break
            limits = np.append(limits, np.argsort(-load, kind="stable")[: np.count_nonzero(load > 1.0 + _OVER)][:_FIRST])
    return weights, scores


def _extremes(x: Array) -> Any:
    """Return the units that stand out: the best few of each child and of the sum of all."""
    columns = np.column_stack([x, x.sum(axis=1)])
    return np.unique(np.argsort(-columns, axis=0, kind="stable")[:_FIRST])


def _program(x: Array, limits: Array, usable: Mask, low: Array, high: Array, *, even: bool) -> Array | None:
    """Return the best weights of one unit (child,) under limits (limit, child); nothing where there are none."""
    from scipy.optimize import linprog

    children = np.flatnonzero(usable)
    if not len(children):
        return np.zeros(len(x)) if not (low > 0).any() else None
    own, small, large = x[children], low[children], high[children]
    if large.sum() < 1.0 - _SLACK or small.sum() > 1.0 + _SLACK:
        return None
    shares = np.diag(own)
    rows = [limits[:, children], *_bounded(shares, own, small, large)]
    over = np.concatenate([np.ones(len(limits)), np.zeros(sum(map(len, rows[1:])))])
    first = linprog(-own, A_ub=np.vstack(rows), b_ub=over, bounds=(0, None), method="highs-ds")
    if first.x is None:
        return None
    best = _sharpened(first.x, np.vstack(rows), over)
    if even and own @ best > _SLACK:
        best = _evened(best, np.vstack(rows), over, own)
    out = np.zeros(len(x))
    out[children] = np.maximum(best, 0.0)
    return out


def _bounded(shares: Array, own: Array, low: Array, high: Array) -> list[Array]:
    """Return the bounds on shares as rows that must not exceed 0: low Σ w x ≤ w_c x_c ≤ high Σ w x."""
    rows = []
    if (low > 0).any():
        rows.append((low[:, None] * own - shares)[low > 0])
    if (high < 1).any():
        rows.append((shares - high[:, None] * own)[high < 1])
    return rows


def _sharpened(best: Array, rows: Array, over: Array) -> Array:
    """Move weights onto the limits that they lie at: a score is then as near as the limits are, and all on the frontier tie."""
    used = best > _SLACK * np.maximum.reduce(best)
    sharp = np.where(used, best, 0.0)
    short = over - rows @ sharp
    at = np.abs(short) <= _SLACK
    if not used.any() or not at.any():
        return best
    step = np.linalg.lstsq(rows[at][:, used], short[at], rcond=None)[0]
    sharp[used] += step
    return best if np.abs(step).max() > _SLACK * best.max() or (sharp < 0).any() else sharp


def _evened(best: Array, rows: Array, over: Array, own: Array) -> Array:
    """Of the weights that give the same score, some whose smallest share is greatest."""
    from scipy.optimize import linprog

    score = own @ best
    counted = own > 0
    least = np.hstack([-np.diag(own)[counted], np.full((int(counted.sum()), 1), score)])
    kept = np.append(-own, 0.0)[None]
    program = np.vstack([np.hstack([rows, np.zeros((len(rows), 1))]), least, kept])
    limit = np.concatenate([over, np.zeros(len(least)), [-score * (1.0 - 1e-12)]])
    goal = np.append(np.zeros(len(own)), -1.0)
    second = linprog(goal, A_ub=program, b_ub=limit, bounds=(0, None), method="highs-ds")
    return best if second.x is None else np.asarray(second.x[:-1])
