"""Worlds that were not: one period's units with the values, weights, methods or nodes of another, scored by the engine.

A world is an index of plain leaves and a panel of the values that were compared (derived, screened and imputed already),
so that each world is one more period for the engine's steps, and many of them are scored together. Weights that hold for all
units and the points of adjustments are taken as they were recorded, so that they can be exchanged by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..engine.frames import base_of, kinds_of, normalise
from ..engine.leaves import impute, treat
from ..engine.nodes import aggregate
from ..engine.ranking import overall, ranked_alone
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import Array, Status, np
from ..methods.ties import levelled
from ..methods.weight import FROM_DATA
from ..panel import IMPUTED, MISSING, NOT_APPLICABLE, Panel, empty
from ..periods import kind_among
from ..scores import Scores
from ..tree.blocks.choices import ByGroup
from ..tree.formula import names, parse
from ..tree.grouped import grouped
from ..tree.layout import Branch, lowest, normalise_of, where_undefined
from ..tree.model import Adjustment, Dimension, Index, Indicator, Normalise, Periods, Ranking, Root, Weights
from ..units import Units

ROOT = ""  # the index itself, whatever its id: indices of two files are one index
_CELLS = 4_000_000  # scores of all nodes that are made together
_PLAIN = dict.fromkeys(
    ("formula", "per", "difference", "growth", "share", "rolling", "cumulative", "applies", "impute", "shrink", "residual")
) | {"scale": 1.0}


@dataclass(frozen=True)
class Side:
    """One of two states that are compared: scores and the period that counts."""

    scores: Scores
    period: str

    @property
    def index(self) -> Index:
        return self.scores.index

    @cached_property
    def at(self) -> int:
        return self.scores.periods.index(self.period)

    @cached_property
    def values(self) -> tuple[Array, Status]:
        """The values that were compared and their status (period, unit, leaf), before outliers are treated.

        Computed values that are one are equal here to the last bit: the leaves of a world are plain, and compare exactly.
        """
        status = np.where(self.scores.status == IMPUTED, MISSING, self.scores.status).astype(np.uint8)
        values, status = impute(self.index, self.scores.panel, self.scores.derived, status)
        return np.where(self.index.tree.computed, levelled(values, axis=-2), values), status

    @cached_property
    def leaf(self) -> dict[str, int]:
        return {leaf.id: at for at, leaf in enumerate(self.index.leaves)}

    @cached_property
    def ways(self) -> dict[str, Normalise]:
        """How each leaf is normalised in the period of this side."""
        return {leaf.id: _at_base(normalise_of(self.index, leaf), self) for leaf in self.index.leaves}

    @cached_property
    def branch(self) -> dict[str, Branch]:
        tree = self.scores.tree
        return {ROOT if each.position == tree.root else tree.nodes[each.position].id: each for each in tree.branches}

    @cached_property
    def node(self) -> dict[str, Root | Dimension | Indicator]:
        return {node.id: node for _, node in self.index.walked} | {ROOT: self.index.index}

    @cached_property
    def kin(self) -> list[str]:
        """The periods of the same kind as the one that counts."""
        for _, members in kinds_of(self.index, self.scores.panel):
            if members.start <= self.at < members.stop:
                return list(self.scores.periods[members])
        return []

    @cached_property
    def fixed(self) -> bool:
        """Whether weights that were computed may stand as if they were given.

        They may not where the floor of a node is made of them, nor where inner nodes are compared over several periods, each
        of which has weights of its own.
        """
        for branch in self.scores.tree.branches:
            choices = [one for one in (branch.normalise, branch.weights if branch.weights.method in FROM_DATA else None) if one]
            if branch.missing.policy == "floor" or any(one.over in ("all", "base") for one in choices):
                return False
        return True

    def weights(self, key: str) -> tuple[dict[str, float], bool]:
        """Return the weights of a node's children in this period if they hold for every unit, else the declared; and which."""
        branch, tree = self.branch[key], self.scores.tree
        own = self.scores.weights_below(branch.position)
        own = own if own.ndim == 1 else own[self.at if own.shape[0] > 1 else 0]
        everywhere = (own.ndim == 1 or own.shape[0] == 1) and not np.isnan(own).any()
        everywhere &= self.fixed or branch.weights.method not in FROM_DATA
        numbers = own.reshape(-1).tolist() if everywhere else branch.declared
        return {tree.nodes[child].id: w for child, w in zip(branch.children, numbers, strict=True)}, bool(everywhere)


