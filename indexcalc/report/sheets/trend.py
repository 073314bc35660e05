"""Sheets of values in time, beside what was published at the time."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.trend import Trend, earlier
from ...journal.published import Published, last_release
from ...scores import Scores
from ...tree.model import Indicator
from ...words.reports import word
from .tables import Heading, Sheet, Value, in_rank_order, notes, unit_label, values_of


def unit_sheet(scores: Scores, found: Trend, unit: int, published: Sequence[Published], level: str, language: str) -> Sheet:
    """Return a node of one unit, a row a period."""
    rows = [(at, unit) for at in range(len(scores.periods))]
    heading = Heading(word("period", language), "code")
    return _sheet(scores, found, rows, heading, list(scores.periods), published, level, language)


def period_sheet(scores: Scores, found: Trend, period: str, published: Sequence[Published], level: str, language: str) -> Sheet:
    """Return a node of one period, a row a unit, the best first."""
    at = scores.periods.index(period)
    units = in_rank_order(scores, at, found.node)
    heading = Heading(unit_label(scores, language), "text")
    names = [scores.panel.units.title(unit, language) for unit in units]
    return _sheet(scores, found, [(at, unit) for unit in units], heading, names, published, level, language)


def as_published(
    scores: Scores, node: str, rows: Sequence[tuple[int, int]], published: Sequence[Published], level: str
) -> list[Published | None]:
    """Return what was last published of a node for some periods and units, by their places."""
    releases = {at: last_release(published, scores.periods[at], level) for at in {at for at, _ in rows}}
    return [releases[at].get((node, scores.panel.units.ids[unit])) for at, unit in rows]


def _sheet(
    scores: Scores,
    found: Trend,
    rows: list[tuple[int, int]],
    heading: Heading,
    names: Sequence[Value],
    published: Sequence[Published],
    level: str,
    language: str,
) -> Sheet:
    node = scores.tree.nodes[found.node]
    is_value = isinstance(node, Indicator)
    last, year = earlier(scores)
    by_last = any(last[at] >= 0 for at, _ in rows)
    by_year = any(year[at] >= 0 and year[at] != last[at] for at, _ in rows)

    def column(array: object) -> list[Value]:
        return values_of([array[row] for row in rows], range(len(rows)))  # type: ignore[index]

    headings, columns = [heading], [list(names)]
    headings.append(Heading(word("observed" if is_value else "score", language), "score", strong=True))
    columns.append(column(found.values))
    yearly = "year on year" if all(year[at] == last[at] for at, _ in rows) else "period on period"
    for key, there, before in ((yearly, by_last, found.before), ("year on year", by_year, found.year_before)):
        if there:
            headings.append(Heading(word(key, language), "signed"))
            columns.append(column(found.values - before))
            if is_value:
                headings.append(Heading("%", "signed"))
                columns.append([_growth(now, then) for now, then in zip(column(found.values), column(before), strict=True)])
    if is_value:
        headings.append(Heading(word("score", language), "score"))
        columns.append(column(found.scores))
    headings.append(Heading(word("rank", language), "rank"))
    columns.append(column(found.ranks))
    moves = (("previous", by_last, found.rank_before), ("year before", by_year, found.rank_year_before))
    for key, there, before in moves:
        if there:
            headings.append(Heading(word(key, language), "move"))
            columns.append(column(before - found.ranks))
    shown = as_published(scores, node.id, rows, published, level)
    if any(shown):
        then = [float(one.score) if one and one.score else None for one in shown]
        now = column(found.scores)
        headings += [Heading(word("as published", language), "score"), Heading(word("revised", language), "signed")]
        columns.append(list(then))
        columns.append([None if a is None or b is None else float(a) - b for a, b in zip(now, then, strict=True)])
    title = node.title(language)
    decimals = scores.index.index.decimals
    return Sheet(title, tuple(headings), tuple(zip(*columns, strict=True)), decimals=decimals, notes=notes(scores, language))


def _growth(now: Value, then: Value) -> Value:
    """The growth in per cent; none where it was 0."""
    if now is None or then is None or float(then) == 0:
        return None
    return 100.0 * (float(now) - float(then)) / abs(float(then))
