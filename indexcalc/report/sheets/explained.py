"""Sheets of a score walked down the tree, a row a node, and a row below an indicator for each cell that was reported."""

from __future__ import annotations

from collections.abc import Sequence

from ...analysis.cells import Cell
from ...analysis.contribution import by_weight
from ...analysis.explain import Explanation
from ...analysis.versus import Versus
from ...engine.frames import some
from ...findings import Language
from ...methods.arrays import Array
from ...scores import Scores
from ...tree.columns import conditions_of, numerator_of
from ...tree.model import Index, Indicator
from ...tree.reported import reported_measure
from ...words.agreement import told
from ...words.measures import measured_in
from ...words.periods import period_title
from ...words.reports import word, word_of
from ...words.statuses import STATUS_NAMES
from ..numbers import finite, listed, measured, number
from .alone import place_word
from .sheet import Heading, Sheet, Value
from .tables import notes


def explained_sheet(result: Explanation, language: Language) -> Sheet:
    """Return a unit's scores from a node down, with weights and contributions, to the reported cells and their addresses."""
    scores, unit = result.scores, result.scores.panel.units.title(result.unit, language)
    headings = (
        *_first_headings(language),
        Heading(word.weight(language), "percent"),
        Heading(word.score(language), "score", strong=True),
        Heading(place_word(scores, language), "count"),
        Heading(word.contribution(language), "score"),
        Heading(word.index_points(language), "score"),
        Heading(word.coverage(language), "percent"),
        *_cell_headings((unit,), language),
    )
    rows: list[tuple[Value, ...]] = []
    for level, one in result.tree.walk():
        value = finite(one.value)
        numbers = (one.weight, one.score, one.rank, one.contribution, one.index_points, one.coverage)
        status = "" if one.status is None or (value is not None and not one.estimate) else STATUS_NAMES[language][one.status]
        rows.append(
            (*_first(scores, level, one.position, language), *map(finite, numbers), "", value, one.measure_in(language), status)
        )
        for added in one.adjustments:
            item, places = added.adjustment, addresses(added.places, language)
            rows.append(
                (level + 1, item.title(language), item.id, None, finite(added.points), *(None,) * 4, "", None, "", places)
            )
        rows += [
            (level + 1, "", "", *(None,) * 6, cell.column, finite(cell.value), "", where(cell, language)) for cell in one.cells
        ]
    title = f"{unit} · {period_title(scores.periods[result.period], language)} · {rows[0][1]}"
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals, notes=explained_notes(scores, language))


def versus_sheet(result: Versus, names: tuple[str, str], language: Language) -> Sheet:
    """Return a unit beside others from a node down: scores, contributions and what was reported of both, with differences."""
    scores, over = result.scores, word.contribution(language)
    headings = (
        *_first_headings(language),
        *_both_headings("score", names, language),
        *_both_headings("contribution", names, language),
        *(Heading(name(language), "signed", over=over) for name in (word.by_scores, word.by_gaps)),
        Heading(word.index_points(language), "signed"),
        *(Heading(name(language), "signed", over=word.index_points(language)) for name in (word.by_scores, word.by_gaps)),
        *_cell_headings(names, language),
    )
    rows: list[tuple[Value, ...]] = []

    def parts(by_scores: Array, by_gaps: Array, node: int) -> tuple[float | None, float | None]:
        return (float(by_scores[node]), float(by_gaps[node])) if shifts(result, by_gaps, node) else (None, None)

    for level, node in result.walk():
        leaf = scores.tree.nodes[node]
        values: list[float | None] = [None, None]
        measure, status, cells_of_both = "", "", []
        if isinstance(leaf, Indicator):
            values, measure, cells_of_both = list(map(finite, result.values(node))), leaf.measure_in(language), result.cells[node]
            status = STATUS_NAMES[language][int(scores.status[result.period, result.unit, node])]
        rows.append(
            (
                *_first(scores, level, node, language),
                *_both(result.score[:, node]),
                *_both(result.contribution[:, node]),
                *parts(result.by_scores, result.gaps, node),
                finite(result.points[0, node] - result.points[1, node]),
                *parts(result.points_by_scores, result.point_gaps, node),
                "",
                *values,
                measure,
                "" if values[0] is not None else status,
            )
        )
        for side, cells in enumerate(cells_of_both):
            for cell in cells:
                shown = [finite(cell.value) if side == place else None for place in range(2)]
                rows.append((level + 1, "", "", *(None,) * 11, cell.column, *shown, "", where(cell, language)))
    title = f"{period_title(scores.periods[result.period], language)} · {names[0]} ↔ {names[1]}"
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals, notes=versus_notes(result, language))


