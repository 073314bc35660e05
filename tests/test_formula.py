"""Formulas: what they mean against Python's own arithmetic, every mistake at its place, nothing else accepted."""

from __future__ import annotations

import doctest
import math
import statistics
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexcalc.methods.derive import evaluate, median, trimmed_mean
from indexcalc.tree import formula
from indexcalc.tree.formula import FUNCTIONS, FormulaError, compared_with_text, names, parse

NAMES = {"x": 3.0, "y": -2.0, "面积": 0.5, "closed_on_time": 7.0, "x2": 11.0}


def value(text: str, **values: Any) -> float:
    arrays = {name: np.array([number], dtype=float) for name, number in (NAMES | values).items()}
    return float(np.broadcast_to(evaluate(parse(text), arrays), (1,))[0])


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(formula).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("100 / 10 / 5", 2),
        ("2 ^ 3 ^ 2", 512),
        ("-3 ^ 2", -9),
        ("(-3) ^ 2", 9),
        ("2 ^ -1", 0.5),
        ("2 * -3", -6),
        ("--3", 3),
        ("+3 - +1", 2),
        ("6 × 2 ÷ 3", 4),
        ("1.5e2 + .5 + 1.", 151.5),
        ("1 + 2 < 2 * 2", 1),
        ("3 == 3", 1),
        ("3 = 4", 0),
        ("3 != 4", 1),
        ("2 <= 2", 1),
        ("2 >= 3", 0),
        ("2 > 1", 1),
        ("abs(-4)", 4),
        ("sqrt(16) + exp(0) + log(1)", 5),
        ("max(1, 5, 3) - min(4, 2)", 3),
        ("sum(1, 2, 3) / mean(1, 2, 3)", 3),
        ("median(9, 1, 4)", 4),
        ("median(9, 1, 4, 2)", 3),
        ("median(7)", 7),
        ("trimmed(9.5, 7, 8, 2, 9)", 8),  # of five judges neither the highest nor the lowest
        ("trimmed(3, 3, 3)", 3),
        ("floor(2.7) + floor(-2.2)", -1),
        ("ceil(2.2) + ceil(-2.7)", 1),
        ("floor(0.3 / 0.1)", 3),  # 2.9999999999999996 in memory
        ("ceil(0.1 * 3 * 10)", 3),  # 3.0000000000000004
        ("round(2.5) + round(-3.5)", -1),
        ("round(73.975, 2)", 73.98),
        ("round(1.005, 2)", 1.01),
        ("round(1234, -2)", 1200),
        ("where(x > y, 10, 20)", 10),
        ("where(x < y, 10, 20)", 20),
        ("where(2, 10, 20)", 10),
        ("clip(x, 0, 2) + clip(y, 0, 2) + clip(x, 0, 9)", 5),
        ("x\n+\t1", 4),
        ("(((((((((x)))))))))", 3),
    ],
)
def test_arithmetic_as_written(text: str, expected: float) -> None:
    assert value(text) == expected


def test_names_in_brackets_and_in_chinese() -> None:
    assert parse("[按时办结 数(件)] / 受理量 * 面积") == (
        "*",
        ("/", ("name", "按时办结 数(件)"), ("name", "受理量")),
        ("name", "面积"),
    )
    assert parse("[ a ]") == ("name", "a")
    assert value("面积 * closed_on_time") == 3.5
    assert value("x2 - x * 2") == 5, "a digit belongs to the name that it follows"
    assert value("abs + 1", abs=4) == 5, "a function's name without a bracket is a name"


def test_names_come_once_each_in_the_order_of_their_first_appearance() -> None:
    assert names(parse("b + a * b - sum(c, a, [d e])")) == ("b", "a", "c", "d e")
    assert names(parse("1 + 2")) == ()


# Random formulas, written twice: as ours and as Python's


