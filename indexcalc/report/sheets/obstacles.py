"""Sheets of what keeps units from the best score: by unit, by node, by group and by period."""

from __future__ import annotations

from ...analysis.obstacles import Obstacles
from ...findings import Language
from ...methods.arrays import np
from ...words.reports import word
from ..numbers import finite
from .alone import unit_label
from .sheet import Heading, Sheet, Value
from .tables import in_rank_order


def units_sheet(result: Obstacles, language: Language) -> Sheet:
    """Return a row a unit, the best first: its score, the points it has lost, and its first obstacles with their shares."""
    scores, row = result.scores, result.row
    headings = [Heading(unit_label(scores, language), "text"), Heading(word.score(language), "score", strong=True)]
    if result.lost is not None:
        headings.append(Heading(word.lost_points(language), "score"))
    count = min(result.top, len(result.leaves))
    headings += [Heading(word.obstacle_place(language).format(place=place + 1), "text") for place in range(count)]
    rows: list[tuple[Value, ...]] = []
    for unit in in_rank_order(scores, row, result.start) if result.unit is None else result.units:
        cells: list[Value] = [scores.panel.units.title(unit, language), finite(scores.scores[row, unit, result.start])]
        if result.lost is not None:
            cells.append(finite(result.lost[row, unit]))
        named = [
            f"{scores.tree.nodes[leaf].title(language)} {100 * result.usual[row, unit, leaf]:.1f}%" for leaf in result.first(unit)
        ]
        rows.append((*cells, *named, *[None] * (count - len(named))))
    notes = [word.obstacles_help(language)]
    notes += [word.no_exact_obstacles(language)] if result.exact is None else []
    return Sheet(word.obstacles(language), tuple(headings), tuple(rows), decimals=scores.index.index.decimals, notes=tuple(notes))


def means_sheet(result: Obstacles, language: Language) -> Sheet:
    """Return a row a node: its mean share over all units, usual and exact, in each group, and how often it is among the first."""
    exact = result.exact
    groups = groups_of(result)
    headings = [*_node_headings(language), Heading(word.mean_share(language), "percent", strong=True)]
    if exact is not None:
        headings.append(Heading(word.exact_share(language), "percent"))
    headings += [Heading(group, "percent") for group in groups]
    headings.append(Heading(word.often_first(language).format(top=result.top), "count"))
    often = dict(zip(result.leaves, result.often().tolist(), strict=True))
    columns = [result.mean(result.units)]
    if exact is not None:
        columns.append(result.mean(result.units, shares=exact))
    columns += [result.mean(units) for units in groups.values()]
    rows = tuple(
        (*_node(result, node, language), *(finite(column[node]) for column in columns), often.get(node)) for node in result.nodes
    )
    return Sheet(word.obstacles_by_node(language), tuple(headings), rows)


def periods_sheet(result: Obstacles, language: Language) -> Sheet:
    """Return a row a node: its share in each period, of a unit, or the mean of all units."""
    scores = result.scores
    rows_of = [at for at in range(len(scores.periods)) if not np.isnan(result.usual[at][..., result.start]).all()]
    headings = (*_node_headings(language), *(Heading(scores.periods[at], "percent") for at in rows_of))
    columns = [result.mean(scores.listed(at) if result.unit is None else result.units, at) for at in rows_of]
    rows = tuple((*_node(result, node, language), *(finite(column[node]) for column in columns)) for node in result.nodes)
    return Sheet(word.obstacles_by_period(language), headings, rows)


def shares_sheet(result: Obstacles, language: Language) -> Sheet:
    """Return a row a unit and node: both shares, and the place of an indicator among the unit's obstacles."""
    scores, row, places = result.scores, result.row, result.places()
    headings = [Heading(unit_label(scores, language), "text"), *_node_headings(language)]
    headings += [Heading(word.usual_share(language), "percent", strong=True)]
    headings += [Heading(word.exact_share(language), "percent")] if result.exact is not None else []
    headings.append(Heading(word.obstacle_order(language), "count"))
    order = {leaf: at for at, leaf in enumerate(result.leaves)}
    rows: list[tuple[Value, ...]] = []
    for unit in in_rank_order(scores, row, result.start) if result.unit is None else result.units:
        for node in result.nodes:
            place = int(places[row, unit, order[node]]) if node in order else 0
            exact = () if result.exact is None else (finite(result.exact[row, unit, node]),)
            own = finite(result.usual[row, unit, node])
            rows.append((scores.panel.units.title(unit, language), *_node(result, node, language), own, *exact, place or None))
    return Sheet(word.obstacle_shares(language), tuple(headings), tuple(rows))


def groups_of(result: Obstacles) -> dict[str, list[int]]:
    """Return the units shown of each group, none where there are no groups or one unit is asked about."""
    labels = result.scores.panel.units.groups
    if not labels or result.unit is not None:
        return {}
    found: dict[str, list[int]] = {label: [] for label in dict.fromkeys(labels) if label}
    for unit in result.units:
        if labels[unit]:
            found[labels[unit]].append(unit)
    return {label: units for label, units in found.items() if units}


def _node_headings(language: Language) -> tuple[Heading, ...]:
    return (Heading(word.indicator(language), "text"), Heading(word.id(language), "code"))


def _node(result: Obstacles, node: int, language: Language) -> tuple[str, str]:
    own = result.scores.tree.nodes[node]
    return own.title(language), own.id
