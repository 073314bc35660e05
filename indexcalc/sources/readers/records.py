"""Which rows of a sheet are its header, which its records, and which are titles or notes around them.

Works on rows of cells, whatever file they came from. No row is dropped in silence: a note is quoted in a finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple, cast

from ...findings import Finding, Place, finding, letters
from ...words.recognised_data import CONTINUED, NOTE, UNIT_HEADINGS
from .headers import SENTENCE, groups_unmerged, header_of, names_of, stacked
from .measures import corner, measure_above, measures_below
from .numbers import is_number
from .pages import (
    LONG_NAME,
    Header,
    Merge,
    beside_each_other,
    goes_on,
    headings_again,
    indicator_above,
    measures_in,
    measures_in_header,
    texts_of,
)
from .periods import is_unclear
from .table import Cell, Origin, Table, name_of, of_width
from .table import blank as _blank
from .table import filled as _filled

QUOTED = 40  # characters of a note that a finding shows


class _Sheet(NamedTuple):
    """Rows of cells as they stand in a file, with what is known of the file."""

    origin: Origin
    name: str
    period: str | None
    rows: list[list[Cell]]
    lines: Sequence[int]
    merges: Sequence[Merge]
    ragged: bool

    def place(self, row: int, column: int) -> Place:
        """Return the address of a cell counted from 0."""
        return self.origin.place(self.name, self.lines[row], column + 1)


def tables_of(
    origin: Origin,
    sheet: str,
    period: str | None,
    rows: list[list[Cell]],
    lines: Sequence[int],
    *,
    merges: Sequence[Merge] = (),
    ragged: bool = False,
) -> tuple[list[Table], list[Finding]]:
    """Make tables of rows of cells: headers found, stacked names joined, notes set aside, records kept.

    `lines` are the rows' own numbers in the file. Where rows may be of any length (`ragged`), each is held against the
    header; otherwise all are of one width. Where headings begin again, as on the next page, the rows below are read by
    them: into the same table if they say the same, else into one of their own.
    """
    merges = [*merges, *groups_unmerged(rows, lines, origin)]
    whole = _Sheet(origin, sheet, period, rows, lines, merges, ragged)
    first = header_of(rows, lines, merges, origin)
    if first is None:
        return [], [_no_header(origin, sheet, rows)]
    headers = [first, *headings_again(rows, first, merges, origin.keys, stacked)]
    found: list[Finding] = []
    tables: list[Table] = []
    indicator, measure = indicator_above(rows[: first.top]), measure_above(rows[: first.top])
    for header, after in zip(headers, [*headers[1:], None], strict=True):
        found += [_note(whole, row) for row in header.above]
        indicator = indicator_above([rows[row] for row in header.above]) or indicator
        table, its_findings = _table(whole, header, len(rows) if after is None else min((*after.above, after.top)))
        measure = measure_above([rows[row] for row in header.above]) or measure
        lines_above = rows[: first.top] if header is first else [rows[row] for row in header.above]
        table = replace(table, indicator=indicator, measure=table.measure or measure, above=texts_of(lines_above))
        found += its_findings
        joined = next((at for at, one in enumerate(tables) if _alike(one, table)), None)
        if joined is None:
            tables.append(table)
            if len(tables) > 1 and table.names != tables[0].names:
                found.append(finding("IC931", table.header_place(0), headings=_few(table.names)))
        else:
            tables[joined] = _joined(tables[joined], table)
    printed = [beside_each_other(table) for table in tables]
    found += [finding("IC931", part.header_place(0), headings=_few(part.names)) for parts in printed for part in parts[1:]]
    tables = [part for parts in printed for part in parts]
    return tables, [*(one for table in tables for one in header_findings(table)), *found]


def _table(sheet: _Sheet, header: Header, end: int) -> tuple[Table, list[Finding]]:
    """Make a table of a header and the rows below it, up to but not including the row `end`."""
    rows, lines, merges = sheet.rows, sheet.lines, sheet.merges
    top, low, key = header.top, header.low, header.key
    if low > top and measures_in_header(rows, header, merges):
        low -= 1  # they are taken from the rows below, as where the names of keys are not merged over them
    width = len(rows[low]) if sheet.ragged else max(len(rows[low]), len(rows[top]))
    names, qualified, levels = names_of(rows, top, low, width, merges)
    measure = _of_corner(names, qualified, key)
    while sheet.ragged and width and not names[width - 1]:  # columns that only a spreadsheet's last commas make
        if any(len(row) >= width and not _blank(row[width - 1]) for row in rows[low + 1 : end]):
            break
        width -= 1
    found: list[Finding] = []
    begin = low + 1
    measures: tuple[str, ...] = ()
    if begin < end and (measures := measures_in(rows[begin], key, width) or measures_below(rows[begin], key, width)):
        found.append(_note(sheet, begin))
        begin += 1
    body, numbers = rows[begin:end], lines[begin:end]
    _fill_down(body, merges, begin, key)
    banners = {(m[0] - begin, m[1]) for m in merges if m[3] > m[1]}
    body, numbers, others = _records(sheet.origin, sheet.name, body, numbers, names=names[:width], key=key, banners=banners)
    columns = [_column(body, index) for index in range(width)]
    kept = [index for index in range(width) if names[index] or not all(map(_blank, columns[index]))]
    of_records = set(numbers) if merges else set()
    table = Table(
        sheet.origin.file,
        sheet.name,
        sheet.period,
        lines[low],
        tuple(names[index] for index in kept),
        tuple(qualified[index] for index in kept),
        tuple(index + 1 for index in kept),
        tuple(columns[index] for index in kept),
        numbers,
        measure=measure,
        measures=tuple(measures[index] for index in kept) if measures else (),
        merged=tuple(
            (lines[m[0]], m[1] + 1, lines[min(m[2], len(lines) - 1)], m[3] + 1)
            for m in merges
            if begin <= m[0] < end and lines[m[0]] in of_records
        ),
        levels=tuple(levels[index] for index in kept) if low > top else (),
    )
    return table, [*found, *others]


def _note(sheet: _Sheet, row: int) -> Finding:
    """Say that a row speaks about the table."""
    cells, filled = sheet.rows[row], _filled(sheet.rows[row])
    return finding("IC330", sheet.place(row, filled[0]), note=_shortened(" ".join(name_of(cells[at]) for at in filled)))


def _few(names: Sequence[str]) -> str:
    shown = [name for name in names if name]
    return ", ".join(shown[:8]) + (" …" if len(shown) > 8 else "")


def _alike(one: Table, other: Table) -> bool:
    """Say whether a table goes on with another: the same headings, and nothing above that it is another's."""
    same = (one.names, one.qualified, one.positions) == (other.names, other.qualified, other.positions)
    of_one = set(other.above) <= set(one.above) or all(map(goes_on, other.above))
    return same and of_one and (one.measures, one.indicator, one.measure) == (other.measures, other.indicator, other.measure)


