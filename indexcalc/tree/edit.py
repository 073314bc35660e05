"""Edits of weights in the text of a tree: the scalar's own bytes are replaced, everything else stays byte for byte.

An edit that cannot be made without touching more than the weight is refused, never approximated. Nothing is written here:
bytes go in, bytes come out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import yaml

from ..findings import Finding, Place, Refused, errors, finding, nearest
from ..methods.aggregate import FREE_SUM
from ..methods.weight import ADD_UP, WEIGHTINGS
from .blocks.nodes import Indicator, Root
from .declared import counts, given_weights, weight_total
from .load import parse_index
from .located import Document, Path, child_at, data_at, read_text
from .model import Index
from .shorthand import Unwritten, unfold

WRITTEN = frozenset(name for name, way in WEIGHTINGS.items() if way.declared and not way.scores)  # in the file
_WEIGHT = re.compile(r"[0-9]+|[0-9]*\.[0-9]+|[0-9]+/[1-9][0-9]*")
_BY_PERIOD = re.compile(rf'\{{(?:[^\W_]+|"[^"\\]+"): (?:{_WEIGHT.pattern})(?:, (?:[^\W_]+|"[^"\\]+"): (?:{_WEIGHT.pattern}))+\}}')
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_BOM = b"\xef\xbb\xbf"
_MOST_DECIMALS = 12
_NAMING = ("id", "name", "name_en")  # a weight that is new stands after these
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where YAML ends a line


@dataclass(frozen=True)
class Edit:
    """One value to write: the path of its mapping, its key, and its text in YAML, in one line."""

    path: Path
    key: str
    text: str


def set_weights(raw: bytes, file: str, weights: Mapping[str, str], *, given: Iterable[str] = ()) -> bytes:
    """Return the bytes of a tree with the weights of some nodes replaced by texts such as `0.35` or `{2010: 0.34, 2012: 1/3}`.

    Each node of `given` is told, too, to take its children's weights as they are written (`weights: given`).

    :raises Refused: with every finding, when anything cannot be edited in place.
    """
    index, found = parse_index(raw, file)
    if index is None:
        raise Refused(found)
    unknown = [node for node in weights if node not in index.paths]
    wrong = [text for text in weights.values() if not _WEIGHT.fullmatch(text) and not _BY_PERIOD.fullmatch(text)]
    if unknown or wrong:
        found = [finding("IC510", Place(file), found=node, near=nearest(node, index.paths)) for node in unknown]
        raise Refused([*found, *(finding("IC603", Place(file), found=text) for text in wrong)])
    written = unfold(read_text(raw, file)[0]).data
    if taken := [node for node in weights if (data_at(written, index.paths[node]) or {}).get("id") != node]:
        raise Refused([finding("IC601", index.place_of(node), key="weight", node=node) for node in taken])
    edits = [Edit(index.paths[node], "weight", text) for node, text in weights.items()]
    return set_keys(raw, file, [*edits, *(Edit(index.paths[node], "weights", "given") for node in given)])


def set_keys(raw: bytes, file: str, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a YAML text with some scalars replaced, or written where their key is new.

    The result is read again: it must be the old data with these scalars changed, and nothing else.

    :raises Refused: with a finding for each scalar that is shared through an anchor or cannot be replaced in place.
    """
    document, read = read_text(raw, file)
    if document.root is None or errors(read):
        raise Refused(read)
    shared = Counter(_references(document.root))
    document = unfold(document)
    changes: list[tuple[int, int, str]] = []
    found: list[Finding] = []
    for edit in edits:
        change = _change(document, edit, shared)
        if isinstance(change, Finding):
            found.append(change)
        else:
            changes.append(change)
    if found:
        raise Refused(found)
    text = document.text
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    out = (_BOM if raw.startswith(_BOM) else b"") + text.encode()
    after, problems = read_text(out, file)
    if errors(problems) or not _only_these(document, unfold(after), edits):
        wrong = [edit for edit in edits if len(edits) > 1 and not _stands_alone(raw, file, edit)]
        raise Refused([_not_in_place(document, edit) for edit in wrong or edits])
    return out


