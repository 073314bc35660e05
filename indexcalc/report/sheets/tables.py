"""What a report shows: sheets of typed cells, computed once and written by every format alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...findings import Finding
from ...methods.arrays import np
from ...methods.ties import near
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...periods import kind_among, previous, year_before
from ...scores import Scores
from ...tree.model import Dimension, Indicator
from ...words.reports import word, word_of
from ..numbers import listed
from .apart import decimals_apart

MOST_ROWS = 50_000  # in a sheet of a workbook; ranking.csv and scores.parquet have all
Kind = Literal["text", "rank", "score", "move", "percent", "count", "code", "signed"]
Value = str | float | int | None


@dataclass(frozen=True)
class Heading:
    """One column of a sheet; `over` spans it and its neighbours, `decimals` are its own where not the sheet's."""

    title: str
    kind: Kind
    over: str = ""
    strong: bool = False
    decimals: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One table: headings and rows; `ties` are the rows whose rank is shared."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    ties: frozenset[int] = frozenset()
    decimals: int = 2
    notes: tuple[str, ...] = ()


def sheets(scores: Scores, period: str, language: str, beside: Sequence[Sheet] = ()) -> list[Sheet]:
    """Return all sheets of a period's report: the ranking, one a dimension, adjustments, those `beside`, coverage and notes."""
    dimensions = [dimension_sheet(scores, period, node, language) for node in scores.tree.dimensions]
    adjustments = [adjustments_sheet(scores, period, language)] if scores.index.adjustments else []
    all_sheets = [
        ranking_sheet(scores, period, language),
        *dimensions,
        *adjustments,
        coverage_sheet(scores, period, language),
    ]
    short = [shortened(sheet, MOST_ROWS, language) for sheet in all_sheets]
    return [*short[:-1], *beside, short[-1]]


def ranking_sheet(
    scores: Scores, period: str, language: str, some: Sequence[int] | None = None, *, numeric: bool = False
) -> Sheet:
    """Return the ranking of a period, the best first, units without a score last; or of some units, in their order.

    For programs, it is `numeric`: no score is shown as being below a limit, and the units' ids stand last.
    """
    tree, at = scores.tree, scores.periods.index(period)
    units = in_rank_order(scores, at, tree.root) if some is None else some
    decimals, said = decimals_apart(scores, at, tree.root, units, language)
    headings = [
        Heading(word.rank(language), "rank"),
        Heading(unit_label(scores, language), "text"),
        Heading(word.score(language), "score", strong=True, decimals=decimals),
    ]
    columns: list[list[Value]] = [
        ranks_of(scores, at, tree.root, units),
        [scores.panel.units.title(unit, language) for unit in units],
        values_of(scores.scores[at, :, tree.root], units),
    ]
    if not numeric:
        columns[-1] = _censored(scores, columns[-1])
    _add_beside_score(scores, at, tree.root, units, language, headings, columns)
    if scores.group_ranks is not None:
        within = scores.index.ranking.within or "group"
        labels = scores.panel.units.labels(within)
        title = word.group(language) if within == "group" else within
        headings += [Heading(title, "text"), Heading(word.group_rank(language), "count")]
        columns.append([labels[unit] for unit in units])
        columns.append(values_of(scores.group_ranks[at, :, tree.root], units))
    for key, step in (("previous", previous), ("year before", year_before)):
        earlier = step(period, kind_of(scores, period))
        if earlier in scores.periods and (key == "previous" or earlier != previous(period, kind_of(scores, period))):
            headings.append(Heading(word_of(key, language), "move"))
            columns.append(moves(scores, at, scores.periods.index(earlier), units))
    for node in tree.dimensions:
        own = scores.index.decimals_of(tree.nodes[node])
        headings.append(Heading(tree.nodes[node].title(language), "score", over=_over(scores, node, language), decimals=own))
        columns.append(values_of(scores.scores[at, :, node], units))
    headings.append(Heading(word.coverage(language), "percent"))
    columns.append(values_of(scores.covered(tree.root)[at], units))
    if numeric:
        headings.append(Heading(word.id(language), "text"))
        columns.append([scores.panel.units.ids[unit] for unit in units])
    rows, said = tuple(zip(*columns, strict=True)), (*notes(scores, language), *_of_the_past(scores, period, language), *said)
    return Sheet(word.ranking(language), tuple(headings), rows, _ties(columns[0]), _decimals(scores), said)


