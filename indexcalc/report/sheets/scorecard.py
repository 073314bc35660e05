"""A unit on one page: where it stands, what its score is made of, what holds it down and up, and what is known of its data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ...analysis.cells import cells_of
from ...analysis.warning import listed as listed_warnings
from ...findings import spoken
from ...methods.arrays import np
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...scores import Scores
from ...tree.model import LEVELS, Indicator
from ...words.page import page
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ..numbers import finite, listed, measured, number
from .alone import unit_label
from .analysed import Analysed
from .explained import where
from .follow import follow_sheets
from .open import may_see, unless_empty, without_column
from .sentences import Sentence, unit_sentences
from .sheet import Heading, Sheet, Value
from .tables import last_periods, moves, period_before, ranks_of

MOST_BOARDS = 3
MOST_GAPS = 6
MOST_PERIODS = 8


@dataclass(frozen=True)
class Scorecard:
    """A unit's page: figures as numbers, tables as sheets; NaN and None for what it lacks."""

    unit: int
    id: str
    title: str
    group: str
    score: float
    rank: float
    ranked: int
    tied: bool
    group_rank: float
    move: float
    next_rank: float
    to_next: float
    interval: tuple[float, float] | None
    grade: str
    warnings: tuple[int, ...]
    dimensions: tuple[float, ...]
    periods: tuple[str, ...]
    course: tuple[float, ...]
    ranks: tuple[float, ...]
    sentences: tuple[Sentence, ...]
    contributions: Sheet
    weak: Sheet
    strong: Sheet
    gaps: Sheet
    plan: Sheet | None


def scorecard(shown: Analysed, unit: int, language: str) -> Scorecard:
    """Return a unit's page in a language."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    ranks, last = scores.rank()[at], period_before(scores, shown.period)
    rank = float(ranks[unit])
    earlier = None if last is None else moves(scores, at, scores.periods.index(last), [unit], tree.root)[0]
    interval = shown.uncertainty.interval()[unit] if shown.uncertainty else (math.nan, math.nan)
    rows = last_periods(scores, shown.period, MOST_PERIODS)
    found = listed_warnings(shown.whole, shown.judged, shown.period, unit=unit) if shown.judged else []
    levels = [shown.judged[one.rule].level(one.at) for one in found]
    next_rank, to_next = next_place(scores, at, unit)
    within = scores.index.ranking.within or ("group" if scores.panel.units.groups else None)
    return Scorecard(
        unit=unit,
        id=scores.panel.units.ids[unit],
        title=scores.panel.units.title(unit, language),
        group=scores.panel.units.labels(within)[unit] if within else "",
        score=float(scores.score()[at, unit]),
        rank=rank,
        ranked=int(np.isfinite(ranks).sum()),
        tied=int((ranks == rank).sum()) > 1,
        group_rank=float(scores.group_ranks[at, unit, tree.root]) if scores.group_ranks is not None else math.nan,
        move=float(earlier) if isinstance(earlier, int | float) else math.nan,
        next_rank=next_rank,
        to_next=to_next,
        interval=None if math.isnan(float(interval[0])) else (float(interval[0]), float(interval[1])),
        grade=scores.grade(at, unit, tree.root, language),
        warnings=tuple(levels.count(level) for level in range(len(LEVELS), 0, -1)),
        dimensions=tuple(float(scores.scores[at, unit, node]) for node in shown.dimensions),
        periods=tuple(scores.periods[row] for row in rows),
        course=tuple(float(scores.score()[row, unit]) for row in rows),
        ranks=tuple(float(scores.rank()[row, unit]) for row in rows),
        sentences=tuple(unit_sentences(shown, unit, language)),
        contributions=contributions_sheet(shown, unit, language),
        weak=worth_sheet(shown, unit, language, weak=True),
        strong=worth_sheet(shown, unit, language, weak=False),
        gaps=gaps_sheet(shown, language, unit),
        plan=plan_sheet(shown, unit, language),
    )


def facts_of(made: Scorecard, language: str, decimals: int) -> list[tuple[str, str]]:
    """Return the figures of a unit's page, each with what it is, as people read them."""
    rank = "–" if math.isnan(made.rank) else f"{made.rank:g}"
    facts: list[tuple[str, str]] = [
        (word.score(language), "–" if math.isnan(made.score) else number(made.score, decimals)),
        (word.rank(language), f"{rank}{page.of_all(language).format(count=made.ranked)}"),
    ]
    if not math.isnan(made.move):
        moved = f"↑{made.move:g}" if made.move > 0 else f"↓{-made.move:g}" if made.move < 0 else word.unmoved_rank(language)
        facts.append((word.previous(language), moved))
    if not math.isnan(made.next_rank):
        points = page.points(language).format(points=number(made.to_next, decimals))
        facts.append((page.to_the_next(language).format(rank=f"{made.next_rank:g}"), points))
    if made.interval:
        facts.append((word.rank_interval(language).format(level="90%"), f"{made.interval[0]:g}–{made.interval[1]:g}"))
    if made.grade:
        facts.append((word.grade(language), made.grade))
    if made.group and not math.isnan(made.group_rank):
        facts.append((word.rank_among(language).format(group=made.group), f"{made.group_rank:g}"))
    return facts


