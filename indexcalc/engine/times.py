"""Time: which units are there in which periods, and the past of those that came out of others.

Outside its time nothing applies to a unit: it has no score and no rank, nothing of it is missing, and it is in no sum or mean.
What came out of others under a new name has their past for its own, and what was merged the past of its parts, brought together
as streets are to districts; that past is looked back at, and never scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..findings import Finding, finding
from ..methods.arrays import Array, Status, np
from ..methods.derive import OVER_UNITS, gathered, known_sum
from ..panel import MISSING, NOT_APPLICABLE, VALUE, Panel
from ..periods import kind_among
from ..spans import ALWAYS, ends_of
from ..tree.columns import Column, is_constant
from ..tree.model import Index
from ..units import Units
from .frames import kinds_of, some


def existing(index: Index, panel: Panel) -> Any:
    """Return which units are there in which periods (period, unit); nothing where all are always there.

    A larger period has the units that are there in all of its parts, and those of its last part whose past is known.
    """
    units = panel.units
    if all(span.is_open for span in units.spans):
        return None
    out = np.ones((len(panel.periods), len(units)), dtype=bool)
    bounded = [(at, span) for at, span in enumerate(units.spans) if not span.is_open]
    for kind, members in kinds_of(index, panel):
        larger = kind != index.periods.kind
        for row in range(members.start, members.stop):
            ends = ends_of(panel.periods[row], kind)
            for at, span in bounded:
                out[row, at] = span.lasts(ends, at_end=larger and at in units.wholes)
    return out


def scored(index: Index, panel: Panel) -> Any:
    """Return which units are scored in which periods (period, unit); nothing where all always are."""
    there, spans = existing(index, panel), panel.units.spans
    if there is None:
        return None
    chosen = [(at, span) for at, span in enumerate(spans) if span.only]
    for kind, members in kinds_of(index, panel) if chosen else ():
        for row in range(members.start, members.stop):
            ends = ends_of(panel.periods[row], kind)
            for at, span in chosen:
                there[row, at] &= span.among(ends)
    return there


def within_time(index: Index, panel: Panel) -> Panel:
    """Return a panel in which nothing applies to units outside their time."""
    there = existing(index, panel)
    if there is None or there.all():
        return panel
    out, values, status = ~there, np.array(panel.values, order="K"), np.array(panel.status, order="K")
    values[out], status[out] = np.nan, NOT_APPLICABLE
    return replace(panel, values=values, status=status)


def with_past(index: Index, panel: Panel, reported: Panel) -> Panel:
    """Return a panel in which units that came out of others have a past, to be looked back at.

    It is made of those that they replace, column by column as `over_units` says. Of a split there is no more of it than what was
    `reported`, and so is what holds in every period.
    """
    units = panel.units
    there = existing(index, panel) if units.origins else None
    if there is None:
        return panel
    values, status = np.array(panel.values, order="K"), np.array(panel.status, order="K")
    whole = {unit: at for at, unit in enumerate(reported.units.ids)}
    for own, constant in ((list(units.origins), True), ([at for at in units.origins if at not in units.wholes], False)):
        columns = [at for at, one in enumerate(index.columns) if is_constant(index, one.source) == constant]
        cells = np.ix_(range(len(panel.periods)), own, columns)
        given = np.ix_(range(len(panel.periods)), [whole[units.ids[at]] for at in own], columns)
        out = ~there[:, own, None]
        values[cells] = np.where(out, reported.values[given], values[cells])
        status[cells] = np.where(out, reported.status[given], status[cells])
    parents = np.full(len(units), -1)
    for at, old in units.wholes.items():
        parents[list(old)] = at
    bring_up(index, values, status, parents, out=~there)
    return replace(panel, values=values, status=status)


def bring_up(index: Index, values: Array, status: Status, parents: Any, out: Any = None) -> None:
    """Fill in what units did not report themselves (period, unit, column) of the reports of those below them, the deepest first.

    `parents` has the place of the unit that each is part of, -1 for none. With `out` (period, unit) units are filled in there
    alone, and with all that their parts have; one part alone is taken as it is.
    """
    place_of = {column.id: at for at, column in enumerate(index.columns)}
    constant = [is_constant(index, column.source) for column in index.columns]
    for members in from_below(parents):
        above, place = np.unique(parents[members], return_inverse=True)
        single = np.bincount(place) == 1
        first = members[np.unique(place, return_index=True)[1]]
        for at, column in enumerate(index.columns):
            if out is None and (status[:, members, at] == MISSING).all():
                continue  # no part has anything to bring up
            weight = None if column.over_units in OVER_UNITS else values[..., place_of[column.over_units]][:, members]
            how = column.over_units if weight is None else "mean"
            parts = status[:, members, at]
            x = np.where(parts == NOT_APPLICABLE, 0.0 if how == "sum" else np.nan, values[:, members, at])
            if how == "sum" and column.of_parts_known:
                total, gaps = (gathered(one, place, len(above), "sum") for one in (np.nan_to_num(x), np.isnan(x).astype(float)))
                made = known_sum(total, gaps > 0)
            else:
                made = gathered(x, place, len(above), how, weight)
            never = gathered((parts == NOT_APPLICABLE).astype(float), place, len(above), "min") == 1
            own = status[:, above, at] != MISSING
            if out is not None:
                own = ~out[:, above] | constant[at]
                made = np.where(single, values[:, first, at], made)
            values[:, above, at] = np.where(own, values[:, above, at], np.where(never, np.nan, made))
            flags = np.where(never, NOT_APPLICABLE, np.where(np.isnan(made), MISSING, VALUE))
            status[:, above, at] = np.where(own, status[:, above, at], flags)


def from_below(parents: Any) -> list[Any]:
    """Return the units that are part of another, the deepest first, as one batch a depth."""
    depth = np.zeros(len(parents), dtype=int)
    above = parents.copy()
    while (above >= 0).any():
        depth += above >= 0
        above = np.where(above >= 0, parents[above], -1)
    return [np.flatnonzero(depth == at) for at in range(int(depth.max(initial=0)), 0, -1)]


def left_out(index: Index, panel: Panel, derived: Array, status: Status) -> tuple[Array, Status]:
    """Leave leaves' values (period, unit, leaf) out where units are not scored, and of leaves that their level is without.

    They do not apply there.
    """
    there, absent = scored(index, panel), without_level(index, panel.units)
    bounded = [(at, index.times[leaf.id]) for at, leaf in enumerate(index.leaves) if leaf.id in index.times]
    if (there is None or there.all()) and not bounded and not absent:
        return derived, status
    derived, status = np.array(derived, order="K"), np.array(status, order="K")
    if there is not None:
        derived[~there], status[~there] = np.nan, NOT_APPLICABLE
    for at, span in bounded:
        out = [not span.lasts(ends) for ends in _days(index, panel)]
        derived[out, :, at], status[out, :, at] = np.nan, NOT_APPLICABLE
    derived[..., absent], status[..., absent] = np.nan, NOT_APPLICABLE
    return derived, status


def without_level(index: Index, units: Units) -> list[int]:
    """Return the places of the leaves that are not there for units of one level."""
    level = units.levels[0] if units.levels else ""
    return [at for at, leaf in enumerate(index.leaves) if level and not index.is_there(leaf, level)]


def joined(index: Index, panel: Panel, x: Array) -> Array:
    """Return x (period, unit, …) with one course for a unit under its old and its new name, whole under both."""
    pairs = panel.units.renamed
    if not pairs:
        return x
    there, out = existing(index, panel), np.array(x, order="K")
    new, old = list(pairs), list(pairs.values())
    for _ in range(max(map(len, chains(panel.units)))):
        for one, other in ((new, old), (old, new)):
            own = there[:, one].reshape(len(x), len(one), *[1] * (x.ndim - 2))
            out[:, one] = np.where(own | ~np.isnan(out[:, one]), out[:, one], out[:, other])
    return out


def chains(units: Units) -> list[list[int]]:
    """Return the units that had several names, each as its places from the newest name to the oldest."""
    found = []
    for at in units.renamed.keys() - set(units.renamed.values()):
        names = [at]
        while names[-1] in units.renamed:
            names.append(units.renamed[names[-1]])
        found.append(names)
    return found


def of_the_time(index: Index, panel: Panel, period: str) -> Panel:
    """Return what was reported of the units as they are in one period: in those before it, what these came out of is they.

    What was merged by then, or has another name, is as if it had always been so. A unit that was split by then stays one in
    the periods before that.
    """
    units = panel.units
    if not units.wholes:
        return panel
    ends = ends_of(period, kind_among(period, index.periods.kinds))
    now = {at for at in units.wholes if units.spans[at].first is not None and int(units.spans[at].first or 0) <= ends[1]}
    if not now:
        return panel
    gone = {old for at in now for old in units.wholes[at]}
    made = with_past(index, within_time(index, panel), panel)
    spans = list(units.spans)
    for at in now:
        spans[at] = replace(spans[at], first=_begin(units, at), since="")
    for at in gone:
        spans[at] = replace(ALWAYS, first=1, last=0)
    replaces = tuple(() if at in now else old for at, old in enumerate(units.replaces))
    return replace(made, units=replace(units, spans=tuple(spans), replaces=replaces))


def _begin(units: Units, at: int) -> int | None:
    """Return the first day of the past of a unit: when all that it came out of was there."""
    firsts = [units.spans[old].first if old not in units.wholes else _begin(units, old) for old in units.wholes[at]]
    return max((first for first in firsts if first is not None), default=None)


def given_outside(index: Index, panel: Panel) -> Iterator[Finding]:
    """Say which values were reported of units outside their time, and where the first of them stands: they are set aside.

    Not so what holds in every period, and what is given of the past of units that came out of a split.
    """
    there, units = existing(index, panel), panel.units
    if there is None or there.all():
        return
    of_cells = {(one.source, one.headers[0]): at for at, one in reversed(list(enumerate(index.columns))) if _is_dated(index, one)}
    out = ~there
    for at in units.origins.keys() - units.wholes.keys():
        first = units.spans[at].first
        out[[row for row, days in enumerate(_days(index, panel)) if first is not None and days[1] < first], at] = False
    count, first_of = np.zeros(out.shape, dtype=int), np.full(len(units), -1)
    for column in sorted(of_cells.values()):  # several indicators may be made of the same cells
        given = out & (panel.status[..., column] == VALUE)
        count += given
        first_of[given.any(axis=0) & (first_of < 0)] = column
    for at in np.flatnonzero(first_of >= 0).tolist():
        rows, column = np.flatnonzero(count[:, at]).tolist(), int(first_of[at])
        cell = next(row for row in rows if panel.status[row, at, column] == VALUE)
        place = next(iter(panel.places(cell, at, column)), index.place(("units",), key=True))
        span, periods = units.spans[at], some([panel.periods[row] for row in rows])
        said = {"since": span.since or "…", "until": span.until or "…"}
        yield finding("IC463", place, unit=units.title(at), periods=periods, count=int(count[:, at].sum()), **said)


def _is_dated(index: Index, column: Column) -> bool:
    """Say whether a column has values of each period of its own."""
    return not is_constant(index, column.source) and not column.is_attribute


def _days(index: Index, panel: Panel) -> Sequence[tuple[int, int]]:
    return [ends_of(panel.periods[row], kind) for kind, of in kinds_of(index, panel) for row in range(of.start, of.stop)]


def without_past(index: Index, panel: Panel) -> Iterator[Finding]:
    """Say which units came out of a split and have no past but what is given, where indicators look back."""
    units = panel.units
    split = sorted(units.origins.keys() - units.wholes.keys())
    if split and any(leaf.growth or leaf.difference or leaf.rolling for leaf in index.leaves):
        names = some([units.title(at) for at in split])
        yield finding("IC464", index.place(("units",), key=True), units=names, count=len(split))
