"""Where values come from: tables in files, bound to an index, every cell with its address."""

from typing import TYPE_CHECKING

from .match.bind import match
from .match.matched import Matched

if TYPE_CHECKING:
    from .match.arrays import panel, read_panel

__all__ = ["Matched", "match", "panel", "read_panel"]


def __getattr__(name: str) -> object:
    """Load what needs numpy when it is asked for: checking needs none."""
    if name in ("panel", "read_panel"):
        from .match import arrays

        return getattr(arrays, name)
    raise AttributeError(name)
