"""Defaults of nodes: what one says under `defaults:` is put into what stands below it, where that says nothing itself.

So is what says where a whole node applies. It is put there with the place where it was written, so that whatever speaks of a
setting names the line that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from ..findings import Finding, Place, finding
from .blocks.nodes import NodeDefaults
from .located import Document
from .shorthand import NESTED, with_entries

INNER = ("aggregate", "weights", "missing", "undefined", "round")  # what inner nodes take
BELOW = tuple(key for key in NodeDefaults.model_fields if key not in INNER or key == "round")  # what leaves take
_APART = (("formula", "events"), ("difference", "growth"))  # who says one of these takes no other
_WITH = {"direction": ("target",), "column": ("formula", "events")}  # who says the one does not take the others either
_BY_ITSELF = frozenset(
    {
        "source",
        "normalise",
        "aggregate",
        "weights",
        "missing",
        "undefined",
        "impute",
        "treat",
        "over_time",
        "over_units",
        "levels",
    }
)
"""What the tree's own defaults give by themselves: alternatives of `uncertainty` stand in for them."""

Entry = tuple[yaml.ScalarNode, yaml.Node, Any]
"""A key with what stands at it, as a node of the text and as a value."""


def spread(document: Document) -> tuple[Document, list[Finding]]:
    """Return a document in which every node says what it takes from `defaults:`, and what is wrong with these."""
    if not isinstance(document.root, yaml.MappingNode) or not isinstance(document.data, dict):
        return document, []
    shared = {key: one for key, one in _entries(document.root, document.data, "defaults").items() if key not in _BY_ITSELF}
    if not shared and not _asks(document.data):
        return document, []
    work = _Spread(document)
    root, data = work.below(document.root, document.data, _Given(shared))
    if "round" in shared and isinstance(data.get("index"), dict):
        root, data = _with_index(root, data, {"round": shared["round"]})
        work.taken.add(id(shared["round"][0]))
    return document._replace(root=root, data=data), [*work.findings, *work.idle(shared)]


class _Given(NamedTuple):
    """What a node is given by those above it: settings, the key of `defaults:` among these, and where all of it applies."""

    settings: dict[str, Entry]
    said: yaml.ScalarNode | None = None
    applies: tuple[Entry, ...] = ()


