"""What moved a score and a rank from one state to another: own data, peers' data, weights, method, structure, adjustments.

Each factor is in its earlier or its later state. For every combination of states a world is scored by the engine, and a
factor's part is its Shapley value: what the score gains when the factor moves to its later state, averaged over all orders
in which the factors can move,

    part_f = 1/n! Σ_orders [score(moved before f, and f) - score(moved before f)].

The parts add up to the whole move, whatever the methods, as each order telescopes; no order is preferred, so that going back
turns every sign (which a fixed order would not do); a factor that did not change has no part. Where a world leaves a unit
without a score, the step across it is shared by the factor after which there was none and the one after which there is again.

- `own`: the unit's values of the earlier period are replaced by those of the later; all others' stay.
- `peers`: all others' values are replaced, and with them what values are compared with, as far as it is made of this period.
- `weights`: the weights that hold for all units, declared or computed; weights of each unit or group belong to the data.
- `method`: how values are derived, treated, compared and brought together, and how gaps are filled.
- `structure`: which nodes there are. New nodes take their weight, the others share the rest as before.
- `adjustments`: the points that were added or taken off.

The own part is split over the indicators by exchanging them one by one, in the order of the tree and in the reverse order, the
mean of the two: exact in sum, 0 for what did not change, and each indicator's Shapley value where indicators act together
in pairs at most. Source: Shapley 1953; Shorrocks 2013 (decomposition by Shapley's value).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..methods.arrays import np
from ..scores import Scores
from ..units import Units
from .result import Result
from .worlds import Between, Side

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array

    Values = dict[frozenset[str], tuple[Array, Array]]

FACTORS = ("own", "peers", "weights", "method", "structure", "adjustments")


@dataclass(frozen=True)
class ScoreChange(Result):
    """The move of some units' scores and ranks, split into parts by factor; factors that did not change are left out.

    `scores` and `ranks` are (2, unit), earlier and later; `parts` and `rank_parts` have (unit,) for each factor, in points
    of the index and in places (a rank that falls from 5 to 3 is a part of -2). `indicators` has each leaf's share of `own`
    (unit,), where it was asked for. Units without a score in either state have NaN.
    """

    earlier: Scores
    later: Scores
    periods: tuple[str, str]
    units: Units
    at: tuple[int, ...]
    scores: Array
    ranks: Array
    parts: Mapping[str, Array]
    rank_parts: Mapping[str, Array]
    indicators: Mapping[str, Array] | None

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit: both scores and ranks, and what each factor did to them; of a single unit its indicators' too."""
        import pandas as pd

        columns: dict[str, Any] = {
            "unit": [self.units.ids[place] for place in self.at],
            "name": self.units.titles(self.at, language),
        }
        for name, ends in (("score", self.scores), ("rank", self.ranks)):
            columns |= {f"{name}_before": ends[0], f"{name}_after": ends[1]}
        columns |= dict(self.parts) | {f"rank_{factor}": part for factor, part in self.rank_parts.items()}
        columns |= {f"own_{leaf}": part for leaf, part in (self.indicators or {}).items()}
        return pd.DataFrame(columns)


def change(
    earlier: Scores,
    later: Scores,
    before: str,
    after: str,
    *,
    units: Sequence[str] | None = None,
    by_indicator: bool = False,
) -> ScoreChange:
    """Split the move of units' scores from a period of one scoring to a period of another, or of the same.

    `units` are the ids to split, all without; `by_indicator` splits their own part further.
    """
    between = Between(Side(earlier, before), Side(later, after))
    wanted = range(len(between.units)) if units is None else [between.units.ids.index(unit) for unit in units]
    at = np.array(list(wanted), dtype=int)
    active = _active(between)
    values, chains = _values(between, active, at, by_indicator=by_indicator)
    both_scores, places = (both[:, at] for both in _ends(between))
    for moved, ranked in zip((frozenset[str](), frozenset(active)), places, strict=True):
        values[moved] = values[moved][0], ranked  # a tie that is one up to the last bit stays what it was ranked as
    parts, rank_parts, indicators = _shapley(active, values, chains, len(at))
    return ScoreChange(
        earlier=earlier,
        later=later,
        periods=(before, after),
        units=between.units,
        at=tuple(at.tolist()),
        scores=both_scores,
        ranks=places,
        parts=parts,
        rank_parts=rank_parts,
        indicators=indicators,
    )


