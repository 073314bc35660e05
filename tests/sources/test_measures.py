"""Units of measurement: read wherever tables write them, converted where the tree names another of the same kind, doubted else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from typer.testing import CliRunner

from indexcalc import read
from indexcalc.cli.app import app
from indexcalc.measures import read_measure
from indexcalc.sources import match, panel
from indexcalc.sources.match.measures import differ, factor
from indexcalc.sources.readers.measures import corner, measure_above, measures_below, split_measure
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = "id,name\n1,东区\n2,西区\n"


def tree(folder: Path, leaf: str, *, source: str = "path: d.csv", more: str = "") -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    return index_of(
        f"index: {{id: t}}\nunits: {{table: u.csv, label: 区}}\nperiods: {{kind: year}}\ndata: {{d: {{{source}}}}}\n{more}"
        f"defaults: {{normalise: points}}\ndimensions:\n  - {{{leaf}}}\n"
    )


def values(index: Index, folder: Path) -> Any:
    return read(index, folder).values[..., 0]


def told(index: Index, folder: Path) -> dict[str, str]:
    """Every finding about units of measurement: its code with its place and words."""
    found = match(index, folder).findings
    return {one.code: f"{one.place} {one.message('en')}" for one in found if one.code in ("IC910", "IC911", "IC912")}


AREA = "id: area, name: 绿地面积, measure: 公顷, weight: 1"


@pytest.mark.parametrize(
    "data",
    [
        "区,年份,绿地面积（百平方米）\n东区,2022,300\n西区,2022,150\n",
        "区,年份,绿地面积(平方公里)\n东区,2022,0.03\n西区,2022,0.015\n",
        "区,年份,绿地面积/亩\n东区,2022,45\n西区,2022,22.5\n",
        "区,年份,绿地面积 km²\n东区,2022,0.03\n西区,2022,0.015\n",
        "区,年份,绿地面积（单位：平方米）\n东区,2022,30000\n西区,2022,15000\n",
        "区,年份,绿地面积[m2，年末数]\n东区,2022,30000\n西区,2022,15000\n",
        "表3 各区绿地,,\n,,单位：亩\n区,年份,绿地面积\n东区,2022,45\n西区,2022,22.5\n",
        "区（单位：亩）,年份,绿地面积\n东区,2022,45\n西区,2022,22.5\n",
        "2022年各区绿地面积（亩）,,\n区,年份,绿地面积\n东区,2022,45\n西区,2022,22.5\n",
        "表3 各区绿地　计量单位：亩,,\n填报单位：东区园林局,,\n区,年份,绿地面积\n东区,2022,45\n西区,2022,22.5\n",
        "单位：亩,年份,绿地面积\n东区,2022,45\n西区,2022,22.5\n",
        "区,年份,绿地面积\n,年,亩\n东区,2022,45\n西区,2022,22.5\n",
        "区,年份,指标,计量单位,数值\n东区,2022,绿地面积,亩,45\n西区,2022,绿地面积,公顷,1.5\n",
        "区,年份,指标,数值\n东区,2022,绿地面积（亩）,45\n西区,2022,绿地面积,1.5\n",
        "年份,指标,单位,东区,西区\n2022,绿地面积,亩,45,22.5\n",
        "区,年份,单位,指标,数值\n东区,2022,园林局,绿地面积（亩）,45\n西区,2022,园林局,绿地面积（亩）,22.5\n",
        "区,2022年（亩）\n东区,45\n西区,22.5\n",
    ],
)
def test_values_are_converted_wherever_a_table_says_its_measure(tmp_path: Path, data: str) -> None:
    (tmp_path / "d.csv").write_text(data, encoding="utf-8")
    index = tree(tmp_path, AREA)
    np.testing.assert_array_equal(values(index, tmp_path), [[3.0, 1.5]])
    assert list(told(index, tmp_path)) == ["IC910"]


def test_values_in_the_measure_of_the_tree_stay_as_they_are_and_nothing_is_said(tmp_path: Path) -> None:
    for heading in ("绿地面积（公顷）", "绿地面积(ha)", "绿地面积（万平方米）", "绿地面积", "绿地面积（含水面）"):
        (tmp_path / "d.csv").write_text(f"区,年份,{heading}\n东区,2022,0.1\n西区,2022,0.3\n", encoding="utf-8")
        index = tree(tmp_path, AREA)
        assert values(index, tmp_path).tolist() == [[0.1, 0.3]]
        assert told(index, tmp_path) == {}


@pytest.mark.parametrize(
    ("measure", "heading", "written", "meant"),
    [
        ("亿元", "产值（万元）", 3150000, 315.0),
        ("万元", "GDP (billion yuan)", 2.5, 250000.0),
        ("万人", "人口（人）", 123456, 12.3456),
        ("人", "人口（千人）", 1.5, 1500.0),
        ("%", "参保率（‰）", 956, 95.6),
        ("‰", "出生率（%）", 0.7, 7.0),
        ("件/万人", "发案率（件/10万人）", 123, 12.3),
        ("per 100,000 people", "deaths (per million people)", 250, 25.0),
        ("吨", "产量（千克）", 250, 0.25),
        ("万吨", "产量(t)", 45000, 4.5),
        ("小时", "时长（分钟）", 90, 1.5),
    ],
)
def test_one_measure_becomes_another_of_its_kind_exactly(
    tmp_path: Path, measure: str, heading: str, written: float, meant: float
) -> None:
    name = split_measure(heading)[0]
    (tmp_path / "d.csv").write_text(f'区,年份,"{heading}"\n东区,2022,{written}\n西区,2022,\n', encoding="utf-8")
    index = tree(tmp_path, f"id: x, name: {name}, measure: '{measure}', weight: 1")
    assert values(index, tmp_path)[0, 0] == meant


@pytest.mark.parametrize(
    ("measure", "heading"),
    [("%", "办结率（件）"), ("户", "参保（人）"), ("万元", "产值（万美元）"), ("起/万人", "发案（起）"), ("人", "客流（人次）")],
)
def test_a_measure_of_another_kind_is_doubted_and_values_are_used_as_read(tmp_path: Path, measure: str, heading: str) -> None:
    name = split_measure(heading)[0]
    (tmp_path / "d.csv").write_text(f"区,年份,{heading}\n东区,2022,7\n西区,2022,8\n", encoding="utf-8")
    index = tree(tmp_path, f"id: x, name: {name}, measure: '{measure}', weight: 1")
    assert values(index, tmp_path).tolist() == [[7, 8]]
    said = told(index, tmp_path)
    assert said["IC911"].startswith("d.csv:1:3 ")
    assert heading.replace("（", "(").replace("）", ")") in said["IC911"] and measure in said["IC911"]


@pytest.mark.parametrize(
    ("name", "measure", "written"),
    [
        ("每千人口床位数", "张", "张/千人"),
        ("人均可支配收入", "元/人", "元"),
        ("发案率", "起/万人", "起"),
        ("Beds per 1,000", "beds", "beds/thousand persons"),
    ],
)
def test_the_name_of_a_rate_may_say_of_what_it_is_one(tmp_path: Path, name: str, measure: str, written: str) -> None:
    (tmp_path / "d.csv").write_text(f'区,年份,"{name}（{written}）"\n东区,2022,7\n西区,2022,8\n', encoding="utf-8")
    index = tree(tmp_path, f"id: x, name: '{name}', measure: {measure}, weight: 1")
    assert values(index, tmp_path).tolist() == [[7, 8]]
    assert told(index, tmp_path) == {}


@pytest.mark.parametrize(
    "made", ["per: pop, scale: 100", "scale: 0.0001", "share: total", "growth: previous"], ids=["per", "scale", "share", "growth"]
)
def test_a_measure_of_the_result_says_nothing_of_what_is_reported(tmp_path: Path, made: str) -> None:
    (tmp_path / "d.csv").write_text("区,年份,产值（万元）,人口（人）\n东区,2022,70000,2\n西区,2022,80000,4\n", encoding="utf-8")
    denominator = "denominators: [{id: pop, name: 人口, measure: 人}]\n" if "per" in made else ""
    index = tree(tmp_path, f"id: x, name: 产值, measure: '%', weight: 1, {made}", more=denominator)
    assert values(index, tmp_path).tolist() == [[70000, 80000]]
    assert told(index, tmp_path) == {}


def test_tables_that_differ_are_doubted_where_the_tree_is_silent(tmp_path: Path) -> None:
    index = tree(tmp_path, "id: x, name: 出口额, weight: 1", source="path: 'd*.csv'")
    (tmp_path / "d21.csv").write_text("区,年份,出口额（万美元）\n东区,2021,7\n西区,2021,8\n", encoding="utf-8")
    (tmp_path / "d22.csv").write_text("区,年份,出口额（亿美元）\n东区,2022,7\n西区,2022,8\n", encoding="utf-8")
    (tmp_path / "d23.csv").write_text("区,年份,出口额\n东区,2023,7\n西区,2023,8\n", encoding="utf-8")
    said = told(index, tmp_path)
    assert list(said) == ["IC912"]
    assert said["IC912"].startswith("d22.csv:1:3 ")
    assert "d21.csv:1:3" in said["IC912"]


def test_lines_above_tables_that_differ_are_doubted_too(tmp_path: Path) -> None:
    index = tree(tmp_path, "id: x, name: 出口额, weight: 1", source="path: 'd*.csv'")
    for year, measure in (("2021", "万元"), ("2022", "千元")):
        text = f"表1,,\n,,（单位：{measure}）\n区,年份,出口额\n东区,{year},7\n西区,{year},8\n"
        (tmp_path / f"d{year}.csv").write_text(text, encoding="utf-8")
    assert list(told(index, tmp_path)) == ["IC912"]


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_sheets_of_a_workbook_may_each_say_theirs_and_it_is_told_once(tmp_path: Path) -> None:
    workbook(
        tmp_path / "d.xlsx",
        {
            "2021": [["区", "产值（万元）", "利润（万元）"], ["东区", 20000, 10000], ["西区", 30000, 10000]],
            "2022": [["单位：亿元"], ["区", "产值", "利润"], ["东区", 2, 1], ["西区", 3, 1]],
        },
    )
    index = tree(
        tmp_path,
        "id: x, name: 产值, measure: 亿元, weight: 0.5}\n  - {id: y, name: 利润, measure: 亿元, weight: 0.5",
        source="path: d.xlsx, sheet: '{period}'",
    )
    np.testing.assert_array_equal(read(index, tmp_path).values, [[[2, 1], [3, 1]]] * 2)
    found = [one for one in match(index, tmp_path).findings if one.code == "IC910"]
    assert [str(one.place) for one in found] == ["d.xlsx!2021!B1"]
    assert "产值 万元 → 亿元, 利润 万元 → 亿元" in found[0].message("en")


def test_a_frame_is_converted_as_well(tmp_path: Path) -> None:
    del tmp_path
    index = index_of("index: {id: t}\ndimensions:\n  - {id: gdp, measure: million yuan, weight: 1}\n")
    from indexcalc.sources.frames import panel_of_frame

    panel = panel_of_frame(index, pd.DataFrame({"id": ["a", "b"], "gdp (thousand yuan)": [2500.0, 1000.0]}))
    assert panel.values.ravel().tolist() == [2.5, 1.0]
    assert "IC910" in {one.code for one in panel.findings}


def test_a_percent_sign_in_a_cell_is_one_whatever_the_heading_says(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("区,年份,参保率（‰）\n东区,2022,95.6%\n西区,2022,951\n", encoding="utf-8")
    index = tree(tmp_path, "id: x, name: 参保率, measure: '%', weight: 1")
    np.testing.assert_allclose(values(index, tmp_path), [[95.6, 95.1]])


def test_a_line_above_says_nothing_of_columns_that_are_measured_otherwise(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("单位：万元,,,\n区,年份,产值,增速\n东区,2022,70000,5\n西区,2022,80000,6\n", encoding="utf-8")
    index = tree(tmp_path, "id: x, name: 产值, measure: 亿元, weight: 0.5}\n  - {id: y, name: 增速, measure: '%', weight: 0.5")
    np.testing.assert_array_equal(read(index, tmp_path).values, [[[7, 5], [8, 6]]])
    assert list(told(index, tmp_path)) == ["IC910"]


def test_a_bare_heading_is_taken_before_one_with_its_measure_behind_a_space(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("区,年份,面积,面积 亩\n东区,2022,1,15\n西区,2022,2,30\n", encoding="utf-8")
    index = tree(tmp_path, "id: x, name: 面积, measure: 公顷, weight: 1")
    assert values(index, tmp_path).tolist() == [[1, 2]]
    assert told(index, tmp_path) == {}


@pytest.mark.parametrize(
    "text",
    [
        "当年价",
        "女",
        "2015 prices",
        "上年=100",
        "GDP",
        "m",
        "不含港澳台",
        "% of GDP",
        "A类",
        "2022",
        "现价",
        "第一产业",
        "24h",
        "5年",
        "12个月",
    ],
)
def test_what_is_no_measure_is_none(text: str) -> None:
    assert read_measure(text) is None
    assert split_measure(f"指标（{text}）")[1] == ""


@pytest.mark.parametrize(
    "heading",
    [
        "GDP per capita",
        "Number of cases",
        "产值/人",
        "区 名",
        "办结率",
        "A/B",
        "Registered households",
        "D-1",
        "cases_2022",
        "O3_1h",
        "emissions_t",
        "C/T",
        "工资/月",
    ],
)
def test_headings_without_a_measure_are_left_whole(heading: str) -> None:
    assert split_measure(heading) == (heading, "")


def test_factors_go_both_ways_and_join() -> None:
    kinds = [["元", "万元", "亿元", "million yuan"], ["kg", "t", "克", "万吨"], ["m2", "亩", "公顷", "平方公里"], ["%", "‰"]]
    for same in kinds:
        for one in same:
            for other in same:
                there, back = factor(one, other), factor(other, one)
                assert there is not None
                assert back == 1 / there
                assert differ(one, other) == (there != Fraction(1))
    assert not any(
        differ(*pair) for pair in [("起", "件"), ("宗", "例"), ("个", "人"), ("分", "分钟"), ("百分点", "%"), ("天", "工作日")]
    )


def test_lines_corners_and_rows_that_say_no_measure(tmp_path: Path) -> None:
    del tmp_path
    assert measure_above([["表1 各区产值"], ["2022年"], ["（续）"]]) == ""
    assert measure_above([["单位：万元、%"]]) == ""
    assert corner("地区/指标") is None
    assert measures_below(["东区", "2021", "3"], 0, 3) == ()
    assert measures_below(["", "", ""], 0, 3) == ()
    assert measures_below(["合计", "万元", "亿元"], 0, 3) == ()


def stored(folder: Path) -> Index:
    """A project whose values are in Parquet, in another unit of measurement than the tree's, one of them a hundred times off."""
    output = [20000.0, 35000.0, 21000.0, 28000.0, 2_500_000.0, 31000.0, 27000.0, 24000.0, 26000.0]
    (folder / "u.csv").write_text("id,name\n" + "".join(f"{at},{at}号\n" for at in range(1, 10)), encoding="utf-8")
    frame = pd.DataFrame({"id": [str(at) for at in range(1, 10)], "period": ["2022"] * 9, "产值（万元）": output})
    frame.to_parquet(folder / "d.parquet")
    text = (
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.parquet}}\ndefaults: {normalise: points}\n"
        "dimensions:\n  - {id: x, name: 产值, measure: 亿元, weight: 1}\n"
    )
    (folder / "indicators.yaml").write_text(text, encoding="utf-8")
    return index_of(text)


