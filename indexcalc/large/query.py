"""The same recipe as one query over values that stay where they are, for DuckDB or a cluster: ibis makes it, an engine runs it.

A stage is a select over the one before: derive, normalise with the frames' statistics joined, then the nodes level by level.
What a unit gets from others must come of these statistics; `in_the_way` tells what of an index does not. What is scored becomes
a row for each node, with its ranks, in `ranked`.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any

import ibis

from ..engine import score
from ..engine.frames import some
from ..engine.nodes import reasons, scaled_sum, undefined_at
from ..engine.notes import Said, check_comparisons, named, without_score
from ..engine.rules import REACHED, SLACK, mirror, power_of
from ..findings import Finding, finding
from ..methods import AGGREGATORS, NORMALISERS
from ..methods.aggregate import FREE_SUM
from ..methods.arrays import LARGEST, np
from ..methods.frame import Frame, same
from ..panel import MISSING, Panel
from ..scores import Scores
from ..tree.formula import names, parse, stands_in
from ..tree.layout import Branch, normalise_of
from ..tree.model import Index, Indicator
from ..units import Units
from ..words.agreement import several
from .expressions import aggregated, distance, evaluate, normalised, rounded, statistics_for
from .statistics import Statistics, beside, collect, of_frames, seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Columns = dict[str, Any]
_TOO_LARGE, _TOO_LARGE_A_SCORE = "IC446", "IC447"
_FLAGS = (_TOO_LARGE, "IC495", "IC496")  # too large for a number, over a denominator of 0, without a result
_NAMED = 5  # units without a result that are looked at, to name them and why


def score_in_query(index: Index, table: Any, bare: Scores, groups: Sequence[str], said: Said = ()) -> tuple[Any, list[Finding]]:
    """Score every row of a table, a unit in a period each; return it with every stage, and what was found.

    `table` has the columns `period`, `unit` and `group`, numbers from 0, `value C` for each column C of the index that has
    values, NULL where missing, and `silent C` where some do not apply. `bare` has the weights. Added are `derived L`,
    `score N` and `coverage N` for leaf L and node N, `applies N` where that is not always so, and `undefined N` where a
    score may be. Statistics are read from the engine meanwhile, nothing else. Leaves that were `said` to have no value in a
    period are not named again.
    """
    table = _derived(index, table)
    compared = {at: table[f"compared {at}" if f"compared {at}" in table.columns else f"derived {at}"] for at in _leaves(index)}
    known = collect(index, table, compared, (len(bare.periods), len(groups)))
    of_frame = of_frames(index, known, bare.periods)
    wanted = {at: asked for at in _leaves(index) if (asked := statistics_for(normalise_of(index, index.leaves[at])))}
    table = _normalised(index, beside(table, of_frame, wanted))
    table = _aggregated(index, table, bare.weights)
    noted = _constant(index, table, bare.periods, known, of_frame, groups, said)
    return table, [*noted, *check_comparisons(index, bare.panel, Counter())]


def undefined(index: Index, table: Any, bare: Scores, name: Callable[[int], str]) -> list[Finding]:
    """Find the nodes whose aggregate is undefined, such as a geometric mean over a zero, for which units and when."""
    places = [at for at in range(len(bare.tree.nodes)) if f"undefined {at}" in table.columns]
    if not places:
        return []
    counts = table.group_by("period").aggregate(**{f"n{at}": table[f"undefined {at}"].cast("int64").sum() for at in places})
    found = []
    for row in sorted(counts.to_pyarrow().to_pylist(), key=lambda row: row["period"]):
        for at in (at for at in places if row[f"n{at}"]):
            branch = bare.tree.branch_at(at)
            of_inputs = [f"score {child}" for child in branch.inputs]
            own = table.filter(table[f"undefined {at}"], table.period == row["period"]).select("unit", *of_inputs)
            first = own.order_by("unit").limit(_NAMED).to_pyarrow()
            x = np.column_stack([first.column(one).to_numpy(zero_copy_only=False).astype(float) for one in of_inputs])
            ids, every = first.column("unit").to_pylist(), row[f"n{at}"]
            told = list(reasons(branch, x, bare.weights_below(at), range(len(ids))))
            for reason, units, children in told:  # where there are several, of the units that are looked at
                names = [name(ids[unit]) for unit in units]
                shown = several(names, every if every > len(ids) else len(names))
                found.append(undefined_at(index, branch, bare.periods[row["period"]], shown, reason, children))
    return found


def set_aside(index: Index, table: Any, name: Callable[[int], str]) -> list[Finding]:
    """Say how many reported values `applies` sets aside, and of which units."""
    at, found = {column.id: place for place, column in enumerate(index.columns)}, []
    for leaf in index.leaves:
        if leaf.applies is None or leaf.events is not None:
            continue
        own = [place for place, column in enumerate(index.columns) if column.owner == leaf.id and not column.is_attribute]
        kept = table.filter(_is_set_aside(table, leaf.applies, _series_of(leaf, at)))
        there = {f"n{place}": kept[f"value {place}"].notnull().cast("int64") for place in own}
        counted = kept.select("unit", **there)
        count = sum(
            counted.aggregate(**{one: counted[one].sum() for one in there}).to_pyarrow().to_pylist()[0][one] or 0 for one in there
        )
        if count:
            units = _units_of(counted.filter(any_of(counted[one] > 0 for one in there)), name)
            place = index.place_of(leaf.id, "applies")
            found.append(finding("IC940", place, node=leaf.id, name=leaf.name, count=count, units=some(units)))
    return found


def without_result(index: Index, table: Any, bare: Scores, name: Callable[[int], str]) -> list[Finding]:
    """Find the leaves that have no value though all that they are made of was reported, for which units and when.

    So are values and scores that are too large for a number, of which the first of each is named.
    """
    flags = {(at, code): table[f"{code} {at}"] for at in _leaves(index) for code in _FLAGS if f"{code} {at}" in table.columns}
    flags |= {(at, _TOO_LARGE_A_SCORE): _infinite(table[f"score {at}"]) for at in _unbounded(index)}
    if not flags:
        return []
    counted = table.aggregate(**{f"{code} {at}": flag.cast("int64").sum() for (at, code), flag in flags.items()})
    (counts,) = counted.to_pyarrow().to_pylist()
    large = {at for at, code in flags if code == _TOO_LARGE_A_SCORE and counts[f"{code} {at}"]}
    inputs = {branch.position: branch.inputs for branch in index.tree.branches}
    found = []
    for (at, code), flag in flags.items():
        if not counts[f"{code} {at}"] or (at in large and large & set(inputs.get(at, ()))):
            continue  # of a score that is made of such scores nothing is said
        own, node = table.filter(flag), index.tree.nodes[at]
        place = index.place_of(node.id)
        if code in (_TOO_LARGE, _TOO_LARGE_A_SCORE):
            (row,) = own.order_by(["period", "unit"]).limit(1).select("period", "unit").to_pyarrow().to_pylist()
            said = {"node": node.id, "unit": name(row["unit"]), "period": bare.periods[row["period"]]}
            found.append(finding(code, place, **said, **({"most": LARGEST} if code == _TOO_LARGE else {})))
            continue
        units, periods = (own.select(one).distinct().to_pyarrow().column(one).to_pylist() for one in ("unit", "period"))
        found.append(
            finding(
                code, place, node=node.id, name=node.name, count=int(counts[f"{code} {at}"]),
                units=some([name(unit) for unit in sorted(units)]), periods=some([bare.periods[one] for one in sorted(periods)]),
            )
        )  # fmt: skip
    return found


def _unbounded(index: Index) -> range:
    """Return the nodes of which one may have a score too large for a number: none where all are means."""
    means = all(power_of(branch) is not None for branch in index.tree.branches)
    return range(0 if means else len(index.tree.nodes))


def _infinite(x: Any) -> Any:
    return (x.abs() == math.inf).fill_null(False)


def scaled_sums(index: Index, table: Any, bare: Scores, name: Callable[[int], str]) -> list[Finding]:
    """Find the sums that were scaled up for children that do not apply to some units."""
    found = []
    for branch in bare.tree.branches:
        silent = {child: ~own for child in branch.children if (own := applies_to(table, child)) is not None}
        silent = {child: own for child, own in silent.items() if branch.declared[branch.children.index(child)] != 0}
        if branch.formula is not None or branch.aggregate not in FREE_SUM or not silent:
            continue
        there = table[f"score {branch.position}"].notnull()
        own = table.filter(there & any_of(silent.values()))
        if count := int(own.count().to_pyarrow().as_py()):
            units = _units_of(own, name)
            kinds = {f"n{child}": silent_there.cast("int64").sum() for child, silent_there in silent.items()}
            row = table.aggregate(**kinds).to_pyarrow().to_pylist()[0]
            children = [child for child in branch.children if row.get(f"n{child}")]
            found.append(scaled_sum(index, branch.position, children, units, count))
    return found


def _units_of(table: Any, name: Callable[[int], str]) -> list[str]:
    """Return the names of the units that have a row, in their order."""
    return [name(unit) for unit in sorted(table.select("unit").distinct().to_pyarrow().column("unit").to_pylist())]


def _leaves(index: Index) -> range:
    return range(len(index.leaves))


def _derived(index: Index, table: Any) -> Any:
    """Make each leaf's comparable value, whether it applies, and its distance from a target where there is one."""
    at = {column.id: place for place, column in enumerate(index.columns)}
    made: Columns = {}
    for place, leaf in enumerate(index.leaves):
        series, beyond = _series_of(leaf, at), list[Any]()
        if leaf.formula is None:
            value, parts = table[f"value {at[leaf.id]}"], [at[leaf.id]]
        else:
            tree = parse(leaf.formula)
            parts = [series(name) for name in names(tree)]
            value = evaluate(tree, {name: table[f"value {series(name)}"] for name in names(tree)}, beyond)
        made |= (lost := _lost(table, leaf, value, parts, None if leaf.per is None else table[f"value {at[leaf.per]}"], place))
        value = value / table[f"value {at[leaf.per]}"].nullif(0.0) if leaf.per else value
        value = value * leaf.scale if leaf.scale != 1 else value
        if leaf.formula or leaf.per or leaf.scale != 1:
            large = any_of(one.fill_null(False) for one in (value.abs() > LARGEST, *beyond))
            made |= {name: flag & ~large for name, flag in lost.items() if name == f"IC496 {place}"}
            made[f"IC446 {place}"] = lost[f"IC446 {place}"] = large
            value = ibis.ifelse(large, ibis.null("float64"), value)
        silent = [table[f"silent {part}"] for part in parts if f"silent {part}" in table.columns]
        if leaf.formula and silent and stands_in(parse(leaf.formula)):
            silent = [any_of(silent) & value.isnull()]
        if leaf.applies:
            silent.append(_is_set_aside(table, leaf.applies, series))
        if silent:
            none = any_of(silent)
            made[f"applies {place}"] = ~none
            made |= {name: flag & ~none for name, flag in lost.items()}
            value = ibis.ifelse(none, ibis.null("float64"), value)
        made[f"derived {place}"] = value
    table = table.mutate(**made)
    away = {f"compared {place}": distance(table[f"derived {place}"], *ends) for place, ends in index.tree.targets.items()}
    return table.mutate(**away) if away else table


