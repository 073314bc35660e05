"""What an index takes of logs of events: series to be aggregated."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..words.agreement import Several, in_both
from ..words.tree import TAKEN, TAKEN_WHERE
from .blocks.data import COUNTED, HELD, PLAIN, PUNCTUAL, TOTAL, VALUED, EventLog, FromEvents
from .condition import parse_condition, parse_value
from .formula import Expression

DURATION = "duration"
WHOLE = frozenset({"count", "days", "sum", "severity"})  # what adds up over the periods of a year


class Take(NamedTuple):
    """One series to aggregate over the events of each unit and period.

    `of` is a value and `where` a condition, as trees of `condition`; `levels` give the weights that are added up in place
    of `of` itself.
    """

    kind: Literal["rows", "sum", "distinct", "peak", "days", "quantile", "min", "max"]
    of: Expression | None = None
    where: Expression | None = None
    at: float = 0.5
    levels: tuple[tuple[str, float], ...] = ()
    said: Several = in_both("", "")
    needs_value: bool = False  # missing, and not 0, where there are events and none of them has a value


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
        return {"": Take(events.method, None, where, said=_said(events.method, events.where))}
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
            TOTAL: Take("sum", of, where, said=_said("sum", events.where, of=text)),
            VALUED: Take("rows", None, valued, said=_said("count", events.where, f"{text} is not missing")),
            **counted,
        }
    if events.method == "severity":
        levels = tuple(sorted(events.levels.items()))
        return {"": Take("sum", of, where, levels=levels, said=_said("severity", events.where, of=text))}
    if events.method in ("sum", "distinct", "min", "max"):
        said = _said(events.method, events.where, of=text)
        own = {"": Take(events.method, of, where, said=said, needs_value=events.method == "sum")}
        return own if plain(events) else {**own, **counted}
    at = events.at if events.method == "percentile" and events.at is not None else 0.5
    return {"": Take("quantile", of, where, at, said=_said("percentile", events.where, of=text, at=at)), **counted}


def _said(method: str, *conditions: str | None, of: str = "", at: float = 0.5) -> Several:
    """Return what is taken, for addresses; its conditions in the words of the file."""
    english, chinese = (text.format(of=of, at=at) for text in TAKEN[method])
    written = [text for text in conditions if text]
    if not written:
        return in_both(english, chinese)
    joined = written[0] if len(written) == 1 else " and ".join(f"({text})" for text in written)
    where, where_zh = TAKEN_WHERE
    return in_both(where.format(what=english, condition=joined), where_zh.format(what=chinese, condition=joined))


def _both(one: Expression | None, other: Expression) -> Expression:
    return other if one is None else ("and", one, other)


def plain(events: FromEvents) -> bool:
    """Say whether a value is one series that has a value without any event: 0."""
    return events.method in PLAIN


DATABASES = (".duckdb", ".ddb")
REMOTE = ("file://", "hdfs://", "s3://", "s3a://", "gs://", "abfs://", "abfss://")
"""Addresses of files that Spark can reach."""


def is_url(path: str) -> bool:
    """Say whether a path is the address of a PostgreSQL database."""
    return path.lower().startswith(("postgresql://", "postgres://"))
