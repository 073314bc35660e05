"""Methods exist, take what they are given, and make sense with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from ...findings import Finding, Place, finding, nearest
from ...methods import IMPUTERS, NORMALISERS, RECORDS, TREATMENTS, WEIGHTINGS
from ...methods.arrays import np
from ...methods.bounds import Problem
from ...methods.records import JoinedWeights, MethodRecord, Parameter, WeightMethod
from ...periods import EXAMPLES, read_period
from ...words.tree import NOT_DEFINED
from ..blocks.choices import FACTORS, NONE, ByGroup, Method, Normalise
from ..blocks.nodes import Dimension, Indicator, Root
from ..kinds import as_yaml_number, kind_of, written
from ..layout import can_be_drawn, takes_full_marks
from ..located import Path
from ..model import Index
from ..terms import term_for
from .said import Check, titled

_OTHERS = ("units", "indicators")  # what estimates are made of that look at other units


def check_methods(index: Index) -> Iterator[Finding]:
    """See that every method exists and is given the parameters that it takes."""
    for path, choice in _normalisers(index):
        yield from _of_each_kind(index, path, choice)
    places: list[tuple[str, Path, Method]] = []
    owners: list[tuple[Path, Any]] = [(("index",), index.index), (("defaults",), index.defaults), *index.walked]
    for path, owner in owners:
        for room in ("aggregate", "impute", "treat", "weights"):
            method = vars(owner).get(room)
            if isinstance(method, Method) and (method.method != NONE or room not in ("impute", "treat") or method.parameters):
                places.append((room, (*path, room), method))
                places += [(room, (*path, room, "of"), part) for part in combined(method)]
    for room, path, method in places:
        yield from method_findings(index, room, path, method)


def _of_each_kind(index: Index, path: Path, choice: Normalise) -> Iterator[Finding]:
    """See that a normaliser makes sense, for each kind of periods where it has values of each."""
    kinds, said = index.periods.kinds, []
    for name, given in choice.by_kind.items():
        if set(given) != set(kinds):
            yield finding("IC412", index.place((*path, name)), name=name, given=list(given), kinds=list(kinds))
            return
    for name, by in choice.by_group.items():
        if not isinstance(by["by"], str) or len(by) < 2:
            yield finding("IC147", index.place((*path, name)), key=name)
            return
    for kind in kinds if choice.by_kind else kinds[:1]:
        for own in in_each_way(choice.of_kind(kind)):
            found = [one for one in method_findings(index, "normalise", path, own) if one not in said]
            said += found
            yield from found


def in_each_way(choice: Normalise) -> list[Normalise]:
    """Return what a way of normalising is for each group of units that it names, and for all others."""
    labels = [(by["by"], label) for by in choice.by_group.values() for label in by if label != "by"]
    return [choice.of_group(dict.fromkeys((by["by"] for by in choice.by_group.values()), label)) for _, label in labels] or [
        choice
    ]


def check_full_marks(index: Index) -> Iterator[Finding]:
    """See that full marks are above 0, of a way of normalising that has a scale."""
    for leaf in index.leaves:
        choice = leaf.normalise or index.defaults.normalise
        if leaf.full is None or choice.method not in NORMALISERS:
            continue
        if min(leaf.full.values if isinstance(leaf.full, ByGroup) else [leaf.full]) <= 0:
            yield finding("IC122", index.place_of(leaf.id, "full"), key="full", found=leaf.full, limit="> 0")
        elif not takes_full_marks(choice):
            yield finding("IC146", index.place_of(leaf.id, "full"), node=titled(index, leaf.id), method=choice.method)


def check_frames(index: Index) -> Iterator[Finding]:
    """See that a base period is named where one is asked for, and only there, and is a period."""
    for path, normalise in compared_with_a_base(index):
        if (normalise.over == "base") != bool(normalise.bases):
            yield finding("IC216", index.place(path), over=normalise.over)
        for base in normalise.bases:
            if not _is_period(index, base):
                yield finding("IC217", index.place((*path, "base")), found=base, example=EXAMPLES[index.periods.kind])
        for kind in index.periods.kinds:
            alike = [base for base in normalise.bases if read_period(base, kind)]
            if len(alike) > 1:
                yield finding("IC299", index.place((*path, "base")), found=alike)


def check_others(index: Index) -> Iterator[Finding]:
    """See that what names other units or periods to estimate or to weigh from is given to methods that look at them."""
    owners: list[tuple[Path, Any]] = [(("defaults",), index.defaults), *index.walked]
    chosen: list[tuple[Path, Any, bool]] = [
        ((*path, "impute"), owner.impute, record.donors in _OTHERS)
        for path, owner in owners
        if getattr(owner, "impute", None) is not None and (record := IMPUTERS.get(owner.impute.method))
    ]
    chosen += [
        (path, choice, weighting.scores is not None)
        for path, choice in _weightings(index)
        if (weighting := WEIGHTINGS.get(choice.method))
    ]
    for path, choice, used in chosen:
        for key in ("over", "by", "base"):
            if not used and key in choice.model_fields_set:
                yield finding("IC295", index.place((*path, key), key=True), method=choice.method, key=key)


def compared_with_a_base(index: Index) -> list[tuple[Path, Any]]:
    """Return what may take its statistics from a base period, with where it stands: normalisers and computed weights."""
    return [*_normalisers(index), *_weightings(index)]


def more_than_units(index: Index, units: int) -> Iterator[Finding]:
    """Find the parameters that count as many units as there are, or more."""
    owners: list[tuple[Path, Any]] = [(("defaults", "treat"), index.defaults.treat)]
    owners += [((*path, "treat"), node.treat) for path, node in index.walked if isinstance(node, Indicator)]
    owners += [
        (("uncertainty", "treat", at), method) for at, method in enumerate(index.uncertainty.treat if index.uncertainty else ())
    ]
    for path, method in owners:
        record = TREATMENTS.get(method.method) if method else None
        for key in record.of_units if record else ():
            found = method.parameters.get(key, 0)
            if found >= units:
                yield finding("IC457", index.place((*path, key)), method=method.method, key=key, found=found, units=units)


def _is_period(index: Index, text: str) -> bool:
    return any(read_period(text, kind) for kind in index.periods.kinds)


def check_directions(index: Index) -> Iterator[Finding]:
    """See that fixed values lie the way that a leaf's direction says."""
    for path, leaf in index.walked:
        if not isinstance(leaf, Indicator) or not leaf.is_scored:
            continue
        choice = leaf.normalise or index.defaults.normalise
        record = NORMALISERS.get(choice.method)
        if record is None or len(record.values) != 2:
            continue
        worst, best = record.values
        for kind in index.periods.kinds:
            ways = [own.parameters for own in in_each_way(choice.of_kind(kind))]
            ends = [(given.get(worst), given.get(best)) for given in ways]
            wrong = [pair for pair in ends if _is_against(pair, leaf.direction)]
            if wrong:
                place = index.place((*path, "normalise")) if leaf.normalise else index.place(path)
                said = {"worst": worst, "low": wrong[0][0], "best": best, "high": wrong[0][1]}
                yield finding("IC406", place, node=leaf.id, direction=leaf.direction, **said)
                break


