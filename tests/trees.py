"""Random trees and panels: the one generator for every test that states a property of any tree.

What there is to draw comes from the program: every method of every room of the registry, and every alternative that the
model of the tree names. A `Menu` says of which rooms a test draws, how often, and of what if not of all there is: a property
that holds for plain trees alone draws plain trees. Something new in the program is drawn without a word being said here; what
it cannot be written without is in `WRITTEN`, and a test asks for it.

The index and its nodes can also be told what they take, room by room, and what a leaf right below them takes:
`test_additivity.py` lays its designs of features out so.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import numpy as np
import yaml
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from indexcalc.engine import score
from indexcalc.methods import CATALOGUE, FROM_DATA, WITHOUT_WEIGHTS, parameters
from indexcalc.methods.aggregate import COMPARES_UNITS
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from indexcalc.scores import Scores
from indexcalc.tree import Index
from indexcalc.tree.checks import check_tree
from indexcalc.tree.formula import FUNCTIONS
from indexcalc.tree.model import Indicator, Missing, Normalise, Ranking, Root, Round, Veto, Weights
from indexcalc.units import Units

Choice = str | Mapping[str, Any] | None
Row = Mapping[str, Any]  # what one place takes, room by room, None for nothing of it; a node's also the row of a leaf below it
NOTHING: Mapping[str, Any] = MappingProxyType({})
YEARS = ("2000", "2001", "2002")
QUARTERS = ("2021Q3", "2021Q4", "2022Q1", "2022Q2", "2022Q3", "2022Q4")
SLOW = ("bod", "benefit-of-the-doubt", "importance")  # a program to be solved for each unit
MOST_TRIES = 60
SEEDS = st.integers(0, 2**32 - 1)


def choices(model: Any, name: str) -> tuple[str, ...]:
    """Return what a field of the model of the tree may say."""
    wanted = model.model_fields[name].annotation
    inner = [one for one in (wanted, *get_args(wanted)) if get_origin(one) is Literal]
    return tuple(str(value) for one in inner for value in get_args(one))


DERIVED = ("formula", "scale", "per", "applies", "difference", "growth", "share", "rolling", "shrink")
RESIDUAL = "residual"  # derived too, in trees that ask for it: about 0, it makes ratios of any size, which leave few digits
ADJUSTED = ("each", "rank_move", "rank_move steps", "place", *(f"veto {key}" for key in Veto.model_fields))
OPERATIONS = ("+", "*", "^", "and", "or", "not")
ALL: dict[str, tuple[str, ...]] = {
    "direction": choices(Indicator, "direction"),
    "normalise": tuple(CATALOGUE["normalise"]),
    "normalise over": choices(Normalise, "over"),
    "impute": tuple(CATALOGUE["impute"]),
    "treat": tuple(CATALOGUE["treat"]),
    "derived": DERIVED,
    "round": choices(Round, "how"),
    "missing": choices(Missing, "policy"),
    "formula": tuple(FUNCTIONS),
    "aggregate": tuple(CATALOGUE["aggregate"]),
    "weights": tuple(CATALOGUE["weights"]),
    "weights over": choices(Weights, "over"),
    "inner": ("lower", "normalise"),
    "ties": tuple(CATALOGUE["ties"]),
    "first": choices(Ranking, "first"),
    "adjusted": ADJUSTED,
}
LEAF, NODE, INDEX = (
    ("direction", "normalise", "normalise over", "impute", "treat", "derived", "round"),
    ("missing", "formula", "aggregate", "weights", "weights over", "inner"),
    ("ties", "first", "adjusted"),
)


@dataclass(frozen=True)
class Menu:
    """What a test draws: how often a place takes something of a room, of what if not of all, and the size of the trees."""

    often: Mapping[str, float]
    only: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(
        default_factory=lambda: {"weights": "relative", "normalise": {"method": "min-max", "low": 20}}
    )
    whole: Mapping[str, Any] = field(default_factory=dict)  # keys of the tree itself
    nodes: tuple[int, int] = (1, 6)  # the topmost one among them
    leaves: tuple[int, int] = (2, 12)
    levels: int = 3
    periods: tuple[str, ...] = YEARS

    def of(self, room: str) -> Sequence[Choice]:
        """Return what is drawn of a room: without the slow methods unless they are asked for."""
        return self.only.get(room) or [one for one in ALL[room] if one not in SLOW]

    def changed(
        self, *, only: Mapping[str, Sequence[Choice]] = NOTHING, often: Mapping[str, float] = NOTHING, **more: Any
    ) -> Menu:
        """Return a menu that is this one but for some rooms."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Menu(**kept | more | {"only": {**self.only, **only}, "often": {**self.often, **often}})


