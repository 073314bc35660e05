"""Values that stay where they are: Parquet files as one table of an engine, with a row for each unit and period.

What the files say is matched to the tree as `sources.match` does it, but by queries: only headings, periods and what does not fit
come here. Sources beside the files (the units table, a workbook, a ledger, a log of events) are read and joined.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..findings import Finding, Place, errors, finding, nearest
from ..methods.arrays import LARGEST
from ..periods import order
from ..sources.match.bind import base_periods, match, sources_of
from ..sources.match.cells import are_fractions, of_units, unknown_unit
from ..sources.match.dated import periods_meant, unclear_alone
from ..sources.match.headings import by_heading, headed, unused
from ..sources.match.layout import Layout, layout_of
from ..sources.match.matched import Matched, Piece, Source, together
from ..sources.match.measures import Said, conversion, once_a_file, said_of, told
from ..sources.readers.files import files_of, shown_path
from ..sources.readers.numbers import numbers_among, word_of
from ..sources.readers.table import Table, name_of
from ..sources.unit_table import UnitNames, asked_at
from ..tree.checks.methods import more_than_units
from ..tree.events import REMOTE
from ..tree.model import EVERY, Data, Index
from ..words.recognised_data import HAS_VALUE
from .doubts import Held, absent, doubtful

_FEW = 1000  # names of units that are unknown, of which each is looked at
_SHOWN = 20  # rows that stand twice


@dataclass(frozen=True)
class InPlace:
    """Values where they are, and everything that was found on the way.

    `table` has the columns `period`, `unit` and `group` (numbers from 0; one group where there are none), `within` where the
    ranking asks for it, `value C` for each column C of the index, NULL where missing, `silent C` where some do not apply.
    """

    index: Index
    units: UnitNames | None = None
    table: Any = None
    periods: tuple[str, ...] = ()
    groups: tuple[str, ...] = ("",)
    findings: Sequence[Finding] = ()
    files: Sequence[Path] = ()
    beside: Matched | None = None


@dataclass(frozen=True)
class _Opened:
    """A source or a table of it: its rows with a number of their unit, their period as it is written, and its columns.

    Without a table it is nothing but what was found; `attributes` are columns that the units table has.
    """

    file: str = ""
    names: tuple[str, ...] = ()
    table: Any = None
    periods: Mapping[Any, str | None] = field(default_factory=dict)  # what each says; None alone: in every period
    findings: Sequence[Finding] = ()
    files: Sequence[Path] = ()
    attributes: Sequence[Matched] = ()
    said: Mapping[int, Said] = field(default_factory=dict)  # what headings say of units of measurement, by column


def is_in_place(source: Data) -> bool:
    """Say whether a source is a table of values in Parquet."""
    return source.events is None and not source.is_ledger and source.path.endswith(".parquet")


def open_values(index: Index, base: Path, connection: Any, kind: str, *, as_of: str | None = None) -> InPlace:
    """Open the values of an index as one table of an engine; without a table where there is an error among the findings."""
    wanted = {column.source for column in index.columns}
    in_place = {name for name, data in index.data.items() if is_in_place(data)}
    beside = match(index, base, as_of=as_of, sources=wanted - in_place)
    made = InPlace(index, beside.units, findings=beside.findings, files=beside.files, beside=beside)
    if beside.units is None:
        return made
    if not wanted & in_place:
        lacking = finding("IC871", index.place(("data",), key=True), source=", ".join(index.data))
        return replace(made, findings=[*made.findings, lacking])
    sources = [source for source in sources_of(index, beside.units) if source.name in in_place]
    opened = [_open(source, base, connection, kind) for source in sources]
    beside = together([beside, *(attribute for one in opened for attribute in one.attributes)])
    findings = [*beside.findings, *(each for one in opened for each in one.findings)]
    made = replace(made, beside=beside, findings=findings, files=[*made.files, *(file for one in opened for file in one.files)])
    if errors(findings):
        return made
    said = {period for one in opened for period in one.periods.values() if period} | set(beside.periods)
    periods = tuple(sorted(said, key=order))
    nothing = [finding("IC360", index.place(("data",), key=True))]
    findings += base_periods(index, periods) if periods else nothing
    findings += more_than_units(index, len(beside.units.units)) if beside.units else []
    made = replace(made, periods=periods)
    return made if errors(findings) else _joined(made, opened)


def _open(source: Source, base: Path, connection: Any, kind: str) -> _Opened:
    """Open the files of a source and match their columns, periods and units."""
    import ibis

    from ..sources.events.engines import read_parquet

    path = source.data.path
    matches: list[tuple[str, str | None]] = [(path, None)]
    unread: list[Finding] = []
    if not path.startswith(REMOTE):
        matches, unread = files_of(path.replace("\\", "/"), base)
    if not matches:
        return _Opened(findings=asked_at(unread, source.place("path")))
    for key, asked in (("only", source.data.only), ("fill_down", source.data.fill_down)):
        if asked:
            return _Opened(findings=[finding("IC871", source.place(key), source=source.name)])
    if isinstance(source.data.unit, tuple):
        return _Opened(findings=[finding("IC871", source.place("unit"), source=source.name)])
    of_period: dict[str | None, list[str]] = defaultdict(list)
    for file, period in matches:
        of_period[period].append(file if file.startswith(REMOTE) else str((base / file).absolute()))
    parts = []
    for period, paths in of_period.items():
        shown = path if len(paths) > 1 or paths[0].startswith(REMOTE) else shown_path(paths[0], base)
        parts.append(_part(source, read_parquet(connection, kind, paths), shown, period))
    findings = [one for part in parts for one in part.findings]
    files = [base / file for file, _ in matches if not file.startswith(REMOTE)]
    if any(part.table is None for part in parts):
        return _Opened(findings=findings, files=files)
    if len({tuple(sorted(part.table.columns)) for part in parts}) > 1:
        return _Opened(findings=[*findings, finding("IC871", source.place(), source=source.name)], files=files)
    attributes, unmet = _unmet(source, parts[-1])
    whole = ibis.union(*(part.table for part in parts)) if len(parts) > 1 else parts[0].table
    periods = {cell: period for part in parts for cell, period in part.periods.items()}
    shown = path if len(parts) > 1 else parts[0].file
    return _Opened(shown, parts[-1].names, whole, periods, [*findings, *unmet], files, attributes, parts[-1].said)


def _part(source: Source, opened: Any, file: str, period: str | None) -> _Opened:
    """Match what an engine has opened: the files of a source that are of one period, or all."""
    names = tuple(map(name_of, opened.columns))
    head = Table(file, "", period, 0, names, names, tuple(range(1, len(names) + 1)), (), ())
    layout, findings = layout_of(source, head)
    if layout is None:
        return _Opened(findings=findings)
    if not layout.is_wide:
        return _Opened(findings=[finding("IC871", Place(file), source=source.name)])
    made = _rows(source, opened, head, layout)
    return replace(made, findings=[*findings, *made.findings])


def _unmet(source: Source, opened: _Opened) -> tuple[list[Matched], list[Finding]]:
    """Find the columns that a source has not: in the units table, or nowhere."""
    attributes, found = [], []
    for at, column in source.columns:
        if f"value {at}" in opened.table.columns:
            continue
        if column.is_attribute and (attribute := of_units(source, at, column)):
            attributes.append(attribute)
            continue
        near = next((close for header in column.headers if (close := nearest(header, opened.names))), "")
        code, place = "IC344" if near else "IC365", source.index.place_of(column.owner)
        found.append(finding(code, place, names=column.headers, column=column.owner, file=opened.file, near=near))
    return attributes, found


def _rows(source: Source, opened: Any, head: Table, layout: Layout) -> _Opened:
    """Take the rows of known units with their columns by number; the others are findings."""
    import ibis

    assert layout.unit is not None
    headings, raw = by_heading(head), opened.columns
    used = {layout.unit, layout.period, layout.status}
    silent, findings = _silent(source, opened, head, layout)
    taken: dict[str, Any] = {}
    measured: dict[int, Said] = {}
    for at, column in source.columns:
        places = headed(headings, column)
        if not places:
            continue
        used.update(places)
        cells = opened[raw[places[0]]]
        if column.words:
            taken[f"value {at}"] = cells.cast("string").isin(column.words).fill_null(False).cast("float64")
        elif not (cells.type().is_numeric() or cells.type().is_boolean() or cells.type().is_null()):
            findings.append(finding("IC872", Place(head.file), name=head.names[places[0]], kind=str(cells.type())))
            taken[f"value {at}"] = ibis.null("float64")
        else:
            said = said_of(head, places[0])
            measured |= {at: said} if said else {}
            times, code = conversion(column, said)
            if said and code:
                findings.append(told(column, said, code))
            taken |= _values(source.data, at, cells, silent, times)
    findings += unused(source.index, head, used)
    cells = opened[raw[layout.unit]]
    name = cells if cells.type().is_string() else cells.cast("int64").cast("string")
    period = ibis.literal(layout.fixed or "") if layout.period is None else opened[raw[layout.period]].cast("string")
    table = opened.select(**{"its unit": name, "its period": period, **taken})
    units, unknown = _units(source, table, head)
    is_number = layout.period is not None and opened[raw[layout.period]].type().is_floating()
    periods, undated = _periods(source, table, head, layout, is_number=is_number)
    table = table.join(units, table["its unit"] == units["name"]).drop("its unit", "name")
    return _Opened(head.file, head.names, table, periods, [*once_a_file(findings), *unknown, *undated], said=measured)


def _values(data: Data, at: int, cells: Any, silent: Any, times: Fraction) -> dict[str, Any]:
    """Return a column's values in the tree's unit of measurement, missing where they are, and where they do not apply."""
    import ibis

    values = _there((cells.cast("int64") if cells.type().is_boolean() else cells).cast("float64"))
    missing, inapplicable = numbers_among(data.missing), numbers_among(data.not_applicable)
    flags = [silent] if silent is not None else []
    if inapplicable:
        flags.append(values.isin(sorted(inapplicable)).fill_null(False))
    for number in sorted(missing | inapplicable):
        values = values.nullif(number)
    values = values if times == 1 else values * float(times.numerator) / float(times.denominator)
    made = {f"value {at}": ibis.ifelse(silent, ibis.null("float64"), values) if silent is not None else values}
    return made | ({f"silent {at}": flags[0] if len(flags) == 1 else flags[0] | flags[1]} if flags else {})


def _silent(source: Source, opened: Any, head: Table, layout: Layout) -> tuple[Any, list[Finding]]:
    """Say whether a row's column of statuses says that its values do not apply; nothing without such a column."""
    if layout.status is None:
        return None, []
    cells = opened[opened.columns[layout.status]].cast("string")
    words = set(map(word_of, source.data.not_applicable))
    said = [cell for cell in cells.name("cell").as_table().distinct().to_pyarrow().column("cell").to_pylist() if cell is not None]
    found = [
        finding("IC366", Place(head.file), found=cell, known=source.data.not_applicable)
        for cell in said
        if word_of(cell) and word_of(cell) not in words | HAS_VALUE
    ]
    return cells.isin([cell for cell in said if word_of(cell) in words] or ["n/a"]).fill_null(False), found


