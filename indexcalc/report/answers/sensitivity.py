"""What a ranking hangs on: choices, nodes left out, weights in effect, groups, and pairs to look at."""

from __future__ import annotations

from typing import Any

from ...analysis.dependence import COLUMNS, Dependence
from ...analysis.sensitivity import Indices, Sensitivity
from ...findings import Language
from ...words.reports import word
from ..formats.text import as_text
from ..numbers import finite
from ..sheets.analyses import correlations_sheet, flags_sheet, groups_sheet, indices_sheet, influence_sheet, left_sheet
from ..sheets.tables import Sheet, shortened
from .answer import ELSEWHERE, Answer

MOST_SHOWN = 20  # of a table of nodes or inputs on a terminal


def sensitivity_answer(found: Dependence, language: Language) -> Answer:
    """Return what a ranking hangs on in five tables, all correlations in a sixth."""
    scores = found.scores
    sheets: dict[str, Sheet] = {} if found.choices is None else {"choices": indices_sheet(found.choices, language)}
    sheets |= {
        "left-out": left_sheet(scores, found.left, language),
        "weights": influence_sheet(scores, found.influence, language),
        "groups": groups_sheet(scores, found.groups, language),
        "pairs": flags_sheet(scores, found.flags, language),
    }
    short = {key: shortened(sheet, MOST_SHOWN, language, ELSEWHERE) for key, sheet in sheets.items()}
    few = len(found.influence.nodes) <= 2 * MOST_SHOWN
    short["weights"] = influence_sheet(scores, found.influence, language, leaves=few)
    short["groups"] = sheets["groups"]
    sheets["correlations"] = correlations_sheet(scores, found.groups, language)
    heading = f"{scores.index.index.title(language)} · {found.period}"
    note = [word("no choices", language)] if found.choices is None else []
    tables = [f"{sheet.title}\n{as_text(sheet, language)}" for sheet in short.values() if sheet.rows]
    return Answer("\n\n".join([heading, *note, *tables]), _data(found), sheets)


def _data(found: Dependence) -> dict[str, Any]:
    ids = found.scores.panel.units.ids
    return {
        "index": found.scores.index.index.id,
        "period": found.period,
        "sobol": None if found.choices is None else _sobol(found.choices, ids),
        "left_out": [
            {
                "node": one.node,
                "rank_correlation": finite(one.correlation),
                "mean_shift": one.shift,
                "largest": one.most,
                "unit": ids[one.unit],
            }
            for one in found.left
        ],
        "influence": [
            {"node": node, **{column: finite(getattr(found.influence, column)[at]) for column in COLUMNS}}
            for at, node in enumerate(found.influence.nodes)
        ],
        "groups": [
            {
                "node": group.node,
                "children": list(group.children),
                "pearson": [_numbers(row) for row in group.pearson],
                "spearman": [_numbers(row) for row in group.spearman],
                "alpha": finite(group.alpha),
                "explained": _numbers(group.explained),
                "loadings": [_numbers(row) for row in group.loadings],
                "inflation": _numbers(group.inflation),
                "condition": finite(group.condition),
            }
            for group in found.groups
        ],
        "flags": [
            {"kind": pair.kind, "nodes": [pair.one, pair.other], "correlation": finite(pair.correlation)} for pair in found.flags
        ],
    }


def _sobol(found: Sensitivity, ids: tuple[str, ...]) -> dict[str, Any]:
    def indices(of: Indices, output: int) -> list[dict[str, Any]]:
        return [
            {
                "input": name,
                "first": finite(of.first[at, output]),
                "first_interval": _numbers(of.first_interval[at, output]),
                "total": finite(of.total[at, output]),
                "total_interval": _numbers(of.total_interval[at, output]),
            }
            for at, name in enumerate(found.inputs.names)
        ]

    return {
        "rows": found.rows,
        "seed": found.seed,
        "mean_shift": found.shift,
        "rank_shift": indices(found.ranks, 0),
        "units": None if found.units is None else {name: indices(found.units, at) for at, name in enumerate(ids)},
    }


def _numbers(values: Any) -> list[float | None]:
    return [finite(value) for value in values]
