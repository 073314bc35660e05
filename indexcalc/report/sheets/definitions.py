"""What the indicators of a report are: how each is measured, who reports it, what it means, how it is counted."""

from __future__ import annotations

from ...scores import Scores
from ...tree.layout import direction_of
from ...tree.model import NOTES, Indicator, notes_of
from ...words.reports import word, word_of
from ..numbers import finite
from .sheet import Heading, Sheet, Value
from .tables import notes


def definitions_sheet(scores: Scores, period: str, language: str) -> Sheet | None:
    """Return a row for each indicator that has a definition or a department; None where none has a definition."""
    tree, at = scores.tree, scores.periods.index(period)
    leaves = [leaf for leaf in range(tree.leaves) if notes_of(tree.nodes[leaf]) or _leaf(scores, leaf).department]
    if not any(notes_of(tree.nodes[leaf]) for leaf in leaves):
        return None
    headings = (
        Heading(word_of("indicator", language), "text"),
        Heading(word.part_of(language), "text"),
        Heading(word.value_measure(language), "text"),
        Heading(word.kind_of_indicator(language), "text"),
        Heading(word.weight_in_per_cent(language), "score", decimals=2),
        Heading(word.department(language), "text"),
        *(Heading(word_of(key, language), "prose") for key in NOTES),
    )
    rows = [
        (
            tree.nodes[leaf].title(language),
            " · ".join(_above(scores, leaf, language)),
            _leaf(scores, leaf).measure_in(language),
            word_of(f"direction {direction_of(scores.index, _leaf(scores, leaf))}", language),
            _weight(scores, at, leaf),
            _leaf(scores, leaf).department,
            *(notes_of(tree.nodes[leaf]).get(key, "") for key in NOTES),
        )
        for leaf in leaves
    ]
    return Sheet(word.indicators_defined(language), headings, tuple(rows), notes=tuple(notes(scores, language)))


def _leaf(scores: Scores, leaf: int) -> Indicator:
    return scores.index.leaves[leaf]


def _above(scores: Scores, leaf: int, language: str) -> list[str]:
    """Return the names of the nodes above a leaf, from the dimension down."""
    _, *above = scores.tree.upwards(leaf)
    return [scores.tree.nodes[node].title(language) for node in reversed(above) if node != scores.tree.root]


def _weight(scores: Scores, period: int, leaf: int) -> Value:
    """Return what a leaf weighs in the index, in per cent; nothing for what is monitored."""
    if leaf in scores.tree.monitored:
        return None
    share = finite(scores.effective_weights[period, leaf])
    return None if share is None else 100.0 * share
