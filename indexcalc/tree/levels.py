"""What units of an upper level have scores from below for, and the tree that is left for them to be scored by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..words.tree import SCORES_OF_LEVEL
from .blocks.choices import NONE, Impute, Method, Missing, Normalise, Treat, Weights
from .blocks.data import UNITS_SOURCE
from .blocks.nodes import Dimension, FromUnits, Indicator, Root
from .model import Index

_AS_IT_IS = Normalise(method="points")  # a score from below is one already, and is neither treated nor estimated
_PLAIN = {
    "weights": Weights(method="equal"),
    "aggregate": Method(method="arithmetic"),
    "formula": None,
    "missing": Missing(),
    "normalise": None,
    "primary": None,
    "score_over_units": None,
}


def from_units(index: Index, below: Sequence[str]) -> dict[str, FromUnits]:
    """Return the topmost nodes of which units have scores from below, given the levels below theirs, the next one first."""
    root = index.index
    if _applies(root.score_over_units, below):
        return {root.id: root.score_over_units} if root.score_over_units else {}
    return dict(_from_units(index.dimensions, below))


def _from_units(nodes: Sequence[Dimension | Indicator], below: Sequence[str]) -> Iterator[tuple[str, FromUnits]]:
    for node in nodes:
        if node.score_over_units and _applies(node.score_over_units, below):
            yield node.id, node.score_over_units
        elif isinstance(node, Dimension):
            yield from _from_units(node.indicators, below)


def _applies(choice: FromUnits | None, below: Sequence[str]) -> bool:
    return choice is not None and bool(below) and (choice.from_ is None or choice.from_ in below)


def leaf_of(index: Index, node: str) -> str:
    """Return the id of the leaf that stands for a node's scores from below: an indicator's own, a leaf below an inner node."""
    if isinstance(index.by_id[node], Indicator):
        return node
    name = f"{node}.units"
    while name in index.by_id:
        name += "_"
    return name


def without_values(index: Index, nodes: Mapping[str, FromUnits], level: str) -> Index:
    """Return the tree with a leaf that takes a score as it is for each of some nodes, whose scores come from a level below.

    An indicator becomes such a leaf; an inner node keeps its weight, grades, ranking and rounding, and has one as its only
    child. Adjustments of these nodes and of those below them are left to the level below, as are warning rules that
    watch nothing else.
    """

    def entered(node: Dimension | Indicator) -> Dimension | Indicator:
        if isinstance(node, Indicator):
            return _leaf(node) if node.id in nodes else node
        if node.id in nodes:
            return node.model_copy(update=_PLAIN | {"direction": "higher", "indicators": (_only(index, node, level),)})
        return node.model_copy(update={"indicators": tuple(map(entered, node.indicators))})

    root = index.index
    own = root.id in nodes
    rules = index.warnings.rules if index.warnings else ()
    kept = tuple(rule for rule in rules if not set(rule.named) <= inside(index, nodes) - nodes.keys())
    made = index.changed(
        index=root.model_copy(update=_PLAIN) if own else root,
        dimensions=(_only(index, root, level),) if own else tuple(map(entered, index.dimensions)),
        adjustments=tuple(item for item in index.adjustments if (item.node or root.id) not in inside(index, nodes)),
        warnings=index.warnings.model_copy(update={"rules": kept}) if index.warnings and kept else None,
    )
    vars(made)["paths"] = index.paths | {leaf_of(index, node): index.paths[node] for node in nodes}
    return made


def inside(index: Index, nodes: Iterable[str]) -> set[str]:
    """Return the ids of some nodes and of all nodes below them."""
    return {name for node in nodes for name in (node, *(child.id for child in index.below(index.by_id[node])))}


def _leaf(node: Indicator) -> Indicator:
    """Return the leaf that an indicator becomes: its names, weight and rounding alone."""
    kept = {key: getattr(node, key) for key in ("id", "name", "name_en", "weight", "note", "department", "source", "round")}
    return Indicator.model_construct(
        **kept, normalise=_AS_IT_IS, treat=Treat(method=NONE), impute=Impute(method=NONE), over_units="mean"
    )


def _only(index: Index, node: Root | Dimension, level: str) -> Indicator:
    """Return the only child of an inner node: the scores of the units below."""
    name = leaf_of(index, node.id)
    english, chinese = (said.format(level=level) for said in SCORES_OF_LEVEL)
    return _leaf(Indicator(id=name, name=chinese, name_en=english, source=UNITS_SOURCE))
