"""Sheets of values in time, beside what was published at the time."""

from __future__ import annotations

from ...analysis.trend import Trend, earlier
from ...tree.model import Indicator
from ...words.reports import word, word_of
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order, notes_on_periods, unit_label, values_of


def trend_sheet(result: Trend, language: str) -> Sheet:
    """Return a node of one unit, a row a period; or of one period, a row a unit, the best first."""
    scores, units = result.scores, result.scores.panel.units
    rows = list(result.rows)
    if result.unit is not None:
        heading, names = Heading(word.period(language), "period"), list(scores.periods)
    else:
        period = rows[0][0]
        rows = [(period, unit) for unit in in_rank_order(scores, period, result.node)]
        heading, names = Heading(unit_label(scores, language), "text"), [units.title(unit, language) for _, unit in rows]
    node = scores.tree.nodes[result.node]
    is_value = isinstance(node, Indicator)
    last, year = earlier(scores)
    by_last = any(last[period] >= 0 for period, _ in rows)
    by_year = any(year[period] >= 0 and year[period] != last[period] for period, _ in rows)

    def column(array: object) -> list[Value]:
        return values_of([array[row] for row in rows], range(len(rows)))  # type: ignore[index]

    headings: list[Heading] = [heading]
    columns: list[list[Value]] = [[*names]]
    headings.append(Heading((word.observed if is_value else word.score)(language), "score", strong=True))
    columns.append(column(result.values))
    yearly = "year on year" if all(year[period] == last[period] for period, _ in rows) else "period on period"
    for key, there, before in ((yearly, by_last, result.before), ("year on year", by_year, result.year_before)):
        if there:
            headings.append(Heading(word_of(key, language), "signed"))
            columns.append(column(result.values - before))
            if is_value:
                headings.append(Heading("%", "signed"))
                columns.append([_growth(now, then) for now, then in zip(column(result.values), column(before), strict=True)])
    if is_value:
        headings.append(Heading(word.score(language), "score"))
        columns.append(column(result.node_scores))
    headings.append(Heading(word.rank(language), "rank"))
    columns.append(column(result.ranks))
    moves = (("previous", by_last, result.rank_before), ("year before", by_year, result.rank_year_before))
    for key, there, before in moves:
        if there:
            headings.append(Heading(word_of(key, language), "move"))
            columns.append(column(before - result.ranks))
    lines = dict(zip(result.rows, result.published, strict=True))
    shown = [lines[row] for row in rows]
    if any(shown):
        then = [float(one.score) if one and one.score else None for one in shown]
        now = column(result.node_scores)
        headings += [Heading(word.as_published(language), "score"), Heading(word.revised(language), "signed")]
        columns.append(list(then))
        columns.append([None if a is None or b is None else float(a) - b for a, b in zip(now, then, strict=True)])
    title = node.title(language)
    decimals = scores.index.index.decimals
    return Sheet(
        title, tuple(headings), tuple(zip(*columns, strict=True)), decimals=decimals, notes=notes_on_periods(scores, language)
    )


def _growth(now: Value, then: Value) -> Value:
    """Return the growth in per cent; none where it was 0."""
    if now is None or then is None or float(then) == 0:
        return None
    return 100.0 * (float(now) - float(then)) / abs(float(then))
