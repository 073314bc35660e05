"""Files of a log: their bytes, their text, and CSV whose rows have not all as many fields as the heading."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIELDS = "its fields"
"""The column that says of a row that it has another number of fields than the heading; without a value for all others."""


@dataclass(frozen=True)
class LogFile:
    """One file of a log: its path, what people call it, and its columns as they are named in it."""

    path: str
    file: str
    names: tuple[str, ...]
    raw: tuple[str, ...]
    delimiter: str = ""
    encoding: str = ""


def text_of_file(path: str, encoding: str) -> io.TextIOWrapper:
    """Open a file of text, packed with gzip or not."""
    return io.TextIOWrapper(bytes_of_file(path), encoding=encoding, newline="")


def bytes_of_file(path: str) -> Any:
    """Open the bytes of a file, packed with gzip or not."""
    return gzip.open(path) if path.endswith(".gz") else Path(path).open("rb")


def as_utf8(file: LogFile, kept: list[Any]) -> str:
    """Write a file anew in the encoding that DuckDB reads, into a folder that goes when the engine does."""
    path = _beside(kept)
    try:
        with text_of_file(file.path, file.encoding) as source, path.open("w", encoding="utf-8", newline="") as out:
            while block := source.read(1 << 20):
                out.write(block)
    except UnicodeDecodeError as error:
        raise OSError(_unreadable(file, error)) from None
    return str(path)


def evened(file: LogFile, kept: list[Any]) -> str:
    """Write a file anew, each row with the heading's number of fields and one more: how many it had, where that is another."""
    path, wanted = _beside(kept), len(file.raw)
    with text_of_file(file.path, file.encoding) as source, path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for row in _rows(source, file):
            if len(row) == wanted:
                writer.writerow([*row, ""])
            elif row:
                writer.writerow([*row[:wanted], *[""] * (wanted - len(row)), len(row)])
    return str(path)


def refuse_open_quotes(file: LogFile) -> None:
    """Refuse a file with a quote that is never closed: Spark would take all rows below it for the text of one field.

    All quotes together are then an odd number, which is quickly seen; so they are where a field has one that is none, as 5" has.

    :raises OSError: if a quote is never closed, or the file cannot be read.
    """
    if _count_quotes(file) % 2:
        with text_of_file(file.path, file.encoding) as source:
            for _ in _rows(source, file):
                pass


def _count_quotes(file: LogFile) -> int:
    """Count the quotes of a file, by its bytes: in none of the encodings but UTF-16 is such a byte part of another character."""
    count = 0
    if file.encoding.startswith("utf-16"):
        with text_of_file(file.path, file.encoding) as text:
            while part := text.read(1 << 20):
                count += part.count('"')
        return count
    with bytes_of_file(file.path) as raw:
        while block := raw.read(1 << 20):
            count += block.count(b'"')
    return count


def _rows(source: io.TextIOWrapper, file: LogFile) -> Iterator[list[str]]:
    """Yield the rows of a file of text.

    :raises OSError: if a quote is never closed, or the text is in another encoding.
    """
    try:
        yield from csv.reader(source, delimiter=file.delimiter, strict=True)
    except UnicodeDecodeError as error:
        raise OSError(_unreadable(file, error)) from None
    except csv.Error as error:
        raise OSError(str(error)) from None


class _Folder:
    """A temporary folder that goes when nobody holds it any more, or the program ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="indexcalc-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _beside(kept: list[Any]) -> Path:
    folder = _Folder()
    kept.append(folder)
    return folder.path / "log.csv"


def _unreadable(file: LogFile, error: UnicodeDecodeError) -> str:
    return f"{file.file}: {error.encoding}: {error.reason}"
