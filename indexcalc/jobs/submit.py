"""Submit what a department reports: read, checked, audited, and recorded in the ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..findings import Finding, Language, Place, Refused, errors, finding
from ..periods import WITHOUT_DAYS, first_day, number_of
from ..report.numbers import moment_title
from ..tree.model import Index
from ..words.reports import word
from .ledger import Submissions, submission_title
from .names import declared_period
from .project import PathLike, Project, project_of
from .submissions import ledger_of

if TYPE_CHECKING:
    from ..books.submission import Submission
    from ..journal.entries import Draft, Entry


@dataclass(frozen=True)
class Submitted(Submissions):
    """The rows of the ledger that a submission has, each with its receipt; those that are not recorded have none yet."""

    def text(self, language: Language) -> str:
        """Return a line for each row, as a submitter keeps it."""
        lines = []
        for entry in self.entries:
            cells = [json.loads(line) for line in entry.cells.splitlines()]
            values = len(
                {(line, column) for _, _, value, line, column, *_ in cells if value is not None}
            )  # one may serve several
            said = (word.recorded if entry.hash else word.would_be_recorded)(language)
            title, at = submission_title(entry, language), moment_title(entry.at, language)
            lines.append(said.format(title=title, values=values, at=at, receipt=entry.receipt))
        return "\n".join(lines)


def submit(
    index: Project | Index | PathLike,
    file: PathLike,
    *,
    by: str,
    reason: str = "",
    department: str | None = None,
    period: str | None = None,
    ledger: str | None = None,
    dry_run: bool = False,
    yes: bool = False,
) -> Submitted:
    """Read, audit and record what a department submits, or refuse with everything that is wrong with it.

    A dry run says what would be recorded, and records nothing. A period that has not begun, and a correction that takes all
    values of a column away, are recorded with `yes` alone.
    """
    from ..analysis.audit import audit_submission, untrue
    from ..books.submission import drafts, read_submission
    from ..engine.times import with_past, within_time
    from ..journal.ledger import append, foresee
    from ..sources import match, panel
    from ..sources.match.plausible import implausible

    project, file = project_of(index), Path(file)
    index, found = project.tree[0], list(project.tree[1])
    if errors(found):
        raise Refused(found)
    if not by.strip():
        found.append(finding("IC674", Place()))
    wanted = None if period is None else declared_period(index, period)
    submission, problems = read_submission(index, project.data, file, department=department, period=wanted)
    found += problems
    if submission is None or errors(found):
        raise Refused(found)
    columns = sorted({piece.column for piece in submission.matched.pieces} - submission.matched.repeated)
    history = match(index, project.data)  # what cannot be read is only left out of what the values are held against
    read = panel(history) if history.periods and history.units else None
    past = read and with_past(index, within_time(index, read), read)
    given = panel(submission.matched)
    audited = audit_submission(index, given, columns, past)
    found += [*_once(implausible(submission.matched, history.pieces), list(audited)), *submission.wrong_totals]
    found += untrue(index, given, columns, past)
    where = ledger_of(index, ledger)
    if not errors(found):
        ready = drafts(submission, by=by.strip(), reason=reason.strip(), warnings=found)
        earlier = _earlier(where, project, ready)
        found += [] if yes else _not_begun(index, submission, ready)
        found += _taken_away(index, submission, ready, earlier, yes=yes)
    project.go_on(found)
    ready = drafts(submission, by=by.strip(), reason=reason.strip(), warnings=found)
    record = foresee if dry_run else append
    entries, notes = record(where, project.data, ready)
    project.tell(notes)
    return Submitted(tuple(entries))


def _earlier(where: str, project: Project, ready: Sequence[Draft]) -> Sequence[Entry | None]:
    """Return the versions before some drafts; none where the ledger cannot be read, which is said when it is to record them."""
    from ..journal.ledger import versions_before

    try:
        return versions_before(where, project.data, ready)[1]
    except Refused:
        return [None] * len(ready)


def _not_begun(index: Index, submission: Submission, ready: Sequence[Draft]) -> Iterator[Finding]:
    """Find periods that begin after today."""
    today = dt.datetime.now().astimezone().date()
    for draft in ready:
        kind = index.periods.kind
        begins = None if kind in WITHOUT_DAYS else first_day(number_of(draft.period, kind), kind)
        begins = dt.date(int(draft.period[:4]), 1, 1) if kind == "split-year" else begins
        if begins and begins > today:
            yield finding("IC695", Place(submission.matched.pieces[0].table.file), period=draft.period)


def _taken_away(
    index: Index, submission: Submission, ready: Sequence[Draft], earlier: Sequence[Entry | None], *, yes: bool
) -> Iterator[Finding]:
    """Find what corrections have no value for though the version before has one: columns that are emptied, and single cells."""
    from ..journal.entries import read_cells

    place, titles = Place(submission.matched.pieces[0].table.file), {column.id: column.called for column in index.columns}
    for draft, entry in zip(ready, earlier, strict=True):
        if entry is None:
            continue
        before, now = (
            {(cell.unit, cell.column) for cell in read_cells(text) if cell.value is not None or not cell.applies}
            for text in (entry.cells, draft.cells)
        )
        about = {"department": draft.department, "period": draft.period, "number": entry.number}
        filled, lost = {column for _, column in now}, sorted(before - now)
        emptied = [titles.get(column, column) for column in dict.fromkeys(column for _, column in lost if column not in filled)]
        if emptied and not yes:
            yield finding("IC696", place, names=emptied, **about)
        elif lost:
            shown = [f"{unit} {titles.get(column, column)}" for unit, column in lost[:3]]
            yield finding("IC697", place, count=len(lost), names=shown, **about)


def _once(doubts: Sequence[Finding], audited: Sequence[Finding]) -> list[Finding]:
    """Return what is doubtful and what is suspicious, each mistake once: a column of another size, a cell of another size."""
    columns = {one.values["name"] for one in audited if one.code == "IC681"}
    kept = [one for one in doubts if one.code != "IC917" or one.values["name"] not in columns]
    cells = {one.place for one in kept if one.code == "IC913"}
    return [*kept, *(one for one in audited if one.code != "IC680" or one.place not in cells)]
