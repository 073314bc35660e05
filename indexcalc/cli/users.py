"""`indexcalc users …`: who may log in to served pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import GROUP, Options, takes

group = typer.Typer(name="users", help="Users of served pages: add, list, remove.", **GROUP)
File = Annotated[Path, typer.Option("--users", help="The file of users.")]


@group.command("add")
@takes()
def add(
    name: Annotated[str, typer.Argument(help="The name that is typed to log in.")],
    role: Annotated[
        Literal["reader", "department", "editor"],
        typer.Option("--role", help="reader reads, department reports its data too, editor may do everything."),
    ] = "reader",
    users: File = Path("users.tsv"),
    belongs: Annotated[str, typer.Option("--department", help="The department of one whose role is department.")] = "",
    **options: Unpack[Options],
) -> None:
    """Add a user, or give one another role or password; the password is asked for, or read from standard input."""
    from ..jobs.users import add_user
    from ..words.web import web as words

    with opened(options, writes=True) as project:
        if sys.stdin.isatty():
            password = typer.prompt(words.password(project.language), hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        was_there = add_user(project, users, name, role, password, department=belongs)
        said = (words.user_changed if was_there else words.user_added)(project.language)
        project.print(said.format(name=name, file=users.as_posix()), {"name": name, "role": role, "changed": was_there})


@group.command("list")
@takes()
def list_(users: File = Path("users.tsv"), **options: Unpack[Options]) -> None:
    """List users with their roles; no password is shown."""
    from ..jobs.users import users_in

    with opened(options) as project:
        found = users_in(users).values()
        lines = [" · ".join(part for part in (one.name, one.role, one.department) if part) for one in found]
        data = [{"name": one.name, "role": one.role, "department": one.department} for one in found]
        project.print("\n".join(lines), data)


@group.command("remove")
@takes()
def remove(
    name: Annotated[str, typer.Argument(help="The name of the user.")],
    users: File = Path("users.tsv"),
    **options: Unpack[Options],
) -> None:
    """Take a user away; who is logged in by that name no longer is."""
    from ..jobs.users import remove_user
    from ..words.web import web as words

    with opened(options, writes=True) as project:
        remove_user(users, name)
        project.print(words.user_removed(project.language).format(name=name, file=users.as_posix()), {"name": name})
