"""Reporting in a browser: a department's form with what was reported before, checked as it is typed; its receipt; the ledger.

What is typed and what is uploaded go the way of every submission. With a file of users, name and department come from the
login; without one the name is recorded as not proven.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, finding
from ..jobs.fill import Filled, fill, hand_in, recorded
from ..jobs.ledger import log, show, status
from ..jobs.names import declared_period
from ..jobs.template import Form, file_name, form, form_workbook
from ..journal.run import digest
from ..periods import WITHOUT_DAYS, Kind, last_day, number_of, numbered, order, period_of, read_period, year_before
from ..report.numbers import moment_title
from ..tree.columns import departments
from ..words.desk import desk
from ..words.findings import MESSAGES, plain_words
from ..words.periods import period_title
from .edit import named
from .visit import Page, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from ..journal.entries import Entry
    from ..journal.users import Role
    from ..tree.model import Index

REPORTERS: tuple[Role, ...] = ("department", "editor")
MOST_UPLOADED = 16 << 20
"""Bytes of a workbook; how much it may unpack to is for those who read it to say."""
_CELL = "c:"
_MOST_PERIODS = 8  # that were reported or scored, of which a form is offered
_MOST_WRONG = 20  # cells that are named above a form, to be gone to
_SHOWN_PERIODS = 4  # of these, beside the newest


def pages() -> list[Page]:
    """Return the pages of reporting."""
    return [
        Page("/submit", _overview, roles=REPORTERS, title=desk.submit),
        Page("/submit/form", _form, roles=REPORTERS),
        Page("/submit/workbook", _workbook, roles=REPORTERS),
        Page("/submit/check", _check, "POST", roles=REPORTERS),
        Page("/submit/form", _send, "POST", roles=REPORTERS),
        Page("/submit/upload", _upload, "POST", roles=REPORTERS, most=MOST_UPLOADED),
        Page("/submit/receipt", _receipt, roles=REPORTERS),
        Page("/submit/ledger", _ledger, roles=REPORTERS),
    ]


# ------------------------------------------------------------------------------------------------------------------- pages


def _overview(visit: Visit) -> Response:
    """Show who has reported what and who is late, and lead to the forms."""
    project = visit.project()
    index = project.index()
    known = departments(index)
    own = visit.visitor.department
    offered = _periods(visit, index)
    state = status(project, offered)
    rows = [
        SimpleNamespace(
            department=name,
            cells=[
                SimpleNamespace(
                    text=next(one.text(visit.language) for one in state.states if (one.department, one.period) == (name, period)),
                    url=visit.url("/submit/form", department=name, period=period) if own in ("", name) else "",
                    period=period_title(period, visit.language),
                    late=any(one.days_late for one in state.states if (one.department, one.period) == (name, period)),
                )
                for period in state.periods
            ],
        )
        for name in sorted(state.departments, key=lambda one: (one != own, state.departments.index(one)))
    ]
    periods = [(one, period_title(one, visit.language)) for one in reversed(offered)]
    return visit.page(
        "submit.html.jinja",
        desk.submit(visit.language),
        departments=[own] if own else known,
        periods=periods,
        meant=_meant(visit, index, offered),
        heads=[period_title(one, visit.language) for one in state.periods],
        rows=rows,
    )


def _form(visit: Visit) -> Response:
    """Show a department's form for a period, with what is recorded of it already."""
    return _shown(visit, _asked(visit, visit.asked("department"), visit.asked("period")))


def _workbook(visit: Visit) -> Response:
    """Send the workbook of a form."""
    from urllib.parse import quote

    from starlette.responses import Response as Plain

    asked = _asked(visit, visit.asked("department"), visit.asked("period"))
    return Plain(
        form_workbook(asked),
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(file_name(asked))}"},
    )


def _check(visit: Visit) -> Response:
    """Say what is found in what was typed, for the page's script; nothing is recorded."""
    from starlette.responses import JSONResponse

    asked = _asked(visit, visit.given("department"), visit.given("period"))
    found = _filled(visit, asked, dry_run=True)
    slots: dict[str, list[dict[str, str]]] = {}
    for one, slot in _slots(asked, found):
        text = f"{visit.severity(one)} {one.code} {one.message(visit.language)}"
        slots.setdefault(slot, []).append({"severity": one.severity, "text": text})
    return JSONResponse({"slots": slots, "status": _status(visit, found)})


def _send(visit: Visit) -> Response:
    """Record what was typed, or check it alone, where that is the button that was pressed."""
    asked = _asked(visit, visit.given("department"), visit.given("period"))
    only = bool(visit.given("only_check"))
    looked = _filled(visit, asked, dry_run=True)
    if only or looked.is_refused or visit.given("told") != _told(looked):
        return _shown(visit, asked, looked, status=422 if looked.is_refused and not only else 200, asks=not only)
    found = _filled(visit, asked, dry_run=False)
    if found.is_refused:
        return _shown(visit, asked, found, status=422)
    return _recorded(visit, found)


