"""Data to the tree: which cell of which table is which unit's value of which column in which period.

`match` finds out, with everything that does not fit, in plain Python so that checking costs no numpy.
Units and columns are known by exact names alone; a near miss is a finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...findings import Finding, Place, errors, finding, nearest
from ...periods import EXAMPLES, SINGLE, is_whole, parts_of, read_period
from ...tree.columns import Column
from ...tree.model import EVERY, UNITS_SOURCE, Data, Index
from ...words.recognised_data import (
    DAY_HEADINGS,
    HAS_VALUE,
    INDICATOR_HEADINGS,
    PERIOD_HEADINGS,
    SILENT_HEADINGS,
    STATUS_HEADINGS,
    UNIT_HEADINGS,
    VALUE_HEADINGS,
)
from ..readers.numbers import NOT_A_NUMBER, is_number, read_numbers, word_of
from ..readers.table import Cell, Table, name_of
from ..readers.tables import read_tables
from ..unit_table import UnitNames, asked_at, read_units
from .given import absent, few, repeats
from .matched import Matched, Piece, doubts

_BRACKETS = (")", "]", "）", "】")
_IN_BRACKETS = r"\s*[(\[（【][^()\[\]（）【】]*[)\]）】]$"


def match(
    index: Index,
    base: Path,
    *,
    root: Path | None = None,
    as_of: str | None = None,
    count: bool = True,
    keep: int | None = None,
    sources: Container[str] | None = None,
) -> Matched:
    """Read the files and ledgers of an index, relative to `base`, and match their cells to its columns.

    Of a ledger the newest version of each department and period counts, up to the moment `as_of` (as `read_moment` gives it).
    Of logs of events only the columns are looked at where they are not to be counted. Parquet tables of more than `keep`
    cells stay in their files: their columns are read and looked at by `panel`. Where `sources` are named no others are read.
    """
    root = root or base
    matched = Matched(index)
    matched.units, matched.findings, matched.files = read_units(index, base, root)
    if matched.units is None:
        return matched
    for name in dict.fromkeys(column.source for column in index.columns):
        if sources is not None and name not in sources:
            continue
        columns = [(at, as_named(column)) for at, column in enumerate(index.columns) if column.source == name]
        if name == UNITS_SOURCE:
            source = Data.model_construct(path=index.units.table, sheet=index.units.sheet, unit=index.units.id, period=EVERY)
        elif name in index.data:
            source = index.data[name]
        else:
            continue
        if source.is_ledger:
            from .submitted import match_ledger

            match_ledger(matched, name, source, base, [at for at, _ in columns], as_of)
            continue
        if source.events:
            from .counted import match_events

            match_events(matched, name, columns, base, root, count=count)
            continue
        matched.findings += _words_twice(index, name, source)
        keys = [index.units.id, index.units.label, index.units.label_en, index.units.name, *UNIT_HEADINGS, *INDICATOR_HEADINGS]
        tables, found, files = read_tables(source, base, keys=[source.unit] if source.unit else keys, root=root, keep=keep)
        matched.findings += asked_at(found, index.place(("data", name, "path")))
        matched.files += files
        tables = _only(matched, name, source, tables)
        if tables:
            _match_source(matched, name, source, tables, columns)
    matched.findings += repeats(matched)
    if not errors(matched.findings):  # a row that was refused is not gone
        matched.findings += absent(matched)
    if matched.uncounted or sources is not None:
        pass  # which periods there are is known when the events, or the other sources, have been read
    elif not matched.periods and not errors(matched.findings):
        matched.findings.append(finding("IC360", index.place(("data",), key=True)))
    elif not errors(matched.findings):
        matched.findings += base_periods(index, matched.periods)
    matched.files = sorted(set(matched.files))
    return matched


def _words_twice(index: Index, name: str, source: Data) -> Iterator[Finding]:
    """Words that stand for numbers are no numbers themselves, and mean nothing else."""
    said = {word_of(word): key for key in ("missing", "not_applicable") for word in getattr(source, key)}
    for word in source.numbers:
        place = index.place(("data", name, "numbers", word), key=True)
        if is_number(word):
            yield finding("IC851", place, word=word)
        elif other := said.get(word_of(word)):
            yield finding("IC852", place, word=word, key=other)
        said.setdefault(word_of(word), "numbers")


def as_named(column: Column) -> Column:
    """Return a column with its names as those of tables are read."""
    headers, rows = tuple(map(name_of, column.headers)), tuple(map(name_of, column.rows))
    same = (headers, rows) == (column.headers, column.rows)
    return column if same else replace(column, headers=headers, rows=rows)


def match_tables(index: Index, units: UnitNames, source: Data, tables: list[Table], wanted: Sequence[int]) -> Matched:
    """Match tables that are no source of the tree, such as a submission, to some columns of the index."""
    matched = Matched(index, units)
    _match_source(matched, "", source, tables, [(at, as_named(index.columns[at])) for at in wanted])
    matched.findings += repeats(matched)
    return matched


def _only(matched: Matched, name: str, source: Data, tables: list[Table]) -> list[Table]:
    """The rows that `only:` asks for; it is a finding where no table has the heading, or none such a row."""
    for heading, said in source.only.items():
        words = {name_of(word) for word in (said if isinstance(said, tuple) else (said,))}
        place = matched.index.place(("data", name, "only", heading))
        known: dict[str, None] = {}
        kept = []
        for table in tables:
            if name_of(heading) not in table.names:
                near, headings = nearest(heading, headings_of(table)), headings_of(table)
                matched.findings.append(finding("IC357", place, name=heading, file=table.file, known=headings, near=near))
                continue
            cells = [name_of(cell) for cell in _words(table, table.names.index(name_of(heading)))]
            known |= dict.fromkeys(cells)
            rows = [row for row, cell in enumerate(cells) if cell in words]
            columns = tuple(_rows_of(column, rows) for column in table.columns)
            kept.append(replace(table, columns=columns, lines=[table.lines[row] for row in rows]))
        for word in sorted(words - known.keys()) if kept else ():
            near = nearest(word, known)
            matched.findings.append(finding("IC375", place, name=heading, found=word, known=few(known), near=near))
        tables = kept
    return [table for table in tables if table.lines] if source.only else tables


def _rows_of(column: Sequence[Cell], rows: Sequence[int]) -> Sequence[Cell]:
    """Some cells of a column: of an array, an array again."""
    cells: Any = column
    return cells.take(rows) if hasattr(column, "dtype") else [column[row] for row in rows]


def base_periods(index: Index, periods: Sequence[str]) -> Iterator[Finding]:
    """Point out a base period that has no data: it would leave every score missing."""
    kind = index.periods.kind
    there = set(periods)
    if index.periods.roll_up:
        for larger in index.periods.rolled:
            made = parts_of(periods, kind, larger)
            there |= {period for period, at in made.items() if is_whole([periods[one] for one in at], kind, larger)}
    bases = [(index.place_of(leaf.id, "normalise", "base"), leaf.normalise.base) for leaf in index.leaves if leaf.normalise]
    for place, base in [(index.place(("defaults", "normalise", "base")), index.defaults.normalise.base), *bases]:
        meant = {read_period(str(base), each) for each in index.periods.kinds}
        if base is not None and not meant & there:
            yield finding("IC361", place, found=base, known=list(periods))


@dataclass(frozen=True)
class Layout:
    """Which columns of a table say what; `period` may be a fixed one instead, or each of several headings (`across`)."""

    unit: int | None
    period: int | None
    fixed: str | None
    indicator: int | None
    value: int | None
    status: int | None
    across: tuple[tuple[int, str], ...] = ()


def _match_source(matched: Matched, name: str, source: Data, tables: list[Table], columns: list[tuple[int, Column]]) -> None:
    index, found = matched.index, matched.findings
    seen: set[int] = set()
    headed: set[int] = set()
    headings: list[str] = []
    for table in tables:
        layout = layout_of(index, name, source, table, columns, found)
        if layout is not None and layout.unit is None and (shared := _shared_across(matched, table)):
            found += shared
            layout = None
        elif layout is not None and layout.unit is None and not _units_across(matched, table):
            headers, place = [index.units.id, index.units.label], table.header_place(0)
            found.append(finding("IC340", place, headers=headers, known=headings_of(table), near=index.units.label))
            layout = None
        if layout is None:
            seen |= {at for at, _ in columns}  # what the table lacks cannot be judged
            continue
        pieces, known = _pieces(matched, source, table, layout, columns)
        matched.pieces += pieces
        headings += known
        seen |= {piece.column for piece in pieces} | {later.column for later in matched.later}
        headed |= _across(table, layout, columns).keys()
    file = tables[0].file if len(tables) == 1 else index.data[name].path if name in index.data else index.units.table
    rowless = set()
    for at, column in columns:
        if at not in seen and column.key == "applies" and (piece := of_units(matched, source, at, column)):
            matched.pieces.append(piece)
        elif at in headed - seen and column.owner not in rowless:  # once for all names of its formula
            rowless.add(column.owner)
            near = next((close for row in column.rows if (close := nearest(row, headings))), "")
            code, place = "IC344" if near else "IC365", index.place_of(column.owner, "column")
            found.append(finding(code, place, names=column.rows, column=column.owner, file=file, near=near))
        elif at not in seen | headed:
            key = {"column": "column", "formula": "formula", "applies": "applies"}.get(column.key)
            place = index.place_of(column.owner, key) if key else index.place_of(column.owner)
            known = headings + [heading for table in tables for heading in headings_of(table) if column.rows]
            near = next((close for header in column.headers if (close := nearest(header, known))), "")
            code = "IC365" if not near else "IC368" if column.rows else "IC344"
            found.append(finding(code, place, names=column.headers, column=column.owner, file=file, near=near))
    elsewhere = [column.owner for at, column in columns if column.key == "formula" and at in seen - headed]
    unsure = {column.owner for at, column in columns if at in headed or at not in seen}
    found += _column_and_formula(index, [owner for owner in dict.fromkeys(elsewhere) if owner not in unsure])


def _column_and_formula(index: Index, owners: list[str]) -> Iterator[Finding]:
    """`column:` beside a formula names the indicator's rows; where the formula's values were found elsewhere it says nothing."""
    for owner in owners:
        if getattr(index.by_id[owner], "column", None) is not None:
            yield finding("IC213", index.place_of(owner, "formula"), node=owner, one="column", other="formula")


def of_units(matched: Matched, source: Data, at: int, column: Column) -> Piece | None:
    """A column of the units table that a rule of `applies` names: the same in every period."""
    assert matched.units is not None
    table, rows = matched.units.table, matched.units.rows
    if column.headers[0] not in table.names:
        return None
    everywhere = Layout(None, None, EVERY, None, None, None)
    position, units = table.names.index(column.headers[0]), range(len(rows))
    return piece_of(matched, source, table, everywhere, (at, column), position, rows, [None] * len(rows), units)


def layout_of(
    index: Index, name: str, source: Data, table: Table, columns: list[tuple[int, Column]], found: list[Finding]
) -> Layout | None:
    """Find out which columns of a table say what, by its headings; nothing, with findings, where they do not say it."""

    def find(declared: str | None, usual: Iterable[str]) -> int | None:
        names = [name.casefold() for name in table.names]
        for header in [declared] if declared else usual:
            wanted = name_of(header).casefold()
            if wanted in names:
                return names.index(wanted)
        return None

    problems = []
    across: tuple[tuple[int, str], ...] = ()
    block = index.units
    unit = find(source.unit, (block.id, block.label, block.name, block.label_en, *UNIT_HEADINGS))
    indicator = find(source.indicator, INDICATOR_HEADINGS)
    value = find(source.value, VALUE_HEADINGS)
    period, fixed = None, read_period(table.period, index.periods.kind) if table.period else None
    if table.period and fixed is None:
        problems.append(no_period(index, Place(table.file, table.sheet), table.period))
    elif _is_fixed(index, source.period) and (isinstance(source.period, int) or find(str(source.period), ()) is None):
        fixed = read_period(str(source.period), index.periods.kind)
    elif source.period == EVERY:
        fixed = EVERY
    elif fixed is None:
        usual = PERIOD_HEADINGS + DAY_HEADINGS * (index.periods.kind == "day")
        period = find(None if source.period is None else str(source.period), usual)
        if period is None and source.period is None and unit is not None:
            across = _periods_across(index, table, {unit, indicator, value})
        if period is None and not across and (source.period or index.periods.kind != SINGLE):
            headers = [source.period] if source.period else [*usual[:4], *usual[len(PERIOD_HEADINGS) :]]
            problems.append(finding("IC347", table.header_place(0), headers=headers, known=headings_of(table)))
        elif period is None and not across:
            fixed = SINGLE
    if unit is None and (source.unit or indicator is None):
        wanted = [source.unit] if source.unit else [block.id, block.label]
        near = nearest(wanted[0], headings_of(table)) or block.label
        problems.append(finding("IC340", table.header_place(0), headers=wanted, known=headings_of(table), near=near))
    for key, position in (("indicator", indicator), ("value", value)):
        if getattr(source, key) and position is None:
            place = index.place(("data", name, key))
            near = nearest(str(getattr(source, key)), headings_of(table))
            known = headings_of(table)
            problems.append(finding("IC357", place, name=getattr(source, key), file=table.file, known=known, near=near))
    layout = Layout(unit, period, fixed, indicator, value, find(source.status, STATUS_HEADINGS), across)
    wanted = [column.owner for _, column in columns if column.key != "applies"]
    if across and indicator is None and len(wanted) > 1:
        periods = [period for _, period in across]
        problems.append(finding("IC376", table.header_place(across[0][0]), periods=few(periods), columns=few(wanted)))
    if indicator is not None and unit is not None and value is None and not problems and _asks_for_values(table, layout, columns):
        place, known = table.header_place(indicator), headings_of(table)
        problems.append(finding("IC357", place, name=VALUE_HEADINGS[0], file=table.file, known=known, near=""))
    found += problems
    return None if problems else layout


def _periods_across(index: Index, table: Table, keys: set[int | None]) -> tuple[tuple[int, str], ...]:
    """The columns whose headings are periods, as where the years stand side by side."""
    if index.periods.kind == SINGLE:
        return ()
    read = ((at, read_period(name, index.periods.kind)) for at, name in enumerate(table.names) if at not in keys)
    return tuple((at, period) for at, period in read if period)


def _across(table: Table, layout: Layout, columns: list[tuple[int, Column]]) -> dict[int, list[int]]:
    """Which names of formulas are headings of a table that has its indicators in rows, with the places of these."""
    if layout.indicator is None or layout.unit is None or layout.across:
        return {}
    keys, headings = {layout.unit, layout.period, layout.indicator, layout.status}, by_heading(table)
    places = {at: [p for p in headings.get(column.headers[0], []) if p not in keys] for at, column in columns if column.rows}
    return {at: beside for at, beside in places.items() if beside}


def _asks_for_values(table: Table, layout: Layout, columns: list[tuple[int, Column]]) -> bool:
    """Whether a table with its indicators in rows must have a column of values: not where formulas or periods name them all."""
    return not layout.across and (not _across(table, layout, columns) or any(not column.rows for _, column in columns))


def _is_fixed(index: Index, period: str | int | None) -> bool:
    """Whether `period:` names a period and not a column of them."""
    return period is not None and period != EVERY and read_period(str(period), index.periods.kind) is not None


def _pieces(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """The pieces of one table, and the names that its indicators go by."""
    if table.stays:
        from .stored import pieces_later

        return pieces_later(matched, source, table, layout, columns)
    if layout.across:
        return _by_period(matched, source, table, layout, columns)
    if layout.indicator is None:
        return _wide(matched, source, table, layout, columns)
    if layout.unit is None:
        return _crossed(matched, source, table, layout, columns)
    return _long(matched, source, table, layout, columns)


def _wide(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """Units in rows, indicators in columns."""
    rows, periods, units = _keys(matched, source, table, layout)
    headings = by_heading(table)
    used = {layout.unit, layout.period, layout.status}
    pieces = []
    for at, column in columns:
        places = next((headings[header] for header in column.headers if header in headings), [])
        if places:
            note_many(matched, table, column, places)
            used.update(places)
            pieces.append(piece_of(matched, source, table, layout, (at, column), places[0], rows, periods, units))
    note_unused(matched, table, used)
    return pieces, headings_of(table)


def _by_period(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """Units in rows and periods in columns, for the one indicator that the source has or for that of each row."""
    rows, _, units = _keys(matched, source, table, layout)
    if layout.indicator is None:
        by_name = {at: list(range(len(rows))) for at, column in columns if column.key != "applies"}
        known = headings_of(table)
    else:
        by_name = _by_indicator(matched, source, table, layout.indicator, rows, columns)
        known = [name_of(cell) for cell in dict.fromkeys(table.columns[layout.indicator])]
    pieces = []
    for at, column in columns:
        mine = by_name.get(at, [])
        for position, period in layout.across if mine else ():
            chosen = [rows[i] for i in mine], [period] * len(mine), [units[i] for i in mine]
            pieces.append(piece_of(matched, source, table, layout, (at, column), position, *chosen))
    note_unused(matched, table, {layout.unit, layout.indicator, layout.status, *(position for position, _ in layout.across)})
    return pieces, known


def _long(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """A row for each unit and indicator, with its value or with the several that a formula names by their headings."""
    assert layout.indicator is not None
    rows, periods, units = _keys(matched, source, table, layout)
    across = _across(table, layout, columns)
    wanted = [(at, replace(column, headers=column.rows) if at in across else column) for at, column in columns]
    by_name = _by_indicator(matched, source, table, layout.indicator, rows, wanted)
    known = [name_of(cell) for cell in dict.fromkeys(table.columns[layout.indicator])]
    either = {column.headers[0]: (at, column) for at, column in reversed(columns) if at in across and column.headers[0] in known}
    for name, (at, column) in either.items():
        if name not in map(name_of, source.ignore):
            place = table.header_place(across[at][0])
            matched.findings.append(finding("IC369", place, name=name, column=column.owner, key=column.key))
    pieces = []
    for at, column in columns:
        places = across.get(at, [] if layout.value is None else [layout.value])
        if (mine := by_name.get(at)) and places:
            if at in across:
                note_many(matched, table, column, places)
            chosen = [rows[i] for i in mine], [periods[i] for i in mine], [units[i] for i in mine]
            pieces.append(piece_of(matched, source, table, layout, (at, column), places[0], *chosen))
    return pieces, known


def _crossed(
    matched: Matched, source: Data, table: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[list[Piece], list[str]]:
    """Indicators in rows, units in columns, as tables are often printed."""
    assert layout.indicator is not None
    here = _units_across(matched, table)
    rows = [row for row, cell in enumerate(table.columns[layout.indicator]) if name_of(cell)]
    every = _periods(matched, table, layout, rows)
    kept = [i for i, period in enumerate(every) if period != ""]
    rows, periods = [rows[i] for i in kept], [every[i] for i in kept]
    by_name = _by_indicator(matched, source, table, layout.indicator, rows, columns)
    pieces = []
    for at, column in columns:
        mine = by_name.get(at, [])
        for position, unit in here.items() if mine else ():
            chosen = [rows[i] for i in mine], [periods[i] for i in mine], [unit] * len(mine)
            pieces.append(piece_of(matched, source, table, layout, (at, column), position, *chosen))
    note_unused(matched, table, {layout.indicator, layout.period, layout.status, *here})
    return pieces, [name_of(cell) for cell in dict.fromkeys(table.columns[layout.indicator])]


def _units_across(matched: Matched, table: Table) -> dict[int, int]:
    """Which columns of a table are units, by their headings."""
    assert matched.units is not None
    return {position: unit for position, name in enumerate(table.names) if (unit := matched.units.find(name)) is not None}


def _shared_across(matched: Matched, table: Table) -> list[Finding]:
    """The headings that could be any of several units."""
    assert matched.units is not None
    names = [(at, name, matched.units.sharing(name)) for at, name in enumerate(table.names) if name in matched.units.shared]
    return [finding("IC374", table.header_place(at), name=name, units=units) for at, name, units in names]


def _keys(matched: Matched, source: Data, table: Table, layout: Layout) -> tuple[list[int], list[str | None], list[int]]:
    """The rows of a table that belong to a known unit and a period, with these; the others are findings."""
    assert matched.units is not None
    assert layout.unit is not None
    cells = _words(table, layout.unit)
    find, ignored = matched.units.find, {name_of(word) for word in source.ignore}
    meaning = {cell: find(cell) for cell in dict.fromkeys(cells)}
    units = [meaning[cell] for cell in cells]
    unknown: dict[str, list[int]] = defaultdict(list)
    for row, unit in enumerate(units):
        if unit is None and (name := name_of(cells[row])) not in ignored:
            unknown[name].append(row)
    note_unknown(matched, table, layout.unit, unknown)
    known = [row for row, unit in enumerate(units) if unit is not None]
    periods = _periods(matched, table, layout, known)
    kept = [i for i, period in enumerate(periods) if period != ""]
    rows = [known[i] for i in kept]
    return rows, [periods[i] for i in kept], [unit for row in rows if (unit := units[row]) is not None]


def note_unknown(matched: Matched, table: Table, at: int, unknown: dict[str, list[int]]) -> None:
    """Names in the column of units that are no unit's, or those of several."""
    assert matched.units is not None
    for name, rows in unknown.items():
        place = table.place(rows[0], at)
        if name in matched.units.shared:
            matched.findings.append(finding("IC374", place, name=name, units=matched.units.sharing(name)))
            continue
        near = nearest(name, matched.units.known)
        code = "IC356" if not name else "IC341" if near else "IC342"
        matched.findings.append(finding(code, place, name=name, near=near, label=matched.index.units.label, rows=len(rows)))


