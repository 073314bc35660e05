"""How sure each rank is, and who cannot be told from whom."""

from __future__ import annotations

from typing import Any

from ...analysis.uncertainty import Uncertainty
from ...findings import Language
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.analyses import draws_sheet, pairs_sheet, places_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer


def uncertainty_answer(
    found: Uncertainty, language: Language, *, interval: float = 0.9, apart: float = 0.95, top: int | None = None
) -> Answer:
    """Return each unit's rank with what it was in the draws, and who cannot be told from whom."""
    sheet, pairs = draws_sheet(found, interval, apart, top, language), pairs_sheet(found, language)
    text = f"{sheet.title} · {found.period}\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    sheets = {"": sheet, "places": places_sheet(found, language), **({"pairs": pairs} if pairs else {})}
    return Answer(text, _data(found, interval, apart), sheets)


def _data(found: Uncertainty, interval: float, apart: float) -> dict[str, Any]:
    """Return the same as data, the whole distributions too."""
    ids, tied, ends = found.scores.panel.units.ids, found.tied(apart), found.interval(interval)
    median = found.quantile(0.5)
    return {
        "index": found.scores.index.index.id,
        "node": found.node,
        "period": found.period,
        "draws": found.draws,
        "seed": found.seed,
        "inputs": list(found.inputs.names),
        "alternatives": found.inputs.alternatives.model_dump(mode="json", exclude_defaults=True),
        "interval": interval,
        "apart": apart,
        "places": [finite(step) for step in found.steps],
        "units": [
            {
                "unit": unit,
                "rank": finite(found.places[at]),
                "score": finite(found.declared[at]),
                "median_rank": finite(median[at]),
                "rank_interval": [finite(end) for end in ends[at]],
                "tied": None if tied is None else [finite(end) for end in tied[at]],
                "mean": finite(found.means[at]),
                "sd": finite(found.deviations[at]),
                "without_a_rank": float(found.unranked[at]),
                "probabilities": found.probabilities[at].tolist(),
            }
            for at, unit in enumerate(ids)
        ],
        "above": None if found.better is None else found.better.tolist(),
        "groups": [[ids[unit] for unit in group] for group in found.groups(apart)],
        "undefined": [
            {"node": one.node, "method": one.method, "draws": one.draws, "units": one.units, "options": found.options(one)}
            for one in found.undefined
        ],
    }
