"""Weights as people look at them: the tree with its weights, what stands beside what is suggested, which ranks move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isnan

from ...analysis.differences import Difference
from ...analysis.judgements import GroupJudgement
from ...analysis.weights import Moved, TreeWeights, WeightRow
from ...journal.history import Change
from ...methods import RECORDS
from ...tree.blocks.choices import ByGroup
from ...tree.kinds import written
from ...tree.model import Index
from ...tree.terms import method_title, methods_title
from ...words.periods import period_title
from ...words.reports import word, word_of
from ..numbers import moment_title, number
from .alone import unit_label
from .apart import decimals_of
from .sheet import Heading, Kind, Sheet


def _headings(language: str, **kinds: Kind) -> tuple[Heading, ...]:
    """Return headings of some words, each with the kind of its column."""
    return tuple(Heading(word_of(key, language), kind) for key, kind in kinds.items())


def weights_sheet(weights: TreeWeights, language: str) -> Sheet:
    """Return the tree with declared and effective weights, indented by level."""
    headings = _headings(language, node="text", id="code", declared="score", share="score", effective="score", method="text")
    cells = tuple(
        (
            "  " * row.depth + row.title,
            row.id,
            _declared(weights, row.id) or row.declared or "–",
            percent(row.share),
            percent(row.effective),
            methods_title(row.method, language),
        )
        for row in weights.rows(language)
    )
    note = weights.index.index.remark(language)
    return Sheet(word.weights(language), headings, cells, notes=(note,) if note else ())


def _declared(weights: TreeWeights, node: str) -> str:
    """Return a weight that differs by groups of units as it is written, nothing for any other."""
    weight = vars(weights.index.by_id[node]).get("weight")
    return written(weight.written) if isinstance(weight, ByGroup) else ""


def percent(value: float | None, *, signed: bool = False) -> str:
    """Return a share in per cent at two decimals, a dash where there is none.

    >>> percent(0.3), percent(None), percent(-0.015, signed=True)
    ('30.00%', '–', '-1.50')
    """
    if value is None or isnan(value):
        return "–"
    shown = number(value * 100, 2)
    return (f"+{shown}" if value > 0 else shown) if signed else f"{shown}%"


def moves_sheet(moved: Moved, language: str) -> Sheet:
    """Return the units whose ranks move, each with its score and rank before and after."""
    scores = moved.scores
    before_and_after = [([move.score[end] for move in moved.moves], [move.rank[end] for move in moved.moves]) for end in (0, 1)]
    decimals, said = decimals_of(before_and_after, scores.index.index.decimals, language)
    places = {unit: place for place, unit in enumerate(scores.panel.units.ids)}
    titles = _headings(language, score="text", score_difference="signed", rank="text", places="move")
    headings = (Heading(unit_label(scores, language), "text"), *titles)
    rows = tuple(
        (
            scores.panel.units.title(places[move.unit], language),
            _pair(move.score, decimals),
            _difference(*move.score),
            _pair(move.rank, None),
            _difference(*reversed(move.rank)),
        )
        for move in moved.moves
    )
    return Sheet(
        f"{word.rank_moves(language)} · {period_title(moved.period, language)}", headings, rows, decimals=decimals, notes=said
    )


def _difference(before: float | None, after: float | None) -> float | None:
    """Return what was added from one to the other, where there are both."""
    return None if before is None or after is None else after - before


def comparison_sheet(
    rows: Sequence[WeightRow], texts: Mapping[str, tuple[str, str]], total: int, titles: tuple[str, str], language: str
) -> Sheet:
    """Return weights beside those that would take their place, below the node that they are weighed at."""
    kinds: dict[str, Kind] = dict.fromkeys(titles, "score")
    headings = _headings(language, node="text", id="code", **kinds, difference="score")
    parents = {row.parent for row in rows if row.id in texts}
    cells = []
    for row in rows:
        if row.id in texts:
            was, now = texts[row.id]
            single = was and now and "{" not in was + now  # not by period
            moved = percent(_value(now, total) - _value(was, total), signed=True) if single else ""
            cells.append(("  " * row.depth + row.title, row.id, was or "–", now or "–", "" if moved == "0.00" else moved))
        elif row.id in parents:
            cells.append(("  " * row.depth + row.title, row.id, "", "", ""))
    return Sheet(word.weights(language), headings, tuple(cells))


def judgements_sheet(judged: GroupJudgement, language: str) -> Sheet:
    """Return what each expert's judgements come to, and those of all together where there are several."""
    names = judged.proposal.index.by_id
    headings = (
        Heading(word.expert(language), "text"),
        *(Heading(names[child].title(language), "score") for child in judged.experts[0].weights),
        Heading("λ_max", "score"),
        Heading("CR", "score"),
    )
    rows = tuple(
        (
            expert.name,
            *map(percent, expert.weights.values()),
            *("–" if isnan(value) else number(value, 3) for value in (expert.lambda_max, expert.cr)),
        )
        for expert in judged.experts
    )
    return Sheet("", headings, rows)


