"""Weights of the literature and of other tools: each with where it comes from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from indexcalc.methods import CATALOGUE
from indexcalc.methods.components import components, varimax
from indexcalc.methods.judgement import best_worst, consistency

SHARED = Path(os.environ.get("INDEXCALC_SHARED", Path(__file__).parent.parent.parent / "shared")) / "data"
shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")

# How each result of the file is reached. Scores are "more is better": costs come as 1/x, or as -x, whichever the source does.
HOW: dict[str, tuple[str, dict[str, Any], str]] = {
    "entropy": ("entropy", {"rescale": "none"}, "as they are"),
    "std": ("std", {}, "as they are"),
    "std_minmax": ("std", {"rescale": "min-max"}, "turned"),
    "critic_blind": ("critic", {}, "as they are"),
    "critic_directed": ("critic", {}, "turned"),
    "merec": ("merec", {}, "reciprocal"),
}
NOT_WEIGHTS = {"minmax", "wsm_minmax", "topsis_vector", "topsis_minmax"}


def weigh(method: str, x: Any, **chosen: Any) -> np.ndarray:
    scores = np.asarray(x, dtype=float)
    weights: np.ndarray = CATALOGUE["weights"][method](scores, np.ones(scores.shape[-1]), **chosen)
    return weights


def of_direction(x: np.ndarray, types: np.ndarray, costs: str) -> np.ndarray:
    return {"as they are": x, "turned": x * types, "reciprocal": np.where(types > 0, x, 1.0 / x)}[costs]


def peers() -> list[Any]:
    file = SHARED / "mcdm" / "golden.json"
    if not file.exists():
        return []
    return [
        pytest.param(matrix, result, id=f"{matrix['id']} {result['method']}")
        for matrix in json.loads(file.read_text(encoding="utf-8"))["matrices"]
        for result in matrix["results"]
        if result["method"] not in NOT_WEIGHTS
    ]


@shared
@pytest.mark.parametrize(("matrix", "result"), peers())
def test_weights_on_which_two_libraries_agree(matrix: dict[str, Any], result: dict[str, Any]) -> None:
    method, chosen, costs = HOW[result["method"]]
    x = of_direction(np.array(matrix["matrix"]), np.array(matrix["types"]), costs)
    np.testing.assert_allclose(weigh(method, x, **chosen), result["value"], rtol=0, atol=1e-9)


@shared
def test_ahp_of_the_drinks_and_its_consistency() -> None:
    # Saaty, Int. J. Services Sciences 1(1), 2008: relative consumption of drinks
    case = json.loads((SHARED / "mcdm" / "golden.json").read_text(encoding="utf-8"))["ahp"][0]
    found = consistency(case["matrix"])
    np.testing.assert_allclose(found.weights, case["weights_eigen"], rtol=0, atol=1e-12)
    assert found.lambda_max == pytest.approx(case["lambda_max"], abs=1e-9)
    assert found.ci == pytest.approx(case["CI"], abs=1e-9)
    ratios = {name.partition(" ")[0]: value for name, value in case["CR"].items()}
    assert found.cr == pytest.approx(ratios["RI=1.32"], abs=1e-9)
    saaty_later = next(value for name, value in case["CR"].items() if "'saaty'" in name)
    assert consistency(case["matrix"], random_index="saaty-tran").cr == pytest.approx(saaty_later, abs=1e-9)
    weights = weigh("ahp", np.empty((0, 7)), judgements=case["matrix"])
    np.testing.assert_array_equal(np.round(weights, 3), [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327])


@shared
@pytest.mark.parametrize(
    ("example", "method", "chosen"),
    [
        ("entropy_xu_2004", "entropy", {"rescale": "none"}),
        ("entropy_zavadskas_podvezko_2016", "entropy", {"rescale": "none"}),
        ("critic_tus_aytac_2019", "critic", {}),
        ("coefficient_of_variation_shuai_2012", "cv", {}),
        ("ahp_papathanasiou_ploskas_2018", "ahp", {}),
    ],
)
def test_weights_printed_in_papers(example: str, method: str, chosen: dict[str, Any]) -> None:
    folder = SHARED / "published" / "mcdm_literature_a"
    inputs, published = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "published.csv")
    x = inputs[inputs.example == example].pivot_table(index="row", columns="col", values="value").to_numpy()
    printed = published[(published.example == example) & (published.quantity == "weight")].sort_values("index")
    found = weigh("ahp", np.empty((0, len(x))), judgements=x.tolist()) if method == "ahp" else weigh(method, x, **chosen)
    np.testing.assert_allclose(found, printed.value, rtol=0, atol=0.5000001 * 10.0 ** -printed.decimals.iloc[0])


@shared
@pytest.mark.parametrize("group", ["ConEcFin", "Environ", "Instit", "P2P", "Physical", "Political", "Social", "SusEcFin"])
def test_components_of_coinr(group: str) -> None:
    # COINr 1.1.14, get_PCA(weights_to = "PCA1") on the ASEM example, normalised; the sign of a component is arbitrary
    folder = SHARED / "coinr" / "d_pca_weights"
    meta = pd.read_csv(SHARED / "coinr" / "inputs" / "ASEM_iMeta.csv")
    children = meta[(meta.Parent == group) & (meta.Type == "Indicator")].iCode.tolist()
    x = pd.read_csv(folder / "data_normalised.csv")[children].to_numpy()
    loadings = pd.read_csv(folder / "weights.csv").set_index("iCode").Weight[children].to_numpy()
    np.testing.assert_allclose(weigh("pca", x, take="loadings"), loadings / loadings.sum(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(weigh("pca", x), loadings**2, rtol=1e-9, atol=1e-9)
    variance = pd.read_csv(folder / "pca_variance.csv")
    variance = variance[variance.group == group]
    np.testing.assert_allclose(components(x).eigenvalues, variance.eigenvalue, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(components(x).explained, variance.prop_var, rtol=1e-9, atol=1e-9)


@shared
@pytest.mark.parametrize("group", ["政治", "行政", "経済", "教育業界就業者"])
def test_inverse_deviations_of_the_prefectural_gender_gap(group: str) -> None:
    # Kyodo News 2024: within a group 1 / sd over the 47 prefectures of women / men (or men / women), at most 1, 1 for n / 0
    folder = SHARED / "published" / "kyodo_gender_gap_2024"
    inputs, weights = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "weights.csv")
    top, bottom = (np.where(inputs.inverse == turned, inputs.men, inputs.women) for turned in (1, 0))
    inputs["ratio"] = np.where(bottom == 0, 1.0, np.minimum(top / np.where(bottom == 0, 1.0, bottom), 1.0))
    inputs["name"] = inputs.indicator.str.removesuffix("_inverse") + np.where(inputs.inverse == 1, "_inverse", "")
    published = weights[weights.group == group].set_index("name").weight
    x = inputs.pivot_table(index="code", columns="name", values="ratio")[published.index].to_numpy()
    assert len(x) == 47
    np.testing.assert_allclose(weigh("inverse-std", x), published, rtol=1e-9)


# Zavadskas & Podvezko, Int. J. Inf. Technol. Decis. Mak. 15(2), 2016: four alternatives, the first and third criterion costs
PODVEZKO = np.array([[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]], dtype=float)
COSTS = np.array([-1, 1, -1, 1])


def test_cilos_and_idocriw_of_their_paper() -> None:
    loss = weigh("cilos", of_direction(PODVEZKO, COSTS, "reciprocal"))
    np.testing.assert_allclose(loss, [0.3343, 0.2199, 0.1957, 0.2501], atol=5.1e-5)
    joint = weigh("entropy", PODVEZKO, rescale="none") * loss  # as the paper, whose factors are rounded: costs as they are
    np.testing.assert_allclose(joint / joint.sum(), [0.1658, 0.1886, 0.35455, 0.2911], atol=1e-4)
    scores = of_direction(PODVEZKO, COSTS, "reciprocal")
    both = weigh("combine", scores, of=[{"method": "entropy", "rescale": "none"}, "cilos"])
    np.testing.assert_allclose(weigh("idocriw", scores), both, rtol=1e-12)
    of_paper = weigh("idocriw", COSTS * PODVEZKO)  # costs as `points` makes them
    np.testing.assert_allclose(of_paper, [0.1658, 0.1886, 0.35455, 0.2911], atol=1e-4)


def test_best_worst_worked_by_hand() -> None:
    # Rezaei 2016, three criteria of a transport mode: with all three distances equal to ξ, w = (2, 9, 17) / 28 and ξ = 1 / 28
    found = best_worst([8, 2, 1], [1, 5, 8])
    np.testing.assert_allclose(found.weights, np.array([2, 9, 17]) / 28, rtol=1e-9)
    assert found.ksi == pytest.approx(1 / 28)
    assert found.cr == pytest.approx(2 / 56)  # |2 * 5 - 8| / (8² - 8)
    # Rezaei 2015, buying a car: judgements that agree in full
    np.testing.assert_allclose(best_worst([2, 1, 4, 2, 8], [4, 8, 2, 4, 1]).weights, np.array([4, 8, 2, 4, 1]) / 19, rtol=1e-9)


TAI = """
187 125.6 200.2 50.7 3.08 4.15 10 27.4 | 289 130 179.1 66.2 3 4.07 12 13.9 | 271 156.6 125.8 59.7 3.1 4.14 11.4 15.3
994 64.6 49 80.8 3 3.86 9.5 10 | 779 9.8 4.8 66.7 2.97 3.65 10.8 23.2 | 189 151.2 136 50.9 3.02 3.77 9.4 9.5
82 134 57.4 61.9 3.02 3.73 9.4 14.9 | 31 38.6 108 48.7 2.94 4.18 11.6 14.2 | 75 18.2 125.9 16.2 2.94 3.94 10.9 25.3
8 25.5 72.3 74.9 2.95 3.83 7.1 24.2 | 235 36.8 41.2 64.2 2.94 3.75 10.2 14.4 | 103 20.2 193.6 19 3.12 4.39 11.9 11.2
106 110.3 48.6 53.6 2.97 3.68 9.4 12.3 | 72 73.9 58.9 47.6 2.91 3.86 9.3 13.6 | 103 13 146.7 15.4 2.86 3.91 11.7 13.1
165 14.8 84.2 50.3 2.99 3.79 8.4 13.6 | 205 33.6 36.4 58.9 2.97 3.8 7.9 12.6 | 74 43.6 43.2 45 2.96 3.74 9.6 11
42 8.6 21 53.4 2.86 3.62 7.3 15.6 | 13 9.8 30.4 51 3 3.65 7.2 13 | 28 4.2 25 51.7 2.75 3.68 9.5 8.2
26 6.2 21.6 63.5 2.73 3.46 9.1 7.7 | 105 4 20.3 49.5 2.84 3.71 7.1 10.6
"""


def test_factors_of_the_technology_achievement_index() -> None:
    # HB 2008, p. 90: the Technology Achievement Index, 23 countries, 8 indicators; Tables 16 and 17, as printed
    x = np.array([[float(cell) for cell in row.split()] for row in TAI.replace("\n", "|").split("|") if row.strip()])
    assert x.shape == (23, 8)
    found = components(x)
    np.testing.assert_allclose(found.eigenvalues, [3.3, 1.7, 1.0, 0.9, 0.5, 0.3, 0.2, 0.1], atol=0.06)
    np.testing.assert_allclose(100 * np.cumsum(found.explained), [41.9, 63.7, 76.0, 87.2, 93.2, 96.9, 99.1, 100], atol=0.15)
    rotated = varimax(found.vectors[:, :4] * np.sqrt(found.eigenvalues[:4]))
    np.testing.assert_allclose(np.sort(np.abs(rotated[0])), [0.06, 0.06, 0.07, 0.97], atol=0.01)  # patents
    weights = weigh("factor", x, factors=4)  # the Handbook keeps four, the last two with eigenvalues just below 1
    squared = rotated**2
    of_factor = squared.argmax(axis=1)
    within = squared.max(axis=1) / squared.sum(axis=0)[of_factor]
    assert within[0] == pytest.approx(0.67, abs=0.01), "as printed for patents"
    product = within * squared.sum(axis=0)[of_factor]
    np.testing.assert_allclose(weights, product / product.sum(), rtol=1e-12)


def test_rank_order_centroids_of_four() -> None:
    # Barron & Barrett 1996: 0.5208, 0.2708, 0.1458, 0.0625
    np.testing.assert_allclose(weigh("roc", np.empty((0, 4))), [0.5208, 0.2708, 0.1458, 0.0625], atol=5.1e-5)
    np.testing.assert_allclose(weigh("rank-sum", np.empty((0, 4))), [0.4, 0.3, 0.2, 0.1])
