"""The methods in a query: the form in ibis of every method that takes a unit by itself, once its frame's statistics are known.

`IN_QUERY` stands beside the catalogue of `methods`, room by room: a function here has the name and the parameters of the
one there, and gives the same numbers. It takes columns of a table where that one takes arrays, and NULL is missing, so that
no column may hold NaN. What compares units in another way (medians, ranks, weights made of data) has no form here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Literal

import ibis

from ..methods import parameters
from ..tree.formula import Expression
from ..tree.model import Normalise

Column = Any  # of ibis: a number, or NULL
MEAN = frozenset({"mean", "squares"})  # statistics that take a second pass
_ENDS = frozenset({"min", "max"})
_EPSILON = 8 * 2.0**-52  # as in methods.frame: what arithmetic leaves in the last bits


@dataclass(frozen=True)
class Seen:
    """The statistics of each row's frame, as columns beside it; what is better is known from the sign, as in `Frame`."""

    sign: float
    of: Mapping[str, Column]

    @property
    def best(self) -> Column:
        return self.of["max" if self.sign > 0 else "min"]

    @property
    def worst(self) -> Column:
        return self.of["min" if self.sign > 0 else "max"]

    def deviation(self, ddof: int) -> Column:
        """The standard deviation; missing where there are too few values, or no spread."""
        free = _where(self.of["count"] > ddof, self.of["count"] - float(ddof))
        return _positive(self.of["squares"] / free).sqrt()


def statistics_for(choice: Normalise) -> frozenset[str]:
    """Return what a normaliser has to know of its frame."""
    takes = {name: taken.default for name, taken in parameters("normalise", choice.method).items()} | choice.parameters
    if choice.method == "z-score":
        return MEAN | {"count"}
    if choice.method in ("reference", "ampi"):
        value = {takes["value"]} if isinstance(takes["value"], str) else set()
        return frozenset(value | (_ENDS if choice.method == "ampi" else set()))
    given = {"efficacy": ("satisfactory", "unacceptable"), "distance-to-target": ("worst",), "min-max": ("",)}
    ends = given.get(choice.method.removesuffix("-exponential"), ())
    return _ENDS if any(takes.get(name) is None for name in ends) else frozenset()


# ---------------------------------------------------------------------------------------------------- single indicators


def min_max(x: Column, frame: Seen, *, low: float = 0.0, high: float = 100.0) -> Column:
    """Rescale linearly between the worst and the best seen."""
    return low + (high - low) * _share(x, frame.worst, frame.best)


def efficacy(
    x: Column,
    frame: Seen,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: float | None = None,
    unacceptable: float | None = None,
    clip: bool = False,
) -> Column:
    """Score by the efficacy coefficient."""
    share = _way(x, frame, unacceptable, satisfactory)
    return low + (high - low) * (share.clip(0.0, 1.0) if clip else share)


def efficacy_exponential(
    x: Column,
    frame: Seen,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: float | None = None,
    unacceptable: float | None = None,
    clip: bool = False,
) -> Column:
    """Score by the exponential efficacy function."""
    share = _way(x, frame, unacceptable, satisfactory)
    return low * _exp(math.log(high / low) * (share.clip(0.0, 1.0) if clip else share))


def z_score(x: Column, frame: Seen, *, mean: float = 0.0, sd: float = 1.0, ddof: int = 1) -> Column:
    """Standardise by the mean and the standard deviation."""
    return mean + sd * frame.sign * ((x - frame.of["mean"]) / frame.deviation(ddof))


def goalposts(
    x: Column,
    frame: Seen,
    *,
    worst: float,
    best: float,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
    log: bool = False,
) -> Column:
    """Rescale linearly between two fixed values."""
    del frame
    if not log:
        share = (x - worst) / (best - worst)
        return low + (high - low) * (share.clip(0.0, 1.0) if clip else share)
    share = (_positive(x).log() - math.log(worst)) / (math.log(best) - math.log(worst))
    if clip:
        share = ibis.ifelse(x <= 0.0, 0.0 if worst < best else 1.0, share.clip(0.0, 1.0))
    return low + (high - low) * share


def target(x: Column, frame: Seen, *, value: float, low: float = 0.0, high: float = 100.0) -> Column:
    """Score the share of a target that was reached."""
    reached = x / value if frame.sign > 0 else ibis.ifelse(x <= value, 1.0, value / x.nullif(0.0))
    return low + (high - low) * reached.clip(0.0, 1.0)


