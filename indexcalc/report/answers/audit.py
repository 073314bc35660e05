"""An audit as an answer: what to ask whom."""

from __future__ import annotations

from ...analysis.audit import Audit
from ...findings import Language
from ...words.reports import word
from ..formats.text import as_text
from ..sheets.asked import asked_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer


def audited(audit: Audit, language: Language) -> Answer:
    """Return how much was looked at and what is suspicious, department by department."""
    units, label = audit.panel.units, audit.index.units
    told = [
        {
            "department": one.department,
            "period": one.period,
            "unit": units.title(one.unit, language) if one.unit >= 0 else "",
            "indicator": one.indicator,
            "code": one.finding.code,
            "question": one.finding.message(language),
            "place": str(one.finding.place),
        }
        for one in audit.questions
    ]
    sheet = asked_sheet(told, label.label_en if language == "en" else label.label, language)
    counts = {"values": audit.values, "columns": audit.columns, "found": len(audit.questions)}
    text = word("audited", language).format(**counts)
    if told:
        text += f"\n\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    return Answer(text, {**counts, "codes": audit.codes(), "ask": told}, {"": sheet})
