"""How people write numbers in files of data: as the source declares, as a column shows, or refused with the key that would say it."""

from __future__ import annotations

import base64
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from indexcalc import explain, read
from indexcalc.engine import score
from indexcalc.findings import Finding, render
from indexcalc.sources import match
from indexcalc.sources import panel as panel_of_matched
from indexcalc.sources.frames import panel_of_frame
from indexcalc.sources.readers.marks_xls import marks_of_stream as xls_marks_of
from indexcalc.sources.readers.raised import CONTINUED, FONT, STRINGS, xls_fonts_above, xls_raised_cell, xls_raised_strings
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = ("东区", "西区", "南区", "北区")
nan = float("nan")


def tree(file: str = "d.csv", more: str = "", measure: str = "") -> Index:
    leaf = f", measure: '{measure}'" if measure else ""
    return index_of(
        f"index: {{id: t}}\nunits: {{label: 区, table: u.csv}}\nperiods: {{kind: year}}\ndata: {{d: {{path: {file}{more}}}}}\n"
        f"defaults: {{normalise: points, missing: {{policy: reweight, coverage: 0}}}}\n"
        f"dimensions: [{{id: x, name: 甲, weight: 0.5{leaf}}}, {{id: y, name: 乙, weight: 0.5{leaf}}}]\n"
    )


def units(folder: Path) -> Path:
    (folder / "u.csv").write_text("id,name\n" + "".join(f"{at},{name}\n" for at, name in enumerate(UNITS)), encoding="utf-8")
    return folder


def separated(folder: Path, columns: dict[str, Sequence[str]], separator: str = ",") -> None:
    def line(cells: Sequence[str]) -> str:
        return separator.join(f'"{cell}"' if separator in cell else cell for cell in cells) + "\n"

    rows = [("区", "年份", *columns), *((unit, "2022", *cells) for unit, *cells in zip(UNITS, *columns.values(), strict=True))]
    (units(folder) / "d.csv").write_text("".join(map(line, rows)), encoding="utf-8")


def found_in(index: Index, folder: Path) -> tuple[list[Finding], np.ndarray[Any, Any]]:
    matched = match(index, folder)
    return [one for one in matched.findings if one.code[:3] != "IC2"], panel_of_matched(matched).values[0].T


def columns(folder: Path, first: Sequence[str], second: Sequence[str] = "1234", *, separator: str = ",", **tell: str) -> Any:
    separated(folder, {"甲": first, "乙": second}, separator)
    return found_in(tree(**tell), folder)


def told(found: Sequence[Finding]) -> list[str]:
    return [f"{one.place} {one.code}" for one in found]


# ----------------------------------------------------------------------------------------------- what a column itself shows


@pytest.mark.parametrize(
    ("separator", "cells", "values", "said"),
    [
        (";", ["0,5", "0,125", "3,250", "12"], [0.5, 0.125, 3.25, 12], "IC900"),
        (";", ["-2,5", "1,250", "+3,0", "1.234.567,5"], [-2.5, 1.25, 3, 1234567.5], "IC900"),
        (";", ["1,250", "2,500", "3,875", "4,125"], [1.25, 2.5, 3.875, 4.125], "IC900"),
        (";", ["1,250", "2,500,000", "3,875", "980"], [1250, 2500000, 3875, 980], ""),
        (";", ["1,250.5", "2,500", "3,875", "980"], [1250.5, 2500, 3875, 980], ""),
        (";", ["1,250", "2,500", "980", "75"], [1250, 2500, 980, 75], "IC901"),
        (";", ["1.250", "2.500", "3.875", "4.125"], [1.25, 2.5, 3.875, 4.125], ""),
        (",", ["0,75", "1,250", "2", "3,5"], [0.75, 1.25, 2, 3.5], "IC900"),
        (",", ["1，25", "2,5", "3,875", "4"], [1.25, 2.5, 3.875, 4], "IC900"),
        (",", ["1,250", "2,500", "980", "12,000"], [1250, 2500, 980, 12000], ""),
        ("\t", ["1,250", "12,75", "9,5", "980"], [1.25, 12.75, 9.5, 980], "IC900"),
        (",", ["1,250", "12,75", "1,000", "980"], [1250, nan, 1000, 980], "IC903"),  # 12,750 that lost a digit
        (",", ["1,5", "12,75", "1.5", "980"], [nan, nan, 1.5, 980], "IC902"),
        (",", ["1,234,567", "12,75", "1,5", "980"], [1234567, nan, nan, 980], "IC902"),
    ],
)
def test_a_column_reads_commas_in_one_way(
    separator: str, cells: list[str], values: list[float], said: str, tmp_path: Path
) -> None:
    found, read = columns(tmp_path, cells, separator=separator)
    np.testing.assert_array_equal(read[0], values)
    assert [one.code for one in found] == ([said] if said else [])
    assert all(one.place.line and one.place.column == 3 for one in found)


