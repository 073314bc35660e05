"""`indexcalc audit`."""

from __future__ import annotations

import sys
from functools import partial
from typing import Unpack

import typer

from .give import give
from .open import opened
from .options import Options, takes


@takes("period", "department", "as_of", "keep")
def audit(context: typer.Context, **options: Unpack[Options]) -> None:
    """Point out suspicious values in all data: jumps, copies, round numbers, last digits."""
    from ..jobs.audit import audit as audit_data
    from ..report.answers.audit import audited

    department, period = options["department"], options["period"]
    with opened(options) as project:
        found = audit_data(project, department, period)
        doubts = [one.finding for one in found.questions]
        listed = sys.stdout.isatty() and not (project.as_json or project.quiet or project.strict)  # what the answer lists once
        project.go_on([*found.findings, *(one for one in doubts if one.severity != "error" and not listed)])
        wrong = [one for one in doubts if one.severity == "error"]  # `check` refuses these; here they are what is asked for
        project.tell([] if listed else wrong)
        name = ("audit", period or "", department or "")
        give(context, project, partial(audited, found), name, [(project, found.panel)])