# ------------------------------------------------------------------------------------------------------ how it is written


def ranks_of(random: Random, children: int) -> list[int]:
    return random.sample(range(1, children + 1), children)


def judged(random: Random, children: int) -> list[list[float]]:
    """Return judgements of pairs that do not contradict each other much."""
    w = [random.choice([1, 2, 3, 4]) for _ in range(children)]
    return [[w[i] / w[k] for k in range(children)] for i in range(children)]


def complements(r: Random, n: int, marks: Sequence[float]) -> list[list[float]]:
    """Marks of pairs whose two sides add up to 1."""
    square = [[0.5] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            square[i][j] = r.choice(marks)
            square[j][i] = 1.0 - square[i][j]
    return square


def triangles(r: Random, n: int) -> list[list[list[float]]]:
    """Fuzzy judgements of pairs, whose other sides are one over them."""
    square = [[[1.0, 1.0, 1.0] for _ in range(n)] for _ in range(n)]
    for i in range(n):
        for j in range(i + 1, n):
            middle = r.randint(2, 5)
            square[i][j] = [middle - 1.0, float(middle), middle + 1.0]
            square[j][i] = [1 / (middle + 1.0), 1 / middle, 1 / (middle - 1.0)]
    return square


def best_worst(random: Random, children: int) -> dict[str, list[float]]:
    said = [float(1 + at) for at in range(children)]
    order = ranks_of(random, children)
    return {"best": [said[at - 1] for at in order], "worst": [said[children - at] for at in order]}


# What a method cannot be written without, or is rarely defined without: from chance, the number of children, the direction.
WRITTEN: dict[tuple[str, str], Any] = {
    ("normalise", "min-max"): lambda r, n, up: {"low": r.choice([10, 20])},
    ("normalise", "z-score"): lambda r, n, up: {"mean": 50, "sd": 5},
    ("normalise", "percentile"): lambda r, n, up: {"low": 10, "high": 90},
    ("normalise", "rank-exponential"): lambda r, n, up: r.choice([{}, {"scale": 50}]),
    ("normalise", "efficacy"): lambda r, n, up: r.choice([{}, {"unacceptable": 1 if up else 9, "satisfactory": 9 if up else 1}]),
    ("normalise", "goalposts"): lambda r, n, up: {"worst": 1 if up else 9, "best": 9 if up else 1, "low": 10},
    ("normalise", "target"): lambda r, n, up: {"value": 6, "low": 10},
    ("normalise", "distance-to-target"): lambda r, n, up: {"value": 10 if up else 0.2, "low": 5},
    ("normalise", "piecewise"): lambda r, n, up: {"points": [[0, 10], [4, 40], [8, 90]]},
    ("normalise", "bands"): lambda r, n, up: {"bands": [[0, 10], [3, 40], [6, 90]]},
    ("normalise", "points"): lambda r, n, up: {"floor": 0.5, "cap": 90},
    ("normalise", "deduct"): lambda r, n, up: {"each": 3, "floor": 5},
    ("normalise", "bonus"): lambda r, n, up: {"each": 3, "cap": 60},
    ("aggregate", "geometric"): lambda r, n, up: r.choice([{}, {"floor": 1}]),
    ("aggregate", "harmonic"): lambda r, n, up: r.choice([{}, {"floor": 1}]),
    ("aggregate", "power"): lambda r, n, up: {"p": r.choice([-2, -1, 0, 0.5, 1, 3]), "floor": 1},
    ("aggregate", "sum"): lambda r, n, up: {"scale": 0.5},
    ("aggregate", "product"): lambda r, n, up: {"scale": 10.0 ** (-2 * (n - 1))},
    ("aggregate", "owa"): lambda r, n, up: r.choice([{"orness": 0.3}, {"weights": [1 / n] * n}]),
    ("aggregate", "benefit-of-the-doubt"): lambda r, n, up: r.choice([{}, {"low": 0.5 / n}]),
    ("impute", "value"): lambda r, n, up: {"value": 4},
    ("impute", "last"): lambda r, n, up: r.choice([{}, {"limit": 1}]),
    ("treat", "winsorise"): lambda r, n, up: {"skew": 0.5, "kurtosis": 0.5} | r.choice([{}, {"most": 1, "shift": 1}]),
    ("treat", "log"): lambda r, n, up: r.choice([{}, {"shift": 1}]),
    ("treat", "clip"): lambda r, n, up: {"low": 0.1, "high": 0.8},
    ("weights", "ahp"): lambda r, n, up: {"judgements": r.choice([judged(r, n), [judged(r, n), judged(r, n)]])},
    ("weights", "bwm"): lambda r, n, up: best_worst(r, n),
    ("weights", "budget"): lambda r, n, up: {"points": [[r.randint(5, 60) for _ in range(n)] for _ in range(3)]},
    ("weights", "priority-chart"): lambda r, n, up: {"judgements": complements(r, n, [0.0, 0.5, 1.0])},
    ("weights", "ahp-complementary"): lambda r, n, up: {"judgements": complements(r, n, [0.3, 0.5, 0.6, 0.8])},
    ("weights", "ahp-fuzzy"): lambda r, n, up: {"judgements": triangles(r, n)},
    ("weights", "dematel"): lambda r, n, up: {
        "influence": [[float(i != j) * r.randint(1, 4) for j in range(n)] for i in range(n)]
    },
    ("weights", "roc"): lambda r, n, up: r.choice([{}, {"ranks": ranks_of(r, n)}]),
    ("weights", "rank-sum"): lambda r, n, up: r.choice([{}, {"ranks": ranks_of(r, n)}]),
    ("weights", "bod"): lambda r, n, up: {"low": 0.2 / n},
    ("weights", "importance"): lambda r, n, up: r.choice([{}, {"wished": [1.0] * n}]),
    ("weights", "combine"): lambda r, n, up: {"of": ["given", r.choice(["critic", "std", "entropy"])]},
}
# A formula of two nodes for each function: what it gives is above 0 for scores from 0 to 100.
CALLS = {
    "+": "({0} + {1}) / 2",
    "*": "{0} * {1} / 100",
    "^": "{0} ^ 0.5 * 10",
    "and": "10 + 20 * ({0} > 30 and {1} > 30) + {0} / 4",
    "or": "10 + 20 * ({0} > 60 or {1} > 30) + {0} / 4",
    "not": "10 + 20 * (not {0} > {1}) + {0} / 4",
    "missing": "10 + 20 * missing({0}) + {1} / 4",
    "coalesce": "coalesce({0}, {1}, 40)",
    "abs": "10 + abs({0} - {1})",
    "ceil": "ceil({0} / 10) * 10",
    "clip": "clip({0}, 20, {1} + 30)",
    "exp": "exp({0} / 50) * 10 + {1} / 10",
    "floor": "floor({0} / 10) * 10 + 5",
    "log": "log({0} + {1} + 2) * 10",
    "sqrt": "sqrt({0} * {1} + 1)",
    "round": "round({0} / 3, 1) + {1} / 2",
    "max": "max({0}, {1}) - {1} / 4 + 30",
    "mean": "mean({0}, {1})",
    "median": "median({0}, {1}, 40)",
    "min": "min({0}, {1}, 90)",
    "sum": "sum({0}, {1}) / 3",
    "trimmed": "trimmed(1, {0}, {1}, 40)",
    "where": "where({0} > {1}, {0}, {1})",
}
OF_A_LEAF: dict[str, list[dict[str, Any]]] = {
    "formula": [
        {"formula": "[part] * 2 + [rest]"},
        {"formula": "where(part > 5, part, sqrt(rest)) + 1"},
        {"formula": "max(part, rest, 2) / min(part, rest)"},
        {"formula": "mean(part, rest) - log(part) ^ 2 + 9"},
        {"formula": "coalesce(part, rest) + (rest > 5 or missing(part)) + 1"},
    ],
    "scale": [{"scale": 0.7}],
    "per": [{"per": "people"}],
    "applies": [{"applies": "[open] + [part]"}, {"applies": "open > 0"}],
    "difference": [{"difference": since} for since in choices(Indicator, "difference")],
    "growth": [{"growth": since} for since in choices(Indicator, "growth")],
    "share": [{"share": "total", "scale": 30}, {"share": "group", "scale": 30}],
    "rolling": [{"rolling": 2}, {"rolling": "all"}],
    "shrink": [{"per": "people", "shrink": {"how": "rate"}}],
    "residual": [{"residual": "people"}, {"residual": {"along": "people", "within": "group"}}],
}
POINTS: dict[str, dict[str, Any]] = {
    "each": {"each": 2, "cap": 5, "repeat": 2},
    "rank_move": {"rank_move": 0.5},
    "rank_move steps": {"rank_move": [[1, 0.5], [-1, -1], [-2, -2]]},
    "place": {"place": {"last": 2, "points": -0.5}},
    "veto deduct": {"veto": {"deduct": 10}},
    "veto ceiling": {"veto": {"ceiling": 45}},
    "veto grade": {"veto": {"grade": "良好"}},
}
GRADES = [{"name": "优秀", "from": 70}, {"name": "良好", "from": 50}, {"name": "不合格"}]
FOUND = tuple({how: 3, "names": [grade["name"] for grade in GRADES]} for how in ("natural-breaks", "mean-sd", "rsr"))
AGAIN: tuple[Choice, ...] = (
    {"method": "min-max", "low": 20},
    {"method": "min-max", "low": 10, "over": "all"},
    {"method": "z-score", "mean": 50, "sd": 5},
    {"method": "z-score", "mean": 50, "sd": 5, "over": "all"},
    {"method": "percentile", "low": 10, "high": 90, "over": "group"},
)


# ---------------------------------------------------------------------------------------------------------------- menus

# All that the program has. Rows of a design take their rooms from here too.
ANY = Menu(
    often={
        "direction": 0.8, "normalise": 0.5, "normalise over": 0.2, "impute": 0.2, "treat": 0.2, "derived": 0.03, "round": 0.05,
        "missing": 0.5, "formula": 0.1, "aggregate": 0.6, "weights": 0.4, "weights over": 0.3, "inner": 0.15,
        "ties": 1, "first": 1, "adjusted": 0.15,
    },
    whole={"grades": (GRADES, GRADES, *FOUND)},
    nodes=(2, 6), leaves=(4, 10),
)  # fmt: skip
# What contributions and orders of units are stated of: no value derived, filled in or treated, and nothing adjusted.
SCORED = Menu(
    often={
        "direction": 1, "normalise": 1, "normalise over": 0.4, "missing": 0.9, "formula": 0.15, "aggregate": 1,
        "weights": 0.3, "weights over": 0.3, "inner": 0.2, "round": 0.05,
    },
    only={
        "normalise": [
            "min-max", "percentile", "z-score", {"method": "efficacy", "over": "group"}, "efficacy-exponential", "rank", "points",
        ],
        "formula": [*OPERATIONS, "max", "mean", "sum", "where"],
        "aggregate": tuple(CATALOGUE["aggregate"]),
        "weights": ["equal", *sorted(FROM_DATA - {"importance"})],
    },
    leaves=(2, 14),
)  # fmt: skip
# What moves between two states: methods that compare units more often, those that take long seldom, and points for events.
QUICK = [one for one in CATALOGUE["aggregate"] if one not in SLOW]
MIXED = SCORED.changed(
    often={"adjusted": 0.2, "weights": 0.4},
    only={
        "aggregate": [*QUICK * 2, *sorted(COMPARES_UNITS - {*SLOW}) * 4, "benefit-of-the-doubt"],
        "weights": ["equal", *sorted(FROM_DATA - {*SLOW}) * 3, "bod"],
        "adjusted": ["each", "veto ceiling", "rank_move", "rank_move steps", "place"],
    },
    leaves=(2, 10),
)
# What the slow reference of the engine works out cell by cell.
PLAIN = Menu(
    often={"direction": 1, "aggregate": 1, "missing": 1},
    only={
        "direction": ["higher", "lower"],
        "aggregate": ["arithmetic", "geometric", "minimum", "maximum"],
        "missing": [{"policy": "reweight", "coverage": share} for share in (0, 0, 0.3, 0.8)],
    },
    defaults={"weights": "relative", "normalise": {"method": "min-max", "low": 20}},
    leaves=(2, 14),
)


class Trees:
    """Writes one random tree; every choice comes from one seed."""

    def __init__(self, seed: object, menu: Menu = ANY, *, index: Row = NOTHING, nodes: Sequence[Row] = ()) -> None:
        self.random, self.menu = Random(str(seed)), menu
        self.index_row, self.node_rows = index, list(nodes)
        self.nodes, self.leaves = count(), count()

    def tree(self) -> dict[str, Any]:
        """Return the tree as it is read from YAML."""
        root = self.node(self.shape())
        whole: dict[str, Any] = {
            "index": {key: value for key, value in root.items() if key in {"id", *Root.model_fields}},
            "units": {"table": "u.csv"},
            "periods": {"kind": "quarter" if "Q" in self.menu.periods[0] else "year"},
            "data": {"v": {"path": "v.csv"}},
            "denominators": [{"id": "people"}],
            "defaults": dict(self.menu.defaults),
            "dimensions": root["indicators"],
            "ranking": self.ranking(),
            "adjustments": self.adjustments(root["indicators"]),
        }
        if not any(leaf.get("per") == "people" or "people" in str(leaf.values()) for leaf in leaves_of(root["indicators"])):
            del whole["denominators"]
        whole |= {key: self.random.choice(value) if isinstance(value, tuple) else value for key, value in self.menu.whole.items()}
        return {key: value for key, value in whole.items() if value not in ({}, [], None)}

    def drawn(self, row: Row, room: str) -> Choice:
        """Return what a place takes of a room: what its row says, or one of the menu's, or nothing."""
        if room in row:
            return row[room]
        return self.random.choice(self.menu.of(room)) if self.random.random() < self.menu.often.get(room, 0) else None

    def shape(self) -> list[Any]:
        """Return what is below the topmost node, a list for each inner node: as many as are drawn, or as there are rows for."""
        nodes, leaves = len(self.node_rows) or self.random.randint(*self.menu.nodes), self.random.randint(*self.menu.leaves)
        inner: list[tuple[int, list[Any]]] = [(1, [])]
        for _ in range(nodes - 1):
            depth, siblings = self.random.choice([one for one in inner if one[0] < self.menu.levels])
            siblings.append([])
            inner.append((depth + 1, siblings[-1]))
        wanting = [children for _, children in inner if not children or self.node_rows]
        wanting += [children for _, children in inner if not children and self.node_rows]  # only several children are weighted
        more = [self.random.choice(inner)[1] for _ in range(leaves - len(wanting))]
        for children in (*wanting, *more):
            children.insert(self.random.randint(0, len(children)), None)
        return inner[0][1]

    def node(self, below: list[Any]) -> dict[str, Any]:
        """Write a node with all that is below it."""
        at = next(self.nodes)
        row = self.node_rows[at] if at < len(self.node_rows) else NOTHING
        first = below.index(None) if "leaf" in row else -1
        children = [
            self.leaf(row["leaf"] if place == first else NOTHING) if one is None else self.node(one)
            for place, one in enumerate(below)
        ]
        return {"id": f"n{at}" if at else "index", "weight": self.weight(), **self.inner(row, children), "indicators": children}

    def weight(self) -> float:
        return self.random.choice([1, 2, 0.5, 3.3])

    def leaf(self, row: Row) -> dict[str, Any]:
        direction = self.drawn(row, "direction") or "higher"
        made: dict[str, Any] = {"id": f"x{next(self.leaves)}", "weight": self.weight(), "direction": direction}
        if direction in ("target", "range"):
            made["target"] = 5 if direction == "target" else [3, 6]
        for room in ("normalise", "impute", "treat"):
            if (method := self.drawn(row, room)) is not None:
                made[room] = self.method(room, method, 1, up=direction == "higher")
        if (over := self.drawn(row, "normalise over")) is not None:
            made["normalise"] = {**made.get("normalise", self.menu.defaults["normalise"]), **self.over(over)}
        for way in self.derived(row):
            made |= way if isinstance(way, Mapping) else self.random.choice(OF_A_LEAF[str(way)])
        for key, room in (("round", "round"), ("over_time", "over_time")):
            if (said := self.drawn(row, room)) is not None:
                made[key] = {"decimals": 1, "how": said} if key == "round" else said
        return made

    def derived(self, row: Row) -> list[Choice]:
        """Return how a leaf's values come of others, each way drawn by itself; a change is a difference or a growth."""
        if "derived" in row:
            return [] if row["derived"] is None else [row["derived"]]
        ways = [way for way in self.menu.of("derived") if self.random.random() < self.menu.often.get("derived", 0)]
        return [way for way in ways if way != "growth" or "difference" not in ways]

    def over(self, over: Choice) -> dict[str, Any]:
        """Return which periods and units are compared with each other."""
        base = self.menu.periods[0]
        return {"over": over, **({"base": int(base) if base.isdigit() else base} if over == "base" else {})}

    def method(self, room: str, method: Choice, children: int, *, up: bool = True) -> dict[str, Any]:
        """Return a method with what it needs, and its alternatives drawn; one that is written out stays as it is."""
        if isinstance(method, Mapping):
            return dict(method)
        assert method is not None
        takes, made = parameters(room, method), {"method": method}
        for name, parameter in takes.items():
            if get_origin(parameter.type) is Literal and self.random.random() < 0.4:
                made[name] = self.random.choice(get_args(parameter.type))
        made |= WRITTEN.get((room, method), lambda *_: {})(self.random, children, up)
        lacking = [name for name, parameter in takes.items() if parameter.required and name not in made]
        assert not lacking, f"{room} {method} needs {lacking}: say in WRITTEN how it is written"
        return made

    def inner(self, row: Row, children: list[dict[str, Any]]) -> dict[str, Any]:
        """Return how a node's children come together, and what is done with its score then."""
        made: dict[str, Any] = {}
        if (policy := self.drawn(row, "missing")) is not None:
            made["missing"] = dict(policy) if isinstance(policy, Mapping) else {"policy": policy}
            if policy == "reweight":
                made["missing"] |= self.random.choice([{}, {"coverage": 0.3}, {"coverage": 0.8}, {"children": 0.5}])
        if len(children) > 1 and (called := self.drawn(row, "formula")) is not None:
            first = next((child["id"] for child in children if "indicators" not in child), children[0]["id"])
            other = self.random.choice([child["id"] for child in children if child["id"] != first])
            made["formula"] = CALLS[str(called)].format(*self.random.sample([first, other], 2))
        elif len(children) > 1:
            made |= self.together(row, children)
        ways = self.drawn(row, "inner")
        if ways == "lower":
            made["direction"] = "lower"
        if ways == "normalise":
            made["normalise"] = self.random.choice(self.menu.only.get("again", AGAIN))
        if (how := self.drawn(row, "round")) is not None:
            made["round"] = {"decimals": 1, "how": how}
        if (ranked := self.drawn(row, "ranking")) is not None:
            made["ranking"] = ranked
        return made

    def together(self, row: Row, children: list[dict[str, Any]]) -> dict[str, Any]:
        """Return a node's aggregator and the weights of its children."""
        made: dict[str, Any] = {}
        if (aggregate := self.drawn(row, "aggregate")) is not None:
            made["aggregate"] = self.method("aggregate", aggregate, len(children))
        rule = self.drawn(row, "weights")
        if rule is None:
            return made
        made["weights"] = self.method("weights", rule, len(children))
        name = made["weights"]["method"]
        if name in FROM_DATA and (over := self.drawn(row, "weights over")) is not None:
            made["weights"] |= self.over(over)
        if name == "given" or "given" in made["weights"].get("of", ()):
            total = sum(child["weight"] for child in children)
            for child in children:
                child["weight"] /= total
        return made

    def ranking(self) -> dict[str, Any]:
        said = {key: self.drawn(self.index_row, key) for key in ("ties", "first", "within", "decimals")}
        return {key: value for key, value in said.items() if value is not None}

    def adjustments(self, children: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what is added to scores for events: each kind drawn by itself, of the index or of a node below it."""
        if "adjusted" in self.index_row:
            kinds = [self.index_row["adjusted"]]
        else:
            often = self.menu.often.get("adjusted", 0)
            kinds = [kind for kind in self.menu.of("adjusted") if self.random.random() < often]
        inner = [child["id"] for child in children if "indicators" in child]
        made = [{"id": f"a{at}", **POINTS[str(kind)]} for at, kind in enumerate(kinds) if kind is not None]
        for item in made:
            if inner and "grade" not in item.get("veto", {}) and self.random.random() < 0.4:
                item["node"] = self.random.choice(inner)
        return made


def leaves_of(children: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the leaves below some nodes of a tree as it is written."""
    return [leaf for child in children for leaf in (leaves_of(child["indicators"]) if "indicators" in child else [child])]


def read(tree: Mapping[str, Any]) -> Index | None:
    """Return the index of a tree, or nothing where the program refuses it."""
    try:
        index = Index.model_validate(tree)
    except ValueError:
        return None
    return None if any(finding.severity == "error" for finding in check_tree(index)) else index


def tree(seed: object, menu: Menu = ANY, **rows: Any) -> dict[str, Any]:
    """Return the first random tree from a seed on that the program does not refuse."""
    for number in count():
        made = Trees(f"{seed} {number}", menu, **rows).tree()
        if read(made) is not None:
            return made
        assert number < MOST_TRIES, f"no tree of {rows}"
    raise AssertionError


def index(seed: object, menu: Menu = ANY, **rows: Any) -> Index:
    """Return the index of a random tree, which hypothesis shows where a property of it fails."""
    made = tree(seed, menu, **rows)
    with contextlib.suppress(InvalidArgument):  # outside of hypothesis there is nobody to tell
        note(yaml.safe_dump(made, sort_keys=False, allow_unicode=True))
    read_index = read(made)
    assert read_index is not None
    return read_index


def panel(
    index: Index,
    seed: int,
    *,
    units: int | None = None,
    periods: int | Sequence[str] | None = None,
    missing: float | None = None,
    absent: float | None = None,
) -> Panel:
    """Return values with ties, gaps, cells and whole branches that do not apply, empty and constant columns, and some events."""
    random = np.random.default_rng(seed)
    units, several = units or int(random.integers(2, 9)), int(random.integers(1, 4))
    labels = tuple(periods) if isinstance(periods, Sequence) else tuple(str(2000 + at) for at in range(periods or several))
    shape = (len(labels), units, len(index.columns))
    values, status = empty(*shape), empty(*shape, np.uint8)
    values[...] = np.where(random.random(shape) < 0.5, random.integers(1, 10, shape), random.uniform(0.5, 10, shape))
    for column in np.flatnonzero(random.random(shape[2]) < 0.04):
        values[int(random.integers(len(labels))), :, column] = 3.0
    drawn = random.random(shape)
    missing = float(random.choice([0.0, 0.2])) if missing is None else missing
    absent = float(random.choice([0.0, 0.1])) if absent is None else absent
    status[...] = VALUE
    status[drawn < missing] = MISSING
    status[drawn > 1 - absent] = NOT_APPLICABLE
    for column in np.flatnonzero(random.random(shape[2]) < missing / 5):
        status[int(random.integers(len(labels))), :, column] = MISSING
    branch = index.tree.branches[int(random.integers(len(index.tree.branches)))].position
    if absent and branch != index.tree.root:
        at = int(random.integers(len(labels))), int(random.integers(units))
        status[*at, leaves_below(index, branch)] = NOT_APPLICABLE
    for at, column in enumerate(index.columns):
        if column.owner in {item.id for item in index.adjustments}:
            values[..., at], status[..., at] = random.integers(0, 3, shape[:2]), VALUE
        if column.id == "people" or column.id.endswith(".open"):
            values[..., at], status[..., at] = random.integers(0 if "open" in column.id else 1, 3, shape[:2]), VALUE
    values[status != VALUE] = np.nan
    names = tuple(f"u{at}" for at in range(units))
    groups = tuple(f"g{at}" for at in random.integers(0, 2, units))
    return Panel(values, status, labels, Units(names, names, names, groups), tuple(column.id for column in index.columns))


def leaves_below(index: Index, node: int) -> list[int]:
    """Return the positions of the leaves below a node of an index."""
    if node < index.tree.leaves:
        return [node]
    return [leaf for child in index.tree.below(node) for leaf in leaves_below(index, child)]


def scores(seed: int, menu: Menu = SCORED, **sizes: Any) -> Scores:
    """Return the scores of a random tree on a random panel."""
    made = index(seed, menu)
    return score(made, panel(made, seed, **sizes))


def used(index: Index) -> set[tuple[str, str]]:
    """Return what a tree, as it was read, has where it counts in the index."""
    found: set[tuple[str, str]] = {("ties", index.ranking.ties), ("first", index.ranking.first)}
    for item in index.adjustments:
        keys = [f"veto {key}" for key in Veto.model_fields if item.veto is not None and getattr(item.veto, key) is not None]
        keys += [key for key in ("each", "rank_move", "place") if getattr(item, key) is not None]
        found |= {("adjusted", f"{key} steps" if isinstance(getattr(item, key, None), tuple) else key) for key in keys}
    for at in range(index.tree.leaves):
        found |= used_by_leaf(index, at)
    for branch in index.tree.branches:
        found |= used_by_node(index, branch)
    return found


def used_by_leaf(index: Index, at: int) -> set[tuple[str, str]]:
    """Return what one leaf has: how its values come to be, and how they are normalised."""
    leaf = index.leaves[at]
    normaliser = leaf.normalise or index.defaults.normalise
    found = {("normalise", normaliser.method), ("normalise over", normaliser.over), ("direction", leaf.direction)}
    found |= {(room, own.method) for room in ("impute", "treat") if (own := getattr(leaf, room)) is not None}
    found |= {
        ("derived", key) for key in (*DERIVED, RESIDUAL) if getattr(leaf, key) not in (None, Indicator.model_fields[key].default)
    }
    return found | ({("round", leaf.round.how)} if leaf.round else set())


def used_by_node(index: Index, branch: Any) -> set[tuple[str, str]]:
    """Return what one node has: how its children come together, and what is done with its score then."""
    node = index.tree.nodes[branch.position]
    found = {("missing", branch.missing.policy)}
    found |= {("inner", "lower")} if branch.turned else set()
    found |= {("inner", "normalise")} if branch.normalise is not None else set()
    rounding = getattr(node, "round", None)
    found |= {("round", rounding.how)} if rounding is not None else set()
    if branch.formula is not None:
        return found | {("formula", name) for name in FUNCTIONS if f"{name}(" in str(getattr(node, "formula", ""))}
    found |= {("aggregate", branch.aggregate)}
    if branch.aggregate not in WITHOUT_WEIGHTS and len(branch.children) > 1:
        found |= {("weights", branch.weights.method)}
        found |= {("weights over", branch.weights.over)} if branch.weights.method in FROM_DATA else set()
    return found
