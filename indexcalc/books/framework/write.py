"""Writing a tree as a framework sheet: levels side by side in merged cells, and below or beside them what else the tree says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...findings import errors
from ...sources.readers.excel import Grid
from ...sources.readers.table import Cell, Origin
from ...tree.text import flow
from ...words.recognised_frames import (
    FRAME_HEADINGS,
    LEVEL_HEADINGS,
    SETTINGS,
    SETTINGS_SHEET,
    SHOWN_DIRECTIONS,
    WEIGHT_HEADINGS,
)
from ..forms import LINE, Styles, new_book, wide
from .made import Made, tree_of
from .read import read_framework
from .said import words_of

_MOST = 32_767  # letters that a cell of a workbook holds
_NEVER = ("indicators",)
Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Written:
    """A tree as a sheet: its rows with the title on top, cells merged down, and the rows of its settings."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merges: tuple[Merge, ...]
    settings: tuple[tuple[str, str], ...]
    levels: int
    language: str


@dataclass(frozen=True)
class _Node:
    data: Mapping[str, Any]
    depth: int
    leaf: bool


def sheet_of(data: Mapping[str, Any], language: str) -> tuple[Written, list[str]]:
    """Lay a tree out as a sheet that reads back as the same tree; with the nodes that do not, if there are any."""
    nodes = tuple(_walk(data["dimensions"], 1))
    plain = _laid_out(data, nodes, {}, {}, language)
    back = _read_back(plain)
    exact, rest = _left_over(nodes, back)
    whole = _laid_out(data, nodes, exact, rest, language)
    again = _read_back(whole)
    same = again is not None and again.data["dimensions"] == data["dimensions"]
    others = again is not None and {**again.data, "dimensions": 0} == {**data, "dimensions": 0}
    return whole, [] if same and others else [str(nodes[0].data.get("id", ""))] if same else _different(nodes, again)


def _walk(nodes: Sequence[Mapping[str, Any]], depth: int) -> Iterator[_Node]:
    for node in nodes:
        yield _Node({key: value for key, value in node.items() if key not in _NEVER}, depth, "indicators" not in node)
        if "indicators" in node:
            yield from _walk(node["indicators"], depth + 1)


def _read_back(written: Written) -> Made | None:
    """Read a sheet that was laid out as it will be read."""
    origin = Origin("", "", None, None, None, frozenset())
    tail = [list(SETTINGS[written.language]), *map(list, written.settings)]
    grids = [
        Grid(origin, "1", written.rows, frozenset(), written.merges),
        Grid(origin, "2", tail, frozenset()),
    ]
    read, found = read_framework(grids, Path("index"))
    if read is None or errors(found):
        return None
    return tree_of(read.frame)


