"""`indexcalc watch`."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import Annotated, Unpack

import typer

from ..words.reports import word
from .open import opened
from .options import Options, takes
from .score import write_and_show


@takes("periods", "level", "out", "seed")
def watch(
    seconds: Annotated[float, typer.Option("--every", help="Look at the inputs every so many seconds.", min=0.1)] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once: score if inputs are not those of the report.")] = False,
    **options: Unpack[Options],
) -> None:
    """Score and report again whenever inputs change, and print what moved; Ctrl-C ends it."""
    from ..jobs.watch import watch as watch_inputs

    given = Options(**options)

    def look() -> None:
        with suppress(SystemExit):  # refused and said so; the next change may mend it
            _look_once(given)
        gc.collect()  # the command line goes without, since other commands are soon over

    if once:
        _look_once(given)
    else:
        with opened(options) as project:
            watch_inputs(project, look, seconds)


def _look_once(options: Options) -> None:
    """Score, and write the report if the one that stands there is not of the present inputs."""
    from ..jobs.names import periods_of
    from ..jobs.report import is_of_these_inputs

    with opened(options, writes=True) as project:
        scores = project.scores()
        periods = periods_of(scores, options["periods"])
        if all(is_of_these_inputs(project, scores, period) for period in periods):
            project.print(word.inputs_unchanged(project.language), {"changed": False})
        else:
            write_and_show(project, scores, periods)
