"""Scores of single indicators: one function a method, its keyword parameters are those in YAML.

Contract: `x` is (…, unit, indicator) in the indicator's own unit of measurement, NaN for missing; `frame` holds the
statistics of the values to compare with and knows for each indicator whether more or less is better. The result has
the shape of x, more is better in it, and NaN stays NaN. A column without spread gives NaN, never 0, where the spread is
divided by. Nothing is changed in place, and a stack of draws in the leading axes gives what each draw gives alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from .arrays import Array, np
from .frame import Frame, same

Ties = Literal["average", "min", "max"]
Seen = Literal["mean", "median", "max", "min"]
Beyond = Literal["flat", "missing", "extend"]
Quantile = Mapping[Literal["quantile"], float]


def min_max(x: Array, frame: Frame, *, low: float = 0.0, high: float = 100.0) -> Array:
    """Rescale linearly so that the worst value seen gets `low` and the best `high`.

    Between 0 and 1 it is 1 less the distance from the best.
    Formula: low + (high - low) (x - worst) / (best - worst).
    Edge cases: zero and what is below are values as any; a constant column, and a single value, are missing.
    Source: HB 2008, p. 85; COINr `n_minmax`, `n_dist2max` (0 to 1).
    """
    share = _share(x, frame.worst, frame.best)
    share *= high - low
    share += low
    return share


def efficacy(
    x: Array,
    frame: Frame,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: float | Quantile | None = None,
    unacceptable: float | Quantile | None = None,
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
    share = _way(x, frame, unacceptable, satisfactory)
    return low + (high - low) * (np.clip(share, 0.0, 1.0) if clip else share)


def efficacy_exponential(
    x: Array,
    frame: Frame,
    *,
    low: float = 60.0,
    high: float = 100.0,
    satisfactory: float | Quantile | None = None,
    unacceptable: float | Quantile | None = None,
    clip: bool = False,
) -> Array:
    """Score by the exponential efficacy function 指数功效函数: convex, so that the last steps earn most.

    Formula: A exp(B (x - x_s) / (x_h - x_s)) with A = low and B = ln(high / low), x_h and x_s as under `efficacy`.
    Edge cases: where there is no way between the two, and for a constant column, as under `efficacy`; so far beyond that the
    number overflows: missing.
    Source: Chinese index practice.
    """
    share = _way(x, frame, unacceptable, satisfactory)
    with np.errstate(over="ignore"):
        score = low * np.exp(np.log(high / low) * (np.clip(share, 0.0, 1.0) if clip else share))
    return np.where(np.isinf(score), np.nan, score)


def z_score(x: Array, frame: Frame, *, mean: float = 0.0, sd: float = 1.0, ddof: int = 1) -> Array:
    """Standardise: `mean` for an average unit, `sd` more for each standard deviation above it.

    Where less is better scores are mirrored at the mean.
    Formula: mean + sd (x - m) / s, s with n - ddof below (1 as in R and COINr).
    Edge cases: zero and what is below are values as any; a constant column, and no more than ddof values, are missing.
    Source: HB 2008, p. 84; COINr `n_zscore`.
    """
    deviation = frame.deviation(ddof)
    return mean + sd * frame.sign * ((x - frame.mean) / np.where(deviation == 0, np.nan, deviation))


def rank(x: Array, frame: Frame, *, ties: Ties = "average") -> Array:
    """Give the rank from the worst (1) to the best (n); ties share the average of their places.

    Formula: 1 + the number of units that are worse + half the number of others that are equal.
    Edge cases: zero and what is below are values as any; a constant column gives all the same middle rank.
    Source: HB 2008, p. 83; COINr `n_rank`.
    """
    return frame.position(x, ties)


def borda(x: Array, frame: Frame, *, ties: Ties = "average") -> Array:
    """Give a point for each unit that is worse, half a point for each that is as good.

    With ties min there are no points for equals.
    Formula: rank - 1, from 0 to n - 1.
    Edge cases: zero and what is below are values as any; a constant column gives all (n - 1) / 2.
    Source: Borda 1781; COINr `n_borda` (ties min there unless said otherwise).
    """
    return frame.position(x, ties) - 1.0


def rank_exponential(x: Array, frame: Frame, *, scale: float = 23.0, ties: Ties = "average") -> Array:
    """Give a score of the rank that rises ever faster to 100, so that a high place in one is not made up for by others.

    With a scale of 23 about a tenth of the units get more than 50. In an index of deprivation the most deprived is the best.
    Formula: -scale ln(1 - R (1 - exp(-100 / scale))), R = rank / n from the worst (1 / n) to the best (1).
    Edge cases: zero and what is below are values as any; a constant column gives all the score of the middle rank. A value
    beyond all of another frame stands at its end.
    Source: Noble et al. 2006; English Indices of Deprivation 2019, technical report; WIMD 2019.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.clip(frame.position(x, ties) / frame.count, 0.0, 1.0)
    return np.asarray(np.minimum(-scale * np.log1p(place * np.expm1(-100.0 / scale)), 100.0) + 0.0)


