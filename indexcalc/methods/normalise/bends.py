"""Where scores bend or jump as one value moves: what records say of it, from parameters and the values of the others."""

from collections.abc import Callable, Mapping, Sequence

from ..arrays import Array, np
from ..bounds import Given

Bends = Callable[[Given, Array], Sequence[float] | None]


def at_others(given: Given, others: Array) -> Sequence[float]:
    """Bend or jump where the value passes another unit's, and nowhere else."""
    del given
    return [float(value) for value in np.unique(others)]


def at_mean(given: Given, others: Array) -> Sequence[float]:
    """Bend at the mean of the others, from which the value's own distance in spreads rises ever more slowly."""
    del given
    return [float(others.mean())] if others.size else []


def at_given(*names: str) -> Bends:
    """Bend at parameters that are numbers, and at 0, where a sign changes; nothing is known where one is not given."""

    def bends(given: Given, others: Array) -> Sequence[float] | None:
        del others
        ends = _numbers([getattr(given, name) for name in names])
        return [0.0, *ends] if len(ends) == len(names) else None

    return bends


def at_ends(*names: str) -> Bends:
    """Bend at the ends of a way, given or seen: the worst and the best of the others, or where quantiles pass them.

    One end that is a quantile beside one that is given may come to lie on its wrong side between two of the others.
    """

    def bends(given: Given, others: Array) -> Sequence[float] | None:
        ends = [getattr(given, name) for name in names]
        if any(map(_of_a_unit, ends)):
            return None  # nothing is known of how scores go with another unit's value
        quantiles = sum(isinstance(end, Mapping) for end in ends)
        if not quantiles:
            return [0.0, *_numbers(ends), *_extremes(others)]
        return at_others(given, others) if quantiles == len(ends) else None

    return bends


def at_seen(name: str) -> Bends:
    """Bend where what is seen does, such as the median or the highest, by the name of the parameter that says which."""

    def bends(given: Given, others: Array) -> Sequence[float] | None:
        value = getattr(given, name)
        if _of_a_unit(value):
            return None
        return [0.0, *(at_others(given, others) if value == "median" else [*_numbers([value]), *_extremes(others)])]

    return bends


def at_points(name: str) -> Bends:
    """Bend or jump at points that are given, each the first of a pair."""

    def bends(given: Given, others: Array) -> Sequence[float]:
        del others
        return [float(pair[0]) for pair in getattr(given, name)]

    return bends


def _numbers(ends: Sequence[object]) -> list[float]:
    return [float(end) for end in ends if isinstance(end, (int, float))]


def _of_a_unit(end: object) -> bool:
    return isinstance(end, Mapping) and "unit" in end


def _extremes(others: Array) -> list[float]:
    return [float(others.min()), float(others.max())] if others.size else []
