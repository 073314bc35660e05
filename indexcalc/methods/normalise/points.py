"""Scores by rules of the index: lines between points, bands, points that are given or taken off.

The contract of every function is that of `normalise`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from ..arrays import Array, np
from ..bounds import ABOVE_ZERO, ANY, FLOOR_AND_CAP, Bounds, Given, rises, rising
from ..frame import Frame
from ..records import Normaliser
from ..sql import Column, Seen, Sql, none
from ..sql import within as within_column
from .bends import at_points

Beyond = Literal["flat", "missing", "extend"]


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
    first point and `above` the last may differ. The points say what is better, not `direction`; there are two at least, and
    values must rise.
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


def _piecewise_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del frame
    lines = [((after[1] - before[1]) / (after[0] - before[0]), before) for before, after in pairwise(given.points)]
    first, last = given.points[0], given.points[-1]

    def outside(rule: str, start: tuple[float, float], flat: float, slope: float) -> Column:
        if rule == "extend":
            return start[1] + (x - start[0]) * slope
        return none(sql) if rule == "missing" else sql.literal(float(flat))

    slope, start = lines[-1]
    under = outside(given.below or given.beyond, first, first[1], lines[0][0])
    over = outside(given.above or given.beyond, start, last[1], slope)
    between = [
        (x < end[0], slope * (x - start[0]) + start[1]) for (slope, start), end in zip(lines, given.points[1:], strict=True)
    ]
    return sql.cases(
        (x < first[0], under), *between, (x == last[0], sql.literal(float(last[1]))), (x > last[0], over), else_=none(sql)
    )


PIECEWISE = Normaliser(
    name="piecewise",
    terms=("分段线性", "分段函数"),
    function=piecewise,
    bounds={"points": Bounds(entries=2)},
    checks=(rising("points"),),
    better="parameters",
    values=("points",),
    compares="never",
    query=_piecewise_query,
    bends=at_points("points"),
    curves="all",
)


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


def _bands_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del frame
    lowest = none(sql) if given.below is None else sql.literal(float(given.below))
    reached = [(x >= start, sql.literal(float(score))) for start, score in reversed(given.bands)]
    return sql.cases(*reached, (x.notnull(), lowest), else_=none(sql))


BANDS = Normaliser(
    name="bands",
    terms=("分档计分", "分档法"),
    function=bands,
    bounds={"bands": ANY, "below": ANY},
    checks=(rising("bands"),),
    better="parameters",
    values=("bands",),
    compares="never",
    query=_bands_query,
    bends=at_points("bands"),
    curves="all",
)


def points(x: Array, frame: Frame, *, floor: float | None = None, cap: float | None = None) -> Array:
    """Take the value as its score, within a floor and a cap: checklist items, judges' scores, finished indices.

    Where less is better the sign is turned, after the cut.
    Formula: min(max(x, floor), cap).
    Edge cases: zero, what is below and a constant column are taken as they are.
    Source: checklist indices such as Freedom in the World; judges' panels.
    """
    return frame.sign * _within(x, floor, cap)


def _points_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del sql
    return frame.sign * within_column(x, given.floor, given.cap)


def _points_bends(given: Given, others: Array) -> Sequence[float]:
    del others
    return [end for end in (given.floor, given.cap) if end is not None]


POINTS = Normaliser(
    name="points",
    terms=("直接计分", "直接赋分"),
    function=points,
    bounds={"floor": ANY, "cap": ANY},
    checks=(FLOOR_AND_CAP,),
    better="direction",
    values=(),
    compares="never",
    query=_points_query,
    bends=_points_bends,
    curves="all",
)


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


def _deduct_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del sql, frame
    return within_column(given.start - within_column(given.each * x, None, given.cap), given.floor, None)


def _deduct_bends(given: Given, others: Array) -> Sequence[float]:
    del others
    ends = (given.cap, None if given.floor is None else given.start - given.floor)
    return [end / given.each for end in ends if end is not None]


DEDUCT = Normaliser(
    name="deduct",
    terms=("倒扣分", "扣分法"),
    function=deduct,
    bounds={"each": ABOVE_ZERO, "start": ANY, "floor": ANY, "cap": ABOVE_ZERO},
    checks=(rises("floor", "start", "floor must be below start", "floor 必须小于 start", (60.0, 40.0)),),
    better="lower",
    values=(),
    compares="never",
    query=_deduct_query,
    bends=_deduct_bends,
    curves="all",
)


def bonus(x: Array, frame: Frame, *, each: float, start: float = 0.0, cap: float | None = None) -> Array:
    """Give points for each event 加分: no more than `cap` of bonus in all.

    More is better here, whatever `direction` says.
    Formula: start + min(each x, cap).
    Edge cases: 0 events give `start`, fewer than 0 less than that; a constant column is scored as any.
    Source: Chinese index practice.
    """
    del frame
    return start + _within(each * x, None, cap)


def _bonus_query(sql: Sql, x: Column, frame: Seen, given: Given) -> Column:
    del sql, frame
    return given.start + within_column(given.each * x, None, given.cap)


def _bonus_bends(given: Given, others: Array) -> Sequence[float]:
    del others
    return [] if given.cap is None else [given.cap / given.each]


BONUS = Normaliser(
    name="bonus",
    terms=("加分", "加分法"),
    function=bonus,
    bounds={"each": ABOVE_ZERO, "start": ANY, "cap": ABOVE_ZERO},
    checks=(),
    better="higher",
    values=(),
    compares="never",
    query=_bonus_query,
    bends=_bonus_bends,
    curves="all",
)


def _within(x: Array, floor: float | None, cap: float | None) -> Array:
    x = x if floor is None else np.maximum(x, floor)
    return x if cap is None else np.minimum(x, cap)


BY_RULE = (PIECEWISE, BANDS, POINTS, DEDUCT, BONUS)
