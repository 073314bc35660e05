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
from ..methods import CATALOGUE, FROM_DATA, parameters
from ..methods.adjust import limited
from ..methods.arrays import np
from ..methods.frame import Frame
from ..methods.rank import rounded
from ..panel import NOT_APPLICABLE, Panel, empty
from ..scores import Scores
from ..spec.model import Index, Noise, Normalise
from ..spec.tree import Branch, normalise_of
from .alternatives import Draws, Inputs, declared_weights
from .linear import Linear, as_linear
from .room import Room, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

MEANS = frozenset({"arithmetic", "sum", "geometric", "harmonic", "power"})
_CELLS = 1 << 17  # rows times draws worked on at once, so that the arrays of a node and its children stay in a cache
_NOTHING = 4e-15  # share of weight, above what arithmetic leaves of none
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


@dataclass(frozen=True)
class _Node:
    """A node in some draws.

    `value` is its score (row, draw), NaN for none; `gaps` the rows that may have none in a draw; `thin` those of which the
    coverage may be below 1, and `lack` how much is lacking there (thin row, draw), all of it where there is no score.
    """

    value: Array
    gaps: Whole
    thin: Whole
    lack: Array

    def missing(self, rows: Whole) -> Any:
        """Return where there is no score in some rows (row, draw)."""
        return np.isnan(self.value[rows])


@dataclass(frozen=True)
class _Flat:
    """A node that is linear in unchanged scores but for a few rows, and is not worked out for the others until needed.

    Its score is base @ weights, (row, part) @ (part, draw), and `change` (changed row, draw) on top in the rows that have
    gaps. `absent` (gap row, draw) says where there is no score, which then comes out as 0. What is lacking in the thin rows
    is kept once for rows that are alike: `kind` (thin row,) says which of `lacks` (kind, draw) is a row's own.
    """

    room: Room
    base: Array
    weights: Array
    rows: Whole
    change: Array
    gaps: Whole
    absent: Any
    thin: Whole
    lacks: Array
    kind: Whole

    @cached_property
    def value(self) -> Array:
        y = product(self.base, self.weights, self.room(len(self.base), self.weights.shape[1]))
        if len(self.rows) == len(y):
            y += self.change
        elif len(self.rows):
            y[self.rows] += self.change
        if len(self.gaps):
            y[self.gaps] = np.where(self.absent, np.nan, y[self.gaps])
        return y

    @property
    def lack(self) -> Array:
        return self.lacks[self.kind]

    def missing(self, rows: Whole) -> Any:
        """Return where there is no score in some rows (row, draw)."""
        out = np.zeros((len(rows), self.weights.shape[1]), dtype=bool)
        mine = np.flatnonzero(np.isin(rows, self.gaps))
        out[mine] = self.absent[np.searchsorted(self.gaps, rows[mine])]
        return out


@dataclass(frozen=True)
class _Plan:
    """What is the same in all draws of a flat node.

    `base` are the unchanged parts of it and of what is below; `rows` those in which anything at all is lacking, `thin` those
    of which the coverage may be below 1. Of its own unchanged children: `odd` the rows that lack something, `parts` their
    base; the kinds of them, by what is there, lacking and applies (kind, child); and of which kind each odd row, and each
    thin row, is. `kids`
    are the children that are flat, each with the places of its rows and thin rows among these.
    """

    base: Array
    rows: Whole
    thin: Whole
    total: float
    factor: float
    odd: Whole
    parts: Array
    there: Array
    lack: Array
    applies: Array
    kind: Whole
    thin_kind: Whole
    short: Any
    kids: tuple[tuple[int, Whole, Whole], ...]


@dataclass(frozen=True)
class _Still:
    """The unchanged children of a mean, side by side (row, child): transformed with 0 for gaps, whether they are there, what
    is lacking of each, whether each applies; and the rows with gaps, those that lack anything, those out of the mean's domain.
    """

    at: tuple[int, ...]
    value: Array
    there: Array
    lack: Array
    applies: Array | None
    gaps: Whole
    thin: Whole
    outside: Whole


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
    nodes: dict[int, _Node | _Flat] = field(default_factory=dict)
    still: dict[int, _Still] = field(default_factory=dict)
    flat: dict[int, _Plan] = field(default_factory=dict)
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
            run = _Run(case, draws.take(some), self.inputs, None if errors is None else errors[:, some], room)
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


