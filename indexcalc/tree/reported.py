"""What reported numbers are in, and how many of what is counted a denominator is."""

from __future__ import annotations

import re

from ..measures import AMOUNT, counted_in, read_measure, says
from ..words.recognised_measures import RATES, SHARES
from .blocks.data import Denominator
from .blocks.nodes import Indicator
from .blocks.whole import Written

_SAME = 1e-9


def in_numerators(leaf: Indicator, base: Denominator) -> float:
    """Return how many of what a leaf counts one of its denominator is, 10,000 for people among tens of thousands.

    It is 1 where that is not said.

    A leaf that does not say what it counts counts single ones, unless the percentage that it says it is tells otherwise.
    """
    known, own = read_measure(base.measure) if base.measure else None, read_measure(leaf.measure) if leaf.measure else None
    if known is None or not known.kind or known.per:
        return 1.0
    if top := counted_in(leaf.measure):
        counted = read_measure(top)
        return float(known.size / counted.size) if counted else 1.0
    if own is not None and own.kind == "ratio" and abs(leaf.scale * float(own.size * known.size) - 1) > _SAME:
        return 1.0
    return float(known.size)


def reported_measure(index: Written, item: Indicator | Denominator) -> str:
    """Return the unit of measurement that an item is reported in, where it can be told: of a rate that of what is counted.

    A rate of cases per 10,000 residents is reported in cases; a percentage of court cases in what these are counted in, or
    in single ones where its scale says so; of a growth or a share nothing is known.
    """
    if isinstance(item, Denominator):
        return item.measure
    if item.growth or item.share:
        return ""
    if item.per is None:
        return item.measure
    known = read_measure(item.measure) if item.measure else None
    if known is None or known.kind != "ratio" or counted_in(item.measure):
        return counted_in(item.measure) or item.measure
    base = next((one for one in index.denominators if one.id == item.per), None)
    if base is None:
        return ""
    return base.measure if in_numerators(item, base) == 1 else re.sub(rf"^{AMOUNT}", "", base.measure)


def names_a_rate(leaf: Indicator) -> bool:
    """Say whether a leaf is called by the rate that it comes to, not by what is reported for it: a pass rate, a mean time."""
    if leaf.per is None or leaf.formula is not None or leaf.events is not None:
        return False
    measure = read_measure(leaf.measure) if leaf.measure else None
    percentage = measure is not None and measure.kind == "ratio" and not counted_in(leaf.measure)
    return percentage or says(f"{leaf.name} {leaf.name_en}", (*RATES, *SHARES))
