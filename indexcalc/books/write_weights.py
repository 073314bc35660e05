"""Workbooks about weights that people fill in: the tree with its weights, and pairs of siblings to be compared.

What is to be filled in is yellow and unlocked, all else is locked. Sums, effective weights and reciprocals are formulas,
so that whoever edits sees at once what comes of it; what counts is computed when the workbook is read back.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..findings import letters
from ..methods.judgement import RANDOM_INDEX
from ..report.sheets.weights import WeightRow
from ..tree.edit import WRITTEN, add_up, exact_total, have_total
from ..tree.model import Index
from ..words.reports import word

_FONT = "Microsoft YaHei"
_BASE = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
_LINE = {"bottom": 1, "bottom_color": "#DDDDDD"}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_PROTECT = {"format_columns": True, "format_rows": True, "autofilter": True}
_SAATY = [Fraction(1, part) for part in range(9, 1, -1)] + [Fraction(part) for part in range(1, 10)]
_TOP = 4  # the row, from 0, of the first node
_WEIGHT = "0.00######"


def weights_book(index: Index, rows: Sequence[WeightRow], language: str) -> bytes:
    """Write the tree with its weights into a workbook: one row a node, weights to be edited, sums and effects live."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - no clock in what is made of the same tree
        page = book.add_worksheet(word("weights", language))
        _fill_weights(book, page, index, rows, language)
    return buffer.getvalue()


def _fill_weights(book: Any, page: Any, index: Index, rows: Sequence[WeightRow], language: str) -> None:
    style = _Styles(book)
    page.write_string(0, 0, f"{rows[0].title} · {word('weights', language)}", style(bold=True, font_size=14))
    page.write_string(1, 0, word("weights help", language), style(font_color="#595959"))
    last = _TOP + len(rows) - 1
    right, wrong = word("sums right", language), word("sums wrong", language)
    wrongs = f"ROUND(SUM($J${_TOP + 1}:$J${last + 1}),0)"
    page.write_formula(2, 0, f'=IF({wrongs}=0,"✓ {right}","✗ "&{wrongs}&" {wrong}")', style(bold=True), f"✓ {right}")
    red = book.add_format({"bg_color": "#F8CBAD", "font_color": "#9C0006", "bold": True})
    page.conditional_format(2, 0, 2, 0, {"type": "formula", "criteria": f"={wrongs}>0", "format": red})
    keys = ("node", "id", "declared", "of siblings", "expected", "effective", "method")
    for column, key in enumerate(keys):
        page.write_string(_TOP - 1, column, word(key, language), style.heading)
    for column, title in enumerate(("row", word("as exported", language), "wrong"), start=len(keys)):
        page.write_string(_TOP - 1, column, title, style.heading)
    line = {row.id: _TOP + at for at, row in enumerate(rows)}
    for at, row in enumerate(rows):
        _write_node(page, style, index, row, _TOP + at, line.get(row.parent, -1), last, language)
    area = (_TOP, 2, last, 3)
    page.conditional_format(*area, {"type": "formula", "criteria": f"=$J{_TOP + 1}>0", "format": red})
    page.set_column(0, 0, min(max(_wide(row.title) + 2 * row.depth for row in rows) + 2, 60))
    page.set_column(1, 1, min(max(len(row.id) for row in rows) + 2, 34))
    page.set_column(2, 5, 11)
    page.set_column(6, 6, 20)
    page.set_column(7, 9, None, None, {"hidden": True})
    page.freeze_panes(_TOP, 3)
    page.protect("", _PROTECT)
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(_TOP - 1)


