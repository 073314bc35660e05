"""Methods of Chinese index practice, from a tree alone, against numbers that two other tools or more agree on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.methods import CATALOGUE

BY_UNIT = {"rtol": 0, "atol": 1e-9}


@pytest.fixture
def golden(shared: Path) -> Path:
    return shared / "evaluation"


def tree_of(columns: Any, index: dict[str, Any], *, children: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """A tree of one level: an indicator for each column, with what is said of it."""
    own, written = children or {}, index.get("weights", "relative") == "relative"
    rows = [{"id": name, "weight": 1 / len(columns), **own.get(name, {})} for name in columns]
    rows = rows if written else [{key: value for key, value in row.items() if key != "weight"} for row in rows]
    return {"index": {"id": "index", **index}, "units": {"id": "unit", "label": "unit"}, "dimensions": rows}


def scored(tree: dict[str, Any], frame: pd.DataFrame, node: str = "index") -> np.ndarray:
    """The scores of a node, in the order of the frame."""
    table = indexcalc.score(tree, frame).frame([node]).set_index("unit")["score"]
    out: np.ndarray = table[list(frame["unit"])].to_numpy()
    return out


def said(folder: Path) -> dict[str, dict[str, Any]]:
    """Directions and weights of a set's indicators."""
    rows = pd.read_csv(folder / "indicators.csv").set_index("indicator")
    return {str(name): {"direction": row["direction"], "weight": float(row["weight"])} for name, row in rows.iterrows()}


def weighted(folder: Path) -> dict[str, dict[str, Any]]:
    rows = pd.read_csv(folder / "weights.csv").set_index("indicator")["weight"]
    return {str(name): {"weight": float(weight)} for name, weight in rows.items()}


@pytest.mark.parametrize(("name", "v"), [("vikor-v05", 0.5), ("vikor-v03", 0.3)])
def test_vikor(golden: Path, name: str, v: float) -> None:
    frame, told = pd.read_csv(golden / name / "inputs.csv"), pd.read_csv(golden / name / "expected.csv")
    index = {"aggregate": {"method": "vikor", "v": v, "scale": 1}, "weights": "relative"}
    tree = tree_of(frame.columns[1:], index, children=said(golden / name)) | {"defaults": {"normalise": "min-max"}}
    np.testing.assert_allclose(1 - scored(tree, frame), told["Q"], **BY_UNIT)
    assert list(indexcalc.score(tree, frame).ranking().set_index("unit")["rank"][frame["unit"]]) == list(told["rank"])


@pytest.mark.parametrize(
    ("column", "chosen"),
    [
        ("usual", {}),
        ("v-shape", {"preference": "v-shape", "p": 0.5}),
        ("linear", {"preference": "linear", "q": 0.1, "p": 0.5}),
        ("gaussian", {"preference": "gaussian", "s": 0.3}),
    ],
)
def test_promethee(golden: Path, column: str, chosen: dict[str, Any]) -> None:
    folder = golden / "promethee-ii"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    index = {"aggregate": {"method": "promethee", **chosen}}
    tree = tree_of(frame.columns[1:], index, children=weighted(folder)) | {"defaults": {"normalise": "points"}}
    np.testing.assert_allclose(scored(tree, frame), told[f"{column}_net"], **BY_UNIT)


@pytest.mark.parametrize(
    ("column", "closeness"),
    [
        ("combined", "combined"),
        ("closeness_weighted_columns", "weighted-scores"),
        ("closeness_weighted_coefficients", "weighted-coefficients"),
    ],
)
def test_grey_topsis(golden: Path, column: str, closeness: str) -> None:
    folder = golden / "grey-topsis"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    index = {"aggregate": {"method": "grey-topsis", "closeness": closeness, "scale": 1}}
    tree = tree_of(frame.columns[1:], index, children=weighted(folder)) | {"defaults": {"normalise": "points"}}
    np.testing.assert_allclose(scored(tree, frame), told[column], **BY_UNIT)


