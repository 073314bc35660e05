"""What scoring finds out that a reader must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from ..findings import Finding, finding
from ..methods import NORMALISERS
from ..methods.arrays import Array, Status, np
from ..methods.frame import same
from ..panel import IMPUTED, NOT_APPLICABLE, Panel
from ..periods import previous, year_before
from ..tree.layout import normalise_of
from ..tree.model import Dimension, Index, Indicator, Normalise
from ..units import Units
from .frames import base_of, groups_of, kinds_of, some, towards
from .leaves import one_by_one
from .rules import power_of
from .times import without_level

_FEW = 64  # units looked at first for columns without any score


Said = Collection[tuple[str, str]]


def said_of(findings: Iterable[Finding]) -> Said:
    """Return which leaves were said to have no value in which periods when the data were read: it is said once."""
    return {(one.values["node"], period) for one in findings for period in one.values.get("of", ()) if "node" in one.values}


def check_columns(index: Index, panel: Panel, values: Array, status: Status, scores: Array, said: Said = ()) -> list[Finding]:
    """Point out leaves without any value, or with the same in all units so that they cannot be told apart.

    Those of which it was `said` that they have no value in a period are not named again.
    """
    found: list[Finding] = [*check_shrunk(index, panel), *check_groups(index, panel, values, scores)]
    for kind, members in kinds_of(index, panel):
        # a column without any score has none among the first few units either, and these are quickly looked at
        bare = np.isnan(scores[members, :_FEW, : index.tree.leaves]).all(axis=1)
        bare = (bare & (status[members] != NOT_APPLICABLE).any(axis=1)).any(axis=0)  # of what nobody is asked for nothing is said
        for position in np.flatnonzero(bare).tolist():
            leaf, x = index.leaves[position], towards(index, [position], values[members][..., [position]])[..., 0]
            without = np.isnan(scores[members][..., position]).all(axis=1)
            empty_in = without & np.isnan(x).all(axis=1) & (status[members][..., position] != NOT_APPLICABLE).any(axis=1)
            empty_in &= np.array([(leaf.id, period) not in said for period in panel.periods[members]], dtype=bool)
            if not leaf.is_scored and (past := leaf.growth or leaf.difference):  # a score would be missed, a look back is not
                earlier = year_before if past == "year-before" else previous
                empty_in &= np.array([earlier(period, kind) in panel.periods for period in panel.periods[members]], dtype=bool)
            without &= leaf.is_scored
            same_in = without & same(np.fmin.reduce(x, axis=1), np.fmax.reduce(x, axis=1))
            choice = normalise_of(index, leaf).of_kind(kind)
            ends, base = _quantiles(choice), choice.base_for(kind)
            left = without & ~np.isnan(x).all(axis=1) & ~same_in & (choice.over != "group")
            one_end, no_base = (
                left & bool(ends),
                left & _without_base(index, panel, choice, members, values[..., position]),
            )
            for code, where, more in (
                ("IC422", empty_in, {}),
                ("IC420", same_in, {}),
                ("IC850", one_end, {"ends": ends}),
                ("IC448", no_base & ~one_end, {"base": base}),
                ("IC449", left & ~one_end & ~no_base, {"method": choice.method}),
            ):
                if where.any():
                    periods = some([panel.periods[members][at] for at in np.flatnonzero(where)])
                    place = index.place_of(leaf.id)
                    found.append(finding(code, place, periods=periods, **named(leaf), **more))
    return found


def check_level(index: Index, units: Units) -> Iterator[Finding]:
    """Say which indicators are not there for units of the level that is scored, and which nodes have none left."""
    absent = {index.leaves[at].id for at in without_level(index, units)}
    if not absent:
        return
    empty: list[str] = []
    inside: set[str] = set()
    for _, node in index.walked:
        below = {one.id: isinstance(one, Indicator) for one in index.below(node)}
        if isinstance(node, Dimension) and node.id not in inside and {name for name, leaf in below.items() if leaf} <= absent:
            empty.append(node.id)
            inside |= below.keys()
    level = units.levels[0]
    values = {"level": level, "level_zh": index.units.title(level, "zh"), "nodes": some(empty) or "–"}
    count, of = len(index.leaves) - len(absent), len(index.leaves)
    yield finding("IC485", index.place(("units", "level")), count=count, of=of, **values)


def _without_base(index: Index, panel: Panel, choice: Normalise, members: slice, x: Array) -> bool:
    """Say whether a column (period, unit) has no value in the base period that it is compared with."""
    if choice.over != "base":
        return False
    row = base_of(index, panel, choice, panel.periods[members.start])
    return row is None or bool(np.isnan(x[row]).all())


def check_groups(index: Index, panel: Panel, values: Array, scores: Array) -> Iterator[Finding]:
    """Point out leaves that are compared within groups, and the groups that have values and no score."""
    own = [at for at, leaf in enumerate(index.leaves) if normalise_of(index, leaf).over == "group"]
    for at in own:
        leaf, x = index.leaves[at], towards(index, [at], values[..., [at]])[..., 0]
        other = ~same(np.fmin.reduce(x, axis=1), np.fmax.reduce(x, axis=1))  # where all units are the same it is said of all
        bare: list[tuple[int, str]] = []
        for mask in groups_of(panel, "group"):
            lost = ~np.isnan(x[:, mask]).all(axis=1) & np.isnan(scores[:, mask, at]).all(axis=1) & other
            name = panel.units.groups[int(np.flatnonzero(mask)[0])] if panel.units.groups else ""
            bare += [(period, name) for period in np.flatnonzero(lost).tolist()]
        if bare:
            yield without_score(index, leaf, panel.periods, bare)


def without_score(index: Index, leaf: Indicator, periods: Sequence[str], groups: Sequence[tuple[int, str]]) -> Finding:
    """Say in which groups, each with the place of its period, no unit has a score."""
    said = some([f"{name} {periods[period]}" for period, name in sorted(groups)])
    return finding("IC451", index.place_of(leaf.id), groups=said, **named(leaf))


def check_shrunk(index: Index, panel: Panel) -> Iterator[Finding]:
    """Name the units whose count is above what it is counted among, where that leaves no rate to move."""
    for leaf in index.tree.shrunk:
        if leaf.shrink is None or leaf.shrink.how != "log-odds" or leaf.formula is not None or leaf.per is None:
            continue
        base = panel.values[..., panel.column[leaf.per]] * one_by_one(index, leaf)
        above = panel.values[..., panel.column[leaf.id]] > base
        for period in np.flatnonzero(above.any(axis=-1)).tolist():
            units = some([panel.units.title(unit) for unit in np.flatnonzero(above[period]).tolist()])
            place, when = index.place_of(leaf.id, "shrink"), panel.periods[period]
            yield finding("IC861", place, node=leaf.id, per=leaf.per, period=when, units=units)


def check_large(index: Index, panel: Panel, scores: Array) -> Iterator[Finding]:
    """Name the nodes with a score that is too large for a number, of those that are made of numbers.

    A mean or sum of what is too large is so itself: where none is and all are such, there is no need to look at their children.
    """

    def large(nodes: Iterable[int]) -> list[int]:
        return [node for node in nodes if np.isinf(scores[..., node]).any()]  # one column after the other

    branches = index.tree.branches
    if not large(branch.position for branch in branches) and all(power_of(branch) is not None for branch in branches):
        return
    found, inputs = large(range(scores.shape[-1])), {branch.position: branch.inputs for branch in branches}
    for node in found:
        if not set(inputs.get(node, ())) & set(found):
            period, unit = np.argwhere(np.isinf(scores[..., node]))[0].tolist()
            own, title = index.tree.nodes[node], panel.units.title(unit)
            yield finding("IC447", index.place_of(own.id), node=own.id, unit=title, period=panel.periods[period])


def named(leaf: Indicator) -> dict[str, str]:
    """Return a leaf's id, and its name as it stands beside it in each language: nothing where it has none."""
    english, chinese = (leaf.title(language) for language in ("en", "zh"))
    return {"node": leaf.id, "name": english * (english != leaf.id), "name_zh": chinese * (chinese != leaf.id)}


