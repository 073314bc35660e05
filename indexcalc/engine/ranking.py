"""Ranks and grades of every node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..findings import Finding, finding
from ..methods.arrays import Array, np
from ..methods.breaks import natural_breaks
from ..methods.probit import spread
from ..methods.rank import ranks, rounded
from ..methods.ties import levelled, tolerance
from ..panel import Panel
from ..tree.layout import rankings
from ..tree.model import Dimension, Grade, Index, Indicator, NodeRanking
from .frames import groups_of, some, towards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grades = dict[int, NDArray[np.int16]]

_SLACK = 1e-9  # places are compared with shares of the number of units up to this


def rank(index: Index, panel: Panel, values: Array, scores: Array) -> tuple[Any, Any]:
    """Rank every node in every period, over all units and, where asked for, within groups.

    What is monitored has no score: it is ranked by its `values` (period, unit, leaf). Where groups alone are ranked, the places
    inside them are all that there are, twice.
    """
    groups = members(panel, index.ranking.within)
    places, within = placed(index.ranking, scores, groups)
    ranked = {at: standing(index, at, values[..., at]) for at in index.tree.monitored}
    inner = range(index.tree.leaves, scores.shape[-1])
    ranked |= {at: scores[..., at] for at in inner if ranking_of(index, at) is not index.ranking}
    for at, own in ranked.items():
        node = slice(at, at + 1)
        places[..., node], within[..., node] = placed(ranking_of(index, at), own[..., None], groups)
    for at in told_apart(index):
        places[..., [at]], within[..., [at]] = placed_in_turn(index, at, scores, groups)
    return (places if index.ranking.overall else within), None if index.ranking.within is None else within


def told_apart(index: Index) -> list[int]:
    """Return the places of the nodes of which equal scores are told apart by other nodes."""
    return [index.tree.position[name] for name, ranking in rankings(index).items() if ranking.then]


def placed_in_turn(index: Index, position: int, scores: Array, groups: Sequence[Any]) -> tuple[Any, Any]:
    """Rank a node (period, unit, 1) whose equal scores are told apart by other nodes, among all units and within groups."""
    return placed(NodeRanking(ties=ranking_of(index, position).ties), _in_turn(index, position, scores)[..., None], groups)


def _in_turn(index: Index, position: int, scores: Array) -> Array:
    """Return whole numbers (period, unit) in the order of a node's scores, the best highest, equal ones in that of other nodes.

    They are equal where all of these are, up to what arithmetic leaves in the last bits; what has no score there comes last.
    """
    nodes = [position, *(index.tree.position[name] for name in ranking_of(index, position).then)]
    out = np.full(scores.shape[:2], np.nan)
    order = np.zeros(scores.shape[:2], dtype=np.int64)
    for at in nodes:
        own = overall(ranking_of(index, at).model_copy(update={"ties": "competition"}), scores[..., at, None])[..., 0]
        order = order * (scores.shape[1] + 1) + np.where(np.isnan(own), scores.shape[1], own - 1).astype(np.int64)
        order = np.stack([np.unique(row, return_inverse=True)[1].reshape(-1) for row in order])
    there = ~np.isnan(scores[..., position])
    out[there] = -order[there]
    return out


def standing(index: Index, leaf: int, values: Array) -> Array:
    """Return a leaf's values turned so that more is better: what it is ranked by where it has no score."""
    return index.tree.signs[leaf] * towards(index, [leaf], values[..., None])[..., 0]


def placed(ranking: NodeRanking, scores: Array, groups: Sequence[Any]) -> tuple[Any, Any]:
    """Rank scores (period, unit, node) among all units, and within groups, given as positions of their units.

    What is one score is so inside a group and among all: the tolerance is that of all scores of a node and period.
    """
    ranked = _best_highest(ranking, scores)
    places = ranks(ranked, ties=ranking.ties)
    within = np.empty_like(places)
    apart = tolerance(ranked, axis=-2) if groups else None
    for units in groups:
        within[:, units] = ranks(ranked[:, units], ties=ranking.ties, apart=apart)
    return places, within


