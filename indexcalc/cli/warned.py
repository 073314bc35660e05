"""What `warn` prints: a text for people and the same as data for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..periods import kind_among, larger_of
from ..report.numbers import finite
from ..tree.model import LEVELS, Indicator, Level
from .project import Project
from .results import Result, raw_cells

if TYPE_CHECKING:
    from ..analysis.warning import Judged, Warned
    from ..scores import Scores
    from ..sources import Matched

MOST_LEADING = 3  # indicators that are named below the warning of a node
MOST_SHOWN = 100  # warnings on a terminal


@dataclass(frozen=True)
class Shown:
    """What data the warnings are of, and how many events of each value are shown."""

    matched: Matched
    events: int


def judged_rules(project: Project, scores: Scores, node: str | None) -> tuple[Judged, ...]:
    """Judge by all rules, and print what has judged nothing; refuse a node that none watches."""
    from ..analysis.warning import check_judged, warnings

    judged = warnings(scores)
    watched = {scores.tree.nodes[at].id for found in judged for at in found.nodes}
    if node is not None and node not in watched:
        known = [scores.tree.nodes[at].id for at in scores.tree.reading_order if scores.tree.nodes[at].id in watched]
        project.refuse_one("IC812", node=node, known=known[:20] + (["…"] if len(known) > 20 else []))
    project.print_findings(check_judged(scores, judged))
    return judged


def warn_result(
    scores: Scores,
    judged: Sequence[Judged],
    period: str | None,
    language: Language,
    *,
    least: Level,
    node: str | None = None,
    unit: int | None = None,
    behind: Shown | None = None,
) -> Result:
    """List the warnings of a period from a level upwards, each with why; without one those of the newest that is judged."""
    from ..analysis.contribution import Rows, contributions
    from ..analysis.warning import leading, listed
    from ..methods.arrays import np
    from ..report.sheets.tables import notes
    from ..report.sheets.warnings import counts
    from ..words.reports import word

    period = newest(scores, judged) if period is None else period
    at = None if node is None else scores.node(node)
    found = listed(scores, judged, period, least=least, node=at, unit=unit)
    below: dict[tuple[int, int], Any] = {}
    split: dict[int, Any] = {}
    for one in found:
        if one.node >= scores.tree.leaves and (one.period, one.node) not in below:
            if one.period not in split:
                split[one.period] = contributions(scores, Rows(one.period, tuple(range(len(scores.panel.units)))))[0]
            below[one.period, one.node] = leading(scores, one.period, one.node, split[one.period])
    entries = []
    for one in found:
        entry = _entry(scores, judged[one.rule], one, language, behind)
        if (points := below.get((one.period, one.node))) is not None:
            own = points[one.unit]
            there = ~np.isnan(scores.scores[one.period, one.unit, : scores.tree.leaves])
            worst = [leaf for leaf in np.argsort(own, kind="stable").tolist() if own[leaf] < 0 and there[leaf]][:MOST_LEADING]
            entry["behind"] = [_behind(scores, one, leaf, float(own[leaf]), language, behind) for leaf in worst]
        entries.append(entry)
    counted = counts(scores, judged, period, language)
    lines = [f"{scores.index.index.title(language)} · {period} · {word('warning', language)}", "  ".join(counted)]
    if not entries:
        lines += ["", word("no warnings", language).format(level=word(least, language))]
    for entry in entries[:MOST_SHOWN]:
        lines += ["", *_lines(entry, scores.index.index.decimals, language)]
    if len(entries) > MOST_SHOWN:
        lines += ["", word("and others", language).format(count=len(entries) - MOST_SHOWN)]
    data = {"index": scores.index.index.id, "period": period, "least": least, "warnings": [_plain(one) for one in entries]}
    return "\n".join([*lines, "", *notes(scores, language)]).rstrip(), data


def newest(scores: Scores, judged: Sequence[Judged]) -> str:
    """Return the newest period that any rule has judged, or the newest of all."""
    from ..analysis.warning import NOT_JUDGED

    for at in reversed(range(len(scores.periods))):
        if any((found.levels[at] != NOT_JUDGED).any() for found in judged):
            return scores.periods[at]
    return scores.periods[-1]


def _entry(scores: Scores, found: Judged, one: Warned, language: Language, behind: Shown | None) -> dict[str, Any]:
    from ..report.sheets.warnings import basis, course, follows, limit_of, watched_title

    at = (one.period, one.unit, one.column)
    node = scores.tree.nodes[one.node]
    by_score = not isinstance(node, Indicator) or found.rule.by == "score"
    places = course(scores, found, one)
    values = [float(found.values[(place, *at[1:])]) for place in places]
    levels = [int(found.levels[(place, *at[1:])]) for place in places]
    entry = {
        "level": LEVELS[int(found.levels[at]) - 1],
        "unit": scores.panel.units.ids[one.unit],
        "unit_name": scores.panel.units.title(one.unit, language),
        "node": node.id,
        "node_name": node.title(language),
        "title": watched_title(scores, found, one, language),
        "period": scores.periods[one.period],
        "rule": found.rule.id,
        "rule_name": found.rule.title(language),
        "by": "score" if by_score else "value",
        "value": float(found.values[at]),
        "limit": limit_of(found, one),
        "limits": {level: finite(limit) for level, limit in zip(LEVELS, found.limits[at], strict=True)},
        "basis": basis(found, one, language),
        "history": [
            {"period": scores.periods[place], "value": finite(value), "level": LEVELS[level - 1] if level > 0 else None}
            for place, value, level in zip(places, values, levels, strict=True)
        ],
        "in_a_row": int(found.runs[at]),
        "follows": follows(found, one, language),
        "course": values,
    }
    if isinstance(node, Indicator):
        entry |= _reported(scores, one, node, behind)
    return entry


def _reported(scores: Scores, one: Warned, leaf: Indicator, behind: Shown | None) -> dict[str, Any]:
    """The cells of an indicator, and where it is made of a log the events that weigh most in it."""
    found: dict[str, Any] = {"cells": raw_cells(scores, one.period, one.unit, leaf)}
    log = behind.matched.behind.get(scores.index.source_of(leaf)) if behind is not None else None
    if behind is None or log is None or not behind.events or behind.matched.units is None:
        return found
    column = next(column.id for column in scores.index.columns if column.owner == leaf.id and column.take)
    units = behind.matched.units.units.parts(scores.panel.units.ids[one.unit])
    period = scores.periods[one.period]
    known = set(behind.matched.periods)
    kinds = scores.index.periods.kinds
    kind = kind_among(period, kinds)
    periods = (
        [period] if period in known else [part for part in behind.matched.periods if larger_of(part, kinds[0], kind) == period]
    )
    rows = log.events(column, units, periods, behind.events)
    return found | {"events": [dict(zip(log.header, row, strict=True)) for row in rows]}


def _behind(scores: Scores, one: Warned, leaf: int, points: float, language: Language, behind: Shown | None) -> dict[str, Any]:
    """An indicator that holds a node's score down: by how many points against the mean, and its cells."""
    node = scores.tree.nodes[leaf]
    assert isinstance(node, Indicator)
    return {
        "node": node.id,
        "node_name": node.title(language),
        "points": points,
        "value": finite(float(scores.derived[one.period, one.unit, leaf])),
        "measure": node.measure,
        **_reported(scores, one, node, behind),
    }


