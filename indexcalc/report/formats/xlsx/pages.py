"""Writing the pages on which scores are made anew, by a layout of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from ....methods.arrays import np
from ....methods.ties import TOLERANCE
from ....words.reports import word
from ....words.workbook import book as words
from ...draw.palette import fill_of
from ...numbers import finite
from ...sheets.alone import unit_label
from ...sheets.live import Live
from ...sheets.sheet import Value
from . import recipes
from .book import HATCHED, HEAD, LINE, Book, beside, longest_word, printed, text_on, wide
from .layout import FIRST, FLOORS_ROW, TOLERANCE_ROW, WEIGHTS_ROW, Column, Layout, Page, cached
from .recipes import Formula
from .tables import write_cell
from .weights import weights_of, write_weights

_BAND_ROW, _NAME_ROW = 2, 3
_NARROWEST, _WIDEST = 10, 30


def write_pages(book: Book, pages: dict[Page, Any], layout: Layout) -> None:
    """Write the pages of weights, scores, coverage and places."""
    write_weights(book, pages["weights"], layout)
    language, na = book.language, layout.na
    if "leaves" in pages:
        _write_grid(book, pages["leaves"], layout, "leaves", layout.leaves, words.leaves_help(language).format(na=na))
    _write_grid(book, pages["nodes"], layout, "nodes", layout.nodes, words.nodes_help(language))
    scores = tuple(column for column in layout.nodes if column.holds == "score")
    _write_grid(book, pages["covered"], layout, "covered", scores, words.covered_help(language))
    _write_grid(book, pages["places"], layout, "places", layout.places, words.places_help(language))


def _write_grid(book: Book, page: Any, layout: Layout, kind: Page, columns: Sequence[Column], note: str) -> None:
    """Write a page with a row a unit and a block of columns a node: its children, or what its ranks are made of."""
    live, language = layout.live, book.language
    units = live.scores.panel.units
    names = units.titles(live.units, language)
    above = book.head(page, getattr(words, kind)(language), note)
    label = unit_label(live.scores, language)
    page.write_string(_NAME_ROW, 0, label if kind != "places" else word.rank(language), book.heading())
    page.write_blank(_BAND_ROW, 0, None, book.heading())
    side = book.look(font_color="#595959", italic=True, **LINE)
    for row, said in ((WEIGHTS_ROW, words.weight), (FLOORS_ROW, words.floor), (TOLERANCE_ROW, words.tolerance)):
        page.write_string(row, 0, said(language), side)
        if not _is_used(layout, kind, row):
            page.set_row(row, None, None, {"hidden": True})
    for at, name in enumerate(names):
        if kind == "places":
            page.write_number(FIRST + at, 0, at + 1, book.look(**LINE, align="center"))
        else:
            page.write_string(FIRST + at, 0, name, book.look(**LINE, bold=True, indent=1))
    widths = [max(map(wide, [*names, words.tolerance(language)])) + 3]
    for at, column in enumerate(columns, start=1):
        widths.append(_write_column(book, page, layout, kind, column, at))
    widths[0] = min(widths[0], 40)
    _write_bands(book, page, layout, columns, widths)
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    page.set_row(_NAME_ROW, 50)
    page.freeze_panes(FIRST, 1)
    across = len(columns) + beside(above, sum(widths))
    printed(page, layout.last, across, (_BAND_ROW, WEIGHTS_ROW), sum(widths), held=1)


def _is_used(layout: Layout, kind: Page, row: int) -> bool:
    """Say whether a page has anything in one of the rows above its units."""
    if row == WEIGHTS_ROW:
        return kind in ("leaves", "nodes")
    return layout.live.has_floors and kind in ("leaves", "nodes") if row == FLOORS_ROW else kind == "nodes"


def _write_bands(book: Book, page: Any, layout: Layout, columns: Sequence[Column], widths: list[int]) -> None:
    """Write over each block whose columns they are, in the colour of its dimension; no cells are merged.

    The columns of a block are made wider, within bounds, where all of them leave the title no room.
    """
    tree, language = layout.live.scores.tree, book.language
    of_kind = {
        -1: words.at_the_top,
        -2: words.points,
        -3: words.compared,
        -4: words.group_number,
        -5: word.rank,
        -6: words.published,
    }
    for block, run in groupby(enumerate(columns, start=1), key=lambda one: one[1].block):
        first, *others = places = [at for at, _ in run]
        fill = fill_of_node(layout.live, block) if block >= 0 else HEAD
        look = book.look(bold=True, bg_color=fill, font_color=text_on(fill))
        title = tree.nodes[block].title(language) if block >= 0 else of_kind[block](language)
        page.write_string(_BAND_ROW, first, title, look)
        for at in others:
            page.write_blank(_BAND_ROW, at, None, look)
        if sum(widths[at] for at in places) < (needed := wide(title) + 2):
            for at in places:
                widths[at] = max(widths[at], min(math.ceil(needed / len(places)), _WIDEST))


def fill_of_node(live: Live, node: int) -> str:
    """Return the colour of the dimension that a node is of; that of headings for the index."""
    tree = live.scores.tree
    while node != tree.root and tree.parents[node] != tree.root:
        node = tree.parents[node]
    return HEAD if node == tree.root else fill_of(tree.dimensions.index(node))


def _write_column(book: Book, page: Any, layout: Layout, kind: Page, column: Column, at: int) -> int:
    """Write one column, and return how wide it is."""
    live, language, node = layout.live, book.language, column.node
    own = live.scores.tree.nodes[node]
    fill = fill_of_node(live, node)
    page.write_string(_NAME_ROW, at, _title(layout, kind, column, language), book.heading(fill, text_on(fill)))
    values, make = _cells(layout, kind, column)
    look = _look(book, layout, kind, column)
    for row, value in enumerate(values, start=FIRST):
        write_cell(page, row, at, value, look, make(row) if make else None)
    if kind in ("leaves", "nodes"):
        _write_above(book, page, layout, column, at)
    decimals = live.scores.index.decimals_of(own)
    numbers = [value for value in values if isinstance(value, int | float)]
    longest = max((len(f"{value:.{decimals}f}") for value in numbers), default=4)
    said = _title(layout, kind, column, language)
    title = max(-(-wide(said) // 3) + 2, longest_word(said) + 3)
    return min(max(longest + 3, title, _NARROWEST), _WIDEST)


def _title(layout: Layout, kind: Page, column: Column, language: str) -> str:
    if kind == "places":
        return str({"leader": words.leader, "place": words.place}[column.holds](language))
    said = {
        "group": words.group_number,
        "order": words.order,
        "published score": words.published_score,
        "published rank": words.published_rank,
    }
    if column.holds in said:
        return str(said[column.holds](language))
    return layout.live.scores.tree.nodes[column.node].title(language)


def _look(book: Book, layout: Layout, kind: Page, column: Column) -> Any:
    live, node = layout.live, column.node
    decimals = live.scores.index.decimals_of(live.scores.tree.nodes[node])
    number = "0." + "0" * decimals if decimals else "0"
    shown = {"place": "0.##", "own place": "0.##", "published rank": "0.##", "order": "0", "group": "0"}.get(column.holds, number)
    style: dict[str, Any] = {**LINE, "num_format": "0.0%" if kind == "covered" else shown, "align": "right"}
    inner = node >= live.scores.tree.leaves
    if column.holds == "score" and inner and not live.is_live(node):
        style |= HATCHED
    return book.look(**style, bold=column.holds == "score" and inner and kind == "nodes")


def _cells(layout: Layout, kind: Page, column: Column) -> tuple[list[Value], Callable[[int], Formula] | None]:
    """Return the values of a column's cells, and what makes the formula of a row where they are formulas."""
    live, node = layout.live, column.node
    if kind == "covered":
        shown = cached(layout, node, live.scores.covered(node)[live.at])
        return shown, (lambda row: layout.coverage(node, row)) if live.is_live(node) else None
    if column.holds == "score":
        shown = cached(layout, node, live.scores.scores[live.at, :, node])
        return shown, (lambda row: layout.score(node, row)) if live.is_live(node) else None
    if column.holds == "points":
        points = live.points(node)
        assert points is not None
        return _plain(points[list(live.units)]), None
    if column.holds == "group":
        labels = live.scores.panel.units.labels(live.scores.index.ranking.within or "group")
        numbers = {label: number for number, label in enumerate(dict.fromkeys(labels), start=1)}
        return [numbers[labels[unit]] for unit in live.units], None
    if column.holds in ("published score", "published rank"):
        published: Any = live.scores.score() if column.holds == "published score" else live.scores.rank()
        return _plain(published[live.at, list(live.units)]), None
    if column.holds == "compared":
        return _plain(live.compared(node)), lambda row: layout.compared(node, row)
    if column.holds == "order":
        return _plain(live.order()), layout.order
    leaders, places = live.sorted_places(node)
    if column.holds == "leader":
        return _plain(leaders), lambda row: layout.leader(node, row)
    if column.holds == "place":
        return _plain(places), lambda row: layout.place(node, row)
    return _plain(live.scores.ranks[live.at, list(live.units), node]), lambda row: layout.own_place(node, row)


