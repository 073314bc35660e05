"""What readers of a report may see: everything within, and outside what `publish:` lists beside scores and ranks."""

from __future__ import annotations

from dataclasses import replace

from ...tree.blocks.pages import Open
from ...tree.model import Index
from .sheet import Sheet, Value


def may_see(index: Index, what: Open, *, public: bool) -> bool:
    """Say whether readers may see something of an index: always inside the house, in the public edition what the tree opens."""
    return not public or what in index.publish


def unless_empty(sheet: Sheet, *titles: str) -> Sheet:
    """Return a sheet without those of some columns in which nothing stands: of a tree that names no department, for one."""
    for at, heading in reversed(list(enumerate(sheet.headings))):
        if heading.title in titles and not any(row[at] for row in sheet.rows):
            sheet = without_column(sheet, heading.title)
    return sheet


def without_column(sheet: Sheet, title: str) -> Sheet:
    """Return a sheet without the column that is called so, if it has one."""
    kept = [at for at, heading in enumerate(sheet.headings) if heading.title != title]

    def some(rows: tuple[tuple[Value, ...], ...]) -> tuple[tuple[Value, ...], ...]:
        return tuple(tuple(row[at] for at in kept) for row in rows)

    headings = tuple(sheet.headings[at] for at in kept)
    return replace(sheet, headings=headings, rows=some(sheet.rows), whole=some(sheet.whole))
