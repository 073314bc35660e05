"""A tree that changes in time: every period is scored as the plain tree of then would score it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml

import indexcalc as ic
from indexcalc.findings import Refused
from indexcalc.jobs.library import Scored
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty

from .projects import answer, laid_out, run

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
YEARS = range(2010, 2018)
HEAD = """
index: {id: city, name: 城市, decimals: 4}
units: {table: units.csv}
periods: {kind: year}
data: {values: {path: values.csv}}
"""
TREE = (
    HEAD
    + """
ranking: {decimals: {2010: 4, 2016: 0}}
grades: {2010: [{name: 甲, from: 50}, {name: 乙}], 2014: [{name: 优, from: 60}, {name: 良, from: 40}, {name: 差}]}
adjustments: [{id: fires, name: 火灾, each: {2010: -1, 2013: -2}}]
dimensions:
  - id: safety
    name: 安全
    weight: {2010: 0.6, 2014: 1/3}
    aggregate: {2010: arithmetic, 2015: geometric}
    indicators:
      - {id: cases, name: 案件, department: 公安局, weight: {2010: 0.5, 2012: 0.3}, normalise: {method: min-max, low: 1}}
      - {id: calls, name: 警情, department: 公安局, weight: 0.5, until: 2011, normalise: {method: min-max, low: 1}}
      - {id: alarms, name: 报警, department: 公安局, weight: 0.7, since: 2012, replaces: calls, normalise: {method: min-max, low: 1}}
  - id: roads
    name: 道路
    weight: {2010: 0.4, 2012: 0.3, 2014: 0.4}
    indicators: [{id: length, name: 里程, weight: 1}]
  - id: air
    name: 空气
    since: 2012
    weight: {2012: 0.1, 2014: 4/15}
    indicators: [{id: dust, name: 粉尘, weight: 1, direction: lower}]
