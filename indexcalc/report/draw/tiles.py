"""Maps: tiles in rows and columns where the units table says so, or the outlines of a GeoJSON file of the user's own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .palette import ON_ORDERED, ORDERED, ordered_class
from .svg import GREY, element, fitted, picture, steps, text, wide

_SIDE = 76.0
_LEAST_OF_A_LEGEND = 300.0
_BETWEEN = 0.7  # of a dot of the screen, between two points of an outline that are both drawn
_MOST_POINTS = 12_000  # of all outlines; beyond, those that are drawn lie farther apart
_HIGHEST = 900.0
MOST_TILES = 100  # of rows and columns, from 0 either way

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A unit on a map: its name, what is shown of it and where its value stands from the lowest (0) to the highest (1).

    One that is of a kind has the `colours` of that kind instead, a fill and the text on it.
    """

    name: str
    shown: str
    share: float
    colours: tuple[str, str] | None = None

    @property
    def colour(self) -> tuple[str, str]:
        """The fill, and the text on it."""
        if math.isnan(self.share):
            return "#FFFFFF", "#595959"
        if self.colours is not None:
            return self.colours
        at = ordered_class(self.share, 0.0, 1.0)
        return ORDERED[at], ON_ORDERED[at]


Legend = Sequence[tuple[str, str]]
"""Fills with what they mean, below a map."""


def tile_map(places: Mapping[str, Place], cells: Mapping[str, tuple[int, int]], label: str, legend: Legend = ()) -> str:
    """Draw a tile a unit at its row and column; units without either are left out."""
    laid = [(unit, places[unit], cell) for unit, cell in cells.items() if unit in places]
    if not laid:
        return ""
    top, left = min(cell[0] for _, _, cell in laid), min(cell[1] for _, _, cell in laid)
    rows, columns = 1 + max(cell[0] for _, _, cell in laid) - top, 1 + max(cell[1] for _, _, cell in laid) - left
    drawn = []
    for unit, place, (row, column) in laid:
        fill, ink = place.colour
        x, y = _SIDE * (column - left), _SIDE * (row - top)
        box: dict[str, object] = {"x": x + 2, "y": y + 2, "width": _SIDE - 4, "height": _SIDE - 4, "rx": 4, "fill": fill}
        size = 13 if wide(place.name, 13) <= _SIDE - 8 else 11
        box |= {"stroke": GREY, "stroke-dasharray": "3 3" if math.isnan(place.share) else None}
        drawn.append(
            element(
                "g",
                {"data-unit": unit},
                element("rect", box),
                text(fitted(place.name, _SIDE - 8, size), x + _SIDE / 2, y + _SIDE / 2 - 3, size=size, anchor="middle", fill=ink),
                text(place.shown, x + _SIDE / 2, y + _SIDE / 2 + 16, size=12, anchor="middle", fill=ink, bold=True),
            )
        )
    wide_enough = max(_SIDE * columns, _LEAST_OF_A_LEGEND if legend else 0.0)
    key, high = _explained(legend, wide_enough, _SIDE * rows)
    return picture(wide_enough, _SIDE * rows + high, label, *drawn, *key)


