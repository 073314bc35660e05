"""Files of tables as people make them, read into tables that know the address of every cell.

Hands each file that a path or pattern means to the module of its format. Nothing here knows the tree, what a unit is
called or what a number looks like, and no format's library is imported before a file needs it.
"""

# ruff: noqa: PTH118, PTH122

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...findings import Finding, finding, system_said
from .files import files_of, no_file, shown_path
from .table import Origin, Table, name_of

if TYPE_CHECKING:
    from ...tree.model import Data

TEXTS = (".csv", ".tsv", ".txt")
PACKED = tuple(f"{suffix}.gz" for suffix in TEXTS)
SUFFIXES = (*TEXTS, ".csv.gz", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")


def read_tables(
    data: Data, base: Path, *, keys: Sequence[str] = (), keep: int | None = None
) -> tuple[list[Table], list[Finding], list[Path]]:
    """Read every table that a block under `data` means, with all findings and the files that were read.

    Relative paths start from `base`, and files are shown relative to it. `keys` are names of which the header row is
    known to have at least one. The order of the tables is that of their paths, whatever the file system says. Parquet
    tables of more than `keep` cells stay in their files until a column is asked for.
    """
    tables: list[Table] = []
    files: list[Path] = []
    matches, found = files_of(data.path.replace("\\", "/"), base)
    names = [name_of(key) for key in keys]
    known = frozenset((*names, *(name.casefold() for name in names)))
    for relative, period in matches:
        path = os.path.join(base, relative)
        origin = Origin(path, shown_path(relative, base), period, data.sheet, data.header, known, keep)
        try:
            its_tables, its_findings = _read(origin)
        except OSError as error:
            found.append(finding("IC303", origin.place(), problem=system_said(error)))
            continue
        files.append(Path(path))
        tables += its_tables
        found += its_findings
    return tables, found, sorted(files)


def _read(origin: Origin) -> tuple[list[Table], list[Finding]]:
    suffix = suffix_of(origin.path)
    if none := no_file(origin.path, origin.file):
        return [], [none]
    if suffix in (*TEXTS, *PACKED):
        from .csv import read_csv

        return read_csv(origin, suffix)
    if suffix == ".parquet":
        from .parquet import read_parquet

        return read_parquet(origin)
    if suffix in SUFFIXES:
        from .excel import read_workbook

        return read_workbook(origin, suffix)
    return [], [finding("IC304", origin.place(), suffix=suffix, path=origin.file, known=SUFFIXES)]


def suffix_of(path: str) -> str:
    """Return the ending of a file's name that says how it is read: of a packed one, that of what is in it as well."""
    head, suffix = os.path.splitext(path.lower())
    return os.path.splitext(head)[1] + suffix if suffix == ".gz" else suffix
