"""What can be read of a tree with mistakes in it: what is wrong is left out, and what that leaves in doubt is not judged.

So that mistakes of shape, of the tree and of the data come out in one run. Nothing is ever scored by such a tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from ..findings import Finding, Place, errors
from .checks import check_tree
from .expressions import FormulaError
from .formula import names, parse
from .located import Document, Path, child_at
from .model import Index

_ROUNDS = 20  # what is left out may leave its block without a key that it needs
_NODES = ("dimensions", "indicators")
_WEIGHTS = {"IC201", "IC203", "IC204", "IC221", "IC227", "IC407"}  # said of a node, caused by one of its children
_IDS = {"IC202"}  # nothing else can be judged where names are not unique
_CAUSED = {  # findings of other places that a mistake in a block may be the cause of
    "data": {"IC207", "IC208", "IC224", "IC228", "IC701", "IC702", "IC703", "IC705"},
    "denominators": {"IC209", "IC222", "IC229", "IC257", "IC272", "IC840"},
    "defaults": {"IC208", "IC224", "IC753"},
    "units": {"IC258", "IC841"},
    "periods": {"IC215", "IC217", "IC704", "IC806"},
    "grades": {"IC218", "IC219", "IC255"},
    "dimensions": {
        *("IC222", "IC223", "IC224", "IC245", "IC251", "IC256", "IC272", "IC842"),
        *("IC750", "IC751", "IC753", "IC800", "IC801", "IC802"),
    },
    "index": {"IC251"},
    "logic": {"IC222"},
}


@dataclass(frozen=True, eq=False)
class Part:
    """What was read of a tree: the index that is left, and which of its parts are in doubt."""

    index: Index
    blocks: frozenset[str]
    """The blocks at the top of the file that have a mistake."""
    sources: frozenset[str]
    """The sources that have one."""
    lines: frozenset[int]
    """The lines of blocks that have one, but for the nodes below them."""

    def is_sure(self, place: Place) -> bool:
        """Say whether what stands at a place of the tree's file was read as it was meant."""
        return place.line not in self.lines


def path_of(data: Any, location: Sequence[str | int], kind: str) -> Path:
    """Leave out of pydantic's location what is not in the text: the names of union members and of types."""
    path: list[str | int] = []
    for at, step in enumerate(location):
        absent = kind == "missing" and at == len(location) - 1
        if isinstance(data, dict) and (step in data or absent):
            path.append(step)
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(step)
            data = data[step]
    return tuple(path)


def part_of(document: Document, found: Sequence[Finding], *, changing: bool) -> tuple[Part | None, list[Finding]]:
    """Read what can be read of a document with mistakes, and find what is wrong in that.

    What is wrong is taken out of the document, which is of no other use afterwards. Of a tree that is `changing` in time weights
    are not judged: nodes of different times do not add up together.
    """
    doubtful = [_block(_innermost(document, one.place)) for one in errors(found)]
    lines, parents = _lines(document, doubtful)
    index = _validated(document)
    if index is None:
        return None, []
    index._document = document
    part = _part(index, doubtful, lines)
    suspects = set().union(*(_CAUSED.get(block, set()) for block in part.blocks))
    known = {one.place for one in found}
    more = [
        one
        for one in check_tree(index, timely=not changing)
        if one.code not in suspects
        and part.is_sure(one.place)
        and one.place not in known
        and not (one.code in _WEIGHTS and one.place.line in parents)
    ]
    broken = [_block(_innermost(document, one.place)) for one in errors(more)]
    both = [*doubtful, *broken]
    return _part(index, both, lines | _lines(document, broken)[0]), more


def part_with(index: Index, found: Sequence[Finding]) -> Part | None:
    """Return the parts of an index of the right shape that can be relied on though something is wrong in it."""
    document = index._document
    wrong = errors(found)
    if document is None or any(one.code in _IDS for one in wrong):
        return None
    doubtful = [_block(_innermost(document, one.place)) for one in wrong]
    return _part(index, doubtful, _lines(document, doubtful)[0])


