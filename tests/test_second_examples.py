"""Second examples of what the golden sets hold, by a command alone, worked out here with sums and loops of numpy.

One panel has what data have: a gap, ties, a zero, a unit without neighbours, groups of other sizes. Nothing of the program is used.
"""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app

EXACT = {"rtol": 0, "atol": 1e-9}
UNITS, YEARS = 13, 4
IDS = [f"u{at:02}" for at in range(UNITS)]
PROVINCE = np.array(["e", "w", "m", "e"] * 4)[:UNITS]
CITY = np.array([f"{name}{at % 2}" for at, name in enumerate(PROVINCE)])
PAIRS = [(0, 1), (1, 2), (2, 3), (3, 4), (5, 6), (6, 7), (7, 8), (8, 9), (9, 10), (0, 10), (4, 8), (10, 11)]  # the last has none
POINTS = (10.0, 20.0, 30.5)


def panel() -> np.ndarray:
    y = np.round(np.random.default_rng(20261201).uniform(5, 60, (YEARS, UNITS)), 1)
    y[1, 3], y[0, 0], y[2, 4] = np.nan, y[0, 1], 0.0
    return y


Y = panel()
PEOPLE, EAST, NORTH = np.round(np.random.default_rng(7).uniform(1, 9, (3, UNITS)), 1)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command says of the panel."""
    folder = tmp_path_factory.mktemp("panel")
    columns = {"id": IDS, "group": PROVINCE, "province": PROVINCE, "city": CITY, "people": PEOPLE, "x": EAST, "y": NORTH}
    pd.DataFrame(columns).to_csv(folder / "units.csv", index=False)
    rows = [(IDS[unit], 2020 + year, Y[year, unit]) for year in range(YEARS) for unit in range(UNITS)]
    pd.DataFrame(rows, columns=["unit", "period", "s"]).to_csv(folder / "values.csv", index=False)
    (folder / "near.csv").write_text("unit,neighbour\n" + "".join(f"{IDS[one]},{IDS[other]}\n" for one, other in PAIRS))
    (folder / "indicators.yaml").write_text(
        "index: {id: whole}\nunits: {table: units.csv}\nperiods: {kind: year}\ndata: {v: {path: values.csv}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: s, weight: 1}]\n"
    )
    asked = ["--by", "province,city", "--weight", "people", "--neighbours", str(folder / "near.csv"), "--at", "x,y", "--plane"]
    asked += ["--permutations", "0", "--bandwidth", "normal", "--points", ",".join(map(str, POINTS))]
    made = CliRunner().invoke(app, ["evolution", "--index", str(folder / "indicators.yaml"), "--json", *asked])
    assert made.exit_code == 0, made.output
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def shares(of: np.ndarray, by: np.ndarray) -> dict[str, float]:
    return {str(name): float(of[by == name].sum()) for name in np.unique(by)}


@pytest.mark.parametrize("year", range(YEARS))
def test_differences_and_their_parts(told: dict[str, Any], year: int) -> None:
    found, there = told["periods"][year], ~np.isnan(Y[year])
    y, people, province, city = Y[year][there], PEOPLE[there], PROVINCE[there], CITY[there]
    s, p = people * y / (people * y).sum(), people / people.sum()
    whole = sum(a * math.log(a / b) for a, b in zip(s, p, strict=True) if a > 0)
    outer, of_people, inner, inner_people = shares(s, province), shares(p, province), shares(s, city), shares(p, city)
    first = sum(a * math.log(a / of_people[name]) for name, a in outer.items())
    second = sum(a * math.log(a / outer[name[0]] / (inner_people[name] / of_people[name[0]])) for name, a in inner.items())
    theil = found["theil"]
    ours = [theil["total"], *theil["between"], theil["within"]]
    np.testing.assert_allclose(ours, [whole, first, second, whole - first - second], **EXACT)
    groups = {str(name): y[province == name] for name in np.unique(province)}
    n, mean = len(y), y.mean()
    within = sum(
        np.abs(np.subtract.outer(g, g)).mean() / (2 * g.mean()) * len(g) / n * g.sum() / y.sum() for g in groups.values()
    )
    net = overlap = 0.0
    for pair in itertools.combinations(groups.values(), 2):
        rich, poor = sorted(pair, key=lambda g: -g.mean())
        apart = np.subtract.outer(rich, poor)
        up, down = np.maximum(apart, 0).mean(), np.maximum(-apart, 0).mean()
        share = (len(rich) * poor.sum() + len(poor) * rich.sum()) / (n * y.sum()) * (up + down) / (rich.mean() + poor.mean())
        net, overlap = net + share * (up - down) / (up + down), overlap + share * 2 * down / (up + down)
    gini = np.abs(np.subtract.outer(y, y)).mean() / (2 * mean)
    dagum = [found["dagum"][key] for key in ("total", "within", "between", "overlap")]
    np.testing.assert_allclose(dagum, [gini, within, net, overlap], **EXACT)
    between = sum(len(g) / n * (g.mean() - mean) ** 2 for g in groups.values()) / mean**2
    variation = [found["variation"][key] for key in ("total", "between", "within")]
    np.testing.assert_allclose(variation, [y.std() / mean, between, y.var() / mean**2 - between], **EXACT)


@pytest.mark.parametrize("year", range(YEARS))
def test_neighbours_shape_and_place(told: dict[str, Any], year: int) -> None:
    found, there = told["periods"][year], ~np.isnan(Y[year])
    w = np.zeros((UNITS, UNITS))
    for one, other in PAIRS:
        w[one, other] = w[other, one] = there[one] and there[other]
    known = w.sum(axis=1) > 0
    w = w[np.ix_(known, known)] / w[np.ix_(known, known)].sum(axis=1, keepdims=True)
    z = Y[year][known] - Y[year][known].mean()
    n, s0, squares = len(z), w.sum(), z @ z
    s1, s2 = ((w + w.T) ** 2).sum() / 2, ((w.sum(axis=1) + w.sum(axis=0)) ** 2).sum()
    expected, kurtosis = -1 / (n - 1), (z**4).mean() / (z**2).mean() ** 2
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    wanted = {
        "value": n / s0 * (z @ w @ z) / squares,
        "expected": expected,
        "variance_normal": (n * n * s1 - n * s2 + 3 * s0**2) / ((n * n - 1) * s0**2) - expected**2,
        "variance_random": (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2,
        "geary": (n - 1) * (w * np.subtract.outer(z, z) ** 2).sum() / (2 * s0 * squares),
    }
    np.testing.assert_allclose([found["moran"][key] for key in wanted], list(wanted.values()), **EXACT)
    np.testing.assert_allclose(found["moran"]["local"], z * (w @ z) / (squares / n), **EXACT)
    y = Y[year][there]
    h = 1.06 * y.std(ddof=1) * len(y) ** -0.2
    heights = [np.exp(-0.5 * ((at - y) / h) ** 2).sum() / (len(y) * h * math.sqrt(2 * math.pi)) for at in POINTS]
    curve = dict(zip(found["density"]["at"], found["density"]["density"], strict=True))
    np.testing.assert_allclose([found["density"]["bandwidth"], *map(curve.__getitem__, POINTS)], [h, *heights], **EXACT)
    weight = np.nan_to_num(Y[year]) / np.nansum(Y[year])
    apart = np.stack([EAST - weight @ EAST, NORTH - weight @ NORTH])
    spread, axes = np.linalg.eigh(weight * apart @ apart.T)
    drawn = [weight @ EAST, weight @ NORTH, *np.sqrt(spread[::-1]), math.degrees(math.atan2(*axes[:, 1])) % 180]
    np.testing.assert_allclose([found["ellipse"][key] for key in ("x", "y", "major", "minor", "azimuth")], drawn, **EXACT)


def test_moves_between_classes(told: dict[str, Any]) -> None:
    cuts = np.quantile(Y[~np.isnan(Y)], [0.25, 0.5, 0.75])
    counts, apart = np.zeros((4, 4)), np.zeros((4, 4, 4))
    for year, unit in itertools.product(range(YEARS - 1), range(UNITS)):
        if np.isnan(Y[year : year + 2, unit]).any():
            continue
        start, end = (sum(cut < value for cut in cuts) for value in Y[year : year + 2, unit])
        counts[start, end] += 1
        near = [Y[year, sum(pair) - unit] for pair in PAIRS if unit in pair]
        if near := [value for value in near if not np.isnan(value)]:
            apart[sum(cut < np.mean(near) for cut in cuts), start, end] += 1
    found = told["markov"]
    np.testing.assert_allclose(found["cuts"], cuts, **EXACT)
    np.testing.assert_array_equal(found["counts"], counts)
    np.testing.assert_array_equal([one["counts"] for one in found["spatial"]["chains"]], apart)
    shares = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found["shares"], shares, **EXACT)
    np.testing.assert_allclose(found["stationary"], np.linalg.matrix_power(shares, 4096)[0], **EXACT)
