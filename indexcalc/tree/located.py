"""Located YAML: plain data, and the line and column of every key and value.

PyYAML's composer gives nodes with marks; the data is built here rather than by a loader, so that what
YAML would quietly turn into something else (`NO`, `0101`, a key given twice) is found and not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from ..findings import Finding, Place, finding
from ..words.tree import AS_A_CODE, AS_A_NUMBER, TOO_DEEP, YAML_CLEAR, YAML_LIKELY, YAML_PROBLEMS

_SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DIGITS = 300
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")
_CHINESE_COLON = r"(?m)(?:^[ \t]*(?:- +)*|[{,，][ \t]*)[A-Za-z_][A-Za-z0-9_-]*(?P<mark>：)"
_CHINESE_COMMA = r"(?P<mark>，)(?=\s*[a-z_]+\s*[:：])"
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # characters that YAML does not allow
_MOST_NODES = 500_000  # aliases of aliases can unfold without end
_DEEPEST = 250
_NESTING = 5_000  # so many marks that open a block or a bracket; more of them could be nested too deep for the composer
_PREFIX = "tag:yaml.org,2002:"
_STRING = _PREFIX + "str"

Path = tuple[str | int, ...]


class _Loader(_SAFE_LOADER):  # type: ignore[misc]
    """PyYAML's safe loader without its resolvers by path, which nobody adds: asking them takes as long as reading."""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Go down without a path."""

    def ascend_resolver(self) -> None:
        """Go up without a path."""

    def resolve(self, kind: Any, value: str, implicit: Any) -> str:
        """Name the type of a node as PyYAML does: by its first character, then by the pattern of each type."""
        return _type_of(value) if kind is yaml.ScalarNode and implicit[0] else str(super().resolve(kind, value, implicit))


@lru_cache(1 << 14)  # most words of a tree stand there many times
def _type_of(value: str) -> str:
    for tag, pattern in _Loader.yaml_implicit_resolvers.get(value[:1], ()):
        if pattern.match(value):
            return str(tag)
    return _STRING


class Document(NamedTuple):
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

    def has(self, path: Sequence[str | int]) -> bool:
        """Say whether something was written at a path."""
        return not path or self.node_at(path) is not None

    def is_block(self, path: Sequence[str | int]) -> bool:
        """Say whether keys with values stand at a path."""
        return isinstance(self.node_at(path), yaml.MappingNode)

    def node_at(self, path: Sequence[str | int]) -> yaml.Node | None:
        """Return what was written at a path, nothing where nothing was."""
        node = self.root
        for step in path:
            node = child_at(node, step)
        return node

    def inherits(self, path: Sequence[str | int], key: str) -> bool:
        """Say whether what stands at a path has a key that was written elsewhere, under `defaults:` above it."""
        node = self.node_at(path)
        own = _child(node, key)
        if node is None or own is None:
            return False
        return not node.start_mark.index <= own[0].start_mark.index < node.end_mark.index

    def written(self, path: Sequence[str | int]) -> str | None:
        """Return the scalar at a path as it was written without quotes, or None."""
        node = self.node_at(path)
        return str(node.value) if isinstance(node, yaml.ScalarNode) and not node.style else None

    def inside(self, path: Sequence[str | int], position: int) -> Place:
        """Return the place of a character of the text at a path; where the text begins if YAML has folded it."""
        node, start = self.node_at(path), self.place(path)
        if not isinstance(node, yaml.ScalarNode):
            return start
        before = node.start_mark.column + (1 if node.style in ("'", '"') else 0)
        line = self.text.splitlines()[node.start_mark.line]
        as_it_is = line[before : before + len(node.value)] == node.value
        return Place(self.file, "", start.line, before + position + 1) if as_it_is else start


