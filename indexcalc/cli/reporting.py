"""What the commands of departments' reports do: each returns a text for people and the same as data for `--json`."""

from __future__ import annotations

import datetime as dt
import math
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Language, Place, Refused, finding, nearest
from ..panel import NOT_APPLICABLE, Panel
from ..periods import EXAMPLES, last_day, order, read_period
from ..tree.model import Index
from ..units import Units
from ..words.reports import word
from .answers import ELSEWHERE, Answer
from .project import Project
from .results import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..analysis.audit import Suspicion
    from ..books.submission import Submission
    from ..journal.ledger import Entry, Reported
    from ..sources import Matched

LEDGER = "ledger.sqlite"
SHOWN_PERIODS = 8
MOST_ASKED = 300  # questions on a terminal
_CODES = {
    "jump": "IC680",
    "factor": "IC681",
    "column again": "IC682",
    "column twice": "IC683",
    "row again": "IC684",
    "rows alike": "IC685",
    "round": "IC686",
    "last digits": "IC687",
    "outside": "IC689",
}


# ---------------------------------------------------------------------------------------------------------- templates


def write_template(project: Project, department: str, period: str, out: Path | None) -> Result:
    """Write a department's template for a period, or refuse."""
    from ..books.submission import departments, reported_columns, shared_headings
    from ..books.template import NOT_APPLICABLE as SAYS_SO
    from ..books.template import asked, template_workbook
    from ..sources import match, panel
    from ..sources.unit_table import read_units

    index, found = project.index()
    project.go_on(found)
    known = departments(index)
    if department not in known:
        project.refuse_one("IC657", found=department, known=known, near=nearest(department, known))
    wanted = _period(project, index, period)
    units, found, _ = read_units(index, project.data)
    if units is None:
        project.refuse(found)
    places = reported_columns(index, department, units)
    columns = [index.columns[at] for at in places]
    matched = match(index, project.data)  # what cannot be read is only left out of the values shown for comparison
    earlier = [one for one in matched.periods if order(one) < order(wanted)]
    past = panel(matched) if earlier and matched.units is not None else None
    described = []
    language = project.report_language
    for headers, members in shared_headings(columns):
        owners = [index.reported[columns[at].owner] for at in members]
        before = _before(past, earlier[-1], places[members[0]], SAYS_SO[language]) if past else [None] * len(units.units)
        names = [name for name in _names_of(owners[0], language) if name in headers]
        described.append(asked(index, owners, names[0] if names else headers[-1], before, language))
    rows = _row_names(units.units, units.known, language)
    content = template_workbook(index, rows, department, wanted, described, earlier[-1] if past else "", language)
    path = out or Path(f"{department} {wanted}.xlsx")
    try:
        _write_whole(path, content)
    except OSError as error:
        project.refuse([finding("IC503", Place(path.as_posix()), problem=error.strerror or type(error).__name__)])
    shape = {"file": path.as_posix(), "department": department, "period": wanted, "units": len(rows), "columns": len(described)}
    if project.language == "en":
        return f"{path.as_posix()}: {len(rows)} units, {len(described)} columns", shape
    return f"{path.as_posix()}：{len(rows)} 个单元，{len(described)} 列", shape


def _names_of(item: Any, language: str) -> list[str]:
    names = (item.column, item.name_en, item.name) if language == "en" else (item.column, item.name, item.name_en)
    return [name for name in names if name]


def _before(past: Panel, period: str, column: int, not_applicable: str) -> list[float | str | None]:
    """What each unit reported for a column in an earlier period."""
    at = past.periods.index(period)
    values, status = past.values[at, :, column].tolist(), past.status[at, :, column].tolist()
    shown: list[float | str | None] = []
    for value, flag in zip(values, status, strict=True):
        shown.append(not_applicable if flag == NOT_APPLICABLE else None if math.isnan(value) else value)
    return shown


def _row_names(units: Units, known: Mapping[str, int], language: str) -> list[str]:
    """What the rows of a template are called: names where each means its own unit, else ids."""
    names = [units.title(at, language) for at in range(len(units))]
    return names if [known.get(name) for name in names] == list(range(len(units))) else list(units.ids)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place first, so that it is there whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", suffix=path.suffix, delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            beside.chmod(0o644)
            beside.replace(path)
        except BaseException:
            file.close()
            beside.unlink(missing_ok=True)
            raise


