"""Means in many draws: what no draw changes laid side by side, and nodes that are linear in it.

A flat node is a weighted mean or sum of children that no draw changes, or that are flat themselves. It is kept as the product
that it is, with what its few rows with gaps have on top, until its value is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..engine.nodes import SLACK
from ..methods import AGGREGATORS
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import np
from ..tree.layout import Branch
from .alternatives import declared_weights
from .room import Room, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .rescore import Case, Run

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

NOTHING = 4e-15  # share of weight, above what arithmetic leaves of none


@dataclass(frozen=True)
class Node:
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
class Flat:
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
class Plan:
    """What is the same in all draws of a flat node.

    `base` are the unchanged parts of it and of what is below; `rows` those in which anything at all is lacking, `thin` those
    of which the coverage may be below 1. Of its own unchanged children: `odd` the rows that lack something, `parts` their
    base; the kinds of them, by what is there, lacking and applies (kind, child); and of which kind each odd row, and each
    thin row, is. `kids` are the children that are flat, each with the places of its rows and thin rows among these.
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
class Still:
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


def lay_still(case: Case, branch: Branch) -> Still:
    """Lay the unchanged children of a mean side by side."""
    at = tuple(i for i, child in enumerate(branch.children) if child not in case.moving)
    nodes = [case.nodes[branch.children[i]] for i in at]
    x = np.concatenate([node.value for node in nodes], axis=1) if nodes else np.zeros((case.rows, 0))
    missing = np.isnan(x)
    outside = outside_of(branch, x)
    value = np.where(missing if outside is None else missing | outside, 0.0, transformed(branch, x))
    lack = np.zeros_like(x)
    for i, node in enumerate(nodes):
        lack[node.thin, i] = node.lack[:, 0]
    return Still(
        at,
        value,
        (~missing).astype(float),
        lack,
        None if case.applies is None else case.applies[:, [branch.children[i] for i in at]].astype(float),
        np.flatnonzero(missing.any(axis=1)),
        np.flatnonzero(lack.any(axis=1)),
        np.flatnonzero(np.zeros(case.rows, bool) if outside is None else outside.any(axis=1)),
    )


