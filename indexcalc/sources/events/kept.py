"""The rows of a log as a ledger keeps them: the digest of each, what it is called, and where it stands."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...findings import Finding, Place, errors, finding
from ...periods import number_of
from ...tree.model import Index
from ..readers.table import name_of
from .columns import Columns, Mismatch
from .engines import Engine, failures, open_files, open_remote, open_table, packages_of
from .log import Log, look
from .rows import PERIOD, LogRows
from .series import problem_in, texts_of

_BETWEEN = "\x1f"  # what sets the cells of a row apart in what is digested


@dataclass(frozen=True)
class KeptRow:
    """One row of a log: the digest of all of its cells, and what it is called, by its key or its unit and time."""

    digest: bytes
    name: str


@dataclass(frozen=True)
class KeptLog:
    """A log with the columns whose cells are kept, and its rows by the period that they fall in."""

    log: Log
    columns: tuple[str, ...]
    rows: dict[str, tuple[KeptRow, ...]]

    def places(self, wanted: Iterable[bytes]) -> dict[bytes, list[Place]]:
        """Return where the rows of some digests stand in the files of a log: none in a database or Parquet file."""
        sought, found = set(wanted), defaultdict(list)
        for file in self.log.files if sought else ():
            if not file.delimiter:
                continue
            at = [file.names.index(name) for name in self.columns]
            for line, row in _lines(file):
                own = digest_of([row[column] if column < len(row) else "" for column in at])
                if own in sought:
                    found[own].append(Place(file.file, "", line))
        return dict(found)


def _lines(file: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a file of text, each with the line that it begins on."""
    from .text_files import text_of_file

    with text_of_file(file.path, file.encoding) as text:
        reader, before = csv.reader(text, delimiter=file.delimiter), 0
        for row in reader:
            if before and row:
                yield before + 1, row
            before = reader.line_num


def digest_of(cells: Sequence[str]) -> bytes:
    """Return the SHA-256 of a row's cells in the order of its columns."""
    return hashlib.sha256(_BETWEEN.join(cells).encode("utf-8", "surrogatepass")).digest()


def kept_rows(index: Index, name: str, periods: Sequence[str], base: Path) -> tuple[KeptLog | None, list[Finding]]:
    """Read all rows of a log that fall in some periods, whether they count or not; nothing, with findings, where that fails."""
    log, found = look(index, name, (), base)
    here = index.place(("data", name))
    if errors(found) or (not log.files and not log.is_table and "://" not in log.source.path):
        return None, found
    try:
        import ibis  # noqa: F401

        failed = failures(log.kind)
    except ImportError as error:
        extra = {"postgres": "postgres", "spark": "spark"}.get(log.kind, "events")
        about = {"package": error.name or "ibis", "needs": packages_of(log.kind), "extra": extra}
        return None, [finding("IC719", here, **about)]
    ragged = log.kind == "duckdb" and any(file.delimiter for file in log.files)
    try:
        try:
            return _kept(index, log, periods, base, even=False), found
        except failed:
            if not ragged:
                raise
            return _kept(index, log, periods, base, even=True), found
    except Mismatch as error:
        return None, [*found, finding(error.code, here, **error.values)]
    except failed as error:
        return None, [*found, finding("IC735", here, source=log.shown, problem=problem_in(error))]


def _kept(index: Index, log: Log, periods: Sequence[str], base: Path, *, even: bool) -> KeptLog:
    engine = _opened(log, base, even=even)
    columns = Columns(engine, log.events, frozenset(log.source.missing))
    kind = index.periods.kind
    numbers = {number_of(period, kind): period for period in periods}
    cells = LogRows(columns, [], (None, None), kind).of_periods(list(numbers)).to_pyarrow()
    names = tuple(sorted(columns.names))
    texts = {name: texts_of(cells.column(name).to_pylist()) for name in names}
    called = [name_of(one) for one in ([log.events.key] if log.events.key else [log.events.unit, log.events.time])]
    digests = map(digest_of, zip(*(texts[name] for name in names), strict=True))
    titles = map(" ".join, zip(*(texts[name] for name in called), strict=True))
    rows: dict[str, list[KeptRow]] = {period: [] for period in periods}
    for number, digest, title in zip(cells.column(PERIOD).to_pylist(), digests, titles, strict=True):
        rows[numbers[number]].append(KeptRow(digest, title))
    ordered = {period: tuple(sorted(own, key=lambda row: row.digest)) for period, own in rows.items()}
    return KeptLog(log, names, ordered)


def _opened(log: Log, base: Path, *, even: bool) -> Engine:
    """Open a log with all of its columns that hold text, numbers or times; of files, those that all of them have once."""
    if log.files:
        first, *others = (file.names for file in log.files)
        names = [name for name in first if name and all(each.count(name) == 1 for each in (first, *others))]
        engine = open_files(log.files, names, log.kind, even=even)
    elif log.is_table:
        path = log.source.path if log.kind != "duckdb" else str(base / log.source.path)
        engine = open_table(path, str(log.events.table), log.kind)
    else:
        engine = open_remote(log.source.path)
    kinds = engine.table.schema().items()
    plain = [
        name
        for name, kind in kinds
        if kind.is_string() or kind.is_timestamp() or kind.is_date() or kind.is_numeric() or kind.is_boolean()
    ]
    return replace(engine, table=engine.table.select(**{name_of(name): engine.table[name] for name in plain}))
