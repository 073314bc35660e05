"""The child at one place of a unit's: the middle, the weakest, the strongest. The contract is that of `aggregate`."""

from collections.abc import Sequence

from ..arrays import Array, np
from ..bounds import Given
from ..records import Aggregator
from ..sql import Column, Sql


def median(x: Array, w: Array) -> Array:
    """Take the middle child, or the mean of the two in the middle; weights play no part.

    Formula: the median of the x that are there.
    Edge cases: zero and what is below are scores as any.
    Source: Yager 1988 (an average by place with all weight in the middle).
    """
    del w
    none = np.asarray(np.isnan(x).all(axis=-1, keepdims=True))  # looked at apart, as numpy warns of them
    return np.where(none[..., 0], np.nan, np.nanmedian(np.where(none, 0.0, x), axis=-1))


MEDIAN = Aggregator(
    name="median",
    terms=("中位数",),
    function=median,
    bounds={},
    checks=(),
    weights="none",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split="places",
    query=None,
    counts="places",
)


def minimum(x: Array, w: Array) -> Array:
    """Take the weakest child: nothing makes up for it. Weights play no part.

    Formula: min x.
    Edge cases: zero and what is below are scores as any.
    Source: Yager 1988 (an average by place with all weight on the last).
    """
    del w
    return np.asarray(np.fmin.reduce(x, axis=-1))


def _minimum_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    del w, given
    return sql.least(*x) if len(x) > 1 else x[0]


MINIMUM = Aggregator(
    name="minimum",
    terms=("最小值", "短板法", "min"),
    function=minimum,
    bounds={},
    checks=(),
    weights="none",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split="child",
    query=_minimum_query,
    counts="places",
)


def maximum(x: Array, w: Array) -> Array:
    """Take the strongest child; weights play no part.

    Formula: max x.
    Edge cases: zero and what is below are scores as any.
    Source: HJ 633-2012 (an air quality index is its highest sub-index); Yager 1988.
    """
    del w
    return np.asarray(np.fmax.reduce(x, axis=-1))


def _maximum_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    del w, given
    return sql.greatest(*x) if len(x) > 1 else x[0]


MAXIMUM = Aggregator(
    name="maximum",
    terms=("最大值", "max"),
    function=maximum,
    bounds={},
    checks=(),
    weights="none",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split="child",
    query=_maximum_query,
    counts="places",
)


PLACES = (MEDIAN, MINIMUM, MAXIMUM)
