"""Methods exist, take what they are given, and make sense with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from types import UnionType
from typing import Any, get_args

from ...findings import Finding, Place, finding, nearest
from ...methods import NORMALISERS, RECORDS, WEIGHTINGS
from ...methods.records import JoinedWeights, Parameter
from ...periods import EXAMPLES, read_period
from ..blocks.choices import FACTORS, NONE, Method
from ..blocks.nodes import Dimension, Indicator, Root
from ..kinds import as_yaml_number, kind_of, written
from ..layout import can_be_drawn
from ..located import Path
from ..model import Index
from ..terms import term_for
from .said import Check


def check_methods(index: Index) -> Iterator[Finding]:
    """See that every method exists and is given the parameters that it takes."""
    places: list[tuple[str, Path, Method]] = [("normalise", path, method) for path, method in _normalisers(index)]
    owners: list[tuple[Path, Any]] = [(("index",), index.index), (("defaults",), index.defaults), *index.walked]
    for path, owner in owners:
        for room in ("aggregate", "impute", "treat", "weights"):
            method = vars(owner).get(room)
            if isinstance(method, Method):
                places.append((room, (*path, room), method))
                places += [(room, (*path, room, "of"), part) for part in combined(method)]
    for room, path, method in places:
        problems = list(method_findings(index, room, path, method))
        yield from problems
        if not problems and (problem := RECORDS[room][method.method].problem(method.parameters)):
            key, english, chinese = problem
            yield finding("IC405", index.place((*path, key)), method=method.method, problem=english, problem_zh=chinese)


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


def compared_with_a_base(index: Index) -> list[tuple[Path, Any]]:
    """Return what may take its statistics from a base period, with where it stands: normalisers and computed weights."""
    return [*_normalisers(index), *_weightings(index)]


def _is_period(index: Index, text: str) -> bool:
    return any(read_period(text, kind) for kind in index.periods.kinds)


def check_directions(index: Index) -> Iterator[Finding]:
    """See that fixed values lie the way that a leaf's direction says."""
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
    takers = [node for node in (index.index, *(node for _, node in index.walked)) if isinstance(node, kind)]
    return not all(getattr(node, factor) or getattr(node, "formula", None) for node in takers)


def check_choice(index: Index, room: str, choice: Method) -> list[Finding]:
    """Check a method that is chosen outside of the file: it exists and is given the parameters that it takes."""
    return list(method_findings(index, room, (), choice))


def method_findings(index: Index, room: str, path: Path, method: Method) -> Iterator[Finding]:
    """Find out whether a method exists, and whether it takes what it is given and is given what it needs."""
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
            yield _misfit(place, method.method, takes[name], value)
    needed = [name for name, parameter in takes.items() if parameter.required and name not in {*method.parameters, *meant}]
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
        if type(value) is kind or (kind is float and type(value) is int):
            return True  # most are; the rest is worth making an adapter for
    from pydantic import ValidationError

    try:
        read = _adapter(wanted).validate_python(value)
    except ValidationError:
        return False
    return _alike(read, value)


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
    for path, node in ((("index",), index.index), *index.walked):
        if node.normalise:
            yield (*path, "normalise"), node.normalise


def _weightings(index: Index) -> Iterator[tuple[Path, Any]]:
    """Yield each method of weights of a tree with where it stands."""
    yield ("defaults", "weights"), index.defaults.weights
    for path, node in ((("index",), index.index), *index.walked):
        if not isinstance(node, Indicator) and node.weights:
            yield (*path, "weights"), node.weights


CHECKS: tuple[Check, ...] = (
    check_methods,
    check_frames,
    check_directions,
    check_uncertainty,
)