def _lost(table: Any, leaf: Indicator, value: Any, parts: Sequence[int], base: Any, place: int) -> Columns:
    """Say where nothing comes of what was reported: `IC495 K` over a denominator of 0, `IC496 K` of what has no result."""
    made: Columns = {}
    if leaf.formula is not None:
        there = reduce(lambda one, other: one & other, (table[f"value {part}"].notnull() for part in parts), ibis.literal(True))
        made[f"IC496 {place}"] = value.isnull() & there
    if base is not None:
        made[f"IC495 {place}"] = ((base == 0.0) & (value != 0.0)).fill_null(False)
        both = ((base == 0.0) & (value == 0.0)).fill_null(False)
        made[f"IC496 {place}"] = made[f"IC496 {place}"] | both if leaf.formula is not None else both
    return made


def _is_set_aside(table: Any, rule: str, series: Callable[[str], int]) -> Any:
    """Say of each row whether a leaf's `applies` sets its values aside."""
    tree = parse(rule)
    made = evaluate(tree, {name: table[f"value {series(name)}"] for name in names(tree)})
    return (made == 0.0).fill_null(False)


def _series_of(leaf: Indicator, at: Mapping[str, int]) -> Callable[[str], int]:
    """Say where the column stands that a name in a leaf's formula means: its own of that name, or a denominator's."""
    return lambda name: at.get(f"{leaf.id}.{name}", at.get(name, -1))


