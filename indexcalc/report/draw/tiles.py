"""Maps: tiles in rows and columns where the units table says so, or the outlines of a GeoJSON file of the user's own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .palette import ON_ORDERED, ORDERED, ordered_class
from .svg import GREY, element, fitted, picture, steps, text, wide

_SIDE = 76.0
_BETWEEN = 0.7  # of a dot of the screen, between two points of an outline that are both drawn
_MOST_POINTS = 12_000  # of all outlines; beyond, those that are drawn lie farther apart
_HIGHEST = 900.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A unit on a map: its name, what is shown of it and where its value stands from the lowest (0) to the highest (1)."""

    name: str
    shown: str
    share: float

    @property
    def colour(self) -> tuple[str, str]:
        """The fill, and the text on it."""
        if math.isnan(self.share):
            return "#FFFFFF", "#595959"
        at = ordered_class(self.share, 0.0, 1.0)
        return ORDERED[at], ON_ORDERED[at]


def tile_map(places: Mapping[str, Place], cells: Mapping[str, tuple[int, int]], label: str) -> str:
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
    return picture(_SIDE * columns, _SIDE * rows, label, *drawn)


def outline_map(
    places: Mapping[str, Place], rings: Mapping[str, Sequence[Sequence[Point]]], label: str, licence: str, *, width: float = 560
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
    height, width = (north - south) * scale, max((east - west) * narrow * scale, wide(licence, 10) + 8, 120.0)

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
    return picture(width, height + 20, label, *drawn, *names, text(licence, 4, height + 14, size=10, fill=GREY))


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
