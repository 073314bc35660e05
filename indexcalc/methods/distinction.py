"""Weights from scores: the more a child tells units apart, the more it weighs. The contract is that of `weight`."""

from typing import Literal

from .arrays import Array, np
from .frame import same
from .records import WeightMethod
from .siblings import correlations, ends, mean, rescaled, scaled, spread, varies

Rescale = Literal["min-max", "none"]
_COLLINEAR = 1e-9  # an eigenvalue of correlations that is as good as none
_NONE = 1e-12  # a squared correlation that is as good as none
_BLOCK = 1 << 16  # values looked at together, so that they stay in a processor's cache


def entropy(x: Array, declared: Array, *, rescale: Rescale = "min-max") -> Array:
    """Weigh by entropy 熵权法: the less evenly a child's sum is spread over the units, the more it weighs.

    x is rescaled to 0 to 1 before, or with `rescale: none` taken as it is: then it is free of the measure but not of the zero
    point. n counts the units that have a value.
    Formula: w ∝ 1 - e, e = -Σ p ln p / ln n, p = x / Σ x; n counts the units that have a value.
    Edge cases: 0 ln 0 = 0; a constant child weighs 0; with `rescale: none` scores below 0 give NaN for all.
    Source: Shannon 1948; Hwang, Yoon 1981, p. 52.
    """
    del declared
    turned, out = np.swapaxes(x, -1, -2), np.empty((*x.shape[:-2], x.shape[-1]))
    some = max(1, _BLOCK * x.shape[-1] // max(x.size, 1))
    for child in range(0, x.shape[-1], some):
        at = np.s_[..., child : child + some]
        out[at] = _divergence(turned[(*at, slice(None))], from_least=rescale == "min-max")
    return scaled(out)


ENTROPY = WeightMethod(
    name="entropy",
    terms=("熵权", "熵权法", "熵值法"),
    function=entropy,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def critic(x: Array, declared: Array, *, rescale: Rescale = "min-max") -> Array:
    """Weigh by CRITIC: what spreads wide and says what its siblings do not say weighs most.

    σ is of the values rescaled to 0 to 1, or as they are with `rescale: none`.
    Formula: w_j ∝ σ_j Σ_k (1 - r_jk).
    Edge cases: r is over the units that have both children, 0 where that cannot be correlated; a constant child weighs 0.
    Children that all say the same: NaN. Zero and what is below are scores as any.
    Source: Diakoulaki, Mavrotas, Papayannakis 1995.
    """
    del declared
    together, deviation = correlations(x)
    useful = deviation > 0
    conflict = np.add.reduce(useful[..., None, :] - together, axis=-1)
    conflict = np.where(useful & (conflict > 1e-12 * x.shape[-1]), conflict, 0.0)
    if rescale == "min-max":
        low, high = ends(x)
        deviation = np.where(useful, deviation / np.where(useful, high - low, 1.0), 0.0)
    return scaled(deviation * conflict)


CRITIC = WeightMethod(
    name="critic",
    terms=("critic法",),
    function=critic,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def std(x: Array, declared: Array, *, rescale: Rescale = "none") -> Array:
    """Weigh by the standard deviation of the scores: what sets units apart most weighs most.

    Of the scores as they are, or rescaled to 0 to 1 first.
    Formula: w_j ∝ σ_j, ddof 1 (which does not matter once weights add up to 1).
    Edge cases: a constant child weighs 0; zero and what is below are scores as any.
    Source: Diakoulaki, Mavrotas, Papayannakis 1995; Deng, Yeh, Willis 2000.
    """
    del declared
    return scaled(spread(_chosen(x, rescale)))


STD = WeightMethod(
    name="std",
    terms=("标准差法", "标准离差法"),
    function=std,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def cv(x: Array, declared: Array, *, rescale: Rescale = "none") -> Array:
    """Weigh by the coefficient of variation 变异系数法: standard deviation (ddof 1) over the mean's size.

    Formula: w_j ∝ σ_j / |mean_j|.
    Edge cases: a constant child weighs 0; one that varies about a mean of 0 has no such weight: NaN for all.
    Source: Shuai et al. 2012; Pearson 1896.
    """
    del declared
    chosen = _chosen(x, rescale)
    deviation, middle = spread(chosen), np.abs(mean(chosen))
    with np.errstate(invalid="ignore", divide="ignore"):
        return scaled(np.where(deviation == 0, 0.0, np.where(middle <= 1e-15 * deviation, np.nan, deviation / middle)))


CV = WeightMethod(
    name="cv",
    terms=("变异系数法", "变异系数"),
    function=cv,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def inverse_std(x: Array, declared: Array, *, rescale: Rescale = "none") -> Array:
    """Weigh by 1 / standard deviation, so that a point in one child moves units as far as in another.

    Formula: w_j ∝ 1 / σ_j, ddof 1.
    Edge cases: a child that does not tell units apart has no such weight: NaN for all. Zero and what is below are scores as
    any.
    Source: Iyengar, Sudarshan 1982; Kyodo News prefectural gender gap index 2022 and World Economic Forum 2006.
    """
    del declared
    deviation = spread(_chosen(x, rescale))
    with np.errstate(divide="ignore"):
        return scaled(np.where(deviation > 0, 1.0 / deviation, np.nan))


INVERSE_STD = WeightMethod(
    name="inverse-std",
    terms=("标准差倒数法",),
    function=inverse_std,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def gini(x: Array, declared: Array, *, rescale: Rescale = "none") -> Array:
    """Weigh by the Gini coefficient: the less evenly the units share in a child, the more it weighs.

    Of the scores as they are, or rescaled to 0 to 1 first.
    Formula: w_j ∝ Σ_i Σ_k |x_i - x_k| / (2 n² mean).
    Edge cases: a constant child weighs 0; scores below 0 give NaN for all.
    Source: Gini 1912; Li, Chi 2009.
    """
    del declared
    chosen = _chosen(x, rescale)
    ordered = np.sort(chosen, axis=-2)
    whole = np.add.reduce(ordered, axis=-2, keepdims=True)
    count: Array | int = x.shape[-2]
    if np.isnan(whole).any():
        there = ~np.isnan(ordered)
        count, ordered = np.add.reduce(there, axis=-2, keepdims=True), np.where(there, ordered, 0.0)
        whole = np.add.reduce(ordered, axis=-2, keepdims=True)
    place = np.arange(1, x.shape[-2] + 1)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.add.reduce((2 * place - count - 1) * ordered, axis=-2) / (count * whole)[..., 0, :]
    below = np.logical_or.reduce(ends(chosen)[0] < 0, axis=-1, keepdims=True)
    return scaled(np.where(below, np.nan, np.where(varies(x), apart, 0.0)))


GINI = WeightMethod(
    name="gini",
    terms=("基尼系数法", "基尼系数"),
    function=gini,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def merec(x: Array, declared: Array) -> Array:
    """Weigh by MEREC: by how much units' results change, on average, when the child is taken away.

    S_i without j leaves child j out of the sum, not out of the m children that it is divided by. Free of the measure.
    Formula: w_j ∝ Σ_i |S_i without j - S_i| / n_j over the n_j units that have j, S_i = ln(1 + Σ_j |ln(min_j / x_ij)| / m).
    Edge cases: a constant child weighs 0; a unit's missing children are left out of its sum and its m; scores must be above 0,
    else NaN for all.
    Source: Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis, Antucheviciene 2021.
    """
    del declared
    useful, low = varies(x), ends(x)[0]
    refused = np.logical_or.reduce(low <= 0, axis=-1, keepdims=True)
    counted = useful & ~refused
    units: Array | int = x.shape[-2]
    children: Array | int = x.shape[-1]
    with np.errstate(over="ignore", invalid="ignore"):  # scores of more than 1e300 times the least have no weight
        if counted.all() and not np.isnan(np.add.reduce(x, axis=-2)).any():
            logs = np.log(x / low[..., None, :])
        else:
            there = ~np.isnan(x) & counted[..., None, :]
            units = np.maximum(np.add.reduce(there, axis=-2), 1)
            children = np.maximum(np.add.reduce(there, axis=-1, keepdims=True), 1)
            logs = np.log(np.where(there, x, 1.0) / np.where(counted, low, 1.0)[..., None, :])
            logs = np.where(there, logs, 0.0)
        total = np.add.reduce(logs, axis=-1, keepdims=True)
        change = np.log1p(total / children) - np.log1p((total - logs) / children)
    effect = np.add.reduce(change, axis=-2) / units
    return scaled(np.where(refused, np.nan, effect))


MEREC = WeightMethod(
    name="merec",
    terms=("merec法",),
    function=merec,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def cilos(x: Array, declared: Array) -> Array:
    """Weigh by CILOS, the criterion impact loss: what is lost least where others are at their best weighs most.

    a_kj is child j at the unit where child k is best, the mean of those that tie, and a_jj the best of child j.
    Formula: F w = 0, F being p with minus its column sums on the diagonal, p_kj = (a_jj - a_kj) / a_jj.
    Edge cases: a constant child weighs 0. Scores must be 0 or more, else NaN; so too where nothing is lost, as with one unit
    best in all. A value missing where another is best counts as no loss.
    Source: Zavadskas, Podvezko 2016.
    """
    del declared
    out = np.full((*x.shape[:-2], x.shape[-1]), np.nan)
    useful, refused = varies(x), ends(x)[0] < 0
    for at in np.ndindex(*x.shape[:-2]):
        if useful[at].any() and not refused[at].any():
            out[at] = 0.0
            out[at][useful[at]] = _least_lost(x[at] if useful[at].all() else x[at][:, useful[at]])
    return scaled(out)


CILOS = WeightMethod(
    name="cilos",
    terms=("cilos法",),
    function=cilos,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def idocriw(x: Array, declared: Array) -> Array:
    """Weigh by IDOCRIW: entropy weights times CILOS weights.

    The entropy is of the scores as they are. A child with scores below 0 alone is a cost, as `points` makes of less is better: as
    in the paper, its entropy is that of the cost, and its impact loss is of the least cost over the cost.
    Formula: w_j ∝ w_j(entropy) w_j(CILOS).
    Edge cases: scores must be 0 or more, or all below 0, and weights are NaN where either's are; a constant child weighs 0.
    Source: Zavadskas, Podvezko 2016.
    """
    high = ends(x)[1][..., None, :]
    cost = high < 0
    plain, gain = np.where(cost, -x, x), np.where(cost, high / np.where(cost, x, 1.0), x)
    return scaled(entropy(plain, declared, rescale="none") * cilos(gain, declared))


IDOCRIW = WeightMethod(
    name="idocriw",
    terms=("idocriw法",),
    function=idocriw,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def variance(x: Array, declared: Array, *, rescale: Rescale = "min-max") -> Array:
    """Weigh by the variance of the scores, rescaled to 0 to 1 first or as they are: the square of `std`'s weights.

    Formula: w_j ∝ σ_j², ddof 1 (which does not matter once weights add up to 1).
    Edge cases: a constant child weighs 0; zero and what is below are scores as any.
    Source: Rao, Patel 2010.
    """
    del declared
    return scaled(spread(_chosen(x, rescale)) ** 2)


VARIANCE = WeightMethod(
    name="variance",
    terms=("方差法", "离散程度法"),
    function=variance,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def information(x: Array, declared: Array, *, rescale: Rescale = "none") -> Array:
    """Weigh by the amount of information 信息量权重法, which is `cv` under another name.

    Formula: w_j ∝ σ_j / |mean_j|, ddof 1.
    Edge cases: a constant child weighs 0; one that varies about a mean of 0 has no such weight: NaN for all.
    Source: common practice in statistics of health; SPSSAU, of the values as they are (`normalise: points`).
    """
    return cv(x, declared, rescale=rescale)


INFORMATION = WeightMethod(
    name="information",
    terms=("信息量权重法", "信息量法"),
    function=information,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def independence(x: Array, declared: Array) -> Array:
    """Weigh by independence 独立性权重法: the less a child follows from its siblings, the more it weighs.

    R is the multiple correlation of a child with all its siblings. With no more units than children every R is 1, and weights
    are alike.
    Formula: w_j ∝ 1 / R_j, R_j² = 1 - 1 / (r⁻¹)_jj, r the correlations of the children.
    Edge cases: a constant child weighs 0; one that goes with no other at all has no such weight: NaN for all. Zero and what is
    below are scores as any.
    Source: textbooks of health statistics; SPSSAU, SPSSPRO.
    """
    del declared
    together, deviation = correlations(x)
    useful = deviation > 0
    at = np.arange(x.shape[-1])
    r = np.where(useful[..., :, None] & useful[..., None, :], together, 0.0)
    r[..., at, at] = 1.0
    squares = np.where(useful, _multiple(r), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return scaled(np.where(useful, np.where(squares > _NONE, 1.0 / np.sqrt(squares), np.nan), 0.0))


def _multiple(r: Array) -> Array:
    """Return the squared multiple correlation of each child with the others (…, child), of correlations (…, child, child)."""
    values, vectors = np.linalg.eigh(r)
    if (values > _COLLINEAR).all():
        return np.asarray(1.0 - 1.0 / np.einsum("...ij,...j->...i", vectors**2, 1.0 / values))
    whole = np.ones(r.shape[:-1])
    for child in range(r.shape[-1]):  # some follow from others exactly
        rest = [one for one in range(r.shape[-1]) if one != child]
        own = r[..., child, rest]
        whole[..., child] = np.einsum(
            "...i,...ij,...j->...", own, np.linalg.pinv(r[..., rest, :][..., rest], hermitian=True), own
        )
    return np.minimum(whole, 1.0)


INDEPENDENCE = WeightMethod(
    name="independence",
    terms=("独立性权重法", "独立性权系数法"),
    function=independence,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)

BY_DISTINCTION = (ENTROPY, CRITIC, STD, CV, INVERSE_STD, GINI, MEREC, CILOS, IDOCRIW, VARIANCE, INFORMATION, INDEPENDENCE)


def _chosen(x: Array, rescale: Rescale) -> Array:
    return rescaled(x) if rescale == "min-max" else x


def _divergence(values: Array, *, from_least: bool) -> Array:
    """Return how far (…, unit) are from even, 1 - e, as the mean of r ln r / ln n with r = x / mean x: NaN below 0."""
    share = np.array(values, order="C")
    low, high = ends(share[..., None])
    if from_least:
        share -= low
    low, high = low[..., 0], high[..., 0]
    count: Array | int = max(values.shape[-1], 1)
    average = np.add.reduce(share, axis=-1) / count
    if np.isnan(average).any():
        missing = np.isnan(share)
        count = np.maximum(values.shape[-1] - np.add.reduce(missing, axis=-1), 1)
        average = np.nansum(share, axis=-1) / count
        np.copyto(share, average[..., None], where=missing)  # at the mean a value adds nothing
    with np.errstate(invalid="ignore", divide="ignore"):
        share /= average[..., None]
        logs = np.maximum(share, np.finfo(float).tiny)
        np.log(logs, out=logs)
        uneven = np.einsum("...u,...u->...", share, logs) / (count * np.log(count))
    uneven = np.where(same(low, high) | np.isnan(low), 0.0, np.maximum(uneven, 0.0))
    return uneven if from_least else np.where(low < 0, np.nan, uneven)


def _least_lost(x: Array) -> Array:
    """Return the CILOS weights of one table (unit, child) of children that vary."""
    top = np.fmax.reduce(x, axis=0)
    best = x == top
    some = best.any(axis=1)  # where a child is best
    best, x = best[some], x[some]
    there = ~np.isnan(x)
    weight = best.astype(float).T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        at_best = best.astype(float).T @ np.where(there, x, 0.0) / weight
    lost = np.where(np.isnan(at_best), 0.0, (top - at_best) / top)
    np.fill_diagonal(lost, 0.0)
    np.fill_diagonal(lost, -np.add.reduce(lost, axis=0))
    _, strength, turned = np.linalg.svd(lost)
    if len(strength) > 1 and strength[-2] <= 1e-12:
        return np.full(len(top), np.nan)
    return scaled(np.abs(turned[-1]))
