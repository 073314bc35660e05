"""Files of tables as people make them, read into tables that know the address of every cell.

Finds the files that a path or pattern means and hands each to the module of its format. Nothing here knows the tree,
what a unit is called or what a number looks like, and no format's library is imported before a file needs it.
"""

# Twenty small files take 3 ms, of which pathlib would be most.
# ruff: noqa: PTH100, PTH110, PTH112, PTH113, PTH118, PTH122

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...findings import Finding, Place, finding, nearest

if TYPE_CHECKING:
    from ...tree.model import Data

Cell = str | float | int | bool | None

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")
PERIOD = "{period}"


@dataclass(frozen=True)
class Table:
    """One table of one file: its named columns, and where each of its cells stands."""

    file: str
    sheet: str
    period: str | None
    header_line: int  # the lowest header row, from 1; 0 where the format has none
    names: tuple[str, ...]
    qualified: tuple[str, ...]
    positions: tuple[int, ...]
    columns: Sequence[Sequence[Cell]]
    lines: Sequence[int]

    @property
    def stays(self) -> bool:
        """Whether its cells stay in their file until they are asked for."""
        return False

    def place(self, row: int, column: int) -> Place:
        """Return the address of a cell by its row and column index in the table."""
        return Place(self.file, self.sheet, self.lines[row], self.positions[column])

    def header_place(self, column: int) -> Place:
        """Return the address of a column's name."""
        if not self.header_line:
            return Place(self.file, self.sheet)
        return Place(self.file, self.sheet, self.header_line, self.positions[column])


@dataclass(frozen=True)
class Origin:
    """What a format needs to know to read one file: where it is, what people call it, what is asked of it."""

    path: str
    file: str
    period: str | None
    sheet: str | None
    header: int | None
    keys: frozenset[str]
    keep: int | None = None  # a Parquet table of more cells than this stays in its file

    def place(self, sheet: str = "", line: int = 0, column: int = 0) -> Place:
        """Return an address in this file."""
        return Place(self.file, sheet, line, column)


def read_tables(
    data: Data, base: Path, *, keys: Sequence[str] = (), root: Path | None = None, keep: int | None = None
) -> tuple[list[Table], list[Finding], list[Path]]:
    """Read every table that a block under `data` means, with all findings and the files that were read.

    Relative paths start from `base`; files are shown relative to `root`. `keys` are names of which the header row is
    known to have at least one. The order of the tables is that of their paths, whatever the file system says. Parquet
    tables of more than `keep` cells stay in their files until a column is asked for.
    """
    tables: list[Table] = []
    found: list[Finding] = []
    files: list[Path] = []
    pattern = data.path.replace("\\", "/")
    try:
        matches = matching(pattern, str(base))
    except OSError as error:
        return [], [finding("IC303", Place(shown_path(str(error.filename or ""), base, root)), problem=_problem(error))], []
    if not matches:
        return [], [absent(pattern, base, root)], []
    known = frozenset(map(name_of, keys))
    for relative, period in matches:
        path = os.path.join(base, relative)
        origin = Origin(path, shown_path(relative, base, root), period, data.sheet, data.header, known, keep)
        try:
            its_tables, its_findings = _read(origin)
        except OSError as error:
            found.append(finding("IC303", origin.place(), problem=_problem(error)))
            continue
        files.append(Path(path))
        tables += its_tables
        found += its_findings
    return tables, found, sorted(files)