def data_at(data: Any, path: Path) -> Any:
    """Return what stands at a path of data; nothing where there is no such place."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def read_text(raw: bytes, file: str) -> tuple[Document, list[Finding]]:
    """Read YAML bytes into located data, with everything that YAML would have misread."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return Document(file, "", None, None), [finding("IC101", Place(file, "", line), byte=error.start)]
    try:
        deep = _too_deep(text) if sum(map(text.count, ("[", "{", "- ", "? "))) >= _NESTING else None
        root = yaml.compose(text, Loader=_Loader) if deep is None else None
    except yaml.YAMLError as error:
        if "maximum nesting depth" not in str(error):  # newer versions of libyaml have a limit of their own, after a thousand
            return Document(file, text, None, None), _unreadable(error, text, file)
        deep = _deep_bracket(text) or (getattr(error, "problem_mark", None), "blocks")
    if deep is not None and deep[0] is not None:
        return Document(file, text, None, None), [_deep(file, *deep)]
    builder = _Builder(file)
    data = builder.build(root) if root is not None else None
    return Document(file, text, data, root), builder.findings


def _deep(file: str, mark: Any, what: str) -> Finding:
    """Say that a text is nested too deep at a mark: in brackets, in blocks, or by an anchor that contains itself."""
    english, chinese = (text.format(_DEEPEST // 2) for text in TOO_DEEP[what])
    return finding("IC126", _at(file, mark), most=_DEEPEST, how=english, how_zh=chinese)


def _too_deep(text: str) -> tuple[Any, str] | None:
    """Return where a text is nested deeper than anyone means, and in what; the composer, which calls itself, would crash."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return event.start_mark, "brackets" if getattr(event, "flow_style", False) else "blocks"
    return None


def _deep_bracket(text: str) -> tuple[yaml.Mark, str] | None:
    """Return the first bracket that is opened in more than anyone means, where brackets are what is nested."""
    depth = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth += 1 if match[0] in "[{" else -1
        if depth > _DEEPEST:
            start = match.start()
            line = text.count("\n", 0, start)
            return yaml.Mark("", start, line, start - (text.rfind("\n", 0, start) + 1), None, 0), "brackets"
    return None


def _at(file: str, mark: Any) -> Place:
    return Place(file, "", mark.line + 1, mark.column + 1)


def _chinese_punctuation(text: str, file: str, first: int, last: int) -> list[Finding]:
    """Find Chinese colons and commas after keys and between them, if any stand in the lines that cannot be read."""
    found = []
    for pattern, plain in ((_CHINESE_COLON, ":"), (_CHINESE_COMMA, ",")):
        for match in re.finditer(pattern, text):
            start = match.start("mark")
            line = text.count("\n", 0, start) + 1
            column = start - (text.rfind("\n", 0, start) + 1) + 1
            found.append(finding("IC107", Place(file, "", line, column), found=match["mark"], plain=plain))
    return found if any(first <= one.place.line <= last for one in found) else []


def _unreadable(error: yaml.YAMLError, text: str, file: str) -> list[Finding]:
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:  # a character that YAML forbids: the reader tells its position only
        position = getattr(error, "position", None)
        if not isinstance(position, int):
            problem = " ".join(str(error).split())
            more = {"likely": YAML_LIKELY[0], "likely_zh": YAML_LIKELY[1]}
            return [finding("IC103", Place(file), problem=problem, problem_zh=problem, **more)]
        forbidden = _FORBIDDEN.search(text)  # the position is one of bytes or of characters, as the reader is in C or not
        start = forbidden.start() if forbidden else len(text.encode()[:position].decode(errors="ignore"))
        before, character = text[:start], text[start : start + 1]
        place = Place(file, "", before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1)
        return [finding("IC114", place, character=f"U+{ord(character):04X}" if character else "?")]
    opened = str(getattr(error, "context", "")).startswith(("while scanning a", "while parsing a flow"))
    begun = context if opened and context is not None and context.line < mark.line else mark
    if chinese := _chinese_punctuation(text, file, begun.line, mark.line + 1):
        return chinese
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column : mark.column + 1] == "\t":
        return [finding("IC102", Place(file, "", mark.line + 1, line.index("\t") + 1))]
    if (opened_at := _open_quotation(text, mark)) is not None:
        return [finding("IC129", _at(file, opened_at))]
    problem = str(getattr(error, "problem", error))
    if problem == "found unexpected end of stream":  # of a quotation, which is mended where it begins
        return [finding("IC129", _at(file, begun))]
    en, zh = YAML_PROBLEMS.get(problem, (problem, problem))
    likely = ("", "") if problem in YAML_CLEAR else YAML_LIKELY
    place = _at(file, begun)  # what is not closed is mended where it begins
    return [finding("IC103", place, problem=en, problem_zh=zh, likely=likely[0], likely_zh=likely[1])]


def _open_quotation(text: str, mark: Any) -> Any:
    """Return where a quotation opens that ends in another line, at the next quotation mark, right before text cannot be read."""
    last = None
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if token.start_mark.index > mark.index:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                last = token
    except yaml.YAMLError:
        pass  # that is where it could not be read
    if last is None or last.start_mark.line == last.end_mark.line or mark.line > last.end_mark.line:
        return None
    return last.start_mark


def child_at(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    """Return what stands at a key of a mapping, or at a place of a list; nothing where nothing does."""
    entry = _child(node, step)
    return entry[1] if entry else None


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
        self.within: list[int] = []  # the collections around what is built

    def build(self, node: yaml.Node) -> Any:
        self.nodes += 1
        if len(self.within) > _DEEPEST or (self.within and id(node) in self.within):
            if not any(one.code == "IC126" for one in self.findings):
                what = "anchor" if id(node) in self.within else "brackets" if getattr(node, "flow_style", False) else "blocks"
                self.findings.append(_deep(self.file, node.start_mark, what))
            return None
        if self.nodes > _MOST_NODES:
            if self.nodes == _MOST_NODES + 1:
                self._add("IC115", node, most=_MOST_NODES)
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag not in (_PREFIX + "map", _PREFIX + "seq"):
            self._add("IC118", node, tag=_tag(node))
        self.within.append(id(node))
        data = self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.build(item) for item in node.value]
        self.within.pop()
        return data

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
            if not key.style and not name.isascii() and (mark := re.search("[：，]", name)):
                place = Place(self.file, "", key.start_mark.line + 1, key.start_mark.column + 1 + mark.start())
                plain = {"：": ":", "，": ","}[mark[0]]
                self.findings.append(finding("IC107", place, found=mark[0], plain=plain))
                continue
            if node.flow_style and isinstance(value, yaml.ScalarNode) and not value.style and not value.value:
                self._add("IC128", key, key=name)
                continue
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
            self._add("IC118", node, tag=_tag(node))
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
            return int(value) if len(value) <= _DIGITS else value  # as is 1e999: no number that can be computed with
        if kind == "float" and _REAL.fullmatch(value):
            return float(value)
        if value.lower().lstrip("+-") in (".inf", ".nan"):
            self._add("IC127", node, written=value)
            return value
        if kind in ("int", "float"):
            self._add("IC106", node, written=value, becomes=_misread(value), **_meant(value))
            return value
        self._add("IC118", node, tag=_tag(node))
        return value

    def _add(self, code: str, node: yaml.Node, **values: Any) -> None:
        self.findings.append(finding(code, _at(self.file, node.start_mark), **values))


def _tag(node: yaml.Node) -> str:
    return str(node.tag).replace(_PREFIX, "!!")


def _boolean(written: str) -> str:
    return str(written.lower() in ("yes", "true", "on")).lower()


def _meant(written: str) -> dict[str, str]:
    """Return, in both languages, how a code of digits is written, and the number where it can be one."""
    sign, digits = re.fullmatch(r"([-+]?)(.*)", written, re.DOTALL).groups()  # type: ignore[union-attr]
    plain = sign + (digits.replace("_", "").lstrip("0") or "0")
    as_code, as_number = [one.format(written) for one in AS_A_CODE], [one.format(plain) for one in AS_A_NUMBER]
    if not (_INTEGER.fullmatch(plain) or _REAL.fullmatch(plain)):
        return {"ways": as_code[0], "ways_zh": as_code[1]}
    return {"ways": f"{as_code[0]}; {as_number[0]}", "ways_zh": f"{as_code[1]}；{as_number[1]}"}


def _misread(written: str) -> str:
    try:
        return str(yaml.safe_load(written))
    except (yaml.YAMLError, ValueError):
        return "?"