def _write_node(page: Any, style: _Styles, index: Index, row: WeightRow, line: int, above: int, last: int, language: str) -> None:
    """Write one node's row; `above` is the row of its parent."""
    strong = {"bold": bool(row.method), **({"bg_color": "#F2F2F2"} if row.method else {}), **_LINE}
    page.write_string(line, 0, row.title, style(indent=row.depth, **strong))
    page.write_string(line, 1, row.id, style(font_color="#595959", **strong))
    page.write_string(line, 6, row.method, style(indent=1, font_color="#595959", **strong))
    number = style(num_format=_WEIGHT, align="right", **strong)
    effective = style(num_format="0.00%", align="right", **strong)
    cell = line + 1
    if above < 0:
        for column in (2, 3, 4):
            page.write_blank(line, column, None, number)
        page.write_number(line, 5, 1.0, effective)
        return
    parents, weights = f"$H${_TOP + 1}:$H${last + 1}", f"$C${_TOP + 1}:$C${last + 1}"
    value = _weight(row)
    if row.source in WRITTEN:
        filled = style(num_format=_WEIGHT, align="right", bg_color="#FFF8DC", locked=False, **_LINE)
        page.data_validation(line, 2, line, 2, {"validate": "decimal", "criteria": ">=", "value": 0})
    else:
        filled = style(num_format=_WEIGHT, align="right", font_color="#7F7F7F", bg_color="#E7E6E6", **_LINE)
    if value is None:
        page.write_blank(line, 2, None, filled)
    else:
        page.write_number(line, 2, value, filled)
    total = exact_total(index)
    summed = have_total(index, row.parent)
    page.write_formula(line, 3, f"=SUMIF({parents},H{cell},{weights})", number, total if add_up(index, row.parent) else 0)
    if summed:
        page.write_number(line, 4, total, number)
    else:
        page.write_string(line, 4, word("any", language), number)
    alone = f'COUNTIFS({parents},H{cell},{weights},">=0")=0'
    part = f"IF(ISNUMBER(C{cell}),IF(D{cell}=0,0,C{cell}/D{cell}),IF({alone},{row.share or 0!r},0))"
    page.write_formula(line, 5, f"={part}*F{above + 1}", effective, row.effective or 0)
    page.write_number(line, 7, above + 1)
    page.write_string(line, 8, row.declared if row.source in WRITTEN else "" if value is None else repr(value))
    wrong = f"=IF(AND(ISNUMBER(E{cell}),D{cell}>0),IF(ABS(D{cell}-E{cell})>0.000001,1/COUNTIF({parents},H{cell}),0),0)"
    page.write_formula(line, 9, wrong, None, 0)


def _weight(row: WeightRow) -> float | None:
    if row.source not in WRITTEN:
        return None if row.share is None or row.share != row.share else row.share
    return float(Fraction("".join(row.declared.split()))) if row.declared else None


