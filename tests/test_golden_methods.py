"""Numbers of the literature, of other tools, or worked by hand: each with where it comes from."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest

from indexcalc import read
from indexcalc.engine import score
from indexcalc.large.blocks import score_in_blocks
from indexcalc.methods import CATALOGUE
from indexcalc.methods.derive import residual, shrunk
from indexcalc.methods.frame import Frame
from indexcalc.methods.rank import ranks, rounded
from indexcalc.methods.treat import excess_kurtosis, skewness
from indexcalc.panel import IMPUTED, empty
from indexcalc.scores import Scores

from .conftest import in_the_way_of, index_of, panel_of


def normalised(
    method: str, values: list[float], *, sign: float = 1.0, frame: list[float] | None = None, **chosen: Any
) -> list[float]:
    x, seen = np.array(values)[:, None], np.array(values if frame is None else frame)[:, None]
    column: list[float] = CATALOGUE["normalise"][method](x, Frame(seen, np.array([sign])), **chosen)[:, 0].tolist()
    return column


def together(method: str, values: list[float], w: list[float] | None = None, /, **chosen: Any) -> float:
    weights = np.ones(len(values)) if w is None else np.array(w)
    return float(CATALOGUE["aggregate"][method](np.array([values]), weights, **chosen)[0])


# Fixed goalposts


def test_hdi_2021_of_norway() -> None:
    # UNDP, Human Development Report 2021/22, Table 1 (0.961) and technical note 1 (goalposts 20-85, 0-18, 0-15, 100-75,000)
    health = normalised("goalposts", [83.2339], worst=20.0, best=85.0, high=1.0)[0]
    schooling = normalised("goalposts", [18.18519974], worst=0.0, best=18.0, high=1.0)[0]
    years = normalised("goalposts", [13.00362968], worst=0.0, best=15.0, high=1.0)[0]
    income = normalised("goalposts", [64660.10622], worst=100.0, best=75000.0, high=1.0, log=True)[0]
    assert schooling == 1.0, "cut off at its best"
    assert health == pytest.approx((83.2339 - 20) / 65)
    assert income == pytest.approx((math.log(64660.10622) - math.log(100)) / (math.log(75000) - math.log(100)))
    education = together("arithmetic", [schooling, years])
    assert round(together("geometric", [health, education, income]), 3) == 0.961


def test_goalposts_by_hand() -> None:
    # less is better: 40 is worst, 20 best; 30 is half the way
    assert normalised("goalposts", [50.0, 40.0, 30.0, 20.0, 10.0], sign=-1, worst=40.0, best=20.0) == [0, 0, 50, 100, 100]
    assert normalised("goalposts", [50.0, 10.0], sign=-1, worst=40.0, best=20.0, clip=False) == [-50, 150]
    # 1, 10, 100 are evenly spaced as logarithms; 0 has none and counts as the worst
    found = normalised("goalposts", [0.0, 1.0, 10.0, 100.0], worst=1.0, best=100.0, log=True)
    np.testing.assert_allclose(found, [0, 0, 50, 100])
    assert math.isnan(normalised("goalposts", [-1.0], worst=1.0, best=100.0, log=True, clip=False)[0])


# 功效系数法


def test_efficacy_by_hand() -> None:
    # 满意值 95, 不允许值 75: 60 + 40 (x - 75) / (95 - 75); 85 -> 80, 90 -> 90, 70 -> 50 (or 60 when cut off)
    fixed = {"satisfactory": 95.0, "unacceptable": 75.0}
    assert normalised("efficacy", [75.0, 85.0, 90.0, 95.0, 70.0, 100.0], **fixed) == [60, 80, 90, 100, 50, 110]
    assert normalised("efficacy", [70.0, 100.0], **fixed, clip=True) == [60, 100]
    # less is better, best and worst as seen: 2 -> 100, 10 -> 60, 4 -> 60 + 40 * 6 / 8
    assert normalised("efficacy", [2.0, 10.0, 4.0], sign=-1) == [100, 60, 90]


def test_exponential_efficacy_at_its_ends_and_its_middle() -> None:
    # 60 exp(B t) with B = ln(100 / 60): t = 0 -> 60, t = 1 -> 100, t = 1/2 -> sqrt(60 * 100) = 77.4596669241
    found = normalised("efficacy-exponential", [75.0, 85.0, 95.0], satisfactory=95.0, unacceptable=75.0)
    np.testing.assert_allclose(found, [60.0, 77.4596669241, 100.0], rtol=1e-11)
    found = normalised("efficacy-exponential", [3.0, 1.0], sign=-1)
    np.testing.assert_allclose(found, [60.0, 100.0], rtol=1e-12)


# Against what is seen


@pytest.mark.parametrize("ddof", [0, 1])
def test_z_score_as_scipy(ddof: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.random.default_rng(1).normal(50, 9, 40)
    np.testing.assert_allclose(normalised("z-score", x.tolist(), ddof=ddof), stats.zscore(x, ddof=ddof), rtol=1e-12)


def test_z_score_by_hand() -> None:
    # 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares add up to 32; over n = 8 the deviation is 2 (the textbook's example)
    x = [2.0, 4, 4, 4, 5, 5, 7, 9]
    assert normalised("z-score", x, ddof=0) == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]
    assert normalised("z-score", x, ddof=0, mean=100.0, sd=10.0)[-1] == 120
    np.testing.assert_allclose(normalised("z-score", x, sign=-1), -(np.array(x) - 5) / math.sqrt(32 / 7))


def test_percentile_is_percentrank_inc() -> None:
    # Microsoft's own example of PERCENTRANK.INC: {13,12,11,8,4,3,2,1,1,1}, of 2 -> 0.333, of 4 -> 0.555 (5/9), of 8 -> 0.666 (6/9)
    x = [13.0, 12, 11, 8, 4, 3, 2, 1, 1, 1]
    found = dict(zip(x, normalised("percentile", x, high=1.0, ties="min"), strict=True))
    assert [math.floor(found[value] * 1000) / 1000 for value in (2, 4, 8)] == [0.333, 0.555, 0.666]
    assert (found[1.0], found[13.0]) == (0.0, 1.0)


def test_percentile_as_pandas_ranks() -> None:
    x = [3.0, 1.0, 3.0, math.nan, 7.0, 5.0]
    expected = (pd.Series(x).rank() - 1) / 4 * 100
    np.testing.assert_allclose(normalised("percentile", x), expected)
    np.testing.assert_allclose(normalised("rank", x, sign=-1), pd.Series(x).rank(ascending=False))


def test_borda_by_hand() -> None:
    # 5, 3, 3, 1: three, one and a half twice, none; Borda's own points for places without ties: n - 1 ... 0
    assert normalised("borda", [5.0, 3.0, 3.0, 1.0]) == [3, 1.5, 1.5, 0]
    assert normalised("borda", [5.0, 3.0, 3.0, 1.0], ties="min") == [3, 1, 1, 0]
    assert normalised("borda", [5.0, 3.0, 3.0, 1.0], sign=-1) == [0, 1.5, 1.5, 3]


def test_exponential_ranks_as_in_the_indices_of_deprivation() -> None:
    # technical report of the English indices: from 0 to 100, and the top tenth of the places spans the upper half
    found = normalised("rank-exponential", [float(at) for at in range(1, 1001)])
    assert found[-1] == pytest.approx(100)
    assert sum(score > 50 for score in found) == 103  # R above .8979
    assert found[499] == pytest.approx(-23 * math.log(1 - 0.5 * (1 - math.exp(-100 / 23))))
    assert normalised("rank-exponential", [2.0, 7.0], frame=[3.0, 5.0])[1] == pytest.approx(100)


def test_normal_scores_are_the_quantiles_of_places() -> None:
    found = normalised("normal-scores", [5.0, 30.0, 30.0, 900.0])
    assert found == pytest.approx([NormalDist().inv_cdf((rank - 0.375) / 4.25) for rank in (1, 2.5, 2.5, 4)])
    assert normalised("normal-scores", [1.0, 3.0], offset=0.0, mean=100.0, sd=10.0)[1] == pytest.approx(104.3072729929)
    assert normalised("normal-scores", [2.0, 9.0], frame=[3.0, 5.0]) == normalised("normal-scores", [3.0, 5.0])


def test_references_by_hand() -> None:
    assert normalised("reference", [30.0, 60.0, 90.0]) == [50, 100, 150]  # of the mean 60
    assert normalised("reference", [30.0, 60.0], value=40.0, form="difference") == [-25, 50]
    assert normalised("reference", [30.0, 60.0], sign=-1, value=40.0, form="difference") == [25, -50]
    assert normalised("reference", [20.0, 80.0], sign=-1, value=40.0) == [200, 50]
    assert normalised("reference", [20.0, 80.0, 50.0], value="median", scale=1.0) == [0.4, 1.6, 1]
    assert normalised("reference", [-4.0, -2.0], value="min", form="difference") == [0, 50]
    missing = normalised("reference", [0.0, 80.0, -3.0], sign=-1, value=40.0)
    np.testing.assert_array_equal(missing, [np.nan, 50, np.nan])
    assert np.isnan(normalised("reference", [-1.0, 1.0])).all()


def test_proportions_by_hand() -> None:
    assert normalised("proportion", [10.0, 30.0, 60.0]) == [10, 30, 60]
    assert normalised("proportion", [10.0, 30.0, 60.0], of="best", scale=1.0) == [10 / 60, 0.5, 1]
    assert normalised("proportion", [10.0, 20.0, 40.0], sign=-1, of="best") == [100, 50, 25]
    # reciprocals .1 .05 .025 of .175
    np.testing.assert_allclose(normalised("proportion", [10.0, 20.0, 40.0], sign=-1, scale=7.0), [4, 2, 1])
    assert np.isnan(normalised("proportion", [0.0, 20.0], sign=-1)).all()
    assert np.isnan(normalised("proportion", [0.0, 0.0])).all()


def test_adjusted_mazziotta_pareto_by_hand() -> None:
    # goalposts 50 -+ 40 (half the range 80) around the reference 50 are 70 and 130: (x - 10) / 80 * 60 + 70
    assert normalised("ampi", [10.0, 50.0, 90.0, 70.0], value=50.0) == [70, 100, 130, 115]
    assert normalised("ampi", [10.0, 50.0, 90.0], sign=-1) == [130, 100, 70]
    assert normalised("ampi", [20.0, 100.0], value=20.0) == [100, 160]


def test_a_frame_of_another_period() -> None:
    # the base year's 10 ... 30 gives the scale: 20 is half the way, 35 goes beyond
    assert normalised("min-max", [20.0, 35.0], frame=[10.0, 30.0, 12.0]) == [50, 125]


# Targets, points, steps


def test_targets_by_hand() -> None:
    assert normalised("target", [40.0, 80.0, 120.0, -5.0], value=80.0) == [50, 100, 100, 0]
    assert normalised("target", [160.0, 80.0, 40.0], sign=-1, value=80.0) == [50, 100, 100]
    assert normalised("distance-to-target", [10.0, 45.0, 80.0, 90.0], value=80.0) == [0, 50, 100, 100]
    assert normalised("distance-to-target", [8.0, 5.0, 1.0], sign=-1, value=2.0, worst=8.0) == [0, 50, 100]


def test_piecewise_by_hand() -> None:
    # HJ 633-2012, table 1 (PM2.5, 24 h): 35 -> 50, 75 -> 100, 115 -> 150; 55 lies half way from 50 to 100; flat beyond the ends
    points = [[0.0, 0.0], [35.0, 50.0], [75.0, 100.0], [115.0, 150.0]]
    assert normalised("piecewise", [0.0, 35.0, 55.0, 115.0, 300.0, -3.0], points=points) == [0, 50, 75, 150, 150, 0]


def test_piecewise_beyond_its_points_by_hand() -> None:
    points = [[10.0, 0.0], [20.0, 50.0], [40.0, 70.0]]
    assert normalised("piecewise", [0.0, 30.0, 60.0], points=points, beyond="extend") == [-50, 60, 90]
    np.testing.assert_array_equal(normalised("piecewise", [0.0, 40.0, 40.1], points=points, above="missing"), [0, 70, np.nan])
    found = normalised("piecewise", [0.0, 10.0, 60.0], points=points, beyond="extend", below="missing")
    np.testing.assert_array_equal(found, [np.nan, 0, 90])


def test_distance_beyond_the_target_by_hand() -> None:
    assert normalised("distance-to-target", [10.0, 45.0, 115.0], value=80.0, clip=False) == [0, 50, 150]


def test_bands_by_hand() -> None:
    # 分档计分: each band from its bound, which belongs to it, up to the next, which does not
    bands = [[60.0, 60.0], [80.0, 80.0], [90.0, 100.0]]
    found = normalised("bands", [59.9, 60.0, 79.999, 80.0, 90.0, 1000.0], bands=bands, below=0.0)
    assert found == [0, 60, 60, 80, 100, 100]
    assert math.isnan(normalised("bands", [59.9], bands=bands)[0])


def test_deductions_and_bonuses_by_hand() -> None:
    # 倒扣分: 100 less 5 each, no more than 15 in all
    assert normalised("deduct", [0.0, 2.0, 3.0, 9.0], each=5.0, cap=15.0) == [100, 90, 85, 85]
    assert normalised("deduct", [30.0], each=5.0) == [0]
    assert normalised("deduct", [30.0], each=5.0, floor=None) == [-50]
    # 加分: 2 each, no more than 10
    assert normalised("bonus", [0.0, 3.0, 9.0], each=2.0, cap=10.0) == [0, 6, 10]
    assert normalised("bonus", [3.0], each=2.0, start=60.0) == [66]
    assert normalised("points", [-3.0, 42.0, 120.0], floor=0.0, cap=100.0) == [0, 42, 100]


# Means


def test_means_by_hand() -> None:
    assert together("arithmetic", [80.0, 60.0], [3.0, 1.0]) == 75
    assert together("geometric", [4.0, 9.0]) == pytest.approx(6)
    assert together("geometric", [2.0, 16.0], [2.0, 1.0]) == pytest.approx(4)
    assert together("harmonic", [40.0, 60.0]) == pytest.approx(48)  # there at 40, back at 60 km/h
    assert together("power", [3.0, 4.0], p=2.0) == pytest.approx(math.sqrt(12.5))
    assert together("median", [1.0, 50.0, 9.0, math.nan]) == 9
    assert together("sum", [50.0, 80.0], [0.5, 2.0], scale=0.1) == pytest.approx(18.5)
    assert together("sum", [50.0, math.nan], [1.0, 3.0]) == 200
    assert together("product", [50.0, 80.0], scale=0.01) == 40


def test_ordered_weights_by_hand() -> None:
    # best first 90 70 50: .5 * 90 + .3 * 70 + .2 * 50 = 76
    assert together("owa", [50.0, 90.0, 70.0], weights=[0.5, 0.3, 0.2]) == pytest.approx(76)
    # without the third, Q goes through (0, 0) (1/3, .5) (2/3, .8) (1, 1): at 1/2 it is .65
    assert together("owa", [50.0, 90.0, math.nan], weights=[0.5, 0.3, 0.2]) == pytest.approx(0.65 * 90 + 0.35 * 50)
    # the judges' rule: neither the best nor the worst of five counts
    assert together("owa", [7.0, 9.5, 8.0, 2.0, 9.0], weights=[0, 1, 1, 1, 0]) == pytest.approx(8)
    # orness 1/3 is Q = s^2 (Yager 1988: "most"); two children: 1/4 for the best, 3/4 for the worst
    assert together("owa", [80.0, 40.0], orness=1 / 3) == pytest.approx(50)
    # a best child of weight .8 under Q = s^2: .64 of 80 and .36 of 40 (Torra 1997)
    assert together("owa", [80.0, 40.0], [0.8, 0.2], orness=1 / 3) == pytest.approx(0.64 * 80 + 0.36 * 40)


def test_mazziotta_pareto_by_hand() -> None:
    # 90 and 110: mean 100, S = 10, cv = .1, so that 1 is lost; all alike lose nothing
    assert together("mpi", [90.0, 110.0]) == pytest.approx(99)
    assert together("mpi", [90.0, 110.0], penalty="positive") == pytest.approx(101)
    assert together("mpi", [104.0, 104.0, 104.0], [0.1, 0.2, 0.3]) == pytest.approx(104)
    # weights 3 and 1: mean 95, variance (3 * 25 + 225) / 4 = 75
    assert together("mpi", [90.0, 110.0], [3.0, 1.0]) == pytest.approx(95 - 75 / 95)


def test_copeland_by_hand() -> None:
    # a beats b in .6 of the weight and ties with c (.3 for, .3 against); c beats b with .7
    x = np.array([[3.0, 1.0, 5.0], [2.0, 3.0, 4.0], [3.0, 4.0, 1.0]])
    w = np.array([0.4, 0.3, 0.3])
    aggregate = CATALOGUE["aggregate"]["copeland"]
    assert aggregate(x, w).tolist() == [1, -2, 1]
    assert aggregate(x, w, result="share").tolist() == [75, 0, 75]
    # Condorcet's cycle: each outranks one and is outranked by one
    assert aggregate(np.array([[3.0, 1, 2], [2, 3, 1], [1, 2, 3]]), np.ones(3)).tolist() == [0, 0, 0]


def test_grey_relation_by_hand() -> None:
    # distances from the best (1, 1): (0, .5), (1, 0), (.5, 1); greatest 1, least 0, rho .5: 1 at 0, 1/2 at .5, 1/3 at 1
    x = np.array([[1.0, 0.5], [0.0, 1.0], [0.5, 0.0]])
    found = CATALOGUE["aggregate"]["grey"](x, np.array([0.75, 0.25]), scale=1.0)
    np.testing.assert_allclose(found, [0.75 + 0.25 / 2, 0.75 / 3 + 0.25, 0.75 / 2 + 0.25 / 3])


@pytest.mark.parametrize("name", ["gmean", "hmean", "pmean"])
def test_means_as_scipy(name: str) -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(2)
    x, w = random.uniform(1, 100, (30, 6)), random.uniform(0.1, 1, 6)
    own = {"gmean": ("geometric", {}), "hmean": ("harmonic", {}), "pmean": ("power", {"p": -2.5})}[name]
    arguments = (x, -2.5) if name == "pmean" else (x,)
    expected = getattr(stats, name)(*arguments, weights=np.broadcast_to(w, x.shape), axis=1)
    np.testing.assert_allclose(CATALOGUE["aggregate"][own[0]](x, w, **own[1]), expected, rtol=1e-12)


# Multi-criteria examples on which independent libraries agree


@pytest.fixture
def mcdm(shared: Path) -> dict[str, Any]:
    text = (shared / "mcdm" / "golden.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def results(mcdm: dict[str, Any], method: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(case, one) for case in mcdm["matrices"] for one in case["results"] if one["method"] == method]


def test_min_max_of_the_literature(mcdm: dict[str, Any]) -> None:
    cases = results(mcdm, "minmax")
    assert [case["id"] for case, _ in cases] == ["fighter_1981"]  # Hwang & Yoon 1981
    for case, expected in cases:
        x = np.array(case["matrix"])
        found = CATALOGUE["normalise"]["min-max"](x, Frame(x, np.array(case["types"], dtype=float)), high=1.0)
        np.testing.assert_allclose(found.ravel(), expected["value"], rtol=1e-12, atol=1e-15)


def test_weighted_sums_of_the_literature(mcdm: dict[str, Any]) -> None:
    cases = results(mcdm, "wsm_minmax")
    assert {case["id"] for case, _ in cases} == {"fighter_1981", "salabun_2020"}
    for case, expected in cases:
        x = np.array(case["matrix"])
        for aggregate in ("arithmetic", "sum"):
            indicators = "\n".join(
                f"  - {{id: c{at}, weight: {weight!r}, direction: {'higher' if sign > 0 else 'lower'}}}"
                for at, (weight, sign) in enumerate(zip(case["weights"], case["types"], strict=True))
            )
            index = index_of(
                f"index: {{id: i, aggregate: {aggregate}}}\nunits: {{table: u.csv}}\ndata: {{v: {{path: v.csv}}}}\n"
                f"defaults: {{normalise: {{method: min-max, low: 0, high: 1}}}}\ndimensions:\n{indicators}\n"
            )
            found = score(index, panel_of(index, x))
            np.testing.assert_allclose(found.score()[0], expected["value"], rtol=1e-9)
            if "rank_min" in expected:
                assert found.rank()[0].tolist() == expected["rank_min"]


@pytest.mark.parametrize(
    ("method", "case", "normalise", "rescale"),
    [
        # Hwang & Yoon 1981 print .643 .268 .613 .312
        ("topsis_vector", "fighter_1981", "points", "vector"),
        # Salabun et al. 2020
        ("topsis_minmax", "salabun_2020", "{method: min-max, low: 0, high: 1}", "none"),
        ("topsis_minmax", "salabun_2020", "points", "min-max"),
    ],
)
def test_topsis_of_the_literature(mcdm: dict[str, Any], method: str, case: str, normalise: str, rescale: str) -> None:
    [(found, expected)] = results(mcdm, method)
    assert found["id"] == case
    indicators = "\n".join(
        f"  - {{id: c{at}, weight: {weight!r}, direction: {'higher' if sign > 0 else 'lower'}}}"
        for at, (weight, sign) in enumerate(zip(found["weights"], found["types"], strict=True))
    )
    index = index_of(
        f"index: {{id: i, aggregate: {{method: topsis, rescale: {rescale}, scale: 1}}}}\nunits: {{table: u.csv}}\n"
        f"data: {{v: {{path: v.csv}}}}\ndefaults: {{normalise: {normalise}}}\ndimensions:\n{indicators}\n"
    )
    np.testing.assert_allclose(score(index, panel_of(index, np.array(found["matrix"]))).score()[0], expected["value"], rtol=1e-9)


def test_ranks_with_ties_of_the_literature(mcdm: dict[str, Any]) -> None:
    expected = mcdm["rank_ties"]
    scores = np.array(expected["scores"])[:, None]
    for own, theirs in (("competition", "competition_min"), ("average", "average"), ("dense", "dense")):
        assert ranks(scores, ties=own)[:, 0].tolist() == expected[theirs]


# COINr 1.1.14 on its ASEM example


def coinr(shared: Path, normalise: str, weights: str, *, leave_out: tuple[str, ...] = ()) -> Scores:
    """Build COINr's tree from its own table and score its data; `weights` is a file of weights, or nothing for equal ones."""
    folder = shared / "coinr" / "inputs"
    meta = pd.read_csv(folder / "ASEM_iMeta.csv", dtype=str, keep_default_na=False)
    nodes = meta[meta["Type"].isin(["Indicator", "Aggregate"])]
    given = pd.read_csv(folder / weights).set_index("iCode")["Weight"].to_dict() if weights else {}
    below = {parent: rows["iCode"].tolist() for parent, rows in nodes.groupby("Parent", sort=False)}
    kind = nodes.set_index("iCode")["Direction"].to_dict()

    def written(code: str, indent: int) -> str:
        line = f"{'  ' * indent}- id: {code}\n{'  ' * indent}  weight: {given.get(code, 1)}\n"
        if code not in below:
            return line + (f"{'  ' * indent}  direction: lower\n" if kind[code] == "-1" else "")
        return f"{line}{'  ' * indent}  indicators:\n" + "".join(written(child, indent + 1) for child in below[code])

    index = index_of(
        f"index: {{id: Index}}\nunits: {{table: u.csv}}\ndata: {{v: {{path: v.csv}}}}\n"
        f"defaults: {{normalise: {normalise}, weights: relative}}\n"
        f"dimensions:\n{''.join(written(code, 0) for code in below['Index'])}"
    )
    data = pd.read_csv(folder / "ASEM_iData.csv", keep_default_na=False, na_values=[""]).set_index("uCode").sort_index()
    data = data.drop(index=list(leave_out))
    panel = panel_of(index, data[[column.id for column in index.columns]].to_numpy(float))
    return score(index, panel)


