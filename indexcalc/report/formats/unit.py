"""A report of one unit beside its page: the tables of its scorecard in Markdown and as a workbook."""

from __future__ import annotations

from ...words.page import page
from ...words.periods import period_title
from ...words.reports import word
from ..numbers import number
from ..sheets.analysed import Analysed
from ..sheets.open import may_see
from ..sheets.scorecard import Scorecard, scorecard, unit_sheets
from ..sheets.sentences import OPEN_RULES
from .text import as_markdown, escaped
from .xlsx import workbook


def unit_summary(shown: Analysed, unit: int, language: str, *, public: bool) -> str:
    """Write where a unit stands, what its report says of it, and its tables."""
    card = scorecard(shown, unit, language)
    sees = may_see(shown.scores.index, "values", public=public)
    said = [one.text for one in card.sentences if sees or one.rule in OPEN_RULES]
    parts = [
        f"# {escaped(_title(shown, card, language))}",
        escaped(_standing(shown, card, language)),
        *(f"- {escaped(text)}" for text in said),
    ]
    for sheet in unit_sheets(shown, card, language, public=public):
        parts += [f"## {escaped(sheet.title)}", as_markdown(sheet, language)]
    return "\n\n".join(parts) + "\n"


def unit_workbook(shown: Analysed, unit: int, language: str, *, public: bool) -> bytes:
    """Write the tables of a unit as a workbook."""
    card = scorecard(shown, unit, language)
    return workbook(unit_sheets(shown, card, language, public=public), language, _title(shown, card, language))


def _title(shown: Analysed, card: Scorecard, language: str) -> str:
    index = shown.scores.index
    return (
        f"{index.report.heading(language) or index.index.title(language)} · {card.title} · {period_title(shown.period, language)}"
    )


def _standing(shown: Analysed, card: Scorecard, language: str) -> str:
    score = "–" if card.score != card.score else number(card.score, shown.scores.index.index.decimals)
    rank = "–" if card.rank != card.rank else f"{card.rank:g}{page.of_all(language).format(count=card.ranked)}"
    return f"{word.score(language)} {score} · {word.rank(language)} {rank}"
