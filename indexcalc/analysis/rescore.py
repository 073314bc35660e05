"""Scoring many draws at once: what `engine.score` does of each draw's index, for one node and one period.

Arrays are (row, draw), a row a unit in a period. Everything up to the scores of the leaves is computed once for each
combination of alternatives, and so is every node that no draw changes. Means with drawn weights are matrix products of
their unchanged children, with 0 for what is missing, and of the masks of what is there, of which only the rows with gaps
are needed. All else goes through the functions that the engine uses, with the draws as one more axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..engine import combine
from ..engine.adjust import by_events, events, places_climbed
from ..engine.frames import frames, kinds_of, towards
from ..engine.frames import normalise as normalise_leaves
from ..engine.leaves import derive, impute, screen, treat
from ..engine.nodes import SLACK, STEADY, mirror
from ..methods import AGGREGATORS, CATALOGUE, FROM_DATA, parameters
from ..methods.adjust import limited
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import np
from ..methods.frame import Frame
from ..methods.rank import rounded
from ..methods.records import Powers
from ..panel import NOT_APPLICABLE, Panel, empty
from ..scores import Scores
from ..tree.layout import Branch, normalise_of
from ..tree.model import Index, Noise, Normalise
from .alternatives import Draws, Inputs, declared_weights
from .flat import (
    NOTHING,
    Flat,
    Node,
    Plan,
    Still,
    flat_node,
    lacking_all,
    lay_still,
    no_rows,
    outside_of,
    plan_flat,
    transformed,
    transformed_back,
    union,
)
from .linear import Linear, as_linear
from .room import Room, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

_CELLS = 1 << 17  # rows times draws worked on at once, so that the arrays of a node and its children stay in a cache
_NOISY = 1 << 20  # the same with errors in the values, where each leaf has its own array


@dataclass(frozen=True)
class Undefined:
    """How often a node was undefined: under which alternatives, in how many draws, of how many units in all."""

    node: str
    method: str
    options: tuple[int, ...]
    draws: int
    units: int


@dataclass(frozen=True)
class Rescored:
    """The scores (unit, draw) of some draws, and what was undefined in them."""

    scores: Array
    undefined: tuple[Undefined, ...]


@dataclass
class Case:
    """One combination of alternatives: the index that it makes, and what is the same in all of its draws."""

    index: Index
    panel: Panel
    periods: tuple[int, ...]
    leaves: Array
    applies: Any
    noise: Noise | None
    moving: frozenset[int]
    tracked: frozenset[int]
    nodes: dict[int, Node | Flat] = field(default_factory=dict)
    still: dict[int, Still] = field(default_factory=dict)
    flat: dict[int, Plan] = field(default_factory=dict)
    linear: dict[int, Linear] = field(default_factory=dict)
    undefined: list[tuple[Branch, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.panel.periods) * len(self.panel.units)


class Rescorer:
    """Scores draws from the inputs of an index around its scores in one period."""

    def __init__(self, scores: Scores, inputs: Inputs, period: str, node: str | None = None) -> None:
        self.inputs = inputs
        self.panel = scores.panel
        self.root = scores.tree.root if node is None else scores.node(node)
        self.period = scores.periods.index(period)
        derived, status = derive(scores.index, scores.panel)
        self.derived, self.status, _ = screen(scores.index, scores.panel, derived, status)
        self.cases: dict[tuple[int, ...], Case] = {}
        self.lock = Lock()

    @cached_property
    def size(self) -> int:
        """How many draws are worked on together; it depends on the panel and the tree alone, as does all that is computed."""
        noise = self.inputs.alternatives.noise is not None
        rows = len(self.panel.units) * (len(self.inputs.index.leaves) if noise else 1)
        return int(min(1024, max(8, 2 ** ((_NOISY if noise else _CELLS) // rows).bit_length())))

    def case(self, options: tuple[int, ...]) -> Case:
        """Return what one combination of alternatives makes, computed when it is first asked for."""
        with self.lock:
            if options not in self.cases:
                self.cases[options] = _case(self, options)
            return self.cases[options]

    def scores(self, draws: Draws, room: Room | None = None) -> Rescored:
        """Score some draws; what is returned may lie in `room`, and is gone when that is used again."""
        room = Room(0) if room is None else room
        kinds, which = draws.options[:, :1], np.zeros(0, dtype=np.int64)
        if (draws.options != kinds).any():
            kinds, which = np.unique(draws.options, axis=1, return_inverse=True)
        out = np.empty((len(self.panel.units) if kinds.shape[1] > 1 else 0, len(draws)))
        undefined: list[Undefined] = []
        errors = _errors(self, draws)
        for at, options in enumerate(map(tuple, kinds.T.tolist())):
            case = self.case(options)
            some = np.flatnonzero(which.ravel() == at) if kinds.shape[1] > 1 else slice(None)
            run = Run(case, draws.take(some), self.inputs, None if errors is None else errors[:, some], room)
            value = np.broadcast_to(run.node(self.root).value, (case.rows, run.draws))
            shown = case.periods.index(self.period)
            value = value.reshape(len(case.panel.periods), -1, run.draws)[shown]
            if kinds.shape[1] == 1:
                out = value
            else:
                out[:, some] = value
            undefined += _undefined(run, shown, options)
        return Rescored(out, tuple(undefined))


def _errors(rescorer: Rescorer, draws: Draws) -> Array | None:
    """Standard normal errors (period, draw, unit, leaf) of the values."""
    if draws.noise is None:
        return None
    shape = (len(draws), *rescorer.derived.shape)
    return np.moveaxis(np.random.default_rng([*draws.noise, 1]).standard_normal(shape), 0, 1)


def _undefined(run: Run, shown: int, options: tuple[int, ...]) -> Iterator[Undefined]:
    for branch, where in [*run.case.undefined, *run.undefined]:
        here = where.reshape(len(run.case.panel.periods), -1, where.shape[-1])[shown]
        here = np.broadcast_to(here, (len(here), run.draws))
        if here.any():
            node = run.case.index.tree.nodes[branch.position].id
            draws, units = np.count_nonzero(here.any(axis=0)), np.count_nonzero(here)
            method = "formula" if branch.formula else branch.aggregate
            yield Undefined(node, method, options, int(draws), int(units))


def _case(rescorer: Rescorer, options: tuple[int, ...]) -> Case:
    index, panel = rescorer.inputs.case(options), rescorer.panel
    noise = rescorer.inputs.alternatives.noise
    values, status = impute(index, panel, rescorer.derived, rescorer.status)
    leaves = values
    if noise is None:
        leaves = empty(*values.shape)
        normalise_leaves(index, panel, treat(index, values), leaves)
    below = _below(index, rescorer.root)
    periods = tuple(range(len(panel.periods)))
    if not _spans_periods(index, below, noisy=noise is not None):
        periods = (rescorer.period,)
    at = list(periods)
    part = replace(panel, values=panel.values[at], status=panel.status[at], periods=tuple(panel.periods[i] for i in at))
    leaves, status = leaves[at], status[at]
    moving = set(range(index.tree.leaves)) if noise is not None else set()
    drawn = {one.branch + index.tree.leaves for one in rescorer.inputs.drawn}
    for branch in below:
        if branch.position in drawn or moving & {*branch.inputs, *branch.children}:
            moving.add(branch.position)
    tracked: set[int] = set()
    for branch in reversed(below):
        if branch.missing.coverage or branch.position in tracked:
            tracked |= {branch.position, *branch.children}
    applies = _applies(index, status.reshape(-1, status.shape[-1]))
    case = Case(index, part, periods, leaves, applies, noise, frozenset(moving), frozenset(tracked))
    if noise is None:
        flat = leaves.reshape(case.rows, -1)
        case.nodes.update({at: _leaf(case, at, flat[:, at, None]) for at in range(index.tree.leaves)})
    run = Run(case, Draws(np.empty((0, 1)), np.zeros((0, 1), np.int64), None), rescorer.inputs, None, Room(0))
    for branch in below:
        if branch.position not in moving:
            case.nodes[branch.position] = run.node(branch.position)
    case.undefined.extend(run.undefined)
    for branch in below:
        if branch.position in moving and _is_mean(branch):
            still = case.still[branch.position] = lay_still(case, branch)
            inner = [child for child in branch.children if child in moving]
            linear = AGGREGATORS[branch.aggregate].split == Powers(1.0) and branch.plain and all(declared_weights(branch))
            if linear and all(child in case.flat for child in inner):
                base = np.concatenate([still.value, *(case.flat[child].base for child in inner)], axis=1)
                case.flat[branch.position] = plan_flat(case, branch, base)
    for branch in below:
        top = branch.position in case.flat and index.tree.parents[branch.position] not in case.flat
        if top and (found := as_linear(case, rescorer.inputs, branch)) is not None:
            case.linear[branch.position] = found
    return case


def _below(index: Index, root: int) -> list[Branch]:
    """The branches that a node is made of, itself too, children first."""
    wanted, found = {root}, []
    for branch in reversed(index.tree.branches):
        if branch.position in wanted:
            found.append(branch)
            wanted |= {*branch.inputs, *branch.children}
    return found[::-1]


def _spans_periods(index: Index, below: Sequence[Branch], *, noisy: bool) -> bool:
    """Whether other periods have a part in a period's scores, beyond the scores of its leaves."""
    across = ("all", "base")
    for branch in below:
        if any(index.adjustments[at].rank_move is not None for at in branch.adjustments):
            return True
        if branch.normalise is not None and branch.normalise.over in across:
            return True
        if branch.weights.method in FROM_DATA and branch.weights.over in across:
            return True
    return noisy and any(normalise_of(index, leaf).over in across for leaf in index.leaves)