def _undefined(run: _Run, shown: int, options: tuple[int, ...]) -> Iterator[Undefined]:
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
    run = _Run(case, Draws(np.empty((0, 1)), np.zeros((0, 1), np.int64), None), rescorer.inputs, None, Room(0))
    for branch in below:
        if branch.position not in moving:
            case.nodes[branch.position] = run.node(branch.position)
    case.undefined.extend(run.undefined)
    for branch in below:
        if branch.position in moving and _is_mean(branch):
            still = case.still[branch.position] = _still(case, branch)
            inner = [child for child in branch.children if child in moving]
            linear = branch.aggregate in ("arithmetic", "sum") and branch.plain and all(declared_weights(branch))
            if linear and all(child in case.flat for child in inner):
                base = np.concatenate([still.value, *(case.flat[child].base for child in inner)], axis=1)
                case.flat[branch.position] = _plan(case, branch, base)
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


def _leaf(case: Case, at: int, value: Array) -> _Node:
    gaps = np.flatnonzero(np.isnan(value).any(axis=1))
    thin = gaps if case.applies is None else gaps[case.applies[gaps, at]]
    return _Node(value, gaps, thin, np.isnan(value[thin]).astype(float))


def _is_mean(branch: Branch) -> bool:
    drawn_or_declared = branch.weights.method not in FROM_DATA
    return branch.formula is None and branch.aggregate in MEANS and drawn_or_declared and branch.missing.policy != "floor"


def _transformed(branch: Branch, x: Array) -> Array:
    """What a mean is the arithmetic mean of."""
    floor = branch.parameters.get("floor")
    x = x if floor is None else np.maximum(x, float(str(floor)))
    p = _exponent(branch)
    if p == 1:
        return x
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.log(x) if p == 0 else 1.0 / x if p == -1 else x**p


def _back(branch: Branch, y: Array) -> Array:
    p = _exponent(branch)
    if p == 1:
        return y
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.exp(y) if p == 0 else 1.0 / y if p == -1 else y ** (1.0 / p)


def _outside(branch: Branch, x: Array) -> Any:
    """Where a child makes a mean undefined; nothing where none can."""
    if branch.aggregate in ("arithmetic", "sum"):
        return None
    floor = branch.parameters.get("floor")
    x = x if floor is None else np.maximum(x, float(str(floor)))
    p = _exponent(branch)
    return x < 0 if branch.aggregate == "power" and p > 0 else x <= 0


def _exponent(branch: Branch) -> float:
    fixed = {"arithmetic": 1.0, "sum": 1.0, "geometric": 0.0, "harmonic": -1.0}.get(branch.aggregate)
    return float(str(branch.parameters["p"])) if fixed is None else fixed


def _still(case: Case, branch: Branch) -> _Still:
    """Lay the unchanged children of a mean side by side."""
    at = tuple(i for i, child in enumerate(branch.children) if child not in case.moving)
    nodes = [case.nodes[branch.children[i]] for i in at]
    x = np.concatenate([node.value for node in nodes], axis=1) if nodes else np.zeros((case.rows, 0))
    missing = np.isnan(x)
    outside = _outside(branch, x)
    value = np.where(missing if outside is None else missing | outside, 0.0, _transformed(branch, x))
    lack = np.zeros_like(x)
    for i, node in enumerate(nodes):
        lack[node.thin, i] = node.lack[:, 0]
    return _Still(
        at,
        value,
        (~missing).astype(float),
        lack,
        None if case.applies is None else case.applies[:, [branch.children[i] for i in at]].astype(float),
        np.flatnonzero(missing.any(axis=1)),
        np.flatnonzero(lack.any(axis=1)),
        np.flatnonzero(np.zeros(case.rows, bool) if outside is None else outside.any(axis=1)),
    )


