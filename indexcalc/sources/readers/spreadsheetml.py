"""Workbooks of one XML file, as Excel 2003 wrote them and systems still export them under the ending .xls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET

from .pages import Merge
from .table import Cell

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
MOST_CELLS = 40_000_000  # from A1 to the last filled one
_SS = f"{{{NAMESPACE}}}"


@dataclass(frozen=True)
class Page:
    """One sheet: its name, its rows from row 1 and column A on, and its merged cells."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)


def pages_of(content: bytes) -> list[Page]:
    """Return the sheets that can be seen; none where the XML is no workbook.

    :raises ET.ParseError: when it is damaged.
    :raises ValueError: when a place in it is no number, or far from all others.
    """
    root = ET.fromstring(content)  # noqa: S314 - expat bounds what entities grow to
    if root.tag != f"{_SS}Workbook":
        return []
    percents = {
        style.get(f"{_SS}ID", "")
        for style in root.iter(f"{_SS}Style")
        if any("%" in (said := form.get(f"{_SS}Format", "")) or said == "Percent" for form in style.iter(f"{_SS}NumberFormat"))
    }
    return [_page(sheet, percents) for sheet in root.iter(f"{_SS}Worksheet") if not _is_hidden(sheet)]


def _is_hidden(sheet: ET.Element) -> bool:
    return any(one.tag.endswith("}Visible") and (one.text or "").startswith("SheetHidden") for one in sheet.iter())


def _page(sheet: ET.Element, percents: set[str]) -> Page:
    cells: dict[tuple[int, int], Cell] = {}
    merges: list[Merge] = []
    for row, column, element in _cells(sheet):
        cells[row, column] = _value(element, percents)
        down, across = _number(element.attrib, "MergeDown", 0), _number(element.attrib, "MergeAcross", 0)
        if down or across:
            merges.append((row, column, row + down, column + across))
    filled = [at for at, cell in cells.items() if cell != ""]
    height, width = max((row for row, _ in filled), default=-1) + 1, max((column for _, column in filled), default=-1) + 1
    if height * width > MOST_CELLS:
        raise ValueError(f"{height} x {width}")
    rows: list[list[Cell]] = [[""] * width for _ in range(height)]
    for row, column in filled:
        rows[row][column] = cells[row, column]
    return Page(sheet.get(f"{_SS}Name", ""), rows, [one for one in merges if one[0] < height and one[1] < width])


def _cells(sheet: ET.Element) -> Iterator[tuple[int, int, ET.Element]]:
    """Yield the cells of a sheet with their rows and columns, counted from 0; those that say no place follow the one before."""
    for table in sheet.findall(f"{_SS}Table"):
        row = -1
        for line in table.findall(f"{_SS}Row"):
            row, column = _number(line.attrib, "Index", row + 2) - 1, -1
            for element in line.findall(f"{_SS}Cell"):
                column = _number(element.attrib, "Index", column + 2) - 1
                yield row, column, element
                column += _number(element.attrib, "MergeAcross", 0)
            row += _number(line.attrib, "Span", 0)


def _number(attributes: Mapping[str, str], name: str, default: int) -> int:
    return int(attributes.get(f"{_SS}{name}", default))


def _value(cell: ET.Element, percents: set[str]) -> Cell:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return ""
    text, kind = "".join(data.itertext()), data.get(f"{_SS}Type", "String")
    if kind == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
    if kind == "Boolean":
        return text == "1"
    if kind != "Number":
        return text
    if cell.get(f"{_SS}StyleID", "") not in percents:
        return float(text)
    try:
        return f"{Decimal(text).scaleb(2).normalize():f}%"
    except InvalidOperation:
        return text
