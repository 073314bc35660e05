"""The shape of a tree above the indicators that move: whether it is lines, places and curves, and what each child counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.rules import combiner
from ..methods import AGGREGATORS
from ..methods.aggregate.joined import MPI, PRODUCT
from ..methods.arrays import np
from ..methods.records import Powers
from ..scores import Scores
from ..tree.layout import Branch
from .levers import Levers
from .program import Curve

BOUNDED = (PRODUCT.name, MPI.name)
"""What is bounded as it is, beside sums, places and means of powers."""


def leaves_below(levers: Levers, leaves: Mapping[int, object] | Sequence[int]) -> dict[int, set[int]]:
    """Return some indicators by the nodes of the tree that they move, on their way to the index; by events of theirs too."""
    found: dict[int, set[int]] = {leaf: {leaf} for leaf in leaves}
    for branch in levers.scores.tree.branches:
        moved = {levers.events[place] for place in branch.adjustments if place in levers.events}
        found[branch.position] = moved.union(*(found.get(place, set()) for place in branch.inputs))
    return found


def fits(levers: Levers) -> bool:
    """Say whether the tree is lines and places above the indicators that move, for every unit."""
    scores, period = levers.filled, levers.period
    if any(len(leads) > 1 or levers.estimated(leaf) for leaf, leads in levers.moved.follows.items()):
        return False
    below = leaves_below(levers, levers.stirred)
    if not all(_counts_evenly(levers, place) for place in levers.events):
        return False
    wanted = {scores.tree.root}
    for branch in reversed(scores.tree.branches):
        if branch.position not in wanted or not below[branch.position]:
            continue
        wanted |= {*branch.inputs}
        record = AGGREGATORS[branch.aggregate]
        moves = any(scores.index.adjustments[place].by_rank for place in branch.adjustments)
        gaps = np.isnan(scores.scores[period][:, list(branch.inputs)])
        known = record.counts != "otherwise" or isinstance(record.split, Powers) or branch.aggregate in BOUNDED
        if branch.formula is not None or branch.normalise is not None or branch.impute is not None or moves or not known:
            return False
        if branch.fixed_weights is None or (branch.missing.policy == "floor" and gaps.any()):
            return False
        if record.counts == "places" and record.weights != "none":
            w = np.broadcast_to(scores.child_weights(branch.position, period, levers.unit), (len(branch.inputs),))
            if np.ptp(w) > 0:
                return False
    return True


def _counts_evenly(levers: Levers, place: int) -> bool:
    """Say whether an adjustment's events grow evenly with the indicator that they move with, and its points with these."""
    leaf, item = levers.events[place], levers.scores.index.adjustments[place]
    known = not np.isnan(levers.scores.panel.values[levers.period, levers.unit, levers.moved.columns[leaf]])
    return known and leaf not in levers.moved.follows and item.repeat == 1 and levers.evenly_reported[leaf] is not None


def shares_of(scores: Scores, branch: Branch, period: int, unit: int) -> list[float]:
    """Return what each child that a unit has counts in a node, or each place among these, the first that of the highest."""
    there = ~np.isnan(scores.scores[period, unit, list(branch.inputs)])
    count = int(np.count_nonzero(there))
    record, w = AGGREGATORS[branch.aggregate], scores.child_weights(branch.position, period, unit)
    if record.counts == "otherwise":  # a mean of powers
        return [float(share) for share in w[there] / (w[there].sum() or 1.0)]
    rows = np.eye(count) if record.counts == "children" else np.tri(count)
    x = np.full((count, len(there)), np.nan)
    x[:, there] = rows
    found = np.asarray(combiner(scores.tree, branch)(x, w))
    return [float(share) for share in (found if record.counts == "children" else np.diff(found, prepend=0.0))]


def powers(p: float) -> tuple[Curve, Curve]:
    """Return the curve g that a mean of powers adds up, and the one back; turned where a power falls, so that both rise."""
    if p == 0:
        return Curve(np.log, lambda x: 1.0 / x, True), Curve(np.exp, np.exp, False)
    if p == 1:
        same = Curve(np.array, np.ones_like, True)
        return same, same
    sign = 1.0 if p > 0 else -1.0
    there = Curve(lambda x: sign * x**p, lambda x: sign * p * x ** (p - 1.0), p < 1)
    back = Curve(lambda y: (sign * y) ** (1.0 / p), lambda y: (sign * y) ** (1.0 / p - 1.0) / (sign * p), p > 1)
    return there, back
