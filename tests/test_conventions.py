"""What index offices compute otherwise: each against the library that does it so, or by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.methods.impute import last
from indexcalc.methods.rank import rounded
from indexcalc.methods.treat import log, winsorise

FRAME = pd.DataFrame({"unit": [f"u{at}" for at in range(9)], "x": [0.0, 3.0, 3.0, 8.0, 0.0, 5.0, 1.0, 9.0, 2.0]})


def scored(normalise: Any, frame: pd.DataFrame = FRAME, **leaf: Any) -> Any:
    tree = {
        "index": {"id": "i"},
        "units": {"id": "unit"},
        "dimensions": [{"id": "x", "weight": 1, "normalise": normalise, **leaf}],
    }
    return indexcalc.score(tree, frame).frame(["x"]).set_index("unit")["score"][frame["unit"]].to_numpy()


@pytest.mark.parametrize("ties", ["average", "min", "max"])
def test_percentiles_as_shares_of_units(ties: str) -> None:
    told = FRAME["x"].rank(method=ties, pct=True)  # type: ignore[call-overload]
    np.testing.assert_allclose(scored({"method": "percentile", "share": "up-to", "ties": ties}), 100 * told)
    below = (FRAME["x"].rank(method=ties) - 1) / len(FRAME)  # type: ignore[call-overload]
    np.testing.assert_allclose(scored({"method": "percentile", "share": "below", "ties": ties}), 100 * below)


def test_zeros_are_kept_apart() -> None:
    """A 0 gets 0, the others their percentile among those that are not 0."""
    there = FRAME["x"] != 0
    told = FRAME["x"].where(there).rank(pct=True).fillna(0.0) * 100
    found = scored({"method": "percentile", "share": "up-to", "zeros": "apart"})
    np.testing.assert_allclose(found, told)
    more = FRAME.assign(x=FRAME["x"] * np.where(FRAME["x"] == 9, 2, 1))
    np.testing.assert_allclose(scored({"method": "percentile", "share": "up-to", "zeros": "apart"}, more), told)


def test_exponential_ranks_from_either_share() -> None:
    rank = FRAME["x"].rank(ascending=False)  # from the best
    share = 1 - rank / len(FRAME)
    told = -23 * np.log(1 - share * (1 - np.exp(-100 / 23)))
    np.testing.assert_allclose(scored({"method": "rank-exponential", "share": "below"}), told, atol=1e-12)
    share = FRAME["x"].rank() / len(FRAME)
    told = np.minimum(-23 * np.log(1 - share * (1 - np.exp(-100 / 23))), 100)
    np.testing.assert_allclose(scored("rank-exponential"), told, atol=1e-12)


def test_halves_go_to_the_even_neighbour() -> None:
    texts = ["0.5", "1.5", "2.5", "-0.5", "-1.5", "2.675", "2.665", "73.975", "0.125", "-0.125", "1.005", "7", "0.3749"]
    for decimals in (0, 1, 2):
        told = [float(Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)) for text in texts]
        np.testing.assert_allclose(rounded(np.array(texts, dtype=float), decimals, "even"), told, atol=1e-12)
    x = np.arange(-40, 41) / 8  # which floats hold as they are, so that numpy says the same
    np.testing.assert_array_equal(rounded(x, 1, "even"), np.round(x, 1) + 0.0)
    assert list(
        scored("points", pd.DataFrame({"unit": ["a", "b"], "x": [62.5, 63.5]}), round={"decimals": 0, "how": "even"})
    ) == [62, 64]


@pytest.mark.filterwarnings("ignore:The .future.infer_string")
def test_a_query_rounds_alike() -> None:
    ibis = pytest.importorskip("ibis", reason="the extra `events` is not installed")
    from indexcalc.large.expressions import rounded as in_query

    x = [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 73.975, 0.125, -0.125, 3.2]
    table = ibis.memtable({"x": x})
    found = ibis.duckdb.connect().to_pyarrow(table.mutate(y=in_query(table.x, 2, "even"), z=in_query(table.x, 0, "even")))
    np.testing.assert_array_equal(found["y"], rounded(np.array(x), 2, "even"))
    np.testing.assert_array_equal(found["z"], rounded(np.array(x), 0, "even"))


def test_a_logarithm_above_a_shift_of_its_own() -> None:
    x = np.array([[float(at)] for at in (*range(1, 21), 900, 5000)])
    np.testing.assert_allclose(log(x, shift=1.0, of="values"), np.log(x - x.min() + 1))
    found = winsorise(x, most=1, shift=1.0, of="values")
    np.testing.assert_allclose(found, np.log(x - x.min() + 1))
    np.testing.assert_allclose(winsorise(x, most=1), log(x))


@pytest.mark.parametrize("limit", [None, 1, 2])
def test_the_last_value_is_carried_so_far(limit: int | None) -> None:
    column = [np.nan, np.nan, 3.0, np.nan, np.nan, np.nan, 5.0, np.nan]
    x = np.array(column).reshape(-1, 1, 1)
    series = pd.Series(column)
    np.testing.assert_array_equal(last(x, [], limit=limit).ravel(), series.ffill(limit=limit))
    held = series.ffill(limit=limit).to_numpy()
    before = series.bfill(limit=limit).to_numpy()
    told = np.where(np.arange(8) < 2, before, held)
    np.testing.assert_array_equal(last(x, [], limit=limit, ends="hold").ravel(), told)


@pytest.mark.filterwarnings("ignore:.*IC422", "ignore:.*IC384:UserWarning")
def test_growth_and_slope_a_year_over_all_periods() -> None:
    years = [2018, 2019, 2021, 2024]
    rng = np.random.default_rng(6)
    x = rng.uniform(20, 90, (4, 3)).round(2)
    x[0, 1], x[2, 2] = np.nan, np.nan
    rows = [{"unit": f"u{unit}", "year": year, "x": x[at, unit]} for at, year in enumerate(years) for unit in range(3)]
    for key in ("growth", "difference"):
        tree = {
            "index": {"id": "i"},
            "units": {"id": "unit"},
            "periods": {"kind": "year"},
            "dimensions": [{"id": "x", "weight": 1, "normalise": "points", key: "per-year"}],
        }
        found = indexcalc.score(tree, pd.DataFrame(rows)).derived[..., 0]
        for at in range(4):
            for unit in range(3):
                known = [place for place in range(at + 1) if not np.isnan(x[place, unit])]
                if np.isnan(x[at, unit]) or len(known) < 2:
                    assert np.isnan(found[at, unit])
                elif key == "growth":
                    span = years[at] - years[known[0]]
                    assert found[at, unit] == pytest.approx((x[at, unit] / x[known[0], unit]) ** (1 / span) - 1, abs=1e-12)
                else:
                    told = np.polyfit([years[place] for place in known], x[known, unit], 1)[0]
                    assert found[at, unit] == pytest.approx(told, abs=1e-9)
