"""A unit's children next to those of all other units. The contract is that of `aggregate`."""

import math
from typing import Literal

from ..arrays import Array, Mask, np
from ..bounds import ABOVE_ZERO, SHARE, Bounds, Given
from ..frame import same
from ..frontier import LIMITS, frontier
from ..records import MOST_COMPARED, Aggregator, Reason
from ..ties import levelled
from .means import WEIGHED_BELOW, arithmetic
from .sums import divide

PAIRS = 1 << 16  # pairs of units compared at once: what stays in a processor's cache
_SLACK = 1e-12  # weights for and against that differ by less, as a share of all weight, are the same


def copeland(x: Array, w: Array, *, result: Literal["balance", "share"] = "balance") -> Array:
    """Count the units that a unit outranks, less those that outrank it.

    One unit outranks another where the children in which it is better weigh more than those in which it is worse. Weights of
    each unit's own serve its own comparisons. `result: share` is the part of the comparisons with the other units won, a draw
    counting half, from 0 to 100. Time grows with the square of the units, memory does not: no more than
    10,000 are taken (IC497).
    Formula: wins less losses, from -(n - 1) to n - 1 for n units with a child (`balance`), or 50 (1 + balance / (n - 1)).
    Edge cases: a child that either unit is without counts for neither; zero and what is below are scores as any; constant
    children decide nothing, and where all are, all draw. A unit alone: balance 0, share missing.
    Source: Copeland 1951; Munda, Nardo 2009; COINr `a_copeland` (its `outrankMatrix` is above one half for those outranked).
    """
    units, children = x.shape[-2:]
    own = np.broadcast_to(w, (*w.shape[:-2], units, children))
    columns = np.ascontiguousarray(np.moveaxis(levelled(x, axis=-2), -1, 0))
    stack = np.broadcast_shapes(x.shape[:-2], own.shape[:-2])
    even = _SLACK * np.add.reduce(np.abs(own), axis=-1)[..., None]
    balance = np.empty((*stack, units))
    step = max(1, PAIRS // max(1, units * math.prod(stack)))
    for start in range(0, units, step):
        block = slice(start, min(start + step, units))
        ahead = np.zeros((*stack, block.stop - start, units))
        for child in range(children):
            one, other = columns[child][..., block, None], columns[child][..., None, :]
            ahead += own[..., block, child, None] * ((one > other).view(np.int8) - (one < other).view(np.int8))
        ahead[np.abs(ahead) <= even[..., block, :]] = 0.0
        balance[..., block] = np.add.reduce(np.sign(ahead), axis=-1)
    judged = (~np.isnan(x) & (w != 0)).any(axis=-1)
    if result == "share":
        others = np.count_nonzero(judged, axis=-1, keepdims=True) - 1.0
        balance = 50.0 * (1.0 + balance / np.where(others > 0, others, np.nan))
    return np.where(judged, balance, np.nan)


def _alone(x: Array, w: Array, given: Given) -> Mask:
    """Say which children a unit has that no other unit is there to be compared in."""
    del given
    there = ~np.isnan(x) & (w != 0)
    return np.asarray(there & (np.count_nonzero(there.any(axis=-1), axis=-1) < 2)[..., None, None])


ALONE = Reason(
    ("no other unit has a score to compare {children} with", "没有其他评价对象的得分可与 {children} 比较"),
    ("take `result: balance`, which is 0 for a unit alone", "请改用 `result: balance`，只有一个评价对象时为 0"),
    _alone,
)


COPELAND = Aggregator(
    name="copeland",
    terms=("科普兰法",),
    function=copeland,
    bounds={},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=MOST_COMPARED,
    compares=True,
    undefined="missing",
    reasons=(ALONE,),
    split="shapley",
    query=None,
    counts="otherwise",
)


def topsis(
    x: Array,
    w: Array,
    *,
    rescale: Literal["none", "vector", "min-max"] = "none",
    weights: Literal["squared", "once"] = "squared",
    scale: float = 100.0,
) -> Array:
    """Score the nearness to the best of all children, and the distance from the worst.

    The children are taken as they are, divided by √Σ x² over the units (`vector`, as in the book), or by `min-max` between 0
    and 1. x⁺ and x⁻ are the highest and the lowest of each child in any unit. Weights multiply the children, so that their
    squares are in the distance (`squared`, as in the book), or stand in the distance themselves (`once`, as in many Chinese
    papers).
    Formula: scale d⁻ / (d⁺ + d⁻) with d⁺² = Σ w² (best - x)² and d⁻² = Σ w² (x - worst)², best and worst being the highest and
    lowest of each child in any unit; w in place of w² (`once`).
    Edge cases: zero and what is below are scores as any. A child that is the same in all units plays no part; missing where
    all are, as for a unit alone, and with `once` where a weight is below 0. A missing child adds to neither distance.
    Source: Hwang, Yoon 1981.
    """
    x = levelled(x, axis=-2)
    best, worst = highest(x), -highest(-x)
    length: Array | float = 1.0
    if rescale == "vector":
        length = np.sqrt(np.nansum(x**2, axis=-2, keepdims=True))
    elif rescale == "min-max":
        length = np.where(same(best, worst), 0.0, best - worst)
    with np.errstate(invalid="ignore"):
        factor = (w if weights == "squared" else np.sqrt(w)) / np.where(length == 0, 1.0, length)
    up, down = (np.sqrt(np.nansum((factor * (x - end)) ** 2, axis=-1)) for end in (best, worst))
    meant = weights == "squared" or ~((w < 0) & ~np.isnan(x)).any(axis=-1)
    return np.where(meant, scale * divide(down, up + down), np.nan)


def _same(x: Array, w: Array, given: Given) -> Mask:
    """Say which children that a unit has are the same in all units."""
    del given
    x = levelled(x, axis=-2)
    return np.asarray(~np.isnan(x) & same(highest(x), -highest(-x)) & (w != 0))


ALL_THE_SAME = Reason(
    ("{children} the same in all units", "{children} 在各评价对象间没有差异"),
    ("give it a child that tells units apart", "请至少给它一个能区分评价对象的下级指标"),
    _same,
)


ROOTS_BELOW = WEIGHED_BELOW._replace(where=lambda x, w, given: np.asarray((w < 0) & ~np.isnan(x) & (given.weights == "once")))


TOPSIS = Aggregator(
    name="topsis",
    terms=("优劣解距离法", "理想解法", "逼近理想解排序法"),
    function=topsis,
    bounds={"scale": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=True,
    undefined="missing",
    reasons=(ROOTS_BELOW, ALL_THE_SAME),
    split="shapley",
    query=None,
    counts="otherwise",
)


def grey(x: Array, w: Array, *, rho: float = 0.5, scale: float = 100.0) -> Array:
    """Average how near each child is to the best of any unit, by the grey relational coefficient.

    `rho`, above 0 and up to 1, is the distinguishing coefficient: a smaller one draws the units apart. Δmin and Δmax are the
    least and the greatest distance of all units and children that weigh something. A unit that gets less bad can lose, as Δmax
    is no longer as great.
    Formula: scale Σ w ξ / Σ w, ξ = (Δmin + ρ Δmax) / (Δ + ρ Δmax), Δ the distance of a child's score from the best in any unit,
    Δmin and Δmax the least and the greatest of all units and children that weigh something.
    Edge cases: zero and what is below are scores as any; where all units are at the best, as with a constant child, ξ is 1.
    Source: Deng 1989.
    """
    x = levelled(x, axis=-2)
    return scale * arithmetic(grey_coefficients(highest(x) - x, w, rho), w)


def grey_coefficients(gap: Array, w: Array, rho: float) -> Array:
    """Return the grey relational coefficients ξ of distances (…, unit, child), 1 where all are 0."""
    gap = np.where(w == 0, np.nan, gap)
    least, most = (end.reduce(gap, axis=(-2, -1), keepdims=True, initial=np.nan) for end in (np.fmin, np.fmax))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(most == 0, 1.0 + gap, (least + rho * most) / (gap + rho * most))


GREY = Aggregator(
    name="grey",
    terms=("灰色关联", "灰色关联度", "灰色关联分析"),
    function=grey,
    bounds={"rho": Bounds(above=0.0, at_most=1.0), "scale": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=True,
    undefined="never",
    reasons=(),
    split="shapley",
    query=None,
    counts="otherwise",
)


def benefit_of_the_doubt(x: Array, w: Array, *, low: float = 0.0, high: float = 1.0, scale: float = 100.0) -> Array:
    """Score each unit under the weights that show it best, next to all units under the same weights; the best ones get 100.

    With nothing said a unit that leads in one child has the full score; `low` and `high` bound each child's share in a unit's
    score. Weights of the tree play no part. One linear program a unit, each held against all units, so that time grows with the
    square of the units: no more than 10,000 are taken (IC497).
    Formula: scale max Σ v x over v ≥ 0 with Σ v x ≤ 1 for every unit, each child's share from `low` to `high`.
    Edge cases: children must be 0 or more, else NaN for all. NaN too for a unit whose shares cannot add up to 1, as it has too
    few children for `high`. A missing child has no share; a constant child counts as any.
    Source: Melyn, Moesen 1991; Cherchye, Moesen, Rogge, Van Puyenbroeck 2007.
    """
    del w
    return np.asarray(scale * frontier(x, low=low, high=high)[1])


def _parts_of_best(x: Array, given: Given) -> Array:
    """Return each child's part of a unit's score under the weights that show it best."""
    weights = frontier(x, low=given.low, high=given.high, even=True)[0]
    return np.asarray(weights * np.nan_to_num(x) * given.scale)


def _below_zero(x: Array, w: Array, given: Given) -> Mask:
    """Say which children are below 0 in any unit, which leaves no unit a score."""
    del w, given
    return np.asarray(np.broadcast_to((x < 0).any(axis=-2, keepdims=True), x.shape))


def _present(x: Array, w: Array, given: Given) -> Mask:
    del w, given
    return np.asarray(~np.isnan(x))


SCORES_BELOW = Reason(
    ("{children} below 0 in some unit", "{children} 有小于 0 的得分"),
    ("normalise to a range from 0 upwards", "请采用不小于 0 的无量纲化（标准化）范围"),
    _below_zero,
)
NO_SHARES = Reason(
    (
        "the shares of {children} cannot add up to 1 between `low` and `high`",
        "{children} 的份额在 `low` 与 `high` 之间不能合计为 1",
    ),
    (
        "widen `low` and `high`, or ask for more children by `missing:`",
        "请放宽 `low` 和 `high`，或在 `missing:` 中要求更多下级指标",
    ),
    _present,
)


BENEFIT_OF_THE_DOUBT = Aggregator(
    name="benefit-of-the-doubt",
    terms=("数据包络", "数据包络分析", "dea"),
    function=benefit_of_the_doubt,
    bounds={"low": SHARE, "high": SHARE, "scale": ABOVE_ZERO},
    checks=LIMITS,
    weights="none",
    per_child=(),
    most_units=MOST_COMPARED,
    compares=True,
    undefined="missing",
    reasons=(SCORES_BELOW, NO_SHARES),
    split=_parts_of_best,
    query=None,
    counts="otherwise",
)


def highest(x: Array) -> Array:
    """Return the highest score of each child in any unit (…, 1, child)."""
    return np.asarray(np.fmax.reduce(x, axis=-2, keepdims=True, initial=np.nan))


COMPARED = (COPELAND, TOPSIS, GREY, BENEFIT_OF_THE_DOUBT)
