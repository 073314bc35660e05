"""The distribution of ranks of the rank-sum ratio 秩和比: shares below each unit, their probits, and the line through them."""

from typing import NamedTuple

from .arrays import Array, np
from .rank import ranks

LEAST = 3  # units that have a distribution


class Spread(NamedTuple):
    """Each unit's place from the lowest, ties sharing the mean, the share up to it, and its probit (unit,)."""

    place: Array
    share: Array
    probit: Array


class Line(NamedTuple):
    """Scores on probits by ordinary least squares, a row each different score; `fitted` is that of each unit (unit,)."""

    intercept: float
    slope: float
    r2: float
    f: float
    rows: int
    fitted: Array


def spread(scores: Array) -> Spread:
    """Return the places of scores (…, unit) from the lowest as shares of all, and 5 + the normal deviates of these.

    The highest place has the share 1 - 1 / (4 n), as 1 has no deviate. NaN of fewer than three scores.
    Source: Tian Fengdiao 1988, 1993.
    """
    from scipy.special import ndtri

    count = np.asarray(np.count_nonzero(~np.isnan(scores), axis=-1, keepdims=True), dtype=float)
    place = count + 1.0 - np.asarray(ranks(scores[..., None], ties="average"), dtype=float)[..., 0]
    place = np.where(count < LEAST, np.nan, place)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(place == count, 1.0 - 0.25 / count, place / count)
    return Spread(place, share, 5.0 + ndtri(share))


def line(scores: Array, probit: Array) -> Line | None:
    """Regress scores (unit,) on their probits, one row each different score; nothing where fewer than three differ."""
    known = ~np.isnan(probit)
    x, first = np.unique(probit[known], return_index=True)
    y = scores[known][first]
    if len(x) < LEAST:
        return None
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    intercept = float(y.mean() - slope * x.mean())
    rest = y - intercept - slope * x
    left, whole = float(rest @ rest), float(dy @ dy)
    with np.errstate(divide="ignore"):
        f = float(np.float64(whole - left) / np.float64(left / (len(x) - 2)))
    return Line(intercept, slope, 1.0 - left / whole, f, len(x), intercept + slope * probit)
