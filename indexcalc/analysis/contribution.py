"""What each child adds to its parent's score, in points: exactly, whatever the aggregator.

A mean of the form g(y) = Σ w g(x), that is the arithmetic (g = x), geometric (ln x), harmonic (1/x) and power means
(x^p), is split along its tangent at the score itself,

    c_i = w_i (y + (g(x_i) - g(y)) / g'(y)),

which adds up to y because Σ w (g(x_i) - g(y)) = 0; for the arithmetic mean it is w_i x_i, for the geometric mean the
logarithmic split w_i y (1 + ln(x_i / y)). Everything else (median, minimum, maximum, product, formulas) is split by Shapley's
value over all subsets of children. There a child that has not come yet is absent where the aggregator can do without it,
and stands at the units' mean where it cannot; what is left at the mean is shared by weight. Of a median, a minimum and a
maximum the value is a fixed sum of the sorted scores, so that it takes no subsets. Source: Shapley 1953.

Where a node compares the units once more, is turned or rounded, the split of what its children came together to is scaled to
the score that it has in the end. Adjustments are no contribution: a node's score is its contributions and its adjustments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..engine import combiner, used_inputs
from ..engine.rules import power_of, powered, raised, transformed
from ..methods import AGGREGATORS
from ..methods.aggregate import COMPARES_UNITS, FREE_SUM
from ..methods.arrays import Array, np
from ..methods.derive import parted
from ..methods.records import Powers
from ..panel import NOT_APPLICABLE
from ..scores import Scores
from ..tree.expressions import Expression, names
from ..tree.layout import Branch

_CELLS = 1 << 20  # scores of children that are brought together at once
_NARROWEST = 64
MOST_COMPARED = 8  # where every subset compares all units anew
MOST_CHILDREN = 14  # 2^14 subsets; a node of more children that is no mean is split by its weights alone
MOST_SORTED = 60  # of a median, minimum or maximum; their factors are sums of binomial numbers


@dataclass(frozen=True)
class Rows:
    """A period and some of its units, by their places: all that is to be split where no more is shown."""

    period: int
    units: tuple[int, ...]


def contributions(scores: Scores, rows: Rows | None = None) -> Array:
    """Return what each node adds to its parent's score, (period, unit, node); NaN where the parent has no score.

    The children's contributions and the points of the parent's adjustments add up to the parent's score. A child without
    a score adds 0, the index itself its whole score. With `rows` only these are split, and the result is (1, unit, node):
    the same numbers, without the others' time; only an aggregator that compares units is asked for all of the period.
    """
    out = np.full(_of(rows, scores.scores).shape, np.nan)
    out[..., scores.tree.root] = _of(rows, scores.score())
    for branch, weights in zip(scores.tree.branches, scores.weights, strict=True):
        split = _scaled(scores, branch, weights, rows)
        if branch.position in scores.estimated:  # an estimate is made of none of the children: they share it by their weights
            guessed = _of(rows, np.asarray(scores.estimated[branch.position], dtype=float))[..., None] > 0
            split = np.where(guessed, _shares_of_all(scores, branch, weights, rows) * _before(scores, branch, rows), split)
        out[..., list(branch.children)] = split
    return out


def _shares_of_all(scores: Scores, branch: Branch, weights: Array, rows: Rows | None) -> Array:
    """Return the shares of a node's children by their weights, whether they have a score or not."""
    w = _weights_of(rows, weights)
    nothing = np.zeros((*_of(rows, scores.score()).shape, len(branch.inputs)))
    return _shares(nothing, w) if branch.formula is None else _of_children(scores, branch, _even(nothing))


def _before(scores: Scores, branch: Branch, rows: Rows | None) -> Array:
    """Return a node's scores before its adjustments (period, unit, 1)."""
    return np.asarray(_of(rows, scores.scores[..., branch.position] - adjusted(scores, branch.position))[..., None])


def by_weight(branch: Branch) -> bool:
    """Say whether a node has too many children for Shapley's value, so that its score is split by their weights alone."""
    if branch.formula is not None:
        return len(branch.inputs) > MOST_CHILDREN and not is_additive(branch.formula)
    record = AGGREGATORS[branch.aggregate]
    if record.split in ("child", "places"):
        return len(branch.inputs) > MOST_SORTED
    return record.split == "shapley" and len(branch.inputs) > (MOST_COMPARED if record.compares else MOST_CHILDREN)


