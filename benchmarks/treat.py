"""Scoring with outliers treated against scoring without, in the same run: `python benchmarks/treat.py [UNITS ...]`.

The tree and values of `engine.py`, 132 indicators with 3 % missing: once as they are, normal, so that each column passes at once,
and once with each third column raised to a power of e, so that values are pulled in step by step or logged.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from engine import labels, panel, tree
from harness import compare

from indexcalc.engine import score
from indexcalc.tree.model import Treat


def measure(units: int, method: str) -> None:
    """Print the ratios of times at a size."""
    index = tree()
    treated = index.changed(defaults=index.defaults.model_copy(update={"treat": Treat(method=method)}))
    normal = panel(index, labels(units))
    values = np.array(normal.values, order="K")
    for column in range(0, values.shape[-1], 3):
        values[..., column] = np.exp(values[..., column] * (1 + column / 100))
    for name, given in (("normal", normal), ("a third skewed", replace(normal, values=values))):
        title = f"{method}, {units} units, {name}"
        print(compare(title, lambda given=given: score(treated, given), lambda given=given: score(index, given), rounds=7))  # type: ignore[misc]


if __name__ == "__main__":
    for size in sys.argv[1:] or ["176", "50000"]:
        for chosen in ("winsorise", "log", "clip"):
            measure(int(size), chosen)