# --------------------------------------------------------------------------------------------------------- submitting


def submit_file(
    project: Project, file: Path, by: str, reason: str, department: str | None, period: str | None, where: str | None
) -> Result:
    """Read, audit and record what a department submits, or refuse with everything that is wrong with it."""
    from ..books.submission import drafts, read_submission
    from ..findings import errors
    from ..journal.ledger import append
    from ..sources import match, panel

    index, found = project.index()
    if errors(found):
        project.refuse(found)
    if not by.strip():
        found.append(finding("IC674", Place()))
    wanted = None if period is None else _period(project, index, period)
    submission, problems = read_submission(index, project.data, file, department=department, period=wanted)
    found += problems
    if submission is None or errors(found):
        project.refuse(found)
    history = match(index, project.data)  # what cannot be read is only left out of what the values are held against
    found += audit_submission(index, submission, panel(history) if history.periods and history.units else None)
    project.go_on(found)
    try:
        ready = drafts(submission, by=by.strip(), reason=reason.strip(), warnings=found)
        entries, notes = append(_ledger(index, where), project.data, ready)
    except Refused as refused:
        project.refuse(refused.findings)
    project.print_findings(notes)
    lines = [_acknowledged(entry, project.language) for entry in entries]
    return "\n".join(lines), [_as_data(entry) for entry in entries]


def _acknowledged(entry: Entry, language: Language) -> str:
    values = sum(1 for line in entry.cells.splitlines() if ",null," not in line)
    if language == "en":
        return f"{entry.title()}: {values} values recorded at {entry.at}, receipt {entry.receipt}"
    return f"{entry.title()}：已登记 {values} 个值，时间 {entry.at}，回执 {entry.receipt}"


def audit_submission(index: Index, submission: Submission, history: Panel | None) -> Iterator[Finding]:
    """Hold each period of a submission against what was reported before it, and its totals against its rows."""
    from ..analysis.audit import LEAST_HISTORY, audit_period
    from ..methods.arrays import np
    from ..sources import panel

    own = panel(submission.matched)
    columns = _distinct(submission)
    periods = list(dict.fromkeys([*(history.periods if history else ()), *own.periods]))
    periods.sort(key=order)
    x = np.full((len(periods), len(own.units), len(columns)), np.nan)
    if history is not None:
        x[[periods.index(one) for one in history.periods]] = history.values[..., columns]
    places = [periods.index(one) for one in own.periods]
    x[places] = own.values[..., columns]
    names = [index.columns[at].title for at in columns]
    if places[-1] < LEAST_HISTORY:
        yield finding("IC690", Place(), count=places[-1], least=LEAST_HISTORY)
    for at, period in zip(places, own.periods, strict=True):
        row = own.periods.index(period)
        before = x[:at]
        for one in audit_period(x[at], before, period=at):
            yield _suspicion(one, names, own.units, periods, lambda unit, column, row=row: own.places(row, unit, columns[column]))
    for total in submission.totals:
        if abs(total.stated - total.sum) > 0.005 * max(1.0, 1e-9 * abs(total.sum)) + 1e-9 * abs(total.sum):
            name = index.columns[total.column].title
            yield finding("IC688", total.place, name=name, stated=total.stated, sum=total.sum)


def _distinct(submission: Submission) -> list[int]:
    """One column of the index for each column of the file: a formula may share another's."""
    seen: dict[tuple[int, int], int] = {}
    for piece in submission.matched.pieces:
        seen.setdefault((id(piece.table), piece.at), piece.column)
    return sorted(set(seen.values()))


def _suspicion(one: Suspicion, names: Sequence[str], units: Units, periods: Sequence[str], places: Any) -> Finding:
    """Say a suspicion in words, at the cell that it is about, or the first of its column or row."""
    values = dict(one.values)
    if "other" in values:
        values["other"] = names[values["other"]] if one.kind == "column twice" else units.title(values["other"])
    if one.kind in ("column again", "row again"):
        values["period"] = periods[one.period - 1]
    if one.column >= 0:
        values["name"] = names[one.column]
    if one.unit >= 0:
        values["unit"] = units.title(one.unit)
    rows = [one.unit] if one.unit >= 0 else range(len(units))
    columns = [one.column] if one.column >= 0 else range(len(names))
    found = next((place for unit in rows for column in columns for place in places(unit, column)), Place())
    return finding(_CODES[one.kind], found, **values)