@pytest.mark.parametrize("rescale", ["none", "vector"])
@pytest.mark.parametrize("weights", ["squared", "once"])
def test_entropy_topsis(golden: Path, rescale: str, weights: str) -> None:
    folder = golden / "entropy-topsis"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    index = {
        "aggregate": {"method": "topsis", "rescale": rescale, "weights": weights, "scale": 1},
        "weights": {"method": "entropy", "rescale": "none"},
    }
    tree = tree_of(frame.columns[1:], index) | {"defaults": {"normalise": {"method": "min-max", "low": 0.01, "high": 0.99}}}
    column = {"none": "plain", "vector": "vector"}[rescale] + {"squared": "_squared", "once": "_unsquared"}[weights]
    plain = tree_of(frame.columns[1:], {**index, "weights": "relative"}, children=weighted(folder))
    plain |= {"defaults": {"normalise": "points"}}
    np.testing.assert_allclose(scored(plain, frame), told[column], **BY_UNIT)
    made = indexcalc.score(tree, frame).frame().set_index("node")["weight"]
    given = pd.read_csv(folder / "weights.csv").set_index("indicator")["weight"]
    np.testing.assert_allclose([made[name].iloc[0] for name in given.index], given, **BY_UNIT)


@pytest.mark.parametrize("ranks", ["int", "non-int"])
@pytest.mark.parametrize("weights", ["equal", "weighted"])
def test_rank_sum_ratio(golden: Path, weights: str, ranks: str) -> None:
    folder = golden / f"rsr-{weights}-{ranks}"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    index = {
        "aggregate": {"method": "rank-sum-ratio", "ranks": {"int": "whole", "non-int": "even"}[ranks], "scale": 1},
        "weights": {"equal": "equal", "weighted": "relative"}[weights],
    }
    tree = tree_of(frame.columns[1:], index, children=said(folder)) | {"defaults": {"normalise": "min-max"}}
    np.testing.assert_allclose(scored(tree, frame), told["rsr"], **BY_UNIT)


@pytest.mark.parametrize("name", ["coupling", "coupling-two"])
@pytest.mark.parametrize("form", ["standard", "corrected"])
def test_coupling(golden: Path, name: str, form: str) -> None:
    folder = golden / name
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    shares = [float(one) for one in re.findall(r"T weights \[([^\]]*)", (folder / "README").read_text())[0].split(",")]
    children = {name: {"weight": share} for name, share in zip(frame.columns[1:], shares, strict=True)}
    for column, result in ((f"D_{form}", "coordination"), (f"C_{form}", "coupling"), ("T", "development")):
        index = {"aggregate": {"method": "coupling", "form": form, "result": result, "full": 1, "scale": 1}}
        tree = tree_of(frame.columns[1:], index, children=children) | {"defaults": {"normalise": "points"}}
        np.testing.assert_allclose(scored(tree, frame), told[column], **BY_UNIT)


def weights_of(tree: dict[str, Any], frame: pd.DataFrame, names: Any) -> list[float]:
    made = indexcalc.score(tree, frame).frame().set_index("node")["weight"]
    return [float(made[str(name)].iloc[0]) for name in names]


@pytest.mark.parametrize("name", ["independence", "variance", "information"])
def test_weights_from_scores(golden: Path, name: str) -> None:
    folder = golden / name
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    tree = tree_of(frame.columns[1:], {"weights": name}) | {"defaults": {"normalise": "points"}}
    np.testing.assert_allclose(weights_of(tree, frame, told["indicator"]), told["weight"], **BY_UNIT)


