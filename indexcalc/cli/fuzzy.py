"""`indexcalc fuzzy`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep")
def fuzzy(
    context: typer.Context,
    operator: Annotated[
        Literal["product-sum", "min-max", "product-max", "min-bounded-sum", "min-sum-balanced"] | None,
        typer.Option("--operator", help="How memberships come together. Default: as the tree's `fuzzy` says."),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Say how far units belong to each grade at every node: a fuzzy comprehensive evaluation, with grades and points."""
    from ..jobs.fuzzy import fuzzy as ask
    from ..report.answers.fuzzy import fuzzy_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = ask(scores, options["node"], period=options["period"], operator=operator)
        give(context, project, partial(fuzzy_answer, result), (result.period, options["node"] or ""), [(project, scores)])
