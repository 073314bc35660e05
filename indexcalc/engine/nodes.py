"""The inner nodes: children come together level by level, under one set of weights or under many at once."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..findings import Finding, finding
from ..methods import AGGREGATORS, CATALOGUE, FROM_DATA, UNIT_SPECIFIC, WEIGHTINGS
from ..methods.aggregate import FREE_SUM, NO_NUMBER
from ..methods.arrays import Array, Status, np
from ..methods.bounds import Given
from ..methods.records import Reason, WishedWeights
from ..panel import NOT_APPLICABLE, VALUE, Make, Panel, empty
from ..tree.layout import Branch
from ..tree.model import Index
from ..tree.terms import method_title
from ..words.agreement import in_both, told
from ..words.tree import NOT_DEFINED
from .floors import fill_floor, leaf_floors
from .frames import blocks, called, frames, groups_of, kinds_of, part_of, processors, some
from .rules import asks_for_children, combiner, coverage_of, enough, finish, undefined, weights_by_group

_UNITS = 1 << 16  # units aggregated at once: with smaller blocks the threads would mostly wait for each other
_SCORES = 1 << 19  # scores of which nodes made alike are taken at once, for the same reason
_FEWEST = 256  # units that are not worth a block of their own
UNDEFINED = {"refuse": "IC424", "missing": "IC450"}  # what is said where a node's method has no result
_UNREACHED = 5e-4  # importances that differ by less are shown as the same
STEADY = 12  # decimals of computed weights: what differs beyond between machines must not reach a score


@dataclass(frozen=True)
class Nodes:
    """What is known of the nodes on the way up: arrays (period, unit, node), or (period, draw, unit, node) of many draws.

    `applies` and `floors`, the worst scores, are left out where everything applies and nothing asks for them. `weights` are
    those of a node's children by its place: (child,), or (period, unit, child) with draws as above, an axis of 1 where they
    are alike. `undefined` says by a node's place where its method had no result for what is there.
    """

    index: Index
    panel: Panel
    scores: Array
    coverage: Array
    points: Array
    applies: Any
    floors: Array | None
    weights: dict[int, Array]
    undefined: dict[int, Any] = field(default_factory=dict)
    estimated: dict[int, Any] = field(default_factory=dict)
    """By a node's place which of its scores are estimates, where it has such."""


def aggregate(
    index: Index,
    panel: Panel,
    status: Status,
    scores: Array,
    make: Make = empty,
    *,
    weights: Mapping[int, Array] | None = None,
    coverage: Array | None = None,
    only: Collection[int] | None = None,
) -> Nodes:
    """Fill the inner nodes' part of `scores`, children first; with many draws of weights these are one more axis of it.

    Coverage is the share of a node's weight that had values, counted down to the leaves; what does not apply is in neither
    part. A child that was left without a score counts as not covered. Nodes that compare units are worked through one by one,
    with all units at once; runs of others in blocks of units. `weights` are given in place of what the tree says; with `only`
    no more nodes are made than these, the scores and `coverage` of the others below being known already.
    """
    tree = index.tree
    if coverage is None:
        coverage = make(len(panel.periods), len(panel.units), len(tree.branches))
    points = make(len(panel.periods), len(panel.units), len(index.adjustments)) if scores.ndim == 3 else np.empty(0)
    floors = (
        leaf_floors(index, scores, panel.units) if any(branch.missing.policy == "floor" for branch in tree.branches) else None
    )
    applies = applying(index, status, make)
    if scores.ndim == 4 and applies is not None:
        applies = applies[:, None]
    nodes = Nodes(index, panel, scores, coverage, points, applies, floors, dict(weights or {}))
    units = _blocks(panel) if scores.ndim == 3 else [slice(None)]
    with processors(units) as each:
        for alone, run in tree.runs:
            kinds = run if only is None else _among(run, only)
            # what compares units needs its children's scores of all of them, and so do weights made of scores, a formula's
            # too, which its coverage goes by; a floor needs the worst of them: each is a run by itself
            one_by_one = alone or floors is not None
            for together in [((branch,),) for kind in kinds for branch in kind] if one_by_one else [kinds]:
                for branch in (branch for kind in together for branch in kind):
                    if branch.position not in nodes.weights:
                        nodes.weights[branch.position] = _weights(index, panel, branch, scores, make)
                work = partial(_make, nodes, together)
                list(map(work, [slice(None)]) if alone else each(work, units))
                if floors is not None:
                    for (branch,) in together:
                        fill_floor(index, branch, nodes.weights[branch.position], floors, scores)
    return nodes


