"""What was computed and what is said of it: what is missing, too large, undefined or scaled up, and what is written."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from indexcalc.analysis.cells import estimate_of
from indexcalc.analysis.contribution import contributions
from indexcalc.engine import score
from indexcalc.jobs.project import project_of
from indexcalc.large.blocks import score_in_blocks
from indexcalc.methods import AGGREGATORS
from indexcalc.panel import NOT_APPLICABLE, empty
from indexcalc.report.files import report_files
from indexcalc.report.sheets.tables import ranking_sheet
from indexcalc.scores import Scores
from indexcalc.sources import match
from indexcalc.tree import Index
from indexcalc.words.recognised import UNIT_LABEL

from .conftest import index_of, panel_of

NAN = np.nan
HEAD = "index: {id: index}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\n"


def tree(dimensions: str, defaults: str = "weights: equal, normalise: points", head: str = "") -> Index:
    return index_of(f"{HEAD}defaults: {{{defaults}}}\n{head}dimensions:\n{dimensions}")


def codes(found: Scores) -> set[str]:
    return {one.code for one in found.findings}


def test_children_are_asked_for_as_a_share_a_fraction_or_a_number() -> None:
    leaves = "indicators: [{id: %s1, column: a}, {id: %s2, column: b}, {id: %s3, column: c}]"
    wanted = {"p": "2/3", "q": "0.667", "r": "2", "s": "0.67"}
    index = tree("".join(f"  - {{id: {n}, missing: {{children: {c}}}, {leaves % (n, n, n)}}}\n" for n, c in wanted.items()))
    rows = [[1, 2, 3] * 4, [1, 2, NAN] * 4, [1, NAN, NAN] * 4]
    found = score(index, panel_of(index, rows))
    for node in "pqr":
        np.testing.assert_allclose(found.score(node)[0], [2, 1.5, NAN])
    np.testing.assert_allclose(found.score("s")[0], [2, NAN, NAN])


def test_an_undefined_score_refuses_or_is_left_missing_as_the_node_says() -> None:
    text = "  - {id: a, aggregate: geometric%s, indicators: [{id: x}, {id: y}]}\n"
    for key, code in (("", "IC424"), (", undefined: refuse", "IC424"), (", undefined: missing", "IC450")):
        index = tree(text % key)
        found = score(index, panel_of(index, [[4, 9], [0, 9]]))
        np.testing.assert_allclose(found.score("a")[0], [6, NAN])
        assert code in codes(found)
    assert [one.severity for one in found.findings if one.code == "IC450"] == ["warning"]


WHY = {  # a method, what units have, which of them have no score then, the children that are named, and what is said of them
    "geometric": ([[4, 9, 5], [0, 9, 5], [3, 8, -2]], [1, 2], "IC424", [("x", "at 0 or below"), ("z", "at 0 or below")]),
    "harmonic": ([[4, 9, 5], [0, 9, 5]], [1], "IC424", [("x", "at 0 or below")]),
    "{method: power, p: 2}": ([[4, 9, 5], [0, 9, 5], [1, -9, 5]], [2], "IC424", [("y", "at 0 or below")]),
    "mpi": ([[4, 9, 5], [-30, 9, 0]], [1], "IC450", [("x, z", "the mean is not above 0, because of")]),
    "topsis": ([[4, 9, 5], [4, 9, 5]], [0, 1], "IC450", [("x, y, z", "the same in all units")]),
    "{method: topsis, rescale: vector}": ([[4, NAN, 5], [4, 7, 5], [4, 9, 5]], [0], "IC450", [("x, z", "the same in all units")]),
    "{method: copeland, result: share}": ([[4, 9, 5], [NAN, NAN, NAN]], [0], "IC450", [("x, y, z", "no other unit has a score")]),
    "benefit-of-the-doubt": ([[4, 9, 5], [4, -9, 5]], [0, 1], "IC450", [("y", "below 0 in some unit")]),
    "{method: benefit-of-the-doubt, high: 0.4}": ([[4, 9, 5], [NAN, 9, 5]], [1], "IC450", [("y, z", "cannot add up to 1")]),
}


@pytest.mark.parametrize(("method", "case"), WHY.items())
def test_what_has_no_result_is_told_with_its_reason_and_its_children(method: str, case: Any) -> None:
    rows, without, code, told = case
    for said, wanted in (("", code), (", undefined: refuse", "IC424"), (", undefined: missing", "IC450")):
        index = tree(f"  - {{id: a, aggregate: {method}{said}, indicators: [{{id: x}}, {{id: y}}, {{id: z}}]}}\n")
        found = score(index, panel_of(index, rows))
        gone = np.flatnonzero(np.isnan(found.score("a")[0]) & ~np.isnan(rows).all(axis=1)).tolist()
        assert gone == without
        named = [one for one in found.findings if one.code in ("IC424", "IC450")]
        assert [(one.code, one.values["units"]) for one in named] == [(wanted, ", ".join(f"u{unit}" for unit in without))]
        for children, words in told:
            assert all(child in named[0].values["children"] for child in children.split(", "))
            assert words in named[0].message("en")
        assert set(named[0].values["children"].split(", ")) == {child for children, _ in told for child in children.split(", ")}
        hint = named[0].hint("en") + named[0].hint("zh")
        assert ("floor" in hint) == ("floor" in AGGREGATORS[index.tree.branches[0].aggregate].parameters)
        assert "{" not in hint + named[0].message("zh")


def test_defaults_say_what_is_done_where_there_is_no_result() -> None:
    for said, code in (("", "IC450"), (", undefined: refuse", "IC424")):
        index = tree(
            "  - {id: a, aggregate: topsis, indicators: [{id: x}, {id: y}]}\n", f"weights: equal, normalise: points{said}"
        )
        assert code in codes(score(index, panel_of(index, [[4, 9], [4, 9]])))


def test_a_formula_without_a_number_names_its_children() -> None:
    index = tree("  - {id: a, formula: x / y, indicators: [{id: x}, {id: y}]}\n")
    named = [one for one in score(index, panel_of(index, [[4, 9], [4, 0]])).findings if one.code == "IC424"]
    assert [(one.values["units"], one.values["children"]) for one in named] == [("u1", "y")]
    assert "no number comes of y" in named[0].message("en")


@pytest.mark.parametrize("p", [155.0, -155.0, 400.0])
def test_a_power_mean_of_a_steep_power_is_near_its_end(p: float) -> None:
    power = AGGREGATORS["power"].function
    x, w = np.array([[100.0, 50.0], [1e-3, 2e-3], [7.0, 7.0], [0.5, NAN]]), np.array([0.5, 0.5])
    end = np.fmax if p > 0 else np.fmin
    expected = end.reduce(x, axis=-1) * np.array([0.5 ** (1 / p)] * 2 + [1.0] * 2)
    np.testing.assert_allclose(power(x, w, p=p), expected, rtol=1e-12)


def test_what_is_too_large_is_found_and_no_library_warns() -> None:
    index = tree(
        "  - {id: a, formula: 'x ^ 40 * x ^ 40'}\n  - {id: b, aggregate: {method: product, scale: 1.0e+200}, indicators: [{id: y}, {id: z}]}\n"
    )
    found = score(index, panel_of(index, [[1e5, 1, 1], [1, 1e100, 1e100], [2, 3, 4]]))
    assert {(one.code, one.values["unit"]) for one in found.findings if one.code in ("IC446", "IC447")} == {
        ("IC446", "u0"),
        ("IC447", "u1"),
    }


def test_a_node_compared_again_without_spread_is_named() -> None:
    index = tree("  - {id: n, normalise: min-max, indicators: [{id: x}, {id: y}]}\n  - {id: z}\n")
    assert "IC453" in codes(score(index, panel_of(index, [[1, 5, 1], [4, 2, 2], [3, 3, 3]])))
    assert "IC453" not in codes(score(index, panel_of(index, [[1, 5, 1], [4, 3, 2], [3, 3, 3]])))
    assert "IC453" not in codes(score(index, panel_of(index, [[NAN, NAN, 1], [NAN, NAN, 2]]))), "nothing was there to compare"


def test_a_group_and_a_base_period_without_scores_are_named() -> None:
    index = tree("  - {id: x, normalise: {method: min-max, over: group}}\n  - {id: y}\n")
    found = score(index, panel_of(index, [[1, 1], [2, 1], [5, 2]], groups="aab"))
    assert [one.values["groups"] for one in found.findings if one.code == "IC451"] == ["b 2000"]


def test_a_sum_that_was_scaled_up_says_for_whom() -> None:
    index = tree("  - {id: n, aggregate: sum, indicators: [{id: x}, {id: y}, {id: z}]}\n")
    made = panel_of(index, [[1, 2, 3], [4, NAN, 6], [1, NAN, 1]])
    made.status[0, 1, 1] = NOT_APPLICABLE
    for found in (score(index, made), score_in_blocks(index, made, empty)):
        assert [(one.values["units"], one.values["count"]) for one in found.findings if one.code == "IC454"] == [("u1", 1)]


def test_what_could_not_be_imputed_is_named_and_an_estimate_has_its_donors() -> None:
    index = tree("  - {id: x, impute: {method: mean, over: group}}\n  - {id: y, impute: last}\n", head="")
    made = panel_of(index, [[[1, 5], [NAN, NAN], [3, 7], [NAN, 4]], [[2, NAN], [4, NAN], [NAN, 8], [NAN, 9]]], groups="aaab")
    found = score(index, made)
    assert {(one.values["node"], one.values["count"]) for one in found.findings if one.code == "IC455"} == {("x", 2), ("y", 2)}
    first = estimate_of(found, 0, 1, 0)
    assert first is not None
    assert (first.value, first.method, first.donors) == (2.0, "mean", ("u0", "u2"))
    carried = estimate_of(found, 1, 0, 1)
    assert carried is not None
    assert (carried.value, carried.donors) == (5.0, (found.periods[0],))
    assert estimate_of(found, 0, 0, 0) is None


def test_weights_are_written_as_they_were_for_each_unit() -> None:
    index = tree("  - {id: n, weights: {method: entropy, over: group, rescale: none}, indicators: [{id: x}, {id: y}]}\n")
    found = score(index, panel_of(index, [[1, 5], [9, 5.5], [5, 1], [5.5, 9]], groups="aabb"))
    weight = found.weights_of(found.node("x"))[0]
    assert weight[0] == weight[1] > 0.9
    assert weight[2] == weight[3] < 0.1
    np.testing.assert_allclose(weight + found.weights_of(found.node("y"))[0], 1.0)
    np.testing.assert_allclose(found.index_weights_of(found.node("x"))[0], weight)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + y", [4, 1]),
        ("sum(x, y)", [4, 1]),
        ("x - 2 * y", [4, -2]),
        ("(x + y) / 2 + 3", [3.5, 2]),
        ("mean(x, y)", [2, 0.5]),
    ],
)
def test_an_additive_formula_is_split_as_a_reader_adds_it_up(formula: str, expected: list[float]) -> None:
    index = tree(f"  - {{id: n, formula: '{formula}', indicators: [{{id: x}}, {{id: y}}]}}\n")
    found = score(index, panel_of(index, [[4, 1], [7, 7], [NAN, 2]]))
    own = contributions(found)
    np.testing.assert_allclose(own[0, 0, [found.node("x"), found.node("y")]], expected)


def streets(folder: Path, how: str, missing: str) -> Scores:
    (folder / "u.csv").write_text("id,level,parent\nN,district,\na,street,N\nb,street,N\nc,street,N\n", encoding="utf-8")
    (folder / "v.csv").write_text("id,年份,x\na,2022,10\nb,2022,20\nc,2022,\n", encoding="utf-8")
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv, level: level, score: district}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
        f"defaults: {{normalise: points}}\ndimensions:\n  - {{id: n, weight: 1, score_over_units: {how}, missing: {missing}, "
        "indicators: [{id: x, weight: 1}]}\n"
    )
    from indexcalc import read

    return score(index, read(index, folder))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("missing", "expected"),
    [("{children: 0.5}", 45.0), ("{children: 0.9}", NAN), ("{policy: fail}", NAN), ("{children: 2}", 45.0)],
)
def test_a_sum_over_units_heeds_missing_as_a_mean_does(tmp_path: Path, missing: str, expected: float) -> None:
    np.testing.assert_allclose(streets(tmp_path, "sum", missing).score("n")[0], [expected])
    np.testing.assert_allclose(streets(tmp_path, "mean", missing).score("n")[0], [expected / 3])


def test_moves_are_from_the_ranks_that_were_published(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id\nA\nB\nC\n", encoding="utf-8")
    rows = "".join(
        f"{unit},{year},{x}\n" for year, of in ((2021, (3, 2, 1)), (2022, (1, 2, 3))) for unit, x in zip("ABC", of, strict=True)
    )
    (tmp_path / "v.csv").write_text("id,年份,x\n" + rows, encoding="utf-8")
    (tmp_path / "indicators.yaml").write_text(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\ndefaults: {normalise: points}\n"
        "dimensions: [{id: x, weight: 1}]\n",
        encoding="utf-8",
    )
    from indexcalc.jobs.publish import publish_in

    project = project_of(tmp_path / "indicators.yaml")
    publish_in(project, project.scores(), "2021", by="x", why="")
    (tmp_path / "v.csv").write_text("id,年份,x\n" + rows.replace("A,2021,3", "A,2021,0"), encoding="utf-8")
    sheet = ranking_sheet(project_of(tmp_path / "indicators.yaml").scores(), "2022", "en")
    moves = {row[1]: row[3] for row in sheet.rows}
    assert moves == {"A": -2, "B": 0, "C": 2}, "A was first as published, last as scored anew"
    assert any("as published" in note for note in sheet.notes)


def columns_on(page: str, heading: str) -> list[str]:
    part = re.split(r"(?m)^## ", page)[1:]
    table = next(text for text in part if text.startswith(heading))
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_column_of_every_file_is_on_the_page(language: str, repository: Path) -> None:
    page = (repository / "docs" / language / "files.md").read_text(encoding="utf-8")
    index = tree(
        "  - {id: n, grades: [{name: good, from: 3}, {name: bad}], indicators: [{id: x, formula: a / b}, {id: y, impute: mean}]}\n",
        head="periods: {kind: year}\nranking: {within: group}\ngrades: [{name: top, top: 0.5}, {name: rest}]\n",
    )
    made = panel_of(index, [[[1, 2, 3], [4, 1, NAN]], [[1, 1, 3], [4, 2, 1]]], groups="ab", periods=("2021", "2022"))
    files = report_files(score(index, made), "2022", language)
    for name in ("scores.csv", "inputs.csv", "grades.csv"):
        head = next(csv.reader([files[name].decode("utf-8-sig").splitlines()[0]]))
        assert head == columns_on(page, name), name
    head, *rows = csv.reader(files["ranking.csv"].decode("utf-8-sig").splitlines())
    told = [name for name in head if name not in ("n", "unit", UNIT_LABEL)]
    part = re.split(r"(?m)^## ranking.csv", page)[1].split("\n## ")[0]
    assert all(name in part for name in told), told
    assert [row[-1] for row in rows] == [row[1] for row in rows], "the id stands last"
    for name in files:
        assert name in page, name


@pytest.mark.parametrize(
    ("language", "heading", "kind"), [("zh", "数据性质", "模拟数据"), ("en", "data_nature", "simulated data")]
)
def test_the_nature_of_the_data_stands_in_every_title_and_last_in_every_table(language: str, heading: str, kind: str) -> None:
    index = tree(
        "  - {id: n, grades: [{name: good, from: 3}, {name: bad}], indicators: [{id: x, formula: a / b}, {id: y}]}\n",
        head="periods: {kind: year}\nwarnings: {rules: [{id: w, node: y, red: 1}]}\n",
    )
    index = index.model_copy(
        update={"index": index.index.model_copy(update={"nature": "模拟数据", "nature_en": "simulated data"})}
    )
    made = panel_of(index, [[[1, 2, 3], [4, 1, 1]]], periods=("2022",))
    files = report_files(score(index, made), "2022", language)
    tables = {
        name: list(csv.reader(text.decode("utf-8-sig").splitlines())) for name, text in files.items() if name.endswith(".csv")
    }
    assert len(tables) == 5
    for name, (head, *rows) in tables.items():
        assert (head[-1], {row[-1] for row in rows}) == (heading, {kind}), name
    assert kind in files["summary.md"].decode().splitlines()[0]
    book = openpyxl.load_workbook(io.BytesIO(files["ranking.xlsx"]))
    assert all(kind in str(page["A1"].value) for page in book), [page["A1"].value for page in book]


def test_no_word_of_a_table_becomes_a_formula() -> None:
    index = tree(
        "  - {id: n, name: =n(), grades: [{name: =g(), from: 0}, {name: bad}], indicators: [{id: x, name: =x(), formula: a / b}, {id: y}]}\n",
        head="periods: {kind: year}\nwarnings: {rules: [{id: w, name: =w(), node: y, red: 1}]}\n",
    )
    index = index.model_copy(update={"index": index.index.model_copy(update={"nature": "=cmd()", "nature_en": "=cmd()"})})
    made = panel_of(index, [[[1, 2, 3], [4, 1, 1]]], periods=("2022",))
    made = replace(made, units=replace(made.units, names=("=u()", "+v()")))
    for name, text in report_files(score(index, made), "2022", "zh").items():
        if name.endswith(".csv"):
            cells = [cell for row in csv.reader(text.decode("utf-8-sig").splitlines()) for cell in row]
            assert any("cmd()" in cell for cell in cells), name
            assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == [], name


def events_project(folder: Path) -> Index:
    (folder / "u.csv").write_text("id\nA\nB\n", encoding="utf-8")
    (folder / "log.csv").write_text("unit,time\nA,2022-01-05\nB,2022-02-30\nC,2022-03-01\n", encoding="utf-8")
    return index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: quarter}\n"
        "data: {log: {path: log.csv, events: {unit: unit, time: time}}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: calls, weight: 1, events: count}]\n"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning")
def test_check_reads_the_events_of_a_log(tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    from indexcalc.jobs.check import check

    index = events_project(tmp_path)
    told: list[str] = []
    project = project_of(index, data=tmp_path)
    project.tell = lambda found: told.extend(one.code for one in found)  # type: ignore[method-assign]
    assert check(project).periods
    assert "IC721" in told


def test_a_file_that_was_cut_is_told_however_much_is_gone(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id\n" + "".join(f"u{at}\n" for at in range(10)), encoding="utf-8")
    whole = [f"u{at},{year},{at}\n" for year in (2020, 2021, 2022) for at in range(10)]
    index = index_of(
        "index: {id: t}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\ndefaults: {normalise: points}\n"
        "dimensions: [{id: x, weight: 1}]\n"
    )
    for left in (29, 23, 21, 12):  # of thirty rows
        (tmp_path / "v.csv").write_text("id,年份,x\n" + "".join(whole[:left]), encoding="utf-8")
        found = match(index, tmp_path).findings
        assert [one.code for one in found if one.severity == "warning"] == ["IC377"], left
