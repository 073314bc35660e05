"""`indexcalc explain`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep")
def explain(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="A unit's id, name or alias.")],
    depth: Annotated[int, typer.Option("--depth", help="How many levels down; 0 for all.", min=0)] = 0,
    vs: Annotated[
        str | None, typer.Option("--vs", help="Set it beside another unit, the mean of its `group`, or the `best`.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Walk a unit's score down to the raw cells and their addresses."""
    from ..jobs.names import node_of
    from ..jobs.questions import explain as ask
    from ..journal.history import read_history
    from ..report.answers.explain import explain_answer
    from .give import give

    with opened(options) as project:
        scores, node = project.scores(), options["node"]
        history, unread = ([], []) if vs is not None else read_history(project.file)
        result = ask(scores, unit, period=options["period"], node=node, vs=vs, depth=depth, history=history)
        project.tell(unread)
        asked = scores.panel.units.title(result.unit, project.report_language)
        names = (scores.periods[result.period], asked, f"vs-{vs}" if vs else "")
        name = (*names, node_of(scores.index, node) if node else "")
        give(context, project, partial(explain_answer, result), name, [(project, scores)])
