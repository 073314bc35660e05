"""Compromises between what a unit gains and what it lacks next to the others. The contract is that of `aggregate`."""

import math
from typing import Literal

from ..arrays import Array, Mask, np
from ..bounds import ABOVE_ZERO, SHARE, ZERO_OR_MORE, Bounds, Check, Given, Problem
from ..frame import same
from ..rank import ranks as places
from ..records import MOST_COMPARED, Aggregator, Reason
from ..ties import levelled
from .compared import ALL_THE_SAME, ALONE, PAIRS, grey_coefficients, highest
from .means import arithmetic
from .sums import divide


def vikor(x: Array, w: Array, *, v: float = 0.5, scale: float = 100.0) -> Array:
    """Score the compromise between the loss in all children together and that in the worst one.

    A unit's loss in a child is its distance from the best of any unit, as a part of the way from the best to the worst.
    `v` is what the losses together count, 1 - v what the greatest counts.
    Formula: scale (1 - Q), Q = v (S - S_min) / (S_max - S_min) + (1 - v) (R - R_min) / (R_max - R_min), S = Σ w d, R = max w d,
    d = (best - x) / (best - worst).
    Edge cases: zero and what is below are scores as any. A child that is the same in all units plays no part; missing where all
    are. Where all units have the same S, or the same R, that part is 0.
    Source: Opricovic 1998; Opricovic, Tzeng 2004. Libraries give Q, of which less is better.
    """
    x = levelled(x, axis=-2)
    best, worst = highest(x), -highest(-x)
    counts = ~np.isnan(x) & ~same(best, worst)
    own = np.where(counts, w, 0.0)
    share = divide(own, np.add.reduce(own, axis=-1, keepdims=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        loss = np.where(counts, share * (best - x) / (best - worst), 0.0)
    together, most = np.add.reduce(loss, axis=-1), np.maximum.reduce(loss, axis=-1, initial=0.0)
    none = np.asarray(~(counts & (own > 0)).any(axis=-1))
    return np.where(none, np.nan, scale * (1.0 - v * _part(together, none) - (1.0 - v) * _part(most, none)))


def _part(loss: Array, none: Mask) -> Array:
    """Return losses (…, unit) from 0 for the least to 1 for the greatest; 0 where all are the same."""
    loss = levelled(np.where(none, np.nan, loss)[..., None], axis=-2)[..., 0]
    low, high = (np.asarray(end.reduce(loss, axis=-1, keepdims=True, initial=np.nan)) for end in (np.fmin, np.fmax))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(same(low, high), 0.0, (loss - low) / (high - low)))


VIKOR = Aggregator(
    name="vikor",
    terms=("多准则妥协解排序法", "折衷排序法"),
    function=vikor,
    bounds={"v": SHARE, "scale": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=True,
    undefined="missing",
    reasons=(ALL_THE_SAME,),
    split="shapley",
    query=None,
    counts="otherwise",
)


def promethee(
    x: Array,
    w: Array,
    *,
    preference: Literal["usual", "v-shape", "linear", "level", "gaussian"] = "usual",
    q: float = 0.0,
    p: float | None = None,
    s: float | None = None,
    result: Literal["flow", "share"] = "flow",
) -> Array:
    """Score the net flow of PROMETHEE II: how far a unit is preferred to the others, less how far they are to it.

    What counts of a lead d in a child: all of it (`usual`); d / p up to 1 (`v-shape`); nothing up to q, then evenly up to 1 at p
    (`linear`); half between q and p, 1 from p on (`level`); 1 - exp(-d² / 2s²) (`gaussian`). q, p and s are points of the
    children's scores. `result: share` goes from 0 to 100. Time grows with the square of the units, memory does not:
    no more than 10,000 are taken (IC497).
    Formula: φ = Σ_b (π(a, b) - π(b, a)) / (n - 1), from -1 to 1, π(a, b) = Σ w P(x_a - x_b) / Σ w; or 50 (1 + φ) (`share`).
    Edge cases: a child that either unit is without counts for neither; zero and what is below are scores as any. Of a unit alone
    missing; where all units are the same, 0.
    Source: Brans, Vincke 1985; Brans, Mareschal 2005.
    """
    units, children = x.shape[-2:]
    own = np.broadcast_to(w, (*w.shape[:-2], units, children))
    columns = np.ascontiguousarray(np.moveaxis(levelled(x, axis=-2), -1, 0))
    there = ~np.isnan(columns)
    stack = np.broadcast_shapes(x.shape[:-2], own.shape[:-2])
    flow = np.empty((*stack, units))
    step = max(1, PAIRS // max(1, units * math.prod(stack)))
    for start in range(0, units, step):
        block = slice(start, min(start + step, units))
        ahead, whole = (np.zeros((*stack, block.stop - start, units)) for _ in range(2))
        for child in range(children):
            lead = columns[child][..., block, None] - columns[child][..., None, :]
            both = there[child][..., block, None] & there[child][..., None, :]
            weight = np.where(both, own[..., block, child, None], 0.0)
            ahead += weight * np.where(both, np.sign(lead) * _preferred(np.abs(lead), preference, q, p, s), 0.0)
            whole += weight
        flow[..., block] = np.add.reduce(np.where(whole == 0, 0.0, divide(ahead, whole)), axis=-1)
    judged = (~np.isnan(x) & (w != 0)).any(axis=-1)
    others = np.count_nonzero(judged, axis=-1, keepdims=True) - 1.0
    flow = flow / np.where(others > 0, others, np.nan)
    return np.where(judged, flow if result == "flow" else 50.0 * (1.0 + flow), np.nan)


def _preferred(lead: Array, preference: str, q: float, p: float | None, s: float | None) -> Array:
    """Return how far a lead (…), 0 or more, is a reason to prefer, from 0 to 1."""
    with np.errstate(invalid="ignore"):
        if preference == "usual":
            return np.where(lead > 0, 1.0, 0.0)
        if preference == "gaussian":
            assert s is not None
            return -np.expm1(-(lead**2) / (2.0 * s * s))
        assert p is not None
        if preference == "v-shape":
            return np.minimum(1.0, lead / p)
        if preference == "level":
            return np.where(lead > p, 1.0, np.where(lead > q, 0.5, 0.0))
        return np.clip((lead - q) / (p - q), 0.0, 1.0)


def _thresholds(given: Given) -> Problem | None:
    if given.preference == "gaussian" and given.s is None:
        return "preference", "gaussian needs s", "gaussian 需要 s"
    if given.preference in ("v-shape", "linear", "level") and given.p is None:
        return "preference", f"{given.preference} needs p", f"{given.preference} 需要 p"
    if given.p is not None and given.preference in ("linear", "level") and given.p <= given.q:
        return "p", "p must be above q", "p 必须大于 q"
    return None


PROMETHEE = Aggregator(
    name="promethee",
    terms=("promethee ii", "偏好顺序结构评估法"),
    function=promethee,
    bounds={"q": ZERO_OR_MORE, "p": ABOVE_ZERO, "s": ABOVE_ZERO},
    checks=(
        Check(
            _thresholds,
            ({"preference": "gaussian"}, {"preference": "linear"}, {"preference": "level", "q": 5.0, "p": 5.0}),
        ),
    ),
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


def grey_topsis(
    x: Array,
    w: Array,
    *,
    closeness: Literal["combined", "weighted-scores", "weighted-coefficients"] = "combined",
    distance: float = 0.5,
    rho: float = 0.5,
    scale: float = 100.0,
) -> Array:
    """Score the nearness to the best and the distance from the worst, by distances and by grey relational degrees.

    d⁺ and d⁻ are TOPSIS' distances of the weighted scores, γ⁺ and γ⁻ the plain means of their grey relational coefficients to
    the best and to the worst. `distance` is what distances count next to degrees in `combined`. `weighted-scores` takes the
    degrees alone, `weighted-coefficients` those of the scores as they are, averaged with the weights.
    Formula: scale T⁺ / (T⁺ + T⁻), T⁺ = α d⁻ / max d⁻ + (1 - α) γ⁺ / max γ⁺, T⁻ = α d⁺ / max d⁺ + (1 - α) γ⁻ / max γ⁻
    (`combined`), α being `distance`; or scale γ⁺ / (γ⁺ + γ⁻).
    Edge cases: zero and what is below are scores as any. A missing child adds to no distance and no degree; missing where all
    children are the same in all units.
    Source: Chen, Tzeng 2004; Sun Xiaodong et al. 2005 for `combined`. The three order units otherwise.
    """
    x = levelled(x, axis=-2)
    weighted = x * divide(w, np.add.reduce(w, axis=-1, keepdims=True))
    if closeness == "weighted-coefficients":
        near, far = (arithmetic(grey_coefficients(gap, w, rho), w) for gap in _gaps(x))
    else:
        even = np.where(w == 0, 0.0, 1.0)
        near, far = (arithmetic(grey_coefficients(gap, w, rho), even) for gap in _gaps(weighted))
    if closeness == "combined":
        up, down = (np.sqrt(np.nansum(gap**2, axis=-1)) for gap in _gaps(weighted))
        near = distance * _of_most(down) + (1.0 - distance) * _of_most(near)
        far = distance * _of_most(up) + (1.0 - distance) * _of_most(far)
    varied = (~np.isnan(x) & ~same(highest(x), -highest(-x)) & (w != 0)).any(axis=(-2, -1), keepdims=True)[..., 0]
    return np.where(varied, scale * divide(near, near + far), np.nan)


def _gaps(x: Array) -> tuple[Array, Array]:
    """Return how far (…, unit, child) each score is from the highest and from the lowest of its child."""
    return highest(x) - x, x + highest(-x)


def _of_most(values: Array) -> Array:
    """Return values (…, unit) over the greatest of them; NaN where that is 0."""
    return divide(values, np.fmax.reduce(values, axis=-1, keepdims=True, initial=np.nan))


GREY_TOPSIS = Aggregator(
    name="grey-topsis",
    terms=("灰色topsis", "灰色关联topsis", "灰色关联理想解法"),
    function=grey_topsis,
    bounds={"distance": SHARE, "rho": Bounds(above=0.0, at_most=1.0), "scale": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=True,
    undefined="missing",
    reasons=(ALL_THE_SAME,),
    split="shapley",
    query=None,
    counts="otherwise",
)


def rank_sum_ratio(x: Array, w: Array, *, ranks: Literal["whole", "even"] = "whole", scale: float = 100.0) -> Array:
    """Average a unit's ranks in the children over the number of units, the best rank being the highest 秩和比.

    `ranks: whole` are places, 1 for the worst and n for the best, ties sharing the mean (整秩); `even` go evenly with the score
    (非整秩), R = 1 + (n - 1) (x - min) / (max - min).
    Formula: scale Σ w R / (n Σ w), from scale / n to scale, n being the units that have the child.
    Edge cases: a constant child gives all units the middle rank (n + 1) / 2; zero and what is below are scores as any.
    Source: Tian Fengdiao 1988, 1993.
    """
    x = levelled(x, axis=-2)
    count = np.asarray(np.count_nonzero(~np.isnan(x), axis=-2, keepdims=True), dtype=float)
    if ranks == "whole":
        place = count + 1.0 - np.asarray(places(x, ties="average"), dtype=float)
    else:
        low, high = -highest(-x), highest(x)
        with np.errstate(invalid="ignore", divide="ignore"):
            even = 1.0 + (count - 1) * (x - low) / (high - low)
        place = np.where(same(low, high), np.where(np.isnan(x), np.nan, (count + 1) / 2), even)
    return scale * arithmetic(divide(place, count), w)


RANK_SUM_RATIO = Aggregator(
    name="rank-sum-ratio",
    terms=("rsr", "秩和比", "秩和比法"),
    function=rank_sum_ratio,
    bounds={"scale": ABOVE_ZERO},
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


def coupling(
    x: Array,
    w: Array,
    *,
    form: Literal["standard", "corrected"] = "standard",
    result: Literal["coordination", "coupling", "development"] = "coordination",
    full: float = 100.0,
    scale: float = 100.0,
) -> Array:
    """Score how well children go together and how far they have come 耦合协调度: the coupling degree times the weighted mean.

    U = x / `full` are the children from 0 to 1. `result` is the coordination D, or one of its parts: the coupling C, the
    development T. `corrected` spreads C, which is close to 1 in the standard form unless a child is close to 0.
    Formula: scale √(C T), T = Σ w U / Σ w, C = n (Π U)^(1/n) / Σ U (`standard`), or
    √((1 - mean over pairs |U_i - U_j|) Π (U_i / max U)^(1/(n-1))) (`corrected`), n being the children that are there.
    Edge cases: a child of 0 gives C = 0; missing where all are 0, and where one is below 0 or above `full`. One child alone:
    C = 1.
    Source: Liao Chongbin 1999; Wang Shujia et al. 2021 for `corrected`.
    """
    there = ~np.isnan(x) & (w != 0)
    u = np.where(there, x / full, np.nan)
    n = np.count_nonzero(there, axis=-1)
    outside = ((u < 0) | (u > 1)).any(axis=-1)
    whole, most = np.nansum(u, axis=-1), np.fmax.reduce(u, axis=-1, initial=np.nan)
    development = arithmetic(u, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        if form == "standard":
            together = n * np.nanprod(u, axis=-1) ** (1.0 / n) / whole
        else:
            apart = _mean_apart(u, n)
            level = np.nanprod(u / most[..., None], axis=-1) ** (1.0 / (n - 1))
            together = np.where(n == 1, 1.0, np.sqrt(np.maximum(1.0 - apart, 0.0) * level))
        undefined = outside | (whole <= 0) | (n == 0)
        together = np.where(undefined, np.nan, np.minimum(together, 1.0))
        made = {
            "coordination": np.sqrt(together * development),
            "coupling": together,
            "development": development + 0.0 * together,
        }
    return scale * made[result]


def _mean_apart(u: Array, n: Array) -> Array:
    """Return the mean of |u_i - u_j| over the pairs of children (…, unit) that are there: of sorted values a weighted sum."""
    ordered = np.sort(u, axis=-1)  # what is missing comes last
    place = np.arange(1, u.shape[-1] + 1)
    return np.asarray(np.nansum((2 * place - n[..., None] - 1) * ordered, axis=-1) / (n * (n - 1) / 2))


def _outside(x: Array, w: Array, given: Given) -> Mask:
    """Say which children are not between 0 and the full score."""
    return np.asarray(((x < 0) | (x > given.full)) & (w != 0))


def _all_zero(x: Array, w: Array, given: Given) -> Mask:
    del given
    return np.asarray(~np.isnan(x) & (w != 0))


OUTSIDE = Reason(
    ("{children} below 0 or above `full`", "{children} 小于 0 或大于 `full`"),
    ("normalise to 0 to 100, or say what the full score is: `full: 1`", "请无量纲化到 0 至 100，或写明满分：`full: 1`"),
    _outside,
)
ALL_ZERO = Reason(
    ("{children} all 0", "{children} 均为 0"),
    ("normalise to a range above 0", "请采用大于 0 的无量纲化（标准化）范围"),
    _all_zero,
)


COUPLING = Aggregator(
    name="coupling",
    terms=("耦合协调度", "耦合协调", "耦合度"),
    function=coupling,
    bounds={"full": ABOVE_ZERO, "scale": ABOVE_ZERO},
    checks=(),
    weights="shared",
    per_child=(),
    most_units=None,
    compares=False,
    undefined="missing",
    reasons=(OUTSIDE, ALL_ZERO),
    split="shapley",
    query=None,
    counts="otherwise",
)


COMPROMISES = (VIKOR, PROMETHEE, GREY_TOPSIS, RANK_SUM_RATIO, COUPLING)
