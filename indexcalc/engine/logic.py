"""Whether what was reported can be true together: declared rules hold, rates are within bounds, parts no more than a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..findings import Finding, Place, finding
from ..methods.arrays import Array, Mask, np
from ..methods.derive import evaluate
from ..panel import Panel
from ..periods import previous, year_before
from ..tree.columns import Column
from ..tree.logic import Bounds, Term, bounds_of, holds, in_one_measure, meant_by, parse_rule
from ..tree.model import Index, Indicator, LogicRule
from ..words.agreement import in_both, told
from ..words.periods import period_title
from ..words.shown import BETWEEN
from .leaves import before, columns_of_leaf, own_values, value_of
from .times import existing, with_past, within_time

MOST = 20  # cells of one rule that are named; of more it is said how many there are

Cell = tuple[int, int, int]
"""A reported cell: the places of its period, unit and column."""


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold of a unit in a period: what is said of it, and the reported cells that it takes."""

    finding: Finding
    period: int
    unit: int
    cells: tuple[Cell, ...]


def broken(index: Index, panel: Panel) -> Iterator[Broken]:
    """Find what cannot be true of the values as they were reported, of the units of all levels, each at the first of its cells.

    What is missing or does not apply is not judged. Of a rule that many units break the first are named.
    """
    if panel.units.spans and isinstance(panel.values, np.ndarray):  # arrays in files are not copied as a whole
        panel = with_past(index, within_time(index, panel), panel)
    for rule in index.logic:
        yield from _against(index, panel, rule)
    for own in bounds_of(index):
        yield from _out_of_bounds(index, panel, own)


def broken_rules(index: Index, panel: Panel) -> list[Finding]:
    """Return what `broken` finds, in words."""
    return [one.finding for one in broken(index, panel)]


def _against(index: Index, panel: Panel, rule: LogicRule) -> Iterator[Broken]:
    """Find the units and periods for which a declared rule does not hold."""
    (operation, left, right), terms = parse_rule(rule.rule)
    meant = {said: found[0] for said, term in terms.items() if (found := meant_by(index, term))}
    if len(meant) < len(terms) or any(isinstance(one, Column) and one.id not in panel.column for one in meant.values()):
        return  # of a part of the tree, which does not read all of it
    times = in_one_measure(index, meant)
    values = {said: _quantity(index, panel, meant[said], term) * times[said] for said, term in terms.items()}
    sides = [np.broadcast_to(evaluate(side, values), panel.values.shape[:2]) for side in (left, right)]
    with np.errstate(invalid="ignore"):
        wrong = ~holds(operation, *sides) & ~np.isnan(sides[0]) & ~np.isnan(sides[1]) & _judged(index, panel)
    for period, unit, more in _cells(wrong):
        cells = [cell for said, term in terms.items() for cell in _cells_of(index, panel, meant[said], term, period, unit)]
        values_said = {
            "id": rule.id,
            "said": rule.said("en"),
            "said_zh": rule.said("zh"),
            **_where(panel, period, unit),
            "cells": in_words(index, panel, cells, period),
            "more": more,
        }
        said_at = finding("IC962" if rule.severity == "error" else "IC963", _place(index, panel, cells), **values_said)
        yield Broken(said_at, period, unit, tuple(cells))


def _judged(index: Index, panel: Panel) -> Mask:
    """Return where units are there: the past of those that came out of others is looked back at, and was judged as theirs."""
    there = existing(index, panel)
    return np.ones(panel.values.shape[:2], dtype=bool) if there is None else np.asarray(there)


def _quantity(index: Index, panel: Panel, own: Column | Indicator, term: Term) -> Array:
    """Return the values (period, unit) of a quantity of a rule."""
    x = value_of(index, panel, own) if isinstance(own, Indicator) else own_values(index, panel, own.id)
    return before(index, panel, x, term.since) if term.since else x


def _cells_of(index: Index, panel: Panel, own: Column | Indicator, term: Term, period: int, unit: int) -> list[Cell]:
    """Return the reported cells that a quantity is made of in a period."""
    if term.since:
        step = previous if term.since == "previous" else year_before
        earlier = step(panel.periods[period], index.periods.kind)
        period = panel.periods.index(earlier) if earlier in panel.periods else period
    columns = columns_of_leaf(index, panel, own) if isinstance(own, Indicator) else [panel.column[own.id]]
    return [(period, unit, at) for at in columns]


def _where(panel: Panel, period: int, unit: int) -> dict[str, str]:
    """Return what a unit is called in each language, and the period."""
    titles = {"unit": panel.units.title(unit, "en"), "unit_zh": panel.units.title(unit, "zh")}
    return {**titles, "period": panel.periods[period]}


def _out_of_bounds(index: Index, panel: Panel, own: Bounds) -> Iterator[Broken]:
    leaf, x = own.leaf, value_of(index, panel, own.leaf)
    with np.errstate(invalid="ignore"):
        out = own.excludes(x) & _judged(index, panel)
    columns = columns_of_leaf(index, panel, leaf)
    for period, unit, more in _cells(out):
        cells = [(period, unit, at) for at in columns]
        values = {
            "id": leaf.id,
            "name": leaf.title("en"),
            "name_zh": leaf.title("zh"),
            **_where(panel, period, unit),
            "found": f"{x[period, unit]:.4g} {leaf.measure}".rstrip(),
            "low": f"{own.low:.10g}",
            "high": f"{own.high:.10g}",
            "cells": in_words(index, panel, cells, period),
            "more": more,
        }
        yield Broken(
            finding("IC961" if own.share else "IC960", _place(index, panel, cells), **values), period, unit, tuple(cells)
        )


def _cells(wrong: Mask) -> Iterator[tuple[int, int, str]]:
    """Yield the first places (period, unit) where something is wrong, the last one with how many more there are."""
    places: list[list[int]] = np.argwhere(wrong).tolist()
    beyond = len(places) - MOST
    for at, (period, unit) in enumerate(places[:MOST]):
        yield period, unit, f"(+{beyond})" if beyond > 0 and at == MOST - 1 else ""


def in_words(index: Index, panel: Panel, cells: Sequence[Cell], now: int) -> str:
    """Return reported cells by what they are called, each with its number and where it stands; of other periods with these."""
    titles = {column.id: column.headers[0] if column.key == "column" else column.called for column in index.columns}
    english, chinese = [], []
    for period, unit, at in cells:
        places, title = panel.places(period, unit, at), titles[panel.columns[at]]
        number = f"{panel.values[period, unit, at]:.10g}"
        then = ("", "") if period == now else (f" {panel.periods[period]}", period_title(panel.periods[period], "zh"))
        there, there_zh = (BETWEEN[one].join(place.spoken(one) for place in places) for one in ("en", "zh"))
        english.append(f"{title}{then[0]} = {number}" + (f" ({there})" if places else ""))
        chinese.append(f"{then[1]}{told(title, 'zh')} = {number}" + (f"（{there_zh}）" if places else ""))
    return in_both("; ".join(dict.fromkeys(english)), "；".join(dict.fromkeys(chinese)))


def _place(index: Index, panel: Panel, cells: Sequence[Cell]) -> Place:
    """Return where the first of some cells stands; where its indicator does, for a panel that comes from no file."""
    place = next((place for cell in cells for place in panel.places(*cell)), None)
    owner = next(column.owner for column in index.columns if column.id == panel.columns[cells[0][2]])
    return place or index.place_of(owner)
