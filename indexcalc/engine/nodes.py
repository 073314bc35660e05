"""The inner nodes: children come together level by level, and what is then done with the result."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..findings import Finding, finding
from ..methods import AGGREGATORS, CATALOGUE, FROM_DATA, UNIT_SPECIFIC, parameters
from ..methods.aggregate import in_turn, weight_there
from ..methods.arrays import np
from ..methods.derive import evaluate
from ..methods.rank import rounded
from ..panel import NOT_APPLICABLE, VALUE, Make, Panel, empty
from ..scores import Scores
from ..tree.layout import Branch, Tree, normalise_of
from ..tree.model import Index
from .adjust import adjust
from .frames import blocks, compare, frames, kinds_of, part_of, some, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Status = NDArray[np.uint8]

_UNITS = 1 << 16  # units aggregated at once: with smaller blocks the threads would mostly wait for each other
_SCORES = 1 << 19  # scores of which nodes made alike are taken at once, for the same reason
_FEWEST = 256  # units that are not worth a block of their own
SLACK = 1e-12  # shares are compared with their thresholds up to this
STEADY = 12  # decimals of computed weights: what differs beyond between machines must not reach a score


def aggregate(
    index: Index, panel: Panel, status: Status, scores: Array, make: Make = empty
) -> tuple[tuple[Array, ...], Array, Array, list[Finding]]:
    """Fill the inner nodes' part of `scores`, children first.

    Returns the weights of each node's children, each broadcastable to (period, unit, child); the coverage (period, unit,
    inner node); the points that each adjustment added (period, unit, adjustment); and what was found. Coverage is the share
    of a node's weight that had values, counted down to the leaves; what does not apply is in neither part. A child that
    was left without a score counts as not covered. Nodes that compare units are worked through one by one, with all
    units at once; runs of others in blocks of units.
    """
    tree = index.tree
    leaves, nodes = tree.leaves, len(tree.nodes)
    coverage = make(len(panel.periods), len(panel.units), nodes - leaves)
    points = make(len(panel.periods), len(panel.units), len(index.adjustments))
    applies = _applicable(status, nodes, make)
    floors = _leaf_floors(index, scores) if any(branch.missing.policy == "floor" for branch in tree.branches) else None
    undefined: dict[int, Any] = {}
    weights: dict[int, Array] = {}
    found: list[Finding] = []

    def work(kinds: Iterable[tuple[Branch, ...]], block: slice) -> None:
        cells = len(panel.periods) * len(range(*block.indices(len(panel.units))))
        for kind in kinds:
            for alike in _together(kind, cells):
                aggregate_block(alike, _stacked([weights[branch.position] for branch in alike], block), block)

    def aggregate_block(alike: Sequence[Branch], w: Array, block: slice) -> None:
        branch, positions = alike[0], [each.position for each in alike]
        x = _taken(scores, block, [each.children for each in alike])
        app = None if applies is None else _taken(applies, block, [each.children for each in alike])
        covered = _covered(x, app, w, alike, coverage, block, leaves)
        enough = _enough(x, app, covered, branch)
        inputs = x if branch.formula is None else _taken(scores, block, [branch.inputs])
        if branch.missing.policy == "floor" and floors is not None:
            there = app if branch.formula is None or applies is None else _taken(applies, block, [branch.inputs])
            gaps = np.isnan(inputs) if there is None else np.isnan(inputs) & there
            inputs = np.where(gaps, floors[:, None, :, branch.inputs], inputs)
        y = combine(tree, branch, inputs, w)
        y = y if enough.all() else np.where(enough, y, np.nan)
        scores[:, block, part_of(positions)] = y.swapaxes(1, 2)
        coverage[:, block, part_of([position - leaves for position in positions])] = covered.swapaxes(1, 2)
        if app is not None:
            applies[:, block, part_of(positions)] = np.logical_or.reduce(app, axis=-1).swapaxes(1, 2)
        here = np.isnan(y)
        here &= enough
        here &= covered > 0
        if branch.formula is not None or AGGREGATORS[branch.aggregate].undefined == "without a child":
            here &= ~np.isnan(inputs).any(axis=-1)  # what needs all of its children is missing without one, not undefined
        if here.any() and branch.formula is None:  # where nothing that is there has a weight, there is nothing to undefine
            here &= np.add.reduce(np.where(np.isnan(inputs), 0.0, np.abs(w)), axis=-1) > 0
        for i in np.flatnonzero(here.any(axis=(0, 2))) if here.any() else ():
            undefined.setdefault(positions[i], np.zeros(scores.shape[:2], bool))[:, block] = here[:, i]
        for each in alike:
            if not each.plain:
                _finish(index, panel, each, scores, points, block)

    parts = _parts(panel)
    for alone, run in tree.runs:
        # what compares units needs its children's scores of all of them, and so do weights made of scores, a formula's too, which
        # its coverage goes by; a floor needs the worst of them: each is a run by itself
        one_by_one = alone or floors is not None
        for kinds in [((branch,),) for kind in run for branch in kind] if one_by_one else [run]:
            own = [branch for kind in kinds for branch in kind]
            weights |= {branch.position: _weights(index, panel, branch, scores, make) for branch in own}
            spread(partial(work, kinds), [slice(None)] if alone else parts)
            for branch in own if one_by_one else ():
                if floors is not None:
                    _fill_floor(index, branch, weights[branch.position], floors, scores)
                found += _weight_findings(index, panel, branch, weights[branch.position])
    for branch in tree.branches:
        if branch.position in undefined:
            found += _undefined_cells(index, panel, branch, scores, undefined[branch.position])
    return tuple(weights[branch.position] for branch in tree.branches), coverage, points, found


def _parts(panel: Panel) -> list[slice]:
    """Blocks of units that are shared out evenly among the processors."""
    units = len(panel.units)
    if units <= _FEWEST:
        return [slice(None)]
    fair = -(-units // (os.cpu_count() or 1))
    return blocks(units, max(_FEWEST, min(fair, _UNITS // max(1, len(panel.periods)))))


def _together(alike: tuple[Branch, ...], cells: int) -> Iterator[tuple[Branch, ...]]:
    """Cut nodes that are made alike into as many as are quicker together."""
    most = max(1, _SCORES // max(1, cells * len(alike[0].children)))
    return (alike[at : at + most] for at in range(0, len(alike), most))


def _stacked(weights: list[Array], block: slice) -> Array:
    """The weights of some nodes as they broadcast against (period, node, unit, child)."""
    first = weights[0]
    if first.ndim == 1:
        return first if len(weights) == 1 else np.stack(weights)[:, None]
    return np.asarray(first if first.shape[1] == 1 else first[:, block])[:, None]


def _taken(values: Array, block: slice, places: list[tuple[int, ...]]) -> Array:
    """What some nodes are made of (period, node, unit, child)."""
    side_by_side = values[:, block, part_of([place for its_own in places for place in its_own])]
    return side_by_side.reshape(*side_by_side.shape[:2], len(places), len(places[0])).swapaxes(1, 2)


def _applicable(status: Status, nodes: int, make: Make) -> Any:
    """Masks (period, unit, node) of what applies, the leaves' part filled; nothing where everything applies."""
    columns = range(status.shape[-1])
    if make is empty and status.max(initial=VALUE) < NOT_APPLICABLE:
        return None
    if not any((status[..., at] == NOT_APPLICABLE).any() for at in columns):
        return None
    applies = make(status.shape[0], status.shape[1], nodes, bool)
    for at in columns:
        applies[..., at] = status[..., at] != NOT_APPLICABLE
    return applies


