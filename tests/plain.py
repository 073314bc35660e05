"""The formulas of methods.md worked out one value at a time with plain Python, as a page has them: no code of the program.

Weights take a table of rows (unit) of scores, aggregators a table and weights, normalisers a column and whether more is better.
None is missing; a result is None where the page says that there is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import NormalDist, fmean, median
from typing import Any

import numpy as np
from scipy import stats

Number = float | None
Column = Sequence[Number]
Table = Sequence[Sequence[Number]]


def there(column: Column) -> list[float]:
    return [value for value in column if value is not None]


def columns(x: Table) -> list[list[Number]]:
    return [list(column) for column in zip(*x, strict=True)]


def constant(column: Column) -> bool:
    return len(set(there(column))) < 2


def deviation(values: Sequence[float], ddof: int = 1) -> float:
    mean = fmean(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - ddof))


def shares(parts: Sequence[Number]) -> list[Number]:
    """Scale to a sum of 1; nothing where one is missing or the sum is 0; an only child weighs 1."""
    if len(parts) == 1:
        return [1.0]
    if any(part is None for part in parts) or sum(there(parts)) == 0:
        return [None] * len(parts)
    return [part / sum(there(parts)) for part in there(parts)]


def unit_range(column: Column) -> list[Number]:
    known = there(column)
    if constant(column):
        return [None if value is None else 0.0 for value in column]
    return [None if value is None else (value - min(known)) / (max(known) - min(known)) for value in column]


def correlation(a: Column, b: Column) -> float:
    """The correlation over the units that have both, 0 where that cannot be."""
    pairs = [(one, other) for one, other in zip(a, b, strict=True) if one is not None and other is not None]
    if constant(a) or constant(b) or len({one for one, _ in pairs}) < 2 or len({other for _, other in pairs}) < 2:
        return 0.0
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


# ------------------------------------------------------------------------------------------------------------- weights


def entropy(x: Table, rescale: str = "min-max") -> list[Number]:
    parts: list[Number] = []
    for column in columns(x):
        values = there(unit_range(column) if rescale == "min-max" else column)
        if any(value < 0 for value in values):
            return [None] * len(columns(x)) if len(columns(x)) > 1 else [1.0]
        if constant(column):
            parts.append(0.0)
            continue
        p = [value / sum(values) for value in values]
        parts.append(1.0 + sum(one * math.log(one) for one in p if one > 0) / math.log(len(values)))
    return shares(parts)


def critic(x: Table, rescale: str = "min-max") -> list[Number]:
    given = columns(x)
    useful = [column for column in given if not constant(column)]
    parts: list[Number] = []
    for column in given:
        if constant(column):
            parts.append(0.0)
            continue
        conflict = sum(1.0 - correlation(column, other) for other in useful if other is not column)
        spread = deviation(there(unit_range(column) if rescale == "min-max" else column))
        parts.append(spread * conflict if conflict > 1e-12 * len(given) else 0.0)
    return shares(parts)


def std(x: Table) -> list[Number]:
    return shares([0.0 if constant(column) else deviation(there(column)) for column in columns(x)])


def variance(x: Table, rescale: str = "min-max") -> list[Number]:
    chosen = [unit_range(column) if rescale == "min-max" else column for column in columns(x)]
    spread = [0.0 if constant(own) else deviation(there(column)) ** 2 for own, column in zip(columns(x), chosen, strict=True)]
    return shares(spread)


def cv(x: Table) -> list[Number]:
    parts: list[Number] = []
    for column in columns(x):
        if constant(column):
            parts.append(0.0)
        else:
            mean = abs(fmean(there(column)))
            parts.append(deviation(there(column)) / mean if mean > 1e-14 else None)
    return shares(parts)


def inverse_std(x: Table) -> list[Number]:
    return shares([None if constant(column) else 1.0 / deviation(there(column)) for column in columns(x)])


def gini(x: Table) -> list[Number]:
    parts: list[Number] = []
    for column in columns(x):
        values = there(column)
        if any(value < 0 for value in values):
            return shares([None] * len(columns(x)))
        apart = sum(abs(one - other) for one in values for other in values)
        parts.append(0.0 if constant(column) else apart / (2 * len(values) ** 2 * fmean(values)))
    return shares(parts)


def merec(x: Table) -> list[Number]:
    given = columns(x)
    if any(value <= 0 for column in given for value in there(column)):
        return shares([None] * len(given))
    useful = [not constant(column) for column in given]
    effects: list[list[float]] = [[] for _ in given]
    for row in x:
        logs = {j: abs(math.log(min(there(given[j])) / value)) for j, value in enumerate(row) if value is not None and useful[j]}
        for j in logs:
            whole = math.log(1.0 + sum(logs.values()) / len(logs))
            without = math.log(1.0 + sum(log for k, log in logs.items() if k != j) / len(logs))
            effects[j].append(abs(without - whole))
    return shares([fmean(effect) if effect else 0.0 for effect in effects])


def cilos(x: Table) -> list[Number]:
    given = columns(x)
    if any(value < 0 for column in given for value in there(column)):
        return shares([None] * len(given))
    used = [j for j, column in enumerate(given) if not constant(column)]
    if not used:
        return shares([None] * len(given))
    f = np.zeros((len(used), len(used)))
    for a, k in enumerate(used):
        tied = [row for row in x if row[k] == max(there(given[k]))]
        for b, j in enumerate(used):
            at = there([row[j] for row in tied])
            if j != k and at:
                f[a, b] = (max(there(given[j])) - fmean(at)) / max(there(given[j]))
    f -= np.diag(f.sum(axis=0))
    _, strength, turned = np.linalg.svd(f)
    if len(used) > 1 and strength[-2] <= 1e-12:
        return shares([None] * len(given))
    found = dict(zip(used, np.abs(turned[-1]).tolist(), strict=True)) if len(used) > 1 else {used[0]: 1.0}
    return shares([found.get(j, 0.0) for j in range(len(given))])


def pca(x: Table, take: str = "squared") -> list[Number]:
    given = columns(x)
    r = np.array(
        [[1.0 if j == k and not constant(a) else correlation(a, b) for k, b in enumerate(given)] for j, a in enumerate(given)]
    )
    values, vectors = np.linalg.eigh(r)
    if values[-1] <= 1e-12:
        return shares([None] * len(given))
    first = vectors[:, -1]
    return shares((first**2 if take == "squared" else first).tolist())


WEIGHTS: dict[str, tuple[Callable[..., list[Number]], list[dict[str, Any]]]] = {
    "entropy": (entropy, [{}, {"rescale": "none"}]),
    "critic": (critic, [{}, {"rescale": "none"}]),
    "std": (std, [{}]),
    "variance": (variance, [{}, {"rescale": "none"}]),
    "information": (cv, [{}]),
    "cv": (cv, [{}]),
    "inverse-std": (inverse_std, [{}]),
    "gini": (gini, [{}]),
    "merec": (merec, [{}]),
    "cilos": (cilos, [{}]),
    "pca": (pca, [{}]),
}


# --------------------------------------------------------------------------------------------------------- aggregators


def pairs(row: Sequence[Number], w: Sequence[float]) -> list[tuple[float, float]]:
    return [(value, weight) for value, weight in zip(row, w, strict=True) if value is not None]


def power_of(row: Sequence[Number], w: Sequence[float], p: float, floor: Number = None) -> Number:
    own = [(value if floor is None else max(value, floor), weight) for value, weight in pairs(row, w)]
    if sum(weight for _, weight in own) == 0 or any(value < 0 or (value == 0 and p <= 0) for value, _ in own):
        return None
    total = sum(weight for _, weight in own)
    if p == 0:
        return math.exp(sum(weight * math.log(value) for value, weight in own) / total)
    return float(sum(weight * value**p for value, weight in own) / total) ** (1.0 / p)


def arithmetic(x: Table, w: Sequence[float]) -> list[Number]:
    out: list[Number] = []
    for row in x:
        own = pairs(row, w)
        total = sum(weight for _, weight in own)
        out.append(sum(value * weight for value, weight in own) / total if total else None)
    return out


def geometric(x: Table, w: Sequence[float], floor: Number = None) -> list[Number]:
    return [power_of(row, w, 0.0, floor) for row in x]


def harmonic(x: Table, w: Sequence[float], floor: Number = None) -> list[Number]:
    return [power_of(row, w, -1.0, floor) for row in x]


def power(x: Table, w: Sequence[float], p: float, floor: Number = None) -> list[Number]:
    return [power_of(row, w, p, floor) for row in x]


def middle(x: Table, w: Sequence[float]) -> list[Number]:
    return [median(there(row)) if there(row) else None for row in x]


def minimum(x: Table, w: Sequence[float]) -> list[Number]:
    return [min(there(row), default=None) for row in x]


def maximum(x: Table, w: Sequence[float]) -> list[Number]:
    return [max(there(row), default=None) for row in x]


def total(x: Table, w: Sequence[float], scale: float = 1.0) -> list[Number]:
    return [None if mean is None else scale * mean * sum(w) for mean in arithmetic(x, w)]


def product(x: Table, w: Sequence[float], scale: float = 1.0) -> list[Number]:
    return [None if None in row else scale * math.prod(there(row)) for row in x]


def owa(x: Table, w: Sequence[float], weights: Sequence[float] | None = None, orness: Number = None) -> list[Number]:
    def q(share: float) -> float:
        if weights is None:
            assert orness is not None
            return (1.0 if share >= 1.0 else 0.0) if orness == 0 else 0.0 if share == 0 else share ** (1.0 / orness - 1.0)
        upto = [sum(weights[:k]) / sum(weights) for k in range(len(weights) + 1)]
        at = min(share, 1.0) * len(weights)
        k = min(int(at), len(weights) - 1)
        return upto[k] + (upto[k + 1] - upto[k]) * (at - k)

    out: list[Number] = []
    for row in x:
        own = sorted(pairs(row, w), key=lambda pair: -pair[0])
        whole, before, score = sum(weight for _, weight in own), 0.0, 0.0
        if whole == 0:
            out.append(None)
            continue
        for at in range(len(own)):
            upto = sum(weight for _, weight in own[: at + 1]) / whole
            score += own[at][0] * (q(upto) - q(before))
            before = upto
        out.append(score)
    return out


def mpi(x: Table, w: Sequence[float], penalty: str = "negative") -> list[Number]:
    out: list[Number] = []
    for row, mean in zip(x, arithmetic(x, w), strict=True):
        if mean is None:
            out.append(None)
            continue
        own = pairs(row, w)
        spread = sum(weight * (value - mean) ** 2 for value, weight in own) / sum(weight for _, weight in own)
        even = math.sqrt(spread) <= 1e-12 * abs(mean)
        lost = 0.0 if even else spread / mean if mean > 0 else None
        out.append(None if lost is None else mean - lost if penalty == "negative" else mean + lost)
    return out


def copeland(x: Table, w: Sequence[float], result: str = "balance") -> list[Number]:
    judged = [any(value is not None and weight for value, weight in zip(row, w, strict=True)) for row in x]
    out: list[Number] = []
    for u, row in enumerate(x):
        won = lost = 0
        for v, other in enumerate(x):
            if v != u and judged[v]:
                ahead = sum(
                    weight * ((a > b) - (a < b))
                    for a, b, weight in zip(row, other, w, strict=True)
                    if a is not None and b is not None
                )
                won, lost = won + (ahead > 1e-12), lost + (ahead < -1e-12)
        others = sum(judged) - 1
        share = 100.0 * (won + (others - won - lost) / 2) / others if others else None
        out.append(None if not judged[u] else float(won - lost) if result == "balance" else share)
    return out


def topsis(x: Table, w: Sequence[float], rescale: str = "none", weights: str = "squared", scale: float = 100.0) -> list[Number]:
    given = columns(x)
    out: list[Number] = []
    for row in x:
        up = down = 0.0
        for j, value in enumerate(row):
            if value is None:
                continue
            known = there(given[j])
            length = {"none": 1.0, "vector": math.sqrt(sum(v * v for v in known)), "min-max": max(known) - min(known)}[
                rescale
            ] or 1.0
            own = w[j] if weights == "squared" else math.sqrt(w[j])
            up += (own * (value - max(known)) / length) ** 2
            down += (own * (value - min(known)) / length) ** 2
        whole = math.sqrt(up) + math.sqrt(down)
        out.append(scale * math.sqrt(down) / whole if whole else None)
    return out


def grey(x: Table, w: Sequence[float], rho: float = 0.5, scale: float = 100.0) -> list[Number]:
    best = [max(there(column), default=None) for column in columns(x)]
    gaps = [[None if value is None or not w[j] else best[j] - value for j, value in enumerate(row)] for row in x]  # type: ignore[operator]
    every = [gap for row in gaps for gap in there(row)]
    if not every:
        return [None] * len(x)
    least, most = min(every), max(every)
    near = [
        [None if gap is None else 1.0 if most == 0 else (least + rho * most) / (gap + rho * most) for gap in row] for row in gaps
    ]
    return [None if mean is None else scale * mean for mean in arithmetic(near, w)]


def vikor(x: Table, w: Sequence[float], v: float = 0.5, scale: float = 100.0) -> list[Number]:
    given = [there(column) for column in columns(x)]
    ends = [(max(known), min(known)) if known else (0.0, 0.0) for known in given]
    losses: list[tuple[float, float] | None] = []
    for row in x:
        own = [(j, value, w[j]) for j, value in enumerate(row) if value is not None and ends[j][0] != ends[j][1] and w[j]]
        whole = sum(weight for _, _, weight in own)
        parts = [weight / whole * (ends[j][0] - value) / (ends[j][0] - ends[j][1]) for j, value, weight in own]
        losses.append((sum(parts), max(parts)) if parts else None)

    def part(at: int, own: tuple[float, float]) -> float:
        every = [loss[at] for loss in losses if loss is not None]
        low, high = min(every), max(every)
        return 0.0 if high - low <= 1e-12 * abs(high) else (own[at] - low) / (high - low)

    return [None if own is None else scale * (1 - v * part(0, own) - (1 - v) * part(1, own)) for own in losses]


def promethee(
    x: Table, w: Sequence[float], preference: str = "usual", q: float = 0.0, p: float = 1.0, s: float = 1.0, result: str = "flow"
) -> list[Number]:
    prefer: dict[str, Callable[[float], float]] = {
        "usual": lambda d: 1.0,
        "v-shape": lambda d: min(1.0, d / p),
        "linear": lambda d: min(1.0, max(0.0, (d - q) / (p - q))),
        "level": lambda d: 0.0 if d <= q else 0.5 if d <= p else 1.0,
        "gaussian": lambda d: 1 - math.exp(-(d**2) / (2 * s**2)),
    }
    judged = [any(value is not None and weight for value, weight in zip(row, w, strict=True)) for row in x]
    out: list[Number] = []
    for u, row in enumerate(x):
        flow = 0.0
        for v, other in enumerate(x):
            both = [(a - b, weight) for a, b, weight in zip(row, other, w, strict=True) if a is not None and b is not None]
            whole = sum(weight for _, weight in both)
            if u != v and whole:
                one = sum(weight * prefer[preference](d) for d, weight in both if d > 0)
                flow += (one - sum(weight * prefer[preference](-d) for d, weight in both if d < 0)) / whole
        others = sum(judged) - 1
        if not judged[u] or not others:
            out.append(None)
        else:
            out.append(flow / others if result == "flow" else 50 * (1 + flow / others))
    return out


def grey_topsis(
    x: Table, w: Sequence[float], closeness: str = "combined", distance: float = 0.5, rho: float = 0.5, scale: float = 100.0
) -> list[Number]:
    whole = sum(w)
    if not whole:
        return [None] * len(x)
    weighted = [[None if value is None else value * weight / whole for value, weight in zip(row, w, strict=True)] for row in x]
    alone = closeness == "weighted-coefficients"
    table = x if alone else weighted
    high, low = ([end(there(column), default=0.0) for column in columns(table)] for end in (max, min))
    even = [1.0 if weight else 0.0 for weight in w]

    def degrees(ends: Sequence[float]) -> list[Number]:
        gaps = [[None if value is None or not w[j] else abs(ends[j] - value) for j, value in enumerate(row)] for row in table]
        every = [gap for row in gaps for gap in there(row)]
        if not every:
            return [None] * len(x)
        least, most = min(every), max(every)
        near = [
            [None if gap is None else 1.0 if most == 0 else (least + rho * most) / (gap + rho * most) for gap in row]
            for row in gaps
        ]
        return arithmetic(near, w if alone else even)

    def distances(ends: Sequence[float]) -> list[float]:
        return [
            math.sqrt(sum((value - end) ** 2 for value, end in zip(row, ends, strict=True) if value is not None)) for row in table
        ]

    def of_most(values: Sequence[Number]) -> list[Number]:
        most = max(there(values), default=0.0)
        return [None if value is None or not most else value / most for value in values]

    near, far = degrees(high), degrees(low)
    if closeness == "combined":
        up, down, near, far = of_most(distances(high)), of_most(distances(low)), of_most(near), of_most(far)
        near, far = (
            [None if a is None or b is None else distance * a + (1 - distance) * b for a, b in zip(one, other, strict=True)]
            for one, other in ((down, near), (up, far))
        )
    flat = all(not weight or len(set(there(column))) < 2 for column, weight in zip(columns(x), w, strict=True))
    return [None if flat or a is None or b is None else scale * a / (a + b) for a, b in zip(near, far, strict=True)]


def rank_sum_ratio(x: Table, w: Sequence[float], ranks: str = "whole", scale: float = 100.0) -> list[Number]:
    given = columns(x)
    ratios: list[list[Number]] = []
    for row in x:
        own: list[Number] = []
        for j, value in enumerate(row):
            known = there(given[j])
            if value is None:
                own.append(None)
            elif ranks == "whole" or max(known) == min(known):
                below, alike = sum(other < value for other in known), sum(other == value for other in known)
                own.append((below + (alike + 1) / 2) / len(known))
            else:
                even = 1 + (len(known) - 1) * (value - min(known)) / (max(known) - min(known))
                own.append(even / len(known))
        ratios.append(own)
    return [None if mean is None else scale * mean for mean in arithmetic(ratios, w)]


def coupling(
    x: Table,
    w: Sequence[float],
    form: str = "standard",
    result: str = "coordination",
    full: float = 100.0,
    scale: float = 100.0,
) -> list[Number]:
    out: list[Number] = []
    for row, mean in zip(x, arithmetic(x, w), strict=True):
        u = [value / full for value, weight in zip(row, w, strict=True) if value is not None and weight]
        n = len(u)
        if not u or min(u) < 0 or max(u) > 1 or sum(u) == 0 or mean is None:
            out.append(None)
            continue
        if form == "standard":
            together = n * math.prod(u) ** (1 / n) / sum(u)
        elif n == 1:
            together = 1.0
        else:
            apart = [abs(a - b) for at, a in enumerate(u) for b in u[at + 1 :]]
            together = math.sqrt((1 - sum(apart) / len(apart)) * math.prod(value / max(u) for value in u) ** (1 / (n - 1)))
        made = {"coordination": math.sqrt(together * mean / full), "coupling": together, "development": mean / full}
        out.append(scale * made[result])
    return out


AGGREGATORS: dict[str, tuple[Callable[..., list[Number]], list[dict[str, Any]]]] = {
    "arithmetic": (arithmetic, [{}]),
    "geometric": (geometric, [{}, {"floor": 5.0}]),
    "harmonic": (harmonic, [{}, {"floor": 5.0}]),
    "power": (power, [{"p": 2.0}, {"p": -2.0}, {"p": 0.0}, {"p": 0.5, "floor": 1.0}]),
    "median": (middle, [{}]),
    "minimum": (minimum, [{}]),
    "maximum": (maximum, [{}]),
    "sum": (total, [{}, {"scale": 0.1}]),
    "product": (product, [{}, {"scale": 0.01}]),
    "owa": (owa, [{"orness": 0.3}, {"orness": 0.0}, {"orness": 1.0}, {"weights": [0.5, 0.3, 0.2]}]),
    "mpi": (mpi, [{}, {"penalty": "positive"}]),
    "copeland": (copeland, [{}, {"result": "share"}]),
    "topsis": (topsis, [{}, {"rescale": "vector"}, {"rescale": "min-max", "scale": 1.0}, {"weights": "once"}]),
    "vikor": (vikor, [{}, {"v": 0.3, "scale": 1.0}, {"v": 1.0}, {"v": 0.0}]),
    "promethee": (
        promethee,
        [
            {},
            {"preference": "v-shape", "p": 30.0},
            {"preference": "linear", "q": 5.0, "p": 30.0, "result": "share"},
            {"preference": "level", "q": 5.0, "p": 30.0},
            {"preference": "gaussian", "s": 20.0},
        ],
    ),
    "grey-topsis": (
        grey_topsis,
        [
            {},
            {"distance": 0.2, "rho": 1.0, "scale": 1.0},
            {"closeness": "weighted-scores"},
            {"closeness": "weighted-coefficients"},
        ],
    ),
    "rank-sum-ratio": (rank_sum_ratio, [{}, {"ranks": "even", "scale": 1.0}]),
    "coupling": (
        coupling,
        [{}, {"form": "corrected"}, {"result": "coupling", "full": 200.0}, {"result": "development", "scale": 1.0}],
    ),
    "grey": (grey, [{}, {"rho": 1.0}]),
}


# --------------------------------------------------------------------------------------------------------- normalisers


def quantile(values: Sequence[float], share: float, *, higher: bool) -> float:
    ordered = sorted(values, reverse=not higher)
    at = share * (len(ordered) - 1)
    low = int(at)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (at - low)


def each(x: Column, score: Callable[[float], Number]) -> list[Number]:
    return [None if value is None else score(value) for value in x]


def between(x: Column, worst: Any, best: Any, *, higher: bool) -> list[Number]:
    """The way from the worst to the best that each value has come; each end given, a quantile, or seen."""
    known = there(x)
    if not known:
        return [None] * len(x)
    seen = [not isinstance(end, (int, float)) for end in (worst, best)]
    start, end = (
        quantile(known, end["quantile"], higher=higher) if isinstance(end, dict) else at if end is None else end
        for end, at in ((worst, min(known) if higher else max(known)), (best, max(known) if higher else min(known)))
    )
    sign = 1.0 if higher else -1.0
    if seen[0] != seen[1] and sign * (end - start) <= 0:
        reached = (lambda value: sign * (value - end) >= 0) if seen[0] else (lambda value: sign * (value - start) > 0)
        return each(x, lambda value: float(reached(value)))
    return each(x, lambda value: None if start == end else (value - start) / (end - start))


def place(x: Column, ties: str = "average", *, higher: bool) -> list[Number]:
    known = there(x)

    def of(value: float) -> float:
        worse = sum((other < value) if higher else (other > value) for other in known)
        equal = sum(other == value for other in known)
        return {"min": worse + 1.0, "max": float(worse + equal), "average": worse + (equal + 1) / 2.0}[ties]

    return each(x, of)


def scaled(way: Column, low: float = 0.0, high: float = 100.0, bottom: float = -math.inf, top: float = math.inf) -> list[Number]:
    return each(way, lambda share: low + (high - low) * min(max(share, bottom), top))


def z_score(x: Column, mean: float = 0.0, sd: float = 1.0, ddof: int = 1, *, higher: bool) -> list[Number]:
    known = there(x)
    if constant(x) or len(known) <= ddof:
        return [None] * len(x)
    sign = 1.0 if higher else -1.0
    return each(x, lambda value: mean + sd * sign * (value - fmean(known)) / deviation(known, ddof))


def normal_scores(x: Column, offset: float = 0.375, *, higher: bool) -> list[Number]:
    n = len(there(x))
    return each(place(x, higher=higher), lambda rank: NormalDist().inv_cdf((rank - offset) / (n + 1 - 2 * offset)))


def rank_exponential(x: Column, scale: float = 23.0, share: str = "up-to", *, higher: bool) -> list[Number]:
    n, before = len(there(x)), 1 if share == "below" else 0
    return each(
        place(x, higher=higher),
        lambda rank: min(100.0, -scale * math.log(1.0 - (rank - before) / n * (1.0 - math.exp(-100.0 / scale)) or 1e-300)),
    )


def percentile(
    x: Column, low: float = 0.0, high: float = 100.0, share: str = "between", zeros: str = "ranked", *, higher: bool
) -> list[Number]:
    if zeros == "apart":
        others = percentile([None if value == 0 else value for value in x], low, high, share, higher=higher)
        return [(low if higher else high) if value == 0 else other for value, other in zip(x, others, strict=True)]
    n = len(there(x))

    def of(rank: float) -> Number:
        if share == "between":
            return low + (high - low) * (rank - 1) / (n - 1) if n > 1 else None
        return low + (high - low) * (rank if share == "up-to" else rank - 1) / n

    return each(place(x, higher=higher), of)


def exponential(x: Column, low: float = 60.0, high: float = 100.0, *, higher: bool) -> list[Number]:
    return each(between(x, None, None, higher=higher), lambda share: low * (high / low) ** share)


def target(x: Column, value: float, *, higher: bool) -> list[Number]:
    def of(own: float) -> float:
        return 100.0 * min(1.0, max(own / value, 0.0)) if higher else 100.0 if own <= value else 100.0 * value / own

    return each(x, of)


def reference(x: Column, value: Any = "mean", form: str = "ratio", *, higher: bool) -> list[Number]:
    known = there(x)
    seen = {"mean": fmean, "median": median, "max": max, "min": min}
    against = seen[value](known) if isinstance(value, str) and known else value
    if not known or against == 0 or (form == "ratio" and against < 0):
        return [None] * len(x)
    if form == "difference":
        sign = 1.0 if higher else -1.0
        return each(x, lambda own: 100.0 * sign * (own - against) / abs(against))
    return each(x, lambda own: 100.0 * own / against if higher else 100.0 * against / own if own > 0 else None)


def proportion(x: Column, of: str = "sum", *, higher: bool) -> list[Number]:
    known = there(x)
    if not known:
        return [None] * len(x)
    if not higher:
        if min(known) <= 0:
            return [None] * len(x)
        return each(
            x, lambda own: 100.0 * (min(known) / own if of == "best" else 1.0 / own / sum(1.0 / other for other in known))
        )
    whole = sum(known) if of == "sum" else max(known)
    return each(x, lambda own: 100.0 * own / whole if whole > 0 else None)


def ampi(x: Column, value: Any = "mean", *, higher: bool) -> list[Number]:
    if constant(x):
        return [None] * len(x)
    known = there(x)
    against = fmean(known) if value == "mean" else value
    sign = 1.0 if higher else -1.0
    return each(x, lambda own: 100.0 + 60.0 * sign * (own - against) / (max(known) - min(known)))


def piecewise(x: Column, points: Sequence[Sequence[float]], *, higher: bool) -> list[Number]:
    def of(value: float) -> float:
        if value <= points[0][0]:
            return points[0][1]
        for (v, s), (later, t) in pairwise(points):
            if value <= later:
                return s + (t - s) * (value - v) / (later - v)
        return points[-1][1]

    return each(x, of)


def bands(x: Column, bands: Sequence[Sequence[float]], below: Number = None, *, higher: bool) -> list[Number]:
    def of(value: float) -> Number:
        reached = [score for start, score in bands if value >= start]
        return reached[-1] if reached else below

    return each(x, of)


Q = {"quantile": 0.1}, {"quantile": 0.8}
NORMALISERS: dict[str, tuple[Callable[..., list[Number]], list[dict[str, Any]]]] = {
    "min-max": (lambda x, higher, **own: scaled(between(x, None, None, higher=higher), **own), [{}, {"low": 60.0}]),
    "efficacy": (lambda x, higher, **own: scaled(between(x, own.get("unacceptable"), own.get("satisfactory"), higher=higher), 60.0), [{}, {"satisfactory": 40.0}, {"unacceptable": 3.0}, {"satisfactory": Q[1]}]),
    "efficacy-exponential": (exponential, [{}]),
    "z-score": (z_score, [{}, {"mean": 100.0, "sd": 10.0, "ddof": 0}]),
    "rank": (place, [{}, {"ties": "min"}, {"ties": "max"}]),
    "percentile": (percentile, [{}, {"share": "up-to"}, {"share": "below", "low": 10.0, "high": 90.0}, {"zeros": "apart"}, {"zeros": "apart", "share": "up-to", "low": 5.0}]),
    "borda": (lambda x, higher: each(place(x, higher=higher), lambda rank: rank - 1.0), [{}]),
    "rank-exponential": (rank_exponential, [{}, {"scale": 50.0}, {"share": "below"}]),
    "normal-scores": (normal_scores, [{}, {"offset": 0.5}, {"offset": 0.0}]),
    "goalposts": (lambda x, higher, worst, best, clip=True: scaled(between(x, worst, best, higher=higher), 0.0, 100.0, *((0.0, 1.0) if clip else ())), [{"worst": Q[0], "best": Q[1]}, {"worst": Q[0], "best": Q[1], "clip": False}]),
    "target": (target, [{"value": 20.0}]),
    "distance-to-target": (lambda x, higher, value, clip=True: scaled(between(x, None, value, higher=higher), top=1.0 if clip else math.inf), [{"value": 20.0}, {"value": 20.0, "clip": False}]),
    "reference": (reference, [{}, {"value": "median"}, {"value": "max"}, {"value": 7.0}, {"form": "difference"}]),
    "proportion": (proportion, [{}, {"of": "best"}]),
    "ampi": (ampi, [{}, {"value": 10.0}]),
    "piecewise": (piecewise, [{"points": [[0.0, 0.0], [10.0, 60.0], [30.0, 100.0]]}]),
    "bands": (bands, [{"bands": [[0.0, 40.0], [10.0, 80.0]]}, {"bands": [[0.0, 40.0], [10.0, 80.0]], "below": 5.0}]),
    "points": (lambda x, higher, floor=-math.inf, cap=math.inf: each(x, lambda own: (1.0 if higher else -1.0) * min(max(own, floor), cap)), [{}, {"floor": 0.0, "cap": 20.0}]),
    "deduct": (lambda x, higher, each_=2.0, cap=math.inf: each(x, lambda own: max(0.0, 100.0 - min(each_ * own, cap))), [{"each": 2.0}, {"each": 2.0, "cap": 30.0}]),
    "bonus": (lambda x, higher, each_=2.0, cap=math.inf: each(x, lambda own: min(each_ * own, cap)), [{"each": 2.0}, {"each": 2.0, "cap": 30.0}]),
}  # fmt: skip


# ---------------------------------------------------------------------------------------------- treatment and imputation


def winsorise(
    x: Column,
    skew: float = 2.0,
    kurtosis: float = 3.5,
    most: int = 5,
    then: str = "log",
    shift: float = 0.01,
    of: str = "range",
) -> list[Number]:
    own = list(x)
    top = bottom = 0
    while True:
        values = np.array(there(own))
        if len(values) < 4 or len(set(values.tolist())) < 2:
            return own
        leaning = float(stats.skew(values, bias=False))
        if abs(leaning) < skew or float(stats.kurtosis(values, bias=False)) < kurtosis:
            return own
        if top + bottom >= most:
            return log(x, shift, of) if then == "log" else list(x)
        end = max(there(own)) if leaning >= 0 else min(there(own))
        inside = max(v for v in there(own) if v < end) if leaning >= 0 else min(v for v in there(own) if v > end)
        standing = sum(value == end for value in there(own))
        top, bottom = (standing, bottom) if leaning >= 0 else (top, standing)
        own = [inside if value == end else value for value in own]


def log(x: Column, shift: float = 0.01, of: str = "range") -> list[Number]:
    known = there(x)
    if constant(x):
        return [None] * len(x)
    above = shift * (max(known) - min(known)) if of == "range" else shift
    return each(x, lambda value: math.log(value - min(known) + above))


def clip(x: Column, low: float = 0.05, high: float = 0.95) -> list[Number]:
    known = there(x)
    return each(x, lambda value: min(max(value, quantile(known, low, higher=True)), quantile(known, high, higher=True)))


def box_cox(x: Column, power: Number = None, shift: float = 0.01) -> list[Number]:
    known = there(x)
    if constant(x):
        return [None] * len(x)
    moved = each(x, lambda value: value if min(known) > 0 else value - min(known) + shift * (max(known) - min(known)))
    assert power is not None
    return each(moved, lambda value: (value**power - 1.0) / power if power else math.log(value))


TREATMENTS: dict[str, tuple[Callable[..., list[Number]], list[dict[str, Any]]]] = {
    "winsorise": (
        winsorise,
        [
            {},
            {"skew": 0.5, "kurtosis": 0.2, "most": 3},
            {"skew": 0.5, "kurtosis": 0.2, "then": "nothing"},
            {"skew": 0.3, "kurtosis": 0.1, "most": 1, "shift": 1.0, "of": "values"},
        ],
    ),
    "log": (log, [{}, {"shift": 0.5}, {"shift": 1.0, "of": "values"}]),
    "clip": (clip, [{}, {"low": 0.2, "high": 0.7}]),
    "box-cox": (box_cox, [{"power": 0.5}, {"power": 0.0}, {"power": -1.0}]),
}


def regression(x: Table) -> list[list[Number]]:
    """Estimates of (unit, indicator), by least squares of the units that have all that a unit has, and what it lacks."""
    out = [list(row) for row in x]
    for u, row in enumerate(x):
        known = [k for k, value in enumerate(row) if value is not None]
        for j in (j for j, value in enumerate(row) if value is None):
            complete = [other for other in x if all(other[k] is not None for k in (*known, j))]
            if known and len(complete) >= len(known) + 2:
                design = np.array([[1.0, *(other[k] for k in known)] for other in complete], dtype=float)  # type: ignore[list-item]
                b = np.linalg.pinv(design) @ np.array([other[j] for other in complete], dtype=float)
                out[u][j] = float(b[0] + sum(slope * row[k] for slope, k in zip(b[1:], known, strict=True)))  # type: ignore[operator]
    return out
