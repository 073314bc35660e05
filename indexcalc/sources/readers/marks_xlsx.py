"""The marks of the cells of .xlsx and .xlsm files."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from .marks import BUILT_IN_PERCENT, FAR, MOST_COLUMNS, Address, Marks, Open, local, shows_percent, walk
from .raised import xlsx_raised, xlsx_raised_strings

_COLUMN = re.compile(rb' r=["\']([A-Z]{1,3})[0-9]')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br=["\']([0-9]+)["\']')
_UNCOMPUTED = re.compile(  # the end of a formula, at most an empty value after it, and the end of its cell
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?\s*</"
)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\bhidden=["\'](?:1|true)["\'][^>]*>')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b[^>]*?\bhidden=["\'](?:1|true)["\'][^>]*>')
_NUMBER_OF_ROW = re.compile(rb'\br=["\']([0-9]+)["\']')
_FIRST_COLUMN, _LAST_COLUMN = re.compile(rb'\bmin=["\']([0-9]+)["\']'), re.compile(rb'\bmax=["\']([0-9]+)["\']')
_ERROR = re.compile(rb't=["\']e["\']')


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
        if local(element.tag) == "sheet" and element.get("name") == sheet:
            identity = next((value for name, value in element.items() if name.endswith("}id")), "")
            if identity and (part := _target(archive, parts, book, "", identity)):
                return part
    raise LookupError(sheet)


def _percent_styles(content: bytes) -> set[int]:
    """Return the numbers of the cell styles that show a number as a percentage."""
    root = ET.fromstring(content)  # noqa: S314
    formats = set(BUILT_IN_PERCENT)
    for element in root.iter():
        if local(element.tag) == "numFmt" and shows_percent(element.get("formatCode", "")):
            formats.add(int(element.get("numFmtId", "-1")))
    styles = next((element for element in root if local(element.tag) == "cellXfs"), ())
    return {index for index, style in enumerate(styles) if int(style.get("numFmtId", "0")) in formats}


def _walk_sheet(content: bytes, percents: set[str]) -> Marks:
    """Read the marks of every cell of a worksheet's XML."""
    errors: dict[Address, str] = {}
    shown: set[Address] = set()
    uncomputed: list[Address] = []
    reach = [0, 0]
    cell = Open()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
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
        name = local(tag)
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

    walk(content, start, end, characters)
    return Marks(errors, frozenset(shown), tuple(uncomputed), (), reach[0], reach[1])
