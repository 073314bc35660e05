"""A bound below which no weights turn the order of two units, by branch and bound over the programs of `relaxed`.

The box with the lowest bound is cut in two, again and again: at a node of which it is open whether it keeps its coverage, at the
mean that leaves most open, or between two scores that rounding parts. What has been cut off needs no second look.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from ..methods.arrays import Array
from .cuts import Norm
from .nearest import program
from .relaxed import Box, Ends, Program, Relaxed, Unbounded

_NOTHING = 1e-11  # of a score: what is left open is no more than rounding


@dataclass(frozen=True)
class Solved:
    """A box with its program, the nearest weights that it leaves, and how far they are."""

    box: Box
    program: Program
    weights: Array
    others: Array
    bound: float


def bound(
    relaxed: Relaxed, norm: Norm, found: Callable[[Array], float], distance: float, programs: int
) -> tuple[float, int]:
    """Return a distance below which no weights turn the order, infinite where none do, and how many programs it took.

    `found` takes weights that are near to doing it, and returns the distance of the best that are known so far; `distance` is that of
    those known before. No more than so many `programs` are solved.
    """
    order, heap, done, settled = count(), [], 0, np.inf

    def solve(box: Box, least: float) -> None:
        nonlocal done, distance
        done += 1
        solved = _solved(relaxed, box, norm)
        if solved is None:
            return
        if relaxed.undecided(box) is None:
            distance = min(distance, found(solved.weights))
        heapq.heappush(heap, (max(least, solved.bound), next(order), solved))

    try:
        solve(Box(), 0.0)
        while heap and done < programs:
            least, _, solved = heap[0]
            if least >= min(distance, settled) * (1 - 1e-7):
                break
            heapq.heappop(heap)
            parts = list(_parts(relaxed, solved))
            settled = min(settled, least) if not parts else settled
            for part in parts:
                solve(part, least)
    except Unbounded:
        return 0.0, done
    return min([settled, *(least for least, _, _ in heap[:1])]), done


def _solved(relaxed: Relaxed, box: Box, norm: Norm) -> Solved | None:
    made = relaxed.program(box)
    if made is None:
        return None
    rows, more = made.conditions()
    nearest, others = program(relaxed.cut, norm, rows, more)
    if nearest.weights is None:
        return None if np.isinf(nearest.bound) else Solved(box, made, relaxed.cut.weights, np.zeros(len(more[0])), 0.0)
    return Solved(box, made, nearest.weights, others, nearest.bound)


def _parts(relaxed: Relaxed, solved: Solved) -> Iterator[Box]:
    """Cut a box in two where it leaves most open; nothing where that is no more than rounding."""
    box, made = solved.box, solved.program
    if (key := relaxed.undecided(box)) is not None:
        yield replace(box, has={**box.has, key: True})
        yield replace(box, has={**box.has, key: False})
        return
    weights = np.concatenate([solved.weights, solved.others])
    scale = 1.0 + max(abs(end) for known in made.sides for end in known.score[relaxed.tree.root])
    leaves_open = {key: width * float(weight @ weights) for key, (width, weight) in made.open.items()}
    key = max(leaves_open, key=lambda one: leaves_open[one], default=None)
    if key is not None and leaves_open[key] > _NOTHING * scale:
        side, node = key
        mean = made.sides[side].mean[node]
        middle = (mean.low + mean.high) / 2
        yield replace(box, means={**box.means, key: Ends(mean.low, middle)})
        yield replace(box, means={**box.means, key: Ends(middle, mean.high)})
    elif made.parting is not None and made.parting[0] < made.parting[1]:
        low, high = made.parting
        middle = (low + high) // 2
        yield replace(box, parting=(low, middle))
        yield replace(box, parting=(middle + 1, high))
