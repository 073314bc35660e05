"""The workbook that weights are edited in: the tree with its weights, written, and read back when it was edited.

What is to be filled in is yellow and unlocked, all else is locked. Sums and effective weights are formulas, so that whoever
edits sees at once what comes of it; what counts is computed when the workbook is read back, cell by cell, all mistakes at
once. Nothing is guessed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..analysis.weights import WeightRow
from ..findings import Finding, Place, finding, nearest
from ..periods import read_period
from ..sources.readers.table import name_of
from ..spans import read_ends
from ..tree.declared import counts
from ..tree.edit import WRITTEN, add_up, decimals_of, exact_total, have_total, weights_method, written_weight
from ..tree.model import Dimension, Index, Indicator
from ..tree.terms import methods_title
from ..words.recognised_data import INDICATOR_HEADINGS
from ..words.reports import word, word_of
from .forms import LINE, PROTECTED, WRONG, YELLOW, Styles, cell_name, fraction, new_book, number_in, wide

if TYPE_CHECKING:
    from ..sources.readers.excel import Grid

_TOP = 4  # the row, from 0, of the first node
_WEIGHT = "0.00######"
_SAME = 1e-9
_NODES = [name.casefold() for name in (*word.id, *word.node, *word.title, *INDICATOR_HEADINGS)]
_WEIGHTS = [name.casefold() for name in word.declared]
GREY = "#E7E6E6"  # what cannot be edited


def write_weights(index: Index, rows: Sequence[WeightRow], language: str) -> bytes:
    """Write the tree with its weights into a workbook: one row a node, weights to be edited, sums and effects live."""
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        page = book.add_worksheet(word.weights(language))
        _fill_in(book, page, index, rows, language)
    return buffer.getvalue()


def _fill_in(book: Any, page: Any, index: Index, rows: Sequence[WeightRow], language: str) -> None:
    """Write the page of weights."""
    style = Styles(book)
    page.write_string(0, 0, f"{rows[0].title} · {word.weights(language)}", style(bold=True, font_size=14))
    page.write_string(1, 0, word.weights_help(language), style(font_color="#595959"))
    last = _TOP + len(rows) - 1
    right, wrong = word.sums_right(language), word.sums_wrong(language)
    wrongs = f"ROUND(SUM($J${_TOP + 1}:$J${last + 1}),0)"
    page.write_formula(2, 0, f'=IF({wrongs}=0,"✓ {right}","✗ "&{wrongs}&" {wrong}")', style(bold=True), f"✓ {right}")
    red = book.add_format({**WRONG, "bold": True})
    page.conditional_format(2, 0, 2, 0, {"type": "formula", "criteria": f"={wrongs}>0", "format": red})
    keys = ("node", "id", "declared", "of siblings", "expected", "effective", "method")
    for column, key in enumerate(keys):
        page.write_string(_TOP - 1, column, word_of(key, language), style.heading)
    for column, title in enumerate(("row", word.as_exported(language), "wrong"), start=len(keys)):
        page.write_string(_TOP - 1, column, title, style.heading)
    lines = {row.id: line for line, row in enumerate(rows, _TOP)}
    for row in rows:
        _write_node(page, style, index, row, lines[row.id], lines.get(row.parent, -1), last, language)
    area = (_TOP, 2, last, 3)
    page.conditional_format(*area, {"type": "formula", "criteria": f"=$J{_TOP + 1}>0", "format": red})
    page.set_column(0, 0, min(max(wide(row.title) + 2 * row.depth for row in rows) + 2, 60))
    page.set_column(1, 1, min(max(len(row.id) for row in rows) + 2, 34))
    page.set_column(2, 5, 11)
    page.set_column(6, 6, max(12, *(wide(_method(index, row, language)) + 4 for row in rows)))
    page.set_row(_TOP - 1, 32)
    page.set_column(7, 9, None, None, {"hidden": True})
    page.freeze_panes(_TOP, 3)
    page.protect("", PROTECTED)
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(_TOP - 1)


def _write_node(page: Any, style: Styles, index: Index, row: WeightRow, line: int, above: int, last: int, language: str) -> None:
    """Write one node's row; `above` is the row of its parent."""
    strong = {"bold": bool(row.method), **({"bg_color": "#F2F2F2"} if row.method else {}), **LINE}
    page.write_string(line, 0, row.title, style(indent=row.depth, **strong))
    page.write_string(line, 1, row.id, style(font_color="#595959", **strong))
    page.write_string(line, 6, _method(index, row, language), style(indent=1, font_color="#595959", **strong))
    number = style(num_format=_WEIGHT, align="right", **strong)
    effective = style(num_format="0.00%", align="right", **strong)
    cell = line + 1
    if above < 0:
        for column in (2, 3, 4):
            page.write_blank(line, column, None, number)
        page.write_number(line, 5, 1.0, effective)
        return
    parents, weights = f"$H${_TOP + 1}:$H${last + 1}", f"$C${_TOP + 1}:$C${last + 1}"
    value = _shown(row)
    node = index.by_id[row.id]
    if isinstance(node, Indicator) and not node.is_scored:  # shown and not scored: there is no weight to be edited
        for column in (2, 3, 4, 5):
            page.write_blank(line, column, None, style(bg_color=GREY, **strong))
        return
    if row.source in WRITTEN:
        filled = style(num_format=_WEIGHT, align="right", bg_color=YELLOW, locked=False, **LINE)
        page.data_validation(line, 2, line, 2, {"validate": "decimal", "criteria": ">=", "value": 0})
    else:
        filled = style(num_format=_WEIGHT, align="right", font_color="#7F7F7F", bg_color=GREY, **LINE)
    if value is None:
        page.write_blank(line, 2, None, filled)
    else:
        page.write_number(line, 2, value, filled)
    total = exact_total(index)
    page.write_formula(line, 3, f"=SUMIF({parents},H{cell},{weights})", number, total if add_up(index, row.parent) else 0)
    if have_total(index, row.parent):
        page.write_number(line, 4, total, number)
    else:
        page.write_string(line, 4, word.any(language), number)
    alone = f'COUNTIFS({parents},H{cell},{weights},">=0")=0'
    part = f"IF(ISNUMBER(C{cell}),IF(D{cell}=0,0,C{cell}/D{cell}),IF({alone},{row.share or 0!r},0))"
    page.write_formula(line, 5, f"={part}*F{above + 1}", effective, row.effective or 0)
    page.write_number(line, 7, above + 1)
    page.write_string(line, 8, row.declared if row.source in WRITTEN else "" if value is None else repr(value))
    wrong = f"=IF(AND(ISNUMBER(E{cell}),D{cell}>0),IF(ABS(D{cell}-E{cell})>0.000001,1/COUNTIF({parents},H{cell}),0),0)"
    page.write_formula(line, 9, wrong, None, 0)


