"""Small marks inside tables: a course as a line, a score as a bar, a warning level as its shape."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .palette import LEVELS
from .svg import GREY, element, path, picture, text


def course(values: Sequence[float], label: str, *, width: float = 96, height: float = 24, down: bool = False) -> str:
    """Draw values over time as a line, its last point marked; gaps stay gaps. `down` draws less as higher, as of ranks."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    spread = (high - low) or 1.0
    step = (width - 10) / max(len(values) - 1, 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(values):
        if math.isnan(value):
            runs.append([])
            continue
        share = (value - low) / spread if high > low else 0.5
        runs[-1].append((5 + step * at, 4 + (height - 8) * (share if down else 1 - share)))
    lines = [path(run, fill="none", stroke=GREY, stroke_width=1.5) for run in runs if len(run) > 1]
    dots = [element("circle", {"cx": run[0][0], "cy": run[0][1], "r": 1.5, "fill": GREY}) for run in runs if len(run) == 1]
    last = [run for run in runs if run][-1][-1]
    return picture(
        width, height, label, *lines, *dots, element("circle", {"cx": last[0], "cy": last[1], "r": 3, "fill": "#902E27"})
    )


def bar(share: float, label: str, *, covered: float = 1.0, fill: str = "#4A88C0", width: float = 90, height: float = 12) -> str:
    """Draw a share from 0 to 1 as a bar; the part that is not covered by data is only an outline."""
    if math.isnan(share):
        return ""
    long = max(min(share, 1.0), 0.0) * width
    solid = long * (1.0 if math.isnan(covered) else covered)
    outline = element(
        "rect", {"x": 0.5, "y": 0.5, "width": max(long - 1, 0.0), "height": height - 1, "fill": "none", "stroke": fill}
    )
    return picture(
        width, height, label, element("rect", {"x": 0, "y": 0, "width": solid, "height": height, "fill": fill}), outline
    )


def level_mark(level: str, letter: str, label: str, *, size: float = 20) -> str:
    """Draw a warning level as its shape with its character: octagon, triangle, diamond, circle, the worst first."""
    fill, ink, border = LEVELS[level]
    half = size / 2
    if level == "blue":
        shape = element("circle", {"cx": half, "cy": half, "r": half - 1, "fill": fill, "stroke": border})
    else:
        shape = path(_corners(level, size), closed=True, fill=fill, stroke=border, stroke_width=1.2)
    low = size * (0.84 if level == "orange" else 0.7)
    return picture(size, size, label, shape, text(letter, half, low, size=size * 0.52, anchor="middle", fill=ink, bold=True))


def _corners(level: str, size: float) -> list[tuple[float, float]]:
    if level == "orange":
        return [(size / 2, 1), (size - 0.5, size - 1.5), (0.5, size - 1.5)]
    if level == "yellow":
        return [(size / 2, 0.5), (size - 0.5, size / 2), (size / 2, size - 0.5), (0.5, size / 2)]
    cut, far = size * 0.3, size - 1
    return [(cut, 1), (size - cut, 1), (far, cut), (far, size - cut), (size - cut, far), (cut, far), (1, size - cut), (1, cut)]
