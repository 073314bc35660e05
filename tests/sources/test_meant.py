"""What was meant by a file: its encoding, its pages, its merged and hidden cells, the names that it leaves out."""

from __future__ import annotations

import gzip
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest

import indexcalc
from indexcalc.findings import Finding, Refused
from indexcalc.sources import match
from indexcalc.sources.match.matched import Matched
from indexcalc.sources.readers import files
from indexcalc.sources.readers.encodings import encoding_of
from indexcalc.sources.readers.tables import read_tables
from indexcalc.tree import Index
from indexcalc.tree.model import Data

from ..conftest import index_of

UNITS = "id,name,group\n1,城东区,市区\n2,城西区,市区\n3,河口县,郊县\n4,山阳县,郊县\n"
NAMES = ("城东区", "城西区", "河口县", "山阳县")


def project(folder: Path, source: str, *, units: str = UNITS, of_units: str = "", periods: str = "{kind: year}") -> Index:
    (folder / "u.csv").write_text(units, encoding="utf-8")
    return index_of(
        f"index: {{id: t}}\nunits: {{table: u.csv, label: 区县{of_units}}}\nperiods: {periods}\ndata: {{d: {{{source}}}}}\n"
        "defaults: {normalise: points}\ndimensions:\n"
        "  - {id: tax, name: 税收收入, weight: 0.5}\n  - {id: jobs, name: 就业人数, weight: 0.5}\n"
    )


def matched(folder: Path, source: str = "path: d.csv", **changes: Any) -> Matched:
    return match(project(folder, source, **changes), folder)


def said(found: Matched | list[Finding]) -> list[str]:
    findings = found.findings if isinstance(found, Matched) else found
    return sorted(f"{one.place} {one.code}" for one in findings if one.code not in ("IC330", "IC351"))


def values(folder: Path, source: str = "path: d.csv", **changes: Any) -> list[Any]:
    """The values of the newest period, a row a unit."""
    return indexcalc.read(project(folder, source, **changes), folder).values[-1].tolist()


def sheet(
    path: Path, rows: list[list[Any]], merges: tuple[str, ...] = (), hidden: tuple[int, ...] = (), columns: str = ""
) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = "表"
    for row in rows:
        page.append(row)
    for area in merges:
        page.merge_cells(area)
    for row in hidden:
        page.row_dimensions[row].hidden = True
    for column in columns:
        page.column_dimensions[column].hidden = True
    workbook.save(path)


WIDE = "区县,年份,税收收入,就业人数\n" + "".join(f"{name},2023,{i + 1},{10 * i}\n" for i, name in enumerate(NAMES))
RIGHT = [[1, 0], [2, 10], [3, 20], [4, 30]]


class TestEncodings:
    @pytest.mark.parametrize(
        ("text", "written", "read"),
        [
            ("départ,an\nHérault,1\nIsère,2\n", "latin-1", "cp1252"),
            ("Gemeinde;Jahr\nMünchen;1\nKöln;2\nKoblenz;3\n", "cp1252", "cp1252"),
            ("município,ano\nSão João,1\nConceição,2\n", "latin-1", "cp1252"),
            ("鄉鎮,年度,人口\n埔里鎮,111,3\n鹿谷鄉,111,4\n", "big5", "cp950"),
            ("區,件數\n觀塘區,3\n黃大仙區,1\n", "big5", "cp950"),
            ("区县,件数\n衢江区,3\n浔阳区,1\n溧水区,2\n", "gb18030", "gb18030"),
            ("省,值\n海南省,3\n", "gbk", "gb18030"),
            ("一区,值\n一,3\n", "utf-16-le", "utf-16-le"),
            ("区,值\n东,3\n", "utf-16-be", "utf-16-be"),
            ("区,值\n", "utf-8-sig", "utf-8-sig"),
            ("Hérault\n", "utf-8", "utf-8"),
        ],
    )
    def test_which_letters_are_likely(self, text: str, written: str, read: str) -> None:
        assert encoding_of(text.encode(written)) == (read, 0) or encoding_of(text.encode(written))[0] == read

    def test_a_broken_text_is_no_other_encoding(self) -> None:
        assert encoding_of("城东区,城西区\n".encode() + b"\xe9t\xe9") == ("", 20)
        assert encoding_of("城东区,城西区\n".encode("gb18030") + b"\xff\xff")[0] == ""

    def test_names_come_out_right(self, tmp_path: Path) -> None:
        units = "id,name\n1,Nîmes\n2,Orléans\n3,Béziers\n4,Paris\n"
        text = WIDE
        for chinese, name in zip(NAMES, ("Nîmes", "Orléans", "Béziers", "Paris"), strict=True):
            text = text.replace(chinese, name)
        text = text.replace("区县", "unit").replace("年份", "year").replace("税收收入", "tax").replace("就业人数", "jobs")
        (tmp_path / "d.csv").write_bytes(text.encode("latin-1"))
        assert said(matched(tmp_path, units=units)) == ["d.csv IC935"]
        assert values(tmp_path, units=units) == RIGHT


