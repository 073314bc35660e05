"""Means of children: of their scores, logarithms, reciprocals or powers. The contract is that of `aggregate`."""

from collections.abc import Sequence

from ..arrays import Array, Mask, np
from ..bounds import ABOVE_ZERO, ANY, ZERO_OR_MORE, Check, Given, Problem
from ..records import Aggregator, Powers, Reason
from ..sql import Column, Sql, all_of, mean, positive, where, within
from . import quick
from .sums import divide, in_turn


def arithmetic(x: Array, w: Array) -> Array:
    """Average with weights.

    Formula: Σ w x / Σ w.
    Edge cases: zero and what is below are scores as any; a unit whose present children all weigh 0 is missing.
    Source: HB 2008, p. 103.
    """
    if x.size > quick.SMALL:
        return quick.arithmetic(x, w)
    with np.errstate(invalid="ignore"):  # what is infinite and weighs nothing plays no part
        weighted = x * w
    return divide(in_turn(np.where(np.isnan(weighted), 0.0, weighted)), weight_there(x, w))


def _arithmetic_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    del sql, given
    return mean(x, w)


ARITHMETIC = Aggregator(
    name="arithmetic",
    terms=("算术平均", "加权平均", "加权算术平均", "线性加权", "mean", "linear"),
    function=arithmetic,
    bounds={},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="never",
    reasons=(),
    split=Powers(1.0),
    query=_arithmetic_query,
    counts="children",
)


def _at_or_below_zero(x: Array, w: Array, given: Given) -> Mask:
    """Say which children have no logarithm or power."""
    del w
    return np.asarray((x < 0) | ((x == 0) & (getattr(given, "p", 0.0) <= 0)))


BELOW = Reason(
    ("{children} at 0 or below", "{children} 小于等于 0"),
    (
        "declare a `floor` at the aggregate, or normalise to a range above 0",
        "请在 aggregate 中声明 `floor`（下限），或把无量纲化（标准化）的下限设为大于 0",
    ),
    _at_or_below_zero,
)


WEIGHED_BELOW = Reason(
    ("weights below 0, of {children}, leave no mean", "{children} 的权重小于 0，无法取平均"),
    (
        "aggregate by `arithmetic`, or take weights that are never below 0, such as `pca` with `take: squared`",
        "请改用 `arithmetic`，或改用不会小于 0 的权重，如 `pca` 的 `take: squared`",
    ),
    lambda x, w, given: np.asarray((w < 0) & ~np.isnan(x)),  # noqa: ARG005
)


def geometric(x: Array, w: Array, *, floor: float | None = None) -> Array:
    """Average logarithms, so that a weak child weighs more than a strong one can make up for.

    Formula: exp(Σ w ln x / Σ w).
    Edge cases: a child at or below 0 makes it undefined, which is an error (IC424) that names the node, the units and the
    period and refuses the run with all of its periods, unless a `floor` is declared, which stands for all that is below it.
    Source: HB 2008, p. 103; UNDP HDR 2010.
    """
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _undefined(np.exp(arithmetic(np.log(x), w)), x <= 0)


def _geometric_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    x = [within(child, given.floor, None) for child in x]
    return where(sql, all_of(child > 0.0 for child in x), mean([positive(sql, child).log() for child in x], w).exp())


