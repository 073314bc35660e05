"""Trees in short: nodes by their ids, so that a level is as short as a table of it, read as the list that they stand for.

    indicators:
      A1:                          {id: A1}
      A2: Clinics                  {id: A2, name: Clinics}
      A3: [Beds, Beds, 0.4]        {id: A3, name: Beds, name_en: Beds, weight: 0.4}
      A4: {weight: 1/3}            {id: A4, weight: 1/3}
    indicators: [A1, A2]           {id: A1}, {id: A2}

Every part keeps the place where it was written. What is written otherwise stays as it is: that is a finding of its shape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from .located import Document

NESTED = ("dimensions", "indicators")  # the keys that nodes stand below
_NAMES = ("name", "name_en")
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
