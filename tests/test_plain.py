"""Every method that has a formula, held to it as methods.md writes it, on small tables with all their edges.

Tables of one and two units, fewer units than children, rows and columns of zeros, constant columns, ties and gaps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from indexcalc.engine import score
from indexcalc.methods import CATALOGUE
from indexcalc.methods.frame import Frame
from indexcalc.panel import NOT_APPLICABLE

from . import plain
from .conftest import count, index_of, panel_of

TABLES = count(60, 1500)
LISTED: dict[str, dict[str, tuple[Callable[..., Any], list[dict[str, Any]]]]] = {
    "normalise": plain.NORMALISERS,
    "aggregate": plain.AGGREGATORS,
    "treat": plain.TREATMENTS,
    "weights": plain.WEIGHTS,
}
ELSEWHERE = {  # what has no formula of one line: programs, eigenvectors, iterations; tests/test_weights.py and others hold these
    "aggregate": {"benefit-of-the-doubt"},
    "weights": {"given", "relative", "equal", "idocriw", "factor", "ahp", "bwm", "budget", "roc", "rank-sum", "bod", "importance", "combine",
                "independence", "scatter", "priority-chart", "ahp-complementary", "ahp-fuzzy", "dematel"},
}  # fmt: skip


def table(seed: int, *, below: bool = True) -> np.ndarray:
    """A small table with the edges that data have."""
    rng = np.random.default_rng(seed)
    units, children = int(rng.choice([1, 2, 3, 4, 7, 12])), int(rng.integers(1, 6))
    x = rng.integers(-20 if below else 0, 60, (units, children)) / rng.choice([1.0, 4.0])
    x = np.exp(x / 15.0) if rng.random() < 0.2 else x
    if rng.random() < 0.3:
        x[int(rng.integers(units))] = 0.0
    if rng.random() < 0.3:
        x[:, int(rng.integers(children))] = float(rng.choice([0.0, 7.0, 0.1 + 0.2]))
    if rng.random() < 0.3:
        x[rng.random(x.shape) < 0.25] = np.nan
    return np.asarray(x, dtype=float)


def rows(x: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(value) else float(value) for value in row] for row in x]


def same(found: np.ndarray, expected: Any, told: object) -> None:
    wanted = np.array([np.nan if value is None else value for value in np.array(expected, dtype=object).ravel()], dtype=float)
    np.testing.assert_allclose(np.asarray(found).ravel(), wanted, rtol=1e-8, atol=1e-9, err_msg=str(told))


def cases(room: str) -> list[Any]:
    return [
        pytest.param(method, chosen, id=f"{method} {chosen or ''}".strip())
        for method, (_, settings) in LISTED[room].items()
        for chosen in settings
    ]


@pytest.mark.parametrize("room", LISTED)
def test_every_method_is_held_to_its_formula_here_or_elsewhere(room: str) -> None:
    assert set(CATALOGUE[room]) == set(LISTED[room]) | ELSEWHERE.get(room, set())


@pytest.mark.parametrize(("method", "chosen"), cases("normalise"))
@pytest.mark.parametrize("higher", [True, False])
def test_normalisers(method: str, chosen: dict[str, Any], higher: bool) -> None:
    formula, _ = LISTED["normalise"][method]
    for seed in range(TABLES):
        x = table(seed)
        found = CATALOGUE["normalise"][method](x, Frame(x, np.full(x.shape[1], 1.0 if higher else -1.0)), **chosen)
        for j, column in enumerate(plain.columns(rows(x))):
            own = {("each_" if key == "each" else key): value for key, value in chosen.items()}
            same(found[:, j], formula(column, higher=higher, **own), (seed, x[:, j]))


@pytest.mark.parametrize(("method", "chosen"), cases("aggregate"))
def test_aggregators(method: str, chosen: dict[str, Any]) -> None:
    formula, _ = LISTED["aggregate"][method]
    for seed in range(TABLES):
        x = table(seed)
        rng = np.random.default_rng(seed)
        w = rng.choice([0.0, 0.2, 0.3, 0.5], x.shape[1])
        same(CATALOGUE["aggregate"][method](x, w, **chosen), formula(rows(x), w.tolist(), **chosen), (seed, x, w))


@pytest.mark.parametrize(("method", "chosen"), cases("weights"))
def test_weights(method: str, chosen: dict[str, Any]) -> None:
    formula, _ = LISTED["weights"][method]
    for seed in range(TABLES):
        x = table(seed, below=seed % 3 == 0)
        found = CATALOGUE["weights"][method](x, np.ones(x.shape[1]), **chosen)
        same(found, formula(rows(x), **chosen), (seed, x))


@pytest.mark.parametrize(("method", "chosen"), cases("treat"))
def test_treatments(method: str, chosen: dict[str, Any]) -> None:
    formula, _ = LISTED["treat"][method]
    for seed in range(TABLES):
        x = table(seed)
        found = CATALOGUE["treat"][method](x, **chosen)
        for j, column in enumerate(plain.columns(rows(x))):
            same(found[:, j], formula(column, **chosen), (seed, x[:, j]))


def test_regression() -> None:
    for seed in range(TABLES):
        x = table(seed)
        x[np.random.default_rng(seed).random(x.shape) < 0.2] = np.nan
        found = CATALOGUE["impute"]["regression"](x[None], [np.ones(len(x), dtype=bool)])[0]
        same(found, plain.regression(rows(x)), (seed, x))


@pytest.mark.parametrize("method", ["mean", "median"])
def test_estimates_of_a_group(method: str) -> None:
    take = {"mean": plain.fmean, "median": plain.median}[method]
    for seed in range(TABLES):
        x = table(seed)
        groups = [mask for part in (0, 1) if (mask := np.arange(len(x)) % 2 == part).any()]
        found = CATALOGUE["impute"][method](x[None], groups)[0]
        for mask in groups:
            for j, column in enumerate(plain.columns(rows(x[mask]))):
                known = plain.there(column)
                same(found[mask][:, j], [take(known) if value is None and known else value for value in column], (seed, column))


IN_TIME: list[tuple[str, dict[str, Any]]] = [
    ("last", {}), ("last", {"limit": 1}), ("last", {"ends": "hold"}), ("last", {"limit": 2, "ends": "hold"}),
    ("nearest", {}), ("linear", {}), ("linear", {"ends": "hold"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "chosen"), IN_TIME)
def test_estimates_in_time(method: str, chosen: dict[str, Any]) -> None:
    for seed in range(TABLES):
        x = table(seed)[:, :1]  # the units' rows are one unit's periods here
        known = {at: float(value) for at, value in enumerate(x[:, 0]) if not np.isnan(value)}
        found = CATALOGUE["impute"][method](x[:, None], [np.ones(1, dtype=bool)], **chosen)
        expected: list[float | None] = []
        for at in range(len(x)):
            before, after = max((a for a in known if a <= at), default=None), min((a for a in known if a >= at), default=None)
            nearest = min(known, key=lambda a, at=at: (abs(at - a), a), default=None)  # type: ignore[misc]
            if at in known:
                expected.append(known[at])
            elif method == "last":
                held = after if before is None and "ends" in chosen else before
                far = held is None or abs(at - held) > chosen.get("limit", len(x))
                expected.append(None if held is None or far else known[held])
            elif before is None or after is None or method != "linear":
                source = {"nearest": nearest, "linear": nearest if chosen else None}[method]
                expected.append(None if source is None else known[source])
            else:
                share = 0.0 if after == before else (at - before) / (after - before)
                expected.append(known[before] + (known[after] - known[before]) * share)
        same(found, expected, (seed, x[:, 0]))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_places_beyond_all_of_another_frame(sign: float) -> None:
    frame = Frame(sign * np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([sign]))
    x = sign * np.array([[-5.0], [0.0], [3.0], [9.0]])  # worse than all, the worst, the best, better than all
    last = 23.0 * -np.log(1.0 - 0.125 * (1.0 - np.exp(-100.0 / 23.0)))
    for method, beyond in {
        "rank": (0.5, 4.5),
        "borda": (-0.5, 3.5),
        "percentile": (-100.0 / 6.0, 700.0 / 6.0),
        "rank-exponential": (last, 100.0),
    }.items():
        found = CATALOGUE["normalise"][method](x, frame)[:, 0]
        np.testing.assert_allclose(found[[0, 3]], beyond, rtol=1e-12)
    ends = CATALOGUE["normalise"]["normal-scores"](x, frame)[:, 0]
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


def test_what_lies_beyond_the_ends() -> None:
    x, frame = np.array([[-10.0], [5.0], [30.0]]), Frame(np.array([[0.0], [10.0]]), np.array([1.0]))
    for method, ends, expected in (
        ("goalposts", {"worst": 0.0, "best": 10.0}, [0.0, 50.0, 100.0]),
        ("distance-to-target", {"worst": 0.0, "value": 10.0}, [-100.0, 50.0, 100.0]),
        ("efficacy", {"unacceptable": 0.0, "satisfactory": 10.0, "low": 0.0}, [-100.0, 50.0, 300.0]),
    ):
        np.testing.assert_allclose(CATALOGUE["normalise"][method](x, frame, **ends)[:, 0], expected)


def test_a_product_has_no_result_where_a_child_does_not_apply_and_a_mean_has() -> None:
    head = "index: {id: t, aggregate: %s}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\n"
    for method, expected in (("product", [6.0, np.nan]), ("arithmetic", [2.5, 4.0])):
        index = index_of(head % method + "defaults: {weights: equal, normalise: points}\ndimensions: [{id: a}, {id: b}]\n")
        panel = panel_of(index, [[2, 3], [4, np.nan]])
        panel.status[0, 1, 1] = NOT_APPLICABLE
        np.testing.assert_allclose(score(index, panel).score("t")[0], expected)


def test_a_move_in_rank_goes_by_the_scores_before_any_adjustment() -> None:
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\ndefaults: {weights: equal, normalise: points}\n"
        "periods: {kind: year}\nadjustments: [{id: j, each: 30}, {id: climb, rank_move: 5}]\ndimensions: [{id: a}]\n"
    )
    assert [column.id for column in index.columns] == ["a", "j"]
    # u1 leads in 2001 only by its bonus, and in 2002 without one: it has climbed, as its bonus is not looked at
    found = score(index, panel_of(index, [[[60, 0], [50, 1]], [[60, 0], [70, 0]]], periods=["2001", "2002"]))
    np.testing.assert_allclose(found.score("t"), [[60, 80], [60, 75]])
