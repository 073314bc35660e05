"""What the weights of a pair of units must meet at least: a linear program that holds for all weights that turn their order.

With the scores of the nodes above a cut known, all that a mean says of weights is linear: Σ W g(x) = h Σ W over the children that
are there. So for scores within intervals, a box, the weights that turn the order lie in what a linear program describes, and
its nearest are no farther than the nearest of them; the narrower the intervals, the less it leaves open. A node with gaps
leaves open h times the weight of what is missing alone; one whose mean is of another kind than that above it, h times all of its
weight. Whether a node keeps its coverage is part of the box too, and is linear in the weights again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..engine.rules import REACHED, asks_for_coverage, combiner, enough, power_of, transformed, transformed_back
from ..methods import AGGREGATORS
from ..methods.arrays import Array, np
from ..tree.layout import Branch
from .cuts import Cut, Norm, Reweighed
from .nearest import Rows

Key = tuple[int, int]  # a side, 0 for the unit that is ahead and 1 for the other, and a node
_HAIR = 2e-9  # of the last decimal: by how much a score that rounds up may be below the half


class Unbounded(Exception):  # noqa: N818 - no error: a tree of which nothing is known
    """A node above the cut is made in a way of which no bounds are known."""


class Ends(NamedTuple):
    """The least and the most that something is."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Open:
    """Between which ends a mean is left, and the weight that goes by it."""

    ends: Ends
    weight: Array

    def left(self, columns: Array) -> float:
        """Return how much of a score is open at a solution."""
        return self.ends.width * float(self.weight @ columns)


@dataclass(frozen=True)
class Box:
    """Which nodes of either side are taken to have a score, between which ends their means are, and which scores part them."""

    has: Mapping[Key, bool] = field(default_factory=dict)
    means: Mapping[Key, Ends] = field(default_factory=dict)
    parting: tuple[int, int] | None = None
    """Where scores are ranked as they are rounded: the rounded scores between which the lowest of the one ahead lies."""


@dataclass
class Known:
    """What a box says of one side: by node whether there is a score, between which ends it is, its mean before, its coverage."""

    has: dict[int, bool | None] = field(default_factory=dict)
    score: dict[int, Ends] = field(default_factory=dict)
    mean: dict[int, Ends] = field(default_factory=dict)
    covered: dict[int, Ends] = field(default_factory=dict)


