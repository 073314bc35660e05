"""Logs of events to series of values: one query groups clean events by unit and period and takes all that an index asks for.

A row that cannot be used is dirty; it counts nowhere and goes into the quarantine with every reason why. The query is made
with ibis and is the same for each engine. Which columns a log has is read before, in `log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...findings import Finding, Place, Refused, errors, finding, nearest, with_label
from ...panel import Quarantine
from ...periods import Kind, number_of, numbered, read_period
from ...tree.events import Take
from ...tree.model import Index
from ...words.agreement import several
from ..readers.table import name_of, text_of
from ..unit_table import UnitNames
from .columns import Columns, Mismatch
from .engines import Engine, failures, open_files, open_remote, open_table, packages_of
from .log import Log, used_names
from .rows import AWAY, MASK, NAME, ROWS, UNIT, LogRows, unit_and_period
from .takes import KEY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


MOST_ROWS = 1_000_000  # in the quarantine; its counts are of all
_HOUR, _MINUTE = 3_600_000_000, 60_000_000  # microseconds
_MANY = 1000  # periods that a log may span without saying so

# the findings that tell of each reason, in the order in which they are looked for
REASONS = {
    "another number of fields": "IC740",
    "no unit": "IC720",
    "unknown unit": "IC721",
    "no time": "IC722",
    "no such time": "IC723",
    "outside": "IC724",
    "over before it began": "IC725",
    "no number": "IC726",
    "unknown level": "IC727",
    "repeated": "IC728",
}


@dataclass(frozen=True, eq=False, repr=False)
class Behind:
    """The clean events of a log, for who asks which of them a value was made of."""

    asked: LogRows
    table: Any
    kind: Kind
    takes: dict[str, Take]
    units: tuple[str, ...]
    counted: dict[tuple[int, int], int]  # clean rows, by the numbers of their period and unit
    source: str
    kept: dict[tuple[int, ...], Any] = field(default_factory=dict)

    @property
    def header(self) -> tuple[str, ...]:
        """The columns of the events: those of the log that were used."""
        return tuple(self.asked.columns.names)

    def events(self, column: str, units: Sequence[str], periods: Sequence[str], most: int) -> list[tuple[str, ...]]:
        """Return events that a column's value of some periods and units is made of, as text, those that weigh most first.

        :raises Refused: where others have written to a database's table since its rows were counted.
        """
        numbers = tuple(number_of(period, self.kind) for period in periods)
        engine = self.asked.columns.engine
        if numbers not in self.kept:
            clean = self.asked.clean(self.table, numbers)
            self.kept[numbers] = clean.cache() if engine.kind == "duckdb" else clean
        places = [self.units.index(unit) for unit in units]
        with engine.at_one_moment():
            rows = self.asked.behind(self.kept[numbers], self.takes[column], places, most).to_pyarrow()
            if engine.kind == "postgres":
                self._refuse_others(self.kept[numbers], numbers, places)
        return list(zip(*(texts_of(rows.column(name).to_pylist()) for name in self.asked.columns.names), strict=True))

    def _refuse_others(self, clean: Any, periods: Sequence[int], units: Sequence[int]) -> None:
        """Refuse rows that are not those that were counted: what a value is made of would be another one."""
        now = int(clean.filter(clean[UNIT].isin(list(units))).count().to_pyarrow().as_py())
        then = sum(self.counted.get((period, unit), 0) for period in periods for unit in units)
        if now != then:
            raise Refused([finding("IC388", Place(self.source), then=then, now=now)])


@dataclass(frozen=True)
class Series:
    """The values of some columns of the panel: by position, an array (period, unit), and the periods of the log."""

    periods: tuple[str, ...]
    values: dict[int, NDArray[np.float64]]
    quarantine: Quarantine
    behind: Behind


def read(index: Index, log: Log, units: UnitNames, base: Path) -> tuple[Series | None, list[Finding]]:
    """Aggregate the events of a log; None, with findings, where that cannot be done."""
    here = log.index.place(("data", log.name))
    try:
        import ibis  # noqa: F401

        failed = failures(log.kind)
    except ImportError as error:
        package = error.name or "ibis"
        extra = {"postgres": "postgres", "spark": "spark"}.get(log.kind, "events")
        return None, [finding("IC719", here, package=package, needs=packages_of(log.kind), extra=extra)]
    try:
        try:
            return _read(index, log, units, base, even=False)
        except failed:
            if log.kind != "duckdb" or not any(file.delimiter for file in log.files):
                raise
            return _read(index, log, units, base, even=True)
    except Mismatch as error:
        owner = next((column.owner for _, column in log.columns if column.take == error.take and error.take), None)
        place = here if owner is None else index.place_of(owner, "events")
        return None, [finding(error.code, place, **error.values)]
    except failed as error:
        return None, [finding("IC735", here, source=log.shown, problem=problem_in(error))]


def problem_in(error: Exception) -> str:
    """Return the first line of what an engine says, without where it keeps its files."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:200]


