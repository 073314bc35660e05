"""What people read of the repository's own index in Chinese: periods in words, rows of the whole, changes in official style."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from indexcalc.jobs.project import Project
from indexcalc.report.files import report_files
from indexcalc.scores import Scores

from .conftest import REPOSITORY
from .projects import run

AS_IN_IDS = re.compile(r"\b20\d\d(Q[1-4]|H[12]|-\d\d)\b|\b20\d\d\b(?!年)")


@pytest.fixture(scope="module")
def scores() -> Scores:
    return Project(REPOSITORY / "indicators.yaml", REPOSITORY, REPOSITORY / "reports").scores()


@pytest.fixture(scope="module")
def report(scores: Scores) -> dict[str, bytes]:
    return report_files(scores, "2022Q4", "zh")


def cells_of(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book}


@pytest.mark.parametrize(
    "words",
    [
        ("rank", "--period", "2022Q4"),
        ("rank", "--node", "safety", "--period", "2022"),
        ("explain", "越秀", "--depth", "2"),
        ("explain", "荔湾", "--depth", "2", "--vs", "group", "--period", "2022Q3"),
        ("trend", "越秀"),
        ("trend", "--node", "criminal-cases", "--period", "2022Q4"),
        ("change", "黄埔", "--from", "2021", "--to", "2022"),
        ("change", "--from", "2022Q3", "--to", "2022Q4"),
        ("compare", "2021", "2022"),
        ("warn", "--period", "2022Q4"),
    ],
    ids=" ".join,
)
def test_periods_are_written_in_words(words: tuple[str, ...]) -> None:
    shown = [line for line in run(REPOSITORY, *words).splitlines() if "←" not in line]  # addresses stay as they are
    assert [line for line in shown if AS_IN_IDS.search(line)] == []
    assert any("年" in line for line in shown)


def test_periods_of_a_report_are_in_words_and_those_for_programs_in_ids(report: dict[str, bytes]) -> None:
    assert "2022年第四季度" in report["summary.md"].decode()
    assert not AS_IN_IDS.search(report["summary.md"].decode())
    texts = [cell for rows in cells_of(report["ranking.xlsx"]).values() for row in rows for cell in row if isinstance(cell, str)]
    assert [text for text in texts if AS_IN_IDS.search(text)] == []
    assert "2022Q4" in report["scores.csv"].decode() and "2022年" not in report["scores.csv"].decode()
    assert "2022Q4" in report["warnings.csv"].decode() and "2022年" not in report["warnings.csv"].decode()


def test_periods_of_tables_for_programs_are_those_of_ids(tmp_path: Path) -> None:
    run(REPOSITORY, "change", "--from", "2021", "--to", "2022", "--out", str(tmp_path))
    heading = next(tmp_path.glob("*.csv")).read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert {"2021", "2022", "位次₀", "位次₁"} <= set(heading)
