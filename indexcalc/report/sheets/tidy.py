"""Every node and stage of every period as one tidy table, for Parquet and CSV, and the ranking as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ...analysis.cells import columns_of
from ...methods.arrays import np
from ...scores import Scores
from ...tree.model import Indicator
from ...words.reports import word
from ...words.shown import visible
from ...words.statuses import STATUS_NAMES
from .sheet import Sheet

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = r"[-+]\d+(\.\d+)?"


def tidy(scores: Scores, language: str) -> Any:
    """Return a pyarrow table: a row for each period, unit and node, in this order, with all stages of the value.

    Columns: period, unit, unit_name, node, node_name, kind, parent, weight, effective_weight, raw, derived, treated, score,
    rank, group_rank, coverage, status, declared_weight, imputed. Only leaves have raw, derived, treated and imputed; raw is
    left out for formulas. Weights are as they were for the unit, the declared one as it is written.
    """
    import pyarrow as pa

    if scores.editions:
        stretches = groupby(range(len(scores.periods)), key=lambda at: id(scores.of_period(scores.periods[at])))
        runs = [(run[0], run[-1] + 1) for run in (list(rows) for _, rows in stretches)]
        parts = [scores.of_period(scores.periods[first]).part(slice(first, end), slice(None)) for first, end in runs]
        return pa.concat_tables([tidy(part, language) for part in parts]).unify_dictionaries().combine_chunks()
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
        "unit_name": label(panel.units.titles(range(len(panel.units)), language), 1),
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
        **{title: label([kind], 0) for title, kind in nature(scores, language).items()},
    }
    table = pa.table(columns)
    return table if scores.there is None else table.filter(pa.array(np.broadcast_to(scores.there[..., None], shape).ravel()))


def nature(scores: Scores, language: str) -> dict[str, str]:
    """Return the last column of every file, by its heading: what kind of data it is; nothing where the tree does not say."""
    kind = scores.index.index.kind_of_data(language)
    return {word.nature(language): kind} if kind else {}


def declared_weight(node: Any) -> float:
    """Return a node's weight as it is written in the tree, NaN where none is."""
    weight = getattr(node, "weight", None)
    return np.nan if weight is None else float(weight)


def inputs_table(scores: Scores, period: str, language: str) -> Any:
    """Return a pyarrow table of what the leaves of a period that are worked out were made of: a row a unit, leaf and column.

    These are the columns that a formula or a rule names, and the denominators. Columns: period, unit, unit_name, node, node_name,
    column, value, status. Nothing where every leaf is its own column.
    """
    import pyarrow as pa

    panel, at, wanted = scores.panel, scores.periods.index(period), made_of(scores)
    if not wanted:
        return None
    listed, columns = scores.listed(at), [panel.column[name] for _, name in wanted]
    units, names = len(listed), panel.units.titles(listed, language)

    def each(words: Sequence[str]) -> Any:
        return pa.array(np.tile(np.array(words, dtype=object), units))

    return pa.table(
        {
            "period": pa.array([period] * (units * len(wanted))),
            "unit": pa.array(np.repeat(np.array(panel.units.ids, dtype=object)[listed], len(wanted))),
            "unit_name": pa.array(np.repeat(np.array(names, dtype=object), len(wanted))),
            "node": each([leaf.id for leaf, _ in wanted]),
            "node_name": each([leaf.title(language) for leaf, _ in wanted]),
            "column": each([name for _, name in wanted]),
            "value": pa.array(panel.values[at][listed][:, columns].ravel(), from_pandas=True),
            "status": pa.array(np.array(STATUS_NAMES["en"], dtype=object)[panel.status[at][listed][:, columns].ravel()]),
            **{title: pa.array([kind] * (units * len(wanted))) for title, kind in nature(scores, language).items()},
        }
    )


def made_of(scores: Scores) -> list[tuple[Indicator, str]]:
    """Return the leaves that are worked out, each with every column that it is made of."""
    worked = [leaf for leaf in scores.index.leaves if leaf.formula or leaf.per or leaf.applies]
    return [(leaf, name) for leaf in worked for name in columns_of(scores, leaf)]


