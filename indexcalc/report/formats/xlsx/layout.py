"""The pages of a workbook in which scores are made anew: weights, scores of indicators, scores and coverage of nodes, places.

The children of a node stand side by side in one block of columns, of leaves on one page and of others on the next, so that a
formula is one range beside another; a unit has the same row on all of these pages, and the coverage of a node the same cell on
its page as the score on the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal

from ....methods.arrays import Array
from ....words.reports import word
from ...numbers import finite
from ...sheets.live import Live
from ...sheets.sheet import Value
from . import recipes
from .recipes import Children, Formula, quoted

WEIGHTS_ROW, FLOORS_ROW, TOLERANCE_ROW, FIRST = 4, 5, 6, 7
"""Rows of the pages of scores and places, from 0."""
WEIGHT_COLUMN = 5
HEAD_ROW = 3  # of the page of weights

Page = Literal["weights", "leaves", "nodes", "covered", "places", "trial"]


@dataclass(frozen=True)
class Column:
    """A column of one of the pages: what it holds of which node; `block` is the node whose children stand there."""

    holds: Literal[
        "score", "points", "compared", "group", "leader", "place", "own place", "order", "published score", "published rank"
    ]
    node: int
    block: int


@dataclass(frozen=True)
class Layout:
    """Where everything stands: the names of the pages, and their columns from the second on."""

    live: Live
    names: dict[Page, str]
    language: str
    leaves: tuple[Column, ...]
    nodes: tuple[Column, ...]
    places: tuple[Column, ...]
    at: dict[tuple[str, int], tuple[Page, int]] = field(default_factory=dict)
    """By what a column holds, and of which node, its page and its place there."""

    @property
    def na(self) -> str:
        """The word of what does not apply."""
        return str(word.not_applicable(self.language))

    @cached_property
    def last(self) -> int:
        """The row of the last unit."""
        return FIRST + len(self.live.units) - 1

    @cached_property
    def weight_rows(self) -> dict[int, int]:
        """The row of each node on the page of weights: the index, then parents before children."""
        inside = {child for _, children in self.live.blocks for child in children} | {self.live.scores.tree.root}
        rows = [at for at in self.live.scores.tree.reading_order if at in inside]
        return {at: HEAD_ROW + 1 + row for row, at in enumerate(rows)}

    def has(self, holds: str, node: int) -> bool:
        """Say whether there is such a column."""
        return (holds, node) in self.at

    def cell(self, holds: str, node: int, row: int, on: Page | None = None, *, page: Page | None = None) -> str:
        """Return the address of a cell of a column, as it is written on a page; `page` is another page than the column's own."""
        own, column = self.at[(holds, node)]
        return self._range(page or own, on, row, column, row, column)

    def column(self, holds: str, node: int, on: Page | None = None) -> str:
        """Return the range of all units of a column."""
        own, column = self.at[(holds, node)]
        return self._range(own, on, FIRST, column, self.last, column)

    def span(self, block: int, row: int, on: Page | None = None, page: Page | None = None) -> str:
        """Return the range of the children of a node in a row."""
        children = self.live_children(block)
        (own, first), (_, last) = self.at[("score", children[0])], self.at[("score", children[-1])]
        return self._range(page or own, on, row, first, row, last)

    def _range(self, page: Page, on: Page | None, row: int, column: int, last_row: int, last_column: int) -> str:
        name = "" if page == on else self._prefixes[page]
        first = f"{letters(column)}${row + 1}"
        if (row, column) == (last_row, last_column):
            return f"{name}${first}"
        return f"{name}${first}:${letters(last_column)}${last_row + 1}"

    @cached_property
    def _prefixes(self) -> dict[Page, str]:
        return {page: f"'{name.replace(chr(39), 2 * chr(39))}'!" for page, name in self.names.items()}

    def live_children(self, block: int) -> tuple[int, ...]:
        """Return the nodes of a block."""
        return self.live.children[block]

    def weight(self, node: int, on: Page | None = None) -> str:
        """Return the address of the weight that may be changed."""
        row = self.weight_rows[node]
        return self._range("weights", on, row, WEIGHT_COLUMN, row, WEIGHT_COLUMN)

    def children(self, node: int, row: int, on: Page | None = "nodes", *, floors: bool = False) -> Children:
        """Return where the children of a node stand in a row, for a formula on a page; with `floors` their worst scores."""
        children = self.live_children(node)
        asks = self.live.branch_of[node].missing.policy == "floor"
        of_leaves = self.at[("score", children[0])][0] == "leaves"
        return Children(
            scores=self.span(node, FLOORS_ROW if floors else row, on),
            weights=self.span(node, WEIGHTS_ROW, on),
            na=quoted(self.na),
            count=len(children),
            floors=self.span(node, FLOORS_ROW, on) if asks and not floors else "",
            below="" if of_leaves else self.span(node, row, on, "covered"),
        )

    # ---------------------------------------------------------------------------------------------- formulas of a node

    def coverage(self, node: int, row: int) -> Formula:
        """Return the formula of a node's coverage, as it stands on the page of coverage."""
        return recipes.coverage(self.children(node, row, "covered"))

    def score(self, node: int, row: int) -> Formula:
        """Return the formula of a node's score, as it stands on the page of nodes."""
        branch, children = self.live.branch_of[node], self.children(node, row)
        covered = self.cell("score", node, row, "nodes", page="covered")
        asked = recipes.enough(branch.missing, children, covered)
        defined, made = recipes.aggregate(branch.aggregate, self._given(node), children)
        points = self.cell("points", node, row, "nodes") if self.has("points", node) else ""
        text = recipes.finished(made.text, self.live.mirror(node), points, branch.round)
        return recipes.score(Formula(text, made.ranges or bool(children.floors)), [*asked, *defined], covered)

    def floor(self, node: int) -> Formula:
        """Return the formula of the worst score that stands in for a gap of an inner node."""
        branch = self.live.branch_of[node]
        if not branch.plain:
            column = self.column("score", node, "nodes")
            return Formula(f'IF(COUNT({column})=0,"",MIN({column}))')
        defined, made = recipes.aggregate(branch.aggregate, self._given(node), self.children(node, FLOORS_ROW, floors=True))
        return recipes.floor_of(defined, made)

    def _given(self, node: int) -> dict[str, Any]:
        return {key: value for key, value in self.live.branch_of[node].parameters.items() if value is not None}

    def compared(self, node: int, row: int) -> Formula:
        """Return the formula of what a node's units are ranked by, where it is not the score itself."""
        ranking, own = self.live.ranking(node), self.cell("score", node, row, "nodes")
        text = own if ranking.decimals is None else recipes.rounded(own, ranking.decimals)
        return Formula(f'IF(ISNUMBER({own}),{"-" if ranking.first == "lowest" else ""}({text}),"")')

    def ranked_by(self, node: int) -> str:
        """Return what the column holds that a node's units are ranked by."""
        return "compared" if self.has("compared", node) else "score"

    def leader(self, node: int, row: int) -> Formula:
        """Return the formula of the first score of the place that stands in a row."""
        by = self.ranked_by(node)
        column, apart = self.column(by, node, "places"), self.cell(by, node, TOLERANCE_ROW, "places")
        before = self.cell("leader", node, row - 1, "places") if row > FIRST else ""
        return Formula(recipes.leader(column, f"$A{row + 1}", before, apart))

    def place(self, node: int, row: int) -> Formula:
        """Return the formula of the rank at the place that stands in a row."""

        def around(holds: str) -> tuple[str, str, str]:
            before = self.cell(holds, node, row - 1, "places") if row > FIRST else ""
            after = self.cell(holds, node, row + 1, "places") if row < self.last else ""
            return before, self.cell(holds, node, row, "places"), after

        leaders = self.column("leader", node, "places")
        ties = self.live.ranking(node).ties
        return Formula(recipes.place(ties, leaders, row - FIRST + 1, around("leader"), around("place")))

    def own_place(self, node: int, row: int) -> Formula:
        """Return the formula of a unit's rank."""
        by, places = self.ranked_by(node), self.column("place", node, "nodes")
        return Formula(recipes.rank(self.cell(by, node, row, "nodes"), self.column(by, node, "nodes"), places))

    def order(self, row: int) -> Formula:
        """Return the formula of where a unit stands when all are sorted, those without a rank last."""
        node = self.live.scores.tree.root
        every = self.column("own place", node, "nodes")
        first, own = self.cell("own place", node, FIRST, "nodes"), self.cell("own place", node, row, "nodes")
        upto = f"{first}:{own}"
        ranked = f'COUNTIF({every},"<"&{own})+COUNTIF({upto},{own})'
        return Formula(f"IF(ISNUMBER({own}),{ranked},COUNT({every})+{row - FIRST + 1}-COUNT({upto}))")

    def group_rank(self, unit: int) -> Formula | None:
        """Return the formula of a unit's rank in the index within its group; nothing where ties share places otherwise."""
        node = self.live.scores.tree.root
        if not self.has("group", node) or self.live.ranking(node).ties not in ("competition", "min"):
            return None
        row, by = self.row(unit), self.ranked_by(node)
        own, every = self.cell(by, node, row), self.column(by, node)
        groups, group = self.column("group", node), self.cell("group", node, row)
        better = f"--ISNUMBER({every}),--({every}>{own}+{self.cell(by, node, TOLERANCE_ROW)})"
        return Formula(f'IF(ISNUMBER({own}),1+SUMPRODUCT(--({groups}={group}),{better}),"")')

    def row(self, unit: int) -> int:
        """Return the row of a unit on the pages of scores."""
        return FIRST + self._row_of[unit]

    @cached_property
    def _row_of(self) -> dict[int, int]:
        return {unit: row for row, unit in enumerate(self.live.units)}


