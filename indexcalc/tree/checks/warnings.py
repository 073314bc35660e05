"""Warning rules watch what there is, with limits that get worse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...findings import Finding, finding, nearest
from ...words.periods import KINDS
from ...words.reports import word_of
from ..blocks.nodes import Indicator
from ..blocks.warnings import LEVELS, Step, WarningRule
from ..located import Path
from ..model import Index
from ..warnings import more_is_worse, watched
from .said import Check

_OF_HISTORY = ("last", "least", "centre")  # keys that thresholds have no use for


def check_warnings(index: Index) -> Iterator[Finding]:
    """See that every rule watches something that there is, with limits that get worse from level to level."""
    if index.warnings is None:
        return
    yield from _check_steps(index, ("warnings", "escalation"), index.warnings.escalation)
    yield from _check_together(index, index.warnings.together)
    for at, rule in enumerate(index.warnings.rules):
        path: Path = ("warnings", "rules", at)
        yield from _check_watched(index, path, rule)
        yield from _check_limits(index, path, rule)
        yield from _check_steps(index, (*path, "escalation"), rule.escalation)
        kinds = list(index.periods.kinds)
        if rule.periods is not None and rule.periods not in kinds:
            chinese = {"found_zh": KINDS[rule.periods], "known_zh": [KINDS[kind] for kind in kinds]}
            yield finding("IC806", index.place((*path, "periods")), id=rule.id, found=rule.periods, known=kinds, **chinese)


def _check_together(index: Index, names: str | tuple[str, ...]) -> Iterator[Finding]:
    for at, name in enumerate((names,) if isinstance(names, str) else names):
        place = index.place(("warnings", "together") if isinstance(names, str) else ("warnings", "together", at))
        if name not in index.by_id or isinstance(index.by_id[name], Indicator):
            yield finding("IC899", place, node=name)


def _check_watched(index: Index, path: Path, rule: WarningRule) -> Iterator[Finding]:
    for at, name in enumerate(rule.named):
        place = index.place((*path, "node") if isinstance(rule.node, str) else (*path, "node", at))
        if name not in index.by_id:
            yield finding("IC800", place, id=rule.id, node=name, near=nearest(name, index.by_id))
        elif rule.watch != "node" and isinstance(index.by_id[name], Indicator):
            yield finding("IC801", place, id=rule.id, node=name, watch=rule.watch)
    if not rule.named:
        yield finding("IC123", index.place((*path, "node")), key="node")
    without = [name for name in watched(index, rule) if rule.by == "value" and not isinstance(index.by_id[name], Indicator)]
    if without:
        yield finding("IC802", index.place((*path, "by")), id=rule.id, node=without[0])


def _check_limits(index: Index, path: Path, rule: WarningRule) -> Iterator[Finding]:
    given = {level: limit for level, limit in zip(LEVELS, rule.limits, strict=True) if limit is not None}
    if not given:
        yield finding("IC803", index.place(path), id=rule.id)
    if rule.method == "thresholds":
        for key in _OF_HISTORY:
            if key in rule.model_fields_set:
                yield finding("IC805", index.place((*path, key), key=True), key=key, method=rule.method)
    elif rule.method == "quantiles" and "centre" in rule.model_fields_set:
        yield finding("IC805", index.place((*path, "centre"), key=True), key="centre", method=rule.method)
    if rule.last is not None and rule.last < rule.least and rule.method != "thresholds":
        yield finding("IC807", index.place((*path, "last")), last=rule.last, least=rule.least)
    most = 1.0 if rule.method == "quantiles" else float("inf")
    for level, limit in given.items() if rule.method != "thresholds" else ():
        if not 0 < limit <= most:
            shown = "> 0, <= 1" if rule.method == "quantiles" else "> 0"
            yield finding("IC122", index.place((*path, level)), key=level, found=limit, limit=shown)
    for (milder, low), (worse, high) in pairwise(given.items()):
        rises = {node: _rises(index, rule, node) for node in watched(index, rule)}
        wrong = next((node for node, up in rises.items() if (high <= low if up else high >= low)), None)
        if wrong is not None:
            chinese = {"level_zh": f"{word_of(worse, 'zh')} {worse}", "milder_zh": f"{word_of(milder, 'zh')} {milder}"}
            values = {"level": worse, "limit": high, "milder": milder, "before": low, **chinese}
            yield finding("IC804", index.place((*path, worse)), id=rule.id, node=wrong, **values)


def _rises(index: Index, rule: WarningRule, node: str) -> bool:
    """Say whether the limits of a rule rise towards the worst level."""
    return rule.method != "thresholds" or more_is_worse(index, rule, node)


def _check_steps(index: Index, path: Path, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """See that what follows comes later and later, for each level."""
    last: dict[str, Step] = {}
    for at, step in enumerate(steps):
        before = last.get(step.level)
        if before is not None and step.after <= before.after:
            place = index.place((*path, at))
            yield finding("IC808", place, step=step.name, after=step.after, before=before.name, earlier=before.after)
        last[step.level] = step


CHECKS: tuple[Check, ...] = (check_warnings,)
