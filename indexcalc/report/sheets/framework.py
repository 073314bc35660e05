"""The index itself, node by node: what each weighs and means, how it is made, and from which line of the file that comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from ...findings import Place
from ...methods.arrays import np
from ...scores import Scores
from ...tree.kinds import written
from ...tree.model import NOTES, UNITS_SOURCE, Denominator, Dimension, Index, Indicator, Root, notes_of
from ...tree.settings import built_in, settings_of
from ...tree.terms import key_title
from ...words.agreement import told
from ...words.framework import framework as said
from ...words.page import page
from ...words.periods import period_title
from ...words.reports import word, word_of
from ...words.shown import without_passwords
from ..numbers import finite, listed, number
from .open import may_see
from .sheet import Heading, Sheet, Value

MOST_LETTERS = 400  # of a setting's text; a table of goalposts for every group may be as long as a page
_APART = ("dimensions", "data", "denominators")  # blocks of the file that have tables of their own
_TOLD = {"department", "measure", *NOTES}  # what stands above a node's settings already
_NOT_PUBLIC = {"department", "source", "source_note", "column"}  # what `publish: [departments]` opens


@dataclass(frozen=True)
class Shown:
    """A node as a page shows it: `weight` is that among its siblings, `share` that in the index, None of what does not count.

    `coverage` is the mean over the units to which it applies, `settings` are rows of key, value and where it comes from.
    """

    id: str
    title: str
    level: int
    weight: float | None
    weight_at: str
    share: float | None
    coverage: float | None
    about: tuple[tuple[str, str], ...]
    formula: str
    settings: Sheet
    children: tuple[Shown, ...]


def nodes_shown(scores: Scores, period: str, language: str, *, public: bool) -> Shown:
    """Return the index with all nodes below it, as they are in a period."""
    at = scores.periods.index(period)

    def down(position: int, level: int) -> Shown:
        node, scored = scores.tree.nodes[position], position not in scores.tree.monitored
        below = scores.tree.below(position)
        return Shown(
            id=node.id,
            title=node.title(language),
            level=level,
            weight=finite(scores.sibling_weights[at, position]) if level and scored else None,
            weight_at=_weight_at(scores.index, node),
            share=finite(scores.effective_weights[at, position]) or None if level and scored else None,
            coverage=_coverage(scores, at, position),
            about=tuple(_about(scores, position, language, public=public)),
            formula=_formula(scores.index, node, language),
            settings=_settings(scores.index, node, language, public=public),
            children=tuple(down(child, level + 1) for child in below),
        )

    return down(scores.tree.root, 0)


def _weight_at(index: Index, node: Root | Dimension | Indicator) -> str:
    if isinstance(node, Root) or node.weight is None:
        return ""
    return _line(index.place_of(node.id, "weight"))


def _line(place: Place) -> str:
    """Return a line of the tree's file, by the file's name alone, since folders differ between machines; empty without a file."""
    return str(replace(place, file=PurePath(place.file).name)) if place.file and place.line else ""


def _coverage(scores: Scores, period: int, position: int) -> float | None:
    own = scores.covered(position)[period, scores.listed(period)]
    known = own[~np.isnan(own)]
    return float(known.mean()) if known.size else None


def _about(scores: Scores, position: int, language: str, *, public: bool) -> Iterator[tuple[str, str]]:
    """Yield a node's notes, each as a title and a text: its definition, department, unit of measurement and role."""
    index, node = scores.index, scores.tree.nodes[position]
    notes = notes_of(node)
    opened = may_see(index, "departments", public=public)
    for key in NOTES:
        if key in notes and (opened or key not in _NOT_PUBLIC):
            yield word_of(key, language), notes[key]
    if isinstance(node, Indicator):
        if node.department and opened:
            yield word.department(language), node.department
        if node.measure:
            yield word.value_measure(language), node.measure_in(language)
        if not node.is_scored:
            yield said.role(language), word.not_scored(language)
    if position in scores.tree.dimensions and position not in scores.tree.branches[-1].children:
        yield said.role(language), said.outside(language)


def _formula(index: Index, node: Root | Dimension | Indicator, language: str) -> str:
    """Return the arithmetic that a node is made by, with what it is divided and multiplied by."""
    if not isinstance(node, Indicator):
        return node.formula or ""
    made = arithmetic(index, node, language) or (f"{node.id} / {node.per}" if node.per else "")
    return f"{made} × {node.scale:g}" if made and node.scale != 1 else made


def arithmetic(index: Index, leaf: Indicator, language: str) -> str:
    """Return the formula of a leaf as in the file, or what it takes of the events of a log; nothing for one that is reported."""
    if leaf.events is None or leaf.formula not in (None, leaf.events.formula):
        return leaf.formula or ""
    names = [f"{leaf.id}.{part}" for part in leaf.events.ratio or ()] or [leaf.id]
    return " / ".join(told(index.column_of[name].headers[0], language) for name in names if name in index.column_of)


def _settings(index: Index, node: Root | Dimension | Indicator, language: str, *, public: bool) -> Sheet:
    """Return every setting that holds for a node, its own first, then what it takes from above, then what is built in."""
    hidden = set() if may_see(index, "departments", public=public) else _NOT_PUBLIC
    own: list[tuple[Value, ...]] = []
    above: list[tuple[Value, ...]] = []
    for one in settings_of(index, node.id):
        if one.key not in _TOLD | hidden:
            by = said.from_defaults if one.above else said.own
            row = (key_title(one.key, language), _text(one.said), by(language).format(place=_line(one.place)).strip())
            (above if one.above else own).append(row)
    rest = [
        (key_title(key, language), _text(value), said.built_in(language))
        for key, value in built_in(index, node.id)
        if key not in _TOLD | hidden
    ]
    headings = (
        Heading(said.setting(language), "text"),
        Heading(said.value(language), "text"),
        Heading(said.comes_from(language), "text"),
    )
    return Sheet(said.settings(language), headings, (*own, *above, *rest))


