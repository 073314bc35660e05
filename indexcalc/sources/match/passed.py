"""Files that look like those of a further period, and that no pattern means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...findings import Finding, Place, finding
from ...tree.model import Index
from ...words.recognised_data import INDICATOR_HEADINGS, UNIT_HEADINGS
from ..readers.files import files_of, is_pattern, shown_path, strays
from ..readers.table import Table, name_of
from ..readers.tables import read_tables
from .headings import by_heading, plain, position_of


def passed_by(index: Index, base: Path) -> Iterator[Finding]:
    """Find the files that look like those of a further period, hold what the index asks for, and are not read."""
    paths = [data.path.replace("\\", "/") for data in index.data.values() if not data.is_ledger and "://" not in data.path]
    matched = {path: [file for file, _ in files_of(path, base)[0]] for path in paths if is_pattern(path)}
    read = {*paths, index.units.table, *(file for files in matched.values() for file in files)}
    for path, pattern, near in strays(matched, base, read):
        if _is_asked_for(index, path, pattern, base):
            shown = shown_path(path, base)
            yield finding("IC932", Place(shown), name=shown, pattern=pattern, near=near)


def _is_asked_for(index: Index, path: str, pattern: str, base: Path) -> bool:
    """Say whether a file has anything that is asked of a pattern's files, or cannot be looked into."""
    if (base / path).is_dir():
        return True
    names = [name for name, data in index.data.items() if data.path.replace("\\", "/") == pattern]
    wanted = {name_of(header) for column in index.columns if column.source in names for header in (*column.headers, *column.rows)}
    keys = [*index.units.headings, *UNIT_HEADINGS, *INDICATOR_HEADINGS]
    of_file = index.data[names[0]].model_copy(update={"path": path, "period": None})
    tables, _, _ = read_tables(of_file, base, keys=keys)
    return not tables or any(not wanted.isdisjoint(_names_in(table)) for table in tables)


def _names_in(table: Table) -> set[str]:
    """Return what could name an indicator in a table: its headings, the line above, the cells of a column of names."""
    names = {*by_heading(table), table.indicator, plain(table.indicator)}
    at = position_of(table, None, INDICATOR_HEADINGS)
    cells = {name_of(cell) for cell in table.named(at)} if at is not None and not table.stays else set()
    return names | cells | set(map(plain, cells))
