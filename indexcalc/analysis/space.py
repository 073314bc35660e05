"""Whether neighbours are alike: Moran's I and Geary's C of all units, and each unit's own part of Moran's I."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..methods.arrays import Array, np

if TYPE_CHECKING:
    from scipy import sparse

_CELLS = 1 << 22  # numbers that are worked on at once
_SLACK = 1e-12  # of z'z: what adds up in another order is alike up to this
QUADRANTS = ("HH", "LH", "LL", "HL")
"""A unit that is high (H) or low (L), among neighbours that are high or low."""


@dataclass(frozen=True)
class Neighbours:
    """Who is next to whom: pairs of places `one`, `other`, each listed both ways where it is meant both ways.

    `weight` is what each pair counts, where they do not count alike.
    """

    one: Array
    other: Array
    weight: Array | None = None

    def among(self, there: Array) -> tuple[sparse.csr_array, Array]:
        """Return weights of neighbours among units that are `there` and have one (unit, unit), and the places of these."""
        from scipy.sparse import csr_array

        both = there[self.one] & there[self.other]
        one, other = self.one[both], self.other[both]
        places = np.unique(one)
        number = np.full(len(there), -1)
        number[places] = np.arange(len(places))
        known = number[other] >= 0
        rows, columns = number[one[known]], number[other[known]]
        weight = np.ones(len(rows)) if self.weight is None else self.weight[both][known]
        w = csr_array((weight, (rows, columns)), shape=(len(places), len(places)))
        w.sum_duplicates()
        if self.weight is None:
            w.data[:] = 1.0
        return w, places


@dataclass(frozen=True)
class Moran:
    """Moran's I of a period with what would be expected by chance, Geary's C, and the parts of the units.

    `places` are the units that have a score and neighbours, `local` their own I (mean I), `lag` the mean of their neighbours,
    `quadrant` HH, LH, LL or HL. `p_normal` and `p_random` are two-sided under normality and randomisation; `p` and `local_p` are
    (hits + 1) / (draws + 1), one-tailed as esda's, NaN without draws.
    """

    places: Array
    value: float
    expected: float
    variance_normal: float
    variance_random: float
    p_normal: float
    p_random: float
    p: float
    geary: float
    local: Array
    lag: Array
    quadrant: tuple[str, ...]
    local_p: Array


def moran(y: Array, neighbours: Neighbours, *, standardise: bool = True, draws: int = 0, seed: int = 0) -> Moran | None:
    """Return how alike neighbours are in scores (unit,); nothing where fewer than four units have some, or all are the same.

    Formula: I = n / S₀ z'Wz / z'z, E = -1 / (n - 1), its variances by Cliff, Ord; C = (n - 1) / 2S₀ Σ w (z_i - z_j)² / z'z; of a
    unit z_i Σ w z_j / (z'z / n). Weights are those of a row together 1 unless `standardise` is off. Of `draws` permutations those
    of a unit leave it where it is. Source: Moran 1950; Geary 1954; Cliff, Ord 1981; Anselin 1995.
    """
    w, places = neighbours.among(~np.isnan(y))
    n = len(places)
    z = y[places] - y[places].mean() if n else y[:0]
    if n < 4 or np.ptp(z) == 0:
        return None
    counts = np.asarray(w.sum(axis=1))
    if standardise:
        w.data[:] = w.data / np.repeat(counts, np.diff(w.indptr))
    whole, s0, lag = float(z @ z), float(w.sum()), w @ z
    value, expected = n / s0 * float(z @ lag) / whole, -1 / (n - 1)
    normal, random = _variances(w, z, s0, expected)
    pairs = w.tocoo()
    geary = (n - 1) / (2 * s0) * float(pairs.data @ (z[pairs.row] - z[pairs.col]) ** 2) / whole
    rng = np.random.default_rng(seed)
    return Moran(
        places=places,
        value=value,
        expected=expected,
        variance_normal=normal,
        variance_random=random,
        p_normal=_two_sided((value - expected) / np.sqrt(normal)),
        p_random=_two_sided((value - expected) / np.sqrt(random)) if random > 0 else float("nan"),
        p=_permuted(w, z, float(z @ lag), draws, rng) if draws else float("nan"),
        geary=geary,
        local=z * lag / (whole / n),
        lag=(lag if standardise else lag / counts) + y[places].mean(),
        quadrant=tuple(QUADRANTS[2 * (not h) if h == high else 1 + 2 * high] for h, high in _sides(z, lag)),
        local_p=_local_p(w, z, lag, draws, rng) if draws else np.full(n, np.nan),
    )


def _sides(z: Array, lag: Array) -> list[tuple[bool, bool]]:
    """Say of each unit whether its neighbours are high, and whether it is itself."""
    return list(zip((lag > 0).tolist(), (z > 0).tolist(), strict=True))


def _variances(w: sparse.csr_array, z: Array, s0: float, expected: float) -> tuple[float, float]:
    """Return the variance of I under normality and under randomisation."""
    n = len(z)
    both = w + w.T
    s1 = float((both.data**2).sum()) / 2
    s2 = float(((w.sum(axis=1) + w.sum(axis=0)) ** 2).sum())
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    k = float((z**4).mean() / (z**2).mean() ** 2)
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = k * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return normal, (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2


def _two_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def _tail(hits: Array, draws: int) -> Array:
    """Return (hits + 1) / (draws + 1) of the smaller tail."""
    return np.asarray((np.minimum(hits, draws - hits) + 1) / (draws + 1))


def _permuted(w: sparse.csr_array, z: Array, seen: float, draws: int, rng: np.random.Generator) -> float:
    """Return how seldom scores that are dealt out at random are as alike among neighbours."""
    hits, step, seen = 0, max(1, _CELLS // len(z)), seen - _SLACK * float(z @ z)
    for start in range(0, draws, step):
        dealt = rng.permuted(np.tile(z, (min(step, draws - start), 1)), axis=1).T
        hits += int(np.count_nonzero(np.einsum("ud,ud->d", dealt, w @ dealt) >= seen))
    return float(_tail(np.array(hits), draws))


def _local_p(w: sparse.csr_array, z: Array, lag: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return the same of each unit, which stays as its neighbours are drawn from the others.

    All units take theirs from one list of places a draw, each in turn those that are not itself.
    """
    from scipy.sparse import csr_array

    n, counts = len(z), np.diff(w.indptr)
    most = int(counts.max())
    nth = np.arange(w.nnz) - np.repeat(w.indptr[:-1], counts)  # which neighbour of its unit each is
    in_turn = csr_array((w.data, nth, w.indptr), shape=(n, most))
    hits, step, seen = np.zeros(n), max(1, _CELLS // max(w.nnz, n)), z * lag - _SLACK * float(z @ z)
    for start in range(0, draws, step):
        places = _drawn(min(step, draws - start), most + 1, n, rng)
        lags = in_turn @ z[places[:, :most]].T
        draw, at = np.nonzero(np.arange(most + 1) < counts[places])  # where a unit meets itself
        lags[places[draw, at], draw] += _passed_over(w, z[places], places, draw, at)
        hits += (z[:, None] * lags >= seen[:, None]).sum(axis=1)
    return _tail(hits, draws)


def _drawn(draws: int, count: int, n: int, rng: np.random.Generator) -> Any:
    """Return some of n places in random order, none twice (draw, place)."""
    by = rng.random((draws, n))
    some = np.argpartition(by, min(count, n - 1), axis=1)[:, :count]
    return np.take_along_axis(some, np.argsort(np.take_along_axis(by, some, axis=1), axis=1), axis=1)


def _passed_over(w: sparse.csr_array, drawn: Array, places: Any, draw: Any, at: Any) -> Array:
    """Return how much is added to the mean of neighbours where a unit passes itself over, and takes the next from there on."""
    unit = places[draw, at]
    left = np.diff(w.indptr)[unit] - at
    each = np.repeat(np.arange(len(unit)), left)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(left) - left, left) + at[each]
    more = drawn[draw[each], nth + 1] - drawn[draw[each], nth]
    return np.asarray(np.bincount(each, weights=w.data[w.indptr[unit[each]] + nth] * more, minlength=len(unit)), dtype=float)
