"""The search for near weights that turn an order, where no closed form has them.

Weights are tried from afar, on the faces where what is there of a node weighs nothing too. From the nearest that do it of each
pattern of who has a score where, the condition is made linear within the pattern again and again, each time to the nearest
weights at which it holds; where it holds nowhere, to those that come nearest to it. Last comes chance, nearer and nearer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ..engine.rules import asks_for_coverage
from ..methods.arrays import Array, Mask, np
from .cuts import Cut, Norm, Question, Reweighed
from .nearest import Rows, alone, most_ahead, program
from .patterns import Pattern

_TRIES = 8
_STEP = 1e-6
_AHEAD = 1e-7  # by how much a condition that was made linear is to hold, of its largest number
_FEW = 12  # nodes of a cut up to which weights between every two of them are tried
_ALL_FACES = 5  # nodes of a cut up to which every set of them is left without weight
_FACES = 4  # faces that are looked at in larger ones
_PATTERNS = 5  # patterns from the nearest weights of which the search comes down, one where there are many nodes
_CHANCE = 64  # weights that are tried by chance, at each of several distances
_NEAR = 12  # of the nearest weights that do it, how many are asked whether they do so clearly
_OFF = 1e-12  # a hair, of a weight
_SCANS, _RAYS, _STEPS = 4, 128, 32  # how often directions are drawn, how many each time, and steps in each
PUSHED = np.concatenate([[0.0], np.logspace(-13, 0, 40)])


class Hunt:
    """The nearest weights found so far that turn an order at one cut, by one norm."""

    def __init__(self, made: Reweighed, cut: Cut, norm: Norm, question: Question) -> None:
        self.made, self.cut, self.norm, self.question = made, cut, norm, question
        everyone = tuple(range(len(made.base)))
        self.units = everyone if question.below is None else (question.above, question.below)
        self.place = self.units.index(question.above)
        self.best: Array | None = None
        self.distance = np.inf
        self.deep: Array | None = None  # the first that were found, as far from the edge as they were tried
        self.random = np.random.default_rng(len(cut.nodes))
        self.descents = 0
        self.gaps = bool(np.isnan(made.base[np.ix_(self.units, cut.nodes)]).any())
        inner = [node - made.tree.leaves for node in cut.nodes if node >= made.tree.leaves]
        lacks = self.gaps or bool((made.coverage[np.ix_(self.units, inner)] < 1).any())
        self.covers = lacks and any(asks_for_coverage(branch.missing) for branch in cut.upper)

    # ------------------------------------------------------------------------------------------------ what is tried

    def take(self, stack: Array) -> bool:
        """Try weights, and keep the nearest of those that turn the order, no farther than it takes; say whether it is nearer."""
        stack = stack[self.cut.length(stack, self.norm) < self.distance]
        return self._keep(stack[self.made.turns(self.cut, stack, self.question)] if len(stack) else stack)

    def _keep(self, does: Array) -> bool:
        if not len(does):
            return False
        near = does[np.argsort(self.cut.length(does, self.norm), kind="stable")[:_NEAR]]
        near = near[self._is_clear(near)][:3]
        if not len(near):
            return False
        before, self.deep = self.distance, near[0] if self.deep is None else self.deep
        for one in near:
            if float(self.cut.length(one, self.norm)) < self.distance or one is near[0]:
                short = self._shortened(one)
                short = short if self._is_clear(short[None])[0] else one
                if (far := float(self.cut.length(short, self.norm))) < self.distance:
                    self.best, self.distance = short, far
        return self.distance < before * (1 - 1e-6)

    def _is_clear(self, does: Array) -> Mask:
        """Say which of some weights (stack, node) turn the order though each of them is a hair off, up or down.

        On the last bit of a limit of coverage the same weights turn it or not, by whether they are written as weights in the
        index or as those of siblings. What weighs nothing stays so, as that is no matter of bits.
        """
        if not self.covers:
            return np.ones(len(does), dtype=bool)
        nodes = does.shape[-1]
        off = 1.0 + _OFF * np.concatenate([np.eye(nodes), -np.eye(nodes)])
        moved = does[:, None] * off
        moved *= (np.add.reduce(does, axis=-1)[:, None] / np.add.reduce(moved, axis=-1))[..., None]
        turned = self.made.turns(self.cut, moved.reshape(-1, nodes), self.question)
        return np.asarray(turned.reshape(len(does), -1).all(axis=-1))

    def _shortened(self, found: Array) -> Array:
        """Return as little of a change as does it, found in finer and finer steps from where it begins to."""
        if not self.cut.within:
            return found
        low, high = 0.0, 1.0
        for steps in (33, 33, 33, 33, 33):
            part = np.linspace(low, high, steps)[1:]
            does = self.made.turns(self.cut, self.cut.weights + part[:, None] * (found - self.cut.weights), self.question)
            first = int(np.argmax(does)) if does.any() else len(part) - 1
            low, high = low if first == 0 else float(part[first - 1]), float(part[first])
        return np.asarray(self.cut.weights + high * (found - self.cut.weights))

    def begin(self, starts: Sequence[Array]) -> None:
        """Try weights from afar, and come down from the nearest that do it, and from the weights as they are."""
        cut = self.cut
        tried = cut.projected(np.concatenate([np.array(starts).reshape(-1, len(cut.weights)), self._afar()]))
        if self.gaps:
            tried = np.concatenate([tried, *self._on_faces(tried)])
        does = tried[self.made.turns(cut, tried, self.question)]
        self._keep(does)
        self.descend(cut.weights if cut.within else cut.projected(cut.weights[None])[0])
        for start in self._of_patterns(does if len(does) else self._nearly(tried)):
            self.descend(start)
        if self.best is not None:
            self.descend(self.best)

    def _afar(self) -> Array:
        """Return weights of single nodes, of pairs, and by chance, on the way there from the weights as they are."""
        cut, nodes, whole = self.cut, len(self.cut.weights), float(self.cut.weights.sum())
        ends = np.eye(nodes) * whole
        tried = [cut.weights + share * (ends - cut.weights) for share in (0.1, 0.5, 0.9, 0.999)]
        if nodes <= _FEW:
            one, other = np.triu_indices(nodes, 1)
            tried += [ends[one] + share * (ends[other] - ends[one]) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        chance = np.concatenate([self.random.dirichlet(np.full(nodes, a), _CHANCE) for a in (0.3, 1.0)]) * whole
        return np.concatenate([*tried, *(cut.weights + share * (chance - cut.weights) for share in (1.0, 0.3))])

    def _on_faces(self, tried: Array) -> Iterator[Array]:
        """Return some of the tried weights, and those of now, moved to where sets of nodes weigh nothing at all."""
        some = np.concatenate([self.cut.weights[None], tried[:: max(1, len(tried) // 15)]])
        for nothing in self._faces():
            yield replace(self.cut, high=np.where(nothing, 0.0, self.cut.high)).projected(np.where(nothing, 0.0, some))

    def _faces(self) -> list[Mask]:
        """Return sets of nodes without which a node with gaps has no score; where there are few nodes, all sets of them."""
        nodes, can = len(self.cut.nodes), self.cut.low <= 0
        if nodes <= _ALL_FACES:
            found = [np.array(each) for each in itertools.product([False, True], repeat=nodes)]
        else:
            there = ~np.isnan(self.made.base[np.ix_(self.units, self.cut.nodes)])
            below: dict[int, list[int]] = {node: [at] for at, node in enumerate(self.cut.nodes)}
            sets: dict[bytes, Mask] = {}
            for branch in self.cut.upper[:-1]:
                below[branch.position] = [at for child in branch.children for at in below[child]]
                for own in there:
                    nothing = np.zeros(nodes, dtype=bool)
                    nothing[below[branch.position]] = own[below[branch.position]]
                    if nothing.any() and not own[below[branch.position]].all():
                        sets.setdefault(nothing.tobytes(), nothing)
            found = list(sets.values())[:_FACES]
        return [nothing for nothing in found if nothing.any() and not nothing.all() and can[nothing].all()]

    def _nearly(self, tried: Array) -> Array:
        """Return the tried weights that come nearest to turning the order, the nearest first."""
        margin = self._margin(self.made.sign * self.made.at(self.cut, tried, self.units))
        there = np.flatnonzero(np.isfinite(margin))
        return tried[there[np.argsort(-margin[there], kind="stable")]][: 4 * _CHANCE]

    def _of_patterns(self, stack: Array) -> Array:
        """Return the nearest of some weights of each pattern, or the first where none do it."""
        if not len(stack):
            return stack
        if self.best is not None:
            stack = stack[np.argsort(self.cut.length(stack, self.norm), kind="stable")][: 4 * _CHANCE]
        if not self.gaps:  # the search comes down from the best in any case
            return stack[1:2] if self.best is not None else stack[:1]
        there = self.made.there(self.cut, stack, self.units).reshape(len(stack), -1)
        first = np.sort(np.unique(there, axis=0, return_index=True)[1])
        return np.asarray(stack[first[: _PATTERNS if len(self.cut.nodes) <= _FEW else 1]])

    # --------------------------------------------------------------------------------------------------- coming down

    def heard(self, weights: Array, known: Mapping[tuple[int, int], bool]) -> tuple[float, Array | None]:
        """Try weights that a bound goes by, and a hair beyond; come down from them where that is worth it. Return the best.

        `known` says which units are taken to have a score at which nodes.
        """
        beyond = self.cut.weights + np.array([1.0, 1 + 1e-9, 1 + 1e-7, 1 + 1e-5, 1 + 1e-3])[:, None] * (
            weights - self.cut.weights
        )
        if self.deep is not None:  # and from them as little as can be towards some that do it
            beyond = np.concatenate([beyond, weights + PUSHED[:, None] * (self.deep - weights)])
        nearer = self.take(self.cut.projected(beyond))
        few = len(self.cut.nodes) <= _FEW
        if self.descents < (12 if few else 6) or nearer:
            if few or not nearer:
                self.descend(weights, known)
            if nearer and self.best is not None:
                self.descend(self.best)
        return self.distance, self.best

    def descend(self, at: Array, known: Mapping[tuple[int, int], bool] | None = None) -> None:
        """Make the condition linear at weights, and go to the nearest at which it holds, again and again.

        It is made linear within the pattern of scores that are there at the weights, which stays; `known` may say another.
        """
        self.descents += 1
        pattern = Pattern.at(self.made, self.cut, at, self.units, known or {})
        for attempt in range(_TRIES):
            now, holds = self._next(pattern, at)
            if now is None:
                return
            near = self.cut.projected(at + np.array([1.0, 0.5, 0.25])[:, None] * (now - at))
            nearer = self.take(near)
            if np.abs(now - at).max() < 1e-12 or not len(near):
                return
            if not holds:  # so long as it comes nearer to holding
                margin = self._margin(self.made.sign * pattern.values(np.concatenate([at[None], near])))
                if not np.nanmax(margin[1:], initial=-np.inf) > margin[0]:
                    return
                at = near[int(np.nanargmax(margin[1:]))]
                continue
            if attempt > 2 and not nearer:
                return
            at = near[1 if attempt % 2 and len(near) > 1 else 0]

    def _next(self, pattern: Pattern, at: Array) -> tuple[Array | None, bool]:
        """Return the nearest weights at which the condition made linear holds, or the nearest to holding, and whether it does."""
        last, (values, rows) = None, self._linear(pattern, at)
        for half in self._halves(values):
            made = self._lead(values, rows, half)
            if made is None:
                return None, False
            now = self._nearest(pattern, *made)
            if now is not None:
                return now, True
            last = made if last is None else last
        if last is None:
            return None, False
        lead, besides, order = last
        first = slice(self.question.count)
        kept = pattern.kept([self.place, *order[first]])
        return most_ahead(self.cut, np.concatenate([lead[first], besides]), kept), False

    def _linear(self, pattern: Pattern, at: Array) -> tuple[Array, Array]:
        """Return the index of each unit at some weights, more being better, and it made linear there: forms (unit, node)."""
        step = _STEP * np.where(at + _STEP <= 1.0, 1.0, -1.0)
        steps = np.diag(np.where(self.cut.high > self.cut.low, step, 0.0))
        values = self.made.sign * pattern.values(np.concatenate([at + steps, at[None]]))
        slope = (values[:-1] - values[-1]).T / step
        return values[-1], slope + (values[-1] - slope @ at)[:, None] / float(self.cut.weights.sum())

    def _halves(self, values: Array) -> list[float | None]:
        """Return between which rounded scores the order may turn, those in the middle first; one nothing where none are."""
        decimals = self.made.ranking.decimals
        if decimals is None:
            return [None]
        own, others = values[self.place], np.delete(values, self.place)
        others = np.sort(others[~np.isnan(others)])
        if np.isnan(own) or len(others) < self.question.count:
            return []
        scale, other = 10.0**decimals, others[-self.question.count]
        if self.question.below is None and self.made.ranking.ties in ("max", "average"):  # to round to the same is enough
            middles = [np.round(x * scale) for x in ((own + other) / 2, own, other)]
        else:
            middles = [np.round(x * scale - 0.5) + 0.5 for x in ((own + other) / 2, own + 0.5 / scale, other - 0.5 / scale)]
        return [float(one) / scale for one in dict.fromkeys(middles)]

    def _margin(self, values: Array) -> Array:
        """Return by how much so many others as it takes are ahead, by scores (stack, unit), more being better."""
        lead = np.delete(values, self.place, axis=-1) - values[:, [self.place]]
        if lead.shape[-1] < self.question.count:
            return np.full(len(lead), -np.inf)
        ordered = np.sort(np.where(np.isnan(lead), -np.inf, lead), axis=-1)
        return np.asarray(np.where(np.isnan(values[:, self.place]), -np.inf, ordered[:, -self.question.count]))

    def _lead(self, values: Array, rows: Array, half: float | None) -> tuple[Array, Array, list[int]] | None:
        """Return by how much others lead, of the index made linear: rows of forms (row, node), and rows to hold besides.

        Those that lead most come first; their places are the last. Where ranks compare rounded scores, that is the lead over the
        half that parts them, which the unit itself must not reach. Nothing where no score is there to go by.
        """
        place, whole = self.place, float(self.cut.weights.sum())
        there = np.asarray(np.isfinite(rows).all(axis=-1))
        ordered = np.argsort(-np.nan_to_num(values), kind="stable").tolist()
        others = [unit for unit in ordered if there[unit] and unit != place]
        if not there[place] or len(others) < self.question.count:
            return None
        if half is None:
            return rows[others] - rows[place], np.empty((0, rows.shape[-1])), others
        decimals = self.made.ranking.decimals or 0
        ties = self.question.below is None and self.made.ranking.ties in ("max", "average")
        apart = 0.5 * 10.0**-decimals if ties else 0.0
        return rows[others] - (half - apart) / whole, ((half + apart) / whole - rows[place])[None], others

    def _nearest(self, pattern: Pattern, lead: Array, besides: Array, order: list[int]) -> Array | None:
        cut, count = self.cut, self.question.count
        lead, besides = (rows - _AHEAD * np.abs(rows).max(axis=-1, keepdims=True, initial=0.0) for rows in (lead, besides))
        chosen = np.arange(count)
        if cut.within:
            distance, near, _ = alone(cut, lead, self.norm)
            chosen = np.argsort(distance, kind="stable")[:count]
            if np.isinf(distance[chosen[-1]]):
                return None
        kept = pattern.kept([self.place, *(order[one] for one in chosen)])
        if cut.within and count == 1 and not len(besides) and not len(kept.matrix):
            return np.asarray(near[chosen[0]])
        rows = np.concatenate([lead[chosen], besides])
        scale = np.maximum(np.abs(rows).max(axis=-1), 1e-300)
        conditions = Rows(
            np.concatenate([rows / scale[:, None], kept.matrix]),
            np.concatenate([np.zeros(len(rows)), kept.low]),
            np.concatenate([np.full(len(rows), np.inf), kept.high]),
        )
        return program(cut, self.norm, conditions)[0].weights

    # ----------------------------------------------------------------------------------------------------------- chance

    def go_on(self) -> None:
        """Look around the best weights by chance, nearer and nearer, and anew from farther off where there are none."""
        cut, nodes = self.cut, len(self.cut.weights)
        if self.best is None:
            chance = self.random.dirichlet(np.full(nodes, 0.5), 8 * _CHANCE) * float(cut.weights.sum())
            self.take(cut.projected(np.concatenate([cut.weights + share * (chance - cut.weights) for share in (1.0, 0.6, 0.1)])))
        if self.best is None:
            for share in (0.9, 0.995):
                for at in cut.projected(cut.weights + share * (np.eye(nodes) * float(cut.weights.sum()) - cut.weights))[:_FEW]:
                    self.descend(at)
        if self.best is None:
            return
        self._scan()
        for width in (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.01, 0.003, 0.001):
            for _ in range(3):
                noise = self.random.normal(size=(2 * _CHANCE, nodes)) * self.random.integers(0, 2, (2 * _CHANCE, nodes))
                noise -= noise.mean(axis=-1, keepdims=True)
                around = self.best + width * self.distance * noise
                back = self.best + self.random.uniform(0, 2 * width, (2 * _CHANCE, 1)) * (cut.weights - self.best)
                if not self.take(cut.projected(np.concatenate([around, back + 0.3 * width * self.distance * noise]))):
                    break
        self.descend(self.best)

    def _scan(self) -> None:
        """Go out from the weights as they are in directions by chance, in small steps, no farther than the best so far.

        Where scores are rounded nothing tells which way is nearer, and what turns the order lies in many narrow places.
        """
        cut, nodes = self.cut, len(self.cut.nodes)
        if not cut.within or nodes > _FEW:
            return
        for _ in range(_SCANS):
            ends = self.random.dirichlet(np.full(nodes, 0.5), _RAYS) * float(cut.weights.sum()) - cut.weights
            ends *= (self.distance / cut.length(cut.weights + ends, self.norm))[:, None]
            along = np.linspace(0.0, 1.0, _STEPS + 2)[1:-1]
            self.take(cut.projected((cut.weights + along[:, None, None] * ends).reshape(-1, nodes)))

    def checked(self) -> Array | None:
        """Return the best weights if the published ranks of all units bear them out."""
        if self.best is None or not self.made.published(self.cut, self.best[None], self.question)[0]:
            return None
        return self.best
