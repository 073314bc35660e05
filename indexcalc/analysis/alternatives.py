"""What is uncertain about an index, laid out for drawing: each draw one column, each uncertain input some rows.

A draw is an index: the declared one with other weights, another normaliser, aggregator, treatment or estimate of what is
missing under `defaults`, and errors added to the values. `index_of` gives it, so that each draw can be scored by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine.room import Room
from ..engine.rules import declared_weights
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import Array, Whole, np
from ..tree.declared import counts, weight_total
from ..tree.layout import can_be_drawn
from ..tree.model import FACTORS, NONE, Alternatives, Dimension, Index, Indicator, Method, WeightDraw, Weights


@dataclass(frozen=True)
class Drawn:
    """The weights of one node's children that are drawn: which branch, how, their rows among all, and what they are declared."""

    branch: int
    node: str
    how: WeightDraw
    rows: slice
    declared: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.declared)


@dataclass(frozen=True)
class Draws:
    """Some draws: weights (edge, draw), which alternative of each factor (factor, draw), and the seed of their errors."""

    weights: Array
    options: Whole
    noise: tuple[int, ...] | None

    def __len__(self) -> int:
        return int(self.options.shape[1])

    def take(self, some: Any) -> Draws:
        """Return some of the draws; errors in values stay those of all."""
        return Draws(self.weights[:, some], self.options[:, some], self.noise)


@dataclass(frozen=True)
class Inputs:
    """The uncertain inputs of an index; `names` are theirs, `weights:` and a node's id for the weights of its children."""

    index: Index
    alternatives: Alternatives

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        found, at = [], 0
        for number, branch in enumerate(self.index.tree.branches):
            node = self.index.tree.nodes[branch.position].id
            how = drawing(self.alternatives, node)
            declared = declared_weights(branch)
            if how is None or not can_be_drawn(branch) or not math.isfinite(sum(declared)):
                continue
            found.append(Drawn(number, node, how, slice(at, at + len(declared)), declared))
            at += len(declared)
        return tuple(found)

    @cached_property
    def options(self) -> tuple[tuple[Method, ...], ...]:
        """The alternatives of each factor; the declared default alone where none are named, nothing where there is none."""
        return tuple(self._options(factor) for factor in FACTORS)

    def _options(self, factor: str) -> tuple[Method, ...]:
        own: Method | None = getattr(self.index.defaults, factor)
        named: tuple[Method, ...] = getattr(self.alternatives, factor)
        if not named:
            return (own,) if own is not None else ()
        # a method named alone that is the declared one is meant as it was declared, with its parameters
        return tuple(own if own is not None and one.method == own.method and not one.parameters else one for one in named)

    @cached_property
    def names(self) -> tuple[str, ...]:
        weights = [f"weights:{drawn.node}" for drawn in self.drawn]
        factors = [factor for factor, options in zip(FACTORS, self.options, strict=True) if len(options) > 1]
        return (*weights, *factors, *(("noise",) if self.alternatives.noise else ()))

    @property
    def edges(self) -> int:
        """How many weights are drawn."""
        return self.drawn[-1].rows.stop if self.drawn else 0

    def sample(self, seed: int, segment: int, size: int, room: Room | None = None) -> Draws:
        """Draw the draws of one segment; each segment has random numbers of its own, whoever asks for it and when."""
        rng, room = np.random.default_rng([seed, segment]), Room(0) if room is None else room
        raw = room(self.edges, size)
        ways = {(one.how.method, one.how.concentration) for one in self.drawn}
        if ways == {("dirichlet", None)}:
            rng.standard_exponential(out=raw)  # the same numbers as one by one
        for one in self.drawn if len(ways) > 1 or ways != {("dirichlet", None)} else ():
            if one.how.method == "perturb":
                rng.random(out=raw[one.rows])
            elif one.how.concentration is None:
                rng.standard_exponential(out=raw[one.rows])
            else:
                raw[one.rows] = rng.standard_gamma(self._shapes(one)[:, None], (len(one.declared), size))
        options = np.stack([rng.integers(max(1, len(some)), size=size) for some in self.options])
        return Draws(self._scaled(raw, room), options, (seed, segment) if self.alternatives.noise else None)

    @property
    def coordinates(self) -> tuple[slice, ...]:
        """Which numbers between 0 and 1 each input is made of, in the order of `names`; an error in values is made of none."""
        parts, at = [one.rows for one in self.drawn], self.edges
        for options in self.options:
            if len(options) > 1:
                parts.append(slice(at, at + 1))
                at += 1
        return (*parts, *((slice(at, at),) if self.alternatives.noise else ()))

    def at(self, u: Array, noise: tuple[int, ...] | None) -> Draws:
        """Return the draws that numbers between 0 and 1 (coordinate, draw) stand for, by the inverse of each distribution."""
        raw = np.empty((self.edges, u.shape[1]))
        for one in self.drawn:
            part = u[one.rows]
            if one.how.method == "perturb":
                raw[one.rows] = part
            elif one.how.concentration is None:
                raw[one.rows] = -np.log1p(-part)
            else:
                from scipy.special import gammaincinv

                raw[one.rows] = gammaincinv(self._shapes(one)[:, None], part)
        options, at = np.zeros((len(FACTORS), u.shape[1]), dtype=np.int64), self.edges
        for row, some in enumerate(self.options):
            if len(some) > 1:
                options[row] = np.minimum(u[at] * len(some), len(some) - 1)
                at += 1
        return Draws(self._scaled(raw, Room(0)), options, noise)

    def _shapes(self, one: Drawn) -> Array:
        shares = np.array(one.declared) / one.total
        return np.where(shares == 0, 1.0, float(one.how.concentration or 0.0) * shares)

    def _scaled(self, raw: Array, room: Room) -> Array:
        """Make weights of raw draws: siblings add up to what they add up to in the tree; a weight of 0 stays 0."""
        if not self.drawn:
            return raw
        for one in self.drawn:
            part = raw[one.rows]
            if one.how.method == "perturb":
                part *= 2.0 * one.how.by
                part += 1.0 - one.how.by
                part *= np.array(one.declared)[:, None]
            elif 0.0 in one.declared:
                part *= np.array(one.declared)[:, None] != 0
        total = self._siblings @ raw
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(self._totals, total, out=total)
        raw *= total.take(self._owners, axis=0, out=room(*raw.shape), mode="clip")
        return raw

    @cached_property
    def _owners(self) -> Whole:
        """Which of the nodes each drawn weight belongs to."""
        return np.repeat(np.arange(len(self.drawn)), [len(one.declared) for one in self.drawn])

    @cached_property
    def _siblings(self) -> Any:
        """The matrix that adds up siblings (drawn node, weight)."""
        from scipy.sparse import csr_array

        return csr_array((np.ones(self.edges), (self._owners, np.arange(self.edges))), shape=(len(self.drawn), self.edges))

    @cached_property
    def _totals(self) -> Array:
        """What siblings add up to (drawn node, 1)."""
        return np.array([[one.total] for one in self.drawn])

    def case(self, options: tuple[int, ...]) -> Index:
        """Return the declared index with one combination of alternatives as its defaults."""
        chosen = {
            factor: None if some[at].method == NONE else some[at]
            for factor, some, at in zip(FACTORS, self.options, options, strict=True)
            if some
        }
        if all(getattr(self.index.defaults, factor) == one for factor, one in chosen.items()):
            return self.index
        return self.index.changed(defaults=self.index.defaults.model_copy(update=chosen))

    def index_of(self, draws: Draws, draw: int) -> Index:
        """Return the index that one draw stands for; errors in values are not in it."""
        index = self.case(tuple(int(option) for option in draws.options[:, draw]))
        for one in self.drawn:
            index = with_weights(index, one.node, draws.weights[one.rows, draw])
        return index