def _joined(one: Table, other: Table) -> Table:
    """Return the records of two tables with the same headings as one."""
    columns = tuple([*first, *second] for first, second in zip(one.columns, other.columns, strict=True))
    return replace(one, columns=columns, lines=[*one.lines, *other.lines], merged=(*one.merged, *other.merged))


def _of_corner(names: list[str], qualified: list[str], key: int) -> str:
    """Return the unit of measurement that stands in the corner of a table, which is then called what else stands there."""
    found = corner(names[key])
    if found is None:
        return ""
    name, measure = found
    names[key], qualified[key] = (name or UNIT_HEADINGS[-1],) * 2
    return measure


def _column(body: list[list[Cell]], index: int) -> Sequence[Cell]:
    return list(map(itemgetter(index), body))


def _no_header(origin: Origin, sheet: str, rows: list[list[Cell]]) -> Finding:
    if origin.header is not None and any(map(_filled, rows)):
        return finding("IC320", origin.place(sheet, origin.header, 1), row=origin.header)
    return finding("IC308", origin.place(sheet))


def header_findings(table: Table) -> list[Finding]:
    """Find columns of values without a name, and a header with nothing below."""
    found = [
        finding("IC333", table.header_place(index), column=letters(table.positions[index]))
        for index, name in enumerate(table.qualified)
        if not name
    ]
    if not table.lines:
        found.append(finding("IC309", Place(table.file, table.sheet, table.header_line)))
    return found


def has_repeated(table: Table) -> bool:
    """Say whether any name stands twice, as hardly ever."""
    return len(set(table.qualified)) < len(table.qualified)


def repeated(table: Table, used: Container[str]) -> list[Finding]:
    """Find names that stand twice: which column is meant cannot be known, but where none is asked for, none has to be.

    2022.1 may be two months.
    """
    found, unused = [], []
    first: dict[str, int] = {}
    for index, (name, qualified) in enumerate(zip(table.names, table.qualified, strict=True)):
        if not qualified or first.setdefault(qualified, index) == index or is_unclear(qualified):
            continue
        if name in used or qualified in used:
            place = table.header_place(index)
            found.append(finding("IC310", place, name=qualified, first=letters(table.positions[first[qualified]])))
        else:
            unused.append(qualified)
    if unused:
        found.append(finding("IC939", Place(table.file, table.sheet, table.header_line), names=list(dict.fromkeys(unused))[:8]))
    return found


