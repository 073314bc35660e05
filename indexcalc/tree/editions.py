"""A tree that changes in time: nodes that are there since or until a period, and settings that hold from a period on.

A setting is written by period as `weight: {2010: 0.34, 2012: 1/3}`: each value holds from its period on, the first one also
before it. For every stretch of time without a change there is an edition: the tree as it is then, with nothing by period.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..findings import Finding, finding
from ..spans import Ends, label_after, read_ends
from ..words.periods import KINDS
from .located import Document, Path

BY_PERIOD = frozenset(
    {
        *("weight", "weights", "aggregate", "normalise", "missing", "undefined", "round", "treat", "impute", "direction"),
        *("full", "target", "primary", "grades", "ranking", "decimals", "censor_below", "ties", "first", "top_of"),
        *("each", "cap", "repeat", "rank_move", "place", "veto", "deduct", "ceiling", "grade"),
        *("lever", "points", "below", "above"),
    }
)
"""The keys that may be written by period: none that says which data are read."""
_BLOCKS = ("index", "defaults", "dimensions", "adjustments", "ranking", "grades", "boards")
_NODES = ("dimensions", "indicators")


class Stretch(NamedTuple):
    """A stretch of time in which a tree stays as it is: its first day and that of the next, and the data of the tree."""

    first: int | None
    next: int | None
    since: str
    data: dict[str, Any]


def kind_in(data: Mapping[str, Any]) -> Any:
    """Return the kind of periods that the data of a tree name, where it is one."""
    periods = data.get("periods")
    kind = periods.get("kind") if isinstance(periods, dict) else None
    return kind if kind in KINDS else "single"


def newest(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a tree with all of its nodes and the last value of what is written by period."""
    kind = kind_in(data)
    return {key: _resolved(value, key, kind, None) if key in _BLOCKS else value for key, value in data.items()} | _block(
        data, kind, None
    )


def editions(data: dict[str, Any]) -> list[Stretch]:
    """Return the editions of a tree, the first first; none of one that never changes."""
    kind = kind_in(data)
    days = dict(sorted(days_of_change(data, kind)))
    if not days:
        return []
    starts: list[int | None] = [None, *days]
    found = []
    for first, after in zip(starts, [*starts[1:], None], strict=True):
        day = min(days) - 1 if first is None else first
        own = {key: _resolved(value, key, kind, day) if key in _BLOCKS else value for key, value in data.items()}
        own |= _block(data, kind, day)
        if own.get("dimensions"):
            found.append(Stretch(first, after, "" if first is None else days[first], own))
    return found


def days_of_change(data: dict[str, Any], kind: Any) -> Iterator[tuple[int, str]]:
    """Yield the days on which something of a tree changes, each with the period that is written there."""
    for key in _BLOCKS:
        yield from _days(data.get(key), key, kind)


def check_periods(document: Document) -> Iterator[Finding]:
    """Find what is written by period and names none, nodes that end before they begin, and changes within a larger period."""
    data = document.data
    kind = kind_in(data)
    for path, key, value in _by_period(data, kind):
        for said in value:
            if _ends(said, kind) is None:
                place = document.place((*path, key, said), key=True)
                yield finding("IC466", place, found=said, key=key, kind=kind, kind_zh=KINDS[kind])
    for path, node in _nodes(data.get("dimensions"), ("dimensions",)):
        since, until = (_ends(node.get(key), kind) for key in ("since", "until"))
        for key, ends in (("since", since), ("until", until)):
            if node.get(key) is not None and ends is None:
                yield finding("IC466", document.place((*path, key)), found=node[key], key=key, kind=kind, kind_zh=KINDS[kind])
        if since and until and until[1] < since[0]:
            values = {"node": node.get("id"), "since": node["since"], "until": node["until"]}
            yield finding("IC472", document.place((*path, "since")), **values)
    yield from _within_larger(document, kind)


