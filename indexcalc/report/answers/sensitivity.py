"""What a ranking hangs on: choices, nodes left out, weights in effect, groups, and pairs to look at."""

from __future__ import annotations

from typing import Any

from ...analysis.dependence import COLUMNS, Dependence
from ...analysis.sensitivity import Indices, Sensitivity
from ...findings import Language
from ...words.reports import word
from ..numbers import finite
from ..sheets.analyses import (
    correlations_sheet,
    flags_sheet,
    groups_sheet,
    indices_sheet,
    influence_sheet,
    left_sheet,
    scores_without_sheet,
)
from ..sheets.sheet import Sheet
from ..sheets.tables import shortened
from .answer import ELSEWHERE, Answer, heading_of, text_of

MOST_SHOWN = 20  # of a table of nodes or inputs on a terminal


def sensitivity_answer(result: Dependence, language: Language) -> Answer:
    """Return what a ranking hangs on in five tables; files have all correlations, and scores without each node, too."""
    scores = result.scores
    sheets: dict[str, Sheet] = {} if result.choices is None else {"choices": indices_sheet(result.choices, language)}
    sheets |= {
        "left-out": left_sheet(scores, result.left, language),
        "weights": influence_sheet(scores, result.influence, language),
        "groups": groups_sheet(scores, result.groups, language),
        "pairs": flags_sheet(scores, result.flags, language),
    }
    short = {key: shortened(sheet, MOST_SHOWN, language, ELSEWHERE) for key, sheet in sheets.items()}
    few = len(result.influence.nodes) <= 2 * MOST_SHOWN
    short["weights"] = influence_sheet(scores, result.influence, language, leaves=few)
    short["groups"] = sheets["groups"]
    sheets["left-scores"] = scores_without_sheet(scores, scores.periods.index(result.period), result.left, language)
    sheets["correlations"] = correlations_sheet(scores, result.groups, language)
    heading = heading_of(scores, result.period, language)
    note = [word.no_choices(language)] if result.choices is None else []
    shown = (sheet for sheet in short.values() if sheet.rows)
    return Answer(text_of(heading, shown, language, note), _data(result, language), sheets)


def _data(result: Dependence, language: Language) -> dict[str, Any]:
    ids = result.scores.panel.units.ids
    return {
        "index": result.scores.index.index.id,
        "period": result.period,
        "sobol": None if result.choices is None else _sobol(result.choices, ids),
        "left_out": [
            {
                "node": one.node,
                "rank_correlation": finite(one.correlation),
                "mean_shift": one.shift,
                "largest": one.most,
                "unit": ids[one.unit],
                "unit_name": result.scores.panel.units.title(one.unit, language),
                "scores": dict(zip(ids, _numbers(one.scores), strict=True)),
                "ranks": dict(zip(ids, _numbers(one.ranks), strict=True)),
            }
            for one in result.left
        ],
        "influence": [
            {"node": node, **{column: finite(getattr(result.influence, column)[row]) for column in COLUMNS}}
            for row, node in enumerate(result.influence.nodes)
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
            for group in result.groups
        ],
        "flags": [
            {"kind": pair.kind, "nodes": [pair.one, pair.other], "correlation": finite(pair.correlation)} for pair in result.flags
        ],
    }


def _sobol(result: Sensitivity, ids: tuple[str, ...]) -> dict[str, Any]:
    def indices(of: Indices, output: int) -> list[dict[str, Any]]:
        return [
            {
                "input": name,
                "first": finite(of.first[row, output]),
                "first_interval": _numbers(of.first_interval[row, output]),
                "total": finite(of.total[row, output]),
                "total_interval": _numbers(of.total_interval[row, output]),
            }
            for row, name in enumerate(result.inputs.names)
        ]

    return {
        "rows": result.rows,
        "seed": result.seed,
        "mean_shift": result.shift,
        "rank_shift": indices(result.ranks, 0),
        "units": None if result.units is None else {name: indices(result.units, row) for row, name in enumerate(ids)},
    }


def _numbers(values: Any) -> list[float | None]:
    return [finite(value) for value in values]
