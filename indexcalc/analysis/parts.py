"""The values that an indicator may have in a program: pieces of its course, of which one is chosen, or that follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..methods.arrays import np
from .courses import Course, Piece
from .levers import Levers
from .program import Line, Program, number
from .trail import trail

_STILL = 1e-9  # of what a value may move: what is less is rounding


@dataclass(frozen=True)
class Part:
    """A piece with its start nearer to where the unit is, whether it is chosen, and how far along it the value moves.

    Pieces that follow each other need no choice: `chosen` is 0 then, and each is moved along by itself.
    """

    piece: Piece
    chosen: Line
    along: Line


@dataclass(frozen=True)
class Left:
    """How far what follows another is moved up and down itself, whether the way it follows bends, and whether that is sure."""

    beside: tuple[Line, Line] | None
    bent: bool
    sure: bool


def follow_up(program: Program, levers: Levers, leaf: int, lead: int, parts: Mapping[int, Sequence[Part]]) -> Left:
    """Let an indicator be where its lead leaves it, and beside that as far as it is moved itself."""
    own, width = float(levers.own[leaf]), float(levers.high[leaf] - levers.low[leaf])
    left, end = number(0.0 if parts[lead] else own), number(0.0 if parts[leaf] else own)
    sure, bent, beside = True, False, None
    for part in parts[lead]:
        way = trail(levers, leaf, lead, part.piece)
        sure = sure and way.sure
        left = left.plus(part.chosen.times(way.start)).plus(part.along.times(way.end - way.start))
        if way.near > 0 and way.far > 0:
            off = program.variable(0.0, way.near * way.far / (way.near + way.far))
            program.at_least(part.along.times(way.near).plus(off.times(-1.0)), 0.0)
            program.at_least(part.chosen.plus(part.along.times(-1.0)).times(way.far).plus(off.times(-1.0)), 0.0)
            left, bent = left.plus(off.times(way.side)), True
    for part in parts[leaf]:
        end = end.plus(part.chosen.times(part.piece.start)).plus(part.along.times(part.piece.end - part.piece.start))
    if leaf in levers.moved.columns:
        most = width + max(abs(left.low - own), abs(left.high - own))
        beside = program.variable(0.0, most), program.variable(0.0, most)
        left = left.plus(beside[0]).plus(beside[1].times(-1.0))
    apart = end.plus(left.times(-1.0))
    program.at_least(apart, -_STILL * width)
    program.at_least(apart.times(-1.0), -_STILL * width)
    return Left(beside, bent, sure)


def chosen(program: Program, own: float, pieces: Sequence[Piece]) -> list[Part]:
    """Return pieces of which one is chosen."""
    if len(pieces) == 1 and pieces[0].start == pieces[0].end:
        return []
    parts, total = [], number(0.0)
    for piece in (_outward(piece, own) for piece in pieces):
        taken = program.choice()
        along = number(0.0)
        if piece.end != piece.start:
            along = program.variable(0.0, 1.0)
            program.at_least(taken.plus(along.times(-1.0)), 0.0)
        total = total.plus(taken)
        parts.append(Part(piece, taken, along))
    program.at_least(total, 1.0)
    program.at_least(total.times(-1.0), -1.0)
    return parts


def _outward(piece: Piece, own: float) -> Piece:
    if abs(piece.start - own) <= abs(piece.end - own):
        return piece
    return piece.turned


def improving(program: Program, levers: Levers, course: Course, sign: float) -> list[Part]:
    """Return the pieces by which the unit's score can rise, where no other counts: one after the other if they can be."""
    unit, own = levers.unit, float(levers.own[course.leaf])
    if not sign or not course.stirs[unit]:
        return []
    if np.isnan(sign):
        return chosen(program, own, course.pieces)
    pieces = [_outward(piece, own) for piece in course.pieces]
    starts, ends = np.abs(np.array([(one.start, one.end) for one in pieces]) - own).T
    scores = sign * np.array([piece.scores[:, unit] for piece in pieces])
    bulge = sign * np.array([piece.bulge[:, unit] for piece in pieces])
    off = np.abs(bulge.sum(axis=1, keepdims=True)) / 4 + np.abs(bulge).max(axis=1, keepdims=True)
    most, least = np.where(bulge[:, :1] > 0, off, 0.0), np.where(bulge[:, :1] < 0, off, 0.0)
    surely, stays = np.maximum(*(scores - least).T), float(scores[starts == 0][0, 0])
    before = np.array([surely[ends < start].max(initial=stays) for start in starts])
    useful = (scores + most).max(axis=1) > before + 1e-12
    kept = [piece for piece, own_use in zip(pieces, useful.tolist(), strict=True) if own_use]
    chain = sorted((one for one in kept if one.end != one.start), key=lambda one: abs(one.start - own))
    if chain and _follow(chain, own, sign, unit):
        return [Part(piece, number(0.0), program.variable(0.0, 1.0)) for piece in chain]
    at_own = pieces[int(np.argmin(starts))].scores[:1]
    stay = Piece(own, own, np.repeat(at_own, 2, axis=0), np.zeros_like(pieces[0].scores))
    return chosen(program, own, kept if any(one.start == own for one in kept) else [stay, *kept]) if kept else []


def _follow(chain: Sequence[Piece], own: float, sign: float, unit: int) -> bool:
    """Say whether pieces go on from each other, from where the unit is, and bring ever less."""
    if chain[0].start != own or any(piece.curved for piece in chain):
        return False
    gains = [sign * float(piece.scores[1, unit] - piece.scores[0, unit]) / abs(piece.end - piece.start) for piece in chain]
    joined = all(one.end == other.start and one.scores[1, unit] == other.scores[0, unit] for one, other in pairwise(chain))
    return joined and min(gains) >= 0 and all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(gains))