class TestKindsOfFiles:
    @pytest.mark.parametrize("suffix", [".xls", ".xlsx", ".ods"])
    @pytest.mark.parametrize(("mark", "encoding"), [("\t", "utf-16"), (",", "gb18030"), (";", "utf-8")])
    def test_text_under_the_ending_of_a_workbook(self, tmp_path: Path, suffix: str, mark: str, encoding: str) -> None:
        (tmp_path / f"d{suffix}").write_bytes(WIDE.replace(",", mark).encode(encoding))
        assert said(matched(tmp_path, f"path: d{suffix}")) == [f"d{suffix} IC936"]
        assert values(tmp_path, f"path: d{suffix}") == RIGHT

    def test_a_web_page_under_the_ending_of_a_workbook(self, tmp_path: Path) -> None:
        rows = "".join(f"<tr><td>{name}<td>&nbsp;{i + 1},000.5 </td><td>{i}</tr>" for i, name in enumerate(NAMES))
        page = (
            '<html><head><meta charset="gb2312"><style>td {color: red}</style></head><body><table><tr><td colspan=3>报表</table>'
            f"<table><tr><th rowspan=2>区县</th><th colspan=2>2023年</th></tr><tr><th>税收收入</th><th>就业人数</th></tr>{rows}</table>"
        )
        (tmp_path / "d.xls").write_bytes(page.encode("gb18030"))
        found = matched(tmp_path, "path: d.xls, period: 2023")
        assert said(found) == ["d.xls IC936"]
        assert str(found.pieces[0].place(1)) == "d.xls!d!B5"
        assert values(tmp_path, "path: d.xls, period: 2023") == [[1000.5, 0], [2000.5, 1], [3000.5, 2], [4000.5, 3]]

    def test_a_workbook_in_xml(self, tmp_path: Path) -> None:
        def cell(value: Any, more: str = "") -> str:
            kind = "String" if isinstance(value, str) else "Number"
            return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'

        rows = "".join(
            f"<Row>{cell(name)}{cell(2023)}" + cell((i + 1) / 100, ' ss:StyleID="p"') + cell(10 * i, ' ss:Index="5"') + "</Row>"
            for i, name in enumerate(NAMES)
        )
        page = (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
            '<Styles><Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style></Styles><Worksheet ss:Name="2022"><Table/></Worksheet>'
            f'<Worksheet ss:Name="表"><Table><Row>{cell("报表", " ss:MergeAcross=" + chr(34) + "4" + chr(34))}</Row>'
            f'<Row ss:Index="3">{cell("区县")}{cell("年份")}{cell("税收收入(%)")}{cell("空")}{cell("就业人数")}</Row>'
            f"{rows}</Table></Worksheet></Workbook>"
        )
        (tmp_path / "d.xls").write_text(page, encoding="utf-8")
        tables, found, _ = read_tables(Data(path="d.xls"), tmp_path, keys=("区县",))
        assert said(found) == ["d.xls IC936", "d.xls!表 IC367"]
        assert list(tables[0].columns[2]) == ["1%", "2%", "3%", "4%"]
        assert (tables[0].columns[4], str(tables[0].place(1, 4))) == ([0.0, 10.0, 20.0, 30.0], "d.xls!表!E5")
        (tmp_path / "e.xls").write_text("<?xml version='1.0'?><rss/>", encoding="utf-8")
        assert said(read_tables(Data(path="e.xls"), tmp_path, keys=("区县",))[1]) == ["e.xls IC318"]
        (tmp_path / "f.xls").write_text(page[:-40], encoding="utf-8")
        assert said(read_tables(Data(path="f.xls"), tmp_path, keys=("区县",))[1]) == ["f.xls IC305"]

    def test_a_page_without_a_table_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "d.xls").write_text("<!DOCTYPE html><title>请登录</title><p>会话已过期", encoding="utf-8")
        assert "d.xls IC318" in said(matched(tmp_path, "path: d.xls"))

    @pytest.mark.parametrize("suffix", [".csv.gz", ".tsv.gz", ".CSV.GZ"])
    def test_packed(self, tmp_path: Path, suffix: str) -> None:
        text = WIDE.replace(",", "\t") if "tsv" in suffix else WIDE
        (tmp_path / f"d{suffix}").write_bytes(gzip.compress(text.encode("gb18030")))
        assert said(matched(tmp_path, f"path: d{suffix}")) == []
        assert values(tmp_path, f"path: d{suffix}") == RIGHT

    def test_what_is_packed_has_bounds(self, tmp_path: Path) -> None:
        (tmp_path / "d.csv.gz").write_bytes(gzip.compress(bytes(12 << 20)))
        assert "d.csv.gz IC937" in said(matched(tmp_path, "path: d.csv.gz"))
        (tmp_path / "d.csv.gz").write_bytes(gzip.compress(WIDE.encode())[:-12])
        assert "d.csv.gz IC305" in said(matched(tmp_path, "path: d.csv.gz"))
        (tmp_path / "d.csv.gz").write_bytes(WIDE.encode())
        assert "d.csv.gz IC305" in said(matched(tmp_path, "path: d.csv.gz"))

    def test_a_default_password_needs_a_package(self, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        locked = shared / "cases" / "open" / "20-default-password" / "data" / "d.xlsx"
        if not locked.exists():
            pytest.skip("the cases are not there")
        (tmp_path / "d.xlsx").write_bytes(locked.read_bytes())
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "msoffcrypto", None)
            tables, found, _ = read_tables(Data(path="d.xlsx"), tmp_path, keys=("区",))
            assert (tables, said(found)) == ([], ["d.xlsx IC938"])
        pytest.importorskip("msoffcrypto", reason="the extra `locked` is not installed")
        tables, found, _ = read_tables(Data(path="d.xlsx"), tmp_path, keys=("区",))
        assert said(found) == []
        assert tables[0].columns[2] == [1, 2, 3, 4]

    @pytest.mark.skipif(os.name != "posix", reason="pipes have no name here")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "d.csv")
        assert "d.csv IC934" in said(matched(tmp_path))
        log = "path: d.csv, events: {unit: 区县, time: 时间}"
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\n"
            f"data: {{d: {{{log}}}}}\ndimensions: [{{id: a, events: count}}]\n"
        )
        assert "d.csv IC934" in said(match(index, tmp_path, count=False))

    def test_a_folder_that_may_not_be_looked_into(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        index = project(tmp_path, "path: closed/d.csv")
        known = files.os.stat

        def stat(path: Any, *rest: Any, **more: Any) -> os.stat_result:
            if "closed" in str(path):
                raise PermissionError(13, "Permission denied", str(path))
            return known(path, *rest, **more)

        monkeypatch.setattr(files.os, "stat", stat)
        assert "closed/d.csv IC303" in said(match(index, tmp_path))

    def test_bad_bytes_of_a_log_are_told_at_their_line(self, tmp_path: Path) -> None:
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        rows = ["区县,时间", *["城东区,2023-05-01 10:00:00"] * 6]
        (tmp_path / "d.csv").write_bytes("\n".join(rows).encode() + b"\n\xff\xfe,2023-05-02\n")
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\n"
            "data: {d: {path: d.csv, events: {unit: 区县, time: 时间}}}\ndimensions: [{id: a, events: count}]\n"
        )
        assert said(match(index, tmp_path, count=False)) == ["d.csv:8 IC307"]


