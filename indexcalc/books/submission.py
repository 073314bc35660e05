"""What a department hands in: one file of its own columns, read as all data is and made ready for the ledger."""

from __future__ import annotations

import hashlib
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..findings import Finding, Place, finding, nearest
from ..journal.entries import Draft, Reported, written
from ..periods import order
from ..sources.match.bind import match_tables
from ..sources.match.given import repeats
from ..sources.match.matched import Matched, Piece, Source
from ..sources.readers.files import shown_path
from ..sources.readers.numbers import read_numbers
from ..sources.readers.table import Table, name_of
from ..sources.readers.tables import read_tables
from ..sources.unit_table import UnitNames, read_units
from ..tree.columns import Column, department_of, departments, is_constant
from ..tree.model import Data, Index, Indicator
from ..words.agreement import several
from ..words.recognised_data import PERIOD_HEADINGS
from ..words.recognised_forms import DEPARTMENT_HEADINGS, TOTALS
from ..words.reports import word

_MISSING_COLUMN = ("IC344", "IC365", "IC368")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class Submission:
    """What was read of a file: whose it is, its cells matched to the index's columns, what its totals get wrong, its digest."""

    department: str
    matched: Matched
    wrong_totals: tuple[Finding, ...]
    file: str
    digest: str


def reported_columns(index: Index, department: str, units: UnitNames) -> list[int]:
    """Return the places of the columns that a department reports each period.

    Columns of the units table and of sources that hold in every period are not among them.
    """
    return [
        place
        for place, column in enumerate(index.columns)
        if department_of(index, column) == department
        and not is_constant(index, column.source)
        and not (column.key == "applies" and column.headers[0] in units.table.names)
    ]


def shared_headings(columns: Sequence[Column]) -> list[tuple[list[str], list[int]]]:
    """Return what a table of these columns needs: for each of its columns the headings that will do, and whom it serves.

    Two formulas may name the same column, and a formula another indicator's own: one heading that all of them answer to
    is enough. The numbers are places in `columns`.
    """
    groups: list[tuple[list[str], list[int]]] = []
    for place, column in enumerate(columns):
        for headers, members in groups:
            common = [header for header in headers if header in column.headers]
            if common and columns[members[0]].source == column.source:
                headers[:] = common
                members.append(place)
                break
        else:
            groups.append((list(column.headers), [place]))
    return groups


def read_submission(
    index: Index, base: Path, file: Path, *, department: str | None = None, period: str | None = None
) -> tuple[Submission | None, list[Finding]]:
    """Read a file as what a department submits, with everything that is wrong with it at its cells.

    Whose it is says the file's column of departments or `department`; the period, a column of periods or `period`.
    """
    known = departments(index)
    if department is not None and department not in known:
        return None, [finding("IC657", Place(), found=department, known=known, near=nearest(department, known))]
    units, found, _ = read_units(index, base)
    if units is None:
        return None, found
    tables, source, problems = _tables(index, file, period)
    shown = _shown(file, base)
    tables = [replace(table, file=shown) for table in tables]
    found += [replace(one, place=replace(one.place, file=shown)) for one in problems]
    if not tables:
        return None, found
    named, problems = _department(index, units, tables, department)
    found += problems
    if named is None:
        return None, found
    if any(name.casefold() in PERIOD_HEADINGS for table in tables for name in table.names):
        source = source.model_copy(update={"period": None})  # the file says itself what it is of
    wanted = reported_columns(index, named, units)
    matched = match_tables(Source.of(index, units, "", source, wanted), tables)
    missing = {one.values.get("column"): one for one in matched.findings if one.code in _MISSING_COLUMN}
    gone = [name for name in missing if matched.periods and not any(index.is_asked_in(str(name), one) for one in matched.periods)]
    elsewhere = [name for name in missing if _is_of_another_level(index, matched, str(name))]
    missing = {name: one for name, one in missing.items() if name not in (*gone, *elsewhere)}
    top = tables[0].header_place(0)
    found += [one for one in matched.findings if one.code not in _MISSING_COLUMN]
    found += repeats(matched)
    found += [replace(one, place=replace(top, column=0)) for one in missing.values()]
    found += _other_period(matched, tables, period)
    found += _gaps(matched)
    reported = {period for piece in matched.pieces for period in _periods_said(piece)}
    if not reported or not matched.periods:
        found.append(finding("IC675", Place(shown), department=named))
    else:
        blank = [period for period in matched.periods if period not in reported]
        found += [finding("IC675", Place(shown), department=f"{named} {period}") for period in blank]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Submission(named, matched, tuple(_wrong_totals(matched)), _name(file), digest), found


