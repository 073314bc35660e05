"""Where a sheet has its headings, and what each column says of indicators."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...sources.readers.table import closed, name_of
from ...tree.blocks.nodes import Dimension, Indicator
from ...words.recognised_frames import (
    HEADINGS,
    LEAF_NAMES,
    LEVEL,
    LEVEL_NAMES,
    LEVEL_NUMBERS,
    OF_LEVEL,
    SETTINGS,
)

if TYPE_CHECKING:
    from ...sources.readers.excel import Grid

_SEARCHED = 30  # rows in which headings are looked for
_KEYS = {field.alias or key for model in (Indicator, Dimension) for key, field in model.model_fields.items()} - {"indicators"}
_PLAIN = {"id", "name", "name_en", "weight", "direction", "target", "measure", "department", "definition", "note", "per"}
_PLAIN |= {"source_note", "method_note"}  # headings that mean what people write below them, unless a colon stands behind
_IN_BRACKETS = r"\s*[（(\[【].*[）)\]】]\s*$"
LEAF = 99  # the level of a column that is of the lowest node of each row


@dataclass(frozen=True)
class Column:
    """What one column says: which fact, of which level; `exact` where its heading is a key of YAML itself."""

    at: int
    key: str
    level: int
    title: str
    exact: bool = False


@dataclass(frozen=True)
class Head:
    """The headings of a sheet: its last row of them, the columns of levels from the top down, the others, those not known."""

    top: int
    low: int
    levels: tuple[Column, ...]
    columns: tuple[Column, ...]
    unknown: tuple[Column, ...]

    def of(self, key: str, level: int | None = None) -> Column | None:
        """Return the column of a fact, of a level where one is given."""
        return next((one for one in self.columns if one.key == key and level in (None, one.level)), None)

    @property
    def by_parents(self) -> bool:
        """Whether a row is a node that names its parent."""
        return not self.levels


def head_of(grid: Grid) -> Head | None:
    """Find the headings of a sheet of indicators; nothing where it has none."""
    best: Head | None = None
    for row in range(min(len(grid.rows), _SEARCHED)):
        head = _head_at(grid, row)
        if head and (best is None or len(head.columns) + len(head.levels) > len(best.columns) + len(best.levels)):
            best = head
    return best


def settings_row(grid: Grid) -> int | None:
    """Return the row of the headings of settings, where a sheet has them."""
    titles = [tuple(map(name_of, pair)) for pair in SETTINGS.values()]
    for row, cells in enumerate(grid.rows):
        if len(cells) > 1 and (name_of(cells[0]), name_of(cells[1])) in titles:
            return row
    return None


def _head_at(grid: Grid, row: int) -> Head | None:
    """Read one row as headings, with a second one below it where single headings go on there."""
    titles = _titles(grid, row, row)
    found = _columns(titles)
    low = max((bottom for top, _, bottom, _ in grid.merges if top == row), default=row)
    if low > row and low < row + 3:
        below = _columns(_titles(grid, row, low))
        if len([one for one in below if one.key]) >= len([one for one in found if one.key]):
            found, titles = below, _titles(grid, row, low)
        else:
            low = row
    else:
        low = row
    levels = _in_order([one for one in found if one.key == "tree"])
    others = [one for one in found if one.key and one.key != "tree"]
    keys = {one.key for one in others}
    parents = {"parent", "code"} <= keys and (bool(keys & {"name", "level", "type"}) or len(levels) < 2)
    if parents:
        named = [one if one.key != "tree" else Column(one.at, "name", LEAF, one.title) for one in found if one.key]
        return Head(row, low, (), tuple(named), tuple(one for one in found if not one.key and one.title))
    numbered = any(one.key == "tree" and 0 < one.level < LEAF for one in found)
    enough = numbered or len(levels) > 1 or keys & {"direction", "weight", "total"}
    if not levels or len(levels) + len(keys) < 2 or not enough:
        return None
    columns = _with_levels(others, levels)
    return Head(row, low, levels, columns, tuple(one for one in found if not one.key and one.title))


def _titles(grid: Grid, first: int, last: int) -> list[str]:
    """Return the heading of each column: the lowest filled cell of its rows, merged cells over all that they cover."""
    rows = [list(grid.rows[row]) for row in range(first, min(last + 1, len(grid.rows)))]
    for top, left, bottom, right in grid.merges:
        if top == first and bottom == first and right > left and first < last:
            for column in range(left, min(right + 1, len(rows[0]))):
                rows[0][column] = rows[0][left]
    titles = []
    for column in range(len(rows[0])):
        filled = [closed(name_of(row[column])) for row in rows if column < len(row) and name_of(row[column])]
        titles.append(filled[-1] if filled else "")
    return titles


def _columns(titles: Sequence[str]) -> list[Column]:
    return [_column(at, title) for at, title in enumerate(titles)]


def _column(at: int, title: str) -> Column:
    """Say what a heading means."""
    own = title.removesuffix(":")
    if own in _KEYS and (own != title or own not in _PLAIN):
        return Column(at, f"{own}:", LEAF, title, exact=True)
    plain = re.sub(_IN_BRACKETS, "", title).strip()
    compact = "".join(plain.split()) if not plain.isascii() else plain
    if match := re.fullmatch(LEVEL, compact):
        number = match[1] or match[2]
        return Column(at, "tree", LEVEL_NUMBERS.get(number) or int(number), title)
    if re.fullmatch(LEVEL_NAMES, compact):
        return Column(at, "tree", 0, title)
    if re.fullmatch(LEAF_NAMES, compact):
        return Column(at, "tree", LEAF, title)
    for key, pattern in HEADINGS.items():
        flags, rest = pattern[:4], pattern[4:]
        if match := re.fullmatch(f"{flags}{OF_LEVEL}(?:{rest})", compact):
            level = LEVEL_NUMBERS.get(match[1] or "") or int(match[1] or 0)
            return Column(at, key, level, title)
        if key == "weight" and (match := re.fullmatch(rf"(?i)level[ _]?([1-6]) (?:{rest})", compact)):
            return Column(at, key, int(match[1]), title)
    return Column(at, "", LEAF, title)


def _in_order(levels: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns of levels from the top down, each with its place in that order."""
    numbered = [one for one in levels if 0 < one.level < LEAF]
    if len(numbered) == len(levels):
        ordered = sorted(levels, key=lambda one: one.level)
    else:
        ordered = sorted(levels, key=lambda one: one.at)
        if len(ordered) > 1 and ordered[0].level == LEAF and ordered[-1].level != LEAF:
            ordered.reverse()  # from the indicator up, as a lineage is written
    return tuple(Column(one.at, one.key, depth, one.title) for depth, one in enumerate(ordered, 1))


def _with_levels(columns: Sequence[Column], levels: Sequence[Column]) -> tuple[Column, ...]:
    """Say of which level columns are that stand once for each: beside their level, on the side that they stand first."""
    counted = Counter(one.key for one in columns)
    placed: list[Column] = []
    by_at = sorted(levels, key=lambda one: one.at)
    for one in columns:
        level = one.level
        if level == 0:
            level = LEAF
            if counted[one.key] > 1:
                before = min(c.at for c in columns if c.key == one.key) < by_at[0].at
                near = [each for each in by_at if (each.at > one.at if before else each.at < one.at)]
                level = (near[0] if before else near[-1]).level if near else LEAF
        elif level < LEAF:
            level = next((depth.level for depth in levels if depth.level == level), LEAF)
        if level == levels[-1].level:
            level = LEAF if counted[one.key] == 1 else level
        placed.append(Column(one.at, one.key, level, one.title, one.exact))
    return tuple(placed)


def is_heading(cells: Mapping[int, str], head: Head) -> bool:
    """Say whether a row has the headings once more, as after a break of the page."""
    again = [one for one in (*head.levels, *head.columns) if cells.get(one.at) == one.title]
    return len(again) >= 2 and 2 * len(again) >= len(cells)
