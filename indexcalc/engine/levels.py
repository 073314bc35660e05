"""Levels of units: districts made of streets, streets of communities. Reported values are brought up; scores where asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..findings import Finding, finding
from ..methods.arrays import Array, np
from ..methods.derive import OVER_UNITS, gathered
from ..panel import MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from ..scores import Below, Gathered, Scores
from ..tree.levels import from_units, inside, leaf_of, without_values
from ..tree.model import FromUnits, Index
from ..units import Units
from ..words.agreement import in_both
from ..words.terms import VALUES
from .frames import called
from .leaves import roll_up
from .notes import imputed_in
from .rules import enough
from .times import bring_up, with_past, within_time


def at_level(index: Index, panel: Panel, level: str | None = None) -> Panel:
    """Return the panel of the units of one level, what they did not report themselves made of their parts' reports.

    From the lowest level upwards each column is brought together as its `over_units` says; a rate is thereby made anew
    from its summed parts. What a unit reported itself stands. Without a level asked for, it is the one that `units.score`
    names, or that of the first unit which is part of none.
    """
    units = panel.units
    if not units.levels:
        return panel
    values, status = np.array(panel.values, order="K"), np.array(panel.status, order="K")
    bring_up(index, values, status, np.array(units.parents))
    wanted = level_of(index, units, level)
    kept = [at for at, own in enumerate(units.levels) if own == wanted]

    def address(period: int, unit: int, column: int) -> Sequence[Any]:
        return _places(panel, children, period, kept[unit], column)

    children: dict[int, list[int]] = {}
    for at, parent in enumerate(units.parents):
        children.setdefault(parent, []).append(at)
    return Panel(
        values[:, kept],
        status[:, kept],
        panel.periods,
        units.taken(kept),
        panel.columns,
        address if panel.address else None,
        quarantine=panel.quarantine,
    )


def of_one_level(index: Index, panel: Panel, level: str | None = None) -> Panel:
    """Return the panel of the units of one level, each in its time, with the past of those that came out of others."""
    return with_past(index, at_level(index, within_time(index, panel), level), panel)


def level_of(index: Index, units: Units, level: str | None = None) -> str:
    """Return the level that is scored: the one asked for, `units.score`, or that of the first unit that is part of none."""
    return level or index.units.score or units.top_level


def below_of(units: Units, level: str) -> list[str]:
    """Return the levels below one, the next first: that of the units that are part of its units, and so on."""
    found: list[str] = []
    while True:
        above = found[-1] if found else level
        parts = {units.levels[at] for at, parent in enumerate(units.parents) if parent >= 0 and units.levels[parent] == above}
        if len(parts) != 1 or parts <= {level, *found}:
            return found
        found += parts


def scored_below(index: Index, units: Units, level: str | None = None) -> tuple[dict[str, FromUnits], str]:
    """Return the nodes that units of a level have scores from below for, and the level that these are of."""
    if not units.levels or not any(node.score_over_units for node in index.by_id.values()):
        return {}, ""
    levels = below_of(units, level_of(index, units, level))
    return from_units(index, levels), next(iter(levels), "")


def with_scores(
    index: Index, panel: Panel, level: str | None, nodes: Mapping[str, FromUnits], lower: Scores
) -> tuple[Index, Panel, list[Finding], Below]:
    """Return the tree and the panel to score a level by, with a column for each node that is made of scores from below.

    What is not there below is left out of a mean, and the node has a score where as much of the parts' weight had values
    as its `missing` asks for of children. Where a node applies to none of the parts it does not apply.
    """
    below = lower.panel.units.levels[0]
    upper = without_values(index, nodes, below)
    leaves = {leaf_of(index, node) for node in nodes}
    known = [None if column.id in leaves else panel.column[column.id] for column in upper.columns]
    own, found = roll_up(upper, of_one_level(upper, _with_columns(panel, upper, known), level))
    place = {unit: at for at, unit in enumerate(own.units.ids)}
    whole = {unit: at for at, unit in enumerate(panel.units.ids)}
    above = [panel.units.parents[whole[unit]] for unit in lower.panel.units.ids]
    units = np.array([place.get(panel.units.ids[at], -1) if at >= 0 else -1 for at in above], dtype=np.intp)
    made: dict[str, Gathered] = {}
    for node, choice in nodes.items():
        leaf = leaf_of(index, node)
        x, status, made[leaf] = _gathered(index, node, choice, lower, units, len(own.units))
        own.values[..., own.column[leaf]], own.status[..., own.column[leaf]] = x, status
    found += _notes(index, nodes, lower, level_of(index, panel.units, level), below)
    return upper, own, found, Below(index, lower, units, made)


def _gathered(index: Index, node: str, choice: FromUnits, lower: Scores, units: Any, count: int) -> tuple[Array, Any, Gathered]:
    """Return the scores (period, unit) that a node has from below, their statuses, and how they are made."""
    at, members = lower.node(node), np.flatnonzero(units >= 0)
    groups = units[members]
    applies = lower.node_status(at)[:, members] != NOT_APPLICABLE
    weight = None if choice.how in OVER_UNITS else lower.panel.values[..., lower.panel.column[choice.how]]
    how, own = (choice.how, None) if weight is None else ("mean", weight[:, members])
    x = np.where(applies, lower.scores[:, members, at], np.nan)
    made = _summed(x, applies, groups, count) if how == "sum" else gathered(x, groups, count, how, own)
    share = np.where(applies, 1.0 if own is None else np.nan_to_num(own), 0.0)
    there = np.where(np.isnan(x), 0.0, share)
    covered, known = there * np.nan_to_num(lower.covered(at)[:, members]), (there > 0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = _total(covered, groups, count) / _total(share, groups, count)
        counted = share > 0 if own is None else (share > 0) | (applies & np.isnan(own))  # a weight that is not known is not 0
    present, asked = _total(known, groups, count), _total(counted.astype(float), groups, count)
    missing = getattr(index.by_id[node], "missing", None) or index.defaults.missing
    there = enough(missing, coverage, present, asked) & (asked > 0) & (_total(applies.astype(float), groups, count) > 0)
    made = np.where(there, made, np.nan)
    never = (_total((~applies).astype(float), groups, count) > 0) & (_total(applies.astype(float), groups, count) == 0)
    status = np.where(never, NOT_APPLICABLE, np.where(np.isnan(made), MISSING, VALUE)).astype(np.uint8)
    return made, status, Gathered(node, choice.how, weight, np.where(never, np.nan, np.nan_to_num(coverage)))


def _summed(x: Array, applies: Any, groups: Any, count: int) -> Array:
    """Return the sums (period, unit) of parts; those without a score leave theirs to the others, as children of a sum do."""
    known, asked = _total((~np.isnan(x)).astype(float), groups, count), _total(applies.astype(float), groups, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known > 0, _total(np.nan_to_num(x), groups, count) * np.where(known == asked, 1.0, asked / known), np.nan)


def imputed_below(below: Below | None) -> Counter[str]:
    """Count the estimates of each leaf that have reached scores from below, from all levels."""
    if below is None:
        return Counter()
    lower, names = below.scores, inside(below.index, {part.node for part in below.leaves.values()})
    own = imputed_in(lower.index, lower.status)
    return Counter({node: count for node, count in own.items() if node in names}) + imputed_below(lower.below)


def _total(x: Array, groups: Any, count: int) -> Array:
    """Return the sums (period, unit) over the parts of each unit, 0 without any."""
    return np.stack([np.bincount(groups, weights=row, minlength=count) for row in x])


def _notes(index: Index, nodes: Mapping[str, FromUnits], lower: Scores, level: str, below: str) -> Iterator[Finding]:
    """Say what is made of scores from below and what is left to the level below, with what was found there of these nodes."""
    for node, choice in nodes.items():
        place = index.place_of(node, "score_over_units")
        weights = {one.id: one.name for one in index.denominators if one.name}
        how = in_both(str(choice.how), weights.get(choice.how) or VALUES.get(choice.how, choice.how))
        yield finding("IC845", place, node=called(index, [node]), level=level, how=how, below=below)
        own = inside(index, [node])
        left = [item.id for item in index.adjustments if (item.node or index.index.id) in own]
        rules = index.warnings.rules if index.warnings else ()
        left += [rule.id for rule in rules if set(rule.named) <= own - {node}]
        if left:
            yield finding("IC846", place, node=node, names=left, level=level, below=below)
    names = inside(index, nodes)
    yield from (one for one in lower.findings if one.values.get("node") in names)


def _with_columns(panel: Panel, index: Index, known: Sequence[int | None]) -> Panel:
    """Return the panel of another tree, by the places of its columns among those that are there; the others are missing."""
    periods, units = panel.values.shape[:2]
    values, status = empty(periods, units, len(known)), empty(periods, units, len(known), np.uint8)
    for to, at in enumerate(known):
        values[..., to], status[..., to] = (np.nan, MISSING) if at is None else (panel.values[..., at], panel.status[..., at])

    def address(period: int, unit: int, column: int) -> Sequence[Any]:
        at = known[column]
        return () if at is None else panel.places(period, unit, at)

    columns = tuple(column.id for column in index.columns)
    return replace(panel, values=values, status=status, columns=columns, address=address if panel.address else None)


def _places(panel: Panel, children: dict[int, list[int]], period: int, unit: int, column: int) -> Sequence[Any]:
    """Return where a unit's value was written: its own cell, or those of its parts."""
    own = list(panel.places(period, unit, column))
    if panel.status[period, unit, column] != MISSING:
        return own
    of_parts = [place for part in children.get(unit, ()) for place in _places(panel, children, period, part, column)]
    return of_parts or own  # an empty cell of its own leaves it to the parts