def distance_to_target(
    x: Column,
    frame: Seen,
    *,
    value: float,
    worst: float | None = None,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
) -> Column:
    """Score how far from the worst towards a target a unit has come."""
    share = _way(x, frame, worst, value)
    return low + (high - low) * (share.clip(upper=1.0) if clip else share)


def piecewise(
    x: Column,
    frame: Seen,
    *,
    points: Sequence[tuple[float, float]],
    beyond: Literal["flat", "missing", "extend"] = "flat",
    below: Literal["flat", "missing", "extend"] | None = None,
    above: Literal["flat", "missing", "extend"] | None = None,
) -> Column:
    """Score linearly between given points."""
    del frame
    lines = [((b[1] - a[1]) / (b[0] - a[0]), a) for a, b in pairwise(points)]
    (start, first), (end, last) = points[0], points[-1]

    def outside(rule: str, at: tuple[float, float], flat: float, slope: float) -> Column:
        if rule == "extend":
            return at[1] + (x - at[0]) * slope
        return _NONE if rule == "missing" else ibis.literal(float(flat))

    cases = [(x < start, outside(below or beyond, points[0], first, lines[0][0]))]
    cases += [(x < to[0], slope * (x - at[0]) + at[1]) for (slope, at), to in zip(lines, points[1:], strict=True)]
    cases += [(x == end, ibis.literal(float(last))), (x > end, outside(above or beyond, lines[-1][1], last, lines[-1][0]))]
    return ibis.cases(*cases, else_=_NONE)


def bands(x: Column, frame: Seen, *, bands: Sequence[tuple[float, float]], below: float | None = None) -> Column:
    """Give a score per interval."""
    del frame
    lowest = _NONE if below is None else ibis.literal(float(below))
    cases = [(x >= start, ibis.literal(float(score))) for start, score in reversed(bands)]
    return ibis.cases(*cases, (x.notnull(), lowest), else_=_NONE)


def reference(
    x: Column,
    frame: Seen,
    *,
    value: float | Literal["mean", "median", "max", "min"] = "mean",
    form: Literal["ratio", "difference"] = "ratio",
    scale: float = 100.0,
) -> Column:
    """Compare with a reference, given or seen."""
    against = frame.of[value] if isinstance(value, str) else ibis.literal(float(value))
    if form == "difference":
        return scale * frame.sign * ((x - against) / against.abs().nullif(0.0))
    against = _positive(against)
    return scale * (x / against if frame.sign > 0 else against / _positive(x))


def ampi(
    x: Column,
    frame: Seen,
    *,
    value: float | Literal["mean", "median", "max", "min"] = "mean",
    middle: float = 100.0,
    spread: float = 60.0,
) -> Column:
    """Rescale around a reference to a range of 60."""
    against = frame.of[value] if isinstance(value, str) else float(value)
    width = _where(~_same(frame.of["min"], frame.of["max"]), frame.of["max"] - frame.of["min"])
    return middle + spread * frame.sign * ((x - against) / width)


def points(x: Column, frame: Seen, *, floor: float | None = None, cap: float | None = None) -> Column:
    """Take the value as its score."""
    return frame.sign * _within(x, floor, cap)


def deduct(
    x: Column,
    frame: Seen,
    *,
    each: float,
    start: float = 100.0,
    floor: float | None = 0.0,
    cap: float | None = None,
) -> Column:
    """Take points off for each event."""
    del frame
    return _within(start - _within(each * x, None, cap), floor, None)


def bonus(x: Column, frame: Seen, *, each: float, start: float = 0.0, cap: float | None = None) -> Column:
    """Give points for each event."""
    del frame
    return start + _within(each * x, None, cap)


# ------------------------------------------------------------------------------------------------ children into a parent


def arithmetic(x: Sequence[Column], w: Sequence[float]) -> Column:
    """Average with weights."""
    total = _sum((child * share).fill_null(0.0) for child, share in zip(x, w, strict=True))
    weight = _sum(child.notnull().cast("float64") * share for child, share in zip(x, w, strict=True))
    return total / weight.nullif(0.0)


def geometric(x: Sequence[Column], w: Sequence[float], *, floor: float | None = None) -> Column:
    """Average logarithms."""
    x = [_within(child, floor, None) for child in x]
    return _where(_all_positive(x), arithmetic([_positive(child).log() for child in x], w).exp())


