"""The rows of a log as a query sees them: what each column says as text, number or time, and what makes a row dirty.

Conditions and values arrive as trees of `spec.condition` and become expressions of ibis; nothing is ever pasted into SQL.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, Literal

from ...periods import Kind, first_day
from ...tree.condition import COMPARISONS, names_in, parse_condition
from ...tree.events import DURATION, Take
from ...tree.formula import Expression
from ...tree.model import EventLog
from ..readers.table import name_of
from .engines import NUMBER, TIME, Engine

Use = Literal["text", "raw", "number", "time", "whole"]
Reason = tuple[str, str]
NAME, UNIT, PERIOD, MASK, KEY, ROWS = "its name", "its unit", "its period", "its mask", "its key", "its rows"
DAY = "its day"
_LOWEST = 1 << 32  # more than any period is below 0, as days before 1970 are; and so large that keys are 64 bits wide everywhere
_FEW_PERIODS = 40
_HOUR = 3.6e9  # microseconds
_DAY = 8.64e10
_PARTS = 2.0**62
_BEYOND = 1e18  # a number from here on is too large to be added up exactly, and in no log


class Mismatch(Exception):  # noqa: N818 - the two do not fit
    """Something that a column cannot be used as: the code of its finding and what is quoted."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
        self.take: Take | None = None  # what was to be taken, where it was not the log itself


def unit_and_period(key: Any, units: int) -> tuple[Any, Any]:
    """Return the unit and the number of the period that keys of clean rows stand for, as arrays."""
    return key % units, key // units - _LOWEST


