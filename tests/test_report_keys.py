"""What `report:` and `publish:` say: what runs, what is shown to whom, of which units, on which map."""

from __future__ import annotations

import io
import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import indexcalc
from indexcalc.findings import Refused
from indexcalc.journal.edition import Edition
from indexcalc.report.draw.tiles import Place, outline_map, tile_map
from indexcalc.report.files import Reports
from indexcalc.report.formats.html.page import report_page
from indexcalc.report.sheets.analysed import Analysed, analysed
from indexcalc.report.sheets.scorecard import scorecard
from indexcalc.report.sheets.sentences import headlines
from indexcalc.scores import Scores

from .projects import laid_out, run, said

UNITS = "id,name,name_en,group\nA,东区,East,甲\nB,西区,West,甲\nC,南区,South,乙\nD,北区,North,乙\n"
TREE = """
index: {id: city, name: 示例指数, decimals: 1}
units: {label: 区, table: units.csv}
periods: {kind: year}
data: {v: {path: secret-file.csv}}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
%s
warnings: {rules: [{id: high, name: 案件过多, node: cases, yellow: 60, orange: 70, red: 80}]}
dimensions:
  - {id: safety, name: 安全, weight: 0.6, indicators: [{id: cases, name: 案件, measure: 宗, direction: lower, weight: 0.5, department: 公安局, normalise: {method: goalposts, worst: 100, best: 0}}, {id: calls, name: 警情, weight: 0.5}]}
  - {id: works, name: 建设, weight: 0.4, indicators: [{id: roads, name: 道路, measure: 公里, role: monitored}, {id: parks, name: 公园, weight: 1, department: 园林局}]}
"""
VALUES = (
    "id,year,cases,calls,roads,parks\nA,2021,81.25,40,313.25,50\nB,2021,20,60,511.75,60\nC,2021,61.25,20,222.5,70\nD,2021,30,70,111.5,90\n"
    "A,2022,85.75,40,317.25,50\nB,2022,22.25,61,517.75,66\nC,2022,,21,227.25,77\nD,2022,71.5,70,117.5,90\n"
)
SQUARES = [("A", 113.0, 23.0), ("西区", 113.1, 23.0), ("C", 113.0, 23.1), ("D", 113.1, 23.1)]
CLUES = {  # what only somebody who may see it can know
    "values": ("85.75", "317.25", "517.75"),
    "addresses": ("secret-file.csv", ":10:3"),
    "departments": ("公安局", "园林局"),
    "warnings": ("案件过多", "红色预警", "橙色预警"),
}


