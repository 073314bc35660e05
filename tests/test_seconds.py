"""A second example of each method: by another library where one is installed (`pip install --group referees`), else by hand.

Nothing here is worked out by our own formulas: plain loops of floats and fractions, or the library that is named.
"""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from .test_evaluation import judged, scored, tree_of, weights_of

SHARES = [0.4, 0.35, 0.25]
FRAME = pd.DataFrame(np.random.default_rng(17).uniform(0.05, 0.95, (9, 3)).round(3), columns=list("xyz")).assign(
    unit=[f"u{at}" for at in range(9)]
)
X = FRAME[list("xyz")].to_numpy()
CLOSE = {"rtol": 0, "atol": 1e-9}


def of_points(index: dict[str, Any]) -> np.ndarray:
    children = {name: {"weight": share} for name, share in zip("xyz", SHARES, strict=True)}
    return scored(tree_of(list("xyz"), index, children=children) | {"defaults": {"normalise": "points"}}, FRAME)


@pytest.mark.parametrize("v", [0.5, 0.2])
def test_vikor(v: float) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    told = methods.VIKOR(v=v)(X, np.array(SHARES), np.ones(3))
    np.testing.assert_allclose(1 - of_points({"aggregate": {"method": "vikor", "v": v, "scale": 1}}), told, **CLOSE)


@pytest.mark.parametrize(
    ("chosen", "named", "more"),
    [
        ({}, "usual", {}),
        ({"preference": "v-shape", "p": 0.4}, "vshape", {"p": 0.4}),
        ({"preference": "linear", "q": 0.1, "p": 0.4}, "vshape_2", {"p": 0.4, "q": 0.1}),
    ],
)
def test_promethee(chosen: dict[str, Any], named: str, more: dict[str, float]) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    thresholds = {key: np.full(3, value) for key, value in more.items()}
    told = methods.PROMETHEE_II(named, **thresholds)(X, np.array(SHARES), np.ones(3))
    np.testing.assert_allclose(of_points({"aggregate": {"method": "promethee", **chosen}}), told, **CLOSE)


def test_grey_topsis_by_hand() -> None:
    told, weighted = [], [[w * x for w, x in zip(SHARES, row, strict=True)] for row in X.tolist()]
    best, worst = [max(column) for column in zip(*weighted, strict=True)], [min(column) for column in zip(*weighted, strict=True)]
    measured = []
    for ends in (best, worst):
        gaps = [[abs(x - end) for x, end in zip(row, ends, strict=True)] for row in weighted]
        low, high = min(map(min, gaps)), max(map(max, gaps))
        degree = [sum((low + 0.5 * high) / (gap + 0.5 * high) for gap in row) / 3 for row in gaps]
        measured += [[math.sqrt(sum(gap**2 for gap in row)) for row in gaps], degree]
    up, near, down, far = ([one / max(row) for one in row] for row in measured)
    for one in range(9):
        plus, minus = 0.5 * down[one] + 0.5 * near[one], 0.5 * up[one] + 0.5 * far[one]
        told.append(plus / (plus + minus))
    np.testing.assert_allclose(of_points({"aggregate": {"method": "grey-topsis", "scale": 1}}), told, **CLOSE)


@pytest.mark.parametrize("form", ["standard", "corrected"])
def test_coupling_by_hand(form: str) -> None:
    told = []
    for row in X.tolist():
        development = math.fsum(w * u for w, u in zip(SHARES, row, strict=True))
        if form == "standard":
            together = 3 * math.prod(row) ** (1 / 3) / math.fsum(row)
        else:
            apart = math.fsum(abs(a - b) for a, b in combinations(row, 2)) / 3
            together = math.sqrt((1 - apart) * math.prod(u / max(row) for u in row) ** (1 / 2))
        told.append(math.sqrt(together * development))
    np.testing.assert_allclose(
        of_points({"aggregate": {"method": "coupling", "form": form, "full": 1, "scale": 1}}), told, **CLOSE
    )


