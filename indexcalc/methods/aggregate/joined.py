"""Sums, products and averages that look at how all children of a unit lie. The contract is that of `aggregate`."""

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from ..arrays import Array, Mask, np
from ..bounds import ABOVE_ZERO, SHARE, ZERO_OR_MORE, Check, Given, Problem, some_above_zero
from ..records import Aggregator, Powers, Reason
from ..sql import Column, Sql, mean, none
from .means import WEIGHED_BELOW, arithmetic

_SLACK = 1e-12  # a spread that is less, as a share of the mean, is rounding alone


def sum_(x: Array, w: Array, *, scale: float = 1.0) -> Array:
    """Add up with weights, which need not add up to 1; where none are declared each is 1.

    Formula: scale Σ w x, scaled up for children without a score by Σ w / Σ w of those present.
    Edge cases: zero and what is below are scores as any; a unit whose present children all weigh 0 is missing.
    Source: HB 2008, p. 103.
    """
    return np.asarray(scale * arithmetic(x, w) * np.add.reduce(w, axis=-1))


def _sum_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    del sql
    return given.scale * mean(x, w) * float(sum(w))


SUM = Aggregator(
    name="sum",
    terms=("求和", "加总"),
    function=sum_,
    bounds={"scale": ABOVE_ZERO},
    checks=(),
    weights="summed",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split=Powers(1.0),
    query=_sum_query,
    counts="children",
)


def product(x: Array, w: Array, *, scale: float = 1.0) -> Array:
    """Multiply; weights play no part.

    Formula: scale Π x.
    Edge cases: one child without a score leaves the product without one, also where it does not apply; zero makes it 0, and signs
    multiply.
    Source: WorldRiskReport 2021 (exposure times vulnerability).
    """
    del w
    return scale * np.asarray(np.multiply.reduce(x, axis=-1))


def _product_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    del sql, w
    return given.scale * reduce(lambda one, other: one * other, x)


PRODUCT = Aggregator(
    name="product",
    terms=("连乘", "乘积"),
    function=product,
    bounds={"scale": ABOVE_ZERO},
    checks=(),
    weights="none",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="without a child",
    reasons=(),
    split="shapley",
    query=_product_query,
    counts="otherwise",
)


