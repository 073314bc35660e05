"""The tree laid out in a row for the engine: leaves first, then inner nodes, each after all of its children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..methods.aggregate import COMPARES_UNITS, FREE_SUM, WITHOUT_WEIGHTS
from ..methods.weight import FROM_DATA
from .formula import Expression, names, parse
from .model import (
    Dimension,
    Index,
    Indicator,
    Missing,
    Normalise,
    Root,
    Round,
    Weights,
)
from .weights import counts, weight_total


@dataclass(frozen=True)
class Branch:
    """An inner node: its place in the row, the places of the children that count in it, and how it is made.

    `inputs` are the places of what goes into it: its children, or the nodes below it that its formula names.
    """

    position: int
    children: tuple[int, ...]
    inputs: tuple[int, ...]
    declared: tuple[float, ...]
    weights: Weights
    aggregate: str
    parameters: dict[str, object]
    formula: Expression | None
    missing: Missing
    turned: bool
    normalise: Normalise | None
    adjustments: tuple[int, ...]
    round: Round | None
    compares: bool
    height: int
    """How many levels stand below it, at the most."""

    @property
    def plain(self) -> bool:
        """Whether the score is what the children come together to."""
        return not (self.turned or self.normalise or self.adjustments or self.round)


@dataclass(frozen=True)
class Tree:
    """All nodes of an index in a row."""

    index: Index
    nodes: tuple[Indicator | Dimension | Root, ...]
    parents: tuple[int, ...]
    branches: tuple[Branch, ...]

    @cached_property
    def leaves(self) -> int:
        return len(self.index.leaves)

    @cached_property
    def position(self) -> dict[str, int]:
        return {node.id: at for at, node in enumerate(self.nodes)}

    @cached_property
    def root(self) -> int:
        return len(self.nodes) - 1

    @cached_property
    def dimensions(self) -> tuple[int, ...]:
        """The places of the nodes right below the index, in the order of the file, warning dimensions too."""
        return tuple(self.position[node.id] for node in self.index.dimensions)

    @cached_property
    def reading_order(self) -> tuple[int, ...]:
        """The places of all nodes as the file has them: the index, then parents before children."""
        return (self.root, *(self.position[node.id] for _, node in self.index.walked))

    @cached_property
    def alike(self) -> tuple[list[int], ...]:
        """The places of the leaves of each way of normalising."""
        named: dict[int, str] = {}  # most leaves share one choice, that of the defaults
        alike: dict[str, list[int]] = {}
        for position, leaf in enumerate(self.index.leaves):
            choice = normalise_of(self.index, leaf)
            if id(choice) not in named:
                named[id(choice)] = choice.model_dump_json()
            alike.setdefault(named[id(choice)], []).append(position)
        return tuple(alike.values())

    @cached_property
    def as_reported(self) -> bool:
        """Whether every leaf is its column as it is, with nothing derived."""
        return all(map(_is_plain, self.index.leaves))

    def depth(self, position: int) -> int:
        """Return how far below the index a node stands; the index itself is 0."""
        depth = 0
        while self.parents[position] >= 0:
            position, depth = self.parents[position], depth + 1
        return depth

    def below(self, position: int) -> tuple[int, ...]:
        """Return the places of a node's children as the file has them."""
        node = self.nodes[position]
        if isinstance(node, Root):
            return self.dimensions
        return tuple(self.position[child.id] for child in node.indicators) if isinstance(node, Dimension) else ()


def _is_plain(leaf: Indicator) -> bool:
    keys = (leaf.formula, leaf.per, leaf.difference, leaf.growth, leaf.share, leaf.applies, leaf.rolling, leaf.shrink)
    return all(key is None for key in keys) and leaf.scale == 1


def of_leaves(index: Index, leaves: Sequence[Indicator], *, rest: bool = False) -> Index:
    """Return an index of some leaves right below the root, with the columns that they are made of and no others.

    With `rest` it also has the adjustments and every denominator. Leaves know where they stand in the whole index's file.
    """
    asked = {word for leaf in leaves for word in (leaf.per, *_named(leaf), leaf.over_units or index.defaults.over_units) if word}
    asked |= {item.over_units for item in index.denominators if item.id in asked}
    made = index.changed(
        index=Root(id=index.index.id, decimals=index.index.decimals),
        dimensions=tuple(leaves),
        denominators=tuple(item for item in index.denominators if rest or item.id in asked),
        adjustments=index.adjustments if rest else (),
        grades=(),
    )
    vars(made)["paths"] = index.paths
    return made


def _named(leaf: Indicator) -> list[str]:
    return [name for text in (leaf.formula, leaf.applies) if text for name in names(parse(text))]


def lay_out(index: Index) -> Tree:
    """Put the nodes of an index in a row: leaves as in the file, inner nodes by height, the index last."""
    inner = [node for _, node in index.walked if isinstance(node, Dimension)]
    height: dict[str, int] = {}
    for node in reversed(inner):  # children come after their parents in the walk
        height[node.id] = 1 + max(height.get(child.id, 0) for child in node.indicators)
    inner.sort(key=lambda node: height[node.id])
    nodes: tuple[Indicator | Dimension | Root, ...] = (*index.leaves, *inner, index.index)
    position = {node.id: at for at, node in enumerate(nodes)}
    parents = [-1] * len(nodes)
    branches, total = [], weight_total(index)
    for at, branch in enumerate(nodes):
        if isinstance(branch, Indicator):
            continue
        children = index.children(branch)
        for child in children:
            parents[position[child.id]] = at
        counted = [child for child in children if counts(child)]
        branches.append(_branch(index, branch, at, counted, position, total, height.get(branch.id, len(nodes))))
    return Tree(index, nodes, tuple(parents), tuple(branches))


def _branch(
    index: Index,
    node: Dimension | Root,
    at: int,
    children: list[Dimension | Indicator],
    position: dict[str, int],
    total: float,
    height: int,
) -> Branch:
    aggregate = node.aggregate or index.defaults.aggregate
    total = 1.0 if aggregate.method in FREE_SUM else total
    declared = tuple(1.0 if child.weight is None else child.weight / total for child in children)
    weights = node.weights or index.defaults.weights
    formula = parse(node.formula) if node.formula else None
    places = tuple(position[child.id] for child in children)
    adjustments = tuple(i for i, item in enumerate(index.adjustments) if (item.node or index.index.id) == node.id)
    moves = any(index.adjustments[i].rank_move is not None for i in adjustments)
    compares = formula is None and (aggregate.method in COMPARES_UNITS or weights.method in FROM_DATA)
    return Branch(
        position=at,
        children=places,
        inputs=places if formula is None else tuple(position[name] for name in names(formula)),
        declared=declared,
        weights=weights,
        aggregate=aggregate.method,
        parameters=aggregate.parameters,
        formula=formula,
        missing=node.missing or index.defaults.missing,
        turned=isinstance(node, Dimension) and node.direction == "lower",
        normalise=node.normalise,
        adjustments=adjustments,
        round=node.round,
        compares=compares or moves or node.normalise is not None,
        height=height,
    )


def can_be_drawn(branch: Branch) -> bool:
    """Say whether there are weights of children to draw: two or more declared ones that are not 0, and that are used."""
    if branch.formula is not None or branch.weights.method in FROM_DATA or branch.aggregate in WITHOUT_WEIGHTS:
        return False
    return sum(weight != 0 for weight in branch.declared) > 1 and sum(branch.declared) != 0


def normalise_of(index: Index, leaf: Indicator) -> Normalise:
    """Return how a leaf is normalised: its own way, or the default."""
    return leaf.normalise or index.defaults.normalise
