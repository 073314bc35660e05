"""What a ranking hangs on: Sobol indices of the uncertain inputs, and what goes when a node is left out.

The output is the mean absolute rank shift against the declared ranking, R_S = Σ |rank - declared| / units, and each unit's
score. For two independent samples A and B of the inputs, and A with one input taken from B (AB_i),

    S_i  = mean(f_B (f_ABi - f_A)) / V        the share of variance that the input accounts for by itself
    T_i  = mean((f_A - f_ABi)²) / (2 V)       and with all that it takes part in

with V the variance of f_A and f_B together, outputs centred. Weights of siblings are one input: they are not independent.
Source: Saltelli et al. 2010 (S), Jansen 1999 (T); Saisana, Saltelli, Tarantola 2005 (rank shift).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..engine import score
from ..engine.nodes import aggregate
from ..engine.ranking import compared, overall, ranking_of
from ..engine.room import Room
from ..engine.rules import declared_weights
from ..findings import Finding, Language, Place, finding
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import Array, np
from ..methods.impute import FROM_SIBLINGS
from ..methods.weight import ADD_UP, WEIGHTINGS
from ..panel import Panel, empty
from ..scores import Scores
from ..tree.declared import counts
from ..tree.formula import names
from ..tree.model import Alternatives, Dimension, Index, Indicator, Root, Weights
from .alternatives import Draws, Inputs
from .association import spearman
from .effects import effect_findings, idle_inputs, without_errors
from .given import GivenDesign
from .rescore import Rescorer
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

    Children = tuple[Dimension | Indicator, ...]

MOST_UNITS = 1000  # units up to which each one's own indices are worked out
_ROOM = 1 << 23
_RESAMPLED = 1 << 23  # numbers kept of the resamples of all units
_BLOCK = 256  # rows of a sample worked on together


@dataclass(frozen=True)
class Indices:
    """Sobol indices (input, output), and the ends (input, output, 2) of their bootstrap intervals."""

    first: Array
    total: Array
    first_interval: Array
    total_interval: Array
    variance: Array


@dataclass(frozen=True)
class Sensitivity(Result):
    """The Sobol indices of a node's ranking in one period: of the rank shift (one output), and of each unit's score.

    `shift` is the mean rank shift of the draws, and `rows` how many rows each sample had, `asked` how many it should have.
    `idle` are the inputs that change no score, `still` the indicators that errors leave as they are.
    """

    scores: Scores
    inputs: Inputs
    period: str
    node: str
    seed: int
    asked: int
    rows: int
    shift: float
    ranks: Indices
    units: Indices | None
    idle: tuple[str, ...] = ()
    still: tuple[str, ...] = ()

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row an input: its first-order and total index for the rank shift, with their intervals."""
        del language  # nothing here has a name in two
        import pandas as pd

        columns: dict[str, Any] = {"input": list(self.inputs.names)}
        for name in ("first", "total"):
            ends = getattr(self.ranks, f"{name}_interval")[:, 0]
            columns |= {name: getattr(self.ranks, name)[:, 0], f"{name}_low": ends[:, 0], f"{name}_high": ends[:, 1]}
        return pd.DataFrame(columns)

    @property
    def findings(self) -> list[Finding]:
        """What does nothing, and whether the run was stopped."""
        found = effect_findings(self.scores, self.inputs, self.idle, self.still, self.period)
        return found + ([finding("IC755", Place(), done=self.rows, asked=self.asked)] if self.rows < self.asked else [])


@dataclass(frozen=True)
class Left:
    """What happens to a ranking when a node is left out and its siblings take its weight.

    `correlation` is that of ranks with and without it (Spearman), `shift` the mean and `most` the largest change of rank;
    `unit` is the unit that moves most. `scores` and `ranks` (unit,) are those without it.
    """

    node: str
    correlation: float
    shift: float
    most: float
    unit: int
    scores: Array = field(compare=False)
    ranks: Array = field(compare=False)


