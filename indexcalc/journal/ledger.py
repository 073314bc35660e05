"""The ledger: what departments submitted, one row a submission, each holding the hash of the row before it.

Rows are only ever added. The same code works on SQLite, one file beside the tree, and on PostgreSQL by its URL. A
submission is one row and so one insert: it is there whole or not at all, and is acknowledged only after it is on the disk.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, finding

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData, RowMapping

NOTHING_BEFORE = "0" * 64
PATIENCE = 120.0  # seconds to wait for others that are submitting
MOST_SEALED = 256 << 20  # bytes of a file that is still laid out anew after each submission
_OPEN = 0x0FE27A11  # SQLite's user_version while the file was not laid out anew after the last submission
_OURS = 0x1DE7CA1C  # SQLite's application_id, and the name of the lock in PostgreSQL
# what of SQLite's header moves by itself: how often the file was written, its schema, and by which library
_COUNTER, _COOKIE, _COUNTER_AGAIN, _LIBRARY = slice(24, 28), slice(40, 44), slice(92, 96), slice(96, 100)
_NEVER = ("a ledger is only ever added to",)


@dataclass(frozen=True)
class Draft:
    """What a department reports for one period, before it is recorded; `cells` is the text that `written` makes."""

    index: str
    department: str
    period: str
    by: str
    reason: str
    file: str
    sheet: str
    digest: str
    warnings: str
    cells: str


@dataclass(frozen=True)
class Entry:
    """One row of the ledger: a draft with its number, version and moment (UTC), the hash before it and its own."""

    number: int
    version: int
    at: str
    index: str
    department: str
    period: str
    by: str
    reason: str
    file: str
    sheet: str
    digest: str
    warnings: str
    cells: str
    previous: str
    hash: str

    @property
    def receipt(self) -> str:
        """Return what a submitter keeps, to prove later what was acknowledged."""
        return f"{self.number}:{self.hash[:16]}"

    def title(self) -> str:
        """Return what the row is called where people read it."""
        return f"#{self.number} {self.department} {self.period} v{self.version}"


@dataclass(frozen=True)
class Reported:
    """One reported cell: NaN never stands for a value, None does; `applies` is False where it was said not to apply."""

    unit: str
    column: str
    value: float | None
    applies: bool
    line: int
    position: int


def written(cells: Sequence[Reported]) -> str:
    """Write cells as the one text that the ledger keeps and hashes: a line of JSON each, in the order of units and columns."""
    return "\n".join(
        json.dumps(
            [cell.unit, cell.column, cell.value if cell.applies else "n/a", cell.line, cell.position],
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
        )
        for cell in sorted(cells, key=lambda cell: (cell.unit, cell.column))
    )


def read_cells(text: str) -> list[Reported]:
    """Read the cells of a submission back.

    :raises ValueError: when the text is none that `written` makes.
    """
    cells = []
    for unit, column, value, line, position in map(json.loads, text.splitlines()):
        applies = value != "n/a"
        cells.append(Reported(unit, column, value if applies else None, applies, line, position))
    return cells


def hash_of(entry: Entry) -> str:
    """Return the SHA-256 of a row over its canonical form: all other fields, in their order, as one line of JSON in UTF-8."""
    values = astuple(entry)[:-1]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ------------------------------------------------------------------------------------------------------------ adding


def append(where: str, base: Path, drafts: Sequence[Draft]) -> tuple[list[Entry], list[Finding]]:
    """Record drafts in one transaction, all or none, and return their rows; the ledger is made if there is none.

    What the newest version of the same department and period says already is not recorded again: its row is returned with
    a note.

    :raises Refused: when a correction has no reason, or the database cannot record it; nothing is recorded then.
    """
    path = _path(where, base)
    found: list[Finding] = []
    with _reporting(where, writing=True), _engine(where, base, "rwc") as engine:
        with engine.begin() as connection:
            _prepare(connection)
            last = _head(connection)
            entries = []
            for draft in drafts:
                entry = _recorded(connection, draft, last, found)
                if entry is not None:
                    entries.append(entry)
                    last = max(last, (entry.number, entry.hash, entry.at))
            if any(one.severity == "error" for one in found):
                raise Refused(found)
        if path is not None and len(entries) > len(found):
            _seal(path, last[0])
    return entries, found


def foresee(where: str, base: Path, drafts: Sequence[Draft]) -> tuple[list[Entry], list[Finding]]:
    """Return the rows that `append` would return, and record none; those that would be new have no moment and no hash.

    :raises Refused: when a correction has no reason, or the ledger cannot be read.
    """
    try:
        with _reading(where, base) as connection:
            last, earlier = _head(connection)[0], [_version_before(connection, draft) for draft in drafts]
    except Refused as refused:
        if [one.code for one in refused.findings] != ["IC651"]:
            raise
        last, earlier = 0, [None] * len(drafts)  # there is no ledger yet
    found: list[Finding] = []
    entries: list[Entry] = []
    for draft, before in zip(drafts, earlier, strict=True):
        entry = _following(draft, before, last + 1, found)
        if entry is not None:
            entries.append(entry)
            last = max(last, entry.number)
    if any(one.severity == "error" for one in found):
        raise Refused(found)
    return entries, found


def _recorded(connection: Connection, draft: Draft, last: tuple[int, str, str], found: list[Finding]) -> Entry | None:
    """Insert one draft after the last row, unless it says nothing new or lacks a reason."""
    import sqlalchemy as sa

    before = _version_before(connection, draft)
    number, previous, moment = last
    entry = _following(draft, before, number + 1, found)
    if entry is None or entry is before:
        return entry
    unsigned = replace(entry, at=_now(after=moment), previous=previous)
    entry = replace(unsigned, hash=hash_of(unsigned))
    connection.execute(sa.insert(_tables().tables["ledger_submissions"]).values(**_fields(entry)))
    head = _tables().tables["ledger_head"]
    connection.execute(sa.update(head).values(number=entry.number, hash=entry.hash, at=entry.at))
    return entry


def _version_before(connection: Connection, draft: Draft) -> Entry | None:
    """Return the newest row of a draft's department and period."""
    import sqlalchemy as sa

    table = _tables().tables["ledger_submissions"]
    same = sa.and_(*(table.c[key] == getattr(draft, key) for key in ("index", "department", "period")))
    row = connection.execute(sa.select(table).where(same).order_by(table.c.version.desc()).limit(1)).mappings().first()
    return None if row is None else _entry(row)


