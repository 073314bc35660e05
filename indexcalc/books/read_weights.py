"""Workbooks that people fill in about weights: edited weights, and judgements of pairs.

What an analyst may have done to a form is checked cell by cell, all at once; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, finding, letters, nearest
from ..sources.readers.table import name_of
from ..tree.declared import counts
from ..tree.edit import WRITTEN, decimals_of, exact_total, have_total, weights_method, written_weight
from ..tree.model import Index, Indicator

if TYPE_CHECKING:
    from ..sources.readers.excel import Grid

ID, WEIGHT, EXPORTED, EXPERT = ("编号", "Id"), ("权重", "Weight"), ("导出时", "as exported"), ("专家", "Expert")
_SAME = 1e-9
_LEAST, _MOST = Fraction(1, 9), Fraction(9)


@dataclass(frozen=True)
class Judgements:
    """One expert's judgements of pairs: how many times a row outweighs a column, None where it was not judged."""

    expert: str
    matrix: tuple[tuple[float | None, ...], ...]


def read_weights(grid: Grid, index: Index) -> tuple[dict[str, str], list[Finding]]:
    """Read the weights of a workbook: the text to write for each node whose weight is another, and all that is wrong."""
    top = _header(grid, ID, WEIGHT)
    if top is None:
        return {}, [finding("IC620", grid.place(0, 0), headings=[ID[0], WEIGHT[0]])]
    columns = [_column(grid.rows[top], names) for names in (ID, WEIGHT, EXPORTED)]
    at_id, at_weight, at_exported = columns
    found: list[Finding] = []
    rows: dict[str, int] = {}
    for row in range(top + 1, len(grid.rows)):
        node = name_of(grid.rows[row][at_id])
        if not node and not name_of(grid.rows[row][at_weight]):
            continue
        if node not in index.paths or node not in index.by_id:
            found.append(finding("IC621", grid.place(row, at_id), found=node, near=nearest(node, index.by_id)))
        elif node in rows:
            found.append(finding("IC626", grid.place(row, at_id), node=node, line=rows[node] + 1))
        else:
            rows[node] = row
    if missing := [node for node in index.by_id if node not in rows]:
        found.append(finding("IC622", grid.place(top, at_id), nodes=missing))
    values: dict[str, Fraction | None] = {}
    new: dict[str, str] = {}
    for parent, node in _pairs(index):
        if node not in rows:
            continue
        row, place = rows[node], grid.place(rows[node], at_weight)
        exported = name_of(grid.rows[row][at_exported]) if at_exported >= 0 else None
        if (row, at_weight) in grid.uncomputed:
            found.append(finding("IC322", place, count=1))
            continue
        value = _number(grid.rows[row][at_weight])
        if isinstance(value, str):
            found.append(finding("IC623", place, found=value, node=node))
            continue
        text, problem = _weight(index, parent, node, value, exported, place)
        found += [problem] if problem else []
        if text:
            new[node] = text
        values[node] = Fraction(text) if text else _exact(written_weight(index, node))
    if not found:
        found += _sums(grid, index, values, rows, at_weight)
    return new, found


def _weight(
    index: Index, parent: str, node: str, value: Fraction | None, exported: str | None, place: Place
) -> tuple[str, Finding | None]:
    """The text to write for one node, empty where its weight stays, or what is wrong with it."""
    method = weights_method(index, parent)
    if method not in WRITTEN:
        was = _fraction(exported or "")
        same = value == was if value is None or was is None else abs(value - was) < _SAME
        return "", None if same else finding("IC627", place, node=node, method=method, parent=parent)
    written = written_weight(index, node)
    if value is None:
        return "", finding("IC624", place, node=node, weight=written) if written else None
    now = _exact(written)
    if now is not None and abs(value - now) < _SAME:
        return "", None
    if exported is not None and exported != written and _exact(exported) != now:
        return "", finding("IC628", place, node=node, now=written or "–", then=exported or "–")
    return _as_text(value, written), None


def read_judgements(grid: Grid, node: str, children: Sequence[str], stem: str) -> tuple[Judgements, list[Finding]]:
    """Read one expert's judgements of a node's children, with all that is wrong with them."""
    top = next((at for at, row in enumerate(grid.rows) if len(row) > 1 and name_of(row[1]) in ID), None)
    nothing = Judgements(stem, ())
    if top is None:
        return nothing, [finding("IC632", grid.place(0, 0), node=node, found="–", expected=children)]
    across = _until_empty([name_of(cell) for cell in grid.rows[top][2:]])
    down = _until_empty([name_of(row[1]) for row in grid.rows[top + 1 :]])
    for names, place in ((across, grid.place(top, 2)), (down, grid.place(top + 1, 1))):
        if names != list(children):
            return nothing, [finding("IC632", place, node=node, found=names or "–", expected=children)]
    found: list[Finding] = []
    size = len(children)
    matrix: list[list[float | None]] = [[1.0 if row == column else None for column in range(size)] for row in range(size)]
    for row in range(size):
        for column in range(row + 1, size):
            upper, lower = (_judgement(grid, top + 1 + i, 2 + j) for i, j in ((row, column), (column, row)))
            pair = {"one": children[row], "other": children[column]}
            wrong = [(value, at) for value, at in ((upper, (row, column)), (lower, (column, row))) if isinstance(value, str)]
            if wrong:
                value, (i, j) = wrong[0]
                named = pair if i < j else {"one": pair["other"], "other": pair["one"]}
                found.append(finding("IC630", grid.place(top + 1 + i, 2 + j), found=value, **named))
                continue
            assert not isinstance(upper, str)
            assert not isinstance(lower, str)
            if upper is not None and lower is not None and abs(upper * lower - 1) > Fraction(1, 10**6):
                place = grid.place(top + 1 + column, 2 + row)
                found.append(finding("IC631", place, found=_shown(lower), given=_shown(upper), **pair))
            told = upper if upper is not None else None if lower is None else 1 / lower
            matrix[row][column] = None if told is None else float(told)
            matrix[column][row] = None if told is None else float(1 / told)
    return Judgements(_expert(grid, top) or stem, tuple(map(tuple, matrix))), found