@pytest.mark.parametrize(
    ("case", "normalise", "weights", "leave_out"),
    [
        ("a_minmax_amean", "min-max", "", ()),
        ("a2_minmax_amean_weights", "min-max", "weights_nontrivial.csv", ()),
        ("c_zscore_amean_equal", "z-score", "", ()),
    ],
)
def test_coinr_every_score_and_rank(shared: Path, case: str, normalise: str, weights: str, leave_out: tuple[str, ...]) -> None:
    found = coinr(shared, normalise, weights, leave_out=leave_out)
    expected = pd.read_csv(shared / "coinr" / case / "scores.csv", keep_default_na=False, na_values=[""]).set_index("uCode")
    places = pd.read_csv(shared / "coinr" / case / "ranks.csv", keep_default_na=False, na_values=[""]).set_index("uCode")
    assert len(expected) == 51 - len(leave_out)
    assert set(expected.columns) == set(found.tree.position)
    assert len(found.tree.nodes) == 60
    for node in expected.columns:
        np.testing.assert_allclose(found.score(node)[0], expected[node], rtol=1e-9, atol=1e-12, err_msg=node)
        same_ranks(found, node, places[node])


def same_ranks(found: Scores, node: str, expected: pd.Series) -> None:
    """Hold ranks to COINr's, which tells apart what differs in the last bits alone: raw values of TolMin do, by one bit."""
    score, places = found.score(node)[0], found.rank(node)[0]
    apart = np.flatnonzero((places != expected) & ~(np.isnan(places) & expected.isna().to_numpy()))
    if node == "TolMin":
        others = [np.flatnonzero(places == places[unit]) for unit in apart]
        assert all(len(tied) > 1 for tied in others)
        assert all(0 < np.ptp(score[tied]) <= 1e-12 * np.nanmax(np.abs(score)) for tied in others)
    else:
        assert apart.tolist() == [], node