def has_inputs(scores: Scores) -> bool:
    """Say whether any leaf is worked out of columns."""
    return bool(made_of(scores))


def grades_csv(scores: Scores, period: str, language: str) -> bytes:
    """Write the grades of the nodes below the index that have such, a row a unit and node, with score and rank."""
    at, tree = scores.periods.index(period), scores.tree
    buffer = io.StringIO("\ufeff")
    buffer.seek(1)
    writer = csv.writer(buffer, lineterminator="\n")
    last = nature(scores, language)
    writer.writerow(["period", "unit", "unit_name", "node", "node_name", "score", "rank", "grade", *last])
    for node in (node for node in tree.reading_order if node in scores.grades and node != tree.root):
        for unit in scores.listed(at):
            name = scores.panel.units.ids[unit]
            words = (
                period,
                name,
                scores.panel.units.title(unit, language),
                tree.nodes[node].id,
                tree.nodes[node].title(language),
            )
            numbers = (scores.scores[at, unit, node], scores.ranks[at, unit, node])
            shown = ["" if np.isnan(number) else _plain(number) for number in numbers]
            writer.writerow(
                [*map(as_text, words), *shown, as_text(scores.grade(at, unit, node, language)), *map(as_text, last.values())]
            )
    return buffer.getvalue().encode()


def has_grades(scores: Scores) -> bool:
    """Say whether a node below the index has grades of its own."""
    return any(node != scores.tree.root for node in scores.grades)


def of_period(table: Any, scores: Scores, period: str) -> Any:
    """Return the rows of one period of the table that `tidy` made of some scores."""
    at, rows = scores.periods.index(period), table.num_rows // len(scores.periods)
    if scores.there is None and not scores.editions:
        return table.slice(at * rows, rows)
    counts = [len(scores.listed(one)) * len(scores.of_period(label).tree.nodes) for one, label in enumerate(scores.periods)]
    return table.slice(sum(counts[:at]), counts[at])


def parquet_bytes(table: Any) -> bytes:
    """Write a pyarrow table as Parquet."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def csv_bytes(table: Any, *, heading: bool = True) -> bytes:
    """Write a pyarrow table as CSV in UTF-8 with a byte-order mark; or its rows alone, to go on with.

    Numbers read back exactly, text cannot become a formula.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    plain = {}
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        if pa.types.is_string(column.type):
            column = column.dictionary_encode()
        if pa.types.is_dictionary(column.type):
            words = pa.array([as_text(word) for word in column.dictionary.to_pylist()], pa.string())
            column = pa.DictionaryArray.from_arrays(column.indices, words).cast(pa.string())
        plain[name] = column
    buffer = io.BytesIO(b"")
    buffer.write("\ufeff".encode() if heading else b"")
    pc.write_csv(pa.table(plain), buffer, pc.WriteOptions(include_header=heading, quoting_style="needed"))
    return buffer.getvalue()


def sheet_csv(sheet: Sheet, *, heading: bool = True, last: Mapping[str, str] | None = None) -> bytes:
    """Write a sheet as CSV in UTF-8 with a byte-order mark, numbers in full; or its rows alone, to go on with.

    `last` are more columns, by their headings, that have the same word in every row.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if heading:
        buffer.write("\ufeff")
        writer.writerow(
            [as_text(title) for title in (*(heading.plain or heading.title for heading in sheet.headings), *(last or {}))]
        )
    for row in ((*values, *(last or {}).values()) for values in sheet.rows):
        writer.writerow(["" if value is None else as_text(value) if isinstance(value, str) else _plain(value) for value in row])
    return buffer.getvalue().encode()


def as_text(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula, on one line, with nothing unseen in it.

    An id such as -1 is a number, and stays as it is.
    """
    text = visible(text)
    return f"'{text}" if text.startswith(_DANGEROUS) and not re.fullmatch(_NUMBER, text) else text


def _plain(value: float) -> str:
    return str(int(value)) if abs(value) < 2**53 and value == int(value) else repr(float(value))