def hybrid(structure: Side, weights: Side, method: Side, adjustments: Side) -> Index:
    """Make an index with the nodes of one side and the weights, the methods and the adjusted nodes of others.

    Of siblings that only the structure has, the weight is the structure's own; the rest share what is left of the weight as
    the other side has it. A node that the other side does not have keeps its own method. Leaves are plain: what they take
    are values that can be compared already.
    """

    def leaf(own: Indicator, weight: float | None) -> Indicator:
        other = method.node.get(own.id)
        taken, side = (other, method) if isinstance(other, Indicator) else (own, structure)
        update = _PLAIN | {
            "weight": weight,
            "direction": taken.direction,
            "target": taken.target,
            "round": taken.round,
            "treat": taken.treat or side.index.defaults.treat,
            "normalise": side.ways[own.id],
        }
        return own.model_copy(update=update)

    def inner(own: Any, key: str, weight: float | None) -> Any:
        taken, side = own, structure
        other = method.node.get(key)
        if isinstance(other, (Dimension, Root)) and _fits(other, own):
            taken, side = other, method
        aggregate = taken.aggregate or side.index.defaults.aggregate
        choice, numbers = _weights(structure, weights, key, free=aggregate.method in FREE_SUM)
        children = tuple(
            inner(child, child.id, numbers.get(child.id)) if isinstance(child, Dimension) else leaf(child, numbers.get(child.id))
            for child in structure.index.children(own)
        )
        update = {
            "weights": choice,
            "aggregate": aggregate,
            "formula": taken.formula,
            "missing": taken.missing or side.index.defaults.missing,
            "undefined": where_undefined(side.index, taken),
            "normalise": taken.normalise and _at_base(taken.normalise, side),
            "round": taken.round,
            "primary": None,
        }
        if isinstance(own, Root):
            found.extend(children)
            return own.model_copy(update=update)
        return own.model_copy(
            update=update
            | {"weight": weight, "direction": taken.direction, "impute": taken.impute, "grades": (), "indicators": children}
        )

    found: list[Any] = []
    root = inner(structure.index.index, ROOT, None)
    there = {root.id, *structure.node}
    events = [
        Adjustment.model_construct(id=item.id, node=_home(item, adjustments), each=1.0)
        for item in adjustments.index.adjustments
        if _home(item, adjustments) is None or _home(item, adjustments) in there
    ]
    return Index.model_construct(
        index=root,
        units=structure.index.units,
        periods=Periods(kind="single"),
        defaults=method.index.defaults.model_copy(update={"impute": None, "treat": None}),
        dimensions=tuple(found),
        adjustments=tuple(events),
        ranking=_ranked(method.index),
    )


def _at_base(choice: Any, side: Side) -> Any:
    """Return a choice with what holds for the period of a side: the label of its base as scores have it, values of its kind."""
    if isinstance(choice, Normalise):
        choice = choice.of_kind(kind_among(side.period, side.index.periods.kinds))
    if choice.over != "base":
        return choice
    row = base_of(side.index, side.scores.panel, choice, side.period)
    return choice if row is None else choice.model_copy(update={"base": side.scores.periods[row]})


def _fits(other: Dimension | Root, own: Dimension | Root) -> bool:
    """Say whether a node can be made as another is: all that its formula names is below it."""
    return other.formula is None or set(names(parse(other.formula))) <= set(_below(own))


def _below(node: Any) -> list[str]:
    # what stands below the index itself is not among the fields of its node, and all of the tree
    return [name for child in getattr(node, "indicators", ()) for name in (child.id, *_below(child))]


def _home(item: Adjustment, side: Side) -> str | None:
    return None if item.node in (None, side.index.index.id) else item.node