def _weights(index: Index, panel: Panel, branch: Branch, scores: Array, make: Make) -> Array:
    """The weights of a node's children: (child,) where they are the same everywhere, else (period, unit or 1, child)."""
    if branch.fixed_weights is not None:
        return branch.fixed_weights
    choice, declared = branch.weights, np.array(branch.declared)
    method = CATALOGUE["weights"][choice.method]
    x = scores[..., part_of(branch.children)]
    found = [
        (members, units, np.asarray(method(values, declared, **choice.parameters)))
        for _, members in kinds_of(index, panel)
        for units, values in frames(index, panel, choice, x, members)
    ]
    each_unit = choice.over == "group" or any(w.ndim == x.ndim for _, _, w in found)
    out = empty(len(panel.periods), len(panel.units) if each_unit else 1, len(declared))
    for members, units, w in found:
        own = w if w.ndim == x.ndim else w[:, None]
        if w.ndim == x.ndim and choice.over == "all":  # each unit's own, of all periods in a row
            own = w.reshape(x[members].shape)
        out[members, units] = own
    out = np.round(out, STEADY)
    if not each_unit or make is empty:
        return out
    kept = make(*out.shape)
    kept[...] = out
    return kept


def _covered(x: Array, applies: Any, w: Array, alike: Sequence[Branch], coverage: Array, block: slice, leaves: int) -> Array:
    """The share of the weight of what applies that had values; children count alike where weights say nothing of that.

    That is where weights are not defined, where all that apply are 0, and where each unit has its own, 0 for what it misses.
    """
    own = w.ndim == x.ndim and w.shape[-2] > 1 and alike[0].weights.over != "group"
    evenly = np.ones(x.shape[-1])
    w = evenly if own else np.where(np.isnan(w), 1.0, np.abs(w))
    below = _coverage_below(x, alike, coverage, block, leaves)
    covered, whole = _weight_covered(x, applies, w, below)
    if (nothing := whole == 0).any():
        share, number = _weight_covered(x, applies, evenly, below)
        covered, whole = np.where(nothing, share, covered), np.where(nothing, number, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covered / whole)


