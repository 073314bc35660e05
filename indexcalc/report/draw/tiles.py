"""Maps: tiles in rows and columns where the units table says so, or the outlines of a GeoJSON file of the user's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .palette import ON_ORDERED, ORDERED, ordered_class
from .svg import GREY, element, fitted, path, picture, text

_SIDE = 76.0


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


def tile_map(places: Sequence[Place], cells: Sequence[tuple[int, int] | None], label: str) -> str:
    """Draw a tile a unit at its row and column; units without a place are left out."""
    laid = [(place, cell) for place, cell in zip(places, cells, strict=True) if cell is not None]
    if not laid:
        return ""
    rows, columns = 1 + max(cell[0] for _, cell in laid), 1 + max(cell[1] for _, cell in laid)
    drawn = []
    for place, (row, column) in laid:
        fill, ink = place.colour
        x, y = _SIDE * column, _SIDE * row
        box: dict[str, object] = {
            "x": x + 2,
            "y": y + 2,
            "width": _SIDE - 4,
            "height": _SIDE - 4,
            "rx": 4,
            "fill": fill,
            "stroke": GREY,
        }
        drawn += [
            element("rect", box | ({"stroke-dasharray": "3 3"} if math.isnan(place.share) else {})),
            text(fitted(place.name, _SIDE - 10, 13), x + _SIDE / 2, y + _SIDE / 2 - 3, size=13, anchor="middle", fill=ink),
            text(place.shown, x + _SIDE / 2, y + _SIDE / 2 + 16, size=12, anchor="middle", fill=ink, bold=True),
        ]
    return picture(_SIDE * columns, _SIDE * rows, label, *drawn)


def outline_map(
    places: Mapping[str, Place], features: Sequence[tuple[str, Any]], label: str, licence: str, *, width: float = 560
) -> str:
    """Draw the outlines of features, each with the unit it belongs to, as wide as said; the licence stands lower left.

    A feature is a unit's id and its geometry: a Polygon or MultiPolygon of GeoJSON, in degrees, drawn with as much less width as
    its latitude asks for.
    """
    rings = [(unit, _rings(geometry)) for unit, geometry in features]
    points = [point for _, own in rings for ring in own for point in ring]
    if not points:
        return ""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = width / max((east - west) * narrow, 1e-9)
    height = (north - south) * scale

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    drawn, names = [], []
    for unit, own in rings:
        place = places.get(unit)
        fill, ink = place.colour if place else ("#FFFFFF", "#595959")
        drawn += [path(map(at, ring), closed=True, fill=fill, stroke="#FFFFFF", stroke_width=1.2) for ring in own]
        if place and own:
            longest = max(own, key=len)
            x, y = at((sum(x for x, _ in longest) / len(longest), sum(y for _, y in longest) / len(longest)))
            names.append(text(f"{place.name} {place.shown}", x, y, size=11, anchor="middle", fill=ink))
    return picture(width, height + 20, label, *drawn, *names, text(licence, 4, height + 14, size=10, fill=GREY))


def _rings(geometry: Any) -> list[list[tuple[float, float]]]:
    kind, parts = geometry.get("type"), geometry.get("coordinates", [])
    polygons = [parts] if kind == "Polygon" else parts if kind == "MultiPolygon" else []
    return [[(float(point[0]), float(point[1])) for point in ring] for polygon in polygons for ring in polygon]