def _weights(structure: Side, weights: Side, key: str, *, free: bool) -> tuple[Weights, dict[str, float]]:
    own, everywhere = structure.weights(key)
    taken, choice = structure, structure.branch[key].weights
    numbers = own
    if weights is not structure and key in weights.branch:
        taken, choice = weights, weights.branch[key].weights
        other, everywhere = weights.weights(key)
        common = [child for child in own if child in other]
        whole, part = sum(own[child] for child in common), sum(other[child] for child in common)
        scale = whole / part if part and not free and not math.isclose(whole, part, rel_tol=1e-12) else 1.0
        scaled = {child: other[child] * scale for child in common}
        # weights that were only scaled to make room are the same, whatever the last bit says
        numbers = own | {child: own[child] if _alike(w, own[child]) else w for child, w in scaled.items()}
    return (Weights(method="given") if everywhere else _at_base(choice, taken)), numbers


def _alike(one: float, other: float) -> bool:
    """Say whether two weights are the same but for the last bits, in every group where they differ by groups."""
    if isinstance(one, ByGroup) and isinstance(other, ByGroup):
        labels = {*one.of, *other.of, ""}
        pairs = [(one.among(label), other.among(label)) for label in labels]
        return one.by == other.by and all(math.isclose(*pair, rel_tol=1e-12) or all(map(math.isnan, pair)) for pair in pairs)
    return type(one) is type(other) and math.isclose(one, other, rel_tol=1e-12)