def _is_against(pair: tuple[Any, Any], direction: str) -> bool:
    """Say whether two fixed values, the worst and the best, lie against a direction."""
    low, high = pair
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)) or low == high:
        return False
    return (high > low) != (direction == "higher")


def check_uncertainty(index: Index) -> Iterator[Finding]:
    """See that what is drawn can be, that every alternative is a method with its parameters, and that something takes it."""
    if index.uncertainty is None:
        return
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
                yield from method_findings(index, factor, ("uncertainty", factor, at), said)
        if alternatives and not takes_default(index, factor):
            yield finding("IC753", index.place(("uncertainty", factor)), factor=factor)


def takes_default(index: Index, factor: str) -> bool:
    """Say whether any node takes the default of a factor, which alternatives stand in for."""
    kind = (Dimension, Root) if factor == "aggregate" else Indicator
    takers = [node for _, node in index.every_node if isinstance(node, kind)]
    return not all(getattr(node, factor) or getattr(node, "formula", None) for node in takers)


def check_choice(index: Index, room: str, choice: Method) -> list[Finding]:
    """Check a method that is chosen outside of the file: it exists and is given the parameters that it takes."""
    return list(method_findings(index, room, (), choice))


def method_findings(index: Index, room: str, path: Path, method: Method) -> Iterator[Finding]:
    """Find out whether a method exists, takes what it is given, is given what it needs, and whether that makes sense."""
    found = list(_misfits(index, room, path, method))
    yield from found
    if not found and (problem := RECORDS[room][method.method].problem(method.parameters)):
        yield senseless(index, RECORDS[room][method.method], path, method, problem)


def senseless(index: Index, record: MethodRecord, path: Path, method: Method, problem: Problem) -> Finding:
    """Say what is wrong with the parameters of a method: with judgements from which no weights follow, or otherwise."""
    key, english, chinese = problem
    place = index.place(path if path[-1:] == ("of",) else (*path, key))
    owner = path[: -2 if path[-1:] == ("of",) else -1]
    if owner and isinstance(record, WeightMethod) and _follow_none(record, method):
        node = next((name for name, own in index.paths.items() if own == owner), str(owner[-1]))
        how = {"how": f": {english}", "how_zh": NOT_DEFINED[1].format(chinese)}
        return finding("IC429", place, node=node, method=method.method, **how)
    return finding("IC405", place, method=method.method, problem=english, problem_zh=chinese)


