"""Totals since the year began: what each period adds, and back."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc import read
from indexcalc.analysis.cells import cells_of
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import MISSING, VALUE, empty
from indexcalc.tree import Index

from .conftest import index_of, panel_of

QUARTERS = [f"{year}Q{part}" for year in (2021, 2022) for part in (1, 2, 3, 4)]
TREE = """
index: {{id: t}}
units: {{table: u.csv}}
periods: {{kind: {kind}{roll_up}}}
data: {{d: {{path: d.csv}}}}
denominators: [{{id: staff, over_time: mean}}, {{id: all, cumulative: year, over_time: sum}}]
defaults: {{weights: equal, normalise: points, missing: {{policy: reweight, coverage: 0}}}}
dimensions:
  - {{id: own, cumulative: year}}
  - {{id: back, column: own, cumulative: year, rolling: year}}
  - {{id: rate, column: own, cumulative: year, per: staff}}
  - {{id: share, formula: closed / all, cumulative: year}}
  - {{id: plain, column: own}}
  - {{id: grown, column: own, cumulative: year, growth: year-before}}
"""


def tree(kind: str = "quarter", roll_up: str = "") -> Index:
    return index_of(TREE.format(kind=kind, roll_up=roll_up))


def reported(index: Index, rng: np.random.Generator, units: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """What each period adds of whole numbers, and the totals that are reported of it, by the columns of the index."""
    own = rng.integers(0, 50, (8, units, len(index.columns))).astype(float)
    since = own.reshape(2, 4, units, -1).cumsum(axis=1).reshape(own.shape)
    columns = [column.cumulative for column in index.columns]
    return own, np.where(columns, since, own)


def test_each_period_has_what_it_adds_and_all_of_it_is_the_total_again() -> None:
    index = tree()
    own, since = reported(index, np.random.default_rng(1))
    scores = score(index, panel_of(index, since, periods=QUARTERS))
    at = {column.id: place for place, column in enumerate(index.columns)}
    np.testing.assert_array_equal(scores.derived[..., 0], own[..., at["own"]])
    np.testing.assert_array_equal(scores.derived[..., 1], since[..., at["back"]])
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = own[..., at["rate"]] / own[..., at["staff"]]
        share = own[..., at["share.closed"]] / own[..., at["all"]]
    np.testing.assert_array_equal(scores.derived[..., 2], np.where(np.isinf(rate), np.nan, rate))
    np.testing.assert_array_equal(scores.derived[..., 3], np.where(np.isinf(share), np.nan, share))
    np.testing.assert_array_equal(scores.derived[..., 4], own[..., at["plain"]])
    np.testing.assert_array_equal(scores.panel.values, since), "what was reported stays what it was"


@pytest.mark.parametrize(("larger", "parts"), [("year", 4), ("half-year", 2)])
def test_larger_periods_are_made_of_what_their_parts_add(larger: str, parts: int) -> None:
    index = tree(roll_up=f", roll_up: {larger}")
    own, since = reported(index, np.random.default_rng(2))
    scores = score(index, panel_of(index, since, periods=QUARTERS))
    wanted = own[..., 0].reshape(8 // parts, parts, -1).sum(axis=1)
    np.testing.assert_array_equal(scores.derived[8:, :, 0], wanted)
    if larger == "year":
        np.testing.assert_array_equal(wanted, since[[3, 7], :, 0])
        last = since[[3, 7], :, [column.id for column in index.columns].index("grown")]
        np.testing.assert_allclose(scores.derived[9, :, 5], last[1] / last[0] - 1)


def test_without_the_total_before_a_period_is_missing() -> None:
    index = tree()
    _, since = reported(index, np.random.default_rng(3))
    made = panel_of(index, since, periods=QUARTERS)
    made.values[1, 0, 0], made.status[1, 0, 0] = np.nan, MISSING
    scores = score(index, made)
    assert np.isnan(scores.derived[[1, 2], 0, 0]).all()
    assert (scores.status[[1, 2], 0, 0] == MISSING).all()
    assert (scores.status[[0, 3, 4, 5], 0, 0] == VALUE).all()
    without = panel_of(index, since[1:], periods=QUARTERS[1:])
    assert np.isnan(score(index, without).derived[0, :, 0]).all(), "a first quarter that is not in the data at all"


@pytest.mark.parametrize("roll_up", ["", ", roll_up: year"])
def test_blocks_say_the_same(roll_up: str) -> None:
    index = tree(roll_up=roll_up)
    _, since = reported(index, np.random.default_rng(4))
    made = panel_of(index, since, periods=QUARTERS)
    whole, blocks = score(index, made), score_in_blocks(index, made, make=empty, cells=50)
    np.testing.assert_array_equal(whole.derived, blocks.derived)
    np.testing.assert_array_equal(whole.scores, blocks.scores)


def test_weeks_and_days_are_counted_within_their_year() -> None:
    index = index_of(TREE.format(kind="day", roll_up=""))
    values = np.array([5.0, 9, 2, 6])[:, None, None] * np.ones((4, 2, len(index.columns)))
    scores = score(index, panel_of(index, values, periods=["2021-12-30", "2021-12-31", "2022-01-01", "2022-01-02"]))
    assert scores.derived[:, 0, 0].tolist()[1:] == [4, 2, 4]


def test_labels_since_january_and_the_cells_behind_a_value(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,name\n1,甲县\n2,乙县\n", encoding="utf-8")
    rows = [
        ("甲县", "2021年1月", 4),
        ("甲县", "2021年1-2月", 9),
        ("甲县", "2021年1—3月", 15),
        ("乙县", "2021年1月", 1),
        ("乙县", "2021年1-2月", 1),
    ]
    (tmp_path / "d.csv").write_text("县,期次,own\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows), encoding="utf-8")
    index = index_of(
        "index: {id: t}\nunits: {label: 县, table: u.csv}\nperiods: {kind: month}\ndata: {d: {path: d.csv}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: own, weight: 1, cumulative: year}]\n"
    )
    scores = score(index, read(index, tmp_path))
    assert scores.derived[:, 0, 0].tolist() == [4, 5, 6]
    cells = cells_of(scores, 2, 0, index.leaves[0])
    assert [(cell.column, cell.value, cell.places) for cell in cells] == [
        ("own", 15, ("d.csv:4:3",)),
        ("own 2021-02", 9, ("d.csv:3:3",)),
    ]
    assert len(cells_of(scores, 0, 0, index.leaves[0])) == 1


def test_a_label_since_january_may_stand_for_its_end(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,name\n1,甲县\n2,乙县\n", encoding="utf-8")
    rows = [
        (county, part, total, people)
        for county in ("甲县", "乙县")
        for part, total, people in (("1-3月", 4, 90), ("1-6月", 9, 91))
    ]
    lines = [f"{county},2021年{part},{total},{people}\n" for county, part, total, people in rows]
    (tmp_path / "d.csv").write_text("县,期次,own,people\n" + "".join(lines), encoding="utf-8")
    tree = (
        "index: {{id: t}}\nunits: {{label: 县, table: u.csv}}\nperiods: {{kind: quarter}}\ndata: {{d: {{path: d.csv}}}}\n"
        "defaults: {{normalise: points}}\ndimensions: [{{id: own, weight: 0.5, cumulative: year}}, {{id: people, weight: 0.5{more}}}]\n"
    )
    index = index_of(tree.format(more=", cumulative: none"))
    scores = score(index, read(index, tmp_path))
    assert scores.derived[:, 0].tolist() == [[4, 90], [5, 91]]
    with pytest.raises(Refused) as refused:
        read(index_of(tree.format(more="")), tmp_path)
    assert [(one.code, one.values["names"]) for one in refused.value.findings] == [("IC923", "people")]
    assert index_of(tree.format(more=", cumulative: none").replace("cumulative: year", "cumulative: none")).tree.as_reported


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=8), st.integers(0, 8))
def test_a_balance_is_what_came_in_since_the_first_period(values: list[int | None], absent: int) -> None:
    """Without one of the periods in between there is no balance any more, and with a period absent none at all from there."""
    years = [str(2000 + at) for at in range(len(values)) if at != absent or at in (0, len(values) - 1)]
    given_values = {year: values[int(year) - 2000] for year in years}
    text = "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {d: {path: d.csv}}\n"
    index = index_of(text + "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a, rolling: all}]\n")
    cells = np.array([[[math.nan if one is None else float(one)]] for one in given_values.values()])
    made = score(index, panel_of(index, cells, periods=years)).derived[:, 0, 0]
    for at, year in enumerate(years):
        so_far = [given_values.get(str(one)) for one in range(int(years[0]), int(year) + 1)]
        np.testing.assert_equal(made[at], math.nan if None in so_far else float(sum(one for one in so_far if one is not None)))
