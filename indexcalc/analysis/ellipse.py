"""Where the weight of scores lies: the mean centre of units, the standard deviational ellipse about it, and the centre's path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..methods.arrays import Array, np

Scale = Literal["yuill", "arcgis", "crimestat"]


@dataclass(frozen=True)
class Ellipse:
    """A mean centre, and the ellipse of the deviations from it: its semi-axes, the way of the longer one, its area.

    `azimuth` is in degrees from north, clockwise, 0 to below 180. In degrees of longitude and latitude are the centre alone;
    lengths are kilometres then, else of the unit that coordinates have.
    """

    x: float
    y: float
    major: float
    minor: float
    azimuth: float
    area: float
    count: int


@dataclass(frozen=True)
class Step:
    """How far, and in degrees from north which way, the centre has moved since the period before."""

    distance: float
    azimuth: float


def ellipse(x: Array, y: Array, weight: Array, *, scale: Scale = "yuill", degrees: bool = False) -> Ellipse | None:
    """Return the standard deviational ellipse of weighted places (unit,); nothing where fewer than three weigh anything.

    Semi-axes are the square roots of the eigenvalues of the weighted covariance; of `arcgis` √2 times, of `crimestat`
    √(2n / (n - 2)) times these. Source: Lefever 1926; Yuill 1971.
    """
    there = ~(np.isnan(x) | np.isnan(y)) & (weight > 0)
    n = int(there.sum())
    if n < 3:
        return None
    x, y, w = x[there], y[there], weight[there] / weight[there].sum()
    centre = float(w @ x), float(w @ y)
    east, north = _flat(x - centre[0], y - centre[1], centre[1] if degrees else None)
    values, ways = np.linalg.eigh(np.array([[w @ east**2, w @ (east * north)], [w @ (east * north), w @ north**2]]))
    factor = {"yuill": 1.0, "arcgis": np.sqrt(2.0), "crimestat": np.sqrt(2.0 * n / (n - 2))}[scale]
    minor, major = factor * np.sqrt(np.maximum(values, 0.0))
    return Ellipse(*centre, float(major), float(minor), _azimuth(*ways[:, 1]) % 180.0, float(np.pi * major * minor), n)


def step(before: Ellipse, after: Ellipse, *, degrees: bool = False) -> Step:
    """Return how the centre has moved from one ellipse to the next."""
    middle = (before.y + after.y) / 2 if degrees else None
    east, north = _flat(np.array(after.x - before.x), np.array(after.y - before.y), middle)
    return Step(float(np.hypot(east, north)), _azimuth(float(east), float(north)))


def _flat(east: Array, north: Array, latitude: float | None) -> tuple[Array, Array]:
    """Return differences in degrees near a latitude as kilometres; what is flat already as it is."""
    if latitude is None:
        return east, north
    length = np.pi / 180 * 6371.0088
    return east * length * np.cos(np.radians(latitude)), north * length


def _azimuth(east: float, north: float) -> float:
    return float(np.degrees(np.arctan2(east, north)) % 360.0)
