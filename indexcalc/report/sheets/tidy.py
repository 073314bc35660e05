"""Every node and stage of every period as one tidy table, for Parquet and CSV, and the ranking as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

from ...analysis.cells import columns_of
from ...methods.arrays import np
from ...scores import Scores
from ...words.shown import visible
from ...words.statuses import STATUS_NAMES
from .tables import Sheet

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = r"[-+]\d+(\.\d+)?"


def tidy(scores: Scores, language: str) -> Any:
    """Return a pyarrow table: a row for each period, unit and node, in this order, with all stages of the value.

    Columns: period, unit, unit_name, node, node_name, kind, parent, weight, effective_weight, raw, derived, treated, score,
    rank, group_rank, coverage, status, declared_weight, imputed. Only leaves have raw, derived, treated and imputed; raw is
    left out for formulas. Weights are as they were for the unit, the declared one as it is written.
    """
    import pyarrow as pa

    tree, panel = scores.tree, scores.panel
    order = list(tree.reading_order)
    shape = (len(scores.periods), len(panel.units), len(order))
    nodes = [tree.nodes[at] for at in order]

    def label(values: Sequence[str], axis: int) -> Any:
        word = {value: at for at, value in enumerate(dict.fromkeys(values))}  # each once, or Parquet's bytes may vary
        at = np.array([word[value] for value in values], dtype=np.int32).reshape([-1 if i == axis else 1 for i in range(3)])
        places = np.broadcast_to(at, shape)
        return pa.DictionaryArray.from_arrays(pa.array(places.ravel()), pa.array(list(word), pa.string()))

    def numbers(column: Callable[[int], Any]) -> Any:
        out = np.full(shape, np.nan)
        for at, position in enumerate(order):
            out[..., at] = column(position)
        return pa.array(out.ravel(), from_pandas=True)

    raw = {leaf.id: panel.column[leaf.id] for leaf in scores.index.leaves if leaf.formula is None}

    def stage(array: Any) -> Callable[[int], Any]:
        return lambda at: array[..., at] if at < tree.leaves else np.nan

    statuses = np.stack([scores.node_status(at) for at in order], axis=-1)
    parents = [tree.nodes[tree.parents[at]].id if tree.parents[at] >= 0 else "" for at in order]
    columns = {
        "period": label(scores.periods, 0),
        "unit": label(panel.units.ids, 1),
        "unit_name": label([panel.units.title(unit, language) for unit in range(len(panel.units))], 1),
        "node": label([node.id for node in nodes], 2),
        "node_name": label([node.title(language) for node in nodes], 2),
        "kind": label([scores.kind(at) for at in order], 2),
        "parent": label(parents, 2),
        "weight": numbers(scores.weights_of),
        "effective_weight": numbers(scores.index_weights_of),
        "raw": numbers(lambda at: panel.values[..., raw[tree.nodes[at].id]] if tree.nodes[at].id in raw else np.nan),
        "derived": numbers(stage(scores.derived)),
        "treated": numbers(stage(scores.treated)),
        "score": numbers(lambda at: scores.scores[..., at]),
        "rank": numbers(lambda at: scores.ranks[..., at]),
        "group_rank": numbers(lambda at: np.nan if scores.group_ranks is None else scores.group_ranks[..., at]),
        "coverage": numbers(scores.covered),
        "status": pa.DictionaryArray.from_arrays(pa.array(statuses.ravel().astype(np.int32)), pa.array(list(STATUS_NAMES["en"]))),
        "declared_weight": numbers(lambda at: declared_weight(tree.nodes[at])),
        "imputed": numbers(lambda at: scores.estimates(at) if at < tree.leaves else np.nan),
    }
    return pa.table(columns)


def of_period(table: Any, scores: Scores, period: str) -> Any:
    """Return the rows of one period of the table that `tidy` made of some scores."""
    rows = table.num_rows // len(scores.periods)
    return table.slice(scores.periods.index(period) * rows, rows)
