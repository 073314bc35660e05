"""What is checked of a tree beyond its shape: plain functions, each from an index to findings; a file's own are at its end."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, Place, finding
from ..model import Index
from . import events, formulas, logic, methods, nodes, structure, times, warnings, weights
from .methods import check_choice, check_uncertainty, takes_default
from .structure import check_ids

CHECKS = tuple(check for file in (formulas, weights, structure, events, nodes, methods, logic, warnings) for check in file.CHECKS)


_OF_THE_WHOLE = frozenset({"IC209", "IC222"})  # what no node of some periods speaks of others do


def check_tree(index: Index) -> list[Finding]:
    """Run every check. Where names are not unique nothing else can be judged, so these come first."""
    found = list(check_ids(index))
    if found or not index.editions:
        return found or [item for check in CHECKS for item in check(index)]
    return [*(item for check in CHECKS if check not in weights.CHECKS for item in check(index)), *_of_editions(index)]


def _of_editions(index: Index) -> Iterator[Finding]:
    """Check the tree of each stretch of time; what is wrong in some of them alone is said with when that is."""
    yield from times.check_editions(index)
    whole = {(one.code, one.place) for check in CHECKS if check not in weights.CHECKS for one in check(index)}
    each = [
        (since, [one for check in CHECKS for one in check(tree) if one.code not in _OF_THE_WHOLE])
        for _, since, tree in index.editions
    ]
    where: dict[tuple[str, Place], list[str]] = {}
    first: dict[tuple[str, Place], Finding] = {}
    for since, own in each:
        for one in own:
            key = one.code, one.place
            if key not in whole and since not in where.setdefault(key, []):
                where[key].append(since)
                first.setdefault(key, one)
    following = [since for since, _ in each[1:]] + [""]
    until = {since: after for (since, _), after in zip(each, following, strict=True)}
    for key, periods in where.items():
        if len(periods) == len(each):
            yield first[key]
            continue
        for since in periods:
            own = next(one for one in dict(each)[since] if (one.code, one.place) == key)
            code = "IC467" if own.severity == "error" else "IC468"
            if own.severity == "note":
                continue
            said = {"code": own.code, "message": own.message("en"), "message_zh": own.message("zh")}
            hint = {"advice": own.hint("en"), "advice_zh": own.hint("zh")}
            yield finding(code, own.place, since=since or "…", until=until[since] or "…", **said, **hint)


__all__ = ["CHECKS", "check_choice", "check_tree", "check_uncertainty", "takes_default"]
