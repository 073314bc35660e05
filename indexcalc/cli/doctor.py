"""`indexcalc doctor`."""

from __future__ import annotations

from typing import Unpack

from .open import opened
from .options import Options, takes


@takes(common=("lang", "json"))
def doctor(**options: Unpack[Options]) -> None:
    """Show what this machine has for indexcalc: versions, encodings, optional parts, Chinese fonts, office programs."""
    from ..jobs.doctor import doctor as examine

    with opened(options) as project:
        machine = examine()
        project.print(machine.text(project.language), machine.as_dict(project.language))
