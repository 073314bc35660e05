"""What the values of each indicator are like: how many, where they lie, which stand apart, and how they go with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..methods.arrays import Array, np
from ..methods.treat import excess_kurtosis, skewness
from ..panel import IMPUTED, MISSING, NOT_APPLICABLE
from ..scores import Scores
from ..tree.model import Indicator
from .association import Flag, pearson, redundant_or_opposed
from .result import Result

if TYPE_CHECKING:
    import pandas as pd

SKEW, KURTOSIS = 2.0, 3.5
"""From which both together call for a treatment of outliers."""
FENCE = 1.5  # how many interquartile ranges beyond the quartiles a value stands apart
COLUMNS = (
    "count",
    "missing",
    "inapplicable",
    "imputed",
    "minimum",
    "first_quartile",
    "median",
    "third_quartile",
    "maximum",
    "mean",
    "deviation",
    "skewness",
    "kurtosis",
    "same",
)
"""What is known of an indicator's values, as a number each."""


@dataclass(frozen=True)
class Profile:
    """The values of one indicator in its own unit of measurement, over the units that are scored; NaN for what is not defined.

    `missing` counts the units without a value, `imputed` those of them that were given an estimate, which is no part of what
    follows. `deviation` is the standard deviation (n - 1 below), `same` the share of the most frequent value. `low` and `high`
    are the ids of units that stand apart, the farthest first.
    """

    indicator: str
    count: int
    missing: int
    inapplicable: int
    imputed: int
    minimum: float
    first_quartile: float
    median: float
    third_quartile: float
    maximum: float
    mean: float
    deviation: float
    skewness: float
    kurtosis: float
    same: float
    low: tuple[str, ...]
    high: tuple[str, ...]
    parent: float
    """Correlation of its scores with those of the node above."""
    siblings: tuple[tuple[str, float], ...]
    """The nodes beside it with the correlations of their scores, the highest first, NaN at the end."""

    @property
    def calls_for_treatment(self) -> bool:
        """Whether skewness and kurtosis are both so large that outliers pull scores: |skewness| ≥ 2 and kurtosis ≥ 3.5.

        Source: OECD/JRC Handbook 2008, p. 84; COINr 1.1 `check_SkewKurt`.
        """
        return abs(self.skewness) >= SKEW and self.kurtosis >= KURTOSIS

    @property
    def closest(self) -> tuple[str, float] | None:
        """The node beside it that it goes with most."""
        return next((one for one in self.siblings if one[1] == one[1]), None)

    @property
    def farthest(self) -> tuple[str, float] | None:
        """The node beside it that it goes against most, or goes with least."""
        return next((one for one in reversed(self.siblings) if one[1] == one[1]), None)


