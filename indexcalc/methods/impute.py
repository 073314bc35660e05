"""Estimates for missing values: one function a method, its keyword parameters are those in YAML, its record below it.

Contract: `x` is (period, unit, indicator) with NaN for what is not there, `groups` the masks of the units that are alike
(all units, or the groups asked for); the result has the shape of x, with an estimate where there was NaN and where there
is one. Values that are there never change. Where a method is one `of` ways, x is how far each has come from the worst, 0, to the
best, 1.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from .arrays import Array, Mask, np
from .bounds import ABOVE_ZERO, ANY, COUNT
from .records import Imputer, by_name

_NOISE = 1e-10  # of an indicator's variance


def value(x: Array, groups: Sequence[Mask], *, value: float) -> Array:
    """Put one given number in.

    Formula: x = value.
    Edge cases: none; every gap is filled, also in a column without any value.
    Source: common practice; the number is a rule of the index, such as 0 for what was not reported.
    """
    del groups
    return np.where(np.isnan(x), value, x)


VALUE = Imputer(
    name="value",
    terms=("定值", "常数"),
    function=value,
    bounds={"value": ANY},
    checks=(),
    siblings=False,
    of="values",
    donors="none",
)


def mean(x: Array, groups: Sequence[Mask]) -> Array:
    """Put in the mean of the group's units in the same period.

    Formula: Σ x / n over the n units of the group that have a value.
    Edge cases: a group without any value stays missing; a constant group gives its constant.
    Source: HB 2008, p. 55; COINr `i_mean_grp`.
    """
    return _by_group(x, groups, np.nanmean)


MEAN = Imputer(
    name="mean",
    terms=("均值", "均值插补", "平均值"),
    function=mean,
    bounds={},
    checks=(),
    siblings=False,
    of="values",
    donors="units",
)


def median(x: Array, groups: Sequence[Mask]) -> Array:
    """Put in the median of the group's units in the same period.

    Formula: the median of x over the units of the group that have a value.
    Edge cases: a group without any value stays missing; a constant group gives its constant.
    Source: HB 2008, p. 55; COINr `i_median_grp`.
    """
    return _by_group(x, groups, np.nanmedian)


MEDIAN = Imputer(
    name="median",
    terms=("中位数", "中位数插补"),
    function=median,
    bounds={},
    checks=(),
    siblings=False,
    of="values",
    donors="units",
)


def last(x: Array, groups: Sequence[Mask], *, limit: int | None = None, ends: Literal["missing", "hold"] = "missing") -> Array:
    """Carry the unit's last observation forward, over no more than `limit` periods.

    With `ends: hold` the first value stands for the periods before it too, as many at most.
    Formula: x_t = x_s, s the last period before t with a value.
    Edge cases: before a unit's first value it stays missing, unless it is held.
    Source: COINr `impute_panel`.
    """
    del groups
    before, after = _neighbours(x)
    at = np.arange(len(x))[:, None, None]
    far = len(x) if limit is None else limit
    held = (before < 0) & (after < len(x)) & (after - at <= far) & (ends == "hold")
    source = np.where(held, after, before)
    carried = np.isnan(x) & (held | ((before >= 0) & (at - before <= far)))
    return np.where(carried, np.take_along_axis(x, np.clip(source, 0, len(x) - 1), axis=0), x)


LAST = Imputer(
    name="last",
    terms=("前值", "前值结转"),
    function=last,
    bounds={"limit": COUNT},
    checks=(),
    siblings=False,
    of="values",
    donors="before",
)


def linear(x: Array, groups: Sequence[Mask], *, ends: Literal["missing", "hold"] = "missing") -> Array:
    """Draw a line between the unit's observations before and after.

    Steps are counted from period to period of the data; a period that no unit has is no step. With `ends: hold` the first
    value stands before it and the last after it.
    Formula: x_a + (x_b - x_a) (t - a) / (b - a), a and b the nearest periods with a value.
    Edge cases: before a unit's first and after its last value nothing is estimated, unless they are held.
    Source: common practice; linear interpolation has no paper of its own.
    """
    before, after = _neighbours(x)
    at = np.arange(len(x))[:, None, None]
    span = after - before
    inside = np.isnan(x) & (before >= 0) & (after < len(x))
    left = np.take_along_axis(x, np.clip(before, 0, None), axis=0)
    right = np.take_along_axis(x, np.clip(after, None, len(x) - 1), axis=0)
    drawn = np.where(inside, left + (right - left) * (at - before) / np.where(span == 0, 1, span), x)
    return nearest(drawn, groups) if ends == "hold" else drawn


LINEAR = Imputer(
    name="linear",
    terms=("线性插值", "线性插补"),
    function=linear,
    bounds={},
    checks=(),
    siblings=False,
    of="values",
    donors="periods",
)


def nearest(x: Array, groups: Sequence[Mask]) -> Array:
    """Take the unit's nearest observation in time, the earlier of two that are as near.

    Formula: x_t = x_s, s the period with a value that has the least |t - s|.
    Edge cases: a unit without any value stays missing.
    Source: common practice; it has no paper of its own.
    """
    del groups
    before, after = _neighbours(x)
    at = np.arange(len(x))[:, None, None]
    earlier = (before >= 0) & ((after >= len(x)) | (at - before <= after - at))
    source = np.clip(np.where(earlier, before, after), 0, len(x) - 1)
    return np.where(np.isnan(x), np.take_along_axis(x, source, axis=0), x)


NEAREST = Imputer(
    name="nearest",
    terms=("最近值", "邻近值"),
    function=nearest,
    bounds={},
    checks=(),
    siblings=False,
    of="values",
    donors="periods",
)


def regression(x: Array, groups: Sequence[Mask]) -> Array:
    """Predict from the siblings by least squares over the units that have all of them, per period and group.

    The siblings are the other indicators of the node. A missing cell is estimated from those that the unit has.
    Formula: b_0 + Σ b_k x_k with the b that make Σ (x - b_0 - Σ b_k x_k)² least.
    Edge cases: at least two more complete units than predictors are needed, else it stays missing, as does a unit without any
    sibling. A constant indicator gets its constant.
    Source: HB 2008, p. 56 (conditional mean imputation).
    """
    out = np.array(x)
    for period in range(len(x)):
        for members in groups:
            out[period, members] = _regressed(x[period, members])
    return out


REGRESSION = Imputer(
    name="regression",
    terms=("回归插补", "回归"),
    function=regression,
    bounds={},
    checks=(),
    siblings=True,
    of="values",
    donors="indicators",
)


def em(x: Array, groups: Sequence[Mask], *, most: int = 1000, tolerance: float = 1e-9) -> Array:
    """Take what is most likely given the siblings that are there, all jointly normal: expectation-maximisation.

    Per period and group, mean and covariance and the missing values that they imply are estimated in turn until neither
    mean nor covariance moves by more than `tolerance`, of indicators with a standard deviation of 1, or `most` times.
    Nothing is random.
    Formula: μ_g + Σ_go Σ_oo^-1 (x_o - μ_o) for a unit's gaps g, given what it has, o.
    Edge cases: missing stays a unit without any sibling, an indicator with fewer than two values, and a group with fewer
    units than indicators and two more. A constant indicator gets its constant.
    Source: Dempster, Laird, Rubin 1977; Little, Rubin 2002, ch. 11; HB 2008, p. 58.
    """
    out = np.array(x)
    for period in range(len(x)):
        for members in groups:
            out[period, members] = _expected(x[period, members], most, tolerance)
    return out


EM = Imputer(
    name="em",
    terms=("期望最大化", "em算法"),
    function=em,
    bounds={"most": COUNT, "tolerance": ABOVE_ZERO},
    checks=(),
    siblings=True,
    of="values",
    donors="indicators",
)


def siblings(x: Array, groups: Sequence[Mask], *, take: Literal["mean", "median"] = "mean") -> Array:
    """Take the unit's mean, or median, over the siblings, each as the way it has come from the worst to the best.

    The siblings are the other indicators of the node. Worst and best are the fixed ones of `normalise` where it has two numbers
    for them, cut off there where it cuts off; else those seen among the group's units in the same period. What is estimated is
    that way turned back into a value, so that under `min-max`, and between fixed ends alike, the score is the mean of the
    siblings' scores.
    Formula: worst + (best - worst) Σ s_k / m, s_k = (x_k - worst_k) / (best_k - worst_k) over the m siblings that the unit has.
    Edge cases: missing stays a unit without any sibling, an indicator without any value, and one with a target or a range. A
    constant sibling tells nothing; a constant indicator gets its constant.
    Source: COINr `Impute` by row with `normalise_first` (`i_mean`, `i_median`).
    """
    del groups
    return _over_siblings(x, np.nanmean if take == "mean" else np.nanmedian)


SIBLINGS = Imputer(
    name="siblings",
    terms=("同级指标均值", "同级均值"),
    function=siblings,
    bounds={},
    checks=(),
    siblings=True,
    of="ways",
    donors="indicators",
)


IMPUTERS = by_name((VALUE, MEAN, MEDIAN, LAST, LINEAR, NEAREST, REGRESSION, EM, SIBLINGS))
FROM_SIBLINGS = frozenset(name for name, record in IMPUTERS.items() if record.siblings)


def _by_group(x: Array, groups: Sequence[Mask], take: Callable[..., Any]) -> Array:
    out = np.array(x)
    for members in groups:
        # the units side by side, so that a sum is the same to the last bit however many columns come with this one
        part = np.ascontiguousarray(x[:, members].swapaxes(1, 2)).swapaxes(1, 2)
        none = np.isnan(part).all(axis=1, keepdims=True)
        typical = take(np.where(none, 0.0, part), axis=1, keepdims=True)
        out[:, members] = np.where(np.isnan(part) & ~none, typical, part)
    return out


def _over_siblings(x: Array, take: Callable[..., Any]) -> Array:
    none = np.isnan(x).all(axis=-1, keepdims=True)
    return np.where(np.isnan(x) & ~none, take(np.where(none, 0.0, x), axis=-1, keepdims=True), x)


def _neighbours(x: Array) -> tuple[Any, Any]:
    """Return the positions in time of the last observation up to, and the first from, each cell (-1 and n for none)."""
    at = np.broadcast_to(np.arange(len(x))[:, None, None], x.shape)
    there = ~np.isnan(x)
    before = np.maximum.accumulate(np.where(there, at, -1), axis=0)
    after = np.minimum.accumulate(np.where(there, at, len(x))[::-1], axis=0)[::-1]
    return before, after


def _regressed(x: Array) -> Array:
    """Estimate the gaps of (unit, indicator), one fit for each pattern of gaps and missing indicator."""
    gaps = np.isnan(x)
    out = np.array(x)
    for pattern in np.unique(gaps, axis=0):
        known = np.flatnonzero(~pattern)
        rows = (gaps == pattern).all(axis=1)
        for column in np.flatnonzero(pattern) if len(known) else ():
            complete = ~gaps[:, [*known, column]].any(axis=1)
            if np.count_nonzero(complete) < len(known) + 2:
                continue
            design = np.column_stack([np.ones(np.count_nonzero(complete)), x[complete][:, known]])
            fit = np.linalg.lstsq(design, x[complete, column], rcond=None)[0]
            out[rows, column] = fit[0] + x[rows][:, known] @ fit[1:]
    return out


def _expected(x: Array, most: int, tolerance: float) -> Array:
    """Estimate the gaps of (unit, indicator) by mean and covariance, and these by the estimates."""
    out = np.array(x)
    used = np.flatnonzero(np.count_nonzero(~np.isnan(x), axis=0) > 1)
    rows = np.flatnonzero(~np.isnan(x[:, used]).all(axis=1))
    if len(rows) < len(used) + 2:
        return out
    values = x[np.ix_(rows, used)]
    centre, width = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    width = np.where(width > 0, width, 1.0)
    scaled = (values - centre) / width
    gaps = np.isnan(scaled)
    filled = np.where(gaps, 0.0, scaled)
    mean, covariance = np.zeros(len(used)), np.diag(np.mean(filled**2, axis=0))
    patterns, pattern_of = np.unique(gaps, axis=0, return_inverse=True)
    alike = [(gone, pattern_of.reshape(-1) == at) for at, gone in enumerate(patterns) if gone.any()]
    for _ in range(most if alike else 0):
        before, spread = np.vstack([mean, covariance]), np.zeros_like(covariance)
        for gone, units in alike:
            known, cross = ~gone, covariance[np.ix_(~gone, gone)]
            # a trace of noise keeps siblings that follow from each other from having no inverse
            slope = np.linalg.solve(covariance[np.ix_(known, known)] + _NOISE * np.eye(int(known.sum())), cross)
            filled[np.ix_(units, gone)] = mean[gone] + (filled[np.ix_(units, known)] - mean[known]) @ slope
            spread[np.ix_(gone, gone)] += np.count_nonzero(units) * (covariance[np.ix_(gone, gone)] - cross.T @ slope)
        mean = np.mean(filled, axis=0)
        covariance = ((filled - mean).T @ (filled - mean) + spread) / len(rows)
        if np.abs(np.vstack([mean, covariance]) - before).max() <= tolerance:
            break
    out[np.ix_(rows, used)] = np.where(gaps, filled * width + centre, values)
    return out
