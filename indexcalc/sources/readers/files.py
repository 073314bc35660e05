"""Which files and sheets a path or pattern means, how their paths are shown, and what kind a file is by its first bytes."""

# Twenty small files take 3 ms, of which pathlib would be most.
# ruff: noqa: PTH100, PTH110, PTH113, PTH118

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...findings import Finding, Place, finding, nearest
from ...words.recognised_data import PERIOD_BEGINS

PERIOD = "{period}"


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
    return finding("IC302" if _is_pattern(pattern) else "IC301", Place(shown), path=shown, near=near)


def shown_path(path: str, base: Path) -> str:
    """Write a path as people know it: below the project from there, else as it was given."""
    top = os.path.abspath(base)
    absolute = os.path.abspath(os.path.join(base, path))
    if absolute.startswith(os.path.join(top, "")):
        path = absolute[len(os.path.join(top, "")) :]
    return path.replace(os.sep, "/")
