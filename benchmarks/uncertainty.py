"""Draws against what they cannot do without: `python benchmarks/uncertainty.py [DRAWS]`.

The tree of `benchmarks/engine.py` (132 indicators, 29 nodes, 6 dimensions), 176 units, 3 % missing. Baseline: one matrix product
of the sizes of a flat index, (176, 132) by (132, draws), and one argsort of the units in each draw. Ours draws the weights of all
36 nodes, scores the whole tree with its gaps, ranks the units in every draw and counts their places; then also who is above whom;
then the same where each node asks for half of its weight.
Other work on the machine only adds to a time, so the fastest rounds of both are what is compared.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
from engine import labels, panel, tree
from harness import Ratio, compare

from indexcalc.analysis import uncertainty as analysis
from indexcalc.engine import score
from indexcalc.scores import Scores
from indexcalc.tree.model import Alternatives, Missing

UNITS, INDICATORS = 176, 132
WEIGHTS = Alternatives.model_validate({"weights": "dirichlet"})
METHODS = Alternatives.model_validate(
    {"weights": "dirichlet", "normalise": ["min-max", "percentile", "rank"], "aggregate": ["arithmetic", "median", "minimum"]}
)


def scored(*, coverage: float = 0.0, units: int = UNITS) -> Scores:
    index = tree()
    index = index.changed(defaults=index.defaults.model_copy(update={"missing": Missing(coverage=coverage)}))
    return score(index, panel(index, labels(units)))


def fastest(ratio: Ratio) -> Ratio:
    return replace(ratio, ours=(min(ratio.ours),), baseline=(min(ratio.baseline),))


def plain(x: np.ndarray, weights: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x @ weights, np.argsort(drawn, axis=1)


def without_pairs(scores: Scores, draws: int) -> analysis.Uncertainty:
    most, analysis.MOST_PAIRS = analysis.MOST_PAIRS, 0
    try:
        return analysis.uncertainty(scores, WEIGHTS, draws=draws, seed=1)
    finally:
        analysis.MOST_PAIRS = most


def measure(draws: int) -> None:
    rng = np.random.default_rng(0)
    x, weights = rng.random((UNITS, INDICATORS)), rng.random((INDICATORS, draws))
    drawn = np.ascontiguousarray((x @ weights).T)

    def baseline() -> object:
        return plain(x, weights, drawn)

    for name, scores in (("", scored()), (", a coverage of 0.5 asked", scored(coverage=0.5))):
        print(fastest(compare(f"{draws} draws of weights{name}", partial(without_pairs, scores, draws), baseline, rounds=15)))
        with_pairs = partial(analysis.uncertainty, scores, WEIGHTS, draws=draws, seed=1)
        print(fastest(compare("  and all pairs", with_pairs, baseline)))
    scores = scored()
    some = draws // 10
    name = f"{some} draws of weights and methods"
    print(fastest(compare(name, lambda: analysis.uncertainty(scores, METHODS, draws=some, seed=1), baseline)))


def memory() -> None:
    """Run a million draws in a process of its own and print its peak."""
    code = "import uncertainty as u; u.analysis.uncertainty(u.scored(), u.WEIGHTS, draws=1_000_000, seed=1); print(u.peak())"
    folder = __file__.rpartition("/")[0] or "."
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=folder)
    print(f"1000000 draws: peak memory {float(done.stdout):.0f} MB")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    memory()