class TestPages:
    @pytest.mark.parametrize("seed", range(12))
    def test_pages_in_any_order_of_columns_are_one_table(self, tmp_path: Path, seed: int) -> None:
        rng = np.random.default_rng(seed)
        head, *rows = [line.split(",") for line in WIDE.splitlines()]
        lines: list[str] = []
        for number, page in enumerate(np.array_split(rows, rng.integers(1, 4))):
            order = rng.permutation(len(head))
            caption = [[], ["续表"], ["", f"Table 3 (continued {number})"], ["表3 收入和就业（续）", ""]][
                rng.integers(4) if number else 0
            ]
            lines += [*caption, *(",".join(np.array(row)[order]) for row in [head, *page])]
        (tmp_path / "d.csv").write_text("\n".join(lines), encoding="utf-8")
        assert {one.code for one in matched(tmp_path).findings} <= {"IC330", "IC931"}
        assert values(tmp_path) == RIGHT

    def test_a_second_table_with_stacked_headings(self, tmp_path: Path) -> None:
        first = [["区县", "年份", "财政", None], [None, None, "税收收入", "支出"]]
        second = [["区县", "年份", "社会", None], [None, None, "户数", "就业人数"]]
        rows = [
            ["表1"],
            *first,
            *([name, 2023, i + 1, 7] for i, name in enumerate(NAMES)),
            [None],
            ["续表1", None, "单位：人"],
            *second,
        ]
        rows += [[name, 2023, 8, 10 * i] for i, name in enumerate(NAMES)]
        merges = ("A1:D1", "A2:A3", "B2:B3", "C2:D2", "A10:A11", "B10:B11", "C10:D10")
        sheet(tmp_path / "d.xlsx", [*rows, ["资料来源：年鉴"]], merges)
        assert said(matched(tmp_path, "path: d.xlsx")) == ["d.xlsx!表!A11 IC931"]
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    def test_a_second_table_of_other_units_in_columns(self, tmp_path: Path) -> None:
        rows = [
            "指标,城东区,城西区",
            "税收收入,1,2",
            "就业人数,0,10",
            "续表",
            "指标,山阳县,河口县",
            "就业人数,30,20",
            "税收收入,4,3",
        ]
        (tmp_path / "d.csv").write_text("\n".join(rows), encoding="utf-8")
        assert values(tmp_path, "path: d.csv, period: 2023") == RIGHT

    def test_a_table_printed_in_two_columns(self, tmp_path: Path) -> None:
        head, *rows = [line.split(",") for line in WIDE.splitlines()]
        left, right = [head, *rows[:3]], [head, rows[3], [""] * 4, [""] * 4]
        lines = [",".join([*one, "", *other]) for one, other in zip(left, right, strict=True)]
        (tmp_path / "d.csv").write_text("\n".join([*lines, "注：右栏为续表"]), encoding="utf-8")
        found = matched(tmp_path)
        assert said(found) == ["d.csv:1:6 IC931"]
        assert str(found.pieces[-1].place(0)) == "d.csv:2:9"
        assert values(tmp_path) == RIGHT
        (tmp_path / "d.csv").write_text("\n".join(",".join([*one, *one[:1]]) for one in [head, *rows]), encoding="utf-8")
        assert said(matched(tmp_path)) == ["d.csv:1:5 IC310"]

    def test_files_joined_end_to_end(self, tmp_path: Path) -> None:
        head, *rows = WIDE.splitlines(keepends=True)
        (tmp_path / "d.csv").write_text(f"{head}{''.join(rows[:2])}\ufeff{head}{''.join(rows[2:])}", encoding="utf-8-sig")
        assert said(matched(tmp_path)) == []
        assert values(tmp_path) == RIGHT

    def test_a_unit_left_empty_before_other_headings_stays_a_row(self, tmp_path: Path) -> None:
        (tmp_path / "d.csv").write_text(
            "区县,年份,税收收入\n城东区,2023,1\n河口县,2023,\n山阳县,2023,4\n外县,,\n区县,年份,就业人数\n城东区,2023,0\n",
            encoding="utf-8",
        )
        assert "d.csv:5:1 IC342" in said(matched(tmp_path))

    def test_rows_of_words_are_no_headings(self, tmp_path: Path) -> None:
        text = WIDE.replace("就业人数\n", "就业人数,类型,等级\n").replace("\n", ",区县,优\n").replace("等级,区县,优", "等级", 1)
        (tmp_path / "d.csv").write_text(text, encoding="utf-8")
        assert values(tmp_path) == RIGHT