def _units(source: Source, table: Any, head: Table) -> tuple[Any, list[Finding]]:
    """Return every name of a unit that the rows use, with its number; what names none is a finding."""
    import ibis

    known = dict(source.units.known)
    names = ibis.memtable({"name": list(known), "unit": list(known.values())})
    others = table.anti_join(names, table["its unit"] == names["name"])
    counted = others.group_by("its unit").aggregate(rows=others.count()).order_by("its unit").limit(_FEW).to_pyarrow().to_pylist()
    more, found = {}, []
    for row in counted:
        cell, name = row["its unit"], name_of(row["its unit"])
        if (unit := source.units.find(cell)) is not None:
            more[cell] = unit  # written in another way than the units table has it
        elif name not in source.ignored:
            found.append(unknown_unit(source, name, Place(head.file), row["rows"]))
    both = known | more
    return (ibis.memtable({"name": list(both), "unit": list(both.values())}) if more else names), found


def _periods(
    source: Source, table: Any, head: Table, layout: Layout, *, is_number: bool
) -> tuple[dict[Any, str | None], list[Finding]]:
    """Return what each way of writing a period means; None alone where the values hold in every period."""
    if layout.period is None:
        return {layout.fixed or "": None if layout.fixed == EVERY else layout.fixed}, []
    counted = table.group_by("its period").aggregate(rows=table.count()).to_pyarrow().to_pylist()
    texts = {row["its period"]: name_of(row["its period"]) for row in counted}
    places = {texts[row["its period"]]: (Place(head.file), row["rows"]) for row in counted}
    meant, found = periods_meant(source, places)
    if is_number:
        found += unclear_alone(source, places)
    return {cell: meant.get(text) for cell, text in texts.items() if text in meant}, found


