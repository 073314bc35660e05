"""A unit's score walked down the tree: what each node weighs and adds, and of each indicator the cells that were reported."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.adjust import events
from ..findings import Language
from ..journal.history import Change
from ..methods.arrays import Array
from ..panel import IMPUTED
from ..scores import Scores
from ..tree.grouped import grouped_at
from ..tree.levels import leaf_of
from ..tree.model import Adjustment, Indicator
from ..words.measures import measured_in
from ..words.statuses import STATUS_NAMES
from .cells import Cell, Estimate, cell_of, cells_of, estimate_of, estimate_of_node
from .contribution import Rows, contributions, effective, of_parts, weight_in_effect
from .result import Result
from .versus import Boards

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Added:
    """What an adjustment added to a unit's score, and where its events were written."""

    adjustment: Adjustment
    points: float
    places: tuple[str, ...]


@dataclass(frozen=True)
class MadeOfUnits:
    """A score that is made of those of the units below: how, of which node, and what each of them is and adds to it."""

    scores: Scores
    node: str
    how: str
    parts: tuple[UnitBelow, ...]


@dataclass(frozen=True)
class UnitBelow:
    """A unit below, by its place, in the score of the unit that it is part of; NaN for what there is not."""

    unit: int
    score: float
    rank: float
    weight: float
    contribution: float
    made: MadeOfUnits | None


@dataclass(frozen=True)
class OfGroup:
    """A setting that holds for a unit as it is of a group: its key and value, the column of the units table, and the group."""

    key: str
    value: Any
    by: str
    group: str


@dataclass(frozen=True)
class Explained:
    """A unit's score of one node and what it is made of; NaN for what there is not.

    `weight` is that among siblings, `weight_in_effect` the same where some of these are missing; `contribution` is in points
    of the parent, `index_points` in those of the index. An indicator has a `value` with its `status` and its `cells`, an inner
    node its `grade`, the `primary` children that attain its score, and the `adjustments` that it had. `made` says
    how a score comes from units below; `children` are left out below the depth that was asked for.
    """

    position: int
    node: str
    name: str
    score: float
    rank: float
    weight: float
    weight_in_effect: float
    coverage: float
    contribution: float
    index_points: float
    value: float = math.nan
    measure: str = ""
    status: int | None = None
    estimate: Estimate | None = None
    cells: tuple[Cell, ...] = ()
    grade: str = ""
    primary: tuple[int, ...] = ()
    adjustments: tuple[Added, ...] = ()
    changes: tuple[Change, ...] = ()
    children: tuple[Explained, ...] = ()
    made: MadeOfUnits | None = None
    of_group: tuple[OfGroup, ...] = ()
    measure_en: str = ""

    def measure_in(self, language: str) -> str:
        """Return the unit of measurement of the value in a language."""
        return measured_in(language, self.measure, self.measure_en)

    def walk(self, level: int = 0) -> Iterator[tuple[int, Explained]]:
        """Yield the node and all below it, each with how far below it is."""
        yield level, self
        for child in self.children:
            yield from child.walk(level + 1)


