"""What is checked of a tree beyond its shape: a list of plain functions, each from an index to findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from ..findings import Finding, Place, finding, nearest
from ..methods import CATALOGUE, WITHOUT_WEIGHTS, parameters
from ..methods.derive import OVER_UNITS
from ..periods import EXAMPLES, MADE_OF, read_period
from .columns import counted
from .declared import counts, given_weights, weight_total
from .events import check_events
from .formula import FormulaError, first_places, names, parse
from .located import Path
from .model import FACTORS, NONE, UNITS_SOURCE, Adjustment, Denominator, Dimension, Grade, Index, Indicator, Method, Root
from .terms import term_for
from .warnings import check_warnings

_ID = r"[^\W_][\w.-]*"
_TOLERANCE = 1e-9
_INCONSISTENT = 0.1  # the consistency ratio above which judgements ought to be looked at again (Saaty 1980)
Matrices = Sequence[Sequence[float | None]] | Sequence[Sequence[Sequence[float | None]]]
_DECLARED = frozenset({"given", "relative", "combine"})  # weight methods that look at the weights in the tree


def check_tree(index: Index) -> list[Finding]:
    """Run every check. Where names are not unique nothing else can be judged, so these come first."""
    found = list(check_ids(index))
    return found or [item for check in CHECKS for item in check(index)]


def check_ids(index: Index) -> Iterator[Finding]:
    """Every node, denominator, adjustment and warning rule has an id of its own that can be typed on a command line."""
    seen: dict[str, Path] = {}
    items: list[tuple[Path, str]] = [(("index",), index.index.id)]
    items += [(("denominators", at), item.id) for at, item in enumerate(index.denominators)]
    items += [(("adjustments", at), item.id) for at, item in enumerate(index.adjustments)]
    items += [(path, node.id) for path, node in index.walked]
    items += [(("warnings", "rules", at), rule.id) for at, rule in enumerate(index.warnings.rules if index.warnings else ())]
    for path, name in items:
        if not re.fullmatch(_ID, name):
            yield finding("IC205", index.place((*path, "id")), id=name)
        if name in seen:
            yield finding("IC202", index.place((*path, "id")), id=name, line=index.place((*seen[name], "id")).line)
        seen.setdefault(name, path)


def check_weights(index: Index) -> Iterator[Finding]:
    """Weights among siblings add up to 1, or to 100 if all of the file does so."""
    groups = given_weights(index)
    total = weight_total(index)
    for node, weights in groups.items():
        children = [child for child in index.children(index.by_id[node]) if counts(child)]
        without = [child.id for child in children if child.weight is None]
        if without:
            yield finding("IC203", index.place_of(node), node=_titled(index, node), children=without)
        elif abs(sum(weights) - (101.0 - total)) < _TOLERANCE:  # 100 where the file has 1, or 1 where it has 100
            yield finding("IC227", index.place_of(node), node=_titled(index, node), sum=sum(weights), total=total)
        elif abs(sum(weights) - total) > _TOLERANCE * total:
            gap = sum(weights) - total
            yield finding(
                "IC201",
                index.place_of(node),
                node=_titled(index, node),
                sum=sum(weights),
                total=total,
                siblings=" · ".join(f"{child.id} {weight:.10g}" for child, weight in zip(children, weights, strict=True)),
                missing=f"{-gap:.10g}" if gap < 0 else "",
                beyond=f"{gap:.10g}" if gap > 0 else "",
                gap=f"{abs(gap):.10g} is {'missing' if gap < 0 else 'too much'}",
                gap_zh=f"{'还差' if gap < 0 else '超出'} {abs(gap):.10g}",
            )


def check_partly_weighted(index: Index) -> Iterator[Finding]:
    """Where weights may add up to anything, too, either all siblings have one or none."""
    summed = given_weights(index)
    for node in index.by_id:
        children = [child for child in index.children(index.by_id[node]) if counts(child)]
        without = [child.id for child in children if child.weight is None]
        if without and len(without) < len(children) and node not in summed:
            yield finding("IC203", index.place_of(node), node=_titled(index, node), children=without)


def check_signs(index: Index) -> Iterator[Finding]:
    """No weight is negative, and no node's children all weigh nothing."""
    for _, node in index.walked:
        if node.weight is not None and node.weight < 0:
            yield finding("IC204", index.place_of(node.id, "weight"), node=node.id, weight=node.weight)
    for parent in index.by_id:
        children = [child for child in index.children(index.by_id[parent]) if counts(child)]
        if children and all(child.weight == 0 for child in children) and parent not in given_weights(index):
            yield finding("IC221", index.place_of(parent), node=_titled(index, parent))