def overall(ranking: NodeRanking, scores: Array, groups: Sequence[Any] = ()) -> Any:
    """Rank scores (…, unit, node) as `ranking` says, among all units, or inside each of some groups that are ranked alone."""
    ranked = _best_highest(ranking, scores)
    if not groups:
        return ranks(ranked, ties=ranking.ties)
    out, apart = np.empty(ranked.shape, dtype=np.float32), tolerance(ranked, axis=-2)
    for units in groups:
        out[..., units, :] = ranks(ranked[..., units, :], ties=ranking.ties, apart=apart)
    return out


def ranked_alone(index: Index, panel: Panel) -> list[Any]:
    """Return the positions of the units of each group that is ranked alone; none where all units are ranked together."""
    return [] if index.ranking.overall else members(panel, index.ranking.within)


def _best_highest(ranking: NodeRanking, scores: Array) -> Array:
    ranked = compared(ranking, scores)
    return -ranked if ranking.first == "lowest" else ranked


def members(panel: Panel, by: str | None) -> list[Any]:
    """Return the positions of the units of each group, found at once where there may be many groups; no group without `by`."""
    if by is None:
        return []
    labels = panel.units.labels(by) or ("",) * len(panel.units)
    _, group = np.unique(np.array(labels), return_inverse=True)
    ordered = np.argsort(group, kind="stable")
    return np.split(ordered, np.flatnonzero(np.diff(group[ordered])) + 1)


def compared(ranking: NodeRanking, scores: Array) -> Array:
    """Return what ranks compare: the scores, or what they round to where `ranking` says so."""
    return scores if ranking.decimals is None else rounded(scores, ranking.decimals)


def ranking_of(index: Index, position: int) -> NodeRanking:
    """Return how a node is ranked: its own way, or the index's; values are not rounded as scores are."""
    node = index.tree.nodes[position]
    if isinstance(node, Indicator) and not node.is_scored:
        return index.ranking.model_copy(update={"decimals": None})
    return (node.ranking if isinstance(node, Dimension) else None) or index.ranking


def grade(index: Index, panel: Panel, scores: Array, places: Array, within: Array | None, ceilings: Array) -> Grades:
    """Return, for every node that has grades, which of them each unit has (period, unit): 0 the first, -1 without a score.

    A score is judged as it is shown: 89.996 published as 90.00 has the grade from 90. Shares of units are judged by the
    rank, within groups where `ranking.within` is set and `top_of` is not `all`, and quantiles by what ranks compare. `ceilings`
    (period, unit) are the best grades of the index that vetoes have left.
    """
    graded: Grades = {}
    for position, node in enumerate(index.tree.nodes):
        grades = index.grades_of(node)
        if not grades:
            continue
        found = graded_by(index, panel, scores, places, within, position, grades)
        if position == index.tree.root:
            found = np.where(found < 0, found, np.maximum(found, ceilings))
        graded[position] = found.astype(np.int16)
    return graded


def graded_by(
    index: Index, panel: Panel, scores: Array, places: Array, within: Array | None, position: int, grades: Sequence[Grade]
) -> Any:
    """Return which of some grades each unit has by its score of a node (period, unit), whatever vetoes say."""
    ranking = ranking_of(index, position)
    apart = None if ranking.top_of == "all" else within
    own = (places if apart is None else apart)[..., position]
    by = None if apart is None else index.ranking.within
    count = _counts(panel, scores[..., position], by)
    shares = ranking.top_by is not None and any(one.top is not None for one in grades)
    if ranking.top_by is not None and shares:
        own, count = _of_shares(panel, own, panel.values[..., panel.column[ranking.top_by]], by)
    shown = rounded(scores[..., position], index.decimals_of(index.tree.nodes[position]))
    found = _grades(grades, shown, compared(ranking, scores[..., position]), own, count)
    return np.where(np.isnan(own), -1, found) if shares else found


