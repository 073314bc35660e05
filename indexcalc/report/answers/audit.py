"""An audit as an answer: what to ask whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from ...analysis.audit import Audit
from ...findings import Language
from ...tree.columns import departments
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..sheets.sheet import Heading, Sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer

_KEYS = ("department", "period", "unit", "indicator", "question", "place")


def audited(audit: Audit, language: Language) -> Answer:
    """Return how much was looked at and what is suspicious, department by department."""
    units, label = audit.panel.units, audit.index.units
    told = [
        {
            "department": one.department,
            "period": one.period,
            "unit": units.ids[one.unit] if one.unit >= 0 else "",
            "name": units.title(one.unit, language) if one.unit >= 0 else "",
            "indicator": one.indicator,
            "code": one.finding.code,
            "question": one.finding.message(language),
            "place": str(one.finding.place),
        }
        for one in audit.questions
    ]
    sources, known = {column.source for column in audit.index.columns}, departments(audit.index)
    asked = [
        one | {"department": word.of_a_source(language).format(source=one["department"])}
        if one["department"] in sources and one["department"] not in known
        else one
        for one in told
    ]
    sheet = _asked_sheet(asked, label.label_en if language == "en" else label.label, language)
    counts = {"values": audit.values, "columns": audit.columns, "found": len(audit.questions)}
    text = word.audited(language).format(**counts)
    if told:
        text += f"\n\n{_as_list(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    return Answer(text, {**counts, "codes": audit.codes(), "ask": told}, {"": sheet})


def _as_list(sheet: Sheet, language: Language) -> str:
    """Return what to ask whom in lines, department by department: sentences are too long for columns of a screen."""
    lines: list[str] = []
    at = {key: place for place, key in enumerate(_KEYS)}
    for department, rows in groupby(sheet.rows, key=lambda row: row[0]):
        lines.append(str(department))
        for row in rows:
            when = period_title(str(row[at["period"]]), language)
            lines.append(f"  {f'{when} ' if when else ''}{row[at['question']]}")
            lines.append(f"    ← {row[at['place']]}")
    return "\n".join([*lines, *sheet.notes])


def _asked_sheet(told: Sequence[Mapping[str, str]], unit: str, language: str) -> Sheet:
    """Return what is suspicious as a table of what to ask whom, each department's questions together, the newest first.

    A column that no department reports is its source's; what concerns a whole row is put to all that report in it.
    """
    headings = tuple(
        Heading(unit if key == "unit" else word_of(key, language), "period" if key == "period" else "text") for key in _KEYS
    )
    ordered = sorted(told, key=lambda one: one["period"], reverse=True)
    ordered.sort(key=lambda one: (one["department"] == "", one["department"]))
    everyone = word.every_department(language)
    rows = tuple(
        (one["department"] or everyone, *(one["name" if key == "unit" else key] for key in _KEYS[1:])) for one in ordered
    )
    return Sheet(word.to_ask(language), headings, rows)