def _left_over(nodes: Sequence[_Node], back: Made | None) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return the keys of indicators, and of inner nodes, that the columns of people do not bring back as they are."""
    exact: dict[int, dict[str, Any]] = {}
    rest: dict[int, dict[str, Any]] = {}
    again = list(_walk(back.data["dimensions"], 1)) if back else []
    for at, node in enumerate(nodes):
        own = again[at].data if at < len(again) and len(again) == len(nodes) else {}
        keys = [*node.data, *(key for key in own if key not in node.data)]
        differ = {key: node.data.get(key) for key in keys if not _same(node.data.get(key), own.get(key))}
        if differ:
            (exact if node.leaf else rest)[at] = differ
    return exact, rest


def _same(one: Any, other: Any) -> bool:
    return (
        bool(one == other) and isinstance(one, bool) == isinstance(other, bool) and isinstance(one, str) == isinstance(other, str)
    )


def _different(nodes: Sequence[_Node], again: Made | None) -> list[str]:
    back = list(_walk(again.data["dimensions"], 1)) if again else []
    pairs = zip(nodes, [*back, *[None] * len(nodes)], strict=False)
    return [str(node.data.get("id")) for node, other in pairs if other is None or node.data != other.data]


def _laid_out(
    data: Mapping[str, Any],
    nodes: Sequence[_Node],
    exact: Mapping[int, Mapping[str, Any]],
    rest: Mapping[int, Mapping[str, Any]],
    language: str,
) -> Written:
    """Lay out the sheet with columns for what people write, then for keys that have none of these."""
    levels = max(node.depth for node in nodes)
    leaves = [at for at, node in enumerate(nodes) if node.leaf]
    weighed = {node.depth for node in nodes if _plain(node.data.get("weight", "")) != ""}
    people = [key for key in FRAME_HEADINGS if key == "code" or any(_cell(nodes[at].data, key, language) != "" for at in leaves)]
    keys = list(dict.fromkeys(key for at in leaves for key in exact.get(at, ())))
    english = language == "en"
    headings: list[Cell] = []
    starts: list[int] = []
    for depth in range(1, levels + 1):
        starts.append(len(headings))
        headings.append(LEVEL_HEADINGS[language][depth - 1] if depth <= len(LEVEL_HEADINGS[language]) else f"{depth}")
        headings += [WEIGHT_HEADINGS[language][depth - 1]] if depth in weighed and depth <= len(WEIGHT_HEADINGS[language]) else []
    first = len(headings)
    headings += [FRAME_HEADINGS[key][english] for key in people] + [f"{key}:" for key in keys]
    index = data.get("index") or {}
    title = str(
        (index.get("name_en") or index.get("name") if english else index.get("name") or index.get("name_en")) or index.get("id")
    )
    rows: list[list[Cell]] = [[title, *[""] * (len(headings) - 1)], headings]
    merges: list[Merge] = []
    begins: dict[int, int] = {}
    pending: list[int] = []
    for at, node in enumerate(nodes):
        for depth in [one for one in begins if one >= node.depth]:
            merges += _merged(begins.pop(depth), len(rows) - 1, starts[depth - 1], double=depth in weighed)
        pending.append(at)
        if not node.leaf:
            continue
        row: list[Cell] = [""] * len(headings)
        for one in pending:
            own = nodes[one]
            row[starts[own.depth - 1]] = _name(own.data, language)
            if own.depth in weighed:
                row[starts[own.depth - 1] + 1] = _plain(own.data.get("weight", ""))
            if not own.leaf:
                begins[own.depth] = len(rows)
        pending = []
        row[first : first + len(people)] = [_cell(node.data, key, language) for key in people]
        left = exact.get(at, {})
        row[first + len(people) :] = [flow(left[key]) if key in left else "" for key in keys]
        rows.append(row)
    for depth, top in begins.items():
        merges += _merged(top, len(rows) - 1, starts[depth - 1], double=depth in weighed)
    settings = tuple(_settings(data, nodes, rest, language))
    return Written(title, tuple(map(tuple, rows)), tuple(merges), settings, levels, language)


def _merged(top: int, bottom: int, column: int, *, double: bool) -> list[Merge]:
    return [(top, at, bottom, at) for at in (column, column + 1)[: 2 if double else 1]] if bottom > top else []


def _name(node: Mapping[str, Any], language: str) -> str:
    names = (node.get("name_en"), node.get("name")) if language == "en" else (node.get("name"), node.get("name_en"))
    return str(names[0] or names[1] or node.get("id"))


def _plain(weight: Any) -> Cell:
    """Return a weight as people write it; nothing for one that differs by period or group, which has a column of its own."""
    return weight if isinstance(weight, (str, int, float)) else ""


def _cell(node: Mapping[str, Any], key: str, language: str) -> Cell:
    """Return what stands in the column of an indicator that people write."""
    value = node.get("id" if key == "code" else key, "")
    english = language == "en"
    if key == "name_en":
        return str(value) if node.get("name") and not english else ""
    if key == "direction":
        return SHOWN_DIRECTIONS[value][english] if value in SHOWN_DIRECTIONS else ""
    if key in ("worst", "best"):
        way = node.get("normalise")
        own = way.get(key) if isinstance(way, Mapping) and way.get("method") == "goalposts" and len(way) == 3 else ""
        return own if isinstance(own, (int, float)) else ""
    if key == "target":
        way = node.get("normalise")
        if value == "" and isinstance(way, Mapping) and way.get("method") == "target" and len(way) == 2:
            value = way.get("value", "")
        if isinstance(value, list):
            return "~".join(f"{one}" for one in value)
    return value if isinstance(value, (str, int, float)) else ""


def _settings(
    data: Mapping[str, Any], nodes: Sequence[_Node], rest: Mapping[int, Mapping[str, Any]], language: str
) -> Iterator[tuple[str, str]]:
    """Yield the rows of settings: each block but the tree, lists an entry a row, and further keys of inner nodes."""
    for key, value in data.items():
        if key == "dimensions":
            continue
        if isinstance(value, list) and value and key != "index":
            yield from ((f"{key}[]", flow(entry)) for entry in value)
        elif isinstance(value, Mapping) and key == "data" and value:
            yield from ((f"{key} {name}", flow(entry)) for name, entry in value.items())
        else:
            yield key, flow(value)
    names: list[str] = []
    for at, node in enumerate(nodes):
        names[node.depth - 1 :] = [words_of(_name(node.data, language)).replace("/", "//")]
        if at in rest:
            yield f"nodes {'/'.join(names)}", flow(dict(rest[at]))


def as_csv(written: Written) -> bytes:
    """Write the sheet as a text, its settings below."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    rows = [list(row) for row in written.rows]
    for top, column, bottom, _ in written.merges:
        for row in range(top + 1, bottom + 1):
            rows[row][column] = rows[top][column]
    writer.writerows([*rows, [], SETTINGS[written.language], *written.settings])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def fits(written: Written) -> bool:
    """Say whether each cell is short enough for a workbook."""
    cells = [cell for row in (*written.rows, *written.settings) for cell in row if isinstance(cell, str)]
    return all(len(cell) <= _MOST for cell in cells)


def as_workbook(written: Written) -> bytes:
    """Write the sheet as a workbook, cells of levels merged as offices have them, with its settings on a sheet of their own."""
    buffer = io.BytesIO()
    with new_book(buffer) as book:
        style = Styles(book)
        page = book.add_worksheet(LEVEL_HEADINGS[written.language][0][-2:] if written.language == "zh" else "framework")
        merged = {(top, left): (bottom, right) for top, left, bottom, right in written.merges}
        plain, title = style(text_wrap=True, **LINE), style(bold=True, font_size=14)
        for row, cells in enumerate(written.rows):
            for column, cell in enumerate(cells):
                how = title if row == 0 else style.heading if row == 1 else plain
                if (row, column) in merged:
                    page.merge_range(row, column, *merged[row, column], cell, how)
                elif cell != "":
                    (page.write_string if isinstance(cell, str) else page.write_number)(row, column, cell, how)
        for column in range(len(written.rows[1])):
            longest = max(wide(str(row[column])) for row in written.rows[1:])
            page.set_column(column, column, min(longest + 2, 40))
        page.freeze_panes(2, 0)
        beside = book.add_worksheet(SETTINGS_SHEET[written.language])
        for row, pair in enumerate((SETTINGS[written.language], *written.settings)):
            for column, text in enumerate(pair):
                beside.write_string(row, column, text, style.heading if row == 0 else plain)
        beside.set_column(0, 0, 24)
        beside.set_column(1, 1, 120)
    return buffer.getvalue()