def weight_shares(x: Array, w: Array) -> Array:
    """Return the weights (…, child) of the children that are there scaled to 1, of all where none is."""
    return _shares(x, w)


def gains(scores: Scores, branch: Branch, before: Array, after: Array, weights: Array) -> Array:
    """Return what each child adds as children move from scores before to others after, both (period, unit, child).

    It is Shapley's value over all subsets of children that have moved: parts add up, and a child that stays adds nothing.
    """
    return _shapley(scores, branch, after, before, weights, np.zeros(after.shape))


def adjusted(scores: Scores, node: int) -> Array:
    """Return what adjustments added to a node's score in all (period, unit)."""
    own = [] if node < scores.tree.leaves else list(scores.tree.branch_at(node).adjustments)
    return np.asarray(np.add.reduce(scores.points[..., own], axis=-1))


def of_parts(scores: Scores, leaf: str, period: int) -> tuple[Array, Array]:
    """Return what the units below add to the score that a leaf has from them, and their shares of the weight, both (part,).

    The parts of a unit add up to its score; NaN where that has none, and for units below that are part of none here. A part
    without a score adds 0. Shares are those of a mean, among the parts that have a score; NaN of a sum, minimum and maximum.
    """
    assert scores.below is not None
    below, made = scores.below, scores.below.leaves[leaf]
    members, count = np.flatnonzero(below.units >= 0), len(scores.panel.units)
    x = below.scores.score(made.node)[period, members]
    weight = None if made.weight is None else made.weight[period, members]
    how = made.how if made.weight is None else "mean"
    reached = ~np.isnan(scores.score(leaf)[period, below.units[members]])
    added, share = np.full((2, len(below.units)), np.nan)
    own = (
        parted(np.nan_to_num(x), below.units[members], count, how)
        if how == "sum"
        else parted(x, below.units[members], count, how, weight)
    )
    if how == "sum":  # the others carry the part of one without a score
        whole = np.bincount(below.units[members], weights=own, minlength=count)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = scores.score(leaf)[period] / whole
        own = own * np.where(whole == 0, 1.0, ratio)[below.units[members]]
    added[members] = np.where(reached, own, np.nan)
    if how == "mean":
        share[members] = parted(np.where(np.isnan(x), np.nan, 1.0), below.units[members], count, how, weight)
    return added, share


def _scaled(scores: Scores, branch: Branch, weights: Array, rows: Rows | None) -> Array:
    """Return the contributions of a node's children to the score that it has before its adjustments."""
    wanted: Any = slice(None)
    if rows is not None and branch.formula is None and branch.aggregate in COMPARES_UNITS:
        wanted, rows = np.array(rows.units, dtype=int), Rows(rows.period, tuple(range(len(scores.panel.units))))
    x, absent = used_inputs(scores, branch), None
    if branch.needs_all:
        absent = _of(rows, _at_the_mean(x))
    x, w = _of(rows, x), _weights_of(rows, weights)
    last = _before(scores, branch, rows)
    if branch.plain:
        return _split(scores, branch, x, absent, w, last)[:, wanted]
    y = np.where(np.isnan(last), np.nan, combiner(scores.tree, branch)(x, w)[..., None])
    split = _split(scores, branch, x, absent, w, y)
    share = _shares(x, w) if branch.formula is None else _of_children(scores, branch, _even(x))
    if branch.turned:
        return np.asarray((share * (last + y) - split)[:, wanted])
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        ratio = last / y
    scaled = (ratio > 0) & np.isfinite(ratio)
    return np.where(scaled, split * np.where(scaled, ratio, 1.0), split + share * (last - y))[:, wanted]


def used(scores: Scores, branch: Branch, rows: Rows) -> Array:
    """Return what went into a node for some units (row, input)."""
    return np.asarray(_of(rows, used_inputs(scores, branch))[0])


