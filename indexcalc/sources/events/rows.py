"""The rows of a log as a query sees them: which unit and period each is of, what makes one dirty, what is taken of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any

from ...periods import Kind, first_day
from ...tree.condition import parse_condition
from ...tree.events import Take
from ...tree.expressions import names as names_in
from ..readers.table import name_of
from .columns import Columns, Get, Mismatch, Use
from .takes import DAY, KEY, Taking
from .text_files import FIELDS
from .values import Values

Reason = tuple[str, str]
NAME, UNIT, PERIOD, MASK, ROWS = "its name", "its unit", "its period", "its mask", "its rows"
AWAY = "its zones"  # how many rows have times with a distance from Greenwich, and from which to which
_LOWEST = 1 << 32  # more than any period is below 0, as days before 1970 are; and so large that keys are 64 bits wide everywhere
_FEW_PERIODS = 40
_DAY = 8.64e10  # microseconds


def unit_and_period(key: Any, units: int) -> tuple[Any, Any]:
    """Return the unit and the number of the period that keys of clean rows stand for, as arrays."""
    return key % units, key // units - _LOWEST


@dataclass
class LogRows:
    """The rows of one log, and all that is asked of them."""

    columns: Columns
    takes: list[Take]
    bounds: tuple[int | None, int | None]
    kind: Kind
    uses: dict[tuple[str, Use], int] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    @cached_property
    def values(self) -> Values:
        """What conditions and values say of the rows."""
        return Values(self.columns)

    @cached_property
    def taking(self) -> Taking:
        """What is taken of the rows."""
        return Taking(self.values)

    def judged(self, names: dict[str, int]) -> Any:
        """Return the rows with their unit, the number of their period, and a mask: 0 where clean, 1 where left out.

        Each further bit of a dirty row's mask stands for one of `reasons`.
        """
        import ibis

        raw = self.columns.table
        self._note_uses()
        table = raw.mutate(
            **{NAME: self.columns.unit_text(raw)},
            **{f"its {use} {at}": self.columns.read(name, use) for (name, use), at in self.uses.items()},
        )
        table = self.columns.engine.named(self.columns.engine.once(table), NAME, UNIT, names)
        began = self._get(table)(name_of(self.columns.log.time), "time")
        table = table.mutate(**{PERIOD: self._period(began).cast("int64")})
        found = list(self._reasons(table, raw))
        self.reasons = [reason for reason, _, _ in found]
        left = self._left(table, found)
        bits = reduce(lambda one, other: one + other, [_bit(where, at + 1) for at, (_, where, _) in enumerate(found)])
        # most rows are clean, which few comparisons tell: only of the others is it asked why
        fine = reduce(lambda one, other: one & other, [~left, *(fine for _, _, fine in found if fine is not None)])
        mask = ibis.ifelse(fine.fill_null(False), 0, ibis.ifelse(left, 1, bits))
        table = self.columns.engine.once(table.mutate(**{MASK: mask.cast("int64")}))
        return self._without_repeats(table, name_of(self.columns.log.key)) if self.columns.log.key else table

    def aggregated(self, table: Any, units: int) -> Any:
        """Return the one query: each series for each unit and period, and the rows and unknown names of each mask.

        Its `key` has unit and period of the clean rows in one number (`unit_and_period` takes it apart), and less than 0
        the mask of the others. Among the names may be empty ones, and those of rows that were left out.
        """
        import ibis

        key = ibis.ifelse(table[MASK] == 0, (table[PERIOD] + _LOWEST) * units + table[UNIT], -table[MASK])
        grouped = table.mutate(**{KEY: key})
        if any(take.kind in ("peak", "days") for take in self.takes):
            began = self.columns.engine.microseconds(self._get(grouped)(name_of(self.columns.log.time), "time"))
            grouped = grouped.mutate(**{DAY: (began / _DAY).floor().cast("int64")})
        peaks = {at: take for at, take in enumerate(self.takes) if take.kind == "peak"}
        in_a_day = {f"its day's {at}": self.taking.in_a_day(take, grouped, self._get(grouped)) for at, take in peaks.items()}
        grouped = grouped.mutate(**in_a_day) if peaks else grouped
        get = self._get(grouped)
        series = {
            f"its take {at}": grouped[f"its day's {at}"].max() if at in peaks else self.taking.series(take, grouped, get)
            for at, take in enumerate(self.takes)
        }
        for at, take in enumerate(self.takes):
            if take.needs_value:
                series[f"its rows {at}"] = grouped.count(where=self.values.truth(take.where, get) if take.where else None)
        unknown = grouped[NAME].collect(where=grouped[UNIT].isnull(), distinct=True)
        away = get(name_of(self.columns.log.time), "away")
        zones = {AWAY: away.count(), f"{AWAY} from": away.min(), f"{AWAY} to": away.max()}
        return grouped.group_by(KEY).aggregate(**{ROWS: grouped.count(), NAME: unknown}, **zones, **series)

    def of_periods(self, periods: Sequence[int]) -> Any:
        """Return all rows whose time falls in some periods, clean or not, as they came, with the number of their period."""
        table = self.columns.table
        began = self.columns.read(name_of(self.columns.log.time), "time")
        rows = table.mutate(**{PERIOD: self._period(began).cast("int64")})
        rows = rows.filter(rows[PERIOD].isin(list(periods)))
        return rows.select(**self._as_came(rows), **{PERIOD: rows[PERIOD]})

    def dirty(self, table: Any, most: int | None) -> Any:
        """Return the dirty rows as they came, with their masks."""
        rows = table.filter(table[MASK] > 1).select(**self._as_came(table), **{MASK: table[MASK]})
        return rows if most is None else rows.order_by(*self.columns.names).limit(most)

    def clean(self, table: Any, periods: Sequence[int]) -> Any:
        """Return the clean rows of some periods."""
        return table.filter((table[MASK] == 0) & table[PERIOD].isin(list(periods)))

    def behind(self, clean: Any, take: Take, units: Sequence[int], most: int) -> Any:
        """Return those of some clean rows that a series of some units is made of, those that weigh most first.

        That is by what is added up or compared, or the day with the most, and then the latest.
        """
        rows = clean.filter(clean[UNIT].isin(list(units)))
        if take.where:
            rows = rows.filter(self.values.truth(take.where, self._get(rows)))
        get = self._get(rows)
        time = name_of(self.columns.log.time)
        began = get(time, "moment")
        if take.kind == "peak":
            import ibis

            day = self.columns.engine.microseconds(get(time, "time"))
            rows = rows.mutate(**{DAY: (day / _DAY).floor().cast("int64")})
            first = [-rows.count().over(ibis.window(group_by=[rows[DAY]]))]
        elif take.of and (take.levels or take.kind in ("sum", "quantile", "min", "max")):
            value, turned = self.taking.weight(take, get)
            first = [value.isnull(), value if (take.kind == "min") != turned else -value]
        else:
            first = []
        order = [*first, -began, *(self._sortable(rows, name) for name in self.columns.names)]
        named = {f"its order {at}": one for at, one in enumerate(order)}  # Spark sorts by columns alone
        return rows.mutate(**named).order_by(*named).limit(most).select(**self._as_came(rows))

    def _as_came(self, table: Any) -> dict[str, Any]:
        """Return the columns of a table as they came; exact decimals of PostgreSQL as text, since they may have any size."""
        exact = {
            name for name in self.columns.names if table[name].type().is_decimal() and self.columns.engine.kind == "postgres"
        }
        return {name: table[name].cast("string") if name in exact else table[name] for name in self.columns.names}

    def _reasons(self, table: Any, raw: Any) -> Iterator[tuple[Reason, Any, Any]]:
        """Yield each reason to call a row dirty, when it holds, and what is true of every row of which it does not hold.

        The last is left out where that of another reason says as much.
        """
        get, log = self._get(table), self.columns.log
        time, began = name_of(log.time), get(name_of(log.time), "time")
        nowhere = table[UNIT].isnull()
        if FIELDS in raw.columns:
            uneven = table[FIELDS].fill_null("") != ""
            yield ("another number of fields", ""), uneven, ~uneven
        yield ("no unit", log.unit), nowhere & self.columns.is_blank(table[NAME]), table[UNIT].notnull()
        yield ("unknown unit", log.unit), nowhere & ~self.columns.is_blank(table[NAME]), None
        for name, role in self.columns.roles.items():
            empty, read = self._is_empty(table, name), get(name, "time")
            if role == "time":
                yield ("no time", name), empty, read.notnull()
            wrong, fine = ~empty & read.isnull(), None if role == "time" else read.notnull() | empty
            apart = self._apart(get, name)
            if apart is not None and fine is not None:
                wrong, fine = wrong | apart, fine & ~apart
            if self.columns.storage[name] != "time" or apart is not None:
                yield ("no such time", name), wrong, fine
        if outside := self._outside(began, table[PERIOD]):
            beyond = reduce(lambda one, other: one | other, outside)
            yield ("outside", time), beyond.fill_null(False), ~beyond
        if log.end:
            start, end = get(time, "moment"), get(name_of(log.end), "moment")
            early, fine, apart = (end < start).fill_null(False), (end >= start) | end.isnull(), self._apart(get, name_of(log.end))
            yield ("over before it began", log.end), early if apart is None else early & ~apart, fine
        for name, use in self.uses:
            number = get(name, "number") if use == "number" else None
            if number is not None and self.columns.storage[name] == "text":
                empty = self._is_empty(table, name)
                yield ("no number", name), number.isnull() & ~empty, number.notnull() | empty
            elif number is not None and (raw[name].type().is_floating() or raw[name].type().is_decimal()):
                empty = table[name].isnull()
                empty |= table[name].isnan() if raw[name].type().is_floating() else False
                yield ("no number", name), number.isnull() & ~empty, number.notnull() | empty
        for take in dict.fromkeys(take for take in self.takes if take.levels):
            assert take.of is not None
            weightless = self.taking.levels(take, get).isnull()
            if take.where:
                weightless &= self.values.truth(take.where, get).fill_null(False)
            column = next((str(part) for part in take.of[1:] if isinstance(part, str)), "")
            yield ("unknown level", column), weightless, ~weightless
        if log.key:
            yield ("repeated", log.key), table[UNIT] < -1, None  # filled in when the others are known

    def _apart(self, get: Get, name: str) -> Any:
        """Say of which events only one of two times says its zone, so that they cannot be compared.

        None where the log has a zone, or no text could say one.
        """
        time = name_of(self.columns.log.time)
        if self.columns.log.zone or name == time or {self.columns.storage[name], self.columns.storage[time]} == {"time"}:
            return None
        there = get(name, "time").notnull() & get(time, "time").notnull()
        return there & (get(name, "away").isnull() != get(time, "away").isnull())

    def _left(self, table: Any, found: list[tuple[Reason, Any, Any]]) -> Any:
        """Tell what is left out on purpose; a row of which that cannot be told, for want of a number, is dirty instead."""
        left = (table[UNIT] == -1).fill_null(False)
        if self.columns.log.where:
            tree = parse_condition(self.columns.log.where)
            asked = {name_of(name) for name in names_in(tree)}
            unclear = [where for (kind, column), where, _ in found if kind == "no number" and column in asked]
            beside = ~self.values.truth(tree, self._get(table)).fill_null(False)
            left |= reduce(lambda one, other: one & ~other, unclear, beside)
        return left

    def _without_repeats(self, table: Any, key: str) -> Any:
        """Mark all clean rows of a key but the first as repeated, the first by time and then by a fixed order."""
        import ibis

        bit = 1 << len(self.reasons)  # the last
        order = [self._sortable(table, name) for name in [*self.columns.roles, *self.columns.names]]
        window = ibis.window(group_by=[table[key], table[MASK] == 0], order_by=order)
        again = (ibis.row_number().over(window) > 0) & (table[MASK] == 0) & ~self._is_empty(table, key)
        return table.mutate(**{MASK: ibis.ifelse(again, bit, table[MASK]).cast("int64")})

    def _sortable(self, table: Any, name: str) -> Any:
        """Return a column in an order that is the same in every engine, whatever its rules for text and for gaps."""
        if (name, "time") in self.uses:
            return self._get(table)(name, "moment").fill_null(0)
        if self.columns.storage[name] == "number":
            exact = table[name].type().is_decimal() and self.columns.engine.kind == "postgres"
            number = self.columns.engine.number_of_decimal(table[name]) if exact else table[name].cast("float64")
            return number.fill_null(0.0)
        return self.columns.engine.digest(table[name].cast("string")).fill_null("")

    def _is_empty(self, table: Any, name: str) -> Any:
        return table[name].isnull() if self.columns.storage[name] != "text" else self._get(table)(name, "text").isnull()

    def _note_uses(self) -> None:
        """Find out as what each column is used, by making every expression once."""

        def note(name: str, use: Use) -> Any:
            self.uses.setdefault((name, use), len(self.uses))
            return self.columns.read(name, use)

        for name in self.columns.roles:
            for use in ("time", "moment", "away"):
                note(name, use)
        for name in {name_of(self.columns.log.key)} if self.columns.log.key else ():
            if self.columns.storage[name] == "text":
                note(name, "text")
        if self.columns.log.where:
            self.values.truth(parse_condition(self.columns.log.where), note)
        for take in self.takes:
            try:
                self.taking.note(take, note)
            except Mismatch as error:
                error.take = take
                raise
        for name, use in [*self.uses]:
            if use == "time":
                note(name, "moment")
            if use in ("number", "time") and self.columns.storage[name] == "text":
                note(name, "text")

    def _get(self, table: Any) -> Get:
        return lambda name, use: table[f"its {use} {self.uses[name, use]}"]

    @property
    def _starts(self) -> list[dt.datetime]:
        """When each period that the log covers begins, and the one after the last; empty without bounds, or for many."""
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
        """Return the number of the period that a time falls in, as `periods.number_of` counts."""
        import ibis

        if self.kind == "single":
            return ibis.ifelse(time.isnull(), ibis.null("int64"), 0)
        if starts := self._starts:  # to compare costs less than to take a time apart
            passed = [ibis.ifelse(time >= _moment(start), 1, 0) for start in starts[1:-1]]
            return reduce(lambda one, other: one + other, passed, ibis.literal(self.bounds[0], "int64"))
        if self.kind in ("day", "week"):
            days = (self.columns.engine.microseconds(time) / _DAY).floor()
            return days if self.kind == "day" else ((days + 3) / 7).floor()
        if self.kind == "year":
            return time.year()
        if self.kind == "half-year":
            return time.year() * 2 + ibis.ifelse(time.month() > 6, 1, 0)
        if self.kind == "quarter":
            return time.year() * 4 + time.quarter() - 1
        months = time.year() * 12 + time.month() - 1
        if self.kind == "month":
            return months
        return months * 3 + ibis.ifelse(time.day() > 20, 2, ibis.ifelse(time.day() > 10, 1, 0))


def _moment(time: dt.datetime) -> Any:
    import ibis

    return ibis.literal(time, "timestamp")


def _bit(where: Any, at: int) -> Any:
    import ibis

    return ibis.ifelse(where, 1 << at, 0)
