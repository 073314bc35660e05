"""`indexcalc sensitivity`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import UNCERTAIN, Options, takes, words_of


@takes(*UNCERTAIN, "period", "level", "as_of", "seed", "keep")
def sensitivity(
    context: typer.Context,
    rows: Annotated[int, typer.Option("--rows", help="Rows of each of the two samples, a power of 2.", min=2)] = 1024,
    sets: Annotated[
        Path | None, typer.Option("--sets", help="Sets of weights in place of draws: a CSV file, in the order that SALib writes.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Say what a ranking hangs on: choices, nodes, weights in effect, and how indicators go together."""
    from ..jobs.questions import must_be_power_of_two
    from ..jobs.questions import sensitivity as ask
    from ..report.answers.sensitivity import sensitivity_answer
    from .give import give

    with opened(options) as project:
        must_be_power_of_two(rows)
        scores = project.scores()
        result = ask(
            scores,
            period=options["period"],
            rows=rows,
            sets=sets,
            seed=options["seed"],
            progress=project.counting(),
            go_on=project.go_on,
            **words_of(options),
        )
        give(context, project, partial(sensitivity_answer, result), (result.period,), [(project, scores)])
