"""Values that stand apart from all others by a power of ten: judged on their logarithms, and quietly where tails are long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import isnan, log10
from typing import Any

LEAST = 8  # values that say what size is usual
FEWEST = 4  # percentages that say so, of which all but a few are above 10
GAP = 0.5  # decades that a value stands apart
SPREAD = {  # decades that all others may spread over, by the power of ten that one is off: less below, where bounded scales end
    1: 0.3,
    2: 0.6,
    3: 0.9,
    4: 1.1,
    -1: 0.2,
    -2: 0.4,
    -3: 0.7,
    -4: 0.9,
}
LONG = 10.0 ** max(SPREAD.values())
EDGE = 0.05, 0.2  # what was meant may lie so many decades beyond all others, and such a part of what they spread over
LEAST_TIMES = 0.999 * 10.0 ** min(abs(power) - EDGE[0] - EDGE[1] * most for power, most in SPREAD.items())
"""So many times the least of some values is the largest, at the least, where any stands apart."""
SMALL = 10  # counts below this vary by much
MOST = 8  # one of so many may be off


def stray(values: Sequence[float]) -> list[tuple[int, int]]:
    """Return the values that stand apart from all others by a power of ten, each by its place and that power.

    Others must lie close together, nearly all of one sign, and every value that stands apart has to be explained: where one
    is 30 times the usual, values of such a size are at home. A sum of all others is no mistake, nor a bound that several share.

    >>> stray([4.1, 4.6, 5.0, 4.4, 487, 5.3, 4.8, 4.9, 4.2]), stray([4.1, 4.6, 5.0, 4.4, 150, 5.3, 4.8, 4.9, 4.2])
    ([(4, 2)], [])
    """
    ordered = sorted(values)
    if isnan(sum(ordered)):  # gaps have no order
        ordered = sorted([value for value in values if not isnan(value)])
    others = bisect_right(ordered, 0.0)
    ordered = ordered[others:]
    count = len(ordered)
    most = max(1, count // MOST)
    if count < LEAST or others > most or not _has_gaps(ordered, most):  # as nearly always
        return []
    middle = ordered[count // 2]
    if ordered[count - 1 - most] > LONG * ordered[most] or _counts(ordered, middle):
        return []
    apart = _outside([log10(value) for value in ordered], ordered, most)
    if not apart:
        return []
    found = [(at, apart[value]) for at, value in enumerate(values) if value in apart]
    total = sum(value for value in ordered if value not in apart)
    is_total = len(found) == 1 and abs(values[found[0][0]] - total) <= 0.005 * total
    return [] if is_total or len(found) > len(apart) else found


def _has_gaps(ordered: Sequence[float], most: int) -> bool:
    """Say whether there is a gap so near to either end that no more than a few values are beyond it."""
    return any(ordered[at + 1] > 3 * ordered[at] or ordered[-1 - at] > 3 * ordered[-2 - at] for at in range(most))


def _outside(logs: Sequence[float], ordered: Sequence[float], most: int) -> dict[float, int]:
    """Return the few values that lie outside of all others, each with the power of ten that it is off; none unless all are."""
    low = high = len(logs) // 2
    while low and logs[low] - logs[low - 1] <= GAP:
        low -= 1
    while high < len(logs) - 1 and logs[high + 1] - logs[high] <= GAP:
        high += 1
    places = [*range(low), *range(high + 1, len(logs))]
    powers = [_power(logs[place], logs[low], logs[high]) for place in places] if len(places) <= most else []
    return dict(zip((ordered[place] for place in places), powers, strict=True)) if all(powers) and powers else {}


def _counts(ordered: Sequence[float], middle: float) -> bool:
    """Say whether values are small counts, of which 10 after 1 is nothing unusual."""
    return middle < SMALL and all(value == int(value) for value in ordered)


def _power(value: float, low: float, high: float) -> int:
    """Return the power of ten that a value is off from all others, by their logarithms; 0 where it is off by something else."""
    edge = EDGE[0] + EDGE[1] * (high - low)
    fits = (power for power, most in SPREAD.items() if low - edge <= value - power <= high + edge and high - low <= most)
    return next(fits, 0)


def shift(ratios: Sequence[float]) -> int:
    """Return the power of ten that nearly all of some ratios are near to; 0 where there is none, or it may be chance."""
    middle = sorted(ratios)[len(ratios) // 2] if len(ratios) >= FEWEST else 1.0
    if 1 < 5 * middle < 25:
        return 0
    power = round(log10(middle))
    least, share, near = (LEAST, 0.9, 1.35) if abs(power) == 1 else (FEWEST, 0.8, 2.0)
    agreed = sum(1 for ratio in ratios if 1 / near < ratio / 10.0**power < near)
    return power if len(ratios) >= least and agreed >= share * len(ratios) else 0


def may_stray(values: Any, units: Any, periods: Any) -> bool:
    """Say of a large column, as arrays, whether any unit's history, any period's column or any whole period may stand apart.

    It is `stray` and `shift` with what costs most left out, so that these are asked only where it says so.
    """
    import numpy as np

    shape = int(periods.max(initial=0)) + 1, int(units.max(initial=0)) + 1
    table = np.full(shape, np.nan)
    table[periods, units] = values
    middles = [float(np.median(known)) for row in table if (known := row[row > 0]).size]
    if not middles:
        return False
    if max(middles) > 5 * min(middles):
        return True
    together = table if np.bincount(periods).max() >= LEAST else table.reshape(1, -1)  # as where all periods have too few
    if any(stray(row.tolist()) for row in together if _gaps_at_ends(row)):
        return True
    if shape[0] < LEAST:
        return False
    low, high = np.fmin.reduce(table, axis=0), np.fmax.reduce(table, axis=0)
    doubtful = np.flatnonzero(~((low > 0) & (high < LEAST_TIMES * low)) & ((table > 0).sum(axis=0) >= LEAST))
    rows = np.sort(np.where(table[:, doubtful] > 0, table[:, doubtful], np.nan), axis=0).T
    counts = np.isfinite(rows).sum(axis=1)
    return any(
        _may_be(np.log10(rows[counts == count, :count]), max(1, count // MOST)) for count in np.unique(counts).tolist() if count
    )


def _gaps_at_ends(values: Any) -> bool:
    """Say whether values lie close together but for a few at their ends, with a gap before these."""
    import numpy as np

    known = np.sort(values[values > 0])
    if known.size < LEAST:
        return False
    most = max(1, known.size // MOST)
    low, high = known[: most + 1], known[-most - 1 :]
    return bool(high[0] <= LONG * low[-1] and ((low[1:] > 3 * low[:-1]).any() or (high[1:] > 3 * high[:-1]).any()))


def _may_be(logs: Any, most: int) -> bool:
    """Say whether any of some rows of logarithms, in their order, has a few at its ends that stand apart by a power of ten."""
    import numpy as np

    count = logs.shape[1]
    found = np.zeros(len(logs), dtype=bool)
    for below in range(most + 1):
        for above in range(most + 1 - below):
            low, high = logs[:, below], logs[:, count - 1 - above]
            first, last, edge = logs[:, 0], logs[:, count - 1], EDGE[0] + EDGE[1] * (high - low)
            for power, spread in SPREAD.items():
                end = last if power > 0 else first
                fits = (end - power >= low - edge) & (end - power <= high + edge) & (high - low <= spread)
                found |= fits & (above > 0 if power > 0 else below > 0)
    return bool(found.any())