def _method(index: Index, row: WeightRow, language: str) -> str:
    """Say how a node is made, or that it is not scored."""
    node = index.by_id[row.id] if row.parent else None
    if isinstance(node, (Dimension, Indicator)) and not counts(node):
        return word.not_scored(language) if isinstance(node, Indicator) else word.out_of_the_index(language)
    return methods_title(row.method, language)


def _shown(row: WeightRow) -> float | None:
    """Return the number that stands in a node's cell of weights."""
    if row.source not in WRITTEN:
        return None if row.share is None or row.share != row.share else row.share
    return float(Fraction("".join(row.declared.split()))) if row.declared else None


def read_weights(grid: Grid, index: Index) -> tuple[dict[str, str], list[Finding]]:
    """Read the weights of an exported workbook, or of any table with a column of nodes and one of weights.

    Returns the text to write for each node whose weight is another, and all that is wrong. Nodes that a table leaves out keep
    their weights; an exported workbook has to have all. In place of one column a table may have one a period.
    """
    top = next((at for at, row in enumerate(grid.rows) if _column(row, _NODES) >= 0 and _column(row, _WEIGHTS) >= 0), None)
    if top is None and (by_period := _periods_of(grid, index)):
        return _read_by_period(grid, index, *by_period)
    if top is None:
        return {}, [finding("IC620", grid.place(0, 0), headings=[word.id.zh, word.declared.zh])]
    by_id = _column(grid.rows[top], [name.casefold() for name in word.id])
    id_column = by_id if by_id >= 0 else _column(grid.rows[top], _NODES)
    weight_column = _column(grid.rows[top], _WEIGHTS)
    exported_column = _column(grid.rows[top], [name.casefold() for name in word.as_exported])
    rows, found = _rows_of_nodes(grid, index, top, id_column, [weight_column], whole=exported_column >= 0)
    values: dict[str, Fraction | None] = {}
    texts: dict[str, str] = {}
    for parent in index.by_id.values():
        for node in () if isinstance(parent, Indicator) else (child.id for child in index.children(parent) if child.id in rows):
            cells, place = grid.rows[rows[node]], grid.place(rows[node], weight_column)
            value = _number(cells[weight_column], is_text=bool(grid.lines))
            if (rows[node], weight_column) in grid.uncomputed:
                found.append(finding("IC322", place, count=1))
            elif isinstance(value, str):
                found.append(finding("IC623", place, found=value, node=node))
            else:
                exported = name_of(cells[exported_column]) if exported_column >= 0 else None
                text, problem = _weight(index, parent.id, node, value, exported, place)
                found += [problem] if problem else []
                if text:
                    texts[node] = text
                values[node] = Fraction(text) if text else fraction(written_weight(index, node))
    if not found:
        found += _sums(grid, index, values, rows, weight_column)
    return texts, found


