"""Data beside a tree with mistakes: read as far as the tree says how, so that mistakes of both come out in one run."""

from __future__ import annotations

from pathlib import Path

from ...findings import Finding
from ...tree import Index, Part
from ...tree.partial import reads_formula
from ..readers.files import matching
from .bind import match, unread_files

_UNITS = frozenset({"units", "periods"})  # blocks without which no row of a table can be understood
_IN_DOUBT = {"IC228", "IC345", "IC351", "IC360", "IC361", "IC363"}
"""What is said of columns, rows and periods that nothing asks for: what asks for them may be what could not be read."""


def match_part(part: Part, base: Path, *, as_of: str | None = None) -> list[Finding]:
    """Find what is wrong in the data of a tree that has mistakes of its own, and certainly is."""
    index = part.index
    if not _any_file(index, base):
        return []  # a tree without its data is looked at alone
    if part.blocks & _UNITS or not index.units.table:
        found = unread_files(index, base, but=part.sources)
    else:
        sure = index.changed()
        vars(sure)["columns"] = tuple(column for column in index.columns if _is_sure(part, column.owner))
        names = {name for name, data in index.data.items() if name not in part.sources and not data.events}
        found = list(match(sure, base, as_of=as_of, count=False, sources=names).findings)
    return [one for one in found if one.severity != "note" and one.code not in _IN_DOUBT and _stands(part, one)]


def _any_file(index: Index, base: Path) -> bool:
    """Say whether any file that a tree asks for is there."""
    asked = [path.replace("\\", "/") for path in (index.units.table, *(data.path for data in index.data.values())) if path]
    try:
        return any(matching(path, str(base)) for path in asked)
    except OSError:
        return True


def _is_sure(part: Part, owner: str) -> bool:
    """Say whether what a column belongs to was read as it was meant."""
    index = part.index
    item = index.reported.get(owner)
    if not part.is_sure(index.place_of(owner)):
        return False
    texts = [text for key in ("formula", "applies") if item is not None and (text := vars(item).get(key))]
    return all(map(reads_formula, texts)) and not (texts and "denominators" in part.blocks)


def _stands(part: Part, one: Finding) -> bool:
    """Say whether a finding does not hang on what could not be read."""
    return one.place.file != part.index.place(()).file or part.is_sure(one.place)
