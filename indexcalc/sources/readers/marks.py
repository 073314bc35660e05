"""What calamine does not tell of a workbook's cells.

It gives an error such as #DIV/0! and a formula that was never computed as an empty cell (in .ods even as 0), and a cell
that shows 85.3% as 0.853. Taken at its word, an index would score silence and be wrong by a factor of a hundred. So the
parts of the file that say these things are read here, by the standard library alone, and only where a quick look at
the bytes finds any.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat
from zipfile import ZipFile

from .raised import Above, xls_raised_strings, xlsx_raised, xlsx_raised_strings

Address = tuple[int, int]  # row and column, from 0


@dataclass
class _Open:
    """The cell that a walk through a sheet's XML is in."""

    row: int = -1
    column: int = -1
    attributes: dict[str, str] = field(default_factory=dict)
    formula: bool = False
    value: bool = False
    text: str = ""
    reading: bool = False


@dataclass(frozen=True)
class Marks:
    """What stands in a sheet's cells beside their values, and how far the filled cells reach."""

    errors: Mapping[Address, str]
    percents: frozenset[Address]
    uncomputed: tuple[Address, ...] = ()
    merges: tuple[tuple[int, int, int, int], ...] = ()
    height: int = 0
    width: int = 0
    raised: Mapping[Address, str] = field(default_factory=dict)  # texts with something above the line
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


NOTHING = Marks({}, frozenset())

_COLUMN = re.compile(rb' r=["\']([A-Z]{1,3})[0-9]')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\']([0-9]+)["\']')
_UNCOMPUTED = re.compile(  # the end of a formula, at most an empty value after it, and the end of its cell
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?\s*</"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\bhidden=["\'](?:1|true)["\'][^>]*>')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b[^>]*?\bhidden=["\'](?:1|true)["\'][^>]*>')
_NUMBER_OF_ROW = re.compile(rb'\br=["\']([0-9]+)["\']')
_FIRST_COLUMN, _LAST_COLUMN = re.compile(rb'\bmin=["\']([0-9]+)["\']'), re.compile(rb'\bmax=["\']([0-9]+)["\']')
MOST_COLUMNS = 16_384
_ERROR = re.compile(rb't=["\']e["\']')
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_BUILT_IN_PERCENT = {9, 10}
FAR = 20_000_000  # cells from A1 to the last filled one, from which on a sheet is looked at closely


def xlsx_marks(archive: ZipFile, sheet: str) -> Marks:
    """Read the marks of one sheet of an .xlsx or .xlsm file; LookupError when its part is not where it should be."""
    parts = {name.lower().lstrip("/"): name for name in archive.namelist()}
    book = _target(archive, parts, "", "officeDocument")
    if book is None:
        raise LookupError(sheet)
    part = _sheet_part(archive, parts, book, sheet)
    styles = _target(archive, parts, book, "styles")
    percents = _percent_styles(archive.read(styles)) if styles else set()
    content = archive.read(part)
    shown = re.compile(b" s=[\"'](?:%s)[\"']" % b"|".join(b"%d" % style for style in percents)) if percents else None
    rows = max(map(int, _ROW.findall(content)), default=0)
    columns = max((column_number(letters.decode()) for letters in set(_COLUMN.findall(content))), default=0)
    hidden = _hidden_in(content)
    strings = _target(archive, parts, book, "sharedStrings")
    above = xlsx_raised(content, xlsx_raised_strings(archive.read(strings)) if strings else {})
    raised_texts = {_address(cell): text for cell, text in above.items() if cell}
    marked = _ERROR.search(content) or _UNCOMPUTED.search(content) or (shown and shown.search(content))
    if not marked and rows * columns <= FAR:
        plain = Marks({}, frozenset(), height=rows, width=columns)
    else:
        plain = _walk_sheet(content, {str(style) for style in percents})
    return replace(plain, raised=raised_texts, hidden_rows=hidden[0], hidden_columns=hidden[1])


def _address(cell: str) -> Address:
    """Return a cell's row and column, from 0, of an address such as C3."""
    column = cell.rstrip("0123456789")
    return int(cell[len(column) :]) - 1, column_number(column) - 1


