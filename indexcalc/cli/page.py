"""`indexcalc page`."""

from __future__ import annotations

from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import COMMON, Options, Spoken, takes


@takes("periods", "level", "as_of", "out", "seed", common=(*COMMON, "json", "strict", "quiet"))
def page(
    audience: Annotated[
        Literal["internal", "public"],
        typer.Option("--edition", help="public: without values, addresses, departments and sources."),
    ] = "internal",
    spoken: Spoken = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit", help="Follow this unit alone, by its id or name, into reports/units. Default: all, if not too many."
        ),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Write the page of the index itself: weights, meanings, sources, where each setting comes from, cells up to the total."""
    from ..jobs.names import periods_of, unit_in
    from ..jobs.report import edition_of, folder_of, write_reports
    from ..report.formats.html import FRAMEWORK

    with opened({**options, "lang": None if spoken == "both" else spoken}, writes=True) as project:
        asked = edition_of("page", lang=spoken, audience=audience, usual="page")
        scores = project.scores()
        periods = periods_of(scores, options["periods"])
        project.edition = asked._replace(unit=unit_in(scores, unit, periods))
        write_reports(project, scores, periods, add=True)
        pages = [(folder_of(project, period) / FRAMEWORK).as_posix() for period in periods]
        project.print("\n".join(pages), {"pages": pages})
