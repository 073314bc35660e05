"""The tree laid out in a row for the engine: leaves first, then inner nodes, each after all of its children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..methods.aggregate import COMPARES_UNITS, FREE_SUM, WITHOUT_WEIGHTS
from ..methods.weight import FROM_DATA
from .events import Take, takes
from .formula import Expression, names, parse
from .model import (
    EVERY,
    UNITS_SOURCE,
    Adjustment,
    Denominator,
    Dimension,
    Index,
    Indicator,
    Missing,
    Normalise,
    OverTime,
    Root,
    Round,
    Weights,
)


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

    @property
    def plain(self) -> bool:
        """Whether the score is what the children come together to."""
        return not (self.turned or self.normalise or self.adjustments or self.round)


@dataclass(frozen=True)
class Column:
    """One series of reported values that the tree asks for."""

    id: str
    source: str
    headers: tuple[str, ...]
    measure: str
    valid: tuple[float, ...] | None
    over_time: OverTime
    over_units: str
    owner: str
    key: str
    rows: tuple[str, ...] = ()
    """What the owner's rows are called, for a name of its formula that is a heading of a table with indicators in rows."""
    take: Take | None = None  # what is aggregated, where the source is a log of events


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
        return (self.root, *(self.position[node.id] for _, node in self.index.walk()))

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


def of_leaves(index: Index, leaves: Sequence[Indicator], *, rest: bool = False) -> Index:
    """Return an index of some leaves right below the root, with the columns that they are made of and no others.

    With `rest` it also has the adjustments and every denominator. Leaves know where they stand in the whole index's file.
    """
    asked = {word for leaf in leaves for word in (leaf.per, *_named(leaf), leaf.over_units or index.defaults.over_units) if word}
    asked |= {item.over_units for item in index.denominators if item.id in asked}
    fields = {name: getattr(index, name) for name in Index.model_fields}
    fields |= {
        "index": Root(id=index.index.id, decimals=index.index.decimals),
        "dimensions": tuple(leaves),
        "denominators": tuple(item for item in index.denominators if rest or item.id in asked),
        "adjustments": index.adjustments if rest else (),
        "grades": (),
    }
    made = Index.model_construct(**fields)
    made._document = index._document
    vars(made)["paths"] = index.paths
    return made


def _named(leaf: Indicator) -> list[str]:
    return [name for text in (leaf.formula, leaf.applies) if text for name in names(parse(text))]


def lay_out(index: Index) -> Tree:
    """Put the nodes of an index in a row: leaves as in the file, inner nodes by height, the index last."""
    inner = [node for _, node in index.walk() if isinstance(node, Dimension)]
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
        children = index.dimensions if isinstance(branch, Root) else branch.indicators
        for child in children:
            parents[position[child.id]] = at
        branches.append(_branch(index, branch, at, [child for child in children if counts(child)], position, total))
    return Tree(index, nodes, tuple(parents), tuple(branches))


def counts(node: Dimension | Indicator) -> bool:
    """Say whether a node goes into its parent: a warning dimension only when it was given a weight."""
    return not (isinstance(node, Dimension) and node.role == "warning" and node.weight is None)


def _branch(
    index: Index,
    node: Dimension | Root,
    at: int,
    children: list[Dimension | Indicator],
    position: dict[str, int],
    total: float,
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
    )


def can_be_drawn(branch: Branch) -> bool:
    """Say whether there are weights of children to draw: two or more declared ones that are not 0, and that are used."""
    if branch.formula is not None or branch.weights.method in FROM_DATA or branch.aggregate in WITHOUT_WEIGHTS:
        return False
    return sum(weight != 0 for weight in branch.declared) > 1 and sum(branch.declared) != 0