class TestMeasures:
    @pytest.mark.parametrize(
        "row", [",,亿元,万人", "单位,,（亿元）,人", ",年,%,‰", "计量单位,—,元/人,每万人", "Unit,,current US$,thousand persons"]
    )
    def test_a_row_of_measures_is_no_record(self, tmp_path: Path, row: str) -> None:
        head, rest = WIDE.split("\n", 1)
        (tmp_path / "d.csv").write_text(f"{head}\n{row}\n{rest}", encoding="utf-8")
        found = matched(tmp_path)
        assert [one.code for one in found.findings] == ["IC330"]
        assert found.pieces[0].table.measures[2] == row.split(",")[2].replace("（", "(").replace("）", ")")
        assert values(tmp_path) == RIGHT

    def test_under_names_that_are_merged_over_it(self, tmp_path: Path) -> None:
        rows = [["区县", "年份", "税收收入", "就业人数"], [None, None, "亿元", "万人"]]
        sheet(tmp_path / "d.xlsx", [*rows, *([name, 2023, i + 1, 10 * i] for i, name in enumerate(NAMES))], ("A1:A2", "B1:B2"))
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    @pytest.mark.parametrize("row", [",2023,5,6", ",2023,n/a,n/a", ",,城东区,城西区"])
    def test_a_row_without_its_unit_is_still_told(self, tmp_path: Path, row: str) -> None:
        head, rest = WIDE.split("\n", 1)
        (tmp_path / "d.csv").write_text(f"{head}\n{row}\n{rest}", encoding="utf-8")
        assert "d.csv:2:1 IC356" in said(matched(tmp_path))


