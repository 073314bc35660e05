"""What tables, text and JSON share: a number that is one, and names in a row."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


def finite(number: Any) -> float | None:
    """Return a plain number; nothing for what is none: NaN, or infinite."""
    plain = float(number)
    return plain if math.isfinite(plain) else None


def listed(names: Iterable[str], language: str) -> str:
    """Return names in a row, with the mark between them that the language has.

    >>> listed(["越秀区", "海珠区"], "zh"), listed(["Yuexiu", "Haizhu"], "en")
    ('越秀区、海珠区', 'Yuexiu, Haizhu')
    """
    return ("、" if language == "zh" else ", ").join(names)