def _make(nodes: Nodes, kinds: Iterable[tuple[Branch, ...]], block: slice) -> None:
    """Make the nodes of some kinds, one kind after the other, for a block of units."""
    tree, scores, leaves = nodes.index.tree, nodes.scores, nodes.index.tree.leaves
    cells = math.prod(scores.shape[:-2]) * len(range(*block.indices(scores.shape[-2])))
    for alike in (each for kind in kinds for each in _together(kind, cells)):
        branch, positions = alike[0], [each.position for each in alike]
        w = _stacked([nodes.weights[position] for position in positions], block)
        x = _taken(scores, block, [each.children for each in alike])
        applies = None if nodes.applies is None else _taken(nodes.applies, block, [each.children for each in alike])
        inputs = x if branch.formula is None else _taken(scores, block, [branch.inputs])
        if nodes.floors is not None and branch.missing.policy == "floor":
            gaps = np.isnan(inputs)
            if nodes.applies is not None:
                gaps &= _taken(nodes.applies, block, [branch.inputs])
            floors = nodes.floors if nodes.floors.shape[-2] == 1 else nodes.floors[..., block, :]
            inputs = np.where(gaps, floors[..., None, :, list(branch.inputs)], inputs)
        y = combiner(tree, branch)(inputs, w)
        each_own = w.ndim == x.ndim and w.shape[-2] > 1  # each unit's own, 0 for what it misses
        own = each_own and branch.weights.over != "group" and not branch.by_group
        below = _coverage_below(x, alike, nodes.coverage, block, leaves)
        covered = coverage_of(x, applies, np.ones(x.shape[-1]) if own else w, below)
        if asks_for_children(branch.missing):
            asked: Any = x.shape[-1] if applies is None else np.count_nonzero(applies, axis=-1)
            there = enough(branch.missing, covered, np.count_nonzero(~np.isnan(x), axis=-1), asked)
        else:
            there = enough(branch.missing, covered)
        without = undefined(branch, y, inputs, w, covered) & there
        y = y if there.all() else np.where(there, y, np.nan)
        scores[..., block, part_of(positions)] = y.swapaxes(-2, -1)
        nodes.coverage[..., block, part_of([position - leaves for position in positions])] = covered.swapaxes(-2, -1)
        for i in np.flatnonzero(np.moveaxis(without, -2, 0).any(axis=tuple(range(1, without.ndim)))) if without.any() else ():
            nodes.undefined.setdefault(positions[i], np.zeros(scores.shape[:-1], bool))[..., block] = without[..., i, :]
        for node, each in enumerate(alike):
            if not each.plain:
                meant: Any = True if nodes.applies is None else nodes.applies[..., block, each.position]
                finished, points = finish(nodes.index, nodes.panel, each, y[..., node, :], block, applies=meant)
                if each.impute is not None:  # what is estimated counts as covered, as at leaves
                    nodes.estimated[each.position] = np.isnan(y[..., node, :]) & ~np.isnan(finished)
                    nodes.coverage[..., each.position - leaves][nodes.estimated[each.position]] = 1.0
                scores[..., block, each.position] = finished
                for place, added in zip(each.adjustments, points, strict=True) if nodes.points.ndim == 3 else ():
                    nodes.points[..., block, place] = added


def _among(run: Iterable[tuple[Branch, ...]], only: Collection[int]) -> tuple[tuple[Branch, ...], ...]:
    """Return the nodes of a run that are asked for, in their kinds."""
    kinds = (tuple(branch for branch in kind if branch.position in only) for kind in run)
    return tuple(kind for kind in kinds if kind)


