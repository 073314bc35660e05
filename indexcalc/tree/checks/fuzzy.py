"""A fuzzy evaluation has a knot for each grade, and shares of answers in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...findings import Finding, finding, nearest
from ..blocks.fuzzy import Fuzzy
from ..located import Path
from ..model import Index
from .said import Check


def check_fuzzy(index: Index) -> Iterator[Finding]:
    """See that knots go with grades, that what holds shares has one for each grade, and that all of the rest has knots."""
    own = index.fuzzy
    if own is None:
        return
    count, tree = len(own.grades), index.tree
    every: list[tuple[Path, Sequence[float]]] = [(("fuzzy", "knots"), own.knots)] if own.knots else []
    for path, knots in [*every, *((("fuzzy", "values", name), one) for name, one in own.values.items())]:
        if not _in_order(knots, count):
            yield finding("IC284", index.place(path), found=list(knots), count=count)
    if own.shape == "gaussian" and own.sigma is None:
        yield finding("IC110", index.place(("fuzzy",)), key="sigma")
    ids = [node.id for node in tree.nodes]
    for at, name in enumerate([*own.shares, *own.values]):
        path = ("fuzzy", "shares", at) if at < len(own.shares) else ("fuzzy", "values", name)
        if name not in ids:
            yield finding("IC750", index.place(path), node=name, near=nearest(name, ids))
            continue
        if at < len(own.shares):
            for item in tree.lowest(tree.position[name]) or [tree.position[name]]:
                if item < tree.leaves or len(tree.below(item)) != count or max(tree.below(item)) >= tree.leaves:
                    yield finding("IC285", index.place(path), node=tree.nodes[item].id, count=count)
        elif tree.position[name] >= tree.leaves:
            yield finding("IC286", index.place(path), nodes=[name])
    if not own.knots and (without := _without_knots(index, own)):
        yield finding("IC286", index.place(("fuzzy",)), nodes=without)


def _in_order(knots: Sequence[float], count: int) -> bool:
    steps = [after - before for before, after in pairwise(knots)]
    return len(knots) == count and (all(step > 0 for step in steps) or all(step < 0 for step in steps))


def _without_knots(index: Index, own: Fuzzy) -> list[str]:
    """Return the indicators that are neither shares nor have knots of their own."""
    tree = index.tree
    items = {item for name in own.shares if name in tree.position for item in tree.lowest(tree.position[name])}
    shares = {leaf for item in items for leaf in tree.below(item)}
    counted = [leaf for leaf in range(tree.leaves) if leaf not in tree.monitored and leaf not in shares]
    return [tree.nodes[leaf].id for leaf in counted if tree.nodes[leaf].id not in own.values]


CHECKS: tuple[Check, ...] = (check_fuzzy,)
