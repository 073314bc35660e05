"""A score explained, down to the reported cells; a unit beside others; and what its weak points cost it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ...analysis.cells import Cell
from ...analysis.explain import Explained, Explanation, MadeOfUnits
from ...analysis.versus import Boards, Versus
from ...engine.frames import some
from ...engine.rules import SLACK
from ...findings import Language
from ...methods.arrays import Array
from ...panel import NOT_APPLICABLE
from ...scores import Scores
from ...tree.model import Indicator, notes_of
from ...tree.settings import settings_of
from ...tree.terms import key_title
from ...words.periods import period_title
from ...words.reports import word, word_of
from ...words.shown import BETWEEN
from ...words.statuses import STATUS_NAMES
from ..formats.text import as_text
from ..numbers import finite, measured, number, signed
from ..sheets.alone import alone_in, place_word, unit_label
from ..sheets.changes import boards_sheet
from ..sheets.explained import addresses, cell_lines, explained_notes, explained_sheet, shifts, versus_notes, versus_sheet
from ..sheets.tables import primary, shortened
from .answer import ELSEWHERE, Answer

MOST_BOARDS = 5  # weak points, and strengths, on a terminal


def explain_answer(result: Explanation | Versus, language: Language) -> Answer:
    """Walk a score down the tree, by itself or beside others, with the weak points and strengths of the unit below."""
    answer = _versus(result, language) if isinstance(result, Versus) else _explained(result, language)
    if result.boards is None:
        return answer
    start = result.node if isinstance(result, Versus) else result.tree.position
    boards = {
        name: boards_sheet(result.boards, language, short=short, start=start)
        for name, short in (("weak-points", True), ("strengths", False))
    }
    brief = [replace(shortened(sheet, MOST_BOARDS, language, ELSEWHERE), notes=()) for sheet in boards.values() if sheet.rows]
    brief[-1:] = [shortened(sheet, MOST_BOARDS, language, ELSEWHERE) for sheet in boards.values() if sheet.rows][-1:]
    shown = [as_text(sheet, language) for sheet in brief]
    data = {**answer.data, "boards": _boards(result.boards)}
    return Answer("\n\n".join([answer.text, *shown]), data, {**answer.sheets, **boards})


def _boards(boards: Boards) -> list[dict[str, Any]]:
    return [
        {
            "node": boards.scores.tree.nodes[node].id,
            "group_mean": finite(boards.mean[node]),
            "index_points": finite(boards.points[node]),
            "places": finite(boards.places[node]),
            "kind": boards.kinds[node] or None,
        }
        for node in boards.nodes
    ]


def _explained(result: Explanation, language: Language) -> Answer:
    scores, units = result.scores, result.scores.panel.units
    shown = _Explained(result, language)
    lines = [f"{units.title(result.unit, language)} · {period_title(scores.periods[result.period], language)}"]
    lines += [line for level, one in result.tree.walk() for line in shown.lines(one, level)]
    levels = [level for level, one in result.tree.walk() if finite(one.contribution) is not None]
    lines += explained_notes(scores, language, levels=max(levels, default=0))
    data = {
        "unit": units.ids[result.unit],
        "name": units.title(result.unit, language),
        "period": scores.periods[result.period],
        "tree": shown.data(result.tree, 0),
    }
    return Answer("\n".join(lines), data, {"": explained_sheet(result, language)})


class _Explained:
    """How nodes of an explanation are shown in a language."""

    def __init__(self, result: Explanation, language: Language) -> None:
        self.result, self.scores, self.language = result, result.scores, language
        self.decimals = result.scores.index.index.decimals

    def data(self, one: Explained, level: int) -> dict[str, Any]:
        """Return a node and what is below it as data."""
        leaf = self.scores.tree.nodes[one.position]
        entry: dict[str, Any] = {
            "node": one.node,
            "name": leaf.title(self.language),
            **notes_of(leaf),
            **{key: finite(getattr(one, key)) for key in ("score", "rank", "weight", "weight_in_effect", "coverage")},
        }
        if isinstance(leaf, Indicator):
            entry |= {} if leaf.is_scored else {"role": leaf.role}
            entry["status"] = STATUS_NAMES[self.language][one.status or 0]
            entry |= {"value": finite(one.value), "measure": one.measure_in(self.language), "department": leaf.department}
            if one.estimate:
                entry["imputed"] = {"method": one.estimate.method, "from": list(one.estimate.donors)}
            entry["raw"] = cells_data(one.cells)
        else:
            entry |= self._beside_score(one)
        if one.of_group:
            entry["of_group"] = [asdict(own) for own in one.of_group]
        if settings := settings_of(self.scores.index, one.node):
            entry["settings"] = {own.key: {"value": own.said, "place": str(own.place)} for own in settings}
        entry |= {"contribution": finite(one.contribution), "index_points": finite(one.index_points)}
        entry["history"] = [asdict(change) for change in one.changes]
        if self.result.depth == 0 or level < self.result.depth:
            entry["children"] = [self.data(child, level + 1) for child in one.children]
        return entry | (_made_data(one.made, self.result.period, self.language) if one.made else {})

    def _beside_score(self, one: Explained) -> dict[str, Any]:
        """Return the grade, the primary children and the adjustments of an inner node, where it has such."""
        entry: dict[str, Any] = {}
        if one.estimate:
            entry["imputed"] = {"method": one.estimate.method, "from": list(one.estimate.donors)}
        if one.position in self.scores.grades:
            entry["grade"] = self.grade(one)
        if one.primary:
            entry["primary"] = self.primary(one)
        if self.scores.tree.branch_at(one.position).adjustments:
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
        return self.scores.grade(self.result.period, self.result.unit, one.position, self.language)

    def primary(self, one: Explained) -> str:
        """Return the names of the children that attain the score of a node."""
        return primary(self.scores, self.result.period, self.result.unit, one.position, self.language)

    def lines(self, one: Explained, level: int) -> list[str]:
        """Return a node as lines of text: its score with what it weighs and adds, then all that it is made of."""
        below = "  " * (level + 1)
        lines = [f"{'  ' * level}{self._heading(one, level)}"]
        about = notes_of(self.scores.tree.nodes[one.position]) if level == 0 else {}  # of all below it only data has them
        if level == 0 and one.position != self.scores.tree.root:
            line, language = word.setting(self.language), self.language
            settings = [own for own in settings_of(self.scores.index, one.node) if own.key not in about]
            lines += [below + line.format(key=key_title(own.key, language), text=own.said, place=own.place) for own in settings]
        apart = word.of_group(self.language)
        lines += [below + apart.format(key=own.key, value=own.value, by=own.by, group=own.group) for own in one.of_group]
        remark = word.key_and_text(self.language)
        lines += [below + remark.format(key=word_of(key, self.language), text=text) for key, text in about.items()]
        for added in one.adjustments:
            points = f"{'+' if added.points > 0 else ''}{_number(added.points, self.decimals)}"
            name = f"{added.adjustment.title(self.language)} ({added.adjustment.id})"
            lines.append(f"{below}{name} {points}  ← {addresses(added.places, self.language)}".rstrip(" ←"))
        for change in one.changes:
            said = " · ".join(text for text in (change.when[:10], change.who, change.why) if text)
            moved = f"{word.weight_changed(self.language)} {change.old or '–'} → {change.new or '–'}"
            lines.append(f"{below}{moved}{word.beside(self.language).format(text=said)}")
        if one.cells or one.status == NOT_APPLICABLE:  # of what its level is without there is no cell
            value = finite(one.value)
            status = STATUS_NAMES[self.language][one.status or 0]
            shown = status if value is None else measured(value, one.measure_in(self.language))
            lines.append(f"{below}= {shown}{self._estimated(one)}{self._shrunk(one)}{self._rolled(one)}")
            leaf = self.scores.tree.nodes[one.position]
            lines += [f"{below}{line}" for line in cell_lines(self.scores, one.cells, self.language, leaf)]
        return [*lines, *(self._made_lines(one.made, level + 1) if one.made else [])]

    def _shrunk(self, one: Explained) -> str:
        """Say that a value is not the plain ratio of what was reported."""
        leaf = self.scores.tree.nodes[one.position]
        there = isinstance(leaf, Indicator) and leaf.shrink is not None and finite(one.value) is not None
        return word.shrunk(self.language) if there else ""

    def _rolled(self, one: Explained) -> str:
        """Say that a value is made of earlier periods too, so that the cells of this one alone do not come to it."""
        leaf = self.scores.tree.nodes[one.position]
        if not isinstance(leaf, Indicator) or leaf.rolling is None or finite(one.value) is None:
            return ""
        said = {"all": word.rolled_all, "year": word.rolled_year}.get(str(leaf.rolling), word.rolled)
        return said(self.language).format(count=leaf.rolling)

    def _estimated(self, one: Explained) -> str:
        """Say how a value was estimated, and of what."""
        if one.estimate is None:
            return ""
        made_of = some(one.estimate.donors) if one.estimate.donors else "–"
        return " " + word.estimated(self.language).format(method=one.estimate.method, donors=made_of)

    def _heading(self, one: Explained, level: int) -> str:
        language = self.language
        scored = one.position not in self.scores.tree.monitored
        shown = _number(one.score, self.decimals) if scored else word.not_scored(language)
        if scored and finite(one.score) is None and finite(one.contribution):
            shown = word.lowest_instead(language)
        away = one.status == NOT_APPLICABLE
        shown = word.does_not_apply(language) if scored and away else shown
        text = f"{self.scores.tree.nodes[one.position].title(language)} ({one.node}) {shown}"
        if (rank := finite(one.rank)) is not None:
            among = ranked(self.scores, self.result.period, one.position, self.result.unit)
            text += f" · {place_word(self.scores, language)} {rank:g}/{among}"
        if level and scored and finite(one.weight):
            text += f" · {word.weight(language)} {one.weight:.4g}"
            if finite(one.score) is not None and abs(one.weight_in_effect - one.weight) > SLACK:
                text += word.scaled_up(language).format(weight=f"{one.weight_in_effect:.4g}")
            text += "" if away else f" · {word.contribution(language)} {self._points(one.contribution)}"
        if level > 1 and finite(one.index_points) is not None and not away:
            text += f" · {word.index_points(language)} {self._points(one.index_points)}"
        if one.coverage < 1 and not one.cells:
            text += f" · {word.coverage(language)} {one.coverage:.1%}"
        if one.estimate and not one.cells:
            text += self._estimated(one)
        beside = {"grade": self.grade(one), "primary": self.primary(one)}
        return text + "".join(f" · {word_of(key, language)} {name}" for key, name in beside.items() if name)

    def _points(self, points: float) -> str:
        """Return points with their unit of measurement."""
        return word.in_points_of(self.language).format(number=_number(points, self.decimals))

    def _made_lines(self, made: MadeOfUnits, level: int) -> list[str]:
        """Return the units below that a score is made of as lines."""
        below = next(iter(made.scores.panel.units.levels))
        return [f"{'  ' * level}= {made.how} ({below}, {made.node})", *self._part_lines(made, level)]

    def _part_lines(self, made: MadeOfUnits, level: int) -> list[str]:
        """Return each unit below with its own parts below it."""
        lines, units = [], made.scores.panel.units
        count = ranked(made.scores, self.result.period, made.scores.node(made.node))
        for part in made.parts:
            text = f"{units.title(part.unit, self.language)} ({units.ids[part.unit]}) {_number(part.score, self.decimals)}"
            if (rank := finite(part.rank)) is not None:
                text += f" · {word.rank(self.language)} {rank:g}/{count}"
            if (weight := finite(part.weight)) is not None:
                text += f" · {word.weight(self.language)} {weight:.4g}"
            text += f" · {word.contribution(self.language)} {_number(part.contribution, self.decimals)}"
            lines.append(f"{'  ' * level}{text}")
            lines += self._part_lines(part.made, level + 1) if part.made else []
        return lines


def _made_data(made: MadeOfUnits, period: int, language: Language) -> dict[str, Any]:
    units = made.scores.panel.units
    parts = [
        {
            "unit": units.ids[part.unit],
            "name": units.title(part.unit, language),
            "score": finite(part.score),
            "rank": finite(part.rank),
            "units": ranked(made.scores, period, made.scores.node(made.node)),
            "weight": finite(part.weight),
            "contribution": finite(part.contribution),
            **(_made_data(part.made, period, language) if part.made else {}),
        }
        for part in made.parts
    ]
    return {"level": next(iter(units.levels)), "node_below": made.node, "how": made.how, "parts": parts}


def ranked(scores: Scores, period: int, node: int, unit: int | None = None) -> int:
    """Return how many units have a rank at a node in a period; of a unit's group where groups alone are ranked."""
    groups = None if unit is None else alone_in(scores)
    return int(((scores.ranks[period, :, node] > 0) & (True if groups is None else groups == groups[unit])).sum())


