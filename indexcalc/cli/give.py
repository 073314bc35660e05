"""Showing an answer, and keeping it in files where that was asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..jobs.project import Project, refuse_file
from ..version import VERSION
from .open import Opened

if TYPE_CHECKING:
    import typer

    from ..panel import Panel
    from ..report.answers.answer import Answer
    from ..scores import Scores

_SHOWING = {"keep", "json", "lang", "quiet", "strict", "index", "data"}  # options that do not change what is found


def give(
    context: typer.Context,
    project: Opened,
    answer: Callable[[Language], Answer],
    name: Sequence[str],
    sources: Sequence[tuple[Project, Scores | Panel]],
) -> None:
    """Print an answer in the language of the screen; with `--out`, first write it in the language of reports.

    The files are called after the command, the level and the parts of `name`; `sources` are the projects that the answer was
    made of. The files are NAME.xlsx with all tables, NAME.csv and NAME.TABLE.csv, and NAME.json with the data and what it was
    made of: the same bytes from the same input.
    """
    project.progress("")
    out, kept = context.params.get("keep"), []
    if out is not None:
        parts = (str(context.info_name), project.level or "", *name)
        kept = _keep(answer(project.report_language), Path(out), parts, _made(context, project, sources), project.report_language)
    shown = answer(project.language)
    text = "\n".join([shown.text, *(["", *kept] if kept else [])])
    project.print(text, {**shown.data, "files": kept} if kept else shown.data)


def _keep(answer: Answer, out: Path, name: Sequence[str], made: Mapping[str, Any], language: Language) -> list[str]:
    from ..journal.files import fitting, replace_files
    from ..report.answers.answer import files_of

    stem = fitting("-".join(re.sub(r"[^\w.]+", "-", part).strip("-.") for part in name if part))
    files = {out / file: content for file, content in files_of(answer, stem, made, language).items()}
    try:
        replace_files(files)
    except OSError as error:
        refuse_file(out, error)
    return [path.as_posix() for path in files]


def _made(context: typer.Context, project: Project, sources: Sequence[tuple[Project, Scores | Panel]]) -> dict[str, Any]:
    """Return what an answer was made of and how: no clock and no folder of this machine in it."""
    from ..jobs.inputs import inputs_of
    from ..journal.run import digest_of, packages

    asked = {_option(key): _plain(value) for key, value in context.params.items() if key not in _SHOWING and value is not None}
    inputs = {value.name: digest_of(value) for value in context.params.values() if isinstance(value, Path)}
    for own, scores in sources:
        inputs |= inputs_of(own, scores)
    return {
        "indexcalc": VERSION,
        "command": context.info_name,
        "options": asked,
        "index_file": project.file.name,
        "language": project.report_language,
        "packages": packages(),
        "inputs": dict(sorted(inputs.items())),
    }


def _option(name: str) -> str:
    return "period" if name in ("periods", "when") else name


def _plain(value: Any) -> Any:
    is_file = isinstance(value, Path) or (isinstance(value, str) and os.path.isfile(value))  # noqa: PTH113 - false of long names
    return Path(value).name if is_file else value
