"""The page of weights: a row a node, with the one cell that may be changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ....tree.terms import method_title
from ....words.reports import word
from ....words.workbook import book as words
from ...sheets.live import Live
from . import recipes
from .book import HATCHED, INPUT, LINE, Book, printed, wide
from .layout import HEAD_ROW, WEIGHT_COLUMN, WEIGHTS_ROW, Layout
from .recipes import Formula, quoted
from .tables import write_cell

_EXACT = "General"


def write_weights(book: Book, page: Any, layout: Layout) -> None:
    """Write the page of weights: a row a node, with the one cell that may be changed, the sum of siblings and what it does."""
    live, language = layout.live, book.language
    tree = live.scores.tree
    book.head(page, words.weights(language), words.weights_help(language))
    titles = [words.level, word.node, word.id, words.parent, words.published_weight, words.weight]
    titles += [words.share, words.in_the_index, words.siblings, words.check, word.method, words.remark]
    for column, title in enumerate(titles):
        page.write_string(HEAD_ROW, column, title(language), book.heading())
    page.write_string(2, 0, words.weights_to_tree(language), book.look())
    weights = {
        child: w for block, children in live.blocks[:-1] for child, w in zip(children, weights_of(live, block), strict=True)
    }
    for node in layout.weight_rows:
        _write_weight(book, page, layout, node, weights.get(node))
    last = HEAD_ROW + len(layout.weight_rows)
    right, wrong = words.sum_is_right(language), words.sum_is_wrong(language).partition("{")[0]
    area = (HEAD_ROW + 1, 9, last, 9)
    bad, good = book.look(bg_color="#C62828", font_color="#FFFFFF", bold=True), book.look(font_color="#1B6B3A")
    page.conditional_format(*area, {"type": "text", "criteria": "begins with", "value": wrong, "format": bad})
    page.conditional_format(*area, {"type": "text", "criteria": "begins with", "value": right, "format": good})
    names = [tree.nodes[node].title(language) for node in layout.weight_rows]
    widths = [6, min(max(map(wide, names)) + 8, 64), _width((tree.nodes[node].id for node in layout.weight_rows), 34)]
    widths += [min(max(map(wide, names)) + 2, 44), 11, 11, 10, 12, 11, 18, 16, 26]
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.set_row(HEAD_ROW, 34)
    page.freeze_panes(HEAD_ROW + 1, 2)
    page.autofilter(HEAD_ROW, 0, last, len(titles) - 1)
    page.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "select_locked_cells": True})
    printed(page, last, len(titles) - 1, (HEAD_ROW, HEAD_ROW), sum(widths))


def _width(texts: Iterable[str], most: int) -> int:
    return min(max((wide(text) for text in texts), default=8) + 2, most)


def weights_of(live: Live, block: int) -> Sequence[float]:
    """Return the weights of a node's children as they stand in the workbook; NaN below a formula."""
    own, children = live.weights(block), live.children[block]
    return own if len(own) == len(children) else [float("nan")] * len(children)  # a formula weighs nothing


def _write_weight(book: Book, page: Any, layout: Layout, node: int, weight: float | None) -> None:
    live, language, row = layout.live, book.language, layout.weight_rows[node]
    tree = live.scores.tree
    parent, depth = tree.parents[node], tree.depth(node)
    plain = book.look(**LINE)
    page.write_number(row, 0, depth, book.look(**LINE, align="center"))
    strong = depth < 2
    page.write_string(row, 1, tree.nodes[node].title(language), book.look(**LINE, indent=depth * 2, bold=strong))
    page.write_string(row, 2, tree.nodes[node].id, book.look(**LINE, font_color="#595959"))
    page.write_string(row, 3, tree.nodes[parent].title(language) if parent >= 0 else "", plain)
    inner = node in live.branch_of
    method = method_title(live.branch_of[node].aggregate, language, "aggregate") if inner else ""
    if inner and live.branch_of[node].formula is not None:
        method = words.why_formula(language)
    page.write_string(row, 10, method, plain)
    page.write_string(row, 11, _remark(live, node, language), plain)
    if weight is None or math.isnan(weight) or parent < 0:
        for column in range(4, 10):
            page.write_blank(row, column, None, plain)
        return
    _write_numbers(book, page, layout, node, weight)


