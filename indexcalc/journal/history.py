"""The history of a tree's edits: one line a change, beside the tree, in a text that a spreadsheet opens too.

Each line holds the hash of itself and of the line before it. The time stands in this log alone and in nothing that is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ..findings import Finding
from .lines import read_chained, with_lines
from .run import digest

SUFFIX = ".changes"


@dataclass(frozen=True)
class Change:
    """One change that was written: when, by whom, at which node, why, and the digests of the tree before and after.

    `old` and `new` are a weight's text; of another key they begin with its name, as in `direction: lower`, and of an indicator
    that came or went they are its line.
    """

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
    lines, found = read_chained(history_file(index_file), COLUMNS)
    return [Change(*line.cells) for line in lines], found


def with_changes(history: bytes, changes: Sequence[Change]) -> bytes:
    """Return a history with changes added at its end; one that is empty gets its headings first."""
    return with_lines(history, COLUMNS, map(astuple, changes))


def made_by_hand(changes: Sequence[Change], raw: bytes) -> bool:
    """Say whether a tree was changed otherwise since the last line of its history."""
    return bool(changes) and changes[-1].after != digest(raw)


def history_of(changes: Sequence[Change], node: str) -> list[Change]:
    """Return the changes of one node's weight."""
    return [change for change in changes if change.node == node]
