"""What a unit must improve, at least effort, to reach a score or a rank.

Others' data stay as they are. An indicator may move within what the units that it is compared with have in the period; effort
is how far it moves, in units of the spread between units (or of what changes from one period to the next, or of declared costs):

    min Σ effort_j |x_j - x0_j|   subject to   the score, or the rank, that is asked for.

Where the tree is lines, places and curves this is a mixed-integer program (`least`), whose bound no plan goes below; elsewhere
plans are searched for (`search`). Every plan is scored anew before it is given, from data changed where they come from; what
proves a plan to be the least is a bound that it meets, and nothing else is called so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from ..engine.leaves import own_columns
from ..findings import Finding, Language, finding, with_label
from ..methods.arrays import Array, np
from ..scores import Scores
from .courses import Course, course
from .least import Least
from .levers import Counted, Effort, Goal, Levers, Outcome, levers, of_scores_below
from .plans import Plans
from .result import Result
from .search import Search
from .shape import fits
from .shared import rolled_up_apart
from .versus import counting

if TYPE_CHECKING:
    import pandas as pd

_PROVED = 1e-6  # of a plan's effort: how far it may lie above the bound and still meet it
_CLOSE = 1e-3  # so near the bound nothing is searched for that would take less
_NODES = 5_000  # of a program's tree that are looked at
_TERMS = 40_000  # of a program that is not worth writing down
_ROUNDS = 12
_STRETCHED = (
    0.0,
    1e-13,
    1e-12,
    1e-11,
    1e-9,
    1e-7,
    1e-5,
    1e-3,
    0.03,
    0.3,
)  # by what rounding, or an estimate that moves too, takes
_HAIR = 1e-9
_CARRIED_OUT = 3
_ALL_ORDERS, _ORDERS = 4, 24  # steps whose orders are all looked at, and how many orders of more


@dataclass(frozen=True)
class Improvement:
    """One improvement: an indicator's place, its derived value before and after, the effort, the points in the index."""

    leaf: int
    old: float
    new: float
    effort: float
    points: float


