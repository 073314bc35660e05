"""A log of events before any event is read: its files or table, and whether it has the columns that are asked for.

This costs no engine.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...findings import Finding, Place, finding, letters, nearest
from ...tree.columns import Column
from ...tree.condition import parse_condition
from ...tree.events import DURATION, Take, is_url
from ...tree.expressions import names as names_in
from ...tree.model import Data, EventLog, Index
from ...words.shown import without_passwords
from ..readers.encodings import UNSURE, encoding_of
from ..readers.files import files_of, kind_of, no_file, shown_path
from ..readers.table import name_of
from ..readers.tables import TEXTS
from ..unit_table import asked_at
from .text_files import LogFile, bytes_of_file, text_of_file

_LOOKED_AT = 1 << 22  # bytes at the beginning of a file, by which its encoding is told
_TEXTS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")


@dataclass(frozen=True)
class Log:
    """A log of events that an index takes values of: what was found of it before any event was read."""

    name: str
    source: Data
    events: EventLog
    columns: Sequence[tuple[int, Column]]
    index: Index
    files: tuple[LogFile, ...] = ()

    @property
    def shown(self) -> str:
        return without_passwords(self.source.path)

    @property
    def kind(self) -> str:
        return "postgres" if is_url(self.source.path) else self.events.engine

    @property
    def is_table(self) -> bool:
        return self.events.table is not None

    @property
    def takes(self) -> list[Take]:
        """The different series that are asked for, each once."""
        return list(dict.fromkeys(column.take for _, column in self.columns if column.take))


def look(index: Index, name: str, columns: Sequence[tuple[int, Column]], base: Path) -> tuple[Log, list[Finding]]:
    """Find the files of a log and see that they have the columns that are asked for."""
    source = index.data[name]
    assert source.events is not None
    log = Log(name, source, source.events, columns, index)
    if log.is_table or "://" in source.path:
        return log, []
    files = []
    matches, unread = files_of(source.path.replace("\\", "/"), base)
    found = asked_at(unread, index.place(("data", name, "path")))
    for path, _ in matches:
        file, problem = _header(str(base / path), shown_path(path, base))
        if file is not None:
            files.append(file)
            found += _lacking(log, file)
        found += [problem] if problem else []
    return replace(log, files=tuple(files)), found


def _header(path: str, file: str) -> tuple[LogFile | None, Finding | None]:
    """Read the names of a file's columns, and no event; or say why there are none to be read."""
    lower = path.lower()
    try:
        if none := no_file(path, file):
            return None, none
        if lower.endswith(".parquet"):
            import pyarrow as pa
            import pyarrow.parquet as pq

            try:
                raw = tuple(pq.read_schema(path).names)
            except pa.ArrowException as error:
                return None, finding("IC305", Place(file), problem=str(error).splitlines()[0])
            empty = None if pq.read_metadata(path).num_rows else finding("IC309", Place(file))
            return LogFile(path, file, tuple(map(name_of, raw)), raw), empty
        if lower.endswith(_TEXTS):
            return _text_header(path, file)
    except (OSError, EOFError) as error:
        return None, finding("IC303", Place(file), problem=getattr(error, "strerror", None) or str(error))
    known = [*TEXTS, ".parquet", ".csv.gz"]
    return None, finding("IC304", Place(file), suffix=Path(path).suffix, path=file, known=known)


def _text_header(path: str, file: str) -> tuple[LogFile | None, Finding | None]:
    with bytes_of_file(path) as stream:
        head = stream.read(_LOOKED_AT)
    if len(head) == _LOOKED_AT:
        head = head[: head.rfind(b"\n") + 1]
    encoding, stopped = encoding_of(head)
    if not encoding:
        line = head.count(b"\n", 0, stopped) + 1
        return None, finding("IC307", Place(file, "", line), offset=stopped, line=line)
    encoding = encoding.removesuffix("-sig")  # the mark is taken away below
    with text_of_file(path, encoding) as lines:
        first = lines.readline()
        has_rows = any(line.strip() for line in lines)
    if not path.endswith(".gz") and (kind := kind_of(first[:64].encode())):
        return None, finding("IC318", Place(file), suffix=Path(path).suffix, kind=kind)
    first = first.removeprefix("\ufeff")
    if not first.strip():
        return None, finding("IC308", Place(file))
    delimiter = max(",;\t", key=first.count)
    raw = tuple(next(csv.reader([first], delimiter=delimiter)))
    read = LogFile(path, file, tuple(map(name_of, raw)), raw, delimiter, encoding)
    if not has_rows:
        return read, finding("IC309", Place(file, "", 1))
    return read, finding("IC935", Place(file), encoding=UNSURE[encoding]) if encoding in UNSURE else None


def used_names(log: Log) -> dict[str, tuple[str | int, ...]]:
    """Return the columns that a log needs by name, each with the path of what asks for it first."""
    path: tuple[str | int, ...] = ("data", log.name, "events")
    events = log.events
    found: dict[str, tuple[str | int, ...]] = {}
    for key in ("unit", "time", "end", "due", "key"):
        if (value := getattr(events, key)) is not None:
            found.setdefault(name_of(value), (*path, key))
    trees = [(parse_condition(events.where), (*path, "where"))] if events.where else []
    for _, column in log.columns:
        if column.take:
            trees += [(tree, (*log.index.paths[column.owner], "events")) for tree in (column.take.of, column.take.where) if tree]
    for tree, asked in trees:
        for name in names_in(tree):
            if name != DURATION:
                found.setdefault(name_of(name), asked)
    return found


def _lacking(log: Log, file: LogFile) -> Iterator[Finding]:
    """Find the columns that are asked for and are not there, or there twice."""
    line = 1 if file.delimiter else 0
    for name, asked in used_names(log).items():
        if name not in file.names:
            near = nearest(name, file.names)
            yield finding(
                "IC718", log.index.place(asked), name=name, file=file.file, known=[n for n in file.names if n][:20], near=near
            )
        elif file.names.count(name) > 1:
            first = file.names.index(name)
            place = Place(file.file, "", line, file.names.index(name, first + 1) + 1 if line else 0)
            yield finding("IC310", place, name=name, first=letters(first + 1))
