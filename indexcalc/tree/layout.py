"""The tree laid out in a row for the engine: leaves first, then inner nodes, each after all of its children."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal, TypeVar

from ..methods import AGGREGATORS, CATALOGUE, IMPUTERS, NORMALISERS, parameters
from ..methods.aggregate import COMPARES_UNITS, FREE_SUM, WITHOUT_WEIGHTS
from ..methods.arrays import Array, np
from ..methods.impute import FROM_SIBLINGS
from ..methods.weight import FROM_DATA
from .blocks.choices import NONE, ByGroup, Direction, Impute, Method, Missing, Normalise, Round, Treat, Weights
from .blocks.nodes import Dimension, Indicator, NodeRanking, Root
from .blocks.whole import Written
from .declared import counts, weight_total
from .formula import Expression, names, parse

Way = TypeVar("Way", bound=Method)
Whole = TypeVar("Whole", bound=Written)


@dataclass(frozen=True, eq=False)
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
    undefined: str
    turned: bool
    normalise: Normalise | None
    impute: Impute | None
    adjustments: tuple[int, ...]
    round: Round | None
    compares: bool
    height: int
    """How many levels stand below it, at the most."""

    @property
    def plain(self) -> bool:
        """Whether the score is what the children come together to."""
        return not (self.turned or self.normalise or self.impute or self.adjustments or self.round)

    @property
    def needs_all(self) -> bool:
        """Whether it has no score unless all that goes into it has one."""
        return self.formula is not None or AGGREGATORS[self.aggregate].undefined == "without a child"

    @property
    def is_weighed(self) -> bool:
        """Whether the weights of its children have a part in its score."""
        return self.formula is None and self.aggregate not in WITHOUT_WEIGHTS

    @cached_property
    def by_group(self) -> bool:
        """Whether its children's weights differ by groups of units."""
        return any(isinstance(weight, ByGroup) for weight in self.declared)

    @cached_property
    def alone(self) -> bool:
        """Whether its scores or weights need those of all units: what compares units, and weights made of scores."""
        return self.compares or self.weights.method in FROM_DATA

    @cached_property
    def fixed_weights(self) -> Array | None:
        """The weights of its children (child,), nothing where they are made of data or differ by groups of units."""
        if self.weights.method in FROM_DATA or self.by_group:
            return None
        if self.weights.method == "equal" and self.aggregate in FREE_SUM:
            fixed = np.ones(len(self.declared))  # a sum of equal children adds them up, it does not average them
        else:
            fixed = self.weighted(self.declared)
        fixed.flags.writeable = False
        return fixed

    def weighted(self, declared: Sequence[float]) -> Array:
        """Return the weights of its children (child,) that its method makes of some that are declared."""
        rule, nothing = CATALOGUE["weights"][self.weights.method], np.empty((0, len(declared)))
        return np.array(rule(nothing, np.array(declared), **self.weights.parameters))


