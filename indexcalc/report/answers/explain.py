"""A score explained, down to the reported cells; a unit beside others; and what its short boards cost it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ...analysis.cells import Cell
from ...analysis.explain import Explained, Explanation, FromUnits
from ...analysis.versus import Beside, Boards, Pair, Versus
from ...engine.rules import SLACK
from ...findings import Language
from ...scores import Scores
from ...tree.model import Indicator
from ...words.reports import word
from ...words.statuses import STATUS_NAMES
from ..formats.text import as_text
from ..numbers import finite, number, signed
from ..sheets.changes import boards_sheet
from ..sheets.explained import explained_notes, explained_sheet, versus_sheet
from ..sheets.tables import primary, shortened
from .answer import ELSEWHERE, Answer

MOST_BOARDS = 5  # short boards, and strengths, on a terminal


def explain_answer(found: Explanation | Versus, language: Language) -> Answer:
    """Walk a score down the tree, by itself or beside others, with the short boards and strengths of the unit below."""
    answer = _versus(found, language) if isinstance(found, Versus) else _explained(found, language)
    if found.boards is None:
        return answer
    boards = {
        name: boards_sheet(found.boards, language, short=short, node=found.tree.position)
        for name, short in (("short-boards", True), ("strengths", False))
    }
    shown = [as_text(shortened(sheet, MOST_BOARDS, language, ELSEWHERE), language) for sheet in boards.values() if sheet.rows]
    data = {**answer.data, "boards": _boards(found.boards)}
    return Answer("\n\n".join([answer.text, *shown]), data, {**answer.sheets, **boards})


def _boards(found: Boards) -> list[dict[str, Any]]:
    return [
        {
            "node": found.scores.tree.nodes[at].id,
            "group_mean": finite(found.mean[at]),
            "index_points": finite(found.points[at]),
            "places": finite(found.places[at]),
        }
        for at in found.nodes
    ]


def _explained(found: Explanation, language: Language) -> Answer:
    scores, units = found.scores, found.scores.panel.units
    shown = _Explained(found, language)
    lines = [f"{units.title(found.unit, language)} · {scores.periods[found.period]}"]
    lines += [line for level, one in found.tree.walk() for line in shown.lines(one, level)]
    lines += explained_notes(scores, language)
    data = {
        "unit": units.ids[found.unit],
        "period": scores.periods[found.period],
        "tree": shown.data(found.tree, 0),
    }
    return Answer("\n".join(lines), data, {"": explained_sheet(found, language)})


class _Explained:
    """How nodes of an explanation are shown in a language."""

    def __init__(self, found: Explanation, language: Language) -> None:
        self.found, self.scores, self.language = found, found.scores, language
        self.decimals = found.scores.index.index.decimals

    def data(self, one: Explained, level: int) -> dict[str, Any]:
        """Return a node and what is below it as data."""
        leaf = self.scores.tree.nodes[one.position]
        entry: dict[str, Any] = {
            "node": one.node,
            "name": leaf.title(self.language),
            **{key: finite(getattr(one, key)) for key in ("score", "rank", "weight", "weight_in_effect", "coverage")},
        }
        if isinstance(leaf, Indicator):
            entry["status"] = STATUS_NAMES[self.language][one.status or 0]
            entry |= {"value": finite(one.value), "measure": one.measure, "department": leaf.department}
            entry["raw"] = cells_data(one.cells)
        else:
            entry |= self._beside_score(one)
        entry |= {"contribution": finite(one.contribution), "index_points": finite(one.index_points)}
        entry["history"] = [asdict(change) for change in one.changes]
        if self.found.depth == 0 or level < self.found.depth:
            entry["children"] = [self.data(child, level + 1) for child in one.children]
        return entry | (_made_data(one.made, self.language) if one.made else {})

    def _beside_score(self, one: Explained) -> dict[str, Any]:
        """Return the grade, the primary children and the adjustments of an inner node, where it has such."""
        entry: dict[str, Any] = {}
        if one.position in self.scores.grades:
            entry["grade"] = self.grade(one)
        if one.primary:
            entry["primary"] = self.primary(one)
        if self.scores.tree.branches[one.position - self.scores.tree.leaves].adjustments:
            entry["adjustments"] = [
                {
                    "id": added.adjustment.id,
                    "name": added.adjustment.title(self.language),
                    "points": finite(added.points),
                    "places": list(added.places),
                }
                for added in one.adjustments
            ]
        return entry

    def grade(self, one: Explained) -> str:
        """Return the name of the grade of a node, empty without one."""
        return self.scores.grade(self.found.period, self.found.unit, one.position, self.language)

    def primary(self, one: Explained) -> str:
        """Return the names of the children that attain the score of a node."""
        return primary(self.scores, self.found.period, self.found.unit, one.position, self.language)

    def lines(self, one: Explained, level: int) -> list[str]:
        """Return a node as lines of text: its score with what it weighs and adds, then all that it is made of."""
        below = "  " * (level + 1)
        lines = [f"{'  ' * level}{self._heading(one, level)}"]
        for added in one.adjustments:
            points = f"{'+' if added.points > 0 else ''}{_number(added.points, self.decimals)}"
            name = f"{added.adjustment.title(self.language)} ({added.adjustment.id})"
            lines.append(f"{below}{name} {points}  ← {', '.join(added.places)}".rstrip(" ←"))
        for change in one.changes:
            said = " · ".join(text for text in (change.when[:10], change.who, change.why) if text)
            lines.append(f"{below}{word('weight changed', self.language)} {change.old or '–'} → {change.new or '–'} ({said})")
        if one.cells:
            value = finite(one.value)
            status = STATUS_NAMES[self.language][one.status or 0]
            lines.append(f"{below}= {status if value is None else f'{value:.10g} {one.measure}'.rstrip()}")
            lines += [f"{below}{line}" for line in cell_lines(one.cells)]
        return [*lines, *(self._made_lines(one.made, level + 1) if one.made else [])]

    def _heading(self, one: Explained, level: int) -> str:
        language = self.language
        text = f"{self.scores.tree.nodes[one.position].title(language)} ({one.node}) {_number(one.score, self.decimals)}"
        if (rank := finite(one.rank)) is not None:
            text += f" · {word('rank', language)} {rank:g}/{len(self.scores.panel.units)}"
        if level and finite(one.weight):
            text += f" · {word('weight', language)} {one.weight:.4g}"
            if finite(one.score) is not None and abs(one.weight_in_effect - one.weight) > SLACK:
                text += f" ({word('scaled up', language)} {one.weight_in_effect:.4g})"
            text += f" · {word('contribution', language)} {_number(one.contribution, self.decimals)}"
        if level > 1 and finite(one.index_points) is not None:
            text += f" · {word('index points', language)} {_number(one.index_points, self.decimals)}"
        if one.coverage < 1 and not one.cells:
            text += f" · {word('coverage', language)} {one.coverage:.1%}"
        beside = {"grade": self.grade(one), "primary": self.primary(one)}
        return text + "".join(f" · {word(key, language)} {name}" for key, name in beside.items() if name)

    def _made_lines(self, made: FromUnits, level: int) -> list[str]:
        """Return the units below that a score is made of as lines."""
        below = next(iter(made.scores.panel.units.levels))
        return [f"{'  ' * level}= {made.how} ({below}, {made.node})", *self._part_lines(made, level)]

    def _part_lines(self, made: FromUnits, level: int) -> list[str]:
        """Return each unit below with its own parts below it."""
        lines, units = [], made.scores.panel.units
        for part in made.parts:
            text = f"{units.title(part.unit, self.language)} ({units.ids[part.unit]}) {_number(part.score, self.decimals)}"
            if (rank := finite(part.rank)) is not None:
                text += f" · {word('rank', self.language)} {rank:g}/{len(units)}"
            if (weight := finite(part.weight)) is not None:
                text += f" · {word('weight', self.language)} {weight:.4g}"
            text += f" · {word('contribution', self.language)} {_number(part.contribution, self.decimals)}"
            lines.append(f"{'  ' * level}{text}")
            lines += self._part_lines(part.made, level + 1) if part.made else []
        return lines


def _made_data(made: FromUnits, language: Language) -> dict[str, Any]:
    units = made.scores.panel.units
    parts = [
        {
            "unit": units.ids[part.unit],
            "name": units.title(part.unit, language),
            "score": finite(part.score),
            "rank": finite(part.rank),
            "units": len(units),
            "weight": finite(part.weight),
            "contribution": finite(part.contribution),
            **(_made_data(part.made, language) if part.made else {}),
        }
        for part in made.parts
    ]
    return {"level": next(iter(units.levels)), "node_below": made.node, "how": made.how, "parts": parts}


def cells_data(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Return reported cells as data."""
    return [{"column": cell.column, "value": finite(cell.value), "places": list(cell.places)} for cell in cells]