class TestCells:
    @pytest.mark.parametrize(
        ("rows", "merges", "cell"),
        [
            ([["区县", "年份", "税收收入", "就业人数"], ["城东区", 2023, 9, 1], ["城西区", 2023, None, 2]], ["C2:C3"], "C2"),
            ([["区县", "年份", "税收收入", "就业人数"], ["城东区", 2023, 1, 2], ["城西区", 2023, 7, None]], ["C3:D3"], "C3"),
            ([["指标", "城东区", "城西区"], ["税收收入", 5, None], ["就业人数", 1, 2]], ["B2:C2"], "B2"),
            ([["区县", "指标", 2022, 2023], ["城东区", "税收收入", 5, None], ["城东区", "就业人数", 1, 2]], ["C2:D2"], "C2"),
            ([["区县", "指标", "年份", "数值"], ["城东区", "税收收入", 2023, 5], ["城西区", "税收收入", 2023]], ["D2:D3"], "D2"),
        ],
    )
    def test_a_number_merged_over_several_is_no_ones(self, tmp_path: Path, rows: Any, merges: Any, cell: str) -> None:
        sheet(tmp_path / "d.xlsx", rows, tuple(merges))
        more = ", period: 2023" if rows[0][0] == "指标" else ""
        assert f"d.xlsx!表!{cell} IC930" in said(matched(tmp_path, f"path: d.xlsx{more}"))

    def test_names_periods_words_and_one_units_values_may_be_merged(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["区县", "年份", "税收收入", "就业人数", "备注"]]
        for i, name in enumerate(NAMES):
            rows += [[name, 2022, i + 1, 5, "同上"], [None, 2023, None, 10 * i, None]]
        rows[1][3], rows[3][3] = "n/a", None
        merges = [f"{column}{row}:{column}{row + 1}" for row in (2, 4, 6, 8) for column in "ACE"]
        sheet(tmp_path / "d.xlsx", rows, (*merges, "D2:D2"))
        assert said(matched(tmp_path, "path: d.xlsx")) == []
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    def test_hidden_rows_and_columns_are_read_and_told(self, tmp_path: Path) -> None:
        rows = [line.split(",") for line in WIDE.splitlines()]
        sheet(
            tmp_path / "d.xlsx",
            [rows[0], *([a, int(b), int(c), int(d)] for a, b, c, d in rows[1:])],
            hidden=(3, 4, 9),
            columns="D",
        )
        found = matched(tmp_path, "path: d.xlsx")
        assert said(found) == ["d.xlsx!表 IC933"]
        assert found.findings[0].values == {"rows": 2, "columns": 1, "where": "3:4, D:D", "label": "区县"}
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    def test_hidden_in_open_document(self, tmp_path: Path) -> None:
        def cells(row: str) -> str:
            return "".join(
                f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                for cell in row.split(",")
            )

        names = {"office": "office", "table": "table", "text": "text"}
        spaces = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names.items())
        lines = WIDE.splitlines()
        rows = "".join(
            f"<table:table-row{' table:visibility=' + chr(34) + 'filter' + chr(34) if i == 2 else ''}>{cells(row)}</table:table-row>"
            for i, row in enumerate(lines)
        )
        content = (
            f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='表'>"
            '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        )
        with zipfile.ZipFile(tmp_path / "d.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
            archive.writestr("content.xml", content)
        found = matched(tmp_path, "path: d.ods")
        assert found.findings[0].values == {"rows": 1, "columns": 1, "where": "3:3, C:C", "label": "区县"}

    def test_a_name_that_stands_twice_matters_where_it_is_used(self, tmp_path: Path) -> None:
        head, rest = WIDE.split("\n", 1)
        wider = rest.replace("\n", ",a,b\n")
        (tmp_path / "d.csv").write_text(f"{head},备用,备用\n{wider}", encoding="utf-8")
        assert said(matched(tmp_path)) == ["d.csv:1 IC939"]
        assert values(tmp_path) == RIGHT
        (tmp_path / "d.csv").write_text(f"{head},税收收入,备用\n{wider}", encoding="utf-8")
        assert said(matched(tmp_path)) == ["d.csv:1:5 IC310"]
        (tmp_path / "d.csv").write_text(f"{head},区县,备用\n{wider}", encoding="utf-8")
        assert said(matched(tmp_path)) == ["d.csv:1:5 IC310"]
        (tmp_path / "d.csv").write_text(WIDE, encoding="utf-8")
        units = UNITS.replace("group\n", "group,x,x\n").replace("市区\n", "市区,1,1\n").replace("郊县\n", "郊县,1,1\n")
        assert said(matched(tmp_path, units=units)) == ["u.csv:1 IC939"]


class TestNames:
    def test_an_empty_cell_repeats_the_one_above(self, tmp_path: Path) -> None:
        rows = ["区县,指标,年份,数值"]
        for i, name in enumerate(NAMES):
            rows += [f"{name},税收收入,2022,7", f",,2023,{i + 1}", ",就业人数,2022,7", f",,2023,{10 * i}"]
        (tmp_path / "d.csv").write_text("\n".join(rows), encoding="utf-8")
        assert "IC356" in {one.code for one in matched(tmp_path).findings}
        assert values(tmp_path, "path: d.csv, fill_down: [区县, 指标]") == RIGHT
        assert "IC357" in {one.code for one in matched(tmp_path, "path: d.csv, fill_down: [街道]").findings}

    CITIES = "code,name,city\n11,新城区,甲市\n12,新城区,乙市\n13,老城区,甲市\n14,老城区,丙市\n"

    @pytest.mark.parametrize("order", ["[city, name]", "[name, city]"])
    def test_two_columns_name_a_unit_together(self, tmp_path: Path, order: str) -> None:
        rows = [
            "name,city,年份,税收收入,就业人数",
            "老城区,丙市,2023,4,30",
            "新城区,乙市,2023,2,10",
            "新城区,甲市,2023,1,0",
            "老城区,甲市,2023,3,20",
        ]
        (tmp_path / "d.csv").write_text("\n".join([*rows, "合计,全省,2023,9,9"]), encoding="utf-8")
        known = {"units": self.CITIES, "of_units": ", id: code, group: city"}
        source = f"path: d.csv, unit: {order}, ignore: [合计]"
        assert said(matched(tmp_path, source, **known)) == []
        assert values(tmp_path, source, **known) == RIGHT
        assert {one.code for one in matched(tmp_path, "path: d.csv, unit: name, ignore: [合计]", **known).findings} == {"IC374"}
        (tmp_path / "d.csv").write_text("\n".join([*rows, "新城区,丁市,2023,9,9"]), encoding="utf-8")
        assert said(matched(tmp_path, source, **known)) == ["d.csv:6:1 IC341"]

    def test_the_units_above_may_be_named_beside(self, tmp_path: Path) -> None:
        units = "id,name,level,up\nA,甲市,city,\nB,乙市,city,\n11,新城区,district,A\n12,新城区,district,B\n"
        (tmp_path / "d.csv").write_text(
            "所在市,区县,年份,税收收入,就业人数\n乙市,新城区,2023,2,2\n甲市,新城区,2023,1,1\n", encoding="utf-8"
        )
        found = values(
            tmp_path, "path: d.csv, unit: [所在市, 区县]", units=units, of_units=", level: level, parent: up, score: district"
        )
        assert found[2:] == [[1, 1], [2, 2]]

    def test_two_columns_of_a_frame(self, tmp_path: Path) -> None:
        index = project(tmp_path, "path: d.csv, unit: [city, name]", units=self.CITIES, of_units=", id: code, group: city")
        frame = pd.DataFrame(
            {"city": ["乙市", "甲市"], "name": ["新城区"] * 2, "tax": [2.0, 1.0], "jobs": [2.0, 1.0], "year": 2023}
        )
        index = index.model_copy(update={"_file": tmp_path / "indicators.yaml"})
        panel = indexcalc.sources.frames.panel_of_frame(index, frame, base=tmp_path)
        assert panel.values[0, :2, 0].tolist() == [1, 2]

    def test_an_indicator_may_be_called_so(self, tmp_path: Path) -> None:
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        (tmp_path / "d.csv").write_text("区县,年份,指标\n城东区,2023,5\n", encoding="utf-8")
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.csv}}\ndimensions: [{id: a, name: 指标}]\n"
        )
        assert indexcalc.read(index, tmp_path).values[0, 0].tolist() == [5]


