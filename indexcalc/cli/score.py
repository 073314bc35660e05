"""`indexcalc score`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

import typer

from .open import Opened, opened
from .options import Options, takes

if TYPE_CHECKING:
    from ..journal.run import Run
    from ..scores import Scores

BlocksOption = Annotated[
    bool | None,
    typer.Option(
        "--blocks/--no-blocks",
        help="Score in blocks, with what is made kept in files; no workbook. Default: from 10 million Parquet cells on.",
    ),
]
EngineOption = Annotated[
    Literal["duckdb", "spark"] | None,
    typer.Option("--engine", help="Have DuckDB or Spark score Parquet where it is, in one query; no workbook."),
]


@takes("periods", "level", "formats", "out", "as_of", "seed")
def score(blocks: BlocksOption = None, engine: EngineOption = None, **options: Unpack[Options]) -> None:
    """Score every period, write the report of one into reports/PERIOD, print its ranking."""
    from ..engine import score as score_panel
    from ..jobs.blocks import is_large, score_in_files, write_reports_in_blocks
    from ..jobs.names import periods_of
    from ..jobs.report import edition_of
    from ..report.answers.ranking import top

    with opened(options, writes=True) as project:
        project.edition, wanted = edition_of(options["formats"], usual="html,xlsx,md"), options["periods"]
        if engine is not None:
            from ..jobs.query import score_in_engine

            result, folders = score_in_engine(project, engine, wanted)
            project.print(*with_folders(result, folders))
        elif is_large(project) if blocks is None else blocks:
            scores = score_in_files(project)
            periods = periods_of(scores, wanted)
            folders = write_reports_in_blocks(project, scores, periods)
            project.print(*with_folders(top(scores, periods[-1], project.language), folders))
        else:
            index, panel = project.read()
            scores = project.accept(score_panel(index, panel, level=project.level))
            write_and_show(project, scores, periods_of(scores, wanted))


def write_and_show(project: Opened, scores: Scores, periods: list[str]) -> None:
    """Write the reports of some periods, and say of the last one its ranking and what has moved since it was written before."""
    from ..jobs.report import folder_of, run_in, write_reports

    before = run_in(folder_of(project, periods[-1]))
    folders = write_reports(project, scores, periods)
    project.print(*after_writing(project, scores, periods[-1], before, folders))


def after_writing(project: Opened, scores: Scores, period: str, before: Run | None, folders: list[Path]) -> tuple[str, Any]:
    """Return the ranking of a period, what moved since the report that stood there before, and the folders written."""
    from ..report.answers.ranking import moved, ranking
    from ..report.files import RANKING_CSV

    text, data = ranking(scores, period, None, project.language, RANKING_CSV)
    lines, moves = moved(scores, period, before.ranking if before else None, project.language)
    return with_folders(("\n".join([text, *lines]), {**data, "moved": moves}), folders)


def with_folders(result: tuple[str, Any], folders: list[Path]) -> tuple[str, Any]:
    """Return a ranking with the folders that were written below it."""
    text, data = result
    written = [folder.as_posix() for folder in folders]
    return "\n".join([text, "", *(f"{folder}/" for folder in written)]), {**data, "folders": written}
