"""Values most likely not what was meant: a power of ten off, fractions among percentages, counts below 0, shares over 100 %.

What is looked at is read as it stands; a finding says what is doubtful, and none is said where values of such a size are at
home: in columns with long tails, in growth and ratios, in what its unit has every period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from math import nan
from operator import itemgetter
from typing import Any, NamedTuple

from ...findings import Finding, finding
from ...measures import read_measure, says
from ...periods import order
from ...tree.columns import Column
from ...units import Units
from ...words.recognised_measures import COUNT, COUNTED, COUNTS, NEW, NO_COUNTS, SHARES, SURE_SHARES, UNBOUNDED
from .matched import Keys, Matched, Piece, Same, ends
from .stray import FEWEST, LEAST, LEAST_TIMES, SMALL, may_stray, shift, stray

PERCENT = ("%", "％")
MANY = 2_000  # values of a column that arrays are asked about first
_TIMES = 5  # a whole period that is off has a largest value so many times that of another


class Doubt(NamedTuple):
    """A value that is most likely not what was meant: the kind of mistake, its cell, what was meant, where others lie."""

    code: str
    cell: int
    meant: float = 0.0
    power: int = 0
    low: float = 0.0
    high: float = 0.0


class _Group(NamedTuple):
    """Cells that are judged together, and what takes their values out of a column's."""

    places: Sequence[int]
    take: Callable[[Sequence[float]], Sequence[float]]


class _Keys:
    """The cells of a column's pieces that belong to each unit and to each period; columns of wide tables share theirs."""

    def __init__(self, units: Sequence[int], periods: Sequence[str | None], levels: Sequence[str]) -> None:
        self.units = units
        self.periods = periods
        self.levels = levels

    @cached_property
    def of_unit(self) -> dict[int, list[int]]:
        return _places(self.units)

    @cached_property
    def of_period(self) -> dict[str | None, list[int]]:
        return _places(self.periods)

    @cached_property
    def arrays(self) -> tuple[Any, Any]:
        """The units and the periods as arrays of their numbers."""
        import numpy as np

        known = {period: at for at, period in enumerate(dict.fromkeys(self.periods))}
        return np.array(self.units, dtype=np.int64), np.array([known[period] for period in self.periods], dtype=np.int64)

    @cached_property
    def whole_periods(self) -> list[_Group]:
        """The values of each period."""
        return [_Group(places, _taken(places)) for places in self.of_period.values()]

    @cached_property
    def histories(self) -> list[_Group]:
        """The values of each unit that has enough of them."""
        return _groups(self.of_unit.values())

    @cached_property
    def columns(self) -> list[_Group]:
        """The values that are judged together: those of a period, or all where it has too few; units of a level alone."""
        groups = list(self.of_period.values())
        if len(groups) > 1 and max(map(len, groups)) < LEAST:
            groups = [list(range(len(self.units)))]
        if len(set(self.levels)) < 2:
            return _groups(groups)
        by_level: dict[tuple[int, str], list[int]] = defaultdict(list)
        for number, places in enumerate(groups):
            for at in places:
                by_level[number, self.levels[self.units[at]]].append(at)
        return _groups(by_level.values())


def _groups(many: Iterable[list[int]]) -> list[_Group]:
    return [_Group(places, _taken(places)) for places in many if len(places) >= LEAST]


def _taken(places: Sequence[int]) -> Callable[[Sequence[float]], Sequence[float]]:
    """Return what takes the values at some places out of a column's."""
    return itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))


