"""Where values come from: tables in files, bound to an index, every cell with its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .match.bind import match
from .match.matched import Matched

if TYPE_CHECKING:
    from .match.arrays import panel

__all__ = ["Matched", "match", "panel"]


def __getattr__(name: str) -> object:
    """Load what needs numpy when it is asked for: checking needs none."""
    if name == "panel":
        from .match.arrays import panel

        return panel
    raise AttributeError(name)