def test_another_column_tells_what_one_leaves_open(tmp_path: Path) -> None:
    open_cells, commas, points = ["1,250", "2,500", "3,875", "4,125"], ["12,5", "3,25", "7", "8,1"], ["12.5", "3.25", "7", "8.1"]
    found, values = columns(tmp_path, open_cells, commas, separator=";")
    np.testing.assert_array_equal(values, [[1.25, 2.5, 3.875, 4.125], [12.5, 3.25, 7, 8.1]])
    assert [one.code for one in found] == ["IC900", "IC900"]
    found, values = columns(tmp_path, [cell.replace(",", ".") for cell in open_cells], commas, separator=";")
    np.testing.assert_array_equal(values[0], [1250, 2500, 3875, 4125])
    assert [one.code for one in found] == ["IC900", "IC900"]
    found, values = columns(tmp_path, open_cells, points, separator=";")
    np.testing.assert_array_equal(values[0], [1250, 2500, 3875, 4125])
    assert found == []


def test_between_commas_a_comma_sets_thousands_apart_where_nothing_in_its_column_says_else(tmp_path: Path) -> None:
    found, values = columns(tmp_path, ["1,250", "2,500", "3,875", "4,125"], ["12,5", "3,25", "7", "8,1"])
    np.testing.assert_array_equal(values, [[1250, 2500, 3875, 4125], [12.5, 3.25, 7, 8.1]])
    assert [one.code for one in found] == ["IC901", "IC900"]


def test_a_comma_decides_the_same_in_a_workbook_and_a_frame(tmp_path: Path) -> None:
    rows = [
        ["区", "年份", "甲", "乙"],
        *([unit, 2022, cell, 1] for unit, cell in zip(UNITS, ["0,5", "1,250", 3, "2"], strict=True)),
    ]
    book(units(tmp_path) / "d.xlsx", rows)
    found, values = found_in(tree("d.xlsx"), tmp_path)
    np.testing.assert_array_equal(values[0], [0.5, 1.25, 3, 2])
    assert told(found) == ["d.xlsx!Sheet1!C3 IC900"]
    panel = panel_of_frame(tree(), pd.DataFrame(rows[1:], columns=rows[0]), base=tmp_path)
    np.testing.assert_array_equal(panel.values[0, :, 0], [0.5, 1.25, 3, 2])
    assert [one.code for one in panel.findings] == ["IC900"]


# ------------------------------------------------------------------------------------------------------------ what is declared

DECLARED: list[tuple[str, list[str], list[float]]] = [
    (', decimal: ","', ["1,250", "12,5", "1.234", "1.234,5"], [1.25, 12.5, 1234, 1234.5]),
    (', decimal: ","', ["1,250", "2,500", "-3", ""], [1.25, 2.5, -3, nan]),
    (', decimal: "."', ["1,250", "12.5", "", "3"], [1250, 12.5, nan, 3]),
    (', thousands: "."', ["1.250", "12,5", "3", ""], [1250, 12.5, 3, nan]),
    (', thousands: " "', ["1 250", "12\u00a0500,5", "3\u202f000", "-1\u2009000\u2009000"], [1250, 12500.5, 3000, -1000000]),
    (', thousands: " "', ["1 250", "12 500.5", "3", "4"], [1250, 12500.5, 3, 4]),
    (', thousands: "\'"', ["1'250", "12’500.5", "3", "4"], [1250, 12500.5, 3, 4]),
    (", negative: brackets", ["(12.5)", "（1,250）", "3", "-4"], [-12.5, -1250, 3, -4]),
    (", negative: trailing", ["12.5-", "1,250 -", "3", "-4"], [-12.5, -1250, 3, -4]),
    (', flags: [b, p, "*", "(1)"]', ["12.3 b", "9.8*", "7 b,p", "1,250(1)"], [12.3, 9.8, 7, 1250]),
    (', flags: [c, p], missing: [":"]', [": c", ":", "7p", "1e3 c"], [nan, nan, 7, 1000]),
    (", multiples: {万: 10000, 亿: 100000000}", ["1.2万", "1.1亿", "3", "-5 万"], [12000, 110000000, 3, -50000]),
    (', decimal: ",", flags: [p], negative: brackets', ["(1,5) p", "2,5p", "3", "4"], [-1.5, 2.5, 3, 4]),
]