def cell_lines(cells: Sequence[Cell]) -> list[str]:
    """Return reported cells as lines of text, each with where it was written."""
    values = ((cell, finite(cell.value)) for cell in cells)
    return [
        f"{cell.column} = {'–' if value is None else f'{value:.10g}'}  ← {', '.join(cell.places) or '–'}"
        for cell, value in values
    ]


def _versus(found: Versus, language: Language) -> Answer:
    scores, units, period = found.scores, found.scores.panel.units, found.scores.periods[found.period]
    name = _mean_of(scores, found.unit, found.others, language) if found.is_mean else units.title(found.others[0], language)
    names = (units.title(found.unit, language), name)
    lines = [f"{names[0]} {word('against', language).format(others=name)} · {period}"]
    lines += [line for level, one in found.tree.walk() for line in _versus_lines(scores, one, level, language)]
    lines += explained_notes(scores, language)
    data = {
        "unit": units.ids[found.unit],
        "others": [units.ids[other] for other in found.others],
        "period": period,
        "tree": _versus_data(found, found.tree, 0, language),
    }
    return Answer("\n".join(lines), data, {"": versus_sheet(found, names, language)})


def _mean_of(scores: Scores, unit: int, group: Sequence[int], language: Language) -> str:
    """Return what the mean of a unit's group is called: by the group, or as that of all units."""
    units = scores.panel.units
    by = scores.index.ranking.within or ("group" if units.groups else None)
    labels = units.labels(by) if by is not None else ()
    alike = len({labels[one] for one in group}) == 1 if labels else False
    return word("mean of", language).format(group=labels[unit] if alike else word("all units", language))


