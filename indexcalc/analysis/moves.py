"""The shape of scores and how units move in it: kernel densities, and Markov chains of classes, plain and by neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..methods.arrays import Array, np
from .space import Neighbours

Bandwidth = Literal["silverman", "normal"]


@dataclass(frozen=True)
class Density:
    """A Gaussian kernel density (point,) at scores `at`, of a bandwidth; `peaks` are its maxima, the highest first."""

    at: Array
    density: Array
    bandwidth: float

    @property
    def peaks(self) -> list[tuple[float, float]]:
        """Where the curve has its maxima among the points, and how high it is there, the highest first."""
        d = self.density
        inside = np.flatnonzero((d[1:-1] > d[:-2]) & (d[1:-1] >= d[2:])) + 1
        return sorted(((float(self.at[one]), float(d[one])) for one in inside), key=lambda peak: -peak[1])


@dataclass(frozen=True)
class Chain:
    """Moves between classes from one period to the next: `counts` and `shares` of each row (class, class), NaN of an empty row.

    `stationary` is where the shares lead in the end (class,), NaN where that is not one distribution.
    """

    counts: Array
    shares: Array
    stationary: Array


@dataclass(frozen=True)
class SpatialChain:
    """Moves by the class of the neighbours' mean at the start, and the test that they do not depend on it (χ² of homogeneity)."""

    chains: tuple[Chain, ...]
    chi2: float
    freedom: int
    p: float


def bandwidth(y: Array, how: Bandwidth | float = "silverman") -> float:
    """Return a bandwidth: 0.9 min(s, IQR/1.34) n^(-1/5), as R's, or for `normal` 1.06 s n^(-1/5); NaN of fewer than two scores.

    Quartiles are of type 7; where they are equal s stands alone. Source: Silverman 1986.
    """
    if isinstance(how, int | float):
        return float(how)
    if len(y) < 2:
        return float("nan")
    s = float(y.std(ddof=1))
    if how == "normal":
        return float(1.06 * s * len(y) ** -0.2)
    first, third = np.quantile(y, (0.25, 0.75))
    return float(0.9 * (min(s, (third - first) / 1.34) or s) * len(y) ** -0.2)


def density(y: Array, at: Array, width: float) -> Density:
    """Return the Gaussian kernel density of scores (unit,) at some points, f = Σ φ((x - x_i) / h) / (n h).

    Source: Parzen 1962.
    """
    if not len(y) or not width > 0:
        return Density(at, np.full(len(at), np.nan), width)
    scaled = (at[:, None] - y) / width
    return Density(at, np.exp(-0.5 * scaled**2).sum(axis=1) / (len(y) * width * np.sqrt(2 * np.pi)), width)


def classes_of(y: Array, cuts: Array) -> Array:
    """Return the class of each score, from 0 for the lowest; a score at a cut is in the lower; -1 without a score."""
    return np.where(np.isnan(y), -1, np.searchsorted(cuts, y, side="left"))


def cuts_of(y: Array, classes: int) -> Array:
    """Return what parts all scores, of all periods together, into so many classes alike in number (quantiles of type 7)."""
    known = y[~np.isnan(y)]
    return np.quantile(known, np.arange(1, classes) / classes) if len(known) else np.full(classes - 1, np.nan)


def chain(y: Array, before: Sequence[int], cuts: Array) -> Chain:
    """Count the moves of scores (period, unit) between classes, from the period `before` each (-1 for none).

    Source: Quah 1993.
    """
    start, end, _ = _moves(y, before)
    return _chain(classes_of(start, cuts), classes_of(end, cuts), len(cuts) + 1)


def spatial_chain(y: Array, before: Sequence[int], cuts: Array, neighbours: Neighbours) -> SpatialChain:
    """Count the moves apart by the class of the neighbours' mean at the start, cut where scores are; without neighbours out.

    Formula: χ² = Σ_s Σ_ij n_is (p_ijs - p_ij)² / p_ij over classes s of neighbours, of all moves that have some.
    Source: Rey 2001.
    """
    size = len(cuts) + 1
    start, end, places = _moves(y, before)
    row, unit = places
    means = np.full(y.shape, np.nan)
    for at in np.unique(row).tolist():
        w, known = neighbours.among(~np.isnan(y[at]))
        if len(known):
            means[at, known] = (w @ y[at, known]) / np.asarray(w.sum(axis=1))
    lag = classes_of(means[row, unit], cuts)
    one, other = classes_of(start, cuts), classes_of(end, cuts)
    chains = tuple(_chain(one[lag == own], other[lag == own], size) for own in range(size))
    counts = np.stack([each.counts for each in chains])
    whole = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = counts.sum(axis=2)[..., None] * (whole / whole.sum(axis=1, keepdims=True))
        chi2 = float(np.nansum(np.where(expected > 0, (counts - expected) ** 2 / expected, 0.0)))
    rows, columns = (counts.sum(axis=2) > 0).sum(axis=0), (whole > 0).sum(axis=1)
    freedom = int((np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0)).sum())
    return SpatialChain(chains, chi2, freedom, _chance(chi2, freedom))


def _chance(chi2: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi2)) if freedom else float("nan")


def _moves(y: Array, before: Sequence[int]) -> tuple[Array, Array, tuple[Any, Any]]:
    """Return the scores of both ends of every move, and the period and unit where it starts."""
    at = np.array([row for row, last in enumerate(before) if last >= 0], dtype=int)
    old = np.array([before[row] for row in at.tolist()], dtype=int)
    move, unit = np.nonzero(~np.isnan(y[old]) & ~np.isnan(y[at]))
    return y[old[move], unit], y[at[move], unit], (old[move], unit)


def _chain(start: Array, end: Array, size: int) -> Chain:
    counts = np.bincount(start * size + end, minlength=size * size).reshape(size, size).astype(float)
    with np.errstate(invalid="ignore"):
        shares = counts / counts.sum(axis=1, keepdims=True)
    return Chain(counts, shares, _stationary(shares))


def _stationary(shares: Array) -> Array:
    """Return the one distribution that moves leave as it is, NaN where there is none or are several."""
    size = len(shares)
    if np.isnan(shares).any():
        return np.full(size, np.nan)
    rows = np.vstack([shares.T - np.eye(size), np.ones(size)])
    if np.linalg.matrix_rank(rows[:-1]) < size - 1:
        return np.full(size, np.nan)
    found = np.linalg.lstsq(rows, np.append(np.zeros(size), 1.0), rcond=None)[0]
    return np.where(np.abs(found) < 1e-14, 0.0, found)
