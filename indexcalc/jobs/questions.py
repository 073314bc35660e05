"""Questions to scores in plain words: units and nodes by their names, periods as people write them.

Each function says what is meant, asks `analysis`, and returns its answer; what cannot be answered is refused, with the same
codes as on the command line. Findings that refuse nothing go to `go_on`: to users of Python they are warnings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from ..findings import Finding, Language, Refused, errors
from ..periods import read_period
from ..report.sheets.tables import in_rank_order, kind_of
from ..scores import Scores
from ..tree.checks.limits import too_many_units
from ..tree.layout import rankings
from ..tree.model import FACTORS, LEVELS, Index, Level
from ..words.reports import word_of
from .names import asked_node, must_be_there, node_of, period_before, period_of, scores_then, unit_of
from .project import refuse, warn_in_python
from .sets import read_design, read_sets
from .uncertain import Words, alternatives_of

if TYPE_CHECKING:
    from ..analysis.alerts import Alerts
    from ..analysis.change import ScoreChange
    from ..analysis.compare import Comparison
    from ..analysis.dependence import Dependence
    from ..analysis.describe import Description
    from ..analysis.explain import Explanation
    from ..analysis.levers import Effort
    from ..analysis.robustness import Robustness
    from ..analysis.target import Plan
    from ..analysis.trend import Trend
    from ..analysis.uncertainty import Uncertainty
    from ..analysis.versus import Versus
    from ..journal.history import Change
    from ..journal.published import Published

    GoOn = Callable[[Sequence[Finding]], None]
    Progress = Callable[[int, int], None]

MOST_UNITS = 300  # whose moves are split where neither a unit nor all are asked for
MOST_PAIRS = 100  # neighbours that are asked about where neither a unit nor all are


def go_on(found: Sequence[Finding]) -> None:
    """Refuse when there is an error among some findings; otherwise tell what there is as warnings of Python."""
    if errors(found):
        raise Refused(found)
    warn_in_python(found)


def explain(
    scores: Scores,
    unit: str,
    *,
    period: str | None = None,
    node: str | None = None,
    vs: str | None = None,
    depth: int = 0,
    history: Sequence[Change] = (),
) -> Explanation | Versus:
    """Walk a unit's score down to the reported cells and their addresses, from the index or a node so many levels deep.

    With `vs` the unit is set beside another one, the mean of its `group`, or the `best`. `history` are changes of weights to
    be shown where they were made.
    """
    from ..analysis.explain import explain as walk_down
    from ..analysis.versus import best_of, boards, group_of, versus

    place, row = unit_of(scores, unit), scores.periods.index(shown := period_of(scores, period))
    must_be_there(scores, place, shown)
    scores, start = scores_then(scores, shown, node)
    group = group_of(scores, place)
    if vs is None:
        return walk_down(scores, row, place, start, boards(scores, row, place, group), depth=depth, history=history)
    if vs == "group":
        return versus(scores, row, place, group, node=start, depth=depth, boards=boards(scores, row, place, group))
    other = best_of(scores, row, place) if vs == "best" else unit_of(scores, vs)
    must_be_there(scores, other, shown)
    return versus(scores, row, place, [other], node=start, depth=depth)


def change(
    scores: Scores,
    unit: str | None = None,
    *,
    from_: str | None = None,
    to: str | None = None,
    earlier: Scores | None = None,
    every: bool = False,
) -> ScoreChange:
    """Split the change of scores and ranks from a period to another by what moved them; of one unit by its indicators too.

    Without periods it is that from the period before the newest one. `earlier` are the scores of the earlier period where
    these were made by another tree. Of many units the first few hundred are split unless `every` is asked for.
    """
    from ..analysis.change import change as split
    from ..analysis.past import come_and_gone

    old = scores if earlier is None else earlier
    after = period_of(scores, to)
    before = period_before(old, after) if from_ is None else period_of(old, from_)
    if earlier is None:
        _must_be_two(scores, before, after)
    _must_be_alike(old, scores, before, after)
    old, scores = _in_units(old, scores, before, after)
    if unit is None:
        come = set(come_and_gone(old, scores, before, after)[0])
        wanted = [one for one in _first_units(scores, after, every=every) if scores.panel.units.ids.index(one) not in come]
    else:
        wanted = [_unit_of_either(old, scores, unit)]
        _must_have_both(old, scores, before, after, wanted[0])
    return split(old.of_period(before), scores.of_period(after), before, after, units=wanted, by_indicator=unit is not None)


def compare(
    scores: Scores,
    one: Scores | str,
    other: str | None = None,
    *,
    period: str | None = None,
    names: tuple[str, str] | None = None,
    every: bool = False,
) -> Comparison:
    """Set two scorings beside each other, or two periods or two methods of one.

    `compare(before, after)`, `compare(scores, "2021", "2022")`, or `compare(scores, "arithmetic", "geometric")`. Two scorings
    go by their `names` where they are of one period. Of many units the first few hundred are split unless `every` is asked for.
    """
    from ..analysis.compare import compare as set_beside
    from ..analysis.compare import room_of
    from ..analysis.past import come_and_gone

    if isinstance(one, Scores):
        earlier, later = scores, one
        before, after = period_of(earlier, period), period_of(later, period)
    elif other is None:
        raise TypeError("compare two scorings, or two periods or methods of one")
    elif (room := room_of(one, other)) is not None:
        earlier, later = _by_methods(scores.of_period(period_of(scores, period)), room, one, other)
        before = after = period_of(later, period)
        names = one, other
    else:
        earlier = later = scores
        for name in (one, other):
            if all(read_period(name, kind) is None for kind in scores.index.periods.kinds):
                refuse("IC781", one=one, other=other)
        before, after = period_of(scores, one), period_of(scores, other)
        _must_be_two(scores, before, after)
        names = one, other
    _must_be_alike(earlier, later, before, after)
    named = names if before == after else None
    earlier, later = _in_units(earlier, later, before, after)
    come, gone = come_and_gone(earlier, later, before, after)
    units = later.panel.units
    some = earlier.there is not None or (len(units) > MOST_UNITS and not every)
    wanted = _first_units(later, after, every=every or len(units) <= MOST_UNITS) if some else None
    if wanted is not None and (come or gone or earlier.there is not None):
        wanted = [one for one in wanted if units.ids.index(one) not in come]
    return set_beside(earlier.of_period(before), later.of_period(after), before, after, names=named, units=wanted)


def describe(scores: Scores, *, period: str | None = None, node: str | None = None) -> Description:
    """Describe each indicator, or those below a node: its values, what stands apart, and what its scores go with.

    How many values there are and are missing, where they lie (quartiles, mean), how they lean (skewness, kurtosis), how many
    are equal, which units stand apart; correlations with the node above and those beside it, and the pairs that say the
    same or opposite things. Source: OECD/JRC Handbook 2008, p. 63, 84; COINr 1.1 `get_stats`, `get_corr_flags`.
    """
    from ..analysis.describe import describe as profile

    shown = period_of(scores, period)
    return profile(scores.of_period(shown), shown, asked_node(scores, node, shown))


def uncertainty(
    scores: Scores,
    *,
    period: str | None = None,
    node: str | None = None,
    draws: int = 1000,
    seed: int = 0,
    sets: str | Path | None = None,
    progress: Progress | None = None,
    go_on: GoOn = go_on,
    **words: Unpack[Words],
) -> Uncertainty:
    """Draw what could have been chosen otherwise and say how sure each rank is.

    What is uncertain stands in the tree, or is said in its place: `weights` as dirichlet, dirichlet:50 or perturb:0.25, methods
    to draw from by their names (`normalise`, `aggregate`, `treat`, `impute`), `noise` as a share of the indicators' spread.
    With `sets`, a CSV file with a column a node and a row a set of weights, each set is a draw, and nothing else is uncertain.
    """
    from ..analysis.alternatives import Inputs
    from ..analysis.uncertainty import uncertainty as draw

    _must_rank_all(scores, "uncertainty")
    shown = period_of(scores, period)
    wanted, scores = asked_node(scores, node, shown), scores.of_period(shown)
    alternatives = alternatives_of(scores.index, go_on, words)
    go_on(list(too_many_units(scores.index, scores.panel.units, len(scores.periods), alternatives)))
    given = None
    if sets is not None:
        _must_be_alone(words)
        given = read_sets(scores.index, Path(sets))
    elif not Inputs(scores.index, alternatives).names and all(not getattr(alternatives, factor) for factor in FACTORS):
        refuse("IC752")
    result = draw(scores, alternatives, period=shown, node=wanted, draws=draws, seed=seed, progress=progress, sets=given)
    go_on(result.findings)
    return result


def sensitivity(
    scores: Scores,
    *,
    period: str | None = None,
    rows: int = 1024,
    seed: int = 0,
    sets: str | Path | None = None,
    progress: Progress | None = None,
    go_on: GoOn = go_on,
    **words: Unpack[Words],
) -> Dependence:
    """Say what a ranking hangs on: choices, nodes, weights in effect, and how indicators go together.

    What is uncertain is said as for `uncertainty`; `rows` are those of each of the two samples, a power of 2. With `sets`, a
    CSV file of sets of weights in the order of Saltelli's design, these are scored in place of draws.
    """
    from ..analysis.dependence import dependence

    _must_rank_all(scores, "sensitivity")
    must_be_power_of_two(rows)
    scores = scores.of_period(shown := period_of(scores, period))
    alternatives = alternatives_of(scores.index, go_on, words)
    go_on(list(too_many_units(scores.index, scores.panel.units, len(scores.periods), alternatives)))
    design = None
    if sets is not None:
        _must_be_alone(words)
        design = read_design(scores.index, Path(sets))
    result = dependence(scores, alternatives, shown, rows=rows, seed=seed, design=design, progress=progress)
    go_on(result.choices.findings if result.choices else [])
    return result


def robustness(
    scores: Scores,
    unit: str | None = None,
    *,
    period: str | None = None,
    top: int | None = None,
    within: float | None = None,
    depth: int | None = None,
    every: bool = False,
    progress: Progress | None = None,
    go_on: GoOn = go_on,
) -> Robustness:
    """Find the smallest change of weights that turns the ranking, next to one unit or of all neighbours.

    `top` asks what takes units out of the top so many too, `within` bounds each weight to a share of itself, `depth` moves
    the weights of one level alone. Of many neighbours the first hundred are asked about unless `every` is asked for. `progress`
    is told how many of how many questions are answered.
    """
    from ..analysis.robustness import depth_of
    from ..analysis.robustness import robustness as search

    _must_rank_all(scores, "robustness")
    if any(branch.by_group for branch in scores.tree.branches):
        refuse("IC266", label=scores.index.units.label)
    wanted = None if unit is None else [unit_of(scores, unit)]
    scores = scores.of_period(shown := period_of(scores, period))
    row, levels = scores.periods.index(shown), depth_of(scores)
    if wanted is not None:
        must_be_there(scores, wanted[0], shown)
    if wanted is not None and math.isnan(scores.score()[row, wanted[0]]):
        refuse("IC785", unit=scores.panel.units.ids[wanted[0]], period=shown)
    if depth is not None and depth > levels:
        refuse("IC792", depth=depth, levels=levels)
    if wanted is None and not every and len(scores.panel.units) > MOST_PAIRS:
        wanted = in_rank_order(scores, row, scores.tree.root)[:MOST_PAIRS]
    cuts = None if depth is None else [depth]
    result = search(scores, row, top=top, within=within, units=wanted, levels=cuts, progress=progress)
    if not result.searched:
        tree = scores.tree
        comparing = [tree.nodes[one.position].id for one in tree.branches if one.compares or one.missing.policy == "floor"]
        refuse("IC786", nodes=comparing, label=scores.index.units.label)
    go_on(result.findings)
    return result


def target(
    scores: Scores,
    unit: str,
    *,
    rank: int | None = None,
    score: float | None = None,
    effort: Effort = "peers",
    costs: Mapping[str, float] | str | Path | None = None,
    period: str | None = None,
    language: Language = "zh",
    go_on: GoOn = go_on,
) -> Plan:
    """Plan the least effort that brings a unit to a rank or to a score.

    Effort is counted in the spread between units (`peers`), in what changes from period to period (`history`), or in `costs`
    by indicator: a mapping, or a CSV file of indicator and cost. A refusal names the unit in a `language`.
    """
    from ..analysis.levers import can_be_counted
    from ..analysis.target import target as plan_for
    from ..report.numbers import number
    from .costs import read_costs

    _must_rank_all(scores, "target")
    if (rank is None) == (score is None):
        raise ValueError("give either a rank or a score")
    place = unit_of(scores, unit)
    if isinstance(costs, str | Path):
        costs = read_costs(scores.index, Path(costs))
    shown, name = period_of(scores, period), scores.panel.units.title(place, language)
    row, scores = scores.periods.index(shown), scores.of_period(shown)
    must_be_there(scores, place, shown)
    known = scores.score()[row] == scores.score()[row]  # NaN is not
    if not known[place]:
        refuse("IC785", unit=name, period=shown)
    if rank is not None and not 1 <= rank <= known.sum():
        refuse("IC787", rank=rank, count=int(known.sum()), label=scores.index.units.label)
    if score is not None and not isfinite(score):
        refuse("IC791", score=str(score))
    if costs is None and effort == "history" and not can_be_counted(scores, row, effort):
        refuse("IC790", period=shown)
    plan = plan_for(scores, row, place, score=score, rank=rank, effort=effort, costs=costs)
    go_on(plan.findings)
    if not plan.reached:
        last = number(plan.scores[1], scores.index.index.decimals)
        refuse("IC788" if plan.exact else "IC814", unit=name, score=last, rank=f"{plan.ranks[1]:g}")
    return plan


def trend(
    scores: Scores,
    *,
    unit: str | None = None,
    node: str | None = None,
    period: str | None = None,
    published: Sequence[Published] = (),
) -> Trend:
    """Set a node's values, of one unit or of all in a period, beside the period before, a year before and what was published."""
    from ..analysis.trend import trend as follow

    start, place = _place_of(scores, node), None if unit is None else unit_of(scores, unit)
    row = scores.periods.index(shown := period_of(scores, period))
    if unit is None:
        asked_node(scores, node, shown)
    return follow(scores, start, unit=place, period=row, published=published, level=scores.level or "")


