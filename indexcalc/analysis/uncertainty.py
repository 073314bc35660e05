"""How sure a ranking is: Monte Carlo over what could as well have been chosen otherwise.

Each draw is an index of its own (`alternatives`), scored exactly as the engine would (`rescore`). Draws come in segments
that have their own random numbers and are worked through whole, so that nothing depends on how many are worked on at once,
by how many threads, or where a run was stopped. A draw in which a unit has no score is counted with the others: the unit has
no rank in it and stands behind all that have one.
Source: HB 2008, p. 117; Saisana, Saltelli, Tarantola 2005.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from threading import local
from typing import TYPE_CHECKING, Any

from ..engine.frames import some
from ..engine.ranking import ranking_of
from ..engine.room import Room
from ..findings import Finding, Language, Place, finding
from ..methods.arrays import Array, Whole, np
from ..methods.rank import ranks, rounded
from ..scores import Scores
from ..tree.model import FACTORS, Alternatives
from .alternatives import Inputs
from .effects import effect_findings, idle_inputs, without_errors
from .given import GivenWeights
from .rescore import Rescorer, Undefined
from .result import Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


MOST_PAIRS = 1000  # units up to which all pairs are compared in every draw
_ROOM = 1 << 23  # numbers that a thread keeps memory for
_FINE = 40  # bits of a score that are sorted by: a step is the tolerance of ties, or up to twice as much
_STEPS = 2  # scores so many steps apart, or fewer, may be tied
_TASK = 1024  # draws after which a thread reports


@dataclass(frozen=True)
class Uncertainty(Result):
    """What became of each unit in all draws of a node's ranking in one period.

    `counts` (unit, place) says how often a unit had each place: 1, 2, …, by halves where ties share the average of theirs,
    and last how often it had none. `above` (unit, unit) says how often one was ranked above the other; it is left out above
    1,000 units. `means` and `deviations` are those of the scores over the draws with one. `undefined` are the nodes
    that could not be computed, by alternatives; `asked` is how many draws were asked for. `idle` are the inputs that change no
    score, `still` the indicators that errors leave as they are.
    """

    scores: Scores
    inputs: Inputs
    period: str
    node: str
    seed: int
    asked: int
    draws: int
    counts: Whole
    above: Whole | None
    means: Array
    deviations: Array
    undefined: tuple[Undefined, ...]
    idle: tuple[str, ...] = ()
    still: tuple[str, ...] = ()

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit: its rank and score as declared, and what they were in the draws; intervals hold 90 %."""
        import pandas as pd

        units, interval = self.scores.panel.units, self.interval()
        columns: dict[str, Any] = {
            "unit": units.ids,
            "name": units.titles(range(len(units)), language),
            "rank": self.places,
            "score": self.declared,
            "median_rank": self.quantile(0.5),
            "rank_low": interval[:, 0],
            "rank_high": interval[:, 1],
            "mean": self.means,
            "sd": self.deviations,
            "without_a_rank": self.unranked,
        }
        return pd.DataFrame(columns)

    def options(self, one: Undefined) -> dict[str, str]:
        """Return the alternatives under which something was undefined, of the factors that were drawn."""
        return {
            factor: methods[at].method
            for factor, methods, at in zip(FACTORS, self.inputs.options, one.options, strict=True)
            if len(methods) > 1
        }

    @property
    def findings(self) -> list[Finding]:
        """What was undefined or does nothing, who lost a score, whether the run was stopped, and whether pairs were compared."""
        alike: dict[tuple[str, str], list[Undefined]] = {}
        for one in self.undefined:
            alike.setdefault((one.method, ", ".join(self.options(one).values()) or "–"), []).append(one)
        found = [
            finding(
                "IC754",
                self.scores.index.place_of(together[0].node),
                nodes=some([one.node for one in together]),
                draws=max(one.draws for one in together),
                all=self.draws,
                method=method,
                options=options,
            )
            for (method, options), together in alike.items()
        ]
        found += effect_findings(self.scores, self.inputs, self.idle, self.still, self.period)
        if (lost := np.flatnonzero(~np.isnan(self.declared) & (self.counts[:, -1] > 0))).size:
            order = lost[np.argsort(-self.counts[lost, -1], kind="stable")]
            units, most = self.scores.panel.units, int(self.counts[lost, -1].max())
            named = some([units.title(unit) for unit in order.tolist()])
            found.append(finding("IC761", Place(), draws=most, all=self.draws, units=named))
        if self.draws < self.asked:
            found.append(finding("IC755", Place(), done=self.draws, asked=self.asked))
        if self.above is None and self.draws:
            found.append(finding("IC757", Place(), units=len(self.scores.panel.units), label=self.scores.index.units.label))
        return found

    @cached_property
    def at(self) -> tuple[int, int]:
        """The places of the period and of the node among the scores."""
        return self.scores.periods.index(self.period), self.scores.node(self.node)

    @property
    def declared(self) -> Array:
        """The scores (unit,) of the index as declared."""
        period, node = self.at
        return self.scores.scores[period, :, node]

    @property
    def places(self) -> NDArray[np.float32]:
        """The ranks (unit,) of the index as declared."""
        period, node = self.at
        return self.scores.ranks[period, :, node]

    @cached_property
    def steps(self) -> Array:
        """The places that the columns of `counts` stand for, NaN for none."""
        step = 0.5 if ranking_of(self.scores.index, self.at[1]).ties == "average" else 1.0
        return np.append(1.0 + step * np.arange(self.counts.shape[1] - 1), np.nan)

    @cached_property
    def unranked(self) -> Array:
        """The share of draws (unit,) in which a unit had no score."""
        return self.counts[:, -1] / max(self.draws, 1)

    @cached_property
    def probabilities(self) -> Array:
        """P(rank = k) (unit, k) for the places that `steps` has, the last for no rank."""
        return self.counts / max(self.draws, 1)

    def quantile(self, share: float) -> Array:
        """Return the rank (unit,) that a unit had or bettered in a share of the draws; NaN where that is no rank."""
        upto = np.add.accumulate(self.counts, axis=1)
        needed = max(1, int(np.ceil(share * self.draws - 1e-9)))
        return np.asarray(self.steps[np.argmax(upto >= needed, axis=1)])

    def interval(self, level: float = 0.9) -> Array:
        """Return the ranks (unit, 2) between which a unit was in a share of the draws, as much left out on either side."""
        return np.stack([self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)], axis=1)

    def top(self, k: int) -> Array:
        """Return the share of draws (unit,) in which a unit was among the first k."""
        return np.asarray(np.add.reduce(self.probabilities[:, self.steps <= k], axis=1))

    @cached_property
    def better(self) -> Array | None:
        """P(a above b) (unit a, unit b); equal ranks, and draws without a rank for both, are in neither direction."""
        return None if self.above is None else self.above / max(self.draws, 1)

    def told_apart(self, level: float = 0.95) -> Any:
        """Return whether a is above b (unit a, unit b) in at least a share of the draws."""
        return None if self.better is None else self.better >= level

    def tied(self, level: float = 0.95) -> Array | None:
        """Return the places (unit, 2) that a unit cannot honestly be told from.

        From one more than the number of units that are told to be above it, to the number of units less those told to be
        below it. NaN for units without a rank.
        """
        told = self.told_apart(level)
        if told is None:
            return None
        ranked = ~np.isnan(self.places)
        told = told & ranked[:, None] & ranked
        first = 1 + np.count_nonzero(told, axis=0)
        last = np.count_nonzero(ranked) - np.count_nonzero(told, axis=1)
        return np.where(ranked[:, None], np.stack([first, last], axis=1), np.nan)

    def groups(self, level: float = 0.95) -> list[list[int]]:
        """Return the longest runs of neighbours in the declared ranking of which no two can be told apart, two units or more.

        Runs overlap where a unit cannot be told from either of two that can be told apart, as letters do beside compared
        means. Source: Piepho 2004.
        """
        told = self.told_apart(level)
        if told is None:
            return []
        order = [int(unit) for unit in np.argsort(self.places, kind="stable") if not np.isnan(self.places[unit])]
        apart = (told | told.T)[np.ix_(order, order)]
        first_apart = [int(np.argmax(row)) if (row := apart[at, at:]).any() else len(order) - at for at in range(len(order))]
        end, runs = 0, []
        for start in range(len(order)):
            reach = min(at + first_apart[at] for at in range(start, min(start + first_apart[start], len(order))))
            if reach > max(end, start + 1):
                runs.append(order[start:reach])
            end = max(end, reach)
        return runs