def _periods(matched: Matched, table: Table, layout: Layout, rows: Sequence[int]) -> list[str | None]:
    """The period of each row: None where its values hold in every period, "" (with a finding) where it is none."""
    if layout.period is None:
        return [None if layout.fixed == EVERY else layout.fixed] * len(rows)
    cells, kind = _words(table, layout.period), matched.index.periods.kind
    meaning: dict[Cell, str] = {}
    periods: list[str | None] = []
    unknown: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        cell = cells[row]
        if cell not in meaning:
            meaning[cell] = read_period(name_of(cell), kind) or ""
        if not meaning[cell]:
            unknown[name_of(cell)].append(row)
        periods.append(meaning[cell])
    for name, its_rows in unknown.items():
        place = table.place(its_rows[0], layout.period)
        matched.findings.append(no_period(matched.index, place, name, len(its_rows)))
    return periods


def _words(table: Table, at: int) -> Sequence[Cell]:
    """The cells of a column of names: an array's gaps are no cells, and a gap of an array does not even equal itself."""
    cells = table.columns[at]
    return [None if cell != cell else cell for cell in cells] if hasattr(cells, "dtype") else cells  # noqa: PLR0124


def no_period(index: Index, place: Place, text: str, rows: int = 1) -> Finding:
    """Say that a text is no period of the index's kind."""
    kind = index.periods.kind
    return finding("IC346" if text else "IC364", place, found=text, kind=kind, example=EXAMPLES[kind], rows=rows)