def warn(
    scores: Scores,
    *,
    period: str | None = None,
    least: Level = "red",
    node: str | None = None,
    unit: str | None = None,
    events: int = 3,
    go_on: GoOn = go_on,
) -> Alerts:
    """List warnings of a level and worse ones with why they stand, down to the cells or events behind them.

    Without a period they are those of the newest that is judged.
    """
    from ..analysis.alerts import alerts
    from ..analysis.warning import check_judged, newest_judged, warnings

    must_have_rules(scores.declared, scores.level)
    wanted = asked_node(scores, node)
    judged, tree = warnings(scores), scores.tree
    watched = {tree.nodes[place].id for one in judged for place in one.nodes}
    if wanted is not None and wanted not in watched:
        known = [tree.nodes[place].id for place in tree.reading_order if tree.nodes[place].id in watched]
        refuse("IC812", node=wanted, known=known[:20] + (["…"] if len(known) > 20 else []))
    go_on(check_judged(scores, judged))
    start = None if wanted is None else scores.node(wanted)
    place = None if unit is None else unit_of(scores, unit)
    shown = newest_judged(scores, judged) if period is None else period_of(scores, period)
    return alerts(scores, judged, shown, least=least, node=start, unit=place, events=events)


def must_have_rules(index: Index, level: str | None = None) -> None:
    """Refuse to look for warnings in a tree that has no rules, and a level of warnings where one of units is meant."""
    if index.warnings is None:
        refuse("IC811", file=index.place(()).file or index.index.id)
    colours = {text: colour for colour in LEVELS for text in (colour, word_of(colour, "zh")[0])}
    if level in colours and not index.units.level:
        refuse(
            "IC813", label=index.units.label, level=colours[level], level_zh=f"{word_of(colours[level], 'zh')} {colours[level]}"
        )