def check_roles(index: Index) -> Iterator[Finding]:
    """The warning role belongs to dimensions right below the index, and something is left to be evaluated."""
    for path, node in index.walked:
        if isinstance(node, Dimension) and node.role == "warning" and len(path) > 2:
            yield finding("IC220", index.place_of(node.id, "role"), node=node.id)
    if not any(counts(node) for node in index.dimensions):
        yield finding("IC223", index.place(("dimensions",), key=True))


def check_sources(index: Index) -> Iterator[Finding]:
    """Every leaf, denominator and counted adjustment has a source that is declared, and every source is used."""
    items: list[Indicator | Denominator | Adjustment] = [*index.leaves, *index.denominators, *counted(index)]
    known = [*index.data, UNITS_SOURCE]
    unknown = [(index.place_of(item.id, "source"), item.source) for item in items if item.source and item.source not in known]
    if index.defaults.source and index.defaults.source not in known:
        unknown.append((index.place(("defaults", "source")), index.defaults.source))
    for place, source in unknown:
        yield finding("IC207", place, source=source, known=known, near=nearest(source, known))
    used = {index.source_of(item) for item in items}
    without = [item.id for item in items if not index.source_of(item)]
    if without and not index.data:
        yield finding("IC228", index.place(()))
    elif without:
        yield finding("IC208", index.place_of(without[0]), nodes=_some(without), known=known)
    for source, data in index.data.items():
        beside = data.model_fields_set - {"path", "ledger"} if data.is_ledger else set()
        beside |= {"path"} if data.ledger is not None and data.path != data.ledger else set()
        for key in sorted(beside):
            yield finding("IC676", index.place(("data", source, key), key=True), source=source, key=key)
        if source == UNITS_SOURCE:
            yield finding("IC226", index.place(("data", source), key=True), source=source)
        elif source not in used and not unknown and not without:
            yield finding("IC224", index.place(("data", source), key=True), source=source)


def check_denominators(index: Index) -> Iterator[Finding]:
    """What a leaf is divided by is declared, and what is declared is used."""
    known = [item.id for item in index.denominators]
    used = {leaf.per for leaf in index.leaves} | {leaf.over_units for leaf in index.leaves}
    used |= {index.defaults.over_units, *(item.over_units for item in index.denominators)}
    used |= {choice.how for node in index.by_id.values() if (choice := vars(node).get("score_over_units"))}
    for leaf in index.leaves:
        for formula in (leaf.formula, leaf.applies):
            used |= set(_names(formula)) if formula else set()
        if leaf.per and leaf.per not in known:
            near = nearest(leaf.per, known)
            used.add(near)
            yield finding("IC209" if known else "IC229", index.place_of(leaf.id, "per"), name=leaf.per, known=known, near=near)
    for name in known:
        if name not in used:
            yield finding("IC222", index.place_of(name), name=name)


def check_levels(index: Index) -> Iterator[Finding]:
    """What rolls units up to the next level is a way that there is, or a denominator to weight by."""
    known = [*OVER_UNITS, *(item.id for item in index.denominators)]
    owners: list[tuple[Path, Any]] = [(("defaults",), index.defaults), *index.walked]
    owners += [(("denominators", at), item) for at, item in enumerate(index.denominators)]
    for path, owner in owners:
        how = vars(owner).get("over_units")
        if how is not None and how not in known:
            yield finding("IC257", index.place((*path, "over_units")), found=how, known=known, near=nearest(how, known))
    if index.units.score is not None and index.units.level is None:
        yield finding("IC258", index.place(("units", "score")))


