"""The leaves: from what was reported to the values that are compared, in the unit of measurement of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..findings import Finding, finding
from ..methods import CATALOGUE, IMPUTERS, NORMALISERS
from ..methods.arrays import LARGEST, Array, Mask, Status, np
from ..methods.derive import (
    CHANGES,
    IN_A_YEAR,
    OVER_TIME,
    OVER_YEARS,
    evaluate,
    known_sum,
    per,
    residual,
    rolled_in_part,
    share,
    shrunk,
)
from ..methods.frame import Frame
from ..methods.normalise.way import come
from ..panel import IMPUTED, MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from ..periods import Kind, is_whole, number_of, parts_of, previous, since_new_year, starts_year, year_before
from ..tree.formula import names, parse, stands_in
from ..tree.layout import normalise_of
from ..tree.model import Denominator, Impute, Index, Indicator
from ..tree.reported import in_numerators
from ..words.agreement import in_both, several
from ..words.periods import with_titles
from ..words.shown import BETWEEN
from .frames import groups_of, kinds_of, some, towards
from .rules import REACHED
from .times import existing, joined, left_out

_OVER_TIME = ("before", "periods")  # what estimates are made of that come of a unit's own course
_SHOWN = 5  # values that are named where there may be many


def roll_up(index: Index, panel: Panel) -> tuple[Panel, list[Finding]]:
    """Append the larger periods that a panel's periods make up, each column by its `over_time`, before anything is divided.

    A rate is thereby made anew from its summed parts, never averaged. Each is made of the reported periods, a year of months
    and not of quarters; years come after quarters, quarters after months. One of which a period is absent is left out with a
    finding.
    """
    if not index.periods.roll_up:
        return panel, []
    kind, found, own = index.periods.kind, [], of_each_period(index, panel)
    whole: dict[str, list[int]] = {}
    for larger in index.periods.rolled:
        for period, members in parts_of(panel.periods, kind, larger).items():
            there = [panel.periods[at] for at in members]
            if is_whole(there, kind, larger):
                whole[period] = members
            else:
                found.append(finding("IC426", index.place(("periods",)), period=period, periods=there))
    found += made_of_part(index, panel, own, whole)
    periods = (*panel.periods, *whole)
    units, series = panel.values.shape[1:]
    values = empty(len(periods), units, series)
    status = empty(len(periods), units, series, np.uint8)
    values[: len(panel.periods)], status[: len(panel.periods)] = panel.values, panel.status
    for at, members in enumerate(whole.values(), start=len(panel.periods)):
        for how in {column.over_time for column in index.columns}:
            columns = [i for i, column in enumerate(index.columns) if column.over_time == how]
            values[at][:, columns] = _together(index, how, own[members][..., columns])
        known = [i for i, one in enumerate(index.columns) if one.of_parts_known and one.over_time == "sum"]
        for column in known if index.periods.whole is None else ():
            values[at][:, column] = _known_over_time(own[members][..., column])
        never = (panel.status[members] == NOT_APPLICABLE).all(axis=0)
        status[at] = np.where(np.isnan(values[at]), np.where(never, NOT_APPLICABLE, MISSING), VALUE)
    parts = list(whole.values())

    def address(period: int, unit: int, column: int) -> list[Any]:
        members = [period] if period < len(panel.periods) else parts[period - len(panel.periods)]
        return [place for at in members for place in panel.places(at, unit, column)]

    return Panel(values, status, periods, panel.units, panel.columns, address, quarantine=panel.quarantine), found


def made_of_part(index: Index, panel: Panel, own: Array, whole: Mapping[str, Sequence[int]]) -> Iterator[Finding]:
    """Say which values of larger periods are made of some of their parts, since the tree says that so many are enough."""
    share, there = index.periods.whole or 1.0, existing(index, panel)
    for period, members in whole.items() if share < 1 else ():
        gaps = np.isnan(own[list(members)])
        if there is not None:
            gaps[:, ~there[list(members)].all(axis=0)] = True  # of units that are not there all the time none is made
        count = np.count_nonzero(gaps, axis=0)
        part = (count > 0) & (count < len(members)) & (len(members) - count >= (share - REACHED) * len(members))
        part[:, [at for at, column in enumerate(index.columns) if column.is_attribute]] = False
        cells: list[list[int]] = np.argwhere(part).tolist()
        lacks = [_lacking(index, panel, unit, at, members, gaps[:, unit, at]) for unit, at in cells[:_SHOWN]]
        if cells:
            english, chinese = zip(*lacks, strict=True)
            shown = in_both(several(english, len(cells), "; "), several(chinese, len(cells), "；").chinese)
            yield finding("IC470", index.place(("periods", "roll_up")), period=period, count=len(cells), cells=shown)


def _lacking(index: Index, panel: Panel, unit: int, column: int, members: Sequence[int], gaps: Mask) -> tuple[str, str]:
    """Return a unit with a column and the periods in which that has no value, in English and in Chinese."""
    title, column_called = panel.units.title(unit), index.columns[column].called
    periods = BETWEEN["en"].join(panel.periods[members[at]] for at in np.flatnonzero(gaps).tolist())
    return f"{title} {column_called} ({periods})", f"{title}{column_called}（{with_titles(periods)}）"


def _together(index: Index, how: str, parts: Array) -> Array:
    """Bring the parts (part, …) of a larger period together, of fewer than all where the tree says how many are enough."""
    whole = index.periods.whole
    return OVER_TIME[how](parts) if whole is None else rolled_in_part(parts, how, whole - REACHED)


def derive(index: Index, panel: Panel) -> tuple[Array, Status, list[Finding]]:
    """Make each leaf's comparable value (period, unit, leaf) of the reported columns; one too large for a number is found."""
    leaves, found = index.leaves, []
    if as_reported(index, panel.columns):
        return *left_out(index, panel, panel.values[..., : len(leaves)], panel.status[..., : len(leaves)]), []
    derived = empty(len(panel.periods), len(panel.units), len(leaves))
    status = empty(len(panel.periods), len(panel.units), len(leaves), np.uint8)
    for position, leaf in enumerate(leaves):
        derived[..., position], status[..., position], lost = _derive_leaf(index, panel, leaf)
        found += [_too_large(index, panel, leaf, *cell) for cell in np.argwhere(lost.large)[:1].tolist()]
        found += _without_result(index, panel, leaf, lost)
    return *left_out(index, panel, derived, status), found


