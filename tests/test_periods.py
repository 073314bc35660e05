"""Periods: every spelling that people use, their order, and the way back in time."""

from __future__ import annotations

import datetime as dt
import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc import periods
from indexcalc.periods import (
    EXAMPLES,
    MADE_OF,
    is_whole,
    kind_among,
    larger_of,
    order,
    parts_of,
    previous,
    read_period,
    year_before,
)


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(periods).failed == 0


@pytest.mark.parametrize(
    ("kind", "period", "spellings"),
    [
        ("year", "2022", ["2022", "2022年", "2022年度", " 2022 ", "２０２２年"]),
        ("quarter", "2022Q3", ["2022Q3", "2022q3", "2022-Q3", "2022/Q3", "2022 Q3", "2022年第三季度", "2022年三季度", "2022年3季度", "2022年第3季", "2022年 第三季度", "２０２２Ｑ３"]),
        ("month", "2022-07", ["2022-07", "2022-7", "2022/7", "2022.07", "2022年7月", "2022年07月份", "202207", "2022 年 7 月"]),
        ("month", "2022-12", ["2022-12", "2022年12月", "202212"]),
        ("ten-day", "2022-07-T1", ["2022-07-T1", "2022-7-T1", "2022/07T1", "2022年7月上旬", "2022年07月上旬"]),
        ("ten-day", "2022-07-T3", ["2022-07-T3", "2022年7月下旬"]),
        ("split-year", "2014-2015", ["2014/15", "2014-15", "2014/2015", "2014–15", "2014—2015学年", "2014-2015学年度", "FY2014/15", "2014年至2015年"]),
        ("split-year", "1999-2000", ["1999/00", "1999-2000", "1999/2000"]),
        ("half-year", "2022H1", ["2022H1", "2022 h1", "2022-H1", "2022S1", "H1 2022", "1H2022", "2022年上半年", "2022上半年", "2022年度上半年", "2022年1—6月", "first half of 2022"]),
        ("half-year", "2022H2", ["2022H2", "2022年下半年", "2022年7-12月"]),
        ("year", "2019", ["2019 [YR2019]", "YR2019", "2019年1-12月"]),
        ("quarter", "2022Q2", ["Q2 2022", "2022年Ⅱ季度", "2022年4—6月", "Apr-Jun 2022", "2022Q2 [2022Q2]"]),
        ("month", "2022-09", ["2022M09", "Sep 2022", "2022 September", "Sept. 2022"]),
        ("year", "2021", ["FY2021", "CY2021", "2021.0", "2021年末", "2021年底", "截至2021年末", "二〇二一年", "二○二一年度", "公元2021年"]),
        ("quarter", "2022Q4", ["4Q22", "Q4-22", "2022Ⅳ", "2022-IV", "2022:4", "4th quarter 2022", "二〇二二年四季度"]),
        ("quarter", "1999Q1", ["1Q99", "Q1'99"]),
        ("month", "2022-10", ["Oct-22", "10/2022", "202210.0", "2022年十月", "二〇二二年十月"]),
        ("month", "2022-12", ["Dec-22", "2022年十二月", "12.2022"]),
        ("half-year", "2021H2", ["2H21", "H2-21"]),
        ("week", "2022-W05", ["2022-W05", "2022W05", "2022年第5周", "2022年第05周"]),
        ("week", "2020-W53", ["2020-W53", "2020年第53周"]),
        ("day", "2022-07-05", ["2022-07-05", "2022-7-5", "2022/7/5", "2022.07.05", "2022年7月5日", "2022年7月5号", "20220705"]),
        ("day", "2024-02-29", ["2024-02-29"]),
        ("year", "2022", ["FY22", "二O二二年", "二0二二年", "民国111年", "中華民國111年度"]),
        ("year", "1912", ["民国元年"]),
        ("half-year", "2022H2", ["2nd half of 2022", "2022 second half", "2022年下", "下半年2022"]),
        ("quarter", "2022Q3", ["third quarter 2022", "Third quarter of 2022", "2022 3rd quarter", "Quarter 3, 2022", "2022 Qtr 3", "III/2022", "民國111年第三季"]),
        ("week", "2022-W05", ["Week 5, 2022", "W5 2022"]),
        ("day", "2022-07-05", ["5 July 2022", "5-Jul-2022", "July 5, 2022", "5th July 2022"]),
        ("round", "R3", ["R3", "r3", "3", "第3轮", "第3期", "第3次", "R03"]),
        ("single", "全年", ["全年", " 全 年 "]),
    ],
)  # fmt: skip
def test_every_spelling(kind: Any, period: str, spellings: list[str]) -> None:
    assert {read_period(text, kind) for text in spellings} == {period}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((kind, text) for kind in EXAMPLES for text in ("", "  ", "\n")),
        *((kind, "x") for kind in EXAMPLES if kind != "single"),
        ("year", "22"),
        ("year", "2022.5"),
        ("year", "二〇二年"),
        ("month", "22-Oct"),
        ("month", "Oct 22"),
        ("month", "13/2022"),
        ("quarter", "2022.1"),
        ("year", "2022-07"),
        ("year", "12022"),
        ("year", "٢٠٢٢"),
        ("quarter", "2022Q5"),
        ("quarter", "2022Q0"),
        ("quarter", "2022"),
        ("quarter", "第三季度"),
        ("month", "2022-13"),
        ("month", "2022-00"),
        ("month", "202213"),
        ("month", "2022"),
        ("ten-day", "2022-07-T4"),
        ("ten-day", "2022-13-T1"),
        ("split-year", "2014"),
        ("split-year", "2014/16"),
        ("split-year", "2014/2014"),
        ("half-year", "2022H3"),
        ("half-year", "2022年1-5月"),
        ("quarter", "2022年1-6月"),
        ("quarter", "2022年2-4月"),
        ("month", "2022年1-2月"),
        ("year", "2019 [YR2018]"),
        ("week", "2022-W00"),
        ("week", "2022-W54"),
        ("week", "2021-W53"),  # 2021 has 52 weeks
        ("day", "2022-02-29"),
        ("day", "2022-04-31"),
        ("day", "2022-07-00"),
        ("round", "第三轮次"),
        ("round", "R"),
    ],
)
def test_what_is_no_such_period(kind: Any, text: str) -> None:
    assert read_period(text, kind) is None


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_of_a_kind_is_its_one_spelling(kind: Any) -> None:
    assert read_period(EXAMPLES[kind], kind) == EXAMPLES[kind]


