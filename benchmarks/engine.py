"""The engine against the plainest numpy: `python benchmarks/engine.py [UNITS ...]`.

Ours: 3 % missing cells, a tree of 132 indicators, 29 nodes, 6 dimensions and the index, min-max, weighted arithmetic means,
ranks at every node, all stages kept. Baseline: one flat min-max, one weighted product, one ranking, nothing missing. Memory is
the peak of a process of its own, less what stood before the input array was made, over the size of that array.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
from harness import compare

from indexcalc.engine import score
from indexcalc.panel import MISSING, Panel, empty
from indexcalc.tree import Index
from indexcalc.units import Units

SIZES = (5, 5, 5, 5, 5, 4)  # second-level nodes of the six dimensions: 29
LEAVES = [5] * 16 + [4] * 13  # indicators of each: 132


def tree() -> Index:
    leaf, node, dimensions = 0, 0, []
    for at, size in enumerate(SIZES):
        nodes = []
        for _ in range(size):
            leaves = [{"id": f"x{leaf + i}", "weight": 1 / LEAVES[node]} for i in range(LEAVES[node])]
            nodes.append({"id": f"n{node}", "weight": 1 / size, "indicators": leaves})
            leaf, node = leaf + LEAVES[node], node + 1
        dimensions.append({"id": f"d{at}", "weight": 1 / len(SIZES), "indicators": nodes})
    return Index.model_validate(
        {
            "index": {"id": "benchmark"},
            "units": {"table": "units.csv"},
            "data": {"values": {"path": "values.csv"}},
            "defaults": {"missing": {"policy": "reweight", "coverage": 0.5}},
            "dimensions": dimensions,
        }
    )


def panel(index: Index, names: tuple[str, ...]) -> Panel:
    units = len(names)
    rng = np.random.default_rng(1)
    values, status = empty(1, units, 132), empty(1, units, 132, np.uint8)
    for column in range(132):
        values[0, :, column] = rng.normal(size=units)
        values[0, rng.random(units) < 0.03, column] = np.nan
        status[0, :, column] = np.where(np.isnan(values[0, :, column]), MISSING, 0)
    return Panel(values, status, ("single",), Units(names), tuple(column.id for column in index.columns))


def labels(units: int) -> tuple[str, ...]:
    return tuple(map(str, range(units)))


def plain(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    low, high = x.min(axis=0), x.max(axis=0)
    scores = ((x - low) / (high - low) * 100) @ weights
    ranks = np.empty(len(x), dtype=int)
    ranks[np.argsort(-scores)] = np.arange(1, len(x) + 1)
    return ranks


def peak_memory(units: int) -> float:
    """Return the peak of a process that scores, less what it takes to start, over the size of its input array."""
    code = f"import engine; engine.only_score({units})"
    printed = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=__file__.rpartition("/")[0]
    )
    return float(printed.stdout)


def only_score(units: int) -> None:
    index = tree()
    score(index, panel(index, labels(100)))
    names = labels(units)
    start = peak_kilobytes()
    given = panel(index, names)
    score(index, given)
    print((peak_kilobytes() - start) * 1024 / given.values.nbytes)


def peak_kilobytes() -> int:
    """Return the peak of this process: Linux's own, since getrusage counts that of the process it was started from."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(units: int) -> None:
    """Print the ratio of times at a size, and above 100,000 units the peak of memory."""
    index, weights = tree(), np.full(132, 1 / 132)
    given, x = panel(index, labels(units)), np.random.default_rng(2).normal(size=(units, 132))
    # several in a row: each then works in memory that it gave back itself, not in what the other did
    rounds, repeat = 3 if units > 100_000 else 15, 20 if units < 1000 else 3
    print(compare(f"score {units} units", lambda: score(index, given), lambda: plain(x, weights), rounds=rounds, repeat=repeat))
    if units >= 100_000:
        print(f"{'peak memory over the input array':<46} {peak_memory(units):10.2f}")


if __name__ == "__main__":
    for size in sys.argv[1:] or ["176", "50000", "1000000"]:
        measure(int(size))
