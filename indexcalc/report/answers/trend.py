"""A node in time: of one unit period by period, or of all units in one period."""

from __future__ import annotations

from dataclasses import asdict

from ...analysis.trend import Trend
from ...findings import Language
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.trend import trend_sheet
from .answer import Answer


def trend_answer(found: Trend, language: Language) -> Answer:
    """Show a node in time, beside what was published at the time."""
    scores, units = found.scores, found.scores.panel.units
    sheet = trend_sheet(found, language)
    heading = scores.periods[found.rows[0][0]] if found.unit is None else units.title(found.unit, language)
    arrays = {
        "values": found.values,
        "scores": found.node_scores,
        "ranks": found.ranks,
        "before": found.before,
        "year_before": found.year_before,
        "rank_before": found.rank_before,
        "rank_year_before": found.rank_year_before,
    }
    entries = [
        {
            "period": scores.periods[row[0]],
            "unit": units.ids[row[1]],
            **{name: finite(array[row]) for name, array in arrays.items()},
            "published": asdict(line) if line else None,
        }
        for row, line in zip(found.rows, found.published, strict=True)
    ]
    text = f"{sheet.title} · {heading}\n{as_text(sheet, language)}"
    return Answer(text, {"node": scores.tree.nodes[found.node].id, "trend": entries}, {"": sheet})