def harmonic(x: Sequence[Column], w: Sequence[float], *, floor: float | None = None) -> Column:
    """Average reciprocals."""
    x = [_within(child, floor, None) for child in x]
    return _where(_all_positive(x), 1.0 / arithmetic([1.0 / _positive(child) for child in x], w).nullif(0.0))


def power(x: Sequence[Column], w: Sequence[float], *, p: float, floor: float | None = None) -> Column:
    """Average powers."""
    if p == 0:
        return geometric(x, w, floor=floor)
    x = [_within(child, floor, None) for child in x]
    fits = [child > 0.0 if p < 0 else child >= 0.0 for child in x]
    mean = arithmetic([_where(fit, child) ** p for fit, child in zip(fits, x, strict=True)], w)
    return _where(_all(fits), mean.nullif(0.0) ** (1.0 / p) if p < 0 else mean ** (1.0 / p))


def minimum(x: Sequence[Column], w: Sequence[float]) -> Column:
    """Take the weakest child."""
    del w
    return ibis.least(*x) if len(x) > 1 else x[0]


def maximum(x: Sequence[Column], w: Sequence[float]) -> Column:
    """Take the strongest child."""
    del w
    return ibis.greatest(*x) if len(x) > 1 else x[0]


def sum_(x: Sequence[Column], w: Sequence[float], *, scale: float = 1.0) -> Column:
    """Add up with weights."""
    return scale * arithmetic(x, w) * float(sum(w))


def product(x: Sequence[Column], w: Sequence[float], *, scale: float = 1.0) -> Column:
    """Multiply."""
    del w
    return scale * reduce(lambda one, other: one * other, x)


def mpi(x: Sequence[Column], w: Sequence[float], *, penalty: Literal["negative", "positive"] = "negative") -> Column:
    """Average, less a penalty for children that are out of balance."""
    mean = arithmetic(x, w)
    variance = arithmetic([(child - mean) ** 2.0 for child in x], w)
    lost = ibis.cases((variance.sqrt() <= 1e-12 * mean.abs(), 0.0), (mean > 0.0, variance / mean.nullif(0.0)), else_=_NONE)
    return mean - lost if penalty == "negative" else mean + lost


_NONE = ibis.null("float64")
IN_QUERY: dict[str, dict[str, Callable[..., Column]]] = {
    "normalise": {
        "min-max": min_max,
        "efficacy": efficacy,
        "efficacy-exponential": efficacy_exponential,
        "z-score": z_score,
        "goalposts": goalposts,
        "target": target,
        "distance-to-target": distance_to_target,
        "reference": reference,
        "ampi": ampi,
        "piecewise": piecewise,
        "bands": bands,
        "points": points,
        "deduct": deduct,
        "bonus": bonus,
    },
    "aggregate": {
        "arithmetic": arithmetic,
        "geometric": geometric,
        "harmonic": harmonic,
        "power": power,
        "minimum": minimum,
        "maximum": maximum,
        "sum": sum_,
        "product": product,
        "mpi": mpi,
    },
}

# -------------------------------------------------------------------------------------------------------------- formulas


def evaluate(tree: Expression, values: Mapping[str, Column]) -> Column:
    """Make a parsed formula an expression over named columns; it means what `methods.derive.evaluate` computes."""
    if tree[0] == "number":
        return ibis.literal(repr(float(tree[1]))).cast("float64")  # Spark takes 3.0 for a decimal, and divides as with these
    if tree[0] == "name":
        return values[tree[1]]
    return OPERATIONS[tree[0]](*(evaluate(argument, values) for argument in tree[1:]))


def used(tree: Expression) -> frozenset[str]:
    """Return the operations that a formula uses."""
    if tree[0] in ("number", "name"):
        return frozenset()
    return frozenset({tree[0]}).union(*(used(argument) for argument in tree[1:]))


def _power(x: Column, exponent: Column) -> Column:
    defined = (x > 0.0) | ((x == 0.0) & (exponent >= 0.0)) | ((x < 0.0) & (exponent == exponent.round()))
    return finite(_where(defined, x) ** exponent)


def _mean(*x: Column) -> Column:
    return arithmetic(x, [1.0] * len(x))


def _total(*x: Column) -> Column:
    return _where(reduce(lambda one, other: one | other, (one.notnull() for one in x)), _sum(one.fill_null(0.0) for one in x))


