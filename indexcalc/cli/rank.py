"""`indexcalc rank`."""

from __future__ import annotations

from typing import Unpack

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of")
def rank(**options: Unpack[Options]) -> None:
    """Score and print a ranking; write nothing."""
    from ..jobs.names import asked_node, period_of
    from ..report.answers.ranking import ranking

    with opened(options) as project:
        scores = project.scores()
        period = period_of(scores, options["period"])
        node = asked_node(scores, options["node"], period)
        project.print(*ranking(scores, period, node, project.language))
