"""What all units of a table come to together: sums of what adds up, means of all and of groups, and how far they are apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from ...measures import read_measure
from ...methods.arrays import Array, np
from ...scores import Scores
from ...tree.columns import Column
from ...tree.model import Index, Indicator
from ...words.reports import word
from .sheet import Columns, Value

MOST_GROUPS = 20  # that have a row each


def of_the_whole(
    scores: Scores, units: Sequence[int], table: Columns, label: int, language: str
) -> tuple[tuple[Value, ...], ...]:
    """Return the rows of a table's columns together, each of the units that have a number there.

    These are the sum of the columns that add up, and of every column of scores or values the mean of all units, that of each
    group, and the largest less the smallest. What a row is stands in the column `label`.
    """
    numbers = {
        at: np.array(table.cells[at], dtype=float)  # None becomes NaN
        for at, heading in enumerate(table.headings)
        if heading.kind == "score" or at in table.sums
    }
    means = [at for at in numbers if table.headings[at].kind == "score"]
    if not any(len(_known(column)) > 1 for column in numbers.values()):
        return ()

    def row(title: str, of: Callable[[Array], float], rows: Any, some: Iterable[int]) -> tuple[Value, ...]:
        known = {at: _known(numbers[at][rows]) for at in some}
        cells: dict[int, Value] = {label: title} | {at: of(values) for at, values in known.items() if len(values)}
        return tuple(cells.get(at) for at in range(len(table.headings)))

    every, whole = np.arange(len(units)), whole_of(scores.index, language)
    return (
        *(
            [_with_growth(row(word.sum_of(language).format(whole=whole), math.fsum, every, table.sums), table)]
            if table.sums
            else []
        ),
        *(
            row(title, _mean if how == "mean" else _spread, members, means)
            for title, how, members in together(scores, units, language)
        ),
    )


def together(scores: Scores, units: Sequence[int], language: str) -> list[tuple[str, Literal["mean", "spread"], Any]]:
    """Return the rows that scores of units have together: what each is called, what it is, and of which of these units."""
    every, whole = np.arange(len(units)), whole_of(scores.index, language)
    return [
        (word.mean_of_all(language).format(whole=whole), "mean", every),
        *(
            (word.mean_of_group(language).format(group=group), "mean", members)
            for group, members in _groups(scores, units).items()
        ),
        (word.spread_of(language), "spread", every),
    ]


def _with_growth(row: tuple[Value, ...], table: Columns) -> tuple[Value, ...]:
    """Return the row of sums with their growth in per cent: of the units that have a value before too."""
    cells = list(row)
    for at, (more, before) in table.growths.items():
        pairs = [(now, then) for now, then in zip(table.cells[more], before, strict=True) if now is not None and then is not None]
        whole = math.fsum(float(then) for _, then in pairs)
        if whole:
            cells[at] = 100.0 * math.fsum(float(now) for now, _ in pairs) / abs(whole)
    return tuple(cells)


def data_of_the_whole(scores: Scores, period: int, node: int, language: str) -> dict[str, Any]:
    """Return the same of a node's scores in a period as data; of values, where these are what it is ranked by."""
    shown = scores.derived if node in scores.tree.monitored else scores.scores
    x = np.array(shown[period, :, node], dtype=float)
    if not len(known := _known(x)):
        return {}
    groups = {group: _known(x[members]) for group, members in _groups(scores, range(len(x))).items()}
    return {
        "name": whole_of(scores.index, language),
        "units": len(known),
        "mean": _mean(known),
        "groups": {group: _mean(values) for group, values in groups.items() if len(values)},
        "highest_less_lowest": _spread(known),
    }


def whole_of(index: Index, language: str) -> str:
    """Return the name of all units together, such as the city."""
    return (index.units.whole_en if language == "en" else index.units.whole) or word.whole(language)


def adds_up(index: Index, leaf: object) -> bool:
    """Say whether the values of units have a sum that means something: a number reported itself, counted, and no rate."""
    if not isinstance(leaf, Indicator) or leaf.per is not None:
        return False
    measure = read_measure(leaf.measure)
    return counted_of(index, leaf) is not None and not (measure is not None and (measure.per or measure.kind == "ratio"))


def counted_of(index: Index, leaf: Indicator) -> Column | None:
    """Return the series of numbers that is reported for a leaf itself, where these add up over time and over units."""
    if leaf.formula is not None:
        return None
    own = next((column for column in index.columns if column.id == leaf.id), None)
    return own if own is not None and own.over_time == "sum" == own.over_units else None


def _groups(scores: Scores, units: Sequence[int]) -> dict[str, Any]:
    """Return the rows of each group, by its name in the order of the table of units; nothing for one group or of very many."""
    by = scores.index.ranking.within or ("group" if any(scores.panel.units.groups) else None)
    labels = scores.panel.units.labels(by) if by is not None else ()
    names = [name for name in dict.fromkeys(labels) if name]
    if not 1 < len(names) <= MOST_GROUPS:
        return {}
    of_rows = np.array(labels, dtype=object)[list(units)]
    return {name: np.flatnonzero(of_rows == name) for name in names}


def _known(x: Array) -> Array:
    return x[~np.isnan(x)]


def _mean(x: Array) -> float:
    return math.fsum(x) / len(x)


def _spread(x: Array) -> float:
    return float(x.max() - x.min())
