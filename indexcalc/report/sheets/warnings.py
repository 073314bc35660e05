"""What a report says of warnings: the worst first, each with its value, its limit, its course and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.warning import NOT_JUDGED, Judged, Warned, check_judged, course, listed, periods_shown
from ...findings import spoken
from ...scores import Scores
from ...tree.model import LEVELS, Indicator, Level
from ...words.reports import word, word_of
from ..numbers import sparkline
from .alone import unit_label
from .open import without_column
from .sheet import Heading, Sheet, Value
from .tables import notes


def warnings_sheet(
    scores: Scores,
    judged: Sequence[Judged],
    period: str,
    language: str,
    *,
    least: Level = "blue",
    unit: int | None = None,
    values: bool = True,
    numeric: bool = False,
) -> Sheet:
    """Return the warnings of a period, or of the parts of a larger one, from a level upwards and of all units or one.

    Without `values` they do not say what was observed. What follows stands there where anything can, and for programs
    (`numeric`).
    """
    headings = [
        Heading(word.warning_level(language), "text", strong=True, shows=("level", 0)),
        Heading(unit_label(scores, language), "text"),
        Heading(word.watched(language), "text"),
        Heading(word.period(language), "period"),
        Heading(word.observed(language), "value", strong=True),
        Heading(word.limit(language), "value"),
        Heading(word.basis(language), "text"),
        Heading(word.course(language), "text"),
        Heading(word.in_a_row(language), "count"),
        Heading(word.follows(language), "text"),
        Heading(word.rule(language), "text"),
    ]
    rows = tuple(_row(scores, judged[one.rule], one, language) for one in listed(scores, judged, period, least=least, unit=unit))
    said = tuple(f"{one.code} {one.message(spoken(language))}" for one in check_judged(scores, judged))
    counted = "  ".join(counts(scores, judged, period, language))
    decimals = scores.index.index.decimals
    listed_only = () if least == LEVELS[0] else (least_listed(least, language),)
    all_notes = (*notes(scores, language), counted, *listed_only, *said)
    sheet = Sheet(word.warning(language), tuple(headings), rows, decimals=decimals, notes=all_notes)
    for title in () if values else (word.observed, word.limit, word.course):
        sheet = without_column(sheet, title(language))
    return sheet if numeric or any(one.escalation for one in judged) else without_column(sheet, word.follows(language))


def _row(scores: Scores, judged: Judged, one: Warned, language: str) -> tuple[Value, ...]:
    title = watched_title(scores, judged, one, language)
    return (
        word_of(LEVELS[judged.level(one.at) - 1], language),
        scores.panel.units.title(one.unit, language),
        word.and_beside(language).format(title=title, count=len(one.beside), all=len(one.beside) + 1) if one.beside else title,
        scores.periods[one.period],
        judged.value(one.at),
        judged.limit(one.at),
        basis(scores, judged, one, language),
        sparkline([judged.value((place, one.unit, one.column)) for place in course(scores, judged, one)]),
        int(judged.runs[one.at]),
        follows(judged, one, language),
        judged.rule.title(language),
    )


def watched_title(scores: Scores, judged: Judged, one: Warned, language: str) -> str:
    """Return what a warning is about: a node's name, with its unit of measurement where a value is watched."""
    node = scores.tree.nodes[one.node]
    if not isinstance(node, Indicator) or judged.rule.by == "score":
        return f"{node.title(language)}（{word.score(language)}）" if language != "en" else f"{node.title(language)} (score)"
    measure = node.measure_in(language)
    if node.direction in ("target", "range"):
        measure = f"{word.distance(language)} {measure}".rstrip()
    brackets = ("（", "）") if language != "en" else (" (", ")")
    return f"{node.title(language)}{brackets[0]}{measure}{brackets[1]}" if measure else node.title(language)


def least_listed(least: str, language: str) -> str:
    """Say from which level upwards warnings are listed."""
    if least == LEVELS[-1]:
        return word.red_alone(language)
    return word.least_level(language).format(level=word_of(least, language))


def basis(scores: Scores, judged: Judged, one: Warned, language: str) -> str:
    """Say where a warning's limit comes from."""
    rule = judged.rule
    limit = rule.limits[judged.level(one.at) - 1]
    assert limit is not None
    up = judged.worse[one.column] > 0
    if rule.method == "thresholds":
        return word.basis_thresholds(language)
    if rule.method == "quantiles":
        return word.basis_quantiles(language).format(label=unit_label(scores, language), limit=100 * (limit if up else 1 - limit))
    return word_of(f"basis {rule.centre}", language).format(
        label=unit_label(scores, language), sign=("＋" if up else "－") if language != "en" else "+" if up else "−", limit=limit
    )


def follows(judged: Judged, one: Warned, language: str) -> str:
    """Return what follows when a warning has lasted as long as it has; nothing before the first step."""
    step = int(judged.steps[one.at])
    return judged.escalation[step].title(language) if step >= 0 else ""


def counts(scores: Scores, judged: Sequence[Judged], period: str, language: str) -> list[str]:
    """Say how many warnings of each level a period has, the worst first, and how much was not judged."""
    levels = [one.levels[periods_shown(scores, one, period)] for one in judged]
    found = [judged[one.rule].level(one.at) for one in listed(scores, judged, period)]
    said = []
    for place, level in reversed(list(enumerate(LEVELS, start=1))):
        if any(one.rule.limits[place - 1] is not None for one in judged):
            many = found.count(place)
            said.append(word.warnings_of(language).format(level=word_of(level, language), count=many))
    without = sum(int((one == NOT_JUDGED).sum()) for one in levels)
    return [*said, word.not_judged(language).format(count=without)] if without else said
