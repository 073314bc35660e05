"""What a report shows: sheets of typed cells, computed once and written by every format alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ...analysis.past import name_then, throughout
from ...findings import Finding
from ...methods.arrays import Array, np
from ...methods.ties import near
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...periods import kind_among, previous, year_before
from ...scores import ACROSS_PERIODS, Scores
from ...tree.blocks.adjustments import Adjustment
from ...tree.model import Dimension, Index, Indicator
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..numbers import decimals_of_values, listed, with_measure
from .alone import alone_in, by_group, place_word, unit_label
from .apart import decimals_apart
from .open import unless_empty
from .sheet import Columns, Heading, Sheet, Value
from .whole import adds_up, of_the_whole

YEARS = ("year", "split-year")  # kinds of periods of which the one before is that of a year before
MOST_ROWS = 50_000  # in a sheet of a workbook; ranking.csv and scores.parquet have all


def sheets(scores: Scores, period: str, language: str, beside: Sequence[Sheet] = ()) -> list[Sheet]:
    """Return all sheets of a period's report: ranking, places, dimensions, monitored, adjustments, those `beside`, coverage."""
    dimensions = [
        dimension_sheet(scores, period, node, language, places=True)
        for node in scores.tree.dimensions
        if node not in scores.tree.monitored
    ]
    monitored = [monitored_sheet(scores, period, language)] if scores.tree.monitored else []
    adjustments = [adjustments_sheet(scores, period, language)] if scores.index.adjustments else []
    all_sheets = [
        ranking_sheet(scores, period, language),
        places_sheet(scores, period, language),
        *dimensions,
        *monitored,
        *adjustments,
        coverage_sheet(scores, period, language),
    ]
    pages = [replace(part, notes=sheet.notes) for sheet in all_sheets for part in by_group(scores, sheet, language)]
    short = [shortened(page, MOST_ROWS, language) for page in pages]
    return [*short[:-1], *beside, short[-1]]


def public_sheets(scores: Scores, period: str, language: str, *, values: bool = False) -> list[Sheet]:
    """Return the sheets that everybody may read: scores and ranks, values where these are open, not what is known of the data."""
    tree = scores.tree
    dimensions = [
        dimension_sheet(scores, period, node, language, places=True, values=values)
        for node in tree.dimensions
        if node not in tree.monitored
    ]
    return [
        shortened(sheet, MOST_ROWS, language)
        for sheet in (ranking_sheet(scores, period, language), places_sheet(scores, period, language), *dimensions)
    ]


def ranking_sheet(
    scores: Scores, period: str, language: str, some: Sequence[int] | None = None, *, numeric: bool = False
) -> Sheet:
    """Return the ranking of a period, the best first, units without a score last; or of some units, in their order.

    For programs, it is `numeric`: no score is shown as being below a limit, and the units' ids stand last.
    """
    tree, at = scores.tree, scores.periods.index(period)
    units = in_rank_order(scores, at, tree.root) if some is None else some
    decimals, said = decimals_apart(scores, at, tree.root, units, language)
    table = _ranked(scores, at, tree.root, units, language, decimals)
    if scores.group_ranks is not None or not scores.index.ranking.overall:
        within = scores.index.ranking.within or "group"
        labels = scores.panel.units.labels(within)
        table.add(Heading(word.group(language) if within == "group" else within, "text"), [labels[unit] for unit in units])
        if scores.group_ranks is not None:
            heading = Heading(word.group_rank(language), "count", shows=("group rank", tree.root))
            table.add(heading, values_of(scores.group_ranks[at, :, tree.root], units))
    _add_moves(scores, period, units, language, table, tree.root, numeric=numeric)
    for node in tree.dimensions:
        _add_node(scores, at, node, units, language, table)
    heading = Heading(word.coverage(language), "percent", shows=("coverage", tree.root))
    table.add(heading, values_of(scores.covered(tree.root)[at], units))
    if numeric:
        table.add(Heading(word.id(language), "text"), [scores.panel.units.ids[unit] for unit in units])
    whole = of_the_whole(scores, units, table, 1, language) if some is None and not numeric else ()
    if not numeric:
        table.cells[2] = _censored(scores, table.cells[2])
    said = (
        *notes(scores, language),
        *_of_the_past(scores, period, language),
        *_of_warning(scores, tree.dimensions, language),
        *said,
    )
    ties = _ties(scores, units, table.cells[0])
    return Sheet(
        word.ranking(language), tuple(table.headings), table.rows, ties, _decimals(scores), said, whole, units=tuple(units)
    )


