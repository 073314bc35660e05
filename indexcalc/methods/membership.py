"""Fuzzy comprehensive evaluation 模糊综合评价: how far a value belongs to each grade, and how memberships come together.

Arrays end in (child, grade) or (grade,); NaN memberships are of what is missing. Weights drop out with what is missing, and those
that are left are scaled to add up to 1.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from .aggregate.sums import divide
from .arrays import Array, np

Operator = Literal["product-sum", "min-max", "product-max", "min-bounded-sum", "min-sum-balanced"]


def triangles(x: Array, knots: Array) -> Array:
    """Return how far values (…) belong to grades (…, grade): wholly at a grade's knot, evenly less up to the next one's.

    Half trapezoids at both ends: what lies beyond the first or the last knot belongs wholly to its grade. Sums are 1. Knots rise
    or fall. Source: Zadeh 1965.
    """
    order = np.argsort(knots)
    at = np.asarray(x)[..., None]
    made = np.stack([np.interp(x, knots[order], np.eye(len(knots))[one][order]) for one in range(len(knots))], axis=-1)
    return np.where(np.isnan(at), np.nan, made)


def gaussian(x: Array, knots: Array, sigma: float) -> Array:
    """Return how far values (…) belong to grades (…, grade): exp(-(x - knot)² / 2σ²), wholly beyond the outermost knots.

    Sums are not 1. Source: Wang Peizhuang 1983.
    """
    at = np.asarray(x)[..., None]
    made = np.exp(-((at - knots) ** 2) / (2.0 * sigma**2))
    low, high = int(np.argmin(knots)), int(np.argmax(knots))
    for end, beyond in ((low, x <= knots[low]), (high, x >= knots[high])):
        made[..., end] = np.where(beyond, 1.0, made[..., end])
    return np.where(np.isnan(at), np.nan, made)


def scaled(b: Array) -> Array:
    """Return memberships (…, grade) that add up to 1; NaN where there are none."""
    return divide(b, b.sum(axis=-1, keepdims=True))


def product_sum(a: Array, r: Array) -> Array:
    """Return Σ a r, M(·, +): every child counts by its weight."""
    return np.asarray((a * r).sum(axis=-2))


def min_max(a: Array, r: Array) -> Array:
    """Return max min(a, r), M(∧, ∨): the child that counts most decides."""
    return np.asarray(np.minimum(a, r).max(axis=-2))


def product_max(a: Array, r: Array) -> Array:
    """Return max a r, M(·, ∨)."""
    return np.asarray((a * r).max(axis=-2))


def min_bounded_sum(a: Array, r: Array) -> Array:
    """Return min(1, Σ min(a, r)), M(∧, ⊕)."""
    return np.asarray(np.minimum(1.0, np.minimum(a, r).sum(axis=-2)))


def min_sum_balanced(a: Array, r: Array) -> Array:
    """Return Σ min(a, r / Σ r), r over the children in each grade; a grade without any membership has 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = r / r.sum(axis=-2, keepdims=True)
    return np.asarray(np.minimum(a, np.where(np.isnan(share), 0.0, share)).sum(axis=-2))


OPERATORS: Mapping[Operator, Callable[[Array, Array], Array]] = {
    "product-sum": product_sum,
    "min-max": min_max,
    "product-max": product_max,
    "min-bounded-sum": min_bounded_sum,
    "min-sum-balanced": min_sum_balanced,
}


def together(memberships: Array, weights: Array, operator: Operator = "product-sum") -> Array:
    """Return a node's memberships (…, grade) from those of its children (…, child, grade) and their weights (…, child).

    They add up to 1. NaN where no child that counts is there.
    Source: Zadeh 1965; Wang Peizhuang 1983.
    """
    there = ~np.isnan(memberships).any(axis=-1) & (weights > 0)
    own = np.where(there, weights, 0.0)
    a = divide(own, own.sum(axis=-1, keepdims=True))[..., None]
    return scaled(OPERATORS[operator](a, np.where(there[..., None], memberships, 0.0)))
