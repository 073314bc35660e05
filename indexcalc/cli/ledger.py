"""`indexcalc ledger`: what departments submitted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import GROUP, Options, takes

group = typer.Typer(name="ledger", help="The ledger of what departments submitted.", **GROUP)
COMMON = ("index", "data", "lang", "json")


@group.command("verify")
@takes("ledger", common=COMMON)
def verify(
    receipt: Annotated[
        list[str] | None, typer.Option("--receipt", help="A receipt that must still be true; may be repeated.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Find every later change: of a value, of a byte, of the order."""
    from ..jobs.ledger import verify as verify_ledger

    with opened(options) as project:
        intact = verify_ledger(project, options["ledger"], receipt or [])
        project.print(intact.text(project.language), {"verified": True, **asdict(intact)})


@group.command("register")
@takes("ledger", common=COMMON)
def register(
    log: Annotated[str, typer.Argument(help="A log of events, by its name under `data:` of the tree.")],
    when: Annotated[str, typer.Option("--period", help="The period whose rows are registered.")],
    who: Annotated[str, typer.Option("--by", help="Who registers it. Default: the user's name.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why a log that was registered is registered anew.")] = "",
    **options: Unpack[Options],
) -> None:
    """Record an event log for a period, so that every later change of a row is found."""
    from ..jobs.register import register as record

    with opened(options, writes=True) as project:
        registered = record(project, log, when, by=who, reason=reason, ledger=options["ledger"])
        project.print(registered.text(project.language), registered.data())


@group.command("log")
@takes("ledger", "department", common=COMMON)
def log(
    when: Annotated[str | None, typer.Option("--period", help="Submissions of this period alone. Default: of all.")] = None,
    **options: Unpack[Options],
) -> None:
    """List the submissions: who, when, which version, why."""
    from ..jobs.ledger import log as list_submissions

    with opened(options) as project:
        listed = list_submissions(project, options["ledger"], department=options["department"], period=when)
        project.print(listed.text(project.language), listed.data())


@group.command("show")
@takes("ledger", common=COMMON)
def show(
    submission: Annotated[str, typer.Argument(help="A submission's number, as `ledger log` has it.")], **options: Unpack[Options]
) -> None:
    """Show one submission with all its values, and what it changed."""
    from ..jobs.ledger import show as show_submission

    with opened(options) as project:
        recorded = show_submission(project, submission, options["ledger"])
        project.print(recorded.text(project.language), recorded.data(project.language))


@group.command("status")
@takes("ledger", "as_of", common=COMMON)
def status(
    named: Annotated[
        list[str] | None, typer.Option("--period", help="A period; may be repeated. Default: the newest eight.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Say who has reported, and who is late."""
    from ..jobs.ledger import status as status_of

    with opened(options) as project:
        found = status_of(project, named or [], options["ledger"])
        project.print(found.text(project.language), found.data())
