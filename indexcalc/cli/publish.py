"""`indexcalc publish`."""

from __future__ import annotations

from typing import Annotated, Unpack

import typer

from ..words.periods import period_title
from ..words.reports import word
from .open import opened
from .options import Options, takes
from .score import after_writing


@takes("period", "by", "level", "out", "as_of", "seed")
def publish(
    why: Annotated[str, typer.Option("--why", help="Why what was published before is revised.")] = "",
    **options: Unpack[Options],
) -> None:
    """Write a period's report and keep its scores as published, for all time."""
    from ..jobs.names import period_of
    from ..jobs.publish import publish_in
    from ..jobs.report import folder_of, run_in

    with opened(options, writes=True) as project:
        scores = project.scores()
        period = period_of(scores, options["period"])
        before = run_in(folder_of(project, period))
        release = publish_in(project, scores, period, by=options["by"], why=why)
        if release.folder is None:
            text = word.published_already(project.language).format(period=period_title(period, project.language))
            project.print(text, {"published": False, "period": period})
            return
        text, data = after_writing(project, scores, period, before, [release.folder])
        log = release.log.as_posix()
        said = word.published(project.language).format(period=period_title(period, project.language), log=log)
        project.print(f"{text}\n{said}", {**data, "published": True, "period": period, "revised": release.revised, "log": log})