def _lines(entry: dict[str, Any], decimals: int, language: Language) -> list[str]:
    from ..report.numbers import number, sparkline
    from ..words.reports import word

    comma, left, right = ("，", "（", "）") if language == "zh" else (", ", " (", ")")
    rose = f" → {entry['follows']}" if entry["follows"] else ""
    value, limit = number(entry["value"], decimals), number(entry["limit"], decimals)
    lasting = word("in a row of", language).format(count=entry["in_a_row"])
    lines = [f"{word(entry['level'], language)} {entry['unit_name']} · {entry['title']} ({entry['node']}) {entry['period']}"]
    basis = f"{left}{entry['basis']}{right}"
    lines.append(f"  {word('observed', language)} {value}{comma}{word('limit', language)} {limit}{basis} · {entry['rule_name']}")
    lines.append(f"  {word('course', language)} {sparkline(entry['course'])} · {lasting}{rose}")
    lines += [f"  {line}" for line in _cells(entry, language)]
    for one in entry.get("behind", ()):
        value = "–" if one["value"] is None else f"{one['value']:.6g} {one['measure']}".rstrip()
        lines.append(
            f"  {word('mostly from', language)} {one['node_name']} ({one['node']}) {number(one['points'], decimals)} · {value}"
        )
        lines += [f"    {line}" for line in _cells(one, language)]
    return lines


def _cells(entry: dict[str, Any], language: Language) -> list[str]:
    """What was reported and where, and below it the events."""
    from ..words.reports import word

    lines = []
    for cell in entry.get("cells", ()):
        value = "–" if cell["value"] is None else f"{cell['value']:.10g}"
        lines.append(f"{cell['column']} = {value}  ← {', '.join(cell['places']) or '–'}")
    events = entry.get("events", ())
    heading = [f"{word('events behind', language)}{' · '.join(events[0])}"] if events else []
    return [*lines, *heading, *(f"  {' · '.join(cell or '–' for cell in row.values())}" for row in events)]


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in ("course", "title")}
