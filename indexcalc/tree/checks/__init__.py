"""What is checked of a tree beyond its shape: plain functions, each from an index to findings; a file's own are at its end."""

from __future__ import annotations

from collections.abc import Container, Iterator

from ...findings import Finding, Place, finding
from ...words.tree import TIME_BEFORE, TIME_BETWEEN, TIME_FROM
from ..model import Index
from . import events, follow, formulas, fuzzy, logic, methods, nodes, pages, structure, times, warnings, weights
from .methods import check_choice, check_uncertainty, takes_default
from .structure import check_ids

CHECKS = tuple(
    check
    for file in (formulas, weights, structure, events, nodes, methods, logic, warnings, follow, pages, fuzzy)
    for check in file.CHECKS
)


_OF_THE_WHOLE = frozenset({"IC209", "IC222"})  # what no node of some periods speaks of others do


def check_tree(index: Index, *, timely: bool = True) -> list[Finding]:
    """Run every check. Where names are not unique nothing else can be judged, so these come first.

    Weights of a tree whose times are not `timely`, which cannot be read, are not judged.
    """
    found = list(check_ids(index))
    if found or (timely and not index.editions):
        return found or [item for check in CHECKS for item in check(index)]
    whole = [item for check in CHECKS if check not in weights.CHECKS for item in check(index)]
    return [*whole, *_of_editions(index, {(one.code, one.place) for one in whole})]


def _of_editions(index: Index, whole: Container[tuple[str, Place]]) -> Iterator[Finding]:
    """Check the tree of each stretch of time; what is wrong in some alone, not in the `whole`, is said with when that is."""
    yield from times.check_editions(index)
    if not index.editions:
        return
    where: dict[tuple[str, Place], dict[str, Finding]] = {}
    for _, since, tree in index.editions:
        for one in (one for check in CHECKS for one in check(tree) if one.code not in _OF_THE_WHOLE):
            if (key := (one.code, one.place)) not in whole:
                where.setdefault(key, {}).setdefault(since, one)
    starts = [since for _, since, _ in index.editions]
    until = dict(zip(starts, [*starts[1:], ""], strict=True))
    for found in where.values():
        if len(found) == len(starts):
            yield next(iter(found.values()))
            continue
        for since, one in found.items():
            text, text_zh = (" ".join(one.message(language).split()) for language in ("en", "zh"))
            time = TIME_BETWEEN if since and until[since] else TIME_FROM if since else TIME_BEFORE
            when, when_zh = (part.format(since=since, until=until[since]) for part in time)
            said = {"what": one.code, "message": text, "message_zh": text_zh, "when": when, "when_zh": when_zh}
            hint = {"how": one.hint("en"), "how_zh": one.hint("zh")}
            wrapped = {"error": "IC467", "warning": "IC468"}.get(one.severity)
            if wrapped:
                yield finding(wrapped, one.place, **said, **hint)


__all__ = ["CHECKS", "check_choice", "check_tree", "check_uncertainty", "takes_default"]