def _following(draft: Draft, before: Entry | None, number: int, found: list[Finding]) -> Entry | None:
    """Return the row that a draft makes, not yet signed; the row before it where that says the same, none without a reason."""
    if before is not None and (before.cells == draft.cells or not draft.reason):
        code = "IC656" if before.cells == draft.cells else "IC655"
        about = {"department": draft.department, "period": draft.period, "number": before.number}
        found.append(finding(code, Place(draft.file), **about))
        return before if before.cells == draft.cells else None
    return Entry(number, before.version + 1 if before else 1, "", **_fields(draft), previous="", hash="")


def _fields(item: Draft | Entry) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in fields(item)}


def _now(*, after: str) -> str:
    """Return this moment in UTC, to the microsecond; never at or before the row before, even where the clock was set back."""
    now = dt.datetime.now(dt.UTC)
    if after:
        now = max(now, dt.datetime.fromisoformat(after) + dt.timedelta(microseconds=1))
    return _moment_text(now)


def _moment_text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_moment(text: str) -> str | None:
    """Return a moment as the ledger writes it, or None when the text is none; a day alone means its end.

    >>> read_moment("2022-10-15T18:00+08:00"), read_moment("soon")
    ('2022-10-15T10:00:00.000000Z', None)
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text.strip()):
        moment += dt.timedelta(days=1, microseconds=-1)
    return _moment_text(moment)


# ----------------------------------------------------------------------------------------------------------- reading


def newest(where: str, base: Path, index: str, *, as_of: str | None = None) -> tuple[list[Entry], str]:
    """Return the newest version of each department and period of an index up to a moment, and the ledger's own last moment.

    :raises Refused: when the ledger cannot be read, or a row that would be used is not what was recorded.
    """
    _require(where)
    import sqlalchemy as sa

    with _reading(where, base) as connection:
        table = _tables().tables["ledger_submissions"]
        keys = [table.c.department, table.c.period]
        wanted = sa.select(*keys, sa.func.max(table.c.version).label("version")).where(table.c["index"] == index)
        last = sa.select(sa.func.max(table.c.at))
        if as_of is not None:
            wanted, last = wanted.where(table.c.at <= as_of), last.where(table.c.at <= as_of)
        latest = wanted.group_by(*keys).subquery()
        on = sa.and_(*(table.c[name] == latest.c[name] for name in ("department", "period", "version")))
        query = sa.select(table).select_from(table.join(latest, on)).where(table.c["index"] == index).order_by(table.c.number)
        entries = [_entry(row) for row in connection.execute(query).mappings()]
        moment = connection.execute(last).scalar() or ""
    changed = [_changed(where, entry) for entry in entries if hash_of(entry) != entry.hash]
    if changed:
        raise Refused(changed)
    return entries, moment


def log(where: str, base: Path) -> list[Entry]:
    """Return every row in order, with an empty text in place of its cells."""
    _require(where)
    import sqlalchemy as sa

    with _reading(where, base) as connection:
        table = _tables().tables["ledger_submissions"]
        columns = [sa.literal("").label("cells") if column.name == "cells" else column for column in table.c]
        return [_entry(row) for row in connection.execute(sa.select(*columns).order_by(table.c.number)).mappings()]


def entry_of(where: str, base: Path, number: int) -> Entry | None:
    """Return one row by its number, or nothing when there is none."""
    _require(where)
    import sqlalchemy as sa

    with _reading(where, base) as connection:
        table = _tables().tables["ledger_submissions"]
        row = connection.execute(sa.select(table).where(table.c.number == number)).mappings().first()
        return None if row is None else _entry(row)


def _entry(row: RowMapping) -> Entry:
    return Entry(**{field.name: row[field.name] for field in fields(Entry)})


# --------------------------------------------------------------------------------------------------------- verifying


def verify(where: str, base: Path, *, receipts: Sequence[str] = ()) -> tuple[int, str, list[Finding]]:
    """Walk the whole chain and return the last row's number and hash with everything that is not as it was recorded.

    A SQLite file is held against itself laid out anew as well, so that a changed byte outside of all rows is found too.
    The file itself is only copied, never opened for writing.
    """
    path = _path(where, base)
    _require(where)
    if path is None:
        with _reading(where, base) as connection:
            return _walked(connection, where, receipts)
    with _reporting(where), tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        copy = Path(folder) / "ledger.sqlite"
        _copied(path, copy, where)
        try:
            with _engine(copy.as_posix(), base, "rw") as engine, engine.connect() as connection:
                number, last, found = _walked(connection, where, receipts)
        except Refused as refused:
            return 0, "", refused.findings
        if not found:
            found = _beside_rows(copy, Path(folder) / "anew.sqlite", where)
        return number, last, found


def _walked(connection: Connection, where: str, receipts: Sequence[str]) -> tuple[int, str, list[Finding]]:
    """Check every row: its hash, that it follows the one before it, and that none is missing at the end."""
    import sqlalchemy as sa

    found: list[Finding] = []
    table = _tables().tables["ledger_submissions"]
    number, previous, moment = 0, "", ""
    versions: dict[tuple[str, str, str], int] = {}
    hashes: dict[int, str] = {}
    try:
        previous = _first(connection)
        follows = {previous}
        # in the order of the rows themselves, not of an index, which may be damaged on its own
        for row in connection.execute(sa.select(table).order_by(table.c.number)).mappings():
            entry = _entry(row)
            key, own = (entry.index, entry.department, entry.period), hash_of(entry)
            if own != entry.hash:
                found.append(_changed(where, entry))
            elif entry.previous not in follows or (entry.number, entry.version) != (number + 1, versions.get(key, 0) + 1):
                found.append(_about("IC667", where, entry))
            number, previous, moment, versions[key] = entry.number, entry.hash, entry.at, entry.version
            follows = {own, entry.hash}  # so that the row after a changed one is not called wrong too
            hashes[number] = entry.hash
        head = _head(connection)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, TypeError, ValueError, OverflowError) as error:
        found.append(finding("IC671", _place(where), number=number + 1, problem=_problem(error)))
        return number, previous, found
    if not found and head != (number, previous, moment):
        found.append(finding("IC668", _place(where), last=number, head=head[0]))
    for receipt in receipts:
        at, _, beginning = receipt.lstrip("#").partition(":")
        if not beginning or not at.isdecimal() or not hashes.get(int(at), "").startswith(beginning):
            found.append(finding("IC665", _place(where), found=receipt))
    return number, previous, found


def _beside_rows(copy: Path, anew: Path, where: str) -> list[Finding]:
    """Hold a file whose rows are all right against itself laid out anew: whatever differs is no part of a row."""
    with closing(_connect(copy, "rw")) as connection:
        mark = connection.execute("PRAGMA user_version").fetchone()[0]
        cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
        problems = [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
        if problems:
            return [finding("IC652", _place(where), problem=problems[0])]
        if mark == _OPEN:
            return [finding("IC670", _place(where))]
        connection.execute("VACUUM INTO ?", (str(anew),))
    was, now = copy.read_bytes(), bytearray(anew.read_bytes())
    now[_COUNTER], now[_COOKIE], now[_COUNTER_AGAIN] = was[_COUNTER], was[_COOKIE], was[_COUNTER]
    now[_LIBRARY] = was[_LIBRARY]
    now[44:72] = b"".join(value.to_bytes(4, "big") for value in (4, 0, 0, 1, _mark(cookie, was[_LIBRARY]), 0, _OURS))
    differ = [at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other]
    differ += range(min(len(was), len(now)), max(len(was), len(now)))
    return [finding("IC669", _place(where), count=len(differ), first=differ[0])] if differ else []


def _copied(path: Path, copy: Path, where: str) -> None:
    """Copy the file as it stands between two transactions."""
    with path.open("rb") as file:
        head = file.read(100)
    if head[:16] != b"SQLite format 3\0" or head[18:20] != b"\1\1":
        raise Refused([finding("IC652", _place(where), problem="header")])
    with closing(_connect(path, "rw")) as connection:
        connection.execute("BEGIN")
        # the read lock keeps writers out, and a journal that a killed process left is rolled back first
        with suppress(sqlite3.DatabaseError, UnicodeError):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        shutil.copyfile(path, copy)
        connection.execute("ROLLBACK")


def _seal(path: Path, number: int) -> None:
    """Lay the file out anew, so that every byte of it follows from its rows, and mark it so unless others came between.

    The submission is recorded by then: whatever fails here only leaves the mark away.
    """
    with suppress(sqlite3.Error, OSError):
        if path.stat().st_size > MOST_SEALED:
            return
        with closing(_connect(path, "rw")) as connection:
            connection.execute("VACUUM")
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT number FROM ledger_head").fetchone()[0] == number:
                cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
                major, minor, patch = sqlite3.sqlite_version_info
                library = (major * 1_000_000 + minor * 1_000 + patch).to_bytes(4, "big")
                connection.execute(f"PRAGMA user_version = {_mark(cookie, library)}")
            connection.execute("COMMIT")


def _mark(cookie: int, library: bytes) -> int:
    """Return a sealed file's user_version: made of what else its header says of itself, so that none of these changes alone."""
    return zlib.crc32(b"sealed %d " % cookie + library) & 0x7FFFFFFF


