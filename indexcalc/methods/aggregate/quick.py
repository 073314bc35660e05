"""The arithmetic mean of many units, in the forms that were measured to be quickest: the same to the last bit as the plain one.

`means` chooses; a test holds these to the plain forms.
"""

import math

from ..arrays import Array, np
from .sums import divide, in_turn

SMALL = 1 << 14  # scores up to which all children are taken at once: a step for each child would take longer than its work
_FEW = 8  # children, one bit of a byte for each


def arithmetic(x: Array, w: Array) -> Array:
    """Average with weights, as `means.arithmetic` does."""
    if not _shared(x, w) or np.isnan(w).any():
        return _child_by_child(x, w)
    # one child's units side by side in memory, so that children are added up one after the other
    with np.errstate(invalid="ignore"):  # what is infinite and weighs nothing plays no part
        weighted = np.multiply(_children_first(x), _children_first(w.reshape(*[1] * (x.ndim - w.ndim), *w.shape)), order="C")
    mean = divide(np.add.reduce(weighted, axis=0), in_turn(w))
    rows = np.flatnonzero(np.isnan(mean))  # the few units with a gap are looked at again
    if len(rows):
        part = weighted.reshape(len(weighted), -1).take(rows, axis=1, mode="clip")
        of_stack = np.broadcast_to(w if w.ndim == 1 else w[..., 0, :], (*x.shape[:-2], x.shape[-1])).reshape(-1, x.shape[-1])
        weights, missing = of_stack.T.take(rows // x.shape[-2], axis=1), np.isnan(part)
        for parts in (part, weights):
            np.copyto(parts, 0.0, where=missing)
        mean.reshape(-1)[rows] = divide(in_turn(part.T), in_turn(weights.T))
    return mean


def _child_by_child(x: Array, w: Array) -> Array:
    total = np.zeros(np.broadcast_shapes(x.shape[:-1], w.shape[:-1]))
    weighted = np.empty_like(total)
    for child in range(x.shape[-1]):
        with np.errstate(invalid="ignore"):
            np.multiply(x[..., child], w[..., child], out=weighted)
        np.copyto(weighted, 0.0, where=np.isnan(weighted))
        total += weighted
    return divide(total, weight_there(x, w))


def weight_there(x: Array, w: Array) -> Array:
    """Add up the weights of the children that a unit has, as `means.weight_there` does."""
    children = x.shape[-1]
    if not (_shared(x, w) and 1 < children <= _FEW):
        weight = np.zeros(np.broadcast_shapes(x.shape[:-1], w.shape[:-1]))
        for child in range(children):
            weight += np.where(np.isnan(x[..., child]), 0.0, w[..., child])
        return weight
    # all sums that there can be, looked up by which of the few children are missing: a third of the time
    stack = w.shape[:-2]
    sums = np.zeros((*stack, 1 << children))
    for child in range(children):
        sums.reshape(*stack, -1, 2, 1 << child)[..., 0, :] += w.reshape(*stack, children)[..., child, None, None]
    missing = np.isnan(_children_first(x)).view(np.uint8)
    missing *= np.array([1 << child for child in range(children)], dtype=np.uint8).reshape(-1, *[1] * (x.ndim - 1))
    which = np.add.reduce(missing, axis=0, dtype=np.uint8)
    if stack:
        which = which + (np.arange(math.prod(stack)) << children).reshape(*stack, 1)
    return np.asarray(sums.reshape(-1).take(which, mode="clip"))


def _shared(x: Array, w: Array) -> bool:
    """Say whether the units that stand beside each other in x have the same weights."""
    return w.ndim == 1 or (w.shape[-2] == 1 and np.broadcast_shapes(x.shape, w.shape) == x.shape)


def _children_first(x: Array) -> Array:
    return np.moveaxis(x, -1, 0)