def dimension_sheet(scores: Scores, period: str, node: int, language: str) -> Sheet:
    """Return a dimension's own ranking, with the scores of the nodes right below it."""
    tree, at = scores.tree, scores.periods.index(period)
    units = in_rank_order(scores, at, node)
    decimals, said = decimals_apart(scores, at, node, units, language)
    headings = [
        Heading(word.rank(language), "rank"),
        Heading(unit_label(scores, language), "text"),
        Heading(word.score(language), "score", strong=True, decimals=decimals),
    ]
    columns: list[list[Value]] = [
        ranks_of(scores, at, node, units),
        [scores.panel.units.title(unit, language) for unit in units],
        values_of(scores.scores[at, :, node], units),
    ]
    _add_beside_score(scores, at, node, units, language, headings, columns)
    for child in tree.below(node):
        own = scores.index.decimals_of(tree.nodes[child])
        headings.append(Heading(tree.nodes[child].title(language), "score", decimals=own))
        columns.append(values_of(scores.scores[at, :, child], units))
    headings.append(Heading(word.coverage(language), "percent"))
    columns.append(values_of(scores.covered(node)[at], units))
    title = tree.nodes[node].title(language)
    extra = (word.warning_board(language),) if _over(scores, node, language) else ()
    rows = tuple(zip(*columns, strict=True))
    return Sheet(title, tuple(headings), rows, _ties(columns[0]), _decimals(scores), (*extra, *notes(scores, language), *said))


def coverage_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return what share of each dimension had values, and how many cells are missing, not applicable or imputed."""
    tree, at = scores.tree, scores.periods.index(period)
    units = range(len(scores.panel.units))
    headings = [Heading(unit_label(scores, language), "text"), Heading(word.index(language), "percent", strong=True)]
    columns: list[list[Value]] = [
        [scores.panel.units.title(unit, language) for unit in units],
        values_of(scores.covered(tree.root)[at], units),
    ]
    for node in tree.dimensions:
        headings.append(Heading(tree.nodes[node].title(language), "percent"))
        columns.append(values_of(scores.covered(node)[at], units))
    for key, status in (("missing", MISSING), ("not applicable", NOT_APPLICABLE), ("imputed", IMPUTED)):
        headings.append(Heading(word_of(key, language), "count", over=word.cells(language)))
        columns.append([int(count) for count in np.count_nonzero(scores.status[at] == status, axis=-1)])
    return Sheet(
        word.coverage_and_notes(language),
        tuple(headings),
        tuple(zip(*columns, strict=True)),
        notes=(*notes(scores, language), *_findings(scores, language)),
    )


def adjustments_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return every adjustment that a unit had in a period: at which node, for how many events, how many points, and why."""
    tree, panel, at = scores.tree, scores.panel, scores.periods.index(period)
    rows: list[tuple[Value, ...]] = []
    for i, item in enumerate(scores.index.adjustments):
        node = tree.nodes[tree.root if item.node is None else tree.position[item.node]].title(language)
        counts = panel.values[at, :, panel.column[item.id]] if item.id in panel.column else None
        points = np.nan_to_num(scores.points[at, :, i])
        had = points != 0 if counts is None else (np.nan_to_num(counts) > 0) | (points != 0)
        for unit in np.flatnonzero(had).tolist():
            limit = item.veto.grade if item.veto else None
            reason = item.title(language) + ("" if limit is None else " · " + word.ceiling(language).format(grade=limit))
            events: Value = None if counts is None else float(counts[unit])
            rows.append((panel.units.title(unit, language), node, reason, events, float(points[unit]), item.note))
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(word.node(language), "text"),
        Heading(word.adjustments(language), "text"),
        Heading(word.events(language), "count"),
        Heading(word.points(language), "score", strong=True),
        Heading(word.reason(language), "text"),
    )
    return Sheet(word.adjustments(language), headings, tuple(rows), decimals=_decimals(scores), notes=notes(scores, language))


def shortened(sheet: Sheet, rows: int, language: str, file: str = "ranking.csv") -> Sheet:
    """Return a sheet with no more than some rows, and a note that says so and which file has all."""
    if len(sheet.rows) <= rows:
        return sheet
    note = word.shortened(language).format(shown=rows, all=len(sheet.rows), file=file)
    return replace(sheet, rows=sheet.rows[:rows], notes=(*sheet.notes, note))


def in_rank_order(scores: Scores, at: int, node: int) -> list[int]:
    """Return the units from the best to the last of a node, in the units table's order where they tie."""
    order: list[int] = np.argsort(scores.ranks[at, :, node], kind="stable").tolist()  # NaN stands last
    return order


def ranks_of(scores: Scores, at: int, node: int, units: Sequence[int]) -> list[Value]:
    """Return the ranks of a node for some units, whole numbers where they are."""
    return values_of(scores.ranks[at, :, node], units)


