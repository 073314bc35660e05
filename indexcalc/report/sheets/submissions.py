"""Which departments have reported a period on time, late or not at all, and what was corrected since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...periods import larger_of
from ...scores import Scores
from ...words.reports import word
from .sheet import Heading, Sheet, Value
from .tables import kind_of, notes


@dataclass(frozen=True)
class Submitted:
    """What a department has reported of a period: when first, how many days late, how often corrected and why last."""

    department: str
    period: str
    due: str
    first: str
    late: int
    corrections: int
    reason: str


def reporting_sheet(scores: Scores, submitted: Sequence[Submitted], period: str, language: str) -> Sheet | None:
    """Return who has reported a period, or the parts of a larger one; nothing where none of it comes from a ledger."""
    kind, own = scores.index.periods.kind, kind_of(scores, period)
    shown = [one for one in submitted if period in (one.period, None if kind == own else larger_of(one.period, kind, own))]
    if not shown:
        return None
    headings = (
        Heading(word.department(language), "text"),
        Heading(word.period(language), "period"),
        Heading(word.due_by(language), "text"),
        Heading(word.first_reported(language), "text"),
        Heading(word.reporting_state(language), "text"),
        Heading(word.corrections(language), "count"),
        Heading(word.log_reason(language), "text"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.department, one.period, one.due or None, one.first or None, _state(one, language), one.corrections, one.reason)
        for one in shown
    )
    return Sheet(word.reporting(language), headings, rows, notes=(*notes(scores, language), reporting_text(shown, language)))


def reporting_text(submitted: Sequence[Submitted], language: str) -> str:
    """Return in a sentence how many reports came in time, late, not at all, and how many were corrected."""
    return word.reporting_counts(language).format(
        all=len(submitted),
        in_time=sum(bool(one.first) and not one.late for one in submitted),
        late=sum(one.late > 0 for one in submitted),
        missing=sum(not one.first for one in submitted),
        corrected=sum(one.corrections > 0 for one in submitted),
    )


def _state(one: Submitted, language: str) -> str:
    if not one.first:
        return word.not_reported(language)
    return word.late(language).format(days=one.late) if one.late else word.in_time(language)