def _joined(values: InPlace, opened: Sequence[_Opened]) -> InPlace:
    """Join to every unit in every period the columns of all sources."""
    import ibis

    assert values.units is not None
    units, within = values.units.units, values.index.ranking.within
    position = {period: at for at, period in enumerate(values.periods)}
    groups: tuple[str, ...] = ("",)
    findings = list(values.findings)
    rows: dict[str, Any] = {"unit": list(range(len(units))), "group": [0] * len(units)}
    for name, labels in (("group", units.groups), ("within", units.labels(within) if within else ())):
        number = {label: at for at, label in enumerate(dict.fromkeys(labels))}
        rows |= {name: [number[label] for label in labels]} if labels else {}
        groups = tuple(number) if name == "group" and labels else groups
    whole = ibis.memtable(rows).cross_join(ibis.memtable({"period": list(position.values())}))
    for one in opened:
        table, keys = one.table, ["unit"]
        if set(one.periods.values()) != {None}:
            numbers = {"its period": list(one.periods), "period": [position[str(period)] for period in one.periods.values()]}
            table, keys = table.join(ibis.memtable(numbers), "its period"), ["unit", "period"]
        table = table.drop("its period")
        findings += _repeated(values, one.file, table, keys)
        whole = _left(whole, table, keys)
    made = replace(values, table=_with_pieces(values, whole, position), groups=groups)
    assert values.beside is not None
    named = [(int(name.removeprefix("value ")), one) for one in opened for name in one.table.columns if name.startswith("value ")]
    said = {at: measure for one in opened for at, measure in one.said.items()}
    held = Held(values.beside, made.table, values.periods, {at: one.file for at, one in named}, said)
    findings += _checked(made, held)
    if not errors(findings):
        findings += [*absent(held), *doubtful(held)]
    return replace(made, findings=findings)


