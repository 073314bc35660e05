"""Weights from how siblings go together: principal components, rotated factors, wished importances.

What is undefined or constant: a child that is constant among the units, or has fewer than two values, weighs 0 and the
others are weighed as if it were not there. Correlations are taken over the units that have both children.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from .arrays import Array, np
from .records import WeightMethod
from .siblings import correlations, scaled

_EIGENVALUE, _ALONE, _TOGETHER = 1.0, 0.1, 0.6  # the Handbook's rules for the factors that are kept
_NOTHING = 1e-12


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
    checks=(),
    scores="all units",
    declared=None,
    per_child=(),
)


def factor(x: Array, declared: Array, *, factors: int | None = None) -> Array:
    """Weigh by rotated factors: each child by its greatest squared loading, each factor by what it explains.

    Kept are the factors with an eigenvalue above 1 that explain more than 10 % each, and further ones until they explain
    more than 60 % together; or as many as `factors`. They are rotated by varimax (Kaiser's normalisation). A child belongs
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


FACTOR = WeightMethod(
    name="factor", terms=("因子分析", "因子分析法"), function=factor, checks=(), scores="all units", declared=None, per_child=()
)


def varimax(loadings: Array) -> Array:
    """Rotate loadings (child, factor) so that each child loads on few factors, rows scaled to length 1 meanwhile.

    Source: Kaiser 1958.
    """
    length = np.sqrt(np.add.reduce(loadings**2, axis=1, keepdims=True))
    some = length[:, 0] > 0
    rows = loadings[some] / length[some]
    rotation = np.eye(loadings.shape[1])
    for _ in range(1000):
        turned = rows @ rotation
        left, _, right = np.linalg.svd(rows.T @ (turned**3 - turned * np.mean(turned**2, axis=0)))
        before, rotation = rotation, left @ right
        if np.abs(rotation - before).max() < 1e-14:
            break
    return np.asarray(loadings @ rotation)


def importance(x: Array, declared: Array, *, wished: Sequence[float] | None = None) -> Array:
    """Find the weights under which each child matters to the parent as much as is wished.

    What a child matters is its squared correlation with the weighted arithmetic mean, as a share of the sum over children;
    wished are the declared weights, or `wished`, in any scale. Exact where weights of 0 or more can reach it, else the
    nearest in least squares.
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


IMPORTANCE = WeightMethod(
    name="importance",
    terms=("重要性", "按重要性优化"),
    function=importance,
    checks=(),
    scores="all units",
    declared="scaled",
    per_child=("wished",),
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

    Shares are as wished where R w = √aim; should that ask for a weight below 0, weights are searched from the nearest
    that are none, and from even ones, and the better result counts.
    """
    from scipy.optimize import LinearConstraint, minimize

    exact = np.asarray(np.linalg.lstsq(together, np.sqrt(aim), rcond=None)[0], dtype=float)
    if (exact >= 0).all() and np.abs(_shares(together, exact) - aim).max() < 1e-9:
        return exact

    def off(w: Array) -> float:
        return float(np.add.reduce((_shares(together, w) - aim) ** 2))

    def slope(w: Array) -> Array:
        pull = together @ w
        squares = pull**2
        total = squares.sum()
        with np.errstate(invalid="ignore", divide="ignore"):
            error = squares / total - aim
            return np.asarray(4.0 / total * (together @ (pull * (error - error @ squares / total))))

    starts = [np.maximum(exact, 0.0) + 0.01, np.sqrt(aim) + 0.01]
    found = [
        minimize(
            off,
            start / start.sum(),
            jac=slope,
            method="SLSQP",
            bounds=[(0.0, 1.0)] * len(aim),
            constraints=LinearConstraint(np.ones((1, len(aim))), 1.0, 1.0),
            options={"ftol": 1e-16, "maxiter": 1000},
        )
        for start in starts
    ]
    best = min(found, key=lambda result: float(result.fun))
    return np.asarray(np.maximum(best.x, 0.0))


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


BY_COMPONENTS = (PCA, FACTOR)