def next_place(scores: Scores, at: int, unit: int) -> tuple[float, float]:
    """Return the next better rank and by how many points its score differs; NaN for the first and for those without a rank."""
    ranks, own = scores.rank()[at], scores.score()[at]
    better = ranks[ranks < ranks[unit]]
    if not better.size:
        return math.nan, math.nan
    rank = float(better.max())
    return rank, abs(float(own[ranks == rank][0]) - float(own[unit]))


def plan_sheet(shown: Analysed, unit: int, language: str) -> Sheet | None:
    """Return the least improvement that brings a unit to the next rank, an indicator a row; nothing where none was planned."""
    plan = shown.plans.get(unit)
    if plan is None or not plan.reached:
        return None
    headings = (
        Heading(word.indicator(language), "text"),
        Heading(page.value_now(language), "text"),
        Heading(page.value_needed(language), "text"),
        Heading(page.score_gained(language), "signed", strong=True),
        Heading(word.department(language), "text"),
    )
    leaves = shown.scores.index.leaves
    rows = tuple(
        (
            leaves[step.leaf].title(language),
            measured(step.old, leaves[step.leaf].measure_in(language)),
            measured(step.new, leaves[step.leaf].measure_in(language)),
            finite(step.points),
            leaves[step.leaf].department,
        )
        for step in plan.steps
    )
    note = page.plan_help(language).format(label=unit_label(shown.scores, language), effort=number(plan.effort, 2))
    title = page.plan_to(language).format(rank=f"{plan.rank:g}")
    return Sheet(title, headings, rows, decimals=shown.scores.index.index.decimals, notes=(note,))


def unit_sheets(shown: Analysed, card: Scorecard, language: str, *, public: bool) -> list[Sheet]:
    """Return the tables of a unit's page that its readers may see, without what is empty."""
    index = shown.scores.index
    sheets = [card.contributions]
    if may_see(index, "values", public=public):
        sheets += [card.weak, card.strong, *([card.plan] if card.plan else [])]
    if not public:
        sheets += follow_of(shown, card.title, language)
    if may_see(index, "addresses", public=public):
        sheets.append(card.gaps)
    department = word.department(language)
    if not may_see(index, "departments", public=public):
        sheets = [without_column(sheet, department) for sheet in sheets]
    return [unless_empty(sheet, department) for sheet in sheets if sheet.rows]


def follow_of(shown: Analysed, title: str, language: str) -> list[Sheet]:
    """Return what follows for one unit: its outcomes, goals and remarks."""
    label, found = unit_label(shown.scores, language), []
    for sheet in follow_sheets(shown.scores, shown.period, language).values():
        column = next(at for at, heading in enumerate(sheet.headings) if heading.title == label)
        if rows := tuple(row for row in sheet.rows if row[column] == title):
            found.append(replace(sheet, rows=rows, notes=()))
    return found