def _coverage_below(x: Array, alike: Sequence[Branch], coverage: Array, block: slice, leaves: int) -> Array | None:
    """The coverage (period, node, unit, child) of the children of some nodes, 1 for leaves; nothing where all are leaves."""
    places = [tuple(child - leaves for child in branch.children) for branch in alike]
    if max(map(max, places)) < 0:
        return None
    if min(map(min, places)) >= 0:
        return _taken(coverage, block, places)
    below = np.ones_like(x)
    for node, own in enumerate(places):
        for i, place in enumerate(own):
            if place >= 0:
                below[:, node, :, i] = coverage[:, block, place]
    return below


def _weight_covered(x: Array, applies: Any, w: Array, below: Array | None) -> tuple[Array, Array]:
    covered = weight_there(x, w) if below is None else in_turn(np.where(np.isnan(x), 0.0, below * w))
    whole = np.add.reduce(w if applies is None else np.where(applies, w, 0.0), axis=-1)
    return covered, np.asarray(whole)


def _enough(x: Array, applies: Any, covered: Array, branch: Branch) -> Any:
    missing = branch.missing
    if missing.policy == "fail":
        gaps = np.isnan(x) if applies is None else np.isnan(x) & applies
        return ~gaps.any(axis=-1) & (covered > 0)
    if missing.policy == "floor":
        return covered >= 0
    enough = covered >= missing.coverage - SLACK
    if missing.children:
        asked = x.shape[-1] if applies is None else np.count_nonzero(applies, axis=-1)
        enough &= np.count_nonzero(~np.isnan(x), axis=-1) >= missing.children * asked - SLACK
    return enough


def combine(tree: Tree, branch: Branch, x: Array, w: Array) -> Array:
    """Bring what goes into a node (…, unit, input) together as the node says; w broadcasts against x."""
    if branch.formula is not None:
        values = {tree.nodes[place].id: x[..., i] for i, place in enumerate(branch.inputs)}
        return np.broadcast_to(evaluate(branch.formula, values), x.shape[:-1])
    return np.asarray(CATALOGUE["aggregate"][branch.aggregate](x, w, **branch.parameters))


def _finish(index: Index, panel: Panel, branch: Branch, scores: Array, points: Array, block: slice) -> None:
    """Compare the units once more, turn, adjust and round what a node's children have come together to."""
    position = branch.position
    if branch.normalise is not None:
        sign = np.array([-1.0 if branch.turned else 1.0])
        made = empty(scores.shape[0], scores.shape[1], 1)
        compare(index, panel, branch.normalise, scores[..., part_of([position])], sign, made, slice(None))
        scores[..., position] = made[..., 0]
    elif branch.turned:
        scores[:, block, position] = mirror(index) - scores[:, block, position]
    if branch.adjustments:
        adjust(index, panel, branch, scores, points, block)
    if branch.round is not None:
        scores[:, block, position] = rounded(scores[:, block, position], branch.round.decimals, branch.round.how)


