"""Changes of scores between two states: parts that add up over random trees, and parts worked out by hand."""

from __future__ import annotations

import dataclasses
import doctest
import math

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

from indexcalc.analysis import change as change_module
from indexcalc.analysis.change import Change, change
from indexcalc.engine import score
from indexcalc.methods.aggregate import COMPARES_UNITS
from indexcalc.panel import Panel
from indexcalc.scores import Scores
from indexcalc.spec import Index

from .conftest import index_of
from .test_engine import SEEDS, Trees, random_panel

NAN = math.nan
WEIGHTS = ["equal", "entropy", "critic", "std", "{method: cv, over: all}", "{method: entropy, over: group}", "bod", "pca"]
AGAIN = ["{method: min-max, low: 10}", "{method: z-score, over: all}", "{method: percentile, over: group}", "rank"]


class Mixed(Trees):
    """Trees of every registered method: aggregators that compare units, computed weights, nodes compared again, turned, rounded."""

    def inner(self, children: list[str]) -> dict[str, object]:  # type: ignore[override]
        found = super().inner(children)
        chance, chosen = self.random.random, self.random.choice
        if "formula" not in found and chance() < 0.2:
            found["aggregate"] = chosen(sorted(COMPARES_UNITS))
        if "formula" not in found and chance() < 0.3:
            found["weights"] = chosen(WEIGHTS)
        if chance() < 0.15:
            found["normalise"] = chosen(AGAIN)
        if chance() < 0.15:
            found["round"] = chosen(["1", "{decimals: 0, how: up}"])
        return found

    def node(self, levels: int) -> dict[str, object]:
        found = super().node(levels)
        if "indicators" in found and self.random.random() < 0.15:
            found["direction"] = "lower"
        return found

    def text(self) -> str:
        text = super().text()
        if self.random.random() < 0.5:
            text += "adjustments:\n  - {id: bonus, each: 2, cap: 5, source: v}\n  - {id: veto, veto: {ceiling: 60}, source: v}\n"
            text += "  - {id: climbed, rank_move: 0.5}\n" if self.random.random() < 0.5 else ""
        return text


def with_events(index: Index, made: Panel, seed: int) -> Panel:
    """Give a panel the columns of events that an index's adjustments count."""
    more = len(index.columns) - made.values.shape[-1]
    if not more:
        return made
    events = np.random.default_rng(seed).integers(0, 3, (*made.values.shape[:2], more)).astype(float)
    return dataclasses.replace(
        made,
        values=np.concatenate([made.values, events], axis=-1),
        status=np.concatenate([made.status, np.zeros(events.shape, np.uint8)], axis=-1),
        columns=tuple(column.id for column in index.columns),
    )


def _note(text):
    try:
        note(text)
    except Exception:
        pass


def random_scores(seed: int, data: int, *, units: int = 6, periods: int = 3) -> Scores:
    text = Mixed(seed).text()
    _note(text)
    index = index_of(text)
    return score(index, with_events(index, random_panel(index, data, units=units, periods=periods), data))


def adds_up(found: Change) -> None:
    for parts, ends in ((found.parts, found.scores), (found.rank_parts, found.ranks)):
        total = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(found.at))
        moved = ends[1] - ends[0]
        there = ~np.isnan(moved)
        room = 1e-9 * (1 + np.abs(ends).max(axis=0))
        assert (np.abs(total - moved) <= room)[there].all(), (total, moved)
    if found.indicators is not None:
        own = found.parts["own"]
        total = np.sum(list(found.indicators.values()), axis=0) if found.indicators else np.zeros(len(found.at))
        np.testing.assert_allclose(
            total[there], own[there], rtol=1e-9, atol=1e-9 * (1 + np.nanmax(np.abs(found.scores), initial=0))
        )


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(change_module).failed == 0


@given(seed=SEEDS)
def test_parts_add_up_between_two_periods_of_one_tree(seed: int) -> None:
    found = random_scores(seed, seed)
    adds_up(change(found, found, found.periods[0], found.periods[1], by_indicator=True))


@given(seed=SEEDS, other=st.integers(0, 40))
def test_parts_add_up_between_two_trees(seed: int, other: int) -> None:
    """Two trees at random share some ids, of leaves here and inner nodes there: everything has changed at once."""
    one, two = random_scores(seed, seed), random_scores(other, seed + 1)
    adds_up(change(one, two, one.periods[0], two.periods[2]))
