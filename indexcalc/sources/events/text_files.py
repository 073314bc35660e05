"""Files of a log: their bytes, their text, and CSV whose rows have not all as many fields as the heading."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import tempfile
import weakref
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
    try:
        with text_of_file(file.path, file.encoding) as source, path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            for row in csv.reader(source, delimiter=file.delimiter, strict=True):  # a quote that is never closed
                if len(row) == wanted:
                    writer.writerow([*row, ""])
                elif row:
                    writer.writerow([*row[:wanted], *[""] * (wanted - len(row)), len(row)])
    except UnicodeDecodeError as error:
        raise OSError(_unreadable(file, error)) from None
    except csv.Error as error:
        raise OSError(str(error)) from None
    return str(path)


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
