"""Sheets of what moved and why: short boards, changes by factor and by indicator, comparisons of two rankings."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..analysis.change import Change
from ..analysis.compare import Comparison
from ..analysis.versus import Boards
from ..methods.arrays import np
from ..scores import Scores
from .tables import Heading, Sheet, Value, notes, unit_label
from .words import word

MOST_BOARDS = 5


def boards_sheet(scores: Scores, boards: Boards, language: str, *, short: bool, node: int | None = None) -> Sheet:
    """Return the indicators that cost a unit most against its group, or those that bring it most, below a node."""
    tree = scores.tree
    order = np.argsort(boards.points if short else -boards.points, kind="stable").tolist()
    worth = [at for at in order if at < tree.leaves and (boards.points[at] < 0 if short else boards.points[at] > 0)]
    shown = [at for at in worth if node is None or _is_below(tree.parents, at, node)][:MOST_BOARDS]
    headings = (
        Heading(word("short boards" if short else "strengths", language), "text"),
        Heading(word("id", language), "code"),
        Heading(word("score", language), "score"),
        Heading(word("group mean", language), "score"),
        Heading(word("index points", language), "signed"),
        Heading(word("places", language), "move"),
    )
    rows = tuple(
        (
            tree.nodes[at].title(language),
            tree.nodes[at].id,
            value(scores.scores[boards.period, boards.unit, at]),
            value(boards.mean[at]),
            value(boards.points[at]),
            value(boards.places[at]),
        )
        for at in shown
    )
    return Sheet(headings[0].title, headings, rows, decimals=scores.index.index.decimals)


def _is_below(parents: Sequence[int], node: int, above: int) -> bool:
    while node >= 0 and node != above:
        node = parents[node]
    return node == above


def change_sheet(scores: Scores, found: Change, language: str, leading: Sequence[str] = ()) -> Sheet:
    """Return the moves of units in the order of their later ranks, each split by factor."""
    order = np.lexsort((np.arange(len(found.at)), found.ranks[0], found.ranks[1])).tolist()
    headings = [
        Heading(unit_label(scores, language), "text"),
        *(Heading(period, "score", over=word("score", language)) for period in _periods(found, language)),
        Heading(word("score difference", language), "signed", strong=True),
        *(Heading(word(f"factor {factor}", language), "signed") for factor in found.parts),
        *(Heading(word("rank", language) + mark, "count") for mark in ("₀", "₁")),
        Heading(word("places", language), "move"),
        *([Heading(word("leading", language), "text")] if leading else []),
    ]
    rows = []
    for at in order:
        first, last = (value(score) for score in found.scores[:, at])
        row: list[Value] = [found.units.title(found.at[at], language), first, last]
        row += [value(found.scores[1, at] - found.scores[0, at]), *(value(part[at]) for part in found.parts.values())]
        row += [value(rank) for rank in found.ranks[:, at]]
        row.append(value(found.ranks[0, at] - found.ranks[1, at]))
        if leading:
            row.append(word(f"factor {leading[at]}", language) if leading[at] else "")
        rows.append(tuple(row))
    return Sheet(
        word("change", language),
        tuple(headings),
        tuple(rows),
        decimals=scores.index.index.decimals,
        notes=notes(scores, language),
    )


def _periods(found: Change, language: str) -> tuple[str, str]:
    one, other = found.periods
    return (one, other) if one != other else (word("earlier", language), word("later", language))


def factors_sheet(scores: Scores, found: Change, language: str) -> Sheet:
    """Return the change of the first unit by factor, in points and in places."""
    headings = (
        Heading(word("factor", language), "text"),
        Heading(word("score difference", language), "signed"),
        Heading(word("places", language), "signed"),
    )
    rows: list[tuple[Value, ...]] = [
        (word(f"factor {factor}", language), value(part[0]), value(-found.rank_parts[factor][0]))
        for factor, part in found.parts.items()
    ]
    score, rank = (np.diff(ends[:, 0])[0] for ends in (found.scores, found.ranks))
    rows.append((word("all", language), value(score), value(-rank)))
    return Sheet(word("change", language), headings, tuple(rows), decimals=scores.index.index.decimals)


def indicators_sheet(scores: Scores, found: Change, values: dict[str, tuple[str, str]], language: str, most: int = 10) -> Sheet:
    """Return the indicators that moved the first unit's score by its own data most, with the values that changed."""
    headings = (
        Heading(word("factor own", language), "text"),
        Heading(word("id", language), "code"),
        *(Heading(period, "text") for period in _periods(found, language)),
        Heading(word("index points", language), "signed"),
    )
    parts = {leaf: float(part[0]) for leaf, part in (found.indicators or {}).items()}
    order = sorted((leaf for leaf, part in parts.items() if part), key=lambda leaf: (-abs(parts[leaf]), leaf))
    titles = {node.id: node.title(language) for node in scores.tree.nodes}
    rows: list[tuple[Value, ...]] = [(titles.get(leaf, leaf), leaf, *values.get(leaf, ("–", "–")), parts[leaf]) for leaf in order]
    rest = [row[-1] for row in rows[most:] if isinstance(row[-1], float)]
    if rest:
        rows = [*rows[:most], (word("others", language).format(count=len(rest)), "", "", "", math.fsum(rest))]
    return Sheet(headings[0].title, headings, tuple(rows), decimals=scores.index.index.decimals)


def agreement_text(found: Comparison, language: str) -> str:
    """Say in a line how much two rankings agree."""
    shown = word("agreement", language).format(
        count=found.count,
        spearman=f"{found.spearman:.3f}",
        kendall=f"{found.kendall:.3f}",
        moved=found.moved,
        shift=f"{found.shift:.2f}",
        most=f"{found.most:g}",
    )
    return shown.replace("nan", "–")


def value(number: float) -> float | None:
    """Return a plain number, None for NaN."""
    number = float(number)
    return None if math.isnan(number) else number