def ends(earlier: Scores, later: Scores, before: str, after: str) -> tuple[Array, Array]:
    """Return the scores and ranks (2, unit) of all units of either scoring, earlier and later, in the order of the change's."""
    return _ends(Between(Side(earlier, before), Side(later, after)))


def present(earlier: Scores, later: Scores, before: str, after: str) -> Any:
    """Return which units of either scoring may have a score (2, unit), earlier and later: all but those outside their time."""
    between = Between(Side(earlier, before), Side(later, after))
    own = [
        np.ones(len(side.scores.panel.units)) if side.scores.there is None else side.scores.there[side.at]
        for side in between.sides
    ]
    # a unit that a table of units does not know lacks a score, one that the table knows is outside its time
    return np.stack([between.of_units(i, there.astype(float), 1.0) > 0 for i, there in enumerate(own)])


def _ends(between: Between) -> tuple[Array, Array]:
    both = [
        [between.of_units(i, array[side.at].astype(float)) for array in (side.scores.score(), side.scores.rank())]
        for i, side in enumerate(between.sides)
    ]
    return np.stack([scores for scores, _ in both]), np.stack([ranks for _, ranks in both])


def _active(between: Between) -> tuple[str, ...]:
    """Return the factors that differ between the two sides; the others' parts are 0 and need no worlds."""
    first, last = between.sides
    leaves = list(dict.fromkeys((*last.leaf, *first.leaf)))
    rows = {(method, data): between.rows(leaves, method, data) for method, data in product((0, 1), repeat=2)}

    def alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
        (x, status), (y, flags) = rows[one], rows[other]
        return np.array_equal(x, y, equal_nan=True) and np.array_equal(status, flags)

    found = []
    if not (alike((0, 0), (0, 1)) and alike((1, 0), (1, 1)) and first.scores.panel.units == last.scores.panel.units):
        found += ["own", "peers"]
    states = ("structure", "weights", "method", "adjustments")
    index = {moved: between.index(*moved) for moved in product((0, 1), repeat=len(states))}
    for at, factor in enumerate(states):  # one may matter only where another has moved: weights of a sum that was a minimum
        found += [factor] if any(index[moved] != index[_other(moved, at)] for moved in index if not moved[at]) else []
    if not (alike((0, 0), (1, 0)) and alike((0, 1), (1, 1))):
        found.append("method")
    one, other = (index[0, 0, 0, side] for side in (0, 1))
    before, after = (side.period for side in between.sides)
    same_points = one.adjustments == other.adjustments and np.array_equal(
        between.points(0, one, [before]), between.points(1, other, [after])
    )
    if not same_points or first.index.adjustments != last.index.adjustments:
        found.append("adjustments")
    return tuple(factor for factor in FACTORS if factor in found)


def _other(moved: tuple[int, ...], at: int) -> tuple[int, ...]:
    """Return the same state of all factors but one, which is the other way round."""
    return (*moved[:at], 1 - moved[at], *moved[at + 1 :])


def _values(
    between: Between, active: Sequence[str], at: Any, *, by_indicator: bool
) -> tuple[Values, dict[frozenset[str], tuple[list[str], Array]]]:
    """Return scores and ranks for every set of factors that have moved, and the steps between, indicator by indicator."""
    states = ("structure", "weights", "method", "adjustments")
    values: Values = {}
    chains = {}
    for moved in product((0, 1), repeat=len(moving := [factor for factor in active if factor != "own"])):
        state = dict.fromkeys(("peers", *states), 0) | dict(zip(moving, moved, strict=True))
        world = between.world(**state)
        set_ = frozenset(factor for factor in moving if state[factor])
        score, rank = world.whole()
        own = {state["peers"]: (score[at], rank[at])}
        if "own" not in active:
            values[set_] = own[state["peers"]]
            continue
        leaves = [leaf.id for leaf in world.index.leaves]
        rows = [tuple(part[at] for part in between.rows(leaves, state["method"], data)) for data in (0, 1)]
        other = 1 - state["peers"]
        own[other] = world.with_own(at, *rows[other])
        values[set_], values[set_ | {"own"}] = own[0], own[1]
        if by_indicator:
            chains[set_] = _chain(world, leaves, rows, at)
    return values, chains