def _write_numbers(book: Book, page: Any, layout: Layout, node: int, weight: float) -> None:
    live, language, row = layout.live, book.language, layout.weight_rows[node]
    parent = live.scores.tree.parents[node]
    free = live.is_free(parent)
    number = book.look(**LINE, num_format=_EXACT, align="right")
    page.write_number(row, 4, weight, number)
    if free:
        look = book.look(
            num_format=_EXACT, align="right", bg_color=INPUT, border=1, border_color="#B8860B", locked=False, bold=True
        )
    else:
        look = book.look(**{**LINE, **HATCHED}, num_format=_EXACT, align="right")
    page.write_number(row, WEIGHT_COLUMN, weight, look)
    if free:
        rule = {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e9 if weight < 0 else 0,
            "maximum": 1e9,
            "input_title": words.input_title(language),
            "input_message": words.input_help(language).format(weight=recipes.written(weight)),
        }
        page.data_validation(row, WEIGHT_COLUMN, row, WEIGHT_COLUMN, rule)
    total = float(sum(weights_of(live, parent)))
    every = f"SUM({layout.span(parent, WEIGHTS_ROW, 'weights')})"
    own = layout.weight(node, "weights")
    percent = book.look(**LINE, num_format="0.00%", align="right")
    share = weight / total if total else 0.0
    write_cell(page, row, 6, share, percent, Formula(f"IF({every}=0,0,{own}/{every})"))
    above, product, up = parent, share, []
    while above in layout.weight_rows and live.scores.tree.parents[above] >= 0:
        up.append(f"$G${layout.weight_rows[above] + 1}")
        holder = live.scores.tree.parents[above]
        siblings = dict(zip(live.children.get(holder, ()), weights_of(live, holder), strict=False))
        whole = sum(siblings.values())
        product *= siblings.get(above, 0.0) / whole if whole else 0.0
        above = holder
    write_cell(page, row, 7, product, percent, Formula("*".join([f"$G${row + 1}", *up])))
    write_cell(page, row, 8, total, number, Formula(every))
    right, said = quoted(words.sum_is_right(language)), words.sum_is_wrong(language).format(sum=recipes.written(round(total, 9)))
    check = book.look(**LINE, indent=1)
    if live.branch_of[parent].aggregate == "sum" or not free:
        page.write_string(row, 9, words.sum_is_free(language) if free else "", check)
        return
    made = Formula(f"IF(ABS({every}-{recipes.written(total)})<=1E-9,{right},{quoted(said)})")
    write_cell(page, row, 9, words.sum_is_right(language), check, made)


def _remark(live: Live, node: int, language: str) -> str:
    """Say what a node does with weights: made anew, fixed and why, partly fixed, or nothing of a leaf."""
    why = {
        "method": words.why_method,
        "formula": words.why_formula,
        "comparison": words.why_comparison,
        "weights": words.why_weights,
        "adjustment": words.why_adjustment,
    }
    parent = live.scores.tree.parents[node]
    if node in live.branch_of and (fixed := live.fixed(node)):
        return words.is_fixed(language).format(why=why[fixed](language))
    if node in live.branch_of and live.is_partly_fixed(node):
        return words.partly_fixed(language)
    if (
        parent in live.branch_of
        and not live.fixed(parent)
        and not live.is_free(parent)
        and len(live.branch_of[parent].children) > 1
    ):
        weightless = live.branch_of[parent].aggregate in ("minimum", "maximum", "median", "product")
        return (words.without_weights if weightless else words.below_fixed)(language)
    return ""
