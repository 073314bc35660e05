"""What the ledger keeps of an event log: the digest of each row of a period, what it is called and where it stood."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MARK = "#log"  # behind an index's id, in rows of logs; no id has it, so that these are no submissions
_BYTES = 8  # of each row's digest, by which a row is named; a change of any is seen by the digest of all


@dataclass(frozen=True)
class Row:
    """One row as it was registered: the beginning of its digest, what it is called, and where it stood."""

    digest: bytes
    name: str
    place: str


@dataclass(frozen=True)
class Registered:
    """The rows of a log in one period, in the order of their digests, and the columns that were digested."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def begins(digest: bytes) -> bytes:
    """Return as much of a digest as is kept of each row."""
    return digest[:_BYTES]


def whole_digest(columns: Sequence[str], digests: Sequence[bytes]) -> str:
    """Return the SHA-256 of all digests in their order, and of the columns."""
    made = hashlib.sha256(json.dumps(list(columns), ensure_ascii=False).encode())
    for digest in sorted(digests):
        made.update(digest)
    return made.hexdigest()


def written_rows(registered: Registered) -> str:
    """Write the rows of a log as the one text that the ledger keeps and hashes; digests packed, names and places too."""
    names = "\n".join(f"{_plain(row.name)}\t{_plain(row.place)}" for row in registered.rows)
    return json.dumps(
        {
            "columns": list(registered.columns),
            "rows": len(registered.rows),
            "digests": base64.b64encode(b"".join(row.digest for row in registered.rows)).decode(),
            "names": base64.b64encode(zlib.compress(names.encode("utf-8", "surrogatepass"), 6)).decode(),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _plain(text: str) -> str:
    """Return a text without what sets names apart."""
    return " ".join(text.split())


def read_rows(text: str) -> Registered:
    """Read the rows of a log back.

    :raises ValueError: when the text is none that `written_rows` makes.
    """
    try:
        kept = json.loads(text)
        digests = base64.b64decode(kept["digests"])
        names = zlib.decompress(base64.b64decode(kept["names"])).decode("utf-8", "surrogatepass").split("\n")
        parts = [digests[at : at + _BYTES] for at in range(0, len(digests), _BYTES)]
        rows = [Row(part, *name.split("\t")) for part, name in zip(parts, names if parts else [], strict=True)]
        return Registered(tuple(kept["columns"]), tuple(rows))
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True)
class Differences:
    """What a log has become since it was registered: rows by their places in either list."""

    changed: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]


def differences(before: Sequence[Row], after: Sequence[Row]) -> Differences:
    """Hold the rows of now against those that were registered; a row of the same name that says something else was changed."""
    gone, new = _without(before, after), _without(after, before)
    by_name: dict[str, list[int]] = {}
    for at in reversed(new):
        by_name.setdefault(_plain(after[at].name), []).append(at)
    changed = [(at, by_name[name].pop()) for at in gone if by_name.get(name := _plain(before[at].name))]
    was, now = {one for one, _ in changed}, {other for _, other in changed}
    return Differences(tuple(changed), tuple(at for at in gone if at not in was), tuple(at for at in new if at not in now))


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[int]:
    """Return the places of rows that the others do not have, each as often as it is there more."""
    left = Counter(row.digest for row in others)
    found = []
    for at, row in enumerate(rows):
        if left[row.digest] > 0:
            left[row.digest] -= 1
        else:
            found.append(at)
    return found
