"""Cells as people write numbers, read exactly or refused.

A column of clean decimal text is read in one go; only a column that holds anything else is looked at cell by cell.
Nothing is guessed: what is not surely a number is a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import isfinite, isnan, nan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from .table import Cell

NOT_A_NUMBER = "IC314"
PERCENT = "IC315"
ERROR_VALUE = "IC316"

Bad = list[tuple[int, str]]

# patterns as text: `re` compiles each at its first use and keeps it, and most runs use none of them
_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_GROUPED = r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_ERROR = r"(?i)#(?:DIV/0!|N/A|[A-Z_]+[!?]|GETTING_DATA)|#{3,}|Err:[0-9]{3}"
_DECIMALS = b"0123456789.-"
_LONG = 300  # no finite number of plain digits is written longer than this
# Only what a full-width keyboard types. All of NFKC would read 10² as 102 and ① as 1.
_NARROW = str.maketrans("０１２３４５６７８９．，＋－−﹣％ｅＥ＃", "0123456789.,+---%eE#")
_SPACE = " \t\r\n\v\f\u00a0\u2002\u2003\u2007\u2009\u200b\u202f\u2060\u3000\ufeff"


class _Tokens(NamedTuple):
    """What stands for "missing", for "not applicable" and for a number; the first two also as the numbers that some are."""

    missing: frozenset[str]
    not_applicable: frozenset[str]
    missing_numbers: frozenset[float]
    not_applicable_numbers: frozenset[float]
    numbers: Mapping[str, float] = MappingProxyType({})


def read_numbers(
    cells: Sequence[Cell],
    *,
    missing: frozenset[str],
    not_applicable: frozenset[str],
    percent: bool,
    numbers: Mapping[str, float] | None = None,
) -> tuple[Sequence[float], list[int], Bad]:
    """Read a column as numbers, NaN where there is none.

    Returns the values, the rows that say "not applicable", and the rows that say no number with the code of why. An
    array of floats comes back itself, copied only if tokens or infinities in it must become NaN. A token that is a
    number, such as 999 for "no answer", counts however the cell writes that number. A word among `numbers`, such as <2.5,
    is the number that it is said to stand for, whatever the measure.

    >>> nothing = frozenset()
    >>> read_numbers(["1,234.5", "８５", "-", ""], missing=nothing, not_applicable=frozenset("-"), percent=False)
    ([1234.5, 85.0, nan, nan], [2], [])
    """
    tokens = _tokens(missing, not_applicable)
    if numbers:
        tokens = tokens._replace(numbers={word_of(word): number for word, number in numbers.items()})
    if hasattr(cells, "dtype"):
        return _array(cells, tokens)
    if not tokens.missing_numbers and not tokens.not_applicable_numbers and (fast := _clean(cells)) is not None:
        return fast, [], []
    return _one_by_one(cells, tokens, percent=percent)


@cache
def _tokens(missing: frozenset[str], not_applicable: frozenset[str]) -> _Tokens:
    absent, inapplicable = frozenset(map(word_of, missing)), frozenset(map(word_of, not_applicable))
    return _Tokens(absent, inapplicable, numbers_among(absent), numbers_among(inapplicable))


def _clean(cells: Sequence[Cell]) -> list[float] | None:
    """Read a column that is all plain decimals and empty cells, or all numbers, or give up."""
    if {float, int}.issuperset(map(type, cells)):
        values = list(map(float, cast("Sequence[float]", cells)))
        return values if all(map(isfinite, values)) else None
    texts = cast("Sequence[str]", cells)  # join refuses anything that is none
    try:
        joined = "".join(texts).encode("ascii")
        if joined.translate(None, _DECIMALS) or max(map(len, texts)) > _LONG:
            return None
        if "" in texts:
            return [float(text) if text else nan for text in texts]
        return list(map(float, texts))
    except (TypeError, ValueError):
        return None


def _one_by_one(cells: Sequence[Cell], tokens: _Tokens, *, percent: bool) -> tuple[list[float], list[int], Bad]:
    values: list[float] = []
    skipped: list[int] = []
    bad: Bad = []
    for row, cell in enumerate(cells):
        result = _text(cell, tokens, percent=percent) if isinstance(cell, str) else _other(cell, tokens)
        if isinstance(result, float):
            values.append(result)
            continue
        values.append(nan)
        if result:
            bad.append((row, result))
        else:
            skipped.append(row)
    return values, skipped, bad


def _text(cell: str, tokens: _Tokens, *, percent: bool) -> float | str:
    """Read one text: its number, NaN when missing, "" when not applicable, or the code of what is wrong."""
    number = _decimal(cell)
    if number is not None:
        return _coded(number, tokens)
    token = word_of(cell)
    if not token or token in tokens.missing:
        return nan
    if token in tokens.not_applicable:
        return ""
    if token in tokens.numbers:
        return float(tokens.numbers[token])
    text = cell.translate(_NARROW).strip(_SPACE)
    if re.fullmatch(_ERROR, text):
        return ERROR_VALUE
    signed = text.endswith("%")
    number = _decimal(text[:-1].rstrip(_SPACE) if signed else text)
    if number is None:
        return NOT_A_NUMBER
    if signed and not percent:
        return PERCENT
    return _coded(number, tokens)


def _other(cell: float | None, tokens: _Tokens) -> float | str:
    if cell is None or isnan(cell):
        return nan
    if isinstance(cell, bool) or not isfinite(cell):
        return NOT_A_NUMBER
    return _coded(float(cell), tokens)


def _coded(number: float, tokens: _Tokens) -> float | str:
    if number in tokens.missing_numbers:
        return nan
    return "" if number in tokens.not_applicable_numbers else number


def _array(cells: Any, tokens: _Tokens) -> tuple[Sequence[float], list[int], Bad]:
    import numpy as np

    infinite = np.flatnonzero(np.isinf(cells))
    missing = np.flatnonzero(np.isin(cells, list(tokens.missing_numbers)))
    skipped = np.flatnonzero(np.isin(cells, list(tokens.not_applicable_numbers)))
    if infinite.size or missing.size or skipped.size:
        cells = cells.copy()
        cells[np.concatenate([infinite, missing, skipped])] = nan
    return cells, skipped.tolist(), [(row, NOT_A_NUMBER) for row in infinite.tolist()]


def _decimal(text: str) -> float | None:
    """Return the number that a text is, or nothing; never nan, inf, 1_000 or an overflow."""
    if re.fullmatch(_PLAIN, text):
        number = float(text)
    elif re.fullmatch(_GROUPED, text):
        number = float(text.replace(",", ""))
    else:
        return None
    return number if isfinite(number) else None


def numbers_among(words: Iterable[str]) -> frozenset[float]:
    """Return the numbers that some words are, such as 999 for "no answer"."""
    return frozenset(number for word in words if (number := _decimal(word)) is not None)


def is_number(word: str) -> bool:
    """Say whether a word is a number as it stands."""
    return _decimal(word_of(word)) is not None


def word_of(text: object) -> str:
    """Return a cell as a word to be compared: full-width as half-width, without space around it, in any case."""
    return unicodedata.normalize("NFKC", "" if text is None else str(text)).strip(_SPACE).casefold()