@st.composite
def written(draw: Any, depth: int = 4) -> tuple[str, str]:
    kind = draw(st.sampled_from(["number", "name", "binary", "power", "minus", "brackets", "call"])) if depth else "number"
    if kind == "number":
        number = str(draw(st.integers(0, 9)))
        return number, f"{number}.0"
    if kind == "name":
        name = draw(st.sampled_from(sorted(NAMES)))
        return name, name
    one, python = draw(written(depth=depth - 1))
    if kind == "minus":
        return f"-{one}", f"-{python}"
    if kind == "brackets":
        return f"({one})", f"({python})"
    if kind == "call":
        other, other_python = draw(written(depth=depth - 1))
        name = draw(st.sampled_from(["min", "max"]))
        return f"{name}({one}, {other})", f"{name}({python}, {other_python})"
    other, other_python = draw(written(depth=depth - 1))
    sign = "^" if kind == "power" else draw(st.sampled_from(["+", "-", "*", "/"]))
    space = draw(st.sampled_from(["", " "]))
    return f"{one}{space}{sign}{space}{other}", f"{python}{'**' if sign == '^' else sign}{other_python}"


@given(both=written())
def test_precedence_is_that_of_python(both: tuple[str, str]) -> None:
    text, python = both
    try:
        expected = eval(python, {"min": min, "max": max, **NAMES})
    except (ZeroDivisionError, OverflowError, TypeError):  # a TypeError: the order of complex numbers
        expected = math.nan
    assume(not isinstance(expected, complex))
    assume(math.isfinite(expected))
    try:
        found = value(text)
    except FormulaError as error:
        pytest.fail(f"{text}: {error.code}")
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)


@given(both=written())
def test_a_formula_of_arrays_is_the_formula_of_each_cell(both: tuple[str, str]) -> None:
    tree = parse(both[0])
    table = {name: np.array([[number, -number], [np.nan, 2.0]]) for name, number in NAMES.items()}
    whole = np.broadcast_to(evaluate(tree, table), (2, 2))
    for at in np.ndindex(2, 2):
        cell = evaluate(tree, {name: cells[at] for name, cells in table.items()})
        np.testing.assert_allclose(whole[at], cell, rtol=1e-12)
    np.testing.assert_array_equal(table["x"], [[3.0, -3.0], [np.nan, 2.0]])


# Missing


NOTHING = math.nan


@pytest.mark.parametrize(
    "text",
    [
        "x + n",
        "x - n",
        "n * 0",
        "n / x",
        "n ^ 0",
        "1 ^ n",
        "-n",
        "abs(n)",
        "sqrt(n)",
        "log(n)",
        "exp(n)",
        "floor(n)",
        "ceil(n)",
        "round(n)",
        "round(n, 1)",
        "round(x, n)",
    ],
)
def test_missing_goes_through_arithmetic_and_functions_of_one_value(text: str) -> None:
    assert math.isnan(value(text, n=NOTHING)), text


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "!="])
def test_a_comparison_with_missing_is_missing(sign: str) -> None:
    assert math.isnan(value(f"x {sign} n", n=NOTHING))
    assert math.isnan(value(f"n {sign} n", n=NOTHING))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(x, n, 4)", 7),
        ("mean(x, n, 5)", 4),
        ("median(x, n, 5, 10)", 5),
        ("trimmed(x, n, 5, 10)", 5),
        ("min(x, n, skip: true)", 3),
        ("max(n, x, skip: true)", 3),
        ("where(x > 1, x, n)", 3),
        ("where(x < 1, n, x)", 3),
    ],
)
def test_functions_of_several_values_pass_over_missing(text: str, expected: float) -> None:
    assert value(text, n=NOTHING) == expected


@pytest.mark.parametrize(
    "text",
    [
        "sum(n, n)",
        "mean(n, n)",
        "min(n)",
        "min(x, n)",
        "max(n, 0)",
        "min(x, n, skip: false)",
        "max(n, n, skip: true)",
        "clip(n, 0, 1)",
        "clip(x, n, 9)",
        "clip(x, 0, n)",
        "clip(x, 5, x)",
        "median(n, n)",
        "trimmed(x, n, 5)",
        "where(n, 1, 2)",
        "where(x > 1, n, x)",
    ],
)
def test_nothing_of_nothing(text: str) -> None:
    assert math.isnan(value(text, n=NOTHING))


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "0 / 0",
        "log(0)",
        "log(-1)",
        "sqrt(-1)",
        "(-8) ^ 0.5",
        "exp(1000)",
        "0 ^ -1",
        "10 ^ 400",
        "round(1.5, 0.5)",
        "round(1, 400)",
    ],
)
def test_what_has_no_number_is_missing_without_a_warning(text: str) -> None:
    assert math.isnan(value(text))