def places_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return the places of units in the index and in every dimension, each with the places risen since the period before."""
    tree, at, table = scores.tree, scores.periods.index(period), Columns()
    units = in_rank_order(scores, at, tree.root)
    table.add(Heading(unit_label(scores, language), "text"), scores.panel.units.titles(units, language))
    for node in (tree.root, *(node for node in tree.dimensions if node not in tree.monitored)):
        over = word.index(language) if node == tree.root else tree.nodes[node].title(language)
        _add_places(scores, period, node, units, language, table, over)
    said = (*notes(scores, language), *_of_the_past(scores, period, language))
    return Sheet(word.places_by_dimension(language), tuple(table.headings), table.rows, notes=said, units=tuple(units))


def dimension_sheet(scores: Scores, period: str, node: int, language: str, *, places: bool = False, values: bool = True) -> Sheet:
    """Return a node's own ranking, with the scores of the nodes right below it, and their places where these are asked for.

    What is monitored is ranked by its values, and left out without `values`.
    """
    tree, at = scores.tree, scores.periods.index(period)
    units = in_rank_order(scores, at, node)
    decimals, said = decimals_apart(scores, at, node, units, language)
    table = _ranked(scores, at, node, units, language, decimals)
    _add_moves(scores, period, units, language, table, node)
    for child in tree.below(node):
        if child in tree.monitored and not values:
            continue
        if places and child not in tree.monitored:
            own, over = tree.nodes[child], tree.nodes[child].title(language)
            decimals_there = scores.index.decimals_of(own)
            heading = Heading(word.score(language), "score", over=over, decimals=decimals_there, shows=("score", child))
            table.add(heading, values_of(scores.scores[at, :, child], units))
            _add_places(scores, period, child, units, language, table, over)
        else:
            _add_node(scores, at, child, units, language, table)
    heading = Heading(word.coverage(language), "percent", shows=("coverage", node))
    table.add(heading, values_of(scores.covered(node)[at], units))
    extra = (word.warning_board(language), *_of_warning(scores, [node], language)) if _over(scores, node, language) else ()
    return Sheet(
        tree.nodes[node].title(language),
        tuple(table.headings),
        table.rows,
        _ties(scores, units, table.cells[0]),
        _decimals(scores),
        (*extra, *notes(scores, language), *said),
        of_the_whole(scores, units, table, 1, language),
        units=tuple(units),
    )


def monitored_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return the values of all that is monitored and not scored, with the units' ranks by them, in the units table's order."""
    at, table = scores.periods.index(period), Columns()
    units = scores.listed(at)
    table.add(Heading(unit_label(scores, language), "text"), scores.panel.units.titles(units, language))
    for node in scores.tree.monitored:
        _add_node(scores, at, node, units, language, table)
    said, whole = (word.monitored_help(language), *notes(scores, language)), of_the_whole(scores, units, table, 0, language)
    return Sheet(word.monitored(language), tuple(table.headings), table.rows, notes=said, whole=whole)


def _ranked(scores: Scores, at: int, node: int, units: Sequence[int], language: str, decimals: int) -> Columns:
    """Return the first columns of a ranking: place, unit, score with what belongs beside it; the value of what is monitored."""
    table = Columns()
    table.add(Heading(place_word(scores, language), "rank", shows=("rank", node)), ranks_of(scores, at, node, units))
    table.add(Heading(unit_label(scores, language), "text"), scores.panel.units.titles(units, language))
    if node in scores.tree.monitored:
        _add_value(scores, at, node, units, language, table)
    else:
        heading = Heading(word.score(language), "score", strong=True, decimals=decimals, shows=("score", node))
        table.add(heading, values_of(scores.scores[at, :, node], units))
        if isinstance(scores.tree.nodes[node], Indicator):
            _add_value(scores, at, node, units, language, table)
    _add_beside_score(scores, at, node, units, language, table)
    return table


def _add_moves(
    scores: Scores, period: str, units: Sequence[int], language: str, table: Columns, node: int, *, numeric: bool = False
) -> None:
    """Add how many places units have risen at a node since the period before, and since the same period a year before.

    For people, not where none was ranked then, as where each session of a contest has others on its stage.
    """
    last, year = period_before(scores, period), year_before(period, kind_of(scores, period))
    for heading, earlier in (
        (since(scores, period, language), last),
        (Heading(word.year_before(language), "move"), None if year == last else year),
    ):
        if earlier in scores.periods:
            risen = moves(scores, scores.periods.index(period), scores.periods.index(earlier), units, node)
            if numeric or any(one is not None for one in risen):
                table.add(replace(heading, shows=("move", node)), risen)


