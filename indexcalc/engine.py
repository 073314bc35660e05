"""The engine: a panel and a tree in, scores out. The recipe is `score`; each step is one function below it.

Arrays are (period, unit, column) as a panel has them, the units of a column side by side in memory, and each step works
through them in blocks that fit a processor's cache. There is no loop over units or cells.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from .findings import Finding, finding
from .methods import CATALOGUE, parameters
from .methods.arrays import np
from .methods.derive import CHANGES, OVER_TIME, distance, evaluate, per, share
from .methods.frame import Frame, same
from .methods.rank import ranks, rounded
from .panel import IMPUTED, MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from .periods import previous, read_period, year_before, year_is_whole, year_of
from .scores import Scores
from .spec.formula import names, parse
from .spec.model import Index, Indicator, Normalise
from .spec.tree import Branch, Tree, normalise_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Status = NDArray[np.uint8]

_COLUMN = 1 << 20  # cells whose statistics are taken together: what stays in a cache until they are used
_BLOCK = 1 << 16  # cells normalised at once: small enough that memory for results is used again, not asked for anew
_UNITS = 1 << 16  # units aggregated at once: with smaller blocks the threads would mostly wait for each other
_FEW = 64  # units looked at first for columns without any score
_SLACK = 1e-12  # coverage is compared with its threshold up to this


def score(index: Index, panel: Panel) -> Scores:
    """Score every period of a panel by an index.

    The steps and their order are those of the OECD/JRC Handbook (2008): derive, impute, treat, normalise, weight,
    aggregate level by level, rank. What the steps find (a column that is constant or empty, imputed cells) is in the
    result's findings; an error there, such as a zero under a geometric mean, has left the score missing.
    """
    panel, found = roll_up(index, panel)
    derived, status = derive(index, panel)
    imputed, status = impute(index, panel, derived, status)
    treated = treat(index, imputed)
    scores = empty(len(panel.periods), len(panel.units), len(index.tree.nodes))
    normalise(index, panel, treated, scores)
    weights = tuple(CATALOGUE["weights"][branch.rule](np.array(branch.declared)) for branch in index.tree.branches)
    coverage, aggregated = aggregate(index, panel, status, weights, scores)
    places, group_places = rank(index, panel, scores)
    found += [*check_columns(index, panel, treated, status, scores), *aggregated, *check_comparisons(index, panel, status)]
    return Scores(index, panel, derived, treated, status, scores, coverage, places, group_places, weights, tuple(found))


def roll_up(index: Index, panel: Panel) -> tuple[Panel, list[Finding]]:
    """Append the years that all of a panel's periods make up, each column by its `over_time`, before anything is divided.

    A rate is thereby made anew from its summed parts, never averaged. A year of which a period is absent is left out
    with a finding.
    """
    if not index.periods.roll_up:
        return panel, []
    kind, found = index.periods.kind, []
    by_year: dict[str, list[int]] = {}
    for at, period in enumerate(panel.periods):
        by_year.setdefault(str(year_of(period)), []).append(at)
    for year, members in list(by_year.items()):
        if not year_is_whole([panel.periods[at] for at in members], kind):
            found.append(finding("IC426", index.place(("periods",)), year=year, periods=[panel.periods[at] for at in members]))
            del by_year[year]
    periods = (*panel.periods, *by_year)
    units, series = panel.values.shape[1:]
    values = empty(len(periods), units, series)
    status = empty(len(periods), units, series, np.uint8)
    values[: len(panel.periods)], status[: len(panel.periods)] = panel.values, panel.status
    for at, members in enumerate(by_year.values(), start=len(panel.periods)):
        for how in {column.over_time for column in index.columns}:
            columns = [i for i, column in enumerate(index.columns) if column.over_time == how]
            values[at][:, columns] = OVER_TIME[how](panel.values[members][..., columns])
        never = (panel.status[members] == NOT_APPLICABLE).all(axis=0)
        status[at] = np.where(np.isnan(values[at]), np.where(never, NOT_APPLICABLE, MISSING), VALUE)
    parts = list(by_year.values())

    def address(period: int, unit: int, column: int) -> list[Any]:
        members = [period] if period < len(panel.periods) else parts[period - len(panel.periods)]
        return [place for at in members for place in panel.places(at, unit, column)]

    return Panel(values, status, periods, panel.units, panel.columns, address, panel.quarantine), found


def derive(index: Index, panel: Panel) -> tuple[Array, Status]:
    """Make each leaf's comparable value (period, unit, leaf) of the reported columns."""
    leaves = index.leaves
    at = [panel.column[leaf.id] for leaf in leaves if leaf.formula is None]
    plain = all(map(_is_plain, leaves))
    if plain and at == list(range(len(leaves))):
        return panel.values[..., : len(leaves)], panel.status[..., : len(leaves)]
    derived = empty(len(panel.periods), len(panel.units), len(leaves))
    status = empty(len(panel.periods), len(panel.units), len(leaves), np.uint8)
    for position, leaf in enumerate(leaves):
        derived[..., position], status[..., position] = _derive_leaf(index, panel, leaf)
    return derived, status