def coinr_from_files(
    shared: Path, defaults: str, *, denominated: bool, by_height: tuple[str, ...] = ("", "", ""), more: str = ""
) -> Scores:
    """Score COINr's data from its files, denominators taken from the units table; `by_height` are keys of nodes, lowest first."""
    folder = shared / "coinr" / "inputs"
    meta = pd.read_csv(folder / "ASEM_iMeta.csv", dtype=str, keep_default_na=False).set_index("iCode")
    below = {parent: rows.index.tolist() for parent, rows in meta[meta["Parent"] != ""].groupby("Parent", sort=False)}

    def written(code: str) -> str:
        if code in below:
            keys = by_height[0 if below[code][0] not in below else 1]
            return f"{{id: {code}{keys}, indicators: [{', '.join(map(written, below[code]))}]}}"
        direction = "lower" if meta.loc[code, "Direction"] == "-1" else "higher"
        per = f", per: {meta.loc[code, 'Denominator']}" if denominated and meta.loc[code, "Denominator"] else ""
        return f"{{id: {code}, direction: {direction}{per}}}"

    used = [name for name in ("Area", "Energy", "GDP", "Population") if denominated]
    index = index_of(
        f"index: {{id: Index{by_height[2]}}}\nunits: {{table: ASEM_iData.csv, id: uCode, group: EurAsia_group}}\n{more}"
        f"periods: {{kind: year}}\ndata: {{asem: {{path: ASEM_iData.csv, unit: uCode, period: 2018}}}}\n"
        f"denominators: [{', '.join(f'{{id: {name}, source: units}}' for name in used)}]\n"
        f"defaults: {{weights: equal, source: asem, {defaults}}}\n"
        f"dimensions: [{', '.join(map(written, below['Index']))}]\n"
    )
    return score(index, read(index, folder))