DATES = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))


def written(day: dt.date, kind: str) -> str:
    """The period of a kind that a day lies in."""
    if kind == "week":
        return f"{day.isocalendar().year:04}-W{day.isocalendar().week:02}"
    return {
        "year": f"{day.year}",
        "half-year": f"{day.year}H{1 if day.month < 7 else 2}",
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "month": f"{day.year}-{day.month:02}",
        "ten-day": f"{day.year}-{day.month:02}-T{min(3, (day.day + 9) // 10)}",
        "day": day.isoformat(),
    }[kind]


CALENDAR = ["year", "half-year", "quarter", "month", "ten-day", "week", "day"]


@pytest.mark.parametrize("kind", CALENDAR)
@given(day=DATES)
def test_the_period_before_is_the_one_that_ends_the_day_before(kind: Any, day: dt.date) -> None:
    period = written(day, kind)
    assert read_period(period, kind) == period
    while written(day, kind) == period:
        day -= dt.timedelta(days=1)
    assert previous(period, kind) == written(day, kind)


@pytest.mark.parametrize("kind", CALENDAR)
@given(one=DATES, other=DATES)
def test_periods_sort_in_time(kind: Any, one: dt.date, other: dt.date) -> None:
    first, second = written(min(one, other), kind), written(max(one, other), kind)
    assert order(first) <= order(second)
    if first != second:
        assert order(first) < order(second)


@pytest.mark.parametrize("kind", CALENDAR)
@given(day=DATES)
def test_a_year_before_is_the_same_place_in_the_year_before(kind: Any, day: dt.date) -> None:
    period = written(day, kind)
    before = year_before(period, kind)
    if before is None:
        assert period.endswith(("-02-29", "-W53"))
        return
    assert before[4:] == period[4:]
    assert int(before[:4]) == int(period[:4]) - 1
    assert read_period(before, kind) == before, "only periods that there are"


@pytest.mark.parametrize(("kind", "steps"), [("half-year", 2), ("quarter", 4), ("month", 12), ("ten-day", 36), ("year", 1)])
@given(day=DATES)
def test_a_years_steps_back_are_a_year_before(kind: Any, steps: int, day: dt.date) -> None:
    period = at = written(day, kind)
    seen = set()
    for _ in range(steps):
        seen.add(at)
        at = previous(at, kind) or ""
    assert at == year_before(period, kind)
    assert len(seen) == steps


