"""Weights from what people judge: pairs compared, best and worst, points, ranks. Pure functions of judgements."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

from .arrays import Array, np
from .bounds import ABOVE_ZERO, ZERO_OR_MORE, Bounds, Check, Given, Problem, numbers_in
from .records import JudgedWeights, PairMethod, WeightMethod
from .siblings import for_all, scaled

_MOST = 9.0  # how many times one child can be said to outweigh another
_LEAST = 0.11  # 1 / 9, as it is written in decimals
_ROUNDED = 0.05  # how far from 1 a judgement times its reverse may be where one is rounded, as 0.13 for 1 / 8
Matrix: TypeAlias = Sequence[Sequence[float | None]]
RANDOM_INDEX: dict[str, tuple[float, ...]] = {  # of 1, 2, 3, … children
    "saaty": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),  # Saaty 1980
    "saaty-tran": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),  # Saaty, Tran 2007
    "alonso-lamata": (
        0,
        0,
        0.5245,
        0.8815,
        1.1086,
        1.2479,
        1.3417,
        1.4056,
        1.4499,
        1.4854,
        1.5141,
        1.5365,
        1.5551,
        1.5713,
        1.5838,
    ),
}


class Consistency(NamedTuple):
    """The weights that judgements of pairs come to, and how far the judgements contradict each other."""

    weights: Array
    lambda_max: float
    ci: float
    """(λ_max - n) / (n - 1); 0 for judgements without a contradiction."""
    cr: float
    """CI over the random index; above 0.1 judgements ought to be looked at again. 0 below three children."""


class BestWorst(NamedTuple):
    """The weights of a best-worst comparison, and how far its judgements contradict each other."""

    weights: Array
    ksi: float
    """The greatest distance of weights from a judgement; 0 for judgements without a contradiction."""
    cr: float
    """max |a_Bj a_jW - a_BW| / (a_BW² - a_BW), from the judgements alone, 0 to 1 (Liang, Brunelli, Rezaei 2020)."""


def consistency(matrix: Matrix, *, random_index: str | Sequence[float] = "saaty") -> Consistency:
    """Return weights, λ_max, CI and CR of judgements of pairs (child, child): a_ij says how many times i outweighs j.

    Empty or 0 stands for a pair that was not judged (the other side of the diagonal serves where it has the pair); then the
    random index, made for full matrices, makes CR look better than it is. `random_index` is Saaty's of 1980, another of
    `RANDOM_INDEX` or a table from 1 child on. NaN for pairs that do not connect all children, and for what is no square.
    Source: Saaty 1980; Harker 1987.
    """
    judged = _judged(matrix)
    size = len(judged)
    weights, top = _principal(judged)
    ci = 0.0 if size < 3 and not np.isnan(top) else (top - size) / max(size - 1, 1)
    table = RANDOM_INDEX[random_index] if isinstance(random_index, str) else random_index
    chance = table[size - 1] if 0 < size <= len(table) else float("nan")
    return Consistency(weights, top, ci, ci if size < 3 else ci / chance)


def ahp(x: Array, declared: Array, *, judgements: Matrix | Sequence[Matrix]) -> Array:
    """Weigh by the analytic hierarchy process 层次分析法: the principal eigenvector of judgements of pairs.

    `judgements` is one matrix in the order of the children, or one an expert: these are joined by the geometric mean of
    each pair's judgements. a_ij: how many times i outweighs j, 1/9 to 9, with 1 on the diagonal; what stands on its other side is
    the reverse, up to rounding, as 3 and 0.33. Empty or 0: not judged (Harker); what is said on the other side serves.
    `consistency` says how far judgements contradict each other.
    Formula: A w = λ_max w, CI = (λ_max - n) / (n - 1), CR = CI / RI.
    Edge cases: refused where the pairs judged do not connect all children (IC429), or the size does not fit. Scores play no part.
    Source: Saaty 1980; Harker 1987; Aczél, Saaty 1983.
    """
    judged = joined(judgements)
    weights = _principal(judged)[0] if judged.shape == (len(declared),) * 2 else np.full(len(declared), np.nan)
    return for_all(x, weights)


def _ratio(given: Given) -> float:
    return consistency(joined(given.judgements).tolist()).cr


def _ninths(given: Given) -> Problem | None:
    if any(0 < mark < _LEAST for mark in numbers_in(given.judgements)):
        return "judgements", "a judgement is from 1/9 to 9, or 0 for none", "判断值应在 1/9 到 9 之间，未判断的写 0"
    return None


def _itself(given: Given) -> Problem | None:
    for matrix in _experts(given.judgements):
        if any(row[i] not in (None, 0, 1) for i, row in enumerate(matrix) if i < len(row)):
            return "judgements", "each child weighs once itself: 1 on the diagonal", "对角线上应为 1"
    return None


def _both_sides(given: Given) -> Problem | None:
    for matrix in _experts(given.judgements):
        for i, j in combinations(range(len(matrix)), 2):
            one, other = (matrix[a][b] or 0.0 if b < len(matrix[a]) else 0.0 for a, b in ((i, j), (j, i)))
            if one and other and abs(one * other - 1.0) > _ROUNDED:
                english = f"{one:g} and {other:g} for one pair: each must be 1 over the other"
                return "judgements", english, f"同一对的两个判断 {one:g} 与 {other:g} 应互为倒数"
    return None


def _connected(given: Given) -> Problem | None:
    if np.isnan(_principal(joined(given.judgements))[0]).any():
        return "judgements", "the pairs that were judged do not connect all children", "已判断的各对未能把全部下级指标联系起来"
    return None


AHP = PairMethod(
    name="ahp",
    terms=("层次分析", "层次分析法"),
    function=ahp,
    bounds={"judgements": Bounds(at_least=0.0, at_most=_MOST)},
    checks=(
        Check(_ninths, ({"judgements": [[1, 0.05], [0, 1]]},)),
        Check(_itself, ({"judgements": [[2, 3], [0, 1]]},)),
        Check(_both_sides, ({"judgements": [[1, 3], [3, 1]]},)),
        Check(_connected, ({"judgements": [[1, 3, 0], [0, 1, 0], [0, 0, 1]]},)),
    ),
    scores=None,
    declared=None,
    per_child=("judgements",),
    most_units=None,
    consistency=_ratio,
    usable=0.1,
)


def joined(judgements: Matrix | Sequence[Matrix]) -> Array:
    """Return the judgements of one or of several experts as one matrix (child, child), 0 where nobody judged.

    Each pair is the geometric mean of those who judged it. A shape that does not fit gives an empty matrix.
    """
    experts = [_judged(matrix) for matrix in _experts(judgements)]
    if not experts or any(matrix.shape != experts[0].shape for matrix in experts):
        return np.zeros((0, 0))
    stack = np.stack(experts)
    said = stack > 0
    logs = np.add.reduce(np.log(np.where(said, stack, 1.0)), axis=0)
    count = np.add.reduce(said, axis=0)
    return np.where(count > 0, np.exp(logs / np.maximum(count, 1)), 0.0)


def _experts(judgements: Matrix | Sequence[Matrix]) -> Sequence[Matrix]:
    """Return the matrices of several experts, or the only one."""
    several = any(isinstance(cell, Sequence) for row in judgements for cell in row)
    return judgements if several else [judgements]  # type: ignore[return-value, list-item]


def bwm(x: Array, declared: Array, *, best: Sequence[float], worst: Sequence[float]) -> Array:
    """Weigh by the best-worst method: the linear model, which has one solution.

    `best` says for each child how many times the most important one outweighs it, `worst` how many times it outweighs the
    least important one, 1 to 9; each holds one 1, for the child itself, and not the same one. `best_worst` gives ξ and the
    consistency ratio.
    Formula: min ξ with |w_B - a_Bj w_j| ≤ ξ, |w_j - a_jW w_W| ≤ ξ, Σ w = 1.
    Edge cases: refused where there is no 1 (IC429), or the number of children does not fit. Scores play no part.
    Source: Rezaei 2016.
    """
    fits = len(best) == len(worst) == len(declared)
    return for_all(x, best_worst(best, worst).weights if fits else np.full(len(declared), np.nan))


def _one_itself(given: Given) -> Problem | None:
    for name in ("best", "worst"):
        if sum(mark == 1 for mark in getattr(given, name)) != 1:
            english = f"{name} needs one 1, for the child itself"
            return name, english, f"{name} 须有且只有一个 1，对应其自身"
    return None


def _not_the_same(given: Given) -> Problem | None:
    if len(given.best) > 1 and list(given.best).index(1) == list(given.worst).index(1):
        return "worst", "the best child cannot be the worst", "最重要与最不重要的不能是同一个下级指标"
    return None


BWM = JudgedWeights(
    name="bwm",
    terms=("最优最劣法",),
    function=bwm,
    bounds={"best": Bounds(at_least=1.0, at_most=_MOST), "worst": Bounds(at_least=1.0, at_most=_MOST)},
    checks=(
        Check(
            _one_itself,
            ({"best": [2.0, 3.0, 4.0], "worst": [3.0, 2.0, 1.0]}, {"best": [1.0, 1.0, 4.0], "worst": [4.0, 4.0, 1.0]}),
        ),
        Check(_not_the_same, ({"best": [1.0, 2.0, 4.0], "worst": [1.0, 2.0, 4.0]},)),
    ),
    scores=None,
    declared=None,
    per_child=("best", "worst"),
    most_units=None,
    consistency=lambda given: best_worst(given.best, given.worst).cr,
    usable=None,
)


def best_worst(best: Sequence[float], worst: Sequence[float]) -> BestWorst:
    """Return weights, ξ and the consistency ratio of a best-worst comparison; NaN where it has no best or no worst."""
    from scipy.optimize import linprog

    of_best, of_worst = np.asarray(best, dtype=float), np.asarray(worst, dtype=float)
    size = len(of_best)
    if size == 1:
        return BestWorst(np.ones(1), 0.0, 0.0)
    if not (of_best == 1).any() or not (of_worst == 1).any() or (of_best <= 0).any() or (of_worst <= 0).any():
        return BestWorst(np.full(size, np.nan), float("nan"), float("nan"))
    top = int(np.argmax(np.where(of_best == 1, of_worst, -1.0)))
    bottom = int(np.argmax(np.where(of_worst == 1, of_best, -1.0)))
    each, from_top, from_bottom = np.eye(size), np.zeros((size, size)), np.zeros((size, size))
    from_top[:, top], from_bottom[:, bottom] = 1.0, of_worst
    gaps = np.vstack([from_top - of_best[:, None] * each, each - from_bottom])
    program = np.hstack([np.vstack([gaps, -gaps]), np.full((4 * size, 1), -1.0)])
    found = linprog(
        np.append(np.zeros(size), 1.0),
        A_ub=program,
        b_ub=np.zeros(4 * size),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[1.0],
        bounds=(0, None),
        method="highs-ds",
    )
    assert found.x is not None
    whole = of_best[bottom]
    apart = float(np.max(np.abs(of_best * of_worst - whole)))
    return BestWorst(scaled(found.x[:-1]), float(found.x[-1]), apart / float(whole**2 - whole) if whole > 1 else float(apart > 0))


def budget(x: Array, declared: Array, *, points: Sequence[Sequence[float]]) -> Array:
    """Weigh by budget allocation: the mean of what experts gave each child of their points.

    `points` has a row an expert, in the order of the children; each row is scaled to its sum, so that all experts count
    alike.
    Formula: w_j = Σ_e (p_ej / Σ_k p_ek) / E for E experts.
    Edge cases: refused for an expert without points or with points below 0 (IC429), and where the number of children does not
    fit. Scores play no part.
    Source: HB 2008, p. 96.
    """
    fits = len(points) > 0 and all(len(row) == len(declared) for row in points)
    given = np.array(points, dtype=float) if fits else np.full((1, len(declared)), np.nan)
    total = np.add.reduce(given, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where((total <= 0) | (given < 0).any(axis=-1, keepdims=True), np.nan, given / total)
    return for_all(x, np.add.reduce(parts, axis=0) / len(parts))


def _some_points(given: Given) -> Problem | None:
    if not all(any(row) for row in given.points):
        return "points", "each expert must give some points", "每位专家都须分配点数"
    return None


BUDGET = WeightMethod(
    name="budget",
    terms=("预算分配法", "专家打分法"),
    function=budget,
    bounds={"points": ZERO_OR_MORE},
    checks=(Check(_some_points, ({"points": [[1.0, 2.0], [0.0, 0.0]]}, {"points": [[]]})),),
    scores=None,
    declared=None,
    per_child=("points",),
    most_units=None,
)


def roc(x: Array, declared: Array, *, ranks: Sequence[float] | None = None) -> Array:
    """Weigh by rank-order centroids: the mean of all weights that keep the order of importance.

    The most important child stands first in the file, or has the lowest of `ranks`; children of one rank share the mean of
    the places they take.
    Formula: w = (1/r + 1/(r+1) + … + 1/n) / n for the child of rank r.
    Edge cases: refused where the number of ranks does not fit, or one is not above 0. Scores play no part.
    Source: Barron, Barrett 1996.
    """
    size = len(declared)
    return _by_rank(x, np.add.accumulate(1.0 / np.arange(size, 0, -1))[::-1] / max(size, 1), ranks)


ROC = WeightMethod(
    name="roc",
    terms=("排序质心法",),
    function=roc,
    bounds={"ranks": ABOVE_ZERO},
    checks=(),
    scores=None,
    declared=None,
    per_child=("ranks",),
    most_units=None,
)


def rank_sum(x: Array, declared: Array, *, ranks: Sequence[float] | None = None) -> Array:
    """Weigh by ranks: weights fall evenly from the most important child to the least.

    The order of importance and ties as under `roc`.
    Formula: w = 2 (n + 1 - r) / (n (n + 1)) for the child of rank r.
    Edge cases: refused where the number of ranks does not fit, or one is not above 0. Scores play no part.
    Source: Stillwell, Seaver, Edwards 1981.
    """
    size = len(declared)
    return _by_rank(x, 2.0 * np.arange(size, 0, -1) / max(size * (size + 1), 1), ranks)


RANK_SUM = WeightMethod(
    name="rank-sum",
    terms=("秩和法",),
    function=rank_sum,
    bounds={"ranks": ABOVE_ZERO},
    checks=(),
    scores=None,
    declared=None,
    per_child=("ranks",),
    most_units=None,
)


def _by_rank(x: Array, places: Array, ranks: Sequence[float] | None) -> Array:
    """Hand out the weights of the places 1, 2, …; tied children share those of their places."""
    if ranks is None:
        return for_all(x, places)
    if len(ranks) != len(places):
        return for_all(x, np.full(len(places), np.nan))
    _, group, count = np.unique(np.asarray(ranks, dtype=float), return_inverse=True, return_counts=True)
    sums = np.add.reduceat(places, np.append(0, np.add.accumulate(count)[:-1])) if len(places) else places
    return for_all(x, (sums / count)[group])


def _judged(matrix: Matrix) -> Array:
    """Return one expert's matrix, 0 for what was not judged, each pair from whichever side has it; empty for no square."""
    if any(len(row) != len(matrix) for row in matrix):
        return np.zeros((0, 0))
    judged = np.array([[0.0 if cell is None else float(cell) for cell in row] for row in matrix])
    if (judged < 0).any():
        return np.zeros((0, 0))
    with np.errstate(divide="ignore"):
        turned = np.where(judged.T > 0, 1.0 / judged.T, 0.0)
    judged = np.where(judged > 0, judged, turned)
    np.fill_diagonal(judged, 1.0)
    return judged


def _principal(judged: Array) -> tuple[Array, float]:
    """Return the principal eigenvector, adding up to 1, and its eigenvalue; a pair not judged counts on the diagonal (Harker)."""
    size = len(judged)
    unknown = judged == 0
    linked = np.linalg.matrix_power(~unknown, max(size, 1)) if size else unknown
    if not size or not linked.all():
        return np.full(size, np.nan), float("nan")
    values, vectors = np.linalg.eig(judged + np.diag(np.add.reduce(unknown, axis=1)))
    top = int(np.argmax(values.real))
    return scaled(np.abs(vectors[:, top].real)), float(values[top].real)


BY_JUDGEMENT = (AHP, BWM, BUDGET, ROC, RANK_SUM)
