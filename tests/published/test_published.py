"""Published indices from one YAML file each: every published value, rank and grade, as exactly as the published inputs allow.

What is compared stands in `CASES`, with what is known to differ and why; `docs/*/published.md` have the numbers that come out of
it, and `python tests/published/test_published.py` writes them there anew. The reasons are those of each case's `method.md`:
mostly that inputs are published rounded, so that a recomputed value differs by what that rounding can do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import indexcalc
from indexcalc.report.sheets.tables import ranking_sheet
from indexcalc.sources.readers.table import name_of

Floats = NDArray[np.float64]
HERE = Path(__file__).parent
PAGES = {language: HERE.parent.parent / "docs" / language / "published.md" for language in ("en", "zh")}
OF = {"en": "{:,} of {:,}", "zh": "{:,}/{:,}"}


@dataclass(frozen=True)
class Case:
    """What of a case is compared: nodes with the columns of `published.csv`, and how near they must come.

    Values agree at the `decimals` that they were published with (they are no farther than half of the last place), but for
    `differ` of them, which are no farther than `within`; ranks are equal but for `ranks_differ`, grades are all equal.
    """

    values: dict[str, str]
    decimals: int
    within: float = 0.0
    differ: int = 0
    ranks: dict[str, str] = field(default_factory=dict)
    ranks_differ: int = 0
    grades: dict[str, str] = field(default_factory=dict)


def half_a_place(decimals: int) -> float:
    return 0.5 * 10.0**-decimals * (1 + 1e-9)


def same_names(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


ASEM = "Physical ConEcFin Political Instit P2P Environ Social SusEcFin Conn Sust"
EPI = "HLT AIR H2O HMT WMG ECO BDH ECS FSH CCH APE AGR WRS EPI"
HFI = (
    "hf_score pf_score ef_score pf_ss pf_movement pf_religion pf_association pf_expression pf_identity pf_ss_disappearances "
    "pf_ss_women pf_ss_women_inheritance pf_identity_parental pf_identity_sex ef_government ef_legal ef_money ef_trade "
    "ef_regulation ef_government_tax ef_trade_tariffs ef_trade_regulatory ef_trade_movement ef_regulation_credit "
    "ef_regulation_labor ef_regulation_business"
)
SVI_LEAVES = "POV150 UNEMP HBURD NOHSDP UNINSUR AGE65 AGE17 DISABL SNGPNT LIMENG MINRTY MUNIT MOBILE CROWD NOVEH GROUPQ"
SVI = [f"EPL_{leaf}" for leaf in SVI_LEAVES.split()] + [f"{a}PL_THEME{b}" for a, b in product("SR", "1234S")]
WIMD = "income employment health education access housing crime environment"

CASES = {
    # inputs with one decimal
    "arwu_2015": Case({"arwu": "total_score"}, 1, 0.0651, differ=9, ranks={"arwu": "world_rank"}, ranks_differ=11),
    "asem_2018": Case({**same_names(ASEM), "asem": "Index"}, 9, ranks={"asem": "Index_rank"}),
    "china_aqi_hourly_sample": Case({"aqi": "AQI"}, 0, grades={"aqi": "Level"}),
    # Clay's points at the Olympic Games, and marks of the Decastar that are mistyped in the source
    "decathlon_2004": Case({"points": "Points"}, 0, 4, differ=7, ranks={"points": "Rank"}),
    # inputs with one decimal
    "epi_2020": Case(same_names(EPI), 1, 0.09 + 1e-9, differ=182, ranks={"EPI": "EPI_rank"}, ranks_differ=2),
    "freedom_house_2022": Case(
        {**same_names("A B C D E F G PR CL"), "total": "Total", "PR-rating": "PR rating", "CL-rating": "CL rating"},
        0,
        grades={"rating": "Status"},
    ),
    "ghi_2016": Case({"ghi": "ghi"}, 1),
    "gii_2021": Case({"gii": "gii"}, 3, ranks={"gii": "rank"}),
    "hdi_2021": Case({"hdi": "hdi"}, 3, ranks={"hdi": "rank"}),
    "hfi_2016": Case(same_names(HFI), 8, ranks={"hf": "hf_rank", "pf_score": "pf_rank", "ef_score": "ef_rank"}),
    "kyodo_gender_gap_2024": Case(
        {"politics": "政治_index", "administration": "行政_index", "education": "教育_index", "economy": "経済_index"},
        3,
        ranks={"politics": "政治_rank", "administration": "行政_rank", "education": "教育_rank", "economy": "経済_rank"},
    ),
    # inputs with two decimals; two countries have the same mean of these, and their published ranks come from more decimals
    "rsf_press_freedom_2022": Case({"rsf": "score"}, 2, 0.006 + 1e-9, differ=19, ranks={"rsf": "rank"}, ranks_differ=1),
    "svi_2022_county": Case(same_names(" ".join(SVI)), 4),
    "townsend_2011_la": Case({"townsend": "tds"}, 8, grades={"townsend": "quintile"}),
    "wimd_2019": Case({"wimd": "imd_score", **{leaf: f"{leaf}_score" for leaf in WIMD.split()}}, 7, ranks={"wimd": "imd_rank"}),
    # inputs with two decimals
    "worldrisk_2021": Case({"vulnerability": "Vulnerability", "wri": "WRI"}, 2, 0.0056, differ=5),
}


@dataclass(frozen=True)
class Measured:
    """How far a case agrees: what `docs/*/published.md` say of it."""

    units: int
    indicators: int
    levels: int
    values: int
    equal: int
    largest: float
    ranks: int
    ranks_equal: int
    grades: int
    grades_equal: int


def scored(case: str, shared: Path) -> tuple[indexcalc.Scores, pd.DataFrame]:
    """The scores of a case and what was published, unit by unit in the same order."""
    index = indexcalc.load(HERE / case / "index.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, shared))
    assert [found for found in scores.findings if found.severity != "note"] == []
    return scores, table(shared / "published" / case / "published.csv").loc[list(scores.panel.units.ids)]


def table(file: Path) -> pd.DataFrame:
    """A published table by its first column, which stays text; NA is a name, only what is empty is missing."""
    read = pd.read_csv(file, dtype={0: str}, keep_default_na=False, na_values=[""])
    return read.set_index(read[read.columns[0]].map(name_of))


def published_values(
    case: str, shared: Path, scores: indexcalc.Scores, published: pd.DataFrame
) -> Iterator[tuple[Floats, Floats]]:
    """Every published series of numbers beside the recomputed one: the nodes' scores, then the tables of what lies before them."""
    for node, column in CASES[case].values.items():
        yield scores.score(node)[0], pd.to_numeric(published[column], errors="coerce").to_numpy(float)
    if case in TABLES:
        yield from TABLES[case](shared / "published" / case, scores)


