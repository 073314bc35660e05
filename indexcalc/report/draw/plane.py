"""A plane with two axes: lines, points, an ellipse on it; and squares of shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from ...words.shown import visible
from .palette import ON_ORDERED, ORDERED, fill_of, ordered_class
from .svg import GREY, INK, RULE, element, fitted, line, path, picture, short, text, wide

_LEFT, _TOP, _LOW = 64.0, 26.0, 44.0
_TICKS = 5  # about so many on an axis

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Drawn:
    """Something that is drawn on a plane: points that are joined, or that stand alone with a name each."""

    name: str
    points: Points
    joined: bool = True
    names: Sequence[str] = ()
    dash: str | None = None


@dataclass(frozen=True)
class Axes:
    """What the two axes say, and lines across at some values of each."""

    x: str
    y: str
    names: Sequence[str] = ()
    """What stands at 0, 1, 2 … of the horizontal axis in place of numbers."""
    across: Sequence[float] = field(default=())
    upright: Sequence[float] = field(default=())
    alike: bool = False
    """Whether both axes have one scale, as on a map."""


def plane(axes: Axes, drawn: Sequence[Drawn], label: str, *, width: float = 560, height: float = 320) -> str:
    """Draw lines and points on two axes, each with its own colour and its name; what is NaN is a gap."""
    known = [point for one in drawn for point in one.points if not any(map(math.isnan, point))]
    if not known:
        return ""
    named = [one.name for one in drawn if one.name]
    side = 38 + max(wide(name, 11) for name in named) if named else 20
    right, bottom = width - min(side, 200), height - _LOW
    lows, highs = ([end(point[axis] for point in known) for axis in (0, 1)] for end in (min, max))
    x_low, x_high = (0.0, max(len(axes.names) - 1.0, 1.0)) if axes.names else _padded(lows[0], highs[0])
    y_low, y_high = _padded(lows[1], highs[1])
    if axes.alike:
        each = max((x_high - x_low) / (right - _LEFT), (y_high - y_low) / (bottom - _TOP))
        x_low, x_high = _about(x_low, x_high, each * (right - _LEFT))
        y_low, y_high = _about(y_low, y_high, each * (bottom - _TOP))

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + (right - _LEFT) * (x - x_low) / (x_high - x_low),
            bottom - (bottom - _TOP) * (y - y_low) / (y_high - y_low),
        )

    parts = [_axis(axes, at, (x_low, x_high), (y_low, y_high), (right, bottom))]
    for place, one in enumerate(drawn):
        parts += _one(one, fill_of(place), at, right)
    place = 0
    for number, one in enumerate(drawn):
        if one.name:
            y = _TOP + 10 + 18 * place
            parts += [
                line(right + 12, y - 4, right + 26, y - 4, stroke=fill_of(number), width=3, dash=one.dash),
                text(fitted(one.name, width - right - 32, 11), right + 30, y, size=11),
            ]
            place += 1
    return picture(width, height, label, *parts)


def _padded(low: float, high: float) -> tuple[float, float]:
    pad = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - pad, high + pad


def _about(low: float, high: float, length: float) -> tuple[float, float]:
    middle = (low + high) / 2
    return middle - length / 2, middle + length / 2


def ticks(low: float, high: float, count: int = _TICKS) -> list[float]:
    """Return round numbers between two ends, about so many.

    >>> ticks(0.1, 9.7), ticks(82.0, 84.1)
    ([2.0, 4.0, 6.0, 8.0], [82.0, 82.5, 83.0, 83.5, 84.0])
    """
    raw = (high - low) / count
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * one for one in (1, 2, 5, 10) if size * one >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * at, 12) for at in range(first, math.floor(high / step + 1e-9) + 1)]


def _axis(
    axes: Axes,
    at: Callable[[float, float], tuple[float, float]],
    xs: tuple[float, float],
    ys: tuple[float, float],
    ends: tuple[float, float],
) -> str:
    right, bottom = ends
    parts = []
    for y in ticks(*ys):
        height = at(xs[0], y)[1]
        parts += [line(_LEFT, height, right, height), text(short(y, 6), _LEFT - 6, height + 4, size=11, anchor="end", fill=GREY)]
    every = max(1, -(-len(axes.names) // 8))
    told = [(float(place), name) for place, name in enumerate(axes.names) if place % every == 0]
    for x, said in told if axes.names else [(x, short(x, 6)) for x in ticks(*xs)]:
        across = at(x, ys[0])[0]
        parts += [
            line(across, bottom, across, bottom + 4, stroke=GREY),
            text(said, across, bottom + 17, size=11, anchor="middle"),
        ]
    parts += [line(*at(xs[0], y), *at(xs[1], y), stroke=GREY, dash="4 3") for y in axes.across]
    parts += [line(*at(x, ys[0]), *at(x, ys[1]), stroke=GREY, dash="4 3") for x in axes.upright]
    parts += [line(_LEFT, bottom, right, bottom, stroke=GREY), text(axes.y, 6, 14, size=11, fill=GREY)]
    return "".join([*parts, text(axes.x, right, bottom + 36, size=11, anchor="end", fill=GREY)])


def _one(one: Drawn, colour: str, at: Callable[[float, float], tuple[float, float]], right: float) -> list[str]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in one.points:
        if any(map(math.isnan, point)):
            runs.append([])
        else:
            runs[-1].append(at(*point))
    if one.joined:
        parts = [path(run, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=one.dash) for run in runs if len(run) > 1]
        single = [run[0] for run in runs if len(run) == 1]
        return [*parts, *(element("circle", {"cx": x, "cy": y, "r": 2.5, "fill": colour}) for x, y in single)]
    places = [place for run in runs for place in run]
    said = [name for name, point in zip(one.names, one.points, strict=False) if not any(map(math.isnan, point))]
    shape = {"r": 3.5, "fill": colour, "fill-opacity": "0.8"}
    told = [element("title", {}, escape(visible(name), quote=False)) if name else "" for name in said] or [""] * len(places)
    dots = [element("circle", {"cx": x, "cy": y, **shape}, title) for (x, y), title in zip(places, told, strict=False)]
    return [*dots, *_named(said, places, right)]


def _named(said: Sequence[str], places: Points, right: float) -> list[str]:
    """Write names beside their points, on the side where no other name stands; one without room is told by its point alone."""
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for name, (x, y) in zip(said, places, strict=False):
        long = wide(name, 10)
        for left, low in ((x + 5, y - 4), (x - 5 - long, y - 4), (x + 5, y + 11), (x - 5 - long, y + 11)):
            beside = all(left > end or left + long < start or abs(low - other) > 10 for start, end, other in taken)
            if beside and left >= _LEFT and left + long <= right + 10:
                taken.append((left, left + long, low))
                parts.append(text(name, left, low, size=10, fill=INK))
                break
    return parts


def squares(
    shares: Sequence[Sequence[float]],
    names: Sequence[str],
    sides: tuple[str, str],
    label: str,
    *,
    columns: Sequence[str] | None = None,
    most: float = 1.0,
    high: float = 58.0,
) -> str:
    """Draw shares (row, column) from 0 to `most` as squares, darker the greater; what is NaN is empty.

    `sides` say what rows and columns are; columns have the names of rows unless they have their own. `high` is
    how high a row is.
    """
    size = 58.0
    left = 20 + min(max((wide(name, 11) for name in names), default=0), 220) + 10
    above = names if columns is None else columns
    parts = [
        text(sides[0], 6, 16, size=11, fill=GREY),
        text(sides[1], left + size * len(above), 16, size=11, anchor="end", fill=GREY),
    ]
    parts += [
        text(fitted(name, size - 4, 11), left + size * (at + 0.5), 36, size=11, anchor="middle") for at, name in enumerate(above)
    ]
    for at, name in enumerate(names):
        parts.append(text(fitted(name, left - 12, 11), left - 6, 44 + high * (at + 0.5) + 4, size=11, anchor="end"))
    for row, own in enumerate(shares):
        for column, share in enumerate(own):
            empty = math.isnan(share)
            place = 0 if empty else ordered_class(share, 0.0, most)
            box = {"x": left + size * column + 1, "y": 44 + high * row + 1, "width": size - 2, "height": high - 2}
            parts.append(element("rect", {**box, "fill": "none" if empty else ORDERED[place], "stroke": RULE}))
            said = "–" if empty else f"{100 * share:.1f}%"
            middle = left + size * (column + 0.5), 44 + high * (row + 0.5) + 4
            parts.append(text(said, *middle, size=11, anchor="middle", fill=INK if empty else ON_ORDERED[place]))
    return picture(left + size * len(above) + 12, 44 + high * len(shares) + 12, label, *parts)
