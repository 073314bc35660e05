"""The terms of methods and keys: which word of the tree another was meant as, and what methods are called."""

from __future__ import annotations

from collections.abc import Iterable

from ..findings import nearest
from ..methods import RECORDS
from ..words.reports import word
from ..words.terms import PARAMETERS, TERMS, VALUES


def term_for(written: str, known: Iterable[str]) -> str:
    """Return the known word that another was meant as: the field's term for it, or else the one most like it, or nothing."""
    known = list(known)
    said = written.strip().casefold()
    methods = [(name, record.terms) for step in RECORDS.values() for name, record in step.items()]
    return next((one for one, terms in (*TERMS.items(), *methods) if said in terms and one in known), "") or nearest(
        written, known
    )


def key_title(key: str, language: str) -> str:
    """Return what a key of the tree is called: in Chinese by the field's term, with the key that stands in the file.

    >>> key_title("measure", "en"), key_title("no-such-key", "zh")
    ('measure', 'no-such-key')
    """
    return key if language == "en" or key not in TERMS else f"{TERMS[key][0]} {key}"


def method_title(name: str, language: str, step: str = "") -> str:
    """Return what a method is called: in Chinese by its own term, in English as it is written; of one step, or of any.

    >>> method_title("entropy", "en")
    'entropy'
    """
    for records in () if language == "en" else (RECORDS[step],) if step else RECORDS.values():
        if name in records and records[name].terms:
            terms = records[name].terms
            term = next((term for term in terms if term.endswith(word.method_ending(language))), terms[0])
            return term.upper()  # of letters there are only those of acronyms
    return name


def parameter_title(key: str, language: str) -> str:
    """Return what a parameter of a method is called beside the method's title.

    >>> parameter_title("worst", "en")
    'worst'
    """
    return key if language == "en" else PARAMETERS.get(key, key)


def value_title(value: str | bool, language: str) -> str:
    """Return what a value of a method's parameter is called that is a word.

    >>> value_title(True, "en"), value_title("extend", "en")
    ('true', 'extend')
    """
    if language != "en" and value in VALUES:
        return VALUES[value]
    return str(value).lower() if isinstance(value, bool) else value


def methods_title(written: str, language: str) -> str:
    """Return what the methods of a node are called: that of its weights, and how its children come together."""
    return " · ".join(method_title(name, language) for name in written.split(" · "))


def level_title(level: int, language: str) -> str:
    """Return what the nodes of a level of the tree are called."""
    numerals = word.numerals(language)
    return word.level(language).format(level=numerals[level - 1] if level <= len(numerals) else level)
