"""Reading a workbook or text of a framework: its sheet of indicators, its settings, and the sheets beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ...findings import Finding, errors, finding
from ...sources.readers.table import blank, name_of
from ...tree.model import Index
from ...tree.text import read_flow
from ...words.recognised_data import CAPTION, CONTINUED
from .headings import Head, head_of, settings_row
from .levels import read_levels, without_repeats
from .parents import read_parents
from .said import Frame, Said, words_of

if TYPE_CHECKING:
    from ...sources.readers.excel import Grid

_KNOWN = {*Index.model_fields, "nodes"} - {"dimensions"}  # what may stand in a sheet of settings


@dataclass(frozen=True)
class Read:
    """What was read: the frame, rows of denominators and groups, and the names of the sheets that are no framework."""

    frame: Frame
    others: tuple[Said, ...]
    sheet: str
    beside: tuple[str, ...]


def read_framework(grids: Sequence[Grid], file: Path) -> tuple[Read | None, list[Finding]]:
    """Read the first sheet that has the headings of a framework, with all that is wrong in it."""
    heads = [(grid, head) for grid in grids if (head := head_of(grid)) is not None]
    if not heads:
        return None, [finding("IC640", grids[0].place(0, 0), headings=_headings(grids[0]))]
    grid, head = max(heads, key=lambda one: len(one[1].columns) + len(one[1].levels))
    settings, found, ends = _settings(grids, grid)
    if ends is not None:
        grid = _cut(grid, ends)
    others: list[Said] = []
    if head.by_parents:
        nodes, others, problems = read_parents(grid, head)
    else:
        nodes, problems = read_levels(grid, head, ours=bool(settings))
        nodes, repeats = (nodes, []) if settings else without_repeats(nodes)
        problems += repeats
    found += problems
    if not nodes and not errors(found):
        found.append(finding("IC640", grid.place(head.top, 0), headings=_headings(grid)))
    unknown = [one for one in head.unknown if any(not blank(row[one.at]) for row in grid.rows[head.low + 1 :])]
    if unknown:
        found.append(finding("IC770", grid.place(head.top, unknown[0].at), names=[one.title for one in unknown]))
    keys = frozenset(one.key for one in head.columns)
    title = _title(grid, head) or file.stem
    frame = Frame(tuple(nodes), title, grid.place(head.top, 0), keys, head.by_parents, (), settings)
    beside = tuple(one.sheet for one in grids if one.sheet != grid.sheet and settings_row(one) is None)
    return Read(frame, tuple(others), grid.sheet, beside), found


def _headings(grid: Grid) -> list[str]:
    """Return the texts of the fullest row near the top."""
    rows = [[name_of(cell) for cell in row if name_of(cell)] for row in grid.rows[:10]]
    return max(rows, key=len, default=[])[:12]


def _cut(grid: Grid, row: int) -> Grid:
    from dataclasses import replace

    return replace(grid, rows=grid.rows[:row])


def _title(grid: Grid, head: Head) -> str:
    """Return the first line above the headings that is a title."""
    for row in grid.rows[: head.top]:
        for cell in row:
            text = words_of(cell)
            if text and not re.match(CAPTION, text) and not re.match(CONTINUED, text) and len(text) < 80:
                return text
    return ""


def _settings(grids: Sequence[Grid], own: Grid) -> tuple[dict[str, Any], list[Finding], int | None]:
    """Read the blocks of YAML that an exported sheet has beside its indicators, and where these end for them."""
    for grid in grids:
        if (top := settings_row(grid)) is None:
            continue
        settings: dict[str, Any] = {}
        found: list[Finding] = []
        for row in range(top + 1, len(grid.rows)):
            key = words_of(grid.rows[row][0])
            if not key:
                continue
            place = grid.place(row, 1)
            text = str(grid.rows[row][1])
            block, _, path = key.partition(" ")
            try:
                value = read_flow(text)
            except yaml.YAMLError:
                found.append(finding("IC773", place, found=text[:40], key=key))
                continue
            if block.removesuffix("[]") not in _KNOWN:
                found.append(finding("IC773", grid.place(row, 0), found=key, key=key))
            elif block == "nodes":
                settings.setdefault("nodes", {})[path] = value
            elif block.endswith("[]"):
                settings.setdefault(block.removesuffix("[]"), []).append(value)
            elif path:
                settings.setdefault(block, {})[path] = value
            else:
                settings[block] = value
        return settings, found, top if grid is own else None
    return {}, [], None
