"""Children into a parent: one function a method, its keyword parameters are those in YAML, its record below it.

Contract: `x` is (…, unit, child) with NaN for a child that has no score and more is better in each, `w` the weights of
the siblings, of any sum, as they broadcast against x: (child,), a stack (…, 1, child), or each unit's own (…, unit, child).
The result is (…, unit). Unless the docstring says otherwise, children without a score drop out and the weights of those
present are scaled up to take their place; a unit with no child present gets NaN. The methods that compare give a
unit what it has next to others, so they must see all units that are compared at once.
"""

from ..arrays import np
from ..records import Reason, by_name
from .compared import COMPARED
from .compromise import COMPROMISES
from .joined import JOINED
from .means import MEANS, weight_there
from .places import PLACES
from .sums import in_turn

AGGREGATORS = by_name((*MEANS, *PLACES, *JOINED, *COMPARED, *COMPROMISES))
WITHOUT_WEIGHTS = frozenset(name for name, record in AGGREGATORS.items() if record.weights == "none")
FREE_SUM = frozenset(name for name, record in AGGREGATORS.items() if record.weights == "summed")
COMPARES_UNITS = frozenset(name for name, record in AGGREGATORS.items() if record.compares)

NO_NUMBER = Reason(
    ("no number comes of {children}", "{children} 运算无结果"),
    (
        "see to what the formula divides by or takes a root or logarithm of",
        "请检查公式中的除数、开方数和对数",
    ),
    lambda x, w, given: np.where((x <= 0).any(axis=-1, keepdims=True), x <= 0, ~np.isnan(x)),  # noqa: ARG005
)
"""Why a formula has no result; those at or below 0 are named, or all."""

__all__ = ["AGGREGATORS", "COMPARES_UNITS", "FREE_SUM", "NO_NUMBER", "WITHOUT_WEIGHTS", "in_turn", "weight_there"]
