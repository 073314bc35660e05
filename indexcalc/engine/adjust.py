"""Adjustments: bonuses, deductions and vetoes on top of a node's score, each with its points."""

from __future__ import annotations

from ..methods.adjust import among, by_steps, limited, moved, repeated
from ..methods.arrays import Array, np
from ..methods.ties import near
from ..panel import Panel
from ..periods import parts_of, previous, read_period
from ..tree.blocks.adjustments import Placed
from ..tree.layout import Branch
from ..tree.model import Adjustment, Index
from .frames import kinds_of
from .ranking import overall, ranked_alone, ranking_of
from .times import joined


def adjust(index: Index, panel: Panel, branch: Branch, score: Array, block: slice) -> tuple[Array, list[Array]]:
    """Add a node's adjustments to its scores (period, unit), or (period, draw, unit), in the order of the file.

    Returns the scores, and the points of each adjustment. A move in rank takes all units, in place of a block of them.
    """
    before, points = score, []
    for item in (index.adjustments[place] for place in branch.adjustments):
        if item.rank_move is not None:
            added = _by_move(item, places_moved(index, panel, branch.position, before))
        elif item.place is not None:
            added = limited(item.place.points * times_placed(index, panel, branch.position, item.place, before), item.cap)
        else:
            count = events(index, panel, item, block)
            added = by_events(item, count if count.ndim == score.ndim else count[:, None], score)
        points.append(np.where(np.isnan(score), np.nan, added))
        score = score + added
    return score, points


def events(index: Index, panel: Panel, item: Adjustment, block: slice = slice(None)) -> Array:
    """Return how many events of an adjustment each unit of a block had (period, unit); none where nothing was reported.

    One that is for a unit and period alone has one event there. Values (period, draw, unit, column) give events of each draw.
    """
    if item.unit is None or item.id in panel.column:
        return np.nan_to_num(panel.values[..., block, panel.column[item.id]])
    meant = {read_period(str(item.period), kind) for kind in index.periods.kinds}
    rows = np.array([period in meant for period in panel.periods])
    ids, name = panel.units.ids, str(item.unit)
    names = ids if name in ids else panel.units.names if name in panel.units.names else panel.units.names_en
    units = np.array([one == name for one in names], dtype=bool) if names else np.zeros(len(ids), dtype=bool)
    return np.asarray((rows[:, None] & units)[:, block], dtype=float)


def by_events(item: Adjustment, count: Array, score: Array) -> Array:
    """Return the points of an adjustment by events, given how many there were and the score so far."""
    if item.each is not None:
        return limited(item.each * repeated(count, item.repeat), item.cap)
    if item.veto is not None and item.veto.deduct is not None:
        return np.where(count > 0, -abs(item.veto.deduct), 0.0)
    if item.veto is not None and item.veto.ceiling is not None:
        over = score - item.veto.ceiling
        return np.where((count > 0) & (over > near(score, item.veto.ceiling)), -over, 0.0)
    return np.zeros_like(score)  # a grade ceiling leaves the score as it is


def _by_move(item: Adjustment, moves: Array) -> Array:
    """Return the points of a move in rank: for each place climbed, or for the farthest of some steps up and down."""
    if isinstance(item.rank_move, tuple):
        return by_steps(moves, item.rank_move)
    assert item.rank_move is not None
    return limited(item.rank_move * np.maximum(moves, 0.0), item.cap)


def times_placed(index: Index, panel: Panel, position: int, place: Placed, score: Array) -> Array:
    """Return whether each unit is among the first or last that a place is for; of a larger period, in how many of its parts.

    Scores and result are (period, unit), or (period, draw, unit).
    """
    groups = ranked_alone(index, panel)
    places = overall(ranking_of(index, position), score[..., None], groups)[..., 0]
    found = np.zeros_like(score)
    for units in groups or [slice(None)]:
        found[..., units] = among(places[..., units], place.first, place.last)
    (kind, own), *larger = kinds_of(index, panel)
    for whole, members in larger:
        parts = parts_of(panel.periods[own], kind, whole)
        for row in range(members.start, members.stop):
            found[row] = found[parts[panel.periods[row]]].sum(axis=0)
    return found


def places_moved(index: Index, panel: Panel, position: int, score: Array) -> Array:
    """Return how many places each unit has climbed since the period before, or lost; 0 where there is none to compare with.

    Scores and result are (period, unit), or (period, draw, unit).
    """
    places = overall(ranking_of(index, position), score[..., None], ranked_alone(index, panel))[..., 0]
    course = joined(index, panel, places) if score.ndim == 2 else joined(index, panel, places.swapaxes(1, 2)).swapaxes(1, 2)
    before = np.full_like(score, np.nan)
    row = {period: position for position, period in enumerate(panel.periods)}
    for kind, members in kinds_of(index, panel):
        for now in range(members.start, members.stop):
            if (earlier := previous(panel.periods[now], kind)) in row:
                before[now] = course[row[str(earlier)]]
    return moved(places, before)


def grade_ceilings(index: Index, panel: Panel) -> Array:
    """Return the place of the best grade that vetoes leave each unit (period, unit); 0, the first, without one."""
    out = np.zeros(panel.values.shape[:2])
    names = [grade.name for grade in index.grades]
    for item in index.adjustments:
        if item.veto is not None and item.veto.grade in names:
            out = np.where(events(index, panel, item) > 0, np.maximum(out, names.index(item.veto.grade)), out)
    return out