def _text(value: str) -> str:
    """Return a setting as it is shown: no password, and no more than a few lines."""
    plain = without_passwords(value)
    return plain if len(plain) <= MOST_LETTERS else f"{plain[:MOST_LETTERS]}…"


def blocks_sheet(index: Index, language: str) -> Sheet:
    """Return what the file says beside the tree itself, block by block, each setting with its line."""
    rows = [
        (".".join(map(str, path)), _text(written(value)), _line(index.place(path)))
        for block, data in index.written_data.items()
        if block not in _APART
        for path, value in _entries(block, data)
    ]
    headings = (
        Heading(said.setting(language), "code"),
        Heading(said.value(language), "text"),
        Heading(said.comes_from(language), "text"),
    )
    return Sheet(said.blocks(language), headings, tuple(rows))


def _entries(block: str, data: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(data, Mapping):
        yield from (((block, str(key)), value) for key, value in data.items())
    elif isinstance(data, list):
        yield from (((block, at), value) for at, value in enumerate(data))
    else:
        yield (block,), data


def sources_sheet(index: Index, language: str) -> Sheet:
    """Return where values come from: each source with its file or log, what is made of it, and its line."""
    items: tuple[Indicator | Denominator, ...] = (*index.leaves, *index.denominators)
    used = {name: sum(index.source_of(item) == name for item in items) for name in (*index.data, UNITS_SOURCE)}
    rows: list[tuple[Value, ...]] = []
    if index.units.table:
        rows.append(
            (
                UNITS_SOURCE,
                said.unit_table(language),
                index.units.table,
                used[UNITS_SOURCE] or None,
                _line(index.place(("units", "table"))),
            )
        )
    for name, source in index.data.items():
        kind = said.event_log if source.events else said.ledger if source.is_ledger else said.tables
        rows.append((name, kind(language), _text(source.path), used[name], _line(index.place(("data", name)))))
    headings = (
        Heading(said.source(language), "code"),
        Heading(said.kind(language), "text"),
        Heading(said.path(language), "text"),
        Heading(said.used_by(language), "count"),
        Heading(said.comes_from(language), "text"),
    )
    return Sheet(said.sources(language), headings, tuple(rows))


def denominators_sheet(index: Index, language: str) -> Sheet:
    """Return what indicators are divided by."""
    used = [name for leaf in index.leaves for name in leaf.bases]
    headings = (
        Heading(word.node(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.value_measure(language), "text"),
        Heading(said.source(language), "code"),
        Heading(said.divides(language), "count"),
        Heading(said.comes_from(language), "text"),
    )
    rows = tuple(
        (
            item.title(language),
            item.id,
            item.measure_in(language),
            index.source_of(item),
            used.count(item.id) or None,
            _line(index.place_of(item.id)),
        )
        for item in index.denominators
    )
    return Sheet(said.denominators(language), headings, rows)


def departments_sheet(scores: Scores, period: str, language: str) -> Sheet:
    """Return who reports how many indicators, what these weigh together, and which they are."""
    index, at = scores.index, scores.periods.index(period)
    rows: list[tuple[Value, ...]] = []
    for name, places in index.by_department.items():
        titles = listed((index.leaves[place].title(language) for place in places), language)
        rows.append((name, len(places), finite(weight_of(scores, at, places)), titles))
    headings = (
        Heading(word.department(language), "text"),
        Heading(said.indicators(language), "count"),
        Heading(word.weight_in_the_index(language), "percent"),
        Heading(word.indicator(language), "text"),
    )
    return Sheet(page.departments(language), headings, tuple(rows))


def weight_of(scores: Scores, period: int, leaves: Sequence[int]) -> float:
    """Return what some indicators weigh together in the index; those that are monitored weigh nothing."""
    return float(sum(scores.effective_weights[period, leaf] for leaf in leaves if leaf not in scores.tree.monitored))


def coverage_over_time(scores: Scores, language: str) -> Sheet:
    """Return how complete the data of each dimension are, period by period, as the mean over the units."""
    tree, shown = scores.tree, [scores.tree.root, *scores.tree.dimensions]
    headings = (
        Heading(word.period(language), "period"),
        *(Heading(tree.nodes[position].title(language), "percent") for position in shown),
    )
    rows = tuple((period, *(_coverage(scores, at, position) for position in shown)) for at, period in enumerate(scores.periods))
    return Sheet(said.coverage(language), headings, rows)


def counts(scores: Scores, period: str, language: str) -> list[tuple[str, str]]:
    """Return the counts at the top of the page, each with its title: nodes, departments, units, periods, coverage."""
    tree, index, at = scores.tree, scores.index, scores.periods.index(period)
    inner = len(tree.nodes) - tree.leaves - 1
    coverage = _coverage(scores, at, tree.root)
    found: list[tuple[str, object]] = [
        (said.inner(language), inner),
        (said.leaves(language), tree.leaves),
        (said.monitored(language), len(tree.monitored)),
        (page.departments(language), len(index.by_department)),
        (index.units.title(scores.level, language), len(scores.listed(at))),
        (word.period(language), f"{period_title(scores.periods[0], language)} – {period_title(scores.periods[-1], language)}"),
        (word.coverage(language), "" if coverage is None else f"{coverage:.1%}"),
    ]
    return [(name, str(count)) for name, count in found if count]


def percent(share: float | None, decimals: int = 2) -> str:
    """Return a share as people read it; nothing for what does not count."""
    return "" if share is None else f"{number(100 * share, decimals)}%"
