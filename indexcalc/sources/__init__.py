"""Where values come from: tables in files, bound to an index, every cell with its address."""

from .bind import Matched, match, panel, read_panel

__all__ = ["Matched", "match", "panel", "read_panel"]