def must_be_power_of_two(rows: int) -> None:
    """Refuse samples that are no power of 2, naming the next that is."""
    if rows & (rows - 1):
        refuse("IC759", rows=rows, near=1 << rows.bit_length())


def _must_be_alone(words: Words) -> None:
    """Refuse options that say what is uncertain beside sets of weights, which stand in place of all draws."""
    if said := [key for key, value in words.items() if value]:
        refuse("IC884", options=said)


def _must_rank_all(scores: Scores, command: str) -> None:
    """Refuse a question about one ranking of all units by scores where groups are ranked alone, or by other nodes first."""
    if not scores.index.ranking.overall:
        refuse("IC136", command=command, label=scores.index.units.label)
    if any(ranking.then for ranking in rankings(scores.index).values()):
        refuse("IC140", command=command)


def _place_of(scores: Scores, node: str | None) -> int:
    """Return the place of the node that is asked for, that of the index without one."""
    return scores.tree.root if node is None else scores.node(node_of(scores.index, node))


def _must_be_alike(earlier: Scores, later: Scores, before: str, after: str) -> None:
    """Refuse two periods of different kinds."""
    if kind_of(earlier, before) != kind_of(later, after):
        refuse("IC780", before=before, after=after)


def _must_be_two(scores: Scores, before: str, after: str) -> None:
    """Refuse the same period twice."""
    if before == after:
        refuse("IC531", period=after, known=[one for one in scores.periods if one != after])