def _expert(grid: Grid, top: int) -> str:
    for row in grid.rows[:top]:
        for at, cell in enumerate(row[:-1]):
            if name_of(cell) in EXPERT:
                return name_of(row[at + 1])
    return ""


def _judgement(grid: Grid, row: int, column: int) -> Fraction | str | None:
    """A judgement from 1/9 to 9, None where there is none, or what stands there instead."""
    cells = grid.rows[row] if row < len(grid.rows) else ()
    cell = cells[column] if column < len(cells) else ""
    if (row, column) in grid.uncomputed or not name_of(cell):
        return None  # the lower half fills itself only when a program computes it
    value = _fraction(name_of(cell)) if isinstance(cell, str) else _of_number(cell)
    if value is None or not _LEAST - Fraction(1, 10**6) <= value <= _MOST:
        return name_of(cell)
    return value


def _shown(value: Fraction) -> str:
    near = value.limit_denominator(9)
    return str(near) if abs(near - value) < Fraction(1, 10**6) else f"{float(value):.4g}"


def _header(grid: Grid, *headings: Sequence[str]) -> int | None:
    """The first row that has all headings, each in one of its languages."""
    for at, row in enumerate(grid.rows):
        if all(_column(row, names) >= 0 for names in headings):
            return at
    return None


def _column(row: Sequence[Any], names: Sequence[str]) -> int:
    return next((at for at, cell in enumerate(row) if name_of(cell) in names), -1)


def _pairs(index: Index) -> Iterator[tuple[str, str]]:
    """Every node with its parent."""
    for parent in index.by_id.values():
        if not isinstance(parent, Indicator):
            for child in index.children(parent):
                yield parent.id, child.id


def _number(cell: Any) -> Fraction | str | None:
    """A cell as a number of at least 0, None where it is empty, or what stands there instead."""
    if isinstance(cell, str) and cell.endswith("%"):  # how a number formatted in per cent is read
        value = _fraction(cell[:-1])
        return cell if value is None else value / 100
    if not isinstance(cell, str) and cell is not None:
        number = _of_number(cell)
        return name_of(cell) if number is None else number
    return name_of(cell) or None


def _of_number(cell: Any) -> Fraction | None:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not 0 <= cell < float("inf"):
        return None
    return Fraction(repr(cell))


def _fraction(text: str) -> Fraction | None:
    try:
        value = Fraction("".join(text.split()))
    except (ValueError, ZeroDivisionError):
        return None
    return value if value >= 0 else None


def _exact(text: str) -> Fraction | None:
    return _fraction(text) if text else None


def _as_text(value: Fraction, old: str) -> str:
    """A number as it is written in YAML: at the decimals that stood there at least, as a fraction where it has no end."""
    plain = f"{float(value):.12f}".rstrip("0")
    plain = plain.removesuffix(".")
    near = value.limit_denominator(1000)
    if decimals_of(plain) > 10 and abs(near - value) < Fraction(1, 10**11):
        return str(near)
    short = (0 if "/" in old else decimals_of(old)) - decimals_of(plain)
    return plain + ("" if "." in plain or short <= 0 else ".") + "0" * max(short, 0)


def _sums(
    grid: Grid, index: Index, values: Mapping[str, Fraction | None], rows: Mapping[str, int], column: int
) -> Iterator[Finding]:
    """Say which weights among siblings do not add up, with their cells."""
    total = exact_total(index)
    for parent in index.by_id.values():
        if isinstance(parent, Indicator) or not have_total(index, parent.id):
            continue
        children = index.children(parent)
        own = {child.id: values.get(child.id) for child in children if counts(child) or values.get(child.id) is not None}
        given = {name: value for name, value in own.items() if value is not None}
        gap = sum(given.values(), Fraction(-total))
        if not given or abs(gap) <= Fraction(1, 10**9) * total:
            continue
        lines = sorted(rows[name] for name in own)
        yield finding(
            "IC625",
            grid.place(lines[0], column),
            node=parent.id,
            sum=float(gap + total),
            total=total,
            cells=_cells(lines, column),
            gap=f"{abs(float(gap)):.10g} is {'missing' if gap < 0 else 'too much'}",
            gap_zh=f"{'还差' if gap < 0 else '超出'} {abs(float(gap)):.10g}",
        )


def _cells(lines: Sequence[int], column: int) -> str:
    letter = letters(column + 1)
    if len(lines) > 1 and lines[-1] - lines[0] == len(lines) - 1:
        return f"{letter}{lines[0] + 1}:{letter}{lines[-1] + 1}"
    return ", ".join(f"{letter}{line + 1}" for line in lines)


def _until_empty(names: Sequence[str]) -> list[str]:
    return list(names[: names.index("")]) if "" in names else list(names)
