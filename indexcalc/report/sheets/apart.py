"""The decimals that scores are shown with: as declared, or as many more as tell apart what is ranked apart."""

from __future__ import annotations

from collections.abc import Sequence

from ...methods.arrays import Array, np
from ...methods.rank import rounded
from ...scores import Scores
from ...tree.model import Dimension
from ...words.reports import word

_MOST = 3  # decimals more than are declared, beyond which it is said in words


def decimals_apart(scores: Scores, at: int, node: int, units: Sequence[int], language: str) -> tuple[int, tuple[str, ...]]:
    """Return how many decimals a node's scores are shown with beside their ranks, and what is to be said of it.

    A grade is judged by the score with the decimals declared: where more of them would tell otherwise, there are no more.
    """
    declared = scores.index.decimals_of(scores.tree.nodes[node])
    x, rank = (np.array(array[at, :, node], dtype=float)[list(units)] for array in (scores.scores, scores.ranks))
    limit = scores.index.index.censor_below if node == scores.tree.root else None
    shown = ~np.isnan(rank) & (x >= (-np.inf if limit is None else limit))
    order = np.argsort(x[shown], kind="stable")
    x, rank = x[shown][order], rank[shown][order]
    bounds = _bounds(scores, node)
    for decimals in range(declared, declared + _MOST + 1):
        if not _alike(x, rank, decimals):
            if all(np.array_equal(rounded(x, decimals) >= bound, rounded(x, declared) >= bound) for bound in bounds):
                return decimals, ()
            break
    return declared, (word.shown_alike(language),)


def _alike(x: Array, rank: Array, decimals: int) -> bool:
    """Say whether two scores in ascending order are shown alike and ranked apart."""
    shown = rounded(x, decimals)
    return bool(((shown[1:] == shown[:-1]) & (rank[1:] != rank[:-1])).any())


def _bounds(scores: Scores, node: int) -> list[float]:
    """Return the scores from which a node's grades begin."""
    own = scores.tree.nodes[node]
    grades = scores.index.grades if node == scores.tree.root else own.grades if isinstance(own, Dimension) else ()
    return [grade.from_ for grade in grades if grade.from_ is not None]
