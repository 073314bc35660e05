"""What the values of indicators are like, as text, as data and as tables."""

from __future__ import annotations

from typing import Any

from ...analysis.describe import COLUMNS, Description, Profile
from ...findings import Language
from ..numbers import finite
from ..sheets.analyses import flags_sheet
from ..sheets.described import beside_sheet, values_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, Answer, heading_of, text_of

MOST_SHOWN = 40  # of a table of indicators on a terminal


def describe_answer(result: Description, language: Language) -> Answer:
    """Return what values are like, how indicators go together, and the pairs to look at."""
    scores = result.scores
    sheets = {
        "": values_sheet(result, language),
        "correlations": beside_sheet(result, language),
        "pairs": flags_sheet(scores, result.pairs, language),
    }
    heading = heading_of(scores, result.period, language)
    short = [shortened(sheet, MOST_SHOWN, language, ELSEWHERE) for sheet in sheets.values() if sheet.rows]
    return Answer(text_of(heading, short, language), _data(result), sheets)


def _data(result: Description) -> dict[str, Any]:
    return {
        "index": result.scores.index.index.id,
        "period": result.period,
        "indicators": [_profile(one) for one in result.profiles],
        "pairs": [
            {"kind": pair.kind, "nodes": [pair.one, pair.other], "correlation": finite(pair.correlation)} for pair in result.pairs
        ],
    }


def _profile(one: Profile) -> dict[str, Any]:
    return {
        "node": one.indicator,
        **{name: number if isinstance(number := getattr(one, name), int) else finite(number) for name in COLUMNS},
        "calls_for_treatment": one.calls_for_treatment,
        "low": list(one.low),
        "high": list(one.high),
        "parent_correlation": finite(one.parent),
        "sibling_correlations": {node: finite(value) for node, value in one.siblings},
    }
