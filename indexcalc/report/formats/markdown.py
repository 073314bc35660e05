"""A period's summary in Markdown."""

from __future__ import annotations

from ...methods.arrays import np
from ...scores import Scores
from ...words.periods import period_title
from ...words.reports import word
from ..numbers import listed
from ..sheets.sheet import Heading, Sheet, Value
from ..sheets.tables import noted, notes, places_sheet, ranking_sheet, shortened, unit_label
from ..sheets.whole import whole_of
from .text import as_markdown, escaped

MOST_ROWS = 200
MOST_WARNINGS = 50


def summary(
    scores: Scores,
    period: str,
    language: str,
    warned: Sheet | None = None,
    reporting: Sheet | None = None,
    *,
    public: bool = False,
) -> str:
    """Write the summary: the ranking, who leads each dimension, the warnings, what must be known of the data."""
    ranking = shortened(ranking_sheet(scores, period, language), MOST_ROWS, language)
    root = scores.index.index
    parts = [
        f"# {escaped(root.title(language))} · {escaped(period_title(period, language))}",
        *(f"> {escaped(note)}" for note in ranking.notes),
        f"## {word.ranking(language)}",
        as_markdown(ranking, language),
        f"## {word.by_dimension(language)}",
        as_markdown(leaders(scores, period, language), language),
        f"## {word.places_by_dimension(language)}",
        as_markdown(shortened(places_sheet(scores, period, language), MOST_ROWS, language), language),
    ]
    if warned is not None:
        shown = shortened(warned, MOST_WARNINGS, language, "warnings.csv")
        said = [escaped(note) for note in shown.notes[len(notes(scores, language)) :]]
        parts += [f"## {shown.title}", *said, *([as_markdown(shown, language)] if shown.rows else [])]
    if reporting is not None:
        said = [escaped(note) for note in reporting.notes[len(notes(scores, language)) :]]
        parts += [f"## {reporting.title}", *said, as_markdown(shortened(reporting, MOST_ROWS, language), language)]
    findings = (
        []
        if public
        else [f"- {found.code} {escaped(found.message('en' if language == 'en' else 'zh'))}" for found in noted(scores)]
    )
    if findings:
        parts += [f"## {word.notes(language)}", "\n".join(findings)]
    return "\n\n".join(parts) + "\n"


def leaders(scores: Scores, period: str, language: str) -> Sheet:
    """Return who stands first and last in each dimension."""
    tree, at = scores.tree, scores.periods.index(period)
    rows: list[tuple[Value, ...]] = []
    for node in tree.dimensions:
        ranked = [unit for unit in range(len(scores.panel.units)) if scores.ranks[at, unit, node] == scores.ranks[at, unit, node]]
        if not ranked or node in tree.monitored:
            continue
        rank = scores.ranks[at, :, node]
        top, bottom = min(rank[ranked]), max(rank[ranked])
        first = [unit for unit in ranked if rank[unit] == top]
        last = [unit for unit in ranked if rank[unit] == bottom]
        names = [listed((scores.panel.units.title(unit, language) for unit in units), language) for units in (first, last)]
        values = [float(scores.scores[at, units[0], node]) for units in (first, last)]
        rows.append(
            (
                tree.nodes[node].title(language),
                names[0],
                values[0],
                names[1],
                values[1],
                float(np.mean(scores.scores[at, ranked, node])),
            )
        )
    label, whole = unit_label(scores, language), whole_of(scores.index, language)
    headings = (
        Heading(word.dimension(language), "text"),
        Heading(word.best(language).format(label=label), "text"),
        Heading(word.score(language), "score"),
        Heading(word.worst(language).format(label=label), "text"),
        Heading(word.score(language), "score"),
        Heading(word.mean_of_all(language).format(whole=whole), "score"),
    )
    return Sheet(word.by_dimension(language), headings, tuple(rows), decimals=scores.index.index.decimals)