def _upload(visit: Visit) -> Response:
    """Record a workbook that was uploaded, or check it alone."""
    asked = _asked(visit, visit.given("department"), visit.given("period"))
    uploaded: Any = visit.form.get("file") if visit.form is not None else None
    name = getattr(uploaded, "filename", "") or ""
    if not name:
        visit.found.append(finding("IC581", Place()))
        return _shown(visit, asked, status=422)
    only = bool(visit.given("only_check"))
    found = hand_in(
        visit.project(),
        name,
        uploaded.file.read(),
        asked,
        by=named(visit, visit.given("who")),
        reason=" ".join(visit.given("reason").split()),
        dry_run=only,
        yes=bool(visit.given("yes")),
    )
    if only or found.is_refused:
        visit.found += found.findings
        return _shown(visit, asked, status=200 if only and not found.is_refused else 422, remark=_status(visit, found))
    return _recorded(visit, found)


def _receipt(visit: Visit) -> Response:
    """Show one submission: its receipt and what was reported."""
    number = visit.asked("number")
    project = visit.project()
    found = show(project, number)
    _own(visit, found.entry.department)
    titles = {unit: found.units.title(at, visit.language) for at, unit in enumerate(found.units.ids)} if found.units else {}
    cells = [
        (
            titles.get(cell.unit, cell.unit),
            found.columns.get(cell.column, cell.column),
            "" if cell.value is None else f"{cell.value:.10g}",
            cell,
        )
        for cell in found.cells
    ]
    return visit.page(
        "receipt.html.jinja",
        desk.receipt(visit.language),
        entry=found.entry,
        at=moment_title(found.entry.at, visit.language),
        period=period_title(found.entry.period, visit.language),
        warned=_warned(found.entry, visit),
        cells=cells,
        label=project.tree[0].units.title(None, visit.language),
    )


def _warned(entry: Entry, visit: Visit) -> list[tuple[str, str, list[str]]]:
    """Return what was pointed out when something was recorded, by code, with what that says and where it was."""
    places: dict[str, list[str]] = {}
    for line in entry.warnings.splitlines():
        code, _, place = line.partition(" ")
        places.setdefault(code, []).append(place)
    return [
        (code, plain_words(MESSAGES[code].text[visit.language], visit.language) if code in MESSAGES else "", some)
        for code, some in places.items()
    ]


def _ledger(visit: Visit) -> Response:
    """Show the rows of the ledger: a department its own, editors all."""
    own = visit.visitor.department
    entries = [one for one in _entries(visit) if own in ("", one.department)]
    rows = [
        SimpleNamespace(
            entry=one,
            at=moment_title(one.at, visit.language, bare=True),
            period=period_title(one.period, visit.language),
            warnings=len(one.warnings.splitlines()),
        )
        for one in reversed(entries)
    ]
    return visit.page("ledger.html.jinja", desk.ledger_log(visit.language), rows=rows)


# -------------------------------------------------------------------------------------------------------- what they share


def _periods(visit: Visit, index: Index) -> list[str]:
    """Return the periods that are offered: the last that was reported or scored with the next one, this one and the last."""
    kind = index.periods.kind
    known = {one.period for one in _entries(visit) if one.index == index.index.id} | _scored(visit, kind)
    newest = sorted(known, key=order)[-_MOST_PERIODS:]
    if kind in WITHOUT_DAYS:
        return newest
    this = number_of(period_of(dt.datetime.now().astimezone().date(), kind), kind)
    after = [number_of(newest[-1], kind) + 1] if newest else []
    more = [numbered(number, kind) for number in (*after, this - 1, this)]
    return sorted({*newest[-_SHOWN_PERIODS:], *more}, key=order)


def _meant(visit: Visit, index: Index, offered: Sequence[str]) -> str:
    """Return the period that is most likely meant: the first that has ended after all that are known, else the last that has."""
    kind = index.periods.kind
    known = {one.period for one in _entries(visit) if one.department == visit.visitor.department} | _scored(visit, kind)
    today = dt.datetime.now().astimezone().date()
    ended = [one for one in offered if (end := last_day(one, kind)) is None or end < today]
    newest = max(map(order, known), default=(0, ""))
    after = [one for one in ended if order(one) > newest]
    return next(iter([*(after if known else []), *reversed(ended), *reversed(offered)]), "")


def _scored(visit: Visit, kind: Kind) -> set[str]:
    """Return the periods of a kind that have scores; none where nothing can be scored yet."""
    with suppress(Refused):
        return {one for one in visit.state().scores.periods if read_period(one, kind) == one}
    return set()


def _entries(visit: Visit) -> list[Entry]:
    """Return the rows of the ledger; none where nothing was reported yet."""
    try:
        return list(log(visit.project()).entries)
    except Refused as refused:
        if {one.code for one in refused.findings} != {"IC651"}:
            raise
        return []


def _own(visit: Visit, department: str) -> None:
    """Refuse a department that is not the visitor's, where the login says which that is."""
    own = visit.visitor.department
    if own and department != own:
        raise Refused([finding("IC580", Place(), found=department)])


def _asked(visit: Visit, department: str, period: str) -> Form:
    """Return the form that is asked for: of the visitor's department, where the login says which."""
    department = department or visit.visitor.department
    _own(visit, department)
    project = visit.project()
    return form(project, department, declared_period(project.tree[0], period), lang=visit.language)