def untreated(scores: indexcalc.Scores) -> indexcalc.Scores:
    """The same index without its treatment of outliers: its treated values are those with the gaps filled."""
    defaults = scores.index.defaults.model_copy(update={"treat": None})
    return indexcalc.score(scores.index.model_copy(update={"defaults": defaults}), scores.panel)


def asem_tables(folder: Path, scores: indexcalc.Scores) -> Iterator[tuple[Floats, Floats]]:
    """The indicators after each step: divided, gaps filled, outliers pulled in, normalised."""
    steps = {
        "denominated": scores.derived,
        "imputed": untreated(scores).treated,
        "treated": scores.treated,
        "normalised": scores.scores,
    }
    for name, values in steps.items():
        published = table(folder / f"published_{name}.csv").loc[list(scores.panel.units.ids)]
        for at, leaf in enumerate(scores.index.leaves):
            yield values[0, :, at], published[leaf.id].to_numpy(float)


def kyodo_tables(folder: Path, scores: indexcalc.Scores) -> Iterator[tuple[Floats, Floats]]:
    """The ratios of the indicators, and the results of the two groups of education."""
    by_name = {node.id: node.name for node in scores.tree.nodes if node.name}
    names = {name: node for node, name in by_name.items()}
    ratios = pd.read_csv(folder / "published_ratios.csv", dtype={"code": str})
    for column, rows in ratios.groupby("column"):
        yield (
            scores.score(names[str(column)])[0],
            rows.set_index("code")["ratio"].loc[list(scores.panel.units.ids)].to_numpy(float),
        )