def _applies(index: Index, status: Any) -> Any:
    """Masks (row, node) of what applies; nothing where everything does."""
    if not (status == NOT_APPLICABLE).any():
        return None
    out = np.ones((len(status), len(index.tree.nodes)), dtype=bool)
    out[:, : index.tree.leaves] = status != NOT_APPLICABLE
    for branch in index.tree.branches:
        out[:, branch.position] = out[:, branch.children].any(axis=1)
    return out


def _leaf(case: Case, at: int, value: Array) -> Node:
    gaps = np.flatnonzero(np.isnan(value).any(axis=1))
    thin = gaps if case.applies is None else gaps[case.applies[gaps, at]]
    return Node(value, gaps, thin, np.isnan(value[thin]).astype(float))


def _is_mean(branch: Branch) -> bool:
    drawn_or_declared = branch.weights.method not in FROM_DATA
    return (
        branch.formula is None
        and isinstance(AGGREGATORS[branch.aggregate].split, Powers)
        and drawn_or_declared
        and branch.missing.policy != "floor"
    )


class Run:
    """One pass up the tree with some draws of one case."""

    def __init__(self, case: Case, draws: Draws, inputs: Inputs, errors: Array | None, room: Room) -> None:
        self.case = case
        self.room = room
        self.draws = len(draws)
        self.nodes: dict[int, Node | Flat] = {}
        self.undefined: list[tuple[Branch, Any]] = []
        self.weights_drawn = draws.weights
        self.drawn: Mapping[int, Array] = {one.branch: draws.weights[one.rows] for one in inputs.drawn}
        self.keep = any(branch.formula or branch.missing.policy == "floor" for branch in case.index.tree.branches)
        if self.keep:
            self.room = Room(0)  # what is kept must not be worked over
        if errors is not None:
            self.nodes.update(_noisy_leaves(case, errors))

    def node(self, position: int) -> Node | Flat:
        """Return a node's scores, worked out from below where they are not known."""
        known: Node | Flat | None = self.case.nodes.get(position) or self.nodes.get(position)
        if known is not None:
            return known
        branch = self.case.index.tree.branches[position - self.case.index.tree.leaves]
        make = (
            _linear
            if position in self.case.linear
            else flat_node
            if position in self.case.flat
            else _mean
            if position in self.case.still
            else _general
        )
        found = make(self, branch)
        if self.keep:
            self.nodes[position] = found
        return found

    def weights(self, branch: Branch) -> Array:
        """Return the weights of a node's children that come from the tree or were drawn (child, draw or 1)."""
        found = self.drawn.get(branch.position - self.case.index.tree.leaves)
        return np.array(declared_weights(branch))[:, None] if found is None else found

    def stacked(self, rows: Array) -> Array:
        """Return (row, draw) as the methods take it (period, draw, unit)."""
        return rows.reshape(len(self.case.panel.periods), -1, rows.shape[-1]).swapaxes(1, 2)

    def flat(self, stack: Any) -> Any:
        """Return (period, draw, unit) as (row, draw)."""
        return np.ascontiguousarray(stack.swapaxes(1, 2)).reshape(-1, stack.shape[1])