@cache
def letters(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def layout(live: Live, names: dict[Page, str], language: str) -> Layout:
    """Lay out the pages: blocks of leaves alone on the page of leaves, others on that of nodes, the index in the last block."""
    tree = live.scores.tree
    own: list[Column] = []
    others: list[Column] = []
    for block, children in live.blocks:
        alone = block >= 0 and all(child < tree.leaves for child in children)
        (own if alone else others).extend(Column("score", child, block) for child in children)
    others += [Column("points", node, -2) for node in live.branch_of if live.is_live(node) and live.branch_of[node].adjustments]
    ranked = [node for node in _ranked(live) if live.is_ranked_anew(node)]
    turned = [node for node in ranked if live.ranking(node).decimals is not None or live.ranking(node).first == "lowest"]
    others += [Column("compared", node, -3) for node in turned]
    others += [Column("group", tree.root, -4)] if live.scores.group_ranks is not None else []
    others += [Column("own place", node, -5) for node in ranked] + [Column("order", tree.root, -5)]
    others += [Column("published score", tree.root, -6), Column("published rank", tree.root, -6)]
    places = [Column(holds, node, node) for node in ranked for holds in ("leader", "place")]
    found = Layout(live, names, language, tuple(own), tuple(others), tuple(places))
    pages: tuple[tuple[Page, list[Column]], ...] = (("leaves", own), ("nodes", others), ("places", places))
    for page, columns in pages:
        found.at.update({(column.holds, column.node): (page, 1 + at) for at, column in enumerate(columns)})
    return found


def _ranked(live: Live) -> Iterator[int]:
    """Yield the inner nodes whose ranks are shown: the index, its dimensions, and the nodes right below these."""
    tree = live.scores.tree
    yield tree.root
    for node in () if live.is_large else tree.dimensions:
        for own in (node, *tree.below(node)):
            if own in live.branch_of:
                yield own


def cached(found: Layout, node: int, what: Array) -> list[Value]:
    """Return the values of a node (unit,) as a workbook shows them: a word where it does not apply, an empty cell for a gap."""
    applies = found.live.applies(node)
    return [finite(what[unit]) if applies[unit] else found.na for unit in found.live.units]
