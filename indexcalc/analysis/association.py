"""How scores go together: correlations within and across groups, what a node's children hold in common, what each weighs in fact.

Nothing here needs draws. Correlations are over the units that have both (pairwise complete), NaN where that is not defined.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from ..methods.arrays import Array, Mask, np
from ..methods.components import components
from ..methods.rank import ranks
from ..methods.siblings import correlations, varies
from ..scores import Scores

HIGH, NEGATIVE, WEAK = 0.9, -0.4, 0.3  # from which a correlation is flagged
_GRID = 400  # places at which a main effect is worked out: all units where there are no more
_WIDTHS = (0.15, 0.2, 0.27, 0.36, 0.5, 0.7, 1.0, 1.5, 2.5)  # of the kernel, in standard deviations
_SINGULAR = 1e-12
_MADE_OF = 1e-6  # a child of no more weight than this among children that make up nothing has no part in them


@dataclass(frozen=True)
class Flag:
    """A pair of nodes whose correlation calls for a look."""

    kind: Literal["redundant", "opposed", "across", "weak"]
    one: str
    other: str
    correlation: float


@dataclass(frozen=True)
class Group:
    """What the children of one node have in common.

    `alpha` is Cronbach's, `explained` the shares of variance of the principal components, `inflation` (child,) the variance
    inflation factors, `condition` the condition number of the correlations (the root of the largest eigenvalue over the
    least; infinite where children are linearly dependent). What needs a correlation that is not defined is NaN.
    """

    node: str
    children: tuple[str, ...]
    pearson: Array
    spearman: Array
    alpha: float
    explained: Array
    loadings: Array
    inflation: Array
    condition: float


@dataclass(frozen=True)
class Influence:
    """What a node's weight says, and what it does (node,), for its place in its parent and in the index.

    `nominal` is its weight among its siblings and `effective` that in the index. `squared` and `main` are the shares of the
    parent's variance that the node accounts for by itself, linearly and by any curve; `squared_index` and `main_index` those
    of the index's variance. `importance` is its part of the siblings' main effects, to be read against `nominal`.
    """

    nodes: tuple[str, ...]
    nominal: Array
    effective: Array
    squared: Array
    main: Array
    importance: Array
    squared_index: Array
    main_index: Array


def pearson(x: Array) -> Array:
    """Return the product-moment correlations (child, child) of x (unit, child); NaN where a child is constant for a pair."""
    together, _ = correlations(x)
    tells = _varying(x)
    both = tells & tells.T
    for one, other in np.argwhere(np.triu(both & (together == 0), 1) & np.isnan(x).any(axis=0)).tolist():
        # nearly constant for the pair beside all there is: what is left of sums over all units is too little to go by
        pair = x[~np.isnan(x[:, [one, other]]).any(axis=1)][:, [one, other]]
        together[one, other] = together[other, one] = correlations(pair)[0][0, 1]
    return np.where(both, together, np.nan)


def _varying(x: Array) -> Mask:
    """Say which children (child, child) tell units apart among those that have the other child too."""
    out = np.repeat(varies(x)[:, None], x.shape[1], axis=1)
    gaps = np.isnan(x)
    for other in np.flatnonzero(gaps.any(axis=0)).tolist():
        out[:, other] = varies(x[~gaps[:, other]])
    return out


def spearman(x: Array) -> Array:
    """Return the rank correlations (child, child) of x (unit, child), ties by the average of their ranks.

    Units that lack one of a pair are left out before the pair is ranked, as R does with pairwise complete observations.
    """
    out = pearson(_ranked(x))
    gaps = np.isnan(x)
    for one, other in combinations(range(x.shape[1]), 2):
        if gaps[:, one].any() or gaps[:, other].any():
            both = ~(gaps[:, one] | gaps[:, other])
            out[one, other] = out[other, one] = pearson(_ranked(x[both][:, [one, other]]))[0, 1]
    return out


def _ranked(x: Array) -> Array:
    return ranks(-x, ties="average").astype(float)


def cronbach(x: Array) -> float:
    """Return Cronbach's α of x (unit, child): k/(k-1) (1 - Σ var / Σ cov), covariances over the units that have both.

    NaN where two of the children have no correlation, or all cancel out. Source: Cronbach 1951; HB 2008, p. 72;
    COINr 1.1 `get_cronbach`.
    """
    children = int(x.shape[1])
    covariance = covariances(x)
    total = float(np.add.reduce(covariance, axis=None))
    if children < 2 or abs(total) <= _SINGULAR * np.abs(covariance).sum() or not _varying(x).all():
        return float("nan")
    return float(children / (children - 1) * (1.0 - np.trace(covariance) / total))


def covariances(x: Array) -> Array:
    """Return the covariances (child, child) of x (unit, child), n - 1 below, over the units that have both."""
    there = (~np.isnan(x)).astype(float)
    filled = np.nan_to_num(x - np.nanmean(np.where(np.isnan(x).all(axis=0), 0.0, x), axis=0))
    common, sums = there.T @ there, filled.T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((filled.T @ filled - sums * sums.T / common) / np.where(common > 1, common - 1, np.nan))


def collinearity(x: Array) -> tuple[Array, float]:
    """Return the variance inflation factor (child,) of each child and the condition number of their correlations.

    1 / (1 - R²) of each child on the others, the diagonal of the inverted correlations; infinite for those that are made of
    others. A child that does not vary: NaN; all, where two that vary have no correlation or where correlations over different
    units contradict each other. Source: Belsley, Kuh, Welsch 1980.
    """
    useful = np.flatnonzero(varies(x))
    out, together = np.full(x.shape[1], np.nan), pearson(x[:, useful])
    if not len(useful) or np.isnan(together).any():
        return out, float("nan")
    values, vectors = np.linalg.eigh(together)
    nothing = _SINGULAR * values[-1]
    if values[0] < -nothing:
        return out, float("nan")
    spread = values > nothing
    out[useful] = np.add.reduce(vectors[:, spread] ** 2 / values[spread], axis=1)
    out[useful[(np.abs(vectors[:, ~spread]) > _MADE_OF).any(axis=1)]] = np.inf
    return out, float(np.sqrt(values[-1] / values[0])) if spread.all() else float("inf")


def main_effect(x: Array, y: Array) -> float:
    """Return the share of y's variance that x accounts for by any smooth curve: Var(E[y | x]) / Var(y).

    The curve is a local linear regression with a normal kernel; its width, a share of x's standard deviation, is the one
    that predicts units left out best. Fewer than 8 units, or an x or y that does not vary: NaN.
    Source: Paruolo, Saisana, Saltelli 2013; Fan, Gijbels 1996 (local linear regression).
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < 8 or not varies(np.stack([x, y], axis=1)).all():
        return float("nan")
    order = np.argsort(x, kind="stable")
    x, y = (x[order] - x.mean()) / x.std(), y[order]
    at = np.unique(np.linspace(0, len(x) - 1, min(len(x), _GRID)).astype(int))
    best, curve = np.inf, np.full(len(at), y.mean())
    for width in _WIDTHS:
        fitted, own = _smoothed(x, y, at, width)
        if np.isnan(fitted).any() or (own > 1 - 1e-6).any():
            continue
        missed = float(np.mean(((y[at] - fitted) / (1.0 - own)) ** 2))
        if missed < best:
            best, curve = missed, fitted
    if len(at) < len(x):
        curve = np.interp(x, x[at], curve)
    return float(min(1.0, np.var(curve) / np.var(y)))