@dataclass(frozen=True)
class Description(Result):
    """The profiles of indicators in a period, in the order of the tree, and the pairs that say the same or opposite things."""

    scores: Scores
    period: str
    profiles: tuple[Profile, ...]
    pairs: tuple[Flag, ...]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row an indicator: what its values are like, how many stand apart, and its correlations."""
        import pandas as pd

        titles = {leaf.id: leaf.title(language) for leaf in self.scores.index.leaves}
        columns: dict[str, Any] = {
            "node": [one.indicator for one in self.profiles],
            "name": [titles[one.indicator] for one in self.profiles],
        }
        columns |= {name: [getattr(one, name) for one in self.profiles] for name in COLUMNS}
        columns |= {
            "low": [len(one.low) for one in self.profiles],
            "high": [len(one.high) for one in self.profiles],
            "parent_correlation": [one.parent for one in self.profiles],
            "closest": [one.closest[0] if one.closest else None for one in self.profiles],
            "closest_correlation": [one.closest[1] if one.closest else None for one in self.profiles],
            "farthest": [one.farthest[0] if one.farthest else None for one in self.profiles],
            "farthest_correlation": [one.farthest[1] if one.farthest else None for one in self.profiles],
        }
        return pd.DataFrame(columns)


def describe(scores: Scores, period: str, node: str | None = None) -> Description:
    """Describe the indicators of a period, all of them or those below a node.

    Source: OECD/JRC Handbook 2008, p. 63 (correlations) and p. 84 (outliers); COINr 1.1 `get_stats` and `get_corr_flags`.
    """
    tree, at = scores.tree, scores.periods.index(period)
    start = tree.root if node is None else scores.node(node)
    leaves = [leaf for leaf in range(tree.leaves) if tree.is_within(leaf, start)]
    beside = _correlations(scores, at)
    found = tuple(_profile(scores, at, leaf, beside.get(leaf)) for leaf in leaves)
    ids = {tree.nodes[leaf].id for leaf in leaves}
    pairs = [one for one in redundant_or_opposed(scores, period) if {one.one, one.other} & ids]
    return Description(scores, period, found, tuple(pairs))


def _correlations(scores: Scores, at: int) -> dict[int, tuple[float, tuple[tuple[str, float], ...]]]:
    """Return of each scored leaf its correlation with the node above and with those beside it."""
    tree, found = scores.tree, {}
    for branch in tree.branches:
        own = [child for child in branch.children if child < tree.leaves]
        if not own:
            continue
        together = pearson(scores.scores[at][:, [branch.position, *branch.children]])
        ids = [tree.nodes[child].id for child in branch.children]
        for child in own:
            row = 1 + branch.children.index(child)
            others = [(name, float(together[row, 1 + other])) for other, name in enumerate(ids) if 1 + other != row]
            others.sort(key=lambda one: (np.isnan(one[1]), -one[1]))
            found[child] = float(together[row, 0]), tuple(others)
    return found


def _profile(scores: Scores, at: int, leaf: int, beside: tuple[float, tuple[tuple[str, float], ...]] | None) -> Profile:
    units = np.array(scores.listed(at), dtype=int)
    status = scores.status[at, units, leaf]
    every = np.asarray(scores.derived[at, units, leaf], dtype=float)
    known = np.isfinite(every)
    low, high = outliers(every)
    own = scores.tree.nodes[leaf]
    assert isinstance(own, Indicator)
    values = every[known]
    return Profile(
        indicator=own.id,
        count=len(values),
        missing=int(np.isin(status, (MISSING, IMPUTED)).sum()),
        inapplicable=int((status == NOT_APPLICABLE).sum()),
        imputed=int((status == IMPUTED).sum()),
        **dict(zip(("minimum", "first_quartile", "median", "third_quartile", "maximum"), quartiles(values), strict=True)),
        mean=float(values.mean()) if len(values) else float("nan"),
        deviation=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        skewness=skewness(values),
        kurtosis=excess_kurtosis(values),
        same=most_frequent(values),
        low=_named(scores, units, low),
        high=_named(scores, units, high),
        parent=beside[0] if beside else float("nan"),
        siblings=beside[1] if beside else (),
    )


def _named(scores: Scores, units: Array, rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(scores.panel.units.ids[int(units[row])] for row in rows)


def quartiles(values: Array) -> tuple[float, float, float, float, float]:
    """Return the least value, the three quartiles and the greatest of a vector without gaps; NaN where there is none.

    Quartiles are interpolated between the two values they fall between (type 7 of Hyndman, Fan 1996), as R, numpy, pandas and
    Excel's QUARTILE do.

    >>> quartiles(np.array([1.0, 2.0, 3.0, 10.0]))
    (1.0, 1.75, 2.5, 4.75, 10.0)
    """
    if not len(values):
        return (float("nan"),) * 5
    low, first, middle, third, high = np.quantile(values, (0.0, 0.25, 0.5, 0.75, 1.0)).tolist()
    return low, first, middle, third, high


def most_frequent(values: Array) -> float:
    """Return the share of a vector without gaps that the most frequent value has; NaN without any. Source: COINr 1.1 `get_stats`.

    >>> most_frequent(np.array([0.0, 0.0, 0.0, 4.0]))
    0.75
    """
    return float(np.unique(values, return_counts=True)[1].max() / len(values)) if len(values) else float("nan")


def outliers(x: Array) -> tuple[list[int], list[int]]:
    """Return the rows of x (unit,) that stand apart below and above, the farthest first; NaN stands nowhere.

    A value stands apart beyond 1.5 interquartile ranges below the first or above the third quartile, where there are four
    values or more. Source: Tukey 1977.

    >>> outliers(np.array([1.0, 2.0, 3.0, 4.0, 50.0, np.nan, -60.0]))
    ([6], [4])
    """
    known = x[np.isfinite(x)]
    if len(known) < 4:
        return [], []
    _, first, _, third, _ = quartiles(known)
    reach = FENCE * (third - first)
    order = np.argsort(x, kind="stable")
    below, above = x < first - reach, x > third + reach
    return [int(row) for row in order if below[row]], [int(row) for row in order[::-1] if above[row]]
