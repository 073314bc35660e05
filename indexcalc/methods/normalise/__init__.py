"""Scores of single indicators: one function a method, its keyword parameters are those in YAML, its record below it.

Contract: `x` is (…, unit, indicator) in the indicator's own unit of measurement, NaN for missing; `frame` holds the
statistics of the values to compare with and knows for each indicator whether more or less is better. The result has
the shape of x, more is better in it, and NaN stays NaN. A column without spread gives NaN, never 0, where the spread is
divided by. Nothing is changed in place, and a stack of draws in the leading axes gives what each draw gives alone.
"""

from ..records import by_name
from .fixed import BY_FIXED
from .places import BY_PLACE
from .points import BY_RULE
from .seen import BY_SEEN

NORMALISERS = by_name((*BY_SEEN, *BY_PLACE, *BY_FIXED, *BY_RULE))