def _normalised(index: Index, table: Any) -> Any:
    made: Columns = {}
    for at, leaf in enumerate(index.leaves):
        choice, sign = normalise_of(index, leaf), index.tree.signs[at]
        x = table[f"compared {at}" if f"compared {at}" in table.columns else f"derived {at}"]
        made[f"score {at}"] = normalised(choice, x, seen(table, choice, sign, at))
    table = table.mutate(**made)
    whole = {f"score {at}": _rounded(table[f"score {at}"], index.leaves[at]) for at in index.tree.rounded}
    return table.mutate(**whole) if whole else table


def _rounded(x: Any, node: Any) -> Any:
    return rounded(x, node.round.decimals, node.round.how)


def _aggregated(index: Index, table: Any, weights: Sequence[NDArray[np.float64]]) -> Any:
    tree = index.tree
    height = dict.fromkeys(range(tree.leaves), 0)
    for branch in tree.branches:
        height[branch.position] = 1 + max(height[child] for child in {*branch.children, *branch.inputs})
    own = sorted(zip(tree.branches, weights, strict=True), key=lambda pair: height[pair[0].position])
    for _, level in groupby(own, key=lambda pair: height[pair[0].position]):
        together = list(level)
        for step in (_joined, _scored):
            table = table.mutate(**{name: x for branch, w in together for name, x in step(index, branch, w, table).items()})
        whole = [branch for branch, _ in together if branch.round is not None]
        if whole:
            table = table.mutate(**{f"score {one.position}": _rounded(table[f"score {one.position}"], one) for one in whole})
    return table


