"""How far weights must move before neighbours change places or a unit leaves the top."""

from __future__ import annotations

from ...analysis.robustness import Robustness
from ...findings import Language
from ...tree.terms import level_title
from ...words.reports import word
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.alone import unit_label
from ..sheets.changes import turning_sheet, turns_sheet, turns_weights_sheet
from ..sheets.tables import notes, shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, heading_of

MOST_TURNED = 8  # weights that turn an order, on a terminal


def robustness_answer(result: Robustness, language: Language) -> Answer:
    """Say how far weights must move before neighbours change places or a unit leaves the top; for one unit with the weights."""
    scores, units = result.scores, result.scores.panel.units
    is_of_one = result.units is not None and len(result.units) == 1
    turns = (*result.pairs, *result.leaves_top)
    sheets = {"": turns_sheet(result, language)} if result.pairs else {}
    sheets |= {"top": turns_sheet(result, language, top=True)} if result.leaves_top else {}
    lines = [heading_of(scores, scores.periods[result.period], language)]
    lines += ["\n\n".join(as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language) for sheet in sheets.values())]
    asked, pairs = len({(turn.above, turn.below) for turn in result.pairs}), max(len(result.order) - 1, 0)
    if not is_of_one and 0 < asked < pairs:
        lines.append(word.pairs_in_part(language).format(shown=asked, all=pairs, label=unit_label(scores, language)))
    for turn in turns:
        if is_of_one and turn.verified and turn.norm == "L1":
            names = [units.title(one, language) for one in (turn.above, turn.below) if one is not None]
            sheet = shortened(turning_sheet(result, turn, language), MOST_TURNED, language, ELSEWHERE)
            lines += ["", f"{' ↔ '.join(names)} · {level_title(turn.level, language)}", as_text(sheet, language)]
    lines += ["", *notes(scores, language)]
    sheets["weights"] = turns_weights_sheet(result, language)
    data = {
        "period": scores.periods[result.period],
        "top": result.top,
        "pairs": pairs,
        "asked": asked,
        "turns": [
            {
                "above": units.ids[turn.above],
                "above_name": units.title(turn.above, language),
                "below": None if turn.below is None else units.ids[turn.below],
                "below_name": None if turn.below is None else units.title(turn.below, language),
                "level": turn.level,
                "norm": turn.norm,
                "distance": finite(turn.distance),
                "bound": finite(turn.bound),
                "exact": turn.exact,
                "verified": turn.verified,
                "weights": dict(turn.weights),
                "siblings": {parent: dict(children) for parent, children in turn.siblings.items()},
            }
            for turn in turns
        ],
    }
    return Answer("\n".join(lines), data, sheets)
