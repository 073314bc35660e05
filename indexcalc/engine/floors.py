"""Floors: the lowest score that stands in for a gap, where a node asks for that."""

from __future__ import annotations

from dataclasses import replace

from ..methods.arrays import Array, np
from ..panel import NOT_APPLICABLE, VALUE
from ..scores import Scores
from ..tree.layout import Branch, lowest, normalise_of
from ..tree.model import Index, Missing
from ..units import Units
from .frames import ways_by_group
from .rules import combiner


def used_inputs(scores: Scores, branch: Branch) -> Array:
    """Return what went into a node (period, unit, input): floors in place of gaps where it asks for that."""
    x = scores.scores[..., list(branch.inputs)]
    if branch.missing.policy != "floor" or not np.isnan(x).any():
        return x
    floors = leaf_floors(scores.index, scores.scores, scores.panel.units)
    for each, w in zip(scores.tree.branches, scores.weights, strict=True):
        fill_floor(scores.index, each, w, floors, scores.scores)
    applies = np.stack([scores.node_status(place) != NOT_APPLICABLE for place in branch.inputs], axis=-1)
    return np.where(np.isnan(x) & applies, floors[..., list(branch.inputs)], x)


def with_floors(scores: Scores) -> Scores | None:
    """Return scores with the floors of leaves in place of their gaps; nothing where floors depend on other units or on weights.

    Where every node takes floors and none compares units, a gap is the same as the lowest score that its method gives.
    """
    branches = scores.tree.branches
    if not any(branch.missing.policy == "floor" for branch in branches):
        return scores
    inner = [branch for branch in branches if branch.position != scores.tree.root]
    lows = scores.tree.lows
    if any("low" in normalise_of(scores.index, leaf).by_group for leaf in scores.index.leaves):
        return None
    if None in lows or any(branch.missing.policy != "floor" or branch.compares for branch in branches):
        return None
    if not all(branch.plain for branch in inner):
        return None
    made, status = scores.scores.copy(), scores.status.copy()
    leaves = made[..., : scores.tree.leaves]
    gaps = np.isnan(leaves) & (status != NOT_APPLICABLE)
    leaves[...] = np.where(gaps, np.array(lows, dtype=float), leaves)
    status[gaps] = VALUE
    without = scores.index.defaults.model_copy(
        update={"missing": Missing(policy="reweight", coverage=0.0)}
    )  # no gap is left to fill
    return replace(scores, index=scores.index.model_copy(update={"defaults": without}), scores=made, status=status)


def leaf_floors(index: Index, scores: Array, units: Units) -> Array:
    """Return the worst score of each node (…, 1, node), the leaves' part filled: a method's `low`, or the worst seen.

    They are each unit's own (…, unit, node) where some differ by groups of units.
    """
    choices = [normalise_of(index, leaf) for leaf in index.leaves]
    apart = any("low" in choice.by_group for choice in choices) or any(branch.by_group for branch in index.tree.branches)
    count = scores.shape[-2] if apart else 1
    floors = np.full((*scores.shape[:-2], count, len(index.tree.nodes)), np.nan)
    for position, choice in enumerate(choices):
        ways = ways_by_group(units, choice) if "low" in choice.by_group else [(choice, slice(None))]
        for own, members in ways:
            worst = lowest(own)
            seen = np.fmin.reduce(scores[..., position], axis=-1)[..., None] if worst is None else worst
            floors[..., members, position] = seen
    return floors


def fill_floor(index: Index, branch: Branch, w: Array, floors: Array, scores: Array) -> None:
    """Fill in the worst score of an inner node: made of the worst of what goes into it, or the worst seen."""
    if branch.plain and not branch.compares:
        floors[..., branch.position] = combiner(index.tree, branch)(floors[..., list(branch.inputs)], w)
    else:
        floors[..., branch.position] = np.fmin.reduce(scores[..., branch.position], axis=-1)[..., None]
