"""One unit against another, against its group's mean or the best: where the difference comes from, and what weighs most.

Contributions add up to each parent's score, so differences of contributions add up to the difference of scores, at every
level and whatever the aggregator; the mean of a group's contributions is a sum of the same kind. That says where two scores
part. What a short board 短板 costs is another question, and is asked of the engine: what score and what rank would the unit
have if it stood at its group's mean there and nowhere else?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.frames import groups_of
from ..engine.ranking import overall
from ..methods.arrays import np
from ..scores import Scores
from .contribution import Rows, adjusted, contributions, effective
from .worlds import of_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Versus:
    """A unit beside others: arrays (2, node), the unit's own first, then the others' mean (or the one other's).

    `contribution` is what a node adds to its parent's score, `points` what it adds to the index in the end, `adjusted` what
    adjustments added to it. For every inner node the differences of its children's contributions and of its own adjustments
    add up to the difference of its scores. NaN where either has no score.
    """

    period: int
    unit: int
    others: tuple[int, ...]
    scores: Array
    contribution: Array
    points: Array
    adjusted: Array


@dataclass(frozen=True)
class Boards:
    """What each node (node,) is worth to a unit against its group: short boards below 0, strengths above.

    `points` is the unit's score less the one it would have at the group's `mean` of the node's indicators, all else as it is;
    `places` how many ranks that gains it (a loss below 0). NaN where the unit or the group has nothing there.
    """

    period: int
    unit: int
    group: tuple[int, ...]
    mean: Array
    points: Array
    places: Array


def versus(scores: Scores, period: int, unit: int, others: Sequence[int]) -> Versus:
    """Set a unit's scores and contributions beside the mean of some others (one other: beside its own)."""
    rows = Rows(period, (unit, *others))
    own = contributions(scores, rows)
    found = [scores.scores[period, list(rows.units)], own[0], effective(scores, own, rows)[0]]
    added = np.zeros_like(found[0])
    for branch in scores.tree.branches:
        added[:, branch.position] = adjusted(scores, branch.position)[period, list(rows.units)]
    beside = [np.stack([array[0], _mean(array[1:])]) for array in (*found, added)]
    return Versus(period, unit, tuple(others), *beside)


def _mean(x: Array) -> Array:
    """The mean over units of those that have a value (node,)."""
    there = np.count_nonzero(~np.isnan(x), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(x, axis=0) / there)


def group_of(scores: Scores, unit: int) -> tuple[int, ...]:
    """Return the units that a unit is ranked among, itself too: its group's, or all where it is in none or alone."""
    units = scores.panel.units
    by = scores.index.ranking.within or ("group" if units.groups else None)
    mask = next(mask for mask in groups_of(scores.panel, by) if mask[unit])
    return tuple(np.flatnonzero(mask).tolist()) if np.count_nonzero(mask) > 1 else tuple(range(len(units)))


def best_of(scores: Scores, period: int, unit: int) -> int:
    """Return the unit that is first in a period, or the second for the first itself."""
    places = np.array(scores.rank()[period], dtype=float)
    places[unit] = np.nan
    return unit if np.isnan(places).all() else int(np.nanargmin(places))


def boards(scores: Scores, period: int, unit: int, group: Sequence[int]) -> Boards:
    """Say what each node is worth to a unit against its group, in points of the index and in places.

    For each node the unit's scores of the indicators below it are exchanged for the group's means of them, where both are
    there, and the tree is aggregated anew, with all units where they are compared once more. Frames of indicators and
    the others' indicators stay as they are.
    """
    tree, leaves = scores.tree, scores.tree.leaves
    own = scores.scores[period, unit, :leaves]
    middle = _mean(scores.scores[period, list(group)])
    below = np.zeros((len(tree.nodes), leaves), bool)
    below[np.arange(leaves), np.arange(leaves)] = True
    for branch in tree.branches:
        below[branch.position] = below[list(tree.below(branch.position))].any(axis=0)
    exchanged = below & ~np.isnan(own) & ~np.isnan(middle[:leaves])
    counts = np.flatnonzero(exchanged.any(axis=-1) & _counting(scores))
    points, places = np.full(len(tree.nodes), np.nan), np.full(len(tree.nodes), np.nan)
    if len(counts) and not np.isnan(scores.score()[period, unit]):
        rows = np.where(exchanged[counts], middle[:leaves], own)
        world = of_scores(scores, period)
        status = np.repeat(np.where(np.isnan(own), scores.status[period, unit], 0)[None], len(rows), axis=0)
        if world.alone:
            found = world.taken([unit]).with_own(np.zeros(len(rows), int), rows, status.astype(np.uint8))[0]
            peers = np.repeat(scores.score()[period][None], len(rows), axis=0)
            peers[:, unit] = found
            rank = overall(scores.index.ranking, peers[..., None])[:, unit, 0]
        else:
            found, rank = world.with_own(np.full(len(rows), unit), rows, status.astype(np.uint8))
        points[counts] = scores.score()[period, unit] - found
        places[counts] = rank - scores.rank()[period, unit]
    return Boards(period, unit, tuple(group), middle, points, places)


def _counting(scores: Scores) -> Any:
    """The nodes that the index is made of: all below it but boards of their own (node,)."""
    tree = scores.tree
    counting = np.zeros(len(tree.nodes), bool)
    counting[tree.root] = True
    for branch in reversed(tree.branches):
        if counting[branch.position]:
            counting[[*branch.children, *branch.inputs]] = True
    counting[tree.root] = False
    return counting