def _follow_none(record: WeightMethod, method: Method) -> bool:
    """Say whether no weights follow from judgements, whatever the scores are."""
    if record.scores is not None:
        return False
    lists = [entries for key in record.per_child for entries in lists_in(method.parameters.get(key))]
    children = len(lists[0]) if lists else 0
    weights = record.function(np.empty((0, children)), np.ones(children), **method.parameters)
    return bool(np.isnan(weights).any())


def lists_in(value: Any, *, square: bool = False) -> Iterator[Sequence[Any]]:
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
            yield from lists_in(entry, square=square)


def _misfits(index: Index, room: str, path: Path, method: Method) -> Iterator[Finding]:
    """Find out whether a method exists, and whether it takes what it is given and is given what it needs."""
    known = RECORDS[room]
    if method.method not in known:
        near = term_for(method.method, known)
        place = index.place(path if path[-1:] == ("of",) else (*path, "method"))
        yield finding("IC401", place, room=room, method=method.method, known=list(known), near=near)
        return
    takes, given = known[method.method].parameters, method.parameters
    meant = set()
    inside = path[-1:] == ("of",)  # of a combination, which is one place
    for name, value in given.items():
        if name not in takes:
            place = index.place(path) if inside else index.place((*path, name), key=True)
            near = nearest(name, takes)
            meant.add(near)
            yield finding("IC403" if takes else "IC408", place, method=method.method, name=name, takes=list(takes), near=near)
        elif not _fits(takes[name].type, value):
            place = index.place(path if inside else (*path, name))
            yield _misfit(place, method.method, takes[name], value)
    needed = [name for name, parameter in takes.items() if parameter.required and name not in given and name not in meant]
    if needed:
        yield finding("IC402", index.place(path), method=method.method, names=needed)


def _misfit(place: Place, method: str, parameter: Parameter, value: Any) -> Finding:
    """Say that a value is not one that a parameter takes: above all a number that YAML reads as text."""
    if isinstance(value, str) and _fits(parameter.type, 1.0) and (number := as_yaml_number(value)):
        return finding("IC259", place, name=parameter.name, found=value, plain=number)
    kinds = {"kind": kind_of(parameter.type, "en"), "kind_zh": kind_of(parameter.type, "zh")}
    return finding("IC404", place, method=method, name=parameter.name, found=written(value), **kinds)


def combined(method: Method) -> list[Method]:
    """Return the methods that a method of weights puts together, as far as they can be read."""
    record = WEIGHTINGS.get(method.method)
    entries = method.parameters.get(record.parts) if isinstance(record, JoinedWeights) else None
    found = []
    for entry in entries if isinstance(entries, (list, tuple)) else ():
        given = {"method": entry} if isinstance(entry, str) else entry
        if isinstance(given, dict) and isinstance(given.get("method"), str):
            found.append(Method(**given))
    return found


def _fits(wanted: Any, value: Any) -> bool:
    for kind in get_args(wanted) if isinstance(wanted, UnionType) else (wanted,):
        if _is_plainly(kind, value):
            return True  # most are; the rest is worth making an adapter for
    from pydantic import ValidationError

    try:
        read = _adapter(wanted).validate_python(value)
    except ValidationError:
        return False
    return _alike(read, value)


def _is_plainly(kind: Any, value: Any) -> bool:
    """Say whether a value is of a type as it stands: a number, a text, one of some words, or a mapping of these."""
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if get_origin(kind) is Mapping and type(value) is dict:
        keys, values = get_args(kind)
        return all(_is_plainly(keys, key) and _is_plainly(values, one) for key, one in value.items())
    return type(value) is kind or (kind is float and type(value) is int)


def _alike(read: Any, written: Any) -> bool:
    """Say whether a value was taken as it was written: no text as a number, no truth value as one."""
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
    """Yield each normaliser of a tree with where it stands."""
    yield ("defaults", "normalise"), index.defaults.normalise
    for path, node in index.every_node:
        if node.normalise:
            yield (*path, "normalise"), node.normalise


def _weightings(index: Index) -> Iterator[tuple[Path, Any]]:
    """Yield each method of weights of a tree with where it stands."""
    yield ("defaults", "weights"), index.defaults.weights
    for path, node in index.every_node:
        if not isinstance(node, Indicator) and node.weights:
            yield (*path, "weights"), node.weights


CHECKS: tuple[Check, ...] = (
    check_full_marks,
    check_methods,
    check_frames,
    check_others,
    check_directions,
    check_uncertainty,
)
