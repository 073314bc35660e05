"""The smallest change of weights that turns an order, and the bound below which there is none.

Where the index is a linear form of the weights, one pair is had in closed form and who leaves the top by an integer program: both
are proved. Elsewhere weights are searched from several sides, and a bound is shown beside what was found: that of `bounding`
for a pair; for the top that of the k-th of the units that may pass, each by itself. What is reported was scored by the engine and
turns the ranks as they are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..methods.arrays import Array, np
from ..scores import Scores
from .bounding import bound
from .cuts import NORMS, Cut, Norm, Question, Reweighed
from .linear import Forms, forms
from .nearest import Rows, alone, most_ahead, program, together
from .relaxed import Relaxed

_PROVED = 5e-7  # weights that turn an order no farther than this beyond the bound are the smallest
_NEAR = 0.01  # a bound so much below what was found is near enough not to look on
_PROGRAMS, _ALL = 160, 4000  # programs solved for a bound: of one turn, and of all together
_COLUMNS = 1500  # and the nodes in those of one turn
_NODES = 400  # of a tree of choices who passes
_TRIES = 8
_STEP = 1e-6
_AHEAD = 1e-7  # by how much a condition that was made linear is to hold, of its largest number
_FEW = 12  # nodes of a cut up to which weights between every two of them are tried
_FACES = 4  # sets of nodes without weight that are looked at by themselves
_CHANCE = 64  # weights that are tried by chance, at each of several distances
_PUSHED = np.concatenate([[0.0], np.logspace(-13, 0, 40)])


@dataclass(frozen=True)
class Turn:
    """The smallest change of weights in the index at one level that lets `below` pass `above`, or `above` leave the top.

    `distance` is NaN where no such weights were found, `bound` that below which there are none: infinite where there are none at
    all. `exact`: the distance is the bound. `weights` are those of the cut's nodes in the index that turn the order, `siblings`
    the same as weights among siblings, by parent and child, which add up to what they did. `verified`: the engine, given the
    weights, turns the published ranks.
    """

    level: int
    norm: Norm
    above: int
    below: int | None
    distance: float
    bound: float
    weights: Mapping[str, float]
    siblings: Mapping[str, Mapping[str, float]]
    exact: bool
    verified: bool

    @property
    def gap(self) -> float:
        """By which share of the distance there may be nearer weights: 0 where it is proved; NaN where none were found."""
        return 0.0 if self.exact and self.verified else (self.distance - self.bound) / self.distance


class Search:
    """The smallest changes in one period, so many turns of them."""

    def __init__(self, scores: Scores, period: int, cuts: Sequence[Cut], turns: int) -> None:
        self.scores, self.period = scores, period
        self.made = Reweighed(scores, period)
        self.cuts = cuts
        self.forms = [forms(self.made, cut) for cut in cuts]
        self.programs = min(_PROGRAMS, _ALL // max(1, turns))
        self.level = self.made.ranking.ties in ("max", "average")  # whether to be level with others costs places
        self.decimals, self.ties = self.made.ranking.decimals, self.made.ranking.ties

    def turns(self, question: Question) -> list[Turn]:
        """Answer a question at each cut and by each norm."""
        found = []
        for norm in NORMS:
            last: tuple[Cut, Array] | None = None
            for cut, form in zip(self.cuts, self.forms, strict=True):
                start = self._lifted(cut, *last) if last else None
                weights, least = self._answer(cut, form, norm, question, start)
                found.append(self._turn(cut, norm, question, weights, least))
                last = last if weights is None else (cut, weights)
        return found

    def _turn(self, cut: Cut, norm: Norm, question: Question, weights: Array | None, least: float) -> Turn:
        distance = np.nan if weights is None else float(cut.length(weights, norm))
        nodes = self.scores.tree.nodes
        return Turn(
            level=cut.level,
            norm=norm,
            above=question.above,
            below=question.below,
            distance=distance,
            bound=least if weights is None else min(least, distance),
            weights={} if weights is None else {nodes[n].id: float(w) for n, w in zip(cut.nodes, weights, strict=True)},
            siblings={} if weights is None else self.made.named(cut, weights),
            exact=bool(np.isinf(least)) if weights is None else bool(distance - least <= _PROVED),
            verified=weights is not None,
        )

    def _answer(
        self, cut: Cut, form: Forms | None, norm: Norm, question: Question, start: Array | None
    ) -> tuple[Array | None, float]:
        """Return the nearest weights that were found, and the bound."""
        if form is not None and self.decimals is None and cut.within:
            if question.below is not None and form.known[[question.above, question.below]].all():
                return self._of_one(cut, form, norm, question)
            if question.below is None and (form.known | form.never).all():
                found = self._of_many(cut, form, norm, question)
                if found is not None:
                    return found
        hunt = _Hunt(self.made, cut, norm, question)
        hunt.begin([] if start is None else [start])
        least = self._bound(cut, form, norm, question, hunt)
        if hunt.distance > (1 + _NEAR) * least + _PROVED:
            hunt.go_on()
        return hunt.checked(), least

    # ------------------------------------------------------------------------------------------------- linear forms

    def _of_one(self, cut: Cut, form: Forms, norm: Norm, question: Question) -> tuple[Array | None, float]:
        lead = (form.low[question.below] - form.low[question.above])[None]
        distance, near, most = alone(cut, lead, norm)
        if np.isinf(distance[0]):
            return None, np.inf
        return self._pushed(cut, near[0], most[0], question), float(distance[0])

    def _of_many(self, cut: Cut, form: Forms, norm: Norm, question: Question) -> tuple[Array | None, float] | None:
        """Return who leaves the top as an integer program has it; nothing where rounding of its solution does not bear it out."""
        others = np.flatnonzero(form.known)
        others = others[others != question.above]
        lead = form.low[others] - form.low[question.above]
        size = np.abs(lead).max(axis=-1)
        level = size <= 1e-11 * self.made.largest
        count = question.top
        if self.ties == "max":
            count = question.top - int(np.count_nonzero(level))
        elif self.ties == "average":
            count = int(np.floor(question.top - 1 - np.count_nonzero(level) / 2)) + 1
        lead = lead[~level]
        if self.ties == "dense":
            lead = np.unique(np.round(lead, 9), axis=0) if len(lead) else lead
        found = together(cut, lead, norm, count, _NODES, level=self.level)
        if found.weights is None:
            return None, found.bound
        ahead = np.argsort(-(lead @ found.weights) / np.abs(lead).max(axis=-1), kind="stable")[:count]
        most = most_ahead(cut, lead[ahead])
        pushed = None if most is None else self._pushed(cut, found.weights, most, question)
        return None if pushed is None else (pushed, found.bound)

    def _pushed(self, cut: Cut, near: Array, most: Array, question: Question) -> Array | None:
        """Return weights moved from some that are on the edge as little as can be towards others, so that the order turns."""
        stack = near + _PUSHED[:, None] * (most - near)
        does = self.made.turns(cut, stack, question)
        return stack[int(np.argmax(does))] if does.any() else None

    # -------------------------------------------------------------------------------------------------- all others

    def _lifted(self, cut: Cut, coarse: Cut, weights: Array) -> Array:
        """Return the weights of a coarser cut, with what is below each of its nodes in the old proportions."""
        tree, old = self.scores.tree, self.scores.effective_weights[self.period]
        out = np.empty(len(cut.nodes))
        for i, node in enumerate(cut.nodes):
            above = node
            while above not in coarse.column:
                above = tree.parents[above]
            out[i] = cut.weights[i] * weights[coarse.column[above]] / old[above] if old[above] else 0.0
        return out

    def _programs(self, cut: Cut) -> int:
        return max(2, min(self.programs, _COLUMNS // len(cut.nodes)))

    def _bound(self, cut: Cut, form: Forms | None, norm: Norm, question: Question, hunt: _Hunt) -> float:
        """Return a distance below which no weights turn the order; the hunt hears of weights that are near to it."""
        if question.below is not None:
            at_once = 0.0
            if form is not None and cut.within:
                at_once = float(alone(cut, (form.high[question.below] - form.low[question.above])[None], norm)[0][0])
            relaxed = Relaxed(self.made, cut, question.above, question.below)
            return max(at_once, bound(relaxed, norm, hunt.heard, hunt.distance, self._programs(cut))[0])
        others = [unit for unit in range(len(self.made.base)) if unit != question.above]
        slack = 10.0**-self.decimals if self.decimals is not None and self.level else 0.0
        least = np.zeros(len(others))
        if form is not None and cut.within and not form.never[question.above]:
            lead = form.high[others] - form.low[question.above] + slack
            least = np.where(form.never[others], np.inf, alone(cut, np.nan_to_num(lead), norm, level=self.level)[0])
        if not slack:
            for _ in range(min(_FEW, len(others))):  # the nearest by themselves are looked at more closely, one after the other
                at = int(np.argsort(least, kind="stable")[question.top - 1]) if len(others) >= question.top else -1
                if at < 0 or least[at] >= hunt.distance:
                    break
                relaxed = Relaxed(self.made, cut, question.above, others[at])
                closer = bound(relaxed, norm, hunt.heard, hunt.distance, max(2, self._programs(cut) // _FEW))[0]
                if closer <= least[at] + _PROVED:
                    break
                least[at] = closer
        ordered = np.sort(least)
        return float(ordered[question.top - 1]) if len(others) >= question.top else np.inf


class _Hunt:
    """The nearest weights found so far that turn an order at one cut, by one norm."""

    def __init__(self, made: Reweighed, cut: Cut, norm: Norm, question: Question) -> None:
        self.made, self.cut, self.norm, self.question = made, cut, norm, question
        self.best: Array | None = None
        self.distance = np.inf
        self.deep: Array | None = None  # the first that were found, as far from the edge as they were tried
        self.random = np.random.default_rng(len(cut.nodes))
        self.descents = 0
        self.faces: set[tuple[bool, ...]] = set()

    def take(self, stack: Array) -> bool:
        """Try weights, and keep the nearest of those that turn the order, no farther than it takes; say whether it is nearer."""
        stack = stack[self.cut.length(stack, self.norm) < self.distance]
        does = stack[self.made.turns(self.cut, stack, self.question)] if len(stack) else stack
        if not len(does):
            return False
        near = does[np.argsort(self.cut.length(does, self.norm), kind="stable")[:3]]
        before, self.deep = self.distance, near[0] if self.deep is None else self.deep
        for one in near:
            short = self._shortened(one)
            if (far := float(self.cut.length(short, self.norm))) < self.distance:
                self.best, self.distance = short, far
        return self.distance < before * (1 - 1e-6)

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
        nodes, whole = len(cut.weights), float(cut.weights.sum())
        ends = np.eye(nodes) * whole
        tried = [np.array(starts).reshape(-1, nodes)]
        tried += [cut.weights + share * (ends - cut.weights) for share in (0.1, 0.5, 0.9, 0.999)]
        if nodes <= _FEW:
            one, other = np.triu_indices(nodes, 1)
            tried += [ends[one] + share * (ends[other] - ends[one]) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        chance = np.concatenate([self.random.dirichlet(np.full(nodes, a), _CHANCE) for a in (0.3, 1.0)]) * whole
        tried += [cut.weights + share * (chance - cut.weights) for share in (1.0, 0.3)]
        self.take(cut.projected(np.concatenate(tried)))
        self.descend(cut.weights if cut.within else cut.projected(cut.weights[None])[0])
        if self.best is not None:
            self.descend(self.best)

    def heard(self, weights: Array) -> tuple[float, Array | None]:
        """Try weights that a bound goes by, and a hair beyond; come down from them where that is worth it. Return the best."""
        beyond = self.cut.weights + np.array([1.0, 1 + 1e-9, 1 + 1e-7, 1 + 1e-5, 1 + 1e-3])[:, None] * (
            weights - self.cut.weights
        )
        if self.deep is not None:  # and from them as little as can be towards some that do it
            beyond = np.concatenate([beyond, weights + _PUSHED[:, None] * (self.deep - weights)])
        if np.isnan(self.made.base[:, list(self.cut.nodes)]).any():
            self._without(weights)
        nearer = self.take(self.cut.projected(beyond))
        if self.descents < 6 or nearer:
            self.descend(weights if not nearer or self.best is None else self.best)
        return self.distance, self.best

    def _without(self, weights: Array) -> None:
        """Look where nodes weigh nothing at all: then they play no part, and that can be what does it."""
        nothing = weights < 1e-9
        if not nothing.any() or tuple(nothing) in self.faces or len(self.faces) >= _FACES:
            return
        self.faces.add(tuple(nothing))
        face = _Hunt(self.made, replace(self.cut, high=np.where(nothing, 0.0, self.cut.high)), self.norm, self.question)
        face.distance = self.distance
        face.begin([weights])
        if face.best is not None:
            face.go_on()
            self.best, self.distance = face.best, face.distance

    def descend(self, at: Array) -> None:
        """Make the condition linear at weights, and go to the nearest at which it holds, again and again."""
        self.descents += 1
        for attempt in range(_TRIES):
            lead = self._lead(at)
            if lead is None:
                return
            now = self._nearest(*lead)
            if now is None:
                return
            near = self.cut.projected(at + np.array([1.0, 0.5, 0.25])[:, None] * (now - at))
            nearer = self.take(near)
            if np.abs(now - at).max() < 1e-12 or (attempt > 2 and not nearer):
                return
            at = near[1 if attempt % 2 else 0] if len(near) else now

    def _lead(self, at: Array) -> tuple[Array, Array] | None:
        """Return by how much others lead, made linear at some weights: rows of forms (row, node), and rows to hold besides.

        Where ranks compare rounded scores, that is the lead over the half that parts them, which the unit itself must not reach.
        Nothing where no score is there to go by.
        """
        made, cut, question = self.made, self.cut, self.question
        units = None if question.below is None else (question.above, question.below)
        step = _STEP * np.where(at + _STEP <= 1.0, 1.0, -1.0)
        values = made.sign * made.at(
            cut, np.concatenate([at[None] + np.diag(np.where(cut.high > cut.low, step, 0.0)), at[None]]), units
        )
        slope = (values[:-1] - values[-1]).T / step
        rows = slope + (values[-1] - slope @ at)[:, None] / float(cut.weights.sum())
        place = 0 if units else question.above
        others = np.delete(rows, place, axis=0)
        there = np.isfinite(others).all(axis=-1)
        if not np.isfinite(rows[place]).all() or np.count_nonzero(there) < question.count:
            return None
        others, now = others[there], np.delete(values[-1], place)[there]
        if made.ranking.decimals is None:
            return others - rows[place], np.empty((0, len(at)))
        scale = 10.0**made.ranking.decimals
        middle = (values[-1, place] + np.sort(now)[-question.count]) / 2
        whole = float(cut.weights.sum())
        if question.below is None and made.ranking.ties in ("max", "average"):  # to round to the same is enough
            halves = (np.round(middle * scale) + np.array([-0.5, 0.5])) / scale / whole
        else:
            halves = np.full(2, (np.round(middle * scale - 0.5) + 0.5) / scale / whole)
        return others - halves[0], (halves[1] - rows[place])[None]

    def _nearest(self, lead: Array, besides: Array) -> Array | None:
        cut, count = self.cut, self.question.count
        lead, besides = (rows - _AHEAD * np.abs(rows).max(axis=-1, keepdims=True, initial=0.0) for rows in (lead, besides))
        if cut.within:
            distance, near, _ = alone(cut, lead, self.norm)
            order = np.argsort(distance, kind="stable")[:count]
            if np.isinf(distance[order[-1]]):
                return None
            if count == 1 and not len(besides):
                return np.asarray(near[order[0]])
            lead = lead[order]
        else:
            lead = lead[np.argsort(-(lead @ cut.weights), kind="stable")[:count]]
        rows = np.concatenate([lead, besides])
        scale = np.maximum(np.abs(rows).max(axis=-1), 1e-300)
        return program(cut, self.norm, Rows(rows / scale[:, None], np.zeros(len(rows)), np.full(len(rows), np.inf)))[0].weights

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
        for width in (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.01, 0.003, 0.001):
            for _ in range(3):
                noise = self.random.normal(size=(2 * _CHANCE, nodes)) * self.random.integers(0, 2, (2 * _CHANCE, nodes))
                noise -= noise.mean(axis=-1, keepdims=True)
                around = self.best + width * self.distance * noise
                back = self.best + self.random.uniform(0, 2 * width, (2 * _CHANCE, 1)) * (cut.weights - self.best)
                if not self.take(cut.projected(np.concatenate([around, back + 0.3 * width * self.distance * noise]))):
                    break
        self.descend(self.best)

    def checked(self) -> Array | None:
        """Return the best weights if the published ranks of all units bear them out."""
        if self.best is None or not self.made.published(self.cut, self.best[None], self.question)[0]:
            return None
        return self.best
