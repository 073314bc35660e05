"""The columns of a log as a query sees them: what each says as text, number or time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ...tree.events import Take
from ...tree.model import EventLog
from ..readers.table import name_of
from .engines import Engine

Use = Literal["text", "raw", "number", "time", "whole"]
Get = Callable[[str, Use], Any]
"""What returns a column, read as what it is used as."""
_BEYOND = 1e18  # a number from here on is too large to be added up exactly, and in no log


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

    @cached_property
    def names(self) -> list[str]:
        """The columns as they are called."""
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

    def read(self, raw: Any, name: str, use: Use) -> Any:
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
