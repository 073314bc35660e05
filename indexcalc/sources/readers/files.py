"""Which files and sheets a path or pattern means, how their paths are shown, and what kind a file is by its first bytes."""

# Twenty small files take 3 ms, of which pathlib would be most.
# ruff: noqa: PTH100, PTH110, PTH113, PTH116, PTH118, PTH122

from __future__ import annotations

import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ...findings import Finding, Place, finding, nearest, system_said
from ...words.recognised_data import ANEW, PERIOD_BEGINS, PERIOD_PARTS, PERIOD_WORDS
from .table import name_of

PERIOD = "{period}"
READ = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")  # endings of files that may hold a period
_NEAR = 0.85  # of two names' letters that are the same
_YEAR = r"(?:19|20)[0-9]{2}"


def matching(pattern: str, base: str) -> list[tuple[str, str | None]]:
    """List the files that a pattern means, in codepoint order, each with the text that {period} stood for.

    :raises PermissionError: when a folder on the way may not be looked into.
    """
    if not is_pattern(pattern):
        return [(pattern, None)] if _is_there(os.path.join(base, pattern)) else []
    parts = tuple(part for part in pattern.split("/") if part)
    start = pattern[: len(pattern) - len(pattern.lstrip("/"))]
    return sorted(dict(_walk(base, start, parts, None)).items())


def _is_there(path: str) -> bool:
    try:
        os.stat(path)
    except PermissionError:
        raise
    except (OSError, ValueError):
        return False
    return True


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
    if not is_pattern(part):
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


def is_pattern(text: str) -> bool:
    """Say whether a path means the files that fit it, not one."""
    return "*" in text or "?" in text or PERIOD in text


def _match(pattern: str, text: str) -> tuple[bool, str | None]:
    """Say whether a name fits a pattern, and what {period} stands for in it.

    >>> _match("police*{period}.csv", "police office 2022Q1.csv")
    (True, '2022Q1')
    """
    # a period begins as periods do, if it can: otherwise the star before it could not know where to stop
    for period in (PERIOD_BEGINS + ".*", ".+"):
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


def passed_by(pattern: str, fitting: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return the names that look like those of further periods and that a pattern passes by.

    >>> passed_by("FY{period}", ["FY2021", "FY2022"], ["FY 2023", "notes 2023", "FY2022 old"])
    ['FY 2023']
    """
    said = {_period_in(name) for name in fitting} - {()}
    shapes = {tuple(map(len, one)) for one in said}

    def like(period: tuple[str, ...]) -> bool:
        shaped = tuple(map(len, period)) in shapes or any(re.fullmatch(_YEAR, part) for part in period)
        return period not in said and shaped and len(period) in map(len, shapes)

    further = [name for name in others if like(_period_in(name))]
    words = _words_beside(re.sub(r"\{period\}|[*?]", "", pattern)) if further else ""
    return [name for name in further if _alike(_words_beside(name), words)]


def _period_in(name: str) -> tuple[str, ...]:
    return tuple(re.findall(PERIOD_PARTS, name_of(name)))


def _words_beside(name: str) -> str:
    """Return what a name says besides its period."""
    return re.sub(PERIOD_WORDS, "", re.sub(ANEW, "", re.sub(PERIOD_PARTS, "", name_of(name)))).casefold()


def _alike(one: str, other: str) -> bool:
    from difflib import SequenceMatcher  # most runs have nothing to compare

    within = min(len(one), len(other)) > 1 and (one in other or other in one)
    return one == other or within or SequenceMatcher(None, one, other).ratio() >= _NEAR


def strays(matched_by: Mapping[str, Sequence[str]], base: Path, read: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the files and folders that look like those of further periods, and that no pattern means, as relative paths.

    Each comes with the pattern that passes it by and a name that fits. `matched_by` has the files that each pattern means,
    `read` are all that are read.
    """
    for pattern, paths in matched_by.items():
        if "**" in pattern:
            continue
        parts = [part for part in pattern.split("/") if part]
        matched = [path.removeprefix("/").split("/") for path in paths]
        start = "/" if pattern.startswith("/") else ""
        for level, part in enumerate(parts):
            here: dict[str, list[str]] = {}
            for path in matched if is_pattern(part) else ():
                here.setdefault(start + "/".join(path[:level]), []).append(path[level])
            for folder, fitting in here.items():
                last = level == len(parts) - 1
                others = [name for name, entry in _entries(str(base), folder) if name not in fitting and entry.is_file() == last]
                unread = [name for name in others if not last or os.path.join(folder, name) not in read]
                for name in _passed_by_files(part, fitting, unread, is_file=last):
                    yield os.path.join(folder, name), pattern, max(fitting)


def _passed_by_files(part: str, fitting: Sequence[str], others: Sequence[str], *, is_file: bool) -> list[str]:
    if not is_file:
        return passed_by(part, fitting, others)
    stems = {name: os.path.splitext(name)[0] for name in others if name.lower().endswith(READ)}
    known = [os.path.splitext(name)[0] for name in fitting]
    found = set(passed_by(os.path.splitext(part)[0], known, stems.values()))
    return [name for name, stem in stems.items() if stem in found]


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


def files_of(pattern: str, base: Path) -> tuple[list[tuple[str, str | None]], list[Finding]]:
    """List the files that a pattern means; or say that there are none, or which folder may not be looked into."""
    try:
        matches = matching(pattern, str(base))
    except OSError as error:
        return [], [finding("IC303", Place(shown_path(str(error.filename or ""), base)), problem=system_said(error))]
    return matches, [] if matches else [absent(pattern, base)]


def no_file(path: str, shown: str) -> Finding | None:
    """Say that what stands at a path is no file to be read: a folder, or a pipe, which would be waited for for ever."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        return finding("IC323", Place(shown), path=shown)
    return None if stat.S_ISREG(mode) else finding("IC934", Place(shown), path=shown)


def absent(pattern: str, base: Path) -> Finding:
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
        near = shown_path(os.path.join(here, name), base) if name else ""
        break
    shown = shown_path(pattern, base)
    return finding("IC302" if is_pattern(pattern) else "IC301", Place(shown), path=shown, near=near)


def shown_path(path: str, base: Path) -> str:
    """Write a path as people know it: below the project from there, else as it was given."""
    top = os.path.abspath(base)
    absolute = os.path.abspath(os.path.join(base, path))
    if absolute.startswith(os.path.join(top, "")):
        path = absolute[len(os.path.join(top, "")) :]
    return path.replace(os.sep, "/")
