"""One unit against another, against its group's mean or the best: where the difference comes from, and what weighs most.

Contributions add up to each parent's score, so differences of contributions add up to the difference of scores, at every
level and whatever the aggregator; the mean of a group's contributions is a sum of the same kind. That says where two scores
part. What a short board costs is another question, and is asked of the engine: what score and what rank would the unit
have if it stood at its group's mean there and nowhere else?
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.frames import groups_of
from ..engine.ranking import overall
from ..methods.arrays import np
from ..scores import Scores
from ..tree.model import Indicator
from .cells import Cell, cells_of
from .contribution import Rows, adjusted, contributions, effective
from .result import Result
from .worlds import of_scores

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array

Pair = tuple[float, float]


@dataclass(frozen=True)
class Differences:
    """A unit beside others: arrays (2, node), the unit's own first, then the others' mean (or the one other's).

    `contribution` is what a node adds to its parent's score, `points` what it adds to the index in the end, `adjusted` what
    adjustments added to it. For every inner node the differences of its children's contributions and of its own adjustments
    add up to the difference of its scores. NaN where either has no score.
    """

    scores: Array
    contribution: Array
    points: Array
    adjusted: Array


@dataclass(frozen=True)
class Beside:
    """A node of one unit beside that of others: pairs, the unit's own first; NaN for what there is not.

    `rank` has the other's too where there is one other alone. Of an indicator `value` is its value and the others' mean, and
    `cells` are those of the unit, and of the other where there is one; `children` are left out below the depth asked for.
    """

    position: int
    node: str
    name: str
    weight: float
    score: Pair
    contribution: Pair
    index_points: Pair
    adjusted: Pair
    rank: tuple[float, ...]
    value: Pair | None = None
    status: int | None = None
    cells: tuple[tuple[Cell, ...], ...] = ()
    children: tuple[Beside, ...] = ()

    def walk(self, level: int = 0) -> Iterator[tuple[int, Beside]]:
        """Yield the node and all below it, each with how far below it is."""
        yield level, self
        for child in self.children:
            yield from child.walk(level + 1)


@dataclass(frozen=True)
class Versus(Result):
    """A unit beside others in a period, walked down from a node so many levels deep, 0 for all.

    With `is_mean` it is set beside the mean of its group, and `boards` say what that is worth.
    """

    scores: Scores
    period: int
    unit: int
    others: tuple[int, ...]
    is_mean: bool
    depth: int
    tree: Beside
    boards: Boards | None

    def frame(self) -> pd.DataFrame:
        """Return a row a node, in the order of the tree, with what both have and the differences."""
        import pandas as pd

        rows = []
        for level, one in self.tree.walk():
            row: dict[str, Any] = {"depth": level, "node": one.node, "name": one.name, "weight": one.weight}
            for key in ("score", "contribution", "index_points"):
                own, others = getattr(one, key)
                row |= {key: own, f"{key}_others": others, f"{key}_difference": own - others}
            rows.append(row)
        return pd.DataFrame(rows)


@dataclass(frozen=True)
class Boards(Result):
    """What each node (node,) is worth to a unit against its group: short boards below 0, strengths above.

    `points` is the unit's score less the one it would have at the group's `mean` of the node's indicators, all else as it is;
    `places` how many ranks that gains it (a loss below 0). NaN where the unit or the group has nothing there.
    """

    scores: Scores
    period: int
    unit: int
    group: tuple[int, ...]
    mean: Array
    points: Array
    places: Array

    @property
    def nodes(self) -> list[int]:
        """The places of the nodes that are worth something, in the order of the tree."""
        return [at for at in self.scores.tree.reading_order if np.isfinite(self.points[at])]

    def frame(self) -> pd.DataFrame:
        """Return a row a node, in the order of the tree."""
        import pandas as pd

        nodes, shown = self.scores.tree.nodes, self.nodes
        return pd.DataFrame(
            {
                "node": [nodes[at].id for at in shown],
                "name": [nodes[at].title("zh") for at in shown],
                "group_mean": self.mean[shown],
                "index_points": self.points[shown],
                "places": self.places[shown],
            }
        )


def differences(scores: Scores, period: int, unit: int, others: Sequence[int]) -> Differences:
    """Set a unit's scores and contributions beside the mean of some others (one other: beside its own)."""
    rows = Rows(period, (unit, *others))
    contribution = contributions(scores, rows)
    both = [scores.scores[period, list(rows.units)], contribution[0], effective(scores, contribution, rows)[0]]
    added = np.zeros_like(both[0])
    for branch in scores.tree.branches:
        added[:, branch.position] = adjusted(scores, branch.position)[period, list(rows.units)]
    return Differences(*(np.stack([array[0], _mean(array[1:])]) for array in (*both, added)))


def versus(
    scores: Scores, period: int, unit: int, others: Sequence[int], node: int, *, depth: int = 0, boards: Boards | None = None
) -> Versus:
    """Walk down the tree with a unit beside others: where their scores part, in points, down to what was reported.

    Others that are the unit's group come with its boards.
    """
    both = differences(scores, period, unit, others)

    def pair(array: Array, position: int) -> Pair:
        return float(array[0, position]), float(array[1, position])

    def walk(position: int, level: int) -> Beside:
        own = scores.tree.nodes[position]
        leaf = own if isinstance(own, Indicator) else None
        places = scores.ranks[period, [unit, *others], position].astype(float).tolist()
        shown = [unit, *others] if len(others) == 1 else [unit]
        is_open = depth == 0 or level < depth
        return Beside(
            position=position,
            node=own.id,
            name=own.title("zh"),
            weight=float(scores.sibling_weights[period, position]),
            score=pair(both.scores, position),
            contribution=pair(both.contribution, position),
            index_points=pair(both.points, position),
            adjusted=pair(both.adjusted, position),
            rank=tuple(places[: len(shown)]),
            value=_values(scores.derived[period, :, position], unit, others) if leaf else None,
            status=int(scores.status[period, unit, position]) if leaf else None,
            cells=tuple(cells_of(scores, period, one, leaf) for one in shown) if leaf else (),
            children=tuple(walk(child, level + 1) for child in scores.tree.below(position)) if is_open else (),
        )

    return Versus(scores, period, unit, tuple(others), boards is not None, depth, walk(node, 0), boards)


def _values(x: Array, unit: int, others: Sequence[int]) -> Pair:
    """Return a unit's value and the others' mean of x (unit,)."""
    known = x[list(others)]
    return float(x[unit]), float(np.nanmean(known)) if not np.isnan(known).all() else math.nan


def _mean(x: Array) -> Array:
    """Return the mean over units of those that have a value (node,)."""
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
    return Boards(scores, period, unit, tuple(group), middle, points, places)


def _counting(scores: Scores) -> Any:
    """Return the nodes that the index is made of: all below it but boards of their own (node,)."""
    tree = scores.tree
    counting = np.zeros(len(tree.nodes), bool)
    counting[tree.root] = True
    for branch in reversed(tree.branches):
        if counting[branch.position]:
            counting[[*branch.children, *branch.inputs]] = True
    counting[tree.root] = False
    return counting
