"""Petals: a unit's scores of the dimensions, each petal as wide as the dimension weighs and as long as its score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .palette import fill_of
from .svg import GREY, INK, RULE, element, line, path, picture, text, wide

_STEPS = 7  # points along half of a petal's edge


@dataclass(frozen=True)
class Petal:
    """One petal: what it is called, how wide it is among all, its score and that of the middle unit, NaN for none."""

    name: str
    weight: float
    score: float
    middle: float
    shown: str


def petals(
    petal: Sequence[Petal], low: float, high: float, label: str, *, size: float = 220, words: tuple[str, str] = ("", "")
) -> str:
    """Draw petals from a lowest to a highest score; what is missing is a dashed outline, what is below the lowest a dot.

    A thin outline is that of the middle unit. `words` are what is said of what is missing and of what is below.
    """
    total = sum(one.weight for one in petal) or 1.0
    centre, reach = size / 2, size / 2 - 22
    drawn = [
        element("circle", {"cx": centre, "cy": centre, "r": reach * at, "fill": "none", "stroke": RULE}) for at in (1.0, 0.5)
    ]
    start = -math.pi / 2
    for at, one in enumerate(petal):
        turn = 2 * math.pi * one.weight / total
        drawn += _petal(at, one, (start, start + turn), (low, high), centre, reach, words)
        start += turn
    return picture(size, size, label, *drawn)


def _petal(
    at: int,
    one: Petal,
    angles: tuple[float, float],
    ends: tuple[float, float],
    centre: float,
    reach: float,
    words: tuple[str, str],
) -> list[str]:
    middle = sum(angles) / 2
    drawn = [line(centre, centre, centre + reach * math.cos(angles[0]), centre + reach * math.sin(angles[0]))]
    length, ghost = (_length(score, ends) for score in (one.score, one.middle))
    if math.isnan(one.score):
        drawn.append(_outline(angles, reach, centre, fill="none", stroke=GREY, stroke_dasharray="3 3"))
        shown = words[0]
    elif length <= 0:
        drawn.append(
            element(
                "circle", {"cx": centre + 8 * math.cos(middle), "cy": centre + 8 * math.sin(middle), "r": 3, "fill": fill_of(at)}
            )
        )
        shown = f"{words[1]}{one.shown}" if one.score < ends[0] else one.shown
    else:
        drawn.append(_outline(angles, reach * length, centre, fill=fill_of(at), fill_opacity="0.9", stroke="#FFFFFF"))
        shown = one.shown
    if ghost > 0:
        drawn.append(_outline(angles, reach * ghost, centre, fill="none", stroke=INK, stroke_width=0.8))
    x, y = centre + (reach + 10) * math.cos(middle), centre + (reach + 10) * math.sin(middle) + 4
    half = min(wide(shown, 10) / 2 + 1, centre)
    return [*drawn, text(shown, min(max(x, half), 2 * centre - half), y, size=10, anchor="middle")]


def _length(score: float, ends: tuple[float, float]) -> float:
    """Return how long a petal is, from 0 to 1: never beyond either end, so that none turns over to the other side."""
    if math.isnan(score) or not ends[1] > ends[0]:
        return 0.0
    return min(max((score - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)


def _outline(angles: tuple[float, float], length: float, centre: float, **attributes: object) -> str:
    """Return a petal that is thin at the centre and round at its end."""
    first, last = angles
    middle, half = (first + last) / 2, (last - first) / 2
    points = [(centre, centre)]
    for step in range(-_STEPS, _STEPS + 1):
        share = step / _STEPS
        angle = middle + half * 0.94 * share
        far = length * (1 - 0.32 * abs(share) ** 2.5)
        points.append((centre + far * math.cos(angle), centre + far * math.sin(angle)))
    return path(points, closed=True, **attributes)
