"""Weights from marks: who matters more, who moves whom, and judgements that are fuzzy. Pure functions of judgements."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from .arrays import Array, np
from .bounds import ABOVE_ZERO, SHARE, ZERO_OR_MORE, Check, Given, Problem
from .records import PairMethod, WeightMethod
from .siblings import for_all, scaled

Square: TypeAlias = Sequence[Sequence[float]]
Fuzzy: TypeAlias = Sequence[Sequence[Sequence[float]]]
_EXACT = 1e-9  # what two sides of a judgement may miss by


def priority_chart(x: Array, declared: Array, *, judgements: Square | Sequence[Square]) -> Array:
    """Weigh by a priority chart 优序图法: in how many pairs a child matters more.

    `judgements` is a square in the order of the children, or one an expert, whose mean counts: 1 where the child of the row
    matters more than that of the column, 0 where less, 0.5 where alike and on the diagonal.
    Formula: w_i = Σ_j a_ij / (n² / 2).
    Edge cases: refused where two sides of a pair do not add up to 1, or the size does not fit. Scores play no part.
    Source: Moody 1983.
    """
    return for_all(x, _of_square(declared, judgements, lambda a: scaled(np.add.reduce(a, axis=-1))))


def ahp_complementary(x: Array, declared: Array, *, judgements: Square | Sequence[Square]) -> Array:
    """Weigh by fuzzy judgements of pairs that complement each other 模糊层次分析法: 0.5 for alike, 0.1 to 0.9 for less and more.

    `judgements` is a square in the order of the children, or one an expert, whose mean counts; a_ij + a_ji = 1, and 0.5 stands on
    the diagonal.
    Formula: w_i = (Σ_j a_ij + n/2 - 1) / (n (n - 1)).
    Edge cases: refused where two sides of a pair do not add up to 1, or the size does not fit. Scores play no part.
    Source: Xu Zeshui 2001; SPSSAU's FAHP. `consistency` is the mean of |a_ij + w_j / (w_i + w_j) - 1|, below 0.1 if it is to
    serve.
    """
    return for_all(x, _of_square(declared, judgements, _complementary))


def _complementary(a: Array) -> Array:
    n = len(a)
    return np.ones(1) if n == 1 else (np.add.reduce(a, axis=-1) + n / 2 - 1) / (n * (n - 1))


def compatibility(judgements: Square | Sequence[Square]) -> float:
    """Return how far complementary judgements are from their weights: the mean of |a_ij + w_j / (w_i + w_j) - 1|."""
    a = _mean_square(judgements)
    w = _complementary(a)
    return float(np.mean(np.abs(a + w[None, :] / (w[:, None] + w[None, :]) - 1.0)))


def ahp_fuzzy(x: Array, declared: Array, *, judgements: Fuzzy) -> Array:
    """Weigh by triangular fuzzy judgements of pairs, by the geometric means of rows.

    Each judgement is three numbers, the least, the most likely and the most, of how many times the child of the row outweighs
    that of the column, 1 to 9 or one over these; [1, 1, 1] stands on the diagonal, and the other side of a pair is one over
    it, turned round.
    Formula: (l, m, u)_i = (Π_j a_ij)^(1/n), w_i ∝ (l_i / Σ u + m_i / Σ m + u_i / Σ l) / 3.
    Edge cases: refused where a judgement is not in rising order, or the size does not fit. Scores play no part.
    Source: Buckley 1985. Chang's extent analysis of 1996, which can leave a child without any weight, is not this.
    """
    a = np.asarray(judgements, dtype=float)
    size = len(declared)
    if a.shape != (size, size, 3):
        return for_all(x, np.full(size, np.nan))
    rows = np.exp(np.add.reduce(np.log(a), axis=1) / size)
    spread = rows / np.add.reduce(rows, axis=0)[::-1]
    return for_all(x, scaled(np.add.reduce(spread, axis=-1) / 3.0))


def _middle_ratio(given: Given) -> float:
    """Return the consistency ratio of the most likely of fuzzy judgements."""
    from .judgement import consistency

    return consistency([[cell[1] for cell in row] for row in given.judgements]).cr


def dematel(
    x: Array,
    declared: Array,
    *,
    influence: Square | Sequence[Square],
    scaled_by: Literal["rows-and-columns", "rows"] = "rows-and-columns",
    take: Literal["prominence", "length"] = "prominence",
) -> Array:
    """Weigh by DEMATEL: how much a child moves the others and is moved by them, at first and second hand.

    `influence` says how strongly the child of the row moves that of the column, from 0 for not at all, usually up to 4; one
    square, or one an expert, whose mean counts. It is divided by its greatest sum of a row or column, or of a row alone
    (`scaled_by: rows`, as pyDecision does).
    Formula: T = N (I - N)⁻¹, r and c its sums of rows and columns; w ∝ r + c (prominence), or ∝ √((r + c)² + (r - c)²)
    (`length`).
    Edge cases: NaN for all where nothing moves anything, or where the sum does not converge; refused where the size does not fit.
    Scores play no part.
    Source: Gabus, Fontela 1972.
    """

    def weights(a: Array) -> Array:
        a = a - np.diag(np.diagonal(a))
        most = float(np.max(np.add.reduce(a, axis=1), initial=0.0))
        if scaled_by == "rows-and-columns":
            most = max(most, float(np.max(np.add.reduce(a, axis=0), initial=0.0)))
        n = a / most if most > 0 else np.full(a.shape, np.nan)
        if len(a) > 1 and (np.isnan(n).any() or np.abs(np.linalg.eigvals(n)).max() >= 1.0 - _EXACT):
            return np.full(len(a), np.nan)
        total = n @ np.linalg.inv(np.eye(len(a)) - n) if len(a) > 1 else a
        r, c = np.add.reduce(total, axis=1), np.add.reduce(total, axis=0)
        return scaled(r + c if take == "prominence" else np.hypot(r + c, r - c))

    return for_all(x, _of_square(declared, influence, weights))


def _of_square(declared: Array, judgements: Square | Sequence[Square], weights: object) -> Array:
    """Return what weights come of the mean of some squares; NaN where they do not fit the children."""
    a = _mean_square(judgements)
    size = len(declared)
    return np.asarray(weights(a)) if a.shape == (size, size) else np.full(size, np.nan)  # type: ignore[operator]


def _mean_square(judgements: Square | Sequence[Square]) -> Array:
    """Return the mean of the squares of several experts, or the only one; an empty one where rows have other lengths."""
    squares = judgements if any(isinstance(cell, Sequence) for row in judgements for cell in row) else [judgements]
    shapes = {(len(square), *(len(row) for row in square)) for square in squares}  # type: ignore[arg-type]
    if len(shapes) != 1:
        return np.zeros((0, 0))
    own = shapes.pop()
    if any(length != own[0] for length in own):
        return np.zeros((0, 0))
    return np.asarray(np.mean(np.asarray(squares, dtype=float), axis=0))


def _complement(given: Given) -> Problem | None:
    a = _mean_square(given.judgements)
    if a.size and np.abs(a + a.T - 1.0).max() > _EXACT:
        english = "the two sides of each pair add up to 1, with 0.5 on the diagonal"
        return "judgements", english, "每一对的两个判断之和应为 1，对角线上应为 0.5"
    return None


def _triangles(given: Given) -> Problem | None:
    if given.children is not None and any(len(side) != given.children for side in (given.judgements, *given.judgements)):
        return "judgements", "judgements need a row and a column for each child", "须为每个下级指标写一行一列"
    for i, row in enumerate(given.judgements):
        for j, cell in enumerate(row):
            if len(cell) != 3 or not cell[0] <= cell[1] <= cell[2]:
                return "judgements", "a judgement has three numbers in rising order", "每个判断应为由小到大的三个数"
            other = given.judgements[j][i] if j < len(given.judgements) and i < len(given.judgements[j]) else None
            if other is None or len(other) != 3 or any(abs(a * b - 1.0) > 0.05 for a, b in zip(cell, other[::-1], strict=True)):
                english = "the two sides of a pair are one over each other, turned round: [1, 2, 3] and [0.333, 0.5, 1]"
                return "judgements", english, "同一对的两个判断应互为倒数且次序相反，如 [1, 2, 3] 与 [0.333, 0.5, 1]"
    return None


PRIORITY_CHART = WeightMethod(
    name="priority-chart",
    terms=("优序图", "优序图法"),
    function=priority_chart,
    bounds={"judgements": SHARE},
    checks=(Check(_complement, ({"judgements": [[0.5, 1.0], [1.0, 0.5]]},)),),
    scores=None,
    declared=None,
    per_child=("judgements",),
    most_units=None,
)
AHP_COMPLEMENTARY = PairMethod(
    name="ahp-complementary",
    terms=("模糊层次分析法", "模糊互补判断矩阵"),
    function=ahp_complementary,
    bounds={"judgements": SHARE},
    checks=(Check(_complement, ({"judgements": [[0.5, 0.7], [0.7, 0.5]]},)),),
    scores=None,
    declared=None,
    per_child=("judgements",),
    most_units=None,
    consistency=lambda given: compatibility(given.judgements),
    usable=0.1,
)
AHP_FUZZY = PairMethod(
    name="ahp-fuzzy",
    terms=("fuzzy ahp", "三角模糊层次分析法"),
    function=ahp_fuzzy,
    bounds={"judgements": ABOVE_ZERO},
    checks=(Check(_triangles, ({"judgements": [[[1.0, 1.0, 1.0], [3.0, 2.0, 4.0]], [[0.25, 0.5, 0.33], [1.0, 1.0, 1.0]]]},)),),
    scores=None,
    declared=None,
    per_child=(),
    most_units=None,
    consistency=_middle_ratio,
    usable=0.1,
)
DEMATEL = WeightMethod(
    name="dematel",
    terms=("决策试验与评价实验室法",),
    function=dematel,
    bounds={"influence": ZERO_OR_MORE},
    checks=(),
    scores=None,
    declared=None,
    per_child=("influence",),
    most_units=None,
)

BY_MARKS = (PRIORITY_CHART, AHP_COMPLEMENTARY, AHP_FUZZY, DEMATEL)