def test_scatter_over_all_periods(golden: Path) -> None:
    folder = golden / "scatter-degree"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    index = {"weights": {"method": "scatter", "over": "all"}}
    tree = tree_of(frame.columns[2:], index, children=said(folder))
    tree |= {"periods": {"kind": "year"}, "defaults": {"normalise": {"method": "min-max", "over": "all", "high": 1}}}
    np.testing.assert_allclose(weights_of(tree, frame, told["indicator"]), told["weight"], **BY_UNIT)
    scores = indexcalc.score(tree, frame).frame(["index"]).set_index(["period", "unit"])["score"]
    published = pd.read_csv(folder / "scores.csv", dtype={"period": str}).set_index(["period", "unit"])["y"]
    np.testing.assert_allclose(scores[published.index], published, **BY_UNIT)


def judged(weights: dict[str, Any], count: int) -> list[float]:
    """The weights that come of judgements, from a tree."""
    names = [f"c{at}" for at in range(count)]
    frame = pd.DataFrame({"unit": ["A", "B"], **{name: [1.0, 2.0] for name in names}})
    tree = tree_of(names, {"weights": weights}) | {"defaults": {"normalise": "points"}}
    return weights_of(tree, frame, names)


def square(folder: Path) -> list[list[float]]:
    rows: list[list[float]] = pd.read_csv(folder / "inputs.csv").to_numpy(dtype=float).tolist()
    return rows


def test_priority_chart(golden: Path) -> None:
    folder = golden / "priority-chart"
    told = pd.read_csv(folder / "expected.csv")["weight"]
    made = judged({"method": "priority-chart", "judgements": square(folder)}, len(told))
    np.testing.assert_allclose(made, told, **BY_UNIT)


def test_complementary_judgements(golden: Path) -> None:
    from indexcalc.methods.marks import compatibility

    folder = golden / "fahp-complementary"
    told = pd.read_csv(folder / "expected.csv")
    made = judged({"method": "ahp-complementary", "judgements": square(folder)}, len(told))
    np.testing.assert_allclose(made, told["weight"], **BY_UNIT)
    assert compatibility(square(folder)) == pytest.approx(told["compatibility"][0], abs=1e-12)


def test_fuzzy_judgements(golden: Path) -> None:
    folder = golden / "fuzzy-ahp"
    rows, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    size = len(told)
    cells = rows[["lower", "middle", "upper"]].to_numpy().reshape(size, size, 3).tolist()
    np.testing.assert_allclose(judged({"method": "ahp-fuzzy", "judgements": cells}, size), told["buckley"], **BY_UNIT)


@pytest.mark.parametrize(
    ("column", "chosen"),
    [
        ("weight", {"scaled_by": "rows"}),
        ("weight_length", {"scaled_by": "rows", "take": "length"}),
        ("weight_if_scaled_by_rows_and_columns", {}),
    ],
)
def test_dematel(golden: Path, column: str, chosen: dict[str, Any]) -> None:
    folder = golden / "dematel"
    told = pd.read_csv(folder / "expected.csv")[column]
    made = judged({"method": "dematel", "influence": square(folder), **chosen}, len(told))
    np.testing.assert_allclose(made, told, **BY_UNIT)


