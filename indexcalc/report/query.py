"""A report whose scores an engine writes where it runs: every node and stage, then what a ranking shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from ..engine.adjust import grade_ceilings
from ..engine.ranking import compared, grade, ranking_of
from ..methods.arrays import np
from ..methods.ties import new_places, tolerance
from ..panel import MISSING, NOT_APPLICABLE, VALUE, Make, Panel
from ..scores import Scores
from ..tree.model import Dimension
from ..units import Units
from ..words.statuses import STATUS_NAMES
from .sheets.tidy import csv_bytes, declared_weight, inputs_table, made_of, nature

_READ = 1 << 20  # rows that are looked at together
_INPUTS = 50_000  # units of inputs.csv written at once


def tidy_in_query(long: Any, bare: Scores, units: Units, language: str) -> Any:
    """Return every node and stage of every period as `tidy.tidy` has it, of rows that `engine.in_query.rows` made.

    `bare` has the weights, as of any unit. The rows are in no order.
    """
    import ibis

    tree = bare.tree
    order = list(tree.reading_order)
    nodes = [tree.nodes[at] for at in order]
    weights: dict[str, Any] = {"weight": bare.sibling_weights[0, order], "effective_weight": bare.effective_weights[0, order]}
    declared = {"declared_weight": [declared_weight(node) for node in nodes]}
    words: dict[str, Sequence[Any]] = {
        "node": [node.id for node in nodes],
        "node_name": [node.title(language) for node in nodes],
        "kind": [bare.kind(at) for at in order],
        "parent": [tree.nodes[tree.parents[at]].id if tree.parents[at] >= 0 else "" for at in order],
    }
    names = units.titles(range(len(units)), language)
    labels = {
        "period": {"period": range(len(bare.periods)), "its period": bare.periods},
        "unit": {"unit": range(len(units)), "its unit": units.ids, "unit_name": names},
        "order": {"order": range(len(order)), **words, **weights, **declared},
    }
    for key, table in labels.items():
        long = long.join(ibis.memtable({name: list(column) for name, column in table.items()}), key)
    there = ibis.ifelse(long.declared_weight.isnan(), ibis.null("float64"), long.declared_weight)
    long = long.mutate(declared_weight=there, imputed=ibis.null("float64"))
    long = long.mutate(status=long.status.cases(*enumerate(STATUS_NAMES["en"]), else_=""))
    stages = ("raw", "derived", "derived", "score", "rank", "group_rank", "coverage", "status")
    shown = dict(zip(("raw", "derived", "treated", *stages[3:]), stages, strict=True))
    taken = {"period": "its period", "unit": "its unit", "unit_name": "unit_name"}
    taken |= {name: name for name in (*words, *weights)} | shown | {name: name for name in ("declared_weight", "imputed")}
    last = {title: ibis.literal(kind) for title, kind in nature(bare, language).items()}
    return long.select(**{name: long[column] for name, column in taken.items()}, **last)


def places_begun(bare: Scores, units: Units, file: Path) -> dict[str, list[tuple[int, int, int]]]:
    """Return which rows of written scores begin a place, by period, order and unit, where the query was not sure of ranks."""
    import pyarrow.dataset as pd

    tree, within = bare.tree, bare.index.ranking.within
    labels = {"rank": [""] * len(units), "group_rank": units.labels(within) if within else ()}
    order_of = {tree.nodes[node].id: order for order, node in enumerate(tree.reading_order)}
    period_of, unit_of = ({name: at for at, name in enumerate(names)} for names in (bare.periods, units.ids))
    written, keys = pd.dataset(file, format="parquet"), ["period", "node"]
    begun: dict[str, list[tuple[int, int, int]]] = {}
    for name, of_unit in labels.items():
        marked = written.to_table(columns=keys, filter=pd.field(name) < 0)
        begun[name] = []
        for period, node in sorted({(str(row["period"]), str(row["node"])) for row in marked.to_pylist()}):
            own = (pd.field("period") == period) & (pd.field("node") == node) & pd.field("score").is_valid()
            rows = written.to_table(columns=["unit", "score"], filter=own)
            at = np.array([unit_of[unit] for unit in rows.column("unit").to_pylist()], dtype=int)
            ranking = ranking_of(bare.index, tree.position[node])
            score = compared(ranking, rows.column("score").to_numpy()) * (-1.0 if ranking.first == "lowest" else 1.0)
            apart = float(tolerance(score)[0])
            group = np.array([of_unit[unit] for unit in at.tolist()])
            for label in np.unique(group).tolist():
                units_of, x = at[group == label], score[group == label]
                best_first = np.lexsort((units_of, -x))
                first = units_of[best_first][new_places(x[best_first], apart)]
                begun[name] += [(period_of[period], order_of[node], unit) for unit in first.tolist()]
    return begun


def ranked(bare: Scores, units: Units, file: Path, make: Make) -> Scores:
    """Return of written scores what a ranking shows: the index, what is right below it, and what has grades."""
    import pyarrow.dataset as pd

    tree = bare.tree
    graded = [at for at, node in enumerate(tree.nodes) if isinstance(node, Dimension) and node.grades]
    wanted = list(dict.fromkeys((tree.root, *tree.dimensions, *graded)))
    shape = len(bare.periods), len(units), len(wanted)
    found = {name: np.full(shape, np.nan) for name in ("score", "rank", "group_rank", "coverage")}
    at = {unit: place for place, unit in enumerate(units.ids)}
    place_of = {tree.nodes[node].id: place for place, node in enumerate(wanted)}
    period_of = {period: place for place, period in enumerate(bare.periods)}
    rows = pd.dataset(file, format="parquet").scanner(
        columns=["period", "unit", "node", *found],
        filter=pd.field("node").isin(list(place_of)),
        batch_size=_READ,
    )
    for batch in rows.to_batches():
        keys = [_numbers(batch.column(name), known) for name, known in (("period", period_of), ("unit", at), ("node", place_of))]
        for name, x in found.items():
            x[tuple(keys)] = batch.column(name).to_numpy(zero_copy_only=False)
    nodes, count = len(tree.nodes), len(units)
    scores, ranks = make(len(bare.periods), count, nodes), make(len(bare.periods), count, nodes, np.float32)
    within = make(len(bare.periods), count, nodes, np.float32) if bare.index.ranking.within else None
    coverage = make(len(bare.periods), count, nodes - tree.leaves)
    panel = Panel(make(len(bare.periods), count, 0), make(len(bare.periods), count, 0, np.uint8), bare.periods, units, ())
    for place, node in enumerate(wanted):
        scores[..., node], ranks[..., node] = found["score"][..., place], found["rank"][..., place]
        if within is not None:
            within[..., node] = found["group_rank"][..., place]
        if node >= tree.leaves:
            coverage[..., node - tree.leaves] = found["coverage"][..., place]
    grades = grade(bare.index, panel, scores, ranks, within, grade_ceilings(bare.index, panel))
    return replace(bare, panel=panel, scores=scores, ranks=ranks, group_ranks=within, coverage=coverage, grades=grades)


def inputs_in_query(table: Any, scores: Scores, period: str, language: str, file: IO[bytes]) -> None:
    """Write what leaves were made of in a period as CSV, of the values that an engine holds, some units at a time."""
    place = {column.id: at for at, column in enumerate(scores.index.columns)}
    units = scores.panel.units
    columns = sorted({place[name] for _, name in made_of(scores)})
    own = table.filter(table.period == scores.periods.index(period))
    names = ["unit", *(f"{kind} {at}" for kind in ("value", "silent") for at in columns if f"{kind} {at}" in table.columns)]
    start = 0
    for batch in own.select(*names).order_by("unit").to_pyarrow_batches(chunk_size=_INPUTS):
        rows = batch.num_rows
        values, status = np.full((1, rows, len(place)), np.nan), np.full((1, rows, len(place)), MISSING, np.uint8)
        for at in columns:
            if f"value {at}" in names:
                values[0, :, at] = batch.column(f"value {at}").to_numpy(zero_copy_only=False)
                status[0, :, at] = np.where(np.isnan(values[0, :, at]), MISSING, VALUE)
            if f"silent {at}" in names:
                silent = np.array(batch.column(f"silent {at}").to_pylist(), dtype=object).astype(bool)
                values[0, silent, at], status[0, silent, at] = np.nan, NOT_APPLICABLE
        part = Panel(values, status, (period,), units.part(slice(start, start + rows)), tuple(place))
        file.write(csv_bytes(inputs_table(replace(scores, panel=part), period, language), heading=start == 0))
        start += rows


def _numbers(column: Any, known: dict[str, int]) -> Any:
    """Return the place of what each row of a column of text says, in a list that knows each."""
    words = column.dictionary_encode()
    places = np.array([known[word] for word in words.dictionary.to_pylist()], dtype=np.int64)
    return places[np.asarray(words.indices)]
