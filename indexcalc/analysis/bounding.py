"""A bound below which no weights turn the order of two units, by branch and bound over the programs of `relaxed`.

The box with the lowest bound is cut, again and again: at a node of which it is open whether it keeps its coverage, between two
scores that rounding parts, or at the mean that leaves most open, about where the best weights have it. What lies farther than
weights that were found needs no second look.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from ..methods.arrays import Array
from .cuts import Norm
from .nearest import program
from .relaxed import Box, Ends, Key, Program, Relaxed, Unbounded

_ABOUT = 0.05  # of the width of a mean: what is cut out to either side of where a solution has it
_NOTHING = 1e-11  # of a score: what is left open is no more than rounding

Found = Callable[[Array, Mapping[Key, bool]], tuple[float, Array | None]]


@dataclass(frozen=True)
class Solved:
    """A box with its program, the nearest weights that it leaves, and how far they are."""

    box: Box
    program: Program
    weights: Array
    others: Array
    bound: float


def bound(relaxed: Relaxed, norm: Norm, found: Found, distance: float, programs: int, *, kept: bool = False) -> tuple[float, int]:
    """Return a distance below which no weights turn the order, infinite where none do, and how many programs it took.

    `found` takes weights that are near to doing it, with which units have a score at which nodes, and returns the distance of the
    best that are known so far, and these; `distance` is that of those known before. `kept`: no nearer than these does a node gain
    or lose a score, so that what is nearer is a box to begin with. No more than so many `programs` are solved.
    """
    heap: list[tuple[float, int, Solved]] = []
    order, done, settled, best = count(), 0, np.inf, None

    def solve(box: Box, least: float) -> None:
        nonlocal done, distance, best
        done += 1
        solved = _solved(relaxed, box, norm)
        if solved is None:
            return
        if relaxed.undecided(box) is None and solved.bound < distance:
            distance, best = found(solved.weights, relaxed.there(box))
        heapq.heappush(heap, (max(least, solved.bound), next(order), solved))

    most = distance if kept else np.inf
    try:
        solve(relaxed.within(distance, norm) if np.isfinite(most) else Box(), 0.0)
        while heap and done < programs:
            least, _, solved = heap[0]
            if least >= min(distance, settled) * (1 - 1e-7):
                break
            heapq.heappop(heap)
            parts = list(_parts(relaxed, solved, best))
            settled = min(settled, least) if not parts else settled
            for part in parts:
                solve(part, least)
    except Unbounded:
        return 0.0, done
    return min([settled, most, *(least for least, _, _ in heap[:1])]), done


def _solved(relaxed: Relaxed, box: Box, norm: Norm) -> Solved | None:
    made = relaxed.program(box)
    if made is None:
        return None
    rows, more = made.conditions()
    nearest, others = program(relaxed.cut, norm, rows, more)
    if nearest.weights is None:
        return None if np.isinf(nearest.bound) else Solved(box, made, relaxed.cut.weights, np.zeros(len(more[0])), 0.0)
    return Solved(box, made, nearest.weights, others, nearest.bound)


def _parts(relaxed: Relaxed, solved: Solved, best: Array | None) -> Iterator[Box]:
    """Cut a box where it leaves most open, about what it is at the best weights; nothing where that is no more than rounding."""
    box, made = solved.box, solved.program
    if (key := relaxed.undecided(box)) is not None:
        yield replace(box, has={**box.has, key: True})
        yield replace(box, has={**box.has, key: False})
        return
    parting = relaxed.parting(box)
    if parting is not None and parting[0] < parting[1]:
        low, high = parting
        middle = (low + high) // 2
        yield replace(box, parting=(low, middle))
        yield replace(box, parting=(middle + 1, high))
        return
    weights = np.concatenate([solved.weights, solved.others])
    scale = 1.0 + max(abs(end) for known in made.sides for end in known.score[relaxed.tree.root])
    left = {key: one.left(weights) for key, one in made.open.items()}
    key = max(left, key=lambda one: left[one], default=None)
    if key is not None and left[key] > _NOTHING * scale:
        ends = made.open[key].ends
        at = (ends.low + ends.high) / 2 if best is None else relaxed.means(best, made.sides).get(key, np.nan)
        if ends.low <= at <= ends.high and best is not None:
            about = max(ends.low, at - _ABOUT * ends.width), min(ends.high, at + _ABOUT * ends.width)
        else:
            about = ((ends.low + ends.high) / 2,) * 2
        for part in (Ends(ends.low, about[0]), Ends(*about), Ends(about[1], ends.high)):
            if part.width > 0:
                yield replace(box, means={**box.means, key: part})