@pytest.mark.parametrize(("more", "cells", "values"), DECLARED)
def test_what_a_source_declares_is_read_in_silence(more: str, cells: list[str], values: list[float], tmp_path: Path) -> None:
    found, read = columns(tmp_path, cells, more=more)
    np.testing.assert_array_equal(read[0], values)
    assert found == []
    rows = [["区", "年份", "甲", "乙"], *([unit, 2022, cell, 1] for unit, cell in zip(UNITS, cells, strict=True))]
    book(tmp_path / "d.xlsx", rows)
    np.testing.assert_array_equal(found_in(tree("d.xlsx", more), tmp_path)[1][0], values)


@pytest.mark.parametrize(
    ("cell", "number", "spelled"),
    [
        ("1 250", "1250", 'thousands: " "'),
        ("12\u202f500,5", "12500.5", 'thousands: " "'),
        ("1’250.5", "1250.5", 'thousands: "\'"'),
        ("(12.5)", "-12.5", "negative: brackets"),
        ("12.5-", "-12.5", "negative: trailing"),
        ("12.3 b", "12.3", "flags: [b]"),
        ("9.8*", "9.8", 'flags: ["*"]'),
        ("7.5[1]", "7.5", 'flags: ["[1]"]'),
        ("7.5（预计）", "7.5", 'flags: ["(预计)"]'),
        ("True", "1", 'numbers: {"TRUE": 1, "FALSE": 0}'),
        ("3 N", "3", 'flags: ["N"]'),
        ("1.2万", "12000", "multiples: {万: 10000}"),
        ("3.5亿", "350000000", "multiples: {亿: 100000000}"),
        ("12,5", "12.5", 'decimal: ","'),
    ],
)
def test_what_is_not_declared_is_refused_with_the_key(cell: str, number: str, spelled: str, tmp_path: Path) -> None:
    found, values = columns(tmp_path, [cell, "2", "3", "4"])
    assert told(found) == ["d.csv:2:3 IC903"]
    assert np.isnan(values[0][0])
    assert f"if it stands for {number}, say `{spelled}` under data" in render(found[0], "en")
    _, declared = columns(tmp_path, [cell, "2", "3", "4"], more=f", {spelled}")
    assert declared[0][0] == float(number), "the hint does what it says"


def test_spellings_are_told_once_for_a_column_with_all_flags(tmp_path: Path) -> None:
    found, _ = columns(tmp_path, ["12.3 b", "9.8*", "3", "7p"], ["1 250", "2 500", "(3)", "4"])
    assert [(one.values["spelled"], one.values["count"]) for one in found] == [
        ('flags: [b, "*", p]', 3),
        ('thousands: " "', 2),
        ("negative: brackets", 1),
    ]


@pytest.mark.parametrize(
    "cell", ["12人", "约7", "10件", "5‰", "12,34,56", "1_000", "10 of 12", "3-4", "1:20", "10²", "1.2×10³", "3⁻²"]
)
def test_what_could_be_anything_is_no_spelling(cell: str, tmp_path: Path) -> None:
    found, _ = columns(tmp_path, [cell, "2", "3", "4"])
    assert told(found) == ["d.csv:2:3 IC362"]


def test_a_multiple_that_the_measure_has_too_is_not_offered(tmp_path: Path) -> None:
    assert told(columns(tmp_path, ["1.2万", "2", "3", "4"], measure="万元")[0]) == ["d.csv:2:3 IC362"]


