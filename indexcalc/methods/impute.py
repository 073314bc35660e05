"""Estimates for missing values: one function a method, its keyword parameters are those in YAML.

Contract: `x` is (period, unit, indicator) with NaN for what is not there, `groups` the masks of the units that are alike
(all units, or the groups asked for); the result has the shape of x, with an estimate where there was NaN and where there
is one. Values that are there never change.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .arrays import Array, Mask, np


def value(x: Array, groups: Sequence[Mask], *, value: float) -> Array:
    """Put one given number in."""
    del groups
    return np.where(np.isnan(x), value, x)


def mean(x: Array, groups: Sequence[Mask]) -> Array:
    """Put in the mean of the group's units in the same period. Source: HB 2008, p. 55; COINr `i_mean_grp`."""
    return _by_group(x, groups, np.nanmean)


def median(x: Array, groups: Sequence[Mask]) -> Array:
    """Put in the median of the group's units in the same period. Source: HB 2008, p. 55; COINr `i_median_grp`."""
    return _by_group(x, groups, np.nanmedian)


def last(x: Array, groups: Sequence[Mask]) -> Array:
    """Carry the unit's last observation forward."""
    del groups
    out = np.array(x)
    for period in range(1, len(out)):
        out[period] = np.where(np.isnan(out[period]), out[period - 1], out[period])
    return out


def linear(x: Array, groups: Sequence[Mask]) -> Array:
    """Draw a line between the unit's observations before and after; outside them nothing is estimated.

    Steps are counted from period to period of the data; a period that no unit has is no step.
    """
    del groups
    before, after = _neighbours(x)
    at = np.arange(len(x))[:, None, None]
    span = after - before
    inside = np.isnan(x) & (before >= 0) & (after < len(x))
    left = np.take_along_axis(x, np.clip(before, 0, None), axis=0)
    right = np.take_along_axis(x, np.clip(after, None, len(x) - 1), axis=0)
    return np.where(inside, left + (right - left) * (at - before) / np.where(span == 0, 1, span), x)


def nearest(x: Array, groups: Sequence[Mask]) -> Array:
    """Take the unit's nearest observation in time, the earlier of two that are as near."""
    del groups
    before, after = _neighbours(x)
    at = np.arange(len(x))[:, None, None]
    earlier = (before >= 0) & ((after >= len(x)) | (at - before <= after - at))
    source = np.clip(np.where(earlier, before, after), 0, len(x) - 1)
    return np.where(np.isnan(x), np.take_along_axis(x, source, axis=0), x)


def regression(x: Array, groups: Sequence[Mask]) -> Array:
    """Predict from the siblings by least squares over the units that have all of them, per period and group.

    `x` holds a node's indicators. A missing cell is estimated from the siblings that the unit has; at least two more
    complete units than predictors are needed, else it stays missing. Source: HB 2008, p. 56 (conditional mean imputation).
    """
    out = np.array(x)
    for period in range(len(x)):
        for members in groups:
            out[period, members] = _regressed(x[period, members])
    return out


IMPUTE: dict[str, Callable[..., Any]] = {
    "value": value,
    "mean": mean,
    "median": median,
    "last": last,
    "linear": linear,
    "nearest": nearest,
    "regression": regression,
}


def _by_group(x: Array, groups: Sequence[Mask], take: Callable[..., Any]) -> Array:
    out = np.array(x)
    for members in groups:
        part = x[:, members]
        none = np.isnan(part).all(axis=1, keepdims=True)
        typical = take(np.where(none, 0.0, part), axis=1, keepdims=True)
        out[:, members] = np.where(np.isnan(part) & ~none, typical, part)
    return out


def _neighbours(x: Array) -> tuple[Any, Any]:
    """The positions in time of the last observation up to, and the first from, each cell (-1 and n for none)."""
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
