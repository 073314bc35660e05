"""What is taken of the rows of a log: counts, sums, extremes and quantiles, as expressions of ibis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...tree.events import DURATION, Take
from ..readers.table import name_of
from .columns import Get
from .values import Values, scaled

KEY, DAY = "its key", "its day"
_HOUR = 3.6e9  # microseconds
_PARTS = 2.0**62


@dataclass(frozen=True)
class Taking:
    """What series take of the rows of a log."""

    values: Values

    def note(self, take: Take, note: Get) -> None:
        """Ask for all columns that a series needs."""
        if take.where:
            self.values.truth(take.where, note)
        if take.of and take.levels:
            self.levels(take, note)
        elif take.of and take.kind == "sum":
            self._sum(take, note, None)
        elif take.of:
            self._of(take, note)

    def series(self, take: Take, table: Any, get: Get) -> Any:
        """Return the value of a series for each group of a table."""
        where = self.values.truth(take.where, get) if take.where else None
        if take.kind == "rows":
            return table.count(where=where)
        if take.kind == "sum":
            return self._sum(take, get, where)
        if take.kind == "days":
            return table[DAY].nunique(where=where)
        if take.kind == "distinct":
            return self._of(take, get).nunique(where=where)
        assert take.of is not None
        core, times, over = scaled(take.of)
        if times <= 0 or over <= 0:  # it would turn their order round
            core, times, over = take.of, 1.0, 1.0
        whole = core == ("name", DURATION)
        value = self.values.microseconds_long(get) if whole else self.values.number(core, get)
        if take.kind == "quantile":
            taken = value.quantile(take.at, where=where)
        else:
            taken = value.min(where=where) if take.kind == "min" else value.max(where=where)
        return _times(taken.cast("float64"), times, over * _HOUR if whole else over)

    def in_a_day(self, take: Take, table: Any, get: Get) -> Any:
        """Count the events of a row's unit that are taken on its day."""
        import ibis

        holds = self.values.truth(take.where, get).fill_null(False) if take.where else table[KEY].notnull()
        return ibis.ifelse(holds, 1, 0).sum().over(ibis.window(group_by=[table[KEY], table[DAY]]))

    def _sum(self, take: Take, get: Get, where: Any) -> Any:
        """Return a sum that is the same in whatever order the rows are added, since whole numbers are: floats are not.

        A float is added up as what is whole of it and the rest in parts of 2 ** -62, which is exact down to there.
        """
        assert take.of is not None
        tree, times, over = scaled(take.of)
        if not take.levels and tree == ("name", DURATION):
            return _times(self._whole_sum(self.values.microseconds_long(get), where), times, over * _HOUR)
        if not take.levels and tree[0] == "name" and self.values.columns.is_whole(name_of(tree[1])):
            return _times(self._whole_sum(get(name_of(tree[1]), "whole"), where), times, over)
        value = self.levels(take, get) if take.levels else self.values.number(tree, get)
        whole = value.floor().cast("int64")
        rest = ((value - whole) * _PARTS).cast("int64")
        return _times(self._whole_sum(whole, where) + self._whole_sum(rest, where) / _PARTS, times, over)

    def weight(self, take: Take, get: Get) -> tuple[Any, bool]:
        """Return what a row brings into a sum or comparison, up to a factor, and whether that turns the order round."""
        assert take.of is not None
        core, times, over = scaled(take.of)
        if take.levels:
            return self.levels(take, get), False
        if core == ("name", DURATION):
            return self.values.microseconds_long(get), times * over < 0
        if take.kind == "sum" and core[0] == "name" and self.values.columns.is_whole(name_of(core[1])):
            return get(name_of(core[1]), "whole"), times * over < 0
        return self.values.number(core, get), times * over < 0

    def _whole_sum(self, whole: Any, where: Any) -> Any:
        if self.values.columns.engine.kind == "spark":
            whole = whole.cast("decimal(38, 0)")  # a sum of Spark's is no wider than what is added up
        return whole.sum(where=where).cast("float64")

    def _of(self, take: Take, get: Get) -> Any:
        assert take.of is not None
        if take.kind == "distinct" and take.of[0] == "name" and take.of[1] != DURATION:
            name = name_of(take.of[1])
            storage = self.values.columns.storage[name]
            return get(name, "moment" if name in self.values.columns.roles or storage == "time" else storage)
        return self.values.number(take.of, get)

    def levels(self, take: Take, get: Get) -> Any:
        """Return the weight of each row's level, missing where it has no level among those declared."""
        import ibis

        assert take.of is not None
        cases = [(self.values.truth(("=", take.of, ("text", level)), get), weight) for level, weight in take.levels]
        return ibis.cases(*cases, else_=None).cast("float64")


def _times(value: Any, times: float, over: float) -> Any:
    value = value * times if times != 1 else value
    return value / over if over != 1 else value
