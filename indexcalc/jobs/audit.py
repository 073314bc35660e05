"""Audit what was reported: what is suspicious is told, and put to who reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..tree.columns import department_of
from ..tree.model import Index
from .names import declared_period
from .project import INDEX, PathLike, Project, project_of
from .template import known_department

if TYPE_CHECKING:
    from ..analysis.audit import Audit


def audit(index: Project | Index | PathLike = INDEX, department: str | None = None, period: str | None = None) -> Audit:
    """Audit all data, or one department's, in all periods or one."""
    from ..analysis.audit import audit as audit_reported
    from ..sources import panel

    project = project_of(index)
    matched, found = project.matched()
    index = matched.index
    known_department(index, department)
    project.go_on(found)
    whole = panel(matched)
    wanted = None if period is None else [declared_period(index, period)]
    columns = [
        place
        for place, column in enumerate(index.columns)
        if column.key != "applies" and place not in matched.repeated and department in (None, department_of(index, column))
    ]
    return audit_reported(index, whole, columns, department=department or "", periods=wanted)
