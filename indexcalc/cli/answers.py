"""What a command of analysis found, shown and kept: a text, data for `--json`, and its tables as files for `--out`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, finding
from ..version import VERSION
from .project import Project

if TYPE_CHECKING:
    import typer

    from ..report.sheets.tables import Sheet
    from ..sources import Matched

ELSEWHERE = "--json / --out"  # where all of a table is that is shown in part
MOST_COLUMNS = 200  # of a sheet of a workbook; CSV has all
_SHOWING = {"out", "json", "lang", "quiet", "strict", "index", "data"}  # options that do not change what is found


@dataclass(frozen=True)
class Answer:
    """A text for people, the same as data, and all of its tables by a short name, the main one's empty."""

    text: str
    data: Any
    sheets: Mapping[str, Sheet]


def give(
    context: typer.Context,
    project: Project,
    answer: Callable[[Language], Answer],
    out: str | None,
    name: Sequence[str],
    sources: Sequence[tuple[Project, Matched]],
) -> None:
    """Print an answer in the language of the screen; with `out`, first write it in the language of reports.

    `name` is what the files are called after, in parts; `sources` are the projects that it was made of. The files are
    NAME.xlsx with all tables, NAME.csv and NAME.TABLE.csv, and NAME.json with the data and what it was made of: the same
    bytes from the same input.
    """
    kept: list[str] = []
    if out is not None:
        made = _made(context, project, sources)
        kept = _kept(project, answer(project.report_language), Path(out), name, made)
    shown = answer(project.language)
    text = "\n".join([shown.text, *(["", *kept] if kept else [])])
    project.print(text, {**shown.data, "files": kept} if kept else shown.data)


def _kept(project: Project, answer: Answer, out: Path, name: Sequence[str], made: Mapping[str, Any]) -> list[str]:
    from ..journal.files import replace_files

    stem = "-".join(re.sub(r"[^\w.]+", "-", part).strip("-.") for part in name if part)
    files = {out / file: content for file, content in files_of(answer, stem, made, project.report_language).items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        replace_files(files)
    except OSError as error:
        project.refuse([finding("IC503", Place(out.as_posix()), problem=error.strerror or type(error).__name__)])
    return [path.as_posix() for path in files]


def files_of(answer: Answer, stem: str, made: Mapping[str, Any], language: Language) -> dict[str, bytes]:
    """Return the files of an answer: a workbook, a CSV file for each table that has rows, and JSON."""
    from ..report.formats.xlsx import workbook
    from ..report.sheets.tables import MOST_ROWS, shortened
    from ..report.sheets.tidy import sheet_csv
    from ..words.reports import word

    names = {key: f"{stem}.{key}.csv" if key else f"{stem}.csv" for key, sheet in answer.sheets.items() if sheet.rows}
    wide = [names[key] for key in names if len(answer.sheets[key].headings) > MOST_COLUMNS]
    pages = [shortened(answer.sheets[key], MOST_ROWS, language, file) for key, file in names.items() if file not in wide]
    pages = pages or [sheet for sheet in answer.sheets.values() if not sheet.rows][:1]
    if wide and pages:
        said = word("in csv alone", language).format(files=", ".join(wide))
        pages[0] = replace(pages[0], notes=(*pages[0].notes, said))
    data = {"made": made, "result": answer.data}
    return {
        f"{stem}.xlsx": workbook(pages, word("tie", language)),
        **{file: sheet_csv(answer.sheets[key]) for key, file in names.items()},
        f"{stem}.json": (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(),
    }


def _made(context: typer.Context, project: Project, sources: Sequence[tuple[Project, Matched]]) -> dict[str, Any]:
    """What an answer was made of and how: no clock and no folder of this machine in it."""
    from ..journal.run import digest_of, packages
    from .reports import inputs_of

    asked = {key: _plain(value) for key, value in context.params.items() if key not in _SHOWING and value is not None}
    inputs = {value.name: digest_of(value) for value in context.params.values() if isinstance(value, Path)}
    for own, matched in sources:
        inputs |= inputs_of(own, matched)
    return {
        "indexcalc": VERSION,
        "command": context.info_name,
        "options": asked,
        "index_file": project.index_file.name,
        "language": project.report_language,
        "packages": packages(),
        "inputs": dict(sorted(inputs.items())),
    }


def _plain(value: Any) -> Any:
    return Path(value).name if isinstance(value, Path) or (isinstance(value, str) and Path(value).is_file()) else value
