"""What a workbook has beside the tables of a report: what scores are made of, scores over time, every value with its source."""

from __future__ import annotations

import math
from dataclasses import replace

from ...analysis.cells import Cell, cells_of
from ...findings import Language, spoken
from ...methods.arrays import np
from ...scores import Scores
from ...tree.model import Indicator
from ...words.page import page
from ...words.periods import period_title
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ...words.workbook import book
from ..numbers import finite, listed
from .alone import unit_label
from .analysed import MOST_UNITS, Analysed
from .explained import where
from .live import MOST_ROWS, Live, live_of
from .open import unless_empty
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order, last_periods, notes, notes_on_periods, ranks_of

MOST_PERIODS = 12
MOST_PLACES = 12  # of one value in the workbook


def parts_sheet(shown: Analysed, language: str) -> Sheet:
    """Return each unit's score in parts: what each dimension adds, and the rest; together they are the score."""
    scores, at, tree = shown.scores, shown.at, shown.scores.tree
    units = in_rank_order(scores, at, tree.root)
    decimals = scores.index.index.decimals
    headings = (
        Heading(word.rank(language), "rank", shows=("rank", tree.root)),
        Heading(unit_label(scores, language), "text"),
        *(Heading(tree.nodes[node].title(language), "score", shows=("part", node)) for node in shown.dimensions),
        Heading(book.rest(language), "score", shows=("rest", tree.root)),
        Heading(page.total(language), "score", strong=True, shows=("score", tree.root)),
    )
    rows: list[tuple[Value, ...]] = []
    for unit, rank in zip(units, ranks_of(scores, at, tree.root, units), strict=True):
        total = finite(scores.score()[at, unit])
        parts = [_part(shown, unit, node) if total is not None else None for node in shown.dimensions]
        rest = None if total is None else total - math.fsum(part or 0.0 for part in parts)
        rows.append((rank, scores.panel.units.title(unit, language), *parts, rest, total))
    said = notes(scores, language)
    return Sheet(book.parts(language), headings, tuple(rows), decimals=decimals, notes=said, units=tuple(units))


def _part(shown: Analysed, unit: int, node: int) -> float | None:
    """Return what a dimension adds to a unit's score; None where it has no score and nothing stands in for it."""
    part = finite(shown.contribution[unit, node])
    return None if not part and np.isnan(shown.scores.scores[shown.at, unit, node]) else part


def course_sheet(scores: Scores, period: str, language: str) -> Sheet | None:
    """Return the scores of the index over the periods of a kind up to one, the newest last; nothing for a single period."""
    rows = last_periods(scores, period, MOST_PERIODS)
    if len(rows) < 2:
        return None
    units = in_rank_order(scores, scores.periods.index(period), scores.tree.root)
    headings = (
        Heading(unit_label(scores, language), "text"),
        *(Heading(period_title(scores.periods[row], language), "score") for row in rows),
    )
    cells = [(scores.panel.units.title(unit, language), *(finite(scores.score()[row, unit]) for row in rows)) for unit in units]
    said = notes_on_periods(scores, language)
    return Sheet(book.course(language), headings, tuple(cells), decimals=scores.index.index.decimals, notes=said)


def values_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return every value of a period, a row a unit and indicator: what it is, what became of it, and where it was written."""
    at, said_in = scores.periods.index(period), spoken(language)
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(word.indicator(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.observed(language), "value", strong=True),
        Heading(word.value_measure(language), "text"),
        Heading(page.status(language), "text"),
        Heading(word.score(language), "score"),
        Heading(word.department(language), "text"),
        Heading(word.place(language), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    names = STATUS_NAMES[said_in]
    derived, status = np.asarray(scores.derived[at], dtype=float), scores.status[at]
    for unit in scores.listed(at):
        title = scores.panel.units.title(unit, language)
        for leaf, node in enumerate(scores.index.leaves):
            assert isinstance(node, Indicator)
            cells = cells_of(scores, at, unit, node)
            places = listed((text for cell in cells if (text := _where(cell, said_in))), language)
            shown = finite(scores.scores[at, unit, leaf])
            value, state = finite(derived[unit, leaf]), names[int(status[unit, leaf])]
            measure = node.measure_in(language)
            rows.append((title, node.title(language), node.id, value, measure, state, shown, node.department, places))
    said = notes(scores, language)
    sheet = Sheet(book.values(language), headings, tuple(rows), decimals=scores.index.index.decimals, notes=said)
    return unless_empty(sheet, word.department(language))


def _where(cell: Cell, language: Language) -> str:
    """Return where a reported cell was written, of many places the first ones and their number: explain has them all."""
    if len(cell.places) <= MOST_PLACES:
        return where(cell, language)
    return where(replace(cell, places=cell.places[:MOST_PLACES]), language) + book.places_in_all(language).format(
        count=len(cell.places)
    )


def values_of_units(scores: Scores, period: str, language: str) -> tuple[Sheet | None, str]:
    """Return the sheet of values and an empty remark; for many units no sheet, and a remark that says so."""
    if len(scores.listed(scores.periods.index(period))) > MOST_UNITS:
        return None, book.data_left(language).format(most=MOST_UNITS)
    return values_sheet(scores, period, language), ""


def live_workbook(scores: Scores, period: str, language: str) -> tuple[Live | None, str]:
    """Return what a workbook makes anew when weights change, and a remark where that is not everything."""
    live = live_of(scores, period)
    if live is not None and live.is_ranked_anew(scores.tree.root):
        return live, book.from_second_level(language) if live.bottom else ""
    units = len(scores.listed(scores.periods.index(period)))
    if units > MOST_ROWS:
        return None, book.too_many(language).format(most=MOST_ROWS)
    return None, book.not_anew(language)