@pytest.mark.parametrize(
    ("case", "defaults", "denominated", "by_height", "more"),
    [
        (
            "a3_minmax_amean_datthresh",
            "normalise: min-max",
            False,
            tuple(f", missing: {{policy: reweight, children: {share}}}" for share in (0.9, 0.7, 1.0)),
            "",
        ),
        (
            "d_pca_weights",
            "impute: {method: mean, over: group}, treat: winsorise",
            True,
            (", weights: {method: pca, take: loadings}", "", ""),
            "",
        ),
        ("f_screen_minmax_amean", "normalise: min-max", False, ("", "", ""), "screen: {coverage: 0.95}\n"),
    ],
)
def test_coinr_thresholds_loadings_and_screening_from_yaml(
    shared: Path, case: str, defaults: str, denominated: bool, by_height: tuple[str, ...], more: str
) -> None:
    found = coinr_from_files(shared, defaults, denominated=denominated, by_height=by_height, more=more)
    folder = shared / "coinr" / case
    expected, places = (
        pd.read_csv(folder / name, keep_default_na=False, na_values=[""]).set_index("uCode").reindex(found.panel.units.ids)
        for name in ("scores.csv", "ranks.csv")
    )
    assert set(expected.columns) == set(found.tree.position)
    for node in expected.columns:
        np.testing.assert_allclose(found.score(node)[0], expected[node], rtol=1e-9, atol=1e-9, err_msg=node)
        same_ranks(found, node, places[node])


