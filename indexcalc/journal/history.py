"""The history of weights: one line a change, beside the tree, in a text that a spreadsheet opens too.

The time stands in this log alone and in nothing that is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ..findings import Finding, Place, finding
from .run import digest

SUFFIX = ".changes"


@dataclass(frozen=True)
class Change:
    """One weight that was written: when, by whom, what, why, and the digests of the tree before and after."""

    when: str
    who: str
    node: str
    old: str
    new: str
    why: str
    before: str
    after: str


COLUMNS = tuple(field.name for field in fields(Change))


def history_file(index_file: Path) -> Path:
    """Return the file that holds the history of a tree: `indicators.changes` beside `indicators.yaml`."""
    return index_file.with_suffix(SUFFIX)


def read_history(index_file: Path) -> tuple[list[Change], list[Finding]]:
    """Read the history of a tree, the oldest change first, with what cannot be read of it."""
    file = history_file(index_file)
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [finding("IC303", Place(file.as_posix()), problem=error.strerror or type(error).__name__)]
    changes, found = [], []
    for line, text in enumerate(raw.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        cells = text.split("\t")
        if len(cells) != len(COLUMNS):
            found += [finding("IC638", Place(file.as_posix(), "", line), columns=len(COLUMNS))] if text.strip() else []
        elif tuple(cells) != COLUMNS:
            changes.append(Change(*cells))
    return changes, found


def with_changes(history: bytes, changes: Sequence[Change]) -> bytes:
    """Return a history with changes added at its end; one that is empty gets its headings first."""
    head = history or ("\t".join(COLUMNS) + "\n").encode()
    head += b"" if head.endswith(b"\n") else b"\n"
    return head + "".join("\t".join(map(_plain, astuple(change))) + "\n" for change in changes).encode()


def made_by_hand(changes: Sequence[Change], raw: bytes) -> bool:
    """Say whether a tree was changed otherwise since the last line of its history."""
    return bool(changes) and changes[-1].after != digest(raw)


def history_of(changes: Sequence[Change], node: str) -> list[Change]:
    """Return the changes of one node's weight."""
    return [change for change in changes if change.node == node]


def _plain(text: str) -> str:
    """Return a text on one line without tabs."""
    return " ".join(text.split())