@dataclass(frozen=True, eq=False)
class Tree:
    """All nodes of an index in a row."""

    index: Written
    nodes: tuple[Indicator | Dimension | Root, ...]
    parents: tuple[int, ...]
    branches: tuple[Branch, ...]

    def has_weight(self, position: int) -> bool:
        """Say whether a node has a weight in the index: not where a formula of a node above says what it adds."""
        return all(self.branch_at(above).formula is None for above in self.upwards(self.parents[position]))

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

    def branch_at(self, position: int) -> Branch:
        """Return the inner node at a place."""
        return self.branches[position - self.leaves]

    def branch_of(self, node: str) -> Branch:
        """Return the inner node that has an id."""
        return self.branch_at(self.position[node])

    @cached_property
    def leaf_ids(self) -> tuple[str, ...]:
        return tuple(leaf.id for leaf in self.index.leaves)

    @cached_property
    def alike(self) -> tuple[list[int], ...]:
        """The places of the leaves of each way of normalising, of those that are scored."""
        ways = (normalise_of(self.index, leaf) if leaf.is_scored else None for leaf in self.index.leaves)
        return tuple(places for _, places in _by_way(ways))

    @cached_property
    def monitored(self) -> tuple[int, ...]:
        """The places of the leaves that are monitored, and not scored."""
        return tuple(at for at, leaf in enumerate(self.index.leaves) if not leaf.is_scored)

    @cached_property
    def imputed(self) -> tuple[tuple[Impute, list[int]], ...]:
        """Each way of imputing, with the places of its leaves: those of one node where they are estimated of each other."""
        asked = (impute_of(self.index, leaf) for leaf in self.index.leaves)
        return _by_way(asked, lambda way, at: self.parents[at] if way.method in FROM_SIBLINGS else None)

    def beside(self, way: Impute, leaves: Sequence[int]) -> list[int]:
        """Return the places of the leaves that estimates are made of: themselves, or all that are scored of their node."""
        if IMPUTERS[way.method].of == "values":
            return list(leaves)
        node = self.parents[leaves[0]]
        return [at for at, leaf in enumerate(self.index.leaves) if self.parents[at] == node and leaf.is_scored]

    @cached_property
    def treated(self) -> tuple[tuple[Treat, list[int]], ...]:
        """Each way of treating outliers, with the places of its leaves."""
        return _by_way(treat_of(self.index, leaf) for leaf in self.index.leaves)

    @cached_property
    def signs(self) -> tuple[float, ...]:
        """1 for each leaf of which more is better, -1 for the others: distances from a target too."""
        return tuple(1.0 if leaf.direction == "higher" else -1.0 for leaf in self.index.leaves)

    @cached_property
    def targets(self) -> dict[int, tuple[float, float]]:
        """The ends, lower first, of what each leaf should be at or between, by place; leaves with a direction have none."""
        aimed = {at: leaf.target for at, leaf in enumerate(self.index.leaves) if leaf.direction in ("target", "range")}
        ends = {at: to if isinstance(to, tuple) else (to, to) for at, to in aimed.items()}
        return {at: (float(low or 0.0), float(high or 0.0)) for at, (low, high) in ends.items()}

    @cached_property
    def lows(self) -> tuple[float | None, ...]:
        """The lowest score that each leaf's way of normalising gives, where it says one."""
        return tuple(lowest(normalise_of(self.index, leaf)) for leaf in self.index.leaves)

    @cached_property
    def rounded(self) -> tuple[int, ...]:
        """The places of the leaves whose scores are rounded."""
        return tuple(at for at, leaf in enumerate(self.index.leaves) if leaf.round)

    @cached_property
    def shrunk(self) -> tuple[Indicator, ...]:
        """The leaves whose rates are moved towards those of larger areas."""
        return tuple(leaf for leaf in self.index.leaves if leaf.shrink)

    @cached_property
    def levers(self) -> tuple[bool, ...]:
        """Whether each leaf may be proposed to be improved: as it says itself, or the nearest node above it that does.

        What is monitored makes no score better.
        """
        said = (next((own for node in self._owners(at) if (own := node.lever) is not None), True) for at in range(self.leaves))
        return tuple(lever and leaf.is_scored for lever, leaf in zip(said, self.index.leaves, strict=True))

    def _owners(self, position: int) -> Iterator[Indicator | Dimension]:
        """Yield a node and those above it, without the index."""
        for place in self.upwards(position):
            if not isinstance(node := self.nodes[place], Root):
                yield node

    def upwards(self, position: int) -> Iterator[int]:
        """Yield the place of a node, and those of the nodes above it up to the index."""
        while position >= 0:
            yield position
            position = self.parents[position]

    def is_within(self, position: int, above: int) -> bool:
        """Say whether a node is another one, or stands below it."""
        return above in self.upwards(position)

    @cached_property
    def runs(self) -> tuple[tuple[bool, tuple[tuple[Branch, ...], ...]], ...]:
        """The inner nodes, children first: runs of those that stand alone or do not, of nodes that can be made together.

        Those are made alike, of as many children, and do not build on each other.
        """
        runs = []
        for alone, run in groupby(self.branches, key=lambda branch: branch.alone):
            kinds: dict[object, list[Branch]] = {}
            for branch in run:
                key = (
                    branch.height,
                    branch.aggregate,
                    str(branch.parameters),
                    branch.missing,
                    len(branch.children),
                    branch.by_group,
                )
                kinds.setdefault(branch.position if alone or branch.formula is not None else key, []).append(branch)
            runs.append((alone, tuple(map(tuple, kinds.values()))))
        return tuple(runs)

    @cached_property
    def computed(self) -> tuple[bool, ...]:
        """Whether arithmetic makes what is compared of each leaf's values, so that equal ones may differ in the last bits."""
        index = self.index
        logs = {name for name, data in index.data.items() if data.events is not None}
        brought_up = bool(index.units.level)
        return tuple(
            brought_up or at in self.targets or index.source_of(leaf) in logs or _is_computed(index, leaf)
            for at, leaf in enumerate(index.leaves)
        )

    @cached_property
    def as_reported(self) -> bool:
        """Whether every leaf is its column as it is, with nothing derived."""
        return all(map(is_as_reported, self.index.leaves))

    def depth(self, position: int) -> int:
        """Return how far below the index a node stands; the index itself is 0."""
        return sum(1 for _ in self.upwards(position)) - 1

    def lowest(self, position: int) -> list[int]:
        """Return the places of the nodes right above indicators, of a node or itself, as the file has them."""
        if position < self.leaves:
            return []
        return [place for child in self.below(position) for place in self.lowest(child)] or [position]

    def below(self, position: int) -> tuple[int, ...]:
        """Return the places of a node's children as the file has them."""
        node = self.nodes[position]
        if isinstance(node, Root):
            return self.dimensions
        return tuple(self.position[child.id] for child in node.indicators) if isinstance(node, Dimension) else ()


