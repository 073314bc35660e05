"""The pictures of obstacles: the greatest shares as bars, and those of each unit as squares."""

from __future__ import annotations

from ...analysis.obstacles import Obstacles
from ...findings import Language
from ...methods.arrays import np
from ...words.reports import word
from ..sheets.tables import in_rank_order
from .bars import bars
from .plane import squares

MOST_INDICATORS = 15
MOST_SQUARED = 30  # units side by side
_NAMES = 360.0  # room for names of indicators in a picture that is no page's


def obstacles_pictures(result: Obstacles, language: Language) -> dict[str, str]:
    """Return the greatest shares of indicators, on average or of a unit, and beside them those of each unit, the best first."""
    scores, row = result.scores, result.row
    mean = result.mean(result.units)
    leaves = sorted((leaf for leaf in result.leaves if mean[leaf] > 0), key=lambda leaf: -mean[leaf])[:MOST_INDICATORS]
    if not leaves:
        return {}
    names = [scores.tree.nodes[leaf].title(language) for leaf in leaves]
    shares = [float(mean[leaf]) for leaf in leaves]
    title = word.mean_share(language) if result.unit is None else word.usual_share(language)
    pictures = {"bars": bars(names, shares, [f"{100 * share:.1f}%" for share in shares], str(title), room=_NAMES)}
    units = in_rank_order(scores, row, result.start) if result.unit is None else []
    units = [unit for unit in units if not np.isnan(result.usual[row, unit, result.start])]
    if 1 < len(units) <= MOST_SQUARED:
        own = result.usual[row][np.ix_(units, leaves)].T
        columns = scores.panel.units.titles(units, language)
        label = str(word.obstacle_shares(language))
        pictures["units"] = squares(own.tolist(), names, ("", ""), label, columns=columns, most=float(np.nanmax(own)), high=30)
    return pictures
