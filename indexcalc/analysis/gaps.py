"""What gaps do to the difference of two scores: a sibling that one unit lacks moves what the others weigh.

Of a unit with a = 80, b = 100 and another with a = 60 and no b, at equal weights, 90 less 60 is contributions of 40 less 60
and of 50 less 0. Nobody reads off that a speaks for the first. So the gaps of each are filled with the scores of the other,
which is what both would be compared by if neither had any: what contributions differ by then is due to scores, 10 in a and 0
in b; the rest, 30 points less in a and 50 more in b, is due to the gap. Both parts add up to the difference for each node.
"""

from __future__ import annotations

from ..methods import UNIT_SPECIFIC
from ..methods.aggregate import COMPARES_UNITS
from ..methods.arrays import Array, np
from ..scores import Scores
from ..tree.layout import Branch
from .contribution import Rows, of_others, used


def due_to_gaps(scores: Scores, contribution: Array, rows: Rows) -> Array:
    """Return what gaps add to the first unit's contribution less each other's (other, node), 0 where both lack the same.

    `contribution` (1, unit, node) is that of the rows. Nodes that are left out, with 0, are those below one that compares the
    units, has weights of each unit's own or a formula, or changes afterwards what its children came together to.
    """
    out = np.zeros((len(rows.units) - 1, contribution.shape[-1]))
    for branch, weights in zip(scores.tree.branches, scores.weights, strict=True):
        if _can_be_filled(branch):
            out[:, list(branch.children)] = _of_node(scores, branch, weights, contribution[0][:, list(branch.children)], rows)
    return out


def points_due_to_gaps(scores: Scores, gaps: Array, contribution: Array, points: Array, rows: Rows) -> Array:
    """Return the same (other, node) in points of the index: what gaps add to the first unit's `points` less each other's.

    What a node adds to its parent counts in the index so many times as the parent does, m. Of c m less c' m' what gaps add to c
    counts by the mean of m and m'; where a gap above makes m and m' differ, so does the mean of c and c' by that difference.
    """
    out, lacks_above = np.zeros_like(gaps), np.zeros(gaps.shape, dtype=bool)
    for branch in reversed(scores.tree.branches):
        at, children = branch.position, list(branch.children)
        own = scores.scores[rows.period, list(rows.units), at]
        with np.errstate(invalid="ignore", divide="ignore"):  # of a score of 0 nothing says how often it counts
            times = points[0][:, at] / own
            middle = (contribution[0][:1, children] + contribution[0][1:, children]) / 2
            more = np.where(lacks_above[:, [at]], middle * (times[0] - times[1:])[:, None], 0.0)
            made = gaps[:, children] * ((times[0] + times[1:]) / 2)[:, None] + more
        out[:, children] = np.where(np.isfinite(made) | np.isnan(gaps[:, children]), made, 0.0)
        lacks_above[:, children] = lacks_above[:, [at]] | (gaps[:, children] != 0).any(axis=1, keepdims=True)
    return out


def _can_be_filled(branch: Branch) -> bool:
    """Say whether what a node's children come together to can be made of a unit's own scores alone."""
    finished = branch.turned or branch.normalise or branch.impute or branch.round
    compares = branch.aggregate in COMPARES_UNITS or branch.weights.method in UNIT_SPECIFIC
    return branch.formula is None and not compares and not finished


def _of_node(scores: Scores, branch: Branch, weights: Array, contribution: Array, rows: Rows) -> Array:
    """Return what gaps add to the contributions of a node's children to one unit less those to each other (other, child)."""
    x = used(scores, branch, rows)
    gaps = np.isnan(x)
    lacking = (gaps[0] != gaps[1:]).any(axis=1)
    if not lacking.any():
        return np.zeros(contribution[1:].shape)
    own, others = np.where(gaps[0], x[1:], x[0]), np.where(gaps[1:], x[0], x[1:])
    first, rest = rows.units[:1] * len(others), rows.units[1:]
    by_scores = of_others(scores, branch, weights, own, Rows(rows.period, first))
    by_scores -= of_others(scores, branch, weights, others, Rows(rows.period, rest))
    return np.where(lacking[:, None], contribution[0] - contribution[1:] - by_scores, 0.0)