def of_others(scores: Scores, branch: Branch, weights: Array, x: Array, rows: Rows) -> Array:
    """Return what a node's children would add, with other scores x (row, child), to what these would come together to."""
    w = _weights_of(rows, weights)
    absent = _of(rows, _at_the_mean(used_inputs(scores, branch)))
    y = combiner(scores.tree, branch)(x[None], w)[..., None]
    return np.asarray(_split(scores, branch, x[None], absent, w, y)[0])


def _weights_of(rows: Rows | None, weights: Array) -> Array:
    """Return the weights of a node's children in the rows that are asked about: the same (child,) where they hold for all."""
    return weights if weights.ndim == 1 else _of(rows, weights)


def _of(rows: Rows | None, array: Array) -> Array:
    """Return the rows that are asked about of an array (period, unit or 1, …), all of it without rows."""
    if rows is None:
        return array
    one = array[rows.period : rows.period + 1]
    return one[:, list(rows.units) if one.shape[1] > 1 else [0] * len(rows.units)]


def effective(scores: Scores, contribution: Array | None = None, rows: Rows | None = None) -> Array:
    """Return what each node adds to the index in the end, in points: each parent's contribution shared as its own score is.

    The leaves' effective contributions add up to the index. Where a parent's score is 0, or missing so that a floor stands in
    for it, its weights share instead. `contribution` are the contributions of the same `rows`.
    """
    own = contributions(scores, rows) if contribution is None else contribution
    out = np.full(own.shape, np.nan)
    out[..., scores.tree.root] = _of(rows, scores.score())
    for branch, weights in zip(reversed(scores.tree.branches), reversed(scores.weights), strict=True):
        parent = _of(rows, scores.scores[..., branch.position])[..., None]
        x = _of(rows, scores.scores[..., list(branch.children)] if branch.formula else used_inputs(scores, branch))
        by_weight = _shares(x, _weights_of(rows, weights))
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where((parent == 0) | np.isnan(parent), by_weight, own[..., list(branch.children)] / parent)
        out[..., list(branch.children)] = out[..., branch.position, None] * share
    return out


def weight_in_effect(scores: Scores, period: int, unit: int, node: int) -> float:
    """Return the weight that a node has in a unit's score of its parent: that of siblings that are missing goes to the others.

    NaN for a node without a score. It is its own weight where nothing is scaled up: at the top, beside the index, in a formula.
    Under a floor what is missing keeps its weight, and what does not apply has none.
    """
    parent = scores.tree.parents[node]
    branch = scores.tree.branch_at(parent) if parent >= 0 else None
    if np.isnan(scores.scores[period, unit, node]):
        return math.nan
    if branch is None or node not in branch.children or not branch.is_weighed:
        weights = scores.weights_of(node)
        return float(weights[period, unit if weights.shape[1] > 1 else 0])
    x = scores.scores[period, unit, list(branch.children)]
    if branch.missing.policy == "floor":
        statuses = np.array([scores.node_status(child)[period, unit] for child in branch.children])
        x = np.where(statuses == NOT_APPLICABLE, np.nan, 0.0)
    return float(_shares(x, scores.child_weights(parent, period, unit))[branch.children.index(node)])


def _shares(x: Array, w: Array) -> Array:
    """Return the weights of the children present scaled to 1, of all where none is; equal where all of these are 0."""
    present = ~np.isnan(x)
    present = present | ~present.any(axis=-1, keepdims=True)
    weight = np.where(present & ~np.isnan(w), w, 0.0)
    weight = np.where(weight.any(axis=-1, keepdims=True), weight, present)
    return np.asarray(weight / np.add.reduce(weight, axis=-1, keepdims=True))


def _even(x: Array) -> Array:
    """Return equal shares of those present: the names of a formula have no weights."""
    return _shares(x, np.ones(x.shape[-1]))