def value_of(index: Index, panel: Panel, leaf: Indicator) -> Array:
    """Return a leaf's comparable values (period, unit) of the reported columns."""
    return _derive_leaf(index, panel, leaf)[0]


def _too_large(index: Index, panel: Panel, leaf: Indicator, period: int, unit: int) -> Finding:
    """Say that a leaf's value is beyond what can be computed with, at the first of the cells that it is made of."""
    columns = [at for name, at in panel.column.items() if name == leaf.id or name.startswith(f"{leaf.id}.")]
    place = next((place for at in columns for place in panel.places(period, unit, at)), index.place_of(leaf.id))
    return finding("IC446", place, node=leaf.id, unit=panel.units.title(unit), period=panel.periods[period], most=LARGEST)


def as_reported(index: Index, columns: Sequence[str]) -> bool:
    """Say whether the leaves are the first of the reported columns, with nothing derived."""
    ids = index.tree.leaf_ids
    return index.tree.as_reported and ids == tuple(columns[: len(ids)])


def over_nothing(index: Index, panel: Panel) -> Iterator[Finding]:
    """Say which values were reported over a denominator of 0, so that nothing comes of them."""
    for leaf in index.leaves:
        if leaf.per and (_column(panel, leaf.per)[0] == 0).any():
            yield from _without_result(index, panel, leaf, _derive_leaf(index, panel, leaf)[2])


class _Lost(NamedTuple):
    """Where (period, unit) a leaf has no value though all that it is made of was reported."""

    large: Any
    over_nothing: Any
    undefined: Any


def _without_result(index: Index, panel: Panel, leaf: Indicator, lost: _Lost) -> Iterator[Finding]:
    """Say of which units and periods nothing came of what was reported, at the first cell that it is made of."""
    for code, where in (("IC495", lost.over_nothing), ("IC496", lost.undefined)):
        if not np.any(where):
            continue
        period, unit = np.argwhere(where)[0].tolist()
        columns = [panel.column[leaf.per]] if leaf.per else columns_of_leaf(index, panel, leaf)
        place = next((place for at in columns for place in panel.places(period, unit, at)), index.place_of(leaf.id))
        yield finding(
            code, place, node=leaf.id, name=leaf.name, count=int(np.count_nonzero(where)),
            units=some([panel.units.title(at) for at in np.flatnonzero(where.any(axis=0)).tolist()]),
            periods=some([panel.periods[at] for at in np.flatnonzero(where.any(axis=1)).tolist()]),
        )  # fmt: skip


