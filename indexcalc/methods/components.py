"""Weights from how siblings go together: principal components, rotated factors, wished importances.

What is undefined or constant: a child that is constant among the units, or has fewer than two values, weighs 0 and the
others are weighed as if it were not there. Correlations are taken over the units that have both children.
"""

from collections.abc import Sequence
from itertools import combinations, product
from typing import Literal, NamedTuple

from .arrays import Array, np
from .bounds import COUNT, ZERO_OR_MORE, Check, Given, Problem, some_above_zero
from .records import WeightMethod, WishedWeights
from .siblings import correlations, scaled, varies

_EIGENVALUE, _ALONE, _TOGETHER = 1.0, 0.1, 0.6  # the Handbook's rules for the factors that are kept
_NOTHING = 1e-12
_SIGNED, _TRIED, _SEARCHED, _APART = 10, 300, 8, 0.1  # what the search for wished importances looks at
_STARTS, _SWEEPS, _SEED = 10, 200, 1958  # random rotations that the search for the simplest one also starts from


class Components(NamedTuple):
    """The principal components of siblings' correlations, from the one that explains most."""

    eigenvalues: Array
    """(…, component)"""
    vectors: Array
    """(…, child, component), each of length 1 and of any sign."""
    explained: Array
    """(…, component): the share of the children's variance."""


