"""Sheets of how sure a ranking is and what it hangs on: draws, choices, nodes left out, weights in effect, correlations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...analysis.given import GivenWeights
from ...analysis.sensitivity import MOST_UNITS
from ...methods.arrays import np
from ...words.reports import word, word_of
from ..numbers import finite, listed
from .alone import unit_label
from .apart import decimals_apart
from .sheet import Heading, Kind, Sheet, Value
from .tables import in_rank_order, notes

if TYPE_CHECKING:
    from ...analysis.association import Flag, Group, Influence
    from ...analysis.sensitivity import Left, Sensitivity
    from ...analysis.uncertainty import Uncertainty
    from ...scores import Scores

_ON_THE_INDEX = ("weight in the index", "effect on the index")


def draws_sheet(
    result: Uncertainty, level: float, apart: float, top: int | None, language: str, quantiles: Sequence[float] = ()
) -> Sheet:
    """Return each unit's rank with what it was in the draws, and below who cannot be told from whom."""
    units, order = result.scores.panel.units, declared_order(result)
    interval, tied = result.interval(level), result.tied(apart)
    decimals, alike = decimals_apart(result.scores, *result.at, order, language)
    columns: list[tuple[Heading, list[Any]]] = [
        (Heading(word.rank(language), "rank"), [finite(result.places[unit]) for unit in order]),
        (Heading(unit_label(result.scores, language), "text"), units.titles(order, language)),
        (
            Heading(word.score(language), "score", strong=True, decimals=decimals),
            [finite(result.declared[unit]) for unit in order],
        ),
        (Heading(word.median_rank(language), "count"), [finite(result.quantile(0.5)[unit]) for unit in order]),
        (
            Heading(word.rank_interval(language).format(level=f"{level:.0%}"), "text"),
            [_range(interval[unit], language) for unit in order],
        ),
    ]
    for share in quantiles:
        heading = Heading(word.rank_quantile(language).format(share=f"{100 * share:g}%"), "count")
        columns.append((heading, [finite(rank) for rank in result.quantile(share)[order]]))
    if tied is not None:
        columns.append((Heading(word.tied_places(language), "text"), [_range(tied[unit], language) for unit in order]))
    if top is not None:
        columns.append(
            (Heading(word.in_the_top(language).format(k=top), "percent"), [float(result.top(top)[unit]) for unit in order])
        )
    columns += [
        (Heading(word.mean_score(language), "score"), [finite(result.means[unit]) for unit in order]),
        (Heading(word.spread(language), "score"), [finite(result.deviations[unit]) for unit in order]),
    ]
    if result.unranked.any():
        columns.append((Heading(word.without_a_rank(language), "percent"), [float(result.unranked[unit]) for unit in order]))
    rows: tuple[tuple[Value, ...], ...] = tuple(zip(*(values for _, values in columns), strict=True))
    places = [row[0] for row in rows]
    ties = frozenset(row for row, place in enumerate(places) if place is not None and places.count(place) > 1)
    told = word.given_sets if isinstance(result.inputs, GivenWeights) else word.drawn
    said = [told(language).format(draws=result.draws, seed=result.seed, inputs=uncertain(result.inputs.names, language))]
    for group in result.groups(apart):
        named = listed(units.titles(group, language), language)
        first, last = result.places[group[0]], result.places[group[-1]]
        said.append(word.not_told_apart(language).format(units=named, places=_range((first, last), language)))
    return Sheet(
        result.scores.tree.nodes[result.at[1]].title(language),
        tuple(heading for heading, _ in columns),
        rows,
        ties,
        result.scores.index.index.decimals,
        (*said, *alike, *notes(result.scores, language)),
    )


def places_sheet(result: Uncertainty, language: str) -> Sheet:
    """Return P(rank = k) of every unit, a column for each rank, the last for no rank."""
    units, order = result.scores.panel.units, declared_order(result)
    over = word.share_of_draws(language)
    names = [word.without_a_rank(language) if np.isnan(step) else f"{step:g}" for step in result.steps.tolist()]
    headings = (Heading(unit_label(result.scores, language), "text"), *(Heading(name, "percent", over=over) for name in names))
    rows = tuple((units.title(unit, language), *result.probabilities[unit].tolist()) for unit in order)
    return Sheet(word.places_of_units(language), headings, rows, notes=notes(result.scores, language))


