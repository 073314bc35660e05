"""What compares each unit with each takes no more of them than its record says: that is told before anything is begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...findings import Finding, Place, finding
from ...methods import AGGREGATORS, WEIGHTINGS
from ...units import Units
from ..layout import Branch
from ..model import Alternatives, Index
from .methods import combined


def too_many_units(index: Index, units: Units, periods: int, alternatives: Alternatives | None = None) -> Iterator[Finding]:
    """Name the nodes whose method compares each unit with each, and has more of them than it takes; and alternatives alike."""
    groups = Counter(units.groups).values()
    for branch in index.tree.branches:
        node = index.tree.nodes[branch.position]
        for key, method, most in _limits(branch):
            over = branch.weights.over if key == "weights" else "period"
            count = len(units) * periods if over == "all" else max(groups) if over == "group" and groups else len(units)
            if most is not None and count > most:
                place = index.place_of(node.id, key) if getattr(node, key, None) else index.place_of(node.id)
                yield _too_many(index, place, node.id, method, count, most)
    for other in alternatives.aggregate if alternatives else ():
        most = AGGREGATORS[other.method].most_units
        if most is not None and len(units) > most:
            yield _too_many(index, index.place(("uncertainty", "aggregate")), index.index.id, other.method, len(units), most)


def _limits(branch: Branch) -> Iterator[tuple[str, str, int | None]]:
    """Return the key and name of each method of a node, and how many units it takes; nothing of what a formula makes."""
    if branch.formula is None:
        yield "aggregate", branch.aggregate, AGGREGATORS[branch.aggregate].most_units
    for choice in (branch.weights, *combined(branch.weights)):
        yield "weights", choice.method, WEIGHTINGS[choice.method].most_units


def _too_many(index: Index, place: Place, node: str, method: str, count: int, most: int) -> Finding:
    return finding("IC497", place, node=node, method=method, count=count, most=most, label=index.units.label)
