"""A report on paper is read back: its tables are those of the report, its text is that of its sentences, and all of it stays text."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import indexcalc
from indexcalc import Refused
from indexcalc.jobs.init import init
from indexcalc.report import fonts
from indexcalc.report.formats.paper import LANDSCAPE, PORTRAIT, grids
from indexcalc.report.formats.text import cells, full_title
from indexcalc.report.sheets.analysed import Analysed, analysed
from indexcalc.report.sheets.annex import method_sheet
from indexcalc.report.sheets.paper import Paper, Text, paper_of
from indexcalc.report.sheets.scorecard import scorecard, unit_sheets
from indexcalc.report.sheets.sentences import headlines, unit_sentences
from indexcalc.report.sheets.sheet import Sheet
from indexcalc.report.sheets.tables import coverage_sheet, dimension_sheet, ranking_sheet
from indexcalc.words.paper import mark_of
from indexcalc.words.shown import visible

from .projects import run

HOSTILE = ("#panic(1)", "{{7*7}}", "$x$ \\ *b* _i_", "<b>&amp;</b>", "=cmd()", "@ref <label>", "很长的名字" * 8)
TREE = """
index: {id: living, name: "生活 #质量$", name_en: Living, note: 模拟数据}
units: {id: country, label: 区}
periods: {kind: year}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
warnings:
  - {id: low, name: 偏低, by: score, method: thresholds, orange: 30, red: 10}
dimensions:
  - id: health
    name: "健康 {{7*7}}"
    name_en: Health
    weight: 0.6
    indicators:
      - {id: doctors, name: "医生 #emph[x]", weight: 0.5, department: "卫健委 $y$"}
      - {id: beds, name: 床位, weight: 0.5, department: 卫健委}
  - {id: income, name: 收入, name_en: Income, weight: 0.4, department: 统计局}
