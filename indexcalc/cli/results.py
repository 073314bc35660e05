"""What commands print: each function returns a text for people and the same as data for `--json`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..findings import Language, nearest
from ..report.plain import finite
from ..tree.model import Dimension, Index, Indicator

if TYPE_CHECKING:
    from ..journal.history import Change
    from ..scores import Scores
    from ..sources import Matched
    from .answers import Answer

Result = tuple[str, Any]
MOST_ROWS = 300  # of a table of units on a terminal


def check_result(index: Index, matched: Matched, language: Language) -> Result:
    """Say what a checked project holds."""
    assert matched.units is not None
    inner = [node for _, node in index.walked if isinstance(node, Dimension)]
    counts = {
        "index": index.index.id,
        "dimensions": len(index.dimensions),
        "nodes": len(inner) - sum(isinstance(node, Dimension) for node in index.dimensions),
        "indicators": len(index.leaves),
        "units": len(matched.units.units),
        "periods": list(matched.periods),
        "values": sum(len(piece.values) for piece in matched.pieces),
        "files": len(matched.files),
    }
    names = (counts["dimensions"], counts["nodes"], counts["indicators"], counts["units"], len(matched.periods), counts["files"])
    if language == "en":
        text = "{}: {} dimensions, {} nodes below them, {} indicators, {} units, {} periods, {} files – no errors"
    else:
        text = "{}：{} 个维度、{} 个中间指标、{} 个末级指标、{} 个单元、{} 期、{} 个文件，没有错误"
    return text.format(index.index.title(language), *names), counts


def ranking_result(scores: Scores, period: str, node: str | None, language: Language, file: str = "--json") -> Result:
    """Return the ranking of the index or of a node; of many units the first few hundred, and that a file has all."""
    from ..report.formats.text import as_text
    from ..report.sheets.tables import dimension_sheet, in_rank_order, ranking_sheet, shortened

    at = scores.tree.root if node is None else scores.node(node)
    sheet = ranking_sheet(scores, period, language) if node is None else dimension_sheet(scores, period, at, language)
    units = ranked_units(scores, period, at, in_rank_order(scores, scores.periods.index(period), at), language)
    heading = f"{scores.tree.nodes[at].title(language)} · {period}"
    findings = findings_of(scores, language)
    return f"{heading}\n{as_text(shortened(sheet, MOST_ROWS, language, file), language)}", {
        "index": scores.index.index.id,
        "node": scores.tree.nodes[at].id,
        "period": period,
        "ranking": units,
        "findings": findings,
    }


def ranked_units(scores: Scores, period: str, at: int, units: Sequence[int], language: Language) -> list[dict[str, Any]]:
    """Return some units with their rank, score and coverage at a node, and their grade where it has grades."""
    row = scores.periods.index(period)
    ranks, own, covered = scores.ranks[row, :, at], scores.scores[row, :, at], scores.covered(at)[row]
    return [
        {
            "unit": scores.panel.units.ids[unit],
            "name": scores.panel.units.title(unit, language),
            "rank": finite(ranks[unit]),
            "score": finite(own[unit]),
            "coverage": finite(covered[unit]),
            **({"grade": scores.grade(row, unit, at, language)} if at in scores.grades else {}),
        }
        for unit in units
    ]


def findings_of(scores: Scores, language: Language) -> list[dict[str, Any]]:
    """Return what scoring found, as data."""
    return [found.as_dict(language) for found in scores.findings]


def moved_result(
    scores: Scores, period: str, earlier: Mapping[str, Sequence[float | None]] | None, language: Language
) -> tuple[list[str], list[dict[str, Any]]]:
    """Say which scores and ranks have moved since the report that stood there before."""
    from ..report.formats.text import aligned, number
    from ..words.reports import word

    if earlier is None:
        return [], []
    moves: list[dict[str, Any]] = []
    now = current_ranking(scores, period)
    for unit, (score, rank) in now.items():
        old_score, old_rank = earlier.get(unit, (None, None))
        if (score, rank) != (old_score, old_rank):
            moves.append({"unit": unit, "score": [old_score, score], "rank": [old_rank, rank]})
    if not moves:
        return ["", word("unmoved", language)], []
    decimals = scores.index.index.decimals
    names = {unit: scores.panel.units.title(at, language) for at, unit in enumerate(scores.panel.units.ids)}

    def show(value: float | None, places: int) -> str:
        return "–" if value is None else number(value, places)

    rows = [
        [
            names[str(move["unit"])],
            f"{show(move['score'][0], decimals)} → {show(move['score'][1], decimals)}",
            f"{show(move['rank'][0], 0)} → {show(move['rank'][1], 0)}" if move["rank"][0] != move["rank"][1] else "",
        ]
        for move in moves
    ]
    titles = ["", word("score", language), word("rank", language)]
    return ["", word("moved", language), aligned([titles, *rows], [True, True, True])], moves


def current_ranking(scores: Scores, period: str) -> dict[str, tuple[float | None, float | None]]:
    """Return each unit's score and rank in the index."""
    at = scores.periods.index(period)
    return {unit: (finite(scores.score()[at, i]), finite(scores.rank()[at, i])) for i, unit in enumerate(scores.panel.units.ids)}


