"""Contributions and changes add up to 1e-9 whatever a tree is made of: random trees that take turns with all that there is.

What there is comes from the program: every method of every room of the registry, and every alternative that the model of the
tree names (ways to derive a value, to fill gaps, to compare, to adjust). Each is one case: a random tree that has it where
it counts, everything around it drawn at random from the same list, with gaps, cells that do not apply and units that come
and go. Something new is a new case without a word being said here; what it cannot be written without is in `WRITTEN`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import zlib
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
import yaml

from indexcalc.analysis.change import ScoreChange, change
from indexcalc.analysis.contribution import Rows, adjusted, contributions, effective
from indexcalc.engine import score
from indexcalc.methods import CATALOGUE, FROM_DATA, WITHOUT_WEIGHTS, parameters
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from indexcalc.scores import Scores
from indexcalc.tree import Index
from indexcalc.tree.declared import counts
from indexcalc.tree.formula import FUNCTIONS, parse
from indexcalc.tree.model import Adjustment, Dimension, Indicator, Missing, Normalise, Ranking, Round, Veto, Weights
from indexcalc.units import Units

from .conftest import index_of

Feature = tuple[str, str]
PERIODS = ("2000", "2001", "2002")
MORE = int(os.environ.get("INDEXCALC_TREES", "0"))  # larger trees of each feature in the long test; without it one of every sixth
UNITS, MOST_TRIES = 5, 60
SLOW = ("bod", "benefit-of-the-doubt", "importance")  # a program to be solved for each unit of each world: cases of their own


def choices(model: Any, field: str) -> tuple[str, ...]:
    """What a field of the model of the tree may say."""
    wanted = model.model_fields[field].annotation
    inner = [one for one in (wanted, *get_args(wanted)) if get_origin(one) is Literal]
    return tuple(str(value) for one in inner for value in get_args(one))


DERIVED = ("formula", "scale", "per", "applies", "difference", "growth", "share", "rolling", "shrink")
PLAIN_KEYS = {"source", "column", "events", "measure", "department", "direction", "target", "over_time", "over_units", "valid"}
PLAIN_KEYS |= {"score_over_units"}  # of units below, whose scores stand like values in what is split
PLAIN_KEYS |= {"impute", "treat", "normalise", "round", "id", "name", "name_en", "weight", "note"}
ADJUSTED = ("each", "rank_move", *(f"veto {key}" for key in Veto.model_fields))
EVERY: list[Feature] = [
    *((room, method) for room, known in CATALOGUE.items() for method in known),
    *(("normalise over", one) for one in choices(Normalise, "over")),
    *(("weights over", one) for one in choices(Weights, "over")),
    *(("missing", one) for one in choices(Missing, "policy")),
    *(("direction", one) for one in choices(Indicator, "direction")),
    *(("round", one) for one in choices(Round, "how")),
    *(("first", one) for one in choices(Ranking, "first")),
    *(("formula", one) for one in FUNCTIONS),
    *(("derived", one) for one in DERIVED),
    *(("adjusted", one) for one in ADJUSTED),
    *(("inner", one) for one in ("lower", "normalise")),
]


def ranks_of(random: Random, children: int) -> list[int]:
    return random.sample(range(1, children + 1), children)


def judged(random: Random, children: int) -> list[list[float]]:
    """Judgements of pairs that do not contradict each other much."""
    w = [random.choice([1, 2, 3, 4]) for _ in range(children)]
    return [[w[i] / w[k] for k in range(children)] for i in range(children)]


def best_worst(random: Random, children: int) -> dict[str, list[float]]:
    said = [float(1 + at) for at in range(children)]
    order = ranks_of(random, children)
    return {"best": [said[at - 1] for at in order], "worst": [said[children - at] for at in order]}


# What a method cannot be written without, or is rarely defined without: from chance, the number of children, the direction.
WRITTEN: dict[Feature, Any] = {
    ("normalise", "min-max"): lambda r, n, up: {"low": 20},
    ("normalise", "z-score"): lambda r, n, up: {"mean": 50, "sd": 5},
    ("normalise", "percentile"): lambda r, n, up: {"low": 10, "high": 90},
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
    ("treat", "winsorise"): lambda r, n, up: {"skew": 0.5, "kurtosis": 0.5},
    ("treat", "clip"): lambda r, n, up: {"low": 0.1, "high": 0.8},
    ("weights", "ahp"): lambda r, n, up: {"judgements": r.choice([judged(r, n), [judged(r, n), judged(r, n)]])},
    ("weights", "bwm"): lambda r, n, up: best_worst(r, n),
    ("weights", "budget"): lambda r, n, up: {"points": [[r.randint(5, 60) for _ in range(n)] for _ in range(3)]},
    ("weights", "roc"): lambda r, n, up: r.choice([{}, {"ranks": ranks_of(r, n)}]),
    ("weights", "rank-sum"): lambda r, n, up: r.choice([{}, {"ranks": ranks_of(r, n)}]),
    ("weights", "bod"): lambda r, n, up: {"low": 0.2 / n},
    ("weights", "importance"): lambda r, n, up: r.choice([{}, {"wished": [1.0] * n}]),
    ("weights", "combine"): lambda r, n, up: {"of": ["given", r.choice(["critic", "std", "entropy"])]},
}
# A formula of two nodes for each function: what it gives is above 0 for scores from 0 to 100.
CALLS = {
    "abs": "10 + abs({0} - {1})",
    "ceil": "ceil({0} / 10) * 10",
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
LEAF = {
    "formula": {"formula": "[part] * 2 + [rest]"},
    "scale": {"scale": 0.7},
    "per": {"per": "people"},
    "applies": {"applies": "[open] + [part]"},
    "difference": {"difference": "previous"},
    "growth": {"growth": "previous"},
    "share": {"share": "total", "scale": 30},
    "rolling": {"rolling": 2},
    "shrink": {"per": "people", "shrink": {"how": "rate"}},
}
POINTS: dict[str, dict[str, Any]] = {
    "each": {"each": 2, "cap": 5, "repeat": 2},
    "rank_move": {"rank_move": 0.5},
    "veto deduct": {"veto": {"deduct": 10}},
    "veto ceiling": {"veto": {"ceiling": 45}},
    "veto grade": {"veto": {"grade": "良好"}},
}


class Tree:
    """Writes a random tree that has one feature at a node that counts, everything else drawn from all there is."""

    def __init__(self, feature: Feature, seed: int) -> None:
        self.feature, self.random, self.count, self.placed = feature, Random(seed), 0, False

    def text(self) -> str:
        chosen = self.random.choice
        children = [self.node(self.random.randint(0, 2)) for _ in range(self.random.randint(2, 4))]
        root = {"id": "index", **self.inner(children)}
        whole: dict[str, Any] = {
            "index": root,
            "units": {"table": "u.csv"},
            "periods": {"kind": "year"},
            "data": {"v": {"path": "v.csv"}},
            "denominators": [{"id": "people"}],
            "defaults": {"weights": "relative", "normalise": {"method": "min-max", "low": 20}},
            "dimensions": children,
            "ranking": {
                "ties": self.turn("ties", list(CATALOGUE["ties"]), 1),
                "first": self.turn("first", ["highest", "lowest"], 1),
            },
            "grades": [{"name": "优秀", "from": 70}, {"name": "良好", "from": 50}, {"name": "不合格"}],
        }
        kinds = [kind for kind in ADJUSTED if kind == self.turn("adjusted", list(ADJUSTED), 0.3) or self.random.random() < 0.1]
        inner = [child["id"] for child in children if "indicators" in child]
        whole["adjustments"] = [{"id": f"a{at}", **POINTS[kind]} for at, kind in enumerate(kinds)]
        for item in whole["adjustments"]:
            if inner and "grade" not in item.get("veto", {}) and self.random.random() < 0.4:
                item["node"] = chosen(inner)
        if not any(leaf.get("per") for leaf in leaves_of(children)):
            del whole["denominators"]
        return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)

    def turn(self, room: str, all_: list[str], often: float) -> str | None:
        """The feature itself where it is of this room and has not been placed, else one of all, or nothing."""
        if self.feature[0] == room and not self.placed:
            self.placed = room not in ("ties", "first", "adjusted")
            return self.feature[1]
        return self.random.choice(all_) if self.random.random() < often else None

    def node(self, levels: int) -> dict[str, Any]:
        self.count += 1
        node: dict[str, Any] = {"id": f"n{self.count}", "weight": self.random.choice([1, 2, 0.5, 3.3])}
        if levels == 0:
            return node | self.leaf()
        children = [self.node(levels - 1 if self.random.random() < 0.6 else 0) for _ in range(self.random.randint(1, 3))]
        found = node | self.inner(children) | {"indicators": children}
        if self.turn("inner", ["lower"], 0.1) == "lower":
            found["direction"] = "lower"
        return found

    def leaf(self) -> dict[str, Any]:
        direction = self.turn("direction", list(choices(Indicator, "direction")), 0.8) or "higher"
        found: dict[str, Any] = {"direction": direction}
        if direction in ("target", "range"):
            found["target"] = 5 if direction == "target" else [3, 6]
        for room, often in (("normalise", 0.5), ("impute", 0.2), ("treat", 0.2)):
            known = [one for one in CATALOGUE[room] if one not in SLOW]
            if (method := self.turn(room, known, often)) is not None:
                found[room] = self.method(room, method, 1, up=direction == "higher")
        over = self.turn("normalise over", list(choices(Normalise, "over")), 0.2)
        if over is not None:
            found.setdefault("normalise", {"method": "min-max", "low": 20})
            found["normalise"] |= {"over": over, **({"base": 2000} if over == "base" else {})}
        if (key := self.turn("derived", list(DERIVED), 0.2)) is not None:
            found |= LEAF[key]
        if (how := self.turn("round", list(choices(Round, "how")), 0.05)) is not None:
            found["round"] = {"decimals": 1, "how": how}
        return found

    def method(self, room: str, method: str, children: int, *, up: bool = True) -> dict[str, Any]:
        """A method with what it needs, and its alternatives drawn."""
        found: dict[str, Any] = {"method": method}
        for name, parameter in parameters(room, method).items():
            if get_origin(parameter.type) is Literal and self.random.random() < 0.4:
                found[name] = self.random.choice(get_args(parameter.type))
        found |= WRITTEN.get((room, method), lambda *_: {})(self.random, children, up)
        lacking = [name for name, parameter in parameters(room, method).items() if parameter.required and name not in found]
        assert not lacking, f"{room} {method} needs {lacking}: say in WRITTEN how it is written"
        return found

    def inner(self, children: list[dict[str, Any]]) -> dict[str, Any]:
        mine = self.random.random
        policy = self.turn("missing", list(choices(Missing, "policy")), 0.5) or "reweight"
        found: dict[str, Any] = {"missing": {"policy": policy}}
        if policy == "reweight":
            found["missing"] |= self.random.choice([{}, {"coverage": 0.3}, {"children": 0.5}])
        several = len(children) > 1
        names = [child["id"] for child in children]
        function = self.turn("formula", list(FUNCTIONS), 0.1) if several else None
        if function is not None:
            found["formula"] = CALLS[function].format(*self.random.sample(names, 2))
        elif several or mine() < 0.5:
            quick = [one for one in CATALOGUE["aggregate"] if one not in SLOW]
            aggregate = self.turn("aggregate", quick, 0.6) if several else "arithmetic"
            weigh = self.feature[0] in ("weights", "weights over") and not self.placed
            if weigh and (aggregate in WITHOUT_WEIGHTS or aggregate == "sum"):
                aggregate = None
            rule = (
                self.turn("weights", [one for one in CATALOGUE["weights"] if one not in (*SLOW, "given")], 0.4)
                if several
                else None
            )
            over = (
                self.turn("weights over", list(choices(Weights, "over")), 0.3) if several and rule in (None, *FROM_DATA) else None
            )
            if over is not None and rule is None and weigh:
                rule = self.random.choice(["entropy", "critic", "std"])
            if aggregate is not None:
                found["aggregate"] = self.method("aggregate", aggregate, len(children))
            if rule is not None:
                found["weights"] = self.method("weights", rule, len(children))
                if over is not None and rule in FROM_DATA:
                    found["weights"] |= {"over": over, **({"base": 2000} if over == "base" else {})}
                if rule == "given":
                    for child in children:
                        child["weight"] = 1 / len(children)
        if self.turn("inner", ["normalise"], 0.1) == "normalise":
            found["normalise"] = self.method("normalise", self.random.choice(["min-max", "z-score", "percentile"]), 1)
        if mine() < 0.05:
            found["round"] = 1
        return found


def leaves_of(children: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for child in children:
        yield from leaves_of(child["indicators"]) if "indicators" in child else [child]


def panel_for(index: Index, seed: int, units: int, labels: tuple[str, ...] = PERIODS) -> Panel:
    """Values with ties, gaps, cells that do not apply and constant columns, and some events."""
    random = np.random.default_rng(seed)
    shape = (len(labels), units, len(index.columns))
    x, status = empty(*shape), empty(*shape, np.uint8)
    x[...] = np.where(random.random(shape) < 0.5, random.integers(1, 10, shape), random.uniform(0.5, 10, shape))
    status[...] = VALUE
    drawn = random.random(shape)
    status[drawn < 0.12], status[drawn < 0.05] = MISSING, NOT_APPLICABLE
    for at, column in enumerate(index.columns):
        if random.random() < 0.04:
            x[int(random.integers(len(labels))), :, at] = 3.0
        if column.owner in {item.id for item in index.adjustments}:
            x[..., at], status[..., at] = random.integers(0, 3, shape[:2]), VALUE
        if column.id == "people" or column.id.endswith(".open"):
            x[..., at] = random.integers(0 if "open" in column.id else 1, 3, shape[:2])
            status[..., at] = VALUE
    x[status != VALUE] = np.nan
    names = tuple(f"u{at}" for at in range(units))
    groups = tuple(f"g{at}" for at in random.integers(0, 2, units))
    return Panel(x, status, labels, Units(names, names, names, groups), tuple(column.id for column in index.columns))


def used(index: Index) -> set[Feature]:
    """What a tree, as it was read, has where it counts in the index."""
    found: set[Feature] = {("ties", index.ranking.ties), ("first", index.ranking.first)}
    for item in index.adjustments:
        keys = [f"veto {key}" for key in Veto.model_fields if item.veto is not None and getattr(item.veto, key) is not None]
        found |= {("adjusted", key) for key in (*keys, *(key for key in ("each", "rank_move") if getattr(item, key) is not None))}
    for leaf in index.leaves:
        normaliser = leaf.normalise or index.defaults.normalise
        found |= {("normalise", normaliser.method), ("normalise over", normaliser.over), ("direction", leaf.direction)}
        found |= {(room, own.method) for room in ("impute", "treat") if (own := getattr(leaf, room)) is not None}
        found |= {("derived", key) for key in DERIVED if getattr(leaf, key) not in (None, Indicator.model_fields[key].default)}
        found |= {("round", leaf.round.how)} if leaf.round else set()
    for branch in index.tree.branches:
        node = index.tree.nodes[branch.position]
        found |= {("missing", branch.missing.policy)}
        found |= {("inner", "lower")} if branch.turned else set()
        found |= {("inner", "normalise")} if branch.normalise is not None else set()
        if branch.formula is not None:
            found |= {("formula", name) for name in FUNCTIONS if name in str(parse(getattr(node, "formula", "") or ""))}
            continue
        found |= {("aggregate", branch.aggregate)}
        if branch.aggregate not in WITHOUT_WEIGHTS and len(branch.children) > 1:
            found |= {("weights", branch.weights.method)}
            found |= {("weights over", branch.weights.over)} if branch.weights.method in FROM_DATA else set()
    return found


@cache
def case(feature: Feature, seed: int = 0, units: int = UNITS) -> Scores:
    """The scores of the first tree from a seed on that has a feature where most units have a score."""
    start = zlib.crc32(f"{feature} {seed}".encode())
    for number in range(MOST_TRIES):
        with contextlib.suppress(AssertionError):
            text = Tree(feature, start + number).text()
            index = index_of(text)
            if feature not in used(index):
                continue
            found = score(index, panel_for(index, start + number, min(units, 4) if feature[1] in SLOW else units))
            if np.count_nonzero(~np.isnan(found.score())) > found.score().size / 2:
                return found
    raise AssertionError(f"no tree with {feature} has scores")


def moved_on(found: Scores) -> Scores:
    """The same scores with the first unit gone and another one come."""
    units = found.panel.units
    ids = (*units.ids[1:], "u9")
    panel = dataclasses.replace(found.panel, units=Units(ids, ids, ids, units.groups))
    return score(found.index, panel)


def contributions_add_up(found: Scores) -> None:
    """At every level: the children's contributions and the node's adjustments are its score, wherever it has one."""
    own = contributions(found)
    points = effective(found, own)
    for branch in found.tree.branches:
        parts, whole = own[..., list(branch.children)], found.scores[..., branch.position]
        there, added = ~np.isnan(whole), adjusted(found, branch.position)
        assert not np.isnan(parts[there]).any()
        assert np.isnan(parts[~there]).all()
        room = 1e-9 * (np.abs(parts).sum(axis=-1) + np.abs(whole) + np.abs(added))
        assert (np.abs(parts.sum(axis=-1) + added - whole) <= room)[there].all(), found.tree.nodes[branch.position].id
        below, above = points[..., list(branch.children)].sum(axis=-1), points[..., branch.position]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(whole == 0, np.nan, (whole - added) / whole)
        room = 1e-9 * (np.abs(points[..., list(branch.children)]).sum(axis=-1) + np.abs(above))
        sure = there & ~np.isnan(share) & ~np.isnan(above)
        assert (np.abs(below - above * share) <= room)[sure].all(), found.tree.nodes[branch.position].id
    rows = Rows(1, (3, 0))
    np.testing.assert_allclose(contributions(found, rows)[0], own[1, [3, 0]], rtol=1e-9, atol=1e-9)


def change_adds_up(found: ScoreChange) -> None:
    for parts, ends in ((found.parts, found.scores), (found.rank_parts, found.ranks)):
        total = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(found.at))
        moved = ends[1] - ends[0]
        there = ~np.isnan(moved)
        assert not np.isnan(total[there]).any()
        assert np.isnan(total[~there]).all() or not parts
        room = 1e-9 * (1 + np.abs(ends).max(axis=0))
        if parts:  # parts of a hundred millions, of ratios to a reference near 0, leave their own last bits
            room += 1e-12 * np.abs(list(parts.values())).max(axis=0)
        assert (np.abs(total - moved) <= room)[there].all(), (total, moved)
    if found.indicators:
        own, total = found.parts["own"], np.sum(list(found.indicators.values()), axis=0)
        there = ~np.isnan(own)
        room = 1e-9 * (1 + np.abs(found.scores).max(axis=0))
        assert (np.abs(total - own) <= room)[there].all(), (total, own)


def named(feature: Feature) -> str:
    return " ".join(feature)


def partner(feature: Feature) -> Feature:
    """Another feature, so that trees that are compared differ in all there is."""
    quick = [one for one in EVERY if one[1] not in SLOW]
    return quick[(EVERY.index(feature) * 37 + 11) % len(quick)]


def test_nothing_of_the_registry_or_of_the_model_is_forgotten() -> None:
    """What the cases below use, taken together, is all that there is; what is added to the program is asked for here."""
    every = set().union(*(used(case(feature).index) for feature in EVERY))
    assert {(room, method) for room, known in CATALOGUE.items() for method in known} <= every
    assert every >= set(EVERY)
    assert set(Indicator.model_fields) == {*DERIVED, *PLAIN_KEYS}, "a new key of an indicator: derived, or plain?"
    assert {"each", "rank_move", "veto"} <= set(Adjustment.model_fields)
    assert set(CALLS) == set(FUNCTIONS)
    assert all(counts(node) for feature in EVERY for _, node in case(feature).index.walked if isinstance(node, Dimension))


def test_gaps_and_cells_that_do_not_apply_are_included() -> None:
    found = [case(feature) for feature in EVERY]
    for status in (MISSING, NOT_APPLICABLE):
        assert sum(bool((one.status == status).any()) for one in found) > len(EVERY) / 2
    assert sum(bool(np.isnan(one.score()).any()) for one in found) > len(EVERY) / 10, "and units without a score"


@pytest.mark.parametrize("feature", EVERY, ids=named)
def test_contributions_add_up_at_every_level(feature: Feature) -> None:
    contributions_add_up(case(feature))


@pytest.mark.parametrize("feature", EVERY, ids=named)
def test_the_parts_of_a_change_between_two_periods_add_up(feature: Feature) -> None:
    found = case(feature)
    change_adds_up(change(found, found, PERIODS[0], PERIODS[2], by_indicator=True))


@pytest.mark.parametrize("feature", EVERY, ids=named)
def test_the_parts_of_a_change_between_two_trees_add_up(feature: Feature) -> None:
    """Structure, weights, methods, adjustments, data and the units themselves: all is other than before."""
    one, two = case(feature), moved_on(case(partner(feature), seed=1))
    change_adds_up(change(one, two, PERIODS[0], PERIODS[1]))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 2 + max(1, MORE)))
@pytest.mark.parametrize("feature", EVERY if MORE else EVERY[::6], ids=named)
def test_more_trees_and_units_add_up(feature: Feature, seed: int) -> None:
    one, two = case(feature, seed, 7), moved_on(case(partner(feature), seed + 1, 7))
    contributions_add_up(one)
    change_adds_up(change(one, one, PERIODS[1], PERIODS[2], by_indicator=True))
    change_adds_up(change(one, two, PERIODS[0], PERIODS[2]))
    change_adds_up(change(two, one, PERIODS[2], PERIODS[2]))
