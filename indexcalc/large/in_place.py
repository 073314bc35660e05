"""Values that stay where they are: Parquet files as one table of an engine, with a row for each unit and period.

What the files say is matched to the tree as `bind` does it, but by queries: only headings, periods and what does not fit
come here. Sources beside the files (the units table, a workbook, a ledger, a log of events) are read and joined.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, errors, finding, nearest
from ..periods import order, read_period
from ..sources.match.bind import Layout, as_named, base_periods, by_heading, layout_of, match, no_period, note_unused
from ..sources.match.matched import Matched, Piece
from ..sources.readers.files import absent, matching, shown_path
from ..sources.readers.numbers import numbers_among, word_of
from ..sources.readers.table import Table, name_of
from ..sources.unit_table import asked_at
from ..tree.columns import Column
from ..tree.model import EVERY, Data, Index
from ..words.recognised_data import HAS_VALUE

if TYPE_CHECKING:
    from ..sources.unit_table import UnitNames

_FEW = 1000  # names of units that are unknown, of which each is looked at
_SHOWN = 20  # rows that stand twice
REMOTE = ("file://", "hdfs://", "s3://", "s3a://", "gs://", "abfs://", "abfss://")


@dataclass
class InPlace:
    """Values where they are, and everything that was found on the way.

    `table` has the columns `period`, `unit` and `group` (numbers from 0; one group where there are none), `within` where the
    ranking asks for it, `value C` for each column C of the index, NULL where missing, `silent C` where some do not apply.
    """

    index: Index
    units: UnitNames | None = None
    table: Any = None
    periods: tuple[str, ...] = ()
    groups: int = 1
    findings: list[Finding] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    beside: Matched | None = None


def is_in_place(source: Data) -> bool:
    """Say whether a source is a table of values in Parquet."""
    return source.events is None and not source.is_ledger and source.path.endswith(".parquet")


def open_values(index: Index, base: Path, connection: Any, kind: str, *, as_of: str | None = None) -> InPlace:
    """Open the values of an index as one table of an engine; without a table where there is an error among the findings."""
    found = InPlace(index)
    sources = [name for name, source in index.data.items() if is_in_place(source)]
    wanted = {column.source for column in index.columns}
    found.beside = beside = match(index, base, as_of=as_of, sources=wanted - set(sources))
    found.units, found.findings, found.files = beside.units, beside.findings, beside.files
    if beside.units is None:
        return found
    if not wanted & set(sources):
        found.findings.append(finding("IC871", index.place(("data",), key=True), source=", ".join(index.data)))
        return found
    parts = [
        _part(found, name, base, connection, kind, [(at, as_named(c)) for at, c in enumerate(index.columns) if c.source == name])
        for name in sources
        if name in wanted
    ]
    if errors(found.findings):
        return found
    read = [part for part in parts if part is not None]
    said = {period for part in read for period in part.periods.values() if period} | set(beside.periods)
    found.periods = tuple(sorted(said, key=order))
    found.findings += base_periods(index, found.periods)
    if not found.periods:
        found.findings.append(finding("IC360", index.place(("data",), key=True)))
    if not errors(found.findings):
        found.table = _whole(found, read)
        found.findings += _checked(found)
    return found


@dataclass(frozen=True)
class _Part:
    """One source: its rows with a number of their unit, their period as it is written, and the columns of the index."""

    file: str
    table: Any
    periods: dict[Any, str | None]  # what each says; None alone where the values hold in every period
    columns: tuple[int, ...]


def _part(found: InPlace, name: str, base: Path, connection: Any, kind: str, columns: list[tuple[int, Column]]) -> _Part | None:
    """Open a source and match its columns and units; nothing where that cannot be done."""
    import ibis

    from ..sources.events.engines import read_parquet

    index, source = found.index, found.index.data[name]
    assert found.beside is not None
    matches = [(source.path, None)] if source.path.startswith(REMOTE) else matching(source.path.replace("\\", "/"), str(base))
    if not matches:
        found.findings += asked_at([absent(source.path, base, base)], index.place(("data", name, "path")))
        return None
    if source.only:
        found.findings.append(finding("IC871", index.place(("data", name, "only")), source=name))
        return None
    of_period: dict[str | None, list[str]] = defaultdict(list)
    for path, period in matches:
        remote = path.startswith(REMOTE)
        of_period[period].append(path if remote else str((base / path).absolute()))
        found.files += [] if remote else [base / path]
    tables: list[Any] = []
    periods: dict[Any, str | None] = {}
    read: set[str] = set()
    for period, paths in of_period.items():
        file = source.path if len(paths) > 1 or paths[0].startswith(REMOTE) else shown_path(paths[0], base, base)
        opened = read_parquet(connection, kind, paths)
        raw = tuple(opened.columns)
        names = tuple(map(name_of, raw))
        head = Table(file, "", period, 0, names, names, tuple(range(1, len(raw) + 1)), (), ())
        layout = layout_of(index, name, source, head, columns, found.findings)
        if layout is None:
            return None
        if layout.across or layout.indicator is not None or layout.unit is None:
            found.findings.append(finding("IC871", Place(file), source=name))
            return None
        table, said = _rows(found, source, opened, head, layout, columns)
        if table is None:
            return None
        read |= set(table.columns)
        tables.append(table)
        periods |= said
    if len({tuple(sorted(table.columns)) for table in tables}) > 1:
        found.findings.append(finding("IC871", index.place(("data", name)), source=name))
        return None
    own = tuple(at for at, _ in columns if f"value {at}" in read)
    for at, column in columns:
        if at not in own and not (column.key == "applies" and _of_attribute(found.beside, source, at, column)):
            place = index.place_of(column.owner)
            near = next((close for header in column.headers if (close := nearest(header, names))), "")
            code = "IC344" if near else "IC365"
            found.findings.append(finding(code, place, names=column.headers, column=column.owner, file=file, near=near))
    whole = ibis.union(*tables) if len(tables) > 1 else tables[0]
    return _Part(file, whole, periods, own)


def _of_attribute(beside: Matched, source: Data, at: int, column: Column) -> bool:
    from ..sources.match.bind import of_units

    piece = of_units(beside, source, at, column)
    beside.pieces += [piece] if piece else []
    return piece is not None


def _rows(
    found: InPlace, source: Data, opened: Any, head: Table, layout: Layout, columns: list[tuple[int, Column]]
) -> tuple[Any, dict[Any, str | None]]:
    """The rows of known units with their columns by number; the others are findings."""
    import ibis

    assert found.beside is not None
    headings, raw = by_heading(head), opened.columns
    used = {layout.unit, layout.period, layout.status}
    taken: dict[str, Any] = {}
    silent = _silent(found, source, opened, head, layout)
    for at, column in columns:
        places = next((headings[header] for header in column.headers if header in headings), [])
        if not places:
            continue
        used.update(places)
        cells = opened[raw[places[0]]]
        if not (cells.type().is_numeric() or cells.type().is_boolean() or cells.type().is_null()):
            found.findings.append(finding("IC872", Place(head.file), name=head.names[places[0]], kind=str(cells.type())))
            taken[f"value {at}"] = ibis.null("float64")
            continue
        x = (cells.cast("int64") if cells.type().is_boolean() else cells).cast("float64")
        x = _there(x)
        none = [silent] if silent is not None else []
        absent_, other = numbers_among(source.missing), numbers_among(source.not_applicable)
        if other:
            none.append(x.isin(sorted(other)).fill_null(False))
        for number in sorted(absent_ | other):
            x = x.nullif(number)
        taken[f"value {at}"] = ibis.ifelse(silent, ibis.null("float64"), x) if silent is not None else x
        if none:
            taken[f"silent {at}"] = none[0] if len(none) == 1 else none[0] | none[1]
    note_unused(found.beside, head, used)
    assert layout.unit is not None
    cells = opened[raw[layout.unit]]
    name = cells if cells.type().is_string() else cells.cast("int64").cast("string")
    period = ibis.literal(layout.fixed or "") if layout.period is None else opened[raw[layout.period]].cast("string")
    table = opened.select(**{"its unit": name, "its period": period, **taken})
    units = _units(found, source, table, head)
    said = _periods(found, table, head, layout)
    return table.join(units, table["its unit"] == units["name"]).drop("its unit", "name"), said


def _silent(found: InPlace, source: Data, opened: Any, head: Table, layout: Layout) -> Any:
    """Whether a row's column of statuses says that its values do not apply; nothing without such a column."""
    if layout.status is None:
        return None
    cells = opened[opened.columns[layout.status]].cast("string")
    words = set(map(word_of, source.not_applicable))
    said = [cell for cell in cells.name("cell").as_table().distinct().to_pyarrow().column("cell").to_pylist() if cell is not None]
    for cell in said:
        if word_of(cell) and word_of(cell) not in words | HAS_VALUE:
            found.findings.append(finding("IC366", Place(head.file), found=cell, known=source.not_applicable))
    return cells.isin([cell for cell in said if word_of(cell) in words] or ["n/a"]).fill_null(False)


