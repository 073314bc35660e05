"""Units and indicators that come, go, merge, split and are called otherwise: what that does to scores, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from pandas import read_csv

import indexcalc as ic
from indexcalc.findings import Refused
from indexcalc.jobs.library import Scored
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty

from .projects import answer, laid_out, run, said

pytestmark = pytest.mark.filterwarnings(  # ibis asks pandas and duckdb for what they will drop
    "ignore::UserWarning", "ignore:The 'future.infer_string' option", "ignore:fetch_record_batch:DeprecationWarning"
)
YEARS = range(2010, 2020)
TREE = """
index: {id: city, name: 城市, decimals: 4}
units: {table: units.csv}
periods: {kind: year}
data: {values: {path: values.csv}}
denominators: [{id: people, name: 人口}]
defaults: {normalise: NORMALISE}
dimensions:
  - id: safety
    name: 安全
    weight: 0.6
    indicators:
      - {id: cases, name: 案件, weight: 0.5, per: people, direction: lower}
      - {id: more, name: 案件增长, weight: 0.3, column: cases, growth: previous, direction: lower}
      - {id: lately, name: 近两年案件, weight: 0.2, column: cases, rolling: 2}
  - id: roads
    name: 道路
    weight: 0.4
    indicators:
      - {id: length, name: 里程, weight: 0.7}
      - {id: price, name: 造价, weight: 0.3, over_units: people}
"""
MIN_MAX, FIXED = "min-max", "{method: goalposts, worst: -500, best: 500, clip: false}"
COLUMNS = ("cases", "length", "price", "people")
Times = Mapping[str, tuple[int, int]]
Value = Callable[[str, int, str], float]


def value_of(unit: str, year: int, column: str) -> float:
    """Return a whole number that depends on nothing but its names."""
    return 20.0 + sum(ord(letter) * (at + 3) for at, letter in enumerate(f"{unit}{year}{column}")) ** 2 % 97


def project(
    folder: Path,
    times: Times,
    units: Sequence[str],
    *,
    header: str = "id,name,since,until,replaces",
    value: Value = value_of,
    normalise: str = MIN_MAX,
    years: Sequence[int] = YEARS,
    tree: str = TREE,
) -> Path:
    """Write a project: the rows of its units table, and a row of values for each unit in its time."""
    rows = [
        ",".join([unit, str(year), *(f"{value(unit, year, column):.17g}" for column in COLUMNS)])
        for year in years
        for unit, (first, last) in times.items()
        if first <= year <= last
    ]
    files = {
        "indicators.yaml": tree.replace("NORMALISE", normalise),
        "units.csv": "\n".join([header, *units]) + "\n",
        "values.csv": "\n".join([f"id,year,{','.join(COLUMNS)}", *rows]) + "\n",
    }
    return laid_out(folder, files)


def scored(folder: Path) -> Scored:
    return ic.score(folder / "indicators.yaml")


ALWAYS = (2010, 2019)
PLAIN: Times = {"C": ALWAYS, "D": ALWAYS, "E": ALWAYS}
FIVE: Times = {
    "A": (2010, 2012),
    "B": (2010, 2012),
    "AB": (2013, 2019),  # merged
    "C": ALWAYS,
    "D": (2010, 2013),
    "D2": (2014, 2019),  # called otherwise
    "E": (2010, 2015),
    "E1": (2016, 2019),  # split
    "E2": (2016, 2019),
    "F": (2012, 2019),  # begun
    "G": (2010, 2016),  # ended
}
FIVE_UNITS = (
    "A,甲,,,",
    "B,乙,,2012,",
    "AB,甲乙,2013,,A;B",
    "C,丙,,,",
    "D,丁,,,",
    "D2,新丁,2014,,D",
    "E,戊,,2015,",
    "E1,戊东,2016,,E",
    "E2,戊西,2016,,E",
    "F,己,2012,,",
    "G,庚,,2016,",
)


@pytest.fixture
def five(tmp_path: Path) -> Path:
    return project(tmp_path, FIVE, FIVE_UNITS)


def of(scores: Scored, unit: str, years: Sequence[int], node: str | None = None) -> np.ndarray:
    """Return a unit's scores in some years."""
    rows = [scores.periods.index(str(year)) for year in years]
    return np.asarray(scores.score(node)[rows, scores.panel.units.ids.index(unit)])