def _is_of_another_level(index: Index, matched: Matched, owner: str) -> bool:
    """Say whether an indicator is not there for the units that a form is of."""
    assert matched.units is not None
    levels, item = matched.units.units.levels, index.reported.get(owner)
    of_form = {levels[unit] for piece in matched.pieces for unit in piece.units} if levels else set()
    return bool(of_form) and isinstance(item, Indicator) and not any(index.is_there(item, level) for level in of_form)


def _periods_said(piece: Piece) -> set[str | None]:
    """Return the periods of which a piece has a value, or says that the indicator does not apply."""
    gaps = set(piece.not_applicable)
    return {period for i, period in enumerate(piece.periods) if i in gaps or not math.isnan(piece.values[i])}


def drafts(submission: Submission, *, by: str, reason: str, warnings: Iterable[Finding]) -> list[Draft]:
    """Make a draft for each period of a submission, with the warnings that it was handed in with."""
    matched = submission.matched
    assert matched.units is not None
    ids, columns = matched.units.units.ids, matched.index.columns
    cells: dict[str, list[Reported]] = defaultdict(list)
    places: dict[str, set[Place]] = defaultdict(set)
    sheets: dict[str, str] = {}
    for piece in matched.pieces:
        gaps = set(piece.not_applicable)
        for i, (period, unit, value) in enumerate(zip(piece.periods, piece.units, piece.values, strict=True)):
            place, number = piece.place(i), float(value)
            shown = None if math.isnan(number) or i in gaps else number
            assert period is not None
            said = Reported(ids[unit], columns[piece.column].id, shown, i not in gaps, place.line, place.column, place.note)
            cells[period].append(said)
            sheets[period] = place.sheet
            places[period].add(place)
    every = set().union(*places.values())
    noted = {
        period: "\n".join(
            dict.fromkeys(
                f"{one.code} {replace(one.place, file=Path(one.place.file).name)}"
                for one in warnings
                if one.severity == "warning" and (one.place in places[period] or one.place not in every)
            )
        )
        for period in cells
    }
    about = {"by": by, "reason": reason, "file": submission.file, "digest": submission.digest}
    return [
        Draft(
            matched.index.index.id,
            submission.department,
            period,
            sheet=sheets[period],
            warnings=noted[period],
            cells=written(cells[period]),
            **about,
        )
        for period in sorted(cells, key=order)
    ]


def _tables(index: Index, file: Path, period: str | None) -> tuple[list[Table], Data, list[Finding]]:
    """Read the file's table: of a workbook the sheet that a template has for it, else the first."""
    blocks = list(index.data.values())
    words = {key: tuple({word for data in blocks for word in getattr(data, key)}) for key in ("missing", "ignore")}
    numbers = {word: number for data in blocks for word, number in data.numbers.items()}
    not_applicable = {word for data in [*blocks, Data(path="")] for word in data.not_applicable}
    source = Data(
        path=_literal(file.name),
        period=period,
        **_spelling(blocks),
        missing=words["missing"],
        numbers=numbers,
        ignore=(*words["ignore"], *TOTALS),
        not_applicable=tuple(not_applicable),
    )
    keys = list(index.units.headings)
    sheets = [*word.fill_in, None] if file.suffix.lower() in _WORKBOOKS else [None]
    for sheet in sheets:
        tables, found, _ = read_tables(source.model_copy(update={"sheet": sheet}), file.parent, keys=keys)
        if not any(one.code == "IC306" for one in found):
            break
    return tables, source, [one for one in found if one.code != "IC367"]


def _spelling(blocks: Sequence[Data]) -> dict[str, Any]:
    """Return how numbers are spelled: what the sources declare, of marks only what they agree on."""
    marks = {key: {value for data in blocks if (value := getattr(data, key))} for key in ("decimal", "thousands", "negative")}
    return {
        **{key: next(iter(values)) for key, values in marks.items() if len(values) == 1},
        "flags": tuple(dict.fromkeys(flag for data in blocks for flag in data.flags)),
        "multiples": {word: by for data in blocks for word, by in data.multiples.items()},
    }


def _shown(file: Path, base: Path) -> str:
    """Return how a file is shown: from the project's folder on where it lies below it, else by its name."""
    shown = shown_path(str(file.absolute()), base)
    return file.name if Path(shown).is_absolute() else shown


def _literal(name: str) -> str:
    """Return a file's name as a pattern that means no other: what would be a wildcard stands for one character."""
    return name.replace("*", "?").replace("{", "?").replace("}", "?")


