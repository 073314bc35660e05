"""Reported data that several indicators are made of: where one of these moves, so do the others.

An indicator is moved by one column of what is reported, one of its own alone where it has such; what else is made of that column
follows. An indicator that can only be moved by a column that another is moved by is none that a plan moves by itself, nor is one
of whose data another is made in another way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..engine.leaves import own_columns
from ..methods.arrays import np
from ..panel import Panel
from ..tree.layout import named_columns
from ..tree.model import Index


@dataclass(frozen=True)
class Moved:
    """The column (of the panel) that each indicator is moved by, and the indicators that each other one follows."""

    columns: dict[int, int]
    follows: dict[int, tuple[int, ...]]


def same_data(index: Index, panel: Panel) -> dict[int, frozenset[int]]:
    """Return all columns of the panel that hold the same reported data, by each of them: read in one source by one heading."""
    found = {at: {at} for at in range(panel.values.shape[-1])}
    for one, other in _alike(index, panel):
        if np.array_equal(panel.values[..., one], panel.values[..., other], equal_nan=True):
            joined = found[one] | found[other]
            found |= dict.fromkeys(joined, joined)
    return {at: frozenset(own) for at, own in found.items()}


def rolled_up_apart(index: Index, panel: Panel) -> frozenset[int]:
    """Return the columns of the panel of whose reported data another column is made too, in another way, as sum and as mean.

    Where one moves the other does, by how much depends on which of their parts do: nothing can be said of either.
    """
    how = {panel.column[column.id]: (column.over_time, column.over_units) for column in index.columns}
    apart = (
        {one, other}
        for one, other in _alike(index, panel)
        if how[one] != how[other] and not np.array_equal(panel.values[..., one], panel.values[..., other], equal_nan=True)
    )
    return frozenset().union(*apart)


def _alike(index: Index, panel: Panel) -> Iterator[tuple[int, int]]:
    """Yield columns of the panel, two by two, that are read in one source by one heading."""
    alike: dict[object, list[int]] = defaultdict(list)
    for column in index.columns:
        for heading in column.headers:
            alike[column.source, repr(column.take), column.words, heading].append(panel.column[column.id])
    for columns in alike.values():
        yield from combinations(columns, 2)


def made_of(index: Index, panel: Panel) -> dict[int, set[int]]:
    """Return the indicators that are made of each column of the panel."""
    found: dict[int, set[int]] = defaultdict(set)
    for at, leaf in enumerate(index.leaves):
        own = [one if (one := f"{leaf.id}.{name}") in panel.column else name for name in named_columns(leaf)]
        for name in (leaf.id, *leaf.bases, *own):
            if name in panel.column:
                found[panel.column[name]].add(at)
    return found


def moved_by(
    index: Index, panel: Panel, leaves: Sequence[int], can: Callable[[int, int], bool], there: Callable[[int], bool]
) -> Moved:
    """Choose the column that each of some indicators is moved by, where it `can` be, and find what is `there` and follows."""
    same, users, apart = same_data(index, panel), made_of(index, panel), rolled_up_apart(index, panel)
    affects = {at: set().union(*(users[one] for one in own)) for at, own in same.items()}
    columns: dict[int, int] = {}
    own = {leaf: own_columns(index, panel, index.leaves[leaf]) for leaf in leaves}
    for leaf in sorted(leaves, key=lambda leaf: len(own[leaf])):  # what can be moved in one way only comes first
        ways = sorted(own[leaf], key=lambda at: len(affects[at]) > 1)
        free = (at for at in ways if at not in apart and not same[at] & set(columns.values()))
        at = next((at for at in free if can(leaf, at)), None)
        if at is not None:
            columns[leaf] = at
    while True:
        follows = _follows(columns, affects)
        between = [leaf for leaf in follows if leaf in columns and any(leaf in leads for leads in follows.values())]
        if not between:
            return Moved(dict(sorted(columns.items())), {leaf: leads for leaf, leads in follows.items() if there(leaf)})
        del columns[between[-1]]  # what follows and leads only follows


def _follows(columns: dict[int, int], affects: dict[int, set[int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for lead, at in columns.items():
        for leaf in sorted(affects[at] - {lead}):
            found[leaf].append(lead)
    return {leaf: tuple(leads) for leaf, leads in sorted(found.items())}
