"""What experts' judgements of pairs come to, how far they contradict each other, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from typing import TYPE_CHECKING

from ..findings import Finding, Language, Place, finding
from ..methods.judgement import Matrix, consistency
from .result import Result
from .weights import Proposal

if TYPE_CHECKING:
    import pandas as pd

HIGH_RATIO = 0.1  # Saaty 1980


@dataclass(frozen=True)
class Expert:
    """The weights that an expert's judgements come to, or those of all experts together, and how consistent they are."""

    name: str
    weights: Mapping[str, float]
    lambda_max: float
    ci: float
    cr: float


@dataclass(frozen=True)
class GroupJudgement(Result):
    """The weights of a node's children by experts' judgements: each expert's, those of all where there are several."""

    node: str
    experts: tuple[Expert, ...]
    proposal: Proposal

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each expert and child."""
        import pandas as pd

        names = self.proposal.index.by_id
        rows = [
            (expert.name, child, names[child].title(language), weight, expert.cr)
            for expert in self.experts
            for child, weight in expert.weights.items()
        ]
        return pd.DataFrame(rows, columns=["expert", "node", "name", "weight", "cr"])


def weighed(name: str, place: Place, children: Sequence[str], matrix: Matrix) -> tuple[Expert, list[Finding]]:
    """Return what judgements come to; where they contradict each other, with the one that is farthest from all others."""
    judged = consistency(matrix)
    weights = judged.weights.tolist()
    expert = Expert(name, dict(zip(children, weights, strict=True)), judged.lambda_max, judged.ci, judged.cr)
    if not judged.cr > HIGH_RATIO:
        return expert, []
    pairs = [
        (abs(log(times * weights[other] / weights[one])), one, other)
        for one, row in enumerate(matrix)
        for other, times in enumerate(row)
        if times and other > one
    ]
    _, one, other = max(pairs)
    about = {
        "one": children[one],
        "other": children[other],
        "judged": _ratio(float(matrix[one][other] or 0)),
        "implied": _ratio(weights[one] / weights[other]),
    }
    return expert, [finding("IC633", place, expert=name, ratio=f"{judged.cr:.3f}", **about)]


def unconnected(matrix: Matrix, children: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return two sets of children that no judgement connects."""
    reached, waiting = {0}, [0]
    while waiting:
        row = matrix[waiting.pop()]
        new = {other for other, times in enumerate(row) if times} - reached
        reached |= new
        waiting += sorted(new)
    left = [name for place, name in enumerate(children) if place in reached]
    return left, [name for name in children if name not in left]


def _ratio(value: float) -> str:
    near = Fraction(value).limit_denominator(9)
    if abs(float(near) - value) < 1e-6:
        return str(near)
    shown = f"{max(value, 1 / value):.1f}".removesuffix(".0")
    return shown if value >= 1 or shown == "1" else f"1/{shown}"
