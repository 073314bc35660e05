"""Warnings and why they stand, as text and as data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ...analysis.alerts import Alert, Alerts, Evidence, HeldDown
from ...analysis.warning import Judged, Warned
from ...findings import Language
from ...scores import Scores
from ...tree.model import LEVELS, Indicator
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..numbers import finite, measured, number, sparkline
from ..sheets.explained import cell_lines
from ..sheets.tables import notes
from ..sheets.warnings import basis, counts, follows, least_listed, watched_title
from .answer import Answer, heading_of
from .explain import cells_data

MOST_SHOWN = 100  # warnings on a terminal


def warn_answer(result: Alerts, language: Language) -> Answer:
    """List the warnings of a period from a level upwards, each with why."""
    scores = result.scores
    counted = "  ".join(counts(scores, result.judged, result.period, language))
    lines = [
        f"{heading_of(scores, result.period, language)} · {word.warning(language)}",
        counted,
    ]
    if result.least != LEVELS[0]:
        others = word.others_by_least(language).format(level=LEVELS[0])
        lines.append(f"{least_listed(result.least, language)}{'' if language == 'zh' else ' '}{others}")
    if not result.alerts:
        lines += ["", word.no_warnings(language).format(level=word_of(result.least, language))]
    for one in result.alerts[:MOST_SHOWN]:
        lines += ["", *_lines(scores, one, language), *_beside_lines(scores, result.beside(one), language)]
    if len(result.alerts) > MOST_SHOWN:
        lines += ["", word.and_others(language).format(count=len(result.alerts) - MOST_SHOWN)]
    data = {
        "index": scores.index.index.id,
        "period": result.period,
        "least": result.least,
        "warnings": [_data(scores, one, result.beside(one), language) for one in result.alerts],
    }
    text = "\n".join([*lines, "", *notes(scores, language)]).rstrip()
    return Answer(text, data, {})


def _data(scores: Scores, one: Alert, beside: Sequence[tuple[Judged, Warned]], language: Language) -> dict[str, Any]:
    judged, units, node = one.judged, scores.panel.units, scores.tree.nodes[one.warned.node]
    by_score = not isinstance(node, Indicator) or judged.rule.by == "score"
    entry = {
        "level": one.level,
        "unit": units.ids[one.warned.unit],
        "unit_name": units.title(one.warned.unit, language),
        "node": node.id,
        "node_name": node.title(language),
        "period": scores.periods[one.warned.period],
        "rule": judged.rule.id,
        "rule_name": judged.rule.title(language),
        "by": "score" if by_score else "value",
        "value": one.value,
        "limit": one.limit,
        "limits": {level: finite(limit) for level, limit in zip(LEVELS, judged.limits[one.warned.at], strict=True)},
        "basis": basis(scores, judged, one.warned, language),
        "history": [
            {"period": scores.periods[place], "value": finite(value), "level": LEVELS[level - 1] if level > 0 else None}
            for place, value, level in zip(one.course, one.values, one.levels, strict=True)
        ],
        "in_a_row": one.in_a_row,
        "follows": follows(judged, one.warned, language),
    }
    if beside:
        entry["beside"] = [_beside_data(scores, judged, each, language) for judged, each in beside]
    if one.reported is not None:
        entry |= _reported_data(one.reported)
    if one.behind is not None:
        entry["behind"] = [_behind_data(scores, each, language) for each in one.behind]
    return entry


def _beside_data(scores: Scores, judged: Judged, one: Warned, language: Language) -> dict[str, Any]:
    node = scores.tree.nodes[one.node]
    return {
        "level": LEVELS[judged.level(one.at) - 1],
        "node": node.id,
        "node_name": node.title(language),
        "rule": judged.rule.id,
        "value": judged.value(one.at),
        "limit": judged.limit(one.at),
    }


def _behind_data(scores: Scores, one: HeldDown, language: Language) -> dict[str, Any]:
    node = scores.index.leaves[one.leaf]
    return {
        "node": node.id,
        "node_name": node.title(language),
        "points": one.points,
        "value": finite(one.value),
        "measure": node.measure_in(language),
        **_reported_data(one.reported),
    }


def _reported_data(reported: Evidence) -> dict[str, Any]:
    events = {} if reported.events is None else {"events": [dict(event) for event in reported.events]}
    return {"cells": cells_data(reported.cells), **events}


def _lines(scores: Scores, one: Alert, language: Language) -> list[str]:
    decimals, judged, node = scores.index.index.decimals, one.judged, scores.tree.nodes[one.warned.node]
    comma, left, right = ("，", "（", "）") if language == "zh" else (", ", " (", ")")
    step = follows(judged, one.warned, language)
    when, unit = period_title(scores.periods[one.warned.period], language), scores.panel.units.title(one.warned.unit, language)
    title = f"{unit} · {when} · {watched_title(scores, judged, one.warned, language)}"
    value = f"{word.observed(language)} {measured(one.value)}"
    limit = f"{word.limit(language)} {measured(one.limit)}{left}{basis(scores, judged, one.warned, language)}{right}"
    lasting = word.in_a_row_of(language).format(count=one.in_a_row)
    lines = [
        f"{word_of(one.level, language)} {title} ({node.id})",
        f"  {value}{comma}{limit} · {judged.rule.title(language)}",
        f"  {word.course(language)} {sparkline(one.values)} · {lasting}{f' → {step}' if step else ''}",
    ]
    lines += [f"  {line}" for line in _reported_lines(scores, node, one.reported, language)] if one.reported else []
    for each in one.behind or ():
        leaf = scores.index.leaves[each.leaf]
        shown = "–" if finite(each.value) is None else measured(each.value, leaf.measure_in(language))
        points = number(each.points, decimals)
        lines.append(f"  {word.mostly_from(language)} {leaf.title(language)} ({leaf.id}) {points} · {shown}")
        lines += [f"    {line}" for line in _reported_lines(scores, leaf, each.reported, language)]
    return lines


def _beside_lines(scores: Scores, beside: Sequence[tuple[Judged, Warned]], language: Language) -> list[str]:
    return [
        f"  {word.also(language)}{word_of(LEVELS[judged.level(one.at) - 1], language)} "
        f"{watched_title(scores, judged, one, language)} {measured(judged.value(one.at))} · {judged.rule.title(language)}"
        for judged, one in beside
    ]


def _reported_lines(scores: Scores, node: object, reported: Evidence, language: Language) -> list[str]:
    """Return what was reported and where, and below it the events."""
    lines = cell_lines(scores, reported.cells, language, node)
    for header, events in groupby(reported.events or (), key=tuple):  # log by log
        lines.append(f"{word.events_behind(language)}{' · '.join(header)}")
        lines += [f"  {' · '.join(cell or '–' for cell in event.values())}" for event in events]
    return lines
