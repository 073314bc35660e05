"""The sentences of a report: each stands where its rule has a value, and says numbers that the tables have.

Rules S1 to S13; none of them names a cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ...analysis.change import FACTORS
from ...analysis.warning import listed as listed_warnings
from ...methods.arrays import Array, np
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...scores import Scores
from ...tree.model import LEVELS, Index, Indicator
from ...words.paper import paper
from ...words.periods import period_title
from ...words.sentences import sentence
from ..numbers import listed, measured, number, percent, signed
from .alone import unit_label
from .analysed import Analysed
from .changes import factor_title
from .tables import adjusted_by, best_grade_left, in_rank_order, period_before

OPEN_RULES = ("S7", "S11", "S12")
"""The sentences of a unit that say no value."""
PUBLIC_RULES = ("S1", "S1b", "S1c", "S3", "S11")
"""The sentences of a period that everybody may read."""
MOST_NAMES = 3  # of units in a row
MOST_NEW = 5  # nodes of a changed tree that are named
MOST_QUARTERS = 4  # nodes in the first quarter, or the last, that are named
_METHODS = ("normalise", "aggregate", "impute", "treat", "missing", "formula")
MOST_MOVED = 12  # units whose moves are told one by one, the farthest first; of the others their number
MOST_ALONE = 5  # moves that have a sentence each; of more, those up are told in one and those down in another
NEXT = 3  # units that are named with their scores
_THIN = 0.5  # of a unit's weight: with values for less of it, its rank is that of what is missing


class Sentence(NamedTuple):
    """A sentence with the rule that it follows."""

    rule: str
    text: str


def headlines(shown: Analysed, language: str) -> list[Sentence]:
    """Return what a period's report says first: who leads, who moved, what cannot be told apart, the warnings, the data."""
    said = [
        *_spread(shown, language),
        *_leading(shown, language),
        *_thin(shown, language),
        *_moved(shown, language),
        *_ranks_moved(shown, language),
        *_not_apart(shown, language),
        *_warned(shown, language),
        *_data(shown, language),
        *_tree_changed(shown, language),
    ]
    return [Sentence(rule, text) for rule, text in said]


def dimension_sentence(shown: Analysed, node: int, language: str) -> str:
    """Return who leads a dimension, who is last, and which node below it spreads most (S5); nothing for one without scores."""
    scores, at = shown.scores, shown.at
    own = scores.scores[at, :, node]
    if np.isnan(own).all():
        return ""
    title = scores.tree.nodes[node].title(language)
    mean, ends = number(float(np.nanmean(own)), _decimals(scores)), _ends(scores, at, node, language)
    below = [child for child in scores.tree.below(node) if child not in scores.tree.monitored]
    spread = {child: _range(scores.scores[at, :, child]) for child in below}
    known = {child: size for child, size in spread.items() if not math.isnan(size)}
    if len(known) < 2:
        return sentence.dimension_alone(language).format(dimension=title, mean=mean, ends=ends)
    most = max(known, key=lambda child: known[child])
    return sentence.dimension(language).format(
        dimension=title,
        mean=mean,
        ends=ends,
        node=scores.tree.nodes[most].title(language),
        range=number(known[most], _decimals(scores)),
    )


def unit_sentences(shown: Analysed, unit: int, language: str) -> list[Sentence]:
    """Return what a unit's scorecard says.

    What was added or vetoed (S13), what moved its score (S7), its weak point (S6), where it stands high and low (S11), and what
    would turn it and a neighbour (S12).
    """
    said = [
        *(("S13", text) for text in _adjusted(shown, unit, language)),
        ("S7", _changed(shown, unit, language)),
        ("S6", _weak(shown, unit, language)),
        ("S11", _quarters(shown, unit, language)),
        *(("S12", text) for text in _turned(shown, unit, language)),
    ]
    return [Sentence(rule, text) for rule, text in said if text]


