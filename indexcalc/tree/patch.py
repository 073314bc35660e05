"""A patch of weights: a small YAML file that says which weights of which tree were moved, as a page of a report saves it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..findings import Finding, Place, finding
from .blocks.whole import Written
from .edit import weight_text
from .located import read_text

KEYS = ("base", "index", "period", "set")


class Patch(NamedTuple):
    """The weights of a patch by node, as they were written, and the digest of the tree's file that it was made of."""

    base: str
    weights: dict[str, str]
    place: Place


def read_patch(raw: bytes, file: str, index: Written) -> tuple[Patch | None, list[Finding]]:
    """Read a patch for an index; nothing for one that is wrong, with all that is."""
    document, found = read_text(raw, file)
    data = document.data
    if found or not _is_patch(data):
        return None, found or [finding("IC522", document.place(()), keys=[*KEYS])]
    weights: dict[str, str] = {}
    known = index.by_id
    for node, value in data["set"].items():
        place, text = document.place(("set", node)), weight_text(document.written(("set", node)) or str(value))
        if str(node) not in known or str(node) == index.index.id:
            found.append(finding("IC621", place, found=str(node)))
        elif text is None:
            found.append(finding("IC603", place, found=str(value)))
        else:
            weights[str(node)] = text
    return (None if found else Patch(str(data["base"]), weights, document.place(("base",)))), found


def _is_patch(data: Any) -> bool:
    return isinstance(data, dict) and "base" in data and isinstance(data.get("set"), dict) and not set(data) - {*KEYS, "note"}
