"""What `treat.leans` says, by moments that are taken quickly: products instead of powers. Unsure where rounding could tell."""

import math
from typing import Literal

from .arrays import Array, np

_ROUNDING = 1e-8  # how far these moments may be from the plain ones, as a share of the fourth one
_NARROWEST, _WIDEST = 1e-70, 1e70  # spreads whose squares neither vanish nor overflow
_CONSTANT = 1e-24  # a spread that is less, as a share of the mean's square, may be rounding alone


def leans(x: Array, skew: float, kurtosis: float) -> Literal["top", "bottom", "nowhere", "unsure"]:
    """Say where a vector without gaps leans to, as far as this can be said of quick moments."""
    count = len(x)
    mean = float(x.mean()) if count > 3 else 0.0
    deviations = x - mean
    squares = deviations * deviations
    spread = float(squares.sum()) / max(count, 1)
    if count < 4 or not max(_NARROWEST, _CONSTANT * mean * mean) < spread < _WIDEST:
        return "unsure"
    third = _sum_of_products(squares, deviations) / count / spread**1.5
    fourth = _sum_of_products(squares, squares) / count / spread**2
    slack = _ROUNDING * (1.0 + fourth)
    skewness = math.sqrt(count * (count - 1.0)) / (count - 2.0) * third
    excess = (count - 1.0) / ((count - 2.0) * (count - 3.0)) * ((count + 1.0) * (fourth - 3.0) + 6.0)
    if abs(skewness) < skew - slack or (abs(skewness) > skew + slack and excess < kurtosis - slack):
        return "nowhere"
    if abs(skewness) <= max(skew, 0.0) + slack or excess <= kurtosis + slack or not math.isfinite(slack):
        return "unsure"
    return "top" if skewness > 0 else "bottom"


def _sum_of_products(one: Array, other: Array) -> float:
    return float(np.einsum("i,i", one, other))  # a matrix product would wait for threads of its own