def _derive_leaf(index: Index, panel: Panel, leaf: Indicator) -> tuple[Array, Status, _Lost]:
    """Return a leaf's values and statuses, and where nothing came of what was reported."""
    beyond: list[Any] = []
    over_nothing: Any = False
    undefined: Any = False
    if leaf.formula is None:
        value, status = _taken(index, panel, leaf, leaf.id)
    else:
        tree = parse(leaf.formula)
        parts = {name: _taken(index, panel, leaf, _series(panel, leaf, name)) for name in names(tree)}
        value = np.broadcast_to(evaluate(tree, {name: part[0] for name, part in parts.items()}, beyond), panel.values.shape[:2])
        not_applicable = np.logical_or.reduce([part[1] == NOT_APPLICABLE for part in parts.values()])
        if stands_in(tree):  # what has a value of another column applies
            not_applicable &= np.isnan(value)
        status = np.where(not_applicable, NOT_APPLICABLE, VALUE).astype(np.uint8)
        undefined = np.isnan(value) & np.logical_and.reduce([~np.isnan(part[0]) for part in parts.values()])
    if leaf.per:
        base = _taken(index, panel, leaf, leaf.per)[0]
        over_nothing = (base == 0) & ~np.isnan(value) & (value != 0)
        undefined = undefined | ((base == 0) & (value == 0))
        value = per(value, base) if leaf.shrink is None else _shrunk(index, panel, leaf, value, base, status)
        if leaf.shrink is not None:
            value = joined(index, panel, value)
    for name in ("difference", "growth"):
        if since := getattr(leaf, name):
            if since == "per-year":
                changed, past = yearly(index, panel, value, name)
            else:
                past = before(index, panel, value, since)
                changed = CHANGES[name](value, past)
            undefined = undefined | (np.isnan(changed) & ~np.isnan(value) & ~np.isnan(past))
            value = changed
    if leaf.share:
        there = existing(index, panel)  # what is the past of units that came later is in no sum
        value = share(value if there is None else np.where(there, value, np.nan), groups_of(panel, _group_of(leaf)))
    value = value * leaf.scale if leaf.scale != 1 else value
    if leaf.applies:
        tree = parse(leaf.applies)
        rule = evaluate(tree, {name: _column(panel, _series(panel, leaf, name))[0] for name in names(tree)})
        status = np.where(rule == 0, NOT_APPLICABLE, status).astype(np.uint8)
    silent = status == NOT_APPLICABLE
    if leaf.residual:
        value, without = _left_over(index, panel, leaf, np.where(silent, np.nan, value))
        undefined = undefined | without
    large = np.logical_or.reduce([np.broadcast_to(one, value.shape) for one in (np.abs(value) > LARGEST, *beyond)]) & ~silent
    value = np.where(silent | large, np.nan, value)
    status = np.where(silent, status, np.where(np.isnan(value), MISSING, VALUE)).astype(np.uint8)
    return value, status, _Lost(large, over_nothing & ~silent, undefined & ~silent & ~large)


def _left_over(index: Index, panel: Panel, leaf: Indicator, value: Array) -> tuple[Array, Mask]:
    """Return what is left of values once their line along another column is out of them, and where there is no such line."""
    assert leaf.residual is not None
    along, there = _taken(index, panel, leaf, leaf.residual.along)[0], existing(index, panel)
    value = value if there is None else np.where(there, value, np.nan)
    left = residual(value, along, groups_of(panel, leaf.residual.within))
    return left, np.isnan(left) & ~np.isnan(value) & ~np.isnan(along)


def _group_of(leaf: Indicator) -> str | None:
    """Return the column of the groups within which a leaf's share is one; nothing for one among all units."""
    return "group" if leaf.share == "group" else None


def _shrunk(index: Index, panel: Panel, leaf: Indicator, count: Array, base: Array, status: Status) -> Array:
    """Return rates moved towards those of larger areas, of the units that the leaf applies to."""
    assert leaf.shrink is not None
    there = existing(index, panel)
    count = np.where((status == NOT_APPLICABLE) | (False if there is None else ~there), np.nan, count)
    times, groups = one_by_one(index, leaf), groups_of(panel, leaf.shrink.within)
    return shrunk(count, base * times, groups, how=leaf.shrink.how) * times