def _is_plain(leaf: Indicator) -> bool:
    keys = (leaf.formula, leaf.per, leaf.difference, leaf.growth, leaf.share, leaf.applies)
    return all(key is None for key in keys) and leaf.scale == 1


def _derive_leaf(index: Index, panel: Panel, leaf: Indicator) -> tuple[Array, Status]:
    if leaf.formula is None:
        value, status = _column(panel, leaf.id)
    else:
        tree = parse(leaf.formula)
        parts = {name: _column(panel, _series(panel, leaf, name)) for name in names(tree)}
        value = np.broadcast_to(evaluate(tree, {name: part[0] for name, part in parts.items()}), panel.values.shape[:2])
        not_applicable = np.logical_or.reduce([part[1] == NOT_APPLICABLE for part in parts.values()])
        status = np.where(not_applicable, NOT_APPLICABLE, VALUE).astype(np.uint8)
    if leaf.per:
        value = per(value, _column(panel, leaf.per)[0])
    for name in ("difference", "growth"):
        if since := getattr(leaf, name):
            value = CHANGES[name](value, _before(index, panel, value, since))
    if leaf.share:
        value = share(value, _groups(panel, "group" if leaf.share == "group" else None))
    value = value * leaf.scale if leaf.scale != 1 else value
    if leaf.applies:
        tree = parse(leaf.applies)
        rule = evaluate(tree, {name: _column(panel, _series(panel, leaf, name))[0] for name in names(tree)})
        status = np.where(rule == 0, NOT_APPLICABLE, status).astype(np.uint8)
    value = np.where(status == NOT_APPLICABLE, np.nan, value)
    return value, np.where(status == NOT_APPLICABLE, status, np.where(np.isnan(value), MISSING, VALUE)).astype(np.uint8)


def _column(panel: Panel, name: str) -> tuple[Array, Status]:
    at = panel.column[name]
    return panel.values[..., at], panel.status[..., at]


def _series(panel: Panel, leaf: Indicator, name: str) -> str:
    """The column that a name in a leaf's formula stands for: a denominator's, or the leaf's own of that name."""
    own = f"{leaf.id}.{name}"
    return own if own in panel.column else name


def _before(index: Index, panel: Panel, value: Array, since: str) -> Array:
    """The values of the period before, or of the same period a year before, NaN where that is not in the panel."""
    out = np.full_like(value, np.nan)
    at = {period: position for position, period in enumerate(panel.periods)}
    for kind, members in _kinds(index, panel):
        for position in range(members.start, members.stop):
            step = previous if since == "previous" else year_before
            earlier = step(panel.periods[position], kind)
            if earlier in at:
                out[position] = value[at[earlier]]
    return out