def export(indicator: str, number: int, *, mark: str = "指标：") -> str:
    rows = "".join(f"{name},{number + i},{i}\n" for i, name in enumerate(NAMES))
    return f"数据库：分县年度数据\n{mark}{indicator}\n时间：最近2年\n地区,2023年,2022年\n{rows}注：快报数。\n数据来源：统计局\n"


class TestOneIndicatorAFile:
    def test_many_files_are_one_source(self, tmp_path: Path) -> None:
        for name, text in {
            "年度数据.csv": export("税收收入(亿元)", 1),
            "年度数据 (1).csv": export("就业人数（万人）", 11),
            "年度数据 (2).csv": export("户数(户)", 21),
        }.items():
            (tmp_path / name).write_bytes(text.encode("gb18030"))
        found = matched(tmp_path, 'path: "年度数据*.csv"')
        assert said(found) == []
        assert [one.values["names"] for one in found.findings if one.code == "IC351"] == [["户数(户)"]]
        assert values(tmp_path, 'path: "年度数据*.csv"') == [[1, 11], [2, 12], [3, 13], [4, 14]]

    def test_in_english(self, tmp_path: Path) -> None:
        for name, indicator in (("a1", "Tax Revenue(100 million yuan)"), ("a2", "Jobs (10000 persons)")):
            text = (
                export(indicator, 1, mark="Indicator: ")
                .replace("地区", "Region")
                .replace("年", "")
                .replace("数据来源：", "Data Sources: ")
            )
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        index = index_of(
            'index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: "a*.csv"}}\n'
            "dimensions: [{id: tax, name_en: Tax Revenue, weight: 0.5}, {id: jobs, name_en: Jobs, weight: 0.5}]\n"
        )
        assert indexcalc.read(index, tmp_path).values[-1].tolist() == [[1, 1], [2, 2], [3, 3], [4, 4]]

    @pytest.mark.parametrize("mark", ["指标,", "Indicator: ", "指标名称："])
    def test_tables_below_each_other(self, tmp_path: Path, mark: str) -> None:
        (tmp_path / "d.csv").write_text(
            export("税收收入", 1, mark=mark) + "\n" + export("就业人数(万人)", 11, mark=mark), encoding="utf-8"
        )
        assert values(tmp_path) == [[1, 11], [2, 12], [3, 13], [4, 14]]

    def test_the_name_may_be_near(self, tmp_path: Path) -> None:
        (tmp_path / "a1.csv").write_text(export("税收收入(亿元)", 1), encoding="utf-8")
        (tmp_path / "a2.csv").write_text(export("年末就业人数(万人)", 1), encoding="utf-8")
        found = [one for one in matched(tmp_path, 'path: "a*.csv"').findings if one.severity == "error"]
        assert [(one.code, one.values["near"]) for one in found] == [("IC344", "年末就业人数")]

    def test_one_indicator_needs_no_name(self, tmp_path: Path) -> None:
        (tmp_path / "d.csv").write_text(export("税收总额(亿元)", 1), encoding="utf-8")
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.csv}}\ndimensions: [{id: tax, name: 税收}]\n"
        )
        assert indexcalc.read(index, tmp_path).values[1, :, 0].tolist() == [1, 2, 3, 4]


