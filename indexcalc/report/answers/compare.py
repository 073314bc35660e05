"""Two scorings beside each other: how far their rankings agree, every unit with what moved it, and what two trees differ in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...analysis.compare import Comparison
from ...analysis.differences import differences
from ...analysis.weights import weights_of
from ...findings import Language
from ...words.periods import period_title
from ...words.reports import word
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.alone import unit_label
from ..sheets.changes import agreement_text, change_sheet, state_title, without_score
from ..sheets.tables import shortened
from ..sheets.weights import differences_sheet
from .answer import ELSEWHERE, MOST_ROWS, Answer
from .change import change_data, first_of


def compare_answer(comparison: Comparison, language: Language) -> Answer:
    """Set two scorings beside each other: agreement, then every unit with what moved it; for two trees, what they differ in."""
    moves, (one, other) = comparison.change, comparison.names
    before, after = moves.periods
    shown = moves if before != after else replace(moves, periods=comparison.names)
    sheet = change_sheet(shown, language, comparison.leading)
    said = [agreement_text(comparison, language), *_left_out(comparison, language)]
    said += first_of(moves, len(moves.at) if moves.earlier.there is not None else len(moves.units), language)
    heading = f"{state_title(one, language)} → {state_title(other, language)}"
    heading += f" · {period_title(before, language)}" if before == after else ""
    text = [heading, *said, "", as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)]
    sheets = {"": replace(sheet, notes=(heading, *said, *sheet.notes))}
    data: dict[str, Any] = {
        "names": list(comparison.names),
        **({"period": before} if before == after else {}),
        "count": comparison.count,
        "left_out": [
            [{"unit": moves.units.ids[at], "name": moves.units.title(at, language)} for at in places]
            for places in comparison.left_out
        ],
        "spearman": finite(comparison.spearman),
        "kendall": finite(comparison.kendall),
        "moved": comparison.moved,
        "shift": comparison.shift,
        "most": comparison.most,
        **change_data(moves, language, comparison.leading),
    }
    trees = moves.earlier.index, moves.later.index
    if trees[0] is not trees[1]:
        differing = differences(weights_of(trees[0]), weights_of(trees[1]), language)
        if differing:
            sheets["differences"] = differences_sheet(differing, language)
            text += ["", as_text(sheets["differences"], language)]
        data["differences"] = [{"kind": each.kind, "node": each.node, "old": each.old, "new": each.new} for each in differing]
    return Answer("\n".join(text), data, sheets)


def _left_out(comparison: Comparison, language: Language) -> list[str]:
    """Count and name the units that have no score in either, which no measure of agreement is made of."""
    count = len({*comparison.left_out[0], *comparison.left_out[1]})
    units = without_score(comparison.change, comparison.names, comparison.left_out, language)
    return (
        [word.left_out_of_it(language).format(count=count, units=units, label=unit_label(comparison.change.later, language))]
        if count
        else []
    )
