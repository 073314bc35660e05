"""What differs by groups of units: which settings, by which column of the units table, and for which groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .blocks.choices import ByGroup, Normalise
from .blocks.nodes import Dimension, Indicator
from .located import Path
from .model import Index


class Grouped(NamedTuple):
    """A setting that differs by groups: where it stands, its column, what it is for each group, and for all others."""

    path: Path
    key: str
    by: str
    of: dict[str, Any]
    other: Any

    def among(self, label: str) -> Any:
        """Return what holds for a group, nothing where that is not said."""
        return self.of.get(label, self.other)


def grouped(index: Index) -> Iterator[Grouped]:
    """Yield every setting of a tree that differs by groups of units."""
    yield from _of_choice(("defaults", "normalise"), index.defaults.normalise)
    if index.index.normalise is not None:
        yield from _of_choice(("index", "normalise"), index.index.normalise)
    for path, node in index.walked:
        yield from _of_node(path, node)


def grouped_at(index: Index, node: str) -> tuple[Grouped, ...]:
    """Return what differs by groups of units at a node: its weight, its full marks, and how it is normalised."""
    own = index.by_id[node]
    found = [] if not isinstance(own, (Dimension, Indicator)) else list(_of_node(index.paths.get(node, ()), own))
    if isinstance(own, Indicator) and own.normalise is None:
        found += _of_choice(("defaults", "normalise"), index.defaults.normalise)
    return tuple(found)


def _of_node(path: Path, node: Dimension | Indicator) -> Iterator[Grouped]:
    full = node.full if isinstance(node, Indicator) else None
    for key, value in (("weight", node.weight), ("full", full)):
        if isinstance(value, ByGroup):
            yield Grouped((*path, key), key, value.by, dict(value.of), value.other)
    if node.normalise is not None:
        yield from _of_choice((*path, "normalise"), node.normalise)


def _of_choice(path: Path, choice: Normalise) -> Iterator[Grouped]:
    for name, value in choice.by_group.items():
        of = {label: one for label, one in value.items() if label not in ("by", "else")}
        yield Grouped((*path, name), name, str(value["by"]), of, value.get("else"))
