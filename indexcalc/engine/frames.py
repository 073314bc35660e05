"""Frames: which units and periods are compared with each other, and scores that come of comparing them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import accumulate
from typing import Any

from ..methods import CATALOGUE
from ..methods.arrays import Array, Mask, np
from ..methods.derive import distance
from ..methods.frame import Frame
from ..methods.rank import rounded
from ..methods.siblings import mean
from ..methods.ties import tolerance
from ..panel import Panel
from ..periods import kind_among, read_period
from ..tree.layout import normalise_of
from ..tree.model import Index, Normalise, Weights
from ..units import Units
from ..words.agreement import in_both, several, told

_COLUMN = 1 << 20  # cells whose statistics are taken together: what stays in a cache until they are used
_BLOCK = 1 << 16  # cells normalised at once: small enough that memory for results is used again, not asked for anew


def kinds_of(index: Index, panel: Panel) -> list[tuple[Any, slice]]:
    """Return the kinds of periods in a panel with the part of the axis that each takes: as reported first, then rolled up."""
    all_kinds = index.periods.kinds
    if len(all_kinds) == 1:
        return [(all_kinds[0], slice(0, len(panel.periods)))]
    labels = [kind_among(period, all_kinds) for period in panel.periods]
    ends = list(accumulate(labels.count(kind) for kind in all_kinds))
    found = [(kind, slice(start, end)) for kind, start, end in zip(all_kinds, [0, *ends], ends, strict=False)]
    return [(kind, members) for i, (kind, members) in enumerate(found) if i == 0 or members.start < members.stop]


def groups_of(panel: Panel, by: str | None) -> list[Any]:
    """Return masks of the units that are alike by their group or another column of the units table; one of all without."""
    labels = panel.units.labels(by) if by else ()
    if not labels:
        return [np.ones(len(panel.units), dtype=bool)]
    named = np.array(labels)
    return [named == label for label in dict.fromkeys(named.tolist())]


def group_mask(panel: Panel, by: str | None, unit: int) -> Any:
    """Return the mask of the units that are alike to one, itself among them."""
    return next(mask for mask in groups_of(panel, by) if mask[unit])


def normalise(index: Index, panel: Panel, values: Array, out: Array) -> None:
    """Fill the leaves' part of `out` with their scores, the leaves of one method together; NaN for what is monitored.

    Both are (period, unit, column), or (period, draw, unit, column).
    """
    size = max(1, _COLUMN // max(1, values[..., 0].size))
    parts = [columns[start : start + size] for columns in index.tree.alike for start in range(0, len(columns), size)]

    def work(columns: list[int]) -> None:
        choice, part = normalise_of(index, index.leaves[columns[0]]), part_of(columns)
        sign, computed = np.array(index.tree.signs)[columns], np.array(index.tree.computed)[columns]
        compare(index, panel, choice, towards(index, columns, values[..., part]), sign, out, part, computed)
        for leaf in index.tree.rounded:
            if leaf in columns and (to := index.leaves[leaf].round):
                out[..., leaf] = rounded(out[..., leaf], to.decimals, to.how)

    out[..., list(index.tree.monitored)] = np.nan
    with processors(parts) as each:
        list(each(work, parts))


def compare(index: Index, panel: Panel, choice: Normalise, x: Array, sign: Array, out: Array, part: Any, computed: Mask) -> None:
    """Normalise x (period, unit, column) within the frames that a choice names, into a part of `out`'s columns.

    Both may have draws: (period, draw, unit, column). `computed` (column,) are those that are not as they were read, as none
    are in periods that were rolled up.
    """
    if choice.by_group:
        _compare_by_group(index, panel, choice, x, sign, out, part, computed)
        return
    method = CATALOGUE["normalise"][choice.method]
    for kind, members in kinds_of(index, panel):
        own, made, of_kind = x[members], out[members], choice.of_kind(kind)
        parameters = of_kind.parameters | _of_units(index, panel, of_kind, x, members)
        unread = computed if kind == index.periods.kind else np.ones_like(computed)
        apart = tolerance(own, axis=-2) if choice.over == "group" else None
        for units, values in frames(index, panel, choice, x, members):
            frame = Frame(values, sign, unread, apart)
            if not isinstance(units, slice):
                wanted = np.arange(out.shape[-1])[part]
                made[..., units[:, None], wanted] = method(own[..., units, :], frame, **parameters)
                continue
            step = max(256, _BLOCK // max(1, own[..., :1, :].size))
            for block in blocks(own.shape[-2], step):
                made[..., block, part] = method(own[..., block, :], frame, **parameters)


def _of_units(index: Index, panel: Panel, choice: Normalise, x: Array, members: slice) -> dict[str, Array]:
    """Return the parameters that are a unit's value: of the same period, of the base, or the mean of all periods together.

    x is (period, unit, column), or (period, draw, unit, column); the values broadcast to it.
    """
    made = {}
    for name, unit in choice.of_units.items():
        at = panel.units.called(unit)
        own = x[..., [at], :] if at is not None else np.full_like(x[..., :1, :], np.nan)
        over = choice.model_copy(update={"over": "period"}) if choice.over == "group" else choice
        ((_, values),) = frames(index, panel, over, own, members)
        made[name] = mean(values)[..., None, :] if choice.over == "all" else values
    return made


def _compare_by_group(
    index: Index, panel: Panel, choice: Normalise, x: Array, sign: Array, out: Array, part: Any, computed: Mask
) -> None:
    """Normalise as `compare` does, the units of each group in their own way among all that they are compared with."""
    for own, mask in ways_by_group(panel.units, choice):
        made = np.empty_like(x)
        compare(index, panel, own, x, sign, made, slice(None), computed)
        units = np.flatnonzero(mask)
        out[..., units[:, None], np.arange(out.shape[-1])[part]] = made[..., units, :]


def labels_of(units: Units, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what each unit has in some columns of the units table; nothing in each where there are no groups."""
    return list(zip(*(units.labels(by) or ("",) * len(units) for by in columns), strict=True))


