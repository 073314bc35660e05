"""A report as a Word document: the same paper as the PDF's, in styles of GB/T 9704 that can be changed in Word."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from ....findings import Place, Refused, finding
from ....words.paper import paper as word
from ....words.shown import visible
from ...fonts import ROLES, Role
from ...sheets.paper import Attachment, Block, Paper, Text
from ..paper import LANDSCAPE, PORTRAIT, Grid, grids

_LINE = 28.95  # points from line to line: 22 of them fill a page
_LATIN = "Times New Roman"  # of digits and letters; marks such as quotes go by the Chinese face
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # of what no calendar dates
_STYLES: tuple[tuple[str, Role, float], ...] = (
    ("Normal", "body", 16),
    ("Title", "title", 22),
    ("Heading 1", "heading", 16),
    ("Heading 2", "subheading", 16),
    ("Subtitle", "title", 18),
)
"""The styles that text has, with the face and the points of each."""


def docx(paper: Paper, ends: dt.date | None = None) -> bytes:
    """Write a report as a Word document, the same bytes for the same report; `ends` is the last day of its period.

    :raises Refused: where python-docx is not installed.
    """
    made = dt.datetime(ends.year, ends.month, ends.day, tzinfo=dt.UTC) if ends else _EPOCH
    return _Document(paper, made).content()


class _Document:
    """A document in the making."""

    def __init__(self, paper: Paper, made: dt.datetime) -> None:
        self.docx, self.paper = _docx(), paper
        self.document = self.docx.Document()
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = visible(paper.title), "", ""
        properties.created = properties.modified = made.replace(tzinfo=None)
        properties.language = "en-GB" if paper.language == "en" else "zh-CN"
        self._set_styles()
        self._set_page(self.document.sections[0], wide=False)
        self.document.settings.odd_and_even_pages_header_footer = True
        self._number_pages(self.document.sections[0])

    def content(self) -> bytes:
        """Return the document with all that the paper says."""
        self._paragraph(self.paper.title, "Title")
        for block in self.paper.body:
            self._block(block, PORTRAIT)
        if self.paper.attachments:
            self._paragraph(word.attachments(self.paper.language))
            for at, one in enumerate(self.paper.attachments, start=1):
                self._paragraph(f"{at}. {one.title}")
            self._small(self.paper.made_by)
        for one in self.paper.attachments:
            self._attachment(one)
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _without_times(buffer.getvalue())

    def _attachment(self, one: Attachment) -> None:
        section = self.document.add_section(self.docx.enum.section.WD_SECTION.NEW_PAGE)
        self._set_page(section, wide=one.wide)
        label = self._paragraph(one.label, indent=False)
        self._set_face(label.runs[0], "heading")
        self._paragraph(one.title, "Subtitle")
        for at, leaf in enumerate(one.pages):
            for place, block in enumerate(leaf):
                self._block(block, LANDSCAPE if one.wide else PORTRAIT, breaks=bool(at) and not place)

    def _block(self, block: Block, width: float, *, breaks: bool = False) -> None:
        if isinstance(block, Text):
            if block.level == 3:
                self._small(block.text)
            else:
                made = self._paragraph(block.text, f"Heading {block.level}" if block.level else "Normal")
                made.paragraph_format.page_break_before = breaks
            return
        for grid in grids(block, self.paper.language, width):
            self._table(grid, width, breaks=breaks)
            breaks = False

    def _paragraph(self, text: str, style: str = "Normal", *, indent: bool = True) -> Any:
        made = self.document.add_paragraph(visible(text), style=style)
        if style in ("Normal", "Heading 1", "Heading 2") and indent:
            made.paragraph_format.first_line_indent = self.docx.shared.Pt(32)
        return made

    def _small(self, text: str, size: float = 10.5, *, face: Role = "body", centred: bool = False) -> Any:
        """Add a line in small letters, which keeps no grid."""
        made = self.document.add_paragraph()
        self._leave_grid(made)
        made.paragraph_format.space_before = made.paragraph_format.space_after = self.docx.shared.Pt(3)
        if centred:
            made.alignment = self.docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
            made.paragraph_format.keep_with_next = True
        self._set_face(made.add_run(visible(text)), face, size)
        return made

    def _table(self, grid: Grid, width: float, *, breaks: bool) -> None:
        if grid.title or breaks:
            self._small(grid.title, 12, face="heading", centred=True).paragraph_format.page_break_before = breaks
        table = self.document.add_table(rows=1 + len(grid.rows), cols=len(grid.heads), style="Table Grid")
        table.autofit = False
        edges = self._element("w:tblCellMar")
        edges.extend([self._element(f"w:{side}", w="60", type="dxa") for side in ("left", "right")])
        table._tbl.tblPr.insert_element_before(edges, "w:tblLook")
        widths = [self.docx.shared.Pt(share * width) for share in grid.widths]
        for column, own in zip(table.columns, widths, strict=True):
            column.width = own
        bold = len(grid.rows) - grid.whole  # rows of all units together stand out
        for at, (row, values) in enumerate(zip(table.rows, (grid.heads, *grid.rows), strict=True)):
            properties = row._tr.get_or_add_trPr()
            properties.append(self._element("w:cantSplit"))
            if not at:
                properties.append(self._element("w:tblHeader"))
            for tc, value, own, right in zip(row._tr.tc_lst, values, widths, grid.right, strict=True):
                tc.width = own
                self._fill(
                    self.docx.table._Cell(tc, table),
                    value,
                    "heading" if not at or at > bold else "body",
                    grid.size,
                    right=right,
                    head=not at,
                )
        for note in grid.notes:
            self._small(note, grid.size)

    def _leave_grid(self, line: Any) -> None:
        """Let a line be as high as its letters, off the grid of the page."""
        line.paragraph_format.line_spacing = 1.0
        line._p.get_or_add_pPr().insert_element_before(
            self._element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def _fill(self, cell: Any, value: str, face: Role, size: float, *, right: bool, head: bool) -> None:
        line, align = cell.paragraphs[0], self.docx.enum.text.WD_ALIGN_PARAGRAPH
        self._leave_grid(line)
        line.alignment = align.CENTER if head else align.RIGHT if right else align.LEFT
        self._set_face(line.add_run(visible(value)), face, size)

    # ----------------------------------------------------------------------------------------------- styles, pages, numbers

    def _set_styles(self) -> None:
        """Give the styles the faces of the standard, and nothing of the theme, which names faces that office programs miss."""
        pt, align = self.docx.shared.Pt, self.docx.enum.text.WD_ALIGN_PARAGRAPH
        chinese = self.paper.language != "en"
        for name, face, size in _STYLES:
            style = self.document.styles[name]
            self._name_face(style.element.get_or_add_rPr(), face)
            style.font.size, style.font.bold, style.font.italic = pt(size), False, False
            style.font.color.rgb = self.docx.shared.RGBColor(0, 0, 0)
            shape = style.paragraph_format
            shape.space_before = shape.space_after = pt(0)
            if name in ("Title", "Subtitle"):
                shape.alignment, shape.space_after = align.CENTER, pt(_LINE)
                for border in style.element.xpath(".//w:pBdr"):
                    border.getparent().remove(border)
            else:
                shape.line_spacing = pt(_LINE)
        normal = self.document.styles["Normal"].element.get_or_add_rPr()
        if chinese:
            self.document.styles["Normal"].paragraph_format.alignment = align.JUSTIFY
            normal.insert_element_before(self._element("w:spacing", val="-4"), "w:kern", "w:position", "w:sz", "w:szCs")
        for own in self.document.styles.element.xpath("./w:docDefaults//w:rFonts"):
            own.attrib.clear()
            self._name_face(own.getparent(), "body")
        for own in self.document.styles.element.xpath("./w:docDefaults//w:lang"):
            own.set(self._tag("w:val"), "en-GB")
            own.set(self._tag("w:eastAsia"), "zh-CN")

    def _name_face(self, properties: Any, face: Role) -> None:
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(self._tag(f"w:{script}"), ROLES[face][0] if script == "eastAsia" else _LATIN)
        fonts.set(self._tag("w:hint"), "eastAsia")

    def _set_face(self, run: Any, face: Role, size: float | None = None) -> None:
        self._name_face(run._r.get_or_add_rPr(), face)
        if size is not None:
            run.font.size = self.docx.shared.Pt(size)

    def _set_page(self, section: Any, *, wide: bool) -> None:
        """Lay out a page: A4 with the margins of GB/T 9704, and a grid of 22 lines."""
        mm, across = self.docx.shared.Mm, self.docx.enum.section.WD_ORIENT
        section.orientation = across.LANDSCAPE if wide else across.PORTRAIT
        sides = (mm(297), mm(210)) if wide else (mm(210), mm(297))
        section.page_width, section.page_height = sides
        margins = (37, 35, 28, 26) if wide else (28, 26, 37, 35)
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = map(mm, margins)
        section.footer_distance = mm(margins[3] - 12)
        for grid in section._sectPr.xpath("./w:docGrid"):
            section._sectPr.remove(grid)
        section._sectPr.append(self._element("w:docGrid", type="lines", linePitch="579"))

    def _number_pages(self, section: Any) -> None:
        """Put the numbers of pages below the text, outside: odd ones to the right, even ones to the left."""
        align = self.docx.enum.text.WD_ALIGN_PARAGRAPH
        for footer, side in ((section.footer, align.RIGHT), (section.even_page_footer, align.LEFT)):
            line = footer.paragraphs[0]
            line.alignment = side
            for text in ("— ", None, " —"):
                run = line.add_run(text)
                run.font.size = self.docx.shared.Pt(14)
                if text is None:
                    for kind in ("begin", None, "end"):
                        own = self._element("w:instrText") if kind is None else self._element("w:fldChar", fldCharType=kind)
                        own.text = "PAGE" if kind is None else None
                        run._r.append(own)

    def _element(self, tag: str, **attributes: str) -> Any:
        made = self.docx.oxml.OxmlElement(tag)
        for name, value in attributes.items():
            made.set(self._tag(f"w:{name}"), value)
        return made

    def _tag(self, name: str) -> str:
        return str(self.docx.oxml.ns.qn(name))


def _without_times(content: bytes) -> bytes:
    """Return an archive whose files say no time at which they were written."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, own in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, own)
    return buffer.getvalue()


def made_with() -> dict[str, str]:
    """Return what decides the bytes of a Word document beside what it says: the version of python-docx.

    :raises Refused: as `docx` does.
    """
    return {"python-docx": str(_docx().__version__)}


def _docx() -> Any:
    """Return the library that writes Word documents, or refuse with what to install."""
    try:
        import docx
        import docx.enum.section
        import docx.enum.text
        import docx.oxml
        import docx.shared
        import docx.table
    except ImportError as absent:
        raise Refused([finding("IC540", Place(), format="docx", package="python-docx", extra="report")]) from absent
    return docx
