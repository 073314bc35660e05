"""The tables of a page that people look through: the ranking, the dimensions, units by nodes, types by facets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

from markupsafe import Markup

from ....methods.arrays import Array, np
from ....words.page import page
from ....words.reports import word
from ...draw.palette import ordered_class
from ...draw.strips import bar
from ...numbers import number, signed
from ...sheets.analysed import MOST_UNITS, Analysed
from ...sheets.heat import facets, heat
from ...sheets.open import may_see
from ...sheets.sentences import dimension_sentence
from ...sheets.tables import dimension_sheet, in_rank_order, ranking_sheet
from .alerts import marks_of
from .drawings import MOST_LINES
from .markup import Cell, Head, Row, Table, table, with_column, with_drawings, with_rows

MOST_PRINTED = 32  # nodes beside each other on paper: of more, the table is printed in parts, each with all units


def ranking_table(shown: Analysed, language: str, *, public: bool = False) -> Table:
    """Return the ranking with bars, rank intervals and the worst warning of each unit."""
    scores, at, root = shown.scores, shown.at, shown.scores.tree.root
    units = in_rank_order(scores, at, root)
    sheet = ranking_sheet(scores, shown.period, language)
    made = table(sheet, language, sortable=True, keys=keys(shown, units), classes="narrow by-unit")
    column = next(place for place, heading in enumerate(sheet.headings) if heading.strong)
    made = with_drawings(made, column, bars(shown, units))
    if shown.uncertainty is not None and not public:
        ends = shown.uncertainty.interval()
        said = [f"{ends[unit][0]:g}–{ends[unit][1]:g}" if np.isfinite(ends[unit]).all() else "–" for unit in units]
        heading = word.rank_interval(language).format(level="90%")
        made = with_column(made, column + 1, Head(heading, "n"), [Cell(text, "n") for text in said])
    if shown.judged and may_see(scores.index, "warnings", public=public):
        made = with_column(
            made, len(made.heads), Head(page.warning_board(language), "t"), [marks_of(shown, unit, language) for unit in units]
        )
    needed = {heading.title for heading in sheet.headings if heading.kind == "move"}
    needed |= {sheet.headings[place].title for place in (0, 1, column)} | {page.warning_board(language)}
    titles = [head.title for head in made.heads]
    kept = {
        titles.index(title) for title in needed if title in titles
    }  # the first: a monitored indicator has a rank of its own further on
    return _pinnable(_aside(made, kept), units, shown, language)


def _aside(made: Table, kept: set[int]) -> Table:
    """Return a table of which a narrow screen shows some columns alone."""

    def marked(row: Row) -> Row:
        return replace(
            row,
            cells=tuple(
                cell if place in kept else replace(cell, classes=f"{cell.classes} aside".strip())
                for place, cell in enumerate(row.cells)
            ),
        )

    heads = tuple(head if place in kept else replace(head, kind=f"{head.kind} aside") for place, head in enumerate(made.heads))
    rows = tuple(marked(row) for row in made.rows)
    return with_rows(replace(made, heads=heads, whole=tuple(map(marked, made.whole))), rows)


def _pinnable(made: Table, units: Sequence[int], shown: Analysed, language: str) -> Table:
    """Return a table whose units can be highlighted."""
    names = shown.scores.panel.units
    boxes = {
        at: Markup('<input type="checkbox" class="pin needs-script" value="{}" aria-label="{}"{}>').format(
            names.ids[unit],
            f"{page.pin(language)} {names.title(unit, language)}",
            Markup(" checked") if unit in shown.pinned else "",
        )
        for at, unit in enumerate(units)
    }
    return with_drawings(made, 1, boxes)


def keys(shown: Analysed, units: Sequence[int]) -> list[Row]:
    """Return the units and groups that the rows of units are found by."""
    names = shown.scores.panel.units
    return [Row((), names.ids[unit], names.groups[unit] if names.groups else "") for unit in units]


def bars(shown: Analysed, units: Sequence[int]) -> dict[int, Markup]:
    """Draw the scores of units as bars between the ends of all scores, or from 0 to 100 where they lie there."""
    own = shown.scores.score()[shown.at]
    low, high = score_ends(shown)
    covered = shown.scores.covered(shown.scores.tree.root)[shown.at]
    return {
        at: Markup(bar((float(own[unit]) - low) / (high - low), "", covered=float(covered[unit])))  # noqa: S704 - drawn by us
        for at, unit in enumerate(units)
        if not math.isnan(own[unit]) and high > low
    }


def score_ends(shown: Analysed) -> tuple[float, float]:
    """Return the ends between which scores are drawn: 0 and 100, or 0 and 1, where they lie there, else their own."""
    own = shown.scores.score()[shown.at]
    known = own[np.isfinite(own)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    for ends in ((0.0, 1.0), (0.0, 10.0), (0.0, 100.0)):
        if ends[0] <= low and high <= ends[1]:
            return ends
    return (min(low, 0.0), high) if high > min(low, 0.0) else (low - 1, high)


def boards(shown: Analysed, language: str, *, public: bool = False) -> list[SimpleNamespace]:
    """Return a table a dimension, with who leads it."""
    scores = shown.scores
    found = []
    for node in scores.tree.dimensions:
        if node in scores.tree.monitored:
            continue
        units = in_rank_order(scores, shown.at, node)
        sheet = dimension_sheet(scores, shown.period, node, language, values=may_see(scores.index, "values", public=public))
        made = table(sheet, language, sortable=True, keys=keys(shown, units), classes="by-unit")
        said = dimension_sentence(shown, node, language)
        rest = said.removeprefix(sheet.title) if said.startswith(sheet.title) else f" {said}"
        found.append(SimpleNamespace(title=sheet.title, said=rest, table=made))
    return found


def heat_table(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return units by nodes of the second level with classes of colour; nothing where no node has a score."""
    found = heat(shown)
    if found is None:
        return None
    scores, decimals = shown.scores, shown.scores.index.index.decimals
    nodes = scores.tree.nodes
    furthest = float(np.nanmax(np.abs(found.scores - found.middle), initial=0.0))
    rows = [
        SimpleNamespace(
            unit=scores.panel.units.ids[unit],
            group=scores.panel.units.groups[unit] if scores.panel.units.groups else "",
            title=scores.panel.units.title(unit, language),
            cells=[
                _heat_cell(
                    float(found.scores[row, column]),
                    float(found.ranks[row, column]),
                    float(found.middle[column]),
                    found.ends,
                    furthest,
                    decimals,
                    word.does_not_apply(language) if found.inapplicable[row, column] else "–",
                )
                for column in range(len(found.nodes))
            ],
        )
        for row, unit in enumerate(found.units)
    ]
    size = len(rows) if len(rows) <= MOST_UNITS else 100

    def part(columns: Sequence[int]) -> SimpleNamespace:
        """Return some columns, each below its dimension, of all rows."""
        over = [found.over[column] for column in columns]
        called = [nodes[dimension].title(language) for dimension in found.dimensions]
        some = [SimpleNamespace(**vars(row) | {"cells": [row.cells[column] for column in columns]}) for row in rows]
        alone = found.nodes == found.dimensions  # nothing is below any: the names would stand there twice
        return SimpleNamespace(
            upper=[SimpleNamespace(title="" if alone else called[at], span=over.count(at), at=at) for at in dict.fromkeys(over)],
            heads=[_below(nodes[found.nodes[at]].title(language), called[found.over[at]]) for at in columns],
            pages=[some[start : start + size] for start in range(0, len(some), size)],
        )

    whole, every = part(range(len(found.nodes))), len(found.nodes)
    few = len(rows) <= MOST_UNITS
    blocks = math.ceil(every / MOST_PRINTED) if few and every > MOST_PRINTED else 0
    printed = [part(range(every * at // blocks, every * (at + 1) // blocks)) for at in range(blocks)]
    return SimpleNamespace(shows=few, whole=whole, printed=printed)


def _below(title: str, over: str) -> str:
    """Return a node's title without that of its dimension, where it begins with it.

    >>> _below("Schools·calls", "Schools"), _below("Schools open", "Schools")
    ('calls', 'Schools open')
    """
    return title.removeprefix(f"{over}·")


def _heat_cell(
    score: float, rank: float, middle: float, ends: tuple[float, float], furthest: float, decimals: int, without: str
) -> SimpleNamespace:
    if math.isnan(score):
        return SimpleNamespace(known=False, score=without)
    return SimpleNamespace(
        known=True,
        score=number(score, decimals),
        rank="–" if math.isnan(rank) else f"{rank:g}",
        difference=signed(score - middle, decimals),
        score_class=ordered_class(score, *ends),
        difference_class=ordered_class(score - middle, -furthest, furthest),
    )


def matrices(shown: Analysed, language: str) -> list[SimpleNamespace]:
    """Return each dimension of types by facets: the mean of all units, then every unit where they are few."""
    scores, decimals = shown.scores, shown.scores.index.index.decimals
    found = []
    for node in scores.tree.dimensions:
        made = facets(shown, node)
        if made is None:
            continue
        types, _, leaves = made
        named = [scores.tree.nodes[leaf].title(language).rpartition("·")[2].strip() for leaf in leaves[0]]
        x = scores.scores[shown.at]
        if not np.isfinite(x[:, leaves]).any():
            continue  # it is not there for units of this level
        ends = (float(np.nanmin(x[:, leaves.ravel()])), float(np.nanmax(x[:, leaves.ravel()])))
        with np.errstate(invalid="ignore"):
            known = np.isfinite(x[:, leaves])
            mean = np.where(known.any(axis=0), np.nansum(x[:, leaves], axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)

        def rows(values: Array, types: Sequence[str] = types, ends: tuple[float, float] = ends) -> list[SimpleNamespace]:
            return [
                SimpleNamespace(
                    title=scores.tree.nodes[scores.node(one)].title(language),
                    cells=[
                        SimpleNamespace(known=False, score="–")
                        if math.isnan(value)
                        else SimpleNamespace(known=True, score=number(value, decimals), score_class=ordered_class(value, *ends))
                        for value in line
                    ],
                )
                for one, line in zip(types, values.tolist(), strict=True)
            ]

        parts = [SimpleNamespace(title=page.matrix_of_the_whole(language), rows=rows(mean))]
        if len(scores.panel.units) <= MOST_LINES:
            parts += [
                SimpleNamespace(title=scores.panel.units.title(unit, language), rows=rows(x[unit][leaves]))
                for unit in scores.listed(shown.at)
            ]
        title = page.matrix(language).format(node=scores.tree.nodes[node].title(language))
        found.append(SimpleNamespace(title=title, facets=named, parts=parts))
    return found
