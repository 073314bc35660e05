"""CSV and its kin: text of any encoding that offices still send, and records that keep their lines."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import cast

from ...findings import Finding, finding
from .encodings import UNSURE, encoding_of
from .files import kind_of
from .headers import SEARCHED
from .records import tables_of
from .table import Cell, Origin, Table, is_key

GZIP = ".gz"
MOST_UNPACKED = 1 << 30
MOST_RATIO = 200  # to one; tables of numbers shrink to a tenth, seldom to a fiftieth
SMALL = 10 << 20  # below this, a ratio says nothing


def read_csv(origin: Origin, suffix: str) -> tuple[list[Table], list[Finding]]:
    """Read one file of separated values, packed by gzip or not."""
    content, wrong = unpacked(origin) if suffix.endswith(GZIP) else (Path(origin.path).read_bytes(), None)
    if wrong:
        return [], [wrong]
    kind = kind_of(content[:64])
    if kind:
        return [], [finding("IC318", origin.place(), suffix=suffix, kind=kind)]
    return read_text(origin, content, suffix.removesuffix(GZIP))


def read_text(origin: Origin, content: bytes, suffix: str) -> tuple[list[Table], list[Finding]]:
    """Read the bytes of separated values, whatever file they came from."""
    text, said = decoded(content, origin)
    if text is None:
        return [], said
    text, skipped, delimiter = _delimited(text, suffix, origin.keys)
    rows, lines, wrong = _parsed(text, delimiter, origin)
    if wrong:
        return [], [*said, wrong]
    if skipped:
        lines = range(lines[0] + 1, lines[-1] + 2) if isinstance(lines, range) and lines else [n + 1 for n in lines]
    tables, found = tables_of(origin, "", origin.period, rows, lines, ragged=True)
    return [replace(table, separator=delimiter) for table in tables], [*said, *found]


def read_rows(origin: Origin, suffix: str) -> tuple[list[list[Cell]], Sequence[int], list[Finding]]:
    """Read the rows of separated values with the line that each begins on, without looking for headings."""
    content = Path(origin.path).read_bytes()
    if kind := kind_of(content[:64]):
        return [], (), [finding("IC318", origin.place(), suffix=suffix, kind=kind)]
    text, said = decoded(content, origin)
    if text is None:
        return [], (), said
    text, skipped, delimiter = _delimited(text, suffix, frozenset())
    rows, lines, wrong = _parsed(text, delimiter, origin)
    return rows, [line + skipped for line in lines], [*said, wrong] if wrong else said


def unpacked(origin: Origin) -> tuple[bytes, Finding | None]:
    """Return the content of a gzip file, or why it cannot be read: it is damaged, or would fill the memory."""
    import gzip

    pieces: list[bytes] = []
    size, packed = 0, Path(origin.path).stat().st_size
    try:
        with gzip.open(origin.path) as stream:
            while piece := stream.read(1 << 20):
                pieces.append(piece)
                size += len(piece)
                if size > MOST_UNPACKED or size > max(SMALL, MOST_RATIO * packed):
                    return b"", finding("IC937", origin.place(), size=f"{size >> 20:,}", packed=f"{packed / (1 << 20):,.1f}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        return b"", finding("IC305", origin.place(), problem=str(error))
    return b"".join(pieces), None


def decoded(content: bytes, origin: Origin) -> tuple[str | None, list[Finding]]:
    """Return the text of some bytes, with findings on its encoding; None where the bytes are no text."""
    encoding, stopped = encoding_of(content)
    if not encoding:
        line = content.count(b"\n", 0, stopped) + 1
        return None, [finding("IC307", origin.place(line=line), offset=stopped, line=line)]
    text = content.decode(encoding)
    if "\0" in text:
        return None, [finding("IC319", origin.place(line=text.count("\n", 0, text.index("\0")) + 1))]
    unsure = [finding("IC935", origin.place(), encoding=UNSURE[encoding])] if encoding in UNSURE else []
    return text.removeprefix("\ufeff"), unsure


def _delimited(text: str, suffix: str, keys: frozenset[str]) -> tuple[str, bool, str]:
    """Return the text, whether Excel's `sep=` line was taken from its head, and what separates its cells."""
    head = text[:6].lower()
    if head.startswith("sep=") and len(text) > 5 and text[5] in "\r\n":
        return text[5:].removeprefix("\r").removeprefix("\n"), True, text[4]
    if suffix == ".tsv":
        return text, False, "\t"
    order = "\t,;|" if suffix == ".txt" else ",;\t|"
    lines = list(islice(io.StringIO(text), SEARCHED))
    for line in lines if keys else []:
        for mark in order:
            if mark in line and any(is_key(cell.strip('"\r\n '), keys) for cell in line.split(mark)):
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