def _filled(visit: Visit, asked: Form, *, dry_run: bool) -> Filled:
    """Check or record what was typed; a name is asked for only when it is sent."""
    by = named(visit, visit.given("who")) or ("?" if dry_run else "")
    reason = " ".join(visit.given("reason").split()) or ("?" if dry_run else "")
    return fill(visit.project(), asked, _typed(visit), by=by, reason=reason, dry_run=dry_run, yes=bool(visit.given("yes")))


def _typed(visit: Visit) -> dict[tuple[int, int], str]:
    """Return the cells of a form that something was typed into."""
    cells = {}
    for name in visit.form or ():
        if name.startswith(_CELL):
            row, _, column = name.removeprefix(_CELL).partition(":")
            text = visit.given(name).strip()
            if text and row.isdecimal() and column.isdecimal() and len(row) < 6 and len(column) < 6:
                cells[int(row), int(column)] = text
    return cells


def _slots(asked: Form, found: Filled) -> list[tuple[Finding, str]]:
    """Return what was found, each with the cell of the form that it is shown at; nothing for the whole form."""
    listed = []
    for cell, some in found.by_cell().items():
        row, column = cell or (-1, -1)
        is_cell = 0 <= row < len(asked.rows) and 0 <= column < len(asked.columns)
        listed += [(one, f"{_CELL}{row}:{column}" if is_cell else "") for one in some]
    return listed


def _status(visit: Visit, found: Filled) -> str:
    errors, warnings = (sum(one.severity == kind for one in found.findings) for kind in ("error", "warning"))
    if not errors and not warnings:
        return desk.nothing_wrong(visit.language)
    if not found.is_refused:
        return desk.passed_with(visit.language).format(warnings=warnings)
    return desk.so_many_found(visit.language).format(errors=errors, warnings=warnings)


def _told(found: Filled) -> str:
    """Return a digest of the warnings found, so that nobody submits over one that was not shown; empty without any."""
    said = "\n".join(f"{one.code} {one.place} {one.message('en')}" for one in found.findings if one.severity == "warning")
    return digest(said.encode())[:16] if said else ""


def _recorded(visit: Visit, found: Filled) -> Response:
    """Lead to the receipt of what was recorded."""
    entry = found.entries[0]
    visit.site.current.changed()
    visit.record("submit", f"{entry.title()} {entry.receipt}", who=entry.by)
    return visit.redirect("/submit/receipt", number=entry.number)


def _shown(
    visit: Visit, asked: Form, found: Filled | None = None, *, status: int = 200, remark: str = "", asks: bool = False
) -> Response:
    """Show a form with what was typed in it, or with what is recorded of it; `asks` to send it once more over its warnings."""
    before, cells = recorded(visit.project(), asked)
    typed = _typed(visit) if found is not None else dict(cells)
    slots: dict[str, list[Finding]] = {}
    for one, slot in _slots(asked, found) if found is not None else ():
        if slot:
            slots.setdefault(slot, []).append(one)
        else:
            visit.found.append(replace(one, place=Place()))
    kind = visit.project().tree[0].periods.kind
    year = year_before(asked.period, kind)
    earlier = [(desk.year_ago if one == year else desk.last_time)(visit.language) for one in asked.sheet.earlier]
    before_said = [
        desk.is_of(visit.language).format(what=what, period=period_title(one, visit.language))
        for what, one in zip(earlier, asked.sheet.earlier, strict=True)
    ]
    rows = [
        SimpleNamespace(
            name=name,
            cells=[
                SimpleNamespace(
                    name=f"{_CELL}{row}:{at}",
                    typed=typed.get((row, at), ""),
                    before=[(title, _plain(column.before[place][row])) for place, title in enumerate(earlier)],
                    problems=slots.get(f"{_CELL}{row}:{at}", []),
                    label=f"{name} {column.heading}",
                )
                for at, column in enumerate(asked.columns)
            ],
        )
        for row, name in enumerate(asked.rows)
    ]
    said = ""
    if before is not None:
        at = moment_title(before.at, visit.language)
        said = desk.already_reported(visit.language).format(version=before.version, at=at, by=before.by)
    period = period_title(asked.period, visit.language)
    title = desk.submit_of(visit.language).format(department=asked.department, period=period)
    part = visit.part(
        "form.html.jinja",
        asked=asked,
        rows=rows,
        already=said,
        before_said=before_said,
        remark=remark or (_status(visit, found) if found is not None else ""),
        told=_told(found) if found is not None else "",
        asks=asks and found is not None and not found.is_refused,
        who=visit.given("who"),
        reason=visit.given("reason"),
        to_mend=[
            (cell.name, cell.label, one) for row in rows for cell in row.cells for one in cell.problems if one.severity == "error"
        ][:_MOST_WRONG],
        must_confirm=bool(visit.given("yes")) or any(one.code in ("IC695", "IC696") for one in visit.found),
        confirmed=bool(visit.given("yes")),
    )
    return visit.laid_out(title, part, status=status, scripts=["live.js"])


def _plain(value: float | str | None) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:.10g}"