def geojson(key: str = "code", squares: Any = SQUARES) -> str:
    features = []
    for name, x, y in squares:
        ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
        features.append({"type": "Feature", "properties": {key: name}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def project(folder: Path, keys: str = "", **files: str) -> Path:
    return laid_out(folder, {"indicators.yaml": TREE % keys, "units.csv": UNITS, "secret-file.csv": VALUES, **files})


def scored(folder: Path, keys: str = "", **files: str) -> Scores:
    return indexcalc.score(project(folder, keys, **files) / "indicators.yaml")


def text_of(files: dict[str, bytes]) -> str:
    """All that is said in some files, workbooks included."""
    said = [content.decode("utf-8", "replace") for name, content in files.items() if not name.endswith((".xlsx", ".parquet"))]
    for name, content in files.items():
        if name.endswith(".xlsx"):
            for sheet in openpyxl.load_workbook(io.BytesIO(content)):
                said += [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    return "\n".join(said)


@pytest.mark.parametrize("opened", [[], *([one] for one in CLUES), *map(list, combinations(CLUES, 2)), list(CLUES)], ids=str)
def test_the_public_edition_shows_what_publish_lists_and_nothing_else(tmp_path: Path, opened: list[str]) -> None:
    scores = scored(tmp_path, f"publish: [{', '.join(opened)}]")
    edition = Edition(("html", "xlsx", "md", "svg"), (), "public")
    files = Reports(scores, "zh", edition=edition).of("2022", analyses=True)
    shown = text_of(files)
    for what, clues in CLUES.items():
        if what not in opened:
            assert [clue for clue in clues if clue in shown] == [], what
        elif what != "addresses" or "values" in opened:  # addresses stand on scorecards, which are there where values are
            assert any(clue in shown for clue in clues), what
    assert ("scores.csv" in files) == ("values" in opened)
    assert ("warnings.csv" in files) == ("warnings" in opened)
    within = text_of(Reports(scores, "zh").of("2022", analyses=True))
    assert all(clue in within for clues in CLUES.values() for clue in clues[:1])


def test_a_report_is_called_and_runs_what_the_tree_says(tmp_path: Path) -> None:
    keys = "report: {title: 平安年报, title_en: Annual report, analyses: [change, target, robustness], moved_at_least: 1, pinned: [西区]}"
    scores = scored(tmp_path, keys)
    shown = analysed(scores, "2022")
    assert shown.uncertainty is None
    assert shown.change is not None
    assert set(shown.plans) == {unit for unit in range(4) if scores.rank()[1, unit] > 1}
    assert shown.turns
    assert {turn.norm for turn in shown.turns} == {"L1"}
    page = report_page(shown, ["zh"]).decode()
    assert "<title>平安年报 · 2022年度</title>" in page
    assert "<title>Annual report · 2022</title>" in report_page(shown, ["en"]).decode()
    assert re.findall(r'value="(\w+)" aria-label="[^"]*" checked', page) == ["B"]
    assert "即可互换" in page
    assert "的最小改进" in page
    bare = analysed(scored(tmp_path / "bare", "report: {analyses: []}"), "2022")
    assert (bare.uncertainty, bare.change, bare.plans, bare.turns) == (None, None, {}, ())


def test_a_plan_on_a_scorecard_reaches_the_next_rank(tmp_path: Path) -> None:
    scores = scored(tmp_path, "report: {analyses: [target]}")
    shown = analysed(scores, "2022")
    for unit, plan in shown.plans.items():
        card = scorecard(shown, unit, "zh")
        assert plan.reached
        assert plan.ranks[1] <= plan.rank == card.next_rank < card.rank
        assert card.plan is not None
        assert len(card.plan.rows) == len(plan.steps)
        assert card.to_next == pytest.approx(scores.score()[1][scores.rank()[1] == card.next_rank][0] - card.score)


def test_analyses_run_for_the_newest_period_or_for_all(tmp_path: Path) -> None:
    for keys, wanted in (("", [False, True]), ("report: {periods: all}", [True, True])):
        folder = tmp_path / str(len(keys))
        project(folder, keys)
        run(folder, "score", "--period", "all", "--format", "html", "--quiet")
        ran = [
            json.loads((folder / "reports" / year / "run.json").read_text(encoding="utf-8"))["analyses"]
            for year in ("2021", "2022")
        ]
        assert ran == wanted
        for year in ("2021", "2022"):
            run(folder, "verify", str(folder / f"reports/{year}"))


def test_units_that_move_so_many_places_have_a_sentence(tmp_path: Path) -> None:
    def moved(keys: str, folder: Path) -> list[str]:
        return [one.text for one in headlines(analysed(scored(folder, keys), "2022", every=False), "zh") if one.rule == "S3"]

    one, two = moved("report: {moved_at_least: 1}", tmp_path / "1"), moved("report: {moved_at_least: 3}", tmp_path / "3")
    assert len(one) > len(two)


# ------------------------------------------------------------------------------------------------------------- of one unit


def test_a_report_of_one_unit_has_its_own_values_and_no_others(tmp_path: Path) -> None:
    folder = project(tmp_path)
    run(folder, "report", "--unit", "东区", "--format", "html,xlsx,md,svg", "--quiet")
    made = folder / "reports" / "units" / "A" / "2022"
    files = {file.relative_to(made).as_posix(): file.read_bytes() for file in made.rglob("*") if file.is_file()}
    assert set(files) == {"report.html", "ranking.xlsx", "summary.md", "svg/petals.svg", "run.json"}
    assert not (folder / "reports" / "panel.json").exists()
    text = text_of({name: content for name, content in files.items() if name != "run.json"})
    assert "85.75 宗" in text
    assert "517.75" not in text
    assert "71.5 宗" not in text
    assert json.loads(files["run.json"])["unit"] == "A"
    run(folder, "verify", str(folder / "reports/units/A/2022"))
    (made / "summary.md").write_text("another", encoding="utf-8")
    assert "IC505" in run(folder, "verify", str(folder / "reports/units/A/2022"), expect=1)
    again = indexcalc.write_report(indexcalc.score(folder / "indicators.yaml"), unit="A", formats=("html",), lang="en")
    assert again.folders == (folder / "reports" / "units" / "A" / "2022",)
    assert "East" in (again.folders[0] / "report.html").read_text(encoding="utf-8").split("<h1>")[1].split("</h1>")[0]


def test_a_unit_that_is_not_there_and_names_that_are_no_folders(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert "IC" in run(folder, "report", "--unit", "中区", expect=1)
    (folder / "units.csv").write_text(UNITS.replace("A,东区", "../A,东区"), encoding="utf-8")
    (folder / "secret-file.csv").write_text(VALUES.replace("\nA,", "\n东区,"), encoding="utf-8")
    run(folder, "report", "--unit", "东区", "--format", "md", "--quiet")
    (made,) = (folder / "reports" / "units").iterdir()
    assert re.fullmatch(r"A-[0-9a-f]{8}", made.name)
    assert sorted(one.name for one in folder.iterdir()) == ["indicators.yaml", "reports", "secret-file.csv", "units.csv"]


# ------------------------------------------------------------------------------------------------------------------- maps


MAP = "report: {map: {geojson: map.json, id: code, licence: 示例许可}}"


def test_the_users_outlines_are_drawn(tmp_path: Path) -> None:
    folder = project(tmp_path, MAP, **{"map.json": geojson()})
    run(folder, "report", "--format", "html,svg", "--quiet")
    page = (folder / "reports/2022/report.html").read_text(encoding="utf-8")
    drawn = page.split('class="wide map"')[1].split("</figure>")[0]
    assert re.findall(r'<g data-unit="(\w)"', drawn) == list("ABCD")
    assert "示例许可" in drawn
    assert {file.name for file in (folder / "reports/2022/svg").glob("map-*")} == {
        "map-city.svg",
        "map-safety.svg",
        "map-works.svg",
    }
    inputs = json.loads((folder / "reports/2022/run.json").read_text(encoding="utf-8"))["inputs"]
    assert "map.json" in inputs
    run(folder, "verify", str(folder / "reports/2022"))
    (folder / "map.json").write_text(geojson(squares=SQUARES[:3]), encoding="utf-8")
    assert "IC506" in run(folder, "verify", str(folder / "reports/2022"), expect=1)
    assert "IC526" in said(folder, "check")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "IC524"),
        ("[" * 100_000, "IC524"),
        ('{"type": "Feature"}', "IC524"),
        (geojson(squares=[("A", 500000.0, 23.0)]), "IC524"),
        (geojson(squares=[("A", float("nan"), 23.0)]), "IC524"),
        (geojson("other"), "IC525"),
        ('{"type": "FeatureCollection", "features": [1, null, {"geometry": {"type": "Point", "coordinates": [1, 2]}}]}', "IC525"),
    ],
    ids=["empty", "deep", "one feature", "no degrees", "no number", "another property", "no shapes"],
)
def test_what_is_no_map_is_refused_before_anything_is_written(tmp_path: Path, content: str, code: str) -> None:
    folder = project(tmp_path, MAP, **{"map.json": content})
    assert code in run(folder, "check", expect=1)
    assert code in run(folder, "score", expect=1)
    assert not (folder / "reports").exists()


def test_pinned_units_must_be_there_and_few(tmp_path: Path) -> None:
    folder = project(tmp_path, "report: {pinned: [中区]}")
    assert "IC748" in run(folder, "report", expect=1)
    with pytest.raises(Refused) as refused:
        indexcalc.load(TREE % "report: {pinned: [A, B, C, D, E, F]}")
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["IC527"]


def test_maps_stay_small_whatever_their_outlines(tmp_path: Path) -> None:
    import math

    round_ = [(113 + math.cos(at / 9e3) / 9, 23 + math.sin(at / 9e3) / 9) for at in range(60_000)]
    drawn = outline_map({"A": Place("东区", "1.0", 1.0)}, {"A": [round_], "B": [[(200.0, 23.0)] * 3]}, "label", "")
    assert len(drawn) < 60_000
    assert drawn.count("<path") == 2
    assert tile_map({}, {}, "nothing") == ""
    tiles = tile_map({"A": Place("东", "1", 0.0), "B": Place("西", "–", math.nan)}, {"A": (7, 7), "B": (8, 7)}, "two")
    assert 'viewBox="0 0 76 152"' in tiles, "rows and columns may begin anywhere"


def test_a_changing_tree_has_its_warnings_and_says_what_is_new(tmp_path: Path) -> None:
    tree = (TREE % "").replace("{id: calls, name: 警情, weight: 0.5}", "{id: calls, name: 警情, weight: 0.5, since: 2022}")
    tree = tree.replace("direction: lower, weight: 0.5", "direction: lower, weight: {2021: 1, 2022: 0.5}")
    folder = laid_out(tmp_path, {"indicators.yaml": tree, "units.csv": UNITS, "secret-file.csv": VALUES.replace("21,40", "21,")})
    values = re.sub(r"^(\w,2021,[\d.]+),\d+", r"\1,", VALUES, flags=re.MULTILINE)
    (folder / "secret-file.csv").write_text(values, encoding="utf-8")
    scores = indexcalc.score(folder / "indicators.yaml")
    shown: Analysed = analysed(scores, "2022")
    page = report_page(shown, ["zh"]).decode()
    board = page.split('id="warnings"')[1].split("</section>")[0]
    assert "案件过多" in board
    assert "东区" in board
    (changed,) = [one.text for one in headlines(shown, "zh") if one.rule == "S10"]
    assert "新增警情" in changed
    assert "1个指标调整权重" in changed
    assert "指标体系有变" in page.split('id="history"')[1].split("</section>")[0]
    assert [one for one in headlines(analysed(scores, "2021"), "zh") if one.rule == "S10"] == []


def test_a_unit_is_meant_by_its_id_a_name_or_an_alias_and_by_none_that_two_have(tmp_path: Path) -> None:
    laid_out(
        tmp_path,
        {
            "indicators.yaml": "index: {id: i}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
            "dimensions: [{id: x, name: 甲, weight: 1}]\nreport: {pinned: [城区]}\n",
            "u.csv": "id,name,name_en,aliases\n1,城区,Clay,老城\n2,城区,,\n3,县,Hill,\n",
            "v.csv": "id,年份,甲\n1,2022,1\n2,2022,2\n3,2022,4\n",
        },
    )
    index = indexcalc.load(tmp_path / "indicators.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, tmp_path))
    assert [scores.unit(name) for name in ("1", "老城", "Clay", "县", "Hill", "城区", "镇")] == [0, 0, 0, 2, 2, None, None]
    of_frame = indexcalc.score(index, scores.panel)
    assert [of_frame.unit(name) for name in ("2", "县", "城区")] == [1, 2, None]
    assert "IC748" in run(tmp_path, "report", "--out", str(tmp_path / "out"), expect=1)  # which of the two is highlighted?
    assert "IC374" in run(tmp_path, "explain", "城区", expect=1)