@dataclass(frozen=True)
class Plan(Result):
    """A plan for a unit, the largest improvement first; what it had and what it has with the plan carried out.

    `reached` says whether the plan does it; where no plan was found that does, the steps are those that come nearest. No plan
    takes less effort than `bound`, infinite where it is proved that none reaches the goal. Effort is `counted` by one of three.
    `others` are the ranks (unit,) of all with the plan. It sets out from `start`. What is made of the same reported data as a
    step moves `along` with it, at no effort of its own; what that brings is counted in the step.
    """

    start: Scores
    period: int
    unit: int
    goal: float | None
    rank: int | None
    reached: bool
    bound: float
    counted: Counted
    effort: float
    steps: tuple[Improvement, ...]
    scores: tuple[float, float]
    ranks: tuple[float, float]
    others: Array
    along: tuple[Improvement, ...] = ()

    @property
    def gap(self) -> float:
        """How much of the plan's effort may be more than is needed, as a share of it: 0 where it is proved to be the least."""
        if not self.reached or self.effort == 0:
            return 0.0
        share = max(0.0, 1.0 - self.bound / self.effort)
        return 0.0 if share <= _PROVED else share

    @property
    def exact(self) -> bool:
        """Whether it is proved that no plan takes less; where none was found, that there is none."""
        return self.gap == 0 if self.reached else self.bound == np.inf

    @property
    def findings(self) -> list[Finding]:
        """What no plan of the unit's own data moves: scores from the units below, data that are rolled up in two ways."""
        below, index, found = self.start.below, self.start.index, []
        if below is not None and (names := [below.leaves[index.leaves[at].id].node for at in _from_below(self.start)]):
            level = below.scores.panel.units.levels[0]
            found.append(finding("IC797", index.place_of(names[0]), nodes=names, level=level))
        apart = rolled_up_apart(index, self.start.panel)
        names = [leaf.id for leaf in index.leaves if apart.intersection(own_columns(index, self.start.panel, leaf))]
        if names:
            found.append(finding("IC798", index.place_of(names[0]), nodes=names))
        return with_label(found, index.units.label)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row an improvement, the largest first."""
        import pandas as pd

        leaves = [self.start.index.leaves[step.leaf] for step in self.steps]
        columns = {
            "indicator": [leaf.id for leaf in leaves],
            "name": [leaf.title(language) for leaf in leaves],
            "measure": [leaf.measure_in(language) for leaf in leaves],
        }
        values = {name: [getattr(step, name) for step in self.steps] for name in ("old", "new", "effort", "points")}
        return pd.DataFrame(columns | values)


def target(
    scores: Scores,
    period: int,
    unit: int,
    *,
    score: float | None = None,
    rank: int | None = None,
    effort: Effort = "peers",
    costs: Mapping[str, float] | None = None,
) -> Plan:
    """Plan the least effort that brings a unit to a score, or to a rank among all units.

    `costs` are by indicator for one unit of its measure, and only what has one may move; without, `effort` says what is
    counted as one: the standard deviation over units (`peers`), or the mean change from one period to the next (`history`).
    """
    ground = levers(scores, period, unit, effort, costs)
    goal = Goal(score, rank, -1.0 if scores.index.ranking.first == "lowest" else 1.0)
    now = _as_it_is(ground)
    if goal.reached(now.index[unit], now.ranks[unit]):
        return _plan(ground, goal, now, reached=True, bound=0.0)
    plans = Plans(ground, goal)
    courses = {leaf: course(ground, leaf) for leaf in ground.moving}
    bound, tried = _by_program(plans, courses)
    best = _first_that_holds(plans, tried)
    if courses and bound < np.inf and (best is None or ground.effort(best.values) * (1 - _CLOSE) > bound):
        found = Search(plans, courses).least(tried)
        searched = _first_that_holds(plans, found)
        if searched is not None and (best is None or ground.effort(searched.values) < ground.effort(best.values)):
            best = searched
    if best is not None:
        return _plan(ground, goal, best, reached=True, bound=min(bound, float(ground.effort(best.values))))
    nearest = _nearest(plans, courses, proved=bound == np.inf)
    does = bool(goal.reached(nearest.index[unit], nearest.ranks[unit]))
    return _plan(ground, goal, nearest, reached=does, bound=0.0 if does else bound)


def _from_below(scores: Scores) -> list[int]:
    counted = counting(scores)[: scores.tree.leaves]
    return [int(at) for at in np.flatnonzero(counted & of_scores_below(scores))]


def _by_program(plans: Plans, courses: dict[int, Course]) -> tuple[float, list[Array]]:
    """Return a bound of the effort and the plans that programs found; curves are cut finer as long as they leave a gap."""
    ground, bound = plans.levers, 0.0
    tried: list[Array] = []
    if not courses or not fits(ground) or _terms(plans, courses) > _TERMS:
        return (0.0 if courses else np.inf), tried
    courses = courses | {leaf: course(ground, leaf) for leaf in ground.stirred if leaf not in courses}
    whole = all(one.others if plans.goal.rank is not None else one.whole for one in courses.values())
    search, least = Search(plans, {leaf: courses[leaf] for leaf in ground.moving}), np.inf
    cuts: dict[int, set[float]] = {leaf: set() for leaf in courses}
    beyond: dict[tuple[int, ...], list[float]] = {}
    touched: dict[tuple[int, ...], list[Array]] = {}
    for _ in range(_ROUNDS if whole else 1):
        asked = Least(plans, courses, cuts=beyond, touched=touched)
        asked.ask()
        solved = asked.program.least(asked.effort, _NODES)
        bound = max(bound, solved.bound) if whole and asked.sure else 0.0
        if solved.values is None:
            break
        values = asked.values(solved.values)
        settled = search.settled(values, trim=False)
        if settled is not None:
            tried.append(settled)
            least = min(least, float(ground.effort(settled)))
        ends = {leaf: asked.end(leaf, solved.values) for leaf in courses}
        curved = {leaf: found for leaf, one in courses.items() if (found := one.curve_at(ends[leaf]))}
        curved |= {leaf: found for leaf in asked.bent if (found := courses[leaf].piece_at(ends[leaf]))}
        if least * (1 - _PROVED) <= bound or not (curved or asked.curves or asked.balanced):
            break
        for leaf, piece in curved.items():
            cuts[leaf] |= {ends[leaf], (piece.start + piece.end) / 2}
            courses[leaf] = course(ground, leaf, sorted(cuts[leaf]))
        for key, line in asked.curves.items():
            beyond.setdefault(key, []).append(line.at(solved.values))
        for key, lines in asked.balanced.items():
            touched.setdefault(key, []).append(np.array([line.at(solved.values) for line in lines]))
    return bound, sorted(tried, key=lambda plan: float(ground.effort(plan)))


def _terms(plans: Plans, courses: dict[int, Course]) -> int:
    """Return about how many terms a program has: the pieces of courses, for every unit whose scores move with a rank's plan."""
    every = plans.goal.rank is not None
    return sum(len(one.pieces) * (int(one.stirs.sum()) if every else 1) for one in courses.values())


def _nearest(plans: Plans, courses: dict[int, Course], *, proved: bool) -> Outcome:
    """Return the plan that comes as near to a goal as any, carried out; where it is proved that none reaches it, by a program."""
    ground = plans.levers
    if not courses:
        return _as_it_is(ground)
    tried: list[Array] = []
    if fits(ground) and _terms(plans, courses) <= _TERMS:
        asked = Least(plans, courses | {leaf: course(ground, leaf) for leaf in ground.stirred if leaf not in courses})
        solved = asked.program.least(asked.better(ground.unit).times(-1.0), _NODES)
        tried += [] if solved.values is None else [asked.values(solved.values)]
    if not proved or not tried:
        tried.append(Search(plans, courses).nearest())
    outcomes = [ground.carried_out(values) for values in tried]
    sign, unit = plans.goal.sign, ground.unit
    by_rank = plans.goal.rank is not None
    return min(outcomes, key=lambda one: (one.ranks[unit] if by_rank else 0.0, -sign * one.index[unit]))


