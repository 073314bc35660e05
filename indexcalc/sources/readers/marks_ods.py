"""The marks of the cells of .ods files, and their merged cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from zipfile import ZipFile

from .marks import FAR, MOST_COLUMNS, Address, Marks, Open, local, walk
from .raised import Above


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
    cell = Open()
    inside = [""]  # the names of the open tables; a table inside a cell is no sheet
    repeat = [1]
    above = Above()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
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
        name = local(tag)
        above.end(name)
        if name == "p":
            cell.reading = False
        elif name in ("table-cell", "covered-table-cell") and len(inside) == _IN_A_SHEET:
            _ods_cell(cell, repeat[0], sheets[inside[-1]], above=above.any)
        elif name == "table":
            inside.pop()

    walk(archive.read("content.xml"), start, end, characters)
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


def _ods_cell(cell: Open, rows: int, sheet: _Sheet, *, above: bool) -> None:
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
