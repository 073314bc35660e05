"""What a page needs to score a period anew under other weights: the scores at the bottom, and each node's rule.

A page's own script scores by the engine's rules; it is held to the engine by tests over the same numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...engine.adjust import by_events, events
from ...engine.floors import leaf_floors
from ...engine.ranking import ranking_of
from ...engine.rules import mirror
from ...methods.aggregate import FREE_SUM
from ...methods.arrays import Array, np
from ...panel import NOT_APPLICABLE
from ...scores import Scores
from ...tree.declared import weight_total
from ...tree.grouped import grouped
from ...tree.layout import Branch, Tree
from .analysed import MOST_UNITS, Analysed

BY_WEIGHTS = frozenset({"arithmetic", "geometric", "harmonic", "power", "sum", "owa", "mpi"})
BY_ORDER = frozenset({"minimum", "maximum", "median", "product"})
MOST_BASE = 1_000_000  # scores of units at the bottom that a page holds


def what_if(shown: Analysed, base: str, language: str) -> dict[str, Any] | None:
    """Return the data of a period for a page that scores it anew; `base` is the digest of the tree's file.

    Above a few hundred units the nodes of the second level are the bottom. Nothing of an index without a ranking, or of one
    that is made of scores of other units.
    """
    scores = shown.scores
    tree, at = scores.tree, shown.at
    ranking, units = ranking_of(scores.index, tree.root), scores.listed(at)
    if not can_be_made_anew(scores, at):
        return None
    bottom = _bottom(scores)
    inner = [branch for branch in tree.branches if not is_at_the_bottom(tree, branch.position, bottom)]
    below = {child for branch in inner for child in (*branch.children, *branch.inputs)}
    places = sorted(child for child in below if child in bottom or child < tree.leaves)
    if not inner or len(places) * len(scores.panel.units) > MOST_BASE:
        return None
    row = {place: number for number, place in enumerate([*places, *(branch.position for branch in inner)])}
    floors = leaf_floors(scores.index, scores.scores, scores.panel.units)[at, 0]
    data = {
        "base": base,
        "index": scores.index.index.id,
        "period": shown.period,
        "decimals": scores.index.index.decimals,
        "ranking": {"ties": ranking.ties, "decimals": ranking.decimals, "lowest": ranking.first == "lowest"},
        "units": [scores.panel.units.ids[unit] for unit in units],
        "names": scores.panel.units.titles(units, language),
        "bottom": [_of_bottom(scores, at, units, place, floors, language) for place in places],
        "nodes": [_of_node(shown, branch, row, language) for branch in inner],
        "reading": [row[place] for place in tree.reading_order if place in row and place >= tree.leaves],
        "published": {
            "scores": _numbers(scores.score()[at, units]),
            "ranks": _numbers(np.asarray(scores.rank()[at, units], dtype=float)),
        },
    }
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return {**data, "digest": hashlib.sha256(text.encode()).hexdigest()[:8]}


def can_be_made_anew(scores: Scores, at: int) -> bool:
    """Say whether a period is one that can be scored anew: ranked, all units together by scores alone, and of no units below."""
    ranking = ranking_of(scores.index, scores.tree.root)
    if scores.below is not None or ranking.then or not scores.index.ranking.overall or any(grouped(scores.index)):
        return False
    return bool(scores.tree.branches) and bool(np.isfinite(scores.rank()[at]).any())


def _bottom(scores: Scores) -> frozenset[int]:
    """Return the inner nodes that a page takes as they are: those of the second level where there are many units."""
    return second_level(scores.tree) if len(scores.panel.units) > MOST_UNITS else frozenset()


def second_level(tree: Tree) -> frozenset[int]:
    """Return the places of the inner nodes right below the dimensions."""
    below = (child for node in tree.dimensions if node >= tree.leaves for child in tree.below(node))
    return frozenset(child for child in below if child >= tree.leaves)


def is_at_the_bottom(tree: Tree, position: int, bottom: frozenset[int]) -> bool:
    """Say whether a node is one of those whose scores are taken as they are, or below one."""
    return not bottom.isdisjoint(tree.upwards(position))


def _of_bottom(scores: Scores, at: int, units: Sequence[int], place: int, floors: Array, language: str) -> dict[str, Any]:
    node = scores.tree.nodes[place]
    status = scores.node_status(place)[at, list(units)]
    own: dict[str, Any] = {
        "id": node.id,
        "title": node.title(language),
        "scores": _numbers(scores.scores[at, list(units), place]),
    }
    if (without := np.flatnonzero(status == NOT_APPLICABLE)).size:
        own["inapplicable"] = without.tolist()
    if place >= scores.tree.leaves:
        own["coverage"] = _numbers(scores.covered(place)[at, list(units)])
    else:
        own["floor"] = _number(float(floors[place]))
    return own


def _of_node(shown: Analysed, branch: Branch, row: Mapping[int, int], language: str) -> dict[str, Any]:
    """Return how a node is made of those before it, or that it stays as it is, and why."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    units = scores.listed(at)
    node = tree.nodes[branch.position]
    method = branch.aggregate
    why = fixed_by(scores, branch)
    own: dict[str, Any] = {
        "id": node.id,
        "title": node.title(language),
        "children": [row[child] for child in branch.children if child in row],
        "weights": scores.child_weights(branch.position, at).tolist(),
    }
    own["free"] = (
        moves_scores(tree, branch.position, lambda above: fixed_by(scores, tree.branch_at(above)))
        and min(own["weights"]) >= 0
        and float(scores.effective_weights[at, branch.position]) > 0
    )
    if own["free"]:
        own["total"] = math.fsum(own["weights"]) if method in FREE_SUM else weight_total(scores.index)
    if why:
        position = branch.position
        return {
            **own,
            "fixed": why,
            "scores": _numbers(scores.scores[at, units, position]),
            "coverage": _numbers(scores.covered(position)[at, units]),
            "inapplicable": np.flatnonzero(scores.node_status(position)[at, units] == NOT_APPLICABLE).tolist(),
        }
    own |= {
        "method": method,
        "parameters": {key: value for key, value in branch.parameters.items() if value is not None},
        "missing": [branch.missing.policy, branch.missing.coverage, branch.missing.children],
    }
    if branch.turned:
        own["mirror"] = mirror(scores.index, scores.panel.units)
    if branch.adjustments:
        items = [scores.index.adjustments[item] for item in branch.adjustments]
        nothing = np.zeros_like(scores.score())
        own["points"] = [
            _numbers(by_events(item, events(scores.index, scores.panel, item), nothing)[at, units]) for item in items
        ]
    if branch.round is not None:
        own["round"] = [branch.round.decimals, branch.round.how]
    return own


def moves_scores(tree: Tree, position: int, fixed: Callable[[int], str]) -> bool:
    """Say whether the weights below a node move its score and those of all nodes above it; `fixed` says which stay."""
    branch = tree.branch_at(position)
    if branch.aggregate not in BY_WEIGHTS or len(branch.children) < 2:
        return False
    return not any(map(fixed, tree.upwards(position)))


def fixed_by(scores: Scores, branch: Branch) -> str:
    """Return why a page cannot make a node anew: by a formula, its method, weights of data or of units, a comparison, a veto."""
    if branch.formula is not None:
        return "formula"
    if branch.aggregate not in BY_WEIGHTS | BY_ORDER:
        return "method"
    if branch.normalise is not None or branch.compares:
        return "comparison"
    if branch.fixed_weights is None:
        return "weights"
    items = [scores.index.adjustments[item] for item in branch.adjustments]
    if any(item.by_rank or (item.veto and item.veto.ceiling is not None) for item in items):
        return "adjustment"
    return ""


def _numbers(x: Array) -> list[float | None]:
    return [_number(value) for value in np.asarray(x, dtype=float).tolist()]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