"""
)
COLUMNS = ("cases", "calls", "alarms", "length", "dust", "fires")
TIMES = {"calls": (2010, 2011), "alarms": (2012, 2017), "dust": (2012, 2017)}
UNITS = "ABCDE"


def value(unit: str, year: int, column: str) -> int:
    """Return a whole number that depends on nothing but its names."""
    seed = sum(ord(letter) * (at + 3) for at, letter in enumerate(f"{unit}{year}{column}")) ** 2
    return seed % 3 if column == "fires" else 20 + seed % 97


def project(folder: Path, tree: str = TREE) -> Path:
    """Write a project with the values that are there in each year."""
    rows = [["id", "year", *COLUMNS]]
    for year in YEARS:
        for unit in UNITS:
            there = [TIMES.get(column, (2010, 2017)) for column in COLUMNS]
            cells = [
                str(value(unit, year, one)) if first <= year <= last else ""
                for one, (first, last) in zip(COLUMNS, there, strict=True)
            ]
            rows.append([unit, str(year), *cells])
    files = {
        "indicators.yaml": tree,
        "units.csv": "id,name\n" + "".join(f"{unit},{unit}区\n" for unit in UNITS),
        "values.csv": "\n".join(",".join(row) for row in rows) + "\n",
    }
    return laid_out(folder, files)


def scored(folder: Path) -> Scored:
    return ic.score(folder / "indicators.yaml")


def then(year: int, tree: str = TREE) -> dict[str, object]:
    """Return the plain tree of a year, worked out by hand from the YAML and nothing of the program."""

    def at(value: object) -> object:
        if isinstance(value, dict) and all(re.fullmatch(r"\d{4}", str(key)) for key in value):
            return at(value[max((key for key in value if key <= year), default=min(value))])
        if isinstance(value, dict):
            return {key: at(one) for key, one in value.items() if key not in ("since", "until", "replaces")}
        if isinstance(value, list):
            kept = [one for one in value if not isinstance(one, dict) or one.get("since", 0) <= year <= one.get("until", 9999)]
            return [at(one) for one in kept]
        return value

    found = at(yaml.safe_load(tree))
    assert isinstance(found, dict)
    return found


def test_every_period_scores_as_the_tree_of_then(tmp_path: Path) -> None:
    scores = scored(project(tmp_path))
    for year in YEARS:
        folder = project(tmp_path / str(year), yaml.safe_dump(then(year), allow_unicode=True, sort_keys=False))
        plain = scored(folder)
        row, own = plain.periods.index(str(year)), scores.of_period(str(year))
        assert [node.id for node in own.tree.nodes] == [node.id for node in plain.tree.nodes]
        for name in ("scores", "ranks", "coverage", "derived", "treated", "points"):
            np.testing.assert_array_equal(getattr(own, name)[row], getattr(plain, name)[row], name)
        np.testing.assert_array_equal(own.sibling_weights[row], plain.sibling_weights[row])
        for unit in range(len(UNITS)):
            assert own.grade(row, unit, own.tree.root) == plain.grade(row, unit, plain.tree.root)
        if year in (2011, 2015):
            both = [answer(one, "rank", "--period", str(year))["ranking"] for one in (tmp_path, folder)]
            assert both[0] == both[1]
    assert {one.code for one in scores.findings} == {"IC427"}


def test_what_looks_back_goes_on_under_another_id(tmp_path: Path) -> None:
    tree = TREE.replace("since: 2012, replaces: calls", "since: 2012, replaces: calls, growth: previous").replace(
        "weight: 0.5, until: 2011", "weight: 0.5, until: 2011, growth: previous"
    )
    scores = scored(project(tmp_path, tree))
    grown = scores.derived[2, :, scores.node("alarms")]
    np.testing.assert_allclose(grown, [value(unit, 2012, "alarms") / value(unit, 2011, "calls") - 1 for unit in UNITS])
    frame = ic.trend(scores, unit="A", node="alarms").frame()
    assert frame["period"].tolist() == [str(year) for year in YEARS]
    assert not frame["value"].iloc[1:].isna().any()


def test_change_adds_up_over_changes_of_the_tree(tmp_path: Path) -> None:
    scores = scored(project(tmp_path))
    factors = {}
    for year in YEARS[1:]:
        moves = ic.change(scores, from_=str(year - 1), to=str(year))
        np.testing.assert_allclose(sum(moves.parts.values()), moves.scores[1] - moves.scores[0], atol=1e-9)
        assert not np.isnan(moves.scores).any()
        factors[year] = set(moves.parts) - {"own", "peers"}
        assert ic.compare(scores, str(year - 1), str(year)).count == len(UNITS)
    assert factors[2011] - {"adjustments"} == factors[2017] - {"adjustments"} == set()
    assert factors[2012] >= {"structure", "weights"}
    assert factors[2014] - {"adjustments"} == {"weights"}
    assert factors[2015] - {"adjustments"} == {"method"}
    over_all = ic.change(scores, "A", from_="2010", to="2017")
    np.testing.assert_allclose(sum(over_all.parts.values()), over_all.scores[1] - over_all.scores[0], atol=1e-9)
    assert over_all.indicators is not None
    np.testing.assert_allclose(sum(over_all.indicators.values()), over_all.parts["own"], atol=1e-9)
    for node, years in (("", 8), ("cases", 8), ("calls", 2), ("alarms", 8), ("dust", 6), ("air", 6)):
        frame = ic.trend(scores, unit="A", node=node or None).frame()
        assert len(frame) == years
        assert not frame[["value", "score", "rank"]].isna().any(axis=None)
        assert not frame["before"].iloc[1:].isna().any()


def test_questions_are_asked_of_the_tree_of_then(tmp_path: Path) -> None:
    scores = scored(project(tmp_path))
    said = {one.node: one.weight for _, one in ic.explain(scores, "A", period="2013").tree.walk()}  # type: ignore[union-attr]
    assert said["cases"] == pytest.approx(0.3)
    assert set(said) == {"city", "safety", "cases", "alarms", "roads", "length", "air", "dust"}
    assert said["alarms"] == pytest.approx(0.7)
    early = {one.node for _, one in ic.explain(scores, "A", period="2010").tree.walk()}  # type: ignore[union-attr]
    assert early == {"city", "safety", "cases", "calls", "roads", "length"}
    drawn = ic.uncertainty(scores, period="2011", weights="perturb:0.25", draws=20)
    np.testing.assert_allclose(drawn.declared, scores.score()[1])
    assert ic.robustness(scores, period="2013").searched
    plan = ic.target(scores, "A", rank=1, period="2016")
    assert {plan.scores[0]} == {scores.score()[6, 0]}
    for question in (
        lambda: ic.explain(scores, "A", node="dust", period="2010"),
        lambda: ic.trend(scores, node="calls", period="2015"),
    ):
        with pytest.raises(Refused) as refused:
            question()
        assert [one.code for one in refused.value.findings] == ["IC477"]


def test_reports_have_the_nodes_and_the_weights_of_their_period(tmp_path: Path) -> None:
    folder = project(tmp_path)
    run(folder, "score", "--period", "all")
    for year, weights in ((2010, {"cases": "0.5", "calls": "0.5", "safety": "0.6"}), (2013, {"cases": "0.3", "air": "0.1"})):
        with (folder / f"reports/{year}/scores.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        nodes = {node.id for node in scored(folder).of_period(str(year)).tree.nodes}
        assert {row["node"] for row in rows} == nodes
        assert len(rows) == len(nodes) * len(UNITS)
        assert {node: row["declared_weight"] for row in rows for node in weights if row["node"] == node} == weights
    assert run(folder, "verify", str(folder / "reports/2013"))
    frame = scored(folder).frame()
    assert len(frame) == 2 * 6 * len(UNITS) + 6 * 8 * len(UNITS)
    run(folder, "publish", "--period", "2011", "--by", "甲")
    published = (folder / "indicators.published").read_text("utf-8-sig").splitlines()
    assert len(published) == 1 + 3 * len(UNITS)


def test_departments_are_asked_for_what_is_there(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for year, wanted, other in ((2011, "警情", "报警"), (2017, "报警", "警情")):
        out = folder / f"{year}.xlsx"
        run(folder, "template", "--department", "公安局", "--period", str(year), "--out", str(out))
        cells = {str(cell) for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True) for cell in row}
        assert any(wanted in cell for cell in cells)
        assert not any(other in cell for cell in cells)


def test_what_cannot_change_in_time_is_refused(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert "IC471" in run(folder, "weights", "set", "cases", "0.4", expect=1)
    scores = scored(folder)
    assert scores.reported is not None
    with pytest.raises(Refused) as refused:
        score_in_blocks(scores.index, scores.reported, empty)
    assert [one.code for one in refused.value.findings] == ["IC478"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("weight: 0.7, since: 2012", "weight: 0.6, since: 2012", {"IC467"}),
        ("{2012: 0.1, 2014: 4/15}", "{2012: 0.1, 2014: 0.3}", {"IC467"}),
        ("{2010: 0.6, 2014: 1/3}", "{2010: 0.6, next: 1/3}", {"IC466"}),
        ("since: 2012, replaces", "since: 2012Q1, replaces", {"IC466"}),
        ("until: 2011", "since: 2012, until: 2011", {"IC472"}),
        ("replaces: calls", "replaces: call", {"IC473"}),
        ("until: 2011", "until: 2012", {"IC476", "IC467"}),
        ("each: {2010: -1, 2013: -2}", "rank_move: 1", {"IC469"}),
        ("name: 道路", "name: 道路, normalise: {method: min-max, over: all}", None),
        ("{2010: arithmetic, 2015: geometric}", "{2010: arithmetic, 2015: geometri}", {"IC401"}),
    ],
)
def test_what_is_wrong_in_a_time_is_said_with_it(tmp_path: Path, old: str, new: str, codes: set[str] | None) -> None:
    tree = (
        TREE.replace(old, new)
        if codes
        else TREE.replace("    name: 道路\n", "    name: 道路\n    normalise: {method: min-max, over: all}\n")
    )
    assert tree != TREE
    with pytest.raises(Refused) as refused:
        ic.load(tree)
    found = [one for one in refused.value.findings if one.severity == "error"]
    assert {one.code for one in found} == (codes or {"IC469"}), [one.message("en") for one in found]
    for one in found:
        assert one.place.line
        if one.code == "IC467":
            assert "IC201" in one.message("zh")
            assert re.search(r"201\d", one.message("zh"))


def test_a_year_of_quarters_has_one_tree(tmp_path: Path) -> None:
    tree = """