def _add_places(scores: Scores, period: str, node: int, units: Sequence[int], language: str, table: Columns, over: str) -> None:
    """Add the places of a node, and how many units have risen there since the period before, where there is one."""
    at, last = scores.periods.index(period), period_before(scores, period)
    heading = Heading(place_word(scores, language), "count", over=over, shows=("rank", node))
    table.add(heading, ranks_of(scores, at, node, units))
    if last is not None:
        heading = replace(since(scores, period, language), over=over, shows=("move", node))
        table.add(heading, moves(scores, at, scores.periods.index(last), units, node))


def _add_node(scores: Scores, at: int, node: int, units: Sequence[int], language: str, table: Columns) -> None:
    """Add a node's scores; of what is monitored its values, with the ranks by these."""
    own = scores.tree.nodes[node]
    if node not in scores.tree.monitored:
        over, decimals = _over(scores, node, language), scores.index.decimals_of(own)
        heading = Heading(own.title(language), "score", over=over, decimals=decimals, shows=("score", node))
        table.add(heading, values_of(scores.scores[at, :, node], units))
        return
    over = own.title(language)
    _add_value(scores, at, node, units, language, table, over=over)
    table.add(Heading(place_word(scores, language), "count", over=over), ranks_of(scores, at, node, units))


def _add_value(
    scores: Scores, at: int, node: int, units: Sequence[int], language: str, table: Columns, *, over: str = ""
) -> None:
    """Add an indicator's values, under its unit of measurement where it has one."""
    own, values = scores.tree.nodes[node], values_of(scores.derived[at, :, node], units)
    measure = own.measure_in(language) if isinstance(own, Indicator) else ""
    title = measure if over and measure else with_measure(word.observed(language), measure, language)
    heading = Heading(title, "score", over=over, decimals=decimals_of_values(values))
    table.add(heading, values, adds_up=adds_up(scores.index, own))


def coverage_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return what share of each dimension had values, and how many cells are missing, not applicable or imputed."""
    tree, at = scores.tree, scores.periods.index(period)
    units = scores.listed(at)
    headings = [
        Heading(unit_label(scores, language), "text"),
        Heading(word.index(language), "percent", strong=True, shows=("coverage", tree.root)),
    ]
    columns: list[list[Value]] = [
        [*scores.panel.units.titles(units, language)],
        values_of(scores.covered(tree.root)[at], units),
    ]
    for node in tree.dimensions:
        headings.append(Heading(tree.nodes[node].title(language), "percent", shows=("coverage", node)))
        columns.append(values_of(scores.covered(node)[at], units))
    for key, status in (("missing", MISSING), ("not applicable", NOT_APPLICABLE), ("imputed", IMPUTED)):
        headings.append(Heading(word_of(key, language), "count", over=word.cells(language)))
        columns.append([int(count) for count in np.count_nonzero(scores.status[at][units] == status, axis=-1)])
    return Sheet(
        word.coverage_and_notes(language),
        tuple(headings),
        tuple(zip(*columns, strict=True)),
        notes=(*notes(scores, language), *_findings(scores, language)),
        units=tuple(units),
    )


def adjustments_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return every adjustment that a unit had in a period: at which node, for how many events, how many points, and why."""
    tree, panel, at = scores.tree, scores.panel, scores.periods.index(period)
    rows: list[tuple[Value, ...]] = []
    for i, item in enumerate(scores.index.adjustments):
        node = tree.nodes[tree.root if item.node is None else tree.position[item.node]].title(language)
        had, counts, points = adjusted_by(scores, at, i)
        for unit in np.flatnonzero(had).tolist():
            limit = best_grade_left(scores.index, item, language)
            reason = item.title(language) + (" · " + word.ceiling(language).format(grade=limit) if limit else "")
            events: Value = None if counts is None else float(counts[unit])
            rows.append((panel.units.title(unit, language), node, reason, events, float(points[unit]), item.why))
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(word.node(language), "text"),
        Heading(word.adjustments(language), "text"),
        Heading(word.events(language), "count"),
        Heading(word.points(language), "score", strong=True),
        Heading(word.reason(language), "text"),
    )
    said = notes(scores, language)
    sheet = Sheet(word.adjustments(language), headings, tuple(rows), decimals=_decimals(scores), notes=said)
    return unless_empty(sheet, word.events(language), word.reason(language))