def pairs_sheet(result: Uncertainty, language: str) -> Sheet | None:
    """Return P(row above column) of every two units; nothing where pairs were not compared."""
    if result.better is None:
        return None
    units, order = result.scores.panel.units, declared_order(result)
    names = units.titles(order, language)
    over = word.is_above(language)
    rows = tuple(
        (name, *(None if one == unit else float(result.better[unit, one]) for one in order))
        for name, unit in zip(names, order, strict=True)
    )
    headings = (Heading(unit_label(result.scores, language), "text"), *(Heading(name, "percent", over=over) for name in names))
    return Sheet(word.pairs_of_units(language), headings, rows, notes=notes(result.scores, language))


def declared_order(result: Uncertainty) -> list[int]:
    """Return the units from the best to the last as declared, those without a rank at the end."""
    order: list[int] = np.argsort(np.where(np.isnan(result.places), np.inf, result.places), kind="stable").tolist()
    there = set(result.scores.listed(result.at[0]))
    return [unit for unit in order if unit in there]


def uncertain(names: Sequence[str], language: str) -> str:
    """Name what is uncertain in few words: the weights by their number."""
    weights = sum(name.startswith("weights:") for name in names)
    parts = [word.weights_of_nodes(language).format(count=weights)] if weights else []
    parts += [word_of(name, language) for name in names if not name.startswith("weights:")]
    return listed(parts, language) or "–"


def indices_sheet(result: Sensitivity, language: str) -> Sheet:
    """Return the Sobol indices of the rank shift, the inputs that do most first."""
    indices = result.ranks
    order = sorted(range(len(result.inputs.names)), key=lambda row: -float(np.nan_to_num(indices.total[row, 0])))
    rows = [
        (
            _input(result.scores, result.inputs.names[row], language),
            finite(indices.first[row, 0]),
            _interval(indices.first_interval[row, 0]),
            finite(indices.total[row, 0]),
            _interval(indices.total_interval[row, 0]),
        )
        for row in order
    ]
    headings = (
        Heading(word.choice(language), "text"),
        Heading(word.by_itself(language), "percent"),
        Heading("95%", "code"),
        Heading(word.with_others(language), "percent"),
        Heading("95%", "code"),
    )
    said = [
        word.shift(language).format(
            shift=f"{result.shift:.2f}", draws=result.rows * (len(result.inputs.names) + 2), seed=result.seed
        )
    ]
    if result.units is None:
        said.append(
            word.too_many_for_their_own(language).format(
                count=len(result.scores.panel.units), most=MOST_UNITS, label=unit_label(result.scores, language)
            )
        )
    return Sheet(word.what_ranks_hang_on(language), headings, tuple(rows), notes=tuple(said))