def _changed(where: str, entry: Entry) -> Finding:
    return _about("IC666", where, entry)


def _about(code: str, where: str, entry: Entry) -> Finding:
    about = {"department": entry.department, "period": entry.period, "version": entry.version}
    return finding(code, _place(where), number=entry.number, **about)


# -------------------------------------------------------------------------------------------------------- databases


@cache
def _tables() -> MetaData:
    import sqlalchemy as sa

    kinds = {"number": sa.Integer, "version": sa.Integer}
    metadata = sa.MetaData()
    columns = [
        sa.Column(
            field.name, kinds.get(field.name, sa.Text), primary_key=field.name == "number", autoincrement=False, nullable=False
        )
        for field in fields(Entry)
    ]
    once = sa.UniqueConstraint("index", "department", "period", "version")
    sa.Table("ledger_submissions", metadata, *columns, once)
    head = [sa.Column(name, kinds.get(name, sa.Text), nullable=False) for name in ("number", "hash", "at")]
    sa.Table("ledger_head", metadata, *head)
    return metadata


def _prepare(connection: Connection) -> None:
    """Wait until nobody else is writing, and make the tables where there are none."""
    import sqlalchemy as sa

    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA user_version = {_OPEN}")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OURS})")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    if sa.inspect(connection).has_table("ledger_head"):
        return
    if sqlite and connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar():
        raise sqlite3.DatabaseError("other tables")  # somebody else's file
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA application_id = {_OURS}")
    _tables().create_all(connection)
    for statement in _guards(sqlite=sqlite):
        connection.exec_driver_sql(statement)
    head = _tables().tables["ledger_head"]
    connection.execute(sa.insert(head).values(number=0, hash=_first(connection), at=""))