def _by_way(asked: Iterable[Way | None], apart: Callable[[Way, int], object] | None = None) -> tuple[tuple[Way, list[int]], ...]:
    """Return each way that something is to be done, with the places of those that ask for it; what has to be apart is."""
    named: dict[int, str] = {}  # most leaves share one choice, that of the defaults
    found: dict[object, tuple[Way, list[int]]] = {}
    for at, way in enumerate(list(asked)):  # all at once, since they are told apart by where they are in memory
        if way is not None and way.method != NONE:
            if id(way) not in named:
                named[id(way)] = way.model_dump_json()
            key = named[id(way)], apart(way, at) if apart else None
            found.setdefault(key, (way, []))[1].append(at)
    return tuple(found.values())


def is_as_reported(leaf: Indicator) -> bool:
    """Say whether a leaf's values are those that are reported for it, with nothing derived."""
    since = None if leaf.cumulative == NONE else leaf.cumulative
    keys = (
        leaf.formula,
        leaf.per,
        leaf.difference,
        leaf.growth,
        leaf.share,
        leaf.applies,
        leaf.rolling,
        since,
        leaf.shrink,
        leaf.residual,
    )
    return all(key is None for key in keys) and leaf.scale == 1


def _is_computed(index: Written, leaf: Indicator) -> bool:
    made = (impute_of(index, leaf), treat_of(index, leaf))
    if any(way is not None and way.method != NONE for way in made):
        return True
    return not is_as_reported(leaf.model_copy(update={"applies": None}))


def of_leaves(index: Whole, leaves: Sequence[Indicator], *, rest: bool = False) -> Whole:
    """Return an index of some leaves right below the root, with the columns that they are made of and no others.

    With `rest` it also has the adjustments and every denominator. Leaves know where they stand in the whole index's file.
    """
    asked = {word for leaf in leaves for word in (*leaf.bases, *named_columns(leaf))}
    asked |= {leaf.over_units or index.defaults.over_units for leaf in leaves}
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


def named_columns(leaf: Indicator) -> list[str]:
    """Return the columns that a leaf's formula and its condition name, as they are written there."""
    return [name for text in (leaf.formula, leaf.applies) if text for name in names(parse(text))]