def test_flags_are_shown_beside_their_cells(tmp_path: Path) -> None:
    separated(tmp_path, {"甲": ["12.3 b", "2", "3", "4"], "乙": ["1", "2¹", "3", "4"]})
    index = tree(more=", flags: [b]")
    scores = score(index, read(index, tmp_path))
    places = {unit: [cell.places for _, one in explain(scores, unit).tree.walk() for cell in one.cells] for unit in UNITS[:2]}
    assert places == {"东区": [("d.csv:2:3 (b)",), ("d.csv:2:4",)], "西区": [("d.csv:3:3",), ("d.csv:3:4 (¹)",)]}


# --------------------------------------------------------------------------------------------------- marks above the line


def book(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Write a workbook; a pair is a text with what stands above the line behind it, a pair that ends in a format a number in it."""
    workbook = xlsxwriter.Workbook(str(path))
    sheet, above = workbook.add_worksheet(), workbook.add_format({"font_script": 1})
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, tuple) and isinstance(cell[0], str):
                sheet.write_rich_string(row, column, cell[0], above, cell[1])
            elif isinstance(cell, tuple):
                sheet.write_number(row, column, cell[0], workbook.add_format({"num_format": cell[1]}))
            elif isinstance(cell, str):
                sheet.write_string(row, column, cell)
            else:
                sheet.write(row, column, cell)
    workbook.close()


def ods(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write an .ods file of the inner XML of its cells."""
    names = {
        name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "style", "table", "text", "manifest")
    }
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in names.items())
    style = (
        '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
    )
    body = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {spaces}/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:automatic-styles>'
            f'{style}</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="S">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def ods_cell(text: str, above: str = "", *, columns: int = 1) -> str:
    span = f'<text:span text:style-name="T1">{above}</text:span>' if above else ""
    repeated = f' table:number-columns-repeated="{columns}"' if columns > 1 else ""
    return f'<table:table-cell office:value-type="string"{repeated}><text:p>{text}{span}</text:p></table:table-cell>'


def ods_book(path: Path) -> None:
    rows = [["区", "年份", "甲", "乙"], ["东区", "2022", ("1,204", "3)"), "5"], ["西区", "2022", "7", ("6", "a")]]
    ods(path, [[ods_cell(*cell) if isinstance(cell, tuple) else ods_cell(cell) for cell in row] for row in rows])


def xlsx_book(path: Path) -> None:
    rows = [["区", "年份", "甲", "乙"], [("东区", "1"), 2022, ("1,204", "3)"), 5], ["西区", 2022, 7, ("6", "a")]]
    rows[1][0] = "东区"
    book(path, rows)


def test_a_cell_of_an_ods_that_stands_for_several(tmp_path: Path) -> None:
    rows = [["区", "年份", "甲", "乙"], ["东区", "2022"]]
    cells = [[ods_cell(cell) for cell in row] for row in rows]
    cells[1].append(ods_cell("8", "2", columns=2))
    ods(units(tmp_path) / "d.ods", cells)
    np.testing.assert_array_equal(panel_of_matched(match(tree("d.ods"), tmp_path)).values[0, 0], [8, 8])


def test_a_mark_above_the_line_that_stands_in_the_cell_itself(tmp_path: Path) -> None:
    """As openpyxl writes it: no shared string."""
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    above = TextBlock(InlineFont(vertAlign="superscript"), "2")
    for row in (
        ["区", "年份", "甲", "乙"],
        ["东区", 2022, CellRichText("8", above), 1],
        ["西区", 2022, CellRichText("面积", above), 1],
    ):
        workbook.active.append(row)
    workbook.save(units(tmp_path) / "d.xlsx")
    found, values = found_in(tree("d.xlsx"), tmp_path)
    assert values[0][0] == 8
    assert {"d.xlsx!Sheet!C2 IC904", "d.xlsx!Sheet!C3 IC362"} <= set(told(found))


@pytest.mark.parametrize(("suffix", "write"), [("xlsx", xlsx_book), ("ods", ods_book)])
def test_a_mark_above_the_line_is_no_digit(suffix: str, write: Callable[[Path], None], tmp_path: Path) -> None:
    write(units(tmp_path) / f"d.{suffix}")
    matched = match(tree(f"d.{suffix}"), tmp_path)
    panel = panel_of_matched(matched)
    np.testing.assert_array_equal(panel.values[0, :2], [[1204, 5], [7, 6]])
    sheet = "Sheet1" if suffix == "xlsx" else "S"
    notes = [one for one in matched.findings if one.code == "IC904"]
    assert told(notes) == [f"d.{suffix}!{sheet}!C2 IC904", f"d.{suffix}!{sheet}!D3 IC904"]
    assert [place.note for place in panel.places(0, 0, 0)] == ["³⁾"]