index: {id: city}
units: {table: units.csv}
periods: {kind: quarter, roll_up: year}
data: {values: {path: values.csv}}
dimensions:
  - {id: cases, weight: {2020: 0.4, SINCE: 0.5}}
  - {id: length, weight: {2020: 0.6, SINCE: 0.5}}
"""
    rows = [
        f"{unit},{year}Q{quarter},{value(unit, year, str(quarter))},{value(unit, year, 'x')}"
        for unit in UNITS
        for year in (2020, 2021)
        for quarter in (1, 2, 3, 4)
    ]
    files = {
        "units.csv": "id\n" + "\n".join(UNITS),
        "values.csv": "\n".join(["id,period,cases,length", *rows]),
        "indicators.yaml": tree.replace("SINCE", "2021"),
    }
    scores = scored(laid_out(tmp_path, files))
    weights = dict(zip(scores.periods, scores.sibling_weights[:, 0].round(3).tolist(), strict=True))
    assert {period: weights[period] for period in ("2020Q4", "2021Q1", "2020", "2021")} == {
        "2020Q4": 0.4,
        "2021Q1": 0.5,
        "2020": 0.4,
        "2021": 0.5,
    }
    with pytest.raises(Refused) as refused:
        ic.load(tree.replace("SINCE", "2021Q2"))
    assert [one.code for one in refused.value.findings] == ["IC474"]


APPEAL = """
  - {id: upheld, name: 申诉复核, node: safety, each: 5, unit: B区, period: 2013, reason: 警情重复计数, by: 考核办}
