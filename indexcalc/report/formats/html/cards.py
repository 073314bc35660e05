"""A unit's scorecard as a page shows it."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

from markupsafe import Markup

from ....words.page import page
from ....words.reports import word
from ...draw.strips import course as drawn_course
from ...numbers import listed as in_a_row
from ...numbers import number
from ...sheets.alone import unit_label
from ...sheets.analysed import Analysed
from ...sheets.follow import follow_sheets
from ...sheets.scorecard import Scorecard, scorecard
from ...sheets.sheet import Sheet
from .alerts import marks_of
from .drawings import again
from .markup import table


def card(shown: Analysed, unit: int, language: str, prefix: str) -> SimpleNamespace:
    """Return a unit's scorecard as a page shows it."""
    made = scorecard(shown, unit, language)
    decimals = shown.scores.index.index.decimals
    rank = "–" if math.isnan(made.rank) else f"{made.rank:g}"
    score = "–" if math.isnan(made.score) else number(made.score, decimals)
    brackets = (" (", ")") if language == "en" else ("（", "）")
    tied = f"{brackets[0]}{word.tie(language)}{brackets[1]}" if made.tied else ""
    return SimpleNamespace(
        card=made,
        summary=f"{score} · {word.rank(language)} {rank}{tied}",
        facts=_facts(made, language, score, rank),
        petals=again(f"{prefix}petals-{unit}", made.title) if 2 < len(shown.dimensions) <= 12 else "",
        marks=marks_of(shown, unit, language).drawn if shown.judged else "",
        course=_course(made, language),
        contributions=table(made.contributions, language),
        weak=table(made.weak, language) if made.weak.rows else None,
        strong=table(made.strong, language) if made.strong.rows else None,
        gaps=table(made.gaps, language) if made.gaps.rows else None,
        follow=[table(sheet, language) for sheet in follow_of(shown, made.title, language)],
    )


def follow_of(shown: Analysed, title: str, language: str) -> list[Sheet]:
    """Return what follows for one unit: its outcomes, goals and remarks."""
    label, found = unit_label(shown.scores, language), []
    for sheet in follow_sheets(shown.scores, shown.period, language).values():
        column = next(at for at, heading in enumerate(sheet.headings) if heading.title == label)
        if rows := tuple(row for row in sheet.rows if row[column] == title):
            found.append(replace(sheet, rows=rows, notes=()))
    return found


def _facts(made: Scorecard, language: str, score: str, rank: str) -> list[SimpleNamespace]:
    facts: list[tuple[str, str]] = [
        (word.score(language), score),
        (word.rank(language), f"{rank} {page.of_all(language).format(count=made.ranked)}"),
    ]
    if not math.isnan(made.move):
        moved = f"↑{made.move:g}" if made.move > 0 else f"↓{-made.move:g}" if made.move < 0 else word.unmoved_rank(language)
        facts.append((word.previous(language), moved))
    if made.interval:
        facts.append((word.rank_interval(language).format(level="90%"), f"{made.interval[0]:g}–{made.interval[1]:g}"))
    if made.grade:
        facts.append((word.grade(language), made.grade))
    if made.group and not math.isnan(made.group_rank):
        facts.append((f"{word.group_rank(language)} · {made.group}", f"{made.group_rank:g}"))
    return [SimpleNamespace(name=name, text=text) for name, text in facts]


def _course(made: Scorecard, language: str) -> Markup:
    """Draw a unit's scores and ranks over the last periods."""
    if len(made.periods) < 2:
        return Markup("")
    said = in_a_row((f"{value:.4g}" for value in made.course), language)
    ranks = in_a_row((f"{rank:g}" for rank in made.ranks), language)
    drawn = (
        drawn_course(made.course, f"{word.score(language)} {said}", width=180, height=36),
        drawn_course(made.ranks, f"{word.rank(language)} {ranks}", width=180, height=36, down=True),
    )
    return Markup("{} {} {} {}").format(
        word.score(language),
        Markup(drawn[0]),  # noqa: S704 - drawn by us
        word.rank(language),
        Markup(drawn[1]),  # noqa: S704 - drawn by us
    )