def drawing(alternatives: Alternatives, node: str) -> WeightDraw | None:
    """Return how the weights of a node's children are drawn: the last that names it, or the last for all."""
    named = [how for how in alternatives.weights if node in how.nodes]
    general = [how for how in alternatives.weights if not how.nodes]
    return next(iter([*named[::-1], *general[::-1]]), None)


def with_weights(index: Index, node: str, weights: Any) -> Index:
    """Return an index in which a node's children that count have these weights."""
    branch = index.tree.branch_of(node)
    total = 1.0 if branch.aggregate in FREE_SUM else weight_total(index)
    given = iter([float(weight) * total for weight in weights])
    rule = Weights(method="given")

    def weighed(children: tuple[Dimension | Indicator, ...]) -> tuple[Dimension | Indicator, ...]:
        return tuple(child.model_copy(update={"weight": next(given)}) if counts(child) else child for child in children)

    def walked(children: tuple[Dimension | Indicator, ...]) -> tuple[Dimension | Indicator, ...]:
        return tuple(entered(child) if isinstance(child, Dimension) else child for child in children)

    def entered(child: Dimension) -> Dimension:
        if child.id == node:
            return child.model_copy(update={"weights": rule, "indicators": weighed(child.indicators)})
        return child.model_copy(update={"indicators": walked(child.indicators)})

    if node == index.index.id:
        root = index.index.model_copy(update={"weights": rule})
        return index.changed(index=root, dimensions=weighed(index.dimensions))
    return index.changed(dimensions=walked(index.dimensions))
