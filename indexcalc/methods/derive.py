"""From what was reported to what is compared: formulas, rates, growth, shares, roll-up over time."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .arrays import Array, Mask, np
from .rank import rounded
from .ties import near

Expression = tuple[Any, ...]


def evaluate(
    tree: Expression, values: Mapping[str, Array], beyond: list[Mask] | None = None, *, of_scores: bool = False
) -> Array:
    """Compute a parsed formula (`tree.formula.parse`) over named arrays of one shape.

    Missing goes through + - × ÷ ^, `min`, `max`, `clip` and the functions of one value: a number that stands in the formula is
    no value of a unit. `sum`, `mean`, `median` and `trimmed` pass over it, as in a spreadsheet, and so do `min` and `max` with
    `skip: true`. A comparison gives 1 or 0, or missing when a side is; where a side is computed (`operation_of`), numbers as near
    as ties are equal. `and`, `or` and `not` take what is not 0 for true, and are missing where what is missing could decide;
    `missing` is 1 where there is no value, and `coalesce` takes the first that is there. A division by 0 or a logarithm of 0 is
    missing. `round(x, decimals)` takes halves away from zero, to whole numbers without decimals; `floor` and `ceil` take a number
    within a billionth of a whole one for it, so that floor(0.3 / 0.1) is 3. What is too large for a number is missing; where
    it was, is put to `beyond`.
    """
    chain = []  # a + b + c + … is as deep as it is long: its left side is walked, only right sides are descended into
    while tree[0] not in ("number", "name"):
        chain.append(tree)
        tree = tree[1]
    result = np.asarray(tree[1], dtype=float) if tree[0] == "number" else values[tree[1]]
    for node in reversed(chain):
        others = (evaluate(other, values, beyond, of_scores=of_scores) for other in node[2:])
        result = _apply(operation_of(node, of_scores=of_scores), [result, *others], beyond)
    return result


def operation_of(tree: Expression, *, of_scores: bool) -> str:
    """Return a formula's topmost operation: a comparison of what was computed, as names of scores are, is one of its own."""
    near_by = tree[0] in COMPARISONS and any(_is_computed(side, of_scores) for side in tree[1:])
    return f"near {tree[0]}" if near_by else str(tree[0])


def _is_computed(tree: Expression, of_scores: bool) -> bool:
    negative = tree[0] == "-" and tree[1] == ("number", 0.0) and tree[2][0] == "number"  # -5
    return of_scores if tree[0] == "name" else tree[0] != "number" and not negative


def per(x: Array, denominator: Array) -> Array:
    """Divide by a denominator of the same shape; missing where it is missing or 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator == 0, np.nan, x / denominator)


def difference(x: Array, before: Array) -> Array:
    """Return how much more there is than before."""
    return x - before


def growth(x: Array, before: Array) -> Array:
    """Return the growth since before as a share of |before|; missing where before is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(before == 0, np.nan, (x - before) / np.abs(before))


