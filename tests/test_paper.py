"""A report on paper is read back: its tables are those of the report, its text is that of its sentences, and all of it stays text."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc import Refused
from indexcalc.analysis.warning import warnings as judge
from indexcalc.jobs.init import init
from indexcalc.report import fonts
from indexcalc.report.formats.paper import LANDSCAPE, LEAST, PORTRAIT, SMALL, Grid, Laid, fitting, grids, high, laid_out, pages_of
from indexcalc.report.formats.pictures import figures, pictures, pngs
from indexcalc.report.formats.text import cells, full_title
from indexcalc.report.sheets.analysed import Analysed, analysed
from indexcalc.report.sheets.annex import departments_of, method_sheet, odd_sheet
from indexcalc.report.sheets.changes import change_sheet, turns_sheet
from indexcalc.report.sheets.paper import Attachment, Beside, Figure, Paper, Text, paper_of
from indexcalc.report.sheets.scorecard import scorecard, unit_sheets
from indexcalc.report.sheets.sentences import dimension_sentence, headlines, unit_sentences
from indexcalc.report.sheets.sheet import Heading, Sheet
from indexcalc.report.sheets.tables import adjustments_sheet, coverage_sheet, dimension_sheet, ranking_sheet
from indexcalc.report.sheets.warnings import warnings_sheet
from indexcalc.words.page import page
from indexcalc.words.paper import mark_of
from indexcalc.words.shown import visible

from .office import calculated, needs_office
from .projects import run

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
pytestmark = pytest.mark.filterwarnings("ignore:.*IC384:UserWarning")  # a unit without data is meant
HOSTILE = (
    "#panic(1)",
    "{{7*7}}",
    "$x$ \\ *b* _i_",
    "<b>&amp;</b>",
    "=cmd()",
    "@ref <label>",
    "很长的名字" * 8,
    "\u202e左右\u202c🙂\U0001f3f3\ufe0f\u200d\U0001f308 ]]> \x07 <w:t>",
)
UNSEEN = "🙂\U0001f3f3\ufe0f\u200d\U0001f308"
"""What Chinese faces do not have."""

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
  - {id: income, name: 收入, name_en: Income, weight: 0.2, department: 统计局}
  - {id: schools, name: 学校, name_en: Schools, weight: 0.2, department: 统计局}
"""
FRAME = pd.DataFrame(
    {
        "country": [*HOSTILE, "平"] * 2,
        "period": ["2021"] * 9 + ["2022"] * 9,
        "doctors": [10.0, 40, None, 90, 55, 5, 31, 50, 62, 20, 40, 60, 80, 15, 35, None, 52, 71],
        "beds": [30.0, 20, 50, 70, 44, 12, 8, 50, 91, 10, 90, 60, 20, 33, 66, None, 54, 18],
        "income": [55.0, 25, 45, 65, 5, 95, 81, 50, 22, 75, 15, 5, 35, 55, 45, None, 52, 25],
        "schools": [55.0, 25, 45, 65, 5, 95, 81, 50, 22, 75, 15, 5, 35, 55, 45, None, 52, 25],
    }
)


@pytest.fixture(scope="module")
def shown() -> Analysed:
    tree = TREE[: TREE.index("warnings:")] + TREE[TREE.index("dimensions:") :]
    return analysed(indexcalc.score(tree, FRAME), "2022")


@pytest.fixture(scope="module")
def made(shown: Analysed) -> Any:
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    from indexcalc.report.formats.pdf.page import pdf

    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    papers = {language: paper_of(shown, language, figures=figures(shown, language)) for language in ("zh", "en")}
    return {language: (paper, pdf(paper)) for language, paper in papers.items()}


def read_back(content: bytes) -> str:
    """The text of all pages without spaces, which are where lines break, and without the pages' numbers."""
    from pypdf import PdfReader

    leaves = (squeezed(leaf.extract_text()) for leaf in PdfReader(io.BytesIO(content)).pages)
    return "".join(re.sub(r"^—[0-9]+—|—[0-9]+—$", "", leaf) for leaf in leaves)


def squeezed(text: str) -> str:
    return visible(re.sub(r"\s", "", text)).translate({ord(one): one.encode("unicode_escape").decode() for one in UNSEEN})