def _periods_of(grid: Grid, index: Index) -> tuple[int, dict[int, str]] | None:
    """Return the row of headings of a table with weights by period, and its columns of periods in their order."""
    kind = index.periods.kind
    for at, row in enumerate(grid.rows):
        if _column(row, _NODES) < 0:
            continue
        ends = {column: own[0] for column, cell in enumerate(row) if (own := read_ends(name_of(cell), kind))}
        if len(ends) > 1 and len(set(ends.values())) == len(ends):
            names = {column: name_of(row[column]) for column in sorted(ends, key=ends.__getitem__)}
            return at, {column: read_period(name, kind) or name for column, name in names.items()}
    return None


def _read_by_period(grid: Grid, index: Index, top: int, periods: Mapping[int, str]) -> tuple[dict[str, str], list[Finding]]:
    """Read a table with a column a period: each weight holds from its period on, until another stands there."""
    by_id = _column(grid.rows[top], [name.casefold() for name in word.id])
    columns = list(periods)
    id_column = by_id if by_id >= 0 else _column(grid.rows[top], _NODES)
    rows, found = _rows_of_nodes(grid, index, top, id_column, columns, whole=False)
    values: dict[str, list[Fraction]] = {}
    for parent in index.by_id.values():
        for node in () if isinstance(parent, Indicator) else (child.id for child in index.children(parent) if child.id in rows):
            own, problems = _weights_of(grid, index, parent.id, node, rows[node], columns)
            found += problems
            if own:
                values[node] = own
    for at, column in enumerate(columns):
        if not found:
            found += _sums(grid, index, {node: own[at] for node, own in values.items()}, rows, column)
    return {node: _by_period(own, list(periods.values()), written_weight(index, node)) for node, own in values.items()}, found


def _weights_of(
    grid: Grid, index: Index, parent: str, node: str, row: int, columns: Sequence[int]
) -> tuple[list[Fraction], list[Finding]]:
    """Return a node's weights in the columns of periods, nothing where all are empty, or what is wrong with them."""
    read = [_number(grid.rows[row][column], is_text=bool(grid.lines)) for column in columns]
    values = [value for value in read if isinstance(value, Fraction)]
    found = []
    for column, value in zip(columns, read, strict=True):
        place = grid.place(row, column)
        if (row, column) in grid.uncomputed:
            found.append(finding("IC322", place, count=1))
        elif isinstance(value, str):
            found.append(finding("IC623", place, found=value, node=node))
        elif value is None and (values or written_weight(index, node)):
            found.append(finding("IC624", place, node=node, weight=written_weight(index, node) or "–"))
    if values and (method := weights_method(index, parent)) not in WRITTEN:
        found = [finding("IC627", grid.place(row, columns[0]), node=node, method=method, parent=parent)]
    return values if not found else [], found


def _by_period(values: Sequence[Fraction], periods: Sequence[str], written: str) -> str:
    """Return weights as YAML has them by period, those alone that are others than before; one that never changes as it is.

    >>> _by_period([Fraction(1, 2), Fraction(1, 2), Fraction(1, 3)], ["2010", "2011", "2012"], "0.5")
    '{2010: 0.5, 2012: 1/3}'
    >>> _by_period([Fraction(1, 2), Fraction(1, 2)], ["2010", "2011"], "")
    '0.5'
    """
    begins = [at for at, value in enumerate(values) if not at or value != values[at - 1]]
    texts = [_as_text(values[at], written) for at in begins]
    if len(texts) == 1:
        return texts[0]
    keys = [periods[at] if periods[at].isalnum() else f'"{periods[at]}"' for at in begins]
    return f"{{{', '.join(f'{key}: {text}' for key, text in zip(keys, texts, strict=True))}}}"


def _rows_of_nodes(
    grid: Grid, index: Index, top: int, id_column: int, weight_columns: Sequence[int], *, whole: bool
) -> tuple[dict[str, int], list[Finding]]:
    """Find the row of each node below the headings, with those that are unknown, twice or, of a `whole` tree, missing."""
    found: list[Finding] = []
    rows: dict[str, int] = {}
    for row in range(top + 1, len(grid.rows)):
        node = _id_of(index, name_of(grid.rows[row][id_column]))
        if not node and not any(name_of(grid.rows[row][column]) for column in weight_columns):
            continue
        if node not in index.paths or node not in index.by_id:
            found.append(finding("IC621", grid.place(row, id_column), found=node, near=nearest(node, index.by_id)))
        elif node in rows:
            found.append(finding("IC626", grid.place(row, id_column), node=node, line=rows[node] + 1))
        else:
            rows[node] = row
    if whole and (missing := [node for node in _newest(index).by_id if node not in rows]):
        found.append(finding("IC622", grid.place(top, id_column), nodes=missing))
    return rows, found