def _left(table: Any, other: Any, keys: list[str]) -> Any:
    """Join to all rows of a table what another has for them; what does not apply is not in doubt where there is no row."""
    joined = table.left_join(other, keys)
    joined = joined.drop(*(name for name in joined.columns if name.endswith("_right")))
    flags = {name: joined[name].fill_null(False) for name in other.columns if name.startswith("silent ")}
    return joined.mutate(**flags) if flags else joined


def _repeated(values: InPlace, file: str, table: Any, keys: list[str]) -> Iterator[Finding]:
    """Find rows that are there twice."""
    counted = table.group_by(keys).aggregate(rows=table.count())
    twice = counted.filter(counted.rows > 1).order_by(keys).limit(_SHOWN).to_pyarrow().to_pylist()
    assert values.units is not None
    for row in twice:
        period = values.periods[row["period"]] if "period" in row else ""
        unit = values.units.units.title(row["unit"])
        yield finding("IC348", Place(file), unit=unit, period=period, first=file, values="–")


def _with_pieces(values: InPlace, whole: Any, position: dict[str, int]) -> Any:
    """Join what was read of the sources beside the files: by unit, and by period where it does not hold in every one."""
    import ibis
    import numpy as np

    assert values.beside is not None
    assert values.units is not None
    pieces: dict[tuple[bool, int], list[Piece]] = defaultdict(list)
    for piece in values.beside.pieces:
        pieces[piece.everywhere, piece.column].append(piece)
    for everywhere in (True, False):
        shape = 1 if everywhere else len(position), len(values.units.units)
        rows: dict[str, Any] = {"unit": np.tile(np.arange(shape[1]), shape[0])}
        rows |= {} if everywhere else {"period": np.repeat(np.arange(shape[0]), shape[1])}
        keys = list(rows)
        for (same, column), of_column in pieces.items():
            if same == everywhere:
                rows |= _filled(column, of_column, shape, {} if everywhere else position)
        if len(rows) > len(keys):
            table = ibis.memtable(rows)
            floats = {name: _there(table[name]) for name in rows if name.startswith("value ")}
            whole = _left(whole, table.mutate(**floats), keys)
    return whole