def _hidden_in(content: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return the rows and columns of a worksheet's XML that are hidden, by a filter or by hand."""
    if b"hidden=" not in content:
        return frozenset(), frozenset()
    rows = {int(said[1]) - 1 for tag in _HIDDEN_ROW.findall(content) if (said := _NUMBER_OF_ROW.search(tag))}
    columns: set[int] = set()
    for tag in _HIDDEN_COLUMN.findall(content):
        first, last = _FIRST_COLUMN.search(tag), _LAST_COLUMN.search(tag)
        if first and last:
            columns.update(range(int(first[1]) - 1, min(int(last[1]), MOST_COLUMNS)))
    return frozenset(rows), frozenset(columns)


def column_number(letters: str) -> int:
    """Return a column counted from 1 of a workbook's letters.

    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _target(archive: ZipFile, parts: dict[str, str], source: str, kind: str, identity: str = "") -> str | None:
    """Return the part that another part's relationships name by kind or identity."""
    folder, _, name = source.rpartition("/")
    relations = parts.get(f"{folder}/_rels/{name}.rels".lower().lstrip("/"))
    if relations is None:
        return None
    for relation in ET.fromstring(archive.read(relations)):  # noqa: S314 - expat bounds entities, and unpacked size is bounded before
        if identity != relation.get("Id") and (identity or not relation.get("Type", "").endswith("/" + kind)):
            continue
        target = relation.get("Target", "").replace("\\", "/")
        path = target if target.startswith("/") else f"{folder}/{target}"
        pieces: list[str] = []
        for piece in path.lower().split("/"):
            pieces = pieces[:-1] if piece == ".." else [*pieces, *([piece] if piece not in ("", ".") else [])]
        return parts.get("/".join(pieces))
    return None


def _sheet_part(archive: ZipFile, parts: dict[str, str], book: str, sheet: str) -> str:
    for element in ET.fromstring(archive.read(book)).iter():  # noqa: S314
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            identity = next((value for name, value in element.items() if name.endswith("}id")), "")
            if identity and (part := _target(archive, parts, book, "", identity)):
                return part
    raise LookupError(sheet)


def _percent_styles(content: bytes) -> set[int]:
    """Return the numbers of the cell styles that show a number as a percentage."""
    root = ET.fromstring(content)  # noqa: S314
    formats = set(_BUILT_IN_PERCENT)
    for element in root.iter():
        if _local(element.tag) == "numFmt" and "%" in _QUOTED.sub("", element.get("formatCode", "")):
            formats.add(int(element.get("numFmtId", "-1")))
    styles = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    return {index for index, style in enumerate(styles) if int(style.get("numFmtId", "0")) in formats}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _walk_sheet(content: bytes, percents: set[str]) -> Marks:
    """Read the marks of every cell of a worksheet's XML."""
    errors: dict[Address, str] = {}
    shown: set[Address] = set()
    uncomputed: list[Address] = []
    reach = [0, 0]
    cell = _Open()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "row":
            cell.row = int(attributes["r"]) - 1 if "r" in attributes else cell.row + 1
            cell.column = -1
        elif name == "c":
            at = re.match(r"[A-Z]+", attributes.get("r", ""))
            cell.column = column_number(at.group()) - 1 if at else cell.column + 1
            cell.attributes = attributes
            cell.formula = cell.value = False
            cell.text = ""
        elif name == "v":
            cell.reading = True
        elif name == "is":
            cell.value = True
        elif name == "f":
            cell.formula = True

    def characters(text: str) -> None:
        if cell.reading:
            cell.text += text

    def end(tag: str) -> None:
        name = _local(tag)
        if name == "v":
            cell.reading = False
        elif name == "c":
            at = (cell.row, cell.column)
            kind = cell.attributes.get("t", "n")
            if cell.value or cell.text:
                reach[:] = max(reach[0], cell.row + 1), max(reach[1], cell.column + 1)
            if kind == "e":
                errors[at] = cell.text or "#N/A"
            elif cell.formula and not cell.text and kind != "str":
                uncomputed.append(at)
            elif kind == "n" and cell.text and cell.attributes.get("s") in percents:
                shown.add(at)

    _parse(content, start, end, characters)
    return Marks(errors, frozenset(shown), tuple(uncomputed), (), reach[0], reach[1])


def _parse(content: bytes, start: Any, end: Any, characters: Any) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(content, True)


@dataclass
class _Sheet:
    """What was found so far in a sheet of an .ods file."""

    errors: dict[Address, str] = field(default_factory=dict)
    percents: set[Address] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    height: int = 0
    width: int = 0
    raised: dict[Address, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    columns: int = 0  # of which it was said so far how they look


def ods_marks(archive: ZipFile) -> dict[str, Marks]:
    """Read the marks of all sheets of an .ods file, their merged cells with them; ExpatError when it is damaged.

    To be called before calamine, which reads an .ods file whole and, where its XML breaks off, without end.
    """
    sheets: dict[str, _Sheet] = {}
    cell = _Open()
    inside = [""]  # the names of the open tables; a table inside a cell is no sheet
    repeat = [1]
    above = Above()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        above.start(name, attributes)
        if name == "table":
            inside.append(attributes.get("table:name", ""))
            if len(inside) == _IN_A_SHEET:
                sheets[inside[-1]] = _Sheet()
                cell.row, repeat[0] = -1, 1
        if len(inside) != _IN_A_SHEET:
            return
        if name == "table-row":
            cell.row += repeat[0]  # the row before may have stood for several
            repeat[0] = int(attributes.get("table:number-rows-repeated", "1"))
            cell.column = -1
            cell.attributes = {}
            if attributes.get("table:visibility", "visible") != "visible" and repeat[0] <= MOST_COLUMNS:
                sheets[inside[-1]].hidden_rows.update(range(cell.row, cell.row + repeat[0]))
        elif name == "table-column":
            sheet, many = sheets[inside[-1]], int(attributes.get("table:number-columns-repeated", "1"))
            if attributes.get("table:visibility", "visible") != "visible":
                sheet.hidden_columns.update(range(sheet.columns, min(sheet.columns + many, MOST_COLUMNS)))
            sheet.columns += many
        elif name in ("table-cell", "covered-table-cell"):
            cell.column += int(cell.attributes.get("table:number-columns-repeated", "1")) if cell.attributes else 1
            cell.attributes = {"": name, **attributes}
            cell.text = ""
            above.any = False
        elif name == "p":
            cell.text += "\n" if cell.text else ""
            cell.reading = True

    def characters(text: str) -> None:
        if cell.reading:
            cell.text += above.written(text)

    def end(tag: str) -> None:
        name = _local(tag)
        above.end(name)
        if name == "p":
            cell.reading = False
        elif name in ("table-cell", "covered-table-cell") and len(inside) == _IN_A_SHEET:
            _ods_cell(cell, repeat[0], sheets[inside[-1]], above=above.any)
        elif name == "table":
            inside.pop()

    _parse(archive.read("content.xml"), start, end, characters)
    return {
        name: Marks(
            sheet.errors,
            frozenset(sheet.percents),
            (),
            tuple(sheet.merges),
            sheet.height,
            sheet.width,
            sheet.raised,
            frozenset(sheet.hidden_rows),
            frozenset(sheet.hidden_columns),
        )
        for name, sheet in sheets.items()
    }


_IN_A_SHEET = 2


def _ods_cell(cell: _Open, rows: int, sheet: _Sheet, *, above: bool) -> None:
    """Note what one cell of an .ods sheet says, for every row and column that it stands for."""
    told = cell.attributes
    kind = told.get("calcext:value-type") or told.get("office:value-type", "")
    if not kind:
        return
    columns = int(told.get("table:number-columns-repeated", "1"))
    sheet.height = max(sheet.height, cell.row + rows)
    sheet.width = max(sheet.width, cell.column + columns)
    down, across = (int(told.get(f"table:number-{way}-spanned", "1")) for way in ("rows", "columns"))
    if down > 1 or across > 1:
        sheet.merges.append((cell.row, cell.column, cell.row + down - 1, cell.column + across - 1))
    if (kind not in ("error", "percentage") and not above) or rows * columns > FAR:
        return
    for row in range(cell.row, cell.row + rows):
        for column in range(cell.column, cell.column + columns):
            if above:
                sheet.raised[row, column] = cell.text
            elif kind == "error":
                sheet.errors[row, column] = cell.text.strip() or "#N/A"
            else:
                sheet.percents.add((row, column))


_XLS_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"
}  # fmt: skip
_BOF, _EOF, _SHEET, _FORMAT, _STYLE, _LOCKED = (0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F)
_FORMULA, _NUMBER, _SHORT, _SHORTS, _BOOL_OR_ERROR = (0x0006, 0x0203, 0x027E, 0x00BD, 0x0205)
_TEXT, _SHARED_TEXT, _RICH_TEXT = (0x0204, 0x00FD, 0x00D6)
_CELLS = frozenset((_FORMULA, _NUMBER, _SHORT, _SHORTS, _BOOL_OR_ERROR, _TEXT, _SHARED_TEXT, _RICH_TEXT))
_EXTENT, _OLD_EXTENT = (0x0200, 10)  # the second is its length before Excel 97
_ROW_LOOKS, _COLUMN_LOOKS, _HIDDEN_BIT = 0x0208, 0x007D, 0x20
_ERROR_RESULT = 2  # other formulas' results that are no number: 0 text, 1 logical, 3 empty


def xls_marks(content: bytes) -> list[Marks]:
    """Read the marks of all sheets of an .xls file; LookupError when it is built in a way not known here.

    RuntimeError says that the file is damaged. To be called before calamine, which makes room for as many cells as a
    damaged file says it has.
    """
    try:
        book = _workbook_stream(content)
        formats = set(_BUILT_IN_PERCENT)
        styles: list[int] = []
        sheets: list[int] = []
        for kind, record in _biff_records(book, 0):
            if kind == _FORMAT:
                code = record[2:].replace(b"\0", b"").decode("latin-1")
                formats.update(struct.unpack_from("<H", record) if "%" in _QUOTED.sub("", code) else ())
            elif kind == _STYLE:
                styles.append(struct.unpack_from("<H", record, 2)[0])
            elif kind == _LOCKED:
                raise LookupError("FILEPASS")  # what follows is encrypted
            elif kind == _SHEET:
                sheets.append(struct.unpack_from("<I", record)[0])
        percents = {number for number, code in enumerate(styles) if code in formats}
        above = xls_raised_strings(_biff_records(book, 0))
        return [_biff_sheet(book, at, percents, above) for at in sheets]
    except (struct.error, IndexError, ValueError) as error:
        raise LookupError("BIFF") from error


def _biff_sheet(book: bytes, at: int, percents: set[int], above: Mapping[int, str]) -> Marks:
    errors: dict[Address, str] = {}
    raised_texts: dict[Address, str] = {}
    shown: set[Address] = set()
    height = width = 0
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    for kind, record in _biff_records(book, at):
        if kind == _EXTENT:
            top, end, left, across = struct.unpack_from("<IIHH" if len(record) > _OLD_EXTENT else "<HHHH", record)
            if top > end or left > across:  # calamine subtracts them and asks for more memory than there is
                raise RuntimeError("DIMENSIONS")
            height, width = max(height, end), max(width, across)
        elif kind == _ROW_LOOKS and len(record) > 12 and record[12] & _HIDDEN_BIT:
            hidden_rows.add(struct.unpack_from("<H", record)[0])
        elif kind == _COLUMN_LOOKS and len(record) > 8 and record[8] & 1:
            first, last = struct.unpack_from("<HH", record)
            hidden_columns.update(range(first, min(last + 1, MOST_COLUMNS)))
        if kind not in _CELLS:
            continue
        row, column, style = struct.unpack_from("<HHH", record)
        height, width = max(height, row + 1), max(width, column + 1)
        if kind == _SHORTS:
            many = range((len(record) - 6) // 6)
            width = max(width, column + len(many))
            shown.update((row, column + i) for i in many if struct.unpack_from("<H", record, 4 + 6 * i)[0] in percents)
        elif kind == _BOOL_OR_ERROR:
            if record[7]:
                errors[row, column] = _XLS_ERRORS.get(record[6], "#N/A")
        elif kind == _FORMULA and record[12:14] == b"\xff\xff":
            if record[6] == _ERROR_RESULT:
                errors[row, column] = _XLS_ERRORS.get(record[8], "#N/A")
        elif kind in (_FORMULA, _NUMBER, _SHORT) and style in percents:
            shown.add((row, column))
        elif kind == _SHARED_TEXT and (number := struct.unpack_from("<I", record, 6)[0]) in above:
            raised_texts[row, column] = above[number]
    hidden = frozenset(hidden_rows), frozenset(hidden_columns)
    return Marks(errors, frozenset(shown), (), (), height, width, raised_texts, *hidden)


def _biff_records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, without those of charts inside it."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(content: bytes) -> bytes:
    """Take the workbook out of the little file system that an .xls file is."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    directory, _, cutoff, mini_table = struct.unpack_from("<IIII", content, 48)
    extra, extras = struct.unpack_from("<II", content, 68)
    tables = list(struct.unpack_from("<109I", content, 76))
    for _ in range(extras):
        block = struct.unpack_from(f"<{size // 4}I", content, (extra + 1) * size)
        tables += block[:-1]
        extra = block[-1]
    following: list[int] = []
    for sector in tables:
        if sector < _FREE:
            following += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)

    def chain(sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _FREE and len(pieces) <= len(following):
            pieces.append(content[(sector + 1) * size : (sector + 2) * size])
            sector = following[sector]
        return b"".join(pieces)

    entries = chain(directory)
    root = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries), 128):
        name = entries[at : at + max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode("utf-16-le")
        if name not in ("Workbook", "Book"):
            continue
        first, length = struct.unpack_from("<II", entries, at + 116)
        if length >= cutoff:
            return chain(first)[:length]
        small, links = chain(root), chain(mini_table)
        pieces: list[bytes] = []
        while first < _FREE and len(pieces) * 64 < length:
            pieces.append(small[first * 64 : first * 64 + 64])
            first = struct.unpack_from("<I", links, first * 4)[0]
        return b"".join(pieces)[:length]
    raise LookupError("Workbook")


_FREE = 0xFFFFFFFA  # sector numbers from here on say "end" or "unused"
