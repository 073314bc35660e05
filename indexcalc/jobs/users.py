"""Users of served pages: added to a file with a role and a hashed password, and known again by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ..findings import Place, Refused, errors, finding, nearest, system_said
from ..journal.files import Replacement, alone
from ..journal.users import Role, User, read_users, written_users
from ..tree.columns import departments
from .project import Project, refuse, refuse_file

LEAST = 8
"""Characters of a password."""
MOST = 1024
"""Characters of a password; hashing longer ones would only take time."""


def users_in(file: Path) -> dict[str, User]:
    """Return the users in a file by name, or refuse it."""
    users, found = read_users(file)
    if errors(found):
        raise Refused(found)
    return users


def add_user(project: Project, file: Path, name: str, role: Role, password: str, *, department: str = "") -> bool:
    """Write a user into a file, in place of one of the same name; say whether there was one.

    Who reports needs a department of the tree, others have none. The file can be read by its owner alone.
    """
    name = " ".join(name.split())
    if not name or len(name) > 100 or any(not letter.isprintable() for letter in name):
        refuse("IC552", found=name)
    if not LEAST <= len(password) <= MOST:
        refuse("IC553", Place(file.as_posix()), least=LEAST)
    known = departments(project.index())
    if (role == "department") != bool(department) or (department and department not in known):
        near = nearest(department, known) if department else ""
        refuse("IC554", found=department, role=role, near=near, known=known[:30])
    made = User(name, role, department, hashed(password))
    with _changing(file) as users:
        was_there = name in users
        users[name] = made
    return was_there


def remove_user(file: Path, name: str) -> None:
    """Take a user out of a file, or refuse one that is not there."""
    with _changing(file) as users:
        if users.pop(name, None) is None:
            refuse("IC548", Place(file.as_posix()), found=name, near=nearest(name, users))


def token_in(file: Path) -> str:
    """Return the token that a file holds in its first line, or refuse it."""
    try:
        return next(iter(file.read_text(encoding="utf-8").split()), "")
    except (OSError, UnicodeDecodeError) as error:
        refuse("IC303", Place(file.as_posix()), problem=system_said(error))


@contextmanager
def _changing(file: Path) -> Iterator[dict[str, User]]:
    """Hand out the users in a file and write them back, or refuse; nobody else changes them in between."""
    try:
        with alone(file), Replacement() as new:
            users = users_in(file) if file.exists() else {}
            yield users
            new.file(file, written_users(users.values()))
            new.written(file).chmod(0o600)
            new.commit()
    except OSError as error:
        refuse_file(file, error)


def hashed(password: str) -> str:
    """Return the hash of a password, with its salt and parameters."""
    return str(_hasher().hash(password))


def user_known_by(users: Mapping[str, User], name: str, password: str) -> User | None:
    """Return the user of a name whose password this is; that takes as long where there is no such name."""
    user = users.get(name)
    kept = user.password if user is not None else _of_nobody()
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        matches = len(password) <= MOST and bool(_hasher().verify(kept, password))
    except (Argon2Error, InvalidHashError):
        matches = False
    return user if matches else None


@cache
def _of_nobody() -> str:
    return hashed("nobody has this password")


@cache
def _hasher() -> Any:
    """Return what hashes passwords, by Argon2id with the parameters of RFC 9106 for little memory."""
    try:
        from argon2 import PasswordHasher
    except ImportError as absent:
        raise Refused([finding("IC550", Place(), package="argon2-cffi", extra="serve")]) from absent
    return PasswordHasher()
