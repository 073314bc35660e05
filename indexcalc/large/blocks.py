"""The same recipe for more data than memory holds: some leaves at a time, then some units at a time.

A leaf is made, imputed, treated and normalised from its own column and a few others. So columns are taken one after the
other, each with all of its units: no statistic has to be put together from parts, ranks and medians need no way of their
own, and every number is the one that `score` gives. An inner node is made of its children unit by unit, in blocks of units.
What is made is kept in arrays that `make` provides, in files. Memory holds some columns, or one block, at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.adjust import grade_ceilings
from ..engine.frames import normalise
from ..engine.leaves import as_reported, check_imputed, derive, impute, known_of, roll_up, screened, set_aside, treat
from ..engine.levels import of_one_level, scored_below
from ..engine.logic import broken_rules
from ..engine.nodes import aggregate, check_nodes, estimated_in
from ..engine.notes import check_columns, check_comparisons, check_large, check_level, imputed_in, said_of
from ..engine.ranking import check_shares, grade, members, placed, placed_in_turn, ranking_of, standing, told_apart
from ..engine.times import given_outside, of_the_time, scored, without_past
from ..findings import Finding, Place, Refused, finding, with_label
from ..methods import FROM_DATA
from ..methods.aggregate import COMPARES_UNITS
from ..methods.arrays import Array, Status, np
from ..methods.impute import FROM_SIBLINGS
from ..panel import NOT_APPLICABLE, Make, Panel, empty
from ..scores import Scores
from ..tree.checks.limits import too_many_units
from ..tree.layout import of_leaves
from ..tree.model import Impute, Index

if TYPE_CHECKING:
    from ..engine.notes import Said

    Parts = Sequence[list[int]]

_CELLS = 1 << 21  # of one stage that are worked on together, at least one column; with all stages some ten times as many
_MOST = 1 << 26  # cells of several columns that one method may take together


def score_in_blocks(
    index: Index, panel: Panel, make: Make, *, level: str | None = None, cells: int = _CELLS, most: int = _MOST
) -> Scores:
    """Score as `score` does, a panel whose arrays may be kept in files, into arrays that `make` provides.

    `cells` is how many cells of a stage are worked on at once, at least one column.

    :raises Refused: where a method, such as TOPSIS, takes more than `most` cells of its node's children together or more
        units than it compares, and where scores come from a level of units below.
    """
    reported = panel
    if index.editions:
        raise Refused([finding("IC478", index.place(("dimensions",), key=True), count=len(index.editions))])
    if below := scored_below(index, panel.units, level)[0]:
        raise Refused(finding("IC847", index.place_of(node, "score_over_units"), node=node) for node in below)
    panel, found = _brought_up(index, panel, make, level, cells)
    size = len(panel.periods) * len(panel.units)
    if refused := [*_too_wide(index, size, most), *too_many_units(index, panel.units, len(panel.periods))]:
        raise Refused(refused)
    parts = _parts(index, cells // max(1, size))
    derived, status, out, screened_out = _derive(index, panel, make, parts)
    treated, estimated, scores, imputed, noted = _normalise(
        index, panel, make, parts, derived, status, out, said_of(reported.findings)
    )
    nodes = aggregate(index, panel, status, scores, make)
    places, within = _rank(index, panel, make, derived, scores)
    for part in parts:
        own = of_leaves(index, [index.leaves[at] for at in part if index.leaves[at].applies])
        found += set_aside(own, replace(_columns(reported, own), address=reported.address and _moved(reported, own)))
    found += [*broken_rules(index, reported), *given_outside(index, reported), *without_past(index, panel)]
    estimates = imputed + estimated_in(index, nodes)
    found += [*screened_out, *noted, *check_nodes(index, panel, nodes), *check_comparisons(index, panel, estimates)]
    found += check_level(index, panel.units)
    return Scores(
        index=index,
        panel=panel,
        derived=derived,
        treated=treated,
        status=status,
        scores=scores,
        coverage=nodes.coverage,
        points=nodes.points,
        ranks=places,
        group_ranks=within if index.ranking.overall else None,
        grades=grade(index, panel, scores, places, within, grade_ceilings(index, panel)),
        weights=tuple(nodes.weights[branch.position] for branch in index.tree.branches),
        findings=tuple(
            with_label([*found, *check_large(index, panel, scores), *check_shares(index, panel, scores)], index.units.label)
        ),
        imputed=estimated,
        estimated=nodes.estimated,
        reported=reported,
        level=level,
        there=scored(index, panel),
        again=partial(_again, index, reported, panel, make, level, cells, most)
        if panel.units.wholes and isinstance(reported.values, np.ndarray)  # what is in files is not copied as a whole
        else None,
    )


def _again(
    index: Index, reported: Panel, made: Panel, make: Make, level: str | None, cells: int, most: int, period: str
) -> Scores:
    """Score anew with the units of a period, and name them as the panel that was `made` does."""
    panel = of_the_time(index, reported, period)
    scores = score_in_blocks(index, panel, make, level=level, cells=cells, most=most)
    return replace(scores, panel=replace(scores.panel, units=made.units), reported=reported, again=None)


def _parts(index: Index, step: int) -> Parts:
    """Return the places of leaves that are worked on together: `step` of them, and siblings that are imputed of each other."""
    of_node: dict[int, set[int]] = {}
    for _, leaves in _of_siblings(index):
        of_node.setdefault(index.tree.parents[leaves[0]], set()).update(leaves)
    siblings = [sorted(leaves) for leaves in of_node.values()]
    taken = {position for leaves in siblings for position in leaves}
    others = [position for position in range(len(index.leaves)) if position not in taken]
    step = max(1, step)
    return [*(others[at : at + step] for at in range(0, len(others), step)), *siblings]


def _of_siblings(index: Index) -> list[tuple[Impute, list[int]]]:
    """Return the leaves whose estimates come of their siblings, with these."""
    return [(way, index.tree.beside(way, leaves)) for way, leaves in index.tree.imputed if way.method in FROM_SIBLINGS]


def _too_wide(index: Index, size: int, most: int) -> Iterator[Finding]:
    """Return what would have to be in memory all at once."""
    wide = [(index.tree.parents[leaves[0]], str(way.method), len(leaves), "impute") for way, leaves in _of_siblings(index)]
    for branch in index.tree.branches:
        if branch.compares:
            key, method = "aggregate", branch.aggregate
            if branch.weights.method in FROM_DATA:
                key, method = "weights", branch.weights.method
            elif branch.aggregate not in COMPARES_UNITS and branch.normalise:
                key, method = "normalise", branch.normalise.method
            elif branch.aggregate not in COMPARES_UNITS and branch.impute:
                key, method = "impute", branch.impute.method
            wide.append((branch.position, method, len({*branch.children, *branch.inputs}), key))
    for position, method, count, key in wide:
        if count > 1 and count * size > most:
            node = index.tree.nodes[position]
            place = index.place_of(node.id, key) if getattr(node, key, None) else index.place_of(node.id)
            yield finding("IC830", place, node=node.id, method=method, count=count, cells=count * size, most=most)


def _brought_up(index: Index, panel: Panel, make: Make, level: str | None, cells: int) -> tuple[Panel, list[Finding]]:
    """Return the panel of one level of units, with the larger periods that its periods make up."""
    if not (index.periods.roll_up or panel.units.levels or panel.units.spans):
        return panel, []
    rest = of_leaves(index, (), rest=True)
    labels, found = roll_up(rest, of_one_level(rest, _columns(panel, rest), level))
    shape = len(labels.periods), len(labels.units), len(panel.columns)
    values, status = make(*shape), make(*shape, np.uint8)
    whole = replace(labels, values=values, status=status, columns=panel.columns, address=None)
    for part in ((), *_parts(index, cells // max(1, panel.status[..., 0].size))):
        own = of_leaves(index, [index.leaves[at] for at in part], rest=not part)
        made, _ = roll_up(own, of_one_level(own, _columns(panel, own), level)) if part else (labels, None)
        at = [panel.column[name] for name in made.columns]
        whole.values[..., at], whole.status[..., at] = made.values, made.status
    return whole, found


def _moved(panel: Panel, index: Index) -> Callable[[int, int, int], Sequence[Place]]:
    """Return where cells of the columns that an index asks for were written, by their places among these."""
    at = [panel.column[column.id] for column in index.columns]
    return lambda period, unit, column: panel.places(period, unit, at[column])


def _columns(panel: Panel, index: Index) -> Panel:
    """Return a panel in memory of the columns that an index asks for."""
    wanted = tuple(column.id for column in index.columns)
    at = [panel.column[name] for name in wanted]
    return replace(panel, values=panel.values[..., at], status=panel.status[..., at], columns=wanted, address=None)


def _derive(index: Index, panel: Panel, make: Make, parts: Parts) -> tuple[Array, Status, Any, list[Finding]]:
    """Return the leaves' comparable values and statuses, and which units are left out of which periods."""
    shape = len(panel.periods), len(panel.units), len(index.leaves)
    reported = as_reported(index, panel.columns) and index.screen is None and not panel.units.spans
    derived, status = panel.values if reported else make(*shape), make(*shape, np.uint8)
    counts = np.zeros((3, *shape[:2]), dtype=np.int64)
    found: list[Finding] = []
    for part in parts:
        own = of_leaves(index, [index.leaves[at] for at in part])
        columns = _columns(panel, own)
        values, flags, too_large = derive(own, columns)
        found += too_large
        if not reported:
            derived[..., part] = values
        status[..., part] = flags
        if index.screen is not None:
            counts += known_of(own, values, flags)
    if index.screen is None:
        return derived, status, None, found
    out, left_out = screened(index, panel, counts)
    return derived, status, out, [*found, *left_out]


