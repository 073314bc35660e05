"""Two scorings of the same units beside each other: how alike their rankings are, who moved, and what did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Language
from ..methods import CATALOGUE, parameters
from ..methods.arrays import np
from ..methods.rank import ranks
from ..methods.ties import levelled
from ..scores import Scores
from ..tree.layout import normalise_of
from ..tree.model import Dimension, Index, Indicator, Method, Root
from .change import ScoreChange, change, ends, present
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

    from ..methods.arrays import Array

_NOTHING = 1e-9  # of a score: what moves less has not moved
_PAIRS = 1 << 22  # pairs of units that are compared together
ROOMS = ("normalise", "aggregate", "weights")


@dataclass(frozen=True)
class Comparison(Result):
    """How two rankings agree, over all units that have a score in both, and what moved each, or each of those asked about.

    `names` are what they are called by: their periods, or the two methods or trees that they differ in.
    `spearman` and `kendall` (tau-b) are NaN for fewer than two units or where all are tied; `moved` is how many units have
    another rank, `shift` the mean of the places moved, `most` the most. `leading` is for each unit of `change` the factor
    that did most of what moved, "" where nothing moved: of its rank where that is another, else of its score. `left_out` are the
    units, by their places among those of `change`, that have no score in the first and in the second.
    """

    names: tuple[str, str]
    change: ScoreChange
    count: int
    spearman: float
    kendall: float
    moved: int
    shift: float
    most: float
    leading: tuple[str, ...]
    left_out: tuple[tuple[int, ...], tuple[int, ...]]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit, as a change has it, with the factor that did most."""
        return self.change.frame(language).assign(leading=list(self.leading))


def compare(
    one: Scores,
    other: Scores,
    before: str,
    after: str,
    *,
    names: tuple[str, str] | None = None,
    units: Sequence[str] | None = None,
) -> Comparison:
    """Set a period of one scoring beside a period of another; moves, of some `units` or all, are split as by `change`.

    The two are named by their periods where no `names` are given.
    """
    moves = change(one, other, before, after, units=units)
    scores, places = ends(one, other, before, after)
    without = np.isnan(scores)
    there = present(one, other, before, after)
    both = ~without.any(axis=0)
    first, second = scores[:, both]
    shift = np.abs(places[1, both] - places[0, both])
    return Comparison(
        names=names or (before, after),
        change=moves,
        count=int(np.count_nonzero(both)),
        spearman=spearman(first, second),
        kendall=kendall(first, second),
        moved=int(np.count_nonzero(shift)),
        shift=float(shift.mean()) if len(shift) else 0.0,
        most=float(shift.max(initial=0.0)),
        leading=_leading(moves),
        left_out=(
            tuple(np.flatnonzero(without[0] & there[0]).tolist()),
            tuple(np.flatnonzero(without[1] & there[1]).tolist()),
        ),
    )


def _leading(moves: ScoreChange) -> tuple[str, ...]:
    """Return for each unit the factor with the largest part in the way that its rank, or else its score, has moved."""
    if not moves.parts:
        return ("",) * len(moves.at)
    ranked, scored = (ends[1] - ends[0] for ends in (moves.ranks, moves.scores))
    by_rank = np.nan_to_num(ranked) != 0
    parts = np.where(by_rank, np.stack(list(moves.rank_parts.values())), np.stack(list(moves.parts.values())))
    move = np.where(by_rank, ranked, scored)
    nothing = _NOTHING * (1.0 + np.abs(np.where(by_rank, 0.0, moves.scores[0])))
    still = np.abs(move) <= nothing
    along = np.nan_to_num(np.where(still, np.abs(parts), parts * np.sign(move)))
    most = along.max(axis=0)
    first = np.argmax(along >= most * (1.0 - _NOTHING), axis=0)
    factors = tuple(moves.parts)
    return tuple(
        factors[at] if there else "" for at, there in zip(first.tolist(), (most > np.nan_to_num(nothing)).tolist(), strict=True)
    )


def spearman(one: Array, other: Array) -> float:
    """Correlate the ranks of two columns (unit,), ties sharing the mean of their places; NaN where one is constant.

    Source: Spearman 1904.
    """
    if len(one) < 2:
        return float("nan")
    places = ranks(np.stack([one, other], axis=-1), ties="average").astype(float)
    away = places - places.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return float((away[:, 0] * away[:, 1]).sum() / np.sqrt((away**2).sum(axis=0).prod()))


def kendall(one: Array, other: Array) -> float:
    """Return Kendall's tau-b of two columns (unit,): pairs in the same order less pairs in the other, ties taken out.

    (C - D) / sqrt((n0 - n1)(n0 - n2)), n0 all pairs, n1 and n2 those tied in either; NaN where all are. Time grows with the
    square of the units, memory does not. Source: Kendall 1945.
    """
    one, other = levelled(one), levelled(other)
    units, agree, untied = len(one), 0, np.zeros(2)
    step = max(1, _PAIRS // max(1, units))
    for start in range(0, units, step):
        signs = [np.sign(x[start : start + step, None] - x) for x in (one, other)]
        agree += int((signs[0] * signs[1]).sum())
        untied += [np.count_nonzero(sign) for sign in signs]
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.float64(agree) / np.sqrt(untied.prod()))


def with_method(index: Index, room: str, one: str, method: str) -> Index | None:
    """Return an index in which a method stands for another wherever that is used; nothing where neither is.

    What uses `method` or `one` takes `method`, with those of its parameters that the new one knows.

    :raises ValueError: when the new method needs a parameter that is not there; its name.
    """
    used = 0

    def changed(choice: Method) -> Method:
        nonlocal used
        if choice.method not in (one, method):
            return choice
        used += 1
        takes = parameters(room, method)
        kept = {name: value for name, value in choice.written.items() if name in takes}
        if lacking := [name for name, parameter in takes.items() if parameter.required and name not in kept]:
            raise ValueError(lacking[0])
        over = {name: getattr(choice, name) for name in ("over", "base") if name in type(choice).model_fields}
        return type(choice).model_construct(**over, **kept, method=method)

    def leaf(own: Indicator) -> Indicator:
        return own.model_copy(update={"normalise": changed(normalise_of(index, own))}) if room == "normalise" else own

    def inner(own: Dimension | Root) -> Dimension | Root:
        update: dict[str, object] = {}
        if room == "aggregate" and own.formula is None:
            update["aggregate"] = changed(own.aggregate or index.defaults.aggregate)
        elif room == "weights" and own.formula is None:
            update["weights"] = changed(own.weights or index.defaults.weights)
        elif room == "normalise" and own.normalise is not None:
            update["normalise"] = changed(own.normalise)
        if isinstance(own, Dimension):
            update["indicators"] = tuple(inner(at) if isinstance(at, Dimension) else leaf(at) for at in own.indicators)
        return own.model_copy(update=update)

    dimensions = tuple(inner(at) if isinstance(at, Dimension) else leaf(at) for at in index.dimensions)
    made = index.changed(index=inner(index.index), dimensions=dimensions)
    return made if used else None


def room_of(one: str, other: str) -> str | None:
    """Return the room that two methods are both of: normalise, aggregate or weights."""
    return next((room for room in ROOMS if {one, other} <= CATALOGUE[room].keys()), None)
