"""A report as a Word document: the same paper as the PDF's, in styles of GB/T 9704 that can be changed in Word.

A template of one's own brings its styles, its pages, and what stands around the report, such as a red head and a signature.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from ....findings import Place, Refused, finding
from ....words.paper import StyleName, styles
from ....words.paper import paper as word
from ....words.recognised import PLACE_OF_TEXT
from ....words.shown import visible, wide
from ...draw.svg import size_of
from ...fonts import ROLES, Role
from ...sheets.paper import Attachment, Beside, Figure, Paper, Text
from ..paper import CELL, FIGURE, PETALS, Grid, Laid, first_part, laid_out, pages_of
from ..typeset import PRINT, as_png, faces
from ..typeset import made_with as set_with

_LINE = 28.95  # points from line to line: 22 of them fill a page
_LATIN = "Times New Roman"  # of digits and letters; marks such as quotes go by the Chinese face
_THEME = "word/theme/theme1.xml"
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # of what no calendar dates


class _Style(NamedTuple):
    """How a style looks that no template has: its face, its points, on the grid of lines or off it, in the middle or not."""

    face: Role
    size: float
    grid: bool = False
    centred: bool = False


_WORDS: dict[str, _Style] = {
    "Normal": _Style("body", 16, grid=True),
    "Title": _Style("title", 22, centred=True),
    "Heading 1": _Style("heading", 16, grid=True),
    "Heading 2": _Style("subheading", 16, grid=True),
    "Subtitle": _Style("title", 18, centred=True),
}
"""The styles that Word has itself."""
_OWN: dict[StyleName, _Style] = {
    "label": _Style("heading", 16, grid=True),
    "table title": _Style("heading", 12, centred=True),
    "table head": _Style("heading", 10.5, centred=True),
    "table text": _Style("body", 10.5),
    "note": _Style("body", 10.5),
    "figure title": _Style("heading", 12, centred=True),
}
"""The styles that reports bring, under names that people see in Word."""


def docx(paper: Paper, ends: dt.date | None = None, *, template: bytes | None = None) -> bytes:
    """Write a report as a Word document, the same bytes for the same report; `ends` is the last day of its period.

    Where a `template` has a line {{report}}, the report stands in its place; otherwise at its end. What is attached comes last.

    :raises Refused: where python-docx is not installed, pictures cannot be drawn, or the template is no Word document.
    """
    made = dt.datetime(ends.year, ends.month, ends.day, tzinfo=dt.UTC) if ends else _EPOCH
    return _Document(paper, made, template).content()


def check_template(content: bytes) -> str:
    """Return why a template cannot be used; nothing for one that can."""
    try:
        _docx().Document(io.BytesIO(content))
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - python-docx lets through whatever its parsers raise
        return type(error).__name__
    return ""


def template_of(language: str) -> bytes:
    """Return a template to begin with: all styles of reports, each shown once, and the line where the report will stand.

    :raises Refused: where python-docx is not installed.
    """
    return _Document(Paper((), language, (), ()), _EPOCH, None).samples()


class _Document:
    """A document in the making."""

    def __init__(self, paper: Paper, made: dt.datetime, template: bytes | None) -> None:
        self.docx, self.paper, self.is_own = _docx(), paper, template is None
        self.document = self.docx.Document(None if template is None else io.BytesIO(template))
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = visible(paper.title), "", ""
        properties.created = properties.modified = made.replace(tzinfo=None)
        properties.language = "en-GB" if paper.language == "en" else "zh-CN"
        self._set_styles()
        self.ids = {style.name: style.style_id for style in self.document.styles}  # looked up once: python-docx is slow to
        first = self.document.sections[0]
        if self.is_own:
            self._set_page(first)
            self.document.settings.odd_and_even_pages_header_footer = True
            self._number_pages(first)
        self.sides = (first.page_width, first.page_height)
        self.margins = (first.left_margin, first.right_margin, first.top_margin, first.bottom_margin)
        self.pngs: dict[str, bytes] = {}

    def content(self) -> bytes:
        """Return the document with all that the paper says."""
        body = laid_out(self.paper.body, self.paper.language, self._width(wide=False))
        widths = (self._width(wide=False), self._width(wide=True))
        attached = [pages_of(one, self.paper.language, widths) for one in self.paper.attachments]
        self._draw([*body, *(block for pages in attached for leaf in pages for block in leaf)])
        there = list(self.document.element.body)
        title = self._line("Title")
        for at, line in enumerate(self.paper.titles):
            run = title.add_run(visible(line))
            if at < len(self.paper.titles) - 1:
                run.add_break()
        first = first_part(body)  # Word lets no table or figure find its place among text, and would leave pages half empty
        text = [block for block in body[:first] if isinstance(block, Text)]
        for block in (*text, *(block for block in body[:first] if not isinstance(block, Text)), *body[first:]):
            self._block(block, self._width(wide=False))
        if self.paper.attachments:
            self._name_attachments()
        self._move_to_its_place(there)
        for one, pages in zip(self.paper.attachments, attached, strict=True):
            self._attachment(one, pages)
        return self._saved()

    def samples(self) -> bytes:
        """Return the document with each style once, and the line in whose place a report stands."""
        language = self.paper.language
        self._paragraph(word.template_help(language), indent=False)
        for name in ("Title", "Heading 1", "Heading 2", "Normal", "Subtitle"):
            self._paragraph(word.sample(language).format(style=self.document.styles[name].name), name)
        for key in _OWN:
            self._small(word.sample(language).format(style=styles[key](language)), key)
        self._paragraph(PLACE_OF_TEXT[language != "en"], indent=False)
        return self._saved()

    def _saved(self) -> bytes:
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _without_times(buffer.getvalue(), plain=self.is_own)

    def _move_to_its_place(self, before: Sequence[Any]) -> None:
        """Move the report to the line of the template that keeps its place, if there is one, and remove that line."""
        places = (one for one in self.document.paragraphs if one.text.strip() in PLACE_OF_TEXT)
        if self.is_own or (place := next(places, None)) is None:
            return
        known = {id(one) for one in before}
        for own in [one for one in self.document.element.body if id(one) not in known]:
            place._p.addprevious(own)
        place._p.getparent().remove(place._p)

    def _draw(self, blocks: Sequence[Laid]) -> None:
        """Draw all pictures at once."""
        drawn = [block.figure if isinstance(block, Beside) else block for block in blocks if isinstance(block, Beside | Figure)]
        if drawn:
            own = [one.svg for one in drawn]
            self.pngs = dict(zip(own, as_png(own, faces("docx"), PRINT), strict=True))

    def _name_attachments(self) -> None:
        """List what is attached a line below the text, all of it on one page with the end of the text."""
        if self.paper.body and isinstance(self.paper.body[-1], Text):
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        before_them, last = word.attachments(self.paper.language), len(self.paper.attachments)
        room = "" if self.paper.language == "zh" else " "
        for at, one in enumerate(self.paper.attachments, start=1):
            shape = self._paragraph(f"{before_them}{room}{at}. {one.title}" if at == 1 else f"{at}. {one.title}").paragraph_format
            shape.keep_with_next = at < last
            if at == 1:
                shape.space_before = self.docx.shared.Pt(_LINE)
            else:
                shape.left_indent = self.docx.shared.Pt(16 * wide(before_them + room) / 2)

    def _attachment(self, one: Attachment, pages: Sequence[Sequence[Laid]]) -> None:
        section = self.document.add_section(self.docx.enum.section.WD_SECTION.NEW_PAGE)
        self._turn(section, wide=one.wide)
        self._small(one.label, "label")
        self._paragraph(one.title, "Subtitle")
        for at, leaf in enumerate(pages):
            for place, block in enumerate(leaf):
                self._block(block, self._width(wide=one.wide), attached=True, breaks=bool(at) and not place)

    def _block(self, block: Laid, width: float, *, attached: bool = False, breaks: bool = False) -> None:
        if isinstance(block, Text):
            if block.level == 3:
                self._small(block.text)
            else:
                made = self._paragraph(block.text, f"Heading {block.level}" if block.level else "Normal", indent=not attached)
                made.paragraph_format.page_break_before = breaks
                if attached:  # what names a page of its own stands in the middle
                    made.alignment = self.docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(block, Figure):
            self._figure(block, width)
        elif isinstance(block, Beside):
            self._beside(block, width)
        else:
            self._table(block, width, breaks=breaks)

    def _paragraph(self, text: str, style: str = "Normal", *, indent: bool = True) -> Any:
        made = self._line(style, text)
        if not indent:
            made.paragraph_format.first_line_indent = self.docx.shared.Pt(0)
        return made

    def _small(self, text: str, style: StyleName = "note") -> Any:
        """Add a line in one of the styles that reports bring."""
        return self._line(styles[style](self.paper.language), text)

    def _line(self, style: str, text: str = "") -> Any:
        made = self.document.add_paragraph(visible(text))
        made._p.style = self.ids[style]
        return made

    def _figure(self, figure: Figure, width: float) -> None:
        line = self._small("", "figure title")
        line.paragraph_format.keep_with_next = True
        self._picture(line, figure, min(width, FIGURE * size_of(figure.svg)[0] / max(size_of(figure.svg)[1], 1)))
        self._small(figure.title, "figure title").paragraph_format.keep_with_next = bool(figure.note)
        if figure.note:
            self._small(figure.note)

    def _beside(self, block: Beside, width: float) -> None:
        """Put a small picture beside lines of text, in a table without borders."""
        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        for cell, column, own in zip(table.rows[0].cells, table.columns, (PETALS + 12, width - PETALS - 12), strict=True):
            cell.width = column.width = self.docx.shared.Pt(own)
            cell.vertical_alignment = self.docx.enum.table.WD_ALIGN_VERTICAL.CENTER
        left, right = table.rows[0].cells
        style = self.ids[styles["note"](self.paper.language)]
        left.paragraphs[0]._p.style = style
        self._picture(left.paragraphs[0], block.figure, PETALS)
        for at, line in enumerate(block.lines):
            own = right.add_paragraph() if at else right.paragraphs[0]
            own._p.style = style
            own.add_run(visible(line.text))

    def _picture(self, line: Any, figure: Figure, most: float) -> None:
        width = min(most, size_of(figure.svg)[0])
        drawn = line.add_run().add_picture(io.BytesIO(self.pngs[figure.svg]), width=self.docx.shared.Pt(width))
        for own in drawn._inline.iter(self._tag("wp:docPr")):
            own.set("descr", visible(figure.label or figure.title))

    def _table(self, grid: Grid, width: float, *, breaks: bool) -> None:
        if grid.title or breaks:
            title = self._small(grid.title, "table title")
            title.paragraph_format.keep_with_next, title.paragraph_format.page_break_before = True, breaks
        elif self.document.element.body[-2:-1] and self.document.element.body[-2].tag == self._tag("w:tbl"):
            self._small("").paragraph_format.line_spacing = self.docx.shared.Pt(2)  # or Word makes one table of two
        table = self.document.add_table(rows=1 + len(grid.rows), cols=len(grid.heads))
        table.autofit = False
        lines = self._element("w:tblBorders")
        lines.extend(
            [
                self._element(f"w:{side}", val="single", sz="4", space="0", color="auto")
                for side in ("top", "left", "bottom", "right", "insideH", "insideV")
            ]
        )
        edges = self._element("w:tblCellMar")
        edges.extend([self._element(f"w:{side}", w="60", type="dxa") for side in ("left", "right")])
        for own in (lines, edges):
            later = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook") if own is lines else ("w:tblLook",)
            table._tbl.tblPr.insert_element_before(own, *later)
        widths = [self.docx.shared.Pt(share * width) for share in grid.widths]
        for column, own in zip(table.columns, widths, strict=True):
            column.width = own
        bold = len(grid.rows) - grid.whole  # rows of all units together stand out
        made: dict[tuple[Any, ...], Any] = {}  # a cell of each kind, of which others are copies: to build one takes much longer
        for at, (row, values) in enumerate(zip(table.rows, (grid.heads, *grid.rows), strict=True)):
            properties = row._tr.get_or_add_trPr()
            properties.append(self._element("w:cantSplit"))
            if not at:
                properties.append(self._element("w:tblHeader"))
            keep = bool(grid.notes) if at == len(grid.rows) else grid.together
            for tc, value, own, right in zip(row._tr.tc_lst, values, widths, grid.right, strict=True):
                kind = not at, at > bold, keep, own, right
                if kind not in made:
                    made[kind] = deepcopy(self._cell(tc, grid, *kind))
                else:
                    filled = deepcopy(made[kind])
                    tc.getparent().replace(tc, filled)
                    tc = filled  # noqa: PLW2901
                self.docx.text.run.Run(tc.p_lst[0].r_lst[0], None).text = visible(value)
        for at, note in enumerate(grid.notes, start=1):
            self._small(note).paragraph_format.keep_with_next = at < len(grid.notes)

    def _cell(self, tc: Any, grid: Grid, head: bool, bold: bool, keep: bool, width: Any, right: bool) -> Any:
        """Give a cell its look, and return it."""
        tc.width = width
        tc.get_or_add_tcPr().append(self._element("w:vAlign", val="center"))
        line = self.docx.text.paragraph.Paragraph(tc.p_lst[0], self.document)
        line._p.style = self.ids[styles["table head" if head else "table text"](self.paper.language)]
        if right and not head:
            line.alignment = self.docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        run = line.add_run()
        if bold:
            self._name_face(run._r.get_or_add_rPr(), "heading")
        line.paragraph_format.keep_with_next = keep
        if grid.size != CELL:
            run.font.size = self.docx.shared.Pt(grid.size)
        return tc

    # ----------------------------------------------------------------------------------------------- styles, pages, numbers

    def _set_styles(self) -> None:
        """Give the document the styles of the standard that it lacks: those of a template stay as they are."""
        own = {styles[key](self.paper.language): style for key, style in _OWN.items()}
        there = {style.name for style in self.document.styles}
        for name, style in (_WORDS | own).items():
            if self.is_own or name not in there:
                self._set_style(name, style, is_new=name not in there)
        if not self.is_own:
            return
        self.document.styles["Footer"].paragraph_format.first_line_indent = self.docx.shared.Pt(0)
        normal = self.document.styles["Normal"].element.get_or_add_rPr()
        if self.paper.language != "en":
            self.document.styles["Normal"].paragraph_format.alignment = self.docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY
            normal.insert_element_before(self._element("w:spacing", val="-5"), "w:kern", "w:position", "w:sz", "w:szCs")
        for name in ("Title", "Subtitle"):
            properties = self.document.styles[name].element.get_or_add_rPr()
            for spacing in properties.xpath("./w:spacing"):  # the letters of Word's own titles stand apart
                properties.remove(spacing)
            if self.paper.language != "en":
                properties.insert_element_before(self._element("w:spacing", val="-8"), "w:kern", "w:position", "w:sz", "w:szCs")
        for fonts in self.document.styles.element.xpath("./w:docDefaults//w:rFonts"):
            fonts.attrib.clear()
            self._name_face(fonts.getparent(), "body")
        for spoken in self.document.styles.element.xpath("./w:docDefaults//w:lang"):
            spoken.set(self._tag("w:val"), "en-GB")
            spoken.set(self._tag("w:eastAsia"), "zh-CN")

    def _set_style(self, name: str, own: _Style, *, is_new: bool) -> None:
        """Make a style, or give an existing one the look of the standard, without the theme, whose faces other offices lack."""
        pt, align = self.docx.shared.Pt, self.docx.enum.text.WD_ALIGN_PARAGRAPH
        kinds = self.docx.enum.style.WD_STYLE_TYPE
        style = self.document.styles.add_style(name, kinds.PARAGRAPH) if is_new else self.document.styles[name]
        if is_new:
            style.base_style, style.quick_style = None, True
        self._name_face(style.element.get_or_add_rPr(), own.face)
        style.font.size, style.font.bold, style.font.italic = pt(own.size), False, False
        style.font.color.rgb = self.docx.shared.RGBColor(0, 0, 0)
        shape = style.paragraph_format
        shape.space_before = shape.space_after = pt(0)
        if own.centred:
            shape.alignment = align.CENTER
        if name in _WORDS:
            shape.first_line_indent = pt(32 if own.grid else 0)
        if own.grid:
            shape.line_spacing = pt(_LINE)
        elif name in ("Title", "Subtitle"):
            shape.space_after, shape.line_spacing = pt(_LINE if name == "Title" else _LINE / 2), 1.0
            self._leave_grid(style)
            for border in style.element.xpath(".//w:pBdr"):
                border.getparent().remove(border)
        else:  # small letters are as high as they are, off the grid of the page
            shape.line_spacing = 1.0
            if name not in (styles["table head"](self.paper.language), styles["table text"](self.paper.language)):
                shape.space_before = shape.space_after = pt(3)
            self._leave_grid(style)

    def _leave_grid(self, style: Any) -> None:
        style.element.get_or_add_pPr().insert_element_before(
            self._element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"
        )

    def _name_face(self, properties: Any, face: Role) -> None:
        fonts = properties.get_or_add_rFonts()
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(self._tag(f"w:{script}"), ROLES[face][0] if script == "eastAsia" else _LATIN)
        fonts.set(self._tag("w:hint"), "eastAsia")

    def _set_page(self, section: Any) -> None:
        """Lay out a page: A4 with the margins of GB/T 9704, and a grid of 22 lines."""
        mm = self.docx.shared.Mm
        section.page_width, section.page_height = mm(210), mm(297)
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = map(mm, (28, 26, 37, 35))
        section.footer_distance = mm(23)
        for grid in section._sectPr.xpath("./w:docGrid"):
            section._sectPr.remove(grid)
        section._sectPr.append(self._element("w:docGrid", type="lines", linePitch="579"))

    def _turn(self, section: Any, *, wide: bool) -> None:
        """Turn a page across or upright with its margins: the upper one becomes the left one."""
        across = self.docx.enum.section.WD_ORIENT
        left, right, above, below = self.margins
        section.orientation = across.LANDSCAPE if wide else across.PORTRAIT
        section.page_width, section.page_height = self.sides[::-1] if wide else self.sides
        turned = (above, below, left, right) if wide else self.margins
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = turned
        if self.is_own:
            section.footer_distance = turned[3] - self.docx.shared.Mm(12)

    def _width(self, *, wide: bool) -> float:
        """Return how wide the text of a page is in points."""
        left, right, above, below = self.margins
        own = self.sides[1] - above - below if wide else self.sides[0] - left - right
        return float(own / self.docx.shared.Pt(1))

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


def _without_times(content: bytes, *, plain: bool) -> bytes:
    """Return an archive whose files say no time at which they were written; `plain` names no face of Office's own theme."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        files = {name: old.read(name) for name in old.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name, own in files.items():
            if plain and name == _THEME:
                for face in (b"Calibri", b"Cambria"):
                    own = own.replace(b'typeface="' + face, b'typeface="' + _LATIN.encode())  # noqa: PLW2901
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, own)
    return buffer.getvalue()


def made_with() -> dict[str, str]:
    """Return the versions that the bytes of a Word document hang on: of python-docx, and of what its pictures are drawn with.

    :raises Refused: as `docx` does.
    """
    return {"python-docx": str(_docx().__version__), **set_with("docx")}


def _docx() -> Any:
    """Return the library that writes Word documents, or refuse with what to install."""
    try:
        import docx
        import docx.enum.section
        import docx.enum.style
        import docx.enum.text
        import docx.oxml
        import docx.shared
        import docx.text.paragraph
        import docx.text.run
    except ImportError as absent:
        raise Refused([finding("IC540", Place(), format="docx", package="python-docx", extra="report")]) from absent
    return docx
