"""Fill in a department's form without a workbook: what was typed is checked, audited and recorded as a file would be."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from ..books.typed import Cells, cell_at, write_typed
from ..findings import Finding, Place, Refused, errors, in_order
from ..words.agreement import several
from ..words.reports import word
from .project import Listening, Project
from .submissions import ledger_of
from .submit import submit
from .template import Form, file_name_of

if TYPE_CHECKING:
    from ..journal.entries import Entry


_MOST_NAMED = 5  # empty cells
_LONGEST = 150  # bytes of a file's name; systems take 255


class Handed(TypedDict, total=False):
    """How something is submitted, as `submit` takes it: by whom, why, to which ledger, whether to try it or to insist on it."""

    by: Required[str]
    reason: str
    ledger: str | None
    dry_run: bool
    yes: bool


@dataclass(frozen=True)
class Filled:
    """What comes of a form or a workbook: the rows of the ledger, or none where it is refused, and all that was found in it."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]

    @property
    def is_refused(self) -> bool:
        """Say whether nothing is recorded."""
        return not self.entries

    def by_cell(self) -> dict[tuple[int, int] | None, list[Finding]]:
        """Return what was found by row and column of a form, both from 0: -1 for a heading or a name, None for the whole form."""
        cells: dict[tuple[int, int] | None, list[Finding]] = {}
        for one in self.findings:
            cells.setdefault(cell_at(one.place), []).append(one)
        return cells


def fill(project: Project, form: Form, cells: Cells, **how: Unpack[Handed]) -> Filled:
    """Submit what was typed into a form, as `submit` does a file; a dry run says what it would come to, and records nothing."""
    content = write_typed(form.sheet, form.rows, form.columns, cells, form.language)
    name = f"{word.typed(form.language)}.csv"
    found = hand_in(project, name, content, form, **how)
    return replace(found, findings=tuple(_named(one, form, cells) for one in found.findings))


def _named(found: Finding, form: Form, cells: Cells) -> Finding:
    """Return a finding of empty cells that calls them as the form does: nobody sees the lines of a table that was typed."""
    if found.code != "IC673":
        return found
    places = [(row, at) for row in range(len(form.rows)) for at in range(len(form.columns))]
    empty = [f"{form.rows[row]} {form.columns[at].heading}" for row, at in places if not cells.get((row, at), "").strip()]
    return replace(found, place=Place(), values={**found.values, "names": several(empty[:_MOST_NAMED], len(empty))})


def hand_in(project: Project, name: str, content: bytes, form: Form, **how: Unpack[Handed]) -> Filled:
    """Submit the content of a file for a form's department and period; what refuses it is returned, as all that was found."""
    quiet = Listening.to(project)
    with tempfile.TemporaryDirectory(prefix="indexcalc-") as folder:
        file = Path(folder) / plain_name(name)
        file.write_bytes(content)
        try:
            done = submit(quiet, file, department=form.department, period=form.period, **how)
        except Refused as refused:
            return Filled((), tuple(in_order([*quiet.told, *quiet.labelled(refused.findings)])))
    return Filled(done.entries, tuple(in_order(quiet.told)))


def plain_name(name: str) -> str:
    """Return what somebody called a file as the name of one in a folder of our own.

    >>> plain_name("../../a.xlsx"), plain_name("..")
    ('-..-a.xlsx', 'table.csv')
    """
    plain = file_name_of(name.replace("\0", "")) or "table.csv"
    stem, ending = Path(plain).stem, Path(plain).suffix[:10]
    return stem.encode()[:_LONGEST].decode(errors="ignore") + ending


def recorded(project: Project, form: Form, ledger: str | None = None) -> tuple[Entry | None, Mapping[tuple[int, int], str]]:
    """Return the newest version that is recorded of a form, if any, with its cells as they would be typed."""
    from ..journal.entries import read_cells
    from ..journal.ledger import newest

    index = project.tree[0]
    try:
        entries, _ = newest(ledger_of(index, ledger), project.data, index.index.id)
    except Refused as refused:
        if errors(refused.findings) and {one.code for one in refused.findings} != {"IC651"}:
            raise
        return None, {}
    own = next((one for one in entries if (one.department, one.period) == (form.department, form.period)), None)
    if own is None:
        return None, {}
    rows = {unit: at for at, unit in enumerate(form.units)}
    columns = {column: at for at, serves in enumerate(form.serves) for column in serves}
    cells = {}
    for cell in read_cells(own.cells):
        if cell.unit in rows and cell.column in columns and (cell.value is not None or not cell.applies):
            shown = f"{cell.value:.15g}" if cell.value is not None else word.does_not_apply(form.language)
            cells[rows[cell.unit], columns[cell.column]] = shown + cell.note
    return own, cells