@pytest.mark.parametrize(
    ("case", "defaults", "denominated"),
    [
        ("b_treat_minmax1_gmean", "treat: winsorise, normalise: {method: min-max, low: 1}, aggregate: geometric", False),
        ("e_full_pipeline", "impute: {method: mean, over: group}, treat: winsorise", True),
    ],
)
def test_coinr_every_stage_of_a_treated_index(shared: Path, case: str, defaults: str, denominated: bool) -> None:
    found = coinr_from_files(shared, defaults, denominated=denominated)
    order = list(found.panel.units.ids)

    def table(name: str) -> pd.DataFrame:
        file = shared / "coinr" / case / f"{name}.csv"
        return pd.read_csv(file, keep_default_na=False, na_values=[""]).set_index("uCode").loc[order]

    leaves = [leaf.id for leaf in found.index.leaves]
    np.testing.assert_allclose(found.treated[0], table("data_treated")[leaves], rtol=1e-12)
    np.testing.assert_allclose(found.scores[0, :, : len(leaves)], table("data_normalised")[leaves], rtol=1e-9, atol=1e-12)
    scores, places = table("scores"), table("ranks")
    for node in scores.columns:
        np.testing.assert_allclose(found.score(node)[0], scores[node], rtol=1e-9, atol=1e-12, err_msg=node)
        same_ranks(found, node, places[node])
    if denominated:
        imputed = found.status[0] == IMPUTED
        assert imputed.sum() == np.isnan(table("data_denominated")[leaves].to_numpy()).sum()


