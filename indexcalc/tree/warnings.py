"""What the warning rules of an index watch."""

from __future__ import annotations

from collections.abc import Iterator

from .blocks.nodes import Dimension, Indicator, Root
from .blocks.warnings import WarningRule
from .model import Index


def watched(index: Index, rule: WarningRule) -> tuple[str, ...]:
    """Return the ids of the nodes that a rule watches, each once, in the order in which it names them."""
    found: dict[str, None] = {}
    for name in rule.named:
        if name in index.by_id:
            found |= dict.fromkeys(_meant(index, index.by_id[name], rule.watch))
    return tuple(found)


def by_value(index: Index, rule: WarningRule, node: str) -> bool:
    """Say whether a rule watches a node's value, in its unit of measurement; its score otherwise."""
    return isinstance(index.by_id[node], Indicator) if rule.by is None else rule.by == "value"


def more_is_worse(index: Index, rule: WarningRule, node: str) -> bool:
    """Say which way a node gets worse: a score downwards, a value as its direction says, a distance from a target upwards."""
    own = index.by_id[node]
    return by_value(index, rule, node) and isinstance(own, Indicator) and own.direction != "higher"


def events(index: Index) -> dict[str, str]:
    """Return the event that each node at or below one belongs to: a child of a node under `together`."""
    found: dict[str, str] = {}
    for name in index.warnings.gathered if index.warnings else ():
        for child in index.children(index.by_id[name]) if name in index.by_id else ():
            below = () if isinstance(child, Indicator) else _meant(index, child, "all")
            found |= dict.fromkeys((child.id, *below), child.id)
    return found


def _meant(index: Index, node: Root | Dimension | Indicator, watch: str) -> Iterator[str]:
    children = index.children(node)
    if watch == "node":
        yield node.id
    elif watch == "children":
        yield from (child.id for child in children)
    else:
        for child in children:
            if isinstance(child, Indicator) or watch == "all":
                yield child.id
            if not isinstance(child, Indicator):
                yield from _meant(index, child, watch)
