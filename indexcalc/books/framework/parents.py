"""Sheets with a row for each node that names the node above it, as COINr's iMeta."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ...findings import Finding, errors, finding, nearest
from ...sources.readers.table import blank, filled, name_of
from ...words.recognised_frames import TYPES
from .headings import Head
from .said import Fact, Said, words_of

if TYPE_CHECKING:
    from ...sources.readers.excel import Grid

_NONE = ("", "NA", "N/A", "-", "–", "—", "root", "ROOT")


def read_parents(grid: Grid, head: Head) -> tuple[list[Said], list[Said], list[Finding]]:
    """Read the nodes of a sheet of parents and codes, parents before children; the rows that are no nodes; what is wrong."""
    rows, found = _rows(grid, head)
    nodes = [one for one in rows if one.kind not in ("group", "denominator", "other")]
    others = [one for one in rows if one.kind in ("group", "denominator", "other")]
    by_code: dict[str, int] = {}
    for at, node in enumerate(nodes):
        if node.code in by_code:
            found.append(finding("IC647", node.place, name=node.code, first=str(nodes[by_code[node.code]].place)))
        by_code.setdefault(node.code, at)
    names = {node.name: at for at, node in reversed(list(enumerate(nodes)))}
    above: list[int] = []
    for node in nodes:
        wanted = node.text("parent")
        at = by_code.get(wanted, names.get(wanted, -1)) if wanted not in _NONE else -1
        if wanted not in _NONE and at < 0:
            near = nearest(wanted, [*by_code, *names])
            found.append(finding("IC646", node.facts["parent"].place, node=node.code, found=wanted, near=near))
        above.append(at)
    found += _loops(nodes, above)
    return ([] if errors(found) else _in_order(nodes, above)), others, found


def _rows(grid: Grid, head: Head) -> tuple[list[Said], list[Finding]]:
    """Read the rows as they stand, with those that have no code."""
    code, name = head.of("code"), head.of("name")
    assert code is not None
    found: list[Finding] = []
    rows: list[Said] = []
    for row in range(head.low + 1, len(grid.rows)):
        cells = grid.rows[row]
        if len(there := filled(cells)) < 2:
            if there:
                found.append(finding("IC767", grid.place(row, there[0]), count=1, note=name_of(cells[there[0]])[:40]))
            continue
        facts = {
            column.key: Fact(cells[column.at], column, grid.place(row, column.at))
            for column in head.columns
            if not blank(cells[column.at]) and words_of(cells[column.at]) != "NA"
        }
        own = words_of(cells[code.at])
        place = grid.place(row, code.at)
        if not own:
            found.append(finding("IC641", place, found=words_of(cells[there[0]])))
            continue
        title = words_of(cells[name.at]) if name and not blank(cells[name.at]) else own
        rows.append(Said(title, place, -1, facts, own, _kind(facts)))
    return rows, found


def _kind(facts: dict[str, Fact]) -> str:
    """Return what a row is by its type, where it says one."""
    said = words_of(facts["type"].cell) if "type" in facts else ""
    return next((kind for kind, pattern in TYPES.items() if re.fullmatch(pattern, said)), "")


def _loops(nodes: list[Said], above: list[int]) -> list[Finding]:
    """Find nodes that stand above themselves."""
    found = []
    for at, node in enumerate(nodes):
        seen, one = {at}, above[at]
        while one >= 0 and one not in seen:
            seen.add(one)
            one = above[one]
        if one == at:
            found.append(finding("IC769", node.facts["parent"].place, node=node.code, parent=node.text("parent")))
    return found


def _in_order(nodes: list[Said], above: list[int]) -> list[Said]:
    """Put nodes after those that they stand below, siblings in the order of their rows."""
    children: dict[int, list[int]] = {}
    for at, parent in enumerate(above):
        children.setdefault(parent, []).append(at)
    ordered: list[Said] = []
    waiting = [(at, -1) for at in reversed(children.get(-1, []))]
    while waiting:
        at, parent = waiting.pop()
        ordered.append(replace(nodes[at], parent=parent))
        waiting += [(child, len(ordered) - 1) for child in reversed(children.get(at, []))]
    return ordered