@dataclass(frozen=True)
class World:
    """One world: how it is scored, what its units have, and the periods that some of it is compared with."""

    index: Index
    units: Units
    labels: tuple[str, ...]
    past: tuple[Array, Status]
    pooled: int
    values: Array
    status: Status
    points: Array

    def whole(self) -> tuple[Array, Array]:
        """Return the scores and ranks of all units."""
        scores, places = self.slots(self.values[None], self.status[None])
        return scores[0], places[0]

    def with_own(self, unit: Any, values: Array, status: Status) -> tuple[Array, Array]:
        """Return the score and rank that each of some units has with values of its own (row, leaf), one world a row."""
        scores, places = np.empty(len(unit)), np.empty(len(unit))
        for rows, cells, x, flags in self._slots_with_own(unit, values, status):
            made = self.slots(x, flags)
            scores[rows], places[rows] = made[0][cells], made[1][cells]
        return scores, places

    def index_with_own(self, unit: Any, values: Array, status: Status) -> Array:
        """Return the score alone that each of some units has with values of its own; others are aggregated where they matter."""
        if not self.alone:
            return self.with_own(unit, values, status)[0]
        scores = np.empty(len(unit))
        for rows, cells, x, flags in self._slots_with_own(unit, values, status):
            leaves = self.leaf_scores(x, flags)[0][len(self.labels) :]
            points = self.points[-1][unit[rows]]
            scores[rows] = self._index(leaves[cells][:, None], flags[cells][:, None], points[:, None])[:, 0]
        return scores

    def _slots_with_own(self, unit: Any, values: Array, status: Status) -> Iterator[tuple[slice, Any, Array, Status]]:
        """Yield some rows at a time: these, where in their slots the units stand, and the slots' values and status.

        A slot has all units, one of them with the values of its row.
        """
        for start in range(0, len(unit), self._step):
            rows = slice(start, min(start + self._step, len(unit)))
            count = rows.stop - start
            cells = np.arange(count), unit[rows]
            x, flags = np.repeat(self.values[None], count, axis=0), np.repeat(self.status[None], count, axis=0)
            x[cells], flags[cells] = values[rows], status[rows]
            yield rows, cells, x, flags

    def slots(self, values: Array, status: Status) -> tuple[Array, Array]:
        """Return the index's scores and ranks (slot, unit) of some slots, each of all units."""
        leaves, flags = self.leaf_scores(values, status)
        points = np.concatenate([self.points[:-1], np.broadcast_to(self.points[-1:], (len(values), *self.points.shape[1:]))])
        root = self._index(leaves, flags, points)[len(self.labels) :]
        groups = ranked_alone(self.index, self._panel(values, status))
        return root, overall(self.index.ranking, root[..., None], groups)[..., 0].astype(float)

    def leaf_scores(self, values: Array, status: Status) -> tuple[Array, Status]:
        """Return the leaves' scores and statuses, first of the periods that slots are compared with, then of the slots."""
        x = empty(len(self.labels) + len(values), *self.values.shape)
        flags = empty(len(x), x.shape[1], x.shape[2], np.uint8)
        past = len(self.labels)
        x[:past], flags[:past] = self.past
        x[past:], flags[past:] = values, status
        out = np.empty(x.shape)
        normalise(self.index, self._panel(x, flags), treat(self.index, x), out)
        return out, flags

    def _index(self, leaves: Array, flags: Status, points: Array) -> Array:
        """Return the index (period, unit) of the leaves' scores and of the points, or events, of adjustments."""
        scores = empty(leaves.shape[0], leaves.shape[1], len(self.index.tree.nodes))
        scores[..., : leaves.shape[-1]] = leaves
        panel = self._panel(np.concatenate([leaves, points], axis=-1), flags)
        aggregate(self.index, panel, flags, scores)
        return np.asarray(scores[..., self.index.tree.root])

    def _panel(self, x: Array, flags: Status) -> Panel:
        columns = (*(leaf.id for leaf in self.index.leaves), *(item.id for item in self.index.adjustments))
        labels = (*self.labels, *("now",) * (len(x) - len(self.labels)))[-len(x) :]
        units = self.units if x.shape[1] == len(self.units) else self.units.taken([0])
        return Panel(x, flags, labels, units, columns, pooled=self.pooled or None)

    @property
    def _step(self) -> int:
        return max(1, _CELLS // (len(self.units) * len(self.index.tree.nodes)))

    @property
    def alone(self) -> bool:
        """Whether the score of a unit depends on that unit alone, once its leaves have scores."""
        tree = self.index.tree
        unlimited = None in tree.lows
        floors = any(branch.missing.policy == "floor" for branch in tree.branches)
        inner = any(not branch.plain for branch in tree.branches)
        groups = any(grouped(self.index))  # which group a unit is of would have to be known
        compares = any(branch.compares for branch in tree.branches)
        return not groups and not compares and not (floors and (unlimited or inner))

    def taken(self, units: Sequence[int]) -> World:
        """Return the same world with some of its units alone."""
        places = list(units)
        return replace(
            self,
            units=self.units.taken(places),
            past=(self.past[0][:, places], self.past[1][:, places]),
            values=self.values[places],
            status=self.status[places],
            points=self.points[:, places],
        )


def _ranked(index: Index) -> Ranking:
    """Return how the units of a world are ranked: within groups only where there are no other places."""
    return index.ranking.model_copy(update={"within": None}) if index.ranking.overall else index.ranking


def of_scores(scores: Scores, period: int) -> World:
    """Return a period as it was, with the scores of its leaves for values: what is above them can be made anew.

    Bonuses, deductions and vetoes are counted anew from their events, moves in rank stand as they were recorded.
    """
    side = Side(scores, scores.periods[period])

    def leaf(own: Indicator) -> Indicator:
        choice = normalise_of(scores.index, own)
        low = lowest(choice)
        # what leaves a score as it is, and still has the lowest one to stand in for gaps
        same: dict[str, Any] = {"method": "points"} if low is None else {"method": "goalposts", "worst": low, "best": low + 1.0}
        same |= {} if low is None else {"low": low, "high": low + 1.0, "clip": False}
        changed = {"direction": "higher", "target": None, "round": None, "treat": None}
        return own.model_copy(update=_PLAIN | changed | {"normalise": Normalise.model_validate(same)})

    def inner(own: Any) -> Any:
        update: dict[str, Any] = {"primary": None}
        for key in ("normalise", "weights"):
            if choice := getattr(own, key):
                update[key] = _at_base(choice, side)
        if isinstance(own, Dimension):
            children = tuple(inner(child) if isinstance(child, Dimension) else leaf(child) for child in own.indicators)
            update |= {"indicators": children, "grades": ()}
        return own.model_copy(update=update)

    old = scores.index
    given = {item.id for item in old.adjustments if item.by_rank or item.unit is not None}
    counted = {"rank_move": None, "place": None, "veto": None, "each": 1.0, "repeat": 1.0, "cap": None, "unit": None}
    moves = dict.fromkeys(given, counted)
    weights = _at_base(old.defaults.weights, side)
    index = Index.model_construct(
        index=inner(old.index),
        units=old.units,
        periods=Periods(kind="single"),
        defaults=old.defaults.model_copy(update={"impute": None, "treat": None, "weights": weights}),
        dimensions=tuple(inner(child) if isinstance(child, Dimension) else leaf(child) for child in old.dimensions),
        adjustments=tuple(item.model_copy(update=moves.get(item.id, {})) for item in old.adjustments),
        ranking=_ranked(old),
    )
    labels = _compared_with(index, side)
    rows = [scores.periods.index(label) for label in (*labels, side.period)]
    events = np.zeros((len(rows), len(scores.panel.units), len(old.adjustments)))
    for place, item in enumerate(old.adjustments):
        column = scores.panel.column.get(item.id)
        source = scores.points[..., place] if item.id in given or column is None else scores.panel.values[..., column]
        events[..., place] = np.nan_to_num(source[rows])
    leaves = scores.tree.leaves
    x, status = scores.scores[rows, :, :leaves], scores.status[rows].copy()
    status[np.isnan(x) & (status != NOT_APPLICABLE)] = MISSING
    return World(
        index,
        scores.panel.units.taken(range(len(scores.panel.units))),
        labels,
        (x[:-1], status[:-1]),
        len(side.kin) if labels else 0,
        x[-1],
        status[-1],
        events,
    )


class Between:
    """The two sides of a comparison with their units brought together, and every world that lies between them."""

    def __init__(self, earlier: Side, later: Side) -> None:
        self.sides = (earlier, later)
        self.units, self.places = _together(earlier.scores.panel.units, later.scores.panel.units)
        self._made: dict[tuple[int, ...], Index] = {}

    def of_units(self, side: int, array: Any, fill: float = math.nan) -> Array:
        """Put a side's array (unit, …) into the order of all units; what is not there is `fill`."""
        at = self.places[side]
        return np.where((at >= 0).reshape(-1, *[1] * (array.ndim - 1)), array[at], fill)

    def values(self, leaf: str, method: int, data: int) -> tuple[Array, Array]:
        """Return a leaf's values and status (unit,) by the definition of one side in the period of another.

        Where a side does not have the data, the definition is the other side's. A leaf that a side does not have yet, or any
        more, has the values of that side's period if there are any, else those that it has on the other side.
        """
        has = [leaf in side.leaf for side in self.sides]
        if has[data]:
            for side in (method, data):
                found = self._at(side, leaf, self.sides[data].period)
                if found is not None and (side == data or not np.isnan(found[0]).all()):
                    return found
        found = self._at(1 - data, leaf, self.sides[data].period)
        if found is None or np.isnan(found[0]).all():
            found = self._at(1 - data, leaf, self.sides[1 - data].period)
        assert found is not None
        return found

    def _at(self, side: int, leaf: str, period: str) -> tuple[Array, Array] | None:
        own = self.sides[side]
        if leaf not in own.leaf or period not in own.scores.periods:
            return None
        at = own.scores.periods.index(period)
        x, status = (array[at, :, own.leaf[leaf]] for array in own.values)
        return self.of_units(side, x), self.of_units(side, status, NOT_APPLICABLE)

    def rows(self, leaves: Sequence[str], method: int, data: int) -> tuple[Array, Status]:
        """Return the values and statuses (unit, leaf) of some leaves."""
        found = [self.values(leaf, method, data) for leaf in leaves]
        values, status = (np.stack([part[i] for part in found], axis=-1) for i in range(2))
        return values, status.astype(np.uint8)

    def index(self, structure: int, weights: int, method: int, adjustments: int) -> Index:
        """Return the index of a world."""
        moved = (structure, weights, method, adjustments)
        if moved not in self._made:
            self._made[moved] = hybrid(*(self.sides[at] for at in moved))
        return self._made[moved]

    def points(self, side: int, index: Index, labels: Sequence[str]) -> Array:
        """Return what each adjustment of a world's index added to each unit in some periods (label, unit, adjustment)."""
        own = self.sides[side]
        at = {item.id: place for place, item in enumerate(own.index.adjustments)}
        wanted = [at[item.id] for item in index.adjustments]
        out = np.zeros((len(labels), len(self.units), len(wanted)))
        for row, label in enumerate(labels):
            if label in own.scores.periods and wanted:
                points = own.scores.points[own.scores.periods.index(label)]
                out[row] = self.of_units(side, np.nan_to_num(points), 0.0)[:, wanted]
        return out

    def world(self, *, peers: int, structure: int, weights: int, method: int, adjustments: int) -> World:
        """Return the world of one side's data, nodes, weights, methods and points."""
        index = self.index(structure, weights, method, adjustments)
        leaves = [leaf.id for leaf in index.leaves]
        values, status = self.rows(leaves, method, peers)
        side = self.sides[peers]
        labels = _compared_with(index, side)
        return World(
            index,
            self._grouped(peers, index),
            labels,
            self._past(leaves, method, peers, labels),
            len(side.kin) if labels else 0,
            values,
            status,
            self.points(adjustments, index, [*labels, self.sides[adjustments].period]),
        )

    def _past(self, leaves: Sequence[str], method: int, peers: int, labels: Sequence[str]) -> tuple[Array, Status]:
        """Return the values of the periods that a world is compared with (label, unit, leaf)."""
        shape = (len(labels), len(self.units), len(leaves))
        values, status = np.full(shape, np.nan), np.full(shape, NOT_APPLICABLE, np.uint8)
        for place, leaf in enumerate(leaves):
            owners = [side for side in (peers, 1 - peers) if leaf in self.sides[side].leaf]
            if leaf in self.sides[method].leaf and set(self.sides[peers].kin) <= set(self.sides[method].scores.periods):
                owners = [method, *owners]
            for row, label in enumerate(labels):
                found = next((at for side in owners if (at := self._at(side, leaf, label)) is not None), None)
                if found is not None:
                    values[row, :, place], status[row, :, place] = found
        return values, status

    def _grouped(self, peers: int, index: Index) -> Units:
        """Return all units, in the groups that one side has them in, by every column that a world's index asks for."""
        ranking = self.sides[peers].scores.index.ranking
        alone = ranking.within if not ranking.overall and ranking.within != "group" else None
        units = [self.sides[side].scores.panel.units for side in (peers, 1 - peers)]
        groups = self._labels(peers, [each.groups for each in units])
        asked = {alone, *(one.by for one in grouped(index)), *(one.impute.by for one in index.tree.branches if one.impute)}
        columns = sorted(name for name in asked if name is not None and name != "group")
        labels = {name: self._labels(peers, [tuple(each.attributes.get(name, ())) for each in units]) for name in columns}
        if not groups and not labels:
            return self.units
        return Units(self.units.ids, self.units.names, self.units.names_en, groups, labels)

    def _labels(self, peers: int, labels: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return all units' labels as one side has them, as the other has those of its own; nothing where neither has any."""
        own, other = labels
        if not own and not other:
            return ()
        return tuple(
            own[a] if own and a >= 0 else other[b] if other and b >= 0 else ""
            for a, b in zip(self.places[peers].tolist(), self.places[1 - peers].tolist(), strict=True)
        )


def _compared_with(index: Index, side: Side) -> tuple[str, ...]:
    """Return the periods of a side that something of an index is compared with: all of its kind, and bases of other kinds."""
    choices: list[Normalise | Weights | None] = [normalise_of(index, leaf) for leaf in index.leaves]
    for branch in index.tree.branches:
        choices += [branch.normalise, branch.weights]
    across = [one for one in choices if one is not None and one.over in ("all", "base")]
    bases = {one.bases[0] for one in across if one.over == "base"}
    return (*side.kin, *sorted(bases - set(side.kin))) if across else ()


def _together(one: Units, other: Units) -> tuple[Units, tuple[Any, Any]]:
    """Return all units of two tables, the later's first, and where each stands in both: -1 where it does not."""
    ids = tuple(dict.fromkeys((*other.ids, *one.ids)))
    places = [{unit: at for at, unit in enumerate(units.ids)} for units in (one, other)]
    at = [np.array([place.get(unit, -1) for unit in ids]) for place in places]

    def named(column: Callable[[Units], Sequence[str]]) -> tuple[str, ...]:
        both = [column(units) for units in (one, other)]
        return tuple(
            both[1][b] if both[1] and b >= 0 else both[0][a] if both[0] and a >= 0 else ""
            for a, b in zip(at[0].tolist(), at[1].tolist(), strict=True)
        )

    return Units(ids, named(lambda units: units.names), named(lambda units: units.names_en)), (at[0], at[1])
