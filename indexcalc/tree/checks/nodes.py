"""The keys of leaves, grades and adjustments fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...findings import Finding, finding, nearest
from ...methods import AGGREGATORS, IMPUTERS
from ...periods import read_period
from ...words.periods import KINDS
from ..blocks.adjustments import Adjustment
from ..blocks.grades import Grade
from ..blocks.nodes import Dimension, Indicator, Root, Valid
from ..declared import counts
from ..formula import first_places
from ..layout import is_as_reported
from ..located import Path
from ..model import Index
from ..warnings import watched
from .said import Check, names_of, titled

_OF_SCORES = ("weight", "normalise", "impute", "treat", "round", "score_over_units")  # keys that what is monitored has no use for


def check_leaves(index: Index) -> Iterator[Finding]:
    """See that the keys of a leaf fit each other."""
    for leaf in index.leaves:
        wants_target = leaf.direction in ("target", "range")
        if wants_target and leaf.target is None:
            yield finding("IC210", index.place_of(leaf.id), node=leaf.id, direction=leaf.direction)
        elif leaf.target is not None and not wants_target:
            yield finding("IC211", index.place_of(leaf.id, "target"), node=leaf.id, direction=leaf.direction)
        elif wants_target and (isinstance(leaf.target, tuple) != (leaf.direction == "range")):
            yield finding("IC210", index.place_of(leaf.id, "target"), node=leaf.id, direction=leaf.direction)
        if isinstance(leaf.target, tuple) and not _rises(leaf.target):
            yield finding("IC212", index.place_of(leaf.id, "target"), key="target", found=list(leaf.target))
        yield from _ranges(index, leaf)
        if leaf.shrink is not None and leaf.per is None:
            yield finding("IC860", index.place_of(leaf.id, "shrink"), node=leaf.id)
        if leaf.scale == 0:
            yield finding("IC122", index.place_of(leaf.id, "scale"), key="scale", found=0, limit="≠ 0")
        if leaf.difference is not None and leaf.growth is not None:
            yield finding("IC213", index.place_of(leaf.id, "growth"), node=leaf.id, one="difference", other="growth")


def _ranges(index: Index, leaf: Indicator) -> Iterator[Finding]:
    """See that the ranges of a leaf rise, that each has something to be judged, and that what is a part is part of something."""
    both = isinstance(leaf.valid, Valid)
    for key, pair in (("reported", leaf.valid_reported), ("value", leaf.valid_value)):
        if pair is not None and not _rises(pair):
            path = ("valid", key) if both else ("valid",)
            yield finding("IC212", index.place_of(leaf.id, *path), key=path[-1], found=list(pair))
    if isinstance(leaf.valid, Valid):
        for key, useless in (("reported", leaf.formula is not None), ("value", is_as_reported(leaf))):
            if useless and getattr(leaf.valid, key) is not None:
                yield finding("IC276", index.place_of(leaf.id, "valid", key), node=leaf.id, key=key)
    if leaf.part is not None and leaf.per is None:
        yield finding("IC277", index.place_of(leaf.id, "part"), node=leaf.id)
    if leaf.part and leaf.valid_value is not None:
        yield finding("IC213", index.place_of(leaf.id, "part"), node=leaf.id, one="part", other="valid: value")


def _rises(pair: tuple[float, ...]) -> bool:
    return len(pair) == 2 and pair[0] < pair[1]


def check_estimated_nodes(index: Index) -> Iterator[Finding]:
    """See that scores of inner nodes are estimated from other units in the same period, or are given."""
    for _, node in index.walked:
        choice = node.impute if isinstance(node, Dimension) else None
        record = None if choice is None else IMPUTERS.get(choice.method)
        if record is not None and record.donors not in ("units", "none"):
            known = [one.name for one in IMPUTERS.values() if one.donors in ("units", "none")]
            yield finding(
                "IC142", index.place_of(node.id, "impute"), node=titled(index, node.id), method=record.name, known=known
            )


def check_grades(index: Index) -> Iterator[Finding]:
    """See that grades fall from the best to the last, which alone has no bound."""
    blocks: list[tuple[Path, Sequence[Grade]]] = [(("grades",), index.grades)]
    blocks += [((*path, "grades"), node.grades) for path, node in index.walked if isinstance(node, Dimension)]
    for path, grades in blocks:
        lowest: dict[str, float] = {}
        used: dict[str, None] = {}
        names: set[str] = set()
        for at, grade in enumerate(grades):
            given = grade.bounds
            place = index.place((*path, at))
            if grade.name in names:
                yield finding("IC264", index.place((*path, at, "name")), grade=grade.name)
            names.add(grade.name)
            # shares of the units may be counted from either end, but do not go with scores
            if len(given) == 1 and used and used.keys() != given.keys() and not {*used, *given} <= {"top", "quantile"}:
                yield finding("IC263", place, grade=grade.name, key=next(iter(given)), first=next(iter(used)))
            used |= dict.fromkeys(given)
            if len(given) > 1:
                yield finding("IC253", place, grade=grade.name, keys=list(given))
            elif bool(given) == (at == len(grades) - 1):
                yield finding("IC219", place, grade=grade.name)
            for key, bound in given.items():
                if key in lowest and bound >= lowest[key] and key != "break":
                    shown = [abs(one) if key == "top" else one for one in (bound, lowest[key])]
                    yield finding("IC218", place, grade=grade.name, bound=shown[0], before=shown[1])
                lowest[key] = bound


def check_adjustments(index: Index) -> Iterator[Finding]:
    """See that every adjustment says in one way what it does, to a node that there is."""
    nodes = [node for node, found in index.by_id.items() if not isinstance(found, Indicator)]
    for at, item in enumerate(index.adjustments):
        path: Path = ("adjustments", at)
        ways = [key for key in ("each", "rank_move", "place", "veto") if getattr(item, key) is not None]
        if len(ways) != 1:
            yield finding("IC250", index.place(path), id=item.id, ways=ways or "–")
        yield from _of_one_unit(index, path, item)
        if item.node is not None and item.node not in nodes:
            place = index.place((*path, "node"))
            yield finding("IC251", place, id=item.id, node=item.node, near=nearest(item.node, nodes))
        points = item.each if item.each is not None else item.place.points if item.place else item.rank_move
        if isinstance(points, tuple):
            yield from _step_findings(index, (*path, "rank_move"), item, points)
        elif item.cap is not None and points and item.cap * points <= 0:
            yield finding("IC254", index.place((*path, "cap")), id=item.id, cap=item.cap, points=points)
        if item.each == 0:
            yield finding("IC122", index.place((*path, "each")), key="each", found=0, limit="≠ 0")
        if item.place is not None and (item.place.first is None) == (item.place.last is None):
            yield finding("IC282", index.place((*path, "place")), id=item.id)
        deducted = item.veto.deduct if item.veto else None
        climb = None if isinstance(item.rank_move, tuple) else item.rank_move
        above = {("repeat",): item.repeat, ("rank_move",): climb, ("veto", "deduct"): deducted}
        for keys, found in above.items():
            if found is not None and found <= 0:
                yield finding("IC122", index.place((*path, *keys)), key=keys[-1], found=found, limit="> 0")
        if item.veto is not None:
            yield from _veto_findings(index, (*path, "veto"), item)


def _step_findings(index: Index, path: Path, item: Adjustment, steps: Sequence[tuple[int, float]]) -> Iterator[Finding]:
    """See that steps of a move in rank go up or down, each once, and that there is no cap beside them."""
    places = [step for step, _ in steps]
    if 0 in places or len(set(places)) < len(places) or item.cap is not None:
        yield finding("IC283", index.place(path), id=item.id, steps=[f"[{step}, {points:g}]" for step, points in steps])


def _of_one_unit(index: Index, path: Path, item: Adjustment) -> Iterator[Finding]:
    """See that what is adjusted for one unit says for which period and why, and nothing else does."""
    if item.unit is None:
        if said := [key for key in ("period", "reason", "by") if getattr(item, key)]:
            yield finding("IC479", index.place((*path, said[0])), id=item.id, lacks=["unit"])
        return
    lacks = [key for key in ("period", "reason", "by") if not getattr(item, key)]
    if lacks or item.by_rank or item.source or item.column:
        other = [key for key in ("rank_move", "place", "source", "column") if getattr(item, key)]
        yield finding("IC479" if lacks else "IC480", index.place(path), id=item.id, lacks=lacks, other=other)
    elif all(read_period(str(item.period), kind) is None for kind in index.periods.kinds):
        kind = index.periods.kind
        yield finding("IC466", index.place((*path, "period")), found=item.period, key="period", kind=kind, kind_zh=KINDS[kind])


def _veto_findings(index: Index, path: Path, item: Adjustment) -> Iterator[Finding]:
    assert item.veto is not None
    ways = [key for key in ("deduct", "ceiling", "grade") if getattr(item.veto, key) is not None]
    grades = [grade.name for grade in index.grades]
    if len(ways) != 1:
        yield finding("IC252", index.place(path), id=item.id, ways=ways)
    if item.veto.grade is not None and (item.veto.grade not in grades or item.node not in (None, index.index.id)):
        near = nearest(item.veto.grade, grades)
        yield finding("IC255", index.place((*path, "grade")), id=item.id, grade=item.veto.grade, known=grades, near=near)


def check_primary(index: Index) -> Iterator[Finding]:
    """See that children are named as primary only where the score is that of one of them."""
    for path, node in index.every_node:
        if isinstance(node, Indicator) or node.primary is None:
            continue
        record = AGGREGATORS.get((node.aggregate or index.defaults.aggregate).method)
        if node.formula or (record is not None and record.split != "child"):
            method = "formula" if node.formula or record is None else record.name
            yield finding("IC256", index.place((*path, "primary"), key=True), node=node.id, method=method)


def check_missing(index: Index) -> Iterator[Finding]:
    """See that only `reweight` says how much must be there: the other policies leave nothing to ask."""
    owners: list[tuple[Path, Any]] = [(("defaults",), index.defaults), *index.every_node]
    for path, node in owners:
        missing = getattr(node, "missing", None)
        if missing is None or missing.policy == "reweight":
            continue
        for key in ("coverage", "children"):
            if key in missing.model_fields_set:
                yield finding("IC265", index.place((*path, "missing", key), key=True), policy=missing.policy, key=key)


def check_donors(index: Index) -> Iterator[Finding]:
    """See that the units to estimate from are named in one way."""
    owners: list[tuple[str, Path, Any]] = [("defaults", ("defaults",), index.defaults)]
    owners += [(leaf.id, index.paths[leaf.id], leaf) for leaf in index.leaves]
    for name, path, owner in owners:
        if owner.impute is not None and owner.impute.by is not None and "over" in owner.impute.model_fields_set:
            yield finding("IC213", index.place((*path, "impute", "by"), key=True), node=name, one="over", other="by")


def check_children_asked_for(index: Index) -> Iterator[Finding]:
    """See that `children` of `missing` asks for a share, or for a whole number of children that there are."""
    owners: list[tuple[Path, Any]] = [(("defaults",), index.defaults), *index.every_node]
    for path, node in owners:
        missing = getattr(node, "missing", None)
        if missing is None or missing.children <= 1:
            continue
        most = sum(map(counts, index.children(node))) if isinstance(node, (Dimension, Root)) else None
        parts = getattr(node, "score_over_units", None) is not None
        if not float(missing.children).is_integer() or (most is not None and missing.children > most and not parts):
            place = index.place((*path, "missing", "children"))
            yield finding("IC445", place, found=missing.children, count=most or "")


def check_monitored(index: Index) -> Iterator[Finding]:
    """See that what is monitored says nothing of how it is scored, and that nobody takes a score of it."""
    monitored = {leaf.id: leaf for leaf in index.leaves if not leaf.is_scored}
    for leaf in monitored.values():
        if keys := [key for key in _OF_SCORES if key in leaf.model_fields_set and not index.inherits(leaf.id, key)]:
            yield finding("IC270", index.place_of(leaf.id, keys[0]), node=leaf.id, keys=keys)
    for path, node in index.every_node:
        if isinstance(node, Indicator) or node.formula is None:
            continue
        for name in (name for name in names_of(node.formula) if name in monitored):
            place = index.inside((*path, "formula"), first_places(node.formula)[name])
            yield finding("IC271", place, owner=node.id, node=name)
    for at, rule in enumerate(index.warnings.rules if index.warnings else ()):
        if rule.by == "score" and (watching := [name for name in watched(index, rule) if name in monitored]):
            yield finding("IC271", index.place(("warnings", "rules", at, "by")), owner=rule.id, node=watching[0])


CHECKS: tuple[Check, ...] = (
    check_leaves,
    check_estimated_nodes,
    check_monitored,
    check_missing,
    check_donors,
    check_children_asked_for,
    check_grades,
    check_adjustments,
    check_primary,
)
