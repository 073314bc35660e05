"""The course of an indicator: the scores that all units have in it as one unit moves from one value to another.

The rest stands still, so that these are functions of one value. Its frame moves with it, and so do what is estimated from it and
what shares a total with it. Between the places at which a course bends or jumps it is a line, or a curve that bends one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..engine.frames import base_of, compare, groups_of, kinds_of
from ..methods import CATALOGUE, NORMALISERS
from ..methods.arrays import Array, Mask, np
from ..methods.impute import FROM_SIBLINGS
from ..methods.rank import rounded
from ..panel import IMPUTED, MISSING
from ..periods import kind_among
from ..tree.blocks.choices import NONE
from ..tree.layout import normalise_of
from .levers import Levers

_CLOSE = 1e-9  # of the way that a value can move: how near a jump is looked at from both sides
NEAR = 1e-7  # of a piece: how near its ends its tangents are taken, by the secant from there
_STRAIGHT = 1e-9  # of a score, up to which it lies on a line
_CROSSINGS = 20_000  # beyond which it is not worth finding where values pass each other


@dataclass(frozen=True)
class Piece:
    """A part of a course between two values: all units' scores (2, unit) at these, and on a line in between.

    A curve leaves the line at both ends by `bulge` (2, unit) for all of the way, upwards above 0, and comes back: it lies
    between the line and these tangents. It is 0 for what is a line.
    """

    start: float
    end: float
    scores: Array
    bulge: Array

    @property
    def curved(self) -> bool:
        return bool(self.bulge.any())

    @property
    def turned(self) -> Piece:
        """The same piece from its other end."""
        return Piece(self.end, self.start, self.scores[::-1], self.bulge[::-1])


@dataclass(frozen=True)
class Course:
    """The pieces of an indicator's course.

    It is `whole` where these are all of it and the unit's scores are sure to lie on them; `others` says so of all units'.
    """

    leaf: int
    pieces: tuple[Piece, ...]
    whole: bool
    others: bool

    @cached_property
    def stirs(self) -> Mask:
        """The units (unit,) that have not the same score all along."""
        scores = np.concatenate([piece.scores for piece in self.pieces]) if self.pieces else np.zeros((1, 0))
        moved = np.ptp(scores, axis=0) > 0 if self.pieces else np.zeros(0, dtype=bool)
        return np.asarray(moved | np.logical_or.reduce([piece.curved for piece in self.pieces], initial=False))

    def curve_at(self, value: float) -> Piece | None:
        """Return the curve that a value lies on, between its ends."""
        return next((one for one in self.pieces if one.curved and one.start < value < one.end), None)

    def piece_at(self, value: float) -> Piece | None:
        """Return the piece that a value lies on, between its ends."""
        return next((one for one in self.pieces if one.start < value < one.end), None)


class Columns:
    """One indicator's column for many values of the unit at once, step by step as the engine makes it."""

    def __init__(self, levers: Levers, leaf: int) -> None:
        self.levers, self.at = levers, leaf
        self.scores = levers.scores
        self.index, self.panel = self.scores.index, self.scores.panel
        self.leaf = self.index.leaves[leaf]
        self.choice = normalise_of(self.index, self.leaf)
        self.imputed = next((one for one, leaves in self.index.tree.imputed if leaf in leaves), None)
        self.treated = next((one for one, leaves in self.index.tree.treated if leaf in leaves), None)

    def compared(self, values: Array) -> Array:
        """Return what is compared (period, unit, value): estimated, treated, and the distance where there is a target."""
        levers, period, unit = self.levers, self.levers.period, self.levers.unit
        status = np.where(self.scores.status[..., self.at] == IMPUTED, MISSING, self.scores.status[..., self.at])
        x = np.repeat(self.scores.derived[..., self.at][..., None], len(values), axis=-1)
        was = float(x[period, unit, 0])
        if self.leaf.share:
            group = levers.group_of_share(self.leaf)
            left = 1.0 - (0.0 if np.isnan(was) else was / self.leaf.scale)
            x[period, group] *= (1.0 - values / self.leaf.scale) / left
        x[period, unit] = values
        if self.imputed is not None:
            gaps = np.broadcast_to((status == MISSING)[..., None], x.shape) & np.isnan(x)
            x = np.where(gaps, self._estimates(x), x)
        if self.treated is not None:
            x = CATALOGUE["treat"][self.treated.method](x, **self.treated.parameters)
        if self.at in self.index.tree.targets:
            low, high = self.index.tree.targets[self.at]
            x = np.maximum(np.maximum(low - x, x - high), 0.0)
        return np.asarray(x)

    def scored(self, values: Array, shown: slice, *, round_too: bool = True) -> Array:
        """Return the scores of all units in some periods (period, unit, value), with every other value as it is."""
        x, panel = self.compared(values), self.panel
        sign = np.full(len(values), self.index.tree.signs[self.at])
        computed = np.full(len(values), self.index.tree.computed[self.at])
        if self.choice.over in ("period", "group"):  # what other periods have plays no part
            x, panel = x[shown], replace(panel, values=panel.values[shown], periods=panel.periods[shown])
        out = np.empty(x.shape)
        compare(self.index, panel, self.choice, x, sign, out, slice(None), computed)
        out = out if len(panel.periods) < len(self.panel.periods) else out[shown]
        if round_too and self.leaf.round is not None:
            out = rounded(out, self.leaf.round.decimals, self.leaf.round.how)
        return out

    def _estimates(self, x: Array) -> Array:
        choice, known = self.imputed, self.scores.imputed
        assert choice is not None
        assert known is not None
        if choice.method in FROM_SIBLINGS:  # these move too, which carrying the plan out finds
            return np.broadcast_to(known[..., self.at][..., None], x.shape)
        groups = groups_of(self.panel, choice.column)
        out = np.empty(x.shape)
        for _, members in kinds_of(self.index, self.panel):
            out[members] = CATALOGUE["impute"][choice.method](x[members], groups, **choice.parameters)
        return out

    @cached_property
    def sure(self) -> bool:
        """Whether what is compared moves evenly between other units' values, and in this period and column alone."""
        leaf = self.leaf
        across = leaf.difference or leaf.growth or leaf.rolling or leaf.shrink or leaf.residual or self.index.cumulative
        elsewhere = across and (self.choice.over in ("all", "base") or self.imputed is not None or leaf.shrink or leaf.residual)
        siblings = self.imputed is not None and self.imputed.method in FROM_SIBLINGS
        return not (elsewhere or siblings or (self.treated is not None and self.treated.method not in (NONE, "clip")))

    @property
    def frame(self) -> Mask:
        """The cells (period, unit) that the unit's value is compared with; its own too, where it is one of them."""
        levers, panel = self.levers, self.panel
        cells = np.zeros((len(panel.periods), len(panel.units)), dtype=bool)
        if self.choice.over == "all":
            members = next(at for _, at in kinds_of(self.index, panel) if at.start <= levers.period < at.stop)
            cells[members] = True
        elif self.choice.over == "base":
            row = base_of(self.index, panel, self.choice, panel.periods[levers.period])
            cells[[] if row is None else [row]] = True
        else:
            group = "group" if self.choice.over == "group" else None
            cells[levers.period] = next(mask for mask in groups_of(panel, group) if mask[levers.unit])
        return cells


