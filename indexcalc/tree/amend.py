"""Amendments of a tree in its text: a key written, replaced or taken away, a line added or taken away; all else stays.

The text that comes of it is read again: it must hold the old data with these amendments and nothing else, or it is refused.
Nothing is written here: bytes go in, bytes come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import yaml

from ..findings import Finding, Place, Refused, errors, finding, nearest
from .blocks.nodes import Dimension, Indicator, Root
from .edit import Edit, end_of, set_keys
from .located import Document, Path, child_at, data_at, read_text
from .shorthand import NESTED, Unwritten, unfold
from .text import flow

_BOM = b"\xef\xbb\xbf"
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(\r\n|\n|\r|$)")
_COMMA = re.compile(r"\s*,\s*")
_DASH = re.compile(r"[ \t]*-[ \t]+")
_LONGEST = 4000  # letters of one value


@dataclass(frozen=True)
class Amendment:
    """One change: `set` or `drop` a key of a node, `add` a line below a node, `remove` a node.

    `text` is YAML as it is to be written: a value, or a new line in braces. `seen` is what stood there when it was looked at.
    """

    kind: Literal["set", "drop", "add", "remove"]
    node: str
    key: str = ""
    text: str = ""
    seen: str | None = None


class WrittenNode(NamedTuple):
    """A node as it is written: where, below which node, and the text of each key of its own; nothing where that is no line."""

    path: Path
    parent: str
    texts: Mapping[str, str | None]
    is_inner: bool


def written_nodes(document: Document) -> dict[str, WrittenNode]:
    """Return every node of a text by its id, the index first, then in the order of the text."""
    document = unfold(document)
    return {name: node for name, node, _ in _walked(document)}


def node_at(document: Document, place: Place) -> tuple[str, str]:
    """Return the id of the innermost node that a place of a text lies in, and the key of it; empty where it lies in none."""
    document, found = unfold(document), ("", "")
    at = (place.line - 1, place.column - 1)
    for name, _, mapping in _walked(document) if place.line else ():
        if not _holds(mapping, mapping, at):
            continue
        own = (str(key.value) for key, value in mapping.value if key.value not in NESTED and _holds(key, value, at))
        key = next(own, "")
        found = name, "" if key == "id" else key  # what is said of a node stands where it begins
    return found


def _holds(first: yaml.Node, last: yaml.Node, at: tuple[int, int]) -> bool:
    start, end = first.start_mark, last.end_mark
    return (start.line, start.column) <= at <= (end.line, end.column)


def amended(raw: bytes, file: str, amendments: Sequence[Amendment]) -> bytes:
    """Return the bytes of a tree with amendments made in its text, keys first, then lines that go, then lines that come.

    :raises Refused: with a finding for what is not there, is no YAML, or cannot be made in place.
    """
    document = _readable(raw, file)
    nodes = written_nodes(document)
    found = [
        finding("IC510", Place(file), found=one.node, near=nearest(one.node, nodes))
        for one in amendments
        if one.node not in nodes
    ]
    found += [finding("IC616", Place(file), found=_short(one.text), node=one.node) for one in amendments if _is_no_value(one)]
    if found:
        raise Refused(found)
    gone = {one.node for one in amendments if one.kind == "remove"}
    sets = [
        Edit(nodes[one.node].path, one.key, plain_value(one.text))
        for one in amendments
        if one.kind == "set" and one.node not in gone
    ]
    out = set_keys(raw, file, sets) if sets else raw
    for kind in ("drop", "remove", "add"):
        for one in amendments:
            if one.kind == kind and (kind == "remove" or one.node not in gone):
                out = _amended(out, file, one)
    return out


def plain_value(text: str) -> str:
    """Return a value as it can stand between braces: as it was typed where that reads alike there, else written anew.

    >>> plain_value("0.50"), plain_value("a, b"), plain_value("%")
    ('0.50', "'a, b'", "'%'")
    """
    text = text.strip()
    alone, inside = _value(text), _value(f"[{text}]")
    return text if inside == [alone] and "#" not in text else flow(alone if alone is not None else text)


def texts_among_keys() -> frozenset[str]:
    """Return the keys of nodes whose value is any text: it is typed as it is meant, without quotes."""
    fields = {**Root.model_fields, **Dimension.model_fields, **Indicator.model_fields}
    return frozenset(field.alias or key for key, field in fields.items() if field.annotation in (str, str | None))


def as_typed(key: str, text: str) -> str:
    """Return what stands at a key as one types it: a text without its quotes, all else as it is written."""
    return str(_value(text)) if key in texts_among_keys() and text else text


def as_written(key: str, typed: str) -> str:
    """Return what was typed at a key as it is written: a text in quotes where it needs them.

    >>> as_written("measure", "%"), as_written("weight", "1/3")
    ("'%'", '1/3')
    """
    typed = " ".join(typed.split())
    return flow(typed) if key in texts_among_keys() else typed


def changed_since(nodes: Mapping[str, WrittenNode], amendments: Sequence[Amendment]) -> list[Amendment]:
    """Return the amendments of what does not stand as it was seen: somebody else has changed it meanwhile."""
    return [one for one in amendments if one.seen is not None and one.seen != current(nodes, one)]


def current(nodes: Mapping[str, WrittenNode], one: Amendment) -> str:
    """Return what stands in the text where an amendment would change it; empty where nothing does."""
    if one.node not in nodes:
        return ""
    if one.kind == "remove":
        return flow({key: _value(text) for key, text in nodes[one.node].texts.items() if text is not None})
    return nodes[one.node].texts.get(one.key) or ""


def _walked(document: Document) -> Iterator[tuple[str, WrittenNode, yaml.MappingNode]]:
    """Yield each node with its id, as it is written and as YAML has it; one without an id is passed over."""
    root, data = document.root, document.data
    if not isinstance(root, yaml.MappingNode) or not isinstance(data, dict):
        return
    index, named = child_at(root, "index"), data.get("index")
    top = ""
    if isinstance(index, yaml.MappingNode) and isinstance(named, dict):
        top = str(named.get("id", ""))
        if top:
            yield top, WrittenNode(("index",), "", _texts(document, index), is_inner=True), index
    yield from _below(document, root, data, (), top)


def _below(
    document: Document, node: yaml.MappingNode, data: Mapping[str, Any], path: Path, parent: str
) -> Iterator[tuple[str, WrittenNode, yaml.MappingNode]]:
    for key in NESTED:
        listed, entries = child_at(node, key), data.get(key)
        if not isinstance(listed, yaml.SequenceNode) or not isinstance(entries, list):
            continue
        for at, (child, own) in enumerate(zip(listed.value, entries, strict=False)):
            if not isinstance(child, yaml.MappingNode) or not isinstance(own, dict) or not isinstance(own.get("id"), str):
                continue
            here = (*path, key, at)
            is_inner = any(key in own for key in NESTED)
            yield own["id"], WrittenNode(here, parent, _texts(document, child), is_inner), child
            yield from _below(document, child, own, here, own["id"])


def _texts(document: Document, node: yaml.MappingNode) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for key, value in node.value:
        if key.value in NESTED:
            continue
        plain = isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">")
        one_line = value.start_mark.line == value.end_mark.line and (plain or getattr(value, "flow_style", False))
        own = node.start_mark.index <= value.start_mark.index < node.end_mark.index or isinstance(key, Unwritten)
        start, end = value.start_mark.index, value.end_mark.index
        texts[str(key.value)] = document.text[start:end].strip() if one_line and own else None
    return texts


def _readable(raw: bytes, file: str) -> Document:
    document, found = read_text(raw, file)
    if document.root is None or errors(found):
        raise Refused(found or [finding("IC121", Place(file, "", 1))])
    return document


def _value(text: str) -> Any:
    """Return what a text says as YAML; nothing where it cannot be read, or says nothing."""
    document, found = read_text(text.encode("utf-8", "replace"), "")
    return None if errors(found) else document.data


def _is_no_value(one: Amendment) -> bool:
    """Say whether the text of an amendment cannot be written where it is to stand."""
    if one.kind in ("drop", "remove"):
        return False
    if len(one.text) > _LONGEST or len(one.text.splitlines()) != 1:
        return True
    value = _value(one.text)
    if one.kind == "add":
        return not isinstance(value, dict) or not isinstance(value.get("id"), str) or not one.text.strip().startswith("{")
    return value is None or not one.key.isidentifier() or one.key in NESTED


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _amended(raw: bytes, file: str, one: Amendment) -> bytes:
    """Make one amendment that takes away or adds, and hold what comes of it against what was meant."""
    document = unfold(_readable(raw, file))
    nodes = written_nodes(document)
    node = nodes.get(one.node)
    if node is None:
        raise Refused([finding("IC510", Place(file), found=one.node, near=nearest(one.node, nodes))])
    wanted = deepcopy(document.data)
    if one.kind == "drop":
        splice = _dropped(document, node.path, one.key)
        data_at(wanted, node.path).pop(one.key, None)
    elif one.kind == "remove":
        splice = _removed(document, node.path)
        if node.path != ("index",):
            del data_at(wanted, node.path[:-1])[node.path[-1]]
    else:
        below = ("dimensions",) if node.path == ("index",) else (*node.path, "indicators")
        value = _value(one.text)
        splice = _added(document, below, one.text.strip(), value)
        listed = data_at(wanted, below)
        if isinstance(listed, list):
            listed.append(value)
    out = raw
    if splice is not None:
        start, end, new = splice
        text = document.text[:start] + new + document.text[end:]
        out = (_BOM if raw.startswith(_BOM) else b"") + text.encode()
    after, problems = read_text(out, file)
    if splice is None or errors(problems) or unfold(after).data != wanted:
        raise Refused([_not_in_place(document, node.path, one)])
    return out


def _not_in_place(document: Document, path: Path, one: Amendment) -> Finding:
    return finding("IC602", document.place(path), key=one.key or "indicators", node=one.node)


def _dropped(document: Document, path: Path, key: str) -> tuple[int, int, str] | None:
    """Return where the text of a key begins and ends, with the comma or the line that it stands in."""
    owner = document.node_at(path)
    if not isinstance(owner, yaml.MappingNode):
        return None
    entries = [entry for entry in owner.value if not isinstance(entry[0], Unwritten)]
    at = next((at for at, (name, _) in enumerate(entries) if name.value == key), None)
    if at is None:
        return None
    spans = [(name.start_mark.index, end_of(value)) for name, value in entries]
    if owner.flow_style:
        return _out_of_flow(document.text, spans, at)
    return None if at == 0 else _whole_lines(document.text, *spans[at], bare=True)


def _removed(document: Document, path: Path) -> tuple[int, int, str] | None:
    """Return where the text of a node begins and ends among its siblings."""
    listed = document.node_at(path[:-1])
    if not isinstance(listed, yaml.SequenceNode) or not isinstance(path[-1], int):
        return None
    spans = [(child.start_mark.index, end_of(child)) for child in listed.value]
    if listed.flow_style:
        return _out_of_flow(document.text, spans, path[-1])
    return _whole_lines(document.text, *spans[path[-1]], bare=False)


def _added(document: Document, below: Path, text: str, value: Any) -> tuple[int, int, str] | None:
    """Return where a new line comes below its last sibling, as its siblings are written."""
    listed = document.node_at(below)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        return None
    whole, last = document.text, listed.value[-1]
    end = end_of(last)
    if listed.flow_style:
        return end, end, f", {text}"
    start = whole.rfind("\n", 0, last.start_mark.index) + 1
    before, rest = whole[start : last.start_mark.index], _REST_OF_LINE.match(whole, end)
    if rest is None:
        return None
    at = rest.start(1)
    new_line = rest[1] or ("\r\n" if "\r\n" in whole else "\n")
    if _DASH.fullmatch(before):
        return at, at, f"{new_line}{before}{text}"
    short = {key: each for key, each in value.items() if key != "id"}
    return at, at, f"{new_line}{before}{flow(value['id'])}: {flow(short)}"


def _out_of_flow(text: str, spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int, str] | None:
    """Take one of several parts between braces out, with one of the commas beside it."""
    if len(spans) < 2:
        return None
    start, end = (spans[at - 1][1], spans[at][1]) if at else (spans[0][0], spans[1][0])
    between = text[start : spans[at][0]] if at else text[spans[0][1] : end]
    return (start, end, "") if _COMMA.fullmatch(between) else None


def _whole_lines(text: str, start: int, end: int, *, bare: bool) -> tuple[int, int, str] | None:
    """Take the lines out that a part stands in alone, with a comment behind it."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before, rest = text[line:start], _REST_OF_LINE.match(text, end)
    if rest is None or not (not before.strip() or (not bare and _DASH.fullmatch(before))):
        return None
    return line, rest.end(), ""
