"""CSV and its kin: text of any encoding that offices still send, and records that keep their lines."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import cast

from ...findings import Finding, finding
from .files import kind_of
from .records import SEARCHED, table_of
from .table import Cell, Origin, Table, name_of


def read_csv(origin: Origin, suffix: str) -> tuple[list[Table], list[Finding]]:
    """Read one file of separated values."""
    content = Path(origin.path).read_bytes()
    kind = kind_of(content[:64])
    if kind:
        return [], [finding("IC318", origin.place(), suffix=suffix, kind=kind)]
    text, wrong = _decoded(content, origin)
    if wrong:
        return [], [wrong]
    text, skipped, delimiter = _delimited(text, suffix, origin.keys)
    rows, lines, wrong = _parsed(text, delimiter, origin)
    if wrong:
        return [], [wrong]
    if skipped:
        lines = range(lines[0] + 1, lines[-1] + 2) if isinstance(lines, range) and lines else [n + 1 for n in lines]
    table, found = table_of(origin, "", origin.period, rows, lines, ragged=True)
    return [replace(table, separator=delimiter)] if table else [], found


def _decoded(content: bytes, origin: Origin) -> tuple[str, Finding | None]:
    """Return the text, or why the bytes are none: UTF-8, UTF-16 with its mark, then GB18030."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        tried = ["utf-16"]
    elif content.startswith(BOM_UTF8):
        tried = ["utf-8-sig"]
    else:
        tried = ["utf-8", "gb18030"]
    stopped = 0
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            stopped = max(stopped, error.start)
            if encoding == "utf-8" and _surely_utf8(content[: error.start]):
                break
            continue
        if "\0" in text:
            return "", finding("IC319", origin.place(line=text.count("\n", 0, text.index("\0")) + 1))
        return text.removeprefix("\ufeff"), None
    line = content.count(b"\n", 0, stopped) + 1
    return "", finding("IC307", origin.place(line=line), offset=stopped, line=line)


def _surely_utf8(content: bytes) -> bool:
    """Say whether bytes that decode are no accident: GB18030 hardly ever makes two Chinese characters of UTF-8.

    Without this, one bad byte in a UTF-8 file would turn all of it into wrong characters that look like text.
    """
    return sum(1 for character in content.decode("utf-8") if character >= "\u0800") > 1


def _delimited(text: str, suffix: str, keys: frozenset[str]) -> tuple[str, bool, str]:
    """Return the text, whether Excel's `sep=` line was taken from its head, and what separates its cells."""
    head = text[:6].lower()
    if head.startswith("sep=") and len(text) > 5 and text[5] in "\r\n":
        return text[5:].removeprefix("\r").removeprefix("\n"), True, text[4]
    if suffix == ".tsv":
        return text, False, "\t"
    order = "\t,;" if suffix == ".txt" else ",;\t"
    lines = list(islice(io.StringIO(text), SEARCHED))
    for line in lines if keys else []:
        for mark in order:
            if mark in line and any(name_of(cell.strip('"\r\n ')) in keys for cell in line.split(mark)):
                return text, False, mark
    return text, False, next((mark for line in lines for mark in order if mark in line), order[0])


def _parsed(text: str, delimiter: str, origin: Origin) -> tuple[list[list[Cell]], Sequence[int], Finding | None]:
    """Return the records with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        if '"' not in text:
            rows = list(reader)
            return cast("list[list[Cell]]", rows), range(1, len(rows) + 1), None
        for row in reader:
            rows.append(row)
            lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        if "field limit" in str(error):
            line, length = _too_long(text, delimiter)
            return [], [], finding("IC908", origin.place(line=line), length=f"{length:,}", most=f"{csv.field_size_limit():,}")
        return [], [], finding("IC311", origin.place(line=before + 1))
    return cast("list[list[Cell]]", rows), lines, None


def _too_long(text: str, delimiter: str) -> tuple[int, int]:
    """Return the line on which the first record with too long a cell begins, and how long that cell is."""
    most = csv.field_size_limit(len(text) + 1)
    try:
        reader, before = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 0
        for row in reader:
            if (length := max(map(len, row), default=0)) > most:
                return before + 1, length
            before = reader.line_num
    finally:
        csv.field_size_limit(most)
    return 1, len(text)
