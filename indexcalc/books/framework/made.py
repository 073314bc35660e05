"""From what a sheet says to the data of `indicators.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from ...findings import Finding, finding
from ...tree.text import read_flow
from .ids import ids_of
from .said import Frame, Said, as_number, direction_of, numbers_in, same_names, unknown_direction, words_of
from .weighed import Weighed, weigh

_TEXTS = ("measure", "department", "definition", "method_note", "source_note", "note")
_BOUNDS = (("worst", "best", "goalposts"), ("unacceptable", "satisfactory", "efficacy"))
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Made:
    """The data of a tree as YAML has it, the id of each node of the sheet, and what was found."""

    data: dict[str, Any]
    ids: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)


def tree_of(frame: Frame, others: Sequence[Said] = (), *, id_: str = "index") -> Made:
    """Make the data of a tree of what a sheet says; `others` are rows of denominators and groups."""
    ours = bool(frame.settings)
    top = _top(frame)
    title = frame.nodes[top].name if top is not None else frame.title
    denominators = [one for one in others if one.kind == "denominator"]
    index = {"id": (frame.nodes[top].code or id_) if top is not None else id_, **_names(title, "")}
    ids, found, made = ids_of(frame, frozenset({str(index["id"])} if top is None else ()))
    defaults: dict[str, Any] = {}
    weighed = weigh(frame, free=frame.by_parents or ours)
    found += weighed.findings
    if not ours:
        found += _duplicates(frame)
        found += [finding("IC763", frame.file, count=made)] if made else []
        defaults |= _default_weights(frame, weighed, found)
    nodes = [_node(frame, at, ids[at], weighed, found, ours=ours, all_=bool(defaults)) for at in range(len(frame.nodes))]
    if not ours:
        _say_what_was_taken_for(frame, nodes, found)
    for at in range(len(nodes) - 1, -1, -1):
        if children := frame.children(at):
            nodes[at]["indicators"] = [nodes[child] for child in children]
    tops = frame.children(-1) if top is None else frame.children(top)
    data: dict[str, Any] = {"index": index}
    if defaults:
        data["defaults"] = defaults
    if denominators:
        data["denominators"] = [_denominator(one) for one in denominators]
    blocks = {key: value for key, value in frame.settings.items() if key != "nodes"}
    data |= blocks
    data["dimensions"] = [nodes[at] for at in tops]
    if -1 in weighed.relative and not defaults and not ours and top is None:
        data["index"]["weights"] = "relative"
    return Made(data, tuple(ids), found)


def _top(frame: Frame) -> int | None:
    """Return the one node on top of a sheet of parents, which is the index itself; nothing where there are several."""
    tops = frame.children(-1)
    return tops[0] if frame.by_parents and len(tops) == 1 and frame.children(tops[0]) and not frame.settings else None


def _names(name: str, english: str) -> dict[str, str]:
    """Return a name under the key of its language."""
    if english or _IDEOGRAPH.search(name):
        return {"name": name, **({"name_en": english} if english else {})}
    return {"name_en": name}


def _default_weights(frame: Frame, weighed: Weighed, found: list[Finding]) -> dict[str, Any]:
    """Return how weights are taken where it is the same everywhere, and say so."""
    if all(one is None for one in weighed.weights):
        found.append(finding("IC775", frame.file))
        return {"weights": "equal"}
    if weighed.relative and weighed.all_relative(frame):
        if not frame.by_parents:
            found.append(finding("IC765", frame.file))
        return {"weights": "relative"}
    if weighed.relative:
        found.append(finding("IC765", frame.file))
    return {}


def _duplicates(frame: Frame) -> list[Finding]:
    """Find indicators of one name: data could not be told apart by it."""
    leaves = [node for at, node in enumerate(frame.nodes) if not frame.children(at)]
    if all(node.code or "code" in node.facts for node in leaves):
        return []
    twice = same_names(leaves)
    return [
        finding("IC647", leaves[at].place, name=name, first=str(leaves[places[0]].place))
        for name, places in twice.items()
        for at in places[1:]
        if leaves[at].parent != leaves[places[0]].parent
    ]


def _node(frame: Frame, at: int, id_: str, weighed: Weighed, found: list[Finding], *, ours: bool, all_: bool) -> dict[str, Any]:
    """Make the keys of one node."""
    said, leaf = frame.nodes[at], not frame.children(at)
    made: dict[str, Any] = {"id": id_, **_names(said.name, said.text("name_en"))}
    weight = weighed.weights[at]
    if weight is not None and (frame.by_parents is False or said.parent >= 0):
        made["weight"] = as_number(weight)
    if at in weighed.relative and not all_ and not ours:
        made["weights"] = "relative"
    if leaf:
        made |= _texts(said) | _direction(frame, said, found, ours=ours)
        if "per" in said.facts:
            made["per"] = said.text("per")
    elif "definition" in said.facts or "note" in said.facts:
        made |= {key: said.text(key) for key in ("definition", "note") if key in said.facts}
    exact, problems = _exact(said)
    found += problems
    own = frame.settings.get("nodes", {}).get(frame.path(at), {})
    return {key: value for key, value in {**made, **exact, **own}.items() if value is not None}


def _texts(said: Said) -> dict[str, str]:
    return {key: said.text(key) for key in _TEXTS if key in said.facts and said.text(key)}


def _exact(said: Said) -> tuple[dict[str, Any], list[Finding]]:
    """Return the keys that stand in columns of their own name, as YAML."""
    made: dict[str, Any] = {}
    found: list[Finding] = []
    for title, fact in said.facts.items():
        if not fact.column.exact:
            continue
        key, cell = title.removesuffix(":"), fact.cell
        try:
            made[key] = read_flow(cell) if isinstance(cell, str) else _short(float(cell or 0))
        except yaml.YAMLError:
            found.append(finding("IC773", fact.place, found=words_of(cell)[:40], key=key))
    return made, found


def _direction(frame: Frame, said: Said, found: list[Finding], *, ours: bool) -> dict[str, Any]:
    """Return the direction of an indicator with the target, range or bounds that it is held against."""
    fact = said.facts.get("direction")
    direction = direction_of(words_of(fact.cell)) if fact else ""
    if fact and not direction:
        found.append(unknown_direction(fact, said.name))
        return {}
    made: dict[str, Any] = {"direction": direction} if direction else {}
    numbers = {
        key: _numbers(said, key, found)
        for key in ("target", "range", "low", "high", "worst", "best", "unacceptable", "satisfactory")
    }
    target = numbers["target"] or numbers["range"]
    if direction in ("target", "range"):
        if not target and numbers["low"] and numbers["high"]:
            target = [*numbers["low"], *numbers["high"]]
        if not target or (direction == "range" and len(target) < 2):
            if not ours and all(value is not None for value in numbers.values()):
                found.append(
                    finding(
                        "IC648", fact.place if fact else said.place, node=said.name, found=words_of(fact.cell) if fact else ""
                    )
                )
            return made
        made["direction"] = "range" if len(target) == 2 else "target"
        made["target"] = [_short(one) for one in target] if len(target) == 2 else _short(target[0])
        return made
    if frame.by_parents:
        return {**made, **({"note": f"Target {said.text('target')}"} if "target" in said.facts and not ours else {})}
    if normalise := _bounds(numbers, direction or "higher"):
        made["normalise"] = normalise
    return made


def _bounds(numbers: Mapping[str, list[float] | None], direction: str) -> dict[str, Any]:
    """Return the normaliser that bounds or a target mean: fixed ends, satisfactory values, a share of the target."""
    for worst, best, method in _BOUNDS:
        if (one := numbers[worst]) and (other := numbers[best]):
            return {"method": method, worst: _short(one[0]), best: _short(other[0])}
    ends = [*(numbers["low"] or []), *(numbers["high"] or [])] or numbers["range"] or []
    ends = ends if len(ends) == 2 else []
    target = numbers["target"] or []
    if not ends and len(target) == 2:
        ends, target = target, []
    if ends:
        low, high = sorted(ends)
        worst_best = (low, high) if direction == "higher" else (high, low)
        return {"method": "goalposts", "worst": _short(worst_best[0]), "best": _short(worst_best[1])}
    return {"method": "target", "value": _short(target[0])} if len(target) == 1 else {}


def _numbers(said: Said, key: str, found: list[Finding]) -> list[float] | None:
    """Return the numbers of a cell: none where it is empty, nothing where it holds no number, which is a finding."""
    fact = said.facts.get(key)
    if fact is None or words_of(fact.cell) in ("-", "–", "—", "/", "NA"):
        return []
    numbers = numbers_in(fact.cell, said.text("measure"))
    if numbers is None:
        found.append(finding("IC645", fact.place, found=words_of(fact.cell), title=fact.column.title, node=said.name))
    return numbers


def _short(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 10**15 else value


def _denominator(said: Said) -> dict[str, Any]:
    measure = {"measure": said.text("measure")} if "measure" in said.facts else {}
    return {"id": said.code, **_names(said.name, ""), **measure, "over_time": "mean"}


def _say_what_was_taken_for(frame: Frame, nodes: Sequence[dict[str, Any]], found: list[Finding]) -> None:
    """Say what the tree takes that the sheet does not say in so many words: directions, normalisers, targets put aside."""
    leaves = [at for at in range(len(nodes)) if not frame.children(at)]
    without = [frame.nodes[at] for at in leaves if "direction" not in frame.nodes[at].facts]
    if without:
        place = without[0].place if "direction" in frame.keys else frame.file
        found.append(finding("IC764", place, count=len(without), nodes=_some(without)))
    made = [frame.nodes[at] for at in leaves if "normalise" in nodes[at]]
    if made:
        ways = sorted({nodes[at]["normalise"]["method"] for at in leaves if "normalise" in nodes[at]})
        found.append(finding("IC766", frame.file, count=len(made), nodes=_some(made), methods=ways))
    if aside := [frame.nodes[at] for at in leaves if nodes[at].get("note", "").startswith("Target ")]:
        found.append(finding("IC777", frame.file, count=len(aside)))


def _some(nodes: Sequence[Said]) -> list[str]:
    return [node.name for node in nodes[:5]] + (["…"] if len(nodes) > 5 else [])
