"""Trees in short: nodes by their ids, so that a level is as short as a table of it, read as the list that they stand for.

    indicators:
      A1:                          {id: A1}
      A2: Clinics                  {id: A2, name: Clinics}
      A3: [Beds, Beds, 0.4]        {id: A3, name: Beds, name_en: Beds, weight: 0.4}
      A4: {weight: 1/3}            {id: A4, weight: 1/3}
    indicators: [A1, A2]           {id: A1}, {id: A2}

So is a node that is `like` another, which has what that has and does not say itself:

    {id: B, like: A}               {id: B, indicators: [{id: B.A1, like: A1}, {id: B.A2, like: A2}]}

Every part keeps the place where it was written. What is written otherwise stays as it is: that is a finding of its shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from ..findings import Finding, Place, finding, nearest
from .located import Document

NESTED = ("dimensions", "indicators")  # the keys that nodes stand below
_NAMES = ("name", "name_en")
_OWN = ("id", "weight", "since", "until", "replaces", "note", "like")  # what no node takes over from one that it is like
_TEXT = "tag:yaml.org,2002:str"


class Unwritten(yaml.ScalarNode):
    """A key that stands nowhere in the text."""


def unfold(document: Document) -> Document:
    """Return a document with its nodes in lists, whichever way they were written."""
    root = document.root
    if not isinstance(root, yaml.MappingNode) or not isinstance(document.data, dict) or not _is_short(document.data):
        return document
    made, data = _unfolded(root, document.data)
    return document._replace(root=made, data=data)


def _is_short(data: dict[str, Any]) -> bool:
    """Say whether nodes stand below their ids anywhere."""
    for key in NESTED:
        below = data.get(key)
        if isinstance(below, dict) and "id" not in below:
            return True
        if isinstance(below, list) and any(isinstance(one, str) or (isinstance(one, dict) and _is_short(one)) for one in below):
            return True
    return False


def _unfolded(node: yaml.MappingNode, data: dict[str, Any]) -> tuple[yaml.MappingNode, dict[str, Any]]:
    """Return a node of the tree, or the whole of it, with what stands below it in lists."""
    entries, made = list(node.value), dict(data)
    for at, (key, value) in enumerate(entries):
        name = str(getattr(key, "value", ""))
        if name in NESTED and isinstance(below := data.get(name), (dict, list)):
            children, made[name] = _listed(value, below)
            entries[at] = (key, children)
    return with_entries(node, entries), made


def _listed(value: yaml.Node, data: dict[str, Any] | list[Any]) -> tuple[yaml.Node, Any]:
    """Return the nodes below a node as a list; one with an id is a single node, which is a mistake."""
    if isinstance(value, yaml.MappingNode) and isinstance(data, dict) and "id" not in data:
        entries = {str(getattr(key, "value", "")): (key, each) for key, each in value.value}
        pairs = [_node(*entries[name], name, data[name]) for name in data]
    elif isinstance(value, yaml.SequenceNode) and isinstance(data, list) and len(value.value) == len(data):
        pairs = [_alone(node, one) for node, one in zip(value.value, data, strict=True)]
    else:
        return value, data
    pairs = [
        _unfolded(node, one) if isinstance(node, yaml.MappingNode) and isinstance(one, dict) else (node, one)
        for node, one in pairs
    ]
    below = yaml.SequenceNode(value.tag, [node for node, _ in pairs], value.start_mark, value.end_mark, value.flow_style)
    return below, [one for _, one in pairs]


def _alone(node: yaml.Node, data: Any) -> tuple[yaml.Node, Any]:
    """Return an entry of a list as a node: a text that can be an id is one alone."""
    if not isinstance(data, str) or not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"[^\W_][\w.-]*", data):
        return node, data
    entries = [(_unwritten("id", node), node)]
    return yaml.MappingNode("tag:yaml.org,2002:map", entries, node.start_mark, node.end_mark, flow_style=True), {"id": data}


def _node(key: yaml.ScalarNode, value: yaml.Node, name: str, data: Any) -> tuple[yaml.Node, Any]:
    """Return a node that stands below its id, with this as its first key."""
    own, flow = _said(value, data), not isinstance(value, yaml.MappingNode) or value.flow_style
    if own is None:
        return value, data
    said = yaml.ScalarNode(_TEXT, name, key.start_mark, key.end_mark, '"')
    entries = [(_unwritten("id", key), said), *((one, each) for one, each, _ in own)]
    made = {"id": name, **{str(one.value): plain for one, _, plain in own}}
    return yaml.MappingNode("tag:yaml.org,2002:map", entries, key.start_mark, value.end_mark, flow), made


def _said(value: yaml.Node, data: Any) -> list[tuple[yaml.ScalarNode, yaml.Node, Any]] | None:
    """Return what is said of a node below its id: keys with their values; nothing where that cannot be told."""
    if isinstance(value, yaml.MappingNode) and isinstance(data, dict):
        return [(key, each, data[key.value]) for key, each in value.value if getattr(key, "value", None) in data]
    if data is None:
        return []
    nodes, plain = ([value], [data]) if not isinstance(value, yaml.SequenceNode) else (value.value, data)
    keys = _keys_of(plain)
    if keys is None or len(nodes) != len(plain):
        return None
    return [(_unwritten(key, node), node, one) for key, node, one in zip(keys, nodes, plain, strict=True)]


def _keys_of(plain: Sequence[Any]) -> list[str] | None:
    """Return which keys the parts of a short node are: one or two names, then a weight; nothing where they are not these."""
    names = [one for one in plain if isinstance(one, str) and not _is_weight(one)]
    weights = [one for one in plain[len(names) :] if _is_weight(one)]
    if [*names, *weights] != list(plain) or len(names) > len(_NAMES) or len(weights) > 1:
        return None
    return [*_NAMES[: len(names)], *(["weight"] if weights else [])]


def _is_weight(value: Any) -> bool:
    if isinstance(value, str):
        top, slash, bottom = value.replace(" ", "").partition("/")
        return bool(slash) and top.isdecimal() and bottom.isdecimal()
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unwritten(name: str, beside: yaml.Node) -> yaml.ScalarNode:
    return Unwritten(_TEXT, name, beside.start_mark, beside.start_mark)


def with_entries(node: yaml.MappingNode, entries: list[Any]) -> yaml.MappingNode:
    """Return a mapping with other entries in the same place."""
    return yaml.MappingNode(node.tag, entries, node.start_mark, node.end_mark, node.flow_style)


def taken_over(document: Document) -> tuple[Document, list[Finding]]:
    """Return a document in which nodes that are `like` another have what that has, and what is wrong with these."""
    root = document.root
    if not isinstance(root, yaml.MappingNode) or not isinstance(document.data, dict) or not _any_like(document.data):
        return document, []
    work = _TakenOver(document.file, dict(_by_id(root, document.data)))
    made, data = work.below(root, document.data, ())
    return document._replace(root=made, data=data), work.findings


def _any_like(data: dict[str, Any]) -> bool:
    below = [one for key in NESTED for one in (data.get(key) or ()) if isinstance(one, dict)]
    return any("like" in one or _any_like(one) for one in below)


def _pairs(node: yaml.MappingNode, data: dict[str, Any]) -> Iterator[tuple[int, str, list[tuple[Any, Any]]]]:
    """Yield the lists of nodes right below one: which entry each is, its key, and the nodes with their values."""
    for at, (key, value) in enumerate(node.value):
        name = getattr(key, "value", None)
        if name in NESTED and isinstance(value, yaml.SequenceNode) and isinstance(data.get(name), list):
            yield at, name, list(zip(value.value, data[name], strict=False))


def _by_id(node: yaml.MappingNode, data: dict[str, Any]) -> Iterator[tuple[str, tuple[yaml.MappingNode, dict[str, Any]]]]:
    for _, _, pairs in _pairs(node, data):
        for child, own in pairs:
            if isinstance(child, yaml.MappingNode) and isinstance(own, dict):
                if isinstance(own.get("id"), str):
                    yield own["id"], (child, own)
                yield from _by_id(child, own)


class _TakenOver:
    """Puts what a node is like into it, and collects what is wrong with that."""

    def __init__(self, file: str, known: Mapping[str, tuple[yaml.MappingNode, dict[str, Any]]]) -> None:
        self.file, self.known = file, known
        self.findings: list[Finding] = []

    def below(self, node: yaml.MappingNode, data: dict[str, Any], within: tuple[str, ...]) -> tuple[Any, Any]:
        """Return a node, or the whole tree, with what stands below it in full; `within` are the nodes it is in the midst of."""
        entries, made = list(node.value), dict(data)
        for at, name, pairs in _pairs(node, data):
            full = [self._full(*pair, within) for pair in pairs]
            entries[at] = entries[at][0], _sequence(entries[at][1], [one for one, _ in full])
            made[name] = [one for _, one in full]
        return with_entries(node, entries), made

    def _full(self, node: Any, data: Any, within: tuple[str, ...]) -> tuple[Any, Any]:
        if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
            return node, data
        name, own = data.get("like"), str(data.get("id"))
        said = next((value for key, value in node.value if getattr(key, "value", None) == "like"), node)
        if isinstance(name, str) and (wrong := self._wrong(name, data, (*within, own))):
            code, values = wrong
            place = Place(self.file, "", said.start_mark.line + 1, said.start_mark.column + 1)
            self.findings.append(finding(code, place, **values))
        elif isinstance(name, str):
            return _joined(node, data, *self._full(*self.known[name], (*within, own)))
        return self.below(node, data, (*within, own))

    def _wrong(self, name: str, data: dict[str, Any], within: tuple[str, ...]) -> tuple[str, dict[str, Any]] | None:
        """Return what is wrong with being like a node: the code of a finding and its values."""
        if name not in self.known:
            return "IC151", {"name": name, "near": nearest(name, self.known)}
        if name in within:
            return "IC152", {"node": within[-1], "name": name}
        if "indicators" in data:
            return "IC213", {"node": within[-1], "one": "like", "other": "indicators"}
        return None


def _joined(node: yaml.MappingNode, data: dict[str, Any], other: yaml.MappingNode, given: dict[str, Any]) -> tuple[Any, Any]:
    """Return a node with what another has, and it does not say itself; the nodes below have ids of their own."""
    leaf = "indicators" not in given
    own = set(data) | set(_OWN) | (set() if leaf and not set(_NAMES) & set(data) else set(_NAMES))
    ids = {name: f"{data.get('id')}.{name}" for name, _ in _by_id(other, given)}
    entries, made = list(node.value), dict(data)
    for key, value in other.value:
        name = getattr(key, "value", None)
        if name in own or name not in given:
            continue
        if name == "indicators":
            pairs = [_again(child, each, ids) for _, _, pairs in _pairs(other, given) for child, each in pairs]
            entries.append((key, _sequence(value, [one for one, _ in pairs])))
            made[name] = [one for _, one in pairs]
        elif name == "formula" and not leaf:
            made[name] = _renamed(str(given[name]), ids)
            entries.append((key, _scalar(made[name], value)))
        else:
            entries.append((key, value))
            made[name] = given[name]
    if leaf and "like" in given:  # what reads the column of that reads the column that it reads
        made["like"] = given["like"]
    if not leaf:  # it has all of that now
        del made["like"]
        entries = [(key, value) for key, value in entries if getattr(key, "value", None) != "like"]
    return with_entries(node, entries), made


def _again(node: Any, data: Any, ids: Mapping[str, str]) -> tuple[Any, Any]:
    """Return a node once more with what is below it, each by another id."""
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        return node, data
    made = {**data, "id": ids.get(str(data.get("id")), data.get("id"))}
    below = {name: [_again(*pair, ids) for pair in pairs] for _, name, pairs in _pairs(node, data)}
    made |= {name: [one for _, one in pairs] for name, pairs in below.items()}
    if "indicators" not in data:
        made["like"] = data.get("like", data.get("id"))
    elif isinstance(data.get("formula"), str):
        made["formula"] = _renamed(data["formula"], ids)
    if isinstance(data.get("replaces"), str):
        made["replaces"] = ids.get(data["replaces"], data["replaces"])
    entries: list[Any] = []
    for key, value in node.value:
        name = getattr(key, "value", None)
        if name in below:
            entries.append((key, _sequence(value, [one for one, _ in below[name]])))
        else:
            entries.append((key, value if made.get(name) == data.get(name) else _scalar(str(made[name]), value)))
    if "like" in made and "like" not in data:
        entries.append((_unwritten("like", node), _scalar(str(made["like"]), node)))
    return with_entries(node, entries), made


def _renamed(formula: str, ids: Mapping[str, str]) -> str:
    """Return a formula over nodes with other ids, which stand in brackets then."""
    return re.sub(
        r"\[\s*([^\]]+?)\s*\]|([^\W\d]\w*)",
        lambda found: f"[{ids[name]}]" if (name := found[1] or found[2]) in ids else found[0],
        formula,
    )


def _scalar(text: str, beside: yaml.Node) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT, text, beside.start_mark, beside.end_mark, '"')


def _sequence(value: yaml.Node, nodes: list[Any]) -> yaml.SequenceNode:
    """Return a list of other nodes in the same place."""
    return yaml.SequenceNode(value.tag, nodes, value.start_mark, value.end_mark, getattr(value, "flow_style", None))
