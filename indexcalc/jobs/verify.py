"""Score again what a report was made of, and compare every byte."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..analysis.result import Result
from ..findings import Finding, Language, Place, Refused, finding, system_said
from ..journal.edition import Edition
from ..journal.run import ALL, Run, digest_of, read_run
from ..report.answers.ranking import current_ranking
from ..report.files import PANEL, RUN
from ..tree.model import Index
from ..version import VERSION
from ..words.reports import word_of
from .inputs import inputs_of
from .names import period_of
from .project import INDEX, PathLike, Project, place_in, project_of
from .report import digests, made_with, new_run_of, reports_of, strangers_in

_OF_FILES = ("inputs", "outputs")
_MOST_NAMED = 5


@dataclass(frozen=True)
class Verified(Result):
    """A report, or what holds for the whole panel, of which every byte came out again."""

    folder: Path
    files: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """A report as it lies there: its folder, the file that says how it was made, what that says, and its bytes."""

    folder: Path
    file: Path
    run: Run
    written: bytes

    @property
    def place(self) -> Place:
        return Place(self.file.as_posix())


def verify(folder: PathLike, index: Project | Index | PathLike = INDEX, *, data: PathLike | None = None) -> Verified:
    """Score again as a report's run.json says and compare every byte, or refuse with what differs.

    In the folder that has a panel.json, what holds for the whole panel is compared.
    """
    project = project_of(index, data=data)
    report = _read(project, Path(folder))
    try:
        found = _looked_at(project, report)
    except OSError as error:
        place = Place(place_in(error, report.folder))
        raise Refused([finding("IC504", place, problem=system_said(error))]) from error
    project.go_on(found)
    return Verified(report.folder, tuple(sorted(report.run.outputs)))


def _looked_at(project: Project, report: Report) -> list[Finding]:
    """Return all that differs of a report; one that an engine wrote is held against what it says of itself alone."""
    run, language = report.run, project.language
    if run.engine:
        inputs = {name: digest_of(project.data / name) for name in run.inputs if (project.data / name).is_file()}
        ledgers = {name: value for name, value in run.inputs.items() if "#" in name}
        again = replace(run, inputs=ledgers | inputs)
    else:
        again = _again(project, run)
    changed = _changed_inputs(report, again.inputs)
    found = [*changed, *_differing(report, again.outputs, same_input=not changed, language=language)]
    found += [] if changed else _other_fields(report, again)
    found += [] if found else _rewritten(report, language)
    if strangers := _strangers(report):
        found.append(finding("IC515", Place(report.folder.as_posix()), files=strangers))
    return [*found, finding("IC874", report.place, engine=run.engine)] if run.engine else found


def _again(project: Project, run: Run) -> Run:
    """Score again as a run says, and return the run that this gives."""
    language: Language = "en" if run.language == "en" else "zh"
    edition = Edition(tuple(run.formats), tuple(run.languages), run.audience, run.unit)
    level, as_of = run.level or None, run.as_of or None
    template = project.data / run.template if run.template else None
    again = replace(
        project, template=template, report_language=language, level=level, as_of=as_of, seed=run.seed, edition=edition
    )
    if run.blocks:
        from .blocks import digests_of, score_in_files

        scores = score_in_files(again)
        period = _period(scores, run)
        made = new_run_of(again, scores, period, digests_of(scores, period, language), {})
    else:
        scores = again.scores()
        period = _period(scores, run)
        reports = reports_of(again, scores)
        inputs = inputs_of(again, scores)
        contents = reports.of_panel() if period == ALL else reports.of(period, analyses=run.analyses, inputs=inputs)
        ranking = {} if period == ALL else current_ranking(scores, period)
        made = new_run_of(again, scores, period, digests(contents), ranking)
    made = replace(
        made, inputs=inputs_of(again, scores), packages=run.packages, blocks=run.blocks, analyses=run.analyses and period != ALL
    )
    return read_run(made.as_json().decode())  # pairs and numbers as a file has them


def _period(scores: Any, run: Run) -> str:
    return ALL if run.period == ALL else period_of(scores, run.period)


def _differing(report: Report, made: Mapping[str, str], *, same_input: bool, language: Language) -> Iterator[Finding]:
    """Find files of a report that are not there, were changed, or come out otherwise from the same input."""
    outputs = report.run.outputs
    for name in sorted({*outputs, *made}):
        path, problem = report.folder / name, ""
        if not path.exists():
            problem = "file absent"
        elif digest_of(path) != outputs.get(name):
            problem = "file changed"
        elif same_input and made.get(name) != outputs.get(name):
            problem = "file differs"
        if problem:
            yield finding("IC505", Place(path.as_posix()), file=name, problem=word_of(problem, language))


def _other_fields(report: Report, again: Run) -> list[Finding]:
    """Find what a run says of itself and is not so: of whom it is, how it was made, and who came where."""
    said, made = asdict(report.run), asdict(again)
    differing = [name for name in said if name not in _OF_FILES and said[name] != made[name]]
    if "ranking" in differing:
        ranked, right = said["ranking"], made["ranking"]
        units = [unit for unit in {**right, **ranked} if ranked.get(unit) != right.get(unit)]
        more = ["…"] if len(units) > _MOST_NAMED else []
        shown = ", ".join([*units[:_MOST_NAMED], *more]) or "…"
        differing[differing.index("ranking")] = f"ranking ({shown})"
    return [finding("IC514", report.place, fields=differing)] if differing else []


def _rewritten(report: Report, language: Language) -> list[Finding]:
    """Find a run that says what it should but was written by somebody else; nothing checks its seed but its own digest."""
    if report.written == report.run.as_json():
        return []
    return [finding("IC505", report.place, file=report.file.name, problem=word_of("file changed", language))]


def _strangers(report: Report) -> list[str]:
    """Return the names in a report's folder that do not belong to it; what lies beside the reports may be anything."""
    if report.file.name == PANEL:
        return []
    return strangers_in(report.folder, report.run)


def _read(project: Project, folder: Path) -> Report:
    if folder.name in (RUN, PANEL):
        folder = folder.parent
    name = PANEL if os.path.lexists(folder / PANEL) and not os.path.lexists(folder / RUN) else RUN
    file = folder / name
    try:
        written = file.read_bytes()
        run = read_run(written.decode())
    except (OSError, ValueError) as error:
        problem = system_said(error) if isinstance(error, OSError) else str(error)
        raise Refused([finding("IC504", Place(file.as_posix()), problem=problem)]) from None
    report = Report(folder, file, run, written)
    if run.indexcalc != VERSION:
        raise Refused([finding("IC509", report.place, found=run.indexcalc, version=VERSION)])
    others = {name: (version, run.packages.get(name)) for name, version in made_with(run.formats).items()}
    shown = [f"{name} {old} → {new}" for name, (new, old) in others.items() if new != old]
    if shown:
        project.tell([finding("IC511", report.place, packages=shown)])
    return report


def _changed_inputs(report: Report, inputs: Mapping[str, str]) -> list[Finding]:
    before = report.run.inputs
    changed = [name for name in sorted({*before, *inputs}) if before.get(name) != inputs.get(name)]
    return [finding("IC506", report.place, files=changed)] if changed else []
