"""Plans found by searching: from several starts, each step towards the goal and each step back tried for many plans at once.

Nothing is proved here. What is found is the least of what was tried, and every plan reaches its goal as the engine scores it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..methods.arrays import Array, np
from .courses import Course
from .plans import Plans

_GRID = 9  # places on the way of an indicator that are tried beside those at which its course bends
_BENDS = 24
_STARTS = 4
_SCORES = 1e8  # of units and nodes that a search may make
_STRETCHED = np.concatenate([[0.0], np.geomspace(1e-12, 1e-3, 19), np.geomspace(3e-3, 30.0, 9)])
_SMALL = 10  # indicators up to which all of their values are searched together
_STEP = 1e-6
_FAR = 1e9  # how short of the goal what has no score is


@dataclass
class Search:
    """A search for plans that reach a goal, until so many scores were made: the same on every machine."""

    plans: Plans
    courses: dict[int, Course]
    left: float = _SCORES

    @cached_property
    def places(self) -> dict[int, Array]:
        """The values of each indicator that are tried."""
        levers, found = self.plans.levers, {}
        for leaf, course in self.courses.items():
            low, high = levers.lowest[leaf], levers.highest[leaf]
            bends = np.unique([end for piece in course.pieces for end in (piece.start, piece.end)])
            some = bends[np.rint(np.linspace(0, len(bends) - 1, min(_BENDS, len(bends)))).astype(int)] if len(bends) else bends
            found[leaf] = np.unique(np.concatenate([np.linspace(low, high, _GRID), [low, high, levers.own[leaf]], some]))
        return found

    def least(self, starts: Sequence[Array] = ()) -> list[Array]:
        """Return plans that reach the goal, each as little as could be made of it, the least first."""
        found: list[Array] = []
        random = np.random.default_rng(0)
        for start in range(_STARTS):
            taste = np.exp(random.normal(0.0, 0.0 if start == 0 else 1.0, len(self.plans.levers.own)))
            reached = self.settled(self.climbed(self.plans.levers.own, taste))
            if reached is not None:
                found.append(reached)
            if self.left < 0:
                break
        found += [reached for start in starts if (reached := self.settled(start)) is not None]
        if not found or len(self.courses) <= _SMALL:
            everywhere = self.settled(self.evolved(found))
            found += [] if everywhere is None else [everywhere]
        better = [again for plan in self._ordered(found)[:2] if (again := self.settled(self.slid(plan))) is not None]
        return self._ordered([self.lessened(plan) for plan in self._ordered([*found, *better])[:3]])

    def nearest(self) -> Array:
        """Return the plan that comes as near to the goal as any that was found."""
        tried = [self.climbed(self.plans.levers.own, np.ones(len(self.plans.levers.own)), thrifty=False), self.evolved([])]
        return min(tried, key=lambda plan: float(self._short(plan[None])[0]))

    def climbed(self, start: Array, taste: Array, *, thrifty: bool = True) -> Array:
        """Move one indicator after the other until the goal is reached or nothing brings more: what is cheap for it, or most."""
        levers, at = self.plans.levers, start.copy()
        short = float(self._short(at[None])[0])
        for _ in range(4 * len(self.courses)):
            rows, leaves = self._neighbours(at)
            if not len(rows):
                return at
            index = self._scored(rows)
            left = self.plans.short(index)
            gain = min(short, _FAR) - np.minimum(left, _FAR)
            more = levers.effort(rows) - levers.effort(at)
            worth = np.where(gain > 1e-9 * (1 + abs(short)), gain * taste[leaves], 0.0)
            if thrifty:
                worth = np.where(worth > 0, worth / np.maximum(more, 1e-9 * levers.effort(rows).max()), 0.0)
                done = self.plans.reached(index)
                if done.any():
                    return np.asarray(rows[np.flatnonzero(done)[np.argmin(levers.effort(rows[done]))]])
            best = int(np.argmax(worth))
            if not worth[best] > 0 or self.left < 0:
                return at
            at, short = rows[best], float(left[best])
        return at

    def settled(self, plan: Array, *, trim: bool = True) -> Array | None:
        """Return a plan moved as far along its way as it takes to reach the goal, and no farther; nothing where it does not."""
        levers = self.plans.levers
        way = plan - levers.own

        def along(shares: Array) -> Array:
            return np.asarray(np.clip(plan + (shares[:, None] - 1.0) * way, levers.lowest, levers.highest))

        shares = 1.0 + _STRETCHED
        reached = self._reached(along(shares))
        if not reached.any():
            return None
        first = int(np.argmax(reached))
        low, high = (shares[first - 1], shares[first]) if first else (1.0, 1.0)
        for _ in range(6 if first else 0):
            some = np.linspace(low, high, 17)
            first = int(np.argmax(self._reached(along(some))[1:])) + 1
            low, high = some[first - 1], some[first]
        settled = np.asarray(along(np.array([high]))[0])
        return self._trimmed(settled) if trim else settled

    def lessened(self, plan: Array) -> Array:
        """Trade indicators for each other as long as that takes less."""
        levers = self.plans.levers
        for _ in range(2 * len(self.courses)):
            before = float(levers.effort(plan))
            moved = [leaf for leaf in self.courses if plan[leaf] != levers.own[leaf]]
            tried = []
            for leaf in moved:
                less = plan.copy()
                less[leaf] = levers.own[leaf]
                again = self.settled(self.climbed(less, np.ones(len(plan))))
                if again is not None:
                    tried.append(again)
                if self.left < 0:
                    break
            best = self._ordered(tried)[:1]
            if not best or levers.effort(best[0]) >= before * (1 - 1e-9):
                return plan
            plan = best[0]
        return plan

    def slid(self, plan: Array) -> Array:
        """Slide to less effort where scores are smooth: by SLSQP, each indicator on its side of where it is."""
        from scipy.optimize import minimize

        levers, leaves = self.plans.levers, np.array(list(self.courses))
        own, width = levers.own[leaves], (levers.highest - levers.lowest)[leaves]
        side = np.where(plan[leaves] < own, -1.0, np.where(plan[leaves] > own, 1.0, self._towards(plan, leaves)))
        reach = np.where(side > 0, levers.highest[leaves] - own, own - levers.lowest[leaves]) / width
        cost = levers.cost[leaves] * width
        unit = float(cost.max())

        def of(shares: Array) -> Array:
            values = np.repeat(levers.own[None], len(shares), axis=0)
            values[:, leaves] = np.clip(own + shares * side * width, levers.lowest[leaves], levers.highest[leaves])
            return values

        def left(shares: Array) -> float:
            return -float(self._short(of(shares[None]))[0])

        def slope(shares: Array) -> Array:
            rows = np.concatenate([shares[None], shares + _STEP * np.eye(len(shares))])
            short = self._short(of(rows))
            return np.asarray((short[0] - short[1:]) / _STEP)

        start = np.abs(plan[leaves] - own) / width
        with np.errstate(all="ignore"):
            found = minimize(
                lambda shares: float(shares @ cost / unit),
                start,
                jac=lambda _: cost / unit,
                bounds=list(zip(np.zeros(len(leaves)), np.maximum(reach, 0.0), strict=True)),
                constraints={"type": "ineq", "fun": left, "jac": slope},
                method="SLSQP",
                options={"maxiter": 20},
            )
        return np.asarray(of(np.nan_to_num(found.x)[None])[0])

    def evolved(self, starts: Sequence[Array]) -> Array:
        """Search all values together by differential evolution: for the goal first, then for less effort."""
        from scipy.optimize import differential_evolution

        levers, leaves = self.plans.levers, list(self.courses)
        most = float(np.nansum((levers.cost * (levers.highest - levers.lowest))[leaves])) or 1.0

        def judged(shares: Array) -> Array:
            rows = self._rows(leaves, shares.T)
            index = self._scored(rows)
            short = np.nan_to_num(self.plans.short(index), nan=_FAR, posinf=_FAR)
            return np.where(self.plans.reached(index), levers.effort(rows) / most, 2.0 + np.maximum(short, 0.0))

        random = np.random.default_rng(1)
        people = random.random((max(24, 6 * len(leaves)), len(leaves)))
        width = (levers.highest - levers.lowest)[leaves]
        base = (levers.own - levers.lowest)[leaves] / width
        people[::2] = np.where(random.random(people[::2].shape) < 0.5, base, people[::2])
        for row, start in enumerate(starts[: len(people) - 2]):
            people[row] = (start - levers.lowest)[leaves] / width
        found = differential_evolution(
            judged,
            [(0.0, 1.0)] * len(leaves),
            init=people,
            rng=2,
            maxiter=60,
            vectorized=True,
            polish=False,
            updating="deferred",
            callback=lambda *_, **__: self.left < 0,
        )
        return np.asarray(self._rows(leaves, found.x[None])[0])

    def _rows(self, leaves: list[int], shares: Array) -> Array:
        levers = self.plans.levers
        rows = np.repeat(levers.own[None], len(shares), axis=0)
        rows[:, leaves] = levers.lowest[leaves] + np.clip(shares, 0.0, 1.0) * (levers.highest - levers.lowest)[leaves]
        return rows

    def _trimmed(self, plan: Array) -> Array:
        """Take back of each indicator in turn what is not needed, the dearest first."""
        levers = self.plans.levers
        efforts = np.abs(plan - levers.own) * levers.cost
        for leaf in sorted(self.courses, key=lambda leaf: -float(np.nan_to_num(efforts[leaf]))):
            if plan[leaf] == levers.own[leaf]:
                continue
            low, high = 0.0, 1.0  # of the way, which all of reaches the goal
            for _ in range(5):
                shares = np.linspace(low, high, 17)
                rows = np.repeat(plan[None], len(shares), axis=0)
                rows[:, leaf] = levers.own[leaf] + shares * (plan[leaf] - levers.own[leaf])
                rows[-1, leaf] = plan[leaf] if high == 1.0 else rows[-1, leaf]
                reached = self._reached(rows)
                reached[-1] = True
                first = int(np.argmax(reached))
                low, high = (shares[first - 1], shares[first]) if first else (shares[0], shares[0])
                if first in (0, len(shares) - 1) and high in (0.0, 1.0) and first == 0:
                    break
            if high < 1.0:
                plan = plan.copy()
                plan[leaf] = levers.own[leaf] + high * (plan[leaf] - levers.own[leaf])
        return plan

    def _towards(self, plan: Array, leaves: Array) -> Array:
        """Return the side to which each indicator brings the goal nearer."""
        levers = self.plans.levers
        step = 1e-4 * (levers.highest - levers.lowest)[leaves]
        rows = np.repeat(plan[None], len(leaves), axis=0)
        rows[np.arange(len(leaves)), leaves] += step
        return np.where(self._short(rows) <= self._short(plan[None]), 1.0, -1.0)

    def _neighbours(self, plan: Array) -> tuple[Array, Array]:
        pairs = [(leaf, value) for leaf, places in self.places.items() for value in places.tolist() if value != plan[leaf]]
        rows = np.repeat(plan[None], len(pairs), axis=0)
        leaves = np.array([leaf for leaf, _ in pairs], dtype=int)
        rows[np.arange(len(pairs)), leaves] = [value for _, value in pairs]
        return rows, leaves

    def _ordered(self, plans: Sequence[Array]) -> list[Array]:
        return sorted(plans, key=lambda plan: float(self.plans.levers.effort(plan)))

    def _reached(self, rows: Array) -> Array:
        return self.plans.reached(self._scored(rows))

    def _short(self, rows: Array) -> Array:
        return self.plans.short(self._scored(rows))

    def _scored(self, rows: Array) -> Array:
        self.left -= len(rows) * self.plans.levers.scores.scores[0].size
        return self.plans.scored(rows)
