"""Write the reports of periods: each a folder, replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..findings import Place, Refused, finding
from ..journal.files import publish
from ..journal.run import Run, digest, packages, read_run
from ..report.answers.ranking import current_ranking
from ..report.files import RUN, report_files
from ..scores import Scores
from ..version import VERSION
from .inputs import inputs_of
from .project import Project, refuse_file

Ranking = Mapping[str, Sequence[float | None]]
"""The score and the rank of each unit, by its id."""


def write_reports(project: Project, scores: Scores, periods: Sequence[str]) -> list[Path]:
    """Write the reports of some periods, or refuse before any is written where one would replace files of somebody's own."""
    for period in periods:
        leave_alone(folder_of(project, period))
    project.progress("write")
    folders = [_write_report(project, scores, period) for period in periods]
    project.progress("")
    return folders


def _write_report(project: Project, scores: Scores, period: str) -> Path:
    folder = folder_of(project, period)
    contents = report_files(scores, period, project.report_language)
    run = new_run_of(project, scores, period, contents, current_ranking(scores, period))
    try:
        publish(folder, {**contents, RUN: run.as_json()})
    except OSError as error:
        refuse_file(folder, error)
    return folder


def new_run_of(project: Project, scores: Scores, period: str, contents: Mapping[str, bytes], ranking: Ranking) -> Run:
    """Record what a report was made of and how."""
    return Run(
        indexcalc=VERSION,
        index=scores.index.index.id,
        index_file=project.file.name,
        data=project.data.name if project.data != project.file.parent else "",
        period=period,
        level=project.level or "",
        language=project.report_language,
        seed=project.seed,
        packages=packages(),
        inputs=inputs_of(project, scores),
        outputs={name: digest(content) for name, content in sorted(contents.items())},
        ranking=ranking,
        as_of=scores.origin.as_of if scores.origin else "",
    )


def folder_of(project: Project, period: str) -> Path:
    """Return where the report of a period goes; a level that was asked for has a folder of its own."""
    return project.reports / project.level / period if project.level else project.reports / period


def leave_alone(folder: Path) -> None:
    """Refuse to replace a folder that holds what no report put there."""
    if folder.exists() and not folder.is_dir():
        raise Refused([finding("IC512", Place(folder.as_posix()), files=[folder.name])])
    run = run_in(folder)
    own = {*run.outputs, RUN} if run else set()
    there = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    if strangers := [name for name in there if name not in own]:
        raise Refused([finding("IC512", Place(folder.as_posix()), files=strangers)])


def run_in(folder: Path) -> Run | None:
    """Return the run of the report that stands in a folder, if one does."""
    try:
        return read_run((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def is_of_these_inputs(project: Project, scores: Scores, period: str) -> bool:
    """Say whether the report of a period that stands there is this version's, of the same inputs and made in the same way."""
    run = run_in(folder_of(project, period))
    if run is None:
        return False
    made = (run.indexcalc, run.packages, run.language, run.level, run.inputs)
    return made == (VERSION, packages(), project.report_language, project.level or "", inputs_of(project, scores))
