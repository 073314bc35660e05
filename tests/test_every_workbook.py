"""The workbook of every project, opened in LibreOffice: it opens, calculates without an error, and shows no number as ###."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from indexcalc.jobs.gallery import gallery, project_files
from indexcalc.report.files import WORKBOOK, Reports
from indexcalc.scores import Scores

from .conftest import PROVE
from .office import calculated, needs_office
from .test_every_page import PUBLISHED, scored

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::UserWarning")]
TREES = [file for file in sorted(PUBLISHED.glob("*/*.yaml")) if PROVE]
EXAMPLES = [one.name for one in gallery()] if PROVE else ["starter"]
MANY = 400  # units above which pages are not printed: a thousand of them show nothing more


def opened(scores: Scores, folder: Path) -> None:
    """Calculate the workbook of the newest period anew, and print it."""
    needs_office()
    made = folder / WORKBOOK
    made.write_bytes(Reports(scores, "zh").of(scores.periods[-1], ["xlsx"])[WORKBOOK])
    out = calculated([made], folder / "office")
    book = openpyxl.load_workbook(out / WORKBOOK, data_only=True)
    cells = [(sheet.title, cell.coordinate, cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [one for one in cells if isinstance(one[2], str) and one[2].startswith(("#", "Err:"))] == []
    assert len(book.sheetnames) > 2
    if len(scores.panel.units) > MANY or shutil.which("pdftotext") is None:
        return
    printed = calculated([made], folder / "printed", to="pdf") / "ranking.pdf"
    text = subprocess.run(["pdftotext", str(printed), "-"], capture_output=True, text=True, check=True).stdout
    assert "###" not in text


@pytest.mark.parametrize("file", TREES, ids=[f"{file.parent.name}-{file.stem}" for file in TREES])
def test_the_workbook_of_a_published_index(file: Path, shared: Path, tmp_path: Path) -> None:
    opened(scored(file, shared), tmp_path)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_workbook_of_an_example(name: str, tmp_path: Path) -> None:
    for path, content in project_files(name).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    opened(scored(tmp_path / "indicators.yaml", tmp_path), tmp_path)
