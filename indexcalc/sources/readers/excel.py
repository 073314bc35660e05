"""Workbooks: sheets as people lay them out, with merged cells, titles, notes and errors.

Values come from calamine; what it leaves out comes from `marks`. A file is looked over before anything unpacks it.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from ...findings import Finding, Place, finding, letters, nearest, system_said
from ...words.recognised_data import TEXT, WEB_PAGE, WORKBOOKS, XML_WORKBOOK
from .csv import decoded, read_rows, read_text
from .encodings import is_text
from .files import is_pattern, kind_of, match_sheets, passed_by
from .hidden import hidden_cells
from .locked import unlocked
from .marks import NOTHING, Marks
from .marks_ods import ods_marks
from .marks_xls import xls_marks
from .marks_xlsx import xlsx_marks
from .pages import Merge
from .records import tables_of
from .table import Cell, Origin, Table, name_of, of_width, text_of
from .web import charset_of, rows_of_page

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_T = TypeVar("_T")
_Read = Callable[["CalamineWorkbook", Origin, str, Mapping[str, Marks]], tuple[list[_T], list[Finding]]]
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
_HEAD = 4096  # bytes by which text is told from what is none
MOST_UNPACKED = 1 << 30
MOST_MEMBERS = 20_000
MOST_RATIO = 1_000
SMALL_MEMBER = 10 << 20  # below this, a ratio says nothing
# what the standard library raises on parts that are broken, of an unknown compression or encrypted
_DAMAGED = (BadZipFile, zlib.error, ExpatError, ParseError, KeyError, EOFError, RuntimeError, ValueError, OverflowError)
MOST_CELLS = 40_000_000  # from A1 to the last filled cell: calamine makes room for all of them at once


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands, for forms whose cells have fixed meanings: rows from row 1 on, cells from column A on."""

    origin: Origin
    sheet: str
    rows: Sequence[Sequence[Cell]]
    uncomputed: frozenset[tuple[int, int]]
    """Cells, counted from 0, with a formula that no program has computed yet."""
    merges: Sequence[Merge] = ()
    """Merged cells, from 0."""
    lines: Sequence[int] = ()
    """The line that each row begins on, in a text whose cells may hold several."""

    def place(self, row: int, column: int) -> Place:
        """Return the address of a cell counted from 0."""
        return self.origin.place(self.sheet, self.lines[row] if self.lines else row + 1, column + 1)


def read_workbook(origin: Origin, suffix: str) -> tuple[list[Table], list[Finding]]:
    """Read the sheets of one workbook that are meant: the one named, those of a pattern, or the first filled one."""
    with Path(origin.path).open("rb") as stream:
        head = stream.read(_HEAD)
    kind = kind_of(head)
    if kind == ".xml" and b"<html" not in head.lower():
        return _read_xml(origin, suffix)
    if kind in (".html", ".xml") or (not kind and is_text(head) and re.search(rb"[\t,;]", head)):
        return _read_text(origin, suffix, is_page=bool(kind))
    return _opened(origin, suffix, _read_sheets)


def _read_text(origin: Origin, suffix: str, *, is_page: bool) -> tuple[list[Table], list[Finding]]:
    """Read text, or a web page, that stands under the ending of a workbook."""
    content = Path(origin.path).read_bytes()
    kind, kind_zh = WEB_PAGE if is_page else TEXT
    said = [finding("IC936", origin.place(), suffix=suffix, kind=kind, kind_zh=kind_zh)]
    if not is_page:
        tables, found = read_text(origin, content, ".txt")
        return tables, [*said, *found]
    text: str | None
    text, unsure = (content.decode(encoding), []) if (encoding := charset_of(content)) else decoded(content, origin)
    if text is None:
        return [], unsure
    rows, merges = rows_of_page(text)
    if not rows:
        return [], [finding("IC318", origin.place(), suffix=suffix, kind=".html")]
    sheet = Path(origin.file).stem  # as Excel calls it
    tables, found = tables_of(origin, sheet, origin.period, rows, _counted(rows), merges=merges)
    return tables, [*said, *unsure, *found]


