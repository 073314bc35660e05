"""Published indices from one YAML file each: every published value and rank, as exactly as the published inputs allow.

Where inputs are published rounded, a recomputed score may differ from the published one by what that rounding can do; the
bounds are those that an independent recomputation reached (`method.md` of each case).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import indexcalc
from indexcalc.methods.rank import rounded

HERE = Path(__file__).parent


def scored(case: str, shared: Path) -> tuple[indexcalc.Scores, pd.DataFrame]:
    """The scores of a case and what was published, unit by unit in the same order."""
    index = indexcalc.load(HERE / case / "index.yaml")
    scores = indexcalc.score(index, indexcalc.read_panel(index, shared))
    assert [found for found in scores.findings if found.severity != "note"] == []
    published = pd.read_csv(shared / "published" / case / "published.csv", dtype={0: str}, keep_default_na=False, na_values=[""])
    return scores, published.set_index(published.columns[0]).loc[list(scores.panel.units.ids)]


def nodes_agree(scores: indexcalc.Scores, published: pd.DataFrame, nodes: dict[str, str], within: float) -> None:
    for node, column in nodes.items():
        np.testing.assert_allclose(scores.score(node)[0], published[column], rtol=0, atol=within, err_msg=node)


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


def test_gii_2021_every_value_at_three_decimals_and_every_rank(shared: Path) -> None:
    scores, published = scored("gii_2021", shared)
    has = published["gii"].notna().to_numpy()
    assert has.sum() == 170
    assert np.isnan(scores.score()[0][~has]).all()
    np.testing.assert_array_equal(rounded(scores.score()[0][has], 3), published["gii"].to_numpy()[has])
    np.testing.assert_array_equal(scores.rank()[0][has], published["rank"].to_numpy()[has])


def test_ghi_2016_every_value_at_one_decimal_and_what_was_published_as_below_five(shared: Path) -> None:
    scores, published = scored("ghi_2016", shared)
    ghi = scores.score()[0]
    below = (published["ghi"] == "<5").to_numpy()
    exact = pd.to_numeric(published["ghi"], errors="coerce").to_numpy()
    given = ~np.isnan(exact)
    assert (given.sum(), below.sum()) == (102, 16)
    np.testing.assert_array_equal(rounded(ghi[given], 1), exact[given])
    assert (ghi[below] < 5).all()
    assert np.isnan(ghi[~given & ~below]).all()


def test_rsf_2022_every_score_and_every_rank_but_a_tie(shared: Path) -> None:
    scores, published = scored("rsf_press_freedom_2022", shared)
    nodes_agree(scores, published, {"rsf": "score"}, 0.006 + 1e-9)
    # two countries have the same mean of the published inputs, 65.634, and tie; their published ranks come from more decimals
    apart = np.flatnonzero(scores.rank()[0] != published["rank"])
    assert [published.index[at] for at in apart] == ["BIH"]
    assert scores.score()[0, apart[0]] == scores.score()[0, list(published.index).index("POL")]


def test_worldrisk_2021_every_score(shared: Path) -> None:
    scores, published = scored("worldrisk_2021", shared)
    nodes_agree(scores, published, {"vulnerability": "Vulnerability"}, 0.0034)
    nodes_agree(scores, published, {"wri": "WRI"}, 0.0056)


def test_epi_2020_every_node_and_all_ranks_but_those_that_rounding_turned(shared: Path) -> None:
    scores, published = scored("epi_2020", shared)
    inner = [node for node in published.columns if node not in ("country", "EPI_rank")]
    nodes_agree(scores, published, {node: node for node in inner}, 0.09 + 1e-9)
    nodes_agree(scores, published, {"EPI": "EPI"}, 0.0571)
    assert (scores.rank()[0] == published["EPI_rank"]).sum() == 178


def test_wimd_2019_every_domain_score_and_every_rank(shared: Path) -> None:
    scores, published = scored("wimd_2019", shared)
    domains = {leaf.id: f"{leaf.id}_score" for leaf in scores.index.leaves}
    nodes_agree(scores, published, {**domains, "wimd": "imd_score"}, 6e-9)
    np.testing.assert_array_equal(scores.rank()[0], published["imd_rank"])


def test_freedom_house_2022_every_sum(shared: Path) -> None:
    scores, published = scored("freedom_house_2022", shared)
    nodes_agree(scores, published, {node: node for node in "ABCDEFG"} | {"PR": "PR", "CL": "CL", "total": "Total"}, 1e-12)


def test_townsend_2011_every_score_and_every_rank(shared: Path) -> None:
    scores, published = scored("townsend_2011_la", shared)
    nodes_agree(scores, published, {"townsend": "tds"}, 5e-9)
    np.testing.assert_array_equal(scores.rank()[0], published["tds"].rank(ascending=False, method="min"))
