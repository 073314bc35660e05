"""Scores: every stage of every value and every node, with ranks and coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .findings import Finding, Place, Refused, finding, nearest
from .methods.ties import near
from .panel import IMPUTED, MISSING, NOT_APPLICABLE, VALUE, Panel, Provenance
from .tree.blocks.follow import Goal, Remark
from .tree.model import Dimension, Index, Indicator, Root

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .tree.layout import Tree


ACROSS_PERIODS = frozenset({"IC427"})
"""Findings for readers of several periods alone: they stand under tables of these, and are not told otherwise."""


@dataclass(frozen=True)
class Gathered:
    """How one leaf's score is made of the scores of a node at the level below.

    `weight` is that of each unit below (period, part), the same for all without one; `coverage` (period, unit) is the share of
    the parts' weight that had values.
    """

    node: str
    how: str
    weight: NDArray[np.float64] | None
    coverage: NDArray[np.float64]


@dataclass(frozen=True)
class Below:
    """The level of units below, where some nodes are made of its scores: these, and the tree as it was declared.

    `units` (part,) has the place of the unit that each unit below is part of, -1 for none; `leaves` says by id how those
    that stand for scores from below are made.
    """

    index: Index
    scores: Scores
    units: NDArray[np.intp]
    leaves: Mapping[str, Gathered]


@dataclass(frozen=True, repr=False)
class Scores:
    """All that scoring an index found out; arrays are (period, unit, node) or (period, unit, leaf).

    Nodes stand as in `index.tree`: leaves first, the index last. A leaf's score is its normalised value. `points` are what
    each adjustment added (period, unit, adjustment); `grades` which of a graded node's grades each unit has (period,
    unit), -1 for none; `weights` those of each inner node's children, broadcastable to (period, unit, child).
    """

    index: Index
    panel: Panel
    derived: NDArray[np.float64]
    treated: NDArray[np.float64]
    status: NDArray[np.uint8]
    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]
    points: NDArray[np.float64]
    ranks: NDArray[np.float32]
    group_ranks: NDArray[np.float32] | None
    grades: Mapping[int, NDArray[np.int16]]
    weights: tuple[NDArray[np.float64], ...]
    findings: tuple[Finding, ...]
    below: Below | None = None
    imputed: NDArray[np.float64] | None = None
    """The leaves' values with the estimates of those that were imputed (period, unit, leaf), before outliers were treated."""
    estimated: Mapping[int, NDArray[np.bool_]] = field(default_factory=dict)
    """By its place which scores of an inner node are estimates (period, unit); of nodes that estimate what is missing."""
    reported: Panel | None = None
    """The panel as it was handed in, with the units of all levels: what scoring again in another way starts from."""
    level: str | None = None
    """The level of units that was asked for."""
    goals: tuple[Goal, ...] | None = None
    """The goals of a table; without one, those that the index lists."""
    remarks: tuple[Remark, ...] | None = None
    """The remarks of a table; without one, those that the index lists."""
    released: Sequence[tuple[str, Mapping[str, float]]] = ()
    """The ranks of units in the index as they were published: each release in its order, with its period."""

    there: NDArray[np.bool_] | None = None
    """Which units are scored in which periods (period, unit); nothing where all always are."""
    again: Callable[[str], Scores] | None = field(default=None, compare=False)
    """Scores all periods anew with the units of one, where some came out of others."""

    editions: tuple[tuple[NDArray[np.bool_], Scores], ...] = field(default=(), compare=False)
    """Of a tree that changes in time: which periods each edition has (period,), and its scores."""

    def __repr__(self) -> str:
        """Return what it is of; its arrays are shown by asking for them."""
        sizes = f"{len(self.panel.units)} units, {len(self.tree.nodes)} nodes"
        return f"<{type(self).__name__} of {self.index.index.id!r}: {self.periods[0]} to {self.periods[-1]}, {sizes}>"

    @property
    def origin(self) -> Provenance | None:
        """Where the values came from, if they came from files."""
        return self.reported.origin if self.reported else None

    @property
    def declared(self) -> Index:
        """The index as it was written; `index` is what these units are scored by, without what is left to those below."""
        return self.below.index if self.below else self.index

    @property
    def tree(self) -> Tree:
        return self.index.tree

    @property
    def periods(self) -> tuple[str, ...]:
        return self.panel.periods

    def node(self, node: str) -> int:
        """Return the place of a node by its id.

        :raises Refused: where there is no such node.
        """
        place = self.tree.position.get(node)
        if place is None:
            raise Refused([finding("IC510", Place(), found=node, near=nearest(node, self.tree.position))])
        return place

    def unit(self, name: str) -> int | None:
        """Return the place of the scored unit meant by an id, a name or an alias; nothing where none or several are."""
        names = self.origin.units if self.origin else None
        if names is None:
            return self.panel.units.by_title.get(name)
        at = None if name in names.shared else names.find(name)
        return None if at is None else self._scored.get(names.units.ids[at])

    @cached_property
    def _scored(self) -> Mapping[str, int]:
        """The place of each scored unit by its id."""
        return {unit: place for place, unit in enumerate(self.panel.units.ids)}

    def score(self, node: str | None = None) -> NDArray[np.float64]:
        """Return a node's scores (period, unit), the index's own without a name."""
        return self.scores[..., self.tree.root if node is None else self.node(node)]

    def rank(self, node: str | None = None) -> NDArray[np.float32]:
        """Return a node's ranks (period, unit), 1 the best, NaN for units without a score."""
        return self.ranks[..., self.tree.root if node is None else self.node(node)]

    def released_of(self, period: str, told_in: str | None = None) -> Mapping[str, float] | None:
        """Return the ranks of a period as they were published last; nothing for one that was not.

        What is `told_in` the report of a period that was published itself is what had been published by then, so that the
        report stays as it is, whatever is published afterwards.
        """
        periods = [own for own, _ in self.released]
        until = len(periods) - periods[::-1].index(told_in) if told_in in periods else len(periods)
        return next((ranks for own, ranks in reversed(self.released[:until]) if own == period), None)

    def listed(self, period: int) -> list[int]:
        """Return the places of the units that are scored in a period: those that a report of it lists."""
        if self.there is None:
            return list(range(len(self.panel.units)))
        found: list[int] = self.there[period].nonzero()[0].tolist()
        return found

    def of_period(self, period: str) -> Scores:
        """Return these scores by the tree of a period: with the nodes that are there then, and the settings in effect.

        The other periods are there as far as they have these nodes.
        """
        at = self.periods.index(period)
        made = next((scores for rows, scores in self.editions if rows[at]), None)
        if made is None:
            return self
        known: dict[int, Scores] = vars(self).setdefault("_of_period", {})
        if id(made) not in known:
            known[id(made)] = self._by(made)
        return known[id(made)]

    def _by(self, made: Scores) -> Scores:
        """Return these scores with the tree of an edition, whose nodes they have."""
        tree, own = self.tree, made.tree
        nodes = [tree.position[node.id] for node in own.nodes]
        leaves, inner = nodes[: own.leaves], [place - tree.leaves for place in nodes[own.leaves :]]
        ids = [item.id for item in self.index.adjustments]
        points = [ids.index(item.id) for item in made.index.adjustments]
        return replace(
            self,
            index=made.index,
            derived=self.derived[..., leaves],
            treated=self.treated[..., leaves],
            status=self.status[..., leaves],
            scores=self.scores[..., nodes],
            coverage=self.coverage[..., inner],
            points=self.points[..., points],
            ranks=self.ranks[..., nodes],
            group_ranks=None if self.group_ranks is None else self.group_ranks[..., nodes],
            grades=made.grades,
            weights=made.weights,
            imputed=None if self.imputed is None else self.imputed[..., leaves],
            estimated={at: self.estimated[place] for at, place in enumerate(nodes) if place in self.estimated},
            again=None if self.again is None else lambda period: self.with_units_of(period)._with_nodes_of(made),
            editions=(),
        )

    def _with_nodes_of(self, made: Scores) -> Scores:
        """Return these scores by the tree of the edition that other scores are of."""
        return next((self._by(own) for _, own in self.editions if own.index is made.index), self)

    def with_units_of(self, period: str) -> Scores:
        """Return these scores with the units as they are in a period: what they came out of before is they, merged or renamed."""
        if self.again is None:
            return self
        known: dict[str, Scores] = vars(self).setdefault("_again", {})
        if period not in known:
            known[period] = self.again(period)
        return known[period]

    def part(self, periods: slice, units: slice) -> Scores:
        """Return the scores of some periods and of a run of units as arrays in memory, with the weights among all units."""
        import numpy as np

        taken: dict[int, NDArray[Any]] = {}  # arrays that are one stay one

        def some(array: Any) -> Any:
            if id(array) not in taken:
                taken[id(array)] = np.asarray(array[periods, units])
            return taken[id(array)]

        def own(weights: Any) -> Any:
            return weights if weights.ndim == 1 else weights[periods] if weights.shape[1] == 1 else some(weights)

        panel = Panel(
            some(self.panel.values),
            some(self.panel.status),
            self.periods[periods],
            self.panel.units.part(units),
            self.panel.columns,
        )
        part = Scores(
            index=self.index,
            panel=panel,
            derived=some(self.derived),
            treated=some(self.treated),
            status=some(self.status),
            scores=some(self.scores),
            coverage=some(self.coverage),
            points=some(self.points),
            ranks=some(self.ranks),
            group_ranks=None if self.group_ranks is None else some(self.group_ranks),
            grades={node: grades[periods, units] for node, grades in self.grades.items()},
            weights=tuple(own(weights) for weights in self.weights),
            findings=self.findings,
            imputed=None if self.imputed is None else some(self.imputed),
            estimated={node: some(flags) for node, flags in self.estimated.items()},
            there=None if self.there is None else some(self.there),
        )
        vars(part)["sibling_weights"] = self.sibling_weights[periods]
        vars(part)["effective_weights"] = self.effective_weights[periods]
        return part

    @cached_property
    def sibling_weights(self) -> NDArray[np.float64]:
        """Each node's weight in its parent (period, node), siblings together 1 (0 for what does not count).

        Weights that differ from unit to unit are shown by their mean.
        """
        import numpy as np

        out = np.zeros((len(self.periods), len(self.tree.nodes)))
        out[:, self.tree.root] = 1.0
        for branch, weights in zip(self.tree.branches, self.weights, strict=True):
            own = weights if weights.ndim == 1 else np.ascontiguousarray(weights).mean(axis=1)
            total = own.sum(axis=-1, keepdims=True)
            with np.errstate(invalid="ignore", divide="ignore"):
                out[:, list(branch.children)] = np.where(total == 0, own, own / total)
        return out

    @cached_property
    def effective_weights(self) -> NDArray[np.float64]:
        """Each node's weight in the index (period, node): the product of the weights on the way up."""
        out = self.sibling_weights.copy()
        for position in range(self.tree.root, -1, -1):
            parent = self.tree.parents[position]
            if parent >= 0:
                out[:, position] *= out[:, parent]
        return out

    def weights_below(self, node: int) -> NDArray[np.float64]:
        """Return the weights of a node's children as `weights` has them: (child,), or for each period and unit."""
        return self.weights[node - self.tree.leaves]

    def child_weights(self, node: int, period: int, unit: int = 0) -> NDArray[np.float64]:
        """Return the weights of a node's children (child,) as they were in a period for a unit, or for the first one."""
        w = self.weights_below(node)
        return w if w.ndim == 1 else w[period if len(w) > 1 else 0, unit if w.shape[1] > 1 else 0]

    def weights_of(self, node: int) -> NDArray[np.float64]:
        """Return a node's weight in its parent, siblings together 1, as it was for each unit (period, unit), or (period, 1)."""
        import numpy as np

        parent = self.tree.parents[node]
        branch = self.tree.branch_at(parent) if parent >= 0 else None
        if branch is None or node not in branch.children:
            return self.sibling_weights[:, [node]]
        weights = self.weights_below(parent)
        if weights.ndim == 1 or weights.shape[1] == 1:
            return self.sibling_weights[:, [node]]
        own, total = weights[..., branch.children.index(node)], weights.sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total == 0, own, own / total)

    def index_weights_of(self, node: int) -> NDArray[np.float64]:
        """Return a node's weight in the index, as it was for each unit: the product of the weights on the way up."""
        own, parent = self.weights_of(node), self.tree.parents[node]
        return own if parent < 0 else own * self.index_weights_of(parent)

    def estimates(self, leaf: int) -> NDArray[np.float64]:
        """Return the estimates of a leaf's imputed values (period, unit), NaN elsewhere."""
        import numpy as np

        source = self.treated if self.imputed is None else self.imputed
        return np.where(self.status[..., leaf] == IMPUTED, source[..., leaf], np.nan)

    def grade(self, period: int, unit: int, node: int, language: str = "zh") -> str:
        """Return the name of a unit's grade, empty without one."""
        found = self.grades.get(node)
        if found is None or found[period, unit] < 0:
            return ""
        grades = self.index.grades_of(self.tree.nodes[node])
        return grades[int(found[period, unit])].title(language)

    def primary(self, period: int, unit: int, node: int) -> tuple[int, ...]:
        """Return the places of the children that attain a unit's score of a node that names them: the primary pollutants."""
        import numpy as np

        own = self.tree.nodes[node]
        score = float(self.scores[period, unit, node])
        if isinstance(own, Indicator) or own.primary is None or np.isnan(score):
            return ()
        if own.primary.above is not None and score - own.primary.above <= near(score, own.primary.above):
            return ()
        branch = self.tree.branch_at(node)
        return tuple(place for place in branch.inputs if abs(self.scores[period, unit, place] - score) <= 1e-9 * abs(score))

    def node_status(self, node: int) -> NDArray[np.uint8]:
        """Return the status (period, unit) of a leaf's value, or of an inner node's score."""
        import numpy as np

        if node < self.tree.leaves:
            return self.status[..., node]
        leaves = [leaf for leaf in self._leaves_below(node) if leaf not in self.tree.monitored]
        applies = (self.status[..., leaves] != NOT_APPLICABLE).any(axis=-1)
        without = np.isnan(self.scores[..., node])
        there = np.where(self.estimated[node], IMPUTED, VALUE) if node in self.estimated else VALUE
        return np.where(without, np.where(applies, MISSING, NOT_APPLICABLE), there).astype(np.uint8)

    def _leaves_below(self, node: int) -> list[int]:
        if node < self.tree.leaves:
            return [node]
        return [leaf for child in self.tree.below(node) for leaf in self._leaves_below(child)]

    def covered(self, node: int) -> NDArray[np.float64]:
        """Return a node's coverage (period, unit): for a leaf 1 with a value, 0 without, NaN where it does not apply.

        Of a node that is made of scores from below it is the share of the parts' weight that had values.
        """
        import numpy as np

        if made := self.made_of(node):
            return made.coverage
        if node >= self.tree.leaves:
            return self.coverage[..., node - self.tree.leaves]
        status = self.status[..., node]
        return np.where(status == NOT_APPLICABLE, np.nan, (status != MISSING).astype(float))

    def made_of(self, node: int) -> Gathered | None:
        """Return how a node is made of scores from below, if it is: a leaf that stands for them, or a node with it alone."""
        if self.below is None:
            return None
        own = self.tree.nodes[node].id
        return next((part for leaf, part in self.below.leaves.items() if own in (leaf, part.node)), None)

    def kind(self, node: int) -> str:
        """Return what a node is: index, dimension or indicator."""
        found = self.tree.nodes[node]
        names = {Root: "index", Dimension: "dimension", Indicator: "indicator"}
        return names[type(found)]