def lay_out(index: Written) -> Tree:
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
    index: Written,
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
    moves = any(index.adjustments[i].by_rank for i in adjustments)
    estimated = _unless_none(node.impute) if isinstance(node, Dimension) else None
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
        undefined=where_undefined(index, node),
        turned=isinstance(node, Dimension) and node.direction == "lower",
        normalise=node.normalise,
        impute=estimated,
        adjustments=adjustments,
        round=node.round,
        compares=compares or moves or node.normalise is not None or estimated is not None,
        height=height,
    )


def where_undefined(index: Written, node: Dimension | Root) -> Literal["refuse", "missing"]:
    """Say what is done where a node has no result for the children that are there: as it or the defaults say, or its method."""
    if said := node.undefined or index.defaults.undefined:
        return said
    record = None if node.formula else AGGREGATORS.get((node.aggregate or index.defaults.aggregate).method)
    return "missing" if record is not None and record.undefined == "missing" else "refuse"


def rankings(index: Written) -> dict[str, NodeRanking]:
    """Return how the index and the nodes that say so themselves are ranked, by their ids."""
    own = {node.id: node.ranking for _, node in index.walked if isinstance(node, Dimension) and node.ranking is not None}
    return {index.index.id: index.ranking, **own}


def one_ranking(index: Written) -> bool:
    """Say whether all units are ranked together, by their scores alone."""
    return index.ranking.overall and not any(ranking.then for ranking in rankings(index).values())


def can_be_drawn(branch: Branch) -> bool:
    """Say whether there are weights of children to draw: two or more declared ones that are not 0, and that are used."""
    if not branch.is_weighed or branch.fixed_weights is None:
        return False
    return sum(weight != 0 for weight in branch.declared) > 1 and sum(branch.declared) != 0


def normalise_of(index: Written, leaf: Indicator) -> Normalise:
    """Return how a leaf is normalised: its own way, or the default."""
    choice = leaf.normalise or index.defaults.normalise
    return choice if leaf.full is None else with_full_marks(choice, leaf.full)


def direction_of(index: Written, leaf: Indicator) -> Direction:
    """Return which way an indicator's values are better: as its method has it where the direction plays no part in that."""
    better = NORMALISERS[normalise_of(index, leaf).method].better
    own: dict[str, Direction] = {"higher": "higher", "lower": "lower"}
    return own.get(better, leaf.direction) if leaf.is_scored else leaf.direction


def with_full_marks(choice: Normalise, full: float) -> Normalise:
    """Return a way of normalising whose scores go up to full marks, with all others in proportion."""
    takes = {name: one.default for name, one in NORMALISERS[choice.method].parameters.items()} | choice.parameters
    low = full * (float(takes["low"]) / float(takes["high"]))
    ends = {"low": low, "high": full}
    return choice.model_copy(update={name: end.written if isinstance(end, ByGroup) else end for name, end in ends.items()})


def takes_full_marks(choice: Normalise) -> bool:
    """Say whether a way of normalising has a scale with a highest score that is above 0."""
    takes = {name: one.default for name, one in NORMALISERS[choice.method].parameters.items()} | choice.parameters
    high = takes.get("high")
    return {"low", "high"} <= takes.keys() and "high" not in choice.by_group and isinstance(high, (int, float)) and high > 0


def lowest(choice: Normalise) -> float | None:
    """Return the lowest score that a way of normalising gives, where it says one."""
    low = parameters("normalise", choice.method).get("low")
    return choice.parameters.get("low", low.default if low else None)


def impute_of(index: Written, leaf: Indicator) -> Impute | None:
    """Return how a leaf's missing values are estimated, if they are: what is monitored is shown as it was reported."""
    return _unless_none(leaf.impute or index.defaults.impute) if leaf.is_scored else None


def treat_of(index: Written, leaf: Indicator) -> Treat | None:
    """Return what is done about a leaf's outliers, if anything is."""
    return _unless_none(leaf.treat or index.defaults.treat) if leaf.is_scored else None


def _unless_none(way: Way | None) -> Way | None:
    """Return a way of doing something; nothing where a node says `none` against what `defaults` say."""
    return None if way is None or way.method == NONE else way
