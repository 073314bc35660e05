"""Tables as people make them: every mess in a file of its own, every finding and cell at its address."""

# ruff: noqa: DTZ001 - cells of a workbook know no time zone

from __future__ import annotations

import base64
import math
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter

from indexcalc.findings import Finding
from indexcalc.sources.readers.files import matching
from indexcalc.sources.readers.records import repeated
from indexcalc.sources.readers.table import Table, name_of
from indexcalc.sources.readers.tables import read_tables
from indexcalc.tree.model import Data

Read = tuple[list[Table], list[Finding], list[Path]]


def read(base: Path, path: str, keys: tuple[str, ...] = ("区",), **options: Any) -> Read:
    return read_tables(Data(path=path, **options), base, keys=keys)


def read_text(base: Path, text: str | bytes, name: str = "a.csv", **options: Any) -> Read:
    (base / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read(base, name, **options)


def told(found: list[Finding]) -> list[str]:
    return [f"{one.place} {one.code}" for one in found]


def one(result: Read) -> Table:
    tables, found, _ = result
    assert told(found) == []
    assert len(tables) == 1
    return tables[0]


class TestCsv:
    def test_plain(self, tmp_path: Path) -> None:
        table = one(read_text(tmp_path, "区,期次,立案数\n荔湾区,2021Q1,5\n越秀区,2021Q1,6\n"))
        assert (table.file, table.sheet, table.period, table.header_line) == ("a.csv", "", None, 1)
        assert table.names == table.qualified == ("区", "期次", "立案数")
        assert [list(column) for column in table.columns] == [["荔湾区", "越秀区"], ["2021Q1", "2021Q1"], ["5", "6"]]
        assert str(table.place(1, 2)) == "a.csv:3:3"
        assert str(table.header_place(2)) == "a.csv:1:3"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        table = one(read_text(tmp_path, "区,立案数\n荔湾区,5\n".encode(encoding)))
        assert table.names == ("区", "立案数")
        assert table.columns[0][0] == "荔湾区"

    def test_bytes_of_no_encoding(self, tmp_path: Path) -> None:
        _, found, _ = read_text(tmp_path, "区,a\n".encode("gb18030") + b"\xff\xff,1\n")
        assert told(found) == ["a.csv:2 IC307"]

    def test_one_bad_byte_in_utf8_is_not_taken_for_gb18030(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, "区,立案数\n荔湾区,".encode() + b"\xb0\xa1\n")
        assert tables == []
        assert told(found) == ["a.csv:2 IC307"]

    def test_zero_bytes(self, tmp_path: Path) -> None:
        assert told(read_text(tmp_path, "区,a\n荔湾,\0\n")[1]) == ["a.csv:2 IC319"]
        assert told(read_text(tmp_path, "区,a\n1,2\n".encode("utf-16-le")[:-1], "b.csv")[1])[0].endswith("IC319")

    @pytest.mark.parametrize("text", ["", "\n\n", ",,\n , \n", "\ufeff"])
    def test_empty(self, tmp_path: Path, text: str) -> None:
        assert read_text(tmp_path, text)[0] == []
        assert told(read_text(tmp_path, text)[1]) == ["a.csv IC308"]

    def test_header_only(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, "区,a\n")
        assert told(found) == ["a.csv:1 IC309"]
        assert found[0].severity == "warning"
        assert tables[0].columns == ([], [])

    def test_lines_count_as_an_editor_counts_them(self, tmp_path: Path) -> None:
        table = one(read_text(tmp_path, '区,a\r\n"荔湾\r\n区",1\r\n\r\n越秀区,2\r\n'))
        assert list(table.lines) == [2, 5]
        assert table.columns[0][0] == "荔湾\r\n区"

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.csv", "区;a\n荔湾区;1,5\n"),
            ("a.csv", "表一，单位;件\n区;a\n荔湾区;1,5\n"),
            ("a.tsv", "区\ta\n荔湾区\t1,5\n"),
            ("a.txt", "区\ta\n荔湾区\t1,5\n"),
            ("a.csv", "区\ta\n荔湾区\t1,5\n"),
            ("a.csv", "sep=;\n区;a\n荔湾区;1,5\n"),
            ("a.csv", '区,a\n荔湾区,"1,5"\n'),
        ],
    )
    def test_separators(self, tmp_path: Path, name: str, text: str) -> None:
        table = one(read_text(tmp_path, text, name))
        assert [list(column) for column in table.columns] == [["荔湾区"], ["1,5"]]
        assert list(table.lines) == [text.count("\n")]

    def test_title_rows(self, tmp_path: Path) -> None:
        table = one(read_text(tmp_path, "2022年治安情况,,\n单位：件,,\n\n区,a,b\n荔湾区,1,2\n"))
        assert (table.header_line, table.names, table.lines) == (4, ("区", "a", "b"), range(5, 6))

    def test_without_keys_the_first_filled_row_is_the_header(self, tmp_path: Path) -> None:
        assert one(read_text(tmp_path, "\nx,y\n区,1\n", keys=())).names == ("x", "y")

    def test_header_by_number(self, tmp_path: Path) -> None:
        assert one(read_text(tmp_path, "区,old\n区,a\n荔湾区,1\n", header=2)).names == ("区", "a")
        assert told(read_text(tmp_path, "区,a\n\n荔湾区,1\n", header=2)[1]) == ["a.csv:2:1 IC320"]
        assert told(read_text(tmp_path, "区,a\n", header=9)[1]) == ["a.csv:9:1 IC320"]

    def test_records_of_other_lengths(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, "区,a,b\n荔湾区,1,2,\n越秀区,1,2,3\n天河区,1\n海珠区,1,2\n")
        assert told(found) == ["a.csv:3:4 IC312", "a.csv:4 IC313"]
        assert [one.values["count"] for one in found] == [4, 2]
        assert list(tables[0].columns[2]) == ["2", "2", "", "2"]

    def test_commas_after_the_last_column_are_no_column(self, tmp_path: Path) -> None:
        assert one(read_text(tmp_path, "区,a,,\n荔湾区,1,,\n越秀区,2\n")).names == ("区", "a")

    def test_a_column_without_a_name_is_noted(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, "区,,a\n荔湾区,x,1\n")
        assert told(found) == ["a.csv:1:2 IC333"]
        assert tables[0].names == ("区", "", "a")
        assert one(read_text(tmp_path, "区,,a\n荔湾区,,1\n")).positions == (1, 3)

    def test_names_are_normalised(self, tmp_path: Path) -> None:
        assert one(read_text(tmp_path, "\u200b区 ,立案数（件）,ａ　 b\n荔湾区,1,2\n")).names == ("区", "立案数(件)", "a b")

    def test_the_same_name_twice(self, tmp_path: Path) -> None:
        table = one(read_text(tmp_path, "区,a,b, a\n荔湾区,1,2,3\n"))
        found = repeated(table, {"a"})
        assert told(found) == ["a.csv:1:4 IC310"]
        assert found[0].values == {"name": "a", "first": "B"}
        assert told(repeated(table, {"b"})) == ["a.csv:1 IC939"]

    @pytest.mark.parametrize("cell", ['"荔湾区,1\n越秀区,2\n', '"荔"湾区,1\n'])
    def test_quotes(self, tmp_path: Path, cell: str) -> None:
        assert told(read_text(tmp_path, "区,a\n海珠区,1\n" + cell)[1]) == ["a.csv:3 IC311"]

    @pytest.mark.parametrize(
        "note",
        ["2020、2021、2022年数据为初步核算数", "注：1，2，3", "电话：8333，8334，8335", "8333;8334;8335", "本表1，2，3为估算"],
    )
    def test_notes_with_numbers_are_notes(self, tmp_path: Path, note: str) -> None:
        assert told(read_text(tmp_path, f"区,a,b\n荔湾区,1,2\n{note}\n")[1]) == ["a.csv:3:1 IC330"]

    def test_a_note_goes_on_in_lines_that_begin_with_its_marks(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, "区,年份,a\n荔湾区,2022,1②\n注：① 初步数\n② 修订数\n③ Est\n")
        assert told(found) == [f"a.csv:{line}:1 IC330" for line in (3, 4, 5)]
        assert list(tables[0].columns[0]) == ["荔湾区"]

    def test_notes_are_quoted_and_units_without_values_kept(self, tmp_path: Path) -> None:
        text = (
            "区,a\n荔湾区,1\n越秀区,\n注：含流动人口，口径与上年一致\n\n张三\n天河区,3\n填表人：李四,审核人：王五\n" + "长" * 60
        )
        tables, found, _ = read_text(tmp_path, text)
        assert told(found) == ["a.csv:4:1 IC330", "a.csv:6:1 IC330", "a.csv:8:1 IC330", "a.csv:9:1 IC330"]
        assert {one.severity for one in found} == {"note"}
        assert found[3].values["note"] == "长" * 40 + "…"
        assert list(tables[0].columns[0]) == ["荔湾区", "越秀区", "天河区"]
        assert list(tables[0].lines) == [2, 3, 7]

    def test_a_single_column_has_no_notes(self, tmp_path: Path) -> None:
        assert list(one(read_text(tmp_path, "区\n荔湾区\n\n越秀区\n")).columns[0]) == ["荔湾区", "越秀区"]


