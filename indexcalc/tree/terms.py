"""The word of the tree that another was meant as."""

from __future__ import annotations

from collections.abc import Iterable

from ..findings import nearest
from ..methods import RECORDS
from ..words.terms import TERMS


def term_for(word: str, known: Iterable[str]) -> str:
    """Return the known word that another was meant as: the field's term for it, or else the one most like it, or nothing."""
    known = list(known)
    said = word.strip().casefold()
    methods = [(name, record.terms) for step in RECORDS.values() for name, record in step.items()]
    return next((one for one, terms in (*TERMS.items(), *methods) if said in terms and one in known), "") or nearest(word, known)