def check_from_units(index: Index) -> Iterator[Finding]:
    """Scores come from below in a way that there is, where units stand on levels, and no formula asks for what is not made."""
    asked = {name: choice for name, node in index.by_id.items() if (choice := vars(node).get("score_over_units"))}
    known = [*OVER_UNITS, *(item.id for item in index.denominators)]
    for name, choice in asked.items():
        place = index.place_of(name, "score_over_units")
        if choice.how not in known:
            yield finding("IC840", place, node=name, found=choice.how, known=known, near=nearest(choice.how, known))
        if index.units.level is None:
            yield finding("IC841", place, node=name)
        below = {node.id for node in index.below(index.by_id[name])}
        for other, node in index.by_id.items():
            outside = other != name and other not in below and not isinstance(node, Indicator)
            inside = _names(node.formula) if outside and node.formula else ()
            for used in (each for each in inside if each in below):
                yield finding("IC842", index.place_of(other, "formula"), node=other, name=used, below=name)


def check_headers(index: Index) -> Iterator[Finding]:
    """No two leaves of one source answer to the same column heading."""
    if any(check_formulas(index)) or any(check_events(index)):
        return  # what a formula asks for is not known then
    seen: dict[tuple[str, str], str] = {}
    for column in index.columns:
        if column.key in ("id", "column"):
            for header in column.headers:
                first = seen.setdefault((column.source, header), column.id)
                if first != column.id and column.key == "id":
                    line = index.place_of(first).line
                    yield finding("IC206", index.place_of(column.id), name=header, first=first, line=line)


def check_leaves(index: Index) -> Iterator[Finding]:
    """The keys of a leaf fit each other."""
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
        if leaf.valid is not None and not _rises(leaf.valid):
            yield finding("IC212", index.place_of(leaf.id, "valid"), key="valid", found=list(leaf.valid))
        if leaf.shrink is not None and leaf.per is None:
            yield finding("IC860", index.place_of(leaf.id, "shrink"), node=leaf.id)
        if leaf.scale == 0:
            yield finding("IC122", index.place_of(leaf.id, "scale"), key="scale", found=0, limit="≠ 0")
        if leaf.difference is not None and leaf.growth is not None:
            yield finding("IC213", index.place_of(leaf.id, "growth"), node=leaf.id, one="difference", other="growth")


def check_frames(index: Index) -> Iterator[Finding]:
    """A base period is named where one is asked for, and only there, and is a period."""
    for path, normalise in [*_normalisers(index), *_weightings(index)]:
        if (normalise.over == "base") != (normalise.base is not None):
            yield finding("IC216", index.place(path), over=normalise.over)
        elif normalise.base is not None and not _is_period(index, str(normalise.base)):
            yield finding("IC217", index.place((*path, "base")), found=normalise.base, example=EXAMPLES[index.periods.kind])


def check_periods(index: Index) -> Iterator[Finding]:
    """What is rolled up is made of whole periods, each kind once, and fixed periods of sources are periods."""
    kind, wanted = index.periods.kind, index.periods.wanted
    known = MADE_OF.get(kind, ())
    for at, larger in enumerate(wanted):
        if larger not in known or larger in wanted[:at]:
            yield finding("IC215", index.place(("periods", "roll_up", at)), kind=kind, larger=larger)
    for name, data in index.data.items():
        fixed = data.period
        if isinstance(fixed, int) and read_period(str(fixed), kind) is None:
            yield finding("IC217", index.place(("data", name, "period")), found=fixed, example=EXAMPLES[kind])


