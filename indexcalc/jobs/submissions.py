"""Which department has reported which period when, from the ledger that an index is made of, for its reports."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ..periods import last_day, read_period
from ..report.sheets.submissions import Submitted
from ..tree.columns import departments
from ..tree.model import Index
from .project import Project

LEDGER = "ledger.sqlite"


def ledger_of(index: Index, wanted: str | None) -> str:
    """Return the ledger that is meant: the one named, that of the tree's data, or the usual file beside the tree."""
    if wanted is not None:
        return wanted if "://" in wanted else str(Path(wanted).absolute())
    return next((data.ledger or data.path for data in index.data.values() if data.is_ledger), LEDGER)


def submissions(project: Project, periods: tuple[str, ...]) -> tuple[Submitted, ...]:
    """Return what each department has reported of some periods, or not; nothing where no data come from a ledger.

    Of a period that others are rolled up into nothing is reported.

    The answer is the same on every day: what was not reported is missing, however late it is.
    """
    index, moment = project.tree[0], project.moment()
    if not any(data.is_ledger for data in index.data.values()):
        return ()
    from ..journal.ledger import log

    entries = [
        one
        for one in log(ledger_of(index, None), project.data)
        if one.index == index.index.id and (moment is None or one.at <= moment)
    ]
    found = []
    for period in (one for one in periods if read_period(one, index.periods.kind) == one):
        end, days = last_day(period, index.periods.kind), index.periods.due
        due = end + dt.timedelta(days=days) if end and days is not None else None
        for department in departments(index):
            own = [one for one in entries if (one.department, one.period) == (department, period)]
            first = dt.datetime.fromisoformat(own[0].at).astimezone().date() if own else None
            found.append(
                Submitted(
                    department=department,
                    period=period,
                    due=due.isoformat() if due else "",
                    first=first.isoformat() if first else "",
                    late=max((first - due).days, 0) if first and due else 0,
                    corrections=len(own) - 1 if own else 0,
                    reason=own[-1].reason if len(own) > 1 else "",
                )
            )
    return tuple(found)
