"""The repository's own project at full size: counts from the files themselves, and the same bytes from the same data."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

import indexcalc
from indexcalc.engine.levels import at_level
from indexcalc.panel import MISSING
from indexcalc.units import Units

from .conftest import count, ran

COMMAND = [sys.executable, "-m", "indexcalc"]
HERE = Path(__file__).parent.parent
LISTS = {"districts.csv", "units.csv", "streets.csv"}  # real codes and names, no data
STREETS = "街镇"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the report of its newest period."""
    root = Path(__file__).parent.parent
    folder = tmp_path_factory.mktemp("red-cotton")
    shutil.copy(root / "indicators.yaml", folder)
    shutil.copytree(root / "data", folder / "data")
    assert ran(folder, "score").returncode == 0
    return folder


# second-level and third-level indicators, departments, values a quarter: from public reports, but for the second-level ones of 2022
EDITIONS = {2021: (29, 132, 18, 1452), 2022: (30, 180, 22, 1980)}


def there(node: dict[str, Any], year: int) -> bool:
    """Say whether a node of the file is part of the tree in a year."""
    return bool(node.get("since", 0) <= year <= node.get("until", 9999))


@pytest.mark.parametrize("year", EDITIONS)
def test_the_tree_of_a_year_has_the_nodes_that_were_made_public(repository: Path, year: int) -> None:
    tree = yaml.safe_load((repository / "indicators.yaml").read_text(encoding="utf-8"))
    evaluated = [node for node in tree["dimensions"] if node.get("role") != "warning"]
    warning = [node for node in tree["dimensions"] if node.get("role") == "warning"]
    second = [node for dimension in evaluated for node in dimension["indicators"] if there(node, year)]
    third = [leaf for node in second for leaf in node["indicators"] if there(leaf, year)]
    departments = {leaf["department"] for leaf in third}
    assert (len(evaluated), len(warning)) == (5, 1)
    assert (len(second), len(third), len(departments), len(third) * 11) == EDITIONS[year]
    assert [len(kind["indicators"]) for kind in warning[0]["indicators"]] == [8] * 8
    for leaf in third:
        assert all(leaf[key] for key in ("name", "name_en", "measure", "direction", "department", "definition")), leaf["id"]


