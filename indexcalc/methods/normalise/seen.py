"""Scores by the values that are seen: between the worst and the best of them, or by their mean and spread.

The contract of every function is that of `normalise`.
"""

import math

from ..arrays import Array, np
from ..bounds import ABOVE_ZERO, ANY, SCALE, SHARE, Given, apart, quantiles
from ..frame import Frame
from ..records import Normaliser
from ..sql import Column, Seen, Sql, exp, positive, share_of_way, way, where
from .bends import at_ends, at_mean
from .way import End, come, come_between


def min_max(x: Array, frame: Frame, *, low: float = 0.0, high: float = 100.0) -> Array:
    """Rescale linearly so that the worst value seen gets `low` and the best `high`.

    Between 0 and 1 it is 1 less the distance from the best.
    Formula: low + (high - low) (x - worst) / (best - worst).
    Edge cases: zero and what is below are values as any; a constant column, and a single value, are missing.
    Source: HB 2008, p. 85; COINr `n_minmax`, `n_dist2max` (0 to 1).
    """
    share = come(x, frame.worst, frame.best)
    share *= high - low
    share += low
    return share


def _min_max_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    return given.low + (given.high - given.low) * share_of_way(sql, x, frame.worst, frame.best)


MIN_MAX = Normaliser(
    name="min-max",
    terms=("极差法", "极差标准化", "最大最小值法", "minmax"),
    function=min_max,
    bounds={"low": ANY, "high": ANY},
    checks=(SCALE,),
    better="direction",
    values=(),
    compares="always",
    query=_min_max_query,
    bends=at_ends(),
    curves="all",
)


def efficacy(
    x: Array,
    frame: Frame,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: End | None = None,
    unacceptable: End | None = None,
    clip: bool = False,
) -> Array:
    """Score by the efficacy coefficient 功效系数法: `low` at the unacceptable value, `high` at the satisfactory one.

    Each is given, a quantile of the values seen as under `goalposts`, or the best and the worst seen. Beyond them it goes on
    unless `clip`.
    Formula: low + (high - low) (x - x_s) / (x_h - x_s), x_h 满意值 and x_s 不允许值.
    Edge cases: zero and what is below are values as any. A constant column is missing when neither is given. Where one is
    given and none is seen short of it, there is no way between them: `high` from the given one on, `low` before it.
    Source: Chinese index practice.
    """
    share = come_between(x, frame, unacceptable, satisfactory)
    return low + (high - low) * (np.clip(share, 0.0, 1.0) if clip else share)


def _efficacy_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    share = way(sql, x, frame, given.unacceptable, given.satisfactory)
    return given.low + (given.high - given.low) * (share.clip(0.0, 1.0) if given.clip else share)


EFFICACY = Normaliser(
    name="efficacy",
    terms=("功效系数法", "功效系数"),
    function=efficacy,
    bounds={"low": ANY, "high": ANY, "satisfactory": ANY, "unacceptable": ANY},
    checks=(quantiles("unacceptable", "satisfactory"), apart("unacceptable", "satisfactory"), SCALE),
    better="direction",
    values=("unacceptable", "satisfactory"),
    compares="unless fixed",
    query=_efficacy_query,
    bends=at_ends("unacceptable", "satisfactory"),
    curves="all",
)


def efficacy_exponential(
    x: Array,
    frame: Frame,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: End | None = None,
    unacceptable: End | None = None,
    clip: bool = False,
) -> Array:
    """Score by the exponential efficacy function 指数功效函数: convex, so that the last steps earn most.

    Formula: A exp(B (x - x_s) / (x_h - x_s)) with A = low and B = ln(high / low), x_h and x_s as under `efficacy`.
    Edge cases: where there is no way between the two, and for a constant column, as under `efficacy`; so far beyond that the
    number overflows: missing.
    Source: Chinese index practice.
    """
    share = come_between(x, frame, unacceptable, satisfactory)
    with np.errstate(over="ignore"):
        score = low * np.exp(np.log(high / low) * (np.clip(share, 0.0, 1.0) if clip else share))
    return np.where(np.isinf(score), np.nan, score)


def _efficacy_exponential_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    share = way(sql, x, frame, given.unacceptable, given.satisfactory)
    return given.low * exp(sql, math.log(given.high / given.low) * (share.clip(0.0, 1.0) if given.clip else share))


EFFICACY_EXPONENTIAL = Normaliser(
    name="efficacy-exponential",
    terms=("指数功效函数", "指数功效系数法"),
    function=efficacy_exponential,
    bounds={"low": ABOVE_ZERO, "high": ABOVE_ZERO, "satisfactory": ANY, "unacceptable": ANY},
    checks=(quantiles("unacceptable", "satisfactory"), apart("unacceptable", "satisfactory"), SCALE),
    better="direction",
    values=("unacceptable", "satisfactory"),
    compares="unless fixed",
    query=_efficacy_exponential_query,
    bends=at_ends("unacceptable", "satisfactory"),
    curves="own",
)


def z_score(x: Array, frame: Frame, *, mean: float = 0.0, sd: float = 1.0, ddof: int = 1) -> Array:
    """Standardise: `mean` for an average unit, `sd` more for each standard deviation above it.

    Where less is better scores are mirrored at the mean.
    Formula: mean + sd (x - m) / s, s with n - ddof below (1 as in R and COINr).
    Edge cases: zero and what is below are values as any; a constant column, and no more than ddof values, are missing.
    Source: HB 2008, p. 84; COINr `n_zscore`.
    """
    deviation = frame.deviation(ddof)
    return mean + sd * frame.sign * ((x - frame.mean) / np.where(deviation == 0, np.nan, deviation))


def _z_score_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    free = where(sql, frame.of["count"] > given.ddof, frame.of["count"] - float(given.ddof))
    deviation = positive(sql, frame.of["squares"] / free).sqrt()
    return given.mean + given.sd * frame.sign * ((x - frame.of["mean"]) / deviation)


Z_SCORE = Normaliser(
    name="z-score",
    terms=("标准分", "标准分法", "标准差标准化", "zscore"),
    function=z_score,
    bounds={"mean": ANY, "sd": ABOVE_ZERO, "ddof": SHARE},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=_z_score_query,
    bends=at_mean,
    curves="own",
)


BY_SEEN = (MIN_MAX, EFFICACY, EFFICACY_EXPONENTIAL, Z_SCORE)
