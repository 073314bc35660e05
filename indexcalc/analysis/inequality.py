"""How unequal scores are, and how much of it lies between groups: Theil, Dagum's Gini, the coefficient of variation.

Each is split into parts that add up to it. Nothing goes over pairs of units, what is of all pairs being counted by sorting; pairs
of groups are told one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from ..methods.arrays import Array, np

Labels = Sequence[str]
MOST_GROUPS = 1000
"""Groups of which each is compared with each, at the most."""


@dataclass(frozen=True)
class Theil:
    """Theil's T with its parts: `between` the groups of each level, outermost first, and `within` the innermost.

    `groups` has each outermost group's own T, and its share s_g T_g / T in the whole, which with that of what is between the
    outermost groups is 1.
    """

    total: float
    between: tuple[float, ...]
    within: float
    groups: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Dagum:
    """Gini's coefficient with Dagum's parts: within groups, net between them, and of their overlap (transvariation).

    `groups` has the Gini of each; `pairs` the Gini between two groups and their relative affluence D, 1 where all of the richer
    one are above the other.
    """

    total: float
    within: float
    between: float
    overlap: float
    groups: Mapping[str, float]
    pairs: Mapping[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True)
class Variation:
    """The coefficient of variation (n below), and the parts of its square between and within groups; each group's own."""

    total: float
    between: float
    within: float
    groups: Mapping[str, float]


def theil(y: Array, levels: Sequence[Labels] = (), weight: Array | None = None) -> Theil:
    """Return Theil's T of scores (unit,) of 0 or more, by groups of each of some levels, each inside those of the one before.

    Formula: with p the share of a unit's `weight` (1 for each without) and s its share of the sum of weight · y,
    T = Σ s ln(s / p), and 0 ln 0 = 0. Groups have the sums of their units, and T is exactly the sum over the levels of
    Σ_g s_g ln[(s_g / s_above) / (p_g / p_above)], units the innermost. NaN of a score below 0, or where all are 0.
    Source: Theil 1967; Shorrocks 1980; Akita 2003 for nested groups.
    """
    w = np.ones(len(y)) if weight is None else weight
    if not len(y) or (y < 0).any() or not (w * y).sum() > 0:
        return Theil(np.nan, tuple(np.nan for _ in levels), np.nan, {})
    p, s = w / w.sum(), w * y / (w * y).sum()
    units = np.arange(len(y))
    codes = [np.zeros(len(y), dtype=int), *_nested(levels), units]
    terms = [float(_terms(p, s, outer, inner).sum()) for outer, inner in pairwise(codes)]
    total = sum(terms)
    own = {}
    if levels:
        shares = np.bincount(codes[1], weights=s)
        inside = np.bincount(codes[1], weights=_terms(p, s, codes[1], units))
        for label, share, part in zip(dict.fromkeys(levels[0]), shares.tolist(), inside.tolist(), strict=True):
            own[label] = part / share if share > 0 else np.nan, (part / total if total > 0 else np.nan)
    return Theil(total, tuple(terms[:-1]), terms[-1], own)


def _nested(levels: Sequence[Labels]) -> list[Any]:
    """Return the number of each unit's group at each level, by first appearance, told apart where the groups above differ."""
    found: list[Any] = []
    for labels in levels:
        number = {label: at for at, label in enumerate(dict.fromkeys(labels))}
        own = np.fromiter(map(number.__getitem__, labels), dtype=int, count=len(labels))
        found.append(np.unique(own + found[-1] * len(number), return_inverse=True)[1] if found else own)
    return found


def _terms(p: Array, s: Array, outer: Any, inner: Any) -> Array:
    """Return s_g ln[(s_g / s_above) / (p_g / p_above)] of the inner groups, each inside an outer one; 0 of one without any."""
    above = np.zeros(inner.max() + 1, dtype=int)
    above[inner] = outer
    p_in, s_in = (np.bincount(inner, weights=x) for x in (p, s))
    p_out, s_out = (np.bincount(outer, weights=x)[above] for x in (p, s))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(s_in > 0, s_in * np.log((s_in / s_out) / (p_in / p_out)), 0.0)


