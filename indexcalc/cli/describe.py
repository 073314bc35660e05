"""`indexcalc describe`."""

from __future__ import annotations

from functools import partial
from typing import Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep")
def describe(context: typer.Context, **options: Unpack[Options]) -> None:
    """Describe each indicator: how many values, where they lie, which stand apart, what it goes with."""
    from ..jobs.questions import describe as ask
    from ..report.answers.describe import describe_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = ask(scores, period=options["period"], node=options["node"])
        give(context, project, partial(describe_answer, result), (result.period, options["node"] or ""), [(project, scores)])
