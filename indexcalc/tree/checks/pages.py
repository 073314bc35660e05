"""What reports highlight is not too much to be seen."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, finding
from ..model import Index
from .said import Check

MOST_PINNED = 5


def check_pinned(index: Index) -> Iterator[Finding]:
    """See that no more units are highlighted than there are colours for."""
    if len(index.report.pinned) > MOST_PINNED:
        yield finding("IC527", index.place(("report", "pinned")), count=len(index.report.pinned), most=MOST_PINNED)


CHECKS: tuple[Check, ...] = (check_pinned,)
