"""Weights as answers: those that stand, those that are proposed, two trees beside each other, and the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ...analysis.differences import TwoTrees, differences
from ...analysis.judgements import GroupJudgement
from ...analysis.weights import History, Moved, Proposal, TreeWeights, weights_of
from ...findings import Language
from ...tree.edit import exact_total
from ...tree.model import notes_of
from ...tree.terms import method_title
from ...words.periods import period_title
from ...words.reports import word
from ..formats.text import as_text
from ..numbers import finite, listed
from ..sheets.weights import comparison_sheet, differences_sheet, history_sheet, judgements_sheet, moves_sheet, weights_sheet
from .ranking import Result


def standing(weights: TreeWeights, language: Language) -> Result:
    """Return the tree with its declared and effective weights."""
    nodes = [
        {
            "node": row.id,
            "name": row.title,
            "parent": row.parent or None,
            "declared": row.declared or None,
            "share": None if row.share is None else finite(row.share),
            "effective": None if row.effective is None else finite(row.effective),
            "method": row.method or None,
            **notes_of(weights.index.by_id[row.id]),
        }
        for row in weights.rows(language)
    ]
    text = as_text(weights_sheet(weights, language), language)
    return text, {"index": weights.index.index.id, "total": exact_total(weights.index), "nodes": nodes}


def proposed(proposal: Proposal, written: Sequence[str], language: Language) -> Result:
    """Return what a proposal changes, which ranks move, and into which files it was written."""
    text, data = _changes(proposal, written, language, computed=bool(proposal.method))
    if not proposal.method:
        return text, data
    period = period_title(proposal.moved.period, language) if proposal.moved else ""
    heading = f"{method_title(proposal.method, language, 'weights')} · {period}"
    return f"{heading}\n{text}", {"method": proposal.method, **data}


def judged(found: GroupJudgement, written: Sequence[str], language: Language) -> Result:
    """Return what experts' judgements come to, what these weights change, and into which files they were written."""
    text, data = _changes(found.proposal, written, language, computed=True)
    title = found.proposal.index.by_id[found.node].title(language)
    table = as_text(judgements_sheet(found, language), language)
    experts = [
        {
            "expert": expert.name,
            "weights": {child: finite(weight) for child, weight in expert.weights.items()},
            **{key: finite(getattr(expert, key)) for key in ("lambda_max", "ci", "cr")},
        }
        for expert in found.experts
    ]
    return f"{title} ({found.node})\n{table}\n\n{text}", {"node": found.node, "experts": experts, **data}


def _changes(proposal: Proposal, written: Sequence[str], language: Language, *, computed: bool) -> Result:
    """Return the weights old and new, which ranks move, and whether anything was written."""
    titles = ("now", "suggested") if computed else ("old", "new")
    rows = weights_of(proposal.index).rows(language)
    sheet = comparison_sheet(rows, proposal.weights, exact_total(proposal.index), titles, language)
    lines = [as_text(sheet, language)] if proposal.weights else []
    lines += _moves(proposal.moved, language)
    if written:
        lines += ["", word.written(language).format(files=listed(written, language))]
    elif proposal.before != proposal.after:
        lines += ["", (word.not_written_yet if computed else word.not_written)(language)]
    weights = {node: list(pair) for node, pair in proposal.weights.items()}
    return "\n".join(lines), {"weights": weights, **_moves_data(proposal.moved), "written": list(written)}


def compared(trees: TwoTrees, language: Language) -> Result:
    """Return what two trees differ in, and whose ranks differ on the same data."""
    differing = differences(trees.old, trees.new, language)
    text = as_text(differences_sheet(differing, language), language) if differing else word.no_change(language)
    changes = [
        {"kind": one.kind, "node": one.node, "old": one.old, "new": one.new, "effective": list(one.effective)}
        for one in differing
    ]
    return "\n".join([text, *_moves(trees.moved, language)]), {"changes": changes, **_moves_data(trees.moved)}


def changed(history: History, language: Language) -> Result:
    """Return who changed which weight, when and why."""
    changes = history.changes
    text = as_text(history_sheet(changes, history.index, language), language) if changes else word.no_history(language)
    return text, [asdict(change) for change in changes]


def _moves(moved: Moved | None, language: Language) -> list[str]:
    if moved is None:
        return []
    if not moved.moves:
        return ["", _said(period_title(moved.period, language), word.no_rank_moves(language), language)]
    sheet = moves_sheet(moved, language)
    return ["", sheet.title, as_text(sheet, language)]


def _said(key: str, text: str, language: Language) -> str:
    return word.key_and_text(language).format(key=key, text=text)


def _moves_data(moved: Moved | None) -> Mapping[str, Any]:
    moves = moved.moves if moved else ()
    listed = [{"unit": move.unit, "name": move.title, "score": list(move.score), "rank": list(move.rank)} for move in moves]
    return {"period": moved.period if moved else None, "moves": listed}
