"""`indexcalc report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import COMMON, Options, Spoken, takes


@takes("periods", "level", "formats", "out", "as_of", "seed", common=(*COMMON, "json", "strict", "quiet"))
def report(
    audience: Annotated[
        Literal["internal", "public"],
        typer.Option("--edition", help="public: without values, addresses, departments and warnings."),
    ] = "internal",
    spoken: Spoken = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="A report of one unit, by its id or name, into reports/units. Default: of all.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="A Word document whose styles, pages, head and signature docx has.")
    ] = None,
    new_template: Annotated[
        Path | None, typer.Option("--new-template", help="Write such a document to begin with, and no report.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Write the report of a period for people, of all units or of one: a page, a workbook, Markdown, pictures, PDF, Word."""
    from ..jobs.names import periods_of, unit_in
    from ..jobs.report import edition_of, write_reports
    from ..jobs.report import new_template as begin
    from ..report.answers.report import report_answer

    with opened({**options, "lang": None if spoken == "both" else spoken}, writes=True) as project:
        if new_template is not None:
            project.print(begin(project, new_template).as_posix(), {"template": new_template.as_posix()})
            return
        project.template = template
        asked = edition_of(options["formats"], lang=spoken, audience=audience, usual="html,xlsx")
        scores = project.scores()
        periods = periods_of(scores, options["periods"])
        project.edition = asked._replace(unit=unit_in(scores, unit, periods))
        folders = write_reports(project, scores, periods, add=True)
        project.print(*report_answer(folders))