def values_of(array: Any, units: Sequence[int]) -> list[Value]:
    """Return an array's values for some units as plain numbers, None for NaN."""
    return [None if math.isnan(value) else value for value in (float(array[unit]) for unit in units)]


def moves(scores: Scores, at: int, before: int, units: Sequence[int]) -> list[Value]:
    """Return how many places each unit has risen since another period; None where it was not ranked in both."""
    return values_of(_ranks_then(scores, before) - scores.ranks[at, :, scores.tree.root], units)


def _ranks_then(scores: Scores, period: int) -> Any:
    """Return the ranks of a period as they were published, as they are scored where they were not."""
    known = scores.released.get(scores.periods[period])
    if known is None:
        return scores.ranks[period, :, scores.tree.root]
    return np.array([known.get(unit, np.nan) for unit in scores.panel.units.ids])


def _of_the_past(scores: Scores, period: str, language: str) -> tuple[str, ...]:
    """Say with what ranks a period's moves are compared, where periods of the index have been published."""
    kind, said = kind_of(scores, period), []
    for earlier in dict.fromkeys(step(period, kind) for step in (previous, year_before)) if scores.released else ():
        if earlier in scores.released and earlier in scores.periods:
            own = scores.ranks[scores.periods.index(earlier), :, scores.tree.root]
            same = np.array_equal(_ranks_then(scores, scores.periods.index(earlier)), own, equal_nan=True)
            known = word.ranks_as_published if same else word.changed_since
            said.append(known(language).format(period=earlier))
        elif earlier in scores.periods:
            said.append(word.scored_anew(language).format(period=earlier))
    return tuple(said)


def unit_label(scores: Scores, language: str) -> str:
    """Return what a unit is called: the name of its level where there are several."""
    levels = set(scores.panel.units.levels)
    if len(levels) == 1:
        return next(iter(levels))
    return scores.index.units.label_en if language == "en" else scores.index.units.label


def notes(scores: Scores, language: str) -> tuple[str, ...]:
    """Return what must stand under every table of this index, above all that data is illustrative."""
    note = scores.index.index.remark(language)
    return (note,) if note else ()


def noted(scores: Scores) -> list[Finding]:
    """Return what readers must know of the data: events that count nowhere, then what scoring found."""
    return [*(found for quarantine in scores.panel.quarantine for found in quarantine.findings), *scores.findings]


def kind_of(scores: Scores, period: str) -> Any:
    """Return the kind of a period: the index's own, or one that its periods were rolled up to."""
    return kind_among(period, scores.index.periods.kinds)


def _add_beside_score(
    scores: Scores, at: int, node: int, units: Sequence[int], language: str, headings: list[Heading], columns: list[list[Value]]
) -> None:
    """Add what belongs right beside a node's score: its grade, its primary children, the points of its adjustments."""
    if node in scores.grades:
        headings.append(Heading(word.grade(language), "text"))
        columns.append([scores.grade(at, unit, node, language) for unit in units])
    own = scores.tree.nodes[node]
    if not isinstance(own, Indicator) and own.primary is not None:
        headings.append(Heading(word.primary(language), "text"))
        columns.append([primary(scores, at, unit, node, language) for unit in units])
    for i in () if node < scores.tree.leaves else scores.tree.branches[node - scores.tree.leaves].adjustments:
        over = word.adjustments(language)
        headings.append(Heading(scores.index.adjustments[i].title(language), "score", over=over))
        columns.append(values_of(scores.points[at, :, i], units))


def primary(scores: Scores, at: int, unit: int, node: int, language: str) -> str:
    """Return the names of the children that attain a unit's score of a node."""
    return listed((scores.tree.nodes[child].title(language) for child in scores.primary(at, unit, node)), language)


def _censored(scores: Scores, values: list[Value]) -> list[Value]:
    """Return the scores of the index as they are published: `<5` for those below 5 where that is the limit."""
    limit = scores.index.index.censor_below
    if limit is None:
        return values
    return [f"<{limit:g}" if isinstance(value, float) and limit - value > near(value, limit) else value for value in values]


def _over(scores: Scores, node: int, language: str) -> str:
    found = scores.tree.nodes[node]
    return word.warning(language) if isinstance(found, Dimension) and found.role == "warning" else ""


def _decimals(scores: Scores) -> int:
    return scores.index.index.decimals


def _ties(ranks: Sequence[Value]) -> frozenset[int]:
    times = Counter(ranks)
    return frozenset(row for row, rank in enumerate(ranks) if rank is not None and times[rank] > 1)


def _findings(scores: Scores, language: str) -> tuple[str, ...]:
    return tuple(f"{found.code} {found.message('en' if language == 'en' else 'zh')}" for found in noted(scores))