def mirror(index: Index) -> float:
    """Return what a score and its mirror add up to: the ends of the default normaliser's range, twice its mean, or else 0."""
    choice = index.defaults.normalise
    takes = {name: parameter.default for name, parameter in parameters("normalise", choice.method).items()} | choice.parameters
    if "mean" in takes and "sd" in takes:
        return 2.0 * float(takes["mean"])
    return float(takes["low"]) + float(takes["high"]) if "low" in takes and "high" in takes else 0.0


def used_inputs(scores: Scores, branch: Branch) -> Array:
    """Return what went into a node (period, unit, input): floors in place of gaps where it asks for that."""
    x = scores.scores[..., list(branch.inputs)]
    if branch.missing.policy != "floor":
        return x
    floors = _leaf_floors(scores.index, scores.scores)
    for each, w in zip(scores.tree.branches, scores.weights, strict=True):
        _fill_floor(scores.index, each, w, floors, scores.scores)
    applying = np.stack([scores.node_status(place) != NOT_APPLICABLE for place in branch.inputs], axis=-1)
    return np.where(np.isnan(x) & applying, floors[..., list(branch.inputs)], x)


def _leaf_floors(index: Index, scores: Array) -> Array:
    """The worst score of each node (period, 1, node), the leaves' part filled: a method's `low`, or the worst seen."""
    floors = np.full((scores.shape[0], 1, len(index.tree.nodes)), np.nan)
    for position, leaf in enumerate(index.leaves):
        choice = normalise_of(index, leaf)
        low = parameters("normalise", choice.method).get("low")
        worst = choice.parameters.get("low", low.default if low else None)
        floors[:, 0, position] = np.fmin.reduce(scores[..., position], axis=1) if worst is None else worst
    return floors


def _fill_floor(index: Index, branch: Branch, w: Array, floors: Array, scores: Array) -> None:
    """The worst score of an inner node: made of the worst of what goes into it, or the worst seen where that says nothing."""
    if branch.plain and not branch.compares:
        floors[..., branch.position] = combine(index.tree, branch, floors[..., list(branch.inputs)], w)
    else:
        floors[:, 0, branch.position] = np.fmin.reduce(scores[..., branch.position], axis=1)


def _weight_findings(index: Index, panel: Panel, branch: Branch, w: Array) -> Iterator[Finding]:
    """Name the periods in which computed weights are not defined, and the children that were given none."""
    if branch.weights.method not in FROM_DATA:
        return
    node = index.tree.nodes[branch.position]
    place = index.place_of(node.id, "weights") if getattr(node, "weights", None) else index.place_of(node.id)
    w = np.asarray(w)
    without = np.asarray(np.isnan(w).any(axis=(1, 2)))
    if without.any():
        periods = some([panel.periods[at] for at in np.flatnonzero(without)])
        yield finding("IC429", place, node=node.id, method=branch.weights.method, periods=periods)
    nothing = ((w == 0).all(axis=1) & ~without[:, None]).any(axis=0)
    if nothing.any() and branch.weights.method not in UNIT_SPECIFIC:
        children = some([index.tree.nodes[branch.children[i]].id for i in np.flatnonzero(nothing)])
        yield finding("IC428", place, node=node.id, method=branch.weights.method, children=children)


def _undefined_cells(index: Index, panel: Panel, branch: Branch, scores: Array, where: Any) -> Iterator[Finding]:
    """Name the units that an aggregate is undefined for, with the children at or below 0 that make it so."""
    node, inputs = index.tree.nodes[branch.position], list(branch.inputs)
    x = scores[..., inputs]
    cells = np.argwhere(where)
    for period in dict.fromkeys(cells[:, 0].tolist()):
        units = cells[cells[:, 0] == period, 1].tolist()
        low = sorted({index.tree.nodes[inputs[i]].id for u in units for i in np.flatnonzero(x[period, u] <= 0)})
        yield finding(
            "IC424",
            index.place_of(node.id),
            node=node.id,
            method="formula" if branch.formula else branch.aggregate,
            period=panel.periods[period],
            units=some([panel.units.title(unit) for unit in units]),
            children=some(low),
        )
