"""Ids of nodes that a sheet gives none: from codes, English names, or short ones that stay as long as the name stays."""

from __future__ import annotations

import base64
import hashlib
import re

from ...findings import Finding, finding
from .said import Frame

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_ACRONYM = r"(?=.*[A-Z0-9].*)[A-Za-z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*"  # LPI, Cov4G: what data call an indicator
_WORDS, _LETTERS = 5, 40


def ids_of(frame: Frame, taken: frozenset[str]) -> tuple[list[str], list[Finding], int]:
    """Return an id for each node, what is wrong with codes, and how many ids were made of names; none of those `taken`."""
    ids: list[str] = []
    found: list[Finding] = []
    used: dict[str, str] = {}
    wanted = [(node.text("code") or node.code).strip() for node in frame.nodes]
    made = 0
    for at, (node, code) in enumerate(zip(frame.nodes, wanted, strict=True)):
        place = node.facts["code"].place if "code" in node.facts else node.place
        own = re.sub(r"\s+", "-", code)
        if own and not re.fullmatch(_ID, own):
            own = ""
        if own and own in used:
            found.append(finding("IC647", place, name=own, first=used[own]))
        if not own:
            made += 1
            own = _made(frame, at, {*used, *wanted, *taken})
        used.setdefault(own, str(place))
        ids.append(own)
    return ids, found, made


def _made(frame: Frame, at: int, others: set[str]) -> str:
    """Make an id of a name: its English words, else a short one of its letters, longer where another has it."""
    node = frame.nodes[at]
    english = node.text("name_en") or (node.name if node.name.isascii() else "")
    if re.fullmatch(_ACRONYM, english) and english not in others:
        return english
    words = re.findall(r"[a-z0-9]+", english.casefold().replace("'", ""))
    slug = "-".join(words[:_WORDS])[:_LETTERS].strip("-")
    above = frame.nodes[node.parent] if node.parent >= 0 else None
    if slug and re.search("[a-z]", slug):
        if slug not in others:
            return slug
        over = "-".join(re.findall(r"[a-z0-9]+", (above.name if above else "").casefold())[:2])
        if over and f"{over}-{slug}" not in others:
            return f"{over}-{slug}"
    for text in (node.name, frame.path(at)):
        letters = base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().casefold()
        for length in (4, 6, 8) if text == node.name else range(4, 52):
            if (own := f"i-{letters[:length]}") not in others:
                return own
    raise AssertionError(frame.path(at))
