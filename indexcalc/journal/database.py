"""The databases that a ledger may lie in: SQLite, one file beside the tree, or PostgreSQL by its URL."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..findings import Place, Refused, finding
from ..words.shown import without_passwords
from .entries import Entry

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, MetaData, RowMapping

NOTHING_BEFORE = "0" * 64
SYNCHRONOUS = "EXTRA"  # how SQLite waits for the disk: what was committed outlives a machine that stops
PATIENCE = 120.0  # seconds to wait for others that are submitting
MOST_SEALED = 256 << 20  # bytes of a file that is still laid out anew after each submission
OPEN = 0x0FE27A11  # SQLite's user_version while the file was not laid out anew after the last submission
OURS = 0x1DE7CA1C  # SQLite's application_id, and the name of the lock in PostgreSQL
_KINDS = {"number": int, "version": int}
"""The columns that are not text."""
_NEVER = ("a ledger is only ever added to",)


def file_of(where: str, base: Path) -> Path | None:
    """Return the file of a ledger, or nothing for one by its URL."""
    return None if "://" in where else base / where


def place_of(where: str) -> Place:
    """Return where a finding about a ledger is."""
    return Place(without_passwords(where))


@cache
def tables() -> MetaData:
    """Return the tables of a ledger."""
    import sqlalchemy as sa

    kinds = dict.fromkeys(_KINDS, sa.Integer)
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


def prepare(connection: Connection) -> None:
    """Wait until nobody else is writing, and make the tables where there are none."""
    import sqlalchemy as sa

    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA user_version = {OPEN}")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({OURS})")
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    if sa.inspect(connection).has_table("ledger_head"):
        return
    if sqlite and connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar():
        raise sqlite3.DatabaseError("other tables")  # somebody else's file
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA application_id = {OURS}")
    tables().create_all(connection)
    for statement in _guards(sqlite=sqlite):
        connection.exec_driver_sql(statement)
    head = tables().tables["ledger_head"]
    connection.execute(sa.insert(head).values(number=0, hash=first_link(connection), at=""))


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


def first_link(connection: Connection) -> str:
    """Return what the first row holds as the hash before it: of SQLite's schema, so that this cannot change either."""
    if connection.dialect.name != "sqlite":
        return NOTHING_BEFORE
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid").all()
    return hashlib.sha256(json.dumps([list(row) for row in rows]).encode()).hexdigest()


def head_of(connection: Connection) -> tuple[int, str, str]:
    """Return the last row's number, hash and moment, as the ledger itself says them; -1 where it does not.

    :raises sqlite3.DatabaseError: where what stands there is no number, or no moment.
    """
    import sqlalchemy as sa

    head = tables().tables["ledger_head"]
    rows = connection.execute(sa.select(head.c.number, head.c.hash, head.c.at)).all()
    if len(rows) != 1:
        return -1, "", ""
    number, last, at = (as_declared(name, value) for name, value in zip(("number", "hash", "at"), rows[0], strict=True))
    try:
        dt.datetime.fromisoformat(at or "2000-01-01").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise sqlite3.DatabaseError(f"at: {at!r:.40}") from None
    return number, last, at


@contextmanager
def reading(where: str, base: Path) -> Iterator[Connection]:
    """Take one consistent look at a ledger that is there."""
    with reporting(where), connected(where, base, "rw") as engine, engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        import sqlalchemy as sa

        if not sa.inspect(connection).has_table("ledger_head"):
            raise Refused([finding("IC651", place_of(where), path=without_passwords(where))])
        yield connection


