"""A fuzzy comprehensive evaluation, as text, as data and as tables."""

from __future__ import annotations

from typing import Any

from ...analysis.fuzzy import Memberships
from ...findings import Language
from ..numbers import finite
from ..sheets.fuzzy import nodes_sheet, start_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, heading_of, text_of


def fuzzy_answer(result: Memberships, language: Language) -> Answer:
    """Return the memberships, points and grade of every unit, and of every node."""
    sheets = {"": start_sheet(result, language), "nodes": nodes_sheet(result, language)}
    heading = heading_of(result.scores, result.period, language, result.start)
    shown = [shortened(sheet, MOST_ROWS, language, ELSEWHERE) for sheet in sheets.values()][: 1 + (len(result.nodes) > 1)]
    return Answer(text_of(heading, shown, language), _data(result, language), sheets)


def _data(result: Memberships, language: Language) -> dict[str, Any]:
    score, grade, tree = result.score(), result.grade(), result.scores.tree
    return {
        "node": tree.nodes[result.start].id,
        "period": result.period,
        "operator": result.settings.operator,
        "grades": dict(result.settings.grades),
        "units": [
            {
                "unit": result.scores.panel.units.ids[unit],
                "name": result.scores.panel.units.title(unit, language),
                "nodes": {
                    tree.nodes[node].id: {
                        "memberships": [finite(one) for one in result.memberships[unit, node]],
                        "score": finite(score[unit, node]),
                        "grade": result.grades[grade[unit, node]] if grade[unit, node] >= 0 else None,
                    }
                    for node in result.nodes
                },
            }
            for unit in result.scores.listed(result.row)
        ],
    }