def _plain(x: Any) -> list[Value]:
    return [finite(value) for value in np.asarray(x, dtype=float)]


def _write_above(book: Book, page: Any, layout: Layout, column: Column, at: int) -> None:
    """Write the weight of a column, its worst score, and how far apart scores of it may be that share a place."""
    live, node = layout.live, column.node
    look = book.look(font_color="#595959", italic=True, align="right", num_format="0.####", **LINE)
    if column.holds == "score" and column.block >= 0:
        weights = dict(zip(live.children[column.block], weights_of(live, column.block), strict=True))
        weight = weights[node]
        made = None if math.isnan(weight) else Formula(layout.weight(node))
        write_cell(page, WEIGHTS_ROW, at, finite(weight), look, made)
    if column.holds == "score" and live.has_floors:
        made = layout.floor(node) if live.is_live(node) else None
        write_cell(page, FLOORS_ROW, at, finite(live.floors[node]), look, made)
    if (holds := column.holds) in ("score", "compared") and layout.has("leader", node) and layout.ranked_by(node) == holds:
        known = live.compared(node)
        most = float(np.nanmax(np.abs(known))) if np.isfinite(known).any() else 0.0
        exact = book.look(font_color="#595959", italic=True, align="right", num_format="0.0E+00", **LINE)
        made = Formula(recipes.tolerance(layout.column(holds, node, "nodes")))
        write_cell(page, TOLERANCE_ROW, at, TOLERANCE * most, exact, made)
