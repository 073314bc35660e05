"""What must hold of values, beside what each may be by itself: the ranges of what is made of them, and parts of a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from ..words.recognised_measures import UNBOUNDED
from .blocks.data import Denominator
from .blocks.nodes import Indicator
from .blocks.whole import Written
from .measures import in_numerators, read_measure


@dataclass(frozen=True)
class Bounds:
    """What the values of a leaf lie between: as the tree says, or, of a `share`, up to the whole that it is a part of."""

    leaf: Indicator
    low: float
    high: float
    share: bool = False


def bounds_of(index: Written) -> tuple[Bounds, ...]:
    """Return the bounds of all values that are made of what is reported and have any."""
    found = []
    for leaf in index.leaves:
        if leaf.valid_value is not None:
            low, high = leaf.valid_value
            found.append(Bounds(leaf, low, high))
        if is_part(leaf) and (whole := _whole(index, leaf)) is not None:
            found.append(Bounds(leaf, -inf, whole, share=True))
    return tuple(found)


def is_part(leaf: Indicator) -> bool:
    """Say whether what a leaf counts is part of what it is divided by: as it says, else by its unit of measurement and names."""
    if leaf.per is None or leaf.part is not None:
        return leaf.per is not None and bool(leaf.part)
    if leaf.growth or leaf.difference or leaf.share or leaf.valid_value is not None or not _is_ratio(leaf):
        return False
    return not says(" ".join((leaf.name, leaf.name_en, leaf.column or "")), UNBOUNDED)


def says(name: str, words: Iterable[str]) -> bool:
    """Say whether a name has one of some words: English ones stand alone, others anywhere.

    >>> says("计划完成率", ("完成率",)), says("Ratio of net exports", ("net",)), says("internet access", ("net",))
    (True, True, False)
    """
    plain = name.casefold()
    english = frozenset(re.findall(r"[a-z]+", plain))
    return any(word in english if word.isascii() and word.isalpha() else word in plain for word in words)


def _is_ratio(leaf: Indicator) -> bool:
    measure = read_measure(leaf.measure) if leaf.measure else None
    return measure is not None and measure.kind == "ratio" and leaf.measure.strip()[-1:] in "%％‰‱"


def _whole(index: Written, leaf: Indicator) -> float | None:
    """Return what a leaf's value is where it counts all of its denominator; nothing where that is no denominator."""
    base = index.reported.get(str(leaf.per))
    if not isinstance(base, Denominator):
        return None
    if _is_ratio(leaf) and (measure := read_measure(leaf.measure)) is not None:
        return float(1 / measure.size)
    return leaf.scale * in_numerators(leaf, base)