def _first_that_holds(plans: Plans, tried: list[Array]) -> Outcome | None:
    """Carry plans out, the least first, and return the first that reaches the goal, if need be a little stretched."""
    ground, goal, unit = plans.levers, plans.goal, plans.levers.unit
    for values in tried[:_CARRIED_OUT]:
        nearly = None
        for stretch in _STRETCHED:
            further = np.clip(values + (values - ground.own) * stretch, ground.lowest, ground.highest)
            outcome = ground.carried_out(further)
            if goal.reached(outcome.index[unit], outcome.ranks[unit]):
                if goal.score is None or (outcome.index[unit] - goal.score) * goal.sign >= 0:
                    return outcome if stretch else _off_the_edge(plans, outcome)
                nearly = nearly or outcome  # but for the last bits
            if nearly is not None and stretch > _HAIR:
                break
        if nearly is not None:
            return nearly
    return None


def _off_the_edge(plans: Plans, outcome: Outcome) -> Outcome:
    """Return a plan moved on a hair where it ends at a jump, a tie or a half that is rounded: not to hang on the last bit."""
    ground, goal, unit = plans.levers, plans.goal, plans.levers.unit
    way = outcome.values - ground.own
    back, on = outcome.values - way * _HAIR, np.clip(outcome.values + way * _HAIR, ground.lowest, ground.highest)
    index = plans.scored(np.stack([back, outcome.values]))
    jumps = abs(index[0, unit] - index[1, unit]) > 1e3 * _HAIR * (1.0 + abs(index[1, unit]))
    if not jumps and (goal.rank is None or plans.reached(index)[0]):
        return outcome
    further = ground.carried_out(on)
    return further if goal.reached(further.index[unit], further.ranks[unit]) else outcome


def _as_it_is(ground: Levers) -> Outcome:
    scores, period = ground.scores, ground.period
    ranks = np.asarray(scores.rank()[period], dtype=float)
    return Outcome(ground.own, ground.own, scores.scores[period], scores.score()[period], ranks)


def _plan(ground: Levers, goal: Goal, outcome: Outcome, *, reached: bool, bound: float) -> Plan:
    scores, period, unit = ground.scores, ground.period, ground.unit
    moved = [leaf for leaf in ground.moving if outcome.values[leaf] != ground.own[leaf]]
    efforts = np.abs(outcome.values - ground.own) * ground.cost
    points = _points(ground, goal, outcome, moved)
    steps = [
        Improvement(leaf, float(ground.own[leaf]), float(outcome.ends[leaf]), float(efforts[leaf]), brings)
        for leaf, brings in zip(moved, points, strict=True)
    ]
    follow = [leaf for leaf in ground.moved.follows if leaf not in moved and outcome.ends[leaf] != ground.own[leaf]]
    asked = goal.score
    if asked is None:
        others = np.delete(outcome.index, unit) * goal.sign
        others = np.sort(others[~np.isnan(others)])[::-1]
        asked = float(others[min(goal.rank or 1, len(others)) - 1]) * goal.sign if len(others) else None
    return Plan(
        start=scores,
        period=period,
        unit=unit,
        goal=asked,
        rank=goal.rank,
        reached=reached,
        bound=bound,
        counted=ground.counted,
        effort=float(ground.effort(outcome.values)),
        steps=tuple(sorted(steps, key=lambda step: (-abs(step.points), step.leaf))),
        along=tuple(Improvement(leaf, float(ground.own[leaf]), float(outcome.ends[leaf]), 0.0, 0.0) for leaf in follow),
        scores=(float(scores.score()[period, unit]), float(outcome.index[unit])),
        ranks=(float(scores.rank()[period, unit]), float(outcome.ranks[unit])),
        others=outcome.ranks,
    )


def _points(ground: Levers, goal: Goal, outcome: Outcome, moved: list[int]) -> list[float]:
    """Return what each step brings in the index, as the mean over orders in which they may be taken (Shapley): they add up."""
    count = len(moved)
    if not count:
        return []
    random = np.random.default_rng(0)
    every = list(permutations(range(count))) if count <= _ALL_ORDERS else [random.permutation(count) for _ in range(_ORDERS)]
    orders = np.array(every)
    place = np.argsort(orders, axis=1)
    done = place[:, None, :] < np.arange(count + 1)[None, :, None]  # (order, how many are done, step)
    rows = np.repeat(ground.own[None], done.shape[0] * (count + 1), axis=0)
    rows[:, moved] = np.where(done.reshape(-1, count), outcome.values[moved], ground.own[moved])
    kinds, which = np.unique(rows[:, moved], axis=0, return_inverse=True)
    some = np.repeat(ground.own[None], len(kinds), axis=0)
    some[:, moved] = kinds
    index = Plans(ground, goal).scored(some)[:, ground.unit][which.ravel()].reshape(len(orders), count + 1)
    brought = np.take_along_axis(np.diff(index, axis=1), place, axis=1)
    return [float(points) for points in np.mean(brought, axis=0)]
