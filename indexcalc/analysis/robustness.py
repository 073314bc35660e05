"""How much weights must change before two units change places, or one leaves the top: the smallest change, and the weights.

At each level the tree is cut: the nodes of that depth, and the leaves above it, have effective weights W in the index that add
up to 1, and any such W are sibling weights of the levels down to there. Where everything above the cut is a weighted sum, b
passes a as soon as

    Σ W_n (x_bn - x_an) + c_b - c_a >= 0,

so the nearest W in the L1 norm Σ |W_n - w_n| or in the maximum norm, within bounds, is a linear program (HiGHS); with a
geometric, harmonic or power mean right above the cut the same holds of g(x). Leaving the top k adds a choice of who passes
(an integer program). Elsewhere (gaps that move weight, means of means) the condition is made linear at the weights reached,
again and again: such an answer is checked, but not proved to be the smallest. Every answer is scored by the engine.
Source: the idea of weight stability intervals, Triantaphyllou, Sánchez 1997, made simultaneous.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from ..engine import combiner
from ..engine.rules import finish, power_of, transformed
from ..findings import Language
from ..methods import AGGREGATORS
from ..methods.arrays import Array, np
from ..methods.records import Powers
from ..methods.ties import tolerance
from ..scores import Scores
from ..tree.layout import Branch
from ..tree.model import Dimension, Index, Root, Weights
from .contribution import adjusted
from .result import Result
from .worlds import World, of_scores

if TYPE_CHECKING:
    import pandas as pd


Norm = Literal["L1", "max"]
NORMS: tuple[Norm, ...] = ("L1", "max")
_MARGIN = 1e-6  # by how much one is ahead, of the largest difference between two scores: more than the solver's slack
_AHEAD = 1e-9  # the same where the index itself is at hand
_TRIES = 12
_SHARES = (math.inf, 4.0, 2.0, 1.5, 1.2)  # how many times a weight may be itself, where the search was led astray
_PASSING = frozenset(  # a gap of weight 0 is nothing
    name
    for name, record in AGGREGATORS.items()
    if record.weights != "summed" and (record.split in ("child", "places") or isinstance(record.split, Powers))
)
_FEW = 12  # nodes of a cut up to which weights between every two of them are tried
_MOST_OTHERS = 60  # units that may pass one that leaves the top; the nearest of them where there are more


@dataclass(frozen=True)
class Turn:
    """The smallest change of effective weights at one level that lets `below` pass `above`, or `above` leave the top.

    `distance` is NaN where no weights within the bounds do it. `weights` are the effective weights of the cut's nodes that do,
    `siblings` the same as weights among siblings, by parent and child. `exact`: proved to be the smallest. `verified`: the
    engine, given the weights, turns the order.
    """

    level: int
    norm: Norm
    above: int
    below: int | None
    distance: float
    weights: Mapping[str, float]
    siblings: Mapping[str, Mapping[str, float]]
    exact: bool
    verified: bool


@dataclass(frozen=True)
class Robustness(Result):
    """The ranking of a period (the places of units, the best first) and what turns it: neighbours, and the top if asked for.

    `units` are those whose neighbours were asked about, None for all.
    """

    scores: Scores
    period: int
    units: tuple[int, ...] | None
    order: tuple[int, ...]
    top: int | None
    pairs: tuple[Turn, ...]
    leaves_top: tuple[Turn, ...]
    searched: bool

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a turn: who passes whom, at which level, by which norm, and how far weights must move for it."""
        import pandas as pd

        units = self.scores.panel.units
        rows = [
            {
                "above": units.ids[turn.above],
                "above_name": units.title(turn.above, language),
                "below": None if turn.below is None else units.ids[turn.below],
                "below_name": None if turn.below is None else units.title(turn.below, language),
                **{name: getattr(turn, name) for name in ("level", "norm", "distance", "exact", "verified")},
            }
            for turn in (*self.pairs, *self.leaves_top)
        ]
        return pd.DataFrame(rows)


