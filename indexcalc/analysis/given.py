"""Sets of weights that were given, one a draw, in place of weights that are drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..engine.room import Room
from ..engine.rules import declared_weights
from ..methods.arrays import Array, np
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
        rows = (segment * size + np.arange(size)) % len(self)
        parts = []
        for one in self.drawn:
            part = np.asarray(self.sets[one.node], dtype=float)[rows].T
            parts.append(part * (one.total / part.sum(axis=0)))  # siblings add up to what they add up to in the tree
        return Draws(np.concatenate(parts), np.zeros((len(self.options), size), dtype=np.int64), None)