"""


def test_an_appeal_changes_one_score_and_keeps_its_reason(tmp_path: Path) -> None:
    """What was published stands beside what is scored anew."""
    plain = re.sub(r"grades:.*\n", "", TREE).replace("{2010: arithmetic, 2015: geometric}", "arithmetic")
    folder = project(tmp_path, plain)
    before = scored(folder)
    run(folder, "publish", "--period", "2013", "--by", "甲")
    tree = plain.replace("adjustments: [", "adjustments:\n  - ").replace("}}]\n", "}}\n").replace("2013: -2}}]", "2013: -2}}")
    tree = tree.replace("dimensions:", APPEAL.lstrip("\n") + "dimensions:", 1)
    (folder / "indicators.yaml").write_text(tree, encoding="utf-8")
    after = scored(folder)
    moved = after.scores - before.scores
    places = {tuple(cell) for cell in np.argwhere(np.nan_to_num(moved) != 0).tolist()}
    assert places == {(3, 1, after.node("safety")), (3, 1, after.tree.root)}
    assert moved[3, 1, after.node("safety")] == pytest.approx(5)
    run(folder, "score", "--period", "2013")
    assert "警情重复计数 · 考核办" in run(folder, "explain", "B", "--period", "2013")
    sheet = openpyxl.load_workbook(folder / "reports/2013/ranking.xlsx")
    assert any("警情重复计数 · 考核办" in map(str, row) for page in sheet for row in page.iter_rows(values_only=True))
    moves = ic.compare(before, after, period="2013").change
    np.testing.assert_allclose(moves.parts["adjustments"][list(moves.at).index(1)], moved[3, 1, after.tree.root], atol=1e-9)
    said = {row["unit"]: (row["rank"], row["published_rank"]) for row in answer(folder, "rank", "--period", "2013")["ranking"]}
    assert {unit: ranks[1] for unit, ranks in said.items()} == dict(zip(UNITS, before.rank()[3].tolist(), strict=True))
    row = answer(folder, "trend", "B")["trend"][3]
    assert float(row["published"]["score"]) == pytest.approx(before.score()[3, 1])
    assert row["scores"] == pytest.approx(after.score()[3, 1])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (", by: 考核办", "", "IC479"),
        (", unit: B区", "", "IC479"),
        ("period: 2013", "period: 20x3", "IC466"),
        ("each: 5,", "each: 5, column: x,", "IC480"),
        ("unit: B区", "unit: Z", "IC481"),
    ],
)
def test_an_appeal_that_lacks_something_is_refused(tmp_path: Path, old: str, new: str, code: str) -> None:
    tree = (
        HEAD
        + "adjustments:"
        + APPEAL.replace("node: safety", "node: city").replace(old, new)
        + "dimensions: [{id: cases, weight: 1}]\n"
    )
    with pytest.raises(Refused) as refused:
        scored(project(tmp_path, tree))
    assert code in {one.code for one in refused.value.findings if one.severity == "error"}


def test_a_misspelt_key_is_the_only_mistake_of_a_tree_that_changes() -> None:
    """What is there at different times does not add up together, which a mistake elsewhere must not bring out."""
    wrong = (
        HEAD
        + """dimensions:
  - id: d
    weight: 0.5
    indicators:
      - {id: a, weight: 1, until: 2011}
      - {id: b, weight: 1, since: 2012}
  - {id: e, weight: 0.5, nmae: 戊}
"""
    )
    with pytest.raises(Refused) as refused:
        ic.load(wrong)
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["IC111"]