def _smoothed(x: Array, y: Array, at: Array, width: float) -> tuple[Array, Array]:
    """Return the local linear fit at some of the x, and the weight that each has in its own fit."""
    off = x - x[at][:, None]
    kernel = np.exp(-0.5 * (off / width) ** 2)
    s0, s1, s2 = (np.add.reduce(kernel * off**power, axis=1) for power in range(3))
    base = s0 * s2 - s1**2
    with np.errstate(invalid="ignore", divide="ignore"):
        base = np.where(base > 1e-10 * s0 * s2, base, np.nan)
        smoother = kernel * (s2[:, None] - s1[:, None] * off) / base[:, None]
    return smoother @ y, smoother[np.arange(len(at)), at]


def influence(scores: Scores, period: str) -> Influence:
    """Compare what weights say with what they do: nominal weights against squared correlations and main effects.

    Source: Paruolo, Saisana, Saltelli 2013.
    """
    at, tree = scores.periods.index(period), scores.tree
    x, root = scores.scores[at], scores.scores[at, :, tree.root]
    nodes = [child for branch in reversed(tree.branches) for child in branch.children]
    parents = [tree.parents[node] for node in nodes]
    squared = np.array([_squared(x[:, node], x[:, parent]) for node, parent in zip(nodes, parents, strict=True)])
    main = np.array([main_effect(x[:, node], x[:, parent]) for node, parent in zip(nodes, parents, strict=True)])
    total = {parent: np.nansum(main[[i for i, own in enumerate(parents) if own == parent]]) for parent in set(parents)}
    with np.errstate(invalid="ignore", divide="ignore"):
        importance = main / np.array([total[parent] for parent in parents])
    return Influence(
        tuple(tree.nodes[node].id for node in nodes),
        scores.sibling_weights[at, nodes],
        scores.effective_weights[at, nodes],
        squared,
        main,
        importance,
        np.array([_squared(x[:, node], root) for node in nodes]),
        np.array([main_effect(x[:, node], root) for node in nodes]),
    )


