"""Weights add up, and judgements of them fit their children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...findings import Finding, finding
from ...methods import FROM_DATA, RECORDS, WEIGHTINGS, WITHOUT_WEIGHTS
from ...methods.records import Aggregator, JudgedWeights, PairMethod, WeightMethod
from ...words.agreement import several
from ...words.tree import WEIGHT_BEYOND, WEIGHT_MISSING, WEIGHTS_AS_PRINTED, WEIGHTS_RESCALED
from ..blocks.choices import ByGroup, Method
from ..blocks.nodes import Indicator
from ..declared import counts, given_weights, in_each_group, weight_total, weights_said
from ..located import Path
from ..model import Index
from .methods import combined, lists_in, method_findings, senseless
from .said import Check, titled

_TOLERANCE = 1e-9
_SHOWN = 5  # nodes that are named where there may be many


def check_weights(index: Index) -> Iterator[Finding]:
    """See that weights among siblings add up to 1, or to 100 if all of the file does so."""
    groups = given_weights(index)
    total = weight_total(index)
    for node, weights in groups.items():
        children = [child for child in index.children(index.by_id[node]) if counts(child)]
        without = [child.id for child in children if child.weight is None]
        if without:
            yield finding("IC203", index.place_of(node), node=titled(index, node), children=without)
        elif apart := in_each_group(weights):
            if len({child.weight.by for child in children if isinstance(child.weight, ByGroup)}) > 1:
                continue  # which is a finding of its own
            yield from _of_groups(index, node, apart, total)
        elif abs(sum(weights) - (101.0 - total)) < _TOLERANCE:  # 100 where the file has 1, or 1 where it has 100
            yield finding("IC227", index.place_of(node), node=titled(index, node), sum=sum(weights), total=total)
        elif abs(sum(weights) - total) > _TOLERANCE * total:
            gap = sum(weights) - total
            said = WEIGHT_MISSING if gap < 0 else WEIGHT_BEYOND
            ways = _ways(index, node, total)
            yield finding(
                "IC201",
                index.place_of(node),
                node=titled(index, node),
                sum=sum(weights),
                total=total,
                siblings=weights_said(
                    index, {child.id: f"{weight:.10g}" for child, weight in zip(children, weights, strict=True)}
                ),
                missing=f"{-gap:.10g}" if gap < 0 else "",
                beyond=f"{gap:.10g}" if gap > 0 else "",
                gap=f"{abs(gap):.10g} {said[0]}",
                gap_zh=f"{said[1]} {abs(gap):.10g}",
                ways=ways[0],
                ways_zh=ways[1],
            )


def _of_groups(index: Index, node: str, apart: Mapping[str, Sequence[float]], total: float) -> Iterator[Finding]:
    """See that weights add up in each group of units; one that a sibling has no weight for is found with the units table."""
    for group, weights in apart.items():
        if abs(sum(weights) - total) > _TOLERANCE * total:
            named = {"node": titled(index, node), "group": group}
            yield finding("IC143", index.place_of(node), sum=sum(weights), total=total, **named)


def check_grouped_weights(index: Index) -> Iterator[Finding]:
    """See that siblings' weights differ by the same groups, and that weights which differ are not made of scores besides."""
    for parent in index.by_id.values():
        apart = [child for child in index.children(parent) if isinstance(child.weight, ByGroup)]
        columns = list(dict.fromkeys(child.weight.by for child in apart if isinstance(child.weight, ByGroup)))
        if len(columns) > 1:
            yield finding("IC144", index.place_of(apart[-1].id, "weight"), node=titled(index, parent.id), columns=columns)
        choice = None if isinstance(parent, Indicator) else parent.weights or index.defaults.weights
        if apart and choice is not None and choice.method in FROM_DATA:
            yield finding("IC145", index.place_of(apart[0].id, "weight"), node=titled(index, parent.id), method=choice.method)


def _ways(index: Index, node: str, total: float) -> tuple[str, str]:
    """Return, in both languages, how weights that do not add up can be meant: as they are, for a mean, or rescaled."""
    own = vars(index.by_id[node])["aggregate"] or index.defaults.aggregate
    if own.method != "arithmetic":
        return WEIGHTS_RESCALED
    method = "sum" if total == 1 else "{method: sum, scale: 0.01}"
    as_printed, rescaled = WEIGHTS_AS_PRINTED, WEIGHTS_RESCALED
    return f"{as_printed[0].format(method)}; {rescaled[0]}", f"{as_printed[1].format(method)}；{rescaled[1]}"


def check_partly_weighted(index: Index) -> Iterator[Finding]:
    """See that either all siblings have a weight or none, where weights may add up to anything, too."""
    summed = given_weights(index)
    for node in index.by_id:
        children = [child for child in index.children(index.by_id[node]) if counts(child)]
        without = [child.id for child in children if child.weight is None]
        if without and len(without) < len(children) and node not in summed:
            yield finding("IC203", index.place_of(node), node=titled(index, node), children=without)


