"""Score again what a report was made of, and compare every byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.result import Result
from ..findings import Finding, Language, Place, Refused, finding
from ..journal.run import Run, digest, digest_of, packages, read_run
from ..report.files import RUN, report_files
from ..version import VERSION
from ..words.reports import word_of
from .inputs import inputs_of
from .names import period_of
from .project import Project

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verified(Result):
    """A report of which every byte came out again."""

    folder: Path
    files: tuple[str, ...]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each file."""
        del language  # nothing here has a name in two
        import pandas as pd

        return pd.DataFrame({"folder": self.folder.as_posix(), "file": list(self.files)})


def verify(project: Project, folder: Path) -> Verified:
    """Score again as a report's run.json says and compare every byte, or refuse with what differs."""
    run = _read_run(project, folder)
    if run.engine:
        return _verify_files(project, folder, run)
    language: Language = "en" if run.language == "en" else "zh"
    again = replace(project, report_language=language, level=run.level or None, as_of=run.as_of or None)
    if run.blocks:
        from .blocks import digests_of, score_in_files

        scores = score_in_files(again)
        made = digests_of(scores, period_of(scores, run.period), language)
    else:
        scores = again.scores()
        files = report_files(scores, period_of(scores, run.period), language)
        made = {name: digest(content) for name, content in files.items()}
    changed = _changed_inputs(run, inputs_of(again, scores), folder)
    differing = list(_differing(folder, run.outputs, made, same_input=not changed, language=project.language))
    if changed or differing:
        raise Refused([*changed, *differing])
    return Verified(folder, tuple(sorted(run.outputs)))


def _verify_files(project: Project, folder: Path, run: Run) -> Verified:
    """Hold a report that an engine wrote against its own digests, and its inputs against theirs, or refuse."""
    inputs = {name: digest_of(project.data / name) for name in run.inputs if (project.data / name).is_file()}
    ledgers = {name: value for name, value in run.inputs.items() if "#" in name}
    found = _changed_inputs(run, ledgers | inputs, folder)
    found += _differing(folder, run.outputs, run.outputs, same_input=True, language=project.language)
    project.go_on([*found, finding("IC874", Place((folder / RUN).as_posix()), engine=run.engine)])
    return Verified(folder, tuple(sorted(run.outputs)))


def _differing(
    folder: Path, outputs: Mapping[str, str], made: Mapping[str, str], *, same_input: bool, language: Language
) -> Iterator[Finding]:
    """Find files of a report that are not there, were changed, or come out otherwise from the same input."""
    for name in sorted({*outputs, *made}):
        path, problem = folder / name, ""
        if not path.exists():
            problem = "file absent"
        elif digest_of(path) != outputs.get(name):
            problem = "file changed"
        elif same_input and made.get(name) != outputs.get(name):
            problem = "file differs"
        if problem:
            yield finding("IC505", Place(path.as_posix()), file=name, problem=word_of(problem, language))


def _read_run(project: Project, folder: Path) -> Run:
    place = Place((folder / RUN).as_posix())
    try:
        run = read_run((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = str(error) if isinstance(error, ValueError) else error.strerror or type(error).__name__
        raise Refused([finding("IC504", place, problem=problem)]) from None
    if run.indexcalc != VERSION:
        raise Refused([finding("IC509", place, found=run.indexcalc, version=VERSION)])
    others = {name: (version, run.packages.get(name)) for name, version in packages().items()}
    shown = [f"{name} {old} → {new}" for name, (new, old) in others.items() if new != old]
    if shown:
        project.tell([finding("IC511", place, packages=shown)])
    return run


def _changed_inputs(run: Run, inputs: Mapping[str, str], folder: Path) -> list[Finding]:
    changed = [name for name in sorted({*run.inputs, *inputs}) if run.inputs.get(name) != inputs.get(name)]
    return [finding("IC506", Place((folder / RUN).as_posix()), files=changed)] if changed else []