def _stands_alone(raw: bytes, file: str, edit: Edit) -> bool:
    """Say whether an edit can be made by itself."""
    try:
        set_keys(raw, file, [edit])
    except Refused:
        return False
    return True


def weight_text(text: str) -> str | None:
    """Return a weight as YAML takes it, from what was typed; nothing where it is no weight.

    >>> weight_text("０.35"), weight_text("1 / 3"), weight_text("-1")
    ('0.35', '1/3', None)
    """
    plain = "".join(unicodedata.normalize("NFKC", text).replace("⁄", "/").split())
    return plain if _WEIGHT.fullmatch(plain) else None


def written_weight(index: Index, node: str) -> str:
    """Return a node's weight as its file has it, without quotes; empty where it has none."""
    found = index.by_id[node]
    if isinstance(found, Root) or found.weight is None:
        return ""
    scalar = index._document.node_at((*index.paths[node], "weight")) if index._document else None
    return str(scalar.value) if isinstance(scalar, yaml.ScalarNode) else f"{found.weight:.10g}"


def siblings(index: Index, node: str) -> tuple[str, list[str]]:
    """Return a node's parent and the children of it that count, the node itself always."""
    for parent in index.by_id.values():
        children = index.children(parent)
        if any(child.id == node for child in children):
            return parent.id, [child.id for child in children if counts(child) or child.id == node]
    raise ValueError(node)


def weights_method(index: Index, node: str) -> str:
    """Return the method that the weights below an inner node come from."""
    found = index.by_id[node]
    choice: Any = (None if isinstance(found, Indicator) else found.weights) or index.defaults.weights
    return str(getattr(choice, "method", choice))


def have_total(index: Index, parent: str) -> bool:
    """Say whether weights, once any are written below a node, have to add up."""
    found = index.by_id[parent]
    aggregate = None if isinstance(found, Indicator) else found.aggregate
    return weights_method(index, parent) in ADD_UP and (aggregate or index.defaults.aggregate).method not in FREE_SUM


def add_up(index: Index, parent: str) -> bool:
    """Say whether the weights below a node have to add up: not where they are relative, or none is written."""
    return parent in given_weights(index)


def exact_total(index: Index) -> int:
    """Return what weights among siblings add up to: 1 or 100."""
    return int(weight_total(index))


def rescaled(index: Index, node: str, weight: str) -> dict[str, str] | None:
    """Return the weights of a node and its siblings when it is given a new one and they share the rest as before.

    They take the decimals that keep their proportions, four at most where 1 is the sum, two where it is 100, or the most
    that one of them has. So rounded they add up exactly: the largest remainders are rounded up (Hare's method). Siblings
    without any weight share alike. Nothing is returned where the rest cannot be shared: the new weight is more than all,
    or the siblings weigh nothing.
    """
    names = siblings(index, node)[1]
    others = [name for name in names if name != node]
    total, wanted = Fraction(exact_total(index)), Fraction(weight)
    texts = {name: written_weight(index, name) for name in others}
    old = [Fraction("".join(text.split())) if text else Fraction(0) for text in texts.values()]
    if not any(texts.values()):
        old = [Fraction(1)] * len(others)
    if wanted > total or (not sum(old) and wanted != total):
        return None
    shares = [part * (total - wanted) / sum(old) if sum(old) else Fraction(0) for part in old]
    if _is_endless(wanted):
        parts = [
            str(share) if _is_endless(share) else _decimal(share, _MOST_DECIMALS).rstrip("0").rstrip(".") for share in shares
        ]
    else:
        decimals = max(decimals_of(text) for text in [weight, *texts.values()])
        decimals = _enough_decimals(shares, decimals, 4 if total == 1 else 2)
        parts = spread(shares, total - wanted, decimals)
    new = {node: weight, **dict(zip(others, parts, strict=True))}
    return {name: new[name] for name in names}