def check_signs(index: Index) -> Iterator[Finding]:
    """See that no weight is negative, and that not all of a node's children weigh nothing."""
    for _, node in index.walked:
        if node.weight is not None and min(node.weight.values if isinstance(node.weight, ByGroup) else [node.weight]) < 0:
            yield finding("IC204", index.place_of(node.id, "weight"), node=node.id, weight=node.weight)
    for parent in index.by_id:
        children = [child for child in index.children(index.by_id[parent]) if counts(child)]
        if children and all(child.weight == 0 for child in children) and parent not in given_weights(index):
            yield finding("IC221", index.place_of(parent), node=titled(index, parent))


def check_weighting(index: Index) -> Iterator[Finding]:
    """See that parameters fit the number of children, and that judgements are consistent."""
    for path, node in index.every_node:
        if isinstance(node, Indicator):
            continue
        children = sum(map(counts, index.children(node)))
        for room in ("weights", "aggregate") if node.formula is None else ("weights",):
            own = (*path, room) if getattr(node, room) else ("defaults", room)
            chosen = getattr(node, room) or getattr(index.defaults, room)
            for method in [chosen, *combined(chosen)]:
                at = own if method is chosen else (*own, "of")
                yield from _findings_for_children(index, room, node.id, at, method, children)


def _findings_for_children(index: Index, room: str, node: str, path: Path, method: Method, children: int) -> Iterator[Finding]:
    record = RECORDS[room].get(method.method)
    if not isinstance(record, (WeightMethod, Aggregator)):
        return
    sound = not any(method_findings(index, room, path, method))
    pairs = isinstance(record, PairMethod)
    lists = [(key, entries) for key in record.per_child for entries in lists_in(method.parameters.get(key), square=pairs)]
    wrong = {key: len(entries) for key, entries in lists if len(entries) != children}
    where = {key: index.place(path if path[-1] == "of" else (*path, key)) for key in record.per_child}
    for key, length in wrong.items():
        more = {"method": method.method, "key": key, "found": length, "children": children}
        yield finding("IC410", where[key], node=titled(index, node), **more)
    if wrong or not sound:
        return
    if problem := record.problem(method.parameters, children):
        yield senseless(index, record, path, method, problem)


def check_consistency(index: Index) -> Iterator[Finding]:
    """Say how consistent judgements are that weights are made of: each that is not by itself, all others in one line."""
    consistent: list[str] = []
    first: Path = ()
    for path, node, method in _weighted(index):
        ratio = consistency_of(method)
        if ratio is None:
            continue
        if is_usable(method, ratio):
            first = first or path
            consistent.append(f"{node} {ratio:.3f} ({method.method})")
        else:
            said = index.place(path if path[-1] == "of" else (*path, next(iter(RECORDS["weights"][method.method].bounds))))
            yield finding("IC411", said, node=titled(index, node), ratio=f"{ratio:.3f}")
    if consistent:
        yield finding("IC413", index.place(first), ratios=several(consistent[:_SHOWN], len(consistent)))


def consistency_of(method: Method) -> float | None:
    """Return the consistency ratio of the judgements that a method makes weights of; nothing where it takes none."""
    record = WEIGHTINGS.get(method.method)
    return record.consistency(record.given(method.parameters)) if isinstance(record, JudgedWeights) else None


def is_usable(method: Method, ratio: float) -> bool:
    """Say whether judgements of such a ratio are held for usable, or there is no limit for the method."""
    record = WEIGHTINGS[method.method]
    return not isinstance(record, JudgedWeights) or record.usable is None or ratio <= record.usable


def _weighted(index: Index) -> Iterator[tuple[Path, str, Method]]:
    """Yield the methods of weights that inner nodes take and that make sense, with where each stands."""
    for path, node in index.every_node:
        if isinstance(node, Indicator):
            continue
        own: Path = (*path, "weights") if node.weights else ("defaults", "weights")
        chosen = node.weights or index.defaults.weights
        children = sum(map(counts, index.children(node)))
        for method in [chosen, *combined(chosen)]:
            at = own if method is chosen else (*own, "of")
            found = [*_findings_for_children(index, "weights", node.id, at, method, children)]
            if not found and not any(method_findings(index, "weights", at, method)):
                yield at, node.id, method


def check_idle_weights(index: Index) -> Iterator[Finding]:
    """Point out weights that play no part."""
    for _, node in index.every_node:
        if isinstance(node, Indicator):
            continue
        method = (node.aggregate or index.defaults.aggregate).method
        weights = {child.weight for child in index.children(node) if child.weight is not None}
        if len(weights) > 1 and (method in WITHOUT_WEIGHTS or node.formula):
            method = "formula" if node.formula else method
            yield finding("IC407", index.place_of(node.id), node=titled(index, node.id), method=method)
            continue
        rule = WEIGHTINGS.get((node.weights or index.defaults.weights).method)
        if weights and rule is not None and rule.declared is None:
            yield finding("IC407", index.place_of(node.id), node=titled(index, node.id), method=f"weights: {rule.name}")


CHECKS: tuple[Check, ...] = (
    check_weights,
    check_grouped_weights,
    check_partly_weighted,
    check_signs,
    check_weighting,
    check_consistency,
    check_idle_weights,
)