def _units(found: InPlace, source: Data, table: Any, head: Table) -> Any:
    """Every name of a unit that the rows use, with its number; what names none is a finding."""
    import ibis

    assert found.units is not None
    known, ignored = dict(found.units.known), {name_of(word) for word in source.ignore}
    names = ibis.memtable({"name": list(known), "unit": list(known.values())})
    others = table.anti_join(names, table["its unit"] == names["name"])
    counted = others.group_by("its unit").aggregate(rows=others.count()).order_by("its unit").limit(_FEW).to_pyarrow().to_pylist()
    more = {}
    for row in counted:
        cell, name = row["its unit"], name_of(row["its unit"])
        if (unit := found.units.find(cell)) is not None:
            more[cell] = unit  # written in another way than the units table has it
        elif name in found.units.shared:
            found.findings.append(finding("IC374", Place(head.file), name=name, units=found.units.sharing(name)))
        elif name not in ignored:
            near = nearest(name, known)
            code = "IC356" if not name else "IC341" if near else "IC342"
            label = found.index.units.label
            found.findings.append(finding(code, Place(head.file), name=name, near=near, label=label, rows=row["rows"]))
    both = known | more
    return ibis.memtable({"name": list(both), "unit": list(both.values())}) if more else names


def _periods(found: InPlace, table: Any, head: Table, layout: Layout) -> dict[Any, str | None]:
    """What each way of writing a period means; None alone where the values hold in every period."""
    if layout.period is None:
        return {layout.fixed or "": None if layout.fixed == EVERY else layout.fixed}
    kind = found.index.periods.kind
    counted = table.group_by("its period").aggregate(rows=table.count()).to_pyarrow().to_pylist()
    said: dict[Any, str | None] = {}
    for row in counted:
        cell = name_of(row["its period"])
        if (period := read_period(cell, kind)) is None:
            found.findings.append(no_period(found.index, Place(head.file), cell, row["rows"]))
        else:
            said[row["its period"]] = period
    return said


