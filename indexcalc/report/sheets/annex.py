"""What stands behind the scores: the tree with its methods, and each department's indicators with what is at stake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...analysis.audit import Question
from ...findings import Finding, Language, spoken
from ...methods import NORMALISERS, WITHOUT_WEIGHTS
from ...methods.arrays import Array, np
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...scores import Scores
from ...tree.edit import WRITTEN
from ...tree.kinds import written
from ...tree.layout import direction_of, normalise_of
from ...tree.model import Dimension, Index, Indicator, Root
from ...tree.terms import method_title, parameter_title, value_title
from ...words.page import page
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ..numbers import finite, listed
from .alone import unit_label
from .analysed import Analysed
from .explained import named
from .framework import arithmetic, weight_of
from .open import may_see, unless_empty
from .sentences import first_of
from .sheet import Heading, Sheet, Value
from .whole import whole_of

MOST_BEHIND = 3
_NAMES = re.compile(r"(\[[^\]]+\]|\w+)")  # of a formula


def method_sheet(scores: Scores, period: str, language: str, *, public: bool = False) -> Sheet:
    """Return every node of the tree with its weight, its weight in the index, its methods and, not for all, who reports it."""
    tree, at = scores.tree, scores.periods.index(period)
    departments = may_see(scores.index, "departments", public=public)
    headings = (
        Heading(page.level(language), "count"),
        Heading(word.node(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.weight(language), "percent"),
        Heading(word.weight_in_the_index(language), "percent"),
        Heading(page.direction(language), "text"),
        Heading(word.method(language), "text"),
        Heading(word.definition(language), "text"),
        *((Heading(word.department(language), "text"),) if departments else ()),
    )
    rows: list[tuple[Value, ...]] = []
    for position in tree.reading_order:
        node = tree.nodes[position]
        depth = tree.depth(position)
        scored = position not in tree.monitored
        leaf = node if isinstance(node, Indicator) else None
        rows.append(
            (
                depth,
                node.title(language),
                node.id,
                finite(scores.sibling_weights[at, position]) if depth and scored and _is_weighed(scores, position) else None,
                finite(scores.effective_weights[at, position]) if depth and scored and tree.has_weight(position) else None,
                _direction(scores.index, leaf, language) if leaf else "",
                _way(scores.index, node, position, scores, language),
                node.definition if isinstance(node, Dimension | Indicator) else "",
                *((leaf.department if leaf else "",) if departments else ()),
            )
        )
    sheet = Sheet(page.method(language), headings, tuple(rows), notes=(page.method_help(language),))
    return unless_empty(sheet, word.definition(language), word.department(language))


def _is_weighed(scores: Scores, position: int) -> bool:
    tree = scores.tree
    return tree.branch_at(tree.parents[position]).formula is None


def _direction(index: Index, leaf: Indicator, language: str) -> str:
    """Return which way an indicator's values are better, with its target or range."""
    ways = {"higher": page.higher, "lower": page.lower, "target": page.target, "range": page.range}
    said = ways[direction_of(index, leaf)](language)
    if leaf.target is None:
        return said
    shown = f"{leaf.target:g}" if isinstance(leaf.target, float | int) else "–".join(f"{end:g}" for end in leaf.target)
    return f"{said} {shown}"


def _way(index: Index, node: Root | Dimension | Indicator, position: int, scores: Scores, language: str) -> str:
    """Describe a node's method in a few words."""
    if isinstance(node, Indicator):
        if not node.is_scored:
            return word.not_scored(language)
        way = normalise_of(index, node)
        given = way.parameters | way.by_group
        known = [key for key in NORMALISERS[way.method].parameters if key in given]
        own = [f"{parameter_title(key, language)}={_shown(given[key], language)}" for key in known]
        title = method_title(way.method, language, "normalise")
        scored = word.beside(language).format(text=listed(own, language)) if own else ""
        per = f"÷ {named(index, node.per, 'en' if language == 'en' else 'zh')[0]}" if node.per else ""
        return word.then(language).join(text for text in (arithmetic(index, node, language), per, f"{title}{scored}") if text)
    branch = scores.tree.branch_at(position)
    if branch.formula is not None:
        return "".join(_named_in(index, part, language) for part in _NAMES.split(node.formula or ""))
    made, weighed = method_title(branch.aggregate, language, "aggregate"), branch.weights.method
    computed = weighed not in WRITTEN and len(branch.children) > 1 and branch.aggregate not in WITHOUT_WEIGHTS
    return word.then(language).join([made, method_title(weighed, language, "weights")] if computed else [made])


def _named_in(index: Index, part: str, language: str) -> str:
    """Return a part of a node's formula, a node by its name."""
    own = index.by_id.get(part.strip("[]"))
    return own.title(language) if own is not None else part


def _shown(value: object, language: str) -> str:
    if isinstance(value, str | bool):
        return value_title(value, language)
    return f"{value:g}" if isinstance(value, float) else written(value)


@dataclass(frozen=True)
class Department:
    """A department's page: its indicators with their weights, who is behind, and what that costs all units together."""

    name: str
    count: int
    weight: float
    sheet: Sheet


