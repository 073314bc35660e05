"""What is looked at before there are arrays: it misses nothing that the engine finds, and doubts little else."""

from __future__ import annotations

import operator
from functools import reduce
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.engine.logic import broken
from indexcalc.methods.derive import evaluate
from indexcalc.sources import Matched, match, panel
from indexcalc.sources.match.doubtful import NotPlainError, may_be_broken, worked_out
from indexcalc.tree.logic import bounds_of, holds

from .conftest import index_of
from .projects import laid_out
from .test_house import loaded

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: {kind}}}
data: {{values: {{path: values*.csv}}, base: {{path: base.csv}}}}
defaults: {{source: values}}
denominators:
  - {{id: people, name: 常住人口, measure: 人, source: base}}
  - {{id: sites, name: 在建工地}}
dimensions:
  - {{id: a, name: 甲案件数, weight: 0.2, measure: 件}}
  - {{id: b, name: 乙案件数, weight: 0.2, measure: 件{more}}}
  - {{id: c, name: 老年人口占比, weight: 0.2, measure: '%', per: people, scale: 100{shrink}}}
  - {{id: d, name: 破案率, weight: 0.2, formula: '[破案数] / ([破案数] + sites) * 10', measure: 分, valid: [0, 9.5]}}
  - {{id: e, name: 巡查数, weight: 0.2, per: sites, valid: {{value: [0.1, 8]}}}}
