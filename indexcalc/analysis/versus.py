"""One unit against another, against its group's mean or the best: where the difference comes from, and what weighs most.

Contributions add up to each parent's score, so differences of contributions add up to the difference of scores, at every
level and whatever the aggregator; the mean of a group's contributions is a sum of the same kind. That says where two scores
part. What a weak point costs is another question, and is asked of the engine: what score and what rank would the unit
have if it stood at its group's mean there and nowhere else?
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..engine.frames import group_mask
from ..engine.nodes import aggregate
from ..engine.ranking import overall, ranked_alone
from ..findings import Language
from ..methods.arrays import np
from ..scores import Scores
from ..tree.model import Indicator
from .cells import Cell, cells_of
from .contribution import Rows, adjusted, contributions, effective
from .gaps import due_to_gaps, points_due_to_gaps
from .rescore import spans_periods
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array

_SAME = 1e-9  # of a standard deviation: of two units each is just one from their mean
_LEAST = 0.25  # of what the indicator does that does most: one that does less is neither a weak point nor a strength
_CELLS = 4_000_000  # scores of all nodes that are made together


@dataclass(frozen=True)
class Versus(Result):
    """A unit beside others in a period: arrays (2, node), the unit's own first, then the others' mean (or the one other's).

    `contribution` is what a node adds to its parent's score, `points` what it adds to the index in the end, `adjusted` what
    adjustments added to it. For every inner node the differences of its children's contributions and of its own adjustments
    add up to the difference of its scores. NaN where either has no score. `gaps` (node,) is what of the difference of
    contributions is due to scores that one of them lacks there or beside it (`analysis.gaps`), `point_gaps` (node,) the same
    of `points`. Shown are `node` and what is below it, `depth` levels or all of it for 0; the mean of a group comes with the
    `boards` of the unit.
    """

    scores: Scores
    period: int
    unit: int
    others: tuple[int, ...]
    node: int
    depth: int
    boards: Boards | None
    score: Array
    contribution: Array
    points: Array
    adjusted: Array
    gaps: Array
    point_gaps: Array

    def walk(self, node: int | None = None, level: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the nodes that are shown, in the order of the tree, each with how far down it is."""
        node = self.node if node is None else node
        yield level, node
        for child in self.below(node, level):
            yield from self.walk(child, level + 1)

    def below(self, node: int, level: int) -> Sequence[int]:
        """Return the children of a node that are shown."""
        return self.scores.tree.below(node) if self.depth == 0 or level < self.depth else ()

    def values(self, leaf: int) -> Array:
        """Return the unit's value of an indicator and the others' mean."""
        known = self.scores.derived[self.period, [self.unit, *self.others], leaf]
        return np.array([known[0], _mean(known[1:])])

    @property
    def by_scores(self) -> Array:
        """What of the difference of contributions (node,) is not due to gaps."""
        return np.asarray(self.contribution[0] - self.contribution[1] - self.gaps)

    @property
    def points_by_scores(self) -> Array:
        """What of the difference in the index (node,) is not due to gaps."""
        return np.asarray(self.points[0] - self.points[1] - self.point_gaps)

    @cached_property
    def cells(self) -> dict[int, list[tuple[Cell, ...]]]:
        """What the unit reported for each indicator that is shown, and what the other did where there is one alone."""
        units = [self.unit, *(self.others if len(self.others) == 1 else ())]
        shown = {node: self.scores.tree.nodes[node] for _, node in self.walk()}
        return {
            node: [cells_of(self.scores, self.period, unit, leaf) for unit in units]
            for node, leaf in shown.items()
            if isinstance(leaf, Indicator)
        }

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a node, in the order of the tree, with what both have and the differences."""
        import pandas as pd

        shown = list(self.walk())
        at, nodes = [node for _, node in shown], [self.scores.tree.nodes[node] for _, node in shown]
        columns: dict[str, Any] = {
            "depth": [level for level, _ in shown],
            "node": [node.id for node in nodes],
            "name": [node.title(language) for node in nodes],
        }
        for name, pair in (("score", self.score), ("contribution", self.contribution), ("index_points", self.points)):
            columns |= {name: pair[0, at], f"{name}_others": pair[1, at], f"{name}_difference": pair[0, at] - pair[1, at]}
        columns |= {"contribution_by_scores": self.by_scores[at], "contribution_by_gaps": self.gaps[at]}
        columns |= {"index_points_by_scores": self.points_by_scores[at], "index_points_by_gaps": self.point_gaps[at]}
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class Boards(Result):
    """What each node (node,) is worth to a unit against its group: below 0 it costs something, above 0 it brings something.

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

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Of every node whether it is a `weak` point of the unit, a `strength`, or neither, as the tree's `boards` say."""
        limits, own = self.scores.index.boards, self.scores.scores[self.period, self.unit]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a node without any score in the group has no spread
            far = np.nanstd(self.scores.scores[self.period, list(self.group)], axis=0) * (1 - _SAME)
        most = np.nanmax(np.abs(self.points[: self.scores.tree.leaves]), initial=0.0)
        least = _LEAST * most if limits.points is None else limits.points
        below = own <= self.mean - far if limits.below is None else own < limits.below
        above = own >= self.mean + far if limits.above is None else own >= limits.above
        weak = (self.points < 0) & (self.points <= -least) & below
        strong = (self.points > 0) & (self.points >= least) & above
        return tuple("weak" if one else "strength" if other else "" for one, other in zip(weak, strong, strict=True))

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a node, in the order of the tree."""
        import pandas as pd

        nodes, shown = self.scores.tree.nodes, self.nodes
        return pd.DataFrame(
            {
                "node": [nodes[at].id for at in shown],
                "name": [nodes[at].title(language) for at in shown],
                "group_mean": self.mean[shown],
                "index_points": self.points[shown],
                "places": self.places[shown],
                "kind": [self.kinds[at] for at in shown],
            }
        )


def versus(
    scores: Scores,
    period: int,
    unit: int,
    others: Sequence[int],
    *,
    node: int | None = None,
    depth: int = 0,
    boards: Boards | None = None,
) -> Versus:
    """Set a unit's scores and contributions beside the mean of some others (one other: beside its own)."""
    rows = Rows(period, (unit, *others))
    contribution = contributions(scores, rows)
    points = effective(scores, contribution, rows)
    both = [scores.scores[period, list(rows.units)], contribution[0], points[0]]
    added = np.zeros_like(both[0])
    for branch in scores.tree.branches:
        added[:, branch.position] = adjusted(scores, branch.position)[period, list(rows.units)]
    beside = [np.stack([array[0], _mean(array[1:])]) for array in (*both, added)]
    gaps = due_to_gaps(scores, contribution, rows)
    beside += [_mean(gaps), _mean(points_due_to_gaps(scores, gaps, contribution, points, rows))]
    return Versus(scores, period, unit, tuple(others), scores.tree.root if node is None else node, depth, boards, *beside)


def _mean(x: Array) -> Array:
    """Return the mean over units of those that have a value (node,)."""
    there = np.count_nonzero(~np.isnan(x), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(x, axis=0) / there)


def group_of(scores: Scores, unit: int) -> tuple[int, ...]:
    """Return the units that a unit is ranked among, itself too: its group's, or all where it is in none or alone."""
    units = scores.panel.units
    by = scores.index.ranking.within or ("group" if units.groups else None)
    mask = group_mask(scores.panel, by, unit)
    return tuple(np.flatnonzero(mask).tolist()) if np.count_nonzero(mask) > 1 else tuple(range(len(units)))


def best_of(scores: Scores, period: int, unit: int) -> int:
    """Return the unit that is first in a period, or the second for the first itself."""
    places = np.array(scores.rank()[period], dtype=float)
    places[unit] = np.nan
    return unit if np.isnan(places).all() else int(np.nanargmin(places))


def boards(scores: Scores, period: int, unit: int, group: Sequence[int]) -> Boards:
    """Say what each node is worth to a unit against its group, in points of the index and in places.

    For each node the unit's scores of the indicators below it are exchanged for the group's means of them, where both are
    there, and the tree is aggregated anew, with all units and periods where these are compared once more or make weights.
    Frames of indicators, the others' indicators and other periods' stay as they are.
    """
    return _boards(scores, period, range(unit, unit + 1), [group])[0]


def all_boards(scores: Scores, period: int) -> tuple[Boards, ...]:
    """Say of every unit what each node is worth to it against its group, as `boards` does of one."""
    units = range(len(scores.panel.units))
    step = 1 if _is_compared(scores) else max(1, _CELLS // (len(scores.tree.nodes) * max(len(scores.tree.nodes), len(units))))
    runs = (units[start : start + step] for start in units[::step])
    return tuple(one for run in runs for one in _boards(scores, period, run, [group_of(scores, unit) for unit in run]))


def _boards(scores: Scores, period: int, units: range, groups: Sequence[Sequence[int]]) -> list[Boards]:
    """Say it of a run of units, which are one unit where units are compared."""
    tree, leaves = scores.tree, scores.tree.leaves
    own = scores.scores[period, units.start : units.stop, :leaves]
    middle = np.stack([_mean(scores.scores[period, list(group)]) for group in groups])
    below = np.zeros((len(tree.nodes), leaves), bool)
    below[np.arange(leaves), np.arange(leaves)] = True
    for branch in tree.branches:
        below[branch.position] = below[list(tree.below(branch.position))].any(axis=0)
    counts = np.flatnonzero(counting(scores))
    exchanged = below[counts, None] & ~np.isnan(own) & ~np.isnan(middle[:, :leaves])
    score, place = (of()[period, units.start : units.stop] for of in (scores.score, scores.rank))
    there = exchanged.any(axis=-1) & ~np.isnan(score)
    points, places = np.full((2, len(units), len(tree.nodes)), np.nan)
    if there.any():
        found, rank = _aggregated(scores, period, units, np.where(exchanged, middle[:, :leaves], own))
        points[:, counts] = np.where(there, score - found, np.nan).T
        places[:, counts] = np.where(there, rank - place, np.nan).T
    return [
        Boards(scores, period, unit, tuple(group), *found)
        for unit, group, *found in zip(units, groups, middle, points, places, strict=True)
    ]


def _is_compared(scores: Scores) -> bool:
    """Say whether a unit's score goes by what others have at inner nodes."""
    return any(branch.compares or branch.missing.policy == "floor" for branch in scores.tree.branches)


def _aggregated(scores: Scores, period: int, units: range, rows: Array) -> tuple[Array, Array]:
    """Return the scores and ranks (row, unit) of units with each of some rows of their leaves' scores (row, unit, leaf)."""
    index, tree = scores.index, scores.tree
    spans, alone = spans_periods(index, tree.branches, noisy=False), not _is_compared(scores)
    own, groups = slice(units.start, units.stop), ranked_alone(index, scores.panel)
    part = scores.part(slice(None) if spans else slice(period, period + 1), own if alone else slice(None))
    now, at = period if spans else 0, slice(None) if alone else own
    peers, found, rank = scores.score()[period], np.empty(rows.shape[:2]), np.empty(rows.shape[:2])
    step = max(1, _CELLS // max(part.scores.size, len(units) * len(peers)))
    for start in range(0, len(rows), step):
        some = slice(start, start + step)
        x = np.repeat(np.swapaxes(part.scores, -1, -2)[:, None], len(rows[some]), axis=1).swapaxes(-1, -2)  # as `empty` has them
        x[now, :, at, : tree.leaves] = rows[some]
        aggregate(index, part.panel, part.status, x, coverage=np.empty((*x.shape[:-1], len(tree.branches))))
        found[some] = x[now, :, at, tree.root]
        others = peers if alone else x[now, :, None, :, tree.root]
        world = np.array(np.broadcast_to(others, (*found[some].shape, len(peers))))  # (row, unit, all units)
        world[:, np.arange(len(units)), units] = found[some]
        rank[some] = overall(index.ranking, world[..., None], groups)[:, np.arange(len(units)), units, 0]
    return found, rank


def counting(scores: Scores) -> Any:
    """Return the nodes that the index is made of: all below it but boards of their own (node,)."""
    tree = scores.tree
    found = np.zeros(len(tree.nodes), bool)
    found[tree.root] = True
    for branch in reversed(tree.branches):
        if found[branch.position]:
            found[[*branch.children, *branch.inputs]] = True
    found[tree.root] = False
    return found
