"""Logs of events say what they need to, and what is taken of them is taken of a log and can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ...findings import Finding, finding, nearest
from ...periods import EXAMPLES, WITHOUT_DAYS, number_of, read_period
from ...words.periods import KINDS
from ..blocks.data import Data, Denominator, EventLog, FromEvents
from ..blocks.nodes import Indicator
from ..condition import parse_condition, parse_value, place_of_name
from ..events import DATABASES, DURATION, REMOTE, WHOLE, is_url, plain
from ..expressions import FormulaError, names
from ..located import Path
from ..model import Index
from .said import Check

_NEEDS: dict[str, tuple[str, ...]] = {  # a key, and the methods that cannot do without it and alone take it
    "of": ("distinct", "sum", "mean", "median", "percentile", "min", "max", "share", "severity"),
    "at": ("percentile",),
    "levels": ("severity",),
}

_OUT_OF_PLACE = ("sheet", "unit", "period", "indicator", "value", "status", "header", "numbers")


def check_events(index: Index) -> Iterator[Finding]:
    """See that logs of events say what they need to, and that what is taken of them is taken of a log and can be read."""
    logs: dict[str, EventLog] = {}
    for name, data in index.data.items():
        if data.events is not None:
            logs[name] = data.events
            yield from _check_log(index, name, data, data.events)
    items: list[Indicator | Denominator] = [*index.leaves, *index.denominators]
    for item in items:
        source = index.source_of(item)
        if item.events is None:
            if source in logs:
                yield finding("IC701", index.place_of(item.id), node=item.id, source=source)
        elif source not in logs:
            yield finding("IC702", index.place_of(item.id, "events"), node=item.id, source=source)
        else:
            yield from _check_value(index, item, item.events, logs[source])


def _check_log(index: Index, name: str, data: Data, log: EventLog) -> Iterator[Finding]:
    path: Path = ("data", name, "events")
    kind = index.periods.kind
    for key in _OUT_OF_PLACE:
        if key in data.model_fields_set:
            yield finding("IC703", index.place(("data", name, key), key=True), key=key)
    if kind in WITHOUT_DAYS - {"single"}:
        yield finding("IC704", index.place(path), kind=kind, kind_zh=KINDS[kind])
    bounds = []
    for key, written in (("from", log.from_), ("to", log.to)):
        if written is not None:
            period = read_period(str(written), kind)
            if period is None or kind == "single":
                yield finding("IC217", index.place((*path, key)), found=written, example=EXAMPLES[kind])
            else:
                bounds.append(number_of(period, kind))
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield finding("IC212", index.place((*path, "from")), key="from, to", found=[log.from_, log.to])
    is_database = is_url(data.path) or data.path.endswith(DATABASES)
    if is_database != (log.table is not None) and not (log.engine == "spark" and log.table):
        yield finding("IC705", index.place((*path, "table") if log.table else ("data", name, "path")), path=data.path)
    elif "://" in data.path and not is_database and not data.path.startswith(REMOTE):
        yield finding("IC262", index.place(("data", name, "path")), path=data.path, known=REMOTE)
    if log.zone is not None and not is_zone(log.zone):
        from zoneinfo import available_timezones

        near = nearest(log.zone, available_timezones())
        yield finding("IC261", index.place((*path, "zone")), found=log.zone, near=near)
    if log.format is not None and not is_format(log.format):
        yield finding("IC737", index.place((*path, "format")), found=log.format)
    if log.where is not None:
        yield from _readable(index, (*path, "where"), log.where, "condition", log)


def _check_value(index: Index, item: Indicator | Denominator, events: FromEvents, log: EventLog) -> Iterator[Finding]:
    path: Path = (*index.paths[item.id], "events")
    own = index._document is not None and index._document.has((*path[:-1], "formula"))
    for other in ("column", "formula"):
        if (item.column is not None) if other == "column" else own:
            yield finding("IC213", index.place((*path[:-1], other)), node=item.id, one="events", other=other)
    missing = []
    for key, methods in _NEEDS.items():
        given = key in events.model_fields_set
        if events.method in methods and not given:
            missing.append(key)
        elif given and events.method not in methods:
            yield finding("IC707", index.place((*path, key), key=True), method=events.method, key=key)
    if missing:
        yield finding("IC706", index.place(path), method=events.method, names=missing)
    if "open" in events.model_fields_set and events.method != "on-time":
        yield finding("IC707", index.place((*path, "open"), key=True), method=events.method, key="open")
    if events.method == "on-time" and (log.end is None or log.due is None):
        yield finding("IC708", index.place(path), what="on-time", key="end" if log.end is None else "due")
    if isinstance(item, Denominator) and not plain(events):
        yield finding("IC709", index.place(path), method=events.method)
    if index.periods.roll_up and events.method not in WHOLE and events.ratio is None and "over_time" not in item.model_fields_set:
        yield finding("IC717", index.place(path), node=item.id, method=events.method)
    if events.where is not None:
        yield from _readable(index, (*path, "where"), events.where, "condition", log)
    if events.of is not None:
        yield from _readable(index, (*path, "of"), events.of, "condition" if events.method == "share" else "value", log)


def _readable(index: Index, path: Path, text: str, wanted: Literal["condition", "value"], log: EventLog) -> Iterator[Finding]:
    try:
        tree = parse_condition(text) if wanted == "condition" else parse_value(text)
    except FormulaError as error:
        yield finding(error.code, index.inside(path, error.position), **error.values)
        return
    if DURATION in names(tree) and log.end is None:
        yield finding("IC708", index.inside(path, place_of_name(text, DURATION)), what=DURATION, key="end")


def is_format(form: str) -> bool:
    """Say whether a format of times can be read: a year, a month and a day at least, each once."""
    marks = [form[at + 1 : at + 2] for at, sign in enumerate(form) if sign == "%"]
    return set("Ymd") <= set(marks) <= set("YmdHIMSp") and len(set(marks)) == len(marks) and ("I" in marks) == ("p" in marks)


def is_zone(name: str) -> bool:
    """Say whether a time zone can be read: a name of the tz database, or a distance from Greenwich."""
    from zoneinfo import ZoneInfo, available_timezones

    if re.fullmatch(r"(UTC|GMT|Z)?([+-]\d{1,2}(:?\d{2})?)?", name) and name:
        return True
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a zone that is not found is a KeyError
        return not available_timezones()  # a system without the database cannot tell
    return True


CHECKS: tuple[Check, ...] = (check_events,)