def share(x: Array, groups: Sequence[Mask]) -> Array:
    """Return each unit's share of the sum over its group's units that have a value; x is (…, unit), groups are masks of units."""
    out = np.full_like(x, np.nan)
    for members in groups:
        total = np.nansum(x[..., members], axis=-1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            out[..., members] = np.where(total == 0, np.nan, x[..., members] / total)
    return out


def shrunk(count: Array, base: Array, groups: Sequence[Mask], *, how: str = "log-odds") -> Array:
    """Move each unit's rate count / base towards that of its larger area, the more the less the unit's own can be relied on.

    Arrays are (…, unit); groups are masks of the units of a larger area, whose rate P is Σ count / Σ base. With
    w = t² / (s² + t²), s² the sampling variance of a unit's rate, and t² the variance of the rates about P,
    Σ (p - P)² / (k - 1) over the k units,

        z = w p + (1 - w) P.

    `log-odds` is for people among people: p and P are empirical logits ln((r + ½) / (n - r + ½)), s² = (n + 1)(n + 2) /
    (n (r + 1)(n - r + 1)), and z is turned back into a proportion; a count above its base is missing. `rate` is for events among
    anything: s² = P / n, as of Poisson counts at the larger area's rate. A unit alone in its area stays as it is, but for the
    halves; where all rates of an area are the same they stay.

    Sources: Noble et al. 2003 (Scottish Indices of Deprivation, appendix 1) and the English indices since 2000; logits by Gart,
    Zweifel 1967; of rates compare Marshall 1991.
    """
    out = np.full(count.shape, np.nan)
    odds = how == "log-odds"
    with np.errstate(invalid="ignore", divide="ignore"):
        there = (base > 0) & (count >= 0) & ((count <= base) | (not odds))
        for members in groups:
            own = there[..., members]
            r, n = (np.where(own, x[..., members], np.nan) for x in (count, base))
            among = np.count_nonzero(own, axis=-1, keepdims=True)
            whole, total = (np.nansum(x, axis=-1, keepdims=True) for x in (r, n))
            if odds:
                x, middle = (np.log((a + 0.5) / (b - a + 0.5)) for a, b in ((r, n), (whole, total)))
                sampling = (n + 1.0) * (n + 2.0) / (n * (r + 1.0) * (n - r + 1.0))
            else:
                x, middle = r / n, whole / total
                sampling = middle / n
            between = np.nansum((x - middle) ** 2, axis=-1, keepdims=True) / (among - 1)
            z = np.where(among == 1, x, middle + np.where(between == 0, 0.0, between / (sampling + between)) * (x - middle))
            out[..., members] = np.where(own, 1.0 / (1.0 + np.exp(-z)) if odds else z, np.nan)
    return out


_POINTS = 3  # that a line needs for anything to be left of them
_ON_THE_LINE = 1e-12  # of the largest value: what is nearer lies on it


def residual(y: Array, z: Array, groups: Sequence[Mask]) -> Array:
    """Return what y is above or below its least-squares line along z, y - (a + b z), in each group of units.

    Arrays are (…, unit); a line goes through the units of a group that have both. Missing are all of a group with fewer than
    three, or where z is the same for all. What lies on the line is 0, whatever arithmetic leaves in the last bits.
    """
    out = np.full(y.shape, np.nan)
    for members in groups:
        own, along = y[..., members], z[..., members]
        there = ~(np.isnan(own) | np.isnan(along))
        count = np.count_nonzero(there, axis=-1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            up, right = (
                x - np.sum(np.where(there, x, 0.0), axis=-1, keepdims=True) / count
                for x in (np.where(there, own, np.nan), np.where(there, along, np.nan))
            )
            spread = np.nansum(right**2, axis=-1, keepdims=True)
            flat = (
                spread
                <= (_ON_THE_LINE * np.nanmax(np.abs(np.where(there, along, 0.0)), axis=-1, keepdims=True, initial=0.0)) ** 2
            )
            slope = np.nansum(right * up, axis=-1, keepdims=True) / np.where(flat, np.nan, spread)
            left = up - slope * right
        near = _ON_THE_LINE * np.nanmax(np.abs(np.where(there, own, 0.0)), axis=-1, keepdims=True, initial=0.0)
        left = np.where(np.abs(left) <= near, 0.0, left)
        out[..., members] = np.where(there & (count >= _POINTS), left, np.nan)
    return out


def distance(x: Array, low: float, high: float) -> Array:
    """Return how far x lies outside the range from low to high; 0 inside (target: low = high)."""
    return np.maximum(np.maximum(low - x, x - high), 0.0)


def trimmed_mean(parts: Array, drop: int = 1) -> Array:
    """Average without the `drop` highest and the `drop` lowest that are there: judges' panels 去掉最高分和最低分.

    `parts` is (part, …); of equal ones no more than `drop` go. Missing where no more than 2 `drop` are there.
    """
    ordered, count = np.sort(parts, axis=0), np.count_nonzero(~np.isnan(parts), axis=0)
    place = np.arange(len(parts)).reshape(-1, *[1] * (parts.ndim - 1))
    total = np.add.reduce(np.where((place >= drop) & (place < count - drop), ordered, 0.0), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 2 * drop, total / (count - 2 * drop), np.nan)


def median(parts: Array) -> Array:
    """Take the middle one of those that are there, or the mean of the two in the middle; `parts` is (part, …)."""
    ordered, count = np.sort(parts, axis=0), np.count_nonzero(~np.isnan(parts), axis=0)
    middle = [np.take_along_axis(ordered, np.maximum(at, 0)[None] // 2, axis=0)[0] for at in (count - 1, count)]
    return np.asarray((middle[0] + middle[1]) / 2.0)


def rolled_sum(parts: Array) -> Array:
    """Add the periods of a larger one up; missing when one of them is."""
    return np.asarray(np.add.reduce(parts, axis=0))


def known_sum(total: Array, gaps: Mask) -> Array:
    """Return a sum of parts that passed over those without a value; missing where there are such and the others come to nothing.

    So are sums over events brought together: a part is 0 without events, and missing where its events say nothing.
    """
    return np.where(gaps & (total == 0), np.nan, total)


def rolled_mean(parts: Array) -> Array:
    """Average the periods of a larger one that have a value."""
    present = ~np.isnan(parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.add.reduce(np.where(present, parts, 0.0), axis=0) / np.add.reduce(present, axis=0))


def rolled_last(parts: Array) -> Array:
    """Take the last period of a larger one that has a value."""
    out: Array = parts[-1]
    for earlier in parts[-2::-1]:
        out = np.where(np.isnan(out), earlier, out)
    return out


def rolled_max(parts: Array) -> Array:
    """Take the highest of a larger period's values."""
    return np.asarray(np.fmax.reduce(parts, axis=0))


def rolled_min(parts: Array) -> Array:
    """Take the lowest of a larger period's values."""
    return np.asarray(np.fmin.reduce(parts, axis=0))


def gathered(x: Array, groups: "np.ndarray[Any, np.dtype[np.intp]]", count: int, how: str, weight: Array | None = None) -> Array:
    """Bring units (…, unit) together to the larger units (…, count) that `groups` says they are part of.

    `sum` is missing where one of the parts is; `mean`, `max`, `min` and the mean weighted by `weight` (…, unit) are of the
    parts that have a value. A larger unit without parts is missing.
    """
    rows, lines = x.reshape(-1, x.shape[-1]), np.arange(x.size // max(1, x.shape[-1]))[:, None]
    at = (lines * count + groups).ravel()
    size = (len(rows), count)
    there = ~np.isnan(rows)
    filled = np.where(there, rows, 0.0)
    if how in ("max", "min"):
        out = np.full(size[0] * count, np.nan)
        (np.fmax if how == "max" else np.fmin).at(out, at, rows.ravel())
        return out.reshape(*x.shape[:-1], count)
    share = np.ones_like(rows) if weight is None else np.nan_to_num(weight.reshape(rows.shape))
    total, parts, known, whole = (
        np.bincount(at, weights=each.ravel(), minlength=len(rows) * count)
        for each in (filled * share, np.ones_like(rows), there.astype(float), np.where(there, share, 0.0))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        result = np.where((parts > 0) & (known == parts), total, np.nan) if how == "sum" else total / whole
    return np.where(known > 0, result, np.nan).reshape(*x.shape[:-1], count)


def parted(x: Array, groups: "np.ndarray[Any, np.dtype[np.intp]]", count: int, how: str, weight: Array | None = None) -> Array:
    """Return what each unit (…, unit) adds to what `gathered` makes of all; 0 for one without a value.

    Of a mean it is the value times its share of the weight of those that have one. The units that have the `max` or `min`
    share it evenly.
    """
    made = gathered(x, groups, count, how, weight)[..., groups]
    there = ~np.isnan(x)
    if how in ("max", "min"):
        weight = (x == made).astype(float)
    share = np.where(there, 1.0 if weight is None else np.nan_to_num(weight), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if how != "sum":
            share = share / gathered(share, groups, count, "sum")[..., groups]
        return np.where(np.isnan(made), np.nan, np.where(there, x * share, 0.0))


def rolled_in_part(parts: Array, how: str, whole: float) -> Array:
    """Bring the periods of a larger one together where a share `whole` of them or more have a value; a sum is scaled up to all.

    `parts` is (part, …): three quarters of 30 in all are a year of 40, where 3/4 are enough.
    """
    count = np.count_nonzero(~np.isnan(parts), axis=0)
    if how == "sum":
        with np.errstate(invalid="ignore", divide="ignore"):
            made = np.where(count == len(parts), rolled_sum(parts), np.nansum(parts, axis=0) * (len(parts) / count))
    else:
        made = OVER_TIME[how](parts)
    return np.where(count >= whole * len(parts), made, np.nan)


OVER_TIME: dict[str, Callable[[Array], Array]] = {
    "sum": rolled_sum,
    "mean": rolled_mean,
    "last": rolled_last,
    "max": rolled_max,
    "min": rolled_min,
}
OVER_UNITS = ("sum", "mean", "max", "min")


def growth_a_year(x: Array, years: Array) -> tuple[Array, Array]:
    """Return the mean growth a year (period, unit) since a unit's first value, (x_T / x_0)^(1/T) - 1, and that first value.

    Missing in the first period itself, where the first value is not above 0, and where a later one is below 0.
    """
    first, at = _since(x, years)
    span = years[:, None] - at
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where((first > 0) & (x >= 0), x / first, np.nan)
        return np.where(span > 0, share ** (1.0 / np.where(span > 0, span, 1.0)) - 1.0, np.nan), np.where(span > 0, first, np.nan)


def slope_a_year(x: Array, years: Array) -> tuple[Array, Array]:
    """Return the slope a year (period, unit) of the least-squares line through a unit's values so far, and its first value.

    Missing where a period has no value, and with fewer than two values.
    """
    first, at = _since(x, years)
    there, since = ~np.isnan(x), years - years[0]
    count, t, y, tt, ty = (
        np.cumsum(np.where(there, part, 0.0), axis=0)
        for part in (np.ones_like(x), since[:, None] + 0.0 * x, x, since[:, None] ** 2 + 0.0 * x, since[:, None] * x)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        made = (count * ty - t * y) / np.where(there & (count > 1), count * tt - t * t, np.nan)
    return made, np.where(years[:, None] > at, first, np.nan)


def _since(x: Array, years: Array) -> tuple[Array, Array]:
    """Return a unit's first value up to each period (period, unit), and when it was; NaN before it."""
    seen = np.logical_or.accumulate(~np.isnan(x), axis=0)
    at = np.argmax(~np.isnan(x), axis=0)
    return np.where(seen, x[at, np.arange(x.shape[1])], np.nan), np.where(seen, years[at], np.nan)


OVER_YEARS: dict[str, Callable[[Array, Array], tuple[Array, Array]]] = {"difference": slope_a_year, "growth": growth_a_year}
IN_A_YEAR = {"half-year": 2.0, "quarter": 4.0, "month": 12.0, "ten-day": 36.0, "week": 365.2425 / 7, "day": 365.2425}
"""How many periods of a kind are in a year; of those that are not named, such as rounds, each counts as one."""
CHANGES: dict[str, Callable[[Array, Array], Array]] = {"difference": difference, "growth": growth}

COMPARISONS: dict[str, Callable[..., Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def _one(a: Array, b: Array) -> Mask:
    """Say where two numbers are one but for what arithmetic leaves in their last bits."""
    return np.asarray(np.abs(a - b) <= near(a, b))


_NEAR: dict[str, Callable[..., Any]] = {
    "near <": lambda a, b: (a < b) & ~_one(a, b),
    "near <=": lambda a, b: (a <= b) | _one(a, b),
    "near >": lambda a, b: (a > b) & ~_one(a, b),
    "near >=": lambda a, b: (a >= b) | _one(a, b),
    "near =": _one,
    "near !=": lambda a, b: ~_one(a, b),
}


def _and(a: Array, b: Array) -> Array:
    """Say where both hold: one that does not settles it, whether or not the other is there."""
    return np.where((np.asarray(a) == 0) | (np.asarray(b) == 0), 0.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0))


def _not(a: Array) -> Array:
    return np.where(np.isnan(a), np.nan, np.asarray(a) == 0)


def _or(a: Array, b: Array) -> Array:
    return _not(_and(_not(a), _not(b)))


def _first(parts: Array) -> Array:
    """Take the first that is there."""
    return rolled_last(parts[::-1])


def _apply(operation: str, arguments: Sequence[Array], beyond: list[Mask] | None = None) -> Array:
    with np.errstate(all="ignore"):
        result = np.asarray(_OPERATIONS[operation](*arguments), dtype=float)
    if operation in COMPARISONS or operation in _NEAR:
        return np.where(np.isnan(arguments[0]) | np.isnan(arguments[1]), np.nan, result)
    number = np.isfinite(result)
    if beyond is not None and not number.all():
        beyond.append(np.isinf(result) & _defined(operation, arguments))
    return np.where(number, result, np.nan)


def _defined(operation: str, arguments: Sequence[Array]) -> Mask:
    """Say where an operation has a result, however large: not a division by 0, a logarithm of 0 or 0 to a power below 0."""
    x, *others = arguments
    return np.asarray(others[0] != 0 if operation == "/" else x != 0 if operation in ("log", "^") else True)


def _power(x: Array, exponent: Array) -> Array:
    power = np.power(np.asarray(x, dtype=float), exponent)
    return np.where(np.isnan(x) | np.isnan(exponent), np.nan, power)  # numpy has 1 for missing ^ 0 and for 1 ^ missing


def _where(condition: Array, then: Array, otherwise: Array) -> Array:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, then, otherwise))


def _round(x: Array, decimals: Array | float = 0.0) -> Array:
    whole = np.where(decimals == np.floor(decimals), decimals, np.nan)
    return rounded(np.asarray(x, dtype=float), whole)


def _clip(x: Array, low: Array, high: Array) -> Array:
    return np.where(np.asarray(low) > high, np.nan, np.minimum(np.maximum(x, low), high))


def _stacked(reduce: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda *arguments: reduce(np.stack(np.broadcast_arrays(*arguments)))


def _highest(parts: Array) -> Array:
    return np.asarray(np.maximum.reduce(parts, axis=0))


def _lowest(parts: Array) -> Array:
    return np.asarray(np.minimum.reduce(parts, axis=0))


def _sum_present(parts: Array) -> Array:
    total = np.add.reduce(np.where(np.isnan(parts), 0.0, parts), axis=0)
    return np.where(np.isnan(parts).all(axis=0), np.nan, total)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    **COMPARISONS,
    **_NEAR,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": _power,
    "and": _and,
    "or": _or,
    "not": _not,
    "missing": lambda x: np.isnan(x),  # noqa: PLW0108 - numpy is loaded when it is called
    "coalesce": _stacked(_first),
    "abs": abs,
    "ceil": lambda x: rounded(x, 0, "up"),
    "floor": lambda x: rounded(x, 0, "down"),
    "round": _round,
    "exp": lambda x: np.exp(x),  # noqa: PLW0108 - numpy is loaded when it is called
    "log": lambda x: np.log(x),  # noqa: PLW0108 - numpy is loaded when it is called
    "sqrt": lambda x: np.sqrt(x),  # noqa: PLW0108 - numpy is loaded when it is called
    "where": _where,
    "clip": _clip,
    "max": _stacked(_highest),
    "min": _stacked(_lowest),
    "max_there": _stacked(rolled_max),
    "min_there": _stacked(rolled_min),
    "mean": _stacked(rolled_mean),
    "median": _stacked(median),
    "trimmed": _stacked(trimmed_mean),
    "sum": _stacked(_sum_present),
}
