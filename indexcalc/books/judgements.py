"""The form in which an expert compares a node's children in pairs: written, and read back when it was filled in.

What is to be filled in is yellow and unlocked, all else is locked; reciprocals and an approximate ratio of consistency are
formulas. What counts is computed when the form is read back.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..findings import Finding, finding
from ..methods.judgement import RANDOM_INDEX
from ..sources.readers.table import name_of
from ..words.reports import word
from .forms import LINE, PROTECTED, WRONG, YELLOW, Styles, cell_name, letter, new_book, number_in, wide

if TYPE_CHECKING:
    from ..sources.readers.excel import Grid

_SAATY = [Fraction(1, part) for part in range(9, 1, -1)] + [Fraction(part) for part in range(1, 10)]
_NAMES, _TOP, _FIRST = 5, 7, 2  # the row of the names, and the row and column of the first judgement, from 0
_NEAR = Fraction(1, 10**6)


def write_judgements(title: str, children: Mapping[str, str], language: str) -> bytes:
    """Write a form for one expert: the children of a node by id with their names, each pair to be compared once."""
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        page, scale = book.add_worksheet(word.judgements(language)), book.add_worksheet(word.scale(language))
        _fill_in(book, page, title, children, language)
        style = Styles(book)
        for row, value in enumerate(_SAATY):
            scale.write_number(row, 0, float(value), style(num_format="# ?/?"))
        scale.set_column(2, 2, 80)
        scale.fit_to_pages(1, 0)
        scale.write_string(0, 2, word.judgement_scale(language), style())
        scale.protect()
    return buffer.getvalue()


def _fill_in(book: Any, page: Any, title: str, children: Mapping[str, str], language: str) -> None:
    """Write the page of judgements."""
    style, size = Styles(book), len(children)
    page.write_string(0, 0, word.judgements_of(language).format(node=title), style(bold=True, font_size=14))
    page.write_string(1, 0, word.judgement_help(language), style(font_color="#595959"))
    page.write_string(2, 0, word.judgement_scale(language), style(font_color="#595959"))
    page.write_string(3, 0, word.expert(language), style(bold=True))
    page.write_blank(3, 1, None, style(bg_color=YELLOW, locked=False, **LINE))
    page.write_string(_NAMES, 0, "", style.heading)
    page.write_string(_NAMES, 1, "", style.heading)
    page.write_string(_NAMES + 1, 0, word.node(language), style.heading)
    page.write_string(_NAMES + 1, 1, word.id(language), style.heading)
    page.set_row(_NAMES, 48)
    weight = _FIRST + size
    page.write_string(_NAMES, weight, word.approximate_weight(language), style.heading)
    page.write_string(_NAMES + 1, weight, "", style.heading)
    source = f"='{word.scale(language)}'!$A$1:$A${len(_SAATY)}"
    for child, (name, said) in enumerate(children.items()):
        page.write_string(_NAMES, _FIRST + child, said, style.heading)
        page.write_string(_NAMES + 1, _FIRST + child, name, style.small_heading)
        page.write_string(_TOP + child, 0, said, style(bold=True, **LINE))
        page.write_string(_TOP + child, 1, name, style(font_color="#595959", **LINE))
        _compare(page, style, child, size, source)
        _weigh(page, style, child, size)
    if 2 < size <= len(RANDOM_INDEX["saaty"]):
        _judge_consistency(book, page, style, size, language)
    page.set_column(0, 0, min(max(map(wide, children.values())) + 2, 40))
    page.set_column(1, 1, min(max(map(len, children)) + 2, 34))
    page.set_column(_FIRST, weight - 1, 13)
    page.set_column(weight, weight, 13)
    page.set_column(weight + 1, weight + 2, None, None, {"hidden": True})
    page.freeze_panes(_TOP, _FIRST)
    page.protect("", PROTECTED)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _compare(page: Any, style: Styles, child: int, size: int, source: str) -> None:
    """Write a child's row of judgements: those right of the diagonal are filled in, those left of it are their reciprocals."""
    fraction = {"num_format": "# ?/?", "align": "center", "border": 1, "border_color": "#DDDDDD"}
    for other in range(size):
        row, column = _TOP + child, _FIRST + other
        if other == child:
            page.write_number(row, column, 1, style(bg_color="#D9D9D9", **fraction))
        elif other > child:
            page.write_blank(row, column, None, style(bg_color=YELLOW, locked=False, **fraction))
            page.data_validation(row, column, row, column, {"validate": "list", "source": source})
        else:
            mirror = cell_name(_TOP + other, _FIRST + child)
            reciprocal = f'=IF(ISNUMBER({mirror}),1/{mirror},"")'
            page.write_formula(row, column, reciprocal, style(font_color="#7F7F7F", **fraction), "")


