"""What is checked of a tree beyond its shape: a list of plain functions, each from an index to findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from ..findings import Finding, Place, finding, nearest
from ..methods import AGGREGATORS, NORMALISERS, RECORDS, WEIGHTINGS, WITHOUT_WEIGHTS
from ..methods.derive import OVER_UNITS
from ..methods.records import JoinedWeights, PairMethod
from ..periods import EXAMPLES, MADE_OF, read_period
from ..words.tree import WEIGHT_BEYOND, WEIGHT_MISSING
from .blocks.adjustments import Adjustment
from .blocks.choices import FACTORS, NONE, Method
from .blocks.data import UNITS_SOURCE, Denominator
from .blocks.nodes import Dimension, Grade, Indicator, Root
from .columns import counted
from .declared import counts, given_weights, weight_total
from .events import check_events
from .formula import FormulaError, first_places, names, parse
from .located import Path
from .model import Index
from .terms import term_for
from .warnings import check_warnings

_ID = r"[^\W_][\w.-]*"
_TOLERANCE = 1e-9
_INCONSISTENT = 0.1  # the consistency ratio above which judgements ought to be looked at again (Saaty 1980)


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
            said = WEIGHT_MISSING if gap < 0 else WEIGHT_BEYOND
            yield finding(
                "IC201",
                index.place_of(node),
                node=_titled(index, node),
                sum=sum(weights),
                total=total,
                siblings=" · ".join(f"{child.id} {weight:.10g}" for child, weight in zip(children, weights, strict=True)),
                missing=f"{-gap:.10g}" if gap < 0 else "",
                beyond=f"{gap:.10g}" if gap > 0 else "",
                gap=f"{abs(gap):.10g} {said[0]}",
                gap_zh=f"{said[1]} {abs(gap):.10g}",
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
        record = AGGREGATORS.get((node.aggregate or index.defaults.aggregate).method)
        if node.formula or (record is not None and record.split != "child"):
            method = "formula" if node.formula or record is None else record.name
            yield finding("IC256", index.place((*path, "primary"), key=True), node=node.id, method=method)


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
        if not problems and (problem := RECORDS[room][method.method].problem(method.parameters)):
            key, english, chinese = problem
            yield finding("IC405", index.place((*path, key)), method=method.method, problem=english, problem_zh=chinese)


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
    record = WEIGHTINGS.get(method.method)
    entries = method.parameters.get(record.parts) if isinstance(record, JoinedWeights) else None
    found = []
    for entry in entries if isinstance(entries, (list, tuple)) else ():
        given = {"method": entry} if isinstance(entry, str) else entry
        if isinstance(given, dict) and isinstance(given.get("method"), str):
            found.append(Method(**given))
    return found


def _weighting_findings(index: Index, node: str, path: Path, method: Method, children: int) -> Iterator[Finding]:
    record = WEIGHTINGS.get(method.method)
    if record is None:
        return
    pairs = isinstance(record, PairMethod)
    lists = [(key, entries) for key in record.per_child for entries in _lists(method.parameters.get(key), square=pairs)]
    wrong = {key: len(entries) for key, entries in lists if len(entries) != children}
    where = {key: index.place(path if path[-1] == "of" else (*path, key)) for key in record.per_child}
    for key, length in wrong.items():
        more = {"method": method.method, "key": key, "found": length, "children": children}
        yield finding("IC410", where[key], node=_titled(index, node), **more)
    if isinstance(record, PairMethod) and not wrong and not any(_method_findings(index, "weights", path, method)):
        ratio = record.consistency(record.given(method.parameters))
        if ratio > _INCONSISTENT:
            yield finding("IC411", where[record.per_child[0]], node=_titled(index, node), ratio=f"{ratio:.3f}")


def _lists(value: Any, *, square: bool) -> Iterator[Sequence[Any]]:
    """Yield the lists of single entries that a list is, or is made of; with `square` also the tables that these make."""
    if not isinstance(value, (list, tuple)):
        return
    nested = [isinstance(entry, (list, tuple)) for entry in value]
    if not any(nested):
        yield value
    elif all(nested):  # a mixture is a finding of its own
        if square and not any(isinstance(cell, (list, tuple)) for row in value for cell in row):
            yield value
        for entry in value:
            yield from _lists(entry, square=square)


def check_directions(index: Index) -> Iterator[Finding]:
    """Fixed values lie the way that a leaf's direction says."""
    for path, leaf in index.walked:
        if not isinstance(leaf, Indicator):
            continue
        choice = leaf.normalise or index.defaults.normalise
        record = NORMALISERS.get(choice.method)
        if record is None or len(record.values) != 2:
            continue
        worst, best = record.values
        low, high = choice.parameters.get(worst), choice.parameters.get(best)
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
            continue
        rule = WEIGHTINGS.get((node.weights or index.defaults.weights).method)
        if weights and rule is not None and rule.declared is None:
            yield finding("IC407", index.place_of(node.id), node=_titled(index, node.id), method=f"weights: {rule.name}")


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


def check_choice(index: Index, room: str, choice: Method) -> list[Finding]:
    """Check a method that is chosen outside of the file: it exists and is given the parameters that it takes."""
    return list(_method_findings(index, room, (), choice))


def _method_findings(index: Index, room: str, path: Path, method: Method) -> Iterator[Finding]:
    known = RECORDS[room]
    if method.method not in known:
        near = term_for(method.method, known)
        place = index.place(path if path[-1:] == ("of",) else (*path, "method"))
        yield finding("IC401", place, room=room, method=method.method, known=list(known), near=near)
        return
    takes = known[method.method].parameters
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
