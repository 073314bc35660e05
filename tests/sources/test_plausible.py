"""Values that are most likely not what was meant are doubted; what is only unusual is not."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc import read, submit
from indexcalc.sources import match, panel
from indexcalc.sources.match.matched import ends
from indexcalc.sources.match.stray import LEAST, LEAST_TIMES, may_stray, shift, stray
from indexcalc.tree import Index

from ..conftest import index_of

CODES = {"IC913", "IC914", "IC915", "IC916", "IC917"}


def tree(folder: Path, leaf: str, units: int, *, table: str = "", more: str = "") -> Index:
    names = "".join(f"{unit},{unit}号\n" for unit in range(1, units + 1))
    (folder / "u.csv").write_text(table or f"id,name\n{names}", encoding="utf-8")
    return index_of(
        f"index: {{id: t}}\nunits: {{table: u.csv, label: 区{more}}}\nperiods: {{kind: year}}\ndata: {{d: {{path: d.csv}}}}\n"
        f"defaults: {{normalise: points}}\ndimensions:\n  - {{id: x, weight: 1, {leaf}}}\n"
    )


def doubts(folder: Path, leaf: str, values: Sequence[Sequence[float | str]]) -> list[tuple[str, str, str]]:
    """What is doubted of values, a row a year: the code, the place and the words of each finding."""
    rows = [f"{unit}号,{2000 + year},{value}" for year, row in enumerate(values) for unit, value in enumerate(row, 1)]
    (folder / "d.csv").write_text("\n".join(["区,年份,x", *rows]), encoding="utf-8")
    found = match(tree(folder, leaf, max(map(len, values))), folder).findings
    return [(one.code, str(one.place), one.message("en")) for one in found if one.code in CODES]


RATES = [81.3, 79.9, 84.0, 88.2, 90.1, 83.3, 85.0, 86.7, 82.4]
AREAS = [12.1, 13.4, 11.8, 12.9, 14.2, 13.0, 12.5, 13.8, 11.9, 12.2]


@pytest.mark.parametrize(("factor", "meant"), [(10, "13"), (100, "13"), (1000, "13"), (0.1, "13"), (0.01, "13"), (10_000, "13")])
def test_a_value_a_power_of_ten_off_is_doubted_at_its_cell(tmp_path: Path, factor: float, meant: str) -> None:
    values = [*AREAS[:5], AREAS[5] * factor, *AREAS[6:]]
    ((code, place, words),) = doubts(tmp_path, "name: 人均面积, measure: 平方米", [values])
    assert (code, place) == ("IC913", "d.csv:7:3")
    assert f"is it {meant}?" in words
    assert "between 11.8 and 14.2" in words


def test_a_slip_is_told_by_the_units_own_history_where_units_differ_by_much(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sizes = 10.0 ** np.arange(6)  # from 1 to 100,000
    values = np.round(sizes * rng.uniform(0.9, 1.2, (9, 6)) * 7, 1)
    values[4, 2] *= 10
    ((code, place, words),) = doubts(tmp_path, "name: 产值, measure: 万元", values.tolist())
    assert (code, place) == ("IC913", f"d.csv:{2 + 4 * 6 + 2}:3")
    assert "of 3号" in words


@pytest.mark.parametrize(
    "values",
    [
        [[1.2, 3.4, 8.0, 15.0, 22.0, 60.0, 150.0, 1500.0, 2.2]],  # a long tail
        [[12.1, 13.4, 11.8, 12.9, 14.2, 400.0, 12.5, 13.8, 11.9]],  # far away, but by no power of ten
        [[1, 1, 2, 1, 1, 3, 1, 12, 1, 2]],  # small counts
        [[*AREAS, sum(AREAS)]],  # the sum of all
        [[12.1, 13.4, 11.8, 12.9, 14.2, 130.0, 131.0]],  # too few to say what is usual
        [[*AREAS[:9], 128.0], [*AREAS[:9], 127.0], [*AREAS[:9], 131.0]],  # what the unit has every year
        [[5.1, -0.3, 4.8, 0.05, 6.2, 5.5, 4.9, 5.0, 6.1, -1.2]],  # growth on both sides of 0
        [[1, 100, 80, 75, 90, 66, 1, 58, 88, 71, 95, 84]],  # the bound of a scale
        [[0, 0, 0, 12.1, 13.4, 11.8, 12.9, 14.2, 1300.0, 12.5, 13.8, 11.9]],  # many have nothing
    ],
)
def test_unusual_values_are_not_doubted(tmp_path: Path, values: list[list[float]]) -> None:
    assert doubts(tmp_path, "name: 数额, measure: 万元", values) == []


def test_a_total_among_units_of_another_level_is_not_doubted(tmp_path: Path) -> None:
    table = "id,name,level,parent\n0,全市,市,\n" + "".join(f"{unit},{unit}号,区,0\n" for unit in range(1, 11))
    rows = [f"{unit},2022,{value}" for unit, value in enumerate([125.0, *AREAS])]
    (tmp_path / "d.csv").write_text("\n".join(["id,年份,x", *rows]), encoding="utf-8")
    found = match(tree(tmp_path, "name: 面积", 10, table=table, more=", level: level, score: 区"), tmp_path).findings
    assert not CODES & {one.code for one in found}


def test_fractions_among_percentages_are_doubted_from_four_values_on(tmp_path: Path) -> None:
    ((code, place, words),) = doubts(tmp_path, "name: 满意率, measure: '%'", [[81.3, 0.79, 84.0, 88.2]])
    assert (code, place) == ("IC914", "d.csv:3:3")
    assert "is it 79?" in words
    ((code, _, words),) = doubts(tmp_path, "name: 满意率, measure: '%'", [[0.813, 79, 0.84, 0.882, 0.9]])
    assert code == "IC914"
    assert "is it 0.79?" in words
    several = doubts(tmp_path, "name: 满意率, measure: '%'", [[*RATES, 0.8, 0.85]])
    assert [code for code, _, _ in several] == ["IC914"]
    assert "(+1: d.csv:12:3 0.85)" in several[0][2]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("登记失业率", [3.2, 0.9, 4.1, 2.8, 5.0, 3.3]),
        ("地区生产总值增长率", [12.0, 0.12, 14.0, 11.0, 13.0]),
        ("山区面积占比", [2.0, 0.5, 45.0, 60.0, 88.0]),
        ("办结率", [0.2, 81.0, 84.0, 88.0, 90.0]),
    ],
)
def test_small_percentages_are_not_doubted(tmp_path: Path, name: str, values: list[float]) -> None:
    assert doubts(tmp_path, f"name: {name}, measure: '%'", [values]) == []


@pytest.mark.parametrize(
    ("leaf", "value"),
    [
        ("name: 信访件次, measure: 件次", -12),
        ("name: 参保人数, measure: 万人", -3.4),
        ("name: 学校数", -4),
        ("name: 新增就业人数, measure: 人", -40),
        ("id2: 1, name: Number of fires", -7),
        ("name: 满意率, measure: '%'", -85),
    ],
)
def test_counts_and_shares_below_0_are_doubted(tmp_path: Path, leaf: str, value: float) -> None:
    leaf = leaf.replace("id2: 1, ", "")
    ((code, place, _),) = doubts(tmp_path, leaf, [[85, value, 88, 90]])
    assert (code, place) == ("IC915", "d.csv:3:3")


@pytest.mark.parametrize(
    "leaf",
    [
        "name: 人口净流入, measure: 万人",
        "name: 较上年增减, measure: 件",
        "name: 财政余额, measure: 万元",
        "name: 增速, measure: '%'",
        "name: net migration, measure: persons",
        "name: 案件数, measure: 件, valid: [-100, 100]",
    ],
)
def test_differences_may_be_below_0(tmp_path: Path, leaf: str) -> None:
    assert doubts(tmp_path, leaf, [[85, -12, 88, 90]]) == []


def test_shares_over_100_are_doubted(tmp_path: Path) -> None:
    for name in ("群众满意率", "coverage rate", "绿化水平"):
        ((code, place, _),) = doubts(tmp_path, f"name: {name}, measure: '%'", [[*RATES, 103.5]])
        assert (code, place) == ("IC916", "d.csv:11:3")


@pytest.mark.parametrize(
    "leaf",
    [
        "name: 投资增长率, measure: '%'",
        "name: 小学毛入学率, measure: '%'",
        "name: 目标完成率, measure: '%'",
        "name: Trade to GDP, measure: '%'",
        "name: 办结率, measure: '%', scale: 100",
        "name: 办结率, measure: '%', valid: [0, 120]",
        "name: 指标, measure: 件",
    ],
)
def test_growth_and_ratios_may_be_over_100(tmp_path: Path, leaf: str) -> None:
    rows = "\n".join(f"{unit}号,2000,{value},9" for unit, value in enumerate([*RATES, 103.5], 1))
    (tmp_path / "d.csv").write_text(f"区,年份,x,n\n{rows}", encoding="utf-8")
    assert not CODES & {one.code for one in match(tree(tmp_path, leaf, 10), tmp_path).findings}


def test_percentages_are_known_by_their_heading_or_name_where_the_tree_is_silent(tmp_path: Path) -> None:
    values = [*RATES, 103.5]
    for heading, name in (("x（%）", "绿化水平"), ("x", "事项办结率"), ("x", "percentage of households")):
        rows = "\n".join(f"{unit}号,2022,{value}" for unit, value in enumerate(values, 1))
        (tmp_path / "d.csv").write_text(f"区,年份,{heading}\n{rows}", encoding="utf-8")
        assert [one.code for one in match(tree(tmp_path, f"name: {name}", 10), tmp_path).findings if one.code in CODES] == [
            "IC916"
        ]
    for leaf in ("name: 绿化水平", "name: 发案率", "name: 事项办结率, scale: 0.5", "name: 每万人占比, measure: 件/万人"):
        assert doubts(tmp_path, leaf, [values]) == []


def test_many_over_100_are_what_the_column_is(tmp_path: Path) -> None:
    assert doubts(tmp_path, "name: 水平, measure: '%'", [[95, 102, 99, 110, 104, 98, 120, 101]]) == []


def test_a_whole_period_in_another_measure_is_told_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    base = np.array([300.0, 250, 120, 80, 41])
    values = np.round(base * rng.uniform(0.95, 1.1, (3, 5)), 1)
    values[1] *= 10_000
    ((code, place, words),) = doubts(tmp_path, "name: 产值", values.tolist())
    assert (code, place) == ("IC917", "d.csv:7:3")
    assert "in 2001 is about 10000 times" in words


def test_a_shock_that_befell_most_units_is_no_slip(tmp_path: Path) -> None:
    values = np.full((9, 6), 120.0) * np.linspace(1, 1.3, 9)[:, None] * np.linspace(1, 1.9, 6)
    values[5] /= [9, 14, 10, 6, 11, 3]
    assert doubts(tmp_path, "name: 接待游客, measure: 万人次", np.round(values, 1).tolist()) == []


def test_ranks_do_not_move_and_python_warns(tmp_path: Path) -> None:
    doubts(tmp_path, "name: 面积", [[*AREAS[:9], 1220]])
    index = tree(tmp_path, "name: 面积", 10)
    panel = read(index, tmp_path)
    assert panel.values[0, 9, 0] == 1220
    assert "IC913" in {one.code for one in panel.findings}


def test_submit_holds_a_value_against_what_was_reported_before(tmp_path: Path) -> None:
    tree(tmp_path, "name: 面积", 3)
    text = "index: {id: t}\nunits: {table: u.csv, label: 区}\nperiods: {kind: year}\ndata: {d: {ledger: l.sqlite}}\n"
    (tmp_path / "indicators.yaml").write_text(
        f"{text}dimensions:\n  - {{id: x, name: 面积, department: 园林局, weight: 1}}\n", encoding="utf-8"
    )
    (tmp_path / "in").mkdir()
    for year in range(2010, 2020):
        values = [12.0, 130.0, 1200.0 if year < 2019 else 11_000.0]
        rows = "\n".join(f"{unit}号,{year},{value}" for unit, value in enumerate(values, 1))
        (tmp_path / "in" / "r.csv").write_text(f"区,年份,面积\n{rows}\n", encoding="utf-8")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            submit(tmp_path, tmp_path / "in" / "r.csv", by="张三")
        told = [str(one.message) for one in said if "IC913" in str(one.message) or "IC680" in str(one.message)]
        assert [one.split(" ")[:2] for one in told] == ([["in/r.csv:4:3:", "IC913"]] if year == 2019 else [])


# ------------------------------------------------------------------------------------------------ the judgement itself


@given(st.lists(st.floats(1, 2), min_size=LEAST - 1, max_size=30), st.sampled_from([-4, -3, -2, 2, 3, 4]), st.floats(0.001, 1000))
def test_scale_does_not_matter_and_order_neither(values: list[float], power: int, scale: float) -> None:
    planted = [*values, 1.4 * 10.0**power]
    assert stray([value * scale for value in planted]) == stray(planted)
    turned = stray(planted[::-1])
    assert sorted((len(planted) - 1 - at, found) for at, found in turned) == stray(planted)


@given(st.lists(st.floats(1, LEAST_TIMES), min_size=1, max_size=40), st.sampled_from([None, 1.0, 0.999 * LEAST_TIMES]))
def test_values_within_the_factor_that_is_not_looked_beyond_are_never_doubted(values: list[float], one: float | None) -> None:
    close = [1 + (value - 1) / 10 for value in values]
    assert stray(values) == []
    assert stray([*close, *([] if one is None else [one])]) == []


def test_a_value_just_beyond_that_factor_may_be_doubted() -> None:
    """The factor leaves nothing out and is no wider than it has to be: the closest ten times that is doubted."""
    usual = [1.0, 1.99, *(1.0 + 0.1 * at for at in range(10))]
    assert stray([*usual, 1.01 * LEAST_TIMES]) == [(len(usual), 1)]


@given(st.lists(st.floats(-10, 10) | st.just(float("nan")), max_size=8))
def test_gaps_do_not_hide_the_ends_of_a_column(values: list[float]) -> None:
    known = [value for value in values if not np.isnan(value)]
    expected = (min(known), max(known)) if known else (np.nan, np.nan)
    np.testing.assert_array_equal(ends(values), expected)


def test_random_columns_are_hardly_ever_doubted() -> None:
    rng = np.random.default_rng(11)
    columns = [np.exp(rng.normal(0, spread, int(rng.integers(8, 40)))) for spread in (0.2, 0.5, 1.0, 1.5) for _ in range(500)]
    columns += [rng.poisson(mean, 20).astype(float) for mean in (0.5, 2, 5, 20, 200) for _ in range(200)]
    assert sum(bool(stray(column.tolist())) for column in columns) <= 3


def test_arrays_are_asked_the_same() -> None:
    """Nothing that the plain form doubts is left out by the quick one, along units or along periods."""
    rng = np.random.default_rng(2)
    for _ in range(400):
        count = int(rng.integers(LEAST, 30))
        values = np.exp(rng.normal(0, rng.choice([0.05, 0.1, 0.3]), count))
        for _ in range(int(rng.integers(0, 3))):
            values[rng.integers(count)] *= 10.0 ** rng.integers(-3, 4)
        nought, each = np.zeros(count, dtype=int), np.arange(count)
        doubted = bool(stray(values.tolist()))
        assert may_stray(values, each, nought) == doubted
        assert may_stray(values, nought, each) or not doubted


def test_a_shift_needs_nearly_all() -> None:
    assert shift([100.0, 104.0, 97.0, 99.0]) == 2
    assert shift([100.0, 104.0, 1.0, 1.1]) == 0
    assert shift([10.0, 10.4, 9.7, 9.9]) == 0  # four could have grown so
    assert shift([10.0, 10.4, 9.7, 9.9, 10.1, 10.2, 9.8, 9.9]) == 1
    assert shift([]) == 0


def test_a_large_frame_is_judged_too(tmp_path: Path) -> None:
    del tmp_path
    rng = np.random.default_rng(1)
    values = np.round(np.exp(rng.normal(3, 0.05, 30_000)), 3)
    values[17] *= 100
    index = index_of("index: {id: t}\ndimensions:\n  - {id: x, weight: 1}\n")
    from indexcalc.sources.frames import panel_of_frame

    frame = pd.DataFrame({"id": [f"u{at}" for at in range(len(values))], "x": values})
    found: Any = [one for one in panel_of_frame(index, frame).findings if one.code in CODES]
    assert [(one.code, one.place.line) for one in found] == [("IC913", 18)]


@pytest.mark.parametrize("keep", [None, 0])
def test_files_of_one_source_are_judged_together(tmp_path: Path, keep: int | None) -> None:
    rng = np.random.default_rng(3)
    values = np.round(10.0 ** np.arange(6) * rng.uniform(0.9, 1.2, (9, 6)) * 7, 1)  # in no file can one be told from the others
    values[4, 2] *= 100
    for year, row in enumerate(values, 2000):
        pd.DataFrame({"区": [f"{unit}号" for unit in range(1, 7)], "x": row}).to_parquet(tmp_path / f"d-{year}.parquet")
    index = tree(tmp_path, "name: 面积", 6)
    index = index.model_copy(update={"data": {"d": index.data["d"].model_copy(update={"path": "d-{period}.parquet"})}})
    matched = match(index, tmp_path, keep=keep)
    found = [one for one in panel(matched).findings if one.code in CODES]
    assert [(one.code, one.place.file) for one in found] == [("IC913", "d-2004.parquet")]