@dataclass
class Rows:
    """The rows of one log, and all that is asked of them."""

    engine: Engine
    log: EventLog
    missing: frozenset[str]
    takes: list[Take]
    bounds: tuple[int | None, int | None]
    kind: Kind
    uses: dict[tuple[str, Use], int] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    @cached_property
    def columns(self) -> list[str]:
        return list(self.engine.table.columns)

    @cached_property
    def storage(self) -> dict[str, Use]:
        """What each column holds: text, numbers or times."""
        return {name: _storage(name, kind) for name, kind in self.engine.table.schema().items()}

    @cached_property
    def roles(self) -> dict[str, str]:
        """The columns of times, by their names."""
        roles: dict[str, str] = {}
        for role, name in (("time", self.log.time), ("end", self.log.end), ("due", self.log.due)):
            if name is not None:
                roles.setdefault(name_of(name), role)
        return roles

    def judged(self, names: dict[str, int]) -> Any:
        """Return the rows with their unit, the number of their period, and a mask: 0 where clean, 1 where left out.

        Each further bit of a dirty row's mask stands for one of `reasons`.
        """
        import ibis

        raw = self.engine.table
        self._note_uses(raw)
        table = raw.mutate(
            **{NAME: self._unit_text(raw)},
            **{f"its {use} {at}": self._read(raw, name, use) for (name, use), at in self.uses.items()},
        )
        table = self.engine.named(self.engine.once(table), NAME, UNIT, names)
        began = self._get(table)(name_of(self.log.time), "time")
        table = table.mutate(**{PERIOD: self._period(began).cast("int64")})
        found = list(self._reasons(table, raw))
        self.reasons = [reason for reason, _, _ in found]
        left = self._left(table, found)
        bits = reduce(lambda one, other: one + other, [_bit(where, at + 1) for at, (_, where, _) in enumerate(found)])
        # most rows are clean, which few comparisons tell: only of the others is it asked why
        fine = reduce(lambda one, other: one & other, [~left, *(fine for _, _, fine in found if fine is not None)])
        mask = ibis.ifelse(fine.fill_null(False), 0, ibis.ifelse(left, 1, bits))
        table = self.engine.once(table.mutate(**{MASK: mask.cast("int64")}))
        return self._without_repeats(table, name_of(self.log.key)) if self.log.key else table

    def aggregated(self, table: Any, units: int) -> Any:
        """Return the one query: each series for each unit and period, and the rows and unknown names of each mask.

        Its `key` has unit and period of the clean rows in one number (`unit_and_period` takes it apart), and less than 0
        the mask of the others. Among the names may be empty ones, and those of rows that were left out.
        """
        import ibis

        key = ibis.ifelse(table[MASK] == 0, (table[PERIOD] + _LOWEST) * units + table[UNIT], -table[MASK])
        grouped = table.mutate(**{KEY: key})
        if any(take.kind in ("peak", "days") for take in self.takes):
            began = self._get(grouped)(name_of(self.log.time), "time")
            grouped = grouped.mutate(**{DAY: (self.engine.microseconds(began) / _DAY).floor().cast("int64")})
            grouped = grouped.mutate(
                **{f"its day's {at}": self._in_a_day(take, grouped) for at, take in enumerate(self.takes) if take.kind == "peak"}
            )
        series = {
            f"its take {at}": grouped[f"its day's {at}"].max() if take.kind == "peak" else self._series(take, grouped)
            for at, take in enumerate(self.takes)
        }
        unknown = grouped[NAME].collect(where=grouped[UNIT].isnull(), distinct=True)
        return grouped.group_by(KEY).aggregate(**{ROWS: grouped.count(), NAME: unknown}, **series)

    def dirty(self, table: Any, most: int | None) -> Any:
        """Return the dirty rows as they came, with their masks."""
        rows = table.filter(table[MASK] > 1).select(*self.columns, MASK)
        return rows if most is None else rows.order_by(*self.columns).limit(most)

    def clean(self, table: Any, periods: Sequence[int]) -> Any:
        """Return the clean rows of some periods."""
        return table.filter((table[MASK] == 0) & table[PERIOD].isin(list(periods)))

    def behind(self, clean: Any, take: Take, units: Sequence[int], most: int) -> Any:
        """Return those of some clean rows that a series of some units is made of, those that weigh most first.

        That is by what is added up or compared, or the day with the most, and then the latest.
        """
        rows = clean.filter(clean[UNIT].isin(list(units)))
        if take.where:
            rows = rows.filter(self._truth(take.where, self._get(rows)))
        get = self._get(rows)
        began = self.engine.microseconds(get(name_of(self.log.time), "time"))
        if take.kind == "peak":
            import ibis

            rows = rows.mutate(**{DAY: (began / _DAY).floor().cast("int64")})
            first = [-rows.count().over(ibis.window(group_by=[rows[DAY]]))]
        elif take.of and (take.levels or take.kind in ("sum", "quantile", "min", "max")):
            value, turned = self._weight(take, get)
            first = [value.isnull(), value if (take.kind == "min") != turned else -value]
        else:
            first = []
        order = [*first, -began, *(self._sortable(rows, name) for name in self.columns)]
        named = {f"its order {at}": one for at, one in enumerate(order)}  # Spark sorts by columns alone
        return rows.mutate(**named).order_by(*named).limit(most).select(*self.columns)

    # ---------------------------------------------------------------------------------------------------- what is dirty

    def _reasons(self, table: Any, raw: Any) -> Iterator[tuple[Reason, Any, Any]]:
        """Yield each reason to call a row dirty, when it holds, and what is true of every row of which it does not hold.

        The last is left out where that of another reason says as much.
        """
        get, log = self._get(table), self.log
        time, began = name_of(log.time), get(name_of(log.time), "time")
        nowhere = table[UNIT].isnull()
        yield ("no unit", log.unit), nowhere & self._is_blank(table[NAME]), table[UNIT].notnull()
        yield ("unknown unit", log.unit), nowhere & ~self._is_blank(table[NAME]), None
        for name, role in self.roles.items():
            empty, read = self._is_empty(table, name), get(name, "time")
            if role == "time":
                yield ("no time", name), empty, read.notnull()
            if self.storage[name] != "time":
                yield ("no such time", name), ~empty & read.isnull(), None if role == "time" else read.notnull() | empty
        if outside := self._outside(began, table[PERIOD]):
            beyond = reduce(lambda one, other: one | other, outside)
            yield ("outside", time), beyond.fill_null(False), ~beyond
        if log.end:
            end = get(name_of(log.end), "time")
            yield ("over before it began", log.end), (end < began).fill_null(False), (end >= began) | end.isnull()
        for name, use in self.uses:
            number = get(name, "number") if use == "number" else None
            if number is not None and self.storage[name] == "text":
                empty = self._is_empty(table, name)
                yield ("no number", name), number.isnull() & ~empty, number.notnull() | empty
            elif number is not None and raw[name].type().is_floating():
                empty = table[name].isnull() | table[name].isnan()
                yield ("no number", name), number.isnull() & ~empty, number.notnull() | empty
        for take in dict.fromkeys(take for take in self.takes if take.levels):
            assert take.of is not None
            weightless = self._levels(take, get).isnull()
            if take.where:
                weightless &= self._truth(take.where, get).fill_null(False)
            column = next((str(part) for part in take.of[1:] if isinstance(part, str)), "")
            yield ("unknown level", column), weightless, ~weightless
        if log.key:
            yield ("repeated", log.key), table[UNIT] < -1, None  # filled in when the others are known

    def _left(self, table: Any, found: list[tuple[Reason, Any, Any]]) -> Any:
        """What is left out on purpose; a row of which that cannot be told, for want of a number, is dirty instead."""
        left = (table[UNIT] == -1).fill_null(False)
        if self.log.where:
            tree = parse_condition(self.log.where)
            asked = {name_of(name) for name in names_in(tree)}
            unclear = [where for (kind, column), where, _ in found if kind == "no number" and column in asked]
            beside = ~self._truth(tree, self._get(table)).fill_null(False)
            left |= reduce(lambda one, other: one & ~other, unclear, beside)
        return left

    def _without_repeats(self, table: Any, key: str) -> Any:
        """Mark all clean rows of a key but the first as repeated, the first by time and then by a fixed order."""
        import ibis

        bit = 1 << len(self.reasons)  # the last
        order = [self._sortable(table, name) for name in [*self.roles, *self.columns]]
        window = ibis.window(group_by=[table[key], table[MASK] == 0], order_by=order)
        again = (ibis.row_number().over(window) > 0) & (table[MASK] == 0) & ~self._is_empty(table, key)
        return table.mutate(**{MASK: ibis.ifelse(again, bit, table[MASK]).cast("int64")})

    def _sortable(self, table: Any, name: str) -> Any:
        """A column in an order that is the same in every engine, whatever its rules for text and for gaps."""
        if (name, "time") in self.uses:
            return self.engine.microseconds(self._get(table)(name, "time")).fill_null(0)
        if self.storage[name] == "number":
            return table[name].cast("float64").fill_null(0.0)
        return self.engine.digest(table[name].cast("string")).fill_null("")

    def _is_empty(self, table: Any, name: str) -> Any:
        return table[name].isnull() if self.storage[name] != "text" else self._get(table)(name, "text").isnull()

    # ----------------------------------------------------------------------------------------------- what columns say

    def _note_uses(self, raw: Any) -> None:
        """Find out as what each column is used, by making every expression once."""

        def note(name: str, use: Use) -> Any:
            self.uses.setdefault((name, use), len(self.uses))
            return self._read(raw, name, use)

        for name in self.roles:
            note(name, "time")
        for name in {name_of(self.log.key)} if self.log.key else ():
            if self.storage[name] == "text":
                note(name, "text")
        if self.log.where:
            self._truth(parse_condition(self.log.where), note)
        for take in self.takes:
            try:
                self._note_take(take, note)
            except Mismatch as error:
                error.take = take
                raise
        for name, use in [*self.uses]:
            if use in ("number", "time") and self.storage[name] == "text":
                note(name, "text")

    def _note_take(self, take: Take, note: Callable[[str, Use], Any]) -> None:
        if take.where:
            self._truth(take.where, note)
        if take.of and take.levels:
            self._levels(take, note)
        elif take.of and take.kind == "sum":
            self._sum(take, note, None)
        elif take.of:
            self._of(take, note)

    def _get(self, table: Any) -> Callable[[str, Use], Any]:
        return lambda name, use: table[f"its {use} {self.uses[name, use]}"]

    def _unit_text(self, raw: Any) -> Any:
        """The name of a row's unit, missing where it is empty; whole numbers without a decimal point."""
        column = raw[name_of(self.log.unit)]
        if self.storage[name_of(self.log.unit)] == "time":
            raise Mismatch("IC736", name=self.log.unit, wanted="unit", holds="times")
        return column if column.type().is_string() else column.cast("int64").cast("string")

    def _is_blank(self, text: Any) -> Any:
        """Whether a text says nothing: missing, empty, only space, or a word that means missing."""
        blank = text.strip() == ""
        if self.engine.kind == "duckdb":
            blank = (text < "!") & blank  # by its first character most often; other engines have orders of their own
        if self.missing:
            blank |= text.strip().isin(sorted(self.missing))
        return text.isnull() | blank

    def _without_missing(self, text: Any) -> Any:
        import ibis

        return ibis.ifelse(self._is_blank(text), ibis.null("string"), text)

    def _read(self, raw: Any, name: str, use: Use) -> Any:
        """Read a column as text, numbers or times, missing where it says none."""
        import ibis

        column, storage = raw[name], self.storage[name]
        if use in ("text", "raw") and storage != "text":
            return column.cast("string")
        if use == "raw":
            return column
        if use == "text":
            return self._without_missing(column)
        if use == "whole":
            return column.cast("int64")
        if use == "number":
            if storage == "time":
                raise Mismatch("IC736", name=name, wanted="number", holds="times")
            if storage == "text":
                value = self.engine.number_of_text(self._without_missing(column))
            else:
                value = (column.cast("int64") if column.type().is_boolean() else column).cast("float64")
            if not column.type().is_floating() and storage == "number":
                return value
            return ibis.ifelse(value.abs() < _BEYOND, value, ibis.null("float64"))  # nor is what is not a number below it
        form = self.log.format
        if storage == "time":
            if name not in self.engine.zoned:
                return self.engine.plain_time(column)
            if not self.log.zone:
                raise Mismatch("IC738", name=name)
            return self.engine.in_zone(column, self.log.zone)
        if storage == "number" and not form:
            raise Mismatch("IC736", name=name, wanted="time", holds="numbers")
        text = column.cast("int64").cast("string") if storage == "number" else column
        return self.engine.time_of_text(self._without_missing(text), form)

    @property
    def _starts(self) -> list[dt.datetime]:
        """When each period that the log covers begins, and the first after it; none where that is not said, or they are many."""
        first, last = self.bounds
        if first is None or last is None or self.kind == "single" or last - first >= _FEW_PERIODS:
            return []
        return [dt.datetime.combine(first_day(number, self.kind), dt.time()) for number in range(first, last + 2)]

    def _outside(self, time: Any, period: Any) -> list[Any]:
        if starts := self._starts:
            return [time < _moment(starts[0]), time >= _moment(starts[-1])]
        first, last = self.bounds
        return [*([period < first] if first is not None else []), *([period > last] if last is not None else [])]

    def _period(self, time: Any) -> Any:
        """The number of the period that a time falls in, as `periods.number_of` counts."""
        import ibis

        if self.kind == "single":
            return ibis.ifelse(time.isnull(), ibis.null("int64"), 0)
        if starts := self._starts:  # to compare costs less than to take a time apart
            passed = [ibis.ifelse(time >= _moment(start), 1, 0) for start in starts[1:-1]]
            return reduce(lambda one, other: one + other, passed, ibis.literal(self.bounds[0], "int64"))
        if self.kind in ("day", "week"):
            days = (self.engine.microseconds(time) / _DAY).floor()
            return days if self.kind == "day" else ((days + 3) / 7).floor()
        if self.kind == "year":
            return time.year()
        if self.kind == "quarter":
            return time.year() * 4 + time.quarter() - 1
        months = time.year() * 12 + time.month() - 1
        if self.kind == "month":
            return months
        return months * 3 + ibis.ifelse(time.day() > 20, 2, ibis.ifelse(time.day() > 10, 1, 0))

    # -------------------------------------------------------------------------------------------------- what is taken

    def _series(self, take: Take, table: Any) -> Any:
        get = self._get(table)
        where = self._truth(take.where, get) if take.where else None
        if take.kind == "rows":
            return table.count(where=where)
        if take.kind == "sum":
            return self._sum(take, get, where)
        if take.kind == "days":
            return table[DAY].nunique(where=where)
        if take.kind == "distinct":
            return self._of(take, get).nunique(where=where)
        assert take.of is not None
        core, times, over = _scaled(take.of)
        if times <= 0 or over <= 0:  # it would turn their order round
            core, times, over = take.of, 1.0, 1.0
        whole = core == ("name", DURATION)
        value = self._microseconds_long(get) if whole else self._number(core, get)
        if take.kind == "quantile":
            taken = value.quantile(take.at, where=where)
        else:
            taken = value.min(where=where) if take.kind == "min" else value.max(where=where)
        return _times(taken.cast("float64"), times, over * _HOUR if whole else over)

    def _in_a_day(self, take: Take, table: Any) -> Any:
        """How many events of a row's unit are taken on its day."""
        import ibis

        holds = self._truth(take.where, self._get(table)).fill_null(False) if take.where else ibis.literal(True)
        return ibis.ifelse(holds, 1, 0).sum().over(ibis.window(group_by=[table[KEY], table[DAY]]))

    def _sum(self, take: Take, get: Callable[[str, Use], Any], where: Any) -> Any:
        """A sum that is the same in whatever order the rows are added, since whole numbers are: floats are not.

        A float is added up as what is whole of it and the rest in parts of 2 ** -62, which is exact down to there.
        """
        assert take.of is not None
        tree, times, over = _scaled(take.of)
        if not take.levels and tree == ("name", DURATION):
            return _times(self._whole_sum(self._microseconds_long(get), where), times, over * _HOUR)
        if not take.levels and tree[0] == "name" and self._is_whole(name_of(tree[1])):
            return _times(self._whole_sum(get(name_of(tree[1]), "whole"), where), times, over)
        value = self._levels(take, get) if take.levels else self._number(tree, get)
        whole = value.floor().cast("int64")
        rest = ((value - whole) * _PARTS).cast("int64")
        return _times(self._whole_sum(whole, where) + self._whole_sum(rest, where) / _PARTS, times, over)

    def _weight(self, take: Take, get: Callable[[str, Use], Any]) -> tuple[Any, bool]:
        """What a row brings into a sum or comparison, up to a factor, and whether that turns the order round."""
        assert take.of is not None
        core, times, over = _scaled(take.of)
        if take.levels:
            return self._levels(take, get), False
        if core == ("name", DURATION):
            return self._microseconds_long(get), times * over < 0
        if take.kind == "sum" and core[0] == "name" and self._is_whole(name_of(core[1])):
            return get(name_of(core[1]), "whole"), times * over < 0
        return self._number(core, get), times * over < 0

    def _whole_sum(self, whole: Any, where: Any) -> Any:
        if self.engine.kind == "spark":
            whole = whole.cast("decimal(38, 0)")  # a sum of Spark's is no wider than what is added up
        return whole.sum(where=where).cast("float64")

    def _is_whole(self, name: str) -> bool:
        kind = self.engine.table[name].type()
        return bool(kind.is_integer() or kind.is_boolean())

    def _microseconds_long(self, get: Callable[[str, Use], Any]) -> Any:
        end, began = (get(name_of(str(name)), "time") for name in (self.log.end, self.log.time))
        return self.engine.microseconds(end) - self.engine.microseconds(began)

    def _of(self, take: Take, get: Callable[[str, Use], Any]) -> Any:
        assert take.of is not None
        if take.kind == "distinct" and take.of[0] == "name" and take.of[1] != DURATION:
            name = name_of(take.of[1])
            return get(name, "time" if name in self.roles else self.storage[name])
        return self._number(take.of, get)

    def _levels(self, take: Take, get: Callable[[str, Use], Any]) -> Any:
        """The weight of each row's level, missing where it has no level among those declared."""
        import ibis

        assert take.of is not None
        cases = [(self._truth(("=", take.of, ("text", level)), get), weight) for level, weight in take.levels]
        return ibis.cases(*cases, else_=None).cast("float64")

    def _domain(self, tree: Expression) -> Use:
        """What a value is: text, a number or a time."""
        if tree[0] == "text":
            return "text"
        if tree[0] != "name" or tree[1] == DURATION:
            return "number"
        name = name_of(tree[1])
        return "time" if name in self.roles else self.storage[name]

    def _value(self, tree: Expression, use: Use, get: Callable[[str, Use], Any]) -> Any:
        """A value as text, a number or a time."""
        import ibis

        if use == "number":
            return self._number(tree, get)
        if tree[0] == "name" and tree[1] != DURATION:
            return get(name_of(tree[1]), use)
        if tree[0] != "text":
            raise Mismatch("IC739", one=_said(tree), other=_USES[use])
        if use in ("text", "raw"):
            return ibis.literal(tree[1])
        match = re.search(TIME, tree[1])
        try:
            parsed = dt.datetime.fromisoformat(_padded(tree[1])) if match else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise Mismatch("IC739", one=tree[1], other=_USES[use])
        return ibis.literal(parsed, "timestamp")

    def _number(self, tree: Expression, get: Callable[[str, Use], Any]) -> Any:
        import ibis

        if tree[0] == "number":
            return ibis.literal(float(tree[1]), "float64")
        if tree[0] == "text":
            if not re.search(NUMBER, tree[1]):
                raise Mismatch("IC739", one=tree[1], other=_USES["number"])
            return ibis.literal(float(tree[1]), "float64")
        if tree[0] == "name":
            if tree[1] != DURATION:
                return get(name_of(tree[1]), "number")
            return self._microseconds_long(get).cast("float64") / _HOUR
        chain = []  # not by recursion: a + b + c + … is as deep as it is long
        while tree[0] in "+-*/":
            chain.append((tree[0], tree[2]))
            tree = tree[1]
        result = self._number(tree, get)
        for sign, other in reversed(chain):
            right = self._number(other, get)
            if sign == "/":
                result = result / right.nullif(0.0)
            else:
                result = result + right if sign == "+" else result - right if sign == "-" else result * right
        return result

    def _truth(self, tree: Expression, get: Callable[[str, Use], Any]) -> Any:
        """A condition; where it is about what is missing it may be null, which counts as not holding."""
        if tree[0] in ("and", "or"):
            joined, parts = tree[0], []
            while tree[0] == joined:
                parts.append(tree[2])
                tree = tree[1]
            each = [self._truth(part, get) for part in (tree, *reversed(parts))]
            return reduce((lambda a, b: a & b) if joined == "and" else (lambda a, b: a | b), each)
        if tree[0] == "not" and tree[1][0] == "missing":
            return ~self._truth(tree[1], get)
        if tree[0] == "not":
            return ~self._truth(tree[1], get).fill_null(False)
        if tree[0] == "missing":
            core, _, _ = _scaled(tree[1])
            if core == ("name", DURATION):
                return self._microseconds_long(get).isnull()
            return self._value(core, self._domain(core), get).isnull()
        if tree[0] == "contains":
            use: Use = "raw" if self._is_plain(tree[2][1], within=True) else "text"
            return self._value(tree[1], use, get).contains(tree[2][1])
        if tree[0] == "in":
            return self._among(tree[1], tree[2], get)
        assert tree[0] in COMPARISONS
        sign, left, right = tree
        if sign == "!=":
            return ~self._truth(("=", left, right), get).fill_null(False)
        use = self._common(sign, left, right)
        if use == "text" and any(side[0] == "text" and self._is_plain(side[1]) for side in (left, right)):
            use = "raw"
        one, other = self._value(left, use, get), self._value(right, use, get)
        return {
            "=": lambda: one == other,
            "<": lambda: one < other,
            "<=": lambda: one <= other,
            ">": lambda: one > other,
            ">=": lambda: one >= other,
        }[sign]()

    def _among(self, value: Expression, choices: tuple[Expression, ...], get: Callable[[str, Use], Any]) -> Any:
        uses = {self._common("=", value, choice) for choice in choices}
        if len(uses) == 1 and (use := uses.pop()) in ("text", "number"):
            literals = [choice[1] if use == "text" else float(choice[1]) for choice in choices]
            use = "raw" if use == "text" and all(self._is_plain(choice[1]) for choice in choices) else use
            return self._value(value, use, get).isin(literals)
        return reduce(lambda a, b: a | b, [self._truth(("=", value, choice), get) for choice in choices])

    def _is_plain(self, literal: str, *, within: bool = False) -> bool:
        """Whether a column equals, or has within it, a text just where it does so after what means missing was taken out."""
        said = literal.strip() != ""
        return said and not any(literal in word if within else literal.strip() == word for word in self.missing)

    def _common(self, sign: str, left: Expression, right: Expression) -> Use:
        """As what two values are compared: columns as they are stored, text in the order of numbers or times alone."""
        domains = {self._domain(left), self._domain(right)}
        if "time" in domains:
            if "number" in domains:
                raise Mismatch("IC739", one=_said(left), other=_said(right))
            return "time"
        if domains == {"text"}:
            if sign == "=":
                return "text"
            literals = [side[1] for side in (left, right) if side[0] == "text"]
            return "time" if literals and all(re.search(TIME, text) for text in literals) else "number"
        return "number"