def _joined(index: Index, branch: Branch, w: NDArray[np.float64], table: Any) -> Columns:
    """Make what a node's children come together to, its coverage, and whether it applies."""
    x = [table[f"score {child}"] for child in branch.children]
    applies = [applies_to(table, child) for child in branch.children]
    weights = [float(share) for share in w]
    if branch.formula is None and np.isnan(w).any() and AGGREGATORS[branch.aggregate].weights != "none":
        joined = ibis.null("float64")  # declared weights that are all 0 say nothing
    elif branch.formula is None:
        joined = aggregated(branch.aggregate, branch.parameters, x, weights)
    else:
        nodes = index.tree.nodes
        joined = evaluate(branch.formula, {nodes[place].id: table[f"score {place}"] for place in branch.inputs}, of_scores=True)
    below = [table[f"coverage {child}"] if child >= index.tree.leaves else None for child in branch.children]
    made = {
        f"joined {branch.position}": joined,
        f"coverage {branch.position}": _covered(x, applies, np.where(np.isnan(w), 1.0, np.abs(w)).tolist(), below),
    }
    if all(one is not None for one in applies):
        made[f"applies {branch.position}"] = any_of(applies)
    return made


def any_of(conditions: Iterable[Any]) -> Any:
    """Say of each row whether any of some conditions holds."""
    return reduce(operator.or_, conditions)


def applies_to(table: Any, node: int) -> Any:
    """Say of each row whether a node applies to it; None where it always does."""
    return table[f"applies {node}"] if f"applies {node}" in table.columns else None


def _covered(x: Sequence[Any], applies: Sequence[Any], w: Sequence[float], below: Sequence[Any]) -> Any:
    """Return the share of the weight of what applies that had values; children count alike where none of that weighs anything."""
    covered, whole = _weight_covered(x, applies, w, below)
    evenly, number = _weight_covered(x, applies, [1.0] * len(w), below)
    if isinstance(whole, float):
        return covered / whole if whole else evenly / (number if isinstance(number, float) else number.nullif(0.0))
    return ibis.ifelse(whole == 0.0, evenly, covered) / ibis.ifelse(whole == 0.0, number, whole).nullif(0.0)


def _weight_covered(x: Sequence[Any], applies: Sequence[Any], w: Sequence[float], below: Sequence[Any]) -> tuple[Any, Any]:
    there = [child.notnull().cast("float64") * share for child, share in zip(x, w, strict=True)]
    parts = [share if part is None else (share * part).fill_null(0.0) for share, part in zip(there, below, strict=True)]
    whole = [share if own is None else own.cast("float64") * share for share, own in zip(w, applies, strict=True)]
    return sum(parts[1:], parts[0]), sum(whole[1:], whole[0])