def adjusted_by(scores: Scores, at: int, item: int) -> tuple[Array, Array | None, Array]:
    """Return which units had an adjustment in a period, for how many events, where it counts any, and the points (unit,)."""
    panel, column = scores.panel, scores.panel.column.get(scores.index.adjustments[item].id)
    counts = None if column is None else panel.values[at, :, column]
    points = np.nan_to_num(scores.points[at, :, item])
    return (points != 0 if counts is None else (np.nan_to_num(counts) > 0) | (points != 0)), counts, points


def best_grade_left(index: Index, item: Adjustment, language: str) -> str:
    """Return the title of the best grade that a veto leaves; empty where it leaves all."""
    named = item.veto.grade if item.veto else None
    return next((grade.title(language) for grade in index.grades if grade.name == named), "")


def shortened(sheet: Sheet, rows: int, language: str, file: str = "ranking.csv") -> Sheet:
    """Return a sheet with no more than some rows, and a note that says so and which file has all."""
    if len(sheet.rows) <= rows:
        return sheet
    note = word.shortened(language).format(shown=rows, all=len(sheet.rows), file=file)
    return replace(sheet, rows=sheet.rows[:rows], notes=(*sheet.notes, note))


def in_rank_order(scores: Scores, at: int, node: int) -> list[int]:
    """Return the units of a period from the best to the last of a node, in the units table's order where they tie.

    Where groups alone are ranked they stand one after the other, in the order in which the units table has them.
    """
    places = scores.ranks[at, :, node]  # NaN stands last
    groups = alone_in(scores)
    order: list[int] = (np.argsort(places, kind="stable") if groups is None else np.lexsort((places, groups))).tolist()
    there = scores.there
    return order if there is None else [unit for unit in order if there[at, unit]]


def ranks_of(scores: Scores, at: int, node: int, units: Sequence[int]) -> list[Value]:
    """Return the ranks of a node for some units, whole numbers where they are."""
    return values_of(scores.ranks[at, :, node], units)


def values_of(array: Any, units: Sequence[int]) -> list[Value]:
    """Return an array's values for some units as plain numbers, None for NaN."""
    return [None if math.isnan(value) else value for value in (float(array[unit]) for unit in units)]


def moves(scores: Scores, at: int, before: int, units: Sequence[int], node: int) -> list[Value]:
    """Return how many places each unit has risen at a node since another period; None where it was not ranked in both."""
    then = _ranks_then(scores, before, at) if node == scores.tree.root else _ranks_of(scores, before, node)
    return values_of(then - scores.ranks[at, :, node], units)


def _ranks_of(scores: Scores, period: int, node: int) -> Any:
    """Return the ranks (unit,) of a node in a period, with those of units that came out of others later."""
    return throughout(scores, lambda own: np.asarray(own.ranks[..., node]))[period]


def _ranks_then(scores: Scores, period: int, told_in: int) -> Any:
    """Return the ranks of a period as they were published when a later one was, as they are scored where they were not."""
    known = scores.released_of(scores.periods[period], scores.periods[told_in])
    own, units = _ranks_of(scores, period, scores.tree.root), scores.panel.units
    if known is None:
        return own
    ids = [units.ids[name_then(scores, period, unit)] for unit in range(len(units))]
    merged = units.wholes.keys() - units.renamed.keys()  # what was not there then was not published
    return np.array([known.get(unit, own[at] if at in merged else np.nan) for at, unit in enumerate(ids)])


def _of_the_past(scores: Scores, period: str, language: str) -> tuple[str, ...]:
    """Say with what ranks a period's moves are compared, where periods of the index have been published."""
    kind, said = kind_of(scores, period), []
    for earlier in dict.fromkeys(step(period, kind) for step in (previous, year_before)) if scores.released else ():
        if earlier in scores.periods and scores.released_of(earlier, period) is not None:
            before, at = scores.periods.index(earlier), scores.periods.index(period)
            own = _ranks_of(scores, before, scores.tree.root)
            same = np.array_equal(_ranks_then(scores, before, at), own, equal_nan=True)
            known = word.ranks_as_published if same else word.changed_since
            said.append(known(language).format(period=period_title(earlier, language)))
        elif earlier in scores.periods:
            said.append(word.scored_anew(language).format(period=period_title(earlier, language)))
    return tuple(said)


def period_before(scores: Scores, period: str) -> str | None:
    """Return the last period of the same kind that was scored before one, or None where there is none."""
    kind = kind_of(scores, period)
    return next((one for one in reversed(scores.periods[: scores.periods.index(period)]) if kind_of(scores, one) == kind), None)