def normal_scores(
    x: Array,
    frame: Frame,
    *,
    mean: float = 0.0,
    sd: float = 1.0,
    offset: float = 0.375,
    ties: Ties = "average",
) -> Array:
    """Give the value that a normal distribution has at the rank: ranks spread out so, whatever the values' own distribution.

    Offset 0 is van der Waerden's, 0.375 Blom's, 0.5 Hazen's.
    Formula: mean + sd z, z the standard normal quantile of (rank - offset) / (n + 1 - 2 offset).
    Edge cases: zero and what is below are values as any; a constant column, and a single value, give the mean, unless ties are
    min or max. A value beyond all of another frame stands at its end.
    Source: Blom 1958; van der Waerden 1952; English Indices of Deprivation 2019, technical report (indicators of a domain).
    """
    from scipy.special import ndtri

    count = np.where(frame.count == 0, np.nan, frame.count)
    place = np.clip(frame.position(x, ties), 1.0, count)
    return np.asarray(mean + sd * ndtri((place - offset) / (count + 1.0 - 2.0 * offset)))


def percentile(x: Array, frame: Frame, *, low: float = 0.0, high: float = 100.0, ties: Ties = "average") -> Array:
    """Give the percentile rank: `low` for the worst, `high` for the best.

    With ties min it is a spreadsheet's PERCENTRANK.INC.
    Formula: low + (high - low) (rank - 1) / (n - 1).
    Edge cases: zero and what is below are values as any; a constant column gives all the middle, a single value is missing.
    Source: COINr `n_prank`.
    """
    return low + (high - low) * ((frame.position(x, ties) - 1) / np.where(frame.count > 1, frame.count - 1, np.nan))


def goalposts(
    x: Array,
    frame: Frame,
    *,
    worst: float | Quantile,
    best: float | Quantile,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
    log: bool = False,
) -> Array:
    """Rescale linearly between two fixed values, the same every year, and cut off beyond them.

    Where less is better `worst` is above `best`. Instead of a value each may be `{quantile: 0.05}`, a quantile of the values
    seen, counted from the worst (0) to the best (1) whichever way is better, so that outliers do not set the ends.
    Formula: low + (high - low) (x - worst) / (best - worst), of logarithms with `log` (worst and best above 0 then). Quantiles
    interpolate linearly (R type 7), with `log` between logarithms of what is above 0.
    Edge cases: zero and what is below are values as any; with `log` x at or below 0 counts as the smaller of the two when
    clipped, else it is missing. A constant column is scored as any between fixed values. Where two quantiles are the same it is
    missing; where one is and none seen is short of the fixed value, as under `efficacy`.
    Source: HB 2008, p. 86; UNDP HDR technical notes (HDI); COINr `n_goalposts`, and `n_scaled` (less a number, over a number)
    without `clip`. Quantiles: Lafortune et al. 2018 (SDG Index, 2.5 %); Wolf et al. 2022 (EPI, 5 and 95 %).
    """
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.log(np.maximum(x, 0.0) if clip else np.where(x > 0, x, np.nan))
            frame = Frame(np.log(np.where(frame.values > 0, frame.values, np.nan)), frame.sign)
        worst, best = (end if isinstance(end, Mapping) else float(np.log(end)) for end in (worst, best))
    share = _way(x, frame, worst, best)
    return low + (high - low) * (np.clip(share, 0.0, 1.0) if clip else share)


