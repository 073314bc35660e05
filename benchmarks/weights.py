"""Weights from data against the plainest numpy: `python benchmarks/weights.py [UNITS]`.

Both get 132 siblings with nothing missing, the units of a column side by side in memory as a panel has them, or, for the
baseline of `C order`, the indicators of a unit. Then ours with 3 % missing, which the baseline cannot do. Times are those of the
processor; OPENBLAS_NUM_THREADS=1 keeps threads that wait for each other out of them.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from harness import Ratio, compare

from indexcalc.methods import CATALOGUE
from indexcalc.panel import empty

CHILDREN = 132


def plain_entropy(x: np.ndarray) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    y = (x - low) / (high - low)
    p = y / y.sum(axis=0)
    e = -(p * np.log(p + (p == 0))).sum(axis=0) / np.log(len(x))
    weights: np.ndarray = (1 - e) / (1 - e).sum()
    return weights


def plain_critic(x: np.ndarray) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    y = (x - low) / (high - low)
    c = y.std(axis=0) * (1 - np.corrcoef(y, rowvar=False)).sum(axis=0)
    weights: np.ndarray = c / c.sum()
    return weights


def plain_pca(x: np.ndarray) -> np.ndarray:
    first: np.ndarray = np.linalg.eigh(np.corrcoef(x, rowvar=False))[1][:, -1]
    return first**2


def shares(weights: np.ndarray) -> np.ndarray:
    found: np.ndarray = weights / weights.sum()
    return found


def plain_variance(x: np.ndarray) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    return shares(((x - low) / (high - low)).var(axis=0))


def plain_gini(x: np.ndarray) -> np.ndarray:
    place = np.arange(1, len(x) + 1)
    return shares((2 * place - len(x) - 1) @ np.sort(x, axis=0) / x.sum(axis=0))


def plain_merec(x: np.ndarray) -> np.ndarray:
    logs, children = np.abs(np.log(x.min(axis=0) / x)), x.shape[1]
    total = logs.sum(axis=1, keepdims=True)
    return shares(np.abs(np.log(1 + (total - logs) / children) - np.log(1 + total / children)).sum(axis=0))


def plain_cilos(x: np.ndarray) -> np.ndarray:
    best = (x == x.max(axis=0)).astype(float)
    at_best = best.T @ x / best.sum(axis=0)[:, None]
    lost = (np.diag(at_best) - at_best) / np.diag(at_best)
    return shares(np.linalg.svd(lost - np.diag(lost.sum(axis=0)))[2][-1])


def plain_idocriw(x: np.ndarray) -> np.ndarray:
    p = x / x.sum(axis=0)
    return shares((1 + (p * np.log(p)).sum(axis=0) / np.log(len(x))) * plain_cilos(x))


def plain_independence(x: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(np.corrcoef(x, rowvar=False))
    return shares(1 / np.sqrt(1 - 1 / np.diag(inverse)))


def plain_scatter(x: np.ndarray) -> np.ndarray:
    return shares(np.linalg.eigh(x.T @ x)[1][:, -1])


PLAIN = {
    "entropy": plain_entropy,
    "critic": plain_critic,
    "pca": plain_pca,
    "std": lambda x: shares(x.std(axis=0)),
    "cv": lambda x: shares(x.std(axis=0) / x.mean(axis=0)),
    "inverse-std": lambda x: shares(1 / x.std(axis=0)),
    "variance": plain_variance,
    "gini": plain_gini,
    "merec": plain_merec,
    "cilos": plain_cilos,
    "idocriw": plain_idocriw,
    "independence": plain_independence,
    "scatter": plain_scatter,
}


def fastest(ratio: Ratio) -> Ratio:
    """Return the fastest round of each: what else the machine does only adds to a time."""
    return Ratio(ratio.name, (min(ratio.ours),), (min(ratio.baseline),))


def measure(units: int) -> None:
    rng = np.random.default_rng(1)
    x, gaps = empty(1, units, CHILDREN), empty(1, units, CHILDREN)
    x[...] = np.abs(rng.normal(50.0, 10.0, size=(1, units, CHILDREN)) + rng.normal(0.0, 5.0, size=(1, units, 1)))
    gaps[...] = np.where(rng.random(x.shape) < 0.03, np.nan, x)
    rows, declared = np.ascontiguousarray(x[0]), np.ones(CHILDREN)
    repeat = max(1, 20_000 // units)
    for method, plain in PLAIN.items():
        np.testing.assert_allclose(CATALOGUE["weights"][method](x, declared)[0], plain(rows), rtol=1e-8)
        for name, ours, baseline in (
            ("", x, x[0]),
            (", C order", x, rows),
            (", 3 % missing", gaps, x[0]),
        ):
            print(
                fastest(
                    compare(
                        f"{method} {units} units{name}",
                        lambda method=method, ours=ours: CATALOGUE["weights"][method](ours, declared),  # type: ignore[misc]
                        lambda plain=plain, baseline=baseline: plain(baseline),  # type: ignore[misc]
                        rounds=5,
                        repeat=repeat,
                        clock=time.process_time,
                    )
                )
            )


if __name__ == "__main__":
    for size in sys.argv[1:] or ["176", "50000"]:
        measure(int(size))