def _read_xml(origin: Origin, suffix: str) -> tuple[list[Table], list[Finding]]:
    """Read a workbook of one XML file, as Excel 2003 wrote them; other XML is refused."""
    from xml.etree.ElementTree import ParseError

    from .spreadsheetml import pages_of

    try:
        pages = pages_of(Path(origin.path).read_bytes())
    except (ParseError, ValueError) as error:
        return [], [origin.damaged(error)]
    if not pages:
        return [], [finding("IC318", origin.place(), suffix=suffix, kind=".xml")]
    chosen, found = _chosen(origin, [page.name for page in pages], set())
    kind, kind_zh = XML_WORKBOOK
    found.append(finding("IC936", origin.place(), suffix=suffix, kind=kind, kind_zh=kind_zh))
    tables: list[Table] = []
    by_name = {page.name: page for page in pages}
    for name, period in chosen:
        page = by_name[name]
        if not page.rows:
            continue
        its_tables, its_findings = tables_of(
            origin, name, period or origin.period, page.rows, _counted(page.rows), merges=page.merges
        )
        tables += its_tables
        found += its_findings
        if origin.sheet is None:
            others = [other for other in by_name if other != name]
            found += [finding("IC367", origin.place(name), others=others)] if others else []
            break
    if not any(by_name[name].rows for name, _ in chosen):
        found.append(finding("IC308", origin.place()))
    return tables, found


def _chosen(origin: Origin, names: Sequence[str], hidden: Container[str]) -> tuple[list[tuple[str, str | None]], list[Finding]]:
    """Return the sheets that are meant, each with the text that {period} stands for, and what is wrong with their names."""
    if origin.sheet is None:
        return [(name, None) for name in names], []
    chosen = match_sheets(origin.sheet, names)
    if not chosen:
        near = nearest(origin.sheet, names)
        return [], [finding("IC306", origin.place(), sheet=origin.sheet, known=names, near=near)]
    return chosen, _passed_by(origin, [name for name, _ in chosen], [name for name in names if name not in hidden])


def read_grid(path: Path) -> tuple[Grid | None, list[Finding]]:
    """Read the first sheet of a workbook that can be seen and holds anything, without looking for headings in it."""
    grids, found = _grids(path, BOOKS, _read_grid)
    return (grids[0] if grids else None), found


def read_grids(path: Path) -> tuple[list[Grid], list[Finding]]:
    """Read all sheets of a workbook that can be seen and hold anything, or the one of a text, without looking for headings."""
    return _grids(path, (*TEXTS, *BOOKS), _read_grids)


def _grids(path: Path, known: Sequence[str], read: _Read[Grid]) -> tuple[list[Grid], list[Finding]]:
    origin, suffix = Origin(str(path), path.as_posix(), None, None, None, frozenset()), path.suffix.lower()
    if suffix not in known:
        return [], [finding("IC304", origin.place(), suffix=suffix, path=origin.file, known=known)]
    try:
        return _text_grid(origin, suffix) if suffix in TEXTS else _opened(origin, suffix, read)
    except FileNotFoundError:
        return [], [finding("IC301", origin.place(), path=origin.file, near="")]
    except OSError as error:
        return [], [finding("IC303", origin.place(), problem=system_said(error))]


def _text_grid(origin: Origin, suffix: str) -> tuple[list[Grid], list[Finding]]:
    rows, lines, found = read_rows(origin, suffix)
    if not any(name_of(cell) for row in rows for cell in row):
        return [], found or [finding("IC308", origin.place())]
    width = max(map(len, rows))
    return [Grid(origin, "", [of_width(row, width) for row in rows], frozenset(), (), lines)], found


def _read_grid(
    book: CalamineWorkbook, origin: Origin, suffix: str, known: Mapping[str, Marks]
) -> tuple[list[Grid], list[Finding]]:
    for sheet in book.sheets_metadata:
        grid, found = _grid_of(book, sheet, origin, suffix, known)
        if grid is not None:
            return [grid], found
    return [], [finding("IC308", origin.place())]


def _read_grids(
    book: CalamineWorkbook, origin: Origin, suffix: str, known: Mapping[str, Marks]
) -> tuple[list[Grid], list[Finding]]:
    read = [_grid_of(book, sheet, origin, suffix, known) for sheet in book.sheets_metadata]
    grids = [grid for grid, _ in read if grid is not None]
    found = [one for _, own in read for one in own]
    return grids, found if grids else [*found, finding("IC308", origin.place())]


def _grid_of(
    book: CalamineWorkbook, sheet: Any, origin: Origin, suffix: str, known: Mapping[str, Marks]
) -> tuple[Grid | None, list[Finding]]:
    """Read one sheet, unless it is hidden, no sheet of cells, or empty."""
    if not (str(sheet.typ).endswith(".WorkSheet") and str(sheet.visible).endswith(".Visible")):
        return None, []
    rows, merges, found, marks = _rows(book, origin, suffix, sheet.name, known)
    if not rows and not found:
        return None, []
    others = [one for one in found if one.code != "IC322"]  # it matters where the cell is asked for
    return Grid(origin, sheet.name, rows, frozenset(marks.uncomputed), merges), others