def _read(index: Index, log: Log, units: UnitNames, base: Path, *, even: bool) -> tuple[Series | None, list[Finding]]:
    engine, found = _open(log, base, even=even)
    names, unknown_names = _names(index, log, units)
    found += unknown_names
    if engine is None or errors(found):
        return None, found
    with engine.at_one_moment():
        rows, table, groups, unknown = _counted(
            index, log, Columns(engine, log.events, frozenset(log.source.missing)), names, units
        )
        quarantine = _quarantine(log, rows, table, groups)
        if log.kind == "postgres" and isinstance(quarantine.rows, DirtyRows):
            _ = quarantine.rows.fetched  # while they are those that were counted
    said = [*_findings(units, quarantine, unknown), *_other_clocks(log, quarantine, groups), *_without_rows(log, quarantine)]
    quarantine = replace(quarantine, findings=tuple(with_label(said, index.units.label)))
    takes = {column.id: column.take for _, column in log.columns if column.take}
    behind = Behind(rows, table, index.periods.kind, takes, units.units.ids, _clean_rows(groups, len(units.units)), log.shown)
    series, problems = _series(index, log, units, groups, quarantine, behind)
    return series, [*found, *quarantine.findings, *problems]


def _counted(
    index: Index, log: Log, columns: Columns, names: dict[str, int], units: UnitNames
) -> tuple[LogRows, Any, dict[str, list[Any]], list[str]]:
    """Judge and count the rows of a log; return these, what was counted, and the names of units that are not known."""
    while True:
        rows = LogRows(columns, log.takes, _bounds(index, log), index.periods.kind)
        table = rows.judged(names)
        groups = rows.aggregated(table, len(units.units)).to_pyarrow().to_pydict()
        unknown = _unknown(log, groups)
        known = {name: at for name in unknown if name not in names and (at := names.get(name_of(name))) is not None}
        if not known:
            return rows, table, groups, unknown
        names |= known  # written in another way than the units table has them: asked for once more with these


def _quarantine(log: Log, rows: LogRows, table: Any, groups: dict[str, list[Any]]) -> Quarantine:
    """Count the rows that could not be used, by their reasons."""
    masks = {-key: many for key, many in zip(groups[KEY], groups[ROWS], strict=True) if key < 0}
    left = masks.pop(1, 0)
    dirty = sum(masks.values())
    return Quarantine(
        log.name,
        log.shown,
        sum(groups[ROWS]),
        left,
        dirty,
        tuple(rows.reasons),
        tuple(sum(many for mask, many in masks.items() if mask >> at + 1 & 1) for at in range(len(rows.reasons))),
        tuple(rows.columns.names),
        DirtyRows(rows, table, dirty),
    )


def _clean_rows(groups: dict[str, list[Any]], units: int) -> dict[tuple[int, int], int]:
    """Return how many clean rows there are, by the numbers of their period and unit."""
    found = {}
    for key, many in zip(groups[KEY], groups[ROWS], strict=True):
        if key >= 0:
            unit, period = unit_and_period(key, units)
            found[period, unit] = many
    return found