def reads_formula(text: str) -> bool:
    """Say whether a formula can be read."""
    try:
        names(parse(text))
    except FormulaError:
        return False
    return True


def _part(index: Index, doubtful: Iterable[Path], lines: frozenset[int]) -> Part:
    blocks = {str(path[0]) for path in doubtful if path}
    sources = {str(path[1]) for path in doubtful if len(path) > 1 and path[0] == "data"}
    return Part(index, frozenset(blocks), frozenset(sources), lines)


def _validated(document: Document) -> Index | None:
    """Return the index that is left when what does not fit has been taken out, if one is."""
    for _ in range(_ROUNDS):
        try:
            return Index.model_validate(document.data)
        except ValidationError as error:
            wrong = {_taken_out(document.data, dict(item)) for item in error.errors(include_url=False)}
        for path in sorted(wrong, key=lambda path: [(isinstance(step, str), step) for step in path], reverse=True):
            if not path or not _remove(document, path):
                return None
    return None


def _taken_out(data: Any, error: dict[str, Any]) -> Path:
    """Return the path of what has to go: a wrong value, or the block of a key that is missing."""
    path = path_of(data, error["loc"], str(error["type"]))
    return path[:-1] if error["type"] == "missing" else path


def _remove(document: Document, path: Path) -> bool:
    """Take out of a document's data and of its nodes what stands at a path, so that places stay right; or say that it is gone."""
    data, node = document.data, document.root
    for step in path[:-1]:
        node = child_at(node, step)
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return True  # gone with the block that it was in
    last = path[-1]
    if isinstance(data, dict) and isinstance(node, yaml.MappingNode):
        data.pop(last, None)
        node.value = [(key, value) for key, value in node.value if getattr(key, "value", None) != str(last)]
        return True
    if isinstance(data, list) and isinstance(node, yaml.SequenceNode) and isinstance(last, int) and len(data) == len(node.value):
        if last < len(data):
            del data[last], node.value[last]
        return True
    return False


def _innermost(document: Document, place: Place) -> Path:
    """Return the path of the innermost block that a place lies in, by the last key or entry that begins no later."""
    mark, node = (place.line - 1, place.column - 1), document.root
    path: list[str | int] = []
    while isinstance(node, (yaml.MappingNode, yaml.SequenceNode)):
        entries: list[tuple[str | int, Any, Any]] = (
            [(str(getattr(key, "value", "")), key, value) for key, value in node.value]
            if isinstance(node, yaml.MappingNode)
            else [(at, value, value) for at, value in enumerate(node.value)]
        )
        begun = [one for one in entries if (one[1].start_mark.line, one[1].start_mark.column) <= mark]
        if not begun:
            break
        step, _, node = begun[-1]
        path.append(step)
    return tuple(path)


def _block(path: Path) -> Path:
    """Return the path of the block that a path is in: the innermost node, source or entry of a list, or a key of the top."""
    nodes = [at + 2 for at, step in enumerate(path[:-1]) if step in _NODES and isinstance(path[at + 1], int)]
    if path[:1] == ("dimensions",) and nodes:
        return path[: nodes[-1]]
    return path[:2] if path[:1] and path[0] in ("data", "denominators", "adjustments", "grades", "logic") else path[:1]


def _lines(document: Document, blocks: Iterable[Path]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the lines of some blocks, less those of the nodes below them, and the first lines of the nodes above them."""
    lines: set[int] = set()
    parents: set[int] = set()
    for path in blocks:
        node: Any = document.root
        for step in path:
            node = child_at(node, step)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                whole = getattr(key, "value", None) not in _NODES
                lines.update(range(key.start_mark.line + 1, (value.end_mark if whole else key.end_mark).line + 2))
        if path[:1] == ("dimensions",):
            above = path[:-2] if len(path) > 2 else ("index",)
            parents.add(document.place(above).line)
    return frozenset(lines), frozenset(parents)