def explain_answer(
    scores: Scores,
    period: str,
    unit: int,
    node: str | None,
    depth: int,
    language: Language,
    history: Sequence[Change] = (),
) -> Answer:
    """Walk a score down the tree: score, weight, contribution and rank of every node, raw value and address of every leaf.

    Below a node whose weight was changed stand the changes.
    """
    from ..analysis.contribution import Rows, contributions, effective
    from ..report.sheets.explained import explained_notes, explained_sheet
    from .answers import Answer

    at = scores.periods.index(period)
    shown = Rows(at, (unit,))
    own = contributions(scores, shown)
    points = effective(scores, own, shown)
    start = scores.tree.root if node is None else scores.node(node)

    def walk(position: int, level: int) -> dict[str, Any]:
        entry = explained(scores, at, unit, position, language)
        entry["contribution"] = finite(own[0, 0, position])
        entry["index_points"] = finite(points[0, 0, position])
        entry["history"] = [asdict(change) for change in history if change.node == entry["node"]]
        if depth == 0 or level < depth:
            entry["children"] = [walk(child, level + 1) for child in scores.tree.below(position)]
            entry |= from_below(scores, at, unit, entry["node"], language, 0 if depth == 0 else depth - level)
        return entry

    tree = walk(start, 0)
    lines = [f"{scores.panel.units.title(unit, language)} · {period}"]
    decimals = scores.index.index.decimals
    _explain_lines(tree, 0, decimals, len(scores.panel.units), language, lines)
    lines += explained_notes(scores, language)
    data = {"unit": scores.panel.units.ids[unit], "period": period, "tree": tree}
    return Answer("\n".join(lines), data, {"": explained_sheet(scores, tree, scores.panel.units.title(unit, language), language)})


def explained(scores: Scores, at: int, unit: int, position: int, language: Language) -> dict[str, Any]:
    """Return what is known of a unit's score of one node; of a leaf down to what was reported and where."""
    from ..analysis.contribution import weight_in_effect
    from ..words.statuses import STATUS_NAMES

    found = scores.tree.nodes[position]
    entry: dict[str, Any] = {
        "node": found.id,
        "name": found.title(language),
        "score": finite(scores.scores[at, unit, position]),
        "rank": finite(scores.ranks[at, unit, position]),
        "weight": finite(scores.sibling_weights[at, position]),
        "weight_in_effect": finite(weight_in_effect(scores, at, unit, position)),
        "coverage": finite(scores.covered(position)[at, unit]),
    }
    if not isinstance(found, Indicator):
        entry |= _beside_score(scores, at, unit, position, language)
    else:
        entry["status"] = STATUS_NAMES[language][int(scores.status[at, unit, position])]
        entry["value"] = finite(scores.derived[at, unit, position])
        entry["measure"] = found.measure
        entry["department"] = found.department
        entry["raw"] = raw_cells(scores, at, unit, found)
    return entry