class TestPassedBy:
    @pytest.mark.parametrize(
        ("pattern", "fitting", "others", "told"),
        [
            ("{period}年", ["2021年", "2022年"], ["2023", "说明", "2022年 (2)", "2024年计划", "2021-2022对比"], ["2023"]),
            ("FY{period}", ["FY2021", "FY2022"], ["FY 2023", "Notes 2023", "Sheet1"], ["FY 2023"]),
            ("数据{period}", ["数据2022Q1", "数据2022Q2"], ["2022Q3数据(修订)", "备用2022Q3"], ["2022Q3数据(修订)"]),
            ("{period}", ["2021", "2022"], ["二〇二三", "2023新", "目录"], ["2023新"]),
            ("第{period}轮", ["第1轮", "第2轮"], ["第 3 轮", "轮次说明"], ["第 3 轮"]),
            ("*", ["2021", "2022"], [], []),
        ],
    )
    def test_names_that_were_written_in_another_way(
        self, pattern: str, fitting: list[str], others: list[str], told: list[str]
    ) -> None:
        assert files.passed_by(pattern, fitting, others) == told

    def test_files_and_folders(self, tmp_path: Path) -> None:
        table = "区县,税收收入,就业人数\n" + "".join(f"{name},1,1\n" for name in NAMES)
        for name in (
            "税收2021年.csv",
            "税收2022年.csv",
            "税收_2023.csv",
            "税收说明.csv",
            "户数2023.csv",
            "2021/x.csv",
            "2022年度/x.csv",
        ):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(table, encoding="utf-8")
        assert said(matched(tmp_path, 'path: "税收{period}年.csv"')) == ["税收_2023.csv IC932"]
        assert said(matched(tmp_path, 'path: "202?/x.csv", period: 2021')) == ["2022年度 IC932"]
        both = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\n"
            'data: {d: {path: "税收{period}年.csv"}, e: {path: 税收_2023.csv, period: 2023}}\n'
            "dimensions: [{id: tax, name: 税收收入, source: d, weight: 0.5}, {id: jobs, name: 就业人数, source: e, weight: 0.5}]\n"
        )
        assert "IC932" not in {one.code for one in match(both, tmp_path).findings}

    def test_a_source_that_is_refused_says_no_more(self, tmp_path: Path) -> None:
        with pytest.raises(Refused):
            indexcalc.read(project(tmp_path, 'path: "none{period}.csv"'), tmp_path)

    def test_a_file_is_looked_into_before_it_is_called_that_of_a_period(self, tmp_path: Path) -> None:
        table = "区县,税收收入,就业人数\n" + "".join(f"{name},1,1\n" for name in NAMES)
        for name, text in {
            "data2021.csv": table,
            "data2022.csv": table,
            "metadata2023.csv": "列名,含义\na,b\n",
            "户数data2023.csv": "区县,户数\n城东区,1\n",
            "xdata2023.csv": "区县,指标,数值\n城东区,税收收入,5\n",
        }.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        assert said(matched(tmp_path, 'path: "data{period}.csv"')) == ["xdata2023.csv IC932"]