def audit_data(project: Project, department: str | None, period: str | None) -> tuple[Matched, Callable[[Language], Answer]]:
    """Audit all data, or one department's, in all periods or one; what is suspicious is told, and put to who reports it."""
    from ..analysis.audit import audit_panel
    from ..books.submission import departments
    from ..methods.arrays import np
    from ..sources import panel
    from ..tree.columns import department_of

    index, matched, found = project.matched()
    known = departments(index)
    if department is not None and department not in known:
        project.refuse_one("IC657", found=department, known=known, near=nearest(department, known))
    project.go_on(found)
    whole = panel(matched)
    wanted = None if period is None else _period(project, index, period)
    owners = [department_of(index, column) for column in index.columns]
    columns = [
        at
        for at, column in enumerate(index.columns)
        if column.key != "applies" and (department is None or owners[at] == department) and _own(matched, at)
    ]
    bounds = [index.columns[at].valid or (-math.inf, math.inf) for at in columns]
    valid: NDArray[np.float64] = np.array(bounds, dtype=float).T.reshape(2, len(columns))
    names = [index.columns[at].title for at in columns]
    groups = [owners[at] or index.columns[at].source for at in columns]
    addresses = _first_places(whole, columns)
    suspicions = list(audit_panel(whole.values[..., columns], valid=valid, groups=groups))
    suspicions = [one for one in suspicions if wanted is None or one.period < 0 or whole.periods[one.period] == wanted]
    warned = [_suspicion(one, names, whole.units, whole.periods, addresses(one.period)) for one in suspicions]
    project.go_on(warned)
    by_code: dict[str, int] = defaultdict(int)
    for one in warned:
        by_code[one.code] += 1
    counts = {"values": int(np.isfinite(whole.values[..., columns]).sum()), "columns": len(columns), "found": len(warned)}

    def answer(language: Language) -> Answer:
        from ..report.formats.text import as_text
        from ..report.sheets.asked import asked_sheet
        from ..report.sheets.tables import shortened

        told = [
            {
                "department": groups[one.column] if one.column >= 0 else department or "",
                "period": whole.periods[one.period] if one.period >= 0 else "",
                "unit": whole.units.title(one.unit, language) if one.unit >= 0 else "",
                "indicator": names[one.column] if one.column >= 0 else "",
                "code": said.code,
                "question": said.message(language),
                "place": str(said.place),
            }
            for one, said in zip(suspicions, warned, strict=True)
        ]
        sheet = asked_sheet(told, index.units.label_en if language == "en" else index.units.label, language)
        text = word("audited", language).format(**counts)
        if told:
            text += f"\n\n{as_text(shortened(sheet, MOST_ASKED, language, ELSEWHERE), language)}"
        return Answer(text, {**counts, "codes": dict(sorted(by_code.items())), "ask": told}, {"": sheet})

    return matched, answer


def _own(matched: Any, at: int) -> bool:
    """Whether a column is the first of those that share a column of a file."""
    mine = {(id(piece.table), piece.at) for piece in matched.pieces if piece.column == at}
    return not any((id(piece.table), piece.at) in mine for piece in matched.pieces if piece.column < at)


def _first_places(panel: Panel, columns: Sequence[int]) -> Any:
    """Make a function that finds a cell's address in a period, or in the first one that has it."""

    def of(period: int) -> Any:
        rows = [period] if period >= 0 else range(len(panel.periods))

        def places(unit: int, column: int) -> Sequence[Place]:
            return [place for row in rows for place in panel.places(row, unit, columns[column])][:1]

        return places

    return of


# --------------------------------------------------------------------------------------------------------- the ledger