def test_a_merged_unit_scores_as_if_it_had_always_been_one(tmp_path: Path) -> None:
    def together(unit: str, year: int, column: str) -> float:
        if unit != "AB" or year > 2012:
            return value_of(unit, year, column)
        parts = [value_of(part, year, column) for part in "AB"]
        if column != "price":
            return sum(parts)
        people = [value_of(part, year, "people") for part in "AB"]
        return float(np.dot(parts, people) / sum(people))

    changed = {**PLAIN, "A": (2010, 2012), "B": (2010, 2012), "AB": (2013, 2019)}
    rows = ["C,,,,", "D,,,,", "E,,,,", "A,,,,", "B,,,2012,", "AB,,2013,,A;B"]
    merged = scored(project(tmp_path / "merged", changed, rows))
    always = scored(
        project(tmp_path / "always", {**PLAIN, "AB": ALWAYS}, ["C,", "D,", "E,", "AB,"], header="id,name", value=together)
    )
    for unit in ("C", "D", "E", "AB"):
        for node in always.tree.nodes:
            np.testing.assert_allclose(of(merged, unit, range(2013, 2020), node.id), of(always, unit, range(2013, 2020), node.id))
    with_past = merged.with_units_of("2019")
    for unit in ("C", "D", "E", "AB"):
        place = with_past.panel.units.ids.index(unit), always.panel.units.ids.index(unit)
        np.testing.assert_allclose(with_past.score()[:, place[0]], always.score()[:, place[1]], rtol=1e-12)
        np.testing.assert_array_equal(with_past.rank()[:, place[0]], always.rank()[:, place[1]])
    assert np.isnan(of(merged, "AB", range(2010, 2013))).all()
    assert np.isnan(of(merged, "A", range(2013, 2020))).all()
    moves, plain = (ic.change(one, "AB", from_="2012", to="2013") for one in (merged, always))
    for factor, part in plain.parts.items():
        np.testing.assert_allclose(moves.parts[factor], part, atol=1e-9)


def test_another_name_moves_nothing(tmp_path: Path) -> None:
    times = {**PLAIN, "D": (2010, 2014), "D2": (2015, 2019)}

    def same(unit: str, year: int, column: str) -> float:
        return value_of(unit[0], year, column)

    gap = TREE.replace("id: length, name: 里程,", "id: length, name: 里程, impute: last,")
    plain = scored(project(tmp_path / "plain", PLAIN, ["C,", "D,", "E,"], header="id,name", value=same, tree=gap))
    named = scored(project(tmp_path / "named", times, ["C,,,,", "D,,,,", "D2,,2015,,D", "E,,,,"], value=same, tree=gap))
    for unit in ("C", "E"):
        np.testing.assert_array_equal(of(plain, unit, YEARS), of(named, unit, YEARS))
    np.testing.assert_array_equal(of(plain, "D", range(2010, 2015)), of(named, "D", range(2010, 2015)))
    np.testing.assert_array_equal(of(plain, "D", range(2015, 2020)), of(named, "D2", range(2015, 2020)))
    for year in range(2011, 2020):
        one, other = (ic.change(each, from_=str(year - 1), to=str(year)) for each in (plain, named))
        assert [unit.rstrip("2") for unit in (other.units.ids[at] for at in other.at)] == [one.units.ids[at] for at in one.at]
        for factor, part in one.parts.items():
            np.testing.assert_allclose(other.parts[factor], part, atol=1e-9)
    both = [ic.trend(each, unit=unit).frame() for each, unit in ((plain, "D"), (named, "D2"), (named, "D"))]
    for column in ("score", "rank", "before", "rank_before"):
        np.testing.assert_array_equal(both[0][column], both[1][column])
        np.testing.assert_array_equal(both[0][column], both[2][column])


def test_a_value_that_is_carried_on_is_so_under_another_name(tmp_path: Path) -> None:
    tree = TREE.replace("id: length, name: 里程,", "id: length, name: 里程, impute: last,")

    def gap(unit: str, year: int, column: str) -> float:
        return float("nan") if (unit[0], year, column) == ("D", 2015, "length") else value_of(unit[0], year, column)

    times = {**PLAIN, "D": (2010, 2014), "D2": (2015, 2019)}
    folders = [
        project(tmp_path / "plain", PLAIN, ["C,", "D,", "E,"], header="id,name", value=gap, tree=tree),
        project(tmp_path / "named", times, ["C,,,,", "D,,,,", "D2,,2015,,D", "E,,,,"], value=gap, tree=tree),
    ]
    for folder in folders:
        file = folder / "values.csv"
        file.write_text(file.read_text().replace("nan", ""))
    plain, named = map(scored, folders)
    assert not np.isnan(of(plain, "D", [2015])).any()
    np.testing.assert_array_equal(of(plain, "D", [2015]), of(named, "D2", [2015]))