def _linear(run: Run, branch: Branch) -> Node:
    """A flat node of which every row has a score in every draw."""
    y = run.case.linear[branch.position].scores(run.weights_drawn, run.room)
    return Node(y, no_rows(), no_rows(), np.zeros((0, run.draws)))


def _mean(run: Run, branch: Branch) -> Node:
    """A weighted mean or sum of children by matrix products, and what is left to do in the rows with gaps."""
    still, w = run.case.still[branch.position], run.weights(branch)
    fixed = w[list(still.at)]
    nodes = {i: run.node(child) for i, child in enumerate(branch.children) if i not in still.at}
    y = product(still.value, fixed, np.empty((len(still.value), fixed.shape[1])))
    for i, node in nodes.items():
        part = transformed(branch, node.value) * w[i]
        if len(node.gaps):
            part[node.gaps] = np.nan_to_num(part[node.gaps], posinf=np.inf, neginf=-np.inf)
        y = y + part if y.shape[1] < part.shape[1] else np.add(y, part, out=y)
    y = np.array(np.broadcast_to(y, (len(y), run.draws))) if y.shape[1] < run.draws else y
    total = np.add.reduce(w, axis=0)
    gaps = union([still.gaps, *(node.gaps for node in nodes.values())])
    there = still.there[gaps] @ fixed
    for i, node in nodes.items():
        there = there + (w[i] * ~node.missing(gaps) if len(node.gaps) else w[i])
    with np.errstate(invalid="ignore", divide="ignore"):
        incomplete = np.where(there == 0, np.nan, y[gaps] / there)
        if branch.aggregate in FREE_SUM:
            scale = float(str(branch.parameters.get("scale", 1.0)))
            incomplete *= scale * total
            y *= scale
        elif (np.abs(total - 1.0) > NOTHING).any():
            y = y / total
    y[gaps] = incomplete
    y = transformed_back(branch, y)
    gaps = gaps[np.isnan(incomplete).any(axis=1)]
    if AGGREGATORS[branch.aggregate].undefined != "never":
        outside = np.zeros(y.shape, dtype=bool)
        outside[still.outside] = True
        for node in nodes.values():
            outside |= outside_of(branch, node.value)
        y[outside] = np.nan
        gaps = union([gaps, np.flatnonzero(outside.any(axis=1))])
    else:
        outside = None
    return _finished(run, branch, y, gaps, outside, still, nodes, w)