class Relaxed:
    """The programs of one pair of units at one cut."""

    def __init__(self, made: Reweighed, cut: Cut, above: int, below: int) -> None:
        self.made, self.cut, self.units = made, cut, (above, below)
        self.tree = made.tree
        self.branch = {branch.position: branch for branch in cut.upper}
        self.place = {branch.position: at for at, branch in enumerate(cut.upper)}
        self.columns = len(cut.nodes) + 2 * len(cut.upper)
        self.below = self._below()
        self.applies = tuple(made.applying[unit] for unit in self.units)
        self.root = self.branch[self.tree.root]
        self.by = self.root if self.root.plain and power_of(self.root) not in (None, 1) else None  # what scores are compared by
        rising = 1.0 if self.by is None else float(np.sign(power_of(self.by) or 1.0))
        self.sign = made.sign * rising
        self.first = 1 if made.sign > 0 else 0  # the side whose score is to be the higher
        self.last: tuple[Box, list[Known]] | None = None

    def _below(self) -> dict[int, Array]:
        """Return for each node the columns of the weights that are below it."""
        found = {node: np.zeros(self.columns) for node in (*self.cut.nodes, *self.branch)}
        for at, node in enumerate(self.cut.nodes):
            found[node][at] = 1.0
        for branch in self.cut.upper:
            found[branch.position] = np.add.reduce([found[child] for child in branch.children])
        return found

    # ---------------------------------------------------------------------------------------------- what a box says

    def known(self, box: Box) -> list[Known]:
        """Return what a box says of each side, children before their parents; nothing for what is above one that is undecided."""
        if self.last is None or self.last[0] is not box:
            sides = [self._known(box, side) for side in (0, 1)]
            if all(known.has[self.tree.root] for known in sides):
                self._ordered(box, sides)
            self.last = box, sides
        return self.last[1]

    def parting(self, box: Box) -> tuple[int, int] | None:
        """Return between which rounded scores the higher one is, where ranks compare such and a box leaves both a score."""
        sides, decimals = self.known(box), self.made.ranking.decimals
        if decimals is None or not all(known.has[self.tree.root] for known in sides):
            return None
        return self._parting(box, [known.score[self.tree.root] for known in sides])

    def _parting(self, box: Box, ends: list[Ends]) -> tuple[int, int]:
        scale = 10.0 ** (self.made.ranking.decimals or 0)
        low = int(np.floor(max(ends[0].low, ends[1].low) * scale + 0.5 - 1e-6))
        high = int(np.floor(ends[self.first].high * scale + 0.5 + 1e-6))
        return (low, high) if box.parting is None else (max(low, box.parting[0]), min(high, box.parting[1]))

    def _ordered(self, box: Box, sides: list[Known]) -> None:
        """Keep of the ends of both scores what lets the one behind pass: it has no less than the least of the other.

        Where ranks compare rounded scores, it has reached the half from which it rounds to what it does, and the other has not.
        """
        at, affine, first = self.tree.root, self.made.affine[self.tree.root], self.first
        ends = [known.score[at] for known in sides]
        least, most = max(ends[0].low, ends[1].low), ends[first].high
        ends[first] = Ends(least, most)
        if self.made.ranking.decimals is not None:
            low, high = self._parting(box, ends)
            scale = 10.0**self.made.ranking.decimals
            ends[first] = Ends(max(least, (low - 0.5 - _HAIR) / scale), min(most, (high + 0.5 + _HAIR) / scale))
            most = (high - 0.5 + _HAIR) / scale if low <= high else -np.inf
        ends[1 - first] = Ends(ends[1 - first].low, min(ends[1 - first].high, most))
        for side, known in enumerate(sides):
            if known.score[at] != ends[side] and ends[side].width >= 0 and affine is not None and at in known.mean:
                times, plus = (float(part[self.units[side]]) for part in affine)
                y = (np.array(ends[side]) - plus) / (times * self.made.factor(self.root))
                mean = np.sort(transformed(self.root, y))
                hair = 1e-12 * np.abs(mean).max()
                own = known.mean[at]
                known.mean[at] = Ends(max(own.low, float(mean[0] - hair)), min(own.high, float(mean[1] + hair)))
            known.score[at] = ends[side]

    def means(self, weights: Array, sides: list[Known]) -> dict[Key, float]:
        """Return the means of all nodes of either side at some weights, of what the box says to have a score."""
        found: dict[Key, float] = {}
        for side, known in enumerate(sides):
            y = {node: known.score[node].low for node in self.cut.nodes}
            for branch in self.cut.upper:
                at, there = branch.position, [child for child in branch.children if known.has[child]]
                if not known.has[at]:
                    continue
                x, w = (
                    np.array([of(child) for child in there])
                    for of in (y.get, lambda child: self.below[child][: len(weights)] @ weights)
                )
                w = w if w.sum() > 0 else np.ones(len(there))
                if power_of(branch) is None:
                    made = combiner(self.tree, branch)(x[None], w)
                else:
                    found[side, at] = float(transformed(branch, x) @ w / w.sum())
                    made = transformed_back(branch, np.array([found[side, at]])) * self.made.factor(branch)
                y[at] = float(self.made.finished(branch, made[:, None], (self.units[side],))[0, 0])
        return found

    def within(self, far: float, norm: Norm) -> Box:
        """Return the box of all weights no farther than so much from those of now, where no nearer a node gains or loses a score.

        How far a mean moves is bounded in closed form: V (m' − m) = Σ (W − w) (g − m') over the children that are there, which
        weigh V in all; of that no more than half the distance is gained and half is lost (L1), or each node moves by all of it.
        """
        means: dict[Key, Ends] = {}
        has: dict[Key, bool] = {}
        box = Box(has, means)
        for side in (0, 1):
            out = self._leaves(side)
            for branch in self.cut.upper:
                at = branch.position
                out.has[at], out.covered[at] = self._has(box, side, branch, out)
                if out.has[at] is None:
                    out.has[at] = has[side, at] = not np.isnan(self.made.base[self.units[side], at])
                if out.has[at]:
                    if power_of(branch) is not None and (ends := self._reached(branch, out, far, norm)):
                        means[side, at] = ends
                    out.score[at] = self._score(box, side, branch, out)
        return box

    def _reached(self, branch: Branch, out: Known, far: float, norm: Norm) -> Ends | None:
        """Return between which ends a mean stays within a distance, nothing where that is not known."""
        there, weights = [child for child in branch.children if out.has[child]], self.cut.weights
        columns = np.array([self.below[child][: len(weights)] for child in there])
        g, w, many = (
            np.sort(transformed(branch, np.array([out.score[child] for child in there]).T), axis=0),
            columns @ weights,
            columns.sum(),
        )
        room = float(w.sum()) - (far * many if norm == "max" else 0.0)
        if room <= 1e-9 or not np.isfinite(g).all():
            return None
        mean = g @ w / w.sum()
        if norm == "L1":
            moved = (g.max(axis=-1) - g.min(axis=-1)) * far / 2
        else:
            moved = np.abs(g - mean[:, None]) @ columns.sum(axis=-1) * far
        hair = 1e-12 * float(np.abs(g).max())
        return Ends(float(mean[0] - moved[0] / room) - hair, float(mean[1] + moved[1] / room) + hair)

    def _leaves(self, side: int) -> Known:
        """Return what is known of the nodes of the cut."""
        unit, out = self.units[side], Known()
        for node in self.cut.nodes:
            x = float(self.made.base[unit, node])
            out.has[node], out.score[node] = not np.isnan(x), Ends(x, x)
            of_node = (
                float(node < self.tree.leaves)
                if node < self.tree.leaves
                else float(self.made.coverage[unit, node - self.tree.leaves])
            )
            covered = 0.0 if np.isnan(x) else of_node
            out.covered[node] = Ends(covered, covered)
        return out

    def _known(self, box: Box, side: int) -> Known:
        out = self._leaves(side)
        for branch in self.cut.upper:
            at = branch.position
            out.has[at], out.covered[at] = self._has(box, side, branch, out)
            if out.has[at]:
                out.score[at] = self._score(box, side, branch, out)
        return out

    def _has(self, box: Box, side: int, branch: Branch, out: Known) -> tuple[bool | None, Ends]:
        has = [out.has[child] for child in branch.children]
        if None in has:
            return None, Ends(0.0, 1.0)
        asked = [child for child in branch.children if self.applies[side][child]]
        there = [child for child in branch.children if out.has[child]]
        covers = [out.covered[child] if out.has[child] else Ends(0.0, 0.0) for child in asked]
        covered = Ends(min((one.low for one in covers), default=0.0), max((one.high for one in covers), default=0.0))
        if not there or (branch.needs_all and len(there) < len(branch.children)):
            return False, covered
        least, most = (bool(enough(branch.missing, end, len(there), len(asked))) for end in covered)
        if least == most and not (least and self._can_weigh_nothing(branch, there)):
            return least, covered
        return box.has.get((side, branch.position)), covered

    def _can_weigh_nothing(self, branch: Branch, there: list[int]) -> bool:
        """Say whether what is there of a node with gaps can be left without weight, so that it has no score."""
        if len(there) == len(branch.children) or branch.position == self.tree.root:
            return False
        columns = np.add.reduce([self.below[child] for child in there])[: len(self.cut.nodes)]
        return not bool((self.cut.low[columns > 0] > 0).any())

    def _score(self, box: Box, side: int, branch: Branch, out: Known) -> Ends:
        """Return between which ends a node's score is, and keep those of its mean."""
        there = [child for child in branch.children if out.has[child]]
        ends = np.array([out.score[child] for child in there]).T  # (end, child)
        if power_of(branch) is not None:
            moved = transformed(branch, ends)
            if not np.isfinite(moved).all() or ((power_of(branch) or 0.0) not in (0.0, 1.0) and ends.min() < 0):
                raise Unbounded
            own = box.means.get((side, branch.position), Ends(-np.inf, np.inf))
            mean = Ends(max(float(moved.min()), own.low), min(float(moved.max()), own.high))
            out.mean[branch.position] = mean
            y = transformed_back(branch, np.array(mean)) * self.made.factor(branch)
        elif branch.formula is None and AGGREGATORS[branch.aggregate].weights == "none":
            if AGGREGATORS[branch.aggregate].split not in ("child", "places") and ends.min() < 0:
                raise Unbounded
            y = combiner(self.tree, branch)(ends, np.ones(len(there)))
        else:
            raise Unbounded
        found = np.sort(self.made.finished(branch, y[:, None], (self.units[side],))[:, 0])
        return Ends(float(found[0]), float(found[-1]))

    def undecided(self, box: Box) -> Key | None:
        """Return the first node of which it is not said whether it has a score."""
        for side, known in enumerate(self.known(box)):
            for branch in self.cut.upper:
                if known.has[branch.position] is None:
                    return side, branch.position
        return None

    def there(self, box: Box) -> dict[Key, bool]:
        """Return which units a box takes to have a score at which nodes, where that is open without it."""
        return {(self.units[side], node): has for (side, node), has in box.has.items()}

    # ------------------------------------------------------------------------------------------- the program of a box

    def program(self, box: Box) -> Program | None:
        """Return the conditions of a box; nothing where it has no weights at all."""
        sides = self.known(box)
        made = Program(self, box, sides)
        for side, node in box.has:
            made.covered(side, node)
        if any(None in known.has.values() for known in sides):
            return made
        at = self.tree.root
        if not all(known.has[at] and known.score[at].width >= 0 for known in sides):
            return None
        values = [made.weighted(side, self.tree.root, self.by) for side in (0, 1)]
        made.add(self.sign * (values[1] - values[0]), 0.0, np.inf)
        if (self.first, at) in made.open:  # from which that of the other side follows
            made.open.pop((1 - self.first, at), None)
        for side, value in enumerate(values):  # what is known of the scores beside what was made of them
            ends = np.array(sides[side].score[at])
            low, high = np.sort(ends if self.by is None else transformed(self.by, ends))
            made.add(value, *(end if np.isfinite(end) else sign * np.inf for end, sign in ((low, -1.0), (high, 1.0))))
        return made