def _spread(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, at = shown.scores, shown.at
    own = scores.score()[at]
    known = own[np.isfinite(scores.rank()[at])]
    if len(known) < 2:
        return
    said = {
        "period": period_title(shown.period, language),
        "count": len(known),
        "label": unit_label(scores, language),
        "mean": number(float(known.mean()), _decimals(scores)),
    }
    high, low = float(known.max()), float(known.min())
    shown_alike = number(high, _decimals(scores)) == number(low, _decimals(scores))
    if shown_alike:
        yield "S1", sentence.alike(language).format(**said)
        return
    ranked = _with_rank(scores, at)
    ends = [names(scores, [unit for unit in ranked if own[unit] == end], language) for end in (high, low)]
    figures = {key: number(value, _decimals(scores)) for key, value in (("high", high), ("low", low), ("apart", high - low))}
    yield "S1", sentence.spread(language).format(**said, top=ends[0], last=ends[1], **figures)


def _with_rank(scores: Scores, at: int) -> list[int]:
    """Return the units that have a rank in the index, from the best to the last."""
    return [unit for unit in in_rank_order(scores, at, scores.tree.root) if np.isfinite(scores.rank()[at, unit])]


def _leading(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, at = shown.scores, shown.at
    order = _with_rank(scores, at)
    if len(order) < 2:
        return
    ranks = scores.rank()[at].tolist()
    first, *next_ones = (list(tied) for _, tied in groupby(order[: _whole_ties(ranks, order)], key=lambda unit: ranks[unit]))
    following = []
    for tied in next_ones:
        named = sentence.named_with_score if len(tied) == 1 else sentence.tied_with_score
        following.append(named(language).format(unit=names(scores, tied, language), score=_score(scores, at, tied[0])))
    spread = _score(scores, at, order[0]) != _score(scores, at, order[-1])  # S1 has named the first with their score
    said = sentence.following if following and spread else sentence.leading if following else sentence.leading_alone
    leading = said(language).format(
        first=names(scores, first, language),
        score=_score(scores, at, first[0]),
        next=listed(following, language),
        count=sum(map(len, next_ones)) if following and spread else len(first),
    )
    texts = [leading] if len(first) < len(order) else []  # where all share a place nobody leads
    for grade in scores.index.grades:
        if grade.from_ is not None:
            count = int(np.count_nonzero(scores.score()[at] >= grade.from_))
            if not count:
                continue
            said_of = {"label": unit_label(scores, language), "bound": f"{grade.from_:g}", "grade": grade.title(language)}
            texts.append(sentence.graded(language).format(count=count, **said_of))
            break
    if texts:
        yield "S1b", (" " if language == "en" else "").join(texts)


def _whole_ties(ranks: Sequence[float], order: Sequence[int]) -> int:
    """Return how many units are named as the first few: all that share the last one's rank are."""
    last = ranks[order[min(NEXT, len(order)) - 1]]
    return sum(ranks[unit] <= last for unit in order)


def is_thin(scores: Scores, at: int, unit: int) -> bool:
    """Say whether a unit is ranked by values for less than half of its weight."""
    return bool(np.isfinite(scores.rank()[at, unit]) and scores.covered(scores.tree.root)[at, unit] < _THIN)


def _thin(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, at = shown.scores, shown.at
    thin = [unit for unit in in_rank_order(scores, at, scores.tree.root) if is_thin(scores, at, unit)]
    covered = scores.covered(scores.tree.root)[at]
    said = sentence.with_coverage(language)
    named = [said.format(unit=scores.panel.units.title(unit, language), coverage=percent(covered[unit])) for unit in thin]
    if named:
        at_floor = any(branch.missing.policy == "floor" for branch in scores.tree.branches)
        floor = sentence.thin_at_floor(language) if at_floor else ""
        yield "S1c", sentence.thin(language).format(units=first_of(named, language), floor=floor)


def _moved(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, last = shown.scores, period_before(shown.scores, shown.period)
    if last is None:
        return
    now, then = scores.score()[shown.at], scores.score()[scores.periods.index(last)]
    both = np.isfinite(now) & np.isfinite(then)
    if both.sum() < 2:
        return
    moves = [float(number(float(one), _decimals(scores))) for one in (now - then)[both]]
    ways = (
        (sentence.risen, sum(one > 0 for one in moves)),
        (sentence.fallen, sum(one < 0 for one in moves)),
        (sentence.unmoved_too, sum(one == 0 for one in moves)),
    )
    first, *others = ((way(language), count) for way, count in ways if count)
    parts = [sentence.moved_so(language).format(count=first[1], label=unit_label(scores, language), way=first[0])]
    parts += [sentence.moved_too(language).format(count=count, way=way) for way, count in others]
    yield (
        "S2",
        sentence.moved(language).format(
            period=period_title(last, language),
            difference=_difference(float((now - then)[both].mean()), scores, language),
            parts=(", " if language == "en" else "，").join(parts),
        ),
    )


def _ranks_moved(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, last = shown.scores, period_before(shown.scores, shown.period)
    if last is None:
        return
    now, then = scores.rank()[shown.at], scores.rank()[scores.periods.index(last)]
    far, least = np.abs(np.nan_to_num(now - then)), scores.index.report.moved_at_least
    moved = [unit for unit in in_rank_order(scores, shown.at, scores.tree.root) if far[unit] >= least]
    if not moved and np.isfinite(now - then).sum() > 1:
        yield "S3", sentence.none_moved(language).format(label=unit_label(scores, language), places=least)
    told = sorted(moved, key=lambda unit: -float(far[unit]))[:MOST_MOVED]
    ways = ((sentence.rank_risen, sentence.ranks_risen, now < then), (sentence.rank_fallen, sentence.ranks_fallen, now > then))
    for alone, together, there in ways:
        said = alone if len(moved) <= MOST_ALONE else sentence.from_place
        texts = [
            said(language).format(unit=scores.panel.units.title(unit, language), before=f"{then[unit]:g}", after=f"{now[unit]:g}")
            for unit in told
            if there[unit]
        ]
        if texts and len(moved) > MOST_ALONE:
            texts = [together(language).format(units=listed(texts, language))]
        yield from (("S3", text) for text in texts)
    if (others := len(moved) - MOST_MOVED) > 0:
        more = sentence.others_moved(language)
        yield "S3", more.format(count=others, label=unit_label(scores, language), places=least)


def _not_apart(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    if shown.uncertainty is None or shown.uncertainty.above is None:
        return
    groups = shown.uncertainty.groups()
    for group in groups[:2]:
        yield "S4", sentence.not_apart(language).format(units=names(shown.scores, group, language, most=12), share="95%")
    if not groups:
        yield "S4", sentence.all_apart(language)


def _warned(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    if not shown.judged:
        return
    found = listed_warnings(shown.whole, shown.judged, shown.period, least="orange")
    red = [one for one in found if shown.judged[one.rule].level(one.at) == len(LEVELS)]
    if not found:
        yield "S8", sentence.none_red(language)
    elif not red:
        yield "S8", sentence.orange_alone(language).format(count=len(found))
    else:
        units = sorted({one.unit for one in red})
        text = sentence.warned(language).format(count=len(red), units=names(shown.scores, units, language))
        lasting = [one for one in red if int(shown.judged[one.rule].steps[one.at]) >= 0]
        steps = [shown.judged[one.rule].escalation[int(shown.judged[one.rule].steps[one.at])] for one in lasting]
        worst = max(steps, key=lambda step: step.after, default=None)
        if worst is not None and worst.after > 1:
            count = sum(step == worst for step in steps)
            text = f"{text}{' ' if language == 'en' else ''}" + sentence.lasting(language).format(
                count=count, periods=worst.after, step=worst.title(language)
            )
        yield "S8", text


def _data(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    scores, at, there = shown.scores, shown.at, shown.scores.listed(shown.at)
    status = scores.status[at][there]
    counts = [int(np.count_nonzero(status == one)) for one in (MISSING, NOT_APPLICABLE, IMPUTED)]
    if any(counts):
        said = {"missing": counts[0], "inapplicable": counts[1], "imputed": counts[2]}
        yield "S9", sentence.data(language).format(count=int(status.size), **said)
    without = [unit for unit in there if np.isnan(scores.rank()[at, unit])]
    if without:
        yield "S9", sentence.not_ranked(language).format(units=names(scores, without, language))
    if shown.odd and shown.unit is None:
        yield "S9b", sentence.odd(language).format(count=len(shown.odd))


def _adjusted(shown: Analysed, unit: int, language: str) -> Iterator[str]:
    """Say what each adjustment did to a unit, for how many events or for which reason (S13): why a grade is not the score's."""
    scores = shown.scores
    for at, item in enumerate(scores.index.adjustments):
        had, counts, points = adjusted_by(scores, shown.at, at)
        if not had[unit]:
            continue
        about = sentence.about(language).format(said=item.reason) if item.reason else ""
        if counts is not None:
            about = sentence.events(language).format(count=f"{counts[unit]:g}")
        effects = []
        if float(number(float(points[unit]), _decimals(scores))):
            root = item.node in (None, scores.index.index.id)
            node = sentence.whole_score(language) if root else scores.index.by_id[str(item.node)].title(language)
            shown_points = signed(float(points[unit]), _decimals(scores))
            effects.append(sentence.points_on(language).format(node=node, points=shown_points))
        if grade := best_grade_left(scores.index, item, language):
            effects.append(sentence.grade_at_best(language).format(grade=grade))
        if effects:
            yield sentence.adjusted(language).format(
                adjustment=item.title(language),
                about=about,
                effects=listed(effects, language),
            )


def _changed(shown: Analysed, unit: int, language: str) -> str:
    moves, scores = shown.change, shown.scores
    if moves is None or unit not in moves.at:
        return ""
    at = moves.at.index(unit)
    difference = float(moves.scores[1, at] - moves.scores[0, at])
    if math.isnan(difference):
        return ""
    said = {
        "period": period_title(moves.periods[0], language),
        "difference": _difference(difference, scores, language),
    }
    parts = {factor: float(moves.parts[factor][at]) for factor in FACTORS if factor in moves.parts}
    seen = {factor: part for factor, part in parts.items() if float(number(part, _decimals(scores)))}
    if not seen:
        return sentence.changed_alone(language).format(**said)
    one, part = next(iter(seen.items()))
    if len(seen) == 1 and number(part, _decimals(scores)) == number(difference, _decimals(scores)):
        factor = factor_title(moves, one, language)
        return sentence.changed_whole(language).format(**said, factor=f"{factor[:1].lower()}{factor[1:]}")
    told = [
        sentence.part(language).format(factor=factor_title(moves, factor, language), points=signed(part, _decimals(scores)))
        for factor, part in seen.items()
    ]
    return sentence.changed(language).format(**said, parts=listed(told, language))


def _weak(shown: Analysed, unit: int, language: str) -> str:
    if not shown.boards:
        return ""
    scores, boards = shown.scores, shown.boards[unit]
    leaves = scores.tree.leaves
    costs = [node for node in range(leaves) if boards.kinds[node] == "weak"]
    if not costs:
        return ""
    node = min(costs, key=lambda leaf: float(boards.points[leaf]))
    leaf, gain = scores.tree.nodes[node], -float(boards.points[node])
    assert isinstance(leaf, Indicator)
    values = scores.derived[shown.at, list(boards.group), node]
    places = float(boards.places[node])
    rank = float(scores.rank()[shown.at, unit]) + places
    place = sentence.to_place(language).format(rank=f"{rank:g}") if places else sentence.same_place(language)
    return sentence.weak_point(language).format(
        node=leaf.title(language),
        value=measured(float(scores.derived[shown.at, unit, node]), leaf.measure_in(language)),
        mean=measured(float(np.nanmean(values)), leaf.measure_in(language)),
        gain=number(gain, _decimals(scores)),
        place=place,
    )


def _quarters(shown: Analysed, unit: int, language: str) -> str:
    """Say in which dimensions and nodes right below them a unit is in the first or the last quarter (S11)."""
    scores, at = shown.scores, shown.at
    below = [child for node in shown.dimensions if node >= scores.tree.leaves for child in scores.tree.below(node)]
    nodes = [node for node in (*shown.dimensions, *below) if node not in scores.tree.monitored]
    parts = []
    for said, first in ((sentence.strong_in, True), (sentence.weak_in, False)):
        found = []
        for node in nodes:
            rank, ranked = float(scores.ranks[at, unit, node]), int(np.isfinite(scores.ranks[at, :, node]).sum())
            quarter = ranked // 4
            if quarter and (rank <= quarter if first else rank > ranked - quarter):
                found.append(
                    sentence.node_and_rank(language).format(node=scores.tree.nodes[node].title(language), rank=f"{rank:g}")
                )
        if found:
            parts.append(said(language).format(nodes=first_of(found, language, MOST_QUARTERS)))
    if not parts:
        return ""
    text = sentence.quarters(language).format(parts=sentence.between_parts(language).join(parts))
    return f"{text[:1].upper()}{text[1:]}" if language == "en" else text


def _turned(shown: Analysed, unit: int, language: str) -> Iterator[str]:
    """Say how far the dimensions' weights must move for a unit and a neighbour to change places (S12), where that is proved."""
    names_of = shown.scores.panel.units
    for turn in shown.turns:
        if turn.below is None or unit not in (turn.above, turn.below) or not (turn.verified and math.isfinite(turn.distance)):
            continue
        moved = number(100 * turn.distance, 1 if turn.distance >= 0.001 else 3)
        pair = {"above": names_of.title(turn.above, language), "below": names_of.title(turn.below, language)}
        yield sentence.turned(language).format(moved=moved, **pair)


def _tree_changed(shown: Analysed, language: str) -> Iterator[tuple[str, str]]:
    """Say what is new in the tree since the period before (S10); nothing for one that is the same."""
    last = period_before(shown.scores, shown.period)
    if last is None or not shown.whole.editions:
        return
    before, now = shown.whole.of_period(last).index, shown.scores.index
    if before is now:
        return
    both = [node for node in now.by_id if node in before.by_id]
    own = [[now.by_id[node].title(language) for node in now.by_id if node not in before.by_id]]
    own.append([before.by_id[node].title(language) for node in before.by_id if node not in now.by_id])
    weights = sum(vars(before.by_id[node]).get("weight") != vars(now.by_id[node]).get("weight") for node in both)
    methods = sum(any(_setting(before, node, key) != _setting(now, node, key) for key in _METHODS) for node in both)
    said = [
        *(sentence.nodes_added(language).format(nodes=first_of(own[0], language)) for _ in own[0][:1]),
        *(sentence.nodes_gone(language).format(nodes=first_of(own[1], language)) for _ in own[1][:1]),
        *(sentence.weights_changed(language).format(count=weights) for _ in range(min(weights, 1))),
        *(sentence.methods_changed(language).format(count=methods) for _ in range(min(methods, 1))),
    ]
    if said:
        yield "S10", sentence.tree_changed(language).format(period=period_title(last, language), parts=listed(said, language))


def first_of(titles: Sequence[str], language: str, most: int = MOST_NEW) -> str:
    """Return names of nodes in a row; of many the first, with the count of all."""
    row = listed(titles[:most], language)
    return sentence.several_nodes(language).format(names=row, count=len(titles)) if len(titles) > most else row


def _setting(index: Index, node: str, key: str) -> object:
    return vars(index.by_id[node]).get(key)


def names_ends(shown: Analysed, language: str, count: int) -> list[str]:
    """Return who is first and last, so many of each, as bulletins name them where they are asked to; nothing for few units."""
    scores, ranks = shown.scores, shown.scores.rank()[shown.at]
    order = [unit for unit in in_rank_order(scores, shown.at, scores.tree.root) if np.isfinite(ranks[unit])]
    if len(order) < 2 * count:
        return []
    first = [unit for unit in order if ranks[unit] <= ranks[order[count - 1]]]
    last = [unit for unit in order if ranks[unit] >= ranks[order[-count]]]
    if len(first) > count or len(last) > count:  # shared places cannot be cut in two
        return []
    ends = {"first": names(scores, first, language, most=count), "last": names(scores, last, language, most=count)}
    return [str(paper.ends(language).format(count=count, **ends))]


def names(scores: Scores, units: Sequence[int], language: str, *, most: int = MOST_NAMES) -> str:
    """Return units' names in a row; of many the first few, with the count of all."""
    titles = scores.panel.units.titles(units, language)
    if len(titles) <= most:
        return (
            str(sentence.and_last(language).format(names=listed(titles[:-1], language), last=titles[-1]))
            if len(titles) > 1
            else "".join(titles)
        )
    label = unit_label(scores, language)
    return str(
        sentence.several_units(language).format(
            names=listed(titles[:most], language), count=len(titles), label=label, labels=label
        )
    )


def _ends(scores: Scores, at: int, node: int, language: str) -> str:
    """Say which units are first and last at a node, with their scores; who is first alone where all share a place."""
    ranks = scores.ranks[at, :, node]
    if np.isnan(ranks).all():
        return ""
    wanted = dict.fromkeys((float(np.nanmin(ranks)), float(np.nanmax(ranks))))
    told = []
    for said, rank in zip((sentence.led_by, sentence.last_of), wanted, strict=False):
        units = np.flatnonzero(ranks == rank).tolist()
        score = number(float(scores.scores[at, units[0], node]), _decimals(scores))
        told.append(said(language).format(units=names(scores, units, language), score=score))
    return "".join(told)


def _difference(size: float, scores: Scores, language: str) -> str:
    shown = number(abs(size), _decimals(scores))
    if not float(shown):
        return sentence.unmoved(language)
    return (sentence.risen_by if size > 0 else sentence.fallen_by)(language).format(size=shown)


def _range(x: Array) -> float:
    known = x[~np.isnan(x)]
    return float(known.max() - known.min()) if len(known) > 1 else math.nan


def _score(scores: Scores, at: int, unit: int) -> str:
    return number(float(scores.score()[at, unit]), _decimals(scores))


def _decimals(scores: Scores) -> int:
    return scores.index.index.decimals
