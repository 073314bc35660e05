"""The ledger of a project: walked from end to end, listed, shown row by row, and who has not reported yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.result import Result
from ..findings import Language, Place, Refused, errors, finding
from ..journal.logs import MARK, read_rows
from ..periods import last_day, order
from ..report.files import PANEL, RUN
from ..report.formats.text import aligned
from ..report.numbers import listed, moment_title
from ..tree.columns import departments
from ..words.periods import period_title
from ..words.reports import word, word_of
from ..words.shown import visible, without_passwords
from .names import declared_period
from .project import Project, refuse
from .register import changed_logs
from .report import run_in
from .submissions import ledger_of

if TYPE_CHECKING:
    import pandas as pd

    from ..journal.entries import Entry, Reported
    from ..journal.logs import Registered
    from ..tree.model import Index
    from ..units import Units

SHOWN_PERIODS = 8


# ------------------------------------------------------------------------------------------------------------ verifying


@dataclass(frozen=True)
class Intact:
    """A ledger in which nothing was changed: what it is called, how many submissions it has, and the last one's hash."""

    ledger: str
    submissions: int
    hash: str

    def text(self, language: Language) -> str:
        """Return the same as a sentence."""
        return word.ledger_unchanged(language).format(**asdict(self))


def verify(project: Project, ledger: str | None = None, receipts: Sequence[str] = ()) -> Intact:
    """Walk the whole ledger, or refuse with every change found; each receipt must still be true.

    So must what the project's reports say of the submissions that they were made of: a ledger that was put back to an earlier
    state is whole in itself, and is found by these.
    """
    from ..journal.chain import verify as verify_ledger

    where = ledger_of(project.tree[0], ledger)
    used = _used_in_reports(project, without_passwords(where))
    number, last, found = verify_ledger(where, project.data, receipts=[*receipts, *used])
    lost = {one.values["found"] for one in found if one.code == "IC665"} & set(used) - set(receipts)
    found = [one for one in found if one.code != "IC665" or one.values["found"] not in lost]
    by_report: dict[Path, list[str]] = {}
    for receipt in lost:
        by_report.setdefault(used[receipt], []).append(receipt.partition(":")[0])
    for run, numbers in by_report.items():
        shown = [f"#{one}" for one in sorted(numbers, key=int)]
        found.append(finding("IC694", Place(run.as_posix()), numbers=shown, ledger=without_passwords(where)))
    if not errors(found):
        found += changed_logs(project, where)
    project.go_on(found)
    return Intact(without_passwords(where), number, last)


def _used_in_reports(project: Project, where: str) -> dict[str, Path]:
    """Return the receipts of the submissions that reports were made of, each with the first that says so."""
    used: dict[str, Path] = {}
    for name in (RUN, PANEL):
        for file in sorted(project.reports.rglob(name)):
            run = run_in(file.parent, name)
            for title, digest in run.inputs.items() if run else ():
                ledger, sign, rest = title.partition("#")
                if sign and ledger == where:
                    used.setdefault(f"{rest.partition(' ')[0]}:{digest[:16]}", file)
    return used


# -------------------------------------------------------------------------------------------------------------- listing