@dataclass(frozen=True)
class _Cut:
    """The nodes of a level with their weights now, within what they may move, and the units' scores of them."""

    level: int
    nodes: tuple[int, ...]
    upper: tuple[Branch, ...]
    weights: Array
    low: Array
    high: Array
    x: Array
    constant: Array
    linear: bool


@dataclass(frozen=True)
class _Layer:
    """Nodes of one height that are made alike, and the columns that each is in, is weighed in and is made of (node, child)."""

    branches: tuple[Branch, ...]
    places: list[int]
    children: Any
    inputs: Any


def robustness(
    scores: Scores,
    period: int,
    *,
    top: int | None = None,
    within: float | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    units: Sequence[int] | None = None,
    levels: Sequence[int] | None = None,
) -> Robustness:
    """Find the smallest changes of weights that turn a ranking.

    `within` bounds every effective weight to so great a share of itself (0.5: from half to one and a half times as much),
    `bounds` that of single nodes; without either a weight is between 0 and 1. `units` are those whose neighbours are asked
    about, `levels` the depths of the cuts; all without. Nothing is searched in a tree in which nodes compare units or have
    floors, as there every unit's score depends on all weights at once: see `searched`.
    """
    places = scores.rank()[period]
    order = [int(unit) for unit in np.lexsort((np.arange(len(places)), places)) if not np.isnan(places[unit])]
    depth = max(scores.tree.depth(leaf) for leaf in range(scores.tree.leaves))
    cuts = [_cut(scores, period, level, within, bounds or {}) for level in levels or range(1, depth + 1)]
    cuts = [cut for i, cut in enumerate(cuts) if not i or cut.nodes != cuts[i - 1].nodes]
    can = not any(
        branch.compares or branch.missing.policy == "floor" for branch in scores.tree.branches if _above(scores, branch)
    )
    wanted = set(order if units is None else units)
    search = _Search(scores, period)
    pairs, out = [], []
    for above, below in pairwise(order):
        if not wanted & {above, below} or not can:
            continue
        pairs += search.turns(cuts, above, [below], 1)
    if top is not None and can:
        for place, above in enumerate(order[:top]):
            if above in wanted and len(order) > top:
                ahead, others = order[:place], order[place + 1 :]
                near = [*ahead, *others][: max(_MOST_OTHERS, top + 1)]
                out += search.turns(cuts, above, near, top)
    asked = None if units is None else tuple(units)
    return Robustness(scores, period, asked, tuple(order), top, tuple(pairs), tuple(out), can)


def _above(scores: Scores, branch: Branch) -> bool:
    """Say whether a node counts in the index: what is on a board of its own does not."""
    at = branch.position
    while at != scores.tree.root:
        parent = scores.tree.parents[at]
        if at not in scores.tree.branches[parent - scores.tree.leaves].children:
            return False
        at = parent
    return True


def _cut(scores: Scores, period: int, level: int, within: float | None, bounds: Mapping[str, tuple[float, float]]) -> _Cut:
    tree = scores.tree
    nodes: list[int] = []
    upper: list[Branch] = []

    def walk(position: int, depth: int) -> None:
        if depth == level or position < tree.leaves:
            nodes.append(position)
            return
        branch = tree.branches[position - tree.leaves]
        upper.append(branch)
        for child in branch.children:
            walk(child, depth + 1)

    walk(tree.root, 0)
    x = scores.scores[period][:, nodes]
    linear = all(_is_sum(scores, branch) for branch in upper)
    if level == 1 and not linear and _is_mean(upper[0]):
        x, linear = np.sign(power_of(upper[0]) or 1.0) * transformed(upper[0], x), True  # rising with x
    weights = scores.effective_weights[period, nodes]
    share = (0.0, np.inf) if within is None else (1.0 - within, 1.0 + within)
    low, high = np.maximum(weights * share[0], 0.0), np.minimum(np.nan_to_num(weights * share[1], nan=1.0, posinf=1.0), 1.0)
    if within is None:
        high = np.ones_like(weights)
    for i, node in enumerate(nodes):
        if tree.nodes[node].id in bounds:
            low[i], high[i] = bounds[tree.nodes[node].id]
    constant = adjusted(scores, tree.root)[period]
    return _Cut(
        level,
        tuple(nodes),
        tuple(sorted(upper, key=lambda branch: branch.position)),
        weights,
        low,
        high,
        x,
        np.nan_to_num(constant),
        linear,
    )


