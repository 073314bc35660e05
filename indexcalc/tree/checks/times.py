"""What changes from period to period in a tree: nodes that go on from others, and what cannot be done across a change."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, finding, nearest
from ...methods.weight import FROM_DATA
from ...spans import read_ends
from ..blocks.nodes import Dimension, Indicator, Root
from ..model import Index


def check_editions(index: Index) -> Iterator[Finding]:
    """See that nodes go on from indicators that have ended, and that nothing is compared across periods above the indicators."""
    kind = index.periods.kind
    for _, node in index.walked:
        if node.replaces is None:
            continue
        place, old = index.place_of(node.id, "replaces"), index.by_id.get(node.replaces)
        if not isinstance(old, Indicator) or not isinstance(node, Indicator) or old.id == node.id:
            near = nearest(node.replaces, [leaf.id for leaf in index.leaves])
            yield finding("IC473", place, node=node.id, found=node.replaces, near=near)
        elif node.measure != old.measure:
            yield finding("IC475", place, node=node.id, old=old.id, measure=node.measure or "–", other=old.measure or "–")
        elif node.since is not None and old.until is not None:
            begin, end = read_ends(str(node.since), kind), read_ends(str(old.until), kind)
            if begin and end and end[1] >= begin[0]:
                yield finding("IC476", place, node=node.id, since=node.since, old=old.id, until=old.until)
    for item in index.adjustments:
        if item.by_rank:
            key = "place" if item.rank_move is None else "rank_move"
            yield finding("IC469", index.place_of(item.id, key), node=item.id, what=key)
    for own in index.by_id.values():
        if getattr(own, "score_over_units", None) is not None:
            yield finding("IC469", index.place_of(own.id, "score_over_units"), node=own.id, what="score_over_units")
        if isinstance(own, (Dimension, Root)):
            weights = own.weights or index.defaults.weights
            for key, choice in (("normalise", own.normalise), ("weights", weights if weights.method in FROM_DATA else None)):
                if choice is not None and choice.over in ("all", "base"):
                    yield finding("IC469", index.place_of(own.id, key), node=own.id, what=f"{key}: over: {choice.over}")
