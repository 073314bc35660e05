"""Sheets of how units are graded: by grade, by unit, and the line of the rank-sum ratio."""

from __future__ import annotations

from ...analysis.grades import Graded
from ...findings import Language
from ...words.reports import word
from ..numbers import finite
from .alone import unit_label
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order


def cuts_sheet(result: Graded, language: Language) -> Sheet:
    """Return a row a grade: where it starts, how many units have it, and their lowest and highest score."""
    headings = (
        Heading(word.grade(language), "text", strong=True),
        Heading(word.grade_starts(language), "score", decimals=4),
        Heading(word.units_of_grade(language), "count"),
        Heading(word.least_score(language), "score"),
        Heading(word.greatest_score(language), "score"),
    )
    rows: list[tuple[Value, ...]] = []
    for at, (grade, start, count) in enumerate(zip(result.grades, result.starts, result.counts, strict=True)):
        own = result.values[result.found == at]
        ends = (finite(own.min()), finite(own.max())) if len(own) else (None, None)
        rows.append((grade.title(language), finite(start), count, *ends))
    notes: list[str] = [word.graded_by[kind](language) for kind in ("break", "sd", "probit") if kind in result.grades[0].bounds]
    notes += [word.break_fit(language).format(fit=result.fit)] if result.fit is not None else []
    decimals = result.scores.index.index.decimals
    return Sheet(word.grades(language), headings, tuple(rows), decimals=decimals, notes=tuple(notes))


def units_sheet(result: Graded, language: Language) -> Sheet:
    """Return a row a unit, the best first: its score and grade, and its place, share and probit of the rank-sum ratio."""
    headings = (
        Heading(unit_label(result.scores, language), "text"),
        Heading(word.score(language), "score", strong=True),
        Heading(word.grade(language), "text"),
        Heading(word.mean_place(language), "value", decimals=1),
        Heading(word.share_below(language), "percent"),
        Heading(word.probit(language), "value", decimals=4),
        Heading(word.fitted_score(language), "score"),
    )
    fitted = result.line.fitted if result.line else None
    rows: list[tuple[Value, ...]] = []
    for unit in in_rank_order(result.scores, result.row, result.node):
        grade = int(result.found[unit])
        rows.append(
            (
                result.scores.panel.units.title(unit, language),
                finite(result.values[unit]),
                result.grades[grade].title(language) if grade >= 0 else None,
                *(finite(own[unit]) for own in result.spread),
                None if fitted is None else finite(fitted[unit]),
            )
        )
    decimals = result.scores.index.index.decimals
    return Sheet(word.grades_by_unit(language), headings, tuple(rows), decimals=decimals, notes=(word.probit_help(language),))


def line_sheet(result: Graded, language: Language) -> Sheet:
    """Return the regression of scores on probits, empty where too few differ."""
    titles = (word.intercept, word.slope, word.r_squared, word.f_value, word.different_scores)
    headings = tuple(Heading(title(language), "value", decimals=4) for title in titles[:-1])
    headings += (Heading(titles[-1](language), "count"),)
    line = result.line
    rows = () if line is None else ((line.intercept, line.slope, line.r2, finite(line.f), line.rows),)
    return Sheet(word.probit_line(language), headings, rows)
