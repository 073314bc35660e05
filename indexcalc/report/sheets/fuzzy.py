"""Sheets of a fuzzy comprehensive evaluation: the memberships of units, and those of every node."""

from __future__ import annotations

from ...analysis.fuzzy import Memberships
from ...findings import Language
from ...words.reports import word
from ..numbers import finite
from .alone import unit_label
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order


def start_sheet(result: Memberships, language: Language) -> Sheet:
    """Return a row a unit, in the order of the ranking: its memberships at the node asked about, the points, and the grade."""
    return _sheet(result, [result.start], word.memberships(language), language)


def nodes_sheet(result: Memberships, language: Language) -> Sheet:
    """Return a row a unit and node, the same of every node."""
    return _sheet(result, result.nodes, word.memberships_by_node(language), language)


def _sheet(result: Memberships, nodes: list[int], title: str, language: Language) -> Sheet:
    scores, score, grade = result.scores, result.score(), result.grade()
    several = len(nodes) > 1
    headings = [Heading(unit_label(scores, language), "text")]
    headings += [Heading(word.indicator(language), "text"), Heading(word.id(language), "code")] * several
    headings += [Heading(one, "value", decimals=4) for one in result.grades]
    headings += [Heading(word.score(language), "score", strong=True), Heading(word.grade(language), "text")]
    rows: list[tuple[Value, ...]] = []
    for unit in in_rank_order(scores, result.row, result.start):
        for node in nodes:
            own = scores.tree.nodes[node]
            named = (own.title(language), own.id) if several else ()
            at = int(grade[unit, node])
            told = [finite(one) for one in result.memberships[unit, node]]
            last = (finite(score[unit, node]), result.grades[at] if at >= 0 else None)
            rows.append((scores.panel.units.title(unit, language), *named, *told, *last))
    note = word.fuzzy_help(language).format(operator=result.settings.operator)
    return Sheet(title, tuple(headings), tuple(rows), decimals=scores.index.index.decimals, notes=(note,))
