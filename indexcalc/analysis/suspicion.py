"""What is suspicious about reported values. Pure functions of arrays; nothing here says that a value is wrong.

Values are (unit, column) of one period, or (period, unit, column) in time, NaN for missing. Coincidence is judged by
digits: that two values of four digits agree says much, that two zeros agree says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..methods.arrays import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

JUMP = 6.0  # robust z from which a value is a jump
LEAST_HISTORY = 4  # earlier values of a unit that its usual movement is known from
SHARE = 0.8  # of equal values from which a column or row repeats another
DIGITS = 6.0  # digits that have to agree, beyond the first of each value, for this to be no chance
LEVEL = 0.01  # of the tests of digits, over all columns together
LEAST_DIGITS = 50  # values that a test of last digits needs
LEAST_ROUND = 8  # values that a test of roundness needs
SPREAD = 50.0  # how far values must spread, in units of their last place, for last digits to be even
_MAD = 1.4826  # of a normal distribution, sd / median absolute deviation
_NINE_OF_TEN = 1.6449  # of a normal distribution's deviations are smaller than so many sd
_MOST_DECIMALS = 6


@dataclass(frozen=True)
class Suspicion:
    """One thing that is suspicious: its kind, where it is (-1 for a whole column or row), and what a message quotes."""

    kind: str
    period: int
    unit: int
    column: int
    values: Mapping[str, Any] = field(default_factory=dict)


def outside(x: Array, low: Array, high: Array) -> Array:
    """Say which values (…, column) lie outside [low, high] (column,); bounds may be infinite, missing values are inside."""
    return np.logical_or(x < low, x > high)


def jumps(x: Array, before: Array) -> tuple[Array, Array]:
    """Return each value's robust z against the unit's own history, and what it usually was.

    x is (unit, column), before (period, unit, column); both results are (unit, column). z = (x − median) / s, where s is the
    largest of 1.4826 · MAD of the unit's own history and, in proportion to its level, what nine of ten deviations of the
    whole column stay below, over 1.645: the MAD of four or five values is often nearly 0 by chance. Columns of whole numbers
    from 0 on are counts and are compared as 2√(x + 3/8), of which a Poisson count has a standard deviation of 1 (Anscombe
    1948), so that s is 1 at least. NaN where fewer than `LEAST_HISTORY` earlier values are known, and where s is 0. After
    Iglewicz & Hoaglin (1993).
    """
    every = np.concatenate([before, x[None]])
    counts = np.all(np.isnan(every) | ((every >= 0) & (every == np.round(every))), axis=(0, 1))
    stable = np.where(counts, 2.0 * np.sqrt(np.maximum(every, 0.0) + 0.375), every)
    enough = np.isfinite(before).sum(axis=0) >= LEAST_HISTORY
    history = np.where(enough, stable[:-1], np.nan)
    centre = _median(history)
    away, level = np.abs(history - centre), np.abs(centre)
    relative = np.divide(away, level, out=np.full_like(away, np.nan), where=level > 0)
    pooled = _quantile(relative.reshape(-1, x.shape[1]), 0.9) / _NINE_OF_TEN * level
    scale = np.fmax(np.fmax(_MAD * _median(away), pooled), np.where(counts, 1.0, 0.0))
    z = np.divide(stable[-1] - centre, scale, out=np.full_like(centre, np.nan), where=enough & (scale > 0))
    return z, _median(np.where(enough, before, np.nan))


def factors(x: Array, before: Array) -> Array:
    """Return, per column, the power of ten that nearly all units of it moved by since before; 1 where there is none.

    A column counts that has four units or more with a history, of which `SHARE` moved by between 0.5 and 2 times one power.
    """
    usual = _median(before)
    positive = (usual > 0) & (x > 0)
    moved = np.log10(np.divide(x, usual, out=np.ones_like(x), where=positive))
    power = np.round(_median(np.where(positive, moved, np.nan)))
    near = positive & (np.abs(moved - power) < math.log10(2.0))
    counted = positive.sum(axis=0)
    agreed = (counted >= LEAST_HISTORY) & (near.sum(axis=0) >= SHARE * counted)
    return np.where(agreed, 10.0 ** np.nan_to_num(power), 1.0)


def decimals(x: Array) -> Array:
    """Return the decimals that each column (…, column) is written with: the least that all of its values need, at most 6."""
    flat = x.reshape(-1, x.shape[-1])
    needed = np.full(x.shape[-1], _MOST_DECIMALS)
    for places in reversed(range(_MOST_DECIMALS)):
        scaled = flat * 10.0**places
        fits = np.all(np.isnan(scaled) | (np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(np.abs(scaled), 1.0)), axis=0)
        needed = np.where(fits, places, needed)
    return needed


def informative(x: Array, places: Array) -> Array:
    """Return how many digits of each value (…, column), beyond the first, could have come out otherwise."""
    shown = np.round(np.abs(np.nan_to_num(x)) * 10.0**places)
    return np.asarray(np.floor(np.log10(np.maximum(shown, 1.0))))


def repeats(x: Array, y: Array, digits: Array, axis: int) -> tuple[Array, Array, Array]:
    """Hold values against others of their shape along an axis: whether they repeat, how many are equal, and of how many.

    They repeat where at least `SHARE` of the values known in both are equal and these have `DIGITS` informative digits.
    """
    both = np.isfinite(x) & np.isfinite(y)
    same = both & (x == y)
    equal, count = same.sum(axis=axis), both.sum(axis=axis)
    told = np.where(same, digits, 0.0).sum(axis=axis)
    return (equal >= SHARE * count) & (equal >= 2) & (told >= DIGITS), equal, count


def last_digits(x: Array, places: Array) -> Array:
    """Count the last digits of the columns (…, column) as a table (10, column).

    Values below three digits are left out, and so are columns whose middle half spreads over fewer than `SPREAD` units of
    their last place: their last digits are not even by nature.
    """
    flat = np.round(np.abs(x.reshape(-1, x.shape[-1])) * 10.0**places)
    flat = np.where(flat >= 100, flat, np.nan)
    low, high = _quantile(flat, 0.25), _quantile(flat, 0.75)
    digit = np.where(high - low >= SPREAD, np.mod(flat, 10.0), np.nan)
    return np.stack([(digit == one).sum(axis=0) for one in range(10)])


def uneven(counts: Array) -> tuple[Array, Array]:
    """Test last digits (10, column) for evenness: Pearson's chi² with 9 degrees of freedom, and its probability.

    Columns of fewer than `LEAST_DIGITS` values have NaN and 1.
    """
    total = counts.sum(axis=0)
    expected = np.maximum(total, 1) / 10.0
    chi2 = np.where(total >= LEAST_DIGITS, ((counts - expected) ** 2 / expected).sum(axis=0), np.nan)
    return chi2, np.array([1.0 if math.isnan(value) else _beyond_chi2_9(value) for value in chi2.tolist()])


def rounded_off(counts: Array) -> Array:
    """Bound the probability of as many last digits 0 in each column (10, column) as there are, if one in ten is expected.

    Chernoff's bound of the binomial tail, exp(−n · KL(k/n ‖ 1/10)); 1 where there are fewer than `LEAST_ROUND` values.
    """
    total = np.maximum(counts.sum(axis=0), 1)
    share = np.clip(counts[0] / total, 1e-12, 1 - 1e-12)
    distance = share * np.log(share / 0.1) + (1 - share) * np.log((1 - share) / 0.9)
    tested = (counts.sum(axis=0) >= LEAST_ROUND) & (share > 0.1)
    return np.where(tested, np.exp(-total * distance), 1.0)


def _beyond_chi2_9(value: float) -> float:
    """Return the probability of a chi² of 9 degrees of freedom beyond a value, in closed form (Abramowitz & Stegun 26.4.4)."""
    root = math.sqrt(value)
    terms = root + root**3 / 3 + root**5 / 15 + root**7 / 105
    return math.erfc(root / math.sqrt(2)) + math.sqrt(2 / math.pi) * math.exp(-value / 2) * terms


# ------------------------------------------------------------------------------------------------------- all together


def audit_period(
    x: Array,
    before: Array,
    *,
    valid: Array | None = None,
    groups: Sequence[str] = (),
    period: int = 0,
    still: Array | None = None,
    digits: bool = True,
) -> Iterator[Suspicion]:
    """Audit the values (unit, column) of one period against those before it (period, unit, column), the newest last.

    valid is (2, column), the lowest and highest that can be reported. Columns are held against others of their group, as
    one department's. Columns that are `still` (column,) may repeat themselves; by default those that did so before. With
    `digits` the period's own roundness is tested too.
    """
    if valid is not None:
        for unit, column in np.argwhere(outside(x, valid[0], valid[1])).tolist():
            bounds = {"low": float(valid[0, column]), "high": float(valid[1, column])}
            yield Suspicion("outside", period, unit, column, {"found": float(x[unit, column]), **bounds})
    scale = factors(x, before) if len(before) else np.ones(x.shape[1])
    for column in np.flatnonzero(scale != 1.0).tolist():
        yield Suspicion("factor", period, -1, column, {"factor": float(scale[column])})
    x = np.where(scale != 1.0, np.nan, x)  # one mistake is said once
    places = decimals(np.concatenate([before, x[None]]))
    told = informative(x, places)
    yield from _moved(x, before, period)
    yield from _copied_forward(x, before, told, standing_still(before) if still is None else still, period)
    yield from _copied_across(x, told, groups, period)
    yield from _same_rows(x, told, period)
    if digits:
        yield from _roundness(last_digits(x, places), period)


def audit_panel(
    values: Array, *, valid: Array | None = None, groups: Sequence[str] = (), periods: Sequence[int] | None = None
) -> Iterator[Suspicion]:
    """Audit values (period, unit, column): all periods, or some, against those before, and the last digits of all together."""
    still = standing_still(values)
    for period in range(len(values)) if periods is None else periods:
        before = values[:period]
        yield from audit_period(values[period], before, valid=valid, groups=groups, period=period, still=still, digits=False)
    new = np.concatenate([values[:1], np.where(values[1:] == values[:-1], np.nan, values[1:])])
    counts = last_digits(new, decimals(values))
    rounded = list(_roundness(counts, -1))
    yield from rounded
    chi2, chance = uneven(counts)
    tested = max(int(np.isfinite(chi2).sum()), 1)
    for column in np.flatnonzero(chance < LEVEL / tested).tolist():
        if column in {one.column for one in rounded}:
            continue
        common = np.argsort(-counts[:, column], kind="stable")[:3].tolist()
        about = {"count": int(counts[:, column].sum()), "chi2": round(float(chi2[column]), 1), "digits": common}
        yield Suspicion("last digits", -1, -1, column, about)


def standing_still(values: Array) -> Array:
    """Say which columns of (period, unit, column) hardly ever change: half of all values or more equal those before them."""
    known = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    same = known & (values[1:] == values[:-1])
    count = known.sum(axis=(0, 1))
    return np.asarray((count > 0) & (same.sum(axis=(0, 1)) >= 0.5 * count))


def _moved(x: Array, before: Array, period: int) -> Iterator[Suspicion]:
    if len(before) < LEAST_HISTORY:
        return
    z, usual = jumps(x, before)
    for unit, column in np.argwhere(np.abs(z) >= JUMP).tolist():
        times = round(float(abs(z[unit, column])), 1)
        about = {"found": float(x[unit, column]), "usual": float(usual[unit, column]), "times": times}
        yield Suspicion("jump", period, unit, column, about)


def _copied_forward(x: Array, before: Array, told: Array, still: Array, period: int) -> Iterator[Suspicion]:
    """Find columns and rows that repeat the period before, but for what stands still: the number of villages hardly changes."""
    if not len(before):
        return
    last = before[-1]
    copied, equal, count = repeats(x, last, told, 0)
    copied &= ~still
    for column in np.flatnonzero(copied).tolist():
        yield Suspicion("column again", period, -1, column, {"equal": int(equal[column]), "count": int(count[column])})
    moving = ~still & ~copied
    rows, equal, count = repeats(x[:, moving], last[:, moving], told[:, moving], 1)
    for unit in np.flatnonzero(rows).tolist():
        yield Suspicion("row again", period, unit, -1, {"equal": int(equal[unit]), "count": int(count[unit])})


def _copied_across(x: Array, told: Array, groups: Sequence[str], period: int) -> Iterator[Suspicion]:
    labels = np.array(groups or [""] * x.shape[1])
    for column in range(x.shape[1]):
        others = np.flatnonzero((labels == labels[column]) & (np.arange(x.shape[1]) > column))
        if others.size:
            same, equal, count = repeats(x[:, [column]], x[:, others], told[:, [column]], 0)
            for at in np.flatnonzero(same).tolist():
                about = {"other": int(others[at]), "equal": int(equal[at]), "count": int(count[at])}
                yield Suspicion("column twice", period, -1, column, about)


def _same_rows(x: Array, told: Array, period: int) -> Iterator[Suspicion]:
    """Find units that have the same in every column; the later one is named, with the first that it repeats."""
    known = np.isfinite(x).sum(axis=1)
    sure = np.flatnonzero((np.where(np.isfinite(x), told, 0.0).sum(axis=1) >= DIGITS) & (known >= 2))
    if sure.size < 2:
        return
    rows = np.where(np.isfinite(x[sure]), x[sure], np.inf)
    _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    origin = first[inverse.reshape(-1)]
    for at in np.flatnonzero(origin != np.arange(sure.size)).tolist():
        unit, other = int(sure[at]), int(sure[origin[at]])
        yield Suspicion("rows alike", period, unit, -1, {"other": other, "count": int(known[unit])})


def _roundness(counts: Array, period: int) -> Iterator[Suspicion]:
    chance = rounded_off(counts)
    tested = max(int((counts.sum(axis=0) >= LEAST_ROUND).sum()), 1)
    for column in np.flatnonzero(chance < LEVEL / tested).tolist():
        about = {"round": int(counts[0, column]), "count": int(counts[:, column].sum())}
        yield Suspicion("round", period, -1, column, about)


def _median(x: Array) -> Array:
    """Return the median of what is known of each column, NaN where nothing is: numpy's own takes them one by one."""
    if not len(x):
        return np.full(x.shape[1:], np.nan)
    many = np.count_nonzero(~np.isnan(x), axis=0, keepdims=True)
    ordered = np.sort(x, axis=0)  # what is not known comes last
    middle = np.maximum(many - 1, 0) // 2, np.minimum(many // 2, len(x) - 1)
    low, high = (np.take_along_axis(ordered, place, axis=0)[0] for place in middle)
    return np.asarray((low + high) / 2)


def _quantile(x: Array, share: float) -> Array:
    """Return a quantile of each column, 0 where nothing is known."""
    return np.asarray(np.nanquantile(np.where(np.isnan(x).all(axis=0), 0.0, x), share, axis=0))
