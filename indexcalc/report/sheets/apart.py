"""The decimals that scores are shown with: as declared, or as many more as tell apart what is ranked apart."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.ranking import ranking_of, told_apart
from ...methods.arrays import Array, np
from ...methods.rank import rounded
from ...scores import Scores
from ...words.reports import word
from ..numbers import listed
from .alone import alone_in

_MOST = 3  # decimals more than are declared, beyond which it is said in words


def decimals_apart(scores: Scores, at: int, node: int, units: Sequence[int], language: str) -> tuple[int, tuple[str, ...]]:
    """Return the decimals that a node's scores are shown with beside their ranks, and notes on that.

    A grade is judged by the score with the decimals declared: where more of them would tell otherwise, there are no more.
    """
    declared = scores.index.decimals_of(scores.tree.nodes[node])
    x, rank = (np.array(array[at, :, node], dtype=float)[list(units)] for array in (scores.scores, scores.ranks))
    limit = scores.index.index.censor_below if node == scores.tree.root else None
    shown = ~np.isnan(rank) & (x >= (-np.inf if limit is None else limit))
    if node in told_apart(scores.index):
        then = ranking_of(scores.index, node).then
        names = [scores.tree.nodes[scores.node(one)].title(language) for one in then]
        return declared, (word.told_apart(language).format(nodes=listed(names, language)),)
    groups = alone_in(scores)
    own = np.zeros(len(x)) if groups is None else groups[list(units)]
    pairs = [(x[shown & (own == group)], rank[shown & (own == group)]) for group in np.unique(own)]
    decimals, said = decimals_of(pairs, declared, language)
    for bound in _bounds(scores, node):
        if ((rounded(x, decimals) >= bound) != (rounded(x, declared) >= bound)).any():
            return declared, (word.shown_alike(language),)
    return decimals, said


def decimals_of(
    columns: Sequence[tuple[Sequence[float | None] | Array, Sequence[float | None] | Array]], declared: int, language: str
) -> tuple[int, tuple[str, ...]]:
    """Return the decimals that columns of scores are shown with, each beside its ranks, and notes on that."""
    pairs = [tuple(np.array(column, dtype=float) for column in pair) for pair in columns]
    for decimals in range(declared, declared + _MOST + 1):
        if not any(_alike(x, rank, decimals) for x, rank in pairs):
            return decimals, ()
    return declared, (word.shown_alike(language),)


def _alike(x: Array, rank: Array, decimals: int) -> bool:
    """Say whether any two scores look the same at some decimals though their ranks differ."""
    order = np.lexsort((rank, x))
    shown, rank = rounded(x[order], decimals), rank[order]
    return bool(((shown[1:] == shown[:-1]) & (rank[1:] != rank[:-1])).any())


def _bounds(scores: Scores, node: int) -> list[float]:
    """Return the scores from which a node's grades begin."""
    return [grade.from_ for grade in scores.index.grades_of(scores.tree.nodes[node]) if grade.from_ is not None]
