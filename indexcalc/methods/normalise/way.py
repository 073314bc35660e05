"""How far a value has come from one end to another, each of which is given or seen."""

from collections.abc import Mapping
from typing import Literal, cast

from ..arrays import Array, np
from ..frame import Frame, same

Quantile = Mapping[Literal["quantile"], float]
OfUnit = Mapping[Literal["unit"], str | int]
"""The value of a unit, by its id or name; a method is given that value in its place, as an array that broadcasts."""
End = float | Quantile | OfUnit


def come(x: Array, start: Array | float, end: Array | float) -> Array:
    """Return the way from start to end that x has come, NaN where they are one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.where(same(start, end), np.nan, np.subtract(end, start))
        share = x - start
        share /= spread
        return share


def come_between(x: Array, frame: Frame, worst: End | None, best: End | None) -> Array:
    """Return the way from worst to best that x has come, each given or seen; all or none of it where these are out of order."""
    start, end = _end(frame, worst, "worst"), _end(frame, best, "best")
    share = come(x, start, end)
    seen = [given is None or isinstance(given, Mapping) for given in (worst, best)]
    if seen[0] == seen[1]:
        return share
    beyond = x - (end if seen[0] else start)
    reached = (frame.sign * beyond > 0) | ((beyond == 0) & seen[0])
    return np.where((frame.sign * np.subtract(end, start) <= 0) & ~np.isnan(x), reached, share)


def _end(frame: Frame, given: End | None, seen: Literal["worst", "best"]) -> Array | float:
    if isinstance(given, Mapping):
        return frame.quantile(cast("Quantile", given)["quantile"])
    end: Array | float = getattr(frame, seen) if given is None else given
    return end