def _layers(cut: _Cut) -> tuple[list[int], list[_Layer]]:
    """Return the columns of a table of all that goes into what is above a cut, and the layers that are made one after another."""
    columns = sorted(
        {*cut.nodes, *(node for branch in cut.upper for node in (branch.position, *branch.children, *branch.inputs))}
    )
    column = {node: at for at, node in enumerate(columns)}
    height: dict[int, int] = {}
    alike: dict[tuple[int, str, str, int], list[Branch]] = {}
    for branch in cut.upper:  # children come before their parents
        height[branch.position] = 1 + max((height.get(node, 0) for node in (*branch.children, *branch.inputs)), default=0)
        one = branch.position if branch.formula is not None else len(branch.inputs) if branch.aggregate not in _PASSING else 0
        alike.setdefault((height[branch.position], branch.aggregate, repr(branch.parameters), one), []).append(branch)

    def places(listed: list[tuple[int, ...]]) -> Any:
        widest = max(map(len, listed))
        return np.array([[*(column[node] for node in nodes), *[len(columns)] * (widest - len(nodes))] for nodes in listed])

    return columns, [
        _Layer(
            tuple(branches),
            [column[branch.position] for branch in branches],
            places([branch.children for branch in branches]),
            places([branch.inputs for branch in branches]),
        )
        for _, branches in sorted(alike.items(), key=lambda item: item[0][0])
    ]


def _is_sum(scores: Scores, branch: Branch) -> bool:
    plain = not (branch.turned or branch.normalise or branch.round) and branch.formula is None
    items = [scores.index.adjustments[at] for at in branch.adjustments]
    fixed = all(item.rank_move is None and (item.veto is None or item.veto.ceiling is None) for item in items)
    return (
        plain
        and fixed
        and (not items or branch.position == scores.tree.root)
        and AGGREGATORS[branch.aggregate].split == Powers(1.0)
    )


def _is_mean(branch: Branch) -> bool:
    """Say whether a node is what a mean of powers other than the arithmetic one comes to."""
    return branch.plain and power_of(branch) not in (None, 1)