@pytest.mark.parametrize("name", ["variance", "information"])
def test_weights_of_spread(name: str) -> None:
    spread = []
    for column in X.T.tolist():
        low, high = min(column), max(column)
        inside = [(x - low) / (high - low) for x in column]
        spread.append(statistics.variance(inside) if name == "variance" else statistics.stdev(column) / statistics.mean(column))
    told = [one / sum(spread) for one in spread]
    made = weights_of(tree_of(list("xyz"), {"weights": name}) | {"defaults": {"normalise": "points"}}, FRAME, list("xyz"))
    np.testing.assert_allclose(made, told, **CLOSE)


def test_scatter_by_powers() -> None:
    square = [[math.fsum(a * b for a, b in zip(one, other, strict=True)) for other in X.T.tolist()] for one in X.T.tolist()]
    vector = [1.0] * 3
    for _ in range(200):
        vector = [math.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in square]
        vector = [one / math.fsum(vector) for one in vector]
    tree = tree_of(list("xyz"), {"weights": {"method": "scatter", "over": "all"}}) | {"defaults": {"normalise": "points"}}
    np.testing.assert_allclose(weights_of(tree, FRAME, list("xyz")), vector, **CLOSE)


def test_charts_of_priority_and_complementary_judgements_by_fractions() -> None:
    half = Fraction(1, 2)
    chart = [[half, 1, half], [0, half, 1], [half, 0, half]]
    told = [float(Fraction(sum(row)) / Fraction(9, 2)) for row in chart]
    made = judged({"method": "priority-chart", "judgements": [[float(one) for one in row] for row in chart]}, 3)
    np.testing.assert_allclose(made, told, **CLOSE)
    square = [
        [half, Fraction(7, 10), Fraction(6, 10)],
        [Fraction(3, 10), half, Fraction(4, 10)],
        [Fraction(4, 10), Fraction(6, 10), half],
    ]
    told = [float((sum(row) + Fraction(3, 2) - 1) / 6) for row in square]
    made = judged({"method": "ahp-complementary", "judgements": [[float(one) for one in row] for row in square]}, 3)
    np.testing.assert_allclose(made, told, **CLOSE)


def test_fuzzy_judgements_by_hand() -> None:
    own = [
        [(1, 1, 1), (2, 3, 4), (4, 5, 6)],
        [(1 / 4, 1 / 3, 1 / 2), (1, 1, 1), (1, 2, 3)],
        [(1 / 6, 1 / 5, 1 / 4), (1 / 3, 1 / 2, 1), (1, 1, 1)],
    ]
    means = [[math.prod(cell[end] for cell in row) ** (1 / 3) for end in range(3)] for row in own]
    sums = [math.fsum(row[end] for row in means) for end in range(3)]
    middle = [(row[0] / sums[2] + row[1] / sums[1] + row[2] / sums[0]) / 3 for row in means]
    told = [one / math.fsum(middle) for one in middle]
    made = judged({"method": "ahp-fuzzy", "judgements": [[list(cell) for cell in row] for row in own]}, 3)
    np.testing.assert_allclose(made, told, **CLOSE)


def test_dematel_as_a_sum_of_powers() -> None:
    influence = [[0, 3, 2, 1], [1, 0, 3, 2], [2, 1, 0, 1], [3, 2, 1, 0]]
    most = max(*(sum(row) for row in influence), *(sum(column) for column in zip(*influence, strict=True)))
    first = [[Fraction(one, most) for one in row] for row in influence]
    power, total = [[float(one) for one in row] for row in first], [[float(one) for one in row] for row in first]
    for _ in range(400):
        power = [[math.fsum(row[k] * float(first[k][j]) for k in range(4)) for j in range(4)] for row in power]
        total = [[a + b for a, b in zip(one, other, strict=True)] for one, other in zip(total, power, strict=True)]
    both = [math.fsum(total[at]) + math.fsum(row[at] for row in total) for at in range(4)]
    np.testing.assert_allclose(
        judged({"method": "dematel", "influence": influence}, 4), [one / math.fsum(both) for one in both], **CLOSE
    )


