"""What one query has scored as a row for each period, unit and node, with its ranks: ties are shared by the engine's rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from ..engine.ranking import ranking_of
from ..methods import TIE_RULES
from ..methods.ties import TOLERANCE
from ..panel import MISSING, NOT_APPLICABLE, VALUE
from ..tree.model import Index, Indicator, NodeRanking
from .expressions import rounded
from .query import any_of, applies_to

Begun = Mapping[str, Sequence[tuple[int, int, int]]]
"""Which rows begin a place, by period, order and unit, for `rank` and for `group_rank`."""
UNSURE = -1.0  # a rank that is to be told by `begun`
_KEYS = ("period", "order", "unit")


def rows(index: Index, table: Any, within: bool, begun: Begun | None = None) -> Any:
    """Return a row for each period, unit and node: `order` of reading, raw, derived, score, coverage, status, rank, group_rank.

    With `within` the table has a column of that name, the number of the group that a unit is ranked in. Ranks that a query
    cannot tell are `UNSURE`: `begun` then says which rows begin a place.
    """
    tree = index.tree
    raw = {column.id: f"value {at}" for at, column in enumerate(index.columns)}
    nodes = []
    for order, at in enumerate(tree.reading_order):
        node, score, nothing = tree.nodes[at], table[f"score {at}"], ibis.null("float64")
        leaf = isinstance(node, Indicator)
        own = raw.get(node.id) if leaf and not node.formula else None
        derived = table[f"derived {at}"] if leaf else nothing
        covered = _leaf_covered(derived, applies_to(table, at)) if leaf else table[f"coverage {at}"]
        nodes.append(
            ibis.struct(
                {
                    "order": ibis.literal(order, "int64"),
                    "raw": table[own] if own else nothing,
                    "derived": derived,
                    "score": score,
                    "key": _key(ranking_of(index, at), score),
                    "coverage": covered,
                    "status": _status(derived if leaf else score, _any_applies(index, table, at)).cast("int64"),
                }
            )
        )
    keys = ["period", "unit", *(["within"] if within else [])]
    long = table.select(*keys, node=ibis.array(nodes).unnest())
    taken = ("order", "raw", "derived", "score", "key", "coverage", "status")
    long = long.select(*keys, **{name: long.node[name] for name in taken})
    groups = ["period", "order"]
    long = long.mutate(apart=ibis.literal(repr(TOLERANCE)).cast("float64") * long.key.abs().max().over(group_by=groups))
    long = _ranked(index, long, "rank", groups, begun)
    if within:
        return _ranked(index, long, "group_rank", [*groups, "within"], begun).drop("key", "apart", "within")
    return long.mutate(group_rank=ibis.null("float64")).drop("key", "apart")


def _leaf_covered(value: Any, applies: Any) -> Any:
    there = value.notnull().cast("float64")
    return there if applies is None else ibis.ifelse(applies, there, ibis.null("float64"))


def _any_applies(index: Index, table: Any, at: int) -> Any:
    """Say whether any leaf below a node applies; nothing where one always does."""
    if at < index.tree.leaves:
        return applies_to(table, at)
    below = [_any_applies(index, table, child) for child in index.tree.below(at)]
    return None if any(one is None for one in below) else any_of(below)


def _status(value: Any, applies: Any) -> Any:
    silent = ibis.literal(MISSING) if applies is None else ibis.ifelse(applies, MISSING, NOT_APPLICABLE)
    return ibis.ifelse(value.notnull(), VALUE, silent)


def _key(ranking: NodeRanking, score: Any) -> Any:
    """Return what is ranked, the highest first."""
    shown = score if ranking.decimals is None else rounded(score, ranking.decimals)
    return shown if ranking.first == "highest" else 0.0 - shown


def _ranked(index: Index, long: Any, name: str, groups: list[str], begun: Begun | None) -> Any:
    """Add ranks within groups of rows, shared as each node says, by the rule of `methods.ties`: `apart` says what is near.

    Best first, a row begins a place where it is not near the one before. A run of rows of which each is near the one before
    can still be too long for one place; who then begins the next cannot be told by windows over rows, but that it is so.
    """
    taken = long.columns
    ordered = {"group_by": groups, "order_by": [ibis.desc(long.key, nulls_first=False), long.unit]}
    long = long.mutate(
        at=ibis.row_number().over(**ordered) + 1,
        before=long.key.lag().over(**ordered),
    )
    begins = (long.before.isnull() | (long.before - long.key > long.apart)).fill_null(False)
    if begun is not None and begun[name]:
        more = ibis.memtable({key: list(column) for key, column in zip(_KEYS, zip(*begun[name], strict=True), strict=True)})
        long = long.mutate(begins=begins).left_join(more.mutate(more=True), list(_KEYS))
        begins = long.begins | long.more.fill_null(False)
    long = long.mutate(begins=begins)
    upto = ibis.cumulative_window(group_by=groups, order_by=long.at)
    long = long.mutate(
        place=long.begins.cast("int64").sum().over(upto),
        first=ibis.ifelse(long.begins, long.at, ibis.null("int64")).max().over(upto),
        opened=ibis.ifelse(long.begins, long.key, ibis.null("float64")).min().over(upto),
    )
    by_ties: dict[str, list[int]] = {}
    for order, at in enumerate(index.tree.reading_order):
        by_ties.setdefault(ranking_of(index, at).ties, []).append(order)
    last = long.first
    if not by_ties.keys() <= {"competition", "min", "dense"}:
        last = long.first + long.key.count().over(group_by=[*groups, "place"]) - 1
    places = [(orders, TIE_RULES[ties].function(long.first, last, long.place)) for ties, orders in by_ties.items()]
    cases = [(long.order.isin(orders), shared.cast("float64")) for orders, shared in places]
    rank = ibis.cases(*cases) if len(cases) > 1 else cases[0][1]
    if begun is None:
        rank = ibis.ifelse(long.opened - long.key > long.apart, UNSURE, rank)
    long = long.mutate(**{name: ibis.ifelse(long.score.notnull(), rank, ibis.null("float64"))})
    return long.select(*taken, name)
