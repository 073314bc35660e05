"""Points on top of a score: what events, their repetition and moves in rank are worth."""

from .arrays import Array, np


def repeated(events: Array, factor: float) -> Array:
    """Return what events count for when each further one counts `factor` times the one before: 1 + f + f² + …"""
    return np.array(events, dtype=float) if factor == 1 else (factor**events - 1.0) / (factor - 1.0)


def limited(points: Array, cap: float | None) -> Array:
    """Return points up to a cap, which has their sign."""
    if cap is None:
        return points
    return np.maximum(points, cap) if cap < 0 else np.minimum(points, cap)


def climbed(now: Array, before: Array) -> Array:
    """Return how many places were climbed, 0 for places lost and where either rank is not known."""
    return np.nan_to_num(np.maximum(before - now, 0.0))
