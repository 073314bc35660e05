"""Ranks: 1 is best, missing has none."""

import os
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from .arrays import Array, np

Ranks: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
_CHUNK = 1 << 17  # scores ranked at once, so that what is sorted stays in a processor's cache
_SHORT = 1 << 12  # units up to which all rows are put in place at once: a step for each would take longer than its work
_STEP = 1 << 17  # scores turned into numbers at once, and back: what stays nearest to the processor


def competition(first: Array, last: Array, group: Array) -> Array:
    """Share the best place and leave the next ones out: 1 2 2 4, written 并列; the default.

    Formula: 1 + the number of units that are better.
    Edge cases: where all are equal each is first.
    Source: SQL:2003, RANK; RANK.EQ of spreadsheets.
    """
    del last, group
    return first


def highest_place(first: Array, last: Array, group: Array) -> Array:
    """Share the last of the tied places: 1 3 3 4.

    Formula: the number of units that are better or equal, the unit itself among them.
    Edge cases: where all are equal each is last.
    Source: R `rank(ties.method = "max")`.
    """
    del first, group
    return last


def average(first: Array, last: Array, group: Array) -> Array:
    """Share the mean of the tied places: 1 2.5 2.5 4.

    Formula: the mean of the first and the last of the places.
    Edge cases: where all are equal each has (n + 1) / 2.
    Source: Kendall 1945; RANK.AVG of spreadsheets.
    """
    del group
    return (first + last) / 2


def dense(first: Array, last: Array, group: Array) -> Array:
    """Share a place and leave none out: 1 2 2 3.

    Formula: 1 + the number of different scores that are better.
    Edge cases: where all are equal each is first.
    Source: SQL:2003, DENSE_RANK.
    """
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
    """Rank each row of (row, unit) into `out`, some rows at a time in the same scratch memory.

    Sorting whole numbers is several times faster than sorting positions by scores. So each score, spread over the whole
    numbers that 62 bits have room for, is put in the upper bits and its position in the lower ones, missing behind all
    others, each with a number of its own. Only rows in which two scores got one number, ties and scores that are very near,
    are looked at again.
    """
    units = rows.shape[1]
    together = min(max(1, _CHUNK // units), len(rows))
    step = min(units, max(1, _STEP // together))
    bits = max(together * units - 1, 1).bit_length()
    apart = max(1.0, 2.0 ** (10 - bits))  # what the numbers must differ by at least to differ as floats
    most = 2.0 ** (62 - bits) - (units + 16) * apart
    behind = most + np.arange(8, units + 8) * apart
    numbers, spread = np.empty((together, units), np.int64), np.empty((together, step))
    same = np.empty((together, step), bool)  # asking for memory anew makes the other threads wait
    at_unit, ahead = np.arange(units), np.arange(0, together * units, units)[:, None]  # ahead: positions of the rows before
    places = np.arange(1, units + 1, dtype=np.float32)
    for at in range(0, len(rows), together):
        some, order = rows[at : at + together], numbers[: len(rows) - at]
        low, high = (end.reduce(some, axis=1, keepdims=True) for end in (np.fmin, np.fmax))
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            endless = np.isinf(high - low).any()
            factor = most / (high - low)  # 0 or infinite where numbers cannot tell: then all get one number
            factor = np.where((high > low) & (factor < np.inf), factor, 0.0)
            for start in range(0, units, step):
                part = slice(start, min(start + step, units))
                upper = np.subtract(high, some[:, part], out=spread[: len(some), : part.stop - start])
                upper *= factor
                if endless:
                    np.copyto(upper, 0.0, where=~np.isnan(some[:, part]))
                np.fmin(upper, behind[part], out=upper)
                own = order[:, part]
                own[...] = upper
                own <<= bits
                own |= at_unit[part]
        if len(some) > 1:
            order += ahead[: len(some)]
        order.view(float).sort(axis=1)  # what lies below 2^62 sorts as the float of its bits does, and sooner
        again = _numbers_again(order, bits, spread.view(np.int64), same)
        scores, flat = some.reshape(-1), out[at : at + together].reshape(-1)
        if at_once := units <= _SHORT:
            flat[order.reshape(-1)] = np.broadcast_to(places, order.shape).reshape(-1)
            flat[np.flatnonzero(np.isnan(some))] = np.nan
        for row in again if at_once else range(len(some)):
            count = units - np.count_nonzero(np.isnan(some[row]))
            own = order[row, :count]
            if row in again and (equal := _in_order(scores, own, np.concatenate(again[row]))).size:
                _share_places(own, equal, ties, flat)
            else:
                flat[own] = places[:count]
            flat[order[row, count:]] = np.nan


def _numbers_again(order: Any, bits: int, scratch: Any, same: Any) -> dict[int, list[Any]]:
    """Return where in which sorted rows a number is the one before it again, and leave positions alone in `order`."""
    units, step = order.shape[1], scratch.shape[1]
    found: dict[int, list[Any]] = {}
    before = np.full(len(order), -1)
    for start in range(0, units, step):
        own = order[:, start : start + step]
        upper = np.right_shift(own, bits, out=scratch[: len(order), : own.shape[1]])
        own &= (1 << bits) - 1
        again = same[: len(order), : own.shape[1]]
        np.equal(upper[:, 0], before, out=again[:, 0])
        np.equal(upper[:, 1:], upper[:, :-1], out=again[:, 1:])
        for row in np.flatnonzero(again.any(axis=1)).tolist() if again.any() else ():
            found.setdefault(row, []).append(start + np.flatnonzero(again[row]))
        before = upper[:, -1].copy()
    return found


def _in_order(scores: Array, order: Any, again: Any) -> Any:
    """Put scores that got one number in order, and return the places at which a score equals the one before it."""
    repeats = np.zeros(len(order), dtype=bool)
    repeats[again] = True
    near = np.flatnonzero(repeats | np.append(repeats[1:], False))
    run = np.add.accumulate(~repeats[near], dtype=np.int64)
    own = scores[order[near]]
    if ((own[1:] > own[:-1]) & (run[1:] == run[:-1])).any():  # near, not equal
        order[near] = order[near][np.lexsort((-own, run))]
        own = scores[order[near]]
    return near[1:][(own[1:] == own[:-1]) & (run[1:] == run[:-1])]


def _share_places(order: Any, equal: Any, ties: str, out: Ranks) -> None:
    """Rank units in order, of which some at the places `equal` share their score with the one before."""
    new = np.ones(len(order), dtype=bool)
    new[equal] = False
    group = np.add.accumulate(new, dtype=np.int64)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order))
    out[order] = TIES[ties](first + 1, last, np.arange(1, len(first) + 1))[group - 1]


def rounded(x: Array, decimals: int | Array, how: Literal["nearest", "up", "down"] = "nearest") -> Array:
    """Round to decimals as people do by hand, halves away from zero, on the number that is meant; or always up, or down.

    A result such as 73.975 stands in memory as 73.97499999999999…; a billionth of the last place is added before
    rounding, so that it counts as the half that it is, and a whole number that came out a little high is not one more.
    The same rule serves every table and, with `ranking.decimals`, the ranking: what is shown as equal then ranks as equal.
    """
    scale = 10.0**decimals
    if how == "up":
        return np.ceil(x * scale - 1e-9) / scale + 0.0
    if how == "down":
        return np.floor(x * scale + 1e-9) / scale + 0.0
    return np.sign(x) * np.floor(np.abs(x) * scale + (0.5 + 1e-9)) / scale + 0.0  # + 0.0 makes -0 a plain 0
