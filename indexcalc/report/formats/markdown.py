"""A period's summary in Markdown."""

from __future__ import annotations

from itertools import product

from ...methods.arrays import np
from ...scores import Scores
from ...words.periods import period_title
from ...words.reports import word
from ..numbers import listed
from ..sheets.alone import by_group, sole_groups, unit_label
from ..sheets.sheet import Heading, Sheet, Value
from ..sheets.tables import noted, notes, places_sheet, ranking_sheet, shortened
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
    rankings = by_group(scores, shortened(ranking_sheet(scores, period, language), MOST_ROWS, language), language)
    places = by_group(scores, shortened(places_sheet(scores, period, language), MOST_ROWS, language), language)
    root = scores.index.index
    parts = [
        f"# {escaped(root.title(language))} · {escaped(period_title(period, language))}",
        *(f"> {escaped(note)}" for note in rankings[-1].notes),
        *(text for ranking in rankings for text in (f"## {escaped(ranking.title)}", as_markdown(ranking, language))),
        f"## {word.by_dimension(language)}",
        as_markdown(leaders(scores, period, language), language),
        *(text for part in places for text in (f"## {escaped(part.title)}", as_markdown(part, language))),
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
    for node, (label, members) in product(tree.dimensions, sole_groups(scores).items()):
        ranked = [unit for unit in members if scores.ranks[at, unit, node] == scores.ranks[at, unit, node]]
        if not ranked or node in tree.monitored:
            continue
        rank = scores.ranks[at, :, node]
        top, bottom = min(rank[ranked]), max(rank[ranked])
        first = [unit for unit in ranked if rank[unit] == top]
        last = [unit for unit in ranked if rank[unit] == bottom]
        names = [listed(scores.panel.units.titles(units, language), language) for units in (first, last)]
        values = [float(scores.scores[at, units[0], node]) for units in (first, last)]
        rows.append(
            (
                f"{tree.nodes[node].title(language)} · {label}" if label else tree.nodes[node].title(language),
                names[0],
                values[0],
                names[1],
                values[1],
                float(np.mean(scores.scores[at, ranked, node])),
            )
        )
    label, whole = unit_label(scores, language), whole_of(scores.index, language)
    alike = scores.index.ranking.overall
    headings = (
        Heading(word.dimension(language), "text"),
        Heading(word.best(language).format(label=label), "text"),
        Heading(word.score(language), "score"),
        Heading(word.worst(language).format(label=label), "text"),
        Heading(word.score(language), "score"),
        Heading(word.mean_of_all(language).format(whole=whole) if alike else word.group_mean(language), "score"),
    )
    return Sheet(word.by_dimension(language), headings, tuple(rows), decimals=scores.index.index.decimals)
