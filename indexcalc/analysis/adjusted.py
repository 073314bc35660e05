"""Adjustments in a program whose events move with an indicator, as both are counted in one column."""

from __future__ import annotations

from ..tree.blocks.adjustments import Adjustment
from .program import Line, Program, number


def adjusted(program: Program, item: Adjustment, line: Line, events: Line, sense: int) -> Line:
    """Return a score with an adjustment by so many events: no more than it is where `sense` is 1, no less where it is -1.

    A veto is lifted where there are no events. Where less is wanted of the score it may hold without any, which is a little less
    than there is: what is asked of the line holds for all that can be.
    """
    if item.each is not None:
        points = events.times(float(item.each))
        if item.cap is not None:
            cap = float(item.cap)
            points = program.by_place([points, number(cap)], [1.0, 0.0] if cap < 0 else [0.0, 1.0], sense)
        return line.plus(points)
    veto = item.veto
    if veto is None or events.high <= 0 or (veto.deduct is None and veto.ceiling is None):
        return line
    none = number(0.0)
    if events.low <= 0:
        none = program.choice()
        program.unless(events.times(-1.0), 0.0, none.times(-1.0).plus(1.0))
    if veto.deduct is not None:
        return line.plus(none.plus(-1.0).times(abs(float(veto.deduct))))
    ceiling = number(float(veto.ceiling or 0.0))
    if none.fixed or sense < 0:
        return program.by_place([line, ceiling], [0.0, 1.0], sense)
    made = program.variable(min(line.low, ceiling.low), line.high)
    program.at_least(line.plus(made.times(-1.0)), 0.0)
    program.unless(ceiling.plus(made.times(-1.0)), 0.0, none)
    return made
