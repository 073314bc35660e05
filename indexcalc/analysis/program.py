"""Mixed-integer programs of piecewise linear functions: lines over variables, and what may be asked of them.

A line knows between what it lies. What is not linear is made to lie no higher than it truly does, which is enough where more is
wanted of it; where less is, it is asked for with the sign turned. Solved by HiGHS.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import CDLL
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from ..methods.arrays import Array, np
from ..methods.rank import rounded

_WIDEST = 1e6  # whole numbers that a rounded line may be: beyond, rounding is looked upon as a shift
_CUTS = 7  # places at which a curve is cut before it is known where it matters
_ALONE = Lock()


Rounding = Literal["nearest", "up", "down", "even"]


@dataclass(frozen=True)
class Line:
    """A number plus variables, each times a number; it lies between `low` and `high`."""

    const: float
    terms: Mapping[int, float]
    low: float
    high: float

    def times(self, factor: float) -> Line:
        """Return the line times a number."""
        ends = sorted((self.low * factor, self.high * factor))
        return Line(self.const * factor, {at: own * factor for at, own in self.terms.items()}, ends[0], ends[1])

    def plus(self, other: Line | float) -> Line:
        """Return the sum of two lines, or of one and a number."""
        if not isinstance(other, Line):
            return Line(self.const + other, self.terms, self.low + other, self.high + other)
        terms = dict(self.terms)
        for at, own in other.terms.items():
            terms[at] = terms.get(at, 0.0) + own
        return Line(self.const + other.const, terms, self.low + other.low, self.high + other.high)

    def at(self, values: Array) -> float:
        """Return what it is with some values of the variables."""
        return self.const + float(sum(values[at] * own for at, own in self.terms.items()))

    @property
    def fixed(self) -> bool:
        """Whether it is a number."""
        return not self.terms


def number(value: float) -> Line:
    """Return a line that is a number."""
    return Line(value, {}, value, value)


@dataclass(frozen=True)
class Curve:
    """A rising curve that bends one way, its slope, and whether it rises ever more slowly."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    concave: bool

    @property
    def turned(self) -> Curve:
        """The curve of -x with its sign turned, which rises too."""
        return Curve(lambda x: -self.value(-x), lambda x: self.slope(-x), not self.concave)


@dataclass(frozen=True)
class Solution:
    """The variables of least cost, where any were found, and a cost below which there are none: infinite where nothing is."""

    values: Array | None
    bound: float


