"""How units are graded, as text, as data and as tables."""

from __future__ import annotations

from typing import Any

from ...analysis.grades import Graded
from ...findings import Language
from ..numbers import finite
from ..sheets.grades import cuts_sheet, line_sheet, units_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, heading_of, text_of


def grades_answer(result: Graded, language: Language) -> Answer:
    """Return what parts the grades, each unit's, and the line of the rank-sum ratio."""
    sheets = {"": units_sheet(result, language), "grades": cuts_sheet(result, language), "line": line_sheet(result, language)}
    heading = heading_of(result.scores, result.period, language, result.node)
    shown = [shortened(sheets[key], MOST_ROWS, language, ELSEWHERE) for key in ("grades", "", "line") if sheets[key].rows]
    return Answer(text_of(heading, shown, language), _data(result, language), sheets)


def _data(result: Graded, language: Language) -> dict[str, Any]:
    line, frame = result.line, result.frame(language)
    columns = ("score", "rank", "place", "share", "probit", "fitted")
    return {
        "node": result.scores.tree.nodes[result.node].id,
        "period": result.period,
        "grades": [
            {"grade": grade.title(language), "start": finite(start), "units": count}
            for grade, start, count in zip(result.grades, result.starts, result.counts, strict=True)
        ],
        "fit": None if result.fit is None else finite(result.fit),
        "line": None
        if line is None
        else {
            "intercept": line.intercept,
            "slope": line.slope,
            "r2": finite(line.r2),
            "f": finite(line.f),
            "rows": line.rows,
        },
        "units": [
            {
                "unit": str(row["unit"]),
                "name": str(row["name"]),
                "grade": str(row["grade"]),
                **{key: finite(row[key]) for key in columns},
            }
            for row in frame.to_dict("records")
        ],
    }