def _kinds(index: Index, panel: Panel) -> list[tuple[Any, slice]]:
    """The kinds of periods in a panel with the part of the axis that each takes: first as reported, then rolled-up years."""
    rolled = index.periods.roll_up
    years = sum(len(period) == 4 for period in panel.periods) if rolled else 0
    reported = len(panel.periods) - years
    kinds: list[tuple[Any, slice]] = [(index.periods.kind, slice(0, reported))]
    return [*kinds, (rolled, slice(reported, len(panel.periods)))] if years else kinds


def _groups(panel: Panel, by: str | None) -> list[Any]:
    """Masks of the units that are alike by their group or another column of the units table; one of all without."""
    labels = panel.units.labels(by) if by else ()
    if not labels:
        return [np.ones(len(panel.units), dtype=bool)]
    named = np.array(labels)
    return [named == label for label in dict.fromkeys(named.tolist())]


def impute(index: Index, panel: Panel, derived: Array, status: Status) -> tuple[Array, Status]:
    """Estimate missing values where a leaf asks for it, within the periods of one kind; each is flagged in the status."""
    wanted: dict[str, list[int]] = {}
    for position, leaf in enumerate(index.leaves):
        choice = leaf.impute or index.defaults.impute
        if choice:
            siblings = str(index.tree.parents[position]) if choice.method == "regression" else ""
            wanted.setdefault(siblings + choice.model_dump_json(), []).append(position)
    if not wanted:
        return derived, status
    values, flags = np.array(derived, order="K"), np.array(status, order="K")
    for columns in wanted.values():
        choice = index.leaves[columns[0]].impute or index.defaults.impute
        assert choice is not None
        groups = _groups(panel, choice.by or ("group" if choice.over == "group" else None))
        for _, members in _kinds(index, panel):
            estimate = CATALOGUE["impute"][choice.method](derived[members][..., columns], groups, **choice.parameters)
            gaps = (status[members][..., columns] == MISSING) & ~np.isnan(estimate)
            values[members, :, columns] = np.where(gaps, estimate, derived[members][..., columns])
            flags[members, :, columns] = np.where(gaps, IMPUTED, status[members][..., columns])
    return values, flags


def treat(index: Index, values: Array) -> Array:
    """Treat outliers where a leaf asks for it, among the units of each period."""
    wanted: dict[str, list[int]] = {}
    for position, leaf in enumerate(index.leaves):
        if choice := leaf.treat or index.defaults.treat:
            wanted.setdefault(f"{choice.method} {choice.parameters}", []).append(position)
    if not wanted:
        return values
    out = np.array(values, order="K")
    for columns in wanted.values():
        choice = index.leaves[columns[0]].treat or index.defaults.treat
        assert choice is not None
        out[..., columns] = CATALOGUE["treat"][choice.method](values[..., columns], **choice.parameters)
    return out


