"""The marks of the cells of .xls files, which are records of a workbook in a little file system."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .marks import BUILT_IN_PERCENT, MOST_COLUMNS, Address, Marks, shows_percent
from .raised import xls_fonts_above, xls_raised_cell, xls_raised_strings

_XLS_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"
}  # fmt: skip
_BOF, _EOF, _SHEET, _FORMAT, _STYLE, _LOCKED = (0x0809, 0x000A, 0x0085, 0x041E, 0x00E0, 0x002F)
_FORMULA, _NUMBER, _SHORT, _SHORTS, _BOOL_OR_ERROR = (0x0006, 0x0203, 0x027E, 0x00BD, 0x0205)
_TEXT, _SHARED_TEXT, _RICH_TEXT = (0x0204, 0x00FD, 0x00D6)
_CELLS = frozenset((_FORMULA, _NUMBER, _SHORT, _SHORTS, _BOOL_OR_ERROR, _TEXT, _SHARED_TEXT, _RICH_TEXT))
_CODE_PAGE, _EXCEL_97 = 0x0042, 0x0600
_EXTENT, _OLD_EXTENT = (0x0200, 10)  # the second is its length before Excel 97
_ROW_LOOKS, _COLUMN_LOOKS, _HIDDEN_BIT = 0x0208, 0x007D, 0x20
_ERROR_RESULT = 2  # other formulas' results that are no number: 0 text, 1 logical, 3 empty


def xls_marks(content: bytes) -> list[Marks]:
    """Read the marks of all sheets of an .xls file; LookupError when it is built in a way not known here.

    RuntimeError says that the file is damaged. To be called before calamine, which makes room for as many cells as a
    damaged file says it has.
    """
    try:
        return marks_of_stream(_workbook_stream(content))
    except (struct.error, IndexError, ValueError) as error:
        raise LookupError("BIFF") from error


def marks_of_stream(book: bytes) -> list[Marks]:
    """Read the marks of all sheets of the records of a workbook."""
    formats = set(BUILT_IN_PERCENT)
    styles: list[int] = []
    sheets: list[int] = []
    for kind, record in _biff_records(book, 0):
        if kind == _FORMAT:
            code = record[2:].replace(b"\0", b"").decode("latin-1")
            formats.update(struct.unpack_from("<H", record) if shows_percent(code) else ())
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", record, 2)[0])
        elif kind == _LOCKED:
            raise LookupError("FILEPASS")  # what follows is encrypted
        elif kind == _SHEET:
            sheets.append(struct.unpack_from("<I", record)[0])
    looks = _Looks(
        {number for number, code in enumerate(styles) if code in formats},
        xls_raised_strings(_biff_records(book, 0)),
        xls_fonts_above(_biff_records(book, 0)),
        None if struct.unpack_from("<H", book, 4)[0] >= _EXCEL_97 else _code_page(book),
    )
    return [_biff_sheet(book, at, looks) for at in sheets]


@dataclass(frozen=True)
class _Looks:
    """What the cells of a workbook name by number: styles of percentages, strings and fonts above the line; its letters."""

    percents: AbstractSet[int]
    strings: Mapping[int, str]
    fonts: AbstractSet[int]
    code_page: str | None  # of workbooks before Excel 97


def _code_page(book: bytes) -> str:
    """Return the encoding of the texts of a workbook before Excel 97."""
    number = next((struct.unpack_from("<H", record)[0] for kind, record in _biff_records(book, 0) if kind == _CODE_PAGE), 1252)
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return "cp1252"


def _biff_sheet(book: bytes, at: int, looks: _Looks) -> Marks:
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
            shown.update((row, column + i) for i in many if struct.unpack_from("<H", record, 4 + 6 * i)[0] in looks.percents)
        elif kind == _BOOL_OR_ERROR:
            if record[7]:
                errors[row, column] = _XLS_ERRORS.get(record[6], "#N/A")
        elif kind == _FORMULA and record[12:14] == b"\xff\xff":
            if record[6] == _ERROR_RESULT:
                errors[row, column] = _XLS_ERRORS.get(record[8], "#N/A")
        elif kind in (_FORMULA, _NUMBER, _SHORT) and style in looks.percents:
            shown.add((row, column))
        elif kind == _SHARED_TEXT and (number := struct.unpack_from("<I", record, 6)[0]) in looks.strings:
            raised_texts[row, column] = looks.strings[number]
        elif kind == _RICH_TEXT and looks.fonts and (text := xls_raised_cell(record, looks.fonts, looks.code_page)):
            raised_texts[row, column] = text
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
