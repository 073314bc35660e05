"""The columns of a log as a query sees them: what each says as text, number or time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ...tree.events import Take
from ...tree.model import EventLog
from ..readers.table import name_of
from .engines import BEYOND, Engine
from .text_files import FIELDS
from .times import Clock, as_iso, split

Use = Literal["text", "raw", "number", "time", "moment", "away", "whole"]
"""What a column is read as; a time is the local one, a moment and its distance from Greenwich (`away`) are microseconds."""
Get = Callable[[str, Use], Any]
"""What returns a column, read as what it is used as."""


class Mismatch(Exception):  # noqa: N818 - the two do not fit
    """Something that a column cannot be used as: the code of its finding and what is quoted."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
        self.take: Take | None = None  # what was to be taken, where it was not the log itself


@dataclass(frozen=True)
class Columns:
    """The columns of one log, and what means missing in them."""

    engine: Engine
    log: EventLog
    missing: frozenset[str]
    made: dict[tuple[str, Use], Any] = field(default_factory=dict)  # what was read before: one expression each
    written: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @cached_property
    def names(self) -> list[str]:
        """The columns as they are called."""
        return [name for name in self.engine.table.columns if name != FIELDS]

    @cached_property
    def storage(self) -> dict[str, Use]:
        """What each column holds: text, numbers or times."""
        return {name: _storage(name, kind) for name, kind in self.engine.table.schema().items()}

    @cached_property
    def table(self) -> Any:
        """The rows; in PostgreSQL with what the texts of their times say, taken apart once and not for each use of it."""
        table = self.engine.table
        if self.engine.kind != "postgres":
            return table
        parts = {}
        for name in self.roles:
            if self.storage[name] != "time":
                parts[f"the text of {name}"], parts[f"the clock of {name}"] = self._taken_apart(table[name], name)
        return self.engine.once(table.mutate(**parts)) if parts else table

    @cached_property
    def roles(self) -> dict[str, str]:
        """The columns of times, by their names."""
        roles: dict[str, str] = {}
        for role, name in (("time", self.log.time), ("end", self.log.end), ("due", self.log.due)):
            if name is not None:
                roles.setdefault(name_of(name), role)
        return roles

    @cached_property
    def clock(self) -> Clock:
        """The clock by which local times are read."""
        return Clock(self.engine, self.log.zone)

    def unit_text(self, raw: Any) -> Any:
        """Return the name of a row's unit, missing where it is empty; whole numbers without a decimal point."""
        column = raw[name_of(self.log.unit)]
        if self.storage[name_of(self.log.unit)] == "time":
            raise Mismatch("IC736", name=self.log.unit, wanted="unit", holds="times")
        return column if column.type().is_string() else column.cast("int64").cast("string")

    def is_blank(self, text: Any) -> Any:
        """Say whether a text says nothing: missing, empty, only space, or a word that means missing."""
        blank = text.strip() == ""
        if self.engine.kind == "duckdb":
            blank = (text < "!") & blank  # by its first character most often; other engines have orders of their own
        if self.missing:
            blank |= text.strip().isin(sorted(self.missing))
        return text.isnull() | blank

    def _without_missing(self, text: Any) -> Any:
        import ibis

        return ibis.ifelse(self.is_blank(text), ibis.null("string"), text)

    def read(self, name: str, use: Use) -> Any:
        """Read a column as text, numbers or times, missing where it says none."""
        if (name, use) not in self.made:
            self.made[name, use] = self._read(name, use)
        return self.made[name, use]

    def _read(self, name: str, use: Use) -> Any:
        import ibis

        column, storage = self.table[name], self.storage[name]
        if use in ("text", "raw") and storage != "text":
            return column.cast("string")
        if use == "raw":
            return column
        if use == "text":
            return self._without_missing(column)
        if use == "whole":
            return column.cast("int64")
        if use == "number":
            return self._number(column, name)
        if storage == "time" and name in self.engine.zoned:
            if not self.log.zone:
                raise Mismatch("IC738", name=name)
            if use == "time":
                named = self.clock.fixed is None
                return self.engine.in_zone(column, self.log.zone) if named else self.clock.local(self._since(column))
            return self._since(column) if use == "moment" else ibis.null("int64")
        local, away = self._written(name)
        if use == "away":
            return away
        there, since = away.notnull(), self.engine.microseconds(local) - away
        if use == "time":
            return ibis.ifelse(there, self.clock.local(since), local) if self.log.zone and self._may_be_zoned(name) else local
        moment = self.clock.moment(local)
        if self.roles.get(name) in ("end", "due"):
            moment = self.clock.no_earlier(moment, local, self.read(name_of(self.log.time), "moment"))
        return ibis.ifelse(there, since, moment) if self._may_be_zoned(name) else moment

    def _since(self, time: Any) -> Any:
        """Return the moment of a time that carries a zone."""
        return self.engine.microseconds(time if self.engine.kind == "spark" else self.engine.in_zone(time, "UTC"))

    def _may_be_zoned(self, name: str) -> bool:
        return self.storage[name] != "time"

    def _written(self, name: str) -> tuple[Any, Any]:
        """Return the time that a column without a zone of its own says, and the distance from Greenwich that a text says."""
        if name not in self.written:
            self.written[name] = self._as_written(name)
        return self.written[name]

    def _as_written(self, name: str) -> tuple[Any, Any]:
        import ibis

        column, apart = self.table[name], f"the text of {name}"
        if self.storage[name] == "time":
            return self.engine.plain_time(column), ibis.null("int64")
        if apart in self.table.columns:
            text, away = self.table[apart], self.table[f"the clock of {name}"]
        else:
            text, away = self._taken_apart(column, name)
        return self.engine.time_of_text(text), away

    def _taken_apart(self, column: Any, name: str) -> tuple[Any, Any]:
        """Return a time's text as ISO 8601 has it, and the distance from Greenwich that it says, in microseconds."""
        form, storage = self.log.format, self.storage[name]
        if storage == "number" and not form:
            raise Mismatch("IC736", name=name, wanted="time", holds="numbers")
        text, away = split(self._without_missing(column.cast("int64").cast("string") if storage == "number" else column))
        return as_iso(text, form) if form else text, away

    def _number(self, column: Any, name: str) -> Any:
        import ibis

        storage = self.storage[name]
        if storage == "time":
            raise Mismatch("IC736", name=name, wanted="number", holds="times")
        if storage == "text":
            value = self.engine.number_of_text(self._without_missing(column))
        elif column.type().is_decimal() and self.engine.kind == "postgres":
            return self.engine.number_of_decimal(column)
        else:
            value = (column.cast("int64") if column.type().is_boolean() else column).cast("float64")
        if not column.type().is_floating() and storage == "number":
            return value
        return ibis.ifelse(value.abs() < BEYOND, value, ibis.null("float64"))  # nor is what is not a number below it

    def is_whole(self, name: str) -> bool:
        """Say whether a column holds whole numbers."""
        kind = self.engine.table[name].type()
        return bool(kind.is_integer() or kind.is_boolean())


def _storage(name: str, kind: Any) -> Use:
    if kind.is_string():
        return "text"
    if kind.is_timestamp() or kind.is_date():
        return "time"
    if kind.is_numeric() or kind.is_boolean():
        return "number"
    raise Mismatch("IC736", name=name, wanted="value", holds=str(kind))