@dataclass(frozen=True)
class Explanation(Result):
    """A unit's score in a period, walked down from a node so many levels deep, 0 for all; with what its boards are."""

    scores: Scores
    period: int
    unit: int
    depth: int
    tree: Explained
    boards: Boards

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a node, in the order of the tree."""
        import pandas as pd

        keys = ("score", "rank", "weight", "weight_in_effect", "coverage", "contribution", "index_points", "value")
        nodes = self.scores.tree.nodes
        return pd.DataFrame(
            [
                {
                    "period": self.scores.periods[self.period],
                    "unit": self.scores.panel.units.ids[self.unit],
                    "depth": level,
                    "node": one.node,
                    "name": nodes[one.position].title(language),
                    **{key: getattr(one, key) for key in keys},
                    "measure": one.measure_in(language),
                    "status": "" if one.status is None else STATUS_NAMES["en"][one.status],
                    "address": "; ".join(place for cell in one.cells for place in cell.places),
                }
                for level, one in self.tree.walk()
            ]
        )


def explain(
    scores: Scores, period: int, unit: int, node: int, boards: Boards, *, depth: int = 0, history: Sequence[Change] = ()
) -> Explanation:
    """Walk a unit's score of a node down the tree, `depth` levels or all; `history` are the changes of weights to show."""
    rows = Rows(period, (unit,))
    contribution = contributions(scores, rows)
    points = effective(scores, contribution, rows)

    def walk(position: int, level: int) -> Explained:
        own = scores.tree.nodes[position]
        leaf = own if isinstance(own, Indicator) else None
        estimate = (estimate_of if leaf else estimate_of_node)(scores, period, unit, position)
        is_open = depth == 0 or level < depth
        return Explained(
            position=position,
            node=own.id,
            name=own.title("zh"),
            score=float(scores.scores[period, unit, position]),
            rank=float(scores.ranks[period, unit, position]),
            weight=_own(scores.weights_of(position), period, unit),
            weight_in_effect=weight_in_effect(scores, period, unit, position),
            coverage=float(scores.covered(position)[period, unit]),
            contribution=float(contribution[0, 0, position]),
            index_points=float(points[0, 0, position]),
            value=estimate.value if leaf and estimate else float(scores.derived[period, unit, position]) if leaf else math.nan,
            estimate=estimate,
            measure=leaf.measure if leaf else "",
            measure_en=leaf.measure_en if leaf else "",
            status=int(scores.status[period, unit, position]) if leaf else IMPUTED if estimate else None,
            cells=cells_of(scores, period, unit, leaf) if leaf else (),
            grade=scores.grade(period, unit, position),
            primary=scores.primary(period, unit, position),
            adjustments=() if leaf else added_to(scores, period, unit, position),
            changes=tuple(change for change in history if change.node == own.id),
            children=tuple(walk(child, level + 1) for child in scores.tree.below(position)) if is_open else (),
            of_group=_of_group(scores, unit, own.id) if own.id in scores.index.by_id else (),
            made=_from_below(scores, period, unit, own.id, max(depth - level, 0)) if is_open else None,
        )

    return Explanation(scores, period, unit, depth, walk(node, 0), boards)


def _of_group(scores: Scores, unit: int, node: str) -> tuple[OfGroup, ...]:
    """Return what holds for a unit at a node as it is of a group."""
    units = scores.panel.units
    return tuple(
        OfGroup(one.key, one.among(label := units.labels(one.by)[unit]), one.by, label) for one in grouped_at(scores.index, node)
    )


def _own(weights: Array, period: int, unit: int) -> float:
    """Return a unit's weight of weights (period, unit), or (period, 1) where all units have the same."""
    return float(weights[period, unit if weights.shape[1] > 1 else 0])


def added_to(scores: Scores, period: int, unit: int, position: int) -> tuple[Added, ...]:
    """Return the adjustments of an inner node that have added something or had events."""
    added = []
    for at in scores.tree.branch_at(position).adjustments:
        item, points = scores.index.adjustments[at], float(scores.points[period, unit, at])
        reported = cell_of(scores, period, unit, item.id) if item.id in scores.panel.column else None
        places = (reported.places or ("–",)) if reported and reported.value > 0 else ()
        if _is_for(item, scores, period, unit):
            places = (item.why,)
        if places or points:
            added.append(Added(item, points, places))
    return tuple(added)


def _is_for(item: Adjustment, scores: Scores, period: int, unit: int) -> bool:
    """Say whether an adjustment is for a unit in a period alone."""
    return item.unit is not None and bool(events(scores.index, scores.panel, item)[period, unit])


def _from_below(scores: Scores, period: int, unit: int, leaf: str, depth: int) -> MadeOfUnits | None:
    """Return what a unit's score of a leaf is made of below, level by level; nothing where it is made of values."""
    below = scores.below
    if below is None or leaf not in below.leaves:
        return None
    lower, made = below.scores, below.leaves[leaf]
    node, (added, share) = lower.node(made.node), of_parts(scores, leaf, period)
    its_leaf = leaf_of(below.index, made.node)
    parts = [
        UnitBelow(
            unit=part,
            score=float(lower.scores[period, part, node]),
            rank=float(lower.ranks[period, part, node]),
            weight=float(share[part]),
            contribution=float(added[part]),
            made=_from_below(lower, period, part, its_leaf, max(depth - 1, 0)) if depth != 1 else None,
        )
        for part in (below.units == unit).nonzero()[0].tolist()
    ]
    return MadeOfUnits(lower, made.node, made.how, tuple(parts))
