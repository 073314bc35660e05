"""Cells to units, periods and columns: what a table may look like, and what its words mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indexcalc import read
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE
from indexcalc.sources import match
from indexcalc.sources import panel as panel_of_matched
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = "id,name,aliases,coastal\n01,东区,东城,1\n02,西区,西城;West,0\n"


def project(
    folder: Path, data: str, *, source: str = "path: d.csv", leaf: str = "", periods: str = "{kind: year}", more: str = ""
) -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    (folder / "d.csv").write_text(data, encoding="utf-8")
    return index_of(
        f"index: {{id: t}}\nunits: {{table: u.csv}}\nperiods: {periods}\ndata: {{d: {{{source}}}}}\n{more}"
        f"defaults: {{normalise: points}}\ndimensions:\n  - {{id: cases, name: 案件数, weight: 0.5{leaf}}}\n  - {{id: calls, name: 来电数, weight: 0.5}}\n"
    )


WIDE = "区,年份,案件数,来电数\n东城,2022,1,2\nWest,2022年,3,4\n"
LONG = "区,年份,指标,数值\n01,2022,cases,1\n东区,2022,来电数,2\n02,2022,案件数（件）,3\n西城,2022,calls,4\n"
CROSSED = "指标,计量单位,东区,西区\n案件数,件,1,3\n来电数,次,2,4\n"


@pytest.mark.parametrize(
    ("data", "source"), [(WIDE, "path: d.csv"), (LONG, "path: d.csv"), (CROSSED, "path: d.csv, period: 2022")]
)
def test_three_layouts_of_one_table_say_the_same(tmp_path: Path, data: str, source: str) -> None:
    panel = read(project(tmp_path, data, source=source), tmp_path)
    assert panel.periods == ("2022",)
    np.testing.assert_array_equal(panel.values[0], [[1, 2], [3, 4]])
    line, column = [(place.line, place.column) for place in panel.places(0, 1, 0)][0]
    assert data.splitlines()[line - 1].split(",")[column - 1] == "3"


def test_ids_come_out_in_the_letters_that_they_went_in(tmp_path: Path) -> None:
    index = project(tmp_path, "区,年份,案件数,来电数\nA01,2022,1,2\nＢ０２,2022,3,4\nＣ 03,2022,5,6\n")
    (tmp_path / "u.csv").write_text(
        "id,level,parent,coastal\nＡ０１,区,,1\nB02,区,,1\n Ｃ\u200b 03,区,,1\nＤ,街,A01,0\n", encoding="utf-8"
    )
    panel = read(index, tmp_path)
    assert panel.units.ids == ("Ａ０１", "B02", "Ｃ 03", "Ｄ")
    np.testing.assert_array_equal(panel.values[0, :3], [[1, 2], [3, 4], [5, 6]])
    matched = match(index, tmp_path)
    assert matched.units is not None
    assert [matched.units.find(name) for name in ("A01", "Ａ０１", "Ｂ02", "C 03")] == [0, 0, 1, 2]
    twice = (tmp_path / "u.csv").read_text(encoding="utf-8") + "A01,区,,1\n"
    (tmp_path / "u.csv").write_text(twice, encoding="utf-8")
    assert read(index, tmp_path).units.ids == panel.units.ids


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    head, *rows = WIDE.splitlines()
    one = read(project(tmp_path, WIDE), tmp_path)
    other = read(project(tmp_path, "\n".join([head, *reversed(rows)])), tmp_path)
    np.testing.assert_array_equal(one.values, other.values)


def test_a_cell_that_a_status_column_calls_not_applicable_has_no_value(tmp_path: Path) -> None:
    index = project(tmp_path, "区,年份,案件数,来电数,状态\n东区,2022,999,999,N/A\n西区,2022,3,4,\n")
    panel = read(index, tmp_path)
    assert np.isnan(panel.values[0, 0]).all()
    assert panel.status[0].tolist() == [[NOT_APPLICABLE] * 2, [VALUE] * 2]
    scores = score(index, panel)
    assert np.isnan(scores.score()[0, 0])
    assert scores.rank()[0, 1] == 1


def test_empty_is_missing_and_a_word_may_be(tmp_path: Path) -> None:
    index = project(tmp_path, "区,年份,案件数,来电数\n东区,2022,,2\n西区,2022,—,不适用\n", source='path: d.csv, missing: ["—"]')
    panel = read(index, tmp_path)
    assert panel.status[0].tolist() == [[MISSING, VALUE], [MISSING, NOT_APPLICABLE]]


def test_applies_may_ask_the_units_table(tmp_path: Path) -> None:
    index = project(tmp_path, WIDE, leaf=", applies: coastal = 1")
    scores = score(index, read(index, tmp_path))
    assert scores.status[0, :, 0].tolist() == [VALUE, NOT_APPLICABLE]
    assert scores.score()[0].tolist() == [1.5, 4]


def test_values_that_hold_in_every_period_are_not_added_up_over_a_year(tmp_path: Path) -> None:
    quarters = "".join(f"{unit},2022Q{quarter},{quarter},10\n" for unit in ("东区", "西区") for quarter in (1, 2, 3, 4))
    index = project(
        tmp_path,
        "区,期次,案件数,来电数\n" + quarters,
        periods="{kind: quarter, roll_up: year}",
        leaf=", per: coast",
        more="denominators: [{id: coast, source: units, column: id}]\n",
    ).model_copy()
    scores = score(index, read(index, tmp_path))
    year = scores.periods.index("2022")
    assert scores.derived[year, :, 0].tolist() == [10 / 1, 10 / 2]
    assert scores.derived[year, :, 1].tolist() == [40, 40]


PAIRS = (
    "区,年份,指标,男,女,反向\n"
    "东区,2022,案件数（件）,10,5,0\n西区,2022,cases,0,7,0\n"  # by name with a bracket behind it, and by id
    "东区,2022,家务,40,160,1\n西区,2022,家务,50,50,1\n"
)
RATIO = "where(男 = 0, 1, where(反向 = 1, min(男 / 女, 1), min(女 / 男, 1)))"


def of_pairs(folder: Path, data: str = PAIRS, *, cases: str = RATIO, column: str = "家务", chores: str = RATIO) -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    (folder / "d.csv").write_text(data, encoding="utf-8")
    own = f"column: {column}, " if column else ""
    return index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d*.csv, ignore: [另]}}\n"
        "defaults: {normalise: points, weights: equal}\ndimensions:\n"
        f'  - {{id: cases, name: 案件数, formula: "{cases}"}}\n  - {{id: chores, {own}formula: "{chores}"}}\n'
    )


def test_a_formula_takes_several_columns_of_its_indicators_rows(tmp_path: Path) -> None:
    index = of_pairs(tmp_path)
    panel = read(index, tmp_path)
    assert score(index, panel).derived[0].tolist() == [[0.5, 0.25], [1, 1]]
    women = panel.column["cases.女"]
    assert panel.values[0, :, women].tolist() == [5, 7]
    assert [(place.line, place.column) for place in panel.places(0, 1, women)] == [(3, 5)]


def test_a_ratio_to_0_is_1_under_a_minimum_that_passes_over_what_has_no_value(tmp_path: Path) -> None:
    index = of_pairs(tmp_path, cases="min(女 / 男, 1, skip: true)")
    assert score(index, read(index, tmp_path)).derived[0, :, 0].tolist() == [0.5, 1]


def test_rows_of_several_values_may_lie_in_several_files_and_decide_what_applies(tmp_path: Path) -> None:
    index = of_pairs(tmp_path, chores='女 / 男", applies: "女 > 男')
    head, *rows = PAIRS.splitlines()
    (tmp_path / "d.csv").write_text("\n".join([head, *rows[:2]]), encoding="utf-8")
    (tmp_path / "d2.csv").write_text("\n".join([head, *rows[2:]]), encoding="utf-8")
    scores = score(index, read(index, tmp_path))
    assert scores.status[0, :, 1].tolist() == [VALUE, NOT_APPLICABLE]
    assert scores.derived[0, 0, 1] == 4


def test_two_indicators_may_be_made_of_the_same_rows(tmp_path: Path) -> None:
    index = of_pairs(tmp_path, PAIRS.replace("家务", "另"), cases="女", column="cases", chores="男 - 女")
    (tmp_path / "d.csv").write_text(PAIRS.replace("家务", "另").replace("案件数（件）", "cases"), encoding="utf-8")
    assert score(index, read(index, tmp_path)).derived[0].tolist() == [[5, 5], [7, -7]]


A_AND_B = "区,年份,指标,数值,目标\n" + "".join(
    f"{unit},2022,{name}\n" for unit in ("东区", "西区") for name in ("a,4,10", "b,5,10")
)


def test_formulas_may_name_indicators_of_a_long_table_the_same_in_several(tmp_path: Path) -> None:
    index = of_pairs(tmp_path, A_AND_B, cases="a / b", column="", chores="b / a")
    assert score(index, read(index, tmp_path)).derived[0].tolist() == [[0.8, 1.25]] * 2


def test_formulas_may_name_indicators_and_columns_of_one_table(tmp_path: Path) -> None:
    index = of_pairs(tmp_path, A_AND_B, cases="a / b", column="b", chores="数值 / 目标 + a")
    assert score(index, read(index, tmp_path)).derived[0].tolist() == [[0.8, 4.5]] * 2


WIDE_PAIRS = "区,年份,男,女,反向\n东区,2022,1,2,0\n西区,2022,1,2,0\n"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"chores": "女性 / 男"}, {"IC368": "女性"}),
        ({"chores": "[工资] / 男"}, {"IC953": "工资"}),
        ({"column": "家务时间"}, {"IC344": "家务时间", "IC345": "家务"}),
        ({"column": "收入"}, {"IC363": "家务", "IC365": "收入"}),
        ({"data": PAIRS.replace("家务,", "男,"), "column": "男"}, {"IC369": "男"}),
        ({"data": PAIRS.replace(",0\n", ",是\n", 1)}, {"IC314": "是"}),
        ({"data": PAIRS.replace("40,160", "40,160人")}, {"IC362": "160人"}),
        ({"data": PAIRS + "东区,2022,家务,1,2,1\n"}, {"IC348": "女 160 / 2"}),
        ({"data": WIDE_PAIRS}, {"IC213": "chores"}),
        ({"data": A_AND_B, "cases": "a / b", "chores": "b / a"}, {"IC213": "chores"}),
        ({"data": A_AND_B.replace("数值", "数"), "cases": "a / b", "column": "", "chores": "b / a"}, {"IC357": "value"}),
    ],
)
def test_what_does_not_fit_a_table_of_several_values_a_row(
    tmp_path: Path, changes: dict[str, str], codes: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        read(of_pairs(tmp_path, **changes), tmp_path)
    found = [(one.code, one.message("zh")) for one in refused.value.findings if one.severity == "error"]
    assert {code for code, _ in found} == set(codes), found
    for code, word in codes.items():
        assert any(word in text for its, text in found if its == code), found


BY_SEX = (
    "区,年份,性别,指标,数值\n"
    + "".join(f"{unit},2022,{sex},{name},{v}\n" for unit in ("01", "02") for sex, v in (("合计", 9), ("男", 5)) for name in ("cases", "calls"))
    + "03,2022,女,cases,1\n"
)  # fmt: skip


@pytest.mark.parametrize("only", ["{性别: 合计}", "{性别: [合计], 年份: 2022}"])
def test_rows_may_be_chosen_by_a_column(tmp_path: Path, only: str) -> None:
    panel = read(project(tmp_path, BY_SEX, source=f"path: d.csv, only: {only}"), tmp_path)
    assert panel.values[0].tolist() == [[9, 9], [9, 9]]
    assert [place.line for place in panel.places(0, 1, 1)] == [7]


@pytest.mark.parametrize(
    ("only", "code", "text"),
    [
        ("{性別: 合计}", "IC357", "there is no column '性別' in d.csv"),
        ("{性别: [男, 其他]}", "IC375", "no row has '其他' in the column '性别'; there is 合计, 男, 女"),
        ("{性别: 女, 指标: calls}", "IC375", "no row has 'calls' in the column '指标'; there is cases"),
    ],
)
def test_rows_that_are_not_there_cannot_be_chosen(tmp_path: Path, only: str, code: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, BY_SEX, source=f"path: d.csv, only: {only}"), tmp_path)
    assert any(one.code == code and text in one.message("en") for one in refused.value.findings)


def test_rows_of_a_parquet_file_may_be_chosen(tmp_path: Path) -> None:
    index = project(tmp_path, "x\n", source="path: d.parquet, only: {sex: [total]}")
    frame = pd.DataFrame({"id": ["01", "01", "02"], "year": [2022, 2022, 2022], "sex": ["men", "total", "total"]})
    frame.assign(cases=[1.0, 2.0, None], calls=[4, 5, 6]).to_parquet(tmp_path / "d.parquet")
    np.testing.assert_array_equal(read(index, tmp_path).values[0], [[2, 5], [np.nan, 6]])


@pytest.mark.parametrize(
    "data",
    [
        "区,指标,2021年,2022年,备注\n01,cases,1,2,x\n02,cases,3,4,\n01,calls,5,6,\n02,calls,7,8,\n",
        "区,指标,2022,2021\nWest,calls,8,7\n东区,来电数（次）,6,5\n02,案件数,4,3\n01,cases,2,1\n",
    ],
)
def test_periods_may_stand_side_by_side(tmp_path: Path, data: str) -> None:
    panel = read(project(tmp_path, data), tmp_path)
    assert panel.periods == ("2021", "2022")
    assert panel.values.tolist() == [[[1, 5], [3, 7]], [[2, 6], [4, 8]]]
    line, column = [(place.line, place.column) for place in panel.places(1, 0, 0)][0]
    assert data.splitlines()[line - 1].split(",")[column - 1] == "2"


def test_periods_side_by_side_need_no_indicator_where_the_source_has_one(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "d.csv").write_text("区,2021Q1,2021年第四季度\n01,1,2\n02,3,\n", encoding="utf-8")
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: quarter}\ndata: {d: {path: d.csv}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: cases, weight: 1, applies: coastal >= 0}]\n"
    )
    panel = read(index, tmp_path)
    assert panel.periods == ("2021Q1", "2021Q4")
    np.testing.assert_array_equal(panel.values[..., 0], [[1, 3], [2, np.nan]])


def test_periods_side_by_side_do_not_say_which_of_several_indicators_they_are(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, "区,2021,2022\n01,1,2\n02,3,4\n"), tmp_path)
    assert [(one.code, one.message("en")) for one in refused.value.findings] == [
        ("IC376", "the headings are periods (2021, 2022), and nothing says whose values these are: cases, calls")
    ]


def test_units_may_share_a_name_where_the_data_has_ids(tmp_path: Path) -> None:
    index = project(tmp_path, "区,年份,案件数,来电数\n01,2022,1,2\nWest,2022,3,4\n")
    (tmp_path / "u.csv").write_text(UNITS.replace("西区", "东区"), encoding="utf-8")
    panel = read(index, tmp_path)
    assert panel.values[0].tolist() == [[1, 2], [3, 4]]
    assert [panel.units.title(unit) for unit in (0, 1)] == ["东区（01）", "东区（02）"]
    assert panel.units.title(1, "en") == "东区 (02)"


def test_many_units_are_read_column_by_column(tmp_path: Path) -> None:
    ids = [f"{at:06}" for at in range(30_000)]  # row by row over whole columns this would take an hour
    index = project(tmp_path, "区,年份,案件数,来电数\n" + "".join(f"{unit},2022,1,2\n" for unit in ids))
    (tmp_path / "u.csv").write_text("id,name,coastal\n" + "".join(f"{unit},城关镇,1\n" for unit in ids), encoding="utf-8")
    assert len(read(index, tmp_path).units) == len(ids)


@pytest.mark.parametrize(
    ("data", "source"), [(WIDE.replace("东城", "东区"), "path: d.csv"), (CROSSED, "path: d.csv, period: 2022")]
)
def test_a_name_that_units_share_says_not_which_is_meant(tmp_path: Path, data: str, source: str) -> None:
    index = project(tmp_path, data, source=source)
    (tmp_path / "u.csv").write_text(UNITS.replace("西区", "东区"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(index, tmp_path)
    assert [(one.code, one.message("en")) for one in refused.value.findings if one.severity == "error"][:1] == [
        ("IC374", "several units are called '东区': 01, 02")
    ]


def test_every_period_of_one_run_verifies(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    project_folder = tmp_path / "p"
    assert CliRunner().invoke(app, ["init", str(project_folder)]).exit_code == 0
    said = CliRunner().invoke(app, ["score", "--period", "all", "--index", str(project_folder)])
    assert said.exit_code == 0, said.output
    for period in ("2023", "2024"):
        folder = project_folder / "reports" / period
        assert f"{folder.as_posix()}/" in said.output
        checked = CliRunner().invoke(app, ["verify", str(folder), "--index", str(project_folder)])
        assert checked.exit_code == 0, checked.output
        assert set(pd.read_csv(folder / "scores.csv", dtype={"period": str})["period"]) == {period}
        assert len(pd.read_csv(folder / "scores.csv")) == 4 * 7
    assert len(pd.read_parquet(project_folder / "reports" / "scores.parquet")) == 2 * 4 * 7
    checked = CliRunner().invoke(app, ["verify", str(project_folder / "reports"), "--index", str(project_folder)])
    assert checked.exit_code == 0, checked.output


SAID = 'path: d.{}, numbers: {{"<2.5": 1.25, ">95": 95, "小于5": 2.5, "95%以上": 97}}'
WORDS = [["东区", "<2.5", "95%以上"], ["西区", " 小于5", "7"]]


@pytest.mark.parametrize("layout", ["wide", "long", "crossed", "xlsx", "parquet"])
def test_declared_words_stand_for_numbers_in_every_kind_of_table(tmp_path: Path, layout: str) -> None:
    wide = pd.DataFrame(WORDS, columns=["区", "案件数", "来电数"])
    wide.insert(1, "年份", "2022")
    long = wide.melt(["区", "年份"], var_name="指标", value_name="数值")
    made = {"long": long, "crossed": long.pivot_table("数值", "指标", "区", aggfunc="first").reset_index()}.get(layout, wide)
    suffix = layout if layout in ("xlsx", "parquet") else "csv"
    index = project(tmp_path, "", source=SAID.format(suffix) + (", period: 2022" if layout == "crossed" else ""))
    match suffix:
        case "xlsx":
            made.to_excel(tmp_path / "d.xlsx", index=False)
        case "parquet":
            made.to_parquet(tmp_path / "d.parquet", index=False)
        case _:
            made.to_csv(tmp_path / "d.csv", index=False, encoding="utf-8")
    panel = read(index, tmp_path)
    np.testing.assert_array_equal(panel.values[0], [[1.25, 97.0], [2.5, 7.0]])
    assert (panel.status == VALUE).all()
    later = panel_of_matched(match(index, tmp_path, keep=0))  # a Parquet file whose columns are read one by one
    np.testing.assert_array_equal(later.values, panel.values)
    place = panel.places(0, 0, 0)[0]
    assert place.file == f"d.{suffix}"
    if suffix == "csv":
        line = (tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()[place.line - 1]
        assert line.split(",")[place.column - 1] == "<2.5"


def test_words_like_a_declared_one_are_not_taken_for_it(tmp_path: Path) -> None:
    near = WIDE.replace(",1,", ",< 2.5,").replace(",3,", ",<2.5*,")
    with pytest.raises(Refused) as refused:
        read(project(tmp_path, near, source=SAID.format("csv")), tmp_path)
    found = [one for one in refused.value.findings if one.code == "IC853"]
    assert [(one.place.line, one.values["found"], one.values["near"]) for one in found] == [
        (2, "< 2.5", "<2.5"),
        (3, "<2.5*", "<2.5"),
    ]


def test_a_number_that_a_word_stands_for_must_be_valid_too(tmp_path: Path) -> None:
    index = project(tmp_path, WIDE.replace(",1,", ",>95,"), source=SAID.format("csv"), leaf=", valid: [0, 50]")
    with pytest.raises(Refused, match="IC349"):
        read(index, tmp_path)


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ("东区,2020,1,1\n西区,2020,1,1\n东区,2021,1,1\n东区,2022,1,1\n西区,2022,1,1\n", "西区 2021"),  # between two of its own
        ("东区,2020,1,1\n西区,2020,1,1\n东区,2021,1,1\n西区,2021,1,1\n东区,2022,1,1\n", "西区 2022"),  # the newest
        ("东区,2020,1,1\n东区,2021,1,1\n西区,2021,1,1\n东区,2022,1,1\n西区,2022,1,1\n", ""),  # came later
        ("东区,2020,1,1\n西区,2020,1,1\n东区,2021,1,1\n东区,2022,1,1\n", "西区 2021, 西区 2022"),  # the newest two
        ("东区,2020,1,1\n西区,2021,1,1\n东区,2022,1,1\n西区,2023,1,1\n", ""),  # gaps all over
    ],
)
def test_a_row_that_is_gone_is_told_from_units_that_come_and_go(tmp_path: Path, rows: str, gone: str) -> None:
    found = match(project(tmp_path, "区,年份,案件数,来电数\n" + rows), tmp_path).findings
    assert [one.values["gone"] for one in found if one.code == "IC377"] == ([gone] if gone else [])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("东区,2021,1,1\n西区,2021,1,1\n东区,2022,1,1\n西区,2022,,\n", ["西区 2022 5"]),  # the newest
        ("东区,2021,1,1\n西区,2021,1,1\n东区,2022,1,1\n西区,2022,,3\n", []),  # one cell of two
        ("东区,2021,1,1\n西区,2021,1,1\n东区,2022,1,1\n西区,2022,不适用,\n", []),  # said
        ("东区,2021,1,1\n西区,2021,,\n东区,2022,1,1\n西区,2022,1,1\n", []),  # came later
        ("东区,2021,1,1\n西区,2021,1,1\n东区,2022,,\n西区,2022,,\n", []),  # said of the columns
    ],
)
def test_a_row_that_was_emptied_is_told_as_one_that_is_gone(tmp_path: Path, rows: str, told: list[str]) -> None:
    index = project(tmp_path, "区,年份,案件数,来电数\n" + rows)
    found = [one for one in match(index, tmp_path).findings if one.code == "IC384"]
    assert [f"{one.values['emptied']} {one.place.line}" for one in found] == told


def test_a_unit_without_a_value_in_any_of_several_files_is_told_though_each_lacks_one_cell(tmp_path: Path) -> None:
    index = project(tmp_path, "")
    for file, name in (("a", "案件数"), ("b", "来电数")):
        (tmp_path / f"{file}.csv").write_text(
            f"区,年份,{name}\n东区,2021,1\n西区,2021,1\n东区,2022,2\n西区,2022,\n", encoding="utf-8"
        )
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {a: {path: a.csv}, b: {path: b.csv}}\n"
        "dimensions: [{id: x, name: 案件数, weight: 0.5, source: a}, {id: y, name: 来电数, weight: 0.5, source: b}]\n"
    )
    assert [one.values["emptied"] for one in match(index, tmp_path).findings if one.code == "IC384"] == ["西区 2022"]
    (tmp_path / "b.csv").write_text("区,年份,来电数\n东区,2021,1\n西区,2021,1\n东区,2022,2\n西区,2022,3\n", encoding="utf-8")
    assert [one.code for one in match(index, tmp_path).findings if one.code == "IC384"] == []


def test_no_row_of_an_event_is_no_event(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("区,年份,事故\n东区,2021,1\n西区,2022,2\n东区,2023,1\n西区,2023,1\n", encoding="utf-8")
    rows = "".join(f"{unit},{year},1,2\n" for unit in ("东区", "西区") for year in (2021, 2022, 2023))
    project(tmp_path, "区,年份,案件数,来电数\n" + rows)
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.csv}, e: {path: e.csv}}\n"
        "adjustments: [{id: accident, name: 事故, each: -5, source: e}]\n"
        "dimensions: [{id: cases, name: 案件数, weight: 1, source: d}]\n"
    )
    assert "IC377" not in [one.code for one in match(index, tmp_path).findings]
    events = tmp_path / "e.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("事故", "案件数"), encoding="utf-8")
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {e: {path: e.csv}}\n"
        "dimensions: [{id: cases, name: 案件数, weight: 1}]\n"
    )
    assert [one.values["gone"] for one in match(index, tmp_path).findings if one.code == "IC377"] == ["东区 2022"]