def shifts(result: Versus, gaps: Array, node: int) -> bool:
    """Say whether the part of a difference that comes from gaps (node,) shows as more than 0."""
    shift = finite(gaps[node])
    return shift is not None and bool(float(number(shift, result.scores.index.index.decimals)))


def versus_notes(result: Versus, language: str, *, levels: int = 2) -> tuple[str, ...]:
    """Return what must stand below a unit beside others."""
    said = (
        (word.gaps_help(language),)
        if any(shifts(result, result.gaps, node) or shifts(result, result.point_gaps, node) for _, node in result.walk())
        else ()
    )
    return (*said, *explained_notes(result.scores, language, levels=levels))


def where(cell: Cell, language: Language) -> str:
    """Return where a reported cell was written; of a larger period also which of its parts lack a value."""
    places = addresses(cell.places, language)
    if not cell.gaps:
        return places
    lacks = (word.lacks if cell.value != cell.value else word.made_without)(language)
    return f"{places} {lacks.format(periods=listed((period_title(gap, language) for gap in cell.gaps), language))}".strip()


def cell_lines(scores: Scores, cells: Sequence[Cell], language: Language, leaf: object = None) -> list[str]:
    """Return reported cells of a leaf as lines of text, each with where it was written, and which parts of a period lack a value.

    What only says whether the leaf applies stands apart.
    """
    lines, conditions = [], conditions_of(leaf) if isinstance(leaf, Indicator) else frozenset()
    for cell in cells:
        value, (title, measure) = finite(cell.value), named(scores.index, cell.column, language)
        shown = "–" if value is None else measured(value, measure)
        owner = next((one.owner for one in scores.index.columns if one.id == cell.column), cell.column)
        before = word.of_a_condition(language) if cell.column.removeprefix(f"{owner}.") in conditions else ""
        lines.append(f"{before}{title} {shown} ({owner})  ← {where(cell, language) or '–'}")
    return lines


def named(index: Index, column: str, language: Language) -> tuple[str, str]:
    """Return what a reported column is called, and the unit of measurement that it is reported in."""
    own = next((one for one in index.columns if one.id == column), None)
    if own is None:
        return column, ""
    item = index.reported.get(own.id)
    if item is None:
        return told(own.title, language), measured_in(language, own.reported or own.measure)
    name = (item.name_en if language == "en" else item.name) or own.title
    numerator = numerator_of(item, language) if isinstance(item, Indicator) else ""
    reported = reported_measure(index, item)
    return numerator or name, item.measure_in(language) if reported == item.measure else measured_in(language, reported)


def addresses(places: Sequence[str], language: Language) -> str:
    """Return places in a row, the file named once where the next one is in it too: a.csv:3:4, 7:4."""
    said, last = [], None
    for place in dict.fromkeys(told(one, language) for one in places):  # all that is counted of a log has one
        file, mark, rest = place.rpartition(".csv:")
        said.append(rest if file == last and mark else place)
        last = file if mark else None
    return ", ".join(said)


def _first(scores: Scores, level: int, node: int, language: Language) -> tuple[Value, ...]:
    return level, scores.tree.nodes[node].title(language), scores.tree.nodes[node].id


def _both(pair: Array) -> tuple[Value, ...]:
    return finite(pair[0]), finite(pair[1]), finite(pair[0] - pair[1])


def explained_notes(scores: Scores, language: str, *, levels: int = 2) -> tuple[str, ...]:
    """Return what must stand below contributions: which were only shared by weight, and what stands below every table.

    Below the first of several `levels` there are contributions to the node above alone, and at it none.
    """
    nodes = [scores.tree.nodes[branch.position].id for branch in scores.tree.branches if by_weight(branch)]
    said = (word.shared_by_weight(language).format(nodes=some(nodes)),) if nodes else ()
    helped = [(), (word.contribution_help(language),), (word.explained_help(language),)][min(levels, 2)]
    return (*helped, *said, *notes(scores, language))


def _first_headings(language: str) -> tuple[Heading, ...]:
    depth, node, name = (word_of(key, language) for key in ("depth", "node", "id"))
    return Heading(depth, "count"), Heading(node, "text"), Heading(name, "code")


def _both_headings(key: str, names: tuple[str, str], language: str) -> tuple[Heading, ...]:
    over = word_of(key, language)
    difference = Heading(word.difference_of(language), "signed", over=over)
    return Heading(names[0], "score", over=over), Heading(names[1], "score", over=over), difference


def _cell_headings(names: Sequence[str], language: str) -> tuple[Heading, ...]:
    return (
        Heading(word.column(language), "text"),
        *(Heading(word.observed(language) if len(names) == 1 else name, "score", decimals=6) for name in names),
        Heading(word.value_measure(language), "text"),
        Heading(word.reported_at(language), "text"),
    )