@dataclass(frozen=True)
class _Part:
    """What some segments came to."""

    draws: int
    counts: Whole
    above: Whole | None
    sums: Array
    squares: Array
    undefined: tuple[Undefined, ...]


def uncertainty(
    scores: Scores,
    alternatives: Alternatives,
    *,
    period: str | None = None,
    node: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    sets: Mapping[str, Array] | None = None,
) -> Uncertainty:
    """Score a node's ranking in one period under draws of what could have been chosen otherwise.

    The result depends on the seed and the number of draws alone; the first draws of a longer run are those of a shorter
    one. `progress` is told how many of how many draws are done. An interrupt from the keyboard ends the run early: the result
    then has the draws done until then. With `sets` of weights (set, child) by the node above them, each is a draw, and nothing
    else is uncertain.
    """
    period = scores.periods[-1] if period is None else period
    inputs = Inputs(scores.index, alternatives)
    if sets is not None:
        inputs = GivenWeights(scores.index, Alternatives(), sets)
        draws = len(inputs)
    rescorer = Rescorer(scores, inputs, period, node)
    centre = np.nan_to_num(scores.scores[scores.periods.index(period), :, rescorer.root])
    idle = idle_inputs(rescorer, seed) if draws and sets is None else ()
    whole = _drawn(rescorer, centre, draws, seed, workers or os.cpu_count() or 1, progress)
    ranked = whole.draws - whole.counts[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(ranked > 0, whole.sums / ranked, np.nan)
        variance = (whole.squares - ranked * mean**2) / np.where(ranked > 1, ranked - 1, np.nan)
    return Uncertainty(
        scores,
        inputs,
        period,
        scores.tree.nodes[rescorer.root].id,
        seed,
        draws,
        whole.draws,
        whole.counts,
        whole.above,
        centre + mean,
        np.sqrt(np.maximum(variance, 0.0)),
        whole.undefined,
        idle,
        without_errors(rescorer),
    )


def _drawn(
    rescorer: Rescorer, centre: Array, draws: int, seed: int, workers: int, progress: Callable[[int, int], None] | None
) -> _Part:
    """Draw and count all segments, some at a time in each of the threads; those done until an interrupt."""
    size = rescorer.size
    segments = [(number, min(size, draws - start)) for number, start in enumerate(range(0, draws, size))]
    together = max(1, _TASK // size)
    tasks = [segments[start : start + together] for start in range(0, len(segments), together)]
    mine = local()

    def work(task: list[tuple[int, int]]) -> _Part:
        mine.room = room = getattr(mine, "room", None) or Room(_ROOM)
        parts = [_segment(rescorer, seed, number, count, centre, room) for number, count in task]
        whole = _together([part for part, _, _ in parts])
        if len(centre) > MOST_PAIRS:
            return whole
        places = np.concatenate([places for _, places, _ in parts], axis=1)
        return replace(whole, above=_above(places, shared=any(shared for _, _, shared in parts)))

    whole: _Part | None = None
    with suppress(KeyboardInterrupt):  # what is done until then is whole
        for part in _in_order(work, tasks, workers):
            whole = part if whole is None else _together([whole, part])
            if progress is not None:
                progress(whole.draws, draws)
    if whole is not None:
        return whole
    units = len(centre)
    columns = _columns_of(ranking_of(rescorer.inputs.index, rescorer.root).ties, units)
    return _Part(0, np.zeros((units, columns), np.int64), None, np.zeros(units), np.zeros(units), ())


def draw_scores(
    scores: Scores, alternatives: Alternatives, *, period: str | None = None, node: str | None = None, draws: int, seed: int = 0
) -> Array:
    """Return the scores (unit, draw) themselves of the draws that `uncertainty` counts."""
    period = scores.periods[-1] if period is None else period
    rescorer = Rescorer(scores, Inputs(scores.index, alternatives), period, node)
    parts = [
        rescorer.scores(rescorer.inputs.sample(seed, number, rescorer.size)).scores[:, : draws - start]
        for number, start in enumerate(range(0, draws, rescorer.size))
    ]
    return np.concatenate(parts, axis=1)


def _in_order(work: Callable[[Any], _Part], tasks: list[Any], workers: int) -> Iterator[_Part]:
    """Yield what each task comes to, in order, some tasks at a time."""
    if workers == 1 or len(tasks) == 1:
        yield from map(work, tasks)
        return
    waiting: list[Future[_Part]] = []
    pool = ThreadPoolExecutor(workers)
    try:
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) > 2 * workers:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _segment(rescorer: Rescorer, seed: int, number: int, count: int, centre: Array, room: Room) -> tuple[_Part, Any, bool]:
    """Draw and score a segment, of which the last may not be wanted whole; also each unit's place (unit, draw), and whether
    any is shared.
    """
    room.used = 0
    draws = rescorer.inputs.sample(seed, number, rescorer.size, room)
    found = rescorer.scores(draws, room)
    if count < rescorer.size and found.undefined:  # which are those of the draws that are wanted
        found = rescorer.scores(draws.take(slice(0, count)), room)
    scores = found.scores[:, :count]
    ranking = ranking_of(rescorer.inputs.index, rescorer.root)
    ranked = rounded(scores, ranking.decimals) if ranking.decimals is not None else scores
    order = _ordered(-ranked if ranking.first == "lowest" else ranked, ranking.ties, room)
    units, columns = len(scores), _columns_of(ranking.ties, len(scores))
    counts = np.bincount(order.cells(room).ravel(), minlength=units * columns).reshape(units, columns)
    kept = None
    if units <= MOST_PAIRS:
        kept = order.places(room).T.astype(np.uint8 if columns <= 256 else np.uint16, order="C")
    off = np.subtract(scores, centre[:, None], out=room(*scores.shape))
    sums = np.add.reduce(off, axis=1)
    if np.isnan(sums).any():
        off.ravel()[np.flatnonzero(np.isnan(off))] = 0.0
        sums = np.add.reduce(off, axis=1)
    squares = np.einsum("ud,ud->u", off, off)
    return _Part(count, counts, None, sums, squares, found.undefined), kept, len(order.again) + len(order.behind) > 0


def _together(parts: list[_Part]) -> _Part:
    """Add up what parts came to, in order."""
    if len(parts) == 1:
        return parts[0]
    above = [part.above for part in parts if part.above is not None]
    undefined: Counter[tuple[str, str, tuple[int, ...]]] = Counter()
    units: Counter[tuple[str, str, tuple[int, ...]]] = Counter()
    for one in (one for part in parts for one in part.undefined):
        undefined[one.node, one.method, one.options] += one.draws
        units[one.node, one.method, one.options] += one.units
    return _Part(
        sum(part.draws for part in parts),
        np.add.reduce([part.counts for part in parts]),
        np.add.reduce(above) if above else None,
        np.add.reduce([part.sums for part in parts]),
        np.add.reduce([part.squares for part in parts]),
        tuple(Undefined(*key, count, units[key]) for key, count in sorted(undefined.items())),
    )


def _columns_of(ties: str, units: int) -> int:
    """Return how many places there are: one a unit, by halves with averages, and none."""
    return 2 * units if ties == "average" else units + 1


@dataclass(frozen=True)
class _Order:
    """Which unit stands at each place in each draw: `units` (draw, place). A place counts `step` columns, the last is for none.

    Units without a score stand behind those that have one: `behind` are the cells (draw x place,) that have them. In the draws
    `again` places are shared: `shared` (draw, unit) are the columns of their places.
    """

    units: Whole
    step: int
    columns: int
    behind: Whole
    again: Whole
    shared: Whole

    def cells(self, room: Room) -> Whole:
        """Return where each unit of each draw counts (draw, any order of units): its own row of columns, then its place."""
        draws, units = self.units.shape
        cells = np.multiply(self.units, self.columns, out=room(draws, units).view(np.int64))
        column = np.arange(units) * self.step
        cells += column
        cells.ravel()[self.behind] += self.columns - 1 - column[self.behind % units]
        cells[self.again] = np.arange(units) * self.columns + self.shared
        return cells

    def places(self, room: Room) -> Any:
        """Return the place (draw, unit) of each unit, as a column."""
        draws, units = self.units.shape
        cells = np.add(self.units, np.arange(draws)[:, None] * units, out=room(draws, units).view(np.int64))
        out = room(draws, (units + 1) // 2).view(np.int32).ravel()[: draws * units].reshape(draws, units)
        out.ravel()[cells] = np.arange(units, dtype=np.int32) * self.step
        out.ravel()[cells.ravel()[self.behind]] = self.columns - 1
        out[self.again] = self.shared
        return out


def _ordered(scores: Array, ties: str, room: Room) -> _Order:
    """Put the units of each draw in order.

    Scores sort as the whole numbers do that their bits are, with the unit in the lowest bits; only draws in which two then
    lie as near as ties do are ranked by themselves.
    """
    units, draws = scores.shape
    low, high = np.fmin.reduce(scores, axis=None, initial=0.0), np.fmax.reduce(scores, axis=None, initial=0.0)
    scale = 2.0 ** np.frexp(max(-low, high, 1e-300))[1]
    # far above all scores the next number is a 2^40th of them away
    far, step, bits = scale * 1.5 * 2.0 ** (52 - _FINE), scale * 2.0**-_FINE, max(units - 1, 1).bit_length()
    known, behind = scores, np.zeros(0, dtype=np.int64)
    if lacking := bool(np.isnan(scores).any()):  # behind all others, and none as near to the next as ties are
        last = -2.0 * scale - (_STEPS + 1) * step * np.arange(units)
        known = np.fmax(scores, last[:, None], out=room.rows(*scores.shape))
    whole = room(draws, units).view(np.int64)
    np.subtract(far, known.T, out=whole.view(np.float64))
    whole -= np.array(far - 2.0 * scale).view(np.int64)
    whole <<= bits
    whole |= np.arange(units)
    whole.sort(axis=1)
    if lacking:
        behind = np.flatnonzero(whole >= 4 << (_FINE + bits))
    near = room(draws, units).view(np.int64)
    np.subtract(whole.ravel()[1:], whole.ravel()[:-1], out=near.ravel()[1:])
    near[:, 0] = beyond = (_STEPS + 1) << bits
    again = behind[:0]
    if near.min(initial=beyond) < beyond:
        near = np.right_shift(whole, bits, out=near)
        again = np.flatnonzero((near[:, 1:] - near[:, :-1] <= _STEPS).any(axis=1))
    whole &= (1 << bits) - 1
    step, columns, shared = 2 if ties == "average" else 1, _columns_of(ties, units), np.zeros((0, units), dtype=np.int64)
    if len(again):
        found = ranks(scores[:, again], ties=ties).T
        shared = np.where(np.isnan(found), columns - 1, (np.nan_to_num(found) - 1.0) * step).astype(np.int64)
    return _Order(whole, step, columns, behind, again, shared)


def _above(places: Any, *, shared: bool) -> Whole:
    """Count the draws in which each unit stood before each other (unit, unit); who has no place stands behind.

    With places that are `shared` not every unit of two is either before or behind the other.
    """
    units, draws = places.shape
    padded = np.zeros((units, -(-draws // 64) * 64), dtype=bool)
    out = np.zeros((units, units), dtype=np.int64)

    def count(unit: int, others: slice) -> Array:
        part = padded[others]
        np.less(places[unit], places[others], out=part[:, :draws])
        return np.asarray(np.add.reduce(np.bitwise_count(part.view(np.uint64)), axis=1, dtype=np.int64))

    for unit in range(units):
        out[unit, unit + 1 :] = count(unit, slice(unit + 1, None))
        if shared:
            out[unit, :unit] = count(unit, slice(0, unit))
        else:
            out[unit, :unit] = draws - out[:unit, unit]
    return out
