"""Who is logged in to served pages, kept so that nobody has to log in again when the server is started anew.

The ids that browsers hold are not kept, only their digests: who reads the file cannot take anybody's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .files import Replacement

SUFFIX = ".sessions"


def sessions_file(beside: Path) -> Path:
    """Return the file of sessions beside a file of users, or of a token."""
    return beside.with_name(beside.name + SUFFIX)


def read_sessions(file: Path) -> dict[str, tuple[str, float]]:
    """Return by its digest of whom each session is, and since when; none where they cannot be read."""
    found = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    for line in lines:
        cells = line.split("\t")
        if len(cells) == 3 and len(cells[0]) == 64 and cells[2].isdecimal():
            found[cells[0]] = (cells[1], float(cells[2]))
    return found


def write_sessions(file: Path, sessions: Mapping[str, tuple[str, float]]) -> None:
    """Write the sessions, for the file's owner alone.

    :raises OSError: when they cannot be written.
    """
    text = "".join(f"{digest}\t{user}\t{int(since)}\n" for digest, (user, since) in sessions.items())
    with Replacement() as new:
        new.file(file, text.encode())
        new.written(file).chmod(0o600)
        new.commit()
