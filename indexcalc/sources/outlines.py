"""The outlines of units for maps, from a GeoJSON file of the user's own."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..findings import Finding, Place, finding, nearest, system_said
from ..tree.model import Index
from ..units import Units

MOST_BYTES = 64 << 20
MOST_POINTS = 2_000_000
_SHAPES = {"Polygon": 2, "MultiPolygon": 3}  # how deep the points of each lie
Find = Callable[[str], int | None]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawn:
    """The rings of each unit's outlines in degrees, west to east and south to north, by the unit's id, and their licence."""

    rings: Mapping[str, tuple[Ring, ...]]
    licence: str


def read_outlines(index: Index, base: Path, units: Units, find: Find) -> tuple[Drawn | None, list[Finding]]:
    """Return the outlines that `report.map` names with what is wrong in them; nothing for a tree that names none.

    `find` returns the place of the unit that something is called. Units without an outline are pointed out, and outlines of
    nobody; a file that is no GeoJSON in degrees is refused.
    """
    wanted = index.report.map
    if wanted is None:
        return None, []
    place = index.place(("report", "map", "geojson"))
    path = base / wanted.geojson
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, [finding("IC524", place, file=wanted.geojson, problem=f"> {MOST_BYTES >> 20} MB")]
        features = _features(json.loads(path.read_bytes()))
        rings, strangers, properties = _by_unit(features, wanted.id, units, find)
    except OSError as error:
        return None, [finding("IC524", place, file=wanted.geojson, problem=system_said(error))]
    except (ValueError, TypeError, RecursionError) as error:
        said = str(error) if isinstance(error, _UnfitError) else "JSON"
        return None, [finding("IC524", Place(path.as_posix()), file=wanted.geojson, problem=said)]
    found = []
    without = [units.title(at) for at, unit in enumerate(units.ids) if unit not in rings]
    if not rings:
        there = index.place(("report", "map", "id"))
        there = there if there.line else place
        near = nearest(wanted.id, sorted(properties)) or ""
        return None, [finding("IC525", there, key=wanted.id, known=sorted(properties), near=near)]
    if without or strangers:
        found.append(finding("IC526", place, units=_few(without) or ["–"], features=_few(strangers) or ["–"]))
    return Drawn(rings, wanted.licence), found


class _UnfitError(ValueError):
    """What a file says is no outline."""


def outlines_of_units(path: Path, key: str, find: Find) -> tuple[dict[int, list[Ring]], str]:
    """Return the rings of each unit by its place, and what is wrong with the file; `key` is the property that names units.

    Without a `key`, or where no outline has it, that property is taken under which most units are found.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}, f"> {MOST_BYTES >> 20} MB"
        features = _features(json.loads(path.read_bytes()))
        keys = sorted({str(name) for one in features if isinstance(one, dict) for name in one.get("properties") or ()} | {"id"})
        best: dict[int, list[Ring]] = {}
        for name in [key] if key in keys else keys:
            found = _by_place(features, name, find)
            best = found if len(found) > len(best) else best
    except OSError as error:
        return {}, system_said(error)
    except (ValueError, TypeError, RecursionError) as error:
        return {}, str(error) if isinstance(error, _UnfitError) else "JSON"
    return best, ""


def _by_place(features: list[Any], key: str, find: Find) -> dict[int, list[Ring]]:
    found: dict[int, list[Ring]] = {}
    for feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict) or geometry.get("type") not in _SHAPES:
            continue
        own = feature.get("properties")
        value = own.get(key) if isinstance(own, dict) else None
        name = _named(feature.get("id") if value is None and key == "id" else value)
        at = find(name) if name else None
        if at is not None:
            found.setdefault(at, []).extend(_rings(geometry.get("coordinates"), _SHAPES[geometry["type"]]))
    return found


def _named(value: Any) -> str:
    """Return a property as a text: a whole number without decimals."""
    return "" if value is None else f"{value:.0f}" if isinstance(value, float) and value == int(value) else str(value).strip()


def _features(data: Any) -> list[Any]:
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection" or not isinstance(data.get("features"), list):
        raise _UnfitError("FeatureCollection")
    return list(data["features"])


def _by_unit(features: list[Any], key: str, units: Units, find: Find) -> tuple[dict[str, tuple[Ring, ...]], list[str], set[str]]:
    """Return the rings of each unit, what other features are called, and the properties that there are."""
    rings: dict[str, tuple[Ring, ...]] = {}
    strangers: list[str] = []
    properties: set[str] = set()
    left = MOST_POINTS
    for feature in features:
        own = feature.get("properties") if isinstance(feature, dict) else None
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict) or geometry.get("type") not in _SHAPES:
            continue
        own = own if isinstance(own, dict) else {}
        properties |= {str(name) for name in own}
        value = own.get(key, feature.get("id") if key == "id" else None)
        name = _named(value)
        found = tuple(_rings(geometry.get("coordinates"), _SHAPES[geometry["type"]]))
        left -= sum(map(len, found))
        if left < 0:
            raise _UnfitError(f"> {MOST_POINTS} points")
        at = find(name) if name else None
        if at is None:
            strangers.append(name or "–")
        else:
            rings[units.ids[at]] = rings.get(units.ids[at], ()) + found
    return rings, strangers, properties


def _rings(parts: Any, depth: int) -> Iterator[Ring]:
    if not isinstance(parts, list):
        raise _UnfitError("coordinates")
    if depth > 1:
        for part in parts:
            yield from _rings(part, depth - 1)
        return
    ring = tuple((float(point[0]), float(point[1])) for point in parts if isinstance(point, list) and len(point) >= 2)
    if len(ring) != len(parts) or any(not (abs(x) <= 180 and abs(y) <= 90 and math.isfinite(x)) for x, y in ring):
        raise _UnfitError("coordinates")
    yield ring


def _few(names: list[str], most: int = 8) -> list[str]:
    return names if len(names) <= most else [*names[:most], "…"]
