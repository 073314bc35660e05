"""Means of scores that no draw of weights changes, or of such means: what is the same of them in all draws."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..methods.aggregate import FREE_SUM
from ..methods.arrays import Array, np
from ..tree.layout import Branch
from .rules import asks_for_children, asks_for_coverage, declared_weights, power_of, transformed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

_STEEPEST = 20.0  # power of a mean that is drawn as a product of matrices


@dataclass(frozen=True)
class Still:
    """What no draw changes: scores and coverage (row, node), NaN without one, and what applies, nothing where all does."""

    scores: Array
    coverage: Array
    applies: Any


@dataclass(frozen=True)
class Mean:
    """A mean of scores that no draw changes, and of means.

    `base` (row, still) are the scores of its children that no draw changes, their places being `still`; `below` are those that
    are means by their places. Of each row `kind` (row,) says what it has, the last kind all: `present` (kind, child) what has a
    score, `known` (kind, child) how much of it has values, `applies` (kind, child) what counts, and `kinds_below` (kind, mean)
    the kinds that means below have there. `positive` says that no score can be 0 or less.
    """

    branch: Branch
    still: list[int]
    below: dict[int, Mean]
    base: Array
    kind: Places
    present: Array
    known: Array
    applies: Array
    kinds_below: Places
    positive: bool

    @property
    def position(self) -> int:
        return self.branch.position

    @cached_property
    def total(self) -> float:
        """What the weights of its children add up to."""
        return float(sum(declared_weights(self.branch)))

    @cached_property
    def factor(self) -> float:
        """What its product is multiplied by."""
        return float(str(self.branch.parameters.get("scale", 1.0))) if self.branch.aggregate in FREE_SUM else 1.0 / self.total

    @cached_property
    def gaps(self) -> Places:
        """The rows that have gaps."""
        return np.flatnonzero(self.kind < len(self.present) - 1)

    @cached_property
    def height(self) -> int:
        return 1 + max((mean.height for mean in self.below.values()), default=0)

    @cached_property
    def linear(self) -> bool:
        """Whether it is an arithmetic mean or sum of such, all the way down."""
        return power_of(self.branch) == 1 and all(mean.linear for mean in self.below.values())

    def inside(self, mean: Mean) -> bool:
        """Say whether a mean below comes into its own product."""
        return power_of(self.branch) == 1 and mean.linear


def means_of(branches: Sequence[Branch], still: Still, moving: Collection[int]) -> dict[int, Mean]:
    """Return the nodes among `branches`, children first, that move and are means of what is still or of such means."""
    found: dict[int, Mean] = {}
    asked = tracked(branches)
    for branch in branches:
        others = {i: child for i, child in enumerate(branch.children) if child in moving}
        if branch.position in moving and _is_mean(branch) and all(child in found for child in others.values()):
            mean = _mean(branch, {i: found[child] for i, child in others.items()}, still, asked)
            if mean.positive or power_of(branch) == 1:
                found[branch.position] = mean
    return found


def tracked(branches: Sequence[Branch]) -> set[int]:
    """Return the nodes of which the coverage matters: to themselves, or to those above; branches stand children first."""
    found: set[int] = set()
    for branch in reversed(branches):
        if asks_for_coverage(branch.missing) or branch.position in found:
            found |= {branch.position, *branch.children}
    return found


def _is_mean(branch: Branch) -> bool:
    """Say whether a node is what a mean of its children comes to, by weights that are written or drawn and all count."""
    if branch.formula is not None or branch.fixed_weights is None or branch.missing.policy == "floor":
        return False
    p = power_of(branch)
    if p is None or abs(p) > _STEEPEST:  # their powers may be beyond what a number holds: the plain form takes care of that
        return False
    return branch.plain and all(weight > 0 for weight in declared_weights(branch))


def _mean(branch: Branch, below: dict[int, Mean], still: Still, tracked: Collection[int]) -> Mean:
    """Lay the unchanged children of a mean side by side, and sort its rows by what they have.

    What a mean below lacks plays no part where it has a score all the same and nothing asks for its coverage.
    """
    fixed, children = [i for i in range(len(branch.children)) if i not in below], len(branch.children)
    x, coverage = (values[:, [branch.children[i] for i in fixed]] for values in (still.scores, still.coverage))
    present, known, applies = np.ones((3, len(x), children))
    kinds_below = np.full((len(x), len(below)), -1.0)
    if still.applies is not None:
        applies = still.applies[:, branch.children].astype(float)
    present[:, fixed] = ~np.isnan(x)
    known[:, fixed] = np.where(np.isnan(x), 0.0, coverage) * applies[:, fixed]
    for column, (i, mean) in enumerate(below.items()):
        asks = mean.position in tracked or asks_for_children(mean.branch.missing)
        nothing = np.maximum.reduce(mean.present[:, mean.still], axis=1, initial=0.0) == 0
        rows = mean.gaps if asks else mean.gaps[nothing[mean.kind[mean.gaps]]]
        kinds_below[rows, column] = mean.kind[rows]
        present[:, i] = applies[:, i]
    gaps: Any = (present < 1).any(axis=1) | (known < 1).any(axis=1) | (kinds_below >= 0).any(axis=1)
    kinds, kind = _kinds(np.concatenate([present, known, applies, kinds_below], axis=1)[gaps])
    kinds = np.concatenate([kinds, [[1.0] * 3 * children + [-1.0] * len(below)]])
    present, known, applies, kinds_below = np.split(kinds, [children, 2 * children, 3 * children], axis=1)
    every_kind = np.full(len(x), len(kinds) - 1)
    every_kind[gaps] = kind
    positive = bool((x[~np.isnan(x)] > 0).all()) and all(mean.positive for mean in below.values())
    base = np.where(np.isnan(x), 0.0, transformed(branch, x))
    return Mean(branch, fixed, below, base, every_kind, present, known, applies, kinds_below.astype(np.int64), positive)


def _kinds(rows: Array) -> tuple[Array, Places]:
    """Return the different rows there are, and which of them each row is: by their bytes, which is quick."""
    if not rows.size:
        return rows, np.zeros(len(rows), dtype=np.int64)
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))
    _, first, kind = np.unique(whole.ravel(), return_index=True, return_inverse=True)
    return rows[first], kind.ravel()


def with_below(mean: Mean) -> list[Mean]:
    """Return a mean and those below it, children first."""
    return [*(each for one in mean.below.values() for each in with_below(one)), mean]