def test_skewness_and_kurtosis_are_the_spreadsheets_ones(shared: Path) -> None:
    # COINr's own check of its example, which states both for every indicator
    details = pd.read_csv(shared / "coinr" / "b_treat_minmax1_gmean" / "treat_details.csv").set_index("iCode")
    data = pd.read_csv(shared / "coinr" / "inputs" / "ASEM_iData.csv", keep_default_na=False, na_values=[""])
    for code, row in details.iterrows():
        values = data[str(code)].dropna().to_numpy(float)
        assert skewness(values) == pytest.approx(row["check_SkewKurt0.Skew"], rel=1e-12)
        assert excess_kurtosis(values) == pytest.approx(row["check_SkewKurt0.Kurt"], rel=1e-12)


def test_published_decimals_rank_as_published() -> None:
    # two districts of 73.975 and 73.98 are both published as 73.98, and then share their place
    scores = np.array([[73.975], [73.98], [73.97]])
    assert ranks(scores)[:, 0].tolist() == [2, 1, 3]
    assert ranks(rounded(scores, 2))[:, 0].tolist() == [1, 1, 3]


def test_ends_that_are_quantiles_as_pandas_has_them() -> None:
    """EPI's ends, the 5th and 95th percentiles, and the SDG Index's lower end of 2.5 % with a fixed upper one."""
    x = pd.Series([3.0, 8, 1, 40, 12, 9, 7, 25, 2, 900, 11])
    for sign, (worst, best) in ((1, (0.05, 0.95)), (-1, (0.95, 0.05))):
        a, b = x.quantile(worst), x.quantile(best)
        wanted = (100 * (x - a) / (b - a)).clip(0, 100)
        ends: dict[str, Any] = {"worst": {"quantile": 0.05}, "best": {"quantile": 0.95}}
        np.testing.assert_allclose(normalised("goalposts", list(x), sign=sign, **ends), wanted, rtol=1e-12)
        ends = {"unacceptable": {"quantile": 0.05}, "satisfactory": {"quantile": 0.95}}
        wanted = 60 + 40 * (x - a) / (b - a)
        np.testing.assert_allclose(normalised("efficacy", list(x), sign=sign, **ends), wanted, rtol=1e-12)
    a = x.quantile(0.025)
    wanted = (100 * (x - a) / (30 - a)).clip(0, 100)
    np.testing.assert_allclose(normalised("goalposts", list(x), worst={"quantile": 0.025}, best=30.0), wanted, rtol=1e-12)
    logs = np.log(x)
    a, b = logs.quantile(0.05), logs.quantile(0.95)
    ends = {"worst": {"quantile": 0.05}, "best": {"quantile": 0.95}, "log": True}
    np.testing.assert_allclose(normalised("goalposts", list(x), **ends), (100 * (logs - a) / (b - a)).clip(0, 100), rtol=1e-12)
    a = x.quantile(0.9)  # where less is better the quantile counts from the highest
    wanted = (100 * (x - a) / (2 - a)).clip(upper=100)
    found = normalised("distance-to-target", list(x), sign=-1, value=2.0, worst={"quantile": 0.1}, clip=True)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    same = normalised("goalposts", [0.0] * 9 + [5.0], worst={"quantile": 0.1}, best={"quantile": 0.8})
    assert np.isnan(same).all()
    short = normalised("goalposts", [3.0, 4, 9], worst={"quantile": 0.0}, best=2.0)  # even the worst seen has reached it
    assert list(short) == [100.0, 100.0, 100.0]