def test_a_mark_above_the_line_in_an_xls(tmp_path: Path) -> None:
    (units(tmp_path) / "d.xls").write_bytes(zlib.decompress(base64.b85decode(OLD.replace("\n", ""))))
    index = index_of(
        "index: {id: t}\nunits: {label: 区, table: u.csv}\nperiods: {kind: year}\n"
        'data: {d: {path: d.xls, numbers: {"TRUE": 1, "FALSE": 0}}}\n'
        "defaults: {normalise: points}\ndimensions: [{id: x, column: 案件数, weight: 0.5}, {id: y, column: 用时, measure: 小时, weight: 0.25},"
        " {id: z, column: 平台, weight: 0.25}]\n"
    )
    matched = match(index, tmp_path)
    np.testing.assert_array_equal(panel_of_matched(matched).values[0, :2], [[1204, 49.75, 1], [7, 6, 0]])
    assert "d.xls!表!C2 IC904" in told(matched.findings)


def test_shared_strings_of_an_xls_go_on_in_the_next_record() -> None:
    """A string may be cut anywhere, and its second half be as wide as the first was not; fonts count past a number 4 that none has."""
    plain, above = bytes(8) + b"\0\0", bytes(8) + b"\1\0"
    first = bytes([5, 0, 8]) + (1).to_bytes(2, "little") + b"12."  # five characters, one run; three here
    second = bytes([1]) + "5二".encode("utf-16-le") + (4).to_bytes(2, "little") + (6).to_bytes(2, "little")
    records = [(FONT, plain)] * 5 + [(FONT, above), (STRINGS, bytes(4) + (1).to_bytes(4, "little") + first), (CONTINUED, second)]
    assert xls_raised_strings(records) == {0: "12.5二"}  # 二 has no form above the line
    assert xls_raised_strings([*records[:5], (FONT, plain), *records[6:]]) == {}


@pytest.mark.parametrize(
    ("cell", "number"), [("12.3¹", 12.3), ("8²", 8), ("1,204³⁾", 1204), ("7 ①", 7), ("6ᵃ", 6), ("5¹,²", 5), ("-4¹", -4)]
)
def test_a_mark_above_the_line_in_a_text(cell: str, number: float, tmp_path: Path) -> None:
    found, values = columns(tmp_path, [cell, "2", "3", "4"])
    assert values[0][0] == number
    assert told(found) == ["d.csv:2:3 IC904"]


def rich(text: str, start: int, font: int) -> bytes:
    """A cell of an .xls file at C3 that holds its own runs, as Excel 97 and later have it."""
    letters = text.encode("utf-16-le")
    return struct.pack("<HHHHB", 2, 2, 15, len(text), 1) + letters + struct.pack("<HHH", 1, start, font)


def test_a_cell_of_an_xls_that_holds_its_own_runs() -> None:
    assert xls_raised_cell(rich("12.31)", 4, 6), {6}, None) == "12.3¹⁾"
    assert xls_raised_cell(rich("12.31)", 4, 5), {6}, None) == ""
    old = struct.pack("<HHHH", 2, 2, 15, 8) + "约12.31)".encode("cp936") + bytes([1, 6, 6])  # before Excel 97: bytes
    assert xls_raised_cell(old, {6}, "cp936") == "约12.3¹⁾"
    plain, above = (0x31, bytes(8) + b"\0\0"), (0x31, bytes(8) + b"\1\0")
    assert xls_fonts_above([plain] * 4 + [above]) == {5}


