"""`indexcalc check`."""

from __future__ import annotations

from typing import Unpack

from .open import opened
from .options import Options, takes


@takes()
def check(**options: Unpack[Options]) -> None:
    """Check the tree and its data; score nothing."""
    from ..jobs.check import check as check_project

    with opened(options) as project:
        checked = check_project(project)
        project.print(checked.text(project.language), checked.counts())