def _places(keys: Iterable[Any]) -> dict[Any, list[int]]:
    places: dict[Any, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        places[key].append(at)
    return places


class _Series:
    """The values of a column with their keys and ends, and the name by which their nature is told."""

    def __init__(self, column: Column, pieces: Sequence[Piece], keys: _Keys) -> None:
        self.column = column
        self.pieces = pieces
        self.keys = keys

    @cached_property
    def values(self) -> Sequence[float]:
        return list(chain.from_iterable(map(_values_of, self.pieces)))

    @cached_property
    def ends(self) -> tuple[float, float]:
        return ends(self.values)

    @property
    def low(self) -> float:
        return self.ends[0]

    @property
    def high(self) -> float:
        return self.ends[1]

    @property
    def ordinary(self) -> bool:
        """Whether the values lie so close together that none is doubtful."""
        low, high = self.ends
        return not (low <= 0 or high > _TIMES * low or (high > 100 and self.percent))

    @cached_property
    def name(self) -> str:
        names = " ".join((self.column.title, *self.column.headers, *self.column.rows)).casefold()
        return names.replace(NEW, "")

    def says(self, words: Sequence[str]) -> bool:
        """Say whether the column's name has one of some words."""
        return says(self.name, words)

    @cached_property
    def percent(self) -> bool:
        """Whether the values are percentages: by what the tree says, else by all headings, else by their name."""
        if self.column.reported != "":
            return self.column.reported in PERCENT
        said = {one.measure for piece in self.pieces for one in piece.said}
        return said <= set(PERCENT) if said else self.says(SURE_SHARES)

    def cell(self, at: int) -> tuple[Piece, int]:
        """Return the piece that a value is of, and its place there."""
        for piece in self.pieces:
            if at < len(piece.values):
                return piece, at
            at -= len(piece.values)
        raise IndexError(at)


def implausible(matched: Matched, among: Sequence[Piece] = ()) -> list[Finding]:
    """Find the values that are most likely not what was meant, one finding for each column and kind of mistake.

    They are judged together with those `among` which they come, such as what was reported before; of these nothing is said.
    """
    assert matched.units is not None
    units = matched.units.units
    return [one for column, doubts in doubtful(matched, among) for one in in_words(units, column, doubts)]


def doubtful(matched: Matched, among: Sequence[Piece] = ()) -> Iterator[tuple[_Series, list[Doubt]]]:
    """Yield the columns with doubtful values, and these."""
    index = matched.index
    own, others = _by_column(matched.pieces), _by_column(among)
    shared: dict[tuple[tuple[int, int], ...], tuple[list[Piece], _Keys]] = {}
    levels = matched.units.units.levels if matched.units else ()
    seen: set[tuple[int, int, int]] = set()
    for at, pieces in own.items():
        column = index.columns[at]
        cells = {(id(piece.table), piece.at, piece.rows[0] if len(piece.rows) else -1) for piece in pieces}
        if column.key == "applies" or column.take or not cells - seen or any(isinstance(one.rows, Same) for one in pieces):
            continue
        seen |= cells
        every = [*pieces, *_elsewhere(pieces, others.get(at, ()))]
        key = tuple((id(piece.periods), id(piece.units)) for piece in every)
        if key not in shared:  # with the pieces, so that no others come to have their identity
            units = list(chain.from_iterable(piece.units for piece in every))
            periods = list(chain.from_iterable(piece.periods for piece in every))
            shared[key] = every, _Keys(units, periods, levels)
        keys = shared[key][1]
        series = _Series(column, every, keys)
        if (len(keys.units) > MANY and not _may_be_doubtful(series, *keys.arrays, levels)) or series.ordinary:
            continue
        mine = sum(len(piece.values) for piece in pieces)
        if doubts := [one for one in _doubts(series) if one.cell < mine]:
            yield series, doubts


def late(matched: Matched, parts: Sequence[tuple[Piece, Keys]], among: Sequence[Piece] = ()) -> list[Finding]:
    """Find the same in a column that was read late, in one part or more, whose keys are arrays; all are judged together."""
    import numpy as np

    if not parts:
        return []
    number: dict[str | None, int] = {}
    periods, units = [], []
    for _, keys in parts:
        periods.append(np.array([number.setdefault(period, len(number)) for period in keys.periods], dtype=int)[keys.period])
        units.append(np.asarray(keys.unit, dtype=int))
    for piece in among:
        periods.append(np.array([number.setdefault(period, len(number)) for period in piece.periods], dtype=int))
        units.append(np.array(piece.units, dtype=int))
    every = [*(piece for piece, _ in parts), *among]
    series = _Series(matched.index.columns[every[0].column], every, _Keys((), (), ()))
    levels = matched.units.units.levels if matched.units else ()
    if not _may_be_doubtful(series, np.concatenate(units), np.concatenate(periods), levels):
        return []
    pieces = [
        piece._replace(periods=[keys.periods[at] for at in keys.period.tolist()], units=keys.unit.tolist())
        for piece, keys in parts
    ]
    return implausible(Matched(matched.index, matched.units, pieces), among)


def _by_column(pieces: Sequence[Piece]) -> dict[int, list[Piece]]:
    columns: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        columns[piece.column].append(piece)
    return columns


def _elsewhere(pieces: Sequence[Piece], others: Sequence[Piece]) -> Iterator[Piece]:
    """Yield other pieces of a column without the cells that some pieces have anew."""
    anew = {cell for piece in pieces for cell in zip(piece.periods, piece.units, strict=True)} if others else set()
    for piece in others:
        cells, own = zip(piece.periods, piece.units, strict=True), _values_of(piece)
        kept = [at for at, cell in enumerate(cells) if cell not in anew]
        yield piece._replace(
            rows=[piece.rows[at] for at in kept],
            periods=[piece.periods[at] for at in kept],
            units=[piece.units[at] for at in kept],
            values=[own[at] for at in kept],
            not_applicable=(),
        )


def _values_of(piece: Piece) -> list[float]:
    """Return the values of a piece as a list, with gaps where they do not apply."""
    values: Any = piece.values
    plain: list[float] = values.tolist() if hasattr(values, "dtype") else list(values)
    for at in piece.not_applicable:
        plain[at] = nan
    return plain


def _array_of(pieces: Sequence[Piece]) -> Any:
    """Return the values of some pieces as one array."""
    import numpy as np

    values = np.concatenate([np.asarray(piece.values, dtype=float) for piece in pieces])
    first = 0
    for piece in pieces:
        values[[first + at for at in piece.not_applicable]] = nan
        first += len(piece.values)
    return values


def _may_be_doubtful(series: _Series, units: Any, periods: Any, levels: Sequence[str]) -> bool:
    """Say of a large column, as arrays, whether any value may be doubtful, of nearly none in vain: it is then looked at each."""
    import numpy as np

    column, values = series.column, _array_of(series.pieces)
    below = int((values < 0).sum())
    if below and column.valid is None and 3 * below <= len(values) and (column.reported or COUNT in column.title):
        return True
    if series.percent and ((values > 100).any() or (((values > 0) & (values <= 1)).any() and (values > 1).any())):
        return True
    if len(set(levels)) < 2:
        return may_stray(values, units, periods)
    level = np.array(levels)[units]  # as its units alone are judged together
    return any(may_stray(values[own], units[own], periods[own]) for own in (level == one for one in dict.fromkeys(levels)))


def _doubts(series: _Series) -> list[Doubt]:
    """Return the doubtful values of a column, each with one kind of mistake."""
    found: dict[int, Doubt] = {}
    for one in (*_fractions(series), *_moved(series), *_powers(series), *_below_0(series), *_over_100(series)):
        found.setdefault(one.cell, one)
    return list(found.values())


def _fractions(series: _Series) -> Iterator[Doubt]:
    """Find shares of 1 among percentages, or percentages among shares of 1: whichever are fewer."""
    if not series.low <= 1 < series.high or not series.percent or series.says(UNBOUNDED):
        return
    told = set(_all_shares(series))  # what is said of a whole file is not said of its cells
    places = {at for at, value in enumerate(series.values) if value > 0 and at not in told}
    found = list(_mixed(series, sorted(places)))
    for cells in series.keys.of_period.values() if not found else ():
        found += _mixed(series, [at for at in cells if at in places])
    yield from found


def _all_shares(series: _Series) -> Iterator[int]:
    """Yield the values of pieces that are shares of 1 throughout."""
    first = 0
    for piece in series.pieces:
        cells = range(first, first + len(piece.values))
        if not any(series.values[at] > 1 for at in cells):
            yield from cells
        first = cells.stop


def _mixed(series: _Series, places: Sequence[int]) -> Iterator[Doubt]:
    values = series.values
    small, large = [at for at in places if values[at] <= 1], [at for at in places if values[at] > 1]
    few, many, times = (small, large, 100.0) if len(small) <= len(large) else (large, small, 0.01)
    if not few or len(many) < FEWEST - 1:
        return
    low, high = min(values[at] for at in many), max(values[at] for at in many)
    least, most = min(values[at] for at in few) * times, max(values[at] for at in few) * times
    apart = (low if many is large else low * 100) >= SMALL
    if apart and high <= 2.8 * low and 2 * least >= low and most <= max(2 * high, 100 * min(times, 1)):
        for at in few:
            yield Doubt("IC914", at, values[at] * times, 0, low, high)


def _powers(series: _Series) -> Iterator[Doubt]:
    """Find values a power of ten off their unit's own history, or off those of all units."""
    if series.low > 0 and series.high < LEAST_TIMES * series.low:
        return
    values, keys = series.values, series.keys
    growth = series.percent and series.says(UNBOUNDED)  # near 0 one may be a hundredth of another
    by_history: dict[tuple[str | None, int], list[Doubt]] = defaultdict(list)
    for one in _apart(values, keys.histories):
        by_history[keys.periods[one.cell], one.power].append(one)
    for (_, power), doubts in by_history.items():
        together = len(doubts) > max(1, len(keys.histories) // 4)  # what befell many units at once was no slip
        if not (together and abs(power) == 1) and not (growth and power < 0):
            yield from doubts
    for one in _apart(values, keys.columns):
        if not (growth and one.power < 0) and not _usual(series, one.cell):
            yield one


def _apart(values: Sequence[float], groups: Sequence[_Group]) -> Iterator[Doubt]:
    """Find values that stand apart by a power of ten from all others of their group."""
    for places, take in groups:
        group = take(values)
        low = min(group)
        if low > 0 and max(group) < LEAST_TIMES * low:  # as most are
            continue
        found = dict(stray(group))
        others = [value for at, value in enumerate(group) if at not in found and value > 0] if found else []
        for at, power in found.items():
            yield Doubt("IC913", places[at], group[at] / 10.0**power, power, min(others), max(others))


def _moved(series: _Series) -> Iterator[Doubt]:
    """Find periods in which nearly all units are the same power of ten off what they were before."""
    if 0 < series.high < _TIMES * series.low or len(series.keys.of_period) < 2 or series.percent:
        return
    tops = [max(take(series.values)) for _, take in series.keys.whole_periods]
    if 0 < max(tops) < _TIMES * min(tops):
        return
    reference: dict[int, float] = {}
    for period in sorted(series.keys.of_period, key=lambda period: order(period or "")):
        places = series.keys.of_period[period]
        values = {series.keys.units[at]: series.values[at] for at in places if series.values[at] > 0}
        power = shift([value / reference[unit] for unit, value in values.items() if unit in reference])
        if not power:
            reference |= values
        for at in places if power else ():
            yield Doubt("IC917", at, series.values[at] / 10.0**power, power)


def _usual(series: _Series, cell: int) -> bool:
    """Say whether a value is what its unit has in other periods too."""
    value = series.values[cell]
    others = [series.values[at] for at in series.keys.of_unit[series.keys.units[cell]] if at != cell]
    known = sorted(other for other in others if other == other)  # noqa: PLR0124 - a gap
    return bool(known) and value / 3 < known[len(known) // 2] < value * 3


def _below_0(series: _Series) -> Iterator[Doubt]:
    """Find counts and shares below 0, where these are few and nothing calls them a difference."""
    column, values = series.column, series.values
    below = [at for at, value in enumerate(values) if value < 0] if series.low < 0 else []
    if not below or column.valid or 3 * len(below) > len(values) or series.says(UNBOUNDED):
        return
    measure = read_measure(column.reported) if column.reported else None
    called = series.says(COUNTS) or (column.title.endswith(COUNT) and not column.title.endswith(NO_COUNTS))
    counted = measure.kind in COUNTED and not measure.per if measure else called
    share = series.percent and series.says(SHARES)
    for at in below if counted or share else ():
        yield Doubt("IC915", at)


def _over_100(series: _Series) -> Iterator[Doubt]:
    """Find percentages over 100, where these are few and nothing calls them growth or a ratio."""
    column, values = series.column, series.values
    if not series.high > 100 or column.valid or not series.percent or series.says(UNBOUNDED):
        return
    over = [at for at, value in enumerate(values) if value > 100 * (1 + 1e-9)]
    known = sum(1 for value in values if value == value)  # noqa: PLR0124 - a gap
    if over and known > 2 and len(over) <= max(1, known // (4 if series.says(SHARES) else 10)):
        for at in over:
            yield Doubt("IC916", at)


def in_words(units: Units, series: _Series, doubts: Sequence[Doubt]) -> Iterator[Finding]:
    """Say the doubts about a column's values: once for each kind of mistake and power of ten, at the first of its cells."""
    alike: dict[tuple[str, int], list[Doubt]] = defaultdict(list)
    for one in doubts:
        alike[one.code, one.power].append(one)
    for (code, _), same in alike.items():
        cells = [series.cell(one.cell) for one in same]
        places = [piece.place(row) for piece, row in cells]
        periods = [series.keys.periods[one.cell] or "" for one in same]
        first = min(range(len(same)), key=lambda at: (order(periods[at]), places[at]))
        more = [f"{places[at]} {series.values[same[at].cell]:.10g}" for at in range(len(same)) if at != first]
        one = same[first]
        yield finding(
            code,
            places[first],
            name=series.column.title,
            unit=units.title(series.keys.units[one.cell]),
            period=periods[first],
            found=series.values[one.cell],
            meant=f"{one.meant:.6g}",
            low=one.low,
            high=one.high,
            times=f"{10.0**one.power:.10g}",
            more=f"(+{len(more)}: {', '.join(more[:5])}{' …' if len(more) > 5 else ''})" if more else "",
        )