def _guards(*, sqlite: bool) -> Iterator[str]:
    """Return triggers that refuse to change rows: a hand at the wrong table is stopped, a forger is found by the chain."""
    why = _NEVER[0]
    if not sqlite:
        yield (f"CREATE FUNCTION ledger_never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
        yield (
            "CREATE TRIGGER ledger_never BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_submissions "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_never()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER ledger_no_{verb.lower()} BEFORE {verb} ON ledger_submissions BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )


def _first(connection: Connection) -> str:
    """Return what the first row holds as the hash before it: of SQLite's schema, so that this cannot change either."""
    if connection.dialect.name != "sqlite":
        return NOTHING_BEFORE
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid").all()
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def _head(connection: Connection) -> tuple[int, str, str]:
    import sqlalchemy as sa

    head = _tables().tables["ledger_head"]
    rows = connection.execute(sa.select(head.c.number, head.c.hash, head.c.at)).all()
    if len(rows) != 1:
        return -1, "", ""
    return int(rows[0][0]), str(rows[0][1]), str(rows[0][2])


@contextmanager
def _reading(where: str, base: Path) -> Iterator[Connection]:
    """Take one consistent look at a ledger that is there."""
    with _reporting(where), _engine(where, base, "rw") as engine, engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table("ledger_head"):
            raise Refused([finding("IC651", _place(where), path=shown(where))])
        yield connection


@contextmanager
def _engine(where: str, base: Path, mode: str) -> Iterator[Engine]:
    _require(where)
    import sqlalchemy as sa

    path = _path(where, base)
    if path is None:
        url = sa.make_url(where)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
    else:
        if mode == "rw" and not path.exists():
            raise Refused([finding("IC651", _place(where), path=shown(where))])
        engine = sa.create_engine("sqlite://", creator=lambda: _connect(path, mode), poolclass=sa.NullPool)
        start = "BEGIN IMMEDIATE" if mode == "rwc" else "BEGIN"

        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(start)

        sa.event.listen(engine, "begin", begin)
    try:
        yield engine
    finally:
        engine.dispose()


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open a SQLite file: `rw` one that is there, `rwc` made if there is none. A commit returns when it is on the disk."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = EXTRA")
    return connection