class _Sums:
    """Sums over the rows of a sample, and over each resample of them, as they come."""

    def __init__(self, inputs: int, outputs: int, resamples: int) -> None:
        self.n = np.zeros((1 + resamples, 1))
        shape = (1 + resamples, outputs)
        self.a, self.b, self.squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.gap, self.cross, self.far = (np.zeros((1 + resamples, inputs, outputs)) for _ in range(3))

    def add(self, counts: Array, a: Array, b: Array, ab: Array) -> None:
        """Add rows: how often each is in each resample (1 + resample, row), f_A, f_B (row, output), f_AB (input, row, output)."""
        self.n += np.add.reduce(counts, axis=1)[:, None]
        self.a += counts @ a
        self.b += counts @ b
        self.squares += counts @ (a**2 + b**2)
        for at, mixed in enumerate(ab):
            gap = mixed - a
            self.gap[:, at] += counts @ gap
            self.cross[:, at] += counts @ (b * gap)
            self.far[:, at] += counts @ gap**2

    def indices(self, level: float, *, centred: bool = True, ddof: int = 0) -> Indices:
        """Work the indices out of the sums, of the whole sample first and then of each resample."""
        n = self.n
        mean = (self.a + self.b) / (2 * n)
        variance = np.maximum(self.squares / (2 * n) - mean**2, 0.0) * (2 * n / (2 * n - ddof))
        mean = mean if centred else np.zeros_like(mean)
        with np.errstate(invalid="ignore", divide="ignore"):
            v = np.where(variance > 1e-24 * np.maximum(self.squares / (2 * n), 1e-300), variance, np.nan)[:, None]
            first = (self.cross - mean[:, None] * self.gap) / n[:, None] / v
            total = self.far / (2 * n[:, None]) / v
        shares = [(1 - level) / 2, (1 + level) / 2]
        low, high = (np.moveaxis(_quantiles(each[1:], shares), 0, -1) for each in (first, total))
        return Indices(first[0], total[0], low, high, variance[0])


def _quantiles(x: Array, shares: Sequence[float]) -> Array:
    if not len(x):
        return np.full((len(shares), *x.shape[1:]), np.nan)
    return np.asarray(np.quantile(x, shares, axis=0))


def sobol_indices(
    a: Array,
    b: Array,
    ab: Array,
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
    centred: bool = True,
    ddof: int = 0,
) -> Indices:
    """Estimate first-order and total indices from outputs f_A and f_B (row, output) and f_AB (input, row, output).

    Intervals are percentiles of `resamples` bootstrap resamples of the rows. Outputs are `centred` on the mean of f_A and f_B,
    which takes most of the error out of S where that mean is far from 0; V is divided by 2 rows - `ddof`. As they are these
    are scipy's estimates; not centred and with ddof 1 those of COINr. Source: Saltelli et al. 2010; Jansen 1999.
    """
    sums = _Sums(len(ab), a.shape[1], resamples)
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2 if centred else np.zeros(a.shape[1])
    for some, drawn in _resampled(len(a), resamples, seed):
        sums.add(drawn, a[some] - centre, b[some] - centre, ab[:, some] - centre)
    return sums.indices(level, centred=centred, ddof=ddof)


def _resampled(rows: int, resamples: int, seed: int) -> Iterator[tuple[slice, Array]]:
    """Yield some rows at a time, how often each is in the sample itself (once) and in each resample (1 + resample, row)."""
    blocks = [slice(start, min(start + _BLOCK, rows)) for start in range(0, rows, _BLOCK)]
    sizes = np.array([some.stop - some.start for some in blocks])
    within = np.random.default_rng([seed, 2]).multinomial(rows, sizes / rows, size=resamples)
    for number, some in enumerate(blocks):
        rng, size = np.random.default_rng([seed, 2, number]), int(sizes[number])
        drawn = rng.multinomial(within[:, number], np.full(size, 1.0 / size)).astype(float).reshape(resamples, size)
        yield some, np.concatenate([np.ones((1, size)), drawn])


def sampled(coordinates: int, rows: int, seed: int) -> tuple[Array, Array]:
    """Return two samples (row, coordinate) of numbers from 0 to 1, scrambled Sobol points; rows are a power of 2."""
    return _halves(_points(coordinates, seed), coordinates, rows)


def _points(coordinates: int, seed: int) -> Any:
    """Return the points of both samples, which may be asked for some at a time."""
    from scipy.stats import qmc

    return qmc.Sobol(max(1, 2 * coordinates), scramble=True, seed=np.random.default_rng([seed, 3]))


def _halves(points: Any, coordinates: int, rows: int) -> tuple[Array, Array]:
    both = points.random(rows)
    return both[:, :coordinates], both[:, coordinates : 2 * coordinates]