def _plan(case: Case, branch: Branch, base: Array) -> _Plan:
    """Sort the rows of a flat node that lack something by what they lack, and find those of its children among them."""
    still, total = case.still[branch.position], float(sum(declared_weights(branch)))
    odd = _union([still.gaps, still.thin])
    applies = np.ones_like(still.there) if still.applies is None else still.applies
    kinds, kind = _kinds(np.concatenate([still.there[odd], still.lack[odd], applies[odd]], axis=1))
    there, lack, applying = np.split(kinds, 3, axis=1)
    inner = [(i, case.flat[child]) for i, child in enumerate(branch.children) if i not in still.at]
    rows = _union([odd, *(kid.rows for _, kid in inner)])
    if inner and len(rows) > 0.7 * case.rows:
        rows = np.arange(case.rows)  # all in one go is quicker than most one by one
    own = np.flatnonzero(applies[odd].any(axis=1))  # where nothing applies, nothing is lacking
    thin = _union([odd[own], *(kid.thin for _, kid in inner)])
    places = [(i, np.searchsorted(rows, kid.rows), np.searchsorted(thin, kid.thin)) for i, kid in inner]
    factor = float(str(branch.parameters.get("scale", 1.0))) if branch.aggregate == "sum" else 1.0 / total
    if abs(factor - 1.0) <= _NOTHING:
        factor = 1.0
    share = 1.0 if branch.missing.policy == "fail" else branch.missing.children
    short = np.add.reduce(there, axis=1) < share * np.add.reduce(applying, axis=1) - SLACK
    return _Plan(
        base=base,
        rows=rows,
        thin=thin,
        total=total,
        factor=factor,
        odd=odd,
        parts=base[odd],
        there=there,
        lack=lack,
        applies=applying,
        kind=kind,
        thin_kind=kind[own],
        short=short[:, None],
        kids=tuple(places),
    )


def _kinds(rows: Array) -> tuple[Array, Whole]:
    """The different rows there are, and which of them each row is: by their bytes, which is quicker than by their numbers."""
    if not rows.size:
        return rows, np.zeros(len(rows), dtype=np.int64)
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))
    _, first, kind = np.unique(whole.ravel(), return_index=True, return_inverse=True)
    return rows[first], kind.ravel()


