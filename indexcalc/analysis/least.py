"""The plan of least effort as a mixed-integer program, for trees that are lines, places and curves.

The values that a unit may have are the pieces of its indicators' courses, of which one is chosen each; the tree above them is
lines, places among them and curves, for the unit and for every rival that its plan moves. On a curve the program allows a little
more than there is, so that what it finds is a lower bound of the effort, and the nearer the finer the curve is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..engine.rules import mirror, power_of
from ..methods import AGGREGATORS
from ..methods.aggregate.joined import MPI, PRODUCT
from ..methods.arrays import Array, np
from ..methods.ties import new_places, tolerance
from ..tree.layout import Branch
from .adjusted import adjusted
from .balance import SMALL, balanced, between
from .courses import NEAR, Course
from .levers import Levers
from .parts import Part, chosen, follow_up, improving
from .plans import Plans
from .program import Curve, Line, Program, Rounding, number
from .shape import leaves_below, powers, shares_of

_STILL = 1e-9  # of what a value may move: what is less is rounding
_APART = 1e-9  # of the largest score: what is told to be above another is so by this much


@dataclass
class Least:
    """The program of a plan: its variables by indicator, and the lines of what units have."""

    plans: Plans
    courses: dict[int, Course]
    program: Program = field(default_factory=Program)
    parts: dict[int, list[Part]] = field(default_factory=dict)
    made: dict[tuple[int, int, int], Line] = field(default_factory=dict)
    cuts: dict[tuple[int, ...], list[float]] = field(default_factory=dict)
    curves: dict[tuple[int, ...], Line] = field(default_factory=dict)
    touched: dict[tuple[int, ...], list[Array]] = field(default_factory=dict)
    balanced: dict[tuple[int, ...], list[Line]] = field(default_factory=dict)
    beside: dict[int, tuple[Line, Line]] = field(default_factory=dict)
    """How far what follows another is moved up and down itself."""
    bent: set[int] = field(default_factory=set)
    """What others follow along a curve."""
    sure: bool = True

    def __post_init__(self) -> None:
        """Make the variables of the indicators that matter."""
        goal, follows = self.plans.goal, self.levers.moved.follows
        joined = {*follows, *(lead for leads in follows.values() for lead in leads), *self.levers.events.values()}
        for leaf, course in self.courses.items():
            if leaf in joined:
                self.parts[leaf] = chosen(self.program, float(self.levers.own[leaf]), course.pieces)
                continue
            stirs = course.stirs.copy()
            stirs[self.levers.unit] = False
            if stirs.any() and goal.rank is not None:
                self.parts[leaf] = chosen(self.program, float(self.levers.own[leaf]), course.pieces)
            else:
                sign = self.signs.get(leaf, 0.0) * goal.sign
                self.parts[leaf] = improving(self.program, self.levers, course, sign)
        for leaf, (lead,) in follows.items():
            left = follow_up(self.program, self.levers, leaf, lead, self.parts)
            self.sure = self.sure and left.sure
            self.bent |= {lead} if left.bent else set()
            self.beside |= {leaf: left.beside} if left.beside else {}

    @property
    def levers(self) -> Levers:
        """What the unit may move."""
        return self.plans.levers

    @cached_property
    def below(self) -> dict[int, set[int]]:
        """The indicators that can move, by the nodes of the tree that they go into."""
        return leaves_below(self.levers, self.courses)

    @cached_property
    def signs(self) -> dict[int, float]:
        """Whether the index rises (1) or falls (-1) with each node that goes into it; NaN where it may do either."""
        tree = self.levers.filled.tree
        signs = {tree.root: 1.0}
        for branch in reversed(tree.branches):
            for place in branch.inputs if branch.position in signs else ():
                way = np.nan if branch.aggregate == MPI.name else -1.0 if branch.turned else 1.0
                signs[place] = signs[branch.position] * way
        return signs

    @cached_property
    def effort(self) -> Line:
        """What the plan takes."""
        total = number(0.0)
        for line, leaf in ((line, leaf) for leaf, pair in self.beside.items() for line in pair):
            total = total.plus(line.times(float(self.levers.cost[leaf])))
        for leaf, parts in self.parts.items():
            cost, own = self.levers.cost[leaf], self.levers.own[leaf]
            for part in parts if leaf not in self.levers.moved.follows else ():
                start, end = (abs(at - own) * cost for at in (part.piece.start, part.piece.end))
                total = total.plus(part.chosen.times(start)).plus(part.along.times(end - start))
        return total

    def values(self, found: Array) -> Array:
        """Return the values (leaf,) that variables stand for."""
        out = self.levers.own.copy()

        def of(line: Line) -> float:
            return line.at(found)

        for leaf in self.parts:
            if leaf not in self.levers.moved.follows:
                out[leaf] = self.end(leaf, found)
        for leaf, (more, less) in self.beside.items():
            out[leaf] += of(more) - of(less)
        out = np.where(np.abs(out - self.levers.own) <= _STILL * (self.levers.high - self.levers.low), self.levers.own, out)
        return np.clip(out, self.levers.lowest, self.levers.highest)

    def end(self, leaf: int, found: Array) -> float:
        """Return the value that an indicator has in the end with some variables."""

        def of(line: Line) -> float:
            return line.at(found)

        parts, own = self.parts[leaf], float(self.levers.own[leaf])
        if not parts:
            return own
        if parts[0].chosen.fixed:  # one after the other, from where the unit is
            return own + sum(of(part.along) * (part.piece.end - part.piece.start) for part in parts)
        part = max(parts, key=lambda part: of(part.chosen))
        share = min(1.0, max(0.0, of(part.along)))
        return part.piece.start + share * (part.piece.end - part.piece.start)

    def ask(self) -> None:
        """Ask for the goal."""
        goal, unit = self.plans.goal, self.levers.unit
        own = self.better(unit)
        if goal.rank is None:
            self.program.at_least(own, float(goal.score or 0.0) * goal.sign)
            return
        ranking = self.levers.filled.index.ranking
        if ranking.ties == "dense":
            self._ask_dense(own, goal.rank)
            return
        ahead, level, taken = number(0.0), number(0.0), goal.rank - 1
        for rival in self.rivals:
            other = self.better(rival, other=True)
            if ranking.ties in ("competition", "min", "average"):
                ahead = ahead.plus(self._above(own, other, 0.0))
            if ranking.ties in ("max", "average"):
                level = level.plus(self._above(own, other, self._apart))
        total = ahead.plus(level)
        self.program.at_least(total.times(-0.5 if ranking.ties == "average" else -1.0), -taken)

    @cached_property
    def rivals(self) -> list[int]:
        """The units that have a score beside the unit itself."""
        known = np.flatnonzero(~np.isnan(self.levers.filled.score()[self.levers.period])).tolist()
        return [unit for unit in known if unit != self.levers.unit]

    @cached_property
    def _apart(self) -> float:
        """How far apart scores are at the least that are not one: half a step of rounded ones, as solvers err a little."""
        scores, period = self.levers.filled, self.levers.period
        last = scores.tree.branches[-1].round
        steps = [one for one in (scores.index.ranking.decimals, last.decimals if last else None) if one is not None]
        return 0.5 * 10.0 ** -min(steps) if steps else _APART * float(np.nanmax(np.abs(scores.score()[period])) + 1)

    @cached_property
    def _equal(self) -> float:
        return 2.0 * float(tolerance(self.levers.filled.score()[self.levers.period])[0])

    def better(self, unit: int, *, other: bool = False) -> Line:
        """Return what ranks compare of a unit, turned so that more is better: at the most, or at the least for an `other`."""
        goal = self.plans.goal
        sense = -1 if other else 1
        line = self.line(self.levers.filled.tree.root, unit, sense * int(goal.sign))
        decimals = self.levers.filled.index.ranking.decimals
        if goal.rank is not None and decimals is not None:
            line = self._rounded(line, decimals, "nearest", sense * int(goal.sign))
        return line.times(goal.sign)

    def line(self, position: int, unit: int, sense: int) -> Line:
        """Return a node's score of a unit: no less than what is written where `sense` is 1, no more where it is -1."""
        key = (position, unit, sense)
        if key not in self.made:
            tree = self.levers.filled.tree
            is_leaf = position < tree.leaves
            made = self._leaf(position, unit, sense) if is_leaf else self._node(position, unit, sense)
            self.made[key] = made
        return self.made[key]

    def _leaf(self, leaf: int, unit: int, sense: int) -> Line:
        score = float(self.levers.filled.scores[self.levers.period, unit, leaf])
        if not self._moves(leaf, unit):
            return number(score)
        parts = self.parts[leaf]
        chain = parts[0].chosen.fixed
        total = number(float(parts[0].piece.scores[0, unit]) if chain else 0.0)
        low, high = np.inf, -np.inf
        for part in parts:
            first, last = (float(score) for score in part.piece.scores[:, unit])
            off = self._bulge(part, unit, sense)
            low, high = min(low, first, last), max(high, first, last)
            low, high = min(low, first + off.low, last + off.low), max(high, first + off.high, last + off.high)
            if not chain:
                total = total.plus(part.chosen.times(first))
            total = total.plus(part.along.times(last - first)).plus(off)
        line = Line(total.const, total.terms, low, high)
        how = self.levers.filled.index.leaves[leaf].round
        return line if how is None else self._rounded(line, how.decimals, how.how, sense)

    def _bulge(self, part: Part, unit: int, sense: int) -> Line:
        """Return how far a curve may lie off its line: under both tangents where it bulges to the side that is wanted."""
        near, far = (float(bulge) for bulge in part.piece.bulge[:, unit] * sense)
        if near <= 0 or far <= 0:
            return number(0.0)
        off = self.program.variable(0.0, near * far / (near + far))
        left = part.chosen.plus(part.along.times(-1.0))
        for slope, along in ((near, part.along), (far, left)):  # the secants that stand for tangents begin a little inside
            self.program.at_least(along.times(slope).plus(off.times(-1.0)), -2 * NEAR * slope)
        return off.times(float(sense))

    def _node(self, position: int, unit: int, sense: int) -> Line:
        scores, period = self.levers.filled, self.levers.period
        branch = scores.tree.branch_at(position)
        counted = self.levers.events.values() if unit == self.levers.unit else ()
        if not any(self._moves(leaf, unit) or leaf in counted for leaf in self.below[branch.position]):
            return number(float(scores.scores[period, unit, branch.position]))
        inner = -sense if branch.turned else sense
        there = [place for place in branch.inputs if not np.isnan(scores.scores[period, unit, place])]
        shares = shares_of(scores, branch, period, unit)
        if AGGREGATORS[branch.aggregate].counts == "children":
            line = number(0.0)
            for place, share in zip(there, shares, strict=True):
                if share:
                    line = line.plus(self.line(place, unit, inner if share > 0 else -inner).times(share))
        else:
            children = [self.line(place, unit, inner) for place in there]
            by_place = AGGREGATORS[branch.aggregate].counts == "places"
            if branch.aggregate == MPI.name:
                line = self._balanced(branch, unit, there, shares, inner)
            elif branch.aggregate == PRODUCT.name:
                line = self._multiplied(branch, unit, children, inner)
            else:
                line = (
                    self.program.by_place(children, shares, inner)
                    if by_place
                    else self._by_power(branch, unit, children, shares, inner)
                )
        if branch.turned:
            ends = mirror(scores.index, scores.panel.units)
            line = line.times(-1.0).plus(ends if isinstance(ends, float) else float(ends[unit]))
        return self._finished(branch, unit, line, sense)

    def _finished(self, branch: Branch, unit: int, line: Line, sense: int) -> Line:
        scores, period = self.levers.filled, self.levers.period
        for place in branch.adjustments:
            item = scores.index.adjustments[place]
            veto = item.veto
            if unit == self.levers.unit and place in self.levers.events:
                line = adjusted(self.program, item, line, self._events(self.levers.events[place]), sense)
            elif veto is None or veto.ceiling is None or veto.deduct is not None:
                line = line.plus(float(np.nan_to_num(scores.points[period, unit, place])))
            elif np.nan_to_num(scores.panel.values[period, unit, scores.panel.column[item.id]]) > 0:
                line = self.program.by_place([line, number(float(veto.ceiling))], [0.0, 1.0], sense)
        return line if branch.round is None else self._rounded(line, branch.round.decimals, branch.round.how, sense)

    def _events(self, leaf: int) -> Line:
        """Return how many events the unit has that an indicator is made of."""
        levers, made = self.levers, self.levers.evenly_reported[leaf]
        assert made is not None
        slope = (made[1] - made[0]) / float(levers.high[leaf] - levers.low[leaf])
        parts = self.parts[leaf]
        value = number(0.0 if parts else float(levers.own[leaf]))
        for part in parts:
            value = value.plus(part.chosen.times(part.piece.start)).plus(part.along.times(part.piece.end - part.piece.start))
        count = value.plus(-float(levers.low[leaf])).times(slope).plus(made[0])
        return Line(count.const, count.terms, min(made), max(made))

    def _by_power(self, branch: Branch, unit: int, lines: Sequence[Line], shares: Sequence[float], sense: int) -> Line:
        """Return a mean of powers: curves of its children, added up, and the curve back."""
        p, floor = float(power_of(branch) or 0.0), branch.parameters.get("floor")
        there, back = powers(p)
        total = number(0.0)
        for child, (line, share) in enumerate(zip(lines, shares, strict=True)):
            if not share:
                continue
            own = line
            if floor is not None and line.low < float(str(floor)):
                own = self.program.by_place([line, number(float(str(floor)))], [1.0, 0.0], sense)
            if own.low <= 0:
                self.sure, own = False, Line(own.const, own.terms, 1e-9, max(own.high, 2e-9))
            total = total.plus(self._curved((branch.position, unit, sense, child), own, there, sense).times(share))
        return self._curved((branch.position, unit, sense, -1), total, back, sense)

    def _multiplied(self, branch: Branch, unit: int, lines: Sequence[Line], sense: int) -> Line:
        """Return a product: the logarithms of its children, added up, and the curve back."""
        scale = float(str(branch.parameters.get("scale", 1.0)))
        open_ = [line for line in lines if not line.fixed]
        fixed = scale * float(np.prod([line.const for line in lines if line.fixed]))
        if len(open_) == 1 and fixed >= 0:
            return open_[0].times(fixed)
        lows = [line.low for line in lines]
        if min(lows) < 0 or (sense < 0 and min(lows) == 0):
            self.sure = False
        if min(line.high for line in lines) <= 0:
            return number(0.0)
        there, back = powers(0.0)
        total = number(0.0)
        for child, line in enumerate(lines):
            near = max(line.low, SMALL * line.high)
            own = Line(line.const, line.terms, near, line.high)
            made = self._curved((branch.position, unit, sense, child), own, there, sense)
            if line.low < near and sense > 0:  # a tangent at the least that is looked at lies by 1 above what 0 has
                made = self.program.lowered(made, 1.0)
            total = total.plus(made)
        return self._curved((branch.position, unit, sense, -1), total, back, sense).times(scale)

    def _balanced(self, branch: Branch, unit: int, places: Sequence[int], shares: Sequence[float], sense: int) -> Line:
        """Return a mean less, or more, its variance over it."""
        key = (branch.position, unit, sense)
        lines = [between(self.program, self.line(place, unit, 1), self.line(place, unit, -1)) for place in places]
        side = 1 if branch.parameters.get("penalty", "negative") == "negative" else -1
        self.sure = self.sure and min(line.low for line in lines) >= 0
        if side == sense:
            self.balanced[key] = lines
        return balanced(self.program, lines, shares, side, sense, self.touched.get(key, ()))

    def _curved(self, key: tuple[int, ...], line: Line, curve: Curve, sense: int) -> Line:
        if sense < 0:
            line, curve = line.times(-1.0), curve.turned
        if not line.fixed:
            self.curves[key] = line
        made = self.program.under(line, curve, self.cuts.get(key, ()))
        return made if sense > 0 else made.times(-1.0)

    def _rounded(self, line: Line, decimals: int, how: Rounding, sense: int) -> Line:
        if sense > 0:
            return self.program.rounded(line, decimals, how)
        opposite: dict[Rounding, Rounding] = {"up": "down", "down": "up", "nearest": "nearest", "even": "even"}
        return self.program.rounded(line.times(-1.0), decimals, opposite[how]).times(-1.0)

    def _moves(self, leaf: int, unit: int) -> bool:
        parts = self.parts.get(leaf)
        return bool(parts) and bool(self.courses[leaf].stirs[unit])

    def _above(self, own: Line, other: Line, apart: float) -> Line:
        """Return a choice without which a unit has at least what another has, and so much more."""
        if own.low >= other.high + apart:
            return number(0.0)
        if own.high < other.low + apart - self._equal:
            return number(1.0)
        above = self.program.choice()
        self.program.unless(own.plus(other.times(-1.0)), apart, above)
        return above

    def _ask_dense(self, own: Line, rank: int) -> None:
        """Ask for no more than so many different scores above; of rivals that move nothing is asked."""
        others = [self.better(rival, other=True) for rival in self.rivals]
        still = np.sort(np.array([other.const for other in others if other.fixed]))[::-1]
        places = still[new_places(still, float(tolerance(still)[0]))] if len(still) else still
        if len(places) >= rank:
            self.program.at_least(own, float(places[rank - 1]))
        if rank == 1:
            for other in others:
                self.program.at_least(own.plus(other.times(-1.0)), 0.0)
