"""`indexcalc template`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("level")
def template(
    who: Annotated[str, typer.Option("--department", help="Who reports, as `department:` in the tree says.")],
    when: Annotated[str, typer.Option("--period", help="The period to report, such as 2022Q3.")],
    file: Annotated[
        Path | None, typer.Option("--out", help="The workbook to write. Default: named by department and period, here.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Write the workbook that a department fills in for a period."""
    from ..jobs.template import template as write

    with opened(options, writes=True) as project:
        written = write(project, who, when, file)
        project.print(written.text(project.language), asdict(written))