def sensitivity(
    scores: Scores,
    alternatives: Alternatives,
    *,
    period: str | None = None,
    node: str | None = None,
    rows: int = 1024,
    seed: int = 0,
    resamples: int = 500,
    level: float = 0.95,
    design: GivenDesign | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Work out on which of the uncertain inputs a node's ranking and each unit's score hang, in one period.

    rows (inputs + 2) draws are scored. A unit without a score in a draw stands last in it, and its own indices are not
    defined. An interrupt from the keyboard ends the run early, with the rows done until then. With a `design` its sets of
    weights stand in for what would be drawn.
    """
    period = scores.periods[-1] if period is None else period
    inputs = Inputs(scores.index, alternatives) if design is None else design
    rows = rows if design is None else design.rows
    rescorer = Rescorer(scores, inputs, period, node)
    at = scores.periods.index(period)
    declared = np.nan_to_num(scores.ranks[at, :, rescorer.root], nan=len(scores.panel.units)).astype(float)
    centre = np.nan_to_num(scores.scores[at, :, rescorer.root])
    coordinates = inputs.coordinates[-1].stop if inputs.coordinates else 0
    points = _points(coordinates, seed)
    own = len(scores.panel.units) <= MOST_UNITS
    shifts = _Sums(len(inputs.names), 1, resamples)
    fewer = min(resamples, _RESAMPLED // max(1, len(inputs.names) * len(centre)))
    units = _Sums(len(inputs.names), len(centre) if own else 0, fewer)
    room, done, idle = Room(_ROOM), 0, idle_inputs(rescorer, seed)

    def outputs(draws: Draws) -> tuple[Array, Array]:
        room.used = 0
        found = rescorer.scores(draws, room).scores.T
        places = np.nan_to_num(
            overall(ranking_of(scores.index, rescorer.root), found[..., None])[..., 0].astype(float), nan=found.shape[1]
        )
        return np.abs(places - declared).mean(axis=1)[:, None], (found - centre)[:, : len(centre) if own else 0]

    try:
        for number, (some, drawn) in enumerate(_resampled(rows, resamples, seed)):
            if design is None:
                a, b = _halves(points, coordinates, some.stop - some.start)
            parts = list(_mixtures(inputs, a.T, b.T, seed, number) if design is None else design.mixtures(some))
            shift, unit = (np.stack(each) for each in zip(*map(outputs, parts), strict=True))
            shifts.add(drawn, shift[0], shift[1], shift[2:])
            units.add(drawn[: 1 + fewer], unit[0], unit[1], unit[2:])
            done = some.stop
            if progress is not None:
                progress(done, rows)
    except KeyboardInterrupt:
        pass
    return Sensitivity(
        scores=scores,
        inputs=inputs,
        period=period,
        node=scores.tree.nodes[rescorer.root].id,
        seed=seed,
        asked=rows,
        rows=done,
        shift=float(shifts.a[0, 0] + shifts.b[0, 0]) / max(1, 2 * done),
        ranks=shifts.indices(level),
        units=units.indices(level) if own else None,
        idle=idle,
        still=without_errors(rescorer),
    )


def _mixtures(inputs: Inputs, a: Array, b: Array, seed: int, number: int) -> Any:
    """Return the draws of A and of B (coordinate, draw), then those of A with one input after the other taken from B."""
    noisy = inputs.alternatives.noise is not None
    first, second = ((seed, 4 + which, number) if noisy else None for which in (0, 1))
    yield inputs.at(a, first)
    yield inputs.at(b, second)
    for name, own in zip(inputs.names, inputs.coordinates, strict=True):
        mixed = np.array(a)
        mixed[own] = b[own]
        yield inputs.at(mixed, second if name == "noise" else first)


def leave_out(scores: Scores, panel: Panel, *, period: str | None = None, level: str | None = None) -> list[Left]:
    """Return what happens to the index's ranking in one period when each node is left out, in the order of the tree.

    `panel` is what the scores were made of, `level` the level of units. Left alone are nodes that a formula names, only
    children, and nodes that do not count. Source: HB 2008, p. 121 (exclusion of indicators).
    """
    period = scores.periods[-1] if period is None else period
    at, root = scores.periods.index(period), scores.tree.root
    declared, ranking = scores.ranks[at, :, root].astype(float), ranking_of(scores.index, root)
    used = {name for branch in scores.tree.branches if branch.formula for name in names(branch.formula)}
    found = []
    left_scores = _aggregated if _leaves_stand(scores) else _scored
    for position in scores.tree.reading_order[1:]:
        node, parent = scores.tree.nodes[position], scores.tree.parents[position]
        siblings = scores.tree.branch_at(parent).children
        inside = {scores.tree.nodes[below].id for below in _with_below(scores, position)}
        if position not in siblings or len(siblings) < 2 or inside & used:
            continue
        without = left_scores(scores, _without(scores.declared, node.id), panel, level)[at]
        places = overall(ranking, without[None, :, None])[0, :, 0].astype(float)
        moved = np.abs(places - declared)
        if np.isnan(moved).all():
            continue
        correlation = spearman(compared(ranking, np.stack([scores.score()[at], without], axis=1)))[0, 1]
        unit = int(np.nanargmax(moved))
        found.append(Left(node.id, float(correlation), float(np.nanmean(moved)), float(moved[unit]), unit, without, places))
    return found


def _leaves_stand(scores: Scores) -> bool:
    """Say whether indicators keep their scores when others go: none is estimated of siblings or from below, none screened."""
    index = scores.index
    estimated = any(way.method in FROM_SIBLINGS for way, _ in index.tree.imputed)
    return scores.below is None and index.screen is None and not estimated


def _aggregated(scores: Scores, index: Index, panel: Panel, level: str | None) -> Array:
    """Return the scores (period, unit) of an index that has some of the leaves, made of the scores that these have."""
    del panel, level
    kept = [scores.node(leaf.id) for leaf in index.leaves]
    out = empty(len(scores.periods), len(scores.panel.units), len(index.tree.nodes))
    out[..., : len(kept)] = scores.scores[..., kept]
    aggregate(index, scores.panel, scores.status[..., kept], out)
    return np.asarray(out[..., index.tree.root])


def _scored(scores: Scores, index: Index, panel: Panel, level: str | None) -> Array:
    """Score the same from what was reported."""
    del scores
    return score(index, _with_columns(panel, [column.id for column in index.columns]), level=level).score()


def _with_columns(panel: Panel, columns: Sequence[str]) -> Panel:
    """Return the panel with some of its columns; where cells were written is not carried along."""
    at = [panel.column[column] for column in columns]
    values, status = panel.values[..., at], panel.status[..., at]
    return replace(panel, values=values, status=status, columns=tuple(columns), address=None)


def _with_below(scores: Scores, position: int) -> list[int]:
    inner = scores.tree.below(position) if position >= scores.tree.leaves else ()
    return [position, *(each for child in inner for each in _with_below(scores, child))]


def _without(index: Index, node: str) -> Index:
    """Return the index without a node, its siblings weighed without it."""

    def walked(children: tuple[Dimension | Indicator, ...]) -> tuple[Dimension | Indicator, ...]:
        return tuple(entered(child) if isinstance(child, Dimension) else child for child in children)

    def entered(child: Dimension) -> Dimension:
        if any(own.id == node for own in child.indicators):
            left, update = _left(index, child, child.indicators, node)
            return child.model_copy(update=update | {"indicators": left})
        return child.model_copy(update={"indicators": walked(child.indicators)})

    if any(child.id == node for child in index.dimensions):
        left, update = _left(index, index.index, index.dimensions, node)
        return index.changed(index=index.index.model_copy(update=update), dimensions=left)
    return index.changed(dimensions=walked(index.dimensions))


def _left(index: Index, parent: Dimension | Root, children: Children, node: str) -> tuple[Children, dict[str, Any]]:
    """Return the children of a parent without one of them, and what it says of weights then.

    Weights that are written, or judged of all together, stay in their proportions; of lists that are part of how weights are
    made of data the place of the one is taken out.
    """
    rule, aggregate = parent.weights or index.defaults.weights, parent.aggregate or index.defaults.aggregate
    record, free = WEIGHTINGS[rule.method], aggregate.method in FREE_SUM
    weighing = [child.id for child in children if counts(child)]
    left = tuple(child for child in children if child.id != node)
    listed = [key for key in record.per_child if rule.parameters.get(key) is not None]
    if listed and record.scores is None:
        branch = next(each for each in index.tree.branches if index.tree.nodes[each.position].id == parent.id)
        judged = dict(zip(weighing, declared_weights(branch), strict=True))
        left = tuple(child.model_copy(update={"weight": judged[child.id]}) if child.id in judged else child for child in left)
        return left, {"weights": Weights(method="given" if free else "relative")}
    lists = {key: value for key in listed if isinstance(value := rule.parameters[key], Sequence)}
    if lists and node in weighing:
        at = weighing.index(node)
        return left, {"weights": rule.model_copy(update={key: [*value[:at], *value[at + 1 :]] for key, value in lists.items()})}
    if rule.method in ADD_UP and not free and any(child.weight is not None for child in children if counts(child)):
        return left, {"weights": Weights(method="relative")}
    return left, {}