def test_the_runs_of_a_cell_of_an_xls_are_looked_for() -> None:
    """What a small workbook says, in records as they stand in its stream: a font above the line and a cell with runs in it."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def book(version: int, cell: bytes) -> bytes:
        fonts = [bytes(14)] * 4 + [bytes(8) + b"\1\0" + bytes(4)]
        head = record(0x809, struct.pack("<HH", version, 5)) + b"".join(record(0x31, font) for font in fonts)
        head += record(0x42, struct.pack("<H", 936))
        sheet = record(0x809, struct.pack("<HH", version, 16)) + record(0xD6, cell) + record(0x0A, b"")
        at = len(head) + 4 + 4 + 4
        return head + record(0x85, struct.pack("<I", at)) + record(0x0A, b"") + sheet

    for version, cell in ((0x600, rich("98.72", 4, 5)), (0x500, struct.pack("<HHHH", 2, 2, 15, 5) + b"98.72" + bytes([1, 4, 5]))):
        stream = book(version, cell)
        marks = xls_marks_of(stream)
        assert [one.raised for one in marks] == [{(2, 2): "98.7²"}]


# ------------------------------------------------------------------------------------------------------ commas as in India


@pytest.mark.parametrize(
    ("cells", "values", "said"),
    [
        (["1,23,456", "12,34,567", "98,765", "1,02,34,567"], [123456, 1234567, 98765, 10234567], ["d.csv:2:3 IC952"]),
        (["-1,23,456.5", "12,34,567", "5", ""], [-123456.5, 1234567, 5, nan], ["d.csv:2:3 IC952"]),
        (["1,234,567", "2,345", "98,765", "5"], [1234567, 2345, 98765, 5], []),
    ],
)
def test_commas_by_hundreds(cells: list[str], values: list[float], said: list[str], tmp_path: Path) -> None:
    found, read = columns(tmp_path, cells)
    np.testing.assert_array_equal(read[0], values)
    assert told(found) == said


@pytest.mark.parametrize("cells", [["1,23,456", "2,345", "98,765", "5"], ["1,23,456", "12,34,567", "987,654", "5"]])
def test_commas_by_hundreds_that_may_be_a_lost_digit(cells: list[str], tmp_path: Path) -> None:
    found, _ = columns(tmp_path, cells)
    assert told(found) == ["d.csv:2:3 IC903"]
    assert "`thousands: lakh`" in render(found[0], "en")
    if "987,654" not in cells:
        found, values = columns(tmp_path, cells, more=", thousands: lakh")
        assert (told(found), values[0].tolist()) == ([], [123456, 2345, 98765, 5])


def test_a_number_with_points_between_thousands_names_its_key(tmp_path: Path) -> None:
    found, _ = columns(tmp_path, ["1.234.567", "2.345.678", "3", "4"])
    assert [one.values["spelled"] for one in found] == ['thousands: "."']
    found, values = columns(tmp_path, ["1.234.567", "2.345.678", "3", "4"], more=', thousands: "."')
    assert values[0].tolist() == [1234567, 2345678, 3, 4]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("涉及", ["1,2", "3", "1,2,3", "2"]),
        ("涉及", ["见附件1,2", "无", "第3,4条", ""]),
        ("备注", ["1,2", "3,4", "1,2", "2,5"]),
        ("Code list", ["1,2", "3,4", "1,2", "2,5"]),
        ("附件编号", ["1,2", "3,4", "1,2", "2,5"]),
    ],
)
def test_a_list_of_numbers_is_no_decimal_comma(heading: str, cells: list[str], tmp_path: Path) -> None:
    separated(tmp_path, {"甲": ["1,234", "2,345", "3,456", "4,567"], "乙": "1234", heading: cells})
    found, values = found_in(tree(), tmp_path)
    assert {one.code for one in found} <= {"IC351"}
    assert values[0].tolist() == [1234, 2345, 3456, 4567]
    separated(tmp_path, {"甲": ["1,234", "2,345", "3,456", "4,567"], "乙": "1234", "增速": ["12,5", "13,75", "8,1", "9,25"]})
    assert "IC901" in {one.code for one in found_in(tree(), tmp_path)[0]}


# ------------------------------------------------------------------------------------------------ cells that are no numbers


def test_cells_that_are_alike_are_said_once_with_their_places(tmp_path: Path) -> None:
    found, _ = columns(tmp_path, ["12.5元", "3元", "…", "4"], ["…", "…", "12元", "1O"])
    shown = {one.values["found"]: (str(one.place), one.values.get("more", "")) for one in found}
    assert shown == {
        "12.5元": ("d.csv:2:3", "(+1: d.csv:3:3)"),
        "…": ("d.csv:4:3", "(+2: d.csv:2:4, d.csv:3:4)"),
        "12元": ("d.csv:4:4", ""),
        "1O": ("d.csv:5:4", ""),
    }


# --------------------------------------------------------------------------------------- cells of workbooks that are no numbers


def test_yes_and_no_in_a_workbook(tmp_path: Path) -> None:
    rows = [["区", "年份", "甲", "乙"], ["东区", 2022, True, 1], ["西区", 2022, False, 2], ["南区", 2022, True, 3]]
    book(units(tmp_path) / "d.xlsx", rows)
    found, values = found_in(tree("d.xlsx", ", numbers: {'true': 2.5}, missing: ['False']"), tmp_path)
    np.testing.assert_array_equal(values[0][:3], [2.5, nan, 2.5])
    found, _ = found_in(tree("d.xlsx"), tmp_path)
    assert told(found) == ["d.xlsx!Sheet1!C2 IC903"]
    assert found[0].values["count"] == 3
    assert "'TRUE'" in render(found[0], "en")
    assert 'say `numbers: {"TRUE": 1, "FALSE": 0}` under data' in render(found[0], "en")


@pytest.mark.parametrize(
    ("measure", "values"),
    [("小时", [30.25, 0.5]), ("分钟/件", [1815, 30]), ("hours", [30.25, 0.5]), ("天", [30.25 / 24, 0.5 / 24])],
)
def test_durations_are_read_in_the_measure(measure: str, values: list[float], tmp_path: Path) -> None:
    cells = (30.25 / 24, "[h]:mm:ss"), (0.5 / 24, "h:mm")
    book(units(tmp_path) / "d.xlsx", [["区", "年份", "甲"], ["东区", 2022, cells[0]], ["西区", 2022, cells[1]]])
    np.testing.assert_allclose(
        panel_of_matched(match(tree("d.xlsx", measure=measure), tmp_path)).values[0, :2, 0], values, rtol=1e-12
    )
    times = '<table:table-cell office:value-type="time" office:time-value="PT{}S"><text:p>{}</text:p></table:table-cell>'
    said = [["区", "年份", "甲"], ["东区", "2022"], ["西区", "2022"]]
    rows = [[ods_cell(cell) for cell in row] for row in said]
    rows[1].append(times.format("30H15M00", "30:15:00"))
    rows[2].append(times.format("00H30M00", "00:30:00"))
    ods(tmp_path / "d.ods", rows)
    np.testing.assert_allclose(
        panel_of_matched(match(tree("d.ods", measure=measure), tmp_path)).values[0, :2, 0], values, rtol=1e-12
    )
    frame = pd.DataFrame(
        {"区": ["东区", "西区"], "年份": [2022, 2022], "甲": pd.to_timedelta([30.25, 0.5], unit="h"), "乙": [1, 2]}
    )
    panel = panel_of_frame(tree(measure=measure), frame, base=tmp_path)
    np.testing.assert_allclose(panel.values[0, :2, 0], values, rtol=1e-12)


def test_a_duration_is_quoted_as_it_is_shown(tmp_path: Path) -> None:
    book(units(tmp_path) / "d.xlsx", [["区", "年份", "甲", "乙"], ["东区", 2022, (30.25 / 24, "[h]:mm:ss"), 1]])
    found, _ = found_in(tree("d.xlsx", measure="件"), tmp_path)
    assert [render(one, "en").partition(";")[0] for one in found if one.code == "IC906"] == [
        "d.xlsx!Sheet1!C2: IC906 '30:15:00' is a duration"
    ]


@pytest.mark.parametrize("cell", ["2022-03-04", "2022/3/4", "3月4日", "4-Mar", "Mar-04", "04.03.2022"])
def test_a_date_is_no_number(cell: str, tmp_path: Path) -> None:
    found, _ = columns(tmp_path, [cell, "2", cell, "4"])
    assert told(found) == ["d.csv:2:3 IC905"]
    assert found[0].values["count"] == 2


# ------------------------------------------------------------------------------------------------------------- digits


def test_digits_that_are_lost_are_told(tmp_path: Path) -> None:
    found, values = columns(tmp_path, ["9007199254740992", "9007199254740993", "9,007,199,254,740,995", "1e100"])
    assert told(found) == ["d.csv:3:3 IC907"]
    assert found[0].values["count"] == 2
    assert values[0][0] == 2.0**53
    frame = pd.DataFrame({"区": UNITS, "年份": 2022, "甲": [2**53 + 1, 7, 8, 9], "乙": [1, 2, 3, 4]})
    assert [one.code for one in panel_of_frame(tree(), frame, base=tmp_path).findings] == ["IC907"]


def test_a_long_number_without_loss_is_not_told(tmp_path: Path) -> None:
    found, _ = columns(tmp_path, ["9007199254740992", "0.12345678901234567890", "123456789012.125", "5e20"])
    assert found == []


def test_a_cell_too_long_for_csv_names_its_line(tmp_path: Path) -> None:
    long = "7" * 131_073
    (units(tmp_path) / "d.csv").write_text(f"区,年份,甲,乙\n东区,2022,1,2\n西区,2022,3,{long}\n南区,2022,5,6\n", encoding="utf-8")
    found = [one for one in match(tree(), tmp_path).findings if one.code == "IC908"]
    assert told(found) == ["d.csv:3 IC908"]
    assert "131,073 characters" in render(found[0], "en")


def test_a_workbook_of_plain_numbers_says_nothing(tmp_path: Path) -> None:
    rows = [["区", "年份", "甲", "乙"], *([unit, 2022, at + 0.5, "1,200"] for at, unit in enumerate(UNITS))]
    book(units(tmp_path) / "d.xlsx", rows)
    assert found_in(tree("d.xlsx"), tmp_path)[0] == []
    assert read(tree("d.xlsx"), tmp_path).values[0, 0].tolist() == [0.5, 1200]


# An .xls (written by xlwt): 1,204 with a small 3) behind it, durations of the format [h]:mm, TRUE and FALSE; compressed, in base 85.
OLD = """
c-rk)O-NKx6#nj;H_lHw&P-
#Z#Uw(e<|4C24A@vuwsEkADEcuqhbGJ)CR@}ZEgPss5JZclMS?BbSZ(^Dg50$Tj9LUiptWpMP}0Jg*Ewh2n3};1q+q=7anHTyoO{ka@BY8{X2Lf)@~~_Q3
$Oz=qzxAe=ExK!SC;XD^oGI3Z0@9FSXfbTIcXpZ?08o6+QDPU<2?lp5A<=Oz$Z#a(T7NHPpo_yu}flTR~$nFQH9$i@t{<q@(Vp7bhXg?QuDdcMv+_-
+CX(D)nQD8BQ@L2S$s&V5S<6?_p#V~5J??M@QP>gz;%_WYsb#SsrJ(=P;tjpsGKZ<dLc$ZQ=lo<6H73^3U_%n9El$bb$3r9K+Gt980EnC>>lv4+>$S^T!G
|2=gS>`k-KRC7s_vFIxq;MO_o%W>a^)H4^;fh44P#Ncgnm_p(s`9Z%svPP<!Lkk-ix5RcEI;JJb4=wd*6Hr~^(7b+uc!Y^$$kTRR;Qq#C#yin{r{kp0CwZ
+|J0byrBV6U9>Y$?Efx`OLj<Z<{+>!pB82D8Xb-o{bzj3|wRjGWLkZCe%);Ml3c9y(C`ONx4jDfa*|Q*-
~N__6$j#%c8BMcIpN1!kgxltEim(vhPVS`8ixo<*}xz^MSGV;Sp5OYj$!s(KCcvRjY<?F`kCAxiWXDk3viT*s+|N*NojTkJn<P;Fh9KXoln7QL~(8_Em<n
5oep_bmDZ=vs%Qn63^UM7c{p-
?!)i~m^${%qhq6<Rpix=1B{z!v};b1=n@C}))w)tiEkd_7g%eKDf{*zDEswEiIzQS;)!k;njeqYjP~o_aKnNH3l=O`uwcQ$QbNg{GINjC&6_me0v+amofM
_C^_%3s#eVeC(@&p?yU{~=0_XCYKWkuDSzjtgo9zEW#zAU5fi84N99?<OU;4&UbKfUtL+`&^Lix6z&L_?#ZvPhrYU(Q
"""
