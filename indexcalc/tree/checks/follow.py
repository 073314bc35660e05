"""Outcomes and goals say one thing each, of nodes that there are."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, finding, nearest
from ...periods import read_period
from ..blocks.follow import FromTable, Goal, Outcome, Remark
from ..model import Index
from .said import Check

_ONE_OF: dict[type, tuple[str, str]] = {Outcome: ("first", "last"), Goal: ("value", "rank")}


def check_follow(index: Index) -> Iterator[Finding]:
    """See that each outcome and goal has exactly one of its two keys, and that nodes of these and of remarks are known."""
    goals = () if isinstance(index.goals, FromTable) else index.goals
    remarks = () if isinstance(index.remarks, FromTable) else index.remarks
    blocks: dict[str, tuple[Outcome | Goal | Remark, ...]] = {"outcomes": index.outcomes, "goals": goals, "remarks": remarks}
    for block, items in blocks.items():
        for at, item in enumerate(items):
            keys = _ONE_OF.get(type(item), ())
            if keys and sum(vars(item)[key] is not None for key in keys) != 1:
                name = item.name if isinstance(item, Outcome) else item.unit if isinstance(item, Goal) else ""
                yield finding("IC747", index.place((block, at)), block=block, name=name, keys=list(keys))
            if item.node is not None and item.node not in index.by_id:
                near = nearest(item.node, index.by_id)
                place = index.place((block, at, "node"))
                yield finding("IC748", place, block=block, key="node", found=item.node, near=near)
            period = None if isinstance(item, Outcome) else item.period
            if period is not None and not is_period(index, str(period)):
                yield finding("IC748", index.place((block, at, "period")), block=block, key="period", found=period, near="")


def is_period(index: Index, text: str) -> bool:
    """Say whether a text is a period of any kind that the index has."""
    return any(read_period(text, kind) for kind in index.periods.kinds)


CHECKS: tuple[Check, ...] = (check_follow,)
