"""What nodes weigh: as declared, among siblings, and in the index; and what other weights would move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Language
from ..journal.history import COLUMNS, Change
from ..methods.arrays import np
from ..scores import Scores
from ..tree.edit import WRITTEN, weights_method, written_weight
from ..tree.model import Dimension, Index, Indicator, Root
from .result import Result

if TYPE_CHECKING:
    import pandas as pd


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
class TreeWeights(Result):
    """A tree with the share that each node which counts has among its siblings, in the order of the file."""

    index: Index
    shares: Mapping[str, float]

    def rows(self, language: str = "zh") -> list[WeightRow]:
        """Return every node in the order of the file, the index first, with its weights."""
        tree, rows = self.index.tree, []
        effective: dict[str, float] = {}
        for position in tree.reading_order:
            node = tree.nodes[position]
            above = tree.parents[position]
            parent = tree.nodes[above].id if above >= 0 else ""
            if not parent:
                effective[node.id] = 1.0
            elif node.id in self.shares and parent in effective:
                effective[node.id] = effective[parent] * self.shares[node.id]
            rows.append(
                WeightRow(
                    node.id,
                    node.title(language),
                    parent,
                    tree.depth(position),
                    written_weight(self.index, node.id),
                    self.shares.get(node.id) if parent else None,
                    effective.get(node.id),
                    "" if isinstance(node, Indicator) else _methods(self.index, node),
                    weights_method(self.index, parent) if parent else "",
                )
            )
        return rows

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each node: its weight as declared, its share among siblings, its weight in the index."""
        import pandas as pd

        rows = [
            (row.id, row.title, row.parent, row.declared, row.share, row.effective, row.method) for row in self.rows(language)
        ]
        return pd.DataFrame(rows, columns=["node", "name", "parent", "weight", "share", "effective", "method"])


def weights_of(index: Index, scores: Scores | None = None, period: str = "") -> TreeWeights:
    """Return a tree with its weights; those that are computed are taken from the scores of a period, NaN without scores."""
    known: dict[str, float] = {index.index.id: 1.0}
    for branch in index.tree.branches:
        names = [index.tree.nodes[child].id for child in branch.children]
        method = weights_method(index, index.tree.nodes[branch.position].id)
        if scores is not None:
            parts = scores.sibling_weights[scores.periods.index(period), list(branch.children)].tolist()
        elif method in WRITTEN:
            parts = list(branch.declared)
        else:
            parts = [1.0 if method == "equal" else float("nan")] * len(names)
        whole = sum(parts)
        known |= {name: part / whole if whole else part for name, part in zip(names, parts, strict=True)}
    return TreeWeights(index, {name: known[name] for name in index.by_id if name in known})


def needs_scores(index: Index) -> bool:
    """Say whether any weights are known only when the data has been scored."""
    parents = (index.tree.nodes[branch.position].id for branch in index.tree.branches)
    return any(weights_method(index, parent) not in (*WRITTEN, "equal") for parent in parents)


def _methods(index: Index, node: Dimension | Root) -> str:
    aggregate = "formula" if node.formula else (node.aggregate or index.defaults.aggregate).method
    return f"{weights_method(index, node.id)} · {aggregate}"


@dataclass(frozen=True)
class Move:
    """One unit's score and rank in the index before and after."""

    unit: str
    title: str
    score: tuple[float | None, float | None]
    rank: tuple[float | None, float | None]


@dataclass(frozen=True)
class Moved(Result):
    """Which ranks in the index move in a period, in the order of the new ones."""

    scores: Scores
    period: str
    moves: tuple[Move, ...]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each unit whose rank moves."""
        import pandas as pd

        units = self.scores.panel.units
        titles = {unit: units.title(place, language) for place, unit in enumerate(units.ids)}
        rows = [(move.unit, titles[move.unit], *move.score, *move.rank) for move in self.moves]
        return pd.DataFrame(rows, columns=["unit", "name", "score_before", "score", "rank_before", "rank"])


@dataclass(frozen=True)
class Proposal(Result):
    """A tree with other weights: its text as it is and as it would be, the weights old and new, and which ranks move.

    `method` is the one that computed them, if one did; what moves is not known where the data cannot be scored.
    """

    index: Index
    before: bytes
    after: bytes
    weights: Mapping[str, tuple[str, str]]
    moved: Moved | None
    method: str = ""

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each weight that is looked at, old and new."""
        import pandas as pd

        rows = [(node, self.index.by_id[node].title(language), old, new) for node, (old, new) in self.weights.items()]
        return pd.DataFrame(rows, columns=["node", "name", "old", "new"])


def moved_ranks(old: Scores, new: Scores, period: str) -> Moved:
    """Return the units whose rank in the index differs in a period; units of both alone."""
    row, earlier_row = new.periods.index(period), old.periods.index(period)
    places = {unit: place for place, unit in enumerate(old.panel.units.ids)}
    moves = []
    for unit in np.argsort(new.rank()[row], kind="stable").tolist():  # NaN stands last
        name = new.panel.units.ids[unit]
        if name not in places:
            continue
        score, rank = _standing(new, row, unit)
        old_score, old_rank = _standing(old, earlier_row, places[name])
        if rank != old_rank:
            moves.append(Move(name, new.panel.units.title(unit), (old_score, score), (old_rank, rank)))
    return Moved(new, period, tuple(moves))


def _standing(scores: Scores, row: int, unit: int) -> tuple[float | None, float | None]:
    """Return a unit's score and rank in the index, None where there is none."""
    score, rank = (float(values[row, unit]) for values in (scores.score(), scores.rank()))
    return None if np.isnan(score) else score, None if np.isnan(rank) else rank


@dataclass(frozen=True)
class History(Result):
    """Who changed which weight, when and why, the oldest first."""

    changes: Sequence[Change]
    index: Index | None = None
    """The tree of today, which says what the nodes are called; nothing where it cannot be read."""

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each change."""
        del language  # nothing here has a name in two
        import pandas as pd

        return pd.DataFrame([[getattr(change, column) for column in COLUMNS] for change in self.changes], columns=list(COLUMNS))
