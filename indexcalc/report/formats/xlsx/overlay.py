"""The tables of a report over the pages on which scores are made anew: which of their cells follow, and by which formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....methods.arrays import np
from ....methods.ties import TOLERANCE
from ....words.reports import word
from ...draw.palette import fill_of
from ...sheets.sheet import Heading, Sheet, Value
from ...sheets.whole import together
from . import recipes
from .layout import FLOORS_ROW, WEIGHTS_ROW, Layout
from .recipes import Formula, quoted
from .tables import Cell, Extra, first_row

_MOST_CELLS = 250  # named one by one in a function


def extra_of(layout: Layout | None, sheet: Sheet, dimensions: Sequence[int]) -> Extra:
    """Return a sheet's additions in a workbook: formulas, marks of cells that stay, the colours of dimensions."""
    fills = {
        column: fill_of(dimensions.index(heading.shows[1]))
        for column, heading in enumerate(sheet.headings)
        if heading.shows and heading.shows[1] in dimensions and heading.shows[0] in ("score", "part", "rank", "move")
    }
    bars = frozenset(column for column, heading in enumerate(sheet.headings) if heading.strong and heading.kind == "score")
    follows = layout is not None and (not layout.live.is_large or sheet.title == word.ranking(layout.language))
    if layout is None or not sheet.units or not follows:
        return Extra(fills=fills, bars=bars)
    overlay = _Overlay(layout, sheet)
    made = dict(overlay.cells())
    live = {column for _, column in made}
    fixed = frozenset(at for at, heading in enumerate(sheet.headings) if at not in live and overlay.could_follow(heading))
    return Extra(made=made, fixed=fixed, fills=fills, bars=bars)


