"""Sheets of what moved and why: weak points, changes by factor and by indicator, comparisons of two rankings."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...analysis.change import ScoreChange
from ...analysis.compare import Comparison
from ...analysis.cuts import NORMS
from ...analysis.past import come_and_gone, regrouped
from ...analysis.robustness import Robustness
from ...analysis.target import Plan
from ...analysis.turns import Turn
from ...analysis.versus import Boards
from ...methods.arrays import np
from ...scores import Scores
from ...tree.terms import level_title, method_title
from ...words.agreement import several
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..numbers import finite, listed, measured, number
from .alone import unit_label
from .apart import decimals_of
from .sheet import Heading, Sheet, Value
from .tables import notes, notes_on_periods

MOST_NAMES = 20  # of units in a note
_PLACES = 1  # decimals of places that factors share


def boards_sheet(boards: Boards, language: str, *, short: bool, start: int) -> Sheet:
    """Return the indicators that are a unit's weak points, or its strengths, below a node, what costs or brings most first."""
    scores, tree = boards.scores, boards.scores.tree
    order = np.argsort(boards.points if short else -boards.points, kind="stable").tolist()
    kind = "weak" if short else "strength"
    worth = [node for node in order if node < tree.leaves and boards.kinds[node] == kind]
    shown = [node for node in worth if tree.is_within(node, start)]
    headings = (
        Heading((word.weak_points if short else word.strengths)(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.score(language), "score"),
        Heading(word.group_mean(language), "score"),
        Heading(word.against_the_mean(language), "signed"),
        Heading(word.places_gained(language), "move"),
    )
    rows = tuple(
        (
            tree.nodes[node].title(language),
            tree.nodes[node].id,
            finite(scores.scores[boards.period, boards.unit, node]),
            finite(boards.mean[node]),
            finite(boards.points[node]),
            finite(boards.places[node]),
        )
        for node in shown
    )
    said = (word.boards_help(language).format(label=unit_label(scores, language)),)
    return Sheet(headings[0].title, headings, rows, decimals=scores.index.index.decimals, notes=said)


def change_sheet(moves: ScoreChange, language: str, leading: Sequence[str] = ()) -> Sheet:
    """Return the moves of units in the order of their later ranks, each split by factor."""
    scores = moves.later
    order = np.lexsort((np.arange(len(moves.at)), moves.ranks[0], moves.ranks[1])).tolist()
    decimals, said = decimals_of(list(zip(moves.scores, moves.ranks, strict=True)), scores.index.index.decimals, language)
    headings = [
        Heading(unit_label(scores, language), "text"),
        *(
            Heading(state_title(period, language), "score", over=word.score(language), decimals=decimals, plain=period)
            for period in _periods(moves, language)
        ),
        Heading(word.score_difference(language), "signed", strong=True),
        *(Heading(factor_title(moves, factor, language), "signed") for factor in moves.parts),
        *_ranks_headings(_periods(moves, language), language),
        Heading(word.places(language), "move"),
        *([Heading(word.leading(language), "text")] if leading else []),
    ]
    rows = []
    for unit in order:
        first, last = (finite(score) for score in moves.scores[:, unit])
        row: list[Value] = [moves.units.title(moves.at[unit], language), first, last]
        row += [finite(moves.scores[1, unit] - moves.scores[0, unit]), *(finite(part[unit]) for part in moves.parts.values())]
        row += [finite(rank) for rank in moves.ranks[:, unit]]
        row.append(finite(moves.ranks[0, unit] - moves.ranks[1, unit]))
        if leading:
            row.append(factor_title(moves, leading[unit], language) if leading[unit] else "")
        rows.append(tuple(row))
    return Sheet(
        word.change(language),
        tuple(headings),
        tuple(rows),
        decimals=scores.index.index.decimals,
        notes=(*said, *notes_between(moves, language)),
    )


def without_score(moves: ScoreChange, names: tuple[str, str], lacking: tuple[Sequence[int], Sequence[int]], language: str) -> str:
    """Name the units without a score in either of two states (`lacking`: their places in the change); empty without any."""
    parts = [
        word.without_score_in(language).format(
            state=state_title(name, language), units=_named(moves.units.titles(places, language), language)
        )
        for name, places in zip(names, lacking, strict=True)
        if places
    ]
    return ("；" if language == "zh" else "; ").join(parts)


def _named(names: Sequence[str], language: str) -> str:
    """Return names in a row; of very many the first, with the count of all."""
    shown = listed(names[:MOST_NAMES], language)
    return shown if len(names) <= MOST_NAMES else several(names[:MOST_NAMES], len(names)).spoken(language)


def notes_between(moves: ScoreChange, language: str) -> tuple[str, ...]:
    """Return what must stand under the moves between two scorings, of one period or of two."""
    one, other = moves.periods
    several = one != other and other in moves.later.periods  # not two names of one period's scores
    if not several:
        return notes(moves.later, language)
    return (*_of_the_units(moves, language), *notes_on_periods(moves.later, language))


def _of_the_units(moves: ScoreChange, language: str) -> tuple[str, ...]:
    """Say which units were merged or renamed between two periods, and which have come or gone."""
    earlier, later, (before, after), units = moves.earlier, moves.later, moves.periods, moves.later.panel.units
    pairs = [
        f"{units.title(unit, language)} = {' + '.join(units.title(old, language) for old in parts)}"
        for unit, parts in regrouped(earlier, later, before, after).items()
    ]
    come, gone = come_and_gone(earlier, later, before, after)
    said = {"before": period_title(before, language), "after": period_title(after, language)}
    named = {key: _named(units.titles(own, language), language) for key, own in (("come", come), ("gone", gone))}
    label = unit_label(later, language)
    return (
        *([word.in_later_units(language).format(**said, units=listed(pairs, language), label=label)] if pairs else ()),
        *([word.units_come(language).format(**said, units=named["come"])] if come else ()),
        *([word.units_gone(language).format(**said, units=named["gone"])] if gone else ()),
    )


def _periods(moves: ScoreChange, language: str) -> tuple[str, str]:
    one, other = moves.periods
    return (one, other) if one != other else (word.earlier(language), word.later(language))


def state_title(state: str, language: str) -> str:
    """Return the title of a state that is compared: of a period or a method, or its own name.

    >>> state_title("2022Q4", "en"), state_title("old.yaml", "zh")
    ('2022Q4', 'old.yaml')
    """
    return method_title(period_title(state, language), language)


def _ranks_headings(states: tuple[str, str], language: str) -> tuple[Heading, ...]:
    """Return the headings of the ranks in two states, which name these; in CSV they are numbered."""
    return tuple(
        Heading(word.rank_in(language).format(state=state_title(state, language)), "count", plain=f"{word.rank(language)}{mark}")
        for state, mark in zip(states, ("₀", "₁"), strict=True)
    )


def factor_title(moves: ScoreChange, factor: str, language: str) -> str:
    """Return what a factor of a change is called."""
    return word_of(f"factor {factor}", language).format(label=unit_label(moves.later, language))


def factors_sheet(moves: ScoreChange, language: str) -> Sheet:
    """Return the change of the first unit by factor, in points and in places."""
    headings = (
        Heading(word.factor(language), "text"),
        Heading(word.score_difference(language), "signed"),
        Heading(word.places(language), "signed", decimals=_PLACES),
    )
    rows: list[tuple[Value, ...]] = [
        (factor_title(moves, factor, language), finite(part[0]), finite(-moves.rank_parts[factor][0]))
        for factor, part in moves.parts.items()
    ]
    score, rank = (np.diff(ends[:, 0])[0] for ends in (moves.scores, moves.ranks))
    rows.append((word.all(language), finite(score), finite(-rank)))
    said = (word.shared_places(language),)
    return Sheet(word.change(language), headings, tuple(rows), decimals=moves.later.index.index.decimals, notes=said)


def indicators_sheet(
    moves: ScoreChange, values: dict[str, tuple[Value, Value, str]], language: str, most: int | None = None
) -> Sheet:
    """Return the indicators that moved the first unit's score by its own data, the largest moves first, the rest in a sum.

    `values` are those of each in both states, and the unit of measurement that they are in.
    """
    headings = (
        Heading(factor_title(moves, "own", language), "text"),
        Heading(word.id(language), "code"),
        *(Heading(period_title(period, language), "value", plain=period) for period in _periods(moves, language)),
        Heading(word.value_measure(language), "text"),
        Heading(word.effect_in_points(language), "signed"),
    )
    parts = {leaf: float(part[0]) for leaf, part in (moves.indicators or {}).items()}
    order = sorted(  # of a unit that has lost its score all that changed are listed, without what each did
        (leaf for leaf, part in parts.items() if part), key=lambda leaf: (-abs(np.nan_to_num(parts[leaf])), leaf)
    )
    titles = {node.id: node.title(language) for node in moves.later.tree.nodes}
    rows: list[tuple[Value, ...]] = [
        (titles.get(leaf, leaf), leaf, *values.get(leaf, (None, None, "")), finite(parts[leaf])) for leaf in order
    ]
    if rest := rows[most:] if most is not None else []:
        known = [row[-1] for row in rest if isinstance(row[-1], float)]
        rows = [*rows[:most], (word.others(language).format(count=len(rest)), *[""] * 4, math.fsum(known) if known else None)]
    return Sheet(headings[0].title, headings, tuple(rows), decimals=moves.later.index.index.decimals)


def agreement_text(comparison: Comparison, language: str) -> str:
    """Say in a line how much two rankings agree."""
    shown = word.agreement(language).format(
        label=unit_label(comparison.change.later, language),
        count=comparison.count,
        spearman=f"{comparison.spearman:.3f}",
        kendall=f"{comparison.kendall:.3f}",
        moved=comparison.moved,
        shift=f"{comparison.shift:.2f}",
        most=f"{comparison.most:g}",
    )
    return shown.replace("nan", "–")


def turns_sheet(result: Robustness, language: str, *, top: bool = False) -> Sheet:
    """Return how far weights must move at each level to turn each pair of neighbours, or to take each unit out of the top."""
    scores, turns = result.scores, result.leaves_top if top else result.pairs
    levels = sorted({turn.level for turn in turns})
    title = word.leaves_top(language).format(top=result.top) if top else word.ahead(language)
    headings = [Heading(title, "text")]
    headings += [] if top else [Heading(word.behind(language), "text"), Heading(word.gap(language), "score")]
    for level in levels:
        over = level_title(level, language)
        headings += [Heading(_movement(over, norm, language), "count", over=over) for norm in NORMS]
    cells: dict[tuple[int, int | None], dict[tuple[int, str], Value]] = {}
    for turn in turns:
        cells.setdefault((turn.above, turn.below), {})[turn.level, turn.norm] = _distance(turn, language)
    rows = []
    units, score, rank = scores.panel.units, scores.score()[result.period], scores.rank()[result.period]
    for (above, below), row in cells.items():
        first: list[Value] = [f"{rank[above]:g} {units.title(above, language)}"]
        if below is not None and not top:
            first += [f"{rank[below]:g} {units.title(below, language)}", float(score[above] - score[below])]
        rows.append((*first, *(row.get((level, norm)) for level in levels for norm in NORMS)))
    return Sheet(
        word.robustness(language),
        tuple(headings),
        tuple(rows),
        decimals=scores.index.index.decimals,
        notes=() if top else (word.turns_help(language).format(label=unit_label(scores, language)), word.turns_marks(language)),
    )


def _movement(level: str, norm: str, language: str) -> str:
    """Return the heading of a movement of weights at a level, by the norm that measures it."""
    said = word_of(f"norm {norm}", language)
    return f"{level} {said}" if language == "en" else f"{level}{said}"


def _distance(turn: Turn, language: str) -> Value:
    """Return how far weights must move, in points: with its proved bound where it is not exact, None where no weights do it."""
    if turn.exact:
        return None if math.isnan(turn.distance) else _points(100 * turn.distance)
    found = "–" if math.isnan(turn.distance) else _points(100 * turn.distance)
    return f"≈{found}（≥{_points(100 * turn.bound)}）" if language == "zh" else f"≈{found} (≥{_points(100 * turn.bound)})"


def _points(points: float) -> str:
    """Return percentage points of weight with two decimals; `<0.01` where they would show as 0."""
    return "<0.01" if 0 < points < 0.005 else number(points, 2)


def turning_sheet(result: Robustness, turn: Turn, language: str) -> Sheet:
    """Return the weights that turn an order, those that move most first."""
    tree, places = result.scores.tree, result.scores.tree.position
    old = result.scores.effective_weights[result.period]
    headings = (
        Heading(word.turning_weights(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.old(language), "score"),
        Heading(word.new(language), "score"),
    )
    rows = tuple(
        (tree.nodes[places[node]].title(language), node, 100 * float(old[places[node]]), 100 * turn.weights[node])
        for node in _moved(result.scores, result.period, turn)
    )
    return Sheet(headings[0].title, headings, rows, decimals=3)


def turns_weights_sheet(result: Robustness, language: str) -> Sheet:
    """Return all the weights that turn orders, a row for each that moves: of which pair, at which level, by which norm."""
    scores, tree, units = result.scores, result.scores.tree, result.scores.panel.units
    old = scores.effective_weights[result.period]
    headings = (
        Heading(word.ahead(language), "text"),
        Heading(word.behind(language), "text"),
        Heading(word.depth(language), "count"),
        Heading(word.least_of(language), "text"),
        Heading(word.turning_weights(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.old(language), "score"),
        Heading(word.new(language), "score"),
    )
    rows = tuple(
        (
            units.title(turn.above, language),
            word.leaves_top(language).format(top=result.top) if turn.below is None else units.title(turn.below, language),
            turn.level,
            word_of(f"norm {turn.norm}", language),
            tree.nodes[tree.position[node]].title(language),
            node,
            100 * float(old[tree.position[node]]),
            100 * turn.weights[node],
        )
        for turn in (*result.pairs, *result.leaves_top)
        for node in _moved(scores, result.period, turn)
    )
    return Sheet(word.turning_weights(language), headings, rows, decimals=3, notes=notes(scores, language))


def _moved(scores: Scores, period: int, turn: Turn) -> list[str]:
    """Return the nodes whose weights move, those that move most first."""
    old, places = scores.effective_weights[period], scores.tree.position
    far = {node: abs(weight - old[places[node]]) for node, weight in turn.weights.items()}
    return sorted((node for node in far if far[node] > 1e-9), key=lambda node: (-far[node], places[node]))


def plan_ranks_sheet(plan: Plan, language: str) -> Sheet:
    """Return every unit's rank before a plan and with it."""
    scores = plan.start
    units, ranks = scores.panel.units, scores.rank()[plan.period]
    headings = (
        Heading(unit_label(scores, language), "text"),
        Heading(word.rank_now(language), "count"),
        Heading(word.rank_with_the_plan(language), "count"),
        Heading(word.places(language), "move"),
    )
    order = np.argsort(plan.others, kind="stable").tolist()
    rows = tuple(
        (units.title(unit, language), finite(ranks[unit]), finite(plan.others[unit]), finite(ranks[unit] - plan.others[unit]))
        for unit in order
    )
    return Sheet(word.ranking(language), headings, rows, notes=notes(scores, language))


def _proof(plan: Plan, language: str) -> str:
    """Say what is proved of a plan's effort: that it is the least, or how much of it can be saved at the most."""
    if not plan.steps:
        return word.plan_none(language)
    if plan.exact:
        return word.plan_least(language)
    if plan.bound <= 0:
        return word.plan_searched(language)
    saved = f"{plan.gap:.1%}" if plan.gap >= 0.0005 else "< 0.1%"
    return word.plan_bounded(language).format(bound=f"{plan.bound:.4g}", gap=saved)


def plan_sheet(plan: Plan, language: str) -> Sheet:
    """Return a plan: each indicator from its value to the one that is wanted, with its effort and what it brings."""
    scores, leaves = plan.start, plan.start.index.leaves
    headings = (
        Heading(word.target(language), "text"),
        Heading(word.id(language), "code"),
        Heading(word.value_now(language), "value"),
        Heading(word.goal(language), "value"),
        Heading(word.value_measure(language), "text"),
        Heading(word_of(f"effort measure {plan.counted}", language), "score"),
        Heading(word.effect_in_points(language), "signed"),
    )
    rows = [
        (
            leaves[step.leaf].title(language),
            leaves[step.leaf].id,
            step.old,
            step.new,
            leaves[step.leaf].measure_in(language),
            step.effort,
            step.points,
        )
        for step in plan.steps
    ]
    total = (word.all(language), "", "", "", "", plan.effort, plan.scores[1] - plan.scores[0])
    label = unit_label(scores, language)
    said = [
        word_of(f"effort help {plan.counted}", language).format(label=label),
        _proof(plan, language),
        word.plan_help(language).format(label=label),
    ]
    if plan.along:
        moved = [
            f"{leaves[one.leaf].title(language)} {measured(one.old)} → {measured(one.new, leaves[one.leaf].measure_in(language))}"
            for one in plan.along
        ]
        said.insert(1, word.plan_along(language).format(indicators=("；" if language == "zh" else "; ").join(moved)))
    units = scores.panel.units
    ranks = scores.rank()[plan.period]
    others = [
        f"{units.title(unit, language)} {ranks[unit]:g} → {plan.others[unit]:g}"
        for unit in range(len(units))
        if unit != plan.unit and not math.isnan(ranks[unit]) and ranks[unit] != plan.others[unit]
    ]
    if others:
        said.append(word.plan_moves(language).format(units="；".join(others) if language == "zh" else "; ".join(others)))
    return Sheet(
        word.target(language),
        headings,
        (*rows, total),
        decimals=scores.index.index.decimals,
        notes=(*said, *notes(scores, language)),
    )
