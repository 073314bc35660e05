"""Sheets of values in time, beside what was published at the time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...analysis.trend import Trend, earlier, taken
from ...measures import read_measure
from ...methods.arrays import Array, np
from ...tree.model import Indicator
from ...tree.reported import reported_measure
from ...words.measures import measured_in
from ...words.periods import period_title
from ...words.reports import Said, word, word_of
from ..numbers import decimals_of_values, listed, with_measure
from .alone import place_word, unit_label
from .sheet import Columns, Heading, Sheet, Value
from .tables import YEARS, in_rank_order, kind_of, notes_on_periods, values_of
from .whole import adds_up, counted_of, of_the_whole, whole_of


def trend_sheet(result: Trend, language: str) -> Sheet:
    """Return a node in time: of one unit a row a period, or of one period a row a unit, the best first.

    Of a year there is what it has moved since the year before, apart from what other periods have moved since the one before
    and since a year before.
    """
    return _Trend(result, language).sheet()


class _Trend:
    """How a node in time is shown in a language."""

    def __init__(self, result: Trend, language: str) -> None:
        self.result, self.scores, self.language = result, result.scores, language
        self.rows = list(result.rows)
        if result.unit is None:
            period = self.rows[0][0]
            self.rows = [(period, unit) for unit in in_rank_order(self.scores, period, result.node)]
        self.node = self.scores.tree.nodes[result.node]
        self.table = Columns()

    def sheet(self) -> Sheet:
        """Return the sheet."""
        language, scores, units, table = self.language, self.scores, self.scores.panel.units, self.table
        if self.result.unit is None:
            table.add(Heading(unit_label(scores, language), "text"), [units.title(unit, language) for _, unit in self.rows])
        else:
            table.add(Heading(word.period(language), "period"), [scores.periods[period] for period, _ in self.rows])
        if isinstance(self.node, Indicator):
            self._add_values(self.node)
        if not isinstance(self.node, Indicator) or self.node.is_scored:
            self._add_scores()
        self._add_ranks()
        self._add_published()
        return Sheet(
            self.node.title(language),
            tuple(table.headings),
            table.rows,
            decimals=scores.index.index.decimals,
            notes=(*self._notes(), *self._of_both(), *notes_on_periods(scores, language)),
            whole=of_the_whole(scores, [unit for _, unit in self.rows], table, 0, language) if self.result.unit is None else (),
        )

    def _of_both(self) -> tuple[str, ...]:
        """Say that sums are compared of units that have both values, where some have not."""
        columns = [self.table.cells[at] for at, _ in self.table.growths.values()] if self.result.unit is None else []
        if not any(None in column and any(value is not None for value in column) for column in columns):
            return ()
        sums = word.sum_of(self.language).format(whole=whole_of(self.scores.index, self.language))
        return (word.of_both_periods(self.language).format(sums=sums, label=unit_label(self.scores, self.language)),)

    def _notes(self) -> Iterator[str]:
        """Say which units the ones shown came out of, and which came after one that is gone."""
        scores, units, language = self.scores, self.scores.panel.units, self.language
        for unit in dict.fromkeys(unit for _, unit in self.rows) if scores.there is not None else ():
            if unit in units.wholes and (before := self._first(unit)):
                said = word.unit_renamed if unit in units.renamed else word.unit_past
                parts = listed((units.title(old, language) for old in units.wholes[unit]), language)
                yield said(language).format(unit=units.title(unit, language), period=period_title(before, language), units=parts)
        if self.result.unit is not None and (heirs := [one for one, old in units.origins.items() if self.rows[0][1] in old]):
            last = period_title(scores.periods[self.rows[-1][0]], language)
            yield word.unit_ended(language).format(period=last, units=listed(units.titles(heirs, language), language))

    def _first(self, unit: int) -> str:
        """Return the first period in which a unit is scored."""
        own = self.scores.there
        return "" if own is None or not own[:, unit].any() else self.scores.periods[int(np.argmax(own[:, unit]))]

    def _add_values(self, leaf: Indicator) -> None:
        """Add an indicator's values, and of a count per head or the like first what was counted, which adds up."""
        measure = read_measure(leaf.measure)
        is_share = measure is not None and measure.kind == "ratio"
        counted = leaf.per is not None and counted_of(self.scores.index, leaf) is not None and not is_share
        if counted:
            numbers = np.array(self.scores.panel.values[..., self.scores.panel.column[leaf.id]], dtype=float)
            of_numbers = measured_in(self.language, reported_measure(self.scores.index, leaf))
            self._add_amounts(word.counted, numbers, of_numbers, adds_up=True, apart=True)
        summed = adds_up(self.scores.index, leaf)
        measure_shown = leaf.measure_in(self.language)
        self._add_amounts(word.observed, self.result.values, measure_shown, is_share=is_share, adds_up=summed, apart=counted)

    def _add_amounts(
        self, name: Said, x: Array, measure: str, *, is_share: bool = False, adds_up: bool, apart: bool = False
    ) -> None:
        """Add numbers (period, unit) with how much more or less they are than before, in per cent too; shares in points alone.

        Growth says of what it is where there is that of other numbers beside it, to be told `apart`.
        """
        language, table = self.language, self.table
        decimals = decimals_of_values(self._column(x))
        heading = Heading(with_measure(name(language), measure, language), "score", strong=True, decimals=decimals)
        table.add(heading, self._column(x), adds_up=adds_up)
        in_points = word.percentage_points(language) if measure.strip() in ("%", "％") else measure
        for key, places, rows in self._compared():
            before = np.where(rows, taken(x, places), np.nan)
            title = with_measure(word_of(f"{key} more", language), in_points, language)
            table.add(Heading(title, "amount", decimals=decimals), self._difference(x, before), adds_up=adds_up)
            if not is_share:
                if adds_up:
                    table.growths[len(table.headings)] = len(table.headings) - 1, _plain(self._array(before))
                growth: str = word_of(f"{key} growth", language)
                if apart:
                    growth = word.reported_growth(language).format(name=name(language), growth=growth)
                table.add(Heading(growth, "growth"), _growth(self._array(x), self._array(before)))

    def _add_scores(self) -> None:
        """Add the scores, with how many points they are above those before where there are no values to compare."""
        language = self.language
        is_value = isinstance(self.node, Indicator)
        self.table.add(Heading(word.score(language), "score", strong=not is_value), self._column(self.result.node_scores))
        for key, places, rows in () if is_value else self._compared():
            before = np.where(rows, taken(self.result.values, places), np.nan)
            title = with_measure(word_of(f"{key} more", language), word.score_points(language), language)
            self.table.add(Heading(title, "signed"), self._difference(self.result.values, before))

    def _add_ranks(self) -> None:
        """Add the ranks, with the places risen since before."""
        self.table.add(Heading(place_word(self.scores, self.language), "rank"), self._column(self.result.ranks))
        for key, places, rows in self._compared():
            before = np.where(rows, taken(self.result.ranks, places), np.nan)
            heading = Heading(word_of(f"{key} places", self.language), "move")
            self.table.add(heading, self._difference(before, self.result.ranks))

    def _add_published(self) -> None:
        """Add what was published at the time, and by how much it has been revised, where something was."""
        lines = dict(zip(self.result.rows, self.result.published, strict=True))
        shown = [lines[row] for row in self.rows]
        if not any(shown):
            return
        then = np.array([float(one.score) if one and one.score else np.nan for one in shown])
        self.table.add(Heading(word.as_published(self.language), "score"), _plain(then))
        self.table.add(Heading(word.revised(self.language), "revision"), _plain(self._array(self.result.node_scores) - then))

    def _compared(self) -> list[tuple[str, list[int], Any]]:
        """Return the comparisons: the key of each, each period's earlier one by its place, and for which kinds it is made."""
        last, year = earlier(self.scores)
        kinds = [kind_of(self.scores, period) for period in self.scores.periods]
        yearly = np.array([kind in YEARS for kind in kinds])[:, None]
        every = (
            ("period on period", last, ~yearly),
            ("year on year", year, ~yearly),
            ("on the year before", last, yearly),
        )
        return [one for one in every if any(one[1][period] >= 0 and one[2][period, 0] for period, _ in self.rows)]

    def _array(self, array: Array) -> Array:
        return np.array([array[row] for row in self.rows], dtype=float)

    def _column(self, array: Array) -> list[Value]:
        return _plain(self._array(array))

    def _difference(self, one: Array, other: Array) -> list[Value]:
        return _plain(self._array(one) - self._array(other))


def _growth(now: Array, then: Array) -> list[Value]:
    """Return the growth in per cent; none where it was 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return _plain(np.where(then == 0, np.nan, 100.0 * (now - then) / np.abs(then)))


def _plain(x: Any) -> list[Value]:
    at: Sequence[int] = range(len(x))
    return values_of(x, at)
