"""Means less their variance, as lines of a program: what bends one way lies below its tangents."""

from __future__ import annotations

from collections.abc import Sequence

from ..methods.arrays import Array, np
from .program import Line, Program, number

SMALL = 1e-3  # of the highest score: how near 0 logarithms and tangents are taken
_TANGENTS = 5


def between(program: Program, most: Line, least: Line) -> Line:
    """Return a score that may be anything between two lines, where more of it may bring more or less."""
    if most.terms == least.terms and most.const == least.const:
        return most
    made = program.variable(min(least.low, most.low), max(most.high, least.high))
    program.at_least(most.plus(made.times(-1.0)), 0.0)
    program.at_least(made.plus(least.times(-1.0)), 0.0)
    return made


def balanced(
    program: Program, lines: Sequence[Line], shares: Sequence[float], side: int, sense: int, touched: Sequence[Array]
) -> Line:
    """Return a mean less its variance over it (more, where `side` is -1): no less than that where `sense` is 1, else no more.

    The variance over the mean bends one way. So does what is made of it: on one side its tangents bound it, at some even points
    and at those that are `touched`; on the other the mean of squares is at most the highest times the mean.
    """
    low, high = min(line.low for line in lines), max(line.high for line in lines)
    mean = number(0.0)
    for line, share in zip(lines, shares, strict=True):
        mean = mean.plus(line.times(share))
    if low == high:
        return number(low)
    if side != sense or high <= 0:
        return number(high) if sense > 0 else mean.times(2.0).plus(-high)
    made = program.variable(2 * low - high, high)
    even = [np.full(len(lines), at) for at in np.linspace(low, high, _TANGENTS)]
    for point in (*even, *touched):
        at = np.maximum(point, SMALL * high)
        value, slope = tangent(at, np.array(shares), side)
        under = number(value - float(slope @ at))
        for line, steep in zip(lines, slope.tolist(), strict=True):
            under = under.plus(line.times(steep))
        program.at_least(under.plus(made.times(-1.0)).times(float(sense)), 0.0)
    return made


def tangent(x: Array, shares: Array, side: float) -> tuple[float, Array]:
    """Return the mean of children less its variance over it (more, where `side` is -1), and how it rises with each child."""
    mean, squares = float(x @ shares), float(x**2 @ shares)
    if side > 0:
        return 2 * mean - squares / mean, shares * (2 - 2 * x / mean + squares / mean**2)
    return squares / mean, shares * (2 * x / mean - squares / mean**2)