def normalise(index: Index, panel: Panel, values: Array, out: Array) -> None:
    """Fill the leaves' part of `out` with their scores, the leaves of one method together."""
    alike: dict[str, list[int]] = {}
    for position, leaf in enumerate(index.leaves):
        alike.setdefault(_alike(normalise_of(index, leaf)), []).append(position)
    some = max(1, _COLUMN // max(1, len(panel.periods) * len(panel.units)))
    parts = [columns[at : at + some] for columns in alike.values() for at in range(0, len(columns), some)]
    _spread(lambda columns: _normalise_columns(index, panel, values, columns, out), parts)


def _normalise_columns(index: Index, panel: Panel, values: Array, columns: list[int], out: Array) -> None:
    choice = normalise_of(index, index.leaves[columns[0]])
    method, sign, part = CATALOGUE["normalise"][choice.method], _signs(index, columns), _part(columns)
    x = _towards(index, columns, values[..., part])
    for _, members in _kinds(index, panel):
        for units, frame in _frames(index, panel, choice, x, sign, members):
            if not isinstance(units, slice):
                out[members, units[:, None], columns] = method(x[members][:, units], frame, **choice.parameters)
                continue
            step = max(256, _BLOCK // x[members, :1].size)
            for block in _blocks(len(panel.units), step):
                out[members, block, part] = method(x[members, block], frame, **choice.parameters)


def _alike(choice: Any) -> str:
    return f"{choice.method} {choice.over} {choice.base} {choice.parameters}"


def _signs(index: Index, columns: Sequence[int]) -> Array:
    return np.array([1.0 if index.leaves[at].direction == "higher" else -1.0 for at in columns])


def _towards(index: Index, columns: Sequence[int], x: Array) -> Array:
    """Replace the values of leaves with a target or range by their distance from it, of which less is better."""
    targets = {i: index.leaves[at].target for i, at in enumerate(columns) if index.leaves[at].direction in ("target", "range")}
    if not targets:
        return x
    x = np.array(x, order="K")
    for i, wanted in targets.items():
        low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        x[..., i] = distance(x[..., i], float(low or 0.0), float(high or 0.0))
    return x


def _frames(index: Index, panel: Panel, choice: Any, x: Array, sign: Array, members: slice) -> Iterator[tuple[Any, Frame]]:
    """Yield the units that are normalised together, with the frame that they are compared within."""
    if choice.over == "period":
        yield slice(None), Frame(x[members], sign)
    elif choice.over == "group":
        for mask in _groups(panel, "group"):
            yield np.flatnonzero(mask), Frame(x[members][:, mask], sign)
    elif choice.over == "all":
        yield slice(None), Frame(x[members].reshape(1, -1, x.shape[-1]), sign)
    else:
        meant = {read_period(str(choice.base), kind) for kind, _ in _kinds(index, panel)}
        at = [position for position, period in enumerate(panel.periods) if period in meant]
        yield slice(None), Frame(x[at[:1]] if at else np.full((1, *x.shape[1:]), np.nan), sign)


def _blocks(units: int, step: int) -> list[slice]:
    return [slice(start, start + step) for start in range(0, units, step)]


def _spread(work: Callable[[Any], None], parts: Sequence[Any]) -> None:
    """Do some work for each part, on all processors where there are several parts."""
    if len(parts) == 1:
        work(parts[0])
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(work, parts))


def _part(columns: Sequence[int]) -> Any:
    """Columns as a slice where they lie side by side: a view then, not a copy."""
    run = range(columns[0], columns[0] + len(columns))
    return slice(run.start, run.stop) if list(run) == list(columns) else list(columns)


def aggregate(index: Index, panel: Panel, status: Status, weights: Sequence[Array], scores: Array) -> tuple[Array, list[Finding]]:
    """Fill the inner nodes' part of `scores`, children first, and return their coverage (period, unit, inner node).

    Coverage is the share of a node's weight that had values, counted down to the leaves; what does not apply is in
    neither part. A child that was left without a score counts as not covered.
    """
    tree = index.tree
    leaves, nodes = tree.leaves, len(tree.nodes)
    coverage = empty(len(panel.periods), len(panel.units), nodes - leaves)
    applies = _applicable(status, nodes)
    floors = _floors(index, weights, scores) if any(branch.missing.policy == "floor" for branch in tree.branches) else None
    undefined: dict[int, Any] = {}

    def work(block: slice) -> None:
        for branch, w in zip(tree.branches, weights, strict=True):
            part = _part(branch.children)
            x = scores[:, block, part]
            app = None if applies is None else applies[:, block, part]
            covered = _covered(x, app, w, branch, coverage[:, block], leaves)
            enough = _enough(x, app, covered, branch)
            if branch.missing.policy == "floor" and floors is not None:
                gaps = np.isnan(x) if app is None else np.isnan(x) & app
                x = np.where(gaps, floors[..., part], x)
            y = combine(tree, branch, x, w)
            scores[:, block, branch.position] = np.where(enough, y, np.nan)
            coverage[:, block, branch.position - leaves] = covered
            if app is not None:
                applies[:, block, branch.position] = app.any(axis=-1)
            here = enough & np.isnan(y)
            here &= covered > 0
            if branch.formula is not None or branch.aggregate == "product":
                here &= ~np.isnan(x).any(axis=-1)  # what needs all of its children is missing without one, not undefined
            if here.any():
                undefined.setdefault(branch.position, np.zeros(scores.shape[:2], bool))[:, block] = here

    fair = -(-len(panel.units) // (os.cpu_count() or 1))
    _spread(work, _blocks(len(panel.units), max(256, min(fair, _UNITS // len(panel.periods)))))
    return coverage, [
        found
        for branch in tree.branches
        if branch.position in undefined
        for found in _undefined_cells(index, panel, branch, scores, undefined[branch.position])
    ]


def _applicable(status: Status, nodes: int) -> Any:
    """Masks (period, unit, node) of what applies, the leaves' part filled; nothing where everything applies."""
    if status.max(initial=VALUE) < NOT_APPLICABLE or not (not_applicable := status == NOT_APPLICABLE).any():
        return None
    applies = empty(status.shape[0], status.shape[1], nodes, bool)
    np.logical_not(not_applicable, out=applies[..., : status.shape[-1]])
    return applies


def _covered(x: Array, applies: Any, w: Array, branch: Branch, coverage: Array, leaves: int) -> Array:
    covered = np.zeros(x.shape[:-1])
    for i, child in enumerate(branch.children):
        part = ~np.isnan(x[..., i]) * w[i]
        if child >= leaves:
            np.multiply(part, coverage[..., child - leaves], out=part, where=part > 0)
        covered += part
    whole = np.add.reduce(w) if applies is None else np.add.reduce(np.where(applies, w, 0.0), axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covered / whole)


def combine(tree: Tree, branch: Branch, x: Array, w: Array) -> Array:
    """Bring a node's children (…, unit, child) together as the node says."""
    if branch.formula is not None:
        values = {tree.nodes[child].id: x[..., i] for i, child in enumerate(branch.children)}
        return np.broadcast_to(evaluate(branch.formula, values), x.shape[:-1])
    return np.asarray(CATALOGUE["aggregate"][branch.aggregate](x, w, **branch.parameters))


def used_children(scores: Scores, branch: Branch) -> Array:
    """Return a node's children (period, unit, child) as they went into it: floors in place of gaps where it asks for that."""
    x = scores.scores[..., list(branch.children)]
    if branch.missing.policy != "floor":
        return x
    floors = _floors(scores.index, scores.weights, scores.scores)[..., list(branch.children)]
    return np.where(np.isnan(x) & _applying(scores, branch), floors, x)


def _applying(scores: Scores, branch: Branch) -> Any:
    return np.stack([scores.node_status(child) != NOT_APPLICABLE for child in branch.children], axis=-1)


def _enough(x: Array, applies: Any, covered: Array, branch: Branch) -> Any:
    if branch.missing.policy == "fail":
        gaps = np.isnan(x) if applies is None else np.isnan(x) & applies
        return ~gaps.any(axis=-1) & (covered > 0)
    return covered >= branch.missing.coverage - _SLACK if branch.missing.policy == "reweight" else covered >= 0


def _floors(index: Index, weights: Sequence[Array], scores: Array) -> Array:
    """The worst score of each node (period, 1, node): a method's `low`, the worst seen without one; above, made of these."""
    tree = index.tree
    floors = np.full((scores.shape[0], 1, len(tree.nodes)), np.nan)
    for position, leaf in enumerate(index.leaves):
        choice = normalise_of(index, leaf)
        low = parameters("normalise", choice.method).get("low")
        worst = choice.parameters.get("low", low.default if low else None)
        floors[:, 0, position] = np.fmin.reduce(scores[..., position], axis=1) if worst is None else worst
    for branch, w in zip(tree.branches, weights, strict=True):
        floors[..., branch.position] = combine(tree, branch, floors[..., list(branch.children)], w)
    return floors


def _undefined_cells(index: Index, panel: Panel, branch: Branch, scores: Array, where: Any) -> Iterator[Finding]:
    """Name the units that an aggregate is undefined for, with the children at or below 0 that make it so."""
    node, children = index.tree.nodes[branch.position], list(branch.children)
    x = scores[..., children]
    cells = np.argwhere(where)
    for period in dict.fromkeys(cells[:, 0].tolist()):
        units = cells[cells[:, 0] == period, 1].tolist()
        low = sorted({index.tree.nodes[children[i]].id for u in units for i in np.flatnonzero(x[period, u] <= 0)})
        yield finding(
            "IC424",
            index.place_of(node.id),
            node=node.id,
            method="formula" if branch.formula else branch.aggregate,
            period=panel.periods[period],
            units=_some([panel.units.title(unit) for unit in units]),
            children=_some(low),
        )


def check_columns(index: Index, panel: Panel, values: Array, status: Status, scores: Array) -> list[Finding]:
    """Point out leaves without any value, or with the same in all units so that they cannot be told apart."""
    found: list[Finding] = []
    for _, members in _kinds(index, panel):
        # a column without any score has none among the first few units either, and these are quickly looked at
        some = np.isnan(scores[members, :_FEW, : index.tree.leaves]).all(axis=1).any(axis=0)
        for position in np.flatnonzero(some).tolist():
            leaf, x = index.leaves[position], _towards(index, [position], values[members][..., [position]])[..., 0]
            without = np.isnan(scores[members][..., position]).all(axis=1)
            empty_in = without & np.isnan(x).all(axis=1) & (status[members][..., position] != NOT_APPLICABLE).any(axis=1)
            same_in = without & same(np.fmin.reduce(x, axis=1), np.fmax.reduce(x, axis=1))
            for code, where in (("IC422", empty_in), ("IC420", same_in)):
                if where.any():
                    periods = _some([panel.periods[members][at] for at in np.flatnonzero(where)])
                    found.append(finding(code, index.place_of(leaf.id), node=leaf.id, name=leaf.name, periods=periods))
    return found


def check_comparisons(index: Index, panel: Panel, status: Status) -> Iterator[Finding]:
    """Note what a reader of several periods must know, and how many values are estimates."""
    relative = sum(_compares_units(normalise_of(index, leaf)) for leaf in index.leaves)
    if relative and any(members.stop - members.start > 1 for _, members in _kinds(index, panel)):
        yield finding("IC427", index.place(("defaults", "normalise")), count=relative)
    if imputed := int(np.count_nonzero(status == IMPUTED)):
        yield finding("IC425", index.place(("dimensions",), key=True), count=imputed)


def _compares_units(choice: Normalise) -> bool:
    """Whether a score depends on what the other units of the same period have."""
    anchors = {"min-max": (), "rank": (), "percentile": (), "z-score": (), "distance-to-target": ("worst",)}
    anchors |= dict.fromkeys(("efficacy", "efficacy-exponential"), ("satisfactory", "unacceptable"))
    fixed = anchors.get(choice.method)
    if fixed is None or choice.over not in ("period", "group"):
        return False
    return not fixed or any(choice.parameters.get(name) is None for name in fixed)


def rank(index: Index, panel: Panel, scores: Array) -> tuple[Any, Any]:
    """Rank every node in every period, over all units and, where asked for, within groups."""
    ranking = index.ranking
    ranked = scores if ranking.decimals is None else rounded(scores, ranking.decimals)
    ranked = -ranked if ranking.first == "lowest" else ranked
    overall = ranks(ranked, ties=ranking.ties)
    if ranking.within is None:
        return overall, None
    within = np.empty_like(overall)
    for mask in _groups(panel, ranking.within):
        within[:, mask] = ranks(ranked[:, mask], ties=ranking.ties)
    return overall, within


def _some(names: Sequence[str]) -> str:
    """The first few of many names."""
    shown = ", ".join(names[:5])
    return f"{shown} … ({len(names)})" if len(names) > 5 else shown