def _blocks(panel: Panel) -> list[slice]:
    """Cut the units into blocks that are shared out evenly among the processors."""
    units = len(panel.units)
    if units <= _FEWEST:
        return [slice(None)]
    fair = -(-units // (os.cpu_count() or 1))
    return blocks(units, max(_FEWEST, min(fair, _UNITS // max(1, len(panel.periods)))))


def _together(alike: tuple[Branch, ...], cells: int) -> Iterator[tuple[Branch, ...]]:
    """Cut nodes that are made alike into as many as are quicker together."""
    most = max(1, _SCORES // max(1, cells * len(alike[0].children)))
    return (alike[start : start + most] for start in range(0, len(alike), most))


def _stacked(weights: list[Array], block: slice) -> Array:
    """Return the weights of some nodes as they broadcast against (…, node, unit, child)."""
    if len(weights) == 1:
        w = weights[0]
        return w if w.ndim == 1 else np.asarray(w if w.shape[-2] == 1 else w[..., block, :])[..., None, :, :]
    if all(w.ndim == 1 for w in weights):
        return np.stack(weights)[:, None]
    return np.stack(np.broadcast_arrays(*weights), axis=-3)


def _taken(values: Array, block: slice, places: list[tuple[int, ...]]) -> Array:
    """Return what some nodes are made of (…, node, unit, child)."""
    side_by_side = values[..., block, part_of([place for children in places for place in children])]
    return side_by_side.reshape(*side_by_side.shape[:-1], len(places), len(places[0])).swapaxes(-3, -2)


def applying(index: Index, status: Status, make: Make = empty) -> Any:
    """Return masks (period, unit, node) of what applies; nothing where everything does."""
    columns: Sequence[Any] = [slice(status.shape[-1])] if make is empty else range(status.shape[-1])  # of files one by one
    if make is empty and status.max(initial=VALUE) < NOT_APPLICABLE:
        return None
    if not any((status[..., part] == NOT_APPLICABLE).any() for part in columns):
        return None
    applies = make(status.shape[0], status.shape[1], len(index.tree.nodes), bool)
    for part in columns:
        applies[..., part] = status[..., part] != NOT_APPLICABLE
    for branch in index.tree.branches:
        applies[..., branch.position] = np.logical_or.reduce(applies[..., part_of(branch.children)], axis=-1)
    return applies


def _coverage_below(x: Array, alike: Sequence[Branch], coverage: Array, block: slice, leaves: int) -> Array | None:
    """Return the coverage (…, node, unit, child) of the children of some nodes, 1 for leaves; nothing where all are leaves."""
    places = [tuple(child - leaves for child in branch.children) for branch in alike]
    if max(map(max, places)) < 0:
        return None
    if min(map(min, places)) >= 0:
        return _taken(coverage, block, places)
    below = np.ones_like(x)
    for node, children in enumerate(places):
        for i, place in enumerate(children):
            if place >= 0:
                below[..., node, :, i] = coverage[..., block, place]
    return below


def _weights(index: Index, panel: Panel, branch: Branch, scores: Array, make: Make) -> Array:
    """Return the weights of a node's children: (child,) where they are the same everywhere, else (…, unit or 1, child)."""
    if branch.fixed_weights is not None:
        return branch.fixed_weights
    if branch.by_group:
        own = weights_by_group(branch, panel.units)
        return np.broadcast_to(own, (*scores.shape[:-2], *own.shape))
    choice, declared = branch.weights, np.array(branch.declared)
    method = CATALOGUE["weights"][choice.method]
    x = scores[..., part_of(branch.children)]
    found = [
        (members, units, np.asarray(method(values, declared, **choice.parameters)))
        for _, members in kinds_of(index, panel)
        for units, values in frames(index, panel, choice, x, members)
    ]
    each_unit = choice.over == "group" or any(w.ndim == x.ndim for _, _, w in found)
    out = np.empty((*x.shape[:-2], x.shape[-2] if each_unit else 1, x.shape[-1]))
    for members, units, w in found:
        own = w if w.ndim == x.ndim else w[..., None, :]
        if w.ndim == x.ndim and choice.over == "all":  # each unit's own, of all periods in a row
            own = np.moveaxis(w[0].reshape(*x.shape[1:-2], -1, *x.shape[-2:]), -3, 0)
        out[members][..., units, :] = own
    np.round(out, STEADY, out=out)
    if not each_unit or make is empty:
        return out
    kept = make(*out.shape)
    kept[...] = out
    return kept


def check_nodes(index: Index, panel: Panel, nodes: Nodes) -> Iterator[Finding]:
    """Name where computed weights are not defined, the children that they give nothing, and where aggregates are undefined."""
    for branch in index.tree.branches:
        if branch.weights.method in FROM_DATA:
            yield from _weight_findings(index, panel, branch, np.asarray(nodes.weights[branch.position]))
            yield from _unreached(index, panel, branch, nodes)
    for branch in index.tree.branches:
        if branch.normalise is not None:
            yield from _without_spread(index, panel, branch, nodes)
        if nodes.applies is not None and branch.formula is None and branch.aggregate in FREE_SUM:
            yield from _scaled_sums(index, panel, branch, nodes)
        if branch.impute is not None:
            yield from _not_estimated(index, panel, branch, nodes)
        if branch.position in nodes.undefined:
            yield from _undefined_cells(index, panel, branch, nodes, nodes.undefined[branch.position])


def _without_spread(index: Index, panel: Panel, branch: Branch, nodes: Nodes) -> Iterator[Finding]:
    """Name the periods, and groups, in which a node that compares the units once more has no score for any."""
    y, choice = nodes.scores[..., branch.position], branch.normalise
    assert choice is not None
    bare = []
    by = panel.units.groups if choice.over == "group" else ()
    for mask in groups_of(panel, "group" if by else None):
        name = by[int(np.flatnonzero(mask)[0])] if by else ""
        for period in np.flatnonzero(np.isnan(y[:, mask]).all(axis=1)).tolist():
            at, own = slice(period, period + 1), branch.position
            x, w = nodes.scores[at][:, mask][..., list(branch.inputs)], nodes.weights[own]
            w = w if w.ndim == 1 else (w[at] if w.shape[-2] == 1 else w[at][:, mask])
            made = combiner(index.tree, branch)(x, w)
            there = enough(branch.missing, nodes.coverage[at][:, mask, own - index.tree.leaves])
            if (~np.isnan(made) & there).any():
                bare.append(f"{name} {panel.periods[period]}".strip())
    if bare:
        node = index.tree.nodes[branch.position]
        yield finding("IC453", index.place_of(node.id, "normalise"), node=node.id, name=node.name, periods=some(bare))


def estimated_in(index: Index, nodes: Nodes) -> Counter[str]:
    """Return how many scores of each inner node are estimates, by id."""
    counts = {index.tree.nodes[at].id: int(np.count_nonzero(flags)) for at, flags in nodes.estimated.items()}
    return Counter({node: count for node, count in counts.items() if count})


def _not_estimated(index: Index, panel: Panel, branch: Branch, nodes: Nodes) -> Iterator[Finding]:
    """Say of how many scores of a node there was nothing to estimate them from."""
    gaps = np.isnan(nodes.scores[..., branch.position])
    gaps &= True if nodes.applies is None else nodes.applies[..., branch.position]
    if gaps.any() and branch.impute is not None:
        node, periods = index.tree.nodes[branch.position], [panel.periods[at] for at in np.flatnonzero(gaps.any(axis=1))]
        said = {"name": node.name, "count": int(np.count_nonzero(gaps)), "method": branch.impute.method}
        yield finding("IC455", index.place_of(node.id, "impute"), node=node.id, periods=some(periods), **said)


def _scaled_sums(index: Index, panel: Panel, branch: Branch, nodes: Nodes) -> Iterator[Finding]:
    """Say for which units a sum was scaled up, as a child of it does not apply to them."""
    lacks = ~np.asarray(nodes.applies[..., list(branch.children)]) & (np.array(branch.declared) != 0)
    scaled = lacks.any(axis=-1) & ~np.isnan(nodes.scores[..., branch.position])
    if scaled.any():
        units = [panel.units.title(unit) for unit in np.flatnonzero(scaled.any(axis=0)).tolist()]
        children = [
            child for child, own in zip(branch.children, lacks.reshape(-1, lacks.shape[-1]).any(axis=0), strict=True) if own
        ]
        yield scaled_sum(index, branch.position, children, units, int(np.count_nonzero(scaled)))


def scaled_sum(index: Index, position: int, children: Sequence[int], units: Sequence[str], count: int) -> Finding:
    """Say that so many sums of a node were scaled up for children that do not apply to some units."""
    node, nodes = index.tree.nodes[position], index.tree.nodes
    own, named = called(index, [node.id]), called(index, [nodes[child].id for child in children])
    return finding("IC454", index.place_of(node.id), node=own, children=named, units=some(units), count=count)


def _weight_findings(index: Index, panel: Panel, branch: Branch, w: Array) -> Iterator[Finding]:
    """Name the periods in which computed weights are not defined, and the children that were given none."""
    node = index.tree.nodes[branch.position]
    place = index.place_of(node.id, "weights") if getattr(node, "weights", None) else index.place_of(node.id)
    method = in_both(branch.weights.method, method_title(branch.weights.method, "zh", "weights"))
    without = np.asarray(np.isnan(w).any(axis=(1, 2)))
    if without.any():
        periods = some([panel.periods[period] for period in np.flatnonzero(without)])
        how = {"how": NOT_DEFINED[0].format(periods), "how_zh": NOT_DEFINED[1].format(periods)}
        yield finding("IC429", place, node=called(index, [node.id]), method=branch.weights.method, **how)
    nothing = ((w == 0).all(axis=1) & ~without[:, None]).any(axis=0)
    if nothing.any() and branch.weights.method not in UNIT_SPECIFIC:
        children = called(index, [index.tree.nodes[branch.children[i]].id for i in np.flatnonzero(nothing)])
        yield finding("IC428", place, node=called(index, [node.id]), method=method, children=children)


def _unreached(index: Index, panel: Panel, branch: Branch, nodes: Nodes) -> Iterator[Finding]:
    """Name the periods in which what is wished of a node's weights cannot be reached, and the first that is reached instead."""
    record, node, choice = WEIGHTINGS[branch.weights.method], index.tree.nodes[branch.position], branch.weights
    if not isinstance(record, WishedWeights):
        return
    children = [index.tree.nodes[child].id for child in branch.children]
    x, w = nodes.scores[..., part_of(branch.children)], nodes.weights[branch.position]
    periods: dict[str, list[str]] = {}
    for _, members in kinds_of(index, panel):
        for units, values in frames(index, panel, choice, x, members):
            first = 0 if isinstance(units, slice) else int(units[0])
            own = w[members][: len(values), first]
            wished, reached = record.reached(values, np.array(branch.declared), own, record.given(choice.parameters))
            for at in range(len(own)):
                of = slice(None) if len(values) == 1 else slice(at, at + 1)
                if said := unmet(children, wished[at], reached[at]):
                    periods.setdefault(said, []).extend(panel.periods[members][of])
    if periods:
        where = some(list(dict.fromkeys(period for each in periods.values() for period in each)))
        named, reached_first = called(index, [node.id]), next(iter(periods))
        yield finding("IC456", index.place_of(node.id, "weights"), node=named, periods=where, reached=reached_first)


def unmet(children: Sequence[str], wished: Array, reached: Array) -> str:
    """Return what children matter, with what was wished, where that differs; nothing where it does not."""
    if not (np.abs(reached - wished) > _UNREACHED).any():
        return ""
    return ", ".join(f"{child} {one:.3f} ({other:.3f})" for child, one, other in zip(children, reached, wished, strict=True))


def _undefined_cells(index: Index, panel: Panel, branch: Branch, nodes: Nodes, where: Any) -> Iterator[Finding]:
    """Name the units that an aggregate is undefined for, with the children that make it so."""
    for period in np.flatnonzero(where.any(axis=1)).tolist():
        x, w = nodes.scores[period][..., list(branch.inputs)], nodes.weights[branch.position]
        told = reasons(branch, x, w if w.ndim == 1 else w[period], np.flatnonzero(where[period]))
        for reason, units, children in told:
            names = [panel.units.title(unit) for unit in units]
            yield undefined_at(index, branch, panel.periods[period], some(names), reason, children)


def reasons(branch: Branch, x: Array, w: Array, units: Iterable[int]) -> Iterator[tuple[Reason, list[int], list[int]]]:
    """Yield why some units have no result, of scores x (unit, input): each reason, its units, the places of its children."""
    record = None if branch.formula is not None else AGGREGATORS[branch.aggregate]
    given, left = record.given(branch.parameters) if record else Given(), list(units)
    for reason in (*(record.reasons if record else ()), NO_NUMBER):
        told = reason.where(x, w, given)
        own = [unit for unit in left if told[unit].any()]
        left = [unit for unit in left if unit not in own]
        if own:
            yield reason, own, [branch.inputs[i] for i in np.flatnonzero(told[own].any(axis=0))]


def undefined_at(index: Index, branch: Branch, period: str, units: str, reason: Reason, children: Sequence[int]) -> Finding:
    """Say that a node has no result for some units in a period, and why."""
    node = index.tree.nodes[branch.position].id
    named = called(index, sorted(index.tree.nodes[child].id for child in children))
    said = [one.format(children=told(named, language)) for one, language in zip(reason.words, ("en", "zh"), strict=True)]
    method = "formula" if branch.formula else branch.aggregate
    return finding(
        UNDEFINED[branch.undefined],
        index.place_of(node),
        node=called(index, [node]),
        method=in_both(method, method_title(method, "zh", "aggregate")),
        period=period,
        units=units,
        children=named,
        why=said[0],
        why_zh=said[1],
        ways=reason.ways[0],
        ways_zh=reason.ways[1],
    )
