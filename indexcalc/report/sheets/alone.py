"""Groups that are ranked alone: what a place is called there, and one table for each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...methods.arrays import np
from ...scores import Scores
from ...words.reports import word
from .sheet import Sheet, Value


def place_word(scores: Scores, language: str) -> str:
    """Return what a place is called: rank, or rank in group where units are ranked in groups alone."""
    return word.rank(language) if scores.index.ranking.overall else word.group_rank(language)


def alone_in(scores: Scores) -> Any:
    """Return the number of each unit's group, in the order of the units table, where groups alone are ranked; else nothing."""
    if scores.index.ranking.overall:
        return None
    labels = _labels_alone(scores)
    number = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    return np.array([number[label] for label in labels])


def _labels_alone(scores: Scores) -> Sequence[str]:
    units = scores.panel.units
    return units.labels(scores.index.ranking.within or "group") or ("",) * len(units)


def sole_groups(scores: Scores) -> dict[str, list[int]]:
    """Return the units that are ranked together, by the label of their group; under an empty label where all are."""
    if scores.index.ranking.overall:
        return {"": list(range(len(scores.panel.units)))}
    labels = _labels_alone(scores)
    return {label: [unit for unit, own in enumerate(labels) if own == label] for label in dict.fromkeys(labels)}


def by_group(scores: Scores, sheet: Sheet, language: str) -> list[Sheet]:
    """Return a sheet that ranks units as a sheet for each group, where groups alone are ranked; the notes stand below the last.

    Each has the mean and the range of its own group in place of those of all units.
    """
    if scores.index.ranking.overall or sheet.title not in _ranked_titles(scores, language):
        return [sheet]
    labels = _labels_alone(scores)
    of_title = {scores.panel.units.title(unit, language): label for unit, label in enumerate(labels)}
    at = next(place for place, heading in enumerate(sheet.headings) if heading.title == unit_label(scores, language))
    parts = []
    for label in dict.fromkeys(labels):
        rows = [row for row, cells in enumerate(sheet.rows) if of_title[str(cells[at])] == label]
        if not rows:
            continue
        ties = frozenset(new for new, old in enumerate(rows) if old in sheet.ties)
        title = f"{sheet.title} · {label}"
        cells, units = tuple(sheet.rows[row] for row in rows), tuple(sheet.units[row] for row in rows if sheet.units)
        mean = next((row for row in sheet.whole if row[at] == word.mean_of_group(language).format(group=label)), None)
        whole = (mean, _spread(mean, cells, at, language)) if mean else ()
        parts.append(replace(sheet, title=title, rows=cells, units=units, ties=ties, notes=(), whole=whole))
    return [*parts[:-1], replace(parts[-1], notes=sheet.notes)]


def _spread(mean: Sequence[Value], rows: Sequence[Sequence[Value]], label: int, language: str) -> tuple[Value, ...]:
    """Return the row of ranges: the highest less the lowest of a group, in each column that has a mean."""
    known = [[cell for row in rows if isinstance(cell := row[at], float)] for at in range(len(mean))]
    spread = [max(own) - min(own) if own and there is not None else None for own, there in zip(known, mean, strict=True)]
    return (*spread[:label], word.spread_of(language), *spread[label + 1 :])


def _ranked_titles(scores: Scores, language: str) -> set[str]:
    """Return the titles of the sheets that have units in the order of their places."""
    return {word.ranking(language), word.places_by_dimension(language), *(node.title(language) for node in scores.tree.nodes)}


def unit_label(scores: Scores, language: str) -> str:
    """Return what a unit is called: the name of its level where there are several."""
    levels = set(scores.panel.units.levels)
    return scores.index.units.title(next(iter(levels)) if len(levels) == 1 else None, language)
