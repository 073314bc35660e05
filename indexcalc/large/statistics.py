"""The statistics that scoring in a query takes of its values: one pass over them, a second one where means are needed.

They are taken by period and group, the smallest frames that there are, and put together from these for larger ones. Every
number is the same in whatever order the rows come: counts and ends are, and sums are made of whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import ibis

from ..methods.arrays import Array, np
from ..methods.sql import Seen
from ..methods.ties import TOLERANCE
from ..periods import read_period
from ..tree.layout import normalise_of
from ..tree.model import Index, Normalise
from .expressions import MEAN, statistics_for, there

_BITS = 62  # of a number between 0 and 1, in which it is added up


@dataclass(frozen=True)
class Statistics:
    """Statistics (period, group, leaf); NaN where there are no values, `mean` and `squares` also where nothing asks for them.

    `squares` is the sum of squared distances from the mean; `apart` is how far apart computed numbers are one, known of frames.
    """

    count: Array
    min: Array
    max: Array
    mean: Array
    squares: Array
    apart: Array

    def together(self, axes: tuple[int, ...]) -> Statistics:
        """Return the statistics of several periods or groups together, in the shape of each (Chan, Golub, LeVeque 1979)."""
        if not axes:
            return self
        count = self.count.sum(axis=axes, keepdims=True)
        low, high = (end.reduce(x, axis=axes, keepdims=True) for end, x in ((np.fmin, self.min), (np.fmax, self.max)))
        known = self.count > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known, self.count * self.mean, 0.0).sum(axis=axes, keepdims=True) / count
        moved = np.where(known, self.squares + self.count * (self.mean - mean) ** 2, 0.0).sum(axis=axes, keepdims=True)
        made = (count, low, high, mean, np.where(count > 0, moved, np.nan), np.full_like(count, np.nan))
        return Statistics(*(np.broadcast_to(x, self.count.shape) for x in made))

    def part(self, leaves: Sequence[int], periods: Any = slice(None)) -> Statistics:
        """Return the statistics of some leaves, and of some periods."""
        return Statistics(*(getattr(self, each.name)[periods][..., leaves] for each in fields(self)))


def collect(index: Index, table: Any, compared: Mapping[int, Any], shape: tuple[int, int]) -> Statistics:
    """Take the statistics that the leaves' normalisers ask for from a table of `shape` (periods, groups).

    `table` has the columns `period` and `group`, numbers from 0; `compared` are the columns that are compared, by leaf.
    """
    leaves = len(index.leaves)
    found = {each.name: np.full((math.prod(shape), leaves), np.nan) for each in fields(Statistics)}
    cells, counts = _by_cell(table, {f"{name} {at}": getattr(x, name)() for at, x in compared.items() for name in _ENDS}, shape)
    for name in _ENDS:
        for at in compared:
            found[name][cells, at] = counts.column(f"{name} {at}").to_numpy(zero_copy_only=False)
    found["count"] = np.nan_to_num(found["count"])
    own = Statistics(*(x.reshape(*shape, leaves) for x in found.values()))
    averaged = [at for at, leaf in enumerate(index.leaves) if statistics_for(normalise_of(index, leaf)) & MEAN]
    return _averaged(table, compared, averaged, own) if averaged else own


_ENDS = ("count", "min", "max")


def _averaged(table: Any, compared: Mapping[int, Any], leaves: Sequence[int], known: Statistics) -> Statistics:
    """Add means and squares: each value's way between the ends of its cell is added up, and so is that way's square."""
    names = {at: compared[at].get_name() for at in leaves}
    near = beside(table, known, dict.fromkeys(leaves, frozenset({"min", "max"})))
    ways = {}
    for at in leaves:
        low, high = near[f"min {at}"], near[f"max {at}"]
        ways[f"way {at}"] = ibis.ifelse(high > low, (near[names[at]] - low) / (high - low).nullif(0.0), near[names[at]] * 0.0)
    near = near.mutate(**ways)
    sums = {}
    for at in leaves:
        way = near[f"way {at}"]
        for name, x in (("way", way), ("square", way * way)):
            sums[f"{name} {at}"] = (x * 2.0**_BITS).floor().cast("decimal(38, 0)").sum()
    shape = known.count.shape
    cells, rows = _by_cell(near, sums, shape[:2])
    mean, squares = (x.reshape(-1, shape[2]).copy() for x in (known.mean, known.squares))
    one = 1 << _BITS
    for at in leaves:
        count, low, high = (x.reshape(-1, shape[2])[cells, at] for x in (known.count, known.min, known.max))
        many = np.array([int(n) for n in count], dtype=object)
        way, square = (_whole(rows.column(f"{name} {at}")) for name in ("way", "square"))
        there = np.maximum(many, 1)
        part = (way / (there * one)).astype(float)
        spread = np.maximum((there * square * one - way * way) / (there * one * one), 0.0).astype(float)
        mean[cells, at] = np.where(high > low, low + (high - low) * part, high)
        squares[cells, at] = (high - low) ** 2 * spread
    return replace(known, mean=mean.reshape(shape), squares=squares.reshape(shape))


def _whole(column: Any) -> Any:
    return np.array([0 if value is None else int(value) for value in column.to_pylist()], dtype=object)


def _by_cell(table: Any, taken: Mapping[str, Any], shape: Sequence[int]) -> tuple[Any, Any]:
    """Aggregate by period and group: the places of the cells that there are, and the rows."""
    rows = table.group_by(["period", "group"]).aggregate(**taken).to_pyarrow()
    period, group = (np.asarray(rows.column(name)) for name in ("period", "group"))
    return period * shape[1] + group, rows


def of_frames(index: Index, known: Statistics, periods: Sequence[str]) -> Statistics:
    """Return the statistics of the frame that each period and group is compared with, for each leaf its own.

    Values that were computed and are one are so to the last bit, as `methods.frame` has it.
    """
    alike: dict[tuple[str, str], list[int]] = {}
    for at, leaf in enumerate(index.leaves):
        choice = normalise_of(index, leaf)
        alike.setdefault((choice.over, choice.base_for(index.periods.kind)), []).append(at)
    out = Statistics(*(np.full_like(known.count, np.nan) for _ in fields(Statistics)))
    for (over, base), leaves in alike.items():
        own = known.part(leaves)
        if over == "base":
            wanted = read_period(base, index.periods.kind)
            own = own.part(range(len(leaves)), [place for place, period in enumerate(periods) if period == wanted]).together((1,))
        else:
            own = own.together({"period": (1,), "group": (), "all": (0, 1)}[over])
        for each in fields(Statistics):
            getattr(out, each.name)[..., leaves] = getattr(own, each.name)
        compared = own if over in ("all", "base") else known.part(leaves).together((1,))
        apart = TOLERANCE * np.fmax(np.abs(compared.min), np.abs(compared.max))
        out.apart[..., leaves] = apart
        with np.errstate(invalid="ignore"):
            one = np.array(index.tree.computed)[leaves] & (own.max - own.min <= apart)
        for x, to in ((out.min, own.max), (out.mean, own.max), (out.squares, 0.0 * own.max)):
            x[..., leaves] = np.where(one, to, x[..., leaves])
    return out


def beside(table: Any, known: Statistics, wanted: Mapping[int, frozenset[str]]) -> Any:
    """Join statistics to the rows that they are of, as columns such as `min 3`."""
    periods, groups, _ = known.count.shape
    rows: dict[str, Any] = {"period": np.repeat(np.arange(periods), groups), "group": np.tile(np.arange(groups), periods)}
    names = [(name, at) for at, asked in wanted.items() for name in sorted(asked)]
    rows |= {f"{name} {at}": getattr(known, name)[..., at].ravel() for name, at in names}
    if not names:
        return table
    small = ibis.memtable(rows)
    small = small.mutate(**{f"{name} {at}": there(small[f"{name} {at}"]) for name, at in names})
    return table.join(small, ["period", "group"])


def seen(table: Any, choice: Normalise, sign: float, leaf: int) -> Seen:
    """Return the statistics of a leaf's frame as expressions take them."""
    return Seen(sign, {name: table[f"{name} {leaf}"] for name in statistics_for(choice)})
