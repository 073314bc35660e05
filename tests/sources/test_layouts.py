"""Layouts in which the headings say several things at once, or a line above the table does: right values, and no guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import indexcalc
from indexcalc.findings import Refused
from indexcalc.sources import match
from indexcalc.tree import Index

from ..conftest import index_of
from .test_meant import sheet

NAMES = ("城东区", "城西区", "河口县", "山阳县")
UNITS = "id,name,name_en\n" + "".join(f"D{i},{name},{en}\n" for i, (name, en) in enumerate(zip(NAMES, "WXYZ", strict=True)))
TWO = "  - {id: grp, name: 地区生产总值, name_en: GDP, measure: 亿元, weight: 0.5}\n  - {id: jobs, name: 就业人数, name_en: Jobs, weight: 0.5}\n"
ONE = "  - {id: grp, name: 地区生产总值}\n"
RIGHT = {"2021": [[1, 10], [2, 20], [3, 30], [4, 40]], "2022": [[5, 50], [6, 60], [7, 70], [8, 80]]}


def tree(folder: Path, source: str = "path: d.csv", *, kind: str = "year", leaves: str = TWO) -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    return index_of(
        f"index: {{id: t}}\nunits: {{table: u.csv, label: 区县}}\nperiods: {{kind: {kind}}}\ndata: {{d: {{{source}}}}}\n"
        f"defaults: {{normalise: points}}\ndimensions:\n{leaves}"
    )


def values(folder: Path, source: str = "path: d.csv", **changes: Any) -> dict[str, Any]:
    panel = indexcalc.read(tree(folder, source, **changes), folder)
    return dict(zip(panel.periods, panel.values.tolist(), strict=True))


def codes(folder: Path, source: str = "path: d.csv", **changes: Any) -> list[str]:
    return sorted({one.code for one in match(tree(folder, source, **changes), folder).findings} - {"IC330", "IC351"})


def written(path: Path, rows: list[list[Any]], encoding: str = "utf-8") -> None:
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def of_unit(i: int) -> list[int]:
    """The values of a unit: of 2021 and 2022, of the first indicator and then of the second."""
    return [RIGHT[year][i][k] for k in (0, 1) for year in ("2021", "2022")]


class TestOneHeadingForNameAndPeriod:
    @pytest.mark.parametrize(
        "form",
        [
            "2021年{}", "{}2021", "{}2021年", "{}(2021)", "{} [YR2021]", "{}-2021", "{}_2021", "2021 {}", "2021年度{}", "{}，2021年", "2021年初步{}",
            "2021年{}（亿元）", "{}(亿元)2021年", "{}（亿元）（2021年）",
        ],
    )  # fmt: skip
    def test_the_period_stands_before_or_behind_the_name(self, form: str, tmp_path: Path) -> None:
        heads = [form.format(name).replace("2021", year) for name in ("地区生产总值", "就业人数") for year in RIGHT]
        if "亿元" in form:
            heads[2:] = [head.replace("亿元", "人") for head in heads[2:]]
        written(tmp_path / "d.csv", [["区县", *heads], *([name, *of_unit(i)] for i, name in enumerate(NAMES))])
        assert values(tmp_path) == RIGHT

    def test_the_unit_of_measurement_between_them_counts(self, tmp_path: Path) -> None:
        heads = ["区县", "地区生产总值(万元)2021年", "2022年地区生产总值（亿元）"]
        written(tmp_path / "d.csv", [heads, *([name, 10000 * i, i] for i, name in enumerate(NAMES, start=1))])
        assert values(tmp_path, leaves=ONE.replace("}", ", measure: 亿元}")) == {year: [[1], [2], [3], [4]] for year in RIGHT}

    @pytest.mark.parametrize(
        ("kind", "heads"), [("quarter", ("2022年一季度{}", "{}2022Q2")), ("month", ("2022年1月{}", "{}2022-02"))]
    )
    def test_parts_of_a_year(self, kind: str, heads: tuple[str, ...], tmp_path: Path) -> None:
        names = [head.format(name) for name in ("地区生产总值", "就业人数") for head in heads]
        written(tmp_path / "d.csv", [["区县", *names], *([name, *of_unit(i)] for i, name in enumerate(NAMES))])
        assert list(values(tmp_path, kind=kind).values()) == list(RIGHT.values())

    def test_names_of_others_are_no_names_with_periods(self, tmp_path: Path) -> None:
        heads = [
            "区县",
            "人均地区生产总值2021",
            "2021年地区生产总值增速",
            "地区生产总值增速2021",
            "2021年就业人数",
            "2021年地区生产总值",
        ]
        written(tmp_path / "d.csv", [heads, *([name, 7, 8, 9, 10 * i, i] for i, name in enumerate(NAMES))])
        assert values(tmp_path) == {"2021": [[i, 10 * i] for i in range(4)]}

    @pytest.mark.parametrize("name", ["2020年不变价产值", "产值2020"])
    def test_a_year_in_a_name_is_no_period(self, name: str, tmp_path: Path) -> None:
        written(tmp_path / "d.csv", [["区县", "年份", name], *([unit, 2022, i] for i, unit in enumerate(NAMES))])
        leaves = f"  - {{id: a, name: {name}}}\n"
        assert values(tmp_path, leaves=leaves) == {"2022": [[0], [1], [2], [3]]}
        written(tmp_path / "d.csv", [["区县", name], *([unit, i] for i, unit in enumerate(NAMES))])
        assert codes(tmp_path, leaves=leaves) == ["IC347"]

    def test_the_period_of_a_file_may_stand_in_its_headings_too(self, tmp_path: Path) -> None:
        for year, rows in RIGHT.items():
            heads = [f"{year}年地区生产总值（亿元）", f"{int(year) - 1}年地区生产总值（亿元）", f"就业人数{year}"]
            written(
                tmp_path / f"d{year}.csv",
                [["区县", *heads], *([name, a, 99, b] for name, (a, b) in zip(NAMES, rows, strict=True))],
            )
        assert codes(tmp_path, 'path: "d{period}.csv"') == []
        assert values(tmp_path, 'path: "d{period}.csv"') == RIGHT
        assert values(tmp_path, "path: d2022.csv, period: 2022") == {"2022": RIGHT["2022"]}
        assert codes(tmp_path, "path: d2022.csv, period: 2021") == ["IC344"]  # last year's, and nothing of the other

    def test_a_number_at_the_end_of_a_name_is_no_part_of_its_period(self, tmp_path: Path) -> None:
        written(tmp_path / "d.csv", [["区县", "d12021", "d1_2022"], *([unit, 1, i] for i, unit in enumerate(NAMES))])
        assert values(tmp_path, leaves="  - {id: d1}\n") == {"2022": [[0], [1], [2], [3]]}


class TestBrokenHeadings:
    def test_a_line_break_within_a_name_is_no_space(self, tmp_path: Path) -> None:
        heads = ["区\n县", "年\n份", "地区\n生产\n总值\n（亿元）", "就业\n人数"]
        rows = [[name.replace("东", "东\n"), 2021, *RIGHT["2021"][i]] for i, name in enumerate(NAMES)]
        sheet(tmp_path / "d.xlsx", [heads, *rows])
        assert codes(tmp_path, "path: d.xlsx") == []
        assert values(tmp_path, "path: d.xlsx") == {"2021": RIGHT["2021"]}

    def test_of_each_period_the_closest_heading_counts(self, tmp_path: Path) -> None:
        heads = ["区县", "2021年\n地区生产\n总值", "2022年地区生\n产总值", "2021年就业人数", "2022年就业\n人数\n（人）"]
        sheet(tmp_path / "d.xlsx", [heads, *([name, *of_unit(i)] for i, name in enumerate(NAMES))])
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    def test_names_in_rows(self, tmp_path: Path) -> None:
        rows = [[name, *(row[k] for row in RIGHT["2022"])] for k, name in enumerate(("地区生产\n总值", "就业\n人数"))]
        sheet(tmp_path / "d.xlsx", [["指\n标", *NAMES], *rows])
        assert values(tmp_path, "path: d.xlsx, period: 2022") == {"2022": RIGHT["2022"]}


class TestUnitsAndPeriodsInHeadings:
    @pytest.mark.parametrize("merged", [True, False])
    @pytest.mark.parametrize("years_above", [True, False])
    @pytest.mark.parametrize("title", [True, False])
    def test_indicators_in_rows(self, tmp_path: Path, *, merged: bool, years_above: bool, title: bool) -> None:
        pairs = (
            [(year, i) for year in RIGHT for i in range(4)] if years_above else [(year, i) for i in range(4) for year in RIGHT]
        )
        upper = [f"{year}年" if years_above else NAMES[i] for year, i in pairs]
        lower = [NAMES[i] if years_above else f"{year}年" for year, i in pairs]
        step = 4 if years_above else 2
        upper = [name if at % step == 0 else None for at, name in enumerate(upper)]  # type: ignore[misc]
        rows = [["各区县主要指标"]] * title + [["指标", *upper], [None, *lower]]
        rows += [[name, *(RIGHT[year][i][k] for year, i in pairs)] for k, name in enumerate(("地区生产总值", "就业人数"))]
        if not merged:
            written(tmp_path / "d.csv", rows)
            assert values(tmp_path) == RIGHT
            return
        top = 2 if title else 1
        letters = "BCDEFGHI"
        merges = [f"{letters[at]}{top}:{letters[at + step - 1]}{top}" for at in range(0, 8, step)]
        sheet(tmp_path / "d.xlsx", rows, (f"A{top}:A{top + 1}", *merges, *(["A1:I1"] * title)))
        assert values(tmp_path, "path: d.xlsx") == RIGHT

    def test_years_alone_name_no_unit(self, tmp_path: Path) -> None:
        written(tmp_path / "d.csv", [["指标", 2021, 2022], ["地区生产总值", 1, 2], ["就业人数", 3, 4]])
        assert codes(tmp_path) == ["IC340"]


def stacked(path: Path, name: str, k: int) -> None:
    rows = [["区县", name, None], [None, 2021, 2022], *([unit, *of_unit(i)[2 * k : 2 * k + 2]] for i, unit in enumerate(NAMES))]
    sheet(path, rows, ("A1:A2", "B1:C1"))


class TestOneIndicatorOverPeriods:
    def test_each_file_has_its_own(self, tmp_path: Path) -> None:
        stacked(tmp_path / "d1.xlsx", "地区生产总值", 0)
        stacked(tmp_path / "d2.xlsx", "就业人数(人)", 1)
        assert values(tmp_path, 'path: "d*.xlsx"') == RIGHT

    def test_another_indicator_is_not_taken_for_all_that_are_asked_for(self, tmp_path: Path) -> None:
        stacked(tmp_path / "d.xlsx", "常住人口", 0)
        with pytest.raises(Refused) as refused:
            values(tmp_path, "path: d.xlsx")
        assert [(one.code, one.values["column"]) for one in refused.value.findings if one.severity == "error"] == [
            ("IC365", "grp"),
            ("IC365", "jobs"),
        ]

    def test_the_one_of_a_source_is_taken_with_a_warning(self, tmp_path: Path) -> None:
        stacked(tmp_path / "d.xlsx", "常住人口", 0)
        assert codes(tmp_path, "path: d.xlsx", leaves=ONE) == ["IC950"]
        assert values(tmp_path, "path: d.xlsx", leaves=ONE)["2022"] == [[5], [6], [7], [8]]

    @pytest.mark.parametrize("name", ["年份", "Year", "数值", "（亿元）", "地区生产总值（现价）"])
    def test_a_heading_that_says_nothing_else_is_no_other_name(self, name: str, tmp_path: Path) -> None:
        stacked(tmp_path / "d.xlsx", name, 0)
        assert codes(tmp_path, "path: d.xlsx", leaves=ONE) == []

    def test_a_line_above_may_say_otherwise(self, tmp_path: Path) -> None:
        rows = [["区县", 2021], *([name, i] for i, name in enumerate(NAMES))]
        for line, said in (("指标：地区生产总值指数", []), ("指标：常住人口", ["IC950"]), ("数据库：年度", [])):
            written(tmp_path / "d.csv", [[line], *rows])
            assert codes(tmp_path, leaves=ONE) == said


def of_one(i: int) -> list[list[Any]]:
    a, b, c, d = of_unit(i)
    return [["指标", "2021年", "2022年"], ["地区生产总值", a, b], ["就业人数", c, d]]


class TestTablesOfOneUnit:
    @pytest.mark.parametrize("line", [["地区：{}"], ["区县: {}"], ["{}"], ["填报单位", "{}"], ["表1", "单位名称：{}"]])
    def test_a_line_above_names_it(self, line: list[str], tmp_path: Path) -> None:
        for i, name in enumerate(NAMES):
            rows = [["数据库：分区县年度数据"], [cell.format(name) for cell in line], *of_one(i), ["数据来源：统计局"]]
            written(tmp_path / f"年度数据 ({i}).csv", rows, "gb18030")
        assert codes(tmp_path, 'path: "年度数据*.csv"') == ["IC951"]
        assert values(tmp_path, 'path: "年度数据*.csv"') == RIGHT

    def test_tables_below_each_other(self, tmp_path: Path) -> None:
        rows = [row for i, name in enumerate(NAMES) for row in ([f"地区：{name}"], *of_one(i), [])]
        written(tmp_path / "d.csv", rows)
        assert values(tmp_path) == RIGHT

    def test_years_in_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = []
        for i, name in enumerate(NAMES):
            rows += [[f"区县：{name}"], ["年份", "地区生产总值", "就业人数"], *([year, *RIGHT[year][i]] for year in RIGHT), []]
        written(tmp_path / "d.csv", rows)
        assert values(tmp_path) == RIGHT

    def test_sheets_and_files_are_called_so(self, tmp_path: Path) -> None:
        import openpyxl  # type: ignore[import-untyped]

        book = openpyxl.Workbook()
        book.remove(book.active)
        for i, name in enumerate(NAMES):
            page = book.create_sheet(name)
            for row in of_one(i):
                page.append(row)
            written(tmp_path / f"{name}.csv", of_one(i))
        book.save(tmp_path / "d.xlsx")
        assert values(tmp_path, 'path: d.xlsx, sheet: "*"') == RIGHT
        assert values(tmp_path, 'path: "???.csv"') == RIGHT

    def test_two_names_are_none(self, tmp_path: Path) -> None:
        written(tmp_path / "d.csv", [["区县：城东区"], ["对比：城西区"], *of_one(0)])
        assert codes(tmp_path) == ["IC340"]

    def test_a_table_that_names_units_itself_is_not_of_one(self, tmp_path: Path) -> None:
        rows = [["名称", "年份", "地区生产总值", "就业人数"], *([name, 2021, *RIGHT["2021"][i]] for i, name in enumerate(NAMES))]
        written(tmp_path / "d.csv", [["城东区"], *rows])
        assert "IC340" in codes(tmp_path)

    def test_a_table_goes_on_below_its_number_and_measure(self, tmp_path: Path) -> None:
        head = ["区县", "年份", "地区生产总值", "就业人数"]
        rows = [[name, 2021, *RIGHT["2021"][i]] for i, name in enumerate(NAMES)]
        written(tmp_path / "d.csv", [["表1"], head, *rows[:2], [], ["续表1"], head, *rows[2:]])
        index = tree(tmp_path)
        assert len({id(piece.table) for piece in match(index, tmp_path).pieces}) == 1


class TestHeadingsOfStatisticalOffices:
    def test_the_world_bank(self, tmp_path: Path) -> None:
        head = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-01-01",\n\n'
        head += '"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022",\n'
        rows = [f'"{en}","D{i}","{name}","X.{name}","{of_unit(i)[2 * k]}","{of_unit(i)[2 * k + 1]}",\n'
                for i, en in enumerate("WXYZ") for k, name in enumerate(("GDP (current US$)", "Jobs"))]  # fmt: skip
        (tmp_path / "d.csv").write_text(head + "".join(rows), encoding="utf-8-sig")
        leaves = TWO.replace("measure: 亿元, ", "")
        assert values(tmp_path, leaves=leaves) == RIGHT

    def test_a_unit_of_measurement_is_no_unit(self, tmp_path: Path) -> None:
        rows = [["A", "MIO_EUR", f"D{i}", year, RIGHT[year][i][0], "p"] for i in range(4) for year in RIGHT]
        written(tmp_path / "d.csv", [["freq", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"], *rows])
        leaves = "  - {id: grp, column: OBS_VALUE}\n"
        assert values(tmp_path, leaves=leaves) == {year: [[row[0]] for row in rows] for year, rows in RIGHT.items()}
