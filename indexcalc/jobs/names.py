"""What is meant by a name: a period, a unit or a node, as people write them; or a refusal with the nearest that there is."""

from __future__ import annotations

from collections.abc import Sequence

from ..findings import nearest
from ..periods import EXAMPLES, SINGLE, number_of, order, read_period
from ..report.sheets.tables import kind_of
from ..scores import Scores
from ..tree.model import Index
from ..words.periods import KINDS
from .project import refuse


def period_of(scores: Scores, wanted: str | int | None) -> str:
    """Return the period that is meant: the one named, or the newest of the largest kind, a year rather than its last part."""
    if wanted is None:
        return scores.periods[-1]
    wanted = str(wanted)  # years are numbers in a frame
    for kind in scores.index.periods.kinds:
        if (period := read_period(wanted, kind)) in scores.periods:
            return str(period)
    return refuse("IC501", found=wanted, known=list(scores.periods), near=_nearest_period(scores, wanted))


def _nearest_period(scores: Scores, wanted: str) -> str:
    """Return the period that is there and nearest in time to one that is not, among those of its kind; else the most alike."""
    for kind in scores.index.periods.kinds:
        if kind != SINGLE and (period := read_period(wanted, kind)):
            alike = [one for one in scores.periods if kind_of(scores, one) == kind]
            number = number_of(period, kind)
            return min(alike, key=lambda one: abs(number_of(one, kind) - number), default="")
    return nearest(wanted, scores.periods)


def periods_of(scores: Scores, wanted: str | None) -> list[str]:
    """Return the periods that are meant: `all`, or a single one."""
    return list(scores.periods) if wanted == "all" else [period_of(scores, wanted)]


def period_before(scores: Scores, after: str) -> str:
    """Return the last period of the same kind before one, or refuse; `after` may be of another scoring."""
    kind = kind_of(scores, after)
    earlier = [one for one in scores.periods if kind_of(scores, one) == kind and order(one) < order(after)]
    if not earlier:
        refuse("IC784", period=after, known=[one for one in scores.periods if one != after])
    return max(earlier, key=order)


def declared_period(index: Index, text: str) -> str:
    """Return a period of the tree's own kind, whether there is data for it or not."""
    kind = index.periods.kind
    return read_period(text, kind) or refuse("IC346", found=text, kind=kind, kind_zh=KINDS[kind], example=EXAMPLES[kind], rows=1)


def unit_of(scores: Scores, wanted: str) -> int:
    """Return the place among the scored units of the one that is meant by an id, a name or an alias."""
    if (place := scores.unit(wanted)) is not None:
        return place
    names, label, units = scores.origin.units if scores.origin else None, scores.index.units.label, scores.panel.units
    if names is not None and wanted in names.shared:
        refuse("IC374", name=wanted, units=names.sharing(wanted), label=label)
    near = nearest(wanted, units.by_title if names is None else [name for name in names.known if scores.unit(name) is not None])
    return refuse("IC502", found=wanted, near=near, label=label)


def must_be_there(scores: Scores, unit: int, period: str) -> None:
    """Refuse a unit in a period in which it is not scored: outside its time."""
    at = scores.periods.index(period)
    if scores.there is None or scores.there[at, unit]:
        return
    units, span = scores.panel.units, scores.panel.units.spans[unit]
    heirs = [units.title(one) for one, old in units.origins.items() if unit in old]
    before = [units.title(old) for old in units.origins.get(unit, ())]
    known = [label for row, label in enumerate(scores.periods) if scores.there[row, unit]]
    since, until = span.since or "…", span.until or "…"
    refuse("IC465", unit=units.title(unit), period=period, since=since, until=until, known=[*heirs, *before, *known])


def unit_in(scores: Scores, wanted: str | None, periods: Sequence[str]) -> str:
    """Return the id of the unit that is asked for, empty for all; or refuse one that is not there in one of some periods."""
    if wanted is None:
        return ""
    place = unit_of(scores, wanted)
    for period in periods:
        must_be_there(scores, place, period)
    return scores.panel.units.ids[place]


def node_of(index: Index, wanted: str) -> str:
    """Return the id of the node that is meant by an id, a name, or a path of them such as safety/personal-safety."""
    parts = [wanted] if _ids(index, wanted) else wanted.strip("/").split("/")
    ids = [_ids(index, part) for part in parts]
    for part, named in zip(parts, ids, strict=True):
        if len(named) != 1:
            known = [text for node in index.by_id.values() for text in (node.id, node.name, node.name_en) if text]
            refuse("IC510", found=part, near=nearest(part, known) if not named else named[0])
    path = _path(index, ids[-1][0])
    rest = iter(path)
    for part, named in zip(parts, ids, strict=True):
        if named[0] not in rest:  # looks on from where the part before was found
            refuse("IC608", node=ids[-1][0], above=part, path="/".join(path[1:] or path))
    return ids[-1][0]


def asked_node(scores: Scores, wanted: str | None, period: str | None = None) -> str | None:
    """Return the id of the node that is asked for, if one is; refuse one that is not part of the tree of a period."""
    if wanted is None:
        return None
    node = node_of(scores.index, wanted)
    if period is not None and node not in scores.of_period(period).tree.position:
        known = [one for one in scores.periods if node in scores.of_period(one).tree.position]
        refuse("IC477", scores.index.place_of(node), node=node, period=period, known=known)
    return node


def scores_then(scores: Scores, period: str, node: str | None) -> tuple[Scores, int]:
    """Return scores by the tree of a period, with the place there of the node that is asked for: the index without one."""
    wanted, then = asked_node(scores, node, period), scores.of_period(period)
    return then, then.tree.root if wanted is None else then.node(wanted)


def _ids(index: Index, text: str) -> list[str]:
    """Return the nodes that have a text for their id, or else for their name."""
    if text in index.by_id:
        return [text]
    return [node.id for node in index.by_id.values() if text and text in (node.name, node.name_en)]


def _path(index: Index, node: str) -> list[str]:
    """Return the ids of the nodes from the index down to one."""
    tree = index.tree
    return [tree.nodes[position].id for position in tree.upwards(tree.position[node])][::-1]