class Program:
    """The rows of one box, as they are put together, and by node of a side what they leave open."""

    def __init__(self, relaxed: Relaxed, box: Box, sides: list[Known]) -> None:
        self.of, self.box, self.sides = relaxed, box, sides
        self.rows: list[tuple[Array, float, float]] = []
        self.used: set[int] = set()
        self.open: dict[Key, Open] = {}

    def add(self, row: Array, low: float, high: float) -> None:
        self.rows.append((row, low, high))

    def conditions(self) -> tuple[Rows, tuple[Array, Array]]:
        """Return the rows, each divided by its largest number, and the ends of the columns that are not weights."""
        matrix = np.array([row for row, _, _ in self.rows]).reshape(-1, self.of.columns)
        scale = np.maximum(np.abs(matrix).max(axis=-1, initial=0.0), 1e-300)
        low, high = (np.array([one[end] for one in self.rows]) / scale for end in (1, 2))
        size = len(self.of.cut.nodes)
        free = np.array([np.inf if size + at in self.used else 0.0 for at in range(self.of.columns - size)])
        return Rows(matrix / scale[:, None], low, high), (-free, free)

    def _column(self, side: int, node: int) -> Array:
        at = len(self.of.cut.nodes) + side * len(self.of.cut.upper) + self.of.place[node]
        self.used.add(at)
        column = np.zeros(self.of.columns)
        column[at] = 1.0
        return column

    def _between(self, row: Array, ends: Ends, weight: Array) -> None:
        """See that a row is between two ends times a weight."""
        self.add(row - ends.low * weight, 0.0, np.inf)
        self.add(row - ends.high * weight, -np.inf, 0.0)

    def _leave_open(self, side: int, node: int, weight: Array) -> None:
        """Note that a mean is open; at the top it may follow from the half that parts both."""
        if node != self.of.tree.root or self.of.made.ranking.decimals is None:
            self.open[side, node] = Open(self.sides[side].mean[node], weight)

    def weighted(self, side: int, node: int, above: Branch | None) -> Array:
        """Return a node's weight times its score, as the mean above it takes it."""
        of, known = self.of, self.sides[side]
        if node not in of.branch:
            x = np.array([known.score[node].low])
            return of.below[node] * float(x[0] if above is None else transformed(above, x)[0])
        branch, affine = of.branch[node], of.made.affine[node]
        there = [child for child in branch.children if known.has[child]]
        gone = [child for child in branch.children if not known.has[child]]
        p = power_of(branch)
        if p is None:
            for child in there:
                self.inside(side, child, of.below[node])
            return self._loose(side, node, above)
        total = np.add.reduce([self.weighted(side, child, branch) for child in there])
        mean = known.mean[node]
        if above is None:
            same = p == 1 and "floor" not in branch.parameters and affine is not None
        else:
            same = branch.plain and p == power_of(above) and branch.parameters == above.parameters and of.made.factor(branch) == 1
        weight = np.add.reduce([of.below[child] for child in there])
        if gone or not same:
            self._between(total, mean, weight)
        if not same:
            self._leave_open(side, node, of.below[node])
            return self._loose(side, node, above)
        if gone:
            missing, rest = np.add.reduce([of.below[child] for child in gone]), self._column(side, node)
            self._between(rest, mean, missing)
            self._leave_open(side, node, missing)
            total = total + rest
        if above is not None:
            return np.asarray(total)
        assert affine is not None
        times, plus = (float(part[of.units[side]]) for part in affine)
        return np.asarray(times * of.made.factor(branch) * total + plus * of.below[node])

    def _loose(self, side: int, node: int, above: Branch | None) -> Array:
        """Return a column that is between the ends of a node's score times its weight."""
        ends = np.array(self.sides[side].score[node])
        found = np.sort(ends if above is None else transformed(above, ends))
        column = self._column(side, node)
        self._between(column, Ends(float(found[0]), float(found[1])), self.of.below[node])
        return column

    def inside(self, side: int, node: int, weight: Array) -> None:
        """See that what is below a node that is no mean is as the box says."""
        of, known = self.of, self.sides[side]
        if node not in of.branch or not known.has[node]:
            return
        branch = of.branch[node]
        there = [child for child in branch.children if known.has[child]]
        if power_of(branch) is None:
            for child in there:
                self.inside(side, child, weight)
            return
        total = np.add.reduce([self.weighted(side, child, branch) for child in there])
        own = np.add.reduce([of.below[child] for child in there])
        self._between(total, known.mean[node], own)
        self._leave_open(side, node, weight)

    def covered(self, side: int, node: int) -> None:
        """See that a node keeps its coverage, or loses it, as the box says."""
        of, known = self.of, self.sides[side]
        branch, has = of.branch[node], self.box.has[side, node]
        if not asks_for_coverage(branch.missing) or not branch.missing.coverage:
            if not has:  # what is there weighs nothing
                self.add(np.add.reduce([of.below[child] for child in branch.children if known.has[child]]), -np.inf, 0.0)
            return
        asked = [child for child in branch.children if of.applies[side][child]]
        there = np.add.reduce([self._cover(side, child, at_most=has) for child in asked if known.has[child]])
        row = there - (branch.missing.coverage - REACHED) * np.add.reduce([of.below[child] for child in asked])
        self.add(row, 0.0 if has else -np.inf, np.inf if has else 0.0)

    def _cover(self, side: int, node: int, *, at_most: bool) -> Array:
        """Return the weight of what has values below a node; where that is not linear, the most or the least that it is."""
        of, known = self.of, self.sides[side]
        if node not in of.branch or not all(of.applies[side][child] for child in of.branch[node].children):
            ends = known.covered[node]
            return of.below[node] * (ends.high if at_most else ends.low)
        parts = [self._cover(side, child, at_most=at_most) for child in of.branch[node].children if known.has[child]]
        return np.asarray(np.add.reduce(parts))
