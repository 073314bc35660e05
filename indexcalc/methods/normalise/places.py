"""Scores by the place that a value has among those that are seen.

The contract of every function is that of `normalise`.
"""

from collections.abc import Sequence
from typing import Literal

from ..arrays import Array, np
from ..bounds import ABOVE_ZERO, ANY, SCALE, Bounds, Given
from ..frame import Frame
from ..records import Normaliser
from .bends import at_others

Ties = Literal["average", "min", "max"]


def rank(x: Array, frame: Frame, *, ties: Ties = "average") -> Array:
    """Give the rank from the worst (1) to the best (n); ties share the average of their places.

    Formula: 1 + the number of units that are worse + half the number of others that are equal.
    Edge cases: zero and what is below are values as any; a constant column gives all the same middle rank. A value beyond all of
    another frame is half a place beyond its end.
    Source: HB 2008, p. 83; COINr `n_rank`.
    """
    return frame.position(x, ties)


RANK = Normaliser(
    name="rank",
    terms=("排序法", "位次法"),
    function=rank,
    bounds={},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=at_others,
    curves="all",
)


def percentile(
    x: Array,
    frame: Frame,
    *,
    low: float = 0.0,
    high: float = 100.0,
    ties: Ties = "average",
    share: Literal["between", "up-to", "below"] = "between",
    zeros: Literal["ranked", "apart"] = "ranked",
) -> Array:
    """Give the percentile rank: `low` for the worst, `high` for the best.

    With ties min it is a spreadsheet's PERCENTRANK.INC; 1 - PERCENTRANK is `direction: lower` with ties max. `share: up-to` is
    the share of units up to and with the own place, rank / n, `below` that of those before it, (rank - 1) / n. With
    `zeros: apart` a 0 gets `low`, or `high` where less is better, and the others are ranked among themselves.
    Formula: low + (high - low) (rank - 1) / (n - 1).
    Edge cases: zero and what is below are values as any, unless zeros are apart; a constant column gives all the middle, a single
    value is missing. A value beyond all of another frame is half a place beyond its end, so below `low` or above `high`.
    Source: COINr `n_prank`; rank / n with zeros apart: CalEnviroScreen 4.0.
    """
    nothing = x == 0
    if zeros == "apart":
        frame = Frame(np.where(frame.values == 0, np.nan, frame.values), frame.sign, frame.computed)
    before, among = {"between": (1, 1), "up-to": (0, 0), "below": (1, 0)}[share]
    made = low + (high - low) * ((frame.position(x, ties) - before) / np.where(frame.count > among, frame.count - among, np.nan))
    return np.where(nothing, np.where(frame.sign > 0, low, high), made) if zeros == "apart" else made


def _percentile_bends(given: Given, others: Array) -> Sequence[float]:
    return [*at_others(given, others), *([0.0] if given.zeros == "apart" else [])]


PERCENTILE = Normaliser(
    name="percentile",
    terms=("百分位", "百分位次"),
    function=percentile,
    bounds={"low": ANY, "high": ANY},
    checks=(SCALE,),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=_percentile_bends,
    curves="all",
)


def borda(x: Array, frame: Frame, *, ties: Ties = "average") -> Array:
    """Give a point for each unit that is worse, half a point for each that is as good.

    With ties min there are no points for equals.
    Formula: rank - 1, from 0 to n - 1.
    Edge cases: zero and what is below are values as any; a constant column gives all (n - 1) / 2. A value beyond all of another
    frame is half a point beyond its end.
    Source: Borda 1781; COINr `n_borda` (ties min there unless said otherwise).
    """
    return frame.position(x, ties) - 1.0


BORDA = Normaliser(
    name="borda",
    terms=("波达计数法", "波达法"),
    function=borda,
    bounds={},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=at_others,
    curves="all",
)


def rank_exponential(
    x: Array, frame: Frame, *, scale: float = 23.0, ties: Ties = "average", share: Literal["up-to", "below"] = "up-to"
) -> Array:
    """Give a score of the rank that rises ever faster to 100, so that a high place in one is not made up for by others.

    With a scale of 23 about a tenth of the units get more than 50. In an index of deprivation the most deprived is the best.
    `share: below` takes the share of units before the own place: 1 - rank / n where places are counted from the best.
    Formula: -scale ln(1 - R (1 - exp(-100 / scale))), R = rank / n from the worst (1 / n) to the best (1), or (rank - 1) / n.
    Edge cases: zero and what is below are values as any; a constant column gives all the score of the middle rank. A value
    better than all of another frame gets 100, one worse than all the score of half a place below its worst, R = 1 / (2n).
    Source: Noble et al. 2006; English Indices of Deprivation 2019, technical report; WIMD 2019.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.clip((frame.position(x, ties) - (share == "below")) / frame.count, 0.0, 1.0)
    return np.asarray(np.minimum(-scale * np.log1p(place * np.expm1(-100.0 / scale)), 100.0) + 0.0)


RANK_EXPONENTIAL = Normaliser(
    name="rank-exponential",
    terms=("指数位次法",),
    function=rank_exponential,
    bounds={"scale": ABOVE_ZERO},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=at_others,
    curves="all",
)


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


NORMAL_SCORES = Normaliser(
    name="normal-scores",
    terms=("正态得分", "正态得分法"),
    function=normal_scores,
    bounds={"mean": ANY, "sd": ABOVE_ZERO, "offset": Bounds(at_least=0.0, at_most=0.5)},
    checks=(),
    better="direction",
    values=(),
    compares="always",
    query=None,
    bends=at_others,
    curves="all",
)


BY_PLACE = (RANK, PERCENTILE, BORDA, RANK_EXPONENTIAL, NORMAL_SCORES)
