"""What `evolution` tells against the libraries of the field: `python benchmarks/evolution.py [UNITS]`.

Theil's index against PySAL's inequality, Moran's I with 999 permutations against esda, each as a library computes the same
(`pip install --group referees`; what is not installed is passed over), and Dagum's Gini, which no library has, against the
plainest numpy: sums over pairs of units. Times are those of the processor, since other work only adds to those of a clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from harness import compare

from indexcalc.analysis.inequality import dagum, theil
from indexcalc.analysis.neighbours import nearest
from indexcalc.analysis.space import Neighbours, moran

PERIODS, GROUPS, NEAR, DRAWS = 20, 4, 4, 999


def plain_dagum(y: np.ndarray, groups: np.ndarray) -> tuple[float, float, float, float]:
    """Return Gini's coefficient and its parts, by sums over every two units."""
    n, mean, names = len(y), y.mean(), np.unique(groups)
    parts = [y[groups == name] for name in names]
    apart = np.array([[np.abs(one[:, None] - other).mean() for other in parts] for one in parts])
    means, share = np.array([one.mean() for one in parts]), np.array([len(one) / n for one in parts])
    gini, sums = apart / (means[:, None] + means), share * means / mean
    within = between = overlap = 0.0
    for j in range(len(parts)):
        within += gini[j, j] * share[j] * sums[j]
        for h in range(len(parts)):
            if means[j] > means[h]:
                above = np.maximum(parts[j][:, None] - parts[h], 0.0).mean()
                affluence = (2 * above - apart[j, h]) / apart[j, h]
                both = gini[j, h] * (share[j] * sums[h] + share[h] * sums[j])
                between, overlap = between + both * affluence, overlap + both * (1 - affluence)
    return within + between + overlap, within, between, overlap


def show(name: str, ours: Callable[[], object], baseline: Callable[[], object], *, repeat: int = 1) -> None:
    print(compare(name, ours, baseline, rounds=5, repeat=repeat, clock=time.process_time))


def differences(y: np.ndarray, groups: np.ndarray) -> None:
    labels, units = list(groups), y.shape[1]
    found = [dagum(row, labels) for row in y]
    told = [plain_dagum(row, groups) for row in y]
    np.testing.assert_allclose([[one.total, one.within, one.between, one.overlap] for one in found], told, rtol=1e-9)
    show(
        f"dagum {units} units, {PERIODS} periods, plain",
        lambda: [dagum(row, labels) for row in y],
        lambda: [plain_dagum(row, groups) for row in y],
    )
    if find_spec("inequality"):
        from inequality.theil import TheilD

        both = theil(y[0], [labels]), TheilD(y[0], groups)
        np.testing.assert_allclose([both[0].total, both[0].between[0]], [both[1].T, both[1].bg.item()], rtol=1e-7)
        show(
            f"theil {units} units, {PERIODS} periods, PySAL",
            lambda: [theil(row, [labels]) for row in y],
            lambda: [TheilD(row, groups) for row in y],
            repeat=3,
        )


def space(y: np.ndarray, near: Neighbours) -> None:
    if not find_spec("esda"):
        return
    from esda import Moran, Moran_Local
    from libpysal.weights import W

    units = len(y)
    of: dict[int, list[int]] = {unit: [] for unit in range(units)}
    for one, other in zip(near.one.tolist(), near.other.tolist(), strict=True):
        of[one].append(other)
    weights = W(of, silence_warnings=True)
    weights.transform = "r"

    def theirs() -> tuple[Moran, Moran_Local]:
        return Moran(y, weights, permutations=DRAWS), Moran_Local(y, weights, permutations=DRAWS, n_jobs=1)

    found, told = moran(y, near, draws=DRAWS), theirs()
    assert found is not None
    np.testing.assert_allclose([found.value, found.p_random], [told[0].I, told[0].p_rand], rtol=1e-9)
    np.testing.assert_allclose(found.local, told[1].Is * units / (units - 1), rtol=1e-9)
    show(f"moran {units} units, {DRAWS} permutations, esda", lambda: moran(y, near, draws=DRAWS), theirs)


def measure(units: int) -> None:
    rng = np.random.default_rng(1)
    y = rng.lognormal(4.0, 0.3, size=(PERIODS, units))
    differences(y, np.array([f"g{one}" for one in rng.integers(0, GROUPS, units)]))
    space(y[0], nearest(rng.normal(size=(units, 2)), NEAR))


if __name__ == "__main__":
    for size in sys.argv[1:] or ["3000"]:
        measure(int(size))