@dataclass(frozen=True)
class Submissions(Result):
    """Rows of a ledger in order; those that are not recorded have no moment, hash and receipt yet."""

    entries: tuple[Entry, ...]

    def text(self, language: Language) -> str:
        """Return a line for each row."""
        keys = ("number", "at", "department", "period", "version", "by", "file", "warnings", "reason")
        rows = [[word_of(f"log {key}", language) for key in keys]]
        for entry in self.entries:
            at = moment_title(entry.at, language, bare=True) if language == "zh" else f"{entry.at:.16}".replace("T", " ")
            about = [f"#{entry.number}", at, entry.department]
            about += [period_title(entry.period, language), word.version(language).format(number=entry.version)]
            rows.append([*about, entry.by, entry.file, str(len(entry.warnings.splitlines()) or ""), entry.reason])
        return aligned(rows, [False, *[True] * 6, False, True])

    def data(self) -> list[dict[str, Any]]:
        """Return the same as data."""
        return [_data_of(entry) for entry in self.entries]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each submission."""
        del language  # nothing here has a name in two
        import pandas as pd

        return pd.DataFrame([{**one, "warnings": len(one["warnings"])} for one in self.data()])


def submission_title(entry: Entry, language: Language) -> str:
    """Return what a submission is called where people read it."""
    version, period = word.version(language).format(number=entry.version), period_title(entry.period, language)
    said = word.submission(language).format(number=entry.number, department=entry.department, period=period, version=version)
    return visible(said)


def _data_of(entry: Entry) -> dict[str, Any]:
    keys = ("number", "department", "period", "version", "at", "by", "reason", "file", "digest", "hash", "receipt")
    unsigned: Mapping[str, None] = {} if entry.hash else dict.fromkeys(("at", "hash", "receipt"))
    return {**{key: getattr(entry, key) for key in keys}, **unsigned, "warnings": entry.warnings.splitlines()}


def log(project: Project, ledger: str | None = None, *, department: str | None = None, period: str | None = None) -> Submissions:
    """Return the submissions of all departments or one, of all periods or one."""
    entries = entries_of(project, ledger)
    wanted = None if period is None else declared_period(project.tree[0], period)
    return Submissions(tuple(one for one in entries if department in (None, one.department) and wanted in (None, one.period)))


# ----------------------------------------------------------------------------------------------------------- one of them


@dataclass(frozen=True)
class RecordedCell:
    """A cell of a submission; `earlier` has what the version before it had, where that was something else."""

    unit: str
    column: str
    value: float | None
    applies: bool
    place: str
    changed: bool
    earlier: Reported | None


@dataclass(frozen=True)
class Recorded(Result):
    """One submission with its cells, those first that it changed."""

    entry: Entry
    cells: tuple[RecordedCell, ...]
    units: Units | None
    columns: Mapping[str, str]
    log: Registered | None = None
    """The rows of an event log, where the row of the ledger registers one."""

    def text(self, language: Language) -> str:
        """Return who submitted it, and a line for each cell."""
        entry, rows, titles = self.entry, [], self._titles(language)
        for cell in self.cells:
            change = f"{_shown(cell.earlier, language)} →" if cell.changed else ""
            names = titles.get(cell.unit, cell.unit), self.columns.get(cell.column, cell.column)
            rows.append((*names, change, _shown(cell, language), cell.place))
        at = moment_title(entry.at, language)
        lines = [
            submission_title(entry, language),
            f"{at}  {visible(entry.by)}  {visible(entry.file)} (SHA-256 {entry.digest[:16]}…)",
        ]
        lines += [visible(entry.reason)] if entry.reason else []
        lines += [f"{word.receipt(language)} {entry.receipt}", *entry.warnings.splitlines(), ""]
        if self.log is not None:
            said = word.log_rows(language).format(rows=len(self.log.rows), columns=listed(self.log.columns, language))
            return "\n".join([*lines[:-1], visible(said)])
        return "\n".join([*lines, aligned(list(dict.fromkeys(rows)), [True, True, False, False, True])])

    def data(self, language: Language = "zh") -> dict[str, Any]:
        """Return the same as data."""
        keys, titles = ("column", "value", "applies", "place", "changed"), self._titles(language)
        cells = [
            {"unit": cell.unit, "name": titles.get(cell.unit, cell.unit), **{key: getattr(cell, key) for key in keys}}
            for cell in self.cells
        ]
        return {**_data_of(self.entry), "cells": cells}

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each cell."""
        import pandas as pd

        return pd.DataFrame(self.data(language)["cells"])

    def _titles(self, language: Language) -> dict[str, str]:
        return {unit: self.units.title(place, language) for place, unit in enumerate(self.units.ids)} if self.units else {}


def show(project: Project, submission: str | int, ledger: str | None = None) -> Recorded:
    """Return one submission by its number, and what it changed of the version before it."""
    from ..journal.entries import read_cells
    from ..journal.ledger import entry_of
    from ..sources.unit_table import read_units

    index, where = project.tree[0], ledger_of(project.tree[0], ledger)
    entries = entries_of(project, ledger)
    number = str(submission).removeprefix("#").partition(":")[0]
    entry = entry_of(where, project.data, int(number)) if number.isdecimal() else None
    if entry is None:
        refuse("IC664", found=submission, last=entries[-1].number if entries else 0)
    if entry.index.endswith(MARK):
        return Recorded(entry, (), None, {}, read_rows(entry.cells))
    key = (entry.index, entry.department, entry.period, entry.version - 1)
    earlier = next((one.number for one in entries if (one.index, one.department, one.period, one.version) == key), None)
    old = entry_of(where, project.data, earlier) if earlier else None
    before = {(cell.unit, cell.column): cell for cell in read_cells(old.cells)} if old else {}
    cells = []
    for cell in read_cells(entry.cells):
        was = before.get((cell.unit, cell.column))
        changed = old is not None and (was is None or (was.value, was.applies) != (cell.value, cell.applies))
        place = str(Place(entry.file, entry.sheet, cell.line, cell.position, cell.note))
        cells.append(RecordedCell(cell.unit, cell.column, cell.value, cell.applies, place, changed, was if changed else None))
    cells.sort(key=lambda cell: not cell.changed)
    titles = {column.id: column.called for column in index.columns}
    units, _, _ = read_units(index, project.data)
    return Recorded(entry, tuple(cells), units.units if units else None, titles)


