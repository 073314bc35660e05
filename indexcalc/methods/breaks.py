"""Where sorted scores fall apart by themselves: natural breaks of Fisher and Jenks, exact for any number of scores."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .arrays import Array, np


class Breaks(NamedTuple):
    """The greatest score of each class but the highest, the lowest class first, and how well they fit, 1 the best."""

    uppers: Array
    fit: float


def natural_breaks(x: Array, classes: int) -> Breaks:
    """Part scores (unit,) into classes of the least squares within, so that equal scores are in one class; NaN has none.

    Exact: the best end of a class never moves down as more scores are looked at, so that each of log n rounds looks at about n
    ends, and time grows with n log n. Fewer different scores than classes make so many classes. `fit` is the goodness of
    variance fit, 1 - squares within / squares in all. Source: Fisher 1958; Jenks 1967.
    """
    values, counts = np.unique(x[~np.isnan(x)], return_counts=True)
    size = len(values)
    classes = min(classes, size)
    if size < 2:
        return Breaks(np.zeros(0), float("nan"))
    counts = counts.astype(float)
    centred = values - np.average(values, weights=counts)
    sums = [np.append(0.0, np.cumsum(counts * centred**power)) for power in range(3)]

    def within(first: Any, last: Any) -> Array:
        """Return the squares within a class of the values from `first` to before `last`."""
        count, total, squares = (own[last] - own[first] for own in sums)
        return np.asarray(np.maximum(squares - total * total / count, 0.0))

    ends = np.arange(1, size + 1)
    best, starts = within(np.zeros(size, int), ends), []
    for _ in range(classes - 1):
        best, start = _one_more(best, within, size)
        starts.append(start)
    cuts, end = [], size
    for start in reversed(starts):
        end = int(start[end - 1])
        cuts.append(end)
    whole = float(sums[2][-1])
    return Breaks(values[np.array(cuts[::-1], dtype=int) - 1], 1.0 - float(best[-1]) / whole)


def _one_more(before: Array, within: Callable[[Any, Any], Array], size: int) -> tuple[Array, Array]:
    """Return the least squares of the first values (end,) with one class more than `before`, and where the last class starts."""
    best, start = np.full(size, np.inf), np.zeros(size, dtype=int)
    low, high = np.array([0]), np.array([size])  # runs of ends, and the starts that each may have
    least, most = np.array([1]), np.array([size - 1])
    while len(low):
        middle = (low + high) // 2
        top = np.minimum(most, middle)
        count = np.maximum(top - least + 1, 0)
        some = count > 0
        own = np.repeat(np.arange(len(middle))[some], count[some])
        first = np.cumsum(count[some]) - count[some]
        tried = np.arange(len(own)) - np.repeat(first, count[some]) + least[own]
        cost = before[tried - 1] + within(tried, middle[own] + 1)
        if len(own):
            found = np.minimum.reduceat(cost, first)
            at = np.flatnonzero(cost == np.repeat(found, count[some]))
            _, chosen = np.unique(own[at], return_index=True)
            best[middle[some]], start[middle[some]] = found, tried[at[chosen]]
        here = np.where(some, start[middle], least)
        low, high, least, most = (
            np.concatenate(pair)
            for pair in ((low, middle + 1), (middle, high), (least, here), (np.where(some, here, most), most))
        )
        left = low < high
        low, high, least, most = low[left], high[left], least[left], most[left]
    return best, start