def _within_larger(document: Document, kind: Any) -> Iterator[Finding]:
    periods = document.data.get("periods")
    into = periods.get("roll_up") if isinstance(periods, dict) else None
    into = into.get("into", "year") if isinstance(into, dict) else into
    largest = {"year": 12, "half-year": 6, "quarter": 3, "month": 1}
    months = max((largest.get(str(one), 1) for one in (into if isinstance(into, list) else [into])), default=1)
    import datetime as dt

    for day, said in sorted(set(days_of_change(document.data, kind))) if into and kind not in ("single", "round") else ():
        date = dt.date.fromordinal(day)
        if date.day != 1 or (date.month - 1) % months:
            yield finding("IC474", document.place(("periods", "roll_up")), period=said, larger=into)


def _block(data: dict[str, Any], kind: Any, day: int | None) -> dict[str, Any]:
    """Return the blocks that are written by period as a whole."""
    own = {key: data[key] for key in ("ranking", "grades") if key in data and _is_by_period(key, data[key], kind)}
    return {key: _resolved(_in_effect(value, kind, day), key, kind, day) for key, value in own.items()}


def _resolved(value: Any, key: Any, kind: Any, day: int | None) -> Any:
    """Return some data as they are on a day: the nodes that are there then, and the values in effect; of no day the last ones."""
    if isinstance(value, dict):
        out = {}
        for name, own in value.items():
            taken = _in_effect(own, kind, day) if _is_by_period(name, own, kind) else own
            out[name] = _resolved(taken, name, kind, day) if isinstance(taken, (dict, list)) else taken
        return out
    if not isinstance(value, list):
        return value
    kept = [_resolved(own, "", kind, day) for own in value if day is None or key not in _NODES or _is_there(own, kind, day)]
    return [own for own in kept if not (key in _NODES and isinstance(own, dict) and own.get("indicators") == [] and day)]


def _is_there(node: Any, kind: Any, day: int) -> bool:
    since, until = (_ends(node.get(key), kind) if isinstance(node, dict) else None for key in ("since", "until"))
    return (since is None or since[0] <= day) and (until is None or day <= until[1])


def _in_effect(value: Mapping[Any, Any], kind: Any, day: int | None) -> Any:
    known = sorted((ends[0], at) for at, said in enumerate(value) if (ends := _ends(said, kind)))
    begun = [at for first, at in known if day is None or first <= day]
    return list(value.values())[begun[-1] if begun else known[0][1]]


def _is_by_period(key: Any, value: Any, kind: Any) -> bool:
    return (
        key in BY_PERIOD
        and isinstance(value, dict)
        and not {"method", "by"} & value.keys()
        and any(_ends(said, kind) for said in value)
    )


def _ends(said: Any, kind: Any) -> Ends | None:
    return None if said is None or isinstance(said, (dict, list, bool)) else read_ends(str(said), kind)


def _days(value: Any, key: Any, kind: Any) -> Iterator[tuple[int, str]]:
    if _is_by_period(key, value, kind):
        begins = sorted((ends[0], str(said)) for said in value if (ends := _ends(said, kind)))
        yield from begins[1:]
    if isinstance(value, (list, dict)):
        for name, own in value.items() if isinstance(value, dict) else ((key, own) for own in value):
            if name in ("since", "until") and isinstance(value, dict) and "id" in value and (ends := _ends(own, kind)):
                yield (ends[0], str(own)) if name == "since" else (ends[1] + 1, label_after(str(own), kind))
            elif isinstance(own, (dict, list)):
                yield from _days(own, name if isinstance(value, dict) else "", kind)


def _by_period(data: Mapping[str, Any], kind: Any) -> Iterator[tuple[Path, str, Mapping[Any, Any]]]:
    """Yield what is written by period: where it stands, its key and its values."""

    def walk(value: Any, path: Path) -> Iterator[tuple[Path, str, Mapping[Any, Any]]]:
        for name, own in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            if _is_by_period(name, own, kind):
                yield path, str(name), own
            elif isinstance(own, (dict, list)):
                yield from walk(own, (*path, name))

    yield from walk({key: data[key] for key in _BLOCKS if key in data}, ())


def _nodes(children: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for at, node in enumerate(children if isinstance(children, list) else ()):
        if isinstance(node, dict):
            yield (*path, at), node
            yield from _nodes(node.get("indicators"), (*path, at, "indicators"))


__all__ = ["BY_PERIOD", "Stretch", "check_periods", "editions", "kind_in", "newest"]