def check_grades(index: Index) -> Iterator[Finding]:
    """Grades fall from the best to the last, which alone has no bound."""
    blocks: list[tuple[Path, Sequence[Grade]]] = [(("grades",), index.grades)]
    blocks += [((*path, "grades"), node.grades) for path, node in index.walked if isinstance(node, Dimension)]
    for path, grades in blocks:
        lowest: dict[str, float] = {}
        for at, grade in enumerate(grades):
            bounds = {"from": grade.from_, "quantile": grade.quantile, "top": None if grade.top is None else -grade.top}
            given = {key: bound for key, bound in bounds.items() if bound is not None}
            place = index.place((*path, at))
            if len(given) > 1:
                yield finding("IC253", place, grade=grade.name, keys=list(given))
            elif bool(given) == (at == len(grades) - 1):
                yield finding("IC219", place, grade=grade.name)
            for key, bound in given.items():
                if key in lowest and bound >= lowest[key]:
                    yield finding("IC218", place, grade=grade.name, bound=abs(bound), before=abs(lowest[key]))
                lowest[key] = bound


def check_adjustments(index: Index) -> Iterator[Finding]:
    """Every adjustment says in one way what it does, to a node that there is."""
    nodes = [node for node, found in index.by_id.items() if not isinstance(found, Indicator)]
    for at, item in enumerate(index.adjustments):
        path: Path = ("adjustments", at)
        ways = [key for key in ("each", "rank_move", "veto") if getattr(item, key) is not None]
        if len(ways) != 1:
            yield finding("IC250", index.place(path), id=item.id, ways=ways)
        if item.node is not None and item.node not in nodes:
            place = index.place((*path, "node"))
            yield finding("IC251", place, id=item.id, node=item.node, near=nearest(item.node, nodes))
        points = item.each if item.each is not None else item.rank_move
        if item.cap is not None and points is not None and item.cap * points <= 0:
            yield finding("IC254", index.place((*path, "cap")), id=item.id, cap=item.cap, points=points)
        if item.repeat <= 0:
            yield finding("IC122", index.place((*path, "repeat")), key="repeat", found=item.repeat, limit="> 0")
        if item.veto is not None:
            yield from _veto_findings(index, (*path, "veto"), item)


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
    """Children attain a score only where it is the highest or lowest of theirs."""
    for path, node in ((("index",), index.index), *index.walked):
        if isinstance(node, Indicator) or node.primary is None:
            continue
        method = (node.aggregate or index.defaults.aggregate).method
        if method not in ("maximum", "minimum") or node.formula:
            yield finding(
                "IC256", index.place((*path, "primary"), key=True), node=node.id, method="formula" if node.formula else method
            )


def check_formulas(index: Index) -> Iterator[Finding]:
    """Every formula can be read, and an inner node's names are nodes below it."""
    for path, node in ((("index",), index.index), *index.walked):
        for key in ("formula", "applies"):
            text = vars(node).get(key)
            if text is None:
                continue
            try:
                used = names(parse(text))
            except FormulaError as error:
                yield finding(error.code, _inside(index, (*path, key), error.position), formula=text, **error.values)
                continue
            if not used:
                yield finding("IC248", index.place((*path, key)), key=key)
            known = [] if isinstance(node, Indicator) else [child.id for child in index.below(node)]
            for name in used if not isinstance(node, Indicator) else ():
                if name not in known:
                    at = _inside(index, (*path, key), first_places(text)[name])
                    yield finding("IC245", at, name=name, known=known, near=nearest(name, known))


def check_methods(index: Index) -> Iterator[Finding]:
    """Every method exists and is given the parameters that it takes."""
    places: list[tuple[str, Path, Method]] = [("normalise", path, method) for path, method in _normalisers(index)]
    owners: list[tuple[Path, Any]] = [(("index",), index.index), (("defaults",), index.defaults), *index.walked]
    for path, owner in owners:
        for room in ("aggregate", "impute", "treat", "weights"):
            method = vars(owner).get(room)
            if isinstance(method, Method):
                places.append((room, (*path, room), method))
                places += [(room, (*path, room, "of"), part) for part in _combined(method)]
    for room, path, method in places:
        problems = list(_method_findings(index, room, path, method))
        yield from problems
        if not problems and (sense := SENSE.get(f"{room}/{method.method}")):
            filled = {name: p.default for name, p in parameters(room, method.method).items()} | method.parameters
            if problem := sense(filled):
                place = index.place((*path, problem[0]))
                yield finding("IC405", place, method=method.method, problem=problem[1], problem_zh=problem[2])


