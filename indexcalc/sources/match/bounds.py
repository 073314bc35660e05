"""Whether values that are made of what was reported may be out of their bounds: looked at before arrays are made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...tree.logic import bounds_of
from ...tree.model import Indicator
from .matched import Matched, Piece


def may_be_out_of_bounds(matched: Matched) -> Iterator[bool]:
    """Say of all bounds of values whether a value may be beyond them; yes where it is more than a count by its denominator."""
    index, at = matched.index, {column.id: place for place, column in enumerate(matched.index.columns)}
    pieces: dict[int, list[Piece]] = defaultdict(list)
    for piece in matched.pieces:
        pieces[piece.column].append(piece)
    for own in bounds_of(index):
        leaf = own.leaf
        if matched.later or not _is_simple(leaf):
            yield True
            continue
        base = {
            (period, unit): x
            for one in pieces[at[str(leaf.per)]]
            for period, unit, x in zip(one.periods, one.units, one.values, strict=True)
        }
        low, high = (bound / leaf.scale for bound in (own.low, own.high))
        yield any(
            whole and not low * whole <= x <= high * whole
            for one in pieces[at[leaf.id]]
            for period, unit, x in zip(one.periods, one.units, one.values, strict=True)
            if x == x and (whole := base.get((period, unit), base.get((None, unit))))  # noqa: PLR0124 - not a gap
        )


def _is_simple(leaf: Indicator) -> bool:
    """Say whether a leaf is what is reported for it, divided by its denominator, in the same period."""
    made = (leaf.formula, leaf.events, leaf.difference, leaf.growth, leaf.share, leaf.rolling, leaf.shrink)
    return leaf.per is not None and leaf.scale > 0 and leaf.cumulative != "year" and all(one is None for one in made)
