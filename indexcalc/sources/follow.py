"""Tables of goals and remarks beside the tree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..findings import Finding, Place, finding, nearest
from ..periods import read_period
from ..tree.blocks.follow import FromTable, Goal, Remark
from ..tree.model import Data, Index
from ..words.recognised_forms import FOLLOW_HEADINGS
from .readers.table import Table, name_of
from .readers.tables import read_tables
from .unit_table import asked_at

_NEEDED = {"goals": ("unit", "period"), "remarks": ("unit", "text")}


def read_goals(index: Index, base: Path) -> tuple[tuple[Goal, ...], list[Finding], list[Path]]:
    """Return the goals of a tree, from its table where it names one, with the file that was read."""
    if not isinstance(index.goals, FromTable):
        return index.goals, [], []
    rows, found, files = _rows(index, "goals", index.goals, base)
    goals = []
    for place, row in rows:
        value, rank = _number(row.get("value")), _number(row.get("rank"))
        if (value is None) == (rank is None) or (rank is not None and rank < 1):
            found.append(finding("IC747", place, block="goals", name=row["unit"], keys=["value", "rank"]))
            continue
        goals.append(
            Goal(
                unit=row["unit"],
                node=row.get("node") or None,
                period=row["period"],
                value=value,
                rank=None if rank is None else int(rank),
                department=row.get("department", ""),
            )
        )
    return tuple(goals), found, files


def read_remarks(index: Index, base: Path) -> tuple[tuple[Remark, ...], list[Finding], list[Path]]:
    """Return the remarks of a tree, from its table where it names one, with the file that was read."""
    if not isinstance(index.remarks, FromTable):
        return index.remarks, [], []
    rows, found, files = _rows(index, "remarks", index.remarks, base)
    remarks = [
        Remark(
            unit=row["unit"],
            node=row.get("node") or None,
            period=row.get("period") or None,
            kind=row.get("kind", ""),
            text=row["text"],
            author=row.get("author", ""),
        )
        for _, row in rows
    ]
    return tuple(remarks), found, files


def _rows(
    index: Index, block: str, source: FromTable, base: Path
) -> tuple[list[tuple[Place, Mapping[str, str]]], list[Finding], list[Path]]:
    """Read the rows of a table by key, each with its place; what they name in the tree is its id."""
    keys = [heading for headings in FOLLOW_HEADINGS.values() for heading in headings]
    tables, found, files = read_tables(Data.model_construct(path=source.table, sheet=source.sheet), base, keys=keys)
    found = asked_at(found, index.place((block, "table")))
    rows: list[tuple[Place, Mapping[str, str]]] = []
    names = {name_of(name): node for node, own in index.by_id.items() for name in (own.name_en, own.name, node) if name}
    for table in tables:
        columns = _columns(table)
        if missing := [key for key in _NEEDED[block] if key not in columns]:
            known = [name for name in table.names if name]
            found.append(finding("IC749", table.header_place(0), block=block, keys=missing, known=known))
            continue
        for row in range(len(table.lines)):
            cells = {key: name_of(table.columns[at][row]) for key, at in columns.items()}
            if not cells["unit"]:
                continue
            place, node = table.place(row, columns.get("node", columns["unit"])), cells.get("node", "")
            if node and node not in names:
                near = nearest(node, names)
                found.append(finding("IC748", place, block=block, key="node", found=node, near=near))
                continue
            period = cells.get("period", "")
            if period and not any(read_period(period, kind) for kind in index.periods.kinds):
                there = table.place(row, columns["period"])
                found.append(finding("IC748", there, block=block, key="period", found=period, near=""))
                continue
            rows.append((place, {**cells, **({"node": names[node]} if node else {})}))
    return rows, found, files


def _columns(table: Table) -> dict[str, int]:
    folded = [name.casefold() for name in table.names]
    found: dict[str, int] = {}
    for key, headings in FOLLOW_HEADINGS.items():
        at = next((folded.index(heading) for heading in headings if heading in folded), None)
        if at is not None and at not in found.values():
            found[key] = at
    return found


def _number(text: Any) -> float | None:
    try:
        return float(str(text).rstrip("%")) if text not in (None, "") else None
    except ValueError:
        return None
