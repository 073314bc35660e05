"""The repository's own project at full size: counts from the files themselves, and the same bytes from the same data."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

import indexcalc

COMMAND = [sys.executable, "-m", "indexcalc"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the report of its newest period."""
    root = Path(__file__).parent.parent
    folder = tmp_path_factory.mktemp("red-cotton")
    shutil.copy(root / "indicators.yaml", folder)
    shutil.copytree(root / "data", folder / "data")
    subprocess.run([*COMMAND, "score"], cwd=folder, check=True, capture_output=True)
    return folder


def test_the_tree_has_five_and_one_dimensions_29_nodes_132_indicators(repository: Path) -> None:
    tree = yaml.safe_load((repository / "indicators.yaml").read_text(encoding="utf-8"))
    evaluated = [node for node in tree["dimensions"] if node.get("role") != "warning"]
    warning = [node for node in tree["dimensions"] if node.get("role") == "warning"]
    second = [node for dimension in evaluated for node in dimension["indicators"]]
    third = [leaf for node in second for leaf in node["indicators"]]
    assert (len(evaluated), len(warning), len(second), len(third)) == (5, 1, 29, 132)
    assert [len(kind["indicators"]) for kind in warning[0]["indicators"]] == [8] * 8
    assert len({leaf["department"] for leaf in third}) == 18


def test_every_third_level_indicator_is_one_line(repository: Path) -> None:
    lines = (repository / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    leaves = [line for line in lines if line.startswith("          - {id:") and line.endswith("}")]
    assert len(leaves) == 132 + 64


def test_departments_report_1452_values_each_quarter(repository: Path) -> None:
    cells: dict[str, int] = {}
    files = sorted((repository / "data" / "official").glob("*.csv"))
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for row in csv.DictReader(text):
                cells[row["期次"]] = cells.get(row["期次"], 0) + len(row) - 2
    assert len(files) == 18
    assert cells == {f"{year}Q{quarter}": 1452 for year in (2021, 2022) for quarter in (1, 2, 3, 4)}


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
    year = scores[scores["period"] == "2022"].merge(
        scores[["node", "parent"]].drop_duplicates().rename(columns={"node": "parent", "parent": "above"}),
        on="parent",
        how="left",
    )
    one = year[year["unit"] == "440104"]
    assert (one["parent"] == "red-cotton").sum() == 6
    second = one[(one["above"] == "red-cotton") & (one["parent"] != "risk")]
    assert len(second) == 29
    third = year[year["parent"].isin(second["node"])]
    assert len(third) == 132 * 11 == 1452
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
    book = openpyxl.load_workbook(project / "reports" / "2022" / "ranking.xlsx")
    assert book.sheetnames == [
        "总榜",
        "各维度位次",
        "社会安全度",
        "法治保障度",
        "德治建设度",
        "公众参与度",
        "智慧支撑度",
        "社会治理风险预警",
        "风险预警",
        "数据完整性与说明",
    ]
    page = book["总榜"]
    assert "示例" in str(page["A2"].value)
    ranking = pd.read_csv(project / "reports" / "2022" / "ranking.csv", encoding="utf-8-sig")
    shown = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=15)]
    assert [row[1] for row in shown] == list(ranking["区"])
    assert [row[2] for row in shown] == list(ranking["得分"])


def test_every_table_says_that_the_data_is_illustrative(project: Path) -> None:
    assert "示例" in (project / "reports" / "2022" / "summary.md").read_text(encoding="utf-8")
    printed = subprocess.run(
        [*COMMAND, "rank", "--lang", "en"], cwd=project, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert "Illustrative" in printed.stdout


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
    said = subprocess.run(
        [*COMMAND, "verify", str(copy), "--json"], check=False, cwd=project, capture_output=True, text=True, encoding="utf-8"
    )
    assert said.returncode == 1
    found = [json.loads(line) for line in said.stderr.splitlines()]
    assert [one["code"] for one in found if one["severity"] == "error"] == ["IC505"]


def test_a_changed_weight_is_a_one_line_diff_and_score_shows_what_moved(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    text = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(text) if "id: criminal-cases," in line)
    other = next(i for i, line in enumerate(text) if i > at and "{id:" in line)
    for i, (old, new) in ((at, ("weight: 0.20", "weight: 0.30")), (other, ("weight: 0.20", "weight: 0.10"))):
        assert old in text[i]
        text[i] = text[i].replace(old, new)
    (folder / "indicators.yaml").write_text("\n".join(text) + "\n", encoding="utf-8")
    said = subprocess.run(
        [*COMMAND, "score", "--lang", "en"], cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert "Since the last report here" in said.stdout
    assert "→" in said.stdout


def test_the_generator_makes_the_data_that_is_there(repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "indicators.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    for script in ("generate.py", "generate_posts.py"):
        shutil.copy(repository / "data" / script, tmp_path / "data")
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
