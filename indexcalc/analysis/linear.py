"""An index as a linear form of the weights of a cut, where it is one, and between which two it lies where scores are missing.

Where all above the cut is a weighted sum, turned or not, with points or not, the index is Σ W x; with a mean of powers at the
top, and none but the same below it, its power is. A child without a score takes on a mean of those beside it, which lies between
the least and the greatest of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.rules import enough, power_of, transformed
from ..methods.arrays import Array, Mask, np
from ..tree.layout import Branch
from .cuts import Cut, Reweighed


@dataclass(frozen=True)
class Forms:
    """Between which forms Σ W x the units' scores lie (unit, node), in what they are compared by: more is better.

    `known` are the units (unit,) of which both are one, whatever the weights; `never` those that have no score with any.
    `near_low` and `near_high` are the same as long as no node above the cut gains or loses a score.
    """

    low: Array
    high: Array
    known: Mask
    never: Mask
    near_low: Array
    near_high: Array


def forms(made: Reweighed, cut: Cut) -> Forms | None:
    """Return the forms of a cut; nothing where the index is no such form."""
    root = cut.upper[-1]
    by = root if root.plain and power_of(root) not in (None, 1) else None
    if not all(_is_linear(made, branch, by) for branch in cut.upper):
        return None
    x = made.base[:, cut.nodes]
    if by is not None:
        x = np.sign(power_of(by) or 1.0) * transformed(by, x)
        if not np.isfinite(x[~np.isnan(made.base[:, cut.nodes])]).all():
            return None
    times, plus = {root.position: np.ones(len(x))}, {root.position: np.zeros(len(x))}
    for branch in reversed(cut.upper):
        affine = made.affine[branch.position]
        assert affine is not None
        for child in branch.children:
            plus[child] = plus[branch.position] + times[branch.position] * affine[1]
            times[child] = times[branch.position] * affine[0] * made.factor(branch)
    x = made.sign * np.stack([times[node] * x[:, at] + plus[node] for at, node in enumerate(cut.nodes)], axis=-1)
    low, high = _filled(cut, x)
    near = _filled(cut, np.where(_counted(made, cut), x, np.nan))
    must, can = _there(made, cut)
    low[~must], high[~must] = np.fmin.reduce(low, axis=-1)[~must, None], np.fmax.reduce(high, axis=-1)[~must, None]
    return Forms(low, high, must & ~np.isnan(x).any(axis=-1), ~can, *near)


def _is_linear(made: Reweighed, branch: Branch, by: Branch | None) -> bool:
    if power_of(branch) is None or made.affine[branch.position] is None:
        return False
    if by is not None:
        return branch.plain and power_of(branch) == power_of(by) and branch.parameters == by.parameters
    return power_of(branch) == 1 and branch.parameters.get("floor") is None


def _filled(cut: Cut, x: Array) -> tuple[Array, Array]:
    """Return the least and the most of what stands in for what is missing: of the nearest node above that has any."""
    ends = np.where(np.isnan(x), np.inf, x), np.where(np.isnan(x), -np.inf, x)
    found = np.array(x), np.array(x)
    below: dict[int, list[int]] = {node: [at] for at, node in enumerate(cut.nodes)}
    for branch in cut.upper:
        below[branch.position] = [at for child in branch.children for at in below[child]]
    for branch in reversed(cut.upper):
        columns = below[branch.position]
        gaps = np.isnan(x[:, columns]) & ~np.isnan(x[:, columns]).all(axis=-1, keepdims=True)
        for end, out, of in zip((np.minimum, np.maximum), found, ends, strict=True):
            out[:, columns] = np.where(gaps, end.reduce(of[:, columns], axis=-1, keepdims=True), out[:, columns])
    return found


def _counted(made: Reweighed, cut: Cut) -> Mask:
    """Say which nodes of a cut are in the index as it is (unit, node): those below none that has no score."""
    counted = dict.fromkeys([branch.position for branch in cut.upper], np.ones(len(made.base), dtype=bool))
    for branch in reversed(cut.upper):
        for child in branch.children:
            counted[child] = counted[branch.position] & ~np.isnan(made.base[:, child])
    return np.stack([counted[node] for node in cut.nodes], axis=-1)


def _there(made: Reweighed, cut: Cut) -> tuple[Mask, Mask]:
    """Return which units keep the scores of all nodes above a cut whatever the weights, and which can have one of the index."""
    units = len(made.base)
    must: dict[int, Mask] = {}
    can: dict[int, Mask] = {}
    low, high, applies = {}, {}, {}
    safe = np.ones(units, dtype=bool)
    for node in cut.nodes:
        must[node] = can[node] = ~np.isnan(made.base[:, node])
        covered = np.ones(units) if node < made.tree.leaves else np.nan_to_num(made.coverage[:, node - made.tree.leaves])
        low[node] = high[node] = np.where(can[node], covered, 0.0)
        applies[node] = made.applying[:, node]
    for branch in cut.upper:
        at = branch.position
        counted = np.stack([applies[child] for child in branch.children], axis=-1)
        ends = (
            np.stack([np.where(must[child], low[child], 0.0) for child in branch.children], axis=-1),
            np.stack([np.where(can[child], high[child], 0.0) for child in branch.children], axis=-1),
        )
        low[at] = np.where(counted, ends[0], np.inf).min(axis=-1)
        high[at] = np.where(counted, ends[1], 0.0).max(axis=-1)
        asked = np.count_nonzero(counted, axis=-1)
        sides = [np.stack([of[child] for child in branch.children], axis=-1) for of in (must, can)]
        least, most = (np.count_nonzero(side, axis=-1) for side in sides)
        low[at] = np.where(np.isinf(low[at]), 0.0, low[at])
        must[at] = np.logical_and(enough(branch.missing, low[at], least, asked), least > 0)
        can[at] = np.logical_and(enough(branch.missing, high[at], most, asked), most > 0)
        applies[at] = np.asarray(counted.any(axis=-1), dtype=bool)
        risky = ~must[at] & can[at]
        if branch is not cut.upper[-1]:  # what is there of a node with gaps may be left without weight, and others take all of it
            heavy = np.array([_least(cut, child, made) > 0 for child in branch.children])
            risky |= (most > 0) & (most < len(branch.children)) & ~(sides[1] & heavy).any(axis=-1)
        safe[np.flatnonzero(risky)] = False
    return safe & must[cut.upper[-1].position], can[cut.upper[-1].position]


def _least(cut: Cut, node: int, made: Reweighed) -> float:
    """Return the least that a node can weigh."""
    if node in cut.column:
        return float(cut.low[cut.column[node]])
    branch = made.tree.branch_at(node)
    return sum(_least(cut, child, made) for child in branch.children)
