"""When computed scores are one: 0.1 + 0.2 and 0.3, or the same three marks added up in another order.

Arithmetic leaves something else in the last bits of numbers that are equal on paper. Computed scores therefore compare with a
tolerance; values as they were read do not. Whatever ranks, grades or warns asks here.
"""

from bisect import bisect_right
from typing import Any

from .arrays import Array, Mask, np

TOLERANCE = 1e-12  # of the largest absolute score among those that are compared


def tolerance(x: Array, axis: int = -1) -> Array:
    """Return how far apart computed scores may be that are one, of those along an axis, which stays as 1; NaN of none."""
    with np.errstate(invalid="ignore"):
        most, least = (end.reduce(x, axis=axis, keepdims=True, initial=np.nan) for end in (np.fmax, np.fmin))
        largest = np.maximum(most, -least)
        if np.isinf(largest).any():
            largest = np.fmax.reduce(np.where(np.isinf(x), np.nan, np.abs(x)), axis=axis, keepdims=True)
    return TOLERANCE * largest


def near(one: Array | float, other: Array | float) -> Array:
    """Return how far apart two numbers may be that are one where nothing else is compared with them."""
    return TOLERANCE * np.maximum(np.abs(one), np.abs(other))


def new_places(ordered: Array, apart: float) -> Mask:
    """Say which of ordered scores (place,) begin a new place: those farther than `apart` from the first of the place before."""
    new = np.ones(len(ordered), dtype=bool)
    with np.errstate(invalid="ignore", over="ignore"):
        new[1:] = ~(np.abs(ordered[1:] - ordered[:-1]) <= apart) & (ordered[1:] != ordered[:-1])  # equal if both are infinite
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(ordered)) - 1
        long = np.abs(ordered[first] - ordered[last]) > apart
        for start, end in zip(first[long].tolist(), last[long].tolist(), strict=True):
            at = start  # each is near the one before, not all are near the first
            while (at := bisect_right(range(end + 1), apart, lo=at, key=_gap(ordered, at))) <= end:
                new[at] = True
    return new


def _gap(ordered: Array, first: int) -> Any:
    return lambda at: abs(ordered[at] - ordered[first])


def on_places(x: Array, ordered: Array, apart: float) -> Array:
    """Return x with each that is at a place of some scores, the highest first, made equal to the first of that place."""
    if not len(ordered):
        return x
    firsts, out = ordered[new_places(ordered, apart)][::-1], x
    with np.errstate(invalid="ignore", over="ignore"):
        at = np.searchsorted(firsts, x + apart, side="right") - 1
        for step in (1, 0):  # x + apart is rounded, and can be the next place's first
            found = firsts[np.maximum(at - step, 0)]
            out = np.where(np.abs(found - x) <= apart, found, out)
    return out


def levelled(x: Array, axis: int = -1) -> Array:
    """Return scores of which those that are one along an axis are equal to the last bit: each the highest of its place."""
    x = np.moveaxis(x, axis, -1)
    ordered, apart = -np.sort(-x, axis=-1), tolerance(x)  # NaN last
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = ordered[..., :-1] - ordered[..., 1:]
        close = ((gaps > 0) & (gaps <= apart)).any(axis=-1)
    if close.any():
        x = np.array(x)
        for at in map(tuple, np.argwhere(close).tolist()):
            known = int(np.count_nonzero(~np.isnan(ordered[at])))
            x[at] = on_places(x[at], ordered[at][:known], float(apart[at][0]))
    return np.moveaxis(x, -1, axis)
