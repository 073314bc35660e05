"""Sets of weights that were given, one a draw, in place of weights that are drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..engine.room import Room
from ..engine.rules import declared_weights
from ..methods.arrays import Array, Whole, np
from ..tree.model import WeightDraw
from .alternatives import Drawn, Draws, Inputs


@dataclass(frozen=True)
class GivenWeights(Inputs):
    """The sets (set, child) of the weights below each node, by its id; other nodes keep the weights that they have."""

    sets: Mapping[str, Array]

    def __len__(self) -> int:
        return len(next(iter(self.sets.values())))

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        found, at = [], 0
        for number, branch in enumerate(self.index.tree.branches):
            node = self.index.tree.nodes[branch.position].id
            if node in self.sets:
                declared = declared_weights(branch)
                found.append(Drawn(number, node, WeightDraw(method="dirichlet"), slice(at, at + len(declared)), declared))
                at += len(declared)
        return tuple(found)

    def sample(self, seed: int, segment: int, size: int, room: Room | None = None) -> Draws:
        """Return the sets of one segment, from the first on again after the last; nothing is random."""
        del seed, room
        return self.of_rows((segment * size + np.arange(size)) % len(self))

    def of_rows(self, rows: Whole) -> Draws:
        """Return some of the sets, by their places among all."""
        parts = []
        for one in self.drawn:
            part = np.asarray(self.sets[one.node], dtype=float)[rows].T
            parts.append(part * (one.total / part.sum(axis=0)))  # siblings add up to what they add up to in the tree
        return Draws(np.concatenate(parts), np.zeros((len(self.options), len(rows)), dtype=np.int64), None)


@dataclass(frozen=True)
class GivenDesign(GivenWeights):
    """Sets in the order of Saltelli's design, `step` for each row: A, then A with one input after the other taken from B, then B.

    Inputs are the weights below a node; `order` says in which they are taken from B. What stands between the last of these
    and B, for indices of the second order, plays no part.
    """

    step: int
    order: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows A has."""
        return len(self) // self.step

    def sample(self, seed: int, segment: int, size: int, room: Room | None = None) -> Draws:
        """Return rows of A, or of B for odd segments, from the first on again after the last; nothing is random."""
        del seed, room
        return self.of_rows(np.arange(size) % self.rows * self.step + (segment % 2) * (self.step - 1))

    def mixtures(self, some: slice) -> Iterator[Draws]:
        """Return some rows of A and of B, then of A with one input after the other, in the order of `names`, taken from B."""
        starts = np.arange(some.start, some.stop) * self.step
        for place in (0, self.step - 1, *(1 + self.order.index(one.node) for one in self.drawn)):
            yield self.of_rows(starts + place)
