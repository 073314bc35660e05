"""Ranks: 1 is best, missing has none."""

import os
from typing import Any, Literal, TypeAlias

from .arrays import Array, np
from .records import TieRule, by_name
from .ties import new_places, tolerance

Ranks: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
_CHUNK = 1 << 17  # scores ranked at once, so that what is sorted stays in a processor's cache
_SHORT = 1 << 12  # units up to which all rows are put in place at once: a step for each would take longer than its work
_LARGEST = 1.7976931348623157e308  # of all floats that are not infinite
_NO_SIGN = (1 << 63) - 1


def competition(first: Array, last: Array, group: Array) -> Array:
    """Share the best place and leave the next ones out: 1 2 2 4, written 并列; the default.

    Formula: 1 + the number of units that are better.
    Edge cases: where all are equal each is first.
    Source: SQL:2003, RANK; RANK.EQ of spreadsheets.
    """
    del last, group
    return first


COMPETITION = TieRule(name="competition", terms=("并列", "并列名次"), function=competition, bounds={}, checks=())
MIN = TieRule(name="min", terms=("最小位次", "最小名次"), function=competition, bounds={}, checks=())


def highest_place(first: Array, last: Array, group: Array) -> Array:
    """Share the last of the tied places: 1 3 3 4.

    Formula: the number of units that are better or equal, the unit itself among them.
    Edge cases: where all are equal each is last.
    Source: R `rank(ties.method = "max")`.
    """
    del first, group
    return last


MAX = TieRule(name="max", terms=("最大位次", "最大名次"), function=highest_place, bounds={}, checks=())


def average(first: Array, last: Array, group: Array) -> Array:
    """Share the mean of the tied places: 1 2.5 2.5 4.

    Formula: the mean of the first and the last of the places.
    Edge cases: where all are equal each has (n + 1) / 2.
    Source: Kendall 1945; RANK.AVG of spreadsheets.
    """
    del group
    return (first + last) / 2


AVERAGE = TieRule(name="average", terms=("平均位次", "平均名次"), function=average, bounds={}, checks=())


def dense(first: Array, last: Array, group: Array) -> Array:
    """Share a place and leave none out: 1 2 2 3.

    Formula: 1 + the number of different scores that are better.
    Edge cases: where all are equal each is first.
    Source: SQL:2003, DENSE_RANK.
    """
    del first, last
    return group


DENSE = TieRule(name="dense", terms=("连续位次", "连续名次", "连续排名"), function=dense, bounds={}, checks=())


TIE_RULES = by_name((COMPETITION, DENSE, AVERAGE, MIN, MAX))