TABLES = {"asem_2018": asem_tables, "kyodo_gender_gap_2024": kyodo_tables}


def measured(case: str, shared: Path) -> Measured:
    """Compare a whole case. Where nothing was published there is no score either, and the other way round."""
    scores, published = scored(case, shared)
    tree, said = scores.tree, CASES[case]
    values = equal = ranks = ranks_equal = grades = grades_equal = 0
    largest = 0.0
    for ours, theirs in published_values(case, shared, scores, published):
        if case != "ghi_2016":  # what was published as <5 is no number
            np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        has = ~np.isnan(theirs)
        values += int(has.sum())
        apart = np.abs(ours[has] - theirs[has])
        equal += int((apart <= half_a_place(said.decimals)).sum())
        largest = max(largest, float(apart.max()))
    places = scores.ranks if scores.group_ranks is None else scores.group_ranks
    for node, column in said.ranks.items():
        has = published[column].notna().to_numpy()
        ranks += int(has.sum())
        ranks_equal += int((places[0, has, scores.node(node)] == published[column].to_numpy(float)[has]).sum())
    for node, column in said.grades.items():
        ours = [scores.grade(0, unit, scores.node(node)) for unit in range(len(scores.panel.units))]
        grades += len(ours)
        grades_equal += sum(one == str(other) for one, other in zip(ours, published[column], strict=True))
    levels = max(tree.depth(place) for place in range(tree.leaves)) + 1
    return Measured(
        len(scores.panel.units), tree.leaves, levels, values, equal, largest, ranks, ranks_equal, grades, grades_equal
    )


@pytest.mark.parametrize("case", CASES)
def test_a_published_index_comes_out_of_its_yaml(case: str, shared: Path) -> None:
    said, found = CASES[case], measured(case, shared)
    assert found.values - found.equal == said.differ
    assert found.largest <= max(said.within, half_a_place(said.decimals))
    assert found.ranks - found.ranks_equal == said.ranks_differ
    assert found.grades_equal == found.grades


def test_decathlon_2004_each_total_that_differs(shared: Path) -> None:
    """Clay's own points add up to two more; the other marks are mistyped in the source (Decastar)."""
    scores, published = scored("decathlon_2004", shared)
    apart = scores.score()[0] - published["Points"]
    assert apart[apart != 0].to_dict() == {
        "SEBRLE": -1, "BERNARD": 1, "WARNERS": -1, "MARTINEAU": 4, "HERNU": 4, "BARRAS": 1, "Clay": -2
    }  # fmt: skip


def test_the_air_quality_index_names_the_primary_pollutants(shared: Path) -> None:
    scores, published = scored("china_aqi_hourly_sample", shared)
    names = {"PM2.5": "细颗粒物(PM2.5)", "PM10": "颗粒物(PM10)"}
    for unit, said in enumerate(published["PrimaryPollution"].fillna("")):
        ours = [names[scores.tree.nodes[place].id] for place in scores.primary(0, unit, scores.tree.root)]
        assert ";".join(ours) == said


def test_the_hunger_index_prints_scores_below_5_as_such(shared: Path) -> None:
    scores, published = scored("ghi_2016", shared)
    sheet = ranking_sheet(scores, "2016", "en")
    shown = {row[1]: row[2] for row in sheet.rows if row[2] is not None}
    printed = published["ghi"].dropna().to_dict()
    assert {name for name, said in printed.items() if said == "<5"} == {name for name, said in shown.items() if said == "<5"}
    assert set(printed) == set(shown)
    assert len(shown) - list(shown.values()).count("<5") == 102