def test_what_comes_and_goes_moves_no_other_where_nothing_compares(tmp_path: Path) -> None:
    rows = ["C,,,,", "D,,,,", "E,,,,", "F,,2012,2015,"]
    tree = TREE.replace("direction: lower", "direction: higher")
    more = scored(project(tmp_path / "more", {**PLAIN, "F": (2012, 2015)}, rows, normalise=FIXED, tree=tree))
    less = scored(project(tmp_path / "less", PLAIN, ["C,", "D,", "E,"], header="id,name", normalise=FIXED, tree=tree))
    for unit in PLAIN:
        np.testing.assert_array_equal(of(more, unit, YEARS), of(less, unit, YEARS))
    place = more.panel.units.ids.index("F")
    assert np.isnan(more.score()[:, place]).tolist() == [year not in range(2012, 2016) for year in YEARS]
    assert [more.listed(at) for at in (0, 2, 6)] == [[0, 1, 2], [0, 1, 2, 3], [0, 1, 2]]


def test_five_changes_in_ten_years_leave_no_blank_and_nag_nobody(five: Path) -> None:
    scores = scored(five)
    known = {
        "IC422",
        "IC427",
        "IC464",
    }  # growth begins with the second year; years compare by ranks; parts of a split have no past
    assert {one.code for one in scores.findings} <= known, [one.message("en") for one in scores.findings]
    for year in range(2011, 2020):
        before, after = str(year - 1), str(year)
        moves = ic.change(scores, from_=before, to=after)
        assert not np.isnan(moves.scores).any(), year
        np.testing.assert_allclose(sum(moves.parts.values()), moves.scores[1] - moves.scores[0], atol=1e-9)
        shown = {moves.units.ids[at] for at in moves.at}
        new = {unit for unit, (first, _) in FIVE.items() if first == year} - {"AB", "D2"}
        assert shown == {unit for unit, (first, last) in FIVE.items() if first <= year <= last} - new
        compared = ic.compare(scores, before, after)
        assert compared.left_out == ((), ())
        assert compared.count == len(shown)
        table = ic.trend(scores, period=after).frame().set_index("unit")
        assert set(table.index) == shown | new
        assert not table.loc[sorted(shown), ["value", "rank", "before", "rank_before"]].isna().any(axis=None)
    for unit in FIVE:
        frame = ic.trend(scores, unit=unit).frame()
        assert not frame[["value", "rank"]].isna().any(axis=None), unit
        assert not frame[["before", "rank_before"]].iloc[1:].isna().any(axis=None), unit
    assert len(ic.trend(scores, unit="AB").frame()) == len(ic.trend(scores, unit="D").frame()) == 10


def test_what_cannot_be_compared_is_refused_with_the_reason(five: Path) -> None:
    scores = scored(five)
    for question in (
        lambda: ic.change(scores, "E1", from_="2015", to="2016"),
        lambda: ic.change(scores, "A", from_="2012", to="2013"),
        lambda: ic.explain(scores, "G", period="2018"),
        lambda: ic.target(scores, "F", rank=1, period="2010"),
        lambda: ic.robustness(scores, "B", period="2019"),
    ):
        with pytest.raises(Refused) as refused:
            question()
        assert [one.code for one in refused.value.findings] == ["IC465"]


def test_reports_list_the_units_of_their_period(five: Path) -> None:
    run(five, "score", "--period", "all")
    for year in (2010, 2013, 2016):
        there = {unit for unit, (first, last) in FIVE.items() if first <= year <= last}
        rows = (five / f"reports/{year}/scores.csv").read_text("utf-8-sig").splitlines()[1:]
        assert {row.split(",")[1].strip('"') for row in rows} == there
        assert len(rows) == len(there) * 8
        ranking = (five / f"reports/{year}/ranking.csv").read_text("utf-8-sig").splitlines()
        assert len(ranking) == len(there) + 1
    assert run(five, "verify", str(five / "reports/2013"))
    assert {row["unit"] for row in answer(five, "rank", "--period", "2014")["ranking"]} == {"AB", "C", "D2", "E", "F", "G"}
    run(five, "publish", "--period", "2014", "--by", "甲")
    assert len((five / "indicators.published").read_text("utf-8-sig").splitlines()) == 1 + 6 * 3
    uncertain = answer(five, "uncertainty", "--weights", "perturb:0.2", "--draws", "10", "--period", "2014")
    assert len(uncertain["units"]) == 6


