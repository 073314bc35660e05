"""Bars: a line a name, to the right of a middle line what is above 0, to the left of it what is below.

Its number stands to the right of its bar, or of the middle line where the bar is left of it: so pictures fit a narrow screen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from .svg import GREY, element, fitted, line, picture, text, wide

MOST = 40  # bars of one picture
_ROW, _NAME, _LONG, _NUMBER = 24.0, 200.0, 260.0, 74.0
_ABOVE, _BELOW = "#27639F", "#B35806"


def bars(names: Sequence[str], values: Sequence[float], shown: Sequence[str], label: str, *, room: float = _NAME) -> str:
    """Draw values as bars, each with what is `shown` of it; one that is not known is a dash. Nothing of no values.

    Names longer than their `room` are cut.
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    low, high = min(0.0, *known), max(0.0, *known)
    scale = _LONG / ((high - low) or 1.0)
    side = min(room, 14 + max(wide(name, 13) for name in names))
    zero = side - low * scale
    parts = []
    for at, (name, value, said) in enumerate(zip(names, values, shown, strict=True)):
        y = 6 + _ROW * at
        parts.append(text(fitted(name, side - 10, 13), side - 8, y + 15, size=13, anchor="end"))
        if math.isnan(value):
            parts.append(text("–", zero + 6, y + 15, size=13, fill=GREY))
            continue
        long = abs(value) * scale
        start = zero if value >= 0 else zero - long
        fill = _ABOVE if value >= 0 else _BELOW
        parts.append(element("rect", {"x": start, "y": y + 3, "width": max(long, 1.0), "height": _ROW - 8, "fill": fill}))
        parts.append(text(said, (zero + long if value >= 0 else zero) + 6, y + 15, size=13))
    height = 12 + _ROW * len(names)
    parts.append(line(zero, 4, zero, height - 4, stroke=GREY))
    return picture(side + _LONG + _NUMBER, height, label, *parts)