class TestKinds:
    @pytest.mark.parametrize(("suffix", "kind"), [(".xls", "xlsx"), (".ods", "xlsx")])
    def test_a_workbook_under_the_ending_of_another(self, tmp_path: Path, suffix: str, kind: str) -> None:
        rows = [line.split(",") for line in WIDE.splitlines()]
        sheet(tmp_path / "d.xlsx", [rows[0], *([a, int(b), int(c), int(d)] for a, b, c, d in rows[1:])])
        (tmp_path / "d.xlsx").rename(tmp_path / f"d{suffix}")
        found = matched(tmp_path, f"path: d{suffix}")
        if suffix == ".ods":  # both are packed: what is in them tells
            assert [one.code for one in found.findings if one.severity == "error"] == ["IC305"]
            return
        assert said(found) == ["d.xls IC936"]
        assert kind in found.findings[0].values["kind"]
        assert values(tmp_path, f"path: d{suffix}") == RIGHT

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
    @pytest.mark.parametrize("ending", ["xls", "csv", "txt"])
    def test_wide_letters_under_any_ending(self, tmp_path: Path, encoding: str, ending: str) -> None:
        (tmp_path / f"d.{ending}").write_bytes(WIDE.replace(",", "\t").encode(encoding))
        assert values(tmp_path, f"path: d.{ending}") == RIGHT

    def test_cells_between_bars(self, tmp_path: Path) -> None:
        (tmp_path / "d.txt").write_text(WIDE.replace(",", "|"), encoding="gb18030")
        assert values(tmp_path, "path: d.txt") == RIGHT


class TestMarkedNames:
    def test_footnotes_behind_units_headings_and_periods(self, tmp_path: Path) -> None:
        text = (
            WIDE.replace("城西区", "城西区①")
            .replace("山阳县", "山阳县¹⁾")
            .replace("税收收入", "税收收入²")
            .replace("2023", "2023³")
        )
        (tmp_path / "d.csv").write_text(text, encoding="utf-8")
        assert said(matched(tmp_path)) == []
        assert values(tmp_path) == RIGHT

    def test_a_footnote_in_the_rich_text_of_a_heading(self, tmp_path: Path) -> None:
        from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
        from openpyxl.cell.text import InlineFont  # type: ignore[import-untyped]

        above = TextBlock(InlineFont(vertAlign="superscript"), "1")
        rows: list[list[Any]] = [["区县", 2022, CellRichText("2023", above)], *([name, 9, i + 1] for i, name in enumerate(NAMES))]
        sheet(tmp_path / "d.xlsx", rows)
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.xlsx}}\ndimensions: [{id: tax, name: 税收}]\n"
        )
        assert indexcalc.read(index, tmp_path).values[1, :, 0].tolist() == [1, 2, 3, 4]

    def test_a_square_is_no_footnote(self, tmp_path: Path) -> None:
        (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
        (tmp_path / "d.csv").write_text("区县,年份,绿地 km²,绿地¹,CO²,R²,GDP¹\n城东区,2023,5,7,1,2,3\n", encoding="utf-8")
        index = index_of(
            "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.csv}}\ndefaults: {weights: equal}\n"
            'dimensions: [{id: a, column: "绿地 km²"}, {id: b, name: 绿地}, {id: c, column: CO²}, {id: r, name: R²}, {id: GDP}]\n'
        )
        assert indexcalc.read(index, tmp_path).values[0, 0].tolist() == [5, 7, 1, 2, 3]

    def test_names_that_are_spread_out(self, tmp_path: Path) -> None:
        text = "区　县,年 份,税收收入,就业人数\n" + WIDE.split("\n", 1)[1]
        for name in NAMES:
            text = text.replace(name, " ".join(name))
        (tmp_path / "d.csv").write_text(text, encoding="utf-8")
        assert values(tmp_path) == RIGHT

    def test_numbers_of_a_program_are_codes(self, tmp_path: Path) -> None:
        text = WIDE
        for at, name in enumerate(NAMES, start=1):
            text = text.replace(name, f"{at}.0")
        (tmp_path / "d.csv").write_text(text.replace("区县", "id").replace("2023", "2023.0"), encoding="utf-8")
        assert values(tmp_path) == RIGHT
