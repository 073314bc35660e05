"""Score where the values are: an engine reads them, scores them and writes the result; what is small comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from ..findings import Finding, Place, Refused, errors, finding, with_label
from ..journal.files import beside
from ..journal.run import ALL, digest_of
from ..report.answers.ranking import Result, top
from ..report.files import GRADES_CSV, INPUTS_CSV, RANKING_CSV, RUN, SCORES
from ..report.sheets.quarantine import quarantine_files
from ..report.sheets.tidy import grades_csv, has_grades, has_inputs
from .blocks import nearest_folder, unheld, unjudged
from .names import periods_of
from .project import Project, refuse
from .report import digests, folder_of, leave_alone, new_run_of, replacing, stage_panel

if TYPE_CHECKING:
    from ..scores import Scores
    from ..tree.model import Index

Kind = Literal["duckdb", "spark"]


def score_in_engine(project: Project, kind: Kind, wanted: str | None) -> tuple[Result, list[Path]]:
    """Score by DuckDB or Spark and write the reports of some periods, or refuse; return the top of the last one's ranking."""
    index, found = project.tree
    if errors(found):
        raise Refused(found)
    try:
        from ..large.in_the_way import in_the_way
        from ..sources.events.engines import failures

        failed = failures(kind)
    except ImportError as error:
        extra = "spark" if kind == "spark" else "events"
        refuse("IC875", engine=kind, package=error.name or "ibis", extra=extra)
    if ways := in_the_way(index) + (["--level"] if project.level else []):
        raise Refused([*found, finding("IC870", Place(project.file.as_posix()), ways="; ".join(ways))])
    try:
        with beside(nearest_folder(project.reports)) as staging:
            return _score(project, index, found, kind, wanted, staging)
    except failed as error:
        refuse("IC876", engine=kind, problem=(str(error).strip().splitlines() or [""])[0][:200])


def _score(
    project: Project, index: Index, found: list[Finding], kind: Kind, wanted: str | None, staging: Path
) -> tuple[Result, list[Path]]:
    from ..engine.notes import said_of
    from ..large.in_place import open_values
    from ..large.on_disk import Scratch
    from ..large.query import bare_scores, scaled_sums, score_in_query, set_aside, undefined, without_result
    from ..large.ranked import Begun, rows
    from ..report.query import inputs_in_query, places_begun, ranked, tidy_in_query
    from ..sources.events.engines import connect

    project.progress("read")
    connection = connect(kind, staging)
    values = open_values(index, project.data, connection, kind, as_of=project.moment())
    found = [*found, *values.findings, *unjudged(index), *unheld(index)]
    if values.table is None or values.units is None or values.beside is None or errors(found, strict=project.strict):
        raise Refused(found)
    project.progress("score")
    units = values.units.units
    if units.spans:
        raise Refused([*found, finding("IC870", index.place(("units",), key=True), ways="units.since, units.until")])
    bare = bare_scores(index, values.periods)
    table, noted = score_in_query(index, values.table, bare, values.groups, said_of(values.findings))
    name = partial(units.title, language=project.language)
    noted += [*undefined(index, table, bare, name), *scaled_sums(index, table, bare, name), *set_aside(index, values.table, name)]
    noted += without_result(index, table, bare, name)
    project.go_on([*found, *project.of_any_period(noted)])
    periods = periods_of(bare, wanted)
    for period in periods:
        leave_alone(folder_of(project, period))
    within = index.ranking.within is not None

    def write(begun: Begun | None = None) -> None:
        tidy = tidy_in_query(rows(index, table, within, begun), bare, units, project.report_language)
        connection.to_parquet(tidy, str(staging / SCORES), compression="zstd")

    write()
    begun = places_begun(bare, units, staging / SCORES)
    if any(begun.values()):
        (staging / SCORES).rename(staging / "unsure")
        write(begun)
    project.progress("write")
    scores = replace(
        ranked(bare, units, staging / SCORES, Scratch(staging)), findings=tuple(with_label(noted, index.units.label))
    )
    scores = replace(scores, panel=replace(scores.panel, quarantine=tuple(values.beside.quarantine)))
    matched: Any = replace(values.beside, files=values.files)
    scores = project.with_released(replace(scores, reported=replace(scores.panel, origin=matched)))
    folders = _write_reports(project, scores, kind, periods, staging, partial(inputs_in_query, values.table))
    project.progress("")
    return top(scores, periods[-1], project.language), folders


def _write_reports(
    project: Project, scores: Scores, kind: Kind, periods: Sequence[str], staging: Path, inputs: Callable[..., None]
) -> list[Path]:
    from ..report.blocks import write_ranking

    language = project.report_language
    dirty = quarantine_files(scores, language)
    outputs = dict(sorted({**digests(dirty), SCORES: digest_of(staging / SCORES)}.items()))
    folders = [folder_of(project, period) for period in periods]
    with replacing(project) as new:
        run = replace(new_run_of(project, scores, ALL, outputs, {}), engine=kind, formats=())
        stage_panel(project, {SCORES: staging / SCORES, **dirty}, run.as_json(), new)
        for folder, period in zip(folders, periods, strict=True):
            writes = {RANKING_CSV: partial(write_ranking, scores, period, language)}
            if has_inputs(scores):
                writes[INPUTS_CSV] = partial(inputs, scores, period, language)
            if has_grades(scores):
                writes[GRADES_CSV] = partial(_grades, scores, period, language)
            for name, write in writes.items():
                with (staging / name).open("wb") as file:
                    write(file)
            own = {name: digest_of(staging / name) for name in sorted(writes)}
            run = replace(new_run_of(project, scores, period, own, {}), engine=kind, formats=())
            new.folder(folder, {**{name: staging / name for name in writes}, RUN: run.as_json()})
        new.commit()
    return folders


def _grades(scores: Scores, period: str, language: str, file: IO[bytes]) -> None:
    file.write(grades_csv(scores, period, language))