GEOMETRIC = Aggregator(
    name="geometric",
    terms=("几何平均", "加权几何平均"),
    function=geometric,
    bounds={"floor": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="refused",
    reasons=(BELOW,),
    split=Powers(0.0),
    query=_geometric_query,
    counts="otherwise",
)


def harmonic(x: Array, w: Array, *, floor: float | None = None) -> Array:
    """Average reciprocals, so that the weakest child weighs most.

    Formula: Σ w / Σ (w / x).
    Edge cases: a child at or below 0, and `floor`, as under the geometric mean. Undefined too where weights below 0, as `pca` can
    give with `take: loadings`, bring Σ (w / x) below 0: scores would jump there from one end to the other.
    Source: HB 2008.
    """
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        average = arithmetic(1.0 / x, w)
        return _undefined(1.0 / np.where(average < 0, np.nan, average), x <= 0)


def _harmonic_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    x = [within(child, given.floor, None) for child in x]
    average = 1.0 / mean([1.0 / positive(sql, child) for child in x], w).nullif(0.0)
    return where(sql, all_of(child > 0.0 for child in x), average)


HARMONIC = Aggregator(
    name="harmonic",
    terms=("调和平均", "加权调和平均"),
    function=harmonic,
    bounds={"floor": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="refused",
    reasons=(BELOW, WEIGHED_BELOW),
    split=Powers(-1.0),
    query=_harmonic_query,
    counts="otherwise",
)


_DIGITS = 250.0  # decimal digits that a power may have before or behind its point; a number holds 308


def power(x: Array, w: Array, *, p: float, floor: float | None = None) -> Array:
    """Average powers: p = 1 is arithmetic, p near 0 geometric, p = -1 harmonic.

    Formula: (Σ w x^p / Σ w)^(1/p); p = 0 is the geometric mean.
    Edge cases: a child below 0, or at 0 with p at or below 0, makes it undefined as under the geometric mean, unless a `floor`
    is declared, above 0 where p is not. Undefined too where weights below 0 bring Σ w x^p below 0, but for p = 1.
    Source: Hardy, Littlewood, Pólya 1934.
    """
    if p == 0:
        return geometric(x, w, floor=floor)
    x = x if floor is None else np.maximum(x, floor)
    with np.errstate(invalid="ignore", divide="ignore"):
        largest = _taken_out(x, p)
        y = x if largest is None else x / largest[..., None]
        average = arithmetic(y**p, w)
        average = (average if p == 1 else np.where(average < 0, np.nan, average)) ** (1.0 / p)
        return _undefined(average if largest is None else average * largest, (x < 0) | ((x == 0) & (p < 0)))


def _taken_out(x: Array, p: float) -> Array | None:
    """Return what each unit's children are divided by so that their powers are numbers of a usual size; None where all are.

    It is the child that counts most, the largest or, with p below 0, the smallest; 1 for a unit whose powers are as usual.
    """
    if not x.size or not abs(p) > 1.0:  # powers up to 1 stay within what a number holds
        return None
    positive = np.where(x > 0, x, np.nan)
    whole = np.array([np.fmin.reduce(positive, axis=None), np.fmax.reduce(positive, axis=None)])
    if not (np.abs(p * np.log10(whole)) > _DIGITS).any():
        return None
    ends = [take.reduce(positive, axis=-1) for take in (np.fmin, np.fmax)]
    beyond = np.logical_or.reduce([np.abs(p * np.log10(end)) > _DIGITS for end in ends])
    return np.where(beyond, ends[0] if p < 0 else ends[1], 1.0) if beyond.any() else None


def _power_query(sql: Sql, x: Sequence[Column], w: Sequence[float], given: Given) -> Column:
    p = given.p
    if p == 0:
        return _geometric_query(sql, x, w, given)
    x = [within(child, given.floor, None) for child in x]
    defined = [child > 0.0 if p < 0 else child >= 0.0 for child in x]
    if abs(p) <= 1.0:
        average = mean([where(sql, one, child) ** p for one, child in zip(defined, x, strict=True)], w)
        return where(sql, all_of(defined), average.nullif(0.0) ** (1.0 / p) if p < 0 else average ** (1.0 / p))
    # the child that counts most is taken out, so that no power is beyond what a number holds
    above = [positive(sql, child) for child in x]
    most = above[0] if len(x) == 1 else (sql.least if p < 0 else sql.greatest)(*above)
    average = mean([where(sql, one, child / most) ** p for one, child in zip(defined, x, strict=True)], w)
    result = most * (average.nullif(0.0) ** (1.0 / p) if p < 0 else average ** (1.0 / p))
    nothing = sql.literal(0.0) * mean(x, w)  # where all that are there are 0
    return where(sql, all_of(defined), sql.ifelse(most.isnull(), nothing, result))


def _floor_of_power(given: Given) -> Problem | None:
    if given.floor == 0 and given.p <= 0:
        return "floor", "floor must be above 0 where p is not", "p 不大于 0 时 floor 必须大于 0"
    return None


POWER = Aggregator(
    name="power",
    terms=("幂平均",),
    function=power,
    bounds={"p": ANY, "floor": ZERO_OR_MORE},
    checks=(Check(_floor_of_power, ({"p": 0.0, "floor": 0.0}, {"p": -1.0, "floor": 0.0})),),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="refused",
    reasons=(BELOW, WEIGHED_BELOW),
    split=Powers("p"),
    query=_power_query,
    counts="otherwise",
)


def weight_there(x: Array, w: Array) -> Array:
    """Add up the weights of the children that a unit has: x (…, unit, child), w broadcasting against it; (…, unit)."""
    return quick.weight_there(x, w) if x.size > quick.SMALL else in_turn(np.where(np.isnan(x), 0.0, w))


def _undefined(result: Array, outside: Mask) -> Array:
    return np.where(np.logical_or.reduce(outside, axis=-1), np.nan, result)


MEANS = (ARITHMETIC, GEOMETRIC, HARMONIC, POWER)