logic:
{rules}
"""
HEADINGS = ("甲案件数", "乙案件数", "老年人口占比", "破案数", "巡查数", "在建工地")
PERIODS = {"year": ("2020", "2021", "2022"), "quarter": ("2021Q4", "2022Q1", "2022Q4")}
TERMS = ("a", "b", "c", "sites", "people", "value(d)", "value(c)", "previous(a)", "year_before(b)", "previous(value(e))")


def rule_of(random: Random) -> str:
    """A comparison of sums, products and quotients of quantities, now and then with a function."""
    sides = []
    for _ in range(2):
        parts = [random.choice(TERMS) for _ in range(random.randint(1, 3))]
        side = "".join(f"{part} {random.choice('+-*/')} " for part in parts) + str(random.choice((0, 1, 2.5)))
        sides.append(random.choice((parts[0], side, side, f"max({', '.join(parts)})" if random.random() < 0.2 else side)))
    return f"{sides[0]} {random.choice(('<', '<=', '>', '>=', '=', '!='))} {sides[1]}"


def matched_of(random: Random, folder: Path, *rules: str, kind: str = "", more: str = "", shrink: str = "") -> Matched:
    """Random cells in several files, some empty, some not applicable, the base in every period alike or dated."""
    kind = kind or random.choice(list(PERIODS))

    def number() -> str:
        return random.choice([str(random.randint(0, 12)) for _ in range(18)] + ["", "0"])

    files = {f"values{at}.csv": [f"区,时期,{','.join(HEADINGS)}"] for at in range(2)}
    for at, period in enumerate(PERIODS[kind]):
        files[f"values{at % 2}.csv"] += [f"{unit},{period},{','.join(number() for _ in HEADINGS)}" for unit in "甲乙丙"]
    rows = [(unit, random.choice(("20", "35"))) for unit in "甲乙丙"]
    base = ["区,常住人口", *(f"{unit},{people}" for unit, people in rows)]
    if random.random() < 0.5:
        base = ["区,时期,常住人口", *(f"{unit},{period},{people}" for period in PERIODS[kind] for unit, people in rows)]
    lines = "\n".join(f"  - {{id: r{at}, rule: '{rule}'}}" for at, rule in enumerate(rules))
    text = TREE.format(kind=kind, rules=lines, more=more, shrink=shrink)
    laid_out(folder, {name: "\n".join(lines) + "\n" for name, lines in files.items()} | {"base.csv": "\n".join(base) + "\n"})
    laid_out(folder, {"indicators.yaml": text, "units.csv": "id,name,city\n甲,甲,子\n乙,乙,子\n丙,丙,丑\n"})
    return match(index_of(text), folder)


@given(st.randoms(use_true_random=False))
def test_what_the_engine_finds_was_doubted_and_what_is_plain_for_no_other_reason(random: Random) -> None:
    rules = [rule_of(random) for _ in range(12)]
    with TemporaryDirectory() as folder:
        matched = matched_of(random, Path(folder), *rules)
        doubted = list(may_be_broken(matched))
    found = {one.finding.values["id"] for one in broken(matched.index, panel(matched))}
    asked = [*(f"r{at}" for at in range(len(rules))), *(own.leaf.id for own in bounds_of(matched.index))]
    assert dict(zip(asked, doubted, strict=True)) == {
        one: one in found or (one.startswith("r") and "max" in rules[int(one[1:])]) for one in asked
    }


@pytest.mark.parametrize("how", ["rate", "log-odds"])
@given(random=st.randoms(use_true_random=False))
def test_of_what_is_made_in_another_way_nothing_is_missed(how: str, random: Random) -> None:
    with TemporaryDirectory() as folder:
        shrink = f", shrink: {{within: city, how: {how}}}"
        rules = ("value(c) < 30", "b < 9")
        matched = matched_of(random, Path(folder), *rules, kind="quarter", more=", cumulative: year", shrink=shrink)
        doubted = list(may_be_broken(matched))
    found = {one.finding.values["id"] for one in broken(matched.index, panel(matched))}
    assert doubted[:2] == [True, True]  # a part of a total and a shrunk rate are nothing plain
    assert all(doubt or own.leaf.id not in found for own, doubt in zip(bounds_of(matched.index), doubted[2:], strict=True))


def test_rates_that_are_moved_towards_each_other_stay_among_them(tmp_path: Path) -> None:
    matched = matched_of(Random(1), tmp_path, "a >= 0", shrink=", shrink: {within: city, how: rate}")
    assert (
        dict(zip((own.leaf.id for own in bounds_of(matched.index)), list(may_be_broken(matched))[1:], strict=True))["c"] is False
    )


def test_checking_rules_that_hold_loads_no_arrays(tmp_path: Path) -> None:
    rules = ("a + b <= 24", "value(c) >= 0", "a >= previous(a) - 12")
    matched = matched_of(Random(1), tmp_path, *rules, kind="year")
    assert list(may_be_broken(matched))[: len(rules)] == [False] * len(rules)
    text = (tmp_path / "indicators.yaml").read_text(encoding="utf-8")
    laid_out(tmp_path, {"indicators.yaml": text.replace(", valid: [0, 9.5]", "").replace(", valid: {value: [0.1, 8]}", "")})
    code = f"import sys; sys.argv = ['indexcalc', 'check', '--quiet', '--index', {str(tmp_path)!r}]"
    code += "\nfrom indexcalc.cli.app import app\ntry: app()\nexcept SystemExit as done: assert not done.code"
    assert "numpy" not in loaded(code)


NUMBERS = st.one_of(st.sampled_from([np.nan, 0.0, 1e308, -1e308, 1e-300]), st.floats(-1e6, 1e6))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=9), st.lists(st.sampled_from("+-*/"), min_size=1))
def test_lists_are_worked_out_as_arrays_are_to_the_last_bit(rows: list[tuple[float, ...]], signs: list[str]) -> None:
    values = dict(zip("abc", map(list, zip(*rows, strict=True)), strict=True))
    parts = [("name", "abc"[at % 3]) if at % 4 else ("-", ("name", "b"), ("number", 3.0)) for at in range(len(signs) + 1)]
    tree = reduce(lambda left, pair: (pair[0], left, pair[1]), zip(signs, parts[1:], strict=True), parts[0])
    arrays = {name: np.array(column) for name, column in values.items()}
    np.testing.assert_array_equal(worked_out(tree, values, len(rows)), np.broadcast_to(evaluate(tree, arrays), len(rows)))


def test_what_is_no_arithmetic_is_left_to_arrays() -> None:
    with pytest.raises(NotPlainError):
        worked_out(("^", ("name", "a"), ("number", 2.0)), {"a": [1.0]}, 1)


@given(
    st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
    st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=1),
)
def test_numbers_compare_as_arrays_of_them_do(sign: str, pairs: list[tuple[int, int]]) -> None:
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}
    left, right = (np.array(side) for side in zip(*((one / 10 * 3, other * 0.3) for one, other in pairs), strict=True))
    wanted = [compare[sign](one, other) for one, other in pairs]
    assert [holds(sign, *pair) for pair in zip(left.tolist(), right.tolist(), strict=True)] == wanted
    assert holds(sign, left, right).tolist() == wanted