class _Spread:
    """Puts defaults into the nodes below them, and collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self.taken: set[int] = set()  # the keys that some node takes

    def below(self, node: yaml.MappingNode, data: dict[str, Any], given: _Given) -> tuple[yaml.MappingNode, dict[str, Any]]:
        """Return a node, or the whole tree, with what stands below it in full."""
        entries, made = list(node.value), dict(data)
        for at, (key, value) in enumerate(entries):
            name = getattr(key, "value", None)
            if name in NESTED and isinstance(value, yaml.SequenceNode) and isinstance(data.get(name), list):
                pairs = [self._child(*pair, given) for pair in zip(value.value, data[name], strict=False)]
                nodes = [one for one, _ in pairs]
                entries[at] = key, yaml.SequenceNode(value.tag, nodes, value.start_mark, value.end_mark, value.flow_style)
                made[name] = [one for _, one in pairs]
        return with_entries(node, entries), made

    def _child(self, node: Any, data: Any, given: _Given) -> tuple[Any, Any]:
        if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
            return node, data
        inner = "indicators" in data
        takes = {key: one for key, one in given.settings.items() if key in (INNER if inner else BELOW)}
        added = _beside(data, takes)
        self.taken |= {id(key) for key, _, _ in added.values()}
        if not inner:
            node, data = _with(node, data, added)
            return _limited(node, data, given.applies)
        here = next((key for key, _ in node.value if getattr(key, "value", None) == "defaults"), None)
        own = {} if here is None or given.said is not None else _entries(node, data, "defaults")
        if here is not None and given.said is not None:
            self.findings.append(self._twice(data, here, given.said))
        elif here is not None:
            given = given._replace(settings=own | _beside(dict.fromkeys(own), given.settings), said=here)
        given = given._replace(applies=(*given.applies, *_own_rule(node, data)))
        node, data = self.below(node, data, given)
        self.findings += self.idle(own)
        return _with(node, data, added)

    def idle(self, own: dict[str, Entry]) -> Iterator[Finding]:
        """Point out what nothing below takes."""
        for name, (key, _, _) in own.items():
            if name in NodeDefaults.model_fields and id(key) not in self.taken:
                yield finding("IC133", self._at(key), key=name)

    def _twice(self, data: dict[str, Any], here: yaml.ScalarNode, said: yaml.ScalarNode) -> Finding:
        return finding("IC132", self._at(here), node=str(data.get("id", "")), line=said.start_mark.line + 1)

    def _at(self, key: yaml.ScalarNode) -> Place:
        return Place(self.document.file, "", key.start_mark.line + 1, key.start_mark.column + 1)


def _asks(data: dict[str, Any]) -> bool:
    """Say whether an inner node has something to be put into those below."""
    inner = [one for key in NESTED for one in (data.get(key) or ()) if isinstance(one, dict) and "indicators" in one]
    return any("defaults" in one or "applies" in one or _asks(one) for one in inner)


def _own_rule(node: yaml.MappingNode, data: dict[str, Any]) -> list[Entry]:
    """Return where a node applies, if it says so."""
    found = [(key, value) for key, value in node.value if getattr(key, "value", None) == "applies"]
    return [(key, value, data["applies"]) for key, value in found if isinstance(data.get("applies"), str)]


def _limited(node: yaml.MappingNode, data: dict[str, Any], rules: tuple[Entry, ...]) -> tuple[yaml.MappingNode, dict[str, Any]]:
    """Return an indicator that applies where it says and where all above it apply."""
    own = data.get("applies")
    if not rules or not (own is None or isinstance(own, str)):
        return node, data
    said = [*(str(plain) for _, _, plain in rules), *([own] if own is not None else [])]
    key, value, _ = rules[-1] if own is None else _own_rule(node, data)[0]
    if len(said) > 1:
        text = " and ".join(f"({rule})" for rule in said)
        value = yaml.ScalarNode(value.tag, text, value.start_mark, value.end_mark, getattr(value, "style", None))
    rest = [(one, each) for one, each in node.value if getattr(one, "value", None) != "applies"]
    entries = [(key, value), *rest] if own is None else [*rest, (key, value)]
    return with_entries(node, entries), {**data, "applies": value.value}


def _entries(node: yaml.MappingNode, data: dict[str, Any], name: str) -> dict[str, Entry]:
    """Return what stands in a block of a mapping, by key."""
    block = next((value for key, value in node.value if getattr(key, "value", None) == name), None)
    plain = data.get(name)
    if not isinstance(block, yaml.MappingNode) or not isinstance(plain, dict):
        return {}
    return {str(key.value): (key, value, plain[key.value]) for key, value in block.value if getattr(key, "value", None) in plain}


def _beside(own: dict[str, Any], given: dict[str, Entry]) -> dict[str, Entry]:
    """Return what a node takes of what it is given: what it neither says itself nor speaks against."""
    against = set(own)
    for keys in _APART:
        against |= set(keys) if against & set(keys) else set()
    for key, others in _WITH.items():
        against |= set(others) if key in own else set()
    return {key: one for key, one in given.items() if key not in against}


def _with(node: yaml.MappingNode, data: dict[str, Any], added: dict[str, Entry]) -> tuple[yaml.MappingNode, dict[str, Any]]:
    """Return a node with more entries, which stand before its own as they do in the text."""
    if not added:
        return node, data
    entries = [(key, value) for key, value, _ in added.values()]
    return with_entries(node, [*entries, *node.value]), {**{key: one[2] for key, one in added.items()}, **data}


def _with_index(root: yaml.MappingNode, data: dict[str, Any], given: dict[str, Entry]) -> tuple[yaml.MappingNode, dict[str, Any]]:
    """Return the whole tree with what its index takes of the tree's own defaults."""
    entries, made = list(root.value), dict(data)
    for at, (key, value) in enumerate(entries):
        added = _beside(data["index"], given) if getattr(key, "value", None) == "index" else {}
        if added and isinstance(value, yaml.MappingNode):
            block, made["index"] = _with(value, data["index"], added)
            entries[at] = key, block
    return with_entries(root, entries), made