def test_what_is_published_under_an_old_name_stands_beside_the_new(five: Path) -> None:
    run(five, "publish", "--period", "2013", "--by", "甲")
    rows = answer(five, "trend", "新丁")["trend"]
    assert [bool(row["published"]) for row in rows] == [year == 2013 for year in YEARS]
    moved = answer(five, "rank", "--period", "2014")
    assert moved["ranking"]
    assert "–" not in run(five, "rank", "--period", "2014").split("全体平均")[0]


def test_blocks_score_the_same_and_a_query_is_refused(five: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    scores = scored(five)
    index, panel = scores.index, scores.reported
    assert panel is not None
    blocks = score_in_blocks(index, panel, empty, cells=60)
    np.testing.assert_array_equal(blocks.scores, scores.scores)
    np.testing.assert_array_equal(blocks.ranks, scores.ranks)
    np.testing.assert_array_equal(blocks.there, scores.there)
    assert {one.code for one in blocks.findings} == {one.code for one in scores.findings}
    np.testing.assert_array_equal(blocks.with_units_of("2014").scores, scores.with_units_of("2014").scores)
    read_csv(five / "values.csv").to_parquet(five / "values.parquet")
    tree = (five / "indicators.yaml").read_text().replace("values.csv", "values.parquet")
    (five / "indicators.yaml").write_text(tree.replace(", growth: previous", "").replace(", rolling: 2", ""))
    assert "IC870" in run(five, "score", "--engine", "duckdb", expect=1)
    run(five, "score", "--blocks", "--period", "2014")
    assert len((five / "reports/2014/ranking.csv").read_text("utf-8-sig").splitlines()) == 7


def test_a_form_asks_for_the_units_of_its_period(five: Path) -> None:
    tree = (five / "indicators.yaml").read_text().replace("name: 案件,", "name: 案件, department: 公安局,")
    (five / "indicators.yaml").write_text(tree)
    run(five, "template", "--department", "公安局", "--period", "2014", "--out", str(five / "form.xlsx"))
    cells = {cell for row in openpyxl.load_workbook(five / "form.xlsx").active.iter_rows(values_only=True) for cell in row}
    assert {"甲乙", "丙", "新丁", "戊", "己", "庚"} <= cells
    assert not {"甲", "乙", "丁", "戊东", "戊西"} & cells


def test_values_outside_the_time_are_set_aside_and_said(tmp_path: Path) -> None:
    folder = project(tmp_path, {**PLAIN, "F": ALWAYS}, ["C,,,,", "D,,,,", "E,,,,", "F,,2012,2015,"])
    scores = scored(folder)
    (found,) = (one for one in scores.findings if one.code == "IC463")
    assert found.place.file == "values.csv"
    assert found.values["count"] == 6 * len(COLUMNS)
    assert "IC463" in said(folder, "check")
    without = scored(project(tmp_path / "without", {**PLAIN, "F": (2012, 2015)}, ["C,,,,", "D,,,,", "E,,,,", "F,,2012,2015,"]))
    np.testing.assert_array_equal(scores.score(), without.score())


def test_the_past_that_is_given_of_the_parts_of_a_split_is_looked_back_at(tmp_path: Path) -> None:
    times: Times = {**PLAIN, "E": (2010, 2014), "E1": (2014, 2019), "E2": (2015, 2019)}
    scores = scored(project(tmp_path, times, ["C,,,,", "D,,,,", "E,,,2014,", "E1,,2015,,E", "E2,,2015,,E"]))
    growth = scores.derived[5, :, scores.node("more")]
    ids = scores.panel.units.ids
    assert growth[ids.index("E1")] == value_of("E1", 2015, "cases") / value_of("E1", 2014, "cases") - 1
    assert np.isnan(growth[ids.index("E2")])
    assert np.isnan(of(scores, "E1", [2014])).all()
    assert {"IC464"} <= {one.code for one in scores.findings}
    assert "IC463" not in {one.code for one in scores.findings}


def test_units_are_scored_in_the_periods_that_are_named(tmp_path: Path) -> None:
    header = "id,name,periods"
    folder = project(tmp_path, {**PLAIN, "F": ALWAYS}, ["C,,", "D,,", "E,,", "F,,2011; 2013..2015"], header=header)
    file = folder / "indicators.yaml"
    file.write_text(file.read_text().replace("table: units.csv", "table: units.csv, periods: periods"))
    scores = scored(folder)
    assert "IC463" not in {one.code for one in scores.findings}
    assert not np.isnan(of(scores, "F", [2011, 2013, 2014, 2015])).any()
    assert np.isnan(of(scores, "F", [2010, 2012, 2016, 2019])).all()
    growth = scores.derived[3, scores.panel.units.ids.index("F"), scores.node("more")]
    assert growth == pytest.approx(value_of("F", 2013, "cases") / value_of("F", 2012, "cases") - 1)


def test_one_name_after_the_other_means_the_unit_of_the_time(tmp_path: Path) -> None:
    """A district that takes another in keeps its name: the table has it twice, and data call it as always."""
    times: Times = {"黄埔": ALWAYS, "萝岗": (2010, 2014), "天河": ALWAYS}
    rows = ["1,黄埔,,2014,", "2,萝岗,,2014,", "1b,黄埔,2015,,1;2", "3,天河,,,"]
    scores = scored(project(tmp_path, times, rows))
    ids = scores.panel.units.ids
    cases = scores.panel.values[..., scores.panel.column["cases"]]
    assert cases[5, ids.index("1b")] == value_of("黄埔", 2015, "cases")
    assert cases[4, ids.index("1")] == value_of("黄埔", 2014, "cases")
    grown = scores.derived[5, ids.index("1b"), scores.node("more")]
    before = value_of("黄埔", 2014, "cases") + value_of("萝岗", 2014, "cases")
    assert grown == pytest.approx(value_of("黄埔", 2015, "cases") / before - 1)


def test_streets_that_are_merged_count_once_in_their_district(tmp_path: Path) -> None:
    rows = [
        "D1,,district,,,,",
        "D2,,district,,,,",
        "s1,,street,D1,,,",
        "s2,,street,D1,,2014,",
        "s3,,street,D1,2015,,s1;s2",
        "s4,,street,D2,,,",
    ]
    times: Times = {"s1": (2010, 2014), "s2": (2010, 2014), "s3": (2015, 2019), "s4": ALWAYS}
    folder = project(tmp_path, times, rows, header="id,name,level,parent,since,until,replaces")
    file = folder / "indicators.yaml"
    file.write_text(file.read_text().replace("table: units.csv", "table: units.csv, level: level"))
    districts, streets = (ic.score(file, level=level) for level in ("district", "street"))
    cases = districts.panel.values[:, 0, districts.panel.column["cases"]]
    wanted = [
        value_of("s1", year, "cases") + value_of("s2", year, "cases") if year < 2015 else value_of("s3", year, "cases")
        for year in YEARS
    ]
    np.testing.assert_allclose(cases, wanted)
    grown = streets.derived[5, streets.panel.units.ids.index("s3"), streets.node("more")]
    assert grown == pytest.approx(wanted[5] / wanted[4] - 1)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["C,,x,,", "D,,,,"], {"IC458"}),
        (["C,,2014,2012,", "D,,,,"], {"IC459"}),
        (["C,,2014,,Z", "D,,,,"], {"IC460"}),
        (["C,,,,D", "D,,,2013,"], {"IC461"}),
        (["C,,2014,,D", "D,,,2014,"], {"IC462"}),
        (["C,,2014,,C", "D,,,,"], {"IC459"}),
        (["C,,2014,,D", "D,,2012,,C"], {"IC459"}),
    ],
)
def test_times_that_cannot_be_are_refused(tmp_path: Path, rows: Sequence[str], codes: set[str]) -> None:
    folder = project(tmp_path, {"C": ALWAYS, "D": ALWAYS}, rows)
    with pytest.raises(Refused) as refused:
        scored(folder)
    assert {one.code for one in refused.value.findings if one.severity == "error"} == codes