def check_weighting(index: Index) -> Iterator[Finding]:
    """Lists of judgements fit the number of children; methods that are combined are right; judgements are consistent."""
    for path, node in ((("index",), index.index), *index.walked):
        if isinstance(node, Indicator):
            continue
        own = (*path, "weights") if node.weights else ("defaults", "weights")
        chosen = node.weights or index.defaults.weights
        children = sum(map(counts, index.children(node)))
        for method in [chosen, *_combined(chosen)]:
            at = own if method is chosen else (*own, "of")
            yield from _weighting_findings(index, node.id, at, method, children)


def _combined(method: Method) -> list[Method]:
    """The methods that `combine` brings together, as far as they can be read."""
    entries = method.parameters.get("of") if method.method == "combine" else None
    found = []
    for entry in entries if isinstance(entries, (list, tuple)) else ():
        given = {"method": entry} if isinstance(entry, str) else entry
        if isinstance(given, dict) and isinstance(given.get("method"), str):
            found.append(Method(**given))
    return found


def _weighting_findings(index: Index, node: str, path: Path, method: Method, children: int) -> Iterator[Finding]:
    given = method.parameters
    lists: list[tuple[str, Any]] = [
        (key, given[key]) for key in ("ranks", "best", "worst", "wished", "low", "high") if key in given
    ]
    lists += [("points", row) for row in _rows(given.get("points"))]
    matrices = _rows(given.get("judgements"))
    deep = bool(matrices) and all(isinstance(row, (list, tuple)) for matrix in matrices for row in matrix)
    for matrix in matrices if deep else [matrices] if matrices else []:
        lists += [("judgements", matrix), *(("judgements", row) for row in matrix)]
    wrong = {key: len(entry) for key, entry in lists if isinstance(entry, (list, tuple)) and len(entry) != children}
    for key, length in wrong.items():
        place = index.place((*path, key)) if path[-1] != "of" else index.place(path)
        yield finding("IC410", place, node=_titled(index, node), method=method.method, key=key, found=length, children=children)
    if method.method == "ahp" and matrices and not wrong and _fits(Matrices, given["judgements"]):
        from ..methods.judgement import consistency, joined

        ratio = consistency(joined(given["judgements"]).tolist()).cr
        if ratio > _INCONSISTENT:
            place = index.place((*path, "judgements")) if path[-1] != "of" else index.place(path)
            yield finding("IC411", place, node=_titled(index, node), ratio=f"{ratio:.3f}")


def _rows(value: Any) -> list[Any]:
    """A list of lists, as it is; nothing of any other shape, which is a finding of its own."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(row, (list, tuple)) for row in value):
        return []
    return list(value)


def check_directions(index: Index) -> Iterator[Finding]:
    """Fixed values lie the way that a leaf's direction says."""
    for path, leaf in index.walked:
        if not isinstance(leaf, Indicator):
            continue
        given = (leaf.normalise or index.defaults.normalise).parameters
        for worst, best in (("worst", "best"), ("unacceptable", "satisfactory"), ("worst", "value")):
            low, high = given.get(worst), given.get(best)
            if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or low == high:
                continue
            if (high > low) != (leaf.direction == "higher"):
                place = index.place((*path, "normalise")) if leaf.normalise else index.place(path)
                yield finding("IC406", place, node=leaf.id, direction=leaf.direction, worst=worst, low=low, best=best, high=high)


def check_idle_weights(index: Index) -> Iterator[Finding]:
    """Weights that play no part are pointed out."""
    for node in (index.index, *(node for _, node in index.walked)):
        if isinstance(node, Indicator):
            continue
        method = (node.aggregate or index.defaults.aggregate).method
        weights = {child.weight for child in index.children(node) if child.weight is not None}
        if len(weights) > 1 and (method in WITHOUT_WEIGHTS or node.formula):
            method = "formula" if node.formula else method
            yield finding("IC407", index.place_of(node.id), node=_titled(index, node.id), method=method)
        elif weights and (rule := (node.weights or index.defaults.weights).method) not in _DECLARED:
            yield finding("IC407", index.place_of(node.id), node=_titled(index, node.id), method=f"weights: {rule}")