def target(x: Array, frame: Frame, *, value: float, low: float = 0.0, high: float = 100.0) -> Array:
    """Score the share of a target that was reached, no more than all of it.

    Formula: low + (high - low) min(1, x / value); where less is better min(1, value / x).
    Edge cases: a value below 0 counts as 0; where less is better what is at or below the target, so also 0, has reached it. A
    constant column is scored as any.
    Source: HB 2008, p. 86 (distance to a reference).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        reached = np.where(frame.sign > 0, x / value, np.where(x <= value, 1.0, value / x))
    reached = np.where(np.isnan(x), np.nan, reached)
    return low + (high - low) * np.clip(reached, 0.0, 1.0)


def distance_to_target(
    x: Array,
    frame: Frame,
    *,
    value: float,
    worst: float | Quantile | None = None,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
) -> Array:
    """Score how far from the worst towards a target a unit has come, no more than all the way.

    The worst is given, a quantile of the values seen as under `goalposts`, or the worst seen; what goes beyond the target
    counts with `clip: false`.
    Formula: low + (high - low) min(1, (x - worst) / (value - worst)).
    Edge cases: zero and what is below are values as any. Where even the worst seen has reached the target all of them get
    `high`; a constant column short of it gets `low`.
    Source: COINr `n_dist2targ`, and `n_dist2ref` with a unit's value as the target (`cap_max` is `clip`).
    """
    share = _way(x, frame, worst, value)
    return low + (high - low) * (np.minimum(share, 1.0) if clip else share)


def piecewise(
    x: Array,
    frame: Frame,
    *,
    points: Sequence[tuple[float, float]],
    beyond: Beyond = "flat",
    below: Beyond | None = None,
    above: Beyond | None = None,
) -> Array:
    """Score linearly between given points `[value, score]`, flat outside them.

    `beyond: missing` gives no score outside the points, `extend` goes on along the first and the last line; `below` the
    first point and `above` the last may differ. The points say what is better, not `direction`; values must rise.
    Formula: s_k + (s_k+1 - s_k) (x - v_k) / (v_k+1 - v_k) for v_k ≤ x ≤ v_k+1.
    Edge cases: zero, what is below and a constant column are scored by the points as any.
    Source: 接诉即办 hotline appraisals; HJ 633-2012 uses the same form (no hourly SO2 sub-index above its last point).
    """
    del frame
    values, scores = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    out = np.where(np.isnan(x), np.nan, np.interp(x, values, scores))
    sides = (
        (below or beyond, x < values[0], values[:2], scores[:2]),
        (above or beyond, x > values[-1], values[-2:], scores[-2:]),
    )
    for rule, outside, at, score in sides:
        if rule == "missing":
            out = np.where(outside, np.nan, out)
        elif rule == "extend":
            out = np.where(outside, score[0] + (x - at[0]) * ((score[-1] - score[0]) / (at[-1] - at[0])), out)
    return out


def bands(x: Array, frame: Frame, *, bands: Sequence[tuple[float, float]], below: float | None = None) -> Array:
    """Give a score per interval 分档计分: `[from, score]`, each up to the next `from`, which it does not include.

    The bands say what is better, not `direction`; bounds must rise.
    Formula: s_k where from_k ≤ x < from_k+1.
    Edge cases: under the first `from` the score is `below`, or missing where that is not given. Zero, what is below and a
    constant column are scored by the bands as any.
    Source: Chinese index practice.
    """
    del frame
    starts = np.array([start for start, _ in bands], dtype=float)
    scores = np.array([np.nan if below is None else below, *(score for _, score in bands)], dtype=float)
    return np.where(np.isnan(x), np.nan, scores[np.searchsorted(starts, x, side="right")])


def reference(
    x: Array,
    frame: Frame,
    *,
    value: float | Seen = "mean",
    form: Literal["ratio", "difference"] = "ratio",
    scale: float = 100.0,
) -> Array:
    """Compare with a reference: the `mean`, `median`, `max` or `min` seen, or a given value; at it the ratio is 100.

    Formula: scale x / x_ref, and scale x_ref / x where less is better; `form: difference` gives scale (x - x_ref) / |x_ref|,
    with the sign turned where less is better.
    Edge cases: missing are all where x_ref is 0, or below 0 for a ratio, and for a ratio where less is better each x at or
    below 0. A constant column is at its own mean: ratio 100, difference 0.
    Source: HB 2008, p. 85 (distance to a reference).
    """
    against = getattr(frame, value) if isinstance(value, str) else np.asarray(float(value))
    with np.errstate(invalid="ignore", divide="ignore"):
        if form == "difference":
            return np.asarray(scale * frame.sign * ((x - against) / np.where(against == 0, np.nan, np.abs(against))))
        against = np.where(against > 0, against, np.nan)
        return np.where(frame.sign > 0, scale * (x / against), scale * (against / np.where(x > 0, x, np.nan)))


def proportion(x: Array, frame: Frame, *, of: Literal["sum", "best"] = "sum", scale: float = 100.0) -> Array:
    """Give the share of the sum over all units, or of the best one.

    Formula: scale x / Σx or scale x / max; where less is better the same of reciprocals: scale (1/x) / Σ(1/x), or
    scale min / x.
    Edge cases: missing are a column whose sum or best is not above 0, and where less is better one with any value at or below
    0. A constant column gives all 1 / n of the sum, or all of the best.
    Source: COINr `n_fracmax` (of: best, 0 to 1); Hwang, Yoon 1981 (linear transformation).
    """
    lowest = np.where(frame.min > 0, frame.min, np.nan)
    turned = lowest / np.where(x > 0, x, np.nan)
    with np.errstate(invalid="ignore"):
        if of == "best":
            return np.where(frame.sign > 0, scale * (x / np.where(frame.max > 0, frame.max, np.nan)), scale * turned)
        whole = Frame(lowest / np.where(frame.values > 0, frame.values, np.nan), frame.sign).total
        return np.where(frame.sign > 0, scale * (x / np.where(frame.total > 0, frame.total, np.nan)), scale * (turned / whole))


def ampi(
    x: Array,
    frame: Frame,
    *,
    value: float | Seen = "mean",
    middle: float = 100.0,
    spread: float = 60.0,
) -> Array:
    """Rescale around a reference that gets 100, to a range of 60: the adjusted Mazziotta-Pareto index's own scale.

    x_ref is the mean, median, max or min seen, or given; scores lie about 70 to 130, mirrored at the middle where less is
    better. Over all periods (`over: all`) with the reference of a base year it compares years. A worst unit that improves
    narrows the range, and may then score less against a reference that lies beyond it. Aggregate by `mpi` to have AMPI.
    Formula: middle + spread (x - x_ref) / (max - min).
    Edge cases: zero and what is below are values as any; a constant column is missing.
    Source: Mazziotta, Pareto 2016.
    """
    against = getattr(frame, value) if isinstance(value, str) else float(value)
    width = np.where(same(frame.min, frame.max), np.nan, frame.max - frame.min)
    return np.asarray(middle + spread * frame.sign * ((x - against) / width))


def points(x: Array, frame: Frame, *, floor: float | None = None, cap: float | None = None) -> Array:
    """Take the value as its score, within a floor and a cap: checklist items, judges' scores, finished indices.

    Where less is better the sign is turned, after the cut.
    Formula: min(max(x, floor), cap).
    Edge cases: zero, what is below and a constant column are taken as they are.
    Source: checklist indices such as Freedom in the World; judges' panels.
    """
    return frame.sign * _within(x, floor, cap)


def deduct(
    x: Array,
    frame: Frame,
    *,
    each: float,
    start: float = 100.0,
    floor: float | None = 0.0,
    cap: float | None = None,
) -> Array:
    """Take points off for each event 倒扣分: no more than `cap` in all, and not below `floor`.

    More is worse here, whatever `direction` says.
    Formula: max(floor, start - min(each x, cap)).
    Edge cases: 0 events give `start`, fewer than 0 more than that; a constant column is scored as any.
    Source: Chinese index practice.
    """
    del frame
    return _within(start - _within(each * x, None, cap), floor, None)


def bonus(x: Array, frame: Frame, *, each: float, start: float = 0.0, cap: float | None = None) -> Array:
    """Give points for each event 加分: no more than `cap` of bonus in all.

    More is better here, whatever `direction` says.
    Formula: start + min(each x, cap).
    Edge cases: 0 events give `start`, fewer than 0 less than that; a constant column is scored as any.
    Source: Chinese index practice.
    """
    del frame
    return start + _within(each * x, None, cap)


NORMALISE: dict[str, Callable[..., Any]] = {
    "min-max": min_max,
    "efficacy": efficacy,
    "efficacy-exponential": efficacy_exponential,
    "z-score": z_score,
    "rank": rank,
    "percentile": percentile,
    "borda": borda,
    "rank-exponential": rank_exponential,
    "normal-scores": normal_scores,
    "goalposts": goalposts,
    "target": target,
    "distance-to-target": distance_to_target,
    "reference": reference,
    "proportion": proportion,
    "ampi": ampi,
    "piecewise": piecewise,
    "bands": bands,
    "points": points,
    "deduct": deduct,
    "bonus": bonus,
}


def _share(x: Array, start: Array | float, end: Array | float) -> Array:
    """The way from start to end that x has come, NaN where they are one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(same(start, end), np.nan, np.subtract(end, start))
        come = x - start
        come /= spread
        return come


def _way(x: Array, frame: Frame, worst: float | Quantile | None, best: float | Quantile | None) -> Array:
    """The way from the worst to the best that x has come, each given or seen; all or none of it where these are out of order."""
    start, end = _end(frame, worst, "worst"), _end(frame, best, "best")
    share = _share(x, start, end)
    seen = [not isinstance(given, (int, float)) for given in (worst, best)]
    if seen[0] == seen[1]:
        return share
    beyond = x - (end if seen[0] else start)
    come = (frame.sign * beyond > 0) | ((beyond == 0) & seen[0])
    return np.where((frame.sign * np.subtract(end, start) <= 0) & ~np.isnan(x), come, share)


def _end(frame: Frame, given: float | Quantile | None, seen: Literal["worst", "best"]) -> Array | float:
    if isinstance(given, Mapping):
        return frame.quantile(given["quantile"])
    found: Array | float = getattr(frame, seen) if given is None else given
    return found


def _within(x: Array, floor: float | None, cap: float | None) -> Array:
    x = x if floor is None else np.maximum(x, floor)
    return x if cap is None else np.minimum(x, cap)
