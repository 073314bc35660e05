"""What is drawn of the answer to a question: the picture above its tables."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ..findings import Language
from ..words.page import page as page_words
from ..words.reports import word
from ..words.web import web as words

if TYPE_CHECKING:
    from ..report.answers.answer import Answer
    from ..report.sheets.sheet import Sheet
    from ..scores import Scores


def picture_of(sheet: Sheet | None, language: Language, column: int | None = None, rows: Sequence[int] | None = None) -> Markup:
    """Draw a column of a sheet as bars: the one that matters most, unless another is asked for; empty without one."""
    from ..report.draw.bars import MOST, bars
    from ..report.formats.text import shown

    if sheet is None or not sheet.rows:
        return Markup("")
    at = _column(sheet) if column is None else column
    if at is None:
        return Markup("")
    places = list(range(len(sheet.rows)) if rows is None else rows)[:MOST]
    named = [place for place, one in enumerate(sheet.headings) if one.kind in ("text", "period") and not one.over]
    name = next((one for one in named if len({sheet.rows[row][one] for row in places}) > 1), named[0] if named else 0)
    names = [shown(sheet.rows[row][name], sheet.headings[name], sheet, tie=False, language=language) for row in places]
    values = [_number(sheet.rows[row][at]) for row in places]
    texts = [shown(sheet.rows[row][at], sheet.headings[at], sheet, tie=False, language=language) for row in places]
    label = f"{sheet.headings[at].title}: " + "; ".join(f"{one} {said}" for one, said in zip(names, texts, strict=True))
    return _figure(sheet.headings[at].title, bars(names, values, texts, label), language, "bars")


def _column(sheet: Sheet) -> int | None:
    """Return the column that matters most: the strong one, else the last of differences, shares or scores."""
    for place, one in enumerate(sheet.headings):
        if one.strong:
            return place
    for kind in ("signed", "percent", "score", "count"):
        places = [place for place, one in enumerate(sheet.headings) if one.kind == kind]
        if places:
            return places[-1] if kind == "signed" else places[0]
    return None


def _number(value: Any) -> float:
    """Return a cell as a number: that at its beginning where it is a text; NaN where there is none."""
    if isinstance(value, int | float):
        return float(value)
    found = re.search(r"-?\d+(\.\d+)?", value or "")
    return float(found[0]) if found else math.nan


def _figure(title: str, drawn: str, language: Language, classes: str = "") -> Markup:
    if not drawn:
        return Markup("")
    figure = '<figure class="{0}"><figcaption class="help">{1}</figcaption>{2}</figure>'
    region = Markup('<div class="wide" tabindex="0" role="region" aria-label="{}">{}</div>')
    label = words.picture_of(language).format(title=title)
    return Markup(figure).format(classes, title, region.format(label, Markup(drawn)))  # noqa: S704 - drawn by us


def main(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw an answer's main table."""
    del scores, result
    return picture_of(answer.sheets.get(""), language)


def first(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw the first of an answer's tables that can be drawn."""
    del scores, result
    return next((drawn for sheet in answer.sheets.values() if (drawn := picture_of(sheet, language))), Markup(""))


def differences(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw of all units the change of their scores, of one the parts of its own."""
    del scores, result
    sheet = answer.sheets[""]
    column = next((place for place, one in enumerate(sheet.headings) if one.kind == "signed"), None)
    return picture_of(sheet, language, column)


def made_of(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw what a score is made of one level down, in points; before it the petals of a unit where it has some."""
    from ..report.formats.html.blocks import has_petals
    from ..report.formats.html.drawings import flower, petal_ends
    from ..report.sheets.analysed import analysed

    sheet = answer.sheets[""]
    top = min((row[0] for row in sheet.rows if isinstance(row[0], int | float)), default=0)
    rows = [place for place, row in enumerate(sheet.rows) if row[0] == top + 1]
    places = [place for place, one in enumerate(sheet.headings) if one.title == word.index_points(language)]
    drawn = picture_of(sheet, language, places[-1] if places else None, rows) if rows else Markup("")
    shown = analysed(scores, result.scores.periods[result.period], every=False)
    if not hasattr(result, "others") and top == 0 and has_petals(shown):
        own = flower(shown, result.unit, petal_ends(shown), language)
        drawn = Markup('<figure class="flower">{}</figure>{}').format(own.svg, drawn)
    return drawn


def intervals(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw where draws put each unit, beside its rank."""
    from ..report.formats.html.drawings import certainty
    from ..report.sheets.analysed import analysed

    del answer
    shown = replace(analysed(scores, result.period, every=False), uncertainty=result)
    made = certainty(shown, language) if getattr(result, "node", None) in (None, scores.index.index.id) else None
    return _figure(page_words.certainty(language), made.svg, language) if made is not None and made.svg else Markup("")


def steps(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw what each step of a plan brings; below them stands their sum, which is no step."""
    del scores
    sheet = answer.sheets[""]
    places = [place for place, one in enumerate(sheet.headings) if one.kind == "signed"]
    return picture_of(sheet, language, places[-1] if places else None, range(len(result.steps)))


def turns(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw how much weight must move for each pair of neighbours to turn: the less, the less sure is their order."""
    del scores, result
    sheet = answer.sheets.get("")
    column = next((place for place, one in enumerate(sheet.headings) if one.kind == "count"), None) if sheet else None
    return picture_of(sheet, language, column)


def obstacles(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw the largest shares of indicators, of one unit or of all on average; nodes above them have no place in the order."""
    del scores, result
    sheet = answer.sheets.get("nodes") or answer.sheets.get("shares")
    if sheet is None:
        return Markup("")
    place = _column(sheet)
    leaves = [row for row, cells in enumerate(sheet.rows) if cells[-1] is not None]
    known = [row for row in leaves if place is not None and not math.isnan(_number(sheet.rows[row][place]))]
    known.sort(key=lambda row: -_number(sheet.rows[row][place or 0]))
    return picture_of(sheet, language, place, known[:15])


def board(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw how many warnings there are of each level, as marks."""
    from ..report.formats.html.alerts import warning_board
    from ..report.sheets.analysed import analysed

    del answer
    made = warning_board(analysed(scores, result.period, judged=result.judged, every=False), language)
    if made is None:
        return Markup("")
    return Markup('<ul class="facts">{}</ul>').format(
        Markup("").join(Markup("<li>{} {}</li>").format(one.mark, one.text) for one in made.counts)
    )


def doubts(scores: Scores, result: Any, answer: Answer, language: Language) -> Markup:
    """Draw how much there is to ask each department."""
    from ..report.sheets.sheet import Heading, Sheet

    del scores, result
    sheet = answer.sheets[""]
    counts = Counter(str(row[0]) for row in sheet.rows)
    headings = (sheet.headings[0], Heading(sheet.title, "count"))
    return picture_of(Sheet(sheet.title, headings, tuple(counts.most_common())), language)