def with_environment(url: str) -> str:
    """Return an address with the variables of the environment that it names, such as ${LEDGER_PASSWORD}, filled in.

    :raises Refused: when one of them is not set.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise Refused([finding("IC691", place_of(url), name=found[1])])
        return quote(os.environ[found[1]], safe="")

    return re.sub(r"\$\{(\w+)\}", value, url)


def _address(where: str) -> URL:
    """Return the address of a PostgreSQL database, or refuse what is none; what is wrong with it may quote a password."""
    import sqlalchemy as sa

    try:
        url = sa.make_url(with_environment(where))
    except (ValueError, sa.exc.ArgumentError):
        raise Refused([finding("IC520", place_of(where))]) from None
    if not url.drivername.startswith("postgres"):
        raise Refused([finding("IC520", place_of(where))])
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


@contextmanager
def connected(where: str, base: Path, mode: str) -> Iterator[Engine]:
    """Connect to a ledger, in one of the modes of `connect`."""
    require(where)
    import sqlalchemy as sa

    path = file_of(where, base)
    if path is None:
        engine = sa.create_engine(_address(where), poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
    else:
        if mode == "rw" and not path.exists():
            raise Refused([finding("IC651", place_of(where), path=without_passwords(where))])
        engine = sa.create_engine("sqlite://", creator=lambda: connect(path, mode), poolclass=sa.NullPool)
        start = "BEGIN IMMEDIATE" if mode == "rwc" else "BEGIN"

        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(start)

        sa.event.listen(engine, "begin", begin)
    try:
        yield engine
    finally:
        engine.dispose()


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open a SQLite file: `rw` one that is there, `rwc` made if there is none. A commit returns when it is on the disk."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def require(where: str) -> None:
    """Refuse where the library of a ledger in PostgreSQL is not installed."""
    import importlib.util

    if "://" in where and importlib.util.find_spec("psycopg") is None:
        raise Refused([finding("IC650", place_of(where), package="psycopg", extra="postgres")])


@contextmanager
def reporting(where: str, *, writing: bool = False) -> Iterator[None]:
    """Turn what databases and disks raise into findings."""
    require(where)
    import sqlalchemy as sa

    try:
        yield
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
        inner = getattr(error, "orig", None) or error
        damaged = type(inner) is sqlite3.DatabaseError
        code = "IC652" if damaged else "IC654" if writing else "IC653"
        raise Refused([finding(code, place_of(where), problem=problem_in(error))]) from None
    except UnicodeDecodeError as error:  # SQLite quotes damaged text in its own words
        raise Refused([finding("IC652", place_of(where), problem=problem_in(error))]) from None
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ImportError, UnicodeEncodeError) as error:
        code = "IC654" if writing else "IC653"
        raise Refused([finding(code, place_of(where), problem=problem_in(error))]) from None


def problem_in(error: BaseException) -> str:
    """Return what a database says is wrong, in one line."""
    inner = getattr(error, "orig", None) or error
    return (str(inner).strip().splitlines() or [type(inner).__name__])[0]


def seal(path: Path, number: int) -> None:
    """Lay the file out anew, so that every byte of it follows from its rows, and mark it so unless others came between.

    The submission is recorded by then: whatever fails here only leaves the mark away.
    """
    with suppress(sqlite3.Error, OSError):
        if path.stat().st_size > MOST_SEALED:
            return
        with closing(connect(path, "rw")) as connection:
            # nobody comes between looking, laying out and marking: laid out anew after another's mark, the file would belie it
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # before it has a lock, two could wait for each other
            last = connection.execute("SELECT number FROM ledger_head").fetchone()[0]
            connection.execute("COMMIT")
            if last != number:
                return
            connection.execute("VACUUM")
            cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
            major, minor, patch = sqlite3.sqlite_version_info
            library = (major * 1_000_000 + minor * 1_000 + patch).to_bytes(4, "big")
            connection.execute(f"PRAGMA user_version = {mark_of(cookie, library)}")


def mark_of(cookie: int, library: bytes) -> int:
    """Return a sealed file's user_version: made of what else its header says of itself, so that none of these changes alone."""
    return zlib.crc32(b"sealed %d " % cookie + library) & 0x7FFFFFFF


def entry_in(row: RowMapping) -> Entry:
    """Return a row as the entry that it holds.

    :raises sqlite3.DatabaseError: where a column holds what is of another kind, as SQLite lets it.
    """
    return Entry(**{field.name: as_declared(field.name, row[field.name]) for field in fields(Entry)})


def as_declared(name: str, value: Any) -> Any:
    """Return what a column holds.

    :raises sqlite3.DatabaseError: where that is of another kind than it was declared to be.
    """
    if type(value) is not _KINDS.get(name, str):
        raise sqlite3.DatabaseError(f"{name}: {value!r:.40}")
    return value
