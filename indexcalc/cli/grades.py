"""`indexcalc grades`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep")
def grades(
    context: typer.Context,
    ways: Annotated[
        str | None,
        typer.Option("--by", help="natural-breaks:4, mean-sd:4, rsr:3, coordination or coupling. Default: the tree's grades."),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Say how units are graded: what parts grades, how many have each, and the rank-sum ratio's probits and regression."""
    from ..jobs.grades import grades as ask
    from ..report.answers.grades import grades_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = ask(scores, options["node"], period=options["period"], by=ways)
        give(context, project, partial(grades_answer, result), (result.period, options["node"] or ""), [(project, scores)])
