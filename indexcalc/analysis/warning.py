"""The risk warning: which values and scores have reached a level, by what limit, for how long, and what follows.

Pure functions of arrays over (period, unit, node); nothing loops over units. Inside, values are turned so that more is
worse: a score and a value of which more is better change their sign, a value with a target or range is its distance from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..engine.frames import kinds_of, towards
from ..findings import Finding, finding
from ..methods.arrays import Array, np
from ..methods.frame import same
from ..methods.rank import rounded
from ..methods.ties import near, tolerance
from ..periods import kind_among, larger_of, previous
from ..scores import Scores
from ..tree.model import LEVELS, Level, Step, WarningRule
from ..tree.warnings import by_value, events, more_is_worse, watched
from .past import throughout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int16]
    Mask = NDArray[np.bool_]

At = tuple[int, int, int]  # a place: a period, a unit, and a node among those that a rule watches
NONE, NOT_JUDGED = 0, -1  # levels; from 1 on they are those of LEVELS, the mildest first
COURSE = 8  # periods that a course shows
_MAD = 1.4826  # of a normal distribution, sd / median absolute deviation


@dataclass(frozen=True)
class Judged:
    """What one rule found, for the nodes that it watches.

    `values` (period, unit, node) are what was judged: a score, a value, or a value's distance from its target. `limits`
    (period, unit, node, level) are what would have given each level, NaN where there is no such limit; `worse` (node,) is 1
    where more is worse, -1 where less is. `levels` (period, unit, node) are 0 for none, 1 for blue to 4 for red, -1 where
    nothing was judged: no value, too short a history, a period of another kind. `runs` counts the periods in a row, this
    one included, in which a unit was at its present level or a worse one; `steps` is the place of what follows, -1 for
    nothing.
    """

    rule: WarningRule
    escalation: tuple[Step, ...]
    nodes: tuple[int, ...]
    worse: NDArray[np.float64]
    values: Array
    limits: Array
    levels: Whole
    runs: Whole
    steps: Whole

    def value(self, at: At) -> float:
        """Return what was judged at a place."""
        return float(self.values[at])

    def level(self, at: At) -> int:
        """Return the level that was reached at a place, 0 for none."""
        return int(self.levels[at])

    def limit(self, at: At) -> float:
        """Return the limit that gave a place its level."""
        return float(self.limits[at][self.level(at) - 1])


@dataclass(frozen=True, order=True)
class Warned:
    """One warning: the places of its period, unit and node, of the rule that gave it and of the node among that rule's.

    `beside` are the milder warnings of the same event, of this unit and period, that are brought together with it.
    """

    period: int
    unit: int
    node: int
    rule: int
    column: int
    beside: tuple[Warned, ...] = ()

    @property
    def at(self) -> At:
        """Its place in the arrays of its rule."""
        return self.period, self.unit, self.column


def warnings(scores: Scores) -> tuple[Judged, ...]:
    """Judge all periods and units by every rule of an index; nothing without rules."""
    declared = scores.index.warnings
    return tuple(judge(scores, rule, declared.steps(rule)) for rule in declared.rules) if declared else ()


def judge(scores: Scores, rule: WarningRule, escalation: Sequence[Step] = ()) -> Judged:
    """Judge all periods and units by one rule.

    Only periods of the rule's kind are judged, and only these are their history. A threshold is reached by a value that is
    as bad, a score as it is shown; limits of history are passed by a value that is worse. All but values as they were read
    compare with the tolerance of computed scores, among the units of a period.
    """
    index, tree = scores.index, scores.tree
    names = watched(index, rule)
    nodes = tuple(tree.position[name] for name in names)
    worse = np.array([1.0 if more_is_worse(index, rule, name) else -1.0 for name in names])
    values = _watched_values(scores, rule, names)
    turned = values * worse
    limits = np.full((*values.shape, len(LEVELS)), np.nan)
    levels = np.full(values.shape, NOT_JUDGED, np.int16)
    runs, steps = np.zeros(values.shape, np.int16), np.full(values.shape, -1, np.int16)
    given = np.array([np.nan if limit is None else limit for limit in rule.limits])
    for kind, members in kinds_of(index, scores.panel):
        if kind != (rule.periods or index.periods.kind):
            continue
        own = turned[members]
        if rule.method == "thresholds":
            limits[members] = worse[:, None] * given
            judged = np.where([by_value(index, rule, name) for name in names], own, rounded(own, index.index.decimals))
            read = np.array([_as_read(scores, rule, name, kind) for name in names])
            apart = np.where(read, 0.0, tolerance(judged, axis=1))
            levels[members] = reached(judged, limits[members], at=True, apart=apart)
        else:
            way = quantile_limits if rule.method == "quantiles" else control_limits
            parameters = {"centre": rule.centre} if rule.method == "control" else {}
            limits[members] = way(own, given, last=rule.last, least=rule.least, **parameters)
            levels[members] = reached(own, limits[members], at=False, apart=apart_from_history(own))
        if rule.beyond is not None:
            far = own >= worse * rule.beyond - tolerance(own, axis=1)
            levels[members] = np.where(far, levels[members], np.minimum(levels[members], NONE))
        follows = _follows(scores.periods[members], kind)
        rows = [in_a_row(levels[members] >= level, follows) for level in range(1, len(LEVELS) + 1)]
        runs[members] = np.choose(np.maximum(levels[members], 0), [np.zeros_like(rows[0]), *rows])
        steps[members] = step_reached(rows, escalation)
    limits *= worse[:, None]
    if scores.there is not None:  # the past of units that came out of others is history, and is not judged
        levels[~scores.there], runs[~scores.there], steps[~scores.there] = NOT_JUDGED, 0, -1
    return Judged(rule, tuple(escalation), nodes, worse, values, limits, levels, runs, steps)


def _as_read(scores: Scores, rule: WarningRule, name: str, kind: str) -> bool:
    """Say whether what is judged of a node are values as they were read."""
    position, index = scores.tree.position[name], scores.index
    return by_value(index, rule, name) and kind == index.periods.kind and not index.tree.computed[position]


def reached(x: Array, limits: Array, *, at: bool, apart: Array | float = 0.0) -> Whole:
    """Return the worst level (…) that values x (…) have reached, of limits (…, level) of which each is worse than the last.

    With `at` a value equal to a limit has reached it; what is no farther `apart` (…) is equal. 0 where none is reached; -1
    where the value or all limits are missing.
    """
    with np.errstate(invalid="ignore"):
        over, apart = x[..., None] - limits, np.asarray(apart)[..., None]
    beyond = over >= -apart if at else over > apart
    worst = np.where(beyond, np.arange(1, limits.shape[-1] + 1), NONE).max(axis=-1)
    return np.where(np.isnan(x) | np.isnan(limits).all(axis=-1), NOT_JUDGED, worst).astype(np.int16)


def apart_from_history(x: Array) -> Array:
    """Return how far apart a value and a limit of its history may be that are one: x is (period, unit, …).

    A limit is as exact as the history that it is computed from, however small it is itself: mean - 2 σ of large values may be 0.
    """
    before = np.fmax.accumulate(np.abs(x), axis=0)
    return np.fmax(tolerance(x, axis=1), near(before, before))


def quantile_limits(x: Array, shares: Array, *, last: int | None = None, least: int = 4) -> Array:
    """Return the quantiles (period, …, level) of each unit's own history: of the `last` periods before, or of all.

    x is (period, …), more is worse; shares (level,) are 0.9 for what the worst tenth passes. Quantiles are R's type 7. NaN
    where fewer than `least` values are known before a period.
    """
    out = np.full((*x.shape, len(shares)), np.nan)
    for at, history in _histories(x, last):
        out[at] = np.where(_known(history, least)[..., None], _quantiles(history, shares), np.nan)
    return out


def control_limits(x: Array, widths: Array, *, last: int | None = None, least: int = 4, centre: str = "mean") -> Array:
    """Return the control limits (period, …, level) of each unit: centre + k · σ of its own history, after Shewhart (1931).

    x is (period, …), more is worse; widths (level,) are the k. With `centre` "mean" σ is the standard deviation (ddof 1); with
    "median" the centre is the median and σ the median absolute deviation × 1.4826, which one outlier in the history cannot
    move far. The history is the `last` periods before, or all; the period itself is not in it. NaN where fewer than
    `least` values are known before; a history without spread has its centre as every limit.
    """
    out = np.full((*x.shape, len(widths)), np.nan)
    for at, history in _histories(x, last):
        enough = _known(history, least)
        if centre == "median":
            middle = _quantiles(history, np.array([0.5]))[..., 0]
            spread = _MAD * _quantiles(np.abs(history - middle), np.array([0.5]))[..., 0]
        else:
            count = np.maximum(np.count_nonzero(~np.isnan(history), axis=0), 2)
            middle = np.nansum(history, axis=0) / count
            spread = np.sqrt(np.nansum((history - middle) ** 2, axis=0) / (count - 1))
            top = np.fmax.reduce(history, axis=0)
            still = same(top, np.fmin.reduce(history, axis=0))  # exactly: a mean of equal values need not be one of them
            middle, spread = np.where(still, top, middle), np.where(still, 0.0, spread)
        out[at] = np.where(enough[..., None], middle[..., None] + widths * spread[..., None], np.nan)
    return out


def in_a_row(hits: Mask, follows: Sequence[bool]) -> Whole:
    """Count the periods in a row (period, …), up to each one, in which something holds.

    `follows` says of each period whether it comes right after the one before it in the array.
    """
    out = np.zeros(hits.shape, np.int16)
    for at, one in enumerate(hits):
        before = out[at - 1] if follows[at] else 0
        out[at] = np.where(one, before + 1, 0)
    return out


def step_reached(rows: Sequence[Whole], escalation: Sequence[Step]) -> Whole:
    """Return the place of the last step that is reached, -1 for none, from the periods in a row at each level or worse."""
    out = np.full(rows[0].shape, -1, np.int16)
    for at, step in enumerate(escalation):
        out[rows[LEVELS.index(step.level)] >= step.after] = at
    return out


def periods_shown(scores: Scores, found: Judged, period: str) -> list[int]:
    """Return the places of the periods that a rule's warnings of a period are those of: itself, or the parts of a larger one."""
    kind = found.rule.periods or scores.index.periods.kind
    own = dict(kinds_of(scores.index, scores.panel)).get(kind, slice(0, 0))
    judged = range(len(scores.periods))[own]
    at = scores.periods.index(period)
    if at in judged:
        return [at]
    larger = kind_among(period, scores.index.periods.kinds)
    return [one for one in judged if larger_of(scores.periods[one], kind, larger) == period]