def weight_total(index: Index) -> float:
    """Return what weights among siblings add up to in this file: 100 if all of it does so, else 1."""
    sums = sorted(sum(weights) for weights in given_weights(index).values())
    middle = sums[(len(sums) - 1) // 2] if sums else 1.0
    return 100.0 if middle > 50 else 1.0  # what most of the file adds up to is what the rest should


def given_weights(index: Index) -> dict[str, list[float]]:
    """Return the declared weights of the siblings below each node whose weights have to add up."""
    groups: dict[str, list[float]] = {}
    for node in (index.index, *(node for _, node in index.walk())):
        if isinstance(node, Indicator) or (node.weights or index.defaults.weights).method != "given":
            continue
        children = index.dimensions if isinstance(node, Root) else node.indicators
        weights = [child.weight for child in children if counts(child)]
        aggregate = (node.aggregate or index.defaults.aggregate).method
        if aggregate not in FREE_SUM and any(weight is not None for weight in weights):
            groups[node.id] = [weight or 0.0 for weight in weights]
    return groups


def columns(index: Index) -> tuple[Column, ...]:
    """Return every series of values that an index asks for: one a leaf, or one a name of its formula; the rest last."""
    denominators = {item.id for item in index.denominators}
    wanted = []
    for leaf in index.leaves:
        source = index.source_of(leaf)
        over_time: OverTime = "last" if is_constant(index, source) else leaf.over_time or index.defaults.over_time
        over_units = leaf.over_units or index.defaults.over_units
        taken = _taken_columns(index, leaf, source, over_time, over_units)
        own = {column.id.removeprefix(f"{leaf.id}.") for column in taken}
        wanted += taken
        if leaf.formula is None and not leaf.events:
            wanted.append(_own_column(leaf, source, over_time, over_units))
        for key, text in (("formula", None if leaf.events else leaf.formula), ("applies", leaf.applies)):
            wanted += [
                Column(
                    id=f"{leaf.id}.{name}",
                    source=source,
                    headers=(name,),
                    measure="",
                    valid=None,
                    over_time=over_time if key == "formula" else "last",
                    over_units=over_units if key == "formula" else "max",
                    owner=leaf.id,
                    key=key,
                    rows=_headers(leaf),
                )
                for name in (names(parse(text)) if text else ())
                if name not in denominators and name not in own
            ]
    unique = {column.id: column for column in reversed(wanted)}
    series = [column for column in wanted if unique.pop(column.id, None)]
    others: list[Denominator | Adjustment] = [*index.denominators, *counted(index)]
    for item in others:
        source = index.source_of(item)
        events = isinstance(item, Denominator) and item.events is not None and "over_time" not in item.model_fields_set
        over_time = "last" if is_constant(index, source) else "sum" if events else item.over_time
        over_units = item.over_units if isinstance(item, Denominator) else "sum"
        taken = _taken_columns(index, item, source, over_time, over_units)
        series += taken or [_own_column(item, source, over_time, over_units)]
    return tuple(series)


def counted(index: Index) -> list[Adjustment]:
    """The adjustments that are made by events, not by moves in rank."""
    return [item for item in index.adjustments if item.rank_move is None]


def _taken_columns(
    index: Index, item: Indicator | Denominator | Adjustment, source: str, over_time: OverTime, over_units: str
) -> list[Column]:
    """The series that a value made of events needs: what is counted or summed adds up over time, whatever the value does."""
    log = index.data[source].events if source in index.data else None
    if isinstance(item, Adjustment) or item.events is None or log is None:
        return []
    return [
        Column(
            id=f"{item.id}.{name}" if name else item.id,
            source=source,
            headers=(take.said,),
            measure="" if name else item.measure,
            valid=None if name else item.valid,
            over_time="sum" if name else over_time,
            over_units="sum" if name else over_units,
            owner=item.id,
            key="events",
            take=take,
        )
        for name, take in takes(item.events, log).items()
    ]


def is_constant(index: Index, source: str) -> bool:
    """Say whether a source's values hold in every period, so that a year has them too and not their sum."""
    return source == UNITS_SOURCE or (source in index.data and index.data[source].period == EVERY)


def _own_column(item: Indicator | Denominator | Adjustment, source: str, over_time: OverTime, over_units: str) -> Column:
    key = "column" if item.column else "id"
    measure, valid = ("", (0.0, 1e15)) if isinstance(item, Adjustment) else (item.measure, item.valid)
    return Column(item.id, source, _headers(item), measure, valid, over_time, over_units, item.id, key)


def _headers(item: Indicator | Denominator | Adjustment) -> tuple[str, ...]:
    return (item.column,) if item.column else tuple(dict.fromkeys(h for h in (item.id, item.name, item.name_en) if h))


def normalise_of(index: Index, leaf: Indicator) -> Normalise:
    """Return how a leaf is normalised: its own way, or the default."""
    return leaf.normalise or index.defaults.normalise