def _department(index: Index, units: UnitNames, tables: Sequence[Table], asked: str | None) -> tuple[str | None, list[Finding]]:
    """Tell whose submission it is: by the option, by the file's own column, or because all columns belong to one."""
    known, said = departments(index), _departments_in(tables)
    if asked is not None:
        others = {name: place for name, place in said.items() if name in known and name != asked}
        return (None, [finding("IC658", next(iter(others.values())), found=list(others))]) if others else (asked, [])
    if unknown := [name for name in said if name not in known]:
        return None, [finding("IC657", said[name], found=name, known=known, near=nearest(name, known)) for name in unknown]
    if not said:
        headings = {name for table in tables for name in (*table.names, *table.qualified)}
        owners = [
            one for one in known if any(headings & set(index.columns[at].headers) for at in reported_columns(index, one, units))
        ]
        said = dict.fromkeys(owners, tables[0].header_place(0))
    if len(said) != 1:
        place = next(iter(said.values()), tables[0].header_place(0))
        return None, [finding("IC658", place, found=list(said) or "–")]
    return next(iter(said)), []


def _departments_in(tables: Sequence[Table]) -> dict[str, Place]:
    """Return the departments that columns of departments name, each with its first cell."""
    said: dict[str, Place] = {}
    for table in tables:
        for at in (at for at, name in enumerate(table.names) if name.casefold() in DEPARTMENT_HEADINGS):
            for row, cell in enumerate(table.columns[at]):
                if name := name_of(cell):
                    said.setdefault(name, table.place(row, at))
    return said


def _other_period(matched: Matched, tables: Sequence[Table], asked: str | None) -> Iterable[Finding]:
    if asked is not None and (others := [period for period in matched.periods if period != asked]):
        yield finding("IC677", tables[0].header_place(0), found=others, asked=asked)


def _gaps(matched: Matched) -> Iterable[Finding]:
    """Find units without a row, and cells without a value."""
    assert matched.units is not None
    units = matched.units.units
    for period in matched.periods:
        there: set[int] = set()
        empty: list[Place] = []
        for piece in matched.pieces:
            gaps = set(piece.not_applicable)
            gaps |= piece.unread  # said already
            mine = [i for i, own in enumerate(piece.periods) if own == period]
            there |= {piece.units[i] for i in mine}
            empty += [piece.place(i) for i in mine if math.isnan(piece.values[i]) and i not in gaps]
        levels = {units.levels[unit] for unit in there} if units.levels else set()  # a form may be of one level
        asked = [unit for unit in units.asked_in(period, matched.index.periods.kind) if unit not in there]
        absent = [units.title(unit) for unit in asked if not levels or units.levels[unit] in levels]
        place = matched.pieces[0].table.header_place(matched.pieces[0].at)
        if absent:
            shown = several(absent[:5], len(absent))
            yield finding("IC672", replace(place, column=0), period=period, count=len(absent), units=shown)
        if empty := sorted(set(empty)):
            yield finding("IC673", empty[0], period=period, count=len(empty), names=_cell_names(empty))


def _cell_names(places: Sequence[Place]) -> str:
    names = [str(place).removeprefix(place.file).lstrip("!:") for place in places[:5]]
    return several(names, len(places))


def _wrong_totals(matched: Matched) -> Iterable[Finding]:
    """Say which totals of columns that add up, summed over time and no shares, are not what their rows add up to."""
    done: set[tuple[int, int]] = set()
    of_table: dict[int, set[int]] = {}
    for piece in matched.pieces:
        column, table = matched.index.columns[piece.column], piece.table
        if (id(table), piece.at) in done or column.over_time != "sum" or column.measure.endswith(("%", "％")):
            continue
        done.add((id(table), piece.at))
        if id(table) not in of_table:
            of_table[id(table)] = _rows_of_totals(table)
        rows = sorted(of_table[id(table)].difference(piece.rows))
        values = read_numbers(
            [table.columns[piece.at][row] for row in rows],
            missing=frozenset(),
            not_applicable=frozenset(),
            percent=False,
            spelling=piece.spelling,
        ).values
        if len(set(piece.periods)) != 1:
            continue
        added = math.fsum(value for value in piece.values if not math.isnan(value))
        for row, stated in zip(rows, values, strict=True):
            if abs(stated - added) > 0.005 * max(1.0, 1e-9 * abs(added)) + 1e-9 * abs(added):  # as NaN never is
                place = table.place(row, piece.at)
                yield finding("IC688", place, name=column.title, stated=float(stated), sum=added)


def _rows_of_totals(table: Table) -> set[int]:
    """Return the rows of a table in which a cell says that they are totals."""
    return {row for cells in table.columns for row, cell in enumerate(cells) if isinstance(cell, str) and cell.strip() in TOTALS}


def _name(file: Path) -> str:
    """Return a file's name as text that any database takes."""
    return os.fsencode(file.name).decode("utf-8", "replace").replace("\0", "")