def owa(x: Array, w: Array, *, weights: Sequence[float] | None = None, orness: float | None = None) -> Array:
    """Average with weights by place: the first of `weights` is that of a unit's best child, the last that of its worst.

    One weight for each child, of any sum; or `orness`: 1 takes the best child, 0.5 the mean, 0 the worst. Children keep their own
    weights w too: each takes the part of Q that lies between the share of weight before it and with it. With `weights` Q rises
    linearly from place to place through their sums, so that with equal w, and none missing, they are the weights by place.
    Formula: sorted from the best, the children take Q(s_k) - Q(s_k-1), s_k the share of weight that the first k carry, so that
    each child's own weight w counts, and that of a missing child goes to the others. Q rises linearly from place to place
    through the sums of `weights` (of any sum), or is s^(1 / orness - 1).
    Edge cases: zero and what is below are scores as any; a unit whose present children all weigh 0 is missing.
    Source: Yager 1988, 1996 (quantifiers, importances); Torra 1997 (both weights).
    """
    order = np.argsort(-x, axis=-1, kind="stable")
    present = np.where(np.isnan(x), 0.0, w)
    upto = np.add.accumulate(np.take_along_axis(present, np.broadcast_to(order, present.shape), axis=-1), axis=-1)
    whole = upto[..., -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.concatenate([np.zeros_like(whole), upto / whole], axis=-1)
    ordered = np.take_along_axis(np.where(np.isnan(x), 0.0, x), order, axis=-1)
    average = np.add.reduce(ordered * np.diff(_quantifier(share, weights, orness), axis=-1), axis=-1)
    return np.where(whole[..., 0] == 0, np.nan, average)


def _quantifier(share: Array, weights: Sequence[float] | None, orness: float | None) -> Array:
    """Return how much the best children that carry a share of all weight count together."""
    if weights is not None:
        places = np.append(0.0, np.add.accumulate(np.asarray(weights, dtype=float)))
        return np.asarray(np.interp(share, np.linspace(0.0, 1.0, len(places)), places / places[-1]))
    orness = 0.5 if orness is None else orness
    if orness == 0:
        return np.where(share < 1.0, 0.0, 1.0)
    share = np.clip(share, 0.0, 1.0)  # loadings can weigh less than 0; where Q rises in a line, it is held to its ends alike
    return np.where(share == 0.0, 0.0, share ** (1.0 / orness - 1.0))


def _places_or_orness(given: Given) -> Problem | None:
    weights, orness = given.weights, given.orness
    if (weights is None) == (orness is None):
        return "method", "owa takes either weights by place or orness", "owa 须给出 weights（按位次的权重）或 orness，二者取一"
    return None


OWA = Aggregator(
    name="owa",
    terms=("有序加权平均", "有序加权"),
    function=owa,
    bounds={"weights": ZERO_OR_MORE, "orness": SHARE},
    checks=(Check(_places_or_orness, ({"orness": None}, {"weights": [1.0, 1.0], "orness": 0.5})), some_above_zero("weights")),
    weights="shared",
    per_child=("weights",),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split="shapley",
    query=None,
    counts="places",
)


def mpi(x: Array, w: Array, *, penalty: Literal["negative", "positive"] = "negative") -> Array:
    """Average, less a penalty for children that are out of balance: the Mazziotta-Pareto index.

    With `penalty: positive` the penalty is added, for an index of something bad. Raising a child far above the others can cost
    more than it brings. Normalise before by `z-score` with mean 100, sd 10 and ddof 0 (MPI), or by `ampi` (AMPI).
    Formula: M - S cv, M the weighted mean of a unit's children, S their weighted standard deviation (Σ w (x - M)² / Σ w),
    cv = S / M.
    Edge cases: defined for M above 0, else missing, unless the children are equal and there is nothing to penalise. Missing too
    where weights below 0 bring S² below 0.
    Source: Mazziotta, Pareto 2013 (MPI), 2016 (AMPI), 2022 (weights).
    """
    mean = arithmetic(x, w)
    variance = arithmetic((x - mean[..., None]) ** 2, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where((mean > 0) & (variance >= 0), variance / mean, np.nan)
        lost = np.where(np.sqrt(variance) <= _SLACK * np.abs(mean), 0.0, spread)
    return mean - lost if penalty == "negative" else mean + lost


def _mpi_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    average = mean(x, w)
    variance = mean([(child - average) ** 2.0 for child in x], w)
    even = variance.sqrt() <= _SLACK * average.abs()
    lost = sql.cases((even, 0.0), (average > 0.0, variance / average.nullif(0.0)), else_=none(sql))
    return average - lost if given.penalty == "negative" else average + lost


def _at_or_below_zero(x: Array, w: Array, given: Given) -> Mask:
    """Say which children bring the mean to 0 or below."""
    del given
    return np.asarray((x <= 0) & (arithmetic(x, w) <= 0)[..., None] & (w != 0))


NO_MEAN = Reason(
    ("the mean is not above 0, because of {children}", "{children} 使平均值不大于 0"),
    ("normalise to a range above 0, such as `ampi`", "请采用大于 0 的无量纲化（标准化）范围，如 `ampi`"),
    _at_or_below_zero,
)


MPI = Aggregator(
    name="mpi",
    terms=("马齐奥塔-帕雷托指数",),
    function=mpi,
    bounds={},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="missing",
    reasons=(NO_MEAN, WEIGHED_BELOW),
    split="shapley",
    query=_mpi_query,
    counts="otherwise",
)


JOINED = (SUM, PRODUCT, OWA, MPI)