def plan_flat(case: Case, branch: Branch, base: Array) -> Plan:
    """Sort the rows of a flat node that lack something by what they lack, and find those of its children among them."""
    still, total = case.still[branch.position], float(sum(declared_weights(branch)))
    odd = union([still.gaps, still.thin])
    applies = np.ones_like(still.there) if still.applies is None else still.applies
    kinds, kind = _kinds(np.concatenate([still.there[odd], still.lack[odd], applies[odd]], axis=1))
    there, lack, applying = np.split(kinds, 3, axis=1)
    inner = [(i, case.flat[child]) for i, child in enumerate(branch.children) if i not in still.at]
    rows = union([odd, *(kid.rows for _, kid in inner)])
    if inner and len(rows) > 0.7 * case.rows:
        rows = np.arange(case.rows)  # all in one go is quicker than most one by one
    own = np.flatnonzero(applies[odd].any(axis=1))  # where nothing applies, nothing is lacking
    thin = union([odd[own], *(kid.thin for _, kid in inner)])
    places = [(i, np.searchsorted(rows, kid.rows), np.searchsorted(thin, kid.thin)) for i, kid in inner]
    factor = float(str(branch.parameters.get("scale", 1.0))) if branch.aggregate in FREE_SUM else 1.0 / total
    if abs(factor - 1.0) <= NOTHING:
        factor = 1.0
    share = 1.0 if branch.missing.policy == "fail" else branch.missing.children
    short = np.add.reduce(there, axis=1) < share * np.add.reduce(applying, axis=1) - SLACK
    return Plan(
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


def flat_node(run: Run, branch: Branch) -> Flat:
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
        if run.case.applies is not None or abs(plan.total - 1.0) > NOTHING:
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
    absent = no_rows(), np.zeros((0, run.draws), dtype=bool)
    if gone is not None and gone.any():
        lost: Any = np.logical_or(gone, np.zeros(ratio.shape, dtype=bool))
        ratio[lost] = -1.0
        if tracked:
            np.copyto(lacks, 1.0, where=lost & (np.add.reduce(plan.applies, axis=1) > 0)[:, None])
        some = np.flatnonzero(lost.any(axis=1)[plan.kind])
        absent = plan.odd[some], lost[plan.kind[some]]
    change = product(plan.parts, weights, room(len(plan.odd), run.draws))
    change *= np.take(ratio, plan.kind, axis=0, out=room(*change.shape), mode="clip")
    return Flat(room, plan.base, weights, plan.rows, change, *absent, plan.thin, lacks, plan.thin_kind)


def _flat_above(run: Run, branch: Branch, plan: Plan, w: Array) -> Flat:
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
        assert isinstance(kid, Flat)
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
    if tracked and (run.case.applies is not None or abs(plan.total - 1.0) > NOTHING):
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
        absent = no_rows(), np.zeros((0, draws), dtype=bool)
        return Flat(room, plan.base, weights, plan.rows, change, *absent, plan.thin, lack, np.arange(len(plan.thin)))
    rows, absent_there = _absent(failed, draws)
    place = np.searchsorted(plan.rows, rows)
    whole = product(plan.base[rows], weights, room(len(rows), draws))
    whole += np.take(change, place, axis=0, out=room(len(rows), draws), mode="clip")
    _add(run, change, place, whole, -absent_there.astype(float))
    if tracked:
        applying = np.isin(rows, plan.thin)
        place = np.searchsorted(plan.thin, rows[applying])
        lack[place] = np.where(absent_there[applying], 1.0, lack[place])
    return Flat(room, plan.base, weights, plan.rows, change, rows, absent_there, plan.thin, lack, np.arange(len(plan.thin)))


def _with_gaps(
    run: Run,
    branch: Branch,
    plan: Plan,
    w: Array,
    gaps: Sequence[tuple[int, Whole, Any]],
    weights: Array,
    change: Array,
) -> list[tuple[Whole, Any]]:
    """Let the children that are there stand in for those that are not; the rows that have none, and where (row, draw)."""
    still, room, draws = run.case.still[branch.position], run.room, run.draws
    rows = union([plan.odd, *(some for _, some, _ in gaps)])
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
    none = there <= NOTHING * abs(plan.total) if there.min() <= NOTHING * abs(plan.total) else None
    if none is not None:
        there[none] = plan.total
    ratio = np.divide(plan.total, there, out=there)
    ratio -= 1.0
    _add(run, change, place, linear, ratio)
    room.used = mark
    return [] if none is None else [(rows, ~none)]


def _judged(
    run: Run, branch: Branch, plan: Plan, still: Still, gaps: Sequence[tuple[int, Whole, Any]], lack: Array
) -> Iterator[tuple[Whole, Any]]:
    """Yield rows of a flat node with where enough of its children is there in them (row, draw)."""
    missing, applies = branch.missing, run.case.applies
    most = 1.0 - missing.coverage + SLACK
    if missing.policy == "reweight" and missing.coverage and lack.max(initial=0.0) > most:
        some = np.flatnonzero(lack.max(axis=1) > most)
        yield plan.thin[some], lack[some] <= most
    if missing.policy == "reweight" and not missing.children:
        return
    rows = union([still.gaps, *(some for _, some, _ in gaps)])
    asked = np.full((len(rows), 1), len(branch.children))
    if applies is not None:
        asked = np.count_nonzero(applies[rows][:, branch.children], axis=1)[:, None]
    there = np.zeros((len(rows), run.draws)) + len(plan.kids) + np.add.reduce(still.there[rows], axis=1)[:, None]
    for _, some, present in gaps:
        there[np.searchsorted(rows, some)] -= ~present
    share = 1.0 if missing.policy == "fail" else missing.children
    yield rows, there >= share * asked - SLACK


def _add(run: Run, target: Array, place: Whole, part: Array, times: Any = None) -> None:
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
    rows = union([some for some, _ in failed])
    out = np.zeros((len(rows), draws), dtype=bool)
    for some, enough in failed:
        out[np.searchsorted(rows, some)] |= ~enough
    return rows, out


def lacking_all(run: Run, branch: Branch, thin: Whole, lack: Array, gaps: Whole, absent: Any) -> tuple[Whole, Array]:
    """What is lacking of a node for its parent: all of it where it has no score."""
    if branch.position not in run.case.tracked:
        return thin, lack
    applying = np.ones(len(gaps), bool) if run.case.applies is None else run.case.applies[gaps, branch.position]
    rows = union([thin, gaps[applying]])
    out = np.zeros((len(rows), max(lack.shape[1], absent.shape[1])))
    out[np.searchsorted(rows, thin)] = lack
    place = np.searchsorted(rows, gaps[applying])
    out[place] = np.where(absent[applying], 1.0, out[place])
    return rows, out


def transformed(branch: Branch, x: Array) -> Array:
    """What a mean is the arithmetic mean of."""
    floor = branch.parameters.get("floor")
    x = x if floor is None else np.maximum(x, float(str(floor)))
    p = _exponent(branch)
    if p == 1:
        return x
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.log(x) if p == 0 else 1.0 / x if p == -1 else x**p


def transformed_back(branch: Branch, y: Array) -> Array:
    """Turn the arithmetic mean of what was transformed into the mean that is meant."""
    p = _exponent(branch)
    if p == 1:
        return y
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.exp(y) if p == 0 else 1.0 / y if p == -1 else y ** (1.0 / p)


def outside_of(branch: Branch, x: Array) -> Any:
    """Where a child makes a mean undefined; nothing where none can."""
    if AGGREGATORS[branch.aggregate].undefined == "never":
        return None
    floor = branch.parameters.get("floor")
    x = x if floor is None else np.maximum(x, float(str(floor)))
    p = _exponent(branch)
    return x < 0 if p > 0 else x <= 0


def _exponent(branch: Branch) -> float:
    p = AGGREGATORS[branch.aggregate].power(branch.parameters)
    assert p is not None, "only means of powers are flat"
    return p


def union(rows: Sequence[Whole]) -> Whole:
    """The rows that are in any of some sorted lists."""
    some = [one for one in rows if len(one)]
    if len(some) < 2:
        return some[0] if some else no_rows()
    return np.unique(np.concatenate(some))


def no_rows() -> Whole:
    """The rows that there are none of."""
    return np.zeros(0, dtype=np.int64)