def check_uncertainty(index: Index) -> Iterator[Finding]:
    """What is drawn is there to be drawn, every alternative is a method with its parameters, and something takes it."""
    if index.uncertainty is None:
        return
    from .layout import can_be_drawn

    nodes = {index.tree.nodes[branch.position].id: branch for branch in index.tree.branches}
    for at, how in enumerate(index.uncertainty.weights):
        for number, node in enumerate(how.nodes):
            place = index.place(("uncertainty", "weights", at, "nodes", number))
            if node not in nodes:
                yield finding("IC750", place, node=node, near=nearest(node, nodes))
            elif not can_be_drawn(nodes[node]):
                yield finding("IC751", place, node=node)
    for factor in FACTORS:
        alternatives: Sequence[Method] = getattr(index.uncertainty, factor)
        for at, method in enumerate(alternatives):
            if method.method != NONE or factor not in ("treat", "impute"):
                own = getattr(index.defaults, factor)
                said = own if own is not None and own.method == method.method and not method.parameters else method
                yield from _method_findings(index, factor, ("uncertainty", factor, at), said)
        takers = [index.index, *(node for _, node in index.walked)]
        kind = (Dimension, Root) if factor == "aggregate" else Indicator
        if alternatives and all(
            getattr(node, factor) or getattr(node, "formula", None) for node in takers if isinstance(node, kind)
        ):
            yield finding("IC753", index.place(("uncertainty", factor)), factor=factor)


CHECKS: tuple[Callable[[Index], Iterator[Finding]], ...] = (
    check_formulas,
    check_weights,
    check_partly_weighted,
    check_signs,
    check_roles,
    check_sources,
    check_denominators,
    check_levels,
    check_from_units,
    check_events,
    check_headers,
    check_leaves,
    check_frames,
    check_periods,
    check_grades,
    check_adjustments,
    check_primary,
    check_methods,
    check_weighting,
    check_directions,
    check_idle_weights,
    check_uncertainty,
    check_warnings,
)

Problem = tuple[str, str, str] | None


def _scale_sense(given: dict[str, Any]) -> Problem:
    if given["low"] >= given["high"]:
        return "low", "low must be below high; `direction` says what is better", "low 必须小于 high；好坏由 direction 表示"
    return None


def _positive_sense(key: str) -> Callable[[dict[str, Any]], Problem]:
    return lambda given: (key, f"{key} must be above 0", f"{key} 必须大于 0") if given[key] <= 0 else None


def _ends_sense(worst: str, best: str, given: dict[str, Any]) -> Problem:
    """Ends that are quantiles of the values seen are shares, the better one the larger."""
    shares = {key: given[key].get("quantile") for key in (worst, best) if isinstance(given[key], dict)}
    for key, share in shares.items():
        if share is None or not 0 <= share <= 1:
            return key, "a quantile is a share from 0, the worst, to 1, the best", "quantile 应为 0（最差）到 1（最好）之间的比例"
    if len(shares) == 2 and shares[worst] >= shares[best]:
        return best, f"the quantile of {best} must be above that of {worst}", f"{best} 的 quantile 必须大于 {worst} 的"
    return None


def _efficacy_sense(given: dict[str, Any]) -> Problem:
    if problem := _ends_sense("unacceptable", "satisfactory", given):
        return problem
    if given["satisfactory"] is not None and given["satisfactory"] == given["unacceptable"]:
        return "satisfactory", "satisfactory and unacceptable are the same", "满意值与不允许值相同"
    return _scale_sense(given)


def _exponential_sense(given: dict[str, Any]) -> Problem:
    if given["low"] <= 0 or given["high"] <= 0:
        return "low", "low and high must be above 0", "low 和 high 必须大于 0"
    return _efficacy_sense(given)


