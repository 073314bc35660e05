"""Sheets of what follows from places: outcomes, goals, remarks; each is there where the tree speaks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...analysis.follow import GoalState, Met, Remarked, goals, outcomes, remarks
from ...scores import Scores
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..numbers import finite
from .alone import unit_label
from .sheet import Heading, Sheet, Value
from .tables import notes


def follow_sheets(scores: Scores, period: str, language: str) -> dict[str, Sheet]:
    """Return the sheets of a period by what they hold: `outcomes`, `goals`, `remarks`."""
    row = scores.periods.index(period)
    found: dict[str, Sheet] = {}
    if scores.index.outcomes:
        found["outcomes"] = outcomes_sheet(scores, outcomes(scores, row), language)
    if states := goals(scores, row):
        found["goals"] = goals_sheet(scores, states, language)
    if said := remarks(scores, row):
        found["remarks"] = remarks_sheet(scores, said, language)
    return found


def outcomes_sheet(scores: Scores, met: Sequence[Met], language: str, periods: Sequence[str] = ()) -> Sheet:
    """Return the units that each outcome applies to, by which rank, and who ties at the border; with `periods`, in which one."""
    tied = any(one.tied for one in met)
    headings = [
        *([Heading(word.period(language), "period")] if periods else []),
        Heading(word.outcome(language), "text", strong=True),
        Heading(unit_label(scores, language), "text"),
        Heading(word.rank(language), "count"),
        Heading(word.ranked_by(language), "text"),
        Heading(word.periods_in_a_row(language), "count"),
        *([Heading(word.tie(language), "text")] if tied else []),
    ]
    rows: list[tuple[Value, ...]] = [
        (
            *((periods[at],) if periods else ()),
            one.outcome.title(language),
            scores.panel.units.title(one.unit, language),
            finite(one.rank),
            scores.tree.nodes[one.node].title(language),
            one.in_a_row,
            *((word.at_the_border(language) if one.tied else "",) if tied else ()),
        )
        for at, one in enumerate(met)
    ]
    return Sheet(word.outcomes(language), tuple(headings), tuple(rows), notes=notes(scores, language))


def goals_sheet(scores: Scores, states: Sequence[GoalState], language: str) -> Sheet:
    """Return how each goal stands, with what would be needed by now where it is set for later."""
    headings = (
        Heading(unit_label(scores, language), "text", strong=True),
        Heading(word.goal_of(language), "text"),
        Heading(word.due_period(language), "period"),
        Heading(word.goal_kind(language), "text"),
        Heading(word.goal_wanted(language), "value"),
        Heading(word.goal_now(language), "value"),
        Heading(word.goal_course(language), "value"),
        Heading(word.goal_state(language), "text"),
        Heading(word.department(language), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in states:
        goal, own = one.goal, scores.tree.nodes[one.node]
        kind = word.rank if goal.rank is not None else word.observed if one.node < scores.tree.leaves else word.score
        rows.append(
            (
                scores.panel.units.title(one.unit, language),
                own.title(language),
                one.period,
                kind(language),
                float(goal.rank if goal.rank is not None else goal.value or 0.0),
                finite(one.now),
                finite(one.course),
                word_of(f"goal {one.state}", language),
                goal.department,
            )
        )
    return Sheet(word.goals(language), headings, tuple(rows), notes=(*notes(scores, language), word.goal_rule(language)))


def remarks_sheet(scores: Scores, said: Sequence[Remarked], language: str) -> Sheet:
    """Return remarks in the order in which they stand."""
    headings = (
        Heading(unit_label(scores, language), "text", strong=True),
        Heading(word.goal_of(language), "text"),
        Heading(word.period(language), "text"),
        Heading(word.remark_kind(language), "text"),
        Heading(word.remark_text(language), "text"),
        Heading(word.remark_author(language), "text"),
    )
    rows = tuple(
        (
            scores.panel.units.title(one.unit, language),
            scores.tree.nodes[one.node].title(language),
            "" if one.remark.period is None else period_title(str(one.remark.period), language),
            one.remark.kind,
            one.remark.text,
            one.remark.author,
        )
        for one in said
    )
    return Sheet(word.unit_remarks(language), headings, rows, notes=notes(scores, language))


def follow_data(scores: Scores, row: int, language: str, unit: int | None = None, node: int | None = None) -> dict[str, Any]:
    """Return the same as data: lists by what they hold, of a unit and node if asked."""
    units, nodes = scores.panel.units, scores.tree.nodes
    met = [one for one in outcomes(scores, row) if unit in (None, one.unit) and node in (None, one.node)]
    states, said = goals(scores, row, unit, node), remarks(scores, row, unit, node)
    found: dict[str, Any] = {}

    def unit_of(place: int) -> dict[str, str]:
        return {"unit": units.ids[place], "unit_name": units.title(place, language)}

    if scores.index.outcomes:
        found["outcomes"] = [
            {
                "outcome": one.outcome.title(language),
                **unit_of(one.unit),
                "node": nodes[one.node].id,
                "rank": finite(one.rank),
                "tied": one.tied,
                "in_a_row": one.in_a_row,
            }
            for one in met
        ]
    if states:
        found["goals"] = [
            {
                **unit_of(one.unit),
                "node": nodes[one.node].id,
                "period": one.period,
                "value": one.goal.value,
                "rank": one.goal.rank,
                "now": finite(one.now),
                "course": finite(one.course),
                "state": one.state,
                "department": one.goal.department,
            }
            for one in states
        ]
    if said:
        found["remarks"] = [{**one.remark.model_dump(), **unit_of(one.unit), "node": nodes[one.node].id} for one in said]
    return found