def _general(run: Run, branch: Branch) -> Node:
    """Any node: its inputs go through what the engine calls, with the draws as one more axis."""
    tree, applies = run.case.index.tree, run.case.applies
    children = dict(enumerate(run.node(child) for child in branch.children))
    own = _side_by_side(run, list(children.values()))
    w = _weights(run, branch, own)
    x = own if branch.inputs == branch.children else _side_by_side(run, [run.node(place) for place in branch.inputs])
    if branch.missing.policy == "floor":
        for i, place in enumerate(branch.inputs):
            there = True if applies is None else run.stacked(applies[:, place, None])
            x[..., i] = np.where(np.isnan(x[..., i]) & there, _floor(run, place)[..., None], x[..., i])
    y = np.array(np.broadcast_to(run.flat(np.asarray(combine(tree, branch, x, w))), (run.case.rows, run.draws)))
    undefined: Any = np.isnan(y)
    if undefined.any():
        weighed = ~np.isnan(own) if branch.formula is not None else ~np.isnan(own) & (np.abs(w) > 0)
        undefined &= run.flat(np.logical_or.reduce(weighed, axis=-1))
        if branch.formula is not None or AGGREGATORS[branch.aggregate].undefined == "without a child":
            undefined &= run.flat(~np.isnan(x).any(axis=-1))
    own_weights = branch.weights.method in FROM_DATA and w.shape[2] > 1 and branch.weights.over != "group"
    counted = np.ones((len(branch.children), 1)) if own_weights else np.nan_to_num(_by_child(run, w), nan=1.0)
    return _finished(run, branch, y, np.flatnonzero(np.isnan(y).any(axis=1)), undefined, None, children, counted)


def _side_by_side(run: Run, nodes: Sequence[Node | Flat]) -> Array:
    """Scores of some nodes (period, draw or 1, unit, node)."""
    draws = max((node.value.shape[1] for node in nodes), default=1)
    out = np.empty((len(nodes), len(run.case.panel.periods), draws, len(run.case.panel.units)))
    for i, node in enumerate(nodes):
        out[i] = run.stacked(node.value)
    return np.moveaxis(out, 0, -1)


