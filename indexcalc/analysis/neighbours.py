"""Who is next to whom: by distances between places, or by borders that touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..methods.arrays import Array, np
from .space import Neighbours

RADIUS = 6371.0088  # of the earth, in kilometres
MOST_PAIRS = 25_000_000  # of neighbours, each way: all of 5,000 units
CLOSE = 1e-4  # degrees within which borders touch, about ten metres
_CELLS = 1 << 21  # pairs of points that are looked at together

Rings = Sequence[Sequence[tuple[float, float]]]


def on_sphere(x: Array, y: Array) -> Array:
    """Return places in degrees, west to east and south to north, as points in space in kilometres (unit, 3)."""
    east, north = np.radians(x), np.radians(y)
    return RADIUS * np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def over_ground(chord: Array) -> Array:
    """Return the ways along the sphere, in kilometres, of ways straight through it."""
    return 2.0 * RADIUS * np.arcsin(np.minimum(chord / (2.0 * RADIUS), 1.0))


def nearest(points: Array, count: int) -> Neighbours:
    """Return the `count` nearest of each of some points (unit, axis), NaN for none; of several as far the first in the list.

    It is not meant both ways: a unit far out is near to nobody.
    """
    from scipy.spatial import KDTree

    there = np.flatnonzero(~np.isnan(points).any(axis=-1))
    count = min(count, len(there) - 1)
    if count < 1:
        return Neighbours(*np.zeros((2, 0), dtype=int))
    tree = KDTree(points[there])
    far = tree.query(points[there], k=count + 1)[0][:, -1]
    one, other = [], []
    for at, near in enumerate(tree.query_ball_point(points[there], far * (1 + 1e-12) + 1e-12)):
        others = [place for place in sorted(near) if place != at]
        apart = np.linalg.norm(points[there[others]] - points[there[at]], axis=-1).round(9)
        chosen = np.argsort(apart, kind="stable")[:count]
        one += [int(there[at])] * len(chosen)
        other += [int(there[others[place]]) for place in chosen]
    return Neighbours(np.array(one, dtype=int), np.array(other, dtype=int))


def within(points: Array, distance: float) -> Neighbours:
    """Return the points (unit, axis) that lie no farther apart than a distance."""
    from scipy.spatial import KDTree

    there = np.flatnonzero(~np.isnan(points).any(axis=-1))
    pairs = there[KDTree(points[there]).query_pairs(distance * (1 + 1e-12), output_type="ndarray")]
    return Neighbours(np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]]))


def count_within(points: Array, distance: float) -> int:
    """Count the pairs, each way, of points (unit, axis) that lie no farther apart than a distance, without making them."""
    from scipy.spatial import KDTree

    there = points[~np.isnan(points).any(axis=-1)]
    return int(KDTree(there).count_neighbors(KDTree(there), distance * (1 + 1e-12))) - len(there) if len(there) else 0


def inverse(points: Array, *, sphere: bool) -> Neighbours:
    """Return all pairs of points (unit, axis), each of the weight 1 / distance; points in the same place are none."""
    from scipy.spatial.distance import pdist

    there = np.flatnonzero(~np.isnan(points).any(axis=-1))
    far = pdist(points[there])
    far = over_ground(far) if sphere else far
    one, other = (there[at] for at in np.triu_indices(len(there), 1))
    apart = far > 0
    one, other, weight = one[apart], other[apart], 1.0 / far[apart]
    return Neighbours(np.concatenate([one, other]), np.concatenate([other, one]), np.concatenate([weight, weight]))


def touching(outlines: Mapping[int, Rings], close: float = CLOSE) -> Neighbours:
    """Return the units whose outlines, by their places, touch: a corner of one lies on the border of the other, up to `close`."""
    corners = {unit: np.array([point for ring in rings for point in ring], dtype=float) for unit, rings in outlines.items()}
    edges = {unit: _edges(rings) for unit, rings in outlines.items()}
    boxes = {unit: (own.min(axis=0) - close, own.max(axis=0) + close) for unit, own in corners.items() if len(own)}
    units = sorted(boxes)
    low, high = (np.array([boxes[unit][end] for unit in units]) for end in (0, 1))
    pairs = []
    for at, unit in enumerate(units):
        over = (low[at] <= high[at + 1 :]).all(axis=1) & (low[at + 1 :] <= high[at]).all(axis=1)
        for place in np.flatnonzero(over).tolist():
            other = units[at + 1 + place]
            if _touch(corners[unit], edges[other], close) or _touch(corners[other], edges[unit], close):
                pairs += [(unit, other), (other, unit)]
    one, two = np.array(pairs, dtype=int).reshape(-1, 2).T
    return Neighbours(one, two)


def _edges(rings: Rings) -> Array:
    """Return the edges (edge, end, axis) of some rings."""
    rows = [np.array(ring, dtype=float) for ring in rings if len(ring) > 1]
    return np.concatenate([np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rows]) if rows else np.zeros((0, 2, 2))


def _touch(corners: Array, edges: Array, close: float) -> bool:
    """Say whether any corner lies on any edge; only what lies in both boxes is looked at."""
    low, high = edges.min(axis=(0, 1)) - close, edges.max(axis=(0, 1)) + close
    points = corners[((corners >= low) & (corners <= high)).all(axis=1)]
    if not len(points):
        return False
    low, high = points.min(axis=0) - close, points.max(axis=0) + close
    edges = edges[((edges.max(axis=1) >= low) & (edges.min(axis=1) <= high)).all(axis=1)]
    step = max(1, _CELLS // max(1, len(edges)))
    for start in range(0, len(points), step) if len(edges) else ():
        from_ = points[start : start + step, None] - edges[:, 0]
        way = edges[:, 1] - edges[:, 0]
        long = (way**2).sum(axis=-1)
        share = np.clip((from_ * way).sum(axis=-1) / np.where(long == 0, 1.0, long), 0.0, 1.0)
        if ((from_ - share[..., None] * way) ** 2).sum(axis=-1).min() <= close**2:
            return True
    return False


def centre_of(rings: Rings) -> tuple[float, float]:
    """Return the centre of gravity of an outline, holes counted out by the way they turn; of no area the corners' mean."""
    area, x, y = 0.0, 0.0, 0.0
    for edges in (_edges([ring]) for ring in rings if len(ring) > 1):
        first = edges[0, 0]
        (x1, y1), (x2, y2) = (edges[:, 0] - first).T, (edges[:, 1] - first).T
        cross = x1 * y2 - x2 * y1
        own = float(cross.sum()) / 2
        area += own
        x += float(((x1 + x2) * cross).sum()) / 6 + own * first[0]
        y += float(((y1 + y2) * cross).sum()) / 6 + own * first[1]
    if area == 0:
        corners = np.array([point for ring in rings for point in ring], dtype=float)
        return float(corners[:, 0].mean()), float(corners[:, 1].mean())
    return x / area, y / area
