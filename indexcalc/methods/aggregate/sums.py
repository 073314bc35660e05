"""Sums that come out the same to the last bit whoever stands beside a unit."""

from ..arrays import Array, np


def in_turn(parts: Array) -> Array:
    """Add up the last axis child after child, so that a unit's sum is the same to the last bit whoever stands beside it."""
    total = np.zeros(parts.shape[:-1])
    for child in range(parts.shape[-1]):
        total += parts[..., child]
    return total


def divide(total: Array, weight: Array) -> Array:
    """Return sums over the weight in them, NaN where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.asarray(total / weight)
    np.copyto(share, np.nan, where=weight == 0)
    return share