def one_by_one(index: Index, leaf: Indicator) -> float:
    """Return what a leaf's denominator is multiplied by to count what the leaf counts: odds are of people among people."""
    assert leaf.shrink is not None
    base = index.reported[str(leaf.per)]
    return in_numerators(leaf, base) if leaf.shrink.how == "log-odds" and isinstance(base, Denominator) else 1.0


def _taken(index: Index, panel: Panel, leaf: Indicator, name: str) -> tuple[Array, Status]:
    """Return a column as a leaf takes it: as reported, or over its last periods together, where all of these are in the panel."""
    value, status = _column(panel, name)
    if leaf.rolling is None and not index.cumulative:
        return value, status
    column = next(column for column in index.columns if column.id == name)
    if column.cumulative:
        value = _less_before(index, panel, value)
        status = np.where(np.isnan(value) & (status == VALUE), MISSING, status).astype(np.uint8)
    if leaf.rolling is None:
        return value, status
    how = column.over_time
    out = np.full_like(value, np.nan)
    at = {period: position for position, period in enumerate(panel.periods)}
    for kind, members in kinds_of(index, panel):
        for position in range(members.start, members.stop):
            window = _window(panel.periods[members.start : position + 1], kind, leaf.rolling)
            if all(period in at for period in window):
                parts = value[[at[period] for period in window]]
                known = column.of_parts_known and how == "sum"
                out[position] = _known_over_time(parts) if known else OVER_TIME[how](parts)
    return out, np.where(np.isnan(out) & (status == VALUE), MISSING, status).astype(np.uint8)


def _known_over_time(parts: Array) -> Array:
    return known_sum(OVER_TIME["sum"](np.nan_to_num(parts)), np.logical_or.reduce(np.isnan(parts), axis=0))


def _window(periods: Sequence[str], kind: Kind, rolling: int | str) -> list[str]:
    """Return which are taken together, up to the last of some periods: so many, or all since the year began, or since the first.

    What a period is absent from cannot be had.
    """
    period = periods[-1]
    if rolling == "all":
        gaps = any(previous(after, kind) != before for before, after in pairwise(periods))
        return [""] if gaps else list(periods)
    if isinstance(rolling, str):
        return since_new_year(period, kind)
    window = [period]
    while len(window) < rolling and (earlier := previous(window[-1], kind)):
        window.append(earlier)
    return window[::-1] if len(window) == rolling else [""]


def of_each_period(index: Index, panel: Panel) -> Array:
    """Return the values of a panel (period, unit, column), of totals since the year began what each reported period adds."""
    if not index.cumulative:
        return panel.values
    out = np.array(panel.values, order="K")
    for at, column in enumerate(index.columns):
        if column.cumulative:
            out[..., at] = _less_before(index, panel, out[..., at])
    return out


def own_values(index: Index, panel: Panel, name: str) -> Array:
    """Return the values (period, unit) of one column; of totals since the year began what each reported period adds."""
    at = panel.column[name]
    is_total = any(column.id == name and column.cumulative for column in index.columns)
    return _less_before(index, panel, panel.values[..., at]) if is_total else panel.values[..., at]


def _less_before(index: Index, panel: Panel, totals: Array) -> Array:
    """Return what each reported period adds to the totals (period, unit) of its year; NaN without that of the period before.

    Larger periods, made of what their parts add, are no totals.
    """
    out, kind = np.array(totals), index.periods.kind
    at = {period: position for position, period in enumerate(panel.periods)}
    members = kinds_of(index, panel)[0][1]
    for position in range(members.start, members.stop):
        period = panel.periods[position]
        if not starts_year(period, kind):
            earlier = at.get(str(previous(period, kind)))
            out[position] = np.nan if earlier is None else totals[position] - totals[earlier]
    return out


def _column(panel: Panel, name: str) -> tuple[Array, Status]:
    at = panel.column[name]
    return panel.values[..., at], panel.status[..., at]


def _series(panel: Panel, leaf: Indicator, name: str) -> str:
    """Return the column that a name in a leaf's formula stands for: a denominator's, or the leaf's own of that name."""
    own = f"{leaf.id}.{name}"
    return own if own in panel.column else name