def _chain(world: Any, leaves: list[str], rows: list[Any], at: Any) -> tuple[list[str], Array]:
    """Return the scores (2, unit, step) on the way from a unit's earlier values to its later, leaf by leaf; and the leaves."""
    (old, old_status), (new, new_status) = rows
    same = ((old == new) | (np.isnan(old) & np.isnan(new))) & (old_status == new_status)
    changed = np.flatnonzero(~same.all(axis=0))
    steps = len(changed) + 1
    out = np.empty((2, len(at), steps))
    for direction, order in enumerate((changed, changed[::-1])):
        moved = np.zeros((steps, old.shape[-1]), bool)
        for step, leaf in enumerate(order, start=1):
            moved[step:, leaf] = True
        x, status = (np.where(moved, b[:, None], a[:, None]) for a, b in ((old, new), (old_status, new_status)))
        found = world.index_with_own(np.repeat(at, steps), *(part.reshape(-1, old.shape[-1]) for part in (x, status)))
        out[direction] = found.reshape(len(at), steps)
    return [leaves[leaf] for leaf in changed], out


def _shapley(
    active: Sequence[str], values: Values, chains: dict[frozenset[str], tuple[list[str], Array]], units: int
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array] | None]:
    parts: list[dict[str, Array]] = [{factor: np.zeros(units) for factor in active} for _ in range(2)]
    indicators: dict[str, Array] = {leaf: np.zeros(units) for leaves, _ in chains.values() for leaf in leaves}
    orders = list(permutations(active))
    for order in orders:
        sets = [frozenset(order[:count]) for count in range(len(order) + 1)]
        for i, part in enumerate(parts):
            path = np.stack([values[moved][i] for moved in sets])
            ways = _carried(path), _carried(path[::-1])[::-1]
            for place, factor in enumerate(order):
                part[factor] += sum(way[place + 1] - way[place] for way in ways) / (2 * len(orders))
            if i == 0 and "own" in order and sets[place := order.index("own")] in chains:
                _walk(indicators, *chains[sets[place]], ways[0][place], ways[1][place + 1], len(orders))
    nowhere = np.isnan(values[frozenset()][0] + values[frozenset(active)][0])
    for part in (*parts, indicators):
        for moved_by in part.values():
            moved_by[nowhere] = np.nan
    return parts[0], parts[1], indicators if chains else None


def _walk(indicators: dict[str, Array], leaves: list[str], chain: Array, start: Array, end: Array, orders: int) -> None:
    """Add what each leaf's step is worth, in both orders of leaves and from both ends."""
    for steps, order in zip(chain, (leaves, leaves[::-1]), strict=True):
        path = np.array(steps.T)
        ways = _between(path, start), _between(path[::-1], end)[::-1]
        for place, leaf in enumerate(order):
            indicators[leaf] += sum(way[place + 1] - way[place] for way in ways) / (4 * orders)


def _between(path: Array, start: Array) -> Array:
    """Return a path (step, unit) that sets out from the score that was carried to it, and goes nowhere where its end has none."""
    path = np.where(np.isnan(path[-1]), np.nan, path)
    path[0] = start
    return _carried(path)


def _carried(path: Array) -> Array:
    """Fill each gap of a path (step, unit) with the last score before it."""
    last = np.where(np.isnan(path), 0, np.arange(len(path))[:, None])
    return np.asarray(np.take_along_axis(path, np.maximum.accumulate(last, axis=0), axis=0))
