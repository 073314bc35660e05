"""Ranks: 1 is best, missing has none."""

import os
from collections.abc import Callable
from typing import Any, TypeAlias

from .arrays import Array, np

Ranks: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
_CHUNK = 1_000_000  # scores ranked at once, so that what is sorted stays in a processor's cache


def competition(first: Array, last: Array, group: Array) -> Array:
    """Share the best place and leave the next ones out: 1 2 2 4, written 并列. The default."""
    del last, group
    return first


def highest_place(first: Array, last: Array, group: Array) -> Array:
    """Share the last of the tied places: 1 3 3 4."""
    del first, group
    return last


def average(first: Array, last: Array, group: Array) -> Array:
    """Share the mean of the tied places: 1 2.5 2.5 4."""
    del group
    return (first + last) / 2


def dense(first: Array, last: Array, group: Array) -> Array:
    """Share a place and leave none out: 1 2 2 3."""
    del first, last
    return group


TIES: dict[str, Callable[..., Any]] = {
    "competition": competition,
    "dense": dense,
    "average": average,
    "min": competition,
    "max": highest_place,
}


def ranks(scores: Array, *, ties: str = "competition") -> Ranks:
    """Rank scores (…, unit, node) among the units of each column, 1 the highest, NaN for NaN.

    The result is (…, unit, node) in single precision, exact up to 16 million units. Ties are equal scores and share
    places as `ties` says. Wide work is shared among the processors: each column is ranked alone.
    """
    columns = np.moveaxis(scores, -2, -1)
    out = np.empty(columns.shape, dtype=np.float32)
    units = columns.shape[-1]
    if columns.size:
        rows, rows_out = np.ascontiguousarray(columns).reshape(-1, units), out.reshape(-1, units)
        workers = 1 if rows.size <= _CHUNK else min(os.cpu_count() or 1, len(rows))
        shares = [slice(part * len(rows) // workers, (part + 1) * len(rows) // workers) for part in range(workers)]
        if workers == 1:
            _rank_rows(rows, ties, rows_out)
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(lambda share: _rank_rows(rows[share], ties, rows_out[share]), shares))
    return np.moveaxis(out, -1, -2)


def _rank_rows(rows: Array, ties: str, out: Ranks) -> None:
    """Rank each row of (row, unit) into `out`, some rows at a time in the same scratch memory."""
    units = rows.shape[1]
    shape = (min(max(1, _CHUNK // units), len(rows)), units)
    scratch = np.empty(shape), np.empty(shape, np.int64), np.ones(shape, bool), np.empty(shape, np.float32)
    places = np.arange(units)
    for at in range(0, len(rows), len(scratch[0])):
        some = rows[at : at + len(scratch[0])]
        ordered, order, new, ranked = (array[: len(some)] for array in scratch)
        _descend(some, places, ordered, order)
        np.not_equal(ordered[:, 1:], ordered[:, :-1], out=new[:, 1:])
        np.add(places, 1, out=ranked, casting="unsafe")
        if not new.all():
            ranked[...] = _shared_places(new, ranked, ties)
        if np.isnan(ordered[:, -1]).any():
            np.putmask(ranked, np.isnan(ordered), np.nan)
        out[at : at + len(some)].reshape(-1)[order] = ranked


def _shared_places(new: Any, places: Ranks, ties: str) -> Ranks:
    """Return the ranks of scores in order, where `new` marks each score that differs from the one before."""
    first = np.maximum.accumulate(np.where(new, places, 0), axis=1)
    ends = np.ones(new.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, places, new.shape[1])[:, ::-1], axis=1)[:, ::-1]
    shared: Ranks = TIES[ties](first, last, np.add.accumulate(new, axis=1, dtype=np.float32))
    return shared


def _descend(rows: Array, places: Any, ordered: Array, order: Any) -> None:
    """Fill `ordered` with each row's scores from high to low, NaN last, and `order` with where they stand in the flat rows.

    Sorting whole numbers is several times faster than sorting positions by scores. So each score, spread over the whole
    numbers that 63 bits have room for, is put in the upper bits and its position in the lower ones. Where two scores are
    so near that they got one number between them and stand in the wrong order, the row is sorted by its scores after all.
    """
    units = rows.shape[1]
    bits = max(units - 1, 1).bit_length()
    low, high = (end.reduce(rows, axis=1, keepdims=True) for end in (np.fmin, np.fmax))
    most = 2.0 ** (63 - bits) - 2**11
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        spread = most / (high - low)
        lost = (high > low) & ~((spread > 0) & (spread < np.inf))  # wider or narrower than numbers can tell
        np.subtract(high, rows, out=ordered)
        ordered *= np.where((high > low) & ~lost, spread, 0.0)
    np.putmask(ordered, np.isnan(ordered), most + 2**10)
    order[...] = ordered
    order <<= bits
    order |= places
    order.sort(axis=1)
    order &= (1 << bits) - 1
    start = np.arange(len(rows))[:, None] * units
    order += start
    np.take(rows, order, out=ordered, mode="clip")
    wrong = (ordered[:, 1:] > ordered[:, :-1]).any(axis=1) | lost[:, 0]
    if wrong.any():
        order[wrong] = np.argsort(-rows[wrong], axis=1) + start[wrong]
        np.take(rows, order, out=ordered, mode="clip")


def rounded(x: Array, decimals: int) -> Array:
    """Round to decimals as people do by hand, halves away from zero, on the number that is meant.

    A result such as 73.975 stands in memory as 73.97499999999999…; a billionth of the last place is added before
    rounding, so that it counts as the half that it is. The same rule serves the ranking of published scores and every
    table: what is shown as equal ranks as equal.
    """
    scale = 10.0**decimals
    return np.sign(x) * np.floor(np.abs(x) * scale + (0.5 + 1e-9)) / scale + 0.0  # + 0.0 makes -0 a plain 0
