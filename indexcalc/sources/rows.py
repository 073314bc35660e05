"""The rows of a log as a query sees them: what each column says as text, number or time, and what makes a row dirty.

Conditions and values arrive as trees of `spec.condition` and become expressions of ibis; nothing is ever pasted into SQL.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, Literal

from ..periods import Kind
from ..spec.condition import COMPARISONS, parse_condition
from ..spec.events import DURATION, Take
from ..spec.formula import Expression
from ..spec.model import EventLog
from .engines import NUMBER, TIME, Engine
from .tables import name_of

Use = Literal["text", "number", "time", "whole"]
Reason = tuple[str, str]
NAME, UNIT, PERIOD, MASK, ROWS = "its name", "its unit", "its period", "its mask", "its rows"
_HOUR = 3.6e9  # microseconds
_DAY = 8.64e10
_DECIMAL = "decimal(38, 18)"
_BEYOND = 1e18  # a number from here on has no place among such decimals, nor in any log


class Mismatch(Exception):  # noqa: N818 - the two do not fit
    """Something that a column cannot be used as: the code of its finding and what is quoted."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
        self.take: Take | None = None  # what was to be taken, where it was not the log itself


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
        """Return the rows with their unit, the number of their period, and `mask`: 0 where clean, -1 where left out.

        A bit of the mask of a dirty row stands for each of `reasons`.
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
        table = table.mutate(**{PERIOD: self._number_of(began).cast("int64")})
        found = list(self._reasons(table, raw))
        self.reasons = [reason for reason, _ in found]
        mask = reduce(lambda one, other: one + other, (_bit(where, at) for at, (_, where) in enumerate(found)))
        left = (table[UNIT] == -1).fill_null(False)
        if self.log.where:
            left |= ~self._truth(parse_condition(self.log.where), self._get(table)).fill_null(False)
        table = self.engine.once(table.mutate(**{MASK: ibis.ifelse(left, -1, mask).cast("int64")}))
        if self.log.key:
            table = self._without_repeats(table, name_of(self.log.key))
        return table

    def aggregated(self, table: Any) -> Any:
        """Return the one query: each series for each unit and period of the clean rows, and the number of rows of each mask."""
        import ibis

        clean = table[MASK] == 0
        grouped = table.mutate(**{UNIT: ibis.ifelse(clean, table[UNIT], -1), PERIOD: ibis.ifelse(clean, table[PERIOD], 0)})
        series = {f"its take {at}": self._series(take, grouped) for at, take in enumerate(self.takes)}
        return grouped.group_by(UNIT, PERIOD, MASK).aggregate(**{ROWS: grouped.count()}, **series)

    def unknown_names(self, table: Any, most: int) -> Any:
        """Return the names that no unit has, with their numbers of rows."""
        rows = table.filter((table[MASK] > 0) & table[UNIT].isnull() & table[NAME].notnull())
        counted = rows.group_by(NAME).aggregate(**{ROWS: rows.count()})
        return counted.order_by(counted[ROWS].desc(), NAME).limit(most)

    def dirty(self, table: Any, most: int | None) -> Any:
        """Return the dirty rows as they came, with what their units are called and their masks."""
        rows = table.filter(table[MASK] > 0).select(*self.columns, NAME, MASK)
        return rows if most is None else rows.order_by(*self.columns).limit(most)

    # ---------------------------------------------------------------------------------------------------- what is dirty

    def _reasons(self, table: Any, raw: Any) -> Any:
        get, log = self._get(table), self.log
        unit, began = name_of(log.unit), get(name_of(log.time), "time")
        yield ("no unit", log.unit), table[NAME].isnull()
        yield ("unknown unit", log.unit), table[NAME].notnull() & table[UNIT].isnull()
        for name, role in self.roles.items():
            there = ~self._is_empty(table, name)
            if role == "time":
                yield ("no time", name), ~there
            if self.storage[name] != "time":
                yield ("no such time", name), there & get(name, "time").isnull()
        first, last = self.bounds
        beyond = [table[PERIOD] < first] if first is not None else []
        beyond += [table[PERIOD] > last] if last is not None else []
        if beyond:
            yield ("outside", log.time), reduce(lambda one, other: one | other, beyond).fill_null(False)
        if log.end:
            yield ("over before it began", log.end), (get(name_of(log.end), "time") < began).fill_null(False)
        for name, use in self.uses:
            if use == "number" and self.storage[name] == "text" and name != unit:
                yield ("no number", name), get(name, "text").notnull() & get(name, "number").isnull()
        for name, use in self.uses:
            if use == "number" and self.storage[name] == "number" and raw[name].type().is_floating():
                beyond_all = (table[name].abs() >= _BEYOND) & ~table[name].isnan()
                yield ("no number", name), beyond_all.fill_null(False)
        for take in dict.fromkeys(take for take in self.takes if take.levels):
            assert take.of is not None
            within = self._truth(take.where, get).fill_null(False) if take.where else True
            column = next((str(part) for part in take.of[1:] if isinstance(part, str)), "")
            yield ("unknown level", column), self._levels(take, get).isnull() & within
        if log.key:
            yield ("repeated", log.key), table[UNIT] == -2  # filled in when the others are known

    def _without_repeats(self, table: Any, key: str) -> Any:
        """Mark all clean rows of a key but the first as repeated, the first by time and then by a fixed order."""
        import ibis

        bit = 1 << (len(self.reasons) - 1)
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
        if not column.type().is_string():
            column = column.cast("int64").cast("string")
        return self._without_missing(column)

    def _without_missing(self, text: Any) -> Any:
        import ibis

        empty = text.strip() == ""
        if self.missing:
            empty |= text.strip().isin(sorted(self.missing))
        return ibis.ifelse(empty, ibis.null("string"), text)

    def _read(self, raw: Any, name: str, use: Use) -> Any:
        """Read a column as text, numbers or times, missing where it says none."""
        import ibis

        column, storage = raw[name], self.storage[name]
        if use == "text":
            return self._without_missing(column) if storage == "text" else column.cast("string")
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

    def _number_of(self, time: Any) -> Any:
        """The number of the period that a time falls in, as `periods.number_of` counts."""
        import ibis

        if self.kind == "single":
            return ibis.ifelse(time.isnull(), ibis.null("int64"), 0)
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
        value = self._of(take, get)
        if take.kind == "quantile":
            return value.quantile(take.at, where=where)
        if take.kind == "distinct":
            return value.nunique(where=where)
        return value.min(where=where) if take.kind == "min" else value.max(where=where)

    def _sum(self, take: Take, get: Callable[[str, Use], Any], where: Any) -> Any:
        """A sum that is the same in whatever order the rows are added: of whole numbers, or of decimals to 18 places.

        Floats would differ in their last bits from run to run, since an engine's threads take the rows as they come.
        """
        assert take.of is not None
        tree, times, over = take.of, 1.0, 1.0
        while tree[0] in ("*", "/") and tree[2][0] == "number" and tree[2][1] != 0:
            times, over = (times * tree[2][1], over) if tree[0] == "*" else (times, over * tree[2][1])
            tree = tree[1]
        if take.levels:
            exact = self._levels(take, get).cast(_DECIMAL)
        elif tree == ("name", DURATION):
            exact, over = self._microseconds_long(get), over * _HOUR
        elif tree[0] == "name" and self.storage[name_of(tree[1])] == "number" and self._is_whole(name_of(tree[1])):
            exact = get(name_of(tree[1]), "whole")
        else:
            exact = self._number(tree, get).cast(_DECIMAL)
        if self.engine.kind == "spark" and exact.type().is_integer():
            exact = exact.cast("decimal(38, 0)")  # a sum of Spark's is no wider than what is added up
        total = exact.sum(where=where).cast("float64")
        total = total * times if times != 1 else total
        return total / over if over != 1 else total

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
        if use == "text":
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
        if tree[0] == "not":
            return ~self._truth(tree[1], get).fill_null(False)
        if tree[0] == "missing":
            return self._value(tree[1], self._domain(tree[1]), get).isnull()
        if tree[0] == "contains":
            return self._value(tree[1], "text", get).contains(tree[2][1])
        if tree[0] == "in":
            return self._among(tree[1], tree[2], get)
        assert tree[0] in COMPARISONS
        sign, left, right = tree
        if sign == "!=":
            return ~self._truth(("=", left, right), get).fill_null(False)
        use = self._common(sign, left, right)
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
            return self._value(value, use, get).isin(literals)
        return reduce(lambda a, b: a | b, [self._truth(("=", value, choice), get) for choice in choices])

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


_USES = {"text": "text", "number": "numbers", "time": "times"}


def _storage(name: str, kind: Any) -> Use:
    if kind.is_string():
        return "text"
    if kind.is_timestamp() or kind.is_date():
        return "time"
    if kind.is_numeric() or kind.is_boolean():
        return "number"
    raise Mismatch("IC736", name=name, wanted="value", holds=str(kind))


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