def before(index: Index, panel: Panel, value: Array, since: str) -> Array:
    """Return the values of the period before, or of the same period a year before, NaN where that is not in the panel."""
    out = np.full_like(value, np.nan)
    at = {period: position for position, period in enumerate(panel.periods)}
    for kind, members in kinds_of(index, panel):
        for position in range(members.start, members.stop):
            step = previous if since == "previous" else year_before
            earlier = step(panel.periods[position], kind)
            if earlier in at:
                out[position] = value[at[earlier]]
    return out


def yearly(index: Index, panel: Panel, value: Array, name: str) -> tuple[Array, Array]:
    """Return the growth, or the slope, a year over all periods of a kind up to each, and the first values before it."""
    out, past = np.full_like(value, np.nan), np.full_like(value, np.nan)
    for kind, members in kinds_of(index, panel):
        years = np.array([number_of(period, kind) for period in panel.periods[members]]) / IN_A_YEAR.get(kind, 1.0)
        out[members], past[members] = OVER_YEARS[name](value[members], years)
    return out, past


def screen(index: Index, panel: Panel, derived: Array, status: Status) -> tuple[Array, Status, list[Finding]]:
    """Take units out of the periods in which too little of what applies to them is known; they do not apply there."""
    if index.screen is None:
        return derived, status, []
    out, found = screened(index, panel, known_of(index, derived, status))
    derived, status = np.array(derived, order="K"), np.array(status, order="K")
    derived[out], status[out] = np.nan, NOT_APPLICABLE
    return derived, status, found


def known_of(index: Index, derived: Array, status: Status) -> Any:
    """Count of what is scored what applies to each unit, what has a value, and a value that is not 0: (3, period, unit)."""
    if index.tree.monitored:
        scored = [at for at, leaf in enumerate(index.leaves) if leaf.is_scored]
        derived, status = derived[..., scored], status[..., scored]
    there = ~np.isnan(derived)
    counted = (status != NOT_APPLICABLE, there, there & (derived != 0))
    return np.stack([np.count_nonzero(one, axis=-1) for one in counted])


def screened(index: Index, panel: Panel, counts: Any) -> tuple[Any, list[Finding]]:
    """Return which units are left out of each period (period, unit) by what `known_of` has counted, and say so."""
    assert index.screen is not None
    asked, known, other = counts
    out = (known < (index.screen.coverage - REACHED) * asked) | (other < (index.screen.nonzero - REACHED) * known)
    return out, [
        finding(
            "IC430",
            index.place(("screen",)),
            period=panel.periods[period],
            units=some([panel.units.title(unit) for unit in np.flatnonzero(out[period]).tolist()]),
            count=int(np.count_nonzero(out[period])),
        )
        for period in np.flatnonzero(out.any(axis=-1)).tolist()
    ]


def impute(index: Index, panel: Panel, derived: Array, status: Status) -> tuple[Array, Status]:
    """Estimate missing values where a leaf asks for it, within the periods of one kind; each is flagged in the status."""
    if not index.tree.imputed:
        return derived, status
    values, flags = np.array(derived, order="K"), np.array(status, order="K")
    for choice, columns in index.tree.imputed:
        groups = groups_of(panel, choice.column)
        for _, members in kinds_of(index, panel):
            own = joined(index, panel, derived) if IMPUTERS[choice.method].donors in _OVER_TIME else derived
            beside = index.tree.beside(choice, columns)
            x = np.ascontiguousarray(own[members][..., beside].transpose(2, 0, 1)).transpose(1, 2, 0)
            estimate = _estimated(index, choice, beside, x, groups)[..., [beside.index(column) for column in columns]]
            gaps = (status[members][..., columns] == MISSING) & ~np.isnan(estimate)
            values[members, :, columns] = np.where(gaps, estimate, derived[members][..., columns])
            flags[members, :, columns] = np.where(gaps, IMPUTED, status[members][..., columns])
    return values, flags


def _estimated(index: Index, choice: Impute, columns: Sequence[int], x: Array, groups: Sequence[Mask]) -> Array:
    """Return values (period, unit, leaf) with estimates of those that are missing, made of values or of ways."""
    method, record = CATALOGUE["impute"][choice.method], IMPUTERS[choice.method]
    if record.of == "values":
        return np.asarray(method(x, groups, **choice.parameters))
    out, away = np.array(x), towards(index, columns, x)
    everyone = np.ones(x.shape[1], dtype=bool)
    for members in groups:
        part = np.where(members[:, None], away, np.nan)
        worst, best, cut = _ends(index, columns, part)
        ways = come(away, worst, best)
        made = method(np.where(cut, np.clip(ways, 0.0, 1.0), ways), [everyone], **choice.parameters)
        value = worst + made * (best - worst)  # of a constant column its constant
        value[..., [at for at, column in enumerate(columns) if column in index.tree.targets]] = np.nan
        out[:, members] = np.where(np.isnan(x), value, x)[:, members]
    return out


