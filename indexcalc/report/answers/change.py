"""What moved scores and ranks: all units by factor, or one down to its indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...analysis.change import ScoreChange
from ...analysis.past import come_and_gone
from ...findings import Language
from ...methods.arrays import np
from ...tree.model import Indicator
from ...words.periods import period_title
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ..formats.text import as_text
from ..numbers import finite, number, signed
from ..sheets.alone import unit_label
from ..sheets.changes import change_sheet, factors_sheet, indicators_sheet, notes_between, without_score
from ..sheets.sheet import Value
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer

MOST_INDICATORS = 10  # that moved a unit, on a terminal


def change_answer(moves: ScoreChange, language: Language) -> Answer:
    """Split the change of units, as many as were asked for of all; or of one further down to its indicators."""
    if moves.indicators is not None:
        return _change_of_one(moves, language)
    later, earlier = moves.later, moves.earlier
    count = len(later.listed(later.periods.index(moves.periods[1]))) if moves.periods[1] in later.periods else len(moves.units)
    count -= len(come_and_gone(earlier, later, *moves.periods)[0]) if moves.periods[0] in earlier.periods else 0
    sheet = change_sheet(moves, language)
    sheet = replace(sheet, notes=(*first_of(moves, count, language), *_not_split(moves, language), *sheet.notes))
    heading = f"{moves.later.index.index.title(language)} · {_both(moves, language)}"
    text = f"{heading}\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    shown = replace(sheet, notes=(_both(moves, language), *sheet.notes))
    return Answer(text, {**change_data(moves, language), "count": count}, {"": shown})


def _not_split(moves: ScoreChange, language: Language) -> list[str]:
    """Name the units that have no score in one of the two states, or in both, whose change is not split."""
    lacking = [[moves.at[row] for row in np.flatnonzero(np.isnan(scores)).tolist()] for scores in moves.scores]
    units = without_score(moves, moves.periods, (lacking[0], lacking[1]), language)
    return [word.not_split(language).format(units=units)] if units else []


def first_of(moves: ScoreChange, count: int, language: Language) -> list[str]:
    """Return a note that not all units were split, and how to have the rest."""
    said, shown = word.split_in_part(language), len(moves.at)
    return [said.format(shown=shown, all=count, label=unit_label(moves.later, language))] if shown < count else []


def _change_of_one(moves: ScoreChange, language: Language) -> Answer:
    decimals = moves.later.index.index.decimals
    before, after = map(finite, moves.scores[:, 0])
    places = ["–" if rank is None else f"{rank:g}" for rank in map(finite, moves.ranks[:, 0])]
    shown = ["–" if score is None else number(score, decimals) for score in (before, after)]
    moved = "" if before is None or after is None else f" · {signed(after - before, decimals)}"
    lines = [
        f"{moves.units.title(moves.at[0], language)} · {_both(moves, language)}",
        f"{word.score(language)} {' → '.join(shown)}{moved}",
        f"{word.rank(language)} {' → '.join(places)}",
        *(_lost(moves, state, language) for state in (0, 1) if np.isnan(moves.scores[state, 0])),
    ]
    factors = factors_sheet(moves, language)
    text = [*lines, "", as_text(factors, language)]
    said = notes_between(moves, language)
    sheets = {"": replace(factors, notes=(*lines, *said))}
    values = {leaf: _values(moves, leaf, language) for leaf in moves.indicators or ()}
    if values:
        sheets["indicators"] = indicators_sheet(moves, values, language)
        text += ["", as_text(indicators_sheet(moves, values, language, most=MOST_INDICATORS), language)]
    return Answer("\n".join([*text, *said]), change_data(moves, language), sheets)


def _both(moves: ScoreChange, language: Language) -> str:
    """Return the two states that are compared, as people write periods."""
    return " → ".join(period_title(period, language) for period in moves.periods)


def _lost(moves: ScoreChange, state: int, language: Language) -> str:
    """Say that the unit has no score in a state, and how much of it has values there."""
    scores, period, unit = (moves.earlier, moves.later)[state], moves.periods[state], moves.units.ids[moves.at[0]]
    if unit not in scores.panel.units.ids:
        return word.not_among_units(language).format(
            state=period_title(period, language), label=unit_label(moves.later, language)
        )
    covered = scores.covered(scores.tree.root)[scores.periods.index(period), scores.panel.units.ids.index(unit)]
    title = period_title(period, language)
    return word.lost_score(language).format(state=title, coverage=f"{np.nan_to_num(covered):.1%}")


def _values(moves: ScoreChange, leaf: str, language: Language) -> tuple[Value, Value, str]:
    """Return a leaf's value in both states, or why there is none, and the unit of measurement of the later."""
    unit, shown, measure = moves.units.ids[moves.at[0]], [], ""
    for scores, period in zip((moves.earlier, moves.later), moves.periods, strict=True):
        node = scores.index.by_id.get(leaf)
        value: Value = None
        if isinstance(node, Indicator) and unit in scores.panel.units.ids:
            place = scores.periods.index(period), scores.panel.units.ids.index(unit), scores.node(leaf)
            value, measure = finite(scores.derived[place]), node.measure_in(language)
            value = STATUS_NAMES[language][int(scores.status[place])] if value is None else value
        shown.append(value)
    return shown[0], shown[1], measure


def change_data(moves: ScoreChange, language: Language, leading: Sequence[str] = ()) -> dict[str, Any]:
    """Return a change as data: for each unit both scores and ranks, and the parts of each factor."""
    units = []
    for row, place in enumerate(moves.at):
        one: dict[str, Any] = {
            "unit": moves.units.ids[place],
            "name": moves.units.title(place, language),
            "score": [finite(score) for score in moves.scores[:, row]],
            "rank": [finite(rank) for rank in moves.ranks[:, row]],
            "parts": {factor: finite(part[row]) for factor, part in moves.parts.items()},
            "rank_parts": {factor: finite(part[row]) for factor, part in moves.rank_parts.items()},
        }
        if moves.indicators is not None:
            one["indicators"] = {leaf: finite(part[row]) for leaf, part in moves.indicators.items() if part[row]}
        if leading:
            one["leading"] = leading[row]
        units.append(one)
    return {"periods": list(moves.periods), "units": units}
