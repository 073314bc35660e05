"""`indexcalc trend`."""

from __future__ import annotations

from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of")
def trend(
    unit: Annotated[str | None, typer.Argument(help="A unit, period by period. Default: all units in one period.")] = None,
    **options: Unpack[Options],
) -> None:
    """Set values beside the period before, the year before and what was published."""
    from ..jobs.questions import trend as ask
    from ..journal.published import read_published
    from ..report.answers.trend import trend_answer

    with opened(options) as project:
        scores = project.scores()
        published, unread = read_published(project.file)
        project.go_on(unread)
        result = ask(scores, unit=unit, node=options["node"], period=options["period"], published=published)
        answer = trend_answer(result, project.language)
        project.print(answer.text, answer.data)
