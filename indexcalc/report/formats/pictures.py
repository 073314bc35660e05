"""The pictures of a period's report: as files for slides and pages of others, and as figures of the report on paper."""

from __future__ import annotations

from ...words.page import page
from ..draw.svg import alone, label_of
from ..sheets.analysed import Analysed
from ..sheets.paper import Figure
from ..sheets.tables import in_rank_order
from .html.drawings import MOST_PERIODS, certainty, flower, history, map_of, mapped_nodes, may_have_petals, petal_ends
from .typeset import as_png, faces

MOST_FLOWERS = 60
PETALS = "petals"


def figures(shown: Analysed, language: str, *, periods: int = MOST_PERIODS) -> dict[str, Figure]:
    """Return the pictures of a period by their names: ranks over some periods, intervals, maps, and each unit's petals.

    Of a report of one unit these are its petals alone.
    """
    found, ends = {}, petal_ends(shown)
    if shown.unit is not None:
        return {PETALS: _flower(shown, shown.unit, ends, language)} if shown.dimensions else {}
    if (drawn := history(shown, language, periods=periods)) is not None:
        found["history"] = _figure(drawn.svg, page.history(language), drawn.help)
    if (drawn := certainty(shown, language)) is not None and drawn.svg:
        found["intervals"] = _figure(drawn.svg, page.certainty(language), drawn.help)
    for node in mapped_nodes(shown):
        if (mapped := map_of(shown, node, language)) is not None:
            found[f"map-{shown.scores.tree.nodes[node].id}"] = _figure(mapped.svg, mapped.title)
    if may_have_petals(shown) and len(shown.scores.panel.units) <= MOST_FLOWERS:
        for place, unit in enumerate(in_rank_order(shown.scores, shown.at, shown.scores.tree.root), start=1):
            found[f"{PETALS}-{place}"] = _flower(shown, unit, ends, language)
    return found


def pictures(shown: Analysed, language: str) -> dict[str, bytes]:
    """Return the pictures of a period as SVG, by their files' names."""
    return {f"{name}.svg": alone(one.svg) for name, one in figures(shown, language).items()}


def pngs(shown: Analysed, language: str) -> dict[str, bytes]:
    """Return the same as PNG, for slides.

    :raises Refused: where typst is not installed, or there is no Chinese face.
    """
    own, drawn = faces("png"), figures(shown, language)
    made = as_png([one.svg for one in drawn.values()], own)
    return {f"{name}.png": content for name, content in zip(drawn, made, strict=True)}


def _flower(shown: Analysed, unit: int, ends: tuple[float, float], language: str) -> Figure:
    return _figure(flower(shown, unit, ends, language).svg, shown.scores.panel.units.title(unit, language))


def _figure(drawn: str, title: str, note: str = "") -> Figure:
    return Figure(str(drawn), title, label_of(drawn), note)