def listed(
    scores: Scores,
    judged: Sequence[Judged],
    period: str,
    *,
    least: Level = "blue",
    node: int | None = None,
    unit: int | None = None,
) -> list[Warned]:
    """Return the warnings of a period from a level upwards: the worst first, then the longest, then as units and file have them.

    For a larger period that was made of parts the warnings of its parts, the newest first. Those of one event stand beside the
    worst of them.
    """
    rows: list[tuple[tuple[int, ...], Warned]] = []
    for at, found in enumerate(judged):
        for here in periods_shown(scores, found, period):
            units, columns = np.nonzero(found.levels[here] > NONE)
            for one, column in zip(units.tolist(), columns.tolist(), strict=True):
                if node not in (None, found.nodes[column]) or unit not in (None, one):
                    continue
                level, run = int(found.levels[here, one, column]), int(found.runs[here, one, column])
                rows.append(((-here, -level, -run, at, one, column), Warned(here, one, found.nodes[column], at, column)))
    gathered = _together(scores, [warned for _, warned in sorted(rows, key=lambda row: row[0])])
    return [one for one in gathered if judged[one.rule].level(one.at) > LEVELS.index(least)]


def _together(scores: Scores, found: Sequence[Warned]) -> list[Warned]:
    """Bring the warnings of one event together, of each unit and period: the first of them with the others beside it."""
    event = events(scores.index)
    alike: dict[tuple[object, ...], list[Warned]] = {}
    for one in found:
        name = scores.tree.nodes[one.node].id
        alike.setdefault((one.period, one.unit, event[name]) if name in event else (one,), []).append(one)
    return [replace(first, beside=tuple(others)) for first, *others in alike.values()]


