"""`indexcalc submit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("dry_run", "ledger")
def submit(
    file: Annotated[Path, typer.Argument(help="A filled-in template, or any table of a department's columns.")],
    who: Annotated[str, typer.Option("--by", help="Who submits it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why an earlier submission is corrected.")] = "",
    reports: Annotated[str | None, typer.Option("--department", help="Who reports, where the file does not say it.")] = None,
    when: Annotated[str | None, typer.Option("--period", help="The period, where the file does not say it.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Record it though the period has not begun, or all values of a column are taken away.")
    ] = False,
    **options: Unpack[Options],
) -> None:
    """Check what a department reports, audit it, and record it in the ledger."""
    from ..jobs.submit import submit as record

    with opened(options, writes=not options["dry_run"]) as project:
        submitted = record(
            project,
            file,
            by=who,
            reason=reason,
            department=reports,
            period=when,
            ledger=options["ledger"],
            dry_run=options["dry_run"],
            yes=yes,
        )
        project.print(submitted.text(project.language), submitted.data())