def rounded(x: Column, decimals: Column | int = 0, how: str = "nearest") -> Column:
    """Round as `methods.rank.rounded` does: halves away from zero, or always up or down."""
    scale: Any = 10.0**decimals if isinstance(decimals, int) else ibis.literal(10.0) ** decimals
    if how == "up":
        return (x * scale - 1e-9).ceil() / scale
    if how == "down":
        return (x * scale + 1e-9).floor() / scale
    return ibis.ifelse(x < 0.0, -1.0, 1.0) * ((x.abs() * scale + (0.5 + 1e-9)).floor() / scale)


def _round(x: Column, decimals: Column | None = None) -> Column:
    return rounded(x) if decimals is None else rounded(x, _where(decimals == decimals.floor(), decimals))


OPERATIONS: dict[str, Callable[..., Column]] = {
    "<": lambda a, b: (a < b).cast("float64"),
    "<=": lambda a, b: (a <= b).cast("float64"),
    ">": lambda a, b: (a > b).cast("float64"),
    ">=": lambda a, b: (a >= b).cast("float64"),
    "=": lambda a, b: (a == b).cast("float64"),
    "!=": lambda a, b: (a != b).cast("float64"),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b.nullif(0.0),
    "^": _power,
    "abs": lambda x: x.abs(),
    "ceil": lambda x: rounded(x, 0, "up"),
    "floor": lambda x: rounded(x, 0, "down"),
    "round": _round,
    "exp": lambda x: _exp(x),  # noqa: PLW0108 - it stands below
    "log": lambda x: _positive(x).log(),
    "sqrt": lambda x: _where(x >= 0.0, x).sqrt(),
    "where": lambda condition, then, otherwise: ibis.cases((condition != 0.0, then), (condition == 0.0, otherwise), else_=_NONE),
    "max": lambda *x: maximum(x, ()),
    "min": lambda *x: minimum(x, ()),
    "mean": _mean,
    "sum": _total,
}


def finite(x: Column) -> Column:
    """Return a number that is one: missing where it is infinite or NaN."""
    return _where(x.abs() < math.inf, x)


def there(x: Column) -> Column:
    """Return a number that is one: missing where it is NaN, as in tables that were made of arrays."""
    return _where(~x.isnan(), x)


def distance(x: Column, low: float, high: float) -> Column:
    """Return how far x lies outside the range from low to high; 0 inside."""
    return ibis.cases((x < low, low - x), (x > high, x - high), (x.notnull(), 0.0), else_=_NONE)


def _where(condition: Column, x: Column) -> Column:
    """A value where a condition holds, else missing."""
    return ibis.ifelse(condition, x, _NONE)


def _positive(x: Column) -> Column:
    return _where(x > 0.0, x)


def _exp(x: Column) -> Column:
    return _where(x < 709.78, x).exp()


def _sum(parts: Any) -> Column:
    return reduce(lambda one, other: one + other, parts)


def _all(conditions: Sequence[Column]) -> Column:
    """Whether conditions hold of all that is not missing."""
    return reduce(lambda one, other: one & other, (condition.fill_null(True) for condition in conditions))


def _all_positive(x: Sequence[Column]) -> Column:
    return _all([child > 0.0 for child in x])


def _same(one: Column, other: Column) -> Column:
    """Where two values are one, as `methods.frame.same` says it."""
    return (other - one).abs() <= _EPSILON * ibis.greatest(one.abs(), other.abs())


def _share(x: Column, start: Column | float, end: Column | float) -> Column:
    start, end = (ibis.literal(side) if isinstance(side, (int, float)) else side for side in (start, end))
    return (x - start) / _where(~_same(start, end), end - start)


def _way(x: Column, frame: Seen, worst: float | None, best: float | None) -> Column:
    """The way from the worst to the best that x has come, each given or seen; all or none of it where these are out of order."""
    start = frame.worst if worst is None else ibis.literal(float(worst))
    end = frame.best if best is None else ibis.literal(float(best))
    share = _share(x, start, end)
    if (worst is None) == (best is None):
        return share
    beyond = frame.sign * (x - (end if worst is None else start))
    come = beyond >= 0.0 if worst is None else beyond > 0.0
    return ibis.ifelse(frame.sign * (end - start) <= 0.0, come.cast("float64"), share)


def _within(x: Column, floor: float | None, cap: float | None) -> Column:
    return x if floor is None and cap is None else x.clip(floor, cap)
