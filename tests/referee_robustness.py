"""A referee of `robustness` that knows nothing of the program: its own scores of small trees, and weights by grids and chance.

It is written from the pages on methods and YAML alone, in plain numpy. A project is a tree as YAML has it and rows of values;
all leaves run from 0 to 100 and count as they are. Weights are stacks of shares among siblings by the id of their parent.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shares = dict[str, Array]
GAP = 5e-4  # coverage is reached from so far below
TIE = 1e-12
GOALPOSTS = {"method": "goalposts", "worst": 0, "best": 100}


@dataclass(frozen=True)
class Project:
    """A tree, what its leaves have (unit, leaf), how many events each unit had, and what is asked."""

    tree: dict[str, Any]
    values: Array
    events: Array
    within: float | None
    top: int

    @property
    def leaves(self) -> list[str]:
        return [node["id"] for node in nodes_of(self.tree["index"] | {"indicators": self.tree["dimensions"]}) if is_leaf(node)]


def is_leaf(node: dict[str, Any]) -> bool:
    return "indicators" not in node


def root_of(project: Project) -> dict[str, Any]:
    return project.tree["index"] | {"indicators": project.tree["dimensions"]}


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("indicators", ()):
        yield from nodes_of(child)


# ------------------------------------------------------------------------------------------------------------ scores


def declared(project: Project) -> Shares:
    """Return the shares that are declared, one row."""
    found = {}
    for node in nodes_of(root_of(project)):
        if not is_leaf(node):
            w = np.array([child["weight"] for child in node["indicators"]], float)
            found[node["id"]] = (w / w.sum())[None]
    return found


def totals(project: Project) -> dict[str, float]:
    """Return what the weights below each node add up to: 1 but for sums."""
    return {n["id"]: float(sum(c["weight"] for c in n["indicators"])) for n in nodes_of(root_of(project)) if not is_leaf(n)}


def scores_of(project: Project, shares: Shares) -> Array:
    """Return the index (stack, unit) by the weights of a stack."""
    stack = max(len(w) for w in shares.values())
    columns = {name: project.values[:, i] for i, name in enumerate(project.leaves)}
    whole = totals(project)

    def made(node: dict[str, Any]) -> tuple[Array, Array]:
        if is_leaf(node):
            x = np.broadcast_to(columns[node["id"]], (stack, len(project.values)))
            return x, np.where(np.isnan(x), 0.0, 1.0)
        below = [made(child) for child in node["indicators"]]
        x, cover = (np.stack([part[i] for part in below], axis=-1) for i in range(2))
        w = np.broadcast_to(shares[node["id"]][:, None], x.shape)
        there = ~np.isnan(x)
        covered = np.where(there, cover * w, 0.0).sum(axis=-1)
        missing = node.get("missing", {"policy": "reweight", "coverage": 0})
        enough = covered >= missing.get("coverage", 0) - GAP if missing.get("coverage") else covered >= 0
        if missing["policy"] == "fail":
            enough = there.all(axis=-1) & (covered > 0)
        y = np.where(enough, together(node.get("aggregate", "arithmetic"), x, w, whole[node["id"]]), np.nan)
        if node.get("direction") == "lower":
            y = 100 - y
        if node["id"] == "index":
            y = y + project.events.clip(max=5)
        if "round" in node:
            y = rounded(y, node["round"])
        return y, np.where(np.isnan(y), covered, covered)

    return made(root_of(project))[0]


def together(way: Any, x: Array, w: Array, total: float) -> Array:
    name, given = (way, {}) if isinstance(way, str) else (way["method"], way)
    there = ~np.isnan(x)
    own = np.where(there, w, 0.0)
    carried = own.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = own / carried[..., None]

        def mean(values: Array) -> Array:
            return np.where(carried > 0, np.where(there, values * share, 0.0).sum(axis=-1), np.nan)

        if name == "arithmetic":
            return mean(x)
        if name == "sum":
            return given.get("scale", 1.0) * total * mean(x)
        if name == "geometric":
            return np.exp(mean(np.log(x)))
        if name == "harmonic":
            return 1 / mean(1 / x)
        if name == "power":
            return mean(x ** given["p"]) ** (1 / given["p"])
        if name == "mpi":
            middle = mean(x)
            return middle - mean((x - middle[..., None]) ** 2) / middle
        if name == "product":
            return given["scale"] * x.prod(axis=-1)
        some = there.any(axis=-1)
        filled = {"minimum": np.inf, "maximum": -np.inf}
        if name in filled:
            best = np.where(there, x, filled[name])
            return np.where(some, best.min(axis=-1) if name == "minimum" else best.max(axis=-1), np.nan)
        if name == "median":
            out = np.full(some.shape, np.nan)
            out[some] = np.nanmedian(x[some], axis=-1)
            return out
    raise AssertionError(name)


def rounded(y: Array, decimals: int) -> Array:
    scale = 10.0**decimals
    return np.sign(y) * np.floor(np.abs(y) * scale + 0.5 + 1e-9) / scale


def ranks_of(project: Project, scores: Array) -> Array:
    """Return published ranks (stack, unit), NaN without a score."""
    ranking = project.tree.get("ranking", {})
    shown = scores if ranking.get("decimals") is None else rounded(scores, ranking["decimals"])
    shown = -shown if ranking.get("first") == "lowest" else shown
    with np.errstate(invalid="ignore"):
        apart = TIE * np.nanmax(np.abs(np.where(np.isnan(shown), 0.0, shown)), axis=-1, initial=0.0)[:, None, None]
        lead = shown[:, None, :] - shown[:, :, None]  # (stack, unit, other)
        better = (lead > apart).sum(axis=-1)
        tied = (np.abs(lead) <= apart).sum(axis=-1) - 1
    ties = ranking.get("ties", "competition")
    out = 1.0 + better + {"max": tied, "average": tied / 2}.get(ties, 0 * tied)
    if ties == "dense":
        for row, least in zip(range(len(out)), np.broadcast_to(apart[:, 0, 0], len(out)), strict=True):
            firsts: list[float] = []
            for value in sorted((v for v in shown[row].tolist() if v == v), reverse=True):
                if not firsts or firsts[-1] - value > least:
                    firsts.append(value)
            out[row] = [1 + sum(first - value > least for first in firsts) for value in shown[row]]
    return np.where(np.isnan(shown), np.nan, out)


# ----------------------------------------------------------------------------------------------------------- weights


def cut_of(project: Project, level: int) -> list[str]:
    """Return the nodes of a depth and the leaves above it, in the order of the file."""

    def walk(node: dict[str, Any], depth: int) -> Iterator[str]:
        if is_leaf(node) or depth == level:
            yield node["id"]
            return
        for child in node["indicators"]:
            yield from walk(child, depth + 1)

    return list(walk(root_of(project), 0))


def effective(project: Project, cut: list[str], shares: Shares) -> Array:
    """Return the weights in the index of the nodes of a cut (stack, node)."""
    found: dict[str, Array] = {}

    def walk(node: dict[str, Any], own: Array) -> None:
        found[node["id"]] = own
        for i, child in enumerate(node.get("indicators", ())):
            walk(child, own * shares[node["id"]][:, i])

    walk(root_of(project), np.ones(max(len(w) for w in shares.values())))
    return np.stack([found[name] for name in cut], axis=-1)


def shares_of(project: Project, cut: list[str], weights: Array) -> Shares:
    """Return weights in the index (stack, node) as shares among siblings; those below the cut and of what weighs 0 as declared."""
    shares = {name: np.broadcast_to(w, (len(weights), w.shape[1])) for name, w in declared(project).items()}

    def walk(node: dict[str, Any]) -> Array:
        if node["id"] in cut:
            return weights[:, cut.index(node["id"])]
        below = np.stack([walk(child) for child in node["indicators"]], axis=-1)
        whole = below.sum(axis=-1)
        share = below / np.where(whole > 0, whole, 1.0)[:, None]
        shares[node["id"]] = np.where((whole > 0)[:, None], share, shares[node["id"]])
        return whole

    walk(root_of(project))
    return shares


@cache
def grid(nodes: int) -> Array:
    """Return weights on a grid that add up to 1, and some by chance."""
    steps = {1: 1, 2: 1000, 3: 60, 4: 20}.get(nodes, 8)
    cuts = itertools.combinations(range(steps + nodes - 1), nodes - 1)
    even = np.array([np.diff([-1, *cut, steps + nodes - 1]) - 1 for cut in cuts]) / steps
    random = np.random.default_rng(nodes)
    chance = np.concatenate([random.dirichlet(np.full(nodes, a), 400) for a in (0.3, 1.0, 3.0)])
    return np.concatenate([even, chance])


def box(project: Project, now: Array) -> tuple[Array, Array]:
    if project.within is None:
        return np.zeros_like(now), np.ones_like(now)
    return np.maximum(now * (1 - project.within), 0.0), np.minimum(now * (1 + project.within), 1.0)


def length(weights: Array, now: Array, norm: str) -> Array:
    far = np.abs(weights - now)
    return far.sum(axis=-1) if norm == "L1" else far.max(axis=-1)


class Referee:
    """What can be found by hand at one level: weights that were tried, with the ranks that each gives."""

    def __init__(self, project: Project, level: int) -> None:
        self.project, self.cut = project, cut_of(project, level)
        self.now = effective(project, self.cut, declared(project))[0]
        self.low, self.high = box(project, self.now)
        self.random = np.random.default_rng(7)
        whole = grid(len(self.now))
        tried = [self.now + share * (whole - self.now) for share in (1.0, 0.3, 0.1, 0.03)]
        self.tried = self.allowed(np.concatenate(tried))
        self.ranks = self.ranked(self.tried)

    def allowed(self, weights: Array) -> Array:
        """Return those of some weights that are within the bounds."""
        inside = (weights >= self.low - 1e-12) & (weights <= self.high + 1e-12)
        return weights[inside.all(axis=-1)]

    def ranked(self, weights: Array) -> Array:
        return ranks_of(self.project, scores_of(self.project, shares_of(self.project, self.cut, weights)))

    def turns(self, ranks: Array, above: int, below: int | None) -> NDArray[np.bool_]:
        """Say which ranks have a unit behind another, or behind the top."""
        if below is not None:
            return np.asarray(ranks[:, below] < ranks[:, above])
        return np.asarray(ranks[:, above] > self.project.top)

    def nearest(self, above: int, below: int | None, norm: str, also: Array | None = None) -> tuple[float, Array | None]:
        """Return the smallest distance found at which an order turns, infinite without one, and the weights that do it.

        `also` are weights that are known to do it: what lies around them is looked at too.
        """
        does = self.turns(self.ranks, above, below)
        pool = self.tried[does]
        if also is not None:
            pool = np.concatenate([pool, also[None]])
        if not len(pool):
            return np.inf, None
        far = length(pool, self.now, norm)
        best = pool[np.argsort(far, kind="stable")[:3]]
        for width in (0.3, 0.1, 0.03, 0.01, 0.003, 1e-3, 1e-4):
            noise = self.random.normal(size=(60, len(best), len(self.now))) * self.random.integers(0, 2, (60, 1, len(self.now)))
            noise -= noise.mean(axis=-1, keepdims=True)
            reach = float(length(best, self.now, norm)[0])
            near = best + width * reach * noise
            back = best + self.random.uniform(0, 1, (20, 1, 1)) * width * 3 * (self.now - best)
            stack = self.allowed(np.concatenate([best, near.reshape(-1, len(self.now)), back.reshape(-1, len(self.now))]))
            stack = stack[self.turns(self.ranked(stack), above, below)]
            if not len(stack):
                break
            best = stack[np.argsort(length(stack, self.now, norm), kind="stable")[:3]]
        return float(length(best, self.now, norm)[0]), best[0]


# ---------------------------------------------------------------------------------------------------- random projects

WAYS: list[Any] = [
    "arithmetic",
    "arithmetic",
    "arithmetic",
    "sum",
    "sum",
    "geometric",
    "harmonic",
    {"method": "power", "p": 2},
    "minimum",
    "maximum",
    "median",
    {"method": "product", "scale": 0.01},
    "mpi",
]


def random_project(seed: int) -> Project:
    """Draw a small project: trees of two to four leaves, gaps, thresholds, ties, rounding, bonuses, sums of free weights."""
    random = np.random.default_rng([15, seed])

    def chance(p: float) -> bool:
        return bool(random.random() < p)

    def one_of(some: list[Any]) -> Any:
        return some[int(random.integers(len(some)))]

    rich, gaps = chance(0.7), chance(0.5)
    names = iter("abcdefgh")
    wanted = int(random.integers(2, 5))

    def inner(node: dict[str, Any], leaves: int, depth: int) -> dict[str, Any]:
        if rich and chance(0.6):
            node["aggregate"] = one_of(WAYS)
        if gaps and chance(0.4):
            node["missing"] = (
                {"policy": "reweight", "coverage": one_of([0.3, 0.5, 0.6, 0.74])} if chance(0.85) else {"policy": "fail"}
            )
        if rich and chance(0.06):
            node["round"] = int(random.integers(0, 2))
        if rich and node["id"] != "index" and node.get("aggregate") in (None, "arithmetic") and chance(0.08):
            node["direction"] = "lower"
        parts: list[int] = []
        left = leaves
        while left:
            part = int(random.integers(1, left + 1)) if depth < 2 and left > 1 and chance(0.6) else 1
            part = part if parts or part < leaves else leaves - 1
            parts.append(max(part, 1))
            left -= parts[-1]
        children = []
        for part in parts:
            name = next(names)
            if part == 1:
                children.append({"id": name, "normalise": GOALPOSTS})
            else:
                children.append(inner({"id": f"n{name}"}, part, depth + 1))
        free = node.get("aggregate") == "sum"
        w = random.integers(1, 10, len(children)).astype(float)
        w = w / 4 if free else w / w.sum()
        for child, weight in zip(children, w.tolist(), strict=True):
            child["weight"] = weight
        node["indicators"] = children
        return node

    root = inner({"id": "index"}, wanted, 0)
    units = int(random.integers(2, 5))
    tree: dict[str, Any] = {"dimensions": root.pop("indicators"), "index": root}
    ranking: dict[str, Any] = {}
    if chance(0.35):
        ranking["decimals"] = int(random.integers(0, 3))
    if chance(0.4):
        ranking["ties"] = one_of(["competition", "dense", "average", "min", "max"])
    if chance(0.15):
        ranking["first"] = "lowest"
    tree |= {"ranking": ranking} if ranking else {}
    values = random.integers(1, 100, (units, wanted)).astype(float)
    if gaps:
        values[random.random(values.shape) < 0.2] = np.nan
    events = random.integers(0, 7, units).astype(float) if chance(0.3) else np.zeros(units)
    return Project(tree, values, events, one_of([None, None, 0.3, 0.6, 0.9]), int(random.integers(1, 4)))