def test_every_third_level_indicator_is_one_line(repository: Path, index: indexcalc.Index) -> None:
    lines = (repository / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    leaves = [line for line in lines if line.startswith("          - {id:") and line.endswith("}")]
    ended, new = (sum(getattr(leaf, key) is not None for leaf in index.leaves) for key in ("until", "since"))
    assert 132 - ended + new == 180
    assert ended > 0
    assert len(leaves) == 132 + new + 64


@pytest.mark.parametrize("year", EDITIONS)
def test_departments_report_what_the_tree_of_the_year_asks_for(repository: Path, year: int) -> None:
    """A column that nobody is asked for stays empty in that year; of the others some cells may not have arrived."""
    cells: dict[str, int] = {}
    departments = set()
    for file in sorted((repository / "data" / "official").glob("*.csv")):
        if file.stem == STREETS:
            continue
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = [row for row in csv.DictReader(text) if row["期次"].startswith(str(year))]
        asked = [name for name in rows[0] if name not in ("区", "期次", "数据性质") and any(row[name] for row in rows)]
        departments |= {file.stem} if asked else set()
        for row in rows:
            cells[row["期次"]] = cells.get(row["期次"], 0) + len(asked)
    assert len(departments) == EDITIONS[year][2]
    assert cells == {f"{year}Q{quarter}": EDITIONS[year][3] for quarter in (1, 2, 3, 4)}


def test_scores_hold_eight_quarters_and_two_years_of_eleven_districts(project: Path) -> None:
    scores = pd.read_parquet(project / "reports" / "scores.parquet")
    assert sorted(scores["period"].unique()) == [
        "2021",
        "2021Q1",
        "2021Q2",
        "2021Q3",
        "2021Q4",
        "2022",
        "2022Q1",
        "2022Q2",
        "2022Q3",
        "2022Q4",
    ]
    assert scores["unit"].nunique() == 11
    names = pd.read_csv(project / "data" / "districts.csv", dtype=str)["name"]
    assert set(scores["unit_name"]) == set(names)
    above = scores[["node", "parent"]].drop_duplicates().rename(columns={"node": "parent", "parent": "above"})
    for year, (nodes, indicators, _, values) in EDITIONS.items():
        own = scores[scores["period"] == str(year)].merge(above, on="parent", how="left")
        one = own[own["unit"] == "440104"]
        assert (one["parent"] == "red-cotton").sum() == 6
        second = one[(one["above"] == "red-cotton") & (one["parent"] != "risk")]
        assert len(second) == nodes
        third = own[own["parent"].isin(second["node"])]
        assert len(third) == indicators * 11 == values
        assert set(third["status"]) <= {"value", "missing", "not applicable"}


def test_csv_and_parquet_say_the_same_and_read_back_exactly(project: Path) -> None:
    folder = project / "reports" / "2022"
    parquet = pd.read_parquet(folder.parent / "scores.parquet")
    parquet = parquet[parquet["period"] == "2022"]
    assert (folder / "scores.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (folder / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["period"], row["unit"], row["node"]) for row in rows] == list(
        zip(parquet["period"], parquet["unit"], parquet["node"], strict=True)
    )
    for column in ("score", "raw", "derived", "weight", "rank"):
        np.testing.assert_array_equal([float(row[column] or "nan") for row in rows], parquet[column].astype(float))


def test_the_workbook_has_a_sheet_for_the_ranking_each_dimension_and_the_notes(project: Path) -> None:
    book = openpyxl.load_workbook(project / "reports" / "2022" / "ranking.xlsx", data_only=True)
    assert book.sheetnames == [
        "总榜",
        "说明",
        "权重",
        "试算排名",
        "各维度位次",
        "社会安全度",
        "法治保障度",
        "德治建设度",
        "公众参与度",
        "智慧支撑度",
        "社会治理风险防控",
        "监测指标",
        "风险预警",
        "指标解释",
        "数据完整性",
        "得分构成",
        "历期得分",
        "指标体系与方法",
        "指标数据",
        "末级指标得分",
        "各级得分",
        "各级数据完整率",
        "位次计算",
    ]
    page = book["总榜"]
    assert all("模拟数据" in str(sheet["A1"].value) for sheet in book)
    ranking = pd.read_csv(project / "reports" / "2022" / "ranking.csv", encoding="utf-8-sig")
    shown = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=15)]
    assert [row[1] for row in shown] == list(ranking["区"])
    assert [row[2] for row in shown] == list(ranking["得分"])


def test_every_table_says_that_the_data_is_illustrative(project: Path) -> None:
    assert "模拟数据" in (project / "reports" / "2022" / "summary.md").read_text(encoding="utf-8").splitlines()[0]
    for file in sorted((project / "reports" / "2022").glob("*.csv")) + sorted((project / "data").rglob("*.csv")):
        head, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
        if file.name not in LISTS:
            assert (head[-1], {row[-1] for row in rows}) == ("数据性质", {"模拟数据"}), file.name
    printed = ran(project, "rank", "--lang", "en")
    assert "simulated data" in printed.stdout.splitlines()[0]


