"""The frame: the values that one value is compared with, and their statistics, each computed when asked for."""

from functools import cached_property

from .arrays import Array, Mask, np
from .ties import on_places, tolerance


class Frame:
    """Statistics over the units of a frame, per indicator; what is better is known from the sign.

    `values` is (…, unit, indicator) with NaN for missing, `sign` (indicator,) with 1 where more is better and
    -1 where less is. Every statistic is (…, 1, indicator), NaN for a column without values. `computed` (indicator,) says which
    columns are not as they were read, and so are compared with a tolerance; none are without it. Where all values of such a
    column are one, they are so to the last bit. `apart` (…, 1, indicator) is that tolerance where more is compared than the
    frame, as all units of a period where a frame is a group; a statistic of any column that is within it is 0.
    """

    def __init__(self, values: Array, sign: Array, computed: Mask | None = None, apart: Array | None = None) -> None:
        self.values = values
        self.sign = sign
        self.computed = np.zeros(values.shape[-1], dtype=bool) if computed is None else computed
        self._apart = apart
        if self.computed.any():
            low, high = self.min, self.max
            with np.errstate(invalid="ignore"):
                alike = self.computed & (high > low) & (high - low <= self.apart)
            if alike.any():
                self.values = np.where(alike & ~np.isnan(values), high, values)
                self.min = np.where(alike, high, low)

    @cached_property
    def apart(self) -> Array:
        """How far apart computed numbers may be that are one: values of columns that were computed, a mean and 0."""
        return tolerance(self.values, axis=-2) if self._apart is None else self._apart

    @cached_property
    def min(self) -> Array:
        return _ends(np.fmin, self.values)

    @cached_property
    def max(self) -> Array:
        return _ends(np.fmax, self.values)

    @cached_property
    def best(self) -> Array:
        return np.where(self.sign > 0, self.max, self.min)

    @cached_property
    def worst(self) -> Array:
        return np.where(self.sign > 0, self.min, self.max)

    @cached_property
    def count(self) -> Array:
        return np.count_nonzero(~np.isnan(self.values), axis=-2, keepdims=True).astype(float)

    @cached_property
    def total(self) -> Array:
        """The sum; NaN for a column without values."""
        return np.where(self.count == 0, np.nan, np.nansum(self.values, axis=-2, keepdims=True))

    @cached_property
    def median(self) -> Array:
        """The middle value, or the mean of the two in the middle."""
        none = self.count == 0
        if self.values.shape[-2] == 0:
            return np.full(none.shape, np.nan)
        return np.where(none, np.nan, np.nanmedian(np.where(none, 0.0, self.values), axis=-2, keepdims=True))

    def quantile(self, share: float) -> Array:
        """Return the quantile of the values from the worst (0) to the best (1), linear between two of them (R type 7)."""
        none = self.count == 0
        if self.values.shape[-2] == 0:
            return np.full(none.shape, np.nan)
        filled = np.where(none, 0.0, self.values)
        low, high = (np.nanquantile(filled, at, axis=-2, keepdims=True) for at in (share, 1.0 - share))
        return np.where(none, np.nan, np.where(self.sign > 0, low, high))

    @cached_property
    def mean(self) -> Array:
        """The mean; of a constant column its value, exactly."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(same(self.min, self.max), self.max, self.total / self.count)

    def deviation(self, ddof: int) -> Array:
        """Return the standard deviation; 0 for a constant column, NaN where there are too few values."""
        squares = np.nansum((self.values - self.mean) ** 2, axis=-2, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.sqrt(np.where(self.count > ddof, squares / (self.count - ddof), np.nan))

    @cached_property
    def ordered(self) -> Array:
        """The values in ascending order along the units, NaN last."""
        return np.sort(self.values, axis=-2)

    def position(self, x: Array, ties: str) -> Array:
        """Return the rank from the worst (1) to the best (n) that each x has in the frame.

        Ties share the `min`, `average` or `max` of their places; a value between two of the frame stands between.
        """
        below, upto = np.empty_like(x), np.empty_like(x)
        stack = np.broadcast_shapes(x.shape[:-2], self.ordered.shape[:-2])
        ordered = np.broadcast_to(self.ordered, (*stack, *self.ordered.shape[-2:]))
        apart = np.broadcast_to(self.apart, (*stack, 1, x.shape[-1])) if self.computed.any() else None
        for at in np.ndindex(*x.shape[:-2], x.shape[-1]):
            column = (*at[:-1], slice(None), at[-1])
            values = ordered[column][: int(np.broadcast_to(self.count, (*stack, 1, x.shape[-1]))[column][0])]
            own = x[column]
            if apart is not None and self.computed[at[-1]]:
                own, values = self._on_places(own, values, float(self.sign[at[-1]]), float(apart[column][0]))
            below[column] = np.searchsorted(values, own, side="left")
            upto[column] = np.searchsorted(values, own, side="right")
        worse = np.where(self.sign > 0, below, self.count - upto)
        upto = np.where(self.sign > 0, upto, self.count - below)
        ranks = {"min": worse + 1, "max": upto, "average": (worse + 1 + upto) / 2}[ties]
        return np.where(np.isnan(x), np.nan, ranks)

    @staticmethod
    def _on_places(x: Array, values: Array, sign: float, apart: float) -> tuple[Array, Array]:
        """Return x and values in ascending order with all that are one made so to the last bit."""
        best_first = values[::-1] * sign if sign > 0 else values * sign
        both = sign * on_places(sign * np.concatenate([x, values]), best_first, apart)
        return both[: len(x)], both[len(x) :]


def same(one: Array | float, other: Array | float) -> Mask:
    """Say where two values are one, up to what arithmetic leaves in the last bits: 0.3 / 3 and 0.1 are."""
    return np.asarray(np.abs(np.subtract(other, one)) <= 8 * np.finfo(float).eps * np.maximum(np.abs(one), np.abs(other)))


def _ends(take: "np.ufunc", values: Array) -> Array:
    if values.shape[-2] == 0:
        return np.full((*values.shape[:-2], 1, values.shape[-1]), np.nan)
    ends: Array = take.reduce(values, axis=-2, keepdims=True)
    return ends
