"""The engine: a panel and a tree in, scores out. The recipe is `score`; each step is one function of a module here.

Arrays are (period, unit, column) as a panel has them, the units of a column side by side in memory, and each step works
through them in blocks that fit a processor's cache. There is no loop over units or cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..findings import Refused, with_label
from ..methods.arrays import Array, np
from ..panel import NOT_APPLICABLE, Panel, empty
from ..scores import Scores
from ..tree.checks.limits import too_many_units
from ..tree.model import Index
from .adjust import grade_ceilings
from .editions import by_editions, of_columns
from .floors import used_inputs, with_floors
from .frames import normalise
from .leaves import check_imputed, derive, impute, roll_up, screen, set_aside, treat
from .levels import imputed_below, of_one_level, scored_below, with_scores
from .logic import broken_rules
from .nodes import aggregate, check_nodes, estimated_in
from .notes import check_columns, check_comparisons, check_large, check_level, imputed_in, said_of
from .ranking import check_shares, grade, rank
from .rules import combiner
from .times import given_outside, of_the_time, scored, without_past

__all__ = ["combiner", "score", "score_again", "used_inputs", "with_floors"]


def score(index: Index, panel: Panel, *, level: str | None = None, of: Callable[[Sequence[str]], Any] | None = None) -> Scores:
    """Score every period of a panel, the units of one `level` where there are several; by the tree of then where it changes.

    The steps and their order are those of the OECD/JRC Handbook (2008): derive, screen, impute, treat, normalise, then
    weight, aggregate and adjust level by level, rank and grade. What the steps find (a column that is constant or empty,
    imputed cells) is in the result's findings; an error there, such as a zero under a geometric mean, has left the score
    missing. A node whose score comes from the units below takes it of these units' own scores, made in the same way, and is
    no more than a leaf here: the result's `index` is the tree that is left.
    Periods of another tree, which are not `of` this one, are scored no further than to the scores of their leaves.

    :raises Refused: where a method compares each unit with each and takes no more than so many.
    """
    panel = of_columns(index, panel)
    if index.editions:
        return _by_the_tree_of_then(index, panel, level)
    with np.errstate(over="ignore"):  # what is too large is found, and no library warns of it
        reported_by, reported = index, panel
        below, (nodes, parts) = None, scored_below(index, panel.units, level)
        if nodes:
            index, panel, found, below = with_scores(index, panel, level, nodes, score(index, panel, level=parts))
        else:
            panel, found = roll_up(index, of_one_level(index, panel, level))
        if refused := list(too_many_units(index, panel.units, len(panel.periods))):
            raise Refused(refused)
        derived, status, too_large = derive(index, panel)
        derived, status, screened = screen(index, panel, derived, status)
        imputed, flags = impute(index, panel, derived, status)
        treated = treat(index, imputed)
        scores = empty(len(panel.periods), len(panel.units), len(index.tree.nodes))
        normalise(index, panel, treated, scores)
        untouched = flags is status
        if of is not None:
            derived, imputed, treated, flags = _only(of(panel.periods), (derived, imputed, treated, flags), scores)
        estimates, status = Counter[str]() if untouched else imputed_in(index, flags), flags
        inner = aggregate(index, panel, status, scores)
        places, within = rank(index, panel, derived, scores)
        grades = grade(index, panel, scores, places, within, grade_ceilings(index, panel))
        estimates += estimated_in(index, inner)
        compared = check_comparisons(below.index if below else index, panel, estimates + imputed_below(below))
        noted = [
            *check_columns(index, panel, treated, status, scores, said_of(reported.findings)),
            *check_nodes(index, panel, inner),
            *compared,
        ]
        noted += [
            *check_imputed(index, panel, status),
            *set_aside(reported_by, reported),
            *given_outside(reported_by, reported),
            *without_past(index, panel),
            *(check_level(reported_by, panel.units) if of is None else ()),
            *broken_rules(reported_by, reported),
            *too_large,
            *check_large(index, panel, scores),
            *check_shares(index, panel, scores),
        ]
        return Scores(
            index=index,
            panel=panel,
            derived=derived,
            treated=treated,
            status=status,
            scores=scores,
            coverage=inner.coverage,
            points=inner.points,
            ranks=places,
            group_ranks=within if index.ranking.overall else None,
            grades=grades,
            weights=tuple(inner.weights[branch.position] for branch in index.tree.branches),
            findings=tuple(with_label([*found, *screened, *noted], index.units.label)),
            below=below,
            imputed=imputed,
            estimated=inner.estimated,
            reported=reported,
            level=level,
            there=scored(index, panel),
            again=partial(_again, reported_by, reported, panel, level) if panel.units.wholes else None,
        )


def _by_the_tree_of_then(index: Index, panel: Panel, level: str | None) -> Scores:
    """Score each period of a panel by the tree that holds there."""
    scores = by_editions(index, panel, lambda tree, own, of: score(tree, own, level=level, of=of))
    again = partial(_again, index, panel, scores.panel, level) if scores.panel.units.wholes else None
    said = {(one.code, one.place) for one in scores.findings}
    found = [*scores.findings, *(one for one in broken_rules(index, panel) if (one.code, one.place) not in said)]
    found += check_level(index, scores.panel.units)
    return replace(scores, reported=panel, level=level, again=again, findings=tuple(with_label(found, index.units.label)))


def _only(rows: Any, made: Sequence[Any], scores: Array) -> list[Any]:
    """Return derived, imputed and treated values and statuses that apply in some periods alone; so are the scores."""
    out = [np.array(one, order="K") for one in made]
    for one in (*out[:3], scores):
        one[~rows] = np.nan
    out[3][~rows] = NOT_APPLICABLE
    return out


def _again(index: Index, reported: Panel, made: Panel, level: str | None, period: str) -> Scores:
    """Score anew with the units of a period, and name them as the panel that was `made` does."""
    panel = of_the_time(index, reported, period)
    if panel is reported:
        return replace(score(index, reported, level=level), again=None)
    scores = score(index, panel, level=level)
    return replace(scores, panel=replace(scores.panel, units=made.units), reported=reported, again=None)


def score_again(scores: Scores, panel: Panel) -> tuple[Array, Array, Array]:
    """Score the units and periods of some scores anew from other values, brought and rolled up as theirs are.

    Returns the derived values (period, unit, leaf), and the scores and ranks (period, unit, node).
    """
    index = scores.index
    with np.errstate(over="ignore"):
        derived, status, _ = derive(index, panel)
        derived, status, _ = screen(index, panel, derived, status)
        imputed, status = impute(index, panel, derived, status)
        made = empty(len(panel.periods), len(panel.units), len(index.tree.nodes))
        normalise(index, panel, treat(index, imputed), made)
        aggregate(index, panel, status, made)
        return derived, made, rank(index, panel, derived, made)[0]
