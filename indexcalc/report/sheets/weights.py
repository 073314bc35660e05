"""Weights as people look at them: the tree with its weights, what stands beside what is suggested, which ranks move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...journal.history import Change
from ...scores import Scores
from ...tree.edit import WRITTEN, weights_method, written_weight
from ...tree.layout import Branch
from ...tree.model import Dimension, Index, Indicator, Root
from ...words.reports import word
from ..numbers import number
from .tables import Heading, Sheet, in_rank_order, unit_label, values_of


@dataclass(frozen=True)
class WeightRow:
    """One node with its weights: as declared, among its siblings, and in the index; shares are None where it does not count."""

    id: str
    title: str
    parent: str
    depth: int
    declared: str
    share: float | None
    effective: float | None
    method: str
    source: str
    """Where this weight comes from: the method of the parent's weights."""


@dataclass(frozen=True)
class Move:
    """One unit's score and rank in the index before and after."""

    unit: str
    title: str
    score: tuple[float | None, float | None]
    rank: tuple[float | None, float | None]


def needs_scores(index: Index) -> bool:
    """Say whether any weights are known only when the data has been scored."""
    return any(weights_method(index, _branch_id(index, branch)) not in (*WRITTEN, "equal") for branch in index.tree.branches)


def shares(index: Index, scores: Scores | None = None, period: str = "") -> dict[str, float]:
    """Return the weight of each node that counts among its siblings, who together have 1, in the order of the file.

    Weights that are computed come from the scores of a period; NaN without scores.
    """
    known: dict[str, float] = {index.index.id: 1.0}
    for branch in index.tree.branches:
        names = [index.tree.nodes[child].id for child in branch.children]
        method = weights_method(index, _branch_id(index, branch))
        if scores is not None:
            own = _sibling_weights(scores, period)
            parts = [float(own[child]) for child in branch.children]
        elif method in WRITTEN:
            parts = list(branch.declared)
        else:
            parts = [1.0 if method == "equal" else float("nan")] * len(names)
        whole = sum(parts)
        known |= {name: part / whole if whole else part for name, part in zip(names, parts, strict=True)}
    return {name: known[name] for name in index.by_id if name in known}


def weight_rows(index: Index, share: Mapping[str, float], language: str) -> list[WeightRow]:
    """Return every node in the order of the file, the index first, with its weights."""
    tree, rows = index.tree, []
    effective: dict[str, float] = {}
    for position in tree.reading_order:
        node = tree.nodes[position]
        above = tree.parents[position]
        parent = tree.nodes[above].id if above >= 0 else ""
        if not parent:
            effective[node.id] = 1.0
        elif node.id in share and parent in effective:
            effective[node.id] = effective[parent] * share[node.id]
        rows.append(
            WeightRow(
                node.id,
                node.title(language),
                parent,
                tree.depth(position),
                written_weight(index, node.id),
                share.get(node.id) if parent else None,
                effective.get(node.id),
                "" if isinstance(node, Indicator) else _method(index, node),
                weights_method(index, parent) if parent else "",
            )
        )
    return rows


def weights_sheet(index: Index, rows: Sequence[WeightRow], language: str) -> Sheet:
    """Return the tree with declared and effective weights, indented by level."""
    headings = (
        Heading(word("node", language), "text"),
        Heading(word("id", language), "code"),
        Heading(word("declared", language), "score"),
        Heading(word("share", language), "score"),
        Heading(word("effective", language), "score"),
        Heading(word("method", language), "text"),
    )
    cells = tuple(
        ("  " * row.depth + row.title, row.id, row.declared or "–", percent(row.share), percent(row.effective), row.method)
        for row in rows
    )
    note = index.index.remark(language)
    return Sheet(word("weights", language), headings, cells, notes=(note,) if note else ())


