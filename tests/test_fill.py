"""A form that is typed in: the same as a workbook that is handed in, with every finding at its cell."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from indexcalc.jobs.fill import fill, hand_in, recorded
from indexcalc.jobs.ledger import log, verify
from indexcalc.jobs.project import project_of
from indexcalc.jobs.publish import publish_in
from indexcalc.jobs.submissions import submissions
from indexcalc.jobs.template import form, form_workbook
from indexcalc.journal.entries import read_cells
from indexcalc.journal.ledger import entry_of

from .sources import engines

postgres = engines.postgres
TREE = """\
index: {id: demo, name: 示例指数}
units: {label: 区, table: units.csv}
periods: {kind: quarter, due: 15}
data: {reported: {ledger: WHERE}}
defaults: {normalise: min-max}
dimensions:
  - {id: cases, name: 案件数, direction: lower, weight: 0.5, department: 市公安局, measure: 件, valid: [0, 100]}
  - {id: calls, name: 求助数, weight: 0.5, department: 市公安局}
  - {id: clinics, name: 诊所数, role: monitored, department: 市卫健委}
"""
WHOLE = {(row, column): str(10 + 3 * row + column) for row in range(3) for column in range(2)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "indicators.yaml").write_text(TREE.replace("WHERE", "ledger.sqlite"), encoding="utf-8")
    (tmp_path / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n", encoding="utf-8")
    return tmp_path


def test_what_is_typed_is_recorded_as_a_workbook_of_the_same_values_is(folder: Path) -> None:
    project, asked = project_of(folder), form(folder, "市公安局", "2022Q1")
    workbook = folder / "form.xlsx"
    workbook.write_bytes(form_workbook(asked))
    book = openpyxl.load_workbook(workbook)
    page = book.worksheets[0]
    first = next(row for row in range(1, 20) if page.cell(row, 1).value == "东区")
    for (row, column), text in WHOLE.items():
        page.cell(first + row, 4 + column).value = int(text)
    book.save(workbook)
    uploaded = hand_in(project, "form.xlsx", workbook.read_bytes(), asked, by="张三", dry_run=True)
    assert [one.code for one in uploaded.findings if one.severity != "note"] == []
    (one,) = fill(project, asked, WHOLE, by="张三").entries
    assert one.number == 1 and one.receipt.startswith("1:")
    kept = [[(cell.unit, cell.column, cell.value) for cell in read_cells(each.cells)] for each in (one, *uploaded.entries)]
    assert kept[0] == kept[1]
    assert recorded(project, asked)[1] == WHOLE


@pytest.mark.filterwarnings("ignore::UserWarning")  # that one department has reported nothing
def test_years_of_reported_quarters_are_published(folder: Path) -> None:
    """Nobody reports a year: its report says who reported its quarters."""
    file = folder / "indicators.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("due: 15", "due: 15, roll_up: year"), encoding="utf-8")
    project = project_of(folder)
    for quarter in (1, 2, 3, 4):
        values = {cell: str(int(text) + quarter) for cell, text in WHOLE.items()}
        assert fill(project, form(folder, "市公安局", f"2021Q{quarter}"), values, by="张三").entries
    scores = project.scores()
    assert scores.periods[-1] == "2021"
    assert {one.period for one in submissions(project, scores.periods)} == {f"2021Q{quarter}" for quarter in (1, 2, 3, 4)}
    assert publish_in(project, scores, "2021", by="李四", why="").folder is not None


def test_a_measure_with_brackets_of_its_own_does_not_hide_its_column(folder: Path) -> None:
    file = folder / "indicators.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("measure: 件", "measure: 元（当年价）"), encoding="utf-8")
    found = fill(project_of(folder), form(folder, "市公安局", "2022Q1"), WHOLE, by="张三", dry_run=True)
    assert not found.is_refused and [one.code for one in found.findings if one.severity != "note"] == []


def test_every_mistake_is_told_at_its_cell_and_nothing_is_recorded(folder: Path) -> None:
    project, asked = project_of(folder), form(folder, "市公安局", "2022Q1")
    wrong = {**WHOLE, (0, 0): "many", (2, 0): "101", (1, 1): ""}
    found = fill(project, asked, wrong, by="张三", dry_run=True)
    assert found.is_refused
    at = {cell: [one.code for one in some] for cell, some in found.by_cell().items() if cell is not None}
    assert at == {(0, 0): ["IC314"], (2, 0): ["IC349"]}
    assert "西区 求助数" in next(one for one in found.findings if one.code == "IC673").message("zh")
    assert not (folder / "ledger.sqlite").exists()


def test_a_correction_needs_a_reason_and_a_name(folder: Path) -> None:
    project, asked = project_of(folder), form(folder, "市公安局", "2022Q1")
    assert not fill(project, asked, WHOLE, by="张三").is_refused
    changed = {**WHOLE, (0, 0): "11"}
    assert "IC655" in [one.code for one in fill(project, asked, changed, by="张三").findings]
    assert "IC674" in [one.code for one in fill(project, asked, changed, by=" ", reason="更正").findings]
    (entry,) = fill(project, asked, changed, by="张三", reason="更正").entries
    assert (entry.version, entry.reason) == (2, "更正")
    assert recorded(project, asked)[1] == changed


@pytest.mark.parametrize(
    "text", ["=cmd()", '"', ",", "\n", "' OR 1=1", "<img src=x onerror=alert(1)>", "9" * 400, "\x00", "\u202e1"]
)
def test_whatever_is_typed_is_one_cell(folder: Path, text: str) -> None:
    found = fill(project_of(folder), form(folder, "市公安局", "2022Q1"), {**WHOLE, (1, 0): text}, by="张三", dry_run=True)
    assert {cell for cell in found.by_cell() if cell not in (None, (1, 0))} <= {(-1, -1)}


def test_eight_departments_at_once_lose_nothing_that_was_acknowledged(folder: Path) -> None:
    names = [f"部门{at}" for at in range(8)]
    nodes = "".join(f"  - {{id: i{at}, weight: 0.125, department: {name}}}\n" for at, name in enumerate(names))
    tree = TREE[: TREE.index("dimensions:")].replace("WHERE", "ledger.sqlite") + "dimensions:\n" + nodes
    (folder / "indicators.yaml").write_text(tree, encoding="utf-8")
    project_of(folder).index()
    forms = {name: form(folder, name, "2022Q1") for name in names}

    def report(name: str) -> str:
        done = fill(project_of(folder), forms[name], {(row, 0): str(row + 1) for row in range(3)}, by=name)
        return done.entries[0].receipt

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(report, names))
    assert len(set(receipts)) == 8
    whole = verify(project_of(folder), receipts=receipts)
    assert whole.submissions == 8
    assert sorted(one.department for one in log(project_of(folder)).entries) == names


@pytest.mark.slow
def test_the_same_on_postgresql(folder: Path, postgres: str) -> None:
    (folder / "indicators.yaml").write_text(TREE.replace("WHERE", f'"{postgres}"'), encoding="utf-8")
    project, asked = project_of(folder), form(folder, "市公安局", "2022Q1")
    (entry,) = fill(project, asked, WHOLE, by="张三").entries
    assert recorded(project, asked)[1] == WHOLE
    kept = entry_of(postgres, folder, entry.number)
    assert kept is not None and kept.receipt == entry.receipt
    assert verify(project, receipts=[entry.receipt]).submissions >= 1