# Residuals

WEALTH = """
index: {id: x}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {weights: equal}
denominators: [{id: wealth}]
dimensions:
  - {id: a, residual: wealth}
  - {id: b, direction: lower, residual: {along: wealth, within: group}, scale: 10, applies: b < 90}
"""


def test_residuals_are_those_of_numpy_s_least_squares() -> None:
    values = np.random.default_rng(3).normal(size=(2, 9, 3)) * [1.0, 5.0, 2.0] + [0.0, 2.0, 30.0]
    values[0, 2, 0], values[1, 3, 2], values[1, 4, 1] = np.nan, np.nan, 99.0
    groups = tuple("aaaaabbcc")
    index = index_of(WEALTH)
    panel = panel_of(index, values[..., [0, 1, 1, 2]], groups=groups)  # what b applies by is a column of its own
    scores = score(index, panel)

    def left(y: np.ndarray, z: np.ndarray) -> np.ndarray:
        out, there = np.full(len(y), np.nan), ~np.isnan(y) & ~np.isnan(z)
        if there.sum() > 2:
            design = np.column_stack([np.ones(there.sum()), z[there]])
            out[there] = y[there] - design @ np.linalg.lstsq(design, y[there], rcond=None)[0]
        return out

    for period in range(2):
        a, b, wealth = values[period].T
        b = np.where(b < 90, 10 * b, np.nan)  # who is not judged does not bend the line
        np.testing.assert_allclose(scores.derived[period, :, 0], left(a, wealth), atol=1e-12)
        own = np.concatenate([left(b[part], wealth[part]) for part in (slice(5), slice(5, 7), slice(7, 9))])
        np.testing.assert_allclose(scores.derived[period, :, 1], own, atol=1e-11)
    said = {(one.code, one.values.get("node"), one.values.get("count")) for one in scores.findings}
    assert ("IC496", "b", 8) in said, "two units have no line"
    np.testing.assert_array_equal(score_in_blocks(index, panel, empty, cells=18).scores, scores.scores)
    assert "a: residual" in in_the_way_of(index)


def test_what_has_no_residual() -> None:
    nan, everyone = np.nan, [np.ones(4, dtype=bool)]
    y = np.array([[1.0, 2, 4, 8], [1, 2, 3, 4], [1, 2, nan, nan], [0.1, 0.3, 0.5, 0.7]])
    z = np.array([[5.0, 5, 5, 5], [1, 2, 3, nan], [1, 2, 3, 4], [1.1, 1.3, 1.5, 1.7]])
    found = residual(y, z, everyone)
    assert np.isnan(found[0]).all(), "no line goes along what is the same for all"
    np.testing.assert_array_equal(found[1], [0, 0, 0, nan])  # to the last bit
    assert np.isnan(found[2]).all(), "two units have no line"
    np.testing.assert_array_equal(found[3], 0)


# Shrinkage


def shrunk_by_hand(r: list[float], n: list[float], *, odds: bool) -> list[float]:
    """The steps of the appendix one by one: the logit of each ward and of the authority, s², t², w, z, and back."""
    log = math.log

    def rate(count: float, base: float) -> float:
        return log((count + 0.5) / (base - count + 0.5)) if odds else count / base

    whole = rate(sum(r), sum(n))
    own = [rate(count, base) for count, base in zip(r, n, strict=True)]
    between = sum((one - whole) ** 2 for one in own) / (len(own) - 1)
    found = []
    for count, base, one in zip(r, n, own, strict=True):
        error = (base + 1) * (base + 2) / (base * (count + 1) * (base - count + 1)) if odds else whole / base
        w = (1 / error) / (1 / error + 1 / between)
        z = w * one + (1 - w) * whole
        found.append(math.exp(z) / (1 + math.exp(z)) if odds else z)
    return found