def _require(where: str) -> None:
    """Refuse where the ledger's libraries are not installed."""
    import importlib.util

    needed = {"sqlalchemy": "ledger"} | ({"psycopg": "postgres"} if "://" in where else {})
    for package, extra in needed.items():
        if importlib.util.find_spec(package) is None:
            raise Refused([finding("IC650", _place(where), package=package, extra=extra)])


@contextmanager
def _reporting(where: str, *, writing: bool = False) -> Iterator[None]:
    """Turn what databases and disks raise into findings."""
    _require(where)
    import sqlalchemy as sa

    try:
        yield
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
        inner = getattr(error, "orig", None) or error
        damaged = type(inner) is sqlite3.DatabaseError
        code = "IC652" if damaged else "IC654" if writing else "IC653"
        raise Refused([finding(code, _place(where), problem=_problem(error))]) from None
    except UnicodeError as error:  # SQLite quotes damaged text in its own words
        raise Refused([finding("IC652", _place(where), problem=_problem(error))]) from None
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
        code = "IC654" if writing else "IC653"
        raise Refused([finding(code, _place(where), problem=_problem(error))]) from None


def _problem(error: BaseException) -> str:
    inner = getattr(error, "orig", None) or error
    return (str(inner).strip().splitlines() or [type(inner).__name__])[0]


def _path(where: str, base: Path) -> Path | None:
    """Return the file of a ledger, or nothing for one by its URL."""
    return None if "://" in where else base / where


def _place(where: str) -> Place:
    return Place(shown(where))


def shown(where: str) -> str:
    """Return what a ledger is called where people read it: without a password.

    >>> shown("postgresql://clerk:secret@db/index")
    'postgresql://clerk:***@db/index'
    """
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", where)
