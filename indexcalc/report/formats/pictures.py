"""The pictures of a period's report as files, for slides and pages of others."""

from __future__ import annotations

from ..draw.svg import alone
from ..sheets.analysed import Analysed
from ..sheets.tables import in_rank_order
from .html.drawings import certainty, flower, history, map_of, mapped_nodes, petal_ends

MOST_FLOWERS = 60


def pictures(shown: Analysed, language: str) -> dict[str, bytes]:
    """Return the pictures of a period by their files' names: ranks over time, intervals, maps, and each unit's petals."""
    found = {}
    if (drawn := history(shown, language)) is not None:
        found["history.svg"] = alone(drawn.svg)
    if (drawn := certainty(shown, language)) is not None and drawn.svg:
        found["intervals.svg"] = alone(drawn.svg)
    for node in mapped_nodes(shown):
        if (mapped := map_of(shown, node, language)) is not None:
            found[f"map-{shown.scores.tree.nodes[node].id}.svg"] = alone(mapped.svg)
    units = shown.scores.panel.units
    if 2 < len(shown.dimensions) <= 12 and len(units) <= MOST_FLOWERS:
        ends = petal_ends(shown)
        for place, unit in enumerate(in_rank_order(shown.scores, shown.at, shown.scores.tree.root), start=1):
            found[f"petals-{place}.svg"] = alone(flower(shown, unit, ends, language).svg)
    return found
