"""`indexcalc warn`."""

from __future__ import annotations

from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of")
def warn(
    least: Annotated[
        Literal["blue", "yellow", "orange", "red"], typer.Option("--least", help="List warnings of this level and worse ones.")
    ] = "red",
    unit: Annotated[str | None, typer.Option("--unit", help="Warnings of this unit alone.")] = None,
    events: Annotated[int, typer.Option("--events", help="How many events to show behind a value made of a log.", min=0)] = 3,
    **options: Unpack[Options],
) -> None:
    """List warnings and why they stand, down to the cells or events behind them."""
    from ..jobs.questions import must_have_rules
    from ..jobs.questions import warn as ask
    from ..report.answers.warn import warn_answer

    with opened(options) as project:
        must_have_rules(project.tree[0], project.level)
        scores, period, node = project.scores(), options["period"], options["node"]
        result = ask(scores, period=period, least=least, node=node, unit=unit, events=events, go_on=project.go_on)
        answer = warn_answer(result, project.language)
        project.print(answer.text, answer.data)
