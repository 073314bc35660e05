"""Numbers and names as people read them, alike in every format."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Any

from ..methods.arrays import np
from ..methods.rank import rounded
from ..words.reports import word
from ..words.shown import BETWEEN, in_brackets

_BEIJING = dt.timezone(dt.timedelta(hours=8))
_MOST_DECIMALS = 12  # of a value
BARS = "▁▂▃▄▅▆▇█"
"""What courses in a line are drawn with."""


def finite(number: Any) -> float | None:
    """Return a plain number; None for NaN and for what is infinite."""
    plain = float(number)
    return plain if math.isfinite(plain) else None


def listed(names: Iterable[str], language: str) -> str:
    """Return names in a row, with the mark between them that the language has.

    >>> listed(["Yuexiu", "Haizhu"], "zh"), listed(["Yuexiu", "Haizhu"], "en")
    ('Yuexiu、Haizhu', 'Yuexiu, Haizhu')
    """
    return BETWEEN[language].join(names)


def signed(value: float, decimals: int) -> str:
    """Return a difference: a number with its sign, none before 0."""
    shown = number(value, decimals)
    return f"+{shown}" if float(shown) > 0 else shown


def number(value: float, decimals: int) -> str:
    """Return a number with fixed decimals, rounded as `methods.rank.rounded` does."""
    return f"{float(rounded(np.array(value), decimals)):.{decimals}f}"


def decimals_of_values(values: Iterable[object]) -> int:
    """Return how many decimals values in a unit of measurement are shown with: none where all are whole, else two, and more
    where the largest of them would be all but lost.

    >>> decimals_of_values([14.0, 3373.0]), decimals_of_values([31.92541587, 4.0]), decimals_of_values([0.00412, None])
    (0, 2, 5)
    """
    known = [abs(float(value)) for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if all(value == int(value) for value in known):
        return 0
    largest = max(known)
    return 2 if largest >= 1 else min(2 - math.floor(math.log10(largest)), _MOST_DECIMALS)


def percent(share: float) -> str:
    """Return a share as people read it.

    >>> percent(0.9985)
    '99.9%'
    """
    return f"{float(rounded(np.array(share * 100), 1)):.1f}%"


def measured(value: float, measure: str = "") -> str:
    """Return a value with its unit of measurement, as people read it.

    >>> measured(31.92541587, "per 10,000"), measured(3373.0, "cases"), measured(7.0, "%")
    ('31.93 per 10,000', '3373 cases', '7%')
    """
    between = "" if measure[:1] in ("%", "‰") else " "
    return f"{number(value, decimals_of_values([value]))}{between}{measure}".rstrip()


def with_measure(title: str, measure: str, language: str) -> str:
    """Return a title with the unit of measurement behind it, where there is one."""
    return in_brackets(title, measure, language) if measure else title


def moment_title(when: str, language: str, *, bare: bool = False) -> str:
    """Return a moment as people read it: in Chinese in the time of Beijing, in English as it was written.

    It is `bare` below a heading that says whose time it is.

    >>> moment_title("2022-11-29T22:25:50+00:00", "en"), moment_title("yesterday", "zh")
    ('2022-11-29T22:25:50+00:00', 'yesterday')
    """
    if language == "en":
        return when
    try:
        at = dt.datetime.fromisoformat(when)
    except ValueError:
        return when
    if at.tzinfo is None:
        return when
    shown = f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M}"
    return shown if bare else word.in_beijing(language).format(at=shown)


def sparkline(values: Sequence[float]) -> str:
    """Draw a row of numbers as blocks of eight heights, the lowest of them the smallest; · for what is missing.

    >>> sparkline([1, 2, float("nan"), 8])
    '▁▂·█'
    """
    x = np.array(values, dtype=float)
    known = ~np.isnan(x)
    if not known.any():
        return "·" * len(x)
    low, high = float(x[known].min()), float(x[known].max())
    heights = np.full(len(x), 3.0) if high == low else np.where(known, (x - low) / (high - low) * 7, 0.0)
    return "".join(BARS[round(float(height))] if there else "·" for height, there in zip(heights, known, strict=True))
