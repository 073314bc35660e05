"""The ledger: what departments submitted, one row a submission, each holding the hash of the row before it.

Rows are only ever added. The same code works on SQLite, one file beside the tree, and on PostgreSQL by its URL. A
submission is one row and so one insert: it is there whole or not at all, and is acknowledged only after it is on the disk.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, errors, finding
from .chain import about_row
from .database import as_declared, connected, entry_in, file_of, head_of, prepare, reading, reporting, require, seal, tables
from .entries import Draft, Entry, hash_of
from .files import alone, lock_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def append(where: str, base: Path, drafts: Sequence[Draft]) -> tuple[list[Entry], list[Finding]]:
    """Record drafts in one transaction, all or none, and return their rows; the ledger is made if there is none.

    What the newest version of the same department and period says already is not recorded again: its row is returned with
    a note.

    :raises Refused: when a correction has no reason, or the database cannot record it; nothing is recorded then.
    """
    path = file_of(where, base)
    found: list[Finding] = []
    with reporting(where, writing=True), _kept_if_used(path), connected(where, base, "rwc") as engine:
        with engine.begin() as connection:
            prepare(connection)
            last = head_of(connection)
            entries = []
            for draft in drafts:
                entry = _recorded(connection, draft, last, found)
                if entry is not None:
                    entries.append(entry)
                    last = max(last, (entry.number, entry.hash, entry.at))
            if errors(found):
                raise Refused(found)
        if path is not None and len(entries) > len(found):
            seal(path, last[0])
    return entries, found


@contextmanager
def _kept_if_used(path: Path | None) -> Iterator[None]:
    """Take an empty file away again where the first submission to it fails; nobody else begins in it meanwhile."""
    if path is None or (path.exists() and path.stat().st_size):
        yield
        return
    with alone(path):
        try:
            yield
        except BaseException:
            if path.exists() and not path.stat().st_size:
                path.unlink()
            raise
        with suppress(OSError):  # nobody locks what is no longer empty
            lock_of(path).unlink()


def foresee(where: str, base: Path, drafts: Sequence[Draft]) -> tuple[list[Entry], list[Finding]]:
    """Return the rows that `append` would return, and record none; those that would be new have no moment and no hash.

    :raises Refused: when a correction has no reason, or the ledger cannot be read.
    """
    last, earlier = versions_before(where, base, drafts)
    found: list[Finding] = []
    entries: list[Entry] = []
    for draft, before in zip(drafts, earlier, strict=True):
        entry = _following(draft, before, last + 1, found)
        if entry is not None:
            entries.append(entry)
            last = max(last, entry.number)
    if errors(found):
        raise Refused(found)
    return entries, found


def versions_before(where: str, base: Path, drafts: Sequence[Draft]) -> tuple[int, list[Entry | None]]:
    """Return the last row's number, and the newest row of each draft's department and period; none without a ledger.

    :raises Refused: when the ledger cannot be read.
    """
    try:
        with reading(where, base) as connection:
            return head_of(connection)[0], [_version_before(connection, draft) for draft in drafts]
    except Refused as refused:
        if [one.code for one in refused.findings] != ["IC651"]:
            raise
        return 0, [None] * len(drafts)  # there is no ledger yet


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
    connection.execute(sa.insert(tables().tables["ledger_submissions"]).values(**_fields(entry)))
    head = tables().tables["ledger_head"]
    connection.execute(sa.update(head).values(number=entry.number, hash=entry.hash, at=entry.at))
    return entry


def _version_before(connection: Connection, draft: Draft) -> Entry | None:
    """Return the newest row of a draft's department and period."""
    import sqlalchemy as sa

    table = tables().tables["ledger_submissions"]
    same = sa.and_(*(table.c[key] == getattr(draft, key) for key in ("index", "department", "period")))
    row = connection.execute(sa.select(table).where(same).order_by(table.c.version.desc()).limit(1)).mappings().first()
    return None if row is None else entry_in(row)


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


def newest(where: str, base: Path, index: str, *, as_of: str | None = None) -> tuple[list[Entry], str]:
    """Return the newest version of each department and period of an index up to a moment, and the ledger's own last moment.

    :raises Refused: when the ledger cannot be read, or a row that would be used is not what was recorded.
    """
    require(where)
    import sqlalchemy as sa

    with reading(where, base) as connection:
        table = tables().tables["ledger_submissions"]
        keys = [table.c.department, table.c.period]
        wanted = sa.select(*keys, sa.func.max(table.c.version).label("version")).where(table.c["index"] == index)
        last = sa.select(sa.func.max(table.c.at))
        if as_of is not None:
            wanted, last = wanted.where(table.c.at <= as_of), last.where(table.c.at <= as_of)
        latest = wanted.group_by(*keys).subquery()
        on = sa.and_(*(table.c[name] == latest.c[name] for name in ("department", "period", "version")))
        query = sa.select(table).select_from(table.join(latest, on)).where(table.c["index"] == index).order_by(table.c.number)
        entries = [entry_in(row) for row in connection.execute(query).mappings()]
        moment = as_declared("at", connection.execute(last).scalar() or "")
    changed = [about_row("IC666", where, entry) for entry in entries if hash_of(entry) != entry.hash]
    if changed:
        raise Refused(changed)
    return entries, moment


def log(where: str, base: Path) -> list[Entry]:
    """Return every row in order, with an empty text in place of its cells."""
    require(where)
    import sqlalchemy as sa

    with reading(where, base) as connection:
        table = tables().tables["ledger_submissions"]
        columns = [sa.literal("").label("cells") if column.name == "cells" else column for column in table.c]
        return [entry_in(row) for row in connection.execute(sa.select(*columns).order_by(table.c.number)).mappings()]


def entry_of(where: str, base: Path, number: int) -> Entry | None:
    """Return one row by its number, or nothing when there is none."""
    require(where)
    import sqlalchemy as sa

    with reading(where, base) as connection:
        table = tables().tables["ledger_submissions"]
        row = connection.execute(sa.select(table).where(table.c.number == number)).mappings().first()
        return None if row is None else entry_in(row)
