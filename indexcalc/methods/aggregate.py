"""Children into a parent: one function a method, its keyword parameters are those in YAML.

Contract: `x` is (…, unit, child) with NaN for a child that has no score, `w` (…, child) the weights of the siblings,
of any sum; the result is (…, unit). Unless the docstring says otherwise, children without a score drop out and the
weights of those present are scaled up to take their place; a unit with no child present gets NaN.
"""

from collections.abc import Callable
from typing import Any

from .arrays import Array, Mask, np


def arithmetic(x: Array, w: Array) -> Array:
    """Average with weights: Σ w x / Σ w. Source: HB 2008, p. 103."""
    total = np.zeros(np.broadcast_shapes(x.shape[:-1], w.shape[:-1]))
    weight = np.zeros_like(total)
    for child in range(x.shape[-1]):  # one child's units lie side by side in memory, one unit's children do not
        missing, share = np.isnan(x[..., child]), w[..., child]
        weighted = x[..., child] * share
        np.copyto(weighted, 0.0, where=missing)
        total += weighted
        weight += ~missing * share
    return _divide(total, weight)


def geometric(x: Array, w: Array, *, floor: float | None = None) -> Array:
    """Average logarithms: exp(Σ w ln x / Σ w), so that a weak child weighs more than a strong one can make up for.

    A child at or below 0 makes it undefined: NaN, and a finding that names the cell, unless a `floor` is declared.
    Source: HB 2008, p. 103; UNDP HDR 2010.
    """
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _undefined(np.exp(arithmetic(np.log(x), w)), x <= 0)


def harmonic(x: Array, w: Array, *, floor: float | None = None) -> Array:
    """Average reciprocals: Σ w / Σ (w / x). A child at or below 0: as under the geometric mean. Source: HB 2008."""
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _undefined(1.0 / arithmetic(1.0 / x, w), x <= 0)


def power(x: Array, w: Array, *, p: float, floor: float | None = None) -> Array:
    """Average powers: (Σ w x^p / Σ w)^(1/p); p = 1 is arithmetic, p near 0 geometric, p = -1 harmonic.

    A child below 0, or at 0 with p below 0, makes it undefined. p = 0 is the geometric mean.
    Source: Hardy, Littlewood, Pólya 1934.
    """
    if p == 0:
        return geometric(x, w, floor=floor)
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _undefined(arithmetic(x**p, w) ** (1.0 / p), (x < 0) | ((x == 0) & (p < 0)))


def median(x: Array, w: Array) -> Array:
    """Take the middle child, or the mean of the two in the middle; weights play no part."""
    del w
    return _over_present(np.nanmedian, x)


def minimum(x: Array, w: Array) -> Array:
    """Take the weakest child: nothing makes up for it. Weights play no part."""
    del w
    return np.asarray(np.fmin.reduce(x, axis=-1))


def maximum(x: Array, w: Array) -> Array:
    """Take the strongest child. Weights play no part."""
    del w
    return np.asarray(np.fmax.reduce(x, axis=-1))


def sum_(x: Array, w: Array, *, scale: float = 1.0) -> Array:
    """Add up with weights: scale Σ w x, scaled up for children without a score by Σ w / Σ w of those present.

    Weights need not add up to 1; where none are declared each is 1. Source: HB 2008, p. 103.
    """
    return np.asarray(scale * arithmetic(x, w) * np.add.reduce(w, axis=-1))


def product(x: Array, w: Array, *, scale: float = 1.0) -> Array:
    """Multiply: scale Π x. Weights play no part; one child without a score leaves the product without one."""
    del w
    return scale * np.asarray(np.multiply.reduce(x, axis=-1))


AGGREGATE: dict[str, Callable[..., Any]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "power": power,
    "median": median,
    "minimum": minimum,
    "maximum": maximum,
    "sum": sum_,
    "product": product,
}
WITHOUT_WEIGHTS = frozenset({"median", "minimum", "maximum", "product"})
COMPARES_UNITS: frozenset[str] = frozenset()  # what a unit gets depends on the other units
FREE_SUM = frozenset({"sum"})  # weights need not add up to 1


def _divide(total: Array, weight: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight == 0, np.nan, total / weight)


def _undefined(result: Array, where: Mask) -> Array:
    return np.where(np.logical_or.reduce(where, axis=-1), np.nan, result)


def _over_present(take: Callable[..., Any], x: Array) -> Array:
    """Apply a NaN-skipping function along the children, leaving NaN where there are none, without its warning."""
    none = np.asarray(np.isnan(x).all(axis=-1, keepdims=True))
    return np.where(none[..., 0], np.nan, take(np.where(none, 0.0, x), axis=-1))