def _fill_down(body: list[list[Cell]], merges: Sequence[Merge], offset: int, key: int) -> None:
    """Give every row below a merged cell its value: a unit's name over three rows names all three."""
    for top, left, bottom, right in merges:
        first = top - offset
        if first < 0 or top == bottom or left < right or first >= len(body):
            continue
        cell = body[first][left]
        if _blank(cell) or _is_note(body[first], first, key, gap=False, banners=set()):
            continue
        for row in range(first + 1, min(bottom - offset + 1, len(body))):
            body[row][left] = cell


def _records(
    origin: Origin,
    sheet: str,
    body: list[list[Cell]],
    lines: Sequence[int],
    *,
    names: list[str],
    key: int,
    banners: set[tuple[int, int]],
) -> tuple[list[list[Cell]], Sequence[int], list[Finding]]:
    """Keep the rows that are records, all of the header's width, with findings on the others."""
    width = len(names)
    uneven = {index: row for index, row in enumerate(body) if len(row) != width} if _uneven(body, width) else {}
    for index, row in uneven.items():
        body[index] = of_width(row, width)
    named = max((index + 1 for index, name in enumerate(names) if name), default=0)
    found: list[Finding] = []
    dropped: set[int] = set()
    gap = False
    for index in sorted({*uneven, *_doubtful(body, width)}):
        row = uneven.get(index, body[index])
        filled = _filled(row)
        if not filled:
            gap = True
            dropped.add(index)
        elif width > 1 and _is_note(row, index, key, gap=gap, banners=banners):
            place = origin.place(sheet, lines[index], filled[0] + 1)
            if len(filled) == 1 and _between_chinese_commas(row[filled[0]], named):
                found.append(finding("IC325", place, note=_shortened(str(row[filled[0]]))))
            else:
                note = _shortened(" ".join(name_of(row[column]) for column in filled))
                found.append(finding("IC330", place, note=note))
                gap = gap or (len(filled) == 1 and _begins_note(row[filled[0]]))  # a note may go on in further lines
            dropped.add(index)
        elif filled[-1] >= width:
            place = origin.place(sheet, lines[index], width + 1)
            found.append(finding("IC312", place, count=filled[-1] + 1, expected=width))
        elif len(row) < named:
            place = origin.place(sheet, lines[index])
            found.append(finding("IC313", place, count=len(row), expected=named))
    if dropped:
        kept = [index for index in range(len(body)) if index not in dropped]
        return [body[index] for index in kept], _tight([lines[index] for index in kept]), found
    return body, lines, found


def _uneven(body: list[list[Cell]], width: int) -> bool:
    return Counter(map(len, body)).keys() != {width}


def _tight(lines: list[int]) -> Sequence[int]:
    """Return line numbers as a range where they follow each other."""
    if lines and lines[-1] - lines[0] == len(lines) - 1:
        return range(lines[0], lines[-1] + 1)
    return lines


def _doubtful(body: list[list[Cell]], width: int) -> Iterable[int]:
    """List the rows that may be no records.

    A row with one filled cell has none in the first column or none in the second, so that two columns tell, and the
    millions of rows of a clean file are never looked at one by one.
    """
    doubtful: set[int] = set()
    for column in range(min(width, 2)):
        cells = _column(body, column)
        if not _all_filled(cells):
            doubtful.update(index for index, cell in enumerate(cells) if _blank(cell))
        if column == 0 and any(_begins_note(cell) for cell in set(cells)):
            doubtful.update(index for index, cell in enumerate(cells) if _begins_note(cell))
    return doubtful


def _all_filled(cells: Sequence[Cell]) -> bool:
    try:
        return all(map(str.strip, cast("Sequence[str]", cells)))
    except TypeError:
        return not any(map(_blank, cells))


def _begins_note(cell: Cell) -> bool:
    return isinstance(cell, str) and (":" in cell or "：" in cell) and re.match(NOTE, cell) is not None


def _is_note(row: list[Cell], index: int, key: int, *, gap: bool, banners: set[tuple[int, int]]) -> bool:
    """Say whether a filled row speaks about the table instead of belonging to it."""
    filled = _filled(row)
    if _begins_note(row[filled[0]]):
        return True
    if len(filled) > 1:
        return False
    cell = row[filled[0]]
    if isinstance(cell, str) and re.match(CONTINUED, cell):
        return True
    if gap or (index, filled[0]) in banners:
        return True
    # a unit whose row was left empty must stay a record: it is a name where names stand, and no sentence
    name = filled[0] == key and isinstance(cell, str) and len(cell) <= LONG_NAME and not re.search(SENTENCE, cell)
    return isinstance(cell, str) and not name


def _between_chinese_commas(cell: Cell, named: int) -> bool:
    """Whether a text is a row of values, as many as there are columns, that was typed with a Chinese input method."""
    parts = cell.split("，") if isinstance(cell, str) and not _begins_note(cell) and "：" not in cell else []
    return 2 < len(parts) == named and is_number(parts[-1]) and 2 * sum(map(is_number, parts)) >= named - 1


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"