def spread(shares: Sequence[Fraction], total: Fraction, decimals: int, *, keep_small: bool = True) -> list[str]:
    """Round shares to decimals so that they add up to a total exactly, the largest remainders up (Hare's method).

    More decimals are taken where the total needs them, or, to keep what is small, where a share above 0 would become 0.

    >>> spread([Fraction(1, 3)] * 3, Fraction(1), 2)
    ['0.34', '0.33', '0.33']
    """
    while decimals < _MOST_DECIMALS:
        step = 10**decimals
        parts = _rounded(shares, total * step, step)
        lost = keep_small and any(share and not part for part, share in zip(parts, shares, strict=True))
        if (total * step).denominator == 1 and not lost:
            break
        decimals += 1
    step = 10**decimals
    return [_decimal(Fraction(part, step), decimals) for part in _rounded(shares, total * step, step)]


def decimals_of(text: str) -> int:
    """Return how many decimals a weight is written with.

    >>> decimals_of("0.30"), decimals_of("25")
    (2, 0)
    """
    return len(text.partition(".")[2])


def _rounded(shares: Sequence[Fraction], total: Fraction, step: int) -> list[int]:
    parts = [floor(share * step) for share in shares]
    short = floor(total) - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda at: (parts[at] - shares[at] * step, at))
    for at in by_remainder[: max(short, 0)]:
        parts[at] += 1
    return parts


def _enough_decimals(shares: Sequence[Fraction], least: int, most: int) -> int:
    """Return the fewest decimals that shares can be written with exactly, no more than `most`."""
    return next((at for at in range(least, most) if all((share * 10**at).denominator == 1 for share in shares)), max(least, most))


def _is_endless(value: Fraction) -> bool:
    """Say whether a fraction has no end in decimals, as 1/3."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest != 1


def _decimal(value: Fraction, decimals: int) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.{decimals}f}"


def _references(root: yaml.Node) -> Iterable[int]:
    """Return every reference to a node as the identity of it; a node that an alias names is referred to more than once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                yield id(part)
                waiting.append(part)


def _steps(root: yaml.Node | None, path: Sequence[str | int]) -> list[yaml.Node]:
    """Return the nodes on the way along a path, as far as it goes."""
    steps = [root] if root is not None else []
    for step in path:
        if (node := child_at(steps[-1], step)) is None:
            break
        steps.append(node)
    return steps


def _change(document: Document, edit: Edit, shared: Mapping[int, int]) -> tuple[int, int, str] | Finding:
    """Return where a scalar's text begins and ends, and the text to put there; or why that cannot be."""
    steps = _steps(document.root, (*edit.path, edit.key))
    if any(shared[id(step)] > 1 for step in steps):
        return finding("IC601", document.place((*edit.path, edit.key), key=True), key=edit.key, node=_named(document, edit))
    owner = document.node_at(edit.path)
    if not isinstance(owner, yaml.MappingNode):
        return _not_in_place(document, edit)
    old = child_at(owner, edit.key)
    if old is None:
        span = _inserted(document, owner, edit, shared)
    elif isinstance(old, yaml.CollectionNode) and not old.flow_style:
        name = next(name for name, value in owner.value if value is old)
        span = _block_replaced(document, name, old, edit)
    else:
        span = _replaced(document, old, edit)
    return span or _not_in_place(document, edit)


def _block_replaced(document: Document, name: yaml.Node, old: yaml.CollectionNode, edit: Edit) -> tuple[int, int, str] | None:
    """Write a value in place of a block below its key, such as judgements line by line; what stands behind the key stays."""
    if isinstance(name, Unwritten) or not old.value or document.text[name.end_mark.index : name.end_mark.index + 1] != ":":
        return None
    start = name.end_mark.index + 1
    return start, end_of(old), f" {edit.text}{document.text[start : old.start_mark.index].rstrip()}"