def test_kyodo_computes_the_publisher_s_weights(shared: Path) -> None:
    scores, _ = scored("kyodo_gender_gap_2024", shared)
    weights = pd.read_csv(shared / "published" / "kyodo_gender_gap_2024" / "weights.csv")
    names = {node.name: scores.node(node.id) for node in scores.tree.nodes if node.name}
    ours = [scores.sibling_weights[0, names[name]] for name in weights["name"]]
    np.testing.assert_allclose(ours, weights["weight"], rtol=0, atol=1e-12)


def test_asem_2018_fills_and_pulls_in_as_many_cells_as_were_published(shared: Path) -> None:
    scores, _ = scored("asem_2018", shared)
    assert np.count_nonzero(np.isnan(scores.derived)) == 65
    pulled = scores.treated != untreated(scores).treated
    assert (np.count_nonzero(pulled), np.count_nonzero(pulled.any(axis=(0, 1)))) == (35, 15)


def test_wimd_2019_has_ten_classes_of_as_many_areas(shared: Path) -> None:
    scores, published = scored("wimd_2019", shared)
    deciles = np.ceil(published["imd_rank"] / len(published) * 10).astype(int)
    assert [scores.grade(0, unit, scores.tree.root) for unit in range(len(published))] == deciles.astype(str).to_list()


def test_rsf_2022_ranks_two_countries_alike_that_have_the_same_mean_of_the_published_inputs(shared: Path) -> None:
    scores, published = scored("rsf_press_freedom_2022", shared)
    apart = np.flatnonzero(scores.rank()[0] != published["rank"])
    assert [published.index[at] for at in apart] == ["BIH"]
    assert scores.score()[0, apart[0]] == scores.score()[0, list(published.index).index("POL")]


LITERATURE = sorted((HERE / "mcdm_literature_a").glob("*.yaml"))


@pytest.mark.parametrize("file", LITERATURE, ids=[file.stem for file in LITERATURE])
def test_weights_of_worked_examples_of_the_literature(file: Path, shared: Path) -> None:
    index = indexcalc.load(file)
    scores = indexcalc.score(index, indexcalc.read(index, shared))
    published = pd.read_csv(shared / "published" / "mcdm_literature_a" / "published.csv")
    published = published[published["example"] == file.stem]
    assert len(published) == len(index.leaves)
    ours = scores.sibling_weights[0, [scores.node(f"c{at}") for at in published["index"]]]
    np.testing.assert_allclose(ours, published["value"], rtol=0, atol=half_a_place(int(published["decimals"].iloc[0])))


def rows_of_the_page(language: str, shared: Path) -> Iterator[str]:
    """The table of `docs/*/published.md`: what comes out of each case."""
    for case, said in CASES.items():
        found = measured(case, shared)
        cells = [
            f"[{case}](../../tests/published/{case}/index.yaml)",
            f"{found.units:,}",
            str(found.indicators),
            str(found.levels),
            OF[language].format(found.equal, found.values),
            str(said.decimals),
            "–" if found.equal == found.values else f"{found.largest:.2g}",
            OF[language].format(found.ranks_equal, found.ranks) if found.ranks else "–",
            OF[language].format(found.grades_equal, found.grades) if found.grades else "–",
        ]
        yield f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("language", PAGES)
def test_the_page_on_published_indices_says_what_comes_out(language: str, shared: Path) -> None:
    shown = [line for line in PAGES[language].read_text(encoding="utf-8").splitlines() if line.startswith("| [")]
    assert shown == list(rows_of_the_page(language, shared)), "run python tests/published/test_published.py"
    for file in re.findall(r"\]\(([^)#:]+)\)", "\n".join(shown)):
        assert (PAGES[language].parent / file).is_file()


if __name__ == "__main__":
    for language, file in PAGES.items():
        page = file.read_text(encoding="utf-8")
        rows = "\n".join(rows_of_the_page(language, Path(os.environ["INDEXCALC_SHARED"]) / "data"))
        file.write_text(re.sub(r"(?m)(^\| \[.*\n)+", lambda _, rows=rows: rows + "\n", page), encoding="utf-8", newline="\n")
