"""Write the reports of periods, each a folder, and beside them what holds for the whole panel: all replaced, or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..findings import Place, Refused, finding, nearest, system_said
from ..journal.edition import FORMATS, Edition
from ..journal.files import Content, PartlyWritten, Replacement, fitting, is_lock_of, locked
from ..journal.run import ALL, PICTURES, Run, digest, named_from, packages, read_run
from ..report.answers.ranking import current_ranking
from ..report.files import PANEL, RUN, Reports
from ..scores import Scores
from ..sources.outlines import Drawn, read_outlines
from ..tree.layout import one_ranking
from ..version import VERSION
from .evolution import evolution_of
from .inputs import inputs_of, template_of
from .project import Project, place_in, refuse, refuse_file
from .submissions import submissions

PUBLIC = "public"
"""The folder of the public edition of reports, beside the internal one."""
UNITS = "units"
"""The folder of the reports of single units, each in one of its own."""
_OF_ONE_RANKING = ("html", "svg", "png", "pdf", "docx")  # what shows places among all units by scores alone

Ranking = Mapping[str, Sequence[float | None]]
"""The score and the rank of each unit, by its id."""


def write_reports(project: Project, scores: Scores, periods: Sequence[str], *, add: bool = False) -> list[Path]:
    """Write the reports of some periods and what holds for the whole panel: all of it, or nothing, and refuse.

    To `add` keeps the formats that a report of the same inputs has.
    """
    with replacing(project) as new:
        folders = stage_reports(project, scores, periods, new, add=add)
        new.commit()
    project.progress("")
    return folders


def stage_reports(project: Project, scores: Scores, periods: Sequence[str], new: Replacement, *, add: bool = False) -> list[Path]:
    """Write reports beside what they will replace, or refuse where one would replace files of somebody's own."""
    reports, folders = reports_of(project, scores), [folder_of(project, period) for period in periods]
    for folder in folders:
        leave_alone(folder)
    project.progress("write")
    inputs = inputs_of(project, scores)
    newest = max(periods, key=scores.periods.index, default="")
    if not project.edition.unit:  # what holds for the whole panel is of all units
        contents = reports.of_panel()
        stage_panel(project, contents, new_run_of(project, scores, ALL, digests(contents), {}, inputs).as_json(), new)
    for period, folder in zip(periods, folders, strict=True):
        formats = formats_beside(project, scores, period) if add else project.edition.formats
        if not one_ranking(scores.index):
            formats = tuple(name for name in formats if name not in _OF_ONE_RANKING)
        analysed = reports.runs_analyses(period, newest, formats)
        contents = reports.of(period, formats, analyses=analysed, inputs=inputs)
        run = new_run_of(project, scores, period, digests(contents), current_ranking(scores, period), inputs)
        run = replace(run, formats=formats, analyses=analysed, packages=made_with(formats))
        new.folder(folder, {**contents, RUN: run.as_json()})
    return folders


def formats_beside(project: Project, scores: Scores, period: str) -> tuple[str, ...]:
    """Return the formats that are asked for, and those of the report that stands there where it is of the same inputs."""
    there, asked = run_in(folder_of(project, period)), project.edition
    same = there is not None and (there.audience, tuple(there.languages)) == (asked.audience, asked.languages)
    kept = there.formats if there is not None and same and is_of_these_inputs(project, scores, period) else ()
    return tuple(name for name in FORMATS if name in {*kept, *asked.formats})


def edition_of(formats: str | None, *, lang: str | None = None, audience: str = "internal", usual: str) -> Edition:
    """Return what a report is written as: formats separated by commas, `none` for the tables alone; or refuse what is none.

    In `both` languages a page has the two of them, otherwise that of the project.
    """
    named = [name.strip().lower() for name in (usual if formats is None else formats).split(",")]
    asked = [name for name in named if name and name != "none"]
    if unknown := [name for name in asked if name not in FORMATS]:
        raise Refused([finding("IC521", Place(), formats=unknown, known=[*FORMATS, "none"])])
    return Edition(tuple(name for name in FORMATS if name in asked), ("zh", "en") if lang == "both" else (), audience)


