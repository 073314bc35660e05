"""`indexcalc target`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "level", "as_of", "keep")
def target(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="A unit's id, name or alias.")],
    rank: Annotated[int | None, typer.Option("--rank", help="The rank to reach.")] = None,
    score: Annotated[float | None, typer.Option("--score", help="The score to reach.")] = None,
    effort: Annotated[
        Literal["peers", "history"],
        typer.Option("--effort", help="Count effort in the spread between units, or in what changes from period to period."),
    ] = "peers",
    costs: Annotated[
        Path | None, typer.Option("--costs", help="Count it in costs instead: a CSV file headed indicator and cost.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Plan the least effort that reaches a rank or a score."""
    from ..jobs.questions import target as ask
    from ..report.answers.target import target_answer
    from .give import give

    if (rank is None) == (score is None):
        from .usage import Unfit

        raise Unfit("rank_or_score")
    with opened(options) as project:
        scores, period = project.scores(), options["period"]
        said = project.language
        plan = ask(
            scores, unit, rank=rank, score=score, effort=effort, costs=costs, period=period, language=said, go_on=project.go_on
        )
        asked = scores.panel.units.title(plan.unit, project.report_language)
        name = (scores.periods[plan.period], asked)
        give(context, project, partial(target_answer, plan), name, [(project, scores)])
