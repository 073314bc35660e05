"""Where an indicator is left as another moves that is made of the same reported data: a line, or a curve that bends one way."""

from __future__ import annotations

from dataclasses import dataclass

from ..methods.arrays import np
from ..tree.expressions import nodes
from ..tree.formula import parse
from ..tree.model import Indicator
from .courses import Piece
from .levers import Levers

_PLACES = np.array([0.0, 1e-3, 0.25, 0.5, 0.75, 1.0 - 1e-3, 1.0])
_STEEPER = 1.1  # than the secants that stand for tangents
_LINE = 1e-11  # of what a value may move, up to which it lies on a line
_ARITHMETIC = frozenset({"name", "number", "+", "-", "*", "/", "neg"})


@dataclass(frozen=True)
class Trail:
    """Where it is left at both ends of a piece of the lead's course; how steeply and to which side it leaves the line."""

    start: float
    end: float
    near: float
    far: float
    side: float
    sure: bool


def trail(levers: Levers, leaf: int, lead: int, piece: Piece) -> Trail:
    """Follow an indicator along a piece of its lead's course."""
    rows = np.repeat(levers.own[None], len(_PLACES), axis=0)
    rows[:, lead] = piece.start + _PLACES * (piece.end - piece.start)
    where = levers.ended(rows)[:, leaf]
    first, last = float(where[0]), float(where[-1])
    off = where - (first + _PLACES * (last - first))
    most = float(off[np.argmax(np.abs(off))])
    if abs(most) <= _LINE * (levers.high[leaf] - levers.low[leaf]) or piece.start == piece.end:
        return Trail(
            first, last, 0.0, 0.0, 1.0, bool(np.isfinite(where).all()) and bends_one_way(levers.scores.index.leaves[leaf])
        )
    side = float(np.sign(most))
    near, far = (float(side * off[at]) / 1e-3 * _STEEPER for at in (1, -2))
    one_way = bool(np.isfinite(off).all() and (off * side >= -_LINE).all())
    return Trail(first, last, near, far, side, one_way and bends_one_way(levers.scores.index.leaves[leaf]))


def bends_one_way(leaf: Indicator) -> bool:
    """Say whether an indicator is arithmetic of what is reported, and of nothing that others report."""
    if leaf.shrink or leaf.residual or leaf.applies:
        return False
    return leaf.formula is None or all(node[0] in _ARITHMETIC for node in nodes(parse(leaf.formula)))
