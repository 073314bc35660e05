"""A node in time: of one unit period by period, or of all units in one period."""

from __future__ import annotations

from dataclasses import asdict

from ...analysis.follow import goals, outcomes, remarks
from ...analysis.trend import Trend
from ...findings import Language
from ...words.periods import period_title
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.follow import follow_data, goals_sheet, outcomes_sheet, remarks_sheet
from ..sheets.sheet import Sheet
from ..sheets.trend import trend_sheet
from .answer import Answer


def trend_answer(result: Trend, language: Language) -> Answer:
    """Show a node in time, beside what was published at the time."""
    scores, units = result.scores, result.scores.panel.units
    sheet = trend_sheet(result, language)
    heading = (
        period_title(scores.periods[result.rows[0][0]], language) if result.unit is None else units.title(result.unit, language)
    )
    arrays = {
        "values": result.values,
        "scores": result.node_scores,
        "ranks": result.ranks,
        "before": result.before,
        "year_before": result.year_before,
        "rank_before": result.rank_before,
        "rank_year_before": result.rank_year_before,
    }
    entries = [
        {
            "period": scores.periods[row[0]],
            "unit": units.ids[row[1]],
            "name": units.title(row[1], language),
            **{name: finite(array[row]) for name, array in arrays.items()},
            "published": asdict(line) if line else None,
        }
        for row, line in zip(result.rows, result.published, strict=True)
    ]
    sheets = {"": sheet, **_follow(result, language)}
    below = [f"\n{one.title}\n{as_text(one, language)}" for name, one in sheets.items() if name]
    text = "\n".join([f"{sheet.title} · {heading}\n{as_text(sheet, language)}", *below])
    follow = [follow_data(scores, row[0], language, row[1], result.node) for row in result.rows]
    entries = [{**entry, **more} for entry, more in zip(entries, follow, strict=True)]
    return Answer(text, {"node": scores.tree.nodes[result.node].id, "trend": entries}, sheets)


def _follow(result: Trend, language: Language) -> dict[str, Sheet]:
    """Return what a node's ranks led to, its goals as they stand last, the remarks on it: of a unit, or of all in a period."""
    scores, row, node = result.scores, result.rows[-1][0], result.node
    found: dict[str, Sheet] = {}
    places = sorted({place for place, _ in result.rows})
    met = [
        (scores.periods[place], one)
        for place in places
        for one in outcomes(scores, place)
        if one.node == node and result.unit in (None, one.unit)
    ]
    if met:
        periods = [period for period, _ in met] if result.unit is not None else []
        found["outcomes"] = outcomes_sheet(scores, [one for _, one in met], language, periods)
    if states := goals(scores, row, result.unit, node):
        found["goals"] = goals_sheet(scores, states, language)
    if said := remarks(scores, None if result.unit is not None else row, result.unit, node):
        found["remarks"] = remarks_sheet(scores, said, language)
    return found
