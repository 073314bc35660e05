"""Units of measurement: what the text of one says of its size and kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from .words.recognised_measures import CURRENCY, EACH, ENGLISH_NUMBERS, KIND_OF, MEASURE_SAID, NUMBERS, TIMES

# patterns as text: `re` compiles each at its first use, and many runs use none of them
AMOUNT = rf"([0-9][0-9,]*(?:\.[0-9]+)?)?\s*({'|'.join(sorted(NUMBERS, key=len, reverse=True))})?\s*"
_WORDS = rf"({'|'.join(sorted(map(re.escape, ENGLISH_NUMBERS), key=len, reverse=True))})\b"
_PER = rf"\s*/\s*|\s*{EACH}\s*|\bper\s+"


class Measure(NamedTuple):
    """A unit of measurement: so many of the unit of a kind, and where it is a rate, of what it is one.

    The kind is empty where nothing but a number was said, such as thousands.
    """

    size: Fraction
    kind: str
    per: str = ""


@cache
def read_measure(text: str) -> Measure | None:
    """Read a unit of measurement; nothing where a text is none.

    >>> read_measure("thousand yuan"), read_measure("cases per 10,000 persons")
    (Measure(size=Fraction(1000, 1), kind='yuan', per=''), Measure(size=Fraction(1, 10000), kind='thing', per='person'))
    >>> read_measure("Unit: 100 million yuan").size, read_measure("in million yuan").size, read_measure("at current prices")
    (Fraction(100000000, 1), Fraction(1000000, 1), None)
    """
    said = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    said = re.sub(rf"^{MEASURE_SAID}", "", said)
    said = said.removeprefix("(").removesuffix(")") if said.startswith("(") else said
    if (plain := _amount(said)) is not None:
        return Measure(*plain)
    parts = re.split(_PER, said, maxsplit=1)
    if len(parts) != 2:
        return None
    above, below = parts[0].strip(), _amount(parts[1])
    top = (Fraction(1), "") if above in ("", "1") else _amount(above)
    if top is None or below is None or not below[1] or below[1] == "ratio" or top[1] == "ratio":
        return None
    if top[1] == below[1]:
        return Measure(top[0] / below[0], "ratio")
    return Measure(top[0] / below[0], top[1], below[1])


def _amount(text: str) -> tuple[Fraction, str] | None:
    """Read a quantity: a number or none, and a unit or none, but not neither."""
    text = text.strip()
    if (known := KIND_OF.get(text)) is not None:
        return Fraction(known[1]), known[0]
    text = re.sub(rf"^{CURRENCY}", "", text)
    found = re.match(AMOUNT, text)
    assert found is not None  # all of it may be absent
    digits, word = found.groups()
    rest, size = text[found.end() :], Fraction((digits or "1").replace(",", "")) * NUMBERS.get(word, 1)
    said = bool(digits or word)
    english = re.match(_WORDS, rest) or re.search(rf"(?:^|[\s,(]){_WORDS}\)?$", rest)
    if english is not None:
        size, said = size * ENGLISH_NUMBERS[english[1]], True
        rest = (rest[: english.start()] + rest[english.end() :]).strip(" ,()").removeprefix("of ")
    if not rest:
        return (size, "") if said and (word or english) else None
    known = KIND_OF.get(rest.strip())
    return None if known is None or (said and known[0] in TIMES) else (size * Fraction(known[1]), known[0])


def counted_in(measure: str) -> str:
    """Return the unit of measurement of what a rate is a rate of; nothing where a text is no rate.

    >>> counted_in("persons/km2"), counted_in("cases per 10,000 persons"), counted_in("%")
    ('persons', 'cases', '')
    """
    above, *below = re.split(_PER, unicodedata.normalize("NFKC", measure).strip(), maxsplit=1)
    return above.strip() if below else ""


def says(name: str, words: Iterable[str]) -> bool:
    """Say whether a name has one of some words: English ones stand alone, others anywhere.

    >>> says("share of completed plans", ("share",)), says("Ratio of net exports", ("net",)), says("internet access", ("net",))
    (True, True, False)
    """
    plain, (english, others) = name.casefold(), _by_script(tuple(words))
    return not english.isdisjoint(_english_in(plain)) or any(map(plain.__contains__, others))


@lru_cache(1 << 12)  # a name is asked for many words
def _english_in(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]+", name))


@cache
def _by_script(words: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return English words apart from others."""
    english = frozenset(word for word in words if word.isascii() and word.isalpha())
    return english, tuple(word for word in words if word not in english)