def _goalposts_sense(given: dict[str, Any]) -> Problem:
    if problem := _ends_sense("worst", "best", given):
        return problem
    if given["worst"] == given["best"]:
        return "best", "worst and best are the same", "worst 与 best 相同"
    if given["log"] and any(end <= 0 for end in (given["worst"], given["best"]) if not isinstance(end, dict)):
        return "log", "worst and best must be above 0 for logarithms", "取对数时 worst 和 best 必须大于 0"
    return _scale_sense(given)


def _target_sense(given: dict[str, Any]) -> Problem:
    return _positive_sense("value")(given) or _scale_sense(given)


def _rising_sense(key: str) -> Callable[[dict[str, Any]], Problem]:
    def sense(given: dict[str, Any]) -> Problem:
        steps = [pair[0] for pair in given[key]]
        if not steps or any(later <= earlier for earlier, later in pairwise(steps)):
            return key, "the values must rise from pair to pair", "各点的数值必须递增"
        return None

    return sense


def _piecewise_sense(given: dict[str, Any]) -> Problem:
    if len(given["points"]) < 2 and "extend" in (given["beyond"], given["below"], given["above"]):
        return "points", "a line to extend needs two points", "延长直线至少需要两个点"
    return _rising_sense("points")(given)


def _normal_sense(given: dict[str, Any]) -> Problem:
    if not 0 <= given["offset"] < 1:
        return "offset", "offset must be from 0 to below 1", "offset 必须在 0（含）到 1 之间"
    return _positive_sense("sd")(given)


def _reference_sense(given: dict[str, Any]) -> Problem:
    value = given["value"]
    if not isinstance(value, str) and (value == 0 or (value < 0 and given["form"] == "ratio")):
        return (
            "value",
            "a reference must be above 0, or with form: difference not 0",
            "参照值必须大于 0；form: difference 时不得为 0",
        )
    return _positive_sense("scale")(given)


def _winsorise_sense(given: dict[str, Any]) -> Problem:
    return ("most", "most must be at least 1", "most 至少为 1") if given["most"] < 1 else None


def _clip_sense(given: dict[str, Any]) -> Problem:
    if not 0 <= given["low"] < given["high"] <= 1:
        return "low", "low and high must be shares, the lower first", "low 和 high 应为 0 到 1 之间由小到大的比例"
    return None


def _between_sense(key: str) -> Callable[[dict[str, Any]], Problem]:
    def sense(given: dict[str, Any]) -> Problem:
        return None if 0 < given[key] <= 1 else (key, f"{key} must be above 0 and no more than 1", f"{key} 必须大于 0 且不超过 1")

    return sense


def _owa_sense(given: dict[str, Any]) -> Problem:
    weights, orness = given["weights"], given["orness"]
    if (weights is None) == (orness is None):
        return "method", "owa takes either weights by place or orness", "owa 须给出 weights（按名次的权重）或 orness，二者取一"
    if orness is not None and not 0 <= orness <= 1:
        return "orness", "orness must be between 0 (the worst child) and 1 (the best)", "orness 必须在 0（最差）到 1（最好）之间"
    if weights is not None and (min(weights, default=0) < 0 or sum(weights) <= 0):
        return "weights", "the weights by place must be 0 or more, and not all of them 0", "按名次的权重不得为负，也不得全为 0"
    return None


SENSE: dict[str, Callable[[dict[str, Any]], Problem]] = {
    "normalise/min-max": _scale_sense,
    "normalise/percentile": _scale_sense,
    "normalise/distance-to-target": lambda given: _ends_sense("worst", "value", given) or _scale_sense(given),
    "normalise/z-score": _positive_sense("sd"),
    "normalise/deduct": _positive_sense("each"),
    "normalise/bonus": _positive_sense("each"),
    "normalise/efficacy": _efficacy_sense,
    "normalise/efficacy-exponential": _exponential_sense,
    "normalise/goalposts": _goalposts_sense,
    "normalise/target": _target_sense,
    "normalise/rank-exponential": _positive_sense("scale"),
    "normalise/normal-scores": _normal_sense,
    "normalise/reference": _reference_sense,
    "normalise/proportion": _positive_sense("scale"),
    "normalise/ampi": _positive_sense("spread"),
    "normalise/piecewise": _piecewise_sense,
    "treat/winsorise": _winsorise_sense,
    "treat/clip": _clip_sense,
    "treat/box-cox": _positive_sense("shift"),
    "treat/log": _positive_sense("shift"),
    "impute/em": lambda given: _positive_sense("most")(given) or _positive_sense("tolerance")(given),
    "normalise/bands": _rising_sense("bands"),
    "aggregate/owa": _owa_sense,
    "aggregate/topsis": _positive_sense("scale"),
    "aggregate/grey": lambda given: _between_sense("rho")(given) or _positive_sense("scale")(given),
    "aggregate/benefit-of-the-doubt": lambda given: _clip_sense(given) or _positive_sense("scale")(given),
}


