"""The past of units that came out of others: merged, or under a new name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..methods.arrays import Array, np
from ..scores import Scores
from ..tree.model import Indicator


def throughout(scores: Scores, of: Callable[[Scores], Array]) -> Array:
    """Return what `of` takes of scores (period, unit, …), with the past of units that came out of others.

    That is what they had under their old name, or what they would have had, had they been merged all the time.
    """
    x, there = of(scores), scores.there
    if there is None or not scores.panel.units.wholes:
        return x
    x = np.array(x, order="K")
    for period, units in _beginning(scores):
        renamed = scores.panel.units.renamed
        merged = scores.again is not None and any(unit not in renamed for unit in units)
        other = of(scores.with_units_of(scores.periods[period])) if merged else x
        for unit in units:
            past = x[:, renamed[unit]] if unit in renamed else other[:, unit]
            x[:, unit] = np.where(_as(there[:, unit], x.ndim), x[:, unit], past)
    return x


def known(scores: Scores) -> Any:
    """Return in which periods each unit has a course (period, unit): where it is scored, and where what it came out of was."""
    if scores.there is None:
        return np.ones((len(scores.periods), len(scores.panel.units)), dtype=bool)
    out = np.array(scores.there)
    for period, units in _beginning(scores):
        for unit in units:
            if unit in scores.panel.units.renamed:
                out[:, unit] |= out[:, scores.panel.units.renamed[unit]]
            elif scores.again is not None:
                made = scores.with_units_of(scores.periods[period]).there
                out[:, unit] |= True if made is None else made[:, unit]
    return out


def newest_name(scores: Scores, unit: int) -> int:
    """Return the place of a unit under the newest name that it has."""
    heirs = {old: new for new, old in scores.panel.units.renamed.items()}
    while unit in heirs:
        unit = heirs[unit]
    return unit


def name_then(scores: Scores, period: int, unit: int) -> int:
    """Return the place of a unit under the name that it had in a period."""
    units = scores.panel.units
    while scores.there is not None and not scores.there[period, unit] and unit in units.renamed:
        unit = units.renamed[unit]
    return unit


def lineage(scores: Scores, node: int) -> list[tuple[int, Any]]:
    """Return the places of a node and of the indicators that it goes on from, with the periods (period,) of each.

    An indicator goes on from another in time where both are made in the same way.
    """
    found: list[tuple[int, Any]] = []
    name: str | None = scores.tree.nodes[node].id
    while name is not None and name in scores.tree.position:
        rows = np.array([name in scores.of_period(one).tree.position for one in scores.periods], dtype=bool)
        if any(place == scores.tree.position[name] for place, _ in found):
            break
        found.append((scores.tree.position[name], rows))
        own = scores.index.by_id[name]
        old = scores.index.by_id.get(own.replaces or "") if isinstance(own, Indicator) else None
        alike = isinstance(own, Indicator) and isinstance(old, Indicator) and _made_alike(own, old)
        name = old.id if old is not None and alike else None
    return found


def _made_alike(one: Indicator, other: Indicator) -> bool:
    keys = ("per", "growth", "difference", "share", "residual", "scale", "rolling", "measure", "formula", "direction")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


def _beginning(scores: Scores) -> Iterator[tuple[int, list[int]]]:
    """Yield the periods in which units that came out of others are scored first, with these."""
    assert scores.there is not None
    first: dict[int, list[int]] = {}
    for unit in scores.panel.units.wholes:
        if scores.there[:, unit].any():
            first.setdefault(int(np.argmax(scores.there[:, unit])), []).append(unit)
    yield from sorted(first.items())


def _as(mask: Any, dimensions: int) -> Any:
    return mask.reshape(len(mask), *[1] * (dimensions - 2))


def in_one_place(scores: Scores, before: str, after: str) -> tuple[Scores, Scores]:
    """Return the scores of two periods with the units of the later one: as they are, and the earlier period scored anew."""
    made = scores.with_units_of(after)
    if made is scores:
        return scores, scores
    row = scores.periods.index(before)
    derived, status = np.array(scores.derived, order="K"), np.array(scores.status, order="K")
    derived[row], status[row] = made.derived[row], made.status[row]  # what values are by the later tree is asked of both
    return made, replace(scores, derived=derived, status=status)


def regrouped(earlier: Scores, later: Scores, before: str, after: str) -> dict[int, tuple[int, ...]]:
    """Return the units that are compared as they came to be between two periods, each with those that it was before.

    `earlier` are the scores of the earlier period with the units of the later.
    """
    if later.there is None or before not in later.periods or earlier.periods != later.periods:
        return {}
    then, now = (later.periods.index(period) for period in (before, after))
    made = earlier.there
    units = later.panel.units

    def parts(unit: int) -> tuple[int, ...]:
        if unit not in units.wholes or later.there is None or later.there[then, unit]:
            return (unit,)
        return tuple(old for one in units.wholes[unit] for old in parts(one))

    new = [unit for unit in units.wholes if later.there[now, unit] and not later.there[then, unit]]
    return {unit: parts(unit) for unit in new if made is None or made[then, unit]}


def come_and_gone(earlier: Scores, later: Scores, before: str, after: str) -> tuple[list[int], list[int]]:
    """Return the units that have no earlier state, and those that have no later one, though they are in the table of units."""
    if later.there is None or earlier.there is None or earlier.panel.units.ids != later.panel.units.ids:
        return [], []
    then, now = earlier.there[earlier.periods.index(before)], later.there[later.periods.index(after)]
    old = {unit for parts in regrouped(earlier, later, before, after).values() for unit in parts}
    own = later.there[later.periods.index(before)] if before in later.periods else then
    gone = [unit for unit in np.flatnonzero(own & ~now).tolist() if unit not in old]
    return np.flatnonzero(now & ~then).tolist(), gone