def _grades(grades: Sequence[Grade], shown: Array, score: Array, place: Array, count: Array) -> Any:
    found = np.full(score.shape, -1)
    starts = iter(_breaks(score, len(grades)).T) if any(one.break_ for one in grades) else iter(())
    bounds = {at: next(starts) for at, one in enumerate(grades) if one.break_}
    for at in range(len(grades) - 1, -1, -1):  # from the last to the best, so that the best that fits stays
        one = grades[at]
        if one.from_ is not None:
            fits = shown >= one.from_
        elif one.top is not None:
            fits = place <= one.top * count + _SLACK * np.maximum(count, 1.0)
        elif one.quantile is not None:
            without = np.isnan(score).all(axis=-1, keepdims=True)
            limit = np.nanquantile(np.where(without, 0.0, score), one.quantile, axis=-1, keepdims=True)
            fits = score - limit > tolerance(score)
        elif one.sd is not None:
            fits = score - deviates(score, one.sd) >= -tolerance(score)
        elif one.probit is not None:
            fits = spread(score).probit >= one.probit - _SLACK
        elif one.break_ is not None:
            fits = score - bounds[at][:, None] > tolerance(score)
        else:
            fits = ~np.isnan(score)
        found[fits] = at
    return np.where(np.isnan(score), -1, found)


def deviates(score: Array, sd: float) -> Array:
    """Return the score so many standard deviations (n - 1) above the mean of each period's (period, 1), NaN of fewer than two."""
    count = np.count_nonzero(~np.isnan(score), axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(score, axis=-1, keepdims=True) / count
        squares = np.nansum((score - mean) ** 2, axis=-1, keepdims=True)
        return np.asarray(mean + sd * np.sqrt(squares / np.where(count > 1, count - 1.0, np.nan)))


def _breaks(score: Array, classes: int) -> Array:
    """Return what a score must be above for each grade but the last (period, grade); infinite where fewer scores differ."""
    rows = [levelled(row) for row in score]
    uppers = [natural_breaks(row, classes).uppers[::-1] for row in rows]
    return np.array([[*row, *[np.nan] * (classes - 1 - len(row))] for row in uppers])


def _of_shares(panel: Panel, places: Array, base: Array, by: str | None) -> tuple[Array, Array]:
    """Return how much of a quantity units have up to a place (period, unit), and how much all that are ranked have of it.

    It is what those before have, and the least of what those that share the place have, so that these have one grade. A unit
    that has none of it known is left without a grade.
    """
    reached, whole = np.full(places.shape, np.nan), np.empty(places.shape)
    known = ~np.isnan(places) & (base >= 0)
    for mask in groups_of(panel, by):
        at = np.flatnonzero(mask)
        place = np.where(known[:, at], places[:, at], np.inf)
        own = np.where(known[:, at], base[:, at], 0.0)
        order = np.lexsort((own, place), axis=-1)
        place, own = np.take_along_axis(place, order, axis=-1), np.take_along_axis(own, order, axis=-1)
        new = np.concatenate([np.ones((len(place), 1), bool), place[:, 1:] != place[:, :-1]], axis=-1)
        first = np.maximum.accumulate(np.where(new, np.arange(len(at)), 0), axis=-1)
        made = np.empty(own.shape)
        np.put_along_axis(made, order, np.take_along_axis(own.cumsum(axis=-1), first, axis=-1), axis=-1)
        reached[:, at], whole[:, at] = np.where(known[:, at], made, np.nan), own.sum(axis=-1, keepdims=True)
    return reached, whole


def check_shares(index: Index, panel: Panel, scores: Array) -> Iterator[Finding]:
    """Name the units that have no grade, as nothing is known of what grades are shares of."""
    for position, node in enumerate(index.tree.nodes):
        base = ranking_of(index, position).top_by
        graded = index.grades_of(node)
        if base is None or not any(one.top is not None for one in graded):
            continue
        without = ~np.isnan(scores[..., position]) & ~(panel.values[..., panel.column[base]] >= 0)
        for period in np.flatnonzero(without.any(axis=1)).tolist():
            units = some([panel.units.title(unit) for unit in np.flatnonzero(without[period]).tolist()])
            at = index.place(("ranking", "top_by")) if position == index.tree.root else index.place_of(node.id)
            yield finding("IC137", at, node=node.id, base=base, period=panel.periods[period], units=units)


def _counts(panel: Panel, score: Array, by: str | None) -> Array:
    """Return how many units with a score each unit is ranked among (period, unit)."""
    out = np.empty(score.shape)
    for mask in groups_of(panel, by):
        out[:, mask] = np.count_nonzero(~np.isnan(score[:, mask]), axis=-1)[:, None]
    return out