def imputed_in(index: Index, flags: Status) -> Counter[str]:
    """Return how many values of each leaf are estimates, by id."""
    counts = np.count_nonzero(flags == IMPUTED, axis=(0, 1)).tolist()
    return Counter({leaf.id: count for leaf, count in zip(index.leaves, counts, strict=True) if count})


def check_comparisons(index: Index, panel: Panel, imputed: Counter[str]) -> Iterator[Finding]:
    """Note what a reader of several periods must know, and how many values of which leaves are estimates."""
    alike = index.tree.alike
    relative = sum(len(leaves) for leaves in alike if _compares_units(normalise_of(index, index.leaves[leaves[0]])))
    if relative and any(members.stop - members.start > 1 for _, members in kinds_of(index, panel)):
        yield finding("IC427", index.place(("defaults", "normalise")), count=relative)
    if imputed:
        most = sorted(imputed.items(), key=lambda one: (-one[1], one[0]))
        shared = ("defaults", "impute")
        place = index.place(shared) if index.defaults.impute else index.place_of(most[0][0], "impute")
        yield finding("IC425", place, count=imputed.total(), nodes=some([f"{node} {count}" for node, count in most]))


def _compares_units(choice: Normalise) -> bool:
    """Say whether a score depends on what the other units of the same period have."""
    return choice.over in ("period", "group") and NORMALISERS[choice.method].compares_units(choice.parameters)


def _quantiles(choice: Normalise) -> list[float]:
    """Return the quantiles of the values seen that a method has for its ends."""
    return [end["quantile"] for end in choice.parameters.values() if isinstance(end, dict) and "quantile" in end]