class TestFiles:
    def test_patterns_in_codepoint_order(self, tmp_path: Path) -> None:
        for name in ("b.csv", "a.csv", "~$a.csv", ".a.csv", "c.txt", "sub/d.csv", "sub/deep/e.csv"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("区,a\nx,1\n", encoding="utf-8")
        (tmp_path / "folder.csv").mkdir()
        tables, found, files = read(tmp_path, "*.csv")
        assert ([table.file for table in tables], found) == (["a.csv", "b.csv"], [])
        assert files == [tmp_path / "a.csv", tmp_path / "b.csv"]
        assert [path for path, _ in matching("**/*.csv", str(tmp_path))] == [
            "a.csv", "b.csv", "sub/d.csv", "sub/deep/e.csv",
        ]  # fmt: skip
        assert [path for path, _ in matching("?.*", str(tmp_path))] == ["a.csv", "b.csv", "c.txt"]
        assert [path for path, _ in matching("s*/*.csv", str(tmp_path))] == ["sub/d.csv"]

    def test_shown_from_the_root(self, tmp_path: Path) -> None:
        (tmp_path / "p").mkdir()
        (tmp_path / "a.csv").write_text("区,a\nx,1\n", encoding="utf-8")
        (tmp_path / "p" / "a.csv").write_text("区,a\nx,1\n", encoding="utf-8")
        data = Data(path="a.csv")
        assert read_tables(data, tmp_path / "p")[0][0].file == "a.csv"
        assert read_tables(Data(path="../a.csv"), tmp_path / "p")[0][0].file == "../a.csv"
        assert read_tables(Data(path=str(tmp_path / "p" / "a.csv")), tmp_path)[0][0].file == "p/a.csv"
        assert read_tables(Data(path="p\\a.csv"), tmp_path)[0][0].file == "p/a.csv"

    def test_period_of_the_path(self, tmp_path: Path) -> None:
        for name in ("公安局2022Q1.csv", "公安局2022Q2.csv", "其他.csv"):
            (tmp_path / name).write_text("区,a\nx,1\n", encoding="utf-8")
        assert [table.period for table in read(tmp_path, "公安局{period}.csv")[0]] == ["2022Q1", "2022Q2"]
        assert [table.period for table in read(tmp_path, "*{period}.csv")[0]] == ["2022Q1", "2022Q2", "其他"]
        for name in ("2022/2022.csv", "2023/2022.csv"):
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).write_text("区,a\nx,1\n", encoding="utf-8")
        assert matching("{period}/{period}.csv", str(tmp_path)) == [("2022/2022.csv", "2022")]

    def test_missing(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "official.csv").write_text("区,a\n", encoding="utf-8")
        for path, code, near in [
            ("data/offical.csv", "IC301", "data/official.csv"),
            ("dat/official.csv", "IC301", "data"),
            ("data/zzz.csv", "IC301", ""),
            ("data/oficial*.csv", "IC302", "data/official.csv"),
            ("nowhere/*.csv", "IC302", ""),
        ]:
            tables, found, files = read(tmp_path, path)
            assert (tables, files, found[0].code, found[0].values["near"]) == ([], [], code, near)

    def test_a_folder_and_an_unknown_suffix(self, tmp_path: Path) -> None:
        (tmp_path / "d").mkdir()
        assert told(read(tmp_path, "d")[1]) == ["d IC323"]
        assert told(read_text(tmp_path, "x", "a.docx")[1]) == ["a.docx IC304"]
        assert told(read_text(tmp_path, "x", "none")[1]) == ["none IC304"]

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="may read everything")
    def test_no_right_to_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("区,a\n", encoding="utf-8")
        (tmp_path / "a.csv").chmod(0)
        assert told(read(tmp_path, "a.csv")[1]) == ["a.csv IC303"]

    def test_what_cannot_be_opened(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").symlink_to(tmp_path / "a.csv")
        (tmp_path / "b.csv").write_text("区,a\nx,1\n", encoding="utf-8")
        assert told(read(tmp_path, "a" * 300 + ".csv")[1])[0].endswith("IC301")
        tables, found, files = read(tmp_path, "*.csv")
        assert [table.file for table in tables] == ["b.csv"]
        assert told(found) == ["a.csv IC303"]
        assert files == [tmp_path / "b.csv"]

    def test_the_content_of_another_kind(self, tmp_path: Path) -> None:
        book(tmp_path, [["区"], ["x"]]).rename(tmp_path / "b.xls")
        tables, found, _ = read(tmp_path, "b.xls")
        assert told(found) == ["b.xls IC936"]
        assert tables[0].columns == (["x"],)
        assert told(read_text(tmp_path, "<html><table>", "c.xls")[1]) == ["c.xls IC318"]
        assert told(read_text(tmp_path, b"PK\x03\x04....", "d.csv")[1]) == ["d.csv IC318"]
        assert told(read_text(tmp_path, b"PAR1....", "e.xlsx")[1]) == ["e.xlsx IC318"]

    def test_nothing_heavy_is_imported(self) -> None:
        # the packages around these modules import what they need themselves, so they are stood in for
        code = (
            "import sys, types, importlib.util as u\n"
            "top = u.find_spec('indexcalc').submodule_search_locations[0]\n"
            "for name, path in (('indexcalc', top), ('indexcalc.sources', top + '/sources')):\n"
            "    sys.modules[name] = types.ModuleType(name); sys.modules[name].__path__ = [path]\n"
            "import indexcalc.sources.readers.tables, indexcalc.sources.readers.numbers, indexcalc.sources.readers.csv\n"
            "import indexcalc.sources.readers.excel, indexcalc.sources.readers.parquet\n"
            "print({'numpy', 'pandas', 'pyarrow', 'python_calamine', 'pydantic'} & set(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "set()"

    def test_many_small_files_are_read_quickly(self, tmp_path: Path) -> None:
        import time

        for number in range(20):
            lines = "".join(f"区{i},2021Q1,{i}.5,{i}\n" for i in range(88))
            (tmp_path / f"{number}.csv").write_text("区,期次,a,b\n" + lines, encoding="utf-8")
        read(tmp_path, "*.csv")
        started = time.perf_counter()
        read(tmp_path, "*.csv")
        assert time.perf_counter() - started < 0.1  # about 3 ms; the rest is for a busy machine


def book(base: Path, rows: Sequence[Sequence[Any]], name: str = "a.xlsx", merged: tuple[str, ...] = ()) -> Path:
    """Write rows as the first sheet of a workbook, with cells merged over the given ranges."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "表"
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    workbook.save(base / name)
    return base / name


class TestWorkbooks:
    def test_addresses_are_those_of_the_sheet(self, tmp_path: Path) -> None:
        book(tmp_path, [[], [None, "区", "a"], [None, "荔湾区", 1], [None, "越秀区", 2.5]])
        table = one(read(tmp_path, "a.xlsx"))
        assert (table.sheet, table.header_line, table.positions) == ("表", 2, (2, 3))
        assert list(table.columns[1]) == [1.0, 2.5]
        assert str(table.place(1, 1)) == "a.xlsx!表!C4"
        assert str(table.header_place(0)) == "a.xlsx!表!B2"

    def test_title_rows_and_notes(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["2022年一季度"],
            ["单位：件"],
            ["区", "a"],
            ["荔湾区", 1],
            ["越秀区"],
            [],
            ["注：快报数"],
            ["填表人", "张三"],
        ]
        book(tmp_path, rows, merged=("A1:B1",))
        tables, found, _ = read(tmp_path, "a.xlsx")
        assert told(found) == ["a.xlsx!表!A7 IC330"]
        assert list(tables[0].columns[0]) == ["荔湾区", "越秀区", "填表人"]
        assert list(tables[0].lines) == [4, 5, 8]

    def test_a_heading_merged_over_the_table_is_a_note(self, tmp_path: Path) -> None:
        book(tmp_path, [["区", "a"], ["中心城区"], ["荔湾区", 1]], merged=("A2:B2",))
        assert told(read(tmp_path, "a.xlsx")[1]) == ["a.xlsx!表!A2 IC330"]

    def test_key_merged_over_two_header_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["情况表"], ["区", "警情", None, "备注"], [None, "刑事", "治安", None], ["荔湾区", 1, 2, "x"]]
        book(tmp_path, rows, merged=("A1:D1", "A2:A3", "B2:C2", "D2:D3"))
        table = one(read(tmp_path, "a.xlsx"))
        assert table.header_line == 3
        assert table.names == ("区", "刑事", "治安", "备注")
        assert table.qualified == ("区", "警情/刑事", "警情/治安", "备注")
        assert str(table.place(0, 2)) == "a.xlsx!表!C4"

    def test_groups_above_the_key(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["情况表"],
            [None, "警情", None, "信访", None],
            ["区", "总数", "同比", "总数", "同比"],
            ["荔湾区", 1, 2, 3, 4],
        ]
        book(tmp_path, rows, merged=("A1:E1", "B2:C2", "D2:E2"))
        table = one(read(tmp_path, "a.xlsx"))
        assert table.names == ("区", "总数", "同比", "总数", "同比")
        assert table.qualified == ("区", "警情/总数", "警情/同比", "信访/总数", "信访/同比")

    def test_groups_beside_the_key(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["区", "警情", None], [None, "刑事", "治安"], ["荔湾区", 1, 2]]
        book(tmp_path, rows, merged=("B1:C1",))
        table = one(read(tmp_path, "a.xlsx"))
        assert (table.header_line, table.qualified) == (2, ("区", "警情/刑事", "警情/治安"))
        assert list(table.lines) == [3]

    def test_three_header_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["区", "平安", None, None],
            [None, "警情", None, "信访"],
            [None, "刑事", "治安", None],
            ["荔湾区", 1, 2, 3],
        ]
        book(tmp_path, rows, merged=("A1:A3", "B1:D1", "B2:C2", "D2:D3"))
        table = one(read(tmp_path, "a.xlsx"))
        assert table.names == ("区", "刑事", "治安", "信访")
        assert table.qualified == ("区", "平安/警情/刑事", "平安/警情/治安", "平安/信访")

    def test_a_line_of_remarks_above_the_header_is_no_header(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["填报单位：公安局", None, None, "单位：件", None],
            ["区", "a", "b", "c", "d"],
            ["荔湾区", 1, 2, 3, 4],
        ]
        book(tmp_path, rows, merged=("A1:C1", "D1:E1"))
        assert one(read(tmp_path, "a.xlsx")).qualified == ("区", "a", "b", "c", "d")

    def test_cells_merged_in_the_body_are_filled_down(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["区", "月", "a"], ["荔湾区", 1, 5], [None, 2, 6], [None, 3, 7], ["越秀区", 1, 8]]
        book(tmp_path, rows, merged=("A2:A4",))
        assert list(one(read(tmp_path, "a.xlsx")).columns[0]) == ["荔湾区", "荔湾区", "荔湾区", "越秀区"]

    def test_merged_cells_outside_of_the_table(self, tmp_path: Path) -> None:
        book(tmp_path, [["区", "a"], ["荔湾区", 1]], merged=("B2:B9", "D1:F4", "H1:H5", "A12:C12"))
        assert [list(column) for column in one(read(tmp_path, "a.xlsx")).columns] == [["荔湾区"], [1.0]]

    def test_dates_errors_and_percentages(self, tmp_path: Path) -> None:
        workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
        sheet = workbook.add_worksheet("表")
        sheet.write_row(0, 0, ["区", "日期", "a", "b", 2021])
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write(1, 0, "荔湾区")
        sheet.write_datetime(1, 1, date(2022, 3, 1), day)
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_number(1, 3, 0.853, workbook.add_format({"num_format": "0.0%"}))
        sheet.write(1, 4, True)
        sheet.write(2, 0, "越秀区")
        sheet.write_datetime(2, 1, datetime(2022, 3, 1, 8, 30), day)
        sheet.write_formula(2, 2, "=NA()", None, "#N/A")
        sheet.write_number(2, 3, 0.5, workbook.add_format({"num_format": '0.0"%"'}))
        sheet.write_number(2, 4, 7)
        workbook.close()
        table = one(read(tmp_path, "a.xlsx"))
        assert table.names[4] == "2021"
        assert list(table.columns[1]) == ["2022-03-01", "2022-03-01 08:30:00"]
        assert list(table.columns[2]) == ["#DIV/0!", "#N/A"]
        assert list(table.columns[3]) == ["85.3%", 0.5]
        assert list(table.columns[4]) == [True, 7.0]
        assert str(table.place(0, 2)) == "a.xlsx!表!C2"

    def test_formulas_never_computed(self, tmp_path: Path) -> None:
        book(tmp_path, [["区", "a"], ["荔湾区", "=1+1"], ["越秀区", "=2+2"]])
        _, found, _ = read(tmp_path, "a.xlsx")
        assert told(found) == ["a.xlsx!表!B2 IC322"]
        assert found[0].values == {"count": 2}

    def test_the_same_name_twice(self, tmp_path: Path) -> None:
        book(tmp_path, [["区", "a", "a"], ["荔湾区", 1, 2]])
        assert told(repeated(one(read(tmp_path, "a.xlsx")), {"a"})) == ["a.xlsx!表!C1 IC310"]

    def test_header_only_and_empty(self, tmp_path: Path) -> None:
        book(tmp_path, [["区", "a"]])
        _, found, _ = read(tmp_path, "a.xlsx")
        assert [(one.code, one.place.line) for one in found] == [("IC309", 1)]
        book(tmp_path, [])
        assert told(read(tmp_path, "a.xlsx")[1]) == ["a.xlsx IC308"]
        assert told(read(tmp_path, "a.xlsx", sheet="表")[1]) == ["a.xlsx!表 IC308"]

    def test_sheets(self, tmp_path: Path) -> None:
        workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
        for name in ("空", "隐2020", "2021", "2022", "说明"):
            sheet = workbook.add_worksheet(name)
            if name != "空":
                sheet.write_column(0, 0, ["区", name])
        workbook.worksheets()[1].hide()
        workbook.close()
        tables, found, _ = read(tmp_path, "a.xlsx")
        assert ([table.sheet for table in tables], told(found)) == (["2021"], ["a.xlsx!2021 IC367"])
        assert found[0].values["others"] == ["空", "2022", "说明"]
        assert one(read(tmp_path, "a.xlsx", sheet="2022")).period is None
        assert one(read(tmp_path, "a.xlsx", sheet="隐2020")).columns[0][0] == "隐2020"
        tables, found, _ = read(tmp_path, "a.xlsx", sheet="{period}")
        assert [(table.sheet, table.period) for table in tables][:2] == [("2021", "2021"), ("2022", "2022")]
        assert told(found) == ["a.xlsx!隐2020 IC332"]
        assert [table.sheet for table in read(tmp_path, "a.xlsx", sheet="20*")[0]] == ["2021", "2022"]
        _, found, _ = read(tmp_path, "a.xlsx", sheet="2032")
        assert (told(found), found[0].values["near"]) == (["a.xlsx IC306"], "2022")

    def test_damaged(self, tmp_path: Path) -> None:
        content = book(tmp_path, [["区"], ["x"]]).read_bytes()
        for name, wrong, code in [
            ("zero.xlsx", b"", "IC308"),
            ("cut.xlsx", content[: len(content) // 2], "IC305"),
            ("text.xlsx", b"hello", "IC318"),
            ("text.xls", b"hello", "IC318"),
            ("text.ods", b"hello", "IC318"),
        ]:
            tables, found, _ = read_text(tmp_path, wrong, name)
            assert (tables, told(found)) == ([], [f"{name} {code}"])
        with zipfile.ZipFile(tmp_path / "a.xlsx") as whole, zipfile.ZipFile(tmp_path / "half.xlsx", "w") as half:
            for name in whole.namelist():
                part = whole.read(name)
                half.writestr(name, part[: len(part) // 2] if "sheet1" in name else part)
        assert told(read(tmp_path, "half.xlsx")[1]) == ["half.xlsx IC305"]
        with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as other:
            other.writestr("readme", "x")
        assert told(read(tmp_path, "other.xlsx")[1]) == ["other.xlsx IC305"]

    def test_protected_by_a_password(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "msoffcrypto", None)
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le")
        assert told(read_text(tmp_path, head, "a.xlsx")[1]) == ["a.xlsx IC938"]

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
        with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
            member = archive.infolist()[0]
            assert member.file_size > 1_000 * member.compress_size
        assert told(read(tmp_path, "a.xlsx")[1]) == ["a.xlsx IC317"]
        with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
            for number in range(20_001):
                archive.writestr(str(number), b"")
        assert told(read(tmp_path, "b.xlsx")[1]) == ["b.xlsx IC317"]

    def test_a_stray_cell_far_away(self, tmp_path: Path) -> None:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet["A1"] = "区"
        sheet["XFD1048576"] = 1
        workbook.save(tmp_path / "a.xlsx")
        _, found, _ = read(tmp_path, "a.xlsx")
        assert [one.code for one in found] == ["IC324"]
        assert found[0].values == {"cell": "XFD1048576"}

    def test_old_workbooks(self, tmp_path: Path) -> None:
        tables, found, _ = read_text(tmp_path, zlib.decompress(base64.b85decode(OLD.replace("\n", ""))), "a.xls")
        assert told(found) == ["a.xls!表一!A8 IC330", "a.xls!表一 IC367"]
        assert tables[0].names == ("区", "期次", "立案数", "破案率")
        assert [list(column) for column in tables[0].columns] == [
            ["荔湾区", "荔湾区", "越秀区", "天河区"],
            ["2022-03-01", "2022-04-01", "2022-03-01", "2022-03-01"],
            [12.5, "", 7, "#N/A"],
            ["85.3%", "100%", 8, "50%"],
        ]
        assert str(tables[0].place(3, 2)) == "a.xls!表一!C6"

    def test_open_document(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", MANIFEST)
            archive.writestr("content.xml", CONTENT)
        table = one(read(tmp_path, "a.ods"))
        assert table.qualified == ("区", "警情/刑事", "警情/治安")
        assert [list(column) for column in table.columns] == [
            ["荔湾区", "荔湾区", "越秀区", "越秀区"],
            ["#DIV/0!", "85.3%", "2022-03-01", "2022-03-01"],
            [1.0, 2.0, "#N/A", "#N/A"],
        ]

    def test_open_document_that_breaks_off_or_repeats_too_much(self, tmp_path: Path) -> None:
        for name, content, code in [
            ("cut.ods", CONTENT[:-200], "cut.ods IC305"),
            ("far.ods", CONTENT.replace('rows-repeated="2"', 'rows-repeated="900000000"'), "far.ods IC324"),
            ("locked.ods", None, "locked.ods IC331"),
        ]:
            with zipfile.ZipFile(tmp_path / name, "w") as archive:
                archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
                archive.writestr("META-INF/manifest.xml", MANIFEST if content else "<manifest:encryption-data/>")
                archive.writestr("content.xml", content or b"noise")
            assert told(read(tmp_path, name)[1]) == [code]


class TestParquet:
    def write(self, base: Path, **columns: Any) -> None:
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet as pq

        pq.write_table(pa.table(columns), base / "a.parquet", row_group_size=2)

    def test_kinds_of_columns(self, tmp_path: Path) -> None:
        pa = pytest.importorskip("pyarrow")
        self.write(
            tmp_path,
            区=pa.array(["荔湾区", "越秀区", None]).dictionary_encode(),
            a=pa.array([1, None, 3]),
            b=pa.array([1.5, 2.5, None], pa.float32()),
            c=pa.array([Decimal("0.1"), Decimal("0.3"), None]),
            d=pa.array([date(2022, 3, 1), None, date(2022, 3, 2)]),
            e=pa.array([datetime(2022, 3, 1), datetime(2022, 3, 1, 8), None], pa.timestamp("ns")),
            f=pa.array([True, False, None]),
            g=pa.array([2**60 + 1, 1, None]),
        )
        table = one(read(tmp_path, "a.parquet"))
        assert table.names == ("区", "a", "b", "c", "d", "e", "f", "g")
        assert list(table.columns[0]) == ["荔湾区", "越秀区", None]
        numbers = [list(table.columns[i]) for i in (1, 2, 3, 6)]
        assert [[v for v in column if not math.isnan(v)] for column in numbers] == [  # type: ignore[arg-type]
            [1.0, 3.0], [1.5, 2.5], [0.1, 0.3], [1.0, 0.0],
        ]  # fmt: skip
        assert all(str(getattr(table.columns[i], "dtype", "")) == "float64" for i in (1, 2, 3, 6))
        assert list(table.columns[4]) == ["2022-03-01", None, "2022-03-02"]
        assert list(table.columns[5]) == ["2022-03-01", "2022-03-01 08:00:00", None]
        assert list(table.columns[7]) == [2**60 + 1, 1, None]
        assert str(table.place(2, 1)) == "a.parquet:3:2"
        assert str(table.header_place(1)) == "a.parquet"

    def test_what_is_no_single_value(self, tmp_path: Path) -> None:
        self.write(tmp_path, 区=["荔湾区"], a=[[1, 2]], b=[1.0])
        tables, found, _ = read(tmp_path, "a.parquet")
        assert told(found) == ["a.parquet IC321"]
        assert (tables[0].names, tables[0].positions) == (("区", "b"), (1, 3))

    def test_damaged(self, tmp_path: Path) -> None:
        self.write(tmp_path, 区=["荔湾区"])
        content = (tmp_path / "a.parquet").read_bytes()
        assert told(read_text(tmp_path, content[:-9], "b.parquet")[1]) == ["b.parquet IC305"]
        assert told(read_text(tmp_path, b"", "c.parquet")[1]) == ["c.parquet IC308"]
        assert told(read_text(tmp_path, b"hello", "d.parquet")[1]) == ["d.parquet IC305"]
        assert told(read_text(tmp_path, b"PK\x03\x04", "e.parquet")[1]) == ["e.parquet IC318"]


def test_names() -> None:
    assert name_of(" 刑事　立案数\n（件） ") == "刑事 立案数 (件)"
    assert [name_of(cell) for cell in (2021.0, 2.5, None, 7)] == ["2021", "2.5", "", "7"]


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def _text(words: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{words}</text:p></table:table-cell>'


def _number(value: float, shown: str, kind: str = "float", more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" office:value="{value}" {more}><text:p>{shown}</text:p></table:table-cell>'
    )


_COVERED = "<table:covered-table-cell/>"
_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_ROWS = [
    _text("区", 'table:number-rows-spanned="2"') + _text("警情", 'table:number-columns-spanned="2"') + _COVERED,
    _COVERED + _text("刑事") + _text("治安"),
    _text("荔湾区", 'table:number-rows-spanned="2"')
    + _text("#DIV/0!", 'office:string-value="" calcext:value-type="error"')
    + _number(1, "1"),
    _COVERED + _number(0.853, "85.3%", "percentage") + _number(2, "2"),
]
_LAST = (
    _text("越秀区")
    + '<table:table-cell office:value-type="date" office:date-value="2022-03-01"><text:p>3月</text:p></table:table-cell>'
    + _number(0, "#N/A", "float", 'calcext:value-type="error"')
)
CONTENT = (
    "<office:document-content "
    + " ".join(f'xmlns:{short}="{name}"' for short, name in _NAMES.items())
    + ' office:version="1.2"><office:body><office:spreadsheet><table:table table:name="表">'
    + "".join(f"<table:table-row>{row}</table:table-row>" for row in _ROWS)
    + f'<table:table-row table:number-rows-repeated="2">{_LAST}</table:table-row>'
    + "</table:table></office:spreadsheet></office:body></office:document-content>"
)

# An .xls as offices still send them (written by xlwt): a merged title, a merged unit, a date, an error, percentages,
# a note after an empty row; compressed, in base 85.
OLD = """
c-rk)TS$~q5dO}8*<H<aEekT*Ot6b-Y+FPKwH0)MXvqw^7*^_%;kJqOkOke$?nTg3Q4c{Eda)Z_#1eZbf`XzRf}qeM2zrR1poj8rX8!*#wG9$V
F#h>DbLPxBGiT16nRCwWlgHT|XRhRSq8H4BjxH+=zHU54CCzOFLH(A+q+185SRM>0NDI(L`b@MAe&pvp<o)i1hReoX!oX`Pt5Ap7#$-INA7PHz
uvW1RGn7HGr{NTpOpFk_h6t__JXG){8GBpsEa4mxJcGt|sFipejTKIJ;&{21FMXMW6>f^m3*k)0Fg)Nm-f>LXV@=GiU%xi-zjTC*44eh+_564;
UeE0;oI^U$Kv2A4LveL=$VkI^7(jSZxS#_$6clIi*~$Yxx!K>I=kfcOuR#1SJ^B9M@B_4?srbCDz4^yA+UT9I)+kPeCS>4_!9AL)*^d~vU-|8J
(YC{}uh>f*U=WoIs0hM{(6_k)v8wX(6|IQ_<@eTHFI7+_Wu$NPx-qpn)WfX{YU<)dOx?1eX5S_vmNsrrmXr~3@JM?@Ng0J-Bpitpho=;WClhzV
iff6IvO!Sq61i4gJXsZAcPx1{rd1?L50uYZMG?Ivoi8Ifyn;OrufdYi8HB5mC3LnVc96XC_2S2;iz*jKR|{vSTv+zCR={3>g<UK`!kKU{G;kuI
P$VV_-Yr^33Y{xBhmwoxv5SW}#JolsvqyTzlAb97&!XeH(c_73dS7}g)bu7gf#~M>om+F7pGVIipLVL6<oRnvkt$LrPcXDZ-C8*Z;7h?HemM*S
TF|lGa_;UdeB&%9$QIlt`^etmPZtT5LPCiIW4q=0({5=Z>$Y@i8P4ol3SFA$G6~-i`*{`9T3E-Sp%h`zH9nAaTEo@TA1>Tq_&&;-^j@0U$XB|v
j_q1H(X8hx>G5F{wOpI{F=7k(5mE?IeAvTz0-s~1k-|(vl>3}z8M0)*W3(aaLoy<tu<bZAg%(rB1RO2q4=tt^kSNJUp<;VXvFD*<k6$*WrzXE>
;+NN3ahv8W&juYcwIR5{zNLHbC-g^xs2_NsCWuOzAY6-Ak;<zcc;JBt9(XX&f$wfjUJ>>~*K}S9e&>IkZ&bRxze)aESb~l8ZKfZEbCIOF9u0kp
pW!f-t4sZ%jQf8f!!nw^9<`_xJ8JtJzx2ve-PiNSg2BI+LVcaTt1ou`<N3b>)yqU7
"""