def _squared(x: Array, y: Array) -> float:
    return float(pearson(np.stack([x, y], axis=1))[0, 1] ** 2)


def groups(scores: Scores, period: str) -> list[Group]:
    """Return what the children of each node have in common, the index first."""
    at, tree = scores.periods.index(period), scores.tree
    found = []
    for branch in reversed(tree.branches):
        if len(branch.children) < 2:
            continue
        x = scores.scores[at][:, list(branch.children)]
        parts, together, useful = components(x), pearson(x), varies(x)
        known = np.nan if np.isnan(together[useful][:, useful]).any() else 1.0
        found.append(
            Group(
                tree.nodes[branch.position].id,
                tuple(tree.nodes[child].id for child in branch.children),
                together,
                spearman(x),
                cronbach(x),
                known * parts.explained,
                known * parts.vectors * np.sqrt(np.maximum(parts.eigenvalues, 0.0)),
                *collinearity(x),
            )
        )
    return found


def flags(scores: Scores, period: str, *, high: float = HIGH, negative: float = NEGATIVE, weak: float = WEAK) -> list[Flag]:
    """Return the pairs of nodes that call for a look.

    `redundant`: children of one node that say nearly the same. `opposed`: children of one node that go against each other,
    so that they cancel out. `across`: indicators of different nodes that say nearly the same. `weak`: a child that hardly
    goes with its parent, or against it. Source: HB 2008, p. 63; COINr 1.1 `get_corr_flags`.
    """
    at, tree = scores.periods.index(period), scores.tree
    found = redundant_or_opposed(scores, period, high=high, negative=negative)
    leaves = pearson(scores.scores[at][:, : tree.leaves])
    for one, other in np.argwhere(np.triu(np.nan_to_num(leaves), 1) >= high).tolist():
        if tree.parents[one] != tree.parents[other]:
            found.append(Flag("across", tree.nodes[one].id, tree.nodes[other].id, float(leaves[one, other])))
    for branch in reversed(tree.branches):
        together = pearson(scores.scores[at][:, [branch.position, *branch.children]])[0, 1:]
        for child, value in zip(branch.children, together.tolist(), strict=True):
            if value < weak:
                found.append(Flag("weak", tree.nodes[child].id, tree.nodes[branch.position].id, value))
    return found


def redundant_or_opposed(scores: Scores, period: str, *, high: float = HIGH, negative: float = NEGATIVE) -> list[Flag]:
    """Return the pairs of children of one node that say nearly the same, or go against each other so that they cancel out.

    Source: HB 2008, p. 63; COINr 1.1 `get_corr_flags`.
    """
    at, tree = scores.periods.index(period), scores.tree
    found: list[Flag] = []
    for branch in reversed(tree.branches):
        if len(branch.children) < 2:
            continue
        together = pearson(scores.scores[at][:, list(branch.children)])
        ids = [tree.nodes[child].id for child in branch.children]
        for i, j in combinations(range(len(ids)), 2):
            value = float(together[i, j])
            if value >= high:
                found.append(Flag("redundant", ids[i], ids[j], value))
            elif value <= negative:
                found.append(Flag("opposed", ids[i], ids[j], value))
    return found
