"""`indexcalc robustness`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("every", "period", "level", "as_of", "keep")
def robustness(
    context: typer.Context,
    unit: Annotated[str | None, typer.Argument(help="A unit, for the weights that turn its places. Default: all.")] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Ask what takes units out of the top so many, too.")] = None,
    within: Annotated[
        float | None, typer.Option("--within", min=0, help="The share of itself that a weight may move by, such as 0.5.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", min=1, help="Move the weights of this level alone. Default: all.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Find the smallest change of weights that turns the ranking."""
    from ..jobs.questions import robustness as ask
    from ..report.answers.robustness import robustness_answer
    from .give import give

    with opened(options) as project:
        scores, every = project.scores(), options["every"]
        result = ask(
            scores,
            unit,
            period=options["period"],
            top=top,
            within=within,
            depth=depth,
            every=every,
            progress=project.counting(),
            go_on=project.go_on,
        )
        asked = scores.panel.units.title(result.units[0], project.report_language) if unit is not None and result.units else ""
        name = (scores.periods[result.period], asked)
        give(context, project, partial(robustness_answer, result), name, [(project, scores)])