def verify_ledger(project: Project, where: str | None, receipts: Sequence[str]) -> Result:
    """Walk the whole ledger, or refuse with every change found."""
    from ..findings import errors
    from ..journal.ledger import shown, verify

    index, _ = project.index()
    ledger = _ledger(index, where)
    try:
        number, last, found = verify(ledger, project.data, receipts=receipts)
    except Refused as refused:
        project.refuse(refused.findings)
    if errors(found):
        project.refuse(found)
    project.print_findings(found)
    data = {"verified": True, "ledger": shown(ledger), "submissions": number, "hash": last}
    if project.language == "en":
        return f"{shown(ledger)}: {number} submissions, none changed since it was recorded; the last hash is {last}", data
    return f"{shown(ledger)}：共 {number} 次报送，登记后均未改动；末条哈希 {last}", data


def ledger_log(project: Project, where: str | None, department: str | None, period: str | None) -> Result:
    """List the rows of the ledger in order."""
    from ..report.formats.text import aligned

    index, entries = _entries(project, where)
    wanted = None if period is None else _period(project, index, period)
    entries = [entry for entry in entries if department in (None, entry.department) and wanted in (None, entry.period)]
    titles = _TITLES[project.language]
    rows = [titles] + [
        [
            f"#{entry.number}",
            _minute(entry.at),
            entry.department,
            entry.period,
            f"v{entry.version}",
            entry.by,
            entry.file,
            str(len(entry.warnings.splitlines()) or ""),
            entry.reason,
        ]
        for entry in entries
    ]
    return aligned(rows, [False, *[True] * 6, False, True]), [_as_data(entry) for entry in entries]


_TITLES: dict[Language, list[str]] = {
    "zh": ["编号", "登记时间", "部门", "期次", "版本", "报送人", "文件", "警告", "更正原因"],
    "en": ["no.", "recorded", "department", "period", "version", "by", "file", "warnings", "reason"],
}


def ledger_show(project: Project, where: str | None, submission: str) -> Result:
    """Show one row with its cells, and what changed since the version before it."""
    from ..journal.ledger import entry_of, read_cells
    from ..report.formats.text import aligned
    from ..sources.unit_table import read_units

    index, entries = _entries(project, where)
    number = submission.removeprefix("#").partition(":")[0]
    try:
        entry = entry_of(_ledger(index, where), project.data, int(number)) if number.isdecimal() else None
        if entry is None:
            project.refuse_one("IC664", found=submission, last=entries[-1].number if entries else 0)
        earlier = next(
            (
                one.number
                for one in entries
                if (one.index, one.department, one.period, one.version)
                == (entry.index, entry.department, entry.period, entry.version - 1)
            ),
            None,
        )
        old = entry_of(_ledger(index, where), project.data, earlier) if earlier else None
    except Refused as refused:
        project.refuse(refused.findings)
    before = {(cell.unit, cell.column): cell for cell in read_cells(old.cells)} if old else {}
    language = project.language
    names = {column.id: index.columns[at].title for at, column in enumerate(index.columns)}
    units, _, _ = read_units(index, project.data)
    titles = {unit: units.units.title(at, language) for at, unit in enumerate(units.units.ids)} if units else {}
    rows, cells = [], []
    ordered = read_cells(entry.cells)
    if old is not None:  # what was corrected comes first
        ordered.sort(key=lambda cell: _same(before, cell))
    for cell in ordered:
        was = before.get((cell.unit, cell.column))
        moved = old is not None and not _same(before, cell)
        place = Place(entry.file, entry.sheet, cell.line, cell.position)
        shown, earlier_shown = _cell(cell, language), _cell(was, language) if moved else ""
        change = f"{earlier_shown} →" if moved else ""
        rows.append([titles.get(cell.unit, cell.unit), names.get(cell.column, cell.column), change, shown, str(place)])
        cells.append(
            {
                "unit": cell.unit,
                "column": cell.column,
                "value": cell.value,
                "applies": cell.applies,
                "place": str(place),
                "changed": moved,
            }
        )
    head = [entry.title(), f"{entry.at}  {entry.by}  {entry.file} (SHA-256 {entry.digest[:16]}…)"]
    head += [entry.reason] if entry.reason else []
    head += [f"{word('receipt', language)} {entry.receipt}", *entry.warnings.splitlines(), ""]
    return "\n".join([*head, aligned(rows, [True, True, False, False, True])]), {**_as_data(entry), "cells": cells}