class _Search:
    """The smallest changes in one period, one world of which every answer is scored in."""

    def __init__(self, scores: Scores, period: int) -> None:
        self.scores, self.period = scores, period
        self.world: World = of_scores(scores, period)
        self.sign = -1.0 if scores.index.ranking.first == "lowest" else 1.0
        self.layers: dict[int, tuple[list[int], list[_Layer]]] = {}

    def turns(self, cuts: Sequence[_Cut], above: int, others: Sequence[int], count: int) -> list[Turn]:
        """Let `count` of some others pass a unit, at each cut and by each norm; those that are ahead already count."""
        found: list[Turn] = []
        for norm in NORMS:
            last: tuple[_Cut, Turn] | None = None
            for cut in cuts:
                start = self._lifted(cut, *last) if last and last[1].verified else None
                turn = self._turn(cut, norm, above, others, count, start)
                found.append(turn)
                last = (cut, turn) if turn.verified else last
        return found

    def _lifted(self, cut: _Cut, coarse: _Cut, turn: Turn) -> Array | None:
        """Return the weights of a coarser cut, with what is below each of its nodes in the old proportions."""
        tree, weights = self.scores.tree, self.scores.effective_weights[self.period]
        out = np.empty(len(cut.nodes))
        for i, node in enumerate(cut.nodes):
            above = node
            while above not in coarse.nodes:
                above = tree.parents[above]
            out[i] = cut.weights[i] * turn.weights[tree.nodes[above].id] / weights[above] if weights[above] else 0.0
        return out if (out >= cut.low - 1e-12).all() and (out <= cut.high + 1e-12).all() else None

    def _turn(self, cut: _Cut, norm: Norm, above: int, others: Sequence[int], count: int, start: Array | None) -> Turn:
        rows = [above, *others]
        exact = cut.linear and not np.isnan(cut.x[rows]).any() and len(others) <= max(_MOST_OTHERS, count + 1)
        exact &= len(others) == 1 or len(others) == int(np.count_nonzero(~np.isnan(self.scores.score()[self.period]))) - 1
        if exact:
            lead = self.sign * (cut.x[others] - cut.x[above])
            found = _nearest(cut, lead, self.sign * (cut.constant[others] - cut.constant[above]), norm, count)
        else:
            found = self._first_that_passes(cut, norm, above, others, count, start)
        verified = found is not None and self._passes(cut, found, above, others, count)
        if found is None or not verified:
            return Turn(cut.level, norm, above, others[0] if count == 1 == len(others) else None, np.nan, {}, {}, exact, False)
        moved = np.abs(found - cut.weights)
        return Turn(
            level=cut.level,
            norm=norm,
            above=above,
            below=others[0] if len(others) == 1 else None,
            distance=float(moved.sum() if norm == "L1" else moved.max()),
            weights={self.scores.tree.nodes[node].id: float(w) for node, w in zip(cut.nodes, found, strict=True)},
            siblings=self._named(cut, found),
            exact=exact,
            verified=verified,
        )

    def _first_that_passes(
        self, cut: _Cut, norm: Norm, above: int, others: Sequence[int], count: int, start: Array | None
    ) -> Array | None:
        """Search within wide bounds, then within narrower ones: great changes of weight can cost a node its coverage."""
        for share in _SHARES:
            low, high = np.maximum(cut.low, cut.weights / share), np.minimum(cut.high, cut.weights * share)
            near = cut if math.isinf(share) else replace(cut, low=low, high=np.maximum(low, high))
            found = self._searched(near, norm, above, others, count, start)
            if found is not None and self._passes(cut, found, above, others, count):
                return found
        if start is None and (found := self._from_afar(cut, norm, above, others, count)) is not None:
            return self._first_that_passes(cut, norm, above, others, count, found)
        return start

    def _from_afar(self, cut: _Cut, norm: Norm, above: int, others: Sequence[int], count: int) -> Array | None:
        """Return weights that turn the order, of those that go most of the way to one node or lie between two; or nothing."""
        nodes, rows = len(cut.weights), [above, *others]
        ends = np.eye(nodes) * cut.weights.sum()
        tried = [cut.weights + share * (ends - cut.weights) for share in (0.5, 0.9, 0.99)]
        if nodes <= _FEW:
            one, other = np.triu_indices(nodes, 1)
            tried += [ends[one] + share * (ends[other] - ends[one]) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
        stack = np.concatenate(tried)
        stack = stack[((stack >= cut.low - 1e-12) & (stack <= cut.high + 1e-12)).all(axis=-1)]
        does = stack[self._ahead(cut, stack, rows, count)] if len(stack) else stack
        shortened = [
            self._shortened(cut, found, rows, count) for found in does[np.argsort([_length(w, cut, norm) for w in does])[:3]]
        ]
        passing = [found for found in shortened if self._passes(cut, found, above, others, count)]
        return min(passing, key=lambda found: _length(found, cut, norm), default=None)

    def _searched(
        self, cut: _Cut, norm: Norm, above: int, others: Sequence[int], count: int, start: Array | None
    ) -> Array | None:
        """Make the condition linear at the weights reached, again and again; then come as near to the old weights as it holds.

        `start` are weights of which it is known that they turn the order: those of a coarser cut.
        """
        rows, at, found = [above, *others], cut.weights, None
        for attempt in range(_TRIES):
            step = 1e-6
            stack = np.repeat(at[None], len(at) + 1, axis=0)
            stack[np.arange(len(at)), np.arange(len(at))] += step
            values = self.sign * self._at(cut, stack, rows)
            lead = values[:, 1:] - values[:, :1]
            slope = (lead[:-1] - lead[-1]).T / step
            now = _nearest(cut, slope, lead[-1] - slope @ at, norm, count)
            if now is None and (start is None or attempt):
                break
            now = start if now is None or (attempt == 0 and start is not None) else now
            assert now is not None
            if self._ahead(cut, now[None], rows, count)[0]:
                now = self._shortened(cut, now, rows, count)
                if found is None or _length(now, cut, norm) < _length(found, cut, norm) - 1e-9:
                    found = now
                elif attempt > _TRIES // 2:
                    break
            if np.abs(now - at).max() < 1e-12:
                break
            at = (at + now) / 2 if attempt % 2 else now
        return found

    def _shortened(self, cut: _Cut, found: Array, rows: Sequence[int], count: int) -> Array:
        """Return as little of a change as does it, found in finer and finer steps."""
        low, high = 0.0, 1.0
        for _ in range(5):
            part = np.linspace(low, high, 65)[1:]
            does = self._ahead(cut, cut.weights + part[:, None] * (found - cut.weights), rows, count)
            first = int(np.argmax(does))
            low, high = low if first == 0 else float(part[first - 1]), float(part[first])
        return np.asarray(cut.weights + high * (found - cut.weights))

    def _ahead(self, cut: _Cut, stack: Array, rows: Sequence[int], count: int) -> Any:
        """Return which of some weights (stack, node) turn the order."""
        values = self.sign * self._at(cut, stack, rows)
        ahead = values[:, 1:] > values[:, :1] + _AHEAD * np.abs(values).max(axis=-1, keepdims=True)
        return np.count_nonzero(ahead, axis=-1) >= count

    def _at(self, cut: _Cut, stack: Array, units: Sequence[int]) -> Array:
        """Return the index (stack, unit) at effective weights (stack, node of the cut)."""
        if cut.level not in self.layers:
            self.layers[cut.level] = _layers(cut)
        columns, layers = self.layers[cut.level]
        before = self.scores.scores[self.period][np.ix_(list(units), columns)]
        table = np.full((len(stack), len(units), len(columns) + 1), np.nan)  # the last column stands in where a node has fewer
        table[..., :-1] = before
        effective = np.zeros((len(stack), len(columns) + 1))
        effective[:, [columns.index(node) for node in cut.nodes]] = stack
        for layer in layers:
            w = effective[:, layer.children]
            effective[:, layer.places] = np.add.reduce(w, axis=-1)
            y = combiner(self.scores.tree, layer.branches[0])(table[..., layer.inputs], w[:, None])
            y = np.where(np.isnan(before[:, layer.places]), np.nan, y)
            for i, branch in enumerate(layer.branches):
                y[..., i] = y[..., i] if branch.plain else self._finished(branch, y[..., i], units)
            table[..., layer.places] = y
        return np.asarray(table[..., columns.index(self.scores.tree.root)])

    def _finished(self, branch: Branch, y: Array, units: Sequence[int]) -> Array:
        """Return a node's scores (stack, unit) when it is turned, adjusted by the points that were recorded, and rounded."""
        points = adjusted(self.scores, branch.position)[self.period, units]
        return finish(self.scores.index, self.scores.panel, branch, y, recorded=points)[0]

    def _named(self, cut: _Cut, found: Array) -> dict[str, dict[str, float]]:
        """Return effective weights as weights among siblings, for each node above the cut."""
        tree = self.scores.tree
        effective = dict(zip(cut.nodes, found.tolist(), strict=True))
        named: dict[str, dict[str, float]] = {}
        for branch in tree.branches:
            if branch.position in effective or not set(branch.children) <= set(effective):
                continue
            whole = sum(effective[child] for child in branch.children)
            effective[branch.position] = whole
            old = self.scores.sibling_weights[self.period]
            named[tree.nodes[branch.position].id] = {
                tree.nodes[child].id: effective[child] / whole if whole else float(old[child]) for child in branch.children
            }
        return named

    def _passes(self, cut: _Cut, found: Array, above: int, others: Sequence[int], count: int) -> bool:
        """Say whether the engine, given the weights, turns the order."""
        index = reweighted(self.world.index, self._named(cut, found))
        values = self.sign * replace(self.world, index=index).whole()[0]
        ahead = values[list(others)] - values[above] > tolerance(values)
        return bool(np.count_nonzero(ahead) >= count)


def reweighted(index: Index, siblings: Mapping[str, Mapping[str, float]]) -> Index:
    """Return an index with other weights among some siblings, by the ids of parent and child."""

    def changed(own: Any) -> Any:
        update: dict[str, Any] = {}
        numbers = siblings.get(own.id)
        if numbers is not None:
            update["weights"] = Weights(method="given")
        if isinstance(own, Dimension):
            update["indicators"] = below(own.indicators, numbers)
        return own.model_copy(update=update)

    def below(children: Sequence[Any], numbers: Mapping[str, float] | None) -> tuple[Any, ...]:
        found = [changed(child) if isinstance(child, Dimension) else child for child in children]
        return tuple(
            child.model_copy(update={"weight": numbers[child.id]}) if numbers and child.id in numbers else child
            for child in found
        )

    root: Root = changed(index.index)
    return index.changed(index=root, dimensions=below(index.dimensions, siblings.get(root.id)))


def _length(weights: Array, cut: _Cut, norm: Norm) -> float:
    moved = np.abs(weights - cut.weights)
    return float(moved.sum() if norm == "L1" else moved.max())


def _nearest(cut: _Cut, lead: Array, constant: Array, norm: Norm, count: int) -> Array | None:
    """Solve for the nearest weights with Σ W lead + constant > 0 for `count` of the rows of lead (row, node); None without.

    Where it may be some of the rows, none of them can hold nearer than it does by itself: the nearest so many by themselves are
    tried together first, and what is farther by itself than that need not be asked about.
    """
    spread = float(np.abs(lead).max(initial=0.0)) + float(np.abs(constant).max(initial=0.0))
    if spread == 0 or not np.isfinite(spread):
        return None
    lead, constant = lead / spread, constant / spread
    if len(lead) == count:
        return _program(cut, lead, constant, norm, count)
    alone = _alone(cut, lead, _MARGIN - constant - lead @ cut.weights, norm)
    order = np.argsort(alone, kind="stable")
    if len(order) < count or np.isinf(alone[order[count - 1]]):
        return None
    first = order[:count]
    found = _program(cut, lead[first], constant[first], norm, count)
    most = np.inf if found is None else _length(found, cut, norm)
    if most <= alone[order[count - 1]] * (1 + 1e-9) + 1e-9:
        return found
    near = np.flatnonzero(alone <= most + 1e-9)
    return _program(cut, lead[near], constant[near], norm, count) if len(near) > count else found


def _alone(cut: _Cut, lead: Array, needed: Array, norm: Norm) -> Array:
    """Return how far weights must move at least for each row (row,) by itself to gain what it needs; infinite where none do.

    The most that a row gains within a distance is had by taking weight where it leads least and giving it where it leads most:
    half the distance in all (L1), or as much at each node (maximum norm). Less than rounding is taken off.
    """
    down, up = cut.weights - cut.low, cut.high - cut.weights
    worst = np.argsort(lead, axis=-1, kind="stable")
    rising = np.take_along_axis(lead, worst, axis=-1)

    def filled(room: Array, amount: Array) -> Array:
        """Lay an amount (row,) into rooms (row, node) one after the other."""
        return np.clip(amount[:, None] - (np.add.accumulate(room, axis=-1) - room), 0.0, room)

    def gain(far: Array) -> Array:
        """Return what a row gains within a distance (row,)."""
        if norm == "max":
            less, more = np.minimum(far[:, None], down[worst]), np.minimum(far[:, None], up[worst])
            raised = filled((less + more)[:, ::-1], np.add.reduce(less, axis=-1))[:, ::-1]
            return np.asarray(np.add.reduce((raised - less) * rising, axis=-1))
        moved = np.minimum(far / 2, useful)
        taken, given = filled(down[worst], moved), filled(up[worst][:, ::-1], moved)[:, ::-1]
        return np.asarray(np.add.reduce((given - taken) * rising, axis=-1))

    def split(low: Array, high: Array, enough: Any) -> Array:
        for _ in range(60):
            middle = (low + high) / 2
            does = enough(middle)
            low, high = np.where(does, low, middle), np.where(does, middle, high)
        return np.asarray(low)

    none = np.zeros(len(lead))
    most = np.full(len(lead), min(float(down.sum()), float(up.sum())))

    def useless(moved: Array) -> Any:
        """Say whether the last of so much weight goes to where the row leads no more than where it comes from."""
        last = np.count_nonzero(np.add.accumulate(down[worst], axis=-1) < moved[:, None], axis=-1)
        first = np.count_nonzero(np.add.accumulate(up[worst][:, ::-1], axis=-1) < moved[:, None], axis=-1)
        at = np.arange(len(lead))
        nodes = lead.shape[-1] - 1
        return rising[at, np.minimum(last, nodes)] >= rising[:, ::-1][at, np.minimum(first, nodes)]

    useful = split(none, most, useless)
    farthest = np.full(len(lead), 2.0)
    distance = split(none, farthest, lambda far: gain(far) >= needed)
    reached = gain(farthest) >= needed - 1e-12
    return np.where(needed <= 0, 0.0, np.where(reached, np.maximum(distance - 1e-12, 0.0), np.inf))


def _program(cut: _Cut, lead: Array, constant: Array, norm: Norm, count: int) -> Array | None:
    """Solve the program itself, of leads no greater than 1.

    Variables are the weights, how far each moves (one for all in the maximum norm), and for each row whether it holds.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    nodes, rows = len(cut.weights), len(lead)
    far = nodes if norm == "L1" else 1
    eye, none = np.eye(nodes), np.zeros((nodes, rows))
    moves = np.eye(nodes) if norm == "L1" else np.ones((nodes, 1))
    waived = np.maximum(
        _MARGIN - constant - lead.min(axis=-1), 0.0
    )  # what a row is let off that does not hold: no more than it can lack
    pieces = [
        (np.hstack([eye, -moves, none]), -np.inf, cut.weights),
        (np.hstack([-eye, -moves, none]), -np.inf, -cut.weights),
        (np.hstack([np.ones((1, nodes)), np.zeros((1, far + rows))]), cut.weights.sum(), cut.weights.sum()),
        (np.hstack([lead, np.zeros((rows, far)), -np.diag(waived)]), _MARGIN - constant - waived, np.inf),
        (np.hstack([np.zeros((1, nodes + far)), np.ones((1, rows))]), count, np.inf),
    ]
    whole = len(lead) == count
    solved = milp(
        np.concatenate([np.zeros(nodes), np.ones(far), np.zeros(rows)]),
        constraints=[LinearConstraint(matrix, low, high) for matrix, low, high in pieces],
        bounds=Bounds(
            np.concatenate([cut.low, np.zeros(far), np.full(rows, float(whole))]),
            np.concatenate([cut.high, np.full(far, 1.0), np.ones(rows)]),
        ),
        integrality=np.concatenate([np.zeros(nodes + far), np.full(rows, 0 if whole else 1)]),
        options={"mip_rel_gap": 1e-9},
    )
    return np.clip(solved.x[:nodes], cut.low, cut.high) if solved.x is not None else None
