"""The methods in a query: what a record's query is written with, and the parts that several of them share.

A column is anything with the operators of numbers and the methods of ibis's columns, so that nothing is imported for it; what is
no operator comes as `Sql`, of which ibis itself is one. NULL is missing, and no column may hold NaN.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple, Protocol, TypeAlias

Column: TypeAlias = Any
_EPSILON = 8 * 2.0**-52  # as in `frame.same`: what arithmetic leaves in the last bits
LARGEST_EXPONENT = 709.78  # of e: what is more is too large for a number


class Sql(Protocol):
    """What makes columns of others where no operator does, named as in ibis."""

    def literal(self, value: Any, type: Any = None, /) -> Column: ...
    def null(self, type: Any, /) -> Column: ...
    def ifelse(self, condition: Any, true: Any, false: Any, /) -> Column: ...
    def cases(self, branch: tuple[Any, Any], /, *branches: tuple[Any, Any], else_: Any = None) -> Column: ...
    def least(self, *args: Any) -> Column: ...
    def greatest(self, *args: Any) -> Column: ...


class Seen(NamedTuple):
    """The statistics of each row's frame, as columns beside it; what is better is known from the sign, as in `Frame`."""

    sign: float
    of: Mapping[str, Column]

    @property
    def best(self) -> Column:
        return self.of["max" if self.sign > 0 else "min"]

    @property
    def worst(self) -> Column:
        return self.of["min" if self.sign > 0 else "max"]


def none(sql: Sql) -> Column:
    """Return a missing number."""
    return sql.null("float64")


def where(sql: Sql, condition: Column, x: Column) -> Column:
    """Return a value where a condition holds, else missing."""
    return sql.ifelse(condition, x, none(sql))


def positive(sql: Sql, x: Column) -> Column:
    """Return a value above 0, else missing."""
    return where(sql, x > 0.0, x)


def exp(sql: Sql, x: Column) -> Column:
    """Return e to a power; missing where that overflows."""
    return where(sql, x < LARGEST_EXPONENT, x).exp()


def within(x: Column, floor: float | None, cap: float | None) -> Column:
    """Return a value cut off at a floor and a cap, each if there is one."""
    return x if floor is None and cap is None else x.clip(floor, cap)


def same(sql: Sql, one: Column, other: Column) -> Column:
    """Say where two values are one, as `frame.same` does."""
    return (other - one).abs() <= _EPSILON * sql.greatest(one.abs(), other.abs())


def total(parts: Iterable[Column]) -> Column:
    """Add up columns in their order."""
    return reduce(lambda one, other: one + other, parts)


def all_of(conditions: Iterable[Column]) -> Column:
    """Say whether conditions hold of all that is not missing."""
    return reduce(lambda one, other: one & other, (condition.fill_null(True) for condition in conditions))


def mean(x: Sequence[Column], w: Sequence[float]) -> Column:
    """Average with weights the columns that are there."""
    weighted = total((child * share).fill_null(0.0) for child, share in zip(x, w, strict=True))
    weight = total(child.notnull().cast("float64") * share for child, share in zip(x, w, strict=True))
    return weighted / weight.nullif(0.0)


def share_of_way(sql: Sql, x: Column, start: Column | float, end: Column | float) -> Column:
    """Return the way from start to end that x has come; missing where they are one."""
    start, end = (sql.literal(side) if isinstance(side, (int, float)) else side for side in (start, end))
    return (x - start) / where(sql, ~same(sql, start, end), end - start)


def way(sql: Sql, x: Column, frame: Seen, worst: float | None, best: float | None) -> Column:
    """Return the way from the worst to the best that x has come, each given or seen; all or none where these are out of order."""
    start = frame.worst if worst is None else sql.literal(float(worst))
    end = frame.best if best is None else sql.literal(float(best))
    share = share_of_way(sql, x, start, end)
    if (worst is None) == (best is None):
        return share
    beyond = frame.sign * (x - (end if worst is None else start))
    come = beyond >= 0.0 if worst is None else beyond > 0.0
    return sql.ifelse(frame.sign * (end - start) <= 0.0, come.cast("float64"), share)