def judgement_book(title: str, children: Mapping[str, str], language: str) -> bytes:
    """Write a form for one expert: the children of a node by id with their names, each pair to be compared once."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - as above
        page, scale = book.add_worksheet(word("judgements", language)), book.add_worksheet(word("scale", language))
        _fill_judgements(book, page, title, children, language)
        style = _Styles(book)
        for at, value in enumerate(_SAATY):
            scale.write_number(at, 0, float(value), style(num_format="# ?/?"))
        scale.set_column(2, 2, 80)
        scale.fit_to_pages(1, 0)
        scale.write_string(0, 2, word("judgement scale", language), style())
        scale.protect()
    return buffer.getvalue()


def _fill_judgements(book: Any, page: Any, title: str, children: Mapping[str, str], language: str) -> None:
    style, size = _Styles(book), len(children)
    page.write_string(0, 0, word("judgements of", language).format(node=title), style(bold=True, font_size=14))
    page.write_string(1, 0, word("judgement help", language), style(font_color="#595959"))
    page.write_string(2, 0, word("judgement scale", language), style(font_color="#595959"))
    page.write_string(3, 0, word("expert", language), style(bold=True))
    page.write_blank(3, 1, None, style(bg_color="#FFF8DC", locked=False, **_LINE))
    names, top, first = 5, 7, 2
    page.write_string(names, 0, "", style.heading)
    page.write_string(names, 1, "", style.heading)
    page.write_string(names + 1, 0, word("node", language), style.heading)
    page.write_string(names + 1, 1, word("id", language), style.heading)
    page.set_row(names, 48)
    weight = first + size
    page.write_string(names, weight, word("approximate weight", language), style.heading)
    page.write_string(names + 1, weight, "", style.heading)
    fraction = {"num_format": "# ?/?", "align": "center", "border": 1, "border_color": "#DDDDDD"}
    source = f"='{word('scale', language)}'!$A$1:$A${len(_SAATY)}"
    for at, (name, said) in enumerate(children.items()):
        page.write_string(names, first + at, said, style.heading)
        page.write_string(names + 1, first + at, name, style.small_heading)
        page.write_string(top + at, 0, said, style(bold=True, **_LINE))
        page.write_string(top + at, 1, name, style(font_color="#595959", **_LINE))
        for other in range(size):
            row, column = top + at, first + other
            if other == at:
                page.write_number(row, column, 1, style(bg_color="#D9D9D9", **fraction))
            elif other > at:
                page.write_blank(row, column, None, style(bg_color="#FFF8DC", locked=False, **fraction))
                page.data_validation(row, column, row, column, {"validate": "list", "source": source})
            else:
                mirror = _cell(top + other, first + at)
                page.write_formula(
                    row, column, f'=IF(ISNUMBER({mirror}),1/{mirror},"")', style(font_color="#7F7F7F", **fraction), ""
                )
        line = f"{_cell(top + at, first)}:{_cell(top + at, first + size - 1)}"
        means = f"${_letter(weight + 1)}${top + 1}:${_letter(weight + 1)}${top + size}"
        weights = f"${_letter(weight)}${top + 1}:${_letter(weight)}${top + size}"
        page.write_formula(top + at, weight + 1, f"=GEOMEAN({line})", style(), 1)
        share = f"={_letter(weight + 1)}{top + at + 1}/SUM({means})"
        page.write_formula(top + at, weight, share, style(num_format="0.0%", align="center", **_LINE), 1 / size)
        eigen = f'=IFERROR(MMULT({line},{weights})/{_cell(top + at, weight)},"")'
        page.write_formula(top + at, weight + 2, eigen, style(), "")
    below, eigens = top + size + 1, f"{_cell(top, weight + 2)}:{_cell(top + size - 1, weight + 2)}"
    if 2 < size <= len(RANDOM_INDEX["saaty"]):
        page.write_string(below, 0, word("approximate ratio", language), style(bold=True))
        ratio = f"(AVERAGE({eigens})-{size})/{size - 1}/{RANDOM_INDEX['saaty'][size - 1]}"
        value = f'=IF(COUNT({eigens})={size},{ratio},"–")'
        page.write_formula(below, first, value, style(num_format="0.000", bold=True, align="center"), "–")
        red = book.add_format({"bg_color": "#F8CBAD", "font_color": "#9C0006"})
        high = f"=AND(ISNUMBER({_cell(below, first)}),{_cell(below, first)}>0.1)"
        page.conditional_format(below, first, below, first, {"type": "formula", "criteria": high, "format": red})
    page.set_column(0, 0, min(max(map(_wide, children.values())) + 2, 40))
    page.set_column(1, 1, min(max(map(len, children)) + 2, 34))
    page.set_column(first, first + size - 1, 13)
    page.set_column(weight, weight, 13)
    page.set_column(weight + 1, weight + 2, None, None, {"hidden": True})
    page.freeze_panes(top, first)
    page.protect("", _PROTECT)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        heading = {
            "bold": True,
            "text_wrap": True,
            "align": "center",
            "bg_color": "#8A1F11",
            "border": 1,
            "border_color": "#FFFFFF",
        }
        self.heading = self(font_color="#FFFFFF", **heading)
        self.small_heading = self(font_color="#F2DCDB", font_size=8, **{**heading, "bold": False})

    def __call__(self, **keys: Any) -> Any:
        wanted = {**_BASE, **keys}
        known = str(sorted(wanted.items()))
        if known not in self._made:
            self._made[known] = self._book.add_format(wanted)
        return self._made[known]


def _cell(row: int, column: int) -> str:
    return f"{_letter(column)}{row + 1}"


def _letter(column: int) -> str:
    return letters(column + 1)


def _wide(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
