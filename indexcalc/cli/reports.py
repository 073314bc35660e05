"""Commands that touch the disk: writing a report, verifying one, starting a project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, finding
from ..journal.files import publish
from ..journal.run import Run, digest, digest_of, digests, new_run, packages, read_run
from ..report.files import RANKING_CSV, RUN, report_files
from ..version import VERSION
from ..words.reports import word
from .project import Project
from .results import Result, current_ranking, moved_result, ranking_result

if TYPE_CHECKING:
    from ..scores import Scores
    from ..sources import Matched


def report_periods(project: Project, matched: Matched, scores: Scores, periods: Sequence[str]) -> Result:
    """Write the reports of some periods, and say of the last one its ranking and what has moved since it was written before."""
    shown = periods[-1]
    earlier = earlier_ranking(project, shown)
    project.progress("write")
    folders = [folder.as_posix() for folder in write_reports(project, matched, scores, periods)]
    project.progress("")
    text, result = ranking_result(scores, shown, None, project.language, RANKING_CSV)
    moved, moves = moved_result(scores, shown, earlier, project.language)
    written = [f"{folder}/" for folder in folders]
    return "\n".join([text, *moved, "", *written]), {**result, "moved": moves, "folders": folders}


def is_of_these_inputs(project: Project, matched: Matched, period: str) -> bool:
    """Say whether the report of a period that stands there is this version's, of the same inputs and made in the same way."""
    try:
        run = read_run((folder_of(project, period) / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    made = (run.indexcalc, run.packages, run.language, run.level, run.inputs)
    return made == (VERSION, packages(), project.report_language, project.level or "", inputs_of(project, matched))


def write_reports(project: Project, matched: Matched, scores: Scores, periods: Sequence[str]) -> list[Path]:
    """Write the reports of some periods, or refuse before any is written where one would replace files of somebody's own."""
    for period in periods:
        leave_alone(project, folder_of(project, period))
    return [_write_report(project, matched, scores, period) for period in periods]


def _write_report(project: Project, matched: Matched, scores: Scores, period: str) -> Path:
    folder = folder_of(project, period)
    contents = report_files(scores, period, project.report_language)
    run = new_run_of(project, matched, scores, period, contents, current_ranking(scores, period))
    try:
        publish(folder, {**contents, RUN: run.as_json()})
    except OSError as error:
        project.refuse([finding("IC503", Place(folder.as_posix()), problem=error.strerror or type(error).__name__)])
    return folder


def new_run_of(
    project: Project,
    matched: Matched,
    scores: Scores,
    period: str,
    contents: Mapping[str, bytes],
    ranking: Mapping[str, Sequence[float | None]],
) -> Run:
    """Record what a report was made of and how."""
    return new_run(
        index=scores.index.index.id,
        index_file=project.index_file.name,
        data=project.data.name if project.data != project.index_file.parent else "",
        period=period,
        level=project.level or "",
        language=project.report_language,
        seed=project.seed,
        inputs=inputs_of(project, matched),
        outputs=contents,
        ranking=ranking,
        as_of=matched.as_of,
    )


def folder_of(project: Project, period: str) -> Path:
    """Where the report of a period goes; a level that was asked for has a folder of its own."""
    return project.out / project.level / period if project.level else project.out / period


def leave_alone(project: Project, folder: Path) -> None:
    """Refuse to replace a folder that holds what no report put there."""
    place = Place(folder.as_posix())
    if folder.exists() and not folder.is_dir():
        project.refuse([finding("IC512", place, files=[folder.name])])
    there = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    try:
        own = {*read_run((folder / RUN).read_text(encoding="utf-8")).outputs, RUN}
    except (OSError, ValueError):
        own = set()
    if strangers := [name for name in there if name not in own]:
        project.refuse([finding("IC512", place, files=strangers)])


def earlier_ranking(project: Project, period: str) -> Mapping[str, Sequence[float | None]] | None:
    """Return the ranking of the report that stands there now, if there is one."""
    try:
        return read_run((folder_of(project, period) / RUN).read_text(encoding="utf-8")).ranking
    except (OSError, ValueError):
        return None


def verify_report(project: Project, folder: Path) -> Result:
    """Score again as a report's run.json says and compare every byte, or refuse with what differs."""
    run = _read_run(project, folder)
    if run.engine:
        return _verify_files(project, folder, run)
    project.report_language = "en" if run.language == "en" else "zh"
    project.level = run.level or None
    project.as_of = run.as_of or None
    if run.blocks:
        from .blocks import digests_of, scored

        matched, scores = scored(project)
    else:
        _, matched, scores = project.scores()
    found = _changed_inputs(run, inputs_of(project, matched), folder)
    same_input = not found
    period, language = project.period(scores, run.period), project.report_language
    if run.blocks:
        made = digests_of(scores, period, language)
    else:
        made = {name: digest(content) for name, content in report_files(scores, period, language).items()}
    found += _differing(project, folder, run.outputs, made, same_input=same_input)
    if found:
        project.refuse(found)
    return word("verified", project.language), {"verified": True, "files": sorted(run.outputs)}


def _verify_files(project: Project, folder: Path, run: Run) -> Result:
    """Hold a report that an engine wrote against its own digests, and its inputs against theirs, or refuse."""
    inputs = {name: digest_of(project.data / name) for name in run.inputs if (project.data / name).is_file()}
    ledgers = {name: value for name, value in run.inputs.items() if "#" in name}
    found = _changed_inputs(run, ledgers | inputs, folder)
    found += _differing(project, folder, run.outputs, run.outputs, same_input=True)
    project.go_on([*found, finding("IC874", Place((folder / RUN).as_posix()), engine=run.engine)])
    return word("verified", project.language), {"verified": True, "files": sorted(run.outputs)}


def _differing(
    project: Project, folder: Path, outputs: Mapping[str, str], made: Mapping[str, str], *, same_input: bool
) -> Iterator[Finding]:
    """Files of a report that are not there, were changed, or come out otherwise from the same input."""
    for name in sorted({*outputs, *made}):
        path, problem = folder / name, ""
        if not path.exists():
            problem = "absent"
        elif digest_of(path) != outputs.get(name):
            problem = "changed"
        elif same_input and made.get(name) != outputs.get(name):
            problem = "differs"
        if problem:
            yield finding("IC505", Place(path.as_posix()), file=name, problem=_problem(problem, project))


_PROBLEMS = {
    "absent": ("文件不存在", "the file is not there"),
    "changed": ("文件在写出后被改动", "the file was changed after it was written"),
    "differs": ("重新计算得到不同的内容", "scoring again gives other bytes"),
}


def _problem(key: str, project: Project) -> str:
    return _PROBLEMS[key][project.language == "en"]


def _read_run(project: Project, folder: Path) -> Run:
    place = Place((folder / RUN).as_posix())
    try:
        run = read_run((folder / RUN).read_text(encoding="utf-8"))
    except OSError as error:
        project.refuse([finding("IC504", place, problem=error.strerror or type(error).__name__)])
    except ValueError as error:
        project.refuse([finding("IC504", place, problem=str(error))])
    if run.indexcalc != VERSION:
        project.refuse([finding("IC509", place, found=run.indexcalc, version=VERSION)])
    others = {name: (version, run.packages.get(name)) for name, version in packages().items()}
    shown = [f"{name} {old} → {new}" for name, (new, old) in others.items() if new != old]
    if shown:
        project.print_findings([finding("IC511", place, packages=shown)])
    return run


def _changed_inputs(run: Run, inputs: Mapping[str, str], folder: Path) -> list[Finding]:
    changed = [name for name in sorted({*run.inputs, *inputs}) if run.inputs.get(name) != inputs.get(name)]
    return [finding("IC506", Place((folder / RUN).as_posix()), files=changed)] if changed else []


def inputs_of(project: Project, matched: Matched) -> dict[str, str]:
    """Return the digests of all that a result is made of: the tree, its files of data, and submissions."""
    return digests([project.index_file, *matched.files], project.data) | matched.submissions


def start_project(project: Project, folder: Path) -> Result:
    """Write the starter project into a new or empty folder, or refuse."""
    place = Place(folder.as_posix())
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            project.refuse([finding("IC508", place)])
        starter = _starter(files("indexcalc.cli") / "starter")
        publish(folder, starter)
    except OSError as error:
        project.refuse([finding("IC503", place, problem=error.strerror or type(error).__name__)])
    commands = f"cd {folder.as_posix()}\nindexcalc check\nindexcalc score"
    return commands, json.loads(json.dumps({"folder": folder.as_posix(), "files": sorted(starter)}))


def _starter(folder: Any, prefix: str = "") -> dict[str, bytes]:
    """The files of the starter project by their paths in it."""
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= _starter(entry, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("__"):
            found[f"{prefix}{entry.name}"] = entry.read_bytes()
    return found