def test_the_game_of_two_sets_by_fractions() -> None:
    one, other = [Fraction(5, 10), Fraction(3, 10), Fraction(2, 10)], [Fraction(2, 10), Fraction(3, 10), Fraction(5, 10)]
    a, b, d = (sum(x * y for x, y in zip(*pair, strict=True)) for pair in ((one, one), (one, other), (other, other)))
    whole = a * d - b * b
    shares = [abs((a * d - b * d) / whole), abs((a * d - b * a) / whole)]
    told = [float((shares[0] * x + shares[1] * y) / sum(shares)) for x, y in zip(one, other, strict=True)]
    parts = [{"method": "budget", "points": [[float(x) for x in own]]} for own in (one, other)]
    tree = tree_of(list("xyz"), {"weights": {"method": "combine", "of": parts, "how": "game"}}) | {
        "defaults": {"normalise": "points"}
    }
    np.testing.assert_allclose(weights_of(tree, FRAME, list("xyz")), told, **CLOSE)


def test_evolution_by_the_libraries_of_the_field() -> None:
    esda, weights = pytest.importorskip("esda"), pytest.importorskip("libpysal").weights
    inequality, api = pytest.importorskip("inequality"), pytest.importorskip("statsmodels.api")
    from indexcalc.analysis.convergence import beta_of_ends
    from indexcalc.analysis.ellipse import ellipse
    from indexcalc.analysis.inequality import dagum, theil
    from indexcalc.analysis.neighbours import nearest
    from indexcalc.analysis.space import moran

    rng = np.random.default_rng(23)
    points, y, later = rng.uniform(0, 10, (60, 2)), rng.uniform(20, 90, 60), rng.uniform(30, 95, 60)
    w = weights.KNN(points, k=4)
    w.transform = "r"
    own, told = moran(y, nearest(points, 4)), esda.Moran(y, w, permutations=0)
    assert own is not None
    assert (own.value, own.p_normal, own.p_random) == (
        pytest.approx(told.I),
        pytest.approx(told.p_norm),
        pytest.approx(told.p_rand),
    )
    assert own.geary == pytest.approx(esda.Geary(y, w, permutations=0).C)
    local = esda.Moran_Local(y, w, permutations=0, n_jobs=1)
    np.testing.assert_allclose(own.local, local.Is * 60 / 59, rtol=1e-12)  # esda divides by n - 1
    labels = np.array(list("abc") * 20)
    parts = inequality.theil.TheilD(y, labels)
    found = theil(y, [list(labels)])
    assert (found.total, found.between[0]) == (pytest.approx(float(parts.T)), pytest.approx(float(np.ravel(parts.bg)[0])))
    assert dagum(y, list(labels)).total == pytest.approx(inequality.gini.Gini(y).g)
    start = np.log(y)
    line = api.OLS((np.log(later) - start) / 5, api.add_constant(start)).fit()
    beta = beta_of_ends(y, later, 5)
    assert beta is not None
    assert (beta.beta, beta.error, beta.p, beta.r2) == tuple(
        map(pytest.approx, (line.params[1], line.bse[1], line.pvalues[1], line.rsquared))
    )
    centrography = pytest.importorskip("pointpats").centrography
    about = ellipse(points[:, 0], points[:, 1], np.ones(60), scale="crimestat")
    assert about is not None
    major, minor = sorted(centrography.ellipse(points)[:2], reverse=True)
    assert (about.major, about.minor) == (pytest.approx(major), pytest.approx(minor))


def test_moves_by_the_library_of_the_field() -> None:
    giddy = pytest.importorskip("giddy").markov
    from indexcalc.analysis.moves import chain, classes_of, cuts_of

    y = np.random.default_rng(29).normal(60, 10, (8, 40)).cumsum(axis=0)
    cuts = cuts_of(y, 4)
    own, told = chain(y, [-1, *range(7)], cuts), giddy.Markov(classes_of(y, cuts).T, summary=False)
    np.testing.assert_array_equal(own.counts, told.transitions)
    np.testing.assert_allclose(own.shares, told.p)
