"""Scoring many draws at once: what `engine.score` does of each draw's index, for one node and one period.

Everything up to the scores of the leaves is computed once for each combination of alternatives, and so is every node that no
draw changes. Means with drawn weights are made by products (`engine.draws`), all else by the engine's own way up the tree, with
the draws as one more axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

from ..engine.draws import Means
from ..engine.frames import normalise
from ..engine.leaves import derive, impute, screen, treat
from ..engine.means import Still, tracked
from ..engine.nodes import Nodes, aggregate
from ..engine.room import Room
from ..methods import AGGREGATORS, FROM_DATA
from ..methods.arrays import Array, np
from ..methods.frame import Frame
from ..panel import Panel, empty
from ..scores import Scores
from ..tree.layout import Branch, normalise_of
from ..tree.model import Index, Noise
from .alternatives import Draws, Inputs

_CELLS = 1 << 17  # rows times draws worked on at once, so that the arrays of a node and its children stay in a cache
_NOISY = 1 << 20  # the same with errors in the values, where each leaf has its own array


@dataclass(frozen=True, order=True)
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


@dataclass(frozen=True)
class Case:
    """One combination of alternatives: the index that it makes, and what is the same in all of its draws.

    `panel` has the periods that play a part, those `shown` of all; `values` (period, unit, leaf) are what errors are added to.
    `still` are the nodes that no draw changes. Of those `moving`, `means` are made by products and the `rest` by the engine.
    """

    index: Index
    panel: Panel
    noise: Noise | None
    shown: slice
    values: Array
    status: Any
    still: Nodes
    means: Means
    moving: frozenset[int]
    rest: frozenset[int]


class Rescorer:
    """Scores draws from the inputs of an index around its scores in one period."""

    def __init__(self, scores: Scores, inputs: Inputs, period: str, node: str | None = None) -> None:
        self.inputs = inputs
        self.panel = scores.panel
        self.root = scores.tree.root if node is None else scores.node(node)
        self.period = scores.periods.index(period)
        derived, status, _ = derive(scores.index, scores.panel)
        self.derived, self.status, _ = screen(scores.index, scores.panel, derived, status)
        self.cases: dict[tuple[int, ...], Case] = {}
        self.lock = Lock()

    def without_errors(self) -> Rescorer:
        """Return one of the same inputs but for errors in values."""
        if self.inputs.alternatives.noise is None:
            return self
        other = copy(self)
        alternatives = self.inputs.alternatives.model_copy(update={"noise": None})
        other.inputs, other.cases, other.lock = replace(self.inputs, alternatives=alternatives), {}, Lock()
        return other

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
        kinds, which = draws.options[:, :1], np.zeros(len(draws), dtype=np.int64)
        if (draws.options != kinds).any():
            kinds, which = np.unique(draws.options, axis=1, return_inverse=True)
        errors = _errors(self, draws)
        out = np.empty((len(self.panel.units), len(draws) if kinds.shape[1] > 1 else 0))
        undefined: list[Undefined] = []
        for kind, options in enumerate(map(tuple, kinds.T.tolist())):
            case = self.case(options)
            some: Any = np.flatnonzero(which.ravel() == kind) if kinds.shape[1] > 1 else slice(None)
            own = draws.take(some)
            found, nodes = _scored(case, self.root, own, None if errors is None else errors[:, some], room)
            period = self.period - (case.shown.start or 0)
            if kinds.shape[1] == 1:
                out = found[period]
            else:
                out[:, some] = found[period]
            undefined += _undefined(case, nodes, period, options, len(own))
        return Rescored(out, tuple(sorted(undefined)))


def _errors(rescorer: Rescorer, draws: Draws) -> Array | None:
    """Return standard normal errors (period, draw, unit, leaf) of the values."""
    if draws.noise is None:
        return None
    shape = (len(draws), *rescorer.derived.shape)
    return np.moveaxis(np.random.default_rng([*draws.noise, 1]).standard_normal(shape), 0, 1)


def _case(rescorer: Rescorer, options: tuple[int, ...]) -> Case:
    """Work out what is the same in all draws with some alternatives."""
    index, panel = rescorer.inputs.case(options), rescorer.panel
    noise = rescorer.inputs.alternatives.noise
    branches = below(index, rescorer.root)
    values, status = impute(index, panel, rescorer.derived, rescorer.status)
    scores = empty(len(panel.periods), len(panel.units), len(index.tree.nodes))
    if noise is not None:
        scores[...] = np.nan
    else:
        normalise(index, panel, treat(index, values), scores)
    shown = slice(None)
    if not spans_periods(index, branches, noisy=noise is not None):
        shown = slice(rescorer.period, rescorer.period + 1)
    part = replace(panel, values=panel.values[shown], status=panel.status[shown], periods=panel.periods[shown])
    status = status[shown]
    moving = set(range(index.tree.leaves)) if noise is not None else set()
    drawn = {one.branch + index.tree.leaves: one.rows for one in rescorer.inputs.drawn}
    covered = tracked(branches)  # weights that play no part in a score still do in its coverage
    floors = any(branch.missing.policy == "floor" for branch in branches)  # these are made of all that is below them
    for branch in branches:
        weighs = AGGREGATORS[branch.aggregate].weights != "none" or branch.position in covered
        if floors or (weighs and branch.position in drawn) or moving & {*branch.inputs, *branch.children}:
            moving.add(branch.position)
    inner = {branch.position for branch in branches}
    still = aggregate(index, part, status, scores[shown], only=inner - moving)
    means = Means(() if floors else branches, _side_by_side(still), moving, drawn)
    rest = frozenset((inner & moving) - set(means.means))
    return Case(index, part, noise, shown, values[shown], status, still, means, frozenset(moving), rest)


def below(index: Index, root: int) -> list[Branch]:
    """Return the branches that a node is made of, itself too, children first."""
    wanted, found = {root}, []
    for branch in reversed(index.tree.branches):
        if branch.position in wanted:
            found.append(branch)
            wanted |= {*branch.inputs, *branch.children}
    return found[::-1]


def spans_periods(index: Index, below: Sequence[Branch], *, noisy: bool) -> bool:
    """Say whether other periods have a part in a period's scores, beyond the scores of its leaves."""
    across = ("all", "base")
    for branch in below:
        if any(index.adjustments[place].by_rank for place in branch.adjustments):
            return True
        if branch.normalise is not None and branch.normalise.over in across:
            return True
        if branch.weights.method in FROM_DATA and branch.weights.over in across:
            return True
    return noisy and any(normalise_of(index, leaf).over in across for leaf in index.leaves)