def _filled(column: int, pieces: Sequence[Piece], shape: tuple[int, int], position: dict[str, int]) -> dict[str, Any]:
    """Return the values of a column's pieces, and where they do not apply, period by period."""
    import numpy as np

    values, silent = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for piece in pieces:
        periods = np.array([position.get(str(period), 0) for period in piece.periods], dtype=int)
        units, skipped = np.array(piece.units, dtype=int), list(piece.not_applicable)
        values[periods, units] = np.array(piece.values, dtype=float)
        values[periods[skipped], units[skipped]], silent[periods[skipped], units[skipped]] = np.nan, True
    return {f"value {column}": values.ravel()} | ({f"silent {column}": silent.ravel()} if silent.any() else {})


def _there(x: Any) -> Any:
    """Return a number, missing where it is NaN; DuckDB's NULLIF would miss one that a Parquet file's own statistics leave out."""
    import ibis

    return ibis.ifelse(x.isnan(), ibis.null("float64"), x)


def _checked(values: InPlace, held: Held) -> Iterator[Finding]:
    """Find values that are none, or lie outside the declared range, one finding a column with the worst of them; shares of 1 too.

    A percentage of which no value is above 1 was most likely meant as a share.
    """
    names = [name for name in values.table.columns if name.startswith("value ")]
    taken = {f"{end} {name}": getattr(values.table[name], end)() for name in names for end in ("min", "max")}
    ends = values.table.aggregate(**taken).to_pyarrow().to_pylist()[0]
    for name in names:
        at = int(name.removeprefix("value "))
        column = values.index.columns[at]
        low, high = column.valid or (-math.inf, math.inf)
        place, lowest, highest = values.index.place_of(column.owner), ends[f"min {name}"], ends[f"max {name}"]
        for value in dict.fromkeys((lowest, highest)):
            if value is not None and math.isinf(value):
                yield finding("IC314", place, found=value, more="")
            elif value is not None and abs(value) > LARGEST:
                yield finding("IC394", place, found=f"{value:g}", name=column.called, most=LARGEST)
            elif value is not None and not low <= value <= high:
                yield finding("IC349", place, found=value, low=low, high=high, name=column.title)
        if at in held.files and are_fractions(column, lowest, highest, [held.said[at]] if at in held.said else ()):
            yield finding("IC350", Place(held.files[at]), name=column.called)