"""
FRAME = pd.DataFrame(
    {
        "country": [*HOSTILE, "平"] * 2,
        "period": ["2021"] * 8 + ["2022"] * 8,
        "doctors": [10.0, 40, None, 90, 55, 5, 31, 62, 20, 40, 60, 80, 15, 35, None, 71],
        "beds": [30.0, 20, 50, 70, 44, 12, 8, 91, 10, 90, 60, 20, 33, 66, None, 18],
        "income": [55.0, 25, 45, 65, 5, 95, 81, 22, 75, 15, 5, 35, 55, 45, None, 25],
    }
)


@pytest.fixture(scope="module")
def shown() -> Analysed:
    tree = TREE[: TREE.index("warnings:")] + TREE[TREE.index("dimensions:") :]
    return analysed(indexcalc.score(tree, FRAME), "2022")


@pytest.fixture(scope="module")
def made(shown: Analysed) -> Any:
    pytest.importorskip("typst", reason="the extra report is not installed")
    from indexcalc.report.formats.pdf.page import pdf

    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    papers = {language: paper_of(shown, language) for language in ("zh", "en")}
    return {language: (paper, pdf(paper)) for language, paper in papers.items()}


def read_back(content: bytes) -> str:
    """The text of all pages without spaces, which are where lines break, and without the pages' numbers."""
    from pypdf import PdfReader

    pages = (squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages)
    return "".join(re.sub(r"^—[0-9]+—|—[0-9]+—$", "", page) for page in pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def tables(paper: Paper) -> list[Sheet]:
    blocks = [*paper.body, *(block for one in paper.attachments for page in one.pages for block in page)]
    return [block for block in blocks if isinstance(block, Sheet)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_of_every_table_is_read_back(language: str, made: Any) -> None:
    paper, content = made[language]
    text = read_back(content)
    for sheet in tables(paper):
        for grid in grids(sheet, language, PORTRAIT):
            for row in (grid.heads, *grid.rows):
                assert squeezed("".join(row)) in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_has_the_same_text_and_tables(language: str, shown: Analysed) -> None:
    docx = pytest.importorskip("docx", reason="the extra report is not installed")
    from indexcalc.report.formats.docx.page import docx as written

    paper = paper_of(shown, language)
    content = written(paper, dt.date(2022, 12, 31))
    document = docx.Document(io.BytesIO(content))
    places = [*((block, PORTRAIT) for block in paper.body)]
    places += [(block, LANDSCAPE if one.wide else PORTRAIT) for one in paper.attachments for leaf in one.pages for block in leaf]
    wanted = [grid for block, width in places if isinstance(block, Sheet) for grid in grids(block, language, width)]
    assert len(document.tables) == len(wanted)
    for table, grid in zip(document.tables, wanted, strict=True):
        rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert rows == [tuple(map(visible, row)) for row in (grid.heads, *grid.rows)]
        marks = [{child.tag.rpartition("}")[2] for child in row._tr.trPr} for row in table.rows]
        assert all("cantSplit" in own for own in marks)
        assert ["tblHeader" in own for own in marks] == [True] + [False] * len(grid.rows)
    lines = [line.text for line in document.paragraphs]
    for block, _ in places:
        assert isinstance(block, Sheet) or visible(block.text) in lines
    assert lines[0] == visible(paper.title)
    assert [round(section.page_width.mm) for section in document.sections] == [
        210,
        *(297 if one.wide else 210 for one in paper.attachments),
    ]


def test_word_has_the_same_bytes_and_no_clock(shown: Analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx", reason="the extra report is not installed")
    from indexcalc.report.formats.docx.page import docx as written

    content = written(paper_of(shown, "zh"), dt.date(2022, 12, 31))
    moment = time.localtime(2_000_000_000)
    monkeypatch.setattr(time, "localtime", lambda *_: moment)
    assert written(paper_of(shown, "zh"), dt.date(2022, 12, 31)) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2022-12-31T00:00:00Z" in archive.read("docProps/core.xml")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_are_those_of_the_report(language: str, shown: Analysed) -> None:
    scores, period = shown.scores, shown.period
    made = {tuple(cells(sheet, language)[0]): cells(sheet, language) for sheet in tables(paper_of(shown, language)) if sheet.rows}
    nodes = [node for node in scores.tree.dimensions if node not in scores.tree.monitored]
    wanted = [
        ranking_sheet(scores, period, language),
        coverage_sheet(scores, period, language),
        *(dimension_sheet(scores, period, node, language) for node in nodes),
        *(
            sheet
            for unit in range(len(scores.panel.units))
            for sheet in unit_sheets(shown, scorecard(shown, unit, language), language, public=False)
        ),
    ]
    for sheet in wanted:
        assert made[tuple(cells(sheet, language)[0])] == cells(sheet, language)
    tree = method_sheet(scores, period, language)
    assert any([row[:2] for row in cells(tree, language)] == [row[:2] for row in rows] for rows in made.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_is_one_of_the_rules_and_is_read_back(language: str, shown: Analysed, made: Any) -> None:
    paper, content = made[language]
    text = read_back(content)
    said = [one.text for one in headlines(shown, language)]
    units = range(len(shown.scores.panel.units))
    said += [one.text for unit in units for one in unit_sentences(shown, unit, language)]
    assert len(said) > len(units)
    for one in said:
        assert squeezed(one) in text
    body = [block.text for block in paper.body if isinstance(block, Text)]
    assert [one for one in body if squeezed(one) not in text] == []


def test_hostile_names_stay_text(made: Any) -> None:
    text = read_back(made["zh"][1])
    for name in (*HOSTILE, "生活 #质量$", "健康 {{7*7}}", "医生 #emph[x]", "卫健委 $y$"):
        assert squeezed(name) in text
    assert "49" not in [part.strip() for part in re.findall(r"健康(.{0,3})", text)]


def test_the_same_bytes_and_all_fonts_in_them(shown: Analysed, made: Any) -> None:
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    content = made["zh"][1]
    assert pdf(paper_of(shown, "zh")) == content
    names = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            (own,) = font.get_object()["/DescendantFonts"]
            described = own.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
            names.add(str(described["/FontName"]))
    assert names
    assert not [name for name in names if "JP" in name.upper().split("-")[0]]


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    pytest.importorskip("typst", reason="the extra report is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    content = pdf(Paper("题", "zh", (Text("国" * 2000),), (), ""))
    page = PdfReader(io.BytesIO(content)).pages[1]
    lines: dict[int, int] = {}

    def count(text: str, _: Any, matrix: Any, *rest: Any) -> None:
        if own := text.count("国"):
            lines[round(matrix[5])] = lines.get(round(matrix[5]), 0) + own

    page.extract_text(visitor_text=count)
    assert page.extract_text().count("国") == 22 * 28
    assert len(lines) in (1, 22)  # positions are told line by line, or once for all of a text


def test_tables_that_are_too_wide_name_the_units_in_each_part(shown: Analysed) -> None:
    sheet = ranking_sheet(shown.scores, "2022", "zh")
    own = Sheet("宽", sheet.headings[:2] + sheet.headings[2:3] * 40, tuple(row[:2] + row[2:3] * 40 for row in sheet.rows))
    parts = grids(own, "zh", LANDSCAPE)
    assert len(parts) > 1
    assert sum(len(part.heads) - 2 for part in parts) == 40
    for part in parts:
        assert [row[1] for row in part.rows] == [row[1] for row in cells(own, "zh")]
        assert part.heads[:2] == tuple(full_title(heading) for heading in own.headings[:2])
        assert sum(part.widths) == pytest.approx(1, abs=1e-3)


def test_chinese_numbers_of_parts() -> None:
    assert [mark_of(number, "zh") for number in (9, 10, 19, 20, 21, 99, 100)] == [
        "九",
        "十",
        "十九",
        "二十",
        "二十一",
        "九十九",
        "100",
    ]


@pytest.mark.slow
def test_a_report_as_pdf_is_written_added_to_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst", reason="the extra report is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    folder = tmp_path / "project"
    init(folder)
    run(folder, "report", "--format", "pdf,docx", "--lang", "both", "--quiet")
    (reports,) = {path.parent for path in (folder / "reports").glob("*/report.pdf")}
    pytest.importorskip("docx", reason="the extra report is not installed")
    assert {path.name for path in reports.glob("*.docx")} == {"report.docx", "report.en.docx"}
    assert {path.name for path in reports.glob("*.pdf")} == {"report.pdf", "report.en.pdf"}
    told = json.loads((reports / "run.json").read_text(encoding="utf-8"))
    assert "typst" in told["packages"]
    assert any(name.lower().endswith((".ttc", ".ttf", ".otf")) for name in told["packages"])
    before = (reports / "report.pdf").read_bytes()
    run(folder, "verify", str(reports))
    run(folder, "report", "--format", "html", "--lang", "both", "--quiet")
    assert (reports / "report.pdf").read_bytes() == before
    monkeypatch.setattr(fonts, "folders", list)
    assert "IC541" in run(folder, "report", "--format", "pdf", "--quiet", expect=1)
    monkeypatch.setitem(sys.modules, "typst", None)
    said = run(folder, "report", "--format", "pdf", "--quiet", expect=1)
    assert "IC540" in said
    assert "indexcalc[report]" in said
    assert (reports / "report.pdf").read_bytes() == before
    monkeypatch.setitem(sys.modules, "docx", None)
    assert "python-docx" in run(folder, "report", "--format", "docx", "--quiet", expect=1)


def test_everybody_sees_no_values(shown: Analysed) -> None:
    paper = paper_of(shown, "zh", public=True)
    text = "".join(block.text for block in paper.body if isinstance(block, Text))
    every = [one.text for one in headlines(shown, "zh") if one.rule not in ("S1", "S1b", "S3", "S11")]
    assert every
    assert not [one for one in every if one in text]
    assert "卫健委" not in "".join(cell for sheet in tables(paper) for row in cells(sheet, "zh") for cell in row)
    with pytest.raises(Refused):
        fonts.chosen(fonts.Faces({}))