def course(scores: Scores, judged: Judged, one: Warned, most: int = COURSE) -> list[int]:
    """Return the places of the last periods of a warning's kind, its own the last."""
    own = dict(kinds_of(scores.index, scores.panel))[judged.rule.periods or scores.index.periods.kind]
    return list(range(max(own.start, one.period + 1 - most), one.period + 1))


def newest_judged(scores: Scores, judged: Sequence[Judged]) -> str:
    """Return the newest period that any rule has judged, or the newest of all."""
    for at in reversed(range(len(scores.periods))):
        if any((one.levels[at] != NOT_JUDGED).any() for one in judged):
            return scores.periods[at]
    return scores.periods[-1]


def check_judged(scores: Scores, judged: Sequence[Judged]) -> list[Finding]:
    """Point out rules that have judged nothing in any period, for want of history or of values."""
    return [
        finding("IC810", scores.index.place_of(found.rule.id), id=found.rule.id, least=found.rule.least, method=found.rule.method)
        for found in judged
        if (found.levels == NOT_JUDGED).all()
    ]


def leading(scores: Scores, period: int, node: int, contribution: Array) -> Array:
    """Return by how many points of a node's score each leaf (unit, leaf) is behind or ahead of all units' mean.

    `contribution` (unit, node) are the contributions of the period. Each parent's own is shared among its children as its
    score is, down to the leaves; NaN for leaves that are not below the node, and below a score of 0.
    """
    tree = scores.tree
    score = scores.scores[period]
    points = np.full(score.shape, np.nan)
    points[:, node] = score[:, node]
    for branch in reversed(tree.branches):
        children = list(branch.children)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = points[:, branch.position] / score[:, branch.position]
        below = ~np.isnan(share)[:, None] & np.isnan(points[:, children])
        points[:, children] = np.where(below, contribution[:, children] * share[:, None], points[:, children])
    found = points[:, : tree.leaves]
    count = np.maximum(np.count_nonzero(~np.isnan(found), axis=0), 1)
    return np.asarray(found - np.nansum(found, axis=0) / count)


