"""Ranks and grades of every node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..methods.arrays import Array, np
from ..methods.rank import ranks, rounded
from ..methods.ties import tolerance
from ..panel import Panel
from ..tree.model import Dimension, Grade, Index, Indicator, NodeRanking
from .frames import groups_of, towards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grades = dict[int, NDArray[np.int16]]

_SLACK = 1e-9  # places are compared with shares of the number of units up to this


def rank(index: Index, panel: Panel, values: Array, scores: Array) -> tuple[Any, Any]:
    """Rank every node in every period, over all units and, where asked for, within groups.

    What is monitored has no score: it is ranked by its `values` (period, unit, leaf).
    """
    monitored = {at: standing(index, at, values[..., at]) for at in index.tree.monitored}
    places = _every_node(index, scores, monitored)
    if index.ranking.within is None:
        return places, None
    within = np.empty_like(places)
    for mask in groups_of(panel, index.ranking.within):
        within[:, mask] = _every_node(index, scores[:, mask], {at: x[:, mask] for at, x in monitored.items()})
    return places, within


def standing(index: Index, leaf: int, values: Array) -> Array:
    """Return a leaf's values turned so that more is better: what it is ranked by where it has no score."""
    return index.tree.signs[leaf] * towards(index, [leaf], values[..., None])[..., 0]


def rank_node(index: Index, position: int, score: Array, groups: Sequence[Any]) -> tuple[Any, Any]:
    """Rank the scores of one node (period, unit) over all units, and within groups, given as positions of their units."""
    ranking = ranking_of(index, position)
    places = overall(ranking, score[..., None])[..., 0]
    within = np.empty_like(places)
    for units in groups:
        within[:, units] = overall(ranking, score[:, units, None])[..., 0]
    return places, within


def members(panel: Panel, by: str | None) -> list[Any]:
    """Return the positions of the units of each group, found at once where there may be many groups; no group without `by`."""
    if by is None:
        return []
    _, group = np.unique(np.array(panel.units.labels(by)), return_inverse=True)
    ordered = np.argsort(group, kind="stable")
    return np.split(ordered, np.flatnonzero(np.diff(group[ordered])) + 1)


def overall(ranking: NodeRanking, scores: Array) -> Any:
    """Rank scores (period, unit, node) among all units, as `ranking` says."""
    ranked = compared(ranking, scores)
    return ranks(-ranked if ranking.first == "lowest" else ranked, ties=ranking.ties)


def compared(ranking: NodeRanking, scores: Array) -> Array:
    """Return what ranks compare: the scores, or what they round to where `ranking` says so."""
    return scores if ranking.decimals is None else rounded(scores, ranking.decimals)


def ranking_of(index: Index, position: int) -> NodeRanking:
    """Return how a node is ranked: its own way, or the index's; values are not rounded as scores are."""
    node = index.tree.nodes[position]
    if isinstance(node, Indicator) and not node.is_scored:
        return index.ranking.model_copy(update={"decimals": None})
    return (node.ranking if isinstance(node, Dimension) else None) or index.ranking


def _every_node(index: Index, scores: Array, monitored: Mapping[int, Array]) -> Any:
    places = overall(index.ranking, scores)
    for position, values in monitored.items():
        places[..., position] = overall(ranking_of(index, position), values[..., None])[..., 0]
    for position in range(index.tree.leaves, scores.shape[-1]):
        own = ranking_of(index, position)
        if own is not index.ranking:
            places[..., position] = overall(own, scores[..., position, None])[..., 0]
    return places


def grade(index: Index, panel: Panel, scores: Array, places: Array, within: Array | None, ceilings: Array) -> Grades:
    """Return, for every node that has grades, which of them each unit has (period, unit): 0 the first, -1 without a score.

    A score is judged as it is shown: 89.996 published as 90.00 has the grade from 90. Shares of units are judged by the
    rank, within groups where `ranking.within` is set and `top_of` is not `all`, and quantiles by what ranks compare. `ceilings`
    (period, unit) are the best grades of the index that vetoes have left.
    """
    graded: Grades = {}
    for position, node in enumerate(index.tree.nodes):
        grades = index.grades if position == index.tree.root else node.grades if isinstance(node, Dimension) else ()
        if not grades:
            continue
        ranking = ranking_of(index, position)
        apart = None if ranking.top_of == "all" else within
        own = (places if apart is None else apart)[..., position]
        count = _counts(panel, scores[..., position], None if apart is None else index.ranking.within)
        shown = rounded(scores[..., position], index.decimals_of(node))
        found = _grades(grades, shown, compared(ranking, scores[..., position]), own, count)
        if position == index.tree.root:
            found = np.where(found < 0, found, np.maximum(found, ceilings))
        graded[position] = found.astype(np.int16)
    return graded


def _grades(grades: Sequence[Grade], shown: Array, score: Array, place: Array, count: Array) -> Any:
    found = np.full(score.shape, -1)
    for at in range(len(grades) - 1, -1, -1):  # from the last to the best, so that the best that fits stays
        one = grades[at]
        if one.from_ is not None:
            fits = shown >= one.from_
        elif one.top is not None:
            fits = place <= one.top * count + _SLACK
        elif one.quantile is not None:
            without = np.isnan(score).all(axis=-1, keepdims=True)
            limit = np.nanquantile(np.where(without, 0.0, score), one.quantile, axis=-1, keepdims=True)
            fits = score - limit > tolerance(score)
        else:
            fits = ~np.isnan(score)
        found[fits] = at
    return np.where(np.isnan(score), -1, found)


def _counts(panel: Panel, score: Array, by: str | None) -> Array:
    """Return how many units with a score each unit is ranked among (period, unit)."""
    out = np.empty(score.shape)
    for mask in groups_of(panel, by):
        out[:, mask] = np.count_nonzero(~np.isnan(score[:, mask]), axis=-1)[:, None]
    return out