def _by_indicator(
    matched: Matched, source: Data, table: Table, at: int, rows: Sequence[int], columns: list[tuple[int, Column]]
) -> dict[int, list[int]]:
    """Which of some rows belong to which column of the panel; an unknown indicator is a finding."""
    names: dict[str, list[int]] = defaultdict(list)
    for position, column in columns:
        for name in column.headers:
            names[name].append(position)
    cells, ignored = _words(table, at), {name_of(word) for word in source.ignore}
    meaning: dict[Cell, list[int]] = {}
    unknown: dict[str, list[int]] = defaultdict(list)
    out: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        cell = cells[row]
        if cell not in meaning:
            name = name_of(cell)
            meaning[cell] = names.get(name, names.get(_plain(name), []))
        for position in meaning[cell]:
            out[position].append(i)
        if not meaning[cell] and (name := name_of(cell)) not in ignored:
            unknown[name].append(row)
    for name, its_rows in unknown.items():
        near = nearest(name, names)
        code = "IC345" if near else "IC363"
        matched.findings.append(finding(code, table.place(its_rows[0], at), name=name, near=near, rows=len(its_rows)))
    return out


def piece_of(
    matched: Matched,
    source: Data,
    table: Table,
    layout: Layout,
    wanted: tuple[int, Column],
    at: int,
    rows: Sequence[int],
    periods: Sequence[str | None],
    units: Sequence[int],
) -> Piece:
    """Return the values of some rows of a table's column, with what is wrong in its cells added to the findings."""
    position, column = wanted
    cells = table.columns[at]
    if len(rows) != len(cells):
        cells = cells[rows] if hasattr(cells, "dtype") else [cells[row] for row in rows]  # type: ignore[call-overload]
    missing = frozenset(source.missing)
    values, not_applicable, bad = read_numbers(
        cells,
        missing=missing,
        not_applicable=frozenset(source.not_applicable),
        percent=column.measure.endswith(("%", "％")),
        numbers=source.numbers,
    )
    for i, why in bad:
        place, found = table.place(rows[i], at), str(cells[i])
        code = "IC362" if why == NOT_A_NUMBER and any(map(str.isdigit, found)) else why
        if why == NOT_A_NUMBER and source.numbers:
            near = nearest(found, source.numbers)
            number = f"{source.numbers[near]:.10g}" if near else ""
            matched.findings.append(finding("IC853", place, found=found, near=near, number=number))
            continue
        matched.findings.append(finding(code, place, found=found, name=column.title, measure=column.measure))
    if layout.status is not None:
        status = table.columns[layout.status]
        said = [word_of(status[row]) for row in rows]
        words = set(map(word_of, source.not_applicable))
        not_applicable = sorted({*not_applicable, *(i for i, word in enumerate(said) if word in words)})
        for i in {word: i for i, word in reversed(list(enumerate(said))) if word and word not in words | HAS_VALUE}.values():
            place = table.place(rows[i], layout.status)
            matched.findings.append(finding("IC366", place, found=status[rows[i]], known=source.not_applicable))
    piece = Piece(position, table, at, rows, periods, units, values, not_applicable)
    matched.findings += doubts(column, piece)
    return piece