def _weights(run: Run, branch: Branch, x: Array) -> Array:
    """The weights of a node's children (period or 1, draw or 1, unit or 1, child)."""
    choice = branch.weights
    if choice.method not in FROM_DATA:
        return np.asarray(run.weights(branch).T[None, :, None, :])
    index, panel = run.case.index, run.case.panel
    method = CATALOGUE["weights"][choice.method]
    found = [
        (members, some, np.asarray(method(values, np.array(branch.declared), **choice.parameters)))
        for _, members in kinds_of(index, panel)
        for some, values in frames(index, panel, choice, x, members)
    ]
    each_unit = choice.over == "group" or any(w.ndim == x.ndim for _, _, w in found)
    out = np.empty((*x.shape[:2], len(panel.units) if each_unit else 1, x.shape[-1]))
    for members, some, w in found:
        out[members][..., some, :] = w if w.ndim == x.ndim else w[..., None, :]
    return np.asarray(np.round(out, STEADY))


def _by_child(run: Run, w: Array) -> Array:
    """Weights (period or 1, draw or 1, unit or 1, child) as (child, draw or 1), or (child, row, draw or 1) where rows differ."""
    if w.shape[0] == w.shape[2] == 1:
        return np.asarray(w[0, :, 0].T)
    whole = np.broadcast_to(w, (len(run.case.panel.periods), w.shape[1], len(run.case.panel.units), w.shape[3]))
    return np.stack([run.flat(whole[..., i]) for i in range(w.shape[3])])


def _finished(
    run: Run,
    branch: Branch,
    y: Array,
    gaps: Whole,
    undefined: Any,
    still: Still | None,
    nodes: Mapping[int, Node | Flat],
    w: Array,
) -> Node:
    """Judge whether enough is there of a node's children, and do with the result what the tree says."""
    thin, lack = _lacking(run, branch, still, nodes, w)
    for rows, enough in _enough(run, branch, still, nodes, thin, lack):
        y[rows] = np.where(enough, y[rows], np.nan)
        if undefined is not None:
            undefined[rows] &= enough
        gaps = union([gaps, rows[~enough.all(axis=1)]])
    if undefined is not None and undefined.any():
        run.undefined.append((branch, undefined))
    if not branch.plain:
        y = run.flat(_adjusted(run, branch, run.stacked(y)))
        gaps = np.flatnonzero(np.isnan(y).any(axis=1))
    return Node(y, gaps, *lacking_all(run, branch, thin, lack, gaps, np.isnan(y[gaps])))