def test_columns_that_stay_in_their_file_are_converted_and_doubted_when_they_are_read(tmp_path: Path) -> None:
    index = stored(tmp_path)
    whole, later = panel(match(index, tmp_path)), panel(match(index, tmp_path, keep=0))
    np.testing.assert_array_equal(whole.values, later.values)
    assert later.values[0, 0, 0] == 2.0
    for made in (whole, later):
        assert {(one.code, one.place.line) for one in made.findings if one.code > "IC9"} == {("IC910", 0), ("IC913", 5)}


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # ibis asks pandas for it
def test_an_engine_converts_what_it_scores_where_it_is(tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    stored(tmp_path)
    done = CliRunner().invoke(app, ["score", "--engine", "duckdb", "--index", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    assert [one["code"] for one in map(json.loads, done.stderr.splitlines())] == ["IC910", "IC913"]
    ranking = pd.read_csv(tmp_path / "reports" / "2022" / "ranking.csv", dtype=str)
    assert [float(one) for one in ranking.iloc[:, 3]][:2] == [250.0, 3.5]


def test_the_line_that_names_a_files_indicator_says_its_measure(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("指标：绿地面积(亩)\n区,2022年\n东区,45\n西区,22.5\n", encoding="utf-8")
    index = tree(tmp_path, AREA)
    assert values(index, tmp_path).tolist() == [[3.0, 1.5]]
    assert list(told(index, tmp_path)) == ["IC910"]


@pytest.mark.parametrize(("heading", "cells", "doubted"), [("出生率(‰)", "8,9", False), ("出生率(%)", "0.8,0.9", True)])
def test_percentages_are_not_taken_for_shares_where_they_were_converted(
    tmp_path: Path, heading: str, cells: str, doubted: bool
) -> None:
    one, other = cells.split(",")
    (tmp_path / "d.csv").write_text(f"区,年份,{heading}\n东区,2022,{one}\n西区,2022,{other}\n", encoding="utf-8")
    index = tree(tmp_path, "id: x, name: 出生率, measure: '%', weight: 1")
    assert values(index, tmp_path)[0].tolist() == [0.8, 0.9]
    assert ("IC350" in {one.code for one in match(index, tmp_path).findings}) is doubted