def _normalise(
    index: Index, panel: Panel, make: Make, parts: Parts, derived: Array, status: Status, out: Any, said: Said
) -> tuple[Array, Array, Array, Counter[str], list[Finding]]:
    """Return leaves' values, treated and with estimates, their part of the scores, how many are estimates, what was found."""
    shape = len(panel.periods), len(panel.units)
    scores = make(*shape, len(index.tree.nodes))
    touched = any(leaf.impute or leaf.treat for leaf in index.leaves) or index.defaults.impute or index.defaults.treat
    treated = make(*shape, len(index.leaves)) if touched else derived
    estimated = make(*shape, len(index.leaves)) if index.tree.imputed and index.tree.treated else treated
    estimates, found = Counter[str](), list[Finding]()
    for part in parts:
        own = of_leaves(index, [index.leaves[at] for at in part])
        values, flags = np.asarray(derived[..., part]), np.asarray(status[..., part])
        if out is not None:
            values[out], flags[out] = np.nan, NOT_APPLICABLE
            derived[..., part] = values
        values, flags = impute(own, panel, values, flags)
        found += check_imputed(own, panel, flags)
        if estimated is not treated:
            estimated[..., part] = values
        values = treat(own, values)
        normalised = empty(*shape, len(part))
        normalise(own, panel, values, normalised)
        found += check_columns(own, panel, values, flags, normalised, said)
        estimates += imputed_in(own, flags)
        scores[..., part], status[..., part] = normalised, flags
        if touched:
            treated[..., part] = values
    return treated, estimated, scores, estimates, found


def _rank(index: Index, panel: Panel, make: Make, derived: Array, scores: Array) -> tuple[Any, Any]:
    shape = len(panel.periods), len(panel.units), len(index.tree.nodes)
    places = make(*shape, np.float32)
    within = None if index.ranking.within is None else make(*shape, np.float32)
    groups, monitored = members(panel, index.ranking.within), set(index.tree.monitored)
    for position in range(len(index.tree.nodes)):
        ranked = standing(index, position, derived[..., position]) if position in monitored else scores[..., position]
        node = slice(position, position + 1)
        places[..., node], own = placed(ranking_of(index, position), ranked[..., None], groups)
        if within is not None:
            within[..., node] = own
    for position in told_apart(index):
        places[..., [position]], own = placed_in_turn(index, position, scores, groups)
        if within is not None:
            within[..., [position]] = own
    return (places if index.ranking.overall or within is None else within), within
