"""`indexcalc change`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("before", "after", "every", "level", "as_of", "keep")
def change(
    context: typer.Context,
    unit: Annotated[str | None, typer.Argument(help="A unit, for its indicators too. Default: all.")] = None,
    index_from: Annotated[
        str | None, typer.Option("--index-from", help="The tree of the earlier period, where it was another.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Split the change of scores and ranks by what moved them."""
    from ..jobs.questions import change as ask
    from ..report.answers.change import change_answer
    from .give import give

    with opened(options) as project:
        sources = [(project, project.scores())]
        if index_from is not None:
            old = opened({**options, "index": index_from})
            sources.insert(0, (old, old.scores()))
        (_, earlier), (_, later) = sources[0], sources[-1]
        before, after = options["before"], options["after"]
        result = ask(later, unit, from_=before, to=after, earlier=None if earlier is later else earlier, every=options["every"])
        asked = result.units.title(result.at[0], project.report_language) if unit else ""
        name = (*result.periods, asked)
        give(context, project, partial(change_answer, result), name, sources)