def _versus_data(found: Versus, one: Beside, level: int, language: Language) -> dict[str, Any]:
    own = found.scores.tree.nodes[one.position]
    entry: dict[str, Any] = {"node": one.node, "name": own.title(language), "weight": finite(one.weight)}
    for key in ("score", "contribution", "index_points", "adjusted"):
        pair = getattr(one, key)
        entry[key] = list(map(finite, pair))
        entry[f"{key}_difference"] = finite(pair[0] - pair[1])
    entry["rank"] = list(map(finite, one.rank))
    if isinstance(own, Indicator) and one.value is not None:
        entry |= {"value": list(map(finite, one.value)), "measure": own.measure}
        entry["status"] = STATUS_NAMES[language][one.status or 0]
        entry["raw"] = [cells_data(cells) for cells in one.cells]
    if found.depth == 0 or level < found.depth:
        entry["children"] = [_versus_data(found, child, level + 1, language) for child in one.children]
    return entry


def _versus_lines(scores: Scores, one: Beside, level: int, language: Language) -> list[str]:
    decimals, own = scores.index.index.decimals, scores.tree.nodes[one.position]
    below = "  " * (level + 1)

    def show(pair: Pair) -> str:
        return " ↔ ".join(_number(value, decimals) for value in pair)

    def gap(pair: Pair) -> str:
        value = finite(pair[0] - pair[1])
        return "–" if value is None else signed(value, decimals)

    text = f"{'  ' * level}{own.title(language)} ({one.node}) {show(one.score)} · {gap(one.score)}"
    if level:
        text += f" · {word('contribution', language)} {gap(one.contribution)}"
    if level > 1:
        text += f" · {word('index points', language)} {gap(one.index_points)}"
    ranks = ["–" if rank is None else f"{rank:g}" for rank in map(finite, one.rank)]
    lines = [f"{text} · {word('rank', language)} {' ↔ '.join(ranks)}"]
    if one.adjusted != (0.0, 0.0):
        lines.append(f"{below}{word('adjusted', language)} {show(one.adjusted)} · {gap(one.adjusted)}")
    if isinstance(own, Indicator) and one.value is not None:
        values = ["–" if value is None else f"{value:.10g}" for value in map(finite, one.value)]
        lines.append(f"{below}= {' ↔ '.join(values)} {own.measure}".rstrip())
        lines += [f"{below}{line}" for cells in one.cells for line in cell_lines(cells)]
    return lines


def _number(value: float, decimals: int) -> str:
    """Return a number as it is shown, a dash where there is none."""
    known = finite(value)
    return "–" if known is None else number(known, decimals)
