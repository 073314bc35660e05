"""What keeps units from the best score, as text, as data and as tables."""

from __future__ import annotations

from typing import Any

from ...analysis.obstacles import Obstacles
from ...findings import Language
from ...methods.arrays import np
from ..draw.obstacles import obstacles_pictures
from ..numbers import finite
from ..sheets.obstacles import groups_of, means_sheet, periods_sheet, shares_sheet, units_sheet
from ..sheets.tables import in_rank_order, shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, heading_of, text_of


def obstacles_answer(result: Obstacles, language: Language) -> Answer:
    """Return the first obstacles of units, the mean shares of nodes, by group and period, and all shares of all units."""
    scores = result.scores
    sheets = {"": units_sheet(result, language)}
    if result.unit is None:
        sheets["nodes"] = means_sheet(result, language)
    if len(scores.periods) > 1:
        sheets["periods"] = periods_sheet(result, language)
    shares = shares_sheet(result, language)
    shown = [shortened(sheet, MOST_ROWS, language, ELSEWHERE) for sheet in sheets.values()]
    if result.unit is not None:
        shown.append(shares)
    heading = heading_of(scores, result.period, language, result.start)
    return Answer(
        text_of(heading, shown, language),
        _data(result, language),
        {**sheets, "shares": shares},
        obstacles_pictures(result, language),
    )


def _data(result: Obstacles, language: Language) -> dict[str, Any]:
    scores, row, ids = result.scores, result.row, [node.id for node in result.scores.tree.nodes]
    often = dict(zip(result.leaves, result.often().tolist(), strict=True))
    mean = result.mean(result.units)

    def shares(array: Any) -> dict[str, float | None]:
        return {ids[node]: finite(array[node]) for node in result.nodes}

    return {
        "node": ids[result.start],
        "period": result.period,
        "top": result.top,
        "units": [
            {
                "unit": scores.panel.units.ids[unit],
                "name": scores.panel.units.title(unit, language),
                "score": finite(scores.scores[row, unit, result.start]),
                "lost": None if result.lost is None else finite(result.lost[row, unit]),
                "first": [ids[leaf] for leaf in result.first(unit)],
                "shares": shares(result.usual[row, unit]),
                "exact_shares": None if result.exact is None else shares(result.exact[row, unit]),
            }
            for unit in (in_rank_order(scores, row, result.start) if result.unit is None else result.units)
        ],
        "nodes": [{"node": ids[node], "mean_share": finite(mean[node]), "often": often.get(node)} for node in result.nodes],
        "groups": {group: shares(result.mean(units)) for group, units in groups_of(result).items()},
        "periods": {
            period: shares(result.mean(result.units if result.unit is not None else scores.listed(at), at))
            for at, period in enumerate(scores.periods)
            if not np.isnan(result.usual[at][..., result.start]).all()
        },
    }
