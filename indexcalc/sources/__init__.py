"""Where values come from: tables in files, bound to an index, every cell with its address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..findings import Refused, errors
from .match.bind import match
from .match.matched import Matched

if TYPE_CHECKING:
    from ..panel import Panel
    from ..tree.model import Index
    from .match.arrays import panel

__all__ = ["Matched", "match", "panel", "read"]


def read(index: Index, base: Path, *, as_of: str | None = None) -> Panel:
    """Read all data of an index, relative to `base`, ledgers as they were at a moment; the panel has warnings and notes.

    :raises Refused: with every finding, when there is an error among them.
    """
    from .match.arrays import panel

    matched = match(index, base, as_of=as_of)
    if errors(matched.findings):
        raise Refused(matched.findings)
    made = panel(matched)
    if errors(made.findings):
        raise Refused(made.findings)
    return made


def __getattr__(name: str) -> object:
    """Load what needs numpy when it is asked for: checking needs none."""
    if name == "panel":
        from .match.arrays import panel

        return panel
    raise AttributeError(name)
