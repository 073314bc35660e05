"""What data say about siblings: how far each spreads, how they go together; and how importances become weights."""

from .arrays import Array, Mask, np
from .frame import same


def scaled(importance: Array) -> Array:
    """Scale the last axis so that it adds up to 1; NaN where it adds up to 0 or one is NaN. An only child weighs 1."""
    if importance.shape[-1] == 1:
        return np.ones_like(importance)
    total = np.add.reduce(importance, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total == 0, np.nan, importance / total)


def for_all(x: Array, weights: Array) -> Array:
    """Give every member of the stack x (…, unit, child) the same weights (…, child)."""
    return np.array(weights if x.ndim == 2 else np.broadcast_to(weights, (*x.shape[:-2], len(weights))))


def ends(x: Array) -> tuple[Array, Array]:
    """Return the least and the greatest value of each child (…, child); NaN where it has none."""
    if x.shape[-2] == 0:
        none = np.full((*x.shape[:-2], x.shape[-1]), np.nan)
        return none, none
    return np.fmin.reduce(x, axis=-2), np.fmax.reduce(x, axis=-2)


def varies(x: Array) -> Mask:
    """Say which children tell units apart: two values at least that are not one (…, child)."""
    low, high = ends(x)
    return ~(same(low, high) | np.isnan(low))


def rescaled(x: Array) -> Array:
    """Rescale each child to 0 for the worst and 1 for the best of the units; 0 where it is constant."""
    low, high = (end[..., None, :] for end in ends(x))
    constant = same(low, high)
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.asarray((x - low) / (high - low))
    return np.where(constant, np.where(np.isnan(x), np.nan, 0.0), within) if constant.any() else within


def centred(x: Array) -> tuple[Array, Mask | None]:
    """Return the distances from each child's mean, 0 where missing, and where values are; nothing if everywhere."""
    total = np.add.reduce(x, axis=-2, keepdims=True)
    if not np.isnan(total).any():
        return x - total / max(x.shape[-2], 1), None
    there = ~np.isnan(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(x, axis=-2, keepdims=True) / np.add.reduce(there, axis=-2, keepdims=True)
    return np.where(there, x - mean, 0.0), there


def spread(x: Array, ddof: int = 1) -> Array:
    """Return the standard deviation of each child (…, child) over its values; 0 where constant or without two values."""
    distances, there = centred(x)
    squares = np.einsum("...uc,...uc->...c", distances, distances)
    count = x.shape[-2] if there is None else np.add.reduce(there, axis=-2)
    return np.where(_useful(x, distances, squares, there), np.sqrt(squares / np.maximum(np.subtract(count, ddof), 1)), 0.0)


def _useful(x: Array, distances: Array, squares: Array, there: Mask | None) -> Mask:
    """Say which children vary (…, child): what spreads far wider than rounding needs no second look."""
    if there is None and x.shape[-2]:
        useful = squares > 1e-8 * (x[..., 0, :] - distances[..., 0, :]) ** 2
        if useful.all():
            return np.asarray(useful)
    return varies(x)


def mean(x: Array) -> Array:
    """Return the mean of each child (…, child) over its values; NaN where it has none."""
    total = np.add.reduce(x, axis=-2)
    if x.shape[-2] and not np.isnan(total).any():
        return np.asarray(total / x.shape[-2])
    there = np.add.reduce(~np.isnan(x), axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(x, axis=-2) / there)


def correlations(x: Array) -> tuple[Array, Array]:
    """Return the correlations (…, child, child) and standard deviations (…, child) of siblings, over the pairs that are there.

    A pair of children is correlated over the units that have both (pairwise complete). 0 where that cannot be: for a
    constant child, also with itself, and where either is constant among their common units.
    """
    distances, there = centred(x)
    turned = np.swapaxes(distances, -1, -2)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what is squared beyond 1e308 has no correlation
        products = turned @ distances
        own = np.diagonal(products, axis1=-2, axis2=-1)
        useful = _useful(x, distances, own, there)
        if there is None:
            count: Array | int = x.shape[-2]
            variance = own[..., :, None] * own[..., None, :]
        else:
            has = there.astype(float)
            pairs = np.swapaxes(has, -1, -2) @ has
            sums = turned @ has  # of the first child over the units that have both
            squares = np.swapaxes(distances**2, -1, -2) @ has
            products = products - sums * np.swapaxes(sums, -1, -2) / pairs
            left = squares - sums**2 / pairs
            left = np.where(left > 1e-12 * squares, left, np.nan)  # what is left of a constant by rounding is none
            variance = left * np.swapaxes(left, -1, -2)
            count = np.add.reduce(there, axis=-2)
        both = useful[..., :, None] & useful[..., None, :]
        together = np.clip(products / np.sqrt(variance), -1.0, 1.0)
    together = np.where(both & ~np.isnan(together), together, 0.0)
    at = np.arange(x.shape[-1])
    together[..., at, at] = useful
    deviation = np.where(useful, np.sqrt(own / np.maximum(np.subtract(count, 1), 1)), 0.0)
    return together, deviation
