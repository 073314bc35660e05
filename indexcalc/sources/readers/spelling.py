"""How a source spells numbers: its decimal mark, what sets thousands apart, negatives, and marks beside numbers.

What is declared is used as declared. Where nothing is, the commas of a column decide by themselves: 62,62 can be no thousands,
12,345.6 no decimal comma, and 90,061 either; what a column leaves open, the other columns of its table may tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

# Only what a full-width keyboard types. All of NFKC would read 10² as 102 and ① as 1.
NARROW = str.maketrans("０１２３４５６７８９．，＋－−﹣％ｅＥ＃（）", "0123456789.,+---%eE#()")
SPACE = " \t\r\n\v\f\u00a0\u2002\u2003\u2007\u2009\u200b\u202f\u2060\u3000\ufeff"

# A footnote mark that stands above the line, as Unicode has it: digits, small letters, + - = ( ), and circled numbers.
_RAISED_FROM = "0123456789+-−=()abcdefghijklmnoprstuvwxyz"
_RAISED_TO = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_RAISE = str.maketrans(_RAISED_FROM, _RAISED_TO)
_POWER = "⁺⁻⁼"
RAISED = "".join(sorted(set(_RAISED_TO) - set(_POWER)))
"""What may be the mark of a footnote above the line, to be put between [ and ] of a pattern."""
_MARKS = RAISED + "①-⓿"
_FOOTNOTE = rf"(?s)(.*?[0-9.,)%])[ \u00a0]?([{_MARKS}]+(?:[ ,，、;][{_MARKS}]+)*)"

LAKH = "lakh"
_SET_APART = {" ": "[ \u00a0\u2002-\u200a\u202f\u3000]", "'": "['’]"}  # all else stands for itself

# what the commas and points of one number say, without its sign and what stands beside it
_DECIMAL_COMMA = (
    r"0[0-9]*,[0-9]+|[0-9]*,[0-9]{1,2}|[0-9]*,[0-9]{4,}|[0-9]{4,},[0-9]+|,[0-9]+"
    r"|[0-9]{1,3}(?:[.' \u00a0\u2009\u202f’][0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}"
)
_THOUSANDS = r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]*)?|[1-9][0-9]{0,2},[0-9]{3}\.[0-9]*"
_DECIMAL_POINT = (  # 2022.10 may be a month
    r"(?![1-9][0-9]{0,2}\.[0-9]{3}$|(?:19|20)[0-9]{2}\.(?:0?[1-9]|1[0-2])$)[0-9]*\.[0-9]+"
    r"|[0-9]{1,3}(?:[' \u00a0\u2009\u202f’][0-9]{3})+\.[0-9]+"
)
_LAKHS = r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?"  # 1,23,456: by hundreds above a thousand, as in India
_EITHER_COMMA = r"[1-9][0-9]{0,2},[0-9]{3}"
_EITHER_POINT = r"[1-9][0-9]{0,2}\.[0-9]{3}"
_BELOW_THOUSAND = r"[1-9][0-9]{0,2}"
_BESIDE = SPACE + "+-()%‰*#†‡" + "".join(sorted(set(_RAISED_TO)))
_LETTERS = r"[ \u00a0]?[A-Za-z]{1,2}$"


class Spelling(NamedTuple):
    """How numbers are written: `thousands` is a mark, `lakh` or empty, `multiples` are words behind numbers."""

    decimal: str = "."
    thousands: str = ","
    negative: str | None = None
    flags: tuple[str, ...] = ()
    multiples: Mapping[str, float] = MappingProxyType({})

    def number(self, text: str) -> float | None:
        """Return the number that a text is without anything beside it, or nothing; never nan, inf, 1_000 or an overflow.

        >>> Spelling().number("1,234.5"), Spelling(",", ".").number("1.234,5"), Spelling().number("0,823")
        (1234.5, 1234.5, None)
        """
        plain, grouped = _patterns(self.decimal, self.thousands)
        if re.fullmatch(plain, text):
            number = float(text.replace(self.decimal, "."))
        elif grouped and re.fullmatch(grouped, text):
            number = float(_bare(text, self.decimal))
        else:
            return None
        return number if isfinite(number) else None

    def plain(self) -> Callable[[str], object]:
        """Return what tells numbers that nothing sets apart."""
        return re.compile(_patterns(self.decimal, self.thousands)[0]).fullmatch

    def value(self, text: str) -> float | None:
        """Return the number that a text is, with the spellings of negatives and multiples that were declared."""
        number = self.number(text)
        if number is not None:
            return number
        for word, multiple in self.multiples.items():
            if text.endswith(word):
                number = self.value(text.removesuffix(word).rstrip(SPACE))
                product = None if number is None else float(Decimal(repr(number)) * Decimal(repr(multiple)))
                return product if product is not None and isfinite(product) else None
        inside = re.fullmatch(r"\(\s*(.*?)\s*\)", text) if self.negative == "brackets" else None
        inside = re.fullmatch(r"(.*?)\s*-", text) if self.negative == "trailing" else inside
        unsigned = inside and inside.group(1)[:1] not in ("+", "-")
        number = self._replace(negative=None).value(inside.group(1)) if inside and unsigned else None
        return None if number is None else -number

    def without_flags(self, text: str) -> tuple[str, str]:
        """Return a text without the flags at its end that were declared, and these."""
        if not self.flags:
            return text, ""
        each = "|".join(re.escape(flag) for flag in sorted(self.flags, key=len, reverse=True))
        found = re.fullmatch(rf"(?s)(.*?)((?:[ \u00a0,;/]*(?:{each}))+)", text)
        return (found.group(1).rstrip(SPACE), found.group(2).strip(SPACE + ",;/")) if found else (text, "")

    def lost(self, text: str, number: float) -> bool:
        """Whether a text has more digits than its number keeps: from 2^53 on not every whole number can be told."""
        text = text.translate(NARROW).strip(SPACE)
        if self.number(text) != number or "e" in text.casefold():
            return False
        return int(_bare(text, self.decimal).lstrip("-").partition(".")[0] or 0) != int(abs(number))


PLAIN = Spelling()


@cache
def _patterns(decimal: str, thousands: str) -> tuple[str, str]:
    """Return how numbers are written without anything that sets thousands apart, and with it."""
    mark = re.escape(decimal)
    plain = rf"[+-]?(?:[0-9]+{mark}?[0-9]*|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?"
    if thousands == LAKH:
        return plain, rf"[+-]?[1-9][0-9]?(?:,[0-9]{{2}})*,[0-9]{{3}}(?:{mark}[0-9]*)?"
    apart = _SET_APART.get(thousands, re.escape(thousands))
    return plain, rf"[+-]?[1-9][0-9]{{0,2}}(?:{apart}[0-9]{{3}})+(?:{mark}[0-9]*)?" if thousands else ""


def _bare(text: str, decimal: str) -> str:
    """Return the digits of a number with a point as its decimal mark, and its minus."""
    return re.sub(rf"[^0-9{re.escape(decimal)}-]", "", text).replace(decimal, ".")


def without_footnote(text: str) -> tuple[str, str]:
    """Return a text without a footnote mark above the line at its end, and the mark.

    10² and 10⁻³ are powers, and stay what they are.

    >>> without_footnote("12.3¹"), without_footnote("10²")
    (('12.3', '¹'), ('10²', ''))
    """
    found = None if text.isascii() else re.fullmatch(_FOOTNOTE, text)
    if not found or found.group(1).lstrip("+-") == "10" or re.search(r"[×xX*^]\s*10$", found.group(1)):
        return text, ""
    return found.group(1).rstrip(SPACE), found.group(2)


def raised(text: str) -> str:
    """Return a text as it is written above the line, so that it is never taken for more digits of a number.

    >>> raised("1)"), raised("†")
    ('¹⁾', '†')
    """
    return text.translate(_RAISE)


class Commas(NamedTuple):
    """What some cells say of commas and points: the first text of each kind, nothing where there is none."""

    decimal: str = ""  # 62,62
    thousands: str = ""  # 1,234,567 or 1,234.5
    point: str = ""  # 12.5
    either: str = ""  # 1,234
    either_point: str = ""  # 1.234
    whole: str = ""  # 987
    lakh: str = ""  # 1,23,456


def alone(cell: str) -> str:
    """Return a number without its sign and without what stands beside it."""
    return re.sub(_LETTERS, "", cell.translate(NARROW).strip(_BESIDE))


def commas_in(cells: Iterable[object]) -> Commas:
    """Return what the texts among some cells say of commas and points."""
    found: dict[str, str] = {}
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > _LONG:
            continue
        text = alone(cell)
        for kind, pattern in _KINDS:
            if kind not in found and re.fullmatch(pattern, text):
                found[kind] = cell
    return Commas(**found)


def commas_of(cells: Iterable[object]) -> Commas:
    """Return what a column says of commas and points: nothing where its texts are words, or lists such as 1,2,3."""
    texts = [cell for cell in dict.fromkeys(cells) if isinstance(cell, str) and cell.strip()]
    spelled = [cell for cell in texts if len(cell) <= _LONG and re.fullmatch(_NUMBER, alone(cell))]
    others = set(texts).difference(spelled)
    of_words = len(others) > len(spelled) or any(re.search("[0-9][,，;；、][0-9]", cell) for cell in others)
    return Commas() if of_words else commas_in(spelled)


_GROUPS = "[., '\u00a0\u2009\u202f’]"
_NUMBER = rf"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+|[0-9]{{1,3}}(?:{_GROUPS}[0-9]{{3}})+(?:[.,][0-9]*)?|{_LAKHS}"
_LONG = 40
_KINDS = (
    ("decimal", _DECIMAL_COMMA),
    ("thousands", _THOUSANDS),
    ("point", _DECIMAL_POINT),
    ("either", _EITHER_COMMA),
    ("either_point", _EITHER_POINT),
    ("whole", _BELOW_THOUSAND),
    ("lakh", _LAKHS),
)


def together(each: Sequence[Commas]) -> Commas:
    """Return what several columns say as one."""
    names = Commas._fields
    return Commas(**{name: next((text for one in each if (text := getattr(one, name))), "") for name in names})
