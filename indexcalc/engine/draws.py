"""Means in many draws of weights by matrix products: the quick form of what `nodes.aggregate` makes of them.

It is for nodes that are means of scores which no draw changes, or of such means. Arrays are (row, draw), a row a unit in a
period. A mean is the product of scores, 0 for those that are missing, and weights; arithmetic means below an arithmetic mean
come into its own product. Few rows have gaps, and many of these have the same: what the weights of missing children come to,
coverage, and whether enough is there are worked out once for each kind of such rows, for all means of a height at once: in few
and long steps, since threads that take many short ones wait for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING, Any

from ..methods.arrays import Array, Mask, np
from ..tree.layout import Branch
from ..tree.model import Missing
from .means import Mean, Still, means_of, tracked, with_below
from .room import Room, product, products
from .rules import asks_for_children, asks_for_coverage, declared_weights, enough, power_of, transformed, transformed_back

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

_CELLS = 1 << 16  # scores of a node worked on together: with more they leave the cache, with fewer threads wait for each other
_NOTHING = 4e-15  # share of weight, above what arithmetic leaves of none
_LITTLE = 1e-9  # share of weight, well above nothing


@dataclass(frozen=True)
class Asked:
    """What means of a height ask to be there, their kinds within it, and how many children of each are `present` and apply.

    `below` adds up those of its children that are means and may be lost, left out where no number of children is asked for; the
    most that may be `lacking` is then all that there is to ask.
    """

    missing: Missing
    rows: slice
    present: Array
    applying: Array
    below: Any
    lacking: float

    def enough(self, lack: Array, lost: Mask) -> Mask:
        """Say where enough is there, by what is lacking (kind of the means, draw) and lost (kind, draw)."""
        if self.below is None:
            return np.less_equal(lack, self.lacking)
        there = self.present - self.below @ lost.astype(float)
        return np.asarray(enough(self.missing, 1.0 - lack, there, self.applying), dtype=bool)


def _may_lack(missing: Missing) -> float:
    """Return the last number of those that may be lacking where coverage alone is asked for."""
    low, high = 0.0, 2.0
    while low < (middle := (low + high) / 2.0) < high:
        low, high = (middle, high) if enough(missing, 1.0 - middle) else (low, middle)
    return low


@dataclass(frozen=True)
class Height:
    """The kinds of all means of a height, among all `kinds`.

    `absent` and `lacking` (kind, row of the table) add up the weight that has no score, and that has no values: the second is
    left out where both are one. `applies` adds up that which counts, left out where that is all and comes to 1. `edge` (kind,)
    is the row of the table that has the weight of the mean in the one above. `whole` says that nothing is missing anywhere.
    `total` is what weights add up to, `nothing` what is no weight, left out where more is asked for; `inside` is 1 for means
    that come into a product of another: one number each where it is the same for all, as arithmetic with a column takes twice
    as long.
    """

    kinds: slice
    total: Any
    nothing: Any
    absent: Any
    lacking: Any
    applies: Any
    edge: Places
    inside: Any
    whole: bool
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Inside:
    """What the means of a height inside a product have on top in rows with gaps, as many for each mean as the most have.

    `base` (mean, gap, part) is what they are products of in such rows, 0 for what fills up, `edges` (mean x part,) are the
    weights of it among all of the product. `gaps` are their places among the gaps of all heights, `kinds` (gap,) their kinds;
    `sums` (gap, gap below) adds up what is on top below, left out where there is nothing below.
    """

    base: Array
    edges: Places
    gaps: slice
    kinds: Places
    sums: Any


@dataclass(frozen=True)
class Product:
    """How the scores of one mean are made.

    The weights of its product are what the rows of the table at `edges` (part, depth) come to together, times `times`. `inside`
    is what the means in it have on top for gaps, lower ones first, which `sums` (row, gap) adds up. `below` are the means that
    are made before it: which of the products, and the row of the table with its weight. `kinds` are its own among all.
    """

    mean: Mean
    base: Array
    edges: Places
    times: Array
    inside: tuple[Inside, ...]
    sums: Any
    below: tuple[tuple[int, int], ...]
    kinds: slice


class Products:
    """How the scores of a mean are made, with all means below it.

    The table (row, draw) has the weights of all these means, one after the other; a row of 1; and, of all their kinds of rows,
    where there is no score and how much has no values, both times the weight of the mean in the one above.
    """

    def __init__(self, top: Mean, tracked: Collection[int], rows: Mapping[int, slice]) -> None:
        means = sorted(with_below(top), key=lambda mean: (mean.height, str(mean.branch.missing)))
        sizes = [(len(mean.branch.children), len(mean.present)) for mean in means]
        ends = np.add.accumulate([(0, 0), *sizes])
        self.top, self.means = top, means
        self.tracked = any(mean.position in tracked for mean in means)
        self.edges, self.kinds = (int(end) for end in ends[-1])
        self.edge = {mean.position: int(end[0]) for mean, end in zip(means, ends, strict=False)}
        self.drawn = np.zeros(self.edges, dtype=np.int64)  # the rows of the weights that are drawn
        for mean in means:
            if mean.position in rows:
                drawn = rows[mean.position]
                self.drawn[self.edge[mean.position] :][: drawn.stop - drawn.start] = range(drawn.start, drawn.stop)
        self.fixed = [(self.edge[mean.position], mean) for mean in means if mean.position not in rows]
        self.kind = {mean.position: int(end[1]) for mean, end in zip(means, ends, strict=False)}
        self.above = {one.position: self.edge[mean.position] + i for mean in means for i, one in mean.below.items()}
        self.above[top.position] = self.edges  # the row of 1
        self.inside = {one.position for mean in means for one in mean.below.values() if mean.inside(one)}
        self.levels = [self._level(list(level)) for _, level in groupby(means, key=lambda mean: mean.height)]
        made = [mean for mean in means if mean.position not in self.inside]
        self.products = [self._product(mean, [one.position for one in made]) for mean in made]

    def _level(self, means: list[Mean]) -> Height:
        """Lay out the kinds of rows of all means of a height."""
        start, size = self.kind[means[0].position], sum(len(mean.present) for mean in means)
        absent, lacking, applies, asked = [], [], [], []
        lost, lack = self.edges + 1, self.edges + 1 + self.kinds  # where these begin in the table
        for mean in means:
            row, edge = self.kind[mean.position] - start, self.edge[mean.position]
            absent.append((1.0 - mean.present, row, edge))
            lacking.append((mean.applies * (1.0 - mean.known), row, edge))
            applies.append((mean.applies, row, edge))
            for column, (i, one) in enumerate(mean.below.items()):
                has = (mean.kinds_below[:, column, None] == np.arange(len(one.present))) * mean.applies[:, i, None]
                absent.append((has, row, lost + self.kind[one.position]))
                lacking.append((has, row, lack + self.kind[one.position]))
        size_of = [len(mean.present) for mean in means]
        absent_of = _blocks(absent, (size, lack + self.kinds))
        for missing, group in groupby(means, key=lambda mean: mean.branch.missing):
            some = list(group)
            if asks_for_coverage(missing) or asks_for_children(missing):
                first = self.kind[some[0].position] - start
                rows = slice(first, first + sum(len(mean.present) for mean in some))
                present = np.concatenate([np.add.reduce(mean.present, axis=1, keepdims=True) for mean in some])
                applying = np.concatenate([np.add.reduce(mean.applies, axis=1, keepdims=True) for mean in some])
                below = absent_of[rows, lost:lack] if asks_for_children(missing) else None
                asked.append(Asked(missing, rows, present, applying, below, _may_lack(missing) if below is None else 0.0))
        same = all(not mean.below and (mean.present == mean.known).all() for mean in means)
        whole = all(mean.applies.all() and abs(mean.total - 1.0) <= _NOTHING for mean in means)
        asks = sum(one.rows.stop - one.rows.start for one in asked if one.below is None and one.lacking < 1.0 - _LITTLE)
        return Height(
            kinds=slice(start, start + size),
            total=_one_number([mean.total for mean in means], size_of),
            nothing=None if whole and asks == size else _one_number([_NOTHING * mean.total for mean in means], size_of),
            absent=absent_of,
            lacking=None if whole and same else _blocks(lacking, (size, lack + self.kinds)),
            applies=None if whole else _blocks(applies, (size, lack + self.kinds)),
            inside=_one_number([float(mean.position in self.inside) for mean in means], size_of),
            whole=whole and all(len(mean.present) == 1 for mean in means),
            edge=np.repeat([self.above[mean.position] for mean in means], size_of),
            asked=tuple(asked),
        )

    def _product(self, top: Mean, made: list[int]) -> Product:
        """Lay out the product of a mean with the means inside it."""
        edges: list[list[int]] = []
        times: list[float] = []
        parts: list[Array] = []
        inside: list[tuple[Mean, slice]] = []

        def walk(mean: Mean, above: list[int], factor: float) -> None:
            start, edge = len(edges), self.edge[mean.position]
            edges.extend([*above, edge + i] for i in mean.still)
            times.extend([factor * mean.factor] * len(mean.still))
            parts.append(mean.base)
            for i, one in mean.below.items():
                if mean.inside(one):
                    walk(one, [*above, edge + i], factor * mean.factor)
            if mean is not top and len(mean.gaps):
                inside.append((mean, slice(start, len(edges))))

        walk(top, [], 1.0)
        base, deepest = np.concatenate(parts, axis=1), max(map(len, edges), default=1)
        levels: list[Inside] = []
        rows, owners = np.zeros((2, 0), dtype=np.int64)
        for _, group in groupby(sorted(inside, key=lambda one: one[0].height), key=lambda one: one[0].height):
            means = list(group)
            levels.append(self._inside(means, base, rows, owners))
            most = levels[-1].base.shape[1]
            filled = np.full((len(means), most), -1)  # what only fills up is in no row
            for number, (mean, _) in enumerate(means):
                filled[number, : len(mean.gaps)] = mean.gaps
            rows = np.concatenate([rows, filled.ravel()])
            owners = np.concatenate([owners, np.repeat([parts.start for _, parts in means], most)])
        edge = self.edge[top.position]
        return Product(
            mean=top,
            base=base,
            edges=np.array([each + [self.edges] * (deepest - len(each)) for each in edges], dtype=np.int64).reshape(-1, deepest),
            times=np.array(times)[:, None],
            inside=tuple(levels),
            sums=_sparse(
                np.ones(np.count_nonzero(rows >= 0)), rows[rows >= 0], np.flatnonzero(rows >= 0), (len(base), len(rows))
            ),
            below=tuple((made.index(one.position), edge + i) for i, one in top.below.items() if not top.inside(one)),
            kinds=slice(self.kind[top.position], self.kind[top.position] + len(top.present)),
        )

    def _inside(self, means: list[tuple[Mean, slice]], base: Array, rows: Places, owners: Places) -> Inside:
        """Lay out the means of a height inside a product, above gaps in `rows` of means whose first parts are `owners`."""
        most, widest = max(len(mean.gaps) for mean, _ in means), max(parts.stop - parts.start for _, parts in means)
        filled, kinds = np.zeros((len(means), most, widest)), np.zeros((len(means), most), dtype=np.int64)
        edges, places, below = np.zeros((len(means), widest), dtype=np.int64), [], []
        for number, (mean, parts) in enumerate(means):
            count, width = len(mean.gaps), parts.stop - parts.start
            filled[number, :count, :width] = base[mean.gaps, parts]
            edges[number, :width] = np.arange(parts.start, parts.stop)
            kinds[number, :count] = self.kind[mean.position] + mean.kind[mean.gaps]
            has_gap = np.append(mean.kind < len(mean.present) - 1, False)  # the last for those that only fill up
            lower = np.flatnonzero((owners >= parts.start) & (owners < parts.stop) & has_gap[rows])
            places.append(number * most + np.searchsorted(mean.gaps, rows[lower]))
            below.append(lower)
        above, under = np.concatenate(places), np.concatenate(below)
        return Inside(
            base=filled,
            edges=edges.ravel(),
            gaps=slice(len(rows), len(rows) + kinds.size),
            kinds=kinds.ravel(),
            sums=_sparse(np.ones(len(above)), above, under, (kinds.size, len(rows))) if len(above) else None,
        )

    def fill(self, weights: Array, y: Array, covered: Array | None, some: slice, room: Room) -> None:
        """Fill in scores and coverage (row, draw), NaN where there is none, under the weights (edge, draw) that were drawn."""
        mark, draws = room.used, y.shape[1]
        table = room(self.edges + 1 + 2 * self.kinds, draws)
        ratio, lost = room(self.kinds, draws), np.empty((self.kinds, draws), dtype=bool)
        weights.take(self.drawn, axis=0, out=table[: self.edges], mode="clip")
        for edge, mean in self.fixed:
            declared = np.array(declared_weights(mean.branch))[:, None]
            table[edge : edge + len(declared)] = declared
        table[self.edges] = 1.0
        for level in self.levels:
            self._fill(level, table, ratio, lost, room, cover=covered is not None)
        made: list[Array] = []
        for one in self.products:
            made.append(y if one is self.products[-1] else room(*y.shape))
            self._make(one, table, ratio, lost, made, room)
        of_top = slice(self.kind[self.top.position], self.kinds)
        if lost[of_top].any():
            y[lost[of_top].take(self.top.kind, axis=0)] = np.nan
        if covered is not None:
            lack = table[self.edges + 1 + self.kinds :][of_top]
            counted = np.add.reduce(self.top.applies, axis=1, keepdims=True)
            covered[:, some] = np.where(counted > 0, 1.0 - lack, np.nan)[self.top.kind]
        room.used = mark

    def _fill(self, level: Height, table: Array, ratio: Array, lost: Mask, room: Room, *, cover: bool) -> None:
        """Work out what the kinds of rows of a height come to, and enter it in the table.

        The ratio is that of all weight to what is there, 0 where there is no score, and less 1 inside a product. What is lost is
        a 1 among 0, since arithmetic on all takes less time than putting numbers where some condition holds.
        """
        first, kinds, mark = self.edges + 1, level.kinds, room.used
        if level.whole:
            ratio[kinds], lost[kinds] = 1.0 - level.inside, False
            table[first:][kinds] = table[first + self.kinds :][kinds] = 0.0
            return
        absent = level.absent @ table
        there = np.subtract(level.total, absent, out=room(*absent.shape) if level.lacking is None else absent)
        lack: Any = np.zeros((len(there), 1))
        if self.tracked:
            lack = absent if level.lacking is None else level.lacking @ table
            if level.applies is not None:
                whole = level.applies @ table
                lack /= np.where(whole == 0, 1.0, whole)
        without = lost[kinds]
        without[...] = False if level.nothing is None else there <= level.nothing
        for asked in level.asked:
            without[asked.rows] |= ~asked.enough(lack[asked.rows], lost)
        none = room(*there.shape)
        none[...] = without
        there += none  # no division by nothing
        if self.tracked:
            np.maximum(lack, none, out=lack)
        if level is not self.levels[-1]:
            weight = _taken(table, level.edge, room)
            np.multiply(none, weight, out=table[first:][kinds])
            if self.tracked:
                np.multiply(lack, weight, out=table[first + self.kinds :][kinds])
        elif cover:
            table[first + self.kinds :][kinds] = lack
        left = np.subtract(1.0, none, out=none)
        if np.any(level.total != 1.0):
            left *= level.total
        np.divide(left, there, out=ratio[kinds])
        ratio[kinds] -= level.inside
        room.used = mark

    def _make(self, one: Product, table: Array, ratio: Array, lost: Mask, made: list[Array], room: Room) -> None:
        """Work out the scores of a mean (row, draw), 0 where there is none, into the last of those that are made."""
        y, mark = made[-1], room.used
        weights = _taken(table, one.edges[:, 0], room)
        weights *= one.times
        for edges in one.edges.T[1:]:
            weights *= table.take(edges, axis=0)
        product(one.base, weights, y)
        if one.sums.nnz:
            change = room(one.sums.shape[1], y.shape[1])
            for level in one.inside:
                number, gaps, parts = level.base.shape
                here, taken = change[level.gaps], room.used
                of_parts = _taken(weights, level.edges, room).reshape(number, parts, -1)
                products(level.base, of_parts, here.reshape(number, gaps, -1))
                room.used = taken  # what is in the cache is written over, which takes less time than memory further on
                if level.sums is not None:
                    here += level.sums @ change[: level.gaps.start]
                here *= _taken(ratio, level.kinds, room)
                room.used = taken
            y += one.sums @ change
        for number, edge in one.below:
            child = self.products[number]
            x = transformed(one.mean.branch, made[number])
            x[lost[child.kinds].take(child.mean.kind, axis=0)] = 0.0
            y += np.multiply(x, table[edge] * one.mean.factor, out=x)
        if one.kinds.stop > one.kinds.start + 1:
            y *= _taken(ratio[one.kinds], one.mean.kind, room)
        if power_of(one.mean.branch) != 1:
            y[...] = transformed_back(one.mean.branch, y)
        room.used = mark


def _one_number(of_means: Sequence[float], sizes: Sequence[int]) -> Any:
    """Return the number that all means have, or else a column (kind, 1)."""
    return of_means[0] if len(set(of_means)) == 1 else np.repeat(of_means, sizes)[:, None]


def _taken(values: Array, rows: Places, room: Room) -> Array:
    """Return some rows of values (row, draw)."""
    return values.take(rows, axis=0, out=room(len(rows), values.shape[1]), mode="clip")


def _blocks(blocks: Sequence[tuple[Array, int, int]], shape: tuple[int, int]) -> Any:
    """Return a sparse matrix of blocks, each with its first row and column."""
    places = [np.nonzero(block) for block, _, _ in blocks]
    values = [block[place] for (block, _, _), place in zip(blocks, places, strict=True)]
    rows = [place[0] + row for (_, row, _), place in zip(blocks, places, strict=True)]
    columns = [place[1] + column for (_, _, column), place in zip(blocks, places, strict=True)]
    return _sparse(np.concatenate(values), np.concatenate(rows), np.concatenate(columns), shape)


def _sparse(values: Array, rows: Places, columns: Places, shape: tuple[int, int]) -> Any:
    from scipy.sparse import csr_array

    return csr_array((values, (rows, columns)), shape=shape)


class Means:
    """The nodes that can be made by products, by their places, and how that is done; `rows` are the weights drawn for a node."""

    def __init__(self, branches: Sequence[Branch], still: Still, moving: Collection[int], rows: Mapping[int, slice]) -> None:
        self.means, self.rows = means_of(branches, still, moving), rows
        self.tracked = tracked(branches)
        self.products: dict[int, Products] = {}
        self.lock = Lock()

    def scores(self, position: int, weights: Array, room: Room, *, cover: bool) -> tuple[Array, Any]:
        """Return a node's scores, and its coverage if wanted (row, draw), under the weights (edge, draw) drawn for all nodes."""
        with self.lock:  # laid out once, not by each thread
            if position not in self.products:
                self.products[position] = Products(self.means[position], self.tracked, self.rows)
        products = self.products[position]
        draws = weights.shape[1]
        y = room.rows(len(products.top.base), draws)
        covered = np.empty_like(y) if cover and products.tracked else None
        parts = max(1, -(-draws * len(y) // _CELLS))
        step = max(1, -(-draws // parts))
        for start in range(0, draws, step):
            some = slice(start, min(start + step, draws))
            products.fill(weights[:, some], y[:, some], covered, some, room)
        return y, covered