def _unknown(log: Log, groups: dict[str, list[Any]]) -> list[str]:
    """Return the names of dirty rows that no unit has."""
    dirty = {name for key, some in zip(groups[KEY], groups[NAME], strict=True) if key < -1 for name in some or () if name}
    return sorted(name for name in dirty if name.strip() and name.strip() not in log.source.missing)


@dataclass(frozen=True, eq=False, repr=False)
class DirtyRows(Sequence[tuple[Any, ...]]):
    """The dirty rows as text, sorted, each with the places of its reasons; fetched when they are first looked at."""

    asked: LogRows
    table: Any
    many: int

    def __len__(self) -> int:
        return min(self.many, MOST_ROWS)

    def __getitem__(self, at: Any) -> Any:
        return self.fetched[at]

    @cached_property
    def fetched(self) -> list[tuple[Any, ...]]:
        """All of them, in one query."""
        if not self.many:
            return []
        cells = self.asked.dirty(self.table, MOST_ROWS if self.many > MOST_ROWS else None).to_pyarrow()
        texts = [texts_of(cells.column(name).to_pylist()) for name in self.asked.columns.names]
        masks = cells.column(MASK).to_pylist()
        why = {mask: tuple(at for at in range(len(self.asked.reasons)) if mask >> at + 1 & 1) for mask in set(masks)}
        return sorted(zip(*texts, [why[mask] for mask in masks], strict=True))


def _open(log: Log, base: Path, *, even: bool) -> tuple[Engine | None, list[Finding]]:
    used = used_names(log)
    if not log.is_table and "://" not in log.source.path:
        return open_files(log.files, list(used), log.kind, even=even), []
    if not log.is_table:
        opened = open_remote(log.source.path)
    else:
        path = log.source.path if log.kind != "duckdb" else str(base / log.source.path)
        opened = open_table(path, str(log.events.table), log.kind)
    names = {name_of(column): column for column in reversed(opened.table.columns)}
    known = list(opened.table.columns)[:20]
    found = [
        finding("IC718", log.index.place(asked), name=name, file=log.shown, known=known, near=nearest(name, names))
        for name, asked in used.items()
        if name not in names
    ]
    return (None if found else opened.only({name: names[name] for name in used})), found


def _names(index: Index, log: Log, units: UnitNames) -> tuple[dict[str, int], list[Finding]]:
    """Return every name by which the log may call a unit; those to be left out have -1."""
    names, found = dict(units.known), []
    for other, unit in log.events.names.items():
        at = units.find(unit)
        if at is None:
            place = index.place(("data", log.name, "events", "names", other))
            found.append(finding("IC734", place, name=unit, near=nearest(unit, units.known)))
        else:
            names[name_of(other)] = at
    return names | {name_of(word): -1 for word in log.source.ignore}, found


def _bounds(index: Index, log: Log) -> tuple[int | None, int | None]:
    kind = index.periods.kind
    read_all = [None if bound is None else read_period(str(bound), kind) for bound in (log.events.from_, log.events.to)]
    first, last = (None if period is None else number_of(period, kind) for period in read_all)
    return first, last


def texts_of(cells: Sequence[Any]) -> list[str]:
    """Return cells as text, alike whatever engine they came from."""
    out = []
    for cell in cells:
        value = text_of(cell)
        if isinstance(value, float):
            value = "" if value != value else str(int(value)) if value.is_integer() else repr(value)  # noqa: PLR0124 - NaN
        out.append("" if value is None else str(value))
    return out