def _in_units(earlier: Scores, later: Scores, before: str, after: str) -> tuple[Scores, Scores]:
    """Return two states with the units of the later one, where both are of one scoring."""
    from ..analysis.past import in_one_place

    return in_one_place(later, before, after) if earlier is later else (earlier, later)


def _must_have_both(earlier: Scores, later: Scores, before: str, after: str, unit: str) -> None:
    """Refuse a unit that is not there in one of two states, and has no past there."""
    for scores, period in ((later, after), (earlier, before)):
        if unit in scores.panel.units.ids:
            must_be_there(scores, scores.panel.units.ids.index(unit), period)


def _first_units(scores: Scores, period: str, *, every: bool) -> list[str]:
    """Return the ids of all units from the best to the last, or of the first few hundred."""
    order = in_rank_order(scores, scores.periods.index(period), scores.tree.root)
    return [scores.panel.units.ids[at] for at in (order if every else order[:MOST_UNITS])]


def _unit_of_either(earlier: Scores, later: Scores, unit: str) -> str:
    """Return the id of a unit of the later scores, or of the earlier ones where the later do not know it."""
    names = later.origin.units if later.origin else None
    is_gone = earlier is not later and (names is None or names.find(unit) is None)
    scores = earlier if is_gone else later
    return scores.panel.units.ids[unit_of(scores, unit)]


def _by_methods(scores: Scores, room: str, one: str, other: str) -> tuple[Scores, Scores]:
    """Score with each of two methods wherever the tree uses either, or refuse."""
    from ..analysis.compare import with_method
    from ..engine import score

    made = []
    for taken, replaced in ((one, other), (other, one)):
        try:
            variant = with_method(scores.declared, room, replaced, taken)
        except ValueError as lacking:
            refuse("IC783", method=taken, parameter=str(lacking))
        if variant is None:
            refuse("IC782", one=one, other=other)
        made.append(score(variant, scores.reported or scores.panel, level=scores.level))
    if wrong := [found for each in made for found in errors(each.findings)]:
        raise Refused(wrong)
    return made[0], made[1]