def ways_by_group(units: Units, choice: Normalise) -> list[tuple[Normalise, Mask]]:
    """Return what a way of normalising is for each group of units that it names parameters for, with a mask of these units."""
    columns = list(dict.fromkeys(value["by"] for value in choice.by_group.values()))
    labels, found = labels_of(units, columns), []
    for own in dict.fromkeys(labels):
        mask = np.array([label == own for label in labels], dtype=bool)
        found.append((choice.of_group(dict(zip(columns, own, strict=True))), mask))
    return found


def frames(index: Index, panel: Panel, choice: Normalise | Weights, x: Array, members: slice) -> Iterator[tuple[Any, Array]]:
    """Yield the units that are compared with each other, and the values (period or 1, unit, column) to compare within.

    x is (period, unit, column), or (period, draw, unit, column).
    """
    if choice.over == "period":
        yield slice(None), x[members]
    elif choice.over == "group":
        for mask in groups_of(panel, "group"):
            yield np.flatnonzero(mask), x[members][..., mask, :]
    elif choice.over == "all":
        # each column's values side by side, so that a sum is the same to the last bit however many columns there are
        pooled = np.moveaxis(np.moveaxis(x[members][: panel.pooled], 0, -3), -1, 0)
        yield slice(None), np.moveaxis(pooled.reshape(x.shape[-1], 1, *x.shape[1:-2], -1), 0, -1)
    else:
        row = base_of(index, panel, choice, panel.periods[members.start])
        yield slice(None), np.full((1, *x.shape[1:]), np.nan) if row is None else x[[row]]


def base_of(index: Index, panel: Panel, choice: Normalise | Weights, period: str) -> int | None:
    """Return the place of the period that one period is compared with, where it is in the panel."""
    kinds = [kind for kind, _ in kinds_of(index, panel)]
    base = choice.base_for(kind_among(period, kinds))
    meant = {read_period(base, kind) for kind in kinds}
    return next((row for row, period in enumerate(panel.periods) if period in meant), None)


def towards(index: Index, columns: Sequence[int], x: Array) -> Array:
    """Replace the values of leaves with a target or range by their distance from it, of which less is better."""
    targets = index.tree.targets
    if not any(column in targets for column in columns):
        return x
    x = np.array(x, order="K")
    for i, column in enumerate(columns):
        if column in targets:
            x[..., i] = distance(x[..., i], *targets[column])
    return x


def blocks(units: int, step: int) -> list[slice]:
    """Cut the units into blocks."""
    return [slice(start, start + step) for start in range(0, units, step)]


@contextmanager
def processors(parts: Sequence[Any]) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give a `map` that does some work for each part: on all processors where there are several parts."""
    if len(parts) == 1:
        yield map
        return
    with ThreadPoolExecutor(os.cpu_count(), initializer=partial(np.seterr, over="ignore")) as pool:
        yield pool.map


def part_of(columns: Sequence[int]) -> Any:
    """Return columns as a slice where they lie side by side: a view then, not a copy."""
    run = range(columns[0], columns[0] + len(columns)) if columns else range(0)
    return slice(run.start, run.stop) if list(run) == list(columns) else list(columns)


def some(names: Sequence[str]) -> str:
    """Return the first few of many names."""
    return several(names[:5], len(names))


def called(index: Index, ids: Sequence[str]) -> str:
    """Return the first few of some nodes by their ids, in Chinese by their names with these."""
    titles = [(index.by_id[one].title("zh"), one) for one in ids]
    chinese = [name if name == one else f"{name} ({one})" for name, one in titles]
    return in_both(some(ids), told(some(chinese), "zh"))