def dagum(y: Array, labels: Labels) -> Dagum:
    """Return Gini's coefficient of scores (unit,) and its parts by groups, every unit counted alike.

    Formula: G = ΣΣ |y_i - y_k| / (2 n² ȳ); of groups j, h G_jh = E|y - y'| / (ȳ_j + ȳ_h), p shares of units, s shares of the sum;
    with the richer as j, d = E(Y_j - Y_h)⁺, q = E(Y_h - Y_j)⁺, D = (d - q) / (d + q). Within Σ G_jj p_j s_j, between
    Σ G_jh (p_j s_h + p_h s_j) D over pairs, overlap the same with 1 - D; no n / (n - 1). NaN where the sum is not above 0.
    Source: Dagum 1997.
    """
    total = gini(y)
    parts = {label: np.sort(y[np.asarray(labels) == label]) for label in dict.fromkeys(labels)}
    if np.isnan(total) or any(part.sum() <= 0 for part in parts.values()):
        return Dagum(total, np.nan, np.nan, np.nan, {}, {})
    own = {label: gini(part) for label, part in parts.items()}
    p = {label: len(part) / len(y) for label, part in parts.items()}
    s = {label: float(part.sum() / y.sum()) for label, part in parts.items()}
    within, net, overlap, pairs = sum(own[label] * p[label] * s[label] for label in parts), 0.0, 0.0, {}
    for one, other in combinations(parts, 2):
        rich, poor = (one, other) if parts[one].mean() >= parts[other].mean() else (other, one)
        up, down = _above(parts[rich], parts[poor]), _above(parts[poor], parts[rich])
        between = (up + down) / float(parts[one].mean() + parts[other].mean())
        affluence = (up - down) / (up + down) if up + down else 0.0
        pairs[one, other] = between, affluence
        share = between * (p[one] * s[other] + p[other] * s[one])
        net, overlap = net + share * affluence, overlap + share * (1 - affluence)
    return Dagum(total, float(within), net, overlap, own, pairs)


def gini(y: Array) -> float:
    """Return Gini's coefficient of scores (unit,), ΣΣ |y_i - y_k| / (2 n² ȳ); NaN where the sum is not above 0."""
    n, whole = len(y), float(y.sum())
    if not n or not whole > 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(y) / (n * whole))


def _above(one: Array, other: Array) -> float:
    """Return E(Y - Y')⁺ of two sorted rows of scores: by how much the one's is above the other's, 0 where it is not."""
    below = np.searchsorted(other, one)
    sums = np.concatenate([[0.0], np.cumsum(other)])
    return float((one * below - sums[below]).sum() / (len(one) * len(other)))


def variation(y: Array, labels: Labels = ()) -> Variation:
    """Return the coefficient of variation of scores (unit,), and its square split between and within groups.

    Formula: CV = √Σ(y - ȳ)²/n / ȳ; CV² = Σ p_g (ȳ_g - ȳ)² / ȳ² + Σ p_g Var_g / ȳ². NaN where the mean is not above 0.
    """
    mean = float(y.mean()) if len(y) else float("nan")
    if not mean > 0:
        return Variation(np.nan, np.nan, np.nan, {})
    parts = {label: y[np.asarray(labels) == label] for label in dict.fromkeys(labels)}
    share = {label: len(part) / len(y) for label, part in parts.items()}
    between = sum(share[label] * (part.mean() - mean) ** 2 for label, part in parts.items()) / mean**2
    within = sum(share[label] * part.var() for label, part in parts.items()) / mean**2
    own = {label: float(part.std() / part.mean()) if part.mean() > 0 else float("nan") for label, part in parts.items()}
    known = bool(parts)
    return Variation(float(y.std() / mean), float(between) if known else np.nan, float(within) if known else np.nan, own)
