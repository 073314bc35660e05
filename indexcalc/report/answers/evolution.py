"""How scores evolve, as text, as data and as tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ...analysis.evolution import Evolution
from ...findings import Language
from ...methods.arrays import np
from ...words.periods import period_title
from ..draw.evolution import evolution_pictures
from ..numbers import finite
from ..sheets.evolution import LONG, evolution_sheets
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, text_of


def evolution_answer(result: Evolution, language: Language) -> Answer:
    """Return differences, convergence, shape, moves and space, a table each."""
    sheets = evolution_sheets(result, language)
    short = [sheet for name, sheet in sheets.items() if name not in LONG and sheet.rows]
    shown = [shortened(sheet, MOST_ROWS, language, ELSEWHERE) for sheet in short]
    first, last = (period_title(period, language) for period in (result.periods[0], result.periods[-1]))
    heading = f"{result.scores.tree.nodes[result.node].title(language)} · {first} – {last}"
    return Answer(text_of(heading, shown, language), _data(result, language), sheets, evolution_pictures(result, language))


def _data(result: Evolution, language: Language) -> dict[str, Any]:
    units = result.scores.panel.units
    periods = []
    for at, period in enumerate(result.periods):
        moran = result.moran[at] if result.moran else None
        ellipse, step = (own[at] if own else None for own in (result.ellipses, result.steps))
        gini = asdict(result.dagum[at])
        pairs = [{"groups": list(pair), "gini": finite(g), "affluence": finite(d)} for pair, (g, d) in gini.pop("pairs").items()]
        theil = asdict(result.theil[at])
        shares = {group: {"theil": finite(t), "share": finite(share)} for group, (t, share) in theil.pop("groups").items()}
        periods.append(
            {
                "period": period,
                "theil": {**_plain(theil), "groups": shares},
                "dagum": {**_plain(gini), "pairs": pairs},
                "variation": _plain(asdict(result.variation[at])),
                "sigma": _plain(asdict(result.sigma[at])),
                "density": _plain(asdict(result.density[at])),
                "ellipse": None if ellipse is None else _plain(asdict(ellipse)),
                "step": None if step is None else _plain(asdict(step)),
                "moran": None
                if moran is None
                else {
                    **_plain({**asdict(moran), "places": None}),
                    "units": [{"unit": units.ids[at], "name": units.title(at, language)} for at in moran.places.tolist()],
                },
            }
        )
    return {
        "node": result.scores.tree.nodes[result.node].id,
        "by": list(result.by),
        "weight": result.weight,
        "periods": periods,
        "beta": [_plain(asdict(one)) for one in result.beta],
        "markov": {
            "cuts": _plain(result.cuts),
            **_plain(asdict(result.chain)),
            "spatial": None if result.spatial is None else _plain(asdict(result.spatial)),
        },
    }


def _plain(value: Any) -> Any:
    """Return plain numbers, lists and mappings, nothing in place of NaN."""
    if isinstance(value, dict):
        return {key: _plain(own) for key, own in value.items() if own is not None}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(own) for own in value]
    return value if isinstance(value, str | int) else finite(value)