def _whole(found: InPlace, parts: Sequence[_Part]) -> Any:
    """Every unit in every period, with the columns of all sources."""
    import ibis

    assert found.units is not None
    assert found.beside is not None
    units = found.units.units
    at = {period: place for place, period in enumerate(found.periods)}
    rows: dict[str, Any] = {"unit": list(range(len(units))), "group": [0] * len(units)}
    within = found.index.ranking.within
    for name, labels in (("group", units.groups), ("within", units.labels(within) if within else ())):
        number = {label: place for place, label in enumerate(dict.fromkeys(labels))}
        rows |= {name: [number[label] for label in labels]} if labels else {}
        found.groups = len(number) if name == "group" and labels else found.groups
    every = ibis.memtable({"period": list(at.values())})
    whole = ibis.memtable(rows).cross_join(every)
    for part in parts:
        table, keys = part.table, ["unit"]
        if set(part.periods.values()) != {None}:
            numbers = ibis.memtable({"its period": list(part.periods), "period": [at[str(p)] for p in part.periods.values()]})
            table, keys = table.join(numbers, "its period"), ["unit", "period"]
        table = table.drop("its period")
        found.findings += _repeated(found, part, table, keys)
        whole = _left(whole, table, keys)
    return _with_pieces(found, whole, at)


