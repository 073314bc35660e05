"""Sheets with the levels of the tree side by side: names once over all rows below them, merged, left empty or repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...findings import Finding, finding
from ...sources.readers.table import Cell, blank, filled, name_of
from ...words.recognised_data import CAPTION, CONTINUED, NOTE
from ...words.recognised_frames import NOT_INDICATORS
from .headings import LEAF, Column, Head, is_heading
from .said import Fact, Named, Said, dated, named, words_of

if TYPE_CHECKING:
    from ...sources.readers.excel import Grid

_ONCE = ("weight", "total", "code")  # what a merged cell does not say of each row
_TEXTS = ("definition", "source_note", "method_note", "note")  # what may go on in the rows below
_LONG = 40  # letters of a line that is no name


@dataclass
class _Reading:
    """What has been read so far: the nodes, and of each level the place of the one that rows belong to."""

    nodes: list[Said]
    current: list[int]
    found: list[Finding]


def read_levels(grid: Grid, head: Head, *, ours: bool) -> tuple[list[Said], list[Finding]]:
    """Read the nodes of a sheet whose levels stand side by side, parents before children, with what is wrong in its rows.

    In a sheet of `ours` a name is what stands there, no more.
    """
    merged = {
        (row, column): (top, left)
        for top, left, bottom, right in grid.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    reading = _Reading([], [-1] * len(head.levels), [])
    inside = {"again"} | ({"weight"} if not (head.of("weight") or head.of("total")) else set())
    inside |= {"code"} if not head.of("code") else set()
    looked_for = frozenset() if ours else frozenset(inside)
    passed: list[tuple[int, int, str]] = []
    for row in _records(grid, head, passed, ours=ours):
        _read_row(grid, head, row, merged, reading, looked_for)
    if passed:
        row, column, text = passed[0]
        shown = text if len(text) <= _LONG else text[:_LONG] + "…"
        reading.found.append(finding("IC767", grid.place(row, column), count=len(passed), note=shown))
    nodes, periods = (reading.nodes, []) if ours else _without_periods(reading.nodes, with_weights="weight" in inside)
    return nodes, [*reading.found, *periods]


def _without_periods(nodes: list[Said], *, with_weights: bool) -> tuple[list[Said], list[Finding]]:
    """Put periods that stand in names into notes, and take the weights beside them; names that would be the same keep theirs."""
    bare = [(node.parent, dated(node.name)[0]) for node in nodes]
    made, moved = list(nodes), []
    for at, node in enumerate(nodes):
        name, said, weight = dated(node.name)
        if weight and with_weights:
            node.facts.setdefault("weight", Fact(weight, Column(0, "weight", LEAF, ""), node.place))
        if not said or bare.count(bare[at]) > 1:
            continue
        before = f"{node.text('note')}；" if "note" in node.facts else ""
        node.facts["note"] = Fact(before + said, Column(0, "note", LEAF, ""), node.place)
        made[at] = replace(node, name=name)
        moved.append(node)
    if not moved:
        return made, []
    return made, [finding("IC799", moved[0].place, count=len(moved), names=[node.name for node in moved[:3]])]


def _records(grid: Grid, head: Head, passed: list[tuple[int, int, str]], *, ours: bool) -> Iterator[int]:
    """Yield the rows that speak of indicators; notes, totals, captions and headings that begin again are passed by."""
    for row in range(head.low + 1, len(grid.rows)):
        cells = grid.rows[row]
        there = filled(cells)
        if not there:
            continue
        if ours:
            yield row
            continue
        texts = {at: name_of(cells[at]) for at in there}
        first = texts[there[0]]
        wide = any(top == row and left == there[0] and right > left + 1 for top, left, _, right in grid.merges)
        alone = len(there) == 1 and (wide or len(first) > _LONG or there[0] not in {one.at for one in head.levels})
        covered = (row, there[0]) in {(below, left) for top, left, end, _ in grid.merges for below in range(top + 1, end + 1)}
        # the word stands where a name would, or before all names: in the column of running numbers
        total = any(re.fullmatch(NOT_INDICATORS, text) for text in (first, *(texts.get(one.at, "") for one in head.levels)))
        said = re.match(NOTE, first) or re.match(CONTINUED, first) or (len(there) < 3 and re.match(CAPTION, first))
        if is_heading(texts, head):
            continue
        if total or said or (alone and not covered and _begins_again(grid, row, head)) or (alone and wide):
            if not total and not re.match(CONTINUED, first):
                passed.append((row, there[0], first))
            continue
        yield row


def _begins_again(grid: Grid, row: int, head: Head) -> bool:
    """Say whether headings follow a row, or nothing does."""
    for below in range(row + 1, len(grid.rows)):
        if there := filled(grid.rows[below]):
            return is_heading({at: name_of(grid.rows[below][at]) for at in there}, head)
    return len(words_of(grid.rows[row][filled(grid.rows[row])[0]])) > _LONG // 2


def _read_row(
    grid: Grid,
    head: Head,
    row: int,
    merged: Mapping[tuple[int, int], tuple[int, int]],
    reading: _Reading,
    looked_for: frozenset[str],
) -> None:
    """Read one row: the nodes that begin in it, and what it says of them."""
    begun: dict[int, Named] = {}
    for depth, level in enumerate(head.levels):
        cell = grid.rows[row][level.at]
        at = reading.current[depth]
        own = named(cell, looked_for)
        goes_on = merged.get((row, level.at), (row, level.at)) != (row, level.at)
        last = depth == len(head.levels) - 1
        again = not begun and not last and at >= 0 and reading.nodes[at].name == own.name
        if goes_on or not own.name or again:
            if begun:
                reading.current[depth] = -1
            elif again and not goes_on:
                _same_as_above(grid, head, row, depth, reading)
            continue
        above = next((reading.current[k] for k in range(depth - 1, -1, -1) if reading.current[k] >= 0), -1)
        reading.nodes.append(Said(own.name, grid.place(row, level.at), above, {}, own.code))
        reading.current[depth] = len(reading.nodes) - 1
        reading.current[depth + 1 :] = [-1] * (len(head.levels) - depth - 1)
        begun[depth] = own
    if not begun:
        _go_on(grid, head, row, merged, reading)
        return
    for depth, own in begun.items():
        if own.weight:
            column = Column(head.levels[depth].at, "weight", LEAF, head.levels[depth].title)
            fact = Fact(own.weight, column, grid.place(row, column.at))
            reading.nodes[reading.current[depth]].facts["weight"] = fact
    for column in head.columns:
        depth = max(begun) if column.level == LEAF else column.level - 1
        if depth in begun:
            _take(grid, row, column, merged, reading, reading.current[depth])


def _take(
    grid: Grid, row: int, column: Column, merged: Mapping[tuple[int, int], tuple[int, int]], reading: _Reading, node: int
) -> None:
    """Take what a cell says of a node, from the first row of the merged cell that it is part of."""
    home = merged.get((row, column.at), (row, column.at))
    cell: Cell = grid.rows[home[0]][home[1]]
    if blank(cell) or column.key == "ignored":
        return
    if home in grid.uncomputed:
        reading.found.append(finding("IC322", grid.place(*home), count=1))
        return
    if home[0] < row and column.key in _ONCE:
        own = reading.nodes[node]
        reading.found.append(finding("IC768", grid.place(*home), node=own.name, title=column.title))
        return
    reading.nodes[node].facts.setdefault(column.key, Fact(cell, column, grid.place(*home)))


def _same_as_above(grid: Grid, head: Head, row: int, depth: int, reading: _Reading) -> None:
    """See that a node whose name is repeated says what it said above, or nothing."""
    facts = reading.nodes[reading.current[depth]].facts
    for column in (one for one in head.columns if one.level == depth + 1):
        cell = grid.rows[row][column.at]
        before = facts.get(column.key)
        if not blank(cell) and before is not None and words_of(before.cell) != words_of(cell):
            about = {"node": reading.nodes[reading.current[depth]].name, "first": words_of(before.cell)}
            reading.found.append(finding("IC776", grid.place(row, column.at), found=words_of(cell), **about))


def _go_on(grid: Grid, head: Head, row: int, merged: Mapping[tuple[int, int], tuple[int, int]], reading: _Reading) -> None:
    """Add the texts of a row without a name to the node above it; what else stands there has no indicator."""
    last = len(reading.nodes) - 1
    for column in head.columns:
        if merged.get((row, column.at), (row, column.at)) != (row, column.at) or blank(grid.rows[row][column.at]):
            continue
        place = grid.place(row, column.at)
        if column.key in _TEXTS and last >= 0:
            facts = reading.nodes[last].facts
            before = f"{words_of(facts[column.key].cell)}；" if column.key in facts else ""
            facts[column.key] = Fact(before + words_of(grid.rows[row][column.at]), column, place)
        elif column.key in (*_ONCE, "direction"):
            reading.found.append(finding("IC641", place, found=words_of(grid.rows[row][column.at])))


def without_repeats(nodes: list[Said]) -> tuple[list[Said], list[Finding]]:
    """Join what is one node and stands twice under one parent, as after a break of the page, unless it says two things."""
    kept: list[Said] = []
    places: dict[tuple[int, str], int] = {}
    moved: dict[int, int] = {-1: -1}
    found: list[Finding] = []
    inner = {node.parent for node in nodes}
    for at, node in enumerate(nodes):
        key = moved[node.parent], node.name
        first = places.get(key)
        if first is None or (at not in inner and not node.facts.keys() <= {"weight", "total"}):
            if first is not None:
                found.append(_twice(node, kept[first]))
            moved[at] = places[key] = len(kept)
            kept.append(replace(node, parent=key[0]))
            continue
        moved[at] = first
        for name, fact in node.facts.items():
            other = kept[first].facts.setdefault(name, fact)
            if words_of(other.cell) != words_of(fact.cell):
                found.append(finding("IC776", fact.place, node=node.name, found=words_of(fact.cell), first=words_of(other.cell)))
    return kept, found


def _twice(node: Said, first: Said) -> Finding:
    return finding("IC647", node.place, name=node.name, first=str(first.place))
