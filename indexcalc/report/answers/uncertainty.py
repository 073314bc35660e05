"""How sure each rank is, and who cannot be told from whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...analysis.uncertainty import Uncertainty
from ...findings import Language
from ...methods.arrays import np
from ...words.periods import period_title
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.analyses import draws_sheet, pairs_sheet, places_sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer


def uncertainty_answer(
    result: Uncertainty,
    language: Language,
    *,
    interval: float = 0.9,
    apart: float = 0.95,
    top: int | None = None,
    quantiles: Sequence[float] = (),
) -> Answer:
    """Return each unit's rank with what it was in the draws, its quantiles too, and who cannot be told from whom."""
    sheet, pairs = draws_sheet(result, interval, apart, top, language, quantiles), pairs_sheet(result, language)
    title = f"{sheet.title} · {period_title(result.period, language)}"
    text = f"{title}\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    sheets = {"": sheet, "places": places_sheet(result, language), **({"pairs": pairs} if pairs else {})}
    return Answer(text, _data(result, language, interval, apart, quantiles), sheets)


def _data(result: Uncertainty, language: Language, interval: float, apart: float, quantiles: Sequence[float]) -> dict[str, Any]:
    """Return the same as data, the whole distributions too."""
    ids, tied, ends = result.scores.panel.units.ids, result.tied(apart), result.interval(interval)
    asked = [(share, result.quantile(share)) for share in quantiles]
    median, listed = result.quantile(0.5), result.scores.listed(result.at[0])
    return {
        "index": result.scores.index.index.id,
        "node": result.node,
        "period": result.period,
        "draws": result.draws,
        "seed": result.seed,
        "inputs": list(result.inputs.names),
        "alternatives": result.inputs.alternatives.model_dump(mode="json", exclude_defaults=True),
        "interval": interval,
        "apart": apart,
        "places": [finite(step) for step in result.steps],
        "units": [
            {
                "unit": ids[row],
                "name": result.scores.panel.units.title(row, language),
                "rank": finite(result.places[row]),
                "score": finite(result.declared[row]),
                "median_rank": finite(median[row]),
                "rank_interval": [finite(end) for end in ends[row]],
                "rank_quantiles": [{"share": share, "rank": finite(ranks[row])} for share, ranks in asked],
                "tied": None if tied is None else [finite(end) for end in tied[row]],
                "mean": finite(result.means[row]),
                "sd": finite(result.deviations[row]),
                "without_a_rank": float(result.unranked[row]),
                "probabilities": result.probabilities[row].tolist(),
            }
            for row in listed
        ],
        "above": None if result.better is None else result.better[np.ix_(listed, listed)].tolist(),
        "groups": [[ids[unit] for unit in group] for group in result.groups(apart)],
        "undefined": [
            {"node": one.node, "method": one.method, "draws": one.draws, "units": one.units, "options": result.options(one)}
            for one in result.undefined
        ],
    }
