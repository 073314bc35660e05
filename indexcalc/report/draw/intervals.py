"""Rank intervals: a strip a unit in rank order, a dot for its rank, brackets for those that cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .svg import GREY, INK, RULE, element, fitted, line, path, picture, text, wide

_ROW = 24.0


@dataclass(frozen=True)
class Strip:
    """A unit's rank and the ranks between which it lies; NaN for none."""

    name: str
    rank: float
    low: float
    high: float


def intervals(strips: Sequence[Strip], groups: Sequence[Sequence[int]], label: str, *, width: float = 640) -> str:
    """Draw the strips of units in the order that they are given in, and a bracket right of each group of their places."""
    side = min(180.0, 20 + max((wide(one.name) for one in strips), default=0))
    brackets = 14.0 * min(len(groups), 6)
    ranks = [end for one in strips for end in (one.rank, one.low, one.high) if not math.isnan(end)]
    most = max(max(ranks, default=1.0), 2.0)
    right = width - brackets - 16
    scale = (right - side) / (most - 1)
    height = 34 + _ROW * len(strips)

    def x_of(rank: float) -> float:
        return side + scale * (rank - 1)

    every = max(1, math.ceil(most / 12))
    ticks = [rank for rank in range(1, int(most) + 1) if rank == 1 or rank % every == 0]
    drawn = [line(x_of(rank), 22, x_of(rank), height - 8) for rank in ticks]
    drawn += [text(str(rank), x_of(rank), 14, size=11, anchor="middle", fill=GREY) for rank in ticks]
    for at, one in enumerate(strips):
        y = 34 + _ROW * at
        drawn.append(text(fitted(one.name, side - 16), side - 12, y + 4, anchor="end"))
        if not math.isnan(one.low):
            drawn.append(line(x_of(one.low), y, x_of(one.high), y, stroke="#4A88C0", width=7))
        if not math.isnan(one.rank):
            drawn.append(element("circle", {"cx": x_of(one.rank), "cy": y, "r": 4.5, "fill": INK, "stroke": "#FFFFFF"}))
    for at, group in enumerate(groups[:6]):
        x, top, bottom = right + 12 + 14 * at, 34 + _ROW * min(group) - 7, 34 + _ROW * max(group) + 7
        drawn.append(path([(x - 5, top), (x, top), (x, bottom), (x - 5, bottom)], fill="none", stroke=GREY, stroke_width=1.5))
    return picture(width, height, label, *drawn) if strips else picture(width, 34, label, line(0, 30, width, 30, RULE))
