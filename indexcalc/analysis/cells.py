"""What a unit reported for an indicator, cell by cell, each with its address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..engine.frames import group_mask, kinds_of
from ..engine.leaves import own_values
from ..findings import Place
from ..methods import IMPUTERS
from ..methods.arrays import np
from ..panel import IMPUTED, NOT_APPLICABLE
from ..periods import kind_among, parts_of, previous, starts_year
from ..scores import Scores
from ..tree.layout import impute_of, named_columns
from ..tree.model import Indicator
from ..words.agreement import Several, in_both


@dataclass(frozen=True)
class Cell:
    """One reported column of a unit: its value, NaN without one, and where it was written, with the flags that stand there.

    Of a larger period `gaps` are the periods among its parts that lack a value.
    """

    column: str
    value: float
    places: tuple[Several, ...]
    gaps: tuple[str, ...] = ()


def cells_of(scores: Scores, period: int, unit: int, leaf: Indicator) -> tuple[Cell, ...]:
    """Return what a unit reported for a leaf, column by column.

    Nothing for one that is made of scores from below, or is not there for units of this level.
    """
    levels = scores.panel.units.levels
    if scores.made_of(scores.node(leaf.id)) or (levels and not scores.index.is_there(leaf, levels[unit])):
        return ()
    columns = columns_of(scores, leaf)
    cells = [cell_of(scores, period, unit, column) for column in columns]
    return (*cells, *_totals_before(scores, period, unit, columns))


def columns_of(scores: Scores, leaf: Indicator) -> list[str]:
    """Return the columns that a leaf is made of: its own, those that its formula and rule name, and its denominators."""
    known = {column.id for column in scores.index.columns}
    own = [column.id for column in scores.index.columns if column.owner == leaf.id]
    others = [name for name in (*named_columns(leaf), *leaf.bases) if f"{leaf.id}.{name}" not in known]
    return list(dict.fromkeys([*own, *(name for name in others if name in known)]))


def _totals_before(scores: Scores, period: int, unit: int, columns: Sequence[str]) -> Iterator[Cell]:
    """Yield the totals of the period before in the same year, which a reported period's own value is less by."""
    kind, name = scores.index.periods.kind, scores.periods[period]
    since = {column.id: column.title for column in scores.index.columns if column.cumulative}
    if not since or kind_among(name, scores.index.periods.kinds) != kind or starts_year(name, kind):
        return
    if (earlier := previous(name, kind)) in scores.periods:
        for column in columns:
            if column in since:
                cell = cell_of(scores, scores.periods.index(str(earlier)), unit, column)
                yield replace(cell, column=f"{column} {earlier}")


def cell_of(scores: Scores, period: int, unit: int, column: str) -> Cell:
    """Return what a unit reported in one column."""
    at = scores.panel.column[column]
    places = tuple(map(_with_note, scores.panel.places(period, unit, at)))
    return Cell(column, float(scores.panel.values[period, unit, at]), places, _gaps(scores, period, unit, at))


def _with_note(place: Place) -> Several:
    """Return an address in both languages, with the flag that stands there."""
    note = f" ({place.note})" if place.note else ""
    return in_both(f"{place}{note}", f"{place.spoken('zh')}{note}")


def _gaps(scores: Scores, period: int, unit: int, column: int) -> tuple[str, ...]:
    """Return the parts of a larger period that lack a value in a column; none for a period that was reported."""
    panel, kinds = scores.panel, scores.index.periods.kinds
    larger = kind_among(panel.periods[period], kinds)
    if larger == kinds[0]:
        return ()
    reported = kinds_of(scores.index, panel)[0][1]
    members = parts_of(panel.periods[reported], kinds[0], larger).get(panel.periods[period], [])
    x = own_values(scores.index, panel, panel.columns[column])
    lacking = [at for at in members if np.isnan(x[at, unit]) and panel.status[at, unit, column] != NOT_APPLICABLE]
    return tuple(panel.periods[at] for at in lacking)


@dataclass(frozen=True)
class Estimate:
    """An imputed value: the estimate, the method, and what it was made of: units, periods or indicators by their names."""

    value: float
    method: str
    donors: tuple[str, ...]


def estimate_of_node(scores: Scores, period: int, unit: int, node: int) -> Estimate | None:
    """Return how an inner node's score was estimated, nothing where it was not."""
    guessed = scores.estimated.get(node)
    if guessed is None or not guessed[period, unit]:
        return None
    choice = scores.tree.branch_at(node).impute
    assert choice is not None
    mask = group_mask(scores.panel, choice.column, unit)
    there = ~np.isnan(scores.scores[period, :, node]) & ~guessed[period] & mask
    donors = [scores.panel.units.ids[at] for at in np.flatnonzero(there)] if IMPUTERS[choice.method].donors == "units" else []
    return Estimate(float(scores.scores[period, unit, node]), choice.method, tuple(donors))


def estimate_of(scores: Scores, period: int, unit: int, leaf: int) -> Estimate | None:
    """Return how a leaf's value was estimated, nothing where it was not."""
    if scores.status[period, unit, leaf] != IMPUTED:
        return None
    own = scores.index.leaves[leaf]
    choice = impute_of(scores.index, own)
    assert choice is not None
    kind = IMPUTERS[choice.method].donors
    there = ~np.isnan(scores.derived[..., leaf])
    donors: list[str] = []
    if kind == "units":
        mask = group_mask(scores.panel, choice.column, unit)
        donors = [scores.panel.units.ids[at] for at in np.flatnonzero(there[period] & mask)]
    elif kind in ("before", "periods"):
        members = next(members for _, members in kinds_of(scores.index, scores.panel) if members.start <= period < members.stop)
        known = [at for at in range(members.start, members.stop) if there[at, unit]]
        around = [max((at for at in known if at < period), default=None), min((at for at in known if at > period), default=None)]
        donors = [scores.periods[at] for at in around[: 1 if kind == "before" else 2] if at is not None]
    elif kind == "indicators":
        tree = scores.tree
        way, alike = next((way, columns) for way, columns in tree.imputed if leaf in columns)
        donors = [
            tree.nodes[at].id for at in tree.beside(way, alike) if at != leaf and not np.isnan(scores.derived[period, unit, at])
        ]
    return Estimate(float(scores.estimates(leaf)[period, unit]), choice.method, tuple(donors))