def departments_of(shown: Analysed, language: str) -> list[Department]:
    """Return a page a department, in the order of the tree; nothing for a tree that names none."""
    return [
        Department(name, len(leaves), weight_of(shown.scores, shown.at, leaves), stake_sheet(shown, leaves, language))
        for name, leaves in shown.scores.index.by_department.items()
    ]


def department_sheets(shown: Analysed, one: Department, language: str, reporting: Sheet | None, *, public: bool) -> list[Sheet]:
    """Return what a department's page shows: what is at stake, what it reported late or not at all, what is missing or odd."""
    own = tuple(row for row in reporting.rows if row[0] == one.name) if reporting is not None else ()
    told = [replace(reporting, rows=own, notes=())] if reporting is not None and own else []
    beside = [gaps_by_unit(shown, one.name, language), *([] if public else [odd_sheet(shown, one.name, language)])]
    return [replace(one.sheet, title=one.name), *told, *(sheet for sheet in beside if sheet.rows)]


def gaps_by_unit(shown: Analysed, department: str, language: str) -> Sheet:
    """Return a row for each unit and status: the department's indicators that are missing, not applicable or imputed there."""
    scores, titles = shown.scores, STATUS_NAMES[spoken(language)]
    leaves = scores.index.by_department[department]
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(page.status(language), "text"),
        Heading(word.indicator(language), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    status = scores.status[shown.at][:, leaves]
    for unit in scores.listed(shown.at):
        for kind in (MISSING, NOT_APPLICABLE, IMPUTED):
            found = [scores.tree.nodes[leaves[at]].title(language) for at in np.flatnonzero(status[unit] == kind).tolist()]
            if found:
                rows.append((scores.panel.units.title(unit, language), titles[kind], first_of(found, language)))
    return Sheet(page.gaps(language), headings, tuple(rows))


def odd_sheet(shown: Analysed, department: str | None, language: str) -> Sheet:
    """Return what is suspicious in what a department reported, or in whole rows that it has a part in, with where it stands.

    Without a department it is what is suspicious in all data, those of no department too.
    """
    headings = (
        Heading(word.period(language), "period"),
        Heading(word.question(language), "text"),
        Heading(word.place(language), "text"),
    )
    own = [one for one in shown.odd if department is None or one.department in (department, "")]
    said_in = spoken(language)
    rows = tuple((one.period, _named(shown, one, said_in).message(said_in), str(one.finding.place)) for one in own)
    return Sheet(page.odd(language), headings, rows, notes=(page.odd_help(language),))


def _named(shown: Analysed, one: Question, language: Language) -> Finding:
    """Return what is suspicious with the names that unit and indicator have in a language; what is reported has its heading's."""
    named, tree = dict(one.finding.values), shown.scores.tree
    if "unit" in named and one.unit >= 0 and shown.scores.reported is not None:
        named["unit"] = shown.scores.reported.units.title(one.unit, language)
    at = tree.position.get(one.column)
    if at is not None and named.get("name") == tree.nodes[at].title("zh"):
        named["name"] = tree.nodes[at].title(language)
    return replace(one.finding, values=named)


def stake_sheet(shown: Analysed, leaves: Sequence[int], language: str, most: int | None = None) -> Sheet:
    """Return indicators by what is at stake: the index points that units behind their group's mean lose, the most first."""
    scores, tree = shown.scores, shown.scores.tree
    stake, behind = stakes(shown)
    order = sorted((leaf for leaf in leaves if leaf not in tree.monitored), key=lambda leaf: -float(stake[leaf]))[:most]
    headings = (
        Heading(word.indicator(language), "text"),
        Heading(word.weight_in_the_index(language), "percent"),
        Heading(word.mean_score(language), "score"),
        Heading(page.at_stake(language), "score", strong=True),
        Heading(page.behind(language).format(label=unit_label(scores, language)), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    for leaf in order:
        own = scores.scores[shown.at, :, leaf]
        last = [unit for unit in np.argsort(behind[:, leaf], kind="stable").tolist() if behind[unit, leaf] < 0][:MOST_BEHIND]
        rows.append(
            (
                tree.nodes[leaf].title(language),
                finite(scores.effective_weights[shown.at, leaf]) if tree.has_weight(leaf) else None,
                finite(float(np.nanmean(own))) if not np.isnan(own).all() else None,
                finite(stake[leaf]),
                listed(scores.panel.units.titles(last, language), language),
            )
        )
    note = page.department_help(language).format(label=unit_label(scores, language))
    title = page.city(language).format(whole=whole_of(scores.index, language))
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals, notes=(note,))


def stakes(shown: Analysed) -> tuple[Array, Array]:
    """Return the index points that units behind their group's mean lose: all together (leaf,), and each (unit, leaf) below 0."""
    leaves = shown.scores.tree.leaves
    if not shown.boards:
        return np.zeros(leaves), np.zeros((len(shown.scores.panel.units), leaves))
    worth = np.stack([np.nan_to_num(one.points[:leaves]) for one in shown.boards])
    lost = np.minimum(worth, 0.0)
    return np.asarray(-lost.sum(axis=0)), np.asarray(lost)