def from_below(scores: Scores, at: int, unit: int, leaf: str, language: Language, depth: int) -> dict[str, Any]:
    """Return the scores below that a unit's score of a leaf is made of, level by level; nothing where it is made of values."""
    from ..analysis.contribution import of_parts
    from ..tree.levels import leaf_of

    below = scores.below
    if below is None or leaf not in below.leaves:
        return {}
    lower, made = below.scores, below.leaves[leaf]
    node, (added, share) = lower.node(made.node), of_parts(scores, leaf, at)
    own = leaf_of(below.index, made.node)
    parts = [
        {
            "unit": lower.panel.units.ids[part],
            "name": lower.panel.units.title(part, language),
            "score": finite(lower.scores[at, part, node]),
            "rank": finite(lower.ranks[at, part, node]),
            "units": len(lower.panel.units),
            "weight": finite(share[part]),
            "contribution": finite(added[part]),
        }
        | (from_below(lower, at, part, own, language, depth - 1 if depth else 0) if depth != 1 else {})
        for part in (below.units == unit).nonzero()[0].tolist()
    ]
    return {"level": next(iter(lower.panel.units.levels)), "node_below": made.node, "how": made.how, "parts": parts}


def raw_cells(scores: Scores, at: int, unit: int, leaf: Indicator) -> list[dict[str, Any]]:
    """Return what a unit reported for a leaf, column by column, with where it was written; nothing for scores from below."""
    if scores.made_of(scores.node(leaf.id)):
        return []
    return [
        {"column": name, "value": finite(scores.panel.values[at, unit, column]), "places": places}
        for name, column, places in _raw(scores, at, unit, leaf)
    ]


def _beside_score(scores: Scores, at: int, unit: int, position: int, language: Language) -> dict[str, Any]:
    """The grade of an inner node, the children that attain its score, and its adjustments, where it has such."""
    from ..report.sheets.tables import primary

    found: dict[str, Any] = {}
    if position in scores.grades:
        found["grade"] = scores.grade(at, unit, position, language)
    if names := primary(scores, at, unit, position, language):
        found["primary"] = names
    own = scores.tree.branches[position - scores.tree.leaves].adjustments
    adjustments = [
        {"id": item.id, "name": item.title(language), "points": finite(scores.points[at, unit, i]), "places": places}
        for i, item in ((i, scores.index.adjustments[i]) for i in own)
        if (places := _adjustment_places(scores, at, unit, item.id)) or scores.points[at, unit, i]
    ]
    return found | ({"adjustments": adjustments} if own else {})


def _adjustment_places(scores: Scores, at: int, unit: int, item: str) -> list[str]:
    """Where the events of an adjustment were written, where there were any."""
    panel = scores.panel
    column = panel.column.get(item)
    if column is None or not panel.values[at, unit, column] > 0:
        return []
    return [str(place) for place in panel.places(at, unit, column)] or ["–"]


def _raw(scores: Scores, at: int, unit: int, leaf: Indicator) -> list[tuple[str, int, list[str]]]:
    """The reported columns that a leaf is made of, with where this unit's cells were written."""
    wanted = [column.id for column in scores.index.columns if column.owner == leaf.id]
    wanted += [leaf.per] if leaf.per else []
    rows = []
    for name in wanted:
        column = scores.panel.column[name]
        rows.append((name, column, [str(place) for place in scores.panel.places(at, unit, column)]))
    return rows


def _explain_lines(entry: dict[str, Any], level: int, decimals: int, units: int, language: Language, lines: list[str]) -> None:
    from ..engine.nodes import SLACK
    from ..report.formats.text import number
    from ..words.reports import word

    def show(value: float | None) -> str:
        return "–" if value is None else number(value, decimals)

    rank = "" if entry["rank"] is None else f" · {word('rank', language)} {entry['rank']:g}/{units}"
    parts = f"{'  ' * level}{entry['name']} ({entry['node']}) {show(entry['score'])}{rank}"
    if level and entry["weight"]:
        parts += f" · {word('weight', language)} {entry['weight']:.4g}"
        if entry["score"] is not None and abs(entry["weight_in_effect"] - entry["weight"]) > SLACK:
            parts += f" ({word('scaled up', language)} {entry['weight_in_effect']:.4g})"
        parts += f" · {word('contribution', language)} {show(entry['contribution'])}"
    if level > 1 and entry["index_points"] is not None:
        parts += f" · {word('index points', language)} {show(entry['index_points'])}"
    if entry["coverage"] is not None and entry["coverage"] < 1 and not entry.get("raw"):
        parts += f" · {word('coverage', language)} {entry['coverage']:.1%}"
    parts += "".join(f" · {word(key, language)} {entry[key]}" for key in ("grade", "primary") if entry.get(key))
    lines.append(parts)
    for item in entry.get("adjustments", ()):
        points = "–" if item["points"] is None else f"{'+' if item['points'] > 0 else ''}{number(item['points'], decimals)}"
        lines.append(f"{'  ' * (level + 1)}{item['name']} ({item['id']}) {points}  ← {', '.join(item['places'])}".rstrip(" ←"))
    for change in entry["history"]:
        said = " · ".join(text for text in (change["when"][:10], change["who"], change["why"]) if text)
        moved = f"{change['old'] or '–'} → {change['new'] or '–'}"
        lines.append(f"{'  ' * (level + 1)}{word('weight changed', language)} {moved} ({said})")
    if entry.get("raw"):
        value = entry["status"] if entry["value"] is None else f"{entry['value']:.10g} {entry['measure']}".rstrip()
        lines.append(f"{'  ' * (level + 1)}= {value}")
        for raw in entry["raw"]:
            reported = "–" if raw["value"] is None else f"{raw['value']:.10g}"
            lines.append(f"{'  ' * (level + 1)}{raw['column']} = {reported}  ← {', '.join(raw['places']) or '–'}")
    _part_lines(entry, level + 1, decimals, language, lines)
    for child in entry.get("children", ()):
        _explain_lines(child, level + 1, decimals, units, language, lines)


