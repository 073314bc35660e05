"""One plane with two axes for points, lines and areas, with round numbers along both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .palette import PINNED
from .svg import GREY, INK, element, line, path, picture, short, text

_LEFT, _TOP, _RIGHT, _BOTTOM = 56.0, 14.0, 16.0, 44.0


@dataclass(frozen=True)
class Series:
    """Points, a line or an area over the horizontal axis, with a name and names of its points."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Literal["points", "line", "area"] = "points"
    labels: Sequence[str] = ()


def plane(series: Sequence[Series], titles: tuple[str, str], label: str, *, width: float = 560, height: float = 360) -> str:
    """Draw series on one plane; `titles` are those of the axes."""
    points = [
        point for one in series for point in zip(one.x, one.y, strict=True) if all(math.isfinite(number) for number in point)
    ]
    if not points:
        return ""
    across, up = round_ticks([x for x, _ in points]), round_ticks([y for _, y in points])

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + (x - across[0]) / (across[-1] - across[0]) * (width - _LEFT - _RIGHT),
            height - _BOTTOM - (y - up[0]) / (up[-1] - up[0]) * (height - _TOP - _BOTTOM),
        )

    drawn = []
    for tick in up:
        drawn += [
            line(*at(across[0], tick), *at(across[-1], tick)),
            text(short(tick), _LEFT - 6, at(across[0], tick)[1] + 4, size=11, anchor="end", fill=GREY),
        ]
    for tick in across:
        drawn.append(text(short(tick), at(tick, up[0])[0], height - _BOTTOM + 16, size=11, anchor="middle", fill=GREY))
    drawn.append(line(*at(across[0], up[0]), *at(across[-1], up[0]), stroke=GREY))
    drawn += [text(titles[0], (width + _LEFT) / 2, height - 8, anchor="middle"), text(titles[1], 4, 11)]
    for place, one in enumerate(series):
        drawn += _series(one, PINNED[place % len(PINNED)], at, up[0])
    return picture(width, height, label, *drawn)


def _series(one: Series, colour: str, at: object, floor: float) -> list[str]:
    assert callable(at)
    known = [(x, y) for x, y in zip(one.x, one.y, strict=True) if math.isfinite(x) and math.isfinite(y)]
    placed = [at(x, y) for x, y in known]
    if one.kind == "points":
        dots = [element("circle", {"cx": x, "cy": y, "r": 4, "fill": colour, "stroke": "#FFFFFF"}) for x, y in placed]
        names = [text(name, x + 6, y - 5, size=10, fill=INK) for name, (x, y) in zip(one.labels, placed, strict=False)]
        return [*dots, *names]
    if one.kind == "area" and known:
        ground = [at(known[-1][0], floor), at(known[0][0], floor)]
        return [
            path([*placed, *ground], closed=True, fill=colour, fill_opacity="0.25"),
            path(placed, fill="none", stroke=colour, stroke_width=2),
        ]
    return [path(placed, fill="none", stroke=colour, stroke_width=2)] if placed else []


def round_ticks(values: Sequence[float], most: int = 6) -> list[float]:
    """Return round numbers, one step apart, from below the least to above the greatest of some values.

    >>> round_ticks([1.2, 9.7]), round_ticks([3.0, 3.0])
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [2.0, 3.0, 4.0])
    """
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / (most - 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(at * step, 12) for at in range(first, last + 1)]