@dataclass
class Program:
    """Variables and what is asked of lines over them."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Mapping[int, float], float]] = field(default_factory=list)

    def variable(self, low: float, high: float, *, whole: bool = False) -> Line:
        """Return a new variable as a line."""
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return Line(0.0, {len(self.low) - 1: 1.0}, low, high)

    def choice(self) -> Line:
        """Return a new variable that is 0 or 1."""
        return self.variable(0.0, 1.0, whole=True)

    def at_least(self, line: Line, value: float) -> None:
        """Ask a line to be no less than a number."""
        self.rows.append((line.terms, value - line.const))

    def unless(self, line: Line, value: float, choice: Line) -> None:
        """Ask a line to be no less than a number unless a choice is made."""
        self.at_least(line.plus(choice.times(value - line.low)), value)

    def at_place(self, lines: Sequence[Line], place: int) -> Line:
        """Return what is no more than the line at a place among some, the highest at the first."""
        low, high = (float(end) for end in np.sort([(one.low, one.high) for one in lines], axis=0)[-place])
        sure = [line for line in lines if line.low >= high]
        if low == high or len(sure) >= place:
            return number(high)
        open_ = [line for line in lines if line.low < high and line.high >= low]
        made, wanted = self.variable(low, high), place - len(sure)
        if wanted == len(open_):
            for line in open_:
                self.at_least(line.plus(made.times(-1.0)), 0.0)
            return made
        met = number(0.0)
        for line in open_:
            reached = self.choice()
            self.unless(line.plus(made.times(-1.0)), 0.0, reached.times(-1.0).plus(1.0))
            met = met.plus(reached)
        self.at_least(met, wanted)
        return made

    def by_place(self, lines: Sequence[Line], shares: Sequence[float], sense: int) -> Line:
        """Return what is no more than the mean of lines from the highest down; no less where `sense` is -1."""
        total = number(0.0)
        for place, share in enumerate(shares, start=1):
            if share and sense > 0:
                total = total.plus(self.at_place(lines, place).times(share))
            elif share:
                turned = self.at_place([line.times(-1.0) for line in lines], len(lines) - place + 1)
                total = total.plus(turned.times(-share))
        return total

    def rounded(self, line: Line, decimals: int, how: Rounding) -> Line:
        """Return what is no more than a line rounded as `methods.rank.rounded` does."""
        low, high = (float(rounded(np.array(end), decimals, how)) for end in (line.low, line.high))
        if line.fixed or low == high:
            return number(high)
        scale, shift = 10.0**decimals, {"nearest": 0.5, "even": 0.5, "up": 1.0 - 2e-9, "down": 0.0}[how]
        if (high - low) * scale > _WIDEST:
            return Line(line.const + shift / scale, line.terms, low, high)
        made = self.variable(np.rint(low * scale), np.rint(high * scale), whole=True)
        self.at_least(line.times(scale).plus(made.times(-1.0)), -shift)
        return made.times(1.0 / scale)

    def under(self, line: Line, curve: Curve, cuts: Sequence[float]) -> Line:
        """Return what is no more than a rising curve has at a line, and a little more between the places where it is cut."""
        ends = np.array([line.low, line.high])
        low, high = (float(end) for end in curve.value(ends))
        if line.fixed or low == high:
            return number(high)
        at = np.unique(np.clip([*np.linspace(line.low, line.high, _CUTS), *cuts], line.low, line.high))
        values = curve.value(at)
        if curve.concave:
            made = self.variable(low, high)
            for place, value, slope in zip(at.tolist(), values.tolist(), curve.slope(at).tolist(), strict=True):
                self.at_least(line.plus(-place).times(slope).plus(value).plus(made.times(-1.0)), 0.0)
            return made
        total, reached, taken = number(0.0), number(0.0), number(0.0)
        for start, end, first, last in zip(
            at[:-1].tolist(), at[1:].tolist(), values[:-1].tolist(), values[1:].tolist(), strict=True
        ):
            chosen, along = self.choice(), self.variable(0.0, 1.0)
            self.at_least(chosen.plus(along.times(-1.0)), 0.0)
            taken = taken.plus(chosen)
            reached = reached.plus(chosen.times(start)).plus(along.times(end - start))
            total = total.plus(chosen.times(first)).plus(along.times(last - first))
        self.at_least(taken, 1.0)
        self.at_least(taken.times(-1.0), -1.0)
        self.at_least(line.plus(reached.times(-1.0)), 0.0)
        return Line(total.const, total.terms, low, high)

    def lowered(self, line: Line, by: float) -> Line:
        """Let what is a variable alone be so much less than it could be before."""
        (at,) = line.terms
        if line.terms[at] > 0:
            self.low[at] -= by
            return Line(line.const, line.terms, line.low - by, line.high)
        self.high[at] += by
        return Line(line.const, line.terms, line.low - by, line.high)

    def least(self, cost: Line, nodes: int) -> Solution:
        """Find the variables at which a line is least."""
        found, bound = self._solved(cost, nodes, self.low, self.high, self.whole)
        if found is None or not any(self.whole):
            return Solution(found, bound + cost.const)
        # a choice that is nearly 0 opens what it closes a little: with all of them settled there is none left
        fixed = np.where(self.whole, np.rint(found), np.nan)
        low, high = (np.where(np.isnan(fixed), ends, fixed) for ends in (self.low, self.high))
        again, _ = self._solved(cost, nodes, low, high, [False] * len(low))
        return Solution(found if again is None else again, bound + cost.const)

    def _solved(
        self, cost: Line, nodes: int, low: Sequence[float] | Array, high: Sequence[float] | Array, whole: Sequence[bool]
    ) -> tuple[Array | None, float]:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        count = len(self.low)
        costs = np.zeros(count)
        for at, own in cost.terms.items():
            costs[at] = own
        unit = float(np.abs(costs).max(initial=0.0)) or 1.0
        entries = [(row, at, own) for row, (terms, _) in enumerate(self.rows) for at, own in terms.items()]
        rows, columns, values = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.empty(0),) * 3
        shape = (len(self.rows), count)
        matrix = coo_array((values.astype(float), (rows.astype(int), columns.astype(int))), shape=shape).tocsr()
        asked = np.array([value for _, value in self.rows])
        if not count:
            return (None, np.inf) if (asked > 0).any() else (np.empty(0), 0.0)
        for presolve in (True, False):  # what is called impossible is looked at once more, as it is written
            with _silent():
                solved = milp(
                    costs / unit,
                    constraints=LinearConstraint(matrix, asked, np.inf) if len(asked) else (),
                    bounds=Bounds(np.asarray(low), np.asarray(high)),
                    integrality=np.asarray(whole, dtype=int),
                    options={"mip_rel_gap": 1e-9, "node_limit": nodes, "presolve": presolve},
                )
            if solved.status != 2:
                break
        else:
            return None, np.inf
        bound = solved.mip_dual_bound if any(whole) else solved.fun
        return solved.x, float(-np.inf if bound is None else bound * unit)


@contextmanager
def _silent() -> Iterator[None]:
    """Drop a line that HiGHS prints past all of its options where it repairs a solution: it would stand in the answer."""
    libc = CDLL(None) if os.name == "posix" else None
    with _ALONE:
        if libc is None:
            yield
            return
        sys.stdout.flush()
        libc.fflush(None)
        kept, (unread, nowhere) = os.dup(1), os.pipe()
        os.set_blocking(nowhere, False)
        try:
            os.dup2(nowhere, 1)
            yield
            libc.fflush(None)
        finally:
            os.dup2(kept, 1)
            for end in (kept, unread, nowhere):
                os.close(end)