def components(x: Array) -> Components:
    """Return the principal components of the correlations of x (…, unit, child); NaN missing, pairwise complete."""
    together, _ = correlations(x)
    values, vectors = np.linalg.eigh(together)
    values, vectors = values[..., ::-1], vectors[..., ::-1]
    total = np.add.reduce(values, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Components(values, vectors, np.where(total > 0, values / total, np.nan))


def pca(x: Array, declared: Array, *, take: Literal["squared", "loadings"] = "squared") -> Array:
    """Weigh by the first principal component of the children's correlations.

    `squared`: its squared loadings, which add up to 1. `loadings`: the loadings themselves over their sum, as COINr takes
    them; a child that goes against the others then weighs less than 0, and weights grow without bound as the sum nears 0.
    Formula: w_j = v_j², or w_j = v_j / Σ v, v the eigenvector of the correlations with the greatest eigenvalue.
    Edge cases: constant children weigh 0; all constant: NaN. Zero and what is below are scores as any.
    Source: HB 2008, p. 89; COINr 1.1 `get_PCA` (Becker et al. 2022).
    """
    del declared
    first = components(x)
    loadings = np.where(first.eigenvalues[..., :1] > _NOTHING, first.vectors[..., 0], np.nan)
    loadings = np.where(np.abs(loadings) < _NOTHING, 0.0, loadings)
    return scaled(loadings**2 if take == "squared" else loadings)


PCA = WeightMethod(
    name="pca",
    terms=("主成分", "主成分分析", "主成分分析法"),
    function=pca,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def factor(x: Array, declared: Array, *, factors: int | None = None) -> Array:
    """Weigh by rotated factors: each child by its greatest squared loading, each factor by what it explains.

    Kept are the factors with an eigenvalue above 1 that explain more than 10 % each, and further ones until they explain
    more than 60 % together; or as many as `factors`, up to one a child. They are rotated by varimax (Kaiser's normalisation) to
    where squared loadings vary most, searched from several starts where there are more than two. A child belongs
    to the factor that it loads on most: within it, it weighs its squared loading over the factor's explained variance, and
    the factor its explained variance over that of all kept.
    Formula: w_j ∝ max_f l_jf², l the loadings after rotation.
    Edge cases: constant children weigh 0; all constant: NaN. Zero and what is below are scores as any.
    Source: Nicoletti, Scarpetta, Boylaud 2000; HB 2008, p. 89-91.
    """
    del declared
    found = components(x)
    out = np.full((*x.shape[:-2], x.shape[-1]), np.nan)
    for at in np.ndindex(*x.shape[:-2]):
        values = found.eigenvalues[at]
        if values[0] > _NOTHING:
            kept = _kept(values) if factors is None else max(1, min(factors, int(np.count_nonzero(values > _NOTHING))))
            out[at] = _greatest(found.vectors[at][:, :kept] * np.sqrt(values[:kept]))
    return scaled(out)


def _no_more_than_children(given: Given) -> Problem | None:
    if given.factors is not None and given.children is not None and given.factors > given.children:
        return (
            "factors",
            f"{given.children} children have no {given.factors} factors",
            f"{given.children} 个下级指标没有 {given.factors} 个因子",
        )
    return None


FACTOR = WeightMethod(
    name="factor",
    terms=("因子分析", "因子分析法"),
    function=factor,
    bounds={"factors": COUNT},
    checks=(Check(_no_more_than_children, ({"factors": 9, "children": 4},)),),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)


def varimax(loadings: Array) -> Array:
    """Rotate loadings (child, factor) so that each child loads on few factors, rows scaled to length 1 meanwhile.

    Source: Kaiser 1958.
    """
    length = np.sqrt(np.add.reduce(loadings**2, axis=1, keepdims=True))
    some = length[:, 0] > 0
    rows, factors = loadings[some] / length[some], loadings.shape[1]
    starts = np.eye(factors)[None]
    if factors > 2:  # with two factors the first turn is the best one, from wherever it starts
        others = np.random.default_rng(_SEED).normal(size=(_STARTS, factors, factors))
        starts = np.concatenate([starts, np.linalg.qr(others)[0]])
    rotations = _turned_pair_by_pair(rows, starts)
    simple = np.add.reduce(np.var((rows @ rotations) ** 2, axis=-2), axis=-1)
    first = int(np.argmax(simple >= np.maximum.reduce(simple) - _NOTHING))
    return np.asarray(loadings @ rotations[first])


def _turned_pair_by_pair(rows: Array, rotations: Array) -> Array:
    """Return rotations (start, factor, factor) with each pair of factors turned to where it is best, until none turns any more.

    Source: Kaiser 1958.
    """
    rotations = np.array(rotations)
    for _ in range(_SWEEPS):
        widest = 0.0
        for pair in map(list, combinations(range(rotations.shape[-1]), 2)):
            one, other = np.moveaxis(rows @ rotations[..., pair], -1, 0)
            u, v = one**2 - other**2, 2.0 * one * other
            means = [np.mean(part, axis=-1) for part in (u, v, u * v, u * u - v * v)]
            across, along = 2.0 * (means[2] - means[0] * means[1]), means[3] - (means[0] ** 2 - means[1] ** 2)
            alike = (np.abs(across) <= _NOTHING) & (np.abs(along) <= _NOTHING)  # the same wherever it is turned
            angle = np.where(alike, 0.0, 0.25 * np.arctan2(across, along))
            widest = max(widest, float(np.maximum.reduce(np.abs(angle))))
            cos, sin = np.cos(angle), np.sin(angle)
            turn = np.stack([np.stack([cos, -sin], axis=-1), np.stack([sin, cos], axis=-1)], axis=-2)
            rotations[..., pair] = rotations[..., pair] @ turn
        if widest < 1e-13:
            break
    return rotations


def importance(x: Array, declared: Array, *, wished: Sequence[float] | None = None) -> Array:
    """Find the weights under which each child matters to the parent as much as is wished.

    What a child matters is its squared correlation with the weighted arithmetic mean, as a share of the sum over children;
    wished are the declared weights, or `wished`, in any scale. Exact where weights of 0 or more can reach it, else the
    nearest in least squares, searched from several starts, and a finding (IC456) says what they reach.
    Formula: S_j = s_j with S_j = r_j² / Σ r², r_j = corr(x_j, Σ w x), s the wished shares.
    Edge cases: constant children weigh 0; all constant, or nothing wished of the rest: NaN. Zero and what is below are scores
    as any.
    Source: Paruolo, Saisana, Saltelli 2013; COINr 1.1 `get_opt_weights` (Becker et al. 2022).
    """
    aim = np.asarray(declared if wished is None else wished, dtype=float)
    together, deviation = correlations(x)
    out = np.full((*x.shape[:-2], x.shape[-1]), np.nan)
    if aim.shape != out.shape[-1:]:
        return out
    for at in np.ndindex(*x.shape[:-2]):
        useful = deviation[at] > 0
        if useful.any() and aim[useful].sum() > 0:
            out[at] = 0.0
            out[at][useful] = (
                _reached(together[at][np.ix_(useful, useful)], aim[useful] / aim[useful].sum()) / deviation[at][useful]
            )
    return scaled(out)


def _wished_and_reached(x: Array, declared: Array, w: Array, given: Given) -> tuple[Array, Array]:
    """Return the importances that were wished of the children that tell units apart, as shares, and those under weights."""
    aim = np.asarray(declared if given.wished is None else given.wished, dtype=float)
    return scaled(np.where(correlations(x)[1] > 0, aim, 0.0)), importances(x, w)


IMPORTANCE = WishedWeights(
    name="importance",
    terms=("重要性", "按重要性优化"),
    function=importance,
    bounds={"wished": ZERO_OR_MORE},
    checks=(some_above_zero("wished"),),
    scores="all units",
    declared="scaled",
    per_child=("wished",),
    most_units=None,
    reached=_wished_and_reached,
)


def importances(x: Array, w: Array) -> Array:
    """Return the squared correlation of each child (…, child) with the weighted sum of all, as shares of their sum."""
    together, deviation = correlations(x)
    return _shares(together, w * deviation)


def _shares(together: Array, w: Array) -> Array:
    """Return the squared correlations of children of variance 1 with their sum under w, as shares; (…, child)."""
    return scaled((together @ w[..., None])[..., 0] ** 2)


def _reached(together: Array, aim: Array) -> Array:
    """Return the weights of children of variance 1, correlated like this, whose shares come nearest to the aim.

    Shares are as wished where R w = ±√aim; should that ask for a weight below 0 whatever the signs, weights are searched from
    the nearest of many, and the best result counts.
    """
    exact = np.asarray(np.linalg.lstsq(together, (_signs(len(aim)) * np.sqrt(aim)).T, rcond=None)[0].T, dtype=float)
    for w in exact:
        if (w >= 0).all() and np.abs(_shares(together, w) - aim).max() < 1e-9:
            return np.asarray(w)
    found = [_descended(together, aim, start) for start in _starts(together, aim, exact)]
    return np.asarray(np.maximum(min(found, key=lambda one: one[0])[1], 0.0))


def _signs(children: int) -> Array:
    """Return the signs that correlations with the mean can have, all positive first; not every combination of many children."""
    signs = np.array(list(product((1.0, -1.0), repeat=min(children, _SIGNED) - 1)))
    return np.hstack([np.ones((len(signs), children - signs.shape[1])), signs])


def _starts(together: Array, aim: Array, exact: Array) -> list[Array]:
    """Return where to search from: the two that are nearest to what is asked for, and of many others the best ones apart."""
    random = np.random.default_rng(_SEED)
    spread = [random.dirichlet(np.full(len(aim), shape), _TRIED) for shape in (1.0, 0.3)]
    tried = np.vstack([np.maximum(exact, 0.0), np.eye(len(aim)), *spread])
    total = np.add.reduce(tried, axis=1, keepdims=True)
    tried = np.divide(tried, total, out=np.full_like(tried, 1.0 / len(aim)), where=total > 0)
    off = np.add.reduce((_shares(together, tried) - aim) ** 2, axis=1)
    starts = [np.maximum(exact[0], 0.0) + 0.01, np.sqrt(aim) + 0.01]
    for at in np.argsort(off, kind="stable"):
        if len(starts) == _SEARCHED:
            break
        if all(np.abs(tried[at] - start / start.sum()).max() > _APART for start in starts[2:]):
            starts.append(tried[at] + 1e-6)
    return starts


def _descended(together: Array, aim: Array, start: Array) -> tuple[float, Array]:
    """Return the least sum of squared differences of shares from the aim that is found from a start, and its weights."""
    from scipy.optimize import LinearConstraint, minimize

    def off(w: Array) -> float:
        return float(np.add.reduce((_shares(together, w) - aim) ** 2))

    def slope(w: Array) -> Array:
        pull = together @ w
        squares = pull**2
        total = squares.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            error = squares / total - aim
            return np.asarray(4.0 / total * (together @ (pull * (error - error @ squares / total))))

    found = minimize(
        off,
        start / start.sum(),
        jac=slope,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(aim),
        constraints=LinearConstraint(np.ones((1, len(aim))), 1.0, 1.0),
        options={"ftol": 1e-16, "maxiter": 1000},
    )
    return float(found.fun), found.x


def _greatest(loadings: Array) -> Array:
    """Return each child's greatest squared loading after rotation; what is 0 but for rounding is left out of it."""
    loadings = np.where(np.abs(loadings) < _NOTHING, 0.0, loadings)
    return np.asarray(np.maximum.reduce(varimax(loadings) ** 2, axis=1))


def _kept(values: Array) -> int:
    """Say how many factors the Handbook's rules keep, of eigenvalues in falling order."""
    shares = values / values.sum()
    kept = max(1, int(np.count_nonzero((values > _EIGENVALUE + 1e-9) & (shares > _ALONE))))
    together = np.add.accumulate(shares)
    while together[kept - 1] <= _TOGETHER:
        kept += 1
    return kept


def scatter(x: Array, declared: Array) -> Array:
    """Weigh so that the units' scores lie as far from 0 together as can be 拉开档次法; with `over: all` over all periods 纵横向.

    Weights are the principal eigenvector of the scores' products, which is not centred: with scores of 0 to 100 a high mean
    weighs as well as a wide spread. Where it has signs that differ, as with z-scores, the best weights of 0 or more are
    searched for.
    Formula: max w'Hw over w ≥ 0, Σ w² = 1, H = Σ_t A_t'A_t, A_t the scores (unit, child); then over Σ w.
    Edge cases: a constant child weighs 0; units that lack a child are left out; NaN where no child tells units apart. Zero and
    what is below are scores as any.
    Source: Guo Yajun 2002.
    """
    del declared
    useful = varies(x)
    x = x if useful.all() else np.where(useful[..., None, :], x, 0.0)
    h = np.swapaxes(x, -1, -2) @ x
    if np.isnan(h).any():
        whole = np.where(np.isnan(x).any(axis=-1, keepdims=True), 0.0, x)
        h = np.swapaxes(whole, -1, -2) @ whole
    first = np.linalg.eigh(h)[1][..., -1]
    first = first * np.where(np.add.reduce(first, axis=-1, keepdims=True) < 0, -1.0, 1.0)
    first = np.where(np.abs(first) < _NOTHING, 0.0, first)
    below = (first < 0).any(axis=-1, keepdims=True)
    first = np.where(below, _without_negatives(h), first) if below.any() else first
    return scaled(np.where((h == 0).all(axis=-1), 0.0, first))


def _without_negatives(h: Array) -> Array:
    """Return the weights of 0 or more, of length 1, for which w'Hw (…) is greatest, from several starts: each step rises."""
    size = h.shape[-1]
    w = np.broadcast_to(np.concatenate([np.eye(size), np.ones((1, size))]), (*h.shape[:-2], size + 1, size))
    for _ in range(_SWEEPS):
        step = np.maximum(w @ h, 0.0)
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        w = np.where(length > 0, step / np.where(length > 0, length, 1.0), w)
    best = np.argmax(np.einsum("...si,...ij,...sj->...s", w, h, w), axis=-1)
    return np.take_along_axis(w, best[..., None, None], axis=-2)[..., 0, :]


SCATTER = WeightMethod(
    name="scatter",
    terms=("拉开档次法", "纵横向拉开档次法"),
    function=scatter,
    bounds={},
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
    most_units=None,
)

BY_COMPONENTS = (PCA, FACTOR, SCATTER)