def course(levers: Levers, leaf: int, extra: Sequence[float] = ()) -> Course:
    """Find the pieces of an indicator's course between the values that it may have; `extra` are places to cut them at too."""
    columns, period = Columns(levers, leaf), levers.period
    low, high, own = levers.low[leaf], levers.high[leaf], levers.own[leaf]
    knots, whole, others = _knots(columns, low, high, own)
    knots = np.unique(np.concatenate([knots, [at for at in extra if low < at < high]]))
    close = max(_CLOSE * (high - low), 4e-12 * max(abs(low), abs(high)))
    spans = np.flatnonzero(np.diff(knots) > 8 * close)
    shares = np.array([0.0, NEAR, 0.5, 1.0 - NEAR, 1.0])
    starts, ends = knots[spans] + close, knots[spans + 1] - close
    inside = starts[:, None] + shares * (ends - starts)[:, None]
    made = columns.scored(np.concatenate([[own], knots, inside.ravel()]), slice(period, period + 1), round_too=False)[0].T
    gone, points = np.isnan(made[0]), made[1 : len(knots) + 1]
    bodies = made[len(knots) + 1 :].reshape(len(spans), len(shares), len(gone))
    known = [(np.isnan(part) == gone).all(axis=-1) for part in (points, bodies)]
    whole &= bool(known[0].all() and known[1].all())
    pieces = [
        Piece(float(at), float(at), np.stack([value, value]), np.zeros((2, len(value))))
        for at, value, there in zip(knots, points, known[0], strict=True)
        if there
    ]
    pieces += [
        _piece((knots[span], knots[span + 1]), close, bodies[at], points[span : span + 2])
        for at, span in enumerate(spans.tolist())
        if known[1][at].all()
    ]
    kept = _tidied(sorted(pieces, key=lambda piece: (piece.start, piece.end)))
    return Course(leaf, tuple(kept), whole, others and whole)


