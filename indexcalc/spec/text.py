"""Located YAML: plain data, and the line and column of every key and value.

PyYAML's composer gives nodes with marks; the data is built here rather than by a loader, so that what
YAML would quietly turn into something else (`NO`, `0101`, a key given twice) is found and not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ..findings import Finding, Place, finding

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")
_CHINESE_COLON = re.compile(r"^[ \t\-{]*(?P<key>[\w\-]+)(?P<mark>：)", re.MULTILINE)
_CHINESE_COMMA = re.compile(r"\{[^}\n#\"']*?(?P<mark>，)\s*[a-z_]+\s*[:：]")
_MOST_NODES = 2_000_000  # aliases of aliases can unfold without end
_PREFIX = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One YAML text: its data as plain values, and its nodes for finding places again."""

    file: str
    text: str
    data: Any
    root: yaml.Node | None

    def place(self, path: Sequence[str | int], *, key: bool = False) -> Place:
        """Return the place of the value at a path, or of its key; of the nearest parent if it is not there."""
        node, found = self.root, self.root
        for step in path:
            entry = _child(node, step)
            if entry is None:
                break
            found = entry[0] if key else entry[1]
            node = entry[1]
        if found is None:
            return Place(self.file)
        return Place(self.file, "", found.start_mark.line + 1, found.start_mark.column + 1)

    def written(self, path: Sequence[str | int]) -> str | None:
        """Return the scalar at a path as it was written without quotes, or None."""
        node = self.root
        for step in path:
            entry = _child(node, step)
            if entry is None:
                return None
            node = entry[1]
        return str(node.value) if isinstance(node, yaml.ScalarNode) and not node.style else None


def read_text(raw: bytes, file: str) -> tuple[Document, list[Finding]]:
    """Read YAML bytes into located data, with everything that YAML would have misread."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Document(file, "", None, None), [finding("IC101", Place(file, "", line), byte=error.start)]
    found = _chinese_punctuation(text, file)
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return Document(file, text, None, None), found or [_unreadable(error, text, file)]
    builder = _Builder(file)
    data = builder.build(root) if root is not None else None
    return Document(file, text, data, root), found + builder.findings


def _chinese_punctuation(text: str, file: str) -> list[Finding]:
    found = []
    for pattern, plain in ((_CHINESE_COLON, ":"), (_CHINESE_COMMA, ",")):
        for match in pattern.finditer(text):
            start = match.start("mark")
            line = text.count("\n", 0, start) + 1
            column = start - (text.rfind("\n", 0, start) + 1) + 1
            found.append(finding("IC107", Place(file, "", line, column), found=match["mark"], plain=plain))
    return found


def _unreadable(error: yaml.YAMLError, text: str, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # a character that YAML forbids: the reader tells its position only
        position = getattr(error, "position", None)
        if not isinstance(position, int):
            return finding("IC103", Place(file), problem=" ".join(str(error).split()))
        before = text[:position]
        place = Place(file, "", before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
        return finding("IC114", place, character=f"U+{ord(text[position]):04X}")
    lines = text.splitlines()
    place = Place(file, "", min(mark.line, max(len(lines) - 1, 0)) + 1, mark.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column : mark.column + 1] == "\t":
        return finding("IC102", Place(file, "", place.line, line.index("\t") + 1))
    return finding("IC103", place, problem=str(getattr(error, "problem", error)))


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


class _Builder:
    """Builds plain data from nodes and collects what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.nodes = 0

    def build(self, node: yaml.Node) -> Any:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            if self.nodes == _MOST_NODES + 1:
                self._add("IC115", node, most=_MOST_NODES)
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item) for item in node.value]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._add("IC116", key)
                continue
            if key.tag == _PREFIX + "merge":
                self._add("IC117", key)
                continue
            name = str(key.value)
            if not key.style and key.tag == _PREFIX + "bool" and name not in ("true", "false"):
                self._add("IC105", key, written=name, becomes=_boolean(name))
            if name in lines:
                self._add("IC104", key, key=name, line=lines[name])
            lines.setdefault(name, key.start_mark.line + 1)
            data[name] = self.build(value)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        value = str(node.value)
        if not node.tag.startswith(_PREFIX):
            self._add("IC118", node, tag=node.tag)
            return value
        kind = node.tag.removeprefix(_PREFIX)
        if bool(node.style) or kind in ("str", "timestamp", "value"):
            return value
        if kind == "null":
            return None
        if kind == "bool":
            if value not in ("true", "false"):
                self._add("IC105", node, written=value, becomes=_boolean(value))
            return value == "true"
        if kind == "int" and _INTEGER.fullmatch(value):
            return int(value)
        if kind == "float" and _REAL.fullmatch(value):
            return float(value)
        if kind in ("int", "float"):
            self._add("IC106", node, written=value, becomes=_misread(value))
            return value
        self._add("IC118", node, tag=node.tag)
        return value

    def _add(self, code: str, node: yaml.Node, **values: Any) -> None:
        mark = node.start_mark
        self.findings.append(finding(code, Place(self.file, "", mark.line + 1, mark.column + 1), **values))


def _boolean(written: str) -> str:
    return str(written.lower() in ("yes", "true", "on")).lower()


def _misread(written: str) -> str:
    try:
        return str(yaml.safe_load(written))
    except (yaml.YAMLError, ValueError):
        return "?"