@given(parts=arrays(float, (5, 6), elements=st.one_of(st.floats(-100, 100), st.just(NOTHING))))
def test_panels_of_judges(parts: Any) -> None:
    for at, column in enumerate(parts.T):
        there = sorted(column[~np.isnan(column)].tolist())
        for found, expected in (
            (median(parts)[at], statistics.median(there) if there else NOTHING),
            (trimmed_mean(parts)[at], statistics.mean(there[1:-1]) if len(there) > 2 else NOTHING),
            (trimmed_mean(parts, 2)[at], there[2] if len(there) == 5 else NOTHING),
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(number=st.integers(-10_000, 10_000), decimals=st.integers(0, 3))
def test_round_floor_and_ceil_see_the_number_that_is_meant(number: int, decimals: int) -> None:
    meant = Decimal(number) / 1000
    step = Decimal(1).scaleb(-decimals)
    assert value(f"round(n, {decimals})", n=number / 1000) == float(meant.quantize(step, ROUND_HALF_UP))
    assert value("floor(n)", n=number / 1000) == math.floor(meant)
    assert value("ceil(n)", n=number / 1000) == math.ceil(meant)


# Mistakes


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("a $ b", "IC240", 2),
        ("a + 'b'", "IC441", 2),
        ("a & b", "IC240", 2),
        ("[a", "IC240", 0),
        ("a ＋ b", "IC109", 2),  # the full-width sign of a Chinese keyboard
        ("（a + b)", "IC109", 0),
        ("a]", "IC240", 1),
        ("a.b", "IC240", 1),
        ("a b", "IC241", 2),
        ("a + * b", "IC241", 4),
        ("2x", "IC241", 1),
        ("(a, b)", "IC241", 2),
        ("a,", "IC241", 1),
        ("()", "IC241", 1),
        ("sum(a b)", "IC241", 6),
        ("sum(a,)", "IC241", 6),
        ("a ** b", "IC241", 3),
        ("", "IC242", 0),
        ("  ", "IC242", 0),
        ("a +", "IC242", 3),
        ("a + ", "IC242", 3),
        ("sum(", "IC242", 4),
        ("-", "IC242", 1),
        ("(a + b", "IC243", 0),
        ("a * (b", "IC243", 4),
        ("sum(a, b", "IC243", 3),
        ("a + b)", "IC243", 5),
        ("mode(a)", "IC244", 0),
        ("1 + __import__(a)", "IC244", 4),
        ("自定义(a)", "IC244", 0),
        ("a + where(a, b)", "IC246", 4),
        ("where(a, b, c, d)", "IC246", 0),
        ("abs()", "IC246", 0),
        ("log(a, b)", "IC246", 0),
        ("round(a, b, c)", "IC246", 0),
        ("trimmed(a, b)", "IC246", 0),
    ],
)
def test_every_mistake_has_its_code_and_place(text: str, code: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.position) == (code, position)


