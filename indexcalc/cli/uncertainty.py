"""`indexcalc uncertainty`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import UNCERTAIN, Options, takes, words_of


@takes(*UNCERTAIN, "period", "node", "level", "as_of", "seed", "keep")
def uncertainty(
    context: typer.Context,
    draws: Annotated[int, typer.Option("--draws", help="How many draws.", min=1)] = 1000,
    interval: Annotated[
        float, typer.Option("--interval", help="The share of draws that an interval of ranks holds.", min=0.01, max=0.999)
    ] = 0.9,
    apart: Annotated[
        float,
        typer.Option("--apart", help="The share of draws in which one unit must lead to be told from another.", min=0.5, max=1),
    ] = 0.95,
    top: Annotated[int | None, typer.Option("--top", help="Show how often each unit is among the first so many.", min=1)] = None,
    quantiles: Annotated[
        list[float] | None,
        typer.Option("--quantile", help="Show the rank had or bettered in this share of draws; may be repeated.", min=0, max=1),
    ] = None,
    sets: Annotated[
        Path | None, typer.Option("--sets", help="Weights in place of draws: a CSV file, a column a node, a row a set.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Draw what could have been chosen otherwise and say how sure each rank is."""
    from ..jobs.questions import uncertainty as ask
    from ..report.answers.uncertainty import uncertainty_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = ask(
            scores,
            period=options["period"],
            node=options["node"],
            draws=draws,
            sets=sets,
            seed=options["seed"],
            progress=project.counting(),
            go_on=project.go_on,
            **words_of(options),
        )
        name = (result.period, result.node if options["node"] else "")
        answer = partial(uncertainty_answer, result, interval=interval, apart=apart, top=top, quantiles=quantiles or ())
        give(context, project, answer, name, [(project, scores)])