def _lacking(run: Run, branch: Branch, still: Still | None, nodes: Mapping[int, Node | Flat], w: Array) -> tuple[Whole, Array]:
    """The rows in which some of a node's weight may have no values, and the share of it that has none (row, draw).

    Children count alike where all weights of what applies are 0.
    """
    if branch.position not in run.case.tracked:
        return no_rows(), np.zeros((0, 1))
    thin = union([*([] if still is None else [still.thin]), *(node.thin for node in nodes.values())])
    lack, whole = _weight_lacking(run, branch, still, nodes, np.abs(w), thin)
    if (nothing := whole == 0).any():
        evenly, number = _weight_lacking(run, branch, still, nodes, np.ones((len(w), 1)), thin)
        lack, whole = np.where(nothing, evenly, lack), np.where(nothing, number, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        return thin, np.asarray(lack / whole)


def _weight_lacking(
    run: Run, branch: Branch, still: Still | None, nodes: Mapping[int, Node | Flat], w: Array, thin: Whole
) -> tuple[Array, Array]:
    lack, whole, applies = np.zeros((len(thin), run.draws)), np.zeros((len(thin), 1)), run.case.applies
    if still is not None:
        lack += still.lack[thin] @ w[list(still.at)]
    for i, node in nodes.items():
        part = w[i] if w.ndim == 2 or w.shape[1] == 1 else w[i][node.thin]
        lack[np.searchsorted(thin, node.thin)] += node.lack * part
    for i, child in enumerate(branch.children):
        part = w[i] if w.ndim == 2 or w.shape[1] == 1 else w[i][thin]
        whole = whole + (part if applies is None else part * applies[thin, child, None])
    return lack, whole


def _enough(
    run: Run,
    branch: Branch,
    still: Still | None,
    nodes: Mapping[int, Node | Flat],
    thin: Whole,
    lack: Array,
) -> Iterator[tuple[Whole, Any]]:
    """Yield rows with where enough is there in them (row, draw); in all others everything is."""
    missing, applies = branch.missing, run.case.applies
    if missing.policy == "floor":
        return
    if missing.policy == "reweight" and missing.coverage:
        yield thin, lack <= 1.0 - missing.coverage + SLACK
    if missing.policy == "reweight" and not missing.children:
        return
    rows = union([*([] if still is None else [still.gaps]), *(node.gaps for node in nodes.values())])
    asked = np.full((len(rows), 1), len(branch.children))
    if applies is not None:
        asked = np.count_nonzero(applies[rows][:, branch.children], axis=1)[:, None]
    there = np.zeros((len(rows), run.draws))
    if still is not None:
        there += np.add.reduce(still.there[rows], axis=1)[:, None]
    for node in nodes.values():
        there += ~node.missing(rows)
    share = 1.0 if missing.policy == "fail" else missing.children
    yield rows, there >= share * asked - SLACK


def _adjusted(run: Run, branch: Branch, y: Array) -> Array:
    """Compare the units once more, turn, adjust and round (period, draw, unit)."""
    index, panel = run.case.index, run.case.panel
    if branch.normalise is not None:
        sign = np.array([-1.0 if branch.turned else 1.0])
        y = _compared(index, panel, branch.normalise, y[..., None], sign)[..., 0]
    elif branch.turned:
        y = mirror(index) - y
    before = y
    for item in (index.adjustments[at] for at in branch.adjustments):
        if item.rank_move is not None:
            y = y + limited(item.rank_move * places_climbed(index, panel, branch.position, before), item.cap)
        else:
            y = y + by_events(item, events(panel, item)[:, None], y)
    return y if branch.round is None else rounded(y, branch.round.decimals, branch.round.how)


def _compared(index: Index, panel: Panel, choice: Normalise, x: Array, sign: Array) -> Array:
    """Normalise x (period, draw, unit, column) within the frames that a choice names."""
    method, out = CATALOGUE["normalise"][choice.method], np.empty_like(x)
    for _, members in kinds_of(index, panel):
        for units, values in frames(index, panel, choice, x, members):
            out[members][..., units, :] = method(x[members][..., units, :], Frame(values, sign), **choice.parameters)
    return out


def _noisy_leaves(case: Case, errors: Array) -> dict[int, Node]:
    """The leaves' scores from values with errors."""
    index, noise = case.index, case.noise
    assert noise is not None
    values = case.leaves[:, None]
    typical = np.abs(values)
    if noise.of == "spread":
        typical = Frame(values, np.ones(values.shape[-1])).deviation(1)
    x = treat(index, values + errors[list(case.periods)] * noise.sd * np.nan_to_num(typical))
    out = np.empty_like(x)
    for columns in index.tree.alike:
        choice, sign = normalise_of(index, index.leaves[columns[0]]), np.array(index.tree.signs)[columns]
        out[..., columns] = _compared(index, case.panel, choice, towards(index, columns, x[..., columns]), sign)
    nodes = {}
    for at, leaf in enumerate(index.leaves):
        own = out[..., at] if leaf.round is None else rounded(out[..., at], leaf.round.decimals, leaf.round.how)
        nodes[at] = _leaf(case, at, np.ascontiguousarray(own.swapaxes(1, 2)).reshape(case.rows, -1))
    return nodes


def _floor(run: Run, position: int) -> Array:
    """The worst score of a node (period, draw or 1): a method's `low`, what the worst of its inputs make, or the worst seen."""
    index = run.case.index
    if position < index.tree.leaves:
        choice = normalise_of(index, index.leaves[position])
        low = parameters("normalise", choice.method).get("low")
        worst = choice.parameters.get("low", low.default if low else None)
        if worst is not None:
            return np.full((len(run.case.panel.periods), 1), float(worst))
        return np.asarray(np.fmin.reduce(run.stacked(run.node(position).value), axis=-1))
    branch = index.tree.branches[position - index.tree.leaves]
    if not branch.plain or branch.compares:
        return np.asarray(np.fmin.reduce(run.stacked(run.node(position).value), axis=-1))
    floors = np.broadcast_arrays(*(_floor(run, place) for place in branch.inputs))
    x = np.stack(floors, axis=-1)[..., None, :]
    return np.asarray(combine(index.tree, branch, x, run.weights(branch).T[None, :, None, :]))[..., 0]