def _weigh(page: Any, style: Styles, child: int, size: int) -> None:
    """Write a child's approximate weight, by the geometric mean of its judgements, and what consistency is judged by."""
    row, weight = _TOP + child, _FIRST + size
    judged = f"{cell_name(row, _FIRST)}:{cell_name(row, weight - 1)}"
    means, weights = (f"${letter(column)}${_TOP + 1}:${letter(column)}${_TOP + size}" for column in (weight + 1, weight))
    page.write_formula(row, weight + 1, f"=GEOMEAN({judged})", style(), 1)
    share = f"={cell_name(row, weight + 1)}/SUM({means})"
    page.write_formula(row, weight, share, style(num_format="0.0%", align="center", **LINE), 1 / size)
    eigen = f'=IFERROR(MMULT({judged},{weights})/{cell_name(row, weight)},"")'
    page.write_formula(row, weight + 2, eigen, style(), "")


def _judge_consistency(book: Any, page: Any, style: Styles, size: int, language: str) -> None:
    """Write the approximate ratio of consistency, red where it is high."""
    row, column = _TOP + size + 1, _FIRST + size + 2
    eigens = f"{cell_name(_TOP, column)}:{cell_name(_TOP + size - 1, column)}"
    page.write_string(row, 0, word.approximate_ratio(language), style(bold=True))
    ratio = f"(AVERAGE({eigens})-{size})/{size - 1}/{RANDOM_INDEX['saaty'][size - 1]}"
    value = f'=IF(COUNT({eigens})={size},{ratio},"–")'
    page.write_formula(row, _FIRST, value, style(num_format="0.000", bold=True, align="center"), "–")
    shown = cell_name(row, _FIRST)
    high = {"type": "formula", "criteria": f"=AND(ISNUMBER({shown}),{shown}>0.1)", "format": book.add_format(WRONG)}
    page.conditional_format(row, _FIRST, row, _FIRST, high)


@dataclass(frozen=True)
class Judgements:
    """One expert's judgements of pairs: how many times a row outweighs a column, None where it was not judged."""

    expert: str
    matrix: tuple[tuple[float | None, ...], ...]


def read_judgements(grid: Grid, node: str, children: Sequence[str], stem: str) -> tuple[Judgements, list[Finding]]:
    """Read one expert's judgements of a node's children, with all that is wrong with them."""
    top = next((line for line, row in enumerate(grid.rows) if len(row) > 1 and name_of(row[1]) in word.id), None)
    nothing = Judgements(stem, ())
    if top is None:
        return nothing, [finding("IC632", grid.place(0, 0), node=node, found="–", expected=children)]
    across = _until_empty([name_of(cell) for cell in grid.rows[top][_FIRST:]])
    down = _until_empty([name_of(row[1]) for row in grid.rows[top + 1 :]])
    for names, place in ((across, grid.place(top, _FIRST)), (down, grid.place(top + 1, 1))):
        if names != list(children):
            return nothing, [finding("IC632", place, node=node, found=names or "–", expected=children)]
    found: list[Finding] = []
    size = len(children)
    matrix: list[list[float | None]] = [[1.0 if row == column else None for column in range(size)] for row in range(size)]
    for one in range(size):
        for other in range(one + 1, size):
            told, problem = _pair(grid, top + 1, children, one, other)
            if problem:
                found.append(problem)
            if told is not None:
                matrix[one][other], matrix[other][one] = float(told), float(1 / told)
    return Judgements(_expert(grid, top) or stem, tuple(map(tuple, matrix))), found


def _pair(grid: Grid, top: int, children: Sequence[str], one: int, other: int) -> tuple[Fraction | None, Finding | None]:
    """Read how many times one child outweighs another, from either side of the diagonal, with what is wrong in it."""
    judged = []
    for row, column in ((one, other), (other, one)):
        value = _judgement(grid, top + row, _FIRST + column)
        if isinstance(value, str):
            names = {"one": children[row], "other": children[column]}
            return None, finding("IC630", grid.place(top + row, _FIRST + column), found=value, **names)
        judged.append(value)
    upper, lower = judged
    if upper is None:
        return (1 / lower if lower else None), None
    if lower is None or abs(upper * lower - 1) <= _NEAR:
        return upper, None
    names = {"one": children[one], "other": children[other]}
    place = grid.place(top + other, _FIRST + one)
    return upper, finding("IC631", place, found=_shown(lower), given=_shown(upper), **names)


def _expert(grid: Grid, top: int) -> str:
    """Return the expert's name, beside the cell that asks for it."""
    for row in grid.rows[:top]:
        for column, cell in enumerate(row[:-1]):
            if name_of(cell) in word.expert:
                return name_of(row[column + 1])
    return ""


def _judgement(grid: Grid, row: int, column: int) -> Fraction | str | None:
    """Return a judgement from 1/9 to 9, None where there is none, or what stands there instead."""
    cells = grid.rows[row] if row < len(grid.rows) else ()
    cell = cells[column] if column < len(cells) else ""
    if (row, column) in grid.uncomputed or not name_of(cell):
        return None  # the lower half fills itself only when a program computes it
    value = number_in(cell)
    return name_of(cell) if value is None or not _SAATY[0] - _NEAR <= value <= _SAATY[-1] else value


def _shown(value: Fraction) -> str:
    near = value.limit_denominator(9)
    return str(near) if abs(near - value) < _NEAR else f"{float(value):.4g}"


def _until_empty(names: Sequence[str]) -> list[str]:
    return list(names[: names.index("")]) if "" in names else list(names)
