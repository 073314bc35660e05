"""A unit's scorecard as a page shows it."""

from __future__ import annotations

import math
from types import SimpleNamespace

from markupsafe import Markup

from ....words.page import page
from ....words.reports import word
from ...draw.strips import course as drawn_course
from ...numbers import number
from ...sheets.analysed import Analysed
from ...sheets.open import may_see
from ...sheets.scorecard import Scorecard, facts_of, scorecard, unit_sheets
from ...sheets.sentences import OPEN_RULES
from .alerts import in_words, marks_of
from .markup import table


def card(shown: Analysed, unit: int, language: str, petals: Markup, *, public: bool = False) -> SimpleNamespace:
    """Return a unit's scorecard as a page shows it; `petals` are drawn as they are."""
    made = scorecard(shown, unit, language)
    index, decimals = shown.scores.index, shown.scores.index.index.decimals
    rank = "–" if math.isnan(made.rank) else f"{made.rank:g}"
    score = "–" if math.isnan(made.score) else number(made.score, decimals)
    brackets = (" (", ")") if language == "en" else ("（", "）")
    tied = f"{brackets[0]}{word.tie(language)}{brackets[1]}" if made.tied else ""
    values = may_see(index, "values", public=public)
    complete = may_see(index, "addresses", public=public) and not made.gaps.rows
    return SimpleNamespace(
        card=made,
        summary=f"{score} · {word.rank(language)} {rank}{tied}",
        facts=[SimpleNamespace(name=name, text=text) for name, text in facts_of(made, language, decimals)],
        petals=petals,
        marks=marks_of(shown, unit, language).drawn if shown.judged and may_see(index, "warnings", public=public) else "",
        course=_course(made, language),
        sentences=[said for said in made.sentences if values or said.rule in OPEN_RULES],
        tables=[table(sheet, language) for sheet in unit_sheets(shown, made, language, public=public)],
        complete=page.no_gaps(language) if complete else "",
    )


def _course(made: Scorecard, language: str) -> Markup:
    """Draw a unit's scores and ranks over the last periods."""
    if sum(map(math.isfinite, made.course)) < 2:
        return Markup("")
    said, ranks = in_words(made.course, language), in_words(made.ranks, language, "g")
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