@pytest.mark.parametrize(
    ("kind", "period", "before"),
    [
        ("day", "2024-03-01", "2024-02-29"),
        ("day", "2023-03-01", "2023-02-28"),
        ("day", "2023-01-01", "2022-12-31"),
        ("week", "2021-W01", "2020-W53"),
        ("week", "2020-W01", "2019-W52"),
        ("week", "2020-W53", "2020-W52"),
        ("ten-day", "2022-01-T1", "2021-12-T3"),
        ("quarter", "2022Q1", "2021Q4"),
        ("half-year", "2022H1", "2021H2"),
        ("split-year", "2000-2001", "1999-2000"),
        ("round", "R10", "R9"),
        ("round", "R1", None),
        ("single", "single", None),
    ],
)
def test_the_period_before_at_the_edges(kind: Any, period: str, before: str | None) -> None:
    assert previous(period, kind) == before


def test_what_runs_over_two_years_begins_on_no_day() -> None:
    assert periods.last_day("2014-2015", "split-year") is None
    assert periods.last_day("2022H1", "half-year") == dt.date(2022, 6, 30)


@pytest.mark.parametrize(
    ("text", "kind", "period"),
    [
        ("2022年1-2月", "month", "2022-02"),
        ("2022年1—6月", "month", "2022-06"),
        ("2022年1－11月份", "month", "2022-11"),
        ("2022年上半年", "quarter", "2022Q2"),
        ("2022年前三季度", "quarter", "2022Q3"),
        ("2022年一至三季度", "quarter", "2022Q3"),
        ("Jan–Sep 2022", "quarter", "2022Q3"),
        ("2022年全年", "half-year", "2022H2"),
        ("2022年1-5月", "quarter", None),
        ("2022年2-6月", "month", None),
        ("2022年6月", "month", None),
        ("2022年1-6月", "week", None),
    ],
)
def test_what_runs_since_january(text: str, kind: Any, period: str | None) -> None:
    assert periods.read_since(text, kind) == period


def test_a_year_before_what_had_none() -> None:
    assert year_before("2014-2015", "split-year") == "2013-2014"
    assert year_before("2024-02-29", "day") is None
    assert year_before("2020-W53", "week") is None
    assert year_before("R3", "round") is None
    assert year_before("single", "single") is None


def test_rounds_sort_by_number() -> None:
    assert sorted(["R10", "R2", "R1"], key=order) == ["R1", "R2", "R10"]


def test_a_year_is_whole_with_all_of_its_periods() -> None:
    quarters = [f"2022Q{part}" for part in range(1, 5)]
    assert is_whole(quarters, "quarter", "year")
    assert not is_whole(quarters[:3], "quarter", "year")
    assert not is_whole([*quarters[:3], "2022Q3"], "quarter", "year"), "one that comes twice is one"
    assert is_whole([f"2022-{month:02}" for month in range(1, 13)], "month", "year")
    assert is_whole(["2022-04", "2022-05", "2022-06"], "month", "quarter")
    assert not is_whole(["2022"], "year", "year")


@pytest.mark.parametrize(("kind", "larger"), [(kind, larger) for kind, wholes in MADE_OF.items() for larger in wholes])
@given(day=DATES)
def test_a_larger_period_is_that_of_the_same_day(kind: Any, larger: Any, day: dt.date) -> None:
    assert larger_of(written(day, kind), kind, larger) == written(day, larger)
    assert kind_among(written(day, kind), (kind, *MADE_OF[kind])) == kind
    assert kind_among(written(day, larger), (kind, *MADE_OF[kind])) == larger


def test_weeks_days_and_rounds_make_up_nothing() -> None:
    for kind in ("week", "day", "round", "single", "year"):
        assert larger_of(EXAMPLES[kind], kind, "year") is None
        assert not is_whole([EXAMPLES[kind]], kind, "year")


def test_parts_stand_where_their_larger_periods_have_them() -> None:
    months = ["2021-12", "2022-01", "2022-03", "2022-04"]
    assert parts_of(months, "month", "quarter") == {"2021Q4": [0], "2022Q1": [1, 2], "2022Q2": [3]}


@pytest.mark.parametrize("kind", ["year", "half-year", "quarter", "month", "ten-day", "week", "day", "round"])
@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_numbers_count_periods_one_by_one(kind: Any, day: dt.date) -> None:
    third = min((day.day - 1) // 10, 2) + 1
    year, week, _ = day.isocalendar()
    period = {
        "year": f"{day.year}",
        "half-year": f"{day.year}H{1 if day.month < 7 else 2}",
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "month": f"{day:%Y-%m}",
        "ten-day": f"{day:%Y-%m}-T{third}",
        "week": f"{year}-W{week:02}",
        "day": day.isoformat(),
        "round": f"R{day.day + 1}",
    }[kind]
    number = periods.number_of(period, kind)
    assert periods.numbered(number, kind) == period
    assert periods.numbered(number - 1, kind) == previous(period, kind)
    if kind != "round":
        assert periods.first_day(number, kind) <= day < periods.first_day(number + 1, kind)
