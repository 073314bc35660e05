"""Points on top of a score: what events, their repetition and moves in rank are worth."""

from collections.abc import Sequence

from .arrays import Array, Mask, np
from .rank import ranks


def repeated(events: Array, factor: float) -> Array:
    """Return what events count for when each further one counts `factor` times the one before: 1 + f + f² + …"""
    return np.array(events, dtype=float) if factor == 1 else (factor**events - 1.0) / (factor - 1.0)


def limited(points: Array, cap: float | None) -> Array:
    """Return points up to a cap, which has their sign."""
    if cap is None:
        return points
    return np.maximum(points, cap) if cap < 0 else np.minimum(points, cap)


def moved(now: Array, before: Array) -> Array:
    """Return how many places were climbed, below 0 for places lost, 0 where either rank is not known."""
    return np.nan_to_num(before - now)


def by_steps(moves: Array, steps: Sequence[tuple[int, float]]) -> Array:
    """Return the points of the farthest step `[places, points]` that a move reaches: up where `places` is above 0, else down."""
    points = np.zeros_like(moves)
    for places, worth in sorted(steps, key=lambda step: abs(step[0])):
        points = np.where(moves >= places if places > 0 else moves <= places, worth, points)
    return points


def among(places: Array, first: int | None, last: int | None) -> Mask:
    """Say which units have one of the first, or of the last, so many places (…, unit); who ties with the last of them has."""
    wanted, turned = (first, -places) if first is not None else (last, places)
    assert wanted is not None
    return np.asarray(ranks(turned[..., None])[..., 0] <= wanted)