def _part_lines(entry: dict[str, Any], level: int, decimals: int, language: Language, lines: list[str]) -> None:
    """The units below that a score is made of, each with its own parts below it."""
    from ..report.formats.text import number
    from ..words.reports import word

    def show(value: float | None) -> str:
        return "–" if value is None else number(value, decimals)

    if "parts" in entry and "node" in entry:
        lines.append(f"{'  ' * level}= {entry['how']} ({entry['level']}, {entry['node_below']})")
    for part in entry.get("parts", ()):
        rank = "" if part["rank"] is None else f" · {word('rank', language)} {part['rank']:g}/{part['units']}"
        weight = "" if part["weight"] is None else f" · {word('weight', language)} {part['weight']:.4g}"
        added = f" · {word('contribution', language)} {show(part['contribution'])}"
        lines.append(f"{'  ' * level}{part['name']} ({part['unit']}) {show(part['score'])}{rank}{weight}{added}")
        _part_lines(part, level + 1, decimals, language, lines)


def methods_result() -> Result:
    """List every method by room, with its parameters and the first sentence of its documentation."""
    from ..methods import CATALOGUE, about, parameters
    from ..report.formats.text import aligned

    rows, data = [], []
    for room, known in CATALOGUE.items():
        for method in known:
            takes = parameters(room, method)
            shown = [name if parameter.required else f"{name}={parameter.default}" for name, parameter in takes.items()]
            rows.append([room, method, " ".join(shown), about(room, method)])
            data.append({"room": room, "method": method, "parameters": shown, "about": about(room, method)})
    return aligned(rows, [True] * 4), data


def method_result(name: str) -> Result | list[str]:
    """Return all that is known of a method, or the nearest names where there is none."""
    from ..methods import CATALOGUE

    rooms = [room for room, known in CATALOGUE.items() if name in known]
    if not rooms:
        every = [method for known in CATALOGUE.values() for method in known]
        near = nearest(name, every)
        return [near] if near else every
    texts = {room: f"{room}: {name}\n\n{inspect.getdoc(CATALOGUE[room][name])}" for room in rooms}
    return "\n\n".join(texts.values()), texts


def codes_result(code: str | None, language: Language) -> tuple[str, Any, str]:
    """Return what a code means, or all codes in a list; no data and a near code where there is none."""
    from ..words.findings import MESSAGES, plain_words

    if code is None:
        listed = {code: plain_words(message.text[language]) for code, message in sorted(MESSAGES.items())}
        return "\n".join(f"{code}  {text.splitlines()[0]}" for code, text in listed.items()), listed, ""
    message = MESSAGES.get(code.upper())
    if message is None:
        return "", None, nearest(code.upper(), MESSAGES)
    said, hint = (plain_words(words[language]) for words in (message.text, message.hint))
    parts = [f"{code.upper()} ({message.severity})", said, hint, "", message.about[language]]
    data = {
        "code": code.upper(),
        "severity": message.severity,
        "text": message.text,
        "hint": message.hint,
        "about": message.about,
    }
    return "\n".join(part for part in parts if part or part == ""), data, ""
