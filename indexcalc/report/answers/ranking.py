"""A ranking, and what has moved in it since a report was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...findings import Language
from ...scores import ACROSS_PERIODS, Scores
from ...words.reports import word
from ..formats.text import aligned, as_text
from ..numbers import finite, number, signed
from ..sheets.alone import by_group, unit_label
from ..sheets.apart import decimals_of
from ..sheets.follow import follow_data, follow_sheets
from ..sheets.sheet import Heading, Sheet
from ..sheets.tables import dimension_sheet, in_rank_order, ranking_sheet, shortened
from ..sheets.whole import data_of_the_whole
from .answer import MOST_ROWS, heading_of

Result = tuple[str, Any]


def ranking(scores: Scores, period: str, node: str | None, language: Language, file: str = "--json") -> Result:
    """Return the ranking of the index or of a node; of many units the first few hundred, and that a file has all."""
    scores = scores.of_period(period)
    at = scores.tree.root if node is None else scores.node(node)
    sheet = ranking_sheet(scores, period, language) if node is None else dimension_sheet(scores, period, at, language)
    order = in_rank_order(scores, scores.periods.index(period), at)
    units = ranked_units(scores, period, at, order, language)
    if node is None and (published := scores.released_of(period)):
        then = [finite(published.get(scores.panel.units.ids[unit], float("nan"))) for unit in order]
        units = [{**one, "published_rank": rank} for one, rank in zip(units, then, strict=True)]
        if any(one["rank"] != one["published_rank"] for one in units):
            sheet = _beside(sheet, Heading(word.rank_as_published(language), "count"), then)
    heading = heading_of(scores, period, language, at)
    findings = findings_of(scores, language)
    parts = by_group(scores, sheet, language)
    shown = [as_text(shortened(part, MOST_ROWS, language, file), language) for part in parts]
    if len(parts) > 1:
        shown = [f"{part.title}\n{text}" for part, text in zip(parts, shown, strict=True)]
    follow = {} if node is not None else follow_sheets(scores, period, language)
    below = [f"\n{one.title}\n{as_text(one, language)}" for one in follow.values()]
    return "\n".join([heading, *shown, *below]), {
        "index": scores.index.index.id,
        "node": scores.tree.nodes[at].id,
        "period": period,
        "ranking": units,
        "whole": data_of_the_whole(scores, scores.periods.index(period), at, language),
        **({} if node is not None else follow_data(scores, scores.periods.index(period), language)),
        "findings": findings,
    }


def _beside(sheet: Sheet, heading: Heading, values: Sequence[float | None]) -> Sheet:
    """Return a sheet with one more column, of its rows alone."""
    rows = tuple((*row, value) for row, value in zip(sheet.rows, values, strict=True))
    return replace(sheet, headings=(*sheet.headings, heading), rows=rows, whole=tuple((*row, None) for row in sheet.whole))


def top(scores: Scores, period: str, language: Language) -> Result:
    """Return the best units of a ranking, and how many there are."""
    scores = scores.of_period(period)
    root = scores.tree.root
    units = in_rank_order(scores, scores.periods.index(period), root)
    whole = shortened(ranking_sheet(scores, period, language, units[: MOST_ROWS + 1]), MOST_ROWS, language)
    parts = by_group(scores, whole, language)
    shown = [as_text(part, language) if len(parts) == 1 else f"{part.title}\n{as_text(part, language)}" for part in parts]
    heading = heading_of(scores, period, language)
    return "\n".join([heading, *shown]), {
        "index": scores.index.index.id,
        "node": scores.tree.nodes[root].id,
        "period": period,
        "units": len(units),
        "ranking": ranked_units(scores, period, root, units[:MOST_ROWS], language),
        "findings": findings_of(scores, language),
    }


def ranked_units(scores: Scores, period: str, at: int, units: Sequence[int], language: Language) -> list[dict[str, Any]]:
    """Return some units with their rank, score and coverage at a node, and their grade where it has grades."""
    row = scores.periods.index(period)
    ranks, own, covered = scores.ranks[row, :, at], scores.scores[row, :, at], scores.covered(at)[row]
    return [
        {
            "unit": scores.panel.units.ids[unit],
            "name": scores.panel.units.title(unit, language),
            "rank": finite(ranks[unit]),
            "score": finite(own[unit]),
            "coverage": finite(covered[unit]),
            **({"grade": scores.grade(row, unit, at, language)} if at in scores.grades else {}),
        }
        for unit in units
    ]


def findings_of(scores: Scores, language: Language) -> list[dict[str, Any]]:
    """Return what scoring found, as data."""
    return [found.as_dict(language) for found in scores.findings if found.code not in ACROSS_PERIODS]


def moved(
    scores: Scores, period: str, earlier: Mapping[str, Sequence[float | None]] | None, language: Language
) -> tuple[list[str], list[dict[str, Any]]]:
    """Say which scores and ranks have moved since the report that stood there before."""
    if earlier is None:
        return [], []
    moves: list[dict[str, Any]] = []
    names = {unit: scores.panel.units.title(at, language) for at, unit in enumerate(scores.panel.units.ids)}
    now = current_ranking(scores, period)
    for unit, (score, rank) in now.items():
        old_score, old_rank = earlier.get(unit, (None, None))
        if (score, rank) != (old_score, old_rank):
            moves.append({"unit": unit, "name": names[unit], "score": [old_score, score], "rank": [old_rank, rank]})
    moves.sort(key=lambda move: (move["rank"][1] is None, move["rank"][1]))
    if not moves:
        return ["", word.unmoved(language)], []
    ends = [([move["score"][end] for move in moves], [move["rank"][end] for move in moves]) for end in (0, 1)]
    decimals, said = decimals_of(ends, scores.index.index.decimals, language)

    def show(value: float | None, places: int) -> str:
        return "–" if value is None else number(value, places)

    rows = [
        [
            str(move["name"]),
            f"{show(old, decimals)} → {show(new, decimals)}",
            _signed(old, new, decimals),
            f"{show(move['rank'][0], 0)} → {show(move['rank'][1], 0)}" if move["rank"][0] != move["rank"][1] else "",
        ]
        for move in moves
        for old, new in [move["score"]]
    ]
    titles = [unit_label(scores, language), word.score(language), word.score_difference(language), word.rank(language)]
    return ["", word.moved(language), aligned([titles, *rows], [True, True, False, True]), *said], moves


def _signed(before: float | None, after: float | None, decimals: int) -> str:
    """Return what a score has gained or lost, a dash where one of the two is not known."""
    return "–" if before is None or after is None else signed(after - before, decimals)


def current_ranking(scores: Scores, period: str) -> dict[str, tuple[float | None, float | None]]:
    """Return each unit's score and rank in the index."""
    at = scores.periods.index(period)
    ids, scores = scores.panel.units.ids, scores.of_period(period)
    return {ids[i]: (finite(scores.score()[at, i]), finite(scores.rank()[at, i])) for i in scores.listed(at)}