def _split(scores: Scores, branch: Branch, x: Array, absent: Array | None, w: Array, y: Array) -> Array:
    """Return the contributions of a node's children to what they come together to, y (period, unit, 1)."""
    if branch.formula is not None:
        share = _even(x)
        if is_additive(branch.formula):
            split = _addends(scores, branch, x, share)
        else:
            split = share * y if by_weight(branch) else _shapley(scores, branch, x, absent, w, share)
        none = np.isnan(x).all(axis=-1, keepdims=True)  # what a formula says of nothing, a number in it, is shared by all
        split = np.where(none, share * y, np.where(np.isnan(x), 0.0, split))
        return _of_children(scores, branch, np.where(np.isnan(y), np.nan, split))
    share, record = _shares(x, w), AGGREGATORS[branch.aggregate]
    if by_weight(branch):
        split = share * y
    elif isinstance(record.split, Powers):
        split = _tangent(branch, x, y, w, share)
    elif record.split in ("child", "places"):
        split = _by_place(x, branch.aggregate)
    elif isinstance(record.split, str):
        split = _shapley(scores, branch, x, absent, w, share)
    else:
        split = record.split(x, record.given(branch.parameters))
    split = np.where(np.isnan(x), 0.0, split)
    if record.compares:  # a child that a unit lacks still moves what the others are compared with: shared
        split = split + share * (y - np.add.reduce(split, axis=-1, keepdims=True))
    return np.where(np.isnan(y), np.nan, split)


def is_additive(formula: Expression) -> bool:
    """Say whether a formula adds up multiples of what it names, so that each adds its own."""
    operation, *parts = formula
    if operation in ("name", "number"):
        return True
    if operation in ("+", "-", "sum", "mean"):
        return all(is_additive(part) for part in parts)
    if operation in ("*", "/"):
        left, right = parts
        return (is_additive(left) and not names(right)) or (operation == "*" and not names(left) and is_additive(right))
    return False


def _addends(scores: Scores, branch: Branch, x: Array, share: Array) -> Array:
    """Return what each child adds to an additive formula, as a reader adds it up; a number in it is shared by all that are there.

    Each is what the formula comes to with this child alone, the others at 0, less what it comes to without any.
    """
    combined = combiner(scores.tree, branch)
    nothing = combined(np.where(np.isnan(x), np.nan, 0.0), np.ones(x.shape[-1]))[..., None]
    out = np.empty(x.shape)
    for i in range(x.shape[-1]):
        alone = np.where(np.isnan(x), np.nan, 0.0)
        alone[..., i] = x[..., i]
        out[..., i] = combined(alone, np.ones(x.shape[-1])) - nothing[..., 0]
    return out + share * nothing


def _of_children(scores: Scores, branch: Branch, split: Array) -> Array:
    """Count what goes into a formula for the child that it is, or is below of; children that it does not name add 0."""
    out = np.zeros((*split.shape[:-1], len(branch.children)))
    for i, place in enumerate(branch.inputs):
        child = place
        while scores.tree.parents[child] != branch.position:
            child = scores.tree.parents[child]
        if child in branch.children:
            out[..., branch.children.index(child)] += split[..., i]
    return np.where(np.isnan(split).any(axis=-1, keepdims=True), np.nan, out)


def _tangent(branch: Branch, x: Array, y: Array, w: Array, share: Array) -> Array:
    """Split a mean of powers along its tangent at the score, y (period, unit, 1)."""
    p = power_of(branch)
    if branch.aggregate in FREE_SUM:
        total = np.add.reduce(w, axis=-1, keepdims=True) * float(str(branch.parameters.get("scale", 1.0)))
        return np.asarray(share * x * total)
    if p == 1:
        return share * raised(branch, x)
    with np.errstate(invalid="ignore", divide="ignore"):
        if p is not None and abs(p) > 1:  # as shares of y, whose powers are numbers of a usual size
            tangent = share * (y + y * (raised(branch, x) / y) ** p / p - y / p)
        else:
            slope = p * y ** (p - 1) if p else 1.0 / y
            tangent = share * (y + (transformed(branch, x) - powered(p, y)) / slope)  # weights below 0 take y below the floor
    return np.where(y == 0, 0.0, tangent)


def _by_place(x: Array, aggregate: str) -> Array:
    """Return Shapley's value of a place among sorted scores: a fixed sum of them, for each number of children that are there."""
    order = np.argsort(x, axis=-1)  # those without a score stand last
    ranked = np.take_along_axis(x, order, axis=-1)
    there = np.count_nonzero(~np.isnan(x), axis=-1)
    split = np.zeros(x.shape)
    for count in np.unique(there[there > 0]).tolist():
        rows = there == count
        split[rows, :count] = ranked[rows, :count] @ _factors(aggregate, count).T
    out = np.empty(x.shape)
    np.put_along_axis(out, order, split, axis=-1)
    return out