def name_of(cell: object) -> str:
    r"""Return a cell as a name: NFKC, outer space stripped, inner space collapsed.

    >>> name_of(" 刑事　立案数\n（件） "), name_of(2021.0)
    ('刑事 立案数 (件)', '2021')
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    if not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell)
        if not cell.isprintable():
            cell = cell.translate(_INVISIBLE)
    return " ".join(cell.split())


def text_of(value: object) -> Cell:
    """Return a value as a cell, with dates and times as ISO text and the time left out at midnight.

    >>> text_of(dt.datetime(2022, 3, 1)), text_of(dt.datetime(2022, 3, 1, 8, 30))
    ('2022-03-01', '2022-03-01 08:30:00')
    """
    if value is None or isinstance(value, (str, float, int)):
        return value
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))  # pasted in from web pages, or left by joined files


def matching(pattern: str, base: str) -> list[tuple[str, str | None]]:
    """List the files that a pattern means, in codepoint order, each with the text that {period} stood for."""
    if not _is_pattern(pattern):
        return [(pattern, None)] if os.path.exists(os.path.join(base, pattern)) else []
    parts = tuple(part for part in pattern.split("/") if part)
    start = pattern[: len(pattern) - len(pattern.lstrip("/"))]
    return sorted(dict(_walk(base, start, parts, None)).items())


def _walk(base: str, here: str, parts: tuple[str, ...], period: str | None) -> Iterator[tuple[str, str | None]]:
    """Yield the files below a folder that the rest of a pattern means."""
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _walk(base, here, rest or ("*",), period)
        for name, entry in _entries(base, here):
            # a linked folder may lead back up, and a walk through it would never end
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(base, os.path.join(here, name), parts, period)
        return
    if not _is_pattern(part):
        below = os.path.join(here, part)
        if rest:
            yield from _walk(base, below, rest, period)
        elif os.path.isfile(os.path.join(base, below)):
            yield below, period
        return
    for name, entry in _entries(base, here):
        matches, text = _match(part, name)
        if not matches or (text is not None and period not in (None, text)):
            continue
        below = os.path.join(here, name)
        if rest and entry.is_dir():
            yield from _walk(base, below, rest, text or period)
        elif not rest and (entry.is_symlink() or entry.is_file()):  # a broken link is a finding once it is opened
            yield below, text or period


def _entries(base: str, here: str) -> list[tuple[str, os.DirEntry[str]]]:
    """List what a folder holds, without lock files of an open workbook and hidden files."""
    try:
        with os.scandir(os.path.join(base, here)) as entries:
            return [(entry.name, entry) for entry in entries if not entry.name.startswith((".", "~$"))]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text or PERIOD in text


def _match(pattern: str, text: str) -> tuple[bool, str | None]:
    """Say whether a name fits a pattern, and what {period} stands for in it.

    >>> _match("公安*{period}.csv", "公安局2022Q1.csv")
    (True, '2022Q1')
    """
    # a period begins as periods do, if it can: otherwise the star before it could not know where to stop
    for period in (r"[0-9Rr第].*", r".+"):
        first, again = f"(?P<period>{period})", "(?P=period)"
        pieces = [_wildcards(piece) for piece in pattern.split(PERIOD)]
        expression = pieces[0] + "".join((again if i else first) + piece for i, piece in enumerate(pieces[1:]))
        if match := re.fullmatch(expression, text, re.DOTALL):
            return True, match.groupdict().get("period")
    return False, None


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*?").replace(r"\?", ".")


def match_sheets(pattern: str, names: Iterable[str]) -> list[tuple[str, str | None]]:
    """List the sheets that a name or pattern means, with the text that {period} stood for."""
    known = list(names)
    if pattern in known or not ("*" in pattern or PERIOD in pattern):
        return [(pattern, None)] if pattern in known else []
    matches = [(name, *_match(pattern, name)) for name in known]
    return [(name, period) for name, fits, period in matches if fits]


def kind_of(head: bytes) -> str:
    """Tell a kind of file by its first bytes, where they tell; 64 are enough."""
    for mark, kind in _BEGINNINGS:
        if head.startswith(mark):
            return kind
    words = head.removeprefix(BOM_UTF8).lstrip().lower()
    return next((kind for tags, kind in _TAGS if words.startswith(tags)), "")


_BEGINNINGS = (
    (b"PK\x03\x04", ".xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
    (b"PAR1", ".parquet"),
    (b"%PDF", ".pdf"),
)
_TAGS = (
    ((b"<?xml",), ".xml"),
    ((b"<!doctype", b"<html", b"<head", b"<meta", b"<style", b"<table"), ".html"),
)


def _read(origin: Origin) -> tuple[list[Table], list[Finding]]:
    suffix = os.path.splitext(origin.path)[1].lower()
    if os.path.isdir(origin.path):
        return [], [finding("IC323", origin.place(), path=origin.file)]
    if suffix in (".csv", ".tsv", ".txt"):
        from .csv import read_csv

        return read_csv(origin, suffix)
    if suffix == ".parquet":
        from .parquet import read_parquet

        return read_parquet(origin)
    if suffix in SUFFIXES:
        from .excel import read_workbook

        return read_workbook(origin, suffix)
    return [], [finding("IC304", origin.place(), suffix=suffix, path=origin.file, known=SUFFIXES)]


def absent(pattern: str, base: Path, root: Path | None) -> Finding:
    """Say that there is no such file, with the nearest name where the path first leaves what exists."""
    here = "/" if pattern.startswith("/") else ""
    near = ""
    for part in filter(None, pattern.split("/")):
        below = os.path.join(here, part)
        if os.path.exists(os.path.join(base, below)):
            here = below
            continue
        try:
            name = nearest(part, (name for name, _ in _entries(str(base), here)))
        except OSError:
            name = ""
        near = shown_path(os.path.join(here, name), base, root) if name else ""
        break
    shown = shown_path(pattern, base, root)
    return finding("IC302" if _is_pattern(pattern) else "IC301", Place(shown), path=shown, near=near)


def shown_path(path: str, base: Path, root: Path | None) -> str:
    """Write a path as people know it: below the project from there, else as it was given."""
    top = os.path.abspath(root or base)
    absolute = os.path.abspath(os.path.join(base, path))
    if absolute.startswith(os.path.join(top, "")):
        path = absolute[len(os.path.join(top, "")) :]
    return path.replace(os.sep, "/")


def _problem(error: OSError) -> str:
    return error.strerror or str(error)
