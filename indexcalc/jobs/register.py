"""Register an event log for a period in the ledger, and hold what is registered against what the log says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..analysis.result import Result
from ..findings import Finding, Language, Place, Refused, errors, finding, nearest
from ..journal.logs import MARK, Differences, Registered, Row, begins, differences, read_rows, whole_digest, written_rows
from ..report.numbers import moment_title
from ..words.periods import period_title
from ..words.reports import word
from .names import declared_period
from .project import PathLike, Project, project_of, refuse, user_name
from .submissions import ledger_of

if TYPE_CHECKING:
    from ..journal.entries import Entry
    from ..sources.events.kept import KeptLog
    from ..tree.model import Index

_SHOWN = 5  # rows that a finding names


@dataclass(frozen=True)
class RegisteredLog(Result):
    """A log that was registered for a period: the row of the ledger, and how many rows of the log it keeps."""

    log: str
    period: str
    rows: int
    digest: str
    number: int
    at: str
    receipt: str

    def text(self, language: Language) -> str:
        """Return the same as a sentence."""
        about = vars(self) | {"period": period_title(self.period, language), "at": moment_title(self.at, language)}
        return word.log_registered(language).format(**about)

    def data(self) -> dict[str, Any]:
        """Return the same as data."""
        return dict(vars(self))


def register(
    index: Project | Index | PathLike | Mapping[str, Any],
    log: str,
    period: str,
    *,
    by: str = "",
    reason: str = "",
    ledger: str | None = None,
) -> RegisteredLog:
    """Record an event log for a period: the digest of each row that falls in it, chained like what departments submit.

    `log` is the name of a source with `events:`. Registering it anew, where it says something else by now, needs a reason.

    :raises Refused: where there is no such log, it has no rows in the period, or the ledger cannot record it.
    """
    from ..journal.entries import Draft
    from ..journal.ledger import append
    from ..sources.events.kept import kept_rows

    project = project_of(index)
    tree, found = project.tree
    if errors(found):
        raise Refused(found)
    logs = _logs(tree)
    if log not in logs:
        refuse("IC743", found=log, known=logs, near=nearest(log, logs))
    wanted = declared_period(tree, period)
    kept, problems = kept_rows(tree, log, [wanted], project.data)
    project.go_on(problems)
    if kept is None or not kept.rows[wanted]:
        refuse("IC744", Place(tree.data[log].path), log=log, period=wanted)
    rows = _rows(kept, wanted, placed=True)
    digest = whole_digest(kept.columns, [row.digest for row in kept.rows[wanted]])
    draft = Draft(
        index=f"{tree.index.id}{MARK}",
        department=log,
        period=wanted,
        by=by.strip() or user_name(),
        reason=reason.strip(),
        file=kept.log.shown,
        sheet="",
        digest=digest,
        warnings="",
        cells=written_rows(Registered(kept.columns, tuple(rows))),
    )
    (entry,), notes = append(ledger_of(tree, ledger), project.data, [draft])
    project.tell(notes)
    return RegisteredLog(log, wanted, len(rows), digest, entry.number, entry.at, entry.receipt)


def _logs(index: Index) -> list[str]:
    return [name for name, source in index.data.items() if source.events is not None]


def _rows(kept: KeptLog, period: str, *, placed: bool) -> list[Row]:
    """Return the rows of a period as the ledger keeps them, each with its file and line where it was asked for."""
    own = kept.rows[period]
    places = kept.places(row.digest for row in own) if placed else {}
    rows = []
    for row in own:
        there = places.get(row.digest)
        rows.append(Row(begins(row.digest), row.name, str(there.pop(0)) if there else kept.log.shown))
    return rows


def changed_logs(project: Project, where: str) -> list[Finding]:
    """Hold each log that is registered against what it says now; say of logs that none of their periods is registered."""
    from ..journal.ledger import newest

    tree = project.tree[0]
    try:
        entries, _ = newest(where, project.data, f"{tree.index.id}{MARK}")
    except Refused as refused:
        return list(refused.findings)
    logs = _logs(tree)
    by_log: dict[str, list[Entry]] = {}
    for entry in entries:
        by_log.setdefault(entry.department, []).append(entry)
    found = [finding("IC742", tree.place(("data", name)), log=name) for name in logs if name not in by_log]
    for name, own in by_log.items():
        if name not in logs:
            found.append(finding("IC745", Place(own[0].file), log=name, periods=[entry.period for entry in own]))
        else:
            found += _changed(project, name, own)
    return found


def _changed(project: Project, log: str, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Find what differs between one log and its registered periods."""
    from ..sources.events.kept import kept_rows

    kept, problems = kept_rows(project.tree[0], log, [entry.period for entry in entries], project.data)
    yield from (one for one in problems if kept is None or one.severity == "error")
    if kept is None:
        if not errors(problems):
            yield finding("IC745", Place(entries[0].file), log=log, periods=[entry.period for entry in entries])
        return
    for entry in entries:
        now = kept.rows[entry.period]
        if whole_digest(kept.columns, [row.digest for row in now]) == entry.digest:
            continue
        before = read_rows(entry.cells)
        if before.columns != kept.columns:
            columns = sorted(set(before.columns) ^ set(kept.columns))
            yield finding("IC746", Place(kept.log.shown), log=log, period=entry.period, number=entry.number, names=columns)
            continue
        after = _rows(kept, entry.period, placed=False)
        said = differences(before.rows, after)
        asked = [now[at].digest for at in (*(other for _, other in said.changed), *said.added)]
        yield from _said(entry, log, before.rows, after, said, kept, asked)


def _said(
    entry: Entry,
    log: str,
    before: Sequence[Row],
    after: Sequence[Row],
    said: Differences,
    kept: KeptLog,
    asked: Sequence[bytes],
) -> Iterator[Finding]:
    """Say which rows of a period were changed, removed or added, by their names and places."""
    there = {begins(digest): [str(place) for place in places] for digest, places in kept.places(asked).items()}

    def placed(row: Row) -> Row:
        places = there.get(row.digest)
        return replace(row, place=places[0]) if places else row

    rows = {
        "IC698": [placed(after[other]) for _, other in said.changed],
        "IC699": [before[at] for at in said.removed],
        "IC700": [placed(after[at]) for at in said.added],
    }
    for code, some in rows.items():
        if some:
            files = list(dict.fromkeys(_file_of(row.place) for row in some))
            shown = [f"{row.name} ({row.place})" for row in some[:_SHOWN]] + (["…"] if len(some) > _SHOWN else [])
            about = {"log": log, "period": entry.period, "number": entry.number, "count": len(some)}
            yield finding(code, _place_of(some[0].place), rows=shown, files=files, **about)


def _file_of(place: str) -> str:
    return _place_of(place).file


def _place_of(text: str) -> Place:
    """Return a place of a file and line from its text."""
    file, sign, line = text.rpartition(":")
    return Place(file, "", int(line)) if sign and line.isdecimal() else Place(text)
