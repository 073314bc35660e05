"""`indexcalc audit`."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, Unpack

import typer

from .give import give
from .open import opened
from .options import Options, takes


@takes("department", "as_of", "keep")
def audit(
    context: typer.Context,
    when: Annotated[str | None, typer.Option("--period", help="Data of this period alone. Default: of all.")] = None,
    **options: Unpack[Options],
) -> None:
    """Point out suspicious values in all data: jumps, copies, round numbers, last digits."""
    from ..findings import errors
    from ..jobs.audit import audit as audit_data
    from ..report.answers.audit import audited

    department = options["department"]
    with opened(options) as project:
        found = audit_data(project, department, when)
        doubts = [one.finding for one in found.questions]
        listed = sys.stdout.isatty() and not (project.as_json or project.quiet or project.strict)  # what the answer lists once
        project.go_on([*found.findings, *(one for one in doubts if one.severity != "error" and not listed)])
        wrong = errors(doubts)  # `check` refuses these; here they are what is asked for
        project.tell([] if listed else wrong)
        name = (when or "", department or "")
        give(context, project, partial(audited, found), name, [(project, found.panel)])
