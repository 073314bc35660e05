"""DataFrames in place of files: the same values give the same scores, and what a file is refused for a frame is refused for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc import read
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel
from indexcalc.scores import Scores
from indexcalc.sources.frames import panel_of_frame
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = "id,name,group,aliases\n01,东区,a,East\n02,西区,a,\n03,南区,b,\n04,北区,b,\n"
NAMES = (("01", "东区", "East"), ("02", "西区"), ("03", "南区"), ("04", "北区"))
TREE = (
    "index: {id: t}\n{head}periods: {kind: year}\ndefaults: {normalise: z-score, weights: equal}\n"
    "dimensions: [{id: cases, name: 案件数, direction: lower}, {id: calls, column: 来电}, {id: rate, measure: '%'}]\n"
)
FILES = "units: {table: u.csv, label: 区}\ndata: {d: {path: d.csv, missing: ['-']}}\n"


def tree(head: str = "") -> Index:
    return index_of(TREE.replace("{head}", head))


def wide(values: list[float | None], years: int, pick: Callable[[Any], Any] = lambda choices: choices[0]) -> pd.DataFrame:
    """A row for each unit and year, the units by any of their names."""
    keys = [(pick(names), 2020 + year) for year in range(years) for names in NAMES]
    cells = np.array(values, dtype=float).reshape(len(keys), 3)
    return pd.DataFrame({"区": [unit for unit, _ in keys], "年份": [year for _, year in keys]}).assign(
        cases=cells[:, 0], 来电=cells[:, 1], rate=cells[:, 2]
    )


def long(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.melt(["区", "年份"], var_name="指标", value_name="数值")


SHAPES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "wide": lambda frame: frame,
    "long": long,
    "keys in the index": lambda frame: frame.set_index(["区", "年份"]),
    "keys in the index, without names": lambda frame: frame.set_index(["区", "年份"]).rename_axis([None, None]),
    "units in the index": lambda frame: frame.set_index("区"),
    "periods in the index": lambda frame: frame.set_index("年份"),
    "long with all in the index": lambda frame: long(frame).set_index(["区", "年份", "指标"]),
    "years as headings": lambda frame: frame.pivot(index="区", columns="年份", values=["cases", "来电", "rate"]),
    "years above": lambda frame: frame.pivot(index="区", columns="年份", values=["cases", "来电", "rate"]).swaplevel(axis=1),
    "long by year": lambda frame: long(frame).pivot(index=["区", "指标"], columns="年份", values="数值").reset_index(),
    "text": lambda frame: frame.map(lambda cell: "" if cell != cell else str(cell)),
    "objects": lambda frame: frame.astype(object).where(frame.notna(), None),
    "nullable": lambda frame: frame.convert_dtypes(),
    "categories": lambda frame: frame.astype({"区": "category", "年份": "category"}),
    "arrow's types": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "dates": lambda frame: frame.assign(年份=pd.to_datetime(frame["年份"].astype(str) + "-07-15")),
    "dates of a zone": lambda frame: frame.assign(年份=pd.to_datetime(frame["年份"].astype(str)).dt.tz_localize("Asia/Shanghai")),
    "periods": lambda frame: frame.assign(年份=pd.PeriodIndex(frame["年份"].astype(str), freq="Y")),
    "an Arrow table": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "a batch of Arrow": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
    "a long Arrow table": lambda frame: pa.Table.from_pandas(long(frame), preserve_index=False),
}

LAST_BIT = st.one_of(st.none(), st.floats(2, 1e6), st.integers(2, 1000).map(float))


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """The same values twice, the second time with rows and columns in another order and other names, and a shape."""
    years = draw(st.integers(1, 2))
    values = draw(st.lists(LAST_BIT, min_size=years * 12, max_size=years * 12))
    given_names = wide(values, years, lambda names: draw(st.sampled_from(names)))
    shuffled = given_names.sample(frac=1, random_state=draw(st.integers(0, 99)))
    return wide(values, years), shuffled[draw(st.permutations(list(shuffled)))], draw(st.sampled_from(list(SHAPES)))


@given(tables())
def test_the_same_values_give_the_same_scores_as_in_a_file(case: tuple[pd.DataFrame, pd.DataFrame, str]) -> None:
    plain, shuffled, shape = case
    if "headings" in shape or "above" in shape or "by year" in shape:  # pandas itself would put other names beside each other
        shuffled = plain.sample(frac=1, random_state=1)
    index = tree(FILES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "u.csv").write_text(UNITS, encoding="utf-8")
        plain.to_csv(folder / "d.csv", index=False, encoding="utf-8")
        of_file = read(index, folder)
        of_frame = panel_of_frame(index, SHAPES[shape](shuffled), base=folder)
    assert of_frame.units == of_file.units
    np.testing.assert_array_equal(of_frame.values, of_file.values)
    np.testing.assert_array_equal(of_frame.status, of_file.status)
    same(score(index, of_frame), score(index, of_file))


def same(one: Scores, other: Scores) -> None:
    assert one.periods == other.periods
    for stage in ("derived", "scores", "ranks", "coverage"):
        assert np.asarray(getattr(one, stage)).tobytes() == np.asarray(getattr(other, stage)).tobytes(), stage


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tree_without_files_takes_the_units_of_the_frame(shape: str) -> None:
    frame = wide([float(value) for value in range(2, 26)], 2)
    panel = panel_of_frame(tree(), SHAPES[shape](frame))
    ids = ("01", "02", "03", "04")
    order = [panel.units.ids.index(unit) for unit in ids]
    assert sorted(panel.units.ids) == list(ids)
    assert panel.periods == ("2020", "2021")
    np.testing.assert_array_equal(panel.values[:, order], np.arange(2.0, 26).reshape(2, 4, 3))
    assert [one.code for one in panel.findings] == []


def refused(index: Index, frame: Any, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        panel_of_frame(index, frame, **more)
    return [(one.code, str(one.place)) for one in caught.value.findings if one.severity == "error"]


FRAME = wide([float(value) for value in range(2, 14)], 1)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda frame: frame.assign(cases=[1, "x", 3, 4]), [("IC314", "DataFrame:2:3")]),
        (lambda frame: frame.assign(cases=["1 2", 2, "5%", np.inf]), [(code, f"DataFrame:{row}:3") for code, row in (("IC362", 1), ("IC315", 3), ("IC314", 4))]),
        (lambda frame: pd.concat([frame, frame[2:3]]), [("IC348", "DataFrame:5:3")]),
        (lambda frame: frame.rename(columns={"来电": "来电数"}), [("IC344", "indicators.yaml:4:76")]),
        (lambda frame: frame.drop(columns="rate"), [("IC365", "indicators.yaml:4:81")]),
        (lambda frame: frame.assign(区=["01", "02", None, "04"]), [("IC356", "DataFrame:3:1")]),
        (lambda frame: frame.assign(年份=[2020, 2020, 2020, "soon"]), [("IC346", "DataFrame:4:2")]),
        (lambda frame: frame.drop(columns="年份"), [("IC380", "DataFrame")]),
        (lambda frame: frame.drop(columns="区"), [("IC382", "DataFrame")]),
        (lambda frame: frame.drop(columns=["cases", "来电", "rate"]), [("IC383", "DataFrame")]),
        (lambda frame: frame.assign(cases=[[1], [2], [3], [4]]), [("IC362", "DataFrame:1:3")]),
        (lambda frame: frame.iloc[:0], [("IC354", "DataFrame")]),
        (lambda frame: pd.concat([frame, frame[["cases"]]], axis=1), [("IC310", "DataFrame")]),
    ],
)  # fmt: skip
def test_what_a_file_is_refused_for_a_frame_is_refused_for(
    change: Callable[[pd.DataFrame], pd.DataFrame], found: list[tuple[str, str]]
) -> None:
    assert sorted(refused(tree(), change(FRAME))) == sorted(found)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    frame = FRAME.assign(区=["01", "东区 ", "Eastern", "04"], rate=["x", 1, 2, 3]).drop(columns="来电")
    assert sorted(refused(tree(FILES), frame, base=tmp_path)) == [
        ("IC314", "DataFrame:1:4"),
        ("IC341", "DataFrame:3:1"),
        ("IC348", "DataFrame:2:3"),
        ("IC365", "indicators.yaml:6:76"),
    ]


def test_words_are_read_as_the_tree_says() -> None:
    index = tree("data: {d: {path: nowhere.csv, missing: ['-'], not_applicable: [无], numbers: {'<5': 2.5}, ignore: [合计]}}\n")
    frame = FRAME.assign(
        区=["01", "02", "03", "合计"], cases=["-", "无", "<5", "x"], 来电=pd.Series([1, 2, None, 4], dtype="Int64")
    )
    panel = panel_of_frame(index, frame)
    assert panel.units.ids == ("01", "02", "03")
    assert panel.status[0, :, 0].tolist() == [MISSING, NOT_APPLICABLE, VALUE]
    assert panel.values[0, 2, 0] == 2.5
    assert panel.status[0, :, 1].tolist() == [VALUE, VALUE, MISSING]


def test_names_and_groups_come_with_the_frame_where_there_is_no_table_of_units() -> None:
    frame = FRAME.assign(name=["East", "West", "South", "North"], group=["a", "a", "b", "b"])
    panel = panel_of_frame(tree("units: {table: u.csv, label: 区}\n"), frame)
    assert panel.units.names == ("East", "West", "South", "North")
    assert panel.units.groups == ("a", "a", "b", "b")
    assert [one.code for one in panel.findings] == ["IC379"]


def test_a_column_that_nothing_asks_for_is_noted() -> None:
    (note,) = panel_of_frame(tree(), FRAME.assign(other=1)).findings
    assert (note.code, note.severity, note.values["names"]) == ("IC351", "note", ["other"])


@pytest.mark.parametrize("period", [2022, "2022", "2022年"])
def test_one_period_may_be_given(period: str | int) -> None:
    assert panel_of_frame(tree(), FRAME.drop(columns="年份"), period=period).periods == ("2022",)


def test_the_one_period_of_the_tree_is_that_of_a_frame_without_any() -> None:
    index = tree("data: {d: {path: d.csv, period: 2021}}\n")
    assert panel_of_frame(index, FRAME.drop(columns="年份")).periods == ("2021",)
    assert panel_of_frame(index, FRAME).periods == ("2020",)


def test_a_period_that_is_none_or_given_twice_is_refused() -> None:
    assert refused(tree(), FRAME.drop(columns="年份"), period="soon")[0][0] == "IC346"
    assert [code for code, _ in refused(tree(), FRAME, period=2020)] == ["IC381"]


def test_an_index_of_a_single_period_needs_none() -> None:
    index = index_of(TREE.replace("{head}", "").replace("periods: {kind: year}\n", ""))
    assert panel_of_frame(index, FRAME.drop(columns="年份")).periods == ("single",)


@pytest.mark.parametrize(
    ("kind", "times", "periods"),
    [
        ("quarter", pd.to_datetime(["2022-01-31", "2022-12-01"]), ("2022Q1", "2022Q4")),
        ("month", pd.PeriodIndex(["2022-01", "2022-12"], freq="M"), ("2022-01", "2022-12")),
        ("week", pd.PeriodIndex(["2022-07-26", "2022-08-02"], freq="W"), ("2022-W30", "2022-W31")),
        ("week", pd.to_datetime(["2022-07-26 08:00", "2022-08-02 13:00"]), ("2022-W30", "2022-W31")),
        ("day", pd.to_datetime(["2022-07-26", "2022-08-02"]), ("2022-07-26", "2022-08-02")),
        ("ten-day", pd.to_datetime(["2022-07-10", "2022-07-31"]), ("2022-07-T1", "2022-07-T3")),
        ("year", pd.to_datetime(["2021-07-10", "2022-07-31"]), ("2021", "2022")),
    ],
)
def test_dates_are_the_periods_that_they_fall_in(kind: str, times: Any, periods: tuple[str, ...]) -> None:
    index = index_of(f"index: {{id: t}}\nperiods: {{kind: {kind}}}\ndefaults: {{normalise: points}}\ndimensions: [{{id: x}}]\n")
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]}, index=pd.MultiIndex.from_product([["a", "b"], times]))
    panel = panel_of_frame(index, frame)
    assert panel.periods == periods
    assert panel.values[..., 0].tolist() == [[1, 3], [2, 4]]


def test_a_period_of_another_kind_is_refused() -> None:
    frame = FRAME.assign(年份=pd.PeriodIndex(["2020Q1"] * 4, freq="Q"))
    assert [code for code, _ in refused(tree(), frame)] == ["IC346"]


def test_values_made_of_events_are_not_in_a_frame() -> None:
    index = index_of(
        "index: {id: t}\nperiods: {kind: year}\ndata: {log: {path: log.csv, events: {time: t, unit: u}}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: x, events: count}]\n"
    )
    assert ("IC378", "indicators.yaml:5:30") in refused(index, FRAME.assign(x=1))


def test_what_is_no_frame_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="a DataFrame is wanted, not list"):
        panel_of_frame(tree(), [1, 2])


def test_a_frame_that_is_read_stays_what_it_was() -> None:
    before = FRAME.copy(deep=True)
    panel: Panel = panel_of_frame(tree(), FRAME)
    panel.values[...] = 0
    pd.testing.assert_frame_equal(FRAME, before)
