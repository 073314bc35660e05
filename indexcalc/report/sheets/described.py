"""Sheets of what the values of indicators are like, and how their scores go with those beside and above them."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.describe import Description, Profile
from ...scores import Scores
from ...words.reports import word
from ..numbers import finite, listed
from .alone import unit_label
from .sheet import Heading, Sheet, Value

MOST_NAMED = 5  # units that stand apart, by name


def values_sheet(result: Description, language: str) -> Sheet:
    """Return a row an indicator: counts, quartiles, mean, spread, skewness and kurtosis, and the units that stand apart."""
    scores = result.scores
    headings = (
        Heading(word.indicator(language), "text"),
        Heading(word.measure_column(language), "text"),
        Heading(word.values_there(language), "count"),
        Heading(word.missing(language), "count"),
        Heading(word.not_applicable(language), "count"),
        Heading(word.minimum(language), "value"),
        Heading(word.first_quartile(language), "value"),
        Heading(word.middle(language), "value"),
        Heading(word.third_quartile(language), "value"),
        Heading(word.maximum(language), "value"),
        Heading(word.mean(language), "value"),
        Heading(word.spread(language), "value"),
        Heading(word.skewness(language), "score"),
        Heading(word.kurtosis(language), "score"),
        Heading(word.share_of_equal_values(language), "percent"),
        Heading(word.stand_apart(language).format(label=unit_label(scores, language)), "text"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in result.profiles:
        leaf = scores.index.leaves[scores.node(one.indicator)]
        numbers = (one.minimum, one.first_quartile, one.median, one.third_quartile, one.maximum, one.mean, one.deviation)
        rows.append(
            (
                leaf.title(language),
                leaf.measure_in(language),
                one.count,
                one.missing,
                one.inapplicable,
                *map(finite, numbers),
                finite(one.skewness),
                finite(one.kurtosis),
                finite(one.same),
                _apart(scores, one, language),
            )
        )
    treated = [leaf_title(scores, one.indicator, language) for one in result.profiles if one.calls_for_treatment]
    said = [word.to_be_treated(language).format(indicators=listed(treated, language))] if treated else []
    return Sheet(word.indicator_profiles(language), headings, tuple(rows), notes=(*said, word.profiles_help(language)))


def beside_sheet(result: Description, language: str) -> Sheet:
    """Return a row an indicator: its correlation with the node above, and with the sibling that is closest and farthest."""
    scores = result.scores
    headings = (
        Heading(word.indicator(language), "text"),
        Heading(word.node_above(language), "text"),
        Heading(word.correlation_above(language), "score"),
        Heading(word.goes_with_most(language), "text"),
        Heading(word.correlation(language), "score"),
        Heading(word.goes_with_least(language), "text"),
        Heading(word.correlation(language), "score"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in result.profiles:
        place = scores.node(one.indicator)
        if place in scores.tree.monitored:
            continue
        ends = [
            (leaf_title(scores, end[0], language), finite(end[1])) if end else (None, None) for end in (one.closest, one.farthest)
        ]
        above = scores.tree.nodes[scores.tree.parents[place]].title(language)
        rows.append((leaf_title(scores, one.indicator, language), above, finite(one.parent), *ends[0], *ends[1]))
    return Sheet(word.indicators_together(language), headings, tuple(rows))


def leaf_title(scores: Scores, node: str, language: str) -> str:
    """Return the name of a node by its id."""
    return scores.tree.nodes[scores.node(node)].title(language)


def _apart(scores: Scores, one: Profile, language: str) -> str:
    """Name the outlying units, low ones after ↓ and high ones after ↑; of many the farthest."""
    return " ".join(f"{mark}{_named(scores, ids, language)}" for mark, ids in (("↓", one.low), ("↑", one.high)) if ids)


def _named(scores: Scores, ids: Sequence[str], language: str) -> str:
    units = scores.panel.units
    names = [units.title(units.ids.index(unit), language) for unit in ids[:MOST_NAMED]]
    said = listed(names, language)
    return said if len(ids) <= MOST_NAMED else word.and_more(language).format(units=said, count=len(ids))
