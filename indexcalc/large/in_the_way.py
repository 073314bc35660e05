"""What of an index one query cannot do, so that it has to be scored in memory or in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..methods import AGGREGATORS, NORMALISERS, WEIGHTINGS
from ..tree.formula import parse
from ..tree.layout import Branch, normalise_of, rankings
from ..tree.model import NONE, Index, Indicator
from .expressions import MEAN, OPERATIONS, statistics_for, used

_KNOWN = MEAN | {"count", "min", "max", "apart"}


def in_the_way(index: Index) -> list[str]:
    """Return what of an index a query cannot do: nodes with their methods, and what concerns all of it."""
    found = [name for name in ("screen",) if getattr(index, name) is not None]
    found += ["since, until, {period: …}"] if index.editions else []
    found += ["periods.roll_up"] if index.periods.roll_up else []
    found += ["units.level"] if index.units.level else []
    found += [] if index.ranking.overall else ["ranking.overall"]
    found += ["ranking.then"] if any(ranking.then for ranking in rankings(index).values()) else []
    found += ["ranking.top_by"] if any(ranking.top_by for ranking in rankings(index).values()) else []
    for leaf in index.leaves:
        found += [f"{leaf.id}: {method}" for method in _of_leaf(index, leaf)]
    for branch in index.tree.branches:
        node = index.tree.nodes[branch.position]
        found += [f"{node.id}: {method}" for method in _of_branch(index, branch)]
    return found


def _of_leaf(index: Index, leaf: Indicator) -> Iterator[str]:
    if not leaf.is_scored:
        yield f"role: {leaf.role}"
    choice = normalise_of(index, leaf)
    if NORMALISERS[choice.method].query is None:
        yield choice.method
    elif choice.by_group:
        yield f"{choice.method} (by)"
    elif seen := [given for given in choice.parameters.values() if isinstance(given, Mapping)]:
        yield f"{choice.method} ({', '.join(seen[0])})"
    elif beyond := sorted(statistics_for(choice) - _KNOWN):
        yield f"{choice.method} ({', '.join(beyond)})"
    for key in ("difference", "growth", "share", "rolling", "cumulative", "shrink", "residual", "score_over_units", "else_from"):
        if getattr(leaf, key) not in (None, NONE):
            yield key
    for step in ("impute", "treat"):
        made = getattr(leaf, step) or getattr(index.defaults, step)
        if made and made.method != NONE:
            yield made.method
    for text in (leaf.formula, leaf.applies):
        yield from sorted(used(parse(text)) - OPERATIONS.keys()) if text else ()


def _of_branch(index: Index, branch: Branch) -> Iterator[str]:
    if branch.formula is not None:
        yield from sorted(used(branch.formula) - OPERATIONS.keys())
    elif AGGREGATORS[branch.aggregate].query is None:
        yield branch.aggregate
    if WEIGHTINGS[branch.weights.method].scores:
        yield branch.weights.method
    if branch.by_group:
        yield "weight: by"
    if branch.turned and index.defaults.normalise.by_group:
        yield "direction: lower (by)"
    if getattr(index.tree.nodes[branch.position], "score_over_units", None) is not None:
        yield "score_over_units"
    if branch.normalise is not None:
        yield f"normalise: {branch.normalise.method}"
    if branch.impute is not None:
        yield f"impute: {branch.impute.method}"
    if branch.missing.policy == "floor":
        yield "missing: floor"
    yield from (index.adjustments[at].id for at in branch.adjustments)