@pytest.mark.parametrize("nested", ["(" * 60 + "a" + ")" * 60, "-" * 60 + "a", "2^" * 60 + "2", "abs(" * 5000 + "a" + ")" * 5000])
def test_deep_nesting_is_refused_not_run(nested: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(nested)
    assert caught.value.code == "IC247"
    assert caught.value.values["most"] > 20


def test_a_long_sum_is_not_deep() -> None:
    tree = parse(" + ".join(f"c{at}" for at in range(3000)))
    assert len(names(tree)) == 3000
    assert float(evaluate(tree, {f"c{at}": np.array(float(at)) for at in range(3000)})) == 3000 * 2999 / 2


@given(text=st.text(alphabet="ab1.()[]+-*/^<>=!,×÷ 数$sum'\":in", max_size=25))
def test_any_text_is_a_formula_or_a_finding(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaError as error:
        assert error.code in {"IC240", "IC241", "IC242", "IC243", "IC244", "IC246", "IC247", "IC440", "IC441", "IC443"}
        assert 0 <= error.position <= len(text)
        return
    evaluate(tree, {name: np.array([1.0, np.nan]) for name in names(tree)})


def test_every_function_can_be_called() -> None:
    for name, (least, most) in FUNCTIONS.items():
        for count in {least, most or least + 3}:
            assert value(f"{name}({', '.join('1' * count)})") >= 0


@pytest.mark.parametrize(
    ("text", "name", "heading", "words", "denied"),
    [
        ("group = '县'", "group = '县'", "group", ("县",), False),
        ('"县" == group', "group = '县'", "group", ("县",), False),
        ("[unit type] != 'it''s'", "unit type = 'it's'", "unit type", ("it's",), True),
        ("group in ('县', '市')", "group in ('县', '市')", "group", ("县", "市"), False),
        ("group not in ('县', '市')", "group in ('县', '市')", "group", ("县", "市"), True),
    ],
)
def test_a_comparison_with_text_is_a_name_of_its_own(
    text: str, name: str, heading: str, words: tuple[str, ...], denied: bool
) -> None:
    tree = parse(f"1 - ({text})")
    assert names(tree) == (name,)
    assert compared_with_text(tree) == {name: (heading, words)}
    assert float(evaluate(tree, {name: np.array(1.0)})) == (1.0 if denied else 0.0)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("group = '县", "IC440", 8),
        ("group < '县'", "IC441", 6),
        ("'县' + 1", "IC441", 4),
        ("-'县' = group", "IC441", 0),
        ("x * 2 = '县'", "IC441", 6),
        ("'a' = 'b'", "IC441", 4),
        ("(x + 1) in ('a')", "IC441", 11),
        ("group in (1, 2)", "IC241", 10),
        ("group in ()", "IC241", 10),
        ("group = ‘县’", "IC109", 8),
        ("mean(x, y, skip: true)", "IC442", 11),
        ("min(x, y, skip: 1)", "IC241", 16),
        ("min(x, skip: true, y)", "IC241", 17),
        ("clip(x, 100, 0)", "IC443", 0),
    ],
)
def test_text_and_skip_have_their_places(text: str, code: str, position: int) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert (error.value.code, error.value.position) == (code, position)


def test_in_and_not_and_skip_are_names_elsewhere() -> None:
    assert names(parse("in + not * skip")) == ("in", "not", "skip")


@pytest.mark.parametrize(
    ("text", "read", "scored"),
    [
        ("a >= 0.3", 1, 1), ("a > 0.3", 1, 0), ("a = b", 0, 1), ("a != b", 1, 0), ("a <= b", 0, 1), ("b < a", 1, 0), ("a > -0.3", 1, 1),
        ("a + 0 = b", 1, 1), ("b < a + 0", 0, 0), ("0.3 <= c + d", 1, 1), ("c + d > 0.3", 0, 0), ("where(c + d = 0.3, 5, 7)", 5, 5), ("a > 0.29", 1, 1),
    ],
)  # fmt: skip
def test_what_is_computed_compares_with_the_tolerance_of_ties(text: str, read: float, scored: float) -> None:
    values = {"a": np.array(0.1 + 0.2), "b": np.array(0.3), "c": np.array(0.1), "d": np.array(0.2)}
    assert float(evaluate(parse(text), values)) == read
    assert float(evaluate(parse(text), values, of_scores=True)) == scored


KLEENE = (0.0, 1.0, -2.5, math.nan)


def held(x: float) -> bool | None:
    return None if math.isnan(x) else x != 0


@pytest.mark.parametrize("a", KLEENE)
@pytest.mark.parametrize("b", KLEENE)
def test_truths_are_joined_as_in_logic_of_three_values(a: float, b: float) -> None:
    """What is missing is unknown: it is missing in the result where it could be either."""

    def made(text: str) -> float:
        return float(evaluate(parse(text), {"a": np.array(a), "b": np.array(b)}))

    def either(*known: bool | None) -> float:
        return math.nan if None in known else float(bool(known[0]))

    one, other = held(a), held(b)
    both = False if False in (one, other) else None if None in (one, other) else True
    any_of = True if True in (one, other) else None if None in (one, other) else False
    np.testing.assert_equal(made("a and b"), either(both))
    np.testing.assert_equal(made("a or b"), either(any_of))
    np.testing.assert_equal(made("not a"), either(None if one is None else not one))
    np.testing.assert_equal(made("not a and b"), made("(not a) and b"))
    np.testing.assert_equal(made("a or b and a"), made("a or (b and a)"))
    np.testing.assert_equal(made("missing(a)"), float(one is None))
    np.testing.assert_equal(made("coalesce(a, b)"), b if math.isnan(a) else a)
    np.testing.assert_equal(made("not a > b or missing(b)"), made("(not (a > b)) or missing(b)"))