def left_sheet(scores: Scores, left: Sequence[Left], language: str) -> Sheet:
    """Return what happens to the ranking without each node."""
    headings = (
        Heading(word.left_out(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.rank_correlation(language), "score"),
        Heading(word.mean_shift(language), "score"),
        Heading(word.largest_shift(language), "count"),
        Heading(unit_label(scores, language), "text"),
    )
    rows = [
        (
            *_named(scores, one.node, language),
            finite(one.correlation),
            one.shift,
            one.most,
            scores.panel.units.title(one.unit, language),
        )
        for one in left
    ]
    return Sheet(word.nodes_left_out(language), headings, tuple(rows), decimals=3)


def scores_without_sheet(scores: Scores, row: int, left: Sequence[Left], language: str) -> Sheet:
    """Return the index's scores and ranks without each node: a row for each node left out and unit."""
    order = in_rank_order(scores, row, scores.tree.root)
    headings = (
        Heading(word.left_out(language), "text"),
        Heading(word.id(language), "code"),
        Heading(unit_label(scores, language), "text"),
        Heading(word.score(language), "score"),
        Heading(word.rank(language), "rank"),
    )
    rows = [
        (
            *_named(scores, one.node, language),
            scores.panel.units.title(unit, language),
            finite(one.scores[unit]),
            finite(one.ranks[unit]),
        )
        for one in left
        for unit in order
    ]
    return Sheet(word.scores_without(language), headings, tuple(rows), decimals=scores.index.index.decimals)


def influence_sheet(scores: Scores, weighed: Influence, language: str, *, leaves: bool = True) -> Sheet:
    """Return each node's weight beside its effect, with or without the `leaves`; a note says where these are left out."""
    levels = _levels(scores, weighed.nodes)
    shown = [row for row in levels if leaves or scores.node(weighed.nodes[row]) >= scores.tree.leaves]
    kinds: dict[str, Kind] = {"node": "text", "id": "code"}
    headings = tuple(
        Heading(word_of(key, language), kinds.get(key, "percent"))
        for key in ("node", "id", "weight", "in effect", "linear effect", "main effect", *_ON_THE_INDEX)
    )
    columns = (
        weighed.nominal,
        weighed.importance,
        weighed.squared,
        weighed.main,
    )
    rows = [
        (
            *_named(scores, weighed.nodes[row], language),
            *(finite(column[row]) for column in columns),
            *(finite(column[row]) if weighed.effective[row] else None for column in (weighed.effective, weighed.main_index)),
        )
        for row in shown  # what is out of the index has no weight in it
    ]
    hidden = len(weighed.nodes) - len(shown)
    said = (word.without_indicators(language).format(count=hidden),) if hidden else ()
    return Sheet(word.weights_in_effect(language), headings, tuple(rows), notes=(*said, word.influence_help(language)))


def groups_sheet(scores: Scores, together: Sequence[Group], language: str) -> Sheet:
    """Return how the children of each node go together."""
    headings = (
        Heading(word.node(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.children(language), "count"),
        Heading(word.alpha(language), "score"),
        Heading(word.first_component(language), "percent"),
        Heading(word.largest_inflation(language), "score"),
        Heading(word.condition(language), "score"),
    )
    rows = [
        (
            *_named(scores, group.node, language),
            len(group.children),
            finite(group.alpha),
            finite(group.explained[0]),
            finite(np.nanmax(group.inflation, initial=-np.inf)),
            finite(group.condition),
        )
        for group in (together[at] for at in _levels(scores, [group.node for group in together]))
    ]
    return Sheet(word.groups(language), headings, tuple(rows), notes=(word.groups_help(language),))


def correlations_sheet(scores: Scores, together: Sequence[Group], language: str) -> Sheet:
    """Return the correlations of every two children of one node, Pearson's and Spearman's."""
    headings = (
        Heading(word.node(language), "text"),
        *(Heading(word_of(key, language), "text") for key in ("indicator", "other node")),
        Heading("Pearson", "score"),
        Heading("Spearman", "score"),
    )
    rows = [
        (
            titled(scores, group.node, language),
            titled(scores, group.children[one], language),
            titled(scores, group.children[other], language),
            finite(group.pearson[one, other]),
            finite(group.spearman[one, other]),
        )
        for group in together
        for one in range(len(group.children))
        for other in range(one + 1, len(group.children))
    ]
    return Sheet(word.correlation(language), headings, tuple(rows), decimals=3)


def flags_sheet(scores: Scores, pairs: Sequence[Flag], language: str) -> Sheet:
    """Return the correlations to look at."""
    headings = (
        Heading(word.what(language), "text"),
        Heading(word.node(language), "text", strong=True),
        Heading(word.other_node(language), "text", strong=True),
        Heading(word.correlation(language), "score"),
        Heading(word.id(language), "code"),
        Heading(word.other_id(language), "code"),
    )
    rows = [
        (
            word_of(pair.kind, language),
            *(_named(scores, node, language)[0] for node in (pair.one, pair.other)),
            finite(pair.correlation),
            pair.one,
            pair.other,
        )
        for pair in pairs
    ]
    return Sheet(word.pairs(language), headings, tuple(rows))


def _levels(scores: Scores, nodes: Sequence[str]) -> list[int]:
    """Return the places of nodes level by level from the top, and within a level in the order of the file."""
    file = {node: at for at, node in enumerate(scores.index.by_id)}
    depth = {node: scores.tree.depth(scores.node(node)) for node in nodes}
    return sorted(range(len(nodes)), key=lambda at: (depth[nodes[at]], file.get(nodes[at], len(file))))


def _named(scores: Scores, node: str, language: str) -> tuple[str, str]:
    """Return a node's name and its id."""
    return scores.tree.nodes[scores.node(node)].title(language), node


def titled(scores: Scores, node: str, language: str) -> str:
    """Return a node's name with its id, where these differ."""
    title = scores.tree.nodes[scores.node(node)].title(language)
    return title if title == node else f"{title} ({node})"


def _input(scores: Scores, name: str, language: str) -> str:
    if not name.startswith("weights:"):
        return word_of(name, language)
    return word.weights_below(language).format(node=titled(scores, name.removeprefix("weights:"), language))


def _interval(ends: Any) -> str:
    low, high = (finite(end) for end in ends)
    return "–" if low is None or high is None else f"{low * 100:.1f} … {high * 100:.1f}"


def _range(ends: Any, language: str) -> str:
    """Return two places as people write a range."""
    first, last = (word.none(language) if np.isnan(end) else f"{end:g}" for end in ends)
    return first if first == last else f"{first}–{last}" if language == "en" else f"{first}—{last}"