def _left(table: Any, other: Any, keys: list[str]) -> Any:
    """Join to all rows of a table what another has for them; what does not apply is not in doubt where there is no row."""
    joined = table.left_join(other, keys)
    joined = joined.drop(*(name for name in joined.columns if name.endswith("_right")))
    flags = {name: joined[name].fill_null(False) for name in other.columns if name.startswith("silent ")}
    return joined.mutate(**flags) if flags else joined


def _repeated(found: InPlace, part: _Part, table: Any, keys: list[str]) -> Iterator[Finding]:
    """Rows that are there twice."""
    counted = table.group_by(keys).aggregate(rows=table.count())
    twice = counted.filter(counted.rows > 1).order_by(keys).limit(_SHOWN).to_pyarrow().to_pylist()
    assert found.units is not None
    for row in twice:
        period = found.periods[row["period"]] if "period" in row else ""
        unit = found.units.units.title(row["unit"])
        yield finding("IC348", Place(part.file), unit=unit, period=period, first=part.file, values="–")


def _with_pieces(found: InPlace, whole: Any, at: dict[str, int]) -> Any:
    """Join what was read of the sources beside the files: by unit, and by period where it does not hold in every one."""
    import ibis
    import numpy as np

    assert found.beside is not None
    assert found.units is not None
    pieces: dict[tuple[bool, int], list[Piece]] = defaultdict(list)
    for piece in found.beside.pieces:
        pieces[bool(piece.periods) and piece.periods[0] is None, piece.column].append(piece)
    for everywhere in (True, False):
        shape = 1 if everywhere else len(at), len(found.units.units)
        rows: dict[str, Any] = {"unit": np.tile(np.arange(shape[1]), shape[0])}
        rows |= {} if everywhere else {"period": np.repeat(np.arange(shape[0]), shape[1])}
        keys = list(rows)
        for (same, column), own in pieces.items():
            if same != everywhere:
                continue
            x, silent = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
            for piece in own:
                period = np.zeros(len(piece.units), dtype=int) if everywhere else np.array([at[str(p)] for p in piece.periods])
                unit, skipped = np.array(piece.units, dtype=int), list(piece.not_applicable)
                x[period, unit] = np.array(piece.values, dtype=float)
                x[period[skipped], unit[skipped]], silent[period[skipped], unit[skipped]] = np.nan, True
            rows[f"value {column}"] = x.ravel()
            rows |= {f"silent {column}": silent.ravel()} if silent.any() else {}
        if len(rows) > len(keys):
            table = ibis.memtable(rows)
            floats = {name: _there(table[name]) for name in rows if name.startswith("value ")}
            whole = _left(whole, table.mutate(**floats), keys)
    return whole


def _there(x: Any) -> Any:
    """A number, missing where it is NaN; DuckDB's NULLIF would miss one that a Parquet file's own statistics leave out."""
    import ibis

    return ibis.ifelse(x.isnan(), ibis.null("float64"), x)


def _checked(found: InPlace) -> Iterator[Finding]:
    """Values that are none, or lie outside the declared range: one finding a column, with the worst of them."""
    names = [name for name in found.table.columns if name.startswith("value ")]
    taken = {f"{end} {name}": getattr(found.table[name], end)() for name in names for end in ("min", "max")}
    ends = found.table.aggregate(**taken).to_pyarrow().to_pylist()[0]
    for name in names:
        column = found.index.columns[int(name.removeprefix("value "))]
        low, high = column.valid or (-math.inf, math.inf)
        place = found.index.place_of(column.owner)
        for value in dict.fromkeys((ends[f"min {name}"], ends[f"max {name}"])):
            if value is not None and math.isinf(value):
                yield finding("IC314", place, found=value)
            elif value is not None and not low <= value <= high:
                yield finding("IC349", place, found=value, low=low, high=high, name=column.title)
