"""Scoring more than memory holds: the same line with its arrays in files, and a report that is written while it is made."""

from __future__ import annotations

import gc
import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, errors, finding
from ..journal.files import publish
from ..report.files import RUN
from .project import Project
from .reports import folder_of, leave_alone, new_run_of
from .results import MOST_ROWS, Result, findings_of, ranked_units

if TYPE_CHECKING:
    from ..report.blocks import Write
    from ..scores import Scores
    from ..sources import Matched
    from ..tree import Index

MANY = 10_000_000  # cells of Parquet tables from which on scoring goes by blocks
_KEEP = 1_000_000  # cells of a Parquet table that are read at once, by blocks too


def is_large(project: Project) -> bool:
    """Say, to the user too, whether an index asks for so much of Parquet files that it is better scored in blocks."""
    from ..sources.readers.parquet import cells_stored

    index, _ = project.index()
    cells = cells_stored(index, project.data)
    if cells > MANY:
        project.print_findings([finding("IC831", Place(), cells=cells)])
    return cells > MANY


def score_blocks(project: Project, wanted: str | None) -> Result:
    """Score in blocks and write the reports of some periods; return the top of the last one's ranking."""
    matched, scores = scored(project)
    periods = list(scores.periods) if wanted == "all" else [project.period(scores, wanted)]
    project.progress("write")
    folders = _write_reports(project, matched, scores, periods)
    project.progress("")
    text, data = top(project, scores, periods[-1])
    shown = [folder.as_posix() for folder in folders]
    return "\n".join([text, "", *(f"{folder}/" for folder in shown)]), {**data, "folders": shown}


def scored(project: Project) -> tuple[Matched, Scores]:
    """Read, match and score with arrays in files, or refuse; findings that refuse nothing are printed."""
    from ..large.blocks import score_in_parts
    from ..large.on_disk import Scratch
    from ..sources import panel

    gc.enable()  # what one block leaves behind must not wait for the end of the command
    index, matched, found = project.matched(keep=_KEEP)
    if errors(found, strict=project.strict):
        project.refuse(found)
    found += unjudged(index)
    make = Scratch(nearest_folder(project.out))
    try:
        made = panel(matched, make)
        found = [*found, *made.findings[len(matched.findings) :]]
        if errors(found, strict=project.strict):
            project.refuse(found)
        if project.level is not None and project.level not in made.units.levels:
            project.refuse_one("IC513", found=project.level, known=list(dict.fromkeys(made.units.levels)))
        project.progress("score")
        scores = score_in_parts(index, made, make, level=project.level)
    except Refused as refused:
        project.refuse([*found, *refused.findings])
    except OSError as error:
        project.refuse([unwritable(make.folder, error)])
    project.progress("")
    project.go_on([*found, *scores.findings])
    return matched, scores


def unjudged(index: Index) -> list[Finding]:
    """Say that the rules of the risk warning are left aside: they look at all units and periods of many columns together."""
    if index.warnings is None:
        return []
    return [finding("IC873", index.place(("warnings",), key=True), count=len(index.warnings.rules))]


def digests_of(scores: Scores, period: str, language: str) -> dict[str, str]:
    """Return the digests that the files of a report have, without writing any."""
    from ..report.blocks import block_files

    found = {}
    for name, write in block_files(scores, period, language).items():
        sink = _Hashed(None)
        write(sink)  # type: ignore[arg-type]
        found[name] = sink.digest
    return found


def _write_reports(project: Project, matched: Matched, scores: Scores, periods: Sequence[str]) -> list[Path]:
    from ..report.blocks import block_files

    folders = [folder_of(project, period) for period in periods]
    for folder in folders:
        leave_alone(project, folder)
    for folder, period in zip(folders, periods, strict=True):
        files = block_files(scores, period, project.report_language)
        if folder != folders[0]:  # it has every period, and is the same in each folder
            files["scores.parquet"] = partial(_copy, folders[0] / "scores.parquet")
        run = replace(new_run_of(project, matched, scores, period, {}, {}), blocks=True)
        made: dict[str, str] = {}

        def hashed(name: str, write: Write, file: IO[bytes], made: dict[str, str] = made) -> None:
            sink = _Hashed(file)
            write(sink)  # type: ignore[arg-type]
            made[name] = sink.digest

        def last(file: IO[bytes], run: Any = run, made: dict[str, str] = made) -> None:
            file.write(replace(run, outputs=dict(sorted(made.items()))).as_json())

        try:
            publish(folder, {**{name: partial(hashed, name, write) for name, write in files.items()}, RUN: last})
        except OSError as error:
            project.refuse([unwritable(folder, error)])
    return folders


def top(project: Project, scores: Scores, period: str) -> Result:
    """Return the best units of a ranking, and how many there are."""
    from ..report.formats.text import as_text
    from ..report.sheets.tables import in_rank_order, ranking_sheet, shortened

    language, root = project.language, scores.tree.root
    units = in_rank_order(scores, scores.periods.index(period), root)
    sheet = shortened(ranking_sheet(scores, period, language, units[: MOST_ROWS + 1]), MOST_ROWS, language)
    heading = f"{scores.tree.nodes[root].title(language)} · {period}"
    return f"{heading}\n{as_text(sheet, language)}", {
        "index": scores.index.index.id,
        "node": scores.tree.nodes[root].id,
        "period": period,
        "units": len(units),
        "ranking": ranked_units(scores, period, root, units[:MOST_ROWS], language),
        "findings": findings_of(scores, language),
    }


class _Hashed:
    """A file that knows the digest of what was written to it; one of nothing keeps the digest alone."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file, self._hash, self._at = file, hashlib.sha256(), 0
        self.closed = False

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes) -> int:
        self._hash.update(content)
        if self._file is not None:
            self._file.write(content)
        self._at += len(content)
        return len(content)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        self.closed = True


def _copy(path: Path, file: IO[bytes]) -> None:
    with path.open("rb") as whole:
        shutil.copyfileobj(whole, file, 1 << 20)


def nearest_folder(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there: nothing is made before everything has gone well."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())


def unwritable(folder: Path, error: OSError) -> Finding:
    """Say that a folder cannot be written to."""
    return finding("IC503", Place(folder.as_posix()), problem=error.strerror or type(error).__name__)
