"""`indexcalc verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from ..words.reports import word
from .open import opened
from .options import Options, takes


@takes()
def verify(
    folder: Annotated[Path, typer.Argument(help="A report's folder, such as reports/2022.")], **options: Unpack[Options]
) -> None:
    """Score again and say whether a report's bytes come out."""
    from ..jobs.verify import verify as verify_report

    with opened(options) as project:
        verified = verify_report(project, folder)
        project.print(word.verified(project.language), {"verified": True, "files": list(verified.files)})