def last_periods(scores: Scores, period: str, most: int) -> list[int]:
    """Return the places of the last periods of a period's kind, up to it."""
    kind = kind_of(scores, period)
    return [at for at in range(scores.periods.index(period) + 1) if kind_of(scores, scores.periods[at]) == kind][-most:]


def since(scores: Scores, period: str, language: str) -> Heading:
    """Return the heading of the moves since the period before: by that period where it is not right before."""
    last = period_before(scores, period)
    if last is not None and kind_of(scores, period) in YEARS and last == previous(period, kind_of(scores, period)):
        return Heading(word.on_the_year_before_places(language), "move", plain=word.previous(language))
    if last is None or last == previous(period, kind_of(scores, period)):
        return Heading(word.previous(language), "move")
    named = word.since_period(language)
    return Heading(named.format(period=period_title(last, language)), "move", plain=named.format(period=last))


def notes(scores: Scores, language: str) -> tuple[str, ...]:
    """Return what must stand under every table of this index, above all that data is illustrative."""
    note = scores.index.index.remark(language)
    return (note,) if note else ()


def notes_on_periods(scores: Scores, language: str) -> tuple[str, ...]:
    """Return what must stand under a table of several periods: the same, and whether scores of these compare."""
    return (*notes(scores, language), *_said((one for one in scores.findings if one.code in ACROSS_PERIODS), language))


def noted(scores: Scores) -> list[Finding]:
    """Return what readers of a period must know of the data: events that count nowhere, then what scoring found."""
    said = (found for found in scores.findings if found.code not in ACROSS_PERIODS)
    return [*(found for quarantine in scores.panel.quarantine for found in quarantine.findings), *said]


def kind_of(scores: Scores, period: str) -> Any:
    """Return the kind of a period: the index's own, or one that its periods were rolled up to."""
    return kind_among(period, scores.index.periods.kinds)


def _add_beside_score(scores: Scores, at: int, node: int, units: Sequence[int], language: str, table: Columns) -> None:
    """Add what belongs right beside a node's score: its grade, its primary children, the points of its adjustments."""
    if node in scores.grades:
        heading = Heading(word.grade(language), "text", shows=("grade", node))
        table.add(heading, [scores.grade(at, unit, node, language) for unit in units])
    own = scores.tree.nodes[node]
    if not isinstance(own, Indicator) and own.primary is not None:
        table.add(Heading(word.primary(language), "text"), [primary(scores, at, unit, node, language) for unit in units])
    for i in () if node < scores.tree.leaves else scores.tree.branch_at(node).adjustments:
        if not scores.index.adjustments[i].gives_points:
            continue
        heading = Heading(scores.index.adjustments[i].title(language), "score", over=word.adjustments(language))
        table.add(heading, values_of(scores.points[at, :, i], units))


def primary(scores: Scores, at: int, unit: int, node: int, language: str) -> str:
    """Return the names of the children that attain a unit's score at a node."""
    return listed((scores.tree.nodes[child].title(language) for child in scores.primary(at, unit, node)), language)


def _censored(scores: Scores, values: Sequence[Value]) -> Sequence[Value]:
    """Return the scores of the index as they are published: `<5` for those below 5 where that is the limit."""
    limit = scores.index.index.censor_below
    if limit is None:
        return values
    return [f"<{limit:g}" if isinstance(value, float) and limit - value > near(value, limit) else value for value in values]


def _over(scores: Scores, node: int, language: str) -> str:
    found = scores.tree.nodes[node]
    return word.warning_score(language) if isinstance(found, Dimension) and found.role == "warning" else ""


def _of_warning(scores: Scores, nodes: Sequence[int], language: str) -> tuple[str, ...]:
    """Say of the nodes that warn which way their scores go: the higher, the safer."""
    names = [scores.tree.nodes[node].title(language) for node in nodes if _over(scores, node, language)]
    return (word.warning_score_help(language).format(names=listed(names, language)),) if names else ()


def _decimals(scores: Scores) -> int:
    return scores.index.index.decimals


def _ties(scores: Scores, units: Sequence[int], ranks: Sequence[Value]) -> frozenset[int]:
    groups = alone_in(scores)
    places = [(rank, None if groups is None else int(groups[unit])) for unit, rank in zip(units, ranks, strict=True)]
    times = Counter(places)
    return frozenset(row for row, place in enumerate(places) if place[0] is not None and times[place] > 1)


def _findings(scores: Scores, language: str) -> tuple[str, ...]:
    return _said(noted(scores), language)


def _said(found: Iterable[Finding], language: str) -> tuple[str, ...]:
    return tuple(f"{one.code} {one.message('en' if language == 'en' else 'zh')}" for one in found)