def _newest(index: Index) -> Index:
    """Return the tree as it is now, of one that changes: that is what a sheet has."""
    return index.editions[-1][2] if index.editions else index


def _id_of(index: Index, name: str) -> str:
    """Return the id of the node that has a name for itself, else the name as it is."""
    if name in index.by_id:
        return name
    called = [node.id for node in index.by_id.values() if name in (node.name, node.name_en)]
    return called[0] if name and len(called) == 1 else name


def _weight(
    index: Index, parent: str, node: str, value: Fraction | None, exported: str | None, place: Place
) -> tuple[str, Finding | None]:
    """Return the text to write for one node, empty where its weight stays, or what is wrong with it."""
    method = weights_method(index, parent)
    if method not in WRITTEN:
        was = fraction(exported or "")
        same = value == was if value is None or was is None else abs(value - was) < _SAME
        return "", None if same else finding("IC627", place, node=node, method=method, parent=parent)
    written = written_weight(index, node)
    if value is None:
        return "", finding("IC624", place, node=node, weight=written) if written else None
    now = fraction(written)
    if now is not None and abs(value - now) < _SAME:
        return "", None
    if exported is not None and exported != written and fraction(exported) != now:
        return "", finding("IC628", place, node=node, now=written or "–", then=exported or "–")
    return _as_text(value, written), None


def _column(row: Sequence[Any], names: Sequence[str]) -> int:
    """Return the column that has one of some headings, -1 where none has."""
    return next((column for column, cell in enumerate(row) if name_of(cell).casefold() in names), -1)


def _number(cell: Any, *, is_text: bool) -> Fraction | str | None:
    """Return a cell as a number of at least 0, None where it is empty, or what stands there instead."""
    if isinstance(cell, str) and cell.endswith("%"):  # how a number formatted in per cent is read
        value = fraction(cell[:-1])
        return cell if value is None else value / 100
    number = fraction(cell) if is_text and isinstance(cell, str) else None if isinstance(cell, str) else number_in(cell)
    return name_of(cell) or None if number is None else number


def _as_text(value: Fraction, old: str) -> str:
    """Return a number as YAML has it: with the decimals that stood there at least, as a fraction where it has no end."""
    plain = f"{float(value):.12f}".rstrip("0").removesuffix(".")
    near = value.limit_denominator(1000)
    if decimals_of(plain) > 10 and abs(near - value) < Fraction(1, 10**11):
        return str(near)
    short = (0 if "/" in old else decimals_of(old)) - decimals_of(plain)
    return plain + ("" if "." in plain or short <= 0 else ".") + "0" * max(short, 0)


def _sums(
    grid: Grid, index: Index, values: Mapping[str, Fraction | None], rows: Mapping[str, int], column: int
) -> Iterator[Finding]:
    """Say which weights among siblings do not add up, with their cells."""
    total, now = exact_total(index), _newest(index).by_id
    for parent in index.by_id.values():
        if isinstance(parent, Indicator) or not have_total(index, parent.id):
            continue
        siblings = [child.id for child in index.children(parent) if counts(child) or values.get(child.id) is not None]
        if not any(name in rows for name in siblings):
            continue
        kept = {name: fraction(written_weight(index, name)) for name in siblings if name in now and name not in rows}
        given = [value for name in siblings if (value := (kept if name in kept else values).get(name)) is not None]
        gap = sum(given, Fraction(-total))
        if not given or abs(gap) <= Fraction(1, 10**9) * total:
            continue
        lines = sorted(rows[name] for name in siblings if name in rows)
        said = word.is_missing if gap < 0 else word.is_too_much
        chinese, english = (text.format(gap=f"{abs(float(gap)):.10g}") for text in said)
        about = {"node": parent.id, "sum": float(gap + total), "total": total, "cells": _cells(lines, column)}
        yield finding("IC625", grid.place(lines[0], column), **about, gap=english, gap_zh=chinese)


def _cells(lines: Sequence[int], column: int) -> str:
    """Return the names of a column's cells, as a range where they stand together."""
    names = [cell_name(line, column) for line in lines]
    return f"{names[0]}:{names[-1]}" if len(names) > 1 and lines[-1] - lines[0] == len(lines) - 1 else ", ".join(names)