def _opened(origin: Origin, suffix: str, read: _Read[_T]) -> tuple[list[_T], list[Finding]]:
    """Look a workbook over, open it and read it; what is damaged or locked is a finding."""
    with Path(origin.path).open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        return [], [finding("IC308", origin.place())]
    kind, expected = kind_of(head), ".xls" if suffix == ".xls" else ".xlsx"
    if kind == ".xls" != expected and _is_encrypted(origin.path):
        return _unlocked(origin, suffix, read)
    if kind != expected and kind in WORKBOOKS:
        made, found = _looked_over(origin._replace(content=Path(origin.path).read_bytes()), kind, read)
        english, chinese = WORKBOOKS[kind]
        return made, [finding("IC936", origin.place(), suffix=suffix, kind=english, kind_zh=chinese), *found] if made else found
    if kind != expected and (kind or is_text(head)):
        return [], [finding("IC318", origin.place(), suffix=suffix, kind=kind or "text")]
    return _looked_over(origin, suffix, read)


def _unlocked(origin: Origin, suffix: str, read: _Read[_T]) -> tuple[list[_T], list[Finding]]:
    """Read an encrypted workbook, if it is by the password that Excel does not ask for."""
    try:
        content = unlocked(Path(origin.path).read_bytes())
    except ImportError:
        return [], [finding("IC938", origin.place())]
    except ValueError as error:
        return [], [origin.damaged(error)]
    if content is None or origin.content is not None:
        return [], [finding("IC331", origin.place())]
    return _looked_over(origin._replace(content=content), suffix, read)


def _looked_over(origin: Origin, suffix: str, read: _Read[_T]) -> tuple[list[_T], list[Finding]]:
    """Read a workbook that has the kind of its ending, once it is known that it fits into memory."""
    if suffix != ".xls" and (wrong := _unpacks_to_too_much(origin)):
        return [], [wrong]
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        known = _marks_beforehand(origin, suffix)
        if known is None:
            return [], [finding("IC331", origin.place())]
        if far := [_too_far(origin, "", marks) for marks in known.values() if _is_too_far(marks)]:
            return [], far
        opened = origin.opened()
        with CalamineWorkbook.from_path(opened) if isinstance(opened, str) else CalamineWorkbook.from_filelike(opened) as book:
            return read(book, origin, suffix, known)
    except PasswordError:
        return _unlocked(origin, suffix, read)
    except (CalamineError, *_DAMAGED) as error:
        return [], [origin.damaged(error)]
    except BaseException as error:
        # a damaged file can make calamine panic, which Python is given as an exception outside of `Exception`
        if type(error).__name__ != "PanicException":
            raise
        return [], [origin.damaged(error)]


def _is_encrypted(path: str) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in Path(path).read_bytes()


def _marks_beforehand(origin: Origin, suffix: str) -> dict[str, Marks] | None:
    """Read the marks of all sheets where calamine opens all at once, by name in .ods and by number in .xls.

    Nothing is returned when the parts of an .ods file are encrypted.
    """
    if suffix == ".xls":
        try:
            content = Path(origin.path).read_bytes() if origin.content is None else origin.content
            return {str(index): marks for index, marks in enumerate(xls_marks(content))}
        except LookupError:
            return {}
    if suffix != ".ods":
        return {}
    with ZipFile(origin.opened()) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return None
        return ods_marks(archive)


def _is_too_far(marks: Marks) -> bool:
    return marks.height * marks.width > MOST_CELLS


def _too_far(origin: Origin, sheet: str, marks: Marks) -> Finding:
    return finding("IC324", origin.place(sheet), cell=f"{letters(marks.width)}{marks.height}")


def _unpacks_to_too_much(origin: Origin) -> Finding | None:
    try:
        with ZipFile(origin.opened()) as archive:
            members = archive.infolist()
    except _DAMAGED as error:
        return origin.damaged(error)
    unpacked = sum(member.file_size for member in members)
    dense = any(m.file_size > SMALL_MEMBER and m.file_size > MOST_RATIO * max(m.compress_size, 1) for m in members)
    if unpacked > MOST_UNPACKED or len(members) > MOST_MEMBERS or dense:
        return finding("IC317", origin.place(), size=f"{unpacked / (1 << 20):,.0f} MiB", members=len(members))
    return None


