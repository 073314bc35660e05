"""Numbers as people write them: exact when they are numbers, refused with a code when they are not surely so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.sources.readers.numbers import read_numbers


def read(*cells: Any, missing: tuple[str, ...] = (), percent: bool = False) -> tuple[list[float], list[int], list[Any]]:
    words = frozenset(("n/a", "不适用"))
    values, skipped, bad = read_numbers(list(cells), missing=frozenset(missing), not_applicable=words, percent=percent)[:3]
    return list(values), skipped, bad


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("5", 5.0),
        ("-5.25", -5.25),
        ("+5", 5.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.5E-3", 0.0015),
        ("1,234,567.8", 1234567.8),
        ("-1,234", -1234.0),
        ("1，234，567", 1234567.0),
        ("１２３．５", 123.5),
        ("－５", -5.0),
        ("−5", -5.0),
        (" 5 ", 5.0),
        ("\u00a05\u3000", 5.0),
        ("\ufeff5\u200b", 5.0),
        ("0.1", 0.1),
        (7, 7.0),
        (440103.0, 440103.0),
    ],
)
def test_numbers(cell: Any, number: float) -> None:
    assert read(cell) == ([number], [], [])
    assert read(cell, "x")[0][0] == number


@pytest.mark.parametrize(
    "cell",
    [
        "abc", "12人", "nan", "NaN", "inf", "-Infinity", "1_000", "0x10", "1 234", "1.2.3", "1,23", "12,34,567", "1234,567",
        "1e999", "9" * 400, "--5", "+-5", "5-", "(5)", "10²", "①", "½", "٣", "5‰", "1,234e5", "-", "%", "#", "1\n2", True,
    ],
)  # fmt: skip
def test_what_is_no_number(cell: Any) -> None:
    for percent in (False, True):
        values, skipped, bad = read("1", cell, percent=percent)
        assert math.isnan(values[1])
        assert (values[0], skipped, bad) == (1.0, [], [(1, "IC314")])


@pytest.mark.parametrize("cell", ["85.3%", "85.3％", " 85.3 % ", "８５．３％"])
def test_percent(cell: str) -> None:
    assert read(cell, percent=True) == ([85.3], [], [])
    assert read(cell)[2] == [(0, "IC315")]


@pytest.mark.parametrize(
    "cell", ["#DIV/0!", "#N/A", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "####", "Err:502"]
)
def test_errors_of_a_spreadsheet(cell: str) -> None:
    assert read(cell)[2] == [(0, "IC316")]
    assert read(cell, missing=(cell,))[2] == []


def test_missing_and_not_applicable() -> None:
    values, skipped, bad = read("1", "", None, "  ", "\u3000", "－", "N/A ", "不适用", "缺", missing=("-", "缺"))
    assert values[0] == 1.0
    assert all(map(math.isnan, values[1:]))
    assert (skipped, bad) == ([6, 7], [])


def test_tokens_that_are_numbers() -> None:
    values, _, bad = read("1", "999", "999.0", 999.0, "998", missing=("999",))
    assert [math.isnan(value) for value in values] == [False, True, True, True, False]
    assert bad == []


def test_empty_columns() -> None:
    assert read() == ([], [], [])
    assert all(map(math.isnan, read("", "", "")[0]))
    assert math.isnan(read(math.nan)[0][0])
    assert read(math.inf)[2] == [(0, "IC314")]


def test_arrays_come_back_themselves() -> None:
    cells: Any = np.array([1.0, np.nan, 3.0])
    values, skipped, bad = read_numbers(cells, missing=frozenset(), not_applicable=frozenset(), percent=False)[:3]
    assert values is cells
    assert (skipped, bad) == ([], [])
    cells = np.array([1.0, np.inf, 999.0, -1.0])
    values, skipped, bad = read_numbers(cells, missing=frozenset({"999"}), not_applicable=frozenset({"-1"}), percent=False)[:3]
    assert [math.isnan(value) for value in values] == [False, True, True, True]
    assert (skipped, bad) == ([3], [(1, "IC314")])
    assert cells[2] == 999.0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_every_float_survives(numbers: list[float]) -> None:
    assert read(*map(repr, numbers)) == (numbers, [], [])
    assert read(*map(repr, numbers), "n/a")[0][:-1] == numbers


@given(st.lists(st.one_of(st.text(alphabet="0123456789.-+eE,%， 　％#x", max_size=8), st.none(), st.floats(), st.booleans())))
def test_a_cell_reads_the_same_alone_and_in_a_column(cells: list[Any]) -> None:
    values, skipped, bad = read(*cells)
    alone = [read(cell) for cell in cells]
    assert repr(values) == repr([one[0][0] for one in alone])
    assert skipped == [row for row, one in enumerate(alone) if one[1]]
    assert bad == [(row, one[2][0][1]) for row, one in enumerate(alone) if one[2]]


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_grouped_thousands(number: int) -> None:
    assert read(f"{number:,}") == ([float(number)], [], [])
    assert read(f"{number:,}".replace(",", "，")) == ([float(number)], [], [])


def test_words_said_to_be_numbers_are_and_no_others() -> None:
    said = {"<2.5": 1.25, "小于5": 2.5, "95%": 95.0, "Trace": 0.0}
    cells = ["<2.5", "＜２.５ ", "trace", "95%", "小于5", "小于6", "<2.50", "3", True]
    values, skipped, bad = read_numbers(cells, missing=frozenset(), not_applicable=frozenset(), percent=False, numbers=said)[:3]
    np.testing.assert_array_equal(values, [1.25, 1.25, 0.0, 95.0, 2.5, np.nan, np.nan, 3.0, np.nan])
    assert skipped == []
    assert [row for row, _ in bad] == [5, 6, 8]
