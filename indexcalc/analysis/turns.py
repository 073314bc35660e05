"""The smallest change of weights that turns an order, and the bound below which there is none.

Where the index is a linear form of the weights, one pair is had in closed form and who leaves the top by an integer program: both
are proved. Elsewhere weights are searched from several sides, and a bound is shown beside what was found: that of `bounding`
for a pair; for the top that of the k-th of the units that may pass, each by itself. What is reported was scored by the engine and
turns the ranks as they are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..methods.arrays import Array, np
from ..scores import Scores
from .bounding import bound
from .cuts import NORMS, Cut, Norm, Question, Reweighed
from .hunt import PUSHED, Hunt
from .linear import Forms, forms
from .nearest import alone, most_ahead, together
from .patterns import Pattern
from .relaxed import Relaxed

_PROVED = 5e-7  # weights that turn an order no farther than this beyond the bound are the smallest
_NEAR = 0.01  # a bound so much below what was found is near enough not to look on
_PROGRAMS, _ALL = 160, 4000  # programs solved for a bound: of one turn, and of all together
_COLUMNS = 1500  # and the nodes in those of one turn
_NODES = 400  # of a tree of choices who passes
_FEW = 12  # others whose bound is looked at more closely, and nodes of a cut up to which that goes on to the end


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
        self.lasting: dict[tuple[int, Norm], Array] = {}
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
        hunt = Hunt(self.made, cut, norm, question)
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
        stack = near + PUSHED[:, None] * (most - near)
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

    def _lasts(self, cut: Cut, norm: Norm) -> Array:
        """Return how far weights have to move before a unit can gain or lose a score at any node above a cut (unit,)."""
        if (cut.level, norm) not in self.lasting:
            pattern = Pattern.at(self.made, cut, cut.weights, range(len(self.made.base)), {})
            self.lasting.update({(cut.level, each): pattern.lasts(each) for each in NORMS})
        return self.lasting[cut.level, norm]

    def _at_once(self, cut: Cut, form: Forms | None, norm: Norm, above: int, others: Sequence[int], slack: float = 0.0) -> Array:
        """Return distances (other,) in closed form below which the others do not pass a unit: 0 where nothing is known.

        Either the scores lie between their forms whatever the weights, or between those that hold as long as no node gains or
        loses a score, or weights have to move so far that one does.
        """
        if form is None or not cut.within or form.never[above]:
            return np.zeros(len(others))
        ahead = [
            np.nan_to_num(high[others] - low[above] + slack)
            for low, high in ((form.low, form.high), (form.near_low, form.near_high))
        ]
        always, near = alone(cut, np.concatenate(ahead), norm, level=self.level)[0].reshape(2, -1)
        lasts, scores = self._lasts(cut, norm), self.made.base[:, self.made.tree.root]
        near = np.where(np.isnan(scores[others]), np.inf, near)
        return np.where(form.never[others], np.inf, np.maximum(always, np.minimum(near, np.minimum(lasts[others], lasts[above]))))

    def _searched(self, relaxed: Relaxed, norm: Norm, hunt: Hunt, programs: int) -> float:
        """Return the bound of a pair by branch and bound."""
        lasts = float(self._lasts(relaxed.cut, norm)[list(relaxed.units)].min()) if relaxed.cut.within else 0.0
        return bound(relaxed, norm, hunt.heard, hunt.distance, programs, kept=hunt.distance < lasts)[0]

    def _bound(self, cut: Cut, form: Forms | None, norm: Norm, question: Question, hunt: Hunt) -> float:
        """Return a distance below which no weights turn the order; the hunt hears of weights that are near to it."""
        if question.below is not None:
            at_once = float(self._at_once(cut, form, norm, question.above, [question.below])[0])
            if hunt.distance - at_once <= _PROVED:
                return at_once
            relaxed = Relaxed(self.made, cut, question.above, question.below)
            return max(at_once, self._searched(relaxed, norm, hunt, self._programs(cut)))
        others = [unit for unit in range(len(self.made.base)) if unit != question.above]
        slack = 10.0**-self.decimals if self.decimals is not None and self.level else 0.0
        least = self._at_once(cut, form, norm, question.above, others, slack)
        near = _NEAR if len(cut.nodes) > _FEW else 0.0
        if not slack:
            for _ in range(min(_FEW, len(others))):  # the nearest by themselves are looked at more closely, one after the other
                at = int(np.argsort(least, kind="stable")[question.top - 1]) if len(others) >= question.top else -1
                if at < 0 or least[at] >= hunt.distance * (1 - near):
                    break
                relaxed = Relaxed(self.made, cut, question.above, others[at])
                closer = self._searched(relaxed, norm, hunt, max(2, self._programs(cut) // _FEW))
                if closer <= least[at] + _PROVED:
                    break
                least[at] = closer
        ordered = np.sort(least)
        return float(ordered[question.top - 1]) if len(others) >= question.top else np.inf
