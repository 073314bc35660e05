"""`indexcalc obstacles`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep")
def obstacles(
    context: typer.Context,
    unit: Annotated[str | None, typer.Argument(help="A unit. Default: all of them.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many obstacles of each unit are listed.")] = 5,
    **options: Unpack[Options],
) -> None:
    """Say what keeps units from the best score, by indicator: the share of each in what is lost."""
    from ..jobs.obstacles import obstacles as ask
    from ..report.answers.obstacles import obstacles_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = ask(scores, unit, period=options["period"], node=options["node"], top=top)
        name = (result.period, options["node"] or "", unit or "")
        give(context, project, partial(obstacles_answer, result), name, [(project, scores)])
