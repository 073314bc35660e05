"""Outliers: one function a method, its keyword parameters are those in YAML, its record below it.

Contract: `x` is (…, unit, indicator) in the indicator's own unit of measurement, NaN for missing, before any direction
is applied; the result has the shape of x and keeps NaN. Each column is treated alone, a stack as its members one by one.
"""

from typing import Literal

from .arrays import Array, np
from .bounds import ABOVE_ZERO, COUNT, SHARE, SHARES, ZERO_OR_MORE, Bounds
from .records import Treatment, by_name
from .treat_quick import leans as quickly

_NARROWEST, _WIDEST = 1e-160, 1e154  # spreads whose powers neither vanish nor overflow


def winsorise(
    x: Array,
    *,
    skew: float = 2.0,
    kurtosis: float = 3.5,
    most: int = 5,
    then: Literal["log", "nothing"] = "log",
    shift: float = 0.01,
    of: Literal["range", "values"] = "range",
) -> Array:
    """Pull in the farthest values, one more at a time, until the distribution passes or `most` values were pulled in.

    A column passes when |skewness| < skew or excess kurtosis < kurtosis, both as spreadsheets and SAS define them (type
    2). Where the skewness is positive all values at the top take the next lower one, else those at the bottom the next
    higher. What has not passed in the end is taken back and, with `then: log`, logged as by `log` with its `shift`.
    Formula: x = the greatest value below the top, or the least above the bottom, step by step.
    Edge cases: values that tie are pulled in together, and may exceed `most` in the last step. A column with fewer than four
    values, which have no kurtosis, and a constant one, stay as they are. Zero and what is below are values as any.
    Source: COINr 1.1 `Treat` (Becker et al. 2022); HB 2008, p. 84.
    """
    columns = np.array(np.swapaxes(x, -1, -2), dtype=float, order="C")  # the units of a column side by side
    for place in np.ndindex(columns.shape[:-1]):
        column = columns[place]
        known = ~np.isnan(column)
        values = column[known]
        pulled = _pulled_in(values, skew, kurtosis, most)
        if pulled is None and then == "log":
            column[:] = log(column[:, None], shift=shift, of=of)[:, 0]
        elif pulled is not None and pulled is not values:
            column[known] = pulled
    return np.swapaxes(columns, -1, -2)


WINSORISE = Treatment(
    name="winsorise",
    terms=("缩尾", "缩尾处理", "winsorize"),
    function=winsorise,
    bounds={"skew": ABOVE_ZERO, "kurtosis": ZERO_OR_MORE, "most": COUNT, "shift": ABOVE_ZERO},
    checks=(),
    of_units=("most",),
)


def log(x: Array, *, shift: float = 0.01, of: Literal["range", "values"] = "range") -> Array:
    """Take logarithms above the smallest value.

    `of: values` has the shift in the values' own measure: ln(x - min + shift), with 1 as COINr's `log_GII`.
    Formula: ln(x - min + shift (max - min)).
    Edge cases: zero and what is below are values as any, since the smallest is taken off; a constant column is missing.
    Source: COINr 1.1 `log_CT`.
    """
    low, high = (end.reduce(x, axis=-2, keepdims=True) for end in (np.fmin, np.fmax))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(high > low, np.log(x - low + shift * (high - low if of == "range" else 1.0)), np.nan)


LOG = Treatment(
    name="log", terms=("对数", "取对数", "对数变换"), function=log, bounds={"shift": ABOVE_ZERO}, checks=(), of_units=()
)


def box_cox(x: Array, *, power: float | None = None, shift: float = 0.01) -> Array:
    """Raise to the power that makes the distribution most nearly normal; the order of values stays.

    The power is found by maximum likelihood between -2 and 2, or given as `power`, from -5 to 5.
    Formula: (x^p - 1) / p, ln x for p = 0.
    Edge cases: a column with values at or below 0 is moved first, as by `log`: x - min + shift (max - min). A constant column is
    missing.
    Source: Box, Cox 1964; COINr `boxcox`.
    """
    low, high = (end.reduce(x, axis=-2, keepdims=True, initial=np.nan) for end in (np.fmin, np.fmax))
    moved = np.where(low > 0, x, x - low + shift * (high - low))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(high > low, np.log(moved), np.nan)
    p = np.empty(low.shape)
    for at in np.ndindex(*x.shape[:-2], x.shape[-1]):
        column = (*at[:-1], slice(None), at[-1])
        p[column] = _likeliest_power(logs[column]) if power is None else power
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p == 0, logs, np.expm1(p * logs) / p)


