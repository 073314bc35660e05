"""Scores by fixed values or a reference, given or seen: goalposts, targets, ratios.

The contract of every function is that of `normalise`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from ..arrays import Array, np
from ..bounds import ABOVE_ZERO, ANY, SCALE, Check, Given, Problem, apart, quantiles
from ..frame import Frame, same
from ..records import Normaliser
from ..sql import Column, Seen, Sql, positive, way, where
from ..sql import same as same_column
from .bends import at_ends, at_given, at_seen
from .way import End, OfUnit, come_between

Reference = Literal["mean", "median", "max", "min"]


def goalposts(
    x: Array,
    frame: Frame,
    *,
    worst: End,
    best: End,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
    log: bool = False,
) -> Array:
    """Rescale linearly between two fixed values, the same every year, and cut off beyond them.

    Where less is better `worst` is above `best`, and the indicator says `direction: lower` as well: the two have to agree
    (IC406). Instead of a value each may be `{quantile: 0.05}`, a quantile of the values
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
        worst, best = (end if isinstance(end, Mapping) else _log(end) for end in (worst, best))
    share = come_between(x, frame, worst, best)
    return low + (high - low) * (np.clip(share, 0.0, 1.0) if clip else share)


def _log(end: float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return cast("float", np.log(end))  # or an array, of a unit's values


def _goalposts_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del frame
    worst, best = given.worst, given.best
    if given.log:
        share = (positive(sql, x).log() - math.log(worst)) / (math.log(best) - math.log(worst))
        if given.clip:
            share = sql.ifelse(x <= 0.0, 0.0 if worst < best else 1.0, share.clip(0.0, 1.0))
    else:
        share = (x - worst) / (best - worst)
        share = share.clip(0.0, 1.0) if given.clip else share
    return given.low + (given.high - given.low) * share


def _above_zero_for_log(given: Given) -> Problem | None:
    if given.log and any(end <= 0 for end in (given.worst, given.best) if not isinstance(end, dict)):
        return "log", "worst and best must be above 0 for logarithms", "取对数时 worst 和 best 必须大于 0"
    return None


def _goalposts_bends(given: Given, others: Array) -> Sequence[float] | None:
    bend = at_given("worst", "best") if given.log else at_ends("worst", "best")
    return bend(given, others)


GOALPOSTS = Normaliser(
    name="goalposts",
    terms=("固定上下限法", "阈值法"),
    function=goalposts,
    bounds={"worst": ANY, "best": ANY, "low": ANY, "high": ANY},
    checks=(
        quantiles("worst", "best"),
        apart("worst", "best"),
        Check(_above_zero_for_log, ({"worst": 0.0, "best": 40.0, "log": True},)),
        SCALE,
    ),
    better="direction",
    values=("worst", "best"),
    compares="unless fixed",
    query=_goalposts_query,
    bends=_goalposts_bends,
    curves="all",
)


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


def _target_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    value = given.value
    reached = x / value if frame.sign > 0 else sql.ifelse(x <= value, 1.0, value / x.nullif(0.0))
    return given.low + (given.high - given.low) * reached.clip(0.0, 1.0)


TARGET = Normaliser(
    name="target",
    terms=("目标完成率", "目标值法"),
    function=target,
    bounds={"value": ABOVE_ZERO, "low": ANY, "high": ANY},
    checks=(SCALE,),
    better="direction",
    values=("value",),
    compares="never",
    query=_target_query,
    bends=at_given("value"),
    curves="all",
)


def distance_to_target(
    x: Array,
    frame: Frame,
    *,
    value: End,
    worst: End | None = None,
    low: float = 0.0,
    high: float = 100.0,
    clip: bool = True,
) -> Array:
    """Score how far from the worst towards a target a unit has come, no more than all the way.

    The worst is given, a quantile of the values seen as under `goalposts`, or the worst seen; what goes beyond the target
    counts with `clip: false`. `value: {unit: beijing}` takes that unit's value for the target, `{by: id, …}` one for each unit.
    Formula: low + (high - low) min(1, (x - worst) / (value - worst)).
    Edge cases: zero and what is below are values as any. Where even the worst seen has reached the target all of them get
    `high`; a constant column short of it gets `low`.
    Source: COINr `n_dist2targ`, and `n_dist2ref` with a unit's value as the target (`cap_max` is `clip`).
    """
    share = come_between(x, frame, worst, value)
    return low + (high - low) * (np.minimum(share, 1.0) if clip else share)


def _distance_to_target_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    share = way(sql, x, frame, given.worst, given.value)
    return given.low + (given.high - given.low) * (share.clip(upper=1.0) if given.clip else share)


DISTANCE_TO_TARGET = Normaliser(
    name="distance-to-target",
    terms=("目标距离法", "距目标距离"),
    function=distance_to_target,
    bounds={"value": ANY, "worst": ANY, "low": ANY, "high": ANY},
    checks=(quantiles("worst", "value"), apart("worst", "value"), SCALE),
    better="direction",
    values=("worst", "value"),
    compares="unless fixed",
    query=_distance_to_target_query,
    bends=at_ends("worst", "value"),
    curves="all",
)


def reference(
    x: Array,
    frame: Frame,
    *,
    value: float | Reference | OfUnit = "mean",
    form: Literal["ratio", "difference"] = "ratio",
    scale: float = 100.0,
) -> Array:
    """Compare with a reference: the `mean`, `median`, `max` or `min` seen, a unit's, or a given value; at it the ratio is 100.

    Formula: scale x / x_ref, and scale x_ref / x where less is better; `form: difference` gives scale (x - x_ref) / |x_ref|,
    with the sign turned where less is better.
    Edge cases: missing are all where x_ref is 0 but for the last bits, as the mean of residuals is, or below 0 for a ratio, and
    for a ratio where less is better each x at or below 0. A constant column is at its own mean: ratio 100, difference 0.
    Source: HB 2008, p. 85 (distance to a reference, such as a country).
    """
    against = getattr(frame, value) if isinstance(value, str) else np.asarray(value, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        if isinstance(value, str):
            against = np.where(np.abs(against) <= frame.apart, 0.0, against)
        if form == "difference":
            return np.asarray(scale * frame.sign * ((x - against) / np.where(against == 0, np.nan, np.abs(against))))
        against = np.where(against > 0, against, np.nan)
        return np.where(frame.sign > 0, scale * (x / against), scale * (against / np.where(x > 0, x, np.nan)))


def _reference_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    if isinstance(given.value, str):
        against = frame.of[given.value]
        against = where(sql, against.abs() > frame.of["apart"], against)
    else:
        against = sql.literal(float(given.value))
    if given.form == "difference":
        return given.scale * frame.sign * ((x - against) / against.abs())
    against = positive(sql, against)
    return given.scale * (x / against if frame.sign > 0 else against / positive(sql, x))


def _reference_value(given: Given) -> Problem | None:
    if isinstance(given.value, (str, dict)) or (given.value != 0 and (given.value > 0 or given.form == "difference")):
        return None
    english = "a reference must be above 0, or with form: difference not 0"
    return "value", english, "参照值必须大于 0；form: difference 时不得为 0"


def _reference_bends(given: Given, others: Array) -> Sequence[float] | None:
    if given.form == "difference" and given.value in ("mean", "median"):  # the reference may pass through 0, and scores with it
        return None
    return at_seen("value")(given, others)


REFERENCE = Normaliser(
    name="reference",
    terms=("参照值法", "基准值法"),
    function=reference,
    bounds={"value": ANY, "scale": ABOVE_ZERO},
    checks=(Check(_reference_value, ({"value": 0.0}, {"value": -5.0}, {"value": 0.0, "form": "difference"})),),
    better="direction",
    values=("value",),
    compares="unless fixed",
    query=_reference_query,
    bends=_reference_bends,
    curves="all",
)


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


PROPORTION = Normaliser(
    name="proportion",
    terms=("比重法",),
    function=proportion,
    bounds={"scale": ABOVE_ZERO},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=at_ends(),
    curves="own",
)


def ampi(
    x: Array,
    frame: Frame,
    *,
    value: float | Reference | OfUnit = "mean",
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
    against = getattr(frame, value) if isinstance(value, str) else np.asarray(value, dtype=float)
    width = np.where(same(frame.min, frame.max), np.nan, frame.max - frame.min)
    return np.asarray(middle + spread * frame.sign * ((x - against) / width))


def _ampi_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    against = frame.of[given.value] if isinstance(given.value, str) else float(given.value)
    width = where(sql, ~same_column(sql, frame.of["min"], frame.of["max"]), frame.of["max"] - frame.of["min"])
    return given.middle + given.spread * frame.sign * ((x - against) / width)


AMPI = Normaliser(
    name="ampi",
    terms=("调整的马齐奥塔-帕雷托指数",),
    function=ampi,
    bounds={"value": ANY, "middle": ANY, "spread": ABOVE_ZERO},
    checks=(),
    better="direction",
    values=("value",),
    compares="always",
    query=_ampi_query,
    bends=at_seen("value"),
    curves="all",
)


BY_FIXED = (GOALPOSTS, TARGET, DISTANCE_TO_TARGET, REFERENCE, PROPORTION, AMPI)