def percent(value: float | None, *, signed: bool = False) -> str:
    """Return a share in per cent at two decimals, a dash where there is none.

    >>> percent(0.3), percent(None), percent(-0.015, signed=True)
    ('30.00%', '–', '-1.50')
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return "–"
    shown = number(value * 100, 2)
    return (f"+{shown}" if value > 0 else shown) if signed else f"{shown}%"


def rank_moves(old: Scores, new: Scores, period: str, before: str = "") -> list[Move]:
    """Return the units whose rank in the index differs, in the order of their new ranks; units of both alone."""
    at, was = new.periods.index(period), old.periods.index(before or period)
    place = {unit: position for position, unit in enumerate(old.panel.units.ids)}
    moves = []
    for unit in in_rank_order(new, at, new.tree.root):
        name = new.panel.units.ids[unit]
        if name not in place:
            continue
        (score, rank), (old_score, old_rank) = _standing(new, at, unit), _standing(old, was, place[name])
        if rank != old_rank:
            moves.append(Move(name, new.panel.units.title(unit), (old_score, score), (old_rank, rank)))
    return moves


def moves_sheet(scores: Scores, period: str, moves: Sequence[Move], language: str) -> Sheet:
    """Return the units whose ranks move, each with its score and rank before and after."""
    decimals = scores.index.index.decimals
    place = {unit: at for at, unit in enumerate(scores.panel.units.ids)}
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(word("score", language), "text"),
        Heading(word("rank", language), "text"),
    )
    rows = tuple(
        (scores.panel.units.title(place[move.unit], language), _pair(move.score, decimals), _pair(move.rank, None))
        for move in moves
    )
    return Sheet(f"{word('rank moves', language)} · {period}", headings, rows)


def comparison_sheet(
    rows: Sequence[WeightRow], texts: Mapping[str, tuple[str, str]], total: int, titles: tuple[str, str], language: str
) -> Sheet:
    """Return weights beside those that would take their place, below the node that they are weighed at."""
    headings = (
        Heading(word("node", language), "text"),
        Heading(word("id", language), "code"),
        *(Heading(word(title, language), "score") for title in titles),
        Heading(word("difference", language), "score"),
    )
    parents = {row.parent for row in rows if row.id in texts}
    cells = []
    for row in rows:
        if row.id in texts:
            old, new = texts[row.id]
            moved = percent(_value(new, total) - _value(old, total), signed=True) if old and new else ""
            cells.append(("  " * row.depth + row.title, row.id, old or "–", new or "–", "" if moved == "0.00" else moved))
        elif row.id in parents:
            cells.append(("  " * row.depth + row.title, row.id, "", "", ""))
    return Sheet(word("weights", language), headings, tuple(cells))


@dataclass(frozen=True)
class Difference:
    """One thing that two trees differ in: `added`, `removed`, `moved`, `weight` or `definition`, with what it was and is."""

    kind: str
    node: str
    title: str
    old: str
    new: str
    effective: tuple[float | None, float | None]


def differences(old: Index, new: Index, rows: tuple[Sequence[WeightRow], Sequence[WeightRow]]) -> list[Difference]:
    """Return what two trees differ in, in the order of the new one; what is gone stands at the end."""
    before, after = ({row.id: row for row in part} for part in rows)
    found = []
    for name, row in after.items():
        was = before.get(name)
        if was is None:
            found.append(Difference("added", name, row.title, "", f"{row.parent} {row.declared}".strip(), (None, row.effective)))
            continue
        effective = (was.effective, row.effective)
        if was.parent != row.parent:
            found.append(Difference("moved", name, row.title, was.parent, row.parent, effective))
        if _weighs(was, old) != _weighs(row, new):
            found.append(Difference("weight", name, row.title, was.declared or "–", row.declared or "–", effective))
        for key, one, other in _defined(old.by_id[name], new.by_id[name]):
            found.append(Difference("definition", name, row.title, f"{key}: {one}", f"{key}: {other}", effective))
    gone = [row for name, row in before.items() if name not in after]
    found += [
        Difference("removed", row.id, row.title, f"{row.parent} {row.declared}".strip(), "", (row.effective, None))
        for row in gone
    ]
    blocks = [key for key in type(new).model_fields if key not in ("index", "dimensions")]
    for key in blocks:
        one, other = (getattr(index, key) for index in (old, new))
        if one != other:
            found.append(Difference("definition", key, "", *_briefly(one, other), (None, None)))
    return found


def differences_sheet(found: Sequence[Difference], language: str) -> Sheet:
    """Return the differences of two trees."""
    headings = (
        Heading(word("change", language), "text"),
        Heading(word("id", language), "code"),
        Heading(word("node", language), "text"),
        Heading(word("old", language), "text"),
        Heading(word("new", language), "text"),
        Heading(word("effective", language), "text"),
    )
    rows = tuple(
        (
            word(f"change {one.kind}", language),
            one.node,
            one.title,
            one.old or "–",
            one.new or "–",
            "" if one.effective == (None, None) else f"{percent(one.effective[0])} → {percent(one.effective[1])}",
        )
        for one in found
    )
    return Sheet(word("change", language), headings, rows)


def history_sheet(changes: Sequence[Change], language: str) -> Sheet:
    """Return the history of weights, the newest change first."""
    keys = ("when", "who", "id", "old", "new", "why")
    headings = tuple(Heading(word(key, language), "text") for key in keys)
    rows = tuple((one.when, one.who, one.node, one.old or "–", one.new or "–", one.why) for one in reversed(changes))
    return Sheet(word("weights", language), headings, rows)


def _value(text: str, total: int) -> float:
    return float(Fraction("".join(text.split()))) / total


def _weighs(row: WeightRow, index: Index) -> float | None:
    """A declared weight as a share of what weights in its file add up to."""
    from ...tree.declared import weight_total

    return round(_value(row.declared, 1) / weight_total(index), 12) if row.declared else None


def _defined(old: Root | Dimension | Indicator, new: Root | Dimension | Indicator) -> list[tuple[str, str, str]]:
    """The keys of a node, its weight and children aside, whose values differ, with these."""
    one, other = ({key: getattr(node, key) for key in type(node).model_fields} for node in (old, new))
    keys = [key for key in dict.fromkeys([*other, *one]) if key not in ("weight", "indicators")]
    return [(key, *_briefly(one.get(key), other.get(key))) for key in keys if one.get(key) != other.get(key)]


def _briefly(one: Any, other: Any) -> tuple[str, str]:
    return _brief(one), _brief(other)


def _brief(value: Any) -> str:
    """A value in a few words."""
    if hasattr(value, "model_dump"):
        dumped = value.model_dump(exclude_defaults=True, by_alias=True)
        value = dumped.get("method") if set(dumped) == {"method"} else dumped
    text = "–" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _pair(pair: tuple[float | None, float | None], decimals: int | None) -> str:
    return " → ".join("–" if value is None else f"{value:g}" if decimals is None else number(value, decimals) for value in pair)


def _standing(scores: Scores, at: int, unit: int) -> tuple[float | None, float | None]:
    score, rank = (values_of(array[at], [unit])[0] for array in (scores.score(), scores.rank()))
    return _float(score), _float(rank)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _sibling_weights(scores: Scores, period: str) -> Any:
    own = scores.sibling_weights
    return own[scores.periods.index(period)] if own.ndim > 1 else own


def _branch_id(index: Index, branch: Branch) -> str:
    return index.tree.nodes[branch.position].id


def _method(index: Index, node: Dimension | Root) -> str:
    aggregate = "formula" if node.formula else (node.aggregate or index.defaults.aggregate).method
    return f"{weights_method(index, node.id)} · {aggregate}"