def _scored(index: Index, branch: Branch, w: NDArray[np.float64], table: Any) -> Columns:
    """Make the score where enough is known, and whether it is undefined though enough is."""
    at, missing = branch.position, branch.missing
    x, joined, covered = [table[f"score {child}"] for child in branch.children], table[f"joined {at}"], table[f"coverage {at}"]
    applies = [applies_to(table, child) for child in branch.children]
    if missing.policy == "fail":
        gaps = [child.isnull() if own is None else child.isnull() & own for child, own in zip(x, applies, strict=True)]
        enough = ~any_of(gaps) & (covered > 0.0)
    else:
        enough = covered >= missing.coverage - REACHED if missing.coverage else covered >= 0.0
        if missing.children:
            there = reduce(lambda one, other: one + other, (child.notnull().cast("int64") for child in x))
            asked = [1 if own is None else own.cast("int64") for own in applies]
            apply = sum(asked[1:], asked[0])
            if missing.children <= 1:
                enough &= there >= (missing.children - REACHED) * apply
            else:
                enough &= (there >= missing.children - SLACK) | (there >= apply)
    enough = enough.fill_null(False)
    score = ibis.ifelse(enough, joined, ibis.null("float64"))
    made = {f"score {at}": mirror(index, Units(())) - score if branch.turned else score}
    lost = enough & joined.isnull() & (covered > 0.0).fill_null(False)
    inputs = [table[f"score {place}"] for place in branch.inputs]
    if branch.needs_all:
        made[f"undefined {at}"] = reduce(lambda one, other: one & other, (one.notnull() for one in inputs), lost)
    elif AGGREGATORS[branch.aggregate].undefined in ("refused", "missing"):
        weighs = [child.notnull() for child, share in zip(x, w, strict=True) if abs(share) > 0]
        made[f"undefined {at}"] = lost & any_of([ibis.literal(False), *weighs])
    return made


def _constant(
    index: Index,
    table: Any,
    periods: Sequence[str],
    known: Statistics,
    of_frame: Statistics,
    groups: Sequence[str],
    said: Said,
) -> Iterator[Finding]:
    """Point out leaves without any value, or of whose values no score is made, in the words of `notes.check_columns`."""
    here = known.together((1,))
    for at, leaf in enumerate(index.leaves):
        choice, sign = normalise_of(index, leaf), np.array([index.tree.signs[at]])
        method = NORMALISERS[choice.method].function
        nothing = [period for place, period in enumerate(periods) if here.count[place, 0, at] == 0]
        if nothing and (applies := applies_to(table, at)) is not None:
            asked = table.filter(applies).select("period").distinct().to_pyarrow().column("period").to_pylist()
            nothing = [period for period in nothing if periods.index(period) in asked]
        nothing = [period for period in nothing if (leaf.id, period) not in said]

        def lost(
            ends: Statistics, place: int, group: int, at: int = at, choice: Any = choice, sign: Any = sign, method: Any = method
        ) -> bool:
            """Say whether neither end of some values has a score, so that none between them has."""
            values = np.array([[of_frame.min[place, group, at]], [of_frame.max[place, group, at]]])
            frame = Frame(values, sign, apart=of_frame.apart[place, group, [[at]]])
            frame.mean = of_frame.mean[place, group, [[at]]]
            x = np.array([[ends.min[place, group, at]], [ends.max[place, group, at]]])
            return bool(ends.count[place, group, at]) and bool(np.isnan(method(x, frame, **choice.parameters)).all())

        by: dict[str, list[str]] = {"IC422": nothing, "IC420": [], "IC448": [], "IC449": []}
        bare: list[tuple[int, str]] = []
        for place, period in enumerate(periods):
            alike = bool(same(here.min[place, 0, at], here.max[place, 0, at]))
            if choice.over == "group" and not alike:
                bare += [(place, name) for group, name in enumerate(groups) if lost(known, place, group)]
            elif lost(here, place, 0):
                based = choice.over == "base" and not of_frame.count[place, 0, at] > 0
                by["IC420" if alike else "IC448" if based else "IC449"].append(period)
        more = {
            "IC448": {"base": choice.base_for(index.periods.kind)},
            "IC449": {"method": choice.method},
        }
        for code, where in by.items():
            if where:
                yield finding(code, index.place_of(leaf.id), periods=some(where), **named(leaf), **more.get(code, {}))
        if bare:
            yield without_score(index, leaf, periods, bare)


def bare_scores(index: Index, periods: Sequence[str]) -> Scores:
    """Return the scores of a unit without any value: the weights of the tree, with the periods that they hold in."""
    shape = len(periods), 1, len(index.columns)
    values, status = np.full(shape, np.nan), np.full(shape, MISSING, dtype=np.uint8)
    return score(index, Panel(values, status, tuple(periods), Units(("",)), tuple(column.id for column in index.columns)))
