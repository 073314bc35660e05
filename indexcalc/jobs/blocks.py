"""Score more than memory holds: the same line with its arrays in files, and a report that is written while it is made."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..findings import Finding, Place, Refused, finding
from ..journal.run import ALL
from ..report.files import RUN
from ..tree.logic import bounds_of
from .project import Project, unwritable
from .report import folder_of, leave_alone, new_run_of, panel_folder, replacing, stage_panel

if TYPE_CHECKING:
    from ..report.blocks import Write
    from ..scores import Scores
    from ..tree import Index

MANY = 10_000_000  # cells of Parquet tables from which on scoring goes by blocks
_KEEP = 1_000_000  # cells of a Parquet table that are read at once, by blocks too


def is_large(project: Project) -> bool:
    """Say, to the user too, whether an index asks for so much of Parquet files that it is better scored in blocks."""
    from ..sources.readers.parquet import cells_stored

    try:
        index, _ = project.tree
    except Refused:  # which is said when it is read to be scored, together with what is wrong in the data
        return False
    cells = cells_stored(index, project.data)
    if cells > MANY:
        project.tell([finding("IC831", Place(), cells=cells)])
    return cells > MANY


def score_in_files(project: Project) -> Scores:
    """Read, match and score with arrays in files, or refuse; findings that refuse nothing are told."""
    from ..large.blocks import score_in_blocks
    from ..large.on_disk import Scratch
    from ..sources import panel

    gc.enable()  # what one block leaves behind must not wait for the end of the command
    matched, found = project.matched(keep=_KEEP)
    project.check(found)
    found += unjudged(matched.index)
    make = Scratch(nearest_folder(project.reports))
    try:
        made = panel(matched, make)
        found = [*found, *made.findings[len(matched.findings) :]]
        project.check(found)
        project.check_level(made.units)
        project.progress("score")
        scores = score_in_blocks(matched.index, made, make, level=project.level)
    except Refused as refused:
        raise Refused([*found, *refused.findings]) from None
    except OSError as error:
        raise Refused([unwritable(make.folder, error)]) from error
    project.progress("")
    project.go_on([*found, *project.of_any_period(scores.findings)])
    return project.with_released(scores)


def unjudged(index: Index) -> list[Finding]:
    """Say that the rules of the risk warning are left aside: they look at all units and periods of many columns together."""
    if index.warnings is None:
        return []
    return [finding("IC873", index.place(("warnings",), key=True), count=len(index.warnings.rules))]


def unheld(index: Index) -> list[Finding]:
    """Say that what must hold of values together is not judged: a query looks at no cell with its place."""
    count = len(bounds_of(index)) + len(index.logic)
    return [finding("IC878", index.place(("logic" if index.logic else "dimensions",), key=True), count=count)] if count else []


def digests_of(scores: Scores, period: str, language: str) -> dict[str, str]:
    """Return the digests that the files of a report, or those of the whole panel, have, without writing any."""
    found = {}
    for name, write in _files_of(scores, period, language).items():
        sink = _Hashed(None)
        write(sink)  # type: ignore[arg-type]
        found[name] = sink.digest
    return found


def _files_of(scores: Scores, period: str, language: str) -> dict[str, Write]:
    from ..report.blocks import block_files, panel_files

    return panel_files(scores, language) if period == ALL else block_files(scores, period, language)


def write_reports_in_blocks(project: Project, scores: Scores, periods: Sequence[str]) -> list[Path]:
    """Write the reports of some periods while they are made, and what holds for all: all of it, or nothing, and refuse."""
    folders = [folder_of(project, period) for period in periods]
    for folder in folders:
        leave_alone(folder)
    project.progress("write")
    with replacing(project) as new:
        for folder, period in zip([panel_folder(project), *folders], [ALL, *periods], strict=True):
            files, last = _hashing(project, scores, period)
            if period == ALL:
                stage_panel(project, files, last, new)
            else:
                new.folder(folder, {**files, RUN: last})
        new.commit()
    project.progress("")
    return folders


def _hashing(project: Project, scores: Scores, period: str) -> tuple[dict[str, Write], Write]:
    """Return what writes each file, and what writes the run after them, when their digests are known."""
    run = replace(new_run_of(project, scores, period, {}, {}), blocks=True, formats=())
    made: dict[str, str] = {}

    def hashed(name: str, write: Write, file: IO[bytes]) -> None:
        sink = _Hashed(file)
        write(sink)  # type: ignore[arg-type]
        made[name] = sink.digest

    def last(file: IO[bytes]) -> None:
        file.write(replace(run, outputs=dict(sorted(made.items()))).as_json())

    files = _files_of(scores, period, project.report_language)
    return {name: partial(hashed, name, write) for name, write in files.items()}, last


class _Hashed:
    """A file that knows the digest of what was written to it; without a file it only works out the digest."""

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


def nearest_folder(folder: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there: nothing is made before everything has gone well."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())