_USES = {"text": "text", "raw": "text", "number": "numbers", "time": "times"}


def _storage(name: str, kind: Any) -> Use:
    if kind.is_string():
        return "text"
    if kind.is_timestamp() or kind.is_date():
        return "time"
    if kind.is_numeric() or kind.is_boolean():
        return "number"
    raise Mismatch("IC736", name=name, wanted="value", holds=str(kind))


def _scaled(tree: Expression) -> tuple[Expression, float, float]:
    """Take factors and divisors that are numbers off a value: what is left, and what to multiply and divide it by."""
    times = over = 1.0
    while tree[0] in ("*", "/") and tree[2][0] == "number" and tree[2][1] != 0:
        times, over = (times * tree[2][1], over) if tree[0] == "*" else (times, over * tree[2][1])
        tree = tree[1]
    return tree, times, over


def _times(value: Any, times: float, over: float) -> Any:
    value = value * times if times != 1 else value
    return value / over if over != 1 else value


def _moment(time: dt.datetime) -> Any:
    import ibis

    return ibis.literal(time, "timestamp")


def _bit(where: Any, at: int) -> Any:
    import ibis

    return ibis.ifelse(where, 1 << at, 0)


def _said(tree: Expression) -> str:
    return f"{tree[1]:g}" if tree[0] == "number" else str(tree[1]) if tree[0] in ("name", "text") else str(tree[0])


def _padded(text: str) -> str:
    """ISO 8601 with two digits everywhere, from a text that is a time."""
    day, _, clock = text.strip().replace("/", "-").replace("T", " ").partition(" ")
    year, month, date = day.split("-")
    hour, _, rest = clock.strip().partition(":")
    return f"{year}-{month:0>2}-{date:0>2}" + (f" {hour:0>2}:{rest}" if clock.strip() else "")