def _piece(between: tuple[float, float], close: float, inside: Array, points: Array) -> Piece:
    """Return what lies between two places, each its own where the course does not jump there; `inside` (share, unit)."""
    first, near, middle, far, last = np.nan_to_num(inside)
    size = 1 + np.abs(middle)
    straight = np.abs(middle - (first + last) / 2) <= _STRAIGHT * size
    leaves = np.stack([near - first, far - last])
    leaves = (leaves - np.stack([last - first, first - last]) * NEAR) / NEAR
    bulge = np.where(straight, 0.0, leaves)
    ends, scores = [between[0] + close, between[1] - close], np.stack([first, last])
    share = close / (between[1] - between[0])
    for side, step in ((0, first - last), (1, last - first)):
        steep = np.abs(step) * share + np.abs(bulge[side]) * share
        if (np.abs(np.nan_to_num(points[side]) - scores[side]) <= 4 * steep + _STRAIGHT * size).all():
            ends[side], scores[side] = between[side], np.nan_to_num(points[side])
    return Piece(float(ends[0]), float(ends[1]), scores, bulge)


def _tidied(pieces: list[Piece]) -> list[Piece]:
    """Leave out places that are the ends of pieces beside them."""
    spans = [piece for piece in pieces if piece.end > piece.start]
    covered = {end for piece in spans for end in (piece.start, piece.end)}
    return [piece for piece in pieces if piece.end > piece.start or piece.start not in covered]


def _knots(columns: Columns, low: float, high: float, own: float) -> tuple[Array, bool, bool]:
    """Return the values at which a course may bend or jump, with both ends; whether they are all, for the unit, for others."""
    index, levers = columns.index, columns.levers
    record = NORMALISERS[columns.choice.method]
    frame = columns.frame
    stirs = bool(frame[levers.period, levers.unit])
    frame[levers.period, levers.unit] = False
    wide = columns.treated is not None or columns.imputed is not None
    found = [low, high, own, *index.tree.targets.get(columns.at, ())]
    if wide:
        found += columns.scores.derived[..., columns.at].ravel().tolist()
    start = _between(np.array(found), low, high)
    x = columns.compared(np.concatenate([start, (start[1:] + start[:-1]) / 2]))
    ends, middles = x[..., : len(start)], x[..., len(start) :]
    straight = np.abs(middles - (ends[..., 1:] + ends[..., :-1]) / 2)
    even = bool((np.nan_to_num(straight) <= 1e-11 * (1 + np.nan_to_num(np.abs(middles)))).all())
    rows = ends.reshape(-1, len(start))
    rows = rows[~np.isnan(rows).any(axis=-1)]
    moves = np.ptp(rows, axis=-1) > 0
    still = ends[frame & ~np.isnan(ends).any(axis=-1) & (np.ptp(ends, axis=-1) == 0)][:, 0]
    kind = kind_among(columns.panel.periods[levers.period], index.periods.kinds)
    marks = record.bends(record.given(columns.choice.of_kind(kind).parameters), still)
    few = marks is not None and moves.sum() * max(len(marks), 1) <= _CROSSINGS
    alone = moves.sum() <= 1
    whole = columns.sure and even and few and (record.curves == "all" or alone)
    # where others move as well, so do other groups' frames
    others = (record.curves == "all" or not stirs) and (columns.choice.over != "group" or alone)
    marks = list(np.unique(still)) if marks is None else marks
    return (
        _between(
            np.concatenate([start, _crossings(start, rows[moves][: _CROSSINGS // max(1, len(marks))], np.array(marks))]),
            low,
            high,
        ),
        whole,
        others,
    )


def _crossings(at: Array, rows: Array, marks: Array) -> Array:
    """Return where moving values (row, place) pass marks, or each other."""
    if not len(rows):
        return np.empty(0)
    apart = [rows[:, None] - marks[None, :, None]]
    if len(rows) > 1:
        apart.append(rows[:, None] - rows[None, :])
    gaps = np.concatenate([one.reshape(-1, len(at)) for one in apart])
    before, after = gaps[:, :-1], gaps[:, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = before / (before - after)
        return np.asarray((at[:-1] + share * np.diff(at))[(share > 0) & (share < 1)])


def _between(values: Array, low: float, high: float) -> Array:
    return np.unique(values[(values >= low) & (values <= high)])
