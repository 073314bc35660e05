"""Published indices from one YAML file each: every published value and rank at the published precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import indexcalc
from indexcalc.methods.rank import rounded

HERE = Path(__file__).parent


def scored(case: str, shared: Path) -> tuple[indexcalc.Scores, pd.DataFrame]:
    index = indexcalc.load(HERE / case / "index.yaml")
    scores = indexcalc.score(index, indexcalc.read_panel(index, shared))
    published = pd.read_csv(shared / "published" / case / "published.csv", dtype={0: str}, keep_default_na=False, na_values=[""])
    return scores, published.set_index(published.columns[0]).loc[list(scores.panel.units.ids)]


def test_hdi_2021_every_value_at_three_decimals_and_every_rank(shared: Path) -> None:
    scores, published = scored("hdi_2021", shared)
    hdi, ranks = scores.score()[0], scores.rank()[0]
    has = published["hdi"].notna().to_numpy()
    assert has.sum() == 191
    assert np.isnan(hdi[~has]).all()
    np.testing.assert_array_equal(rounded(hdi[has], 3), published["hdi"].to_numpy()[has])
    np.testing.assert_array_equal(ranks[has], published["rank"].to_numpy()[has])


def test_asem_2018_from_the_normalised_table_upward(shared: Path) -> None:
    scores, published = scored("asem_2018", shared)
    assert len(scores.panel.units) == 51
    for node in published.columns.drop(["Index", "Index_rank"]):
        np.testing.assert_allclose(scores.score(node)[0], published[node], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scores.score()[0], published["Index"], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(scores.rank()[0], published["Index_rank"])