def _findings(units: UnitNames, quarantine: Quarantine, unknown: list[str]) -> Iterator[Finding]:
    """Yield one finding for each reason, and one for rows that were left out on purpose."""
    place = Place(quarantine.file)
    for (reason, column), rows in zip(quarantine.reasons, quarantine.counts, strict=True):
        if not rows:
            continue
        near, examples = "", ""
        if reason == "unknown unit":
            first = [name_of(name) for name in unknown]
            examples = several([f"'{name}'" for name in first[:3]], len(first))
            near = next((f"{name}: {close}" for name in first[:50] if (close := nearest(name, units.known))), "")
        values = {"rows": rows, "read": quarantine.read, "column": column, "examples": examples, "near": near}
        yield finding(REASONS[reason], place, **values)
    if quarantine.left:
        yield finding("IC729", place, rows=quarantine.left, read=quarantine.read)
    if len(quarantine.rows) < quarantine.dirty:
        yield finding("IC732", place, rows=quarantine.dirty, most=len(quarantine.rows))


def _other_clocks(log: Log, quarantine: Quarantine, groups: dict[str, list[Any]]) -> Iterator[Finding]:
    """Say that times carry zones, where none is declared and they are not all of one clock that is not that of Greenwich."""
    ends = [one for key in (f"{AWAY} from", f"{AWAY} to") for one in groups[key] if one is not None]
    if log.events.zone or not ends or (min(ends) == max(ends) != 0):
        return
    first, last = (
        f"{'-' if one < 0 else '+'}{abs(one) // _HOUR:02}:{abs(one) % _HOUR // _MINUTE:02}" for one in (min(ends), max(ends))
    )
    values = {"rows": sum(groups[AWAY]), "read": quarantine.read, "column": log.events.time, "first": first, "last": last}
    yield finding("IC741", Place(quarantine.file), **values)


def _without_rows(log: Log, quarantine: Quarantine) -> Iterator[Finding]:
    """Say that the table of a log has no rows; of files it is said when they are looked at."""
    if not quarantine.read and not log.files:
        yield finding("IC309", Place(quarantine.file))


def _series(
    index: Index, log: Log, units: UnitNames, groups: dict[str, list[Any]], quarantine: Quarantine, behind: Behind
) -> tuple[Series | None, list[Finding]]:
    """Return the groups as arrays (period, unit): 0 or missing for a unit without events in a period that the log covers."""
    import numpy as np

    keys = np.array(groups[KEY], dtype=np.int64)
    clean = keys >= 0
    of_unit, numbers = unit_and_period(keys[clean], len(units.units))
    first, last = _bounds(index, log)
    if not clean.any() and (first is None or last is None):
        return None, [finding("IC730", Place(quarantine.file), rows=quarantine.read)]
    low = int(numbers.min()) if first is None else first
    high = int(numbers.max()) if last is None else last
    covered, kind, found = range(low, high + 1), index.periods.kind, []
    without = sorted(set(covered) - set(numbers.tolist())) if len(covered) <= _MANY else list(covered)
    if without and (first is None or last is None):
        shown_periods = [numbered(number, kind) for number in (covered[0], covered[-1])]
        values = {"first": shown_periods[0], "last": shown_periods[1], "count": len(without), "source": log.name}
        too_many = len(covered) > _MANY
        found.append(finding("IC733" if too_many else "IC731", log.index.place(("data", log.name, "events")), **values))
        if too_many:
            return None, found
    values_of: dict[int, NDArray[np.float64]] = {}
    for column, (positions, wanted) in enumerate(_taken(log)):
        whole = wanted.kind in ("rows", "sum", "distinct", "peak", "days")
        series = np.full((len(covered), len(units.units)), 0.0 if whole else np.nan)
        given = np.array(groups[f"its take {column}"], dtype=float)[clean]
        if wanted.needs_value:
            given = np.where(np.array(groups[f"its rows {column}"])[clean] == 0, 0.0, given)
        elif whole:
            given = np.nan_to_num(given, nan=0.0)
        series[numbers - low, of_unit] = given
        for position in positions:
            values_of[position] = series
    return Series(tuple(numbered(number, kind) for number in covered), values_of, quarantine, behind), found


def _taken(log: Log) -> list[tuple[list[int], Take]]:
    """Return each series with the columns of the panel that it is the values of."""
    return [([at for at, column in log.columns if column.take == take], take) for take in log.takes]