def _side_by_side(nodes: Nodes) -> Still:
    """Return scores, coverage and what applies with all units of all periods in one row."""
    leaves = np.ones((*nodes.scores.shape[:2], nodes.index.tree.leaves))
    coverage = np.concatenate([leaves, nodes.coverage], axis=-1)
    applies = None if nodes.applies is None else nodes.applies.reshape(-1, nodes.applies.shape[-1])
    return Still(nodes.scores.reshape(-1, nodes.scores.shape[-1]), coverage.reshape(-1, coverage.shape[-1]), applies)


def _scored(case: Case, root: int, drawn: Draws, errors: Array | None, room: Room) -> tuple[Array, Any]:
    """Return the scores of a node (period, unit, draw), and what was made of the nodes that are no means, if anything."""
    shape, tree, draws = case.still.scores.shape, case.index.tree, len(drawn)
    if root not in case.moving:
        return np.broadcast_to(case.still.scores[..., root, None], (*shape[:2], draws)), None
    if root in case.means.means:
        return case.means.scores(root, drawn.weights, room, cover=False)[0].reshape(*shape[:2], draws), None
    scores = np.moveaxis(np.empty((shape[0], shape[2], draws, shape[1])), 1, -1)
    coverage = np.moveaxis(np.ones((shape[0], len(tree.branches), draws, shape[1])), 1, -1)
    made = [tree.branch_at(position) for position in case.rest]
    needed = {place for branch in made for place in (*branch.inputs, *branch.children)} - case.rest
    if errors is not None:
        _noisy_leaves(case, errors, scores)
        needed -= case.moving
    if case.still.floors is not None:
        needed |= set(range(tree.leaves)) - case.moving
    for position in needed:
        if position in case.means.means:
            y, covered = case.means.scores(position, drawn.weights, room, cover=True)
            scores[..., position] = y.reshape(*shape[:2], draws).swapaxes(1, 2)
            if covered is not None:
                coverage[..., position - tree.leaves] = covered.reshape(*shape[:2], draws).swapaxes(1, 2)
            continue
        scores[..., position] = case.still.scores[:, None, :, position]
        if position >= tree.leaves:
            coverage[..., position - tree.leaves] = case.still.coverage[:, None, :, position - tree.leaves]
    rows = {position: own for position, own in case.means.rows.items() if position in case.rest}
    weights = {position: np.ascontiguousarray(drawn.weights[own].T)[None, :, None] for position, own in rows.items()}
    nodes = aggregate(case.index, case.panel, case.status, scores, weights=weights, coverage=coverage, only=case.rest)
    return scores[..., root].swapaxes(1, 2), nodes


def _noisy_leaves(case: Case, errors: Array, scores: Array) -> None:
    """Fill in the leaves' scores from values with errors (period, draw, unit, leaf)."""
    index, noise, values = case.index, case.noise, case.values[:, None]
    assert noise is not None
    x = treat(index, values + errors[case.shown] * noise.sd * np.nan_to_num(typical(noise, values)))
    normalise(index, case.panel, x, scores)


def typical(noise: Noise, values: Array) -> Array:
    """Return what errors are a share of: the values (…, unit, leaf), or how far those of a leaf spread (…, 1, leaf)."""
    return Frame(values, np.ones(values.shape[-1])).deviation(1) if noise.of == "spread" else np.abs(values)


def _undefined(case: Case, made: Nodes | None, period: int, options: tuple[int, ...], draws: int) -> Iterator[Undefined]:
    """Say which nodes were undefined in a period, in how many of some draws and of how many units."""
    for nodes in (case.still, made) if made else (case.still,):
        for position, where in nodes.undefined.items():
            here = np.broadcast_to(where[period], (draws, where.shape[-1]))
            if here.any():
                branch, node = case.index.tree.branch_at(position), case.index.tree.nodes[position].id
                method = "formula" if branch.formula else branch.aggregate
                yield Undefined(node, method, options, int(np.count_nonzero(here.any(axis=1))), int(np.count_nonzero(here)))
