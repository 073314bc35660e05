"""Expressions of ibis: methods by their records' queries, and formulas; NULL is missing, so that no column may hold NaN."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import ibis

from ..methods import AGGREGATORS, NORMALISERS
from ..methods.derive import operation_of
from ..methods.sql import LARGEST_EXPONENT, Column, Seen, Sql, exp, mean, none, positive, total, where
from ..methods.ties import TOLERANCE
from ..tree.formula import Expression
from ..tree.model import Normalise

SQL: Sql = ibis
MEAN = frozenset({"mean", "squares"})  # statistics that take a second pass


def normalised(choice: Normalise, x: Column, frame: Seen) -> Column:
    """Return the score of a value by a normaliser, from the statistics of its frame."""
    record = NORMALISERS[choice.method]
    assert record.query is not None, f"{choice.method} has no query"
    return record.query(SQL, x, frame, record.given(choice.parameters))


def aggregated(method: str, parameters: Mapping[str, Any], x: list[Column], w: list[float]) -> Column:
    """Return what children come together to by an aggregator."""
    record = AGGREGATORS[method]
    assert record.query is not None, f"{method} has no query"
    return record.query(SQL, x, w, record.given(parameters))


def statistics_for(choice: Normalise) -> frozenset[str]:
    """Return what a normaliser has to know of its frame: what it looks at when its query is written."""
    asked = _Asked()
    for sign in (1.0, -1.0):
        normalised(choice, ibis.literal(1.0), Seen(sign, asked))
    return frozenset(asked)


class _Asked(dict[str, Column]):
    """Statistics that are noted when they are asked for."""

    def __missing__(self, name: str) -> Column:
        self[name] = ibis.literal(1.0)
        return self[name]


def evaluate(
    tree: Expression, values: Mapping[str, Column], beyond: list[Column] | None = None, *, of_scores: bool = False
) -> Column:
    """Make a parsed formula an expression over named columns; it means what `methods.derive.evaluate` computes.

    Where an operation on the way is too large for a number is put to `beyond`.
    """
    if tree[0] == "number":
        return ibis.literal(repr(float(tree[1]))).cast("float64")  # Spark takes 3.0 for a decimal, and divides as with these
    if tree[0] == "name":
        return values[tree[1]]
    arguments = [evaluate(argument, values, beyond, of_scores=of_scores) for argument in tree[1:]]
    if beyond is not None and tree[0] in _GROWING:
        beyond.append(_GROWING[tree[0]](*arguments))
    return OPERATIONS[operation_of(tree, of_scores=of_scores)](*arguments)


def used(tree: Expression) -> frozenset[str]:
    """Return the operations that a formula uses."""
    if tree[0] in ("number", "name"):
        return frozenset()
    return frozenset({tree[0]}).union(*(used(argument) for argument in tree[1:]))


def _raised(x: Column, exponent: Column) -> Column:
    defined = (x > 0.0) | ((x == 0.0) & (exponent >= 0.0)) | ((x < 0.0) & (exponent == exponent.round()))
    return where(SQL, defined, x) ** exponent


def _mean(*x: Column) -> Column:
    return mean(x, [1.0] * len(x))


def _sum_known(*x: Column) -> Column:
    known = reduce(lambda one, other: one | other, (one.notnull() for one in x))
    return where(SQL, known, total(one.fill_null(0.0) for one in x))


def rounded(x: Column, decimals: Column | int = 0, how: str = "nearest") -> Column:
    """Round as `methods.rank.rounded` does: halves away from zero or to the even neighbour, or always up or down."""
    scale: Any = 10.0**decimals if isinstance(decimals, int) else ibis.literal(10.0) ** decimals
    if how == "up":
        return (x * scale - 1e-9).ceil() / scale
    if how == "down":
        return (x * scale + 1e-9).floor() / scale
    if how == "even":
        times = x.abs() * scale
        low = (times + 1e-9).floor()
        even = ibis.ifelse((times - low - 0.5).abs() <= 1e-9, low + low % 2, (times + 0.5).floor())
        return ibis.ifelse(x < 0.0, -1.0, 1.0) * (even / scale)
    return ibis.ifelse(x < 0.0, -1.0, 1.0) * ((x.abs() * scale + (0.5 + 1e-9)).floor() / scale)


def _greatest(*x: Column) -> Column:
    return ibis.greatest(*x) if len(x) > 1 else x[0]


def _least(*x: Column) -> Column:
    return ibis.least(*x) if len(x) > 1 else x[0]


def _all_there(take: Callable[..., Column], *x: Column) -> Column:
    """Return what is made of columns, missing where one of them is: engines pass over it."""
    return where(SQL, reduce(lambda one, other: one & other, (one.notnull() for one in x)), take(*x))


def _round(x: Column, decimals: Column | None = None) -> Column:
    return rounded(x) if decimals is None else rounded(x, where(SQL, decimals == decimals.floor(), decimals))


def _one(a: Column, b: Column) -> Column:
    """Say whether two numbers are one but for what arithmetic leaves in their last bits."""
    return (a - b).abs() <= TOLERANCE * ibis.greatest(a.abs(), b.abs())


OPERATIONS: dict[str, Callable[..., Column]] = {
    "<": lambda a, b: (a < b).cast("float64"),
    "<=": lambda a, b: (a <= b).cast("float64"),
    ">": lambda a, b: (a > b).cast("float64"),
    ">=": lambda a, b: (a >= b).cast("float64"),
    "=": lambda a, b: (a == b).cast("float64"),
    "!=": lambda a, b: (a != b).cast("float64"),
    "near <": lambda a, b: ((a < b) & ~_one(a, b)).cast("float64"),
    "near <=": lambda a, b: ((a <= b) | _one(a, b)).cast("float64"),
    "near >": lambda a, b: ((a > b) & ~_one(a, b)).cast("float64"),
    "near >=": lambda a, b: ((a >= b) | _one(a, b)).cast("float64"),
    "near =": lambda a, b: _one(a, b).cast("float64"),
    "near !=": lambda a, b: (~_one(a, b)).cast("float64"),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b.nullif(0.0),
    "^": lambda x, exponent: finite(_raised(x, exponent)),
    "and": lambda a, b: ((a != 0.0) & (b != 0.0)).cast("float64"),
    "or": lambda a, b: ((a != 0.0) | (b != 0.0)).cast("float64"),
    "not": lambda x: (x == 0.0).cast("float64"),
    "missing": lambda x: x.isnull().cast("float64"),
    "coalesce": ibis.coalesce,
    "abs": lambda x: x.abs(),
    "ceil": lambda x: rounded(x, 0, "up"),
    "floor": lambda x: rounded(x, 0, "down"),
    "round": _round,
    "exp": lambda x: exp(SQL, x),
    "log": lambda x: positive(SQL, x).log(),
    "sqrt": lambda x: where(SQL, x >= 0.0, x).sqrt(),
    "where": lambda condition, then, otherwise: ibis.cases(
        (condition != 0.0, then), (condition == 0.0, otherwise), else_=none(SQL)
    ),
    "clip": lambda x, low, high: _all_there(lambda *_: ibis.ifelse(low > high, none(SQL), x.clip(low, high)), x, low, high),
    "max": lambda *x: _all_there(_greatest, *x),
    "min": lambda *x: _all_there(_least, *x),
    "max_there": _greatest,
    "min_there": _least,
    "mean": _mean,
    "sum": _sum_known,
}


_GROWING: dict[str, Callable[..., Column]] = {
    "+": lambda a, b: _infinite(a + b),
    "-": lambda a, b: _infinite(a - b),
    "*": lambda a, b: _infinite(a * b),
    "/": lambda a, b: _infinite(a / b.nullif(0.0)),
    "^": lambda x, exponent: _infinite(_raised(x, exponent)),
    "exp": lambda x: x >= LARGEST_EXPONENT,
    "sum": lambda *x: _infinite(_sum_known(*x)),
}
"""Where the operations that can make a number too large for one do so."""


def _infinite(x: Column) -> Column:
    return x.abs() == math.inf


def finite(x: Column) -> Column:
    """Return a number that is one: missing where it is infinite or NaN."""
    return where(SQL, x.abs() < math.inf, x)


def there(x: Column) -> Column:
    """Return a number that is one: missing where it is NaN, as in tables that were made of arrays."""
    return where(SQL, ~x.isnan(), x)


def distance(x: Column, low: float, high: float) -> Column:
    """Return how far x lies outside the range from low to high; 0 inside."""
    return ibis.cases((x < low, low - x), (x > high, x - high), (x.notnull(), 0.0), else_=none(SQL))