def _watched_values(scores: Scores, rule: WarningRule, names: Sequence[str]) -> Array:
    """Return what a rule judges (period, unit, node): values, towards a target where there is one, or scores."""
    tree = scores.tree
    out = np.empty((*scores.scores.shape[:2], len(names)))
    for column, name in enumerate(names):
        at = tree.position[name]
        if by_value(scores.index, rule, name):
            own = throughout(scores, lambda of, at=at: of.derived[..., at])  # type: ignore[misc]
            out[..., column] = towards(scores.index, [at], own[..., None])[..., 0]
        else:
            out[..., column] = throughout(scores, lambda of, at=at: of.scores[..., at])  # type: ignore[misc]
    return out


def _follows(periods: Sequence[str], kind: str) -> list[bool]:
    """Return whether each period comes right after the one before it in the panel."""
    return [at > 0 and previous(one, kind) == periods[at - 1] for at, one in enumerate(periods)]  # type: ignore[arg-type]


def _histories(x: Array, last: int | None) -> list[tuple[int, Array]]:
    """Return each period's place with the values before it, where there are any."""
    return [(at, x[max(0, at - last) if last else 0 : at]) for at in range(1, len(x))]


def _known(history: Array, least: int) -> Mask:
    known: Mask = np.count_nonzero(~np.isnan(history), axis=0) >= least
    return known


def _quantiles(x: Array, shares: Array) -> Array:
    """Return quantiles (…, share) of x (period, …) along its first axis, of what is known; R's type 7, NaN where nothing is."""
    ordered = np.sort(x, axis=0)  # NaN last
    count = np.count_nonzero(~np.isnan(x), axis=0)
    at = np.maximum(count - 1, 0)[..., None] * shares
    at = np.where(np.isnan(at), 0.0, at)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, np.maximum(count - 1, 0)[..., None])
    stacked = np.moveaxis(ordered, 0, -1)
    below, above = (np.take_along_axis(stacked, place, axis=-1) for place in (low, high))
    found: Array = np.where(np.isnan(shares), np.nan, below + (at - low) * (above - below))
    return found