@pytest.mark.parametrize(
    ("column", "of", "chosen"),
    [
        ("linear_60_40", 2, {"how": "mean", "shares": [0.6, 0.4]}),
        ("product", 2, {}),
        ("geometric", 2, {"how": "product", "shares": [0.5, 0.5]}),
        ("game", 2, {"how": "game"}),
        ("game_of_three", 3, {"how": "game"}),
        ("distance", 2, {"how": "distance"}),
        ("deviation_of_three", 3, {"how": "deviation"}),
    ],
)
def test_combinations(golden: Path, column: str, of: int, chosen: dict[str, Any]) -> None:
    folder = golden / "combine"
    sets = pd.read_csv(folder / "inputs.csv").iloc[:of, 1:].to_numpy().tolist()
    frame, told = pd.read_csv(folder / "scores.csv"), pd.read_csv(folder / "expected.csv")
    parts = [{"method": "budget", "points": [one]} for one in sets]
    tree = tree_of(frame.columns[1:], {"weights": {"method": "combine", "of": parts, **chosen}})
    tree |= {"defaults": {"normalise": "points"}}
    # the search behind the published shares of `deviation` stops 4e-11 from the formula
    np.testing.assert_allclose(weights_of(tree, frame, told["indicator"]), told[column], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("column", "chosen", "normalise"),
    [
        ("pooled", {}, {}),
        ("pooled_shift_01_99", {"rescale": "none"}, {"low": 0.01, "high": 0.99}),
        ("pooled_epsilon_1e4", {"rescale": "none"}, {"low": 0.0001, "high": 0.9999}),
        ("pooled_plus_001", {"rescale": "none"}, {"low": 0.01, "high": 1.01}),
        ("pooled_plus_00001", {"rescale": "none"}, {"low": 0.0001, "high": 1.0001}),
    ],
)
def test_panel_entropy(golden: Path, column: str, chosen: dict[str, Any], normalise: dict[str, Any]) -> None:
    folder = golden / "entropy-panel"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv")
    tree = tree_of(frame.columns[2:], {"weights": {"method": "entropy", "over": "all", **chosen}}, children=said(folder))
    tree |= {"periods": {"kind": "year"}, "defaults": {"normalise": {"method": "min-max", "over": "all", **normalise}}}
    np.testing.assert_allclose(weights_of(tree, frame, told["indicator"]), told[column], **BY_UNIT)


def test_independence_is_the_fit_of_ordinary_regressions() -> None:
    x = np.random.default_rng(5).normal(size=(30, 5)) @ np.random.default_rng(6).normal(size=(5, 5))
    found = []
    for child in range(5):
        rest = np.column_stack([np.ones(30), np.delete(x, child, axis=1)])
        left = x[:, child] - rest @ np.linalg.lstsq(rest, x[:, child], rcond=None)[0]
        found.append(np.sqrt(1 - left @ left / np.sum((x[:, child] - x[:, child].mean()) ** 2)))
    expected = 1 / np.array(found)
    np.testing.assert_allclose(CATALOGUE["weights"]["independence"](x, np.ones(5)), expected / expected.sum(), rtol=1e-9)
    twice = np.column_stack([x, x[:, 0] + x[:, 1]])  # what follows from others exactly is one of them
    made = CATALOGUE["weights"]["independence"](twice, np.ones(6))
    assert made[0] == pytest.approx(made[5], rel=1e-6)


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_no_other_weights_scatter_the_scores_farther(low: float) -> None:
    rng = np.random.default_rng(8)
    for _ in range(10):
        x = rng.uniform(low, 1, (9, 4))
        w = CATALOGUE["weights"]["scatter"](x, np.ones(4))
        assert w.min() >= 0
        others = np.abs(rng.normal(size=(20_000, 4)))
        others /= np.linalg.norm(others, axis=1, keepdims=True)
        reach = np.sum((x @ (w / np.linalg.norm(w))) ** 2)
        assert reach >= np.sum((x @ others.T) ** 2, axis=0).max() - 1e-9


def test_spotis_is_one_less_the_mean_of_goalposts(golden: Path) -> None:
    folder = golden / "spotis"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").set_index("unit")
    rows = pd.read_csv(folder / "indicators.csv").set_index("indicator")
    children = {}
    for name, row in rows.iterrows():
        ends = (row["low"], row["high"]) if row["direction"] == "higher" else (row["high"], row["low"])
        normalise = {"method": "goalposts", "worst": float(ends[0]), "best": float(ends[1]), "low": 0, "high": 1}
        children[str(name)] = {"direction": row["direction"], "weight": float(row["weight"]), "normalise": normalise}
    found = scored(tree_of(frame.columns[1:], {"weights": "relative"}, children=children), frame)
    np.testing.assert_allclose(1 - found, told.loc[frame["unit"]].iloc[:, 0], **BY_UNIT)