class _Run:
    """One pass up the tree with some draws of one case."""

    def __init__(self, case: Case, draws: Draws, inputs: Inputs, errors: Array | None, room: Room) -> None:
        self.case = case
        self.room = room
        self.draws = len(draws)
        self.nodes: dict[int, _Node | _Flat] = {}
        self.undefined: list[tuple[Branch, Any]] = []
        self.weights_drawn = draws.weights
        self.drawn: Mapping[int, Array] = {one.branch: draws.weights[one.rows] for one in inputs.drawn}
        self.keep = any(branch.formula or branch.missing.policy == "floor" for branch in case.index.tree.branches)
        if self.keep:
            self.room = Room(0)  # what is kept must not be worked over
        if errors is not None:
            self.nodes.update(_noisy_leaves(case, errors))

    def node(self, position: int) -> _Node | _Flat:
        """Return a node's scores, worked out from below where they are not known."""
        known: _Node | _Flat | None = self.case.nodes.get(position) or self.nodes.get(position)
        if known is not None:
            return known
        branch = self.case.index.tree.branches[position - self.case.index.tree.leaves]
        make = (
            _linear
            if position in self.case.linear
            else _flat
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


def _linear(run: _Run, branch: Branch) -> _Node:
    """A flat node of which every row has a score in every draw."""
    y = run.case.linear[branch.position].scores(run.weights_drawn, run.room)
    return _Node(y, _no_rows(), _no_rows(), np.zeros((0, run.draws)))


def _flat(run: _Run, branch: Branch) -> _Flat:
    """A weighted mean or sum of children that are unchanged, or flat themselves."""
    plan, w, room = run.case.flat[branch.position], run.weights(branch), run.room
    if plan.kids:
        return _flat_above(run, branch, plan, w)
    tracked = branch.position in run.case.tracked
    w = np.broadcast_to(w, (len(w), run.draws))
    weights = w if plan.factor == 1 else np.multiply(w, plan.factor, out=room(*w.shape))
    there = np.matmul(plan.there, w, out=room(len(plan.there), run.draws))
    lacks = room(len(plan.there) if tracked else 0, run.draws)
    gone: Any = plan.short if plan.short.any() else None
    if tracked:
        size = np.abs(w)
        np.matmul(plan.lack, size, out=lacks)
        if run.case.applies is not None or abs(plan.total - 1.0) > _NOTHING:
            with np.errstate(invalid="ignore", divide="ignore"):
                lacks /= plan.applies @ size
        if branch.missing.policy == "reweight" and branch.missing.coverage:
            few = lacks > 1.0 - branch.missing.coverage + SLACK
            gone = few if gone is None else gone | few
    if there.min(initial=1.0) <= 0:
        gone = (there <= 0) if gone is None else gone | (there <= 0)
        there[there == 0] = 1.0
    ratio = np.divide(plan.total, there, out=there)
    ratio -= 1.0
    absent = _no_rows(), np.zeros((0, run.draws), dtype=bool)
    if gone is not None and gone.any():
        lost: Any = np.logical_or(gone, np.zeros(ratio.shape, dtype=bool))
        ratio[lost] = -1.0
        if tracked:
            np.copyto(lacks, 1.0, where=lost & (np.add.reduce(plan.applies, axis=1) > 0)[:, None])
        some = np.flatnonzero(lost.any(axis=1)[plan.kind])
        absent = plan.odd[some], lost[plan.kind[some]]
    change = product(plan.parts, weights, room(len(plan.odd), run.draws))
    change *= np.take(ratio, plan.kind, axis=0, out=room(*change.shape), mode="clip")
    return _Flat(room, plan.base, weights, plan.rows, change, *absent, plan.thin, lacks, plan.thin_kind)


def _flat_above(run: _Run, branch: Branch, plan: _Plan, w: Array) -> _Flat:
    """A flat node with children that are flat: what changes in these, and what changes in its own rows on top."""
    still, room, draws = run.case.still[branch.position], run.room, run.draws
    tracked = branch.position in run.case.tracked
    own = w[list(still.at)]
    weights, change = room(plan.base.shape[1], draws), room(len(plan.rows), draws)
    lack = room(len(plan.thin) if tracked else 0, draws)
    weights[: len(own)] = own
    change[...] = 0.0
    lack[...] = 0.0
    if tracked and len(still.thin):
        lack += still.lack[plan.thin] @ np.abs(own)
    gaps: list[tuple[int, Whole, Any]] = []
    at = len(own)
    for i, place, thin in plan.kids:
        mark = room.used
        kid = run.node(branch.children[i])
        assert isinstance(kid, _Flat)
        np.multiply(kid.weights, w[i], out=weights[at : at + len(kid.weights)])
        at += len(kid.weights)
        _add(run, change, place, kid.change, w[i])
        if tracked:
            lacks = np.multiply(kid.lacks, np.abs(w[i]), out=room(*kid.lacks.shape))
            _add(run, lack, thin, np.take(lacks, kid.kind, axis=0, out=room(len(kid.thin), draws), mode="clip"))
        if len(kid.gaps):
            gaps.append((i, kid.gaps, ~kid.absent))
        room.used = mark
    if plan.factor != 1:
        weights *= plan.factor
        change *= plan.factor
    if tracked and (run.case.applies is not None or abs(plan.total - 1.0) > _NOTHING):
        applies = (
            np.ones((len(plan.thin), len(w))) if run.case.applies is None else run.case.applies[plan.thin][:, branch.children]
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            lack /= applies @ np.abs(w)
    failed = _with_gaps(run, branch, plan, w, gaps, weights, change)
    for rows, enough in _judged(run, branch, plan, still, gaps, lack):
        if not enough.all():
            some = np.flatnonzero(~np.logical_and.reduce(enough, axis=1))
            failed.append((rows[some], np.broadcast_to(enough[some], (len(some), draws))))
    if not failed:
        absent = _no_rows(), np.zeros((0, draws), dtype=bool)
        return _Flat(room, plan.base, weights, plan.rows, change, *absent, plan.thin, lack, np.arange(len(plan.thin)))
    rows, absent_there = _absent(failed, draws)
    place = np.searchsorted(plan.rows, rows)
    whole = product(plan.base[rows], weights, room(len(rows), draws))
    whole += np.take(change, place, axis=0, out=room(len(rows), draws), mode="clip")
    _add(run, change, place, whole, -absent_there.astype(float))
    if tracked:
        applying = np.isin(rows, plan.thin)
        place = np.searchsorted(plan.thin, rows[applying])
        lack[place] = np.where(absent_there[applying], 1.0, lack[place])
    return _Flat(room, plan.base, weights, plan.rows, change, rows, absent_there, plan.thin, lack, np.arange(len(plan.thin)))


def _with_gaps(
    run: _Run,
    branch: Branch,
    plan: _Plan,
    w: Array,
    gaps: Sequence[tuple[int, Whole, Any]],
    weights: Array,
    change: Array,
) -> list[tuple[Whole, Any]]:
    """Let the children that are there stand in for those that are not; the rows that have none, and where (row, draw)."""
    still, room, draws = run.case.still[branch.position], run.room, run.draws
    rows = _union([plan.odd, *(some for _, some, _ in gaps)])
    if not len(rows):
        return []
    mark = room.used
    there = room(len(rows), draws)
    there[...] = plan.total
    if len(plan.odd):
        own = w[list(still.at)]
        there -= (1.0 - still.there[rows]) @ own
    for i, some, present in gaps:
        _add(run, there, np.searchsorted(rows, some), ~present, -w[i])
    place = np.searchsorted(plan.rows, rows)
    linear = product(plan.base[rows], weights, room(len(rows), draws))
    linear += np.take(change, place, axis=0, out=room(*linear.shape), mode="clip")
    none = there <= _NOTHING * abs(plan.total) if there.min() <= _NOTHING * abs(plan.total) else None
    if none is not None:
        there[none] = plan.total
    ratio = np.divide(plan.total, there, out=there)
    ratio -= 1.0
    _add(run, change, place, linear, ratio)
    room.used = mark
    return [] if none is None else [(rows, ~none)]


def _judged(
    run: _Run, branch: Branch, plan: _Plan, still: _Still, gaps: Sequence[tuple[int, Whole, Any]], lack: Array
) -> Iterator[tuple[Whole, Any]]:
    """Yield rows of a flat node with where enough of its children is there in them (row, draw)."""
    missing, applies = branch.missing, run.case.applies
    most = 1.0 - missing.coverage + SLACK
    if missing.policy == "reweight" and missing.coverage and lack.max(initial=0.0) > most:
        some = np.flatnonzero(lack.max(axis=1) > most)
        yield plan.thin[some], lack[some] <= most
    if missing.policy == "reweight" and not missing.children:
        return
    rows = _union([still.gaps, *(some for _, some, _ in gaps)])
    asked = np.full((len(rows), 1), len(branch.children))
    if applies is not None:
        asked = np.count_nonzero(applies[rows][:, branch.children], axis=1)[:, None]
    there = np.zeros((len(rows), run.draws)) + len(plan.kids) + np.add.reduce(still.there[rows], axis=1)[:, None]
    for _, some, present in gaps:
        there[np.searchsorted(rows, some)] -= ~present
    share = 1.0 if missing.policy == "fail" else missing.children
    yield rows, there >= share * asked - SLACK


def _add(run: _Run, target: Array, place: Whole, part: Array, times: Any = None) -> None:
    """Add a part, times something, to some rows of a target; without a factor the part may be worked over."""
    mark = run.room.used
    part = np.multiply(part, times, out=run.room(*part.shape)) if times is not None else part
    if len(place) == len(target):
        target += part
    else:
        part += np.take(target, place, axis=0, out=run.room(*part.shape), mode="clip")
        target[place] = part
    run.room.used = mark


def _absent(failed: Sequence[tuple[Whole, Any]], draws: int) -> tuple[Whole, Any]:
    """The rows that have no score in some draw, and in which (row, draw)."""
    rows = _union([some for some, _ in failed])
    out = np.zeros((len(rows), draws), dtype=bool)
    for some, enough in failed:
        out[np.searchsorted(rows, some)] |= ~enough
    return rows, out


def _lacking_all(run: _Run, branch: Branch, thin: Whole, lack: Array, gaps: Whole, absent: Any) -> tuple[Whole, Array]:
    """What is lacking of a node for its parent: all of it where it has no score."""
    if branch.position not in run.case.tracked:
        return thin, lack
    applying = np.ones(len(gaps), bool) if run.case.applies is None else run.case.applies[gaps, branch.position]
    rows = _union([thin, gaps[applying]])
    out = np.zeros((len(rows), max(lack.shape[1], absent.shape[1])))
    out[np.searchsorted(rows, thin)] = lack
    place = np.searchsorted(rows, gaps[applying])
    out[place] = np.where(absent[applying], 1.0, out[place])
    return rows, out


def _mean(run: _Run, branch: Branch) -> _Node:
    """A weighted mean or sum of children by matrix products, and what is left to do in the rows with gaps."""
    still, w = run.case.still[branch.position], run.weights(branch)
    fixed = w[list(still.at)]
    nodes = {i: run.node(child) for i, child in enumerate(branch.children) if i not in still.at}
    y = product(still.value, fixed, np.empty((len(still.value), fixed.shape[1])))
    for i, node in nodes.items():
        part = _transformed(branch, node.value) * w[i]
        if len(node.gaps):
            part[node.gaps] = np.nan_to_num(part[node.gaps], posinf=np.inf, neginf=-np.inf)
        y = y + part if y.shape[1] < part.shape[1] else np.add(y, part, out=y)
    y = np.array(np.broadcast_to(y, (len(y), run.draws))) if y.shape[1] < run.draws else y
    total = np.add.reduce(w, axis=0)
    gaps = _union([still.gaps, *(node.gaps for node in nodes.values())])
    there = still.there[gaps] @ fixed
    for i, node in nodes.items():
        there = there + (w[i] * ~node.missing(gaps) if len(node.gaps) else w[i])
    with np.errstate(invalid="ignore", divide="ignore"):
        incomplete = np.where(there == 0, np.nan, y[gaps] / there)
        if branch.aggregate == "sum":
            scale = float(str(branch.parameters.get("scale", 1.0)))
            incomplete *= scale * total
            y *= scale
        elif (np.abs(total - 1.0) > _NOTHING).any():
            y = y / total
    y[gaps] = incomplete
    y = _back(branch, y)
    gaps = gaps[np.isnan(incomplete).any(axis=1)]
    if branch.aggregate not in ("arithmetic", "sum"):
        outside = np.zeros(y.shape, dtype=bool)
        outside[still.outside] = True
        for node in nodes.values():
            outside |= _outside(branch, node.value)
        y[outside] = np.nan
        gaps = _union([gaps, np.flatnonzero(outside.any(axis=1))])
    else:
        outside = None
    return _finished(run, branch, y, gaps, outside, still, nodes, w)


def _general(run: _Run, branch: Branch) -> _Node:
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
        if branch.formula is not None or branch.aggregate == "product":
            undefined &= run.flat(~np.isnan(x).any(axis=-1))
    own_weights = branch.weights.method in FROM_DATA and w.shape[2] > 1 and branch.weights.over != "group"
    counted = np.ones((len(branch.children), 1)) if own_weights else np.nan_to_num(_by_child(run, w), nan=1.0)
    return _finished(run, branch, y, np.flatnonzero(np.isnan(y).any(axis=1)), undefined, None, children, counted)


def _side_by_side(run: _Run, nodes: Sequence[_Node | _Flat]) -> Array:
    """Scores of some nodes (period, draw or 1, unit, node)."""
    draws = max((node.value.shape[1] for node in nodes), default=1)
    out = np.empty((len(nodes), len(run.case.panel.periods), draws, len(run.case.panel.units)))
    for i, node in enumerate(nodes):
        out[i] = run.stacked(node.value)
    return np.moveaxis(out, 0, -1)


def _weights(run: _Run, branch: Branch, x: Array) -> Array:
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


def _by_child(run: _Run, w: Array) -> Array:
    """Weights (period or 1, draw or 1, unit or 1, child) as (child, draw or 1), or (child, row, draw or 1) where rows differ."""
    if w.shape[0] == w.shape[2] == 1:
        return np.asarray(w[0, :, 0].T)
    whole = np.broadcast_to(w, (len(run.case.panel.periods), w.shape[1], len(run.case.panel.units), w.shape[3]))
    return np.stack([run.flat(whole[..., i]) for i in range(w.shape[3])])


def _finished(
    run: _Run,
    branch: Branch,
    y: Array,
    gaps: Whole,
    undefined: Any,
    still: _Still | None,
    nodes: Mapping[int, _Node | _Flat],
    w: Array,
) -> _Node:
    """Judge whether enough is there of a node's children, and do with the result what the tree says."""
    thin, lack = _lacking(run, branch, still, nodes, w)
    for rows, enough in _enough(run, branch, still, nodes, thin, lack):
        y[rows] = np.where(enough, y[rows], np.nan)
        if undefined is not None:
            undefined[rows] &= enough
        gaps = _union([gaps, rows[~enough.all(axis=1)]])
    if undefined is not None and undefined.any():
        run.undefined.append((branch, undefined))
    if not branch.plain:
        y = run.flat(_adjusted(run, branch, run.stacked(y)))
        gaps = np.flatnonzero(np.isnan(y).any(axis=1))
    return _Node(y, gaps, *_lacking_all(run, branch, thin, lack, gaps, np.isnan(y[gaps])))


def _lacking(
    run: _Run, branch: Branch, still: _Still | None, nodes: Mapping[int, _Node | _Flat], w: Array
) -> tuple[Whole, Array]:
    """The rows in which some of a node's weight may have no values, and the share of it that has none (row, draw).

    Children count alike where all weights of what applies are 0.
    """
    if branch.position not in run.case.tracked:
        return _no_rows(), np.zeros((0, 1))
    thin = _union([*([] if still is None else [still.thin]), *(node.thin for node in nodes.values())])
    lack, whole = _weight_lacking(run, branch, still, nodes, np.abs(w), thin)
    if (nothing := whole == 0).any():
        evenly, number = _weight_lacking(run, branch, still, nodes, np.ones((len(w), 1)), thin)
        lack, whole = np.where(nothing, evenly, lack), np.where(nothing, number, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        return thin, np.asarray(lack / whole)


def _weight_lacking(
    run: _Run, branch: Branch, still: _Still | None, nodes: Mapping[int, _Node | _Flat], w: Array, thin: Whole
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
    run: _Run,
    branch: Branch,
    still: _Still | None,
    nodes: Mapping[int, _Node | _Flat],
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
    rows = _union([*([] if still is None else [still.gaps]), *(node.gaps for node in nodes.values())])
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


def _adjusted(run: _Run, branch: Branch, y: Array) -> Array:
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


def _noisy_leaves(case: Case, errors: Array) -> dict[int, _Node]:
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
        sign = np.array([1.0 if index.leaves[at].direction == "higher" else -1.0 for at in columns])
        choice = normalise_of(index, index.leaves[columns[0]])
        out[..., columns] = _compared(index, case.panel, choice, towards(index, columns, x[..., columns]), sign)
    nodes = {}
    for at, leaf in enumerate(index.leaves):
        own = out[..., at] if leaf.round is None else rounded(out[..., at], leaf.round.decimals, leaf.round.how)
        nodes[at] = _leaf(case, at, np.ascontiguousarray(own.swapaxes(1, 2)).reshape(case.rows, -1))
    return nodes


def _floor(run: _Run, position: int) -> Array:
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


def _union(rows: Sequence[Whole]) -> Whole:
    """The rows that are in any of some sorted lists."""
    some = [one for one in rows if len(one)]
    if len(some) < 2:
        return some[0] if some else _no_rows()
    return np.unique(np.concatenate(some))


def _no_rows() -> Whole:
    return np.zeros(0, dtype=np.int64)
