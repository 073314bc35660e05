"""How a unit's score came about, from the reported cells up to the index, a row a node: every stage beside the next."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.cells import cells_of
from ...analysis.contribution import weight_in_effect
from ...analysis.explain import added_to
from ...findings import Language
from ...panel import IMPUTED
from ...scores import Scores
from ...tree.layout import treat_of
from ...tree.model import Indicator
from ...words.framework import framework as said
from ...words.periods import period_title
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ..numbers import finite, measured, number, signed
from .analysed import Analysed
from .explained import addresses, cell_lines, explained_notes
from .open import may_see
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order

MOST_CELLS = 4_000  # units times nodes that a page holds, about a megabyte
MOST_LETTERS = 800  # of the cells of one value, and where they stand


def units_shown(shown: Analysed) -> list[int]:
    """Return the units whose lineage a page offers: its own one, or all by rank; of too many the first alone."""
    if shown.unit is not None:
        return [shown.unit]
    units = in_rank_order(shown.scores, shown.at, shown.scores.tree.root) or shown.scores.listed(shown.at)
    return units if len(units) * len(shown.scores.tree.nodes) <= MOST_CELLS else units[:1]


def lineage_sheet(shown: Analysed, unit: int, language: Language, *, public: bool) -> Sheet:
    """Return a unit's lineage, in the order of the tree; the `public` edition is without what the tree does not open."""
    scores, tree = shown.scores, shown.scores.tree
    decimals = scores.index.index.decimals
    places = may_see(scores.index, "addresses", public=public)
    rows: list[tuple[Value, ...]] = []
    for position in tree.reading_order:
        node = tree.nodes[position]
        leaf = node if isinstance(node, Indicator) else None
        score = finite(scores.scores[shown.at, unit, position])
        known = score is not None and position not in tree.monitored
        weight = weight_in_effect(scores, shown.at, unit, position) if known and position != tree.root else None
        rows.append(
            (
                node.title(language),
                _made_of(shown, unit, position, language, places=places),
                _derived(scores, shown.at, unit, position, language) if leaf else "",
                _treated(scores, shown.at, unit, position, language) if leaf else "",
                _score(scores, shown.at, unit, position, language),
                "" if weight is None or finite(weight) is None else f"{weight:.4g}",
                _points(shown.contribution[unit, position], decimals, known=known) if position != tree.root else "",
                _points(shown.points[unit, position], decimals, known=known),
            )
        )
    headings = (
        Heading(word.node(language), "text"),
        Heading(said.cells(language), "text"),
        *(
            Heading(name(language), "score")
            for name in (said.derived, said.treated, said.score, said.in_effect, said.contribution, said.points)
        ),
    )
    title = said.lineage_of(language).format(
        unit=scores.panel.units.title(unit, language), period=period_title(shown.period, language)
    )
    return Sheet(title, headings, tuple(rows), notes=explained_notes(scores, language, levels=0))


def unit_names(shown: Analysed, units: Sequence[int], language: str) -> list[tuple[str, str]]:
    """Return the units that can be chosen, each by its id with its name."""
    names = shown.scores.panel.units
    return [(names.ids[unit], names.title(unit, language)) for unit in units]


def _made_of(shown: Analysed, unit: int, position: int, language: Language, *, places: bool) -> str:
    """Return what a node's value is made of: reported cells with their addresses, adjustments, or scores from below."""
    scores, node = shown.scores, shown.scores.tree.nodes[position]
    if made := scores.made_of(position):
        return f"= {made.how} ({made.node})"
    if isinstance(node, Indicator):
        lines = cell_lines(scores, cells_of(scores, shown.at, unit, node), language, node)
    else:
        decimals = scores.index.index.decimals
        lines = [
            f"{one.adjustment.title(language)} {signed(one.points, decimals)}  ← {addresses(one.places, language)}"
            for one in added_to(scores, shown.at, unit, position)
        ]
    text = "\n".join(line if places else line.partition("  ← ")[0] for line in lines)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _derived(scores: Scores, period: int, unit: int, leaf: int, language: str) -> str:
    value = finite(scores.derived[period, unit, leaf])
    return "" if value is None else measured(value, scores.index.leaves[leaf].measure_in(language))


def _treated(scores: Scores, period: int, unit: int, leaf: int, language: str) -> str:
    """Return what a value became where it was imputed or outliers were treated; nothing where it stayed as it was."""
    value = finite(scores.treated[period, unit, leaf])
    status, treat = int(scores.status[period, unit, leaf]), treat_of(scores.index, scores.index.leaves[leaf])
    if status == IMPUTED and value is not None:
        return f"{measured(value)} ({STATUS_NAMES[language][status]})"
    changed = value is not None and treat is not None and value != finite(scores.derived[period, unit, leaf])
    return measured(value) if changed and value is not None else ""


def _score(scores: Scores, period: int, unit: int, position: int, language: str) -> str:
    """Return a score, or why there is none."""
    tree = scores.tree
    if position in tree.monitored:
        return word.not_scored(language)
    score = finite(scores.scores[period, unit, position])
    status = int(scores.node_status(position)[period, unit])
    return STATUS_NAMES[language][status] if score is None else number(score, scores.index.decimals_of(tree.nodes[position]))


def _points(points: float, decimals: int, *, known: bool) -> str:
    """Return points as text; empty for a node without a score that adds nothing either, such as a gap without a floor."""
    there = finite(points)
    return number(there, decimals) if there is not None and (known or there) else ""
