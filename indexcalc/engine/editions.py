"""A tree that changes in time: every period is scored by the tree of then, and what was scored is put side by side.

Each edition of the tree scores all periods up to the scores of its leaves, so that what looks back and what is compared over
periods has all of them, and its own periods from there on. A leaf that goes on from another has what was reported for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..findings import Finding
from ..methods.arrays import Array, np
from ..panel import MISSING, NOT_APPLICABLE, Panel, empty
from ..periods import kind_among
from ..scores import ACROSS_PERIODS, Scores
from ..spans import ends_of, read_ends
from ..tree.model import Index

Score = Callable[[Index, Panel, Any], Scores]


def by_editions(index: Index, panel: Panel, way: Score) -> Scores:
    """Score each period by the tree of then: `way` scores a panel by a tree, in the periods for which a mask is made."""
    panel = with_predecessors(index, panel)
    made: list[tuple[Any, Scores]] = []
    for _, _, tree in index.editions:

        def own(periods: Sequence[str], tree: Index = tree) -> Any:
            return np.array([index.of_period(one, kind_among(one, index.periods.kinds)) is tree for one in periods], dtype=bool)

        if own(panel.periods).any():
            scores = way(tree, panel, own)
            made.append((own(scores.periods), scores))
    return _side_by_side(index, made)


def with_predecessors(index: Index, panel: Panel) -> Panel:
    """Return a panel in which leaves that go on from others have what was reported for these before."""
    heirs = [(leaf, index.by_id.get(leaf.replaces)) for leaf in index.leaves if leaf.replaces]
    heirs = [(leaf, old) for leaf, old in heirs if old is not None and getattr(old, "measure", None) == leaf.measure]
    if not heirs:
        return panel
    values, status = np.array(panel.values, order="K"), np.array(panel.status, order="K")
    days = [ends_of(one, kind_among(one, index.periods.kinds)) for one in panel.periods]
    for leaf, old in heirs:
        since = read_ends(str(leaf.since), index.periods.kind) if leaf.since is not None else None
        before = np.array([since is None or ends[1] < since[0] for ends in days])[:, None]
        for column in panel.columns:
            if column != leaf.id and not column.startswith(f"{leaf.id}."):
                continue
            other = panel.column.get(str(old.id if old else "") + column[len(leaf.id) :])
            if other is None:
                continue
            at = panel.column[column]
            taken = before & (panel.status[..., at] == MISSING)
            values[..., at] = np.where(taken, values[..., other], values[..., at])
            status[..., at] = np.where(taken, status[..., other], status[..., at])
    return replace(panel, values=values, status=status)


def of_columns(index: Index, panel: Panel) -> Panel:
    """Return a panel with the columns of an index in its order, of one that has others too."""
    wanted = tuple(column.id for column in index.columns)
    if panel.columns == wanted or any(name not in panel.column for name in wanted):
        return panel
    at = [panel.column[name] for name in wanted]
    periods, units = panel.values.shape[:2]
    values, status = empty(periods, units, len(at)), empty(periods, units, len(at), np.uint8)
    values[...], status[...] = panel.values[..., at], panel.status[..., at]
    address = panel.address

    def place(period: int, unit: int, column: int) -> Any:
        return address(period, unit, at[column]) if address else ()

    return replace(panel, values=values, status=status, columns=wanted, address=place if address else None)


def _side_by_side(index: Index, made: Sequence[tuple[Any, Scores]]) -> Scores:
    """Put the scores of the editions of a tree together, each in its periods."""
    first = made[0][1]
    periods, units, tree = first.periods, len(first.panel.units), index.tree

    def together(count: int, of: Callable[[Scores], Any], names: Callable[[Scores], Sequence[int]], fill: Any, kind: Any) -> Any:
        out = empty(len(periods), units, count, kind)
        out[...] = fill
        for rows, own in made:
            places = np.array(names(own), dtype=int)
            out[np.ix_(np.flatnonzero(rows), np.arange(units), places)] = np.asarray(of(own))[rows]
        return out

    def leaves(own: Scores) -> list[int]:
        return [tree.position[leaf.id] for leaf in own.index.leaves]

    def nodes(own: Scores) -> list[int]:
        return [tree.position[node.id] for node in own.tree.nodes]

    def inner(own: Scores) -> list[int]:
        return [tree.position[node.id] - tree.leaves for node in own.tree.nodes[own.tree.leaves :]]

    def added(own: Scores) -> list[int]:
        ids = [item.id for item in index.adjustments]
        return [ids.index(item.id) for item in own.index.adjustments]

    def of_leaves(of: Callable[[Scores], Any], fill: Any = np.nan, kind: Any = float) -> Any:
        return together(tree.leaves, of, leaves, fill, kind)

    count = len(tree.nodes)
    return Scores(
        index=index,
        panel=_whole(index, made),
        derived=of_leaves(lambda own: own.derived),
        treated=of_leaves(lambda own: own.treated),
        status=of_leaves(lambda own: own.status, NOT_APPLICABLE, np.uint8),
        scores=together(count, lambda own: own.scores, nodes, np.nan, float),
        coverage=together(len(tree.branches), lambda own: own.coverage, inner, np.nan, float),
        points=together(len(index.adjustments), lambda own: own.points, added, np.nan, float),
        ranks=together(count, lambda own: own.ranks, nodes, np.nan, np.float32),
        group_ranks=None
        if first.group_ranks is None
        else together(count, lambda own: own.group_ranks, nodes, np.nan, np.float32),
        grades=_grades(index, made),
        weights=tuple(_weights(index, branch, made) for branch in range(len(tree.branches))),
        findings=_findings(made),
        imputed=of_leaves(lambda own: own.treated if own.imputed is None else own.imputed),
        estimated=_estimated(index, made),
        there=first.there,
        editions=tuple((own, replace(scores, again=None)) for own, scores in made),
    )


def _estimated(index: Index, made: Sequence[tuple[Any, Scores]]) -> dict[int, Any]:
    """Return which scores of inner nodes are estimates (period, unit), by the places of the nodes in the whole tree."""
    out: dict[int, Any] = {}
    for rows, own in made:
        for at, flags in own.estimated.items():
            place = index.tree.position[own.tree.nodes[at].id]
            out.setdefault(place, np.zeros(flags.shape, dtype=bool))[rows] = flags[rows]
    return out


def _whole(index: Index, made: Sequence[tuple[Any, Scores]]) -> Panel:
    """Return the panel of all columns in the periods and units that were scored, each column as it is in one of the editions."""
    first = made[0][1].panel
    columns = tuple(column.id for column in index.columns)
    shape = len(first.periods), len(first.units), len(columns)
    values, status = empty(*shape), empty(*shape, np.uint8)
    values[...], status[...] = np.nan, MISSING
    owner: dict[int, tuple[Panel, int]] = {}
    for _, own in made:
        for at, name in enumerate(columns):
            if name in own.panel.column:
                place = own.panel.column[name]
                values[..., at], status[..., at] = own.panel.values[..., place], own.panel.status[..., place]
                owner[at] = own.panel, place

    def address(period: int, unit: int, column: int) -> Any:
        if column not in owner:
            return ()
        of, place = owner[column]
        return of.places(period, unit, place)

    return replace(first, values=values, status=status, columns=columns, address=address if first.address else None)


def _grades(index: Index, made: Sequence[tuple[Any, Scores]]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for rows, own in made:
        for node, grades in own.grades.items():
            at = index.tree.position[own.tree.nodes[node].id]
            found.setdefault(at, np.full(grades.shape, -1, dtype=np.int16))[rows] = grades[rows]
    return found


def _weights(index: Index, branch: int, made: Sequence[tuple[Any, Scores]]) -> Array:
    """Return the weights of a node's children (period, unit or 1, child), 0 for those that are not there in a period."""
    own_id = index.tree.nodes[index.tree.branches[branch].position].id
    children = [index.tree.nodes[child].id for child in index.tree.branches[branch].children]
    parts = []
    for rows, own in made:
        if own_id in own.tree.position:
            place = own.tree.position[own_id] - own.tree.leaves
            w = np.asarray(own.weights[place])
            w = np.broadcast_to(w if w.ndim == 3 else w[None, None], (len(rows), *(w.shape[1:] if w.ndim == 3 else (1, len(w)))))
            names = [own.tree.nodes[child].id for child in own.tree.branches[place].children]
            parts.append((rows, w, [children.index(name) for name in names]))
    wide = max((w.shape[1] for _, w, _ in parts), default=1)
    out = np.zeros((len(made[0][0]), wide, len(children)))
    for rows, w, places in parts:
        out[np.ix_(np.flatnonzero(rows), np.arange(wide), np.array(places, dtype=int))] = w[rows]
    return out


def _findings(made: Sequence[tuple[Any, Scores]]) -> tuple[Finding, ...]:
    """Return what was found in any edition, each once."""
    seen: dict[str, Finding] = {}
    for _, own in made:
        for one in own.findings:
            key = f"{one.code} {one.place} {one.message('en')}"
            if one.code in ACROSS_PERIODS:
                key = one.code
            elif one.code == "IC463":  # each edition counts the values that it reads
                key = f"{one.code} {one.values['unit']}"
            same = seen.get(key)
            more = same is not None and one.code == "IC463" and one.values["count"] > same.values["count"]
            seen[key] = one if same is None or more or one.code in ACROSS_PERIODS else same
    return tuple(seen.values())
