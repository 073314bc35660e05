"""Who is next to whom by borders and distances, and the ellipse of deviations: golden set, plain loops, another library."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.analysis.ellipse import ellipse, step
from indexcalc.analysis.neighbours import centre_of, count_within, inverse, nearest, on_sphere, over_ground, touching, within
from indexcalc.findings import Refused
from indexcalc.report.draw.evolution import evolution_pictures

SIZE = 4


def pairs(found: Any) -> set[tuple[int, int]]:
    return set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def square(x: float, y: float, size: float = 1.0) -> list[tuple[float, float]]:
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]


def project(folder: Path, frame: pd.DataFrame, **units: Any) -> indexcalc.Scored:
    """Scores of one column, of units that have some columns more."""
    pd.DataFrame({"id": list(dict.fromkeys(frame["unit"])), **units}).to_csv(folder / "units.csv", index=False)
    frame.rename(columns={"period": "year"}).to_csv(folder / "values.csv", index=False)
    (folder / "indicators.yaml").write_text(
        "{index: {id: i}, units: {table: units.csv}, periods: {kind: year}, data: {d: {path: values.csv}},"
        " defaults: {normalise: points}, dimensions: [{id: score, weight: 1}]}",
        encoding="utf-8",
    )
    return indexcalc.score(folder / "indicators.yaml")


@pytest.mark.parametrize("weights", ["unweighted", "weighted"])
@pytest.mark.parametrize("scale", ["yuill", "arcgis", "crimestat"])
def test_the_golden_ellipse(shared: Path, tmp_path: Path, weights: str, scale: Any) -> None:
    folder = shared / "evaluation" / "ellipse"
    rows, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("weights").loc[weights]
    score = rows["weight"] if weights == "weighted" else np.ones(len(rows))
    scores = project(tmp_path, pd.DataFrame({"unit": rows["unit"], "period": 2023, "score": score}), x=rows["x"], y=rows["y"])
    found = indexcalc.evolution(scores, at=("x", "y"), degrees=False, ellipse=scale).ellipses
    assert found is not None
    assert found[0] is not None
    suffix = "" if scale == "yuill" else f"_{scale}"
    for key, column in (("x", "centre_x"), ("y", "centre_y"), ("azimuth", "azimuth")):
        assert getattr(found[0], key) == pytest.approx(told[column], abs=1e-9)
    for key in ("major", "minor"):
        assert getattr(found[0], key) == pytest.approx(told[f"{key}{suffix}"], abs=1e-9)


def test_the_ellipse_turns_and_grows_with_its_places() -> None:
    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=20) * 3, rng.normal(size=20), rng.uniform(1, 2, 20)
    one, other = ellipse(x, y, w), ellipse(10 * y + 4, 10 * -x - 7, w)  # a quarter turn clockwise, ten times as large
    assert one is not None
    assert other is not None
    assert (other.major, other.minor) == (pytest.approx(10 * one.major), pytest.approx(10 * one.minor))
    assert other.azimuth == pytest.approx((one.azimuth + 90) % 180)
    assert step(one, other).distance == pytest.approx(np.hypot(other.x - one.x, other.y - one.y))
    assert ellipse(x[:2], y[:2], w[:2]) is None


def test_borders_that_touch_in_a_line_or_a_corner() -> None:
    outlines = {at: [square(at % SIZE, at // SIZE)] for at in range(SIZE * SIZE)}
    outlines[SIZE * SIZE] = [square(1.25, SIZE, 0.5)]  # touches no corner of another, only an edge
    outlines[SIZE * SIZE + 1] = [square(SIZE + 0.01, 0)]  # near, and touching nothing
    told = {
        (a, b)
        for a in range(SIZE * SIZE)
        for b in range(SIZE * SIZE)
        if a != b and abs(a % SIZE - b % SIZE) <= 1 and abs(a // SIZE - b // SIZE) <= 1
    }
    under, above = SIZE * (SIZE - 1) + 1, SIZE * SIZE
    assert pairs(touching(outlines)) == told | {(under, above), (above, under)}
    assert centre_of([square(2, 3)]) == (pytest.approx(2.5), pytest.approx(3.5))
    hole = [square(0, 0, 3), square(2, 2, 0.5)[::-1]]  # what is cut out lies at the upper right
    assert centre_of(hole) == (pytest.approx((13.5 - 0.25 * 2.25) / 8.75),) * 2


def test_distances_are_those_of_plain_loops() -> None:
    points = np.random.default_rng(8).uniform(0, 10, (40, 2)).round(1)
    points[5] = np.nan
    known = [at for at in range(40) if at != 5]
    far = np.linalg.norm(points[:, None] - points[None], axis=-1)
    told = {(a, b) for a in known for b in sorted((c for c in known if c != a), key=lambda c: (round(far[a, c], 9), c))[:3]}
    assert pairs(nearest(points, 3)) == told
    assert count_within(points, 2.5) == len(within(points, 2.5).one)
    assert pairs(within(points, 2.5)) == {(a, b) for a in known for b in known if a != b and far[a, b] <= 2.5 + 1e-9}
    every = inverse(points, sphere=False)
    assert every.weight is not None
    np.testing.assert_allclose(every.weight, 1 / far[every.one, every.other])
    assert len(every.one) == len([1 for a in known for b in known if a != b and far[a, b] > 0])


def test_ways_over_the_ground() -> None:
    beijing, shanghai = on_sphere(np.array([116.4074, 121.4737]), np.array([39.9042, 31.2304]))
    assert over_ground(np.linalg.norm(beijing - shanghai)) == pytest.approx(1067, abs=2)  # as atlases have it


def test_another_library_has_the_same_neighbours() -> None:
    weights = pytest.importorskip("libpysal").weights
    points = np.random.default_rng(1).normal(size=(100, 2))
    for own, other in (
        (nearest(points, 4), weights.KNN(points, k=4)),
        (within(points, 0.5), weights.DistanceBand(points, 0.5, silence_warnings=True)),
    ):
        assert pairs(own) == {(a, b) for a, near in other.neighbors.items() for b in near}


def test_a_file_of_outlines_says_who_is_next_to_whom(tmp_path: Path) -> None:
    names = [f"u{at}" for at in range(SIZE * SIZE)]
    features = [
        {
            "type": "Feature",
            "properties": {"code": name, "no": 1},
            "geometry": {"type": "Polygon", "coordinates": [square(110 + at % SIZE, 30 + at // SIZE)]},
        }
        for at, name in enumerate(names)
    ]
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"unit": names * 2, "period": [2022] * 16 + [2023] * 16, "score": np.arange(32) % 16 + rng.uniform(0, 2, 32)}
    )
    scores = project(tmp_path, frame)
    found = indexcalc.evolution(scores, neighbours=file)
    near = [(a, b) for a, b in pairs(touching({at: [square(at % SIZE, at // SIZE)] for at in range(16)})) if a < b]
    told = indexcalc.evolution(scores, neighbours=[(names[a], names[b]) for a, b in near])
    assert found.moran is not None
    assert told.moran is not None
    assert [one and one.value for one in found.moran] == [one and one.value for one in told.moran]
    assert found.ellipses is not None
    assert found.ellipses[0] is not None
    assert 110 < found.ellipses[0].x < 114
    assert found.steps is not None
    assert found.steps[0] is None
    assert found.steps[1] is not None
    table = found.frame()
    pictures = evolution_pictures(found, "zh")
    assert pictures == evolution_pictures(found, "zh")
    assert set(pictures) >= {"theil", "gini", "sigma", "density", "moves", "space", "ellipse", "centre", "quadrants"}
    local = found.moran[-1]
    assert local is not None
    told = Counter(quadrant if p <= 0.05 else "不显著" for quadrant, p in zip(local.quadrant, local.local_p, strict=True))
    for said in ("HH", "LH", "LL", "HL", "不显著"):  # each unit says its own beside the colour; the legend says them once more
        assert pictures["quadrants"].count(f">{said}<") == told[said] + (said == "不显著")
    assert len(told) > 1
    assert all(drawn.startswith("<svg") and "nan" not in drawn for drawn in pictures.values())
    assert list(table["ellipse_x"]) == [one.x for one in found.ellipses if one]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"neighbours": "nearest:4"}, "IC827"),
        ({"neighbours": "nearest:0", "at": ("x", "y")}, "IC818"),
        ({"neighbours": "within:far", "at": ("x", "y")}, "IC818"),
        ({"at": ("x", "z")}, "IC816"),
        ({"neighbours": "nowhere.geojson"}, "IC818"),
        ({"neighbours": "inverse", "at": ("x", "y")}, "IC826"),
        ({"neighbours": "nearest:3", "at": ("x", "y")}, "IC826"),
        ({"neighbours": "within:900", "at": ("x", "y")}, "IC826"),
    ],
)
def test_what_cannot_be_told_is_refused(
    chosen: dict[str, Any], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexcalc.analysis.neighbours.MOST_PAIRS", 11)
    scores = project(
        tmp_path, pd.DataFrame({"unit": list("abcd"), "period": 2023, "score": [1.0, 2, 3, 4]}), x=[1, 2, 3, 4], y=[1, 2, 4, 3]
    )
    with pytest.raises(Refused, match=code):
        indexcalc.evolution(scores, **chosen)
