"""What an index takes of logs of events: series to be aggregated, and the checks of the keys that say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..findings import Finding, Place, finding
from ..periods import EXAMPLES, number_of, read_period
from .blocks.data import COUNTED, HELD, PLAIN, PUNCTUAL, TOTAL, VALUED, Denominator, EventLog, FromEvents
from .blocks.nodes import Indicator
from .blocks.whole import Written
from .condition import names_in, parse_condition, parse_value, place_of_name
from .formula import Expression, FormulaError
from .located import Path

if TYPE_CHECKING:
    from .blocks.data import Data

DURATION = "duration"
WHOLE = frozenset({"count", "days", "sum", "severity"})  # what adds up over the periods of a year
_NEEDS: dict[str, tuple[str, ...]] = {  # a key, and the methods that cannot do without it and alone take it
    "of": ("distinct", "sum", "mean", "median", "percentile", "min", "max", "share", "severity"),
    "at": ("percentile",),
    "levels": ("severity",),
}
_OUT_OF_PLACE = ("sheet", "unit", "period", "indicator", "value", "status", "header", "numbers")


@dataclass(frozen=True)
class Take:
    """One series to aggregate over the events of each unit and period.

    `of` is a value and `where` a condition, as trees of `condition`; `levels` give the weights that are added up in place
    of `of` itself.
    """

    kind: Literal["rows", "sum", "distinct", "peak", "days", "quantile", "min", "max"]
    of: Expression | None = None
    where: Expression | None = None
    at: float = 0.5
    levels: tuple[tuple[str, float], ...] = ()
    said: str = ""


def takes(events: FromEvents, log: EventLog) -> dict[str, Take]:
    """Return the series that a value is made of, by the name of the column that each becomes: "" for the value itself.

    A share, a mean and a rate on time are made of two, so that a year's or a larger unit's is made anew from summed
    parts; these and what has no value without events come with the count of events, 0 of which means not applicable.
    """
    where = parse_condition(events.where) if events.where else None
    text = events.of or ""
    counted = {COUNTED: Take("rows", None, where, said=_said("count", events.where))}
    if events.method == "count":
        return {"": counted[COUNTED]}
    if events.method in ("peak", "days"):
        what = "most in a day" if events.method == "peak" else "days with an event"
        return {"": Take(events.method, None, where, said=_said(what, events.where))}
    if events.method == "on-time":
        there: Expression = ("not", ("missing", ("name", log.due)))
        over: Expression = ("not", ("missing", ("name", log.end)))
        known, written = _both(where, there), [events.where, f"{log.due} is not missing"]
        if events.open == "out":
            known, written = ("and", known, over), [*written, f"{log.end} is not missing"]
        held = _both(known, ("<=", ("name", log.end), ("name", log.due)))
        return {
            PUNCTUAL: Take("rows", None, held, said=_said("count", *written, f"{log.end} <= {log.due}")),
            COUNTED: Take("rows", None, known, said=_said("count", *written)),
        }
    if events.method == "share":
        held = _both(where, parse_condition(text))
        return {HELD: Take("rows", None, held, said=_said("count", events.where, text)), **counted}
    of = parse_value(text)
    if events.method == "mean":
        valued = _both(where, ("not", ("missing", of)))
        return {
            TOTAL: Take("sum", of, where, said=_said(f"sum of {text}", events.where)),
            VALUED: Take("rows", None, valued, said=_said("count", events.where, f"{text} is not missing")),
            **counted,
        }
    if events.method == "severity":
        levels = tuple(sorted(events.levels.items()))
        return {"": Take("sum", of, where, levels=levels, said=_said(f"weights of {text}", events.where))}
    if events.method in ("sum", "distinct", "min", "max"):
        own = {"": Take(events.method, of, where, said=_said(f"{events.method} of {text}", events.where))}
        return own if plain(events) else {**own, **counted}
    at = events.at if events.method == "percentile" and events.at is not None else 0.5
    return {"": Take("quantile", of, where, at, said=_said(f"percentile {at:g} of {text}", events.where)), **counted}


def _said(what: str, *conditions: str | None) -> str:
    """What is taken, in the words of the file, for addresses."""
    written = [text for text in conditions if text]
    if not written:
        return what
    joined = written[0] if len(written) == 1 else " and ".join(f"({text})" for text in written)
    return f"{what} where {joined}"


def _both(one: Expression | None, other: Expression) -> Expression:
    return other if one is None else ("and", one, other)


def check_events(index: Written) -> Iterator[Finding]:
    """Logs of events say what they need to, and what is taken of them is taken of a log and can be read."""
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


def _check_log(index: Written, name: str, data: Data, log: EventLog) -> Iterator[Finding]:
    path: Path = ("data", name, "events")
    kind = index.periods.kind
    for key in _OUT_OF_PLACE:
        if key in data.model_fields_set:
            yield finding("IC703", index.place(("data", name, key), key=True), key=key)
    if kind == "round":
        yield finding("IC704", index.place(path))
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
        yield finding("IC705", index.place((*path, "table") if log.table else ("data", name, "path")), path=shown_url(data.path))
    if log.format is not None and not is_format(log.format):
        yield finding("IC737", index.place((*path, "format")), found=log.format)
    if log.where is not None:
        yield from _readable(index, (*path, "where"), log.where, "condition", log)


def _check_value(index: Written, item: Indicator | Denominator, events: FromEvents, log: EventLog) -> Iterator[Finding]:
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


def plain(events: FromEvents) -> bool:
    """Say whether a value is one series that has a value without any event: 0."""
    return events.method in PLAIN


def _readable(index: Written, path: Path, text: str, wanted: Literal["condition", "value"], log: EventLog) -> Iterator[Finding]:
    try:
        tree = parse_condition(text) if wanted == "condition" else parse_value(text)
    except FormulaError as error:
        yield finding(error.code, inside(index, path, error.position), **error.values)
        return
    if DURATION in names_in(tree) and log.end is None:
        yield finding("IC708", inside(index, path, place_of_name(text, DURATION)), what=DURATION, key="end")


def inside(index: Written, path: Path, position: int) -> Place:
    """Return where a character of a text of the tree stands in its file."""
    return index._document.inside(path, position) if index._document else Place()


def is_format(form: str) -> bool:
    """Say whether a format of times can be read: a year, a month and a day at least, each once."""
    marks = [form[at + 1 : at + 2] for at, sign in enumerate(form) if sign == "%"]
    return set("Ymd") <= set(marks) <= set("YmdHIMSp") and len(set(marks)) == len(marks) and ("I" in marks) == ("p" in marks)


DATABASES = (".duckdb", ".ddb")


def is_url(path: str) -> bool:
    """Say whether a path is the address of a PostgreSQL database."""
    return path.startswith(("postgresql://", "postgres://"))


def shown_url(path: str) -> str:
    """Return a path as it may be shown: a database's address without password and parameters."""
    if not is_url(path):
        return path
    head, _, rest = path.partition("://")
    rest = rest.partition("?")[0]
    user, at, host = rest.rpartition("@")
    return f"{head}://{user.partition(':')[0]}{at}{host}"