def cells_data(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Return reported cells as data."""
    return [
        {"column": cell.column, "value": finite(cell.value), "places": list(cell.places)}
        | ({"missing": list(cell.gaps)} if cell.gaps else {})
        for cell in cells
    ]


def _versus(result: Versus, language: Language) -> Answer:
    scores, units, period = result.scores, result.scores.panel.units, result.scores.periods[result.period]
    name = units.title(result.others[0], language)
    if result.boards is not None:
        name = _mean_of(scores, result.unit, result.others, language)
    names = (units.title(result.unit, language), name)
    lines = [f"{names[0]} {word.against(language).format(others=name)} · {period_title(period, language)}"]
    lines += [line for level, node in result.walk() for line in _versus_lines(result, node, level, language)]
    lines += versus_notes(result, language, levels=max(level for level, _ in result.walk()))
    data = {
        "unit": units.ids[result.unit],
        "name": units.title(result.unit, language),
        "others": [{"unit": units.ids[other], "name": units.title(other, language)} for other in result.others],
        "period": period,
        "tree": _versus_data(result, result.node, 0, language),
    }
    return Answer("\n".join(lines), data, {"": versus_sheet(result, names, language)})


def _mean_of(scores: Scores, unit: int, group: Sequence[int], language: Language) -> str:
    """Return what the mean of a unit's group is called: by the group, or as that of all units."""
    units = scores.panel.units
    by = scores.index.ranking.within or ("group" if units.groups else None)
    labels = units.labels(by) if by is not None else ()
    alike = len({labels[one] for one in group}) == 1 if labels else False
    return word.mean_of(language).format(
        group=labels[unit] if alike else word.all_units(language).format(label=unit_label(scores, language))
    )


def _versus_data(result: Versus, node: int, level: int, language: Language) -> dict[str, Any]:
    scores, item = result.scores, result.scores.tree.nodes[node]
    weight = finite(scores.sibling_weights[result.period, node])
    entry: dict[str, Any] = {"node": item.id, "name": item.title(language), "weight": weight}
    pairs = {
        "score": result.score,
        "contribution": result.contribution,
        "index_points": result.points,
        "adjusted": result.adjusted,
    }
    for key, (one, others) in pairs.items():
        entry[key] = [finite(one[node]), finite(others[node])]
        entry[f"{key}_difference"] = finite(one[node] - others[node])
    entry |= {"contribution_by_scores": finite(result.by_scores[node]), "contribution_by_gaps": finite(result.gaps[node])}
    entry["index_points_by_scores"] = finite(result.points_by_scores[node])
    entry["index_points_by_gaps"] = finite(result.point_gaps[node])
    entry["rank"] = _ranks(result, node)
    if isinstance(item, Indicator):
        entry |= {"value": list(map(finite, result.values(node))), "measure": item.measure_in(language)}
        entry["status"] = STATUS_NAMES[language][int(scores.status[result.period, result.unit, node])]
        entry["raw"] = [cells_data(cells) for cells in result.cells[node]]
    if result.depth == 0 or level < result.depth:
        entry["children"] = [_versus_data(result, child, level + 1, language) for child in result.below(node, level)]
    return entry


def _ranks(result: Versus, node: int) -> list[float | None]:
    """Return the unit's rank, and the other's where there is one alone."""
    units = [result.unit, *(result.others if len(result.others) == 1 else ())]
    return [finite(rank) for rank in result.scores.ranks[result.period, units, node]]


def _versus_lines(result: Versus, node: int, level: int, language: Language) -> list[str]:
    decimals, item = result.scores.index.index.decimals, result.scores.tree.nodes[node]
    below = "  " * (level + 1)

    def show(pair: Array) -> str:
        return " ↔ ".join(_number(value, decimals) for value in pair[:, node])

    def gap(pair: Array) -> str:
        value = finite(pair[0, node] - pair[1, node])
        return "–" if value is None else signed(value, decimals)

    def known(pair: Array) -> bool:
        return finite(pair[0, node] - pair[1, node]) is not None

    scored = node not in result.scores.tree.monitored
    shown = f"{show(result.score)} · {gap(result.score)}" if scored else word.not_scored(language)
    text = f"{'  ' * level}{item.title(language)} ({item.id}) {shown}"

    def parts(by_scores: Array, by_gaps: Array) -> str:
        if not shifts(result, by_gaps, node):
            return ""
        both = ((word.by_scores, by_scores[node]), (word.by_gaps, by_gaps[node]))
        said = BETWEEN[language].join(f"{name(language)} {signed(part, decimals)}" for name, part in both)
        return word.beside(language).format(text=said)

    if level and scored and known(result.contribution):
        text += f" · {word.contribution(language)} {gap(result.contribution)}{parts(result.by_scores, result.gaps)}"
    if level > 1 and scored and known(result.points):
        text += f" · {word.index_points(language)} {gap(result.points)}{parts(result.points_by_scores, result.point_gaps)}"
    ranks = ["–" if rank is None else f"{rank:g}" for rank in _ranks(result, node)]
    lines = [f"{text} · {place_word(result.scores, language)} {' ↔ '.join(ranks)}"]
    if any(result.adjusted[:, node] != 0):
        lines.append(f"{below}{word.adjusted(language)} {show(result.adjusted)} · {gap(result.adjusted)}")
    if isinstance(item, Indicator):
        values = ["–" if value is None else measured(value) for value in map(finite, result.values(node))]
        lines.append(f"{below}= {' ↔ '.join(values)} {item.measure_in(language)}".rstrip())
        lines += [f"{below}{line}" for cells in result.cells[node] for line in cell_lines(result.scores, cells, language, item)]
    return lines


def _number(value: float, decimals: int) -> str:
    """Return a number as it is shown, a dash where there is none."""
    known = finite(value)
    return "–" if known is None else number(known, decimals)