@cache
def _factors(aggregate: str, children: int) -> Array:
    """Count how many times each sorted score is in each child's part (child, score), over all subsets by their size.

    A subset of a size s of others than child i has its r-th smallest score at j as often as r - 1 of it are among those below j
    and s - r among those above; then child i comes, and the same is counted of s + 1.
    """
    out = np.zeros((children, children))
    for i in range(children):
        for j in range(children):
            below, above = j - (i < j), children - 1 - j - (i > j)
            total = 0.0
            for size in range(children):
                with_, without = 0.0, 0.0
                for place, part in _places(aggregate, size + 1).items():
                    if i == j:
                        with_ += part * _ways(below, place - 1, above, size + 1 - place)
                    elif i < j:
                        with_ += part * _ways(below, place - 2, above, size + 1 - place)
                    else:
                        with_ += part * _ways(below, place - 1, above, size - place)
                for place, part in _places(aggregate, size).items() if size and i != j else ():
                    without += part * _ways(below, place - 1, above, size - place)
                total += (with_ - without) / math.comb(children - 1, size)
            out[i, j] = total / children
    return out


@cache
def _places(aggregate: str, size: int) -> dict[int, float]:
    """Return which places of so many sorted scores make up the result, and how much each: what it gains by a step up there."""
    steps = np.tri(size + 1, size, -1)[:, ::-1]  # none of the scores is 1, then the highest alone, then the two highest, …
    gained = np.diff(AGGREGATORS[aggregate].function(steps, np.ones(size)))
    return {place: float(part) for place, part in enumerate(gained[::-1], 1) if part}


def _ways(below: int, taken: int, above: int, others: int) -> int:
    """Return in how many ways so many can be taken of those below and those above."""
    return math.comb(below, taken) * math.comb(above, others) if taken >= 0 and others >= 0 else 0


def _at_the_mean(x: Array) -> Array:
    """Return what stands in for children that have not come yet: the mean over all units; those without a score never come."""
    present = ~np.isnan(x)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(x, axis=1, keepdims=True) / np.count_nonzero(present, axis=1, keepdims=True)
    return np.where(present, mean, np.nan)


def _shapley(scores: Scores, branch: Branch, x: Array, absent: Array | None, w: Array, share: Array) -> Array:
    """Return Shapley's value over all subsets of children, in blocks of units where these are not compared, and of subsets."""
    periods, units, children = x.shape
    absent = np.full_like(x, np.nan) if absent is None else absent
    inside = (np.arange(2**children)[:, None] >> np.arange(children)) & 1 == 1
    size = np.count_nonzero(inside, axis=-1)
    orders = np.array([math.factorial(k) * math.factorial(children - 1 - k) for k in range(children)]) / math.factorial(children)
    joins, leaves = orders[np.maximum(size - 1, 0)][:, None], orders[np.minimum(size, children - 1)][:, None]
    weight = np.where(inside, joins, -leaves)  # of each subset's value in each child's part
    together = branch.formula is None and branch.aggregate in COMPARES_UNITS
    wide = units if together else min(units, max(_NARROWEST, _CELLS // (periods * len(inside) * children)))
    out = np.empty(x.shape)
    for start in range(0, units, wide):
        block = slice(start, min(start + wide, units))
        own, gone = x[:, block], np.broadcast_to(absent, x.shape)[:, block]
        weights = w if w.ndim == 1 or w.shape[1] == 1 else w[:, block]
        value = np.empty((len(inside), *own.shape[:-1]))
        step = max(1, _CELLS // own.size)
        for first in range(0, len(inside), step):
            some = slice(first, min(first + step, len(inside)))
            value[some] = combiner(scores.tree, branch)(np.where(inside[some, None, None], own, gone), weights)
        value = np.where(np.isnan(value), 0.0, value)
        for child in range(children):
            out[:, block, child] = np.add.reduce(weight[:, child, None, None] * value, axis=0)
        out[:, block] += share[:, block] * value[0][..., None]
    return out