def _ends(index: Index, columns: Sequence[int], x: Array) -> tuple[Array, Array, Mask]:
    """Return the worst and the best of some leaves (period, 1, leaf), fixed or seen, and whether they are cut off there."""
    frame = Frame(x, np.array(index.tree.signs)[list(columns)])
    worst, best, cut = np.array(frame.worst), np.array(frame.best), np.zeros(len(columns), dtype=bool)
    for at, column in enumerate(columns):
        choice = normalise_of(index, index.leaves[column])
        record = NORMALISERS[choice.method]
        given = vars(record.given(choice.written))
        ends = [given[name] for name in record.values]
        if len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends) and not given.get("log"):
            worst[..., at], best[..., at] = ends
            cut[at] = bool(given.get("clip", False))
    return worst, best, cut


def check_imputed(index: Index, panel: Panel, status: Status) -> Iterator[Finding]:
    """Name the leaves of which missing values were to be estimated, and there was nothing to estimate some of them from."""
    for choice, columns in index.tree.imputed:
        for at in columns:
            gaps = status[..., at] == MISSING
            if gaps.any():
                leaf, periods = index.leaves[at], [panel.periods[period] for period in np.flatnonzero(gaps.any(axis=1))]
                place = index.place_of(leaf.id, "impute") if leaf.impute else index.place_of(leaf.id)
                count = int(np.count_nonzero(gaps))
                yield finding(
                    "IC455", place, node=leaf.id, name=leaf.name, count=count, method=choice.method, periods=some(periods)
                )


def treat(index: Index, values: Array) -> Array:
    """Treat outliers where a leaf asks for it, among the units of each period."""
    if not index.tree.treated:
        return values
    out = np.array(values, order="K")
    for choice, columns in index.tree.treated:
        out[..., columns] = CATALOGUE["treat"][choice.method](values[..., columns], **choice.parameters)
    return out


def set_aside(index: Index, panel: Panel) -> Iterator[Finding]:
    """Say how many values were reported that `applies` sets aside, and where the first of them stands.

    What is taken of events is none: a unit without events has counts of 0.
    """
    for leaf in index.leaves:
        if leaf.applies is None or leaf.events is not None:
            continue
        tree = parse(leaf.applies)
        rule = evaluate(tree, {name: _column(panel, _series(panel, leaf, name))[0] for name in names(tree)})
        without = np.broadcast_to(rule == 0, panel.values.shape[:2])
        cells: list[tuple[int, int, int]] = [
            (*cell, at) for at in own_columns(index, panel, leaf) for cell in _reported(panel, at, without)
        ]
        if cells:
            period, unit, at = min(cells)
            place = next(iter(panel.places(period, unit, at)), index.place_of(leaf.id, "applies"))
            units = some([panel.units.title(one) for one in sorted({unit for _, unit, _ in cells})])
            yield finding("IC940", place, node=leaf.id, name=leaf.name, count=len(cells), units=units)


def columns_of_leaf(index: Index, panel: Panel, leaf: Indicator) -> list[int]:
    """Return the places of the columns that a leaf's values are made of: its own, then denominators that it names."""
    own = [column.id for column in index.columns if column.owner == leaf.id and column.key != "applies"]
    named = [_series(panel, leaf, name) for name in names(parse(leaf.formula))] if leaf.formula and not leaf.events else []
    return [panel.column[name] for name in dict.fromkeys([*own, *named, *leaf.bases])]


def own_columns(index: Index, panel: Panel, leaf: Indicator) -> list[int]:
    """Return the places of the columns that a leaf's own values are reported in: its own, and those that its formula names."""
    own = [column.id for column in index.columns if column.owner == leaf.id and not column.is_attribute]
    return [panel.column[name] for name in own]


def _reported(panel: Panel, at: int, where: Any) -> list[tuple[int, int]]:
    return [(period, unit) for period, unit in np.argwhere(where & (panel.status[..., at] == VALUE)).tolist()]