def headings_of(table: Table) -> list[str]:
    """Return the headings of a table, for what a finding offers."""
    return [name for name in table.names if name]


def by_heading(table: Table) -> dict[str, list[int]]:
    """The columns that answer to each heading: as it stands, with its upper headings, without a bracket at its end."""
    headings: dict[str, list[int]] = defaultdict(list)
    for position, (name, qualified) in enumerate(zip(table.names, table.qualified, strict=True)):
        for heading in dict.fromkeys((name, qualified, _plain(name))):
            if heading:
                headings[heading].append(position)
    return headings


def _plain(name: str) -> str:
    """A heading without the bracket at its end, in which its unit of measurement stands."""
    return re.sub(_IN_BRACKETS, "", name) if name.endswith(_BRACKETS) else name


def note_many(matched: Matched, table: Table, column: Column, places: list[int]) -> None:
    """A name that stands under several upper headings; the same heading twice is found where the table is read."""
    shown = list(dict.fromkeys(table.qualified[place] for place in places))
    if len(shown) > 1:
        matched.findings.append(finding("IC358", table.header_place(places[0]), name=column.headers[0], candidates=shown))


def note_unused(matched: Matched, table: Table, used: set[int | None]) -> None:
    """Point out the columns that nothing asks for."""
    units = matched.index.units
    own = {
        name_of(word)
        for word in (
            units.id,
            units.name,
            units.name_en,
            units.group,
            units.aliases,
            units.label,
            units.level or "",
            units.parent,
        )
    }
    unused = [
        name
        for position, name in enumerate(table.names)
        if name and position not in used and name not in own and name.casefold() not in SILENT_HEADINGS
    ]
    if unused and table.file != matched.index.units.table:
        matched.findings.append(finding("IC351", Place(table.file, table.sheet), names=unused[:8], count=len(unused)))
