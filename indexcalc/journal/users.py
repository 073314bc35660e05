"""The users of served pages: a line each in a file that only its owner reads, with a role and a password that is only hashed.

A line has a name, a role, the department of who reports, and the hash of the password, between tabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from ..findings import Finding, Place, finding, system_said

Role = Literal["reader", "department", "editor"]
ROLES: tuple[Role, ...] = get_args(Role)
_HASHED = "$argon2"


@dataclass(frozen=True)
class User:
    """Somebody who may log in: a reader reads, a department reports its own data too, an editor does everything."""

    name: str
    role: Role
    department: str
    password: str
    """Never the password itself: its hash, with the salt and the parameters that it was made with."""


_COLUMNS = tuple(field.name for field in fields(User))


def read_users(file: Path) -> tuple[dict[str, User], list[Finding]]:
    """Read the users in a file, with what cannot be read of it."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}, [finding("IC301", Place(file.as_posix()), path=file.as_posix(), near="")]
    except (OSError, UnicodeDecodeError) as error:
        return {}, [finding("IC303", Place(file.as_posix()), problem=system_said(error))]
    users: dict[str, User] = {}
    found = []
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or tuple(cells) == _COLUMNS:
            continue
        user = _user(cells)
        if user is None or user.name in users:
            found.append(finding("IC551", Place(file.as_posix(), "", number), roles=list(ROLES)))
        else:
            users[user.name] = user
    return users, found


def _user(cells: Sequence[str]) -> User | None:
    """Return the user of a line; nothing where it is none."""
    if len(cells) != len(_COLUMNS):
        return None
    name, role, department, password = cells
    known = next((one for one in ROLES if one == role), None)
    if not name or known is None or (known == "department") != bool(department) or not password.startswith(_HASHED):
        return None
    return User(name, known, department, password)


def written_users(users: Iterable[User]) -> bytes:
    """Write users as the file holds them, in the order of their names."""
    rows = [_COLUMNS, *(astuple(user) for user in sorted(users, key=lambda user: user.name))]
    return "".join("\t".join(row) + "\n" for row in rows).encode()
