"""Cells as people write numbers, read exactly or refused.

A column of clean decimal text is read in one go; only a column that holds anything else is looked at cell by cell.
Nothing is guessed: what is not surely a number is a finding. How numbers are spelled, `spelling` says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import isfinite, isnan, nan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .spelling import NARROW, PLAIN, SPACE, Spelling, without_footnote

if TYPE_CHECKING:
    from .table import Cell

NOT_A_NUMBER = "IC314"
PERCENT = "IC315"
ERROR_VALUE = "IC316"

Bad = list[tuple[int, str]]

# patterns as text: `re` compiles each at its first use and keeps it, and most runs use none of them
_ERROR = r"(?i)#(?:DIV/0!|N/A|[A-Z_]+[!?]|GETTING_DATA)|#{3,}|Err:[0-9]{3}"
_DURATION = r"(-?)([0-9]+):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)"
_DECIMALS = {mark: f"0123456789{mark}-".encode() for mark in ".,"}
_LONG = 300  # no finite number of plain digits is written longer than this
EXACT = 1 << 53  # whole numbers up to here are kept to the last digit
_EXACT_DIGITS = 15


class Numbers(NamedTuple):
    """A column read: its values, NaN where there is none, and what else its cells say.

    `skipped` are the rows that say "not applicable", `bad` those that say no number with the code of why, `notes` what stands
    beside a number, `lost` the rows of numbers with more digits than are kept; `plain` says that all was plain decimals.
    """

    values: Sequence[float]
    skipped: list[int]
    bad: Bad
    notes: Mapping[int, str] = MappingProxyType({})
    lost: Sequence[int] = ()
    plain: bool = False


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
    spelling: Spelling = PLAIN,
    seconds: float | None = None,
) -> Numbers:
    """Read a column as numbers, NaN where there is none.

    An array of floats comes back itself, copied only if tokens or infinities in it must become NaN. A token that is a
    number, such as 999 for "no answer", counts however the cell writes that number. A word among `numbers`, such as <2.5,
    is the number that it is said to stand for, whatever the measure. Durations such as 26:30:00 are read where the measure
    is one of so many `seconds`.

    >>> nothing = frozenset()
    >>> read_numbers(["1,234.5", "８５", "-", ""], missing=nothing, not_applicable=frozenset("-"), percent=False)[:3]
    ([1234.5, 85.0, nan, nan], [2], [])
    """
    tokens = _tokens(missing, not_applicable)
    if numbers:
        tokens = tokens._replace(numbers={word_of(word): number for word, number in numbers.items()})
    if hasattr(cells, "dtype"):
        return _array(cells, tokens)
    if not tokens.missing_numbers and not tokens.not_applicable_numbers and (fast := _clean(cells, spelling)) is not None:
        return fast
    return _one_by_one(cells, tokens, _How(spelling, percent, seconds))


class _How(NamedTuple):
    """How the cells of a column are read: their spelling, whether they are percentages, the seconds of a measure of time."""

    spelling: Spelling
    percent: bool
    seconds: float | None


@cache
def _tokens(missing: frozenset[str], not_applicable: frozenset[str]) -> _Tokens:
    absent, inapplicable = frozenset(map(word_of, missing)), frozenset(map(word_of, not_applicable))
    return _Tokens(absent, inapplicable, numbers_among(absent), numbers_among(inapplicable))


def _clean(cells: Sequence[Cell], spelling: Spelling) -> Numbers | None:
    """Read a column that is all plain decimals and empty cells, or all numbers, or give up."""
    kinds = set(map(type, cells))
    if {float, int}.issuperset(kinds):
        values = list(map(float, cast("Sequence[float]", cells)))
        if not all(map(isfinite, values)):
            return None
        return Numbers(
            values, [], [], lost=_lost_of(cells, values, spelling) if max(values, default=0.0) >= EXACT else (), plain=True
        )
    texts = cast("Sequence[str]", cells)  # join refuses anything that is none
    try:
        joined = "".join(texts).encode("ascii")
        longest = max(map(len, texts), default=0)
        if joined.translate(None, _DECIMALS[spelling.decimal]) or longest > _LONG:
            return None
        if spelling.decimal != ".":
            texts = [text.replace(spelling.decimal, ".") for text in texts]
        values = [float(text) if text else nan for text in texts] if "" in texts else list(map(float, texts))
    except (TypeError, ValueError):
        return None
    return Numbers(values, [], [], lost=_lost_of(cells, values, spelling) if longest > _EXACT_DIGITS else (), plain=True)


def _lost_of(cells: Sequence[Cell], values: Sequence[float], spelling: Spelling) -> list[int]:
    """List the rows of numbers that have more digits than are kept."""
    large = [row for row, value in enumerate(values) if not -EXACT < value < EXACT]
    return [row for row in large if abs(value := values[row]) >= EXACT and _is_lost(cells[row], value, spelling)]


def _is_lost(cell: Cell, value: float, spelling: Spelling) -> bool:
    return spelling.lost(cell, value) if isinstance(cell, str) else _many_digits(cell)


def _many_digits(cell: object) -> bool:
    """Say whether a number in a cell has more digits than are kept; a workbook may have lost some itself."""
    return len(f"{cell!r}".partition("e")[0].rstrip(".0").replace(".", "").lstrip("-")) > _EXACT_DIGITS


def _one_by_one(cells: Sequence[Cell], tokens: _Tokens, how: _How) -> Numbers:
    values: list[float] = []
    skipped: list[int] = []
    bad: Bad = []
    notes: dict[int, str] = {}
    plain, point = how.spelling.plain(), how.spelling.decimal == "."
    simple = point and not tokens.missing_numbers and not tokens.not_applicable_numbers
    for row, cell in enumerate(cells):
        if simple and isinstance(cell, str) and plain(cell) and isfinite(number := float(cell)):
            values.append(number)  # nearly all cells of most columns
            continue
        result = _text(cell, tokens, how) if isinstance(cell, str) else _other(cell, tokens)
        if isinstance(result, tuple):
            result, notes[row] = result
        if isinstance(result, float):
            values.append(result)
            continue
        values.append(nan)
        if result:
            bad.append((row, result))
        else:
            skipped.append(row)
    return Numbers(values, skipped, bad, notes, _lost_of(cells, values, how.spelling))


def _text(cell: str, tokens: _Tokens, how: _How) -> float | str | tuple[float | str, str]:
    """Read one text: its number, NaN when missing, "" when not applicable, or the code of what is wrong.

    What was declared to stand beside values comes with it, and a footnote mark.
    """
    number = how.spelling.number(cell)
    if number is not None:
        return _coded(number, tokens)
    if (said := _word(word_of(cell), tokens)) is not None:
        return said
    text = cell.translate(NARROW).strip(SPACE)
    if re.fullmatch(_ERROR, text):
        return ERROR_VALUE
    if len(text) > _LONG:
        return NOT_A_NUMBER
    if how.seconds and (duration := re.fullmatch(_DURATION, text)):
        sign, hours, minutes, rest = duration.groups()
        return float(f"{sign}1") * (int(hours) * 3600 + int(minutes) * 60 + float(rest)) / how.seconds
    result = _alone(text, tokens, how)
    if result != NOT_A_NUMBER:
        return result
    flagless, note = how.spelling.without_flags(text)
    if not note:
        flagless, note = without_footnote(text)
    if not note:
        return result
    said = _word(word_of(flagless), tokens)
    result = _alone(flagless, tokens, how) if said is None else said
    return result if result == NOT_A_NUMBER else (result, note)


def _word(word: str, tokens: _Tokens) -> float | str | None:
    """Return what a word stands for: NaN for missing, "" for not applicable, a number; None when it is none of them."""
    if not word or word in tokens.missing:
        return nan
    if word in tokens.not_applicable:
        return ""
    return float(tokens.numbers[word]) if word in tokens.numbers else None


def _alone(text: str, tokens: _Tokens, how: _How) -> float | str:
    """Read a text beside which nothing stands."""
    signed = text.endswith(("%", "%)"))
    number = how.spelling.value(re.sub(r"\s*%(\)?)$", r"\1", text) if signed else text)
    if number is None:
        return NOT_A_NUMBER
    if signed and not how.percent:
        return PERCENT
    return _coded(number, tokens)


def _other(cell: float | None, tokens: _Tokens) -> float | str:
    if isinstance(cell, bool):
        said = _word(word_of(cell), tokens)
        return NOT_A_NUMBER if said is None else said
    if cell is None or isnan(cell):
        return nan
    if not isfinite(cell):
        return NOT_A_NUMBER
    return _coded(float(cell), tokens)


def _coded(number: float, tokens: _Tokens) -> float | str:
    if number in tokens.missing_numbers:
        return nan
    return "" if number in tokens.not_applicable_numbers else number


def _array(cells: Any, tokens: _Tokens) -> Numbers:
    import numpy as np

    infinite = np.flatnonzero(np.isinf(cells))
    missing = np.flatnonzero(np.isin(cells, list(tokens.missing_numbers)))
    skipped = np.flatnonzero(np.isin(cells, list(tokens.not_applicable_numbers)))
    if infinite.size or missing.size or skipped.size:
        cells = cells.copy()
        cells[np.concatenate([infinite, missing, skipped])] = nan
    return Numbers(cells, skipped.tolist(), [(row, NOT_A_NUMBER) for row in infinite.tolist()], plain=True)


def numbers_among(words: Iterable[str]) -> frozenset[float]:
    """Return the numbers that some words are, such as 999 for "no answer"."""
    return frozenset(number for word in words if (number := PLAIN.number(word)) is not None)


def is_number(word: str) -> bool:
    """Say whether a word is a number as it stands."""
    return PLAIN.number(word_of(word)) is not None


def word_of(text: object) -> str:
    """Return a cell as a word to be compared: full-width as half-width, without space around it, in any case."""
    return unicodedata.normalize("NFKC", "" if text is None else str(text)).strip(SPACE).casefold()
