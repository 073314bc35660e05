"""Every node and stage of every period as one tidy table, for Parquet and CSV, and the ranking as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from ...methods.arrays import np
from ...scores import Scores
from ...words.shown import visible
from ...words.statuses import STATUS_NAMES
from .tables import Sheet

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def tidy(scores: Scores, language: str) -> Any:
    """Return a pyarrow table: a row for each period, unit and node, in this order, with all stages of the value.

    Columns: period, unit, unit_name, node, node_name, kind, parent, weight, effective_weight, raw, derived, treated, score,
    rank, group_rank, coverage, status. Only leaves have raw, derived and treated; raw is left out for formulas.
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
        "weight": numbers(lambda at: scores.sibling_weights[:, at, None]),
        "effective_weight": numbers(lambda at: scores.effective_weights[:, at, None]),
        "raw": numbers(lambda at: panel.values[..., raw[tree.nodes[at].id]] if tree.nodes[at].id in raw else np.nan),
        "derived": numbers(stage(scores.derived)),
        "treated": numbers(stage(scores.treated)),
        "score": numbers(lambda at: scores.scores[..., at]),
        "rank": numbers(lambda at: scores.ranks[..., at]),
        "group_rank": numbers(lambda at: np.nan if scores.group_ranks is None else scores.group_ranks[..., at]),
        "coverage": numbers(scores.covered),
        "status": pa.DictionaryArray.from_arrays(pa.array(statuses.ravel().astype(np.int32)), pa.array(list(STATUS_NAMES["en"]))),
    }
    return pa.table(columns)


def parquet_bytes(table: Any) -> bytes:
    """Write a pyarrow table as Parquet."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def csv_bytes(table: Any) -> bytes:
    """Write a pyarrow table as CSV in UTF-8 with a byte-order mark; numbers read back exactly, text cannot become a formula."""
    import pyarrow as pa
    import pyarrow.csv as pc

    plain = {}
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            words = pa.array([as_text(word) for word in column.dictionary.to_pylist()], pa.string())
            column = pa.DictionaryArray.from_arrays(column.indices, words).cast(pa.string())
        plain[name] = column
    buffer = io.BytesIO(b"")
    buffer.write("\ufeff".encode())
    pc.write_csv(pa.table(plain), buffer, pc.WriteOptions(quoting_style="needed"))
    return buffer.getvalue()


def sheet_csv(sheet: Sheet, *, heading: bool = True) -> bytes:
    """Write a sheet as CSV in UTF-8 with a byte-order mark, numbers in full; or its rows alone, to go on with."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if heading:
        buffer.write("\ufeff")
        writer.writerow([as_text(heading.title) for heading in sheet.headings])
    for row in sheet.rows:
        writer.writerow(["" if value is None else as_text(value) if isinstance(value, str) else _plain(value) for value in row])
    return buffer.getvalue().encode()


def as_text(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula, on one line, with nothing unseen in it."""
    text = visible(text)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(float(value))
