"""What keeps units from the best score, asked in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..scores import Scores
from .names import must_be_there, period_of, scores_then, unit_of
from .project import refuse

if TYPE_CHECKING:
    from ..analysis.obstacles import Obstacles


def obstacles(
    scores: Scores, unit: str | None = None, *, period: str | None = None, node: str | None = None, top: int = 5
) -> Obstacles:
    """Say what keeps units from the best score, by indicator and node: of one `unit`, or of all, in a period.

    Each has the share of an indicator in what is lost, by the usual model and exactly, in the index or below a `node`;
    the `top` obstacles of a unit are listed, and how often each indicator is among them.

    :raises Refused: where there is no such unit, period or node, or scores have no best.
    """
    from ..analysis.obstacles import obstacles as look
    from ..analysis.obstacles import without_ends

    if top < 1:
        raise ValueError("list one obstacle at least")
    shown = period_of(scores, period)
    scores, start = scores_then(scores, shown, node)
    place = None if unit is None else unit_of(scores, unit)
    if start < scores.tree.leaves:
        refuse("IC815", node=scores.tree.nodes[start].id)
    if place is not None:
        must_be_there(scores, place, shown)
        if math.isnan(scores.scores[scores.periods.index(shown), place, start]):
            refuse("IC785", unit=scores.panel.units.ids[place], period=shown)
    if endless := without_ends(scores, start):
        refuse("IC809", scores.index.place_of(endless[0]), indicators=endless)
    return look(scores, start, shown, unit=place, top=top)
