"""`indexcalc compare`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("every", "period", "level", "as_of", "keep")
def compare(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="A period, a tree's file, or a method, such as 2022, old.yaml, arithmetic.")],
    other: Annotated[str | None, typer.Argument(help="Another one of the same; none with --with.")] = None,
    published: Annotated[
        Path | None,
        typer.Option(
            "--with",
            help="A published table of the period: a CSV file with units in its first column, scores and ranks in others.",
        ),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Set two periods, trees or methods beside each other, or a period beside a published table."""
    if published is not None and other is None:
        _with_print(context, one, published, options)
        return
    if other is None or published is not None:
        raise typer.BadParameter("OTHER" if other is None else str(published))
    from ..jobs.project import refuse
    from ..jobs.questions import compare as ask
    from ..report.answers.compare import compare_answer
    from .give import give

    files = [name.endswith((".yaml", ".yml")) or Path(name).exists() for name in (one, other)]
    with opened({**options, "index": other} if all(files) else options) as project:
        if any(files) and not all(files):
            refuse("IC781", one=one, other=other)
        sources, period, every = [], options["period"], options["every"]
        if all(files):
            old = opened({**options, "index": one})
            sources.append((old, old.scores()))
        sources.append((project, project.scores()))
        scores = sources[-1][1]
        if all(files):
            result = ask(sources[0][1], scores, period=period, names=(one, other), every=every)
        else:
            result = ask(scores, one, other, period=period, every=every)
        name = [Path(name).stem if all(files) else name for name in result.names]
        give(context, project, partial(compare_answer, result), name, sources)


def _with_print(context: typer.Context, period: str, published: Path, options: Options) -> None:
    from ..jobs.printed import beside_print
    from ..report.answers.printed import printed_answer
    from .give import give

    with opened(options) as project:
        scores = project.scores()
        result = beside_print(scores, published, period=period)
        name = (result.period, published.stem)
        give(context, project, partial(printed_answer, result), name, [(project, scores)])