def _read_sheets(
    book: CalamineWorkbook, origin: Origin, suffix: str, known: Mapping[str, Marks]
) -> tuple[list[Table], list[Finding]]:
    tables: list[Table] = []
    found: list[Finding] = []
    names = [sheet.name for sheet in book.sheets_metadata if str(sheet.typ).endswith(".WorkSheet")]
    hidden = {sheet.name for sheet in book.sheets_metadata if not str(sheet.visible).endswith(".Visible")}
    chosen, unfit = _chosen(origin, names, hidden)
    found += unfit
    if unfit and not chosen:
        return [], found
    empty = True
    for name, period in chosen:
        if name in hidden and origin.sheet != name:
            if origin.sheet is not None:
                found.append(finding("IC332", origin.place(name), sheet=name))
            continue
        rows, merges, problems, marks = _rows(book, origin, suffix, name, known)
        found += problems
        if not rows:
            empty = empty and not problems
            continue
        empty = False
        its_tables, its_findings = tables_of(origin, name, period or origin.period, rows, _counted(rows), merges=merges)
        tables += its_tables
        found += its_findings
        found += hidden_cells(origin.place(name), its_tables, marks)
        if origin.sheet is None:
            others = [other for other in names if other != name and other not in hidden]
            found += [finding("IC367", origin.place(name), others=others)] if others else []
            break
    if empty:
        found.append(finding("IC308", origin.place(origin.sheet if origin.sheet in names else "")))
    return tables, found


def _passed_by(origin: Origin, fitting: Sequence[str], names: Sequence[str]) -> list[Finding]:
    """Find the sheets that look like those of a further period and that the pattern does not mean."""
    if origin.sheet is None or origin.sheet in names or not is_pattern(origin.sheet):
        return []
    others = passed_by(origin.sheet, fitting, [name for name in names if name not in fitting])
    return [finding("IC932", origin.place(name), name=name, pattern=origin.sheet, near=max(fitting)) for name in others]


def _counted(rows: Sequence[object]) -> range:
    return range(1, len(rows) + 1)


def _rows(
    book: CalamineWorkbook, origin: Origin, suffix: str, name: str, known: Mapping[str, Marks]
) -> tuple[list[list[Cell]], Sequence[Merge], list[Finding], Marks]:
    """Return a sheet's rows from row 1 and column A on, its merged cells, what is wrong with single cells, and its marks."""
    found: list[Finding] = []
    marks = _marks_of(book, origin, suffix, name, known)
    if marks is None:
        marks = NOTHING
        found.append(finding("IC334", origin.place(name)))
    if _is_too_far(marks):
        return [], [], [_too_far(origin, name, marks)], marks
    sheet = book.get_sheet_by_name(name)
    rows = _plain(sheet.to_python(skip_empty_area=False))
    if suffix == ".ods":
        rows = [[_duration(cell) if isinstance(cell, str) and cell.startswith("PT") else cell for cell in row] for row in rows]
    for (row, column), text in (*marks.raised.items(), *marks.errors.items()):
        _reach(rows, row, column)[column] = text
    for row, column in marks.percents:
        line = _reach(rows, row, column)
        value = line[column]
        if isinstance(value, (int, float)):  # .xls gives whole numbers as int
            line[column] = f"{Decimal(repr(value)).scaleb(2).normalize():f}%"
    if marks.uncomputed:
        row, column = marks.uncomputed[0]
        found.append(finding("IC322", origin.place(name, row + 1, column + 1), count=len(marks.uncomputed)))
    while rows and not any(name_of(cell) for cell in rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    rows = [of_width(line, width) for line in rows]
    merges: Iterable[Merge] = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()] or marks.merges
    return rows, [merge for merge in merges if merge[0] < len(rows) and merge[1] < width], found, marks


def _marks_of(book: CalamineWorkbook, origin: Origin, suffix: str, name: str, known: Mapping[str, Marks]) -> Marks | None:
    """Read what calamine leaves out of a sheet; None where its part is not where it should be."""
    try:
        if suffix in (".xls", ".ods"):
            return known[name if suffix == ".ods" else str(book.sheet_names.index(name))]
        with ZipFile(origin.opened()) as archive:
            return xlsx_marks(archive, name)
    except LookupError:
        return None


def _plain(rows: list[list[Any]]) -> list[list[Cell]]:
    """Turn dates and times into text; nearly all rows have none and stay what they are."""
    plain = {str, float, int, bool}
    return [row if plain.issuperset(map(type, row)) else [text_of(cell) for cell in row] for row in rows]


def _duration(cell: str) -> Cell:
    """Return a duration of more than a day, which calamine gives as the file has it (PT26H30M00S), as it is shown."""
    parts = re.fullmatch(r"PT([0-9]+)H([0-9]+)M([0-9.]+)S", cell)
    if parts is None:
        return cell
    hours, minutes, seconds = parts.groups()
    return text_of(dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds)))


def _reach(rows: list[list[Cell]], row: int, column: int) -> list[Cell]:
    """Return a row, made long enough for a column; calamine leaves cells out that it takes for empty."""
    while len(rows) <= row:
        rows.append([])
    line = rows[row]
    line += [""] * (column + 1 - len(line))
    return line
