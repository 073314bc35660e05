"""Walking a ledger from end to end: whatever was changed since it was recorded is found."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..findings import Finding, Refused, finding
from ..words.shown import without_passwords
from .database import (
    OPEN,
    OURS,
    connect,
    connected,
    entry_in,
    file_of,
    first_link,
    head_of,
    mark_of,
    place_of,
    problem_in,
    reading,
    reporting,
    require,
    tables,
)
from .entries import Entry, hash_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

# what of SQLite's header moves by itself: how often the file was written, its schema, and by which library
_COUNTER, _COOKIE, _COUNTER_AGAIN, _LIBRARY = slice(24, 28), slice(40, 44), slice(92, 96), slice(96, 100)


def verify(where: str, base: Path, *, receipts: Sequence[str] = ()) -> tuple[int, str, list[Finding]]:
    """Walk the whole chain and return the last row's number and hash with everything that is not as it was recorded.

    A SQLite file is held against itself laid out anew as well, so that a changed byte outside of all rows is found too.
    The file itself is only copied, never opened for writing.
    """
    path = file_of(where, base)
    require(where)
    if path is None:
        with reading(where, base) as connection:
            return _walked(connection, where, receipts)
    if not path.exists():
        raise Refused([finding("IC651", place_of(where), path=without_passwords(where))])
    with reporting(where), tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        copy = Path(folder) / "ledger.sqlite"
        _copied(path, copy, where)
        try:
            with connected(copy.as_posix(), base, "rw") as engine, engine.connect() as connection:
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
    table = tables().tables["ledger_submissions"]
    number, previous, moment = 0, "", ""
    versions: dict[tuple[str, str, str], int] = {}
    hashes: dict[int, str] = {}
    try:
        previous = first_link(connection)
        follows = {previous}
        # in the order of the rows themselves, not of an index, which may be damaged on its own
        for row in connection.execute(sa.select(table).order_by(table.c.number)).mappings():
            entry = entry_in(row)
            key, own = (entry.index, entry.department, entry.period), hash_of(entry)
            if own != entry.hash:
                found.append(about_row("IC666", where, entry))
            elif entry.previous not in follows or (entry.number, entry.version) != (number + 1, versions.get(key, 0) + 1):
                found.append(about_row("IC667", where, entry))
            number, previous, moment, versions[key] = entry.number, entry.hash, entry.at, entry.version
            follows = {own, entry.hash}  # so that the row after a changed one is not called wrong too
            hashes[number] = entry.hash
        head = head_of(connection)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, TypeError, ValueError, OverflowError) as error:
        found.append(finding("IC671", place_of(where), number=number + 1, problem=problem_in(error)))
        return number, previous, found
    if not found and head != (number, previous, moment):
        found.append(finding("IC668", place_of(where), last=number, head=head[0]))
    for receipt in receipts:
        at, _, beginning = receipt.lstrip("#").partition(":")
        if not beginning or not at.isdecimal() or not hashes.get(int(at), "").startswith(beginning):
            found.append(finding("IC665", place_of(where), found=receipt))
    return number, previous, found


def _beside_rows(copy: Path, anew: Path, where: str) -> list[Finding]:
    """Hold a file whose rows are all right against itself laid out anew: whatever differs is no part of a row."""
    with closing(connect(copy, "rw")) as connection:
        mark = connection.execute("PRAGMA user_version").fetchone()[0]
        cookie = connection.execute("PRAGMA schema_version").fetchone()[0]
        problems = [text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
        if problems:
            return [finding("IC652", place_of(where), problem=problems[0])]
        if mark == OPEN:
            return [finding("IC670", place_of(where))]
        connection.execute("VACUUM INTO ?", (str(anew),))
    was, now = copy.read_bytes(), bytearray(anew.read_bytes())
    now[_COUNTER], now[_COOKIE], now[_COUNTER_AGAIN] = was[_COUNTER], was[_COOKIE], was[_COUNTER]
    now[_LIBRARY] = was[_LIBRARY]
    now[44:72] = b"".join(value.to_bytes(4, "big") for value in (4, 0, 0, 1, mark_of(cookie, was[_LIBRARY]), 0, OURS))
    differ = [at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other]
    differ += range(min(len(was), len(now)), max(len(was), len(now)))
    return [finding("IC669", place_of(where), count=len(differ), first=differ[0])] if differ else []


def _copied(path: Path, copy: Path, where: str) -> None:
    """Copy the file as it stands between two transactions."""
    with path.open("rb") as file:
        head = file.read(100)
    if head[:16] != b"SQLite format 3\0" or head[18:20] != b"\1\1":
        raise Refused([finding("IC652", place_of(where), problem="header")])
    with closing(connect(path, "rw")) as connection:
        connection.execute("BEGIN")
        # the read lock keeps writers out, and a journal that a killed process left is rolled back first
        with suppress(sqlite3.DatabaseError, UnicodeError):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        shutil.copyfile(path, copy)
        connection.execute("ROLLBACK")


def about_row(code: str, where: str, entry: Entry) -> Finding:
    """Say what is wrong with a row."""
    about = {"department": entry.department, "period": entry.period, "version": entry.version}
    return finding(code, place_of(where), number=entry.number, **about)