def test_the_warning_dimension_stays_out_of_the_index(repository: Path) -> None:
    index = indexcalc.load(repository / "indicators.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, repository))
    assert (scores.effective_weights[:, scores.node("risk")] == 0).all()
    assert scores.effective_weights[0, : scores.tree.leaves].sum() == pytest.approx(1)
    assert not pd.isna(scores.rank("risk")).any()


def test_the_same_run_gives_the_same_bytes_and_verifies(project: Path, tmp_path: Path) -> None:
    subprocess.run([*COMMAND, "score", "--out", str(tmp_path)], cwd=project, check=True, capture_output=True)
    for file in sorted((project / "reports" / "2022").iterdir()):
        assert file.read_bytes() == (tmp_path / "2022" / file.name).read_bytes(), file.name
    subprocess.run([*COMMAND, "verify", "reports/2022"], cwd=project, check=True, capture_output=True)


def test_a_changed_report_and_a_changed_input_are_found(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "2022"
    shutil.copytree(project / "reports" / "2022", copy)
    (copy / "ranking.csv").write_bytes((copy / "ranking.csv").read_bytes().replace(b"1,", b"2,", 1))
    said = ran(project, "verify", str(copy), "--json")
    assert said.returncode == 1
    found = [json.loads(line) for line in said.stderr.splitlines()]
    assert [one["code"] for one in found if one["severity"] == "error"] == ["IC505"]


def test_a_changed_weight_is_a_one_line_diff_and_score_shows_what_moved(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    text = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(text) if "id: criminal-cases," in line)
    other = next(i for i, line in enumerate(text) if i > at and "{id:" in line)
    for i, (old, new) in ((at, ("weight: 0.06", "weight: 0.16")), (other, ("weight: 0.2,", "weight: 0.1,"))):
        assert old in text[i]
        text[i] = text[i].replace(old, new)
    (folder / "indicators.yaml").write_text("\n".join(text) + "\n", encoding="utf-8")
    said = ran(folder, "score", "--lang", "en")
    assert "Since the last report here" in said.stdout
    assert "→" in said.stdout


def test_the_generator_makes_the_data_that_is_there(repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "indicators.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    for file in [*sorted((repository / "data").glob("*.py")), repository / "data" / "streets.csv"]:
        shutil.copy(file, tmp_path / "data")
    spec = importlib.util.spec_from_file_location("generate", tmp_path / "data" / "generate.py")
    assert spec is not None
    subprocess.run([sys.executable, "data/generate.py"], cwd=tmp_path, check=True, capture_output=True)
    for file in sorted((repository / "data").rglob("*.csv")):
        made = tmp_path / "data" / file.relative_to(repository / "data")
        assert made.read_bytes() == file.read_bytes(), file.name


def test_a_bare_check_is_check(project: Path, tmp_path: Path) -> None:
    """It goes past the parser of command lines; what it says and how it ends must not differ."""

    def run(folder: Path, *options: str) -> tuple[int, str, str]:
        done = subprocess.run([*COMMAND, "check", *options], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stdout, done.stderr

    assert run(project) == run(project, "--index", "indicators.yaml")
    assert run(project)[0] == 0
    assert run(tmp_path) == run(tmp_path, "--index", "indicators.yaml")  # no tree at all
    assert run(tmp_path)[0] == 1
    (tmp_path / "indicators.yaml").write_text("index: {id: a, wieght: 1}\n", encoding="utf-8")
    assert run(tmp_path) == run(tmp_path, "--index", "indicators.yaml")
    assert run(tmp_path)[0] == 1


def test_a_bare_check_loads_no_parser(project: Path) -> None:
    code = "import sys; sys.argv[1:] = ['check']\nfrom indexcalc.cli import run\nrun()\nassert 'typer' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True, capture_output=True)


# what is done rather than what comes of it, or what stands on a register
ACTIVITY = {"procurator-proposals", "volunteer-hours", "active-volunteers", "patrol-hours", "food-crime-solved"}
# what public reports name
PUBLIC = {
    "criminal-cases",
    "violent-cases",
    "drug-cases",
    "safety-survey",
    "food-pass",
    "food-crime-solved",
    "theft-robbery-cases",
    "traffic-accidents",
    "traffic-deaths",
    "work-accidents",
    "work-casualties",
    "procurator-proposals",
}


@pytest.fixture(scope="module")
def index() -> indexcalc.Index:
    return indexcalc.load(HERE / "indicators.yaml")


@pytest.fixture(scope="module")
def panel(index: indexcalc.Index) -> Any:
    """What the districts reported: tests/test_streets.py has the streets."""
    return at_level(index, indexcalc.read(index, HERE))


def weights_in_the_index(index: indexcalc.Index) -> dict[str, float]:
    found: dict[str, float] = {}

    def walk(node: Any, share: float) -> None:
        for child in getattr(node, "indicators", ()):
            walk(child, share * (child.weight or 0.0))
        if not getattr(node, "indicators", ()):
            found[node.id] = share

    for dimension in index.dimensions:
        walk(dimension, dimension.weight or 0.0)
    return found


@pytest.mark.parametrize("year", EDITIONS)
def test_results_weigh_most(index: indexcalc.Index, year: int) -> None:
    index = index.of_period(str(year), "year")
    weights = weights_in_the_index(index)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights.keys() >= ACTIVITY
    assert sum(weights[name] for name in ACTIVITY) < 0.08
    for name in (
        "criminal-cases",
        "food-crime-solved",
        "procurator-proposals",
    ):  # as they are named in public, with little weight
        assert 0 < weights[name] < 0.005
    counts = {leaf.id for leaf in index.leaves if leaf.per == "population" and leaf.direction == "higher" and weights[leaf.id]}
    assert counts <= ACTIVITY, "what is counted for its own sake is on the list"


def test_what_is_known_in_public_is_marked(index: indexcalc.Index) -> None:
    marked = {leaf.id for leaf in index.leaves if "公开报道" in leaf.note and leaf.source != "opinion"}
    assert marked == PUBLIC


def test_surveys_are_reported_by_who_commissions_them(index: indexcalc.Index) -> None:
    surveys = [leaf for leaf in index.leaves if leaf.measure == "分" and leaf.source is None]
    assert {leaf.department for leaf in surveys} == {"市委政法委", "市文明办"}


def copies_without(panel: Any, cells: Sequence[tuple[int, int, int]]) -> Any:
    """A panel with a copy of the city for each cell (period, unit, column), which lacks that cell alone."""
    size, many = len(panel.units), range(len(cells))
    values, status = (np.concatenate([array] * len(cells), axis=1) for array in (panel.values, panel.status))
    for copy, (period, unit, column) in enumerate(cells):
        values[period, copy * size + unit, column], status[period, copy * size + unit, column] = np.nan, MISSING

    def named(names: Sequence[Any]) -> tuple[str, ...]:
        return tuple(f"{name} {copy}" for copy in many for name in names)

    units = panel.units
    attributes = {name: named(column) for name, column in units.attributes.items()}
    copied = Units(named(units.ids), named(units.names), named(units.names_en), named(units.groups), attributes)
    return replace(panel, values=values, status=status, units=copied, address=None)


def test_nothing_that_is_not_reported_pays(index: indexcalc.Index, panel: Any) -> None:
    """Every cell of the newest year and some of the one before, each by the tree of its year: ends are fixed, and move with no cell."""
    rng = np.random.default_rng(16)
    index = index.changed(ranking=index.ranking.model_copy(update={"within": None}))  # 600 groups take time, and move no score
    before, size = indexcalc.score(index, panel).score(), len(panel.units)
    newest, older = (
        rng.permutation(np.argwhere(np.isfinite(part)) + np.array([start, 0, 0]))
        for part, start in ((panel.values[4:], 4), (panel.values[:4], 0))
    )
    assert len(newest) > 11_000
    cells = [tuple(cell) for cell in (*newest[: count(200, len(newest))], *older[: count(100, 500)])]
    for start in range(0, len(cells), 300):
        part = cells[start : start + 300]
        after = indexcalc.score(index, copies_without(panel, part)).score()
        for copy, (period, unit, column) in enumerate(part):
            gained = after[:, copy * size + unit] - before[:, unit]
            assert np.nanmax(gained) <= 1e-9, (panel.periods[period], panel.units.names[unit], panel.columns[column])


def test_every_grade_is_reached_somewhere_in_eight_quarters(index: indexcalc.Index, panel: Any) -> None:
    scores = indexcalc.score(index, panel)
    nodes = [node.position for node in scores.tree.branches]
    found = scores.scores[:8][..., nodes]
    limits = [grade.from_ for grade in index.grades if grade.from_ is not None]
    reached = {sum(bool(value >= limit) for limit in limits) for value in found[np.isfinite(found)]}
    assert reached == {0, 1, 2, 3}


def test_no_rate_exceeds_all_of_it(index: indexcalc.Index, panel: Any) -> None:
    scores = indexcalc.score(index, panel)
    rates = [at for at, leaf in enumerate(index.leaves) if leaf.measure == "%"]
    assert len(rates) > 60
    assert np.nanmax(scores.derived[..., rates]) <= 100
    assert np.nanmin(scores.derived[..., rates]) >= 0


def test_the_two_years_compare_across_the_changed_tree(index: indexcalc.Index, panel: Any) -> None:
    scores = indexcalc.score(index, panel)
    moves = indexcalc.change(scores, from_="2021", to="2022")
    assert {"structure", "weights", "own"} <= set(moves.parts)
    np.testing.assert_allclose(sum(moves.parts.values()), moves.scores[1] - moves.scores[0], atol=1e-9)
    assert not np.isnan(moves.scores).any()
    assert np.abs(moves.parts["structure"]).min() > 0
    assert indexcalc.compare(scores, "2021", "2022").count == 11
    goes_on = indexcalc.trend(scores, unit="440104", node="fleet-online").frame()
    assert len(goes_on) == 10
    assert not goes_on["value"].isna().any()
    assert goes_on.loc[goes_on["before"].isna(), "period"].tolist() == ["2021Q1", "2021"], "the first of their kind alone"
    assert len(indexcalc.trend(scores, unit="440104", node="night-survey").frame()) == 5
    for node, period in (("night-survey", "2021"), ("one-visit", "2022")):
        with pytest.raises(indexcalc.Refused) as refused:
            indexcalc.explain(scores, "440104", node=node, period=period)
        assert [one.code for one in refused.value.findings] == ["IC477"]


def told(folder: Path, *words: str) -> tuple[int, list[dict[str, Any]]]:
    done = ran(folder, *words, "--json")
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def changed(file: Path, cells: dict[tuple[str, str, str], str]) -> dict[tuple[str, str, str], str]:
    """Write some cells (district, period, column) of a table anew, and return their addresses."""
    head, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    found = {}
    for number, row in enumerate(rows, start=2):
        for (district, period, column), value in cells.items():
            if row[:2] == [district, period]:
                row[head.index(column)] = value
                found[district, period, column] = f"{number}:{head.index(column) + 1}"
    text = "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in [head, *rows])
    file.write_text(f"\ufeff{text}\n", encoding="utf-8")
    return found


def test_every_rule_between_values_finds_what_breaks_it_with_all_its_cells(
    index: indexcalc.Index, repository: Path, tmp_path: Path
) -> None:
    shutil.copy(repository / "indicators.yaml", tmp_path)
    shutil.copytree(repository / "data", tmp_path / "data")
    official = tmp_path / "data" / "official"
    broken: dict[str, tuple[str, dict[str, dict[str, str]]]] = {
        "theft-fraud": (
            "市公安局",
            {"荔湾区": {"刑事立案数": "900", "“两抢一盗”立案数": "600", "电信网络诈骗立案数": "500"}},
        ),
        "violent-part": ("市公安局", {"越秀区": {"八类严重暴力犯罪发案数": "99999", "刑事立案数": "1500"}}),
        "drug-part": ("市公安局", {"海珠区": {"毒品犯罪案件数": "99999", "刑事立案数": "2000"}}),
        "deaths-part": ("市应急管理局", {"荔湾区": {"生产安全事故死亡人数": "30", "事故伤亡人数": "20"}}),
        "volunteer-part": ("市文明办", {"荔湾区": {"活跃志愿者数": "9000000"}}),
        "lawyers-kept": ("市司法局", {"荔湾区": {"执业律师数": "3"}}),
    }
    assert {rule.id for rule in index.logic} == set(broken)
    code, found = told(tmp_path, "check")
    assert (code, [one for one in found if one["code"] in ("IC962", "IC963")]) == (0, []), "all rules hold on the sample"
    addresses: dict[str, dict[tuple[str, str, str], str]] = {}
    for name, (department, cells) in broken.items():
        addresses[name] = {}
        for period in ("2021Q4", "2022Q4"):
            wanted = {(district, period, column): value for district, row in cells.items() for column, value in row.items()}
            addresses[name] |= changed(official / f"{department}.csv", wanted)
    code, found = told(tmp_path, "check")
    assert code == 1
    for name, places in addresses.items():
        said = [one for one in found if one["code"] in ("IC962", "IC963") and name in json.dumps(one, ensure_ascii=False)]
        text = json.dumps(said, ensure_ascii=False)
        for period in ("2021", "2022"):
            of_year = [str(place) for (_, when, _), place in places.items() if when.startswith(period)]
            assert of_year
            assert all(place in text for place in of_year), (name, of_year, text)


def test_no_part_is_more_than_its_whole(index: indexcalc.Index, repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "indicators.yaml", tmp_path)
    shutil.copytree(repository / "data", tmp_path / "data")
    shares = [leaf for leaf in index.leaves if leaf.measure == "%" and leaf.per]
    assert len(shares) > 45
    for leaf in shares:
        period = "2022Q4" if leaf.until is None else "2021Q4"
        cells = {("天河区", period, leaf.column or leaf.name): "99999999"}
        assert changed(tmp_path / "data" / "official" / f"{leaf.department}.csv", cells), leaf.id
    code, found = told(tmp_path, "check")
    said = [json.dumps(one, ensure_ascii=False) for one in found if one["code"] in ("IC960", "IC961")]
    assert code == 1
    assert [leaf.id for leaf in shares if not any(leaf.name in one and "base.csv" in one for one in said)] == []


def test_a_rate_in_the_cell_of_a_numerator_is_refused(repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "indicators.yaml", tmp_path)
    shutil.copytree(repository / "data", tmp_path / "data")
    file = tmp_path / "form.xlsx"
    code, _ = told(tmp_path, "template", "--department", "市市场监管局", "--period", "2022Q4", "--out", str(file))
    assert code == 0
    with (tmp_path / "data" / "official" / "市市场监管局.csv").open(encoding="utf-8-sig", newline="") as text:
        reported = {row["区"]: row for row in csv.DictReader(text) if row["期次"] == "2022Q4"}
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if row[0].value == "区")
    for cell in head[3:10]:
        column = str(cell.value).splitlines()[0]
        for row in page.iter_rows(min_row=cell.row + 1, max_row=cell.row + 11):
            value = reported[str(row[0].value)][column]
            row[cell.column - 1].value = float(value) if value else None
    book.save(file)
    assert told(tmp_path, "submit", str(file), "--by", "张三", "--dry-run")[0] == 0
    column = next(cell.column for cell in head if str(cell.value).startswith("食品抽检合格批次"))
    page.cell(head[0].row + 3, column).value = 97.4  # the rate itself
    book.save(file)
    code, found = told(tmp_path, "submit", str(file), "--by", "张三", "--dry-run")
    assert code == 1
    assert "IC960" in {one["code"] for one in found if one["severity"] == "error"}