def end_of(node: yaml.Node) -> int:
    """Return where the text of a node ends, without the lines between it and what follows."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _replaced(document: Document, old: yaml.Node, edit: Edit) -> tuple[int, int, str] | None:
    start, end = old.start_mark.index, old.end_mark.index
    if isinstance(old, yaml.CollectionNode):
        flow = old.flow_style and document.text[start] in "{["
        return (start, end, edit.text) if flow else None
    assert isinstance(old, yaml.ScalarNode)
    if not old.style:
        start = end - len(old.value)
        return (start, end, edit.text) if old.value and document.text[start:end] == old.value else None
    if properties := _PROPERTIES.match(document.text, start, end):
        start = properties.end()
    return (start, end, edit.text) if old.style in "'\"" and document.text[start : start + 1] == old.style else None


def _inserted(document: Document, owner: yaml.MappingNode, edit: Edit, shared: Mapping[int, int]) -> tuple[int, int, str] | None:
    """Write a key that is new after those that name the node, in the style of its lines."""
    text, entries = document.text, [entry for entry in owner.value if not isinstance(entry[0], Unwritten)]
    if not entries:
        return None
    plain = [
        value
        for key, value in entries
        if key.value in _NAMING and isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">") and shared[id(value)] < 2
    ]
    written = f"{edit.key}: {edit.text}"
    if owner.flow_style:
        if not plain:
            at = entries[0][0].start_mark.index
            return at, at, f"{written}, "
        return plain[-1].end_mark.index, plain[-1].end_mark.index, f", {written}"
    indent = entries[0][0].start_mark.column
    line = _BREAK.search(text)
    new_line = line[0] if line else "\n"
    if not plain:
        at = entries[0][0].start_mark.index
        return at, at, f"{written}{new_line}{' ' * indent}"
    ends = _BREAK.search(text, plain[-1].end_mark.index)
    at = ends.start() if ends else len(text)
    return at, at, f"{ends[0] if ends else new_line}{' ' * indent}{written}"


def _only_these(before: Document, after: Document, edits: Sequence[Edit]) -> bool:
    """Say whether two texts hold the same data but for some scalars, which are as they were to be written."""
    left, right = before.data, after.data
    for edit in edits:
        mapping = data_at(right, edit.path)
        if not isinstance(mapping, dict) or not _holds(after, mapping, edit):
            return False
    return bool(_without(left, edits) == _without(right, edits))


def _holds(document: Document, mapping: Mapping[str, Any], edit: Edit) -> bool:
    """Say whether a key has the value that was to be written: as a text of its own, or as what that says in YAML."""
    scalar = document.node_at((*edit.path, edit.key))
    if isinstance(scalar, yaml.ScalarNode) and str(scalar.value) == edit.text:
        return True
    alone, found = read_text(edit.text.encode(), "")
    return edit.key in mapping and not errors(found) and bool(alone.data == mapping[edit.key])


def _without(data: Any, edits: Sequence[Edit], at: Path = ()) -> Any:
    """Return the same data without the scalars that were edited."""
    if isinstance(data, dict):
        left_out = {edit.key for edit in edits if edit.path == at}
        below = [edit for edit in edits if edit.path[: len(at)] == at]
        if not below:
            return data
        return {key: _without(value, below, (*at, key)) for key, value in data.items() if key not in left_out}
    if isinstance(data, list):
        return [_without(item, edits, (*at, position)) for position, item in enumerate(data)]
    return data


def _not_in_place(document: Document, edit: Edit) -> Finding:
    return finding("IC602", document.place((*edit.path, edit.key)), key=edit.key, node=_named(document, edit))


def _named(document: Document, edit: Edit) -> str:
    mapping = data_at(document.data, edit.path)
    return str(mapping.get("id", "")) if isinstance(mapping, dict) else ""


def checked(raw: bytes, file: str) -> Index:
    """Read the bytes of an edited tree with all checks.

    :raises Refused: with every finding, when there is an error among them.
    """
    index, found = parse_index(raw, file)
    if index is None or errors(found):
        raise Refused(found)
    return index