def test_half_a_year_makes_no_year_but_of_what_was_merged(tmp_path: Path) -> None:
    tree = """
index: {id: city}
units: {table: units.csv}
periods: {kind: half-year, roll_up: year}
data: {values: {path: values.csv}}
dimensions: [{id: cases, weight: 1, normalise: {method: goalposts, worst: 0, best: 100}}]
"""
    rows = ["A,,,", "B,,2020H1,", "AB,2020H2,,A;B", "C,,,", "F,2020H2,,"]
    values = [
        "A,2020H1,1", "B,2020H1,2", "C,2020H1,3", "AB,2020H2,4", "C,2020H2,5", "F,2020H2,9",
        *(f"{unit},2021H{half},{half}" for unit in ("AB", "C", "F") for half in (1, 2)),
    ]  # fmt: skip
    files = {
        "indicators.yaml": tree,
        "units.csv": "\n".join(["id,since,until,replaces", *rows]),
        "values.csv": "\n".join(["id,period,cases", *values]),
    }
    scores = scored(laid_out(tmp_path, files))
    row = scores.periods.index("2020")
    assert [scores.panel.units.ids[unit] for unit in scores.listed(row)] == ["AB", "C"]
    np.testing.assert_allclose(scores.score()[row, [2, 3]], [7.0, 8.0])
    assert {one.code for one in scores.findings} == set()
