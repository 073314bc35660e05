"""Conditions on events: how they are read, and where one that cannot be read is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.tree.condition import parse_condition, parse_value, place_of_name
from indexcalc.tree.expressions import Expression, FormulaError, names

A, B, C = (("=", ("name", name), ("number", 1.0)) for name in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1 or b = 1 and c = 1", ("or", A, ("and", B, C))),
        ("(a = 1 or b == 1) and c = 1", ("and", ("or", A, B), C)),
        ("not a = 1 and b = 1", ("and", ("not", A), B)),
        ("not not a = 1", A),
        ("a <> 1", ("!=", ("name", "a"), ("number", 1.0))),
        ("a in (1, -2.5e1)", ("in", ("name", "a"), (("number", 1.0), ("number", -25.0)))),
        ("[类 别] not in ('噪声')", ("not", ("in", ("name", "类 别"), (("text", "噪声"),)))),
        ("a IS NOT Missing", ("not", ("missing", ("name", "a")))),
        ("a * 2 + 1 is missing", ("missing", ("+", ("*", ("name", "a"), ("number", 2.0)), ("number", 1.0)))),
        ("a not contains 'x'", ("not", ("contains", ("name", "a"), ("text", "x")))),
        ("a = 'it''s'", ("=", ("name", "a"), ("text", "it's"))),
        ('a = "say ""no"""', ("=", ("name", "a"), ("text", 'say "no"'))),
        ("a = ''", ("=", ("name", "a"), ("text", ""))),
        (
            "a > -b × 2 ÷ c",
            (">", ("name", "a"), ("/", ("*", ("-", ("number", 0.0), ("name", "b")), ("number", 2.0)), ("name", "c"))),
        ),
    ],
)
def test_a_condition_is_read(text: str, tree: Expression) -> None:
    assert parse_condition(text) == tree


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "IC712", 0),
        ("a = 1 and", "IC712", 9),
        ("a in (1", "IC713", 5),
        ("a in (1,", "IC712", 8),
        ("a in (b)", "IC711", 6),
        ("a in 1", "IC711", 5),
        ("(a = 1", "IC713", 0),
        ("a = 1)", "IC713", 5),
        ("a = 'x", "IC713", 4),
        ("[a = 1", "IC713", 0),
        ("a = 1 2", "IC711", 6),
        ("1 < a < 2", "IC711", 6),
        ("a is null", "IC711", 5),
        ("a contains b", "IC711", 11),
        ("lower(a) = 'x'", "IC711", 5),
        ("a ; drop", "IC710", 2),
        ("a", "IC714", 0),
        ("a = 1 or b + 1", "IC714", 6),
        ("not a", "IC714", 0),
        ("(a = 1) + 2 = 3", "IC715", 8),
        ("(a = 1) is missing", "IC715", 8),
        ("a ＝ 1", "IC109", 2),
        ("a = ‘x’", "IC109", 4),
        ("(" * 60 + "a = 1" + ")" * 60, "IC716", 50),
        ("a = " + "-" * 60 + "1", "IC716", 53),
    ],
)
def test_what_cannot_be_read_is_said_where(text: str, code: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_condition(text)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_a_value_is_no_condition_and_no_text() -> None:
    assert parse_value("(duration - 1) / 24")[0] == "/"
    for text in ("a > 1", "'x'"):
        with pytest.raises(FormulaError) as caught:
            parse_value(text)
        assert caught.value.code == "IC715"


def test_names_and_their_places() -> None:
    text = "'a' = b and [c d] in ('b', 'e') or b contains 'c d'"
    assert names(parse_condition(text)) == ("b", "c d")
    assert [place_of_name(text, name) for name in ("b", "c d", "e")] == [6, 13, 0]


def test_a_long_chain_is_no_deep_one() -> None:
    text = " or ".join(f"a = {at}" for at in range(2000))
    assert names(parse_condition(text)) == ("a",)


@given(st.text(alphabet="ab1 '\"()[],<>=+-*/andorisnotmissing是且", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_condition(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)