def contributions_sheet(shown: Analysed, unit: int, language: str) -> Sheet:
    """Return what each dimension, and each adjustment, adds to a unit's score, and how that differs from the mean."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    headings = (
        Heading(word.dimension(language), "text"),
        Heading(word.score(language), "score"),
        Heading(word.rank(language), "count"),
        Heading(word.weight(language), "percent"),
        Heading(word.contribution(language), "score", strong=True),
        Heading(page.difference_from_mean(language), "signed"),
    )
    parts = shown.contribution
    known = np.isfinite(scores.score()[at])
    rows: list[tuple[Value, ...]] = []
    for node in shown.dimensions:
        weights = scores.weights_of(node)
        mean = float(np.mean(np.nan_to_num(parts[known, node]))) if known.any() else math.nan
        rows.append(
            (
                tree.nodes[node].title(language),
                finite(scores.scores[at, unit, node]),
                ranks_of(scores, at, node, [unit])[0],
                finite(weights[at, unit if weights.shape[1] > 1 else 0]) if tree.has_weight(node) else None,
                finite(parts[unit, node]),
                finite(parts[unit, node] - mean),
            )
        )
    for i in tree.branches[-1].adjustments:
        if not scores.index.adjustments[i].gives_points:
            continue
        points = scores.points[at, :, i]
        mean = float(np.mean(np.nan_to_num(points[known]))) if known.any() else math.nan
        rows.append(
            (scores.index.adjustments[i].title(language), None, None, None, finite(points[unit]), finite(points[unit] - mean))
        )
    own = finite(scores.score()[at, unit])
    mean_of_all = float(scores.score()[at][known].mean()) if known.any() else math.nan
    whole = (
        page.total(language),
        own,
        ranks_of(scores, at, tree.root, [unit])[0],
        None,
        own,
        finite(scores.score()[at, unit] - mean_of_all),
    )
    return Sheet(page.contributions(language), headings, tuple(rows), decimals=scores.index.index.decimals, whole=(whole,))


def worth_sheet(shown: Analysed, unit: int, language: str, *, weak: bool) -> Sheet:
    """Return the indicators that cost a unit most against its group, or bring it most, with values, points and places."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    title = (word.weak_points if weak else word.strengths)(language)
    headings = (
        Heading(title, "text"),
        Heading(page.value(language).format(label=unit_label(scores, language)), "text"),
        Heading(word.group_mean(language), "text"),
        Heading(word.against_the_mean(language), "signed", strong=True),
        Heading(word.places_gained(language), "move"),
        Heading(word.department(language), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    if shown.boards:
        boards = shown.boards[unit]
        kind = "weak" if weak else "strength"
        worth = [node for node in range(tree.leaves) if boards.kinds[node] == kind]
        for node in sorted(worth, key=lambda leaf: -abs(float(boards.points[leaf])))[:MOST_BOARDS]:
            leaf = tree.nodes[node]
            assert isinstance(leaf, Indicator)
            group = scores.derived[at, list(boards.group), node]
            rows.append(
                (
                    leaf.title(language),
                    measured(float(scores.derived[at, unit, node]), leaf.measure_in(language)),
                    measured(float(np.nanmean(group)), leaf.measure_in(language)),
                    finite(boards.points[node]),
                    finite(boards.places[node]),
                    leaf.department,
                )
            )
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals)


def gaps_sheet(shown: Analysed, language: str, unit: int | None = None, most: int = MOST_GAPS) -> Sheet:
    """Return the values that are missing, do not apply or were imputed, of one unit or of all, with where they were written."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    status = scores.status[at] if unit is None else scores.status[at, [unit]]
    odd = np.argwhere(np.isin(status, (MISSING, NOT_APPLICABLE, IMPUTED)))
    headings = [
        Heading(word.indicator(language), "text"),
        Heading(page.status(language), "text"),
        Heading(word.department(language), "text"),
        Heading(word.place(language), "text"),
    ]
    rows: list[tuple[Value, ...]] = []
    names = STATUS_NAMES[spoken(language)]
    for row, leaf in odd[:most].tolist():
        place, own = unit if unit is not None else row, tree.nodes[leaf]
        assert isinstance(own, Indicator)
        places = where_missing(shown, place, own, language)
        cells: tuple[Value, ...] = (own.title(language), names[int(status[row, leaf])], own.department, places)
        rows.append(cells if unit is not None else (scores.panel.units.title(row, language), *cells))
    if unit is None:
        headings.insert(0, Heading(scores.index.units.label_en if language == "en" else scores.index.units.label, "text"))
    notes = (page.gaps_shown(language).format(shown=most, all=len(odd)),) if len(odd) > most else ()
    return unless_empty(Sheet(page.gaps(language), tuple(headings), tuple(rows), notes=notes), word.department(language))


def where_missing(shown: Analysed, unit: int, leaf: Indicator, language: str) -> str:
    """Return where the cells of an indicator that lack a value were written, or all where none says so."""
    cells = cells_of(shown.scores, shown.at, unit, leaf)
    lacking = [cell for cell in cells if cell.gaps or math.isnan(cell.value)] or cells
    return listed([said for cell in lacking if (said := where(cell, spoken(language)))], language)