def check_choice(index: Index, room: str, choice: Method) -> list[Finding]:
    """Check a method that is chosen outside of the file: it exists and is given the parameters that it takes."""
    return list(_method_findings(index, room, (), choice))


def _method_findings(index: Index, room: str, path: Path, method: Method) -> Iterator[Finding]:
    known = CATALOGUE[room]
    if method.method not in known:
        near = term_for(method.method, known)
        place = index.place(path if path[-1:] == ("of",) else (*path, "method"))
        yield finding("IC401", place, room=room, method=method.method, known=list(known), near=near)
        return
    takes = parameters(room, method.method)
    meant = set()
    inside = path[-1:] == ("of",)  # of a combination, which is one place
    for name, value in method.parameters.items():
        if name not in takes:
            place = index.place(path) if inside else index.place((*path, name), key=True)
            near = nearest(name, takes)
            meant.add(near)
            yield finding("IC403" if takes else "IC408", place, method=method.method, name=name, takes=list(takes), near=near)
        elif not _fits(takes[name].type, value):
            place = index.place(path if inside else (*path, name))
            yield finding("IC404", place, method=method.method, name=name, found=value)
    needed = [name for name, parameter in takes.items() if parameter.required and name not in {*method.parameters, *meant}]
    if needed:
        yield finding("IC402", index.place(path), method=method.method, names=needed)


def _fits(wanted: Any, value: Any) -> bool:
    if type(value) is wanted or (wanted is float and type(value) is int):
        return True  # most are; the rest is worth making an adapter for
    from pydantic import ValidationError

    try:
        read = _adapter(wanted).validate_python(value)
    except ValidationError:
        return False
    return _alike(read, value)


def _alike(read: Any, written: Any) -> bool:
    """Whether a value was taken as it was written: no text as a number, no truth value as one."""
    if isinstance(written, (list, tuple)):
        return all(map(_alike, read, written))
    if isinstance(written, dict) and isinstance(read, dict):
        return all(_alike(value, written.get(key)) for key, value in read.items())
    plain = isinstance(written, (str, bool)) or isinstance(read, (str, bool))
    return type(read) is type(written) if plain else True


@cache
def _adapter(wanted: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(wanted)


def _normalisers(index: Index) -> Iterator[tuple[Path, Any]]:
    yield ("defaults", "normalise"), index.defaults.normalise
    for path, node in ((("index",), index.index), *index.walked):
        if node.normalise:
            yield (*path, "normalise"), node.normalise


def _weightings(index: Index) -> Iterator[tuple[Path, Any]]:
    yield ("defaults", "weights"), index.defaults.weights
    for path, node in ((("index",), index.index), *index.walked):
        if not isinstance(node, Indicator) and node.weights:
            yield (*path, "weights"), node.weights


def _titled(index: Index, node: str) -> str:
    name = index.by_id[node].name
    return f"{node} {name}" if name and name != node else node


def _names(formula: str) -> tuple[str, ...]:
    try:
        return names(parse(formula))
    except FormulaError:
        return ()


def _is_period(index: Index, text: str) -> bool:
    return any(read_period(text, kind) for kind in index.periods.kinds)


def _rises(pair: tuple[float, ...]) -> bool:
    return len(pair) == 2 and pair[0] < pair[1]


def _inside(index: Index, path: Path, position: int) -> Place:
    return index._document.inside(path, position) if index._document else Place()


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")