def reports_of(project: Project, scores: Scores) -> Reports:
    """Return the reports of some scores, as a project writes them."""
    submitted = submissions(project, scores.periods)
    return Reports(
        scores,
        project.report_language,
        submitted,
        edition=project.edition,
        seed=project.seed,
        outlines=outlines_of(project, scores),
        evolution=evolution_of(project, scores),
        template=template_in(project, scores),
    )


def template_in(project: Project, scores: Scores) -> bytes | None:
    """Return the Word template of reports, if one is asked for or the tree names one, or refuse what cannot be read."""
    path = template_of(project, scores.declared)
    if path is None:
        return None
    place = Place(path.as_posix()) if project.template else scores.declared.place(("report", "template"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused([finding("IC587", place, file=path.name, problem=system_said(error))]) from error
    if "docx" in project.edition.formats:
        from ..report.formats.docx.page import check_template

        if problem := check_template(content):
            raise Refused([finding("IC586", place, file=path.name, problem=problem)])
    return content


def new_template(project: Project, file: Path) -> Path:
    """Write a Word template to begin with, or refuse where there is a file already or python-docx is not installed."""
    from ..report.formats.docx.page import template_of as made

    content = made(project.language)
    with replacing(project) as new:
        if file.exists():
            raise Refused([finding("IC588", Place(file.as_posix()))])
        new.file(file, content)
        new.commit()
    return file


def outlines_of(project: Project, scores: Scores) -> Drawn | None:
    """Return the outlines that the tree's maps are drawn of, or refuse them; nothing for a tree that names none."""
    pages = scores.declared.report
    names = scores.origin.units if scores.origin else None
    for at, name in enumerate(pages.pinned):
        if scores.unit(name) is None and (names is None or names.find(name) is None):
            place = scores.declared.place(("report", "pinned", at))
            refuse("IC748", place, block="report", key="unit", found=name, near=nearest(name, scores.panel.units.names) or "")
    drawn, found = read_outlines(scores.declared, project.data, scores.panel.units, scores.unit)
    project.go_on(found)
    return drawn


@contextmanager
def replacing(project: Project) -> Iterator[Replacement]:
    """Replace files and folders of a project, and say what cannot be written, and whether anything was."""
    try:
        with Replacement() as new:
            yield new
    except PartlyWritten as error:
        said = {"problem": system_said(error), "files": [path.as_posix() for path in error.written]}
        raise Refused([finding("IC517", Place(place_in(error, project.reports)), **said)]) from error
    except OSError as error:
        refuse_file(project.reports, error)


def stage_panel(project: Project, contents: Mapping[str, Content], run: Content, new: Replacement) -> None:
    """Write what holds for the whole panel beside what it will replace, with its `panel.json`."""
    folder = panel_folder(project)
    before = leave_panel_alone(folder, contents)
    for name in sorted(before.difference(contents)):
        new.remove(folder / name)
    for name, content in contents.items():
        new.file(folder / name, content, over_folder=True)
    new.file(folder / PANEL, run, lists=True)


def new_run_of(
    project: Project,
    scores: Scores,
    period: str,
    outputs: Mapping[str, str],
    ranking: Ranking,
    inputs: Mapping[str, str] | None = None,
) -> Run:
    """Record what a report, or what holds for the whole panel, was made of and how."""
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
        inputs=inputs_of(project, scores) if inputs is None else inputs,
        outputs=outputs,
        ranking=ranking,
        as_of=scores.origin.as_of if scores.origin else "",
        formats=() if period == ALL else project.edition.formats,
        languages=() if period == ALL else project.edition.languages,
        audience=project.edition.audience,
        unit=project.edition.unit,
        template=named(project),
    )


def named(project: Project) -> str:
    """Return the name of the template that was asked for, as seen from the data's folder."""
    return next(iter(named_from(project.data, {project.template: ""})), "") if project.template else ""


def made_with(formats: Sequence[str]) -> dict[str, str]:
    """Return the versions of the libraries that shape a report's bytes, and the digests of the fonts, where it has any."""
    made = packages()
    if drawn := [name for name in formats if name in ("pdf", "png")]:
        from ..report.formats.typeset import made_with as with_fonts

        made |= with_fonts(drawn[0])
    if "docx" in formats:
        from ..report.formats.docx.page import made_with as with_library

        made |= with_library()
    return made


def digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the digests of files' contents, by name in order."""
    return {name: digest(content) for name, content in sorted(contents.items())}


def panel_folder(project: Project) -> Path:
    """Return where the folders of periods lie, and beside them what holds for all; a level has a folder of its own."""
    reports = project.reports / PUBLIC if project.edition.is_public else project.reports
    return reports / project.level if project.level else reports


def folder_of(project: Project, period: str) -> Path:
    """Return where the report of a period goes."""
    unit = project.edition.unit
    return panel_folder(project) / UNITS / _folder_named(unit) / period if unit else panel_folder(project) / period


def _folder_named(unit: str) -> str:
    """Return a name of a folder for a unit: its id, with a digest where that is no name of a folder as it stands."""
    plain = re.sub(r"[^\w-]+", "-", unit).strip("-")
    return fitting(plain if plain == unit else f"{plain}-{digest(unit.encode())[:8]}")


def leave_alone(folder: Path) -> None:
    """Refuse to replace a folder that holds what no report put there, or of which a document is open."""
    try:
        if folder.exists() and not folder.is_dir():
            raise Refused([finding("IC512", Place(folder.as_posix()), files=[folder.name])])
        if not folder.exists():
            return
        with locked(folder.parent):  # or the run could be of one report and the files of the next
            run = run_in(folder)
            strangers = strangers_in(folder, run)
    except OSError as error:
        refuse_file(folder, error)
    own = {*run.outputs, RUN} if run else set()
    locks = [(name, other) for name in sorted(own) for other in strangers if is_lock_of(other, name)]
    if locks:  # an office program has put it beside what is open in it
        raise Refused([finding("IC516", Place((folder / name).as_posix()), problem=lock) for name, lock in locks])
    if strangers:
        raise Refused([finding("IC512", Place(folder.as_posix()), files=strangers)])


def strangers_in(folder: Path, run: Run | None) -> list[str]:
    """Return the names in a report's folder, and in those of its pictures, that its run does not know."""
    own = {*run.outputs, RUN} if run else set()
    known = [folder / kind for kind in PICTURES if any(name.startswith(f"{kind}/") for name in own)]
    inside = [path for pictures in known if pictures.is_dir() for path in sorted(pictures.iterdir())]
    kept = {path.parent for path in inside}
    entries = [entry for entry in folder.iterdir() if entry not in kept]
    names = (path.relative_to(folder).as_posix() for path in (*entries, *inside))
    return sorted(name for name in names if name not in own)


def leave_panel_alone(folder: Path, names: Iterable[str]) -> set[str]:
    """Refuse to replace files beside the reports that no report put there; return the names of those that one did."""
    run = run_in(folder, PANEL)
    own = set(run.outputs) if run else set()
    try:
        there = {name for name in {*own, *names} if os.path.lexists(folder / name)}
    except OSError as error:
        refuse_file(folder, error)
    if strangers := sorted(there - own):
        raise Refused([finding("IC512", Place(folder.as_posix()), files=strangers)])
    return there


def run_in(folder: Path, file: str = RUN) -> Run | None:
    """Return the run of the report that stands in a folder, if one does."""
    try:
        return read_run((folder / file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def is_of_these_inputs(project: Project, scores: Scores, period: str) -> bool:
    """Say whether the report of a period that stands there is this version's, of the same inputs and made in the same way."""
    now = (VERSION, project.report_language, project.level or "", inputs_of(project, scores))
    stand = (run_in(folder_of(project, period)), run_in(panel_folder(project), PANEL))
    return all(
        run and (run.indexcalc, run.language, run.level, run.inputs) == now and run.packages == _made_with_now(run)
        for run in stand
    )


def _made_with_now(run: Run) -> dict[str, str] | None:
    """Return what a report's formats are made with here; nothing where this machine cannot make one of them."""
    try:
        return made_with(run.formats)
    except Refused:
        return None
