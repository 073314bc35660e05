"""Contributions and changes add up to 1e-9 whatever a tree is made of: trees laid out by covering designs of features.

What there is comes from the program: every method of every room of the registry, and every alternative that the model of the
tree names. Every pair of what a leaf can be made of stands together in some leaf, every pair of what a node can be made of in
some node, and every normaliser under every way to come together, with gaps, cells that do not apply and units that come and
go around them; with `make prove` every three. Something new is in the designs without a word being said here.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import combinations, cycle, product
from random import Random
from typing import Any

import numpy as np
import pytest

from indexcalc.analysis.change import ScoreChange, change
from indexcalc.analysis.contribution import Rows, adjusted, contributions, effective
from indexcalc.engine import score
from indexcalc.methods import FROM_DATA, WITHOUT_WEIGHTS
from indexcalc.panel import MISSING, NOT_APPLICABLE
from indexcalc.scores import Scores
from indexcalc.tree.declared import counts
from indexcalc.tree.formula import FUNCTIONS
from indexcalc.tree.model import Adjustment, Dimension, Indicator
from indexcalc.units import Units

from . import trees
from .conftest import count
from .covering import covering
from .trees import ALL, ANY, CALLS, DERIVED, OPERATIONS, RESIDUAL, SLOW, YEARS

pytestmark = pytest.mark.slow

PLAIN_KEYS = {"source", "column", "events", "measure", "department", "direction", "target", "over_time", "over_units", "valid"}
PLAIN_KEYS |= {"score_over_units"}  # of units below, whose scores stand like values in what is split
PLAIN_KEYS |= {"cumulative"}  # of periods within a year, and the trees' are years; tests/test_totals.py splits them
PLAIN_KEYS |= {"role", "part", "lever", "definition", "source_note", "method_note"} & set(Indicator.model_fields)  # score nothing
PLAIN_KEYS |= {"since", "until", "replaces"}  # of trees that change in time; tests/test_editions.py splits them
PLAIN_KEYS |= {"full", "else_from"}  # a scale of a normaliser, tests/test_groups.py; and which cell a value is read from
PLAIN_KEYS |= {"like"}  # the leaf of another node whose keys it takes: tests/test_once.py
PLAIN_KEYS |= {"levels"}  # which units an indicator is of, where they stand in levels: tests/test_streets.py
PLAIN_KEYS |= {"numbers", "impute", "treat", "normalise", "round", "id", "name", "name_en", "measure_en", "weight", "note"}
STRENGTH = count(2, 3)  # how many features at once
A_TREE = 4  # nodes
TRIES = 8  # panels, as some ways have no value for some: a logarithm of changes, a harmonic mean of 0
SLICES = 6  # tests, so that two processes share them


def quick(room: str, *, none: bool = True) -> list[str | None]:
    return [*([None] if none else []), *(one for one in ALL[room] if one not in SLOW)]


def may_be(node: dict[str, Any]) -> bool:
    """Whether choices for a node go together: a formula, a sum and some aggregators take no weights, fixed weights no frame."""
    room, way = node.get("together", ("aggregate", "arithmetic"))
    without = room == "formula" or way in WITHOUT_WEIGHTS or way == "sum"
    frame = node.get("weights over", "period") != "period"
    if frame and (without or node.get("weights", "entropy") not in FROM_DATA):
        return False
    return not (without and node.get("weights") is not None)


@cache
def leaves() -> list[dict[str, Any]]:
    factors = {room: quick(room, none=room not in ("normalise", "normalise over", "direction")) for room in trees.LEAF}
    return covering(factors, STRENGTH)


@cache
def nodes() -> list[dict[str, Any]]:
    """Return what nodes are made of, each with the row of a leaf right below it."""
    together = [(room, one) for room in ("aggregate", "formula") for one in quick(room, none=False)]
    factors = {
        "together": together,
        "normalise": quick("normalise", none=False),
        "weights": quick("weights"),
        "missing": ALL["missing"],
        "weights over": ALL["weights over"],
        "inner": [None, *ALL["inner"]],
        "round": [None, *ALL["round"]],
    }
    below = {
        method: cycle([leaf for leaf in leaves() if leaf["normalise"] == method]) for method in quick("normalise", none=False)
    }
    rows = []
    for row in covering(factors, STRENGTH, possible=may_be):
        room, way = row.pop("together")
        rows.append({"aggregate": None, "formula": None, **row, room: way, "leaf": next(below[row.pop("normalise")])})
    return rows


@cache
def designs() -> list[list[dict[str, Any]]]:
    """Return the rows of the nodes of each tree; the topmost node of none is turned, which only a part can be."""
    rows = Random(1).sample(nodes(), len(nodes()))
    rows.sort(key=lambda row: row["inner"] == "lower")
    several = -(-len(rows) // A_TREE)
    return [rows[at::several] for at in range(several)]


@cache
def wholes() -> list[dict[str, Any]]:
    return covering({room: [*([None] if room == "adjusted" else []), *ALL[room]] for room in trees.INDEX}, 2)


@cache
def case(at: int) -> Scores:
    """Return the scores of the tree of a design."""
    return with_scores(f"design {at}", 5, index=wholes()[at % len(wholes())], nodes=designs()[at])


def with_scores(seed: str, units: int, menu: trees.Menu = ANY, **rows: Any) -> Scores:
    """Return the scores of the first tree and panel where all nodes have some and most units one, or where the most have."""
    best, most = None, (0.0, 0.0)
    for number in range(TRIES):
        index = trees.index(f"{seed} {number}", menu, **rows)
        found = score(index, trees.panel(index, number, units=units, periods=YEARS, missing=0.07, absent=0.05))
        there = ~np.isnan(found.scores)
        enough = float(there.any(axis=(0, 1)).mean()), float(there[..., found.tree.root].mean())
        if best is None or enough > most:
            best, most = found, enough
        if enough[0] == 1 and enough[1] > 0.5:
            break
    assert best is not None
    return best


@cache
def slow_case(room: str, method: str) -> Scores:
    """Return the scores of a tree with a method that solves a program for each unit of each world: of four units."""
    row = {"aggregate": "arithmetic", "weights": None, "formula": None, room: method}
    return with_scores(f"{room} {method}", 4, ANY.changed(nodes=(1, 1), leaves=(3, 3)), nodes=[row])


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


def changes_add_up(one: Scores, other: Scores) -> None:
    """The parts of a change between two periods, and of one into a wholly other tree.

    Structure, weights, methods, adjustments, data and the units themselves are other than before.
    """
    change_adds_up(change(one, one, YEARS[0], YEARS[2], by_indicator=True))
    change_adds_up(change(one, moved_on(other), YEARS[0], YEARS[1]))


def test_contributions_add_up_and_nothing_is_forgotten() -> None:
    """What the trees use, taken together, is all that there is; what is added to the program is asked for here."""
    found = [case(at) for at in range(len(designs()))] + [slow_case(*one) for one in SLOW_ONES]
    for one in found:
        contributions_add_up(one)
    every = set().union(*(trees.used(one.index) for one in found))
    assert every >= {(room, one) for room, known in ALL.items() for one in known}
    assert set(Indicator.model_fields) == {*DERIVED, RESIDUAL, *PLAIN_KEYS}, "a new key of an indicator: derived, or plain?"
    assert {"each", "rank_move", "place", "veto"} <= set(Adjustment.model_fields)
    assert set(CALLS) == {*FUNCTIONS, *OPERATIONS}
    assert all(counts(node) for one in found for _, node in one.index.walked if isinstance(node, Dimension))
    for status in (MISSING, NOT_APPLICABLE):
        assert sum(bool((one.status == status).any()) for one in found) > len(found) / 2
    assert sum(bool(np.isnan(one.score()).any()) for one in found) > len(found) / 10, "and units without a score"
    pairs = set().union(*(pairs_of(one) for one in found))
    wanted = {pair for row in (*leaves(), *nodes()) for pair in pairs_wanted(row)}
    assert len(wanted - pairs) < len(wanted) / 100, wanted - pairs  # some have no value: of a logarithm of changes, of MEREC of 0


def pairs_of(found: Scores) -> set[Any]:
    """Return what stands together where there are scores: in a leaf, in a node, in a leaf and the node above it."""
    tree = found.tree
    scored = ~np.isnan(found.scores).all(axis=(0, 1))
    of_leaves = [trees.used_by_leaf(found.index, leaf) if scored[leaf] else set() for leaf in range(tree.leaves)]
    pairs = {frozenset(pair) for own in of_leaves for pair in combinations(own, 2)}
    for branch in tree.branches:
        if scored[branch.position]:
            own = trees.used_by_node(found.index, branch)
            below = set().union(*(of_leaves[child] for child in branch.children if child < tree.leaves))
            pairs |= {frozenset(pair) for pair in (*combinations(own, 2), *product(own, below))}
    return pairs


def pairs_wanted(row: dict[str, Any]) -> set[Any]:
    """Return the pairs that a row stands for; weights that are not made of data have no frame."""
    own = {room: one for room, one in row.items() if one is not None and room != "leaf"}
    own |= {"normalise": row["leaf"]["normalise"]} if "leaf" in row else {}
    if "leaf" in row and own.get("weights") not in FROM_DATA:
        del own["weights over"]
    return {frozenset(pair) for pair in combinations(own.items(), 2)}


@pytest.mark.parametrize("part", range(SLICES))
def test_the_parts_of_changes_add_up(part: int) -> None:
    """Each with the next of its slice, of every twelfth tree or of all."""
    slice_ = range(part, len(designs()), SLICES * count(12, 1))
    for one, other in zip(slice_, [*slice_[1:], slice_[0]], strict=True):
        changes_add_up(case(one), case(other))


SLOW_ONES = [(room, method) for room in ("aggregate", "weights") for method in ALL[room] if method in SLOW]


@pytest.mark.parametrize(("room", "method"), SLOW_ONES)
def test_those_of_slow_methods_add_up_too(room: str, method: str) -> None:
    changes_add_up(slow_case(room, method), slow_case(room, method))


@pytest.mark.parametrize("seed", range(count(4, 200)))
def test_those_of_any_tree_add_up(seed: int) -> None:
    """Trees by chance, with more units, between which every period is another."""
    one, two = with_scores(f"any {seed}", 7), moved_on(with_scores(f"other {seed}", 7))
    contributions_add_up(one)
    change_adds_up(change(one, one, YEARS[1], YEARS[2], by_indicator=True))
    change_adds_up(change(one, two, YEARS[0], YEARS[2]))
    change_adds_up(change(two, one, YEARS[2], YEARS[2]))


@pytest.mark.parametrize("way", ["rank", "reference", "min-max"])
def test_residuals_add_up_too(way: str) -> None:
    """What is left of a line is 0 but for the last bits where it is an estimate, and ties then."""
    leaf = {"derived": RESIDUAL, "normalise": way, "normalise over": "period", "impute": "mean", "direction": "higher"}
    row = {"aggregate": "arithmetic", "weights": None, "formula": None, "missing": "reweight", "leaf": leaf}
    menu = ANY.changed(nodes=(2, 2), leaves=(3, 3))
    one, other = (with_scores(f"residual {way} {seed}", 5, menu, nodes=[row, row]) for seed in range(2))
    assert ("derived", RESIDUAL) in trees.used(one.index)
    contributions_add_up(one)
    changes_add_up(one, other)