def outline_map(
    places: Mapping[str, Place],
    rings: Mapping[str, Sequence[Sequence[Point]]],
    label: str,
    licence: str,
    *,
    width: float = 560,
    legend: Legend = (),
) -> str:
    """Draw the outlines of units, as wide as said, those without a place in white; the licence stands lower left.

    Rings are in degrees; a degree of longitude is drawn as much narrower as the latitude of the middle asks for. Points that lie
    so near the last that nobody sees it are left out.
    """
    points = [point for own in rings.values() for ring in own for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    scale = min(width / max((east - west) * narrow, 1e-9), _HIGHEST / max(north - south, 1e-9))
    height, width = (
        (north - south) * scale,
        max((east - west) * narrow * scale, wide(licence, 10) + 8, _LEAST_OF_A_LEGEND if legend else 120.0),
    )

    def at(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    laid = {unit: [[at(point) for point in ring] for ring in own] for unit, own in rings.items()}
    apart, kept = _BETWEEN, _thinned(laid, _BETWEEN)
    while sum(len(ring) for own in kept.values() for ring in own) > _MOST_POINTS and apart < width:
        apart *= 1.5
        kept = _thinned(laid, apart)
    drawn, names = [], []
    for unit, own in kept.items():
        place = places.get(unit)
        fill, ink = place.colour if place else ("#FFFFFF", "#595959")
        way = "".join(f"{steps(ring)}Z" for ring in own)
        shape = {"d": way, "fill": fill, "fill-rule": "evenodd", "stroke": GREY, "stroke-width": 0.8}
        drawn.append(element("g", {"data-unit": unit}, element("path", shape)))
        if place and own:
            names.append(_named(unit, place, max(own, key=_area), width, ink))
    key, high = _explained(legend, width, height + 20)
    return picture(width, height + 20 + high, label, *drawn, *names, text(licence, 4, height + 14, size=10, fill=GREY), *key)


def _explained(legend: Legend, width: float, top: float) -> tuple[list[str], float]:
    """Draw what fills mean in as many lines as a width asks for, and return it with its height."""
    parts, x, y = [], 4.0, top + 8
    for fill, said in legend:
        long = 20 + wide(said, 11) + 14
        if x > 4 and x + long > width:
            x, y = 4.0, y + 20
        parts.append(element("rect", {"x": x, "y": y, "width": 14, "height": 14, "fill": fill, "stroke": GREY}))
        parts.append(text(said, x + 20, y + 11, size=11))
        x += long
    return parts, y + 20 - top if legend else 0.0


def _thinned(laid: Mapping[str, Sequence[Sequence[Point]]], apart: float) -> dict[str, list[list[Point]]]:
    """Return rings without the points nearer than so much to the last that is kept; those of less than three points are gone."""

    def thinned(ring: Sequence[Point]) -> list[Point]:
        kept: list[Point] = []
        for point in ring:
            if not kept or math.dist(point, kept[-1]) >= apart:
                kept.append(point)
        return kept

    found = {unit: [made for ring in own if len(made := thinned(ring)) > 2] for unit, own in laid.items()}
    return {unit: own or [list(ring) for ring in laid[unit][:1]] for unit, own in found.items()}


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _sides(ring))) / 2


def _sides(ring: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _centre(ring: Sequence[Point]) -> Point:
    """Return the centre of a ring's area, or of its points where it has no area."""
    crossed = [(x1 * y2 - x2 * y1, x1 + x2, y1 + y2) for (x1, y1), (x2, y2) in _sides(ring)]
    total = sum(one for one, _, _ in crossed)
    if abs(total) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    return sum(one * x for one, x, _ in crossed) / (3 * total), sum(one * y for one, _, y in crossed) / (3 * total)


def _named(unit: str, place: Place, ring: Sequence[Point], width: float, ink: str) -> str:
    """Name a unit at the centre of its largest ring, no farther out than the map is wide, what is shown of it below."""
    name = fitted(place.name, 120, 11)
    half = max(wide(name, 11), wide(place.shown, 11)) / 2 + 2
    x, y = _centre(ring)
    x, y = min(max(x, half), width - half), max(y, 14.0)
    lines = [text(said, x, y + down, size=11, anchor="middle", fill=ink) for said, down in ((name, -1.0), (place.shown, 12.0))]
    return element("g", {"data-name": unit}, *lines)


def tile_cells(attributes: Mapping[str, Sequence[Any]], count: int) -> list[tuple[int, int] | None] | None:
    """Return each unit's row and column of tiles, None for units without; None for a table that has no such columns.

    Tiles that are hundreds apart are no map.
    """
    if "tile_row" not in attributes or "tile_col" not in attributes:
        return None

    def place(row: Any, column: Any) -> tuple[int, int] | None:
        try:
            found = int(float(row)), int(float(column))
        except (TypeError, ValueError, OverflowError):
            return None
        return found if max(map(abs, found)) <= MOST_TILES else None

    found = [place(attributes["tile_row"][at], attributes["tile_col"][at]) for at in range(count)]
    return found if any(one is not None for one in found) else None