class _Overlay:
    """The formulas of one table."""

    def __init__(self, layout: Layout, sheet: Sheet) -> None:
        self.layout, self.live, self.sheet = layout, layout.live, sheet
        self.first = first_row(sheet)

    def could_follow(self, heading: Heading) -> bool:
        """Say whether a column follows when weights change: its node is made anew, and what it shows hangs on weights."""
        return heading.shows is not None and heading.shows[1] in self.live.branch_of and heading.shows[0] != "level"

    def cells(self) -> Iterator[tuple[Cell, Formula]]:
        """Yield the formulas by their cells, rows of all units together too."""
        for column, heading in enumerate(self.sheet.headings):
            if not self.could_follow(heading) or not self.live.is_live(heading.shows[1] if heading.shows else -1):
                continue
            assert heading.shows is not None
            holds, node = heading.shows
            for row, unit in enumerate(self.sheet.units[: len(self.sheet.rows)]):
                made = self._of(holds, node, unit, row, column, self.sheet.rows[row][column])
                if made is None:
                    break
                yield (row, column), made
            if holds == "score":
                yield from self._together(node, column)

    def _of(self, holds: str, node: int, unit: int, row: int, column: int, value: Value) -> Formula | None:
        """Return the formula of a cell; None where workbooks have none for it."""
        at = self.layout.row(unit)
        if holds == "score":
            return self._score(node, at)
        if holds == "coverage":
            own = self.layout.cell("score", node, at, page="covered")
            return Formula(f'IF(ISNUMBER({own}),{own},"")')
        if holds == "rank":
            return self._rank(node, at)
        if holds == "move":
            return self._move(node, unit, at, value)
        if holds == "grade":
            return self._grade(node, unit, at)
        if holds == "group rank":
            return self.layout.group_rank(unit)
        if holds == "part":
            return None
        return self._rest(row, column) if holds == "rest" else None

    def _score(self, node: int, at: int) -> Formula:
        own = self.layout.cell("score", node, at)
        limit = self.live.scores.index.index.censor_below if node == self.live.scores.tree.root else None
        shown = own
        if limit is not None and self.sheet.units:
            near = f"{recipes.written(TOLERANCE)}*MAX(ABS({own}),ABS({recipes.written(limit)}))"
            shown = f"IF({recipes.written(limit)}-{own}>{near},{quoted(f'<{limit:g}')},{own})"
        return Formula(f'IF(ISNUMBER({own}),{shown},"")')

    def _rank(self, node: int, at: int) -> Formula | None:
        if not self.layout.has("own place", node):
            return None
        return Formula(self.layout.cell("own place", node, at))

    def _move(self, node: int, unit: int, at: int, value: Value) -> Formula | None:
        if not self.layout.has("own place", node):
            return None
        rank = float(self.live.scores.ranks[self.live.at, unit, node])
        if not isinstance(value, int | float) or np.isnan(rank):
            return Formula('""')
        own = self.layout.cell("own place", node, at)
        return Formula(f'IF(ISNUMBER({own}),{recipes.written(value + rank)}-{own},"")')

    def _grade(self, node: int, unit: int, at: int) -> Formula | None:
        """Return the formula of the grade: by the score as it is shown, no better than vetoes allow."""
        grades = self.live.grades(node)
        if not grades or any("(" in grade.title(self.layout.language) for grade in grades):
            return None  # what writes the file may take a word before a bracket for a function
        own = self.layout.cell("score", node, at)
        shown = recipes.rounded(own, self.live.scores.index.decimals_of(self.live.scores.tree.nodes[node]))
        number = str(len(grades) + 1)
        for place in range(len(grades), 0, -1):
            start = grades[place - 1].from_
            number = str(place) if start is None else f"IF({shown}>={recipes.written(start)},{place},{number})"
        ceiling = int(self.live.ceilings[unit]) + 1 if node == self.live.scores.tree.root else 1
        number = f"MAX({number},{ceiling})" if ceiling > 1 else number
        names = ",".join(quoted(grade.title(self.layout.language)) for grade in grades)
        return Formula(f'IF(ISNUMBER({own}),CHOOSE({number},{names},""),"")')

    def _rest(self, row: int, column: int) -> Formula:
        """Return the formula of the rest of a score: the total on the right less the parts on the left."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        parts = [at for at, heading in enumerate(self.sheet.headings) if heading.shows and heading.shows[0] == "part"]
        first, last, total = (xl_rowcol_to_cell(self.first + row, at) for at in (parts[0], parts[-1], column + 1))
        return Formula(f'IF(ISNUMBER({total}),{total}-SUM({first}:{last}),"")')

    def _together(self, node: int, column: int) -> Iterator[tuple[Cell, Formula]]:
        """Yield the formulas of the rows of all units together: means, those of groups, how far the ends are apart."""
        ways = {title: (how, rows) for title, how, rows in together(self.live.scores, self.sheet.units, self.layout.language)}
        for row, values in enumerate(self.sheet.whole, start=len(self.sheet.rows)):
            title = next((str(value) for value in values if isinstance(value, str)), "")
            if title not in ways or values[column] is None:
                continue
            how, rows = ways[title]
            every = self.layout.column("score", node)
            if len(rows) < len(self.sheet.units):
                if len(rows) > _MOST_CELLS:
                    continue
                every = ",".join(self.layout.cell("score", node, self.layout.row(self.sheet.units[at])) for at in rows)
            text = f"AVERAGE({every})" if how == "mean" else f"MAX({every})-MIN({every})"
            yield (row, column), Formula(f'IF(COUNT({every})=0,"",{text})')


def part_of(layout: Layout, node: int, unit: int) -> Formula:
    """Return what a dimension adds to a unit's score in the index, an arithmetic mean: its weight in effect times its score."""
    root, row = layout.live.scores.tree.root, layout.row(unit)
    children = layout.children(root, row, None)
    own, total, weight = layout.cell("score", node, row), layout.cell("score", root, row), layout.cell("score", node, WEIGHTS_ROW)
    used = f"IF({own}={children.na},{own},IF(ISNUMBER({own}),{own},{layout.cell('score', node, FLOORS_ROW)}))"
    shown = used if children.floors else own
    made = f"{weight}*{shown}/{children.weight}"
    return Formula(f'IF(ISNUMBER({shown}),IF(ISNUMBER({total}),{made},""),"")', bool(children.floors))


def with_parts(extra: Extra, layout: Layout, sheet: Sheet) -> Extra:
    """Return the additions of a table of contributions, each with its formula where the index is a plain mean of dimensions."""
    branch = layout.live.branch_of[layout.live.scores.tree.root]
    if layout.live.is_large:
        return extra
    plain = branch.aggregate == "arithmetic" and not branch.turned and not branch.round
    if not plain or not layout.live.is_live(branch.position):
        return extra
    made: Mapping[Cell, Formula] = {
        (row, column): part_of(layout, heading.shows[1], unit)
        for column, heading in enumerate(sheet.headings)
        if heading.shows and heading.shows[0] == "part"
        for row, unit in enumerate(sheet.units)
    }
    return Extra({**extra.made, **made}, frozenset(at for at in extra.fixed if (0, at) not in made), extra.fills, extra.bars)