@pytest.mark.parametrize("odds", [True, False])
def test_rates_are_shrunk_as_in_indices_of_deprivation(odds: bool) -> None:
    r, n = [0.0, 30, 210, 4, 9, 77], [25.0, 110, 1000, 30, 50, 300]
    groups = [np.array([True] * 3 + [False] * 3), np.array([False] * 3 + [True] * 3)]
    how = "log-odds" if odds else "rate"
    found = shrunk(np.array([r]), np.array([n]), groups, how=how)[0]
    by_hand = shrunk_by_hand(r[:3], n[:3], odds=odds) + shrunk_by_hand(r[3:], n[3:], odds=odds)
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)
    raw, whole = np.array(r) / np.array(n), np.repeat([240 / 1135, 90 / 380], 3)
    moved = (np.abs(found - raw) / np.abs(whole - raw))[:3]
    assert odds or (moved[0] > moved[1] > moved[2]), "the smaller, the farther"


def test_what_is_missing_alone_or_alike_in_shrinkage() -> None:
    nan = np.nan
    count, base = np.array([[3.0, nan, 5.0, 12.0, 1.0]]), np.array([[10.0, 20.0, 0.0, 10.0, 4.0]])
    groups = [np.array([True, True, True, True, False]), np.array([False] * 4 + [True])]
    odds, rate = (shrunk(count, base, groups, how=how)[0] for how in ("log-odds", "rate"))
    np.testing.assert_allclose(odds, [3.5 / 11, nan, nan, nan, 1.5 / 5])  # 12 of 10 are no people; one is left alone
    np.testing.assert_allclose(rate[[1, 2, 4]], [nan, nan, 0.25])
    assert 0.3 < rate[0] < rate[3] < 1.2
    alike = shrunk(np.array([[1.0, 2.0, 3.0]]), np.array([[10.0, 20.0, 30.0]]), [np.ones(3, bool)], how="rate")
    np.testing.assert_allclose(alike, [[0.1, 0.1, 0.1]])
    none = shrunk(np.zeros((1, 3)), np.full((1, 3), 8.0), [np.ones(3, bool)], how="rate")
    np.testing.assert_array_equal(none, 0.0)
    in_thousands = shrunk(count, base / 1000, groups, how="rate")
    np.testing.assert_allclose(in_thousands, rate[None] * 1000, rtol=1e-12)


@pytest.mark.parametrize(
    ("measure", "people", "scale", "times"),
    [
        ("人/万人", "万人", 1, 10_000),
        ("人/10万人", "万人", 10, 10_000),
        ("%", "万人", 0.01, 10_000),
        ("‰", "万人", 0.1, 10_000),
        ("", "万人", 1, 10_000),
        ("people per 1,000 people", "thousand people", 1, 1000),
        ("户/百户", "千户", 0.1, 1000),
        ("%", "万人", 100, 1),  # what is counted is in 万人 too
        ("万人/亿人", "万人", 10_000, 1),
        ("人/万人", "人", 10_000, 1),
        ("人/万人", "", 1, 1),  # nothing is known of the denominator
        ("件", "宗卷", 1, 1),
    ],
)
def test_people_are_compared_with_people_whatever_the_denominator_is_counted_in(
    measure: str, people: str, scale: float, times: float
) -> None:
    r, n = [1.0, 30, 210, 77], [25.0, 110, 1000, 300]
    index = index_of(
        "index: {id: i}\nunits: {table: u}\ndata: {v: {path: v}}\n"
        f"denominators: [{{id: people, measure: '{people}'}}]\n"
        f"dimensions: [{{id: poor, weight: 1, per: people, shrink: group, scale: {scale}, measure: '{measure}'}}]\n"
    )
    count = [[each, base / times] for each, base in zip(r, n, strict=True)]
    scores = score(index, panel_of(index, count, groups=["g"] * 4))
    np.testing.assert_allclose(scores.derived[0, :, 0], scale * times * np.array(shrunk_by_hand(r, n, odds=True)), rtol=1e-9)
    assert [one.code for one in scores.findings] == []


def test_a_count_above_its_people_is_told_in_the_unit_of_both() -> None:
    index = index_of(
        "index: {id: i}\nunits: {table: u}\ndata: {v: {path: v}}\ndenominators: [{id: people, measure: 万人}]\n"
        "dimensions: [{id: poor, weight: 1, per: people, shrink: group, scale: 0.01, measure: '%'}]\n"
    )
    scores = score(index, panel_of(index, [[9000, 1.0], [11000, 1.0], [500, 1.0]], groups=["g"] * 3))
    assert [(one.code, one.values["units"]) for one in scores.findings] == [("IC861", "u1")]
    assert np.isnan(scores.derived[0, :, 0]).tolist() == [False, True, False]


def test_an_indicator_is_shrunk_within_the_column_that_it_names(tmp_path: Path) -> None:
    r, n = [0.0, 30, 210, 4, 9, 77], [25.0, 110, 1000, 30, 50, 300]
    rows = [f"u{at},{'ABABAB'[at]},g" for at in range(6)]
    (tmp_path / "u.csv").write_text("\n".join(["id,county,group", *rows]) + "\n")
    values = [f"u{at},2024,{r[at]},{n[at]}" for at in range(6)]
    (tmp_path / "v.csv").write_text("\n".join(["unit,period,poor,people", *values]) + "\n")
    index = index_of(
        "index: {id: i}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\ndenominators: [{id: people}]\n"
        "dimensions: [{id: poor, weight: 1, per: people, shrink: county, scale: 100, direction: lower}]\n"
    )
    panel = read(index, tmp_path)
    found = score(index, panel).derived[0, :, 0]
    np.testing.assert_array_equal(score_in_blocks(index, panel, empty).derived[0, :, 0], found)
    wanted = np.empty(6)
    for at in (slice(0, 6, 2), slice(1, 6, 2)):
        wanted[at] = shrunk_by_hand(r[at], n[at], odds=True)
    np.testing.assert_allclose(found, 100 * wanted, rtol=1e-12)