def ranks(scores: Array, *, ties: str = "competition", apart: Array | None = None) -> Ranks:
    """Rank scores (…, unit, node) among the units of each column, 1 the highest, NaN for NaN.

    The result is (…, unit, node) in single precision, exact up to 16 million units. Scores that are one but for what arithmetic
    leaves in their last bits (`methods.ties`) share places as `ties` says: those no farther `apart` (…, 1, node), which is to be
    given where these are not all that is compared. Wide work is shared among the processors: each column is ranked alone.
    """
    columns = np.moveaxis(scores, -2, -1)
    given = None if apart is None else np.moveaxis(apart, -2, -1).reshape(-1, 1)
    out = np.empty(columns.shape, dtype=np.float32)
    units = columns.shape[-1]
    if columns.size:
        rows, rows_out = np.ascontiguousarray(columns).reshape(-1, units), out.reshape(-1, units)
        workers = 1 if rows.size <= _CHUNK else min(os.cpu_count() or 1, len(rows))
        shares = [slice(part * len(rows) // workers, (part + 1) * len(rows) // workers) for part in range(workers)]
        if workers == 1:
            _rank_rows(rows, ties, rows_out, given)
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(workers) as pool:
                work = pool.map(
                    lambda own: _rank_rows(rows[own], ties, rows_out[own], None if given is None else given[own]), shares
                )
                list(work)
    return np.moveaxis(out, -1, -2)


def _rank_rows(rows: Array, ties: str, out: Ranks, given: Array | None) -> None:
    """Rank each row of (row, unit) into `out`, some rows at a time in the same scratch memory.

    Sorting whole numbers is several times faster than sorting positions by scores. How far a score is behind the best is 0 or
    more, and the bits of such floats are in order as whole numbers, those of NaN last. Their lowest bits give way to the
    position, so that it is sorted along. Only rows in which two scores then lie about as near as ties do are looked at again.
    """
    units = rows.shape[1]
    together = min(max(1, _CHUNK // units), len(rows))
    at_once = units <= _SHORT
    lowest = (1 << max(units - 1, 1).bit_length()) - 1  # the bits that a position takes
    numbers, behind, gaps = np.empty((together, units), np.int64), np.empty((together, units)), np.empty((together, units))
    again = np.zeros((together, units), bool)  # asking for memory anew makes the other threads wait
    at_unit, places = np.arange(units), np.arange(1, units + 1, dtype=np.float32)
    for at in range(0, len(rows), together):
        some = rows[at : at + together]
        order, upper, gap, repeats = numbers[: len(some)], behind[: len(some)], gaps[: len(some), 1:], again[: len(some)]
        with np.errstate(invalid="ignore", over="ignore"):
            best, last = (end.reduce(some, axis=1, keepdims=True) for end in (np.fmax, np.fmin))
            ends = np.concatenate([best, last, best - last], axis=1)
            infinite = np.isinf(ends).any()
            apart = tolerance(some if infinite else ends[:, :2]) if given is None else given[at : at + together]
            lost = (lowest + 2) * 2.0**-51 * ends[:, 2:]  # how far a gap can be off, with no more than the upper bits
            finite = np.minimum(some, _LARGEST) if infinite else some
            np.subtract(np.clip(best, -_LARGEST, _LARGEST), finite, out=order.view(float))
        order &= _NO_SIGN - lowest
        order |= at_unit
        order.sort(axis=1)
        np.bitwise_and(order, ~lowest, out=upper.view(np.int64))
        order &= lowest
        with np.errstate(invalid="ignore"):
            np.subtract(upper[:, 1:], upper[:, :-1], out=gap)
        np.less_equal(gap, apart + lost, out=repeats[:, 1:])  # what is missing, NaN, is near nothing
        if infinite:
            repeats[:, 1:] |= upper[:, 1:] == upper[:, :-1]
        near = set(np.flatnonzero(repeats.any(axis=1)).tolist() if repeats.any() else ())
        counts = {row: upper[row].searchsorted(np.nan) for row in (near if at_once else range(len(some)))}
        if at_once:
            flat, position = out[at : at + together].reshape(-1), upper.view(np.int64)
            np.add(order, np.arange(0, order.size, units)[:, None], out=position)
            flat[position.reshape(-1)] = np.broadcast_to(places, order.shape).reshape(-1)
            flat[np.flatnonzero(np.isnan(some))] = np.nan
        for row, count in counts.items():
            own, ranked = order[row, :count], out[at + row]
            if row in near and (equal := _in_order(some[row], own, repeats[row, :count], float(apart[row, 0]))).size:
                _share_places(own, equal, ties, ranked)
            else:
                ranked[own] = places[:count]
            ranked[order[row, count:]] = np.nan


def _in_order(scores: Array, order: Any, repeats: Any, apart: float) -> Any:
    """Put scores in order of which some, `repeats`, may be tied with the one before, and return the places of those that are."""
    near = np.flatnonzero(repeats | np.append(repeats[1:], False))
    own = scores[order[near]]
    if (own[1:] > own[:-1]).any():
        order[near] = order[near][np.argsort(-own, kind="stable")]
        own = scores[order[near]]
    return near[~new_places(own, apart)]


def _share_places(order: Any, equal: Any, ties: str, out: Ranks) -> None:
    """Rank units in order, of which some, at the places `equal`, are tied with the one before."""
    new = np.ones(len(order), dtype=bool)
    new[equal] = False
    group = np.add.accumulate(new, dtype=np.int64)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order))
    out[order] = TIE_RULES[ties].function(first + 1, last, np.arange(1, len(first) + 1))[group - 1]


def rounded(x: Array, decimals: int | Array, how: Literal["nearest", "up", "down", "even"] = "nearest") -> Array:
    """Round to decimals as people do by hand, halves away from zero, on the number that is meant; or always up, or down.

    A result such as 73.975 stands in memory as 73.97499999999999…; a billionth of the last place is added before
    rounding, so that it counts as the half that it is, and a whole number that came out a little high is not one more.
    `even` takes halves to the even neighbour, as R, numpy and pandas round, on the number that is meant all the same.
    The same rule serves every table and, with `ranking.decimals`, the ranking: what is shown as equal then ranks as equal.
    """
    scale = 10.0**decimals
    if how == "up":
        return np.ceil(x * scale - 1e-9) / scale + 0.0
    if how == "down":
        return np.floor(x * scale + 1e-9) / scale + 0.0
    if how == "even":
        times = np.abs(x) * scale
        low = np.floor(times + 1e-9)
        half = np.abs(times - low - 0.5) <= 1e-9
        return np.sign(x) * np.where(half, low + low % 2, np.floor(times + 0.5)) / scale + 0.0
    return np.sign(x) * np.floor(np.abs(x) * scale + (0.5 + 1e-9)) / scale + 0.0  # + 0.0 makes -0 a plain 0