def tables(paper: Paper) -> list[Sheet]:
    blocks = [*paper.body, *(block for one in paper.attachments for page in one.pages for block in page)]
    return [block for block in blocks if isinstance(block, Sheet)]


def all_laid(paper: Paper) -> list[Laid]:
    """All that stands on paper, from the body to what is attached."""
    attached = [block for one in paper.attachments for leaf in pages_of(one, paper.language) for block in leaf]
    return [*laid_out(paper.body, paper.language, PORTRAIT), *attached]


def lines_of(laid: list[Laid]) -> list[str]:
    """All lines of text on paper, those beside pictures too."""
    beside = [line for block in laid if isinstance(block, Beside) for line in block.lines]
    return [one.text for one in (*laid, *beside) if isinstance(one, Text)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_of_every_table_is_read_back(language: str, made: Any) -> None:
    paper, content = made[language]
    text = read_back(content)
    shown_grids = [grid for grid in all_laid(paper) if isinstance(grid, Grid)]
    assert len(shown_grids) > len(paper.attachments)
    for grid in shown_grids:
        for row in (grid.heads, *grid.rows):
            assert squeezed("".join(row)) in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_has_the_same_text_and_tables(language: str, shown: Analysed) -> None:
    docx = pytest.importorskip("docx", reason="the extra `report` is not installed")
    from indexcalc.report.formats.docx.page import docx as written

    paper = paper_of(shown, language, figures=figures(shown, language))
    content = written(paper, dt.date(2022, 12, 31))
    document = docx.Document(io.BytesIO(content))
    laid = all_laid(paper)
    wanted = [block for block in laid if isinstance(block, Grid)]
    made = [table for table in document.tables if not table._tbl.xpath(".//w:drawing")]
    assert len(made) == len(wanted)
    assert not document.element.body.xpath("./w:tbl/following-sibling::*[1][self::w:tbl]")  # Word makes one of two such tables
    for table, grid in zip(made, wanted, strict=True):
        rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert rows == [tuple(map(visible, row)) for row in (grid.heads, *grid.rows)]
        marks = [{child.tag.rpartition("}")[2] for child in row._tr.trPr} for row in table.rows]
        assert all("cantSplit" in own for own in marks)
        assert ["tblHeader" in own for own in marks] == [True] + [False] * len(grid.rows)
    lines = ["".join(own.text or "" for own in line.iter(f"{{{W}}}t")) for line in document.element.iter(f"{{{W}}}p")]
    assert [one for one in lines_of(laid) if visible(one) not in lines] == []
    assert lines[0] == "".join(map(visible, paper.titles))
    drawn = [block.figure if isinstance(block, Beside) else block for block in laid if isinstance(block, Beside | Figure)]
    said = [own.get("descr") for own in document.element.xpath(".//wp:docPr")]
    assert said == [visible(figure.label) for figure in drawn]
    assert len(drawn) > 2
    assert [round(section.page_width.mm) for section in document.sections] == [
        210,
        *(297 if one.wide else 210 for one in paper.attachments),
    ]


def test_word_has_the_same_bytes_and_no_clock(shown: Analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx", reason="the extra `report` is not installed")
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
    covered = coverage_sheet(scores, period, language)  # of which the paper has that of the index
    of_index = [at for at, one in enumerate(covered.headings) if one.shows in (None, ("coverage", scores.tree.root))]
    rows = tuple(tuple(row[at] for at in of_index) for row in covered.rows)
    wanted = [
        ranking_sheet(scores, period, language),
        replace(covered, headings=tuple(covered.headings[at] for at in of_index), rows=rows),
        *(dimension_sheet(scores, period, node, language) for node in nodes),
        *(
            sheet
            for unit in range(len(scores.panel.units))
            for sheet in unit_sheets(shown, scorecard(shown, unit, language), language, public=False)
            if sheet.title != page.gaps(language)  # of which a line tells
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
    for one in map(squeezed, said):  # at the end of a page a figure may stand between its halves
        assert any(one[:at] in text and one[at:] in text for at in range(len(one), -1, -1))
    missing = [one for one in lines_of(all_laid(paper)) if squeezed(one) not in text]
    assert len(missing) <= 1, missing


def test_hostile_names_stay_text(made: Any) -> None:
    text = read_back(made["zh"][1])
    for name in (*HOSTILE, "生活 #质量$", "健康 {{7*7}}", "医生 #emph[x]", "卫健委 $y$"):
        assert squeezed(name) in text
    assert "49" not in [part.strip() for part in re.findall(r"健康(.{0,3})", text)]


def test_the_same_bytes_and_all_fonts_in_them(shown: Analysed, made: Any) -> None:
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    content = made["zh"][1]
    assert pdf(paper_of(shown, "zh", figures=figures(shown, "zh"))) == content
    names = set()
    for leaf in PdfReader(io.BytesIO(content)).pages:
        for font in leaf["/Resources"]["/Font"].values():
            (own,) = font.get_object()["/DescendantFonts"]
            described = own.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
            names.add(str(described["/FontName"]))
    assert names
    assert not [name for name in names if "JP" in name.upper().split("-")[0]]


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    content = pdf(Paper(("题",), "zh", (Text("国" * 2000),), ()))
    second = PdfReader(io.BytesIO(content)).pages[1]
    lines: dict[int, int] = {}

    def count(text: str, _: Any, matrix: Any, *rest: Any) -> None:
        if own := text.count("国"):
            lines[round(matrix[5])] = lines.get(round(matrix[5]), 0) + own

    second.extract_text(visitor_text=count)
    assert second.extract_text().count("国") == 22 * 28
    assert len(lines) in (1, 22)  # positions are told line by line, or once for all of a text


@pytest.mark.slow
def test_a_full_page_of_word_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    """As LibreOffice lays it out."""
    pytest.importorskip("docx", reason="the extra `report` is not installed")
    needs_office()
    from pypdf import PdfReader

    from indexcalc.report.formats.docx.page import docx

    (tmp_path / "own.docx").write_bytes(docx(Paper(("题",), "zh", (Text("国" * 2000),), ())))
    made = calculated([tmp_path / "own.docx"], tmp_path, to="pdf") / "own.pdf"
    text = PdfReader(made).pages[1].extract_text()
    lines = [line.strip() for line in text.splitlines() if "国" in line]
    assert [len(line) for line in lines] == [28] * 22


def test_heads_are_repeated_and_rows_not_split() -> None:
    """In a PDF, which is one for all readers by its own word: typst refuses to set another."""
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    heads = (Heading("序号甲", "count"), Heading("说明乙", "text"))
    rows = tuple((float(at), f"始{at}" + "长" * 90 + f"末{at}。") for at in range(60))
    read = PdfReader(io.BytesIO(pdf(Paper(("题",), "zh", (Sheet("表", heads, rows),), ()))))
    leaves = [squeezed(leaf.extract_text()) for leaf in read.pages]
    assert len(leaves) > 3
    assert all(leaf.count("序号甲") == leaf.count("说明乙") == 1 for leaf in leaves)
    for at in range(60):
        assert [f"始{at}长" in leaf for leaf in leaves] == [f"末{at}。" in leaf for leaf in leaves]
    assert b"pdfuaid:part" in read.trailer["/Root"]["/Metadata"].get_data()


def test_a_name_of_signs_that_no_face_has_is_broken_and_stays_on_its_page() -> None:
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    from pypdf import PdfReader

    from indexcalc.report.formats.pdf.page import pdf

    page_of = PdfReader(io.BytesIO(pdf(Paper(("题",), "zh", (Text("\U0001f642" * 40),), ())))).pages[0]
    places: list[tuple[float, str]] = []
    page_of.extract_text(visitor_text=lambda text, _, matrix, *rest: places.append((round(matrix[5]), text)))
    lines = [text for _, text in places if "0001f642" in text]
    assert "".join(lines).count("\\U0001f642") == 40
    assert max(len(line.strip()) for text in lines for line in text.splitlines()) < 60  # half letters, which a line has room for


def test_tables_of_one_page_leave_room_for_each_other() -> None:
    """A long table is cut so that the next one has its room, letters are of one size, and columns of the same kind line up."""
    heads = (Heading("指标", "text"), Heading("数值", "text"), Heading("影响", "score"))
    long = Sheet("长", heads, tuple((f"指标{at}", f"{at}起/万人常住人口", float(at)) for at in range(80)))
    short = Sheet("短", heads, tuple((f"第{at}项", "1", 0.5) for at in range(4)))
    wide = Sheet("宽", (*heads, Heading("说明", "text")), (("指标", "1", 1.0, "说" * 60),) * 2)
    blocks = (Text("市公安局", 2), long, short, wide)
    kept = fitting(blocks, "zh", LANDSCAPE)
    assert [block.title for block in kept if isinstance(block, Sheet)] == ["长", "短", "宽"]
    assert [len(block.rows) for block in kept if isinstance(block, Sheet)][1:] == [4, 2]
    assert sum(high(block, "zh") for block in kept) <= LANDSCAPE
    assert fitting(blocks[:1] + blocks[2:], "zh", LANDSCAPE) == [blocks[0], *blocks[2:]]
    (leaf,) = pages_of(Attachment("附件1", "各部门情况", (blocks,), single=True), "zh")
    laid = [block for block in leaf if isinstance(block, Grid)]
    assert len({grid.size for grid in laid}) == 1
    assert laid[0].widths == laid[1].widths


def test_a_table_that_no_page_holds_is_not_kept_together() -> None:
    """Typst draws what stays together over the edge of its page."""
    heads = (Heading("区", "text"), *(Heading(f"Governance{at}", "score") for at in range(10)))
    for name, together in (("荔湾区", True), ("很长的名字" * 60, False)):
        sheet = Sheet("总榜", heads, tuple((name, *[1.0] * 10) for _ in range(12)))
        assert all(grid.together is together for grid in grids(sheet, "zh", LANDSCAPE))


def test_a_short_table_of_long_names_fits_its_page_and_its_notes_too() -> None:
    """Where eleven units and their means would run a line over, letters are smaller; those of a long table are not."""
    heads = (Heading("Rank", "count"), Heading("district", "text"))
    heads += tuple(Heading(f"Social governance risk number{at}", "score") for at in range(11))
    names = [f"District {at}" for at in range(10)] + ["Panyu, Dashi, Luopu, Nancun and Xinzao W"]
    rows = tuple((at, name, *[88.8] * 11) for at, name in enumerate(names))
    means = tuple((None, f"Mean of group {at} of the city", *[88.8] * 11) for at in range(4))
    sheet = Sheet("Ranking", heads, rows, whole=means, notes=("Simulated data", "The higher, the better"))
    (grid,) = grids(sheet, "en", LANDSCAPE)
    assert grid.size == LEAST
    assert grid.together
    assert high(sheet, "en", LANDSCAPE) < PORTRAIT
    many = grids(replace(sheet, rows=rows * 4), "en", LANDSCAPE)
    assert {one.size for one in many} == {SMALL}


def test_a_list_of_sentences_may_go_over_to_the_next_page() -> None:
    heads = (Heading("期次", "text"), Heading("可疑之处", "text"))
    long, short = (Sheet("可疑数值", heads, (("2022", "说" * size),) * 6) for size in (150, 20))
    assert [grid.together for sheet in (long, short) for grid in grids(sheet, "zh", PORTRAIT)] == [False, True]


def test_tables_and_figures_of_the_first_part_stand_after_its_text_in_word(shown: Analysed) -> None:
    """Word would leave the rest of a page empty before each that does not fit."""
    docx = pytest.importorskip("docx", reason="the extra `report` is not installed")
    from indexcalc.report.formats.docx.page import docx as written

    paper = paper_of(shown, "zh", figures=figures(shown, "zh"))
    made = docx.Document(io.BytesIO(written(paper)))
    order = [line.style.name for line in made.paragraphs]
    second = [at for at, style in enumerate(order) if style == "Heading 1"][1]
    first = [style for style in order[:second] if style in ("Normal", "Heading 2", "表题", "图题")]
    assert first == sorted(first, key=lambda style: style in ("表题", "图题"))
    assert "图题" in first
    listed = [line for line in made.paragraphs if re.match(r"(附件：)?[0-9]\. ", line.text)]
    assert [line.paragraph_format.keep_with_next for line in listed] == [True] * (len(listed) - 1) + [False]
    assert next(line for line in made.paragraphs if "indexcalc" in line.text).paragraph_format.keep_with_next  # not a list alone


def test_a_department_is_told_what_is_odd() -> None:
    """A value that left its usual course stands on the page of who reported it, and is nobody else's business."""
    rng = np.random.default_rng(3)
    units, years = ["甲", "乙", "丙", "丁", "戊"], [str(2015 + at) for at in range(8)]
    frame = pd.DataFrame({"country": units * 8, "period": np.repeat(years, 5)})
    for name in ("doctors", "beds", "income", "schools"):
        frame[name] = np.round(50 + rng.normal(0, 0.4, 40), 2)
    frame.loc[(frame["country"] == "丙") & (frame["period"] == "2022"), "income"] = 93.21
    tree = TREE[: TREE.index("warnings:")] + TREE[TREE.index("dimensions:") :]
    own = analysed(indexcalc.score(tree, frame), "2022")
    said = {one.name: cells(odd_sheet(own, one.name, "zh"), "zh") for one in departments_of(own, "zh")}
    assert [name for name, rows in said.items() if rows] == ["统计局"]
    ((period, question, place),) = said["统计局"]
    assert period == "2022年度"
    assert "丙" in question
    assert "93.21" in question
    assert [*map(str, (one.finding.place for one in own.odd))] == [place]
    told = "".join(cell for sheet in tables(paper_of(own, "zh")) for row in cells(sheet, "zh") for cell in row)
    assert question in told
    public = "".join(cell for sheet in tables(paper_of(own, "zh", public=True)) for row in cells(sheet, "zh") for cell in row)
    assert question not in public
    before = analysed(own.scores, "2021")
    assert not before.odd
    papers = (paper_of(own, "zh"), paper_of(before, "zh"), paper_of(own, "zh", public=True))
    now, then, open_to_all = ("".join(one.text for one in paper.body if isinstance(one, Text)) for paper in papers)
    assert "可疑数值1处，请核实。" in now
    (listed,) = [one for one in paper_of(own, "zh").body if isinstance(one, Sheet) and one.title.endswith("可疑数值")]
    assert [row[1] for row in cells(listed, "zh")] == [question]
    assert "可疑数值" not in then + open_to_all


def test_tables_that_are_too_wide_name_the_units_in_each_part(shown: Analysed) -> None:
    sheet = ranking_sheet(shown.scores, "2022", "zh")
    own = Sheet("宽", sheet.headings[:2] + sheet.headings[2:3] * 40, tuple(row[:2] + row[2:3] * 40 for row in sheet.rows))
    parts = grids(own, "zh", LANDSCAPE)
    assert len(parts) > 1
    assert sum(len(part.heads) - 2 for part in parts) == 40
    for part in parts:
        assert [row[1] for row in part.rows] == [row[1] for row in cells(own, "zh")]
        assert part.heads[:2] == tuple(full_title(heading, "zh") for heading in own.headings[:2])
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
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    if not fonts.find_faces().chinese:
        pytest.skip("no Chinese font is installed")
    folder = tmp_path / "project"
    init(folder)
    run(folder, "report", "--format", "pdf,docx", "--lang", "both", "--quiet")
    (reports,) = {path.parent for path in (folder / "reports").glob("*/report.pdf")}
    pytest.importorskip("docx", reason="the extra `report` is not installed")
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
    paper = paper_of(shown, "zh", public=True, figures=figures(shown, "zh"))
    text = "".join(lines_of(all_laid(paper)))
    every = [one.text for one in headlines(shown, "zh") if one.rule not in ("S1", "S1b", "S3", "S11")]
    assert every
    assert not [one for one in every if one in text]
    assert "卫健委" not in "".join(cell for sheet in tables(paper) for row in cells(sheet, "zh") for cell in row)
    with pytest.raises(Refused):
        fonts.chosen(fonts.Faces({}))


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"[0-9]+(?:\.[0-9]+)?", text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_of_a_sentence_stands_in_a_table(language: str) -> None:
    """Of names without figures, all of whose sentences are drawn of the report's tables."""
    frame = FRAME.assign(country=[*"东西南北中上下左右"] * 2)
    own = analysed(
        indexcalc.score(TREE[: TREE.index("warnings:")] + TREE[TREE.index("dimensions:") :], frame), "2022", every=True
    )
    paper = paper_of(own, language)
    there = {one for sheet in tables(paper) for row in cells(sheet, language) for cell in row for one in numbers_in(cell)}
    there |= {str(len(sheet.rows)) for sheet in tables(paper)} | numbers_in(" ".join(lines_of(all_laid(paper))[:1]))
    units = range(len(own.scores.panel.units))
    said = [one for one in headlines(own, language) if one.rule in ("S1", "S1b", "S3")]
    said += [one for unit in units for one in unit_sentences(own, unit, language) if one.rule in ("S6", "S11")]
    said_of = [dimension_sentence(own, node, language) for node in own.dimensions]
    assert {"S1", "S1b", "S3", "S6", "S11"} <= {one.rule for one in said}
    told = [one.text for one in said] + [one for one in said_of if one]
    scores = {float(one) for one in there if "." in one}
    differences = {f"{x - y:.2f}" for x in scores for y in scores}
    assert [text for text in told if numbers_in(text) - there - differences - {"8"}] == []


def test_every_number_of_what_happened_stands_in_a_sheet() -> None:
    """Of the sentences that speak of changes, warnings, data and adjustments, whose sheets are beside the paper."""
    rule = "warnings: {rules: [{id: low, name: 偏低, node: income, orange: 30, red: 10}]}"
    tree = f"{TREE[: TREE.index('warnings:')]}{rule}\nadjustments: [{{id: cases, name: 大案, each: -2.5}}]\n"
    tree += TREE[TREE.index("dimensions:") :]
    frame = FRAME.assign(country=[*"东西南北中上下左右"] * 2, cases=[0.0] * 9 + [0, 3] + [0] * 7)
    frame.loc[frame["country"] == "左", ["doctors", "beds", "income"]] = np.nan
    frame.loc[(frame["country"] == "左"), "schools"] = 44.0
    scores = indexcalc.score(tree, frame)
    own = analysed(scores, "2022", judged=judge(scores), every=True)
    assert own.change is not None
    moves, covered = cells(change_sheet(own.change, "zh"), "zh"), coverage_sheet(scores, "2022", "zh")
    warned = cells(warnings_sheet(scores, own.judged, "2022", "zh", least="orange"), "zh")
    before, after = (ranking_sheet(scores, period, "zh") for period in ("2021", "2022"))
    column = next(at for at, one in enumerate(after.headings) if one.shows == ("score", scores.tree.root))
    was, now = ({row[1]: row[column] for row in sheet.rows if row[column] is not None} for sheet in (before, after))
    risen = [round(now[name] - was[name], 2) for name in now if name in was]
    there = {
        "S1c": {one for row in cells(covered, "zh") for one in numbers_in(row[1])},
        "S2": {
            f"{abs(sum(risen) / len(risen)):.2f}",
            "2021",
            *(str(sum(sign * one > 0 for one in risen)) for sign in (1, -1)),
            str(risen.count(0)),
        },
        "S7": {one.lstrip("-") for row in moves for cell in row for one in numbers_in(cell)} | {"2021"},
        "S8": {str(sum(row[0].startswith(level) for row in warned)) for level in ("红", "橙")},
        "S9": {str(sum(int(str(row[at])) for row in covered.rows)) for at in (-3, -2, -1)} | {str(4 * len(covered.rows))},
        "S13": {
            one.lstrip("-")
            for row in cells(adjustments_sheet(scores, "2022", "zh"), "zh")
            for cell in row
            for one in numbers_in(cell)
        },
    }
    said = headlines(own, "zh") + [one for unit in range(9) for one in unit_sentences(own, unit, "zh")]
    assert {*there} <= {one.rule for one in said}
    for one in said:
        assert one.rule not in there or numbers_in(one.text) <= there[one.rule], (one, there[one.rule])


def test_numbers_of_certainty_turns_and_a_changed_tree_stand_in_their_sheets() -> None:
    """How sure ranks are (S4), how far weights turn neighbours (S12), and how many weights are new (S10)."""
    tree = TREE[: TREE.index("warnings:")] + "report: {analyses: [uncertainty, robustness]}\n" + TREE[TREE.index("dimensions:") :]
    for year_before in ("0.4", "0.6"):
        tree = tree.replace("weight: 0.5,", f"weight: {{2021: {year_before}, 2022: 0.5}},", 1)
    scores = indexcalc.score(tree, FRAME.assign(country=[*"东西南北中上下左右"] * 2))
    own = analysed(scores, "2022", every=True)
    said = headlines(own, "zh") + [one for unit in range(9) for one in unit_sentences(own, unit, "zh")]
    turns = turns_sheet(indexcalc.robustness(scores, period="2022", depth=1, every=True), "zh")
    distances = {f"{float(one):.1f}" for row in cells(turns, "zh") for one in numbers_in(row[3])}
    there = {"S4": {"95"}, "S12": distances, "S10": {"2021", "2"}}  # the weights of doctors and beds
    assert {*there} <= {one.rule for one in said}
    for one in said:
        assert one.rule not in there or numbers_in(one.text) <= there[one.rule], (one, there[one.rule])


def test_a_scorecard_and_a_department_fill_no_second_page(made: Any) -> None:
    from pypdf import PdfReader

    paper, content = made["zh"]
    leaves = [squeezed(leaf.extract_text()) for leaf in PdfReader(io.BytesIO(content)).pages]
    attached = {one.label: one for one in paper.attachments}
    first = {label: next(at for at, leaf in enumerate(leaves) if leaf.startswith(squeezed(label))) for label in attached}
    order = [*first.values(), len(leaves)]
    for at, one in enumerate(paper.attachments):
        if one.single:
            assert order[at + 1] - order[at] == len(one.pages)
    assert sum(one.single for one in paper.attachments) == 2
    assert all(len(leaf) > 40 for leaf in leaves)  # no page with a line alone


def test_pictures_come_in_both_kinds(shown: Analysed) -> None:
    pytest.importorskip("typst", reason="the extra `report` is not installed")
    drawn, own = pictures(shown, "zh"), pngs(shown, "zh")
    assert {name.removesuffix(".svg") for name in drawn} == {name.removesuffix(".png") for name in own}
    assert {"history", "intervals", "petals-1"} <= {name.removesuffix(".png") for name in own}
    for content in own.values():
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(content[16:20], "big") >= 700  # wide enough for a slide


def test_a_template_brings_its_styles_and_what_stands_around(shown: Analysed, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra `report` is not installed")
    from indexcalc.report.formats.docx.page import check_template, template_of
    from indexcalc.report.formats.docx.page import docx as written

    begun = template_of("zh")
    own = docx.Document(io.BytesIO(begun))
    place = next(line for line in own.paragraphs if line.text == "{{正文}}")
    place.insert_paragraph_before("版头")
    own.add_paragraph("落款")
    own.styles["Heading 1"].font.size = docx.shared.Pt(20)
    own.styles["表头"].font.size = docx.shared.Pt(9)
    own.save(tmp_path / "own.docx")
    template = (tmp_path / "own.docx").read_bytes()
    paper = paper_of(shown, "zh")
    made = docx.Document(io.BytesIO(written(paper, template=template)))
    lines = [line.text for line in made.paragraphs]
    assert "{{正文}}" not in lines
    at = [
        lines.index(text) for text in ("版头", "".join(map(visible, paper.titles[:1])) + "\n" + paper.titles[1], "落款", "附件1")
    ]
    assert at == sorted(at)
    assert made.styles["Heading 1"].font.size.pt == 20
    assert {cell.paragraphs[0].style.name for cell in made.tables[0].rows[0].cells} == {"表头"}
    assert made.styles["表头"].font.size.pt == 9
    assert check_template(b"PK no document")
    assert check_template(template) == ""


def test_a_bulletin_names_the_first_and_the_last_only_where_it_is_told_to() -> None:
    tree = TREE[: TREE.index("warnings:")] + TREE[TREE.index("dimensions:") :]
    for declared, named in (("{kind: 通报}", False), ("{kind: bulletin, named: 2}", True), ("{named: 2}", False)):
        own = analysed(indexcalc.score(f"report: {declared}\n{tree}", FRAME), "2022")
        paper = paper_of(own, "zh")
        assert ("位次居前2位的是" in "".join(lines_of(all_laid(paper)))) is named
        assert paper.titles[1].endswith("通报") is ("kind" in declared)