def _shown(cell: Reported | RecordedCell | None, language: Language) -> str:
    if cell is not None and not cell.applies:
        return word.not_applicable(language)
    return "–" if cell is None or cell.value is None else f"{cell.value:.10g}"


# ------------------------------------------------------------------------------------------------------ who has reported


@dataclass(frozen=True)
class Reporting:
    """When a department first reported a period, the newest version, and how many days late it was, or is."""

    department: str
    period: str
    reported: str | None
    version: int
    number: int | None
    due: str | None
    days_late: int

    def text(self, language: Language) -> str:
        """Return the same in a few words."""
        late = (word.late if self.reported else word.overdue)(language).format(days=self.days_late) if self.days_late else ""
        if self.reported:
            return " ".join(filter(None, [self.reported[5:10], word.version(language).format(number=self.version), late]))
        return late or (word.not_yet if self.due else word.not_reported)(language)


@dataclass(frozen=True)
class Status(Result):
    """Who has reported which period, and who is late."""

    departments: tuple[str, ...]
    periods: tuple[str, ...]
    states: tuple[Reporting, ...]

    def text(self, language: Language) -> str:
        """Return a table of departments and periods."""
        cells = {(one.department, one.period): one.text(language) for one in self.states}
        rows = [[word.department(language), *(period_title(period, language) for period in self.periods)]]
        rows += [[department, *(cells[department, period] for period in self.periods)] for department in self.departments]
        return aligned(rows, [True] * len(rows[0]))

    def data(self) -> list[dict[str, Any]]:
        """Return the same as data."""
        return [asdict(one) for one in self.states]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each department and period."""
        del language  # nothing here has a name in two
        import pandas as pd

        return pd.DataFrame(self.data())


def status(project: Project, periods: Sequence[str] = (), ledger: str | None = None) -> Status:
    """Say who has reported some periods, or the newest ones, by now or by the moment that the project is read as of."""
    index, moment = project.tree[0], project.moment()
    today = dt.datetime.fromisoformat(moment) if moment else dt.datetime.now(dt.UTC)
    entries = [
        one
        for one in entries_of(project, ledger, none_yet=True)
        if one.index == index.index.id and (moment is None or one.at <= moment)
    ]
    wanted = {declared_period(index, one) for one in periods} or {entry.period for entry in entries}
    shown = sorted(wanted, key=order)[-SHOWN_PERIODS:]
    names = list(dict.fromkeys([*departments(index), *(entry.department for entry in entries)]))
    states = [_reporting(index, department, period, entries, today) for department in names for period in shown]
    return Status(tuple(names), tuple(shown), tuple(states))


def _reporting(index: Index, department: str, period: str, entries: Sequence[Entry], today: dt.datetime) -> Reporting:
    """Say what one department has reported of a period."""
    own = [one for one in entries if (one.department, one.period) == (department, period)]
    end = last_day(period, index.periods.kind)
    due = end + dt.timedelta(days=index.periods.due) if end and index.periods.due is not None else None
    on = dt.datetime.fromisoformat(own[0].at) if own else today
    late = max((on.astimezone().date() - due).days, 0) if due else 0
    first, last = (own[0], own[-1]) if own else (None, None)
    return Reporting(
        department,
        period,
        first.at if first else None,
        last.version if last else 0,
        last.number if last else None,
        due.isoformat() if due else None,
        late,
    )


# -------------------------------------------------------------------------------------------------------- what they share


def entries_of(project: Project, ledger: str | None, *, none_yet: bool = False) -> list[Entry]:
    """Return the rows of a ledger; with `none_yet`, nothing where there is no ledger yet."""
    from ..journal.ledger import log as rows_of

    try:
        return rows_of(ledger_of(project.tree[0], ledger), project.data)
    except Refused as refused:
        if none_yet and [one.code for one in refused.findings] == ["IC651"]:
            return []
        raise