def _same(before: Mapping[tuple[str, str], Reported], cell: Reported) -> bool:
    was = before.get((cell.unit, cell.column))
    return was is not None and (was.value, was.applies) == (cell.value, cell.applies)


def _cell(cell: Reported | None, language: Language) -> str:
    if cell is None:
        return "–"
    if not cell.applies:
        return word("not applicable", language)
    return "–" if cell.value is None else f"{cell.value:.10g}"


def ledger_status(project: Project, where: str | None, periods: Sequence[str]) -> Result:
    """Say who has reported which period, and who is late; a department × period table."""
    from ..books.submission import departments
    from ..report.formats.text import aligned

    index, entries = _entries(project, where, none_yet=True)
    moment = project.moment()
    today = dt.datetime.fromisoformat(moment) if moment else dt.datetime.now(dt.UTC)
    entries = [one for one in entries if one.index == index.index.id and (moment is None or one.at <= moment)]
    wanted = [_period(project, index, one) for one in periods]
    shown = sorted({*wanted} or {entry.period for entry in entries}, key=order)[-SHOWN_PERIODS:]
    names = list(dict.fromkeys([*departments(index), *(entry.department for entry in entries)]))
    data = []
    for department in names:
        for period in shown:
            mine = [one for one in entries if (one.department, one.period) == (department, period)]
            data.append(_reported(index, department, period, mine, today))
    rows = [[word("department", project.language), *shown]]
    cells = {(one["department"], one["period"]): _state(one, project.language) for one in data}
    rows += [[department, *(cells[department, period] for period in shown)] for department in names]
    return aligned(rows, [True] * len(rows[0])), data


def _reported(index: Index, department: str, period: str, mine: Sequence[Entry], today: dt.datetime) -> dict[str, Any]:
    """One cell of the status table: when first reported, the newest version, and how many days late."""
    end = last_day(period, index.periods.kind)
    due = end + dt.timedelta(days=index.periods.due) if end and index.periods.due is not None else None
    on = dt.datetime.fromisoformat(mine[0].at) if mine else today
    late = max((on.astimezone().date() - due).days, 0) if due else 0
    return {
        "department": department,
        "period": period,
        "reported": mine[0].at if mine else None,
        "version": mine[-1].version if mine else 0,
        "number": mine[-1].number if mine else None,
        "due": due.isoformat() if due else None,
        "days_late": late,
    }


def _state(one: Mapping[str, Any], language: Language) -> str:
    days, reported = one["days_late"], one["reported"]
    late = {"zh": f"{'迟报' if reported else '逾期'} {days} 天", "en": f"{days} days late"}[language] if days else ""
    if reported:
        return " ".join(filter(None, [reported[5:10], f"v{one['version']}", late]))
    return f"{ {'zh': '未报', 'en': 'not yet'}[language] } {late}".strip()


def _entries(project: Project, where: str | None, *, none_yet: bool = False) -> tuple[Index, list[Entry]]:
    from ..journal.ledger import log

    index, _ = project.index()
    try:
        return index, log(_ledger(index, where), project.data)
    except Refused as refused:
        if none_yet and [one.code for one in refused.findings] == ["IC651"]:
            return index, []
        project.refuse(refused.findings)


def _ledger(index: Index, where: str | None) -> str:
    """The ledger that is meant: the one named, that of the tree's data, or the usual file beside the tree."""
    if where is not None:
        return where if "://" in where else str(Path(where).absolute())
    return next((data.ledger or data.path for data in index.data.values() if data.is_ledger), LEDGER)


def _period(project: Project, index: Index, text: str) -> str:
    period = read_period(text, index.periods.kind)
    if period is None:
        kind = index.periods.kind
        project.refuse_one("IC346", found=text, kind=kind, example=EXAMPLES[kind], rows=1)
    return period


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _as_data(entry: Entry) -> dict[str, Any]:
    keys = ("number", "department", "period", "version", "at", "by", "reason", "file", "digest", "hash", "receipt")
    return {**{key: getattr(entry, key) for key in keys}, "warnings": entry.warnings.splitlines()}
