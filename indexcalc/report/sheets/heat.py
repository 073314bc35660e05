"""Units by the nodes of the second level: scores, places and differences from the middle, grouped by dimension."""

from __future__ import annotations

from dataclasses import dataclass

from ...methods.arrays import Array, np
from ...panel import NOT_APPLICABLE
from .analysed import Analysed
from .tables import in_rank_order


@dataclass(frozen=True)
class Heat:
    """A table of scores (unit, node) in rank order; `over` is each node's dimension, by its place among the dimensions shown.

    `inapplicable` says where a node does not apply; `middle` is the median of each node; `ends` the lowest and highest score.
    """

    units: tuple[int, ...]
    nodes: tuple[int, ...]
    dimensions: tuple[int, ...]
    over: tuple[int, ...]
    scores: Array
    ranks: Array
    middle: Array
    inapplicable: Array
    ends: tuple[float, float]


def heat(shown: Analysed) -> Heat | None:
    """Return the table of a period; nothing where no node has a score."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    units = tuple(in_rank_order(scores, at, tree.root))
    columns = [
        (place, node)
        for place, dimension in enumerate(shown.dimensions)
        for node in (tree.below(dimension) if dimension >= tree.leaves else (dimension,))
        if node not in tree.monitored
    ]
    nodes = tuple(node for _, node in columns)
    picked = scores.scores[at][np.ix_(units, nodes)] if nodes else np.empty((len(units), 0))
    if not picked.size or np.isnan(picked).all():
        return None
    status = np.stack([scores.node_status(node)[at] for node in nodes], axis=-1)[list(units)]
    known = ~np.isnan(picked).all(axis=0)
    middle = np.full(len(nodes), np.nan)
    middle[known] = np.nanmedian(picked[:, known], axis=0)
    return Heat(
        units,
        nodes,
        shown.dimensions,
        tuple(place for place, _ in columns),
        picked,
        np.asarray(scores.ranks[at][np.ix_(units, nodes)], dtype=float),
        middle,
        status == NOT_APPLICABLE,
        (float(np.nanmin(picked)), float(np.nanmax(picked))),
    )


def facets(shown: Analysed, node: int) -> tuple[list[str], list[str], Array] | None:
    """Return a dimension of types by facets: the types' names, those of the facets, the places of leaves (type, facet).

    Only where every child has as many leaves and these are called alike behind the name of their type, after a middle dot.
    """
    tree = shown.scores.tree
    types = [child for child in tree.below(node) if child >= tree.leaves]
    below = [tuple(tree.below(one)) for one in types]
    if len(types) < 2 or len({len(leaves) for leaves in below}) != 1 or any(leaf >= tree.leaves for row in below for leaf in row):
        return None
    called = [[tree.nodes[leaf].title("zh") for leaf in leaves] for leaves in below]
    tails = [[name.rpartition("·")[2].strip() for name in row] for row in called]
    if any(row != tails[0] for row in tails) or not all("·" in name for row in called for name in row):
        return None
    return [tree.nodes[one].id for one in types], tails[0], np.array(below)
