"""What a ranking depends on, all that is asked of it together: choices, nodes, weights in effect, and how nodes go together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..scores import Scores
from ..tree.model import Alternatives
from .alternatives import Inputs
from .association import Flag, Group, Influence, flags, groups, influence
from .given import GivenDesign
from .result import Result
from .sensitivity import Left, Sensitivity, leave_out, sensitivity

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dependence(Result):
    """What the ranking of a period depends on; without `choices` nothing could have been chosen otherwise.

    `left` are the nodes that may be left out, those that move most first.
    """

    scores: Scores
    period: str
    choices: Sensitivity | None
    left: tuple[Left, ...]
    influence: Influence
    groups: tuple[Group, ...]
    flags: tuple[Flag, ...]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a node: its weight and what that does, and what its absence would do; see also `choices`."""
        import pandas as pd

        found, left = self.influence, {one.node: one for one in self.left}
        titles = {node.id: node.title(language) for node in self.scores.tree.nodes}
        columns: dict[str, Any] = {"node": found.nodes, "name": [titles[node] for node in found.nodes]}
        columns |= {name: getattr(found, name) for name in COLUMNS}
        without = [left.get(node) for node in found.nodes]
        columns["rank_correlation"] = [one.correlation if one else None for one in without]
        columns["mean_shift"] = [one.shift if one else None for one in without]
        return pd.DataFrame(columns)


COLUMNS = ("nominal", "effective", "squared", "main", "importance", "squared_index", "main_index")
"""What is known of a node's influence."""


def dependence(
    scores: Scores,
    alternatives: Alternatives,
    period: str,
    *,
    rows: int,
    seed: int = 0,
    design: GivenDesign | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Dependence:
    """Work out what a ranking depends on: choices, nodes left out, weights in effect, groups, and pairs to look at."""
    choices = None
    if design is not None or Inputs(scores.index, alternatives).names:
        choices = sensitivity(scores, alternatives, period=period, rows=rows, seed=seed, design=design, progress=progress)
    left = leave_out(scores, scores.reported or scores.panel, period=period, level=scores.level)
    return Dependence(
        scores=scores,
        period=period,
        choices=choices,
        left=tuple(sorted(left, key=lambda one: -one.shift)),
        influence=influence(scores, period),
        groups=tuple(groups(scores, period)),
        flags=tuple(flags(scores, period)),
    )
