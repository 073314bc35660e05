"""What an audit asks, and whom: a sheet of questions, department by department."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...words.reports import word
from .tables import Heading, Sheet

KEYS = ("department", "period", "unit", "indicator", "question", "place")


def asked_sheet(told: Sequence[Mapping[str, str]], unit: str, language: str) -> Sheet:
    """Return what is suspicious as a table of what to ask whom, each department's questions together, the newest first.

    A column that no department reports is its source's; what concerns a whole row is put to all that report in it.
    """
    headings = tuple(Heading(unit if key == "unit" else word(key, language), "text") for key in KEYS)
    order = sorted(range(len(told)), key=lambda at: told[at]["period"], reverse=True)
    order.sort(key=lambda at: (told[at]["department"] == "", told[at]["department"]))
    rows = tuple(
        tuple((told[at][key] or word("every department", language)) if key == "department" else told[at][key] for key in KEYS)
        for at in order
    )
    return Sheet(word("to ask", language), headings, rows)