def differences_sheet(differing: Sequence[Difference], language: str) -> Sheet:
    """Return the differences of two trees."""
    headings = _headings(language, change="text", node="text", id="code", old="text", new="text", effective="text")
    alike = Counter((one.kind, one.old, one.new) for one in differing)
    rows = tuple(
        (
            word_of(f"change {one.kind}", language),
            one.title if count == 1 else word.so_many_nodes(language).format(count=count),
            one.node if count == 1 else "",
            _setting(one.old, language) or "–",
            _setting(one.new, language) or "–",
            "" if count > 1 or one.effective == (None, None) else f"{percent(one.effective[0])} → {percent(one.effective[1])}",
        )
        for one, count in _each_once(differing, alike)
    )
    return Sheet(word.trees_differ(language), headings, rows)


def _each_once(differing: Sequence[Difference], alike: Mapping[tuple[str, str, str], int]) -> Iterator[tuple[Difference, int]]:
    """Yield every difference with 1; a setting that differs alike at several nodes once, with how many these are."""
    seen = set()
    for one in differing:
        key = (one.kind, one.old, one.new)
        count = alike[key] if one.kind == "definition" else 1
        if count == 1 or key not in seen:
            yield one, count
        seen.add(key)


def _setting(text: str, language: str) -> str:
    """Return a setting of a node as people read it: a method by its own term."""
    key, _, value = text.partition(": ")
    if language == "en" or key not in RECORDS or not value:
        return text
    return word.key_and_text(language).format(key=word_of(key, language), text=method_title(value, language, key))


def history_sheet(changes: Sequence[Change], index: Index | None, language: str) -> Sheet:
    """Return the history of weights, the newest change first; an index says what its nodes are called."""
    titles = {} if index is None else {node.id: node.title(language) for node in index.by_id.values()}
    headings = _headings(
        language, edit="text", when="text", who="text", node="text", id="code", old="text", new="text", why="text"
    )
    edits = {after: number for number, after in enumerate(dict.fromkeys((one.before, one.after) for one in changes), start=1)}
    rows = tuple(
        (
            str(edits[one.before, one.after]),
            moment_title(one.when, language, bare=True),
            one.who,
            titles.get(one.node, one.node),
            one.node,
            one.old or "–",
            one.new or "–",
            one.why,
        )
        for one in reversed(changes)
    )
    return Sheet(word.weights(language), headings, rows)


def _value(text: str, total: int) -> float:
    """Return a weight as a share of what siblings add up to."""
    return float(Fraction("".join(text.split()))) / total


def _pair(pair: tuple[float | None, float | None], decimals: int | None) -> str:
    return " → ".join("–" if value is None else f"{value:g}" if decimals is None else number(value, decimals) for value in pair)