BOX_COX = Treatment(
    name="box-cox",
    terms=("boxcox", "box-cox变换"),
    function=box_cox,
    bounds={"power": Bounds(at_least=-5.0, at_most=5.0), "shift": ABOVE_ZERO},
    checks=(),
    of_units=(),
)


def clip(x: Array, *, low: float = 0.05, high: float = 0.95) -> Array:
    """Pull what lies beyond two quantiles of the column in to them; quantiles interpolate linearly (R type 7).

    Formula: min(max(x, Q(low)), Q(high)).
    Edge cases: zero and what is below are values as any; a constant column, and a single value, stay as they are.
    Source: Tukey 1962.
    """
    none = np.isnan(x).all(axis=-2, keepdims=True)
    filled = np.where(none, 0.0, x)
    quantile = np.nanquantile if np.isnan(filled).any() else np.quantile  # which need not go column by column
    bounds = [quantile(filled, share, axis=-2, keepdims=True) for share in (low, high)]
    return np.clip(x, *bounds)


CLIP = Treatment(
    name="clip", terms=("截断", "盖帽法"), function=clip, bounds={"low": SHARE, "high": SHARE}, checks=(SHARES,), of_units=()
)


TREATMENTS = by_name((WINSORISE, LOG, CLIP, BOX_COX))


def skewness(x: Array) -> float:
    """Return the sample skewness of a vector without gaps, type 2: √(n(n-1)) / (n-2) · m₃ / m₂^1.5. NaN below 3 values."""
    n = len(x)
    if n < 3 or x.min() == x.max():  # what is left of a constant column after its mean is taken off may be rounding alone
        return float("nan")
    deviations = x - x.mean()
    spread = float(np.mean(deviations**2))
    if not _NARROWEST < spread < _WIDEST:
        return float("nan")
    return float(np.sqrt(n * (n - 1.0)) / (n - 2.0) * np.mean(deviations**3) / spread**1.5)


def excess_kurtosis(x: Array) -> float:
    """Return the excess kurtosis, type 2: (n-1) / ((n-2)(n-3)) · ((n+1) (m₄ / m₂² - 3) + 6). NaN below 4 values."""
    n = len(x)
    if n < 4 or x.min() == x.max():
        return float("nan")
    deviations = x - x.mean()
    spread = float(np.mean(deviations**2))
    if not _NARROWEST < spread < _WIDEST:
        return float("nan")
    plain = float(np.mean(deviations**4)) / spread**2 - 3.0
    return (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * plain + 6.0)


def _likeliest_power(logs: Array) -> float:
    """Return the power of greatest likelihood, given the logarithms of a column in any order; 1 for a column without spread."""
    from scipy.optimize import minimize_scalar

    there = np.sort(logs[~np.isnan(logs)])
    centred = there - there.mean() if len(there) else there
    if len(there) < 2 or centred[0] == centred[-1]:
        return 1.0

    def unlikely(p: float) -> float:
        # with the geometric mean at 1 the sum of logarithms, the likelihood's other part, is 0
        spread = np.expm1(p * centred) / p if p else centred
        return float(np.log(np.mean((spread - spread.mean()) ** 2)))

    found = minimize_scalar(unlikely, bounds=(-2.0, 2.0), method="bounded", options={"xatol": 1e-10})
    return float(found.x)


def _pulled_in(x: Array, skew: float, kurtosis: float, most: int) -> Array | None:
    """Pull in values of a vector without gaps as far as it takes to pass; return nothing where it does not pass.

    As in COINr, values that tie are pulled in together, and may exceed `most` in the step that reaches it.
    """
    pulled = {"top": 0, "bottom": 0}  # values that stand there, pulled in
    while (side := leans(x, skew, kurtosis)) != "nowhere":
        if sum(pulled.values()) >= most:
            return None
        end = x.max() if side == "top" else x.min()
        inside = x[x < end].max() if side == "top" else x[x > end].min()
        pulled[side] = int(np.count_nonzero(x == end))
        x = np.where(x == end, inside, x)
    return x


def leans(x: Array, skew: float, kurtosis: float) -> Literal["top", "bottom", "nowhere"]:
    """Say to which side a vector without gaps leans so far that it does not pass; nowhere if it passes."""
    said = quickly(x, skew, kurtosis)
    if said != "unsure":
        return said
    measured, peaked = skewness(x), excess_kurtosis(x)
    if np.isnan(measured) or np.isnan(peaked) or abs(measured) < skew or peaked < kurtosis:
        return "nowhere"
    return "top" if measured >= 0 else "bottom"
